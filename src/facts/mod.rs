//! Facts: typed values at paths of the vocabulary, each with its sources, and the dossier that holds those of one
//! model.
//!
//! In: values with their sources, from `gather`, `evidence` and `licence`. Out: a [`Dossier`] whose facts are settled:
//! which value stands, how far it can be trusted, what lost against it, or why nothing is known. No rule is known here.

mod assurance;
mod bounds;
mod choice;
mod date;
mod direction;
mod dossier;
mod fact;
mod family;
mod reach;
mod source;
mod value;
mod view;
mod weigh;

pub use assurance::Assurance;
pub use choice::{Alternative, Choices};
pub use date::Date;
pub(crate) use direction::directions;
pub use dossier::{About, Account, ByName, Dossier, Draft, Finding, Input, Item, ItemDraft, PassedOver, Vouched};
pub use fact::{Fact, Stand, WhyUnknown};
pub(crate) use family::imply_no_family;
pub use family::{Compared, Comparison, Family, KnownModel, NO_FAMILY, by_digest};
pub use reach::{items_reach, reaches, shown, shown_by_nothing};
pub use source::{Origin, Source, Speaker};
pub(crate) use value::no_date;
pub use value::{Style, Value, WordSet};
pub use view::{ALL_VIEWS, View, ViewSet};
