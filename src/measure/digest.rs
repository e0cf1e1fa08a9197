//! SHA-256 of the files that were read.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::model::Model;
use crate::evidence::FileDigest;
use crate::weights::{Problem, WeightsError};

/// Files beside the weights that decide how they are read.
const BESIDE: [&str; 4] = ["config.json", "tokenizer.json", "vocab.json", "vocab.txt"];

/// The files of a model with their digests, or without if `wanted` is false.
pub(super) fn files(model: &Model, wanted: bool) -> Result<Vec<FileDigest>, WeightsError> {
    let mut paths: Vec<(String, std::path::PathBuf)> =
        model.checkpoint.files.iter().map(|file| (file.name.clone(), file.path.clone())).collect();
    paths.extend(
        BESIDE
            .iter()
            .map(|name| ((*name).to_owned(), model.checkpoint.directory.join(name)))
            .filter(|(_, path)| path.is_file()),
    );
    paths.sort();
    paths.into_iter().map(|(name, path)| digest(name, &path, wanted)).collect()
}

fn digest(name: String, path: &Path, wanted: bool) -> Result<FileDigest, WeightsError> {
    let fail = |error: std::io::Error| WeightsError {
        file: name.clone(),
        offset: None,
        problem: Problem::Io(error.to_string()),
    };
    let mut file = File::open(path).map_err(fail)?;
    let bytes = file.metadata().map_err(fail)?.len();
    if !wanted {
        return Ok(FileDigest { name, bytes, sha256: None });
    }
    let (mut hash, mut block) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut block).map_err(fail)?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
    }
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(FileDigest { name, bytes, sha256: Some(hex) })
}
