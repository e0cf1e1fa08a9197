//! What is wrong with a file of a maker: for people and for programs.

use serde_json::{Value, json};

use super::canvas::{Canvas, Tone};
use crate::text::{Code, Diagnostic, Lang, Severity};

/// Findings of one run.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// What the run is called.
    pub name: &'a str,
    /// The model as it was named, before the names of its files; empty for a file alone.
    pub base: &'a str,
    /// The findings, in the order of files and places.
    pub list: &'a [Diagnostic],
    /// The language.
    pub lang: Lang,
}

impl Findings<'_> {
    /// Where the file of a finding stands, seen from where the program was called.
    pub(super) fn path(&self, finding: &Diagnostic) -> String {
        let name = finding.file.name();
        let base = self.base.trim_end_matches('/').trim_start_matches("./");
        if base.is_empty() || base == "." || name.starts_with(base) {
            name.to_owned()
        } else {
            format!("{base}/{name}")
        }
    }

    fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::Ko { ko } else { en }
    }
}

/// The findings as a page; questions that are open stand at its end.
pub fn findings_page(it: &Findings<'_>, canvas: &mut Canvas) {
    let (open, wrong): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        it.list.iter().partition(|finding| finding.code == Code::OpenQuestion);
    for finding in &wrong {
        let start = finding.file.position(finding.span.start);
        let word = match finding.severity {
            Severity::Error => it.say("오류", "error"),
            Severity::Warning => it.say("경고", "warning"),
        };
        let place = if finding.file.text().is_empty() {
            finding.file.name().to_owned()
        } else {
            format!("{}:{}:{}", finding.file.name(), start.line, start.column)
        };
        let head = format!("{place}: {word} {}", finding.code.id());
        let head = canvas.paint(&head, Tone::Heading);
        canvas.paragraph(0, "", &head);
        canvas.paragraph(2, "", finding.message.get(it.lang));
        if let Some(help) = &finding.help {
            canvas.paragraph(4, "→ ", help.get(it.lang));
        }
    }
    if !open.is_empty() {
        if !wrong.is_empty() {
            canvas.blank();
        }
        canvas.line(it.say("답하지 않은 물음", "Questions that are open"));
        for question in &open {
            let start = question.file.position(question.span.start);
            let text = format!("{} ({}:{})", question.message.get(it.lang), question.file.name(), start.line);
            canvas.paragraph(2, "? ", &text);
        }
        let how = it.say(
            "`sovgrade card new`가 이것을 답할 수 있는 말과 함께 카드에 적어 준다.",
            "`sovgrade card new` writes them into the card, with what may be answered.",
        );
        canvas.paragraph(2, "", how);
    }
    if !it.list.is_empty() {
        canvas.blank();
    }
    canvas.paragraph(0, "", &total(it, wrong.len(), open.len()));
}

fn total(it: &Findings<'_>, wrong: usize, open: usize) -> String {
    let errors = it.list.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = wrong - errors.min(wrong);
    match it.lang {
        Lang::Ko => format!("오류 {errors}개, 경고 {warnings}개, 답하지 않은 물음 {open}개"),
        Lang::En => format!(
            "{errors} error{}, {warnings} warning{}, {open} open question{}",
            if errors == 1 { "" } else { "s" },
            if warnings == 1 { "" } else { "s" },
            if open == 1 { "" } else { "s" }
        ),
    }
}

/// The findings as JSON.
pub fn findings_json(it: &Findings<'_>) -> Value {
    let each = it.list.iter().map(|finding| {
        let (start, end) = (finding.file.position(finding.span.start), finding.file.position(finding.span.end));
        let severity = match (finding.code, finding.severity) {
            (Code::OpenQuestion, _) => "open",
            (_, Severity::Error) => "error",
            (_, Severity::Warning) => "warning",
        };
        json!({
            "code": finding.code.id(),
            "severity": severity,
            "file": finding.file.name(),
            "line": start.line,
            "column": start.column,
            "end-line": end.line,
            "end-column": end.column,
            "message": finding.message.get(it.lang),
            "help": finding.help.as_ref().map(|help| help.get(it.lang)),
            "fix": finding.fix.as_ref().map(|(_, text)| text),
        })
    });
    json!({"schema": "sovgrade/card-check/1", "model": it.name, "findings": each.collect::<Vec<_>>()})
}
