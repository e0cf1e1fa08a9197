//! A checkpoint in one shape for all architectures: towers of layers, each matrix with the residual channels as its
//! columns.
//!
//! What writes to the stream (output, down) is kept transposed, so that every unit (neuron, value channel, rotary pair)
//! is a row and a change of residual basis is one multiplication from the right for all. Fused tensors are split, `in x
//! out` tensors turned, gains of norms that stand before their readers folded into them (method 3.6).

use std::collections::BTreeMap;

use crate::measure::model::plan::Sample;
use crate::measure::model::tokens::{Rows, Tokens};
use crate::measure::stats::matrix::{Matrix, narrow};
use crate::text::Says;
use crate::weights::{Checkpoint, ComponentKind, Config, Dtype, Traits};

/// A model as the tests see it.
#[derive(Debug, Clone)]
pub(in crate::measure) struct Model {
    pub id: String,
    pub inventory: Inventory,
    pub config: Config,
    /// Strings of the whole vocabulary; a sketch has none.
    pub tokens: Option<Tokens>,
    /// What is held of it.
    pub sample: Sample,
    pub towers: Vec<Tower>,
    /// Rows are tokens.
    pub embedding: Option<Matrix>,
    /// Rows of the whole table, of which `embedding` may hold some.
    pub vocabulary: usize,
    /// Which these are.
    pub rows: Rows,
    /// Columns of the whole table.
    pub table_width: usize,
    /// Rows are tokens; the last norm's gain is folded in.
    pub head: Option<Matrix>,
    /// That gain, of the channels that are held; none where it is not known, as in a sketch, or where none was folded
    /// in.
    pub head_gain: Option<Vec<f32>>,
    /// Matrices of the bridge between towers, by name.
    pub projector: BTreeMap<String, Matrix>,
    /// Matrices of a head that is no table of tokens.
    pub head_layers: BTreeMap<String, Matrix>,
    /// Rows and columns that these two kinds have in the files.
    pub beside_shapes: BTreeMap<String, (usize, usize)>,
    /// Tensors that could not be compared, with why.
    pub left_out: Vec<Says>,
    /// Trained numbers of each component outside towers and of stacks that are no towers, which no family can speak
    /// about.
    pub not_compared: BTreeMap<ComponentKind, u64>,
    /// There are more towers than are compared.
    pub too_many_towers: bool,
}

/// What is known of a model without its numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::measure) struct Inventory {
    /// Trained numbers.
    pub parameters: u64,
    pub components: BTreeMap<ComponentKind, Part>,
}

/// What is known of a component without its numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct Part {
    pub parameters: u64,
    /// The number format of most of its numbers.
    pub format: Option<Dtype>,
}

impl Inventory {
    pub(in crate::measure) fn of(checkpoint: &Checkpoint) -> Self {
        let components = checkpoint
            .components()
            .iter()
            .map(|count| {
                (count.kind, Part { parameters: count.parameters, format: main_format(checkpoint, count.kind) })
            })
            .collect();
        Self { parameters: checkpoint.parameters(), components }
    }

    pub(in crate::measure) fn parameters_of(&self, kind: ComponentKind) -> u64 {
        self.components.get(&kind).map_or(0, |part| part.parameters)
    }

    pub(in crate::measure) fn format_of(&self, kind: ComponentKind) -> Option<Dtype> {
        self.components.get(&kind).and_then(|part| part.format)
    }
}

/// A part of a model that another cannot have given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::measure) struct NoCounterpart {
    /// Id of the component.
    pub id: String,
    /// Its trained numbers.
    pub parameters: u64,
}

/// The number format that most numbers of a component have.
fn main_format(checkpoint: &Checkpoint, kind: ComponentKind) -> Option<Dtype> {
    let mut numbers: Vec<(Dtype, u64)> = Vec::new();
    for tensor in checkpoint.tensors.iter().filter(|tensor| tensor.placement.component == kind) {
        match numbers.iter_mut().find(|(dtype, _)| *dtype == tensor.dtype) {
            Some(entry) => entry.1 += tensor.elements,
            None => numbers.push((tensor.dtype, tensor.elements)),
        }
    }
    numbers.into_iter().max_by_key(|entry| entry.1).map(|entry| entry.0)
}

/// A stack of layers on one residual stream.
#[derive(Debug, Clone)]
pub(in crate::measure) struct Tower {
    /// Its name in evidence: the word of its kind, or `text-decoder` where there are several.
    pub id: String,
    pub kind: ComponentKind,
    /// Its place in the stacks of its checkpoint; none in a sketch.
    pub stack: Option<u32>,
    pub traits: Traits,
    /// Channels of the stream that are held.
    pub width: usize,
    pub extent: Extent,
    /// Matrices are stored `in x out`.
    pub turned: bool,
    pub layers: Vec<Layer>,
    /// What stands for tokens where there are none: pixels of the patch embedding, and positions. Rows are features.
    pub table: Matrix,
    /// Trained numbers that no layer holds (last norm, patch embedding).
    pub outside: u64,
    /// Trained numbers, of layers and outside, that no family can speak about: of roles that are not known, of
    /// attention whose heads are not known, of what does not fit together or is no number.
    pub not_compared: u64,
    /// Of these, what stands outside the layers.
    pub passive: Passive,
}

/// Matrices behind or before the layers that are neither pixels nor positions.
#[derive(Debug, Clone, Default)]
pub(in crate::measure) struct Passive {
    /// Trained numbers of all of them.
    pub parameters: u64,
    /// The one behind the last layer that is as wide as the stream and square, where there is one: a row for each of
    /// its units.
    pub pooler: Option<Matrix>,
    /// Trained numbers of it in the file.
    pub of_pooler: u64,
}

/// How much of a tower its layers hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::measure) struct Extent {
    /// Channels of the stream, of which `width` are held.
    pub width: usize,
    /// Layers of the model, of which some are held.
    pub layers: usize,
    /// Neurons that the largest part has.
    pub neurons: usize,
    /// Rows at the top of the table that are pixels; those below are positions.
    pub pixels: usize,
}

/// One layer.
#[derive(Debug, Clone, Default)]
pub(in crate::measure) struct Layer {
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

#[derive(Debug, Clone)]
pub(in crate::measure) struct Attention {
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

#[derive(Debug, Clone)]
pub(in crate::measure) struct FeedForward {
    pub gate: Option<Matrix>,
    pub up: Matrix,
    /// Transposed: a row for each neuron.
    pub down: Matrix,
    pub up_bias: Vec<f32>,
}

impl FeedForward {
    pub(in crate::measure) fn neurons(&self) -> usize {
        self.up.rows
    }

    /// The matrix that orders the neurons: gate, or the only one there is.
    pub(in crate::measure) fn leading(&self) -> &Matrix {
        self.gate.as_ref().unwrap_or(&self.up)
    }
}

impl Tower {
    /// A text tower of layers that were drawn, not read.
    pub(in crate::measure) fn drawn(layers: Vec<Layer>, traits: Traits, width: usize) -> Self {
        Self {
            id: ComponentKind::Text.id().to_owned(),
            kind: ComponentKind::Text,
            stack: None,
            traits,
            width,
            extent: Extent::default(),
            turned: false,
            layers,
            table: Matrix::default(),
            outside: 0,
            not_compared: 0,
            passive: Passive::default(),
        }
    }

    /// The same tower of other layers, with nothing outside them.
    pub(in crate::measure) fn of_layers(&self, layers: Vec<Layer>) -> Self {
        Self {
            id: self.id.clone(),
            stack: self.stack,
            kind: self.kind,
            extent: self.extent,
            turned: self.turned,
            ..Self::drawn(layers, self.traits, self.width)
        }
    }

    /// Trained numbers.
    pub(in crate::measure) fn parameters(&self) -> u64 {
        self.layers.iter().map(|layer| layer.parameters).sum::<u64>() + self.outside
    }

    /// Trained numbers that a family could have spoken about.
    pub(in crate::measure) fn compared(&self) -> u64 {
        self.parameters().saturating_sub(self.not_compared)
    }

    /// Whether so few neurons are held that few would find their match among those of another model.
    pub(in crate::measure) fn holds_few_neurons(&self) -> bool {
        let held = self.layers.iter().flat_map(|layer| &layer.experts).map(FeedForward::neurons).max().unwrap_or(0);
        2 * held < self.extent.neurons
    }

    /// Whether only some of the stream's channels are held.
    pub(in crate::measure) fn holds_some_channels(&self) -> bool {
        self.width < self.extent.width
    }
}

impl Model {
    /// Rows of the head as the files have them. Products of numbers of sixteen bits are exact, so dividing gives back
    /// what was stored; none where the gain is not known, or is zero somewhere.
    pub(in crate::measure) fn head_as_stored(&self, folded: &Matrix) -> Option<Matrix> {
        let gain = self.head_gain.as_ref().filter(|gain| gain.len() == folded.columns && !gain.contains(&0.0))?;
        let mut out = folded.clone();
        for row in out.data.chunks_exact_mut(folded.columns.max(1)) {
            for (value, gain) in row.iter_mut().zip(gain) {
                *value = narrow(f64::from(*value) / f64::from(*gain));
            }
        }
        Some(out)
    }

    /// Tokens with the places of their rows among those that are held; none in a sketch.
    pub(in crate::measure) fn held_tokens(&self) -> Option<Tokens> {
        let held = |(token, row): (&Vec<u8>, &usize)| Some((token.clone(), self.rows.numbers.binary_search(row).ok()?));
        self.tokens.as_ref().map(|tokens| Tokens(tokens.0.iter().filter_map(held).collect()))
    }

    /// The largest tower of a kind.
    pub(in crate::measure) fn tower(&self, kind: ComponentKind) -> Option<&Tower> {
        self.towers_of(kind).max_by(|a, b| a.parameters().cmp(&b.parameters()).then_with(|| b.id.cmp(&a.id)))
    }

    pub(in crate::measure) fn towers_of(&self, kind: ComponentKind) -> impl Iterator<Item = &Tower> {
        self.towers.iter().filter(move |tower| tower.kind == kind)
    }

    /// Trained numbers of a component that a family could have spoken about.
    pub(in crate::measure) fn compared(&self, kind: ComponentKind) -> u64 {
        let all = self.inventory.parameters_of(kind);
        let in_towers: u64 = self.towers_of(kind).map(|tower| tower.not_compared).sum();
        all.saturating_sub(in_towers + self.not_compared.get(&kind).copied().unwrap_or(0))
    }

    /// The table that a head's rows may have come from: that of the head, or of the embedding where both are one.
    pub(in crate::measure) fn head_table(&self) -> Option<&Matrix> {
        self.head.as_ref().or(self.embedding.as_ref())
    }

    /// Whether there is anything that the other's part of this kind may have come from. A head is a table of tokens or
    /// layers before one; neither can be made of the other.
    fn can_give(&self, kind: ComponentKind, other: &Self) -> bool {
        if kind == ComponentKind::Head {
            let (table, layers) = (other.head.is_some(), !other.head_layers.is_empty());
            let unread = !table && !layers && self.inventory.parameters_of(kind) > 0;
            return unread || table && self.head_table().is_some() || layers && !self.head_layers.is_empty();
        }
        self.inventory.parameters_of(kind) > 0 || self.towers_of(kind).next().is_some()
    }

    /// Parts of this model that `reference` cannot have given: of kinds of which it has nothing.
    pub(in crate::measure) fn without_counterpart(&self, reference: &Self) -> Vec<NoCounterpart> {
        let parts = self.inventory.components.iter();
        let parts = parts.filter(|(kind, part)| part.parameters > 0 && !reference.can_give(**kind, self));
        let each = parts.flat_map(|(kind, part)| {
            let towers: Vec<NoCounterpart> = self
                .towers_of(*kind)
                .map(|tower| NoCounterpart { id: tower.id.clone(), parameters: tower.parameters() })
                .collect();
            let whole = NoCounterpart { id: kind.id().to_owned(), parameters: part.parameters };
            if towers.is_empty() { vec![whole] } else { towers }
        });
        each.collect()
    }
}
