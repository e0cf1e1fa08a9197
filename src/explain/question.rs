//! What a maker is asked: every fact that nobody has stated and that could still move a criterion of the scale, in the
//! order of the rungs that it opens. The steps of `grade --next` and the questions of `card new` are these.

use super::line::Line;
use super::sentence::Voice;
use super::step::{For, about_weights, added, rung_name};
use super::wording::Read;
use crate::facts::{Assurance, Dossier, Fact, Item, WhyUnknown, shown_by_nothing};
use crate::gather::{entry_of, field_of, is_free, is_of_names, list_of_names};
use crate::grade::{Grading, Move, MoveKind, TraceNode, Truth, View, What};
use crate::rules::{Criterion, Empty, Quantifier, Ranged, Ruleset, Scale, Slot, Test};
use crate::text::{Lang, says};
use crate::vocabulary::{Bilingual, Domain, Entry, Kind, Unit, Word, domain, vocabulary};

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The field of the card as `--next` writes it: `components[text].initialisation`.
    pub field: String,
    /// The way to it.
    pub way: Vec<Way>,
    /// What stands there.
    pub writes: Writes,
    /// What is asked, a sentence.
    pub text: String,
    /// What may be answered.
    pub answers: String,
    /// What counts as backing.
    pub backing: String,
    /// The highest assurance that is asked for.
    pub needs: Assurance,
    /// Who asks, the first rung that it opens first.
    pub asked_by: Vec<AskedBy>,
}

/// A criterion that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedBy {
    /// Id of the ruleset.
    pub ruleset: String,
    /// Name of the rung, axis or objective.
    pub rung: String,
    /// Id of the criterion.
    pub criterion: String,
}

/// One step of the way to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// A key of the mapping at hand.
    Key(String),
    /// An entry of a list, by its name.
    Item {
        /// The key of the list.
        list: String,
        /// The key that names an entry.
        key: &'static str,
        /// The name.
        id: String,
    },
    /// Each entry of a list whose entries have no names.
    Each(String),
}

/// What an answer puts at the place.
#[derive(Debug, Clone, PartialEq)]
pub enum Writes {
    /// A value of this kind.
    Value(Kind),
    /// Whatever people wish to write.
    Free,
    /// A word of a list of words; with the list that must stand beside it, where the card has none.
    Word(String, Option<String>),
    /// An entry of a list, in braces.
    Entry(String),
}

impl Question {
    /// What is asked, what may be answered, and what counts as backing: a line each.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let (answer, backing) = match lang {
            Lang::Ko => ("답", "근거"),
            Lang::En => ("answer", "backing"),
        };
        vec![self.text.clone(), format!("{answer}: {}", self.answers), format!("{backing}: {}", self.backing)]
    }
}

const fn b(en: &'static str, ko: &'static str) -> Bilingual {
    Bilingual { en, ko }
}

/// The questions that a ruleset asks of a model, in the order of the rungs that they open.
pub fn questions(rules: &Ruleset, dossier: &Dossier, grading: &Grading, lang: Lang) -> Vec<Question> {
    let voice = Voice { lang, home: grading.home };
    let read = Read { rules, readings: &grading.readings };
    let mut found: Vec<Question> = Vec::new();
    for (rung, criterion) in asking(rules) {
        let mut open = Vec::new();
        if let Some(applies) = grading.unfold_applies(rules, dossier, criterion) {
            look(&applies, true, true, &mut open);
        }
        look(&grading.unfold(rules, dossier, criterion), true, true, &mut open);
        let asked = Asked { voice, read, dossier, criterion: &rules.criteria[criterion], at: criterion };
        for leaf in &open {
            let Some(mut question) = asked.question(leaf) else { continue };
            question.asked_by.push(AskedBy {
                ruleset: rules.id.clone(),
                rung: rung_name(rules, rung, lang),
                criterion: rules.criteria[criterion].id.clone(),
            });
            join(&mut found, question);
        }
    }
    found
}

/// Adds a question, or who asks it to the same one.
pub fn join(found: &mut Vec<Question>, question: Question) {
    match found.iter_mut().find(|other| other.field == question.field) {
        Some(other) => {
            other.asked_by.extend(question.asked_by);
            if let (Writes::Word(_, list @ None), Writes::Word(_, Some(new))) = (&mut other.writes, question.writes) {
                *list = Some(new);
            }
            if question.needs > other.needs {
                other.needs = question.needs;
                other.backing = question.backing;
            }
        }
        None => found.push(question),
    }
}

/// The criteria that decide, each with the rung, axis or objective that asks for it first.
fn asking(rules: &Ruleset) -> Vec<(usize, usize)> {
    let groups: Vec<Vec<usize>> = match &rules.scale {
        Scale::Ladder(rungs) => rungs.iter().map(|rung| rung.requires.clone()).collect(),
        Scale::Gate(axes) => axes.iter().map(|axis| axis.requires.clone()).collect(),
        Scale::Scorecard(card) => {
            card.objectives.iter().map(|it| it.criteria.iter().map(|(at, _)| *at).collect()).collect()
        }
    };
    let mut list: Vec<(usize, usize)> = Vec::new();
    for (rung, criteria) in groups.into_iter().enumerate() {
        for at in criteria {
            if !list.iter().any(|(_, other)| *other == at) {
                list.push((rung, at));
            }
        }
    }
    list
}

/// A leaf that is open.
enum Open<'a> {
    /// A fact.
    Fact(&'a Slot, Vec<&'a Item>),
    /// Whether a list leaves nothing out.
    Complete(&'a Slot, Vec<&'a Item>),
    /// An entry that a list lacks.
    Entry(&'a Ranged, Vec<&'a Item>),
}

/// Collects the leaves that could still bring a node to what is wanted: nothing below what is settled. What all must
/// hold is asked whole, even where one part is refuted and the model would have to change; of several ways, one that is
/// barred is not asked about.
fn look<'a>(node: &TraceNode<'a>, wanted: bool, whole: bool, found: &mut Vec<Open<'a>>) {
    let goal = if wanted { Truth::True } else { Truth::False };
    let truth = node.get(View::Claimed);
    if truth == goal || truth == Truth::Void {
        return;
    }
    match &node.what {
        What::Fact(slot, test, fact, other) => {
            let asked = !matches!(test, Test::Known(known) if *known != wanted);
            if asked && (truth == Truth::Unknown || matches!(test, Test::Known(_))) {
                open(fact, slot, node, found);
                if let Some(other) = other {
                    open(other.fact, other.slot, node, found);
                }
            }
        }
        What::All if wanted => together(&node.parts, wanted, whole, found),
        What::Any if !wanted => together(&node.parts, wanted, whole, found),
        What::All | What::Any => node.parts.iter().for_each(|part| look(part, wanted, false, found)),
        What::Not => node.parts.iter().for_each(|part| look(part, !wanted, whole, found)),
        What::Term(_) | What::Criterion(_) | What::Reading(..) => {
            node.parts.iter().for_each(|part| look(part, wanted, whole, found));
        }
        What::Quantified(quantifier, ranged, complete) => {
            let every = matches!(quantifier, Quantifier::Every { .. });
            let for_all = (every || *quantifier == Quantifier::None) == wanted;
            let must_be_some = wanted && *quantifier == Quantifier::Every(Empty::NotMet);
            ranged_over(node, ranged, complete.get(View::Claimed), (for_all, every == for_all, must_be_some), found);
        }
        What::Count(bound, ranged, complete) | What::Share(bound, _, ranged, complete) => {
            let more = (bound.at_least.is_some() || bound.more_than.is_some()) == wanted;
            if let What::Share(_, by, ..) = &node.what {
                for item in node.parts.iter().filter(|item| item.get(View::Claimed) != Truth::False) {
                    if let Some(own) = item.items.last() {
                        open(own.fact(by.path), by, item, found);
                    }
                }
            }
            ranged_over(node, ranged, complete.get(View::Claimed), (false, more, false), found);
            if complete.get(View::Claimed) != Truth::True {
                found.push(Open::Complete(&ranged.complete, node.items.clone()));
            }
        }
        What::Item(_) => {}
    }
}

/// Parts that must all come out as wanted; of one way among several none is asked for where one part bars it.
fn together<'a>(parts: &[TraceNode<'a>], wanted: bool, whole: bool, found: &mut Vec<Open<'a>>) {
    let against = if wanted { Truth::False } else { Truth::True };
    let mut all = Vec::new();
    for part in parts {
        let before = all.len();
        look(part, wanted, whole, &mut all);
        if !whole && all.len() == before && part.get(View::Claimed) == against {
            return;
        }
    }
    found.extend(all);
}

/// The items of a range; whether all or one must do, what must hold of them, and whether there must be one.
fn ranged_over<'a>(
    node: &TraceNode<'a>,
    ranged: &'a Ranged,
    complete: Truth,
    (for_all, holds, must_be_some): (bool, bool, bool),
    found: &mut Vec<Open<'a>>,
) {
    let before = found.len();
    for item in &node.parts {
        if item.get(View::Claimed) == Truth::False && !known_leaf(item) {
            continue;
        }
        if let [filter, rest @ ..] = item.parts.as_slice()
            && !rest.is_empty()
            && filter.get(View::Claimed) != Truth::True
        {
            look(filter, true, false, found);
        }
        if let Some(part) = item.parts.last() {
            look(part, holds, for_all, found);
        }
    }
    let open_list = complete != Truth::True;
    let nothing = node.parts.iter().all(|item| item.get(View::Claimed) == Truth::False);
    if for_all && open_list {
        found.push(Open::Complete(&ranged.complete, node.items.clone()));
    }
    let one_would_do = !for_all && open_list && found.len() == before;
    if !ranged.listed_only && (one_would_do || must_be_some && nothing) {
        found.push(Open::Entry(ranged, node.items.clone()));
    }
}

/// Whether an item is out only because something is not known of it.
fn known_leaf(item: &TraceNode<'_>) -> bool {
    item.parts.first().is_some_and(|filter| {
        let mut open = Vec::new();
        look(filter, true, false, &mut open);
        !open.is_empty()
    })
}

/// A fact of which nobody says anything: where something was said and set aside, or is contested, another word decides
/// nothing.
fn open<'a>(fact: &Fact, slot: &'a Slot, node: &TraceNode<'a>, found: &mut Vec<Open<'a>>) {
    if fact.claimed().is_none() && fact.unknown() == WhyUnknown::Undeclared {
        let items = slot.item.map_or_else(Vec::new, |depth| node.items[..=usize::from(depth)].to_vec());
        found.push(Open::Fact(slot, items));
    }
}

/// One criterion that asks.
struct Asked<'q> {
    voice: Voice,
    read: Read<'q>,
    dossier: &'q Dossier,
    criterion: &'q Criterion,
    at: usize,
}

impl Asked<'_> {
    fn question(&self, leaf: &Open<'_>) -> Option<Question> {
        match leaf {
            Open::Fact(slot, items) => self.of_fact(slot, items),
            Open::Complete(slot, items) => self.of_fact(slot, items).map(|question| self.with_list(slot, question)),
            Open::Entry(ranged, items) => self.of_entry(ranged, items),
        }
    }

    fn of_fact(&self, slot: &Slot, items: &[&Item]) -> Option<Question> {
        let entry = vocabulary().entry(slot.path);
        let (field, way, writes) = place(entry, items)?;
        Some(Question {
            field,
            way,
            text: asked(self.voice, entry, items),
            answers: answers(self.voice, entry, &writes),
            writes,
            backing: backing(self.voice, entry, self.criterion.needs, slot),
            needs: self.criterion.needs,
            asked_by: Vec::new(),
        })
    }

    /// That a list is complete is said beside a list.
    fn with_list(&self, slot: &Slot, mut question: Question) -> Question {
        let Writes::Word(word, list) = &mut question.writes else { return question };
        let Some(collection) = vocabulary().completed_by(slot.path) else { return question };
        let about = vocabulary().collection_of(collection);
        let listed = self.dossier.items(collection).iter().any(|item| item.from_card);
        *list = (!listed && about.parent.is_none()).then(|| word.clone());
        question
    }

    fn of_entry(&self, ranged: &Ranged, items: &[&Item]) -> Option<Question> {
        let step = Move {
            kind: MoveKind::List,
            criterion: Some(self.at),
            leaf: None,
            wanted: true,
            items: items.to_vec(),
            complete: Some(&ranged.complete),
            looked_for: Some(ranged),
        };
        let line = Line { read: self.read, dossier: self.dossier, step: &step, home: self.voice.home };
        let line = line.written(&ranged.complete, self.criterion.needs)?;
        let (list, entry) = line.split_once(": [")?;
        let entry = entry.strip_suffix(']')?.to_owned();
        let mut way = way_of(list, items)?;
        let entry_of_it = vocabulary().entry(ranged.complete.path);
        let Some(Way::Key(key) | Way::Each(key)) = way.pop() else { return None };
        way.push(Way::Each(key));
        Some(Question {
            field: format!("{list}[] {}", self.criterion.id),
            way,
            text: added(self.voice, self.read, For::Criterion(self.criterion), ranged),
            answers: self.voice.pick(b("an entry for each, if it is so", "사실이면 하나마다 한 항목")).to_owned(),
            writes: Writes::Entry(entry),
            backing: backing(self.voice, entry_of_it, self.criterion.needs, &ranged.complete),
            needs: self.criterion.needs,
            asked_by: Vec::new(),
        })
    }
}

/// What is asked of a fact, in the words that a step of `--next` has for it.
pub(super) fn asked(voice: Voice, entry: &Entry, items: &[&Item]) -> String {
    if let Some(own) = entry.question {
        return format!("{}{}", voice.of_items(items), voice.pick(own));
    }
    let subject = voice.subject(entry, items);
    format!("{subject}: {}", voice.pick(entry.meaning))
}

/// The field of a fact, and what stands there; none for what a card cannot say.
fn place(entry: &Entry, items: &[&Item]) -> Option<(String, Vec<Way>, Writes)> {
    let Some(field) = field_of(entry.path) else {
        // What has no field of its own and belongs to the model stands under `facts`, by its path.
        let way = vec![Way::Key("facts".to_owned()), Way::Key(entry.path.to_owned())];
        return items.is_empty().then(|| (format!("facts.{}", entry.path), way, Writes::Value(entry.kind)));
    };
    if let Some((key, word)) = field.split_once(": [") {
        let word = word.trim_end_matches(']').to_owned();
        return Some((field.clone(), vec![Way::Key(key.to_owned())], Writes::Word(word, None)));
    }
    let mut way = way_of(&field, items)?;
    if let (Some(key), Some(Way::Key(list))) = (list_of_names(entry.path), way.last().cloned()) {
        let field = shown(&way);
        way.pop();
        way.push(Way::Each(list));
        return Some((field, way, Writes::Entry(format!("{key}: ..."))));
    }
    let writes = match () {
        () if is_free(entry.path) => Writes::Free,
        // Who trained it is said by name, and the answer follows.
        () if is_of_names(entry.path) => Writes::Value(Kind::Texts),
        () => Writes::Value(entry.kind),
    };
    Some((shown(&way), way, writes))
}

/// `components[].references[].root` with its items as steps.
fn way_of(field: &str, items: &[&Item]) -> Option<Vec<Way>> {
    let mut left = items.iter();
    let mut way = Vec::new();
    let mut rest = field;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        rest = match after.strip_prefix('[') {
            None => {
                way.push(Way::Key(key.to_owned()));
                after
            }
            Some(inside) => {
                let list = key.to_owned();
                match left.next() {
                    None => way.push(Way::Each(list)),
                    Some(item) => {
                        let name = vocabulary().collection_of(item.collection).name;
                        let key = entry_of(name).map_or("id", |entry| entry.id);
                        way.push(Way::Item { list, key, id: item.id.clone() });
                    }
                }
                inside.split_once(']')?.1
            }
        };
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    (!way.is_empty()).then_some(way)
}

/// The field as `--next` writes it.
fn shown(way: &[Way]) -> String {
    let steps = way.iter().map(|step| match step {
        Way::Key(key) => key.clone(),
        Way::Item { list, id, .. } => format!("{list}[{id}]"),
        Way::Each(list) => format!("{list}[]"),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// More words than these are told without what sentences say for them.
const GLOSSED: usize = 8;

/// What may be answered.
fn answers(voice: Voice, entry: &Entry, writes: &Writes) -> String {
    let kind = match writes {
        Writes::Free => return voice.pick(b("in your own words", "자유롭게 적는다")).to_owned(),
        Writes::Word(word, _) => {
            let text = says(
                format!("`{word}` 목록에 빠진 것이 없으면 이 낱말을 적는다"),
                format!("the word `{word}`, if nothing is missing in that list"),
            );
            return text.get(voice.lang).to_owned();
        }
        Writes::Entry(_) => Kind::Text,
        Writes::Value(kind) => *kind,
    };
    let words = || {
        let gloss = kind.words().len() <= GLOSSED;
        let each = |word: &Word| {
            let said = voice.pick(word.says);
            if gloss && said != word.id { format!("{} ({said})", word.id) } else { word.id.to_owned() }
        };
        kind.words().iter().map(each).collect::<Vec<_>>().join(" | ")
    };
    if is_of_names(entry.path) {
        let names = b(
            "names, as in [Example Labs]; your own as in `developer.name`",
            "기관 이름, 예: [예시 연구소]. 제작자는 `developer.name`과 같게 적는다",
        );
        return voice.pick(names).to_owned();
    }
    match kind {
        Kind::Flag => "yes | no".to_owned(),
        Kind::Word(_) => words(),
        Kind::Words(_) => format!("[{}]", words()),
        Kind::Country => voice.pick(b("a country, as in \"KR\"", "국가 코드, 예: \"KR\"")).to_owned(),
        Kind::Countries => voice.pick(b("countries, as in [\"KR\"]", "국가 코드 목록, 예: [\"KR\"]")).to_owned(),
        Kind::Date => voice.pick(b("a day, as in \"2026-01-15\"", "날짜, 예: \"2026-01-15\"")).to_owned(),
        Kind::Number(unit) => number(voice, unit),
        Kind::Text | Kind::Texts => text(voice, entry, kind),
    }
}

fn number(voice: Voice, unit: Unit) -> String {
    if unit == Unit::Percent {
        return voice.pick(b("a share, as in 30 %", "비율, 예: 30 %")).to_owned();
    }
    match (voice.lang, unit.symbol(), unit.symbol_ko()) {
        (_, "", _) => voice.pick(b("a number", "수")).to_owned(),
        (Lang::En, symbol, _) => format!("a number of {symbol}, as in 12B or 300"),
        (Lang::Ko, _, symbol) => format!("수({symbol}), 예: 12B, 300"),
    }
}

fn text(voice: Voice, entry: &Entry, kind: Kind) -> String {
    let words = match (domain(entry.path), kind) {
        (Some(Domain::Language), _) => b("codes of languages, as in [ko, en]", "언어 코드 목록, 예: [ko, en]"),
        (Some(Domain::Licence), _) => b("the id of a licence, as in apache-2.0", "라이선스 식별자, 예: apache-2.0"),
        (None, Kind::Texts) => b("a list of texts", "글의 목록"),
        (None, _) => b("a text", "글"),
    };
    voice.pick(words).to_owned()
}

const WORD: Bilingual = b("your word is enough", "카드의 말로 충분하다");
const PAPER: Bilingual = b(
    "a technical report, or a document by somebody else, named under `evidence` with its address",
    "기술 보고서나 다른 쪽의 문서를 `evidence`에 주소와 함께 적는다",
);
const COMPARED: Bilingual = b(
    "a comparison of the weights with other models: `sovgrade grade MODEL --against REFERENCE...`",
    "가중치를 다른 모델과 견준 결과: `sovgrade grade 모델 --against 대조모델...`",
);
const OPENED: Bilingual =
    b("a document that the assessor has opened and vouches for", "평가자가 열어 보고 보증하는 문서");
const ATTESTED: Bilingual = b("an assessor's attestation", "평가 기관의 확인서");

/// What counts as backing, with the word of the assurance.
fn backing(voice: Voice, entry: &Entry, needs: Assurance, slot: &Slot) -> String {
    let how = match needs {
        Assurance::Declared => WORD,
        Assurance::Documented => PAPER,
        Assurance::Corroborated | Assurance::Measured if about_weights(entry) || !shown_by_nothing(slot.path) => {
            COMPARED
        }
        Assurance::Corroborated | Assurance::Measured => OPENED,
        Assurance::Audited => ATTESTED,
    };
    format!("{} ({})", voice.pick(how), needs.says().get(voice.lang))
}
