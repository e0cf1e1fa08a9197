//! `measure` through the binary: what is found is written as evidence, and the evidence moves the grade.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sovgrade(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(arguments).args(["--plain"]).output().unwrap()
}

fn zoo() -> Option<PathBuf> {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    if !zoo.is_dir() {
        println!("skipped: the zoo is not here");
        return None;
    }
    Some(zoo)
}

#[test]
fn a_fine_tune_is_found_and_the_evidence_is_read_back() {
    let Some(zoo) = zoo() else { return };
    let at = |name: &str| zoo.join(name).display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evidence.json").display().to_string();
    let measured =
        sovgrade(&["measure", &at("a-ft"), "--against", &at("llama-a"), &at("llama-b"), "-o", &file, "--lang", "en"]);
    let text = String::from_utf8(measured.stdout).unwrap();
    assert_eq!(measured.status.code(), Some(0));
    assert!(text.contains("llama-a: derived from it") && text.contains("llama-b: independent of it"), "{text}");
    let korean = sovgrade(&["measure", &at("a-ft"), "--against", &at("llama-a"), "--lang", "ko"]);
    assert!(String::from_utf8(korean.stdout).unwrap().contains("거기에서 파생됨"));

    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&sovgrade(&[arguments, &["--format", "json"]].concat()).stdout).unwrap()
    };
    let graded = json(&["grade", &at("a-ft"), "--evidence", &file]);
    let initialisation = graded["criteria"].to_string();
    assert!(initialisation.contains("\"assurance\":\"measured\""), "what was measured is a reason");
    let other = sovgrade(&["grade", &at("llama-b"), "--evidence", &file]);
    assert_eq!(other.status.code(), Some(2), "evidence of another model is refused");
}

/// Every text below a key that holds sentences.
fn sentences<'v>(value: &'v serde_json::Value, found: &mut Vec<&'v serde_json::Value>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "limits" | "notes" => found.extend(value.as_array().unwrap()),
                    "skipped" | "detail" | "statement" => found.push(value),
                    _ => sentences(value, found),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| sentences(value, found)),
        _ => {}
    }
}

#[test]
fn every_sentence_of_evidence_is_there_in_both_languages() {
    let Some(zoo) = zoo() else { return };
    let at = |name: &str| zoo.join(name).display().to_string();
    let hangul = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    let mut kinds = std::collections::BTreeSet::new();
    for (model, reference) in [
        ("same-start-1", "same-start-2"),
        ("gpt2-a-ft", "gpt2-a"),
        ("student-of-a", "llama-a"),
        ("a-narrow", "llama-a"),
    ] {
        let measured = sovgrade(&["measure", &at(model), "--against", &at(reference), "--no-digest", "--json"]);
        let evidence: serde_json::Value = serde_json::from_slice(&measured.stdout).unwrap();
        let mut found = Vec::new();
        sentences(&evidence, &mut found);
        for sentence in found {
            let (ko, en) = (sentence["ko"].as_str().unwrap(), sentence["en"].as_str().unwrap());
            assert!(hangul(ko) && !hangul(en), "{model}: {sentence}");
            kinds.insert(en.split(' ').next().unwrap().to_owned());
        }
    }
    assert!(kinds.len() > 6, "sentences of many kinds were seen: {kinds:?}");
}

#[test]
fn what_holds_no_weights_cannot_be_measured() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    for lang in ["ko", "en"] {
        let refused = sovgrade(&["measure", &path, "--against", &path, "--lang", lang]);
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("SG0304") && !said.contains("panicked"), "{said}");
        let why = if lang == "ko" { "safetensors 파일이" } else { "no safetensors file" };
        assert!(said.contains(why), "{said}");
    }
}
