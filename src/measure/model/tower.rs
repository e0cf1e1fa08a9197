//! One tower from its tensors: which matrices its layers have, read unit by unit as the plan says.

use std::collections::BTreeMap;

use crate::measure::MeasureError;
use crate::measure::model::load::{Stored, gain_of, picked};
use crate::measure::model::plan::{Sample, evenly, head_channels, spread};
use crate::measure::model::shape::{Attention, Extent, FeedForward, Layer, Tower};
use crate::measure::progress::{Progress, Step};
use crate::measure::stats::matrix::Matrix;
use crate::text::{Says, says};
use crate::weights::{
    ComponentKind, Config, Fusion, Halves, NormKind, Numbers, Role, Rotary, Tensor, Traits, traits_by_shape, traits_of,
};

pub(in crate::measure) struct TowerReader<'a> {
    kind: ComponentKind,
    config: &'a Config,
    tensors: &'a [&'a Tensor],
    width: usize,
    turned: bool,
    traits: Traits,
    numbers: &'a Numbers<'a>,
    sample: Sample,
    /// Channels of the stream that are held.
    channels: Vec<usize>,
}

/// The matrices of one layer by expert, role and whether they are biases.
type Parts<'a> = BTreeMap<(Option<u32>, Role), Stored<'a>>;
/// Its vectors likewise.
type Vectors = BTreeMap<(Option<u32>, Role, bool), Vec<f32>>;

impl<'a> TowerReader<'a> {
    pub(in crate::measure) fn new(
        kind: ComponentKind,
        config: &'a Config,
        tensors: &'a [&'a Tensor],
        table_width: usize,
        (numbers, sample): (&'a Numbers<'a>, Sample),
    ) -> Self {
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
            .unwrap_or(table_width);
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
        traits.gain_lacks_one &= !config.has_whole_gains();
        if kind == ComponentKind::Vision && !learned && traits.rotary == Rotary::None {
            traits.rotary = Rotary::Unknown;
        }
        let channels = spread(width, sample.columns_of(width));
        Self { kind, config, tensors, width, turned: votes > 0, traits, numbers, sample, channels }
    }

    pub(in crate::measure) fn read(
        mut self,
        left_out: &mut Vec<Says>,
        progress: &Progress,
    ) -> Result<Option<Tower>, MeasureError> {
        if self.channels.is_empty() {
            return Ok(None);
        }
        let mut by_layer: BTreeMap<u32, Vec<&Tensor>> = BTreeMap::new();
        let (mut table, mut outside, mut pixels) = (Matrix::default(), 0, 0);
        for &tensor in self.tensors {
            match (tensor.placement.layer, tensor.placement.role) {
                (Some(layer), role)
                    if !matches!(role, Role::PatchEmbedding | Role::PositionEmbedding | Role::ClassToken) =>
                {
                    by_layer.entry(layer).or_default().push(tensor);
                    continue;
                }
                (_, Role::PatchEmbedding) if !tensor.placement.is_bias => {
                    let stored = Stored::of(tensor);
                    if stored.rows == self.width {
                        let features = spread(stored.columns, self.sample.tokens);
                        pixels += features.len();
                        table = stored.read(self.numbers, &features, false, &self.channels)?.stacked(&table);
                    }
                }
                (_, Role::PositionEmbedding) => {
                    let values = self.numbers.read(tensor)?;
                    if values.len().is_multiple_of(self.width) {
                        let positions = Matrix::new(values.len() / self.width, self.width, values);
                        if is_sinusoid(&positions) {
                            self.traits.fixed_positions = true;
                        } else {
                            let kept = positions.take_rows(spread(positions.rows, self.sample.tokens));
                            table = table.stacked(&kept.take_columns(&self.channels));
                        }
                    }
                }
                _ => {}
            }
            outside += tensor.parameters();
        }
        table.blank_broken_rows();
        progress.tell(Step::Read(self.numbers.bytes_since()));
        let by_layer: Vec<(u32, Vec<&Tensor>)> = by_layer.into_iter().collect();
        let kept = evenly(by_layer.len(), self.sample.layers);
        let stands_for = by_layer.len() as f64 / kept.len().max(1) as f64;
        let (mut layers, mut neurons) = (Vec::new(), 0);
        for (number, tensors) in kept.into_iter().map(|at| &by_layer[at]) {
            let mut layer = self.layer(*number, tensors, left_out, &mut neurons)?;
            // A layer that was read stands for its neighbours that were not.
            for count in [&mut layer.parameters, &mut layer.feed_forward_parameters] {
                *count = times(*count, stands_for);
            }
            layers.push(layer);
            progress.tell(Step::Read(self.numbers.bytes_since()));
        }
        let extent = Extent { width: self.width, layers: by_layer.len(), neurons, pixels };
        Ok(Some(Tower {
            kind: self.kind,
            traits: self.traits,
            width: self.channels.len(),
            extent,
            turned: self.turned,
            layers,
            table,
            outside,
        }))
    }

    /// One layer of the tower, by its number.
    pub(in crate::measure) fn one(&self, number: u32) -> Result<Layer, MeasureError> {
        let of_it = |tensor: &&&Tensor| {
            let (layer, role) = (tensor.placement.layer, tensor.placement.role);
            layer == Some(number) && !matches!(role, Role::PatchEmbedding | Role::PositionEmbedding | Role::ClassToken)
        };
        let tensors: Vec<&Tensor> = self.tensors.iter().filter(of_it).copied().collect();
        self.layer(number, &tensors, &mut Vec::new(), &mut 0)
    }

    fn layer(
        &self,
        number: u32,
        tensors: &[&'a Tensor],
        left_out: &mut Vec<Says>,
        most_neurons: &mut usize,
    ) -> Result<Layer, MeasureError> {
        let mut layer = Layer { number, ..Layer::default() };
        let (mut parts, mut vectors): (Parts<'_>, Vectors) = (BTreeMap::new(), BTreeMap::new());
        for &tensor in tensors {
            let (role, bias, expert) = (tensor.placement.role, tensor.placement.is_bias, tensor.placement.expert);
            layer.parameters += tensor.parameters();
            if matches!(role, Role::Gate | Role::Up | Role::Down | Role::GateUp(_) | Role::Router) {
                layer.feed_forward_parameters += tensor.parameters();
            }
            match tensor.shape.len() {
                _ if role == Role::Unknown => {
                    left_out.push(says(
                        format!("{} (역할을 모른다)", tensor.name),
                        format!("{} (role not known)", tensor.name),
                    ));
                }
                0 | 1 => {
                    let values = self.numbers.read(tensor)?;
                    if expert.is_none() && (values.len() == self.width || self.channels.len() == self.width) {
                        let held = picked(&values, self.width, &self.channels);
                        layer.constant_start.insert(format!("{role:?}{}", if bias { " bias" } else { "" }), held);
                    }
                    vectors.insert((expert, role, bias), values);
                }
                3 if expert.is_none() => {
                    parts.extend((0_u32..).zip(Stored::experts(tensor)).map(|(at, stored)| ((Some(at), role), stored)));
                }
                _ => {
                    parts.insert((expert, role), Stored::of(tensor));
                }
            }
        }
        let gain = |role: Role| {
            let found = vectors.get(&(None, role, false)).filter(|_| self.traits.norm_first)?;
            Some(picked(&gain_of(found.clone(), self.traits.gain_lacks_one), self.width, &self.channels))
        };
        let before_attention = gain(Role::AttentionNorm);
        let before_feed_forward = gain(Role::FeedForwardNorm).or_else(|| before_attention.clone());
        layer.attention = self.attention(&parts, &vectors, before_attention.as_deref())?;
        layer.latents = self.latents(&parts, before_attention.as_deref())?;
        let mut experts: Vec<Option<u32>> =
            parts.keys().filter(|(_, role)| *role == Role::Down).map(|&(expert, _)| expert).collect();
        experts.truncate(self.sample.experts);
        for expert in experts {
            if let Some((part, neurons)) =
                self.feed_forward(expert, &parts, &vectors, before_feed_forward.as_deref())?
            {
                *most_neurons = neurons.max(*most_neurons);
                layer.experts.push(part);
            }
        }
        if let Some(router) = parts.get(&(None, Role::Router)) {
            let units = spread(self.reading(router).0, self.sample.routes);
            let rows = self.read_units(router, &units, true, before_feed_forward.as_deref())?;
            layer.router = (rows.columns > 0).then_some(rows);
        }
        let usable = |matrix: &Matrix| matrix.is_finite() && !matrix.repeats_a_row();
        let finite = layer
            .attention
            .iter()
            .all(|part| [&part.query, &part.key, &part.value, &part.output].into_iter().all(usable))
            && layer.experts.iter().all(|part| usable(part.leading()) && usable(&part.up) && usable(&part.down))
            && layer.router.iter().all(usable)
            && layer.latents.iter().all(|(into, from)| usable(into) && usable(from));
        if !finite {
            let id = self.kind.id();
            left_out.push(says(
                format!("{id}의 층 {number} (무한대이거나, 수가 아니거나, 한 행이 되풀이된다)"),
                format!("layer {number} ({id} is infinite, not a number, or one row again and again)"),
            ));
            layer = Layer {
                number,
                parameters: layer.parameters,
                feed_forward_parameters: layer.feed_forward_parameters,
                ..Layer::default()
            };
        }
        Ok(layer)
    }

    /// Units of a matrix that reads the stream, and whether they are its rows.
    fn reading(&self, stored: &Stored<'_>) -> (usize, bool) {
        let square = stored.rows == stored.columns;
        if stored.columns == self.width && !(square && self.turned) {
            (stored.rows, true)
        } else {
            (stored.columns, false)
        }
    }

    /// Units of a matrix that writes to the stream, and whether they are its rows.
    fn writing(&self, stored: &Stored<'_>) -> (usize, bool) {
        let square = stored.rows == stored.columns;
        if stored.rows == self.width && !(square && self.turned) {
            (stored.columns, false)
        } else {
            (stored.rows, true)
        }
    }

    fn read_units(
        &self,
        stored: &Stored<'_>,
        units: &[usize],
        reads: bool,
        gain: Option<&[f32]>,
    ) -> Result<Matrix, MeasureError> {
        let by_row = if reads { self.reading(stored).1 } else { self.writing(stored).1 };
        let across = if by_row { stored.columns } else { stored.rows };
        if across != self.width {
            return Ok(Matrix::zero(units.len(), 0));
        }
        let mut out = stored.read(self.numbers, units, by_row, &self.channels)?;
        if let Some(gain) = gain {
            out.scale_columns(gain);
        }
        Ok(out)
    }

    fn attention(
        &self,
        parts: &Parts<'_>,
        vectors: &Vectors,
        gain: Option<&[f32]>,
    ) -> Result<Option<Attention>, MeasureError> {
        let Some((output, shape, sources)) = self.attention_shape(parts) else { return Ok(None) };
        let (heads, kv_heads, width) = shape;
        let kept_heads = kv_heads.min(self.sample.heads);
        let channels = head_channels(width, self.sample.channels, self.traits.rotary);
        let group = heads / kv_heads;
        let kept_queries = group.min(self.sample.queries);
        let rows = |heads: &mut dyn Iterator<Item = usize>| -> Vec<usize> {
            heads.flat_map(|head| channels.iter().map(move |channel| head * width + channel)).collect()
        };
        let query_rows =
            rows(&mut (0..kept_heads).flat_map(|head| (0..kept_queries).map(move |query| head * group + query)));
        let key_rows = rows(&mut (0..kept_heads));
        let mut matrices = Vec::with_capacity(3);
        let mut biases: [Vec<f32>; 3] = Default::default();
        for (at, wanted) in [&query_rows, &key_rows, &key_rows].into_iter().enumerate() {
            let (stored, role, order) = &sources[at];
            let units: Vec<usize> = wanted.iter().map(|&row| order.as_ref().map_or(row, |order| order[row])).collect();
            matrices.push(self.read_units(stored, &units, true, gain)?);
            let bias = vectors.get(&(None, *role, true)).map_or(&[][..], Vec::as_slice);
            biases[at] = units.iter().filter_map(|&row| bias.get(row).copied()).collect();
        }
        let output = self.read_units(&output, &query_rows, false, None)?;
        let [query, key, value] = <[Matrix; 3]>::try_from(matrices).unwrap_or_default();
        let fits = [&query, &key, &value, &output].iter().all(|matrix| matrix.columns == self.channels.len());
        let part = Attention {
            heads: kept_heads * kept_queries,
            kv_heads: kept_heads,
            head_width: channels.len(),
            whole_head: width,
            query,
            key,
            value,
            output,
            biases,
        };
        Ok(fits.then_some(part))
    }

    /// Output, the numbers of heads, of key-value heads and of channels, and where query, key and value are read from.
    #[expect(clippy::type_complexity, reason = "three sources, each a matrix, its role and its rows in a fused one")]
    fn attention_shape<'b>(
        &self,
        parts: &Parts<'b>,
    ) -> Option<(Stored<'b>, (usize, usize, usize), [(Stored<'b>, Role, Option<Vec<usize>>); 3])> {
        let output = *parts.get(&(None, Role::Output))?;
        let wide = self.writing(&output).0;
        let divides = |number: usize| number > 0 && wide.is_multiple_of(number);
        let head_width =
            self.config.number(&["head_dim", "v_head_dim"]).filter(|width| divides(*width)).or_else(|| {
                let own = if self.kind == ComponentKind::Text {
                    "decoder_attention_heads"
                } else {
                    "encoder_attention_heads"
                };
                let usual = ["num_attention_heads", "n_head", "num_heads", "attention_heads", "n_heads"];
                let heads = self.config.number(&[own]).or_else(|| self.config.number(&usual));
                heads.filter(|heads| divides(*heads)).map(|heads| wide / heads)
            })?;
        let heads = wide / head_width;
        if let Some((&(_, role), &fused)) = parts.iter().find(|((_, role), _)| matches!(role, Role::QueryKeyValue(_))) {
            let Role::QueryKeyValue(fusion) = role else { return None };
            let kv_heads = self.reading(&fused).0.checked_sub(wide)? / 2 / head_width;
            if kv_heads == 0
                || !heads.is_multiple_of(kv_heads)
                || self.reading(&fused).0 != wide + 2 * kv_heads * head_width
            {
                return None;
            }
            let sources = fused_orders(fusion, heads, kv_heads, head_width).map(|order| (fused, role, Some(order)));
            return Some((output, (heads, kv_heads, head_width), sources));
        }
        let take = |role: Role| parts.get(&(None, role)).map(|stored| (*stored, role, None));
        let sources = [take(Role::Query)?, take(Role::Key)?, take(Role::Value)?];
        let units = sources.each_ref().map(|source| self.reading(&source.0).0);
        let kv_heads = units[1] / head_width;
        let fits = units == [wide, kv_heads * head_width, kv_heads * head_width]
            && kv_heads > 0
            && heads.is_multiple_of(kv_heads);
        fits.then_some((output, (heads, kv_heads, head_width), sources))
    }

    fn latents(&self, parts: &Parts<'_>, gain: Option<&[f32]>) -> Result<Vec<(Matrix, Matrix)>, MeasureError> {
        let mut out = Vec::new();
        for (down, up) in [(Role::QueryDown, Role::QueryUp), (Role::KeyValueDown, Role::KeyValueUp)] {
            if let (Some(into), Some(from)) = (parts.get(&(None, down)), parts.get(&(None, up))) {
                // The rows into the latent beyond its width are the shared rotary key, which has another symmetry.
                let latent = from.columns.min(self.reading(into).0);
                let units = spread(latent, self.sample.neurons);
                let rows = self.read_units(into, &units, true, gain)?;
                if rows.columns > 0 {
                    let wide = spread(from.rows, self.sample.columns);
                    out.push((rows, from.read(self.numbers, &units, false, &wide)?));
                }
            }
        }
        Ok(out)
    }

    /// A feed-forward part with the number of its neurons in the file.
    fn feed_forward(
        &self,
        expert: Option<u32>,
        parts: &Parts<'_>,
        vectors: &Vectors,
        gain: Option<&[f32]>,
    ) -> Result<Option<(FeedForward, usize)>, MeasureError> {
        let get = |role: Role| parts.get(&(expert, role)).copied();
        let Some(down) = get(Role::Down) else { return Ok(None) };
        let neurons = self.writing(&down).0;
        let units = spread(neurons, self.sample.neurons);
        let fused = [Halves::GateFirst, Halves::Interleaved]
            .into_iter()
            .find_map(|halves| Some((halves, get(Role::GateUp(halves))?)));
        let count = |stored: Option<Stored<'_>>| stored.map(|stored| self.reading(&stored).0);
        let fits = match fused {
            Some((_, both)) => count(Some(both)) == Some(2 * neurons),
            None => {
                count(get(Role::Up)) == Some(neurons) && count(get(Role::Gate)).is_none_or(|gates| gates == neurons)
            }
        };
        if !fits {
            return Ok(None);
        }
        let (gate, up) = if let Some((halves, both)) = fused {
            let place = |second: usize| -> Vec<usize> {
                units
                    .iter()
                    .map(|&unit| if halves == Halves::GateFirst { second * neurons + unit } else { 2 * unit + second })
                    .collect()
            };
            (Some(self.read_units(&both, &place(0), true, gain)?), self.read_units(&both, &place(1), true, gain)?)
        } else {
            let Some(up) = get(Role::Up) else { return Ok(None) };
            let gate = get(Role::Gate).map(|gate| self.read_units(&gate, &units, true, gain)).transpose()?;
            (gate, self.read_units(&up, &units, true, gain)?)
        };
        let down = self.read_units(&down, &units, false, None)?;
        let bias = vectors.get(&(expert, Role::Up, true)).map_or(&[][..], Vec::as_slice);
        let up_bias = units.iter().filter_map(|&unit| bias.get(unit).copied()).collect();
        let fits = [&up, &down].into_iter().chain(&gate).all(|matrix| matrix.columns == self.channels.len());
        Ok(fits.then_some((FeedForward { gate, up, down, up_bias }, neurons)))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are far below 2^53")]
pub(in crate::measure) fn times(count: u64, factor: f64) -> u64 {
    (count as f64 * factor).round() as u64
}

/// Rows of query, key and value in a fused tensor.
pub(in crate::measure) fn fused_orders(
    fusion: Fusion,
    heads: usize,
    kv_heads: usize,
    head_width: usize,
) -> [Vec<usize>; 3] {
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
            let square = crate::measure::stats::matrix::dot(positions.row(row), positions.row(row));
            (square - half).abs() < 0.02 * half
        })
        && positions.row(0).iter().all(|value| value.abs() < 0.02 || (value.abs() - 1.0).abs() < 0.02)
}
