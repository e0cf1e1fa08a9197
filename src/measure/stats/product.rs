//! Products of large matrices: nearly all the time of matching goes here.
//!
//! Each product is added in `f32` number by number over pieces of a row, and the pieces in `f64`: the result is the
//! same on every machine and for any number of cores, which a library that picks its kernel by the processor would not
//! give. Four rows of the left side meet eight of the right at once, so that their 32 sums stay in registers; the eight
//! lie interleaved, so that one load serves all.

use multiversion::multiversion;
use rayon::prelude::*;

use crate::measure::stats::matrix::{Matrix, narrow};

/// Rows of the left side that are taken together.
const ROWS: usize = 4;
/// Rows of the right side that lie interleaved.
const LANES: usize = 8;
/// Groups of interleaved rows that stay in the cache while the left side passes.
const GROUPS: usize = 8;
/// Numbers of a row that are added in `f32`.
const PIECE: usize = 256;
/// Products from which on more than one core pays.
const WORTH_SHARING: usize = 1 << 22;
/// Rows of the left side that one of them takes at least, and parts that there are at most.
const SHARE: usize = 64;
const MOST_PARTS: usize = 64;

impl Matrix {
    /// `self` times `other`.
    pub(in crate::measure) fn times(&self, other: &Self) -> Self {
        self.times_transposed(&other.transposed())
    }

    /// `self` times the transpose of `other`: all dot products of rows.
    pub(in crate::measure) fn times_transposed(&self, other: &Self) -> Self {
        Self::new(self.rows, other.rows, rows_by_rows(self, other))
    }

    /// Cosines of all rows with all rows of `other`.
    pub(in crate::measure) fn row_cosines(&self, other: &Self) -> Self {
        self.unit_rows().times_transposed(&other.unit_rows())
    }
}

/// All dot products of the rows of `left` with the rows of `right`, row by row.
pub(in crate::measure) fn rows_by_rows(left: &Matrix, right: &Matrix) -> Vec<f32> {
    let mut out = vec![0.0; left.rows * right.rows];
    if out.is_empty() || left.columns == 0 || left.columns != right.columns {
        return out;
    }
    // Many more parts than cores, in case that one of them is kept from its work; each is worth its own interleaving of
    // the right side.
    let share =
        if out.len() * left.columns < WORTH_SHARING { left.rows } else { SHARE.max(left.rows.div_ceil(MOST_PARTS)) };
    let parts = out.par_chunks_mut(share * right.rows).zip(left.data.par_chunks(share * left.columns));
    parts.for_each(|(out, rows)| some_rows(rows, right, out));
    out
}

fn some_rows(rows: &[f32], right: &Matrix, out: &mut [f32]) {
    let (mut left, mut groups) = (Vec::new(), Vec::new());
    for first in (0..right.rows).step_by(LANES * GROUPS) {
        let several = &right.data[first * right.columns..];
        interleave(several, right.columns, GROUPS, &mut groups);
        let each = rows.chunks(ROWS * right.columns).zip(out.chunks_mut(ROWS * right.rows));
        for (rows, out) in each {
            interleave::<ROWS>(rows, right.columns, 1, &mut left);
            for (at, group) in groups.chunks_exact(right.columns).enumerate() {
                let place = first + at * LANES;
                for (out, sums) in out.chunks_exact_mut(right.rows).zip(meet(&left, group)) {
                    out[place..].iter_mut().zip(sums).for_each(|(out, sum)| *out = narrow(sum));
                }
            }
        }
    }
}

/// Up to `most` groups of `N` rows: the first number of each row of a group, then the second of each; zeros where rows
/// are wanting.
fn interleave<const N: usize>(rows: &[f32], columns: usize, most: usize, groups: &mut Vec<[f32; N]>) {
    groups.clear();
    for group in rows.chunks(N * columns).take(most) {
        let start = groups.len();
        groups.resize(start + columns, [0.0; N]);
        for (lane, row) in group.chunks_exact(columns).enumerate() {
            groups[start..].iter_mut().zip(row).for_each(|(numbers, value)| numbers[lane] = *value);
        }
    }
}

/// The products of four rows with eight.
fn meet(left: &[[f32; ROWS]], right: &[[f32; LANES]]) -> [[f64; LANES]; ROWS] {
    let mut sums = [[0.0_f64; LANES]; ROWS];
    for (left, right) in left.chunks(PIECE).zip(right.chunks(PIECE)) {
        let piece = meet_in_piece(left, right);
        for (sum, piece) in sums.as_flattened_mut().iter_mut().zip(piece.as_flattened()) {
            *sum += f64::from(*piece);
        }
    }
    sums
}

/// By itself, because only so the compiler keeps its sums in vector registers: 25 times as fast. Sums keep their order
/// whatever the width of a register.
#[inline(never)]
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn meet_in_piece(left: &[[f32; ROWS]], right: &[[f32; LANES]]) -> [[f32; LANES]; ROWS] {
    let mut sums = [[0.0_f32; LANES]; ROWS];
    for (x, y) in left.iter().zip(right) {
        for row in 0..ROWS {
            for lane in 0..LANES {
                sums[row][lane] += x[row] * y[lane];
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::matrix::dot;
    use crate::measure::stats::test_matrices::random;

    #[test]
    fn products_agree_with_single_ones() {
        for (rows, others, columns) in [(3, 5, 7), (130, 67, 1100), (300, 200, 129)] {
            let (left, right) = (random(rows, columns, 1), random(others, columns, 2));
            let found = rows_by_rows(&left, &right);
            for (row, other) in [(0, 0), (rows - 1, others - 1), (rows / 2, others / 2)] {
                let product = f64::from(found[row * others + other]);
                let length = (columns as f64).sqrt();
                assert!((product - dot(left.row(row), right.row(other))).abs() < 1e-4 * length);
            }
        }
    }
}
