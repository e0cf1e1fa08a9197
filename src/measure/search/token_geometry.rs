//! Geometry of shared tokens: how alike two embeddings are in no basis at all (Gram matrices; method 4.14).
//!
//! - **Statistic**: unbiased linear CKA of the rows of up to [`MOST`] shared tokens, `HSIC(K, L) / sqrt(HSIC(K, K)
//!   HSIC(L, L))` with `K = X X^T` and `L = Y Y^T`, after rows and columns were scaled to one deviation three times.
//!   Rotations, signs and orders of channels do not change it, nor does the width.
//! - **Null**: none that could be stated. Models of one language share how their words lie (small independent models of
//!   the zoo 0.00 to 0.03, and more is expected of large ones), so it is a likeness beside the weights: shown with the
//!   value of every control, never judged.

use crate::evidence::GeometryContext;
use crate::measure::families::tables;
use crate::measure::model::shape::Model;
use crate::measure::stats::matrix::{Matrix, narrow};

/// Tokens that are compared; products grow with their square.
const MOST: usize = 512;
/// With fewer it is noise.
const LEAST: usize = 32;
/// Rounds of scaling.
const ROUNDS: usize = 3;

/// None without enough shared tokens, or where only some channels are held.
pub(in crate::measure) fn look(reference: &Model, candidate: &Model) -> Option<GeometryContext> {
    // Some channels of a rotated table have another geometry than the whole.
    let whole = |model: &Model| model.embedding.as_ref().is_some_and(|table| table.columns == model.table_width);
    (whole(reference) && whole(candidate)).then_some(())?;
    let rows = tables::rows(reference, candidate)?;
    let step = rows.len().div_ceil(MOST).max(1);
    let some: Vec<(usize, usize)> = rows.into_iter().step_by(step).collect();
    let pair = tables::paired(reference.embedding.as_ref(), candidate.embedding.as_ref(), &some)?;
    let similarity = likeness(&pair.reference, &pair.candidate)?;
    Some(GeometryContext { tokens: pair.candidate.rows as u64, similarity })
}

/// How alike corresponding rows of two tables lie to each other, over some of them; none where too few correspond.
pub(in crate::measure) fn likeness(reference: &Matrix, candidate: &Matrix) -> Option<f64> {
    (candidate.rows >= LEAST && reference.rows == candidate.rows).then_some(())?;
    let step = candidate.rows.div_ceil(MOST).max(1);
    let some = |table: &Matrix| table.take_rows((0..table.rows).step_by(step));
    cka(&gram(&some(reference)), &gram(&some(candidate)))
}

/// Products of all rows with each other, scaled beforehand, with zeros on the diagonal.
fn gram(table: &Matrix) -> Matrix {
    let mut rows = table.without_mean_row();
    for _ in 0..ROUNDS {
        rows = rows.unit_rows().transposed().unit_rows().transposed();
    }
    let mut out = rows.times_transposed(&rows);
    for at in 0..out.rows {
        out.data[at * out.columns + at] = 0.0;
    }
    // Products of long rows are small numbers; only their proportions matter.
    let most = out.data.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    if most > 0.0 {
        out.data.iter_mut().for_each(|value| *value = narrow(f64::from(*value) / f64::from(most)));
    }
    out
}

/// `[tr(K L) + (1'K1)(1'L1) / ((n-1)(n-2)) - 2 / (n-2) 1'K L 1]`, up to a factor that cancels.
fn hsic(k: &Matrix, l: &Matrix) -> f64 {
    let n = k.rows as f64;
    let sums = |matrix: &Matrix| -> Vec<f64> {
        (0..matrix.rows).map(|row| matrix.row(row).iter().map(|&value| f64::from(value)).sum()).collect()
    };
    let (rows_k, rows_l) = (sums(k), sums(l));
    let trace = crate::measure::stats::matrix::dot(&k.data, &l.data);
    let both: f64 = rows_k.iter().zip(&rows_l).map(|(x, y)| x * y).sum();
    let (all_k, all_l) = (rows_k.iter().sum::<f64>(), rows_l.iter().sum::<f64>());
    trace + all_k * all_l / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * both
}

fn cka(k: &Matrix, l: &Matrix) -> Option<f64> {
    let scale = hsic(k, k) * hsic(l, l);
    (scale > 0.0 && scale.is_finite()).then(|| hsic(k, l) / scale.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::test_matrices::random;

    #[test]
    fn rotations_change_nothing_and_strangers_are_near_zero() {
        let table = random(200, 32, 1);
        // An orthogonal map: reflections along random directions.
        let mut turned = table.clone();
        for seed in 2..6 {
            let direction = random(1, 32, seed).unit_rows();
            for row in turned.data.chunks_exact_mut(32) {
                let along = crate::measure::stats::matrix::dot(row, &direction.data);
                row.iter_mut().zip(&direction.data).for_each(|(x, d)| *x -= narrow(2.0 * along) * d);
            }
        }
        let similar = |x: &Matrix, y: &Matrix| cka(&gram(x), &gram(y)).expect("not flat");
        assert!(similar(&table, &turned) > 0.9, "{}", similar(&table, &turned));
        assert!(similar(&table, &table) > 0.999_999);
        let strangers: Vec<f64> = (10..30).map(|seed| similar(&table, &random(200, 24, seed))).collect();
        let mean = strangers.iter().sum::<f64>() / 20.0;
        assert!(mean.abs() < 0.01, "unbiased: {mean}");
        assert!(strangers.iter().all(|value| value.abs() < 0.06), "{strangers:?}");
    }

    #[test]
    fn a_flat_table_has_no_geometry() {
        let flat = Matrix::new(40, 4, vec![1.0; 160]);
        assert_eq!(cka(&gram(&flat), &gram(&random(40, 4, 1))), None);
    }
}
