//! Weights that lie never panic, never answer and never eat the machine: exit code 2, a message in both languages that
//! names the file and the place or the tensor, nothing on stdout. Through the binary, as a stranger's file would come
//! in.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, missing_docs)]

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sovgrade::weights::{Checkpoint, Numbers, Problem};
use tempfile::TempDir;

/// Longest that an answer may take, on a machine that does other work beside.
const PATIENCE: Duration = Duration::from_mins(2);
/// Most memory that is asked for at any time, in kB, for refusals and answers alike.
const MEMORY_KB: u64 = 300_000;

struct Run {
    code: Option<i32>,
    out: String,
    err: String,
    /// High-water mark of resident memory, in kB, as last seen before the end.
    peak_kb: u64,
}

/// Starts `measure` with its address space bounded, so that a mistake here cannot take the machine down.
fn start(arguments: &[&str], lang: &str) -> Child {
    Command::new("sh")
        .args(["-c", "ulimit -v 4000000; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_sovgrade"))
        .arg("measure")
        .args(arguments)
        .args(["--lang", lang, "--plain"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for the end, looking at the memory as it goes.
fn finish(mut child: Child) -> Run {
    let begun = Instant::now();
    let mut peak_kb = 0;
    let readers = [
        drain(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn std::io::Read + Send>)),
        drain(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn std::io::Read + Send>)),
    ];
    let status = loop {
        peak_kb = peak_kb.max(memory(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("no answer within {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let [out, err] = readers.map(|reader| String::from_utf8(reader.join().unwrap()).expect("UTF-8"));
    Run { code: status.code(), out, err, peak_kb }
}

fn drain(pipe: Option<Box<dyn std::io::Read + Send>>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// `VmHWM` of a process, or 0 where there is none to be read.
fn memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn measured(candidate: &Path, reference: &Path, more: &[&str], lang: &str) -> Run {
    let run = finish(start(&[&[path(candidate), "--against", path(reference)], more].concat(), lang));
    assert!(run.peak_kb < MEMORY_KB, "{}: {} kB", candidate.display(), run.peak_kb);
    for word in ["panicked", "RUST_BACKTRACE", "unwrap", "memory allocation"] {
        assert!(!run.err.contains(word), "{}: {}", candidate.display(), run.err);
    }
    // What steers a terminal, or turns the direction of writing, is never printed as it came.
    let steers = |c: &char| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c);
    assert_eq!(run.err.chars().chain(run.out.chars()).find(steers), None, "{:?}", run.err);
    run
}

/// The model is refused as candidate and as reference, in both languages, with all of `words` in the message.
fn refused(hostile: &Path, words: &[&str]) {
    refused_with(hostile, &[], words);
}

fn refused_with(hostile: &Path, more: &[&str], words: &[&str]) {
    let good = model(1);
    for (candidate, reference, lang) in
        [(hostile, good.path(), "en"), (hostile, good.path(), "ko"), (good.path(), hostile, "en")]
    {
        let run = measured(candidate, reference, more, lang);
        assert_eq!(run.code, Some(2), "{words:?} {lang}\n{}\n{}", run.out, run.err);
        assert_eq!(run.out, "", "{words:?}: nothing on stdout");
        assert!(run.err.len() < 20_000, "{words:?}: {} bytes of message", run.err.len());
        if lang == "ko" {
            assert!(run.err.chars().any(|c| ('가'..='힣').contains(&c)), "no Korean in {}", run.err);
        }
        // Lines are broken where the terminal ends.
        let said: String = run.err.split_whitespace().filter(|word| *word != "|").collect::<Vec<_>>().join(" ");
        for word in words {
            let is_name = word.contains(|c: char| matches!(c, '.' | '/') || c.is_ascii_digit());
            let needed = lang == "en" || is_name;
            assert!(!needed || said.contains(word), "{lang}: no {word:?} in\n{}", run.err);
        }
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Name, number format, shape and bytes of a tensor.
type Entry = (String, &'static str, Vec<u64>, Vec<u8>);

const CONFIG: &str =
    r#"{"model_type": "llama", "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 4, "head_dim": 8}"#;
const WIDTH: u64 = 32;
const LAYERS: u64 = 2;

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn number(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// Names and shapes of a small Llama-like model.
fn shapes() -> Vec<(String, Vec<u64>)> {
    let mut out = vec![
        ("model.embed_tokens.weight".to_owned(), vec![64, WIDTH]),
        ("lm_head.weight".to_owned(), vec![64, WIDTH]),
        ("model.norm.weight".to_owned(), vec![WIDTH]),
    ];
    for layer in 0..LAYERS {
        let mut put =
            |leaf: &str, shape: &[u64]| out.push((format!("model.layers.{layer}.{leaf}.weight"), shape.to_vec()));
        for leaf in ["q_proj", "k_proj", "v_proj", "o_proj"] {
            put(&format!("self_attn.{leaf}"), &[WIDTH, WIDTH]);
        }
        put("mlp.gate_proj", &[48, WIDTH]);
        put("mlp.up_proj", &[48, WIDTH]);
        put("mlp.down_proj", &[WIDTH, 48]);
        put("input_layernorm", &[WIDTH]);
        put("post_attention_layernorm", &[WIDTH]);
    }
    out
}

fn entries(seed: u64, mut number: impl FnMut(&str, f32) -> f32) -> Vec<Entry> {
    let mut chance = Chance(seed);
    let mut bytes = |name: &str, shape: &[u64]| -> Vec<u8> {
        (0..shape.iter().product::<u64>()).flat_map(|_| number(name, chance.number()).to_le_bytes()).collect()
    };
    shapes()
        .into_iter()
        .map(|(name, shape)| {
            let data = bytes(&name, &shape);
            (name, "F32", shape, data)
        })
        .collect()
}

/// A file of safetensors: tensors one after the other.
fn packed(entries: &[Entry]) -> Vec<u8> {
    let (mut parts, mut data) = (Vec::new(), Vec::new());
    for (name, dtype, shape, bytes) in entries {
        let begin = data.len();
        data.extend_from_slice(bytes);
        parts.push(format!(
            r#"{}:{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{begin},{}]}}"#,
            serde_json::to_string(name).unwrap(),
            data.len()
        ));
    }
    [file(&format!("{{{}}}", parts.join(","))), data].concat()
}

/// Length and header, without any data.
fn file(header: &str) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat()
}

fn directory(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn of_entries(entries: &[Entry]) -> TempDir {
    directory(&[("config.json", CONFIG.as_bytes()), ("model.safetensors", &packed(entries))])
}

fn model(seed: u64) -> TempDir {
    of_entries(&entries(seed, |_, number| number))
}

/// A model of this header and so many bytes of data.
fn with_header(header: &str, data: usize) -> TempDir {
    let mut bytes = file(header);
    bytes.resize(bytes.len() + data, 0);
    directory(&[("config.json", CONFIG.as_bytes()), ("model.safetensors", &bytes)])
}

/// A file whose data are a hole after the first bytes: as long as it says, and with hardly a block on the disk.
fn sparse(directory: &Path, header: &str, first: &[u8], data: u64) {
    let mut out = File::create(directory.join("model.safetensors")).unwrap();
    out.write_all(&file(header)).unwrap();
    out.write_all(first).unwrap();
    out.set_len(8 + header.len() as u64 + data).unwrap();
}

#[test]
fn a_good_pair_is_measured() {
    let (a, b) = (model(1), model(2));
    let run = measured(a.path(), b.path(), &[], "en");
    assert_eq!(run.code, Some(0), "the rest of this file says nothing if this fails: {}", run.err);
}

#[test]
fn headers_longer_than_the_file_or_than_is_read() {
    let (short, long) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(short.path().join("model.safetensors"), [&(1_u64 << 40).to_le_bytes()[..], b"{}"].concat()).unwrap();
    refused(short.path(), &["model.safetensors", "1099511627776"]);
    let mut out = File::create(long.path().join("model.safetensors")).unwrap();
    out.write_all(&(1_u64 << 39).to_le_bytes()).unwrap();
    out.set_len(1 << 40).unwrap();
    refused(long.path(), &["model.safetensors", "549755813888"]);
    for bytes in [&b""[..], b"\x01", &u64::MAX.to_le_bytes(), &(1_u64 << 63).to_le_bytes()] {
        refused(directory(&[("model.safetensors", bytes)]).path(), &["model.safetensors"]);
    }
}

#[test]
fn offsets_that_overlap_leave_holes_or_lead_out() {
    let two = |first: &str, second: &str| {
        format!(
            r#"{{"the.first":{{"dtype":"U8","shape":[4],"data_offsets":{first}}},"the.second":{{"dtype":"U8","shape":[4],"data_offsets":{second}}}}}"#
        )
    };
    for (first, second, data, words) in [
        ("[0,4]", "[2,6]", 6, ["the.second", "overlaps"]),
        ("[0,4]", "[0,4]", 4, ["the.second", "overlaps"]),
        ("[0,4]", "[6,10]", 10, ["the.second", "no tensor"]),
        ("[0,4]", "[4,8]", 6, ["the.second", "after the end"]),
        ("[0,4]", "[8,4]", 8, ["the.second", "before they begin"]),
        ("[0,4]", "[18446744073709551612,18446744073709551615]", 8, ["the.second", "offsets"]),
        ("[0,4]", "[18446744073709551611,18446744073709551615]", 8, ["the.second", "multiplies"]),
        ("[0,4]", "[4,8]", 9, ["model.safetensors", "after the last"]),
    ] {
        refused(with_header(&two(first, second), data).path(), &["model.safetensors", words[0], words[1]]);
    }
}

#[test]
fn shapes_beyond_all_numbers() {
    let one = |dtype: &str, shape: &str, end: &str| {
        format!(r#"{{"model.embed_tokens.weight":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
    };
    for (dtype, shape, end) in [
        ("F32", "[1152921504606846976]", "4"),
        ("U8", "[1152921504606846976]", "4"),
        ("U8", "[1152921504606846976]", "1152921504606846976"),
        ("F32", "[1099511627776,1099511627776]", "4"),
        ("BF16", "[4294967296,4294967296,4294967296]", "4"),
        ("F64", "[18446744073709551615]", "18446744073709551615"),
    ] {
        refused(with_header(&one(dtype, shape, end), 4).path(), &["model.safetensors", "model.embed_tokens.weight"]);
    }
    // A side that no machine could hold is free where another side is zero: it must cost nothing.
    for shape in ["[1152921504606846976,0]", "[0,1152921504606846976]", "[1099511627776,0,4]"] {
        refused(with_header(&one("F32", shape, "0"), 0).path(), &["model.safetensors"]);
        let mut parts = entries(3, |_, number| number);
        let sides: Vec<u64> = serde_json::from_str(shape).unwrap();
        for name in [
            "model.embed_tokens.weight",
            "model.layers.0.mlp.gate_proj.weight",
            "model.layers.1.self_attn.q_proj.weight",
        ] {
            let entry = parts.iter_mut().find(|entry| entry.0 == name).unwrap();
            (entry.2, entry.3) = (sides.clone(), Vec::new());
        }
        parts.push(("model.layers.0.mlp.experts.gate_up_proj".to_owned(), "F32", sides, Vec::new()));
        let (hostile, good) = (of_entries(&parts), model(1));
        let run = measured(hostile.path(), good.path(), &[], "en");
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(run.out.contains("model.embed_tokens.weight"), "what was not compared is named: {}", run.out);
    }
}

#[test]
fn numbers_that_are_none_everywhere() {
    for broken in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let hostile = of_entries(&entries(1, |_, _| broken));
        refused(hostile.path(), &["model.safetensors", "not a number"]);
    }
    // One matrix of each layer is enough to leave the layer out; what is left still answers.
    let half = of_entries(&entries(1, |name, number| if name.contains("up_proj") { f32::NAN } else { number }));
    let run = measured(half.path(), model(2).path(), &[], "en");
    assert_eq!(run.code, Some(0), "{}", run.err);
    // The greatest finite number overflows every sum of squares; that is no finding.
    let huge = of_entries(&entries(1, |_, number| if number > 0.0 { f32::MAX } else { f32::MIN }));
    let run = measured(huge.path(), model(2).path(), &["--json"], "en");
    assert!(run.code == Some(2) || !run.out.contains("\"shared\""), "{}", run.out);
}

#[test]
fn tensors_without_numbers() {
    let empty: Vec<Entry> =
        shapes().into_iter().map(|(name, shape)| (name, "F32", vec![0; shape.len()], Vec::new())).collect();
    refused(of_entries(&empty).path(), &["model.safetensors"]);
    refused(with_header("{}", 0).path(), &["model.safetensors"]);
}

#[test]
fn one_name_twice() {
    let twice = |second: &str| {
        format!(
            r#"{{"a.weight":{{"dtype":"U8","shape":[1],"data_offsets":[0,1]}},"{second}":{{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}}}"#
        )
    };
    for second in ["a.weight", r"\u0061.weight", r"a\u002eweight"] {
        refused(with_header(&twice(second), 2).path(), &["model.safetensors", "a.weight"]);
    }
    let one = packed(&entries(1, |_, number| number));
    // Nobody says that two files belong together: one of them is read, and the other is named.
    let both =
        directory(&[("config.json", CONFIG.as_bytes()), ("model-1.safetensors", &one), ("model-2.safetensors", &one)]);
    let run = measured(both.path(), model(2).path(), &[], "en");
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("model-2.safetensors"), "{}", run.out);
    // An index says so, and then it is a mistake.
    let name = &entries(1, |_, number| number)[0].0;
    let other = &entries(1, |_, number| number)[1].0;
    let index = format!(r#"{{"weight_map":{{"{name}":"model-1.safetensors","{other}":"model-2.safetensors"}}}}"#);
    fs::write(both.path().join("model.safetensors.index.json"), index).unwrap();
    refused(both.path(), &["model-1.safetensors", "model-2.safetensors", ".weight"]);
}

#[test]
fn a_million_tensors() {
    let many = |count: usize, tail: &str| {
        let parts: Vec<String> =
            (0..count).map(|n| format!(r#""{n:x}{tail}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#)).collect();
        format!("{{{}}}", parts.join(","))
    };
    refused(with_header(&many(1_000_001, ""), 0).path(), &["model.safetensors", "at most"]);
    // As many as a header may hold are read, and hold nothing.
    refused(with_header(&many(300_000, ".layers.1.mlp.up_proj.weight"), 0).path(), &["model.safetensors"]);
}

#[test]
fn shards_that_are_missing_or_elsewhere() {
    let weights = packed(&entries(1, |_, number| number));
    let index =
        |shard: &str| format!(r#"{{"weight_map":{{"lm_head.weight":{}}}}}"#, serde_json::to_string(shard).unwrap());
    let outside = directory(&[("other.safetensors", &weights)]);
    let absolute = outside.path().join("other.safetensors").display().to_string();
    for (shard, word) in [
        ("model-00002-of-00002.safetensors", "model-00002-of-00002.safetensors"),
        ("../other.safetensors", "../other.safetensors"),
        (absolute.as_str(), "other.safetensors"),
        ("", "model.safetensors.index.json"),
        (".", "model.safetensors.index.json"),
        ("\u{1b}[31mred.safetensors", "red.safetensors"),
        ("\u{202e}srosnetefas", "srosnetefas"),
    ] {
        let hostile = directory(&[
            ("model-00001-of-00002.safetensors", &weights),
            ("model.safetensors.index.json", index(shard).as_bytes()),
        ]);
        refused(hostile.path(), &["model.safetensors.index.json", word]);
    }
    let not_in_it = r#"{"weight_map":{"no.such.tensor":"model-1.safetensors"}}"#;
    refused(
        directory(&[("model-1.safetensors", &weights), ("model.safetensors.index.json", not_in_it.as_bytes())]).path(),
        &["no.such.tensor"],
    );
    for broken in ["[]", "{", r#"{"weight_map":7}"#, r#"{"weight_map":{"a":"x","\u0061":"y"}}"#, "\u{fffd}"] {
        let hostile =
            directory(&[("model-1.safetensors", &weights), ("model.safetensors.index.json", broken.as_bytes())]);
        refused(hostile.path(), &["model.safetensors.index.json"]);
    }
}

#[test]
fn links_out_of_the_directory() {
    let outside = model(1);
    for (link, target) in [
        ("model.safetensors", outside.path().join("model.safetensors")),
        ("model.safetensors", PathBuf::from("/dev/zero")),
        ("model.safetensors", PathBuf::from("model.safetensors")),
        ("model.safetensors.index.json", PathBuf::from("/etc/passwd")),
    ] {
        let hostile = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(target, hostile.path().join(link)).unwrap();
        refused(hostile.path(), &[link]);
    }
    let pipe = tempfile::tempdir().unwrap();
    let made = Command::new("mkfifo").arg(pipe.path().join("model.safetensors")).status();
    if made.is_ok_and(|status| status.success()) {
        refused(pipe.path(), &["model.safetensors"]);
    }
}

/// The header is read, then the file loses its end; nothing may be answered from what is left. In one process, so that
/// the order is certain.
#[test]
fn a_file_that_shrinks_between_header_and_numbers() {
    let hostile = model(1);
    let at = hostile.path().join("model.safetensors");
    let checkpoint = Checkpoint::open(hostile.path(), "llama").unwrap();
    OpenOptions::new().write(true).open(&at).unwrap().set_len(2_000).unwrap();
    let numbers = Numbers::of(&checkpoint);
    let error = checkpoint.tensors.iter().find_map(|tensor| numbers.read(tensor).err()).expect("refused");
    assert_eq!((error.file.as_str(), error.problem), ("model.safetensors", Problem::Changed));
    // As long as before, but written anew.
    let hostile = model(1);
    let at = hostile.path().join("model.safetensors");
    let checkpoint = Checkpoint::open(hostile.path(), "llama").unwrap();
    std::thread::sleep(Duration::from_millis(20));
    let mut out = OpenOptions::new().write(true).open(&at).unwrap();
    out.seek(SeekFrom::End(-4)).unwrap();
    out.write_all(&[0; 4]).unwrap();
    drop(out);
    let error = Numbers::of(&checkpoint).read(&checkpoint.tensors[0]).expect_err("refused");
    assert_eq!(error.problem, Problem::Changed);
}

/// Through the binary: the end is cut off once the program is known to be in the middle of the file.
#[test]
fn a_file_that_shrinks_while_it_is_read() {
    let (hostile, good) = (tempfile::tempdir().unwrap(), model(1));
    let (rows, data) = (1_u64 << 21, (1_u64 << 21) * 1024 * 4);
    let header =
        format!(r#"{{"model.embed_tokens.weight":{{"dtype":"F32","shape":[{rows},1024],"data_offsets":[0,{data}]}}}}"#);
    for lang in ["en", "ko"] {
        sparse(hostile.path(), &header, &[0x3d; 4096], data);
        let child = start(&[path(hostile.path()), "--against", path(good.path())], lang);
        let begun = Instant::now();
        while characters_read(child.id()) < 96 << 20 {
            assert!(begun.elapsed() < PATIENCE, "the file is not being read");
            std::thread::sleep(Duration::from_millis(1));
        }
        OpenOptions::new()
            .write(true)
            .open(hostile.path().join("model.safetensors"))
            .unwrap()
            .set_len(64 << 20)
            .unwrap();
        let run = finish(child);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
        assert!(run.err.contains("model.safetensors") && run.peak_kb < MEMORY_KB, "{} kB: {}", run.peak_kb, run.err);
        assert!(lang == "ko" || run.err.contains("changed"), "{}", run.err);
    }
}

/// Bytes that a process has read so far.
fn characters_read(id: u32) -> u64 {
    let all = fs::read_to_string(format!("/proc/{id}/io")).unwrap_or_default();
    all.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok()).unwrap_or(0)
}

#[test]
fn a_terabyte_of_zeros() {
    let good = model(1);
    let tera = 1_u64 << 40;
    for (name, shape) in [
        ("model.embed_tokens.weight", "[8589934592,32]"),
        ("model.layers.0.mlp.up_proj.weight", "[8589934592,32]"),
        ("model.layers.0.mlp.down_proj.weight", "[32,8589934592]"),
        ("model.layers.0.self_attn.o_proj.weight", "[32,8589934592]"),
        ("model.layers.0.input_layernorm.weight", "[274877906944]"),
        ("model.norm.weight", "[274877906944]"),
        ("model.layers.0.mlp.up_proj.bias", "[274877906944]"),
        ("something.nobody.knows", "[524288,524288]"),
    ] {
        let hostile = tempfile::tempdir().unwrap();
        fs::write(hostile.path().join("config.json"), CONFIG).unwrap();
        sparse(
            hostile.path(),
            &format!(r#"{{"{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{tera}]}}}}"#),
            &[],
            tera,
        );
        let run = measured(hostile.path(), good.path(), &["--no-digest"], "en");
        assert!(
            run.code == Some(2) || run.code == Some(0) && !run.out.contains("shares its weights"),
            "{name}: {}",
            run.err
        );
    }
}

/// A config says how tensors divide into heads. Whatever it says, shapes decide, and strangers stay strangers.
#[test]
fn configs_that_lie() {
    let good = model(1);
    for config in [
        r#"{"model_type": "llama", "num_attention_heads": 0, "num_key_value_heads": 0, "head_dim": 0}"#,
        r#"{"model_type": "llama", "num_attention_heads": 18446744073709551615, "head_dim": 18446744073709551615}"#,
        r#"{"model_type": "llama", "num_attention_heads": 7, "num_key_value_heads": 5, "hidden_size": 1}"#,
        r#"{"model_type": "llama", "num_attention_heads": -4, "head_dim": 1e300}"#,
        r#"{"model_type": "llama", "num_attention_heads": "four", "head_dim": [8]}"#,
        r#"{"model_type": "deepseek_v3", "num_attention_heads": 32, "head_dim": 1}"#,
        r#"{"model_type": "gpt_oss", "num_attention_heads": 1, "text_config": {"num_attention_heads": 3}}"#,
        r#"{"model_type": "\u001b[31mllama", "text_config": [], "vision_config": {"hidden_size": {}}}"#,
        r#"{"model_type": ["llama"]}"#,
        "[]",
        "{",
    ] {
        let weights = packed(&entries(2, |_, number| number));
        let hostile = directory(&[("config.json", config.as_bytes()), ("model.safetensors", &weights)]);
        for (candidate, reference) in [(hostile.path(), good.path()), (good.path(), hostile.path())] {
            let run = measured(candidate, reference, &["--json"], "en");
            assert!(run.code == Some(2) || !run.out.contains("\"shared\""), "{config}: {}", run.out);
        }
    }
}

/// Quantised numbers whose scales are nothing: refused where they cannot be applied, and never a reason to call
/// strangers kin.
#[test]
fn scales_that_are_none() {
    let quantised = |scale: Option<(Vec<u64>, f32)>| -> Vec<Entry> {
        let mut parts: BTreeMap<String, Entry> = BTreeMap::new();
        for (name, _, shape, bytes) in entries(5, |_, number| number) {
            if shape.len() < 2 {
                parts.insert(name.clone(), (name, "F32", shape, bytes));
                continue;
            }
            let codes = bytes.iter().skip(2).step_by(4).copied().collect();
            if let Some((sides, factor)) = &scale {
                let bare = name.strip_suffix(".weight").unwrap();
                let factors = (0..sides.iter().product::<u64>()).flat_map(|_| factor.to_le_bytes()).collect();
                parts.insert(
                    format!("{bare}.weight_scale"),
                    (format!("{bare}.weight_scale"), "F32", sides.clone(), factors),
                );
            }
            parts.insert(name.clone(), (name, "I8", shape, codes));
        }
        parts.into_values().collect()
    };
    for factor in [f32::NAN, f32::INFINITY] {
        refused(of_entries(&quantised(Some((vec![1], factor)))).path(), &["model.safetensors"]);
    }
    for sides in [vec![0], vec![5000], vec![3, 4000], vec![1, 1, 0], vec![2, 2, 2]] {
        refused(of_entries(&quantised(Some((sides, 0.5)))).path(), &["model.safetensors", "weight"]);
    }
    let good = model(1);
    for factor in [0.0, -0.0, -0.5, f32::MIN_POSITIVE, f32::MAX] {
        let run = measured(of_entries(&quantised(Some((vec![1], factor)))).path(), good.path(), &["--json"], "en");
        assert!(run.code == Some(2) || !run.out.contains("\"shared\""), "{factor}: {}", run.out);
    }
    let run = measured(of_entries(&quantised(None)).path(), good.path(), &["--json"], "en");
    assert!(run.code == Some(0) && !run.out.contains("\"shared\""), "{}", run.err);
}

#[test]
fn names_that_steer_a_terminal() {
    let one = |name: &str| format!(r#"{{"{name}":{{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}}}"#);
    for name in [r"\u001b[2Jx", "\u{202e}x", r"\u202ex", r"a\nb", r"\u0000", "\u{85}"] {
        refused(with_header(&one(name), 8).path(), &["model.safetensors"]);
    }
    let long = "x".repeat(100_000);
    refused(with_header(&one(&long), 8).path(), &["model.safetensors", "100000"]);
}

mod form_writers;

/// A directory of one file of weights in another form.
fn of_file(name: &str, bytes: &[u8]) -> TempDir {
    directory(&[("config.json", CONFIG.as_bytes()), (name, bytes)])
}

#[test]
fn pickles_that_ask_for_more_than_weights_need() {
    let file = |program: &[u8]| of_file("pytorch_model.bin", &form_writers::torch(program, &[]));
    let call = form_writers::Pickle::new().name("os", "system").text("touch /tmp/x").op(0x85).op(b'R').end();
    refused(file(&call).path(), &["pytorch_model.bin", "os.system", "nothing was run"]);
    // Names that steer a terminal are shown and not printed.
    let steering = form_writers::Pickle::new().name("a\u{1b}[2J", "b\u{202e}c").end();
    refused(file(&steering).path(), &["pytorch_model.bin"]);
    // Programs of some millions of instructions that each make a value, keep one, or look into all.
    let unit = |unit: &[u8], count: usize| [b"\x80\x02", unit.repeat(count).as_slice(), b"."].concat();
    for program in [
        unit(b"]0", 12 << 20),
        unit(b"}NNs0", 6 << 20),
        unit(b"]Na0", 7 << 20),
        unit(b"N", 30 << 20),
        unit(b"(", 30 << 20),
        unit(b"N\x94", 15 << 20),
        unit(b"NN\x860", 7 << 20),
    ] {
        refused(file(&program).path(), &["pytorch_model.bin", "data.pkl"]);
    }
    let long = unit(b"X\0\0\0\0", 8 << 20);
    refused(file(&long).path(), &["pytorch_model.bin", "33554432"]);
}

#[test]
fn gguf_files_that_claim_more_than_they_hold() {
    let values = |value: Vec<u8>| of_file("model.gguf", &form_writers::gguf(&[value], &[], &[0; 64]));
    let array = |kind: u32, count: u64| {
        form_writers::gguf_value("k", 9, &[&kind.to_le_bytes()[..], &count.to_le_bytes()].concat())
    };
    for value in [array(8, u64::MAX), array(4, 1 << 60), form_writers::gguf_value("k", 8, &u64::MAX.to_le_bytes())] {
        refused(values(value).path(), &["model.gguf", "ends within"]);
    }
    let tensor = form_writers::gguf_tensor("token_embd.weight", &[1 << 30, 1 << 30], 0, 0);
    refused(of_file("model.gguf", &form_writers::gguf(&[], &[tensor], &[])).path(), &["model.gguf", "token_embd"]);
    refused(of_file("model.gguf", b"GGUF\x01\0\0\0____________").path(), &["model.gguf", "version"]);
}
