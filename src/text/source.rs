//! Source files, byte spans, and the way from a byte to a line.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::untrusted::Untrusted;

/// A range of bytes of one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of byte offsets. Files are smaller than 4 GiB (see `limits.rs`), so nothing is lost.
    pub fn new(start: usize, end: usize) -> Self {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end.max(start)) }
    }

    /// The span as a range of indexes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The span moved by `by` bytes: a block inside a larger file.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self::new(self.start as usize + by, self.end as usize + by)
    }
}

/// A value with the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A line and a column, both counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column in characters, as an editor counts.
    pub column: u32,
}

/// A text file that was read, shared by everything that points into it.
#[derive(Debug, Clone)]
pub struct SourceFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    /// Where it lies, if it was read from a disk.
    path: Option<PathBuf>,
    text: String,
    line_starts: Vec<usize>,
    /// Characters before every [`STRIDE`]th byte, so that a place in a line of a megabyte is found without counting all
    /// before it.
    characters: OnceLock<Vec<usize>>,
}

/// Bytes between two places at which characters are counted.
const STRIDE: usize = 1024;

impl SourceFile {
    /// A file with its text. `name` is what messages call it, hence shown as [`Untrusted`] text is.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::at(name, text, None)
    }

    /// A file that was read from a disk, with the place where it lies.
    pub(super) fn read_at(name: impl Into<String>, text: impl Into<String>, path: &Path) -> Self {
        Self::at(name, text, Some(path.to_owned()))
    }

    /// The same file with another text.
    #[must_use]
    pub fn with_text(&self, text: impl Into<String>) -> Self {
        Self::at(self.name(), text, self.0.path.clone())
    }

    fn at(name: impl Into<String>, text: impl Into<String>, path: Option<PathBuf>) -> Self {
        let (name, text) = (Untrusted::new(&name.into()).into_string(), text.into());
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self(Arc::new(Inner { name, path, text, line_starts, characters: OnceLock::new() }))
    }

    /// A file whose text could not be had: only its name is known.
    pub fn nameless(name: &str) -> Self {
        Self::new(name, "")
    }

    /// What messages call the file.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it lies. The name is for people and may not lead there.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The text of a span, cut at the ends of the file.
    pub fn slice(&self, span: Span) -> &str {
        self.0.text.get(span.range()).unwrap_or("")
    }

    /// The first line of a span: a report should not underline a whole page.
    pub fn first_line(&self, span: Span) -> Span {
        let text = self.slice(span);
        let length = text.find('\n').unwrap_or(text.len());
        Span::new(span.start as usize, span.start as usize + length.max(1))
    }

    /// Line and column of a byte.
    pub fn position(&self, byte: u32) -> Position {
        let byte = (byte as usize).min(self.0.text.len());
        let line = self.0.line_starts.partition_point(|&start| start <= byte);
        let start = self.0.line_starts[line - 1];
        let column = self.characters_before(byte) - self.characters_before(start) + 1;
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position { line: narrow(line), column: narrow(column) }
    }

    /// The byte of a line and a column; the end of the line where it is shorter.
    pub fn byte_at(&self, at: Position) -> usize {
        let line = at.line.saturating_sub(1) as usize;
        let Some(&start) = self.0.line_starts.get(line) else { return self.0.text.len() };
        let text = self.line(at.line);
        let column = at.column.saturating_sub(1) as usize;
        start + text.char_indices().nth(column).map_or(text.len(), |(byte, _)| byte)
    }

    /// Characters that begin before a byte.
    fn characters_before(&self, byte: usize) -> usize {
        let text = self.0.text.as_bytes();
        let begins = |part: &[u8]| part.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count();
        let counted = self.0.characters.get_or_init(|| {
            let blocks = text.chunks(STRIDE).scan(0, |sum, block| {
                *sum += begins(block);
                Some(*sum)
            });
            std::iter::once(0).chain(blocks).collect()
        });
        counted[byte / STRIDE] + begins(&text[byte / STRIDE * STRIDE..byte])
    }

    /// The text of a line, counted from 1, without its end.
    pub fn line(&self, line: u32) -> &str {
        let at = line.saturating_sub(1) as usize;
        let Some(&start) = self.0.line_starts.get(at) else { return "" };
        let end = self.0.line_starts.get(at + 1).copied().unwrap_or(self.0.text.len());
        self.0.text[start..end].trim_end_matches(['\n', '\r'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let file = SourceFile::new("규칙.yaml", "첫 줄\n  - 이름: 값\n");
        let at = file.text().find("값").unwrap_or_default();
        assert_eq!(file.position(u32::try_from(at).unwrap_or_default()), Position { line: 2, column: 9 });
        assert_eq!(file.line(2), "  - 이름: 값");
        assert_eq!(file.position(9_999).line, 3);
    }

    #[test]
    fn places_in_long_lines_are_those_of_counting() {
        let text: String = (0..5_000).map(|n| ["a", "가", "é", "🚀", "\n"][n * n % 37 % 5]).collect();
        let file = SourceFile::new("t", text.as_str());
        for (byte, _) in text.char_indices() {
            let line = text[..byte].rfind('\n').map_or(0, |at| at + 1);
            let column = u32::try_from(text[line..byte].chars().count() + 1).expect("small");
            assert_eq!(file.position(u32::try_from(byte).expect("small")).column, column);
        }
    }
}
