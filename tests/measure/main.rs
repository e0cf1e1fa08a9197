//! Measuring small synthetic checkpoints through the public function: verdicts, formats, adapters, mixtures, heads,
//! copied rows, paths of checkpoints, and what is too large to be held.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::float_cmp, clippy::print_stdout, missing_docs)]

mod adapter;
mod fixtures;
mod formats;
mod heads;
mod large;
mod merges;
mod rows;
mod small_zoo;
mod stacks;
mod trail;
mod verdicts;
