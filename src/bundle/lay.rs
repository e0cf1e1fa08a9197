//! A submission laid down: its files as a directory that is read like any other. Of a weights file stand there the
//! bytes that are no numbers; the rest is a hole of the file's own size.

use std::collections::BTreeMap;
use std::fs::{File, create_dir_all, write};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::about::{About, FileAbout, Held};
use super::archive::Archive;
use super::fault::BundleFault;
use crate::files::is_weights;
use crate::text::{Scratch, Untrusted, says, why_not};

/// A submission on disk, which goes away with this.
pub(super) struct Laid {
    scratch: Scratch,
    model: PathBuf,
    /// The digests that it states of its files.
    pub digests: BTreeMap<String, String>,
}

impl Laid {
    /// Lays down what an archive holds. Without the weights, nothing stands there that looks like weights: whoever has
    /// not seen them cannot say that they are held.
    pub(super) fn of(archive: &Archive, about: &About, weights: bool) -> Result<Self, BundleFault> {
        let scratch = Scratch::new().map_err(|error| unlaid("submission", &error))?;
        let folder = scratch.path().join(folder_of(about));
        let mut digests = BTreeMap::new();
        create_dir_all(&folder).map_err(|error| unlaid("model", &error))?;
        for file in about.files.iter().filter(|file| weights || !is_weights(&file.name)) {
            one(archive, file, &folder)?;
            digests.insert(file.name.clone(), file.sha256.clone());
        }
        for evidence in &about.evidence {
            let bytes = archive.get(&evidence.file).unwrap_or_default();
            let path = scratch.path().join(&evidence.file);
            let laid = create_dir_all(path.parent().unwrap_or(&path)).and_then(|()| write(&path, bytes));
            laid.map_err(|error| unlaid(&evidence.file, &error))?;
        }
        let model = about.model.card.as_ref().map_or_else(|| folder.clone(), |card| folder.join(card.as_str()));
        Ok(Self { scratch, model, digests })
    }

    /// The model's directory, or its card.
    pub(super) fn model(&self) -> &Path {
        &self.model
    }

    /// Where everything lies.
    pub(super) fn root(&self) -> &Path {
        self.scratch.path()
    }
}

/// The folder of the model: as the Hub's cache has it, or by the model's own name, so that it is called the same.
fn folder_of(about: &About) -> PathBuf {
    let model = &about.model;
    let plain =
        |text: &str| !text.is_empty() && !text.starts_with('.') && !text.contains(['/', '\\', ':']) && text.len() < 200;
    match (&model.repository, &model.given) {
        (Some(repository), _) if repository.split('/').all(plain) => {
            Path::new(&format!("models--{}", repository.replace('/', "--"))).join("snapshots").join("submission")
        }
        (_, None) if plain(&model.folder) => PathBuf::from(model.folder.as_str()),
        _ => PathBuf::from("model"),
    }
}

fn one(archive: &Archive, file: &FileAbout, folder: &Path) -> Result<(), BundleFault> {
    let path = folder.join(&file.name);
    let name: Untrusted = file.name.as_str().into();
    let failed = |error: std::io::Error| unlaid(&file.name, &error);
    create_dir_all(path.parent().unwrap_or(&path)).map_err(failed)?;
    let bytes = file.member().map(|member| archive.get(&member).unwrap_or_default());
    if file.held == Held::Whole {
        return write(&path, bytes.unwrap_or_default()).map_err(failed);
    }
    let mut laid = File::create(&path).map_err(failed)?;
    laid.set_len(file.bytes).map_err(failed)?;
    let odd =
        || BundleFault::Unreadable(name.clone(), Box::new(says("발췌한 범위가 맞지 않는다", "its ranges do not fit")));
    let mut left = bytes.unwrap_or_default();
    for (begin, end) in file.spans().ok_or_else(odd)? {
        let length = usize::try_from(end - begin).map_err(|_| odd())?;
        let (now, rest) = left.split_at_checked(length).ok_or_else(odd)?;
        laid.seek(SeekFrom::Start(begin)).and_then(|_| laid.write_all(now)).map_err(failed)?;
        left = rest;
    }
    if left.is_empty() { Ok(()) } else { Err(odd()) }
}

fn unlaid(name: &str, error: &std::io::Error) -> BundleFault {
    BundleFault::Unreadable(name.into(), Box::new(why_not(error)))
}
