//! What a model's own files say on how its weights are packed: config.json, or the side file of the tool that packed
//! them.
//!
//! Nothing is concluded here. A statement names a scheme of [`SCHEMES`], the bits and the groups; whether the tensors
//! agree is asked in `tally`.

use serde_json::Value;

use super::Config;
use super::schemes::{SCHEMES, Scheme};
use crate::files::Folder;

/// Statements of one file that are kept; a mixed scheme of a large model has one for each of some thousand modules.
const MAX_STATEMENTS: usize = 1 << 16;

/// Side files that state the packing where config.json does not, with the method that a file without one means.
const SIDE_FILES: &[(&str, &[&str], Option<&str>)] = &[
    ("quantize_config.json", &[], Some("gptq")),
    ("quant_config.json", &[], Some("awq")),
    ("hf_quant_config.json", &["quantization"], Some("modelopt")),
    ("quantization_config.json", &[], Some("exl3")),
];

/// Keys under which tools write the bits of a number.
const BITS: &[&str] = &["bits", "num_bits", "w_bit", "wbits", "nbits", "weight_bits"];
/// Keys under which they write how many numbers share a scale.
const GROUP: &[&str] = &["group_size", "q_group_size", "groupsize"];
/// Keys that state the bits by being true.
const SWITCHES: &[(&str, u64)] =
    &[("load_in_4bit", 4), ("_load_in_4bit", 4), ("load_in_8bit", 8), ("_load_in_8bit", 8)];
/// Words for number formats, with their bits.
const FORMATS: &[(&str, u64)] = &[
    ("int2", 2),
    ("uint2", 2),
    ("int3", 3),
    ("uint3", 3),
    ("int4", 4),
    ("uint4", 4),
    ("fp4", 4),
    ("int8", 8),
    ("uint8", 8),
    ("float8", 8),
    ("fp8_e4m3", 8),
    ("fp8_e5m2", 8),
];
/// Keys whose value is such a word.
const FORMAT: &[&str] = &["weights", "dtype"];
/// Keys whose value says how codes are laid out.
const LAYOUT: &[&str] =
    &["format", "packing_format", "checkpoint_format", "backend", "quant_algo", "version", "mode", "_type"];

/// One statement: what a file says of all packed modules, or of some.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// The module that it is about, where it names one; patterns and groups are about any.
    pub module: Option<String>,
    /// Bits of a number.
    pub bits: Option<u64>,
    /// Numbers that share a scale; at most 0 if a whole row does.
    pub group: Option<i64>,
    /// Words on the layout, in lower case.
    pub layout: Vec<String>,
}

/// How a model's weights are packed, as its files state it.
#[derive(Debug, Clone, Default)]
pub struct Packing {
    /// The scheme, if the method is one of the table.
    pub scheme: Option<&'static Scheme>,
    /// The method as written, if one is stated.
    pub method: Option<String>,
    /// The file that states it.
    pub file: &'static str,
    /// What it says.
    pub statements: Vec<Statement>,
    /// Whether config.json states that the head is the table of tokens.
    pub tied: bool,
}

impl Packing {
    /// Reads what the files beside a part of a listed directory state. A file that is missing, too long or broken
    /// states nothing.
    pub fn beside(folder: &Folder, part: &str) -> Self {
        let config = Config::json(folder, &format!("{part}config.json"));
        let tied = config.as_ref().is_some_and(ties);
        let stated = config.as_ref().and_then(Self::of_config);
        let side = || {
            SIDE_FILES.iter().find_map(|&(file, route, method)| {
                let root = Config::json(folder, &format!("{part}{file}"))?;
                let block = route.iter().try_fold(&root, |node, key| node.get(key))?;
                Self::of_block(block, method, file)
            })
        };
        // config.json may name the method alone, and leave the rest to the file of the tool.
        let stated = match stated {
            Some(stated) if stated.statements.iter().all(|it| it.bits.is_none() && it.layout.is_empty()) => {
                let of_tool = side().filter(|of_tool| of_tool.scheme.map(|it| it.id) == stated.scheme.map(|it| it.id));
                Some(of_tool.unwrap_or(stated))
            }
            stated => stated.or_else(side),
        };
        Self { tied, ..stated.unwrap_or_default() }
    }

    /// What a config states: under `quantization_config` at its root or in the part about text, or under `quantization`
    /// as MLX writes it.
    pub fn of_config(config: &Value) -> Option<Self> {
        let text = ["text_config", "llm_config", "language_config"];
        let places = std::iter::once(Some(config)).chain(text.iter().map(|key| config.get(key)));
        let block = |key: &str, method| {
            let mut found = places.clone().flatten().filter_map(|place| place.get(key));
            found.find_map(|block| Self::of_block(block, method, "config.json"))
        };
        block("quantization_config", None)
            .or_else(|| block("quantization", Some("mlx")))
            .or_else(|| block("compression_config", Some("compressed-tensors")))
    }

    fn of_block(block: &Value, method: Option<&str>, file: &'static str) -> Option<Self> {
        // Older tools wrap what they state on packing beside what they state on sparsity.
        let block = block.get("quantization_config").filter(|inner| inner.is_object()).unwrap_or(block);
        let map = block.as_object().filter(|map| !map.is_empty())?;
        let named = ["quant_method", "quantization_method", "method"].iter().find_map(|key| map.get(*key)?.as_str());
        // MLX writes its block without a method, under both keys.
        let mlx = || (map.contains_key("bits") && map.contains_key("group_size")).then_some("mlx");
        // bitsandbytes stated itself by its switches alone before there was a word for the method.
        let switched = || SWITCHES.iter().any(|(key, _)| map.get(*key).is_some_and(is_true)).then_some("bitsandbytes");
        let method = named.or(method).or_else(mlx).or_else(switched)?.to_lowercase();
        let scheme = SCHEMES.iter().find(|scheme| scheme.methods.contains(&method.as_str()));
        let mut statements = Vec::new();
        for route in scheme.map_or(&[][..], |scheme| scheme.at) {
            read(block, route, None, &Statement::default(), &mut statements);
        }
        // What stands at the root holds where a part does not say otherwise.
        if let Some(root) = statements.first().filter(|first| first.module.is_none()).cloned() {
            for part in statements.iter_mut().skip(1) {
                part.bits = part.bits.or(root.bits);
                part.group = part.group.or(root.group);
                part.layout.extend(root.layout.iter().cloned());
            }
        }
        Some(Self { scheme, method: Some(method), file, statements, tied: false })
    }

    /// What is stated of a module: what names it, or else all that names none.
    pub(super) fn of_module<'s>(&'s self, module: &str) -> impl Iterator<Item = &'s Statement> {
        let named = self.statements.iter().any(|it| it.module.as_deref() == Some(module));
        self.statements.iter().filter(move |it| it.module.is_some() == named).filter({
            let module = module.to_owned();
            move |it| it.module.as_deref().is_none_or(|name| name == module)
        })
    }
}

/// Collects the statements at the places of a route: `*` is any key (a pattern, a group or a module), `**` a module's
/// name.
fn read(node: &Value, route: &str, module: Option<&str>, above: &Statement, into: &mut Vec<Statement>) {
    if into.len() >= MAX_STATEMENTS {
        return;
    }
    let (first, rest) = route.split_once('/').unwrap_or((route, ""));
    match first {
        "" => into.push(statement(node, module, above)),
        "*" | "**" => {
            // A group has words of its own beside the block on its weights.
            for (key, value) in node.as_object().into_iter().flatten().filter(|(_, value)| value.is_object()) {
                let above = Statement { layout: words(value), ..above.clone() };
                read(value, rest, if first == "**" { Some(key) } else { module }, &above, into);
            }
        }
        key => {
            if let Some(below) = node.get(key).filter(|below| below.is_object()) {
                read(below, rest, module, above, into);
            }
        }
    }
}

fn statement(node: &Value, module: Option<&str>, above: &Statement) -> Statement {
    let number = |keys: &[&str]| keys.iter().find_map(|key| whole(node.get(key)?));
    let switch = || SWITCHES.iter().find(|(key, _)| node.get(key).is_some_and(is_true));
    let format = || {
        let word = FORMAT.iter().find_map(|key| node.get(key)?.as_str())?.to_lowercase();
        FORMATS.iter().find(|(name, _)| *name == word).map(|(_, bits)| *bits)
    };
    let bits = number(BITS).and_then(|bits| u64::try_from(bits).ok());
    Statement {
        module: module.map(str::to_owned),
        bits: bits.or_else(|| switch().map(|(_, bits)| *bits)).or_else(format),
        group: number(GROUP),
        layout: words(node).into_iter().chain(above.layout.iter().cloned()).collect(),
    }
}

/// The words of a mapping on the layout.
fn words(node: &Value) -> Vec<String> {
    LAYOUT.iter().filter_map(|key| node.get(key)?.as_str()).map(str::to_lowercase).collect()
}

fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true)
}

/// A whole number, also where a tool writes `4.0` or `"4"`.
fn whole(value: &Value) -> Option<i64> {
    let of_float = || value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e9);
    #[expect(clippy::cast_possible_truncation, reason = "whole, and below a billion")]
    let number = value.as_i64().or_else(|| of_float().map(|n| n as i64));
    number.or_else(|| value.as_str()?.trim().parse().ok())
}

/// Whether a config states that table and head are one.
fn ties(config: &Value) -> bool {
    let text =
        ["text_config", "llm_config", "language_config", "thinker_config"].iter().filter_map(|key| config.get(key));
    let mut places = std::iter::once(config).chain(text);
    places.find_map(|place| place.get("tie_word_embeddings")?.as_bool()) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(config: &Value) -> Packing {
        Packing::of_config(config).expect("a statement")
    }

    #[test]
    fn tools_state_bits_in_their_own_words() {
        for (config, id, bits, group) in [
            (
                json!({"quantization_config": {"quant_method": "gptq", "bits": 8, "group_size": 128}}),
                "gptq",
                8,
                Some(128),
            ),
            (json!({"quantization": {"bits": 3, "group_size": 64}}), "mlx", 3, Some(64)),
            (json!({"quantization_config": {"bits": 6, "group_size": 32}}), "mlx", 6, Some(32)),
            (
                json!({"quantization_config": {"quant_method": "awq", "w_bit": 4, "q_group_size": -1}}),
                "awq",
                4,
                Some(-1),
            ),
            (
                json!({"quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": true}}),
                "bitsandbytes",
                8,
                None,
            ),
            (json!({"quantization_config": {"quant_method": "quanto", "weights": "int4"}}), "quanto", 4, None),
            (json!({"text_config": {"quantization_config": {"quant_method": "gptq", "bits": 4.0}}}), "gptq", 4, None),
            (
                json!({"quantization_config": {"quant_method": "GPTQ", "bits": "4", "group_size": "32"}}),
                "gptq",
                4,
                Some(32),
            ),
            (json!({"quantization_config": {"load_in_4bit": true, "load_in_8bit": false}}), "bitsandbytes", 4, None),
        ] {
            let packing = of(&config);
            assert_eq!(packing.scheme.map(|scheme| scheme.id), Some(id));
            assert_eq!((packing.statements[0].bits, packing.statements[0].group), (Some(bits), group), "{config}");
        }
        let unknown = of(&json!({"quantization_config": {"quant_method": "vptq"}}));
        assert!(unknown.scheme.is_none() && unknown.method.as_deref() == Some("vptq"));
        assert!(Packing::of_config(&json!({"quantization_config": {}})).is_none());
    }

    #[test]
    fn the_file_of_the_tool_says_what_the_config_leaves_out() {
        let root = tempfile::tempdir().expect("a directory");
        let write = |name: &str, value: &Value| {
            std::fs::write(root.path().join(name), value.to_string()).expect("written");
        };
        let bits = || {
            let packing = Packing::beside(&Folder::open(root.path()).expect("listed"), "");
            (packing.file, packing.statements.first().and_then(|it| it.bits))
        };
        write("quantize_config.json", &json!({"bits": 8, "group_size": 16}));
        write("config.json", &json!({"quantization_config": {"quant_method": "gptq"}}));
        assert_eq!(bits(), ("quantize_config.json", Some(8)));
        write("config.json", &json!({"quantization_config": {"quant_method": "gptq", "bits": 4}}));
        assert_eq!(bits(), ("config.json", Some(4)));
        write("config.json", &json!({"quantization_config": {"quant_method": "awq"}}));
        assert_eq!(bits(), ("config.json", None));
        let wrapped = json!({"compression_config": {"sparsity_config": {}, "quantization_config":
            {"format": "pack-quantized", "config_groups": {"group_0": {"weights": {"num_bits": 4}}}}}});
        assert_eq!(of(&wrapped).statements.last().and_then(|it| it.bits), Some(4));
    }

    #[test]
    fn parts_of_a_mixture_are_statements_of_their_own() {
        let mlx = of(&json!({"quantization": {"bits": 4, "group_size": 64, "a.b": {"bits": 8}, "a.c": false}}));
        let bits = |module: &str| mlx.of_module(module).map(|it| (it.bits, it.group)).collect::<Vec<_>>();
        assert_eq!(bits("a.b"), [(Some(8), Some(64))]);
        assert_eq!(bits("a.d"), [(Some(4), Some(64))]);
        let groups =
            of(&json!({"quantization_config": {"quant_method": "compressed-tensors", "format": "mixed-precision",
            "config_groups": {"group_0": {"format": "pack-quantized", "weights": {"num_bits": 4}},
                              "group_1": {"format": "float-quantized", "weights": {"num_bits": 8}}}}}));
        let stated: Vec<_> = groups.of_module("x").filter_map(|it| Some((it.bits?, it.layout[0].clone()))).collect();
        assert_eq!(stated, [(4, "pack-quantized".to_owned()), (8, "float-quantized".to_owned())]);
    }

    #[test]
    fn a_nested_word_on_tying_counts_where_the_root_has_none() {
        assert!(ties(&json!({"tie_word_embeddings": true})));
        assert!(ties(&json!({"text_config": {"tie_word_embeddings": true}})));
        assert!(!ties(&json!({"tie_word_embeddings": false, "text_config": {"tie_word_embeddings": true}})));
        assert!(!ties(&json!({})));
    }
}
