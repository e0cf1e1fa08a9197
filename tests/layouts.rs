//! Directories of every kind that people hand in, drawn by a generator: whatever lies in one is read or named, what is
//! counted is what is there, and no sentence says that something is absent that is there.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};
use sovgrade::facts::Dossier;
use sovgrade::gather::gather;
use sovgrade::vocabulary::vocabulary;

/// Files of a directory, by their names below it.
type Files = BTreeMap<String, Vec<u8>>;

/// A safetensors file of bfloat16 matrices, each with its rows and columns.
fn weights(tensors: &[(String, u64, u64)]) -> Vec<u8> {
    let (mut header, mut end) = (serde_json::Map::new(), 0);
    for (name, rows, columns) in tensors {
        let begin = end;
        end += rows * columns * 2;
        let entry = json!({"dtype": "BF16", "shape": [rows, columns], "data_offsets": [begin, end]});
        header.insert(name.clone(), entry);
    }
    let header = Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.resize(bytes.len() + usize::try_from(end).unwrap(), 1);
    bytes
}

fn pointer() -> Vec<u8> {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", "a".repeat(64)).into_bytes()
}

fn dossier(files: &Files) -> Dossier {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let read = gather(folder.path(), &[]);
    read.unwrap_or_else(|problems| panic!("{:?}: {problems:?}", files.keys())).dossier
}

/// Everything that a report can say of the directory.
fn said(dossier: &Dossier) -> String {
    let limits = dossier.limits.iter().map(|limit| limit.en.as_str());
    let findings = dossier.findings.iter().map(|finding| finding.says.en.as_str());
    let inputs = dossier.inputs.iter().map(|input| input.name.as_str());
    let passed = dossier.passed_over.iter().map(|file| file.name.as_str());
    limits.chain(findings).chain(inputs).chain(passed).collect::<Vec<_>>().join("\n")
}

fn parameters(dossier: &Dossier) -> Option<f64> {
    let fact = dossier.fact(vocabulary().must("model.parameters"));
    let measured = fact.sources().iter().find(|source| source.assurance == sovgrade::facts::Assurance::Measured)?;
    match measured.value {
        Some(sovgrade::facts::Value::Number(number)) => Some(number),
        _ => None,
    }
}

/// Files that people put beside a model, none of which changes what the model is.
const BESIDE: &[(&str, &str)] = &[
    ("model.onnx", "x"),
    ("onnx/model_quantized.onnx", "x"),
    ("flax_model.msgpack", "x"),
    ("tf_model.h5", "x"),
    ("model.nemo", "x"),
    ("original/consolidated.00.pth", "x"),
    ("pytorch_model_fsdp_0/__0_0.distcp", "x"),
    ("openvino/openvino_model.bin", "x"),
    ("NOTICE", "some notice"),
    ("LICENSE-CODE", "terms of our own for the code"),
    ("USE_POLICY.md", "do no harm"),
    ("LICENSES/OWN-1.0.txt", "terms of our own"),
    ("legal/TERMS.md", "more terms"),
    ("merge_recipe.txt", "merge_method: linear"),
    ("mergekit/config.yml", "merge_method: linear\nmodels: [{model: a-lab/one}, {model: b-lab/two}]\n"),
    ("mergekit_config.json", "{\"merge_method\": \"linear\", \"models\": [{\"model\": \"a-lab/one\"}]}"),
    ("axolotl.yaml", "base_model: a-lab/one\nadapter: lora\n"),
    ("quantize_config.json", "{\"bits\": 4, \"model_name_or_path\": \"a-lab/one\"}"),
];

/// Files in whose place a pointer may stand.
const FETCHED: &[&str] = &["tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer_config.json", "config.json"];

/// A small model in the directory itself, in one of the ways in which it may lie there.
fn model(way: usize) -> (Files, f64) {
    let tensors = [
        ("model.embed_tokens.weight".to_owned(), 16, 8),
        ("model.layers.0.mlp.up_proj.weight".to_owned(), 12, 8),
        ("model.layers.0.mlp.down_proj.weight".to_owned(), 8, 12),
    ];
    let mut files = Files::new();
    let parts = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    let listed: serde_json::Map<String, Value> =
        tensors.iter().enumerate().map(|(at, tensor)| (tensor.0.clone(), json!(parts[usize::from(at > 0)]))).collect();
    match way {
        0 => drop(files.insert("model.safetensors".to_owned(), weights(&tensors))),
        1 => drop(files.insert("consolidated.safetensors".to_owned(), weights(&tensors))),
        way => {
            files.insert(parts[0].to_owned(), weights(&tensors[..1]));
            files.insert(parts[1].to_owned(), weights(&tensors[1..]));
            let index = json!({"metadata": {"total_size": 1}, "weight_map": listed}).to_string();
            if way == 3 {
                files.insert("model.safetensors.index.json".to_owned(), index.into_bytes());
            } else if way == 4 {
                files.insert("consolidated.safetensors".to_owned(), weights(&tensors));
            }
        }
    }
    files.insert("README.md".to_owned(), b"---\nlicense: mit\n---\n".to_vec());
    (files, (16 * 8 + 2 * 12 * 8).into())
}

/// Folders of a pipeline with the files that may hold their weights.
const PARTS: &[(&str, &str)] = &[
    ("transformer", "diffusion_pytorch_model.safetensors"),
    ("unet", "diffusion_pytorch_model.safetensors"),
    ("vae", "diffusion_pytorch_model.safetensors"),
    ("text_encoder", "model.safetensors"),
    ("text_encoder_2", "model.safetensors"),
    ("image_encoder", "model.safetensors"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever lies beside a model is named, and the count is that of the model.
    #[test]
    fn every_file_is_read_or_named(
        way in 0..5_usize, beside in subsequence(BESIDE, 0..6), pointers in subsequence(FETCHED, 0..3)
    ) {
        let (mut files, count) = model(way);
        for (name, text) in &beside {
            files.insert((*name).to_owned(), text.as_bytes().to_vec());
        }
        for name in &pointers {
            files.insert((*name).to_owned(), pointer());
        }
        let dossier = dossier(&files);
        let said = said(&dossier);
        for name in files.keys().filter(|name| !name.ends_with(".index.json")) {
            prop_assert!(said.contains(name.as_str()), "{} of {:?} is named nowhere:\n{}", name, files.keys(), said);
        }
        for (name, text) in beside.iter().filter(|(_, text)| text.contains("a-lab/one")) {
            let links = format!("{:?}{:?}", dossier.named("component"), dossier.findings);
            prop_assert!(links.contains("a-lab/one"), "{} names a model: {}", name, text);
        }
        let counted = parameters(&dossier);
        prop_assert!(counted.is_none_or(|found| (found - count).abs() < 0.5), "{:?} of {}", counted, count);
        let opened = said.lines().filter(|line| line.contains("not read")).flat_map(|line| line.split('`'));
        for name in opened.filter(|name| files.contains_key(*name)) {
            let digest = dossier.inputs.iter().find(|input| input.name == name).and_then(|input| input.sha256.clone());
            prop_assert_eq!(digest, None, "{} was read, and is called not read", name);
        }
    }

    /// A pipeline is counted by its folders; the same model once more in one file beside them adds nothing.
    #[test]
    fn a_pipeline_is_counted_once(
        parts in subsequence(PARTS, 1..5), sides in proptest::collection::vec(2..9_u64, 5),
        whole in proptest::option::of(proptest::sample::select(vec![
            "sd_1.0.safetensors", "model.safetensors", "flux-dev.safetensors", "ae.safetensors",
        ])),
        twice in any::<bool>()
    ) {
        let (mut files, mut count) = (Files::new(), 0);
        let mut list = serde_json::Map::from_iter([("_class_name".to_owned(), json!("OwnPipeline"))]);
        for ((folder, file), side) in parts.iter().zip(&sides) {
            let tensors = [("layers.0.mlp.fc1.weight".to_owned(), *side, 4)];
            count += side * 4;
            files.insert(format!("{folder}/{file}"), weights(&tensors));
            if twice {
                files.insert(format!("{folder}/{}", file.replace(".safetensors", ".fp16.safetensors")), weights(&tensors));
            }
            list.insert((*folder).to_owned(), json!(["a-library", "AClass"]));
        }
        if let Some(whole) = whole {
            files.insert(whole.to_owned(), weights(&[("model.diffusion_model.x.weight".to_owned(), 9, 9)]));
        }
        files.insert("model_index.json".to_owned(), Value::Object(list).to_string().into_bytes());
        files.insert("README.md".to_owned(), b"---\nlicense: mit\n---\n".to_vec());
        let dossier = dossier(&files);
        let said = said(&dossier);
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let count = count as f64;
        prop_assert_eq!(parameters(&dossier), Some(count), "{:?}", files.keys());
        prop_assert!(whole.is_none_or(|whole| said.contains(whole)), "{:?}: {}", whole, said);
    }

    /// A number that is the tokenizer's or the table's is no lie, whichever of the two is greater; one that is neither is
    /// found.
    #[test]
    fn a_vocabulary_may_be_told_by_its_entries_or_its_rows(entries in 20..400_u64, rows in 20..400_u64, stated in 20..400_u64) {
        let vocabulary_of = |stated: u64| {
            let vocab: serde_json::Map<String, Value> = (0..entries).map(|id| (format!("t{id}"), json!(id))).collect();
            let tokenizer = json!({"model": {"type": "BPE", "vocab": vocab, "merges": []}});
            let card = format!("---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  tokenizer: {{origin: own, vocab_size: {stated}}}\n---\n");
            let files = Files::from([
                ("model.safetensors".to_owned(), weights(&[("model.embed_tokens.weight".to_owned(), rows, 2)])),
                ("config.json".to_owned(), json!({"model_type": "llama", "vocab_size": rows}).to_string().into_bytes()),
                ("tokenizer.json".to_owned(), tokenizer.to_string().into_bytes()),
                ("README.md".to_owned(), card.into_bytes()),
            ]);
            dossier(&files).fact(vocabulary().must("tokenizer.vocabulary-size")).sides().len()
        };
        prop_assert_eq!(vocabulary_of(entries), 0, "{} entries, {} rows", entries, rows);
        prop_assert_eq!(vocabulary_of(rows), 0, "{} rows, {} entries", rows, entries);
        let near = |a: u64, b: u64| a.abs_diff(b) * 50 <= a.max(b);
        if !near(stated, entries) && !near(stated, rows) {
            prop_assert_eq!(vocabulary_of(stated), 2, "{} of {} and {}", stated, entries, rows);
        }
    }

    /// Only a directory in which nothing looks like weights is a card without weights.
    #[test]
    fn weights_that_were_not_read_are_not_called_absent(
        name in proptest::sample::select(vec![
            "model.safetensors", "pytorch_model.bin", "model.onnx", "model.gguf", "tf_model.h5", "x/model.nemo",
            "adapters/ko/adapter_model.safetensors", "consolidated.00.pth", "pytorch_model_fsdp_0/__0_0.distcp",
        ]),
        fetched in any::<bool>()
    ) {
        let bytes = if fetched { weights(&[("base.layers.0.lora_A.weight".to_owned(), 2, 2)]) } else { pointer() };
        let text = |files: &Files| format!("{:?}", dossier(files).fact(vocabulary().must("model.form")));
        let mut files = Files::from([("README.md".to_owned(), b"---\nlicense: mit\n---\n".to_vec())]);
        prop_assert!(text(&files).contains("there is no weights file"));
        files.insert(name.to_owned(), bytes);
        prop_assert!(!text(&files).contains("there is no weights file"), "{}", name);
    }
}

/// A number that a card rounds, as people do, is no false statement; one that is wrong is found.
#[test]
fn a_rounded_number_contradicts_nothing() {
    let model = |stated: &str| {
        let (mut files, _) = model(0);
        let card = format!(
            "---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  release:\n    parameters: {stated}\n---\n"
        );
        files.insert(
            "model.safetensors".to_owned(),
            weights(&[("model.layers.0.mlp.up_proj.weight".to_owned(), 512, 2425)]),
        );
        files.insert("README.md".to_owned(), card.into_bytes());
        let dossier = dossier(&files);
        dossier.fact(vocabulary().must("model.parameters")).sides().len()
    };
    for rounded in ["1.2 M", "1.24 million", "1M", "약 120만", "124만", "1,241,600", "about 1.2M", "1.24e6"] {
        assert!(model(rounded) < 2, "{rounded}");
    }
    for wrong in ["2.5M", "1.3 M", "1.1 M", "62만", "1,300,000", "7 B"] {
        assert_eq!(model(wrong), 2, "{wrong}");
    }
}
