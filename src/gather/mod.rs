//! Gathering: a model directory, a bare card or a description of a service becomes facts with their sources.
//!
//! In: a path, and evidence files. Out: a [`Gathered`] with a settled dossier, and what was odd; or the mistakes that
//! forbid a grade. What files *are* (shapes, counts, formats, digests) is measured; what they *say* is the maker's
//! word. Nothing outside the directory is read, nothing is executed, and silence proves nothing.

mod card;
mod components;
mod config;
mod consistency;
mod counts;
mod directory;
mod encoders;
mod front_matter;
mod hints;
mod hub;
mod licence;
mod model;
mod opened;
mod origin;
mod parts;
mod recipe;
mod reference;
mod roles;
mod tensors;
mod tokenizer;
mod vocabulary;

use std::path::{Path, PathBuf};

use crate::evidence::EvidenceFile;
use crate::facts::{Dossier, Draft};
use crate::text::{Diagnostics, SourceFile};

pub use card::{card_schema, field_of};

/// What was gathered of one model.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The facts, settled.
    pub dossier: Dossier,
    /// What was odd and forbids nothing.
    pub warnings: Diagnostics,
}

/// Gathers the facts of the model at `path`, which is a directory, a README with front matter, or a
/// `sovereignty.yaml`, with those of the evidence files.
///
/// # Errors
/// All mistakes that were found: nothing there, a front matter or card that cannot be read, files that are not what
/// their names say, evidence about other files.
pub fn gather(path: &Path, evidence: &[PathBuf]) -> Result<Gathered, Diagnostics> {
    gather_measured(path, evidence, &[])
}

/// The same with what was measured in this run, which stands in no file.
///
/// # Errors
/// Those of [`gather`].
pub fn gather_measured(path: &Path, evidence: &[PathBuf], measured: &[EvidenceFile]) -> Result<Gathered, Diagnostics> {
    // In the order of their names: how they were listed on the command line must not show.
    let mut evidence = evidence.to_vec();
    evidence.sort();
    evidence.dedup();
    settled(model::read(path, &evidence, measured)?)
}

/// Gathers the facts of a card that is no file: a README with front matter if its name ends in `.md`, else the text
/// of a `sovereignty.yaml`.
///
/// # Errors
/// All mistakes of the card.
pub fn gather_text(card: &SourceFile) -> Result<Gathered, Diagnostics> {
    settled(model::read_text_of_card(card)?)
}

fn settled((draft, problems): (Draft, Diagnostics)) -> Result<Gathered, Diagnostics> {
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(Gathered { dossier: draft.settle(), warnings: problems })
}
