//! What belongs together is counted together or not at all: sets of which files are missing, slices of ranks, towers beside
//! a model, adapters, layers that predict further tokens, and what trainers keep in the file of the weights.
#![allow(clippy::unwrap_used, missing_docs)]

mod form_writers;

use std::fs;
use std::path::Path;
use std::process::Command;

use form_writers::{Given, gguf, gguf_tensor, gguf_value, gguf_word, torch_of};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A tensor: its name and its sides, rows first.
type Tensor = (String, Vec<u64>);

fn tensor(name: &str, shape: &[u64]) -> Tensor {
    (name.to_owned(), shape.to_vec())
}

fn count(tensors: &[Tensor]) -> u64 {
    tensors.iter().map(|(_, shape)| shape.iter().product::<u64>()).sum()
}

/// A small model of so many layers.
fn layers(number: u64) -> Vec<Tensor> {
    let mut all = vec![tensor("model.embed_tokens.weight", &[16, 8]), tensor("lm_head.weight", &[16, 8])];
    for layer in 0..number {
        all.push((format!("model.layers.{layer}.mlp.up_proj.weight"), vec![12, 8]));
        all.push((format!("model.layers.{layer}.mlp.down_proj.weight"), vec![8, 12]));
    }
    all
}

fn safetensors(tensors: &[Tensor]) -> Vec<u8> {
    let (mut header, mut end) = (serde_json::Map::new(), 0);
    for (name, shape) in tensors {
        let begin = end;
        end += shape.iter().product::<u64>() * 4;
        header.insert(name.clone(), json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}));
    }
    let header = Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.resize(bytes.len() + usize::try_from(end).unwrap(), 1);
    bytes
}

fn torch(tensors: &[Tensor]) -> Vec<u8> {
    let given = |(name, shape): &Tensor| Given {
        name: name.clone(),
        storage: "FloatStorage",
        width: 4,
        shape: shape.clone(),
        bytes: vec![1; usize::try_from(shape.iter().product::<u64>() * 4).unwrap()],
    };
    torch_of(&tensors.iter().map(given).collect::<Vec<_>>())
}

/// A GGUF file of 32-bit floats with values of its own.
fn of_gguf(tensors: &[Tensor], values: &[Vec<u8>]) -> Vec<u8> {
    let (mut listed, mut offset) = (Vec::new(), 0_u64);
    for (name, shape) in tensors {
        let sides: Vec<u64> = shape.iter().rev().copied().collect();
        listed.push(gguf_tensor(name, &sides, 0, offset));
        offset = (offset + shape.iter().product::<u64>() * 4).next_multiple_of(32);
    }
    gguf(values, &listed, &vec![1; usize::try_from(offset).unwrap()])
}

fn architecture(word: &str) -> Vec<u8> {
    gguf_word("general.architecture", word)
}

/// A directory with a card that states its parameters.
fn model(stated: u64, files: &[(String, Vec<u8>)], config: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let card = format!(
        "---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  release: {{parameters: {stated}}}\n  components:\n  \
         - {{id: text, role: text, matches: [/], params: {stated}}}\n---\n"
    );
    fs::write(folder.path().join("README.md"), card).unwrap();
    folder
}

fn plain() -> Value {
    json!({"model_type": "llama", "num_hidden_layers": 2})
}

fn run(arguments: &[&str], model: &Path) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
    let done =
        command.args(arguments).args(["--format", "json"]).arg(model).env("SOVGRADE_LANG", "en").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Numbers that were measured at a path, of whichever item.
fn measured(facts: &Value, path: &str) -> Vec<Value> {
    let of_path = facts["facts"].as_array().unwrap().iter().filter(|fact| fact["path"] == path);
    let sources = of_path.flat_map(|fact| fact["sources"].as_array().unwrap());
    sources.filter(|source| source["assurance"] == "measured").map(|source| source["value"].clone()).collect()
}

/// Nothing is counted, nobody is contradicted, and a sentence names the file.
fn not_counted(folder: &Path, named: &str) -> Result<(), TestCaseError> {
    let facts = run(&["facts"], folder);
    for path in ["model.parameters", "component.parameters"] {
        prop_assert!(measured(&facts, path).is_empty(), "{}: {:?}", path, measured(&facts, path));
    }
    let graded = run(&["grade"], folder);
    prop_assert_eq!(&graded["contradictions"], &json!([]), "{}", named);
    prop_assert!(graded["limits"].to_string().contains(named), "{}: {}", named, graded["limits"]);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Of a set that numbers itself, or says into how many files it was split, the whole is counted and no part.
    #[test]
    fn a_part_of_a_set_gives_no_number(form in 0..4_usize, of in 2..4_usize, absent in proptest::option::of(0..3_usize)) {
        let tensors = layers(4);
        let size = tensors.len().div_ceil(of);
        let split = gguf_value("split.count", 2, &u16::try_from(of).unwrap().to_le_bytes());
        let mut files = Vec::new();
        for (at, part) in tensors.chunks(size).enumerate() {
            let number = format!("{:05}-of-{of:05}", at + 1);
            files.push(match form {
                0 => (format!("model-{number}.safetensors"), safetensors(part)),
                1 => (format!("pytorch_model-{number}.bin"), torch(part)),
                2 => (format!("weights-{number}.gguf"), of_gguf(part, &[architecture("llama"), split.clone()])),
                _ => (format!("part{}.gguf", ["a", "b", "c"][at]), of_gguf(part, &[architecture("llama"), split.clone()])),
            });
        }
        let absent = absent.filter(|at| *at < files.len());
        // Under names of their own llama.cpp would not find the other parts, and neither is it known that these are they.
        let whole = absent.is_none() && form < 3;
        if let Some(at) = absent {
            files.remove(at);
        }
        let folder = model(count(&tensors), &files, &plain());
        if whole {
            let facts = run(&["facts"], folder.path());
            prop_assert_eq!(measured(&facts, "model.parameters"), [json!(count(&tensors))]);
        } else {
            not_counted(folder.path(), ["model-", "pytorch_model-", "weights-", "part"][form])?;
        }
    }

    /// Files of one name but for its numbers that hold tensors of the same names are slices of ranks, for all that is known.
    #[test]
    fn slices_give_no_number(name in proptest::sample::select(vec![
        ("consolidated.0", ".pth"), ("mp_rank_0", "_model_states.pt"), ("model-rank-", "-part-0.safetensors"), ("shard", ".safetensors"),
    ]), ranks in 2..4_u64) {
        let slice: Vec<Tensor> = layers(2).into_iter().map(|(name, shape)| (name, vec![shape[0] / 2, shape[1]])).collect();
        let bytes = if name.1.ends_with("safetensors") { safetensors(&slice) } else { torch(&slice) };
        let files: Vec<_> = (0..ranks).map(|rank| (format!("{}{rank}{}", name.0, name.1), bytes.clone())).collect();
        not_counted(model(count(&layers(2)), &files, &plain()).path(), name.0)?;
    }

    /// What lies in a file that tools name as an adapter is no weights that a model runs on, whatever its method.
    #[test]
    fn adapters_are_told_by_their_file(
        word in "[a-z]{3,9}_[a-z]{1,5}", table in any::<bool>(), file in proptest::sample::select(vec!["adapter_model.safetensors", "adapters.safetensors"])
    ) {
        let mut tensors = vec![(format!("base_model.model.model.layers.0.self_attn.q_proj.{word}"), vec![8, 4])];
        if table {
            tensors.push(tensor("base_model.model.model.embed_tokens.weight", &[16, 8]));
        }
        let folder = model(7_000_000_000, &[(file.to_owned(), safetensors(&tensors))], &plain());
        fs::write(folder.path().join("adapter_config.json"), "{\"base_model_name_or_path\": \"a-lab/base\"}").unwrap();
        let facts = run(&["facts"], folder.path());
        for path in ["model.weights-held", "model.parameters"] {
            prop_assert!(measured(&facts, path).is_empty(), "{}: {}", path, facts);
        }
        let graded = run(&["grade"], folder.path());
        prop_assert!(!graded["contradictions"].to_string().contains("7,000,000,000"), "{}", graded["contradictions"]);
    }

    /// Layers behind those of the model predict further tokens: a card may count them or not, and nothing else.
    #[test]
    fn further_layers_may_be_left_out(further in 1..3_u64, named in any::<bool>(), stated in 0..3_usize) {
        let mut tensors = layers(2);
        for layer in 2..2 + further {
            let prefix = if named { format!("mtp.layers.{}", layer - 2) } else { format!("model.layers.{layer}") };
            tensors.push((format!("{prefix}.mlp.up_proj.weight"), vec![12, 8]));
            tensors.push((format!("{prefix}.embed_tokens.weight"), vec![16, 8]));
        }
        let stated_as = [count(&tensors), count(&layers(2)), 2 * count(&tensors)][stated];
        let config = json!({"model_type": "llama", "num_hidden_layers": 2, "num_nextn_predict_layers": further});
        let folder = model(stated_as, &[("model.safetensors".to_owned(), safetensors(&tensors))], &config);
        let found = run(&["grade"], folder.path())["contradictions"].as_array().unwrap().len();
        prop_assert_eq!(found > 0, stated == 2, "{} of {}", stated_as, count(&tensors));
    }
}

/// Names of llama.cpp for a small model.
fn backbone() -> Vec<Tensor> {
    vec![
        tensor("token_embd.weight", &[16, 8]),
        tensor("blk.0.attn_q.weight", &[8, 8]),
        tensor("blk.0.ffn_up.weight", &[12, 8]),
        tensor("output_norm.weight", &[8]),
    ]
}

fn eyes() -> Vec<Tensor> {
    vec![
        tensor("v.patch_embd.weight", &[8, 3, 2, 2]),
        tensor("v.blk.0.attn_q.weight", &[8, 8]),
        tensor("v.blk.0.ffn_up.weight", &[40, 8]),
        tensor("mm.0.weight", &[8, 8]),
        tensor("a.blk.0.attn_q.weight", &[4, 4]),
    ]
}

#[test]
fn towers_beside_a_model_are_parts_of_it() {
    let towers = of_gguf(&eyes(), &[architecture("clip"), gguf_word("general.type", "mmproj")]);
    let files = [
        ("m-F32.gguf".to_owned(), of_gguf(&backbone(), &[architecture("llama")])),
        // Larger than the model itself, which a choice by size would take it for.
        ("mmproj-m.gguf".to_owned(), towers.clone()),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let facts = run(&["facts"], folder.path());
    assert_eq!(measured(&facts, "model.parameters"), [json!(count(&backbone()) + count(&eyes()))]);
    let counted: Vec<(&str, u64)> = facts["counted"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["component"].as_str().unwrap(), line["parameters"].as_u64().unwrap()))
        .collect();
    assert!(counted.contains(&("text", count(&backbone()))), "{counted:?}");
    for part in [("vision", 8 * 12 + 64 + 320), ("projector", 64), ("audio", 16)] {
        assert!(counted.contains(&part), "{part:?} of {counted:?}");
    }
    fs::remove_file(folder.path().join("m-F32.gguf")).unwrap();
    let alone = run(&["facts"], folder.path());
    for path in ["model.parameters", "model.weights-held"] {
        assert!(measured(&alone, path).is_empty(), "{path}: the model is not here");
    }
}

#[test]
fn a_gguf_file_that_says_it_is_no_model_is_none() {
    for value in ["imatrix", "vocab", "control_vector"] {
        let bytes = of_gguf(&backbone(), &[gguf_word("general.type", value)]);
        let folder = model(7_000_000_000, &[("m.gguf".to_owned(), bytes)], &plain());
        let facts = run(&["facts"], folder.path());
        for path in ["model.parameters", "model.weights-held", "component.parameters"] {
            assert!(measured(&facts, path).is_empty(), "{value}, {path}");
        }
        assert!(facts["passed-over"].to_string().contains("m.gguf"), "{value}: {}", facts["passed-over"]);
    }
}

#[test]
fn what_a_trainer_keeps_beside_the_weights_counts_nothing() {
    let own = layers(2);
    let with = |more: Vec<Tensor>| {
        let tensors: Vec<Tensor> = own.iter().cloned().chain(more).collect();
        let folder = model(count(&own), &[("model.safetensors".to_owned(), safetensors(&tensors))], &plain());
        assert_eq!(run(&["grade"], folder.path())["contradictions"], json!([]), "{tensors:?}");
        measured(&run(&["facts"], folder.path()), "model.parameters")
    };
    for prefix in ["model_ema", "ema", "optimizer.state.exp_avg"] {
        let again = own.iter().map(|(name, shape)| (format!("{prefix}.{name}"), shape.clone())).collect();
        assert_eq!(with(again), [json!(count(&own))], "{prefix}");
    }
    // Averages alone are a model.
    let average: Vec<Tensor> = own.iter().map(|(name, shape)| (format!("ema.{name}"), shape.clone())).collect();
    let folder = model(count(&own), &[("model.safetensors".to_owned(), safetensors(&average))], &plain());
    assert_eq!(measured(&run(&["facts"], folder.path()), "model.parameters"), [json!(count(&own))]);
    // A matrix that was pruned is kept with its mask.
    let pruned: Vec<Tensor> = own
        .iter()
        .flat_map(|(name, shape)| ["_orig", "_mask"].map(|end| (format!("{name}{end}"), shape.clone())))
        .collect();
    let folder = model(count(&own), &[("model.safetensors".to_owned(), safetensors(&pruned))], &plain());
    assert_eq!(measured(&run(&["facts"], folder.path()), "model.parameters"), [json!(count(&own))]);
}

#[test]
fn pieces_under_names_of_their_own_are_not_taken_for_the_whole() {
    let tensors = layers(2);
    let (first, second) = tensors.split_at(3);
    let files = [("encoder.pt".to_owned(), torch(first)), ("decoder.pt".to_owned(), torch(second))];
    not_counted(model(count(&tensors), &files, &plain()).path(), "encoder.pt").unwrap();
    // The same again under another name is no piece, and the names that loaders know are the whole.
    let same = [("best.pt".to_owned(), torch(&tensors)), ("last.pt".to_owned(), torch(&tensors))];
    let known = [("pytorch_model.bin".to_owned(), torch(&tensors)), ("decoder.pt".to_owned(), torch(second))];
    for files in [same, known] {
        let folder = model(count(&tensors), &files, &plain());
        assert_eq!(measured(&run(&["facts"], folder.path()), "model.parameters"), [json!(count(&tensors))]);
    }
}
