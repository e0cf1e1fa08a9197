//! The same experts in eight bits with scales and in full: one file for each expert's tensors, or all experts in one
//! tensor.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sovgrade::evidence::{Change, LinkEvidence, Relation};
use sovgrade::measure::{Options, measure};
use sovgrade::weights::{Checkpoint, Numbers};

use crate::fixtures::Chance;

const WIDTH: usize = 64;
const NEURONS: usize = 32;
const EXPERTS: usize = 4;
const LAYERS: usize = 3;
/// Rows and columns that share a scale.
const BLOCK: (usize, usize) = (16, 32);

/// An eight-bit matrix: codes of four exponent bits, and a scale for each block that differs by up to 2^6 from its
/// neighbour's.
#[derive(Clone)]
struct Coded {
    rows: usize,
    columns: usize,
    codes: Vec<u8>,
    scales: Vec<f32>,
}

impl Coded {
    fn new(rows: usize, columns: usize, chance: &mut Chance) -> Self {
        // Exponents 5 to 8 of 15: numbers from 0.25 to 3.75.
        let codes = (0..rows * columns).map(|_| ((chance.next() % 32) as u8 + 40) | (((chance.next() % 2) as u8) << 7));
        let codes = codes.collect();
        let blocks = rows.div_ceil(BLOCK.0) * columns.div_ceil(BLOCK.1);
        let scales = (0..blocks).map(|_| 2.0_f32.powi((chance.next() % 7) as i32 - 8)).collect();
        Self { rows, columns, codes, scales }
    }

    fn number(&self, row: usize, column: usize) -> f32 {
        let code = self.codes[row * self.columns + column];
        let size = (1.0 + f32::from(code & 7) / 8.0) * 2.0_f32.powi(i32::from(code >> 3 & 15) - 7);
        let scale = self.scales[row / BLOCK.0 * self.columns.div_ceil(BLOCK.1) + column / BLOCK.1];
        if code >> 7 == 1 { -size * scale } else { size * scale }
    }

    fn numbers(&self) -> Vec<f32> {
        (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| self.number(row, column))).collect()
    }
}

/// A model of experts, its matrices by name; gates above ups.
struct Mixture {
    experts: Vec<(Coded, Coded)>,
    others: Vec<(String, Vec<usize>, Vec<f32>)>,
}

fn mixture(seed: u64) -> Mixture {
    let mut chance = Chance(seed);
    let experts = (0..LAYERS * EXPERTS)
        .map(|_| (Coded::new(2 * NEURONS, WIDTH, &mut chance), Coded::new(WIDTH, NEURONS, &mut chance)))
        .collect();
    let mut others = Vec::new();
    let mut put = |name: String, shape: Vec<usize>, centre: f32| {
        let count: usize = shape.iter().product();
        let unit = |bits: u64| (bits >> 40) as f32 / (1 << 24) as f32 - 0.5;
        let numbers = (0..count).map(|_| centre + unit(chance.next()) * 0.2).collect();
        others.push((name, shape, numbers));
    };
    put("model.embed_tokens.weight".to_owned(), vec![200, WIDTH], 0.0);
    put("model.norm.weight".to_owned(), vec![WIDTH], 1.0);
    for layer in 0..LAYERS {
        let at = |leaf: &str| format!("model.layers.{layer}.{leaf}.weight");
        for (leaf, rows) in [("q_proj", 64), ("k_proj", 32), ("v_proj", 32), ("o_proj", 64)] {
            put(at(&format!("self_attn.{leaf}")), vec![rows, WIDTH], 0.0);
        }
        put(at("mlp.gate"), vec![EXPERTS, WIDTH], 0.0);
        put(at("input_layernorm"), vec![WIDTH], 1.0);
        put(at("post_attention_layernorm"), vec![WIDTH], 1.0);
    }
    Mixture { experts, others }
}

/// A safetensors file in the making.
#[derive(Default)]
struct Writer {
    header: Map<String, Value>,
    data: Vec<u8>,
}

impl Writer {
    fn put(&mut self, name: &str, dtype: &str, shape: &[usize], bytes: &[u8]) {
        let begin = self.data.len();
        self.data.extend_from_slice(bytes);
        let entry = json!({"dtype": dtype, "shape": shape, "data_offsets": [begin, self.data.len()]});
        self.header.insert(name.to_owned(), entry);
    }

    fn numbers(&mut self, name: &str, shape: &[usize], numbers: &[f32]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.put(name, "F32", shape, &bytes);
    }

    fn finish(self, directory: &Path) {
        fs::create_dir_all(directory).unwrap();
        let json = Value::Object(self.header).to_string();
        let mut file = (json.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(json.as_bytes());
        file.extend_from_slice(&self.data);
        fs::write(directory.join("model.safetensors"), file).unwrap();
        let config = json!({"model_type": "qwen3_moe", "hidden_size": WIDTH, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 8, "num_experts": EXPERTS});
        fs::write(directory.join("config.json"), config.to_string()).unwrap();
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Each expert's matrices in full.
    Plain,
    /// Each expert's matrices in eight bits, a table of scales beside each.
    Apart,
    /// All experts of a layer in one tensor of three dimensions, with a table of scales of three.
    Together,
}

fn write(root: &Path, name: &str, model: &Mixture, form: Form) -> PathBuf {
    let mut file = Writer::default();
    for (name, shape, numbers) in &model.others {
        file.numbers(name, shape, numbers);
    }
    for layer in 0..LAYERS {
        let experts = &model.experts[layer * EXPERTS..][..EXPERTS];
        let at = format!("model.layers.{layer}.mlp.experts");
        if form == Form::Together {
            for (leaf, part) in [("gate_up_proj", 0), ("down_proj", 1)] {
                let parts: Vec<&Coded> = experts.iter().map(|expert| [&expert.0, &expert.1][part]).collect();
                let codes: Vec<u8> = parts.iter().flat_map(|part| part.codes.iter().copied()).collect();
                let scales: Vec<f32> = parts.iter().flat_map(|part| part.scales.iter().copied()).collect();
                let (rows, columns) = (parts[0].rows, parts[0].columns);
                file.put(&format!("{at}.{leaf}"), "F8_E4M3", &[EXPERTS, rows, columns], &codes);
                let blocks = [EXPERTS, rows.div_ceil(BLOCK.0), columns.div_ceil(BLOCK.1)];
                file.numbers(&format!("{at}.{leaf}_scale_inv"), &blocks, &scales);
            }
            continue;
        }
        for (number, (both, down)) in experts.iter().enumerate() {
            for (leaf, part, rows) in [
                ("gate_proj", both, 0..NEURONS),
                ("up_proj", both, NEURONS..2 * NEURONS),
                ("down_proj", down, 0..WIDTH),
            ] {
                let name = format!("{at}.{number}.{leaf}.weight");
                let shape = [rows.len(), part.columns];
                let elements = rows.start * part.columns..rows.end * part.columns;
                if form == Form::Plain {
                    file.numbers(&name, &shape, &part.numbers()[elements]);
                } else {
                    let wide = part.columns.div_ceil(BLOCK.1);
                    let blocks = rows.start / BLOCK.0..rows.end.div_ceil(BLOCK.0);
                    file.put(&name, "F8_E4M3", &shape, &part.codes[elements]);
                    let scales = &part.scales[blocks.start * wide..blocks.end * wide];
                    file.numbers(&format!("{name}_scale_inv"), &[blocks.len(), wide], scales);
                }
            }
        }
    }
    file.finish(&root.join(name));
    root.join(name)
}

fn read(directory: &Path, tensor: &str) -> Vec<f32> {
    let checkpoint = Checkpoint::open(directory, "qwen3_moe").unwrap();
    Numbers::of(&checkpoint).read(checkpoint.tensor(tensor).unwrap()).unwrap()
}

#[test]
fn experts_have_the_same_numbers_in_every_form() {
    let (root, model) = (tempfile::tempdir().unwrap(), mixture(1));
    let apart = write(root.path(), "apart", &model, Form::Apart);
    let together = write(root.path(), "together", &model, Form::Together);
    let plain = write(root.path(), "plain", &model, Form::Plain);
    for layer in 0..LAYERS {
        let at = format!("model.layers.{layer}.mlp.experts");
        let experts = &model.experts[layer * EXPERTS..][..EXPERTS];
        let (ups, downs): (Vec<_>, Vec<_>) = experts.iter().map(|part| (part.0.numbers(), part.1.numbers())).unzip();
        assert_eq!(read(&together, &format!("{at}.gate_up_proj")), ups.concat());
        assert_eq!(read(&together, &format!("{at}.down_proj")), downs.concat());
        for (number, (both, down)) in ups.iter().zip(&downs).enumerate() {
            for form in [&apart, &plain] {
                let gate = read(form, &format!("{at}.{number}.gate_proj.weight"));
                let up = read(form, &format!("{at}.{number}.up_proj.weight"));
                assert_eq!([gate, up].concat(), *both);
                assert_eq!(read(form, &format!("{at}.{number}.down_proj.weight")), *down);
            }
        }
    }
}

fn link(candidate: &Path, reference: &Path) -> LinkEvidence {
    measure(candidate, &[reference.to_owned()], &Options::default()).unwrap().links.remove(0)
}

#[test]
fn experts_in_eight_bits_are_known_again_in_every_form() {
    let root = tempfile::tempdir().unwrap();
    let (own, other) = (mixture(1), mixture(2));
    let plain = write(root.path(), "plain", &own, Form::Plain);
    let stranger = write(root.path(), "stranger", &other, Form::Plain);
    for (name, form) in [("apart", Form::Apart), ("together", Form::Together)] {
        let candidate = write(root.path(), name, &own, form);
        let found = link(&candidate, &plain);
        assert_eq!(found.relation, Relation::Shared, "{name}: {found:?}");
        let text = found.components.iter().find(|part| part.id == "text").unwrap();
        assert_eq!(text.layers, [0, 1, 2], "{name}");
        let likeness = text.tests.iter().find(|test| test.family == "centred-correlation").unwrap();
        assert!(likeness.statistic.unwrap() > 0.9999, "{name}: {likeness:?}");
        assert!(
            found.changes.iter().any(|kind| matches!(kind, Change::Cast | Change::Quantised)),
            "{name}: {:?}",
            found.changes
        );
        assert_eq!(link(&candidate, &stranger).relation, Relation::NoTrace, "{name}");
    }
}
