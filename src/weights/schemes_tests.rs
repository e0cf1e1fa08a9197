//! Every scheme packs matrices of any shape, and is counted back: the true count with the config's statement, no number
//! without it, and never a wrong one with a false statement.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A tensor of a file that is made here: name, format, shape, and the integers that it holds if they matter.
type Made = (String, Dtype, Vec<u64>, Vec<u64>);

fn made(name: &str, dtype: Dtype, shape: &[u64]) -> Made {
    (name.to_owned(), dtype, shape.to_vec(), Vec::new())
}

/// Writes a safetensors file; integers of eight bytes are written where they are given, all else is zeros.
fn write(path: &Path, tensors: &[Made]) {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, dtype, shape, integers) in tensors {
        let bytes = usize::try_from(shape.iter().product::<u64>() * dtype.bits() / 8).expect("small");
        let begin = data.len();
        data.extend(integers.iter().flat_map(|number| number.to_le_bytes()));
        data.resize(begin + bytes, 0);
        header
            .insert(name.clone(), json!({"dtype": dtype.word(), "shape": shape, "data_offsets": [begin, data.len()]}));
    }
    let header = Value::Object(header).to_string();
    let mut out = (header.len() as u64).to_le_bytes().to_vec();
    out.extend_from_slice(header.as_bytes());
    out.extend(data);
    fs::write(path, out).expect("written");
}

/// The checkpoint of some tensors with a config.
fn opened(tensors: &[Made], config: &Value) -> Checkpoint {
    let directory = tempfile::tempdir().expect("directory");
    write(&directory.path().join("model.safetensors"), tensors);
    fs::write(directory.path().join("config.json"), config.to_string()).expect("written");
    Checkpoint::open(directory.path(), "llama").expect("opened")
}

/// All parameters, if all are known.
fn counted(tensors: &[Made], config: &Value) -> Option<u64> {
    opened(tensors, config).tensors.iter().map(Tensor::counted).sum()
}

/// How a scheme packs a matrix of outputs x inputs at some bits, and the config that states it.
struct Case {
    id: &'static str,
    bits: &'static [u64],
    pack: fn(&str, u64, u64, u64) -> Vec<Made>,
    config: fn(u64) -> Value,
}

/// Numbers that share a scale in all cases.
const GROUP: u64 = 32;

fn stated(method: &str, more: &Value) -> Value {
    let mut block = json!({"quant_method": method});
    for (key, value) in more.as_object().into_iter().flatten() {
        block[key] = value.clone();
    }
    json!({"model_type": "llama", "quantization_config": block})
}

static CASES: &[Case] = &[
    Case {
        id: "gptq",
        bits: &[2, 3, 4, 8],
        pack: |n, o, i, b| {
            vec![
                made(&format!("{n}.qweight"), Dtype::I32, &[i * b / 32, o]),
                made(&format!("{n}.qzeros"), Dtype::I32, &[i / GROUP, (o * b).div_ceil(32)]),
                made(&format!("{n}.scales"), Dtype::F16, &[i / GROUP, o]),
                made(&format!("{n}.g_idx"), Dtype::I32, &[i]),
            ]
        },
        config: |b| stated("gptq", &json!({"bits": b, "group_size": GROUP})),
    },
    Case {
        id: "awq",
        bits: &[4],
        pack: |n, o, i, b| {
            vec![
                made(&format!("{n}.qweight"), Dtype::I32, &[i, o * b / 32]),
                made(&format!("{n}.qzeros"), Dtype::I32, &[i / GROUP, o * b / 32]),
                made(&format!("{n}.scales"), Dtype::F16, &[i / GROUP, o]),
            ]
        },
        config: |b| stated("awq", &json!({"bits": b, "group_size": GROUP, "version": "gemm"})),
    },
    Case {
        id: "awq",
        bits: &[4],
        pack: |n, o, i, b| {
            vec![
                made(&format!("{n}.qweight"), Dtype::I32, &[o, i * b / 32]),
                made(&format!("{n}.qzeros"), Dtype::I32, &[o, (i / GROUP).div_ceil(8)]),
                made(&format!("{n}.scales"), Dtype::F16, &[o, (i / GROUP).div_ceil(8) * 8]),
            ]
        },
        config: |b| stated("awq", &json!({"bits": b, "group_size": GROUP, "version": "gemv"})),
    },
    Case {
        id: "awq",
        bits: &[4],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.qweight"), Dtype::I16, &[o / 4, i]),
                made(&format!("{n}.scales"), Dtype::F16, &[(i / GROUP).div_ceil(8) * 8, o]),
                made(&format!("{n}.scaled_zeros"), Dtype::F16, &[(i / GROUP).div_ceil(8) * 8, o]),
            ]
        },
        config: |b| stated("awq", &json!({"bits": b, "group_size": GROUP, "version": "gemv_fast"})),
    },
    Case {
        id: "auto-round",
        bits: &[2, 3, 4, 8],
        pack: |n, o, i, b| (CASES[0].pack)(n, o, i, b).into_iter().take(3).collect(),
        config: |b| {
            stated("auto-round", &json!({"bits": b, "group_size": GROUP, "packing_format": "auto_round:auto_gptq"}))
        },
    },
    Case {
        id: "bitsandbytes",
        bits: &[4],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::U8, &[o * i / 2, 1]),
                made(&format!("{n}.weight.absmax"), Dtype::F32, &[(o * i).div_ceil(64)]),
                made(&format!("{n}.weight.quant_map"), Dtype::F32, &[16]),
                made(&format!("{n}.weight.quant_state.bitsandbytes__nf4"), Dtype::U8, &[80]),
            ]
        },
        config: |_| stated("bitsandbytes", &json!({"load_in_4bit": true, "load_in_8bit": false})),
    },
    Case {
        id: "bitsandbytes",
        bits: &[4],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::BF16, &[o * i / 4, 1]),
                made(&format!("{n}.weight.absmax"), Dtype::U8, &[(o * i).div_ceil(64)]),
                made(&format!("{n}.weight.quant_map"), Dtype::F32, &[16]),
                made(&format!("{n}.weight.nested_absmax"), Dtype::F32, &[(o * i).div_ceil(64).div_ceil(256)]),
                made(&format!("{n}.weight.nested_quant_map"), Dtype::F32, &[256]),
                made(&format!("{n}.weight.quant_state.bitsandbytes__nf4"), Dtype::U8, &[80]),
            ]
        },
        config: |_| stated("bitsandbytes", &json!({"load_in_4bit": true, "bnb_4bit_quant_storage": "bfloat16"})),
    },
    Case {
        id: "bitsandbytes",
        bits: &[8],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::I8, &[o, i]),
                made(&format!("{n}.SCB"), Dtype::F32, &[o]),
                made(&format!("{n}.weight_format"), Dtype::U8, &[]),
            ]
        },
        config: |_| stated("bitsandbytes", &json!({"load_in_8bit": true})),
    },
    Case {
        id: "compressed-tensors",
        bits: &[2, 3, 4, 5, 6, 8],
        pack: |n, o, i, b| packed_rows(n, o, i, i.div_ceil(32 / b)),
        config: |b| groups(b, "pack-quantized"),
    },
    Case {
        id: "compressed-tensors",
        bits: &[2, 3, 4, 5, 6, 8],
        pack: |n, o, i, b| packed_rows(n, o, i, (i * b).div_ceil(32)),
        config: |b| groups(b, "pack-quantized"),
    },
    Case {
        id: "compressed-tensors",
        bits: &[4],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight_packed"), Dtype::U8, &[o, i / 2]),
                made(&format!("{n}.weight_scale"), Dtype::F8_E4M3, &[o, i / 16]),
                made(&format!("{n}.weight_global_scale"), Dtype::F32, &[1]),
            ]
        },
        config: |b| groups(b, "nvfp4-pack-quantized"),
    },
    Case {
        id: "compressed-tensors",
        bits: &[8],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::I8, &[o, i]),
                made(&format!("{n}.weight_scale"), Dtype::BF16, &[o, 1]),
            ]
        },
        config: |b| groups(b, "int-quantized"),
    },
    Case {
        id: "mlx",
        bits: &[2, 3, 4, 5, 6, 8],
        pack: |n, o, i, b| {
            vec![
                made(&format!("{n}.weight"), Dtype::U32, &[o, i * b / 32]),
                made(&format!("{n}.scales"), Dtype::BF16, &[o, i / GROUP]),
                made(&format!("{n}.biases"), Dtype::BF16, &[o, i / GROUP]),
            ]
        },
        config: |b| json!({"model_type": "llama", "quantization": {"bits": b, "group_size": GROUP}}),
    },
    Case {
        id: "exl2",
        bits: &[2, 3, 4, 5, 6, 8],
        pack: |n, o, i, b| {
            vec![
                made(&format!("{n}.q_weight"), Dtype::I32, &[i * b / 32, o]),
                made(&format!("{n}.q_scale"), Dtype::I32, &[i / GROUP, o / 8]),
                made(&format!("{n}.q_scale_max"), Dtype::F16, &[i / GROUP]),
                made(&format!("{n}.q_groups"), Dtype::I16, &[2 * i / GROUP]),
                made(&format!("{n}.q_invperm"), Dtype::I16, &[i]),
            ]
        },
        config: |b| stated("exl2", &json!({"bits": b as f64 + 0.25})),
    },
    Case {
        id: "exl3",
        bits: &[2, 3, 4, 6, 8],
        pack: |n, o, i, b| {
            vec![
                made(&format!("{n}.trellis"), Dtype::I16, &[i / 16, o / 16, 16 * b]),
                made(&format!("{n}.suh"), Dtype::F16, &[i]),
                made(&format!("{n}.svh"), Dtype::F16, &[o]),
            ]
        },
        config: |b| stated("exl3", &json!({"bits": b, "head_bits": 6})),
    },
    Case {
        id: "hqq",
        bits: &[2, 3, 4, 8],
        pack: |n, o, i, b| {
            let (rows, format) =
                if b == 3 { ((o * i / GROUP).div_ceil(10), Dtype::I32) } else { (o * i / GROUP * b / 8, Dtype::U8) };
            vec![
                made(&format!("{n}.W_q"), format, &[rows, GROUP]),
                made(&format!("{n}.scale"), Dtype::F16, &[o * i / GROUP, 1]),
                made(&format!("{n}.zero"), Dtype::F16, &[o * i / GROUP, 1]),
                made(&format!("{n}.shape"), Dtype::I64, &[2]),
            ]
        },
        config: |b| {
            stated(
                "hqq",
                &json!({"quant_config": {"weight_quant_params": {"nbits": b, "group_size": GROUP, "axis": 1}}}),
            )
        },
    },
    Case {
        id: "aqlm",
        bits: &[2],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.codes"), Dtype::I16, &[o, i / 8, 1]),
                made(&format!("{n}.codebooks"), Dtype::F16, &[1, 256, 1, 8]),
                made(&format!("{n}.scales"), Dtype::F16, &[o, 1, 1, 1]),
            ]
        },
        config: |_| {
            stated(
                "aqlm",
                &json!({"in_group_size": 8, "out_group_size": 1, "num_codebooks": 1, "nbits_per_codebook": 16}),
            )
        },
    },
    Case {
        id: "bitnet",
        bits: &[2],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::U8, &[o / 4, i]),
                made(&format!("{n}.weight_scale"), Dtype::BF16, &[1]),
            ]
        },
        config: |_| stated("bitnet", &json!({"modules_to_not_convert": null})),
    },
    Case {
        id: "mxfp4",
        bits: &[4],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}_blocks"), Dtype::U8, &[2, o / 2, i / 32, 16]),
                made(&format!("{n}_scales"), Dtype::U8, &[2, o / 2, i / 32]),
            ]
        },
        config: |_| stated("mxfp4", &json!({})),
    },
    Case {
        id: "modelopt",
        bits: &[4],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::U8, &[o, i / 2]),
                made(&format!("{n}.weight_scale"), Dtype::F8_E4M3, &[o, i / 16]),
                made(&format!("{n}.weight_scale_2"), Dtype::F32, &[]),
                made(&format!("{n}.input_scale"), Dtype::F32, &[]),
            ]
        },
        config: |_| stated("modelopt", &json!({"quant_algo": "NVFP4"})),
    },
    Case {
        id: "quanto",
        bits: &[2, 4],
        pack: |n, o, i, b| {
            vec![
                made(&format!("{n}.weight._data"), Dtype::U8, &[o * b / 8, i]),
                made(&format!("{n}.weight._scale"), Dtype::BF16, &[o, 1]),
                made(&format!("{n}.weight._shift"), Dtype::BF16, &[o, 1]),
            ]
        },
        config: |b| stated("quanto", &json!({"weights": format!("int{b}")})),
    },
    Case {
        id: "eetq",
        bits: &[8],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::I8, &[i, o]),
                made(&format!("{n}.weight_scales"), Dtype::F16, &[o]),
            ]
        },
        config: |_| stated("eetq", &json!({"weights": "int8"})),
    },
    Case {
        id: "torchao",
        bits: &[8],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}._weight_qdata"), Dtype::I8, &[o, i]),
                made(&format!("{n}._weight_scale"), Dtype::BF16, &[o, 1]),
            ]
        },
        config: |_| {
            stated("torchao", &json!({"quant_type": {"default": {"_type": "Int8WeightOnlyConfig", "_data": {}}}}))
        },
    },
    Case {
        id: "quark",
        bits: &[4],
        pack: |n, o, i, _| {
            vec![
                made(&format!("{n}.weight"), Dtype::U8, &[o, i / 2]),
                made(&format!("{n}.weight_scale"), Dtype::U8, &[o, i / 32]),
            ]
        },
        config: |_| stated("quark", &json!({"global_quant_config": {"weight": {"dtype": "fp4", "group_size": 32}}})),
    },
];

fn packed_rows(n: &str, o: u64, i: u64, words: u64) -> Vec<Made> {
    vec![
        made(&format!("{n}.weight_packed"), Dtype::I32, &[o, words]),
        made(&format!("{n}.weight_scale"), Dtype::BF16, &[o, i / GROUP]),
        (format!("{n}.weight_shape"), Dtype::I64, vec![2], vec![o, i]),
    ]
}

fn groups(bits: u64, format: &str) -> Value {
    let group = json!({"group_0": {"targets": ["Linear"], "weights": {"num_bits": bits, "group_size": GROUP, "type": "int"},
        "input_activations": {"num_bits": 16}}});
    stated("compressed-tensors", &json!({"format": format, "config_groups": group}))
}

/// Two packed matrices, a table and a norm that are not packed, and their true count.
fn model(case: &Case, bits: u64, outputs: u64, inputs: u64) -> (Vec<Made>, u64) {
    let mut tensors = vec![
        made("model.embed_tokens.weight", Dtype::BF16, &[100, inputs]),
        made("model.norm.weight", Dtype::BF16, &[inputs]),
        made("model.layers.0.self_attn.rotary_emb.inv_freq", Dtype::F32, &[8]),
    ];
    let mut count = 100 * inputs + inputs;
    for name in ["model.layers.0.self_attn.q_proj", "model.layers.0.mlp.up_proj"] {
        tensors.extend((case.pack)(name, outputs, inputs, bits));
        count += outputs * inputs;
    }
    (tensors, count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_a_scheme_packs_is_counted_back(pick in 0..CASES.len(), at in 0..8_usize, outputs in 1..6_u64, inputs in 1..6_u64) {
        let case = &CASES[pick];
        let bits = case.bits[at % case.bits.len()];
        let (outputs, inputs) = (outputs * 32, inputs * 32);
        let (tensors, count) = model(case, bits, outputs, inputs);
        let config = (case.config)(bits);
        prop_assert_eq!(counted(&tensors, &config), Some(count), "{} at {} bits, {} x {}", case.id, bits, outputs, inputs);
        let method = Packing::of_config(&config).and_then(|packing| packing.scheme).map(|scheme| scheme.id);
        prop_assert_eq!(method, Some(case.id));
    }

    #[test]
    fn without_a_statement_there_is_no_number(pick in 0..CASES.len(), at in 0..8_usize, outputs in 1..6_u64, inputs in 1..6_u64) {
        let case = &CASES[pick];
        let bits = case.bits[at % case.bits.len()];
        let (tensors, _) = model(case, bits, outputs * 32, inputs * 32);
        for config in [json!({"model_type": "llama"}), stated("a-method-to-come", &json!({"bits": bits}))] {
            prop_assert_eq!(counted(&tensors, &config), None, "{}", case.id);
        }
    }

    #[test]
    fn a_false_statement_gives_no_wrong_number(pick in 0..CASES.len(), said in 0..CASES.len(), at in 0..8_usize, of in 0..8_usize) {
        let (case, liar) = (&CASES[pick], &CASES[said]);
        let bits = case.bits[at % case.bits.len()];
        let (tensors, count) = model(case, bits, 64, 96);
        let found = counted(&tensors, &(liar.config)(liar.bits[of % liar.bits.len()]));
        prop_assert!(found.is_none_or(|found| found == count), "{} at {} bits by {}: {:?}, {}", case.id, bits, liar.id, found, count);
    }
}

#[test]
fn every_scheme_of_the_table_is_packed_here() {
    let tested: std::collections::BTreeSet<&str> = CASES.iter().map(|case| case.id).collect();
    let missing: Vec<&str> =
        SCHEMES.iter().map(|scheme| scheme.id).filter(|id| !tested.contains(id) && *id != "fp8").collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn floats_of_a_byte_are_one_number_each_whatever_is_stated() {
    let tensors = [
        made("model.layers.0.mlp.up_proj.weight", Dtype::F8_E4M3, &[256, 128]),
        made("model.layers.0.mlp.up_proj.weight_scale_inv", Dtype::F32, &[2, 1]),
    ];
    for config in
        [json!({}), stated("fp8", &json!({"weight_block_size": [128, 128]})), stated("unheard-of", &json!({}))]
    {
        assert_eq!(counted(&tensors, &config), Some(256 * 128));
    }
}

#[test]
fn modules_of_several_bits_are_counted_each_by_its_own() {
    let (four, eight) = ("model.layers.0.mlp.up_proj", "model.layers.0.mlp.gate");
    let mlx = CASES.iter().find(|case| case.id == "mlx").expect("a case");
    let mut tensors = (mlx.pack)(four, 64, 96, 4);
    tensors.extend((mlx.pack)(eight, 32, 96, 8));
    let mut config = (mlx.config)(4);
    config["quantization"][eight] = json!({"bits": 8, "group_size": GROUP});
    assert_eq!(counted(&tensors, &config), Some(64 * 96 + 32 * 96));
    let gptq = &CASES[0];
    let mut tensors = (gptq.pack)(four, 64, 96, 4);
    tensors.extend((gptq.pack)(eight, 32, 96, 8));
    let config = stated("gptq", &json!({"bits": 4, "group_size": GROUP, "dynamic": {"+:.*gate": {"bits": 8}}}));
    assert_eq!(counted(&tensors, &config), Some(64 * 96 + 32 * 96));
}

#[test]
fn side_files_of_tools_state_the_packing_where_the_config_does_not() {
    let directory = tempfile::tempdir().expect("directory");
    let (tensors, count) = model(&CASES[0], 4, 64, 64);
    write(&directory.path().join("model.safetensors"), &tensors);
    fs::write(directory.path().join("quantize_config.json"), r#"{"bits": 4, "group_size": 32}"#).expect("written");
    let checkpoint = Checkpoint::open(directory.path(), "llama").expect("opened");
    assert_eq!(checkpoint.tensors.iter().map(Tensor::counted).sum::<Option<u64>>(), Some(count));
    assert_eq!(checkpoint.packing.file, "quantize_config.json");
}

#[test]
fn tied_tables_count_once_by_the_configs_word_alone() {
    let tensors = [
        made("model.embed_tokens.weight", Dtype::BF16, &[100, 16]),
        made("lm_head.weight", Dtype::BF16, &[100, 16]),
        made("model.norm.weight", Dtype::BF16, &[16]),
    ];
    assert_eq!(counted(&tensors, &json!({"tie_word_embeddings": true})), Some(1616));
    assert_eq!(counted(&tensors, &json!({"tie_word_embeddings": false})), Some(3216));
    assert_eq!(counted(&tensors, &json!({})), Some(3216));
    let other = [tensors[0].clone(), made("lm_head.weight", Dtype::BF16, &[200, 16])];
    assert_eq!(counted(&other, &json!({"tie_word_embeddings": true})), Some(4800), "two shapes are two tables");
}

#[test]
fn what_is_computed_counts_nothing() {
    let tensors = [
        made("transformer.h.0.attn.bias", Dtype::F32, &[1, 1, 64, 64]),
        made("transformer.h.0.attn.masked_bias", Dtype::F32, &[]),
        made("encoder.bn.running_mean", Dtype::F32, &[16]),
        made("encoder.bn.running_var", Dtype::F32, &[16]),
        made("encoder.bn.num_batches_tracked", Dtype::I64, &[]),
        made("embeddings.position_ids", Dtype::I64, &[1, 512]),
        made("layers.0.attn.relative_position_index", Dtype::I64, &[49, 49]),
        made("encoder.bn.weight", Dtype::F32, &[16]),
    ];
    assert_eq!(counted(&tensors, &json!({})), Some(16));
}

proptest! {
    /// A table of 64-bit integers is an index where its module holds numbers, or where its name says that it is
    /// computed. Anywhere else it may be codes, and then nobody knows how many weights it stands for.
    #[test]
    fn tables_of_integers_without_numbers_beside_them_are_not_called_computed(
        name in "[A-Z][a-z]{2,6}", rows in 2..9_u64, columns in 1..9_u64, beside in any::<bool>(), computed in any::<bool>()
    ) {
        let last = if computed { "relative_position_index" } else { name.as_str() };
        let mut tensors = vec![
            made(&format!("model.layers.0.mlp.up_proj.{last}"), Dtype::I64, &[rows, columns]),
            made("model.embed_tokens.weight", Dtype::BF16, &[8, 4]),
        ];
        if beside {
            tensors.push(made("model.layers.0.mlp.up_proj.weight", Dtype::BF16, &[4, 4]));
        }
        let count = counted(&tensors, &json!({}));
        prop_assert_eq!(count, (beside || computed).then_some(32 + 16 * u64::from(beside)));
    }
}
