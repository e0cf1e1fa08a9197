//! Which rows of a table of tokens were copied, and what new rows were made of (method 11.6).
//!
//! - **Copied**: a row whose token the reference has as well and whose cosine with the reference's row, both less the
//!   mean row, is beyond chance. Between strangers whose channels carry signs by chance that cosine has deviation `1 /
//!   sqrt d`; a row counts from `z / sqrt d` on, with `z` at one in ten thousand for the whole table. Row lengths are
//!   never compared: rare words are short in every model.
//! - **New**: a row whose token is nowhere in the reference's vocabulary, whichever of its rows are held. If its bytes split into tokens of the reference (greedily,
//!   the longest first; at least two), the mean of their rows in the *reference* is what a tokenizer transplant starts
//!   from, and the row is compared with it in the same way.
//! - **Control**: the same cosines with the mean of another new token's parts, a fixed step away. What they reach, a
//!   row must pass: rows of all words lean the same way, and training on a shared language makes them alike. If more
//!   than one in twenty of the controls is beyond the limit, the limit is raised to what nineteen of twenty stay below.
//! - **Silent** where a side has no token strings, the widths differ or the streams are in other bases.

use std::collections::HashMap;

use crate::evidence::{ComponentEvidence, Relation, TableRows};
use crate::measure::model::shape::Model;
use crate::measure::search::power::least_z_one_sided;
use crate::measure::stats::matrix::{Matrix, cosine, narrow};

/// Chance of one row too many in a whole table of strangers.
const TABLE_LEVEL: f64 = 1e-4;
/// Longest token, in bytes, that is split.
const LONGEST: usize = 64;
/// Share of the controls that the limit leaves below.
const CONTROLS: (usize, usize) = (19, 20);

/// What became of the rows of embedding and head, where the text backbone or the table itself is related, as named.
pub(in crate::measure) fn look(
    reference: &Model,
    candidate: &Model,
    components: &[ComponentEvidence],
) -> Vec<TableRows> {
    let related = |id: &str| {
        components.iter().any(|part| {
            part.id == id
                && part.relation == Relation::Shared
                && part.changes.iter().all(|change| !change.moves_channels())
        })
    };
    let mut out = Vec::new();
    for (table, sides) in
        [("embedding", (&reference.embedding, &candidate.embedding)), ("head", (&reference.head, &candidate.head))]
    {
        if let ((Some(a), Some(b)), true) = (sides, related(table) || related("text")) {
            out.extend(rows(reference, candidate, table, (a, b)));
        }
    }
    out
}

fn rows(reference: &Model, candidate: &Model, table: &str, (a, b): (&Matrix, &Matrix)) -> Option<TableRows> {
    let (whole, theirs, own) = (reference.tokens.as_ref()?, &reference.held_tokens()?, &candidate.held_tokens()?);
    if a.columns != b.columns || a.columns == 0 {
        return None;
    }
    // Centred by the mean of the rows that both have: new rows would pull the mean of one side.
    // A row that stands for two strings is one row.
    let mut shared = theirs.shared(own, a.rows, b.rows);
    shared.dedup_by_key(|pair| pair.1);
    if shared.is_empty() {
        return None;
    }
    let mean_a = mean(shared.iter().map(|row| a.row(row.0)), a.columns);
    let mean_b = mean(shared.iter().map(|row| b.row(row.1)), b.columns);
    let mut new: Vec<(&Vec<u8>, usize)> = own
        .0
        .iter()
        .filter(|(token, row)| **row < b.rows && !whole.0.contains_key(*token))
        .map(|(t, r)| (t, *r))
        .filter(|entry| shared.binary_search_by_key(&entry.1, |pair| pair.1).is_err())
        .collect();
    new.sort_by_key(|entry| (entry.1, entry.0));
    new.dedup_by_key(|entry| entry.1);
    let level = (TABLE_LEVEL / (shared.len() + new.len()) as f64).ln();
    let limit = least_z_one_sided(level) / (a.columns as f64).sqrt();
    let alike = |x: &[f32], y: &[f32]| cosine(&less(x, &mean_a), &less(y, &mean_b));
    let copied = shared.iter().filter(|row| alike(a.row(row.0), b.row(row.1)) >= limit).count();
    let identical = shared.iter().filter(|row| a.row(row.0) == b.row(row.1)).count();
    let composed: Vec<(usize, Vec<f32>)> = new
        .iter()
        .filter_map(|(token, row)| {
            let held = |row: usize| reference.rows.numbers.binary_search(&row).ok().filter(|at| *at < a.rows);
            let parts: Option<Vec<usize>> =
                split(token, &whole.0, reference.vocabulary)?.into_iter().map(held).collect();
            Some((*row, mean(parts?.iter().map(|part| a.row(*part)), a.columns)))
        })
        .collect();
    let step = (composed.len() / 2).max(1);
    let mut controls: Vec<f64> = composed
        .iter()
        .zip(composed.iter().cycle().skip(step))
        .map(|((row, _), (_, other))| alike(other, b.row(*row)))
        .collect();
    controls.sort_by(f64::total_cmp);
    let reached = controls.get((controls.len() * CONTROLS.0).div_ceil(CONTROLS.1).saturating_sub(1));
    let least = reached.map_or(limit, |reached| limit.max(*reached));
    let from_means = composed.iter().filter(|(row, mean)| alike(mean, b.row(*row)) > least).count();
    Some(TableRows {
        table: table.to_owned(),
        rows: (shared.len() + new.len()) as u64,
        shared: shared.len() as u64,
        copied: copied as u64,
        identical: identical as u64,
        new: new.len() as u64,
        composed: composed.len() as u64,
        from_means: from_means as u64,
        least_cosine: least,
    })
}

fn mean<'a>(rows: impl Iterator<Item = &'a [f32]>, width: usize) -> Vec<f32> {
    let (mut sum, mut count) = (vec![0.0_f64; width], 0.0);
    for row in rows {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        count += 1.0;
    }
    sum.into_iter().map(|sum| narrow(sum / f64::max(count, 1.0))).collect()
}

fn less(row: &[f32], mean: &[f32]) -> Vec<f32> {
    row.iter().zip(mean).map(|(value, mean)| value - mean).collect()
}

/// Rows of the tokens that the bytes split into, the longest first; none unless there are two or more.
fn split(token: &[u8], known: &HashMap<Vec<u8>, usize>, rows: usize) -> Option<Vec<usize>> {
    if token.len() > LONGEST {
        return None;
    }
    let (mut at, mut out) = (0, Vec::new());
    while at < token.len() {
        let part = (at + 1..=token.len()).rev().find_map(|end| {
            let row = *known.get(&token[at..end]).filter(|row| **row < rows)?;
            Some((end, row))
        })?;
        out.push(part.1);
        at = part.0;
    }
    (out.len() >= 2).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_split_into_the_longest_parts() {
        let known: HashMap<Vec<u8>, usize> = [("a", 0), ("b", 1), ("ab", 2), ("abc", 9), (" the", 4)]
            .map(|(token, row)| (token.as_bytes().to_vec(), row))
            .into();
        assert_eq!(split(b"abb", &known, 9), Some(vec![2, 1]));
        assert_eq!(split(b" theab", &known, 9), Some(vec![4, 2]));
        assert_eq!(split(b"ab", &known, 9), None, "one part is the token itself");
        assert_eq!(split(b"abc", &known, 9), None, "a row that is not there, and c is not known");
    }
}
