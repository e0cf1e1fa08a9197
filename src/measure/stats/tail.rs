//! Tails of the null laws, as natural logarithms (method 2.2).
//!
//! Under independence a statistic `sum s_i t_i` with fair signs `s_i` is a Rademacher sum. For every number of terms
//! `P(T >= x |t|) <= 3.178 (1 - Phi(x))` (Bentkus and Dzindzalieta 2015); for few terms all sign patterns are counted.

/// `1 / (4 (1 - Phi(sqrt 2)))`, the constant of the Rademacher bound.
const RADEMACHER: f64 = 3.178_655_9;
/// At most so many terms are counted out exactly.
const COUNTED: usize = 18;

/// Terms of a signed sum, with what follows from them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::measure) struct SignSum {
    pub terms: Vec<f64>,
}

impl SignSum {
    pub(in crate::measure) fn of(terms: Vec<f64>) -> Self {
        Self { terms: terms.into_iter().filter(|term| term.is_finite() && *term != 0.0).collect() }
    }

    pub(in crate::measure) fn units(&self) -> usize {
        self.terms.len()
    }

    /// Terms in the reference's favour: signs and orders that are as the reference has them.
    pub(in crate::measure) fn agree(&self) -> usize {
        self.terms.iter().filter(|term| **term > 0.0).count()
    }

    pub(in crate::measure) fn add(&mut self, other: &Self) {
        self.terms.extend_from_slice(&other.terms);
    }

    /// The sum over its own null standard deviation; at most the root of the number of units.
    pub(in crate::measure) fn z(&self) -> f64 {
        let squares: f64 = self.terms.iter().map(|term| term * term).sum();
        if squares > 0.0 { self.terms.iter().sum::<f64>() / squares.sqrt() } else { 0.0 }
    }

    /// Logarithm of the two-sided p-value: a rotated copy agrees with the wrong sign as loudly as with the right one.
    pub(in crate::measure) fn ln_p(&self) -> f64 {
        if self.terms.is_empty() {
            return 0.0;
        }
        if self.units() <= COUNTED {
            return (2.0_f64.ln() + self.counted()).min(0.0);
        }
        (2.0_f64.ln() + RADEMACHER.ln() + ln_normal_tail(self.z().abs())).min(0.0)
    }

    /// Logarithm of the share of sign patterns whose sum is at least as large.
    fn counted(&self) -> f64 {
        let magnitudes: Vec<f64> = self.terms.iter().map(|term| term.abs()).collect();
        let reached = self.terms.iter().sum::<f64>().abs() * (1.0 - 1e-12);
        let patterns = 1_u32 << magnitudes.len();
        let as_large = (0..patterns)
            .filter(|pattern| {
                let sum: f64 = magnitudes
                    .iter()
                    .enumerate()
                    .map(|(at, size)| if pattern >> at & 1 == 1 { *size } else { -size })
                    .sum();
                sum >= reached
            })
            .count();
        (as_large.max(1) as f64 / f64::from(patterns)).ln()
    }
}

/// `ln (1 - Phi(z))`.
pub(in crate::measure) fn ln_normal_tail(z: f64) -> f64 {
    if z < 5.0 {
        return normal_tail(z).ln();
    }
    // Continued fraction of the Mills ratio: 1/(z + 1/(z + 2/(z + ...))), relative error below 1e-12 from 5 on.
    let ratio = (1..=60).rev().fold(z, |tail, step| z + f64::from(step) / tail);
    -z * z / 2.0 - (std::f64::consts::TAU.sqrt() * ratio).ln()
}

/// `1 - Phi(z)` for moderate `z`, by the series of Marsaglia (2004), exact to rounding below 5.
fn normal_tail(z: f64) -> f64 {
    if z < -8.0 {
        return 1.0;
    }
    let (mut sum, mut term, mut step) = (z, z, 1.0);
    while term.abs() > f64::EPSILON * sum.abs() && step < 400.0 {
        step += 2.0;
        term *= z * z / step;
        sum += term;
    }
    (0.5 - sum * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()).max(f64::MIN_POSITIVE)
}

/// `ln k!`
pub(in crate::measure) fn ln_factorial(k: usize) -> f64 {
    (2..=k).map(|factor| (factor as f64).ln()).sum()
}

/// Logarithm of the bound `P(K >= k) <= rate^k / k!` on fixed points (method 2.4; exact for `rate` = number of
/// permutations) and on chance agreements of matchings (method 4.12, with ten times the expected rate).
pub(in crate::measure) fn ln_fixed_points(k: usize, rate: f64) -> f64 {
    (k as f64 * rate.ln() - ln_factorial(k)).min(0.0)
}

/// Logarithm of the bound `exp(-z^2/2)` on a weighted sum of several families' `z`, each a normalised Rademacher sum
/// given those before it: the moment generating functions multiply (method 2.14). Two-sided.
pub(in crate::measure) fn ln_pooled(z: f64) -> f64 {
    (2.0_f64.ln() - z * z / 2.0).min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_tails_agree_with_tables() {
        for (z, p) in [
            (0.0, 0.5),
            (1.0, 0.158_655_254),
            (3.0, 1.349_898_03e-3),
            (4.9, 4.791_83e-7),
            (6.0, 9.865_876_45e-10),
            (10.0, 7.619_853_02e-24),
        ] {
            let found = ln_normal_tail(z);
            assert!((found - f64::ln(p)).abs() < 1e-5, "{z}: {found} {}", f64::ln(p));
        }
    }

    #[test]
    fn few_terms_are_counted_out() {
        let all_agree = SignSum::of(vec![1.0; 10]);
        assert!((all_agree.ln_p() - (2.0_f64 / 1024.0).ln()).abs() < 1e-12);
        assert!((all_agree.z() - 10.0_f64.sqrt()).abs() < 1e-12);
        assert!(SignSum::default().ln_p().abs() < f64::EPSILON);
    }

    #[test]
    fn fixed_points_follow_the_factorial() {
        assert!((ln_fixed_points(10, 1.0) - (1.0 / 3_628_800.0_f64).ln()).abs() < 1e-9);
    }
}
