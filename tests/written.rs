//! What is written is written whole or not at all, never over what is read; a result that could not be written is no
//! success. Through the binary, for every command that writes.
#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const CARD: &str = "---\nlicense: mit\n---\n# A model\n";

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("m/README.md", CARD);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
        command.current_dir(self.0.path()).env("SOVGRADE_LANG", "en").stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Files of the folder that no test wrote: half ones.
    fn left_over(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".sovgrade-")).collect()
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// One tensor of four numbers.
fn weights(place: &Place, name: &str) {
    let header = br#"{"model.embed_tokens.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#;
    let bytes = [&(header.len() as u64).to_le_bytes()[..], header, &[0; 16]].concat();
    fs::write(place.path(name), bytes).unwrap();
}

#[test]
fn no_output_replaces_what_is_read() {
    let place = Place::new();
    weights(&place, "m/model.safetensors");
    place.write("m/config.json", "{\"model_type\": \"llama\"}");
    place.write("other/README.md", CARD);
    place.write("evidence.json", "{}");
    place.write("part.json", "{}");
    symlink("m/README.md", place.path("link")).unwrap();
    fs::hard_link(place.path("m/model.safetensors"), place.path("hard")).unwrap();
    assert!(place.command().args(["rules", "new", "r"]).output().unwrap().status.success());
    let tries: &[&[&str]] = &[
        &["grade", "m", "--format", "json=m/README.md"],
        &["grade", "m", "--format", "human=m/config.json"],
        &["grade", "m", "other", "--format", "markdown=other/README.md"],
        &["grade", "m", "--format", "json=link"],
        &["grade", "m", "--format", "json=hard"],
        &["grade", "m", "--format", "json=m/../m/./README.md"],
        &["grade", "m", "--evidence", "evidence.json", "--format", "json=evidence.json"],
        &["grade", "m", "--rules", "./r", "--format", "json=r/ruleset.yaml"],
        &["grade", "m/README.md", "--format", "json=m/README.md"],
        &["measure", "m", "--against", "other", "-o", "m/model.safetensors"],
        &["measure", "m", "--against", "other", "-o", "other/README.md"],
        &["sketch", "m", "-o", "m/model.safetensors"],
        &["screen", "m", "--registry", "other", "-o", "other/README.md"],
        &["merge", "part.json", "-o", "part.json"],
        &["rules", "doc", "./r", "--format", "markdown=r/criteria/weights-held.yaml"],
        &["rules", "test", "./r", "--format", "junit=r/cases/held.yaml"],
        &["rules", "diff", "./r", "t-class", "--format", "json=r/terms.yaml"],
        // Two outputs of one run are two files.
        &["grade", "m", "--format", "json=a", "--format", "markdown=a"],
        &["grade", "m", "--format", "json=a", "--format", "markdown=./m/../a"],
        &["grade", "m", "--format", "json=m"],
        &["grade", "m", "--format", "json=no/such/folder/a"],
    ];
    let files: Vec<PathBuf> =
        ["m/README.md", "m/config.json", "m/model.safetensors", "other/README.md", "evidence.json"]
            .iter()
            .chain(&[
                "part.json",
                "r/ruleset.yaml",
                "r/terms.yaml",
                "r/criteria/weights-held.yaml",
                "r/cases/held.yaml",
            ])
            .map(|name| place.path(name))
            .collect();
    let before: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    for arguments in tries {
        let done = place.run(arguments);
        assert_eq!(code(&done), 2, "{arguments:?}\n{}", said(&done));
        assert!(said(&done).contains("SG0404"), "{arguments:?}\n{}", said(&done));
        assert!(done.stdout.is_empty(), "{arguments:?}");
        for (file, bytes) in files.iter().zip(&before) {
            assert!(fs::read(file).unwrap() == *bytes, "{arguments:?} changed {}", file.display());
        }
        assert!(!place.path("a").exists() && place.left_over().is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_report_is_replaced_and_its_mode_and_link_stay() {
    let place = Place::new();
    for _ in 0..2 {
        let done = place.run(&["grade", "m", "--format", "json=m/assessment.json", "--format", "markdown=page.md"]);
        assert_eq!(code(&done), 0, "{}", said(&done));
    }
    fs::set_permissions(place.path("page.md"), fs::Permissions::from_mode(0o604)).unwrap();
    symlink("page.md", place.path("link.md")).unwrap();
    assert_eq!(code(&place.run(&["grade", "m", "--format", "markdown=link.md"])), 0);
    assert!(place.path("link.md").symlink_metadata().unwrap().file_type().is_symlink());
    assert_eq!(place.path("page.md").metadata().unwrap().permissions().mode() & 0o777, 0o604);
    for target in ["/dev/null", "/dev/stdout"] {
        let done = place.run(&["grade", "m", "--format", &format!("json={target}")]);
        assert_eq!(code(&done), 0, "{target}: {}", said(&done));
        assert_eq!(done.stdout.is_empty(), target == "/dev/null");
    }
    assert!(place.left_over().is_empty());
}

/// The file system is full, as far as this process goes.
#[test]
fn a_file_that_cannot_be_written_leaves_the_old_one() {
    let place = Place::new();
    place.write("old", "as it was\n");
    let mut shell = Command::new("bash");
    shell.current_dir(place.0.path()).arg("-c");
    shell.arg("ulimit -f 1; trap '' XFSZ; exec \"$0\" grade m --format json=old").arg(env!("CARGO_BIN_EXE_sovgrade"));
    let done = shell.output().unwrap();
    assert_eq!(code(&done), 2, "{}", said(&done));
    assert_eq!(place.read("old"), "as it was\n");
    assert!(place.left_over().is_empty(), "{:?}", place.left_over());
}

#[test]
fn a_stdout_that_cannot_be_written_is_no_success() {
    let place = Place::new();
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let tries: &[&[&str]] = &[
        &["grade", "m"],
        &["grade", "m", "--format", "json"],
        &["explain", "own-code"],
        &["rules", "list"],
        &["rules", "doc", "t-class"],
        &["licence", "list"],
        &["schema", "card"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["--version"],
        &["rules", "--help"],
    ];
    for arguments in tries {
        let out = fs::OpenOptions::new().write(true).open(full).unwrap();
        let done = place.command().args(*arguments).stdout(out).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(code(&done), 2, "{arguments:?}: {}", said(&done));
        assert!(said(&done).contains("stdout"), "{arguments:?}: {}", said(&done));
        // A reader that has gone away has read what it wanted.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let done = place.command().args(*arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert!(code(&done) < 2 && !said(&done).contains("panicked"), "{arguments:?}: {}", said(&done));
        // Nobody hears what goes to stderr, and nothing else changes.
        let out = fs::OpenOptions::new().write(true).open(full).unwrap();
        let done = place.command().args(*arguments).stderr(out).stdout(Stdio::null()).output().unwrap();
        assert_eq!(code(&done), 0, "{arguments:?}");
    }
}

#[test]
fn an_import_never_replaces_its_own_source() {
    let place = Place::new();
    let text = "framework: {name: Model Openness Framework, version: '1.0', date: '2024-12-15'}\nrelease:\n  name: A\n  \
                date: '2026-01-15'\n  license: {}\n  producer: B\n  components: []\n";
    place.write("a.yaml", text);
    for arguments in
        [&["import", "mof", "a.yaml", "--out", "."][..], &["import", "mof", "a.yaml", "--out", ".", "--force"]]
    {
        let done = place.run(arguments);
        assert_eq!(code(&done), 2, "{arguments:?}: {}", said(&done));
        assert_eq!(place.read("a.yaml"), text);
    }
    let done = place.run(&["import", "mof", "a.yaml", "--out", "cards"]);
    assert!(code(&done) < 2 && place.path("cards/a.yaml").is_file(), "{}", said(&done));
}
