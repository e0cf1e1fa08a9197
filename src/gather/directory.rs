//! The files of a model as gathering reads them: each that was read is recorded with its digest.

use crate::evidence::{sha256, sha256_of_file};
use crate::facts::Input;
use crate::files::{Entry, Folder, pointer};
use crate::text::{Code, Diagnostic, MAX_TEXT_BYTES, SourceFile, Span, read_text, says};

/// A model's directory, and what was read of it so far.
#[derive(Debug)]
pub(super) struct Directory {
    /// The files.
    pub folder: std::sync::Arc<Folder>,
    /// What was read so far, for the record.
    pub inputs: Vec<Input>,
}

impl Directory {
    /// Nothing was read yet.
    pub(super) fn of(folder: Folder) -> Self {
        Self { folder: std::sync::Arc::new(folder), inputs: Vec::new() }
    }

    /// A file by its name below the directory.
    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        self.folder.get(name)
    }

    /// Whether a file is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.folder.has(name)
    }

    /// Whether a pointer of Git LFS stands in the file's place.
    pub(super) fn is_pointer(&self, name: &str) -> bool {
        self.get(name).is_some_and(|entry| pointer(&entry.path, entry.bytes).is_some())
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
        let entry = self.folder.get(name)?;
        if pointer(&entry.path, entry.bytes).is_some() {
            return Some(Err(not_fetched(name)));
        }
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

/// The one thing to say of a pointer: what it is a pointer to was not fetched.
fn not_fetched(name: &str) -> Diagnostic {
    let message = says(
        format!("`{name}`은(는) Git LFS 포인터일 뿐이다"),
        format!("`{name}` is a pointer of Git LFS and not the file itself"),
    );
    Diagnostic::warning(Code::NotFetched, &SourceFile::nameless(name), Span::default(), message)
        .help(says("`git lfs pull`을 실행한다", "run `git lfs pull`"))
}
