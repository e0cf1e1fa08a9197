//! What a run has finished, kept in a folder, so that an interrupted one goes on without reading it again.
//!
//! Every finished reference is a file of its own, written whole or not at all. A folder is bound to its run:
//! other models, other options, or a file that has changed since are refused, never mixed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::evidence::{Control, EvidenceFile, LinkEvidence, MAX_BYTES, SCHEMA, Subject, read_evidence};
use crate::measure::MeasureError;
use crate::measure::model::digest;
use crate::measure::run::shard::Part;
use crate::measure::sketch::source::Source;
use crate::measure::verdict::borne::is_borne;
use crate::text::{Says, SourceFile, shown_path, why_not, write_whole};

/// The value of `schema` in the folder's own file.
const STATE: &str = "sovgrade/measure-state/1";

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::measure) struct Stamp {
    name: String,
    bytes: u64,
    /// Nanoseconds since 1970.
    modified: u64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Bound {
    schema: String,
    run: String,
    part: Option<String>,
    candidate: Vec<Stamp>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept<T> {
    files: Vec<Stamp>,
    found: T,
}

/// The folder of one run.
#[derive(Debug)]
pub(in crate::measure) struct State {
    folder: PathBuf,
}

/// Why a folder cannot be gone on from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateFault {
    /// The operating system refused.
    #[error("{}", .0.en)]
    Io(Says),
    /// A file of it is broken.
    #[error("`{0}` is not what a run leaves here")]
    Broken(String),
    /// It belongs to another run.
    #[error("this was left by a run with another candidate, other references or other options")]
    OtherRun,
    /// The candidate has changed since.
    #[error("the candidate's files have changed since")]
    Candidate,
    /// A reference has changed since.
    #[error("the files of reference {0} have changed since")]
    Reference(usize),
}

impl StateFault {
    /// The same in Korean.
    pub fn korean(&self) -> String {
        match self {
            Self::Io(why) => why.ko.clone(),
            Self::Broken(file) => format!("`{file}`: 측정이 남긴 것이 아니다"),
            Self::OtherRun => "후보나 대조 모델이나 옵션이 다른 측정이 남긴 것이다".to_owned(),
            Self::Candidate => "후보의 파일이 그 뒤에 바뀌었다".to_owned(),
            Self::Reference(number) => format!("{number}번째 대조 모델의 파일이 그 뒤에 바뀌었다"),
        }
    }
}

/// The files of a model as they are now.
pub(in crate::measure) fn stamps(path: &Path, source: &Source) -> Result<Vec<Stamp>, MeasureError> {
    let paths = match source.checkpoint() {
        Some(checkpoint) => digest::paths(checkpoint),
        None => vec![(String::new(), path.to_owned())],
    };
    let stamp = |(name, path): (String, PathBuf)| {
        let entry = std::fs::metadata(&path)?;
        let modified = entry.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        Ok(Stamp { name, bytes: entry.len(), modified: u64::try_from(modified).unwrap_or(u64::MAX) })
    };
    paths
        .into_iter()
        .map(stamp)
        .collect::<Result<_, std::io::Error>>()
        .map_err(|error| MeasureError::State { folder: shown_path(path), fault: StateFault::Io(why_not(&error)) })
}

impl State {
    /// Opens a folder, or makes it.
    pub(in crate::measure) fn open(
        folder: &Path,
        (run, part): (&str, Option<Part>),
        candidate: Vec<Stamp>,
    ) -> Result<Self, MeasureError> {
        let state = Self { folder: folder.to_owned() };
        let now = Bound { schema: STATE.to_owned(), run: run.to_owned(), part: part.map(Part::text), candidate };
        std::fs::create_dir_all(folder).map_err(|error| state.io(&error))?;
        match state.read::<Bound>("run.json")? {
            None => state.write("run.json", &now)?,
            Some(then) if (&then.schema, &then.run, &then.part) != (&now.schema, &now.run, &now.part) => {
                return Err(state.fails(StateFault::OtherRun));
            }
            Some(then) if then.candidate != now.candidate => return Err(state.fails(StateFault::Candidate)),
            Some(_) => {}
        }
        Ok(state)
    }

    /// What a finished control came to, if its files are as they were.
    pub(in crate::measure) fn control(&self, at: usize, now: &[Stamp]) -> Result<Option<Control>, MeasureError> {
        self.found(&control_file(at), at, now)
    }

    pub(in crate::measure) fn keep_control(
        &mut self,
        at: usize,
        control: &Control,
        files: Vec<Stamp>,
    ) -> Result<(), MeasureError> {
        self.write(&control_file(at), &Kept { files, found: control })
    }

    /// What a finished reference came to, if its files are as they were and its figures bear its conclusion at the
    /// level of one look, `ln_level`.
    pub(in crate::measure) fn link(
        &self,
        at: usize,
        now: &[Stamp],
        ln_level: f64,
    ) -> Result<Option<LinkEvidence>, MeasureError> {
        let name = link_file(at);
        // Evidence is kept as the text of an evidence file, whose reader gives every number back to the last bit.
        let Some(text) = self.found::<String>(&name, at, now)? else { return Ok(None) };
        let broken = || self.fails(StateFault::Broken(name.clone()));
        let mut links = read_evidence(&SourceFile::new(name.clone(), text)).map_err(|_| broken())?.links;
        match links.pop() {
            Some(link) if links.is_empty() && is_borne(&link, ln_level) => Ok(Some(link)),
            _ => Err(broken()),
        }
    }

    pub(in crate::measure) fn keep_link(
        &mut self,
        at: usize,
        link: &LinkEvidence,
        files: Vec<Stamp>,
    ) -> Result<(), MeasureError> {
        let file = EvidenceFile {
            schema: SCHEMA.to_owned(),
            run: None,
            subject: Subject { id: "kept".to_owned(), files: Vec::new(), through: None },
            links: vec![link.clone()],
            documented: Vec::new(),
            attested: Vec::new(),
            level: None,
            mixtures: Vec::new(),
            trail: None,
            shard: None,
            limits: Vec::new(),
        };
        let found = serde_json::to_string(&file).unwrap_or_default();
        self.write(&link_file(at), &Kept { files, found })
    }

    fn found<T: DeserializeOwned>(&self, name: &str, at: usize, now: &[Stamp]) -> Result<Option<T>, MeasureError> {
        match self.read::<Kept<T>>(name)? {
            Some(kept) if kept.files == now => Ok(Some(kept.found)),
            Some(_) => Err(self.fails(StateFault::Reference(at + 1))),
            None => Ok(None),
        }
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, MeasureError> {
        let path = self.folder.join(name);
        let broken = || self.fails(StateFault::Broken(name.to_owned()));
        // A link is none of ours: what this folder holds was written into it.
        let Ok(entry) = std::fs::symlink_metadata(&path) else { return Ok(None) };
        if !entry.is_file() || entry.len() > MAX_BYTES {
            return Err(broken());
        }
        let mut text = String::new();
        let read = std::fs::File::open(&path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text));
        read.map_err(|error| self.io(&error))?;
        serde_json::from_str(&text).map(Some).map_err(|_| broken())
    }

    fn write(&self, name: &str, value: &impl Serialize) -> Result<(), MeasureError> {
        let text = serde_json::to_string(value).unwrap_or_default();
        write_whole(&self.folder.join(name), text.as_bytes()).map_err(|error| self.io(&error))
    }

    fn io(&self, error: &std::io::Error) -> MeasureError {
        self.fails(StateFault::Io(why_not(error)))
    }

    fn fails(&self, fault: StateFault) -> MeasureError {
        MeasureError::State { folder: shown_path(&self.folder), fault }
    }
}

fn control_file(at: usize) -> String {
    format!("control-{:06}.json", at + 1)
}

fn link_file(at: usize) -> String {
    format!("reference-{:06}.json", at + 1)
}
