//! Bytes of a checkpoint's files at any offset, for those who read whole files in blocks.

use std::fs::File;

use super::map::Mapped;
use super::numbers::read_exact_at;
use super::{Checkpoint, Problem, WeightsError};
use crate::text::why_not;

/// How the bytes of files are come by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Access {
    /// Read into buffers that are used again.
    #[default]
    Read,
    /// Mapped into memory: one copy less. A file that another process shortens meanwhile may end the program.
    Map,
}

/// The files of one checkpoint, open and unchanged since their headers were read.
#[derive(Debug)]
pub struct Blocks<'a> {
    checkpoint: &'a Checkpoint,
    files: Vec<(File, Option<Mapped>)>,
}

impl<'a> Blocks<'a> {
    /// Opens every file, and maps it where that is asked for.
    pub fn open(checkpoint: &'a Checkpoint, access: Access) -> Result<Self, WeightsError> {
        let mut files = Vec::with_capacity(checkpoint.files.len());
        for file in &checkpoint.files {
            let failed = |error: std::io::Error| WeightsError::new(&file.name, None, Problem::Io(why_not(&error)));
            let opened = File::open(&file.path).map_err(failed)?;
            let unchanged =
                opened.metadata().is_ok_and(|now| now.len() == file.bytes && now.modified().ok() == file.modified);
            if !unchanged {
                return Err(WeightsError::new(&file.name, None, Problem::Changed));
            }
            let map = match access {
                Access::Read => None,
                Access::Map => Some(Mapped::of(&opened).map_err(failed)?),
            };
            files.push((opened, map));
        }
        Ok(Self { checkpoint, files })
    }

    /// Fills `buffer` from byte `offset` of a file on, in bytes of the file. A file that ends before was cut while it
    /// was read.
    pub fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> Result<(), WeightsError> {
        read_exact_at(&self.files[file].0, buffer, offset).map_err(|_| self.changed(file, offset))
    }

    /// So many bytes of a file from `offset` on: of its mapping, or read into `buffer`.
    pub fn bytes<'b>(
        &'b self,
        file: usize,
        offset: u64,
        count: usize,
        buffer: &'b mut Vec<u8>,
    ) -> Result<&'b [u8], WeightsError> {
        let (opened, Some(map)) = &self.files[file] else {
            buffer.resize(count, 0);
            self.read(file, offset, buffer)?;
            return Ok(buffer);
        };
        // What was cut since the file was opened is told as when it is read, unless it happens between here and the
        // use.
        let whole = opened.metadata().is_ok_and(|now| now.len() == self.checkpoint.files[file].bytes);
        let begin = usize::try_from(offset).ok();
        let bytes = begin.and_then(|begin| map.bytes().get(begin..begin.checked_add(count)?)).filter(|_| whole);
        bytes.ok_or_else(|| self.changed(file, offset))
    }

    fn changed(&self, file: usize, offset: u64) -> WeightsError {
        WeightsError::new(&self.checkpoint.files[file].name, offset, Problem::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(directory: &std::path::Path) -> Checkpoint {
        let header = br#"{"x.weight":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}"#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header);
        bytes.extend_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        std::fs::write(directory.join("model.safetensors"), bytes).expect("written");
        Checkpoint::open(directory, "").expect("opened")
    }

    #[test]
    fn both_ways_give_the_same_bytes_and_tell_a_file_that_was_cut() {
        for access in [Access::Read, Access::Map] {
            let directory = tempfile::tempdir().expect("directory");
            let checkpoint = checkpoint(directory.path());
            let blocks = Blocks::open(&checkpoint, access).expect("opened");
            let file = &checkpoint.files[0];
            let mut buffer = Vec::new();
            assert_eq!(blocks.bytes(0, file.bytes - 3, 3, &mut buffer).expect("read"), [6, 7, 8]);
            assert!(blocks.bytes(0, file.bytes - 3, 4, &mut buffer).is_err(), "beyond the end");
            assert!(blocks.bytes(0, u64::MAX, 4, &mut buffer).is_err());
            let cut = std::fs::OpenOptions::new().write(true).open(&file.path).expect("opened");
            cut.set_len(file.bytes - 2).expect("cut");
            let error = blocks.bytes(0, file.bytes - 3, 3, &mut buffer).expect_err("cut");
            assert!(matches!(error.problem, Problem::Changed), "{error:?}");
        }
    }
}
