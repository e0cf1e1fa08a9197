//! Checkpoint trails into facts.
//!
//! | trail | what follows for a component |
//! |---|---|
//! | passed, attested by an assessor | it started from random numbers: audited |
//! | passed, run by anybody | supports the claim that it did: corroborated |
//! | failed | contradicts the claim, and whatever else supports it counts no more |
//! | its first checkpoint shares numbers with a reference | the claim counts no more; whose numbers they are is not told |

use super::decode::ReadEvidence;
use super::details::{Trail, TrailCheck, TrailQuestion};
use super::hand::TRAIL;
use super::origins::{Parts, from_assessor};
use super::seen::Relation;
use crate::facts::{Assurance, Draft, Finding, ItemDraft, Origin, Source, Speaker, Value};
use crate::text::{Says, clean, says};
use crate::vocabulary::vocabulary;

const START: &str = "component.initialisation";

/// Adds what trails say to the draft; the components whose random start did not stand.
pub(super) fn trails(files: &[ReadEvidence], parts: &Parts<'_>, draft: &mut Draft) -> Vec<String> {
    let mut refused = Vec::new();
    for read in files {
        let Some(trail) = &read.file.trail else { continue };
        for component in &trail.components {
            // Embedding and head are parts of the text backbone unless the card lists them.
            let known = (parts.id_of)(component);
            let belongs_to_text = known.is_none() && matches!(component.as_str(), "embedding" | "head");
            if belongs_to_text {
                continue;
            }
            let id = known.unwrap_or_else(|| clean(component));
            let source = source_of(read, trail);
            if let Some(why) = contradicted(trail) {
                let says = says(
                    format!("구성요소 `{id}`의 체크포인트 경로"),
                    format!("the checkpoint trail of component `{id}`"),
                );
                let source = Source { set_aside: Some(why), ..source };
                draft.findings.push(Finding { says, sources: vec![source], contradiction: false, code: None });
            } else if trail.passed {
                let item = draft.root.item("component", &id, &source);
                passed(item, trail, &source);
            } else {
                failed(draft, &id, trail, &source);
                refused.push(id);
            }
        }
    }
    refused
}

/// With an assessor it is audited; without, no more than a look that found nothing against the claim. What nobody
/// vouches for, or is bound to no file, is somebody's word.
fn source_of(read: &ReadEvidence, trail: &Trail) -> Source {
    let how = how(trail);
    if let Some(document) = trail.attested.as_ref().filter(|_| trail.passed && read.file.subject.through.is_none()) {
        let source = from_assessor(read, document, TRAIL);
        return Source { origin: Origin { how: Some(how), ..source.origin.clone() }, ..source };
    }
    let speaker = read.hand.speaker(TRAIL);
    let kind = if trail.passed { Assurance::Corroborated } else { Assurance::Measured };
    let (speaker, assurance) = match (speaker, read.bound.of(kind)) {
        (Speaker::Report, _) | (_, Assurance::Declared) => (Speaker::Report, Assurance::Declared),
        (speaker, assurance) => (speaker, assurance),
    };
    let origin = Origin { file: read.source.name().to_owned(), how: Some(how), ..Origin::default() };
    Source::declared(Value::Flag(true), origin).at(assurance).by(speaker)
}

/// Why a trail that is said to have passed did not, by what stands in it.
fn contradicted(trail: &Trail) -> Option<Says> {
    if !trail.passed {
        return None;
    }
    let asked = |question: TrailQuestion| trail.checks.iter().any(|check| check.check == question);
    let never = [TrailQuestion::RandomStart, TrailQuestion::Release].into_iter().find(|question| !asked(*question));
    if trail.checkpoints.len() < 2 || never.is_some() {
        return Some(says(
            "체크포인트가 둘에 못 미치거나, 처음과 마지막을 살피지 않은 빈 경로이다",
            "it is an empty trail: fewer than two checkpoints, or its first or last one was not looked at",
        ));
    }
    let failed = trail.checks.iter().find(|check| !check.passed)?;
    let at = clean(&failed.at);
    Some(says(
        format!("지났다고 하지만 `{at}`의 검사를 지나지 못했다"),
        format!("it is said to have passed, and the check of `{at}` failed"),
    ))
}

fn how(trail: &Trail) -> Says {
    let count = trail.checkpoints.len();
    match trail.checks.iter().find(|check| !check.passed) {
        None => says(
            format!(
                "체크포인트 {count}개의 경로: 첫 체크포인트는 무작위 수이고, 저마다 앞의 것에서 이어지며, 마지막이 이 모델이다"
            ),
            format!(
                "a path of {count} checkpoints: the first is random numbers, each goes on from the one before, the \
                last is this model"
            ),
        ),
        Some(check) => {
            let at = clean(&check.at);
            let (ko, en) = match check.check {
                TrailQuestion::RandomStart => ("새로 뽑은 무작위 수가 아니다", "is no fresh random numbers"),
                TrailQuestion::ForeignStart => ("다른 모델과 수를 공유한다", "shares numbers with another model"),
                TrailQuestion::Step => ("앞의 것에서 이어지지 않는다", "does not go on from the one before"),
                TrailQuestion::Order => ("주어진 순서대로 놓여 있지 않다", "does not lie in the order that was given"),
                TrailQuestion::Release => ("이 모델이 아니다", "is not this model"),
            };
            says(
                format!("체크포인트 {count}개의 경로: `{at}`이(가) {ko}"),
                format!("a path of {count} checkpoints: `{at}` {en}"),
            )
        }
    }
}

fn random_init() -> Option<Value> {
    Value::word(vocabulary().entry(vocabulary().must(START)).kind, "random-init")
}

fn passed(item: &mut ItemDraft, trail: &Trail, source: &Source) {
    let stated = item.sources.get(&vocabulary().must(START)).into_iter().flatten();
    let claimed = stated.into_iter().any(|source| source.value == random_init());
    if trail.attested.is_some() || claimed {
        item.add(START, Source { value: random_init(), ..source.clone() });
    }
}

fn failed(draft: &mut Draft, id: &str, trail: &Trail, source: &Source) {
    let item = draft.root.item("component", id, source);
    let stated = item.sources.get(&vocabulary().must(START)).into_iter().flatten();
    let mut sources: Vec<Source> = stated.filter(|source| source.value == random_init()).cloned().collect();
    let claimed = !sources.is_empty();
    sources.push(source.clone());
    let why = how(trail);
    let no_start = |check: &TrailCheck| {
        let foreign = check.check == TrailQuestion::ForeignStart && check.relation == Some(Relation::Shared);
        !check.passed && (foreign || check.check == TrailQuestion::RandomStart)
    };
    if source.assurance > Assurance::Declared && trail.checks.iter().any(no_start) {
        for said in item.sources.get_mut(&vocabulary().must(START)).into_iter().flatten() {
            if said.value == random_init() {
                said.set_aside = Some(why.clone());
            }
        }
    }
    // Where nobody says what it started from, the trail leaves it open: a word would not settle it any more.
    if !claimed && source.assurance > Assurance::Declared {
        item.add(START, source.clone().leaving_open(why.clone()));
    }
    let text = if claimed {
        says(
            format!(
                "구성요소 `{id}`를 무작위 수에서 학습했다는 주장이 체크포인트 경로의 시험을 지나지 못했다: {}",
                why.ko
            ),
            format!(
                "that component `{id}` was trained from random numbers did not stand the test of its checkpoint \
                trail: {}",
                why.en
            ),
        )
    } else {
        says(
            format!("구성요소 `{id}`의 체크포인트 경로가 시험을 지나지 못했다: {}", why.ko),
            format!("the checkpoint trail of component `{id}` did not stand the test: {}", why.en),
        )
    };
    draft.findings.push(Finding { says: text, sources, contradiction: claimed, code: None });
}
