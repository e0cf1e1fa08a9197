//! Agreement of matchings: neurons matched by gate, by up and by down, where every sign and order was changed (method
//! 4.12).
//!
//! - **Statistic**: `K_up` counts neurons that the best assignments by the cosine of gate rows and by the size of the
//!   cosine of up rows send to the same neuron; `K_down` likewise with down. Signs, scales and orders of neurons do not
//!   enter.
//! - **Null**, approximate: independent layers agree like random permutations, once on average (measured: mean 1.09,
//!   largest 7 of 828). The bound printed takes ten times that rate: `P(K >= k) <= (10 L)^k / k!` over `L` matchings.
//! - **Demanded besides**: a fifth of the neurons agree, by up and by down both.
//! - Rows are freed of their mean first, so that a direction common to all neurons cannot order them.

use std::collections::HashMap;

use crate::measure::families::correspond::match_rows;
use crate::measure::model::shape::FeedForward;
use crate::measure::stats::matrix::Matrix;

/// Neurons that agree, of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::measure) struct Agreement {
    pub up: usize,
    pub down: usize,
    pub of: usize,
    /// Matchings that were counted: one for each expert.
    pub matchings: usize,
}

impl Agreement {
    /// Neurons that agree by both counts.
    pub(in crate::measure) fn both(self) -> usize {
        self.up.min(self.down)
    }

    /// Two counts together.
    pub(in crate::measure) fn with(self, other: Self) -> Self {
        Self {
            up: self.up + other.up,
            down: self.down + other.down,
            of: self.of + other.of,
            matchings: self.matchings + other.matchings,
        }
    }
}

/// Ten times the expected number of agreements of independent layers.
pub(in crate::measure) const RATE: f64 = 10.0;
/// Least share of neurons that must agree.
pub(in crate::measure) const LEAST_SHARE: f64 = 0.2;

/// For a plain part gate is `fc1`, and only down is left to agree with it.
pub(in crate::measure) fn count(reference: &FeedForward, candidate: &FeedForward) -> Agreement {
    let order = |a: &Matrix, b: &Matrix, any_sign: bool| places(&a.without_mean_row(), &b.without_mean_row(), any_sign);
    let lead = order(reference.leading(), candidate.leading(), false);
    let down = order(&reference.down, &candidate.down, true);
    let of = reference.neurons().min(candidate.neurons());
    let agree = |other: &[Option<usize>]| lead.iter().zip(other).filter(|(a, b)| a.is_some() && a == b).count();
    let down = agree(&down);
    let up = if candidate.gate.is_some() { agree(&order(&reference.up, &candidate.up, true)) } else { down };
    Agreement { up, down, of, matchings: 1 }
}

/// For each row of the candidate the reference's row that it is assigned.
pub(in crate::measure) fn places(reference: &Matrix, candidate: &Matrix, any_sign: bool) -> Vec<Option<usize>> {
    let mut out = vec![None; candidate.rows];
    let (there, here) = (unlike_any_other(reference), unlike_any_other(candidate));
    for (a, b, weight) in match_rows(reference, candidate, any_sign) {
        if weight > 0.0 && there[a] && here[b] {
            out[b] = Some(a);
        }
    }
    out
}

/// Whether each row is told from all others: a match of rows that are zero, or there twice, could have been otherwise
/// and is no evidence.
fn unlike_any_other(rows: &Matrix) -> Vec<bool> {
    let mut seen: HashMap<Vec<u32>, usize> = HashMap::new();
    let bits = |row: usize| -> Vec<u32> { rows.row(row).iter().map(|value| value.to_bits()).collect() };
    for row in 0..rows.rows {
        *seen.entry(bits(row)).or_default() += 1;
    }
    (0..rows.rows).map(|row| seen.get(&bits(row)) == Some(&1)).collect()
}
