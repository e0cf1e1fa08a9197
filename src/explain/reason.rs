//! The responsible leaves: the false children of a false `all`, the unknown ones of an unknown one, the true of a true
//! `any`, and the items that make a quantifier come out as it does.

use crate::facts::{Fact, Item};
use crate::grade::{Other, Question, TraceNode, Truth, View, What};
use crate::rules::{Bound, Place, Quantifier, Slot, Test};
use crate::vocabulary::{CollectionId, PathId};

/// What a reason is.
#[derive(Debug, Clone)]
pub enum ReasonKind<'a> {
    /// A fact compared, with the fact that bounds it where one does.
    Fact(&'a Slot, &'a Test, &'a Fact, Option<Other<'a>>),
    /// A list that may be incomplete.
    Incomplete(&'a Slot, CollectionId, &'a Fact),
    /// A list in which nothing counts.
    Empty(CollectionId),
    /// A number of items against a bound.
    Count(&'a Bound, CollectionId),
    /// A share against a bound.
    Share(&'a Bound, PathId, CollectionId),
}

/// One leaf that is responsible for a truth.
#[derive(Debug, Clone)]
pub struct Reason<'a> {
    /// What it is.
    pub kind: ReasonKind<'a>,
    /// Its own truth in the view asked about.
    pub truth: Truth,
    /// Whether the criterion wants it true.
    pub wanted: bool,
    /// The items in question, the outermost first.
    pub items: Vec<&'a Item>,
    /// Where it stands in the ruleset.
    pub place: Place,
}

/// The leaves that make a node come out as it does in a view. `question` is the one that the node answers.
pub fn responsible<'a>(node: &TraceNode<'a>, view: View, question: &Question<'a>) -> Vec<Reason<'a>> {
    let mut found = Vec::new();
    Collector { view, question }.node(node, true, &mut found);
    let mut seen = std::collections::HashSet::new();
    found.retain(|reason| seen.insert(key(reason)));
    // Whether something is on record is no reason where something is: it steers a test and decides nothing.
    let on_record = |reason: &Reason<'_>| matches!(reason.kind, ReasonKind::Fact(_, Test::Known(_), ..));
    if !found.iter().all(on_record) {
        found.retain(|reason| !on_record(reason));
    }
    found
}

/// Two leaves that compare one fact of one item in one way are one reason.
fn key(reason: &Reason<'_>) -> (u8, u16, Vec<*const Item>, u8) {
    let truth = reason.truth as u8;
    let items: Vec<*const Item> = reason.items.iter().map(|item| std::ptr::from_ref(*item)).collect();
    match &reason.kind {
        ReasonKind::Fact(slot, ..) => (0, slot.path.index(), items, truth),
        ReasonKind::Incomplete(slot, ..) => (1, slot.path.index(), items, truth),
        ReasonKind::Empty(collection) => (2, u16::from(collection.index()), items, truth),
        ReasonKind::Count(_, collection) => (3, u16::from(collection.index()), items, truth),
        ReasonKind::Share(_, path, _) => (4, path.index(), items, truth),
    }
}

struct Collector<'q, 'a> {
    view: View,
    question: &'q Question<'a>,
}

impl<'a> Collector<'_, 'a> {
    fn node(&self, node: &TraceNode<'a>, wanted: bool, out: &mut Vec<Reason<'a>>) {
        let truth = node.get(self.view);
        match &node.what {
            What::Fact(slot, test, fact, other) => {
                let items = slot.item.map_or_else(Vec::new, |depth| node.items[..=usize::from(depth)].to_vec());
                let kind = ReasonKind::Fact(slot, test, fact, *other);
                out.push(Reason { kind, truth, wanted, items, place: node.place });
            }
            What::All | What::Any => {
                let alike = |part: &&TraceNode<'a>| part.get(self.view) == truth;
                for part in node.parts.iter().filter(alike) {
                    self.node(part, wanted, out);
                }
            }
            What::Not => {
                if let Some(inner) = node.parts.first() {
                    self.node(inner, !wanted, out);
                }
            }
            What::Term(_) | What::Criterion(_) | What::Reading(..) => {
                if let Some(inner) = node.parts.first() {
                    self.node(inner, wanted, out);
                }
            }
            What::Quantified(quantifier, ranged, complete) => {
                let holds_wanted = wanted != (*quantifier == Quantifier::None);
                self.items(node, *quantifier, holds_wanted, out);
                let open = complete.get(self.view) != Truth::True;
                let counted = node.parts.iter().any(|item| item.get(self.view) != Truth::False);
                if open && truth == Truth::Unknown {
                    let fact = self.question.fact(&ranged.complete, &node.items);
                    let items = ranged.complete.item.map_or_else(Vec::new, |_| node.items.clone());
                    let kind = ReasonKind::Incomplete(&ranged.complete, ranged.collection, fact);
                    out.push(Reason { kind, truth: Truth::Unknown, wanted: true, items, place: node.place });
                } else if !counted {
                    let kind = ReasonKind::Empty(ranged.collection);
                    out.push(Reason { kind, truth, wanted, items: node.items.clone(), place: node.place });
                }
            }
            What::Count(bound, ranged, _) => {
                let kind = ReasonKind::Count(bound, ranged.collection);
                out.push(Reason { kind, truth, wanted, items: node.items.clone(), place: node.place });
            }
            What::Share(bound, by, ranged, _) => {
                let kind = ReasonKind::Share(bound, *by, ranged.collection);
                out.push(Reason { kind, truth, wanted, items: node.items.clone(), place: node.place });
            }
            What::Item(_) => {}
        }
    }

    /// The items that make a quantifier come out as it does.
    fn items(&self, node: &TraceNode<'a>, quantifier: Quantifier, wanted: bool, out: &mut Vec<Reason<'a>>) {
        let truth = node.get(self.view);
        let telling = match (quantifier, truth) {
            (Quantifier::Every(_), Truth::True) | (Quantifier::Some, Truth::True) => Truth::True,
            (Quantifier::None, Truth::False) => Truth::True,
            (_, Truth::Unknown) => Truth::Unknown,
            (_, Truth::Void) => return,
            _ => Truth::False,
        };
        for item in &node.parts {
            if item.get(self.view) == Truth::False {
                continue;
            }
            let Some(holds) = item.parts.last() else { continue };
            if holds.get(self.view) == telling {
                self.node(holds, wanted, out);
            } else if truth == Truth::Unknown && item.get(self.view) == Truth::Unknown && item.parts.len() > 1 {
                self.node(&item.parts[0], wanted, out);
            }
        }
    }
}
