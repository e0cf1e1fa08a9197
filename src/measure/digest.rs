//! SHA-256 of the files that were read.

use std::path::{Path, PathBuf};

use super::progress::{Progress, Step};
use crate::evidence::{FileDigest, sha256_of_file_told};
use crate::weights::{Checkpoint, Problem, WeightsError};

/// Files beside the weights that decide how they are read.
const BESIDE: [&str; 4] = ["config.json", "tokenizer.json", "vocab.json", "vocab.txt"];

/// Names and places of the files that a model is read from, by name.
pub(super) fn paths(checkpoint: &Checkpoint) -> Vec<(String, PathBuf)> {
    let mut paths: Vec<(String, PathBuf)> =
        checkpoint.files.iter().map(|file| (file.name.clone(), file.path.clone())).collect();
    paths.extend(
        BESIDE
            .iter()
            .map(|name| ((*name).to_owned(), checkpoint.directory.join(name)))
            .filter(|(_, path)| path.is_file()),
    );
    paths.sort();
    paths
}

/// The files of a model with their digests, or without if `wanted` is false.
pub(super) fn files(
    checkpoint: &Checkpoint,
    wanted: bool,
    progress: &Progress,
) -> Result<Vec<FileDigest>, WeightsError> {
    paths(checkpoint).into_iter().map(|(name, path)| digest(name, &path, wanted, progress)).collect()
}

fn digest(name: String, path: &Path, wanted: bool, progress: &Progress) -> Result<FileDigest, WeightsError> {
    let fail = |error: std::io::Error| WeightsError {
        file: name.clone(),
        offset: None,
        problem: Problem::Io(error.to_string()),
    };
    let bytes = std::fs::metadata(path).map_err(fail)?.len();
    let sha256 = if wanted {
        Some(sha256_of_file_told(path, |bytes| progress.tell(Step::Read(bytes))).map_err(fail)?)
    } else {
        None
    };
    Ok(FileDigest { name, bytes, sha256 })
}
