//! Matrices and gains as they lie in a file, read unit by unit.

use crate::measure::MeasureError;
use crate::measure::stats::matrix::Matrix;
use crate::weights::{Numbers, Tensor};

/// A matrix as it lies in a file: a tensor, or one expert's part of a tensor that holds all.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Stored<'a> {
    tensor: &'a Tensor,
    /// Elements before it.
    offset: u64,
    pub rows: usize,
    pub columns: usize,
}

/// Most numbers that are read at once.
const MOST_AT_ONCE: usize = 4 << 20;
/// Of rows that are this many times longer than what is wanted of them, only that is read.
const FEW: usize = 4;

impl<'a> Stored<'a> {
    pub(in crate::measure) fn name(&self) -> &'a str {
        &self.tensor.name
    }

    /// How many numbers it has.
    pub(in crate::measure) fn numbers(&self) -> u64 {
        (self.rows as u64).saturating_mul(self.columns as u64)
    }

    pub(in crate::measure) fn of(tensor: &'a Tensor) -> Self {
        let (rows, columns) = Numbers::table_shape(tensor);
        Self { tensor, offset: 0, rows, columns }
    }

    /// The experts of a tensor `experts x rows x columns`.
    pub(in crate::measure) fn experts(tensor: &'a Tensor) -> Vec<Self> {
        let [experts, rows, columns] = tensor.shape.as_slice() else { return Vec::new() };
        let (Ok(high), Ok(wide)) = (usize::try_from(*rows), usize::try_from(*columns)) else { return Vec::new() };
        (0..*experts)
            .map(|expert| Self { tensor, offset: expert * rows * columns, rows: high, columns: wide })
            .collect()
    }

    /// The given units, each a row of the result with the given numbers of it. Units are the matrix's rows, or its
    /// columns.
    pub(in crate::measure) fn read(
        &self,
        numbers: &Numbers<'_>,
        units: &[usize],
        by_row: bool,
        across: &[usize],
    ) -> Result<Matrix, MeasureError> {
        if by_row && across.len() == self.columns {
            return self.whole_rows(numbers, units);
        }
        let (rows, columns) = if by_row { (units, across) } else { (across, units) };
        let mut out = Matrix::zero(units.len(), across.len());
        let mut put = |row: usize, column: usize, value: f32| {
            let at = if by_row { row * across.len() + column } else { column * across.len() + row };
            out.data[at] = value;
        };
        let mut data = Vec::new();
        let dtype = self.tensor.dtype;
        let few = !dtype.is_eight_bit() && !dtype.is_block() && columns.len() * FEW <= self.columns;
        let mut at = 0;
        while at < rows.len() {
            let most = (MOST_AT_ONCE / self.columns.max(1)).max(1);
            let run = (at..rows.len()).take_while(|&next| rows[next] == rows[at] + (next - at)).take(most).count();
            data.clear();
            if few {
                for &row in &rows[at..at + run] {
                    self.part_of_row(numbers, row, columns, &mut data)?;
                }
            } else {
                self.rows_into(numbers, rows[at], run, &mut data)?;
            }
            for row in 0..run {
                for (column, &from) in columns.iter().enumerate() {
                    let value = if few { data[row * columns.len() + column] } else { data[row * self.columns + from] };
                    put(at + row, column, value);
                }
            }
            at += run;
        }
        Ok(out)
    }

    fn whole_rows(&self, numbers: &Numbers<'_>, units: &[usize]) -> Result<Matrix, MeasureError> {
        let (mut data, mut at) = (Vec::new(), 0);
        while at < units.len() {
            let run = (at..units.len()).take_while(|&next| units[next] == units[at] + (next - at)).count();
            self.rows_into(numbers, units[at], run, &mut data)?;
            at += run;
        }
        Ok(Matrix::new(units.len(), self.columns, data))
    }

    /// Some numbers of one row, read in runs.
    fn part_of_row(
        &self,
        numbers: &Numbers<'_>,
        row: usize,
        columns: &[usize],
        data: &mut Vec<f32>,
    ) -> Result<(), MeasureError> {
        let start = self.offset + row as u64 * self.columns as u64;
        let mut at = 0;
        while at < columns.len() {
            let run = (at..columns.len()).take_while(|&next| columns[next] == columns[at] + (next - at)).count();
            numbers.read_raw(self.tensor, start + columns[at] as u64, run as u64, data)?;
            at += run;
        }
        Ok(())
    }

    fn rows_into(
        &self,
        numbers: &Numbers<'_>,
        first: usize,
        count: usize,
        data: &mut Vec<f32>,
    ) -> Result<(), MeasureError> {
        let columns = self.columns as u64;
        Ok(numbers.read_part(self.tensor, self.offset + first as u64 * columns, count as u64 * columns, data)?)
    }
}

pub(in crate::measure) fn gain_of(stored: Vec<f32>, lacks_one: bool) -> Vec<f32> {
    if lacks_one { stored.into_iter().map(|gain| gain + 1.0).collect() } else { stored }
}

/// Of a vector that has a number for each of `width` channels, those that are held; a vector of another length as it
/// is.
pub(in crate::measure) fn picked(values: &[f32], width: usize, channels: &[usize]) -> Vec<f32> {
    if values.len() == width { channels.iter().map(|&at| values[at]).collect() } else { values.to_vec() }
}
