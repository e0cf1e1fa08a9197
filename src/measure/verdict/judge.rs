//! From findings to relations (method 10.7).
//!
//! - *Shared* needs two families beyond the level of one look, and an effect worth the name. Two matchings whose null
//!   is calibrated make a finding together, and say so.
//! - *No trace*: looked for, not found, and the look could have found it. Else *undecided*.
//! - Nothing here tells descent from a common start: gains and biases exculpate nobody and accuse nobody.

use crate::evidence::{Relation, family_name};
use crate::measure::families::agreement::LEAST_SHARE;
use crate::measure::families::beside::BesideFinding;
use crate::measure::families::equal_numbers::{EqualTable, LEAST_EXCESS};
use crate::measure::families::f1_reordered_rows::Reordered;
use crate::measure::families::family::Family;
use crate::measure::families::pooler;
use crate::measure::families::tables::TableFinding;
use crate::measure::families::units::Group;
use crate::measure::search::budget::Budget;
use crate::measure::search::compare::{Found, TowerFinding};
use crate::measure::search::looks::{By, Kind, Look};
use crate::measure::search::power::least_correlation;
use crate::measure::stats::tail::SignSum;
use crate::measure::verdict::changes::mean_correlation;
use crate::measure::verdict::coverage::Coverage;
use crate::measure::verdict::thresholds::{
    ALIKE_IN_ANOTHER_BASIS, DECAYS_TOGETHER, LEAST_EFFECT, LEAST_TABLE, LEAST_TABLE_ALONE, RARE_KEEP,
};
use crate::text::{Says, says};

/// A relation with the sentences that go with it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct Judgement {
    pub relation: Relation,
    pub notes: Vec<Says>,
}

impl Judgement {
    fn of(relation: Relation, note: Says) -> Self {
        Self { relation, notes: vec![note] }
    }
}

/// Judges one tower.
pub(in crate::measure) fn tower(finding: &TowerFinding, coverage: Option<&Coverage>, budget: Budget) -> Judgement {
    let Some(how) = related(finding, budget) else { return nothing_found(finding, coverage, budget) };
    let effect = mean_correlation(finding);
    if !matches!(how, Related::WithoutBasis | Related::ByMatchings) && effect.abs() < LEAST_EFFECT {
        return Judgement::of(
            Relation::Undecided,
            says(
                format!("검정은 한목소리지만, 맞추어 본 상관이 {effect:.3}으로 너무 작아 공유한다고 할 수 없다"),
                format!(
                    "the families agree, but the aligned correlation of {effect:.3} is too small to call it sharing"
                ),
            ),
        );
    }
    let mut notes = Vec::new();
    if how == Related::SmallModel {
        notes.push(says(
            "작은 모델: 한 갈래만으로 수준에 이를 만큼 단위가 많은 검정이 없어, 두 갈래를 함께 보아 그 합동 수준을 넘었다",
            "small model: no family has units enough for the level of one look, two families together are beyond \
            their joint level",
        ));
    }
    if how == Related::ByMatchings {
        notes.push(says(
            "귀무분포를 증명하지 못하고 측정으로 정한 두 가지 짝짓기로 찾았다",
            "found by two matchings whose null law is calibrated by measurement and not proven",
        ));
    }
    Judgement { relation: Relation::Shared, notes }
}

/// Whether a pooler rings beside a tower of which nothing was found: one group alone makes no finding, and bars a "no".
pub(in crate::measure) fn beside_a_pooler(judgement: Judgement, pooler: Option<pooler::Seen>) -> Judgement {
    if judgement.relation != Relation::NoTrace || !pooler.is_some_and(|seen| seen.loud) {
        return judgement;
    }
    Judgement::of(
        Relation::Undecided,
        says(
            "층에서는 아무것도 나오지 않았으나 마지막 층 뒤의 행렬(pooler) 하나가 울린다. 한 갈래로는 아무것도 판단하지 않는다",
            "nothing rings in the layers, but the one matrix behind the last of them (the pooler) does, and one family \
            decides nothing",
        ),
    )
}

/// A table of which nothing was found in place, after its rows were looked for in other places. Equal numbers make a
/// finding; likeness alone bars a "no".
pub(in crate::measure) fn reordered_rows(judgement: Judgement, rows: Option<&Reordered>, budget: Budget) -> Judgement {
    let Some(rows) = rows.filter(|_| judgement.relation != Relation::Shared) else { return judgement };
    let (found, of) = (rows.rows, rows.of);
    if rows.same.as_ref().is_some_and(|same| is_the_same(same, budget)) {
        return Judgement::of(
            Relation::Shared,
            says(
                format!("찾아본 행 {of}개 가운데 {found}개가 숫자까지 같은 채로 다른 자리에 있다"),
                format!("{found} of {of} rows that were looked for stand in other places with equal numbers"),
            ),
        );
    }
    if judgement.relation == Relation::NoTrace && rows.ln_p() <= budget.ln_level() {
        return Judgement::of(
            Relation::Undecided,
            says(
                format!(
                    "찾아본 행 {of}개 가운데 {found}개가 다른 자리의 행과 닮았다. 닮은 것만으로는 베꼈다고 판단하지 않는다"
                ),
                format!(
                    "{found} of {of} rows that were looked for are like rows in other places, which alone decides \
                    nothing"
                ),
            ),
        );
    }
    judgement
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Related {
    Exactly,
    SmallModel,
    /// By looks that align nothing.
    WithoutBasis,
    /// By two matchings whose null law is calibrated and not proven.
    ByMatchings,
}

/// Two groups beyond the level inside one kind of look: no group element and no number is in both.
fn told_without_basis(finding: &TowerFinding, budget: Budget) -> bool {
    let Some(looks) = &finding.looks else { return false };
    // Neurons that were matched by their gates leave the signs of up, which is one group and exact.
    let gram = looks.looks.iter().find(|look| look.kind == Kind::Gram && look.silent.is_none());
    if gram.is_some_and(|look| look.z > 0.0 && look.ln_p <= budget.ln_level()) {
        return true;
    }
    [Kind::Place, Kind::Tokens, Kind::Within, Kind::VirtualSplit].into_iter().any(|kind| {
        [By::Place, By::Map].into_iter().any(|by| {
            let heard = looks.looks.iter().filter(|look| look.kind == kind && look.by == by);
            let beyond = |look: &&Look| {
                look.silent.is_none()
                    && look.family != Family::ValueSwaps
                    && look.z > 0.0
                    && look.ln_p <= budget.ln_level()
            };
            heard.filter(beyond).count() >= 2
        })
    })
}

fn related(finding: &TowerFinding, budget: Budget) -> Option<Related> {
    if told_without_basis(finding, budget) {
        return Some(Related::WithoutBasis);
    }
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
    // Where every sign, order and basis was changed no exact family is left: two matchings, each of a fifth of the
    // neurons and each beyond the level with ten times the measured rate, of neurons whose start shows no public
    // pattern.
    let plain = finding.looks.as_ref().is_none_or(|looks| looks.rings.keys().all(|part| part.group() != Group::Neuron));
    let held = |family: Family| {
        finding.families.get(&family).is_some_and(|found| {
            found.ln_p <= budget.ln_level() && found.share.is_some_and(|share| share >= LEAST_SHARE)
        })
    };
    (plain && held(Family::NeuronAgreement) && held(Family::TokenResponse)).then_some(Related::ByMatchings)
}

/// Whether a run could say of the tower what was found in it.
pub(in crate::measure) fn is_related(finding: &TowerFinding, budget: Budget) -> bool {
    related(finding, budget).is_some()
}

fn nothing_found(finding: &TowerFinding, coverage: Option<&Coverage>, budget: Budget) -> Judgement {
    let heard = finding.looks.iter().flat_map(|looks| &looks.looks).any(|look| look.silent.is_none());
    // Where nothing speaks because the shapes leave nothing to copy, that is covered.
    if finding.families.is_empty() && !heard && !coverage.is_some_and(Coverage::is_whole) {
        return Judgement::of(
            Relation::Undecided,
            says("두 부분에 견줄 수 있는 모양이 없다", "nothing in the two parts has comparable shapes"),
        );
    }
    let mut families: Vec<Family> =
        finding.families.values().filter(|found| found.ln_p <= budget.ln_level()).map(|found| found.family).collect();
    // A loud negative sum makes no finding, and bars a "no": a basis of negative trace gives one.
    let looks = finding.looks.iter().flat_map(|looks| &looks.looks);
    let loud = looks.filter(|look| look.silent.is_none() && look.ln_p <= budget.ln_level());
    families.extend(loud.map(|look| look.family));
    families.sort_unstable();
    families.dedup();
    let loud: Vec<Says> = families.into_iter().map(|family| family_name(family.id())).collect();
    if !loud.is_empty() {
        let listed = |one: fn(&Says) -> &String| loud.iter().map(one).cloned().collect::<Vec<_>>().join(", ");
        let (ko, en) = (listed(|name| &name.ko), listed(|name| &name.en));
        return Judgement::of(
            Relation::Undecided,
            says(
                format!("한 갈래({ko})만 수준을 넘었다. 한 갈래로는 아무것도 판단하지 않는다"),
                format!("one family alone ({en}) is beyond the level, and one decides nothing"),
            ),
        );
    }
    no_trace_if_whole(coverage)
}

/// No trace, where every standard class of change was covered; else undecided, with what was not.
fn no_trace_if_whole(coverage: Option<&Coverage>) -> Judgement {
    if coverage.is_some_and(Coverage::is_whole) {
        return Judgement { relation: Relation::NoTrace, notes: Vec::new() };
    }
    Judgement::of(
        Relation::Undecided,
        says(
            "아무것도 나오지 않았으나, 살피지 못한 종류의 변경이 남아 있다",
            "nothing rings, but not every standard class of change could be looked for",
        ),
    )
}

/// What the layers beside a table told.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Backbone {
    pub relation: Relation,
    /// Their aligned correlation.
    pub correlation: f64,
    /// Whether they were found in another basis than as named.
    pub moved: bool,
}

/// Judges a table.
pub(in crate::measure) fn table(
    finding: &TableFinding,
    same: Option<&EqualTable>,
    beside: (Option<Backbone>, Option<f64>),
    coverage: &Coverage,
    budget: Budget,
) -> Judgement {
    let (backbone, alike) = beside;
    let signs_ln_p = finding.signs.as_ref().map_or(0.0, SignSum::ln_p);
    let (signs, places) = (signs_ln_p <= budget.ln_level(), finding.places_ln_p <= budget.ln_level());
    if let Some(backbone) = backbone.filter(|backbone| backbone.relation == Relation::Shared) {
        // What was copied together decays together; what merely learnt to speak to copied layers stays well below them.
        let keeps = finding.correlation >= LEAST_TABLE.max(DECAYS_TOGETHER * backbone.correlation);
        let elsewhere = backbone.moved || finding.places.is_none() && finding.signs.is_none();
        let shown = if elsewhere { finding.correlation >= LEAST_TABLE_ALONE } else { signs || places };
        if keeps && shown {
            return Judgement { relation: Relation::Shared, notes: Vec::new() };
        }
    }
    if let Some(same) = same.filter(|same| is_the_same(same, budget)) {
        let (share, chance) = (100.0 * same.share, 100.0 * same.chance);
        return Judgement::of(
            Relation::Shared,
            says(
                format!("숫자의 {share:.1} %가 제자리에서 똑같다. 값의 분포만 같았다면 {chance:.1} %이다"),
                format!(
                    "{share:.1} % of the numbers are the same in their places, where equal values by chance would \
                    give {chance:.1} %"
                ),
            ),
        );
    }
    let (common, rare) = finding.common_and_rare;
    let everywhere = finding.least_kept >= LEAST_TABLE_ALONE && rare >= RARE_KEEP * common;
    // Under layer norm signs may not speak, and places keep their proof alone.
    let channels = places && (signs || finding.signs.is_none());
    let copied_alone = channels && finding.correlation >= LEAST_TABLE_ALONE && everywhere;
    if copied_alone && !finding.speaks_for_all_tokens {
        return Judgement::of(
            Relation::Shared,
            says(
                format!(
                    "드문 토큰의 행이 {rare:.2}, 흔한 토큰의 행이 {common:.2}만큼 닮았다: 행을 베낀 것이지 가르침으로 채널만 물려받은 것이 아니다"
                ),
                format!(
                    "rare tokens' rows agree at {rare:.2}, common ones' at {common:.2}: copied rows, not channels \
                    imposed by teaching"
                ),
            ),
        );
    }
    if signs || places {
        return Judgement::of(
            Relation::Undecided,
            says(
                "채널이 일치하지만 행을 베꼈다는 뜻은 아니다: 빌려 온 층도, 은닉 상태를 따라 배운 교사 모델도 자기 채널을 물려준다",
                "the channels agree, but the rows need not have been copied: layers that were borrowed impose their \
                channels, and so does a teacher whose hidden states are imitated",
            ),
        );
    }
    if alike.is_some_and(|alike| alike >= ALIKE_IN_ANOTHER_BASIS) {
        let alike = alike.unwrap_or_default();
        return Judgement::of(
            Relation::Undecided,
            says(
                format!(
                    "행의 절반으로 기저를 맞추면 나머지 절반의 상관이 {alike:.2}이다. 다른 기저에서 같은 표일 수 있어 판단하지 않는다"
                ),
                format!(
                    "rows lie to each other alike by {alike:.2}: perhaps one table in another basis, which is not \
                    decided"
                ),
            ),
        );
    }
    no_trace_if_whole(Some(coverage))
}

/// Whether equal numbers speak: in their places beyond the level, and more than chance gives by a hundredth.
fn is_the_same(same: &EqualTable, budget: Budget) -> bool {
    let beyond = |sum: &SignSum| sum.z() > 0.0 && sum.ln_p() <= budget.ln_level();
    same.share - same.chance >= LEAST_EXCESS && (beyond(&same.swaps) || same.signs.as_ref().is_some_and(beyond))
}

/// Judges a part beside a tower: it goes with a tower that was reused where it kept as much likeness.
pub(in crate::measure) fn beside(finding: &BesideFinding, towers: &[(Relation, f64)]) -> Judgement {
    let related =
        towers.iter().filter(|(relation, _)| *relation == Relation::Shared).max_by(|x, y| x.1.total_cmp(&y.1));
    match related {
        Some(&(relation, correlation)) if finding.correlation >= LEAST_TABLE.max(DECAYS_TOGETHER * correlation) => {
            Judgement { relation, notes: Vec::new() }
        }
        _ if finding.correlation.abs() < LEAST_TABLE => Judgement::of(
            Relation::Undecided,
            says(
                "닮지 않았으나, 이만한 부분에서 다른 기저까지 살피는 검정이 없다",
                "not alike, but no test looks for such a part in another basis",
            ),
        ),
        _ => Judgement::of(
            Relation::Undecided,
            says(
                "닮았지만, 재사용한 탑이 곁에 없는 작은 부분은 아무것도 판단하지 않는다",
                "alike, but a small part beside no reused tower decides nothing",
            ),
        ),
    }
}

/// The relation over all components: shared if one is, without a trace if every one that could have come from the
/// reference is.
pub(in crate::measure) fn over_all<'a>(relations: impl Iterator<Item = &'a Relation>) -> Relation {
    let counted: Vec<Relation> =
        relations.copied().filter(|one| !matches!(one, Relation::NoCounterpart | Relation::Beside)).collect();
    if counted.contains(&Relation::Shared) {
        Relation::Shared
    } else if !counted.is_empty() && counted.iter().all(|one| *one == Relation::NoTrace) {
        Relation::NoTrace
    } else {
        Relation::Undecided
    }
}
