//! F1: signs of residual channels, on a table of tokens (method 2.5).
//!
//! - **Group**: flip any residual channel everywhere; it leaves an RMS-normed network's function as it is.
//! - **Statistic**: `t_c = cos(column c of A, column c of B)` over shared tokens; `z = sum t_c / |t|`.
//! - **Null**: fair signs, hence the Rademacher tail; tokens are inside the conditioning, so shared data, frequencies
//!   and row norms cannot move it.
//! - **Not valid** under layer norm (only one common sign), with a fixed positional code on the stream, or once the
//!   basis was estimated from the same table.
//! - Alone it never means that weights were copied: a student of hidden states shows it too (method 1.3).

use crate::measure::stats::matrix::{Matrix, cosine};
use crate::measure::stats::tail::SignSum;

pub(in crate::measure) fn test(reference: &Matrix, candidate: &Matrix) -> SignSum {
    let (a, b) = (reference.transposed(), candidate.transposed());
    SignSum::of((0..a.rows.min(b.rows)).map(|channel| cosine(a.row(channel), b.row(channel))).collect())
}
