//! A checkpoint in one shape for all architectures: towers of layers, each matrix with the residual channels as its columns.
//!
//! What writes to the stream (output, down) is kept transposed, so that every unit (neuron, value channel, rotary pair) is a
//! row and a change of residual basis is one multiplication from the right for all. Fused tensors are split,
//! `in x out` tensors turned, gains of norms that stand before their readers folded into them (weight-evidence 3.5).

use std::collections::BTreeMap;
use std::path::Path;

use super::MeasureError;
use super::matrix::Matrix;
use super::tokens::Tokens;
use crate::weights::{
    Checkpoint, ComponentKind, Config, Fusion, Halves, NormKind, Numbers, Role, Rotary, Tensor, Traits,
    traits_by_shape, traits_of,
};

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
    /// Rows are tokens; the last norm's gain is folded in.
    pub head: Option<Matrix>,
    /// Matrices of the bridge between towers, by name.
    pub projector: BTreeMap<String, Matrix>,
    /// Matrices of a head that is no table of tokens.
    pub head_layers: BTreeMap<String, Matrix>,
    /// Tensors that could not be compared, with why.
    pub left_out: Vec<String>,
}

/// A stack of layers on one residual stream.
#[derive(Debug)]
pub(super) struct Tower {
    pub kind: ComponentKind,
    pub traits: Traits,
    pub width: usize,
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
    /// Reads a directory.
    pub(super) fn read(directory: &Path) -> Result<Self, MeasureError> {
        let config = Config::read(directory);
        let checkpoint = Checkpoint::open(directory, config.family())?;
        let id = directory
            .file_name()
            .map_or_else(|| directory.display().to_string(), |name| name.to_string_lossy().into_owned());
        let tokens = Tokens::read(directory);
        let mut model = Self {
            id,
            config,
            tokens,
            towers: Vec::new(),
            embedding: None,
            head: None,
            projector: BTreeMap::new(),
            head_layers: BTreeMap::new(),
            left_out: Vec::new(),
            checkpoint,
        };
        model.load()?;
        Ok(model)
    }

    pub(super) fn tower(&self, kind: ComponentKind) -> Option<&Tower> {
        self.towers.iter().find(|tower| tower.kind == kind)
    }

    fn load(&mut self) -> Result<(), MeasureError> {
        let checkpoint = self.checkpoint.clone();
        let numbers = Numbers::of(&checkpoint);
        let mut parts: BTreeMap<ComponentKind, Vec<&Tensor>> = BTreeMap::new();
        for tensor in &checkpoint.tensors {
            match tensor.placement.role {
                Role::Packed => self.left_out.push(format!("{} (packed)", tensor.name)),
                Role::Scale | Role::Buffer | Role::LowRank => {}
                _ if !tensor.dtype.is_comparable() => {}
                _ => parts.entry(tensor.placement.component).or_default().push(tensor),
            }
        }
        let read = |tensor: &Tensor| -> Result<Matrix, MeasureError> {
            let (rows, columns) = Numbers::table_shape(tensor);
            Ok(Matrix::new(rows, columns, numbers.read(tensor)?))
        };
        let find = |kind: ComponentKind, role: Role| {
            parts
                .get(&kind)
                .and_then(|list| list.iter().find(|tensor| tensor.placement.role == role && !tensor.placement.is_bias))
        };
        if let Some(tensor) = find(ComponentKind::Embedding, Role::TokenEmbedding) {
            self.embedding = Some(read(tensor)?);
        }
        for (kind, keys) in [
            (ComponentKind::Text, &["text_config", "llm_config", "language_config"][..]),
            (ComponentKind::Vision, &["vision_config", "visual", "vit_config"][..]),
            (ComponentKind::Audio, &["audio_config"][..]),
        ] {
            if let Some(tensors) = parts.get(&kind) {
                let config = self.config.part(keys);
                if let Some(tower) =
                    TowerReader::new(kind, &config, tensors, self.embedding.as_ref()).read(&read, &mut self.left_out)?
                {
                    self.towers.push(tower);
                }
            }
        }
        let tokens = self.embedding.as_ref().map_or(0, |table| table.rows as u64);
        let (tables, layers): (Vec<&Tensor>, Vec<&Tensor>) = parts
            .get(&ComponentKind::Head)
            .into_iter()
            .flatten()
            .filter(|tensor| tensor.placement.role == Role::Head && tensor.shape.len() == 2)
            .partition(|tensor| tensor.shape.iter().any(|&side| side >= tokens));
        for tensor in layers {
            self.head_layers.insert(tensor.name.clone(), read(tensor)?);
        }
        if let Some(tensor) = tables.first() {
            let raw = read(tensor)?;
            let width = self.tower(ComponentKind::Text).map(|tower| tower.width);
            let mut head = if width == Some(raw.rows) && width != Some(raw.columns) { raw.transposed() } else { raw };
            if let Some(gain) = parts.get(&ComponentKind::Text).and_then(|list| {
                list.iter().find(|tensor| tensor.placement.role == Role::FinalNorm && !tensor.placement.is_bias)
            }) {
                let one = self.tower(ComponentKind::Text).is_some_and(|tower| tower.traits.gain_lacks_one);
                head.scale_columns(&gain_of(read(gain)?.data, one));
            }
            self.head = Some(head);
        }
        self.load_projector(&parts, &read)
    }

    fn load_projector(
        &mut self,
        parts: &BTreeMap<ComponentKind, Vec<&Tensor>>,
        read: &Reader<'_>,
    ) -> Result<(), MeasureError> {
        for tensor in parts.get(&ComponentKind::Projector).into_iter().flatten() {
            if tensor.shape.len() == 2 {
                self.projector.insert(tensor.name.clone(), read(tensor)?);
            }
        }
        Ok(())
    }
}

fn gain_of(stored: Vec<f32>, lacks_one: bool) -> Vec<f32> {
    if lacks_one { stored.into_iter().map(|gain| gain + 1.0).collect() } else { stored }
}

struct TowerReader<'a> {
    kind: ComponentKind,
    config: &'a Config,
    tensors: &'a [&'a Tensor],
    width: usize,
    turned: bool,
    traits: Traits,
}

type Reader<'a> = dyn Fn(&Tensor) -> Result<Matrix, MeasureError> + 'a;

impl<'a> TowerReader<'a> {
    fn new(kind: ComponentKind, config: &'a Config, tensors: &'a [&'a Tensor], embedding: Option<&Matrix>) -> Self {
        let norm = tensors.iter().find(|tensor| {
            matches!(
                tensor.placement.role,
                Role::AttentionNorm | Role::FeedForwardNorm | Role::OtherNorm | Role::FinalNorm
            ) && tensor.shape.len() == 1
                && !tensor.name.contains("q_norm")
                && !tensor.name.contains("k_norm")
        });
        let width = norm
            .map(|tensor| usize::try_from(tensor.elements).unwrap_or(0))
            .or_else(|| config.number(&["hidden_size", "n_embd", "d_model", "embed_dim"]))
            .or_else(|| embedding.map(|table| table.columns))
            .unwrap_or(0);
        let votes: i64 = tensors
            .iter()
            .filter(|tensor| tensor.shape.len() == 2 && tensor.shape[0] != tensor.shape[1])
            .map(|tensor| {
                let reads = match tensor.placement.role {
                    Role::Up | Role::Gate | Role::GateUp(_) | Role::QueryKeyValue(_) | Role::Key | Role::Value => 1,
                    Role::Down | Role::Output => 0,
                    _ => return 0,
                };
                let wide = width as u64;
                i64::from(tensor.shape[1 - reads] == wide) - i64::from(tensor.shape[reads] == wide)
            })
            .sum();
        let gated = tensors.iter().any(|tensor| matches!(tensor.placement.role, Role::Gate | Role::GateUp(_)));
        let norm_bias = tensors.iter().any(|tensor| {
            matches!(
                tensor.placement.role,
                Role::AttentionNorm | Role::FeedForwardNorm | Role::FinalNorm | Role::OtherNorm
            ) && tensor.placement.is_bias
        });
        let learned =
            tensors.iter().any(|tensor| tensor.placement.role == Role::PositionEmbedding) || config.has("n_positions");
        let mut traits = traits_of(config.family()).unwrap_or_else(|| traits_by_shape(gated, norm_bias, learned));
        traits.norm = Some(if norm_bias { NormKind::Layer } else { traits.norm.unwrap_or(NormKind::Rms) });
        traits.linear_up &= gated;
        if kind == ComponentKind::Vision && !learned && traits.rotary == Rotary::None {
            traits.rotary = Rotary::Unknown;
        }
        Self { kind, config, tensors, width, turned: votes > 0, traits }
    }

    fn read(mut self, read: &Reader<'_>, left_out: &mut Vec<String>) -> Result<Option<Tower>, MeasureError> {
        if self.width == 0 {
            return Ok(None);
        }
        let mut by_layer: BTreeMap<u32, Vec<&Tensor>> = BTreeMap::new();
        let (mut table, mut outside) = (Matrix::default(), 0);
        for &tensor in self.tensors {
            match (tensor.placement.layer, tensor.placement.role) {
                (Some(layer), role)
                    if !matches!(role, Role::PatchEmbedding | Role::PositionEmbedding | Role::ClassToken) =>
                {
                    by_layer.entry(layer).or_default().push(tensor);
                }
                (_, Role::PatchEmbedding) if !tensor.placement.is_bias => {
                    outside += tensor.parameters();
                    let patches = read(tensor)?;
                    if patches.rows == self.width {
                        table = patches.transposed().stacked(&table);
                    }
                }
                (_, Role::PositionEmbedding) => {
                    outside += tensor.parameters();
                    let flat = read(tensor)?;
                    let rows = flat.data.len() / self.width;
                    if flat.data.len() == rows * self.width {
                        let positions = Matrix::new(rows, self.width, flat.data);
                        if is_sinusoid(&positions) {
                            self.traits.fixed_positions = true;
                        } else {
                            table = table.stacked(&positions);
                        }
                    }
                }
                _ => outside += tensor.parameters(),
            }
        }
        let mut layers = Vec::new();
        for (number, tensors) in by_layer {
            layers.push(self.layer(number, &tensors, read, left_out)?);
        }
        Ok(Some(Tower { kind: self.kind, traits: self.traits, width: self.width, layers, table, outside }))
    }

    /// Rows out, columns from the stream.
    fn reader(&self, raw: Matrix) -> Matrix {
        let square = raw.rows == raw.columns;
        if raw.columns == self.width && !(square && self.turned) { raw } else { raw.transposed() }
    }

    /// Rows in, columns to the stream: the transpose of a matrix stored `out x in`.
    fn writer(&self, raw: Matrix) -> Matrix {
        let square = raw.rows == raw.columns;
        if raw.rows == self.width && !(square && self.turned) { raw.transposed() } else { raw }
    }

    fn layer(
        &self,
        number: u32,
        tensors: &[&Tensor],
        read: &Reader<'_>,
        left_out: &mut Vec<String>,
    ) -> Result<Layer, MeasureError> {
        let mut layer = Layer { number, ..Layer::default() };
        let mut matrices: BTreeMap<(Option<u32>, Role, bool), Matrix> = BTreeMap::new();
        for tensor in tensors {
            let (role, bias) = (tensor.placement.role, tensor.placement.is_bias);
            layer.parameters += tensor.parameters();
            if matches!(role, Role::Gate | Role::Up | Role::Down | Role::GateUp(_) | Role::Router) {
                layer.feed_forward_parameters += tensor.parameters();
            }
            if role == Role::Unknown {
                left_out.push(format!("{} (role not known)", tensor.name));
                continue;
            }
            let raw = read(tensor)?;
            if !raw.is_finite() {
                left_out.push(format!("{} (infinite or not a number)", tensor.name));
                continue;
            }
            if tensor.shape.len() == 3 && tensor.placement.expert.is_none() {
                Self::split_experts(tensor, &raw, &mut matrices);
                continue;
            }
            if tensor.shape.len() == 1 || bias {
                let place = format!("{role:?}{}", if bias { " bias" } else { "" });
                if tensor.placement.expert.is_none() {
                    layer.constant_start.insert(place, raw.data.clone());
                }
            }
            matrices.insert((tensor.placement.expert, role, bias), raw);
        }
        let lacks_one = self.traits.gain_lacks_one;
        let gain = |role: Role| matrices.get(&(None, role, false)).map(|raw| gain_of(raw.data.clone(), lacks_one));
        let before_attention = gain(Role::AttentionNorm).filter(|_| self.traits.norm_first);
        let before_feed_forward =
            gain(Role::FeedForwardNorm).or_else(|| gain(Role::AttentionNorm)).filter(|_| self.traits.norm_first);
        layer.attention = self.attention(&matrices, before_attention.as_deref());
        layer.latents = self.latents(&matrices, before_attention.as_deref());
        let mut experts: Vec<Option<u32>> =
            matrices.keys().filter(|(_, role, _)| *role == Role::Down).map(|&(expert, ..)| expert).collect();
        experts.dedup();
        for expert in experts {
            layer.experts.extend(self.feed_forward(expert, &matrices, before_feed_forward.as_deref()));
        }
        layer.router = matrices.get(&(None, Role::Router, false)).filter(|raw| raw.columns > 1).map(|raw| {
            let mut router = self.reader(raw.clone());
            if let Some(gain) = &before_feed_forward {
                router.scale_columns(gain);
            }
            router
        });
        Ok(layer)
    }

    /// A tensor that holds all experts of a layer, one after the other.
    fn split_experts(tensor: &Tensor, raw: &Matrix, matrices: &mut BTreeMap<(Option<u32>, Role, bool), Matrix>) {
        let (rows, columns) = (tensor.shape[1], tensor.shape[2]);
        let (Ok(rows), Ok(columns)) = (usize::try_from(rows), usize::try_from(columns)) else { return };
        for (expert, row) in (0_u32..).zip(0..raw.rows) {
            let matrix = Matrix::new(rows, columns, raw.row(row).to_vec());
            matrices.insert((Some(expert), tensor.placement.role, false), matrix);
        }
    }

    fn attention(
        &self,
        matrices: &BTreeMap<(Option<u32>, Role, bool), Matrix>,
        gain: Option<&[f32]>,
    ) -> Option<Attention> {
        let output = self.writer(matrices.get(&(None, Role::Output, false))?.clone());
        let config_heads =
            self.config.number(&["num_attention_heads", "n_head", "num_heads", "attention_heads", "n_heads"]);
        let head_width = self
            .config
            .number(&["head_dim", "v_head_dim"])
            .filter(|width| *width > 0 && output.rows.is_multiple_of(*width))
            .or_else(|| {
                config_heads
                    .filter(|heads| *heads > 0 && output.rows.is_multiple_of(*heads))
                    .map(|heads| output.rows / heads)
            })?;
        let heads = output.rows / head_width;
        let (mut query, mut key, mut value, biases);
        let bias = |role: Role| matrices.get(&(None, role, true)).map(|raw| raw.data.clone()).unwrap_or_default();
        if let Some((&(_, role, _), raw)) =
            matrices.iter().find(|((_, role, bias), _)| matches!(role, Role::QueryKeyValue(_)) && !bias)
        {
            let fused = self.reader(raw.clone());
            let Role::QueryKeyValue(fusion) = role else { return None };
            let kv_heads = fused.rows.checked_sub(output.rows)? / 2 / head_width;
            if kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
                return None;
            }
            let orders = fused_orders(fusion, heads, kv_heads, head_width);
            [query, key, value] = orders.clone().map(|order| fused.take_rows(order));
            let all = bias(role);
            biases = orders.map(|order| order.iter().filter_map(|&row| all.get(row).copied()).collect());
        } else {
            let take = |role: Role| matrices.get(&(None, role, false)).map(|raw| self.reader(raw.clone()));
            (query, key, value) = (take(Role::Query)?, take(Role::Key)?, take(Role::Value)?);
            biases = [bias(Role::Query), bias(Role::Key), bias(Role::Value)];
        }
        if let Some(gain) = gain {
            for matrix in [&mut query, &mut key, &mut value] {
                matrix.scale_columns(gain);
            }
        }
        let kv_heads = value.rows / head_width;
        let fits = query.rows == heads * head_width
            && key.rows == value.rows
            && kv_heads > 0
            && heads.is_multiple_of(kv_heads)
            && [&query, &key, &value, &output].iter().all(|matrix| matrix.columns == self.width);
        fits.then_some(Attention { heads, kv_heads, head_width, query, key, value, output, biases })
    }

    fn latents(
        &self,
        matrices: &BTreeMap<(Option<u32>, Role, bool), Matrix>,
        gain: Option<&[f32]>,
    ) -> Vec<(Matrix, Matrix)> {
        [(Role::QueryDown, Role::QueryUp), (Role::KeyValueDown, Role::KeyValueUp)]
            .into_iter()
            .filter_map(|(down, up)| {
                let mut into = self.reader(matrices.get(&(None, down, false))?.clone());
                let out = matrices.get(&(None, up, false))?.transposed();
                if let Some(gain) = gain {
                    into.scale_columns(gain);
                }
                // The rows beyond the latent are the shared rotary key, which has another symmetry.
                (into.rows >= out.rows).then(|| (into.take_rows(0..out.rows), out))
            })
            .collect()
    }

    fn feed_forward(
        &self,
        expert: Option<u32>,
        matrices: &BTreeMap<(Option<u32>, Role, bool), Matrix>,
        gain: Option<&[f32]>,
    ) -> Option<FeedForward> {
        let get = |role: Role| matrices.get(&(expert, role, false)).cloned();
        let down = self.writer(get(Role::Down)?);
        let fused = [Halves::GateFirst, Halves::Interleaved]
            .into_iter()
            .find_map(|halves| Some((halves, get(Role::GateUp(halves))?)));
        let (mut gate, mut up) = match fused {
            Some((halves, raw)) => {
                let both = self.reader(raw);
                let m = both.rows / 2;
                match halves {
                    Halves::GateFirst => (Some(both.take_rows(0..m)), both.take_rows(m..2 * m)),
                    Halves::Interleaved => {
                        (Some(both.take_rows((0..m).map(|row| 2 * row))), both.take_rows((0..m).map(|row| 2 * row + 1)))
                    }
                }
            }
            None => (get(Role::Gate).map(|raw| self.reader(raw)), self.reader(get(Role::Up)?)),
        };
        if let Some(gain) = gain {
            up.scale_columns(gain);
            if let Some(gate) = &mut gate {
                gate.scale_columns(gain);
            }
        }
        let up_bias = matrices.get(&(expert, Role::Up, true)).map(|raw| raw.data.clone()).unwrap_or_default();
        let fits = up.rows == down.rows
            && up.columns == self.width
            && down.columns == self.width
            && gate.as_ref().is_none_or(|gate| gate.rows == up.rows && gate.columns == self.width);
        fits.then_some(FeedForward { gate, up, down, up_bias })
    }
}

/// Rows of query, key and value in a fused tensor.
fn fused_orders(fusion: Fusion, heads: usize, kv_heads: usize, head_width: usize) -> [Vec<usize>; 3] {
    let (queries, keys) = (heads * head_width, kv_heads * head_width);
    match fusion {
        Fusion::Blocks => [
            (0..queries).collect(),
            (queries..queries + keys).collect(),
            (queries + keys..queries + 2 * keys).collect(),
        ],
        Fusion::Grouped => {
            let group = heads / kv_heads * head_width;
            let stride = group + 2 * head_width;
            let part = |offset: usize, length: usize| {
                (0..kv_heads).flat_map(|head| (0..length).map(move |row| head * stride + offset + row)).collect()
            };
            [part(0, group), part(group, head_width), part(group + head_width, head_width)]
        }
    }
}

/// Whether a table of positions is computed: sines and cosines give every row the same length, and the first is 0s and 1s.
fn is_sinusoid(positions: &Matrix) -> bool {
    let half = positions.columns as f64 / 2.0;
    positions.rows > 1
        && (0..positions.rows).all(|row| {
            let square = super::matrix::dot(positions.row(row), positions.row(row));
            (square - half).abs() < 0.02 * half
        })
        && positions.row(0).iter().all(|value| value.abs() < 0.02 || (value.abs() - 1.0).abs() < 0.02)
}
