//! What a GGUF file says of its architecture, in the words of config.json, and how its rows lie.
//!
//! llama.cpp turns queries and keys by position in pairs of neighbours for some architectures. Where the model was
//! trained to turn the first half of each head with the second, as the llama family does, the converter reorders the
//! rows of queries and keys, so that rows `j` and `j + half` of a head become rows `2j` and `2j + 1`. The reader undoes
//! that: the rows come in the order in which all other forms have them
//! ([`Tensor::pairs`](crate::weights::Tensor::pairs)). Where the file does not say how many heads there are, it cannot
//! be undone; then the file counts as of no known family, and the tests that need pairs say nothing.
//!
//! The converter also adds one to the gains of gemma's norms, which other forms store without.

use serde_json::{Map, Value};

use crate::weights::{Config, HeaderTensor};

/// An architecture: llama.cpp's name, the `model_type` of config.json, and whether rows of queries and keys were
/// reordered.
type Row = (&'static str, &'static str, bool);

/// Architectures whose name is another one in config.json, or whose rows were reordered.
static ARCHITECTURES: &[Row] = &[
    ("llama", "llama", true),
    ("llama-embed", "llama", true),
    ("mistral3", "mistral3", true),
    ("deci", "nemotron-nas", true),
    ("baichuan", "baichuan", true),
    ("xverse", "xverse", true),
    ("minicpm", "minicpm", true),
    ("internlm2", "internlm2", true),
    ("olmo", "olmo", true),
    ("granite", "granite", true),
    ("granitemoe", "granitemoe", true),
    ("smollm3", "smollm3", true),
    ("arcee", "arcee", true),
    ("deepseek", "deepseek", true),
    ("deepseek2", "deepseek_v3", false),
    ("qwen2moe", "qwen2_moe", false),
    ("qwen3moe", "qwen3_moe", false),
    ("qwen2vl", "qwen2_vl", false),
    ("qwen3vl", "qwen3_vl", false),
    ("phi2", "phi", false),
    ("gptneox", "gpt_neox", false),
    ("starcoder", "gpt_bigcode", false),
    ("command-r", "cohere", false),
    ("gpt-oss", "gpt_oss", false),
    ("exaone-moe", "exaone_moe", false),
    ("glm4moe", "glm4_moe", false),
    ("hunyuan-dense", "hunyuan", false),
    ("hunyuan-moe", "hunyuan", false),
];

/// Numbers that tell how tensors divide into heads: the key after the architecture's name, and config.json's key.
static NUMBERS: &[(&str, &str)] = &[
    ("embedding_length", "hidden_size"),
    ("block_count", "num_hidden_layers"),
    ("feed_forward_length", "intermediate_size"),
    ("attention.head_count", "num_attention_heads"),
    ("attention.head_count_kv", "num_key_value_heads"),
    ("attention.key_length", "head_dim"),
    ("expert_count", "num_local_experts"),
    ("context_length", "max_position_embeddings"),
];

/// What the values of a GGUF file say, as config.json would; none where they name no architecture.
pub(in crate::weights) fn config(metadata: &[(String, String)]) -> Option<Config> {
    let value = |key: &str| metadata.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    let architecture = value("general.architecture")?;
    let row = row(architecture);
    let mut config = Map::new();
    for &(key, usual) in NUMBERS {
        let number = value(&format!("{architecture}.{key}")).and_then(|value| value.parse::<u64>().ok());
        if let Some(number) = number {
            config.insert(usual.to_owned(), Value::from(number));
        }
    }
    if !row.is_some_and(|row| row.2) || config.contains_key("num_attention_heads") {
        config.insert("model_type".to_owned(), Value::from(row.map_or(architecture, |row| row.1)));
    }
    config.insert(WHOLE_GAINS.to_owned(), Value::from(true));
    Some(Config::of(Value::Object(config)))
}

/// Key of a config that says that gains are stored as they are used.
const WHOLE_GAINS: &str = "gains_are_whole";

impl Config {
    /// Whether gains are stored as they are used, whatever the family's code does.
    pub fn has_whole_gains(&self) -> bool {
        self.has(WHOLE_GAINS)
    }
}

/// Rows of one head, where the rows of queries and keys were reordered in pairs. `key` says which of the two the tensor
/// is.
pub(in crate::weights) fn pairs(metadata: &[(String, String)], tensor: &HeaderTensor, key: bool) -> Option<u64> {
    let architecture = &metadata.iter().find(|(known, _)| known == "general.architecture")?.1;
    if !row(architecture).is_some_and(|row| row.2) || tensor.shape.len() > 2 {
        return None;
    }
    let number = |name: &str| {
        let key = format!("{architecture}.attention.{name}");
        metadata.iter().find(|(known, _)| *known == key).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let all = number("head_count")?;
    let heads = if key { number("head_count_kv").unwrap_or(all) } else { all };
    let rows = *tensor.shape.first()?;
    let head = rows.checked_div(heads).filter(|head| head * heads == rows)?;
    (head >= 2 && head.is_multiple_of(2)).then_some(head)
}

fn row(architecture: &str) -> Option<&'static Row> {
    ARCHITECTURES.iter().find(|row| row.0 == architecture)
}
