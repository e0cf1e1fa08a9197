//! A checkpoint in one shape for all architectures: towers of layers, each matrix with the residual channels as its columns.
//!
//! What writes to the stream (output, down) is kept transposed, so that every unit (neuron, value channel, rotary pair) is a
//! row and a change of residual basis is one multiplication from the right for all. Fused tensors are split,
//! `in x out` tensors turned, gains of norms that stand before their readers folded into them (weight-evidence 3.5).

use std::collections::BTreeMap;

use super::matrix::Matrix;
use super::tokens::Tokens;
use crate::text::Says;
use crate::weights::{Checkpoint, ComponentKind, Config, Traits};

/// A model as the tests see it.
#[derive(Debug)]
pub(super) struct Model {
    pub id: String,
    pub checkpoint: Checkpoint,
    pub config: Config,
    pub tokens: Option<Tokens>,
    pub towers: Vec<Tower>,
    /// Rows are tokens.
    pub embedding: Option<Matrix>,
    /// Rows of the whole table, of which `embedding` may hold some.
    pub vocabulary: usize,
    /// Rows are tokens; the last norm's gain is folded in.
    pub head: Option<Matrix>,
    /// Matrices of the bridge between towers, by name.
    pub projector: BTreeMap<String, Matrix>,
    /// Matrices of a head that is no table of tokens.
    pub head_layers: BTreeMap<String, Matrix>,
    /// Tensors that could not be compared, with why.
    pub left_out: Vec<Says>,
}

/// A stack of layers on one residual stream.
#[derive(Debug)]
pub(super) struct Tower {
    pub kind: ComponentKind,
    pub traits: Traits,
    pub width: usize,
    /// Matrices are stored `in x out`.
    pub turned: bool,
    pub layers: Vec<Layer>,
    /// What stands for tokens where there are none: pixels of the patch embedding, and positions. Rows are features.
    pub table: Matrix,
    /// Trained numbers that no layer holds (last norm, patch embedding).
    pub outside: u64,
}

/// One layer.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub number: u32,
    pub attention: Option<Attention>,
    /// One if dense, several in a mixture.
    pub experts: Vec<FeedForward>,
    /// A row for each expert.
    pub router: Option<Matrix>,
    /// Latents of latent attention: rows into the latent, and columns out of it turned into rows.
    pub latents: Vec<(Matrix, Matrix)>,
    /// Vectors that start at a constant, by name of their place.
    pub constant_start: BTreeMap<String, Vec<f32>>,
    /// Trained numbers.
    pub parameters: u64,
    /// Of these, in feed-forward parts.
    pub feed_forward_parameters: u64,
}

#[derive(Debug)]
pub(super) struct Attention {
    pub heads: usize,
    pub kv_heads: usize,
    pub head_width: usize,
    /// Channels of a head in the files, of which `head_width` are held.
    pub whole_head: usize,
    pub query: Matrix,
    pub key: Matrix,
    pub value: Matrix,
    /// Transposed: a row for each channel of each query head.
    pub output: Matrix,
    /// Biases of query, key and value; empty where there are none.
    pub biases: [Vec<f32>; 3],
}

#[derive(Debug)]
pub(super) struct FeedForward {
    pub gate: Option<Matrix>,
    pub up: Matrix,
    /// Transposed: a row for each neuron.
    pub down: Matrix,
    pub up_bias: Vec<f32>,
}

impl FeedForward {
    pub(super) fn neurons(&self) -> usize {
        self.up.rows
    }

    /// The matrix that orders the neurons: gate, or the only one there is.
    pub(super) fn leading(&self) -> &Matrix {
        self.gate.as_ref().unwrap_or(&self.up)
    }
}

impl Model {
    pub(super) fn tower(&self, kind: ComponentKind) -> Option<&Tower> {
        self.towers.iter().find(|tower| tower.kind == kind)
    }
}
