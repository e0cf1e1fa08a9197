//! What a look at a tower would have found: for each class of change the kind that finds it, from which correlation on,
//! and a plant of this run that shows it.
//!
//! - **Classes** are those of method 9.2. A class that the shapes exclude is covered, and says why it cannot be.
//! - **Stated correlation**: the least at which two families of one kind are both beyond the level of one look with a
//!   chance of 99 %, by the formula of [`least_correlation`], in every layer at once. Matching finds from a correlation
//!   on that was measured and is no formula.
//! - **Plant**: the reference is mixed into the candidate at the stated correlation and the same code looks again. A
//!   plant that is missed takes the class from the covered ones, whatever the formula says: wrong heads or a wrong file
//!   do so.

use std::collections::BTreeMap;

use crate::evidence::{ChangeClass, LookedFor, NotLookedFor, Planted};
use crate::measure::families::agreement::{self, Agreement, RATE};
use crate::measure::families::family::Family;
use crate::measure::families::responses::{self, Probes};
use crate::measure::families::units::{Stack, Sums, laid};
use crate::measure::families::virtual_weights::{self, Locks};
use crate::measure::model::shape::{FeedForward, Layer, Tower};
use crate::measure::search::budget::Budget;
use crate::measure::search::layer_map;
use crate::measure::search::looks::{By, Inputs, Kind, Look, Looks, Silence};
use crate::measure::search::plant::{Reach, least_correlation, plant};
use crate::measure::search::power::least_z;
use crate::measure::search::sentences;
use crate::measure::search::shuffled;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::mixed::mixed;
use crate::measure::stats::tail::{ln_fixed_points, ln_normal_tail};
use crate::text::{Says, says};

/// Deviations beyond the level at which each of two families is found in 99.5 % of all draws, so that both are in 99 %.
const MARGIN: f64 = 2.576;
/// Grid of stated correlations: a stated figure is rounded up to it.
const STEP: f64 = 0.01;
/// Where neurons are matched without their places, all planted ones are found from the first of these on at every width
/// that was tried (method 4.11), in layers of few neurons from the second. A look that misses a plant at 0.95 covers
/// nothing (method 9.4).
const PLANTED_FOR_MATCHING: [f64; 2] = [0.9, 0.95];

/// What was covered of one component.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::measure) struct Coverage {
    pub looked_for: Vec<LookedFor>,
    pub not_looked_for: Vec<NotLookedFor>,
}

impl Coverage {
    /// Whether every standard class is covered, with a new vocabulary too.
    pub(in crate::measure) fn is_whole(&self) -> bool {
        let standard = ChangeClass::ALL.into_iter().take(ChangeClass::STANDARD);
        standard.into_iter().all(|class| {
            self.looked_for.iter().any(|row| {
                let told = row.planted == Planted::CannotBe || row.planted == Planted::Found && row.with_new_vocabulary;
                row.change == class && told
            })
        })
    }

    pub(super) fn cannot_be(&mut self, change: ChangeClass, why: &str) {
        self.looked_for.push(LookedFor {
            change,
            with_new_vocabulary: true,
            least_correlation: None,
            least_share: None,
            planted: Planted::CannotBe,
            by: why.to_owned(),
        });
    }

    pub(super) fn not(&mut self, change: ChangeClass, why: Says) {
        self.not_looked_for.push(NotLookedFor { change, why: why.into() });
    }
}

/// The word of a kind in evidence.
pub(in crate::measure) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Place => "place",
        Kind::Tokens => "tokens",
        Kind::Within => "within",
        Kind::Virtual => "virtual",
        Kind::VirtualSplit => "virtual-split",
        Kind::Gram => "gram",
        Kind::Equal => "equal",
    }
}

/// Kinds that find a change of the stream's channels, those that need no shared token first.
const BASIS_FREE: [Kind; 3] = [Kind::Within, Kind::VirtualSplit, Kind::Tokens];
/// Kinds that find what stands in place.
const IN_PLACE: [Kind; 4] = [Kind::Place, Kind::Within, Kind::VirtualSplit, Kind::Tokens];

/// What the looks at a tower cover.
pub(in crate::measure) fn of_tower(inputs: &Inputs<'_>, looks: &Looks, budget: Budget) -> Coverage {
    let plants = Plants { inputs, looks, budget };
    let widths = inputs.reference.extent.width == inputs.candidate.extent.width;
    let mut out = Coverage::default();
    let mut stated: BTreeMap<Kind, Option<Row>> = BTreeMap::new();
    for (class, kinds) in [
        (ChangeClass::InPlace, &IN_PLACE[..]),
        (ChangeClass::ChannelsReordered, &BASIS_FREE[..]),
        (ChangeClass::ChannelsRotated, &BASIS_FREE[..]),
        (ChangeClass::ChannelsCutOrAdded, &BASIS_FREE[..]),
    ] {
        let cut = class == ChangeClass::ChannelsCutOrAdded;
        if cut == widths {
            out.cannot_be(class, if widths { "same-width" } else { "other-width" });
            continue;
        }
        let rows = kinds.iter().filter_map(|&kind| stated.entry(kind).or_insert_with(|| plants.row(kind)).clone());
        let best = rows.min_by(|a, b| a.rank().total_cmp(&b.rank()));
        match best {
            Some(row) => out.looked_for.push(row.of(class)),
            None if plants.shapes_exclude() => out.cannot_be(class, "other-parts"),
            None => out.not(class, plants.why_none(kinds)),
        }
    }
    plants.units(&mut out, widths);
    further(&mut out, &stated);
    out
}

/// What one kind would have found.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    kind: Kind,
    least_correlation: f64,
    planted: Planted,
}

impl Row {
    /// The plainest first: what was found before what was missed, without tokens before with them, then the least.
    fn rank(&self) -> f64 {
        let missed = if self.planted == Planted::Found { 0.0 } else { 4.0 };
        let tokens = if self.kind == Kind::Tokens { 2.0 } else { 0.0 };
        missed + tokens + self.least_correlation
    }

    fn of(&self, change: ChangeClass) -> LookedFor {
        LookedFor {
            change,
            with_new_vocabulary: self.kind != Kind::Tokens,
            least_correlation: Some(self.least_correlation),
            least_share: Some(1.0),
            planted: self.planted,
            by: word(self.kind).to_owned(),
        }
    }
}

struct Plants<'a> {
    inputs: &'a Inputs<'a>,
    looks: &'a Looks,
    budget: Budget,
}

impl Plants<'_> {
    /// The looks of a kind, layer by layer in place, that may speak.
    fn heard(&self, kind: Kind) -> Vec<&Look> {
        let of_kind = |look: &&Look| {
            look.kind == kind && look.by == By::Place && look.silent.is_none() && look.family != Family::ValueSwaps
        };
        self.looks.looks.iter().filter(of_kind).collect()
    }

    /// The mean `z` that passes the level by the margin, as a logarithm of its chance. Of `k` summands of one size `z`
    /// has the deviation `sqrt(1 - z^2 / k)` about its mean, so the margin vanishes where nearly all agree.
    fn ln_level(&self, units: usize) -> f64 {
        let (level, k) = (least_z(self.budget.ln_level()), units.max(1) as f64);
        let (mut low, mut high) = (level, (level + MARGIN).min(k.sqrt()));
        for _ in 0..40 {
            let mean = f64::midpoint(low, high);
            let found = mean - MARGIN * (1.0 - mean * mean / k).max(0.0).sqrt() >= level;
            if found { high = mean } else { low = mean }
        }
        (2.0 * 3.178_655_9_f64).ln() + ln_normal_tail(high)
    }

    /// What a kind states, and whether its plant was found. Two families make a finding; where shapes leave one part of
    /// a layer alone, one family of it bars a "no" (`judge`), and so it covers. None where too few have units enough.
    fn row(&self, kind: Kind) -> Option<Row> {
        let heard = self.heard(kind);
        let mut least: Vec<f64> = heard
            .iter()
            .filter_map(|look| least_correlation(kind, look.family, self.reach(kind, look), self.ln_level(look.units)))
            .collect();
        least.sort_by(f64::total_cmp);
        let needed = if self.one_part_in_common() { least.len().min(2) } else { 2 };
        let stated = ((least.get(needed.checked_sub(1)?)? / STEP).ceil() * STEP).min(0.99);
        let found = self.plant(kind, stated) >= needed;
        Some(Row { kind, least_correlation: stated, planted: if found { Planted::Found } else { Planted::Missed } })
    }

    fn reach(&self, kind: Kind, look: &Look) -> Reach {
        let units = look.units;
        let layers = look.layers.len().max(1);
        let probes = match kind {
            Kind::Tokens => self.looks.tokens,
            // A unit is compared by about as many others as the layer has, and by no more than its stream has channels.
            _ => units / layers,
        };
        Reach { units, probes, width: self.inputs.candidate.width.min(self.inputs.reference.width) }
    }

    /// Families of a kind that are beyond the level where the reference is planted at `rho`.
    fn plant(&self, kind: Kind, rho: f64) -> usize {
        let planted = plant(self.inputs.reference, self.inputs.candidate, rho);
        let (a, b) = (Stack::of(self.inputs.reference), Stack::of(&planted));
        let place = layer_map::by_place(&a, &b);
        let layers = laid(&a, &b, &place);
        let beyond = |family: Family| -> bool {
            let told = match kind {
                Kind::Place => sums(&responses::direct(&layers), family),
                Kind::Within => sums(&responses::within(&layers), family),
                Kind::Tokens => self.tokens(&layers, rho).and_then(|all| sums(&all, family)),
                Kind::VirtualSplit => virtual_weights::split(&a, &b, &place).and_then(|locks| locked(&locks, family)),
                Kind::Virtual | Kind::Gram | Kind::Equal => None,
            };
            told.is_some_and(|(z, ln_p)| z > 0.0 && ln_p <= self.budget.ln_level())
        };
        self.heard(kind).into_iter().filter(|look| beyond(look.family)).count()
    }

    fn tokens(&self, layers: &[crate::measure::families::units::Beside], rho: f64) -> Option<Sums> {
        let probes = |rows: crate::measure::search::looks::Rows<'_>| {
            Probes::of(rows.reference, &mixed(rows.reference, rows.candidate, rho))
        };
        let embedding = probes(self.inputs.embedding?);
        let head = self.inputs.head.map(probes);
        Some(responses::tokens(layers, &embedding, head.as_ref()))
    }

    /// Heads of two widths: no channel of one is a channel of the other.
    fn other_heads(&self) -> bool {
        let heads = |tower: &Tower| {
            tower.layers.iter().filter_map(|layer| layer.attention.as_ref()).map(|part| part.whole_head).max()
        };
        heads(self.inputs.reference).zip(heads(self.inputs.candidate)).is_some_and(|(x, y)| x != y)
    }

    /// A feed-forward part with gates and one without: they have no neuron in common.
    fn other_feed_forward(&self) -> bool {
        has_gates(self.inputs.reference) != has_gates(self.inputs.candidate)
    }

    /// Whether the shapes leave nothing that one tower could have given the other by a standard change.
    fn shapes_exclude(&self) -> bool {
        self.other_heads() && self.other_feed_forward()
    }

    /// Whether they leave one part of a layer, so that what it says is all that can be said.
    fn one_part_in_common(&self) -> bool {
        self.other_heads() != self.other_feed_forward()
    }

    /// Why no kind could look for a class.
    fn why_none(&self, kinds: &[Kind]) -> Says {
        let silent = self.looks.looks.iter().filter(|look| kinds.contains(&look.kind) && look.by == By::Place);
        let mut silent = silent;
        match silent.find_map(|look| look.silent.as_ref()) {
            Some(why) => sentences::silence(why),
            None => says(
                "이 모양에서는 단위가 넉넉한 검정이 둘이 되지 않는다",
                "fewer than two families have units enough at these shapes",
            ),
        }
    }

    /// Units in another order, alone and with another basis.
    fn units(&self, out: &mut Coverage, same_width: bool) {
        let has_gates = has_gates(self.inputs.reference) && has_gates(self.inputs.candidate);
        if self.other_feed_forward() {
            out.cannot_be(ChangeClass::UnitsReordered, "other-feed-forward");
            out.cannot_be(ChangeClass::UnitsReorderedInAnotherBasis, "other-feed-forward");
            return;
        }
        let gram = self.looks.looks.iter().find(|look| look.kind == Kind::Gram);
        let spoke = gram.filter(|look| look.silent.is_none() && look.units > 0);
        let row = |change: ChangeClass, by: &str, found: Option<f64>| LookedFor {
            change,
            with_new_vocabulary: true,
            least_correlation: found.or(Some(PLANTED_FOR_MATCHING[1])),
            least_share: Some(1.0),
            planted: if found.is_some() { Planted::Found } else { Planted::Missed },
            by: by.to_owned(),
        };
        let least = |finds: &dyn Fn(f64) -> bool| PLANTED_FOR_MATCHING.into_iter().find(|&rho| finds(rho));
        if spoke.is_some() {
            let found = least(&|rho| self.planted_gram(rho));
            if same_width {
                out.looked_for.push(row(ChangeClass::UnitsReordered, word(Kind::Gram), found));
            } else {
                out.cannot_be(ChangeClass::UnitsReordered, "other-width");
            }
            out.looked_for.push(row(ChangeClass::UnitsReorderedInAnotherBasis, word(Kind::Gram), found));
            return;
        }
        let why = gram.and_then(|look| look.silent.as_ref()).map(sentences::silence);
        let why = why.unwrap_or_else(|| self.why_none(&[Kind::Gram]));
        let few = [self.inputs.reference, self.inputs.candidate].into_iter().any(Tower::holds_few_neurons);
        if few && same_width && !has_gates && self.inputs.files.is_none() {
            out.not(ChangeClass::UnitsReordered, sentences::silence(&Silence::Sampled));
            out.cannot_be(ChangeClass::UnitsReorderedInAnotherBasis, "no-gate");
            return;
        }
        match (has_gates, same_width) {
            (true, _) => {
                out.not(ChangeClass::UnitsReordered, why.clone());
                out.not(ChangeClass::UnitsReorderedInAnotherBasis, why);
            }
            // Without gates nothing is left to test once neurons are matched by what they do; for a "no" the agreement
            // of two matchings serves, whose error is calibrated.
            (false, true) => {
                let found = least(&|rho| self.planted_agreement(rho));
                out.looked_for.push(row(ChangeClass::UnitsReordered, "agreement", found));
                out.cannot_be(ChangeClass::UnitsReorderedInAnotherBasis, "no-gate");
            }
            (false, false) => {
                out.cannot_be(ChangeClass::UnitsReordered, "other-width");
                out.cannot_be(ChangeClass::UnitsReorderedInAnotherBasis, "no-gate");
            }
        }
    }

    /// The reference planted with its neurons in another order, and its experts one place on.
    fn shuffled_plant(&self, rho: f64) -> Tower {
        let mut planted = plant(self.inputs.reference, self.inputs.candidate, rho);
        for layer in &mut planted.layers {
            layer.experts = layer.experts.iter().map(shuffled).collect();
            let on = usize::from(layer.experts.len() > 1);
            layer.experts.rotate_right(on);
        }
        planted
    }

    fn planted_gram(&self, rho: f64) -> bool {
        let Inputs { reference, candidate, files, .. } = *self.inputs;
        let few = reference.holds_few_neurons() || candidate.holds_few_neurons();
        let found = if few {
            let map = layer_map::by_place(&Stack::of(reference), &Stack::of(candidate));
            files.and_then(|files| shuffled::of_files(files, self.inputs.towers(), &map, Some(rho)))
        } else {
            let planted = self.shuffled_plant(rho);
            let (a, b) = (Stack::of(reference), Stack::of(&planted));
            Some(shuffled::of_held(&a, &b, &layer_map::by_place(&a, &b)))
        };
        let Some(found) = found else { return false };
        let paid = (found.tried.max(1) as f64).ln();
        found.cells.iter().any(|cell| cell.sum.z() > 0.0 && cell.sum.ln_p() + paid <= self.budget.ln_level())
    }

    fn planted_agreement(&self, rho: f64) -> bool {
        let Inputs { reference, candidate, files, .. } = *self.inputs;
        let total = if reference.holds_few_neurons() || candidate.holds_few_neurons() {
            let map = layer_map::by_place(&Stack::of(reference), &Stack::of(candidate));
            let found =
                files.and_then(|files| shuffled::agreement_in_files(files, self.inputs.towers(), &map, Some(rho)));
            found.unwrap_or_default()
        } else {
            let planted = self.shuffled_plant(rho);
            let pairs = reference.layers.iter().zip(&planted.layers);
            pairs.filter_map(|(a, b)| first_agreement(a, b)).fold(Agreement::default(), Agreement::with)
        };
        total.matchings > 0 && ln_fixed_points(total.both(), RATE * total.matchings as f64) <= self.budget.ln_level()
    }
}

fn has_gates(tower: &Tower) -> bool {
    tower.layers.iter().flat_map(|layer| &layer.experts).any(|part| part.gate.is_some())
}

fn first_agreement(a: &Layer, b: &Layer) -> Option<Agreement> {
    let (x, y) = (a.experts.first()?, b.experts.first()?);
    (x.up.columns == y.up.columns).then(|| agreement::count(x, y))
}

fn sums(sums: &Sums, family: Family) -> Option<(f64, f64)> {
    let sum = sums.units(family);
    (sum.units() > 0).then(|| (sum.z(), sum.ln_p()))
}

fn locked(locks: &Locks, family: Family) -> Option<(f64, f64)> {
    locks.of(family).map(|locked| (locked.z(), locked.ln_p()))
}

/// The neurons of a part in an order that their number alone decides and that keeps no neighbour.
fn shuffled(part: &FeedForward) -> FeedForward {
    let count = part.neurons();
    let step = (1..=count.max(1)).map(|at| count * 5 / 13 + at).find(|step| gcd(*step, count.max(1)) == 1).unwrap_or(1);
    let order: Vec<usize> = (0..count).map(|at| at * step % count.max(1)).collect();
    let moved = |rows: &Matrix| rows.take_rows(order.iter().copied());
    FeedForward {
        gate: part.gate.as_ref().map(moved),
        up: moved(&part.up),
        down: moved(&part.down),
        up_bias: if part.up_bias.len() == count {
            order.iter().map(|&at| part.up_bias[at]).collect()
        } else {
            Vec::new()
        },
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Classes that no "no" rests on: each sublayer rotated by itself is found by what reads no other sublayer.
fn further(out: &mut Coverage, stated: &BTreeMap<Kind, Option<Row>>) {
    let within = stated.get(&Kind::Within).and_then(Option::as_ref);
    match within {
        Some(row) => out.looked_for.push(row.of(ChangeClass::RotatedPerSublayer)),
        None => out.not(
            ChangeClass::RotatedPerSublayer,
            says("한 하위 층 안에서 읽는 검정이 말하지 못한다", "what reads one sublayer alone cannot speak"),
        ),
    }
    out.not(
        ChangeClass::AllSignsFlipped,
        says(
            "부호까지 모두 바꾸고 순서도 섞으면 정확한 검정이 남지 않는다",
            "once all signs are flipped as well and orders shuffled, no exact test is left",
        ),
    );
    out.not(
        ChangeClass::Distilled,
        says(
            "출력만 보고 배운 것은 가중치에 흔적을 남기지 않는다",
            "what is taught by outputs leaves no trace in weights",
        ),
    );
}
