//! Which units are read of models too large to be held: a fixed sample that depends on shapes alone (weight-evidence 6).
//!
//! Small models are read whole. Of large ones a run reads the same units from every model: neurons from the start and from the middle (so that pairs `i`, `i + m/2` stay pairs), the
//! first key-value heads with all their query heads, some rotary pairs of each, and the tokens whose strings have the smallest digests, which two vocabularies choose alike.
//! Indices never depend on values, so every null law stays exact; what is lost is said in the evidence: shuffled units are not matched in a sample.

use super::tokens::Tokens;
use crate::text::{Says, says};
use crate::weights::{Checkpoint, Rotary};

/// What is read of each layer and table; nothing said means everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub sample: Option<Sample>,
}

/// Units of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    /// Neurons of each expert.
    pub neurons: usize,
    /// Experts of each layer.
    pub experts: usize,
    /// Key-value heads of each layer.
    pub heads: usize,
    /// Channels of each head.
    pub channels: usize,
    /// Rows of embedding and head.
    pub tokens: usize,
}

/// Numbers that all models of a run may hold in memory at once; four bytes each.
const MOST_NUMBERS: u64 = 60_000_000;
/// Samples from large to small; a run takes the first that fits.
const SAMPLES: [Sample; 3] = [
    Sample { neurons: 96, experts: 4, heads: 2, channels: 16, tokens: 2048 },
    Sample { neurons: 32, experts: 2, heads: 2, channels: 8, tokens: 1024 },
    Sample { neurons: 16, experts: 1, heads: 1, channels: 8, tokens: 512 },
];

impl Plan {
    /// The plan for the candidate and the largest of the others, which are held at once.
    pub(super) fn of(candidate: &Checkpoint, others: &[Checkpoint]) -> Self {
        let pair = |size: &dyn Fn(&Checkpoint) -> u64| size(candidate) + others.iter().map(size).max().unwrap_or(0);
        if pair(&Checkpoint::parameters) <= MOST_NUMBERS {
            return Self::default();
        }
        let fits =
            SAMPLES.into_iter().find(|sample| pair(&|checkpoint| sampled_numbers(checkpoint, *sample)) <= MOST_NUMBERS);
        Self { sample: Some(fits.unwrap_or(SAMPLES[2])) }
    }

    /// The sentence for the evidence.
    pub(super) fn statement(self) -> Option<Says> {
        self.sample.map(|sample| {
            let Sample { neurons, experts, heads, channels, tokens } = sample;
            says(
                format!(
                    "정해진 계획대로 일부만 읽었다: 층마다 전문가 {experts}개까지 뉴런 {neurons}개, 키·값 헤드 {heads}개의 채널 {channels}개, 토큰 {tokens}개의 행, 그리고 모든 이득. 이만큼 큰 모델에서는 순서를 섞은 단위를 짝짓지 않는다"
                ),
                format!(
                    "read by a fixed plan: {neurons} neurons of up to {experts} experts, {channels} channels of {heads} key-value heads of every layer, {tokens} token rows, all gains; shuffled units of so large a model are not matched"
                ),
            )
        })
    }
}

/// About how many numbers a sample of this model holds: groups of eight query heads assumed.
fn sampled_numbers(checkpoint: &Checkpoint, sample: Sample) -> u64 {
    let layers = checkpoint
        .tensors
        .iter()
        .filter_map(|tensor| tensor.placement.layer)
        .max()
        .map_or(1, |last| u64::from(last) + 1);
    let width = checkpoint
        .tensors
        .iter()
        .filter(|tensor| tensor.shape.len() == 1 && tensor.placement.layer.is_some())
        .map(|tensor| tensor.elements)
        .max()
        .unwrap_or(0)
        .min(16_384);
    let rows = 3 * sample.neurons * sample.experts + sample.heads * sample.channels * (2 + 2 * 8);
    (rows as u64 * layers + 2 * sample.tokens as u64) * width
}

/// `count` of `all` units: the first half of them from the start, the second from the middle on.
pub(super) fn spread(all: usize, count: Option<usize>) -> Vec<usize> {
    match count.filter(|count| *count < all) {
        None => (0..all).collect(),
        Some(count) => (0..count / 2).chain((0..count / 2).map(|at| at + all / 2)).collect(),
    }
}

/// `count` channels of a head of `width`, whole rotary pairs first.
pub(super) fn head_channels(width: usize, count: Option<usize>, rotary: Rotary) -> Vec<usize> {
    match (count.filter(|count| *count < width), rotary) {
        (None, _) => (0..width).collect(),
        (Some(count), Rotary::Halves) => (0..count / 2).chain((0..count / 2).map(|at| at + width / 2)).collect(),
        (Some(count), _) => (0..count).collect(),
    }
}

/// Rows of a table of `rows` tokens that a sample keeps, in their order, by the digests of their strings; by spread numbers where strings are not known.
pub(super) fn token_rows(tokens: Option<&Tokens>, rows: usize, count: Option<usize>) -> Vec<usize> {
    let Some(count) = count.filter(|count| *count < rows) else { return (0..rows).collect() };
    let mut kept: Vec<usize> = match tokens {
        Some(tokens) => {
            let mut all: Vec<(u64, usize)> =
                tokens.0.iter().filter(|entry| *entry.1 < rows).map(|(token, &row)| (digest(token), row)).collect();
            all.sort_unstable();
            all.into_iter().take(count).map(|entry| entry.1).collect()
        }
        None => (0..count).map(|at| at * (rows / count)).collect(),
    };
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// FNV-1a, for a choice that is the same everywhere; nothing is secured by it.
fn digest(token: &[u8]) -> u64 {
    let hash = token
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // One round of mixing, so that short strings are not ordered by their last byte.
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_keep_pairs() {
        assert_eq!(spread(10, Some(4)), [0, 1, 5, 6]);
        assert_eq!(spread(3, Some(4)), [0, 1, 2]);
        assert_eq!(head_channels(8, Some(4), Rotary::Halves), [0, 1, 4, 5]);
    }
}
