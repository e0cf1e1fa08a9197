//! Which explanations of shared numbers are left (method 1.5).
//!
//! Two files do not tell who came first, nor a copy from a common random start, but for one thing: what training alone
//! makes and nobody can redraw. Either a bound shows that most of what training did to one is in the other, or a dense
//! trained matrix of a layer is equal to the last bit, which no start survives. Gains, biases and tables tell nothing
//! here.

use crate::evidence::{Explanation, ExplanationState, Explanations};
use crate::measure::families::shared_change::{self, SharedChange};
use crate::measure::families::units::Stack;
use crate::measure::model::shape::Tower;
use crate::measure::search::compare::TowerFinding;
use crate::measure::search::looks::Looks;
use crate::measure::stats::pair::Pair;
use crate::measure::verdict::thresholds::SHARED_CHANGE;
use crate::text::{Says, says};

/// The seed of the draws behind the bound: a fixed one, so that a run gives the same bytes again.
const SEED: u64 = 6;

/// The explanations that two towers leave which share numbers.
pub(in crate::measure) fn of_tower(towers: Pair<&Tower>, finding: &TowerFinding, looks: &Looks) -> Explanations {
    let map: Vec<(usize, usize)> = finding.layers.iter().map(|found| (found.from, found.layer)).collect();
    let raw = Pair { reference: Stack::unfolded(towers.reference), candidate: Stack::unfolded(towers.candidate) };
    let change =
        shared_change::of((&raw.reference, &raw.candidate), &map, |part| looks.rings.contains_key(&part), SEED);
    let common_start = match why_no_common_start(&change) {
        Some(why) => Explanation { state: ExplanationState::Excluded, because: Some(why.into()) },
        None => Explanation::default(),
    };
    Explanations { common_start, ..Explanations::default() }
}

/// What excludes a common random start, if anything does.
fn why_no_common_start(change: &SharedChange) -> Option<Says> {
    let bound = [change.s, change.fitted].into_iter().flatten().max_by(f64::total_cmp);
    if let Some(bound) = bound.filter(|bound| *bound >= SHARED_CHANGE) {
        let percent = 100.0 * bound.min(1.0);
        return Some(says(
            format!("학습이 바꾼 것의 적어도 {percent:.0} %가 두 모델에 함께 있다. 출발값만 같아서는 그럴 수 없다"),
            format!("at least {percent:.0} % of what training changed is in both, which no common start explains"),
        ));
    }
    // A bound of one: no number is apart, and training has moved both sides from any start.
    let same = change.matrices.iter().filter(|matrix| matrix.s == Some(1.0) && matrix.moved.iter().all(|d| *d > 0.0));
    let count = same.count();
    (count > 0).then(|| {
        says(
            format!("학습된 층 행렬 {count}개가 끝자리까지 같다. 따로 학습했다면 하나도 같게 남지 않는다"),
            format!("{count} trained matrices of layers are equal to the last bit; training apart would leave none so"),
        )
    })
}
