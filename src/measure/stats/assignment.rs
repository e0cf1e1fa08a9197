//! The best assignment of rows to columns (shortest augmenting paths, Jonker and Volgenant 1987), and what stands in
//! for it among many.

use crate::measure::stats::matrix::Matrix;

/// Rows above this number are matched by mutual nearest neighbours: the best assignment costs the cube of the number,
/// and among many rows of many numbers it finds hardly a pair more (method 4.10).
const MOST_ASSIGNED: usize = 256;

/// For each row the column it goes with: by the best assignment, or, of many, by mutual nearest neighbours.
pub(in crate::measure) fn best_pairs(score: &Matrix) -> Vec<Option<usize>> {
    if score.rows.max(score.columns) > MOST_ASSIGNED { mutual_neighbours(score) } else { best_assignment(score) }
}

/// For each row the column that is its greatest, if the row is that column's greatest too.
fn mutual_neighbours(score: &Matrix) -> Vec<Option<usize>> {
    let mut row_of = vec![None::<(usize, f32)>; score.columns];
    let mut column_of = vec![None::<(usize, f32)>; score.rows];
    for (row, own) in column_of.iter_mut().enumerate() {
        for ((column, &value), best) in score.row(row).iter().enumerate().zip(&mut row_of) {
            for (best, at) in [(&mut *own, column), (best, row)] {
                if best.is_none_or(|(_, known)| value.total_cmp(&known).is_gt()) {
                    *best = Some((at, value));
                }
            }
        }
    }
    let mutual = |(row, column): (usize, Option<(usize, f32)>)| {
        column.map(|(column, _)| column).filter(|&column| row_of[column].is_some_and(|(back, _)| back == row))
    };
    column_of.into_iter().enumerate().map(mutual).collect()
}

/// For each row the column it is assigned, so that the sum of `score` is greatest. With more rows than columns
/// some rows get none.
pub(in crate::measure) fn best_assignment(score: &Matrix) -> Vec<Option<usize>> {
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
    fn neighbours_are_mutual() {
        let score = Matrix::new(3, 2, vec![0.9, 0.1, 0.8, 0.7, 0.0, 0.2]);
        assert_eq!(mutual_neighbours(&score), [Some(0), None, None]);
        let score = Matrix::new(2, 3, vec![0.9, 0.1, 0.3, 0.8, 0.7, 0.0]);
        assert_eq!(mutual_neighbours(&score), [Some(0), None]);
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
