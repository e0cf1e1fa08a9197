//! F3: signs of up and down together (method 2.7).
//!
//! - **Group**: flip the row of up and the column of down of any neuron of a gated part with a linear up branch.
//! - **Statistic**: `t_i = w_i (cos(up_A, up_B) + cos(down_A, down_B))` over pairs of neurons, in place or matched by
//!   gate, which the flips leave as it is; `w_i` is the match's own cosine.
//! - **Null**: fair signs.
//! - **Not valid** for plain parts and where the activation sees up (gpt-oss's `up + 1`).

use crate::measure::families::correspond::Duplicates;
use crate::measure::families::correspond::NeuronPairs;
use crate::measure::families::f2_neuron_swaps::{copies_inside, summed};
use crate::measure::families::units::components;
use crate::measure::model::shape::Layer;
use crate::measure::stats::matrix::cosine;
use crate::measure::stats::pair::Pair;
use crate::measure::stats::tail::SignSum;

/// `duplicates` are the neurons of each side that change sign together: their summands are added before they are
/// squared.
pub(in crate::measure) fn test(
    reference: &Layer,
    candidate: &Layer,
    pairs: &[NeuronPairs],
    duplicates: Option<Pair<&Duplicates>>,
) -> SignSum {
    let per_expert: Vec<Vec<f64>> = pairs
        .iter()
        .map(|pair| {
            let (a, b) = (&reference.experts[pair.reference], &candidate.experts[pair.candidate]);
            let labels = duplicates.map(|both| labels(both, pair, b.neurons()));
            let mut terms = vec![0.0; b.neurons()];
            for &(i, j, weight) in &pair.neurons {
                let at = labels.as_ref().map_or(j, |labels| labels[j]);
                terms[at] += weight * (cosine(a.up.row(i), b.up.row(j)) + cosine(a.down.row(i), b.down.row(j)));
            }
            terms
        })
        .collect();
    SignSum::of(if copies_inside(candidate) { summed(&per_expert) } else { per_expert.concat() })
}

/// For each neuron of the candidate the first of those that are one with it, on either side.
fn labels(both: Pair<&Duplicates>, pair: &NeuronPairs, neurons: usize) -> Vec<usize> {
    let mut here = std::collections::BTreeMap::new();
    for &(i, j, _) in &pair.neurons {
        here.insert(i, j);
    }
    let own = both.candidate[pair.candidate].iter().copied();
    let theirs = both.reference[pair.reference].iter();
    let carried = theirs.filter_map(|(one, other)| Some((*here.get(one)?, *here.get(other)?)));
    components(neurons, own.chain(carried))
}
