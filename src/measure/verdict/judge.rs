//! From findings to verdicts (weight-evidence 3.12, 4.2; design section 6).
//!
//! - *Derived* needs two families beyond the level of one look, and an effect worth the name. Families whose null is an approximation count only
//!   together, and are called what they are.
//! - *Same start*: the weights agree and the tensors that hold nothing but training do not (weight-evidence 1.4).
//! - *Independent*: looked, nothing found, and the look could have found something. Else *inconclusive*.

use crate::evidence::{Verdict, family_name};
use crate::measure::families::basis::spectral_norm;
use crate::measure::families::beside::BesideFinding;
use crate::measure::families::correspond::Arrangement;
use crate::measure::families::family::Family;
use crate::measure::families::gains::Gains;
use crate::measure::families::tables::TableFinding;
use crate::measure::model::shape::Tower;
use crate::measure::search::compare::{Found, TowerFinding};
use crate::measure::stats::budget::Budget;
use crate::measure::stats::matrix::{Matrix, dot};
use crate::measure::stats::power::{least_correlation, least_of_two};
use crate::measure::verdict::kinds::mean_correlation;
use crate::text::{Says, says};

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
pub(in crate::measure) struct Judgement {
    pub verdict: Verdict,
    pub notes: Vec<Says>,
}

impl Judgement {
    fn of(verdict: Verdict, note: Says) -> Self {
        Self { verdict, notes: vec![note] }
    }
}

/// Judges one tower.
pub(in crate::measure) fn tower(
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
            says(
                format!("검정은 한목소리지만, 맞추어 본 상관이 {effect:.3}으로 너무 작아 재사용이라고 할 수 없다"),
                format!("the families agree, but the aligned correlation of {effect:.3} is too small to mean reuse"),
            ),
        );
    }
    let mut notes = Vec::new();
    if how == Related::SmallModel {
        notes.push(says(
            "작은 모델: 한 갈래만으로 수준에 이를 만큼 단위가 많은 검정이 없어, 두 갈래를 함께 보아 그 합동 수준을 넘었다",
            "small model: no family has units enough for the level of one look, two families together are beyond their joint level",
        ));
    }
    if approximate {
        notes.push(says("귀무분포가 근사인 짝짓기로 찾았다", "found by matchings whose null law is an approximation"));
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
fn same_start(finding: &TowerFinding, gains: Option<Gains>, towers: (&Tower, &Tower), effect: f64) -> Option<Says> {
    let whole = finding.layers.iter().all(|found| {
        found.feed_forward && found.attention && found.basis == "as-named" && found.arrangement == Arrangement::InPlace
    });
    let gains = gains.filter(|gains| whole && !finding.layers.is_empty() && !gains.rescaled)?;
    if gains.vectors == 0 {
        let (ko, en) = if untrained(towers.0, gains.constant[0]) {
            ("대조 모델은", "the reference")
        } else if untrained(towers.1, gains.constant[1]) {
            ("이 모델은", "the candidate")
        } else {
            return None;
        };
        return Some(says(
            format!("{ko} 무작위로 출발한 값 그대로이다: 움직인 이득이 하나도 없고 행렬은 난수만큼 고르다"),
            format!("{en} holds its random start: no gain has moved and its matrices are as flat as random numbers"),
        ));
    }
    (gains.correlation < TRAINED_TOGETHER * effect).then(|| {
        let gains = gains.correlation;
        says(
            format!(
                "같은 상수에서 출발하는 이득과 편향은 상관이 {gains:.2}에 그치는데 가중치는 {effect:.2}이다: 출발한 값이 같고 학습은 따로 했다"
            ),
            format!(
                "gains and biases, which start at a constant, correlate at {gains:.2} where the weights do at {effect:.2}: a common start, trained apart"
            ),
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
            found.ln_p <= budget.ln_level()
                && found.share.is_some_and(|share| share >= crate::measure::families::agreement::LEAST_SHARE)
        })
    };
    let agreement = held(Family::NeuronAgreement);
    let response = held(Family::TokenResponse);
    let one_exact = below(budget.ln_level()) >= 1;
    (usize::from(agreement) + usize::from(response) + usize::from(one_exact) >= 2).then_some(Related::Approximately)
}

fn nothing_found(finding: &TowerFinding, budget: Budget) -> Judgement {
    if finding.families.is_empty() {
        return Judgement::of(
            Verdict::Inconclusive,
            says("두 부분에 견줄 수 있는 모양이 없다", "nothing in the two parts has comparable shapes"),
        );
    }
    let loud: Vec<Says> = finding
        .families
        .values()
        .filter(|found| found.ln_p <= budget.ln_level())
        .map(|found| family_name(found.family.id()))
        .collect();
    if !loud.is_empty() {
        let listed = |one: fn(&Says) -> &String| loud.iter().map(one).cloned().collect::<Vec<_>>().join(", ");
        let (ko, en) = (listed(|name| &name.ko), listed(|name| &name.en));
        return Judgement::of(
            Verdict::Inconclusive,
            says(
                format!("한 갈래({ko})만 수준을 넘었다. 한 갈래로는 아무것도 판단하지 않는다"),
                format!("one family alone ({en}) is beyond the level, and one decides nothing"),
            ),
        );
    }
    match least_of_two(finding.reach.iter(), budget) {
        Some(rho) => Judgement::of(
            Verdict::Independent,
            says(
                format!("이 부분을 통째로 가져와 상관이 {rho:.3} 이상 남았다면 찾았을 것이다"),
                format!("reuse of the whole part with a correlation of {rho:.3} or more would have been found"),
            ),
        ),
        None => Judgement::of(
            Verdict::Inconclusive,
            says(
                "견줄 수 있는 것이 너무 적다: 이 모양에서 단위가 넉넉한 검정이 둘이 되지 않는다",
                "too little that can be compared: fewer than two families have units enough at these shapes",
            ),
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
pub(in crate::measure) struct Backbone {
    pub verdict: Verdict,
    /// Their aligned correlation.
    pub correlation: f64,
    /// Whether they were found in another basis than as named.
    pub moved: bool,
}

/// Judges a table.
pub(in crate::measure) fn table(finding: &TableFinding, backbone: Option<Backbone>, budget: Budget) -> Judgement {
    let signs_ln_p = finding.signs.as_ref().map_or(0.0, crate::measure::stats::tail::SignSum::ln_p);
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
        return Judgement::of(Verdict::Derived, {
            let percent = 100.0 * finding.equal.share();
            says(
                format!("숫자의 {percent:.0} %가 똑같다. 우연이라면 몇 %에 그친다"),
                format!("{percent:.0} % of the numbers are the same, where chance gives a few"),
            )
        });
    }
    let (common, rare) = finding.common_and_rare;
    let everywhere = finding.least_kept >= LEAST_TABLE_ALONE && rare >= RARE_KEEP * common;
    // Under layer norm signs may not speak, and places keep their proof alone.
    let channels = places && (signs || finding.signs.is_none());
    let copied_alone = channels && finding.correlation >= LEAST_TABLE_ALONE && everywhere;
    if copied_alone && !finding.speaks_for_all_tokens {
        return Judgement::of(
            Verdict::Derived,
            says(
                format!(
                    "드문 토큰의 행이 {rare:.2}, 흔한 토큰의 행이 {common:.2}만큼 닮았다: 행을 베낀 것이지 가르침으로 채널만 물려받은 것이 아니다"
                ),
                format!(
                    "rare tokens' rows agree at {rare:.2}, common ones' at {common:.2}: copied rows, not channels imposed by teaching"
                ),
            ),
        );
    }
    if signs || places {
        return Judgement::of(
            Verdict::Inconclusive,
            says(
                "채널이 일치하지만 행을 베꼈다는 뜻은 아니다: 빌려 온 층도, 은닉 상태를 따라 배운 교사 모델도 자기 채널을 물려준다",
                "the channels agree, but the rows need not have been copied: layers that were borrowed impose their channels, and so does a teacher whose hidden states are imitated",
            ),
        );
    }
    match finding
        .signs
        .as_ref()
        .map(crate::measure::stats::tail::SignSum::units)
        .and_then(|units| least_correlation(units, finding.rows, budget.ln_level()))
    {
        Some(rho) => Judgement::of(
            Verdict::Independent,
            says(
                format!("베낀 행의 상관이 {rho:.3} 이상 남았다면 찾았을 것이다"),
                format!("copied rows with a correlation of {rho:.3} or more would have been found"),
            ),
        ),
        None => Judgement::of(
            Verdict::Inconclusive,
            says("두 표를 채널별로 견줄 수 없다", "the tables cannot be compared channel by channel"),
        ),
    }
}

/// Judges a part beside a tower: it goes with a tower that was reused where it kept as much likeness.
pub(in crate::measure) fn beside(finding: &BesideFinding, towers: &[(Verdict, f64)]) -> Judgement {
    let related = towers
        .iter()
        .filter(|(verdict, _)| matches!(verdict, Verdict::Derived | Verdict::SameInit))
        .max_by(|x, y| x.1.total_cmp(&y.1));
    match related {
        Some(&(verdict, correlation)) if finding.correlation >= LEAST_TABLE.max(TRAINED_TOGETHER * correlation) => {
            Judgement { verdict, notes: Vec::new() }
        }
        _ if finding.correlation.abs() < LEAST_TABLE => Judgement { verdict: Verdict::Independent, notes: Vec::new() },
        _ => Judgement::of(
            Verdict::Inconclusive,
            says(
                "닮았지만, 재사용한 탑이 곁에 없는 작은 부분은 아무것도 판단하지 않는다",
                "alike, but a small part beside no reused tower decides nothing",
            ),
        ),
    }
}

/// The verdict over all components: the gravest, but nothing that could not be compared counts as looked at.
pub(in crate::measure) fn over_all<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Verdict {
    let all: Vec<Verdict> = verdicts.copied().collect();
    [Verdict::Derived, Verdict::SameInit, Verdict::Independent]
        .into_iter()
        .find(|verdict| all.contains(verdict))
        .unwrap_or(Verdict::Inconclusive)
}
