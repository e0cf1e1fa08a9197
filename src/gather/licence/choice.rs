//! What of the licences is open to choice: `A OR B` offers alternatives, and whoever uses the model takes one of them
//! with all its clauses.

use std::collections::BTreeSet;

use crate::facts::{Alternative, Choices, Draft, ItemDraft};
use crate::licence::Terms;
use crate::text::{Says, says};
use crate::vocabulary::vocabulary;

/// Sets of items, by their ids: one of the sets holds.
pub(super) type Sets = Vec<BTreeSet<String>>;

/// All that the statements offer.
#[derive(Debug, Default)]
pub(super) struct Offers {
    /// Items that hold whatever is chosen.
    fixed: BTreeSet<String>,
    /// Choices, each with its alternatives; equal choices are one.
    open: Vec<Sets>,
}

/// The alternatives of one statement, `ids` being the items of its operands. Who may take less takes no more: an
/// alternative that holds another is none. Where there are too many alternatives, all operands hold.
pub(super) fn alternatives(terms: &Terms<'_>, ids: &[String]) -> (Sets, bool) {
    let Some(sets) = terms.alternatives() else { return (vec![ids.iter().cloned().collect()], false) };
    let sets: BTreeSet<BTreeSet<String>> =
        sets.into_iter().map(|set| set.into_iter().map(|at| ids[at].clone()).collect()).collect();
    let least = sets.iter().filter(|set| !sets.iter().any(|other| other != *set && other.is_subset(set)));
    (least.cloned().collect(), true)
}

impl Offers {
    /// An item that holds whatever is chosen.
    pub(super) fn fix(&mut self, id: &str) {
        self.fixed.insert(id.to_owned());
    }

    /// The alternatives of one statement.
    pub(super) fn add(&mut self, sets: Sets) {
        match sets.as_slice() {
            [only] => self.fixed.extend(only.iter().cloned()),
            _ if self.open.contains(&sets) => {}
            _ => self.open.push(sets),
        }
    }

    /// Marks the items that depend on a choice.
    pub(super) fn mark(mut self, draft: &mut Draft) {
        let mut opened: Vec<(u16, Sets)> = Vec::new();
        for sets in std::mem::take(&mut self.open) {
            if let Some(choice) = draft.choices.open(sets.len()) {
                opened.push((choice, sets));
            } else {
                self.fixed.extend(sets.into_iter().flatten());
                too_many(draft);
            }
        }
        if !opened.is_empty() {
            draft.limits.push(best_of_each());
        }
        let licences = vocabulary().must_collection("licence");
        let Some(items) = draft.root.children.get_mut(&licences) else { return };
        for (choice, sets) in opened {
            for (which, set) in (0u16..).zip(sets) {
                for id in set.iter().filter(|id| !self.fixed.contains(*id)) {
                    let Some(item) = items.get_mut(id) else { continue };
                    item.alternatives.push(Alternative { choice, which });
                    mark_name(item);
                }
            }
        }
    }
}

/// A name in sentences that says that the licence was chosen.
fn mark_name(item: &mut ItemDraft) {
    if item.alternatives.len() == 1
        && let Some(called) = item.called.take()
    {
        item.called = Some(says(format!("{}(선택)", called.ko), format!("{} (by choice)", called.en)));
    }
}

/// What a reader of a page has to know where licences leave a choice.
fn best_of_each() -> Says {
    says(
        "라이선스를 고를 수 있다. 기준마다 가장 나은 선택으로 보이므로 두 기준이 서로 다른 선택으로 채워질 수 있다. 등급은 \
         한 선택이 그 등급의 기준을 모두 채울 때 준다",
        "the licences leave a choice, and each criterion is shown under the choice that serves it best, so that two \
         criteria may be met by two choices; a grade is given where one choice meets all of its criteria",
    )
}

/// The limit that says that a choice was not weighed.
pub(super) fn too_many(draft: &mut Draft) {
    draft.limits.push(says(
        "고를 수 있는 라이선스의 조합이 너무 많아, 고르지 않고 모두 적용되는 것으로 보았다",
        "there are too many combinations of licences to choose from; all of them are taken to apply",
    ));
}

/// Whether some scenario holds none of these items: then whoever uses the model can avoid them.
pub(super) fn is_avoidable(choices: &Choices, items: &[&ItemDraft]) -> bool {
    (0..choices.scenarios()).any(|scenario| items.iter().all(|item| !choices.allow(scenario, &item.alternatives)))
}
