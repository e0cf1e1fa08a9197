//! Facts: typed values at paths of the vocabulary, each with its sources, and the dossier that holds those of one
//! model.
//!
//! In: values with their sources, from `gather`, `evidence` and `licence`. Out: a [`Dossier`] whose facts are settled:
//! which value stands, how far it can be trusted, what lost against it, or why nothing is known. No rule is known here.

mod assurance;
mod choice;
mod direction;
mod dossier;
mod fact;
mod reach;
mod source;
mod value;

pub use assurance::Assurance;
pub use choice::{Alternative, Choices};
pub(crate) use direction::directions;
pub use dossier::{Account, Dossier, Draft, Finding, Input, Item, ItemDraft, PassedOver};
pub use fact::{Fact, Settled, WhyUnknown};
pub use reach::{items_reach, reaches, shown};
pub use source::{Origin, Source};
pub use value::{Date, Style, Value, WordSet};
