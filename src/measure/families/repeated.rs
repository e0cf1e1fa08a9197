//! Units that began as copies of others of the same tensor (method 5.4): shards that were drawn from one seed, layers
//! widened by doubling neurons, key-value heads repeated for a larger number.
//!
//! Such units change sign and place together, so each alone is no unit of the group: their terms repeat, and a sum of
//! terms that repeat `r` times has `sqrt r` times the spread it claims. The family is silent then; the fewer units that
//! are left to it are not worth the risk of counting them wrongly.

use crate::measure::stats::matrix::{Matrix, cosine};
use crate::text::{Says, says};

/// Parts that a tensor may have been cut into: even numbers for machines, odd ones for growth.
const PARTS: [usize; 7] = [2, 3, 4, 5, 6, 7, 8];
/// Fewest rows of a part for which a mean cosine says anything.
const LEAST_ROWS: usize = 8;
/// Mean cosine of rows that began alike; rows of independent starts have none, whatever training gave them all in
/// common.
const ALIKE: f64 = 0.5;

/// Why signs and places of these rows may not be tested, if so: rows resemble those a part of the tensor further on, or
/// one of `strides` rows further on.
pub(in crate::measure) fn objection(rows: &Matrix, strides: &[usize]) -> Option<Says> {
    let parts = PARTS.into_iter().map(|parts| rows.rows / parts).filter(|&offset| offset >= LEAST_ROWS);
    let alike = |offset: usize| {
        let mean = (0..offset.max(LEAST_ROWS).min(rows.rows - offset))
            .map(|row| cosine(rows.row(row), rows.row(row + offset)))
            .sum::<f64>();
        mean / offset.max(LEAST_ROWS).min(rows.rows - offset) as f64 > ALIKE
    };
    let strides = strides.iter().copied().filter(|&offset| offset > 0 && offset + LEAST_ROWS <= rows.rows);
    parts.chain(strides).any(alike).then(|| {
        says(
            "단위의 일부가 서로 같은 값에서 출발했다. 한 시드를 나누어 쓴 조각이나 복제로 늘린 뉴런이 그렇다",
            "parts of the units began alike, as shards with one seed or neurons grown by copying do",
        )
    })
}
