//! F7: exchangeable experts (method 2.11).
//!
//! - **Group**: permute the experts of a mixture with the rows of its router.
//! - **Statistic**: rows `e` and `e' = e + E/2` of the router: `t = cos(a_e - a_e', b_e - b_e')`.
//! - **Null**: swapping two experts in B flips `t`.
//! - **Not valid** where experts were sorted, or for shared experts, which have no row.

use crate::measure::model::shape::Layer;
use crate::measure::stats::matrix::cosine;
use crate::measure::stats::tail::SignSum;

pub(in crate::measure) fn test(reference: &Layer, candidate: &Layer) -> SignSum {
    let (Some(a), Some(b)) = (&reference.router, &candidate.router) else { return SignSum::default() };
    if a.rows != b.rows || a.columns != b.columns {
        return SignSum::default();
    }
    let half = b.rows / 2;
    let take = |x: &[f32], y: &[f32]| -> Vec<f32> { x.iter().zip(y).map(|(x, y)| x - y).collect() };
    SignSum::of(
        (0..half).map(|at| cosine(&take(a.row(at), a.row(at + half)), &take(b.row(at), b.row(at + half)))).collect(),
    )
}
