//! From blocks to tensors: sums are added up in the order of the blocks, whoever made them first.

use std::collections::BTreeMap;

use super::Block;
use super::pairs::Pair;
use super::sums::{BlockSums, RowSums};
use crate::weights::Placement;

/// Values kept of each tensor to tell how often equal numbers are chance.
pub(super) const SAMPLES: usize = 8192;
/// A tensor with fewer different values among its samples tells nothing by equality (method 6.2).
const LEAST_VALUES: usize = 64;
/// Equality that chance gives more often than this tells nothing either.
const MOST_CHANCE: f64 = 0.05;

/// What the pass found of one tensor.
#[derive(Debug, Clone)]
pub(in crate::measure) struct TensorFound {
    /// The candidate's tensor.
    pub placement: Placement,
    /// The reference's layer.
    pub from: Option<u32>,
    pub rows: usize,
    pub columns: usize,
    /// Experts that one tensor holds; 1 for all others.
    pub parts: usize,
    /// Correlation after row and column means are taken off; of a vector, after its mean is.
    pub correlation: f64,
    pub equal: u64,
    /// Share of equal numbers that chance gives.
    pub chance: f64,
    /// Whether equality tells anything: values are many and equality by chance is rare.
    pub telling: bool,
    /// Whether all numbers are finite.
    pub finite: bool,
    /// Cosines of corresponding rows and, where asked for, of corresponding columns.
    pub row_cosines: Vec<f32>,
    pub column_cosines: Vec<f32>,
    /// Of neighbouring rows, where asked for: the cosine of their differences, and equal numbers in place less those
    /// after a swap.
    pub swaps: Vec<f32>,
    pub equal_swaps: Vec<f32>,
}

impl TensorFound {
    pub(in crate::measure) fn numbers(&self) -> u64 {
        self.rows as u64 * self.columns as u64
    }
}

/// Sums of one tensor so far.
#[derive(Debug, Default)]
struct Open {
    rows: Vec<RowSums>,
    columns: [Vec<f64>; 2],
    column_products: [Vec<f64>; 3],
    equal: u64,
    swaps: Vec<f32>,
    equal_swaps: Vec<f32>,
    samples: [Vec<f32>; 2],
}

/// Adds up blocks in their order.
pub(super) struct Folding<'a> {
    pairs: &'a [Pair<'a>],
    next: usize,
    waiting: BTreeMap<usize, (Block, BlockSums)>,
    open: Open,
    found: Vec<TensorFound>,
}

impl<'a> Folding<'a> {
    pub(super) fn new(pairs: &'a [Pair<'a>]) -> Self {
        Self { pairs, next: 0, waiting: BTreeMap::new(), open: Open::default(), found: Vec::new() }
    }

    /// Takes the block with the number `at`.
    pub(super) fn take(&mut self, at: usize, block: Block, sums: BlockSums) {
        self.waiting.insert(at, (block, sums));
        while let Some((block, sums)) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.open.add(sums);
            let pair = &self.pairs[block.pair];
            if block.first + block.rows == pair.rows {
                self.found.push(std::mem::take(&mut self.open).close(pair));
            }
        }
    }

    pub(super) fn finish(self) -> Vec<TensorFound> {
        self.found
    }
}

impl Open {
    fn add(&mut self, sums: BlockSums) {
        for (total, part) in self.columns.iter_mut().zip(&sums.columns) {
            add_all(total, part);
        }
        for (total, part) in self.column_products.iter_mut().zip(&sums.column_products) {
            add_all(total, part);
        }
        self.rows.extend(sums.rows);
        self.equal += sums.equal;
        self.swaps.extend(sums.swaps.into_iter().map(narrow));
        self.equal_swaps.extend(sums.equal_swaps.into_iter().map(narrow));
        for (kept, part) in self.samples.iter_mut().zip(sums.samples) {
            kept.extend(part);
        }
    }

    fn close(self, pair: &Pair<'_>) -> TensorFound {
        let (chance, values) = chance_of(&self.samples);
        let [products, a, b] = &self.column_products;
        let column_cosines = products.iter().zip(a).zip(b).map(|((product, a), b)| {
            let scale = (a * b).sqrt();
            narrow(if scale > 0.0 { product / scale } else { 0.0 })
        });
        TensorFound {
            placement: pair.candidate.placement,
            from: pair.reference.placement.layer,
            rows: pair.rows,
            columns: pair.columns,
            parts: pair.parts,
            correlation: self.correlation(),
            equal: self.equal,
            chance,
            telling: values >= LEAST_VALUES && chance <= MOST_CHANCE,
            finite: self.rows.iter().all(|row| row.squares.iter().all(|square| square.is_finite())),
            row_cosines: self.rows.iter().map(|row| narrow(row.cosine())).collect(),
            column_cosines: column_cosines.collect(),
            swaps: self.swaps,
            equal_swaps: self.equal_swaps,
        }
    }

    /// `sum ab - (sum of rows' products) / n - (sum of columns' products) / m + (sums' product) / (m n)`, and likewise
    /// for the squares.
    fn correlation(&self) -> f64 {
        let (m, n) = (self.rows.len() as f64, self.columns[0].len() as f64);
        let centred = |x: usize, y: usize, whole: &dyn Fn(&RowSums) -> f64| {
            let total: f64 = self.rows.iter().map(whole).sum();
            let by_row: f64 = self.rows.iter().map(|row| row.sums[x] * row.sums[y]).sum::<f64>() / n;
            let sum = |which: usize| self.rows.iter().map(|row| row.sums[which]).sum::<f64>();
            if self.rows.len() == 1 {
                return total - by_row;
            }
            let by_column: f64 = self.columns[x].iter().zip(&self.columns[y]).map(|(a, b)| a * b).sum::<f64>() / m;
            total - by_row - by_column + sum(x) * sum(y) / (m * n)
        };
        let product = centred(0, 1, &|row| row.products);
        let (a, b) = (centred(0, 0, &|row| row.squares[0]), centred(1, 1, &|row| row.squares[1]));
        let whole: f64 = self.rows.iter().map(|row| row.squares[0].min(row.squares[1])).sum();
        // What is left of a constant tensor is rounding.
        if a > 1e-9 * whole && b > 1e-9 * whole { (product / (a * b).sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
    }
}

fn add_all(total: &mut Vec<f64>, part: &[f32]) {
    total.resize(part.len(), 0.0);
    for (sum, &value) in total.iter_mut().zip(part) {
        *sum += f64::from(value);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "cosines and counts of one row keep what they need")]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// Share of pairs of samples, one of either side, that are equal, and the fewer different values of the two sides.
fn chance_of([a, b]: &[Vec<f32>; 2]) -> (f64, usize) {
    let runs = |values: &[f32]| {
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for value in values {
            // Both zeros are one value.
            *counts.entry((value + 0.0).to_bits()).or_default() += 1;
        }
        counts
    };
    let (left, right) = (runs(a), runs(b));
    let equal: u64 = left.iter().filter_map(|(value, count)| Some(count * right.get(value)?)).sum();
    let pairs = (a.len() * b.len()).max(1);
    (equal as f64 / pairs as f64, left.len().min(right.len()))
}
