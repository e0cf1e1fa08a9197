//! One table of tokens, compared and judged: an entry of the link.

use crate::evidence::{ComponentEvidence, Explanations, Relation, TestResult};
use crate::measure::families::basis::BasisKind;
use crate::measure::families::equal_numbers::{self, EqualTable, Grid};
use crate::measure::families::f1_reordered_rows::{self, Reordered};
use crate::measure::families::tables::{self, Paired, TableFinding};
use crate::measure::model::shape::{Model, Tower};
use crate::measure::search::budget::Budget;
use crate::measure::search::held_out;
use crate::measure::stats::equal::Equal;
use crate::measure::stats::matrix::Matrix;
use crate::measure::stats::pair::Pair;
use crate::measure::verdict::entry::{Entry, effect, skipped, summed};
use crate::measure::verdict::judge::{self, Backbone, Judgement};
use crate::measure::verdict::{changes, covered_table};
use crate::text::says;
use crate::weights::{ComponentKind, NormKind};

/// What is asked of one table.
pub(super) struct Asked<'a> {
    pub kind: ComponentKind,
    pub pair: &'a Paired,
    /// The other table, which tells the basis.
    pub other: Option<&'a Paired>,
    pub backbone: Option<Backbone>,
    /// All rows that are held of both, and which of them stand for the same token.
    pub all: Pair<&'a Matrix>,
    pub in_place: &'a [(usize, usize)],
}

/// A table that has no row in common with the reference's.
pub(super) fn without_rows(candidate: &Model, kind: ComponentKind) -> Entry {
    let note = says(
        "대조 모델과 공통인 행이 하나도 없어, 그 표의 행을 담고 있을 수 없다",
        "it has no row in common with the reference's, so it cannot hold one of its rows",
    );
    let evidence = ComponentEvidence {
        id: kind.id().to_owned(),
        relation: Relation::NoTrace,
        coverage: Some(1.0),
        looked_for: covered_table::without_rows().looked_for,
        notes: vec![note.into()],
        ..ComponentEvidence::default()
    };
    Entry { evidence, parameters: candidate.inventory.parameters_of(kind), compared: candidate.compared(kind) }
}

/// Whether the architecture is one without a head, such as a sentence encoder: then only tokens that were met move
/// their rows.
fn has_no_head(model: &Model) -> bool {
    let named = model.config.value().pointer("/architectures/0").and_then(serde_json::Value::as_str);
    model.head.is_none() && named.is_some_and(|name| name.ends_with("Model"))
}

/// Compares and judges a table of corresponding rows.
pub(super) fn entry(models: Pair<&Model>, text: Pair<Option<&Tower>>, asked: &Asked<'_>, budget: Budget) -> Entry {
    let Asked { kind, pair, other, backbone, .. } = *asked;
    let of_text = [text.reference, text.candidate].map(|tower| tower.map(|tower| tower.traits));
    let rms = of_text.iter().all(|traits| traits.is_some_and(|traits| traits.norm == Some(NormKind::Rms)));
    let fixed = of_text.iter().any(|traits| traits.is_some_and(|traits| traits.fixed_positions));
    let ids_tell = models.reference.tokens.is_some() && models.candidate.tokens.is_some();
    let tied = models.candidate.head.is_none() && !has_no_head(models.candidate);
    let everywhere = kind == ComponentKind::Head || tied || !ids_tell;
    let moved = backbone.is_some_and(|backbone| backbone.moved);
    let mut finding =
        tables::test(pair, other, moved, if rms { NormKind::Rms } else { NormKind::Layer }, fixed, everywhere);
    let same = equal_in_place(models, kind, pair, rms && !fixed);
    let alike = held_out::correlation(&pair.reference, &pair.candidate);
    if let Some(alike) = alike.filter(|alike| moved && *alike > finding.correlation) {
        // Of streams too wide to be turned, held rows tell in the coordinates of other rows.
        (finding.correlation, finding.basis) = (alike, BasisKind::Rotated);
    }
    let all = pair.reference.columns == models.reference.table_width
        && pair.candidate.columns == models.candidate.table_width;
    let formats = [models.reference, models.candidate].map(|model| model.inventory.format_of(kind));
    let law = (Grid::coarser(formats), rms);
    let look = |sides: (&Matrix, &Matrix), in_place: &[(usize, usize)]| {
        if fixed { None } else { f1_reordered_rows::look(sides, in_place, law) }
    };
    let mut coverage = covered_table::of_table(pair, rms && !fixed, all, budget);
    covered_table::of_rows(&mut coverage, pair, &|a, b| look((a, b), &[]), budget);
    let judgement = judge::table(&finding, same.as_ref(), (backbone, alike), &coverage, budget);
    let elsewhere = if judgement.relation == Relation::Shared {
        None
    } else {
        look((asked.all.reference, asked.all.candidate), asked.in_place)
    };
    let Judgement { relation, notes } = judge::reordered_rows(judgement, elsewhere.as_ref(), budget);
    let related = relation == Relation::Shared;
    let equal = finding.equal;
    let share = finding.rows as f64 / finding.of.max(1) as f64;
    let parameters = models.candidate.inventory.parameters_of(kind);
    let mut tests = table_tests(&finding, equal, related);
    tests.extend(same.as_ref().map(|same| TestResult {
        kind: Some("equal".to_owned()),
        statistic: Some(same.share),
        ..summed("f1-places", &same.swaps)
    }));
    tests.extend(elsewhere.as_ref().map(rows_test));
    tests.extend(alike.map(|alike| effect("held-out-rows", alike, pair.candidate.rows as u64)));
    let evidence = ComponentEvidence {
        id: kind.id().to_owned(),
        relation,
        changes: if related {
            let sides = Pair { reference: &pair.reference, candidate: &pair.candidate };
            changes::of_table(models, kind, sides, (equal, finding.basis))
        } else {
            Vec::new()
        },
        share: related.then_some(share.min(1.0)),
        coverage: Some(share.min(1.0)),
        explanations: related.then(Explanations::default),
        looked_for: if related { Vec::new() } else { coverage.looked_for },
        not_looked_for: if related { Vec::new() } else { coverage.not_looked_for },
        tests,
        notes: notes.into_iter().map(Into::into).collect(),
        ..ComponentEvidence::default()
    };
    Entry { evidence, parameters, compared: models.candidate.compared(kind) }
}

/// Equal numbers in their places, as the files have them: a head without the gain that was folded in.
fn equal_in_place(models: Pair<&Model>, kind: ComponentKind, pair: &Paired, signs: bool) -> Option<EqualTable> {
    let formats = [models.reference, models.candidate].map(|model| model.inventory.format_of(kind));
    let stored = |model: &Model, table: &Matrix| -> Option<Matrix> {
        match kind {
            ComponentKind::Head if model.head.is_some() => model.head_as_stored(table),
            _ => Some(table.clone()),
        }
    };
    let (a, b) = (stored(models.reference, &pair.reference)?, stored(models.candidate, &pair.candidate)?);
    equal_numbers::table(&a, &b, Grid::coarser(formats), signs)
}

/// Rows that were found in other places.
fn rows_test(rows: &Reordered) -> TestResult {
    TestResult {
        family: "f1-rows".to_owned(),
        statistic: rows.same.as_ref().map(|same| same.share),
        n: Some(rows.of as u64),
        agree: Some(rows.rows as u64),
        log10_p: Some(rows.ln_p() / std::f64::consts::LN_10),
        ..TestResult::default()
    }
}

fn table_tests(finding: &TableFinding, equal: Equal, related: bool) -> Vec<TestResult> {
    let mut tests = Vec::new();
    if let Some(sum) = &finding.signs {
        tests.push(summed("f1", sum));
    }
    tests.extend(finding.skipped.iter().map(|(family, why)| skipped(family.id(), why)));
    if let Some(places) = finding.places {
        tests.push(TestResult {
            family: "f1-places".to_owned(),
            n: Some(places.asked as u64),
            agree: Some(places.found as u64),
            log10_p: Some(finding.places_ln_p / std::f64::consts::LN_10),
            ..TestResult::default()
        });
    }
    tests.push(TestResult {
        standard_error: finding.error,
        ..effect("centred-correlation", finding.correlation, finding.rows as u64)
    });
    if related {
        tests.push(effect("identity", equal.share(), equal.of));
    }
    tests
}
