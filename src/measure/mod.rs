//! Measure: do a candidate's weights come from a reference's? (`docs/method`)
//!
//! In: two or more model directories. Out: an [`EvidenceFile`] with a verdict for each component and reference, the
//! tests behind it, the controls beside it and the least reuse that the look would have found. Two honestly independent
//! trainings differ by a random element of a known group of symmetries. Each family of tests is a signed sum over such
//! a group, so its tail is proven and not fitted: one family a file, each with its formula, group and conditions.

mod families;
mod model;
mod progress;
mod run;
mod search;
mod sketch;
mod special;
mod stats;
mod verdict;
mod whole;

use std::path::{Path, PathBuf};

pub use self::run::calibration::{NullSample, draw_between, draw_null};
pub use self::run::conditions::{ConditionSample, draw_conditions};
pub use self::run::screen::screen;
pub use self::run::shard::{Part, ShardFault, merge};
pub use self::run::state::StateFault;
pub use self::run::strata::draw_strata;
pub use self::search::power::predicted_power;
pub use progress::{Progress, Step};
pub use sketch::{SketchError, SketchFault, SketchSummary, check_sketch, sketch};

use crate::evidence::EvidenceFile;
use crate::text::{Diagnostics, Says, says};
use crate::weights::{Access, WeightsError};

/// A measurement that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// A model's files could not be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Nothing that can be measured lies where an argument points.
    #[error("{}", first(.0).en)]
    Place(Box<Diagnostics>),
    /// A file of weights was given in place of its directory.
    #[error("{0} is a single file; the directory that holds it is measured, with its config and tokenizer")]
    WeightsFile(String),
    /// A trail leads through sketches.
    #[error("a trail leads through checkpoints, and this is a sketch")]
    SketchInTrail,
    /// One of the models could not be used.
    #[error("{model}: {error}")]
    Of {
        /// What the argument was.
        model: String,
        /// What is wrong with it.
        error: Box<Self>,
    },
    /// A sketch could not be used.
    #[error(transparent)]
    Sketch(#[from] SketchError),
    /// A folder of sketches could not be listed.
    #[error("{folder}: {why}")]
    Folder {
        /// The folder.
        folder: String,
        /// What the operating system said.
        why: String,
    },
    /// A folder holds no sketches.
    #[error("{0}: there is no `.sketch` file here")]
    NoSketches(String),
    /// What an interrupted run left cannot be used.
    #[error("{folder}: {fault}")]
    State {
        /// The folder.
        folder: String,
        /// What is wrong.
        fault: StateFault,
    },
    /// There is nothing to compare with.
    #[error("no reference was given, so there is nothing to compare with")]
    NoReference,
    /// A trail of one checkpoint leads nowhere.
    #[error("a trail needs two checkpoints or more: the first and the last")]
    ShortTrail,
}

impl From<Diagnostics> for MeasureError {
    fn from(problems: Diagnostics) -> Self {
        Self::Place(Box::new(problems))
    }
}

/// What the first of several problems says.
fn first(problems: &Diagnostics) -> Says {
    problems.iter().next().map_or_else(|| says("", ""), |problem| problem.message.clone())
}

impl MeasureError {
    /// The same, said of the model at `path`.
    #[must_use]
    pub(crate) fn of(self, path: &Path) -> Self {
        Self::Of { model: crate::text::clean(&path.to_string_lossy()), error: Box::new(self) }
    }

    /// What is wrong, in both languages.
    pub fn says(&self) -> Says {
        match self {
            Self::Weights(error) => error.says(),
            Self::Place(problems) => first(problems),
            Self::WeightsFile(file) => {
                says(format!("`{file}`은(는) 파일 하나이다. 설정과 토크나이저가 함께 있는 디렉터리를 잰다"), self)
            }
            Self::SketchInTrail => says("경로는 체크포인트로 이어지는데 이것은 스케치이다", self),
            Self::Of { error, .. } => error.says(),
            Self::Sketch(error) => says(format!("{}: {}", error.file, error.fault.korean()), self),
            Self::State { folder, fault } => says(format!("{folder}: {}", fault.korean()), self),
            Self::Folder { .. } => says(self, self),
            Self::NoSketches(folder) => says(format!("{folder}: 여기에 `.sketch` 파일이 없다"), self),
            Self::ShortTrail => says("체크포인트가 처음과 마지막, 적어도 둘은 있어야 한다", self),
            Self::NoReference => says("대조 모델을 주지 않아 견줄 것이 없다", self),
        }
    }
}

/// What a measurement may be told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Models known to be independent of the candidate and of every reference; if one rings, the run decides nothing.
    pub controls: Vec<PathBuf>,
    /// Whether only a small sample is read, by a fixed plan.
    pub quick: bool,
    /// Whether the SHA-256 of every file that is read goes into the evidence.
    pub digests: bool,
    /// How whole files are come by.
    pub access: Access,
    /// Checkpoints of a claimed path from initial weights to the candidate, the first one first; none if no path is
    /// tested.
    pub trail: Vec<PathBuf>,
    /// Compare with a part of the references alone, within the budget of all of them.
    pub shard: Option<Part>,
    /// Folder that keeps what is finished, and that an interrupted run goes on from.
    pub resume: Option<PathBuf>,
    /// Who listens to how far the run is.
    pub progress: Progress,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            trail: Vec::new(),
            controls: Vec::new(),
            quick: false,
            digests: true,
            access: Access::Read,
            shard: None,
            resume: None,
            progress: Progress::default(),
        }
    }
}

/// Compares a candidate with each reference: model directories or sketches. The family-wise level covers the whole run.
pub fn measure(candidate: &Path, references: &[PathBuf], options: &Options) -> Result<EvidenceFile, MeasureError> {
    run::measurement::Run::open(candidate, references, options)?.evidence()
}
