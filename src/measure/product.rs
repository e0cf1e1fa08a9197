//! Products of large matrices: nearly all the time of matching goes here.
//!
//! Products are added in `f32` in a fixed number of lanes over pieces of a row, and the pieces in `f64`: the result is the same on every machine and for any
//! number of cores, which a library that picks its kernel by the processor would not give.

use super::matrix::{Matrix, narrow};

/// Partial sums of one product.
const LANES: usize = 8;
/// Rows of the right side that are taken together, so that each number of the left is loaded once for all.
const TOGETHER: usize = 4;
/// Numbers of a row that are added in `f32`.
const PIECE: usize = 1024;
/// Rows of the right side that stay in the cache while the left side passes.
const TILE: usize = 64;
/// Products from which on more than one core pays.
const WORTH_SHARING: usize = 1 << 22;

/// All dot products of the rows of `left` with the rows of `right`, row by row.
pub(super) fn rows_by_rows(left: &Matrix, right: &Matrix) -> Vec<f32> {
    let mut out = vec![0.0; left.rows * right.rows];
    if out.is_empty() || left.columns == 0 || left.columns != right.columns {
        return out;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = if out.len() * left.columns < WORTH_SHARING { 1 } else { cores.min(left.rows) };
    let share = left.rows.div_ceil(workers);
    let parts = out.chunks_mut(share * right.rows).zip(left.data.chunks(share * left.columns));
    if workers == 1 {
        parts.for_each(|(out, rows)| some_rows(rows, right, out));
    } else {
        std::thread::scope(|scope| {
            for (out, rows) in parts {
                scope.spawn(|| some_rows(rows, right, out));
            }
        });
    }
    out
}

fn some_rows(rows: &[f32], right: &Matrix, out: &mut [f32]) {
    for first in (0..right.rows).step_by(TILE) {
        let until = (first + TILE).min(right.rows);
        for (row, out) in rows.chunks_exact(right.columns).zip(out.chunks_exact_mut(right.rows)) {
            let mut at = first;
            while at + TOGETHER <= until {
                let found = products(row, [0, 1, 2, 3].map(|next| right.row(at + next)));
                out[at..at + TOGETHER].copy_from_slice(&found.map(narrow));
                at += TOGETHER;
            }
            for (at, out) in out.iter_mut().enumerate().take(until).skip(at) {
                *out = narrow(products(row, [right.row(at)])[0]);
            }
        }
    }
}

fn products<const N: usize>(row: &[f32], others: [&[f32]; N]) -> [f64; N] {
    let mut sums = [0.0; N];
    for from in (0..row.len()).step_by(PIECE) {
        let until = (from + PIECE).min(row.len());
        let (left, left_rest) = row[from..until].as_chunks::<LANES>();
        let pieces = others.map(|other| other[from..until].as_chunks::<LANES>());
        let mut lanes = [[0.0_f32; LANES]; N];
        for (at, x) in left.iter().enumerate() {
            for (lanes, (right, _)) in lanes.iter_mut().zip(&pieces) {
                for lane in 0..LANES {
                    lanes[lane] += x[lane] * right[at][lane];
                }
            }
        }
        for ((sum, lanes), (_, rest)) in sums.iter_mut().zip(&lanes).zip(&pieces) {
            *sum += lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>();
            *sum += left_rest.iter().zip(*rest).map(|(x, y)| f64::from(x * y)).sum::<f64>();
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::matrix::dot;
    use super::super::test_matrices::random;
    use super::*;

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
