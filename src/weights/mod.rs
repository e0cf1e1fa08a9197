//! Weights: files in safetensors, `PyTorch` and GGUF form, read without trusting them and without running anything.
//!
//! In: a model directory. Out: its files and tensors by name, type, shape and place ([`Checkpoint`]), the component,
//! layer and role that a name stands for ([`Placement`]), parameter counts. A header is refused with file, byte offset
//! and plain words wherever it breaks a rule of the format or a limit below; nothing is allocated for a length that a
//! file merely claims.

mod blocks;
mod checkpoint;
mod choice;
mod component;
mod config;
mod dtype;
mod error;
mod families;
mod form;
mod gguf;
mod guess;
mod header;
mod index;
mod lacking;
mod laws;
mod map;
mod numbers;
mod packing;
mod roles;
mod scale;
mod schemes;
#[cfg(test)]
mod schemes_tests;
mod stacks;
mod tally;
mod torch;

pub use blocks::{Access, Blocks};
pub use checkpoint::{Checkpoint, Tensor, WeightFile};
pub use choice::{
    Choice, PartFolder, chosen, is_adapter, is_kept_beside, is_pipeline, main_part, own, part_folders, pointers,
    towers, unread,
};
pub use component::{ComponentCount, ComponentKind, Placement};
pub use config::Config;
pub use dtype::{Dtype, bf16_bits};
pub use error::{Problem, WeightsError};
pub use families::{FAMILIES, NormKind, Rotary, Traits, traits_by_shape, traits_of};
pub use form::read_weights;
pub use gguf::{Ggml, GgufProblem, Holds, MAX_GGUF_HEAD_BYTES, MAX_KEYS, read_gguf};
pub use header::{Header, HeaderTensor, MAX_HEADER_BYTES, MAX_NAME_BYTES, MAX_RANK, MAX_TENSORS, Tied, read_header};
pub use lacking::Lacking;
pub use numbers::Numbers;
pub use packing::{Packing, Statement};
pub use roles::{Fusion, Halves, NAMES, Role};
pub use scale::Scale;
pub use schemes::{SCHEMES, Scheme};
pub use stacks::Stack;
pub use tally::{Doubt, Tally};
pub use torch::{TorchProblem, read_torch};
