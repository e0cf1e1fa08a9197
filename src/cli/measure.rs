//! `measure`: does a model share its weights with others?

use std::path::{Path, PathBuf};

use super::Exit;
use super::against::{name, refused};
use super::args::Measure;
use super::claims;
use super::output::{may_write, write};
use super::progress;
use super::screen::Screen;
use crate::evidence::{Document, EvidenceFile};
use crate::facts::Date;
use crate::measure::{MeasureError, Options, Part, measure};
use crate::report::{evidence_page, to_text};
use crate::text::{Code, Diagnostic, SourceFile, Span, Untrusted, says};
use crate::weights::Access;

pub(super) fn run(arguments: &Measure, screen: &Screen) -> Exit {
    let shard = arguments.shard.as_deref().map(|text| Part::parse(text).ok_or(text)).transpose();
    let shard = match shard {
        Ok(shard) => shard,
        Err(text) => {
            let message = says(format!("`{text}`: 나눈 측정의 부분이 아니다"), format!("`{text}` is no part of a run"));
            let problem = Diagnostic::error(Code::BadOption, &SourceFile::nameless(text), Span::default(), message);
            let help = says("여덟 부분의 둘째는 2/8로 쓴다", "the second of eight parts is written 2/8");
            screen.problems(problem.help(help).into());
            return Exit::Unusable;
        }
    };
    let options = Options {
        shard,
        resume: arguments.resume.clone(),
        controls: arguments.control.clone(),
        quick: arguments.quick,
        digests: !arguments.no_digest && (!arguments.quick || arguments.digest),
        access: if arguments.map { Access::Map } else { Access::Read },
        trail: arguments.trail.clone(),
        progress: progress::meter(screen, arguments.progress),
    };
    if let Some(day) = arguments.on.as_deref().filter(|day| Date::parse(day).is_none()) {
        screen.problems(bad_day(day).into());
        return Exit::Unusable;
    }
    let against: Vec<PathBuf> = arguments.against.iter().map(|reference| reference.path.clone()).collect();
    let models = [&against, &arguments.control, &arguments.trail].into_iter().flatten();
    let read = models.chain(&arguments.claims).chain(&arguments.resume).chain([&arguments.model]).map(PathBuf::as_path);
    if !may_write(&arguments.output, read, screen) {
        return Exit::Unusable;
    }
    let claims = match arguments.claims.as_deref().map(claims::read).transpose() {
        Ok(claims) => claims,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let nothing = claims.is_some() && against.is_empty();
    let found =
        if nothing { claims::unmeasured(&arguments.model) } else { measure(&arguments.model, &against, &options) };
    let mut evidence = match found {
        Ok(evidence) => evidence,
        Err(error) => {
            refuse(&error, &arguments.model, screen);
            return Exit::Unusable;
        }
    };
    name(&mut evidence, &arguments.against, &arguments.pass_over);
    if let Some(trail) = &mut evidence.trail {
        trail.attested = attestation(arguments);
    }
    let text = written(&evidence);
    let refuted = match &claims {
        Some(claims) => claims::answer(claims, &evidence, arguments, screen),
        None => {
            show(&evidence, &text, arguments, screen);
            false
        }
    };
    if let Some(file) = &arguments.output
        && !write(file, text.as_bytes(), screen)
    {
        return Exit::Unusable;
    }
    let failed = evidence.trail.as_ref().is_some_and(|trail| !trail.passed);
    if failed || refuted { Exit::No } else { Exit::Done }
}

fn show(evidence: &EvidenceFile, text: &str, arguments: &Measure, screen: &Screen) {
    if arguments.json {
        screen.print(text);
        return;
    }
    let mut canvas = screen.canvas();
    evidence_page(evidence, arguments.verbose, screen.lang, &mut canvas);
    screen.print(&canvas.finish());
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
    let shown = Untrusted::new(day);
    let message = says(format!("`{shown}`은(는) 날짜가 아니다"), format!("`{shown}` is not a date"));
    let problem = Diagnostic::error(Code::BadDate, &SourceFile::nameless("--on"), Span::default(), message);
    problem.help(says("2026-01-15처럼 적는다", "write it as 2026-01-15"))
}

/// Says why a model or sketch could not be used.
pub(super) fn refuse(error: &MeasureError, model: &Path, screen: &Screen) {
    screen.problems(refused(model, error));
}

/// The evidence as its file has it.
pub(super) fn written(evidence: &EvidenceFile) -> String {
    to_text(evidence)
}
