//! The digests of a model's files: of each as a whole, and of a weights file block by block, so that a part of it can
//! be checked alone.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::evidence::{RunningDigest, sha256};
use crate::measure::{Progress, Step};

/// Bytes of a block; the last of a file may be shorter.
pub const BLOCK_BYTES: u64 = 16 << 20;

/// Blocks that are read anew of weights files that were verified whole before and not touched since.
pub(super) const OF_KNOWN: u64 = 32;

/// A file's digests, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDigests {
    /// SHA-256 of the file.
    pub sha256: String,
    /// SHA-256 of each block.
    pub blocks: Vec<String>,
}

/// Digests a file in one reading. `progress` hears how many bytes were read.
///
/// # Errors
/// It cannot be read.
pub fn digests(path: &Path, progress: &Progress) -> std::io::Result<FileDigests> {
    let mut file = File::open(path)?;
    let (mut whole, mut blocks) = (RunningDigest::default(), Vec::new());
    let mut block = Vec::new();
    loop {
        block.clear();
        let read = file.by_ref().take(BLOCK_BYTES).read_to_end(&mut block)?;
        if read == 0 {
            return Ok(FileDigests { sha256: whole.finish(), blocks });
        }
        let (of_block, ()) = rayon::join(|| sha256(&block), || whole.update(&block));
        blocks.push(of_block);
        progress.tell(Step::Read(read as u64));
    }
}

/// The digest of one block of a file.
///
/// # Errors
/// It cannot be read.
pub(super) fn of_block(path: &Path, at: u64) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(at * BLOCK_BYTES))?;
    let mut block = Vec::new();
    file.take(BLOCK_BYTES).read_to_end(&mut block)?;
    Ok(sha256(&block))
}

/// Numbers of `count` blocks out of `all`, drawn by a seed: the same for the same seed, each at most once, in order.
pub fn drawn(seed: &str, count: u64, all: u64) -> Vec<u64> {
    if count >= all {
        return (0..all).collect();
    }
    let mut chosen = std::collections::BTreeSet::new();
    let mut turn = 0u64;
    while (chosen.len() as u64) < count {
        let digest = sha256(format!("{seed}\n{turn}").as_bytes());
        // Sixteen digits are 64 bits; the remainder favours no block by more than one in 2^64 / all.
        let number = u64::from_str_radix(&digest[..16], 16).unwrap_or_default();
        chosen.insert(number % all);
        turn += 1;
    }
    chosen.into_iter().collect()
}

/// The chance to draw at least one of `changed` blocks with `count` drawn out of `all` without putting back.
pub fn chance(changed: u64, count: u64, all: u64) -> f64 {
    if all == 0 || changed == 0 || count == 0 {
        return 0.0;
    }
    let missed: f64 = (0..count.min(all))
        .map(|drawn| ((all - drawn).saturating_sub(changed)) as f64 / (all - drawn) as f64)
        .product();
    1.0 - missed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_alone_has_the_digest_that_it_has_in_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let bytes: Vec<u8> = (0..BLOCK_BYTES + 5).map(|at| (at % 251) as u8).collect();
        std::fs::write(&path, &bytes).expect("written");
        let found = digests(&path, &Progress::default()).expect("digested");
        assert_eq!(found.sha256, sha256(&bytes));
        assert_eq!(found.blocks.len(), 2);
        for (at, digest) in found.blocks.iter().enumerate() {
            assert_eq!(&of_block(&path, at as u64).expect("read"), digest);
        }
    }

    #[test]
    fn draws_are_repeated_by_their_seed_and_spread_over_all_blocks() {
        assert_eq!(drawn("a", 5, 100), drawn("a", 5, 100));
        assert_ne!(drawn("a", 5, 100), drawn("b", 5, 100));
        assert_eq!(drawn("a", 9, 4), [0, 1, 2, 3]);
        let seen: std::collections::BTreeSet<u64> = (0..400).flat_map(|seed| drawn(&seed.to_string(), 3, 20)).collect();
        assert_eq!(seen.len(), 20);
    }

    #[test]
    fn the_chance_is_that_of_drawing_without_putting_back() {
        assert!((chance(1, 1, 4) - 0.25).abs() < 1e-12);
        assert!((chance(2, 2, 4) - (1.0 - 1.0 / 6.0)).abs() < 1e-12);
        assert!((chance(1, 4, 4) - 1.0).abs() < 1e-12 && chance(0, 4, 4) == 0.0);
    }
}
