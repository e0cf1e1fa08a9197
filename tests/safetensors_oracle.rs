//! The header reader against the format's own library: what it writes is read the same, and what it refuses, so do we.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use sovgrade::weights::{Checkpoint, read_header};

/// Bytes of a file with one tensor of each of these formats and shapes.
fn written(tensors: &[(&str, Dtype, Vec<usize>, usize)]) -> Vec<u8> {
    let data: Vec<Vec<u8>> = tensors.iter().map(|(.., bytes)| vec![7; *bytes]).collect();
    let views = tensors
        .iter()
        .zip(&data)
        .map(|((name, dtype, shape, _), data)| (*name, TensorView::new(*dtype, shape.clone(), data).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

/// Everything that both say of a file: names, formats, shapes, places.
fn agree(bytes: &[u8]) -> usize {
    let theirs = SafeTensors::deserialize(bytes).unwrap();
    let mut source = bytes;
    let ours = read_header("model.safetensors", &mut source, bytes.len() as u64).unwrap();
    assert_eq!(ours.tensors.len(), theirs.len());
    for tensor in &ours.tensors {
        let view = theirs.tensor(&tensor.name).unwrap();
        let shape: Vec<u64> = view.shape().iter().map(|side| *side as u64).collect();
        assert_eq!((format!("{:?}", tensor.dtype), &tensor.shape), (format!("{:?}", view.dtype()), &shape));
        assert_eq!(tensor.end - tensor.begin, view.data().len() as u64, "{}", tensor.name);
    }
    ours.tensors.len()
}

#[test]
fn what_the_library_writes_is_read_the_same() {
    let bytes = written(&[
        ("model.embed_tokens.weight", Dtype::BF16, vec![5, 4], 40),
        ("model.norm.weight", Dtype::F32, vec![4], 16),
        ("lm_head.weight", Dtype::F16, vec![5, 4], 40),
        ("scale", Dtype::F8_E4M3, vec![3], 3),
        ("count", Dtype::I64, vec![], 8),
        ("nothing", Dtype::U8, vec![0, 9], 0),
    ]);
    assert_eq!(agree(&bytes), 6);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.safetensors"), &bytes).unwrap();
    let checkpoint = Checkpoint::open(folder.path(), "llama").unwrap();
    assert_eq!(checkpoint.tensor("model.embed_tokens.weight").map(|t| t.elements), Some(20));
}

#[test]
fn what_the_library_refuses_is_refused() {
    let bytes = written(&[("w", Dtype::F32, vec![2, 2], 16)]);
    let mut cases = vec![bytes[..bytes.len() - 1].to_vec(), bytes[..4].to_vec(), [&bytes[..], b"x"].concat()];
    let mut lying = bytes.clone();
    lying[0..8].copy_from_slice(&u64::MAX.to_le_bytes());
    cases.push(lying);
    let text = String::from_utf8_lossy(&bytes[8..]).replace("[2,2]", "[2,3]");
    cases.push([&bytes[..8], text.as_bytes()].concat());
    for case in cases {
        assert!(SafeTensors::deserialize(&case).is_err());
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("model.safetensors"), &case).unwrap();
        assert!(Checkpoint::open(folder.path(), "llama").is_err());
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn every_file_of_the_zoo_is_read_the_same() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let models = std::fs::read_dir(&zoo).unwrap();
    let mut seen = 0;
    for file in models.flatten().flat_map(|model| std::fs::read_dir(model.path()).into_iter().flatten().flatten()) {
        if file.path().extension().is_some_and(|end| end == "safetensors") {
            seen += usize::from(agree(&std::fs::read(file.path()).unwrap()) > 0);
        }
    }
    assert!(seen > 80, "only {seen} files");
}
