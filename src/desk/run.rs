//! A case graded, and every difference from what it expects.

use super::case::{Case, Expected};
use crate::facts::Dossier;
use crate::grade::{Grade, Grading, Interval, LadderGrade, Options, Passed, grade};
use crate::rules::{Ruleset, Scale};

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What: a criterion, a view of the grade, an axis.
    pub what: String,
    /// What the case expects.
    pub expected: String,
    /// What came out.
    pub found: String,
}

/// Grades a case's dossier and compares.
pub fn compare(case: &Case, rules: &Ruleset, dossier: &Dossier) -> (Grading, Vec<Difference>) {
    let mut readings = rules.default_readings();
    for &(reading, option) in &case.readings {
        readings[reading] = option;
    }
    let options = Options { readings: Some(readings), home: case.home, as_of: None };
    let grading = grade(rules, dossier, &options);
    let differences = differences(&case.expected, rules, &grading);
    (grading, differences)
}

fn differences(expected: &Expected, rules: &Ruleset, grading: &Grading) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut check = |what: String, expected: &str, found: String| {
        if expected != found {
            list.push(Difference { what, expected: expected.to_owned(), found });
        }
    };
    for (view, wanted) in &expected.grade {
        check(format!("grade {view}"), wanted, in_view(&grading.grade, rules, view));
    }
    for (rung, wanted) in &expected.progress {
        let found = match &rules.scale {
            Scale::Ladder(rungs) => grading.progress.iter().find(|p| rungs[p.rung].id == *rung),
            _ => None,
        };
        let found = found.map_or_else(|| "no such rung".to_owned(), |p| format!("{:.2} %", p.percent.claimed));
        check(format!("progress {rung}"), wanted, found);
    }
    for (axis, wanted) in &expected.axes {
        let found = match (&grading.grade, &rules.scale) {
            (Grade::Gate(_, axes), Scale::Gate(named)) => {
                axes.iter().find(|a| named[a.axis].id == *axis).map_or("no such axis", |a| a.passed.claimed.word())
            }
            _ => "no gate",
        };
        check(format!("axis {axis}"), wanted, found.to_owned());
    }
    for &(criterion, wanted) in &expected.outcomes {
        let found = grading.criteria[criterion].outcome();
        check(rules.criteria[criterion].id.clone(), wanted.word(), found.word().to_owned());
    }
    for &criterion in &expected.assured {
        let found = if grading.criteria[criterion].standing.assured() { "assured" } else { "not assured" };
        check(rules.criteria[criterion].id.clone(), "assured", found.to_owned());
    }
    for (component, wanted) in &expected.components {
        let found = grading
            .components
            .iter()
            .find(|c| c.component == *component)
            .map_or_else(|| "not graded alone".to_owned(), |c| in_view(&c.grade, rules, "claimed"));
        check(format!("component {component}"), wanted, found);
    }
    list
}

/// A grade in one view, as cases write it.
fn in_view(grade: &Grade, rules: &Ruleset, view: &str) -> String {
    fn pick<'g, T>(grade: &'g LadderGrade<T>, view: &str) -> Option<&'g T> {
        match view {
            "as-declared" => Some(&grade.as_declared),
            "claimed" => Some(&grade.claimed),
            "assured" => Some(&grade.assured),
            "attainable" => Some(&grade.attainable),
            _ => None,
        }
    }
    let rung = |at: &Option<usize>| match (&rules.scale, at) {
        (Scale::Ladder(rungs), Some(at)) => rungs[*at].id.clone(),
        _ => "none".to_owned(),
    };
    let total = |range: &Interval| format!("{:.2}..{:.2}", range.low, range.high);
    match grade {
        Grade::Ladder(grade) => pick(grade, view).map(rung),
        Grade::Gate(grade, _) => pick(grade, view).map(|p: &Passed| p.word().to_owned()),
        Grade::Scorecard(grade) => pick(grade, view).map(total),
    }
    .unwrap_or_else(|| "no such view".to_owned())
}
