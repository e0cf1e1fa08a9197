//! Conclusions drawn anew: what a file's own figures, controls or power contradict does not count, with the reason.
//!
//! What this run measured is not asked again. A published verdict is a statement, whatever figures it cites: it is
//! asked only whether its figures are of a kind that may carry a verdict.

use super::admissible::{is_lawful, why_not_admissible};
use super::decode::ReadEvidence;
use super::file::{ComponentEvidence, LinkEvidence, TestResult};
use super::seen::{ChangeClass, LookedFor, Planted, Relation};
use crate::text::{Says, clean, says};

/// The chance of a false finding that a run allows itself, as a decimal logarithm; what is spread over looks is less.
const LEVEL: f64 = -6.0;

/// Looks over which a level may be spread before the figures say nothing any more.
const MOST_LOOKS: u64 = 1_000_000;

/// Why a component's relation does not follow from the figures that stand beside it; `None` where it does.
pub(super) fn contradicted(read: &ReadEvidence, link: &LinkEvidence, component: &ComponentEvidence) -> Option<Says> {
    if let Some(why) = why_not_admissible(&component.tests) {
        return Some(why);
    }
    if link.source.is_some() || read.is_of_this_run() {
        return None;
    }
    let name = clean(read.source.name());
    if !component.tests.iter().any(spoke) {
        return Some(says(
            format!("`{name}`은 측정했다고 하면서 어떤 검정도 적지 않았다"),
            format!("`{name}` states no test that the verdict rests on"),
        ));
    }
    match component.relation {
        Relation::NoTrace => {
            failed_control(link).or_else(|| a_finding(read, component)).or_else(|| powerless(component))
        }
        Relation::Shared => no_finding(read, component),
        Relation::Undecided | Relation::NoCounterpart | Relation::Beside => None,
    }
}

fn spoke(test: &TestResult) -> bool {
    test.skipped.is_none()
}

/// The least p-value of a test that has a law of chance, as a decimal logarithm.
fn least(component: &ComponentEvidence) -> Option<(f64, &str)> {
    let lawful = component.tests.iter().filter(|test| spoke(test) && is_lawful(&test.family));
    lawful.filter_map(|test| Some((test.log10_p?, test.family.as_str()))).min_by(|a, b| a.0.total_cmp(&b.0))
}

fn level(read: &ReadEvidence) -> f64 {
    let looks = read.file.level.map_or(1, |level| level.looks.clamp(1, MOST_LOOKS));
    LEVEL - (looks as f64).log10()
}

fn failed_control(link: &LinkEvidence) -> Option<Says> {
    let control = link.controls.iter().find(|control| !control.passed)?;
    let id = clean(&control.id);
    Some(says(
        format!("대조 검사 `{id}`이(가) 맞는 답을 내지 못했다. 흔적이 없다는 말을 받치지 못한다"),
        format!("the control `{id}` did not come out as it must, so that nothing was found says nothing"),
    ))
}

/// A test that found sharing stands beside the verdict that there is none.
fn a_finding(read: &ReadEvidence, component: &ComponentEvidence) -> Option<Says> {
    let (p, family) = least(component).filter(|(p, _)| *p <= level(read))?;
    let family = clean(family);
    Some(says(
        format!("흔적이 없다면서 검정 `{family}`은(는) 우연으로 설명되지 않는 공유를 찾았다(log10 p {p:.1})"),
        format!("no trace is said, and the test `{family}` found sharing beyond chance (log10 p {p:.1})"),
    ))
}

/// Nothing among the figures is beyond chance.
fn no_finding(read: &ReadEvidence, component: &ComponentEvidence) -> Option<Says> {
    let found = least(component).is_some_and(|(p, _)| p <= level(read)) || read.is_reported();
    (!found).then(|| {
        says(
            "공유한다면서 우연으로 설명되지 않는 검정이 하나도 없다",
            "sharing is said, and none of its tests is beyond chance",
        )
    })
}

/// A look that would have found nothing: a standard class of change was not looked for, or the plant was missed.
fn powerless(component: &ComponentEvidence) -> Option<Says> {
    let covers = |class: &ChangeClass| {
        let has_power = |look: &LookedFor| match look.planted {
            Planted::Found => look.least_correlation.is_some_and(|least| least > 0.0 && least < 1.0),
            Planted::CannotBe => true,
            Planted::Missed => false,
        };
        component.looked_for.iter().any(|look| look.change == *class && has_power(look))
    };
    let open: Vec<&str> = ChangeClass::ALL[..ChangeClass::STANDARD]
        .iter()
        .filter(|class| !covers(class))
        .map(|class| class.word())
        .collect();
    if open.is_empty() && component.coverage.is_some_and(|coverage| coverage > 0.0) {
        return None;
    }
    let open = if open.is_empty() { "coverage".to_owned() } else { open.join(", ") };
    Some(says(
        format!("무엇을 찾을 수 있었는지 재지 않았거나 찾지 못했을 것이다({open}). 흔적이 없다는 말을 받치지 못한다"),
        format!("it was not measured what would have been found, or it would not have been ({open})"),
    ))
}
