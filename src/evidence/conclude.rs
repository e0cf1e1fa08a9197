//! What links without a trace mean for the claims of a component. What a component started from is concluded by the
//! terms of a ruleset and written nowhere: weights show that numbers are shared, not which way they went.

use super::seen::Relation;
use crate::facts::{Draft, Fact, ItemDraft, Source, Value};
use crate::text::says;
use crate::vocabulary::vocabulary;

/// A measurement that decided nothing: it bars that looking elsewhere corroborates anything.
pub(super) struct Undecided {
    /// The component.
    pub component: String,
    /// The reference.
    pub reference: String,
}

/// Supports, for each component, what its links without a trace support. The start of a `refused` one was put to the
/// test and did not stand: nothing supports it then. Nor does anything where a measurement was `undecided` and no other
/// one settled it.
pub(super) fn conclude(draft: &mut Draft, refused: &[String], undecided: &[Undecided]) {
    let component = vocabulary().must_collection("component");
    let mut barred = Vec::new();
    for (id, item) in draft.root.children.entry(component).or_default() {
        let standing = standing(item);
        if !standing.iter().any(Standing::supports) {
            continue;
        }
        let open = undecided.iter().find(|it| {
            it.component == *id && !standing.iter().any(|link| link.reference == it.reference && link.supports())
        });
        if let Some(open) = open {
            barred.push(says(
                format!(
                    "구성요소 `{id}`: `{}`와(과)의 관계를 판단하지 못했으므로 다른 모델의 흔적이 없다는 것만으로 뒷받침하지 않는다",
                    open.reference
                ),
                format!(
                    "component `{id}`: no trace of other models supports nothing while its relation to `{}` is not \
                    decided",
                    open.reference
                ),
            ));
            continue;
        }
        support(item, "component.links-complete", &Value::Flag(true), &standing);
        let kind = vocabulary().entry(vocabulary().must("component.initialisation")).kind;
        let clean = standing.iter().all(|link| link.relation != Relation::Shared || link.later);
        if let Some(random) = Value::word(kind, "random-init").filter(|_| clean && !refused.contains(id)) {
            support(item, "component.initialisation", &random, &standing);
        }
    }
    draft.limits.extend(barred);
}

/// The relation of a link that stands.
struct Standing {
    reference: String,
    relation: Relation,
    /// The reference is said to have its weights from here.
    later: bool,
    source: Source,
}

impl Standing {
    /// Whether it supports that the component has nothing of the reference: found in the weights, not said by the card.
    fn supports(&self) -> bool {
        self.relation == Relation::NoTrace && !self.source.from_card
    }
}

fn standing(item: &ItemDraft) -> Vec<Standing> {
    let link = vocabulary().must_collection("link");
    let settled = |link: &ItemDraft, path: &str| {
        let sources = link.sources.get(&vocabulary().must(path))?.clone();
        Fact::settle(sources).standing().cloned()
    };
    let word = |path: &str, word: &str| Value::word(vocabulary().entry(vocabulary().must(path)).kind, word);
    let links = item.children.get(&link).into_iter().flatten();
    links
        .filter_map(|(reference, link)| {
            let source = settled(link, "link.relation")?;
            let of_links = Relation::ALL.into_iter().take(Relation::OF_LINKS);
            let relation = of_links.into_iter().find(|it| source.value == word("link.relation", it.word()))?;
            let direction = settled(link, "link.direction").and_then(|source| source.value);
            let later = direction.is_some() && direction == word("link.direction", "to-reference");
            Some(Standing { reference: reference.clone(), relation, later, source })
        })
        .collect()
}

/// Looking for the opposite and not finding it supports a claim, where somebody makes it.
fn support(item: &mut ItemDraft, path: &str, claim: &Value, standing: &[Standing]) {
    let stated = item.sources.get(&vocabulary().must(path)).into_iter().flatten();
    if !stated.into_iter().any(|source| source.value.as_ref() == Some(claim)) {
        return;
    }
    for link in standing.iter().filter(|link| link.supports()) {
        item.add(path, Source { value: Some(claim.clone()), ..link.source.clone() });
    }
}
