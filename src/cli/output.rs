//! `--format WORD[=FILE]` of the commands of the policy desk: which formats, and where each goes.

use std::path::PathBuf;

use super::screen::Screen;
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, says, shown_path};

/// A format with the file it goes to, or stdout.
#[derive(Debug)]
pub(super) struct Target {
    /// One of the words that the command knows.
    pub(super) word: &'static str,
    /// The file.
    pub(super) file: Option<PathBuf>,
}

/// Reads the formats asked for; the first legal one to stdout where none is.
pub(super) fn targets(formats: &[String], legal: &[&'static str]) -> Result<Vec<Target>, Diagnostics> {
    if formats.is_empty() {
        return Ok(vec![Target { word: legal[0], file: None }]);
    }
    let mut problems = Diagnostics::default();
    let mut list = Vec::new();
    for text in formats {
        let (word, file) = text.split_once('=').map_or((text.as_str(), None), |(word, file)| (word, Some(file)));
        match legal.iter().find(|name| **name == word) {
            Some(word) => list.push(Target { word, file: file.map(PathBuf::from) }),
            None => {
                let message = says(format!("`{word}`: 이런 형식은 없다"), format!("there is no format `{word}`"));
                let at = SourceFile::nameless(word);
                problems.push(
                    Diagnostic::error(Code::BadOption, &at, Span::default(), message)
                        .did_you_mean(word, legal.iter().copied()),
                );
            }
        }
    }
    if problems.is_empty() { Ok(list) } else { Err(problems) }
}

/// Writes a text where it goes. Says so where it cannot.
pub(super) fn deliver(target: &Target, text: &str, screen: &Screen) -> bool {
    let Some(file) = &target.file else {
        screen.print(text);
        return true;
    };
    let Err(error) = std::fs::write(file, text) else { return true };
    let name = shown_path(file);
    screen.note(&match screen.lang {
        crate::text::Lang::Ko => format!("`{name}`에 쓸 수 없다: {error}"),
        crate::text::Lang::En => format!("`{name}` cannot be written: {error}"),
    });
    false
}
