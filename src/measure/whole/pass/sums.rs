//! The inner loops: sums over blocks of rows of two tensors that stand in the same place.
//!
//! Products are added in `f32` within a piece of a row, in a fixed number of lanes, and in `f64` beyond it: the result
//! is the same whatever the processor and however many work. What must be decoded is decoded a piece at a time, so that
//! it lies in the nearest cache.

use multiversion::multiversion;

use super::lanes::{ByColumn, Decoded, LANES, Lanes, Row as _, STEP, Stored, TwoRows, add_two_rows};
use crate::weights::{Dtype, bf16_bits};

/// Columns of one piece: four pieces of `f32` take half of a small first-level cache.
const PIECE: usize = 1024;

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
    /// `columns` numbers a row; `coarse` says that the coarser format of the two is `bf16`, to which both are rounded
    /// before they are called equal.
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

fn sum_up(a: Side<'_>, b: Side<'_>, columns: usize, wanted: Wanted, coarse: bool, pieces: &mut Pieces) -> BlockSums {
    let add = match (wanted.columns, wanted.swaps) {
        (true, true) => sum_rows::<5, true>,
        (true, false) => sum_rows::<5, false>,
        (false, true) => sum_rows::<2, true>,
        (false, false) => sum_rows::<2, false>,
    };
    let mut out = add(a, b, columns, coarse, pieces);
    out.samples = [a, b].map(|side| side.sample(wanted.samples, coarse));
    out
}

/// `K` sums by column; of `ACROSS`, swapped neighbours too.
fn sum_rows<const K: usize, const ACROSS: bool>(
    a: Side<'_>,
    b: Side<'_>,
    columns: usize,
    coarse: bool,
    pieces: &mut Pieces,
) -> BlockSums {
    let mut out = BlockSums::default();
    let rows = a.numbers() / columns.max(1);
    let mut by_column: Vec<ByColumn<K>> = vec![[[[0.0; LANES]; 2]; K]; columns.div_ceil(STEP)];
    let stored = a.stored(columns).zip(b.stored(columns));
    for first in (0..rows).step_by(2) {
        let two = first + 1 < rows;
        let mut sums = PieceSums::default();
        for from in (0..columns).step_by(PIECE) {
            let count = PIECE.min(columns - from);
            let by_column = &mut by_column[from / STEP..(from + count).div_ceil(STEP)];
            let at = first * columns + from;
            sums.add(&if let Some((a, b)) = stored {
                let (begin, steps) = (at / STEP, count / STEP);
                let after = if two { Some((at + columns) / STEP) } else { None };
                let [(a0, a1), (b0, b1)] = [a, b].map(|side| {
                    let second = after.map_or(Stored(&ZEROS[..steps]), |begin| side.part(begin, steps));
                    (side.part(begin, steps), second)
                });
                add_two_rows::<_, K, ACROSS>([a0, a1, b0, b1], by_column)
            } else {
                let rows = pieces.decode([a, b], at, count, two.then_some(at + columns));
                if coarse {
                    add_two_rows::<_, K, ACROSS>(rows.map(Decoded::<u16>::of), by_column)
                } else {
                    add_two_rows::<_, K, ACROSS>(rows.map(Decoded::<u32>::of), by_column)
                }
            });
        }
        let padding = (columns.next_multiple_of(STEP) - columns) as u64;
        sums.equal -= if two { 2 * padding } else { padding + columns.next_multiple_of(STEP) as u64 };
        if ACROSS {
            sums.crossed -= 2 * padding;
        }
        let both = sums.rows.map(RowSums::of);
        out.equal += sums.equal;
        out.rows.extend(&both[..if two { 2 } else { 1 }]);
        if two && ACROSS {
            out.swaps.push(difference_cosine(&both, sums.across));
            out.equal_swaps.push(sums.equal as f64 - sums.crossed as f64);
        }
    }
    let column: fn(usize, usize) -> usize = if stored.is_some() { Stored::column } else { Decoded::<u32>::column };
    let unfold = |which: usize| unfold(&by_column, which, columns, column);
    out.columns = [unfold(0), unfold(1)];
    if K == 5 {
        out.column_products = [unfold(2), unfold(3), unfold(4)];
    }
    out
}

/// One row that is not there.
static ZEROS: [[u8; 2 * STEP]; PIECE / STEP] = [[0; 2 * STEP]; PIECE / STEP];

/// One of the sums by column, in the order of columns.
fn unfold<const K: usize>(
    by_column: &[ByColumn<K>],
    which: usize,
    columns: usize,
    column: fn(usize, usize) -> usize,
) -> Vec<f32> {
    let mut out = vec![0.0; by_column.len() * STEP];
    for (step, sums) in out.chunks_exact_mut(STEP).zip(by_column) {
        for (half, lanes) in sums[which].iter().enumerate() {
            for (lane, sum) in lanes.iter().enumerate() {
                step[column(half, lane)] = *sum;
            }
        }
    }
    out.truncate(columns);
    out
}

/// Sums over whole rows: pieces are added up in `f64`.
#[derive(Debug, Default)]
struct PieceSums {
    rows: [[f64; 5]; 2],
    across: [f64; 3],
    equal: u64,
    crossed: u64,
}

impl PieceSums {
    fn add(&mut self, piece: &TwoRows) {
        let sum = |lanes: &Lanes| lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>();
        for (total, lanes) in self.rows.as_flattened_mut().iter_mut().zip(piece.rows.as_flattened()) {
            *total += sum(lanes);
        }
        for (total, lanes) in self.across.iter_mut().zip(&piece.across) {
            *total += sum(lanes);
        }
        self.equal += u64::from(piece.equal);
        self.crossed += u64::from(piece.crossed);
    }
}

impl Pieces {
    /// Pieces of `[a0, a1, b0, b1]`, filled up with zeros to whole steps; the second rows are zeros where there are
    /// none.
    fn decode(&mut self, sides: [Side<'_>; 2], at: usize, count: usize, second: Option<usize>) -> [&[[f32; STEP]]; 4] {
        let whole = count.next_multiple_of(STEP);
        for (row, piece) in self.0.iter_mut().enumerate() {
            piece.resize(PIECE, 0.0);
            let side = sides[row / 2];
            match if row % 2 == 0 { Some(at) } else { second } {
                Some(at) => side.decode(at, &mut piece[..count]),
                None => piece[..count].fill(0.0),
            }
            piece[count..whole].fill(0.0);
        }
        self.0.each_ref().map(|piece| piece[..whole].as_chunks().0)
    }
}

impl Side<'_> {
    /// What needs no decoding: `bf16` in rows of whole steps.
    fn stored(&self, columns: usize) -> Option<Stored<'_>> {
        match self {
            Self::Bytes(bytes, Dtype::BF16) if columns.is_multiple_of(STEP) => Some(Stored(bytes.as_chunks().0)),
            _ => None,
        }
    }

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

/// `cos(a0 - a1, b0 - b1)` from products of the rows and of their sums: `(a0 - a1)(b0 - b1) = 2 (a0 b0 + a1 b1) - (a0 +
/// a1)(b0 + b1)`.
fn difference_cosine(rows: &[RowSums; 2], [st, ss, tt]: [f64; 3]) -> f64 {
    let squares = [0, 1].map(|side| rows[0].squares[side] + rows[1].squares[side]);
    let products = 2.0 * (rows[0].products + rows[1].products) - st;
    let (a, b) = (2.0 * squares[0] - ss, 2.0 * squares[1] - tt);
    // What is left of nearly equal rows is rounding.
    if a > 1e-6 * squares[0] && b > 1e-6 * squares[1] { products / (a * b).sqrt() } else { 0.0 }
}

/// Rounds to the nearest number that `bf16` holds.
fn round_to_bf16(values: &mut [f32]) {
    for value in values {
        *value = f32::from_bits(u32::from(bf16_bits(*value)) << 16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::matrix::{cosine, dot};
    use crate::measure::stats::test_matrices::random;

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

    /// Rows of whole steps in pairs and one left over, in more than one piece.
    #[test]
    fn numbers_as_stored_give_what_decoded_ones_give() {
        let (rows, columns) = (5, PIECE + 3 * STEP);
        let stored = [1, 2].map(|seed| {
            let mut bits: Vec<u16> = random(rows, columns, seed).data.iter().map(|&value| bf16_bits(value)).collect();
            // Some numbers are the same in place, some after a swap.
            bits[7] = 0x3f80;
            bits[columns + 40] = 0x4000;
            bits[[columns + 9, 9][usize::from(seed == 2)]] = 0x4040;
            bits.iter().flat_map(|bits| bits.to_le_bytes()).collect::<Vec<u8>>()
        });
        let wanted = Wanted { columns: true, swaps: true, samples: 11 };
        let sum =
            |a: Side<'_>, b: Side<'_>, wanted| BlockSums::of(a, b, columns, wanted, false, &mut Pieces::default());
        let [a, b] = stored.each_ref().map(|bytes| Side::Bytes(bytes, Dtype::BF16));
        let values = [a, b].map(|side| {
            let mut values = vec![0.0; rows * columns];
            side.decode(0, &mut values);
            values
        });
        let [decoded_a, decoded_b] = values.each_ref().map(|values| Side::Values(values));
        let (found, expected) = (sum(a, b, wanted), sum(decoded_a, decoded_b, wanted));
        assert_eq!((found.equal, &found.equal_swaps), (expected.equal, &expected.equal_swaps));
        let same = |x: &[f32], y: &[f32]| x.iter().zip(y).filter(|(x, y)| x.to_bits() == y.to_bits()).count();
        let row = |side: usize, at: usize| &values[side][at * columns..(at + 1) * columns];
        let in_place = same(row(0, 0), row(1, 0)) + same(row(0, 1), row(1, 1));
        let after_a_swap = same(row(0, 0), row(1, 1)) + same(row(0, 1), row(1, 0));
        assert!(in_place >= 2 && after_a_swap >= 1);
        assert!((found.equal_swaps[0] - (in_place as f64 - after_a_swap as f64)).abs() < 0.5);
        assert_eq!(found.equal, same(&values[0], &values[1]) as u64);
        assert_eq!(found.samples, expected.samples);
        let near = |x: &[f32], y: &[f32]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-4);
        for (found, expected) in found.columns.iter().zip(&expected.columns) {
            assert!(near(found, expected));
        }
        for (found, expected) in found.column_products.iter().zip(&expected.column_products) {
            assert!(near(found, expected));
        }
        for (found, expected) in found.rows.iter().zip(&expected.rows) {
            assert!((found.cosine() - expected.cosine()).abs() < 1e-6);
            assert!((found.sums[1] - expected.sums[1]).abs() < 1e-3);
        }
        assert!(found.swaps.iter().zip(&expected.swaps).all(|(x, y)| (x - y).abs() < 1e-6));
    }

    #[test]
    fn equal_numbers_are_counted_in_the_coarser_format() {
        let a = [1.0_f32, 2.0, 3.0, 0.1];
        let b = [1.0_f32, 2.5, 3.0, 0.100_1];
        let zeros = BlockSums::of(
            Side::Values(&[0.0, -0.0, 1e-40]),
            Side::Values(&[-0.0, -0.0, 0.0]),
            3,
            Wanted::default(),
            false,
            &mut Pieces::default(),
        );
        assert_eq!(zeros.equal, 2, "zeros of either sign are one number");
        let count = |coarse| {
            let mut pieces = Pieces::default();
            BlockSums::of(Side::Values(&a), Side::Values(&b), 4, Wanted::default(), coarse, &mut pieces).equal
        };
        assert_eq!((count(false), count(true)), (2, 3));
    }
}
