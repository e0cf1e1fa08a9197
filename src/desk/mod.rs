//! The policy desk: worked cases of a ruleset, and what they expect.
//!
//! In: `cases/*.yaml`. Out: a dossier for each case, graded, and every difference from what the case expects.

mod case;
mod inline;
mod run;

pub use case::{Case, CaseModel, Expected, read_case};
pub use inline::inline_dossier;
pub use run::{Difference, compare};
