//! `measure`: does a model share its weights with others?

use std::path::{Path, PathBuf};

use super::Exit;
use super::against::{name, refused};
use super::args::Measure;
use super::output::{may_write, write};
use super::progress;
use super::screen::Screen;
use crate::claims::{Claim, Ruling, Verdict, claims_of, settle};
use crate::evidence::{Document, EvidenceFile, Subject};
use crate::facts::Date;
use crate::gather::gather;
use crate::import::ancestors;
use crate::measure::{MeasureError, Options, Part, measure};
use crate::report::{claims_json, claims_page, evidence_page, to_text};
use crate::text::{Code, Diagnostic, Diagnostics, MAX_TEXT_BYTES, SourceFile, Span, Untrusted, clean, read_text, says};
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
    let claims = match arguments.claims.as_deref().map(claims).transpose() {
        Ok(claims) => claims,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let mut evidence = match measured_or_nothing(&arguments.model, &against, &options, claims.is_some()) {
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
    let rulings = claims.as_deref().map(|claims| settle(claims, &evidence));
    if let Some(rulings) = &rulings {
        show_claims(rulings, &evidence, arguments, screen);
    }
    if rulings.is_some() {
        // The measurement stands below what it was asked for, where all figures are wanted.
    } else if arguments.json {
        screen.print(&text);
    } else {
        let mut canvas = screen.canvas();
        evidence_page(&evidence, arguments.verbose, screen.lang, &mut canvas);
        screen.print(&canvas.finish());
    }
    if let Some(file) = &arguments.output
        && !write(file, text.as_bytes(), screen)
    {
        return Exit::Unusable;
    }
    let refuted = |rulings: &Vec<Ruling<'_>>| rulings.iter().any(|ruling| ruling.verdict == Verdict::Refuted);
    let no = evidence.trail.as_ref().is_some_and(|trail| !trail.passed) || rulings.as_ref().is_some_and(refuted);
    if no { Exit::No } else { Exit::Done }
}

/// The claims of a bill of materials, or of a card and what lies beside it.
fn claims(path: &Path) -> Result<Vec<Claim>, Diagnostics> {
    if path.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
        let name = clean(&path.to_string_lossy());
        return ancestors(&read_text(path, &name, MAX_TEXT_BYTES)?);
    }
    Ok(claims_of(&gather(path, &[])?.dossier))
}

/// Measures; with claims and nothing to compare with, the claims are open.
fn measured_or_nothing(
    model: &Path,
    against: &[PathBuf],
    options: &Options,
    claimed: bool,
) -> Result<EvidenceFile, MeasureError> {
    if claimed && against.is_empty() {
        let id = clean(&model.file_name().unwrap_or(model.as_os_str()).to_string_lossy());
        return Ok(EvidenceFile { subject: Subject { id, ..Subject::default() }, ..EvidenceFile::default() });
    }
    measure(model, against, options)
}

fn show_claims(rulings: &[Ruling<'_>], evidence: &EvidenceFile, arguments: &Measure, screen: &Screen) {
    if arguments.json {
        screen.print(&to_text(&claims_json(rulings, evidence, screen.lang)));
        return;
    }
    let mut canvas = screen.canvas();
    claims_page(rulings, evidence, screen.lang, &mut canvas);
    if arguments.verbose && !evidence.links.is_empty() {
        canvas.blank();
        evidence_page(evidence, true, screen.lang, &mut canvas);
    }
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
