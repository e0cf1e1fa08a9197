//! F1': places of residual channels, on a table of tokens, pixels or positions (method 2.4, 2.5).
//!
//! - **Group**: permute residual channels everywhere; it leaves RMS- and layer-normed networks as they are.
//! - **Statistic**: each of `s` channels of A is pointed to the channel of B whose column resembles it most, by the
//!   size of the cosine; `K` counts those pointed to their own number. All `M` channels are asked where that is cheap,
//!   else `s` of them at even distances.
//! - **Null**: whatever the rule that points, `k` given channels all find themselves with probability at most `(M - k)!
//!   / M!`, so `P(K >= k) <= C(s, k) (M - k)! / M!`, which is `1/k!` where all are asked. Signs do not enter, so F1
//!   stays exact beside it.
//! - **Not valid** with a fixed positional code on the stream, which singles channels out.

use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::tail::ln_factorial;

/// Products that asking may take: a tenth of a second of one core.
const MOST_PRODUCTS: usize = 1 << 30;
/// Channels that are asked however large the table is. Six of them that find themselves among 4,096 have a chance of
/// `1e-12`.
const LEAST_ASKED: usize = 128;

/// Channels and rows of a glance.
const GLANCE: (usize, usize) = (16, 128);

/// How many channels found themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct Places {
    pub found: usize,
    pub asked: usize,
    pub width: usize,
}

impl Places {
    /// Natural logarithm of the bound of the null.
    pub(in crate::measure) fn ln_p(self) -> f64 {
        let Self { found: k, asked: s, width } = self;
        let of_the_asked = ln_factorial(s) - ln_factorial(k) - ln_factorial(s - k);
        (of_the_asked + ln_factorial(width - k) - ln_factorial(width)).min(0.0)
    }
}

/// Channels that find themselves.
pub(in crate::measure) fn fixed_points(reference: &Matrix, candidate: &Matrix) -> Places {
    let width = candidate.columns;
    let affordable = (MOST_PRODUCTS / (width * candidate.rows).max(1)).max(LEAST_ASKED);
    asked(reference, candidate, affordable.min(width))
}

/// Of some channels, by some rows, those that find themselves: a look that takes a thousandth of a second.
pub(in crate::measure) fn glance(reference: &Matrix, candidate: &Matrix) -> Places {
    let some = |table: &Matrix| table.take_rows(0..table.rows.min(GLANCE.1));
    asked(&some(reference), &some(candidate), candidate.columns.min(GLANCE.0))
}

fn asked(reference: &Matrix, candidate: &Matrix, count: usize) -> Places {
    let width = candidate.columns;
    let nothing = Places { found: 0, asked: count, width };
    if reference.columns != width || reference.rows != candidate.rows || reference.rows < 2 || count == 0 {
        return nothing;
    }
    let channels: Vec<usize> = (0..count).map(|at| at * width / count).collect();
    let cosines = reference.take_columns(&channels).transposed().row_cosines(&candidate.transposed());
    let finds_itself = |&(row, channel): &(usize, usize)| {
        let own = cosines.at(row, channel).abs();
        own > 0.0 && cosines.row(row).iter().enumerate().all(|(other, value)| other == channel || value.abs() < own)
    };
    Places { found: channels.into_iter().enumerate().filter(finds_itself).count(), ..nothing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::chance::Chance;
    use crate::measure::stats::test_matrices::random;

    #[test]
    fn some_channels_tell_as_all_do() {
        let table = random(40, 24, 1);
        assert_eq!(asked(&table, &table, 24), Places { found: 24, asked: 24, width: 24 });
        assert_eq!(asked(&table, &table, 7), Places { found: 7, asked: 7, width: 24 });
        assert!(asked(&table, &random(40, 24, 2), 0).ln_p().abs() < f64::EPSILON);
    }

    #[test]
    fn six_of_the_least_asked_tell() {
        let six = Places { found: 6, asked: LEAST_ASKED, width: 4096 };
        assert!((-12.5..-11.5).contains(&(six.ln_p() / std::f64::consts::LN_10)), "{}", six.ln_p());
    }

    #[test]
    fn asking_all_gives_the_factorial() {
        for found in 0..9 {
            let all = Places { found, asked: 100, width: 100 };
            assert!((all.ln_p() + ln_factorial(found)).abs() < 1e-9);
        }
    }

    /// For a rule that points many channels to few, and shuffled channels, the share of runs beyond is never more than
    /// the bound.
    #[test]
    fn the_bound_holds_for_any_rule() {
        const RUNS: usize = 20_000;
        let (width, count) = (12, 6);
        let mut chance = Chance::new(7);
        let mut runs_with = [0_usize; 13];
        for _ in 0..RUNS {
            let order = chance.order(width);
            let found = (0..count).filter(|at| order[*at] == at / 2).count();
            (0..=found).for_each(|k| runs_with[k] += 1);
        }
        for (found, runs) in runs_with.iter().enumerate().take(count + 1) {
            let bound = Places { found, asked: count, width }.ln_p().exp();
            assert!(
                *runs as f64 <= RUNS as f64 * bound + 4.0 * (RUNS as f64 * bound).sqrt(),
                "{found}: {runs} {bound}"
            );
        }
    }
}
