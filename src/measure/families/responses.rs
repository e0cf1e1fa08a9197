//! Families F2 to F5 read off what units answer: to themselves (rows against rows), to tokens, to units of their own
//! sublayer.
//!
//! - **Groups**: F2 order of neurons, F3 sign of (up, down), F4 sign of (value, output), F4s order of value channels,
//!   F5 sign of a rotary pair (method 4.5, 4.6).
//! - **Probes** live in the basis of the units and are moved by none of these groups, so the tail stays exact whatever
//!   the probes are (method 4.5).
//! - **Within**: half F2 (gates of the first half on those of the second), sib F3 (up on gates), sib F4 (value on key
//!   and query), half F5 (keys of even pairs on those of odd ones): four families of one sublayer each, independent as
//!   they stand (method 4.6).
//! - **Not valid** where the start has a public pattern (`patterns`), and F3 where the branch beside the gate is not
//!   known to be linear.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::measure::families::family::Family;
use crate::measure::families::units::{Beside, Group, Part, Sums, Swap, even_and_odd, ordering};
use crate::measure::stats::matrix::Matrix;

/// What carries the evidence of a family in the row of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Signs,
    Swaps,
}

/// Families that a part takes part in.
fn families_of(part: Part, linear: bool) -> &'static [(Family, Way)] {
    match part {
        Part::Up | Part::Down if linear => &[(Family::UpDownSigns, Way::Signs)],
        Part::Gate | Part::Up | Part::Down => &[(Family::NeuronSwaps, Way::Swaps)],
        Part::Value | Part::Output => &[(Family::ValueSigns, Way::Signs), (Family::ValueSwaps, Way::Swaps)],
        Part::Key | Part::Query => &[(Family::RotarySigns, Way::Signs)],
    }
}

/// All families from features of the rows of each part.
fn by_features<'f>(layers: &Beside, features: impl Fn(Part) -> Option<Features<'f>>) -> Sums {
    let mut sums = Sums::default();
    for part in Part::ALL.into_iter().filter(|part| layers.rows(*part).is_some()) {
        let Some(features) = features(part) else { continue };
        for &(family, way) in families_of(part, layers.frame.linear) {
            let both = (features.0.as_ref(), features.1.as_ref());
            let summands = match way {
                Way::Signs => layers.signs(part, both),
                Way::Swaps => layers.swapped(part, both),
            };
            sums.add(family, layers.place(), summands);
        }
    }
    sums
}

type Features<'f> = (Cow<'f, Matrix>, Cow<'f, Matrix>);

fn pooled(layers: &[Beside], one: impl Fn(&Beside) -> Sums + Sync + Send) -> Sums {
    let each: Vec<Sums> = layers.par_iter().map(one).collect();
    each.into_iter().fold(Sums::default(), |mut all, one| {
        all.extend(one);
        all
    })
}

/// Rows against rows. Silent where the streams have unlike widths.
pub(in crate::measure) fn direct(layers: &[Beside]) -> Sums {
    pooled(layers, |layers| {
        by_features(layers, |part| {
            let (a, b) = layers.rows(part).filter(|(a, b)| a.columns == b.columns)?;
            Some((Cow::Borrowed(a), Cow::Borrowed(b)))
        })
    })
}

/// Corresponding rows of a table of each side, ready to be probes.
#[derive(Debug)]
pub(in crate::measure) struct Probes {
    a: Matrix,
    b: Matrix,
}

impl Probes {
    /// `a` and `b` have a row for each shared token; the mean row is taken off and each row is scaled to length one
    /// (method 4.5).
    pub(in crate::measure) fn of(a: &Matrix, b: &Matrix) -> Self {
        Self { a: a.without_mean_row().into_unit_rows(), b: b.without_mean_row().into_unit_rows() }
    }

    /// Tokens that are asked.
    pub(in crate::measure) fn len(&self) -> usize {
        self.a.rows
    }
}

/// Token responses: readers to rows of the embedding, writers to rows of the head.
pub(in crate::measure) fn tokens(layers: &[Beside], embedding: &Probes, head: Option<&Probes>) -> Sums {
    pooled(layers, |layers| {
        by_features(layers, |part| {
            let probes = if part.writes() { head? } else { embedding };
            let (a, b) = layers.rows(part)?;
            (a.columns == probes.a.columns && b.columns == probes.b.columns).then_some(())?;
            let answer = |rows: &Matrix, probes: &Matrix| Cow::Owned(rows.times_transposed(probes));
            Some((answer(a, &probes.a), answer(b, &probes.b)))
        })
    })
}

/// The within set of one pair of layers.
pub(in crate::measure) fn within_one(layers: &Beside) -> Sums {
    let (a, b) = (layers.a.inside(&layers.frame), layers.b.inside(&layers.frame));
    let (mut sums, at) = (Sums::default(), layers.place());
    let ordering = ordering(&layers.frame);
    if layers.rows(ordering).is_some() && a.gates.rows > 0 {
        // Only pairs inside the first half: the rest are probes. A swap takes a unit's duplicates along, so a unit with
        // a duplicate among the probes would change what it is asked with.
        let probed: BTreeSet<usize> = labels_from(layers, ordering.group(), a.gates.rows);
        let swaps = layers.swaps(ordering.group()).into_iter();
        let asked = |swap: &Swap| {
            [swap.first, swap.second].iter().all(|&unit| !probed.contains(&layers.label(ordering.group(), unit)))
        };
        let swaps: Vec<Swap> = swaps.filter(asked).collect();
        sums.add(Family::NeuronSwaps, at, layers.swapped_of(ordering, &swaps, (&a.gates, &b.gates)));
    }
    if a.up_on_gates.rows > 0 && b.up_on_gates.rows > 0 {
        sums.add(Family::UpDownSigns, at, layers.signs(Part::Up, (&a.up_on_gates, &b.up_on_gates)));
    }
    if a.value_on_keys.rows > 0 && b.value_on_keys.rows > 0 {
        sums.add(Family::ValueSigns, at, layers.signs(Part::Value, (&a.value_on_keys, &b.value_on_keys)));
    }
    if a.even_keys_on_odd.rows > 0 && b.even_keys_on_odd.rows > 0 {
        let rows = layers.rows(Part::Key).map_or(0, |rows| rows.0.rows);
        let [even, _] = even_and_odd(&layers.frame, rows);
        let units = layers.units(Part::Key);
        let features = (&a.even_keys_on_odd, &b.even_keys_on_odd);
        sums.add(Family::RotarySigns, at, layers.signs_of(Group::Rotary, even.iter().map(|&row| units[row]), features));
    }
    sums
}

/// The sets of duplicates of the units from `first` on.
fn labels_from(layers: &Beside, group: Group, first: usize) -> BTreeSet<usize> {
    (first..layers.count(group)).map(|unit| layers.label(group, unit)).collect()
}

/// The within set over a layer map.
pub(in crate::measure) fn within(layers: &[Beside]) -> Sums {
    pooled(layers, within_one)
}
