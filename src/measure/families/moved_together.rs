//! Whether numbers were moved together, as training moves them, or each by itself (method 8.11).
//!
//! - **Residual**: `e = a - f b` for each unit, with the factor `f` that fits best, so that a unit's sign and scale
//!   change nothing; of a head `E = A - M B` with any map `M` of its channels, so that turns inside a head change
//!   nothing either. Units of which less than half is left are not the same units and count for nothing.
//!   Channels get a factor too where it explains more than it would of noise: gains that were rounded or moved.
//! - **Statistic**: rows and columns in two halves each, `T = <E11, P>` with `P = E12 V (W'W)^-1 W' E21` and
//!   `W = E22 V`, where `V` are the leading directions of `E22` (Owen and Perry 2009). `z = T / |E11 P|`, over all
//!   parts `sum z / sqrt(parts)`. A step of training is a sum of few products of vectors, so three blocks tell of
//!   the fourth.
//! - **Null**: signs of the residual's entries that are fair and independent given their sizes, as rounding and noise
//!   make them. `P` is made of the other three blocks, so `T` is a signed sum and its tail is proven (method 2.2).
//! - **Silent** where numbers were set to zero ([`PRUNED`]), and where the residual stands square to the rows or to
//!   the columns of what is left ([`SQUARE`]): a cut of rank takes directions away and adds none. Both move numbers
//!   together without training, and what was trained besides is then not told.
//! - **Not told apart**: a mixture with a third model's numbers, which training moved too (method 11.1).

use crate::measure::families::correspond::{Arrangement, HeadKey, heads, neurons};
use crate::measure::model::regroup::regrouped;
use crate::measure::model::shape::{Attention, Layer};
use crate::measure::stats::chance::Chance;
use crate::measure::stats::matrix::{Matrix, dot, narrow};
use crate::measure::stats::tail::ln_pooled;
use crate::weights::Rotary;

/// Directions of the residual that three blocks tell to the fourth. With eight a fine-tuned toy of 35 matrices
/// reaches `z = 36` where one direction reaches 21.
const DIRECTIONS: usize = 8;
/// Rounds in which these are found. Any directions of the three blocks are allowed, so nothing rests on their number.
const ROUNDS: usize = 6;
/// Least share of a unit's square that its counterpart must explain. A unit that began anew shares `1 / width`.
const SAME_UNIT: f64 = 0.5;
/// Below this share of a unit's square a difference is that of sums in `f32`, whose error is not fair.
const ROUNDED: f64 = 1e-10;
/// Share of numbers set to zero on one side alone above which a matrix was pruned.
const PRUNED: f64 = 0.01;
/// A residual with less than this part of what it would share by chance with the rows, or the columns, of the other
/// side stands square to them. Of trained pairs the least was 0.92; of cuts of rank, weighted or not, the most 1e-27.
const SQUARE: f64 = 0.25;
/// Rows, and columns, on which that is looked at.
const LOOKED_AT: usize = 128;
/// Where some units of a matrix are held, a weighted cut of rank is not seen. One that takes a fifth of the
/// directions takes more than this share of the square, which fine-tuning seldom does.
const SMALL: f64 = 1e-3;
/// Fits of units and channels in turn at most, and the share of the residual that must be left for another to be made:
/// of channels that were scaled alone each takes off nine tenths.
const MOST_FITS: usize = 16;
const SETTLED: f64 = 0.98;
/// Least rows and columns of a block.
const LEAST_SIDE: usize = 8;
/// A variance of the logarithm of factors above which units were rescaled, as of gains.
const SCALES: f64 = 0.01;
/// How many times less must be left of it in the product of the two factors that undo each other.
const UNDONE: f64 = 4.0;
/// Fewer units tell nothing of scales.
const LEAST_UNITS: usize = 16;

/// What is known of two sides before they are compared.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Held {
    /// Units of the layers are a sample.
    pub some: bool,
    pub rotary: Rotary,
}

/// What was done to the numbers of parts that correspond.
#[derive(Debug, Clone, Default)]
pub(in crate::measure) struct Movement {
    sum: f64,
    parts: usize,
    units: usize,
    flipped: usize,
    /// Logarithms of factors that undo each other: up and down, value and output, key and query.
    scales: [Vec<(f64, f64)>; 3],
}

impl Movement {
    /// How far the parts' residuals tell of each other, in deviations of the null law.
    pub(in crate::measure) fn z(&self) -> f64 {
        self.sum / (self.parts.max(1) as f64).sqrt()
    }

    /// Whether what moved was moved together, at a level of `ln_level`.
    pub(in crate::measure) fn is_together(&self, ln_level: f64) -> bool {
        self.z() > 0.0 && ln_pooled(self.z()) <= ln_level
    }

    /// Whether signs of units were flipped: of a hundredth of them, since no training turns a unit round.
    pub(in crate::measure) fn flips_units(&self) -> bool {
        self.flipped > 0 && 100 * self.flipped >= self.units
    }

    /// Whether units were scaled and scaled back: one factor varies far more than its product with the other.
    pub(in crate::measure) fn rescales_units(&self) -> bool {
        self.scales.iter().any(|pairs| {
            let alone = variance(pairs.iter().map(|pair| pair.0));
            let together = variance(pairs.iter().map(|pair| pair.0 + pair.1));
            pairs.len() >= LEAST_UNITS && alone > SCALES && alone > UNDONE * together
        })
    }

    /// Takes in two tables, or two matrices whose rows correspond.
    pub(in crate::measure) fn add(&mut self, reference: &Matrix, candidate: &Matrix) {
        if reference.rows == candidate.rows && reference.columns == candidate.columns {
            self.take(&(reference.clone(), candidate.clone()), None, false);
        }
    }

    /// Takes in two layers; the reference's is in the candidate's basis.
    pub(in crate::measure) fn add_layer(
        &mut self,
        reference: &Layer,
        candidate: &Layer,
        arrangement: Arrangement,
        held: Held,
    ) {
        for pair in neurons(reference, candidate, arrangement) {
            let (a, b) = (&reference.experts[pair.reference], &candidate.experts[pair.candidate]);
            let rows = |there: &Matrix, here: &Matrix| {
                let told = |row: &(usize, usize, f64)| row.0 < there.rows && row.1 < here.rows;
                let pairs: Vec<_> = pair.neurons.iter().filter(|row| told(row)).collect();
                (there.take_rows(pairs.iter().map(|row| row.0)), here.take_rows(pairs.iter().map(|row| row.1)))
            };
            let mut readers = vec![rows(&a.up, &b.up)];
            readers.extend(a.gate.as_ref().zip(b.gate.as_ref()).map(|(a, b)| rows(a, b)));
            let (down, cut) = (rows(&a.down, &b.down), cut_as_one(&readers));
            let written = self.take(&down, None, held.some);
            for (at, sides) in readers.iter().enumerate() {
                let fit = if cut { self.count(sides) } else { self.take(sides, None, held.some) };
                if at == 0 {
                    self.scales[0].extend(both(&fit, &written));
                }
            }
        }
        if let (Some(a), Some(b)) = (&reference.attention, &candidate.attention) {
            let grouped = regrouped(a, b);
            self.add_attention(grouped.as_ref().unwrap_or(a), b, arrangement, held);
        }
    }

    fn add_attention(&mut self, a: &Attention, b: &Attention, arrangement: Arrangement, held: Held) {
        let h = b.head_width;
        let pairs = heads(a, b, arrangement, HeadKey::QueryKey, held.rotary);
        if pairs.is_empty() || h == 0 || h >= b.query.columns {
            return;
        }
        let shared: Vec<(usize, usize)> = pairs.iter().map(|pair| (pair.reference, pair.candidate)).collect();
        let queries: Vec<(usize, usize)> = pairs.iter().flat_map(|pair| pair.queries.iter().copied()).collect();
        let rows = |there: &Matrix, here: &Matrix, order: &[(usize, usize)]| {
            let rows = |pick: fn(&(usize, usize)) -> usize| {
                let channels = order.iter().map(pick).flat_map(|head| head * h..(head + 1) * h);
                channels.collect::<Vec<_>>()
            };
            (there.take_rows(rows(|pair| pair.0)), here.take_rows(rows(|pair| pair.1)))
        };
        let readers =
            [rows(&a.value, &b.value, &shared), rows(&a.key, &b.key, &shared), rows(&a.query, &b.query, &queries)];
        let cut = cut_as_one(&readers);
        let take = |out: &mut Self, sides: &(Matrix, Matrix)| {
            if cut { out.count(sides) } else { out.take(sides, Some(h), held.some) }
        };
        let [value, key, query] = readers.each_ref().map(|sides| take(self, sides));
        let output = self.take(&rows(&a.output, &b.output, &queries), Some(h), held.some);
        // One key-value head stands beside the first query head that reads it.
        let first: Vec<usize> = pairs
            .iter()
            .scan(0, |at, pair| {
                let first = *at;
                *at += pair.queries.len();
                Some(first)
            })
            .collect();
        for (kind, few, many) in [(1, &value, &output), (2, &key, &query)] {
            for (head, query) in first.iter().enumerate() {
                let channel = |at: usize| Some((few.factor(head * h + at)?, many.factor(query * h + at)?));
                self.scales[kind].extend((0..h).filter_map(channel).map(|(x, y)| (x.abs().ln(), y.abs().ln())));
            }
        }
    }

    /// Takes in the signs of units alone.
    fn count(&mut self, (a, b): &(Matrix, Matrix)) -> Fit {
        let fit = by_rows(a, b);
        let told = fit.factors.iter().flatten();
        self.units += told.clone().count();
        self.flipped += told.filter(|factor| **factor < 0.0).count();
        fit
    }

    /// Takes in one part. `head`: channels of a head, where rows are those of heads.
    fn take(&mut self, sides: &(Matrix, Matrix), head: Option<usize>, some: bool) -> Fit {
        let fit = self.count(sides);
        let (a, b) = (&sides.0, &sides.1);
        if is_pruned(a, b) {
            return fit;
        }
        let residual = residual((a, b), head);
        let signed = signed(a, b, &fit);
        let cut = [&signed, &fit.residual].into_iter().any(|left| stands_square(&fitted(a, left, &fit), left));
        // What was scaled first and cut then was cut in the candidate's own scale.
        let cut = cut || stands_square(b, &in_the_scale_of_the_other(&fit));
        if cut || some && square(&residual) > SMALL * square(a) {
            return fit;
        }
        if let Some(z) = told_by_the_rest(&residual) {
            self.sum += z;
            self.parts += 1;
        }
        fit
    }
}

/// The candidate's rows fitted to the reference's, each by one factor.
struct Fit {
    residual: Matrix,
    /// None where the two rows are not the same unit.
    factors: Vec<Option<f64>>,
}

impl Fit {
    fn factor(&self, row: usize) -> Option<f64> {
        self.factors.get(row).copied().flatten()
    }
}

fn both(one: &Fit, other: &Fit) -> Vec<(f64, f64)> {
    let pairs = one.factors.iter().zip(&other.factors);
    pairs.filter_map(|(x, y)| Some(((*x)?.abs().ln(), (*y)?.abs().ln()))).collect()
}

fn by_rows(a: &Matrix, b: &Matrix) -> Fit {
    let mut residual = Matrix::zero(a.rows, a.columns);
    let mut factors = Vec::with_capacity(a.rows);
    for at in 0..a.rows {
        let (x, y) = (a.row(at), b.row(at));
        let (along, there, here) = (dot(x, y), dot(x, x), dot(y, y));
        let same = here > 0.0 && along * along >= SAME_UNIT * there * here && there > 0.0;
        factors.push(same.then_some(along / here));
        if same {
            let factor = along / here;
            put(&mut residual, at, x, y.iter().map(|value| factor * f64::from(*value)));
        }
    }
    Fit { residual, factors }
}

/// Puts `row - fitted` in the place of a residual's row, unless it is what rounding of sums leaves.
fn put(residual: &mut Matrix, at: usize, row: &[f32], fitted: impl Iterator<Item = f64>) {
    let left: Vec<f32> = row.iter().zip(fitted).map(|(value, fitted)| narrow(f64::from(*value) - fitted)).collect();
    if dot(&left, &left) > ROUNDED * dot(row, row) {
        let columns = residual.columns;
        residual.data[at * columns..(at + 1) * columns].copy_from_slice(&left);
    }
}

/// What is left after the fit of units, and of channels where their factors explain more than twice what as many
/// factors explain of noise: a gain that was rounded or moved scales a channel for all units, and trains none.
fn residual((a, b): (&Matrix, &Matrix), head: Option<usize>) -> Matrix {
    let by_units = |b: &Matrix| match head {
        Some(h) => by_heads(a, b, h),
        None => by_rows(a, b).residual,
    };
    let plain = by_units(b);
    let (mut scaled, mut left) = (b.clone(), plain.clone());
    for _ in 0..MOST_FITS {
        let before = square(&left);
        scaled.scale_columns(&factors_of_channels(a, &left));
        left = by_units(&scaled);
        if square(&left) >= SETTLED * before {
            break;
        }
    }
    let explained = 1.0 - 2.0 / a.rows.max(2) as f64;
    if square(&left) < explained * square(&plain) { left } else { plain }
}

/// For each channel the factor that brings what was fitted, which is the reference less its residual, nearest to it.
fn factors_of_channels(a: &Matrix, left: &Matrix) -> Vec<f32> {
    let mut sums = vec![(0.0, 0.0); a.columns];
    for row in 0..a.rows {
        for ((sum, x), e) in sums.iter_mut().zip(a.row(row)).zip(left.row(row)) {
            let fitted = f64::from(*x) - f64::from(*e);
            *sum = (sum.0 + f64::from(*x) * fitted, sum.1 + fitted * fitted);
        }
    }
    sums.iter().map(|(along, own)| if *own > 0.0 { narrow(along / own) } else { 1.0 }).collect()
}

fn square(matrix: &Matrix) -> f64 {
    dot(&matrix.data, &matrix.data)
}

/// What is left of each head's rows after any map of the other side's channels of that head.
fn by_heads(a: &Matrix, b: &Matrix, h: usize) -> Matrix {
    let mut residual = Matrix::zero(a.rows, a.columns);
    for first in (0..a.rows).step_by(h) {
        let rows = first..(first + h).min(a.rows);
        if rows.clone().all(|row| a.row(row) == b.row(row)) {
            continue;
        }
        let products = |x: &Matrix, y: &Matrix| -> Vec<Vec<f64>> {
            rows.clone().map(|i| rows.clone().map(|j| dot(x.row(i), y.row(j))).collect()).collect()
        };
        let Some(factor) = Triangle::of(&products(b, b)) else { continue };
        for (row, products) in rows.clone().zip(products(a, b)) {
            let weights = factor.solved(products);
            let mut fitted = vec![0.0; a.columns];
            for (other, weight) in rows.clone().zip(weights) {
                fitted.iter_mut().zip(b.row(other)).for_each(|(sum, value)| *sum += weight * f64::from(*value));
            }
            let kept: f64 = fitted.iter().map(|value| value * value).sum();
            if kept >= SAME_UNIT * dot(a.row(row), a.row(row)) {
                put(&mut residual, row, a.row(row), fitted.into_iter());
            }
        }
    }
    residual
}

/// `a - s b` with each unit's sign alone, where the units are the same.
fn signed(a: &Matrix, b: &Matrix, fit: &Fit) -> Matrix {
    let mut out = Matrix::zero(a.rows, a.columns);
    for (at, factor) in fit.factors.iter().enumerate() {
        if let Some(factor) = factor {
            put(&mut out, at, a.row(at), b.row(at).iter().map(|value| factor.signum() * f64::from(*value)));
        }
    }
    out
}

/// What was fitted to a matrix: the matrix less its residual, in rows that are the same units. A unit that was turned
/// round stands here as it stood before, so that a cut of rank is seen through flips.
fn fitted(a: &Matrix, left: &Matrix, fit: &Fit) -> Matrix {
    let mut out = Matrix::zero(a.rows, a.columns);
    for at in (0..a.rows).filter(|at| fit.factor(*at).is_some()) {
        let row = a.row(at).iter().zip(left.row(at)).map(|(x, e)| x - e);
        let columns = out.columns;
        out.data[at * columns..(at + 1) * columns].iter_mut().zip(row).for_each(|(value, kept)| *value = kept);
    }
    out
}

/// The residual of each unit in the candidate's scale.
fn in_the_scale_of_the_other(fit: &Fit) -> Matrix {
    let mut out = fit.residual.clone();
    for (at, factor) in fit.factors.iter().enumerate() {
        let columns = out.columns;
        let by = factor.map_or(0.0, |factor| 1.0 / factor);
        for value in &mut out.data[at * columns..(at + 1) * columns] {
            *value = narrow(f64::from(*value) * by);
        }
    }
    out
}

/// Whether more than a few numbers are zero on one side alone, in rows that are zero on neither.
fn is_pruned(a: &Matrix, b: &Matrix) -> bool {
    let (mut zero, mut all) = (0_usize, 0_usize);
    for row in 0..a.rows {
        let (x, y) = (a.row(row), b.row(row));
        if x.iter().any(|value| *value != 0.0) && y.iter().any(|value| *value != 0.0) {
            zero += x.iter().zip(y).filter(|(x, y)| (**x == 0.0) != (**y == 0.0)).count();
            all += x.len();
        }
    }
    zero as f64 > PRUNED * all as f64
}

/// Whether matrices that read the same were cut in rank as one, as files hold them that keep them in one tensor.
fn cut_as_one(parts: &[(Matrix, Matrix)]) -> bool {
    let stacked =
        |pick: fn(&(Matrix, Matrix)) -> &Matrix| parts.iter().map(pick).fold(Matrix::default(), Matrix::stacked);
    let (a, b) = (stacked(|sides| &sides.0), stacked(|sides| &sides.1));
    let fit = by_rows(&a, &b);
    let left = signed(&a, &b, &fit);
    parts.len() > 1 && stands_square(&fitted(&a, &left, &fit), &left)
}

/// Whether a residual shares no more than rounding with the rows, or the columns, of what is left.
fn stands_square(kept: &Matrix, residual: &Matrix) -> bool {
    let evenly = |all: usize| (0..all).step_by(all.div_ceil(LOOKED_AT).max(1)).collect::<Vec<_>>();
    let shares = |kept: &Matrix, residual: &Matrix| {
        let of = |matrix: &Matrix| matrix.take_rows(evenly(matrix.rows));
        let (kept, residual) = (of(kept), of(residual));
        let scale = square(&kept) * square(&residual) / kept.columns.max(1) as f64;
        scale > 0.0 && square(&kept.times_transposed(&residual)) < SQUARE * scale
    };
    shares(kept, residual) || shares(&kept.transposed(), &residual.transposed())
}

/// `T / |E11 P|` of one residual: none where a block has too little to tell.
fn told_by_the_rest(residual: &Matrix) -> Option<f64> {
    if residual.rows < 2 * LEAST_SIDE || residual.columns < 2 * LEAST_SIDE {
        return None;
    }
    let half = |all: usize, odd: usize| (0..all / 2).map(|at| 2 * at + odd).collect::<Vec<_>>();
    let block = |rows: usize, columns: usize| {
        residual.take_rows(half(residual.rows, rows)).take_columns(&half(residual.columns, columns))
    };
    let (own, beside, below, apart) = (block(0, 0), block(0, 1), block(1, 0), block(1, 1));
    let mut directions = drawn(DIRECTIONS.min(apart.rows / 2).min(apart.columns / 2), apart.columns);
    for _ in 0..ROUNDS {
        directions = square_to_each_other(directions.times_transposed(&apart).times(&apart))?;
    }
    let there = directions.times_transposed(&apart);
    let gram = there.times_transposed(&there);
    let gram: Vec<Vec<f64>> =
        (0..gram.rows).map(|row| gram.row(row).iter().map(|value| f64::from(*value)).collect()).collect();
    let factor = Triangle::of(&gram)?;
    let left = directions.times_transposed(&beside).transposed();
    let right = there.times(&below).transposed();
    let mut solved = Matrix::zero(right.rows, right.columns);
    for row in 0..right.rows {
        let numbers = factor.solved(right.row(row).iter().map(|value| f64::from(*value)).collect());
        let columns = solved.columns;
        solved.data[row * columns..(row + 1) * columns]
            .iter_mut()
            .zip(numbers)
            .for_each(|(value, number)| *value = narrow(number));
    }
    let told = left.times_transposed(&solved);
    let products = own.data.iter().zip(&told.data).map(|(x, y)| f64::from(*x) * f64::from(*y));
    let (sum, squares) = products.fold((0.0, 0.0), |(sum, squares), term| (sum + term, squares + term * term));
    (squares > 0.0 && squares.is_finite()).then(|| sum / squares.sqrt())
}

/// Rows of fair numbers, the same every time.
fn drawn(rows: usize, columns: usize) -> Matrix {
    let mut chance = Chance::new(0x6d_6f76_6564);
    Matrix::new(rows, columns, (0..rows * columns).map(|_| narrow(chance.normal())).collect())
}

/// Rows of length 1 that stand square to each other (Gram and Schmidt, twice); none if nothing is left of one.
fn square_to_each_other(mut rows: Matrix) -> Option<Matrix> {
    let columns = rows.columns;
    for at in 0..rows.rows {
        let (before, rest) = rows.data.split_at_mut(at * columns);
        let row = &mut rest[..columns];
        let length = dot(row, row).sqrt();
        if length <= 0.0 || !length.is_finite() {
            return None;
        }
        for _ in 0..2 {
            for other in before.chunks_exact(columns) {
                let along = dot(row, other);
                row.iter_mut().zip(other).for_each(|(x, y)| *x = narrow(f64::from(*x) - along * f64::from(*y)));
            }
        }
        let left = dot(row, row).sqrt();
        if left <= 1e-6 * length {
            return None;
        }
        for value in row.iter_mut() {
            *value = narrow(f64::from(*value) / left);
        }
    }
    Some(rows)
}

/// The lower factor of a symmetric matrix (Cholesky), with a billionth of its mean diagonal added.
struct Triangle(Vec<Vec<f64>>);

impl Triangle {
    fn of(matrix: &[Vec<f64>]) -> Option<Self> {
        let n = matrix.len();
        let trace: f64 = (0..n).map(|at| matrix[at][at]).sum();
        let added = 1e-9 * trace / n.max(1) as f64;
        let mut factor = vec![vec![0.0; n]; n];
        for row in 0..n {
            for column in 0..=row {
                let product: f64 = (0..column).map(|k| factor[row][k] * factor[column][k]).sum();
                let value = matrix[row][column] - product;
                factor[row][column] = if row == column {
                    let value = value + added;
                    if value.is_nan() || value <= 0.0 {
                        return None;
                    }
                    value.sqrt()
                } else {
                    value / factor[column][column]
                };
            }
        }
        (n > 0).then_some(Self(factor))
    }

    fn solved(&self, mut right: Vec<f64>) -> Vec<f64> {
        let n = self.0.len();
        for row in 0..n {
            let known: f64 = (0..row).map(|k| self.0[row][k] * right[k]).sum();
            right[row] = (right[row] - known) / self.0[row][row];
        }
        for row in (0..n).rev() {
            let known: f64 = (row + 1..n).map(|k| self.0[k][row] * right[k]).sum();
            right[row] = (right[row] - known) / self.0[row][row];
        }
        right
    }
}

fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n
}

#[cfg(test)]
#[path = "moved_together_tests.rs"]
mod tests;
