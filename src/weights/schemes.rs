//! The table of packing schemes: how each is named, which tensors hold its codes, and how many weights they stand for.
//!
//! The manual's page on counts is made from it.

use super::Dtype;
use super::laws::{
    aqlm, awq, awq_fast, awq_rows, exl2, exl3, gptq, hqq, mlx, mx_blocks, nf4, nibbles, packed_rows, quanto,
    rows_scaled, ternary, whole,
};
use super::packing::Statement;
use super::tally::Module;

/// One scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its id.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// How it is counted, in Korean and English.
    pub counted: (&'static str, &'static str),
    /// Where it is defined.
    pub source: &'static str,
    /// The words of `quant_method` that mean it.
    pub methods: &'static [&'static str],
    /// Places of the block that state bits and groups: `*` is any key, `**` the name of a module. The root comes first.
    pub(super) at: &'static [&'static str],
    /// The tensors it makes.
    pub(super) forms: &'static [Form],
}

/// One way in which a scheme lays out a module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// What follows the module's name in the tensor that holds the codes.
    pub codes: &'static str,
    /// Its number formats.
    pub formats: &'static [Dtype],
    /// What follows the module's name in the tensors beside it, which count nothing. The first one must be there.
    pub beside: &'static [&'static str],
    /// Words of which the statement must have one; none asks for none.
    pub said: &'static [&'static str],
    /// The count.
    pub law: Law,
}

/// How many weights a module's codes stand for, if shapes and statement agree.
pub(super) type Law = fn(&Module<'_>, &Statement) -> Option<u64>;

use Dtype::{BF16, F8_E4M3, F8_E5M2, F16, F32, I8, I16, I32, U8, U32};

const GPTQ: Form = form(".qweight", &[I32], &[".scales", ".qzeros", ".g_idx"], gptq);
const AWQ: Form = form(".qweight", &[I32], &[".scales", ".qzeros"], awq);
const NIBBLES: Form = form(
    ".weight",
    &[U8],
    &[
        ".weight_scale",
        ".weight_scale_2",
        ".weight_global_scale",
        ".input_scale",
        ".input_global_scale",
        ".pre_quant_scale",
    ],
    nibbles,
);
const NIBBLES_APART: Form = Form { codes: ".weight_packed", ..NIBBLES };
/// One number a byte, with a scale beside.
const BYTES: Form = form(
    ".weight",
    &[I8, F8_E4M3, F8_E5M2],
    &[".weight_scale", ".weight_zero_point", ".input_scale", ".input_zero_point"],
    whole,
);

const fn form(codes: &'static str, formats: &'static [Dtype], beside: &'static [&'static str], law: Law) -> Form {
    Form { codes, formats, beside, said: &[], law }
}

const fn said(form: Form, words: &'static [&'static str]) -> Form {
    Form { said: words, ..form }
}

const fn scheme(
    (id, name): (&'static str, &'static str),
    methods: &'static [&'static str],
    at: &'static [&'static str],
    forms: &'static [Form],
) -> Scheme {
    Scheme { id, name, counted: ("", ""), source: "", methods, at, forms }
}

impl Scheme {
    /// The scheme with what the manual says of it.
    const fn told(self, ko: &'static str, en: &'static str, source: &'static str) -> Self {
        Self { counted: (ko, en), source, ..self }
    }
}

/// All schemes.
pub static SCHEMES: &[Scheme] = &[
    scheme(("gptq", "GPTQ"), &["gptq", "gptqmodel"], &["", "dynamic/*"], &[GPTQ])
.told(
"`qweight`의 32비트 정수 하나에 32 / 비트 개. 입력은 `g_idx`와, 출력은 `scales`, `qzeros`와 맞아야 한다",
"32 / bits for each 32-bit word of `qweight`; inputs agree with `g_idx`, outputs with `scales` and `qzeros`",
"https://github.com/ModelCloud/GPTQModel"),
    scheme(
        ("awq", "AWQ"),
        &["awq"],
        &[""],
        &[
            said(form(".qweight", &[I16], &[".scales", ".scaled_zeros"], awq_fast), &["gemv_fast"]),
            said(form(".qweight", &[I32], &[".scales", ".qzeros"], awq_rows), &["gemv"]),
            AWQ,
        ],
    )
.told(
"`qweight`의 32비트 정수 하나에 32 / 비트 개, `gemv_fast`는 16비트 정수 하나에 4개. `scales`와 맞아야 한다",
"32 / bits for each 32-bit word of `qweight`, or 4 for each 16-bit word (`gemv_fast`); agrees with `scales`",
"https://github.com/casper-hansen/AutoAWQ"),
    scheme(
        ("auto-round", "AutoRound"),
        &["auto-round", "intel/auto-round"],
        &["", "extra_config/**"],
        &[said(AWQ, &["awq"]), said(GPTQ, &["gptq", "auto_round"])],
    )
.told(
"`packing_format`이 말하는 대로 GPTQ나 AWQ처럼",
"as GPTQ or AWQ, whichever `packing_format` says",
"https://github.com/intel/auto-round"),
    scheme(
        ("bitsandbytes", "bitsandbytes"),
        &["bitsandbytes", "bitsandbytes_4bit", "bitsandbytes_8bit"],
        &[""],
        &[
            form(
                ".weight",
                &[U8, BF16, F16, F32],
                &[
                    ".weight.absmax",
                    ".weight.quant_map",
                    ".weight.nested_absmax",
                    ".weight.nested_quant_map",
                    ".weight.quant_state.bitsandbytes__nf4",
                    ".weight.quant_state.bitsandbytes__fp4",
                ],
                nf4,
            ),
            form(".weight", &[I8], &[".SCB", ".weight_format"], rows_scaled),
        ],
    )
.told(
"4비트: `weight`의 바이트 하나에 2개, `absmax`의 블록 수와 맞아야 한다. 8비트: 바이트마다 하나, 행마다 `SCB`",
"4 bits: two for each byte of `weight`, which agrees with the blocks of `absmax`; 8 bits: one a byte, with `SCB` for \
each row",
"https://github.com/bitsandbytes-foundation/bitsandbytes"),
    scheme(
        ("compressed-tensors", "compressed-tensors"),
        &["compressed-tensors", "sparseml"],
        &["", "config_groups/*/weights"],
        &[
            said(
                form(
                    ".weight_packed",
                    &[I32],
                    &[".weight_scale", ".weight_shape", ".weight_zero_point", ".weight_g_idx", ".weight_global_scale"],
                    packed_rows,
                ),
                &["pack-quantized", "pack_quantized"],
            ),
            said(NIBBLES_APART, &["nvfp4-pack-quantized", "mxfp4-pack-quantized"]),
            said(BYTES, &["int-quantized", "float-quantized", "naive-quantized", "mxfp8-quantized"]),
        ],
    )
.told(
"`pack-quantized`: `weight_shape`에 적힌 모양이 `num_bits`로 `weight_packed`를 채울 때 그 모양대로. `nvfp4`, `mxfp4`: 바이트 하나에 2개. \
`int`, `float`: 바이트마다 하나",
"`pack-quantized`: the shape in `weight_shape`, if it fills `weight_packed` at `num_bits`; `nvfp4`, `mxfp4`: two a \
byte; `int`, `float`: one a byte",
"https://github.com/neuralmagic/compressed-tensors"),
    scheme(("mlx", "MLX"), &["mlx"], &["", "**"], &[form(".weight", &[U32], &[".scales", ".biases"], mlx)])
.told(
"`weight`의 32비트 정수를 빈틈없이 채운다. `scales`의 묶음 수와 `group_size`가 맞아야 하고, 모듈마다 비트가 다를 수 있다",
"fills the 32-bit words of `weight` to the last bit; agrees with the groups of `scales`; modules may have bits of \
their own",
"https://github.com/ml-explore/mlx"),
    scheme(
        ("exl2", "EXL2"),
        &["exl2"],
        &[""],
        &[form(
            ".q_weight",
            &[I32],
            &[".q_invperm", ".q_perm", ".q_scale", ".q_scale_max", ".q_groups", ".q_group_map"],
            exl2,
        )],
    )
.told(
"행마다 비트가 다르다. 입력은 `q_invperm`의 길이, 출력은 `q_weight`의 열",
"rows of several bits; inputs are the length of `q_invperm`, outputs the columns of `q_weight`",
"https://github.com/turboderp-org/exllamav2"),
    scheme(
        ("exl3", "EXL3"),
        &["exl3"],
        &[""],
        &[
            form(".trellis", &[I16], &[".suh", ".svh", ".su", ".sv", ".mcg", ".mul1"], exl3),
            form(".trellis", &[I16], &[".su", ".sv", ".suh", ".svh", ".mcg", ".mul1"], exl3),
        ],
    )
.told(
"`trellis`의 칸 하나가 16 x 16개. `suh`, `svh`의 길이와 맞아야 한다",
"16 x 16 for each tile of `trellis`; agrees with the lengths of `suh` and `svh`",
"https://github.com/turboderp-org/exllamav3"),
    scheme(
        ("hqq", "HQQ"),
        &["hqq"],
        &["", "quant_config/weight_quant_params", "quant_config/*/weight_quant_params", "quant_config/*"],
        &[form(
            ".W_q",
            &[U8, I32],
            &[
                ".scale",
                ".zero",
                ".shape",
                ".nbits",
                ".group_size",
                ".axis",
                ".packing",
                ".channel_wise",
                ".optimize",
                ".round_zero",
                ".view_as_float",
                ".unpack_view_dtype",
                ".compute_dtype",
                ".quant_scale",
                ".quant_zero",
                ".offload_meta",
                ".stores_quant_config",
                ".encoded_state_dict",
            ],
            hqq,
        )],
    )
.told(
"`scale`의 수에 `group_size`를 곱하고, `W_q`를 채우는지 본다(3비트는 32비트 정수에 10개)",
"the numbers of `scale` times `group_size`, if they fill `W_q` (ten of 3 bits for each 32-bit word)",
"https://github.com/mobiusml/hqq"),
    scheme(
        ("aqlm", "AQLM"),
        &["aqlm"],
        &[""],
        &[form(".codes", &[I8, U8, I16, I32], &[".codebooks", ".scales"], aqlm)],
    )
.told(
"`codes`의 부호 하나가 `codebooks`가 보이는 크기의 블록 하나",
"one block for each code of `codes`, of the sides that `codebooks` shows",
"https://github.com/Vahe1994/AQLM"),
    scheme(("bitnet", "BitNet"), &["bitnet"], &[""], &[form(".weight", &[U8], &[".weight_scale"], ternary)])
.told(
"`weight`의 바이트 하나에 삼진수 4개, 척도는 하나",
"four ternary numbers for each byte of `weight`, with one scale",
"https://github.com/huggingface/transformers"),
    scheme(
        ("mxfp4", "MXFP4"),
        &["mxfp4"],
        &[""],
        &[form("_blocks", &[U8], &["_scales"], mx_blocks), form(".blocks", &[U8], &[".scales"], mx_blocks)],
    )
.told(
"`blocks`의 16바이트가 32개, 블록마다 척도 하나",
"32 for each 16 bytes of `blocks`, with a scale for each block",
"https://github.com/openai/gpt-oss"),
    scheme(
        ("modelopt", "ModelOpt"),
        &["modelopt", "modelopt_fp4", "nvfp4"],
        &["", "config_groups/*/weights", "quantized_layers/**"],
        &[NIBBLES, form(".weight", &[I8], &[".weight_scale", ".input_scale"], whole)],
    )
.told(
"NVFP4: `weight`의 바이트 하나에 2개, `weight_scale`은 16개나 32개마다 하나",
"NVFP4: two for each byte of `weight`, with a `weight_scale` for each 16 or 32",
"https://github.com/NVIDIA/TensorRT-Model-Optimizer"),
    scheme(
        ("fp8", "FP8"),
        &["fp8", "fbgemm_fp8", "finegrained_fp8"],
        &[""],
        &[form(
            ".weight",
            &[F8_E4M3, F8_E5M2],
            &[".weight_scale", ".weight_scale_inv", ".input_scale", ".activation_scale"],
            whole,
        )],
    )
.told(
"수 하나가 한 바이트",
"one a byte",
"https://github.com/huggingface/transformers"),
    scheme(
        ("quanto", "quanto"),
        &["quanto"],
        &[""],
        &[form(
            ".weight._data",
            &[I8, U8, F8_E4M3, F8_E5M2],
            &[".weight._scale", ".weight._shift", ".input_scale", ".output_scale"],
            quanto,
        )],
    )
.told(
"8비트: 바이트마다 하나. 4, 2비트: 8 / 비트 개, `_scale`과 맞아야 한다",
"8 bits: one a byte; 4 and 2 bits: 8 / bits a byte, which agrees with `_scale`",
"https://github.com/huggingface/optimum-quanto"),
    scheme(("eetq", "EETQ"), &["eetq"], &[""], &[form(".weight", &[I8], &[".weight_scales"], whole)])
.told(
"바이트마다 하나",
"one a byte",
"https://github.com/NetEase-FuXi/EETQ"),
    scheme(
        ("torchao", "torchao"),
        &["torchao"],
        &["", "quant_type/*"],
        &[said(
            form(
                "._weight_qdata",
                &[I8, F8_E4M3, F8_E5M2],
                &["._weight_scale", "._weight_zero_point", "._weight_act_pre_scale"],
                whole,
            ),
            &[
                "int8weightonlyconfig",
                "int8dynamicactivationint8weightconfig",
                "float8weightonlyconfig",
                "float8dynamicactivationfloat8weightconfig",
            ],
        )],
    )
.told(
"8비트 방식만: 바이트마다 하나",
"of 8 bits only: one a byte",
"https://github.com/pytorch/ao"),
    scheme(
        ("quark", "Quark"),
        &["quark"],
        &["global_quant_config/weight", "layer_quant_config/*/weight"],
        &[
            form(".weight", &[U8], &[".weight_scale", ".weight_zero_point", ".input_scale", ".output_scale"], nibbles),
            BYTES,
        ],
    )
.told(
"fp4: 바이트 하나에 2개. 8비트: 바이트마다 하나",
"fp4: two a byte; 8 bits: one a byte",
"https://github.com/amd/Quark"),
];
