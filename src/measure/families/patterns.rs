//! Public patterns that a start may have (method 5.2): a family may speak only if the law of the start is
//! symmetric.
//!
//! - **Statistic**: rows of length one against a pattern, each row a fair sign (or each pair of neighbours, where only
//!   order is free): an exact Rademacher `z`.
//! - **Silence**: both sides beyond [`RING`] on one pattern, with one sign and, of diagonals, one shift. One side alone
//!   is no reason: exactness needs only one random side, and so a cheat cannot silence a test by a pattern in his own
//!   file.
//! - **Not seen**: patterns of the whole matrix in a tower of which some units or channels are held, because their
//!   indices are those of the sample.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::measure::families::family::Family;
use crate::measure::families::units::{Group, Part, Stack};
use crate::measure::stats::matrix::{Matrix, dot};

/// Among 53,736 roles of strangers none rang on both sides at this level; one side alone reaches 4.7 by chance among
/// all shifts of a diagonal.
const RING: f64 = 4.5;
/// A product below this is rounding: rows without mean have no part along the ones.
const TIE: f64 = 1e-6;
/// Rows of a matrix that are looked at: the null law is the same for any number, and this many show any pattern.
const MOST_ROWS: usize = 4096;

/// A pattern that anybody can write down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum Pattern {
    /// The reversed diagonal.
    Anti,
    /// Rows of the discrete cosine transform.
    Dct,
    /// Ones along the diagonal, or along the one that is so many columns off.
    Diagonal,
    /// Rows of Hadamard's matrix in their natural order.
    Hadamard,
    /// Lengths of rows against their index.
    Lengths,
    /// Each row like the next.
    Neighbours,
    /// Rows of ones: numbers of one sign.
    Ones,
    /// Sines and cosines of positions.
    Sinusoids,
    /// The diagonal of a matrix that is no square.
    Stretched,
    /// Ones on one side of the diagonal.
    Triangle,
}

/// How loudly one matrix shows one pattern.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::measure) struct Rung {
    pub z: f64,
    /// Columns that the diagonal is off.
    pub shift: usize,
}

/// Patterns of every matrix of a stack.
pub(in crate::measure) type Rungs = BTreeMap<(usize, Part, Pattern), Rung>;
/// Parts in which both sides show one pattern.
pub(in crate::measure) type Rings = BTreeMap<Part, BTreeSet<Pattern>>;

/// The patterns of every layer and part of a stack.
pub(in crate::measure) fn of(stack: &Stack) -> Rungs {
    of_parts(stack, |_| true, Clone::clone)
}

/// The patterns of value and output that tell of the order of their units: without their mean row, which no order
/// changes. (Half as many pairs as rows would let the swap form of small matrices never ring.)
pub(in crate::measure) fn of_order(stack: &Stack) -> Rungs {
    of_parts(stack, |part| part.group() == Group::Value, Matrix::without_mean_row)
}

fn of_parts(stack: &Stack, wanted: impl Fn(Part) -> bool, seen: impl Fn(&Matrix) -> Matrix + Sync) -> Rungs {
    let parts: Vec<(usize, Part, &Matrix, bool)> = stack
        .plates
        .iter()
        .enumerate()
        .flat_map(|(layer, plate)| {
            let linear = stack.linear_up && plate.parts.contains_key(&Part::Gate);
            let parts = plate.parts.iter().filter(|(part, _)| wanted(**part));
            parts.map(move |(&part, matrix)| {
                let signs = part.group() != Group::Neuron || linear && part != Part::Gate;
                (layer, part, &**matrix, signs)
            })
        })
        .collect();
    let each: Vec<Rungs> = parts
        .into_par_iter()
        .map(|(layer, part, matrix, signs)| {
            let rows = seen(matrix);
            let rows = if rows.rows > MOST_ROWS { rows.take_rows(0..MOST_ROWS) } else { rows };
            let rungs = if signs { in_signs(&rows) } else { in_swaps(&rows) };
            rungs.into_iter().map(|(pattern, rung)| ((layer, part, pattern), rung)).collect()
        })
        .collect();
    each.into_iter().flatten().collect()
}

/// Parts and patterns in which both sides ring, over layers that lie beside each other.
pub(in crate::measure) fn ringing<'m>(
    a: &Rungs,
    b: &Rungs,
    map: impl IntoIterator<Item = &'m (usize, usize)>,
) -> Rings {
    let mut out = Rings::new();
    for &(i, j) in map {
        let first = (i, Part::ALL[0], Pattern::Anti);
        for (&(_, part, pattern), x) in a.range(first..).take_while(|((layer, ..), _)| *layer == i) {
            let Some(y) = b.get(&(j, part, pattern)) else { continue };
            if x.z.abs().min(y.z.abs()) > RING && x.z * y.z > 0.0 && x.shift == y.shift {
                out.entry(part).or_default().insert(pattern);
            }
        }
    }
    out
}

/// Sum over deviation of products of which each could as well have the other sign.
fn z(products: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for t in products.into_iter().filter(|t| t.abs() > TIE) {
        sum += t;
        squares += t * t;
    }
    if squares > 0.0 { sum / squares.sqrt() } else { 0.0 }
}

/// A computed matrix, row by row, with rows of length one.
struct Computed {
    pattern: Pattern,
    of: fn(&Size, usize, usize) -> f64,
}

/// The size of the matrix that a pattern is computed for, with what its rows are made of.
struct Size {
    rows: usize,
    columns: usize,
    /// `cos(pi k / 2 columns)` for `k` below four times the columns.
    cosines: Vec<f64>,
    /// Angles of a position, by column.
    rates: Vec<f64>,
}

impl Size {
    fn of(matrix: &Matrix) -> Self {
        let d = matrix.columns as f64;
        let angle = |k: usize| (std::f64::consts::PI * k as f64 / (2.0 * d)).cos();
        let rate = |k: usize| 10_000_f64.powf(-((2 * k) as f64) / d);
        Self {
            rows: matrix.rows,
            columns: matrix.columns,
            cosines: (0..4 * matrix.columns).map(angle).collect(),
            rates: (0..matrix.columns.div_ceil(2)).map(rate).collect(),
        }
    }

    fn row(&self, computed: &Computed, row: usize) -> Vec<f64> {
        let mut out: Vec<f64> = (0..self.columns).map(|column| (computed.of)(self, row, column)).collect();
        let length = out.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length > 0.0 {
            for x in &mut out {
                *x /= length;
            }
        }
        out
    }
}

const DCT: Computed =
    Computed { pattern: Pattern::Dct, of: |size, i, j| size.cosines[(2 * j + 1) * i % (4 * size.columns)] };
const HADAMARD: Computed = Computed {
    pattern: Pattern::Hadamard,
    of: |_, i, j| if (i & j).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 },
};
const SINUSOIDS: Computed = Computed {
    pattern: Pattern::Sinusoids,
    of: |size, i, j| match j.checked_sub(size.rates.len()) {
        None => (i as f64 * size.rates[j]).sin(),
        Some(k) => (i as f64 * size.rates[k]).cos(),
    },
};
const ONES: Computed = Computed { pattern: Pattern::Ones, of: |_, _, _| 1.0 };
const TRIANGLE: Computed = Computed {
    pattern: Pattern::Triangle,
    of: |size, i, j| if j <= i * size.columns / size.rows { 1.0 } else { -1.0 },
};
const DIAGONAL: Computed =
    Computed { pattern: Pattern::Diagonal, of: |size, i, j| if j == i % size.columns { 1.0 } else { 0.0 } };

fn product(row: &[f32], pattern: &[f64]) -> f64 {
    row.iter().zip(pattern).map(|(x, p)| f64::from(*x) * p).sum()
}

/// Rows whose sign is free.
fn in_signs(matrix: &Matrix) -> Vec<(Pattern, Rung)> {
    let (rows, size) = (matrix.unit_rows(), Size::of(matrix));
    let (n, d) = (rows.rows, rows.columns);
    let at = |i: usize, j: usize| f64::from(rows.at(i, j % d));
    let straight = |z: f64| Rung { z, shift: 0 };
    let mut out: Vec<(Pattern, Rung)> = [ONES, DCT, HADAMARD, SINUSOIDS, TRIANGLE]
        .iter()
        .map(|computed| {
            let z = z((0..n).map(|i| product(rows.row(i), &size.row(computed, i))));
            (computed.pattern, straight(z))
        })
        .collect();
    out.push((Pattern::Stretched, straight(z((0..n).map(|i| at(i, i * d / n))))));
    out.push((Pattern::Anti, straight(z((0..n).map(|i| at(i, d - 1 - i % d))))));
    out.push((Pattern::Neighbours, straight(z((1..n).map(|i| dot(rows.row(i), rows.row(i - 1)))))));
    let shifted = |shift: usize| Rung { z: z((0..n).map(|i| at(i, i + shift))), shift };
    let loudest = (0..d).map(shifted).reduce(|best, next| if next.z.abs() > best.z.abs() { next } else { best });
    out.extend(loudest.map(|rung| (Pattern::Diagonal, rung)));
    out
}

/// Rows whose place is free: each pair of neighbours against the difference of theirs in the pattern.
fn in_swaps(matrix: &Matrix) -> Vec<(Pattern, Rung)> {
    let (rows, size) = (matrix.unit_rows(), Size::of(matrix));
    let pairs = || (0..rows.rows / 2).map(|pair| (2 * pair, 2 * pair + 1));
    let mut out: Vec<(Pattern, Rung)> = [DIAGONAL, DCT, HADAMARD, SINUSOIDS]
        .iter()
        .map(|computed| {
            let t = |(i, j): (usize, usize)| {
                let (p, q) = (size.row(computed, i), size.row(computed, j));
                let apart = rows.row(i).iter().zip(rows.row(j)).map(|(x, y)| f64::from(*x) - f64::from(*y));
                apart.zip(p.iter().zip(&q)).map(|(x, (p, q))| x * (p - q)).sum()
            };
            (computed.pattern, Rung { z: z(pairs().map(t)), shift: 0 })
        })
        .collect();
    let length = |i: usize| (dot(matrix.row(i), matrix.row(i)).sqrt() + 1e-12).ln();
    out.push((Pattern::Lengths, Rung { z: z(pairs().map(|(i, j)| length(i) - length(j))), shift: 0 }));
    out
}

/// What a family's terms are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum Needs {
    /// Rows against rows, or answers to tokens.
    Place,
    /// Answers to units of the same sublayer.
    Within,
    /// Answers to units of a neighbouring sublayer: two locks, of which one is enough.
    Virtual,
    /// Answers of up to gates that were matched.
    Gram,
}

/// Sets of parts: a family is silent if a part of *every* set rings on both sides.
fn sets(needs: Needs, family: Family, linear: bool) -> &'static [&'static [Part]] {
    use Part::{Down, Gate, Key, Output, Query, Up, Value};
    match (needs, family) {
        (Needs::Place | Needs::Within, Family::NeuronSwaps) if linear => &[&[Gate]],
        (Needs::Place | Needs::Within, Family::NeuronSwaps) => &[&[Gate, Up, Down]],
        (Needs::Place, Family::UpDownSigns) => &[&[Up, Down]],
        (Needs::Place, Family::ValueSigns | Family::ValueSwaps) => &[&[Value, Output]],
        (Needs::Place, Family::RotarySigns) => &[&[Query, Key]],
        (Needs::Within | Needs::Gram, Family::UpDownSigns) => &[&[Up, Gate]],
        (Needs::Within, Family::ValueSigns) => &[&[Value, Key, Query]],
        (Needs::Within, Family::RotarySigns) => &[&[Key]],
        (Needs::Virtual, Family::NeuronSwaps) if linear => &[&[Gate], &[Output]],
        (Needs::Virtual, Family::NeuronSwaps) => &[&[Gate, Up, Down], &[Output]],
        (Needs::Virtual, Family::UpDownSigns) => &[&[Up], &[Output]],
        (Needs::Virtual, Family::ValueSigns | Family::ValueSwaps) => &[&[Value, Output], &[Down, Up, Gate]],
        (Needs::Virtual, Family::RotarySigns) => &[&[Query, Key], &[Down]],
        _ => &[],
    }
}

/// Parts that ring, and those whose order does.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Ringing<'r> {
    pub signs: &'r Rings,
    pub order: &'r Rings,
}

/// The rings that silence a family; none if it may speak. Numbers of one sign, or of one mean, silence signs and never
/// swaps.
pub(in crate::measure) fn silencing(needs: Needs, family: Family, ringing: Ringing<'_>, linear: bool) -> Option<Rings> {
    let of_part = |part: Part| {
        let by_order = family == Family::ValueSwaps && part.group() == Group::Value;
        if by_order { ringing.order.get(&part) } else { ringing.signs.get(&part) }
    };
    let mut out = Rings::new();
    let sets = sets(needs, family, linear);
    for set in sets {
        let before = out.len();
        for part in *set {
            if let Some(patterns) = of_part(*part) {
                out.insert(*part, patterns.clone());
            }
        }
        if out.len() == before {
            return None;
        }
    }
    (!sets.is_empty()).then_some(out)
}
