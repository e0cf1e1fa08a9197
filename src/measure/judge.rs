//! From findings to verdicts (weight-evidence 3.12, 4.2; design section 6).
//!
//! - *Derived* needs two families beyond the level of one look, and an effect worth the name. Families whose null is an approximation count only
//!   together, and are called what they are.
//! - *Same start*: the weights agree and the tensors that hold nothing but training do not (weight-evidence 1.4).
//! - *Independent*: looked, nothing found, and the look could have found something. Else *inconclusive*.

use super::budget::Budget;
use super::compare::{Found, TowerFinding};
use super::family::Family;
use super::gains::Gains;
use super::kinds::mean_correlation;
use super::matrix::{Matrix, dot};
use super::model::Tower;
use super::power::{least_correlation, least_of_two};
use super::tables::TableFinding;
use crate::evidence::Verdict;

/// Least aligned correlation that is called a finding (weight-evidence 4.2, 4).
const LEAST_EFFECT: f64 = 0.02;
/// Gains that keep less than this share of the weights' correlation were trained apart: what a descendant inherits it inherits in both, while a
/// common start is in the weights alone (weight-evidence 1.4 and 7.5: 0.75 and more against 0.2 to 0.33).
const TRAINED_TOGETHER: f64 = 0.5;
/// A table's copied rows keep a correlation above this.
const LEAST_TABLE: f64 = 0.1;
/// Beside nothing else, copied rows must be this alike, and rare ones nearly as much as common ones.
const LEAST_TABLE_ALONE: f64 = 0.5;
const RARE_KEEP: f64 = 0.9;

/// A verdict with the sentences that go with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judgement {
    pub verdict: Verdict,
    pub notes: Vec<String>,
}

impl Judgement {
    fn of(verdict: Verdict, note: impl Into<String>) -> Self {
        Self { verdict, notes: vec![note.into()] }
    }
}

/// Judges one tower.
pub(super) fn tower(finding: &TowerFinding, gains: Option<Gains>, towers: (&Tower, &Tower), budget: Budget) -> Judgement {
    let Some(how) = related(finding, budget) else { return nothing_found(finding, budget) };
    let effect = mean_correlation(finding);
    let approximate = how == Related::Approximately;
    if !approximate && effect.abs() < LEAST_EFFECT {
        return Judgement::of(Verdict::Inconclusive, format!("the families agree, but the aligned correlation of {effect:.3} is too small to mean reuse"));
    }
    let mut notes = Vec::new();
    if how == Related::SmallModel {
        notes.push("small-model mode: no family has units enough for the level of one look, two families together are beyond their joint level".to_owned());
    }
    if approximate {
        notes.push("found by matchings whose null law is an approximation".to_owned());
    }
    let plain = finding.layers.iter().any(|found| found.basis == "as-named");
    let Some(gains) = gains.filter(|_| plain) else { return Judgement { verdict: Verdict::Derived, notes } };
    if gains.vectors > 0 && gains.correlation < TRAINED_TOGETHER * effect {
        notes.push(format!(
            "gains and biases, which start at a constant, correlate at {:.2} where the weights do at {effect:.2}: a common start, trained apart",
            gains.correlation
        ));
        return Judgement { verdict: Verdict::SameInit, notes };
    }
    if gains.vectors == 0 {
        if let Some(side) = untrained(towers.0, gains.constant[0]).then_some("reference").or_else(|| untrained(towers.1, gains.constant[1]).then_some("candidate")) {
            notes.push(format!("the {side} holds its random start: no gain has moved and its rows are as even as random numbers"));
            return Judgement { verdict: Verdict::SameInit, notes };
        }
        notes.push("no gain or bias was trained on both sides, so a common start cannot be told from descent by them".to_owned());
    }
    Judgement { verdict: Verdict::Derived, notes }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Related {
    Exactly,
    SmallModel,
    Approximately,
}

fn related(finding: &TowerFinding, budget: Budget) -> Option<Related> {
    let exact: Vec<&Found> = finding.families.values().filter(|found| !found.family.is_approximate()).collect();
    let below = |level: f64| exact.iter().filter(|found| found.ln_p <= level).count();
    if below(budget.ln_level()) >= 2 {
        return Some(Related::Exactly);
    }
    let able = exact.iter().filter(|found| least_correlation(found.units, usize::MAX >> 12, budget.ln_level()).is_some()).count();
    if able < 2 && below(budget.ln_pair_level()) >= 2 {
        return Some(Related::SmallModel);
    }
    let held = |family: Family| {
        finding.families.get(&family).is_some_and(|found| {
            found.ln_p <= budget.ln_level() && found.share.is_some_and(|share| share >= super::agreement::LEAST_SHARE)
        })
    };
    let agreement = held(Family::NeuronAgreement);
    let response = held(Family::TokenResponse);
    let one_exact = below(budget.ln_level()) >= 1;
    (usize::from(agreement) + usize::from(response) + usize::from(one_exact) >= 2).then_some(Related::Approximately)
}

fn nothing_found(finding: &TowerFinding, budget: Budget) -> Judgement {
    if finding.families.is_empty() {
        return Judgement::of(Verdict::Inconclusive, "nothing in the two parts has comparable shapes");
    }
    match least_of_two(finding.reach.values().copied(), budget) {
        Some(rho) => Judgement::of(Verdict::Independent, format!("reuse of the whole part with a correlation of {rho:.3} or more would have been found")),
        None => Judgement::of(Verdict::Inconclusive, "too small to decide: fewer than two families have units enough"),
    }
}

/// Whether a tower holds nothing but random numbers: no constant-start vector varies, and rows of its matrices differ in size no more
/// than rows of independent numbers do (squared length has relative variance `2/n` for normal numbers, less for uniform ones).
fn untrained(tower: &Tower, constant: usize) -> bool {
    if constant == 0 {
        return false;
    }
    let parts: Vec<&Matrix> = tower.layers.iter().flat_map(|layer| layer.experts.iter().map(super::model::FeedForward::leading)).collect();
    let ratio: f64 = parts.iter().map(|part| unevenness(part)).sum::<f64>() / parts.len().max(1) as f64;
    !parts.is_empty() && ratio < 1.5
}

/// Relative variance of squared row lengths over that of normal numbers.
fn unevenness(part: &Matrix) -> f64 {
    let squares: Vec<f64> = (0..part.rows).map(|row| dot(part.row(row), part.row(row))).collect();
    let mean = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
    let variance = squares.iter().map(|square| (square - mean).powi(2)).sum::<f64>() / squares.len().max(1) as f64;
    if mean > 0.0 { variance / (mean * mean) * part.columns as f64 / 2.0 } else { 0.0 }
}

/// Judges a table. `backbone` is the verdict on the layers that it stands beside.
pub(super) fn table(finding: &TableFinding, backbone: Option<Verdict>, budget: Budget) -> Judgement {
    let signs_ln_p = finding.signs.as_ref().map_or(0.0, super::tail::SignSum::ln_p);
    let (signs, places) = (signs_ln_p <= budget.ln_level(), finding.places_ln_p <= budget.ln_level());
    let backbone_related = matches!(backbone, Some(Verdict::Derived | Verdict::SameInit));
    let other_basis = backbone_related && finding.basis != "as-named" && finding.basis != "none";
    let (common, rare) = finding.common_and_rare;
    let copied_alone = signs && places && finding.correlation >= LEAST_TABLE_ALONE && rare >= RARE_KEEP * common;
    if backbone_related && (places || other_basis) && finding.correlation >= LEAST_TABLE {
        let verdict = backbone.unwrap_or(Verdict::Derived);
        return Judgement { verdict, notes: Vec::new() };
    }
    if copied_alone {
        return Judgement::of(
            Verdict::Derived,
            format!("rare tokens' rows agree at {rare:.2}, common ones' at {common:.2}: copied rows, not channels imposed by teaching"),
        );
    }
    if signs || places {
        return Judgement::of(Verdict::Inconclusive, "the channels agree, but the rows need not have been copied: layers that were borrowed, or a teacher, impose their channels");
    }
    match finding.signs.as_ref().map(super::tail::SignSum::units).and_then(|units| least_correlation(units, finding.rows, budget.ln_level())) {
        Some(rho) => Judgement::of(Verdict::Independent, format!("copied rows with a correlation of {rho:.3} or more would have been found")),
        None => Judgement::of(Verdict::Inconclusive, "the tables cannot be compared channel by channel"),
    }
}

/// The verdict over all components: the gravest, but nothing that could not be compared counts as looked at.
pub(super) fn over_all<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Verdict {
    let all: Vec<Verdict> = verdicts.copied().collect();
    [Verdict::Derived, Verdict::SameInit, Verdict::Independent].into_iter().find(|verdict| all.contains(verdict)).unwrap_or(Verdict::Inconclusive)
}
