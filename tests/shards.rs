//! Runs that are divided, merged, interrupted and resumed, through the binary: the same bytes as one run.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
    command.args(arguments).args(["--plain", "--lang", "en"]);
    command
}

fn sovgrade(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo")
}

const REFERENCES: [&str; 5] = ["llama-a", "llama-b", "gpt2-a", "llama-c", "qwen2-a"];

/// `measure a-ft` against the references of `folder`, with more arguments.
fn measure(folder: &Path, more: &[&str]) -> Vec<String> {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut all = vec!["measure".to_owned(), at("a-ft"), "--against".to_owned()];
    all.extend(REFERENCES.iter().map(|name| at(name)));
    all.extend(more.iter().map(|&word| word.to_owned()));
    all
}

fn run(arguments: &[String]) -> Output {
    sovgrade(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn parts_merged_are_the_bytes_of_one_run() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let whole = at("whole.json");
    assert!(run(&measure(&zoo, &["-o", &whole])).status.success());
    for of in [2, 3, 7] {
        let parts: Vec<String> = (1..=of).map(|part| at(&format!("{part}-of-{of}.json"))).collect();
        for (number, part) in (1..).zip(&parts) {
            let done = run(&measure(&zoo, &["-o", part, "--shard", &format!("{number}/{of}")]));
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        let mut arguments = vec!["merge"];
        arguments.extend(parts.iter().rev().map(String::as_str));
        let merged = at("merged.json");
        arguments.extend(["-o", &merged]);
        let done = sovgrade(&arguments);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(fs::read_to_string(&merged).unwrap(), fs::read_to_string(&whole).unwrap(), "in {of} parts");
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn parts_of_different_runs_are_not_merged() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let part = |name: &str, more: &[&str]| {
        let file = at(name);
        assert!(run(&measure(&zoo, &[&["-o", &file, "--quick"], more].concat())).status.success());
        file
    };
    let (first, second) = (part("1.json", &["--shard", "1/2"]), part("2.json", &["--shard", "2/2"]));
    let digested = part("digested.json", &["--shard", "2/2", "--digest"]);
    let third = part("third.json", &["--shard", "2/3"]);
    let whole = part("whole.json", &[]);
    let merged = at("merged.json");
    let cases: [(&[&str], &str); 6] = [
        (&[&first], "of 2 parts these are missing: 2"),
        (&[&first, &second, &first], "are both part 1"),
        (&[&first, &digested], "other options"),
        (&[&first, &third], "other options"),
        (&[&first, &second, &whole], "is no part of a run"),
        (&[&at("none.json")], "none.json"),
    ];
    for (files, says) in cases {
        let refused = sovgrade(&[&["merge"], files, &["-o", &merged]].concat());
        let said = String::from_utf8(refused.stderr).unwrap().replace("\n        ", " ").replace("\n    ", " ");
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{says}: {said}");
        assert!(!Path::new(&merged).exists());
    }
    assert!(sovgrade(&["merge", &first, &second, "-o", &merged]).status.success());
    for wrong in ["0/2", "3/2", "two", "1/0"] {
        let refused = run(&measure(&zoo, &["--quick", "--shard", wrong]));
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0), "{wrong}");
    }
}

/// A copy of a model of the zoo.
fn copy(zoo: &Path, name: &str, folder: &Path) {
    let to = folder.join(name);
    fs::create_dir(&to).unwrap();
    for entry in fs::read_dir(zoo.join(name)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Every number of a model set to zero, with size and time of change as they were.
fn empty_out(model: &Path) {
    let file = model.join("model.safetensors");
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let start = 8 + usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
    bytes[start..].fill(0);
    fs::write(&file, bytes).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn what_was_finished_is_not_read_again() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path();
    ["a-ft"].iter().chain(&REFERENCES).for_each(|name| copy(&zoo, name, models));
    let at = |name: &str| models.join(name).display().to_string();
    let (whole, resumed, state) = (at("whole.json"), at("resumed.json"), at("state"));
    assert!(run(&measure(models, &["-o", &whole])).status.success());
    assert!(run(&measure(models, &["-o", &resumed, "--resume", &state])).status.success());
    let same = || assert_eq!(fs::read_to_string(&resumed).unwrap(), fs::read_to_string(&whole).unwrap());
    same();
    // As if it had been interrupted after the second reference, with a half written third.
    for number in 3..=REFERENCES.len() {
        fs::remove_file(models.join("state").join(format!("reference-{number:06}.json"))).unwrap();
    }
    fs::write(models.join("state/reference-000003.json.half"), "{").unwrap();
    // The proof that the first is not read: there is nothing in it any more.
    empty_out(&models.join("llama-a"));
    assert!(run(&measure(models, &["-o", &resumed, "--resume", &state])).status.success());
    same();

    let refused = |arguments: &[String], says: &str| {
        let output = run(arguments);
        let said = String::from_utf8(output.stderr).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
        assert!(said.contains(says), "{says}: {said}");
    };
    refused(&measure(models, &["--resume", &state, "--no-digest"]), "other options");
    refused(&measure(models, &["--resume", &state, "--shard", "1/2"]), "other options");
    // A conclusion that its own figures deny is not believed, whoever wrote it into the folder.
    let kept = models.join("state/reference-000001.json");
    let honest = fs::read_to_string(&kept).unwrap();
    let forged = honest.replace(r#"\"relation\":\"shared\""#, r#"\"relation\":\"no-trace\""#);
    assert_ne!(forged, honest);
    fs::write(&kept, forged).unwrap();
    refused(&measure(models, &["--resume", &state]), "is not what a");
    fs::write(&kept, honest).unwrap();
    let file = models.join("llama-b/model.safetensors");
    fs::File::options().write(true).open(&file).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    refused(&measure(models, &["--resume", &state]), "files of reference 2");
    fs::write(models.join("state/run.json"), "{}").unwrap();
    refused(&measure(models, &["--resume", &state]), "is not what a");
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn a_run_that_was_killed_goes_on() {
    let zoo = zoo();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (whole, resumed, state) = (at("whole.json"), at("resumed.json"), folder.path().join("state"));
    assert!(run(&measure(&zoo, &["-o", &whole])).status.success());
    let arguments = measure(&zoo, &["-o", &resumed, "--resume", &state.display().to_string()]);
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut child = command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !state.join("reference-000001.json").exists() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    child.wait().unwrap();
    assert!(run(&arguments).status.success());
    assert_eq!(fs::read_to_string(&resumed).unwrap(), fs::read_to_string(&whole).unwrap());
}
