//! The null law of what needs no basis of the stream, drawn over strangers of every make: full numbers, a start that
//! both share and nobody drew, units that are zero, padded, repeated, and numbers of three values.
//!
//! Both sides are drawn apart and then treated alike, since what two makers do alike is what could make strangers
//! look related. Only what may speak by its preconditions is counted; how often that was is counted too.

use rayon::prelude::*;

use crate::measure::model::shape::Tower;
use crate::measure::run::calibration::{NullSample, Samples, structured, tower};
use crate::measure::search::looks::{By, Inputs, Kind, Rows, looks};
use crate::measure::stats::chance::Chance;
use crate::measure::stats::matrix::Matrix;
use crate::measure::verdict::coverage::word;

/// Shared tokens of a pair, as many as answers ask for.
const TOKENS: usize = 96;
/// Rows of a treatment: this part of the units.
const TREATED: usize = 4;

/// What both sides have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stratum {
    Full,
    Deterministic,
    Zeroed,
    Padded,
    Tied,
    Quantised,
}

/// Each with its word.
const STRATA: [(Stratum, &str); 6] = [
    (Stratum::Full, "full"),
    (Stratum::Deterministic, "deterministic"),
    (Stratum::Zeroed, "zeroed"),
    (Stratum::Padded, "padded"),
    (Stratum::Tied, "tied"),
    (Stratum::Quantised, "quantised"),
];

/// Draws `pairs` pairs of strangers of each make. A sample's family is `MAKE, KIND FAMILY`. The same seed gives the
/// same figures everywhere.
pub fn draw_strata(pairs: usize, seed: u64) -> Vec<NullSample> {
    let mut samples = Samples::default();
    for (number, (stratum, name)) in (0_u64..).zip(STRATA) {
        let one = |pair: usize| {
            let seed = seed ^ (pair as u64 * 8 + number).wrapping_mul(0xa076_1d64_78bd_642f);
            said(stratum, &mut Chance::new(seed))
        };
        let all: Vec<Vec<(String, f64, f64)>> = (0..pairs).into_par_iter().map(one).collect();
        for (family, z, ln_p) in all.into_iter().flatten() {
            samples.put(&format!("{name}, {family}"), z, ln_p);
        }
    }
    samples.finish()
}

/// What may speak of two strangers, with its `z` and its tail.
fn said(stratum: Stratum, chance: &mut Chance) -> Vec<(String, f64, f64)> {
    let mut side = || {
        let mut tower = tower(chance);
        treat(&mut tower, stratum);
        let table = structured(chance, TOKENS, tower.width);
        (tower, table)
    };
    let ((a, rows_a), (b, rows_b)) = (side(), side());
    let found = looks(&Inputs {
        reference: &a,
        candidate: &b,
        embedding: Some(Rows { reference: &rows_a, candidate: &rows_b }),
        head: None,
        formats: [None, None],
        files: None,
        shared_change: None,
    });
    let spoke = found.looks.iter().filter(|look| {
        look.silent.is_none()
            && look.units > 0
            && matches!(look.by, By::Place | By::LoudestCell)
            && look.kind != Kind::Equal
    });
    spoke.map(|look| (format!("{} {}", word(look.kind), look.family.id()), look.z, look.ln_p)).collect()
}

/// Does to one side what is done to both.
fn treat(tower: &mut Tower, stratum: Stratum) {
    for layer in &mut tower.layers {
        for part in &mut layer.experts {
            let neurons = [&mut part.up, &mut part.down].into_iter().chain(part.gate.as_mut());
            neurons.for_each(|matrix| treat_rows(matrix, stratum));
        }
        if let Some(part) = &mut layer.attention {
            for matrix in [&mut part.query, &mut part.key, &mut part.value, &mut part.output] {
                treat_rows(matrix, stratum);
            }
        }
    }
}

fn treat_rows(matrix: &mut Matrix, stratum: Stratum) {
    let (rows, columns) = (matrix.rows, matrix.columns);
    let treated = rows - rows / TREATED..rows;
    let span = treated.start * columns..treated.end * columns;
    match stratum {
        Stratum::Full => {}
        Stratum::Deterministic => {
            let size = matrix.data.iter().map(|value| value.abs()).fold(0.0_f32, f32::max);
            for row in 0..rows {
                matrix.data[row * columns + row % columns] += 4.0 * size;
            }
        }
        Stratum::Zeroed => matrix.data[span].fill(0.0),
        Stratum::Padded => matrix.data[span].fill(0.01),
        Stratum::Tied => {
            for row in treated {
                let from = row - rows / TREATED;
                matrix.data.copy_within(from * columns..(from + 1) * columns, row * columns);
            }
        }
        Stratum::Quantised => {
            for row in matrix.data.chunks_exact_mut(columns.max(1)) {
                let mean = row.iter().map(|value| value.abs()).sum::<f32>() / row.len().max(1) as f32;
                for value in row.iter_mut() {
                    *value = (*value / mean.max(f32::MIN_POSITIVE)).round().clamp(-1.0, 1.0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_keeps_its_level_over_strangers_of_every_make() {
        let samples = draw_strata(60, 5);
        for (stratum, name) in STRATA {
            // A start that both share and nobody drew silences what it would fake.
            let spoke = samples.iter().any(|sample| sample.family.starts_with(name));
            assert_eq!(spoke, stratum != Stratum::Deterministic, "{name}");
        }
        for sample in &samples {
            assert!(sample.least_ln_p > -16.0, "{}: {}", sample.family, sample.least_ln_p);
            let n = sample.values.len() as f64;
            let square = sample.values.iter().map(|z| z * z).sum::<f64>() / n;
            assert!(n < 30.0 || square < 1.9, "{}: mean square {square}", sample.family);
        }
    }
}
