//! Licences side by side: what comes along must allow what is granted (C10), may demand a name (C11), and must hold
//! where the maker sits (C13).

use super::choice::is_avoidable;
use crate::facts::{Choices, Draft, Fact, Finding, ItemDraft, Value};
use crate::text::{Says, says};
use crate::vocabulary::vocabulary;

/// Clauses by which a licence gives, so that one cannot give what another withholds.
const GRANTS: [&str; 3] = ["licence.commercial-use", "licence.modification", "licence.redistribution"];

/// Compares the licences that come along with those that are granted. What whoever uses the model can avoid by a choice
/// of licence is no finding.
pub(super) fn check(draft: &mut Draft) {
    let items = draft.root.children.get(&vocabulary().must_collection("licence"));
    let all: Vec<&ItemDraft> = items.into_iter().flatten().map(|(_, item)| item).collect();
    let inherited = |item: &ItemDraft| settled(item, "licence.inherited").claimed() == Some(&Value::Flag(true));
    let of_weights = |item: &ItemDraft| word("licence.applies-to", &settled(item, "licence.applies-to"), "weights");
    let along: Vec<&ItemDraft> = all.iter().copied().filter(|item| inherited(item)).collect();
    let granted = all.iter().copied().filter(|item| of_weights(item) && !inherited(item));
    let home = settled(&draft.root, "maker.jurisdiction");
    let mut findings = Vec::new();
    for own in granted {
        for path in GRANTS {
            findings.extend(unavoidable(&draft.choices, &along, |other| withheld(own, other, path)));
        }
    }
    findings.extend(unavoidable(&draft.choices, &along, naming_duty));
    findings.extend(unavoidable(&draft.choices, &all, |item| excluded(item, &home)));
    draft.findings.extend(findings);
}

/// What is found of these items, unless some choice holds none of those of which it is found.
fn unavoidable(choices: &Choices, items: &[&ItemDraft], find: impl Fn(&ItemDraft) -> Option<Finding>) -> Vec<Finding> {
    let found: Vec<(&ItemDraft, Finding)> = items.iter().filter_map(|item| Some((*item, find(item)?))).collect();
    let of: Vec<&ItemDraft> = found.iter().map(|(item, _)| *item).collect();
    if is_avoidable(choices, &of) { Vec::new() } else { found.into_iter().map(|(_, finding)| finding).collect() }
}

/// What sentences call a licence.
fn name(item: &ItemDraft) -> Says {
    item.called.clone().unwrap_or_else(|| says("라이선스", "licence"))
}

fn settled(item: &ItemDraft, path: &str) -> Fact {
    Fact::settle(item.sources.get(&vocabulary().must(path)).cloned().unwrap_or_default())
}

fn word(path: &str, fact: &Fact, id: &str) -> bool {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    fact.claimed().is_some() && fact.claimed() == Value::word(kind, id).as_ref()
}

fn withheld(own: &ItemDraft, other: &ItemDraft, path: &str) -> Option<Finding> {
    let (gives, withholds) = (settled(own, path), settled(other, path));
    if !word(path, &gives, "yes") || !word(path, &withholds, "no") {
        return None;
    }
    let label = vocabulary().entry(vocabulary().must(path)).label;
    let (own, other) = (name(own), name(other));
    Some(Finding {
        says: says(
            format!("{}은(는) 허락하는데 따라온 {}이(가) 막는다: {} [C10]", own.ko, other.ko, label.ko),
            format!("the {} grants what the {}, which comes along, withholds: {} [C10]", own.en, other.en, label.en),
        ),
        sources: gives.standing().into_iter().chain(withholds.standing()).cloned().collect(),
        contradiction: true,
        code: None,
    })
}

fn naming_duty(item: &ItemDraft) -> Option<Finding> {
    const PATH: &str = "licence.derivative-naming";
    let fact = settled(item, PATH);
    let source = fact.standing().filter(|_| word(PATH, &fact, "yes"))?.clone();
    let (ko, en) = source
        .origin
        .how
        .as_ref()
        .map_or((String::new(), String::new()), |how| (format!(" {}", how.ko), format!(" {}", how.en)));
    let called = name(item);
    Some(Finding {
        says: says(
            format!("따라온 {}은(는) 파생 모델의 이름을 정한다. 이름을 지켰는지 확인해야 한다.{ko} [C11]", called.ko),
            format!(
                "the {}, which comes along, prescribes names of derived models; whether it is kept must be looked \
                at.{en} [C11]",
                called.en
            ),
        ),
        sources: vec![source],
        contradiction: false,
        code: None,
    })
}

fn excluded(item: &ItemDraft, home: &Fact) -> Option<Finding> {
    let territories = settled(item, "licence.excluded-territories");
    let (Some(Value::Countries(countries)), Some(Value::Country(country))) = (territories.claimed(), home.claimed())
    else {
        return None;
    };
    let called = name(item);
    countries.contains(country).then(|| Finding {
        says: says(
            format!("{}은(는) 제작자의 국가 {country}에서 적용되지 않는다 [C13]", called.ko),
            format!("the {} does not apply in {country}, the maker's country [C13]", called.en),
        ),
        sources: territories.standing().into_iter().chain(home.standing()).cloned().collect(),
        contradiction: true,
        code: None,
    })
}
