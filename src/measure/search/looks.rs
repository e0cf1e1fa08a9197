//! All looks of the method at two towers (method 10.3): of each kind and family `z`, units and tail, or why it is
//! silent, and where in the tower it holds.
//!
//! In: two towers and corresponding rows of their tables. Out: figures alone; what they mean is said by the verdict.
//! Layers are looked at by place and, where a map was found on units of even index, by that map on units of odd index.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::measure::families::equal_numbers::{self, Grid};
use crate::measure::families::family::Family;
use crate::measure::families::own_layers::{self, Loudest};
use crate::measure::families::patterns::{self, Needs, Ringing, Rings};
use crate::measure::families::responses::{self, Probes};
use crate::measure::families::shared_change::{self, SharedChange};
use crate::measure::families::units::{Beside, Keep, Stack, Sums, laid, without_row_means};
use crate::measure::families::virtual_weights::{self, Locks};
use crate::measure::model::shape::Tower;
use crate::measure::search::layer_map::{self, Chosen};
use crate::measure::search::matched;
use crate::measure::search::shuffled;
use crate::measure::search::wide::Wide;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::pair;
use crate::weights::{Dtype, NormKind};

/// What a family's terms are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum Kind {
    /// Rows against rows.
    Place,
    /// Answers to shared tokens.
    Tokens,
    /// Answers to units of the same sublayer.
    Within,
    /// Answers to units of a neighbouring sublayer. Two of its families share products and are one finding.
    Virtual,
    /// The same with no unit and no number in two families.
    VirtualSplit,
    /// Neurons matched by their gates.
    Gram,
    /// Equal numbers.
    Equal,
}

impl Kind {
    /// Its families, in the order of their names.
    pub(in crate::measure) fn families(self) -> &'static [Family] {
        use Family::{NeuronSwaps, RotarySigns, UpDownSigns, ValueSigns, ValueSwaps};
        match self {
            Self::Place | Self::Tokens | Self::Virtual | Self::VirtualSplit => {
                &[NeuronSwaps, UpDownSigns, ValueSigns, ValueSwaps, RotarySigns]
            }
            Self::Within => &[NeuronSwaps, UpDownSigns, ValueSigns, RotarySigns],
            Self::Gram => &[UpDownSigns],
            Self::Equal => &[NeuronSwaps, ValueSwaps],
        }
    }

    fn needs(self) -> Option<Needs> {
        match self {
            Self::Place | Self::Tokens => Some(Needs::Place),
            Self::Within => Some(Needs::Within),
            Self::Virtual | Self::VirtualSplit => Some(Needs::Virtual),
            Self::Gram => Some(Needs::Gram),
            Self::Equal => None,
        }
    }
}

/// How layers lie beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum By {
    /// Layer `i` beside layer `i`, all units.
    Place,
    /// The map that units of even index chose, read on units of odd index.
    Map,
    /// For each layer of the candidate the loudest of the reference: a choice that is paid for.
    LoudestCell,
}

/// Why a family says nothing.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) enum Silence {
    /// Streams of these widths.
    Widths([usize; 2]),
    /// No rows of tables correspond.
    NoTable,
    /// So few shared tokens.
    FewTokens(usize),
    /// No branch beside a gate that is known to be linear, on both sides.
    NoLinearBranch,
    /// The number of heads is not known, or there is no attention.
    HeadsUnknown,
    /// Heads of these widths.
    HeadWidths([usize; 2]),
    /// Rotary positions on one side only, or paired in another way.
    TurningDiffers,
    /// Heads of this width cannot be split.
    NotSplit(usize),
    /// No neighbouring sublayers that are both mapped, or too few units.
    NoNeighbours,
    /// No units correspond.
    NoUnits,
    /// Both sides ring on these patterns.
    Patterns(Rings),
    /// The layers of both models repeat one pattern of their own.
    OwnLayers,
    /// Of the neurons so few are held that few would find their like.
    Sampled,
    /// Matching would take too long.
    TooLarge,
    /// The neurons of a layer are too many to be read for it, or of several makes.
    NotMatched,
}

/// What one family of one kind says of one layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct LayerLook {
    pub reference: usize,
    pub candidate: usize,
    pub z: f64,
    pub units: usize,
}

/// What one family of one kind says.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct Look {
    pub kind: Kind,
    pub by: By,
    pub family: Family,
    pub z: f64,
    pub units: usize,
    /// Logarithm of the two-sided tail.
    pub ln_p: f64,
    /// None: it may speak.
    pub silent: Option<Silence>,
    pub layers: Vec<LayerLook>,
}

/// Corresponding rows of a table of each side.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Rows<'a> {
    pub reference: &'a Matrix,
    pub candidate: &'a Matrix,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub(in crate::measure) struct Inputs<'a> {
    pub reference: &'a Tower,
    pub candidate: &'a Tower,
    /// Rows of shared tokens; they should be chosen by their strings alone.
    pub embedding: Option<Rows<'a>>,
    /// The same rows of the heads with the last norm's gain folded in; of tied tables the embedding with that gain.
    pub head: Option<Rows<'a>>,
    /// The number formats of the files, reference's and candidate's.
    pub formats: [Option<Dtype>; 2],
    /// The files of both, where a sample of them is held.
    pub files: Option<pair::Pair<&'a Wide<'a>>>,
    /// Of the draws behind the bound S; none where it is not asked for, because it takes as long as all else.
    pub shared_change: Option<u64>,
}

impl<'a> Inputs<'a> {
    pub(in crate::measure) fn towers(&self) -> pair::Pair<&'a Tower> {
        pair::Pair { reference: self.reference, candidate: self.candidate }
    }
}

/// What all looks found.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_field_names, reason = "the looks, beside what they rest on")]
pub(in crate::measure) struct Looks {
    pub looks: Vec<Look>,
    pub map: Chosen,
    pub rings: Rings,
    /// The loudest `z` between layers of the reference, and of the candidate.
    pub own_layers: [Loudest; 2],
    /// Shared tokens that were asked.
    pub tokens: usize,
    /// How much of what training did to one is in the other.
    pub shared_change: Option<SharedChange>,
    /// Gates that matching found on both sides; see [`matched::Matched::probes`].
    pub probes: Option<[Matrix; 2]>,
}

/// Fewer shared tokens than this say nothing (method 4.5).
const FEWEST_TOKENS: usize = 64;
/// Tokens that are asked at most: of narrow streams, and of wide ones, where the product grows with the width.
const TOKENS: [usize; 2] = [256, 1024];

/// Everything about a candidate's tower against a reference's.
pub(in crate::measure) fn looks(inputs: &Inputs<'_>) -> Looks {
    let pair = Pair::of(inputs);
    let place = layer_map::by_place(&pair.a, &pair.b);
    let map = layer_map::choose(&pair.a, &pair.b);
    let by_map = !map.pairs.is_empty() && map.pairs != place;
    let mut mapped: BTreeSet<(usize, usize)> = place.iter().copied().collect();
    mapped.extend(map.pairs.iter().filter(|_| by_map));
    let rungs = [&pair.a, &pair.b].map(patterns::of);
    let rings = patterns::ringing(&rungs[0], &rungs[1], &mapped);
    let orders = [&pair.a, &pair.b].map(patterns::of_order);
    let order = patterns::ringing(&orders[0], &orders[1], &mapped);
    let own_layers = [&pair.a, &pair.b].map(own_layers::of);
    let conditions = Conditions {
        repeating: own_layers::repeating(&own_layers[0], &own_layers[1]),
        linear: pair.a.has_linear_gates() && pair.b.has_linear_gates(),
        ringing: Ringing { signs: &rings, order: &order },
    };
    let tokens = pair.embedding.as_ref().map_or(0, |probes| probes.len());
    let mut looks = pair.look(By::Place, &place, &conditions);
    if by_map {
        let odd = [pair.a.kept(Keep::Odd), pair.b.kept(Keep::Odd)];
        looks.extend(pair.with(odd).look(By::Map, &map.pairs, &conditions));
    }
    let (gram, probes) = pair.gram(&place, &conditions, inputs);
    looks.push(gram);
    let raw = [inputs.reference, inputs.candidate].map(Stack::unfolded);
    let sums = equal_numbers::layers(&raw[0], &raw[1], &place, Grid::coarser(inputs.formats));
    let equal = Found::Sums(sums);
    looks.extend(Kind::Equal.families().iter().map(|&family| {
        let look = told(&equal, family, &place, (Kind::Equal, By::Place));
        let silent = (look.units == 0).then(|| pair.absent(Kind::Equal, family));
        Look { silent, ..look }
    }));
    let change = |seed: u64| {
        let map = if by_map { &map.pairs } else { &place };
        shared_change::of((&raw[0], &raw[1]), map, |part| rings.contains_key(&part), seed)
    };
    let shared_change = inputs.shared_change.map(change);
    Looks { looks, map, rings, own_layers, tokens, shared_change, probes }
}

/// What may silence a family besides its own units.
struct Conditions<'a> {
    repeating: BTreeSet<Family>,
    linear: bool,
    ringing: Ringing<'a>,
}

/// Both sides as the tests see them.
struct Pair {
    a: Stack,
    b: Stack,
    embedding: Option<Arc<Probes>>,
    head: Option<Arc<Probes>>,
}

/// What a kind found in its units.
enum Found {
    Sums(Sums),
    Locks(Locks),
    Silent(Silence),
}

impl Pair {
    fn of(inputs: &Inputs<'_>) -> Self {
        let centred = |tower: &Tower, rows: Matrix| match tower.traits.norm {
            Some(NormKind::Layer) => without_row_means(rows),
            _ => rows,
        };
        let width = inputs.reference.width.max(inputs.candidate.width);
        let most = ((1 << 20) / width.max(1)).clamp(TOKENS[0], TOKENS[1]);
        let probes = |rows: &Rows<'_>| {
            let kept = crate::measure::families::units::frame::thinned(rows.reference.rows, most);
            let take = |table: &Matrix| table.take_rows(kept.iter().copied());
            Arc::new(Probes::of(
                &centred(inputs.reference, take(rows.reference)),
                &centred(inputs.candidate, take(rows.candidate)),
            ))
        };
        Self {
            a: Stack::of(inputs.reference),
            b: Stack::of(inputs.candidate),
            embedding: inputs.embedding.as_ref().map(probes),
            head: inputs.head.as_ref().map(probes),
        }
    }

    /// The same tables with other units.
    fn with(&self, [a, b]: [Stack; 2]) -> Self {
        Self { a, b, embedding: self.embedding.clone(), head: self.head.clone() }
    }

    /// Neurons matched by gates. Units of a sample are not matched, since few would find their like in another; layers
    /// are read from the files for it.
    fn gram(
        &self,
        map: &[(usize, usize)],
        conditions: &Conditions<'_>,
        inputs: &Inputs<'_>,
    ) -> (Look, Option<[Matrix; 2]>) {
        let (kind, by, family) = (Kind::Gram, By::LoudestCell, Family::UpDownSigns);
        let quiet = Look { kind, by, family, z: 0.0, units: 0, ln_p: 0.0, silent: None, layers: Vec::new() };
        let silent = |why: Silence| (Look { silent: Some(why), ..quiet.clone() }, None);
        if !conditions.linear {
            return silent(Silence::NoLinearBranch);
        }
        let few = inputs.reference.holds_few_neurons() || inputs.candidate.holds_few_neurons();
        let found = match inputs.files {
            _ if !few => shuffled::of_held(&self.a, &self.b, map),
            None => return silent(Silence::Sampled),
            Some(files) => match shuffled::of_files(files, inputs.towers(), map, None) {
                Some(found) => found,
                None => return silent(Silence::NotMatched),
            },
        };
        let louder =
            |best: usize, at: usize| if found.cells[at].sum.z() > found.cells[best].sum.z() { at } else { best };
        let Some(best) = (0..found.cells.len()).reduce(louder) else { return silent(Silence::TooLarge) };
        let sum = &found.cells[best].sum;
        let layer = |cell: &matched::Cell| LayerLook {
            reference: cell.reference,
            candidate: cell.candidate,
            z: cell.sum.z(),
            units: cell.sum.units(),
        };
        let told = Look {
            z: sum.z(),
            units: sum.units(),
            // The loudest of all pairs of layers that were tried.
            ln_p: (sum.ln_p() + (found.tried.max(1) as f64).ln()).min(0.0),
            silent: conditions.silence(kind, family),
            layers: found.cells.iter().map(layer).collect(),
            ..quiet
        };
        (told, found.probes)
    }

    fn look(&self, by: By, map: &[(usize, usize)], conditions: &Conditions<'_>) -> Vec<Look> {
        let layers = laid(&self.a, &self.b, map);
        let kinds = [Kind::Place, Kind::Tokens, Kind::Within, Kind::Virtual, Kind::VirtualSplit];
        let mut out = Vec::new();
        for kind in kinds {
            let found = self.found(kind, &layers, map);
            for &family in kind.families() {
                let mut look = told(&found, family, map, (kind, by));
                look.silent = match &found {
                    Found::Silent(why) => Some(why.clone()),
                    _ if look.units == 0 => Some(self.absent(kind, family)),
                    _ => conditions.silence(kind, family),
                };
                out.push(look);
            }
        }
        out
    }

    fn found(&self, kind: Kind, layers: &[Beside], map: &[(usize, usize)]) -> Found {
        match (kind, &self.embedding) {
            (Kind::Tokens, None) => Found::Silent(Silence::NoTable),
            (Kind::Tokens, Some(embedding)) if embedding.len() < FEWEST_TOKENS => {
                Found::Silent(Silence::FewTokens(embedding.len()))
            }
            (Kind::Tokens, Some(embedding)) => Found::Sums(responses::tokens(layers, embedding, self.head.as_deref())),
            (Kind::Within, _) => Found::Sums(responses::within(layers)),
            (Kind::Virtual, _) => Found::Locks(virtual_weights::two_locks(layers)),
            (Kind::VirtualSplit, _) => match virtual_weights::split(&self.a, &self.b, map) {
                Some(locks) => Found::Locks(locks),
                None if self.a.head_width() == self.b.head_width() && self.a.head_width() > 0 => {
                    Found::Silent(Silence::NotSplit(self.a.head_width()))
                }
                None => Found::Locks(Locks::default()),
            },
            (Kind::Place | Kind::Gram | Kind::Equal, _) => Found::Sums(responses::direct(layers)),
        }
    }

    /// Why a family of a kind has no unit.
    fn absent(&self, kind: Kind, family: Family) -> Silence {
        let (widths, heads) = ([self.a.width, self.b.width], [self.a.head_width(), self.b.head_width()]);
        let of_attention = matches!(family, Family::ValueSigns | Family::ValueSwaps | Family::RotarySigns);
        if kind == Kind::Place && widths[0] != widths[1] {
            Silence::Widths(widths)
        } else if family == Family::UpDownSigns && !(self.a.has_linear_gates() && self.b.has_linear_gates()) {
            Silence::NoLinearBranch
        } else if of_attention && heads.contains(&0) {
            Silence::HeadsUnknown
        } else if of_attention && heads[0] != heads[1] {
            Silence::HeadWidths(heads)
        } else if family == Family::RotarySigns && self.a.rotary != self.b.rotary {
            Silence::TurningDiffers
        } else if matches!(kind, Kind::Virtual | Kind::VirtualSplit) {
            Silence::NoNeighbours
        } else {
            Silence::NoUnits
        }
    }
}

impl Conditions<'_> {
    fn silence(&self, kind: Kind, family: Family) -> Option<Silence> {
        let by_patterns = kind.needs().and_then(|needs| patterns::silencing(needs, family, self.ringing, self.linear));
        let own = matches!(kind, Kind::Place | Kind::Within) && self.repeating.contains(&family);
        by_patterns.map(Silence::Patterns).or_else(|| own.then_some(Silence::OwnLayers))
    }
}

/// The figures of a family, in all and layer by layer.
fn told(found: &Found, family: Family, map: &[(usize, usize)], (kind, by): (Kind, By)) -> Look {
    let figures = |place: Option<usize>| -> (f64, usize, f64) {
        match found {
            Found::Silent(_) => (0.0, 0, 0.0),
            Found::Sums(sums) => {
                let sum = place.map_or_else(|| sums.units(family), |place| sums.units_at(family, place));
                (sum.z(), sum.units(), sum.ln_p())
            }
            Found::Locks(locks) => {
                let locked = match place {
                    Some(place) => Some(locks.of_place(family, place)),
                    None => locks.of(family),
                };
                locked.map_or((0.0, 0, 0.0), |locked| (locked.z(), locked.rows.units(), locked.ln_p()))
            }
        }
    };
    let layer = |(place, &(reference, candidate)): (usize, &(usize, usize))| {
        let (z, units, _) = figures(Some(place));
        (units > 0).then_some(LayerLook { reference, candidate, z, units })
    };
    let (z, units, ln_p) = figures(None);
    let layers = map.iter().enumerate().filter_map(layer).collect();
    Look { kind, by, family, z, units, ln_p, silent: None, layers }
}
