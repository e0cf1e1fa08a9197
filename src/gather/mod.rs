//! Gathering: a model directory, a bare card or a description of a service becomes facts with their sources.
//!
//! In: a path, and evidence files. Out: a [`Gathered`] with a settled dossier, and what was odd; or the mistakes that
//! forbid a grade. What files *are* (shapes, counts, formats, digests) is measured; what they *say* is the maker's
//! word. Nothing outside the directory is read, nothing is executed, and silence proves nothing.

mod card;
mod components;
mod config;
mod consistency;
mod directory;
mod encoders;
mod front_matter;
mod hints;
mod hub;
mod licence;
mod model;
mod roles;
mod tensors;
mod tokenizer;

use std::path::{Path, PathBuf};

use crate::facts::Dossier;
use crate::text::Diagnostics;

pub use card::card_schema;

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
    let (draft, problems) = model::read(path, evidence)?;
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(Gathered { dossier: draft.settle(), warnings: problems })
}
