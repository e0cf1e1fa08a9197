//! The signatures of a submission: one over the model's files, which model-signing verifies, and one over every member.

use serde_json::json;

use super::about::About;
use super::archive::Archive;
use super::manifest::MANIFEST;
use super::sums::SUMS;
use crate::evidence::sha256;
use crate::report::to_text;
use crate::signing::{Envelope, PrivateKey, PublicKey, Statement, Subject};

/// The signature over the model's files; the same file as `model_signing sign` writes.
pub(super) const MODEL_SIGNATURE: &str = "signatures/model.sig";

/// The signature over every other member.
pub(super) const CONTENTS_SIGNATURE: &str = "signatures/contents.sig";

/// What the second says.
const CONTENTS: &str = "https://github.com/sovgrade/sovgrade/bundle/v1";

/// The members that the signature over all does not name: itself, and what follows from the rest.
fn is_apart(name: &str) -> bool {
    name == CONTENTS_SIGNATURE || name == SUMS
}

/// The statement over all members.
fn contents<'m>(model: &str, members: impl Iterator<Item = (&'m str, &'m [u8])>) -> Statement {
    let named = members.filter(|(name, _)| !is_apart(name));
    Statement {
        subjects: named.map(|(name, bytes)| Subject { name: name.to_owned(), sha256: sha256(bytes) }).collect(),
        predicate_type: CONTENTS.to_owned(),
        predicate: json!({"model": model}),
    }
}

/// The signature over the model's files, as a member.
pub(super) fn over_model(manifest: &[u8], key: &PrivateKey) -> (String, Vec<u8>) {
    signed(MODEL_SIGNATURE, manifest.to_vec(), key)
}

/// The signature over all members, as a member.
pub(super) fn over_all<'m>(
    model: &str,
    members: impl Iterator<Item = (&'m str, &'m [u8])>,
    key: &PrivateKey,
) -> (String, Vec<u8>) {
    let payload = contents(model, members).to_json().to_string().into_bytes();
    signed(CONTENTS_SIGNATURE, payload, key)
}

fn signed(name: &str, payload: Vec<u8>, key: &PrivateKey) -> (String, Vec<u8>) {
    let public = key.public();
    let text = to_text(&Envelope::sign(payload, key).to_json(&public));
    (name.to_owned(), text.into_bytes())
}

/// What is known of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// There is none.
    Not,
    /// There is one, and no key was handed in to check it with.
    Unchecked,
    /// A key that was handed in made it: its digest.
    By(String),
    /// None of the keys that were handed in made it.
    ByNoneOfThese,
    /// It is no signature, or over something else than lies here, with why.
    Broken(crate::text::Says),
}

/// The state of the signature over the model's files.
pub(super) fn of_model(archive: &Archive, keys: &[PublicKey]) -> Signed {
    state(archive, MODEL_SIGNATURE, keys, |payload| Some(payload) == archive.get(MANIFEST))
}

/// The state of the signature over all members.
pub(super) fn of_contents(archive: &Archive, about: &About, keys: &[PublicKey]) -> Signed {
    let here = contents(&about.model.id, archive.members());
    state(archive, CONTENTS_SIGNATURE, keys, |payload| Statement::read(payload).is_ok_and(|there| there == here))
}

fn state(archive: &Archive, name: &'static str, keys: &[PublicKey], fits: impl Fn(&[u8]) -> bool) -> Signed {
    let Some(bytes) = archive.get(name) else { return Signed::Not };
    let envelope = match Envelope::read(bytes) {
        Ok(envelope) => envelope,
        Err(fault) => return Signed::Broken(fault.says()),
    };
    if !fits(&envelope.payload) {
        return Signed::Broken(crate::text::says(
            "여기 든 것과 다른 것에 한 서명이다",
            "it was made over something else than what lies here",
        ));
    }
    match envelope.made_by(keys) {
        // There is one way to write a signature down, so that nothing can stand beside it.
        Some(key) if to_text(&envelope.to_json(key)).as_bytes() != bytes => Signed::Broken(crate::text::says(
            "서명은 맞으나 `sovgrade bundle`이 쓴 꼴이 아니다",
            "the signature is right, and it is not written as `sovgrade bundle` writes it",
        )),
        Some(key) => Signed::By(key.fingerprint()),
        None if keys.is_empty() => Signed::Unchecked,
        None => Signed::ByNoneOfThese,
    }
}

/// Whether a signature of an evidence file was made by one of these keys, over these bytes.
pub(super) fn of_evidence<'k>(bytes: &[u8], signature: &[u8], keys: &'k [PublicKey]) -> Option<&'k PublicKey> {
    let envelope = Envelope::read(signature).ok()?;
    let statement = Statement::read(&envelope.payload).ok()?;
    statement.is_about(&sha256(bytes)).then(|| envelope.made_by(keys))?
}
