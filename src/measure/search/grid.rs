//! All layers of the candidate against all of the reference, in one basis and one arrangement, and the maps of layers
//! chosen from it.
//!
//! A family is pooled over a map of layers. Either the map is fixed beforehand (layer `j` with layer `j`), or it is
//! chosen by tensors that the family's group leaves as they are, so that choosing costs nothing (method 4.2, 2.13): by
//! gate for the signs of F3 to F6 and F8; by attention for F2, F3 and F7; by query and key for F4; by value and output
//! for F5.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::measure::families::agreement::{self, Agreement};
use crate::measure::families::basis::{Basis, BasisKind};
use crate::measure::families::correspond::{
    Arrangement, Duplicates, HeadKey, HeadPairs, LayerMap, NeuronPairs, heads, neurons, query_head_similarity,
};
use crate::measure::families::family::Family;
use crate::measure::families::responses;
use crate::measure::families::units::{Beside, Plate, Stack, Sums, near_pairs};
use crate::measure::model::regroup::regrouped;
use crate::measure::model::shape::{Attention, FeedForward, Layer, Tower};
use crate::measure::stats::matrix::{Matrix, cosine};
use crate::measure::stats::pair::Pair;
use crate::measure::stats::tail::SignSum;
use crate::measure::{
    families::f2_neuron_swaps, families::f3_up_down_signs, families::f4_value_signs, families::f5_rotary_signs,
    families::f6_head_swaps, families::f7_expert_swaps, families::f8_latent_signs, families::repeated,
};
use crate::text::{Says, says};

/// One layer of each side.
#[derive(Debug, Clone, Default)]
pub(in crate::measure) struct Cell {
    pub sums: BTreeMap<Family, SignSum>,
    pub agreement: Option<Agreement>,
    /// How well neurons match by gate, heads by query and key, heads by value and output: mean similarities.
    pub scores: [f64; 3],
    /// Aligned correlation of the feed-forward part and of attention, as effect sizes.
    pub correlation: [f64; 2],
    /// Neurons stand in the order of the reference's, as far as they were matched.
    pub in_order: bool,
}

/// What a map of layers was chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum ChosenBy {
    Place,
    Gate,
    Attention,
    QueryKey,
    ValueOutput,
}

#[derive(Debug)]
pub(in crate::measure) struct Grid {
    pub arrangement: Arrangement,
    pub basis: BasisKind,
    /// Candidate's layers, then reference's.
    pub cells: Vec<Vec<Cell>>,
    /// Candidate's layers that began as copies of an earlier one: their terms would count twice.
    pub copies: Vec<Copied>,
    pub skipped: BTreeMap<Family, Says>,
    /// The basis was told by gates, so that what moves gates may not be tested in it.
    pub gates_used: bool,
}

/// Combinations of family and map that [`Grid::may_use`] allows in one basis, in place and matched together.
pub(in crate::measure) const LOOKS: usize = 27;

/// Carries a layer of the reference into the candidate's basis.
pub(in crate::measure) fn carried(layer: &Layer, basis: &Basis) -> Layer {
    Layer {
        number: layer.number,
        attention: layer.attention.as_ref().map(|part| Attention {
            heads: part.heads,
            kv_heads: part.kv_heads,
            head_width: part.head_width,
            whole_head: part.whole_head,
            query: basis.carry(&part.query),
            key: basis.carry(&part.key),
            value: basis.carry(&part.value),
            output: basis.carry(&part.output),
            biases: part.biases.clone(),
        }),
        experts: layer
            .experts
            .iter()
            .map(|part| FeedForward {
                gate: part.gate.as_ref().map(|gate| basis.carry(gate)),
                up: basis.carry(&part.up),
                down: basis.carry(&part.down),
                up_bias: part.up_bias.clone(),
            })
            .collect(),
        router: layer.router.as_ref().map(|router| basis.carry(router)),
        latents: layer.latents.iter().map(|(into, out)| (basis.carry(into), out.clone())).collect(),
        ..Layer::default()
    }
}

/// Families that may not speak of a candidate, with why.
pub(in crate::measure) fn objections(candidate: &Tower) -> BTreeMap<Family, Says> {
    let mut skipped = BTreeMap::new();
    let up = match candidate.traits.linear_up {
        Some(true) => None,
        Some(false) => Some(says(
            "피드포워드 부분에 게이트와 나란한 선형 가지가 없다",
            "the feed-forward part has no linear branch beside a gate",
        )),
        None => Some(says(
            "활성 함수와 게이트가 어느 쪽인지 알려지지 않았다",
            "its activation, and which branch is the gate, are not known",
        )),
    };
    skipped.extend(up.map(|why| (Family::UpDownSigns, why)));
    if let Some(why) = candidate.layers.iter().find_map(f2_neuron_swaps::objection) {
        skipped.insert(Family::NeuronSwaps, why);
    }
    let up = |layer: &Layer| layer.experts.iter().find_map(|part| repeated::objection(&part.up, &[]));
    let of_head = |part: &Attention, rows: &Matrix| repeated::objection(rows, &[part.head_width]);
    let value = |layer: &Layer| layer.attention.as_ref().and_then(|part| of_head(part, &part.value));
    let key = |layer: &Layer| layer.attention.as_ref().and_then(|part| of_head(part, &part.key));
    for (family, why) in [
        (Family::UpDownSigns, candidate.layers.iter().find_map(up)),
        (Family::ValueSigns, candidate.layers.iter().find_map(value)),
        (Family::RotarySigns, candidate.layers.iter().find_map(key)),
        (Family::HeadSwaps, candidate.layers.iter().find_map(|layer| value(layer).or_else(|| key(layer)))),
    ] {
        if let Some(why) = why {
            skipped.entry(family).or_insert(why);
        }
    }
    skipped
}

impl Grid {
    /// `reference` holds layers already carried into the candidate's basis.
    pub(in crate::measure) fn of(
        reference: &[Layer],
        candidate: &Tower,
        basis: BasisKind,
        arrangement: Arrangement,
        copies: &[Copied],
        gates_used: bool,
    ) -> Self {
        let mut skipped = objections(candidate);
        if arrangement == Arrangement::Matched {
            for family in [Family::NeuronSwaps, Family::HeadSwaps, Family::ExpertSwaps] {
                skipped.insert(family, says("짝짓기가 검정할 것을 이미 썼다", "matching used up what it tests"));
            }
        }
        let sides = Pair { reference, candidate: &candidate.layers };
        let units = match arrangement {
            Arrangement::InPlace => Units::InPlace(Pair {
                reference: stack(sides.reference, candidate),
                candidate: stack(sides.candidate, candidate),
            }),
            Arrangement::Matched => Units::Matched(Pair {
                reference: sides.reference.par_iter().map(duplicates).collect(),
                candidate: sides.candidate.par_iter().map(duplicates).collect(),
            }),
        };
        let cell = |i: usize, j: usize| {
            let at = Pair { reference: i, candidate: j };
            let layers = Pair { reference: &sides.reference[i], candidate: &sides.candidate[j] };
            Self::cell(layers, candidate, &units, at, &skipped)
        };
        let cells = (0..sides.candidate.len())
            .into_par_iter()
            .map(|j| (0..sides.reference.len()).map(|i| cell(i, j)).collect())
            .collect();
        Self { arrangement, basis, cells, copies: copies.to_vec(), skipped, gates_used }
    }

    /// The same without families that may not speak.
    pub(in crate::measure) fn without(mut self, unfair: &BTreeMap<Family, Says>) -> Self {
        for (family, why) in unfair {
            self.cells.iter_mut().flatten().for_each(|cell| _ = cell.sums.remove(family));
            self.skipped.insert(*family, why.clone());
        }
        self
    }

    fn cell(
        layers: Pair<&Layer>,
        candidate: &Tower,
        units: &Units,
        at: Pair<usize>,
        skipped: &BTreeMap<Family, Says>,
    ) -> Cell {
        let Pair { reference: a, candidate: b } = layers;
        let arrangement = units.arrangement();
        let mut cell = Cell::default();
        let mut put = |family: Family, sum: &dyn Fn() -> SignSum| {
            if !skipped.contains_key(&family) {
                let sum = sum();
                if sum.units() > 0 {
                    cell.sums.insert(family, sum);
                }
            }
        };
        let pairs = neurons(a, b, arrangement);
        let in_place = units.in_place(at);
        // Experts that began as copies of each other, or of one dense part, are no units of their own.
        let plain = a.experts.len() == b.experts.len() && !f2_neuron_swaps::copies_inside(b);
        match in_place.as_ref().filter(|_| plain) {
            Some(sums) => {
                put(Family::NeuronSwaps, &|| sums.units(Family::NeuronSwaps));
                put(Family::UpDownSigns, &|| sums.units(Family::UpDownSigns));
            }
            None => {
                put(Family::NeuronSwaps, &|| f2_neuron_swaps::test(a, b, &pairs));
                put(Family::UpDownSigns, &|| f3_up_down_signs::test(a, b, &pairs, units.duplicates(at)));
            }
        }
        put(Family::ExpertSwaps, &|| f7_expert_swaps::test(a, b));
        put(Family::LatentSigns, &|| f8_latent_signs::test(a, b));
        let rotary = candidate.traits.rotary;
        if let (Some(x), Some(y)) = (&a.attention, &b.attention) {
            let grouped = regrouped(x, y);
            let x = grouped.as_ref().unwrap_or(x);
            let by_query_key = heads(x, y, arrangement, HeadKey::QueryKey, rotary);
            let by_value = heads(x, y, arrangement, HeadKey::ValueOutput, rotary);
            match in_place.as_ref().filter(|_| grouped.is_none()) {
                Some(sums) => {
                    put(Family::ValueSigns, &|| sums.units(Family::ValueSigns));
                    put(Family::RotarySigns, &|| sums.units(Family::RotarySigns));
                }
                None => {
                    put(Family::ValueSigns, &|| f4_value_signs::test(x, y, &by_query_key));
                    put(Family::RotarySigns, &|| f5_rotary_signs::test(x, y, &by_value, rotary));
                }
            }
            put(Family::HeadSwaps, &|| f6_head_swaps::test(x, y, rotary));
            cell.correlation[1] = head_correlation(x, y, &by_query_key);
            if arrangement == Arrangement::Matched {
                cell.scores[1] = head_score(x, y, &by_query_key, HeadKey::QueryKey, candidate);
                cell.scores[2] = head_score(x, y, &by_value, HeadKey::ValueOutput, candidate);
            }
        }
        cell.correlation[0] = neuron_correlation(a, b, &pairs);
        cell.in_order = pairs.iter().all(|pair| keeps_order(&pair.neurons));
        if arrangement == Arrangement::Matched {
            let all: Vec<f64> = pairs.iter().flat_map(|pair| pair.neurons.iter().map(|unit| unit.2)).collect();
            cell.scores[0] = all.iter().sum::<f64>() / all.len().max(1) as f64;
            cell.agreement = match (whole(a, false), whole(b, f2_neuron_swaps::copies_inside(b))) {
                (Some(x), Some(y)) if !pairs.is_empty() => Some(agreement::count(&x, &y)),
                _ => None,
            };
        }
        cell
    }

    /// The map by `chosen`; weights grow with the square of how far the choice stands out, so that layers without any
    /// likeness hardly count.
    pub(in crate::measure) fn map(&self, chosen: ChosenBy) -> Option<LayerMap> {
        let here = self.cells.len();
        let there = self.cells.first().map_or(0, Vec::len);
        if chosen == ChosenBy::Place {
            return (here == there).then(|| (0..here).map(|at| Some((at, 1.0))).collect());
        }
        let strength = |cell: &Cell| -> f64 {
            match chosen {
                ChosenBy::Gate if self.arrangement == Arrangement::InPlace => {
                    pooled_z(cell, |family| family == Family::NeuronSwaps)
                }
                ChosenBy::Gate => cell.scores[0],
                ChosenBy::QueryKey => cell.scores[1],
                ChosenBy::ValueOutput => cell.scores[2],
                ChosenBy::Attention | ChosenBy::Place => pooled_z(cell, |family| {
                    matches!(family, Family::ValueSigns | Family::RotarySigns | Family::LatentSigns)
                }),
            }
        };
        let all: Vec<Vec<f64>> = self.cells.iter().map(|row| row.iter().map(strength).collect()).collect();
        let (centre, spread) = if self.arrangement == Arrangement::Matched && here * there >= 6 {
            let mut values: Vec<f64> = all.iter().flatten().copied().collect();
            values.sort_by(f64::total_cmp);
            let median = values[values.len() / 2];
            let mut off: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
            off.sort_by(f64::total_cmp);
            (median, (off[off.len() / 2] * 1.4826).max(1e-9))
        } else {
            (0.0, 1.0)
        };
        Some(
            all.iter()
                .map(|row| {
                    let best = (0..there).max_by(|&x, &y| row[x].total_cmp(&row[y]))?;
                    let weight = ((row[best] - centre) / spread).max(0.0).powi(2);
                    (weight > 0.0).then_some((best, weight))
                })
                .collect(),
        )
    }

    /// Whether `family` keeps its null on a map that was chosen so. [`LOOKS`] counts the combinations.
    pub(in crate::measure) fn may_use(&self, family: Family, chosen: ChosenBy) -> bool {
        if self.gates_used && matches!(family, Family::NeuronSwaps | Family::ExpertSwaps) {
            return false;
        }
        Self::is_free(family, chosen, self.arrangement)
    }

    fn is_free(family: Family, chosen: ChosenBy, arrangement: Arrangement) -> bool {
        use Family::{ExpertSwaps, HeadSwaps, LatentSigns, NeuronSwaps, RotarySigns, UpDownSigns, ValueSigns};
        match (chosen, arrangement) {
            (ChosenBy::Place, Arrangement::InPlace) => true,
            (ChosenBy::Place, Arrangement::Matched) => {
                matches!(family, UpDownSigns | ValueSigns | RotarySigns | LatentSigns)
            }
            (ChosenBy::Gate, Arrangement::InPlace) => {
                matches!(family, UpDownSigns | ValueSigns | RotarySigns | HeadSwaps | LatentSigns)
            }
            (ChosenBy::Gate, Arrangement::Matched) => {
                matches!(family, UpDownSigns | ValueSigns | RotarySigns | LatentSigns)
            }
            (ChosenBy::Attention, Arrangement::InPlace) => matches!(family, NeuronSwaps | UpDownSigns | ExpertSwaps),
            (ChosenBy::QueryKey, Arrangement::Matched) => matches!(family, UpDownSigns | ValueSigns),
            (ChosenBy::ValueOutput, Arrangement::Matched) => matches!(family, UpDownSigns | RotarySigns),
            _ => false,
        }
    }

    /// The family pooled over a map. Layers that copy others are left out, because their signs are not their own.
    pub(in crate::measure) fn pooled(&self, family: Family, map: &LayerMap) -> SignSum {
        let mut out = SignSum::default();
        for (layer, target) in map.iter().enumerate() {
            if let Some((from, weight)) = target.filter(|_| !self.copies[layer].holds(family))
                && let Some(sum) = self.cells[layer][from].sums.get(&family)
            {
                out.terms.extend(sum.terms.iter().map(|term| term * weight));
            }
        }
        out
    }
}

/// How units of two stacks of layers are put against each other, with what was made of each layer once.
enum Units {
    InPlace(Pair<Stack>),
    /// Duplicates inside each expert of each layer.
    Matched(Pair<Vec<Duplicates>>),
}

impl Units {
    fn arrangement(&self) -> Arrangement {
        match self {
            Self::InPlace(_) => Arrangement::InPlace,
            Self::Matched(_) => Arrangement::Matched,
        }
    }

    /// The families of units in place, dead ones out and duplicates as one.
    fn in_place(&self, at: Pair<usize>) -> Option<Sums> {
        match self {
            Self::InPlace(stacks) => {
                let key = (at.reference, at.candidate);
                Some(responses::direct(&[Beside::of(&stacks.reference, &stacks.candidate, key)]))
            }
            Self::Matched(_) => None,
        }
    }

    fn duplicates(&self, at: Pair<usize>) -> Option<Pair<&Duplicates>> {
        match self {
            Self::InPlace(_) => None,
            Self::Matched(all) => {
                let (reference, candidate) = (&all.reference[at.reference], &all.candidate[at.candidate]);
                Some(Pair { reference, candidate })
            }
        }
    }
}

/// Layers in one basis as the tests of units see them.
fn stack(layers: &[Layer], tower: &Tower) -> Stack {
    let plates = layers.iter().map(|layer| Plate::of(layer, tower)).collect();
    Stack::new(plates, tower.traits.rotary, tower.traits.linear_up == Some(true), tower.width)
}

fn duplicates(layer: &Layer) -> Duplicates {
    let of_part = |part: &FeedForward| {
        let by_unit: Vec<Matrix> = part.gate.iter().chain([&part.up, &part.down]).cloned().collect();
        near_pairs(&by_unit)
    };
    layer.experts.iter().map(of_part).collect()
}

/// Whether neighbours among matched units stand in one order on both sides. Of a shuffled order half do; of one that
/// was kept all but the few that were matched wrongly. Three quarters lie four deviations from both with 64 units.
fn keeps_order(pairs: &[(usize, usize, f64)]) -> bool {
    let mut by_candidate: Vec<(usize, usize)> = pairs.iter().map(|&(i, j, _)| (j, i)).collect();
    by_candidate.sort_unstable();
    let rising = by_candidate.windows(2).filter(|pair| pair[0].1 < pair[1].1).count();
    4 * rising >= 3 * by_candidate.len().saturating_sub(1)
}

/// Several families of one cell together: `sum sqrt(k_f) z_f / sqrt(sum k_f)`.
pub(in crate::measure) fn pooled_z(cell: &Cell, wanted: impl Fn(Family) -> bool) -> f64 {
    let chosen: Vec<&SignSum> = cell.sums.iter().filter(|(family, _)| wanted(**family)).map(|(_, sum)| sum).collect();
    let units: f64 = chosen.iter().map(|sum| sum.units() as f64).sum();
    if units == 0.0 {
        return 0.0;
    }
    chosen.iter().map(|sum| (sum.units() as f64).sqrt() * sum.z()).sum::<f64>() / units.sqrt()
}

/// Which parts of a layer began as copies of an earlier layer of the same tower, or are tied to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::measure) struct Copied {
    pub feed_forward: bool,
    pub attention: bool,
}

impl Copied {
    fn holds(self, family: Family) -> bool {
        if family.is_feed_forward() { self.feed_forward } else { self.attention }
    }
}

/// The copied parts of every layer of a tower.
pub(in crate::measure) fn copied_layers(tower: &Tower) -> Vec<Copied> {
    let alike = |a: Option<&Matrix>, b: Option<&Matrix>| {
        a.zip(b).is_some_and(|(x, y)| x.data.len() == y.data.len() && cosine(&x.data, &y.data) > 0.3)
    };
    let expert = |at: usize| tower.layers[at].experts.first().map(FeedForward::leading);
    let value = |at: usize| tower.layers[at].attention.as_ref().map(|part| &part.value);
    (0..tower.layers.len())
        .map(|at| Copied {
            feed_forward: (0..at).any(|before| alike(expert(before), expert(at))),
            attention: (0..at).any(|before| alike(value(before), value(at))),
        })
        .collect()
}

/// All experts of a layer as one part, so that slices of another model's part are found whatever expert they went to.
/// Experts that copy each other agree together, so of those one stands for all.
pub(in crate::measure) fn whole(layer: &Layer, copies: bool) -> Option<Cow<'_, FeedForward>> {
    let [first, rest @ ..] = layer.experts.as_slice() else { return None };
    let rest = if copies { &[] } else { rest };
    if rest.is_empty() {
        return Some(Cow::Borrowed(first));
    }
    let joined = |part: &dyn Fn(&FeedForward) -> Option<Matrix>| {
        rest.iter().try_fold(part(first)?, |sum, expert| Some(sum.stacked(&part(expert)?)))
    };
    Some(Cow::Owned(FeedForward {
        gate: joined(&|part| part.gate.clone()),
        up: joined(&|part| Some(part.up.clone()))?,
        down: joined(&|part| Some(part.down.clone()))?,
        up_bias: Vec::new(),
    }))
}

/// Correlation of the rows of up, each with the sign that its column of down tells; of a plain part of the columns of
/// down. Gate may have chosen the pairs or the basis, and what chose may not be judged by (method 4.2).
fn neuron_correlation(a: &Layer, b: &Layer, pairs: &[NeuronPairs]) -> f64 {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for pair in pairs {
        let (x, y) = (&a.experts[pair.reference], &b.experts[pair.candidate]);
        for &(i, j, _) in &pair.neurons {
            if y.gate.is_some() {
                let sign = if cosine(x.down.row(i), y.down.row(j)) < 0.0 { -1.0 } else { 1.0 };
                left.extend_from_slice(x.up.row(i));
                right.extend(y.up.row(j).iter().map(|value| value * sign));
            } else {
                left.extend_from_slice(x.down.row(i));
                right.extend_from_slice(y.down.row(j));
            }
        }
    }
    centred(&left, &right)
}

fn head_correlation(a: &Attention, b: &Attention, pairs: &[HeadPairs]) -> f64 {
    let h = b.head_width;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for pair in pairs {
        for channel in 0..h {
            left.extend_from_slice(a.value.row(pair.reference * h + channel));
            right.extend_from_slice(b.value.row(pair.candidate * h + channel));
        }
        for &(i, j) in &pair.queries {
            for channel in 0..h {
                left.extend_from_slice(a.query.row(i * h + channel));
                right.extend_from_slice(b.query.row(j * h + channel));
            }
        }
    }
    centred(&left, &right)
}

fn head_score(a: &Attention, b: &Attention, pairs: &[HeadPairs], key: HeadKey, candidate: &Tower) -> f64 {
    let similarity = query_head_similarity(a, b, key, candidate.traits.rotary);
    let all: Vec<f64> =
        pairs.iter().flat_map(|pair| pair.queries.iter().map(|&(i, j)| f64::from(similarity.at(j, i)))).collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

fn centred(a: &[f32], b: &[f32]) -> f64 {
    let off = |values: &[f32]| Matrix::new(values.len(), 1, values.to_vec()).without_mean_row().data;
    cosine(&off(a), &off(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_is_paid_for() {
        let maps = [ChosenBy::Place, ChosenBy::Gate, ChosenBy::Attention, ChosenBy::QueryKey, ChosenBy::ValueOutput];
        let looks = [Arrangement::InPlace, Arrangement::Matched]
            .into_iter()
            .flat_map(|arrangement| maps.into_iter().map(move |chosen| (arrangement, chosen)))
            .flat_map(|(arrangement, chosen)| {
                Family::EXACT.into_iter().map(move |family| Grid::is_free(family, chosen, arrangement))
            })
            .filter(|free| *free)
            .count();
        assert_eq!(looks, LOOKS);
    }
}
