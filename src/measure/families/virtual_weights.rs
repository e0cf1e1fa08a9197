//! Virtual weights: what a reader makes of what its neighbour writes (method 4.7).
//!
//! - **Statistic**: `K = W_read W_write'` with rows of length one, units by probes. `P_ij = a_ij b_ij` of rows of `K`
//!   scaled to length one (of differences of rows for swaps); `r` sums `P` over a unit, `c` over a probe unit.
//! - **Two locks**: `z = sum P / max(|r|, |c|)` keeps its tail if either the group of the units or that of the probes
//!   is a symmetry.
//! - **Probes without a sign** (gates, neurons without a linear branch beside a gate) enter as differences of
//!   neighbours.
//! - **Widths** cancel: rows of `K` have a number for each probe unit, so streams of unlike widths and bases compare
//!   without a map.
//! - **Split mode**: neurons are tested on channels of odd pairs, channels of even pairs on other neurons. No group
//!   element and no number is shared, so its families are independent (method 4.8). Unsplit they share products: two of
//!   them are one finding.
//! - **Silent** where no two neighbours are mapped consecutively.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::measure::families::family::Family;
use crate::measure::families::units::frame::{probes, thinned};
use crate::measure::families::units::{
    Beside, Group, Keep, Part, Stack, Summand, Sums, Swap, Where, copies, difference, laid,
};
use crate::measure::stats::matrix::{Matrix, dot};
use crate::measure::stats::tail::SignSum;

/// With fewer units than this nothing is said.
const FEWEST_UNITS: usize = 4;

/// Which sublayer a part is compared by, and where that one lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    Here,
    Before,
    After,
}

/// Tested part, probing part, and the layer of the probes.
const NEIGHBOURS: [(Part, Part, Neighbour); 10] = [
    (Part::Gate, Part::Output, Neighbour::Here),
    (Part::Up, Part::Output, Neighbour::Here),
    (Part::Query, Part::Down, Neighbour::Before),
    (Part::Key, Part::Down, Neighbour::Before),
    (Part::Value, Part::Down, Neighbour::Before),
    (Part::Output, Part::Gate, Neighbour::Here),
    (Part::Output, Part::Up, Neighbour::Here),
    (Part::Down, Part::Query, Neighbour::After),
    (Part::Down, Part::Key, Neighbour::After),
    (Part::Down, Part::Value, Neighbour::After),
];

/// Probe units that share an element of a group.
fn tag(probe: Part, signs: bool) -> usize {
    let own = match probe {
        Part::Output | Part::Value => 0,
        Part::Key | Part::Query => 1,
        Part::Up | Part::Down => 2,
        Part::Gate => 3,
    };
    own + if signs { 0 } else { 4 }
}

/// Sums over units and over probe units.
#[derive(Debug, Default)]
pub(in crate::measure) struct Locks {
    rows: Sums,
    columns: Sums,
}

/// What two locks say of a family.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct Locked {
    pub rows: SignSum,
    pub columns: SignSum,
}

impl Locked {
    /// The sum over the larger of its two deviations.
    pub(in crate::measure) fn z(&self) -> f64 {
        let length = |sum: &SignSum| sum.terms.iter().map(|term| term * term).sum::<f64>().sqrt();
        let longest = length(&self.rows).max(length(&self.columns));
        if longest > 0.0 { self.rows.terms.iter().sum::<f64>() / longest } else { 0.0 }
    }

    /// The larger of the two tails: one of the groups is a symmetry, and which is not asked.
    pub(in crate::measure) fn ln_p(&self) -> f64 {
        self.rows.ln_p().max(self.columns.ln_p())
    }
}

impl Locks {
    #[cfg(test)]
    pub(in crate::measure) fn families(&self) -> impl Iterator<Item = Family> {
        self.rows.families()
    }

    /// None with too few units.
    pub(in crate::measure) fn of(&self, family: Family) -> Option<Locked> {
        let locked = Locked { rows: self.rows.units(family), columns: self.columns.units(family) };
        (locked.rows.units() >= FEWEST_UNITS).then_some(locked)
    }

    /// The same of the units of one place of the layer map.
    pub(in crate::measure) fn of_place(&self, family: Family, place: usize) -> Locked {
        Locked { rows: self.rows.units_at(family, place), columns: self.columns.units_at(family, place) }
    }

    /// Keeps the families that are wanted.
    fn keep(&mut self, wanted: impl Fn(Family) -> bool) {
        self.rows.keep(&wanted);
        self.columns.keep(&wanted);
    }

    fn extend(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.columns.extend(other.columns);
    }
}

/// Probe rows of both sides, with the set of duplicates of each.
struct ProbeRows {
    a: Matrix,
    b: Matrix,
    labels: Vec<usize>,
}

/// Rows of a part as they probe: directions with their signs, or differences of neighbours, one matrix for each copy of
/// the units.
fn probe_rows(layers: &Beside, part: Part, signs: bool) -> Vec<ProbeRows> {
    let Some((a, b)) = layers.directions(part) else { return Vec::new() };
    let group = part.group();
    if signs {
        let units = layers.units(part);
        let rows = thinned(a.rows, probes(a.columns.max(b.columns)));
        let labels = rows.iter().map(|&row| layers.label(group, units[row])).collect();
        return vec![ProbeRows { a: a.take_rows(rows.iter().copied()), b: b.take_rows(rows), labels }];
    }
    let all = layers.swaps(group);
    let swaps: Vec<_> = thinned(all.len(), probes(a.columns.max(b.columns))).into_iter().map(|at| all[at]).collect();
    let apart = |rows: &Matrix, copy: &[usize]| {
        let mut out = Vec::new();
        let mut data = Vec::with_capacity(swaps.len() * rows.columns);
        for swap in &swaps {
            difference(rows, (copy[swap.first], copy[swap.second]), &mut out);
            data.extend_from_slice(&out);
        }
        Matrix::new(swaps.len(), rows.columns, data)
    };
    let labels: Vec<usize> = swaps.iter().map(|swap| swap.label).collect();
    let of_copy = |copy: Vec<usize>| ProbeRows { a: apart(a, &copy), b: apart(b, &copy), labels: labels.clone() };
    if swaps.is_empty() { Vec::new() } else { copies(&layers.units(part)).into_iter().map(of_copy).collect() }
}

/// One block of virtual weights: units of a part on probes of another.
struct Block<'l> {
    tested: &'l Beside,
    part: Part,
    probes: &'l ProbeRows,
    /// Where the sums over probe units go.
    columns_at: Where,
    a: Matrix,
    b: Matrix,
}

impl Block<'_> {
    /// Products of the scaled rows `(i, j)` (row `i` alone without `j`), added into the sums.
    fn add(&self, family: Family, rows: &[(usize, Option<usize>, usize)], into: &mut Locks) {
        let mut by_probe = vec![0.0; self.probes.labels.len()];
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let mut summands = Vec::with_capacity(rows.len());
        for &(i, j, label) in rows {
            take(&self.a, i, j, &mut x);
            take(&self.b, i, j, &mut y);
            let scale = (dot(&x, &x) * dot(&y, &y)).sqrt();
            let factor = if scale > 0.0 { scale.recip() } else { 0.0 };
            let mut t = 0.0;
            for ((sum, x), y) in by_probe.iter_mut().zip(&x).zip(&y) {
                let product = f64::from(*x) * f64::from(*y) * factor;
                *sum += product;
                t += product;
            }
            summands.push(Summand { label, t });
        }
        into.rows.add(family, self.tested.place(), summands);
        let labels = self.probes.labels.iter().zip(by_probe);
        into.columns.add(family, self.columns_at, labels.map(|(&label, t)| Summand { label, t }));
    }

    fn add_signs(&self, family: Family, into: &mut Locks) {
        let (group, units) = (self.part.group(), self.tested.units(self.part));
        let live = units.iter().enumerate().filter(|&(_, &unit)| self.tested.is_live(group, unit));
        let rows: Vec<_> = live.map(|(row, &unit)| (row, None, self.tested.label(group, unit))).collect();
        self.add(family, &rows, into);
    }

    fn add_swaps(&self, family: Family, into: &mut Locks) {
        let swaps = self.tested.swaps(self.part.group());
        for copy in copies(&self.tested.units(self.part)) {
            let row = |swap: &Swap| (copy[swap.first], Some(copy[swap.second]), swap.label);
            self.add(family, &swaps.iter().map(row).collect::<Vec<_>>(), into);
        }
    }
}

fn take(rows: &Matrix, i: usize, j: Option<usize>, out: &mut Vec<f32>) {
    match j {
        Some(j) => difference(rows, (i, j), out),
        None => {
            out.clear();
            out.extend_from_slice(rows.row(i));
        }
    }
}

/// Virtual weights over a layer map. A neighbour counts only if both layers are mapped consecutively (method 4.7).
pub(in crate::measure) fn two_locks(layers: &[Beside]) -> Locks {
    let at: BTreeMap<(usize, usize), &Beside> = layers.iter().map(|layers| (layers.key, layers)).collect();
    let each: Vec<Locks> = layers.par_iter().map(|tested| of_layer(tested, &at)).collect();
    each.into_iter().fold(Locks::default(), |mut all, one| {
        all.extend(one);
        all
    })
}

fn of_layer(tested: &Beside, at: &BTreeMap<(usize, usize), &Beside>) -> Locks {
    let mut out = Locks::default();
    let (a, b) = tested.key;
    let same_heads = [Part::Query, Part::Output].into_iter().any(|part| tested.rows(part).is_some());
    for (part, probe, neighbour) in NEIGHBOURS {
        let key = match neighbour {
            Neighbour::Here => Some((a, b)),
            Neighbour::Before => a.checked_sub(1).zip(b.checked_sub(1)),
            Neighbour::After => Some((a + 1, b + 1)),
        };
        let of_neurons = probe.group() == Group::Neuron;
        let Some(probing) = key.and_then(|key| at.get(&key)).filter(|_| of_neurons || same_heads) else { continue };
        let Some((x, y)) = tested.directions(part) else { continue };
        let signs = !of_neurons || probing.frame.linear && probe != Part::Gate;
        for probes in probe_rows(probing, probe, signs) {
            if probes.a.columns != x.columns || probes.b.columns != y.columns {
                continue;
            }
            let columns_at = Where { tag: tag(probe, signs), place: tested.place().place, ..probing.place() };
            let (a, b) = (x.times_transposed(&probes.a), y.times_transposed(&probes.b));
            let block = Block { tested, part, probes: &probes, columns_at, a, b };
            match part {
                Part::Up | Part::Down if tested.frame.linear => block.add_signs(Family::UpDownSigns, &mut out),
                Part::Gate | Part::Up | Part::Down => block.add_swaps(Family::NeuronSwaps, &mut out),
                Part::Value | Part::Output => {
                    block.add_signs(Family::ValueSigns, &mut out);
                    block.add_swaps(Family::ValueSwaps, &mut out);
                }
                Part::Key | Part::Query => block.add_signs(Family::RotarySigns, &mut out),
            }
        }
    }
    out
}

/// Whether heads are wide enough to be split.
pub(in crate::measure) fn can_split(a: &Stack, b: &Stack) -> bool {
    a.head_width() > 0 && a.head_width() == b.head_width() && a.head_width().is_multiple_of(4)
}

/// Split mode; none where heads cannot be split.
pub(in crate::measure) fn split(a: &Stack, b: &Stack, map: &[(usize, usize)]) -> Option<Locks> {
    can_split(a, b).then_some(())?;
    let of_neurons = |family| matches!(family, Family::NeuronSwaps | Family::UpDownSigns);
    let look = |keep: Keep| two_locks(&laid(&a.kept(keep), &b.kept(keep), map));
    let (mut neurons, mut channels) = (look(Keep::NeuronsOnOddChannels), look(Keep::ChannelsOnOtherNeurons));
    neurons.keep(of_neurons);
    channels.keep(|family| !of_neurons(family));
    neurons.extend(channels);
    Some(neurons)
}
