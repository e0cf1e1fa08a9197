//! Equal numbers by their places (method 6.3): never by a share alone, which coarse grids, masks and padding
//! have between strangers.
//!
//! - **Swap form**: of units `c`, `c'` over positions `r`, `t = sum_r [all four numbers are non-zero] (eq(a_rc, b_rc) +
//!   eq(a_rc', b_rc') - eq(a_rc, b_rc') - eq(a_rc', b_rc))`.
//! - **Groups**: channels of a table, neurons (F2) and value channels (F4s) of layers. Constant rows, padding and
//!   shared zeros cancel; the fourfold condition takes away what a common public mask would add.
//! - **Sign form** `#(a = b) - #(a = -b)` for tables too narrow for the swap form, over channels; `RMSNorm` only, rows
//!   that are constant on a side left out.
//! - **Means** the same numbers, never trained numbers: two models of one seed keep some.

use std::collections::HashMap;

use crate::measure::families::family::Family;
use crate::measure::families::units::{Group, Part, Stack, Summand, Sums, laid, side_by_side};
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::tail::SignSum;
use crate::weights::Dtype;

/// How finely numbers are told apart: bits of the fraction that are dropped before they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) struct Grid {
    dropped: u32,
}

impl Grid {
    /// The coarser of two stored formats. Numbers of 32 bits keep 20: what gains were divided out of is off in the
    /// last.
    pub(in crate::measure) fn coarser(formats: [Option<Dtype>; 2]) -> Self {
        let dropped = |format: Option<Dtype>| match format {
            Some(Dtype::BF16) => 16,
            Some(Dtype::F16) => 13,
            _ => 4,
        };
        Self { dropped: formats.map(dropped).into_iter().max().unwrap_or(4) }
    }

    /// The bits of a number on this grid, ties away from zero.
    fn bits(self, value: f32) -> u32 {
        let half = 1 << (self.dropped - 1);
        let bits = value.to_bits().wrapping_add(half) >> self.dropped;
        // Both zeros are one number.
        if bits << 1 << self.dropped == 0 { 0 } else { bits }
    }

    fn row(self, values: &[f32]) -> Vec<u32> {
        values.iter().map(|&value| self.bits(value)).collect()
    }

    /// The same number with the other sign.
    fn negative(self, bits: u32) -> u32 {
        bits ^ (1 << (31 - self.dropped))
    }
}

/// What equal numbers of a table say.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct EqualTable {
    /// Pairs of channels.
    pub swaps: SignSum,
    /// Channels, where signs may speak.
    pub signs: Option<SignSum>,
    /// Share of numbers that are equal, and what chance makes of it: `sum_v p_A(v) p_B(v)`.
    pub share: f64,
    pub chance: f64,
}

/// Least share above chance at which equality may speak (method 6.5).
pub(in crate::measure) const LEAST_EXCESS: f64 = 0.01;
/// Pairs of channels with which the swap form reaches the level of a run alone.
const ENOUGH_PAIRS: usize = 43;

/// Two tables of corresponding rows, as stored; none where widths differ. `signs`: the stream is free to change the
/// sign of a channel (`RMSNorm`).
pub(in crate::measure) fn table(a: &Matrix, b: &Matrix, grid: Grid, signs: bool) -> Option<EqualTable> {
    (a.rows == b.rows && a.columns == b.columns && !a.data.is_empty()).then_some(())?;
    let (x, y) = (a.transposed(), b.transposed());
    let channel = |side: &Matrix, at: usize| grid.row(side.row(at));
    let swap = |pair: usize| {
        let (i, j) = (2 * pair, 2 * pair + 1);
        swap_equal([&channel(&x, i), &channel(&x, j)], [&channel(&y, i), &channel(&y, j)])
    };
    let swaps = SignSum::of((0..a.columns / 2).map(swap).collect());
    let narrow = signs && a.columns / 2 < ENOUGH_PAIRS;
    let signs = narrow.then(|| sign_form(a, b, grid));
    let (left, right) = (grid.row(&a.data), grid.row(&b.data));
    let equal = left.iter().zip(&right).filter(|(x, y)| x == y).count();
    let all = left.len() as f64;
    Some(EqualTable { swaps, signs, share: equal as f64 / all, chance: chance(&left, &right) })
}

/// `t` of a pair of units over all positions.
fn swap_equal(a: [&[u32]; 2], b: [&[u32]; 2]) -> f64 {
    let mut t = 0_i64;
    for at in 0..a[0].len() {
        let (a, b) = (a.map(|row| row[at]), b.map(|row| row[at]));
        if a.iter().chain(&b).all(|&bits| bits != 0) {
            let equal = |x: u32, y: u32| i64::from(x == y);
            t += equal(a[0], b[0]) + equal(a[1], b[1]) - equal(a[0], b[1]) - equal(a[1], b[0]);
        }
    }
    t as f64
}

fn sign_form(a: &Matrix, b: &Matrix, grid: Grid) -> SignSum {
    let constant = |row: &[f32]| row.iter().all(|value| value.to_bits() == row[0].to_bits());
    let mut terms = vec![0.0; a.columns];
    for row in (0..a.rows).filter(|&row| !constant(a.row(row)) && !constant(b.row(row))) {
        for ((term, x), y) in terms.iter_mut().zip(grid.row(a.row(row))).zip(grid.row(b.row(row))) {
            if x != 0 && y != 0 {
                *term += f64::from(u8::from(x == y)) - f64::from(u8::from(x == grid.negative(y)));
            }
        }
    }
    SignSum::of(terms)
}

fn chance(left: &[u32], right: &[u32]) -> f64 {
    let mut counts: HashMap<u32, [f64; 2]> = HashMap::new();
    for (side, values) in [left, right].into_iter().enumerate() {
        for &value in values {
            counts.entry(value).or_default()[side] += 1.0;
        }
    }
    let mut products: Vec<f64> = counts.into_values().map(|[x, y]| x * y).collect();
    products.sort_by(f64::total_cmp);
    products.into_iter().sum::<f64>() / (left.len() as f64 * right.len() as f64).max(1.0)
}

/// Layers as stored: neurons over gate, up and down (F2), value channels over value and output (F4s).
pub(in crate::measure) fn layers(a: &Stack, b: &Stack, map: &[(usize, usize)], grid: Grid) -> Sums {
    let mut sums = Sums::default();
    for layers in laid(a, b, map) {
        for (family, group) in [(Family::NeuronSwaps, Group::Neuron), (Family::ValueSwaps, Group::Value)] {
            let fits = |part: &&Part| layers.rows(**part).is_some_and(|(a, b)| a.columns == b.columns);
            let parts: Vec<Part> = group.parts().iter().filter(fits).copied().collect();
            let side = |rows: &dyn Fn(Part) -> Matrix| -> Vec<Matrix> {
                parts.iter().map(|&part| side_by_side(&layers.frame, part, &rows(part))).collect()
            };
            let (x, y) = (side(&|part| layers.a.parts[&part].clone()), side(&|part| layers.b.parts[&part].clone()));
            let unit = |side: &[Matrix], at: usize| -> Vec<u32> {
                side.iter().flat_map(|rows| grid.row(rows.row(at))).collect()
            };
            let summand = |swap: &crate::measure::families::units::Swap| {
                let [a, b] = [&x, &y].map(|side| [swap.first, swap.second].map(|at| unit(side, at)));
                Summand { label: swap.label, t: swap_equal([&a[0], &a[1]], [&b[0], &b[1]]) }
            };
            if !parts.is_empty() {
                sums.add(family, layers.place(), layers.swaps(group).iter().map(summand));
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::test_matrices::random;

    fn ternary(seed: u64, mask: Option<u64>) -> Matrix {
        let mut out = random(200, 48, seed);
        let masked = mask.map(|seed| random(200, 48, seed));
        for (at, value) in out.data.iter_mut().enumerate() {
            let kept = masked.as_ref().is_none_or(|mask| mask.data[at] > 0.4);
            *value = if kept { value.signum() } else { 0.0 };
        }
        out
    }

    fn law(mask: impl Fn(u64) -> Option<u64>, z: impl Fn(&Matrix, &Matrix) -> f64) -> (f64, f64) {
        let found: Vec<f64> =
            (0..60).map(|seed| z(&ternary(2 * seed, mask(seed)), &ternary(2 * seed + 1, mask(seed)))).collect();
        let mean = found.iter().sum::<f64>() / 60.0;
        (mean, (found.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 59.0).sqrt())
    }

    #[test]
    fn a_common_public_mask_rings_without_the_fourfold_condition() {
        let grid = Grid::coarser([Some(Dtype::BF16), None]);
        let right = |a: &Matrix, b: &Matrix| table(a, b, grid, false).expect("fits").swaps.z();
        let wrong = |a: &Matrix, b: &Matrix| {
            let equal = |i: usize, j: usize| {
                (0..a.rows).filter(|&r| a.at(r, i).to_bits() == b.at(r, j).to_bits()).count() as f64
            };
            let pair = |c: usize| {
                equal(2 * c, 2 * c) + equal(2 * c + 1, 2 * c + 1) - equal(2 * c, 2 * c + 1) - equal(2 * c + 1, 2 * c)
            };
            SignSum::of((0..a.columns / 2).map(pair).collect()).z()
        };
        let public = |seed: u64| Some(seed + 1000);
        assert!(law(public, wrong).0 > 4.0, "{:?}", law(public, wrong));
        for (mean, deviation) in [law(public, right), law(|_| None, right)] {
            assert!(mean.abs() < 0.45 && (0.75..1.25).contains(&deviation), "{mean} {deviation}");
        }
    }

    #[test]
    fn copies_of_an_eighth_of_the_rows_are_told() {
        let (a, mut b) = (random(384, 64, 1), random(384, 64, 2));
        b.data[..48 * 64].copy_from_slice(&a.data[..48 * 64]);
        let found = table(&a, &b, Grid::coarser([None, None]), true).expect("fits");
        assert!(found.swaps.z() > 5.0 && found.share - found.chance > LEAST_EXCESS, "{found:?}");
        assert!(found.signs.is_some_and(|signs| signs.z() > 7.0), "a narrow table has its sign form");
        assert_eq!(table(&a, &random(384, 32, 1), Grid::coarser([None, None]), true), None);
    }

    #[test]
    fn rows_of_one_number_fool_nobody() {
        let (mut a, mut b) = (ternary(1, None), ternary(2, None));
        for side in [&mut a, &mut b] {
            side.data[..100 * 48].fill(0.5);
        }
        let found = table(&a, &b, Grid::coarser([None, None]), true).expect("fits");
        assert!(found.swaps.z().abs() < 4.0 && found.signs.is_some_and(|signs| signs.z().abs() < 4.0));
        assert!(found.share > 0.5, "though more than half of the numbers are equal");
    }
}
