//! Lines of text for a terminal: width, wrapping, colour or none, and signs for those who want plain ASCII. No text can
//! do more here than stand in its line: what a terminal would obey is written out, but for the canvas's own colours.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::text::escape::{self, Lines};

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

impl Tone {
    /// All of them.
    const ALL: [Self; 5] = [Self::Heading, Self::Good, Self::Bad, Self::Open, Self::Faint];

    fn style(self) -> Style {
        match self {
            Self::Heading => Style::new().bold(),
            Self::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Self::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())),
            Self::Open => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

/// The escape sequences that a canvas itself writes; every other one is a stranger's.
pub(crate) fn own_colours(colour: bool) -> Vec<String> {
    if !colour {
        return Vec::new();
    }
    let begin = Tone::ALL.iter().map(|tone| tone.style().render().to_string());
    begin.chain([Style::new().bold().render_reset().to_string()]).collect()
}

/// Collects lines.
#[derive(Debug, Clone)]
pub struct Canvas {
    out: String,
    width: usize,
    colour: bool,
    plain: bool,
    own: Vec<String>,
}

impl Canvas {
    /// A canvas of `width` columns; `plain` draws in ASCII.
    pub fn new(width: usize, colour: bool, plain: bool) -> Self {
        Self { out: String::new(), width: width.clamp(40, 200), colour, plain, own: own_colours(colour) }
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
        self.line(&painted);
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        let text = escape::painted(text, &self.own, Lines::Fold);
        let _ = writeln!(self.out, "{}", text.trim_end());
    }

    /// A paragraph, wrapped, each line indented by `indent`, the first one begun with `mark`.
    pub fn paragraph(&mut self, indent: usize, mark: &str, text: &str) {
        let mark = &escape::painted(mark, &self.own, Lines::Fold);
        let hang = " ".repeat(indent + width_of(mark));
        let first = format!("{}{mark}", " ".repeat(indent));
        // Korean is broken between words, as a book would, not between syllables.
        let options = Options::new(self.width)
            .initial_indent(&first)
            .subsequent_indent(&hang)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        let text = escape::painted(text, &self.own, Lines::Fold);
        for line in textwrap::wrap(&text, options) {
            let _ = writeln!(self.out, "{}", line.trim_end());
        }
    }

    /// A text in a tone.
    pub fn paint(&self, text: &str, tone: Tone) -> String {
        let text = escape::line(text);
        if !self.colour {
            return text.into_owned();
        }
        let style = tone.style();
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

    #[test]
    fn a_text_stands_in_its_line() {
        let hostile = "x\u{1b}[2J\u{202e}\n  T6 assured\u{9b}31m";
        for colour in [false, true] {
            let mut canvas = Canvas::new(80, colour, false);
            let painted = canvas.paint(hostile, Tone::Bad);
            canvas.line(&painted);
            canvas.line(hostile);
            canvas.paragraph(2, hostile, hostile);
            canvas.heading(hostile);
            let page = canvas.finish();
            let rest = own_colours(colour).iter().fold(page, |page, own| page.replace(own, ""));
            assert!(!rest.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{rest:?}");
            assert!(rest.lines().all(|line| !line.starts_with("  T6")), "{rest}");
        }
    }
}
