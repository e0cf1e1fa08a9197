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
    fn of([products, squares_a, squares_b, sums_a, sums_b]: [f64; 5]) -> Self {
        Self { products, squares: [squares_a, squares_b], sums: [sums_a, sums_b] }
    }

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

    /// Sums of `count` columns from one on: of either side, and of products and squares where they are wanted.
    fn columns_from(&mut self, from: usize, count: usize) -> [&mut [f32]; 5] {
        let [a, b] = &mut self.columns;
        let [products, squares_a, squares_b] = &mut self.column_products;
        [a, b, products, squares_a, squares_b].map(|column| column.get_mut(from..from + count).unwrap_or_default())
    }
}

fn sum_up(a: Side<'_>, b: Side<'_>, columns: usize, wanted: Wanted, coarse: bool, pieces: &mut Pieces) -> BlockSums {
    let mut out = BlockSums::default();
    let rows = a.numbers() / columns.max(1);
    let padded = columns.next_multiple_of(LANES);
    out.columns = [vec![0.0; padded], vec![0.0; padded]];
    if wanted.columns {
        out.column_products = [vec![0.0; padded], vec![0.0; padded], vec![0.0; padded]];
    }
    for piece in &mut pieces.0 {
        piece.resize(PIECE, 0.0);
    }
    out.samples = [a, b].map(|side| side.sample(wanted.samples, coarse));
    let add = match (wanted.columns, wanted.swaps) {
        (true, true) => add_two_rows::<true, true>,
        (true, false) => add_two_rows::<true, false>,
        (false, true) => add_two_rows::<false, true>,
        (false, false) => add_two_rows::<false, false>,
    };
    let [a0, a1, b0, b1] = &mut pieces.0;
    for first in (0..rows).step_by(2) {
        let two = first + 1 < rows;
        let mut lanes = [[0.0; LANES]; SUMS];
        let (mut equal, mut crossed) = (0, 0);
        for from in (0..columns).step_by(PIECE) {
            let count = PIECE.min(columns - from);
            let at = first * columns + from;
            a.decode(at, &mut a0[..count]);
            b.decode(at, &mut b0[..count]);
            if two {
                a.decode(at + columns, &mut a1[..count]);
                b.decode(at + columns, &mut b1[..count]);
            } else {
                a1[..count].fill(0.0);
                b1[..count].fill(0.0);
            }
            let mut piece = [[0.0; LANES]; SUMS];
            let whole = count.next_multiple_of(LANES);
            for row in [&mut *a0, &mut *a1, &mut *b0, &mut *b1] {
                row[count..whole].fill(0.0);
            }
            add([&a0[..whole], &a1[..whole], &b0[..whole], &b1[..whole]], out.columns_from(from, whole), &mut piece);
            for (sum, piece) in lanes.as_flattened_mut().iter_mut().zip(piece.as_flattened()) {
                *sum += f64::from(*piece);
            }
            let (a0, a1, b0, b1) = (&mut a0[..count], &mut a1[..count], &mut b0[..count], &mut b1[..count]);
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
        let [p0, xx0, yy0, x0, y0, p1, xx1, yy1, x1, y1, cross @ ..] = lanes.map(|lanes| lanes.iter().sum::<f64>());
        let sums = [RowSums::of([p0, xx0, yy0, x0, y0]), RowSums::of([p1, xx1, yy1, x1, y1])];
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
    for column in out.columns.iter_mut().chain(&mut out.column_products) {
        column.truncate(columns);
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
    fn decode(&self, at: usize, out: &mut [f32]) {
        match self {
            Self::Bytes(bytes, dtype) => {
                let width = usize::try_from(dtype.bits()).unwrap_or(8) / 8;
                decode_bytes(*dtype, &bytes[at * width..(at + out.len()) * width], out);
            }
            Self::Values(values) => out.copy_from_slice(&values[at..at + out.len()]),
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn decode_bytes(dtype: Dtype, bytes: &[u8], out: &mut [f32]) {
    dtype.decode_into(bytes, out);
}

/// Sums over two rows: of either row products, squares of `a` and of `b`, sums of `a` and of `b`; across the two `a0 b1 + a1 b0`, `a0 a1`, `b0 b1`.
const SUMS: usize = 13;

/// Adds a piece of two rows of either side, `[a0, a1, b0, b1]`: into sums of its own, and column by column into sums of `a`, of `b`, and, of
/// `COLUMNS`, of products and squares. By itself and for each width of registers, because only so the compiler keeps the sums in them;
/// each lane is added in the same order whatever the width.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_two_rows<const COLUMNS: bool, const ACROSS: bool>(
    rows: [&[f32]; 4],
    columns: [&mut [f32]; 5],
    piece: &mut [[f32; LANES]; SUMS],
) {
    let [a0, a1, b0, b1] = rows.map(|row| row.as_chunks::<LANES>().0);
    let [sums_a, sums_b, products, squares_a, squares_b] = columns.map(|column| column.as_chunks_mut::<LANES>().0);
    let count = a0.len();
    let (a1, b0, b1) = (&a1[..count], &b0[..count], &b1[..count]);
    let (sums_a, sums_b) = (&mut sums_a[..count], &mut sums_b[..count]);
    let by_column = if COLUMNS { count } else { 0 };
    let (products, squares_a, squares_b) =
        (&mut products[..by_column], &mut squares_a[..by_column], &mut squares_b[..by_column]);
    let mut out = [[0.0_f32; LANES]; SUMS];
    for at in 0..count {
        let (a0, a1, b0, b1) = (a0[at], a1[at], b0[at], b1[at]);
        for lane in 0..LANES {
            let (x0, x1, y0, y1) = (a0[lane], a1[lane], b0[lane], b1[lane]);
            let (product0, product1) = (x0 * y0, x1 * y1);
            let (square_x0, square_x1, square_y0, square_y1) = (x0 * x0, x1 * x1, y0 * y0, y1 * y1);
            out[0][lane] += product0;
            out[1][lane] += square_x0;
            out[2][lane] += square_y0;
            out[3][lane] += x0;
            out[4][lane] += y0;
            out[5][lane] += product1;
            out[6][lane] += square_x1;
            out[7][lane] += square_y1;
            out[8][lane] += x1;
            out[9][lane] += y1;
            sums_a[at][lane] += x0 + x1;
            sums_b[at][lane] += y0 + y1;
            if COLUMNS {
                products[at][lane] += product0 + product1;
                squares_a[at][lane] += square_x0 + square_x1;
                squares_b[at][lane] += square_y0 + square_y1;
            }
            if ACROSS {
                out[10][lane] += x0 * y1 + x1 * y0;
                out[11][lane] += x0 * x1;
                out[12][lane] += y0 * y1;
            }
        }
    }
    *piece = out;
}

/// `cos(a0 - a1, b0 - b1)` from products.
fn difference_cosine(rows: &[RowSums; 2], [across, within_a, within_b]: [f64; 3]) -> f64 {
    let products = rows[0].products + rows[1].products - across;
    let a = rows[0].squares[0] + rows[1].squares[0] - 2.0 * within_a;
    let b = rows[0].squares[1] + rows[1].squares[1] - 2.0 * within_b;
    // What is left of nearly equal rows is rounding.
    let least = 1e-6 * (rows[0].squares[0] + rows[1].squares[0]);
    let least_b = 1e-6 * (rows[0].squares[1] + rows[1].squares[1]);
    if a > least && b > least_b { products / (a * b).sqrt() } else { 0.0 }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
#[expect(clippy::float_cmp, reason = "equal to the last digit is what is counted")]
fn count_equal(a: &[f32], b: &[f32]) -> u64 {
    let b = &b[..a.len()];
    let mut equal = 0_u32;
    for at in 0..a.len() {
        equal += u32::from(a[at] == b[at]);
    }
    u64::from(equal)
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
