//! What is read at most, and reading under these limits.

use std::io::Read;
use std::path::Path;

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::lang::says;
use super::source::{SourceFile, Span};

/// Largest text file that is read whole. A ruleset criterion has 5 kB, a model card with gated prompts some 100 kB,
/// a tokenizer file 40 MB; only the last is read with a limit of its own.
pub const MAX_TEXT_BYTES: u64 = 8 << 20;

/// Deepest nesting of YAML or JSON. The rule language needs about 16.
pub const MAX_DEPTH: usize = 64;

/// Problems reported of one file; a file of a stranger may have millions.
pub const MAX_PROBLEMS: usize = 100;

/// Reads a text file of at most `limit` bytes as UTF-8, without a byte order mark.
///
/// # Errors
/// One diagnostic: unreadable, not a regular file, too large, or not UTF-8 (with the offset of the first bad byte).
pub fn read_text(path: &Path, name: &str, limit: u64) -> Result<SourceFile, Diagnostic> {
    let unreadable = |why: &str| {
        Diagnostic::error(
            Code::Unreadable,
            &SourceFile::nameless(name),
            Span::default(),
            says(format!("`{name}`을 읽을 수 없다: {why}"), format!("`{name}` cannot be read: {why}")),
        )
    };
    let file = std::fs::File::open(path).map_err(|e| unreadable(&e.to_string()))?;
    let meta = file.metadata().map_err(|e| unreadable(&e.to_string()))?;
    if !meta.is_file() {
        return Err(unreadable("not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| unreadable(&e.to_string()))?;
    if bytes.len() as u64 > limit {
        let size = meta.len().max(limit + 1);
        return Err(Diagnostic::error(
            Code::TooLarge,
            &SourceFile::nameless(name),
            Span::default(),
            says(
                format!("`{name}`은 {size}바이트로, 읽을 수 있는 크기 {limit}바이트를 넘는다"),
                format!("`{name}` has {size} bytes; at most {limit} are read"),
            ),
        ));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Diagnostic::error(
            Code::NotUtf8,
            &SourceFile::nameless(name),
            Span::default(),
            says(
                format!("`{name}`은 UTF-8이 아니다: {at}번째 바이트부터 잘못되었다"),
                format!("`{name}` is not UTF-8: the first bad byte is at offset {at}"),
            ),
        )
        .help(says("파일을 UTF-8로 다시 저장한다", "save the file again as UTF-8"))
    })?;
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned);
    Ok(SourceFile::new(name, text))
}
