//! What a file of a model holds by digest: the file itself, or what a Git LFS pointer in its place names.

use std::path::PathBuf;

use super::digest::sha256_of_file;
use super::file::Subject;
use crate::files::pointer;
use crate::text::{Code, Diagnostic, MAX_PROBLEMS, Says, SourceFile, Span, clean, says};

/// Largest file whose digest is computed while grading; about ten seconds of reading.
const MAX_HASHED_BYTES: u64 = 8 << 30;

/// Compares the files that an evidence file names with those that are there.
///
/// # Errors
/// One diagnostic for each that is another file. What could not be compared comes back as limits.
pub(crate) fn compare(
    source: &SourceFile,
    subject: &Subject,
    find: &dyn Fn(&str) -> Option<(PathBuf, u64)>,
) -> Result<Vec<Says>, Vec<Diagnostic>> {
    let (mut limits, mut problems) = (Vec::new(), Vec::new());
    if subject.through.is_some() {
        let name = clean(source.name());
        limits.push(says(
            format!("`{name}`은(는) 이 모델의 파일이 아니라 스케치를 잰 것이어서 파일에 묶이지 않는다"),
            format!("`{name}` was measured through a sketch of the model, so it is not bound to the files here"),
        ));
        return Ok(limits);
    }
    for stated in &subject.files {
        if problems.len() == MAX_PROBLEMS {
            break;
        }
        let name = &stated.name;
        let Some((path, size)) = find(&stated.name) else {
            limits.push(says(
                format!("증거가 말하는 파일 `{name}`이 없어 대조하지 못했다"),
                format!("the file `{name}` that the evidence is about is not here and was not compared"),
            ));
            continue;
        };
        let stands_for = pointer(&path, size);
        let bytes = stands_for.as_ref().map_or(size, |pointer| pointer.bytes);
        if bytes != stated.bytes {
            problems.push(other_file(source, name, &format!("{bytes} B"), &format!("{} B", stated.bytes)));
            continue;
        }
        let Some(wanted) = &stated.sha256 else {
            limits.push(says(
                format!("증거에 `{name}`의 해시가 없어 크기만 대조했다"),
                format!("the evidence states no digest of `{name}`; only its size was compared"),
            ));
            continue;
        };
        let found = match stands_for {
            Some(pointer) => pointer.sha256,
            None if bytes > MAX_HASHED_BYTES => {
                limits.push(says(
                    format!("`{name}`은 너무 커서 크기만 대조했다. `sovgrade verify`가 해시를 대조한다"),
                    format!("`{name}` is large; only its size was compared: `sovgrade verify` compares the digest"),
                ));
                continue;
            }
            None => match sha256_of_file(&path) {
                Ok(found) => found,
                Err(error) => {
                    problems.push(Diagnostic::error(
                        Code::Unreadable,
                        &SourceFile::nameless(name),
                        Span::default(),
                        says(format!("`{name}`을 읽을 수 없다: {error}"), format!("`{name}` cannot be read: {error}")),
                    ));
                    continue;
                }
            },
        };
        if found != *wanted {
            problems.push(other_file(source, name, &found, wanted));
        }
    }
    if problems.is_empty() { Ok(limits) } else { Err(problems) }
}

fn other_file(source: &SourceFile, name: &str, here: &str, there: &str) -> Diagnostic {
    let span = source.text().find(name).map_or_else(Span::default, |at| Span::new(at, at + name.len()));
    Diagnostic::error(
        Code::EvidenceOfAnotherModel,
        source,
        span,
        says(
            format!("증거가 말하는 `{name}`은 여기 있는 파일과 다르다: 증거 {there}, 여기 {here}"),
            format!("the evidence is about another `{name}`: it states {there}, the file here has {here}"),
        ),
    )
    .help(says(
        "이 모델로 다시 측정하거나, 이 모델의 증거를 준다",
        "measure this model again, or give the evidence that is about it",
    ))
}
