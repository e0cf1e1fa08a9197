//! Which units are read of models too large to be held: a fixed sample that depends on shapes alone (method 3.10).
//!
//! Small models are read whole, somewhat larger ones but for some rows of their tables. Of large ones a run reads the
//! same units from every model: neurons from the start and from the middle (so that pairs `i`, `i + m/2` stay pairs),
//! the first key-value heads with all their query heads, some rotary pairs of each, and the tokens whose strings have
//! the smallest digests, which two vocabularies choose alike. Indices never depend on values, so every null law stays
//! exact; what is lost is said in the evidence. Shuffled units are looked for by `wide`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::text::{Says, says};
use crate::weights::{Checkpoint, Role, Rotary, Tensor};

/// Units of a sample. Of two samples the smaller keeps a part of what the larger keeps, so two models that were sampled
/// apart are compared on what both have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::measure) struct Sample {
    /// Layers of each tower, evenly.
    pub layers: usize,
    /// Channels of the residual stream.
    pub columns: usize,
    /// Never more than half of the stream's channels.
    pub halved: bool,
    /// Neurons of each expert.
    pub neurons: usize,
    /// Experts of each layer.
    pub experts: usize,
    /// Key-value heads of each layer.
    pub heads: usize,
    /// Query heads of each of these.
    pub queries: usize,
    /// Rows of each router.
    pub routes: usize,
    /// Channels of each head.
    pub channels: usize,
    /// Rows of embedding and head.
    pub tokens: usize,
}

/// Numbers that both sides of a pair may hold, where everything is held: four bytes each, and tests make copies. A run
/// is to stay below 300 MB.
const MOST_NUMBERS: u64 = 16_000_000;
/// Numbers of whole layers and some rows of tables: layers are copied less.
const MOST_IN_LAYERS: u64 = 32_000_000;
/// Numbers of a sample.
const MOST_SAMPLED: u64 = 20_000_000;
/// Token rows that are held beside whole layers, from many to few.
const ROWS: [usize; 2] = [4096, 2048];
/// Samples from large to small; a run takes the first that fits. The smallest still tells each layer by itself: 24
/// neurons, 16 value channels and 8 rotary pairs that agree reach `z = 6.9` together, and each part 4.9, beyond what a
/// description asks of one of hundreds of pairs of layers.
const SAMPLES: [Sample; 5] = [
    Sample { neurons: 96, experts: 4, heads: 2, channels: 16, tokens: 2048, ..Sample::WHOLE },
    Sample { neurons: 64, experts: 2, heads: 2, channels: 16, tokens: 1024, ..Sample::WHOLE },
    Sample { neurons: 32, experts: 2, heads: 1, channels: 16, tokens: 1024, ..Sample::WHOLE },
    Sample { neurons: 32, experts: 1, heads: 1, channels: 16, tokens: 512, ..Sample::WHOLE },
    Sample { neurons: 24, experts: 1, heads: 1, channels: 16, tokens: 512, ..Sample::WHOLE },
];
/// Streams are hardly ever wider.
const WIDEST: u64 = 16_384;
/// A head with a longer side is a table of tokens.
const LONG: u64 = 8192;
/// Query heads of a key-value head where shapes do not tell.
const USUAL_GROUP: u64 = 8;

/// What a quick look reads of two models with equally many layers, and of others, of which every layer must be put
/// against every one.
const QUICK: Sample = Sample {
    layers: 8,
    columns: 512,
    halved: false,
    neurons: 128,
    experts: 2,
    heads: 2,
    queries: 2,
    routes: 64,
    channels: 64,
    tokens: 2048,
};
const QUICK_OF_MANY: Sample =
    Sample { layers: usize::MAX, columns: 256, neurons: 64, experts: 1, heads: 1, queries: 1, channels: 32, ..QUICK };

impl Sample {
    /// What a quick look reads of a pair.
    pub(in crate::measure) fn quick(same_depth: bool) -> Self {
        if same_depth { QUICK } else { QUICK_OF_MANY }
    }

    /// Everything.
    pub(in crate::measure) const WHOLE: Self = Self {
        layers: usize::MAX,
        columns: usize::MAX,
        halved: false,
        neurons: usize::MAX,
        experts: usize::MAX,
        heads: usize::MAX,
        queries: usize::MAX,
        routes: usize::MAX,
        channels: usize::MAX,
        tokens: usize::MAX,
    };

    /// What two samples both keep.
    pub(in crate::measure) fn meet(self, other: Self) -> Self {
        Self {
            layers: self.layers.min(other.layers),
            columns: self.columns.min(other.columns),
            halved: self.halved || other.halved,
            neurons: self.neurons.min(other.neurons),
            experts: self.experts.min(other.experts),
            heads: self.heads.min(other.heads),
            queries: self.queries.min(other.queries),
            routes: self.routes.min(other.routes),
            channels: self.channels.min(other.channels),
            tokens: self.tokens.min(other.tokens),
        }
    }

    /// How many of a stream's channels it keeps: all, or an even number.
    pub(in crate::measure) fn columns_of(self, width: usize) -> usize {
        let most = if self.halved { self.columns.min(width / 2) } else { self.columns };
        if most < width { most / 2 * 2 } else { width }
    }
}

impl Sample {
    /// Everything if it fits in memory, else what fits: for the candidate and the largest of the others, which are held
    /// at once.
    pub(in crate::measure) fn that_fits(candidate: &Checkpoint, others: &[&Checkpoint]) -> Self {
        let pair = |size: &dyn Fn(&Checkpoint) -> u64| {
            size(candidate) + others.iter().map(|other| size(other)).max().unwrap_or(0)
        };
        if pair(&Checkpoint::parameters) <= MOST_NUMBERS {
            return Self::WHOLE;
        }
        let whole_layers = ROWS.map(|tokens| Self { tokens, ..Self::WHOLE });
        let held = |sample: &Self| pair(&|checkpoint| sampled_numbers(checkpoint, *sample));
        let fits = whole_layers
            .into_iter()
            .find(|sample| held(sample) <= MOST_IN_LAYERS)
            .or_else(|| SAMPLES.into_iter().find(|sample| held(sample) <= MOST_SAMPLED));
        // Of the largest models a part of the channels is held: some thousand numbers a layer, whatever their size.
        fits.unwrap_or(QUICK_OF_MANY)
    }

    /// The sentence for the evidence; none where everything is read. `wide` says whether all units of the candidate
    /// were looked through beside the sample.
    pub(in crate::measure) fn statement(self, wide: bool) -> Option<Says> {
        if self == Self::WHOLE {
            return None;
        }
        let Says { ko, en } = self.parts();
        if self.neurons == usize::MAX {
            return Some(says(
                format!("층은 모두 읽고 표는 모양만으로 정해진 계획대로 일부를 읽었다. {ko}"),
                format!("layers were read whole, and tables by a fixed plan that depends on shapes alone: {en}"),
            ));
        }
        let (shuffled_ko, shuffled_en) = if wide {
            (
                "이것으로 답하지 못한 것은 대조 모델의 표본을 후보의 모든 뉴런과 키·값 헤드(전문가는 층마다 8개까지) 가운데서, 몇 초 안에 되는 만큼 찾아보았다",
                "for what this left open, the reference's sample was looked for among all neurons and key-value heads \
                of the candidate (of up to 8 experts a layer), as far as that takes seconds",
            )
        } else {
            ("표본에서는 순서를 섞은 단위를 짝짓지 않는다", "shuffled units of a sample are not matched")
        };
        Some(says(
            format!("모양만으로 정해진 계획대로 일부를 읽었다. {ko}, 정규화 계수는 읽은 채널에서 모두. {shuffled_ko}"),
            format!(
                "read by a fixed plan that depends on shapes alone: {en}, and of these channels all gains; \
                {shuffled_en}"
            ),
        ))
    }

    /// What is read, unit by unit.
    fn parts(self) -> Says {
        let mut ko = Vec::new();
        let mut en = Vec::new();
        for (count, korean, english) in [
            (self.layers, "층", "layers of each tower"),
            (self.columns, "잔차 흐름의 채널", "channels of the residual stream"),
            (self.experts, "층마다 전문가", "experts of each layer"),
            (self.neurons, "그 뉴런", "neurons of each"),
            (self.heads, "키·값 헤드", "key-value heads"),
            (self.queries, "그에 딸린 질의 헤드", "query heads of each"),
            (self.channels, "헤드의 채널", "channels of each head"),
            (self.routes, "라우터의 행", "rows of each router"),
            (self.tokens, "토큰 행", "token rows"),
        ] {
            if count != usize::MAX {
                ko.push(format!("{korean} {count}개까지"));
                en.push(format!("up to {count} {english}"));
            }
        }
        if self.halved {
            ko.push("채널은 많아야 절반".to_owned());
            en.push("never more than half of the channels".to_owned());
        }
        says(ko.join(", "), en.join(", "))
    }
}

/// About how many numbers a sample of this model holds.
fn sampled_numbers(checkpoint: &Checkpoint, sample: Sample) -> u64 {
    let layers: BTreeSet<_> = checkpoint
        .tensors
        .iter()
        .filter(|tensor| tensor.placement.layer.is_some())
        .map(|tensor| (tensor.placement.stack, tensor.placement.layer))
        .collect();
    let layers = layers.len().max(1) as u64;
    let width = width_of(checkpoint);
    let (others, tables): (Vec<&Tensor>, Vec<&Tensor>) =
        checkpoint.tensors.iter().partition(|tensor| !is_table(tensor));
    let columns = tables.iter().filter_map(|tensor| tensor.shape.iter().min()).max().copied().unwrap_or(width);
    let of_tables = (2 * sample.tokens as u64).saturating_mul(columns.max(width));
    if sample.neurons == usize::MAX {
        return others.iter().fold(of_tables, |sum, tensor| sum.saturating_add(tensor.elements));
    }
    let experts = experts_of(checkpoint).min(sample.experts as u64);
    let rows = 3 * sample.neurons as u64 * experts
        + (sample.heads * sample.channels) as u64 * (2 + 2 * group_of(checkpoint).unwrap_or(USUAL_GROUP));
    rows.saturating_mul(layers).saturating_mul(width).saturating_add(of_tables)
}

/// A table of tokens, of which some rows are held; what is beside it is held whole in whole layers.
fn is_table(tensor: &Tensor) -> bool {
    let long = tensor.shape.iter().max().is_some_and(|side| *side > LONG);
    match tensor.placement.role {
        Role::TokenEmbedding => true,
        Role::Head => long,
        _ => false,
    }
}

/// Channels of the stream: of norms in layers, else of the table of tokens, else many.
fn width_of(checkpoint: &Checkpoint) -> u64 {
    let norms = checkpoint.tensors.iter().filter(|tensor| {
        tensor.shape.len() == 1
            && tensor.placement.layer.is_some()
            && matches!(tensor.placement.role, Role::AttentionNorm | Role::FeedForwardNorm | Role::OtherNorm)
    });
    let table = || {
        let table = checkpoint.tensors.iter().find(|tensor| tensor.placement.role == Role::TokenEmbedding)?;
        table.shape.last().copied()
    };
    norms.map(|tensor| tensor.elements).max().or_else(table).unwrap_or(WIDEST)
}

/// Experts of the layer that has most; one where layers are dense.
fn experts_of(checkpoint: &Checkpoint) -> u64 {
    let of_tensor = |tensor: &Tensor| match (tensor.shape.as_slice(), tensor.placement.expert) {
        ([experts, _, _], None) => *experts,
        (_, Some(number)) => u64::from(number) + 1,
        _ => 1,
    };
    let downs = checkpoint.tensors.iter().filter(|tensor| tensor.placement.role == Role::Down);
    downs.map(of_tensor).max().unwrap_or(1).max(1)
}

/// Query heads of each key-value head, where query and key are matrices of their own.
fn group_of(checkpoint: &Checkpoint) -> Option<u64> {
    let size = |role: Role| {
        let of_it = |tensor: &&Tensor| {
            tensor.placement.role == role && !tensor.placement.is_bias && tensor.placement.layer.is_some()
        };
        checkpoint.tensors.iter().find(of_it).map(|tensor| tensor.elements)
    };
    Some(size(Role::Query)? / size(Role::Key)?.max(1)).filter(|group| *group > 0)
}

/// `count` of `all` units: the first half of them from the start, the second from the middle on. A smaller count taken
/// of what a larger one took is the smaller count of all.
pub(in crate::measure) fn spread(all: usize, count: usize) -> Vec<usize> {
    if count >= all {
        return (0..all).collect();
    }
    (0..count / 2).chain((0..count / 2).map(|at| at + all / 2)).collect()
}

/// `count` of `all` layers: the first and the last, the two in the middle, and others evenly between.
pub(in crate::measure) fn evenly(all: usize, count: usize) -> Vec<usize> {
    if count >= all {
        return (0..all).collect();
    }
    let (half, last) = (count / 2, all - 1);
    let (left, right) = (last / 2, last / 2 + 1);
    let steps = half.max(2) - 1;
    let mut kept: Vec<usize> = (0..half)
        .map(|at| at * left / steps)
        .chain((0..count - half).map(|at| right + at * (last - right) / (count - half).max(2).saturating_sub(1)))
        .collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// `count` channels of a head of `width`, whole rotary pairs first.
pub(in crate::measure) fn head_channels(width: usize, count: usize, rotary: Rotary) -> Vec<usize> {
    if rotary == Rotary::Halves { spread(width, count) } else { (0..count.min(width)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::model::tokens::{digest_of_number, token_rows};

    #[test]
    fn samples_keep_pairs() {
        assert_eq!(spread(10, 4), [0, 1, 5, 6]);
        assert_eq!(spread(3, 4), [0, 1, 2]);
        assert_eq!(head_channels(8, 4, Rotary::Halves), [0, 1, 4, 5]);
    }

    #[test]
    fn a_sample_of_a_sample_is_the_smaller_sample() {
        let of = |all: usize, large: usize, small: usize| -> Vec<usize> {
            let held = spread(all, large);
            spread(held.len(), small).into_iter().map(|at| held[at]).collect()
        };
        for (all, large, small) in [(100, 40, 8), (101, 40, 8), (11, 11, 4), (64, 32, 30)] {
            assert_eq!(of(all, large, small), spread(all, small));
        }
        let held = token_rows(None, 500, 90);
        let mut by_digest = held.clone();
        by_digest.sort_unstable_by_key(|&row| digest_of_number(row));
        by_digest.truncate(20);
        by_digest.sort_unstable();
        assert_eq!(by_digest, token_rows(None, 500, 20));
    }

    #[test]
    fn layers_hold_the_ends_and_the_middle() {
        assert_eq!(evenly(32, 8), [0, 5, 10, 15, 16, 21, 26, 31]);
        assert_eq!(evenly(8, 8), [0, 1, 2, 3, 4, 5, 6, 7]);
        for all in 9..200 {
            let kept = evenly(all, 8);
            assert_eq!((kept.len(), kept[0], kept[7]), (8, 0, all - 1));
        }
    }
}
