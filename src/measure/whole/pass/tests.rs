//! The pass against the ladder's own families, digests of whole files, and any number of workers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{PassFinding, PassPlan, families, run};
use crate::evidence::sha256_of_file;
use crate::measure::families::family::Family;
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::measure::progress::Progress;
use crate::measure::stats::test_matrices::random;
use crate::measure::verdict::alignment::Stream;
use crate::measure::verdict::controls::in_place;
use crate::weights::{Access, Checkpoint, ComponentKind};

const WIDTH: usize = 64;

/// A Llama-like model of two layers whose gains are all one, with its tensors in the order that `order` gives.
fn write(directory: &Path, seed: u64, turned_round: bool) -> Checkpoint {
    let mut tensors = vec![("model.embed_tokens.weight".to_owned(), vec![50, WIDTH])];
    for layer in 0..2 {
        for (leaf, rows, columns) in [
            ("self_attn.q_proj", 64, WIDTH),
            ("self_attn.k_proj", 32, WIDTH),
            ("self_attn.v_proj", 32, WIDTH),
            ("self_attn.o_proj", WIDTH, 64),
            ("mlp.gate_proj", 96, WIDTH),
            ("mlp.up_proj", 96, WIDTH),
            ("mlp.down_proj", WIDTH, 96),
        ] {
            tensors.push((format!("model.layers.{layer}.{leaf}.weight"), vec![rows, columns]));
        }
        for leaf in ["input_layernorm", "post_attention_layernorm"] {
            tensors.push((format!("model.layers.{layer}.{leaf}.weight"), vec![WIDTH]));
        }
    }
    if turned_round {
        tensors.reverse();
    }
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (at, (name, shape)) in tensors.into_iter().enumerate() {
        let begin = data.len();
        let numbers = match shape.as_slice() {
            [rows, columns] => random(*rows, *columns, seed * 100 + at as u64).data,
            _ => vec![1.0; WIDTH],
        };
        data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        header.insert(name, serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]}));
    }
    let header = serde_json::Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&data);
    fs::create_dir_all(directory).expect("made");
    fs::write(directory.join("model.safetensors"), bytes).expect("written");
    let config = r#"{"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2}"#;
    fs::write(directory.join("config.json"), config).expect("written");
    Checkpoint::open(directory, "llama").expect("opened")
}

fn pass(reference: &Checkpoint, candidate: &Checkpoint, workers: usize) -> (PassFinding, Stream) {
    pass_by(Access::Read, reference, candidate, workers)
}

fn pass_by(access: Access, reference: &Checkpoint, candidate: &Checkpoint, workers: usize) -> (PassFinding, Stream) {
    let model = Model::read(&candidate.clone(), Sample::WHOLE, &Progress::default()).expect("read");
    let tower = model.tower(ComponentKind::Text).expect("a tower");
    let stream =
        Stream { width: WIDTH, turned: tower.turned, traits: tower.traits, head_width: Some(16), swaps_allowed: true };
    let streams = BTreeMap::from([(0, stream)]);
    let plan = PassPlan { digests: [true, true], workers, access, progress: &Progress::default() };
    let found = run((reference, candidate), (&BTreeMap::new(), &[]), &streams, plan).expect("passed");
    (found, stream)
}

#[test]
fn the_families_are_those_of_the_ladder() {
    let root = tempfile::tempdir().expect("directory");
    let (a, b) = (write(&root.path().join("a"), 1, false), write(&root.path().join("b"), 2, false));
    let (found, stream) = pass(&a, &b, 2);
    let streamed = families(&found.tensors, 0, &stream, &[]);
    let read = |checkpoint: &Checkpoint| Model::read(checkpoint, Sample::WHOLE, &Progress::default()).expect("read");
    let (reference, candidate) = (read(&a), read(&b));
    let (x, y) =
        (reference.tower(ComponentKind::Text).expect("tower"), candidate.tower(ComponentKind::Text).expect("tower"));
    assert_eq!(a.config().family(), "llama");
    for (family, sum) in in_place(&x.layers, y) {
        let other = streamed.get(&family);
        match family {
            // Neighbours are swapped instead of the two halves: as many terms, other ones.
            Family::NeuronSwaps => {
                assert_eq!(other.map(crate::measure::stats::tail::SignSum::units), Some(sum.units()));
            }
            Family::UpDownSigns | Family::ValueSigns | Family::RotarySigns => {
                let other = other.expect("streamed too");
                assert_eq!(other.units(), sum.units());
                assert!((other.z() - sum.z()).abs() < 1e-4, "{family:?}: {} and {}", other.z(), sum.z());
            }
            _ => {}
        }
    }
}

#[test]
fn however_many_work_and_however_tensors_lie_the_figures_and_digests_are_the_same() {
    let root = tempfile::tempdir().expect("directory");
    let (a, b) = (write(&root.path().join("a"), 1, false), write(&root.path().join("b"), 2, true));
    let (one, _) = pass(&a, &b, 1);
    let (three, _) = pass(&a, &b, 3);
    assert_eq!(one.digests, three.digests);
    let figures = |found: &PassFinding| -> Vec<(u64, u64)> {
        found.tensors.iter().map(|tensor| (tensor.correlation.to_bits(), tensor.equal)).collect()
    };
    assert_eq!(figures(&one), figures(&three));
    let (mapped, _) = pass_by(Access::Map, &a, &b, 2);
    assert_eq!((&one.digests, figures(&one)), (&mapped.digests, figures(&mapped)));
    assert_eq!(one.tensors.len(), b.tensors.len());
    for (digests, checkpoint) in one.digests.iter().zip([&a, &b]) {
        let whole = sha256_of_file(&checkpoint.files[0].path).expect("digested");
        assert_eq!(digests.as_slice(), [whole]);
    }
}

#[test]
fn a_model_is_all_equal_to_itself_and_gains_of_one_are_no_likeness() {
    let root = tempfile::tempdir().expect("directory");
    let a = write(&root.path().join("a"), 1, false);
    let (found, stream) = pass(&a, &a, 2);
    for tensor in &found.tensors {
        assert_eq!(tensor.equal, tensor.numbers());
        if tensor.rows > 1 {
            assert!((tensor.correlation - 1.0).abs() < 1e-6 && tensor.telling);
        } else {
            assert!(tensor.correlation.abs() < 1e-6 && !tensor.telling);
        }
    }
    let identity = super::identity(&found.tensors, 0, &stream);
    assert_eq!(identity.units(), 2 * (48 + 48 + 16));
}
