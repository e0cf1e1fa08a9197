//! Dense matrices of `f32` with sums in `f64`, in a fixed order, so that results are the same everywhere.

/// A matrix stored row by row.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::measure) struct Matrix {
    pub rows: usize,
    pub columns: usize,
    pub data: Vec<f32>,
}

/// Partial sums of a dot product: part of the definition of every figure, so never changed lightly.
const LANES: usize = 8;
/// Blocks of rows of which one is left out at a time.
const BLOCKS: usize = 20;
/// Sides of the squares in which a matrix is transposed.
const TILE: usize = 32;

/// Sum of products in `f64`, eight partial sums folded in order.
pub(in crate::measure) fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0_f64; LANES];
    let (left, left_rest) = a.as_chunks::<LANES>();
    let (right, right_rest) = b.as_chunks::<LANES>();
    for (x, y) in left.iter().zip(right) {
        for lane in 0..LANES {
            sums[lane] += f64::from(x[lane]) * f64::from(y[lane]);
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
    sums.iter().sum::<f64>() + rest
}

/// Cosine, or 0 where a side is zero.
pub(in crate::measure) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let scale = (dot(a, a) * dot(b, b)).sqrt();
    if scale > 0.0 { dot(a, b) / scale } else { 0.0 }
}

#[expect(clippy::cast_possible_truncation, reason = "matrices are kept in f32")]
pub(in crate::measure) fn narrow(value: f64) -> f32 {
    value as f32
}

impl Matrix {
    pub(in crate::measure) fn new(rows: usize, columns: usize, data: Vec<f32>) -> Self {
        debug_assert_eq!(data.len(), rows * columns);
        Self { rows, columns, data }
    }

    pub(in crate::measure) fn zero(rows: usize, columns: usize) -> Self {
        Self::new(rows, columns, vec![0.0; rows * columns])
    }

    pub(in crate::measure) fn row(&self, at: usize) -> &[f32] {
        &self.data[at * self.columns..(at + 1) * self.columns]
    }

    pub(in crate::measure) fn at(&self, row: usize, column: usize) -> f32 {
        self.data[row * self.columns + column]
    }

    pub(in crate::measure) fn transposed(&self) -> Self {
        let mut data = vec![0.0; self.data.len()];
        // Square tiles, so that neither side is walked across whole rows of cache lines.
        for first in (0..self.rows).step_by(TILE) {
            for left in (0..self.columns).step_by(TILE) {
                let rows = first..self.rows.min(first + TILE);
                for column in left..self.columns.min(left + TILE) {
                    for row in rows.clone() {
                        data[column * self.rows + row] = self.data[row * self.columns + column];
                    }
                }
            }
        }
        Self::new(self.columns, self.rows, data)
    }

    /// The rows of `order`, in that order.
    pub(in crate::measure) fn take_rows(&self, order: impl IntoIterator<Item = usize>) -> Self {
        let mut data = Vec::new();
        let mut rows = 0;
        for row in order {
            data.extend_from_slice(self.row(row));
            rows += 1;
        }
        Self::new(rows, self.columns, data)
    }

    /// The columns of `order`, in that order.
    pub(in crate::measure) fn take_columns(&self, order: &[usize]) -> Self {
        let mut data = Vec::with_capacity(self.rows * order.len());
        for row in 0..self.rows {
            data.extend(order.iter().map(|&column| self.at(row, column)));
        }
        Self::new(self.rows, order.len(), data)
    }

    /// Each column times a factor.
    pub(in crate::measure) fn scale_columns(&mut self, factors: &[f32]) {
        if factors.len() == self.columns {
            for row in self.data.chunks_exact_mut(self.columns.max(1)) {
                for (value, factor) in row.iter_mut().zip(factors) {
                    *value *= factor;
                }
            }
        }
    }

    /// This on top of `below`.
    pub(in crate::measure) fn stacked(mut self, below: &Self) -> Self {
        if self.rows == 0 {
            return below.clone();
        }
        if below.columns == self.columns {
            self.data.extend_from_slice(&below.data);
            self.rows += below.rows;
        }
        self
    }

    /// Each row divided by its length; zero rows stay.
    pub(in crate::measure) fn unit_rows(&self) -> Self {
        self.clone().into_unit_rows()
    }

    /// The same without a copy.
    pub(in crate::measure) fn into_unit_rows(mut self) -> Self {
        for row in self.data.chunks_exact_mut(self.columns.max(1)) {
            let factor = dot(row, row).sqrt().recip();
            if factor.is_finite() {
                for value in row {
                    *value = narrow(f64::from(*value) * factor);
                }
            }
        }
        self
    }

    /// The mean of its rows taken off each.
    pub(in crate::measure) fn without_mean_row(&self) -> Self {
        let mut mean = vec![0.0_f64; self.columns];
        for row in 0..self.rows {
            for (sum, &value) in mean.iter_mut().zip(self.row(row)) {
                *sum += f64::from(value);
            }
        }
        let mean: Vec<f32> = mean.into_iter().map(|sum| narrow(sum / self.rows.max(1) as f64)).collect();
        let mut out = self.clone();
        for row in out.data.chunks_exact_mut(self.columns.max(1)) {
            for (value, mean) in row.iter_mut().zip(&mean) {
                *value -= mean;
            }
        }
        out
    }

    /// Sets rows that hold an infinite number or none to zero; how many.
    pub(in crate::measure) fn blank_broken_rows(&mut self) -> usize {
        let mut broken = 0;
        for row in self.data.chunks_exact_mut(self.columns.max(1)) {
            if row.iter().any(|value| !value.is_finite()) {
                row.fill(0.0);
                broken += 1;
            }
        }
        broken
    }

    /// Whether it is one row again and again, and not of zeros: a constant or a computed pattern, of which signs and
    /// places tell nothing.
    pub(in crate::measure) fn repeats_a_row(&self) -> bool {
        let first = self.data.get(..self.columns).unwrap_or_default();
        self.rows > 1
            && first.iter().any(|value| *value != 0.0)
            && self.data.chunks_exact(self.columns.max(1)).all(|row| row == first)
    }
}

/// Correlation of two tables after row and column means are taken off (method 10.5): an effect size.
pub(in crate::measure) fn centred_correlation(a: &Matrix, b: &Matrix) -> f64 {
    centred_correlation_and_error(a, b).0
}

/// The same with its standard error, by leaving out one of twenty blocks of rows at a time (method 10.5): rows of
/// tokens are not independent of each other.
pub(in crate::measure) fn centred_correlation_and_error(a: &Matrix, b: &Matrix) -> (f64, Option<f64>) {
    if a.rows != b.rows || a.columns != b.columns || a.data.is_empty() {
        return (0.0, None);
    }
    let (a, b) = (double_centred(a), double_centred(b));
    let size = a.rows.div_ceil(BLOCKS) * a.columns.max(1);
    let sums: Vec<[f64; 3]> =
        a.data.chunks(size).zip(b.data.chunks(size)).map(|(x, y)| [dot(x, y), dot(x, x), dot(y, y)]).collect();
    let all = sums.iter().fold([0.0; 3], |all, one| [0, 1, 2].map(|at| all[at] + one[at]));
    let of = |[product, x, y]: [f64; 3]| if x > 0.0 && y > 0.0 { product / (x * y).sqrt() } else { 0.0 };
    let without = sums.iter().map(|one| of([0, 1, 2].map(|at| all[at] - one[at])));
    let error = if a.rows < 2 * BLOCKS { None } else { crate::measure::stats::jackknife::jackknife(without) };
    (of(all), error)
}

fn double_centred(table: &Matrix) -> Matrix {
    let mut out = table.without_mean_row();
    for row in out.data.chunks_exact_mut(table.columns.max(1)) {
        let mean = row.iter().map(|&value| f64::from(value)).sum::<f64>() / table.columns.max(1) as f64;
        for value in row {
            *value -= narrow(mean);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_error_is_that_of_repetitions() {
        let draw = |seed: u64| {
            let (a, noise) = (
                crate::measure::stats::test_matrices::random(400, 8, seed),
                crate::measure::stats::test_matrices::random(400, 8, seed + 999),
            );
            let b = Matrix::new(400, 8, a.data.iter().zip(&noise.data).map(|(x, y)| x + y).collect());
            centred_correlation_and_error(&a, &b)
        };
        let drawn: Vec<(f64, f64)> = (1..41).map(draw).map(|(value, error)| (value, error.expect("blocks"))).collect();
        let n = drawn.len() as f64;
        let mean = drawn.iter().map(|one| one.0).sum::<f64>() / n;
        let spread = (drawn.iter().map(|one| (one.0 - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let told = drawn.iter().map(|one| one.1).sum::<f64>() / n;
        assert!((0.6..1.6).contains(&(told / spread)), "{told} against {spread}");
    }

    #[test]
    fn products_agree_with_the_definition() {
        let a = Matrix::new(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let b = Matrix::new(3, 1, vec![1.0, 0.0, -1.0]);
        assert_eq!(a.times(&b).data, [-2.0, -2.0]);
        assert_eq!(a.transposed().transposed(), a);
        assert!((centred_correlation(&a, &a)).abs() < 1e-9, "a rank-one table has nothing left");
    }
}
