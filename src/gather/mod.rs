//! Gathering: a model directory, a bare card or a description of a service becomes facts with their sources.
//!
//! In: a path, and evidence files. Out: a [`Gathered`] with a settled dossier, and what was odd; or the mistakes that
//! forbid a grade. What files *are* (shapes, counts, formats, digests) is measured; what they *say* is the maker's
//! word. Nothing outside the directory is read, nothing is executed, and silence proves nothing.

mod artefacts;
mod card;
mod components;
mod config;
mod consistency;
mod counts;
mod directory;
mod encoders;
mod front_matter;
mod further;
mod handed_in;
mod hints;
mod hub;
mod join;
mod licence;
mod model;
mod names;
mod opened;
mod origin;
mod parts;
mod recipe;
mod reference;
mod roles;
mod tensors;
mod tokenizer;
mod vocabulary;
mod window;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::evidence::EvidenceFile;
use crate::facts::{Date, Dossier, Draft, Family};
use crate::text::{Diagnostic, Diagnostics, Node, SourceFile, Span};
use crate::vocabulary::OwnFacts;

pub use card::{card_schema, entry_of, field_of, is_free, is_key, is_of_names, list_of_names};

/// What was gathered of one model.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The facts, settled.
    pub dossier: Dossier,
    /// What was odd and forbids nothing.
    pub warnings: Diagnostics,
}

/// An evidence file, or one entry of it, that the one who grades vouches for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vouch {
    /// The file.
    pub file: PathBuf,
    /// The entry: `links/0`, `documented/2`, `attested/1`, `trail`; `None` for the whole file.
    pub entry: Option<String>,
}

impl Vouch {
    /// Reads `FILE` or `FILE#ENTRY`. A file whose name holds the mark is taken whole.
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('#') {
            Some((file, entry)) if !Path::new(text).exists() => Self { file: file.into(), entry: Some(entry.into()) },
            _ => Self { file: text.into(), entry: None },
        }
    }
}

/// What is handed in beside a model's own files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Handed<'a> {
    /// Evidence files that nobody vouches for: reports.
    pub evidence: &'a [PathBuf],
    /// What the one who grades vouches for.
    pub vouched: &'a [Vouch],
    /// A vouch is only tried: what is too large to be digested for a report is taken for what its size says it is.
    pub tried: bool,
    /// What was measured in this run, which stands in no file.
    pub measured: &'a [EvidenceFile],
    /// Weights files that need not be looked into, by their names below the directory.
    pub pass_over: &'a [String],
    /// What the model is called.
    pub id: Option<&'a str>,
    /// The families of reference models that the ruleset knows.
    pub families: &'a [Family],
    /// The day as of which is graded, where it was given.
    pub as_of: Option<Date>,
    /// The facts that the ruleset brings along.
    pub own: &'a OwnFacts,
    /// The folder below which the names of evidence files begin; they are shown whole where there is none.
    pub below: Option<&'a Path>,
    /// Digests of the model's files that are known already, by name.
    pub digests: Option<&'a BTreeMap<String, String>>,
    /// A card that is not written yet: it stands in place of the file of its name.
    pub card: Option<&'a SourceFile>,
}

/// Gathers the facts of the model at `path`, which is a directory, a README with front matter, or a
/// `sovereignty.yaml`, with those of the evidence files, for which nobody vouches.
///
/// # Errors
/// All mistakes that were found: nothing there, a front matter or card that cannot be read, files that are not what
/// their names say, evidence about other files.
pub fn gather(path: &Path, evidence: &[PathBuf]) -> Result<Gathered, Diagnostics> {
    gather_handed(path, &Handed { evidence, ..Handed::default() })
}

/// The same with all that may be handed in beside a model.
///
/// # Errors
/// Those of [`gather`].
pub fn gather_handed(path: &Path, handed: &Handed<'_>) -> Result<Gathered, Diagnostics> {
    let mut gathered = settled(model::read(path, handed, true)?)?;
    if gathered.dossier.about.by_name.iter().any(|joined| joined.own) {
        let apart = settled(model::read(path, handed, false)?)?;
        gathered.dossier.about.apart = Some(Box::new(apart.dossier));
    }
    Ok(gathered)
}

/// Gathers the facts of a card that is no file: a README with front matter if its name ends in `.md`, else the text
/// of a `sovereignty.yaml`.
///
/// # Errors
/// All mistakes of the card.
pub fn gather_text(card: &SourceFile) -> Result<Gathered, Diagnostics> {
    settled(model::read_text_of_card(card)?)
}

/// The bytes of the YAML block of a README, if the Hub sees one.
pub fn front_matter_span(text: &str) -> Option<Span> {
    front_matter::split(text)
}

/// The front matter of a README as a tree: `None` where the Hub sees none; and what is odd about it.
///
/// # Errors
/// The block is too large, no YAML, or no mapping.
pub fn front_matter(file: &SourceFile) -> (Result<Option<Node>, Diagnostic>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let read = front_matter::read(file, &mut problems);
    (read, problems)
}

fn settled((draft, problems): (Draft, Diagnostics)) -> Result<Gathered, Diagnostics> {
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(Gathered { dossier: draft.settle(), warnings: problems })
}
