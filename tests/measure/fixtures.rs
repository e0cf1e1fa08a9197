//! Small synthetic checkpoints for tests of measuring: made from a seed, changed, written as safetensors.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

#[path = "../toy/chance.rs"]
mod chance;
pub(crate) use chance::Chance;

pub(crate) const WIDTH: usize = 64;
pub(crate) const NEURONS: usize = 96;
pub(crate) const LAYERS: usize = 4;
pub(crate) const TOKENS: usize = 200;

/// Tensors by name: shape and numbers.
pub(crate) type Weights = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

impl Chance {
    /// Between 0 and 1, neither of them.
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// By the method of Box and Muller: tails included.
    pub(crate) fn normal(&mut self) -> f32 {
        ((-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()) as f32
    }
}

/// The sizes of a Llama-like model.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) width: usize,
    pub(crate) neurons: usize,
    pub(crate) layers: usize,
    pub(crate) tokens: usize,
    pub(crate) heads: usize,
    pub(crate) kv_heads: usize,
    pub(crate) head: usize,
}

/// Small, as nearly all tests need it.
pub(crate) const SMALL: Sizes =
    Sizes { width: WIDTH, neurons: NEURONS, layers: LAYERS, tokens: TOKENS, heads: 8, kv_heads: 4, head: 8 };

/// Every tensor of a Llama-like model: name, shape.
pub(crate) fn shapes(sizes: Sizes) -> Vec<(String, Vec<usize>)> {
    let Sizes { width, neurons, layers, tokens, heads, kv_heads, head } = sizes;
    let mut out = vec![
        ("model.embed_tokens.weight".to_owned(), vec![tokens, width]),
        ("lm_head.weight".to_owned(), vec![tokens, width]),
        ("model.norm.weight".to_owned(), vec![width]),
    ];
    for layer in 0..layers {
        for (leaf, shape) in [
            ("self_attn.q_proj", vec![heads * head, width]),
            ("self_attn.k_proj", vec![kv_heads * head, width]),
            ("self_attn.v_proj", vec![kv_heads * head, width]),
            ("self_attn.o_proj", vec![width, heads * head]),
            ("mlp.gate_proj", vec![neurons, width]),
            ("mlp.up_proj", vec![neurons, width]),
            ("mlp.down_proj", vec![width, neurons]),
            ("input_layernorm", vec![width]),
            ("post_attention_layernorm", vec![width]),
        ] {
            out.push((format!("model.layers.{layer}.{leaf}.weight"), shape));
        }
    }
    out
}

/// A model whose gains were "trained" away from one.
pub(crate) fn model(seed: u64) -> Weights {
    sized(SMALL, seed)
}

/// The same of any size.
pub(crate) fn sized(sizes: Sizes, seed: u64) -> Weights {
    let mut chance = Chance(seed);
    shapes(sizes)
        .into_iter()
        .map(|(name, shape)| {
            let (centre, spread) = if shape.len() == 1 { (1.0, 0.1) } else { (0.0, 0.12) };
            let numbers = (0..shape.iter().product()).map(|_| centre + spread * chance.normal()).collect();
            (name, (shape, numbers))
        })
        .collect()
}

/// A fresh start: normal numbers of one deviation, gains of one.
pub(crate) fn start(seed: u64, deviation: f32) -> Weights {
    let mut chance = Chance(seed);
    shapes(SMALL)
        .into_iter()
        .map(|(name, shape)| {
            let count = shape.iter().product();
            let numbers = if shape.len() == 1 {
                vec![1.0; count]
            } else {
                (0..count).map(|_| deviation * chance.normal()).collect()
            };
            (name, (shape, numbers))
        })
        .collect()
}

/// Drift: a change of `share` of each tensor's own size, gains too.
pub(crate) fn trained(from: &Weights, seed: u64, share: f32) -> Weights {
    let mut chance = Chance(seed);
    let mut out = from.clone();
    for (shape, numbers) in out.values_mut() {
        let size = (numbers.iter().map(|x| x * x).sum::<f32>() / numbers.len() as f32).sqrt();
        let spread = if shape.len() == 1 { 0.1 } else { size };
        for number in numbers {
            *number += share * spread * chance.normal();
        }
    }
    out
}

/// Steps of training: a change of `share` of each matrix's own size that is a sum of three products of vectors.
pub(crate) fn stepped(from: &Weights, seed: u64, share: f32) -> Weights {
    let mut chance = Chance(seed);
    let mut out = from.clone();
    for (shape, numbers) in out.values_mut().filter(|entry| entry.0.len() == 2) {
        let mut change = vec![0.0; numbers.len()];
        for _ in 0..3 {
            let [left, right] = [0, 1].map(|side| (0..shape[side]).map(|_| chance.normal()).collect::<Vec<f32>>());
            change.iter_mut().enumerate().for_each(|(at, x)| *x += left[at / shape[1]] * right[at % shape[1]]);
        }
        let size = |values: &[f32]| values.iter().map(|x| x * x).sum::<f32>().sqrt();
        let factor = share * size(numbers) / size(&change);
        numbers.iter_mut().zip(change).for_each(|(number, change)| *number += factor * change);
    }
    out
}

/// Number by number from several models.
pub(crate) fn combined(models: &[&Weights], mix: &mut dyn FnMut(&str, &[f32]) -> f32) -> Weights {
    let mut out = models[0].clone();
    for (name, (_, numbers)) in &mut out {
        let sides: Vec<&Vec<f32>> = models.iter().map(|model| &model[name].1).collect();
        for (at, number) in numbers.iter_mut().enumerate() {
            let values: Vec<f32> = sides.iter().map(|side| side[at]).collect();
            *number = mix(name, &values);
        }
    }
    out
}

/// How numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    F32,
    Bf16,
}

/// The upper half of the nearest number that bf16 holds.
fn bf16(number: f32) -> u16 {
    let bits = number.to_bits();
    (bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16) as u16
}

/// Numbers as they come back from a file in bf16.
pub(crate) fn rounded(weights: &Weights) -> Weights {
    let mut out = weights.clone();
    for number in out.values_mut().flat_map(|entry| &mut entry.1) {
        *number = f32::from_bits(u32::from(bf16(*number)) << 16);
    }
    out
}

/// Writes a model directory.
pub(crate) fn write(root: &Path, name: &str, weights: &Weights, format: Format) -> PathBuf {
    write_sized(root, name, weights, format, SMALL)
}

/// The same of any size.
pub(crate) fn write_sized(root: &Path, name: &str, weights: &Weights, format: Format, sizes: Sizes) -> PathBuf {
    let directory = root.join(name);
    fs::create_dir_all(&directory).unwrap();
    write_file(&directory.join("model.safetensors"), weights, format);
    let Sizes { width, heads, kv_heads, head, .. } = sizes;
    let config = json!({"model_type": "llama", "hidden_size": width, "num_attention_heads": heads, "num_key_value_heads": kv_heads, "head_dim": head});
    fs::write(directory.join("config.json"), config.to_string()).unwrap();
    directory
}

/// Writes one safetensors file.
pub(crate) fn write_file(path: &Path, weights: &Weights, format: Format) {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    let word = if format == Format::F32 { "F32" } else { "BF16" };
    for (name, (shape, numbers)) in weights {
        let begin = data.len();
        match format {
            Format::F32 => data.extend(numbers.iter().flat_map(|number| number.to_le_bytes())),
            Format::Bf16 => data.extend(numbers.iter().flat_map(|number| bf16(*number).to_le_bytes())),
        }
        header.insert(name.clone(), json!({"dtype": word, "shape": shape, "data_offsets": [begin, data.len()]}));
    }
    let json = Value::Object(header).to_string();
    let mut file = (json.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(json.as_bytes());
    file.extend_from_slice(&data);
    fs::write(path, file).unwrap();
}
