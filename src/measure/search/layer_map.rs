//! Which layer of the reference each layer of the candidate lies beside, chosen on units of even index
//! (method 4.9).
//!
//! The score of a pair of layers is `(half F2 + sib F3 + sib F4) / sqrt(number)`, each read within one layer and so in
//! no basis. A map is a choice; the units of odd index, on which it is tested, had no part in it, so that it costs
//! nothing.

use rayon::prelude::*;

use crate::measure::families::family::Family;
use crate::measure::families::responses::within_one;
use crate::measure::families::units::{Beside, Keep, Stack};

/// A score that strangers reach once in thirty thousand pairs of layers: a layer without it is not mapped.
const LEAST: f64 = 4.0;
/// Fewer units than this choose nothing.
const FEWEST_UNITS: usize = 5;

/// A map of layers, and what it was chosen from.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::measure) struct Chosen {
    /// Layers of the reference and of the candidate, in the order of the candidate's.
    pub pairs: Vec<(usize, usize)>,
    /// Scores by layer of the candidate and layer of the reference.
    pub scores: Vec<Vec<f64>>,
}

/// Layer `i` beside layer `i`.
pub(in crate::measure) fn by_place(a: &Stack, b: &Stack) -> Vec<(usize, usize)> {
    (0..a.depth().min(b.depth())).map(|at| (at, at)).collect()
}

/// All layers against all.
pub(in crate::measure) fn choose(a: &Stack, b: &Stack) -> Chosen {
    let (x, y) = (a.kept(Keep::Even), b.kept(Keep::Even));
    let row = |j: usize| -> Vec<f64> { (0..x.depth()).map(|i| score(&Beside::of(&x, &y, (i, j)))).collect() };
    let scores: Vec<Vec<f64>> = (0..y.depth()).into_par_iter().map(row).collect();
    let best = |(j, row): (usize, &Vec<f64>)| {
        let first_best = |best: usize, at: usize| if row[at] > row[best] { at } else { best };
        let i = (0..row.len()).reduce(first_best)?;
        (row[i] >= LEAST).then_some((i, j))
    };
    Chosen { pairs: scores.iter().enumerate().filter_map(best).collect(), scores }
}

fn score(layers: &Beside) -> f64 {
    let sums = within_one(layers);
    let families = [Family::NeuronSwaps, Family::UpDownSigns, Family::ValueSigns];
    let told: Vec<f64> = families
        .into_iter()
        .map(|family| sums.units(family))
        .filter(|sum| sum.units() >= FEWEST_UNITS)
        .map(|sum| sum.z())
        .collect();
    if told.is_empty() { 0.0 } else { told.iter().sum::<f64>() / (told.len() as f64).sqrt() }
}
