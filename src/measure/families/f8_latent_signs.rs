//! F8: signs of the channels of a latent (method 2.12).
//!
//! - **Group**: flip a channel of the key-value or query latent of latent attention: the row that writes it and the
//!   column that reads it.
//! - **Statistic**: `t = cos(rows into the latent) + cos(columns out of it)`.
//! - **Null**: fair signs, because the norm on the latent is an RMS norm.
//! - **Not valid** for the rows of the shared rotary key, which are left out.

use crate::measure::model::shape::Layer;
use crate::measure::stats::matrix::cosine;
use crate::measure::stats::tail::SignSum;

pub(in crate::measure) fn test(reference: &Layer, candidate: &Layer) -> SignSum {
    let mut terms = Vec::new();
    for (a, b) in reference.latents.iter().zip(&candidate.latents) {
        let fits = a.0.rows == b.0.rows && a.0.columns == b.0.columns && a.1.columns == b.1.columns;
        if fits {
            terms.extend(
                (0..b.0.rows).map(|row| cosine(a.0.row(row), b.0.row(row)) + cosine(a.1.row(row), b.1.row(row))),
            );
        }
    }
    SignSum::of(terms)
}
