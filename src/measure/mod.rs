//! Measure: do a candidate's weights come from a reference's? (weight-evidence, design section 6)
//!
//! In: two or more model directories. Out: an [`EvidenceFile`] with a verdict for each component and reference, the tests behind it, the
//! controls beside it and the least reuse that the look would have found.
//! Two honestly independent trainings differ by a random element of a known group of symmetries. Each family of tests is a signed sum over such
//! a group, so its tail is proven and not fitted: one family a file, each with its formula, group and conditions.

mod agreement;
mod assignment;
mod basis;
mod beside;
mod budget;
mod calibration;
mod compare;
mod conditions;
mod context;
mod controls;
mod correspond;
mod digest;
mod f1_channel_places;
mod f1_channel_signs;
mod f2_neuron_swaps;
mod f3_up_down_signs;
mod f4_value_signs;
mod f5_rotary_signs;
mod f6_head_swaps;
mod f7_expert_swaps;
mod f8_latent_signs;
mod family;
mod gains;
mod grid;
mod judge;
mod kinds;
mod link;
mod load;
mod low_rank;
mod matrix;
mod merges;
mod model;
mod pass;
mod plan;
mod power;
mod product;
mod repeated;
mod tables;
mod tail;
#[cfg(test)]
mod test_matrices;
mod token_response;
mod token_rows;
mod tokens;
mod tower;
mod trail;
mod unfit;
mod whole;

use std::path::{Path, PathBuf};

pub use calibration::{NullSample, draw_null};
pub use conditions::{ConditionSample, draw_conditions};
pub use power::predicted_power;

use crate::evidence::{Control, EvidenceFile, ReferenceModel, SCHEMA, Subject, Verdict};
use crate::text::{Says, says};
use crate::weights::{Checkpoint, Config, WeightsError};

/// A measurement that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// A model's files could not be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// There is nothing to compare with.
    #[error("no reference was given, so there is nothing to compare with")]
    NoReference,
    /// A trail of one checkpoint leads nowhere.
    #[error("a trail needs two checkpoints or more: the first and the last")]
    ShortTrail,
}

impl MeasureError {
    /// What is wrong, in both languages.
    pub fn says(&self) -> Says {
        match self {
            Self::Weights(error) => error.says(),
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
    /// Whether the SHA-256 of every file that is read goes into the evidence.
    pub digests: bool,
    /// Checkpoints of a claimed path from initial weights to the candidate, the first one first; none if no path is tested.
    pub trail: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { trail: Vec::new(), controls: Vec::new(), digests: true }
    }
}

/// Compares a candidate with each reference. The family-wise level covers the whole run.
pub fn measure(candidate: &Path, references: &[PathBuf], options: &Options) -> Result<EvidenceFile, MeasureError> {
    if references.is_empty() && options.trail.is_empty() {
        return Err(MeasureError::NoReference);
    }
    let candidate = open(candidate)?;
    let others = references.iter().map(|path| open(path)).collect::<Result<Vec<_>, _>>()?;
    let known = options.controls.iter().map(|path| open(path)).collect::<Result<Vec<_>, _>>()?;
    let plan = plan::Plan::of(&candidate, &[others.as_slice(), known.as_slice()].concat());
    let candidate = model::Model::read(candidate, plan)?;
    let budget = budget::Budget::of(references.len() + options.controls.len(), candidate.towers.len());
    let controls = known_independent(&candidate, known, (plan, budget))?;
    let rang = controls.iter().any(|control| !control.passed);
    let mut links = Vec::with_capacity(references.len());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut own = Vec::new();
    for checkpoint in &others {
        let reference = model::Model::read(checkpoint.clone(), plan)?;
        let (mut link, alignment) = link::link(&reference, &candidate, budget);
        let pass = pass::PassPlan { digests: [options.digests, options.digests && own.is_empty()], workers };
        let checkpoints = (&reference.checkpoint, &candidate.checkpoint);
        let [there, here] = whole::complete(checkpoints, &alignment, (plan.sample.is_some(), budget), pass, &mut link)?;
        if own.is_empty() {
            own = here;
        }
        link.context = Some(context::of(&reference.checkpoint.directory, &candidate.checkpoint.directory, &link));
        link.reference =
            ReferenceModel { files: digest::files(&reference, options.digests, &there)?, ..link.reference };
        if link.verdict == Verdict::Derived {
            link.adapter = low_rank::find(checkpoint, &candidate.checkpoint)?;
        }
        low_rank::name_factors(checkpoint, &candidate.checkpoint, &mut link);
        link.controls.extend(controls.iter().cloned());
        if rang {
            link.verdict = Verdict::Inconclusive;
            link.limits.push(
                says(
                    "무관하다고 준 모델이 관계있어 보이므로 이 측정은 아무것도 판단하지 않는다",
                    "a model that was given as independent looks related, so the run decides nothing",
                )
                .into(),
            );
        }
        links.push(link);
    }
    let mixtures = merges::find(&candidate.checkpoint, &others.iter().collect::<Vec<_>>(), &links)?;
    merges::mark(&mixtures, &mut links);
    let trail = if options.trail.is_empty() {
        None
    } else {
        Some(trail::test(&candidate.checkpoint, &options.trail, references, options)?)
    };
    let files = digest::files(&candidate, options.digests, &own)?;
    let mut limits: Vec<Says> = plan.statement().into_iter().collect();
    if references.is_empty() {
        limits.push(trail::without_references());
    }
    if !options.digests {
        limits.push(says(
            "파일의 해시를 구하지 않아 증거가 파일에 묶여 있지 않다",
            "files were not digested, so the evidence is not bound to them",
        ));
    }
    Ok(EvidenceFile {
        schema: SCHEMA.to_owned(),
        subject: Subject { id: candidate.id, files },
        links,
        documented: Vec::new(),
        attested: Vec::new(),
        level: (!references.is_empty()).then(|| budget.level()),
        mixtures,
        trail,
        limits: limits.into_iter().map(Into::into).collect(),
    })
}

fn open(directory: &Path) -> Result<Checkpoint, MeasureError> {
    Ok(Checkpoint::open(directory, Config::read(directory).family())?)
}

fn known_independent(
    candidate: &model::Model,
    known: Vec<Checkpoint>,
    (plan, budget): (plan::Plan, budget::Budget),
) -> Result<Vec<Control>, MeasureError> {
    known
        .into_iter()
        .map(|checkpoint| {
            let control = model::Model::read(checkpoint, plan)?;
            let rings = link::rings(&control, candidate, budget);
            Ok(Control { id: format!("independent/{}", control.id), passed: !rings, detail: None })
        })
        .collect()
}
