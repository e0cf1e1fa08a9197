//! Questions beyond one link: mixtures of several references, merged adapters, rows of tables, trails, the context kept
//! apart.
//!
//! In: opened models and what the links found. Out: findings of their own, which set no relation.

pub(in crate::measure) mod context;
pub(in crate::measure) mod low_rank;
pub(in crate::measure) mod merges;
pub(in crate::measure) mod trail;
