//! What evidence is bound to: the files of the model that lies here, by their digests.
//!
//! A digest is the file's own, or what a Git LFS pointer in its place names. A check that could not be made has not
//! passed: evidence is bound only if every weights file is named with a digest that agrees, whatever its size.

use super::anew::contradicted;
use super::decode::ReadEvidence;
use super::digest::sha256_of_file;
use super::file::{ComponentEvidence, FileDigest, LinkEvidence};
use super::hand::{Bound, Hand};
use super::seen::Relation;
use crate::files::{Entry, is_weights, pointer};
use crate::text::{Code, Diagnostic, MAX_PROBLEMS, Says, SourceFile, Span, clean, says, why_not};

/// The model that lies here.
pub(crate) struct Here<'a> {
    /// The file of this name.
    pub find: &'a dyn Fn(&str) -> Option<Entry>,
    /// Every file that looks like weights, read or not.
    pub weights: Vec<String>,
    /// Weights files that the one who grades passes over by name.
    pub pass_over: &'a [String],
    /// A vouch is only tried: large files are taken for what their sizes say they are.
    pub tried: bool,
}

/// What somebody only reports is digested up to this size, so that a report about another model is told as such; what
/// is vouched for is digested whatever its size.
const MAX_REPORTED_BYTES: u64 = 1 << 30;

/// A file up to this size is digested whether or not an entry could count, so that evidence about another model is
/// told.
const MAX_IDLE_BYTES: u64 = 16 << 20;

/// Compares the files that an evidence file names with those that are there, and notes in it whether it is bound to
/// them.
///
/// # Errors
/// One diagnostic for each that is another file. What could not be compared comes back as limits.
pub(crate) fn compare(read: &mut ReadEvidence, here: &Here<'_>) -> Result<Vec<Says>, Vec<Diagnostic>> {
    let (mut limits, mut problems) = (Vec::new(), Vec::new());
    let source = read.source.clone();
    read.unread = unread(read, here);
    if read.is_of_this_run() {
        return Ok(limits);
    }
    if read.file.subject.through.is_some() {
        let name = clean(source.name());
        limits.push(says(
            format!("`{name}`은(는) 이 모델의 파일이 아니라 스케치를 잰 것이어서 파일에 묶이지 않는다"),
            format!("`{name}` was measured through a sketch of the model, so it is not bound to the files here"),
        ));
        return Ok(limits);
    }
    let mut agreed: Vec<&str> = Vec::new();
    let counts = could_count(read);
    for stated in &read.file.subject.files {
        if problems.len() == MAX_PROBLEMS {
            break;
        }
        match one(&source, stated, here, counts, &read.hand) {
            Ok(None) => agreed.push(&stated.name),
            Ok(Some(limit)) => limits.push(limit),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let lacking = |name: &&String| !agreed.contains(&name.as_str()) && !here.pass_over.contains(name);
    let missing: Vec<&String> = here.weights.iter().filter(lacking).collect();
    if !here.weights.is_empty() && missing.is_empty() {
        read.bound = Bound::All;
    } else if let Hand::Vouched(_) = read.hand {
        limits.push(not_bound(source.name(), &missing));
    }
    Ok(limits)
}

/// Whether an entry could change the result if the file is about these weights.
fn could_count(read: &ReadEvidence) -> bool {
    let counts = |relation: Relation| matches!(relation, Relation::Shared | Relation::NoTrace);
    let link = |link: &LinkEvidence| {
        // What its own figures contradict is set aside whatever the digests say.
        let stands = |it: &ComponentEvidence| counts(it.relation) && contradicted(read, link, it).is_none();
        (link.components.is_empty() && counts(link.relation)) || link.components.iter().any(stands)
    };
    let file = &read.file;
    file.links.iter().any(link) || !file.documented.is_empty() || !file.attested.is_empty() || file.trail.is_some()
}

/// The weights files of this directory that the measurement did not read and that nobody passes over.
fn unread(read: &ReadEvidence, here: &Here<'_>) -> Vec<String> {
    let passed = read.file.run.as_ref().map_or(&[][..], |run| run.settings.passed_over.as_slice());
    let over = |name: &str| passed.iter().chain(here.pass_over).any(|own| own == name);
    let left = |file: &&FileDigest| !file.read && is_weights(&file.name) && !over(&file.name);
    read.file.subject.files.iter().filter(left).map(|file| file.name.clone()).collect()
}

/// One file: `None` where its digest agrees, else why it was not compared.
fn one(
    source: &SourceFile,
    stated: &FileDigest,
    here: &Here<'_>,
    counts: bool,
    hand: &Hand,
) -> Result<Option<Says>, Diagnostic> {
    let name = clean(&stated.name);
    let Some(entry) = (here.find)(&stated.name) else {
        return Ok(Some(says(
            format!("증거가 말하는 파일 `{name}`이 없어 대조하지 못했다"),
            format!("the file `{name}` that the evidence is about is not here and was not compared"),
        )));
    };
    let stands_for = pointer(&entry.path, entry.bytes);
    let bytes = stands_for.as_ref().map_or(entry.bytes, |pointer| pointer.bytes);
    if bytes != stated.bytes {
        return Err(other_file(source, &name, &format!("{bytes} B"), &format!("{} B", stated.bytes)));
    }
    let Some(wanted) = &stated.sha256 else {
        return Ok(Some(says(
            format!("증거에 `{name}`의 해시가 없어 크기만 대조했다"),
            format!("the evidence states no digest of `{name}`; only its size was compared"),
        )));
    };
    let found = match stands_for {
        Some(pointer) => pointer.sha256,
        None if entry.sha256.is_some() => entry.sha256.unwrap_or_default(),
        None if !counts && bytes > MAX_IDLE_BYTES => return Ok(Some(not_needed(&name))),
        None if here.tried && bytes > MAX_REPORTED_BYTES => return Ok(None),
        None if *hand == Hand::Report && bytes > MAX_REPORTED_BYTES => return Ok(Some(too_large_for_a_report(&name))),
        None => sha256_of_file(&entry.path).map_err(|error| {
            let why = why_not(&error);
            let text =
                says(format!("`{name}`을 읽을 수 없다: {}", why.ko), format!("`{name}` cannot be read: {}", why.en));
            Diagnostic::error(Code::Unreadable, &SourceFile::nameless(&name), Span::default(), text)
        })?,
    };
    if found == *wanted { Ok(None) } else { Err(other_file(source, &name, &found, wanted)) }
}

fn not_needed(name: &str) -> Says {
    says(
        format!("증거에 셈에 들어갈 항목이 없어 `{name}`의 해시를 대조하지 않았다"),
        format!("the evidence holds no entry that could count, so the digest of `{name}` was not compared"),
    )
}

fn too_large_for_a_report(name: &str) -> Says {
    says(
        format!(
            "`{name}`은(는) 커서 크기만 대조했다. 보증하는 사람이 없는 증거는 어차피 선언으로만 친다. `--vouch`로 주면 해시를 대조한다"
        ),
        format!(
            "`{name}` is large and only its size was compared: evidence that nobody vouches for counts as declared in \
            any case; with `--vouch` the digest is compared"
        ),
    )
}

fn not_bound(file: &str, missing: &[&String]) -> Says {
    let file = clean(file);
    let Some(first) = missing.first().map(|name| clean(name)) else {
        return says(
            format!("여기에는 가중치 파일이 없어 `{file}`을(를) 묶을 수 없다. 측정한 것은 선언으로만 친다"),
            format!("no weights file lies here that `{file}` could be bound to; what it measured counts as declared"),
        );
    };
    says(
        format!(
            "`{file}`은(는) 가중치 파일 `{first}`을(를) 해시로 대지 않는다(모두 {}개). 측정한 것은 선언으로만 친다",
            missing.len()
        ),
        format!(
            "`{file}` does not name the weights file `{first}` by its digest ({} in all); what it measured counts as \
            declared",
            missing.len()
        ),
    )
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
