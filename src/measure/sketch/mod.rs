//! Sketches: a file of a few megabytes with what the tests need of a model of any size (docs/sketch.md).
//!
//! In: a model directory, or a sketch. Out: the sketch file, or the [`Model`] that it holds. The container is a
//! safetensors file, so that anyone can look into it: matrices in BF16, gains in F32, digests of token strings in U64;
//! everything else is JSON under [`KEY`] in its metadata. Which units are kept depends on shapes alone, so every null
//! law of the tests stays as it is, and what one sketch keeps another of the same model kind keeps too. At most half of
//! the residual channels are ever kept, so nothing that runs can be made of it.

mod manifest;
mod read;
pub(in crate::measure) mod source;
mod write;

use std::path::Path;

pub(in crate::measure) use manifest::Sketch;
pub use manifest::{SketchError, SketchFault, SketchSummary};

use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::measure::progress::{Progress, Step};
use crate::measure::sketch::source::Source;
use crate::measure::{MeasureError, Options};
use crate::weights::{Checkpoint, Numbers};

/// The metadata key that holds the manifest.
const KEY: &str = "sovgrade-sketch";
/// The value of `schema` in the manifest.
const SCHEMA: &str = "sovgrade/sketch/2";
/// Numbers that a sketch may hold at most, unless the smallest sample holds more; two bytes each.
const MOST_NUMBERS: u64 = 2_000_000;

/// Samples from large to small, each a part of the one before; a sketch takes the first that fits.
const SAMPLES: [Sample; 5] = [
    sample(1024, 8, (64, 64, 8), 128, (4096, 512)),
    sample(256, 4, (8, 32, 4), 64, (2048, 256)),
    sample(96, 2, (4, 16, 2), 32, (2048, 256)),
    sample(48, 2, (2, 16, 2), 32, (1024, 128)),
    sample(16, 1, (2, 8, 1), 16, (512, 128)),
];

const fn sample(
    neurons: usize,
    experts: usize,
    (heads, channels, queries): (usize, usize, usize),
    routes: usize,
    (tokens, columns): (usize, usize),
) -> Sample {
    Sample { layers: usize::MAX, columns, halved: true, neurons, experts, heads, queries, routes, channels, tokens }
}

/// The sample for a sketch of a checkpoint.
fn sample_for(checkpoint: &Checkpoint) -> Result<Sample, MeasureError> {
    for sample in SAMPLES {
        let numbers = Numbers::dry(checkpoint);
        let held = Model::through(checkpoint, sample, (&numbers, &Progress::default()))?.held_numbers();
        if held <= MOST_NUMBERS {
            return Ok(sample);
        }
    }
    Ok(SAMPLES[SAMPLES.len() - 1])
}

/// Makes the sketch of a model directory, as the bytes of its file, with what there is to say about it.
pub fn sketch(directory: &Path, options: &Options) -> Result<(Vec<u8>, SketchSummary), MeasureError> {
    let Source::Files(checkpoint) = Source::open(directory)? else {
        return Err(MeasureError::Sketch(SketchError::new(directory, SketchFault::SketchOfASketch)));
    };
    let sample = sample_for(&checkpoint)?;
    let source = Source::Files(checkpoint);
    let progress = &options.progress;
    progress.tell(Step::Begun { references: 1, bytes: source.bytes(sample, options.digests)? });
    let model = source.model(sample, true, progress)?;
    let files = source.files(options.digests, &[], progress)?;
    progress.tell(Step::Compared);
    Ok(write::write(&Sketch { model, files }))
}

/// Reads the bytes of a sketch file, for programs that hold it already. Nothing is kept but what was found wrong.
pub fn check_sketch(bytes: &[u8]) -> Result<(), SketchFault> {
    read::read(bytes).map(|_| ())
}
