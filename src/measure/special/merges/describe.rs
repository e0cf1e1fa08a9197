//! From fits to what is said of a mixture.

use super::arc::Arc;
use super::normal::{Fit, Sums};
use super::sparse::Atoms;
use super::{Kin, LEAST_COEFFICIENT, LEAST_ERRORS, TensorFit, counts};
use crate::evidence::{Coefficient, Mixture, MixtureKind, MixturePart, TestResult};
use crate::weights::Role;

/// Least share of the numbers in tensors that a mixture explains up to rounding.
const LEAST_PURE: f64 = 0.5;
/// Least share of the difference from the nearest reference that it must explain.
const LEAST_EXPLAINED: f64 = 0.5;
/// Coefficients this near are the same.
const SAME: f64 = 0.01;
/// Least share of the numbers on which a reference has a coefficient of its own, where it has none over all.
const LEAST_PART: f64 = 0.01;

pub(super) fn not_identified(component: &str) -> Mixture {
    Mixture {
        component: component.to_owned(),
        kind: MixtureKind::NotIdentified,
        coefficients: Vec::new(),
        r2: None,
        residual_ulp: None,
        parts: Vec::new(),
        tests: Vec::new(),
    }
}

/// The mixture of a component; none where it is no mixture.
pub(super) fn describe(
    component: &str,
    ids: &[String],
    pooled: &Fit,
    total: &Sums,
    fits: &[TensorFit],
    (kin, atoms): (&Kin, &Atoms),
    ln_level: f64,
) -> Option<Mixture> {
    let whole: f64 = fits.iter().map(|found| found.tensor.numbers as f64).sum();
    let share = |wanted: &dyn Fn(&TensorFit) -> bool| {
        fits.iter().filter(|found| wanted(found)).map(|found| found.tensor.numbers as f64).sum::<f64>() / whole
    };
    let left: f64 =
        fits.iter().map(|found| found.fit.as_ref().map_or_else(|| found.sums.nearest(), |fit| fit.left)).sum();
    let apart = total.nearest();
    let explained = if apart > 0.0 { (1.0 - left / apart).clamp(0.0, 1.0) } else { 0.0 };
    let pure = share(&TensorFit::is_rounding) >= LEAST_PURE && explained >= LEAST_EXPLAINED;
    let has = |found: &TensorFit, k: usize| {
        found.is_rounding() && found.fit.as_ref().is_some_and(|fit| counts(fit.coefficients[k], fit.errors[k]))
    };
    let drawn: Vec<usize> = (0..ids.len())
        .filter(|&k| {
            counts(pooled.coefficients[k], pooled.errors[k]) || pure && share(&|found| has(found, k)) >= LEAST_PART
        })
        .collect();
    let mut out = Mixture {
        component: component.to_owned(),
        kind: MixtureKind::Between,
        coefficients: (0..ids.len())
            .map(|k| Coefficient { id: ids[k].clone(), value: pooled.coefficients[k], se: pooled.errors[k] })
            .collect(),
        r2: Some(explained),
        residual_ulp: root_mean_square(fits),
        parts: Vec::new(),
        tests: Vec::new(),
    };
    if pure && drawn.len() >= 2 {
        purely(&mut out, pooled, fits, &drawn, total);
        return Some(out);
    }
    if !pure && let Some((kind, found)) = atoms.judge(ids, ln_level) {
        out.kind = kind;
        out.tests = found.into_iter().flat_map(|found| found.tests).collect();
        return Some(out);
    }
    if drawn.len() < 2 {
        return None;
    }
    out.tests = drawn.iter().filter(|&&k| kin.given[k].units() > 0).map(|&k| given(&ids[k], &kin.given[k])).collect();
    let beyond = drawn.iter().all(|&k| kin.given[k].z() > 0.0 && kin.given[k].ln_p() <= ln_level);
    if beyond && kin.strangers(&drawn, ln_level) {
        out.kind = MixtureKind::TrainedAfter;
    }
    Some(out)
}

fn given(id: &str, sum: &super::SignSum) -> TestResult {
    TestResult {
        family: format!("f2-given-others/{id}"),
        statistic: None,
        n: Some(sum.units() as u64),
        z: Some(sum.z()),
        log10_p: Some(sum.ln_p() / std::f64::consts::LN_10),
        ..TestResult::default()
    }
}

fn root_mean_square(fits: &[TensorFit]) -> Option<f64> {
    let known: Vec<f64> = fits.iter().filter_map(|found| found.residual_ulp).collect();
    (!known.is_empty()).then(|| (known.iter().map(|left| left * left).sum::<f64>() / known.len() as f64).sqrt())
}

/// A mixture that leaves nothing but rounding.
fn purely(out: &mut Mixture, pooled: &Fit, fits: &[TensorFit], drawn: &[usize], total: &Sums) {
    let same = fits.iter().filter(|found| found.is_rounding()).all(|found| {
        found.fit.as_ref().is_none_or(|fit| {
            (0..pooled.coefficients.len())
                .all(|k| (fit.coefficients[k] - pooled.coefficients[k]).abs() <= SAME.max(LEAST_ERRORS * fit.errors[k]))
        })
    });
    let arc = match drawn {
        [a, b] => Some(Arc::of(fits, (*a, *b))).filter(|arc| arc.tensors > 0 && arc.error.is_finite()),
        _ => None,
    };
    if let Some(arc) = &arc {
        out.tests.push(TestResult {
            family: "arc-excess".to_owned(),
            statistic: Some(arc.slope),
            n: Some(arc.tensors as u64),
            z: Some(arc.slope / arc.error),
            log10_p: None,
            ..TestResult::default()
        });
    }
    let curved = arc.as_ref().is_some_and(Arc::is_arc);
    let from_ancestor = total.nearest_to_all();
    let taken_away = drawn.iter().any(|&k| pooled.coefficients[k] < -LEAST_COEFFICIENT);
    let on_ancestor = drawn.len() >= 3 && drawn.contains(&from_ancestor);
    out.kind = if curved {
        MixtureKind::Slerp
    } else if !same {
        MixtureKind::LayerWise
    } else if taken_away || on_ancestor || (pooled.total() - 1.0).abs() > SAME {
        MixtureKind::TaskArithmetic
    } else {
        MixtureKind::Linear
    };
    let even = if curved { arc.as_ref().is_some_and(Arc::is_even) } else { same };
    if !even {
        out.parts = parts(fits, pooled.coefficients.len(), from_ancestor);
    }
}

/// Runs of layers in which coefficients are constant or change evenly.
fn parts(fits: &[TensorFit], references: usize, ancestor: usize) -> Vec<MixturePart> {
    let of_part = |wanted: &dyn Fn(Role) -> bool, name: &str| -> Vec<MixturePart> {
        let mut layers: Vec<u32> = fits.iter().filter_map(|found| found.tensor.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let mut values: Vec<(u32, Vec<f64>)> = Vec::new();
        for layer in layers {
            let sums = fits
                .iter()
                .filter(|found| found.tensor.layer == Some(layer) && wanted(found.tensor.role))
                .fold(Sums::empty(references), |sums, found| sums.with(&found.sums));
            values.extend(Fit::of(&sums, ancestor).map(|fit| (layer, fit.coefficients)));
        }
        runs(&values, name)
    };
    let neurons = |role: Role| matches!(role, Role::Gate | Role::Up | Role::Down | Role::GateUp(_) | Role::Router);
    let attention = of_part(&|role| !neurons(role), "attention");
    let feed_forward = of_part(&neurons, "feed-forward");
    let alike = attention.len() == feed_forward.len()
        && attention
            .iter()
            .zip(&feed_forward)
            .all(|(a, b)| (a.first, a.last) == (b.first, b.last) && near(&a.from, &b.from) && near(&a.to, &b.to));
    if alike {
        return attention.into_iter().map(|part| MixturePart { part: "all".to_owned(), ..part }).collect();
    }
    [attention, feed_forward].concat()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 2.0 * SAME)
}

fn runs(values: &[(u32, Vec<f64>)], name: &str) -> Vec<MixturePart> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < values.len() {
        let even = |end: usize| {
            (at..=end).all(|between| {
                let share = (between - at) as f64 / (end - at).max(1) as f64;
                let line: Vec<f64> =
                    values[at].1.iter().zip(&values[end].1).map(|(a, b)| a + share * (b - a)).collect();
                near(&line, &values[between].1)
            })
        };
        // Two layers always lie on a line: a run of change has three at least.
        let constant = |end: usize| near(&values[at].1, &values[end].1);
        let mut end = at;
        while end + 1 < values.len() && constant(end + 1) {
            end += 1;
        }
        if end == at {
            let reach = (at + 2..values.len()).take_while(|&end| even(end)).last();
            end = reach.unwrap_or(at);
        }
        out.push(MixturePart {
            part: name.to_owned(),
            first: values[at].0,
            last: values[end].0,
            from: values[at].1.clone(),
            to: values[end].1.clone(),
        });
        at = end + 1;
    }
    out
}
