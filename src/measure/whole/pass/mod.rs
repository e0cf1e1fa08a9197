//! One pass over the files of two models: every number of every tensor that both have in the same place, read in
//! blocks, both cores at work, digests of the files from the same bytes.
//!
//! What the ladder of tests finds on a sample, the pass measures on the whole: how alike each tensor is, how many
//! numbers are the same, and the exact families as the tensors stand. Memory is a few blocks for each worker and the
//! cosines of all units; results do not depend on how many work, because blocks are fixed beforehand and added up in
//! their order.

mod digests;
mod lanes;
mod pairs;
mod sums;
mod tensor;
mod units;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use self::digests::{Digests, Stretch, in_turn};
use self::pairs::Pair;
use self::sums::{BlockSums, Pieces, Side, Wanted};
use self::tensor::Folding;
use crate::measure::progress::{Progress, Step};
use crate::measure::verdict::alignment::{LayerMaps, Stream};
use crate::weights::{Access, Blocks, Checkpoint, ComponentKind, Dtype, Numbers, WeightsError};

pub(in crate::measure) use self::tensor::TensorFound;
pub(in crate::measure) use self::units::{families, identity};

/// Bytes of one block of either side.
const BLOCK: usize = 2 << 20;

/// What one pass found.
#[derive(Debug, Default)]
pub(in crate::measure) struct PassFinding {
    pub tensors: Vec<TensorFound>,
    /// SHA-256 of the files of reference and candidate, in the order of their checkpoints; empty where not asked for.
    pub digests: [Vec<String>; 2],
}

/// What a pass is to do.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct PassPlan<'a> {
    /// Whether the files of reference and candidate are digested.
    pub digests: [bool; 2],
    /// How many work at once.
    pub workers: usize,
    /// How the bytes of both are come by.
    pub access: Access,
    /// Who is told of every block.
    pub progress: &'a Progress,
}

/// Some rows of one pair.
#[derive(Debug, Clone, Copy)]
struct Block {
    pair: usize,
    first: usize,
    rows: usize,
}

/// Compares all tensors in the same place. `streams` tells of each of the candidate's stacks which side of a matrix its
/// units are.
pub(in crate::measure) fn run(
    (reference, candidate): (&Checkpoint, &Checkpoint),
    (maps, without): (&LayerMaps, &[ComponentKind]),
    streams: &BTreeMap<u32, Stream>,
    plan: PassPlan<'_>,
) -> Result<PassFinding, WeightsError> {
    let pairs = pairs::pairs(reference, candidate, maps, without);
    let blocks = blocks_of(&pairs);
    let work = Work::of((reference, candidate), &pairs, &blocks, streams, plan)?;
    let folding = Mutex::new(Folding::new(&pairs));
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let errors: Vec<WeightsError> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..plan.workers.clamp(1, blocks.len().max(1)))
            .map(|_| {
                scope.spawn(|| {
                    let mut buffers = Buffers::default();
                    while !failed.load(Ordering::Relaxed) {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        if at >= blocks.len() {
                            break;
                        }
                        match work.block(at, &mut buffers, || failed.load(Ordering::Relaxed)) {
                            Ok(sums) => {
                                plan.progress.tell(Step::Read(work.bytes(at)));
                                folding.lock().unwrap_or_else(PoisonError::into_inner).take(at, blocks[at], sums);
                            }
                            Err(error) => {
                                failed.store(true, Ordering::Relaxed);
                                return Some(error);
                            }
                        }
                    }
                    None
                })
            })
            .collect();
        handles.into_iter().filter_map(|handle| handle.join().unwrap_or(None)).collect()
    });
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    // What no block holds: headers, and tensors without a counterpart.
    let all: u64 = reference.files.iter().chain(&candidate.files).map(|file| file.bytes).sum();
    plan.progress.tell(Step::Read(all.saturating_sub((0..blocks.len()).map(|at| work.bytes(at)).sum())));
    let tensors = folding.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
    Ok(PassFinding { tensors, digests: work.finish()? })
}

/// Whole blocks of an even number of rows, so that neighbours stay together.
fn blocks_of(pairs: &[Pair<'_>]) -> Vec<Block> {
    let mut out = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        let widest = pair.reference.dtype.bits().max(pair.candidate.dtype.bits());
        let row = pair.columns * usize::try_from(widest).unwrap_or(8) / 8;
        let step = (BLOCK / row.max(1)).max(2) & !1;
        out.extend((0..pair.rows).step_by(step).map(|first| Block {
            pair: at,
            first,
            rows: step.min(pair.rows - first),
        }));
    }
    out
}

/// What each worker keeps from block to block.
#[derive(Debug, Default)]
struct Buffers {
    bytes: [Vec<u8>; 2],
    values: [Vec<f32>; 2],
    pieces: Pieces,
}

/// One side of all blocks.
struct Files<'a> {
    checkpoint: &'a Checkpoint,
    blocks: Blocks<'a>,
    numbers: Numbers<'a>,
    stretches: Vec<Stretch>,
    digests: Option<Digests>,
}

struct Work<'a> {
    pairs: &'a [Pair<'a>],
    blocks: &'a [Block],
    wanted: Vec<Wanted>,
    sides: [Files<'a>; 2],
}

impl<'a> Work<'a> {
    fn of(
        (reference, candidate): (&'a Checkpoint, &'a Checkpoint),
        pairs: &'a [Pair<'a>],
        blocks: &'a [Block],
        streams: &BTreeMap<u32, Stream>,
        plan: PassPlan<'_>,
    ) -> Result<Self, WeightsError> {
        let side = |checkpoint: &'a Checkpoint, which: usize| -> Result<Files<'a>, WeightsError> {
            let mut stretches: Vec<Stretch> = blocks
                .iter()
                .map(|block| {
                    let pair = &pairs[block.pair];
                    let tensor = [pair.reference, pair.candidate][which];
                    // Rows are whole numbers, and whole blocks where numbers are stored in blocks.
                    let bytes = |rows: usize| tensor.dtype.bytes_of((rows * pair.columns) as u64).unwrap_or(0);
                    Stretch {
                        file: tensor.file,
                        begin: tensor.begin + bytes(block.first),
                        bytes: usize::try_from(bytes(block.rows)).unwrap_or(0),
                        after: None,
                    }
                })
                .collect();
            in_turn(&mut stretches, checkpoint);
            Ok(Files {
                checkpoint,
                blocks: Blocks::open(checkpoint, plan.access)?,
                numbers: Numbers::of(checkpoint),
                stretches,
                digests: plan.digests[which].then(|| Digests::of(checkpoint)),
            })
        };
        let wanted = pairs.iter().map(|pair| units::wanted(pair, streams)).collect();
        Ok(Self { pairs, blocks, wanted, sides: [side(reference, 0)?, side(candidate, 1)?] })
    }

    fn block(&self, at: usize, buffers: &mut Buffers, given_up: impl Fn() -> bool) -> Result<BlockSums, WeightsError> {
        let block = self.blocks[at];
        let pair = &self.pairs[block.pair];
        let [left, right] = &mut buffers.bytes;
        let [left, right] = [(&self.sides[0], left), (&self.sides[1], right)].map(|(side, buffer)| {
            let stretch = side.stretches[at];
            side.blocks.bytes(stretch.file, stretch.begin, stretch.bytes, buffer)
        });
        let bytes = [left?, right?];
        for (side, bytes) in self.sides.iter().zip(bytes) {
            if let Some(digests) = &side.digests {
                digests.feed(side.stretches[at], bytes, &side.blocks, &given_up)?;
            }
        }
        let tensors = [pair.reference, pair.candidate];
        for ((side, tensor), values) in self.sides.iter().zip(tensors).zip(&mut buffers.values) {
            values.clear();
            if tensor.dtype.is_eight_bit() || tensor.dtype.is_block() || tensor.pairs.is_some() {
                let count = |rows: usize| (rows * pair.columns) as u64;
                side.numbers.read_part(tensor, count(block.first), count(block.rows), values)?;
            }
        }
        let [left, right] = [0, 1].map(|which| {
            let values = &buffers.values[which];
            if values.is_empty() { Side::Bytes(bytes[which], tensors[which].dtype) } else { Side::Values(values) }
        });
        let coarse = tensors[0].dtype != tensors[1].dtype && tensors.iter().any(|tensor| tensor.dtype == Dtype::BF16);
        Ok(BlockSums::of(left, right, pair.columns, self.wanted[block.pair], coarse, &mut buffers.pieces))
    }

    /// Bytes of both sides of a block.
    fn bytes(&self, at: usize) -> u64 {
        self.sides.iter().map(|side| side.stretches[at].bytes as u64).sum()
    }

    fn finish(self) -> Result<[Vec<String>; 2], WeightsError> {
        let mut out = [Vec::new(), Vec::new()];
        for (side, out) in self.sides.into_iter().zip(&mut out) {
            if let Some(digests) = side.digests {
                *out = digests.finish(side.checkpoint, &side.blocks)?;
            }
        }
        Ok(out)
    }
}
