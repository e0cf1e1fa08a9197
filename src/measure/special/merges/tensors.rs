//! The same tensor in the candidate and in every reference, and its numbers by a fixed plan.

use std::collections::BTreeMap;

use super::normal::{Block, Fit};
use super::solve::inverse;
use crate::measure::MeasureError;
use crate::measure::model::plan::spread;
use crate::weights::{Checkpoint, Dtype, Halves, Numbers, Role, Tensor};

/// Least numbers of a tensor that takes part: smaller ones are gains and biases, which need other care.
const LEAST_NUMBERS: u64 = 1024;
/// Most numbers that are read of one tensor; of larger ones the first rows and rows from the middle.
const MOST_NUMBERS: usize = 4 << 20;

/// One tensor on all sides.
pub(super) struct Shared {
    candidate: Tensor,
    references: Vec<Tensor>,
    rows: Vec<usize>,
    pub columns: usize,
    pub dtype: Dtype,
    pub layer: Option<u32>,
    pub role: Role,
    /// Whether its rows are neurons in an order that training leaves to chance.
    pub swaps: bool,
    /// Numbers of the whole tensor.
    pub numbers: u64,
}

/// A place: layer, expert, role, and the how-manieth of several alike.
type Key = (Option<u32>, Option<u32>, Role, usize);

/// The matrices of a component by place.
fn places<'a>(checkpoint: &'a Checkpoint, component: &str) -> BTreeMap<Key, &'a Tensor> {
    let mut out = BTreeMap::new();
    for tensor in &checkpoint.tensors {
        let place = tensor.placement;
        let fits = place.component.id() == component
            && !place.is_bias
            && tensor.shape.len() >= 2
            && tensor.elements >= LEAST_NUMBERS
            && tensor.dtype.is_comparable()
            && !matches!(place.role, Role::Buffer | Role::Scale | Role::Packed | Role::LowRank);
        if fits {
            let mut nth = 0;
            while out.contains_key(&(place.layer, place.expert, place.role, nth)) {
                nth += 1;
            }
            out.insert((place.layer, place.expert, place.role, nth), tensor);
        }
    }
    out
}

/// Tensors that stand at the same place with the same shape on all sides.
pub(super) fn shared(candidate: &Checkpoint, references: &[&Checkpoint], component: &str) -> Vec<Shared> {
    let others: Vec<BTreeMap<Key, &Tensor>> =
        references.iter().map(|checkpoint| places(checkpoint, component)).collect();
    let mut out = Vec::new();
    for (key, tensor) in places(candidate, component) {
        let found: Option<Vec<Tensor>> = others
            .iter()
            .map(|places| places.get(&key).filter(|other| other.shape == tensor.shape).map(|other| (*other).clone()))
            .collect();
        let Some(references) = found else { continue };
        let (rows, columns) = Numbers::table_shape(tensor);
        let count = (MOST_NUMBERS / columns.max(1)).max(2);
        let role = tensor.placement.role;
        let fused = matches!(role, Role::GateUp(Halves::GateFirst));
        out.push(Shared {
            candidate: tensor.clone(),
            references,
            rows: spread(rows, count),
            columns,
            dtype: tensor.dtype,
            layer: tensor.placement.layer,
            role,
            swaps: matches!(role, Role::Gate | Role::Up) && rows > columns && !fused,
            numbers: tensor.elements,
        });
    }
    out
}

impl Shared {
    pub(super) fn read(&self, own: &Numbers<'_>, others: &[Numbers<'_>]) -> Result<Block, MeasureError> {
        let take = |numbers: &Numbers<'_>, tensor: &Tensor| -> Result<Vec<f32>, MeasureError> {
            let mut data = Vec::with_capacity(self.rows.len() * self.columns);
            let mut at = 0;
            while at < self.rows.len() {
                let first = self.rows[at];
                let run = (at..self.rows.len()).take_while(|&next| self.rows[next] == first + (next - at)).count();
                numbers.read_rows(tensor, first..first + run, &mut data)?;
                at += run;
            }
            for number in data.iter_mut().filter(|number| !number.is_finite()) {
                *number = 0.0;
            }
            Ok(data)
        };
        Ok(Block {
            rows: self.rows.len(),
            columns: self.columns,
            candidate: take(own, &self.candidate)?,
            references: others
                .iter()
                .zip(&self.references)
                .map(|(numbers, tensor)| take(numbers, tensor))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The distance from a number to the next in a format; none for formats with grids of their own.
pub(in crate::measure) fn last_place(value: f64, dtype: Dtype) -> Option<f64> {
    let (bits, least) = match dtype {
        Dtype::BF16 => (7, -126),
        Dtype::F16 => (10, -14),
        Dtype::F32 | Dtype::F64 => (23, -126),
        _ => return None,
    };
    // A number's exponent as it is stored; those of all formats here lie far inside that of f64.
    let exponent = ((value.to_bits() >> 52) & 0x7ff).max(1023_u64.saturating_add_signed(least));
    Some(f64::from_bits((exponent - bits) << 52))
}

impl Block {
    /// Root mean square of what a mixture leaves over, in units of the last place of the largest number on any side.
    pub(super) fn residual_ulp(&self, coefficients: &[f64], dtype: Dtype) -> Option<f64> {
        let mut sum = 0.0;
        for (at, &y) in self.candidate.iter().enumerate() {
            let (mut mixed, mut largest) = (0.0, f64::from(y).abs());
            for (x, beta) in self.references.iter().zip(coefficients) {
                let x = f64::from(x[at]);
                mixed += beta * x;
                largest = largest.max(x.abs());
            }
            let left = (f64::from(y) - mixed) / last_place(largest, dtype)?;
            sum += left * left;
        }
        Some((sum / self.candidate.len().max(1) as f64).sqrt())
    }

    /// Standard errors of a tensor's coefficients, clustered by row: `(X'X)^-1 (sum_r X_r' e_r e_r' X_r) (X'X)^-1`.
    pub(super) fn clustered_errors(&self, fit: &Fit, ancestor: usize) -> Vec<f64> {
        let count = self.references.len();
        let coded = |at: usize| -> Vec<f64> {
            let first = f64::from(self.references[ancestor][at]);
            (0..count).map(|k| if k == ancestor { first } else { f64::from(self.references[k][at]) - first }).collect()
        };
        let mut gram = vec![vec![0.0; count]; count];
        let mut meat = vec![vec![0.0; count]; count];
        for row in 0..self.rows {
            let mut score = vec![0.0; count];
            for at in row * self.columns..(row + 1) * self.columns {
                let x = coded(at);
                let left =
                    f64::from(self.candidate[at]) - x.iter().zip(&fit.coded).map(|(x, beta)| x * beta).sum::<f64>();
                for i in 0..count {
                    score[i] += x[i] * left;
                    for j in 0..count {
                        gram[i][j] += x[i] * x[j];
                    }
                }
            }
            for i in 0..count {
                for j in 0..count {
                    meat[i][j] += score[i] * score[j];
                }
            }
        }
        let Some(bread) = inverse(&gram) else { return vec![f64::INFINITY; count] };
        let product = |a: &[Vec<f64>], b: &[Vec<f64>]| -> Vec<Vec<f64>> {
            (0..count).map(|i| (0..count).map(|j| (0..count).map(|k| a[i][k] * b[k][j]).sum()).collect()).collect()
        };
        let variance = product(&product(&bread, &meat), &bread);
        // The ancestor's coefficient is the sum of all less the others.
        let mut errors: Vec<f64> = (0..count).map(|k| variance[k][k].max(0.0).sqrt()).collect();
        let sign = |k: usize| if k == ancestor { 1.0 } else { -1.0 };
        let own: f64 = (0..count)
            .flat_map(|i| (0..count).map(move |j| (i, j)))
            .map(|(i, j)| sign(i) * sign(j) * variance[i][j])
            .sum();
        errors[ancestor] = own.max(0.0).sqrt();
        errors
    }
}
