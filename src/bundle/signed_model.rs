//! A signature that model-signing made over a model's files, checked against the files themselves.

use std::collections::BTreeMap;

use super::digests::digests;
use super::manifest::listed;
use super::verify::{Finding, Kind};
use crate::files::{Folder, Place, locate};
use crate::measure::{Progress, Step};
use crate::signing::{Envelope, PublicKey, Statement};
use crate::text::{Diagnostics, Says, Untrusted, says, why_not};

/// What came of checking a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedModel {
    /// What the signature calls the model.
    pub name: Untrusted,
    /// The key that made it: its digest.
    pub key: String,
    /// How many files it lists.
    pub files: usize,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

/// What model-signing leaves out of every signature.
const OF_GIT: [&str; 4] = [".git", ".gitattributes", ".github", ".gitignore"];

/// Whether a path is one that a signature leaves out.
fn is_ignored(name: &str, ignored: &[String]) -> bool {
    let within = |path: &str| name == path || name.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    OF_GIT.into_iter().chain(ignored.iter().map(String::as_str)).any(within)
}

/// What a signature says: its statement, the files with their digests, the digest of the key.
type Said = (Statement, Vec<(String, String)>, String);

/// Reads a signature that one of the keys made.
fn read(bytes: &[u8], keys: &[PublicKey]) -> Result<Said, Says> {
    let envelope = Envelope::read(bytes).map_err(crate::signing::EnvelopeFault::says)?;
    let none = || says("건네받은 열쇠의 서명이 아니다", "none of the keys that were handed in made this signature");
    let key = envelope.made_by(keys).ok_or_else(none)?;
    let statement = Statement::read(&envelope.payload).map_err(|fault| fault.says())?;
    let no_list = || {
        says(
            "model-signing 1의 파일 목록이 아니거나, 목록 전체의 해시가 맞지 않는다",
            "it is no list of files as model-signing 1 writes it, or its digest of all files is another",
        )
    };
    let files = listed(&statement).ok_or_else(no_list)?;
    Ok((statement, files, key.fingerprint()))
}

/// Checks a model against a signature of its files. `signature` is the name of the signature's own file, if it lies in
/// the model's directory.
///
/// # Errors
/// The model cannot be opened. What is wrong with the signature comes back as a sentence.
pub fn signed_model(
    bytes: &[u8],
    signature: &str,
    model: &std::path::Path,
    keys: &[PublicKey],
    progress: &Progress,
) -> Result<Result<SignedModel, Says>, Diagnostics> {
    let (statement, files, key) = match read(bytes, keys) {
        Ok(read) => read,
        Err(why) => return Ok(Err(why)),
    };
    let folder = match locate(model)? {
        Place::Folder(folder) => folder.usable()?,
        Place::File(file) => Folder::of_one(&file)?.0,
    };
    let ignored: Vec<String> = statement.predicate["serialization"]["ignore_paths"]
        .as_array()
        .map(|list| list.iter().filter_map(|path| path.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    let stated: BTreeMap<&str, &str> = files.iter().map(|(name, digest)| (name.as_str(), digest.as_str())).collect();
    let bytes = stated.keys().filter_map(|name| folder.get(name)).map(|entry| entry.bytes).sum();
    progress.tell(Step::Begun { references: 0, bytes });
    let mut findings = Vec::new();
    let mut add = |name: &str, ko: &str, en: &str| {
        findings.push(Finding { kind: Kind::Model, of: name.into(), says: says(ko, en) });
    };
    for (name, digest) in &stated {
        match folder.get(name).map(|entry| digests(&entry.path, progress)) {
            Some(Ok(found)) if found.sha256 == *digest => {}
            Some(Ok(_)) => {
                add(name, "서명된 파일이 아니다(해시가 다르다)", "it is not the file that was signed: another digest");
            }
            Some(Err(error)) => add(name, &why_not(&error).ko, &why_not(&error).en),
            None => add(name, "모델에 이 파일이 없다", "the model does not have it"),
        }
    }
    for name in folder.names().filter(|name| !stated.contains_key(name)) {
        if name != signature && !is_ignored(name, &ignored) {
            add(name, "서명되지 않은 파일이 모델에 있다", "the model has it, and it was not signed");
        }
    }
    let name = statement.subjects.first().map(|subject| subject.name.as_str().into()).unwrap_or_default();
    Ok(Ok(SignedModel { name, key, files: files.len(), findings }))
}
