//! The corpora of what people have on their disks and of what attackers hand in, run whole through the binary.
//!
//! A line that fails must stand in the list of what another issue is about; a listed line that passes must leave it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Situations and attacks about belief: who says something, and what it is bound to. They wait for that work.
const ABOUT_BELIEF: &[&str] = &[
    "evidence-about-absent-files",
    "folder-called-like-the-base",
    "judge-in-the-readme",
    "own-base-measured",
    "partial-transfer-on-a-copy",
    "sentence-in-a-code-block",
    "01-attested-beats-live-measurement",
    "02-evidence-bound-to-an-absent-file",
    "03-evidence-without-a-digest",
    "05-wrong-digest-of-a-large-file",
    "07-an-admission-that-pays",
    "09-a-verdict-against-its-own-numbers",
    "10-a-document-without-an-address",
    "34-a-second-card-hides-an-admission",
    "40-a-ruleset-in-disguise",
];

/// Runs a corpus and holds its failures to the list.
fn held(mut runner: Command, least: usize) {
    let done = runner.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let (mut passed, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("PASS ") {
            passed += 1;
            if ABOUT_BELIEF.contains(&name.trim()) {
                wrong.push(format!("{name} passes and is listed as waiting"));
            }
        } else if let Some(rest) = line.strip_prefix("FAIL ") {
            let name = rest.split(':').next().unwrap_or_default();
            if !ABOUT_BELIEF.contains(&name) {
                wrong.push(line.to_owned());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(passed >= least, "only {passed} passed:\n{text}\n{}", String::from_utf8_lossy(&done.stderr));
}

fn corpus(name: &str) -> PathBuf {
    Path::new(&root()).join("../shared/corpora").join(name)
}

#[cfg(unix)]
#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn directories_as_people_have_them() {
    let mut runner = Command::new("python3");
    runner.arg(corpus("field/run.py")).arg(env!("CARGO_BIN_EXE_sovgrade"));
    held(runner, 60);
}

#[cfg(unix)]
#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn hostile_submissions() {
    let mut runner = Command::new("bash");
    runner.arg(corpus("attacks/run.sh")).arg(env!("CARGO_BIN_EXE_sovgrade")).arg("--rules").arg(root().join("rules"));
    held(runner, 18);
}
