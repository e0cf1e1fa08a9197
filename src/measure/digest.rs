//! SHA-256 of the files that were read.

use std::path::Path;

use super::model::Model;
use crate::evidence::{FileDigest, sha256_of_file};
use crate::weights::{Problem, WeightsError};

/// Files beside the weights that decide how they are read.
const BESIDE: [&str; 4] = ["config.json", "tokenizer.json", "vocab.json", "vocab.txt"];

/// The files of a model with their digests, or without if `wanted` is false. `known` are those of its weight files, where a pass has read them.
pub(super) fn files(model: &Model, wanted: bool, known: &[String]) -> Result<Vec<FileDigest>, WeightsError> {
    let mut paths: Vec<(String, std::path::PathBuf)> =
        model.checkpoint.files.iter().map(|file| (file.name.clone(), file.path.clone())).collect();
    paths.extend(
        BESIDE
            .iter()
            .map(|name| ((*name).to_owned(), model.checkpoint.directory.join(name)))
            .filter(|(_, path)| path.is_file()),
    );
    paths.sort();
    let known_of = |name: &str| {
        let at = model.checkpoint.files.iter().position(|file| file.name == name)?;
        known.get(at).cloned()
    };
    let digests = paths
        .into_iter()
        .map(|(name, path)| {
            let known = known_of(&name);
            digest(name, &path, wanted, known)
        })
        .collect::<Result<Vec<_>, _>>()?;
    // Numbers and digests must be of one and the same file, so nothing may have moved since the headers were read.
    match model.checkpoint.files.iter().find(|file| !file.is_unchanged()) {
        Some(file) => Err(WeightsError { file: file.name.clone(), offset: None, problem: Problem::Changed }),
        None => Ok(digests),
    }
}

fn digest(name: String, path: &Path, wanted: bool, known: Option<String>) -> Result<FileDigest, WeightsError> {
    let fail = |error: std::io::Error| WeightsError {
        file: name.clone(),
        offset: None,
        problem: Problem::Io(error.to_string()),
    };
    let bytes = std::fs::metadata(path).map_err(fail)?.len();
    let sha256 = match known {
        _ if !wanted => None,
        Some(known) => Some(known),
        None => Some(sha256_of_file(path).map_err(fail)?),
    };
    Ok(FileDigest { name, bytes, sha256 })
}
