//! Models with several stacks of layers: encoder and decoder, stages, two eyes. What one of them shares is said of it
//! and of no other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sovgrade::evidence::{EvidenceFile, Relation};
use sovgrade::measure::{Options, measure};

use crate::fixtures::{Format, LAYERS, Weights, model, trained, write_file};

/// A model's layers under other names: the `from`-th and later ones, `count` of them, with `prefix` before their
/// numbers.
fn layers(of: &Weights, from: usize, count: usize, prefix: &str) -> Weights {
    let mut out = BTreeMap::new();
    for at in 0..count {
        let own = format!("model.layers.{}.", from + at);
        for (name, tensor) in of.iter().filter(|(name, _)| name.starts_with(&own)) {
            out.insert(name.replacen(&own, &format!("{prefix}{at}."), 1), tensor.clone());
        }
    }
    out
}

/// What stands outside all layers.
fn ends(of: &Weights) -> Weights {
    of.iter().filter(|(name, _)| !name.contains(".layers.")).map(|(name, it)| (name.clone(), it.clone())).collect()
}

fn put(root: &Path, name: &str, weights: &Weights, family: &str) -> PathBuf {
    let directory = root.join(name);
    fs::create_dir_all(&directory).unwrap();
    write_file(&directory.join("model.safetensors"), weights, Format::F32);
    let config: Value = json!({"model_type": family, "hidden_size": 64, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 8, "hidden_act": "silu"});
    fs::write(directory.join("config.json"), config.to_string()).unwrap();
    directory
}

/// The loudest of the families that signs and swaps give a component, against the most that its units allow: one for a
/// copy, about nought for a stranger.
fn loudest(evidence: &EvidenceFile, id: &str) -> f64 {
    let component = evidence.links[0].components.iter().find(|part| part.id == id);
    let component = component.unwrap_or_else(|| panic!("{id} is not there"));
    let tests = component.tests.iter().filter(|test| ["f2", "f4"].contains(&test.family.as_str()));
    tests.filter_map(|test| Some(test.z? / (test.n? as f64).sqrt())).fold(0.0, f64::max)
}

fn compared(candidate: &Path, reference: &Path) -> EvidenceFile {
    let options = Options { digests: false, ..Options::default() };
    measure(candidate, &[reference.to_owned()], &options).unwrap()
}

#[test]
fn each_stack_is_found_for_itself_whichever_way_round() {
    let root = tempfile::tempdir().unwrap();
    let (theirs, own) = (model(7), model(8));
    let copy = trained(&theirs, 9, 0.1);
    let reference = put(root.path(), "reference", &theirs, "llama");
    for (name, first, second, told) in [
        ("decoder", "model.decoder.layers.", "model.encoder.layers.", ["text-decoder", "text-encoder"]),
        ("encoder", "model.encoder.layers.", "model.decoder.layers.", ["text-encoder", "text-decoder"]),
        ("stage", "net.stage1.block", "net.stage2.block", ["text-stage1", "text-stage2"]),
    ] {
        let mut weights = ends(&own);
        weights.extend(layers(&copy, 0, LAYERS, first));
        weights.extend(layers(&own, 0, LAYERS, second));
        let candidate = put(root.path(), name, &weights, "ours");
        let found = compared(&candidate, &reference);
        assert!(loudest(&found, told[0]) > 0.9, "{name}: {}", loudest(&found, told[0]));
        assert!(loudest(&found, told[1]) < 0.5, "{name}: {}", loudest(&found, told[1]));
        let turned = compared(&reference, &candidate);
        assert!(loudest(&turned, "text") > 0.9, "{name}: the most telling tower stands for the others");
    }
}

#[test]
fn a_stack_that_was_cut_in_two_is_found_in_both() {
    let root = tempfile::tempdir().unwrap();
    let theirs = model(17);
    let copy = trained(&theirs, 18, 0.1);
    let reference = put(root.path(), "reference", &theirs, "llama");
    let mut weights = ends(&copy);
    weights.extend(layers(&copy, 0, 2, "net.stage1.block"));
    weights.extend(layers(&copy, 2, LAYERS - 2, "net.stage2.block"));
    let found = compared(&put(root.path(), "stages", &weights, "ours"), &reference);
    for (id, from) in [("text-stage1", 0), ("text-stage2", 2)] {
        let part = found.links[0].components.iter().find(|part| part.id == id).unwrap();
        let origin: Vec<u32> =
            part.parts.iter().filter(|part| part.role == "feed-forward").map(|part| part.from).collect();
        assert_eq!(origin, [from, from + 1], "{id}");
    }
}

#[test]
fn of_two_eyes_the_one_that_is_shared_is_named() {
    let root = tempfile::tempdir().unwrap();
    let (theirs, own) = (model(27), model(28));
    let eye = |of: &Weights, word: &str| layers(of, 0, LAYERS, &format!("visual.{word}.layers."));
    let mut weights = own.clone();
    weights.extend(eye(&model(29), "high"));
    weights.extend(eye(&trained(&theirs, 30, 0.1), "low"));
    let candidate = put(root.path(), "two-eyes", &weights, "ours");
    let reference = put(root.path(), "eye", &layers(&theirs, 0, LAYERS, "visual.layers."), "ours");
    let found = compared(&candidate, &reference);
    // What the config says of heads is said of text; an eye's are not known, and its neurons tell.
    assert!(loudest(&found, "vision-low") > 0.9 && loudest(&found, "vision-high") < 0.5);
    for id in ["text", "embedding"] {
        let part = found.links[0].components.iter().find(|part| part.id == id).unwrap();
        assert_eq!(part.relation, Relation::NoCounterpart, "{id}: the reference has none");
    }
}
