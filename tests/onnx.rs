//! `tools/onnx_to_safetensors.py` drops no weight in silence: each is written as it stood before the export, or named.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

/// A field of a protobuf message that holds bytes.
fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    let mut out = varint(field << 3 | 2);
    out.extend(varint(content.len() as u64));
    out.extend_from_slice(content);
    out
}

/// A field that holds a number.
fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 128 {
        out.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

const FLOAT: u64 = 1;
const INT8: u64 = 3;

/// A stored tensor of a graph.
fn stored(name: &str, kind: u64, shape: &[u64], raw: &[u8]) -> Vec<u8> {
    let dims: Vec<u8> = shape.iter().flat_map(|&side| number(1, side)).collect();
    bytes(5, &[dims, number(2, kind), bytes(8, name.as_bytes()), bytes(9, raw)].concat())
}

fn floats(name: &str, shape: &[u64], values: &[f32]) -> Vec<u8> {
    stored(name, FLOAT, shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

fn node(kind: &str, name: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let inputs: Vec<u8> = inputs.iter().flat_map(|input| bytes(1, input.as_bytes())).collect();
    let attributes = attributes.concat();
    bytes(
        1,
        &[inputs, bytes(2, output.as_bytes()), bytes(3, name.as_bytes()), bytes(4, kind.as_bytes()), attributes]
            .concat(),
    )
}

fn attribute(name: &str, value: u64) -> Vec<u8> {
    bytes(5, &[bytes(1, name.as_bytes()), number(3, value), number(20, 2)].concat())
}

/// A tensor by name, with its shape and its numbers.
type Written = (String, Vec<u64>, Vec<f32>);

/// Runs the tool on a graph and reads what it wrote.
fn converted(graph: &[Vec<u8>]) -> (Output, Vec<Written>) {
    let dir = tempfile::tempdir().unwrap();
    let model = dir.path().join("model.onnx");
    std::fs::write(&model, [number(1, 8), bytes(7, &graph.concat())].concat()).unwrap();
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/onnx_to_safetensors.py");
    let done = Command::new("python3").arg(tool).arg(&model).arg(dir.path().join("out")).output().unwrap();
    let written = std::fs::read(dir.path().join("out/model.safetensors")).unwrap();
    let header = u64::from_le_bytes(written[..8].try_into().unwrap()) as usize;
    let told: serde_json::Value = serde_json::from_slice(&written[8..8 + header]).unwrap();
    let tensors = told.as_object().unwrap().iter().map(|(name, told)| {
        assert_eq!(told["dtype"], "F32", "{name}");
        let places: Vec<u64> = serde_json::from_value(told["data_offsets"].clone()).unwrap();
        let data = &written[8 + header..][places[0] as usize..places[1] as usize];
        let numbers = data.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
        (name.clone(), serde_json::from_value(told["shape"].clone()).unwrap(), numbers)
    });
    let tensors = tensors.collect();
    (done, tensors)
}

fn tensor<'a>(tensors: &'a [(String, Vec<u64>, Vec<f32>)], name: &str) -> (&'a [u64], &'a [f32]) {
    let found = tensors.iter().find(|tensor| tensor.0 == name);
    let (_, shape, numbers) = found.unwrap_or_else(|| panic!("no {name} in {tensors:?}"));
    (shape, numbers)
}

#[test]
#[cfg_attr(not(python), ignore = "no Python of version 3.9 or newer")]
fn every_matrix_is_written_as_it_stood_before_the_export() {
    let graph = [
        // A table of eight bits, made numbers after it was looked up.
        stored("emb.word_embeddings.weight_quantized", INT8, &[3, 2], &[1, 255, 2, 254, 3, 253]),
        floats("emb.word_embeddings.weight_scale", &[], &[0.5]),
        stored("emb.word_embeddings.weight_zero_point", INT8, &[], &[1]),
        node("Gather", "/emb/Gather", &["emb.word_embeddings.weight_quantized", "ids"], "rows", &[]),
        node(
            "DequantizeLinear",
            "",
            &["rows", "emb.word_embeddings.weight_scale", "emb.word_embeddings.weight_zero_point"],
            "stream",
            &[],
        ),
        // A matrix whose node's path tells its layer.
        floats("onnx::MatMul_7", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        node("MatMul", "/layer.0/attention/query/MatMul", &["stream", "onnx::MatMul_7"], "q", &[]),
        // One whose bias does, of eight bits with a scale for each output.
        stored("val_9_q", INT8, &[2, 2], &[1, 2, 3, 4]),
        floats("val_9_scale", &[1, 2], &[1.0, 10.0]),
        floats("layer.0.up.bias", &[2], &[7.0, 8.0]),
        node("Cast", "", &["val_9_q"], "val_9_cast", &[attribute("to", FLOAT)]),
        node("Mul", "", &["val_9_cast", "val_9_scale"], "val_9", &[]),
        node("MatMul", "node_MatMul_3", &["stream", "val_9"], "up", &[]),
        node("Add", "", &["up", "layer.0.up.bias"], "up_biased", &[]),
        // One that stands as it stood.
        floats("pooler.dense.weight", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        floats("pooler.dense.bias", &[2], &[0.0, 1.0]),
        node(
            "Gemm",
            "/pooler/Gemm",
            &["up_biased", "pooler.dense.weight", "pooler.dense.bias"],
            "out",
            &[attribute("transB", 1)],
        ),
    ];
    let (done, tensors) = converted(&graph);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.is_empty(), "{said}");
    assert_eq!(String::from_utf8_lossy(&done.stdout), "6 tensors, 24 numbers\n");
    assert_eq!(tensor(&tensors, "emb.word_embeddings.weight"), (&[3, 2][..], &[0.0, -1.0, 0.5, -1.5, 1.0, -2.0][..]));
    assert_eq!(tensor(&tensors, "layer.0.attention.query.weight"), (&[3, 2][..], &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0][..]));
    assert_eq!(tensor(&tensors, "layer.0.up.weight"), (&[2, 2][..], &[1.0, 3.0, 20.0, 40.0][..]));
    assert_eq!(tensor(&tensors, "pooler.dense.weight"), (&[2, 2][..], &[1.0, 2.0, 3.0, 4.0][..]));
}

#[test]
#[cfg_attr(not(python), ignore = "no Python of version 3.9 or newer")]
fn what_has_no_place_is_named_and_the_exit_code_is_one() {
    let graph = [
        floats("onnx::MatMul_7", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        node("MatMul", "MatMul_3", &["stream", "onnx::MatMul_7"], "q", &[]),
        // Two matrices that would have one name.
        floats("onnx::MatMul_8", &[2, 2], &[5.0, 6.0, 7.0, 8.0]),
        node("MatMul", "/layer/up/MatMul", &["stream", "onnx::MatMul_8"], "a", &[]),
        floats("onnx::MatMul_9", &[2, 2], &[5.0, 6.0, 7.0, 9.0]),
        node("MatMul", "/layer/up/MatMul_1", &["a", "onnx::MatMul_9"], "b", &[]),
        // Four bits in blocks.
        stored("onnx::MatMul_10", 22, &[2, 64], &[0; 64]),
        floats("tables.wte.weight", &[2, 2], &[1.0; 4]),
        node("Gather", "", &["tables.wte.weight", "ids"], "rows", &[]),
    ];
    let (done, tensors) = converted(&graph);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    for line in [
        "not placed: onnx::MatMul_7 [2, 2]: no layer is known",
        "not placed: onnx::MatMul_9 [2, 2]: another tensor is called layer.up.weight",
        "not placed: onnx::MatMul_10 [2, 64]: type 22 is not read",
        "3 tensors, 136 numbers are not in the file",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert_eq!(tensors.len(), 2, "{tensors:?}");
    assert_eq!(tensor(&tensors, "layer.up.weight").1, [5.0, 7.0, 6.0, 8.0]);
}
