//! Linear or along the arc: what the coefficients of each tensor add up to (method 11.2).
//!
//! SLERP by `t` gives `sin((1-t) theta) / sin theta` and `sin(t theta) / sin theta`, whose sum exceeds 1 by about `t
//! (1-t) theta^2 / 2`, with `theta` the angle between the two tensors; a linear mixture adds up to 1. Over all tensors
//! the excess that is there is regressed on the excess that the arc asks for: the slope is 0 or 1, and only five
//! standard errors tell them apart.

use super::TensorFit;

/// Excess that is there per excess that the arc asks for.
pub(super) struct Arc {
    pub slope: f64,
    pub error: f64,
    pub tensors: usize,
    /// The least and the largest `t`.
    pub reach: (f64, f64),
}

impl Arc {
    /// From tensors that two references explain up to rounding.
    pub(super) fn of(fits: &[TensorFit], pair: (usize, usize)) -> Self {
        let (mut over, mut under, mut tensors, mut points) = (0.0, 0.0, 0, Vec::new());
        let mut reach = (f64::INFINITY, f64::NEG_INFINITY);
        for found in fits.iter().filter(|found| found.is_rounding()) {
            let Some(fit) = &found.fit else { continue };
            let (a, b) = (fit.coefficients[pair.0], fit.coefficients[pair.1]);
            let theta = found.sums.cosine(pair.0, pair.1).acos();
            if a < 0.0 || b < 0.0 || theta <= 0.0 {
                continue;
            }
            let t = (b * theta.sin()).atan2(a + b * theta.cos()) / theta;
            reach = (reach.0.min(t), reach.1.max(t));
            let asked = (((1.0 - t) * theta).sin() + (t * theta).sin()) / theta.sin() - 1.0;
            // What rounding of the result, and of the angle where it was computed in single precision, leaves.
            let error = (fit.errors[pair.0].powi(2) + fit.errors[pair.1].powi(2)).sqrt().max(1e-7);
            over += asked * (a + b - 1.0) / error.powi(2);
            under += asked * asked / error.powi(2);
            points.push((asked, a + b - 1.0, error));
            tensors += 1;
        }
        let slope = if under > 0.0 { over / under } else { 0.0 };
        let spread: f64 = points.iter().map(|(x, y, error)| ((y - slope * x) / error).powi(2)).sum();
        let scatter = (spread / (tensors.max(2) - 1) as f64).max(1.0);
        let error = if under > 0.0 { (scatter / under).sqrt() } else { f64::INFINITY };
        Self { slope, error, tensors, reach }
    }

    /// Whether `t` is the same everywhere.
    pub(super) fn is_even(&self) -> bool {
        self.reach.1 - self.reach.0 <= 0.02
    }

    /// Whether the sum follows the arc and not the straight line.
    pub(super) fn is_arc(&self) -> bool {
        self.slope > 5.0 * self.error && (self.slope - 1.0).abs() <= (5.0 * self.error).max(0.2)
    }
}
