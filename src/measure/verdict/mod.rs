//! From findings to what may be said: relation, explanations, changes and power of every component and of the link.
//!
//! In: findings of families, controls and plants. Out: a link of the evidence file. Every threshold of a conclusion
//! stands in one file with its derivation; conclusions are drawn from figures, again whenever a file is read back.

pub(in crate::measure) mod alignment;
pub(in crate::measure) mod borne;
pub(in crate::measure) mod changes;
pub(in crate::measure) mod controls;
pub(in crate::measure) mod coverage;
pub(in crate::measure) mod covered_table;
pub(in crate::measure) mod entry;
pub(in crate::measure) mod explain;
pub(in crate::measure) mod judge;
pub(in crate::measure) mod link;
pub(in crate::measure) mod nearest;
pub(in crate::measure) mod table;
pub(in crate::measure) mod thresholds;
pub(in crate::measure) mod token_rows;
