//! Which models change their grade from one ruleset to another, in which view, and because of which criterion.

use super::run::in_view;
use crate::facts::Dossier;
use crate::grade::{Question, Standing, Truth, Verdict, View, verdict};
use crate::rules::{Ruleset, Scale};
use crate::text::{Says, says};
use crate::vocabulary::Country;

/// The views, by the words of cases.
pub const VIEWS: [&str; 4] = ["as-declared", "claimed", "assured", "attainable"];

/// A criterion that is responsible for a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Its id.
    pub criterion: String,
    /// Its truth under the old rules; absent where there is no such criterion, or the scale does not ask for it.
    pub old: Option<Truth>,
    /// Its truth under the new rules.
    pub new: Option<Truth>,
}

/// A change of the grade of one model in one view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The view.
    pub view: &'static str,
    /// The axis of a gate; absent for the grade as a whole.
    pub axis: Option<String>,
    /// The grade under the old rules.
    pub old: String,
    /// The grade under the new rules.
    pub new: String,
    /// Why.
    pub because: Vec<Cause>,
}

/// One model under both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelShift {
    /// What the model is called.
    pub model: String,
    /// Every view in which the grade changes; empty where none does.
    pub shifts: Vec<Shift>,
}

/// A truth in words.
pub fn truth_says(truth: Option<Truth>) -> Says {
    match truth {
        Some(Truth::True) => says("충족", "met"),
        Some(Truth::False) => says("미충족", "not met"),
        Some(Truth::Unknown) => says("알 수 없음", "unknown"),
        Some(Truth::Void) => says("해당 없음", "not applicable"),
        None => says("묻지 않음", "not asked"),
    }
}

/// A ruleset and how it is read.
#[derive(Debug, Clone)]
pub struct Under<'r> {
    /// The rules.
    pub rules: &'r Ruleset,
    /// The chosen option of each reading.
    pub readings: Vec<usize>,
    /// What "domestic" means.
    pub home: Option<Country>,
}

impl<'r> Under<'r> {
    fn side(&self, dossier: &Dossier) -> Side<'r> {
        let Self { rules, home, .. } = *self;
        let question = Question { home, ..Question::of(rules, dossier, &self.readings) };
        Side { rules, verdict: verdict(&question, false) }
    }

    /// Readings of which another option than the default is chosen, with it.
    pub fn chosen(&self) -> Vec<(&'r str, &'r str)> {
        let each = self.rules.readings.iter().zip(&self.readings);
        each.filter(|(reading, option)| reading.default != **option)
            .map(|(reading, option)| (reading.id.as_str(), reading.options[*option].id.as_str()))
            .collect()
    }
}

/// Grades a model under both rulesets and finds what changes. The facts are those that were gathered for each.
pub fn shift(old: &Under<'_>, new: &Under<'_>, facts: [&Dossier; 2]) -> ModelShift {
    let (before, after) = (old.side(facts[0]), new.side(facts[1]));
    let mut shifts = Vec::new();
    for view in VIEWS {
        let (old, new) = (before.grade(view), after.grade(view));
        if old != new {
            let because = causes(&before, &after, view);
            shifts.push(Shift { view, axis: None, old, new, because });
        }
    }
    ModelShift { model: facts[1].id.clone(), shifts }
}

struct Side<'r> {
    rules: &'r Ruleset,
    verdict: Verdict,
}

impl Side<'_> {
    fn grade(&self, view: &str) -> String {
        in_view(&self.verdict.grade, self.rules, view)
    }

    /// The truth of a criterion in a view; absent where the scale does not ask for it.
    fn truth(&self, id: &str, view: &str) -> Option<Truth> {
        let at = self.rules.criteria.iter().position(|criterion| criterion.id == id)?;
        asked(self.rules).contains(&at).then(|| truth(self.verdict.standings[at], view))
    }

    /// Criteria that keep the model from a better grade in a view.
    fn blocking(&self, view: &str) -> Vec<usize> {
        let open = |at: &usize| !matches!(truth(self.verdict.standings[*at], view), Truth::True | Truth::Void);
        match &self.rules.scale {
            Scale::Ladder(rungs) => {
                let grade = self.grade(view);
                let reached = rungs.iter().position(|rung| rung.id == grade).map_or(0, |at| at + 1);
                let next = rungs.get(reached).map(|rung| rung.requires.clone()).unwrap_or_default();
                next.into_iter().filter(open).collect()
            }
            Scale::Gate(axes) => axes.iter().flat_map(|axis| axis.requires.iter().copied()).filter(open).collect(),
            Scale::Scorecard(_) => asked(self.rules).into_iter().filter(open).collect(),
        }
    }
}

/// Criteria that the scale asks for.
fn asked(rules: &Ruleset) -> Vec<usize> {
    match &rules.scale {
        Scale::Ladder(rungs) => rungs.iter().flat_map(|rung| rung.requires.iter().copied()).collect(),
        Scale::Gate(axes) => axes.iter().flat_map(|axis| axis.requires.iter().copied()).collect(),
        Scale::Scorecard(card) => {
            let points = card.objectives.iter().flat_map(|objective| objective.criteria.iter().map(|(at, _)| *at));
            points.chain(card.floors.iter().flat_map(|floor| floor.requires.iter().copied())).collect()
        }
    }
}

fn truth(standing: Standing, view: &str) -> Truth {
    match view {
        "as-declared" => standing.truth.get(View::Declared),
        "assured" => standing.truth.get(View::Assured),
        "attainable" => match standing.truth.get(View::Claimed) {
            Truth::Unknown => Truth::True,
            other => other,
        },
        _ => standing.truth.get(View::Claimed),
    }
}

/// What blocks on the side with the worse grade and does not on the other; on both sides where it cannot be said which
/// is worse. Where the same blocks on both, the scale itself changed.
fn causes(old: &Side<'_>, new: &Side<'_>, view: &str) -> Vec<Cause> {
    let (before, after) = (rank(new.rules, &old.grade(view)), rank(new.rules, &new.grade(view)));
    let sides = match before.zip(after) {
        Some((before, after)) if after < before => vec![new],
        Some((before, after)) if after > before => vec![old],
        _ => vec![old, new],
    };
    let names = |side: &&Side<'_>| -> Vec<String> {
        side.blocking(view).into_iter().map(|at| side.rules.criteria[at].id.clone()).collect()
    };
    let mut ids: Vec<String> = sides.iter().flat_map(names).collect();
    ids.sort();
    ids.dedup();
    ids.into_iter()
        .map(|criterion| {
            let (old, new) = (old.truth(&criterion, view), new.truth(&criterion, view));
            Cause { criterion, old, new }
        })
        .filter(|cause| cause.old != cause.new)
        .collect()
}

/// How good a grade is on a scale, where that can be said of its word alone.
fn rank(rules: &Ruleset, grade: &str) -> Option<usize> {
    match &rules.scale {
        Scale::Ladder(_) if grade == "none" => Some(0),
        Scale::Ladder(rungs) => rungs.iter().position(|rung| rung.id == grade).map(|at| at + 1),
        Scale::Gate(_) => ["fail", "undetermined", "pass"].iter().position(|word| *word == grade),
        Scale::Scorecard(_) => None,
    }
}
