//! The best assignment of rows to columns (shortest augmenting paths, Jonker and Volgenant 1987).

use super::matrix::Matrix;

/// For each row the column it is assigned, so that the sum of `score` is greatest. With more rows than columns
/// some rows get none.
pub(super) fn best_assignment(score: &Matrix) -> Vec<Option<usize>> {
    if score.rows > score.columns {
        let mut out = vec![None; score.rows];
        for (column, row) in best_assignment(&score.transposed()).into_iter().enumerate() {
            if let Some(row) = row {
                out[row] = Some(column);
            }
        }
        return out;
    }
    let (rows, columns) = (score.rows, score.columns);
    // A score that is no number must not stop the search from ending: nothing is worse.
    let cost = |row: usize, column: usize| {
        let score = score.at(row, column);
        if score.is_finite() { -f64::from(score) } else { 1e30 }
    };
    // Potentials and the row of each column; index 0 stands for "none", as in the usual statement of the method.
    let mut row_potential = vec![0.0; rows + 1];
    let mut column_potential = vec![0.0; columns + 1];
    let mut row_of = vec![0_usize; columns + 1];
    let mut way = vec![0_usize; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut at = 0;
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut used = vec![false; columns + 1];
        loop {
            used[at] = true;
            let current = row_of[at];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for column in 1..=columns {
                if !used[column] {
                    let reduced = cost(current - 1, column - 1) - row_potential[current] - column_potential[column];
                    if reduced < least[column] {
                        least[column] = reduced;
                        way[column] = at;
                    }
                    if least[column] < delta {
                        delta = least[column];
                        next = column;
                    }
                }
            }
            for column in 0..=columns {
                if used[column] {
                    row_potential[row_of[column]] += delta;
                    column_potential[column] -= delta;
                } else {
                    least[column] -= delta;
                }
            }
            at = next;
            if row_of[at] == 0 {
                break;
            }
        }
        while at != 0 {
            row_of[at] = row_of[way[at]];
            at = way[at];
        }
    }
    let mut out = vec![None; rows];
    for (column, &row) in row_of.iter().enumerate().skip(1) {
        if row > 0 {
            out[row - 1] = Some(column - 1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_that_are_no_numbers_come_last() {
        let score = Matrix::new(2, 2, vec![f32::NAN, 0.1, 0.2, f32::NEG_INFINITY]);
        assert_eq!(best_assignment(&score), [Some(1), Some(0)]);
        assert_eq!(best_assignment(&Matrix::new(1, 1, vec![f32::NAN])), [Some(0)]);
    }

    #[test]
    fn small_cases_agree_with_trying_everything() {
        let score = Matrix::new(3, 3, vec![1.0, 5.0, 3.0, 4.0, 6.0, 2.0, 7.0, 8.0, 9.0]);
        // 5 + 4 + 9
        assert_eq!(best_assignment(&score), [Some(1), Some(0), Some(2)]);
        let tall = Matrix::new(3, 2, vec![0.0, 1.0, 9.0, 8.0, 7.0, 9.0]);
        assert_eq!(best_assignment(&tall), [None, Some(0), Some(1)]);
    }
}
