//! Whatever a stranger writes, wherever it stands, no output of any format obeys it. One scalar or key of a valid file
//! at a time is replaced by a hostile text, the program is run as a user would run it, and what comes out is read as
//! its readers read it: a terminal, a Markdown renderer, a spreadsheet, a JSON and an XML parser.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Stdio};

mod form_writers;

use form_writers::{Given, gguf, gguf_tensor, gguf_word, torch_of};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What a terminal obeys, or nobody sees.
const STEERING: &str = "x\u{1b}[31m\u{1b}]0;t\u{7}\u{9b}2J\0\u{8}\ry\u{202e}z\u{2066}\u{61c}\u{200b}\u{200d}\u{ad}\u{34f}\
                        \u{3164}\u{115f}\u{2800}\u{fe0f}\u{e0041}\u{e000}\u{fffe}\u{feff}\u{2028}\u{7f}\nFORGED";

/// What a page, a table or a spreadsheet obeys.
const MARKUP: &str = "=HYPERLINK(\"http://e.org\",\"x\")|`</code>]]><script>alert(1)</script><img src=x onerror=a>\
                      ](javascript:alert(1)) ![i](http://e.org/i.png)\n```\n# FORGED\n| a | b |\n- x";

/// An address that no link may lead to.
const ADDRESS: &str = "javascript:alert(1)//\u{202e}";

const HOSTILE: [&str; 3] = [STEERING, MARKUP, ADDRESS];

/// Characters that no output holds but where the program itself breaks lines.
fn steers(c: char) -> bool {
    c != '\n' && c.is_control()
        || STEERING.chars().any(|own| own == c && !c.is_ascii_graphic() && own != '\n' && own != '\r')
}

fn terminal(text: &str, what: &str) {
    assert_eq!(text.chars().find(|c| steers(*c)), None, "{what}: {text:?}");
    assert!(!text.contains("panicked"), "{what}: {text}");
}

fn markdown(text: &str, what: &str) {
    terminal(text, what);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = html.trim();
                let own =
                    matches!(html, "<br>" | "</a>") || html.starts_with("<a id=\"") && html.matches('<').count() <= 2;
                assert!(own, "{what}: {html}\n{text}");
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let fine = ["https://", "http://", "mailto:", "#"].iter().any(|start| dest_url.starts_with(start));
                assert!(fine, "{what}: {dest_url}");
            }
            Event::Start(Tag::Image { dest_url, .. }) => panic!("{what}: an image {dest_url}"),
            _ => {}
        }
    }
    assert!(!text.lines().any(|line| line.starts_with("# FORGED")), "{what}: {text}");
}

fn html(text: &str, what: &str) {
    terminal(text, what);
    for tag in ["<script", "<img", "href=\"javascript"] {
        assert!(!text.contains(tag), "{what}: {tag}");
    }
}

fn csv(text: &str, what: &str) {
    terminal(&text.replace("\r\n", "\n"), what);
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    for c in text.chars() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    rows.retain(|row| row.len() > 1);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{what}: {text}");
    let formula = |cell: &String| cell.trim_start().starts_with(['=', '+', '-', '@']);
    assert!(!rows.iter().flatten().any(formula), "{what}: {text}");
}

fn data(text: &str, what: &str) {
    terminal(text, what);
    for line in if text.starts_with("{\n") || text.starts_with('[') { vec![text] } else { text.lines().collect() } {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{what}: {error}: {line}"));
    }
}

fn xml(text: &str, what: &str) {
    terminal(text, what);
    roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{what}: {error}: {text}"));
}

type Check = fn(&str, &str);

/// Runs the program once; stdout is read by `check`, and stderr as a terminal does.
fn run(folder: &Path, arguments: &[&str], check: Check, what: &str) {
    let done = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .args(arguments)
        .current_dir(folder)
        .env("COLUMNS", "100")
        .env("LC_ALL", "C.UTF-8")
        .env_remove("SOVGRADE_LANG")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let what = format!("{what}: {arguments:?}");
    let code = done.status.code();
    assert!(code.is_some_and(|code| code <= 2), "{what}: {code:?}");
    terminal(&String::from_utf8(done.stderr).expect("UTF-8"), &what);
    let out = String::from_utf8(done.stdout).expect("UTF-8");
    if out.is_empty() { assert_ne!(code, Some(0), "{what}") } else { check(&out, &what) }
}

/// Every version of a value in which one scalar or one key is replaced, with the way to it.
fn versions(whole: &Value, hostile: &str) -> Vec<(String, Value)> {
    match whole {
        Value::Object(entries) => {
            let mut all = Vec::new();
            for (at, key) in entries.keys().enumerate() {
                let with = |name: &str, value: &Value| {
                    let each = entries.iter().enumerate().map(|(n, (k, v))| {
                        if n == at { (name.to_owned(), value.clone()) } else { (k.clone(), v.clone()) }
                    });
                    Value::Object(each.collect())
                };
                all.push((format!("key {key}"), with(hostile, &entries[key])));
                let below = versions(&entries[key], hostile);
                all.extend(below.into_iter().map(|(way, value)| (format!("{key}/{way}"), with(key, &value))));
            }
            all
        }
        Value::Array(items) => {
            let each = items.iter().enumerate().flat_map(|(at, item)| {
                versions(item, hostile).into_iter().map(move |(way, value)| {
                    let mut items = items.clone();
                    items[at] = value;
                    (format!("{at}/{way}"), Value::Array(items))
                })
            });
            each.collect()
        }
        Value::String(text) => {
            vec![(String::new(), hostile.into()), ("behind".to_owned(), format!("{text}{hostile}").into())]
        }
        _ => vec![(NUMBER.to_owned(), hostile.into())],
    }
}

/// How the way to a number or a truth value ends.
const NUMBER: &str = "a number";

/// A value as YAML (which JSON is), all but ASCII written as escapes.
fn yaml(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap();
    let escaped = |c: char| match c {
        '\n' | ' '..='~' => c.to_string(),
        c => format!("\\U{:08X}", u32::from(c)),
    };
    text.chars().map(escaped).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Grades a folder in all formats; of the two for the tools of others in one of them each time.
fn grade(folder: &Path, more: &[&str], at: usize, what: &str) {
    let lang = if at.is_multiple_of(2) { "en" } else { "ko" };
    let others = if at % 4 < 2 { "cyclonedx" } else { "sarif" };
    let all: [(&str, Check); 5] =
        [("human", terminal), ("markdown", markdown), ("json", data), ("csv", csv), (others, data)];
    for (format, check) in all {
        let mut arguments = vec!["grade", "m", "--lang", lang, "--format", format];
        arguments.extend(more);
        run(folder, &arguments, check, what);
    }
}

/// Puts every version of a file into a folder that `base` fills, and lets `look` run the program there.
fn everywhere(sample: &Value, base: fn(&Path), write: fn(&Path, &Value), look: fn(&Path, usize, &str)) {
    through(&HOSTILE.iter().flat_map(|hostile| versions(sample, hostile)).collect::<Vec<_>>(), base, write, look);
}

/// The same at every key and text of a file that has many numbers.
fn at_texts(sample: &Value, base: fn(&Path), write: fn(&Path, &Value), look: fn(&Path, usize, &str)) {
    let all = HOSTILE.iter().flat_map(|hostile| versions(sample, hostile));
    through(&all.filter(|(way, _)| !way.ends_with(NUMBER)).collect::<Vec<_>>(), base, write, look);
}

fn through(jobs: &[(String, Value)], base: fn(&Path), write: fn(&Path, &Value), look: fn(&Path, usize, &str)) {
    assert!(jobs.len() > 10);
    // Two threads, each with a folder of its own: a run is a process, and most of its time is spent in starting.
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                let folder = TempDir::new().unwrap();
                base(folder.path());
                for (at, (way, value)) in jobs.iter().enumerate().filter(|(at, _)| at % 2 == half) {
                    write(folder.path(), value);
                    look(folder.path(), at / 2, way);
                }
            });
        }
    });
}

fn model(folder: &Path) {
    std::fs::create_dir(folder.join("m")).unwrap();
    std::fs::write(folder.join("m/config.json"), read("examples/solar-open-100b/config.json")).unwrap();
    std::fs::write(folder.join("m/README.md"), read("examples/solar-open-100b/README.md")).unwrap();
}

#[test]
fn in_a_card() {
    let card = json!({
        "license": "other", "license_name": "own", "license_link": "https://e.org/l", "language": ["ko"], "tags": ["a"],
        "base_model": "a/b", "pipeline_tag": "text-generation",
        "sovereignty": {
            "schema": "sovereignty/1", "statement_date": "2026-01-02",
            "developer": {"name": "A", "jurisdiction": "KR"}, "relation": "adapted", "complete": ["components"],
            "components": [{
                "id": "text", "role": "text", "matches": ["/"], "params": "7B", "initialisation": "adapted",
                "trained_by": ["A"], "links": [{"model": "a/b", "kind": "continued", "holder": "B", "licence": "mit"}],
            }],
            "tokenizer": {"origin": "own", "trained_by": "A"},
            "architecture": {"origin": {"name": "N", "holder": "H", "jurisdiction": "CN", "reference": "c/d"}},
            "teachers": [{"model": "e/f", "holder": "E", "jurisdiction": "US"}],
            "licensing": {"weights": {"licence": "own", "file": "LICENSE"}},
            "evidence": [{"id": "p", "kind": "paper", "url": "https://e.org", "title": "T", "publisher": "P",
                          "describes": ["components", "tokenizer"]}],
        },
    });
    let write = |folder: &Path, card: &Value| {
        std::fs::write(folder.join("m/README.md"), format!("---\n{}\n---\n", yaml(card))).unwrap();
    };
    everywhere(&card, model, write, |folder, at, what| {
        grade(folder, if at % 3 == 0 { &["--next"] } else { &[] }, at, what);
    });
}

#[test]
fn in_what_lies_beside_a_card() {
    let config: Value = serde_json::from_str(&read("examples/solar-open-100b/config.json")).unwrap();
    let write =
        |folder: &Path, config: &Value| std::fs::write(folder.join("m/config.json"), config.to_string()).unwrap();
    everywhere(&config, model, write, |folder, at, what| grade(folder, &[], at, what));
}

/// Files that tools leave beside a model, each by its name.
fn files_of_tools() -> Value {
    let whole = "model-00001-of-00001.safetensors";
    json!({
        "tokenizer.json": {"version": "1.0", "added_tokens": [{"id": 1, "content": "s"}],
                           "model": {"type": "BPE", "vocab": {"t": 0}, "merges": []}},
        "tokenizer_config.json": {"name_or_path": "a/b", "tokenizer_class": "T", "auto_map": {"AutoTokenizer": ["c/d--t.T", null]}},
        "adapter_config.json": {"peft_type": "LORA", "base_model_name_or_path": "/home/u/models--a--b/snapshots/0"},
        "quantize_config.json": {"bits": 4, "quant_method": "gptq", "model_name_or_path": "a/b"},
        "mergekit_config.yml": {"merge_method": "linear", "base_model": "a/b", "models": [{"model": "c/d"}, {"model": {"path": "e/f"}}]},
        "axolotl.yaml": {"base_model": "a/b", "datasets": [{"path": "c/d"}]},
        "model.safetensors.index.json": {"metadata": {"total_size": 8}, "weight_map": {"model.embed_tokens.weight": whole}},
        "modules.json": [{"idx": 0, "name": "0", "path": "", "type": "T"}],
    })
}

/// A safetensors file with one small tensor of a name, and words of its own beside it.
fn safetensors(tensor: &str, words: &Value) -> Vec<u8> {
    let entry = json!({"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]});
    let header = json!({"__metadata__": words, tensor: entry}).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.resize(bytes.len() + 16, 1);
    bytes
}

#[test]
fn in_the_files_of_tools() {
    let base = |folder: &Path| {
        model(folder);
        let whole = safetensors("model.embed_tokens.weight", &json!({"format": "pt"}));
        std::fs::write(folder.join("m/model-00001-of-00001.safetensors"), whole).unwrap();
    };
    let write = |folder: &Path, files: &Value| {
        for name in files_of_tools().as_object().unwrap().keys() {
            // A hostile name takes the file away; names of files are another test.
            match files.get(name) {
                Some(file) => std::fs::write(folder.join("m").join(name), yaml(file)).unwrap(),
                None => drop(std::fs::remove_file(folder.join("m").join(name))),
            }
        }
    };
    everywhere(&files_of_tools(), base, write, |folder, at, what| grade(folder, &[], at, what));
}

#[test]
fn in_the_header_of_weights() {
    let sample = json!({"words": {"format": "pt", "made-by": "w"}, "name": "model.layers.0.mlp.up_proj.weight"});
    let write = |folder: &Path, sample: &Value| {
        let name = sample.get("name").and_then(Value::as_str).unwrap_or("n");
        let bytes = safetensors(name, sample.get("words").unwrap_or(&Value::Null));
        std::fs::write(folder.join("m/model.safetensors"), bytes).unwrap();
    };
    everywhere(&sample, model, write, |folder, at, what| {
        grade(folder, &[], at, what);
        run(folder, &["facts", "m"], terminal, what);
        run(folder, &["measure", "m", "--against", "m"], terminal, what);
        run(folder, &["measure", "m", "--against", "x=m", "--json"], data, what);
    });
}

/// Looks at a model of which only the weights are a stranger's, through every command that reads them.
fn look_at_weights(folder: &Path, at: usize, what: &str) {
    grade(folder, if at.is_multiple_of(3) { &["--facts"] } else { &[] }, at, what);
    run(folder, &["facts", "m"], terminal, what);
    run(folder, &["measure", "m", "--against", "x=m", "--json", "--no-digest"], data, what);
}

#[test]
fn in_a_gguf_file() {
    let sample = json!({
        "values": {"general.architecture": "llama", "general.type": "model", "general.name": "n", "general.license": "mit"},
        "name": "blk.0.attn_q.weight", "other": "blk.0.odd.weight",
    });
    let write = |folder: &Path, sample: &Value| {
        let values = sample.get("values").and_then(Value::as_object).cloned().unwrap_or_default();
        let values: Vec<Vec<u8>> =
            values.iter().map(|(key, value)| gguf_word(key, value.as_str().unwrap_or_default())).collect();
        let named = ["name", "other"].map(|key| sample.get(key).and_then(Value::as_str).unwrap_or("n").to_owned());
        let tensors = [gguf_tensor(&named[0], &[8, 8], 0, 0), gguf_tensor(&named[1], &[8, 8], 0, 256)];
        std::fs::write(folder.join("m/a.gguf"), gguf(&values, &tensors, &[1; 512])).unwrap();
    };
    everywhere(&sample, model, write, look_at_weights);
}

#[test]
fn in_a_pytorch_file() {
    let sample = json!({"name": "model.layers.0.mlp.up_proj.weight", "codes": "model.layers.0.mlp.down_proj.qweight"});
    let write = |folder: &Path, sample: &Value| {
        let named = |key: &str| sample.get(key).and_then(Value::as_str).unwrap_or("n").to_owned();
        let given = |name: String, storage| Given { name, storage, width: 4, shape: vec![4, 4], bytes: vec![1; 64] };
        let tensors = [given(named("name"), "FloatStorage"), given(named("codes"), "IntStorage")];
        std::fs::write(folder.join("m/pytorch_model.bin"), torch_of(&tensors)).unwrap();
    };
    everywhere(&sample, model, write, look_at_weights);
}

#[test]
fn in_terms_and_in_keys_of_the_hub() {
    let sample = json!({
        "front": {"license": ["mit", "apache-2.0"], "license_name": "n", "license_link": "LICENSE", "extra_gated_prompt": "p",
                  "extra_gated_fields": {"f": "text"}, "base_model": ["a/b"], "base_model_relation": "finetune",
                  "model-index": [{"name": "n"}], "datasets": ["c/d"], "library_name": "l", "new_version": "e/f"},
        "LICENSE": "Released under the MIT License.", "NOTICE": "n", "USE_POLICY.md": "p",
        "model_index.json": {"_class_name": "P", "unet": ["l", "C"]},
        "special_tokens_map.json": {"a": "b"}, "added_tokens.json": {"a": "1"},
        "preprocessor_config.json": {"auto_map": {"A": "c/d--x.Y"}},
    });
    let write = |folder: &Path, files: &Value| {
        let front = files.get("front").cloned().unwrap_or_default();
        std::fs::write(folder.join("m/README.md"), format!("---\n{}\n---\n# n\n", yaml(&front))).unwrap();
        for name in ["LICENSE", "NOTICE", "USE_POLICY.md"] {
            let text = files.get(name).and_then(Value::as_str).unwrap_or_default();
            std::fs::write(folder.join("m").join(name), text).unwrap();
        }
        for name in ["model_index.json", "special_tokens_map.json", "added_tokens.json", "preprocessor_config.json"] {
            let file = files.get(name).cloned().unwrap_or_default();
            std::fs::write(folder.join("m").join(name), file.to_string()).unwrap();
        }
    };
    everywhere(&sample, model, write, |folder, at, what| grade(folder, &[], at, what));
}

/// A piece of a `SentencePiece` model: field 1 of the model, whose own field 1 is the text.
fn pieces(texts: &[String]) -> Vec<u8> {
    let field = |bytes: &[u8]| {
        let (mut out, mut length) = (vec![0x0a], bytes.len());
        while length > 0x7f {
            out.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        out.push(u8::try_from(length).unwrap());
        out.extend_from_slice(bytes);
        out
    };
    texts.iter().flat_map(|text| field(&field(text.as_bytes()))).collect()
}

#[test]
fn in_a_sentencepiece_model() {
    let write = |folder: &Path, sample: &Value| {
        let texts: Vec<String> =
            sample.as_array().unwrap().iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect();
        std::fs::write(folder.join("m/tokenizer.model"), pieces(&texts)).unwrap();
    };
    let sample = json!(["<unk>", "a", "b", "c", "d"]);
    everywhere(&sample, model, write, |folder, at, what| grade(folder, &[], at, what));
}

#[test]
fn in_what_an_interrupted_run_left() {
    const STATE: &str = "st/reference-000001.json";
    const MEASURE: [&str; 7] = ["measure", "w", "--against", "x=v", "--resume", "st", "--no-digest"];
    fn begun(folder: &Path) {
        sketched(folder);
        std::fs::create_dir_all(folder.join("v")).unwrap();
        for name in ["model.safetensors", "config.json"] {
            std::fs::copy(folder.join("w").join(name), folder.join("v").join(name)).unwrap();
        }
        run(folder, &MEASURE, terminal, "begun");
        std::fs::copy(folder.join(STATE), folder.join("state.json")).unwrap();
    }
    let own = TempDir::new().unwrap();
    begun(own.path());
    let state: Value = serde_json::from_str(&std::fs::read_to_string(own.path().join(STATE)).unwrap()).unwrap();
    let sample: Value = serde_json::from_str(state["found"].as_str().unwrap()).unwrap();
    let write = |folder: &Path, found: &Value| {
        let state = std::fs::read_to_string(folder.join("state.json")).unwrap();
        let mut state: Value = serde_json::from_str(&state).unwrap();
        state["found"] = found.to_string().into();
        std::fs::write(folder.join(STATE), state.to_string()).unwrap();
    };
    at_texts(&sample, begun, write, |folder, at, what| {
        let check: (&[&str], Check) = if at.is_multiple_of(2) { (&[], terminal) } else { (&["--json"], data) };
        run(folder, &[&MEASURE, check.0].concat(), check.1, what);
    });
}

/// A small model of numbers without a pattern, and the sketch of it that the program writes.
fn sketched(folder: &Path) {
    std::fs::create_dir_all(folder.join("w")).unwrap();
    let (mut header, mut data, mut state) = (serde_json::Map::new(), Vec::new(), 1_u64);
    let leaves = [
        ("self_attn.q_proj", 16, 16),
        ("self_attn.k_proj", 16, 16),
        ("self_attn.v_proj", 16, 16),
        ("self_attn.o_proj", 16, 16),
        ("mlp.gate_proj", 24, 16),
        ("mlp.up_proj", 24, 16),
        ("mlp.down_proj", 16, 24),
    ];
    let named = leaves.iter().map(|(leaf, rows, columns)| (format!("model.layers.0.{leaf}.weight"), *rows, *columns));
    for (name, rows, columns) in std::iter::once(("model.embed_tokens.weight".to_owned(), 64, 16)).chain(named) {
        let begin = data.len();
        for _ in 0..rows * columns {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = f32::from(u16::try_from(state >> 48).unwrap()) / 32768.0 - 1.0;
            data.extend(number.to_le_bytes());
        }
        let entry = json!({"dtype": "F32", "shape": [rows, columns], "data_offsets": [begin, data.len()]});
        header.insert(name, entry);
    }
    let header = Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(data);
    std::fs::write(folder.join("w/model.safetensors"), bytes).unwrap();
    let config = json!({"model_type": "llama", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "head_dim": 8, "intermediate_size": 24, "vocab_size": 64});
    std::fs::write(folder.join("w/config.json"), config.to_string()).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .args(["sketch", "w", "-o", "s.sketch"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::create_dir_all(folder.join("g")).unwrap();
    std::fs::rename(folder.join("s.sketch"), folder.join("whole.sketch")).unwrap();
}

/// The header of a sketch, and what follows it.
fn opened(folder: &Path) -> (Value, Vec<u8>) {
    let bytes = std::fs::read(folder.join("whole.sketch")).unwrap();
    let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
    (serde_json::from_slice(&bytes[8..8 + length]).unwrap(), bytes[8 + length..].to_vec())
}

/// Where a sketch carries the words about its model.
const MANIFEST: &str = "/__metadata__/sovgrade-sketch";

#[test]
fn in_a_sketch() {
    let own = TempDir::new().unwrap();
    sketched(own.path());
    let (header, _) = opened(own.path());
    let sample: Value = serde_json::from_str(header.pointer(MANIFEST).unwrap().as_str().unwrap()).unwrap();
    let write = |folder: &Path, manifest: &Value| {
        let (mut header, numbers) = opened(folder);
        *header.pointer_mut(MANIFEST).unwrap() = manifest.to_string().into();
        let header = header.to_string();
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend(numbers);
        for file in ["s.sketch", "g/s.sketch"] {
            std::fs::write(folder.join(file), &bytes).unwrap();
        }
    };
    everywhere(&sample, sketched, write, |folder, at, what| {
        if at % 2 == 0 {
            run(folder, &["measure", "s.sketch", "--against", "w"], terminal, what);
        } else {
            run(folder, &["screen", "w", "--registry", "g"], terminal, what);
        }
    });
}

#[test]
fn in_evidence() {
    let component = json!({"id": "text", "relation": "undecided", "parameters": 5, "tests": [{"family": "f2"}]});
    let evidence = json!({
        "schema": "sovgrade/evidence/2",
        "subject": {"id": "s", "files": [{"name": "model.safetensors", "bytes": 3, "sha256": "0".repeat(64)}]},
        "links": [{"reference": {"id": "r", "holder": "H", "jurisdiction": "KR", "licence": "mit"},
                   "relation": "undecided", "components": [component]}],
        "documented": [{"fact": "training.operator", "value": "A",
                        "document": {"title": "T", "url": "https://e.org", "publisher": "P", "date": "2026-01-02"}}],
        "limits": ["one", {"ko": "둘", "en": "two"}],
    });
    let write = |folder: &Path, evidence: &Value| std::fs::write(folder.join("e.json"), evidence.to_string()).unwrap();
    everywhere(&evidence, model, write, |folder, at, what| grade(folder, &["--evidence", "e.json"], at, what));
}

/// A model, and a small ruleset that asks for a fact of its own.
fn with_own_fact(folder: &Path) {
    model(folder);
    let mut files = ruleset();
    files["criteria/open-weights.yaml"]["test"] = json!({"fact": "example.audited", "is": true});
    files["ruleset.yaml"].as_object_mut().unwrap().remove("readings");
    files.as_object_mut().unwrap().remove("cases/one.yaml");
    for (name, file) in files.as_object().unwrap() {
        let path = folder.join("r").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, yaml(file)).unwrap();
    }
}

#[test]
fn in_facts_of_a_ruleset_and_of_a_card() {
    let both = |text: &str| json!({"ko": text, "en": text});
    let sample = json!({
        "facts.yaml": {
            "format": 1, "dimensions": {"risk": both("Risk")}, "words": {"levels": {"low": both("Low"), "high": both("High")}},
            "facts": {"audited": {"kind": "flag", "dimension": "risk", "label": both("Audited"), "meaning": both("Somebody looked"),
                                  "question": both("Did somebody look?")}},
        },
        "card": {"schema": "sovereignty/1", "facts": {"example": {"audited": true}}},
    });
    let write = |folder: &Path, sample: &Value| {
        for (key, path) in [("facts.yaml", "r/facts.yaml"), ("card", "m/sovereignty.yaml")] {
            std::fs::write(folder.join(path), yaml(&sample.get(key).cloned().unwrap_or_default())).unwrap();
        }
    };
    everywhere(&sample, with_own_fact, write, |folder, at, what| {
        let lang = if at.is_multiple_of(2) { "en" } else { "ko" };
        let all: [(&[&str], Check); 5] = [
            (&["rules", "check", "r"], terminal),
            (&["rules", "doc", "r"], markdown),
            (&["rules", "doc", "r", "--format", "html"], html),
            (&["grade", "m", "--rules", "./r", "--format", "markdown"], markdown),
            (&["schema", "card", "--rules", "./r"], data),
        ];
        for (arguments, check) in all {
            run(folder, &[arguments, &["--lang", lang]].concat(), check, what);
        }
    });
}

/// The files of a small ruleset as one value.
fn ruleset() -> Value {
    let both = |text: &str| json!({"ko": text, "en": text});
    json!({
        "ruleset.yaml": {
            "format": 1, "id": "example", "version": "1.0.0", "title": both("Title"),
            "source": {"title": "S", "url": "https://e.org", "licence": "own"}, "home": "KR",
            "scale": {"ladder": [{"id": "L0", "title": both("Ground"), "requires": []},
                                 {"id": "L1", "title": both("Held"), "requires": ["open-weights"]}]},
            "readings": {"parts": {"question": both("How far"), "default": "core", "options": {
                "core": {"title": both("Core"), "because": both("Short")}, "all": {"title": both("All"), "because": both("Long")}}}},
        },
        "criteria/open-weights.yaml": {
            "format": 1, "id": "open-weights", "dimension": "weights", "title": both("Weights"), "question": both("Held?"),
            "rationale": both("Why"), "needs": "declared", "cites": [{"source": "example", "at": "1"}],
            "test": {"x-note": "n", "reading": "parts", "core": {"fact": "model.weights-held", "is": true},
                     "all": {"fact": "training.operator", "is": "A"}},
            "remedy": {"declare": both("Declare"), "change": both("Change")},
        },
        "cases/one.yaml": {
            "format": 1, "title": both("Case"), "facts": {"model.weights-held": true, "training.operator": "A"},
            "expect": {"grade": {"assured": "L0"}, "outcomes": {"open-weights": "met"}},
        },
    })
}

#[test]
fn in_a_ruleset() {
    let write = |folder: &Path, files: &Value| {
        let _ = std::fs::remove_dir_all(folder.join("r"));
        for (name, file) in files.as_object().unwrap() {
            let name = if name.contains("..") || name.contains('\0') || name.len() > 100 { "other.yaml" } else { name };
            let path = folder.join("r").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, yaml(file)).unwrap();
        }
    };
    let look = |folder: &Path, at: usize, what: &str| {
        let lang = if at.is_multiple_of(2) { "en" } else { "ko" };
        let all: [(&[&str], Check); 7] = [
            (&["rules", "check", "r"], terminal),
            (&["rules", "doc", "r"], markdown),
            (&["rules", "doc", "r", "--format", "html"], html),
            (&["rules", "test", "r"], terminal),
            (&["rules", "test", "r", "--format", "junit"], xml),
            (&["grade", "m", "--rules", "./r", "--format", "markdown"], markdown),
            (&["explain", "open-weights", "m", "--rules", "./r"], terminal),
        ];
        for (arguments, check) in all {
            run(folder, &[arguments, &["--lang", lang]].concat(), check, what);
        }
    };
    everywhere(&ruleset(), model, write, look);
}

#[test]
fn in_an_import() {
    let file = json!({
        "framework": {"name": "Model Openness Framework", "version": "1.0", "date": "2026-01-02"},
        "release": {
            "name": "N", "version": "1", "date": "2026-01-02", "type": "language", "architecture": "decoder", "origin": "O",
            "producer": "P", "contact": "",
            "license": {"distribution": {"name": "MIT", "path": "https://e.org"}},
            "components": [{"name": "Model architecture", "description": "D", "license": "MIT"}],
        },
    });
    let write = |folder: &Path, file: &Value| std::fs::write(folder.join("i.yml"), yaml(file)).unwrap();
    everywhere(&file, model, write, |folder, _, what| run(folder, &["import", "mof", "i.yml"], terminal, what));
}

#[test]
fn in_an_import_of_the_index() {
    let part = json!({"class": "open", "link": "https://e.org", "notes": "n"});
    let file = json!({
        "system": {"name": "N", "link": "https://e.org", "type": "text", "performanceclass": "full", "basemodelname": "a/b",
                   "endmodelname": "c/d", "endmodellicense": "MIT", "releasedate": "2026-01", "notes": "n"},
        "org": {"name": "O", "link": "https://e.org", "notes": "n"},
        "datasources_basemodel": part, "weights_basemodel": part, "trainingcode": part, "code": part, "paper": part,
        "licenses": part,
    });
    let write = |folder: &Path, file: &Value| std::fs::write(folder.join("i.yaml"), yaml(file)).unwrap();
    everywhere(&file, model, write, |folder, _, what| run(folder, &["import", "osai", "i.yaml"], terminal, what));
}

#[test]
fn in_a_bill_of_materials() {
    let file = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:0", "version": 1,
        "metadata": {"timestamp": "2026-01-02T03:04:05Z", "component": {
            "type": "machine-learning-model", "group": "g", "name": "N", "manufacturer": {"name": "P"},
            "licenses": [{"license": {"id": "MIT"}}],
            "pedigree": {"ancestors": [{"name": "a/b", "purl": "pkg:huggingface/a/b@1",
                "hashes": [{"alg": "SHA-256", "content": "00"}], "properties": [{"name": "n", "value": "v"}]}]},
            "modelCard": {"modelParameters": {"datasets": [{"ref": "d"}]}},
        }},
        "components": [{"type": "data", "bom-ref": "d", "name": "D", "data": [{"type": "dataset", "contents":
            {"url": "https://e.org"}, "governance": {"owners": [{"organization": {"name": "H"}}]}}]}],
    });
    let write = |folder: &Path, file: &Value| std::fs::write(folder.join("i.json"), file.to_string()).unwrap();
    everywhere(&file, model, write, |folder, at, what| {
        run(folder, &["import", "cyclonedx", "i.json"], terminal, what);
        let format: &[&str] = if at.is_multiple_of(2) { &[] } else { &["--json"] };
        let check = if at.is_multiple_of(2) { terminal } else { data };
        run(folder, &[&["measure", "m", "--claims", "i.json"], format].concat(), check, what);
    });
}

#[test]
fn in_names_of_files_and_in_arguments() {
    for hostile in HOSTILE {
        let folder = TempDir::new().unwrap();
        model(folder.path());
        let name: String = hostile.chars().filter(|c| !matches!(c, '\0' | '/')).collect();
        for end in [".safetensors", ".bin", "-LICENSE", ".json"] {
            std::fs::write(folder.path().join("m").join(format!("{name}{end}")), "x").unwrap();
        }
        std::fs::write(folder.path().join("m").join(format!("LICENSE-{name}")), "x").unwrap();
        grade(folder.path(), &[], 0, "names of files");
        let other = folder.path().join(&name);
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("README.md"), read("examples/solar-open-100b/README.md")).unwrap();
        let all: [(&[&str], Check); 12] = [
            (&["grade", &name], terminal),
            (&["grade", &name, "--format", "markdown"], markdown),
            (&["grade", &name, "m", "--format", "csv"], csv),
            (&["grade", &name, "m", "--format", "jsonl"], data),
            (&["grade", "m", "--rules", &name], terminal),
            (&["grade", "m", "--reading", &name], terminal),
            (&["grade", "m", "--require", &name], terminal),
            (&["grade", "m", "--format", &name], terminal),
            (&["measure", "m", "--against", &name], terminal),
            (&["explain", &name, "m"], terminal),
            (&["licence", "show", &name], terminal),
            (&[&name], terminal),
        ];
        for (arguments, check) in all {
            run(folder.path(), arguments, check, "an argument");
        }
        let colours = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
            .args(["grade", &name, "--color", "always"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let page = String::from_utf8(colours.stdout).unwrap();
        let plain = page.split('\u{1b}').enumerate().map(|(at, part)| {
            if at == 0 {
                return part;
            }
            let end = part.find('m').unwrap_or_else(|| panic!("{part:?}"));
            assert!(part.starts_with('[') && part[1..end].bytes().all(|byte| byte.is_ascii_digit()), "{part:?}");
            &part[end + 1..]
        });
        terminal(&plain.collect::<String>(), "in colour");
    }
}
