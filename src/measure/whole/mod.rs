//! One pass over all numbers of the parts that correspond: equal numbers, correlations, digests.
//!
//! In: two checkpoints and how their layers lie beside each other. Out: figures over every number, in blocks, so that
//! memory does not grow with the files.

pub(in crate::measure) mod figures;
pub(in crate::measure) mod pass;
