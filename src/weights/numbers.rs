//! The numbers of a tensor, as `f32`, a block of rows at a time.
//!
//! A tensor is seen as a table: its first dimension counts rows, the others together make a row. Quantised numbers are
//! multiplied by their scales, which stand beside them under the name with `_scale`, `_scale_inv` or `.SCB`
//! (weight-evidence 5.1): one for the tensor, one for each row, or one for each block of rows and columns.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::roles::Role;
use super::{Checkpoint, Dtype, Problem, Scale, Tensor, WeightsError};

/// Reads numbers of one checkpoint; keeps its files open and its buffer.
#[derive(Debug)]
pub struct Numbers<'a> {
    checkpoint: &'a Checkpoint,
    files: Mutex<HashMap<usize, File>>,
    bytes: AtomicU64,
    dry: bool,
}

impl<'a> Numbers<'a> {
    /// Nothing is opened before it is needed.
    pub fn of(checkpoint: &'a Checkpoint) -> Self {
        Self { checkpoint, files: Mutex::new(HashMap::new()), bytes: AtomicU64::new(0), dry: false }
    }

    /// Reads nothing and gives zeros, but counts as the others do: what a plan would read.
    pub fn dry(checkpoint: &'a Checkpoint) -> Self {
        Self { dry: true, ..Self::of(checkpoint) }
    }

    /// Whether it gives zeros.
    pub fn is_dry(&self) -> bool {
        self.dry
    }

    /// Bytes that were read since this was asked last.
    pub fn bytes_since(&self) -> u64 {
        self.bytes.swap(0, Ordering::Relaxed)
    }

    /// Rows and columns of a tensor seen as a table.
    pub fn table_shape(tensor: &Tensor) -> (usize, usize) {
        let rows = tensor.shape.first().copied().unwrap_or(1);
        let columns = tensor.elements.checked_div(rows).unwrap_or(0);
        (usize::try_from(rows).unwrap_or(usize::MAX), usize::try_from(columns).unwrap_or(usize::MAX))
    }

    /// Appends the numbers of `rows` to `out`, scales applied.
    pub fn read_rows(&self, tensor: &Tensor, rows: Range<usize>, out: &mut Vec<f32>) -> Result<(), WeightsError> {
        let (_, columns) = Self::table_shape(tensor);
        self.read_part(tensor, rows.start as u64 * columns as u64, (rows.len() * columns) as u64, out)
    }

    /// Appends `count` numbers from the `first` on, scales applied.
    pub fn read_part(&self, tensor: &Tensor, first: u64, count: u64, out: &mut Vec<f32>) -> Result<(), WeightsError> {
        let start = out.len();
        self.read_raw(tensor, first, count, out)?;
        if let Some(scale) = Scale::beside(tensor, self, self.checkpoint)? {
            scale.apply(usize::try_from(first).unwrap_or(usize::MAX), &mut out[start..]);
        }
        Ok(())
    }

    /// All numbers of a tensor, scales applied.
    pub fn read(&self, tensor: &Tensor) -> Result<Vec<f32>, WeightsError> {
        let mut out = Vec::new();
        self.read_rows(tensor, 0..Self::table_shape(tensor).0, &mut out)?;
        Ok(out)
    }

    /// Appends `count` stored elements from the `first` on, without any scale.
    pub fn read_raw(&self, tensor: &Tensor, first: u64, count: u64, out: &mut Vec<f32>) -> Result<(), WeightsError> {
        let file = &self.checkpoint.files[tensor.file];
        let fail = |problem| WeightsError::new(&file.name, tensor.begin, problem);
        if tensor.placement.role == Role::Packed || !(tensor.dtype.is_comparable() || tensor.dtype == Dtype::F8_E8M0) {
            return Err(fail(Problem::Packed(tensor.name.clone())));
        }
        let width = tensor.dtype.bits() / 8;
        self.bytes.fetch_add(count * width, Ordering::Relaxed);
        if self.dry {
            let count = usize::try_from(count).map_err(|_| fail(Problem::Overflow(tensor.name.clone())))?;
            out.resize(out.len() + count, 0.0);
            return Ok(());
        }
        let mut buffer =
            vec![0; usize::try_from(count * width).map_err(|_| fail(Problem::Overflow(tensor.name.clone())))?];
        let mut files = self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let std::collections::hash_map::Entry::Vacant(e) = files.entry(tensor.file) {
            let opened = File::open(&file.path).map_err(|error| fail(Problem::Io(error.to_string())))?;
            let unchanged =
                opened.metadata().is_ok_and(|now| now.len() == file.bytes && now.modified().ok() == file.modified);
            if !unchanged {
                return Err(fail(Problem::Changed));
            }
            e.insert(opened);
        }
        read_exact_at(&files[&tensor.file], &mut buffer, tensor.begin + first * width)
            .map_err(|_| fail(Problem::Changed))?;
        tensor.dtype.decode(&buffer, out);
        Ok(())
    }
}

#[cfg(unix)]
pub(super) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(not(unix))]
pub(super) fn read_exact_at(mut file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buffer)
}
