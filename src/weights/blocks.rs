//! Bytes of a checkpoint's files at any offset, for those who read whole files in blocks.

use std::fs::File;

use super::numbers::read_exact_at;
use super::{Checkpoint, Problem, WeightsError};

/// The files of one checkpoint, open and unchanged since their headers were read.
#[derive(Debug)]
pub struct Blocks<'a> {
    checkpoint: &'a Checkpoint,
    files: Vec<File>,
}

impl<'a> Blocks<'a> {
    /// Opens every file.
    pub fn open(checkpoint: &'a Checkpoint) -> Result<Self, WeightsError> {
        let mut files = Vec::with_capacity(checkpoint.files.len());
        for file in &checkpoint.files {
            let opened = File::open(&file.path)
                .map_err(|error| WeightsError::new(&file.name, None, Problem::Io(error.to_string())))?;
            let unchanged =
                opened.metadata().is_ok_and(|now| now.len() == file.bytes && now.modified().ok() == file.modified);
            if !unchanged {
                return Err(WeightsError::new(&file.name, None, Problem::Changed));
            }
            files.push(opened);
        }
        Ok(Self { checkpoint, files })
    }

    /// Fills `buffer` from byte `offset` of a file on, in bytes of the file. A file that ends before was cut while it was read.
    pub fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> Result<(), WeightsError> {
        read_exact_at(&self.files[file], buffer, offset)
            .map_err(|_| WeightsError::new(&self.checkpoint.files[file].name, offset, Problem::Changed))
    }
}
