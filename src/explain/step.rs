//! Next steps in words: for each higher rung what to supply, declare or change.

use super::sentence::Voice;
use crate::facts::Dossier;
use crate::grade::{Grading, MoveKind, NextRung, moves};
use crate::rules::{Ruleset, Scale};
use crate::text::Lang;
use crate::vocabulary::vocabulary;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLine {
    /// How: `supply-evidence`, `declare`, ...
    pub kind: &'static str,
    /// The criterion it is for.
    pub criterion: String,
    /// What to do, a sentence.
    pub text: String,
    /// The path of the fact, where it is about one.
    pub fact: Option<&'static str>,
    /// The ruleset's own advice.
    pub remedy: Option<String>,
}

/// What a rung asks for, cheapest first.
pub(super) fn steps(
    voice: Voice,
    rules: &Ruleset,
    dossier: &Dossier,
    grading: &Grading,
    next: &NextRung,
) -> Vec<StepLine> {
    let mut lines = Vec::new();
    for &(criterion, _) in &next.criteria {
        let tree = grading.unfold(rules, dossier, criterion);
        let entry = &rules.criteria[criterion];
        for step in moves(&tree, criterion, entry.needs) {
            let remedy = match step.kind {
                MoveKind::Evidence => entry.remedy.evidence.as_ref(),
                MoveKind::Declare | MoveKind::DeclareWithEvidence | MoveKind::Complete => entry.remedy.declare.as_ref(),
                MoveKind::Change => entry.remedy.change.as_ref(),
            };
            let slot = step.leaf.map(|(slot, _)| slot).or(step.complete);
            let Some(slot) = slot else { continue };
            let fact = vocabulary().entry(slot.path);
            let subject = voice.subject(fact, &step.items);
            let wanted = step.leaf.map_or_else(String::new, |(_, test)| voice.test(fact, test));
            let needs = entry.needs.says().get(voice.lang).to_owned();
            let text = sentence(voice, step.kind, step.wanted, &subject, &wanted, &needs);
            lines.push(StepLine {
                kind: step.kind.word(),
                criterion: entry.id.clone(),
                text,
                fact: Some(fact.path),
                remedy: remedy.map(|text| text.get(voice.lang).to_owned()),
            });
        }
    }
    lines.sort_by_key(|line| rank(line.kind));
    lines.dedup_by(|a, b| a.text == b.text);
    lines
}

fn rank(kind: &str) -> usize {
    ["supply-evidence", "declare", "declare-complete", "declare-with-evidence", "change"]
        .iter()
        .position(|word| *word == kind)
        .unwrap_or(9)
}

fn sentence(voice: Voice, kind: MoveKind, wanted_true: bool, subject: &str, wanted: &str, needs: &str) -> String {
    let not_ko = if wanted_true { "" } else { " 아님" };
    let not_en = if wanted_true { "" } else { "other than " };
    match (kind, voice.lang) {
        (MoveKind::Evidence, Lang::Ko) => format!("증거를 낸다: {subject}. 필요한 확인 수준은 '{needs}'이다."),
        (MoveKind::Evidence, Lang::En) => format!("Supply evidence: {subject}. The answer needs to be {needs}."),
        (MoveKind::Declare, Lang::Ko) => format!("밝힌다: {subject}. 요구: {wanted}{not_ko}."),
        (MoveKind::Declare, Lang::En) => format!("Declare: {subject}. Asked for: {not_en}{wanted}."),
        (MoveKind::DeclareWithEvidence, Lang::Ko) => {
            format!("밝히고 증거를 낸다: {subject}. 요구: {wanted}{not_ko}, 확인 수준 '{needs}'.")
        }
        (MoveKind::DeclareWithEvidence, Lang::En) => {
            format!("Declare and give evidence: {subject}. Asked for: {not_en}{wanted}, {needs}.")
        }
        (MoveKind::Complete, Lang::Ko) => format!("빠짐이 없음을 밝힌다: {subject}."),
        (MoveKind::Complete, Lang::En) => format!("State that nothing is missing: {subject}."),
        (MoveKind::Change, Lang::Ko) => format!("모델을 바꾼다: {subject}. 요구: {wanted}{not_ko}."),
        (MoveKind::Change, Lang::En) => format!("Change the model: {subject}. Asked for: {not_en}{wanted}."),
    }
}

/// The name of a rung or an axis.
pub(super) fn rung_name(rules: &Ruleset, at: usize, lang: Lang) -> String {
    match &rules.scale {
        Scale::Ladder(rungs) => format!("{} {}", rungs[at].id, rungs[at].title.get(lang)),
        Scale::Gate(axes) => axes[at].title.get(lang).to_owned(),
        Scale::Scorecard(card) => card.objectives[at].title.get(lang).to_owned(),
    }
}
