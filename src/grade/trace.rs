//! The trace: every node that was evaluated, with its truth in every view, and the way back to facts and items.

use super::evaluate::Question;
use super::truth::{Truth, Views};
use crate::facts::{Fact, Item, View};
use crate::rules::{Bound, NodeId, Op, Over, Place, Quantifier, Ranged, Slot, Test};

/// One evaluated node, or one item of a quantifier, in the order of evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The node; for an item the quantifier's.
    pub node: NodeId,
    /// Index of the item among the items ranged over; `None` for a node.
    pub item: Option<u16>,
    /// The truth; for an item whether it counts.
    pub truth: Views,
    /// One past the last step of what lies below.
    pub end: u32,
}

/// All steps of one criterion.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    pub(super) steps: Vec<Step>,
}

/// What a node of the unfolded trace is.
#[derive(Debug, Clone)]
pub enum What<'a> {
    /// A comparison of a fact, with the fact that bounds it where one does.
    Fact(&'a Slot, &'a Test, &'a Fact, Option<Other<'a>>),
    /// All of.
    All,
    /// Any of.
    Any,
    /// Not.
    Not,
    /// A quantifier, and whether its list is complete.
    Quantified(Quantifier, &'a Ranged, Views),
    /// A count, and whether its list is complete.
    Count(&'a Bound, &'a Ranged, Views),
    /// A share, weighed by a path, and whether its list is complete.
    Share(&'a Bound, &'a Slot, &'a Ranged, Views),
    /// An item; its truth is whether it counts.
    Item(&'a Item),
    /// A term.
    Term(u16),
    /// Another criterion.
    Criterion(u16),
    /// A reading with the chosen option.
    Reading(u16, usize),
}

/// The fact that bounds another.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a> {
    /// Where it is.
    pub slot: &'a Slot,
    /// The fact.
    pub fact: &'a Fact,
}

/// The trace of one node, unfolded for reading.
#[derive(Debug, Clone)]
pub struct TraceNode<'a> {
    /// What it is.
    pub what: What<'a>,
    /// Its node in the arena.
    pub node: NodeId,
    /// Where it stands in the ruleset.
    pub place: Place,
    /// Its truth.
    pub truth: Views,
    /// The items that were bound when it was evaluated, the outermost first.
    pub items: Vec<&'a Item>,
    /// What lies below.
    pub parts: Vec<Self>,
}

impl TraceNode<'_> {
    /// The truth in one view.
    pub fn get(&self, view: View) -> Truth {
        self.truth.get(view)
    }
}

impl Trace {
    /// The steps in the order of evaluation.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Unfolds the trace that begins at `step`. `question` must be the one that it was recorded for.
    pub fn unfold<'a>(&self, step: usize, question: &Question<'a>) -> TraceNode<'a> {
        self.node(step, question, &mut Vec::new())
    }

    /// Unfolds the trace of a test that was put to these items, which are bound, the outermost first.
    pub(super) fn unfold_under<'a>(&self, items: &[&'a Item], question: &Question<'a>) -> TraceNode<'a> {
        self.node(0, question, &mut items.to_vec())
    }

    fn node<'a>(&self, at: usize, question: &Question<'a>, bound: &mut Vec<&'a Item>) -> TraceNode<'a> {
        let step = self.steps[at];
        let node = question.rules.expr.node(step.node);
        let items = bound.clone();
        let children: Vec<usize> = self.below(at).collect();
        let (what, parts) = match &node.op {
            Op::Fact(slot, test) => {
                let other = test.other().map(|slot| Other { slot, fact: question.fact(slot, bound) });
                (What::Fact(slot, test, question.fact(slot, bound), other), Vec::new())
            }
            Op::All(_) => (What::All, self.each(&children, question, bound)),
            Op::Any(_) => (What::Any, self.each(&children, question, bound)),
            Op::Not(_) => (What::Not, self.each(&children, question, bound)),
            Op::Term(term, _) => (What::Term(*term), self.each(&children, question, bound)),
            Op::Criterion(other, _) => (What::Criterion(*other), self.each(&children, question, &mut Vec::new())),
            Op::Reading(reading, _) => {
                let option = question.readings[usize::from(*reading)];
                (What::Reading(*reading, option), self.each(&children, question, bound))
            }
            Op::Quantified(quantifier, ranged) => {
                let complete = question.completeness(ranged, bound);
                (What::Quantified(*quantifier, ranged, complete), self.items(&children, ranged, question, bound))
            }
            Op::Count(limits, ranged) => {
                let complete = question.completeness(ranged, bound);
                (What::Count(limits, ranged, complete), self.items(&children, ranged, question, bound))
            }
            Op::Share(limits, by, ranged) => {
                let complete = question.completeness(ranged, bound);
                (What::Share(limits, by, ranged, complete), self.items(&children, ranged, question, bound))
            }
        };
        TraceNode { what, node: step.node, place: node.place, truth: step.truth, items, parts }
    }

    fn each<'a>(&self, children: &[usize], question: &Question<'a>, bound: &mut Vec<&'a Item>) -> Vec<TraceNode<'a>> {
        children.iter().map(|&child| self.node(child, question, bound)).collect()
    }

    fn items<'a>(
        &self,
        children: &[usize],
        ranged: &Ranged,
        question: &Question<'a>,
        bound: &mut Vec<&'a Item>,
    ) -> Vec<TraceNode<'a>> {
        let all = question.items(ranged, bound);
        let before = bound.len();
        children
            .iter()
            .map(|&child| {
                let step = self.steps[child];
                let owners = &all[usize::from(step.item.unwrap_or(0))];
                bound.extend(owners.iter().copied());
                let below: Vec<usize> = self.below(child).collect();
                let parts = self.each(&below, question, bound);
                let items = bound.clone();
                bound.truncate(before);
                let item = *owners.last().expect("every range binds an item");
                let place = question.rules.expr.node(step.node).place;
                TraceNode { what: What::Item(item), node: step.node, place, truth: step.truth, items, parts }
            })
            .collect()
    }

    /// Indexes of the steps directly below a step.
    fn below(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.steps[at].end as usize;
        let mut next = at + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.steps[child].end as usize;
                child
            })
        })
    }
}

impl<'a> Question<'a> {
    /// The items that a range goes over, each with the items it binds: itself, or its owner and itself.
    pub(super) fn items(&self, ranged: &Ranged, bound: &[&'a Item]) -> Vec<Vec<&'a Item>> {
        match ranged.over {
            Over::Model => self.visible(ranged.collection).map(|item| vec![item]).collect(),
            Over::Bound(depth) => {
                bound[usize::from(depth)].children(ranged.collection).iter().map(|item| vec![item]).collect()
            }
            Over::AllOf(parent) => self
                .visible(parent)
                .flat_map(|owner| owner.children(ranged.collection).iter().map(move |item| vec![owner, item]))
                .collect(),
        }
    }
}
