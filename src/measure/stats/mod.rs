//! Numbers and their laws, without any model: matrices, products, assignments, tails, coins from a seed.
//!
//! In: rows of numbers and counts. Out: sums with a proven tail.
//! Nothing here knows what a layer is; every other room of `measure` stands on this one.

pub(in crate::measure) mod assignment;
pub(in crate::measure) mod chance;
pub(in crate::measure) mod equal;
pub(in crate::measure) mod jackknife;
pub(in crate::measure) mod matrix;
pub(in crate::measure) mod mixed;
pub(in crate::measure) mod pair;
pub(in crate::measure) mod product;
pub(in crate::measure) mod singular;
pub(in crate::measure) mod steps;
pub(in crate::measure) mod tail;
#[cfg(test)]
pub(in crate::measure) mod test_matrices;
