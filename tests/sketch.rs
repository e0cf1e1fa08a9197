//! Sketches, quick looks and screening through the binary: relations agree with those of whole files, and nothing that
//! is no sketch passes for one.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn sovgrade(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(arguments).args(["--plain"]).output().unwrap()
}

fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo")
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Candidate, reference and what a sample may say of them. Of units or channels in another order a sketch of a large
/// model sees nothing; these are small, and half of their channels tell enough.
const PAIRS: &[(&str, &str, bool)] = &[
    ("a-ft", "llama-a", true),
    ("a-cpt", "llama-a", true),
    ("a-lora", "llama-a", true),
    ("a-dus", "llama-a", true),
    ("a-drop", "llama-a", true),
    ("a-fp8", "llama-a", true),
    ("a-new-tokens", "llama-a", true),
    ("a-units-ft", "llama-a", true),
    ("from-a-layers", "llama-a", true),
    ("llava-vision-b", "siglip-b", true),
    ("qwen2-a-cpt", "qwen2-a", true),
    ("gpt2-a-ft", "gpt2-a", true),
    ("gemma-a-ft", "gemma-a", true),
    ("bert-a-ft", "bert-a", true),
    ("mixtral-a-units-ft", "mixtral-a", true),
    ("same-start-1", "same-start-2", true),
    ("llama-b", "llama-a", false),
    ("qwen2-b", "qwen2-a", false),
    ("gpt2-b", "gpt2-a", false),
    ("student-of-a", "llama-a", false),
    ("gains-1", "gains-2", false),
];

fn shares(arguments: &[&str]) -> bool {
    let found = json(&sovgrade(&[arguments, &["--no-digest", "--json"]].concat()));
    found["links"][0]["relation"] == "shared"
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_sketch_on_either_side_gives_the_relation_of_whole_files() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let sketch = |name: &str| -> String {
        let file = folder.path().join(format!("{name}.sketch")).display().to_string();
        if !Path::new(&file).exists() {
            let made = sovgrade(&["sketch", &zoo.join(name).display().to_string(), "-o", &file]);
            assert!(made.status.success(), "{name}: {}", String::from_utf8_lossy(&made.stderr));
        }
        file
    };
    for (candidate, reference, expected) in PAIRS {
        let files = [candidate, reference].map(|name| zoo.join(name).display().to_string());
        let (here, there) = (sketch(candidate), sketch(reference));
        assert_eq!(shares(&["measure", &files[0], "--against", &files[1]]), *expected, "{candidate} by its files");
        for (a, b) in [(&here, &there), (&files[0], &there), (&here, &files[1])] {
            assert_eq!(shares(&["measure", a, "--against", b]), *expected, "{a} against {b}");
        }
        assert_eq!(shares(&["measure", &files[0], "--against", &files[1], "--quick"]), *expected, "{candidate}, quick");
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn evidence_does_not_know_whether_numbers_came_from_files_or_a_sketch() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| zoo.join(name).display().to_string();
    let sketch = |name: &str| {
        let file = folder.path().join(format!("{name}.sketch")).display().to_string();
        assert!(sovgrade(&["sketch", &at(name), "-o", &file]).status.success());
        file
    };
    let (here, there) = (sketch("a-cpt"), sketch("llama-a"));
    let evidence =
        |a: &str, b: &str| String::from_utf8(sovgrade(&["measure", a, "--against", b, "--json"]).stdout).unwrap();
    let both = evidence(&here, &there);
    // Whose word binds the numbers to the files is all that differs: a sketch's, or the files' own.
    assert!(both.contains("\"through\": \"sketch\""));
    let unbound = both.replace(",\n    \"through\": \"sketch\"", "");
    assert_eq!(unbound, evidence(&at("a-cpt"), &there));
    assert_eq!(both, evidence(&here, &at("llama-a")));
    assert_eq!(fs::read(&here).unwrap(), fs::read(sketch("a-cpt")).unwrap(), "the same model gives the same bytes");
    let file = folder.path().join("evidence.json").display().to_string();
    fs::write(&file, both).unwrap();
    let graded = sovgrade(&["grade", &at("a-cpt"), "--evidence", &file]);
    assert_eq!(graded.status.code(), Some(0), "a sketch carries the digests that bind its evidence to the model");
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn no_sketch_holds_more_than_half_of_any_matrix() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.sketch").display().to_string();
    for name in ["llama-a", "mixtral-a", "vit-a", "gpt2-a"] {
        let told = sovgrade(&["sketch", &zoo.join(name).display().to_string(), "-o", &file, "--lang", "en"]);
        let text = String::from_utf8(told.stdout).unwrap();
        let share: f64 = text.split('(').nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(share <= 50.0, "{text}");
        let manifest = manifest(&fs::read(&file).unwrap());
        for tower in manifest["towers"].as_array().unwrap() {
            assert!(2 * tower["width"][1].as_u64().unwrap() <= tower["width"][0].as_u64().unwrap());
        }
    }
}

/// The header of a container.
fn header(file: &[u8]) -> Value {
    let length = usize::try_from(u64::from_le_bytes(file[..8].try_into().unwrap())).unwrap();
    serde_json::from_slice(&file[8..8 + length]).unwrap()
}

fn manifest(file: &[u8]) -> Value {
    serde_json::from_str(header(file)["__metadata__"]["sovgrade-sketch"].as_str().unwrap()).unwrap()
}

/// The file with another manifest.
fn with_manifest(file: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let length = usize::try_from(u64::from_le_bytes(file[..8].try_into().unwrap())).unwrap();
    let (mut head, mut told) = (header(file), manifest(file));
    change(&mut told);
    head["__metadata__"]["sovgrade-sketch"] = Value::String(told.to_string());
    let text = head.to_string();
    let mut out = (text.len() as u64).to_le_bytes().to_vec();
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(&file[8 + length..]);
    out
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn hostile_sketches_are_refused() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.sketch");
    let path = file.display().to_string();
    assert!(sovgrade(&["sketch", &zoo.join("llama-a").display().to_string(), "-o", &path]).status.success());
    let good = fs::read(&file).unwrap();
    let model = fs::read(zoo.join("llama-b").join("model.safetensors")).unwrap();
    let mut infinite = good.clone();
    let end = infinite.len();
    infinite[end - 1] = 0x7f;
    infinite[end - 2] = 0x80;
    infinite[end - 3] = 0x7f;
    infinite[end - 4] = 0x80;
    let layer = |told: &mut Value, key: &str, value: Value| told["towers"][0]["layers"][0][key] = value;
    let wrong: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("a model", model),
        ("cut off", good[..good.len() - 10].to_vec()),
        ("text", b"{\"schema\": \"sovgrade/sketch/2\"}".to_vec()),
        ("not finite", infinite),
        ("another version", with_manifest(&good, |told| told["schema"] = "sovgrade/sketch/1".into())),
        ("an unknown key", with_manifest(&good, |told| told["more"] = 1.into())),
        (
            "a wider stream",
            with_manifest(&good, |told| told["towers"][0]["width"] = serde_json::json!([1_u64 << 40, 1_u64 << 39])),
        ),
        ("no width", with_manifest(&good, |told| told["towers"][0]["width"] = serde_json::json!([0, 0]))),
        (
            "a tower twice",
            with_manifest(&good, |told| {
                let tower = told["towers"][0].clone();
                told["towers"].as_array_mut().unwrap().push(tower);
            }),
        ),
        ("more heads", with_manifest(&good, |told| layer(told, "heads", serde_json::json!([u64::MAX, 1, 2])))),
        ("no heads", with_manifest(&good, |told| layer(told, "heads", serde_json::json!([4, 0, 2])))),
        ("more experts", with_manifest(&good, |told| layer(told, "experts", 1_000_000.into()))),
        ("fewer parameters than its parts", with_manifest(&good, |told| layer(told, "parameters", 0.into()))),
        ("parameters beyond counting", with_manifest(&good, |told| told["parameters"] = u64::MAX.into())),
        ("a smaller vocabulary", with_manifest(&good, |told| told["vocabulary"] = 3.into())),
        ("a sample of no sketch", with_manifest(&good, |told| told["sample"]["halved"] = false.into())),
        ("layers out of order", with_manifest(&good, |told| layer(told, "number", 99.into()))),
        ("pixels beyond the table", with_manifest(&good, |told| told["towers"][0]["pixels"] = 99.into())),
    ];
    let reference = zoo.join("llama-a").display().to_string();
    for (what, bytes) in wrong {
        fs::write(&file, bytes).unwrap();
        for lang in ["ko", "en"] {
            let refused = sovgrade(&["measure", &path, "--against", &reference, "--lang", lang]);
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0), "{what}: {said}");
            assert!(said.contains("SG0304") && !said.contains("panicked"), "{what}: {said}");
        }
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_folder_is_screened_whatever_lies_in_it() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let registry = folder.path().join("registry");
    fs::create_dir(&registry).unwrap();
    let at = |name: &str| zoo.join(name).display().to_string();
    for name in ["llama-a", "llama-b", "llama-c", "a-dus", "gpt2-a", "from-a-layers", "a-signs"] {
        let file = registry.join(format!("{name}.sketch")).display().to_string();
        assert!(sovgrade(&["sketch", &at(name), "-o", &file]).status.success());
    }
    let shown = registry.display().to_string();
    let screened = json(&sovgrade(&["screen", &at("a-ft"), "--registry", &shown, "--json"]));
    let schema = jsonschema::draft202012::new(&sovgrade::evidence::screening_schema()).unwrap();
    let wrong: Vec<String> = schema.iter_errors(&screened).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // On one core as on all.
    let alone = Command::new("taskset")
        .args(["-c", "0", env!("CARGO_BIN_EXE_sovgrade"), "screen", &at("a-ft"), "--registry", &shown, "--json"])
        .output();
    // Where there is no taskset it is not tried.
    if let Ok(alone) = alone {
        assert_eq!(json(&alone), screened);
    }
    let relations: Vec<(String, Option<String>)> = screened["screened"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let relation = entry["outcome"]["whole"]["relation"].as_str().map(str::to_owned);
            (entry["id"].as_str().unwrap().to_owned(), relation)
        })
        .collect();
    let shared: Vec<&str> =
        relations.iter().filter(|entry| entry.1.as_deref() == Some("shared")).map(|entry| entry.0.as_str()).collect();
    assert_eq!(shared, ["a-dus", "a-signs", "llama-a", "from-a-layers"], "{relations:?}");

    let evidence = folder.path().join("evidence.json").display().to_string();
    fs::write(registry.join("broken.sketch"), b"no sketch").unwrap();
    for (lang, words) in [("ko", "쓸 수 없다"), ("en", "could not be used")] {
        let told = sovgrade(&["screen", &at("a-ft"), "--registry", &shown, "--lang", lang, "-o", &evidence]);
        assert_eq!(told.status.code(), Some(2), "one bad sketch shows in the exit code");
        let text = String::from_utf8(told.stdout).unwrap();
        assert!(text.contains("llama-a.sketch") && text.contains(words), "{text}");
        assert!(String::from_utf8_lossy(&told.stderr).contains("broken.sketch"));
    }
    assert_eq!(sovgrade(&["grade", &at("a-ft"), "--evidence", &evidence]).status.code(), Some(0));
    let empty = folder.path().display().to_string();
    assert_eq!(sovgrade(&["screen", &at("a-ft"), "--registry", &empty]).status.code(), Some(2));
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn progress_is_told_on_stderr_alone() {
    let zoo = zoo();
    let at = |name: &str| zoo.join(name).display().to_string();
    let run = |more: &[&str]| {
        sovgrade(
            &[&["measure", &at("a-ft"), "--against", &at("llama-a"), &at("llama-b"), "--lang", "en"], more].concat(),
        )
    };
    let (quiet, told) = (run(&[]), run(&["--progress"]));
    assert!(quiet.stderr.is_empty(), "nothing where stderr is no terminal");
    assert_eq!(quiet.stdout, told.stdout);
    let said = String::from_utf8(told.stderr).unwrap();
    assert!(said.lines().last().unwrap().starts_with("references 2/2, "), "{said}");
    assert!(!said.contains('\r'), "a file gets whole lines");
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_quick_look_reads_little_and_says_what_it_would_find() {
    let zoo = zoo();
    let at = |name: &str| zoo.join(name).display().to_string();
    let found = json(&sovgrade(&["measure", &at("llama-b"), "--against", &at("llama-a"), "--quick", "--json"]));
    assert!(found["subject"]["files"][0].get("sha256").is_none(), "digests are left out unless asked for");
    let limits = found["limits"].to_string();
    assert!(limits.contains("by a fixed plan") && limits.contains("bytes of the candidate") && limits.contains("계획"));
    let digested =
        json(&sovgrade(&["measure", &at("llama-b"), "--against", &at("llama-a"), "--quick", "--digest", "--json"]));
    assert!(digested["subject"]["files"][0].get("sha256").is_some());
}
