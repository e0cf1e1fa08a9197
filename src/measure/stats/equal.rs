//! Equal numbers of two matrices, counted.

use crate::measure::stats::matrix::Matrix;

/// Numbers that are equal, and equal up to rounding at eight bits of significand, of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::measure) struct Equal {
    pub exactly: u64,
    pub rounded: u64,
    pub of: u64,
}

impl Equal {
    pub(in crate::measure) fn share(self) -> f64 {
        self.exactly as f64 / self.of.max(1) as f64
    }

    pub(in crate::measure) fn rounded_share(self) -> f64 {
        self.rounded as f64 / self.of.max(1) as f64
    }

    pub(in crate::measure) fn add(&mut self, a: &[f32], b: &[f32]) {
        if a.len() != b.len() {
            return;
        }
        // What is zero on both sides says nothing: pruned models of strangers share their zeros by chance, and so do
        // padded rows.
        for (x, y) in a.iter().zip(b).filter(|(x, y)| **x != 0.0 || **y != 0.0) {
            self.of += 1;
            self.exactly += u64::from(x.total_cmp(y).is_eq());
            self.rounded += u64::from((x - y).abs() <= x.abs().max(y.abs()) / 256.0);
        }
    }

    pub(in crate::measure) fn of_matrices(a: &Matrix, b: &Matrix) -> Self {
        let mut out = Self::default();
        out.add(&a.data, &b.data);
        out
    }
}
