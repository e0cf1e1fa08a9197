//! Where the points of a scorecard go: what each criterion and each item could bring to its objective, and what it
//! brings. The figures of an objective add up from these; nothing is decided here.

use super::evaluate::{Question, rows_of_items};
use super::outcome::Standing;
use super::scale::{Interval, Reach};
use super::trace::{Trace, TraceNode};
use super::truth::{Truth, Views};
use crate::facts::{Item, View};
use crate::rules::{NotApplicable, Objective, Scale};

/// What brings points.
#[derive(Debug, Clone, PartialEq)]
pub enum Scored {
    /// A criterion, by index.
    Criterion(usize),
    /// An item, by its place among those that the objective ranges over, with every line that could bring it points.
    Item(usize, Vec<ItemLine>),
}

/// One line that brings an item points.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemLine {
    /// The points.
    pub points: f64,
    /// Whether it holds of the item.
    pub holds: Views,
    /// The trace of what must hold.
    pub trace: Trace,
}

/// What one criterion or item brings to an objective.
#[derive(Debug, Clone, PartialEq)]
pub struct PointLine {
    /// Index of the objective.
    pub objective: usize,
    /// What brings the points.
    pub scored: Scored,
    /// The points that it can bring; of an item those of all lines.
    pub points: f64,
    /// The points that it brings if all that is said holds.
    pub claimed: Interval,
    /// The points that it brings on what is shown.
    pub assured: Interval,
    /// What one point is worth, in percent of the total.
    pub each: f64,
}

/// A floor that is not surely satisfied.
#[derive(Debug, Clone, PartialEq)]
pub struct FloorLine {
    /// Index of the floor.
    pub floor: usize,
    /// Whether it surely caps the total, if all that is said holds.
    pub caps: bool,
    /// Its criteria that are not satisfied.
    pub open: Vec<usize>,
}

/// Every line of every objective, in the order of the scorecard.
pub(super) fn lines(question: &Question<'_>, standings: &[Standing]) -> Vec<PointLine> {
    let Scale::Scorecard(card) = &question.rules.scale else { return Vec::new() };
    let each = card.objectives.iter().enumerate();
    each.flat_map(|(at, objective)| of_objective(question, standings, at, objective, card.not_applicable)).collect()
}

fn of_objective(
    question: &Question<'_>,
    standings: &[Standing],
    at: usize,
    objective: &Objective,
    void: NotApplicable,
) -> Vec<PointLine> {
    let claimed = Reach::View(View::Claimed);
    let left_out = |truth: Truth| truth == Truth::Void && void == NotApplicable::LeaveOut;
    let counted = objective.criteria.iter().filter(|(at, _)| !left_out(claimed.truth(standings[*at])));
    let out_of = objective.out_of.unwrap_or_else(|| counted.clone().map(|(_, points)| points).sum());
    let weight = *objective.weight.under(question.readings);
    let each = if out_of > 0.0 { weight / out_of } else { 0.0 };
    let line = |scored, points, claimed, assured| PointLine { objective: at, scored, points, claimed, assured, each };
    let mut lines: Vec<PointLine> = counted
        .map(|&(criterion, points)| {
            let of = |view: View| brings(Reach::View(view).truth(standings[criterion]), points);
            line(Scored::Criterion(criterion), points, of(View::Claimed), of(View::Assured))
        })
        .collect();
    let Some(scored) = &objective.each else { return lines };
    let question = Question { needs: scored.needs, ..*question };
    let mut rows: Vec<(usize, Vec<ItemLine>)> = Vec::new();
    rows_of_items(&question, scored, |row, surely_counts, points, holds, trace| {
        if rows.last().is_none_or(|(last, _)| *last != row) {
            rows.push((row, Vec::new()));
        }
        let holds = if surely_counts { holds } else { Views { t: holds.t, f: crate::facts::ALL_VIEWS } };
        if let Some((_, lines)) = rows.last_mut() {
            lines.push(ItemLine { points, holds, trace });
        }
    });
    for (row, items) in rows {
        let points = items.iter().map(|line| line.points).sum();
        let of = |view: View| {
            items.iter().fold(Interval { low: 0.0, high: 0.0 }, |sum, line| {
                let one = brings(line.holds.get(view), line.points);
                Interval { low: sum.low + one.low, high: sum.high + one.high }
            })
        };
        let (claimed, assured) = (of(View::Claimed), of(View::Assured));
        lines.push(line(Scored::Item(row, items), points, claimed, assured));
    }
    lines
}

fn brings(truth: Truth, points: f64) -> Interval {
    let (low, high) = match truth {
        Truth::True => (points, points),
        Truth::Unknown => (0.0, points),
        Truth::False | Truth::Void => (0.0, 0.0),
    };
    Interval { low, high }
}

/// The floors that are not surely satisfied.
pub(super) fn floors(question: &Question<'_>, standings: &[Standing]) -> Vec<FloorLine> {
    let Scale::Scorecard(card) = &question.rules.scale else { return Vec::new() };
    let truth = |at: usize| Reach::View(View::Claimed).truth(standings[at]);
    let satisfied = |at: &usize| matches!(truth(*at), Truth::True | Truth::Void);
    let each = card.floors.iter().enumerate();
    each.map(|(floor, entry)| FloorLine {
        floor,
        caps: entry.requires.iter().any(|&at| truth(at) == Truth::False),
        open: entry.requires.iter().copied().filter(|at| !satisfied(at)).collect(),
    })
    .filter(|line| !line.open.is_empty())
    .collect()
}

/// The items of a row, and the trace of one of its lines, unfolded.
pub(super) fn unfold<'a>(
    question: &Question<'a>,
    objective: usize,
    row: usize,
    line: &ItemLine,
) -> Option<(Vec<&'a Item>, TraceNode<'a>)> {
    let Scale::Scorecard(card) = &question.rules.scale else { return None };
    let each = card.objectives.get(objective)?.each.as_ref()?;
    let items = question.items(&each.ranged, &[]).into_iter().nth(row)?;
    let question = Question { needs: each.needs, ..*question };
    let node = line.trace.unfold_under(&items, &question);
    Some((items, node))
}
