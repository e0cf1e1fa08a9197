//! `verify`: whether a submission holds.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Exit;
use super::against::measured;
use super::args_submission::Verify;
use super::bundle::{archive, written_at};
use super::output::{deliver, may_write, targets, write};
use super::progress;
use super::screen::Screen;
use crate::bundle::{
    Asked, SignedModel, VERIFICATION, Verified, signed_model, summary, verified_json, verified_page, verify,
};
use crate::facts::Date;
use crate::report::to_text;
use crate::signing::{MAX_ENVELOPE_BYTES, PublicKey, Statement};
use crate::text::{Code, Diagnostic, Diagnostics, Lang, SourceFile, Span, clean, read_text, says};

pub(super) fn run(arguments: &Verify, screen: &Screen) -> Exit {
    let targets = match targets(&arguments.formats, &["human", "json"]) {
        Ok(targets) => targets,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let outputs = targets.iter().filter_map(|target| target.file.as_ref()).chain(&arguments.output);
    let against = arguments.against.iter().map(|reference| reference.path.as_path());
    let read = [arguments.file.as_path()].into_iter().chain(arguments.model.as_deref()).chain(against);
    if !may_write(outputs, read.chain(arguments.trust.iter().map(PathBuf::as_path)), screen) {
        return Exit::Unusable;
    }
    if let Some(signature) = signature(&arguments.file) {
        return signed(arguments, &signature, screen);
    }
    let it = match verified(arguments, screen) {
        Ok(it) => it,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let name = arguments.file.file_name().map(|name| clean(&name.to_string_lossy())).unwrap_or_default();
    let mut written = true;
    for target in &targets {
        let text = if target.word == "json" {
            to_text(&verified_json(&it))
        } else {
            let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
            verified_page(&it, &name, screen.lang, &mut canvas);
            canvas.finish()
        };
        written &= deliver(target.file.as_deref(), &text, screen);
    }
    if let Some(output) = &arguments.output {
        let statement = summary(&it, &name, &arguments.verifier, arguments.on.as_deref());
        written &= write(output, to_text(&statement.to_json()).as_bytes(), screen);
    }
    match (written, it.passed()) {
        (false, _) => Exit::Unusable,
        (true, true) => Exit::Done,
        (true, false) => Exit::No,
    }
}

/// The bytes of a file that is no archive and begins as JSON does: a signature of model-signing.
fn signature(path: &Path) -> Option<Vec<u8>> {
    let text = read_text(path, "", MAX_ENVELOPE_BYTES).ok()?;
    text.text().trim_start().starts_with('{').then(|| text.text().as_bytes().to_vec())
}

/// A signature over a model's files, checked against the model.
fn signed(arguments: &Verify, signature: &[u8], screen: &Screen) -> Exit {
    let name = arguments.file.file_name().map(|name| clean(&name.to_string_lossy())).unwrap_or_default();
    let checked = || -> Result<SignedModel, Diagnostics> {
        let Some(model) = &arguments.model else { return Err(needs(&name, "--model")) };
        if arguments.trust.is_empty() {
            return Err(needs(&name, "--trust"));
        }
        let keys = arguments.trust.iter().map(|path| PublicKey::read(path)).collect::<Result<Vec<_>, _>>()?;
        let meter = progress::meter(screen, arguments.progress);
        signed_model(signature, &name, model, &keys, &meter)?.map_err(|why| {
            let message = says(
                format!("`{name}`: 서명이 확인되지 않는다: {}", why.ko),
                format!("`{name}`: the signature does not verify: {}", why.en),
            );
            Diagnostic::error(Code::BadSignature, &SourceFile::nameless(&name), Span::default(), message).into()
        })
    };
    match checked() {
        Ok(it) => {
            screen.print(&told(&it, &name, screen.lang));
            if it.findings.is_empty() { Exit::Done } else { Exit::No }
        }
        Err(problems) => {
            // A signature that was looked at and is not by these keys is an answer.
            let answered = problems.iter().all(|problem| problem.code == Code::BadSignature);
            screen.problems(problems);
            if answered { Exit::No } else { Exit::Unusable }
        }
    }
}

fn told(it: &SignedModel, file: &str, lang: Lang) -> String {
    let SignedModel { name, key, files, findings } = it;
    let mut text = match (lang, findings.is_empty()) {
        (Lang::Ko, true) => format!("{file}: 서명이 맞고, 서명된 파일 {files}개가 모두 그대로이다\n"),
        (Lang::Ko, false) => format!("{file}: 서명은 맞으나 모델이 서명된 그대로가 아니다\n"),
        (Lang::En, true) => format!("{file}: the signature holds, and all {files} signed files are as they were\n"),
        (Lang::En, false) => format!("{file}: the signature holds, and the model is not as it was signed\n"),
    };
    text.push_str(&match lang {
        Lang::Ko => format!("  모델 {name}, 열쇠 {key}\n"),
        Lang::En => format!("  model {name}, key {key}\n"),
    });
    for finding in findings {
        text.push_str(&format!("  `{}`: {}\n", finding.of, finding.says.get(lang)));
    }
    text
}

/// What a signature cannot be checked without.
fn needs(name: &str, option: &str) -> Diagnostics {
    let message = says(
        format!("`{name}`은(는) 모델의 서명이다. 확인하려면 `{option}`이 있어야 한다"),
        format!("`{name}` is a signature over a model; checking it takes `{option}`"),
    );
    let help = says(
        format!("`sovgrade verify {name} --model 디렉터리 --trust 공개-열쇠.pem`"),
        format!("`sovgrade verify {name} --model DIR --trust PUBLIC.pem`"),
    );
    Diagnostic::error(Code::BadOption, &SourceFile::nameless(name), Span::default(), message).help(help).into()
}

fn verified(arguments: &Verify, screen: &Screen) -> Result<Verified, Diagnostics> {
    if let Some(day) =
        arguments.on.as_deref().filter(|day| Date::parse(day).is_none_or(|day| day.to_string().len() < 10))
    {
        let day = clean(day);
        let message = says(format!("`{day}`은(는) 날짜가 아니다"), format!("`{day}` is not a date"));
        let problem = Diagnostic::error(Code::BadDate, &SourceFile::nameless("--on"), Span::default(), message);
        return Err(problem.help(says("2026-01-15처럼 적는다", "write it as 2026-01-15")).into());
    }
    let keys = arguments.trust.iter().map(|path| PublicKey::read(path)).collect::<Result<Vec<_>, _>>()?;
    let archive = archive(&arguments.file)?;
    let vouched: Vec<(String, Option<String>)> = arguments
        .vouch
        .iter()
        .map(|text| match text.split_once('#') {
            Some((name, entry)) => (name.to_owned(), Some(entry.to_owned())),
            None => (text.clone(), None),
        })
        .collect();
    for (name, _) in &vouched {
        if !name.starts_with("evidence/") || archive.get(name).is_none() {
            let there: Vec<String> = archive.below("evidence/").map(|(name, _)| format!("evidence/{name}")).collect();
            return Err(no_such_evidence(name, &there).into());
        }
    }
    let measured = match &arguments.model {
        Some(model) if !arguments.against.is_empty() => vec![measured(model, &arguments.against, &[])?],
        _ => Vec::new(),
    };
    let meter = progress::meter(screen, arguments.progress);
    let earlier = arguments.earlier.as_deref().map(|path| earlier(path, &archive)).transpose()?;
    verify(&Asked {
        archive: &archive,
        model: arguments.model.as_deref(),
        sample: arguments.blocks.zip(arguments.seed.as_deref()),
        earlier,
        measured: &measured,
        keys: &keys,
        vouched: &vouched,
        progress: &meter,
    })
}

/// When an earlier check read the whole model and found these very files.
fn earlier(path: &Path, archive: &crate::bundle::Archive) -> Result<SystemTime, Diagnostics> {
    let name = clean(&path.to_string_lossy());
    let at = written_at(path)?;
    let text = read_text(path, &name, MAX_ENVELOPE_BYTES)?;
    let fits = Statement::read(text.text().as_bytes()).is_ok_and(|statement| {
        let details = statement
            .predicate
            .as_object()
            .and_then(|all| all.values().find(|it| it["schema"] == "sovgrade/verification/1"));
        let weights = details.map(|it| &it["weights"]);
        let whole = weights.is_some_and(|it| it["blocks"].is_u64() && it["blocks"] == it["blocks-read"]);
        let passed = statement.predicate["verificationResult"] == "PASSED";
        let here = crate::bundle::weights_digest(archive);
        let same = details.is_some_and(|it| it["weights-files"] == here.as_str());
        statement.predicate_type == VERIFICATION && whole && passed && same
    });
    if fits {
        return Ok(at);
    }
    let message = says(
        format!("`{name}`은(는) 바로 이 가중치를 끝까지 읽고 맞다고 한 결과가 아니다"),
        format!("`{name}` is no result of a check that read these very weights whole and found them right"),
    );
    let help = says(
        "`--earlier` 없이 확인하고 `-o`로 결과를 남긴다",
        "check without `--earlier`, and keep the result with `-o`",
    );
    Err(Diagnostic::error(Code::BadBundle, &SourceFile::nameless(&name), Span::default(), message).help(help).into())
}

fn no_such_evidence(name: &str, there: &[String]) -> Diagnostic {
    let shown = clean(name);
    let message =
        says(format!("제출물에 `{shown}`(이)라는 증거가 없다"), format!("the submission holds no evidence `{shown}`"));
    Diagnostic::error(Code::BadOption, &SourceFile::nameless(&shown), Span::default(), message)
        .did_you_mean(name, there.iter().map(String::as_str))
}
