//! What a look could have found (method 9.3).
//!
//! For `k` units of `n` numbers and a true correlation `rho`: `E[z] = sqrt(k) rho sqrt(n) / sqrt(1 + rho^2 (n + 1))`.
//! Turned round it gives the least correlation that reaches the level; two families must reach it, so the second best
//! counts.

use crate::measure::families::family::Family;
use crate::measure::search::budget::Budget;
use crate::measure::stats::tail::ln_normal_tail;

/// The `z` whose one-sided normal tail is the level.
pub(in crate::measure) fn least_z_one_sided(ln_level: f64) -> f64 {
    let (mut low, mut high) = (0.0, 60.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if ln_normal_tail(middle) > ln_level { low = middle } else { high = middle }
    }
    high
}

/// Least `z` at which a sum of many signs reaches a level given as a logarithm.
pub(in crate::measure) fn least_z(ln_level: f64) -> f64 {
    let (mut low, mut high) = (0.0, 60.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let ln_p = (2.0 * 3.178_655_9_f64).ln() + ln_normal_tail(middle);
        if ln_p > ln_level { low = middle } else { high = middle }
    }
    high
}

/// Mean `z` of a family whose `units` of `numbers` each correlate at `rho` in a share of them and not at all in the
/// others.
fn mean_z((units, numbers): (usize, usize), rho: f64, share: f64) -> f64 {
    let (k, n) = (units as f64, numbers as f64);
    k.sqrt() * share * rho * n.sqrt() / (1.0 + share * rho * rho * (n + 1.0)).sqrt()
}

/// Chance that two families or more are beyond the level of a run with one tower and one reference, where a share of
/// their units correlates at `rho`. Each family is given by its units and the numbers of a unit; its `z` is taken as
/// normal about its mean with deviation one.
pub fn predicted_power(families: &[(usize, usize)], rho: f64, share: f64) -> f64 {
    let level = least_z(Budget::of(1, 1).ln_level());
    let beyond = families.iter().map(|family| ln_normal_tail(level - mean_z(*family, rho, share)).exp());
    let (none, one) = beyond.fold((1.0, 0.0), |(none, one), p| (none * (1.0 - p), one * (1.0 - p) + none * p));
    1.0 - none - one
}

/// Least correlation that a family of `units` of `numbers` each would have found; none if even perfect agreement is too
/// little.
pub(in crate::measure) fn least_correlation(units: usize, numbers: usize, ln_level: f64) -> Option<f64> {
    let (z, k, n) = (least_z(ln_level), units as f64, numbers as f64);
    let left = k * n - z * z * (n + 1.0);
    (left > 0.0).then(|| (z / left.sqrt()).min(1.0)).filter(|rho| *rho < 1.0)
}

/// The second best of several families' least correlations, at the level of a run. `reach` gives units and numbers to a
/// unit; of the agreement of matchings, the neurons of a layer: matching finds most neurons once their cosine stands
/// out from the largest of `m` chance cosines, `sqrt(2 ln m / n)` (method 4.10).
pub(in crate::measure) fn least_of_two<'a>(
    reach: impl Iterator<Item = (&'a Family, &'a (usize, usize))>,
    budget: Budget,
) -> Option<f64> {
    let mut all: Vec<f64> = reach
        .filter_map(|(family, &(units, numbers))| {
            if *family == Family::NeuronAgreement {
                let floor = 1.5 * (2.0 * (units.max(2) as f64).ln() / numbers.max(1) as f64).sqrt();
                return (floor < 1.0).then_some(floor);
            }
            least_correlation(units, numbers, budget.ln_level())
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all.get(1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_of_two_families_grows_with_the_likeness() {
        let families = [(144, 96), (96, 96), (72, 48)];
        let chances: Vec<f64> = [0.0, 0.05, 0.1, 0.3].iter().map(|rho| predicted_power(&families, *rho, 1.0)).collect();
        assert!(chances.is_sorted() && chances[0] < 1e-12 && chances[3] > 0.99, "{chances:?}");
        assert!(predicted_power(&families, 0.3, 0.2) < chances[3]);
        assert!(predicted_power(&families[..1], 1.0, 1.0) < 1e-12, "one family decides nothing");
    }

    #[test]
    fn figures_of_the_reference() {
        // method 2.2: two-sided level 1e-9 needs z = 6.29.
        assert!((least_z(1e-9_f64.ln()) - 6.29).abs() < 0.02);
        assert_eq!(least_correlation(20, 64, 1e-9_f64.ln()), None);
        assert!(least_correlation(4096, 4096, 1e-11_f64.ln()).is_some_and(|rho| rho < 0.002));
    }
}
