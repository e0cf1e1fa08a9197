//! A model's directory: which files are there, within limits, without following links out of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::evidence::{sha256, sha256_of_file};
use crate::facts::Input;
use crate::text::clean;
use crate::text::{Code, Diagnostic, Diagnostics, MAX_TEXT_BYTES, SourceFile, Span, read_text, says};

/// Entries of a directory that are looked at. The largest public model has fewer than 2 000.
const MAX_FILES: usize = 20_000;

/// Directories below the model's directory that are entered: pipelines keep their parts in folders.
const MAX_FOLDERS_DEEP: usize = 4;

/// One file of the directory.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Where it is.
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
}

/// The files of a model's directory by name below it, with `/`.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// The files.
    pub files: BTreeMap<String, Entry>,
    /// What was read so far, for the record.
    pub inputs: Vec<Input>,
    /// Oddities.
    pub problems: Diagnostics,
}

/// Whether a file of this name is read, so that a link in its place must not be passed over.
fn is_read(name: &str) -> bool {
    const READ: [&str; 8] = ["README.md", "json", "yaml", "yml", "safetensors", "txt", "model", "LICENSE"];
    READ.iter().any(|end| name.ends_with(end))
}

impl Directory {
    /// Lists a directory.
    ///
    /// # Errors
    /// It cannot be listed, or holds too many files.
    pub(super) fn open(root: &Path) -> Result<Self, Diagnostics> {
        let real = root.canonicalize().map_err(|e| unreadable(&root.to_string_lossy(), &e.to_string()))?;
        let mut list = Self::default();
        let mut seen = 0;
        list.walk(&real, &real, "", 0, &mut seen)?;
        Ok(list)
    }

    fn walk(
        &mut self,
        real: &Path,
        at: &Path,
        prefix: &str,
        depth: usize,
        seen: &mut usize,
    ) -> Result<(), Diagnostics> {
        let shown = if prefix.is_empty() { "." } else { prefix };
        let listing = std::fs::read_dir(at).map_err(|e| unreadable(shown, &e.to_string()))?;
        for entry in listing {
            let entry = entry.map_err(|e| unreadable(shown, &e.to_string()))?;
            *seen += 1;
            if *seen > MAX_FILES {
                return Err(too_many().into());
            }
            let name = format!("{prefix}{}", clean(&entry.file_name().to_string_lossy()));
            let kind = entry.file_type().map_err(|e| unreadable(&name, &e.to_string()))?;
            if kind.is_symlink() {
                self.link(real, &entry.path(), name);
            } else if kind.is_dir() {
                if depth < MAX_FOLDERS_DEEP && !entry.file_name().to_string_lossy().starts_with('.') {
                    self.walk(real, &entry.path(), &format!("{name}/"), depth + 1, seen)?;
                }
            } else if kind.is_file() {
                let bytes = entry.metadata().map_err(|e| unreadable(&name, &e.to_string()))?.len();
                self.files.insert(name, Entry { path: entry.path(), bytes });
            }
        }
        Ok(())
    }

    /// A link to a file inside the directory is that file; any other is reported.
    fn link(&mut self, real: &Path, path: &Path, name: String) {
        let target = path.canonicalize().ok();
        if let Some(target) = target.as_ref().filter(|target| target.starts_with(real)) {
            if let Ok(meta) = target.metadata()
                && meta.is_file()
            {
                self.files.insert(name, Entry { path: target.clone(), bytes: meta.len() });
            }
            return;
        }
        let (ko, en) = match target {
            Some(_) => ("모델 디렉터리 밖을 가리킨다", "points out of the model's directory"),
            None => ("가리키는 파일이 없다", "points at nothing"),
        };
        let message = says(format!("링크 `{name}`이(가) {ko}"), format!("the link `{name}` {en}"));
        let make = if is_read(&name) { Diagnostic::error } else { Diagnostic::warning };
        self.problems.push(
            make(Code::LinkLeavesDirectory, &SourceFile::nameless(&name), Span::default(), message).help(says(
                "링크 대신 파일을 넣는다. `cp -rL`이 링크를 따라가며 복사한다",
                "put the file there instead: `cp -rL` copies what links point at",
            )),
        );
    }

    /// Whether a file is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// The names of the files that end so, at the root or below.
    pub(super) fn ending<'d>(&'d self, end: &'d str) -> impl Iterator<Item = &'d str> {
        self.files.keys().map(String::as_str).filter(move |name| name.ends_with(end))
    }

    /// Reads a text file of the directory and records its digest; `None` if it is not there.
    ///
    /// # Errors
    /// See [`read_text`].
    pub(super) fn read(&mut self, name: &str) -> Option<Result<SourceFile, Diagnostic>> {
        self.read_up_to(name, MAX_TEXT_BYTES)
    }

    /// Reads a text file of at most `limit` bytes.
    pub(super) fn read_up_to(&mut self, name: &str, limit: u64) -> Option<Result<SourceFile, Diagnostic>> {
        let entry = self.files.get(name)?;
        let file = read_text(&entry.path, name, limit);
        if let Ok(file) = &file {
            // A byte order mark is no part of the text and yet part of the file.
            let whole = file.text().len() as u64 == entry.bytes;
            let digest = if whole { Some(sha256(file.text().as_bytes())) } else { sha256_of_file(&entry.path).ok() };
            self.inputs.push(Input { name: name.to_owned(), sha256: digest });
        }
        Some(file)
    }
}

fn unreadable(name: &str, why: &str) -> Diagnostics {
    let name = clean(name);
    Diagnostic::error(
        Code::Unreadable,
        &SourceFile::nameless(&name),
        Span::default(),
        says(format!("`{name}`을(를) 읽을 수 없다: {why}"), format!("`{name}` cannot be read: {why}")),
    )
    .into()
}

fn too_many() -> Diagnostic {
    Diagnostic::error(
        Code::TooManyFiles,
        &SourceFile::nameless("."),
        Span::default(),
        says(format!("파일이 {MAX_FILES}개를 넘는다"), format!("there are more than {MAX_FILES} files")),
    )
    .help(says("모델 하나의 디렉터리를 가리킨다", "point at the directory of one model"))
}
