//! How weights were reused: kinds of design section 6, read off effect sizes after something was found (weight-evidence 7.6).

use crate::evidence::ReuseKind;
use crate::measure::families::correspond::Arrangement;
use crate::measure::model::shape::{Layer, Model, Tower};
use crate::measure::search::compare::{LayerFound, TowerFinding};
use crate::measure::stats::matrix::Matrix;
use crate::weights::{ComponentKind, Dtype};

/// Above this correlation little was trained, or only the number format changed (weight-evidence 7.6).
const LITTLE_TRAINED: f64 = 0.98;
/// Above this share of equal numbers a part is the same.
pub(in crate::measure) const SAME: f64 = 0.999;

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
        // What is zero on both sides says nothing: pruned models of strangers share their zeros by chance, and so do padded rows.
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

/// Equal numbers of two layers as they stand.
fn equal_in_layers(a: &Layer, b: &Layer, out: &mut Equal) {
    if let (Some(x), Some(y)) = (&a.attention, &b.attention) {
        for (x, y) in [(&x.query, &y.query), (&x.key, &y.key), (&x.value, &y.value), (&x.output, &y.output)] {
            out.add(&x.data, &y.data);
        }
    }
    for (x, y) in a.experts.iter().zip(&b.experts) {
        out.add(&x.leading().data, &y.leading().data);
        out.add(&x.up.data, &y.up.data);
        out.add(&x.down.data, &y.down.data);
    }
}

/// Equal numbers over the layers that were found as named and in place.
pub(in crate::measure) fn equal_numbers(reference: &Tower, candidate: &Tower, finding: &TowerFinding) -> Equal {
    let mut out = Equal::default();
    for found in finding.layers.iter().filter(|found| as_named(found)) {
        equal_in_layers(&reference.layers[found.from], &candidate.layers[found.layer], &mut out);
    }
    out
}

fn as_named(found: &LayerFound) -> bool {
    found.basis == "as-named" && found.arrangement == Arrangement::InPlace
}

/// Mean aligned correlation over the parts of layers that were found.
pub(in crate::measure) fn mean_correlation(finding: &TowerFinding) -> f64 {
    let (sum, count) = in_layers(finding).fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
    sum / f64::max(count, 1.0)
}

/// Its standard error, by leaving out one layer at a time (weight-evidence 3.3); none of a single layer.
pub(in crate::measure) fn error_of_mean_correlation(finding: &TowerFinding) -> Option<f64> {
    let layers: Vec<(f64, f64)> = in_layers(finding).filter(|layer| layer.1 > 0.0).collect();
    let (sum, count) = layers.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
    jackknife(layers.iter().map(|one| (sum - one.0) / (count - one.1)))
}

/// Sum and number of the correlations of each layer's parts.
fn in_layers(finding: &TowerFinding) -> impl Iterator<Item = (f64, f64)> {
    finding.layers.iter().map(|found| {
        let parts = [(found.feed_forward, found.correlation[0]), (found.attention, found.correlation[1])];
        parts.into_iter().filter(|part| part.0).fold((0.0, 0.0), |all, part| (all.0 + part.1, all.1 + 1.0))
    })
}

/// The standard error of an estimate of which these were made with one part left out: `sqrt((n - 1) / n sum (x_i - mean)^2)`; none of fewer than two.
pub(in crate::measure) fn jackknife(without_one: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = without_one.collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (values.len() > 1 && square.is_finite()).then(|| ((n - 1.0) / n * square).sqrt())
}

/// Kinds of one tower.
pub(in crate::measure) fn of_tower(
    models: (&Model, &Model),
    towers: (&Tower, &Tower),
    finding: &TowerFinding,
    rescaled: bool,
) -> Vec<ReuseKind> {
    let (reference, candidate) = towers;
    let formats = (models.0.inventory.format_of(candidate.kind), models.1.inventory.format_of(candidate.kind));
    let equal = equal_numbers(reference, candidate, finding);
    let correlation = mean_correlation(finding);
    let mut kinds = of_numbers(equal, correlation, formats);
    let disguised = rescaled
        || reference.width == candidate.width
            && finding.layers.iter().any(|found| {
                !as_named(found) && same_sizes(&reference.layers[found.from], &candidate.layers[found.layer])
            });
    if disguised {
        kinds.push(ReuseKind::Disguised);
    }
    let moved = reference.layers.len() != candidate.layers.len()
        || finding.layers.iter().any(|found| found.from != found.layer);
    let resized = reference.width != candidate.width
        || finding
            .layers
            .iter()
            .any(|found| !same_sizes(&reference.layers[found.from], &candidate.layers[found.layer]));
    if moved || resized {
        kinds.push(ReuseKind::Restructured);
    }
    kinds
}

/// Identical, cast, quantised, fine-tuned or continued: one of them.
pub(in crate::measure) fn of_numbers(
    equal: Equal,
    correlation: f64,
    formats: (Option<Dtype>, Option<Dtype>),
) -> Vec<ReuseKind> {
    let coarse = |format: Option<Dtype>| format.is_some_and(|format| format.is_eight_bit() || format.is_block());
    let kind = if equal.of > 0 && equal.share() >= SAME && formats.0 == formats.1 {
        ReuseKind::Identical
    } else if equal.of > 0 && equal.rounded_share() >= SAME && formats.0 != formats.1 {
        ReuseKind::Cast
    } else if coarse(formats.0) != coarse(formats.1) && correlation > LITTLE_TRAINED {
        ReuseKind::Quantised
    } else if correlation > LITTLE_TRAINED {
        ReuseKind::FineTuned
    } else if correlation > 0.0 {
        ReuseKind::Continued
    } else {
        return Vec::new();
    };
    vec![kind]
}

/// Kinds of a table.
pub(in crate::measure) fn of_table(
    models: (&Model, &Model),
    kind: ComponentKind,
    equal: Equal,
    correlation: f64,
    disguised: bool,
) -> Vec<ReuseKind> {
    let formats = (models.0.inventory.format_of(kind), models.1.inventory.format_of(kind));
    let mut kinds = of_numbers(equal, correlation, formats);
    if disguised {
        kinds.push(ReuseKind::Disguised);
    }
    kinds
}

fn same_sizes(a: &Layer, b: &Layer) -> bool {
    let sizes = |layer: &Layer| {
        let neurons: Vec<usize> =
            layer.experts.iter().map(crate::measure::model::shape::FeedForward::neurons).collect();
        (neurons, layer.attention.as_ref().map(|part| (part.heads, part.kv_heads, part.head_width)))
    };
    sizes(a) == sizes(b)
}
