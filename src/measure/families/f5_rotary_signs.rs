//! F5: signs of rotary pairs (method 2.9).
//!
//! - **Group**: flip both channels of a rotary pair in a key head and in all query heads of its group; without rotation
//!   single channels; where the pairing is not known the whole head.
//! - **Statistic**: the sum of the cosines of the key and query rows that move together, biases included; heads in
//!   place or matched by value and output.
//! - **Null**: fair signs.
//! - **Not valid** with a wrong pairing, hence the coarse group where it is unknown.

use crate::measure::families::correspond::{HeadPairs, rotary_partner};
use crate::measure::families::f4_value_signs::with_bias;
use crate::measure::model::shape::Attention;
use crate::measure::stats::matrix::{Matrix, cosine};
use crate::measure::stats::tail::SignSum;
use crate::weights::Rotary;

pub(in crate::measure) fn test(
    reference: &Attention,
    candidate: &Attention,
    pairs: &[HeadPairs],
    rotary: Rotary,
) -> SignSum {
    let h = candidate.head_width;
    let units = sign_units(rotary, h);
    let row = |a: &Matrix, b: &Matrix, which: usize, i: usize, j: usize| {
        cosine(&with_bias(a.row(i), &reference.biases[which], i), &with_bias(b.row(j), &candidate.biases[which], j))
    };
    let mut terms = Vec::new();
    for pair in pairs {
        for unit in &units {
            let moved: f64 = unit
                .iter()
                .map(|&channel| {
                    let keys = row(
                        &reference.key,
                        &candidate.key,
                        1,
                        pair.reference * h + channel,
                        pair.candidate * h + channel,
                    );
                    let queries: f64 = pair
                        .queries
                        .iter()
                        .map(|&(a, b)| row(&reference.query, &candidate.query, 0, a * h + channel, b * h + channel))
                        .sum();
                    keys + queries
                })
                .sum();
            terms.push(moved);
        }
    }
    SignSum::of(terms)
}

/// Channels of a head of width `h` that change sign together.
pub(in crate::measure) fn sign_units(rotary: Rotary, h: usize) -> Vec<Vec<usize>> {
    match (rotary, rotary_partner(rotary, h)) {
        (_, Some(partners)) => partners.into_iter().map(|(a, b)| vec![a, b]).collect(),
        (Rotary::None, None) => (0..h).map(|channel| vec![channel]).collect(),
        (_, None) => vec![(0..h).collect()],
    }
}
