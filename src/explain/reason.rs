//! The responsible leaves: the false children of a false `all`, the unknown ones of an unknown one, the true of a true
//! `any`, and the items that make a quantifier come out as it does.

use crate::facts::{Fact, Item, WhyUnknown};
use crate::grade::{Other, Question, TraceNode, Truth, View, What, tally};
use crate::rules::{Bound, Place, Quantifier, Ranged, Slot, Test};
use crate::vocabulary::{CollectionId, PathId};

/// What a reason is.
#[derive(Debug, Clone)]
pub enum ReasonKind<'a> {
    /// A fact compared, with the fact that bounds it where one does.
    Fact(&'a Slot, &'a Test, &'a Fact, Option<Other<'a>>),
    /// A list that may be incomplete.
    Incomplete(&'a Slot, CollectionId, &'a Fact),
    /// A list in which nothing counts, and what was looked for: an item that counts, and where one would do, of which
    /// the rest holds too.
    Empty(&'a Ranged, bool),
    /// A number of items against a bound.
    Count(&'a Bound, &'a Ranged, Figures<'a>),
    /// A share against a bound, weighed by a path.
    Share(&'a Bound, PathId, &'a Ranged, Figures<'a>),
}

/// What a count or a share comes to, and what it is made of.
#[derive(Debug, Clone)]
pub struct Figures<'a> {
    /// The least that it can be; percent for a share.
    pub low: f64,
    /// The most that it can be; without end where the list may go on.
    pub high: f64,
    /// The items that may count.
    pub parts: Vec<Part<'a>>,
}

/// One item of a count or a share.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// The items that are bound, the outermost first; the last is the one that may count.
    pub items: Vec<&'a Item>,
    /// What it weighs, in a share.
    pub weight: Option<(PathId, &'a Fact)>,
    /// Whether it is counted in; unknown where that is open.
    pub holds: Truth,
    /// The leaves that make it so.
    pub why: Vec<Reason<'a>>,
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

impl Reason<'_> {
    /// Whether it is only about what is on record.
    pub fn is_on_record(&self) -> bool {
        matches!(self.kind, ReasonKind::Fact(_, Test::Known(_), ..))
    }

    /// Whether it is a fact that a measurement left open.
    pub fn is_left_open(&self) -> bool {
        match self.kind {
            ReasonKind::Fact(_, _, fact, _) => fact.claimed().is_none() && fact.unknown() == WhyUnknown::LeftOpen,
            _ => false,
        }
    }
}

/// The leaves that make a node come out as it does in a view. `question` is the one that the node answers.
pub fn responsible<'a>(node: &TraceNode<'a>, view: View, question: &Question<'a>) -> Vec<Reason<'a>> {
    let mut found = Vec::new();
    Collector { view, question }.node(node, true, &mut found);
    let mut seen = std::collections::HashSet::new();
    found.retain(|reason| seen.insert(key(reason)));
    // Whether something is on record is no reason where something is: it steers a test and decides nothing.
    if !found.iter().all(Reason::is_on_record) {
        found.retain(|reason| !reason.is_on_record());
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
        // Two lists of one kind were looked through for different things.
        ReasonKind::Empty(..) => (2, u16::try_from(reason.place.span.start).unwrap_or(u16::MAX), items, truth),
        ReasonKind::Count(_, ranged, _) => (3, ranged.collection.index(), items, truth),
        ReasonKind::Share(_, path, ..) => (4, path.index(), items, truth),
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
                let open = complete.get(self.view) != Truth::True && truth == Truth::Unknown;
                let counted = node.parts.iter().any(|item| item.get(self.view) != Truth::False);
                let one_would_do = *quantifier == Quantifier::Some;
                let looked_for = ranged.filter.is_some() || one_would_do && ranged.holds.is_some();
                if !counted && (looked_for || !open) {
                    let kind = ReasonKind::Empty(ranged, one_would_do);
                    out.push(Reason { kind, truth, wanted, items: node.items.clone(), place: node.place });
                }
                if open {
                    self.incomplete(node, ranged, out);
                }
            }
            What::Count(bound, ranged, _) => {
                self.figures(node, wanted, ranged, out, |figures| ReasonKind::Count(bound, ranged, figures));
            }
            What::Share(bound, by, ranged, _) => {
                self.figures(node, wanted, ranged, out, |figures| ReasonKind::Share(bound, by.path, ranged, figures));
            }
            What::Item(_) => {}
        }
    }

    /// A count or a share with its parts, and that its list may go on where that leaves it open.
    fn figures(
        &self,
        node: &TraceNode<'a>,
        wanted: bool,
        ranged: &'a Ranged,
        out: &mut Vec<Reason<'a>>,
        kind: impl FnOnce(Figures<'a>) -> ReasonKind<'a>,
    ) {
        let Some(tally) = tally(node, self.view, self.question.needs) else { return };
        let by = if let What::Share(_, by, ..) = &node.what { Some(by.path) } else { None };
        let parts = tally.parts.iter().map(|portion| {
            let mut why = Vec::new();
            if let Some(test) = portion.test {
                self.node(test, true, &mut why);
            }
            let weight = by.zip(portion.weight);
            Part { items: portion.items.to_vec(), weight, holds: portion.holds, why }
        });
        let figures = Figures { low: tally.low, high: tally.high, parts: parts.collect() };
        let truth = node.get(self.view);
        out.push(Reason { kind: kind(figures), truth, wanted, items: node.items.clone(), place: node.place });
        if truth == Truth::Unknown && !tally.complete {
            self.incomplete(node, ranged, out);
        }
    }

    /// That the list of a node may go on.
    fn incomplete(&self, node: &TraceNode<'a>, ranged: &'a Ranged, out: &mut Vec<Reason<'a>>) {
        let fact = self.question.fact(&ranged.complete, &node.items);
        let items = ranged.complete.item.map_or_else(Vec::new, |_| node.items.clone());
        let kind = ReasonKind::Incomplete(&ranged.complete, ranged.collection, fact);
        out.push(Reason { kind, truth: Truth::Unknown, wanted: true, items, place: node.place });
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
