//! Whether a checkpoint looks like fresh random numbers.
//!
//! - **Matrices**: independent numbers of one law, whatever its scale: normal, normal cut off at two or three
//!   deviations, or uniform. A matrix passes if it fits one of them in all of:
//!   - *shape*: the kurtosis, with the delta method's variance from the law's moments (for the normal law Anscombe and
//!     Glynn 1983, whose tail is right for few numbers as well);
//!   - *lengths*: the dispersion of row and of column lengths against chi-square (Wilson and Hilferty 1931), widened by
//!     the law's own fourth moment. Training makes rows unequal;
//!   - *spectrum*: the largest singular value, `P(s > sigma (sqrt m + sqrt n + t)) <= exp(-t^2 / 2)` (Davidson and
//!     Szarek 2001; a bound for normal numbers, and lighter tails stay below it). Training raises directions.
//!   - *distribution*: the Kolmogorov distance, by the bound of Massart (1990) with the error of the estimated scale
//!     added: `D <= sqrt(ln(2/a) / 2n) + 0.242 z / sqrt(2n)`.
//! - **Gains** are constant; biases are constant or fit a law. Computed tables are left out.
//! - **Level**: one in a million over all tensors and tests of the checkpoint. The laws are alternatives of one
//!   hypothesis, so trying them can only help the maker.
//! - Rows of zeros are a padding token's and are left out; a matrix of zeros alone is constant, as adapters and gates
//!   begin.

use crate::evidence::{TestResult, TrailCheck, TrailQuestion, Words};
use crate::measure::MeasureError;
use crate::measure::families::basis::spectral_norm;
use crate::measure::model::plan::spread;
use crate::measure::search::budget::LEVEL;
use crate::measure::search::power::least_z_one_sided;
use crate::measure::stats::matrix::{Matrix, dot};
use crate::measure::stats::tail::ln_normal_tail;
use crate::text::{Says, says};
use crate::weights::{Checkpoint, Numbers, Role, Tensor};

/// Most numbers of one tensor; of larger ones rows from the start and from the middle.
const MOST_NUMBERS: usize = 4 << 20;
/// Least numbers of a tensor whose law is tested.
const LEAST_NUMBERS: usize = 256;
/// So many tensors that fail are named.
const MOST_NAMED: usize = 8;
/// Tests of one tensor.
const TESTS: usize = 5;

/// A law of numbers with mean 0 and deviation 1.
struct Law {
    id: &'static str,
    /// Cut off at so many deviations of the law before the cut; none for the normal law, 0 for the uniform one.
    cut: Option<f64>,
}

const LAWS: [Law; 4] = [
    Law { id: "normal", cut: None },
    Law { id: "normal-cut-at-3", cut: Some(3.0) },
    Law { id: "normal-cut-at-2", cut: Some(2.0) },
    Law { id: "uniform", cut: Some(0.0) },
];

/// Its even moments up to the eighth.
struct Moments {
    fourth: f64,
    sixth: f64,
    eighth: f64,
    /// Deviation before scaling to 1.
    scale: f64,
}

impl Law {
    fn moments(&self) -> Moments {
        match self.cut {
            None => Moments { fourth: 3.0, sixth: 15.0, eighth: 105.0, scale: 1.0 },
            Some(0.0) => Moments { fourth: 9.0 / 5.0, sixth: 27.0 / 7.0, eighth: 9.0, scale: 1.0 },
            Some(cut) => {
                // E[x^2k] = (2k - 1) E[x^(2k-2)] - 2 cut^(2k-1) phi(cut) / P.
                let density = (-cut * cut / 2.0).exp() / std::f64::consts::TAU.sqrt();
                let inside = 1.0 - 2.0 * ln_normal_tail(cut).exp();
                let next =
                    |before: f64, k: i32| f64::from(2 * k - 1) * before - 2.0 * cut.powi(2 * k - 1) * density / inside;
                let second = next(1.0, 1);
                let fourth = next(second, 2);
                let sixth = next(fourth, 3);
                let eighth = next(sixth, 4);
                Moments {
                    fourth: fourth / second.powi(2),
                    sixth: sixth / second.powi(3),
                    eighth: eighth / second.powi(4),
                    scale: second.sqrt(),
                }
            }
        }
    }

    /// `P(X <= x)` for deviation 1.
    fn below(&self, x: f64, scale: f64) -> f64 {
        let normal = |x: f64| if x < 0.0 { ln_normal_tail(-x).exp() } else { 1.0 - ln_normal_tail(x).exp() };
        match self.cut {
            None => normal(x),
            Some(0.0) => f64::midpoint(x / 3.0_f64.sqrt(), 1.0).clamp(0.0, 1.0),
            Some(cut) => {
                let inside = 1.0 - 2.0 * ln_normal_tail(cut).exp();
                ((normal((x * scale).clamp(-cut, cut)) - normal(-cut)) / inside).clamp(0.0, 1.0)
            }
        }
    }
}

/// What one tensor came to: the law that fits best with its figures, or why none does.
struct Outcome {
    law: &'static str,
    deviation: f64,
    /// The largest of its statistics over the limit of each.
    worst: f64,
    broken: Option<Says>,
}

/// The check of a first checkpoint.
pub(super) fn check(id: &str, checkpoint: &Checkpoint) -> Result<TrailCheck, MeasureError> {
    let numbers = Numbers::of(checkpoint);
    let tensors: Vec<&Tensor> = checkpoint
        .tensors
        .iter()
        .filter(|tensor| !matches!(tensor.placement.role, Role::Buffer | Role::Scale))
        .collect();
    let ln_level = (LEVEL / (tensors.len().max(1) * TESTS) as f64).ln();
    let (mut failures, mut failed): (Vec<Words>, u64) = (Vec::new(), 0);
    let mut laws: Vec<(&'static str, u64, f64)> = Vec::new();
    let mut worst = 0.0_f64;
    for tensor in &tensors {
        let outcome = look(&numbers, tensor, ln_level)?;
        if let Some(why) = outcome.broken {
            failed += 1;
            if failures.len() < MOST_NAMED {
                let name = &tensor.name;
                failures.push(says(format!("{name}: {}", why.ko), format!("{name}: {}", why.en)).into());
            }
        } else {
            worst = worst.max(outcome.worst);
        }
        match laws.iter_mut().find(|(law, ..)| *law == outcome.law) {
            Some(entry) => (entry.1, entry.2) = (entry.1 + 1, entry.2 + outcome.deviation),
            None => laws.push((outcome.law, 1, outcome.deviation)),
        }
    }
    laws.sort_unstable_by_key(|entry| entry.0);
    let mut tests: Vec<TestResult> = laws
        .into_iter()
        .map(|(law, count, sum)| test(&format!("initialiser/{law}"), sum / count as f64, count))
        .collect();
    tests
        .push(TestResult { log10_p: Some(LEVEL.log10()), ..test("statistic-over-limit", worst, tensors.len() as u64) });
    Ok(TrailCheck {
        check: TrailQuestion::RandomStart,
        at: id.to_owned(),
        against: None,
        passed: failed == 0 && !tensors.is_empty(),
        relation: None,
        failures,
        tests,
    })
}

fn test(family: &str, statistic: f64, n: u64) -> TestResult {
    TestResult { family: family.to_owned(), statistic: Some(statistic), n: Some(n), ..TestResult::default() }
}

fn look(numbers: &Numbers<'_>, tensor: &Tensor, ln_level: f64) -> Result<Outcome, MeasureError> {
    let nothing = |why: Says| Outcome { law: "none", deviation: 0.0, worst: f64::INFINITY, broken: Some(why) };
    if !tensor.dtype.is_comparable() || tensor.placement.role == Role::Packed {
        return Ok(nothing(says("묶인 숫자여서 살펴볼 수 없다", "packed numbers cannot be looked at")));
    }
    let (rows, columns) = Numbers::table_shape(tensor);
    let mut data = Vec::new();
    let kept = spread(rows, (MOST_NUMBERS / columns.max(1)).max(2));
    let mut at = 0;
    while at < kept.len() {
        let run = (at..kept.len()).take_while(|&next| kept[next] == kept[at] + (next - at)).count();
        numbers.read_rows(tensor, kept[at]..kept[at] + run, &mut data)?;
        at += run;
    }
    if data.iter().any(|value| !value.is_finite()) {
        return Ok(nothing(says("유한하지 않은 수가 있다", "it holds numbers that are infinite or none")));
    }
    let first = data.first().copied().unwrap_or(0.0);
    if data.iter().all(|value| value.total_cmp(&first).is_eq()) {
        return Ok(Outcome { law: "constant", deviation: 0.0, worst: 0.0, broken: None });
    }
    let gain = matches!(
        tensor.placement.role,
        Role::AttentionNorm | Role::FeedForwardNorm | Role::FinalNorm | Role::OtherNorm
    );
    if gain {
        return Ok(nothing(says("정규화 계수가 상수가 아니다", "a gain that is not constant")));
    }
    let table =
        if tensor.shape.len() < 2 { Matrix::new(1, data.len(), data) } else { Matrix::new(kept.len(), columns, data) };
    let filled = (0..table.rows).filter(|&row| table.row(row).iter().any(|value| *value != 0.0));
    let table = table.take_rows(filled.collect::<Vec<_>>());
    if table.data.len() < LEAST_NUMBERS {
        return Ok(Outcome { law: "too-few-numbers", deviation: 0.0, worst: 0.0, broken: None });
    }
    let mut outcomes: Vec<Outcome> = LAWS.iter().map(|law| against(&table, law, ln_level)).collect();
    outcomes.sort_by(|a, b| a.worst.total_cmp(&b.worst));
    Ok(outcomes.swap_remove(0))
}

/// Every test of one matrix against one law.
fn against(table: &Matrix, law: &Law, ln_level: f64) -> Outcome {
    let n = table.data.len() as f64;
    let square = dot(&table.data, &table.data) / n;
    let deviation = square.sqrt();
    let law_moments = law.moments();
    let limit = least_z_one_sided(ln_level);
    let fourth = table.data.iter().map(|&x| (f64::from(x) / deviation).powi(4)).sum::<f64>() / n;
    let lengths = |part: &Matrix| dispersion(part, square, &law_moments) / limit;
    let figures = [
        (
            kurtosis(fourth, n, law, &law_moments).abs() / limit,
            says("숫자의 분포가 어느 초기화와도 다르다", "its numbers have the spread of no initialiser"),
        ),
        (lengths(table), says("행의 길이가 고르지 않다", "its rows are of unequal lengths, as training makes them")),
        (
            lengths(&table.transposed()),
            says("열의 길이가 고르지 않다", "its columns are of unequal lengths, as training makes them"),
        ),
        (
            spectrum(table, deviation, ln_level),
            says("무작위 수에 없을 큰 특잇값이 있다", "it has a direction stronger than random numbers have"),
        ),
        (
            distance(table, deviation, law, &law_moments, ln_level),
            says("분포 함수가 어느 초기화와도 다르다", "its distribution is that of no initialiser"),
        ),
    ];
    let (worst, why) = figures
        .into_iter()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((f64::INFINITY, says("살펴볼 수 없다", "it cannot be looked at")));
    Outcome { law: law.id, deviation, worst, broken: (worst > 1.0).then_some(why) }
}

/// The kurtosis about zero as a standard normal number.
fn kurtosis(found: f64, n: f64, law: &Law, moments: &Moments) -> f64 {
    if law.cut.is_none() {
        // Anscombe and Glynn 1983.
        let mean = 3.0 * (n - 1.0) / (n + 1.0);
        let variance = 24.0 * n * (n - 2.0) * (n - 3.0) / ((n + 1.0).powi(2) * (n + 3.0) * (n + 5.0));
        let x = (found - mean) / variance.sqrt();
        let skew = 6.0 * (n * n - 5.0 * n + 2.0) / ((n + 7.0) * (n + 9.0))
            * (6.0 * (n + 3.0) * (n + 5.0) / (n * (n - 2.0) * (n - 3.0))).sqrt();
        let a = 6.0 + 8.0 / skew * (2.0 / skew + (1.0 + 4.0 / (skew * skew)).sqrt());
        let base = (1.0 - 2.0 / a) / (1.0 + x * (2.0 / (a - 4.0)).sqrt()).max(1e-12);
        return (1.0 - 2.0 / (9.0 * a) - base.cbrt()) / (2.0 / (9.0 * a)).sqrt();
    }
    let m = moments;
    let variance = (m.eighth - m.fourth.powi(2)) - 4.0 * m.fourth * (m.sixth - m.fourth)
        + 4.0 * m.fourth.powi(2) * (m.fourth - 1.0);
    (found - m.fourth) / (variance / n).sqrt()
}

/// Row lengths: the sum of squared deviations of row sums of squares, as a standard normal number.
fn dispersion(part: &Matrix, square: f64, moments: &Moments) -> f64 {
    if part.rows < 2 || part.columns < 2 {
        return 0.0;
    }
    let columns = part.columns as f64;
    let sums: Vec<f64> = (0..part.rows).map(|row| dot(part.row(row), part.row(row)) / square).collect();
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    let one = moments.fourth - 1.0;
    let found = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / (columns * one);
    let freedom = sums.len() as f64 - 1.0;
    // Excess kurtosis of a squared number, hence of a row's sum of them.
    let squared = moments.eighth - 4.0 * moments.sixth + 6.0 * moments.fourth - 3.0;
    let excess = (squared / one.powi(2) - 3.0).max(0.0) / columns;
    let cube = (found / freedom).cbrt();
    let spread = 2.0 / (9.0 * freedom);
    (cube - (1.0 - spread)) / spread.sqrt() / (1.0 + excess / 2.0).sqrt()
}

/// The largest singular value beyond the edge, over what chance allows.
fn spectrum(table: &Matrix, deviation: f64, ln_level: f64) -> f64 {
    let edge = (table.rows as f64).sqrt() + (table.columns as f64).sqrt();
    if table.rows < 2 {
        return 0.0;
    }
    (spectral_norm(table) / deviation - edge) / (-2.0 * ln_level).sqrt()
}

/// The Kolmogorov distance over its bound.
fn distance(table: &Matrix, deviation: f64, law: &Law, moments: &Moments, ln_level: f64) -> f64 {
    let mut sorted = table.data.clone();
    sorted.sort_by(f32::total_cmp);
    let n = sorted.len() as f64;
    let mut found = 0.0_f64;
    // Numbers come in few digits: the distance is taken between groups of equal ones, where it is what it would be
    // without rounding, up to half a group.
    let mut at = 0;
    while at < sorted.len() {
        let end = at + sorted[at..].iter().take_while(|value| value.total_cmp(&sorted[at]).is_eq()).count();
        let middle = (at + end) as f64 / 2.0 / n;
        found = found.max((law.below(f64::from(sorted[at]) / deviation, moments.scale) - middle).abs());
        at = end;
    }
    let chance = ((2.0_f64.ln() - ln_level) / (2.0 * n)).sqrt();
    let scale = 0.242 * (moments.fourth - 1.0).sqrt() * least_z_one_sided(ln_level) / (4.0 * n).sqrt();
    found / (chance + scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::chance::Chance;

    fn drawn(law: &str, seed: u64) -> Matrix {
        let mut chance = Chance::new(seed);
        let mut one = || match law {
            "uniform" => ((chance.next() >> 11) as f64 / (1_u64 << 53) as f64) * 2.0 - 1.0,
            "normal" => chance.normal(),
            _ => loop {
                let number = chance.normal();
                if number.abs() <= 2.0 {
                    return number;
                }
            },
        };
        let data = (0..64 * 96).map(|_| crate::measure::stats::matrix::narrow(0.02 * one())).collect();
        Matrix::new(64, 96, data)
    }

    fn best(table: &Matrix) -> Outcome {
        let level = (1e-6_f64 / 500.0).ln();
        LAWS.iter().map(|law| against(table, law, level)).min_by(|a, b| a.worst.total_cmp(&b.worst)).expect("laws")
    }

    #[test]
    fn what_initialisers_draw_passes_by_its_name() {
        for seed in 0..40 {
            for (law, may) in [
                ("normal", &["normal", "normal-cut-at-3"][..]),
                ("cut", &["normal-cut-at-2"]),
                ("uniform", &["uniform"]),
            ] {
                let outcome = best(&drawn(law, seed));
                assert!(
                    outcome.broken.is_none() && may.contains(&outcome.law),
                    "{law} {seed}: {} {}",
                    outcome.law,
                    outcome.worst
                );
            }
        }
    }

    #[test]
    fn a_matrix_drawn_to_be_orthogonal_passes() {
        for seed in 0..10 {
            let mut table = drawn("normal", seed);
            for row in 0..table.rows {
                let mut vector = table.row(row).to_vec();
                for before in 0..row {
                    let along = crate::measure::stats::matrix::narrow(dot(&vector, table.row(before)));
                    for (value, known) in vector.iter_mut().zip(table.row(before)) {
                        *value -= along * known;
                    }
                }
                let length = crate::measure::stats::matrix::narrow(dot(&vector, &vector).sqrt());
                for (place, value) in table.data[row * 96..][..96].iter_mut().zip(&vector) {
                    *place = value / length;
                }
            }
            let outcome = best(&table);
            assert!(outcome.broken.is_none(), "{seed}: {} {}", outcome.law, outcome.worst);
        }
    }

    #[test]
    fn a_direction_and_unequal_rows_do_not_pass() {
        let mut bent = drawn("normal", 3);
        let along: Vec<f32> = bent.row(0).to_vec();
        for row in 0..bent.rows {
            for (column, value) in along.iter().enumerate() {
                bent.data[row * bent.columns + column] += 0.5 * value;
            }
        }
        assert!(best(&bent).broken.is_some());
        let mut uneven = drawn("normal", 4);
        for row in 0..uneven.rows {
            let factor = 1.0 + 0.6 * crate::measure::stats::matrix::narrow(row as f64 / 64.0);
            uneven.data[row * 96..][..96].iter_mut().for_each(|value| *value *= factor);
        }
        assert!(best(&uneven).broken.is_some());
    }
}
