//! Criteria that need an assurance which nothing short of an attestation can give.
//!
//! The tests are asked once without a model: could this part be true, could it be false, on facts of the needed
//! assurance alone? A fact that neither files nor comparisons show at that assurance stays unknown in every model, and
//! what stays unknown spreads upwards as it does in grading. Where a test can never be true this way, no measurement
//! will ever make the criterion assured.

use super::checks::{Finding, Scope, warn};
use super::nodes::below;
use crate::facts::{Assurance, items_reach, reaches};
use crate::rules::{Empty, NodeId, Op, Quantifier, Ranged, Ruleset, Slot, Test};
use crate::text::{Code, says};
use crate::vocabulary::{PathId, vocabulary};

/// What a part can come to in some model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Can {
    be_true: bool,
    be_false: bool,
}

impl Can {
    const EITHER: Self = Self { be_true: true, be_false: true };

    fn opposite(self) -> Self {
        Self { be_true: self.be_false, be_false: self.be_true }
    }
}

/// Reports the criteria that no measurement or comparison can make assured.
pub(super) fn out_of_reach(scope: &Scope<'_>, found: &mut Vec<Finding>) {
    let rules = scope.rules;
    for criterion in &rules.criteria {
        let needs = criterion.needs;
        if needs == Assurance::Audited {
            continue; // asks for an attestation, and an assessor can attest any fact
        }
        let parts = || criterion.applies.into_iter().chain([criterion.test]);
        if parts().all(|part| can(rules, part, needs).be_true) {
            continue;
        }
        let mut paths = Vec::new();
        parts().for_each(|part| unreached(rules, part, needs, &mut paths));
        let names: Vec<String> = paths.iter().map(|path| format!("`{}`", vocabulary().entry(*path).path)).collect();
        let (id, word, list) = (&criterion.id, needs.word(), names.join(", "));
        found.push(warn(
            Code::AssuranceOutOfReach,
            id,
            &rules.files[criterion.file],
            criterion.id_span,
            says(
                format!(
                    "기준 `{id}`에는 `{word}`이(가) 필요한데, 파일이나 가중치 비교로는 그 수준에 이를 수 없다: {list}"
                ),
                format!(
                    "the criterion `{id}` needs `{word}`, which neither files nor comparisons of weights give: {list}"
                ),
            ),
            says(
                "평가 기관의 확인을 뜻하면 `needs: audited`, 공개 문서로 충분하면 `needs: documented`로 적는다",
                "write `needs: audited` if an assessor is meant, or `needs: documented` if public documents suffice",
            ),
        ));
    }
}

fn can(rules: &Ruleset, node: NodeId, needs: Assurance) -> Can {
    let part = |id: NodeId| can(rules, id, needs);
    let parts = || below(rules, node).into_iter().map(part);
    match &rules.expr.node(node).op {
        Op::Fact(_, Test::Known(_)) => Can::EITHER,
        Op::Fact(slot, test) if read(slot, test).all(|path| reaches(path, needs)) => Can::EITHER,
        Op::Fact(..) => Can { be_true: false, be_false: false },
        // What asks nothing does not stand in the way.
        Op::All(_) => Can { be_true: parts().all(|can| can.be_true), be_false: parts().any(|can| can.be_false) },
        Op::Any(_) => Can { be_true: parts().any(|can| can.be_true), be_false: parts().all(|can| can.be_false) },
        Op::Not(inner) => part(*inner).opposite(),
        Op::Term(_, inner) | Op::Criterion(_, inner) => part(*inner),
        // Some option of a reading is enough: which one is chosen is not the test's affair.
        Op::Reading(..) => Can { be_true: parts().any(|can| can.be_true), be_false: parts().any(|can| can.be_false) },
        Op::Quantified(quantifier, ranged) => {
            let (whole, counts) = (completes(ranged, needs), counts(rules, ranged, needs));
            let holds = ranged.holds.map_or(Can { be_true: true, be_false: false }, part);
            match quantifier {
                Quantifier::Every(empty) => Can {
                    be_true: whole && (*empty == Empty::Met || counts && holds.be_true),
                    be_false: counts && holds.be_false || whole && *empty == Empty::NotMet,
                },
                Quantifier::Some => Can { be_true: counts && holds.be_true, be_false: whole },
                Quantifier::None => Can { be_true: whole, be_false: counts && holds.be_true },
            }
        }
        Op::Count(_, ranged) => {
            let whole = completes(ranged, needs);
            let holds = ranged.holds.is_none_or(|holds| part(holds).be_true);
            let some = counts(rules, ranged, needs) && holds;
            Can { be_true: some || whole, be_false: some || whole }
        }
        Op::Share(_, by, ranged) => {
            let weighed = reaches(by.path, needs) && counts(rules, ranged, needs) && completes(ranged, needs);
            let holds = ranged.holds.map_or(Can::EITHER, part);
            let either = weighed && (holds.be_true || holds.be_false);
            Can { be_true: either, be_false: either }
        }
    }
}

/// The facts that a comparison reads: its own, and the one that bounds it.
fn read(slot: &Slot, test: &Test) -> impl Iterator<Item = PathId> {
    std::iter::once(slot.path).chain(test.other().map(|other| other.path))
}

/// Whether that the list is complete can be said at this assurance, or need not be.
fn completes(ranged: &Ranged, needs: Assurance) -> bool {
    ranged.listed_only || reaches(ranged.complete.path, needs)
}

/// Whether an item can surely be there and count.
fn counts(rules: &Ruleset, ranged: &Ranged, needs: Assurance) -> bool {
    items_reach(ranged.collection, needs) && ranged.filter.is_none_or(|filter| can(rules, filter, needs).be_true)
}

/// The facts that a test reads and that stay below the assurance, each once.
fn unreached(rules: &Ruleset, node: NodeId, needs: Assurance, paths: &mut Vec<PathId>) {
    let mut add = |path: PathId| {
        if !reaches(path, needs) && !paths.contains(&path) {
            paths.push(path);
        }
    };
    match &rules.expr.node(node).op {
        Op::Fact(slot, test) if !matches!(test, Test::Known(_)) => read(slot, test).for_each(add),
        Op::Quantified(_, ranged) | Op::Count(_, ranged) if !ranged.listed_only => add(ranged.complete.path),
        Op::Share(_, by, ranged) => {
            add(by.path);
            if !ranged.listed_only {
                add(ranged.complete.path);
            }
        }
        _ => {}
    }
    for part in below(rules, node) {
        unreached(rules, part, needs, paths);
    }
}
