//! Singular values: of the Gram matrix of the shorter side, by reflections to three diagonals and rotations that make
//! two of them vanish.

use crate::measure::stats::matrix::Matrix;

/// Part of the largest number that an entry beside the diagonal may be and still be nothing.
const NOTHING: f64 = 1e-15;
/// Sweeps for each value; two are usual.
const SWEEPS: usize = 60;

/// The singular values of a matrix, largest first: as many as its shorter side is long. Of values far below the largest
/// the square is exact to a ten-millionth of the largest square.
pub(in crate::measure) fn singular_values(matrix: &Matrix) -> Vec<f64> {
    let wide = if matrix.rows <= matrix.columns { matrix.clone() } else { matrix.transposed() };
    let gram = wide.times_transposed(&wide);
    let values = eigenvalues(gram.data.iter().map(|&value| f64::from(value)).collect(), gram.rows);
    values.into_iter().map(|value| value.max(0.0).sqrt()).collect()
}

/// Eigenvalues of a symmetric matrix of side `n`, row by row, largest first (Golub and Van Loan 2013, 8.3).
fn eigenvalues(mut matrix: Vec<f64>, n: usize) -> Vec<f64> {
    if n == 0 {
        return Vec::new();
    }
    let (mut diagonal, mut beside) = (vec![0.0; n], vec![0.0; n - 1]);
    for step in 0..n - 1 {
        diagonal[step] = matrix[step * n + step];
        beside[step] = reflect(&mut matrix, n, step);
    }
    diagonal[n - 1] = matrix[n * n - 1];
    let largest = diagonal.iter().chain(&beside).fold(0.0_f64, |most, value| most.max(value.abs()));
    let (mut high, mut left) = (n - 1, SWEEPS * n);
    while high > 0 && left > 0 {
        left -= 1;
        if beside[high - 1].abs() <= NOTHING * largest {
            high -= 1;
            continue;
        }
        let low = (0..high).rev().find(|&at| beside[at].abs() <= NOTHING * largest).map_or(0, |at| at + 1);
        sweep(&mut diagonal[low..=high], &mut beside[low..high]);
    }
    diagonal.sort_by(|one, other| other.total_cmp(one));
    diagonal
}

/// Reflects the part of a matrix below and right of `step`, so that column `step` keeps one number below the diagonal:
/// which.
fn reflect(matrix: &mut [f64], n: usize, step: usize) -> f64 {
    let first = step + 1;
    let mut normal: Vec<f64> = (first..n).map(|row| matrix[row * n + step]).collect();
    let length = normal.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length == 0.0 {
        return 0.0;
    }
    let kept = if normal[0] > 0.0 { -length } else { length };
    normal[0] -= kept;
    let scale = normal.iter().map(|value| value * value).sum::<f64>().sqrt();
    if scale == 0.0 {
        return kept;
    }
    for value in &mut normal {
        *value /= scale;
    }
    let row_of = |row: usize| row * n + first..(row + 1) * n;
    let mut image: Vec<f64> = (first..n).map(|row| product(&matrix[row_of(row)], &normal)).collect();
    let along = product(&image, &normal);
    image.iter_mut().zip(&normal).for_each(|(x, y)| *x = 2.0 * (*x - along * y));
    for (at, row) in (first..n).enumerate() {
        let (here, there) = (normal[at], image[at]);
        for ((value, x), y) in matrix[row_of(row)].iter_mut().zip(&normal).zip(&image) {
            *value -= here * y + there * x;
        }
    }
    kept
}

/// Sum of products, eight partial sums folded in order: one after the other they would wait for each other.
fn product(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 8];
    let (left, left_rest) = a.as_chunks::<8>();
    let (right, right_rest) = b.as_chunks::<8>();
    for (x, y) in left.iter().zip(right) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

/// One sweep of rotations with Wilkinson's shift.
fn sweep(diagonal: &mut [f64], beside: &mut [f64]) {
    let last = diagonal.len() - 1;
    let half = (diagonal[last - 1] - diagonal[last]) / 2.0;
    let corner = beside[last - 1];
    let sign = if half < 0.0 { -1.0 } else { 1.0 };
    let shift = diagonal[last] - corner * corner / (half + sign * half.hypot(corner));
    let (mut x, mut z) = (diagonal[0] - shift, beside[0]);
    for at in 0..last {
        let length = (x * x + z * z).sqrt();
        let (c, s) = if length > 0.0 { (x / length, z / length) } else { (1.0, 0.0) };
        if at > 0 {
            beside[at - 1] = length;
        }
        let (one, both, other) = (diagonal[at], beside[at], diagonal[at + 1]);
        diagonal[at] = c * c * one + 2.0 * c * s * both + s * s * other;
        diagonal[at + 1] = s * s * one - 2.0 * c * s * both + c * c * other;
        beside[at] = (c * c - s * s) * both + c * s * (other - one);
        if at + 1 < last {
            x = beside[at];
            z = s * beside[at + 1];
            beside[at + 1] *= c;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::test_matrices::random;

    #[test]
    fn squares_add_up_to_the_trace_and_fourth_powers_to_that_of_the_square() {
        for (rows, columns, seed) in [(1, 5, 1), (7, 7, 2), (64, 80, 3), (130, 33, 4)] {
            let matrix = random(rows, columns, seed);
            let values = singular_values(&matrix);
            assert_eq!(values.len(), rows.min(columns));
            assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
            let sum = |power: i32| values.iter().map(|value| value.powi(power)).sum::<f64>();
            let trace: f64 = matrix.data.iter().map(|&x| f64::from(x).powi(2)).sum();
            let square: f64 = matrix.times_transposed(&matrix).data.iter().map(|&x| f64::from(x).powi(2)).sum();
            assert!((sum(2) / trace - 1.0).abs() < 1e-6 && (sum(4) / square - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn of_a_diagonal_matrix_the_sizes_of_its_numbers() {
        let mut matrix = Matrix::zero(4, 6);
        for (at, value) in [3.0, -5.0, 0.0, 1.0].into_iter().enumerate() {
            matrix.data[at * 7] = value;
        }
        let found = singular_values(&matrix);
        let right = [5.0, 3.0, 1.0, 0.0];
        assert!(found.iter().zip(right).all(|(x, y)| (x - y).abs() < 1e-6), "{found:?}");
    }
}
