//! Models of the zoo in other forms: the same counts, and the same correlations to the last digit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sovgrade::weights::{Checkpoint, Config, Dtype, Numbers, Role, Rotary, traits_of};
use tempfile::TempDir;

use crate::form_writers::{Given, gguf, gguf_tensor, gguf_value, gguf_word, torch_of};

fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo")
}

/// A tensor of a model of the zoo: name, shape, format, bytes.
type Stored = (String, Vec<u64>, Dtype, Vec<u8>);

fn stored(model: &Path) -> Vec<Stored> {
    let checkpoint = Checkpoint::open(model, Config::of(config(model)).family()).unwrap();
    let of = |tensor: &sovgrade::weights::Tensor| {
        let whole = fs::read(&checkpoint.files[tensor.file].path).unwrap();
        let begin = usize::try_from(tensor.begin).unwrap();
        let bytes = whole[begin..begin + usize::try_from(tensor.bytes).unwrap()].to_vec();
        (tensor.name.clone(), tensor.shape.clone(), tensor.dtype, bytes)
    };
    checkpoint.tensors.iter().map(of).collect()
}

fn config(model: &Path) -> Value {
    serde_json::from_slice(&fs::read(model.join("config.json")).unwrap()).unwrap()
}

/// A directory of the same name as the model's, with its side files and other weights.
fn copy(model: &Path, side_files: &[&str], weights: &[(&str, Vec<u8>)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(model.file_name().unwrap());
    fs::create_dir(&path).unwrap();
    for name in side_files {
        if let Ok(bytes) = fs::read(model.join(name)) {
            fs::write(path.join(name), bytes).unwrap();
        }
    }
    for (name, bytes) in weights {
        fs::write(path.join(name), bytes).unwrap();
    }
    (folder, path)
}

const SIDE_FILES: [&str; 4] = ["README.md", "config.json", "tokenizer.json", "tokenizer_config.json"];

fn given((name, shape, dtype, bytes): &Stored) -> Given {
    let (storage, width) = match dtype {
        Dtype::F32 => ("FloatStorage", 4),
        Dtype::BF16 => ("BFloat16Storage", 2),
        Dtype::F16 => ("HalfStorage", 2),
        Dtype::U8 => ("ByteStorage", 1),
        Dtype::BOOL => ("BoolStorage", 1),
        other => panic!("{other:?}"),
    };
    Given { name: name.clone(), storage, width, shape: shape.clone(), bytes: bytes.clone() }
}

fn in_torch(model: &Path) -> (TempDir, PathBuf) {
    let tensors: Vec<Given> = stored(model).iter().map(given).collect();
    copy(model, &SIDE_FILES, &[("pytorch_model.bin", torch_of(&tensors))])
}

fn in_two_torch_files(model: &Path) -> (TempDir, PathBuf) {
    let tensors: Vec<Given> = stored(model).iter().map(given).collect();
    let (left, right) = tensors.split_at(tensors.len() / 2);
    let names = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"];
    let map: serde_json::Map<String, Value> = [(left, names[0]), (right, names[1])]
        .iter()
        .flat_map(|(tensors, file)| tensors.iter().map(|tensor| (tensor.name.clone(), Value::from(*file))))
        .collect();
    let index = serde_json::json!({"metadata": {}, "weight_map": map}).to_string().into_bytes();
    let files = [(names[0], torch_of(left)), (names[1], torch_of(right)), ("pytorch_model.bin.index.json", index)];
    copy(model, &SIDE_FILES, &files)
}

/// Rows of each head in pairs of neighbours, as llama.cpp's converter puts those of queries and keys.
fn in_pairs(bytes: &[u8], rows: usize, heads: usize) -> Vec<u8> {
    let (row, head) = (bytes.len() / rows, rows / heads);
    let mut out = vec![0; bytes.len()];
    for from in 0..rows {
        let (begin, inner) = (from / head * head, from % head);
        let to = begin + 2 * (inner % (head / 2)) + inner / (head / 2);
        out[to * row..][..row].copy_from_slice(&bytes[from * row..][..row]);
    }
    out
}

/// A model of the llama family as llama.cpp's converter writes it.
fn in_gguf(model: &Path) -> (TempDir, PathBuf) {
    let config = config(model);
    let number = |key: &str| config[key].as_u64().unwrap();
    let (mut listed, mut data) = (Vec::new(), Vec::<u8>::new());
    for (name, shape, dtype, bytes) in stored(model) {
        let kind = match dtype {
            Dtype::F32 => 0,
            Dtype::F16 => 1,
            Dtype::BF16 => 30,
            other => panic!("{other:?}"),
        };
        let mut short = name.replace("model.layers.", "blk.").replace("model.embed_tokens", "token_embd");
        for (from, to) in [
            ("model.norm", "output_norm"),
            ("lm_head", "output"),
            ("self_attn.q_proj", "attn_q"),
            ("self_attn.k_proj", "attn_k"),
            ("self_attn.v_proj", "attn_v"),
            ("self_attn.o_proj", "attn_output"),
            ("mlp.gate_proj", "ffn_gate"),
            ("mlp.up_proj", "ffn_up"),
            ("mlp.down_proj", "ffn_down"),
            ("input_layernorm", "attn_norm"),
            ("post_attention_layernorm", "ffn_norm"),
        ] {
            short = short.replace(from, to);
        }
        let heads = if short.contains("attn_q") { "num_attention_heads" } else { "num_key_value_heads" };
        let bytes = if short.contains("attn_q") || short.contains("attn_k") {
            in_pairs(&bytes, usize::try_from(shape[0]).unwrap(), usize::try_from(number(heads)).unwrap())
        } else {
            bytes
        };
        data.resize(data.len().next_multiple_of(32), 0);
        let sides: Vec<u64> = shape.iter().rev().copied().collect();
        listed.push(gguf_tensor(&short, &sides, kind, data.len() as u64));
        data.extend(bytes);
    }
    let stated = |key: &str, from: &str| gguf_value(key, 4, &u32::try_from(number(from)).unwrap().to_le_bytes());
    let values = [
        gguf_word("general.architecture", "llama"),
        stated("llama.attention.head_count", "num_attention_heads"),
        stated("llama.attention.head_count_kv", "num_key_value_heads"),
        stated("llama.embedding_length", "hidden_size"),
        stated("llama.block_count", "num_hidden_layers"),
    ];
    copy(
        model,
        &["README.md", "tokenizer.json", "tokenizer_config.json"],
        &[("model.gguf", gguf(&values, &listed, &data))],
    )
}

fn evidence(candidate: &Path, reference: &Path) -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .arg("measure")
        .arg(candidate)
        .arg("--against")
        .arg(reference)
        .args(["--no-digest", "--json", "--plain"])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

/// What a run says but for the names of files.
fn without_files(mut value: Value) -> String {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for key in ["files", "file", "subject"] {
                    map.shift_remove(key);
                }
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut value);
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_torch_file_is_counted_and_measured_as_its_safetensors_file() {
    let zoo = zoo();
    for (model, reference) in [("a-ft", "llama-a"), ("gpt2-a-ft", "gpt2-a"), ("llama-b", "llama-a")] {
        let (model, reference) = (zoo.join(model), zoo.join(reference));
        let expected = without_files(evidence(&model, &reference));
        for (_folder, path) in [in_torch(&model), in_two_torch_files(&model)] {
            let family = Config::of(config(&model));
            let [ours, theirs] = [&path, &model].map(|at| Checkpoint::open(at, family.family()).unwrap());
            assert_eq!((ours.parameters(), ours.components()), (theirs.parameters(), theirs.components()));
            assert_eq!(without_files(evidence(&path, &reference)), expected, "{}", model.display());
        }
        let (_folder, path) = in_torch(&reference);
        assert_eq!(without_files(evidence(&model, &path)), expected, "the reference in torch's form");
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_gguf_file_is_read_in_the_order_of_the_other_forms() {
    let zoo = zoo();
    let model = zoo.join("llama-a");
    let (_folder, path) = in_gguf(&model);
    let ours = Checkpoint::open(&path, "").unwrap();
    let theirs = Checkpoint::open(&model, "llama").unwrap();
    assert_eq!((ours.parameters(), ours.components()), (theirs.parameters(), theirs.components()));
    assert_eq!(ours.family, "llama");
    assert_eq!(traits_of(&ours.family).unwrap().rotary, Rotary::Halves);
    let mut turned = 0;
    for tensor in &theirs.tensors {
        let place = |other: &&sovgrade::weights::Tensor| {
            other.placement == tensor.placement && (tensor.placement.role != Role::OtherNorm)
        };
        let other = ours.tensors.iter().find(place).unwrap_or_else(|| panic!("{}", tensor.name));
        turned += usize::from(other.pairs.is_some());
        let [mine, its] = [(&ours, other), (&theirs, tensor)].map(|(of, tensor)| Numbers::of(of).read(tensor).unwrap());
        assert_eq!(mine, its, "{}", tensor.name);
        let [mine, its] = [(&ours, other), (&theirs, tensor)].map(|(of, tensor)| {
            let mut some = Vec::new();
            Numbers::of(of).read_part(tensor, 5, tensor.elements - 9, &mut some).unwrap();
            some
        });
        assert_eq!(mine, its, "a part of {}", tensor.name);
    }
    assert_eq!(turned, 10, "queries and keys of five layers");
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_gguf_file_is_measured_as_its_safetensors_file() {
    let zoo = zoo();
    let (model, reference) = (zoo.join("a-ft"), zoo.join("llama-a"));
    let (_folder, path) = in_gguf(&model);
    let [ours, theirs] = [&path, &model].map(|at| evidence(at, &reference));
    let (ours, theirs) = (&ours["links"][0], &theirs["links"][0]);
    for key in ["relation", "changes", "share"] {
        assert_eq!(ours[key], theirs[key]);
    }
    let parts = |link: &Value| -> Vec<(String, f64)> {
        let components = link["components"].as_array().unwrap().iter();
        let parts = components.flat_map(|part| part["parts"].as_array().cloned().unwrap_or_default());
        parts.map(|part| (part["role"].to_string(), part["correlation"].as_f64().unwrap())).collect()
    };
    let (ours, theirs) = (parts(ours), parts(theirs));
    assert!(ours.len() == theirs.len() && ours.len() >= 10);
    for ((role, mine), (other, its)) in ours.iter().zip(&theirs) {
        // Numbers of another order of reading are summed in another order.
        assert!(role == other && (mine - its).abs() < 1e-7, "{role} {mine} {its}");
    }
}
