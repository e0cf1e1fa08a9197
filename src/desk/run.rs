//! A case graded, and every difference from what it expects.

use std::fmt;

use super::case::{Case, Expected};
use crate::facts::Dossier;
use crate::grade::{Grade, Interval, LadderGrade, Outcome, Passed, Question, Verdict, verdict};
use crate::rules::{Ruleset, Scale};
use crate::text::{Lang, Says, says};

/// What came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The grade in a view.
    Grade(String),
    /// An axis of a gate.
    Axis(String),
    /// The outcome of a criterion.
    Outcome(usize),
    /// Whether a criterion is assured.
    Assured(usize),
    /// How far a rung is covered.
    Progress(String),
    /// A component alone.
    Component(String),
}

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub subject: Subject,
    /// What it is called.
    pub what: String,
    /// What the case expects.
    pub expected: String,
    /// What came out.
    pub found: String,
}

impl Difference {
    /// The difference as one line.
    pub fn says(&self) -> Says {
        let Self { what, expected, found, .. } = self;
        let ko = match &self.subject {
            Subject::Grade(view) => format!("등급 {view}"),
            Subject::Progress(rung) => format!("진척 {rung}"),
            Subject::Axis(axis) => format!("축 {axis}"),
            Subject::Component(component) => format!("구성요소 {component}"),
            Subject::Outcome(_) | Subject::Assured(_) => what.clone(),
        };
        // The words of the files stay, for they are what is to be mended; Korean readers are told what they mean.
        let meant = |word: &str| match &self.subject {
            Subject::Outcome(_) => {
                let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.word() == word);
                outcome.map_or_else(|| word.to_owned(), |outcome| format!("{word}({})", outcome.says().ko))
            }
            Subject::Assured(_) if word == "assured" => format!("{word}(확인)"),
            Subject::Assured(_) => format!("{word}(확인되지 않음)"),
            _ => word.to_owned(),
        };
        says(
            format!("{ko}: 기대 {}, 결과 {}", meant(expected), meant(found)),
            format!("{what}: expected {expected}, found {found}"),
        )
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says().get(Lang::En))
    }
}

/// The readings that a case chooses.
pub fn readings_of(case: &Case, rules: &Ruleset) -> Vec<usize> {
    let mut readings = rules.default_readings();
    for &(reading, option) in &case.readings {
        readings[reading] = option;
    }
    readings
}

/// Grades a case's dossier and compares.
pub fn compare(case: &Case, rules: &Ruleset, dossier: &Dossier) -> (Verdict, Vec<Difference>) {
    let readings = readings_of(case, rules);
    let home = case.home.or(rules.home);
    let question = Question { home, as_of: case.as_of, ..Question::of(rules, dossier, &readings) };
    let verdict = verdict(&question, case.expected.asks_everything());
    let differences = differences(&case.expected, rules, &verdict);
    (verdict, differences)
}

/// Every difference between what a case expects and what came out.
pub fn differences(expected: &Expected, rules: &Ruleset, verdict: &Verdict) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut check = |subject: Subject, what: String, expected: &str, found: String| {
        if expected != found {
            list.push(Difference { subject, what, expected: expected.to_owned(), found });
        }
    };
    for (view, wanted) in &expected.grade {
        let found = in_view(&verdict.grade, rules, view);
        check(Subject::Grade(view.clone()), format!("grade {view}"), wanted, found);
    }
    for (rung, wanted) in &expected.progress {
        let found = match &rules.scale {
            Scale::Ladder(rungs) => verdict.progress.iter().find(|p| rungs[p.rung].id == *rung),
            _ => None,
        };
        let found = found.map_or_else(|| "no such rung".to_owned(), |p| format!("{:.2} %", p.percent.claimed));
        check(Subject::Progress(rung.clone()), format!("progress {rung}"), wanted, found);
    }
    for (axis, wanted) in &expected.axes {
        let found = match (&verdict.grade, &rules.scale) {
            (Grade::Gate(_, axes), Scale::Gate(named)) => {
                axes.iter().find(|a| named[a.axis].id == *axis).map_or("no such axis", |a| a.passed.claimed.word())
            }
            _ => "no gate",
        };
        check(Subject::Axis(axis.clone()), format!("axis {axis}"), wanted, found.to_owned());
    }
    for &(criterion, wanted) in &expected.outcomes {
        let found = verdict.standings[criterion].outcome();
        let what = rules.criteria[criterion].id.clone();
        check(Subject::Outcome(criterion), what, wanted.word(), found.word().to_owned());
    }
    for (list, wanted) in [(&expected.assured, "assured"), (&expected.not_assured, "not assured")] {
        for &criterion in list {
            let found = if verdict.standings[criterion].assured() { "assured" } else { "not assured" };
            let what = rules.criteria[criterion].id.clone();
            check(Subject::Assured(criterion), what, wanted, found.to_owned());
        }
    }
    for (component, wanted) in &expected.components {
        let found = verdict
            .components
            .iter()
            .find(|c| c.component == *component)
            .map_or_else(|| "not graded alone".to_owned(), |c| in_view(&c.grade, rules, "claimed"));
        check(Subject::Component(component.clone()), format!("component {component}"), wanted, found);
    }
    list
}

/// A grade in one view, as cases write it.
pub fn in_view(grade: &Grade, rules: &Ruleset, view: &str) -> String {
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
