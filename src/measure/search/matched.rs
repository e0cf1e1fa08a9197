//! Neurons that were matched without their places: which blocks of neurons stand against each other, how near their
//! descriptions are, and the signs that the match left.

use crate::measure::families::units::{Part, Plate, Stack, components, near_pairs};
use crate::measure::stats::matrix::{Matrix, cosine, dot, narrow};
use crate::measure::stats::tail::SignSum;

/// A layer rings from here on: where work is short, others are looked at only then.
pub(in crate::measure) const RINGS: f64 = 4.0;
/// What stands in for nothing in a logarithm or a quotient.
pub(in crate::measure) const NOTHING: f64 = 1e-12;

/// What one layer of the candidate shows against one of the reference.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct Cell {
    pub reference: usize,
    pub candidate: usize,
    pub sum: SignSum,
}

/// What was found, and among how many pairs of layers, or of their experts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::measure) struct Matched {
    /// For each layer of the candidate the loudest of the reference.
    pub cells: Vec<Cell>,
    pub tried: usize,
}

impl Matched {
    /// For each layer of the candidate the loudest cell.
    pub(in crate::measure) fn keep_loudest(&mut self, found: &[Cell]) {
        let mut layers: Vec<usize> = found.iter().map(|cell| cell.candidate).collect();
        layers.sort_unstable();
        layers.dedup();
        let louder = |best: Cell, next: &Cell| if next.sum.z() > best.sum.z() { next.clone() } else { best };
        for layer in layers {
            let mut of_layer = found.iter().filter(|cell| cell.candidate == layer);
            let first = of_layer.next().cloned();
            self.cells.extend(first.map(|first| of_layer.fold(first, louder)));
        }
    }
}

/// The neurons of one expert of a layer, or of a dense one: matching looks among these, since neurons stay in the
/// expert that they were trained in.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Block {
    pub layer: usize,
    pub first: usize,
    pub neurons: usize,
}

impl Block {
    /// Every block of a stack that has gates with a branch beside them.
    pub(in crate::measure) fn all(stack: &Stack) -> Vec<Self> {
        let of_layer = |(layer, plate): (usize, &Plate)| -> Vec<Self> {
            let (Some(gate), Some(up)) = (plate.parts.get(&Part::Gate), plate.parts.get(&Part::Up)) else {
                return Vec::new();
            };
            let rows = gate.rows.min(up.rows);
            let neurons = if plate.experts * plate.neurons == rows { plate.neurons } else { rows };
            (0..rows / neurons.max(1)).map(|expert| Self { layer, first: expert * neurons, neurons }).collect()
        };
        stack.plates.iter().enumerate().flat_map(of_layer).collect()
    }

    /// Gates and the branch beside them.
    pub(in crate::measure) fn rows(self, stack: &Stack) -> [Matrix; 2] {
        let parts = &stack.plates[self.layer].parts;
        [Part::Gate, Part::Up].map(|part| parts[&part].take_rows(self.first..self.first + self.neurons))
    }
}

/// The median taken off, in deviations, times a weight.
pub(in crate::measure) fn standardise(column: &mut [f64], weight: f64) {
    let mut sorted = column.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len().max(1);
    let median =
        f64::midpoint(sorted.get((n - 1) / 2).copied().unwrap_or(0.0), sorted.get(n / 2).copied().unwrap_or(0.0));
    let mean = column.iter().sum::<f64>() / n as f64;
    let spread = (column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n as f64).sqrt() + 1e-9;
    for value in column {
        *value = weight * (*value - median) / spread;
    }
}

/// How near rows of features are: minus the squared distance of each to each.
pub(in crate::measure) fn nearness(a: &Matrix, b: &Matrix) -> Matrix {
    let length = |rows: &Matrix, row: usize| dot(rows.row(row), rows.row(row));
    let mut score = a.times_transposed(b);
    let own: Vec<f64> = (0..b.rows).map(|row| length(b, row)).collect();
    for (row, values) in score.data.chunks_exact_mut(own.len().max(1)).enumerate() {
        let here = length(a, row);
        for (value, there) in values.iter_mut().zip(&own) {
            *value = narrow(2.0 * f64::from(*value) - here - there);
        }
    }
    score
}

/// The signs of up, by what it answers to the gates of neurons that were matched one by one; duplicates count as one.
pub(in crate::measure) fn signs_of_up(a: &[Matrix; 2], b: &[Matrix; 2]) -> SignSum {
    let answers = [a, b].map(|[gate, up]| up.times_transposed(&gate.unit_rows()));
    let near = [near_pairs(a), near_pairs(b)].concat();
    let labels = components(a[0].rows, near);
    let mut terms = vec![0.0; a[0].rows];
    for (row, label) in labels.into_iter().enumerate() {
        terms[label] += cosine(answers[0].row(row), answers[1].row(row));
    }
    terms.retain(|t| t.abs() > NOTHING);
    SignSum::of(terms)
}
