//! What a command writes: which formats, where each goes, and that no output replaces what the command reads.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::screen::Screen;
use crate::text::{
    Code, Diagnostic, Diagnostics, Lang, Says, SourceFile, Span, says, shown_path, why_not, write_whole,
};

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
pub(super) fn deliver(file: Option<&Path>, text: &str, screen: &Screen) -> bool {
    match file {
        Some(file) => write(file, text.as_bytes(), screen),
        None => {
            screen.print(text);
            true
        }
    }
}

/// Writes a file whole, or says why it cannot and leaves what stood there.
pub(super) fn write(file: &Path, bytes: &[u8], screen: &Screen) -> bool {
    let Err(error) = write_whole(file, bytes) else { return true };
    let name = shown_path(file);
    let why = why_not(&error);
    screen.note(&match screen.lang {
        Lang::Ko => format!("`{name}`에 쓸 수 없다: {}", why.ko),
        Lang::En => format!("`{name}` cannot be written: {}", why.en),
    });
    false
}

/// Whether a command may write to these files: none of them is read by it, no two are the same, and each has a folder.
/// Asked before the work begins, for the work may take hours. Says what is wrong.
pub(super) fn may_write<'p>(
    outputs: impl IntoIterator<Item = &'p PathBuf>,
    inputs: impl IntoIterator<Item = &'p Path>,
    screen: &Screen,
) -> bool {
    let outputs: Vec<&PathBuf> = outputs.into_iter().collect();
    if outputs.is_empty() {
        return true;
    }
    let inputs = Inputs::of(inputs);
    let mut problems = Diagnostics::default();
    let mut places = BTreeSet::new();
    for output in outputs {
        if let Some(why) = objection(output, &inputs, &mut places) {
            let name = shown_path(output);
            let message = says(format!("`{name}`: {}", why.ko), format!("`{name}` {}", why.en));
            let help = says("다른 이름을 준다", "give another name");
            problems.push(
                Diagnostic::error(Code::WouldOverwrite, &SourceFile::nameless(&name), Span::default(), message)
                    .help(help),
            );
        }
    }
    let fit = problems.is_empty();
    if !fit {
        screen.problems(problems);
    }
    fit
}

/// Whether a file that is there is one of those that a command reads.
pub(super) fn is_read<'p>(file: &Path, inputs: impl IntoIterator<Item = &'p Path>) -> bool {
    std::fs::metadata(file).is_ok_and(|there| Inputs::of(inputs).hold(file, &there))
}

/// Why a file cannot be an output; `places` are those of the outputs before it.
fn objection(output: &Path, inputs: &Inputs, places: &mut BTreeSet<PathBuf>) -> Option<Says> {
    match std::fs::metadata(output) {
        Ok(there) if there.is_dir() => return Some(says("폴더이다", "is a folder")),
        Ok(there) if !there.is_file() => return None,
        Ok(there) => {
            if inputs.hold(output, &there) {
                return Some(says("이 명령이 읽는 파일이다", "is a file that this command reads"));
            }
        }
        Err(_) => {}
    }
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(folder) = folder.canonicalize() else {
        return Some(says("그 폴더가 없다", "is to stand in a folder that is not there"));
    };
    let place = output.canonicalize().unwrap_or_else(|_| folder.join(output.file_name().unwrap_or_default()));
    let new = places.insert(place);
    (!new).then(|| says("두 번 쓰게 된다", "would be written twice"))
}

/// How deep folders are looked into for the file that an output would replace, and at how many entries: as far as
/// models and rulesets are read.
const DEEP: usize = 5;
const ENTRIES: usize = 20_000;

/// What a command reads.
#[derive(Debug, Default)]
struct Inputs {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Inputs {
    fn of<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Self {
        let mut all = Self::default();
        for path in paths {
            if path.is_dir() { all.folders.push(path.to_owned()) } else { all.files.push(path.to_owned()) }
        }
        all
    }

    /// Whether the file that stands at `path` is one that is read, under whatever name.
    fn hold(&self, path: &Path, there: &Metadata) -> bool {
        let same = |other: &Path| is_same(path, there, other);
        if self.files.iter().any(|file| same(file)) {
            return true;
        }
        !is_own_report(path)
            && self.folders.iter().any(|folder| {
                let mut left = ENTRIES;
                any_below(folder, DEEP, &mut left, &same)
            })
    }
}

/// Whether any file of a folder is the one that is meant.
fn any_below(folder: &Path, deep: usize, left: &mut usize, same: &dyn Fn(&Path) -> bool) -> bool {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && deep > 0 && any_below(&path, deep - 1, left, same) || !is_folder && same(&path) {
            return true;
        }
    }
    false
}

/// Whether two paths mean one file, by another name or a link too.
#[cfg(unix)]
fn is_same(_: &Path, there: &Metadata, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(other).is_ok_and(|other| (other.dev(), other.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_same(path: &Path, _: &Metadata, other: &Path) -> bool {
    path.canonicalize().ok().is_some_and(|path| other.canonicalize().is_ok_and(|other| other == path))
}

/// Whether a file in a folder that is read is a report of ours, which nothing reads unless it is named: pages and
/// tables by their ending, JSON by what it says it is.
fn is_own_report(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    if ["html", "xml", "csv"].contains(&end) {
        return true;
    }
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(200).read_to_end(&mut head));
    let text: String = String::from_utf8_lossy(&head).split_whitespace().collect();
    read.is_ok() && text.trim_start_matches('[').starts_with("{\"schema\":\"sovgrade/")
}
