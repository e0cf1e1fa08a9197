//! Embedding and head: tables with a row for each token, paired by what the tokens stand for (method 7.1).
//!
//! A table is never called copied by F1 alone, because a student that was taught hidden states writes in its teacher's
//! channels (method 1.3) and whatever is trained on borrowed layers adapts to them. Copied rows and imposed channels
//! differ where training did little: rows of rare tokens stay what they were copied as, but have nothing of the
//! reference where only the channels were imposed. Token ids of merge-built vocabularies rise as frequency falls; and
//! every vocabulary has tokens that a text never met, so where rows were copied no tenth of them is without the
//! reference. A head moves in every row at every step, so it has no rare rows: it goes with the layers or the
//! embedding, or with equal numbers, and decides nothing alone.

use crate::measure::families::basis::{Basis, BasisKind};
use crate::measure::families::f1_channel_places::{self, Places};
use crate::measure::families::f1_channel_signs;
use crate::measure::families::family::Family;
use crate::measure::model::shape::Model;
use crate::measure::stats::equal::Equal;
use crate::measure::stats::matrix::{Matrix, centred_correlation, centred_correlation_and_error, cosine};
use crate::measure::stats::tail::SignSum;
use crate::text::{Says, says};
use crate::weights::NormKind;

/// Two tables reduced to corresponding rows.
#[derive(Debug, Default, Clone)]
pub(in crate::measure) struct Paired {
    pub reference: Matrix,
    pub candidate: Matrix,
    /// Rows of the candidate's table that could have had a row of the reference beside them.
    pub of: usize,
}

/// What the tests on one table found.
#[derive(Debug, Clone)]
pub(in crate::measure) struct TableFinding {
    pub signs: Option<SignSum>,
    /// Channels that find themselves; none where the streams cannot be compared channel by channel.
    pub places: Option<Places>,
    pub places_ln_p: f64,
    pub rows: usize,
    pub of: usize,
    /// Centred correlation of corresponding rows in the best basis, on rows that the basis was not estimated from.
    pub correlation: f64,
    /// Its standard error; none of tables in another basis.
    pub error: Option<f64>,
    pub basis: BasisKind,
    /// Mean cosine of rows of the commoner three quarters and of the rarer quarter of the tokens.
    pub common_and_rare: (f64, f64),
    /// Mean cosine of the tenth of the rows that agree least, whatever their ids: rows of tokens that were never met
    /// keep nothing that was only taught.
    pub least_kept: f64,
    pub equal: Equal,
    /// Every step of training moves every row (a head, or a table tied to one), or no tokenizer tells which rows are
    /// rare. Rare rows tell nothing then.
    pub speaks_for_all_tokens: bool,
    pub skipped: Vec<(Family, Says)>,
}

/// Rows that correspond: by token string where both tell theirs, else by number where the tables are equally long.
pub(in crate::measure) fn rows(reference: &Model, candidate: &Model) -> Option<Vec<(usize, usize)>> {
    let (a, b) = (reference.embedding.as_ref()?, candidate.embedding.as_ref()?);
    let rows = reference.rows.shared(&candidate.rows, reference.vocabulary == candidate.vocabulary)?;
    Some(rows.into_iter().filter(|&(x, y)| x < a.rows && y < b.rows).collect())
}

/// Rows of the same number, whatever they stand for: strings can be renamed. None where the streams have unlike widths.
pub(in crate::measure) fn rows_by_number(reference: &Model, candidate: &Model) -> Vec<(usize, usize)> {
    let (Some(a), Some(b)) = (&reference.embedding, &candidate.embedding) else { return Vec::new() };
    if a.columns != b.columns {
        return Vec::new();
    }
    let place = |at: usize| Some((reference.rows.numbers.binary_search(&candidate.rows.numbers[at]).ok()?, at));
    let both = (0..candidate.rows.numbers.len()).filter_map(place);
    both.filter(|&(x, y)| x < a.rows && y < b.rows).collect()
}

/// The corresponding rows of two tables.
pub(in crate::measure) fn paired(
    reference: Option<&Matrix>,
    candidate: Option<&Matrix>,
    rows: &[(usize, usize)],
) -> Option<Paired> {
    let (a, b) = (reference?, candidate?);
    let fits: Vec<(usize, usize)> = rows.iter().copied().filter(|&(x, y)| x < a.rows && y < b.rows).collect();
    (fits.len() >= 8).then(|| Paired {
        reference: a.take_rows(fits.iter().map(|row| row.0)),
        candidate: b.take_rows(fits.iter().map(|row| row.1)),
        of: b.rows,
    })
}

/// Runs F1 and F1' on a table, and measures how alike corresponding rows are: as named, or, where the layers were found
/// in another basis, in the basis that the `other` table tells (this one's rows of even number where there is no
/// other).
pub(in crate::measure) fn test(
    pair: &Paired,
    other: Option<&Paired>,
    moved: bool,
    norm: NormKind,
    fixed_positions: bool,
    speaks_for_all_tokens: bool,
) -> TableFinding {
    let (a, b) = (&pair.reference, &pair.candidate);
    let mut skipped = Vec::new();
    let same_width = a.columns == b.columns;
    let mut signs = None;
    let mut tells_places = false;
    if !same_width {
        skipped.push((
            Family::ChannelSigns,
            says("두 모델의 잔차 흐름의 폭이 다르다", "the streams have different widths"),
        ));
    } else if fixed_positions {
        skipped.push((
            Family::ChannelSigns,
            says("고정된 위치 부호가 채널을 구별해 준다", "a fixed positional code singles channels out"),
        ));
    } else {
        if norm == NormKind::Rms {
            signs = Some(f1_channel_signs::test(a, b));
        } else {
            skipped.push((
                Family::ChannelSigns,
                says(
                    "층 정규화에서는 모든 채널의 부호가 함께만 바뀔 수 있다",
                    "layer norm admits one common sign only",
                ),
            ));
        }
        tells_places = true;
    }
    let (places, (((correlation, error), basis), plain)) = rayon::join(
        || tells_places.then(|| f1_channel_places::fixed_points(a, b)),
        || {
            let plain = if same_width { row_cosines(a, b) } else { Vec::new() };
            let found = if moved || !same_width {
                let (correlation, basis) = correlation_elsewhere(pair, other);
                ((correlation, None), basis)
            } else {
                (centred_correlation_and_error(a, b), BasisKind::AsNamed)
            };
            (found, plain)
        },
    );
    let cut = plain.len() - plain.len() / 4;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    TableFinding {
        signs,
        places,
        places_ln_p: places.map_or(0.0, Places::ln_p),
        rows: b.rows,
        of: pair.of,
        correlation,
        error,
        basis,
        common_and_rare: (mean(&plain[..cut]), mean(&plain[cut..])),
        least_kept: mean(&least_tenth(plain.clone())),
        equal: Equal::of_matrices(a, b),
        speaks_for_all_tokens,
        skipped,
    }
}

fn least_tenth(mut cosines: Vec<f64>) -> Vec<f64> {
    cosines.sort_by(f64::total_cmp);
    cosines.truncate(cosines.len().div_ceil(10));
    cosines
}

fn row_cosines(a: &Matrix, b: &Matrix) -> Vec<f64> {
    let (a, b) = (a.without_mean_row(), b.without_mean_row());
    (0..a.rows).map(|row| cosine(a.row(row), b.row(row))).collect()
}

/// The basis in which rows agree most, never estimated from the rows that are compared.
fn correlation_elsewhere(pair: &Paired, other: Option<&Paired>) -> (f64, BasisKind) {
    let half = |table: &Matrix, odd: usize| table.take_rows((0..table.rows / 2).map(|row| 2 * row + odd));
    let (learnt, held) = match other {
        Some(other) => {
            ((other.reference.clone(), other.candidate.clone()), (pair.reference.clone(), pair.candidate.clone()))
        }
        None => {
            ((half(&pair.reference, 0), half(&pair.candidate, 0)), (half(&pair.reference, 1), half(&pair.candidate, 1)))
        }
    };
    Basis::candidates(&learnt.0, &learnt.1, (pair.reference.columns, pair.candidate.columns))
        .map(|basis| (centred_correlation(&basis.carry(&held.0), &held.1), basis.kind()))
        .max_by(|x, y| x.0.total_cmp(&y.0))
        .unwrap_or((0.0, BasisKind::Untold))
}
