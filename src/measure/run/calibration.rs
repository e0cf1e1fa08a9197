//! The null law, drawn: how every family's `z` is spread over pairs that share everything but a random element of the
//! symmetry group.
//!
//! Each pair begins with one synthetic tower full of structure that shared data and recipes could leave in two models:
//! a low-rank part, rows of very different size, a few channels that are far larger than the rest, heavy tails. The
//! second tower is the first with neurons, heads and experts in another order and signs flipped at random. Nothing is
//! more alike than a model and its own image under the group, so a test that keeps its level here keeps it for any pair
//! whose starts were independent.

use std::path::PathBuf;

use crate::measure::MeasureError;
use crate::measure::families::basis::{Basis, BasisKind};
use crate::measure::families::correspond::Arrangement;
use crate::measure::families::f1_channel_places;
use crate::measure::families::f1_channel_signs;
use crate::measure::families::family::Family;
use crate::measure::model::plan::{Sample, spread};
use crate::measure::model::shape::{Attention, FeedForward, Layer, Model, Tower};
use crate::measure::progress::Progress;
use crate::measure::search::grid::{ChosenBy, Copied, Grid, carried};
use crate::measure::sketch::source::Source;
use crate::measure::stats::chance::Chance;
use crate::measure::stats::matrix::{Matrix, narrow};
use crate::measure::verdict::controls::{disturb, in_place};
use crate::weights::{NormKind, Rotary, Traits};

/// What one family showed over all pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct NullSample {
    /// The family, by its name in evidence.
    pub family: String,
    /// Its `z` for each pair, sorted; of `f1-places` the number of fixed points.
    pub values: Vec<f64>,
    /// Least natural logarithm of a p-value among the pairs.
    pub least_ln_p: f64,
}

const WIDTH: usize = 32;
const NEURONS: usize = 48;
const TOKENS: usize = 96;

/// Draws `pairs` pairs from a seed. The same seed gives the same figures everywhere.
pub fn draw_null(pairs: usize, seed: u64) -> Vec<NullSample> {
    let mut samples = Samples::default();
    for pair in 0..pairs as u64 {
        let mut chance = Chance::new(seed ^ pair.wrapping_mul(0xa076_1d64_78bd_642f));
        let tower = tower(&mut chance);
        let image = tower
            .of_layers(tower.layers.iter().map(|layer| disturb(layer, tower.traits.rotary, chance.next())).collect());
        samples.put_towers(&tower, &image);
        samples.put_matched(&tower, &image);
        let table = structured(&mut chance, TOKENS, WIDTH);
        let mut flipped = table.clone();
        flipped.scale_columns(&chance.coins(WIDTH));
        samples.put_signs(&table, &flipped);
        let order: Vec<Option<(usize, f32)>> = chance.order(WIDTH).into_iter().map(|from| Some((from, 1.0))).collect();
        samples.put_places(&table, &Basis::SignedPermutation(order).carry(&table));
    }
    samples.finish()
}

/// Draws from models that began apart: `z` of every family over every two of them, layer by layer in place. They must
/// have the same shapes and rows of the same tokens; what they were taught may be the same. That the models began apart
/// is the caller's word.
pub fn draw_between(models: &[PathBuf]) -> Result<Vec<NullSample>, MeasureError> {
    let models: Vec<Model> = models
        .iter()
        .map(|path| Source::open(path)?.model(Sample::WHOLE, false, &Progress::default()))
        .collect::<Result<_, _>>()?;
    let mut samples = Samples::default();
    for (at, here) in models.iter().enumerate() {
        for there in &models[..at] {
            for tower in &here.towers {
                for other in there.towers_of(tower.kind) {
                    samples.put_towers(other, tower);
                }
            }
            if let (Some(a), Some(b)) = (&there.embedding, &here.embedding)
                && (a.rows, a.columns) == (b.rows, b.columns)
            {
                samples.put_signs(a, b);
                samples.put_places(a, b);
            }
        }
    }
    Ok(samples.finish())
}

#[derive(Default)]
pub(super) struct Samples(Vec<NullSample>);

impl Samples {
    pub(super) fn put(&mut self, family: &str, value: f64, ln_p: f64) {
        match self.0.iter_mut().find(|sample| sample.family == family) {
            Some(sample) => {
                sample.values.push(value);
                sample.least_ln_p = sample.least_ln_p.min(ln_p);
            }
            None => self.0.push(NullSample { family: family.to_owned(), values: vec![value], least_ln_p: ln_p }),
        }
    }

    fn put_towers(&mut self, reference: &Tower, candidate: &Tower) {
        for (family, sum) in in_place(&reference.layers, candidate) {
            self.put(family.id(), sum.z(), sum.ln_p());
        }
    }

    /// Some of the reference's units, looked for among all of the candidate's.
    fn put_matched(&mut self, reference: &Tower, candidate: &Tower) {
        let few: Vec<Layer> = reference.layers.iter().map(some_units).collect();
        let copies = vec![Copied::default(); candidate.layers.len()];
        let grid = Grid::of(&few, candidate, BasisKind::AsNamed, Arrangement::Matched, &copies, false);
        let Some(map) = grid.map(ChosenBy::Place) else { return };
        for family in [Family::UpDownSigns, Family::ValueSigns, Family::RotarySigns] {
            let sum = grid.pooled(family, &map);
            // Silent where rows of so low a rank repeat each other.
            if sum.units() > 0 {
                self.put(&format!("{}-matched", family.id()), sum.z(), sum.ln_p());
            }
        }
    }

    fn put_signs(&mut self, reference: &Matrix, candidate: &Matrix) {
        let sum = f1_channel_signs::test(reference, candidate);
        self.put(Family::ChannelSigns.id(), sum.z(), sum.ln_p());
    }

    fn put_places(&mut self, reference: &Matrix, candidate: &Matrix) {
        let points = f1_channel_places::fixed_points(reference, candidate);
        self.put("f1-places", points.found as f64, points.ln_p());
    }

    pub(super) fn finish(mut self) -> Vec<NullSample> {
        for sample in &mut self.0 {
            sample.values.sort_by(f64::total_cmp);
        }
        self.0.sort_by(|a, b| a.family.cmp(&b.family));
        self.0
    }
}

/// A synthetic tower full of structure.
pub(super) fn tower(chance: &mut Chance) -> Tower {
    let traits = Traits {
        norm: Some(NormKind::Rms),
        rotary: Rotary::Halves,
        linear_up: Some(true),
        fixed_positions: false,
        gain_lacks_one: false,
        norm_first: true,
    };
    let layers = (0..2).map(|_| layer(chance)).collect();
    Tower::drawn(layers, traits, WIDTH)
}

fn layer(chance: &mut Chance) -> Layer {
    let (heads, kv_heads, head_width, experts) = (12, 12, 4, 24);
    let part = |chance: &mut Chance| FeedForward {
        gate: Some(structured(chance, NEURONS, WIDTH)),
        up: structured(chance, NEURONS, WIDTH),
        down: structured(chance, NEURONS, WIDTH),
        up_bias: Vec::new(),
    };
    let layer = Layer {
        attention: Some(Attention {
            heads,
            kv_heads,
            head_width,
            whole_head: head_width,
            query: structured(chance, heads * head_width, WIDTH),
            key: structured(chance, kv_heads * head_width, WIDTH),
            value: structured(chance, kv_heads * head_width, WIDTH),
            output: structured(chance, heads * head_width, WIDTH),
            biases: [Vec::new(), Vec::new(), Vec::new()],
        }),
        experts: vec![part(chance)],
        router: Some(structured(chance, experts, WIDTH)),
        latents: vec![(structured(chance, 40, WIDTH), structured(chance, 40, 24))],
        ..Layer::default()
    };
    carried(&layer, &Basis::AsNamed)
}

/// A quarter of the neurons and a third of the heads.
fn some_units(layer: &Layer) -> Layer {
    let mut out = carried(layer, &Basis::AsNamed);
    for part in &mut out.experts {
        let units = spread(part.neurons(), part.neurons() / 4);
        for matrix in [&mut part.up, &mut part.down].into_iter().chain(&mut part.gate) {
            *matrix = matrix.take_rows(units.iter().copied());
        }
    }
    if let Some(part) = &mut out.attention {
        let kept = part.kv_heads / 3;
        let (queries, keys) = (part.heads / part.kv_heads * kept * part.head_width, kept * part.head_width);
        for (matrix, rows) in
            [(&mut part.query, queries), (&mut part.output, queries), (&mut part.key, keys), (&mut part.value, keys)]
        {
            *matrix = matrix.take_rows(0..rows);
        }
        (part.heads, part.kv_heads) = (part.heads / part.kv_heads * kept, kept);
    }
    out
}

/// A matrix with a low-rank part, rows of very different size, large channels and heavy tails.
pub(in crate::measure) fn structured(chance: &mut Chance, rows: usize, columns: usize) -> Matrix {
    let sides: Vec<(Vec<f64>, Vec<f64>)> = (0..3)
        .map(|_| ((0..rows).map(|_| chance.normal()).collect(), (0..columns).map(|_| chance.normal()).collect()))
        .collect();
    let mut data = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        let size = (1.5 * chance.normal()).exp();
        for column in 0..columns {
            let low_rank: f64 = sides.iter().map(|(left, right)| left[row] * right[column]).sum();
            let tail = chance.normal().powi(3);
            let channel = if column % 11 == 3 { 20.0 } else { 1.0 };
            data.push(narrow(size * channel * (low_rank + 0.3 * tail)));
        }
    }
    Matrix::new(rows, columns, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_keeps_its_level() {
        for sample in draw_null(200, 7).iter().filter(|sample| sample.family != "f1-places") {
            let n = sample.values.len() as f64;
            let square = sample.values.iter().map(|z| z * z).sum::<f64>() / n;
            // 200 squares of standard normal numbers have mean 1 with deviation 0.1.
            assert!((0.6..1.4).contains(&square), "{}: mean square {square}", sample.family);
            assert!(sample.least_ln_p > -14.0, "{}: {}", sample.family, sample.least_ln_p);
        }
    }

    #[test]
    fn a_family_that_ignored_its_condition_would_be_wrong() {
        // Two neurons that began alike (duplicated shards) move together, so that F2's pairs of one shard are not free:
        // `objection` must speak.
        let mut chance = Chance::new(3);
        let half = structured(&mut chance, NEURONS / 2, WIDTH);
        let doubled = half.clone().stacked(&half);
        let part = FeedForward { gate: Some(doubled.clone()), up: doubled.clone(), down: doubled, up_bias: Vec::new() };
        let layer = Layer { experts: vec![part], ..Layer::default() };
        assert!(crate::measure::families::f2_neuron_swaps::objection(&layer).is_some());
    }
}
