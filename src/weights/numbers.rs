//! The numbers of a tensor, as `f32`, a block of rows at a time.
//!
//! A tensor is seen as a table: its first dimension counts rows, the others together make a row. Quantised numbers are
//! multiplied by their scales, which stand beside them under the name with `_scale`, `_scale_inv` or `.SCB`
//! (method 3.1): one for the tensor, one for each row, or one for each block of rows and columns.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::roles::Role;
use super::{Checkpoint, Dtype, Problem, Scale, Tensor, WeightsError};
use crate::text::why_not;

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

    /// Appends `count` stored elements from the `first` on, without any scale beside them. Rows that lie in another
    /// order than the family's are given in the family's ([`Tensor::pairs`]).
    pub fn read_raw(&self, tensor: &Tensor, first: u64, count: u64, out: &mut Vec<f32>) -> Result<(), WeightsError> {
        if tensor.placement.role == Role::Packed || !(tensor.dtype.is_comparable() || tensor.dtype == Dtype::F8_E8M0) {
            return Err(self.failed(tensor, Problem::Packed(tensor.name.clone())));
        }
        match tensor.pairs {
            None => self.read_stretch(tensor, first, count, out),
            Some(head) => {
                let columns =
                    tensor.elements.checked_div(tensor.shape.first().copied().unwrap_or(1)).unwrap_or(0).max(1);
                let (mut at, end) = (first, first + count);
                while at < end {
                    let (row, column) = (at / columns, at % columns);
                    let part = (columns - column).min(end - at);
                    self.read_stretch(tensor, stored_row(row, head) * columns + column, part, out)?;
                    at += part;
                }
                Ok(())
            }
        }
    }

    /// Appends numbers that lie next to each other in the file.
    fn read_stretch(&self, tensor: &Tensor, first: u64, count: u64, out: &mut Vec<f32>) -> Result<(), WeightsError> {
        let overflow = || self.failed(tensor, Problem::Overflow(tensor.name.clone()));
        let (numbers, size) = tensor.dtype.block();
        let (from, to) = (first / numbers, (first + count).div_ceil(numbers));
        self.bytes.fetch_add((to - from) * size, Ordering::Relaxed);
        let (skip, count) = (first - from * numbers, usize::try_from(count).map_err(|_| overflow())?);
        if self.dry {
            out.resize(out.len() + count, 0.0);
            return Ok(());
        }
        let mut buffer = vec![0; usize::try_from((to - from) * size).map_err(|_| overflow())?];
        self.fill(tensor, from * size, &mut buffer)?;
        if numbers == 1 {
            tensor.dtype.decode(&buffer, out);
            return Ok(());
        }
        let mut whole = Vec::new();
        tensor.dtype.decode(&buffer, &mut whole);
        let skip = usize::try_from(skip).map_err(|_| overflow())?;
        out.extend(whole.iter().skip(skip).take(count));
        Ok(())
    }

    /// Bytes of a tensor from `offset` on.
    fn fill(&self, tensor: &Tensor, offset: u64, buffer: &mut [u8]) -> Result<(), WeightsError> {
        let file = &self.checkpoint.files[tensor.file];
        let mut files = self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let std::collections::hash_map::Entry::Vacant(e) = files.entry(tensor.file) {
            let opened = File::open(&file.path).map_err(|error| self.failed(tensor, Problem::Io(why_not(&error))))?;
            let unchanged =
                opened.metadata().is_ok_and(|now| now.len() == file.bytes && now.modified().ok() == file.modified);
            if !unchanged {
                return Err(self.failed(tensor, Problem::Changed));
            }
            e.insert(opened);
        }
        read_exact_at(&files[&tensor.file], buffer, tensor.begin + offset)
            .map_err(|_| self.failed(tensor, Problem::Changed))
    }

    fn failed(&self, tensor: &Tensor, problem: Problem) -> WeightsError {
        WeightsError::new(&self.checkpoint.files[tensor.file].name, tensor.begin, problem)
    }
}

/// Where a row of a family that turns its first half with its second lies, if rows that are turned together lie next to
/// each other. `head` is the number of rows of one head.
fn stored_row(row: u64, head: u64) -> u64 {
    let (begin, inner, half) = (row / head * head, row % head, head / 2);
    begin + 2 * (inner % half) + inner / half
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
