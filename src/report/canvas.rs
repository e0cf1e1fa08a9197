//! Lines of text for a terminal: width, wrapping, colour or none, and signs for those who want plain ASCII.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

/// The width of a text in columns; a Korean syllable has two, a colour none.
pub fn width_of(text: &str) -> usize {
    display_width(text)
}

/// What a piece of text is, for its colour. Nothing is said by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Heading,
    /// Good.
    Good,
    /// Bad.
    Bad,
    /// Open.
    Open,
    /// Beside the point.
    Faint,
}

/// Collects lines.
#[derive(Debug, Clone)]
pub struct Canvas {
    out: String,
    width: usize,
    colour: bool,
    plain: bool,
}

impl Canvas {
    /// A canvas of `width` columns; `plain` draws in ASCII.
    pub fn new(width: usize, colour: bool, plain: bool) -> Self {
        Self { out: String::new(), width: width.clamp(40, 200), colour, plain }
    }

    /// Whether to draw in ASCII.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// The text so far.
    pub fn finish(self) -> String {
        self.out
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.out.push('\n');
    }

    /// A heading with an empty line before it.
    pub fn heading(&mut self, text: &str) {
        self.blank();
        let painted = self.paint(text, Tone::Heading);
        let _ = writeln!(self.out, "{painted}");
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}", text.trim_end());
    }

    /// A paragraph, wrapped, each line indented by `indent`, the first one begun with `mark`.
    pub fn paragraph(&mut self, indent: usize, mark: &str, text: &str) {
        let hang = " ".repeat(indent + width_of(mark));
        let first = format!("{}{mark}", " ".repeat(indent));
        // Korean is broken between words, as a book would, not between syllables.
        let options = Options::new(self.width)
            .initial_indent(&first)
            .subsequent_indent(&hang)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        for line in textwrap::wrap(text, options) {
            let _ = writeln!(self.out, "{}", line.trim_end());
        }
    }

    /// A text in a tone.
    pub fn paint(&self, text: &str, tone: Tone) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Heading => Style::new().bold(),
            Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())),
            Tone::Open => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Faint => Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }
}

/// A text padded with blanks to `width` columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_takes_two_columns() {
        assert_eq!(width_of("등급 T4"), 7);
        assert_eq!(padded("등급", 6), "등급  ");
        let mut canvas = Canvas::new(40, false, true);
        canvas.paragraph(2, "- ", "가중치를 무작위 초기화에서 자체 학습했다고 하지만 증거가 없다.");
        assert!(canvas.finish().lines().all(|line| width_of(line) <= 40));
    }
}
