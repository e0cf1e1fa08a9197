//! The run: candidate against references, controls, shards, sketches of a registry, and going on after a stop.
//!
//! In: paths and options. Out: an evidence file. The family-wise level covers everything that one run tries.

pub(in crate::measure) mod calibration;
pub(in crate::measure) mod conditions;
pub(in crate::measure) mod measurement;
pub(in crate::measure) mod screen;
pub(in crate::measure) mod shard;
pub(in crate::measure) mod state;
pub(in crate::measure) mod strata;
