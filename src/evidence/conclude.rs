//! What the links of a component mean for how it started.

use super::facts::words;
use super::seen::{Change, Relation};
use crate::facts::{Draft, Fact, ItemDraft, Source, Value};
use crate::vocabulary::vocabulary;

/// Draws, for each component, what its links mean for its start. The start of a `refused` one was put to the test and did not stand: nothing supports it then.
pub(super) fn conclude(draft: &mut Draft, refused: &[String]) {
    let component = vocabulary().must_collection("component");
    for (id, item) in draft.root.children.entry(component).or_default() {
        let standing = standing_verdicts(item);
        let derived: Vec<&Source> =
            standing.iter().filter(|(word, _)| *word == Relation::Shared).map(|(_, s)| s).collect();
        support(item, "component.links-complete", &Value::Flag(true), &standing);
        if derived.is_empty() {
            let kind = vocabulary().entry(vocabulary().must("component.initialisation")).kind;
            if let Some(random) = Value::word(kind, "random-init").filter(|_| !refused.contains(id)) {
                support(item, "component.initialisation", &random, &standing);
            }
        } else {
            let word = start_word(item);
            for source in derived.into_iter().filter(|source| !source.from_card && !source.against_interest) {
                item.add_word("component.initialisation", word, source);
            }
        }
    }
}

/// For each link the verdict that stands, with its source.
fn standing_verdicts(item: &ItemDraft) -> Vec<(Relation, Source)> {
    let (link, verdict) = (vocabulary().must_collection("link"), vocabulary().must("link.relation"));
    let kind = vocabulary().entry(verdict).kind;
    let all = [Relation::Shared, Relation::NoTrace, Relation::Undecided];
    let links = item.children.get(&link).into_iter().flatten();
    let standing = links.filter_map(|(_, link)| {
        let settled = Fact::settle(link.sources.get(&verdict)?.clone());
        let source = settled.standing()?.clone();
        let word = all.into_iter().find(|word| source.value == Value::word(kind, word.word()))?;
        Some((word, source))
    });
    standing.collect()
}

/// How a component started whose weights come from another model's.
fn start_word(item: &ItemDraft) -> &'static str {
    let start = vocabulary().must("component.initialisation");
    let kind = vocabulary().entry(start).kind;
    let value = |word| Value::word(kind, word);
    let mut said = item.sources.get(&start).into_iter().flatten().filter_map(|source| source.value.as_ref());
    // The card's own word for a start from another model stands: a verdict on weights does not tell the two apart
    // well enough to call the card wrong.
    said.find_map(|said| ["from-reference", "adapted"].into_iter().find(|word| value(word).as_ref() == Some(said)))
        .unwrap_or_else(|| if only_carried_over(item) { "from-reference" } else { "adapted" })
}

/// Whether every stated kind of reuse leaves the numbers as they were.
fn only_carried_over(item: &ItemDraft) -> bool {
    let (link, kinds) = (vocabulary().must_collection("link"), vocabulary().must("link.changes"));
    let carried = words("link.changes", [Change::Cast, Change::Quantised].iter().map(|k| k.word()));
    let Some(Value::Words(carried)) = carried else { return false };
    let mut stated =
        item.children.get(&link).into_iter().flatten().filter_map(|(_, link)| link.sources.get(&kinds)).flatten();
    let mut any = false;
    stated.all(|source| match source.value {
        Some(Value::Words(set)) => {
            any = true;
            set.0 & !carried.0 == 0
        }
        _ => true,
    }) && any
}

/// Looking for the opposite and not finding it supports a claim, where somebody makes it.
fn support(item: &mut ItemDraft, path: &str, claim: &Value, standing: &[(Relation, Source)]) {
    let stated = item.sources.get(&vocabulary().must(path)).into_iter().flatten();
    if !stated.into_iter().any(|source| source.value.as_ref() == Some(claim)) {
        return;
    }
    for (_, source) in standing.iter().filter(|(word, source)| *word == Relation::NoTrace && !source.from_card) {
        item.add(path, Source { value: Some(claim.clone()), ..source.clone() });
    }
}
