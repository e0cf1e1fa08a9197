//! One grading: every criterion with its trace, the grade, each component alone, what other readings would change.

use super::choice::best;
use super::evaluate::Question;
use super::next::{NextRung, next_rungs};
use super::outcome::{Outcome, Standing};
use super::points::{self, FloorLine, ItemLine, PointLine};
use super::progress::{self, RungProgress};
use super::scale::{self, Grade, ObjectiveGrade};
use super::sensitivity::{Sensitivity, sensitivity, standings};
use super::trace::{Trace, TraceNode};
use crate::facts::{Date, Dossier, Item, Value};
use crate::rules::{Ruleset, Scale};
use crate::vocabulary::{Country, vocabulary};

/// What the caller chooses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The option of each reading; the ruleset's defaults where absent.
    pub readings: Option<Vec<usize>>,
    /// What "domestic" means; the ruleset's home where absent.
    pub home: Option<Country>,
    /// The day as of which the grade is given; the newest date among the sources where absent.
    pub as_of: Option<Date>,
}

/// One criterion.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CriterionResult {
    /// Index of the criterion.
    pub criterion: usize,
    /// Its truth in every view.
    pub standing: Standing,
    /// The trace: of whether it applies, where that is asked, then of the test.
    pub trace: Trace,
    /// Step at which the test begins.
    pub test_step: usize,
    /// The scenario of the dossier's choices that serves the criterion best, of which the trace tells.
    pub choice: usize,
}

impl CriterionResult {
    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        self.standing.outcome()
    }
}

/// The ladder with one component alone in scope.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentGrade {
    /// The component's id.
    pub component: String,
    /// The grade.
    pub grade: Grade,
}

/// The whole result.
#[derive(Debug, Clone, PartialEq)]
pub struct Grading {
    /// The option of each reading.
    pub readings: Vec<usize>,
    /// What "domestic" means.
    pub home: Option<Country>,
    /// The day as of which it is given.
    pub as_of: Option<Date>,
    /// Every criterion, in the order of the ruleset.
    pub criteria: Vec<CriterionResult>,
    /// The grade.
    pub grade: Grade,
    /// Index of the highest rung of a ladder that stands without documents that nobody opened.
    pub measured: Option<usize>,
    /// The grade if references that were joined to links by name alone are other models.
    pub apart: Option<Grade>,
    /// How far each rung of a ladder is covered; empty for gates and scorecards.
    pub progress: Vec<RungProgress>,
    /// What each objective of a scorecard brings; empty for ladders and gates.
    pub objectives: Vec<ObjectiveGrade>,
    /// What each criterion and item of a scorecard brings; empty for ladders and gates.
    pub points: Vec<PointLine>,
    /// The floors of a scorecard that are not surely satisfied.
    pub floors: Vec<FloorLine>,
    /// The scenario of the dossier's choices in which the points are brought.
    pub points_choice: Option<usize>,
    /// Each weight-bearing component alone; empty for gates and scorecards and for models of one component.
    pub components: Vec<ComponentGrade>,
    /// Readings that would change the grade.
    pub sensitivity: Vec<Sensitivity>,
    /// For each rung above the assured one: what is to be moved.
    pub next: Vec<NextRung>,
}

/// Grades a dossier.
pub fn grade(rules: &Ruleset, dossier: &Dossier, options: &Options) -> Grading {
    let readings = options.readings.clone().unwrap_or_else(|| rules.default_readings());
    let home = options.home.or(rules.home);
    let as_of = options.as_of.or(dossier.newest);
    let question = Question { home, as_of, ..Question::of(rules, dossier, &readings) };
    let mut results = Vec::new();
    criteria(&question, &mut results);
    let criteria = results;
    let all: Vec<Standing> = criteria.iter().map(|result| result.standing).collect();
    let grade = scale::grade(&question, &all);
    let (scenario, of_scenario) = scale::best_scenario(&question, &all);
    let objectives = scale::objectives(&scenario, &of_scenario);
    let (points, floors) = (points::lines(&scenario, &of_scenario), points::floors(&scenario, &of_scenario));
    let points_choice = scenario.choice;
    let progress = progress::of(&rules.scale, &all);
    let components = components(&question);
    let sensitivity = sensitivity(&question, &grade);
    let next = next_rungs(&question, &criteria, &grade, &objectives);
    let measured = scale::measured(rules, &all);
    let apart = dossier.about.apart.as_ref().map(|dossier| {
        let question = Question { dossier, ..question };
        scale::grade(&question, &standings(&question))
    });
    Grading {
        readings,
        home,
        as_of,
        criteria,
        grade,
        measured,
        apart,
        progress,
        objectives,
        points,
        floors,
        points_choice,
        components,
        sensitivity,
        next,
    }
}

/// Every criterion in every view, each with its trace. What stands in `results` is written over, so that a caller who
/// asks again and again uses the same memory.
pub fn criteria(question: &Question<'_>, results: &mut Vec<CriterionResult>) {
    results.resize_with(question.rules.criteria.len(), CriterionResult::default);
    for (at, result) in results.iter_mut().enumerate() {
        let best = best(question, at, &mut result.trace);
        result.criterion = at;
        (result.standing, result.test_step, result.choice) = (best.standing, best.test_step, best.choice);
    }
}

pub(super) fn components(question: &Question<'_>) -> Vec<ComponentGrade> {
    if !matches!(question.rules.scale, Scale::Ladder(_)) {
        return Vec::new();
    }
    let bearing = vocabulary().must("component.weight-bearing");
    let items = question.dossier.named("component");
    let bears = |at: &usize| items[*at].fact(bearing).claimed() != Some(&Value::Flag(false));
    let which: Vec<usize> = (0..items.len()).filter(bears).collect();
    if which.len() < 2 {
        return Vec::new();
    }
    which
        .into_iter()
        .map(|at| {
            let alone = Question { only: Some(at), ..*question };
            let grade = scale::grade(&alone, &standings(&alone));
            ComponentGrade { component: items[at].id.clone(), grade }
        })
        .collect()
}

impl Grading {
    /// The question that a criterion's trace was recorded for.
    pub fn question<'a>(&'a self, rules: &'a Ruleset, dossier: &'a Dossier, criterion: usize) -> Question<'a> {
        let (choice, needs) = (Some(self.criteria[criterion].choice), rules.criteria[criterion].needs);
        Question { choice, needs, ..self.asked(rules, dossier) }
    }

    /// The question under which the points of a scorecard were counted.
    pub fn points_question<'a>(&'a self, rules: &'a Ruleset, dossier: &'a Dossier) -> Question<'a> {
        Question { choice: self.points_choice, ..self.asked(rules, dossier) }
    }

    /// The ruleset as it was put to the model.
    fn asked<'a>(&'a self, rules: &'a Ruleset, dossier: &'a Dossier) -> Question<'a> {
        Question { home: self.home, as_of: self.as_of, ..Question::of(rules, dossier, &self.readings) }
    }

    /// The items of a row of an objective, and the trace of one of its lines, unfolded.
    pub fn unfold_points<'a>(
        &'a self,
        rules: &'a Ruleset,
        dossier: &'a Dossier,
        objective: usize,
        row: usize,
        line: &ItemLine,
    ) -> Option<(Vec<&'a Item>, TraceNode<'a>)> {
        points::unfold(&self.points_question(rules, dossier), objective, row, line)
    }

    /// The trace of a criterion's test, unfolded.
    pub fn unfold<'a>(&'a self, rules: &'a Ruleset, dossier: &'a Dossier, criterion: usize) -> TraceNode<'a> {
        let result = &self.criteria[criterion];
        result.trace.unfold(result.test_step, &self.question(rules, dossier, criterion))
    }

    /// The trace of whether a criterion applies, unfolded, where that is asked.
    pub fn unfold_applies<'a>(
        &'a self,
        rules: &'a Ruleset,
        dossier: &'a Dossier,
        criterion: usize,
    ) -> Option<TraceNode<'a>> {
        rules.criteria[criterion].applies?;
        Some(self.criteria[criterion].trace.unfold(0, &self.question(rules, dossier, criterion)))
    }
}
