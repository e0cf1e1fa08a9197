//! What was changed between two models that share numbers, in neutral words: read off effect sizes after something was
//! found (method 1.7).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::evidence::Change;
use crate::measure::families::basis::{Basis, BasisKind};
use crate::measure::families::correspond::Arrangement;
use crate::measure::families::moved_together::{Held, Movement};
use crate::measure::model::plan::evenly;
use crate::measure::model::shape::{FeedForward, Layer, Model, Tower};
use crate::measure::search::compare::TowerFinding;
use crate::measure::search::grid::carried;
use crate::measure::search::located::LayerFound;
use crate::measure::stats::equal::Equal;
use crate::measure::stats::jackknife::jackknife;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::pair::Pair;
use crate::measure::stats::steps::on_steps;
use crate::measure::verdict::thresholds::{MOVED_TOGETHER, SAME};
use crate::weights::{ComponentKind, Dtype};

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
    found.basis == BasisKind::AsNamed && found.arrangement == Arrangement::InPlace
}

/// Mean aligned correlation over the parts of layers that were found.
pub(in crate::measure) fn mean_correlation(finding: &TowerFinding) -> f64 {
    let (sum, count) = in_layers(finding).fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
    sum / f64::max(count, 1.0)
}

/// Its standard error, by leaving out one layer at a time (method 10.5); none of a single layer.
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

/// Changes of one tower. Those of place and basis are the ones that most of the found layers show.
pub(in crate::measure) fn of_tower(
    models: Pair<&Model>,
    towers: Pair<&Tower>,
    finding: &TowerFinding,
    rescaled: bool,
) -> Vec<Change> {
    let Pair { reference, candidate } = towers;
    let there = layers_on_steps(finding.layers.iter().map(|found| &reference.layers[found.from]));
    let here = layers_on_steps(finding.layers.iter().map(|found| &candidate.layers[found.layer]));
    let grains = Pair {
        reference: Grain::of(models.reference, candidate.kind, there),
        candidate: Grain::of(models.candidate, candidate.kind, here),
    };
    let equal = equal_numbers(reference, candidate, finding);
    let mut changes = Vec::new();
    let basis = most_common(finding.layers.iter().map(|found| found.basis));
    // A wider stream that repeats channels is a turn of the narrower one too: that it was turned besides is not told.
    let wider = candidate.extent.width > reference.extent.width;
    changes.extend(of_basis(basis.filter(|basis| !(wider && *basis == BasisKind::Rotated))));
    let matched = most_common(finding.layers.iter().map(|found| found.arrangement)) == Some(Arrangement::Matched);
    let in_order = finding.layers.iter().filter(|found| found.in_order).count();
    if matched && 2 * in_order < finding.layers.len() {
        changes.push(Change::UnitsReordered);
    }
    let movement = movement(models, towers, finding);
    if rescaled || movement.rescales_units() {
        changes.push(Change::Rescaled);
    }
    if movement.flips_units() {
        changes.push(Change::SignsFlipped);
    }
    changes.extend(of_sizes(
        reference.extent.width,
        candidate.extent.width,
        [Change::ChannelsCut, Change::ChannelsAdded],
    ));
    let units = |found: &LayerFound| {
        let (x, y) = (&reference.layers[found.from], &candidate.layers[found.layer]);
        (!same_sizes(x, y)).then(|| (units_of(x), units_of(y)))
    };
    for (there, here) in finding.layers.iter().filter_map(units) {
        changes.extend(of_sizes(there, here, [Change::UnitsCut, Change::UnitsAdded]));
    }
    changes.extend(of_numbers(equal, grains, movement.is_together(MOVED_TOGETHER)));
    changes.extend(of_layers(reference, candidate, finding));
    changes.sort();
    changes.dedup();
    changes
}

/// Layers of a tower on which it is looked at how numbers moved.
const MOST_LAYERS: usize = 8;

/// How the numbers of the layers moved whose basis is known.
fn movement(models: Pair<&Model>, towers: Pair<&Tower>, finding: &TowerFinding) -> Movement {
    let some = |model: &Model| model.sample.neurons != usize::MAX || model.sample.columns != usize::MAX;
    let some = some(models.reference) || some(models.candidate);
    let held = Held { some, rotary: towers.candidate.traits.rotary };
    // Units of a sample are not matched, so which stands against which is not told.
    let few = towers.reference.holds_few_neurons() || towers.candidate.holds_few_neurons();
    let told = finding.layers.iter().filter(|found| !(few && found.arrangement == Arrangement::Matched));
    let told: Vec<(&LayerFound, &Basis)> =
        told.filter_map(|found| Some((found, finding.bases.get(&found.basis)?))).collect();
    let mut out = Movement::default();
    for at in evenly(told.len(), MOST_LAYERS) {
        let (found, basis) = told[at];
        let reference = carried(&towers.reference.layers[found.from], basis);
        out.add_layer(&reference, &towers.candidate.layers[found.layer], found.arrangement, held);
    }
    out
}

/// What a basis says was done to the channels.
fn of_basis(basis: Option<BasisKind>) -> Vec<Change> {
    match basis {
        Some(BasisKind::Reordered) => vec![Change::ChannelsReordered],
        Some(BasisKind::Flipped) => vec![Change::SignsFlipped],
        Some(BasisKind::ReorderedAndFlipped) => vec![Change::ChannelsReordered, Change::SignsFlipped],
        Some(BasisKind::Rotated) => vec![Change::ChannelsRotated],
        Some(BasisKind::AsNamed | BasisKind::Untold) | None => Vec::new(),
    }
}

fn of_sizes(there: usize, here: usize, [cut, added]: [Change; 2]) -> Option<Change> {
    match there.cmp(&here) {
        Ordering::Greater => Some(cut),
        Ordering::Less => Some(added),
        Ordering::Equal => None,
    }
}

/// What the map of layers says: told of towers that are shared in every layer, since of a part nobody knows which whole
/// it was cut from.
fn of_layers(reference: &Tower, candidate: &Tower, finding: &TowerFinding) -> Vec<Change> {
    // Where half of a layer or less is told, its place is not beyond doubt.
    let whole = finding.layers.iter().filter(|found| found.feed_forward && found.attention);
    let from: Vec<usize> = whole.map(|found| found.from).collect();
    let mut changes = Vec::new();
    if !from.is_sorted() {
        changes.push(Change::LayersReordered);
    }
    let mut used: Vec<usize> = finding.layers.iter().map(|found| found.from).collect();
    let found = used.len();
    used.sort_unstable();
    used.dedup();
    if used.len() < found || finding.layers.len() < candidate.layers.len() && used.len() == reference.layers.len() {
        changes.push(Change::LayersAdded);
    }
    if used.len() < reference.layers.len() && finding.layers.len() == candidate.layers.len() {
        changes.push(Change::LayersCut);
    }
    changes
}

/// The value that occurs most often; of equally many the first.
fn most_common<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|entry| entry.1).map(|entry| entry.0)
}

/// How the numbers of a part are stored, and whether they stand on even steps all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct Grain {
    pub format: Option<Dtype>,
    pub steps: bool,
}

impl Grain {
    fn of(model: &Model, kind: ComponentKind, steps: bool) -> Self {
        Self { format: model.inventory.format_of(kind), steps }
    }

    fn is_coarse(self) -> bool {
        self.steps || self.format.is_some_and(|format| format.is_eight_bit() || format.is_block())
    }
}

/// Whether most of these layers stand on steps in what writes to the stream, into which no gain is folded.
fn layers_on_steps<'a>(layers: impl Iterator<Item = &'a Layer>) -> bool {
    let written = layers.flat_map(|layer| {
        let downs = layer.experts.iter().take(1).map(|part| &part.down);
        downs.chain(layer.attention.as_ref().map(|part| &part.output))
    });
    let told: Vec<bool> = written.map(on_steps).collect();
    2 * told.iter().filter(|steps| **steps).count() > told.len()
}

/// Cast, quantised or trained further, or nothing of these. Numbers on steps on one side alone were rounded; whether
/// they were trained besides cannot be told from what rounding took. That they differ is no sign of training: they must
/// have moved `together`.
pub(in crate::measure) fn of_numbers(equal: Equal, grains: Pair<Grain>, together: bool) -> Option<Change> {
    let Pair { reference, candidate } = grains;
    let other_format = reference.format != candidate.format;
    if equal.of > 0 && equal.share() >= SAME && !other_format {
        None
    } else if equal.of > 0 && equal.rounded_share() >= SAME && other_format {
        Some(Change::Cast)
    } else if reference.is_coarse() != candidate.is_coarse() {
        Some(Change::Quantised)
    } else {
        together.then_some(Change::TrainedFurther)
    }
}

/// Changes of a table of tokens, in the basis that its rows were found in.
pub(in crate::measure) fn of_table(
    models: Pair<&Model>,
    kind: ComponentKind,
    sides: Pair<&Matrix>,
    (equal, basis): (Equal, BasisKind),
) -> Vec<Change> {
    let widths = [models.reference, models.candidate].map(|model| model.table_width);
    let mut changes = of_basis(Some(basis).filter(|basis| !(widths[1] > widths[0] && *basis == BasisKind::Rotated)));
    let sides = [(sides.reference, sides.candidate)];
    let sides = if basis == BasisKind::AsNamed { &sides[..] } else { &[] };
    changes.extend(of_matrices(models, kind, equal, sides));
    changes.sort();
    changes
}

/// What happened to the numbers of matrices whose rows and columns correspond as they stand.
pub(in crate::measure) fn of_matrices(
    models: Pair<&Model>,
    kind: ComponentKind,
    equal: Equal,
    sides: &[(&Matrix, &Matrix)],
) -> Option<Change> {
    let grain = |model: &Model| {
        let table = if kind == ComponentKind::Embedding { model.embedding.as_ref() } else { None };
        Grain::of(model, kind, table.is_some_and(on_steps))
    };
    let grains = Pair { reference: grain(models.reference), candidate: grain(models.candidate) };
    let mut movement = Movement::default();
    for (there, here) in sides {
        movement.add(there, here);
    }
    of_numbers(equal, grains, movement.is_together(MOVED_TOGETHER))
}

fn units_of(layer: &Layer) -> usize {
    let neurons: usize = layer.experts.iter().map(FeedForward::neurons).sum();
    neurons + layer.attention.as_ref().map_or(0, |part| part.heads + part.kv_heads)
}

fn same_sizes(a: &Layer, b: &Layer) -> bool {
    let sizes = |layer: &Layer| {
        let neurons: Vec<usize> = layer.experts.iter().map(FeedForward::neurons).collect();
        (neurons, layer.attention.as_ref().map(|part| (part.heads, part.kv_heads, part.head_width)))
    };
    sizes(a) == sizes(b)
}
