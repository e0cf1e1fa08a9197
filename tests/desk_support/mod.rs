//! A scratch folder in which the program is run.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// The rulesets that are part of the program.
pub(crate) fn shipped() -> Vec<&'static str> {
    sovgrade::rules::embedded().iter().map(|ruleset| ruleset.id).collect()
}

/// A run that goes on: what it prints is read as it comes.
pub(crate) struct Watched {
    child: Child,
    lines: Receiver<String>,
    unread: Vec<String>,
    seen: String,
}

impl Watched {
    /// Starts the program.
    pub(crate) fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
            .args(arguments)
            .current_dir(desk.folder.path())
            .env("COLUMNS", "100")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("SOVGRADE_LANG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let forward = |from: Box<dyn Read + Send>, to: Sender<String>| {
            std::thread::spawn(move || {
                for line in BufReader::new(from).lines().map_while(Result::ok) {
                    if to.send(line).is_err() {
                        return;
                    }
                }
            });
        };
        forward(Box::new(child.stdout.take().unwrap()), sender.clone());
        forward(Box::new(child.stderr.take().unwrap()), sender);
        Self { child, lines, unread: Vec::new(), seen: String::new() }
    }

    /// Waits for a line that has this in it, and takes it. The two streams keep no order between them.
    pub(crate) fn until(&mut self, words: &str) {
        loop {
            if let Some(at) = self.unread.iter().position(|line| line.contains(words)) {
                self.unread.remove(at);
                return;
            }
            let Ok(line) = self.lines.recv_timeout(Duration::from_mins(1)) else {
                panic!("`{words}` did not come\n{}", self.seen);
            };
            self.seen.push_str(&line);
            self.seen.push('\n');
            self.unread.push(line);
        }
    }

    /// Ends it, which must still be running, and gives all that was read.
    pub(crate) fn end(&mut self) -> String {
        assert!(self.child.try_wait().unwrap().is_none(), "it ended by itself\n{}", self.seen);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::take(&mut self.seen)
    }
}

/// A scratch folder.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// What a run printed.
pub(crate) struct Run {
    /// Its exit code.
    pub(crate) code: i32,
    /// stdout.
    pub(crate) out: String,
    /// stderr.
    pub(crate) err: String,
}

impl Run {
    /// Both streams, for messages.
    pub(crate) fn both(&self) -> String {
        format!("exit {}\n{}\n{}", self.code, self.out, self.err)
    }
}

impl Desk {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Copies a shipped ruleset into it.
    pub(crate) fn copy(&self, id: &str) {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(id), &self.path(id));
    }

    /// Copies a folder of the repository into it.
    pub(crate) fn copy_folder(&self, from: &str, to: &str) {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(from), &self.path(to));
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).unwrap();
    }

    /// Replaces a text that stands in a file.
    pub(crate) fn edit(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} has no `{old}`\n{text}");
        self.write(name, &text.replacen(old, new, 1));
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_in(".", arguments)
    }

    /// Runs the program in a folder below.
    pub(crate) fn run_in(&self, folder: &str, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
            .args(arguments)
            .current_dir(self.path(folder))
            .env("COLUMNS", "100")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("SOVGRADE_LANG")
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs git.
    pub(crate) fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
