//! What is read at most, and reading under these limits.

use std::io::Read;
use std::path::Path;

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::encoding::encoding;
use super::lang::{Says, says};
use super::source::{SourceFile, Span};

/// Largest text file that is read whole. A ruleset criterion has 5 kB, a model card with gated prompts some 100 kB,
/// a tokenizer file 40 MB; only the last is read with a limit of its own.
pub const MAX_TEXT_BYTES: u64 = 8 << 20;

/// Values in one YAML or JSON file, keys and what aliases unfold to counted: a tree takes about a hundred bytes a
/// value. The largest evidence file of a thousand references has some 200 000.
pub const MAX_VALUES: usize = 500_000;

/// Deepest nesting of YAML or JSON. The rule language needs about 16.
pub const MAX_DEPTH: usize = 64;

/// Problems reported of one file; a file of a stranger may have millions.
pub const MAX_PROBLEMS: usize = 100;

/// Problems reported of all files together.
pub const MAX_PROBLEMS_IN_ALL: usize = 10_000;

/// Reads a text file of at most `limit` bytes as UTF-8, without a byte order mark.
///
/// # Errors
/// One diagnostic: unreadable, not a regular file, too large, or not UTF-8 (with the offset of the first bad byte).
pub fn read_text(path: &Path, name: &str, limit: u64) -> Result<SourceFile, Diagnostic> {
    let unreadable = |why: Says| {
        Diagnostic::error(
            Code::Unreadable,
            &SourceFile::nameless(name),
            Span::default(),
            says(format!("읽을 수 없는 파일 `{name}`: {}", why.ko), format!("`{name}` cannot be read: {}", why.en)),
        )
        .help(says("경로와 권한을 확인한다", "check the path and the permissions"))
    };
    // Before it is opened: opening a pipe waits for somebody to write.
    let meta = std::fs::metadata(path).map_err(|e| unreadable(why_not(&e)))?;
    if !meta.is_file() {
        return Err(unreadable(says("보통 파일이 아니다", "not a regular file")));
    }
    let file = std::fs::File::open(path).map_err(|e| unreadable(why_not(&e)))?;
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len().min(limit) + 1).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| unreadable(why_not(&e)))?;
    if bytes.len() as u64 > limit {
        let size = meta.len().max(limit + 1);
        return Err(Diagnostic::error(
            Code::TooLarge,
            &SourceFile::nameless(name),
            Span::default(),
            says(
                format!("`{name}`: 크기가 {size}바이트이다. {limit}바이트까지만 읽는다"),
                format!("`{name}` has {size} bytes; at most {limit} are read"),
            ),
        )
        .help(says("파일을 나누거나, 맞는 파일인지 확인한다", "split it, or check that it is the right file")));
    }
    if let Some(encoding) = encoding(&bytes) {
        let good = std::str::from_utf8(&bytes).map_or_else(|bad| bad.valid_up_to(), str::len);
        let line = bytes[..good].split(|byte| *byte == b'\n').count();
        let nowhere = SourceFile::nameless(name);
        return Err(Diagnostic::error(Code::NotUtf8, &nowhere, Span::default(), encoding.message(name, line))
            .help(encoding.help()));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    Ok(SourceFile::read_at(name, text, path))
}

/// A file that holds more values than are read.
pub(super) fn too_many_values(file: &SourceFile, span: Span) -> Diagnostic {
    let message = says(format!("값이 {MAX_VALUES}개를 넘는다"), format!("it holds more than {MAX_VALUES} values"));
    Diagnostic::error(Code::TooLarge, file, span, message)
        .help(says("파일을 나누거나, 맞는 파일인지 확인한다", "split it, or check that it is the right file"))
}

/// Why the system refuses, in both languages.
pub(crate) fn why_not(error: &std::io::Error) -> Says {
    use std::io::ErrorKind;
    let (ko, en) = match error.kind() {
        ErrorKind::NotFound => ("그런 파일이 없다", "there is no such file"),
        ErrorKind::PermissionDenied => ("읽을 권한이 없다", "there is no permission"),
        ErrorKind::IsADirectory => ("폴더이다", "it is a folder"),
        ErrorKind::StorageFull => ("디스크가 가득 찼다", "the disk is full"),
        ErrorKind::ReadOnlyFilesystem => ("쓸 수 없는 디스크이다", "the disk cannot be written"),
        ErrorKind::UnexpectedEof => ("파일이 도중에 끝난다", "the file ends early"),
        _ => {
            let number = error.raw_os_error().map(|number| format!(" ({number})")).unwrap_or_default();
            return says(format!("운영체제가 거절했다{number}"), format!("the system refuses it{number}"));
        }
    };
    says(ko, en)
}
