//! Pointers of Git LFS: small texts that stand for a large file that was not fetched.

use std::io::Read;
use std::path::Path;

/// What a pointer file of Git LFS says about the file that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

/// The longest pointer file, as the format's own specification has it.
const MAX_POINTER_BYTES: u64 = 1024;

/// Reads a pointer file of Git LFS; `None` if the file is something else.
pub(crate) fn pointer(path: &Path, bytes: u64) -> Option<Pointer> {
    if bytes > MAX_POINTER_BYTES {
        return None;
    }
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(MAX_POINTER_BYTES).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    lines.next()?.strip_prefix("version https://git-lfs.github.com/spec/")?;
    let (mut oid, mut size) = (None, None);
    for line in lines {
        match line.split_once(' ') {
            Some(("oid", value)) => oid = value.strip_prefix("sha256:").map(str::to_ascii_lowercase),
            Some(("size", value)) => size = value.parse().ok(),
            _ => {}
        }
    }
    Some(Pointer { bytes: size?, sha256: oid? })
}
