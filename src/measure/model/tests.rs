//! What is read of checkpoints with several stacks, of unknown heads, of places that are claimed twice, and of numbers
//! that are none.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::measure::progress::Progress;
use crate::measure::stats::test_matrices::random;
use crate::weights::{Checkpoint, ComponentKind};

const WIDTH: usize = 32;

/// Tensors by name, with their rows, columns and numbers; a vector has one row.
#[derive(Clone, Default)]
struct Files(Vec<(String, usize, usize, Vec<f32>)>);

impl Files {
    fn put(&mut self, name: &str, rows: usize, columns: usize) {
        let seed = self.0.len() as u64 + 1;
        self.0.push((name.to_owned(), rows, columns, random(rows, columns, seed).data));
    }

    /// A Llama-like stack: attention of four heads over two, feed-forward part of 48 neurons.
    fn stack(&mut self, prefix: &str, layers: usize) {
        for layer in 0..layers {
            for (leaf, rows, columns) in [
                ("self_attn.q_proj", 32, WIDTH),
                ("self_attn.k_proj", 16, WIDTH),
                ("self_attn.v_proj", 16, WIDTH),
                ("self_attn.o_proj", WIDTH, 32),
                ("mlp.gate_proj", 48, WIDTH),
                ("mlp.up_proj", 48, WIDTH),
                ("mlp.down_proj", WIDTH, 48),
                ("input_layernorm", 1, WIDTH),
                ("post_attention_layernorm", 1, WIDTH),
            ] {
                self.put(&format!("{prefix}.{layer}.{leaf}.weight"), rows, columns);
            }
        }
    }

    fn numbers(&mut self, ending: &str) -> &mut Vec<f32> {
        &mut self.0.iter_mut().find(|tensor| tensor.0.ends_with(ending)).expect("such a tensor").3
    }

    fn read(&self, config: &Value) -> Model {
        let root = tempfile::tempdir().expect("a directory");
        write(root.path(), self, config);
        let family = config["model_type"].as_str().unwrap_or_default();
        let checkpoint = Checkpoint::open(root.path(), family).expect("opened");
        Model::read(&checkpoint, Sample::WHOLE, &Progress::default()).expect("read")
    }
}

fn write(directory: &Path, files: &Files, config: &Value) {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, rows, columns, numbers) in &files.0 {
        let begin = data.len();
        data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        let shape = if *rows == 1 { vec![*columns] } else { vec![*rows, *columns] };
        header.insert(name.clone(), json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]}));
    }
    let header = Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&data);
    fs::write(directory.join("model.safetensors"), bytes).expect("written");
    fs::write(directory.join("config.json"), config.to_string()).expect("written");
}

fn llama() -> Value {
    json!({"model_type": "llama", "hidden_size": WIDTH, "num_attention_heads": 4, "num_key_value_heads": 2})
}

fn ids(model: &Model) -> Vec<(&str, usize)> {
    model.towers.iter().map(|tower| (tower.id.as_str(), tower.layers.len())).collect()
}

fn said(model: &Model, words: &str) -> bool {
    model.left_out.iter().any(|what| what.en.contains(words))
}

#[test]
fn every_stack_is_a_tower_with_all_its_layers() {
    let mut files = Files::default();
    files.put("model.embed_tokens.weight", 100, WIDTH);
    files.stack("model.layers", 3);
    files.stack("model.aux.layers", 2);
    files.put("model.norm.weight", 1, WIDTH);
    files.put("vision_model.high.layers.0.self_attn.q_proj.weight", 16, 16);
    files.put("vision_model.low.layers.0.self_attn.q_proj.weight", 16, 16);
    files.put("vision_model.high.layers.0.input_layernorm.weight", 1, 16);
    files.put("vision_model.low.layers.0.input_layernorm.weight", 1, 16);
    let model = files.read(&llama());
    let towers = [("text-aux", 2), ("text-layers", 3), ("vision-high", 1), ("vision-low", 1)];
    assert_eq!(ids(&model), towers);
    assert_eq!(model.tower(ComponentKind::Text).map(|tower| tower.id.as_str()), Some("text-layers"));
    let outside: Vec<u64> = model.towers.iter().map(|tower| tower.outside).collect();
    assert_eq!(outside, [0, WIDTH as u64, 0, 0], "the last norm goes with the plain stack");
    assert!(!model.too_many_towers && model.left_out.iter().all(|what| !what.en.contains("claims")));
}

#[test]
fn more_stacks_than_are_compared_are_said() {
    let mut files = Files::default();
    for stage in 0..12 {
        files.stack(&format!("net.stage{stage}x.block"), 1 + usize::from(stage < 8));
    }
    let files = Files(
        files
            .0
            .into_iter()
            .map(|(name, rows, columns, numbers)| (name.replace("block.", "block"), rows, columns, numbers))
            .collect(),
    );
    let model = files.read(&llama());
    assert_eq!(model.towers.len(), 8);
    assert!(model.towers.iter().all(|tower| tower.layers.len() == 2), "the largest are kept");
    assert!(model.too_many_towers && said(&model, "of 12 stacks"));
    let one = 32 * 32 * 2 + 16 * 32 * 2 + 48 * 32 * 3 + 64;
    assert_eq!(model.not_compared[&ComponentKind::Text], 4 * one);
    assert_eq!(model.compared(ComponentKind::Text), 16 * one);
}

#[test]
fn of_a_decoder_the_second_attention_is_a_tower_of_its_own() {
    let mut files = Files::default();
    files.put("model.shared.weight", 100, WIDTH);
    for (side, attentions) in [("encoder", &["self_attn"][..]), ("decoder", &["self_attn", "encoder_attn"])] {
        for layer in 0..2 {
            let at = |leaf: &str| format!("model.{side}.layers.{layer}.{leaf}.weight");
            for attention in attentions {
                for leaf in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                    files.put(&at(&format!("{attention}.{leaf}")), WIDTH, WIDTH);
                }
            }
            files.put(&at("fc1"), 64, WIDTH);
            files.put(&at("fc2"), WIDTH, 64);
            files.put(&at("final_layer_norm"), 1, WIDTH);
        }
    }
    let config =
        json!({"model_type": "bart", "d_model": WIDTH, "encoder_attention_heads": 2, "decoder_attention_heads": 8});
    let model = files.read(&config);
    assert_eq!(ids(&model), [("text-decoder", 2), ("text-decoder/cross", 2), ("text-encoder", 2)]);
    let heads = |at: usize| model.towers[at].layers.iter().map(|layer| layer.attention.as_ref().map(|part| part.heads));
    for (at, expected) in [(0, 8), (1, 8), (2, 2)] {
        assert!(heads(at).all(|heads| heads == Some(expected)), "{}", model.towers[at].id);
    }
    let experts = model.towers.iter().map(|tower| tower.layers[0].experts.len());
    assert_eq!(experts.collect::<Vec<_>>(), [1, 0, 1]);
    assert_eq!(model.embedding.as_ref().map(|table| table.rows), Some(100));
    assert!(
        model.left_out.is_empty() && model.towers.iter().all(|tower| tower.not_compared == 0),
        "{:?}",
        model.left_out
    );
}

#[test]
fn attention_without_heads_is_not_compared_and_not_covered() {
    let mut files = Files::default();
    files.stack("model.layers", 2);
    let model = files.read(&json!({"model_type": "llama", "hidden_size": WIDTH}));
    let tower = &model.towers[0];
    assert!(tower.layers.iter().all(|layer| layer.attention.is_none() && layer.experts.len() == 1));
    let attention = 2 * (32 * 32 * 2 + 16 * 32 * 2);
    assert_eq!((tower.not_compared, tower.compared()), (attention, tower.parameters() - attention));
    assert!(said(&model, "neither config nor shapes tell its heads"));
    // A norm on every head shows how wide one is, whatever the config says.
    for layer in 0..2 {
        for leaf in ["q_norm", "k_norm"] {
            files.put(&format!("model.layers.{layer}.self_attn.{leaf}.weight"), 1, 8);
        }
    }
    let model = files.read(&json!({"model_type": "llama", "hidden_size": WIDTH, "num_attention_heads": 2}));
    let heads = model.towers[0].layers.iter().filter_map(|layer| layer.attention.as_ref().map(|part| part.heads));
    assert_eq!(heads.collect::<Vec<_>>(), [4, 4]);
}

#[test]
fn of_two_that_claim_one_place_neither_has_it() {
    let mut files = Files::default();
    files.stack("model.layers", 2);
    files.put("model.layers.0.other.up_proj.weight", 48, WIDTH);
    let model = files.read(&llama());
    let tower = &model.towers[0];
    let experts: Vec<usize> = tower.layers.iter().map(|layer| layer.experts.len()).collect();
    assert_eq!(experts, [0, 1]);
    assert!(tower.layers.iter().all(|layer| layer.attention.is_some()));
    for name in ["model.layers.0.other.up_proj.weight", "model.layers.0.mlp.up_proj.weight"] {
        assert!(said(&model, &format!("{name} (another tensor claims the same place)")));
    }
    assert_eq!(tower.not_compared, 4 * 48 * WIDTH as u64);
}

#[test]
fn a_number_that_is_none_costs_its_unit() {
    let mut files = Files::default();
    files.stack("model.layers", 2);
    files.numbers("layers.1.mlp.up_proj.weight")[5 * WIDTH] = f32::NAN;
    files.numbers("layers.1.self_attn.v_proj.weight").fill(f32::INFINITY);
    files.numbers("layers.0.input_layernorm.weight")[3] = f32::NAN;
    let model = files.read(&llama());
    let tower = &model.towers[0];
    let [first, second] = tower.layers.as_slice() else { panic!("two layers") };
    assert!(first.attention.is_some() && first.experts.len() == 1 && second.experts.len() == 1);
    assert!(second.attention.is_none());
    let up = &second.experts[0].up;
    assert!(up.row(5).iter().all(|value| *value == 0.0) && up.row(4).iter().any(|value| *value != 0.0));
    let numbers = [first, second].into_iter().flat_map(|layer| &layer.experts).flat_map(|part| &part.up.data);
    assert!(numbers.chain(&first.attention.as_ref().expect("kept").query.data).all(|value| value.is_finite()));
    for words in
        ["1.mlp.up_proj.weight (1 of 48 units", "1.self_attn.v_proj.weight (16 of 16 units", "0.input_layernorm"]
    {
        assert!(said(&model, words), "{words}: {:?}", model.left_out);
    }
    assert_eq!(tower.not_compared, (WIDTH + 32 * 32 * 2 + 16 * 32 * 2) as u64);
}

#[test]
fn what_no_table_knows_of_a_gate_is_unknown() {
    let mut files = Files::default();
    files.stack("model.layers", 1);
    let traits = |config: &Value| files.read(config).towers[0].traits;
    let mut config = llama();
    assert_eq!(traits(&config).linear_up, Some(true));
    config["model_type"] = json!("ours");
    assert_eq!(traits(&config).linear_up, None);
    config["hidden_act"] = json!("silu");
    assert_eq!(traits(&config).linear_up, Some(true));
    config["hidden_act"] = json!("something of our own");
    assert_eq!(traits(&config).linear_up, None);
}

#[test]
fn a_part_of_a_kind_that_the_other_lacks_has_no_counterpart() {
    let mut both = Files::default();
    both.stack("model.layers", 1);
    let text = both.read(&llama());
    both.put("vision_model.layers.0.self_attn.q_proj.weight", 16, 16);
    both.put("vision_model.layers.0.input_layernorm.weight", 1, 16);
    let seeing = both.read(&llama());
    let ids = |parts: Vec<crate::measure::model::shape::NoCounterpart>| -> Vec<(String, u64)> {
        parts.into_iter().map(|part| (part.id, part.parameters)).collect()
    };
    assert_eq!(ids(seeing.without_counterpart(&text)), [("vision".to_owned(), 16 * 16 + 16)]);
    assert_eq!(ids(text.without_counterpart(&seeing)), []);
}

#[test]
fn a_table_narrower_than_the_stream_does_not_set_its_width() {
    let mut files = Files::default();
    files.put("albert.embeddings.word_embeddings.weight", 100, 8);
    files.put("albert.embeddings.LayerNorm.weight", 1, 8);
    files.put("albert.encoder.embedding_hidden_mapping_in.weight", WIDTH, 8);
    let layer = "albert.encoder.albert_layer_groups.0.albert_layers.0";
    for (leaf, rows, columns) in [
        ("attention.query", WIDTH, WIDTH),
        ("attention.key", WIDTH, WIDTH),
        ("attention.value", WIDTH, WIDTH),
        ("attention.dense", WIDTH, WIDTH),
        ("ffn", 64, WIDTH),
        ("ffn_output", WIDTH, 64),
        ("attention.LayerNorm", 1, WIDTH),
        ("full_layer_layer_norm", 1, WIDTH),
    ] {
        files.put(&format!("{layer}.{leaf}.weight"), rows, columns);
    }
    let config = json!({"model_type": "albert", "hidden_size": WIDTH, "embedding_size": 8, "num_attention_heads": 4});
    let model = files.read(&config);
    let tower = &model.towers[0];
    assert_eq!((tower.width, tower.layers.len(), model.table_width), (WIDTH, 1, 8));
    assert!(tower.layers[0].attention.is_some() && tower.layers[0].experts.len() == 1);
    assert_eq!(tower.not_compared, 8 * WIDTH as u64, "the mapping into the stream");
}
