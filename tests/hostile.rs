//! Bad input never panics and never grades: exit code 2, a clear message on stderr in both languages, nothing on stdout
//! that looks like a grade, within bounds of time and memory. Through the binary, as a stranger's file would come in.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longest that a refusal may take, on a machine that does other work beside.
const PATIENCE: Duration = Duration::from_mins(1);

/// Most memory that a refusal may take, in kB: a little more than the largest file that is read at all.
const MEMORY_KB: u64 = 400_000;

struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Run {
    let before = Instant::now();
    // `ulimit -v` bounds the memory without a crate or unsafe code; without a shell the run is not bounded.
    let mut command = if cfg!(unix) {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("ulimit -v {MEMORY_KB}; exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_sovgrade"));
        shell
    } else {
        Command::new(env!("CARGO_BIN_EXE_sovgrade"))
    };
    let done = command.args(arguments).env("SOVGRADE_LANG", "").stdin(Stdio::null()).output().unwrap();
    assert!(before.elapsed() < PATIENCE, "{arguments:?} took {:?}", before.elapsed());
    Run {
        code: done.status.code(),
        out: String::from_utf8(done.stdout).expect("stdout is UTF-8"),
        err: String::from_utf8(done.stderr).expect("stderr is UTF-8"),
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Grades and demands a refusal that holds one of `words` in English, and Korean where Korean is asked for.
fn refused(arguments: &[&str], words: &[&str]) {
    for (lang, format) in [("en", "human"), ("ko", "human"), ("en", "json")] {
        let mut all = vec!["grade", "--lang", lang, "--format", format];
        all.extend(arguments);
        let run = run(&all);
        assert_eq!(run.code, Some(2), "{all:?}\n{}\n{}", run.out, run.err);
        assert_eq!(run.out, "", "{all:?}: nothing on stdout");
        for word in ["panicked", "RUST_BACKTRACE", "unwrap", "overflow"] {
            assert!(!run.err.contains(word), "{all:?}: {}", run.err);
        }
        assert!(run.err.len() < 200_000, "{all:?}: {} bytes of message", run.err.len());
        let control = |c: &char| c.is_control() && *c != '\n';
        assert_eq!(run.err.chars().find(control), None, "{all:?}: {:?}", run.err);
        if lang == "ko" {
            let korean = run.err.chars().any(|c| ('가'..='힣').contains(&c));
            assert!(korean, "{all:?}: no Korean in {}", run.err);
        } else {
            assert!(words.iter().any(|word| run.err.contains(word)), "{all:?}: none of {words:?} in\n{}", run.err);
        }
    }
}

fn model(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Grades a directory with these files.
fn refused_files(files: &[(&str, &[u8])], words: &[&str]) {
    let folder = model(files);
    refused(&[path(folder.path())], words);
}

/// Grades a directory whose fault is beside the model: a warning, and a limit in every report, and the rest is graded.
fn warned_files(files: &[(&str, &[u8])], words: &[&str]) {
    let folder = model(files);
    for (lang, format) in [("en", "human"), ("ko", "human"), ("en", "json")] {
        let run = run(&["grade", "--lang", lang, "--format", format, path(folder.path())]);
        assert_eq!(run.code, Some(0), "{}\n{}", run.out, run.err);
        if lang == "en" {
            assert!(words.iter().any(|word| run.err.contains(word)), "none of {words:?} in\n{}", run.err);
            assert!(words.iter().any(|word| run.out.contains(word)), "none of {words:?} in\n{}", run.out);
        }
    }
}

const CARD: &[u8] = b"---\nlicense: mit\n---\n# A model\n";

#[test]
fn nothing_there() {
    refused(&["/nowhere/at/all"], &["there is nothing here"]);
    let folder = tempfile::tempdir().unwrap();
    refused(&[path(folder.path())], &["no model", "holds no card"]);
    refused_files(&[("notes.txt", b"hello")], &["no model", "holds no card"]);
    refused_files(&[("README.md", b"# A title and no front matter\n")], &["no model", "holds no card", "front matter"]);
}

#[test]
fn broken_front_matter() {
    refused_files(&[("README.md", b"---\nlicense: [mit\n---\n# A model\n")], &["bracket"]);
    refused_files(&[("README.md", b"---\ntags:\n\t- a\n---\n")], &["tab"]);
    refused_files(&[("README.md", b"---\nsovereignty: [1, 2]\n---\n")], &["mapping"]);
    refused_files(
        &[("README.md", b"---\nlicense: mit\nsovereignty:\n  components:\n  - {id: a, role: txet}\n---\n")],
        &["text"],
    );
}

#[test]
fn a_hundred_megabytes_of_yaml() {
    let line = b"- {a: 1, b: [x, y, z]}\n";
    let mut text = b"schema: sovereignty/1\nx:\n".to_vec();
    while text.len() < 100 << 20 {
        text.extend_from_slice(line);
    }
    refused_files(&[("sovereignty.yaml", &text)], &["at most"]);
    let mut readme = b"---\n".to_vec();
    readme.extend_from_slice(&text);
    readme.extend_from_slice(b"---\n");
    refused_files(&[("README.md", &readme)], &["at most"]);
    let large = model(&[("README.md", CARD)]);
    let evidence = large.path().join("evidence.json");
    fs::write(&evidence, &text).unwrap();
    refused(&[path(large.path()), "--evidence", path(&evidence)], &["at most", "not JSON"]);
}

#[test]
fn alias_bombs() {
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for n in 1..10 {
        let last = n - 1;
        bomb.push_str(&format!(
            "a{n}: &a{n} [*a{last},*a{last},*a{last},*a{last},*a{last},*a{last},*a{last},*a{last}]\n"
        ));
    }
    refused_files(&[("sovereignty.yaml", bomb.as_bytes())], &["alias"]);
    refused_files(&[("README.md", format!("---\n{bomb}---\n").as_bytes())], &["alias"]);
    // Few aliases of one long text weigh as much as many of a short one.
    let long = "y".repeat(400_000);
    let many = "*a,".repeat(90_000);
    let wide = format!("a: &a {long}\nb: [{many}]\n");
    refused_files(&[("sovereignty.yaml", wide.as_bytes())], &["alias"]);
    refused_files(&[("README.md", format!("---\n{wide}---\n").as_bytes())], &["alias"]);
}

#[test]
fn deep_nesting() {
    let deep = ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000), "? ".repeat(100_000)];
    for text in &deep {
        refused_files(&[("sovereignty.yaml", text.as_bytes())], &["deep", "YAML", "limit"]);
        refused_files(&[("README.md", format!("---\n{text}\n---\n").as_bytes())], &["deep", "YAML", "limit"]);
    }
    let mut steps = String::new();
    for n in 0..3_000 {
        steps.push_str(&format!("{}a:\n", " ".repeat(n)));
    }
    refused_files(&[("sovereignty.yaml", steps.as_bytes())], &["deep", "YAML", "limit", "at most"]);
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "[".repeat(5_000) + &"]".repeat(5_000)] {
        warned_files(&[("README.md", CARD), ("config.json", text.as_bytes())], &["deep", "JSON", "nest"]);
    }
}

#[test]
fn not_utf_8() {
    refused_files(&[("README.md", b"---\nlicense: \xff\xfe\n---\n")], &["UTF-8", "Windows-1252"]);
    refused_files(&[("sovereignty.yaml", b"\xed\xa0\x80: x\n")], &["UTF-8", "Windows-1252"]);
    warned_files(&[("README.md", CARD), ("config.json", b"{\"model_type\": \"\x80\"}")], &["UTF-8", "Windows-1252"]);
    let utf16: Vec<u8> = "---\nlicense: mit\n---\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused_files(&[("README.md", &utf16)], &["UTF-8", "no model"]);
}

#[test]
fn config_json_that_is_none() {
    for text in [&b"[1, 2]"[..], b"\"text\"", b"17", b"null", b"", b"{\"model_type\": \"llama\",}", b"{} {}"] {
        warned_files(&[("README.md", CARD), ("config.json", text)], &["config.json"]);
    }
}

#[test]
fn headers_that_lie() {
    let header = |json: &str| [&(json.len() as u64).to_le_bytes(), json.as_bytes()].concat();
    let cases: [(Vec<u8>, &str); 7] = [
        ((1u64 << 63).to_le_bytes().to_vec(), "2^63 bytes of header"),
        ([&u64::MAX.to_le_bytes()[..], b"{}"].concat(), "the longest header there is"),
        (b"\x04".to_vec(), "shorter than a length"),
        (Vec::new(), "empty"),
        (header("[1]"), "a list"),
        (
            header(r#"{"w":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}"#),
            "huge shape",
        ),
        (header(r#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#), "beyond the end"),
    ];
    for (bytes, what) in cases {
        let folder = model(&[("README.md", CARD), ("model.safetensors", &bytes)]);
        println!("{what}");
        refused(&[path(folder.path())], &["model.safetensors"]);
    }
}

/// Nobody looks for the word that was meant behind the hundredth mistake.
#[test]
fn mistakes_without_number() {
    let mut keys = String::from("schema: sovereignty/1\nfacts:\n");
    for n in 0..40_000 {
        keys.push_str(&format!("  no.such-fact-{n}: x\n"));
    }
    refused_files(&[("sovereignty.yaml", keys.as_bytes())], &["not a known fact"]);
    let word = "x".repeat(300_000);
    refused_files(
        &[("sovereignty.yaml", format!("{word}: {word}\nrelation: {word}\n").as_bytes())],
        &["relation", "x"],
    );
    // A hundred warnings first: the error that comes after them still forbids.
    let mut odd = String::from("schema: sovereignty/1\n");
    for n in 0..150 {
        odd.push_str(&format!("unknown-{n}: x\n"));
    }
    refused_files(
        &[("sovereignty.yaml", format!("{odd}relation: nonsense\n").as_bytes())],
        &["unknown", "more problems"],
    );
}

/// One tensor of four numbers.
fn checkpoint() -> Vec<u8> {
    let header = br#"{"model.embed_tokens.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#;
    [&(header.len() as u64).to_le_bytes()[..], header, &[0; 16]].concat()
}

#[test]
fn index_files_that_lead_elsewhere() {
    for text in [
        r#"{"weight_map": {"w": "../../other.safetensors"}}"#,
        r#"{"weight_map": {"w": "/etc/passwd"}}"#,
        r#"{"weight_map": {"w": "missing.safetensors"}}"#,
        r#"{"weight_map": []}"#,
        "[]",
    ] {
        refused_files(
            &[
                ("README.md", CARD),
                ("model-1.safetensors", &checkpoint()),
                ("model.safetensors.index.json", text.as_bytes()),
            ],
            &["model.safetensors.index.json", "missing.safetensors", "passwd", "other.safetensors"],
        );
    }
}

#[cfg(unix)]
#[test]
fn a_directory_full_of_links() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.json"), b"{}").unwrap();
    let folder = model(&[("README.md", CARD)]);
    let at = |name: &str| folder.path().join(name);
    for n in 0..500 {
        symlink(outside.path().join("secret.json"), at(&format!("link-{n}.json"))).unwrap();
    }
    symlink(outside.path().join("secret.json"), at("config.json")).unwrap();
    symlink(at("a"), at("b")).unwrap();
    symlink(at("b"), at("a")).unwrap();
    symlink(folder.path(), at("self")).unwrap();
    symlink("/", at("root")).unwrap();
    symlink("/dev/zero", at("model.safetensors")).unwrap();
    refused(&[path(folder.path())], &["out of the model", "points"]);
    for target in ["/dev/zero", "/dev/random", "README.md", "/proc/self/mem"] {
        let folder = tempfile::tempdir().unwrap();
        symlink(target, folder.path().join("README.md")).unwrap();
        refused(&[path(folder.path())], &["out of the model", "points"]);
    }
}

#[cfg(unix)]
#[test]
fn things_that_are_no_files() {
    for name in ["README.md", "sovereignty.yaml"] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(name)).unwrap();
        refused(&[path(folder.path())], &["no model", "holds no card", "cannot be read"]);
    }
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("README.md");
    if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|done| done.success()) {
        refused(&[path(folder.path())], &["not a regular file"]);
        refused(&[path(&pipe)], &["not a regular file"]);
    }
    refused(&["/dev/zero"], &["not a regular file"]);
    refused(&["/dev/null"], &["not a regular file"]);
}

#[test]
fn evidence_about_another_model() {
    let weights = checkpoint();
    let folder = model(&[("README.md", CARD), ("model.safetensors", &weights)]);
    let zeros = "0".repeat(64);
    let evidence = format!(
        r#"{{"schema": "sovgrade/evidence/2", "subject": {{"id": "m", "files": [{{"name": "model.safetensors", "bytes": {}, "sha256": "{zeros}"}}]}},
        "links": [], "documented": [], "attested": []}}"#,
        weights.len()
    );
    let file = folder.path().with_extension("evidence.json");
    let refuse = |text: &str, words: &[&str]| {
        fs::write(&file, text).unwrap();
        refused(&[path(folder.path()), "--evidence", path(&file)], words);
    };
    refuse(&evidence, &["digest", "other file", "another", "sha256", "SHA-256"]);
    refuse(&evidence.replace("evidence/2", "evidence/3"), &["evidence/2", "newer", "version"]);
    refuse("[]", &["evidence"]);
    refuse("{", &["JSON"]);
    refuse("", &["nothing", "empty", "JSON"]);
    fs::remove_file(&file).unwrap();
    refused(&[path(folder.path()), "--evidence", path(&file)], &["cannot be read", "No such", "no such"]);
}

fn ruleset(edit: impl Fn(&str, String) -> String) -> (TempDir, PathBuf) {
    fn copy(from: &Path, to: &Path, edit: &dyn Fn(&str, String) -> String) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let (name, target) = (entry.file_name().into_string().unwrap(), to.join(entry.file_name()));
            if entry.path().is_dir() {
                if name != "cases" {
                    copy(&entry.path(), &target, edit);
                }
            } else {
                fs::write(target, edit(&name, fs::read_to_string(entry.path()).unwrap())).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("t-class");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/t-class"), &rules, &edit);
    (folder, rules)
}

#[test]
fn rulesets_that_cannot_be_used() {
    let folder = model(&[("README.md", CARD)]);
    let bad = |edit: fn(&str, String) -> String, words: &[&str]| {
        let (_keep, rules) = ruleset(edit);
        refused(&[path(folder.path()), "--rules", path(&rules)], words);
    };
    bad(|_, text| text.replace("format: 1\n", "format: 2\n"), &["newer"]);
    bad(
        |name, text| if name == "ruleset.yaml" { text.replace("format: 1\n", "format: 99\n") } else { text },
        &["newer"],
    );
    bad(|name, text| if name == "ruleset.yaml" { "[".repeat(9_000) } else { text }, &["YAML", "deep", "limit"]);
    bad(|name, text| if name == "terms.yaml" { String::new() } else { text }, &["nothing"]);
    refused(&[path(folder.path()), "--rules", "no-such-ruleset"], &["no-such-ruleset"]);
    refused(&[path(folder.path()), "--rules", path(folder.path())], &["ruleset.yaml"]);
}

/// A chain of terms, each nested as deep as a file may be: unfolded, it would be thousands of levels deep.
#[test]
fn terms_that_unfold_without_end() {
    let folder = model(&[("README.md", CARD)]);
    for (chain, width) in [(400, 1), (60, 2)] {
        let (_keep, rules) = ruleset(|name, text| {
            if name != "terms.yaml" {
                return text;
            }
            let mut terms = text;
            for n in 0..chain {
                let inner = if n == 0 {
                    "{ fact: maker.name, known: true }".to_owned()
                } else {
                    format!("{{ term: chain-{} }}", n - 1)
                };
                let several = format!("{{ any: [{}] }}", vec![inner; width].join(", "));
                let test = format!("{}{several}{}", "{ not: ".repeat(40), " }".repeat(40));
                terms.push_str(&format!(
                    "  chain-{n}:\n    title: {{ ko: 가, en: a }}\n    meaning: {{ ko: 가, en: a }}\n    test: {test}\n"
                ));
            }
            terms
        });
        refused(&[path(folder.path()), "--rules", path(&rules)], &["deep", "nodes", "YAML"]);
    }
}

#[test]
fn a_directory_of_a_hundred_thousand_files() {
    let folder = model(&[("README.md", CARD)]);
    for n in 0..25_000 {
        fs::File::create(folder.path().join(format!("{n}.json"))).unwrap();
    }
    refused(&[path(folder.path())], &["more than"]);
}

#[cfg(unix)]
#[test]
fn names_that_steer_a_terminal() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("README.md"), b"---\nlicense: [mit\n---\n").unwrap();
    for name in [&b"\x1b[31mred.json"[..], b"new\nline.json", b"\xff\xfe.json", "\u{202e}nosj.json".as_bytes()] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        if fs::write(&path, b"[").is_ok() {
            let link = folder.path().join(std::ffi::OsStr::from_bytes(&[b"link-", name].concat()));
            std::os::unix::fs::symlink("/etc/passwd", link).unwrap();
        }
    }
    refused(&[path(folder.path())], &["bracket"]);
    refused(&["no\u{1b}[31m\u{202e}such"], &["nothing here"]);
    refused(&[path(folder.path()), "--rules", "\u{1b}[2Jx"], &["ruleset", "no"]);
    refused(&[path(folder.path()), "--reading", "\u{1b}[2J=x"], &["reading"]);
    let text = b"---\nlicense: mit\nsovereignty:\n  schema: sovereignty/1\n  \"\\e[31mkey\": x\n  relation: \"\\e[31mred\\u202e\"\n---\n";
    fs::write(folder.path().join("README.md"), text).unwrap();
    refused(&[path(folder.path())], &["key", "red"]);
}
