//! F4: signs of value channels (method 2.8).
//!
//! - **Group**: flip one channel of a value head and the columns of output that read it, for all query heads of its
//!   group.
//! - **Statistic**: `t = cos(value rows) + sum over query heads cos(output columns)`, biases of value included; heads
//!   in place or matched by query and key.
//! - **Null**: fair signs; valid for every softmax attention, whatever the norm.
//! - **Not valid** where the value path has a fixed transform.

use crate::measure::families::correspond::HeadPairs;
use crate::measure::model::shape::Attention;
use crate::measure::stats::matrix::cosine;
use crate::measure::stats::tail::SignSum;

pub(in crate::measure) fn test(reference: &Attention, candidate: &Attention, pairs: &[HeadPairs]) -> SignSum {
    let h = candidate.head_width;
    let mut terms = Vec::new();
    for pair in pairs {
        for channel in 0..h {
            let (i, j) = (pair.reference * h + channel, pair.candidate * h + channel);
            let value = cosine(
                &with_bias(reference.value.row(i), &reference.biases[2], i),
                &with_bias(candidate.value.row(j), &candidate.biases[2], j),
            );
            let output: f64 = pair
                .queries
                .iter()
                .map(|&(a, b)| cosine(reference.output.row(a * h + channel), candidate.output.row(b * h + channel)))
                .sum();
            terms.push(value + output);
        }
    }
    SignSum::of(terms)
}

/// A row with its bias at the end.
pub(in crate::measure) fn with_bias(row: &[f32], biases: &[f32], at: usize) -> Vec<f32> {
    row.iter().copied().chain(biases.get(at).copied()).collect()
}
