//! Small symmetric systems: inverse by elimination, eigenvalues by Jacobi's rotations.

/// The inverse of a symmetric positive matrix, by Gauss and Jordan with the largest pivot; none where a pivot vanishes.
pub(super) fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut left: Vec<Vec<f64>> = matrix.to_vec();
    let mut right: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
    for column in 0..n {
        let pivot = (column..n).max_by(|&a, &b| left[a][column].abs().total_cmp(&left[b][column].abs()))?;
        if left[pivot][column].abs() < f64::MIN_POSITIVE || !left[pivot][column].is_finite() {
            return None;
        }
        left.swap(column, pivot);
        right.swap(column, pivot);
        let scale = left[column][column];
        for j in 0..n {
            left[column][j] /= scale;
            right[column][j] /= scale;
        }
        for row in (0..n).filter(|&row| row != column) {
            let factor = left[row][column];
            for j in 0..n {
                left[row][j] -= factor * left[column][j];
                right[row][j] -= factor * right[column][j];
            }
        }
    }
    Some(right)
}

/// Eigenvalues of a symmetric matrix, largest first (Jacobi 1846, cyclic).
pub(in crate::measure) fn eigenvalues(matrix: &[Vec<f64>]) -> Vec<f64> {
    let size = matrix.len();
    let mut work: Vec<Vec<f64>> = matrix.to_vec();
    let scale: f64 = work.iter().flatten().map(|value| value * value).sum();
    for _ in 0..60 {
        let off: f64 = (0..size).flat_map(|row| work[row][..row].iter()).map(|value| value * value).sum();
        if off <= 1e-28 * scale {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                if work[p][q] != 0.0 {
                    rotate(&mut work, p, q);
                }
            }
        }
    }
    let mut values: Vec<f64> = (0..size).map(|at| work[at][at]).collect();
    values.sort_by(|one, other| other.total_cmp(one));
    values
}

/// The rotation of axes `p` and `q` that makes their off-diagonal entry vanish.
fn rotate(work: &mut [Vec<f64>], p: usize, q: usize) {
    let slope = (work[q][q] - work[p][p]) / (2.0 * work[p][q]);
    let tangent = if slope == 0.0 { 1.0 } else { slope.signum() / (slope.abs() + slope.hypot(1.0)) };
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    let turned = |first: f64, second: f64| (cosine * first - sine * second, sine * first + cosine * second);
    for row in work.iter_mut() {
        (row[p], row[q]) = turned(row[p], row[q]);
    }
    let (above, below) = work.split_at_mut(q);
    for (first, second) in above[p].iter_mut().zip(&mut below[0]) {
        (*first, *second) = turned(*first, *second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_matrix_is_solved() {
        let matrix = vec![vec![4.0, 1.0, 0.0], vec![1.0, 3.0, 1.0], vec![0.0, 1.0, 2.0]];
        let back = inverse(&matrix).expect("regular");
        for (at, row) in matrix.iter().enumerate() {
            for column in 0..3 {
                let product: f64 = row.iter().zip(&back).map(|(x, line)| x * line[column]).sum();
                assert!((product - f64::from(u8::from(at == column))).abs() < 1e-12);
            }
        }
        let values = eigenvalues(&matrix);
        assert!((values.iter().sum::<f64>() - 9.0).abs() < 1e-12);
        assert!((values.iter().product::<f64>() - 18.0).abs() < 1e-9, "the determinant: {values:?}");
        assert!(inverse(&[vec![1.0, 1.0], vec![1.0, 1.0]]).is_none_or(|found| found[0][0].abs() > 1e10));
    }
}
