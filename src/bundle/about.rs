//! `bundle.json`: what a submission holds, and how its grade came about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::archive::{Archive, legal};
use super::fault::BundleFault;
use crate::files::MAX_FILES;
use crate::text::{Names, Untrusted, says};

/// The form of `bundle.json`.
pub const SCHEMA: &str = "sovgrade/bundle/1";

/// Largest description that is read, in bytes. Of a model with 500,000 tensors in one file it has some 12 million.
const MAX_ABOUT_BYTES: usize = 32 << 20;

/// The form of a description, before the rest of it is read.
#[derive(Deserialize)]
struct Form {
    schema: Untrusted,
}

/// Its name in the archive.
pub(super) const ABOUT: &str = "bundle.json";

/// What a submission holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct About {
    /// [`SCHEMA`].
    pub schema: Untrusted,
    /// The program that made it, with its version.
    pub program: Untrusted,
    /// The model.
    pub model: ModelAbout,
    /// Country that counts as home, where it was given.
    pub home: Option<Untrusted>,
    /// Day as of which the grade is given, where it was given.
    pub as_of: Option<Untrusted>,
    /// The rulesets, each graded for itself.
    pub rulesets: Vec<RulesetAbout>,
    /// The evidence, by name.
    pub evidence: Vec<EvidenceAbout>,
    /// Weights files that need not be looked into, as whoever made the submission says.
    pub pass_over: Vec<Untrusted>,
    /// Every file of the model's directory, by name.
    pub files: Vec<FileAbout>,
}

/// What the model is called, and how its files lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModelAbout {
    /// What its reports call it.
    pub id: Untrusted,
    /// The name of the folder that it was read from.
    pub folder: Untrusted,
    /// The id that was given beside it.
    pub given: Option<Untrusted>,
    /// The repository of the Hub's cache that it was read from.
    pub repository: Option<Untrusted>,
    /// The card, where there is a card and no directory.
    pub card: Option<Untrusted>,
}

/// A ruleset, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RulesetAbout {
    /// Its id; its files lie below `rules/ID/`.
    pub id: Untrusted,
    /// Its version.
    pub version: Untrusted,
    /// The digest of its files, as every report shows it.
    pub digest: Untrusted,
    /// Whether it is part of the program that made the submission.
    pub embedded: bool,
    /// The option of each reading.
    pub readings: BTreeMap<String, String>,
}

/// How evidence was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handed {
    /// Nobody vouches for it.
    Reported,
    /// Whoever made the submission vouches for it.
    Vouched,
    /// Whoever made the submission measured it in the same run.
    Measured,
}

/// A file of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EvidenceAbout {
    /// Its name in the archive.
    pub file: String,
    /// How it was handed in.
    pub handed: Handed,
    /// The entries that are vouched for; none: all of them.
    pub entries: Vec<Untrusted>,
    /// The signature that was handed in with it, by its name in the archive.
    pub signature: Option<String>,
}

/// What of a file lies in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// All of it, below `model/`.
    Whole,
    /// All bytes that are no numbers, below `excerpts/`.
    Excerpt,
    /// Its name, size and digest.
    Name,
}

/// A file of the model's directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileAbout {
    /// Its name below the directory.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// What of it lies here.
    pub held: Held,
    /// The ranges of an excerpt: `FIRST-END FIRST-END`, the end one after the last byte.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ranges: String,
}

impl FileAbout {
    /// Its name in the archive, if anything of it lies there.
    pub(super) fn member(&self) -> Option<String> {
        match self.held {
            Held::Whole => Some(format!("model/{}", self.name)),
            Held::Excerpt => Some(format!("excerpts/{}", self.name)),
            Held::Name => None,
        }
    }

    /// The ranges as numbers, in order, without overlap and within the file; `None` if they are not so.
    pub(super) fn spans(&self) -> Option<Vec<(u64, u64)>> {
        let mut last = 0;
        let mut spans = Vec::new();
        for part in self.ranges.split_ascii_whitespace() {
            let (begin, end) = part.split_once('-')?;
            let (begin, end): (u64, u64) = (begin.parse().ok()?, end.parse().ok()?);
            if begin < last || end <= begin || end > self.bytes {
                return None;
            }
            last = end;
            spans.push((begin, end));
        }
        Some(spans)
    }
}

/// Ranges as they are written.
pub(super) fn ranges(spans: &[(u64, u64)]) -> String {
    spans.iter().map(|(begin, end)| format!("{begin}-{end}")).collect::<Vec<_>>().join(" ")
}

impl About {
    /// Reads it from an archive.
    ///
    /// # Errors
    /// It is missing, of another format, or does not hold what it must.
    pub(super) fn of(archive: &Archive) -> Result<Self, BundleFault> {
        let bytes = archive.get(ABOUT).ok_or(BundleFault::Missing(ABOUT))?;
        let unreadable = |ko: String, en: String| BundleFault::Unreadable(ABOUT.into(), Box::new(says(ko, en)));
        if bytes.len() > MAX_ABOUT_BYTES {
            return Err(BundleFault::TooLarge(bytes.len() as u64));
        }
        match serde_json::from_slice::<Form>(bytes) {
            Ok(form) if form.schema == *SCHEMA => {}
            Ok(form) => return Err(BundleFault::Format(form.schema)),
            Err(_) => return Err(unreadable("형식이 적혀 있지 않다".into(), "it does not say its format".into())),
        }
        let about: Self = serde_json::from_slice(bytes).map_err(|error| {
            let place = format!("{}:{}", error.line(), error.column());
            unreadable(
                format!("{place}에서 제출물의 꼴이 아니다"),
                format!("at {place} it is not as a submission has it"),
            )
        })?;
        about.names_stay_inside()?;
        Ok(about)
    }

    /// Every name that becomes a path when the submission is laid down leads to a place below its folder, and no two
    /// to one. A member's name is held by the archive; these are the description's own words.
    pub(super) fn names_stay_inside(&self) -> Result<(), BundleFault> {
        if self.files.len() > MAX_FILES {
            return Err(BundleFault::TooMany);
        }
        let mut files = Names::default();
        for file in &self.files {
            legal(&file.name, &mut files)?;
        }
        let mut evidence = Names::default();
        for it in &self.evidence {
            for name in std::iter::once(&it.file).chain(&it.signature) {
                legal(name, &mut evidence)?;
                if !name.starts_with("evidence/") {
                    return Err(BundleFault::Name(name.as_str().into()));
                }
            }
        }
        match &self.model.card {
            Some(card) if self.file(card).is_none() => Err(BundleFault::Name(card.clone())),
            _ => Ok(()),
        }
    }

    /// As the archive has it.
    pub(super) fn text(&self) -> String {
        crate::report::to_text(self)
    }

    /// A file by its name.
    pub fn file(&self, name: &str) -> Option<&FileAbout> {
        self.files.iter().find(|file| file.name == name)
    }
}
