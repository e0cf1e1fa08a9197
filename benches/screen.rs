//! What screening costs: one sketch of a model of seven billion numbers against 1,000, beside a plain read of the same
//! files.
//!
//! `cargo bench --bench screen` writes 3 GB into a temporary folder and prints the rows of `docs/benchmarks.md`; it
//! exits with 1 if ten seconds are not kept.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_possible_truncation, missing_docs)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Value, json};
use sovgrade::evidence::Outcome;
use sovgrade::measure::{Options, screen, sketch};

const SKETCHES: usize = 1000;
const LAYERS: usize = 32;
const WIDTH: usize = 4096;

/// A model directory with the shapes of a Llama of seven billion numbers. The file is sparse: all numbers but those of
/// the first tensor are zero, and take no room.
fn model(folder: &Path) {
    let (mut header, mut end) = (serde_json::Map::new(), 0_u64);
    let mut put = |name: String, shape: &[usize]| {
        let bytes = shape.iter().product::<usize>() as u64 * 2;
        header.insert(name, json!({"dtype": "BF16", "shape": shape, "data_offsets": [end, end + bytes]}));
        end += bytes;
    };
    put("model.embed_tokens.weight".to_owned(), &[32_000, WIDTH]);
    put("lm_head.weight".to_owned(), &[32_000, WIDTH]);
    put("model.norm.weight".to_owned(), &[WIDTH]);
    for layer in 0..LAYERS {
        for (leaf, shape) in [
            ("self_attn.q_proj", &[WIDTH, WIDTH][..]),
            ("self_attn.k_proj", &[1024, WIDTH]),
            ("self_attn.v_proj", &[1024, WIDTH]),
            ("self_attn.o_proj", &[WIDTH, WIDTH]),
            ("mlp.gate_proj", &[14_336, WIDTH]),
            ("mlp.up_proj", &[14_336, WIDTH]),
            ("mlp.down_proj", &[WIDTH, 14_336]),
            ("input_layernorm", &[WIDTH]),
            ("post_attention_layernorm", &[WIDTH]),
        ] {
            put(format!("model.layers.{layer}.{leaf}.weight"), shape);
        }
    }
    let text = Value::Object(header).to_string();
    let mut file = fs::File::create(folder.join("model.safetensors")).unwrap();
    file.write_all(&(text.len() as u64).to_le_bytes()).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    // A table of tokens that is one row again and again would be left out.
    let mut state = 1_u64;
    let table: Vec<u8> = (0..32_000 * WIDTH)
        .flat_map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            [(state >> 40) as u8, 0x3c | (state >> 56) as u8 & 0x80]
        })
        .collect();
    file.write_all(&table).unwrap();
    file.set_len(8 + text.len() as u64 + end).unwrap();
    let config = json!({"model_type": "llama", "hidden_size": WIDTH, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128});
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
}

/// The sketch with random numbers in its matrices and gains.
fn filled(sketch: &[u8], seed: u64) -> Vec<u8> {
    let length = u64::from_le_bytes(sketch[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&sketch[8..8 + length]).unwrap();
    let mut out = sketch.to_vec();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut normal = || {
        let mut sum = 0.0_f32;
        for _ in 0..4 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            sum += (state >> 40) as f32 / (1 << 24) as f32 - 0.5;
        }
        sum
    };
    for (name, tensor) in header.as_object().unwrap().iter().filter(|entry| entry.0 != "__metadata__") {
        let at = |end: usize| 8 + length + tensor["data_offsets"][end].as_u64().unwrap() as usize;
        let data = &mut out[at(0)..at(1)];
        match tensor["dtype"].as_str().unwrap() {
            "BF16" => {
                for two in data.chunks_exact_mut(2) {
                    two.copy_from_slice(&((normal() * 0.02).to_bits() >> 16).to_le_bytes()[..2]);
                }
            }
            "F32" if name.contains("start:") => {
                for four in data.chunks_exact_mut(4) {
                    four.copy_from_slice(&(1.0 + 0.1 * normal()).to_le_bytes());
                }
            }
            _ => {}
        }
    }
    out
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let (directory, registry) = (folder.path().join("model"), folder.path().join("registry"));
    fs::create_dir(&directory).unwrap();
    fs::create_dir(&registry).unwrap();
    model(&directory);
    let options = Options { digests: false, ..Options::default() };
    let (bytes, summary) = sketch(&directory, &options).unwrap();
    println!("a sketch: {:.2} MB, {} of {} numbers\n", bytes.len() as f64 / 1e6, summary.numbers, summary.of);
    for seed in 0..SKETCHES {
        fs::write(registry.join(format!("{seed:04}.sketch")), filled(&bytes, seed as u64 + 1)).unwrap();
    }
    let candidate = registry.join("0500.sketch");
    let read = || {
        let begun = Instant::now();
        let all: usize =
            fs::read_dir(&registry).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap().len()).sum();
        (begun.elapsed().as_secs_f64(), all)
    };
    let (plain, all) = (0..3).map(|_| read()).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    let begun = Instant::now();
    let found = screen(&candidate, &registry, &options).unwrap();
    let took = begun.elapsed().as_secs_f64();
    let whole = found.screened.iter().filter(|entry| matches!(entry.outcome, Outcome::Whole(_))).count();
    println!("| one sketch against {SKETCHES}, {:.1} GB | time | beside the first |", all as f64 / 1e9);
    println!("|---|---:|---:|");
    println!("| all files read by one thread | {plain:.2} s | 1.00 |");
    println!("| screened; {whole} were loud in the first look and got all tests | {took:.2} s | {:.2} |", took / plain);
    println!("\nPromised: 10 s.");
    if took < 10.0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
