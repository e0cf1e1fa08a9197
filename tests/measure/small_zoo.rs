//! The six small models that stand in the repository: what is said of their pairs, in a clone without corpora.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sovgrade::measure::{Options, measure};

/// No model of them is longer.
const MOST_BYTES: u64 = 200_000;

fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small_zoo")
}

fn words(value: &Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn every_pair_is_answered_as_it_was_made() {
    let expected: Value = serde_json::from_slice(&fs::read(zoo().join("expected.json")).unwrap()).unwrap();
    for pair in expected.as_array().unwrap() {
        let [candidate, reference] = ["candidate", "reference"].map(|side| zoo().join(pair[side].as_str().unwrap()));
        let link = measure(&candidate, &[reference], &Options::default()).unwrap().links.remove(0);
        let name = format!("{} against {}", pair["candidate"], pair["reference"]);
        assert_eq!(link.relation.word(), pair["relation"].as_str().unwrap(), "{name}");
        let layers: Vec<u32> =
            link.components.iter().filter(|part| part.id == "text").flat_map(|part| part.layers.clone()).collect();
        let right: Vec<u32> = serde_json::from_value(pair["layers"].clone()).unwrap();
        assert_eq!(layers, right, "{name}");
        let said: BTreeSet<&str> = link.changes.iter().map(|change| change.word()).collect();
        assert!(words(&pair["said"]).is_subset(&said), "{name}: {said:?}");
        assert!(words(&pair["not-said"]).is_disjoint(&said), "{name}: {said:?}");
    }
}

#[test]
fn the_models_are_small_and_six() {
    let models: Vec<PathBuf> =
        fs::read_dir(zoo()).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    assert_eq!(models.len(), 6);
    for model in models {
        assert!(fs::metadata(model.join("model.safetensors")).unwrap().len() < MOST_BYTES, "{}", model.display());
    }
}
