//! Writing a file whole or not at all: beside its place, under a name that nobody can guess, then renamed.
//! What stood there before stays as it was until the rename, and where anything goes wrong.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

/// How a file that is being written is called until it is whole.
const PREFIX: &str = ".sovgrade-";

/// The mode of a file that anybody makes, of which the system takes off what the user has said.
const ANYBODY: u32 = 0o666;

/// The mode of a file for its owner alone.
const OWNER: u32 = 0o600;

/// Writes a file, or replaces it. A link is followed, so that the file which it points at is replaced, and the mode of
/// a file that is replaced is kept. What is no regular file (`/dev/null`, a pipe) is written to as it is.
///
/// # Errors
/// The operating system refuses; what stood there stands there still.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(there) if !there.is_file() || is_device(path) => straight(path, bytes),
        Ok(there) => {
            let place = path.canonicalize()?;
            let file = beside(&place, bytes, ANYBODY)?;
            file.as_file().set_permissions(there.permissions())?;
            renamed(file.persist(place))
        }
        // A link that leads nowhere is not ours to replace.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            renamed(beside(path, bytes, ANYBODY)?.persist(path))
        }
        Err(error) => Err(error),
    }
}

/// Writes a file that is not there yet.
///
/// # Errors
/// It is there, or the operating system refuses; there is no half of it then.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    renamed(beside(path, bytes, ANYBODY)?.persist_noclobber(path))
}

/// The same, of a file that nobody else may read: it is never open to others, not even while it is written.
///
/// # Errors
/// As [`write_new`].
pub(crate) fn write_new_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    renamed(beside(path, bytes, OWNER)?.persist_noclobber(path))
}

/// A folder of our own that goes away with what is in it.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    /// Makes one, that nobody else can read, where the system keeps what passes.
    pub(crate) fn new() -> io::Result<Self> {
        Builder::new().prefix(PREFIX).tempdir().map(Self)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A file next to its place that holds all of the bytes; it goes away when it is dropped.
fn beside(path: &Path, bytes: &[u8], mode: u32) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = builder.tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    file.flush()?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

fn renamed(result: Result<File, tempfile::PersistError>) -> io::Result<()> {
    result.map(drop).map_err(|error| error.error)
}

/// Whether a path means one of the system's own names for what is open, `/dev/stdout` or the like, which cannot be
/// renamed over.
fn is_device(path: &Path) -> bool {
    ["/dev", "/proc"].iter().any(|place| path.starts_with(place))
}

fn straight(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(bytes)?;
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_and_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("made");
        let path = folder.path().join("report");
        write_whole(&path, b"first").expect("written");
        write_whole(&path, b"second").expect("written");
        assert_eq!(std::fs::read(&path).expect("read"), b"second");
        assert!(write_new(&path, b"third").is_err());
        assert_eq!(std::fs::read(&path).expect("read"), b"second");
        assert!(write_whole(&folder.path().join("no/such/folder"), b"x").is_err());
        assert!(write_whole(folder.path(), b"x").is_err());
        assert_eq!(names(folder.path()), ["report"]);
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_link_stay_as_they_were() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("made");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("set");
        std::os::unix::fs::symlink("file", &link).expect("linked");
        write_whole(&link, b"new").expect("written");
        assert!(link.symlink_metadata().expect("there").file_type().is_symlink());
        assert_eq!(std::fs::read(&file).expect("read"), b"new");
        assert_eq!(file.metadata().expect("there").permissions().mode() & 0o777, 0o640);
        write_whole(Path::new("/dev/null"), b"x").expect("written");
        let full = Path::new("/dev/full");
        assert!(!full.exists() || write_whole(full, b"x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_not_replaced() {
        let folder = Scratch::new().expect("a folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &link).expect("a link");
        assert!(write_whole(&link, b"x").is_err());
        assert!(link.is_symlink());
    }
}
