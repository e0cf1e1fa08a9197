//! SHA-256 of the files that were read.

use std::path::{Path, PathBuf};

use crate::evidence::{FileDigest, sha256_of_file_told};
use crate::measure::progress::{Progress, Step};
use crate::text::{says, why_not};
use crate::weights::{Checkpoint, Problem, WeightsError};

/// Files beside the weights that decide how they are read.
const BESIDE: [&str; 4] = ["config.json", "tokenizer.json", "vocab.json", "vocab.txt"];

/// Names and places of the files that a model is read from, by name.
pub(in crate::measure) fn paths(checkpoint: &Checkpoint) -> Vec<(String, PathBuf)> {
    let mut paths: Vec<(String, PathBuf)> =
        checkpoint.files.iter().map(|file| (file.name.clone(), file.path.clone())).collect();
    let (folder, part) = (&checkpoint.folder, &checkpoint.part);
    let beside = BESIDE.iter().flat_map(|name| [(*name).to_owned(), format!("{part}{name}")]);
    paths.extend(beside.chain(checkpoint.index.clone()).filter_map(|name| {
        let path = folder.get(&name)?.path.clone();
        Some((name, path))
    }));
    paths.sort();
    paths.dedup();
    paths
}

/// The files of a model with their digests, or without if `wanted` is false. `known` are those of its weight files,
/// where a pass has read them.
pub(in crate::measure) fn files(
    checkpoint: &Checkpoint,
    wanted: bool,
    known: &[String],
    progress: &Progress,
) -> Result<Vec<FileDigest>, WeightsError> {
    let known_of = |name: &str| {
        let at = checkpoint.files.iter().position(|file| file.name == name)?;
        known.get(at).cloned()
    };
    let digests = paths(checkpoint)
        .into_iter()
        .map(|(name, path)| {
            let known = known_of(&name);
            digest(name, &path, wanted, known, progress)
        })
        .collect::<Result<Vec<_>, _>>()?;
    // Numbers and digests must be of one and the same file, so nothing may have moved since the headers were read.
    match checkpoint.files.iter().find(|file| !file.is_unchanged()) {
        Some(file) => Err(WeightsError { file: file.name.clone(), offset: None, problem: Problem::Changed }),
        None => Ok(digests.into_iter().chain(not_read(checkpoint)).collect()),
    }
}

/// Files that look like weights and were not read. Nobody digests what nobody compared.
fn not_read(checkpoint: &Checkpoint) -> Vec<FileDigest> {
    let unread = checkpoint.unread().into_iter().map(|name| FileDigest {
        name: name.to_owned(),
        bytes: checkpoint.folder.get(name).map_or(0, |entry| entry.bytes),
        sha256: None,
        read: false,
        why: Some(
            says("로더가 먼저 여는 파일이 따로 있어 읽지 않았다", "loaders open other files first, so it was not read")
                .into(),
        ),
    });
    unread.collect()
}

fn digest(
    name: String,
    path: &Path,
    wanted: bool,
    known: Option<String>,
    progress: &Progress,
) -> Result<FileDigest, WeightsError> {
    let fail = |error: std::io::Error| WeightsError {
        file: name.clone(),
        offset: None,
        problem: Problem::Io(why_not(&error)),
    };
    let bytes = std::fs::metadata(path).map_err(fail)?.len();
    let sha256 = match known {
        _ if !wanted => None,
        Some(known) => Some(known),
        None => Some(sha256_of_file_told(path, |bytes| progress.tell(Step::Read(bytes))).map_err(fail)?),
    };
    Ok(FileDigest { name, bytes, sha256, read: true, why: None })
}
