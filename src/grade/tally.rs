//! What a count or a share is made of: the same sums for the evaluation, which needs an answer, and for whoever tells
//! how it came about, who needs the figures and the items.

use super::trace::{TraceNode, What};
use super::truth::Truth;
use crate::facts::{Assurance, Fact, Item, Value, View};
use crate::rules::Ranged;
use crate::vocabulary::{Kind, PathId, Unit, vocabulary};

/// The weights of a share in one view.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Sums {
    /// Surely counts, surely holds.
    inside: f64,
    /// May count, may hold, and is not surely either.
    open_in: f64,
    /// May count and may fail.
    may_fail: f64,
    /// Surely counts, surely fails.
    outside: f64,
    /// Surely counts.
    pub(super) sure: f64,
    unknown: bool,
}

/// Whether the weight is itself a share in percent of a whole that no `where` narrows: then 100 % is the whole.
pub(super) fn is_of_whole(by: PathId, ranged: &Ranged) -> bool {
    vocabulary().entry(by).kind == Kind::Number(Unit::Percent) && ranged.filter.is_none()
}

impl Sums {
    /// Adds an item that may count: whether it surely does, whether it can hold, whether it can fail, and its weight
    /// where that is known.
    pub(super) fn add(&mut self, sure: bool, can: bool, may_fail: bool, weight: Option<f64>) {
        let Some(weight) = weight else {
            self.unknown = true;
            return;
        };
        let weight = weight.max(0.0);
        self.sure += if sure { weight } else { 0.0 };
        match (sure, can, may_fail) {
            (true, true, false) => self.inside += weight,
            (true, false, _) => self.outside += weight,
            (_, true, false) => self.open_in += weight,
            (_, true, true) => {
                self.open_in += weight;
                self.may_fail += weight;
            }
            (false, false, _) => self.may_fail += weight,
        }
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.inside + self.open_in + self.may_fail + self.outside == 0.0 && !self.unknown
    }

    /// The share in percent, from its least to its most.
    pub(super) fn percent(&self, complete: bool, of_whole: bool) -> (f64, f64) {
        if of_whole {
            let known = self.inside + self.open_in + self.outside;
            let rest = if complete && !self.unknown { 0.0 } else { (100.0 - known).max(0.0) };
            return (self.inside, (self.inside + self.open_in + rest).min(100.0));
        }
        if !complete || self.unknown {
            return (0.0, 100.0);
        }
        let part = |inside: f64, rest: f64| if inside + rest > 0.0 { 100.0 * inside / (inside + rest) } else { 0.0 };
        (part(self.inside, self.outside + self.may_fail), part(self.inside + self.open_in, self.outside))
    }
}

/// One item that may count.
#[derive(Debug, Clone)]
pub struct Portion<'t, 'a> {
    /// The items that are bound, the outermost first; the last is the one that may count.
    pub items: &'t [&'a Item],
    /// What it weighs, in a share.
    pub weight: Option<&'a Fact>,
    /// Whether what must hold of it does; unknown too where it is open whether it counts at all.
    pub holds: Truth,
    /// The trace of what must hold, where something must.
    pub test: Option<&'t TraceNode<'a>>,
}

/// A count or a share with its parts.
#[derive(Debug, Clone)]
pub struct Tally<'t, 'a> {
    /// The least that it can be; percent for a share.
    pub low: f64,
    /// The most that it can be; without end where a list may go on.
    pub high: f64,
    /// Whether the list is complete.
    pub complete: bool,
    /// The items that may count.
    pub parts: Vec<Portion<'t, 'a>>,
}

/// The figures of a count or share in one view. `needs` is the assurance that its criterion asks for.
pub fn tally<'t, 'a>(node: &'t TraceNode<'a>, view: View, needs: Assurance) -> Option<Tally<'t, 'a>> {
    let (by, ranged, complete) = match &node.what {
        What::Count(_, ranged, complete) => (None, ranged, complete),
        What::Share(_, by, ranged, complete) => (Some(by.path), ranged, complete),
        _ => return None,
    };
    let complete = complete.get(view) == Truth::True;
    let (mut sums, mut least, mut most, mut parts) = (Sums::default(), 0.0, 0.0, Vec::new());
    for item in node.parts.iter().filter(|item| item.get(view) != Truth::False) {
        let sure = item.get(view) == Truth::True;
        let test = ranged.holds.and(item.parts.last());
        let truth = test.map_or(Truth::True, |test| test.get(view));
        let (can, may_fail) = (matches!(truth, Truth::True | Truth::Unknown), truth != Truth::True);
        let weight = by.and_then(|by| Some(item.items.last()?.fact(by)));
        if by.is_some() {
            let number = weight.and_then(|fact| match fact.value(view, needs) {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            });
            sums.add(sure, can, may_fail, number);
        }
        least += f64::from(u8::from(sure && !may_fail));
        most += f64::from(u8::from(can));
        let holds = match (sure, can, may_fail) {
            (true, true, false) => Truth::True,
            (_, false, _) => Truth::False,
            _ => Truth::Unknown,
        };
        parts.push(Portion { items: &item.items, weight, holds, test });
    }
    let (low, high) = match by {
        Some(by) => sums.percent(complete, is_of_whole(by, ranged)),
        None => (least, if complete { most } else { f64::INFINITY }),
    };
    Some(Tally { low, high, complete, parts })
}
