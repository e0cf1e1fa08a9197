//! Compiled tests: an arena of nodes in which every path is a slot and every name an index.

use crate::facts::Value;
use crate::text::Span;
use crate::vocabulary::{CollectionId, Group, PathId};

/// Index of a node in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Where a node stands in the files of the ruleset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Index of the file.
    pub file: u16,
    /// The node's bytes.
    pub span: Span,
}

/// All compiled tests of a ruleset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expr {
    pub(super) nodes: Vec<ExprNode>,
    pub(super) children: Vec<NodeId>,
}

/// One node.
#[derive(Debug, Clone, PartialEq)]
pub struct ExprNode {
    /// What it does.
    pub op: Op,
    /// Where it stands.
    pub place: Place,
}

/// What a node does.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Compares a fact.
    Fact(Slot, Test),
    /// True if every part is.
    All(Range),
    /// True if a part is.
    Any(Range),
    /// The opposite.
    Not(NodeId),
    /// Ranges over the items of a collection.
    Quantified(Quantifier, Ranged),
    /// Counts items.
    Count(Bound, Ranged),
    /// Share of items, weighed by a numeric fact of theirs.
    Share(Bound, Slot, Ranged),
    /// A defined word; its test follows.
    Term(u16, NodeId),
    /// Another criterion; its test follows.
    Criterion(u16, NodeId),
    /// The chosen option of a reading; one child an option, in the order of the reading.
    Reading(u16, Range),
}

/// Children of a node, as a range of the arena's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Where a fact is found: at the model, or at the item bound at a depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The path.
    pub path: PathId,
    /// Position among the facts of its scope.
    pub slot: u16,
    /// `None` at the model, else the index of the bound item, the outermost first.
    pub item: Option<u8>,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equal.
    Is(Constant),
    /// Different.
    IsNot(Constant),
    /// Among these; of a set, every element, and at least one.
    In(Box<[Constant]>),
    /// Not among these; of a set, no element.
    NotIn(Box<[Constant]>),
    /// The set has this element.
    Contains(Constant),
    /// At least.
    AtLeast(Limit),
    /// At most.
    AtMost(Limit),
    /// More than.
    MoreThan(Limit),
    /// Less than.
    LessThan(Limit),
    /// Whether a value stands at all.
    Known(bool),
}

impl Test {
    /// What bounds the fact, where something does.
    pub fn limit(&self) -> Option<&Limit> {
        match self {
            Self::AtLeast(limit) | Self::AtMost(limit) | Self::MoreThan(limit) | Self::LessThan(limit) => Some(limit),
            _ => None,
        }
    }

    /// The other fact that bounds it, where one does.
    pub fn other(&self) -> Option<&Slot> {
        match self.limit()? {
            Limit::Fact(slot) => Some(slot),
            Limit::Value(_) | Limit::AsOf => None,
        }
    }

    /// The same comparison against another limit.
    #[must_use]
    pub fn against(&self, limit: Limit) -> Self {
        match self {
            Self::AtLeast(_) => Self::AtLeast(limit),
            Self::AtMost(_) => Self::AtMost(limit),
            Self::MoreThan(_) => Self::MoreThan(limit),
            Self::LessThan(_) => Self::LessThan(limit),
            other => other.clone(),
        }
    }
}

/// What bounds a number or a day.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// A constant.
    Value(Value),
    /// Another fact of the same kind and unit.
    Fact(Slot),
    /// The day as of which the grade holds.
    AsOf,
}

impl Limit {
    /// The number that it is, where it is a constant number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Value(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }
}

/// What a fact is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// A value.
    Value(Value),
    /// A group of countries.
    Group(Group),
    /// The home country.
    Home,
    /// The official languages of the home country.
    HomeLanguage,
}

/// Which quantifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// Every item, with what holds of an empty collection.
    Every(Empty),
    /// At least one item.
    Some,
    /// No item.
    None,
}

/// What `every` says of an empty collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// It does not apply.
    Void,
    /// `empty: met`: it holds.
    Met,
    /// `empty: not-met`: it does not hold.
    NotMet,
}

/// What a quantifier ranges over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The model's items.
    Model,
    /// The items that the bound item at this depth owns.
    Bound(u8),
    /// The items of all items of the parent collection; the parent is bound too.
    AllOf(CollectionId),
}

/// A range of items with its conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranged {
    /// The collection.
    pub collection: CollectionId,
    /// Whose items.
    pub over: Over,
    /// The fact that says whether the list is complete.
    pub complete: Slot,
    /// `unlisted: ignore`: the rule speaks of the listed items alone, whether or not the list is complete.
    pub listed_only: bool,
    /// Which items count.
    pub filter: Option<NodeId>,
    /// What must hold of them.
    pub holds: Option<NodeId>,
}

/// Bounds of a count, or of a share in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// At least.
    pub at_least: Option<f64>,
    /// At most.
    pub at_most: Option<f64>,
    /// More than.
    pub more_than: Option<f64>,
    /// Less than.
    pub less_than: Option<f64>,
}

impl Bound {
    /// Whether a number is within the bounds.
    pub fn admits(&self, number: f64) -> bool {
        self.at_least.is_none_or(|b| number >= b)
            && self.at_most.is_none_or(|b| number <= b)
            && self.more_than.is_none_or(|b| number > b)
            && self.less_than.is_none_or(|b| number < b)
    }

    /// Whether some number of `[low, high]` can be within the bounds, and whether one can be outside.
    pub fn over(&self, low: f64, high: f64) -> (bool, bool) {
        let below = self.at_least.is_some_and(|b| high < b) || self.more_than.is_some_and(|b| high <= b);
        let above = self.at_most.is_some_and(|b| low > b) || self.less_than.is_some_and(|b| low >= b);
        let can_hold = !below && !above;
        let must_hold = self.admits(low) && self.admits(high);
        (can_hold, !must_hold)
    }
}

impl Expr {
    /// A node.
    pub fn node(&self, id: NodeId) -> &ExprNode {
        &self.nodes[id.0 as usize]
    }

    /// The children of a range.
    pub fn children(&self, range: Range) -> &[NodeId] {
        &self.children[range.start as usize..range.end as usize]
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn push(&mut self, op: Op, place: Place) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(ExprNode { op, place });
        id
    }

    pub(super) fn list(&mut self, ids: &[NodeId]) -> Range {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let start = narrow(self.children.len());
        self.children.extend_from_slice(ids);
        Range { start, end: narrow(self.children.len()) }
    }
}
