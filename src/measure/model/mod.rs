//! A checkpoint in one shape for all architectures: towers of layers, each matrix with the channels of its stream as
//! columns.
//!
//! In: opened files. Out: [`shape::Model`]s, whole or by a sample that shapes and token strings alone choose. Gains are
//! folded with their family's convention here and nowhere else; what could not be read is named.

pub(in crate::measure) mod digest;
pub(in crate::measure) mod feed_forward;
pub(in crate::measure) mod heads;
pub(in crate::measure) mod load;
mod lost;
pub(in crate::measure) mod plan;
pub(in crate::measure) mod regroup;
pub(in crate::measure) mod shape;
pub(in crate::measure) mod stacks;
pub(in crate::measure) mod stored;
pub(in crate::measure) mod thin;
pub(in crate::measure) mod tokens;
pub(in crate::measure) mod told;
pub(in crate::measure) mod tower;
pub(in crate::measure) mod unfit;
pub(in crate::measure) mod vocabulary;

#[cfg(test)]
mod tests;
