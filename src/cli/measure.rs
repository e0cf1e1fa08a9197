//! `measure`: do a model's weights come from those of others?

use super::Exit;
use super::against::refused;
use super::args::Measure;
use super::screen::Screen;
use crate::evidence::{Document, EvidenceFile};
use crate::facts::Date;
use crate::measure::{Options, measure};
use crate::report::evidence_page;
use crate::text::{Code, Diagnostic, SourceFile, Span, says};

pub(super) fn run(arguments: &Measure, screen: &Screen) -> Exit {
    let options =
        Options { controls: arguments.control.clone(), digests: !arguments.no_digest, trail: arguments.trail.clone() };
    if let Some(day) = arguments.on.as_deref().filter(|day| Date::parse(day).is_none()) {
        screen.problems(bad_day(day).into());
        return Exit::Unusable;
    }
    let mut evidence = match measure(&arguments.model, &arguments.against, &options) {
        Ok(evidence) => evidence,
        Err(error) => {
            screen.problems(refused(&arguments.model, &error));
            return Exit::Unusable;
        }
    };
    if let Some(trail) = &mut evidence.trail {
        trail.attested = attestation(arguments);
    }
    let text = written(&evidence);
    if arguments.json {
        screen.print(&text);
    } else {
        let mut canvas = screen.canvas();
        evidence_page(&evidence, arguments.verbose, screen.lang, &mut canvas);
        screen.print(&canvas.finish());
    }
    if let Some(file) = &arguments.output
        && let Err(error) = std::fs::write(file, text)
    {
        let name = file.display();
        let (ko, en) = (format!("`{name}`에 쓸 수 없다: {error}"), format!("`{name}` cannot be written: {error}"));
        screen.note(screen.say(&ko, &en));
        return Exit::Unusable;
    }
    if evidence.trail.as_ref().is_some_and(|trail| !trail.passed) { Exit::No } else { Exit::Done }
}

/// Who answers for the test of a path.
fn attestation(arguments: &Measure) -> Option<Document> {
    Some(Document {
        title: format!("checkpoint trail of {}", arguments.trail.len()),
        publisher: Some(arguments.assessor.clone()?),
        date: arguments.on.clone(),
        record: arguments.record.clone(),
        url: None,
    })
}

fn bad_day(day: &str) -> Diagnostic {
    let shown = day.escape_debug();
    let message = says(format!("`{shown}`은(는) 날짜가 아니다"), format!("`{shown}` is not a date"));
    let problem = Diagnostic::error(Code::BadDate, &SourceFile::nameless("--on"), Span::default(), message);
    problem.help(says("2026-01-15처럼 적는다", "write it as 2026-01-15"))
}

/// The evidence as its file has it.
fn written(evidence: &EvidenceFile) -> String {
    let mut text = serde_json::to_string_pretty(evidence).unwrap_or_default();
    text.push('\n');
    text
}
