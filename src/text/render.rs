//! Draws a diagnostic under the offending text. The only file that knows miette's renderer.

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::diagnostic::{Diagnostic, Severity};
use super::lang::Lang;
use super::sight::is_hidden;
use super::source::{SourceFile, Span};

/// The text of one diagnostic, ending in a line break.
///
/// `colour` asks for ANSI colours, `plain` for ASCII drawing; `width` is the number of columns.
pub fn render(diagnostic: &Diagnostic, lang: Lang, colour: bool, plain: bool, width: usize) -> String {
    let theme = match (plain, colour) {
        (true, _) => GraphicalTheme::none(),
        (false, true) => GraphicalTheme::unicode(),
        (false, false) => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_context_lines(1)
        .with_links(false)
        .with_break_words(false)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
    let severity = match diagnostic.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
    };
    let mut report = MietteDiagnostic::new(line(diagnostic.message.get(lang)))
        .with_code(diagnostic.code.id())
        .with_severity(severity);
    if let Some(help) = &diagnostic.help {
        report = report.with_help(line(help.get(lang)));
    }
    if diagnostic.file.text().is_empty() {
        let mut out = String::new();
        let _ = handler.render_report(&mut out, &report);
        return named(&out, &line(diagnostic.file.name()));
    }
    let label = match lang {
        Lang::Ko => "여기",
        Lang::En => "here",
    };
    let source = Shown::of(&diagnostic.file);
    let mut labels = vec![LabeledSpan::at(source.range(short(&diagnostic.file, diagnostic.span)), label)];
    if let Some((span, text)) = &diagnostic.related {
        labels.push(LabeledSpan::at(source.range(short(&diagnostic.file, *span)), line(text.get(lang))));
    }
    report = report.with_labels(labels);
    let located = Located { report, source };
    let mut out = String::new();
    let _ = handler.render_report(&mut out, &located);
    out
}

/// Most lines, and bytes of one line, that a message shows of what it is about; of more, its beginning.
const MOST_LINES: usize = 40;
const MOST_BYTES: usize = 400;

/// A place of a file, or where it begins if it would fill pages.
fn short(file: &SourceFile, span: Span) -> Span {
    let first = file.slice(file.first_line(span));
    if first.len() > MOST_BYTES {
        let end = (0..=MOST_BYTES).rev().find(|at| first.is_char_boundary(*at)).unwrap_or_default();
        return Span::new(span.start as usize, span.start as usize + end);
    }
    if file.slice(span).lines().nth(MOST_LINES).is_some() { file.first_line(span) } else { span }
}

fn line(text: &str) -> String {
    super::escape::line(text).into_owned()
}

fn named(out: &str, name: &str) -> String {
    if out.contains(name) { out.to_owned() } else { format!("{out}  {name}\n") }
}

/// A report with its source text.
#[derive(Debug)]
struct Located {
    report: MietteDiagnostic,
    source: Shown,
}

impl std::fmt::Display for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.report.fmt(f)
    }
}

impl std::error::Error for Located {}

impl miette::Diagnostic for Located {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.report.code()
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.report.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.report.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.report.labels()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }
}

/// Bytes of a file that are shown around a mistake; beyond them (a file of one long line) only the mistake is.
const MAX_SHOWN: usize = 2_000;

/// The file as miette wants it: every hidden character written out, and columns counted in the file's own characters
/// (miette counts bytes, and a Korean letter has three).
#[derive(Debug)]
struct Shown {
    file: SourceFile,
    /// The same as it is shown.
    legible: SourceFile,
    /// Where a byte of the file and one of the shown text mean the same, behind each character that was written out.
    steps: Vec<(usize, usize)>,
}

impl Shown {
    fn of(file: &SourceFile) -> Self {
        let mut steps = vec![(0, 0)];
        let mut text = String::new();
        let mut done = 0;
        for (at, c) in file.text().char_indices().filter(|(_, c)| !matches!(c, '\n' | '\t')) {
            // A carriage return stands at the end of a line or is written out; blanks of other widths may stay.
            let line_end = c == '\r' && file.text()[at + 1..].starts_with('\n');
            if !line_end && (is_hidden(c) || c == '\r') {
                text.push_str(&file.text()[done..at]);
                text.extend(c.escape_unicode());
                done = at + c.len_utf8();
                steps.push((done, text.len()));
            }
        }
        let name = line(file.name());
        let shown = if steps.len() == 1 && name == file.name() {
            file.clone()
        } else {
            text.push_str(&file.text()[done..]);
            SourceFile::new(name, text)
        };
        Self { file: file.clone(), legible: shown, steps }
    }

    /// Where a byte of the file stands in the shown text.
    fn place(&self, byte: usize) -> usize {
        let (of, shown) = self.steps[self.steps.partition_point(|(of, _)| *of <= byte) - 1];
        let next = self.steps.iter().find(|(other, _)| *other > byte);
        // A span ends behind what was written out, or before it.
        (shown + byte - of).min(next.map_or(self.legible.text().len(), |(_, shown)| *shown))
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        self.place(span.start as usize)..self.place(span.end as usize)
    }

    /// Which byte of the file stands at one of the shown text.
    fn origin(&self, byte: usize) -> usize {
        let (of, shown) = self.steps[self.steps.partition_point(|(_, shown)| *shown <= byte) - 1];
        of + byte - shown
    }
}

impl SourceCode for Shown {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let mut inner = self.legible.text().read_span(span, before, after)?;
        if inner.data().len() > MAX_SHOWN {
            inner = self.legible.text().read_span(span, 0, 0)?;
        }
        let start = u32::try_from(self.origin(inner.span().offset())).unwrap_or(u32::MAX);
        let position = self.file.position(start);
        Ok(Box::new(MietteSpanContents::new_named(
            self.legible.name().to_owned(),
            inner.data(),
            *inner.span(),
            inner.line(),
            position.column as usize - 1,
            inner.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Code, says};
    use super::*;

    #[test]
    fn a_quoted_line_steers_nothing_and_is_underlined_where_it_should_be() {
        let text = "a: 1\nb\u{202e}\u{1b}[31m: wrong\r\nc: 3\n";
        let file = SourceFile::new("n\u{1b}\n.yaml", text);
        let at = text.find("wrong").expect("there");
        let message = says("말\u{1b}", "word\u{1b}\nT6");
        let problem = Diagnostic::error(Code::Syntax, &file, Span::new(at, at + 5), message);
        let page = render(&problem, Lang::En, false, false, 100);
        assert!(!page.replace('\n', "").chars().any(|c| is_hidden(c) || c == '\r'), "{page:?}");
        assert!(page.contains("n\\u{1b} .yaml:2:10"), "{page}");
        let lines: Vec<&str> = page.lines().collect();
        let quoted = lines.iter().position(|line| line.contains("wrong")).expect("quoted");
        let column = |line: &str, word: &str| line.find(word).map(|at| line[..at].chars().count());
        assert_eq!(column(lines[quoted], "wrong"), column(lines[quoted + 1], "─"), "{page}");
    }
}
