//! Tests in words, whatever the model: what a published page says that a criterion asks, and what a report says that
//! was looked for. The comparisons are said by the same sentences as those of a report.

use super::sentence::{Voice, capital};
use crate::facts::Value;
use crate::rules::{Bound, Constant, Empty, NodeId, Op, Over, Quantifier, Ranged, Ruleset, Slot, Test};
use crate::text::{Lang, Particle, with_particle};
use crate::vocabulary::{Bilingual, CollectionId, Kind, Scope, vocabulary};

const fn b(en: &'static str, ko: &'static str) -> Bilingual {
    Bilingual { en, ko }
}

/// A piece of a sentence about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// The title of a defined word, by its index.
    Term(usize),
    /// The title of a criterion, by its index.
    Criterion(usize),
    /// The question of a reading, by its index.
    Reading(usize),
}

/// One sentence of a test, and what belongs under it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clause {
    /// The sentence, without a full stop.
    pub text: Vec<Piece>,
    /// What belongs under it.
    pub parts: Vec<Self>,
}

impl Clause {
    fn words(text: impl Into<String>) -> Self {
        Self { text: vec![Piece::Words(text.into())], parts: Vec::new() }
    }

    fn over(text: impl Into<String>, parts: Vec<Self>) -> Self {
        Self { text: vec![Piece::Words(text.into())], parts }
    }

    /// The clause after a label on the same line.
    fn under(mut self, label: &str) -> Self {
        self.text.insert(0, Piece::Words(format!("{label}: ")));
        self
    }
}

/// Rules as they are read: with the chosen option of each reading.
#[derive(Debug, Clone, Copy)]
pub struct Read<'r> {
    /// The rules.
    pub rules: &'r Ruleset,
    /// The chosen option of each reading.
    pub readings: &'r [usize],
}

/// The conditions of a list of which all or one must hold.
const ALL_OF: Bilingual = b("all of this holds", "다음을 모두 채운다");
const ONE_OF: Bilingual = b("at least one of these holds", "다음 가운데 하나 이상을 채운다");
const NONE_OF: Bilingual = b("none of these holds", "다음 가운데 어느 것도 채우지 않는다");
const NOT_ALL_OF: Bilingual = b("not all of this holds", "다음을 모두 채우지는 않는다");

impl Voice {
    /// A test in words. `within` is the collection whose items it is about; their facts need no owner's name.
    pub fn clause(self, rules: &Ruleset, node: NodeId, within: Option<CollectionId>) -> Clause {
        Wording { voice: self, rules, readings: None }.node(node, true, within)
    }

    /// What an item must be to count, and where one would do, what else must hold of it; on one line.
    pub(super) fn looked_for(self, read: Read<'_>, ranged: &Ranged, one_would_do: bool) -> String {
        let ranged = if one_would_do { *ranged } else { Ranged { holds: None, ..*ranged } };
        let parts = Wording { voice: self, rules: read.rules, readings: Some(read.readings) }.conditions(&ranged);
        let each: Vec<String> = parts.iter().map(|part| self.flat(read.rules, part)).collect();
        each.join("; ")
    }

    /// A clause on one line, what belongs under it in brackets.
    pub fn flat(self, rules: &Ruleset, clause: &Clause) -> String {
        let text = self.pieces(rules, &clause.text);
        if clause.parts.is_empty() {
            return text;
        }
        let parts: Vec<String> = clause.parts.iter().map(|part| self.flat(rules, part)).collect();
        format!("{text} ({})", parts.join("; "))
    }

    /// The sentence of a clause alone, with a large letter and a stop.
    pub fn sentence(self, rules: &Ruleset, clause: &Clause) -> String {
        let text = capital(&self.pieces(rules, &clause.text));
        let text = text.trim_end_matches('.');
        if clause.parts.is_empty() { format!("{text}.") } else { format!("{text}:") }
    }

    /// The words of a sentence.
    pub fn pieces(self, rules: &Ruleset, pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => words.as_str(),
                Piece::Term(at) => rules.terms[*at].title.get(self.lang),
                Piece::Criterion(at) => rules.criteria[*at].title.get(self.lang),
                Piece::Reading(at) => rules.readings[*at].question.get(self.lang),
            })
            .collect()
    }
}

struct Wording<'r> {
    voice: Voice,
    rules: &'r Ruleset,
    /// The chosen options, where a grade is told of; a page of the rules tells all.
    readings: Option<&'r [usize]>,
}

impl Wording<'_> {
    fn pick(&self, text: Bilingual) -> &'static str {
        self.voice.pick(text)
    }

    fn say(&self, ko: String, en: String) -> String {
        if self.voice.lang == Lang::Ko { ko } else { en }
    }

    /// A word of the ruleset in quotation marks, with a Korean particle behind them.
    fn quoted(&self, piece: Piece, before: &str, particle: Option<Particle>, after: &str) -> Vec<Piece> {
        let title = self.voice.pieces(self.rules, std::slice::from_ref(&piece));
        let (open, close) = if self.voice.lang == Lang::Ko { ("'", "'") } else { ("“", "”") };
        let particle = particle.map_or_else(String::new, |it| with_particle(&title, it)[title.len()..].to_owned());
        vec![Piece::Words(format!("{before}{open}")), piece, Piece::Words(format!("{close}{particle}{after}"))]
    }

    /// The node, or its opposite.
    fn node(&self, id: NodeId, wanted: bool, within: Option<CollectionId>) -> Clause {
        let expr = &self.rules.expr;
        match &expr.node(id).op {
            Op::Fact(slot, test) => Clause::words(self.fact(slot, test, wanted, within)),
            Op::All(range) => {
                self.list(expr.children(*range), if wanted { ALL_OF } else { NOT_ALL_OF }, wanted, within)
            }
            Op::Any(range) => self.list(expr.children(*range), if wanted { ONE_OF } else { NONE_OF }, wanted, within),
            Op::Not(inner) => self.node(*inner, !wanted, within),
            Op::Quantified(quantifier, ranged) => self.quantified(*quantifier, ranged, wanted),
            Op::Count(bound, ranged) => self.count(bound, ranged, wanted),
            Op::Share(bound, by, ranged) => self.share(bound, by, ranged, wanted),
            Op::Term(at, _) => self.term(usize::from(*at), wanted),
            Op::Criterion(at, _) => self.criterion(usize::from(*at), wanted),
            Op::Reading(at, range) => self.reading(usize::from(*at), expr.children(*range), wanted, within),
        }
    }

    fn list(&self, parts: &[NodeId], head: Bilingual, wanted: bool, within: Option<CollectionId>) -> Clause {
        if let [one] = parts {
            return self.node(*one, wanted, within);
        }
        Clause::over(self.pick(head), parts.iter().map(|part| self.node(*part, true, within)).collect())
    }

    fn term(&self, at: usize, wanted: bool) -> Clause {
        let term = Piece::Term(at);
        let text = match (self.voice.lang, wanted) {
            (Lang::Ko, true) => self.quoted(term, "", None, "에 해당한다"),
            (Lang::Ko, false) => self.quoted(term, "", None, "에 해당하지 않는다"),
            (Lang::En, true) => self.quoted(term, "the definition ", None, " applies"),
            (Lang::En, false) => self.quoted(term, "the definition ", None, " does not apply"),
        };
        Clause { text, parts: Vec::new() }
    }

    fn criterion(&self, at: usize, wanted: bool) -> Clause {
        let criterion = Piece::Criterion(at);
        let text = match (self.voice.lang, wanted) {
            (Lang::Ko, true) => self.quoted(criterion, "기준 ", Some(Particle::Object), " 채운다"),
            (Lang::Ko, false) => self.quoted(criterion, "기준 ", Some(Particle::Object), " 채우지 못한다"),
            (Lang::En, true) => self.quoted(criterion, "the criterion ", None, " is met"),
            (Lang::En, false) => self.quoted(criterion, "the criterion ", None, " is not met"),
        };
        Clause { text, parts: Vec::new() }
    }

    fn reading(&self, at: usize, options: &[NodeId], wanted: bool, within: Option<CollectionId>) -> Clause {
        if let Some(readings) = self.readings {
            return self.node(options[readings[at]], wanted, within);
        }
        let reading = &self.rules.readings[at];
        let text = match self.voice.lang {
            Lang::Ko => self.quoted(Piece::Reading(at), "해석 ", None, "에서 고른 것을 따른다"),
            Lang::En => self.quoted(Piece::Reading(at), "as the reading ", None, " is chosen"),
        };
        let parts = reading.options.iter().zip(options).enumerate().map(|(option, (named, node))| {
            let mut label = named.title.get(self.voice.lang).to_owned();
            if option == reading.default {
                label.push_str(self.pick(b(" (default)", "(기본)")));
            }
            self.node(*node, wanted, within).under(&label)
        });
        Clause { text, parts: parts.collect() }
    }

    /// A comparison: what a report says of a fact that satisfies it.
    fn fact(&self, slot: &Slot, test: &Test, wanted: bool, within: Option<CollectionId>) -> String {
        let entry = vocabulary().entry(slot.path);
        let owner = match vocabulary().scope(slot.path) {
            Scope::Item(collection) if within != Some(collection) => {
                Some(self.pick(vocabulary().collection_of(collection).label))
            }
            _ => None,
        };
        if let (Kind::Flag, Some(truth)) = (entry.kind, flag(test)) {
            let of = owner.map_or_else(String::new, |owner| format!("{}: ", capital(owner)));
            return format!("{of}{}", self.voice.flag_words(entry, truth == wanted).trim_end_matches('.'));
        }
        let label = self.pick(entry.label);
        let subject = match owner {
            None => capital(label),
            Some(owner) => self.say(format!("{owner}의 {label}"), capital(&format!("{owner}, {label}"))),
        };
        if let Test::Known(known) = test {
            let known = *known == wanted;
            return match (self.voice.lang, known) {
                (Lang::Ko, true) => format!("{subject}: 알려져 있다"),
                (Lang::Ko, false) => format!("{subject}: 알려져 있지 않다"),
                (Lang::En, true) => format!("{subject}: it is known"),
                (Lang::En, false) => format!("{subject}: it is not known"),
            };
        }
        let says = self.voice.test(entry, test);
        match (self.voice.lang, wanted) {
            (_, true) => format!("{subject}: {says}"),
            (Lang::Ko, false) => format!("{subject}: {says} 아님"),
            (Lang::En, false) => format!("{subject}: other than {says}"),
        }
    }

    /// What the items are called: of the item at hand, of all owners, or of the model.
    fn items(&self, ranged: &Ranged) -> (String, CollectionId) {
        let label = |id: CollectionId| self.pick(vocabulary().collection_of(id).label);
        let parent = vocabulary().collection_of(ranged.collection).parent;
        let owner = parent.and_then(|name| vocabulary().collection(name)).map(label);
        let own = label(ranged.collection);
        let name = match (ranged.over, owner) {
            (Over::Bound(_), Some(owner)) => self.say(format!("그 {owner}의 {own}"), format!("{own} of that {owner}")),
            (Over::AllOf(_), Some(owner)) => self.say(format!("모든 {owner}의 {own}"), format!("{own} of any {owner}")),
            _ => own.to_owned(),
        };
        let name = if ranged.listed_only {
            self.say(format!("목록에 적힌 {name}"), format!("listed {name}"))
        } else {
            name
        };
        (name, ranged.collection)
    }

    /// The conditions of `where` and `holds` together.
    fn conditions(&self, ranged: &Ranged) -> Vec<Clause> {
        let within = Some(ranged.collection);
        let each = ranged.filter.iter().chain(&ranged.holds);
        let mut parts = Vec::new();
        for node in each {
            match &self.rules.expr.node(*node).op {
                Op::All(range) => {
                    let list = self.rules.expr.children(*range);
                    parts.extend(list.iter().map(|part| self.node(*part, true, within)));
                }
                _ => parts.push(self.node(*node, true, within)),
            }
        }
        parts
    }

    fn quantified(&self, quantifier: Quantifier, ranged: &Ranged, wanted: bool) -> Clause {
        let (items, collection) = self.items(ranged);
        let with = |particle| with_particle(&items, particle);
        match (quantifier, wanted) {
            (Quantifier::Every(empty), true) => {
                let empty = match (empty, self.voice.lang) {
                    (Empty::Void, _) => "",
                    (Empty::Met, Lang::Ko) => "(하나도 없으면 채운 것으로 본다)",
                    (Empty::Met, Lang::En) => " (met if there is none)",
                    (Empty::NotMet, Lang::Ko) => "(하나도 없으면 채우지 못한 것으로 본다)",
                    (Empty::NotMet, Lang::En) => " (not met if there is none)",
                };
                let holds = ranged.holds.map(|node| self.node(node, true, Some(collection)));
                let Some(filter) = ranged.filter else {
                    return match holds {
                        Some(holds) => {
                            let text = self.say(format!("{items}마다{empty}"), format!("for every {items}{empty}"));
                            holds.under(&text)
                        }
                        None => {
                            Clause::words(self.say(format!("모든 {items}{empty}"), format!("every {items}{empty}")))
                        }
                    };
                };
                let counted = self.node(filter, true, Some(collection)).under(self.pick(COUNTED));
                let asked = holds.map(|holds| holds.under(self.pick(ASKED)));
                let text = self
                    .say(format!("다음에 드는 {items}마다{empty}"), format!("for every {items} of this kind{empty}"));
                Clause::over(text, std::iter::once(counted).chain(asked).collect())
            }
            (Quantifier::Every(_), false) => {
                let text = self.say(
                    format!("다음을 채우지 못하는 {} 있다", with(Particle::Subject)),
                    format!("there is {} of which this does not hold", with_article(&items)),
                );
                Clause::over(text, self.conditions(ranged))
            }
            (Quantifier::Some, true) | (Quantifier::None, false) => self.there_is(true, &items, ranged),
            (Quantifier::Some, false) | (Quantifier::None, true) => self.there_is(false, &items, ranged),
        }
    }

    fn there_is(&self, is: bool, items: &str, ranged: &Ranged) -> Clause {
        let mut parts = self.conditions(ranged);
        let subject = with_particle(items, Particle::Subject);
        let text = match (self.voice.lang, is, parts.len()) {
            (Lang::Ko, true, 0) => format!("{subject} 하나 이상 있다"),
            (Lang::Ko, false, 0) => format!("{subject} 하나도 없다"),
            (Lang::En, true, 0) => format!("there is {}", with_article(items)),
            (Lang::En, false, 0) => format!("there is no {items}"),
            (Lang::Ko, true, 1) => format!("이런 {subject} 하나 이상 있다"),
            (Lang::Ko, false, 1) => format!("이런 {subject} 하나도 없다"),
            (Lang::Ko, true, _) => format!("다음을 모두 채우는 {subject} 하나 이상 있다"),
            (Lang::Ko, false, _) => format!("다음을 모두 채우는 {subject} 하나도 없다"),
            (Lang::En, true, 1) => format!("there is {} of which this holds", with_article(items)),
            (Lang::En, false, 1) => format!("there is no {items} of which this holds"),
            (Lang::En, true, _) => format!("there is {} of which all of this holds", with_article(items)),
            (Lang::En, false, _) => format!("there is no {items} of which all of this holds"),
        };
        match parts.pop() {
            Some(one) if parts.is_empty() => one.under(&text),
            Some(last) => {
                parts.push(last);
                Clause::over(text, parts)
            }
            None => Clause::words(text),
        }
    }

    fn count(&self, bound: &Bound, ranged: &Ranged, wanted: bool) -> Clause {
        let (items, _) = self.items(ranged);
        let asked = self.bound(bound, "", wanted);
        let parts = self.conditions(ranged);
        let text = match (self.voice.lang, parts.len()) {
            (Lang::Ko, 0) => format!("{items}의 수: {asked}"),
            (Lang::Ko, 1) => format!("이런 {items}의 수: {asked}"),
            (Lang::Ko, _) => format!("다음을 모두 채우는 {items}의 수: {asked}"),
            (Lang::En, 0) => format!("number of {}: {asked}", plural(&items)),
            (Lang::En, 1) => format!("number of {} of which this holds: {asked}", plural(&items)),
            (Lang::En, _) => format!("number of {} of which all of this holds: {asked}", plural(&items)),
        };
        Clause::over(text, parts)
    }

    fn share(&self, bound: &Bound, by: &Slot, ranged: &Ranged, wanted: bool) -> Clause {
        let (items, collection) = self.items(ranged);
        let by = self.pick(vocabulary().entry(by.path).label);
        let asked = self.bound(bound, " %", wanted);
        let text = self.say(
            format!("이런 {items}의 비율({by} 기준): {asked}"),
            format!("share of the {} of which this holds, by {by}: {asked}", plural(&items)),
        );
        let part = ranged.holds.map(|node| self.node(node, true, Some(collection)));
        let Some(filter) = ranged.filter else { return Clause::over(text, part.into_iter().collect()) };
        let whole = self.node(filter, true, Some(collection)).under(self.pick(WHOLE));
        let part = part.map(|part| part.under(self.pick(PART)));
        Clause::over(text, std::iter::once(whole).chain(part).collect())
    }

    fn bound(&self, bound: &Bound, unit: &str, wanted: bool) -> String {
        let says = self.voice.bound(bound, unit);
        match (self.voice.lang, wanted) {
            (_, true) => says,
            (Lang::Ko, false) => format!("{says} 아님"),
            (Lang::En, false) => format!("not {says}"),
        }
    }
}

/// Which items a test is about, and what it asks of them.
const COUNTED: Bilingual = b("of this kind", "대상");
const ASKED: Bilingual = b("asked for", "요구");
/// What a share is a share of, and which part is weighed.
const WHOLE: Bilingual = b("of all of which", "전체");
const PART: Bilingual = b("those of which", "그 가운데");

/// The truth that a comparison of a yes-or-no fact asks for.
pub(super) fn flag(test: &Test) -> Option<bool> {
    match test {
        Test::Is(Constant::Value(Value::Flag(truth))) => Some(*truth),
        Test::IsNot(Constant::Value(Value::Flag(truth))) => Some(!*truth),
        _ => None,
    }
}

/// A label with its article.
fn with_article(label: &str) -> String {
    let article = if label.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {label}")
}

/// The English plural of a label, which may go on: `link of that component`.
pub(super) fn plural(label: &str) -> String {
    let (head, tail) =
        label.split_once(" of ").map_or((label, String::new()), |(head, tail)| (head, format!(" of {tail}")));
    match head.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies{tail}"),
        _ => format!("{head}s{tail}"),
    }
}
