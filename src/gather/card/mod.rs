//! The card: the `sovereignty:` block of a README, or `sovereignty.yaml`.
//!
//! One table (`fields.rs`) says which fields there are, what they hold and which facts they fill. Reading (`read.rs`),
//! the schema for editors (`schema.rs`) and the manual are all made from it, so they cannot drift apart.

mod evidence;
mod fields;
mod fields_of_use;
mod line;
mod lookup;
mod merge;
mod older;
mod own;
mod read;
mod schema;
mod shape;
mod special;

pub use lookup::{entry_of, field_of, is_free, is_of_names, list_of_names};
pub use schema::card_schema;
pub use shape::is_key;

pub(crate) use evidence::Cited;
pub(crate) use merge::under;
pub(crate) use read::{CardFile, Declared, StatedLicence, absorb, read_card};
pub(crate) use special::licence_spelling;
