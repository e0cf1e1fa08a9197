//! A small Llama-like network that learns to predict a made-up language, so that tests and benchmarks can be shown
//! weights with a true history: RMS norms, rotary attention, gated feed-forward parts, untied head; trained by `AdamW`.
//! Everything follows from seeds.

#![allow(clippy::many_single_char_names, reason = "the names of shapes as they are written everywhere")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

mod chance;
pub(crate) use chance::Chance;

/// Sizes of a network. Heads of `width / heads` channels, one key-value head for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) tokens: usize,
    pub(crate) width: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    pub(crate) neurons: usize,
}

/// Roughly normal numbers: training draws many.
impl Chance {
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1 << 24) as f32
    }

    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

/// A tensor by its name in a checkpoint.
#[derive(Debug, Clone)]
pub(crate) struct Weight {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<f32>,
}

/// A network: embedding, head, last norm, then nine tensors for each layer.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    pub(crate) shape: Shape,
    pub(crate) weights: Vec<Weight>,
}

/// Places of a layer's tensors after [`layer_start`].
const LEAVES: [&str; 9] = [
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.o_proj",
    "mlp.gate_proj",
    "mlp.up_proj",
    "mlp.down_proj",
    "input_layernorm",
    "post_attention_layernorm",
];
const Q: usize = 0;
const K: usize = 1;
const V: usize = 2;
const O: usize = 3;
const GATE: usize = 4;
const UP: usize = 5;
const DOWN: usize = 6;
const NORM1: usize = 7;
const NORM2: usize = 8;
// Places of what stands before the layers.
const EMBED: usize = 0;
const HEAD: usize = 1;
const NORM: usize = 2;

fn layer_start(layer: usize) -> usize {
    3 + layer * LEAVES.len()
}

impl Net {
    /// Fresh random numbers.
    pub(crate) fn fresh(shape: Shape, seed: u64) -> Self {
        let mut chance = Chance(seed);
        let (d, m) = (shape.width, shape.neurons);
        let mut weights = Vec::new();
        let mut put = |name: String, sides: Vec<usize>, spread: f32| {
            let count = sides.iter().product();
            let data = if sides.len() == 1 {
                vec![1.0; count]
            } else {
                (0..count).map(|_| spread * chance.normal()).collect()
            };
            weights.push(Weight { name, shape: sides, data });
        };
        put("model.embed_tokens.weight".to_owned(), vec![shape.tokens, d], 0.3);
        put("lm_head.weight".to_owned(), vec![shape.tokens, d], 0.1);
        put("model.norm.weight".to_owned(), vec![d], 0.0);
        for layer in 0..shape.layers {
            for (at, leaf) in LEAVES.iter().enumerate() {
                let sides = match at {
                    Q | K | V | O => vec![d, d],
                    GATE | UP => vec![m, d],
                    DOWN => vec![d, m],
                    _ => vec![d],
                };
                put(format!("model.layers.{layer}.{leaf}.weight"), sides, 0.12);
            }
        }
        Self { shape, weights }
    }

    fn part(&self, layer: usize, leaf: usize) -> &[f32] {
        &self.weights[layer_start(layer) + leaf].data
    }

    /// Replaces a layer by the layer of another network.
    pub(crate) fn take_layer(&mut self, layer: usize, from: &Self) {
        for leaf in 0..LEAVES.len() {
            let at = layer_start(layer) + leaf;
            self.weights[at].data.clone_from(&from.weights[at].data);
        }
    }

    /// The matrices, without the vectors.
    pub(crate) fn matrices(&mut self) -> impl Iterator<Item = &mut Weight> {
        self.weights.iter_mut().filter(|weight| weight.shape.len() == 2)
    }

    /// Writes a directory that `measure` reads.
    pub(crate) fn write(&self, root: &Path, name: &str) -> PathBuf {
        let directory = root.join(name);
        fs::create_dir_all(&directory).unwrap();
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        for weight in &self.weights {
            let begin = data.len();
            data.extend(weight.data.iter().flat_map(|number| number.to_le_bytes()));
            header.insert(
                weight.name.clone(),
                json!({"dtype": "F32", "shape": weight.shape, "data_offsets": [begin, data.len()]}),
            );
        }
        let json = Value::Object(header).to_string();
        let file = [&(json.len() as u64).to_le_bytes()[..], json.as_bytes(), &data].concat();
        fs::write(directory.join("model.safetensors"), file).unwrap();
        let heads = self.shape.heads;
        let config = json!({"model_type": "llama", "hidden_size": self.shape.width, "num_attention_heads": heads, "num_key_value_heads": heads});
        fs::write(directory.join("config.json"), config.to_string()).unwrap();
        directory
    }
}

/// A language: after each token one of a few others, told by the seed; now and then any, the first the likeliest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language {
    pub(crate) tokens: usize,
    pub(crate) seed: u64,
}

impl Language {
    fn after(self, token: usize, chance: &mut Chance) -> usize {
        let draw = chance.unit();
        let rank = [0.4, 0.65, 0.8, 0.9].iter().position(|edge| draw < *edge);
        match rank {
            Some(rank) => Chance(self.seed ^ ((token * 8 + rank) as u64) << 17).below(self.tokens),
            None => ((self.tokens as f32).powf(chance.unit()) as usize).min(self.tokens) - 1,
        }
    }

    fn text(self, length: usize, chance: &mut Chance) -> Vec<usize> {
        let mut out = vec![chance.below(self.tokens)];
        while out.len() < length {
            out.push(self.after(out[out.len() - 1], chance));
        }
        out
    }
}

/// What a run of training does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Training<'a> {
    pub(crate) language: Language,
    pub(crate) steps: usize,
    /// Greatest learning rate, from which it falls by a half cosine.
    pub(crate) rate: f32,
    pub(crate) seed: u64,
    /// A teacher whose hidden states are to be met after every layer, in its own basis.
    pub(crate) teacher: Option<&'a Net>,
}

const LENGTH: usize = 10;
const BATCH: usize = 8;

/// Trains a network; gives the mean loss of prediction over the last tenth of the steps.
pub(crate) fn train(net: &mut Net, training: Training<'_>) -> f32 {
    let mut chance = Chance(training.seed);
    let zeros: Vec<Vec<f32>> = net.weights.iter().map(|weight| vec![0.0; weight.data.len()]).collect();
    let (mut first, mut second) = (zeros.clone(), zeros.clone());
    let mut last = Vec::new();
    for step in 0..training.steps {
        let mut gradient = zeros.clone();
        let mut loss = 0.0;
        for _ in 0..BATCH {
            let text = training.language.text(LENGTH + 1, &mut chance);
            loss += back(net, &text, training.teacher, &mut gradient) / BATCH as f32;
        }
        let norm = gradient.iter().flatten().map(|value| value * value).sum::<f32>().sqrt() / BATCH as f32;
        let clip = 1.0 / (BATCH as f32 * norm.max(1.0));
        let share = step as f32 / training.steps as f32;
        let rate = training.rate * (0.05 + 0.95 * 0.5 * (1.0 + (std::f32::consts::PI * share).cos()));
        let (unbiased1, unbiased2) = (1.0 - 0.9_f32.powi(step as i32 + 1), 1.0 - 0.95_f32.powi(step as i32 + 1));
        for (at, weight) in net.weights.iter_mut().enumerate() {
            let decay = if weight.shape.len() == 2 { 0.1 * rate } else { 0.0 };
            for (n, value) in weight.data.iter_mut().enumerate() {
                let g = gradient[at][n] * clip;
                first[at][n] = 0.9 * first[at][n] + 0.1 * g;
                second[at][n] = 0.95 * second[at][n] + 0.05 * g * g;
                *value -=
                    decay * *value + rate * (first[at][n] / unbiased1) / ((second[at][n] / unbiased2).sqrt() + 1e-8);
            }
        }
        if step * 10 >= training.steps * 9 {
            last.push(loss);
        }
    }
    last.iter().sum::<f32>() / last.len().max(1) as f32
}

/// What the way back needs of one layer.
struct Kept {
    before: Vec<f32>,
    normed1: Vec<f32>,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    shares: Vec<f32>,
    context: Vec<f32>,
    between: Vec<f32>,
    normed2: Vec<f32>,
    gate: Vec<f32>,
    up: Vec<f32>,
    inner: Vec<f32>,
}

/// Hidden states before the first layer and after each, with what was on the way.
fn forward(net: &Net, text: &[usize]) -> (Vec<Vec<f32>>, Vec<Kept>) {
    let (d, m, h) = (net.shape.width, net.shape.neurons, net.shape.heads);
    let t = text.len();
    let mut stream: Vec<f32> =
        text.iter().flat_map(|&token| net.weights[EMBED].data[token * d..(token + 1) * d].iter().copied()).collect();
    let (mut states, mut kept) = (vec![stream.clone()], Vec::new());
    for layer in 0..net.shape.layers {
        let part = |leaf: usize| net.part(layer, leaf);
        let normed1 = normed(&stream, part(NORM1));
        let mut query = linear(&normed1, part(Q), d, d);
        let mut key = linear(&normed1, part(K), d, d);
        let value = linear(&normed1, part(V), d, d);
        turn(&mut query, d, h, 1.0);
        turn(&mut key, d, h, 1.0);
        let (shares, context) = attention(&query, &key, &value, (t, d, h));
        let between = sum(&stream, &linear(&context, part(O), d, d));
        let normed2 = normed(&between, part(NORM2));
        let (gate, up) = (linear(&normed2, part(GATE), d, m), linear(&normed2, part(UP), d, m));
        let inner: Vec<f32> = gate.iter().zip(&up).map(|(a, b)| a * logistic(*a) * b).collect();
        let after = sum(&between, &linear(&inner, part(DOWN), m, d));
        let before = std::mem::replace(&mut stream, after);
        states.push(stream.clone());
        kept.push(Kept { before, normed1, query, key, value, shares, context, between, normed2, gate, up, inner });
    }
    (states, kept)
}

/// Adds the gradient of one text; gives its loss of prediction for each token.
fn back(net: &Net, text: &[usize], teacher: Option<&Net>, gradient: &mut [Vec<f32>]) -> f32 {
    let (d, m, h) = (net.shape.width, net.shape.neurons, net.shape.heads);
    let (input, wanted) = (&text[..text.len() - 1], &text[1..]);
    let t = input.len();
    let (states, kept) = forward(net, input);
    let taught = teacher.map(|teacher| forward(teacher, input).0);
    let last = &states[net.shape.layers];
    let ended = normed(last, &net.weights[NORM].data);
    let mut logits = linear(&ended, &net.weights[HEAD].data, d, net.shape.tokens);
    let mut loss = 0.0;
    for (row, &next) in logits.chunks_exact_mut(net.shape.tokens).zip(wanted) {
        let most = row.iter().copied().fold(f32::MIN, f32::max);
        let total: f32 = row.iter().map(|value| (value - most).exp()).sum();
        loss += total.ln() + most - row[next];
        for value in row.iter_mut() {
            *value = (*value - most).exp() / total / t as f32;
        }
        row[next] -= 1.0 / t as f32;
    }
    let ended_back = linear_back(&logits, &ended, &net.weights[HEAD].data, &mut gradient[HEAD], (d, net.shape.tokens));
    let mut stream = normed_back(&ended_back, last, &net.weights[NORM].data, &mut gradient[NORM]);
    for layer in (0..net.shape.layers).rev() {
        meet(&mut stream, &states[layer + 1], taught.as_ref().map(|taught| &taught[layer + 1]));
        let (part, one, at) = (|leaf: usize| net.part(layer, leaf), &kept[layer], layer_start(layer));
        let inner = linear_back(&stream, &one.inner, part(DOWN), &mut gradient[at + DOWN], (m, d));
        let (mut gate, mut up) = (inner.clone(), inner);
        for n in 0..gate.len() {
            let (a, s) = (one.gate[n], logistic(one.gate[n]));
            up[n] *= a * s;
            gate[n] *= one.up[n] * (s + a * s * (1.0 - s));
        }
        let normed2 = sum(
            &linear_back(&gate, &one.normed2, part(GATE), &mut gradient[at + GATE], (d, m)),
            &linear_back(&up, &one.normed2, part(UP), &mut gradient[at + UP], (d, m)),
        );
        stream = sum(&stream, &normed_back(&normed2, &one.between, part(NORM2), &mut gradient[at + NORM2]));
        let context = linear_back(&stream, &one.context, part(O), &mut gradient[at + O], (d, d));
        let (mut query, mut key, value) = attention_back(&context, one, (t, d, h));
        turn(&mut query, d, h, -1.0);
        turn(&mut key, d, h, -1.0);
        let mut normed1 = linear_back(&query, &one.normed1, part(Q), &mut gradient[at + Q], (d, d));
        for (flow, leaf) in [(&key, K), (&value, V)] {
            normed1 = sum(&normed1, &linear_back(flow, &one.normed1, part(leaf), &mut gradient[at + leaf], (d, d)));
        }
        stream = sum(&stream, &normed_back(&normed1, &one.before, part(NORM1), &mut gradient[at + NORM1]));
    }
    meet(&mut stream, &states[0], taught.as_ref().map(|taught| &taught[0]));
    for (row, &token) in stream.chunks_exact(d).zip(input) {
        add(&mut gradient[EMBED][token * d..(token + 1) * d], row, 1.0);
    }
    loss / t as f32
}

/// Adds the gradient of the squared distance to a teacher's hidden states, over their own mean square.
fn meet(stream: &mut [f32], own: &[f32], taught: Option<&Vec<f32>>) {
    let Some(taught) = taught else { return };
    let size: f32 = taught.iter().map(|value| value * value).sum();
    for (n, flow) in stream.iter_mut().enumerate() {
        *flow += 4.0 * (own[n] - taught[n]) / size;
    }
}

fn logistic(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn add(to: &mut [f32], what: &[f32], times: f32) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += times * what;
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    let (left, left_rest) = a.as_chunks::<8>();
    let (right, right_rest) = b.as_chunks::<8>();
    for (x, y) in left.iter().zip(right) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + left_rest.iter().zip(right_rest).map(|(x, y)| x * y).sum::<f32>()
}

/// `x W^T`, the matrix `out` by `into`.
fn linear(x: &[f32], matrix: &[f32], into: usize, out: usize) -> Vec<f32> {
    x.chunks_exact(into).flat_map(|row| (0..out).map(move |at| dot(row, &matrix[at * into..(at + 1) * into]))).collect()
}

fn linear_back(flow: &[f32], x: &[f32], matrix: &[f32], gradient: &mut [f32], (into, out): (usize, usize)) -> Vec<f32> {
    let mut back = vec![0.0; x.len()];
    for ((flow, x), back) in flow.chunks_exact(out).zip(x.chunks_exact(into)).zip(back.chunks_exact_mut(into)) {
        for (at, &value) in flow.iter().enumerate() {
            add(back, &matrix[at * into..(at + 1) * into], value);
            add(&mut gradient[at * into..(at + 1) * into], x, value);
        }
    }
    back
}

fn scale_of(row: &[f32]) -> f32 {
    1.0 / (dot(row, row) / row.len() as f32 + 1e-6).sqrt()
}

fn normed(x: &[f32], gain: &[f32]) -> Vec<f32> {
    x.chunks_exact(gain.len())
        .flat_map(|row| {
            let scale = scale_of(row);
            row.iter().zip(gain).map(move |(value, gain)| value * scale * gain)
        })
        .collect()
}

fn normed_back(flow: &[f32], x: &[f32], gain: &[f32], gradient: &mut [f32]) -> Vec<f32> {
    let d = gain.len();
    let mut out = Vec::with_capacity(x.len());
    for (flow, x) in flow.chunks_exact(d).zip(x.chunks_exact(d)) {
        let scale = scale_of(x);
        let along: f32 = (0..d).map(|n| flow[n] * gain[n] * x[n]).sum::<f32>() * scale * scale / d as f32;
        for n in 0..d {
            gradient[n] += flow[n] * x[n] * scale;
            out.push(scale * (flow[n] * gain[n] - x[n] * along));
        }
    }
    out
}

/// Turns channels `j` and `j + half` of every head by the position; `way` -1 turns back.
fn turn(x: &mut [f32], width: usize, heads: usize, way: f32) {
    let h = width / heads;
    for (position, row) in x.chunks_exact_mut(width).enumerate() {
        for head in row.chunks_exact_mut(h) {
            for j in 0..h / 2 {
                let angle = way * position as f32 * 100.0_f32.powf(-2.0 * j as f32 / h as f32);
                let (a, b) = (head[j], head[j + h / 2]);
                head[j] = a * angle.cos() - b * angle.sin();
                head[j + h / 2] = b * angle.cos() + a * angle.sin();
            }
        }
    }
}

/// Shares of attention (head, from, to), and what they carry.
fn attention(query: &[f32], key: &[f32], value: &[f32], (t, d, heads): (usize, usize, usize)) -> (Vec<f32>, Vec<f32>) {
    let h = d / heads;
    let (mut shares, mut context) = (vec![0.0; heads * t * t], vec![0.0; t * d]);
    for head in 0..heads {
        let of = |x: &[f32], at: usize| -> Vec<f32> { x[at * d + head * h..at * d + (head + 1) * h].to_vec() };
        for from in 0..t {
            let scores: Vec<f32> =
                (0..=from).map(|to| dot(&of(query, from), &of(key, to)) / (h as f32).sqrt()).collect();
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let total: f32 = scores.iter().map(|score| (score - most).exp()).sum();
            for (to, score) in scores.iter().enumerate() {
                let share = (score - most).exp() / total;
                shares[(head * t + from) * t + to] = share;
                add(&mut context[from * d + head * h..from * d + (head + 1) * h], &of(value, to), share);
            }
        }
    }
    (shares, context)
}

fn attention_back(flow: &[f32], kept: &Kept, (t, d, heads): (usize, usize, usize)) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let h = d / heads;
    let (mut query, mut key, mut value) = (vec![0.0; t * d], vec![0.0; t * d], vec![0.0; t * d]);
    for head in 0..heads {
        let span = |at: usize| at * d + head * h..at * d + (head + 1) * h;
        for from in 0..t {
            let shares = &kept.shares[(head * t + from) * t..][..=from];
            let pulls: Vec<f32> = (0..=from).map(|to| dot(&flow[span(from)], &kept.value[span(to)])).collect();
            let mean: f32 = shares.iter().zip(&pulls).map(|(share, pull)| share * pull).sum();
            for to in 0..=from {
                add(&mut value[span(to)], &flow[span(from)], shares[to]);
                let score = shares[to] * (pulls[to] - mean) / (h as f32).sqrt();
                add(&mut query[span(from)], &kept.key[span(to)], score);
                add(&mut key[span(to)], &kept.query[span(from)], score);
            }
        }
    }
    (query, key, value)
}
