//! The level of a whole run, and how it is spent (method 10.1, 10.2).
//!
//! The probability that a run says `shared` of anything that shares nothing is at most one in a million. Every look
//! pays an equal part: references x (towers x bases x looks in a basis + tables x families of a table). What was found
//! is then described (which layers, which parts) at a level of its own, which decides nothing.

use crate::evidence::Level;
use crate::measure::families::family::Family;
use crate::measure::search::grid::LOOKS;
use crate::measure::search::looks::Kind;

/// The family-wise level of a run.
pub(in crate::measure) const LEVEL: f64 = 1e-6;
/// The family-wise level of a description, within what was found.
const DESCRIPTION_LEVEL: f64 = 1e-4;
/// As named, and signed permutation and rotation, each told by tables or by gates.
const BASES: usize = 5;
/// Agreement of matchings and token response.
const APPROXIMATE: usize = 2;
/// Embedding and head, each by signs and by places, and by equal numbers swapped and with the other sign; rows as they
/// stand, and rows in other places.
const TABLE_LOOKS: usize = 16;
/// What is read off no basis of the stream: every family of every kind, by place and by a map, but for virtual weights
/// unsplit, which are shown and not counted; matched gates and equal numbers once.
fn looks_without_basis() -> usize {
    let twice = [Kind::Place, Kind::Tokens, Kind::Within, Kind::VirtualSplit];
    let once = [Kind::Gram, Kind::Equal];
    let count = |kinds: &[Kind]| kinds.iter().map(|kind| kind.families().len()).sum::<usize>();
    2 * count(&twice) + count(&once)
}
/// Exact families on a tower.
const FAMILIES: usize = Family::EXACT.len();

/// The budget of one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct Budget {
    /// Looks that the level is divided by.
    pub looks: usize,
}

impl Budget {
    /// For a candidate with so many towers, compared with so many references.
    pub(in crate::measure) fn of(references: usize, towers: usize) -> Self {
        let tower = BASES * (LOOKS + APPROXIMATE) + looks_without_basis();
        Self { looks: references.max(1) * (towers.max(1) * tower + TABLE_LOOKS) }
    }

    /// As the evidence has it.
    pub(in crate::measure) fn level(self) -> Level {
        Level { run: LEVEL, looks: self.looks as u64 }
    }

    /// Logarithm of the level of one look.
    pub(in crate::measure) fn ln_level(self) -> f64 {
        (LEVEL / self.looks as f64).ln()
    }

    /// Logarithm of the level at which *two* families together are a finding in a model too small for the level of one
    /// look: there are `n (n - 1) / 2` pairs of families, each below `x` with probability `x^2` at most (method 10.4).
    pub(in crate::measure) fn ln_pair_level(self) -> f64 {
        let pairs = (FAMILIES * (FAMILIES - 1) / 2) as f64;
        let runs = self.looks as f64 / FAMILIES as f64;
        (LEVEL / (runs * pairs)).ln() / 2.0
    }

    /// Logarithm of the level for one part of a layer, once the other part has told which layer it comes from.
    pub(in crate::measure) fn ln_given_cell(layers: usize) -> f64 {
        (DESCRIPTION_LEVEL / layers.max(1) as f64).ln()
    }

    /// Logarithm of the level at which one layer is described as reused, among `cells` pairs of layers.
    pub(in crate::measure) fn ln_description(cells: usize) -> f64 {
        (DESCRIPTION_LEVEL / (cells.max(1) * BASES * 2) as f64).ln()
    }
}
