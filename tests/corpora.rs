//! The corpora of what people have on their disks and of what attackers hand in, run whole through the binary.
//!
//! A line that fails must stand in the list of what another issue is about; a listed line that passes must leave it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Situations and attacks that wait for other work. None does.
const WAITING: &[&str] = &[];

/// Runs a corpus and holds its failures to the list.
fn held(mut runner: Command, least: usize) {
    let done = runner.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let (mut passed, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("PASS ") {
            passed += 1;
            if WAITING.contains(&name.trim()) {
                wrong.push(format!("{name} passes and is listed as waiting"));
            }
        } else if let Some(rest) = line.strip_prefix("FAIL ") {
            let name = rest.split(':').next().unwrap_or_default();
            if !WAITING.contains(&name) {
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
    held(runner, 72);
}

#[cfg(unix)]
#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn hostile_submissions() {
    let mut runner = Command::new("bash");
    runner.arg(corpus("attacks/run.sh")).arg(env!("CARGO_BIN_EXE_sovgrade")).arg("--rules").arg(root().join("rules"));
    held(runner, 31);
}
