//! The level of a whole run, and how it is spent (weight-evidence 4.1, 4.2).
//!
//! The probability that a run says "derived" of anything that is independent is at most one in a million. Every look pays an equal part:
//! references x components x bases x maps of layers x families. What was found is then described (which layers, which parts) at a level of its
//! own, which decides nothing.

use super::family::LAYER_FAMILIES;

/// The family-wise level of a run.
pub(super) const LEVEL: f64 = 1e-6;
/// The family-wise level of a description, within what was found.
const DESCRIPTION_LEVEL: f64 = 1e-4;
/// Text, vision, audio, embedding, head, projector.
const COMPONENTS: usize = 6;
/// As named, signed permutation, rotation.
const BASES: usize = 3;
/// Three maps of layers in place, four with matched units.
const MAPS: usize = 7;

/// The budget of one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Budget {
    /// Looks that the level is divided by.
    pub looks: usize,
}

impl Budget {
    pub fn for_references(references: usize) -> Self {
        Self { looks: references.max(1) * COMPONENTS * BASES * MAPS * LAYER_FAMILIES }
    }

    /// Logarithm of the level of one look.
    pub fn ln_level(self) -> f64 {
        (LEVEL / self.looks as f64).ln()
    }

    /// Logarithm of the level at which *two* families together are a finding in a model too small for the level of one look: there are
    /// `n (n - 1) / 2` pairs of families, each below `x` with probability `x^2` at most (weight-evidence 3.15).
    pub fn ln_pair_level(self) -> f64 {
        let pairs = (LAYER_FAMILIES * (LAYER_FAMILIES - 1) / 2) as f64;
        let runs = self.looks as f64 / LAYER_FAMILIES as f64;
        (LEVEL / (runs * pairs)).ln() / 2.0
    }

    /// Logarithm of the level for one part of a layer, once the other part has told which layer it comes from.
    pub fn ln_given_cell(layers: usize) -> f64 {
        (DESCRIPTION_LEVEL / layers.max(1) as f64).ln()
    }

    /// Logarithm of the level at which one layer is described as reused, among `cells` pairs of layers.
    pub fn ln_description(cells: usize) -> f64 {
        (DESCRIPTION_LEVEL / (cells.max(1) * BASES * 2) as f64).ln()
    }
}
