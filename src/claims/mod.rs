//! Claims of lineage: a card or a bill of materials says that a model comes from another, and the weights answer.
//!
//! In: claims, each with who is named, how the model is said to come from it and where that stands; and what was
//! measured. Out: a [`Ruling`] for each: *confirmed*, *refuted*, or *open* with why. Weights show that numbers are
//! shared and never which way they went, so *confirmed* says no more than that. *Refuted* takes the relation
//! `no-trace`, which every standard class of change covered, and a claim of a kind that must leave a trace.

mod join;
mod of_card;
mod settle;

pub use join::Joined;
pub use of_card::claims_of;
pub use settle::{Bounds, Open, Ruling, Verdict, settle};

use crate::facts::Origin;

/// How a model is said to come from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Trained further, in whatever way.
    Finetune,
    /// Stored with fewer bits.
    Quantized,
    /// Mixed from several.
    Merge,
    /// Low-rank factors beside it, or with them added.
    Adapter,
    /// A part of its weights was taken over.
    Part,
    /// Named as the base on the Hub without more: every relation of the Hub takes weights.
    Base,
    /// Named as an ancestor, and nothing says that weights were taken.
    Ancestor,
    /// Taught by its outputs, which takes no weights.
    Taught,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Finetune,
        Self::Quantized,
        Self::Merge,
        Self::Adapter,
        Self::Part,
        Self::Base,
        Self::Ancestor,
        Self::Taught,
    ];

    /// The word of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Finetune => "finetune",
            Self::Quantized => "quantized",
            Self::Merge => "merge",
            Self::Adapter => "adapter",
            Self::Part => "part",
            Self::Base => "base",
            Self::Ancestor => "ancestor",
            Self::Taught => "taught",
        }
    }

    /// Whether a model that is so made must share weights with what it was made from.
    pub fn must_show(self) -> bool {
        !matches!(self, Self::Ancestor | Self::Taught)
    }

    /// Whether all layers must be shared.
    pub fn takes_all(self) -> bool {
        matches!(self, Self::Finetune | Self::Quantized | Self::Adapter | Self::Base | Self::Ancestor)
    }
}

/// One claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The model that it is said to come from, as `owner/name` or as a bare name.
    pub reference: String,
    /// How.
    pub kind: Kind,
    /// The component that is meant, by its id and its role; `None` for the model as a whole.
    pub component: Option<(String, String)>,
    /// SHA-256 of files of that model, in lower-case hexadecimal, where the claim names them.
    pub digests: Vec<String>,
    /// Where it stands.
    pub origin: Origin,
}
