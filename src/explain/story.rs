//! The story of a grading: what the grade rests on, what is only claimed, what contradicts, what blocks each higher
//! rung, which readings would change it, what was set aside, what was not looked at.

use std::collections::HashSet;

use super::force::{ForceLine, force};
use super::points::{FloorText, ObjectiveLine, floors, objectives};
use super::reason::{Part, Reason, ReasonKind, responsible};
use super::rests::{by_name_alone, comparisons, decided, head, joined_by_name, rests, shared_weights};
use super::sentence::{Voice, capital, grade_words, item_name, passed_word, whole};
use super::step::{StepLine, rung_name, steps};
use super::wording::Read;
use crate::facts::{Assurance, Dossier, Fact, Finding, Item, Source};
use crate::grade::{Grade, Grading, LadderGrade, Outcome, Truth, View};
use crate::rules::{Place, Ruleset, Scale};
use crate::text::{Lang, says};
use crate::vocabulary::{PathId, Scope, vocabulary};

/// One side of a sentence: a fact's source.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The path.
    pub path: PathId,
    /// The item it belongs to, the outermost first.
    pub items: Vec<String>,
    /// The source.
    pub source: Source,
}

/// One sentence of why, with the facts it leads back to.
#[derive(Debug, Clone, PartialEq)]
pub struct Because {
    /// The sentence.
    pub text: String,
    /// The facts.
    pub sides: Vec<Side>,
    /// Of a count or a share: its items, each with why it is counted in or not.
    pub parts: Vec<Self>,
}

/// A criterion with its outcome and reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionLine {
    /// Index of the criterion.
    pub criterion: usize,
    /// The outcome.
    pub outcome: Outcome,
    /// Whether it is assured.
    pub assured: bool,
    /// Whether the outcome stands without documents that nobody opened.
    pub measured: bool,
    /// What says so where it is not proof alone: the card against itself, or a report.
    pub decided: Option<Decided>,
    /// Why, in the claimed view.
    pub reasons: Vec<Because>,
    /// Whether a measurement left open what it asks: a word would not settle it any more.
    pub left_open: bool,
    /// What is missing for it to be assured, where it is only claimed.
    pub lacking: Vec<Because>,
    /// Where the leaves that decide stand in the ruleset.
    pub places: Vec<Place>,
}

/// What decides an outcome, in a word for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// `proof`, `card`, `both`, or `report`.
    pub by: &'static str,
    /// The sentence.
    pub text: String,
}

/// A rung above the claimed grade, or an axis that is not passed, with what blocks it.
#[derive(Debug, Clone, PartialEq)]
pub struct RungLine {
    /// Its name.
    pub name: String,
    /// Criteria that are not satisfied in the claimed view.
    pub blocked_by: Vec<usize>,
    /// What to do, cheapest first, for the rung to be assured.
    pub steps: Vec<StepLine>,
}

/// A declared value that lost to a different one, or two statements that cannot both hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// The sentence.
    pub text: String,
    /// Both sides.
    pub sides: Vec<Side>,
}

/// Another reading and what it would give.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingLine {
    /// Index of the reading.
    pub reading: usize,
    /// Index of the option.
    pub option: usize,
    /// The grade in words.
    pub grade: LadderGrade<String>,
}

/// A source that does not count, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct SetAside {
    /// What it says.
    pub text: String,
    /// Why it does not count.
    pub because: String,
    /// The source.
    pub side: Side,
}

/// Everything there is to say about a grading, in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// The language.
    pub lang: Lang,
    /// The grade in words.
    pub grade: LadderGrade<String>,
    /// One sentence that sums it up.
    pub headline: String,
    /// What the grade rests on: measured up to, documented up to, and what nobody has shown.
    pub rests: Vec<String>,
    /// What was vouched for and passed over, and whose rules these are: for the head.
    pub head: Vec<String>,
    /// Whether the rules are in force on the day of the grade, where they say when they are.
    pub force: Vec<ForceLine>,
    /// Said where the lowest rung stands for want of facts: it is no statement about what the model is.
    pub nothing_known: Option<String>,
    /// Contradictions, first.
    pub contradictions: Vec<Contradiction>,
    /// Every criterion, in the order of the scale.
    pub criteria: Vec<CriterionLine>,
    /// Higher rungs, or axes that are not passed.
    pub rungs: Vec<RungLine>,
    /// Where the points of a scorecard go.
    pub points: Vec<ObjectiveLine>,
    /// Floors of a scorecard that are not surely satisfied.
    pub floors: Vec<FloorText>,
    /// Each component alone.
    pub components: Vec<(String, LadderGrade<String>)>,
    /// Readings that would change the grade.
    pub readings: Vec<ReadingLine>,
    /// What was set aside.
    pub set_aside: Vec<SetAside>,
    /// What was noticed and is no contradiction.
    pub notes: Vec<String>,
    /// What was not looked at, and what a grade cannot show.
    pub limits: Vec<String>,
}

/// Tells the story of a grading.
pub fn story(rules: &Ruleset, dossier: &Dossier, grading: &Grading, lang: Lang) -> Story {
    let voice = Voice { lang, home: grading.home };
    let grade = grade_words(&grading.grade, rules, lang);
    let criteria: Vec<CriterionLine> =
        scale_order(rules).into_iter().map(|at| criterion_line(rules, dossier, grading, at, lang)).collect();
    Story {
        lang,
        headline: headline(rules, grading, &grade, voice),
        rests: rests(rules, dossier, grading, &grade, lang),
        head: head(rules, dossier, grading, lang),
        force: force(rules, grading.as_of, lang),
        nothing_known: nothing_known(rules, grading, lang),
        contradictions: by_name_alone(rules, dossier, grading, lang)
            .into_iter()
            .chain(contradictions(voice, dossier))
            .collect(),
        rungs: rungs(voice, rules, dossier, grading),
        points: objectives(voice, rules, dossier, grading),
        floors: floors(rules, grading, lang),
        components: grading
            .components
            .iter()
            .map(|alone| {
                let item = dossier.named("component").iter().find(|item| item.id == alone.component);
                let name = item.map_or_else(|| alone.component.clone(), |item| item_name(item, lang));
                (name, grade_words(&alone.grade, rules, lang))
            })
            .collect(),
        readings: grading
            .sensitivity
            .iter()
            .map(|other| ReadingLine {
                reading: other.reading,
                option: other.option,
                grade: grade_words(&other.grade, rules, lang),
            })
            .collect(),
        set_aside: set_aside(voice, dossier),
        notes: dossier
            .findings
            .iter()
            .filter(|finding| !finding.contradiction && !is_set_aside(finding))
            .map(|finding| whole(finding.says.get(lang)))
            .chain(shared_weights(dossier, lang))
            .chain(joined_by_name(dossier, lang))
            .chain(comparisons(dossier, lang))
            .chain(later_sources(dossier, grading, lang))
            .collect(),
        limits: limits(dossier, grading, lang),
        criteria,
        grade,
    }
}

/// Criteria in the order in which the scale names them; those it does not name come last.
fn scale_order(rules: &Ruleset) -> Vec<usize> {
    let mut order: Vec<usize> = match &rules.scale {
        Scale::Ladder(rungs) => {
            rungs.iter().flat_map(|rung| rung.requires.iter().chain(&rung.wants).copied()).collect()
        }
        Scale::Gate(axes) => axes.iter().flat_map(|axis| axis.requires.iter().chain(&axis.wants).copied()).collect(),
        Scale::Scorecard(card) => {
            card.objectives.iter().flat_map(|objective| objective.criteria.iter().map(|(at, _)| *at)).collect()
        }
    };
    order.extend(0..rules.criteria.len());
    let mut seen = vec![false; rules.criteria.len()];
    order.retain(|&at| !std::mem::replace(&mut seen[at], true));
    order
}

/// One criterion, explained.
pub fn criterion_line(rules: &Ruleset, dossier: &Dossier, grading: &Grading, at: usize, lang: Lang) -> CriterionLine {
    let voice = Voice { lang, home: grading.home };
    let read = Read { rules, readings: &grading.readings };
    let result = &grading.criteria[at];
    let outcome = result.outcome();
    let question = grading.question(rules, dossier, at);
    let tree = match outcome {
        Outcome::NotApplicable => grading.unfold_applies(rules, dossier, at),
        _ => None,
    }
    .unwrap_or_else(|| grading.unfold(rules, dossier, at));
    let reasons = responsible(&tree, View::Claimed, &question);
    let assured = result.standing.assured();
    let lacking = match outcome {
        Outcome::Met if assured => Vec::new(),
        // Proof says yes, and the card's own words do not: these are what is missing.
        Outcome::Met if result.standing.held_back_by_card() => {
            because(voice, read, &responsible(&tree, View::Admitted, &question))
        }
        Outcome::Met => because(voice, read, &responsible(&tree, View::Assured, &question)),
        _ => Vec::new(),
    };
    let mut places: Vec<Place> = Vec::new();
    for reason in &reasons {
        if !places.contains(&reason.place) {
            places.push(reason.place);
        }
    }
    CriterionLine {
        criterion: at,
        outcome,
        assured,
        measured: result.standing.measured(),
        decided: decided(
            voice,
            result.standing,
            dossier.about.written_by_other,
            reasons.iter().all(Reason::is_on_record),
        ),
        reasons: because(voice, read, &reasons),
        left_open: outcome == Outcome::Unknown && reasons.iter().any(Reason::is_left_open),
        lacking,
        places,
    }
}

pub(super) fn because(voice: Voice, read: Read<'_>, reasons: &[Reason<'_>]) -> Vec<Because> {
    let mut said = HashSet::new();
    let mut list: Vec<Because> = Vec::new();
    for reason in reasons {
        let text = voice.reason(read, reason);
        if said.insert(text.clone()) {
            list.push(Because { text, sides: sides(reason), parts: parts(voice, read, reason) });
        }
    }
    list
}

/// The items of a count or a share: those that are counted in first.
fn parts(voice: Voice, read: Read<'_>, reason: &Reason<'_>) -> Vec<Because> {
    let (ReasonKind::Count(_, _, figures) | ReasonKind::Share(_, _, _, figures)) = &reason.kind else {
        return Vec::new();
    };
    let rank = |part: &&Part<'_>| match part.holds {
        Truth::True => 0,
        Truth::Unknown => 1,
        Truth::False | Truth::Void => 2,
    };
    let mut each: Vec<&Part<'_>> = figures.parts.iter().collect();
    each.sort_by_key(rank);
    each.into_iter()
        .map(|part| Because {
            text: voice.part(part),
            sides: part.weight.map_or_else(Vec::new, |(path, fact)| of_fact(path, fact, &part.items)),
            parts: because(voice, read, &part.why),
        })
        .collect()
}

fn sides(reason: &Reason<'_>) -> Vec<Side> {
    let read: Vec<(PathId, &Fact)> = match &reason.kind {
        ReasonKind::Fact(slot, _, fact, other) => {
            let other = other.as_ref().map(|other| (other.slot.path, other.fact));
            std::iter::once((slot.path, *fact)).chain(other).collect()
        }
        ReasonKind::Incomplete(slot, _, fact) => vec![(slot.path, *fact)],
        _ => return Vec::new(),
    };
    read.into_iter().flat_map(|(path, fact)| of_fact(path, fact, &reason.items)).collect()
}

/// The sources of a fact that count: the one that stands, or those that leave it open.
fn of_fact(path: PathId, fact: &Fact, items: &[&Item]) -> Vec<Side> {
    let depth = if vocabulary().scope(path) == Scope::Model { 0 } else { items.len() };
    let items: Vec<String> = items[..depth].iter().map(|item| item.id.clone()).collect();
    let side = |source: &Source| Side { path, items: items.clone(), source: source.clone() };
    match fact.standing() {
        Some(source) => vec![side(source)],
        None => fact.sources().iter().filter(|source| source.counts()).map(side).collect(),
    }
}

fn headline(rules: &Ruleset, grading: &Grading, grade: &LadderGrade<String>, voice: Voice) -> String {
    let LadderGrade { as_declared, claimed, attainable, .. } = grade;
    let contradicted = grading.criteria.iter().any(|result| result.outcome() == Outcome::Contradicted);
    let title = rules.title.get(voice.lang);
    let text = match voice.lang {
        Lang::Ko => {
            format!(
                "{title}: 제시된 주장이 모두 사실이라면 {claimed}, 미확인 사항이 모두 유리하게 확인되면 {attainable}."
            )
        }
        Lang::En => {
            format!(
                "{title}: {claimed} if all that is said holds, {attainable} if every gap were filled in its favour."
            )
        }
    };
    let more = [open_questions(rules, grading, voice.lang), nothing_known(rules, grading, voice.lang)];
    let text = more.into_iter().flatten().fold(text, |text, more| format!("{text} {more}"));
    if !contradicted || as_declared == claimed {
        return text;
    }
    match voice.lang {
        Lang::Ko => format!("{text} 카드만 보면 {as_declared}이지만, 다른 증거가 이를 뒤집는다."),
        Lang::En => format!("{text} The card alone says {as_declared}; other evidence contradicts it."),
    }
}

/// Said where a model stands on a lowest rung that asks for nothing, and nothing is known that would put it on the next
/// one or keep it from it. The rung's title names a kind of model, and silence makes a model of no kind.
fn nothing_known(rules: &Ruleset, grading: &Grading, lang: Lang) -> Option<String> {
    let (Grade::Ladder(grade), Scale::Ladder(rungs)) = (&grading.grade, &rules.scale) else { return None };
    let [lowest, next, ..] = rungs.as_slice() else { return None };
    let open = |at: &usize| matches!(grading.criteria[*at].outcome(), Outcome::Unknown);
    let silent = grade.claimed == Some(0) && lowest.requires.is_empty() && next.requires.iter().any(open);
    let against = next
        .requires
        .iter()
        .any(|&at| matches!(grading.criteria[at].outcome(), Outcome::NotMet | Outcome::Contradicted));
    (silent && !against).then(|| {
        let (id, title) = (&lowest.id, lowest.title.get(lang));
        match lang {
            Lang::Ko => {
                says(
                    format!("{id}은(는) 알려진 것이 없을 때의 자리이다. 모델이 '{title}'에 해당한다는 뜻이 아니다."),
                    "",
                )
                .ko
            }
            Lang::En => format!(
                "{id} is where a model stands while nothing is known of it; it does not say that the model is \
                \"{title}\"."
            ),
        }
    })
}

/// Sources that are younger than the day as of which the grade is given: they count, and that must be seen.
fn later_sources(dossier: &Dossier, grading: &Grading, lang: Lang) -> Option<String> {
    let day = grading.as_of?;
    let facts = dossier.each_fact();
    let sources = facts.iter().flat_map(|(_, _, fact)| fact.sources()).filter(|source| source.counts());
    let mut later: Vec<(crate::facts::Date, &str)> = sources
        .filter_map(|source| Some((source.date.filter(|date| *date > day)?, source.origin.file.as_str())))
        .collect();
    later.sort();
    later.dedup();
    let (newest, file) = later.last()?;
    Some(match lang {
        Lang::Ko => format!("기준일 {day}보다 나중 날짜의 출처도 셈에 들어갔다. 가장 늦은 것은 {newest}이다({file})."),
        Lang::En => format!(
            "Sources dated after {day}, the day of this grade, were counted; the latest is of {newest} ({file})."
        ),
    })
}

/// Said where most of the criteria of the scale have no answer, so that nobody takes silence for a result.
fn open_questions(rules: &Ruleset, grading: &Grading, lang: Lang) -> Option<String> {
    let named: Vec<usize> = match &rules.scale {
        Scale::Ladder(rungs) => rungs.iter().flat_map(|rung| rung.requires.iter().copied()).collect(),
        Scale::Gate(axes) => axes.iter().flat_map(|axis| axis.requires.iter().copied()).collect(),
        Scale::Scorecard(card) => {
            card.objectives.iter().flat_map(|objective| objective.criteria.iter().map(|(at, _)| *at)).collect()
        }
    };
    let open = named.iter().filter(|&&at| grading.criteria[at].outcome() == Outcome::Unknown).count();
    let all = named.len();
    (open * 2 > all).then(|| match lang {
        Lang::Ko if open == all => format!("기준 {all}개 가운데 제출된 것만으로 답할 수 있는 것은 하나도 없다."),
        Lang::En if open == all => format!("None of the {all} criteria can be answered from what was handed in."),
        Lang::Ko => format!("기준 {all}개 가운데 {open}개는 제출된 것만으로 답할 수 없다."),
        Lang::En => format!("{open} of the {all} criteria cannot be answered from what was handed in."),
    })
}

/// Every fact of which sources that count say different things, both sides, whoever lost.
fn contradictions(voice: Voice, dossier: &Dossier) -> Vec<Contradiction> {
    let mut list = Vec::new();
    for (path, owners, fact) in dossier.each_fact() {
        let sides = fact.sides();
        if sides.is_empty() {
            continue;
        }
        let text = voice.disagreement(vocabulary().entry(path), &owners, fact);
        let items: Vec<String> = owners.iter().map(|item| item.id.clone()).collect();
        let side = |source: &Source| Side { path, items: items.clone(), source: source.clone() };
        list.push(Contradiction { text, sides: sides.into_iter().map(side).collect() });
    }
    for finding in dossier.findings.iter().filter(|finding| finding.contradiction) {
        let path = vocabulary().must("model.relation");
        let side = |source: &Source| Side { path, items: Vec::new(), source: source.clone() };
        let sides = finding.sources.iter().map(side).collect();
        list.push(Contradiction { text: capital(finding.says.get(voice.lang)), sides });
    }
    list
}

fn rungs(voice: Voice, rules: &Ruleset, dossier: &Dossier, grading: &Grading) -> Vec<RungLine> {
    let blocking = |requires: &[usize]| -> Vec<usize> {
        requires
            .iter()
            .copied()
            .filter(|&at| !matches!(grading.criteria[at].standing.truth.get(View::Claimed), Truth::True | Truth::Void))
            .collect()
    };
    grading
        .next
        .iter()
        .map(|next| {
            let blocked_by = match &rules.scale {
                Scale::Ladder(list) => list[..=next.rung].iter().flat_map(|rung| blocking(&rung.requires)).collect(),
                Scale::Gate(axes) => blocking(&axes[next.rung].requires),
                Scale::Scorecard(_) => Vec::new(),
            };
            let name = match (&grading.grade, &rules.scale) {
                (Grade::Gate(_, axes), Scale::Gate(_)) => {
                    let passed = passed_word(axes[next.rung].passed.claimed, voice.lang);
                    format!("{}: {passed}", rung_name(rules, next.rung, voice.lang))
                }
                _ => rung_name(rules, next.rung, voice.lang),
            };
            RungLine { name, blocked_by, steps: steps(voice, rules, dossier, grading, next) }
        })
        .collect()
}

fn set_aside(voice: Voice, dossier: &Dossier) -> Vec<SetAside> {
    let mut list: Vec<SetAside> = Vec::new();
    for (path, owners, fact) in dossier.each_fact() {
        for source in fact.sources() {
            let (Some(why), Some(value)) = (&source.set_aside, &source.value) else { continue };
            let entry = vocabulary().entry(path);
            let text = format!("{}: {}", voice.subject(entry, &owners), value.says(entry.kind, voice.lang));
            let items = owners.iter().map(|item| item.id.clone()).collect();
            let because = capital(why.get(voice.lang));
            let same = |other: &SetAside| other.because == because && other.side.source.origin == source.origin;
            if list.iter().any(same) {
                continue;
            }
            list.push(SetAside { text, because, side: Side { path, items, source: source.clone() } });
        }
    }
    let path = vocabulary().must("link.relation");
    for finding in dossier.findings.iter().filter(|finding| is_set_aside(finding)) {
        let text = capital(finding.says.get(voice.lang));
        for source in &finding.sources {
            let because = source.set_aside.as_ref().map_or_else(String::new, |why| capital(why.get(voice.lang)));
            let side = Side { path, items: Vec::new(), source: source.clone() };
            list.push(SetAside { text: text.clone(), because, side });
        }
    }
    list
}

/// Whether a finding tells of a source that does not count, and opens nothing.
fn is_set_aside(finding: &Finding) -> bool {
    !finding.sources.is_empty() && finding.sources.iter().all(|source| source.set_aside.is_some())
}

fn limits(dossier: &Dossier, grading: &Grading, lang: Lang) -> Vec<String> {
    let mut list: Vec<String> = dossier.limits.iter().map(|limit| whole(limit.get(lang))).collect();
    // A link that a card or a file opens was named; whether anybody compared is another thing.
    let verdict = vocabulary().must("link.relation");
    let mut links = dossier.named("component").iter().flat_map(|item| &item.children).flat_map(|(_, links)| links);
    let compared = links.any(|link| {
        link.fact(verdict).sources().iter().any(|source| source.counts() && source.assurance > Assurance::Declared)
    });
    if compared {
        list.push(
            says(
                "대조한 모델에 대해서만 말할 수 있다. 대조하지 않은 모델과 공유하는 가중치는 드러나지 않는다.",
                "Only the references named were looked at: weights shared with any other model would not show.",
            )
            .get(lang)
            .to_owned(),
        );
    } else {
        list.push(
            says(
                "가중치를 다른 모델과 대조하여 판단한 결과가 없다. 물려받은 것이 있는지는 말로만 알 수 있다.",
                "No comparison of the weights with other models decided anything: whether anything was inherited \
                rests on words alone.",
            )
            .get(lang)
            .to_owned(),
        );
    }
    if grading.as_of.is_none() {
        list.push(
            says(
                "날짜가 있는 출처가 없어 어느 날 기준인지 말할 수 없다.",
                "No source carries a date, so the day as of which this holds cannot be said.",
            )
            .get(lang)
            .to_owned(),
        );
    }
    list
}
