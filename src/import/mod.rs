//! Importers: files in which others describe models, to cards.
//!
//! In: a model file of the Model Openness Framework, one of the European Open Source AI Index, or a bill of materials
//! of CycloneDX. Out: an [`Imported`]
//! with the text of a card, and what was odd; or why the file describes no model. An importer turns what stands there
//! into fields of the card and nothing else: it never invents a fact. What it does not understand it keeps, under keys
//! that begin with `x-`, and says so. No ruleset is known here.

mod card;
mod cyclonedx;
mod mof;
mod osai;

use crate::text::Diagnostics;

pub use cyclonedx::{ancestors, cyclonedx};
pub use mof::mof;
pub use osai::osai;

/// A card made from a file of others.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The card, as YAML.
    pub card: String,
    /// What was odd and forbids nothing: each was kept.
    pub warnings: Diagnostics,
}
