//! A dense square matrix behind the last layer: the pooler of an encoder (method 2.16).
//!
//! - **Group**: flip a unit of the pooler: its row, its bias, and what reads it. Its activation is odd (`tanh`), so
//!   the function stays as it is.
//! - **Statistic**: `t_i = cos(row i of A, row i of B)`, `z = sum t / |t|`; of the rows as they stand, and of what
//!   they answer to the columns of the last layer's `down`, which no change of the stream's basis moves. Each in
//!   place, and with rows matched by the *size* of their cosines, which no sign moves.
//! - **Null**: fair signs.
//! - **Use**: one group alone makes no finding. A loud sum bars a "no", and a pooler is covered where each of these
//!   sums finds its plant.
//! - **Silent** without as many units and channels on both sides, or where only some channels are held.

use crate::measure::model::shape::Tower;
use crate::measure::stats::assignment::best_pairs;
use crate::measure::stats::matrix::{Matrix, cosine};
use crate::measure::stats::mixed::mixed;
use crate::measure::stats::tail::SignSum;

/// Sums that are looked at, so that each pays a fourth of the level.
const SUMS: f64 = 4.0;
/// The correlation at which the reference is planted: what is not found there is not covered.
const PLANTED: f64 = 0.95;

/// What was seen of two poolers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct Seen {
    /// A sum is beyond the level, with either sign.
    pub loud: bool,
    /// What was planted was found by every sum.
    pub covered: bool,
}

/// Compares two poolers at the level of one look; none where one side has none, or shapes do not fit.
pub(in crate::measure) fn look(reference: &Tower, candidate: &Tower, ln_level: f64) -> Option<Seen> {
    let (a, b) = (reference.passive.pooler.as_ref()?, candidate.passive.pooler.as_ref()?);
    let last = |tower: &Tower| Some(tower.layers.last()?.experts.first()?.down.clone());
    let (down_a, down_b) = (last(reference)?, last(candidate)?);
    let fits =
        (a.rows, a.columns) == (b.rows, b.columns) && (down_a.rows, down_a.columns) == (down_b.rows, down_b.columns);
    if !fits || reference.holds_some_channels() || candidate.holds_some_channels() || down_a.columns != a.columns {
        return None;
    }
    let beyond = |sum: &SignSum| sum.ln_p() <= ln_level - SUMS.ln();
    let loud = sums((a, &down_a), (b, &down_b)).iter().any(beyond);
    let planted = (mixed(a, b, PLANTED), mixed(&down_a, &down_b, PLANTED));
    let covered = sums((a, &down_a), (&planted.0, &planted.1)).iter().all(beyond);
    Some(Seen { loud, covered })
}

/// The sums of two poolers, each with the `down` of the layer before it.
fn sums((a, down_a): (&Matrix, &Matrix), (b, down_b): (&Matrix, &Matrix)) -> [SignSum; 4] {
    let answers = (a.times_transposed(down_a), b.times_transposed(down_b));
    let [direct, matched] = in_place_and_matched(a, b);
    let [answered, answered_matched] = in_place_and_matched(&answers.0, &answers.1);
    [direct, matched, answered, answered_matched]
}

fn in_place_and_matched(a: &Matrix, b: &Matrix) -> [SignSum; 2] {
    let mut sizes = b.row_cosines(a);
    sizes.data.iter_mut().for_each(|value| *value = value.abs());
    let matched = best_pairs(&sizes).into_iter().enumerate();
    let matched = matched.filter_map(|(row, from)| Some(cosine(a.row(from?), b.row(row))));
    let in_place = (0..b.rows).map(|row| cosine(a.row(row), b.row(row)));
    [SignSum::of(in_place.collect()), SignSum::of(matched.collect())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::families::basis::nearest_rotation;
    use crate::measure::stats::chance::Chance;
    use crate::measure::stats::test_matrices::random;

    const LEVEL: f64 = -20.0;

    fn side(seed: u64) -> (Matrix, Matrix) {
        (random(96, 96, seed), random(200, 96, seed + 100))
    }

    fn loud(a: &(Matrix, Matrix), b: &(Matrix, Matrix)) -> bool {
        sums((&a.0, &a.1), (&b.0, &b.1)).iter().any(|sum| sum.ln_p() <= LEVEL)
    }

    #[test]
    fn a_pooler_is_told_in_place_reordered_and_in_another_basis() {
        let a = side(1);
        let turn = nearest_rotation(&random(200, 96, 7), &random(200, 96, 8));
        let order = Chance::new(3).order(96);
        assert!(loud(&a, &a));
        assert!(loud(&a, &(a.0.take_rows(order.iter().copied()), a.1.clone())));
        assert!(loud(&a, &(a.0.times(&turn), a.1.times(&turn))));
        assert!(loud(&a, &(a.0.take_rows(order).times(&turn), a.1.times(&turn))));
    }

    #[test]
    fn strangers_are_quiet_in_every_sum() {
        let draws: Vec<f64> = (0..60)
            .flat_map(|seed| {
                let (a, b) = (side(10 * seed), side(10 * seed + 5));
                sums((&a.0, &a.1), (&b.0, &b.1)).map(|sum| sum.z())
            })
            .collect();
        let spread = (draws.iter().map(|z| z * z).sum::<f64>() / draws.len() as f64).sqrt();
        assert!((0.8..1.2).contains(&spread) && draws.iter().all(|z| z.abs() < 4.5), "{spread} {draws:?}");
    }
}
