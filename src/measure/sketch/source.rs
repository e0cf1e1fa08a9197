//! Where a model's numbers come from: its own files, or a sketch that was made of them. The tests do not know which.

use std::path::Path;
use std::sync::Arc;

use crate::evidence::{FileDigest, Subject, Through};
use crate::files::{Place, is_weights, locate};
use crate::measure::MeasureError;
use crate::measure::model::digest;
use crate::measure::model::load::parts_of;
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::measure::model::stacks::Towers;
use crate::measure::progress::Progress;
use crate::measure::sketch::Sketch;
use crate::text::{Says, clean, says};
use crate::weights::{Checkpoint, ComponentKind};

/// A model directory whose headers were read, or a sketch that was read whole.
#[derive(Debug)]
pub(in crate::measure) enum Source {
    Files(Box<Checkpoint>),
    Sketch(Box<Sketch>),
}

impl Source {
    /// What somebody typed: a file is a sketch, a directory or a repository of the local cache a model.
    pub(in crate::measure) fn open(path: &Path) -> Result<Self, MeasureError> {
        match locate(path)? {
            Place::File(file) => match Sketch::open(&file) {
                Ok(sketch) => Ok(Self::Sketch(Box::new(sketch))),
                Err(_) if is_weights(&file.to_string_lossy()) => {
                    Err(MeasureError::WeightsFile(clean(&file.to_string_lossy())))
                }
                Err(error) => Err(error.into()),
            },
            Place::Folder(folder) => Ok(Self::Files(Box::new(Checkpoint::of(&Arc::new(folder.usable()?))?))),
        }
    }

    pub(in crate::measure) fn checkpoint(&self) -> Option<&Checkpoint> {
        match self {
            Self::Files(checkpoint) => Some(checkpoint),
            Self::Sketch(_) => None,
        }
    }

    /// The model's name: of its directory, or what the sketch says.
    pub(in crate::measure) fn id(&self) -> String {
        match self {
            Self::Files(checkpoint) => checkpoint.folder.identity().text().to_owned(),
            Self::Sketch(sketch) => sketch.model.id.clone(),
        }
    }

    /// Names the files that look like weights and were not read, if there are any: another loader might run them.
    pub(in crate::measure) fn unread(&self) -> Option<Says> {
        const NAMED: usize = 6;
        let checkpoint = self.checkpoint()?;
        let unread = checkpoint.unread();
        let names: Vec<String> = unread.iter().take(NAMED).map(|name| format!("`{}`", clean(name))).collect();
        let (id, names, more) = (self.id(), names.join(", "), unread.len().saturating_sub(NAMED));
        let (ko, en) = match more {
            0 => (String::new(), String::new()),
            more => (format!(", 그 밖의 {more}개"), format!(", {more} more")),
        };
        (!unread.is_empty()).then(|| {
            says(
                format!("`{id}`에서 읽지 않은 가중치 파일: {names}{ko}"),
                format!("weights files of `{id}` that were not read: {names}{en}"),
            )
        })
    }

    /// The sample that a sketch was made by; none of a directory, which has everything.
    pub(in crate::measure) fn sketched(&self) -> Option<Sample> {
        match self {
            Self::Files(_) => None,
            Self::Sketch(sketch) => Some(sketch.model.sample),
        }
    }

    /// What `sample` keeps of it. Numbers are `rounded` as in a sketch where the other side is one.
    pub(in crate::measure) fn model(
        &self,
        sample: Sample,
        rounded: bool,
        progress: &Progress,
    ) -> Result<Model, MeasureError> {
        match self {
            Self::Files(checkpoint) => {
                let model = Model::read(checkpoint, sample, progress)?;
                Ok(if rounded { model.rounded() } else { model })
            }
            Self::Sketch(sketch) => Ok(sketch.model.thinned(sample)),
        }
    }

    /// Its files; with digests if `wanted`, and of a sketch if it has them. `known` are those of weight files that were
    /// read already.
    pub(in crate::measure) fn files(
        &self,
        wanted: bool,
        known: &[String],
        progress: &Progress,
    ) -> Result<Vec<FileDigest>, MeasureError> {
        match self {
            Self::Files(checkpoint) => Ok(digest::files(checkpoint, wanted, known, progress)?),
            Self::Sketch(sketch) if wanted => Ok(sketch.files.clone()),
            Self::Sketch(sketch) => {
                Ok(sketch.files.iter().map(|file| FileDigest { sha256: None, ..file.clone() }).collect())
            }
        }
    }

    /// The model that evidence is about, with its files as [`Source::files`] has them; read through a sketch, it says
    /// so.
    pub(in crate::measure) fn subject(
        &self,
        wanted: bool,
        known: &[String],
        progress: &Progress,
    ) -> Result<Subject, MeasureError> {
        let through = self.sketched().map(|_| Through::Sketch);
        Ok(Subject { id: self.id(), files: self.files(wanted, known, progress)?, through })
    }

    /// Bytes that [`Source::model`] and [`Source::files`] will read.
    pub(in crate::measure) fn bytes(&self, sample: Sample, digests: bool) -> Result<u64, MeasureError> {
        let Self::Files(checkpoint) = self else { return Ok(0) };
        let mut bytes = Model::planned_bytes(checkpoint, sample)?;
        if digests {
            let length = |path: &Path| std::fs::metadata(path).map_or(0, |entry| entry.len());
            bytes += digest::paths(checkpoint).iter().map(|(_, path)| length(path)).sum::<u64>();
        }
        Ok(bytes)
    }

    /// Layers of each tower.
    pub(in crate::measure) fn depths(&self) -> Vec<(ComponentKind, usize)> {
        match self {
            Self::Files(checkpoint) => {
                let towers = Towers::of(checkpoint, &parts_of(checkpoint, &mut Vec::new()));
                towers.towers.iter().map(|tower| (tower.kind, tower.depth())).collect()
            }
            Self::Sketch(sketch) => sketch.model.towers.iter().map(|tower| (tower.kind, tower.extent.layers)).collect(),
        }
    }
}
