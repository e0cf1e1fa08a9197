//! `SHA256SUMS`: the digest of every other member, as `sha256sum -c` checks it.

use std::collections::BTreeMap;

use crate::evidence::sha256;
use crate::signing::is_sha256;

/// Its name in the archive.
pub(super) const SUMS: &str = "SHA256SUMS";

/// The text for members.
pub(super) fn sums<'m>(members: impl Iterator<Item = (&'m str, &'m [u8])>) -> String {
    let mut lines = String::new();
    for (name, bytes) in members.filter(|(name, _)| *name != SUMS) {
        lines.push_str(&format!("{}  {name}\n", sha256(bytes)));
    }
    lines
}

/// Reads the text: name to digest. `None` if a line is not of the form, or a name stands twice.
pub(super) fn read(text: &[u8]) -> Option<BTreeMap<&str, &str>> {
    let mut all = BTreeMap::new();
    let text = std::str::from_utf8(text).ok()?;
    for line in text.strip_suffix('\n')?.split('\n') {
        let (digest, name) = line.split_once("  ").filter(|(digest, _)| is_sha256(digest))?;
        if all.insert(name, digest).is_some() {
            return None;
        }
    }
    Some(all)
}
