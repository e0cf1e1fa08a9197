//! From findings to verdicts (weight-evidence 3.12, 4.2; design section 6).
//!
//! - *Derived* needs two families beyond the level of one look, and an effect worth the name. Families whose null is an approximation count only
//!   together, and are called what they are.
//! - *Same start*: the weights agree and the tensors that hold nothing but training do not (weight-evidence 1.4).
//! - *Independent*: looked, nothing found, and the look could have found something. Else *inconclusive*.

use super::basis::spectral_norm;
use super::beside::BesideFinding;
use super::budget::Budget;
use super::compare::{Found, TowerFinding};
use super::correspond::Arrangement;
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
/// From this share on equal numbers are no chance: two independent bf16 tables share below 0.02 (weight-evidence 3.2), two of eight bits some 0.01.
const LEAST_IDENTITY: f64 = 0.25;
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
pub(super) fn tower(
    finding: &TowerFinding,
    gains: Option<Gains>,
    towers: (&Tower, &Tower),
    budget: Budget,
) -> Judgement {
    let Some(how) = related(finding, budget) else { return nothing_found(finding, budget) };
    let effect = mean_correlation(finding);
    let approximate = how == Related::Approximately;
    if !approximate && effect.abs() < LEAST_EFFECT {
        return Judgement::of(
            Verdict::Inconclusive,
            format!("the families agree, but the aligned correlation of {effect:.3} is too small to mean reuse"),
        );
    }
    let mut notes = Vec::new();
    if how == Related::SmallModel {
        notes.push("small-model mode: no family has units enough for the level of one look, two families together are beyond their joint level".to_owned());
    }
    if approximate {
        notes.push("found by matchings whose null law is an approximation".to_owned());
    }
    match same_start(finding, gains, towers, effect) {
        Some(note) => {
            notes.push(note);
            Judgement { verdict: Verdict::SameInit, notes }
        }
        None => Judgement { verdict: Verdict::Derived, notes },
    }
}

/// The reason to believe in a common start rather than descent, if there is one. A common start shows as named and in all parts at once: no seed gives another basis,
/// another order, or one half of each layer.
fn same_start(finding: &TowerFinding, gains: Option<Gains>, towers: (&Tower, &Tower), effect: f64) -> Option<String> {
    let whole = finding.layers.iter().all(|found| {
        found.feed_forward && found.attention && found.basis == "as-named" && found.arrangement == Arrangement::InPlace
    });
    let gains = gains.filter(|gains| whole && !finding.layers.is_empty() && !gains.rescaled)?;
    if gains.vectors == 0 {
        let side = if untrained(towers.0, gains.constant[0]) {
            "reference"
        } else if untrained(towers.1, gains.constant[1]) {
            "candidate"
        } else {
            return None;
        };
        return Some(format!(
            "the {side} holds its random start: no gain has moved and its matrices are as flat as random numbers"
        ));
    }
    (gains.correlation < TRAINED_TOGETHER * effect).then(|| {
        format!(
            "gains and biases, which start at a constant, correlate at {:.2} where the weights do at {effect:.2}: a common start, trained apart",
            gains.correlation
        )
    })
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
    let able = exact
        .iter()
        .filter(|found| least_correlation(found.units, usize::MAX >> 12, budget.ln_level()).is_some())
        .count();
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
    let loud: Vec<&str> = finding
        .families
        .values()
        .filter(|found| found.ln_p <= budget.ln_level())
        .map(|found| found.family.id())
        .collect();
    if !loud.is_empty() {
        return Judgement::of(
            Verdict::Inconclusive,
            format!("{} alone is beyond the level, and one family decides nothing", loud.join(", ")),
        );
    }
    match least_of_two(finding.reach.iter(), budget) {
        Some(rho) => Judgement::of(
            Verdict::Independent,
            format!("reuse of the whole part with a correlation of {rho:.3} or more would have been found"),
        ),
        None => Judgement::of(
            Verdict::Inconclusive,
            "too little that can be compared: fewer than two families have units enough at these shapes",
        ),
    }
}

/// Whether a tower holds nothing but random numbers: no constant-start vector varies, and no matrix stretches any direction further than independent numbers do. Their largest
/// singular value tends to `s (sqrt m + sqrt n)` with fluctuations of the order `min(m, n)^(-2/3)` of it (Johnstone 2001); three of these are allowed.
fn untrained(tower: &Tower, constant: usize) -> bool {
    let matrices = tower.layers.iter().flat_map(|layer| {
        let attention = layer.attention.iter().flat_map(|part| [&part.query, &part.key, &part.value, &part.output]);
        attention.chain(layer.experts.iter().flat_map(|part| [part.leading(), &part.up, &part.down]))
    });
    let flat = |part: &Matrix| stretch(part) < 1.0 + 3.0 * (part.rows.min(part.columns).max(1) as f64).powf(-2.0 / 3.0);
    constant > 0 && matrices.into_iter().all(flat)
}

/// Largest singular value over that of independent numbers of the same deviation.
fn stretch(part: &Matrix) -> f64 {
    let deviation = (dot(&part.data, &part.data) / part.data.len().max(1) as f64).sqrt();
    let edge = deviation * ((part.rows as f64).sqrt() + (part.columns as f64).sqrt());
    if edge > 0.0 { spectral_norm(part) / edge } else { 0.0 }
}

/// What the layers beside a table told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backbone {
    pub verdict: Verdict,
    /// Their aligned correlation.
    pub correlation: f64,
    /// Whether they were found in another basis than as named.
    pub moved: bool,
}

/// Judges a table.
pub(super) fn table(finding: &TableFinding, backbone: Option<Backbone>, budget: Budget) -> Judgement {
    let signs_ln_p = finding.signs.as_ref().map_or(0.0, super::tail::SignSum::ln_p);
    let (signs, places) = (signs_ln_p <= budget.ln_level(), finding.places_ln_p <= budget.ln_level());
    if let Some(backbone) = backbone.filter(|backbone| matches!(backbone.verdict, Verdict::Derived | Verdict::SameInit))
    {
        // What was copied together decays together; what merely learnt to speak to copied layers stays well below them.
        let keeps = finding.correlation >= LEAST_TABLE.max(TRAINED_TOGETHER * backbone.correlation);
        let shown = if backbone.moved { finding.correlation >= LEAST_TABLE_ALONE } else { signs || places };
        if keeps && shown {
            return Judgement { verdict: backbone.verdict, notes: Vec::new() };
        }
    }
    if finding.equal.share() >= LEAST_IDENTITY {
        return Judgement::of(
            Verdict::Derived,
            format!("{:.0} % of the numbers are the same, where chance gives a few", 100.0 * finding.equal.share()),
        );
    }
    let (common, rare) = finding.common_and_rare;
    let copied_alone = signs && places && finding.correlation >= LEAST_TABLE_ALONE && rare >= RARE_KEEP * common;
    if copied_alone && !finding.speaks_for_all_tokens {
        return Judgement::of(
            Verdict::Derived,
            format!(
                "rare tokens' rows agree at {rare:.2}, common ones' at {common:.2}: copied rows, not channels imposed by teaching"
            ),
        );
    }
    if signs || places {
        return Judgement::of(
            Verdict::Inconclusive,
            "the channels agree, but the rows need not have been copied: layers that were borrowed, or a teacher, impose their channels",
        );
    }
    match finding
        .signs
        .as_ref()
        .map(super::tail::SignSum::units)
        .and_then(|units| least_correlation(units, finding.rows, budget.ln_level()))
    {
        Some(rho) => Judgement::of(
            Verdict::Independent,
            format!("copied rows with a correlation of {rho:.3} or more would have been found"),
        ),
        None => Judgement::of(Verdict::Inconclusive, "the tables cannot be compared channel by channel"),
    }
}

/// Judges a part beside a tower: it goes with a tower that was reused where it kept as much likeness.
pub(super) fn beside(finding: &BesideFinding, towers: &[(Verdict, f64)]) -> Judgement {
    let related = towers
        .iter()
        .filter(|(verdict, _)| matches!(verdict, Verdict::Derived | Verdict::SameInit))
        .max_by(|x, y| x.1.total_cmp(&y.1));
    match related {
        Some(&(verdict, correlation)) if finding.correlation >= LEAST_TABLE.max(TRAINED_TOGETHER * correlation) => {
            Judgement { verdict, notes: Vec::new() }
        }
        _ if finding.correlation.abs() < LEAST_TABLE => Judgement { verdict: Verdict::Independent, notes: Vec::new() },
        _ => Judgement::of(Verdict::Inconclusive, "alike, but a small part beside no reused tower decides nothing"),
    }
}

/// The verdict over all components: the gravest, but nothing that could not be compared counts as looked at.
pub(super) fn over_all<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Verdict {
    let all: Vec<Verdict> = verdicts.copied().collect();
    [Verdict::Derived, Verdict::SameInit, Verdict::Independent]
        .into_iter()
        .find(|verdict| all.contains(verdict))
        .unwrap_or(Verdict::Inconclusive)
}
