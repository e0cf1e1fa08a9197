//! F3: signs of up and down together (weight-evidence 3.1).
//!
//! - **Group**: flip the row of up and the column of down of any neuron of a gated part with a linear up branch.
//! - **Statistic**: `t_i = w_i (cos(up_A, up_B) + cos(down_A, down_B))` over pairs of neurons, in place or matched by gate, which
//!   the flips leave as it is; `w_i` is the match's own cosine.
//! - **Null**: fair signs.
//! - **Not valid** for plain parts and where the activation sees up (gpt-oss's `up + 1`).

use crate::measure::families::correspond::NeuronPairs;
use crate::measure::families::f2_neuron_swaps::{copies_inside, summed};
use crate::measure::model::shape::Layer;
use crate::measure::stats::matrix::cosine;
use crate::measure::stats::tail::SignSum;

pub(in crate::measure) fn test(reference: &Layer, candidate: &Layer, pairs: &[NeuronPairs]) -> SignSum {
    let per_expert: Vec<Vec<f64>> = pairs
        .iter()
        .map(|pair| {
            let (a, b) = (&reference.experts[pair.reference], &candidate.experts[pair.candidate]);
            let mut terms = vec![0.0; b.neurons()];
            for &(i, j, weight) in &pair.neurons {
                terms[j] = weight * (cosine(a.up.row(i), b.up.row(j)) + cosine(a.down.row(i), b.down.row(j)));
            }
            terms
        })
        .collect();
    SignSum::of(if copies_inside(candidate) { summed(&per_expert) } else { per_expert.concat() })
}
