//! The archive: a zip file of members that are stored as they are.
//!
//! There is one archive for given members and no other: members in the order of their names, no compression, one time,
//! nothing before, between or behind. Reading writes the archive anew and compares, so that no byte of it is free.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use rawzip::time::UtcDateTime;
use rawzip::{ZipArchive, ZipArchiveWriter};

use super::fault::BundleFault;
use crate::text::{Names, Untrusted, clean};

/// Largest archive that is written or read, in bytes. What a model states beside its weights has some 20 million;
/// making one holds it three times.
pub const MAX_BUNDLE_BYTES: u64 = 96 << 20;

/// Most members. A model directory has at most 20,000 files, and a ruleset 2,000.
const MAX_MEMBERS: usize = 30_000;

/// Longest name of a member, in bytes.
const MAX_NAME_BYTES: usize = 1_024;

/// The time of every member: the earliest that the format has, 1 January 1980.
const NO_TIME: i64 = 315_532_800;

/// The members of a submission, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Archive {
    bytes: Vec<u8>,
    members: BTreeMap<String, Range<usize>>,
}

impl Archive {
    /// Puts members together.
    ///
    /// # Errors
    /// A name that no archive may hold, or too many bytes.
    pub fn of(members: &BTreeMap<String, Vec<u8>>) -> Result<Self, BundleFault> {
        let all: usize = members.values().map(Vec::len).sum();
        if all as u64 > MAX_BUNDLE_BYTES {
            return Err(BundleFault::TooLarge(all as u64));
        }
        let mut names = Names::default();
        for name in members.keys() {
            legal(name, &mut names)?;
        }
        let mut bytes = Vec::with_capacity(all + members.len() * 256);
        let listed = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        write(listed, &mut bytes).map_err(|_| BundleFault::NoArchive)?;
        Self::read(bytes)
    }

    /// Reads an archive.
    ///
    /// # Errors
    /// It is none, or not the one archive of its members.
    pub fn read(bytes: Vec<u8>) -> Result<Self, BundleFault> {
        if bytes.len() as u64 > MAX_BUNDLE_BYTES {
            return Err(BundleFault::TooLarge(bytes.len() as u64));
        }
        let members = listed(&bytes)?;
        let mut same = Same { bytes: &bytes, at: 0 };
        let all = members.iter().map(|(name, range)| (name.as_str(), &bytes[range.clone()]));
        let again = write(all, &mut same);
        if again.is_err() || same.at != bytes.len() {
            return Err(BundleFault::OtherBytes(same.at as u64));
        }
        Ok(Self { bytes, members })
    }

    /// The archive as a file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A member.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.members.get(name).map(|range| &self.bytes[range.clone()])
    }

    /// All members, by name.
    pub fn members(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.members.iter().map(|(name, range)| (name.as_str(), &self.bytes[range.clone()]))
    }

    /// The members below a folder, by their names there.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.members().filter_map(move |(name, bytes)| Some((name.strip_prefix(folder)?, bytes)))
    }
}

/// Where each member lies.
fn listed(bytes: &[u8]) -> Result<BTreeMap<String, Range<usize>>, BundleFault> {
    let none = |_: rawzip::Error| BundleFault::NoArchive;
    let archive = ZipArchive::from_slice(bytes).map_err(none)?;
    let (mut members, mut names) = (BTreeMap::new(), Names::default());
    for entry in archive.entries() {
        let entry = entry.map_err(none)?;
        let path = entry.file_path();
        let raw: &[u8] = path.as_ref();
        let name =
            std::str::from_utf8(raw).map_err(|_| BundleFault::Name(Untrusted::new(&String::from_utf8_lossy(raw))))?;
        legal(name, &mut names)?;
        let found = archive.get_entry(entry.wayfinder()).map_err(none)?;
        let (begin, end) = found.compressed_data_range();
        let range = usize::try_from(begin).ok().zip(usize::try_from(end).ok());
        let range = range.filter(|(begin, end)| begin <= end && *end <= bytes.len());
        let (begin, end) = range.ok_or(BundleFault::OtherBytes(begin))?;
        members.insert(name.to_owned(), begin..end);
        if members.len() > MAX_MEMBERS {
            return Err(BundleFault::TooMany);
        }
    }
    Ok(members)
}

/// Whether a member may have this name: a path below the archive that every system can lay down, shown as it is.
pub(super) fn legal(name: &str, names: &mut Names) -> Result<(), BundleFault> {
    let part = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.ends_with([' ', '.']);
    let signs = |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '`');
    let fine =
        name.len() <= MAX_NAME_BYTES && name.split('/').all(part) && !name.contains(signs) && clean(name) == name;
    if !fine || names.add(name).is_err() {
        return Err(BundleFault::Name(name.into()));
    }
    Ok(())
}

/// Writes members as an archive.
fn write<'m>(members: impl Iterator<Item = (&'m str, &'m [u8])>, into: impl Write) -> Result<(), rawzip::Error> {
    let mut archive = ZipArchiveWriter::new(into);
    for (name, bytes) in members {
        let file = archive.new_file(name).last_modified(UtcDateTime::from_unix(NO_TIME)).unix_permissions(0o644);
        let (mut entry, config) = file.start()?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(bytes).map_err(rawzip::Error::from)?;
        let (_, told) = writer.finish()?;
        entry.finish(told)?;
    }
    archive.finish()?;
    Ok(())
}

/// Takes bytes as long as they are the same as these.
struct Same<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Write for Same<'_> {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        if let Some(odd) = more.iter().zip(rest).position(|(a, b)| a != b) {
            self.at += odd;
            return Err(io::Error::other("other bytes"));
        }
        if more.len() > rest.len() {
            self.at = self.bytes.len();
            return Err(io::Error::other("it ends early"));
        }
        self.at += more.len();
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> BTreeMap<String, Vec<u8>> {
        [("a.txt", "eins"), ("b/c.json", "{}"), ("b/빈.txt", "")]
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
            .into()
    }

    #[test]
    fn members_come_back() {
        let archive = Archive::of(&some()).expect("an archive");
        let again = Archive::read(archive.bytes().to_vec()).expect("read");
        assert_eq!(again, archive);
        assert_eq!(again.get("b/c.json"), Some(&b"{}"[..]));
        assert_eq!(again.below("b/").map(|(name, _)| name).collect::<Vec<_>>(), ["c.json", "빈.txt"]);
    }

    #[test]
    fn every_byte_is_bound_but_those_of_the_members() {
        let archive = Archive::of(&some()).expect("an archive");
        let whole = archive.bytes().to_vec();
        for at in 0..whole.len() {
            for bit in [1u8, 0x80] {
                let mut changed = whole.clone();
                changed[at] ^= bit;
                // What is left is refused, or another member or checksum of the archive's own: never the same members.
                if let Ok(read) = Archive::read(changed) {
                    assert_ne!(read.members().collect::<Vec<_>>(), archive.members().collect::<Vec<_>>(), "byte {at}");
                }
            }
        }
        for longer in [[&whole[..], b"x"].concat(), [b"x", &whole[..]].concat(), whole[..whole.len() - 1].to_vec()] {
            assert!(Archive::read(longer).is_err());
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../a", "/a", "a//b", "a/./b", "a\\b", "c:a", "", "a/", "a\u{202e}b", "nul.", "a\nb"] {
            let members = BTreeMap::from([(name.to_owned(), Vec::new())]);
            assert!(matches!(Archive::of(&members), Err(BundleFault::Name(_))), "{name:?}");
        }
        let alike = [("model/а", vec![]), ("model/a", vec![])].map(|(name, bytes)| (name.to_owned(), bytes)).into();
        assert!(matches!(Archive::of(&alike), Err(BundleFault::Name(_))), "a Cyrillic letter");
    }
}
