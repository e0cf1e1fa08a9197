//! What is missing of a set of files, told by their own names and headers: a count over a part of a set is no count.
//!
//! Files number themselves (`NAME-00001-of-00002.safetensors`), a GGUF file says into how many it was split, and the
//! ranks of a training each keep a slice of every tensor under one name (`consolidated.00.pth`). An index is proof
//! against all of this, since it lists every tensor.

use std::collections::BTreeMap;

use super::checkpoint::Checkpoint;
use super::choice::{is_known, shard, siblings};
use crate::files::Form;

/// Why the files that were read are not known to be all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lacking {
    /// A file says that it is one of so many, and fewer are here.
    Files {
        /// The file.
        name: String,
        /// How many there are by its word.
        of: u64,
        /// How many of them were read.
        here: u64,
    },
    /// Another file of its form lies beside it, and may hold the rest of the same model.
    Beside {
        /// The file that was read.
        name: String,
        /// The one beside it.
        other: String,
    },
}

/// Looks whether anything is missing.
pub(super) fn lacking(read: &Checkpoint) -> Option<Lacking> {
    if read.index.is_some() {
        return None;
    }
    shards(read).or_else(|| split(read)).or_else(|| ranks(read)).or_else(|| alone(read))
}

/// Names that number themselves.
fn shards(read: &Checkpoint) -> Option<Lacking> {
    let mut sets: BTreeMap<(&str, u32, &str), (u64, &str)> = BTreeMap::new();
    for file in &read.files {
        if let Some((stem, _, of, end)) = shard(&file.name) {
            sets.entry((stem, of, end)).or_insert((0, &file.name)).0 += 1;
        }
    }
    let short = sets.into_iter().find(|((_, of, _), (here, _))| *here < u64::from(*of));
    short.map(|((_, of, _), (here, name))| Lacking::Files { name: name.to_owned(), of: u64::from(of), here })
}

/// What a GGUF file says of its own split.
fn split(read: &Checkpoint) -> Option<Lacking> {
    let (name, here) = (read.files.first()?.name.clone(), read.files.len() as u64);
    read.split.filter(|of| *of > here).map(|of| Lacking::Files { name, of, here })
}

/// Files of one set by their numbers that hold the same names again: slices, or moments of a training.
fn ranks(read: &Checkpoint) -> Option<Lacking> {
    read.again.iter().find_map(|other| {
        let name = &read.files.iter().find(|file| siblings(&file.name, other))?.name;
        Some(Lacking::Beside { name: name.clone(), other: other.clone() })
    })
}

/// Other files that are looked at, at most, to see whether they hold the same again.
const MOST_LOOKED_AT: usize = 64;

/// Of `PyTorch` files under names that no loader knows one is read; the others may hold the rest of the model, unless
/// they hold the same again.
fn alone(read: &Checkpoint) -> Option<Lacking> {
    let [file] = &read.files[..] else { return None };
    if file.form != Form::Torch || is_known(&file.name) {
        return None;
    }
    let unread = read.unread();
    let mut beside = unread.into_iter().filter(|other| is_beside(read, &file.name, other)).enumerate();
    let other =
        beside.find(|(at, other)| *at >= MOST_LOOKED_AT || siblings(&file.name, other) || !read.holds_again(other));
    other.map(|(_, other)| Lacking::Beside { name: file.name.clone(), other: other.to_owned() })
}

/// Whether another file lies in the same folder and is of the same form by its name.
fn is_beside(read: &Checkpoint, name: &str, other: &str) -> bool {
    let here = other.strip_prefix(read.part.as_str()).is_some_and(|rest| !rest.contains('/'));
    here && other != name && crate::files::form_of(other) == crate::files::form_of(name) && !super::is_adapter(other)
}
