//! Token response: how neurons answer to the directions of shared tokens, in no basis at all (method 4.12).
//!
//! - **Statistic**: `X = N(E) G^T`, tokens by neurons, with `N` centring and normalising embedding rows and `G` gate
//!   with the norm's gain folded in. Neurons are matched by their answers to one half of the tokens; `K_tok` counts
//!   those that the other half sends to the same neuron, `K_up` those that the answers of up, by size, do.
//! - Permutations, signs, rotations of the stream, scales and orders of neurons do not change it.
//! - **Null**, approximate: `K_tok` 1.6 and `K_up` 1.3 a layer on average (largest 6 of 180); bound and demands as in
//!   `agreement`.

use crate::measure::families::agreement::{Agreement, places};
use crate::measure::model::shape::FeedForward;
use crate::measure::stats::matrix::{Matrix, dot, narrow};

/// Embedding rows ready for the test: centred, of length one.
pub(in crate::measure) fn directions(table: &Matrix) -> Matrix {
    table.without_mean_row().unit_rows()
}

/// `up` holds `K_up`, `down` holds `K_tok`.
pub(in crate::measure) fn count(reference: (&FeedForward, &Matrix), candidate: (&FeedForward, &Matrix)) -> Agreement {
    let halves = |table: &Matrix| [0, 1].map(|odd| table.take_rows((0..table.rows / 2).map(move |row| 2 * row + odd)));
    let (a, b) = (halves(reference.1), halves(candidate.1));
    let answers = |part: &Matrix, tokens: &Matrix| centred(part.times_transposed(tokens));
    let matched = |x: &Matrix, tokens: &Matrix, y: &Matrix, others: &Matrix, any_sign: bool| {
        places(&answers(x, tokens), &answers(y, others), any_sign)
    };
    let first = matched(reference.0.leading(), &a[0], candidate.0.leading(), &b[0], false);
    let second = matched(reference.0.leading(), &a[1], candidate.0.leading(), &b[1], false);
    let up = if candidate.0.gate.is_some() {
        matched(&reference.0.up, &a[1], &candidate.0.up, &b[1], true)
    } else {
        second.clone()
    };
    let agree = |other: &[Option<usize>]| first.iter().zip(other).filter(|(x, y)| x.is_some() && x == y).count();
    Agreement {
        up: agree(&up),
        down: agree(&second),
        of: reference.0.neurons().min(candidate.0.neurons()),
        matchings: 1,
    }
}

/// Row and column means taken off.
fn centred(mut answers: Matrix) -> Matrix {
    answers = answers.without_mean_row();
    let ones = vec![1.0; answers.columns];
    for row in answers.data.chunks_exact_mut(ones.len().max(1)) {
        let mean = narrow(dot(row, &ones) / ones.len() as f64);
        for value in row {
            *value -= mean;
        }
    }
    answers
}
