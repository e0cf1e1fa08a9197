//! One matrix planted in another at a known correlation.

use crate::measure::stats::matrix::{Matrix, dot, narrow};

/// A table of the candidate with the reference's planted in it; unchanged where there is nothing to plant.
pub(in crate::measure) fn mixed(reference: &Matrix, candidate: &Matrix, rho: f64) -> Matrix {
    let mut cut = Matrix::zero(candidate.rows, candidate.columns);
    let columns = candidate.columns.min(reference.columns);
    for row in 0..candidate.rows.min(reference.rows) {
        let start = row * candidate.columns;
        cut.data[start..start + columns].copy_from_slice(&reference.row(row)[..columns]);
    }
    let (own, planted) = (dot(&candidate.data, &candidate.data), dot(&cut.data, &cut.data));
    if planted <= 0.0 {
        return candidate.clone();
    }
    let (kept, taken) = ((1.0 - rho * rho).sqrt(), rho * (own / planted).sqrt());
    let mix = |(b, a): (&f32, &f32)| narrow(kept * f64::from(*b) + taken * f64::from(*a));
    Matrix::new(candidate.rows, candidate.columns, candidate.data.iter().zip(&cut.data).map(mix).collect())
}
