//! The inner loops: sums over blocks of rows of two tensors that stand in the same place.
//!
//! Numbers are decoded a piece at a time, so that what is added up lies in the nearest cache. Products are added in `f32` within a piece, in a
//! fixed number of lanes, and in `f64` beyond it: the result is the same whatever the processor and however many work.

use multiversion::multiversion;

use crate::weights::Dtype;

/// Columns of one piece: four pieces of `f32` take half of a small first-level cache.
const PIECE: usize = 1024;
/// Partial sums of one loop: part of the definition of every figure.
const LANES: usize = 16;

/// One side of a block.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side<'a> {
    /// As stored.
    Bytes(&'a [u8], Dtype),
    /// Decoded, with scales.
    Values(&'a [f32]),
}

/// What is asked of a block beyond its rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Products column by column, where units are columns.
    pub columns: bool,
    /// Neighbouring rows swapped, where rows are exchangeable.
    pub swaps: bool,
    /// How many values are kept of either side, to tell how often each occurs.
    pub samples: usize,
}

/// Sums over one row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct RowSums {
    pub products: f64,
    pub squares: [f64; 2],
    pub sums: [f64; 2],
}

impl RowSums {
    pub(super) fn cosine(&self) -> f64 {
        let scale = (self.squares[0] * self.squares[1]).sqrt();
        if scale > 0.0 { self.products / scale } else { 0.0 }
    }
}

/// Sums over one block of rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct BlockSums {
    pub rows: Vec<RowSums>,
    /// Sums of columns of either side.
    pub columns: [Vec<f32>; 2],
    /// Products and squares column by column; empty where not wanted.
    pub column_products: [Vec<f32>; 3],
    /// Equal numbers.
    pub equal: u64,
    /// Of every two neighbouring rows: the cosine of their differences.
    pub swaps: Vec<f64>,
    /// Of every two neighbouring rows: equal numbers in place less those after a swap.
    pub equal_swaps: Vec<f64>,
    /// Values at even distances, of either side.
    pub samples: [Vec<f32>; 2],
}

/// Decoded pieces of two rows of either side.
#[derive(Debug, Default)]
pub(super) struct Pieces([Vec<f32>; 4]);

impl BlockSums {
    /// `columns` numbers a row; `coarse` says that the coarser format of the two is `bf16`, to which both are rounded before they are called equal.
    pub(super) fn of(
        a: Side<'_>,
        b: Side<'_>,
        columns: usize,
        wanted: Wanted,
        coarse: bool,
        pieces: &mut Pieces,
    ) -> Self {
        sum_up(a, b, columns, wanted, coarse, pieces)
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn sum_up<'a>(
    a: Side<'a>,
    b: Side<'a>,
    columns: usize,
    wanted: Wanted,
    coarse: bool,
    pieces: &'a mut Pieces,
) -> BlockSums {
    let mut out = BlockSums::default();
    let rows = a.numbers() / columns.max(1);
    out.columns = [vec![0.0; columns], vec![0.0; columns]];
    if wanted.columns {
        out.column_products = [vec![0.0; columns], vec![0.0; columns], vec![0.0; columns]];
    }
    for piece in &mut pieces.0 {
        piece.resize(PIECE, 0.0);
    }
    out.samples = [a, b].map(|side| side.sample(wanted.samples, coarse));
    let [a0, a1, b0, b1] = &mut pieces.0;
    for first in (0..rows).step_by(2) {
        let two = first + 1 < rows;
        let mut sums = [RowSums::default(); 2];
        let (mut cross, mut equal, mut crossed) = ([0.0; 4], 0, 0);
        for from in (0..columns).step_by(PIECE) {
            let count = PIECE.min(columns - from);
            let at = first * columns + from;
            a.decode(at, &mut a0[..count]);
            b.decode(at, &mut b0[..count]);
            add_row(&a0[..count], &b0[..count], &mut sums[0]);
            if two {
                a.decode(at + columns, &mut a1[..count]);
                b.decode(at + columns, &mut b1[..count]);
                add_row(&a1[..count], &b1[..count], &mut sums[1]);
            } else {
                a1[..count].fill(0.0);
                b1[..count].fill(0.0);
            }
            let (a0, a1, b0, b1) = (&mut a0[..count], &mut a1[..count], &mut b0[..count], &mut b1[..count]);
            let [column_a, column_b] = &mut out.columns;
            add_columns(a0, a1, &mut column_a[from..from + count]);
            add_columns(b0, b1, &mut column_b[from..from + count]);
            if wanted.columns {
                let [products, squares_a, squares_b] = &mut out.column_products;
                add_products((a0, a1), (b0, b1), &mut products[from..from + count]);
                add_products((a0, a1), (a0, a1), &mut squares_a[from..from + count]);
                add_products((b0, b1), (b0, b1), &mut squares_b[from..from + count]);
            }
            if wanted.swaps && two {
                add_cross((a0, a1), (b0, b1), &mut cross);
            }
            if coarse {
                for piece in [&mut *a0, &mut *a1, &mut *b0, &mut *b1] {
                    round_to_bf16(piece);
                }
            }
            equal += count_equal(a0, b0);
            if two {
                equal += count_equal(a1, b1);
                if wanted.swaps {
                    crossed += count_equal(a0, b1) + count_equal(a1, b0);
                }
            }
        }
        out.equal += equal;
        out.rows.push(sums[0]);
        if two {
            out.rows.push(sums[1]);
            if wanted.swaps {
                out.swaps.push(difference_cosine(&sums, cross));
                out.equal_swaps.push(equal as f64 - crossed as f64);
            }
        }
    }
    out
}

impl Side<'_> {
    fn numbers(&self) -> usize {
        match self {
            Self::Bytes(bytes, dtype) => bytes.len() * 8 / usize::try_from(dtype.bits()).unwrap_or(8),
            Self::Values(values) => values.len(),
        }
    }

    /// So many values at even distances; no row is favoured, because the distance is odd.
    fn sample(&self, count: usize, coarse: bool) -> Vec<f32> {
        let step = (self.numbers() / count.max(1)).max(1) | 1;
        let mut out = vec![0.0; self.numbers().div_ceil(step).min(count)];
        for (at, value) in out.iter_mut().enumerate() {
            self.decode(at * step, std::slice::from_mut(value));
        }
        if coarse {
            round_to_bf16(&mut out);
        }
        out
    }

    /// Numbers from `at` on.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of the innermost loop")]
    fn decode(&self, at: usize, out: &mut [f32]) {
        match self {
            Self::Bytes(bytes, dtype) => {
                let width = usize::try_from(dtype.bits()).unwrap_or(8) / 8;
                dtype.decode_into(&bytes[at * width..(at + out.len()) * width], out);
            }
            Self::Values(values) => out.copy_from_slice(&values[at..at + out.len()]),
        }
    }
}

/// Adds a piece of one row.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop")]
fn add_row(a: &[f32], b: &[f32], sums: &mut RowSums) {
    let mut lanes = [[0.0_f32; LANES]; 5];
    let ((left, left_rest), (right, right_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let [products, squares_a, squares_b, sums_a, sums_b] = &mut lanes;
    for (x, y) in left.iter().zip(right) {
        for lane in 0..LANES {
            products[lane] += x[lane] * y[lane];
            squares_a[lane] += x[lane] * x[lane];
            squares_b[lane] += y[lane] * y[lane];
            sums_a[lane] += x[lane];
            sums_b[lane] += y[lane];
        }
    }
    for (lane, (x, y)) in left_rest.iter().zip(right_rest).enumerate() {
        products[lane] += x * y;
        squares_a[lane] += x * x;
        squares_b[lane] += y * y;
        sums_a[lane] += x;
        sums_b[lane] += y;
    }
    sums.products += folded(&lanes[0]);
    sums.squares[0] += folded(&lanes[1]);
    sums.squares[1] += folded(&lanes[2]);
    sums.sums[0] += folded(&lanes[3]);
    sums.sums[1] += folded(&lanes[4]);
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop")]
fn folded(lanes: &[f32; LANES]) -> f64 {
    lanes.iter().map(|&lane| f64::from(lane)).sum()
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop")]
fn add_columns(first: &[f32], second: &[f32], out: &mut [f32]) {
    for ((sum, x), y) in out.iter_mut().zip(first).zip(second) {
        *sum += x + y;
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop")]
fn add_products((x0, x1): (&[f32], &[f32]), (y0, y1): (&[f32], &[f32]), out: &mut [f32]) {
    for ((((sum, x0), x1), y0), y1) in out.iter_mut().zip(x0).zip(x1).zip(y0).zip(y1) {
        *sum += x0 * y0 + x1 * y1;
    }
}

/// Products across the two rows: `a0 b1 + a1 b0`, `a0 a1`, `b0 b1`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop")]
fn add_cross((a0, a1): (&[f32], &[f32]), (b0, b1): (&[f32], &[f32]), out: &mut [f64; 4]) {
    let mut lanes = [[0.0_f32; LANES]; 3];
    let ((a0, ra0), (a1, ra1)) = (a0.as_chunks::<LANES>(), a1.as_chunks::<LANES>());
    let ((b0, rb0), (b1, rb1)) = (b0.as_chunks::<LANES>(), b1.as_chunks::<LANES>());
    let [across, within_a, within_b] = &mut lanes;
    for (((x0, x1), y0), y1) in a0.iter().zip(a1).zip(b0).zip(b1) {
        for lane in 0..LANES {
            across[lane] += x0[lane] * y1[lane] + x1[lane] * y0[lane];
            within_a[lane] += x0[lane] * x1[lane];
            within_b[lane] += y0[lane] * y1[lane];
        }
    }
    for (lane, (((x0, x1), y0), y1)) in ra0.iter().zip(ra1).zip(rb0).zip(rb1).enumerate() {
        across[lane] += x0 * y1 + x1 * y0;
        within_a[lane] += x0 * x1;
        within_b[lane] += y0 * y1;
    }
    for (sum, lanes) in out.iter_mut().zip(&lanes) {
        *sum += folded(lanes);
    }
}

/// `cos(a0 - a1, b0 - b1)` from products.
fn difference_cosine(rows: &[RowSums; 2], [across, within_a, within_b, _]: [f64; 4]) -> f64 {
    let products = rows[0].products + rows[1].products - across;
    let a = rows[0].squares[0] + rows[1].squares[0] - 2.0 * within_a;
    let b = rows[0].squares[1] + rows[1].squares[1] - 2.0 * within_b;
    // What is left of nearly equal rows is rounding.
    let least = 1e-6 * (rows[0].squares[0] + rows[1].squares[0]);
    let least_b = 1e-6 * (rows[0].squares[1] + rows[1].squares[1]);
    if a > least && b > least_b { products / (a * b).sqrt() } else { 0.0 }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop")]
#[expect(clippy::float_cmp, reason = "equal to the last digit is what is counted")]
fn count_equal(a: &[f32], b: &[f32]) -> u64 {
    // In numbers of 32 bits, which lie beside each other as those compared do.
    u64::from(a.iter().zip(b).map(|(x, y)| u32::from(x == y)).sum::<u32>())
}

/// Rounds to the nearest number that `bf16` holds, to even where two are as near.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop")]
fn round_to_bf16(values: &mut [f32]) {
    for value in values {
        let bits = value.to_bits();
        let up = 0x7fff + (bits >> 16 & 1);
        *value = f32::from_bits(bits.wrapping_add(up) & 0xffff_0000);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::matrix::{cosine, dot};
    use super::super::super::test_matrices::random;
    use super::*;

    #[test]
    fn sums_agree_with_their_definition() {
        let (rows, columns) = (7, 2061);
        let (a, b) = (random(rows, columns, 1), random(rows, columns, 2));
        let wanted = Wanted { columns: true, swaps: true, samples: 0 };
        let mut pieces = Pieces::default();
        let found = BlockSums::of(Side::Values(&a.data), Side::Values(&b.data), columns, wanted, false, &mut pieces);
        assert_eq!(found.rows.len(), rows);
        for row in 0..rows {
            assert!((found.rows[row].cosine() - cosine(a.row(row), b.row(row))).abs() < 1e-6);
            let sum: f64 = a.row(row).iter().map(|&value| f64::from(value)).sum();
            assert!((found.rows[row].sums[0] - sum).abs() < 1e-3);
        }
        assert_eq!(found.swaps.len(), rows / 2);
        let off = |x: &[f32], y: &[f32]| -> Vec<f32> { x.iter().zip(y).map(|(x, y)| x - y).collect() };
        let expected = cosine(&off(a.row(2), a.row(3)), &off(b.row(2), b.row(3)));
        assert!((found.swaps[1] - expected).abs() < 1e-6);
        let (left, right) = (a.transposed(), b.transposed());
        for column in [0, 1024, 2060] {
            let product = f64::from(found.column_products[0][column]);
            assert!((product - dot(left.row(column), right.row(column))).abs() < 1e-4);
        }
    }

    #[test]
    fn equal_numbers_are_counted_in_the_coarser_format() {
        let a = [1.0_f32, 2.0, 3.0, 0.1];
        let b = [1.0_f32, 2.5, 3.0, 0.100_1];
        let count = |coarse| {
            let mut pieces = Pieces::default();
            BlockSums::of(Side::Values(&a), Side::Values(&b), 4, Wanted::default(), coarse, &mut pieces).equal
        };
        assert_eq!((count(false), count(true)), (2, 3));
    }
}
