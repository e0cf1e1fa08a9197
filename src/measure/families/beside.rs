//! Small parts that stand beside a tower: a projector between towers, the dense layer of a masked model's head.
//!
//! They have one family at most (F2, on the hidden units of a two-layer bridge), so they are never called reused alone:
//! they go with a tower that was, where they kept as much likeness as copied parts do.

use std::collections::BTreeMap;

use crate::measure::stats::equal::Equal;
use crate::measure::stats::matrix::{Matrix, centred_correlation, cosine};
use crate::measure::stats::tail::SignSum;

/// What two parts show.
#[derive(Debug, Clone)]
pub(in crate::measure) struct BesideFinding {
    pub correlation: f64,
    pub swaps: SignSum,
    pub equal: Equal,
    pub numbers: u64,
}

/// Matrices are paired in the order of their names; none where shapes do not fit.
pub(in crate::measure) fn compare(
    reference: &BTreeMap<String, Matrix>,
    candidate: &BTreeMap<String, Matrix>,
) -> Option<BesideFinding> {
    let shapes =
        |part: &BTreeMap<String, Matrix>| part.values().map(|matrix| (matrix.rows, matrix.columns)).collect::<Vec<_>>();
    if candidate.is_empty() || shapes(reference) != shapes(candidate) {
        return None;
    }
    let (mut sum, mut numbers, mut equal) = (0.0, 0_u64, Equal::default());
    for (a, b) in reference.values().zip(candidate.values()) {
        sum += centred_correlation(a, b) * b.data.len() as f64;
        numbers += b.data.len() as u64;
        equal.add(&a.data, &b.data);
    }
    let lists: [Vec<&Matrix>; 2] = [reference, candidate].map(|part| part.values().collect());
    let swaps = match (lists[0].as_slice(), lists[1].as_slice()) {
        ([a, a_next], [b, b_next]) if b.rows == b_next.columns => {
            hidden_swaps((a, &a_next.transposed()), (b, &b_next.transposed()))
        }
        _ => SignSum::default(),
    };
    Some(BesideFinding { correlation: sum / numbers.max(1) as f64, swaps, equal, numbers })
}

/// F2 on hidden units: rows into them and columns out of them, unit `i` against unit `i + m/2`.
fn hidden_swaps(a: (&Matrix, &Matrix), b: (&Matrix, &Matrix)) -> SignSum {
    let half = b.0.rows / 2;
    let apart = |matrix: &Matrix, at: usize| -> Vec<f32> {
        matrix.row(at).iter().zip(matrix.row(at + half)).map(|(x, y)| x - y).collect()
    };
    SignSum::of(
        (0..half)
            .map(|at| cosine(&apart(a.0, at), &apart(b.0, at)) + cosine(&apart(a.1, at), &apart(b.1, at)))
            .collect(),
    )
}
