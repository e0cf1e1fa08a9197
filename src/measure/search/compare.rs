//! One tower of the candidate against one of the reference: every basis, every arrangement, what each family says, and
//! which layers it holds for.

use std::collections::BTreeMap;
use std::iter::once_with;

use crate::measure::families::agreement::{Agreement, LEAST_SHARE, RATE};
use crate::measure::families::basis::{Basis, BasisKind, WIDEST_ROTATION};
use crate::measure::families::correspond::Arrangement;
use crate::measure::families::f2_neuron_swaps::copies_inside;
use crate::measure::families::family::Family;
use crate::measure::families::token_response;
use crate::measure::model::shape::{Layer, Tower};
use crate::measure::search::budget::Budget;
use crate::measure::search::grid::{self, Cell, ChosenBy, Copied, Grid, carried, copied_layers, pooled_z};
use crate::measure::search::located::{self, LayerFound};
use crate::measure::search::looks::{Inputs, Kind, Look, Looks, Rows, Silence, looks};
use crate::measure::search::matched::RINGS;
use crate::measure::search::sentences;
use crate::measure::search::shuffled;
use crate::measure::search::wide::Wide;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::pair::Pair;
use crate::measure::stats::tail::{SignSum, ln_fixed_points, ln_pooled};
use crate::text::{Says, says};
use crate::weights::Dtype;

/// What one family found where it found most.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct Found {
    pub family: Family,
    pub basis: BasisKind,
    pub arrangement: Arrangement,
    pub z: f64,
    pub units: usize,
    pub ln_p: f64,
    /// Units that agree.
    pub agree: usize,
    /// Share of units that agree, for families that count.
    pub share: Option<f64>,
}

/// What was found between two towers.
#[derive(Debug, Clone, Default)]
pub(in crate::measure) struct TowerFinding {
    /// What needs no basis of the stream.
    pub looks: Option<Looks>,
    /// The best of each family.
    pub families: BTreeMap<Family, Found>,
    pub layers: Vec<LayerFound>,
    /// The bases in which layers were found.
    pub bases: BTreeMap<BasisKind, Basis>,
    pub skipped: BTreeMap<Family, Says>,
    /// Units that each family had at most, and numbers to a unit, for the power of the look.
    pub reach: BTreeMap<Family, (usize, usize)>,
    /// Every family of the plain look, layer by layer, for the pictures: `(layer, family, z)`.
    pub in_place: Vec<(usize, Family, f64)>,
}

/// Least mean similarity of the forms of matched heads that is called reuse of attention, where only agreement told the
/// layer.
const LEAST_FORM: f64 = 0.2;
/// Mean correlation of a layer above which its basis is beyond doubt: a wrong one never shows so much of a likeness.
const PLAIN: f64 = 0.5;
/// How much more alike a layer must be in a later step of the ladder to be told by it.
const CLEARLY_MORE: f64 = 0.1;
/// Tokens whose answers are asked for: answers of more add time and hardly any power, because the directions of a
/// stream are fewer.
const MOST_TOKENS: usize = 4096;
/// Most channels of a sample in which other bases are looked for.
const WIDEST_SAMPLE: usize = 256;
/// Most work, in multiplications, that matching all layers with all may take.
const MOST_MATCHING: f64 = 3e11;

/// What stands beside two towers: corresponding rows of tables, and the number formats of both.
#[derive(Clone, Copy, Default)]
pub(in crate::measure) struct Tables<'a> {
    /// Of the reference's file and of the candidate's.
    pub formats: [Option<Dtype>; 2],
    /// All that tell of the channels, on top of each other: tokens of embedding and head, pixels and positions.
    pub all: Option<Rows<'a>>,
    /// Rows of shared tokens.
    pub embedding: Option<Rows<'a>>,
    /// The same rows of the head.
    pub head: Option<Rows<'a>>,
    /// The files of both, where a sample of them is held.
    pub files: Option<Pair<&'a Wide<'a>>>,
}

impl<'a> Tables<'a> {
    /// What the looks that need no basis ask for.
    pub(in crate::measure) fn inputs(self, reference: &'a Tower, candidate: &'a Tower) -> Inputs<'a> {
        let Self { embedding, head, formats, files, .. } = self;
        Inputs { reference, candidate, embedding, head, formats, files, shared_change: None }
    }
}

/// Compares two towers over tables of corresponding rows.
pub(in crate::measure) fn towers(
    reference: &Tower,
    candidate: &Tower,
    tables: Tables<'_>,
    budget: Budget,
) -> TowerFinding {
    let mut finding = TowerFinding::default();
    let tokens = tables.embedding.map(|rows| (rows.reference, rows.candidate));
    if reference.layers.is_empty() || candidate.layers.is_empty() {
        return finding;
    }
    if reference.extent.width != candidate.extent.width
        && (reference.holds_some_channels() || candidate.holds_some_channels())
    {
        let why = says(
            "잔차 흐름의 폭이 다르고 그 채널의 일부만 담겨 있어 어느 채널이 어느 채널인지 모른다",
            "the streams have different widths, and of some of their channels it is not known which is which",
        );
        finding.skipped.insert(Family::NeuronSwaps, why);
        return finding;
    }
    let looks = looks(&tables.inputs(reference, candidate));
    let unfair = families_that_may_not_speak(&looks);
    let few = reference.holds_few_neurons() || candidate.holds_few_neurons();
    // What sums over a layer do not find in any basis, a search in one basis after another finds hardly more often.
    let gram = looks.looks.iter().find(|look| look.kind == Kind::Gram && look.silent.is_none());
    let shuffled_as_named_alone = few && gram.is_some_and(|look| look.z < RINGS);
    let copies = copied_layers(candidate);
    let cells = reference.layers.len() * candidate.layers.len();
    let mut located: BTreeMap<usize, LayerFound> = BTreeMap::new();
    let as_named_alone = holds_too_few_channels(reference) || holds_too_few_channels(candidate);
    let nothing = Matrix::default();
    let told = tables.all.filter(|_| !as_named_alone).unwrap_or(Rows { reference: &nothing, candidate: &nothing });
    let by_tables = Basis::candidates(told.reference, told.candidate, (reference.width, candidate.width))
        .map(|basis| (basis, false));
    let by_gates =
        once_with(|| if as_named_alone { Vec::new() } else { bases_by_gates(reference, candidate, &looks.map.pairs) })
            .flatten();
    let mut bases = by_tables.chain(by_gates.map(|basis| (basis, true)));
    let (mut plainly_as_named, mut permutation_tried) = (false, false);
    let level = budget.ln_level();
    // One stream has one basis: once it is told, no other is tried.
    while !(settled(&located, candidate.layers.len())
        || plainly_as_named && beyond_level(&finding, budget) > 0
        || enough(&finding, budget) && located.values().any(|found| found.likeness() > PLAIN))
        && let Some((basis, gates_used)) = bases.next()
    {
        let layers: Vec<Layer> = reference.layers.iter().map(|layer| carried(layer, &basis)).collect();
        let (name, as_named) = (basis.kind(), basis == Basis::AsNamed);
        permutation_tried |= matches!(basis, Basis::SignedPermutation(_));
        for arrangement in [Arrangement::InPlace, Arrangement::Matched] {
            if settled(&located, candidate.layers.len()) {
                break;
            }
            if arrangement == Arrangement::Matched && shuffled_as_named_alone && !as_named {
                continue;
            }
            if arrangement == Arrangement::Matched
                && few
                && let Some(Pair { candidate: wide, .. }) = tables.files
            {
                if let Some(grid) = wide.grid(&layers, candidate, name, &copies, gates_used) {
                    take_families(&grid, &mut finding);
                    take_layers(&grid, Budget::ln_description(cells), &mut located);
                } else {
                    finding.skipped.insert(Family::NeuronAgreement, too_long());
                }
                continue;
            }
            if arrangement == Arrangement::Matched && few {
                finding.skipped.insert(
                    Family::NeuronAgreement,
                    says(
                        "표본의 단위는 짝짓지 않는다. 다른 표본에 제 짝이 있는 것이 거의 없다",
                        "units of a sample are not matched: few would find their like in another",
                    ),
                );
                continue;
            }
            if arrangement == Arrangement::Matched && matching_work(&layers, candidate) > MOST_MATCHING {
                finding.skipped.insert(Family::NeuronAgreement, too_long());
                continue;
            }
            let grid = Grid::of(&layers, candidate, name, arrangement, &copies, gates_used).without(&unfair);
            take_families(&grid, &mut finding);
            take_layers(&grid, Budget::ln_description(cells), &mut located);
            if arrangement == Arrangement::InPlace && as_named {
                finding.skipped.extend(grid.skipped.clone());
                for (layer, row) in grid.cells.iter().enumerate() {
                    if let Some(cell) = row.get(layer) {
                        // In a sample a layer may have too few units to be told by itself.
                        plainly_as_named |= cell.correlation.iter().all(|correlation| *correlation > PLAIN);
                        finding.in_place.extend(cell.sums.iter().map(|(family, sum)| (layer, *family, sum.z())));
                    }
                }
            }
        }
        if located.values().any(|found| found.basis == name) {
            finding.bases.entry(name).or_insert(basis);
        }
    }
    if !few
        && !enough(&finding, budget)
        && let Some((a, b)) = tokens
        && matching_work(&reference.layers, candidate) <= MOST_MATCHING
    {
        take_token_response(reference, candidate, (a, b), &mut finding, &mut located);
    }
    if few
        && let Some(files) = tables.files
        && let Some(found) = shuffled::agreement_in_files(
            files,
            Pair { reference, candidate },
            &(0..reference.layers.len().min(candidate.layers.len())).map(|at| (at, at)).collect::<Vec<_>>(),
            None,
        )
    {
        take(&mut finding, counted(Family::NeuronAgreement, BasisKind::Untold, found));
    }
    let wide = reference.width.min(candidate.width) > WIDEST_ROTATION;
    let rings = |look: &&Look| look.kind == Kind::Gram && look.silent.is_none() && look.ln_p <= level;
    if wide && let (Some(probes), Some(look)) = (&looks.probes, looks.looks.iter().find(rings)) {
        let ln_level = Budget::ln_description(cells);
        let through = |layers: Pair<&[Layer]>| {
            let grid = through_probes(probes, layers, candidate, &copies).without(&unfair);
            let mut told = BTreeMap::new();
            take_layers(&grid, ln_level, &mut told);
            (grid, told)
        };
        if !few {
            let (grid, told) = through(Pair { reference: &reference.layers, candidate: &candidate.layers });
            take_families(&grid, &mut finding);
            for found in told.into_values() {
                merge(&mut located, found);
            }
        }
        for (files, pair) in look.layers.iter().filter(|_| few).filter_map(|pair| Some((tables.files?, pair))) {
            let there = files.reference.whole_layer(reference, pair.reference);
            let here = files.candidate.whole_layer(candidate, pair.candidate);
            let (Some(there), Some(here)) = (there, here) else { continue };
            let (_, told) = through(Pair { reference: &[there], candidate: &[here] });
            for found in told.into_values() {
                merge(&mut located, LayerFound { layer: pair.candidate, from: pair.reference, ..found });
            }
        }
    }
    for found in located::layers(&looks, Budget::ln_description(cells)) {
        if wide && permutation_tried && found.likeness() > PLAIN {
            let clearly = |known: &LayerFound| found.likeness() > known.likeness() + CLEARLY_MORE;
            if located.get(&found.layer).is_some_and(|known| known.basis != BasisKind::Untold && clearly(known)) {
                // Its answers agree and no order of channels fits: a stream too wide to be turned back was turned.
                located.remove(&found.layer);
            }
        }
        let known = located.get(&found.layer);
        let more = |known: &LayerFound| {
            known.from == found.from
                && (found.feed_forward && !known.feed_forward || found.attention && !known.attention)
        };
        match known {
            None => _ = located.insert(found.layer, found),
            Some(known) if more(known) => {
                let correlation = [0, 1].map(|part| known.correlation[part].max(found.correlation[part]));
                let (feed_forward, attention) =
                    (known.feed_forward || found.feed_forward, known.attention || found.attention);
                let both = LayerFound { feed_forward, attention, correlation, ..*known };
                located.insert(found.layer, both);
            }
            Some(_) => {}
        }
    }
    if wide && permutation_tried {
        for found in located.values_mut().filter(|found| found.basis == BasisKind::Untold && found.likeness() > PLAIN) {
            found.basis = BasisKind::Rotated;
        }
    }
    finding.looks = Some(looks);
    finding.layers = located.into_values().collect();
    finding.reach.values_mut().for_each(|reach| reach.1 = candidate.width);
    finding.reach.remove(&Family::TokenResponse);
    if let Some(reach) = finding.reach.get_mut(&Family::NeuronAgreement) {
        reach.0 = candidate
            .layers
            .iter()
            .flat_map(|layer| layer.experts.iter().map(crate::measure::model::shape::FeedForward::neurons))
            .max()
            .unwrap_or(0);
    }
    finding
}

/// Every layer against every one, each side's stream seen through its own gates of neurons that were matched: column by
/// column these stand for the same on both sides, whatever the basis.
fn through_probes([there, here]: &[Matrix; 2], layers: Pair<&[Layer]>, candidate: &Tower, copies: &[Copied]) -> Grid {
    let through = |probes: &Matrix, layers: &[Layer]| -> Vec<Layer> {
        let basis = Basis::Rotation(probes.transposed());
        layers.iter().map(|layer| carried(layer, &basis)).collect()
    };
    let seen = Tower { width: here.rows, ..candidate.of_layers(through(here, layers.candidate)) };
    let copies = if layers.candidate.len() == candidate.layers.len() { copies } else { &[] };
    Grid::of(&through(there, layers.reference), &seen, BasisKind::Untold, Arrangement::Matched, copies, true)
}

/// Whether so few channels of a stream are held that another basis could not be told: a channel's new place is then
/// rarely among them. In a sample wider than [`WIDEST_SAMPLE`] telling it would take longer than a quick look may.
fn holds_too_few_channels(tower: &Tower) -> bool {
    tower.holds_some_channels() && (2 * tower.width < tower.extent.width / 2 * 2 || tower.width > WIDEST_SAMPLE)
}

/// Whether every layer is found whole and plainly: later steps of the ladder are for what earlier ones left open. (A
/// rotation has a trace, so it lets a faint likeness show in the wrong basis too.)
fn settled(located: &BTreeMap<usize, LayerFound>, layers: usize) -> bool {
    (0..layers).all(|layer| {
        located.get(&layer).is_some_and(|found| found.feed_forward && found.attention && found.likeness() > PLAIN)
    })
}

/// Whether two families that need no approximation are beyond the level.
pub(in crate::measure) fn enough(finding: &TowerFinding, budget: Budget) -> bool {
    beyond_level(finding, budget) >= 2
}

/// How many families that need no approximation are beyond the level.
fn beyond_level(finding: &TowerFinding, budget: Budget) -> usize {
    let exact = finding.families.values().filter(|found| !found.family.is_approximate());
    exact.filter(|found| found.ln_p <= budget.ln_level()).count()
}

/// Families that the preconditions silence when rows are put against rows, with why: the law of the start is not
/// symmetric.
fn families_that_may_not_speak(looks: &Looks) -> BTreeMap<Family, Says> {
    let rows = looks.looks.iter().filter(|look| look.kind == Kind::Place);
    let unfair = rows.filter_map(|look| match &look.silent {
        Some(why @ (Silence::Patterns(_) | Silence::OwnLayers)) => Some((look.family, sentences::silence(why))),
        _ => None,
    });
    let mut out: BTreeMap<Family, Says> = unfair.collect();
    // Heads are swapped with all that the signs of their channels tell.
    if let Some(why) = out.get(&Family::ValueSigns).or_else(|| out.get(&Family::RotarySigns)).cloned() {
        out.insert(Family::HeadSwaps, why);
    }
    out
}

/// Bases told by the gates of layers that lie beside each other, neuron by neuron: for streams that were turned after
/// the vocabulary was replaced, where tables tell nothing. The signs of F3 to F5 leave gates as they are, so these stay
/// exact; F2 does not.
fn bases_by_gates(reference: &Tower, candidate: &Tower, map: &[(usize, usize)]) -> Vec<Basis> {
    let place: Vec<(usize, usize)> = (0..candidate.layers.len()).map(|at| (at, at)).collect();
    let pairs = if map.is_empty() && reference.layers.len() == candidate.layers.len() { &place } else { map };
    let (mut a, mut b) = (Matrix::default(), Matrix::default());
    for &(there, here) in pairs {
        let (x, y) = (&reference.layers[there], &candidate.layers[here]);
        if let ([x], [y]) = (x.experts.as_slice(), y.experts.as_slice())
            && x.neurons() == y.neurons()
        {
            a = a.stacked(x.leading());
            b = b.stacked(y.leading());
        }
    }
    let bases = Basis::candidates(&a, &b, (reference.width, candidate.width));
    bases.filter(|basis| *basis != Basis::AsNamed).collect()
}

fn too_long() -> Says {
    says("모든 층을 모든 층과 짝지으려면 너무 오래 걸린다", "matching every layer with every layer would take too long")
}

fn matching_work(layers: &[Layer], candidate: &Tower) -> f64 {
    let size = |layer: &Layer| layer.experts.iter().map(|part| part.neurons() as f64).sum::<f64>();
    let here: f64 = candidate.layers.iter().map(size).sum();
    let there: f64 = layers.iter().map(size).sum();
    3.0 * here * there * candidate.width as f64
}

fn take_families(grid: &Grid, finding: &mut TowerFinding) {
    let chosen = [ChosenBy::Place, ChosenBy::Gate, ChosenBy::Attention, ChosenBy::QueryKey, ChosenBy::ValueOutput];
    for chosen in chosen {
        let Some(map) = grid.map(chosen) else { continue };
        for family in Family::EXACT {
            if grid.may_use(family, chosen) {
                let sum = grid.pooled(family, &map);
                if sum.units() > 0 {
                    take(finding, found_by(grid, family, &sum));
                }
            }
        }
    }
    if let Some(agreement) = pooled_agreement(grid.cells.iter().map(|row| row.iter().filter_map(|cell| cell.agreement)))
    {
        take(finding, counted(Family::NeuronAgreement, grid.basis, agreement));
    }
}

fn found_by(grid: &Grid, family: Family, sum: &SignSum) -> Found {
    Found {
        family,
        basis: grid.basis,
        arrangement: grid.arrangement,
        z: sum.z(),
        units: sum.units(),
        ln_p: sum.ln_p(),
        agree: sum.agree(),
        share: None,
    }
}

/// Keeps the most telling result of a family.
fn take(finding: &mut TowerFinding, found: Found) {
    let reach = finding.reach.entry(found.family).or_insert((0, 0));
    reach.0 = reach.0.max(found.units);
    let known = finding.families.get(&found.family);
    if known.is_none_or(|known| found.ln_p < known.ln_p) {
        finding.families.insert(found.family, found);
    }
}

/// Agreements over the layers where a fifth of the neurons agree by both counts, each layer with the one that agrees
/// most by up.
fn pooled_agreement(rows: impl Iterator<Item = impl Iterator<Item = Agreement>>) -> Option<Agreement> {
    let mut total = Agreement::default();
    let mut any = false;
    for row in rows {
        let Some(best) = row.max_by_key(|agreement| agreement.up) else { continue };
        any = true;
        if agrees(best) {
            total = total.with(best);
        }
    }
    any.then_some(total)
}

fn agrees(agreement: Agreement) -> bool {
    agreement.of > 0 && agreement.both() as f64 >= LEAST_SHARE * agreement.of as f64
}

fn counted(family: Family, basis: BasisKind, agreement: Agreement) -> Found {
    let k = agreement.both();
    Found {
        family,
        basis,
        arrangement: Arrangement::Matched,
        z: 0.0,
        units: agreement.of,
        ln_p: if agreement.matchings == 0 { 0.0 } else { ln_fixed_points(k, RATE * agreement.matchings as f64) },
        agree: k,
        share: Some(k as f64 / agreement.of.max(1) as f64),
    }
}

/// Where each layer comes from. A cell is chosen among all by both parts together, or by agreement; the other part is
/// then tested on that cell alone, which costs no choice, because its group leaves what chose it as it is.
fn take_layers(grid: &Grid, ln_level: f64, located: &mut BTreeMap<usize, LayerFound>) {
    let ln_given = Budget::ln_given_cell(grid.cells.len());
    for (layer, row) in grid.cells.iter().enumerate() {
        let agreed = |cell: &Cell| {
            cell.agreement.is_some_and(|agreement| {
                agrees(agreement) && ln_fixed_points(agreement.both(), RATE * agreement.matchings as f64) <= ln_level
            })
        };
        let loudness = |cell: &Cell| if agreed(cell) { f64::INFINITY } else { pooled_z(cell, |_| true) };
        let Some(from) = (0..row.len()).max_by(|&x, &y| loudness(&row[x]).total_cmp(&loudness(&row[y]))) else {
            continue;
        };
        let cell = &row[from];
        let beyond = |wanted: &dyn Fn(Family) -> bool, level: f64| {
            let z = pooled_z(cell, wanted);
            z > 0.0 && ln_pooled(z) <= level
        };
        let (neurons, heads) = (|family: Family| family.is_feed_forward(), |family: Family| !family.is_feed_forward());
        let feed_forward = beyond(&neurons, ln_level) || agreed(cell);
        let attention = beyond(&heads, ln_level);
        let whole = beyond(&|_| true, ln_level);
        // Where signs were changed the forms of heads still tell how alike they are.
        let forms = agreed(cell) && cell.scores[1].min(cell.scores[2]) >= LEAST_FORM;
        let found = LayerFound {
            layer,
            from,
            basis: grid.basis,
            arrangement: grid.arrangement,
            feed_forward: feed_forward || (attention || whole) && beyond(&neurons, ln_given),
            attention: attention || (feed_forward || whole) && beyond(&heads, ln_given) || forms,
            in_order: cell.in_order,
            correlation: cell.correlation,
        };
        merge(located, found);
    }
}

/// Keeps for each layer what shows most: more parts, or clearly more likeness; else the earlier, plainer step of the
/// ladder.
fn merge(located: &mut BTreeMap<usize, LayerFound>, found: LayerFound) {
    if !(found.feed_forward || found.attention) {
        return;
    }
    let parts = |found: &LayerFound| u8::from(found.feed_forward) + u8::from(found.attention);
    let better = |known: &LayerFound| {
        parts(&found) > parts(known)
            || parts(&found) == parts(known) && found.likeness() > known.likeness() + CLEARLY_MORE
    };
    match located.get_mut(&found.layer) {
        Some(known) if !better(known) => {}
        Some(known) if known.from == found.from => {
            let (feed_forward, attention) =
                (known.feed_forward || found.feed_forward, known.attention || found.attention);
            *known = LayerFound { feed_forward, attention, ..found };
        }
        Some(known) => *known = found,
        None => {
            located.insert(found.layer, found);
        }
    }
}

/// At most [`MOST_TOKENS`] rows at even distances.
fn some_of(table: &Matrix) -> Matrix {
    let count = table.rows.min(MOST_TOKENS);
    table.take_rows((0..count).map(|at| at * table.rows / count.max(1)))
}

fn take_token_response(
    reference: &Tower,
    candidate: &Tower,
    tokens: (&Matrix, &Matrix),
    finding: &mut TowerFinding,
    located: &mut BTreeMap<usize, LayerFound>,
) {
    let (a, b) = (token_response::directions(&some_of(tokens.0)), token_response::directions(&some_of(tokens.1)));
    if a.rows < 64 {
        let (shared, en) = (a.rows, "token strings are shared");
        finding.skipped.insert(
            Family::TokenResponse,
            says(format!("두 모델에 다 있는 토큰이 {shared}개뿐이다"), format!("only {shared} {en}")),
        );
        return;
    }
    let mut rows = Vec::new();
    for (layer, here) in candidate.layers.iter().enumerate() {
        let Some(part) = grid::whole(here, copies_inside(here)) else { continue };
        let row: Vec<Agreement> = reference
            .layers
            .iter()
            .map(|there| {
                grid::whole(there, false)
                    .map_or_else(Agreement::default, |other| token_response::count((&other, &a), (&part, &b)))
            })
            .collect();
        if let Some((from, best)) = row.iter().enumerate().max_by_key(|(_, agreement)| agreement.both())
            && agrees(*best)
            && !located.contains_key(&layer)
        {
            let found = LayerFound {
                layer,
                from,
                basis: BasisKind::Untold,
                arrangement: Arrangement::Matched,
                feed_forward: true,
                attention: false,
                in_order: true,
                correlation: [0.0; 2],
            };
            located.insert(layer, found);
        }
        rows.push(row);
    }
    if let Some(agreement) = pooled_agreement(rows.iter().map(|row| row.iter().copied())) {
        take(finding, counted(Family::TokenResponse, BasisKind::Untold, agreement));
    }
}
