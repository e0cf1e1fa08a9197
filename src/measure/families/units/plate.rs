//! One layer as the tests of units see it: every matrix units by channels, gains folded, means taken off where the norm
//! takes them off.
//!
//! - **Gains**: the reader of towers folds those of norms that stand before their readers. Those of norms that stand
//!   behind (BERT) are not kept by place and stay unfolded: this costs a little of `z` and nothing of the null law.
//! - **Layer norm**: a stream without mean. Readers, writers and tables are projected free of theirs, so that any turn
//!   of the mean-free space is a change of basis (method 3.6).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::part::{Group, Part};
use crate::measure::model::shape::{Attention, FeedForward, Layer, Tower};
use crate::measure::stats::matrix::{Matrix, cosine, dot, narrow};
use crate::weights::{NormKind, Role, Rotary};

/// One layer of a stack.
#[derive(Debug, Clone, Default)]
pub(in crate::measure) struct Plate {
    pub parts: BTreeMap<Part, Arc<Matrix>>,
    pub experts: usize,
    /// Neurons of an expert.
    pub neurons: usize,
    pub heads: usize,
    pub kv_heads: usize,
    /// 0 where there is no attention.
    pub head_width: usize,
}

/// Mean cosine from which two units, or two layers, of one model are duplicates (method 5.4).
pub(in crate::measure) const SAME: f64 = 0.98;
/// A row that is this much shorter without its mean was constant; what is left of it is rounding.
const CONSTANT: f64 = 1e-6;

/// Which units of a stack are kept, by their index in expert or head alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) enum Keep {
    /// Neurons and rotary pairs (value channels likewise) of even index.
    Even,
    Odd,
    /// Half of the neurons (`i mod 4 < 2`) with the channels of odd pairs.
    NeuronsOnOddChannels,
    /// The other half of the neurons with the channels of even pairs.
    ChannelsOnOtherNeurons,
}

impl Keep {
    fn neuron(self, index: usize) -> bool {
        match self {
            Self::Even => index.is_multiple_of(2),
            Self::Odd => !index.is_multiple_of(2),
            Self::NeuronsOnOddChannels => index % 4 < 2,
            Self::ChannelsOnOtherNeurons => index % 4 >= 2,
        }
    }

    fn pair(self, index: usize) -> bool {
        match self {
            Self::Even | Self::ChannelsOnOtherNeurons => index.is_multiple_of(2),
            Self::Odd | Self::NeuronsOnOddChannels => !index.is_multiple_of(2),
        }
    }
}

impl Plate {
    /// A layer with its gains folded in, as it was read.
    pub(in crate::measure) fn of(layer: &Layer, tower: &Tower) -> Self {
        Self::read(layer, tower.traits.norm == Some(NormKind::Layer))
    }

    /// A layer as its files have it: gains that the reader folded in are divided out again, and no mean is taken off.
    /// Products of numbers of sixteen bits and their gains are exact in `f32`, so that dividing and rounding back gives
    /// the stored number; a channel whose gain is 0 is unknown and becomes 0.
    pub(in crate::measure) fn unfolded(layer: &Layer, tower: &Tower) -> Self {
        let mut plate = Self::read(layer, false);
        if tower.traits.norm_first {
            let gain = |place: &str| {
                let stored = layer.constant_start.get(place).filter(|gain| gain.len() == tower.width)?;
                Some(stored.clone())
            };
            let attention = gain(Role::AttentionNorm.word());
            let feed_forward = gain(Role::FeedForwardNorm.word()).or_else(|| attention.clone());
            for (part, matrix) in &mut plate.parts {
                let of_it = if part.group() == Group::Neuron { &feed_forward } else { &attention };
                if let Some(gain) = of_it.as_ref().filter(|_| !part.writes()) {
                    divide_columns(Arc::make_mut(matrix), gain);
                }
            }
        }
        plate
    }

    fn read(layer: &Layer, centred: bool) -> Self {
        let mut plate = Self::default();
        let put = |parts: &mut BTreeMap<Part, Arc<Matrix>>, part: Part, matrix: Matrix| {
            if matrix.rows > 0 && matrix.columns > 0 {
                parts.insert(part, Arc::new(if centred { without_row_means(matrix) } else { matrix }));
            }
        };
        if let Some(part) = &layer.attention {
            let Attention { heads, kv_heads, head_width, query, key, value, output, .. } = part;
            (plate.heads, plate.kv_heads, plate.head_width) = (*heads, *kv_heads, *head_width);
            for (part, matrix) in [(Part::Query, query), (Part::Key, key), (Part::Value, value), (Part::Output, output)]
            {
                put(&mut plate.parts, part, matrix.clone());
            }
        }
        let experts = alike(&layer.experts);
        if let Some(first) = experts.first() {
            (plate.experts, plate.neurons) = (experts.len(), first.neurons());
            let all = |of: &dyn Fn(&FeedForward) -> Option<Matrix>| {
                experts.iter().filter_map(|part| of(part)).fold(Matrix::default(), |all, one| all.stacked(&one))
            };
            put(&mut plate.parts, Part::Gate, all(&|part| part.gate.clone()));
            put(&mut plate.parts, Part::Up, all(&|part| Some(part.up.clone())));
            put(&mut plate.parts, Part::Down, all(&|part| Some(part.down.clone())));
        }
        plate
    }

    /// The units that `keep` wants.
    pub(in crate::measure) fn kept(&self, keep: Keep, rotary: Rotary) -> Self {
        let neurons: Vec<usize> = (0..self.neurons).filter(|&index| keep.neuron(index)).collect();
        let half = self.head_width / 2;
        let pair = |channel: usize| if rotary == Rotary::Interleaved { channel / 2 } else { channel % half };
        let channels: Vec<usize> =
            if half == 0 { Vec::new() } else { (0..self.head_width).filter(|&at| keep.pair(pair(at))).collect() };
        let cut = |(part, matrix): (&Part, &Arc<Matrix>)| {
            let (block, inside) = match part.group() {
                Group::Neuron => (self.neurons, &neurons),
                Group::Value | Group::Rotary => (self.head_width, &channels),
            };
            let blocks = matrix.rows / block.max(1);
            let rows = (0..blocks).flat_map(|at| inside.iter().map(move |row| at * block + row));
            (!inside.is_empty()).then(|| (*part, Arc::new(matrix.take_rows(rows))))
        };
        Self {
            parts: self.parts.iter().filter_map(cut).collect(),
            neurons: neurons.len(),
            head_width: channels.len(),
            ..self.clone()
        }
    }

    /// Whether two layers of one model are the same but for what little training did: mean cosine of their parts.
    pub(in crate::measure) fn is_twin(&self, other: &Self) -> bool {
        let shapes = |plate: &Self| -> Vec<(Part, usize, usize)> {
            plate.parts.iter().map(|(part, matrix)| (*part, matrix.rows, matrix.columns)).collect()
        };
        if self.parts.is_empty() || shapes(self) != shapes(other) {
            return false;
        }
        let parts = self.parts.len() as f64;
        let mut left = parts;
        for (x, y) in self.parts.values().zip(other.parts.values()) {
            left -= 1.0 - cosine(&x.data, &y.data);
            if left <= SAME * parts {
                return false;
            }
        }
        true
    }
}

/// The experts of the commonest shape, so that one number of neurons stands for all.
fn alike(experts: &[FeedForward]) -> Vec<&FeedForward> {
    let shape = |part: &FeedForward| (part.neurons(), part.gate.is_some());
    let count = |wanted: (usize, bool)| experts.iter().filter(|part| shape(part) == wanted).count();
    let Some(common) = experts.iter().rev().map(shape).max_by_key(|&wanted| count(wanted)) else { return Vec::new() };
    experts.iter().filter(|part| shape(part) == common).collect()
}

/// Each row without its mean; what was constant becomes zero.
pub(in crate::measure) fn without_row_means(mut matrix: Matrix) -> Matrix {
    let columns = matrix.columns.max(1);
    for row in matrix.data.chunks_exact_mut(columns) {
        let before = dot(row, row);
        let mean = row.iter().map(|&value| f64::from(value)).sum::<f64>() / columns as f64;
        for value in &mut *row {
            *value = narrow(f64::from(*value) - mean);
        }
        if dot(row, row) <= CONSTANT * CONSTANT * before {
            row.fill(0.0);
        }
    }
    matrix
}

fn divide_columns(matrix: &mut Matrix, gain: &[f32]) {
    for row in matrix.data.chunks_exact_mut(matrix.columns.max(1)) {
        for (value, &gain) in row.iter_mut().zip(gain) {
            *value = if gain == 0.0 { 0.0 } else { narrow(f64::from(*value) / f64::from(gain)) };
        }
    }
}
