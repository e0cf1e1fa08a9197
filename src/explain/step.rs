//! Next steps in words: for each higher rung what to supply, declare or change.

use std::collections::HashMap;

use super::line::Line;
use super::question::asked;
use super::sentence::Voice;
use super::wording::{Read, flag};
use crate::facts::{Assurance, Dossier, Item, Value};
use crate::grade::{Grading, Move, MoveKind, NextRung, item_moves, moves};
use crate::rules::{Criterion, LocalText, Objective, Ranged, Ruleset, Scale};
use crate::text::{Lang, Particle, with_particle};
use crate::vocabulary::{Bilingual, Entry, Kind, vocabulary};

const fn b(en: &'static str, ko: &'static str) -> Bilingual {
    Bilingual { en, ko }
}

/// What a step is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// A criterion, by its id.
    Criterion(String),
    /// An objective of a scorecard, by its id.
    Objective(String),
}

/// What asks for steps, as they are told.
#[derive(Debug, Clone, Copy)]
pub(super) enum For<'r> {
    Criterion(&'r Criterion),
    Objective(&'r Objective, Assurance),
}

impl<'r> For<'r> {
    fn needs(self) -> Assurance {
        match self {
            Self::Criterion(criterion) => criterion.needs,
            Self::Objective(_, needs) => needs,
        }
    }

    fn title(self) -> &'r LocalText {
        match self {
            Self::Criterion(criterion) => &criterion.title,
            Self::Objective(objective, _) => &objective.title,
        }
    }

    fn asker(self) -> Asker {
        match self {
            Self::Criterion(criterion) => Asker::Criterion(criterion.id.clone()),
            Self::Objective(objective, _) => Asker::Objective(objective.id.clone()),
        }
    }

    /// The ruleset's own advice for a step.
    fn remedy(self, kind: MoveKind) -> Option<&'r LocalText> {
        let Self::Criterion(criterion) = self else { return None };
        match kind {
            MoveKind::Evidence | MoveKind::Settle => criterion.remedy.evidence.as_ref(),
            MoveKind::Declare | MoveKind::DeclareWithEvidence | MoveKind::Complete | MoveKind::List => {
                criterion.remedy.declare.as_ref()
            }
            MoveKind::Change => criterion.remedy.change.as_ref(),
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLine {
    /// How: `supply-evidence`, `declare`, ...
    pub kind: &'static str,
    /// The criterion it is for, or the objective whose items bring points by it.
    pub asker: Asker,
    /// What to do, a sentence.
    pub text: String,
    /// What is asked, in the words of `card new`, where an answer in the card is called for.
    pub question: Option<String>,
    /// The path of the fact, where it is about one.
    pub fact: Option<&'static str>,
    /// The assurance it must have.
    pub needs: &'static str,
    /// Where to write it: a line of the card, or an entry of an evidence file.
    pub write: Option<String>,
    /// For what a comparison of the weights would show: the references to compare with, as far as they are known.
    pub against: Option<Vec<String>>,
    /// The ruleset's own advice.
    pub remedy: Option<String>,
}

/// What a rung asks for, cheapest first. A fact that several criteria ask for is named once, with the highest
/// assurance.
pub(super) fn steps(
    voice: Voice,
    rules: &Ruleset,
    dossier: &Dossier,
    grading: &Grading,
    next: &NextRung,
) -> Vec<StepLine> {
    let read = Read { rules, readings: &grading.readings };
    let mut wanted: Vec<(For<'_>, Move<'_>)> = Vec::new();
    // Only steps about the same items can ask the same, and there may be many items.
    let mut about: HashMap<Vec<*const Item>, Vec<usize>> = HashMap::new();
    let of_criteria = next.criteria.iter().flat_map(|&(at, _)| {
        let criterion = &rules.criteria[at];
        let found = moves(&grading.unfold(rules, dossier, at), at, criterion.needs);
        found.into_iter().map(move |step| (For::Criterion(criterion), step))
    });
    for (asker, step) in of_criteria.chain(of_items(rules, dossier, grading, next.rung)) {
        let near = about.entry(step.items.iter().map(|item| std::ptr::from_ref(*item)).collect()).or_default();
        match near.iter().find(|&&place| asks_the_same(&wanted[place].1, &step)) {
            Some(&place) => {
                if asker.needs() > wanted[place].0.needs() {
                    wanted[place] = (asker, step);
                }
            }
            None => {
                near.push(wanted.len());
                wanted.push((asker, step));
            }
        }
    }
    let mut lines: Vec<StepLine> =
        wanted.into_iter().filter_map(|(asker, step)| line(voice, read, asker, dossier, &step)).collect();
    lines.sort_by_key(|line| rank(line.kind));
    // Two facts that one document settles are one step.
    let mut said = std::collections::HashSet::new();
    lines.retain(|line| said.insert((line.kind, line.text.clone())));
    lines
}

/// The steps by which the items of an objective bring more points.
fn of_items<'a>(
    rules: &'a Ruleset,
    dossier: &'a Dossier,
    grading: &'a Grading,
    at: usize,
) -> impl Iterator<Item = (For<'a>, Move<'a>)> {
    let objective = match &rules.scale {
        Scale::Scorecard(card) => card.objectives.get(at),
        _ => None,
    };
    let asker = objective.and_then(|it| Some(For::Objective(it, it.each.as_ref()?.needs)));
    let found = asker.map(|asker| item_moves(grading, rules, dossier, at).into_iter().map(move |step| (asker, step)));
    found.into_iter().flatten()
}

/// Whether two steps about the same items ask the same.
fn asks_the_same(a: &Move<'_>, b: &Move<'_>) -> bool {
    let leaf = match (a.leaf, b.leaf) {
        (Some((slot, test)), Some((other_slot, other))) => {
            // Evidence for a value is the same evidence whatever is asked of the value.
            let evidence = a.kind == MoveKind::Evidence && b.kind == MoveKind::Evidence;
            slot.path == other_slot.path && (evidence || test == other)
        }
        (None, None) => a.complete.map(|slot| slot.path) == b.complete.map(|slot| slot.path),
        _ => false,
    };
    // What is missing from a list is another thing for each criterion.
    let list = a.kind != MoveKind::List || a.criterion == b.criterion;
    leaf && list && a.wanted == b.wanted
}

fn line(voice: Voice, read: Read<'_>, asker: For<'_>, dossier: &Dossier, step: &Move<'_>) -> Option<StepLine> {
    let slot = step.leaf.map(|(slot, _)| slot).or(step.complete)?;
    let fact = vocabulary().entry(slot.path);
    // A yes-or-no fact is asked for by the sentence that says it.
    let said = step.leaf.and_then(|(_, test)| flag(test)).filter(|_| fact.kind == Kind::Flag);
    let subject = match (step.looked_for, said) {
        (Some(ranged), _) => added(voice, read, asker, ranged),
        (None, Some(truth)) => voice.flag(fact, &step.items, truth == step.wanted).trim_end_matches('.').to_owned(),
        (None, None) => voice.subject(fact, &step.items),
    };
    let against = comparable(step, fact, asker.needs(), dossier).then(|| references(dossier, &step.items));
    let write = Line { read, dossier, step, home: voice.home }.written(slot, asker.needs());
    let value = step.leaf.filter(|_| said.is_none());
    let wanted = value.map_or_else(String::new, |(_, test)| voice.test(fact, test));
    let needs = asker.needs().says().get(voice.lang).to_owned();
    let asks = matches!(step.kind, MoveKind::Declare | MoveKind::DeclareWithEvidence | MoveKind::Complete);
    Some(StepLine {
        kind: step.kind.word(),
        asker: asker.asker(),
        text: advice(voice, step, fact).unwrap_or_else(|| {
            let asked = Asked { wanted: &wanted, is_wanted: step.wanted, needs: &needs };
            sentence(voice, step.kind, &subject, &asked)
        }),
        question: asks.then(|| asked(voice, fact, &step.items)),
        fact: Some(fact.path),
        needs: asker.needs().word(),
        // A relation is found by measuring, not written by hand.
        write: write.filter(|_| against.is_none() || !matches!(step.kind, MoveKind::Evidence | MoveKind::Settle)),
        against,
        remedy: asker.remedy(step.kind).map(|text| text.get(voice.lang).to_owned()),
    })
}

/// What is to be added to a list: for which criterion or objective, and what is looked for.
pub(super) fn added(voice: Voice, read: Read<'_>, asker: For<'_>, ranged: &Ranged) -> String {
    let title = asker.title().get(voice.lang);
    let wanted = voice.looked_for(read, ranged, true);
    match voice.lang {
        _ if wanted.is_empty() => title.to_owned(),
        Lang::Ko => format!("{title}. 찾는 것: {wanted}"),
        Lang::En => format!("{title}. Looked for: {wanted}"),
    }
}

/// What settles a question that weights leave open: which of two models was there first.
const WHICH_FIRST: Bilingual = b(
    "Document which came first: the days of release of both, or a document that says which way the weights went.",
    "어느 쪽이 먼저인지 문서로 밝힌다: 두 모델의 공개일, 또는 가중치가 어느 쪽에서 왔는지 적은 문서.",
);

/// What settles whether more than a random start is shared.
const MORE_THAN_A_START: Bilingual = b(
    "Show a step 0 that somebody else published by its digest before the later model, or a trail of checkpoints \
    (`sovgrade measure MODEL --trail ...`).",
    "나중 모델보다 먼저 다른 쪽이 해시로 공개한 스텝 0을 보이거나, 체크포인트의 경로를 낸다(`sovgrade measure MODEL --trail ...`).",
);

/// Facts of which no declaration by itself is worth asking for, with what is.
const SETTLED_BY: &[(&str, Bilingual)] = &[
    ("link.direction", WHICH_FIRST),
    ("link.reference-released", WHICH_FIRST),
    ("link.common-source-own", WHICH_FIRST),
    ("link.trained-weights-shared", MORE_THAN_A_START),
];

/// What would settle a fact that is open, with whom it is about.
fn advice(voice: Voice, step: &Move<'_>, fact: &Entry) -> Option<String> {
    if !matches!(step.kind, MoveKind::Declare | MoveKind::DeclareWithEvidence | MoveKind::Settle) {
        return None;
    }
    let (_, text) = SETTLED_BY.iter().find(|(path, _)| *path == fact.path)?;
    Some(format!("{}{}", voice.of_items(&step.items), voice.pick(*text)))
}

/// Whether comparing the weights with others would supply what is asked: a fact about weights that are there.
fn comparable(step: &Move<'_>, fact: &Entry, needs: Assurance, dossier: &Dossier) -> bool {
    let evidence = matches!(step.kind, MoveKind::Evidence | MoveKind::DeclareWithEvidence | MoveKind::Settle);
    let held = dossier.fact(vocabulary().must("model.weights-held")).claimed() == Some(&Value::Flag(true));
    evidence && held && about_weights(fact) && needs > Assurance::Documented
}

/// Facts that a comparison of weights speaks of.
pub(super) fn about_weights(fact: &Entry) -> bool {
    const FACTS: [&str; 7] = [
        "component.no-trace-of-families",
        "component.initialisation",
        "component.links-complete",
        "link.relation",
        "link.share",
        "link.changes",
        "link.trained-weights-shared",
    ];
    FACTS.contains(&fact.path)
}

/// The references that the card or a file names for the component in question, or else for any.
fn references(dossier: &Dossier, items: &[&Item]) -> Vec<String> {
    let named = |item: &Item| -> Vec<String> {
        let link = vocabulary().must_collection("link");
        item.children
            .iter()
            .filter(|(collection, _)| *collection == link)
            .flat_map(|(_, links)| links)
            .map(|it| it.id.clone())
            .collect()
    };
    let mut found: Vec<String> = items.iter().flat_map(|item| named(item)).collect();
    if found.is_empty() {
        found = dossier.named("component").iter().flat_map(named).collect();
    }
    // Families that the ruleset asks for and nobody compared.
    let components: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let asked = dossier
        .about
        .comparisons
        .iter()
        .filter(|it| components.is_empty() || components.contains(&it.component.as_str()));
    found.extend(asked.flat_map(|it| &it.families).filter(|family| !family.done).map(|family| family.model.clone()));
    found.sort();
    found.dedup();
    found
}

fn rank(kind: &str) -> usize {
    ["supply-evidence", "declare-complete", "declare", "list", "declare-with-evidence", "settle", "change"]
        .iter()
        .position(|word| *word == kind)
        .unwrap_or(9)
}

/// What is asked for, and how sure it must be, behind what the step is about. Of a yes-or-no fact the sentence itself
/// says what is asked for.
struct Asked<'t> {
    wanted: &'t str,
    is_wanted: bool,
    needs: &'t str,
}

impl Asked<'_> {
    fn value(&self, lang: Lang) -> String {
        let wanted = self.wanted;
        match (lang, self.is_wanted) {
            _ if wanted.is_empty() => String::new(),
            (Lang::Ko, true) => format!(" 요구: {wanted}."),
            (Lang::Ko, false) => format!(" 요구: {} 아닐 것.", with_particle(wanted, Particle::Subject)),
            (Lang::En, true) => format!(" Asked for: {wanted}."),
            (Lang::En, false) => format!(" Asked for: other than {wanted}."),
        }
    }

    fn assurance(&self, lang: Lang) -> String {
        let needs = self.needs;
        match lang {
            Lang::Ko => format!(" 필요한 확인 수준은 '{needs}'이다."),
            Lang::En => format!(" The answer needs to be {needs}."),
        }
    }
}

fn sentence(voice: Voice, kind: MoveKind, subject: &str, asked: &Asked<'_>) -> String {
    let lang = voice.lang;
    let (head, with_value, with_needs) = match kind {
        MoveKind::Evidence => (b("Supply evidence", "증거를 낸다"), false, true),
        MoveKind::Declare => (b("Declare, if it is so", "사실이면 밝힌다"), true, false),
        MoveKind::DeclareWithEvidence => {
            (b("Declare, if it is so, and give evidence", "사실이면 밝히고 증거를 낸다"), true, true)
        }
        MoveKind::Complete => (b("State that nothing is missing", "빠진 것이 없다고 밝힌다"), false, false),
        MoveKind::List => (b("Add it to the list, if it is so", "사실이면 목록에 더한다"), false, false),
        MoveKind::Settle => (
            b("Words do not settle it; give evidence that stands", "말만으로는 정해지지 않으니 근거로 설 증거를 낸다"),
            true,
            true,
        ),
        MoveKind::Change => (b("Change the model", "모델을 바꾼다"), true, false),
    };
    let value = if with_value { asked.value(lang) } else { String::new() };
    let needs = if with_needs { asked.assurance(lang) } else { String::new() };
    format!("{}: {subject}.{value}{needs}", voice.pick(head))
}

/// The name of a rung, an axis or an objective. A rung's title names a kind of model and stands beside what is claimed
/// alone, so a rung that is asked about has its id.
pub(super) fn rung_name(rules: &Ruleset, at: usize, lang: Lang) -> String {
    match &rules.scale {
        Scale::Ladder(rungs) => rungs[at].id.clone(),
        Scale::Gate(axes) => axes[at].title.get(lang).to_owned(),
        Scale::Scorecard(card) => card.objectives[at].title.get(lang).to_owned(),
    }
}
