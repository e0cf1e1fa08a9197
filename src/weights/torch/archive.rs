//! Where the entries of a zip archive lie, by the directory at its end.
//!
//! What `torch.save` writes is narrower than zip: nothing is compressed, nothing is encrypted, and no entry shares
//! bytes with another. All else is refused.

use std::collections::HashMap;
use std::io::{Read, Seek};

use rawzip::{CompressionMethod, Error, ErrorKind, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipArchive, ZipFileHeaderRecord};

use super::TorchProblem;
use crate::weights::{MAX_HEADER_BYTES, MAX_NAME_BYTES};

/// A range of bytes of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub begin: u64,
    /// One after the last byte.
    pub end: u64,
}

/// The entries of an archive, by name.
#[derive(Debug)]
pub(super) struct Archive(HashMap<String, Span>);

impl Archive {
    /// Reads the directory and looks at the head of every entry. `file_bytes` is the length of the source.
    pub(super) fn open(source: &mut (impl Read + Seek), file_bytes: u64) -> Result<Self, TorchProblem> {
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = ZipArchive::from_seekable(source, &mut buffer).map_err(said)?;
        let (directory, end) = (archive.directory_offset(), archive.eocd_offset());
        if archive.end_offset() != file_bytes {
            return Err(TorchProblem::NotAlone);
        }
        if end.saturating_sub(directory) > MAX_HEADER_BYTES {
            return Err(TorchProblem::DirectoryTooLong(end.saturating_sub(directory)));
        }
        let (mut found, mut refused, mut script) = (Vec::new(), None, false);
        let mut entries = archive.entries(&mut buffer);
        while let Some(entry) = entries.next_entry().map_err(said)? {
            let name = named(&entry)?;
            script |= name.contains("/code/") || name.ends_with("/constants.pkl");
            refused = refused.or_else(|| objection(&entry, &name));
            found.push((name, entry.wayfinder(), entry.local_header_offset()));
        }
        // A program compresses its code; that it is one says more than that.
        if script {
            return Err(TorchProblem::Script);
        }
        if let Some(problem) = refused {
            return Err(problem);
        }
        if found.len() as u64 != archive.entries_hint() {
            return Err(TorchProblem::Archive("its directory is longer or shorter than it says".to_owned()));
        }
        let mut heads = Vec::with_capacity(found.len());
        let mut named = HashMap::with_capacity(found.len());
        for (name, way, head) in found {
            let entry = archive.get_entry(way).map_err(said)?;
            let (begin, end) = entry.compressed_data_range();
            let local = entry.local_header(&mut buffer).map_err(said)?;
            if local.file_path().as_ref() != name.as_bytes() || local.compression_method() != CompressionMethod::STORE {
                return Err(TorchProblem::TwoHeads(name));
            }
            if end > directory {
                return Err(TorchProblem::EntryBeyond(name));
            }
            heads.push((head, end, name.clone()));
            if named.insert(name.clone(), Span { begin, end }).is_some() {
                return Err(TorchProblem::EntryTwice(name));
            }
        }
        heads.sort_unstable();
        if let Some(pair) = heads.windows(2).find(|pair| pair[0].1 > pair[1].0) {
            return Err(TorchProblem::EntriesOverlap(pair[1].2.clone()));
        }
        Ok(Self(named))
    }

    pub(super) fn get(&self, name: &str) -> Option<Span> {
        self.0.get(name).copied()
    }

    /// All entries, in no order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&String, Span)> {
        self.0.iter().map(|(name, span)| (name, *span))
    }
}

/// The name of an entry.
fn named(entry: &ZipFileHeaderRecord<'_>) -> Result<String, TorchProblem> {
    let path = entry.file_path();
    let bytes: &[u8] = path.as_ref();
    let name = std::str::from_utf8(bytes).ok().filter(|name| !name.is_empty() && name.len() <= MAX_NAME_BYTES);
    match name.filter(|name| !name.chars().any(char::is_control)) {
        Some(name) => Ok(name.to_owned()),
        None => Err(TorchProblem::EntryName(String::from_utf8_lossy(bytes).chars().take(80).collect())),
    }
}

/// What keeps an entry from being read where it lies.
fn objection(entry: &ZipFileHeaderRecord<'_>, name: &str) -> Option<TorchProblem> {
    let flags = entry.flags();
    if flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked() {
        return Some(TorchProblem::Encrypted(name.to_owned()));
    }
    let stored = entry.compression_method() == CompressionMethod::STORE
        && entry.compressed_size_hint() == entry.uncompressed_size_hint();
    (!stored).then(|| TorchProblem::Compressed(name.to_owned()))
}

fn said(error: Error) -> TorchProblem {
    match error.into_kind() {
        ErrorKind::MissingEndOfCentralDirectory => TorchProblem::NoDirectory,
        ErrorKind::Eof => TorchProblem::Archive("it ends too early".to_owned()),
        other => TorchProblem::Archive(other.to_string()),
    }
}
