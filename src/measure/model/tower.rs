//! One tower from its tensors: which matrices its layers have, read unit by unit as the plan says.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::MeasureError;
use crate::measure::model::heads::{HeadFault, Heads, Rows, Stated, fused_orders};
use crate::measure::model::lost::Lost;
use crate::measure::model::plan::{Sample, evenly, head_channels, spread};
use crate::measure::model::shape::{Attention, Extent, Layer, Passive, Tower};
use crate::measure::model::stacks::TowerParts;
use crate::measure::model::stored::{Stored, gain_of, picked};
use crate::measure::model::told::{is_norm, measured_head, stream_width, traits_of_tower};
use crate::measure::progress::{Progress, Step};
use crate::measure::stats::matrix::Matrix;
use crate::text::{Says, clean, says};
use crate::weights::{ComponentKind, Numbers, Role, Tensor, Traits};

pub(in crate::measure) struct TowerReader<'a> {
    parts: &'a TowerParts<'a>,
    width: usize,
    turned: bool,
    traits: Traits,
    heads: Stated,
    numbers: &'a Numbers<'a>,
    pub(super) sample: Sample,
    /// Channels of the stream that are held.
    pub(super) channels: Vec<usize>,
}

/// The matrices of one layer by expert and role.
pub(super) type Parts<'a> = BTreeMap<(Option<u32>, Role), Stored<'a>>;
/// Its vectors by expert, role and whether they are biases.
pub(super) type Vectors = BTreeMap<(Option<u32>, Role, bool), Vec<f32>>;

impl<'a> TowerReader<'a> {
    pub(in crate::measure) fn new(
        parts: &'a TowerParts<'a>,
        table_width: usize,
        (numbers, sample): (&'a Numbers<'a>, Sample),
    ) -> Self {
        let width = stream_width(parts, table_width);
        let votes: i64 = parts
            .tensors
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
        let side = ["encoder", "decoder"].into_iter().find(|side| parts.is_side(side));
        let side = side.unwrap_or(if parts.kind == ComponentKind::Text { "decoder" } else { "encoder" });
        Self {
            parts,
            width,
            turned: votes > 0,
            traits: traits_of_tower(parts),
            heads: Stated::of(&parts.config, side),
            numbers,
            sample,
            channels: spread(width, sample.columns_of(width)),
        }
    }

    pub(in crate::measure) fn read(
        mut self,
        left_out: &mut Vec<Says>,
        progress: &Progress,
    ) -> Result<Option<Tower>, MeasureError> {
        if self.channels.is_empty() {
            return Ok(None);
        }
        let mut lost = Lost::default();
        let (table, pixels, outside) = self.outside(&mut lost)?;
        let passive = self.passive(&lost)?;
        progress.tell(Step::Read(self.numbers.bytes_since()));
        let not_compared_outside = std::mem::take(&mut lost.numbers);
        let mut by_layer: BTreeMap<u32, Vec<&Tensor>> = BTreeMap::new();
        for tensor in self.parts.tensors.iter().filter(|tensor| !is_outside(tensor)) {
            by_layer.entry(tensor.placement.layer.unwrap_or_default()).or_default().push(tensor);
        }
        let by_layer: Vec<(u32, Vec<&Tensor>)> = by_layer.into_iter().collect();
        let kept = evenly(by_layer.len(), self.sample.layers);
        let stands_for = by_layer.len() as f64 / kept.len().max(1) as f64;
        let (mut layers, mut neurons) = (Vec::new(), 0);
        for (number, tensors) in kept.into_iter().map(|at| &by_layer[at]) {
            let mut layer = self.layer(*number, tensors, &mut lost, &mut neurons)?;
            // A layer that was read stands for its neighbours that were not.
            for count in [&mut layer.parameters, &mut layer.feed_forward_parameters] {
                *count = times(*count, stands_for);
            }
            layers.push(layer);
            progress.tell(Step::Read(self.numbers.bytes_since()));
        }
        let extent = Extent { width: self.width, layers: by_layer.len(), neurons, pixels };
        left_out.append(&mut lost.said);
        Ok(Some(Tower {
            id: self.parts.id.clone(),
            kind: self.parts.kind,
            stack: self.parts.stack,
            traits: self.traits,
            width: self.channels.len(),
            extent,
            turned: self.turned,
            layers,
            table,
            outside,
            not_compared: times(1, not_compared_outside + lost.numbers * stands_for),
            passive,
        }))
    }

    /// What no layer holds: the table of pixels and positions, the number of its pixels, and how many trained
    /// numbers there are.
    fn outside(&mut self, lost: &mut Lost) -> Result<(Matrix, usize, u64), MeasureError> {
        let (mut table, mut outside, mut pixels) = (Matrix::default(), 0, 0);
        for tensor in self.parts.tensors.iter().filter(|tensor| is_outside(tensor)) {
            match tensor.placement.role {
                Role::PatchEmbedding if !tensor.placement.is_bias => {
                    let stored = Stored::of(tensor);
                    if stored.rows == self.width {
                        let features = spread(stored.columns, self.sample.tokens);
                        pixels += features.len();
                        table = stored.read(self.numbers, &features, false, &self.channels)?.stacked(&table);
                    }
                }
                Role::PositionEmbedding => {
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
                _ if tensor.shape.len() > 1 => lost.numbers += tensor.parameters() as f64,
                _ => {}
            }
            outside += tensor.parameters();
        }
        table.blank_broken_rows();
        Ok((table, pixels, outside))
    }

    /// What was lost outside the layers, and the pooler among it, read by its units.
    fn passive(&self, lost: &Lost) -> Result<Passive, MeasureError> {
        let is_pooler = |tensor: &&&Tensor| {
            let square = tensor.shape == [self.width as u64, self.width as u64];
            square && is_outside(tensor) && tensor.name.split('.').any(|segment| segment == "pooler")
        };
        let mut out = Passive { parameters: times(1, lost.numbers), ..Passive::default() };
        if let Some(tensor) = self.parts.tensors.iter().find(is_pooler) {
            let units = spread(self.width, self.sample.neurons);
            out.pooler = Some(Stored::of(tensor).read(self.numbers, &units, true, &self.channels)?);
            out.of_pooler = tensor.parameters();
        }
        Ok(out)
    }

    /// One layer of the tower, by its number.
    pub(in crate::measure) fn one(&self, number: u32) -> Result<Layer, MeasureError> {
        self.layer(number, &self.tensors_of(number), &mut Lost::default(), &mut 0)
    }

    /// The tensors of a layer.
    pub(super) fn tensors_of(&self, number: u32) -> Vec<&'a Tensor> {
        let of_it = |tensor: &&&Tensor| tensor.placement.layer == Some(number) && !is_outside(tensor);
        self.parts.tensors.iter().filter(of_it).copied().collect()
    }

    fn layer(
        &self,
        number: u32,
        tensors: &[&'a Tensor],
        lost: &mut Lost,
        most_neurons: &mut usize,
    ) -> Result<Layer, MeasureError> {
        let mut layer = Layer { number, ..Layer::default() };
        for tensor in tensors {
            layer.parameters += tensor.parameters();
            let role = tensor.placement.role;
            if role.is_of_feed_forward() || matches!(role, Role::Router | Role::SharedGate) {
                layer.feed_forward_parameters += tensor.parameters();
            }
        }
        let parts = self.matrices(tensors, lost);
        let (vectors, starts) = self.vectors(tensors, lost)?;
        layer.constant_start = starts;
        let [before_attention, before_feed_forward] = self.gains(&vectors, tensors);
        let of = |wanted: &dyn Fn(Role) -> bool| -> f64 {
            parts.iter().filter(|((_, role), _)| wanted(*role)).map(|(_, stored)| stored.numbers() as f64).sum()
        };
        layer.attention =
            match self.attention(&parts, &vectors, measured_head(tensors), before_attention.as_deref(), lost)? {
                Ok(found) => Some(found),
                Err(fault) => {
                    lost.numbers += of(&Role::is_of_attention);
                    if let Some(fault) = fault {
                        lost.say(fault.says(&self.parts.id));
                    }
                    None
                }
            };
        layer.latents = self.latents(&parts, before_attention.as_deref(), lost)?;
        if layer.latents.is_empty() {
            lost.numbers += of(&Role::is_of_latents);
        }
        let mut experts: Vec<Option<u32>> =
            parts.keys().filter(|(_, role)| *role == Role::Down).map(|&(expert, _)| expert).collect();
        experts.truncate(self.sample.experts);
        let asked = experts.len();
        for expert in experts {
            if let Some((part, neurons)) =
                self.feed_forward(expert, &parts, &vectors, before_feed_forward.as_deref(), lost)?
            {
                *most_neurons = neurons.max(*most_neurons);
                layer.experts.push(part);
            }
        }
        lost.numbers += of(&Role::is_of_feed_forward) * (1.0 - layer.experts.len() as f64 / asked.max(1) as f64);
        if layer.experts.is_empty() && of(&Role::is_of_feed_forward) > 0.0 {
            let id = &self.parts.id;
            lost.say(says(
                format!("{id}의 피드포워드 (모양이 서로 맞지 않는 층이 있다)"),
                format!("feed-forward part of {id} (in some layers its matrices do not fit together)"),
            ));
        }
        if let Some(router) = parts.get(&(None, Role::Router)) {
            let units = spread(self.reading(router).0, self.sample.routes);
            let rows = self.read_units(router, &units, true, before_feed_forward.as_deref(), lost)?;
            layer.router = (rows.columns > 0).then_some(rows);
        }
        if layer.router.is_none() {
            lost.numbers += of(&|role| role == Role::Router);
        }
        Ok(layer)
    }

    /// Gains of the norms that stand before attention and before the feed-forward part, of the channels that are held.
    pub(super) fn gains(&self, vectors: &Vectors, tensors: &[&Tensor]) -> [Option<Vec<f32>>; 2] {
        let gain = |role: Role| {
            let found = vectors.get(&(None, role, false)).filter(|_| self.traits.norm_first && !self.parts.cross)?;
            Some(picked(&gain_of(found.clone(), self.traits.gain_lacks_one), self.width, &self.channels))
        };
        let before_attention = gain(Role::AttentionNorm);
        let before_feed_forward = gain(Role::FeedForwardNorm).or_else(|| {
            // One norm stands before both parts of a layer that has no other.
            let norms = tensors.iter().filter(|tensor| self.is_norm_of_stream(tensor)).count();
            before_attention.clone().filter(|_| norms == 1)
        });
        [before_attention, before_feed_forward]
    }

    /// The matrices of a layer. Where several claim one place none has it; all of them are named.
    pub(super) fn matrices(&self, tensors: &[&'a Tensor], lost: &mut Lost) -> Parts<'a> {
        let mut claims: BTreeMap<(Option<u32>, Role), Vec<Stored<'a>>> = BTreeMap::new();
        for &tensor in tensors.iter().filter(|tensor| tensor.shape.len() > 1 && !tensor.placement.is_bias) {
            let (role, expert) = (tensor.placement.role, tensor.placement.expert);
            match tensor.shape.len() {
                _ if role == Role::Unknown => {
                    let name = clean(&tensor.name);
                    lost.say(says(format!("{name} (역할을 모른다)"), format!("{name} (role not known)")));
                    lost.numbers += tensor.parameters() as f64;
                }
                _ if !role.is_of_a_layer() && role != Role::Router => lost.numbers += tensor.parameters() as f64,
                3 if expert.is_none() => {
                    for (at, stored) in (0_u32..).zip(Stored::experts(tensor)) {
                        claims.entry((Some(at), role)).or_default().push(stored);
                    }
                }
                _ => claims.entry((expert, role)).or_default().push(Stored::of(tensor)),
            }
        }
        let mut parts = Parts::new();
        for (place, claims) in claims {
            if let [only] = claims.as_slice() {
                parts.insert(place, *only);
                continue;
            }
            for stored in claims {
                lost.numbers += stored.numbers() as f64;
                let name = clean(stored.name());
                lost.say(says(
                    format!("{name} (다른 텐서도 같은 자리에 있다)"),
                    format!("{name} (another tensor claims the same place)"),
                ));
            }
        }
        parts
    }

    /// Vectors by place, and those that start at a constant by the name of their place. Of two in one place
    /// neither is used, and both are kept apart.
    pub(super) fn vectors(
        &self,
        tensors: &[&'a Tensor],
        lost: &mut Lost,
    ) -> Result<(Vectors, BTreeMap<String, Vec<f32>>), MeasureError> {
        let (mut vectors, mut starts, mut twice) = (Vectors::new(), BTreeMap::new(), BTreeSet::new());
        for &tensor in tensors.iter().filter(|tensor| tensor.shape.len() < 2) {
            let (role, bias, expert) = (tensor.placement.role, tensor.placement.is_bias, tensor.placement.expert);
            let values = self.numbers.read(tensor)?;
            if values.iter().any(|value| !value.is_finite()) {
                let name = clean(&tensor.name);
                lost.say(says(
                    format!("{name} (무한대이거나 수가 아닌 값이 있다)"),
                    format!("{name} (it holds what is infinite or not a number)"),
                ));
                continue;
            }
            if expert.is_none() && (values.len() == self.width || self.channels.len() == self.width) {
                let gain =
                    matches!(role, Role::AttentionNorm | Role::FeedForwardNorm | Role::FinalNorm | Role::OtherNorm)
                        && !bias;
                let held = picked(&values, self.width, &self.channels);
                let held = gain_of(held, gain && self.traits.gain_lacks_one);
                let place = format!("{}{}", role.word(), if bias { " bias" } else { "" });
                let place = if starts.contains_key(&place) { format!("{place} {}", tail(&tensor.name)) } else { place };
                starts.insert(place, held);
            }
            if vectors.insert((expert, role, bias), values).is_some() {
                twice.insert((expert, role, bias));
            }
        }
        vectors.retain(|place, _| !twice.contains(place));
        Ok((vectors, starts))
    }

    fn is_norm_of_stream(&self, tensor: &Tensor) -> bool {
        is_norm(tensor) && !tensor.placement.is_bias && tensor.elements == self.width as u64
    }

    /// Units of a matrix that reads the stream, and whether they are its rows.
    pub(super) fn reading(&self, stored: &Stored<'_>) -> (usize, bool) {
        let square = stored.rows == stored.columns;
        if stored.columns == self.width && !(square && self.turned) {
            (stored.rows, true)
        } else {
            (stored.columns, false)
        }
    }

    /// Units of a matrix that writes to the stream, and whether they are its rows.
    pub(super) fn writing(&self, stored: &Stored<'_>) -> (usize, bool) {
        let square = stored.rows == stored.columns;
        if stored.rows == self.width && !(square && self.turned) {
            (stored.columns, false)
        } else {
            (stored.rows, true)
        }
    }

    /// Units of a matrix; no columns where it cannot be used. Units with numbers that are none are blanked and named.
    pub(super) fn read_units(
        &self,
        stored: &Stored<'_>,
        units: &[usize],
        reads: bool,
        gain: Option<&[f32]>,
        lost: &mut Lost,
    ) -> Result<Matrix, MeasureError> {
        let by_row = if reads { self.reading(stored).1 } else { self.writing(stored).1 };
        let across = if by_row { stored.columns } else { stored.rows };
        if across != self.width {
            return Ok(Matrix::zero(units.len(), 0));
        }
        let mut out = stored.read(self.numbers, units, by_row, &self.channels)?;
        if !usable(&mut out, stored, lost) {
            return Ok(Matrix::zero(units.len(), 0));
        }
        if let Some(gain) = gain {
            out.scale_columns(gain);
        }
        Ok(out)
    }

    /// Attention, or why there is none: no word where the layer has none of its matrices, or where what is
    /// wrong was said of a tensor.
    fn attention(
        &self,
        parts: &Parts<'_>,
        vectors: &Vectors,
        measured: Option<usize>,
        gain: Option<&[f32]>,
        lost: &mut Lost,
    ) -> Result<Result<Attention, Option<HeadFault>>, MeasureError> {
        let plan = match self.attention_plan(parts, measured) {
            Ok(plan) => plan,
            Err(fault) => return Ok(Err(fault)),
        };
        let Heads { heads, kv_heads, width } = plan.heads;
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
            let Source { stored, role, order } = &plan.sources[at];
            let units: Vec<usize> = wanted.iter().map(|&row| order.as_ref().map_or(row, |order| order[row])).collect();
            matrices.push(self.read_units(stored, &units, true, gain, lost)?);
            let bias = vectors.get(&(None, *role, true)).map_or(&[][..], Vec::as_slice);
            biases[at] = units.iter().filter_map(|&row| bias.get(row).copied()).collect();
        }
        let output = self.read_units(&plan.output, &query_rows, false, None, lost)?;
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
        Ok(if fits { Ok(part) } else { Err(None) })
    }

    /// Where query, key, value and output of a layer are read from, and how their rows divide into heads.
    fn attention_plan<'b>(
        &self,
        parts: &Parts<'b>,
        measured: Option<usize>,
    ) -> Result<AttentionPlan<'b>, Option<HeadFault>> {
        if !parts.keys().any(|(_, role)| matches!(role, Role::Key | Role::Value | Role::QueryKeyValue(_))) {
            return Err(None);
        }
        let misfit = Some(HeadFault::Misfit);
        let output = *parts.get(&(None, Role::Output)).ok_or(misfit)?;
        let wide = self.writing(&output).0;
        if let Some((&(_, role), &stored)) = parts.iter().find(|((_, role), _)| matches!(role, Role::QueryKeyValue(_)))
        {
            let Role::QueryKeyValue(fusion) = role else { return Err(misfit) };
            let both = self.reading(&stored).0.checked_sub(wide).filter(|both| both.is_multiple_of(2)).ok_or(misfit)?;
            let heads = Heads::of(Rows { output: wide, keys: both / 2 }, measured, self.heads)?;
            let sources = fused_orders(fusion, heads).map(|order| Source { stored, role, order: Some(order) });
            return Ok(AttentionPlan { output, heads, sources });
        }
        let take = |role: Role| {
            parts.get(&(None, role)).map(|stored| Source { stored: *stored, role, order: None }).ok_or(misfit)
        };
        let sources = [take(Role::Query)?, take(Role::Key)?, take(Role::Value)?];
        let [queries, keys, values] = sources.each_ref().map(|source| self.reading(&source.stored).0);
        if queries != wide || keys != values {
            return Err(misfit);
        }
        let heads = Heads::of(Rows { output: wide, keys }, measured, self.heads)?;
        Ok(AttentionPlan { output, heads, sources })
    }

    fn latents(
        &self,
        parts: &Parts<'_>,
        gain: Option<&[f32]>,
        lost: &mut Lost,
    ) -> Result<Vec<(Matrix, Matrix)>, MeasureError> {
        let mut out = Vec::new();
        for (down, up) in [(Role::QueryDown, Role::QueryUp), (Role::KeyValueDown, Role::KeyValueUp)] {
            if let (Some(into), Some(from)) = (parts.get(&(None, down)), parts.get(&(None, up))) {
                // The rows into the latent beyond its width are the shared rotary key, which has another symmetry.
                let latent = from.columns.min(self.reading(into).0);
                let units = spread(latent, self.sample.neurons);
                let rows = self.read_units(into, &units, true, gain, lost)?;
                if rows.columns > 0 {
                    let wide = spread(from.rows, self.sample.columns);
                    let mut columns = from.read(self.numbers, &units, false, &wide)?;
                    if usable(&mut columns, from, lost) {
                        out.push((rows, columns));
                    }
                }
            }
        }
        Ok(out)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are far below 2^53")]
pub(in crate::measure) fn times(count: u64, factor: f64) -> u64 {
    (count as f64 * factor).round() as u64
}

/// Where a part of attention is read from: a matrix, its role, and its rows in one that is fused.
struct Source<'a> {
    stored: Stored<'a>,
    role: Role,
    order: Option<Vec<usize>>,
}

struct AttentionPlan<'a> {
    output: Stored<'a>,
    heads: Heads,
    sources: [Source<'a>; 3],
}

/// Whether what was read of a matrix can be compared. Units with numbers that are none are blanked; a matrix
/// without any other, or of one row again and
/// again, cannot. What is wrong is said.
fn usable(matrix: &mut Matrix, stored: &Stored<'_>, lost: &mut Lost) -> bool {
    let broken = matrix.blank_broken_rows();
    if broken > 0 {
        lost.broken(stored, broken, matrix.rows);
    }
    if matrix.repeats_a_row() {
        let name = clean(stored.name());
        lost.say(says(format!("{name} (한 행이 되풀이된다)"), format!("{name} (one row again and again)")));
        return false;
    }
    broken < matrix.rows || broken == 0
}

/// Whether a tensor stands in no layer, or is one that no layer has.
fn is_outside(tensor: &Tensor) -> bool {
    let (layer, role) = (tensor.placement.layer, tensor.placement.role);
    layer.is_none() || matches!(role, Role::PatchEmbedding | Role::PositionEmbedding | Role::ClassToken)
}

/// The name behind the first number.
fn tail(name: &str) -> &str {
    let digits = |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    let mut at = 0;
    for segment in name.split('.') {
        at += segment.len() + 1;
        if digits(segment) && at <= name.len() {
            return &name[at..];
        }
    }
    name
}

/// Whether a table of positions is computed: sines and cosines give every row the same length, and the first is
/// 0s and 1s.
fn is_sinusoid(positions: &Matrix) -> bool {
    let half = positions.columns as f64 / 2.0;
    positions.rows > 1
        && (0..positions.rows).all(|row| {
            let square = crate::measure::stats::matrix::dot(positions.row(row), positions.row(row));
            (square - half).abs() < 0.02 * half
        })
        && positions.row(0).iter().all(|value| value.abs() < 0.02 || (value.abs() - 1.0).abs() < 0.02)
}
