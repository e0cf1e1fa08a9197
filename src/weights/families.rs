//! What is known of an architecture family beyond its names: the symmetries that its code has (method 2.1, 3.3).

use serde::{Deserialize, Serialize};

/// How queries and keys are turned by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotary {
    /// Not at all: every channel may change its sign alone.
    None,
    /// Channel `j` with `j + half`.
    Halves,
    /// Channel `2j` with `2j + 1`.
    Interleaved,
    /// Turned, but which channels go together is not known: only a whole head may change its sign.
    Unknown,
}

/// The norms on the residual stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormKind {
    /// No mean is taken off: every channel may change its sign alone.
    Rms,
    /// The mean is taken off: only all channels together may.
    Layer,
}

/// What a family's code does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Traits {
    /// Norm on the stream; none where the tensors decide (a norm with a bias takes the mean off).
    pub norm: Option<NormKind>,
    /// Rotary pairing.
    pub rotary: Rotary,
    /// A gated feed-forward part whose `up` branch is linear, so that up and down may change sign together; none where
    /// that is not known.
    pub linear_up: Option<bool>,
    /// A fixed code is added to the stream, which singles channels out.
    pub fixed_positions: bool,
    /// Stored gains lack one (`1 + weight`).
    pub gain_lacks_one: bool,
    /// Norms stand before what reads the stream, so that their gains may be folded into it.
    pub norm_first: bool,
}

const LLAMA: Traits = Traits {
    norm: Some(NormKind::Rms),
    rotary: Rotary::Halves,
    linear_up: Some(true),
    fixed_positions: false,
    gain_lacks_one: false,
    norm_first: true,
};
const GPT: Traits = Traits { norm: Some(NormKind::Layer), rotary: Rotary::None, linear_up: Some(false), ..LLAMA };

/// Families by `model_type`.
pub static FAMILIES: &[(&[&str], Traits)] = &[
    (
        &[
            "llama",
            "mistral",
            "mistral3",
            "mixtral",
            "ministral",
            "qwen2",
            "qwen2_moe",
            "qwen3",
            "qwen3_moe",
            "qwen2_vl_text",
            "qwen2_5_vl_text",
            "qwen2_vl",
            "qwen2_5_vl",
            "qwen3_vl",
            "qwen3_vl_text",
            "phi3",
            "phimoe",
            "internlm2",
            "internlm3",
            "baichuan",
            "stablelm_epoch",
            "solar",
            "solar_open",
            "exaone",
            "granite",
            "hyperclovax",
            "hyperclovax_vlm",
            "kormo",
            "mi",
            "minicpm",
            "smollm3",
            "glm4_moe",
            "aquila",
            "yi",
            "hunyuan",
        ],
        LLAMA,
    ),
    (&["qwen"], LLAMA),
    (&["gemma"], Traits { gain_lacks_one: true, ..LLAMA }),
    (&["gemma2", "gemma3", "gemma3_text"], Traits { gain_lacks_one: true, ..LLAMA }),
    (&["exaone4", "exaone_moe", "olmo2", "olmo3"], Traits { norm_first: false, ..LLAMA }),
    (&["gpt_oss"], Traits { linear_up: Some(false), ..LLAMA }),
    (
        &["deepseek_v2", "deepseek_v3", "axk1", "axk2", "cohere", "cohere2", "glm", "glm4", "chatglm"],
        Traits { rotary: Rotary::Interleaved, ..LLAMA },
    ),
    (&["gptj", "codegen"], Traits { rotary: Rotary::Interleaved, ..GPT }),
    (&["gpt_neox", "phi", "stablelm", "falcon", "persimmon", "nemotron"], Traits { rotary: Rotary::Halves, ..GPT }),
    (&["gpt2", "bloom", "mpt", "opt", "gpt_bigcode", "gpt_neo", "biogpt"], GPT),
    (&["t5", "mt5", "umt5", "longt5"], Traits { rotary: Rotary::None, ..LLAMA }),
    (&["mbart", "blenderbot", "plbart"], GPT),
    (&["bart"], Traits { norm_first: false, ..GPT }),
    (&["marian"], Traits { norm_first: false, fixed_positions: true, ..GPT }),
    (&["pegasus"], Traits { fixed_positions: true, ..GPT }),
    // Which way its positions turn is stated by each config.
    (&["esm"], Traits { rotary: Rotary::Unknown, ..GPT }),
    (&["wav2vec2", "hubert", "wavlm"], Traits { norm_first: false, ..GPT }),
    (
        &[
            "vit",
            "clip",
            "clip_vision_model",
            "clip_text_model",
            "siglip",
            "siglip_vision_model",
            "siglip2_vision_model",
            "deit",
            "dinov2",
            "beit",
            "intern_vit_6b",
            "aimv2",
        ],
        GPT,
    ),
    (
        &["bert", "roberta", "xlm-roberta", "distilbert", "electra", "albert", "mpnet", "camembert"],
        Traits { norm_first: false, ..GPT },
    ),
    (&["xglm", "m2m_100", "speech_to_text"], Traits { fixed_positions: true, ..GPT }),
    // Its encoder has sinusoids, told by their numbers; its decoder, whose tables are tested, learns its positions.
    (&["whisper"], GPT),
];

/// What is known of a family, if it is known.
pub fn traits_of(family: &str) -> Option<Traits> {
    FAMILIES.iter().find(|(names, _)| names.contains(&family)).map(|&(_, traits)| traits)
}

/// What is known of a family that no table knows: whether its norms have a bias. Its rotary pairing and what its gate
/// does are left open.
pub fn traits_by_shape(norm_bias: bool) -> Traits {
    Traits {
        norm: Some(if norm_bias { NormKind::Layer } else { NormKind::Rms }),
        rotary: Rotary::Unknown,
        linear_up: None,
        ..LLAMA
    }
}
