//! Licences side by side: what comes along must allow what is granted (C10), may demand a name (C11), and must hold
//! where the maker sits (C13).

use crate::facts::{Draft, Fact, Finding, ItemDraft, Source, Value};
use crate::text::says;
use crate::vocabulary::vocabulary;

/// Clauses by which a licence gives, so that one cannot give what another withholds.
const GRANTS: [&str; 3] = ["licence.commercial-use", "licence.modification", "licence.redistribution"];

/// Compares the licences that come along with those that are granted.
pub(super) fn check(draft: &mut Draft) {
    let items = draft.root.children.get(&vocabulary().must_collection("licence"));
    let all: Vec<(&String, &ItemDraft)> = items.into_iter().flatten().collect();
    let inherited = |item: &ItemDraft| settled(item, "licence.inherited").claimed() == Some(&Value::Flag(true));
    let along: Vec<_> = all.iter().filter(|(_, item)| inherited(item)).collect();
    let granted = all.iter().filter(|(id, item)| id.starts_with("weights/") && !inherited(item));
    let mut findings = Vec::new();
    for (own_id, own) in granted {
        for (other_id, other) in &along {
            for path in GRANTS {
                if let Some(sources) = withheld(own, other, path) {
                    findings.push(Finding {
                        says: says(
                            format!("`{own_id}`은(는) 허락하는데 따라온 `{other_id}`이(가) 막는다: `{path}` [C10]"),
                            format!(
                                "`{own_id}` grants what `{other_id}`, which comes along, withholds: `{path}` [C10]"
                            ),
                        ),
                        sources,
                        contradiction: true,
                    });
                }
            }
        }
    }
    for (id, item) in &along {
        findings.extend(naming_duty(id, item));
    }
    let home = settled(&draft.root, "maker.jurisdiction");
    for (id, item) in &all {
        findings.extend(excluded(id, item, &home));
    }
    draft.findings.extend(findings);
}

fn settled(item: &ItemDraft, path: &str) -> Fact {
    Fact::settle(item.sources.get(&vocabulary().must(path)).cloned().unwrap_or_default())
}

fn word(path: &str, fact: &Fact, id: &str) -> bool {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    fact.claimed().is_some() && fact.claimed() == Value::word(kind, id).as_ref()
}

fn withheld(own: &ItemDraft, other: &ItemDraft, path: &str) -> Option<Vec<Source>> {
    let (own, other) = (settled(own, path), settled(other, path));
    (word(path, &own, "yes") && word(path, &other, "no"))
        .then(|| own.standing().into_iter().chain(other.standing()).cloned().collect())
}

fn naming_duty(id: &str, item: &ItemDraft) -> Option<Finding> {
    const PATH: &str = "licence.derivative-naming";
    let fact = settled(item, PATH);
    let source = fact.standing().filter(|_| word(PATH, &fact, "yes"))?.clone();
    let (ko, en) = source
        .origin
        .how
        .as_ref()
        .map_or((String::new(), String::new()), |how| (format!(" {}", how.ko), format!(" {}", how.en)));
    Some(Finding {
        says: says(
            format!("따라온 `{id}`은(는) 파생 모델의 이름을 정한다. 이름을 지켰는지 확인해야 한다.{ko} [C11]"),
            format!(
                "`{id}`, which comes along, prescribes names of derived models; whether it is kept must be looked at.{en} [C11]"
            ),
        ),
        sources: vec![source],
        contradiction: false,
    })
}

fn excluded(id: &str, item: &ItemDraft, home: &Fact) -> Option<Finding> {
    let territories = settled(item, "licence.excluded-territories");
    let (Some(Value::Countries(countries)), Some(Value::Country(country))) = (territories.claimed(), home.claimed())
    else {
        return None;
    };
    countries.contains(country).then(|| Finding {
        says: says(
            format!("`{id}`은(는) 제작자의 국가 {country}에서 적용되지 않는다 [C13]"),
            format!("`{id}` does not apply in {country}, the maker's country [C13]"),
        ),
        sources: territories.standing().into_iter().chain(home.standing()).cloned().collect(),
        contradiction: true,
    })
}
