//! What a look would have found: a reference planted in a candidate at a known correlation, and the formula that gives
//! the rest of the curve (method 9.3, 9.4).

use crate::measure::families::family::Family;
use crate::measure::model::shape::{Attention, FeedForward, Layer, Tower};
use crate::measure::search::looks::Kind;
use crate::measure::search::power::least_z;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::mixed::mixed;

/// Of planted neurons that were shuffled all are found from here on, at widths from 64 to 2,048, and none much below
/// (method 4.11).
const MATCHING_HOLDS_FROM: f64 = 0.8;
/// Share of `z` that two locks leave of F2 and F3 at worst: one key-value head, experts (method 4.7).
const LEFT_BY_TWO_LOCKS: f64 = 0.5;

/// How much of a look there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct Reach {
    pub units: usize,
    /// Tokens or units that each unit is compared by.
    pub probes: usize,
    /// Channels of the stream.
    pub width: usize,
}

/// The least correlation of every matrix, tables included, that a look finds with an even chance at a level given as a
/// logarithm; none if even perfect agreement is too little.
///
/// With `k` units, agreement `c` of what they answer and `n` effective probes, `E z = sqrt(k) c / sqrt(c^2 + (1 - c^2)
/// / n)` and `1/n = 1/probes + 1/width`. Answers to tokens or to other units agree by the product of two correlations,
/// rows by one.
pub(in crate::measure) fn least_correlation(kind: Kind, family: Family, reach: Reach, ln_level: f64) -> Option<f64> {
    let of_neurons = matches!(family, Family::NeuronSwaps | Family::UpDownSigns);
    let left = match kind {
        Kind::Virtual | Kind::VirtualSplit if of_neurons => LEFT_BY_TWO_LOCKS,
        _ => 1.0,
    };
    let (z, k, width) = (least_z(ln_level) / left, reach.units as f64, reach.width.max(1) as f64);
    let n = match kind {
        Kind::Place => width,
        Kind::Gram => return (z < k.sqrt()).then_some(MATCHING_HOLDS_FROM),
        Kind::Equal => return None,
        Kind::Tokens | Kind::Within | Kind::Virtual | Kind::VirtualSplit => {
            (1.0 / reach.probes.max(1) as f64 + 1.0 / width).recip()
        }
    };
    // Solved for c: c^2 (k - z^2 + z^2 / n) = z^2 / n.
    let room = k - z * z + z * z / n;
    let agreement = (room > 0.0).then(|| z / (n * room).sqrt()).filter(|c| *c < 1.0)?;
    Some(if kind == Kind::Place { agreement } else { agreement.sqrt() })
}

/// The candidate with a reference planted in every layer that both have: `B' = sqrt(1 - rho^2) B + rho |B| / |A| A` by
/// matrix, the reference's units cut or padded with zeros where shapes differ.
pub(in crate::measure) fn plant(reference: &Tower, candidate: &Tower, rho: f64) -> Tower {
    let mut out = candidate.clone();
    for (layer, from) in out.layers.iter_mut().zip(&reference.layers) {
        plant_layer(layer, from, rho);
    }
    out.table = mixed(&reference.table, &candidate.table, rho);
    out
}

fn plant_layer(layer: &mut Layer, from: &Layer, rho: f64) {
    if let (Some(part), Some(from)) = (&mut layer.attention, &from.attention) {
        let (queries, keys) = ([heads(from, true), heads(part, true)], [heads(from, false), heads(part, false)]);
        for (matrix, from, blocks) in [
            (&mut part.query, &from.query, queries),
            (&mut part.output, &from.output, queries),
            (&mut part.key, &from.key, keys),
            (&mut part.value, &from.value, keys),
        ] {
            *matrix = mixed(&fitted(from, blocks), matrix, rho);
        }
    }
    for (part, from) in layer.experts.iter_mut().zip(&from.experts) {
        plant_feed_forward(part, from, rho);
    }
}

fn plant_feed_forward(part: &mut FeedForward, from: &FeedForward, rho: f64) {
    if let (Some(gate), Some(from)) = (&mut part.gate, &from.gate) {
        *gate = mixed(from, gate, rho);
    }
    part.up = mixed(&from.up, &part.up, rho);
    part.down = mixed(&from.down, &part.down, rho);
}

/// Rows of an attention matrix: key-value heads, query heads of each, channels.
fn heads(part: &Attention, of_queries: bool) -> [usize; 3] {
    [part.kv_heads, if of_queries { part.heads / part.kv_heads.max(1) } else { 1 }, part.head_width]
}

/// Rows of a matrix of heads, cut or padded to those of another.
fn fitted(matrix: &Matrix, [from, to]: [[usize; 3]; 2]) -> Matrix {
    let mut out = Matrix::zero(to.iter().product(), matrix.columns);
    for head in 0..from[0].min(to[0]) {
        for query in 0..from[1].min(to[1]) {
            for channel in 0..from[2].min(to[2]) {
                let row = |side: [usize; 3]| (head * side[1] + query) * side[2] + channel;
                let (source, target) = (row(from), row(to) * matrix.columns);
                out.data[target..target + matrix.columns].copy_from_slice(matrix.row(source));
            }
        }
    }
    out
}
