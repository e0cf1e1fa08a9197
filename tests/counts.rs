//! Counts of weights as a user meets them: a true card is contradicted by nobody, a wrong one is found, and what cannot
//! be counted is named.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// A tensor: name, format, bits of a number, shape.
type Tensor<'t> = (&'t str, &'t str, u64, &'t [u64]);

fn weights(path: &Path, tensors: &[Tensor<'_>]) {
    let (mut header, mut end) = (serde_json::Map::new(), 0);
    for (name, dtype, bits, shape) in tensors {
        let begin = end;
        end += shape.iter().product::<u64>() * bits / 8;
        header.insert((*name).to_owned(), json!({"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}));
    }
    let header = Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.resize(bytes.len() + usize::try_from(end).unwrap(), 1);
    fs::write(path, bytes).unwrap();
}

/// A model with a card that states its parameters.
fn model(tensors: &[Tensor<'_>], config: &Value, parameters: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    weights(&folder.path().join("model.safetensors"), tensors);
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let card = format!(
        "---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  complete: [components]\n  release: {{parameters: {parameters}}}\n  components:\n  - {{id: text, role: text, matches: [/], params: {parameters}}}\n---\n"
    );
    fs::write(folder.path().join("README.md"), card).unwrap();
    folder
}

fn run(arguments: &[&str], model: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .args(arguments)
        .arg(model)
        .env("SOVGRADE_LANG", "en")
        .env("COLUMNS", "200")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn graded(model: &Path) -> Value {
    serde_json::from_str(&run(&["grade", "--format", "json"], model)).unwrap()
}

fn facts(model: &Path) -> Value {
    serde_json::from_str(&run(&["facts", "--format", "json"], model)).unwrap()
}

/// The fact at a path of the first item.
fn fact<'f>(facts: &'f Value, path: &str) -> Option<&'f Value> {
    facts["facts"].as_array().unwrap().iter().find(|fact| fact["path"] == path)
}

const PACKED: &[Tensor<'static>] = &[
    ("model.embed_tokens.weight", "BF16", 16, &[384, 64]),
    ("model.layers.0.mlp.up_proj.qweight", "I32", 32, &[16, 96]),
    ("model.layers.0.mlp.up_proj.qzeros", "I32", 32, &[2, 24]),
    ("model.layers.0.mlp.up_proj.scales", "F16", 16, &[2, 96]),
    ("model.layers.0.mlp.up_proj.g_idx", "I32", 32, &[64]),
];
const TRUE_COUNT: u64 = 384 * 64 + 64 * 96;

fn gptq(bits: u64) -> Value {
    json!({"model_type": "llama", "vocab_size": 384, "hidden_size": 64,
        "quantization_config": {"quant_method": "gptq", "bits": bits, "group_size": 32}})
}

#[test]
fn a_wrong_card_is_found_by_the_stated_scheme_and_a_true_one_is_left_alone() {
    let honest = model(PACKED, &gptq(8), TRUE_COUNT);
    assert_eq!(graded(honest.path())["contradictions"], json!([]));
    let wrong = graded(model(PACKED, &gptq(8), 2 * TRUE_COUNT).path());
    let said = wrong["contradictions"].to_string();
    assert!(said.contains(&TRUE_COUNT.to_string()), "{said}");
}

#[test]
fn what_cannot_be_counted_gives_no_number_contradicts_nobody_and_is_named() {
    for config in [gptq(4), json!({"model_type": "llama"}), json!({"quantization_config": {"quant_method": "new-one"}})]
    {
        let folder = model(PACKED, &config, 7 * TRUE_COUNT);
        let assessment = graded(folder.path());
        assert_eq!(assessment["contradictions"], json!([]), "{config}");
        let limits = assessment["limits"].to_string();
        assert!(limits.contains("model.layers.0.mlp.up_proj.qweight"), "{limits}");
        let facts = facts(folder.path());
        let parameters = fact(&facts, "model.parameters").unwrap();
        assert_eq!(parameters["assurance"], "declared", "{parameters}");
        let counted = facts["counted"].as_array().unwrap();
        assert!(counted.iter().any(|line| line["parameters"].is_null()), "{counted:?}");
    }
}

#[test]
fn facts_show_what_was_counted_read_and_passed_over() {
    let folder = model(PACKED, &gptq(8), TRUE_COUNT);
    fs::write(folder.path().join("model.onnx"), "x").unwrap();
    let facts = facts(folder.path());
    assert_eq!(facts.as_object().unwrap().keys().next().map(String::as_str), Some("schema"));
    assert_eq!(facts["schema"], "sovgrade/facts/1");
    let sum: u64 = facts["counted"].as_array().unwrap().iter().filter_map(|line| line["parameters"].as_u64()).sum();
    assert_eq!(sum, TRUE_COUNT);
    assert!(facts["read"].to_string().contains("model.safetensors"), "{}", facts["read"]);
    assert!(facts["passed-over"].to_string().contains("model.onnx"), "{}", facts["passed-over"]);
    let parameters = fact(&facts, "model.parameters").unwrap();
    assert_eq!(parameters["assurance"], "measured");
    assert!(parameters["sources"].to_string().contains("\"line\":6"), "the card's line: {parameters}");
    for (lang, words) in [("en", ["Counted", "GPTQ", "Passed over"]), ("ko", ["센 것", "GPTQ", "읽지 않은 파일"])]
    {
        for command in [&["facts", "--lang", lang][..], &["grade", "--facts", "--lang", lang]] {
            let page = run(command, folder.path());
            assert!(words.iter().all(|word| page.contains(word)), "{page}");
        }
    }
    let whole: Value = serde_json::from_str(&run(&["grade", "--facts", "--format", "json"], folder.path())).unwrap();
    assert_eq!(whole["facts"]["counted"], facts["counted"]);
}

#[test]
fn weights_are_held_where_a_file_has_matrices_with_numbers() {
    let held = |tensors: &[Tensor<'_>]| {
        let folder = model(tensors, &json!({"model_type": "llama"}), 1);
        let facts = facts(folder.path());
        fact(&facts, "model.weights-held").is_some_and(|fact| fact["assurance"] == "measured")
    };
    let layer = ("model.layers.0.mlp.up_proj.weight", "BF16", 16, &[8, 4][..]);
    let factors = [
        ("model.layers.0.mlp.up_proj.lora_A.weight", "BF16", 16, &[2, 4][..]),
        ("model.layers.0.mlp.up_proj.lora_B.weight", "BF16", 16, &[8, 2][..]),
    ];
    assert!(held(&[layer]));
    assert!(held(PACKED), "packed ones too, whatever they count");
    assert!(!held(&[]));
    assert!(!held(&factors));
    assert!(
        !held(&[factors[0], factors[1], ("model.embed_tokens.weight", "BF16", 16, &[9, 4])]),
        "a table trained beside"
    );
    assert!(held(&[factors[0], factors[1], layer]), "factors beside the layers that they run on");
    assert!(!held(&[layer, ("model.layers.1.mlp.up_proj.weight", "BF16", 16, &[0])]), "one that is hollow");
    assert!(!held(&[("model.norm.weight", "BF16", 16, &[8])]), "no matrix");
}

#[test]
fn a_card_may_mean_the_table_or_the_tokenizer_and_nothing_else() {
    let vocabulary: serde_json::Map<String, Value> = (0..300).map(|id| (format!("t{id}"), id.into())).collect();
    let tokenizer = json!({"version": "1.0", "model": {"type": "BPE", "vocab": vocabulary, "merges": []}});
    for (rows, stated, fits) in
        [(384, 300, true), (384, 384, true), (384, 500, false), (500, 500, true), (256, 256, true), (256, 384, false)]
    {
        let folder = tempfile::tempdir().unwrap();
        let table = [("model.embed_tokens.weight", "BF16", 16, &[rows, 8][..])];
        weights(&folder.path().join("model.safetensors"), &table);
        fs::write(folder.path().join("config.json"), json!({"model_type": "llama", "vocab_size": rows}).to_string())
            .unwrap();
        fs::write(folder.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
        let card = format!("schema: sovereignty/1\ntokenizer: {{origin: own, vocab_size: {stated}}}\n");
        fs::write(folder.path().join("sovereignty.yaml"), card).unwrap();
        let found = graded(folder.path())["contradictions"].to_string();
        assert_eq!(!found.contains(&stated.to_string()), fits, "{rows} rows, {stated} stated: {found}");
    }
}
