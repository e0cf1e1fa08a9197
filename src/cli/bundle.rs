//! `bundle`: a model and what is said of it become a submission.

use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use super::Exit;
use super::args_submission::Bundle;
use super::output::{may_write, write};
use super::progress;
use super::ruled::ruled;
use super::rules::find_rules;
use super::screen::Screen;
use crate::bundle::{Archive, MAX_BUNDLE_BYTES, Made, Wanted, make};
use crate::signing::PrivateKey;
use crate::text::{Code, Diagnostic, Diagnostics, Lang, SourceFile, Span, clean, says, why_not};

pub(super) fn run(arguments: &Bundle, screen: &Screen) -> Exit {
    let Some(all) = ruled(&arguments.reading, &arguments.against, screen) else { return Exit::Unusable };
    let read = [arguments.model.as_path()].into_iter().chain(arguments.sign.as_deref());
    let read = read.chain(all.iter().flat_map(|ruled| ruled.beside.files()));
    if !may_write([&arguments.output], read, screen) {
        return Exit::Unusable;
    }
    match made(arguments, &all, screen) {
        Ok(made) => {
            if !write(&arguments.output, made.archive.bytes(), screen) {
                return Exit::Unusable;
            }
            screen.print(&told(&made, arguments, screen.lang));
            Exit::Done
        }
        Err(problems) => {
            screen.problems(problems);
            Exit::Unusable
        }
    }
}

fn made(arguments: &Bundle, all: &[super::ruled::Ruled], screen: &Screen) -> Result<Made, Diagnostics> {
    let key = arguments.sign.as_deref().map(PrivateKey::read).transpose()?;
    let earlier = arguments.earlier.as_deref().map(|path| Ok::<_, Diagnostics>((archive(path)?, written_at(path)?)));
    let earlier = earlier.transpose()?;
    let mut rulesets = Vec::new();
    for (name, ruled) in arguments.reading.rules.iter().zip(all) {
        rulesets.push((find_rules(name)?, &ruled.rules, ruled.options.clone()));
    }
    let Some(first) = all.first() else { return Err(Diagnostics::default()) };
    let measured = first.beside.measured_now(&arguments.model)?;
    let meter = progress::meter(screen, arguments.progress);
    make(&Wanted {
        model: &arguments.model,
        id: arguments.reading.id.as_deref(),
        rulesets,
        evidence: &first.beside.evidence,
        vouched: &first.beside.vouched,
        measured: measured.first(),
        pass_over: &arguments.reading.pass_over,
        key: key.as_ref(),
        earlier: earlier.as_ref().map(|(archive, at)| (archive, *at)),
        progress: &meter,
    })
}

/// When a file was written.
pub(super) fn written_at(path: &Path) -> Result<SystemTime, Diagnostics> {
    path.metadata().and_then(|about| about.modified()).map_err(|error| unreadable(path, &error).into())
}

/// Reads a submission.
pub(super) fn archive(path: &Path) -> Result<Archive, Diagnostics> {
    let mut bytes = Vec::new();
    let is_file = path.metadata().map_err(|error| unreadable(path, &error))?.is_file();
    if is_file {
        let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
        file.take(MAX_BUNDLE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    }
    Archive::read(bytes).map_err(|fault| {
        let (name, why) = (clean(&path.to_string_lossy()), fault.says());
        let message = says(
            format!("`{name}`은(는) 제출물이 아니다: {}", why.ko),
            format!("`{name}` is no submission: {}", why.en),
        );
        let help = says(
            "`sovgrade bundle`이 쓴 파일을 그대로 준다. 풀었다 다시 묶은 것은 받지 않는다",
            "give the file as `sovgrade bundle` wrote it; one that was unpacked and packed again is not taken",
        );
        Diagnostic::error(Code::BadBundle, &SourceFile::nameless(&name), Span::default(), message).help(help).into()
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let (name, why) = (clean(&path.to_string_lossy()), why_not(error));
    let message = says(format!("`{name}`을 읽을 수 없다: {}", why.ko), format!("`{name}` cannot be read: {}", why.en));
    Diagnostic::error(Code::Unreadable, &SourceFile::nameless(&name), Span::default(), message)
}

/// What was made, and what to do with it.
fn told(made: &Made, arguments: &Bundle, lang: Lang) -> String {
    let file = clean(&arguments.output.to_string_lossy());
    let (files, evidence) = (made.about.files.len(), made.about.evidence.len());
    let kilobytes = made.archive.bytes().len().div_ceil(1000);
    let grades =
        made.grades.iter().map(|(rules, grade)| format!("{rules} {}", grade.get(lang))).collect::<Vec<_>>().join(", ");
    let mut text = match lang {
        Lang::Ko => format!(
            "`{file}` ({kilobytes} kB): 모델 파일 {files}개의 해시, 증거 {evidence}건, 등급 {grades}\n\
            가중치는 담지 않았다. 받은 쪽은 이렇게 확인한다:\n  sovgrade verify {file} --model 모델-디렉터리\n"
        ),
        Lang::En => format!(
            "`{file}` ({kilobytes} kB): digests of the model's {files} files, evidence: {evidence}, grade: {grades}\n\
            The weights are not in it. Whoever receives it checks it so:\n  sovgrade verify {file} --model MODEL\n"
        ),
    };
    if arguments.sign.is_none() {
        text.push_str(match lang {
            Lang::Ko => "서명하지 않았다. `--sign 열쇠`를 주면 누가 냈는지 보일 수 있다.\n",
            Lang::En => "It is not signed; with `--sign KEY` it can be shown who made it.\n",
        });
    }
    if !made.taken.is_empty() {
        let count = made.taken.len();
        text.push_str(&match lang {
            Lang::Ko => format!("가중치 파일 {count}개는 손대지 않아 지난 제출물의 해시를 썼다.\n"),
            Lang::En => format!("{count} weights files were not touched since; their digests are the earlier ones.\n"),
        });
    }
    text
}
