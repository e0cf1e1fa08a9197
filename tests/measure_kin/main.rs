//! Kin of several kinds between small synthetic checkpoints: adapters, mixtures, copied rows, paths of checkpoints.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::float_cmp, clippy::print_stdout, missing_docs)]

mod adapter;
mod fixtures;
mod heads;
mod large;
mod merges;
mod rows;
mod trail;
