//! F2: exchangeable neurons (method 2.3, 2.6).
//!
//! - **Group**: permute the neurons of a feed-forward part (rows of gate and up, columns of down).
//! - **Statistic**: neurons `i` and `i' = i + m/2`, fixed beforehand: `t = cos(a_i - a_i', b_i - b_i')` on the rows of
//!   gate; of a plain part on the rows of `fc1` and, added inside the unit, the columns of `fc2`.
//! - **Null**: swapping `i` and `i'` in B flips the sign of `t`: a Rademacher sum over `m/2` pairs, means of columns
//!   cancel.
//! - **Not valid** where neurons were sorted (norms rise or fall with the index), or where shards were initialised
//!   alike.

use crate::measure::families::correspond::NeuronPairs;
use crate::measure::families::repeated;
use crate::measure::model::shape::{FeedForward, Layer};
use crate::measure::stats::matrix::{cosine, dot};
use crate::measure::stats::tail::SignSum;
use crate::text::{Says, says};

/// Both layers' parts must have the neurons in place. Experts that copy each other count as one unit.
pub(in crate::measure) fn test(reference: &Layer, candidate: &Layer, pairs: &[NeuronPairs]) -> SignSum {
    let per_expert: Vec<Vec<f64>> = pairs
        .iter()
        .map(|pair| swaps(&reference.experts[pair.reference], &candidate.experts[pair.candidate]))
        .collect();
    SignSum::of(if copies_inside(candidate) { summed(&per_expert) } else { per_expert.concat() })
}

fn swaps(a: &FeedForward, b: &FeedForward) -> Vec<f64> {
    let half = b.neurons() / 2;
    let plain = b.gate.is_none();
    (0..half)
        .map(|at| {
            let lead = difference_cosine(
                a.leading().row(at),
                a.leading().row(at + half),
                b.leading().row(at),
                b.leading().row(at + half),
            );
            if !plain {
                return lead;
            }
            lead + difference_cosine(a.down.row(at), a.down.row(at + half), b.down.row(at), b.down.row(at + half))
        })
        .collect()
}

fn difference_cosine(a: &[f32], a_other: &[f32], b: &[f32], b_other: &[f32]) -> f64 {
    let take = |x: &[f32], y: &[f32]| -> Vec<f32> { x.iter().zip(y).map(|(x, y)| x - y).collect() };
    cosine(&take(a, a_other), &take(b, b_other))
}

/// Whether the candidate's experts began as copies of each other, neuron by neuron: then a swap in one alone is no
/// symmetry of its training, and their terms belong into one unit (method 5.4, within-model duplicates).
pub(in crate::measure) fn copies_inside(layer: &Layer) -> bool {
    let [first, rest @ ..] = layer.experts.as_slice() else { return false };
    rest.iter().any(|other| {
        other.neurons() == first.neurons()
            && dot(&other.leading().data, &first.leading().data)
                > 0.3
                    * (dot(&other.leading().data, &other.leading().data)
                        * dot(&first.leading().data, &first.leading().data))
                    .sqrt()
    })
}

/// Terms of several experts added unit by unit.
pub(in crate::measure) fn summed(per_expert: &[Vec<f64>]) -> Vec<f64> {
    let longest = per_expert.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest).map(|at| per_expert.iter().filter_map(|terms| terms.get(at)).sum()).collect()
}

/// Why the family may not speak about this layer, if so.
pub(in crate::measure) fn objection(layer: &Layer) -> Option<Says> {
    layer.experts.iter().find_map(|expert| {
        let rows = expert.leading();
        let norms: Vec<f64> = (0..rows.rows).map(|row| dot(rows.row(row), rows.row(row))).collect();
        let rising = norms.windows(2).filter(|pair| pair[0] <= pair[1]).count();
        let steps = norms.len().saturating_sub(1);
        if steps >= 20 && (rising * 20 >= steps * 19 || rising * 20 <= steps) {
            return Some(says("뉴런이 크기 순으로 놓여 있다", "the neurons are sorted by size"));
        }
        repeated::objection(rows, &[])
    })
}
