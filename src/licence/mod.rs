//! Licences: what each says, and which one a model directory means.
//!
//! In: one data file per licence under `licences/` (embedded), and what a card and its LICENSE file state.
//! Out: a [`Catalogue`] of [`Licence`]s whose [`Clause`]s are facts with clause number and source, and for a
//! [`LicenceStatement`] a [`Resolution`]: which licences, each with how it was known, and what does not fit.
//! A text is known by the digest of its normal form and by nothing less: a changed MIT text is not MIT, and a name
//! that several texts share names none of them until a text decides. A notice that names a licence is not its text.
//! To add a licence, add its file and run `SOVGRADE_BLESS=1 cargo test the_index_is_that_of_the_files`; the tests
//! beside this room say what is missing.
//! Foreign crates live in one file each: spdx in `expression.rs`, unicode-normalization and sha2 in `normalise.rs`.

mod catalogue;
mod clause;
mod entry;
mod expression;
mod files;
mod normalise;
mod note;
mod notice;
mod recognise;
mod resolve;
mod schema;
mod spelling;
#[cfg(test)]
mod tests;

pub use catalogue::{Catalogue, catalogue};
pub use clause::{Clause, ClauseName, ClauseValue, Side};
pub use entry::{KnownText, Law, Licence, ReadDepth, TextDigest, Use};
pub use expression::{listed, osi_approved, osi_approved_in_all, spdx_hint, spdx_id};
pub use normalise::{digest, normalise};
pub use note::Note;
pub use recognise::TextMatch;
pub use resolve::{How, Identified, LicenceStatement, Resolution, Terms};
pub use schema::licence_schema;
pub use spelling::Spelling;
