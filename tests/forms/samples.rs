//! `PyTorch` and GGUF files against the packages that write them: the same names, formats, shapes and numbers.
//!
//! `form_samples/make.py` made the samples with torch 2.15, safetensors and gguf 2.4; the safetensors file beside each
//! holds the numbers that its own package reads from it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use sovgrade::files::Form;
use sovgrade::weights::{Dtype, GgufProblem, Header, Problem, TorchProblem, WeightsError, read_weights};

use crate::sample;

fn header(name: &str) -> Result<Header, WeightsError> {
    let mut file = File::open(sample(name)).unwrap();
    let bytes = file.metadata().unwrap().len();
    read_weights(name, &mut file, bytes)
}

/// Format, shape and bytes of every tensor of a sample, by name.
fn tensors(name: &str) -> BTreeMap<String, (Dtype, Vec<u64>, Vec<u8>)> {
    let mut file = File::open(sample(name)).unwrap();
    let mut tensors = BTreeMap::new();
    for tensor in header(name).unwrap().tensors {
        file.seek(SeekFrom::Start(tensor.begin)).unwrap();
        let mut bytes = vec![0; usize::try_from(tensor.end - tensor.begin).unwrap()];
        file.read_exact(&mut bytes).unwrap();
        tensors.insert(tensor.name, (tensor.dtype, tensor.shape, bytes));
    }
    tensors
}

fn problem(name: &str) -> Problem {
    header(name).unwrap_err().problem
}

#[test]
fn what_torch_writes_is_what_safetensors_holds() {
    for (torch, safetensors) in [
        ("module.pt", "module.safetensors"),
        ("kinds-2.pt", "kinds.safetensors"),
        ("kinds-4.pt", "kinds.safetensors"),
        ("checkpoint.pt", "checkpoint.safetensors"),
    ] {
        assert_eq!(header(torch).unwrap().form, Form::Torch);
        assert_eq!(tensors(torch), tensors(safetensors), "{torch}");
    }
}

#[test]
fn a_tied_head_is_a_name_and_no_further_numbers() {
    let header = header("module.pt").unwrap();
    let tied: Vec<_> = header.tied.iter().map(|tied| (tied.name.as_str(), tied.with.as_str())).collect();
    assert_eq!(tied, [("lm_head.weight", "embed_tokens.weight")]);
}

#[test]
fn what_belongs_to_training_is_passed_over_and_named() {
    assert_eq!(header("checkpoint.pt").unwrap().passed_over, ["optimizer", "rng_state"]);
    assert_eq!(problem("optimizer.pt"), TorchProblem::Optimiser.into());
}

#[test]
fn other_forms_of_torch_are_refused_by_name() {
    assert_eq!(problem("old.pt"), TorchProblem::OldForm.into());
    assert_eq!(problem("script.pt"), TorchProblem::Script.into());
}

#[test]
fn what_gguf_writes_is_read_to_the_last_bit() {
    let header = header("formats.gguf").unwrap();
    assert_eq!(header.form, Form::Gguf);
    let value = |key: &str| header.metadata.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    assert_eq!(value("general.architecture"), Some("llama"));
    assert_eq!(value("llama.attention.head_count"), Some("2"));
    assert_eq!(value("tokenizer.ggml.tokens"), None, "arrays are stepped over");
    assert_eq!(value("general.description"), None, "so are long texts");
    let (ours, theirs) = (tensors("formats.gguf"), tensors("formats.safetensors"));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, (dtype, shape, bytes)) in ours {
        let (expected_dtype, expected_shape, expected) = &theirs[&name];
        let mut numbers = [Vec::new(), Vec::new()];
        assert!(dtype.decode(&bytes, &mut numbers[0]) && expected_dtype.decode(expected, &mut numbers[1]), "{name}");
        let bits = numbers.map(|numbers| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>());
        assert_eq!((&shape, &bits[0]), (expected_shape, &bits[1]), "{name}");
    }
}

#[test]
fn a_version_of_gguf_that_is_not_read_is_named() {
    for (version, expected) in
        [(1_u32, GgufProblem::Version(1)), (4, GgufProblem::Version(4)), (3 << 24, GgufProblem::BigEndian)]
    {
        let bytes = [b"GGUF".as_slice(), &version.to_le_bytes(), &[0; 40]].concat();
        let read = read_weights("m", &mut std::io::Cursor::new(&bytes), bytes.len() as u64);
        assert_eq!(read.unwrap_err().problem, expected.into());
    }
}
