//! Scales of quantised numbers (method 3.2): a table beside the tensor whose dimensions stand against the tensor's in
//! order.
//!
//! A dimension as long as the tensor's gives one scale for each index of it, a shorter one for each block, one of
//! length one or a missing one for all. So one rule reads a scale for the tensor, for each row, for each block of 128 x
//! 128, for each expert of a tensor of experts, and for each row or block of each expert.

use super::roles::{self, Role};
use super::{Checkpoint, Dtype, Numbers, Problem, Tensor, WeightsError};

/// The scales of one tensor, in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    factors: Vec<f32>,
    /// For each dimension of the tensor: its length, the indices that share a scale, and the number of scales.
    dimensions: Vec<(usize, usize, usize)>,
}

/// Endings of the names of scales, after the tensor's name without `.weight`, and what the numbers are divided by.
const ENDINGS: &[(&str, f32)] =
    &[(".weight_scale", 1.0), (".weight_scale_inv", 1.0), ("_scale", 1.0), ("_scale_inv", 1.0), (".SCB", 127.0)];

impl Scale {
    /// Reads the scales that stand beside `tensor`; none where its format needs none or none is there.
    pub fn beside(
        tensor: &Tensor,
        numbers: &Numbers<'_>,
        checkpoint: &Checkpoint,
    ) -> Result<Option<Self>, WeightsError> {
        if !tensor.dtype.is_eight_bit() || tensor.placement.role == Role::Scale {
            return Ok(None);
        }
        let bare = roles::bare(&tensor.name);
        let Some((table, divisor)) = ENDINGS.iter().find_map(|(ending, divisor)| {
            let table = checkpoint.tensor(&format!("{bare}{ending}"))?;
            (table.name != tensor.name && table.placement.role == Role::Scale).then_some((table, *divisor))
        }) else {
            return Ok(None);
        };
        let fail = |problem| WeightsError::new(&checkpoint.files[table.file].name, table.begin, problem);
        if !matches!(table.dtype, Dtype::F32 | Dtype::F16 | Dtype::BF16 | Dtype::F8_E8M0) {
            return Err(fail(Problem::Packed(tensor.name.clone())));
        }
        let misfit = || fail(Problem::ScaleShape(tensor.name.clone()));
        // Looked at before a number is read, because a table of scales may claim any size.
        if table.elements > tensor.elements.max(1) {
            return Err(misfit());
        }
        let mut factors = Vec::new();
        numbers.read_raw(table, 0, table.elements, &mut factors)?;
        for factor in &mut factors {
            *factor /= divisor;
        }
        Self::new(factors, &tensor.shape, &table.shape).ok_or_else(misfit).map(Some)
    }

    /// None where the shapes do not go together.
    fn new(factors: Vec<f32>, shape: &[u64], of: &[u64]) -> Option<Self> {
        let of: &[u64] = if factors.len() == 1 { &[] } else { of };
        if of.len() > shape.len() {
            return None;
        }
        let mut dimensions = Vec::with_capacity(shape.len());
        for (at, &length) in shape.iter().enumerate() {
            let (length, scales) =
                (usize::try_from(length).ok()?, usize::try_from(of.get(at).copied().unwrap_or(1)).ok()?);
            if scales == 0 || length == 0 || scales > length {
                return None;
            }
            dimensions.push((length, length.div_ceil(scales), scales));
        }
        let count: usize =
            dimensions.iter().try_fold(1_usize, |product, dimension| product.checked_mul(dimension.2))?;
        (count == factors.len()).then_some(Self { factors, dimensions })
    }

    /// Multiplies `values`, which are the tensor's elements from the `first` on.
    pub fn apply(&self, first: usize, values: &mut [f32]) {
        let Some(&(columns, block, wide)) = self.dimensions.last() else {
            let factor = self.factors.first().copied().unwrap_or(1.0);
            for value in values {
                *value *= factor;
            }
            return;
        };
        let (mut at, mut left) = (first, values);
        while !left.is_empty() {
            let (row, column) = (at / columns, at % columns);
            let (line, rest) = left.split_at_mut((columns - column).min(left.len()));
            let scales = &self.factors[self.line(row) * wide..][..wide];
            for (column, value) in (column..).zip(line.iter_mut()) {
                *value *= scales[(column / block).min(wide - 1)];
            }
            at += line.len();
            left = rest;
        }
    }

    /// Where the scales of a row begin, in rows of the table of scales. A row is numbered over all dimensions but the
    /// last.
    fn line(&self, row: usize) -> usize {
        let leading = &self.dimensions[..self.dimensions.len() - 1];
        let (mut left, mut line, mut stride) = (row, 0, 1);
        for &(length, block, scales) in leading.iter().rev() {
            line += ((left % length) / block).min(scales - 1) * stride;
            left /= length;
            stride *= scales;
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(shape: &[u64], of: &[u64], factors: &[f32]) -> Vec<f32> {
        let count = usize::try_from(shape.iter().product::<u64>()).expect("small");
        let scale = Scale::new(factors.to_vec(), shape, of).expect("fits");
        let mut whole = vec![1.0; count];
        scale.apply(0, &mut whole);
        for cut in 0..count {
            let mut parts = vec![1.0; count];
            let (before, after) = parts.split_at_mut(cut);
            scale.apply(0, before);
            scale.apply(cut, after);
            assert_eq!(parts, whole, "the same whatever part is read");
        }
        whole
    }

    #[test]
    fn one_rule_reads_scales_of_tensors_rows_blocks_and_experts() {
        assert_eq!(scaled(&[2, 2], &[], &[2.0]), [2.0; 4]);
        assert_eq!(scaled(&[2, 2], &[1], &[2.0]), [2.0; 4]);
        assert_eq!(scaled(&[2, 2], &[2], &[2.0, 4.0]), [2.0, 2.0, 4.0, 4.0]);
        assert_eq!(scaled(&[2, 2], &[2, 1], &[2.0, 4.0]), [2.0, 2.0, 4.0, 4.0]);
        assert_eq!(scaled(&[2, 2], &[1, 2], &[2.0, 4.0]), [2.0, 4.0, 2.0, 4.0]);
        assert_eq!(scaled(&[3, 3], &[2, 2], &[1.0, 2.0, 4.0, 8.0]), [1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 4.0, 4.0, 8.0]);
        assert_eq!(scaled(&[2, 1, 2], &[2], &[2.0, 4.0]), [2.0, 2.0, 4.0, 4.0]);
        assert_eq!(scaled(&[2, 2, 2], &[2, 2, 1], &[1.0, 2.0, 4.0, 8.0]), [1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 8.0]);
        assert_eq!(scaled(&[2, 2, 2], &[2, 1, 2], &[1.0, 2.0, 4.0, 8.0]), [1.0, 2.0, 1.0, 2.0, 4.0, 8.0, 4.0, 8.0]);
        assert_eq!(
            scaled(&[2, 3, 3], &[2, 2, 2], &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0])[9..],
            [16.0, 16.0, 32.0, 16.0, 16.0, 32.0, 64.0, 64.0, 128.0]
        );
    }

    #[test]
    fn scales_that_do_not_go_with_the_tensor_are_refused() {
        for (shape, of, count) in [
            (&[2_u64, 2][..], &[3_u64][..], 3),
            (&[2, 2], &[2, 2, 2], 8),
            (&[2, 2], &[2], 1_usize + 2),
            (&[0, 2], &[2], 2),
        ] {
            assert_eq!(Scale::new(vec![1.0; count], shape, of), None, "{shape:?} {of:?}");
        }
    }
}
