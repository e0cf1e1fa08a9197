//! Trimmed and dropped differences: TIES and DARE leave marks number by number (method 11.3).
//!
//! - **Marks**: with `d_k = x_k - x_0`, numbers of the candidate that are the ancestor's to the last digit though `d_k`
//!   is far beyond rounding, and an atom in the ratio `(y - x_0) / d_k`: DARE keeps a share `p` of the differences at
//!   random and multiplies them by `w/p`, TIES keeps the large ones and gives a number that only one reference kept
//!   `lambda` times that one's difference.
//! - **Chance**: training has a smooth density of ratios. Of the counts in a window and in two flanks of its own width
//!   beside it, the window then gets a third: binomial, with the level divided by the windows tried. Demanded besides:
//!   a twentieth of all numbers, three times the density of the flanks.
//! - **Told apart** by which differences were dropped: TIES drops small ones, DARE any. The figure is the chance that a
//!   kept difference is larger than a dropped one: near 1, and one half.

use super::normal::Block;
use super::tensors::last_place;
use crate::evidence::{MixtureKind, TestResult};
use crate::weights::Dtype;

/// Differences up to so many units in the last place say too little: rounding blurs their ratio.
const LEAST_PLACES: f64 = 16.0;
/// Width of a bin of ratios; the window is five of them.
const BIN: f64 = 0.02;
/// Ratios up to here are counted.
const LARGEST_RATIO: f64 = 25.0;
/// Bins on each side of a window's middle.
const HALF: usize = 2;
/// Least ratio that may be an atom.
const LEAST_RATIO: f64 = 0.1;
/// Least share of numbers in an atom, and of numbers that stayed the ancestor's.
const LEAST_SHARE: f64 = 0.05;
/// How much denser than its flanks an atom must be.
const DENSER: u64 = 3;
/// Above this chance that a kept difference is larger than a dropped one, the small ones were trimmed.
const BY_SIZE: f64 = 0.7;
/// Classes of size, a quarter of a power of two each, around the root mean square.
const SIZES: usize = 64;

/// Counts for one reference.
#[derive(Clone)]
struct Counts {
    ratios: Vec<u64>,
    numbers: u64,
    zeros: u64,
    dropped: [u64; SIZES],
    kept: [u64; SIZES],
}

/// Counts over the tensors that no mixture explains.
pub(super) struct Atoms {
    each: Vec<Counts>,
    ancestor: usize,
}

/// What was found for one reference.
pub(super) struct Found {
    pub tests: Vec<TestResult>,
    by_size: f64,
}

impl Atoms {
    pub(super) fn new(references: usize) -> Self {
        let bins = bin_of(LARGEST_RATIO) + 1;
        let none = Counts { ratios: vec![0; bins], numbers: 0, zeros: 0, dropped: [0; SIZES], kept: [0; SIZES] };
        Self { each: vec![none; references], ancestor: 0 }
    }

    pub(super) fn look(&mut self, block: &Block, ancestor: usize, dtype: Dtype) {
        self.ancestor = ancestor;
        let first = &block.references[ancestor];
        for (k, counts) in self.each.iter_mut().enumerate().filter(|(k, _)| *k != ancestor) {
            let other = &block.references[k];
            let squares: f64 = first.iter().zip(other).map(|(a, b)| (f64::from(*b) - f64::from(*a)).powi(2)).sum();
            let usual = (squares / first.len().max(1) as f64).sqrt();
            for ((&x, &other), &y) in first.iter().zip(other).zip(&block.candidate) {
                let (x, difference, moved) =
                    (f64::from(x), f64::from(other) - f64::from(x), f64::from(y) - f64::from(x));
                let Some(place) = last_place(x.abs().max(f64::from(y).abs()), dtype) else { return };
                if difference.abs() <= LEAST_PLACES * place {
                    continue;
                }
                counts.numbers += 1;
                let size = (difference.abs() / usual).log2() * 4.0 + SIZES as f64 / 2.0;
                let size = class_of(size);
                if moved == 0.0 {
                    counts.zeros += 1;
                    counts.dropped[size] += 1;
                } else {
                    counts.kept[size] += 1;
                }
                let ratio = moved / difference;
                if (0.0..LARGEST_RATIO).contains(&ratio) && moved != 0.0 {
                    counts.ratios[bin_of(ratio)] += 1;
                }
            }
        }
    }

    /// The kind and the references that the marks are of; none without marks.
    pub(super) fn judge(&self, ids: &[String], ln_level: f64) -> Option<(MixtureKind, Vec<Found>)> {
        let found: Vec<Found> = (0..self.each.len()).filter_map(|k| found(&self.each[k], &ids[k], ln_level)).collect();
        let by_size = found.iter().map(|found| found.by_size).sum::<f64>() / found.len().max(1) as f64;
        let kind = if by_size > BY_SIZE { MixtureKind::Ties } else { MixtureKind::Dare };
        (!found.is_empty()).then_some((kind, found))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between 0 and the last class")]
fn class_of(size: f64) -> usize {
    size.clamp(0.0, SIZES as f64 - 1.0) as usize
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ratios are from 0 to 25")]
fn bin_of(ratio: f64) -> usize {
    (ratio / BIN).round() as usize
}

fn found(counts: &Counts, id: &str, ln_level: f64) -> Option<Found> {
    if counts.numbers == 0 || (counts.zeros as f64) < LEAST_SHARE * counts.numbers as f64 {
        return None;
    }
    let reach = 3 * HALF + 1;
    let sum = |from: usize, to: usize| counts.ratios[from..=to].iter().sum::<u64>();
    let windows = bin_of(LEAST_RATIO).max(reach)..counts.ratios.len() - reach;
    let looks = windows.len() as f64;
    let best = windows
        .map(|at| {
            let inside = sum(at - HALF, at + HALF);
            let beside = sum(at - reach, at - HALF - 1) + sum(at + HALF + 1, at + reach);
            (at, inside, beside)
        })
        .max_by_key(|&(at, inside, beside)| (2 * inside).saturating_sub(beside) * 1000 + counts.ratios[at])?;
    let (at, inside, beside) = best;
    let ln_p = ln_third(inside, beside);
    let enough = inside as f64 >= LEAST_SHARE * counts.numbers as f64 && 2 * inside >= DENSER * beside;
    if !enough || ln_p > ln_level - looks.ln() {
        return None;
    }
    let weighted: f64 = (at - HALF..=at + HALF).map(|bin| bin as f64 * BIN * counts.ratios[bin] as f64).sum();
    let by_size = larger(&counts.kept, &counts.dropped);
    let test = |family: &str, statistic: f64, n: u64, ln_p: Option<f64>| TestResult {
        family: format!("{family}/{id}"),
        statistic: Some(statistic),
        n: Some(n),
        z: None,
        log10_p: ln_p.map(|ln_p| ln_p / std::f64::consts::LN_10),
        ..TestResult::default()
    };
    Some(Found {
        by_size,
        tests: vec![
            test("ratio-atom", weighted / inside as f64, inside, Some((ln_p + looks.ln()).min(0.0))),
            test("atom-share", inside as f64 / counts.numbers as f64, counts.numbers, None),
            test("unchanged-share", counts.zeros as f64 / counts.numbers as f64, counts.numbers, None),
            test("dropped-by-size", by_size, counts.numbers, None),
        ],
    })
}

/// Logarithm of the chance, at most, that a window gets so many of the counts where it is due a third (Hoeffding 1963):
/// `exp(-n KL(share, 1/3))`.
fn ln_third(inside: u64, beside: u64) -> f64 {
    let n = (inside + beside) as f64;
    let share = inside as f64 / n.max(1.0);
    let part = |x: f64, y: f64| if x > 0.0 { x * (x / y).ln() } else { 0.0 };
    if share > 1.0 / 3.0 { -n * (part(share, 1.0 / 3.0) + part(1.0 - share, 2.0 / 3.0)) } else { 0.0 }
}

/// Chance that one of the first is larger than one of the second, ties half.
fn larger(first: &[u64; SIZES], second: &[u64; SIZES]) -> f64 {
    let (mut below, mut sum) = (0.0, 0.0);
    let totals = first.iter().sum::<u64>() as f64 * second.iter().sum::<u64>() as f64;
    for (&a, &b) in first.iter().zip(second) {
        sum += a as f64 * (below + b as f64 / 2.0);
        below += b as f64;
    }
    if totals > 0.0 { sum / totals } else { 0.5 }
}
