//! Draws a diagnostic under the offending text. The only file that knows miette's renderer.

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::diagnostic::{Diagnostic, Severity};
use super::lang::Lang;
use super::source::SourceFile;

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
    let mut report = MietteDiagnostic::new(super::clean(diagnostic.message.get(lang)))
        .with_code(diagnostic.code.id())
        .with_severity(severity);
    if let Some(help) = &diagnostic.help {
        report = report.with_help(super::clean(help.get(lang)));
    }
    if diagnostic.file.text().is_empty() {
        let mut out = String::new();
        let _ = handler.render_report(&mut out, &report);
        return named(&out, &super::clean(diagnostic.file.name()));
    }
    let label = match lang {
        Lang::Ko => "여기",
        Lang::En => "here",
    };
    let mut labels = vec![LabeledSpan::at(diagnostic.span.range(), label)];
    if let Some((span, text)) = &diagnostic.related {
        labels.push(LabeledSpan::at(span.range(), text.get(lang)));
    }
    report = report.with_labels(labels);
    let source = Counted(harmless(&diagnostic.file));
    let located = Located { report, source };
    let mut out = String::new();
    let _ = handler.render_report(&mut out, &located);
    out
}

/// The file without control characters, which could steer a terminal; every byte stays where it is.
fn harmless(file: &SourceFile) -> SourceFile {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let name = super::clean(file.name());
    if name == file.name() && !file.text().contains(steers) {
        return file.clone();
    }
    let mut text = String::with_capacity(file.text().len());
    for c in file.text().chars() {
        if steers(c) {
            (0..c.len_utf8()).for_each(|_| text.push('?'));
        } else {
            text.push(c);
        }
    }
    SourceFile::new(name, text)
}

fn named(out: &str, name: &str) -> String {
    if out.contains(name) { out.to_owned() } else { format!("{out}  {name}\n") }
}

/// A report with its source text.
#[derive(Debug)]
struct Located {
    report: MietteDiagnostic,
    source: Counted,
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

/// The file as miette wants it, with columns counted in characters: miette counts bytes, and a Korean letter has three.
#[derive(Debug)]
struct Counted(SourceFile);

impl SourceCode for Counted {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let mut inner = self.0.text().read_span(span, before, after)?;
        if inner.data().len() > MAX_SHOWN {
            inner = self.0.text().read_span(span, 0, 0)?;
        }
        let start = u32::try_from(inner.span().offset()).unwrap_or(u32::MAX);
        let position = self.0.position(start);
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name().to_owned(),
            inner.data(),
            *inner.span(),
            inner.line(),
            position.column as usize - 1,
            inner.line_count(),
        )))
    }
}
