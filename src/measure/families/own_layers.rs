//! A model's layers against each other (method 5.3): unequal layers of one model are strangers, so what
//! rings between them is a start that repeats, or copied layers.
//!
//! Catches a fixed pattern that no bank has. A layer that was copied rings in all families; a start that repeats rings
//! in one sublayer.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::measure::families::family::Family;
use crate::measure::families::responses::direct;
use crate::measure::families::units::{Stack, laid};

/// Among 568 pairs of unequal layers only copies were above 4; identity starts begin at 5.7.
const LEVEL: f64 = 5.0;
/// With fewer units than this nothing is said.
const FEWEST_UNITS: usize = 8;
/// Pairs of layers that are looked at: neighbours first, so that a deep tower costs no more than this.
const MOST_PAIRS: usize = 512;

/// The loudest size of `z` of each family between two layers of one model.
pub(in crate::measure) type Loudest = BTreeMap<Family, f64>;

pub(in crate::measure) fn of(stack: &Stack) -> Loudest {
    let depth = stack.depth();
    let mut pairs: Vec<(usize, usize)> = (0..depth).flat_map(|i| (i + 1..depth).map(move |j| (i, j))).collect();
    pairs.sort_by_key(|&(i, j)| (j - i, i));
    pairs.truncate(MOST_PAIRS);
    let found: Vec<Vec<(Family, f64)>> = pairs
        .into_par_iter()
        .map(|pair| {
            let sums = direct(&laid(stack, stack, &[pair]));
            let told = |family: Family| Some(sums.units(family)).filter(|sum| sum.units() >= FEWEST_UNITS);
            sums.families().filter_map(|family| Some((family, told(family)?.z().abs()))).collect()
        })
        .collect();
    let mut out = Loudest::new();
    for (family, z) in found.into_iter().flatten() {
        let known = out.entry(family).or_insert(0.0);
        *known = known.max(z);
    }
    out
}

const ATTENTION: [Family; 3] = [Family::ValueSigns, Family::ValueSwaps, Family::RotarySigns];
const FEED_FORWARD: [Family; 2] = [Family::NeuronSwaps, Family::UpDownSigns];

/// Families of one sublayer that ring across the layers of both models, while the other sublayer is quiet in both.
pub(in crate::measure) fn repeating(a: &Loudest, b: &Loudest) -> BTreeSet<Family> {
    let loud = |most: &Loudest, family: &Family| most.get(family).is_some_and(|z| *z > LEVEL);
    let alone = |family: &Family, others: &[Family]| {
        [a, b].iter().all(|most| loud(most, family) && !others.iter().any(|other| loud(most, other)))
    };
    let attention = ATTENTION.into_iter().filter(|family| alone(family, &FEED_FORWARD));
    attention.chain(FEED_FORWARD.into_iter().filter(|family| alone(family, &ATTENTION))).collect()
}
