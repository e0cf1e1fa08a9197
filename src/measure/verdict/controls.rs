//! Controls: comparisons whose answer is known beforehand (method 10.8). They can only spoil a run, never help it.
//!
//! - *Disturbed*: a random element of every group is applied to the candidate; each family's `z` against the reference
//!   must look like a standard normal number.
//! - *Self*: the candidate against itself must reach the most that each family's units allow; this guards against a
//!   fault that makes everything pass quietly.

use crate::evidence::Control;
use crate::measure::families::basis::{Basis, BasisKind};
use crate::measure::families::correspond::Arrangement;
use crate::measure::families::f5_rotary_signs::sign_units;
use crate::measure::families::family::Family;
use crate::measure::model::shape::{Attention, FeedForward, Layer, Tower};
use crate::measure::search::grid::{ChosenBy, Copied, Grid};
use crate::measure::stats::chance::Chance;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::tail::SignSum;
use crate::text::says;
use crate::weights::Rotary;

/// Largest `z` that a disturbed copy may show: 13 families and components looked at, chance of a false ring below 1e-5.
const LOUDEST: f64 = 5.0;

/// Both controls on one tower.
pub(in crate::measure) fn run(reference: &Tower, candidate: &Tower) -> Vec<Control> {
    let id = &candidate.id;
    let mut out = Vec::new();
    if reference.width == candidate.width {
        let layers = candidate.layers.iter().zip(1_u64..);
        let disturbed =
            candidate.of_layers(layers.map(|(layer, seed)| disturb(layer, candidate.traits.rotary, seed)).collect());
        let sums = in_place(&reference.layers, &disturbed);
        let loudest = sums.iter().map(|(_, sum)| sum.z().abs()).fold(0.0, f64::max);
        out.push(Control {
            id: format!("disturbed/{id}"),
            passed: loudest < LOUDEST,
            detail: Some(
                says(
                    format!("이 모델에 대칭군의 무작위 원소를 적용한 것: {}", listed(&sums, "견줄 것이 없다")),
                    format!(
                        "random elements of the groups applied to the candidate: {}",
                        listed(&sums, "nothing comparable in place")
                    ),
                )
                .into(),
            ),
        });
    }
    let sums = in_place(&candidate.layers, candidate);
    let reached = sums.iter().all(|(_, sum)| sum.z() > 0.9 * (sum.units() as f64).sqrt());
    out.push(Control {
        id: format!("self/{id}"),
        passed: reached,
        detail: Some(
            says(
                format!("이 모델을 자기 자신과 견준 것: {}", listed(&sums, "견줄 것이 없다")),
                format!("the candidate against itself: {}", listed(&sums, "nothing comparable in place")),
            )
            .into(),
        ),
    });
    out
}

fn listed(sums: &[(Family, SignSum)], none: &str) -> String {
    let parts: Vec<String> = sums
        .iter()
        .map(|(family, sum)| format!("{} z {:.2} / {:.1}", family.id(), sum.z(), (sum.units() as f64).sqrt()))
        .collect();
    if parts.is_empty() { none.to_owned() } else { parts.join(", ") }
}

/// Every family, layer by layer in place.
pub(in crate::measure) fn in_place(reference: &[Layer], candidate: &Tower) -> Vec<(Family, SignSum)> {
    let mut totals: Vec<(Family, SignSum)> = Family::EXACT.iter().map(|&family| (family, SignSum::default())).collect();
    for (a, b) in reference.iter().zip(&candidate.layers) {
        let one = candidate.of_layers(vec![copy(b)]);
        let grid = Grid::of(&[copy(a)], &one, BasisKind::AsNamed, Arrangement::InPlace, &[Copied::default()], false);
        let map = grid.map(ChosenBy::Place).unwrap_or_default();
        for (family, total) in &mut totals {
            total.add(&grid.pooled(*family, &map));
        }
    }
    totals.retain(|(_, sum)| sum.units() > 0);
    totals
}

fn copy(layer: &Layer) -> Layer {
    crate::measure::search::grid::carried(layer, &Basis::AsNamed)
}

/// A layer with neurons, key-value heads and experts in another order, and signs of up and down, value and output,
/// query and key flipped.
pub(in crate::measure) fn disturb(layer: &Layer, rotary: Rotary, seed: u64) -> Layer {
    let mut chance = Chance::new(seed);
    let mut out = copy(layer);
    for part in &mut out.experts {
        disturb_feed_forward(part, &mut chance);
    }
    if let Some(router) = &mut out.router {
        let order = chance.order(router.rows);
        *router = router.take_rows(order.iter().copied());
        if order.len() == out.experts.len() {
            let old: Vec<FeedForward> = std::mem::take(&mut out.experts);
            let mut slots: Vec<Option<FeedForward>> = old.into_iter().map(Some).collect();
            out.experts = order.iter().filter_map(|&at| slots[at].take()).collect();
        }
    }
    if let Some(part) = &mut out.attention {
        disturb_attention(part, rotary, &mut chance);
    }
    for (into, from) in &mut out.latents {
        let coins = chance.coins(into.rows);
        scale_rows(into, |row| coins[row]);
        scale_rows(from, |row| coins[row]);
    }
    out
}

fn disturb_feed_forward(part: &mut FeedForward, chance: &mut Chance) {
    let order = chance.order(part.neurons());
    let coins = if part.gate.is_some() { chance.coins(part.neurons()) } else { vec![1.0; part.neurons()] };
    part.gate = part.gate.as_ref().map(|gate| gate.take_rows(order.iter().copied()));
    for matrix in [&mut part.up, &mut part.down] {
        *matrix = matrix.take_rows(order.iter().copied());
        scale_rows(matrix, |row| coins[row]);
    }
    if part.up_bias.len() == order.len() {
        part.up_bias = order.iter().map(|&at| part.up_bias[at]).collect();
    }
}

fn disturb_attention(part: &mut Attention, rotary: Rotary, chance: &mut Chance) {
    let (h, group) = (part.head_width, part.heads / part.kv_heads);
    let order = chance.order(part.kv_heads);
    let rows = |heads: Vec<usize>| heads.into_iter().flat_map(move |head| (0..h).map(move |row| head * h + row));
    let queries: Vec<usize> =
        order.iter().flat_map(|&head| (0..group).map(move |query| head * group + query)).collect();
    part.query = part.query.take_rows(rows(queries.clone()));
    part.output = part.output.take_rows(rows(queries));
    part.key = part.key.take_rows(rows(order.clone()));
    part.value = part.value.take_rows(rows(order));
    // Biases would have to follow; without them the control is the same in kind.
    part.biases = [Vec::new(), Vec::new(), Vec::new()];
    let values = chance.coins(part.kv_heads * h);
    // One coin for each unit of F5's group: a rotary pair, a channel, or a whole head.
    let mut keys = vec![1.0; part.kv_heads * h];
    for head in 0..part.kv_heads {
        for unit in sign_units(rotary, h) {
            let coin = chance.coins(1)[0];
            for channel in unit {
                keys[head * h + channel] = coin;
            }
        }
    }
    scale_rows(&mut part.value, |row| values[row]);
    scale_rows(&mut part.output, |row| values[row / h / group * h + row % h]);
    scale_rows(&mut part.key, |row| keys[row]);
    scale_rows(&mut part.query, |row| keys[row / h / group * h + row % h]);
}

fn scale_rows(matrix: &mut Matrix, factor: impl Fn(usize) -> f32) {
    let columns = matrix.columns.max(1);
    for (row, values) in matrix.data.chunks_exact_mut(columns).enumerate() {
        for value in values {
            *value *= factor(row);
        }
    }
}
