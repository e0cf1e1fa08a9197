//! Tensors that start at a constant: gains and biases, which hold training and no random start (method 8.2).
//!
//! - **Statistic**: Pearson correlation of all such vectors on the residual stream, each centred by its own mean and
//!   divided by its own deviation, over the layers that correspond. Never a raw cosine: gains near one give 0.95 to
//!   0.999 between strangers.
//! - **Use**: weights that agree while these do not were begun alike and trained apart. Models with the same start have
//!   0.13 to 0.24 where fine-tunes have 0.99 and long continued training 0.53 to 0.63; strangers 0 with deviation
//!   `1/sqrt(d)`.
//! - **Silent** where a side's vectors are constant: folded into the matrices, or never trained.

use crate::measure::families::correspond::LayerMap;
use crate::measure::model::shape::{FeedForward, Layer, Tower};
use crate::measure::stats::matrix::{Matrix, dot};
use crate::weights::Role;

/// What the constant-start tensors say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct Gains {
    pub correlation: f64,
    pub raw_cosine: f64,
    /// Vectors that vary on both sides.
    pub vectors: usize,
    /// Vectors that are constant on the reference's side, or on the candidate's.
    pub constant: [usize; 2],
    pub numbers: usize,
    /// Numbers that the raw cosine is over.
    pub compared: usize,
    /// Gains were rescaled and their readers rescaled back.
    pub rescaled: bool,
}

/// Compares corresponding layers.
pub(in crate::measure) fn compare(reference: &Tower, candidate: &Tower, map: &LayerMap) -> Gains {
    let pairs: Vec<(&Layer, &Layer)> = map
        .iter()
        .enumerate()
        .filter_map(|(b, a)| a.map(|(a, _)| (&reference.layers[a], &candidate.layers[b])))
        .collect();
    let mut out = Gains {
        correlation: 0.0,
        raw_cosine: 0.0,
        vectors: 0,
        constant: [0, 0],
        numbers: 0,
        compared: 0,
        rescaled: rescaled(reference, candidate, map),
    };
    let (mut sum, mut raw) = (0.0, [0.0; 3]);
    for (a, b) in pairs {
        for (place, x) in &a.constant_start {
            let Some(y) = b.constant_start.get(place).filter(|y| y.len() == x.len() && x.len() == candidate.width)
            else {
                continue;
            };
            let (x_unit, y_unit) = (standardised(x), standardised(y));
            out.constant[0] += usize::from(x_unit.is_none());
            out.constant[1] += usize::from(y_unit.is_none());
            if let (Some(x_unit), Some(y_unit)) = (x_unit, y_unit) {
                sum += dot(&x_unit, &y_unit);
                out.vectors += 1;
                out.numbers += x.len();
            }
            if !place.ends_with("bias") {
                out.compared += x.len();
                raw = [raw[0] + dot(x, y), raw[1] + dot(x, x), raw[2] + dot(y, y)];
            }
        }
    }
    out.correlation = if out.numbers > 0 { sum / out.numbers as f64 } else { 0.0 };
    out.raw_cosine = if raw[1] * raw[2] > 0.0 { raw[0] / (raw[1] * raw[2]).sqrt() } else { 0.0 };
    out
}

/// Mean 0 and deviation 1; none if the vector hardly varies.
fn standardised(values: &[f32]) -> Option<Vec<f32>> {
    let n = values.len() as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / n;
    let variance = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / n;
    let scale = variance.sqrt();
    (scale > 1e-4 * mean.abs().max(1e-3)).then(|| {
        values.iter().map(|&value| crate::measure::stats::matrix::narrow((f64::from(value) - mean) / scale)).collect()
    })
}

/// Whether gains were rescaled and the matrices that read them rescaled back (change D10 of method 1.4): the gains'
/// ratio between the models varies far more over the channels than the lengths of the readers' columns with the gains
/// folded in. Training apart cannot do that, for what it does to gains nothing undoes.
pub(in crate::measure) fn rescaled(reference: &Tower, candidate: &Tower, map: &LayerMap) -> bool {
    if !candidate.traits.norm_first || reference.width != candidate.width {
        return false;
    }
    let (mut undone, mut looked) = (0, 0);
    for (b, a) in map.iter().enumerate() {
        let Some((a, _)) = a else { continue };
        let (x, y) = (&reference.layers[*a], &candidate.layers[b]);
        let readers = [
            (
                Role::AttentionNorm.word(),
                x.attention.as_ref().map(|part| &part.query),
                y.attention.as_ref().map(|part| &part.query),
            ),
            (
                Role::FeedForwardNorm.word(),
                x.experts.first().map(FeedForward::leading),
                y.experts.first().map(FeedForward::leading),
            ),
        ];
        for (place, there, here) in readers {
            if let (Some(g), Some(h), Some(there), Some(here)) =
                (x.constant_start.get(place), y.constant_start.get(place), there, here)
            {
                looked += 1;
                let gains =
                    spread_of_ratio(g.iter().map(|&v| f64::from(v).abs()), h.iter().map(|&v| f64::from(v).abs()));
                let folded = spread_of_ratio(column_lengths(there).into_iter(), column_lengths(here).into_iter());
                undone += usize::from(gains > UNDONE * folded && gains > 0.01);
            }
        }
    }
    looked > 0 && undone * 2 > looked
}

/// How many times more the gains must vary than what they make together with their readers.
const UNDONE: f64 = 4.0;

fn column_lengths(part: &Matrix) -> Vec<f64> {
    let turned = part.transposed();
    (0..turned.rows).map(|row| dot(turned.row(row), turned.row(row)).sqrt()).collect()
}

/// Variance of the logarithm of a ratio; 0 where there is nothing.
fn spread_of_ratio(a: impl Iterator<Item = f64>, b: impl Iterator<Item = f64>) -> f64 {
    let ratios: Vec<f64> = a.zip(b).filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| (y / x).ln()).collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len().max(1) as f64;
    ratios.iter().map(|ratio| (ratio - mean).powi(2)).sum::<f64>() / ratios.len().max(1) as f64
}
