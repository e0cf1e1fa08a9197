//! The conditions under which a family must be silent, each with strangers for which it would be wrong if it spoke
//! (method 5.6).
//!
//! Every pair drawn here is of two models that share no number: only what the missing symmetry lets two trainings have
//! in common. The family's `z` is taken as if nothing had been checked, and the code is asked why it would not have
//! been.

use crate::measure::families::basis::{Basis, BasisKind};
use crate::measure::families::correspond::{Arrangement, HeadKey, heads, neurons};
use crate::measure::families::f2_neuron_swaps;
use crate::measure::families::f3_up_down_signs;
use crate::measure::families::family::Family;
use crate::measure::families::tables::{self, Paired};
use crate::measure::model::shape::{Attention, FeedForward, Layer, Tower};
use crate::measure::run::calibration::structured;
use crate::measure::search::grid::{ChosenBy, Copied, Grid, copied_layers};
use crate::measure::stats::chance::Chance;
use crate::measure::stats::matrix::{Matrix, narrow};
use crate::measure::{families::f1_channel_signs, families::f4_value_signs, families::f5_rotary_signs};
use crate::text::{Says, says};
use crate::weights::{NormKind, Rotary, Traits, traits_by_shape, traits_of};

/// A condition, and what came of disregarding it.
#[derive(Debug, Clone)]
pub struct ConditionSample {
    /// The family that must be silent.
    pub family: &'static str,
    /// When.
    pub condition: Says,
    /// Mean and standard deviation of its `z` over strangers, unchecked; 0 and 1 would be right.
    pub unchecked: (f64, f64),
    /// What the code does instead: why the family is silent, or how it counts its units.
    pub instead: Option<Says>,
    /// Mean and standard deviation of what it says then, where it still speaks.
    pub checked: Option<(f64, f64)>,
}

const WIDTH: usize = 32;
const NEURONS: usize = 72;
const TOKENS: usize = 96;
/// How much of a unit is the direction that both models were taught by their data.
const COMMON: f64 = 0.3;

/// Draws `pairs` pairs of strangers for each condition.
pub fn draw_conditions(pairs: usize, seed: u64) -> Vec<ConditionSample> {
    let mut chance = Chance::new(seed);
    let mut draw =
        |one: &mut dyn FnMut(&mut Chance) -> f64| spread(&(0..pairs).map(|_| one(&mut chance)).collect::<Vec<_>>());
    let mut out = Vec::new();
    let mut put = |family: Family, (ko, en): (&str, &str), unchecked, instead, checked| {
        out.push(ConditionSample { family: family.id(), condition: says(ko, en), unchecked, instead, checked });
    };
    let mut seeded = Chance::new(seed ^ 1);
    let example = &mut seeded;

    let plain = |gated: bool| move |chance: &mut Chance| f3_of(&one_sided(chance, gated), &one_sided(chance, gated));
    put(
        Family::UpDownSigns,
        ("게이트가 없는 피드포워드", "a feed-forward part without a gate"),
        draw(&mut plain(false)),
        why(
            Family::UpDownSigns,
            &one_sided(example, false),
            Traits { linear_up: Some(false), ..traits_by_shape(false) },
        ),
        None,
    );
    put(
        Family::UpDownSigns,
        ("up에 1을 더하는 게이트 구조(gpt-oss)", "a gated part that adds one to up (gpt-oss)"),
        draw(&mut plain(true)),
        traits_of("gpt_oss").and_then(|traits| why(Family::UpDownSigns, &one_sided(example, true), traits)),
        None,
    );
    let table = |pair: Paired, norm: NormKind, fixed: bool| {
        let found = tables::test(&pair, None, false, norm, fixed, false);
        found.skipped.into_iter().find(|(family, _)| *family == Family::ChannelSigns).map(|(_, why)| why)
    };
    put(
        Family::ChannelSigns,
        ("층 정규화", "layer norm"),
        draw(&mut |chance| f1_of(&with_row_means(chance), &with_row_means(chance))),
        table(paired(with_row_means(example), with_row_means(example)), NormKind::Layer, false),
        None,
    );
    put(
        Family::ChannelSigns,
        ("고정된 사인파 위치 부호", "a fixed sinusoid of positions"),
        draw(&mut |chance| f1_of(&beside_a_code(chance), &beside_a_code(chance))),
        table(paired(beside_a_code(example), beside_a_code(example)), NormKind::Rms, true),
        None,
    );
    put(
        Family::ChannelSigns,
        ("상수이거나 한 행이 되풀이되는 임베딩", "an embedding that is constant, or one row again and again"),
        draw(&mut |_| f1_of(&constant(), &constant())),
        constant().repeats_a_row().then(|| says("읽을 때 뺀다", "left out when it is read")),
        None,
    );
    let unpaired = traits_by_shape(false).rotary;
    put(
        Family::RotarySigns,
        ("회전 짝을 잘못 안 경우", "rotary channels paired wrongly"),
        draw(&mut |chance| f5_of(chance, Rotary::Halves)),
        (unpaired == Rotary::Unknown).then(|| {
            says("짝을 모르면 머리 전체를 한 단위로 센다", "where the pairing is not known a whole head is one unit")
        }),
        Some(draw(&mut |chance| f5_of(chance, unpaired))),
    );
    for (family, parts, how) in [
        (
            Family::NeuronSwaps,
            3,
            ("세 조각이 같은 시드에서 출발한 뉴런", "neurons whose three shards began with one seed"),
        ),
        (
            Family::UpDownSigns,
            8,
            ("여덟 조각이 같은 시드에서 출발한 뉴런", "neurons whose eight shards began with one seed"),
        ),
        (Family::UpDownSigns, 2, ("Net2Net으로 두 배가 된 뉴런", "neurons doubled by Net2Net")),
    ] {
        put(
            family,
            how,
            draw(&mut |chance| {
                let (a, b) = (repeating(chance, parts), repeating(chance, parts));
                if family == Family::NeuronSwaps { f2_of(&a, &b) } else { f3_of(&a, &b) }
            }),
            why(family, &repeating(example, parts), llama()),
            None,
        );
    }
    put(
        Family::NeuronSwaps,
        ("크기 순으로 놓인 뉴런", "neurons sorted by size"),
        draw(&mut |chance| f2_of(&sorted(chance), &sorted(chance))),
        why(Family::NeuronSwaps, &sorted(example), llama()),
        None,
    );
    put(
        Family::ValueSigns,
        ("값을 이어받은 머리", "key-value heads repeated for a larger number"),
        draw(&mut |chance| {
            let (a, b) = (attention(chance, 4), attention(chance, 4));
            f4_of(&a, &b)
        }),
        why(Family::ValueSigns, &Layer { attention: Some(attention(example, 4)), ..Layer::default() }, llama()),
        None,
    );
    put(
        Family::ValueSigns,
        ("층끼리 묶이거나 복제된 층", "layers that are tied or copied"),
        draw(&mut |chance| tied(chance, false)),
        Some(says("처음 것만 센다", "the first alone is counted")),
        Some(draw(&mut |chance| tied(chance, true))),
    );
    out
}

fn spread(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n).sqrt())
}

fn llama() -> Traits {
    Traits { rotary: Rotary::Halves, linear_up: Some(true), ..traits_by_shape(false) }
}

fn tower_of(layers: Vec<Layer>, traits: Traits) -> Tower {
    Tower::drawn(layers, traits, WIDTH)
}

/// Why the code does not let a family speak about a candidate of this layer.
fn why(family: Family, layer: &Layer, traits: Traits) -> Option<Says> {
    let one = || crate::measure::search::grid::carried(layer, &Basis::AsNamed);
    let candidate = tower_of(vec![one()], traits);
    let grid = Grid::of(&[one()], &candidate, BasisKind::AsNamed, Arrangement::InPlace, &[Copied::default()], false);
    grid.skipped.get(&family).cloned()
}

fn f1_of(a: &Matrix, b: &Matrix) -> f64 {
    f1_channel_signs::test(a, b).z()
}

fn f2_of(a: &Layer, b: &Layer) -> f64 {
    f2_neuron_swaps::test(a, b, &neurons(a, b, Arrangement::InPlace)).z()
}

fn f3_of(a: &Layer, b: &Layer) -> f64 {
    f3_up_down_signs::test(a, b, &neurons(a, b, Arrangement::InPlace), None).z()
}

fn f4_of(a: &Attention, b: &Attention) -> f64 {
    f4_value_signs::test(a, b, &heads(a, b, Arrangement::InPlace, HeadKey::QueryKey, Rotary::Halves)).z()
}

/// The same attention with the signs of channels `2j` and `2j + 1` flipped together: strangers under the interleaved
/// pairing.
fn f5_of(chance: &mut Chance, assumed: Rotary) -> f64 {
    let a = attention(chance, 1);
    let mut b = attention(chance, 1);
    (b.query, b.key) = (a.query.clone(), a.key.clone());
    let coins = chance.coins(a.key.rows / 2);
    for matrix in [&mut b.query, &mut b.key] {
        for (row, values) in matrix.data.chunks_exact_mut(WIDTH).enumerate() {
            for value in values {
                *value *= coins[row / 2];
            }
        }
    }
    f5_rotary_signs::test(&a, &b, &heads(&a, &b, Arrangement::InPlace, HeadKey::ValueOutput, assumed), assumed).z()
}

fn noise(chance: &mut Chance, rows: usize, columns: usize) -> Matrix {
    Matrix::new(rows, columns, (0..rows * columns).map(|_| narrow(chance.normal())).collect())
}

/// Noise, and in each row so much of one direction that is the same for all models.
fn leaning(chance: &mut Chance, rows: usize, share: impl Fn(usize) -> f64) -> Matrix {
    let mut out = noise(chance, rows, WIDTH);
    let mut taught = Chance::new(77);
    let direction: Vec<f64> = (0..WIDTH).map(|_| taught.normal()).collect();
    for (row, values) in out.data.chunks_exact_mut(WIDTH).enumerate() {
        for (value, way) in values.iter_mut().zip(&direction) {
            *value += narrow(share(row) * way);
        }
    }
    out
}

fn layer_of(gate: Option<Matrix>, up: Matrix, down: Matrix) -> Layer {
    Layer { experts: vec![FeedForward { gate, up, down, up_bias: Vec::new() }], ..Layer::default() }
}

/// Neurons whose sign is not free: what they read and write leans to one side in every model.
fn one_sided(chance: &mut Chance, gated: bool) -> Layer {
    let gate = gated.then(|| noise(chance, NEURONS, WIDTH));
    let up = if gated { noise(chance, NEURONS, WIDTH) } else { leaning(chance, NEURONS, |_| COMMON) };
    layer_of(gate, up, leaning(chance, NEURONS, |_| COMMON))
}

fn sorted(chance: &mut Chance) -> Layer {
    let size = |row: usize| 0.2 + 4.0 * row as f64 / NEURONS as f64;
    let mut gate = leaning(chance, NEURONS, |row| COMMON * size(row));
    let norms: Vec<f32> =
        (0..NEURONS).map(|row| gate.row(row).iter().map(|value| value * value).sum::<f32>().sqrt()).collect();
    for (row, values) in gate.data.chunks_exact_mut(WIDTH).enumerate() {
        for value in values {
            *value *= narrow(size(row)) / norms[row];
        }
    }
    layer_of(Some(gate), noise(chance, NEURONS, WIDTH), noise(chance, NEURONS, WIDTH))
}

/// So many parts that began with the same numbers and were trained apart a little.
fn repeating(chance: &mut Chance, parts: usize) -> Layer {
    let mut repeat = || {
        let first = structured(chance, NEURONS / parts, WIDTH);
        let mut out = first.take_rows((0..NEURONS).map(|row| row % first.rows));
        let apart = noise(chance, NEURONS, WIDTH);
        for row in 0..NEURONS {
            let size = first.row(row % first.rows).iter().map(|value| value * value).sum::<f32>().sqrt();
            for column in 0..WIDTH {
                out.data[row * WIDTH + column] += 0.02 * size * apart.at(row, column) / 5.6;
            }
        }
        out
    };
    let (gate, up, down) = (repeat(), repeat(), repeat());
    layer_of(Some(gate), up, down)
}

/// Twelve heads of eight channels; each value head stands `copies` times.
fn attention(chance: &mut Chance, copies: usize) -> Attention {
    let (count, h) = (12, 8);
    let mut rows = || noise(chance, count * h, WIDTH);
    let (query, key, value, output) = (rows(), rows(), rows(), rows());
    let repeat = |matrix: Matrix| matrix.take_rows((0..count * h).map(|row| row / h / copies * copies * h + row % h));
    Attention {
        heads: count,
        kv_heads: count,
        head_width: h,
        whole_head: h,
        query,
        key,
        value: repeat(value),
        output: repeat(output),
        biases: [Vec::new(), Vec::new(), Vec::new()],
    }
}

/// Four layers with one attention; the layers that only repeat it are counted or not.
fn tied(chance: &mut Chance, checked: bool) -> f64 {
    let mut tower = || {
        let one = attention(chance, 1);
        let layers = (0..4).map(|_| {
            let same = Layer { attention: Some(copy(&one)), ..Layer::default() };
            let own = layer_of(Some(noise(chance, 24, WIDTH)), noise(chance, 24, WIDTH), noise(chance, 24, WIDTH));
            Layer { attention: same.attention, ..own }
        });
        tower_of(layers.collect(), llama())
    };
    let (a, b) = (tower(), tower());
    let copies = if checked { copied_layers(&b) } else { vec![Copied::default(); 4] };
    let grid = Grid::of(&a.layers, &b, BasisKind::AsNamed, Arrangement::InPlace, &copies, false);
    grid.map(ChosenBy::Place).map_or(0.0, |map| grid.pooled(Family::ValueSigns, &map).z())
}

fn copy(part: &Attention) -> Attention {
    Attention {
        query: part.query.clone(),
        key: part.key.clone(),
        value: part.value.clone(),
        output: part.output.clone(),
        biases: part.biases.clone(),
        ..*part
    }
}

/// Rows whose mean over the channels follows the tokens: layer norm takes it off, so nothing holds it at zero.
fn with_row_means(chance: &mut Chance) -> Matrix {
    let mut out = noise(chance, TOKENS, WIDTH);
    for (row, values) in out.data.chunks_exact_mut(WIDTH).enumerate() {
        for value in values {
            *value += narrow(1.5 / (1.0 + row as f64 / 4.0));
        }
    }
    out
}

/// Rows that make up for a code added to every token: as much against it as the token is common.
fn beside_a_code(chance: &mut Chance) -> Matrix {
    let mut out = noise(chance, TOKENS, WIDTH);
    for (row, values) in out.data.chunks_exact_mut(WIDTH).enumerate() {
        for (channel, value) in values.iter_mut().enumerate() {
            let code = if channel % 2 == 1 { 1.0 } else { 0.3 };
            *value -= narrow(code * 1.5 / (1.0 + row as f64 / 4.0));
        }
    }
    out
}

fn constant() -> Matrix {
    Matrix::new(TOKENS, WIDTH, vec![0.02; TOKENS * WIDTH])
}

fn paired(reference: Matrix, candidate: Matrix) -> Paired {
    Paired { of: candidate.rows, reference, candidate }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_would_be_wrong_if_disregarded_and_is_not() {
        let samples = draw_conditions(200, 5);
        assert_eq!(samples.len(), 12);
        for sample in samples {
            let ConditionSample { family, condition, unchecked: (mean, deviation), instead, checked } = sample;
            let what = format!("{family}, {}: mean {mean:.2}, deviation {deviation:.2}", condition.en);
            // The mean of 200 right ones lies within 0.25, their deviation within 0.15 of one.
            assert!(mean > 1.0 || deviation > 1.25, "{what}: speaking would have done no harm");
            assert!(instead.is_some(), "{what}: the code does not see it");
            if let Some((mean, deviation)) = checked {
                assert!(
                    mean.abs() < 0.3 && (0.8..1.2).contains(&deviation),
                    "{what}: and then {mean:.2}, {deviation:.2}"
                );
            }
        }
    }
}
