//! The rulesets of `examples/rulesets` are whole: they check without a finding, their cases catch every mistake made on
//! purpose, each page is what the program prints, and the made-up model answers everything that they ask.
//! `SOVGRADE_BLESS=1 cargo test --test example_rulesets` writes the pages anew.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/rulesets")
}

/// The folders that hold a ruleset. A bare name would mean the ruleset of the program that has it.
fn rulesets() -> Vec<String> {
    let entries = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().join("ruleset.yaml").is_file());
    let mut names: Vec<String> = folders.map(|entry| format!("./{}", entry.file_name().to_string_lossy())).collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    names
}

/// Runs the program beside the rulesets, so that no output depends on where the project lies.
fn sovgrade(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_sovgrade");
    Command::new(program).args(arguments).current_dir(root()).env("NO_COLOR", "1").output().unwrap()
}

fn text(output: &Output) -> (String, String) {
    let of = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (of(&output.stdout), of(&output.stderr))
}

#[test]
fn they_check_without_a_finding() {
    for name in rulesets() {
        for lang in ["ko", "en"] {
            let run = sovgrade(&["rules", "check", &name, "--severity", "warning", "--lang", lang]);
            let (out, err) = text(&run);
            assert!(run.status.success() && err.is_empty(), "{name}\n{out}{err}");
        }
    }
}

#[test]
fn their_cases_catch_every_mistake_made_on_purpose() {
    for name in rulesets() {
        let run = sovgrade(&["rules", "test", &name, "--mutate", "--lang", "en"]);
        let (out, err) = text(&run);
        assert!(run.status.success() && out.contains(", 0 not caught"), "{name}\n{out}{err}");
    }
}

#[test]
fn their_pages_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rulesets/examples");
    let mut stale = Vec::new();
    for name in rulesets() {
        for lang in ["ko", "en"] {
            let run = sovgrade(&["rules", "doc", &name, "--lang", lang]);
            let (out, err) = text(&run);
            assert!(run.status.success(), "{name}\n{err}");
            let path = folder.join(format!("{}.{lang}.md", name.trim_start_matches("./")));
            if std::env::var_os("SOVGRADE_BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &out).unwrap();
            }
            if std::fs::read_to_string(&path).ok().as_ref() != Some(&out) {
                stale.push(path);
            }
        }
    }
    assert!(stale.is_empty(), "{stale:?}: run SOVGRADE_BLESS=1 cargo test --test example_rulesets");
}

#[test]
fn the_made_up_model_answers_all_that_they_ask() {
    let evidence = "models/all-open/evidence/inventory.json";
    for name in rulesets() {
        let grade = |more: &[&str]| {
            let mut arguments = vec!["grade", "models/all-open", "--rules", &name, "--lang", "en", "--brief"];
            arguments.extend(more);
            let run = sovgrade(&arguments);
            let (out, err) = text(&run);
            assert!(run.status.success() && err.is_empty(), "{name}\n{out}{err}");
            out
        };
        let whole = grade(&["--evidence", evidence]);
        assert!(whole.contains("assured: pass") || whole.contains("assured: 100.0 %"), "{name}\n{whole}");
        assert!(!whole.contains("undetermined") && !whole.contains("fail"), "{name}\n{whole}");
    }
    // The inventory is asked for: without it the gate of procurement stays open.
    let run = sovgrade(&["grade", "models/all-open", "--rules", "./kr-procure", "--lang", "en", "--brief"]);
    let (out, _) = text(&run);
    assert!(out.contains("undetermined"), "{out}");
}
