//! Random matrices for tests, the same on every machine.

use crate::measure::stats::matrix::{Matrix, narrow};

/// Roughly normal numbers from a fixed generator.
pub(in crate::measure) fn random(rows: usize, columns: usize, seed: u64) -> Matrix {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let data = (0..rows * columns).map(|_| narrow((0..6).map(|_| uniform()).sum::<f64>() - 3.0)).collect();
    Matrix::new(rows, columns, data)
}
