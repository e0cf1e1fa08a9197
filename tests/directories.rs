//! Directories as the Hub's own tools lay them out give what a plain copy gives, through every command.
#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const OWNER: &str = "example-org";
const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

fn sovgrade(arguments: &[&str], cache: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
    command.args(arguments).arg("--plain").env("SOVGRADE_LANG", "en").env("COLUMNS", "100").env("HF_HOME", cache);
    command.env_remove("HF_HUB_CACHE").env_remove("HUGGINGFACE_HUB_CACHE");
    command.output().unwrap()
}

/// The text that a command prints, with every way to call the model written as one.
fn said(arguments: &[&str], cache: &Path, names: &[&str]) -> String {
    let done = sovgrade(arguments, cache);
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {err}");
    let text = String::from_utf8(done.stdout).unwrap();
    names.iter().fold(text, |text, name| text.replace(name, "MODEL"))
}

/// A model as `snapshot_download` leaves it: blobs by digest, a snapshot of links. Returns the snapshot.
fn cached(from: &Path, hub: &Path, name: &str) -> PathBuf {
    let model = hub.join(format!("models--{OWNER}--{name}"));
    let (blobs, snapshot) = (model.join("blobs"), model.join("snapshots").join(REVISION));
    for folder in [&blobs, &snapshot, &model.join("refs")] {
        fs::create_dir_all(folder).unwrap();
    }
    fs::write(model.join("refs").join("main"), REVISION).unwrap();
    for (at, entry) in fs::read_dir(from).unwrap().flatten().enumerate() {
        fs::copy(entry.path(), blobs.join(format!("{at:040x}"))).unwrap();
        std::os::unix::fs::symlink(format!("../../blobs/{at:040x}"), snapshot.join(entry.file_name())).unwrap();
    }
    snapshot
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_cache_gives_what_a_plain_copy_gives() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let reference = zoo.join("llama-a");
    let reference = reference.to_str().unwrap();
    for name in ["a-ft", "a-sharded", "llava-vision-b"] {
        let home = tempfile::tempdir().unwrap();
        let plain = home.path().join("plain").join(name);
        fs::create_dir_all(&plain).unwrap();
        for entry in fs::read_dir(zoo.join(name)).unwrap().flatten() {
            fs::copy(entry.path(), plain.join(entry.file_name())).unwrap();
        }
        let snapshot = cached(&plain, &home.path().join("hub"), name);
        let repository = format!("{OWNER}/{name}");
        let folder = snapshot.parent().unwrap().parent().unwrap().to_owned();
        let ways = [snapshot.to_str().unwrap(), folder.to_str().unwrap(), repository.as_str()];
        let registry = home.path().join("registry");
        fs::create_dir_all(&registry).unwrap();
        let sketch = |model: &str, file: &Path| {
            said(&["sketch", model, "-o", file.to_str().unwrap()], home.path(), &[]);
        };
        sketch(reference, &registry.join("a.sketch"));
        let registry = registry.to_str().unwrap();
        let all = |model: &str| -> Vec<String> {
            let file = home.path().join("own.sketch");
            let _ = fs::remove_file(&file);
            sketch(model, &file);
            let commands: [&[&str]; 5] = [
                &["grade", model, "--format", "json"],
                &["explain", "weights-from-random-init", model],
                &["measure", model, "--against", reference, "--json"],
                &["screen", model, "--registry", registry, "--json"],
                &["screen", file.to_str().unwrap(), "--registry", registry, "--json"],
            ];
            // A folder of the Hub's cache says what the model is called; a plain copy's name says nothing.
            let named = |text: String| {
                text.replace("\"local\": true", "\"local\": false").replace("MODEL (a local name)", "MODEL")
            };
            commands.iter().map(|command| named(said(command, home.path(), &[&repository, name]))).collect()
        };
        let wanted = all(plain.to_str().unwrap());
        for way in ways {
            for (got, wanted) in all(way).iter().zip(&wanted) {
                assert_eq!(got, wanted, "{way}");
            }
        }
    }
}
