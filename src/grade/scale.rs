//! From outcomes to a grade: ladder, gate, scorecard.

use super::Standing;
use super::evaluate::{ItemPoints, Question, points_of_items};
use super::sensitivity::standings;
use super::truth::Truth;
use crate::facts::View;
use crate::rules::{Axis, NotApplicable, Objective, Ruleset, Rung, Scale, Scorecard};

/// How far a criterion carries: in the three views of the facts, and if evidence filled every gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One of the views.
    View(View),
    /// The claimed view with unknown as met.
    Attainable,
}

const REACHES: [Reach; 4] =
    [Reach::View(View::Declared), Reach::View(View::Claimed), Reach::View(View::Assured), Reach::Attainable];

impl Reach {
    /// The truth of a criterion as far as this reach is concerned.
    pub(super) fn truth(self, standing: Standing) -> Truth {
        match self {
            Self::View(view) => standing.truth.get(view),
            Self::Attainable => match standing.truth.get(View::Claimed) {
                Truth::Unknown => Truth::True,
                other => other,
            },
        }
    }
}

/// The same quantity in the four views of the design.
#[derive(Debug, Clone, PartialEq)]
pub struct LadderGrade<T> {
    /// The card alone.
    pub as_declared: T,
    /// All facts.
    pub claimed: T,
    /// Facts of the needed assurance.
    pub assured: T,
    /// If evidence filled every gap.
    pub attainable: T,
}

impl<T> LadderGrade<T> {
    pub(super) fn of(each: impl Fn(Reach) -> T) -> Self {
        let [declared, claimed, assured, attainable] = REACHES.map(each);
        Self { as_declared: declared, claimed, assured, attainable }
    }

    fn with(self, other: Self, join: impl Fn(T, T) -> T) -> Self {
        Self {
            as_declared: join(self.as_declared, other.as_declared),
            claimed: join(self.claimed, other.claimed),
            assured: join(self.assured, other.assured),
            attainable: join(self.attainable, other.attainable),
        }
    }
}

/// Whether an axis is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// Every deciding criterion is satisfied.
    Pass,
    /// One is not.
    Fail,
    /// The facts do not decide.
    Undetermined,
}

impl Passed {
    /// The word of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undetermined => "undetermined",
        }
    }
}

/// A range of totals in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Least.
    pub low: f64,
    /// Most.
    pub high: f64,
}

/// One axis of a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisGrade {
    /// Index of the axis.
    pub axis: usize,
    /// Whether it is passed.
    pub passed: LadderGrade<Passed>,
}

/// A grade.
#[derive(Debug, Clone, PartialEq)]
pub enum Grade {
    /// Index of the highest rung that is reached, if any is.
    Ladder(LadderGrade<Option<usize>>),
    /// The gate as a whole, and each axis.
    Gate(LadderGrade<Passed>, Vec<AxisGrade>),
    /// The total.
    Scorecard(LadderGrade<Interval>),
}

/// What one objective of a scorecard brings.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectiveGrade {
    /// Index of the objective.
    pub objective: usize,
    /// Its weight in percent of the total, under the chosen readings.
    pub weight: f64,
    /// How much of it is brought, in percent of what its points are divided by.
    pub percent: LadderGrade<Interval>,
}

/// What each objective of a scorecard brings, before floors.
pub(super) fn objectives(question: &Question<'_>, standings: &[Standing]) -> Vec<ObjectiveGrade> {
    let Scale::Scorecard(card) = &question.rules.scale else { return Vec::new() };
    let points = points(card, question);
    let each = card.objectives.iter().zip(&points).enumerate();
    each.map(|(at, (objective, points))| ObjectiveGrade {
        objective: at,
        weight: *objective.weight.under(question.readings),
        percent: LadderGrade::of(|reach| percent(card, objective, points.as_ref(), standings, reach)),
    })
    .collect()
}

/// The grade. Where something is open to choice it is in every reach that of the scenario that serves best there, so
/// that no rung rests on two scenarios at once.
pub(super) fn grade(question: &Question<'_>, all: &[Standing]) -> Grade {
    if question.scenarios().len() < 2 {
        return on_scale(question, all);
    }
    let each = question.scenarios().map(|scenario| on_scale(&scenario, &standings(&scenario)));
    each.reduce(Grade::better).unwrap_or_else(|| on_scale(question, all))
}

/// The scenario whose total is best, with its standings; the question itself where nothing is to be chosen.
pub(super) fn best_scenario<'a>(question: &Question<'a>, all: &[Standing]) -> (Question<'a>, Vec<Standing>) {
    let low = |question: &Question<'_>, standings: &[Standing]| match on_scale(question, standings) {
        Grade::Scorecard(total) => total.assured.low,
        _ => 0.0,
    };
    let mut best = (*question, all.to_vec());
    if question.scenarios().len() < 2 {
        return best;
    }
    let mut most = f64::NEG_INFINITY;
    for scenario in question.scenarios() {
        let standings = standings(&scenario);
        let total = low(&scenario, &standings);
        if total > most {
            (most, best) = (total, (scenario, standings));
        }
    }
    best
}

impl Grade {
    /// The better of two grades on one scale, in each reach by itself.
    fn better(self, other: Self) -> Self {
        match (self, other) {
            (Self::Ladder(a), Self::Ladder(b)) => Self::Ladder(a.with(b, Ord::max)),
            (Self::Gate(a, axes), Self::Gate(b, others)) => {
                let axis = |(a, b): (AxisGrade, AxisGrade)| AxisGrade {
                    axis: a.axis,
                    passed: a.passed.with(b.passed, Passed::better),
                };
                Self::Gate(a.with(b, Passed::better), axes.into_iter().zip(others).map(axis).collect())
            }
            (Self::Scorecard(a), Self::Scorecard(b)) => {
                let best = |a: Interval, b: Interval| Interval { low: a.low.max(b.low), high: a.high.max(b.high) };
                Self::Scorecard(a.with(b, best))
            }
            (one, _) => one,
        }
    }
}

/// The grade that outcomes, and for a scorecard items, give on the ruleset's scale.
pub(super) fn on_scale(question: &Question<'_>, standings: &[Standing]) -> Grade {
    match &question.rules.scale {
        Scale::Ladder(rungs) => Grade::Ladder(LadderGrade::of(|reach| highest(rungs, standings, reach))),
        Scale::Gate(axes) => {
            let each: Vec<AxisGrade> = axes
                .iter()
                .enumerate()
                .map(|(at, axis)| AxisGrade {
                    axis: at,
                    passed: LadderGrade::of(|reach| passed(axis, standings, reach)),
                })
                .collect();
            let whole =
                LadderGrade::of(|reach| axes.iter().map(|a| passed(a, standings, reach)).fold(Passed::Pass, worse));
            Grade::Gate(whole, each)
        }
        Scale::Scorecard(card) => {
            let points = points(card, question);
            Grade::Scorecard(LadderGrade::of(|reach| total(card, question, &points, standings, reach)))
        }
    }
}

/// The highest rung all of whose criteria, and all below, are satisfied.
///
/// A rung that asks for something is reached only if at least one of its criteria is met: a rung of which nothing
/// applies to the model says nothing about it, and vacuous truth never lifts a grade.
pub(super) fn highest(rungs: &[Rung], standings: &[Standing], reach: Reach) -> Option<usize> {
    let reached = rungs.iter().take_while(|rung| {
        let truths = || rung.requires.iter().map(|&at| reach.truth(standings[at]));
        truths().all(|truth| matches!(truth, Truth::True | Truth::Void))
            && (rung.requires.is_empty() || truths().any(|truth| truth == Truth::True))
    });
    reached.count().checked_sub(1)
}

/// The highest rung that stands without documents that nobody opened.
pub(super) fn measured(rules: &Ruleset, standings: &[Standing]) -> Option<usize> {
    match &rules.scale {
        Scale::Ladder(rungs) => highest(rungs, standings, Reach::View(View::Measured)),
        Scale::Gate(_) | Scale::Scorecard(_) => None,
    }
}

fn passed(axis: &Axis, standings: &[Standing], reach: Reach) -> Passed {
    axis.requires
        .iter()
        .map(|&at| match reach.truth(standings[at]) {
            Truth::True | Truth::Void => Passed::Pass,
            Truth::False => Passed::Fail,
            Truth::Unknown => Passed::Undetermined,
        })
        .fold(Passed::Pass, worse)
}

impl Passed {
    fn better(self, other: Self) -> Self {
        match (self, other) {
            (Self::Pass, _) | (_, Self::Pass) => Self::Pass,
            (Self::Undetermined, _) | (_, Self::Undetermined) => Self::Undetermined,
            _ => Self::Fail,
        }
    }
}

fn worse(a: Passed, b: Passed) -> Passed {
    match (a, b) {
        (Passed::Fail, _) | (_, Passed::Fail) => Passed::Fail,
        (Passed::Undetermined, _) | (_, Passed::Undetermined) => Passed::Undetermined,
        _ => Passed::Pass,
    }
}

/// What items bring to each objective, in every view.
fn points(card: &Scorecard, question: &Question<'_>) -> Vec<Option<[ItemPoints; 3]>> {
    card.objectives.iter().map(|o| o.each.as_ref().map(|each| points_of_items(question, each))).collect()
}

/// What an objective brings, in percent of what its points are divided by.
fn percent(
    card: &Scorecard,
    objective: &Objective,
    points: Option<&[ItemPoints; 3]>,
    standings: &[Standing],
    reach: Reach,
) -> Interval {
    let (mut low, mut high, mut most) = (0.0, 0.0, 0.0);
    for &(at, points) in &objective.criteria {
        match reach.truth(standings[at]) {
            Truth::True => {
                low += points;
                high += points;
                most += points;
            }
            Truth::False => most += points,
            Truth::Unknown => {
                high += points;
                most += points;
            }
            Truth::Void if card.not_applicable == NotApplicable::Zero => most += points,
            Truth::Void => {}
        }
    }
    let out_of = objective.out_of.unwrap_or(most);
    if let Some(points) = points {
        let view = match reach {
            Reach::View(view) => view,
            Reach::Attainable => View::Claimed,
        };
        let items = points[View::SHOWN.iter().position(|other| *other == view).unwrap_or(0)];
        // Items that may count, or are not listed, bring what is missing from the whole at most.
        let best = if items.more { items.high.max(out_of) } else { items.high };
        low += if reach == Reach::Attainable { best } else { items.low };
        high += best;
    }
    if out_of > 0.0 {
        Interval { low: 100.0 * low / out_of, high: 100.0 * high / out_of }
    } else {
        Interval { low: 0.0, high: 0.0 }
    }
}

fn total(
    card: &Scorecard,
    question: &Question<'_>,
    points: &[Option<[ItemPoints; 3]>],
    standings: &[Standing],
    reach: Reach,
) -> Interval {
    let mut sum = Interval { low: 0.0, high: 0.0 };
    for (objective, points) in card.objectives.iter().zip(points) {
        let weight = objective.weight.under(question.readings) / 100.0;
        let part = percent(card, objective, points.as_ref(), standings, reach);
        sum.low += weight * part.low;
        sum.high += weight * part.high;
    }
    for floor in &card.floors {
        let truths = || floor.requires.iter().map(|&at| reach.truth(standings[at]));
        let fails = truths().any(|truth| truth == Truth::False);
        let holds = truths().all(|truth| matches!(truth, Truth::True | Truth::Void));
        if fails {
            sum.high = sum.high.min(floor.cap);
        }
        if !holds {
            sum.low = sum.low.min(floor.cap);
        }
    }
    sum
}
