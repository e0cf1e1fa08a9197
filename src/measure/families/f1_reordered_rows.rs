//! Rows of a table in another order than their tokens, the channels as they stand (method 7.7).
//!
//! - **Match**: each row of the candidate with the one that is most like it in the channels of *even* number, if it
//!   is more alike than [`ALIKE`]; a row of the same place is not asked, since that is looked at elsewhere.
//! - **Statistic**: F1, F1' and equal numbers over the matched rows, in the channels of *odd* number alone.
//! - **Null**: signs and places of odd channels move nothing in the even ones, so the match is given and the tails
//!   stay proven. Choosing costs nothing.
//! - **Silent** where widths differ; signs, under layer norm; all, with a fixed positional code.

use crate::measure::families::equal_numbers::{self, EqualTable, Grid};
use crate::measure::families::f1_channel_places::{self, Places};
use crate::measure::families::f1_channel_signs;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::tail::SignSum;

/// Least cosine of a match in half of the channels: no two rows of strangers reach it by chance from 64 channels on.
/// What is matched wrongly says nothing, so it is a matter of power alone.
const ALIKE: f64 = 0.6;
/// With fewer rows nothing is said.
const LEAST: usize = 16;
/// Rows of the candidate that are looked for, and rows of the reference among which they are.
const MOST: (usize, usize) = (512, 4096);

/// What the rows that were found elsewhere say.
#[derive(Debug, Clone)]
pub(in crate::measure) struct Reordered {
    /// Rows that were found in another place, of how many that were looked for.
    pub rows: usize,
    pub of: usize,
    pub signs: Option<SignSum>,
    pub places: Places,
    pub same: Option<EqualTable>,
}

impl Reordered {
    /// Natural logarithm of the least chance of signs and places.
    pub(in crate::measure) fn ln_p(&self) -> f64 {
        let signs = self.signs.as_ref().filter(|sum| sum.z() > 0.0).map_or(0.0, SignSum::ln_p);
        signs.min(self.places.ln_p())
    }
}

/// Looks for the candidate's rows among all of the reference's; none where fewer than [`LEAST`] are found or widths
/// differ. `in_place` are rows that stand for the same token. `signs`: the stream is free to change the sign of a
/// channel.
pub(in crate::measure) fn look(
    (a, b): (&Matrix, &Matrix),
    in_place: &[(usize, usize)],
    (grid, signs): (Grid, bool),
) -> Option<Reordered> {
    if a.columns != b.columns || a.columns < 4 {
        return None;
    }
    let evenly = |rows: usize, most: usize| (0..rows).step_by(rows.div_ceil(most).max(1)).collect::<Vec<_>>();
    let (there, here) = (evenly(a.rows, MOST.1), evenly(b.rows, MOST.0));
    let channels = |odd: usize| (odd..a.columns).step_by(2).collect::<Vec<_>>();
    let told = |table: &Matrix, rows: &[usize]| {
        table.take_rows(rows.iter().copied()).take_columns(&channels(0)).without_mean_row()
    };
    let cosines = told(b, &here).row_cosines(&told(a, &there));
    let own: std::collections::HashSet<(usize, usize)> = in_place.iter().copied().collect();
    let mut pairs = Vec::new();
    for (at, &row) in here.iter().enumerate() {
        let best = cosines.row(at).iter().enumerate().max_by(|x, y| x.1.total_cmp(y.1));
        if let Some((from, value)) = best
            && f64::from(*value) >= ALIKE
            && !own.contains(&(there[from], row))
        {
            pairs.push((there[from], row));
        }
    }
    // Rows that are all alike are one row.
    pairs.sort_unstable();
    pairs.dedup_by_key(|pair| pair.0);
    if pairs.len() < LEAST {
        return None;
    }
    let x = a.take_rows(pairs.iter().map(|pair| pair.0)).take_columns(&channels(1));
    let y = b.take_rows(pairs.iter().map(|pair| pair.1)).take_columns(&channels(1));
    Some(Reordered {
        rows: pairs.len(),
        of: here.len(),
        signs: signs.then(|| f1_channel_signs::test(&x, &y)),
        places: f1_channel_places::fixed_points(&x, &y),
        same: equal_numbers::table(&x, &y, grid, signs),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::chance::Chance;
    use crate::measure::stats::mixed::mixed;
    use crate::measure::stats::test_matrices::random;

    fn seen(a: &Matrix, b: &Matrix) -> Option<Reordered> {
        look((a, b), &[], (Grid::coarser([None; 2]), true))
    }

    #[test]
    fn rows_in_another_order_are_found_and_strangers_are_not() {
        let table = random(600, 96, 1);
        let order = Chance::new(2).order(600);
        let moved = table.take_rows(order.iter().copied());
        let found = seen(&table, &moved).expect("rows");
        assert!(found.ln_p() < -20.0 && found.same.is_some_and(|same| same.share > 0.99));
        let drifted = mixed(&moved, &random(600, 96, 3), 0.8);
        assert!(seen(&table, &drifted).expect("rows").ln_p() < -20.0);
        assert!(seen(&table, &random(600, 96, 4)).is_none());
    }

    #[test]
    fn rows_in_place_are_left_to_the_look_in_place() {
        let table = random(300, 96, 5);
        let in_place: Vec<(usize, usize)> = (0..300).map(|row| (row, row)).collect();
        assert!(look((&table, &table), &in_place, (Grid::coarser([None; 2]), true)).is_none());
    }

    /// Rows of two strangers that were made alike in the even channels, so that the match is as good as can be, and
    /// have nothing in common in the odd ones.
    #[test]
    fn what_is_matched_by_half_of_the_channels_says_nothing_of_the_others() {
        let draws: Vec<f64> = (0..100)
            .map(|seed| {
                let (a, mut b) = (random(200, 96, 2 * seed), random(200, 96, 2 * seed + 1));
                for row in 0..200 {
                    for column in (0..96).step_by(2) {
                        b.data[row * 96 + column] = a.at((row + 7) % 200, column);
                    }
                }
                seen(&a, &b).expect("matched").signs.expect("signs").z()
            })
            .collect();
        let spread = (draws.iter().map(|z| z * z).sum::<f64>() / draws.len() as f64).sqrt();
        assert!((0.75..1.25).contains(&spread) && draws.iter().all(|z| z.abs() < 4.5), "{spread} {draws:?}");
    }
}
