//! Where to look: bases of the stream, orders of layers, units, heads and experts, each chosen by what the test does
//! not use.
//!
//! In: two towers and the tables beside them. Out: what every family found where it found most, and which layers that
//! holds for. Whatever was chosen by a group's units is tested on others, or pays for the choice.

pub(in crate::measure) mod budget;
pub(in crate::measure) mod compare;
pub(in crate::measure) mod gram;
pub(in crate::measure) mod grid;
pub(in crate::measure) mod held_out;
pub(in crate::measure) mod layer_map;
pub(in crate::measure) mod located;
pub(in crate::measure) mod looks;
pub(in crate::measure) mod matched;
pub(in crate::measure) mod moments;
#[cfg(test)]
mod nulls;
#[cfg(test)]
mod oracle;
pub(in crate::measure) mod pairs;
pub(in crate::measure) mod plant;
pub(in crate::measure) mod power;
pub(in crate::measure) mod sentences;
pub(in crate::measure) mod shuffled;
pub(in crate::measure) mod token_geometry;
pub(in crate::measure) mod wide;
