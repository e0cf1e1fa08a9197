//! `manifest.json`: the files of the model as `OpenSSF` model signing states them, byte for byte what is signed.

use serde_json::{Value, json};

use super::about::FileAbout;
use crate::evidence::RunningDigest;
use crate::signing::{Statement, Subject, is_sha256};

/// The kind of statement that model-signing 1 writes.
pub const MODEL_SIGNING: &str = "https://model_signing/signature/v1.0";

/// Its name in the archive.
pub(super) const MANIFEST: &str = "manifest.json";

/// What programs keep beside a model for themselves, as model-signing names it: not part of what is signed.
const IGNORED: [&str; 3] = [".git", ".cache", "model.sig"];

/// The statement over a model's files.
pub fn manifest(model: &str, files: &[FileAbout]) -> Statement {
    let mut sorted: Vec<&FileAbout> = files.iter().collect();
    // As paths are sorted: part by part.
    sorted.sort_by(|a, b| a.name.split('/').cmp(b.name.split('/')));
    let mut root = RunningDigest::default();
    for file in &sorted {
        root.update(&bytes_of(&file.sha256));
    }
    let resources: Vec<Value> =
        sorted.iter().map(|file| json!({"name": file.name, "algorithm": "sha256", "digest": file.sha256})).collect();
    Statement {
        subjects: vec![Subject { name: model.to_owned(), sha256: root.finish() }],
        predicate_type: MODEL_SIGNING.to_owned(),
        predicate: json!({
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": true,
                "ignore_paths": IGNORED,
            },
            "resources": resources,
        }),
    }
}

/// The files that a statement of model-signing lists, with their digests; `None` if it lists none by SHA-256, or its
/// digest of all is another.
pub(super) fn listed(statement: &Statement) -> Option<Vec<(String, String)>> {
    if statement.predicate_type != MODEL_SIGNING || statement.predicate["serialization"]["method"] != "files" {
        return None;
    }
    let mut root = RunningDigest::default();
    let mut files = Vec::new();
    for resource in statement.predicate["resources"].as_array()? {
        let word = |key: &str| resource[key].as_str().map(str::to_owned);
        let digest = word("digest").filter(|digest| is_sha256(digest) && resource["algorithm"] == "sha256")?;
        root.update(&bytes_of(&digest));
        files.push((word("name")?, digest));
    }
    let whole = root.finish();
    matches!(statement.subjects.as_slice(), [only] if only.sha256 == whole).then_some(files)
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).filter_map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::Held;
    use crate::evidence::sha256;

    fn file(name: &str) -> FileAbout {
        let sha256 = sha256(name.as_bytes());
        FileAbout { name: name.into(), bytes: 1, sha256, held: Held::Name, ranges: String::new() }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let files = ["b-c", "b/a", "a", "b.x"].map(file);
        let statement = manifest("model", &files);
        let names: Vec<String> = listed(&statement).expect("listed").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b/a", "b-c", "b.x"], "part by part, not letter by letter");
        let mut other = statement.clone();
        other.predicate["resources"][0]["digest"] = "0".repeat(64).into();
        assert_eq!(listed(&other), None);
    }
}
