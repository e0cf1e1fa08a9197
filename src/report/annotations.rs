//! Findings as annotations of GitHub's runners: a command a line, which the runner shows beside the line of the file.

use super::findings::Findings;
use crate::text::{Code, Severity, escape};

/// One command a finding.
pub fn annotations(it: &Findings<'_>) -> String {
    let each = it.list.iter().map(|finding| {
        let level = match (finding.code, finding.severity) {
            (Code::OpenQuestion, _) => "notice",
            (_, Severity::Error) => "error",
            (_, Severity::Warning) => "warning",
        };
        let (start, end) = (finding.file.position(finding.span.start), finding.file.position(finding.span.end));
        let end = if start.line == end.line { format!(",endColumn={}", end.column) } else { String::new() };
        let help = finding.help.as_ref().map_or_else(String::new, |help| format!("\n{}", help.get(it.lang)));
        format!(
            "::{level} file={},line={},col={}{end},title={}::{}\n",
            property(&it.path(finding)),
            start.line,
            start.column,
            property(&format!("{} {}", finding.code.id(), finding.code.title().get(it.lang))),
            data(&format!("{}{help}", finding.message.get(it.lang))),
        )
    });
    each.collect()
}

/// A text behind `::`: a line break would begin a command of its own.
fn data(text: &str) -> String {
    let text = escape::page(text, &[]);
    text.replace('%', "%25").replace('\n', "%0A")
}

/// A value before `::`, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_file_says_is_a_command() {
        assert_eq!(data("100%\n::error::x\r"), "100%25%0A::error::x\\u{d}");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
