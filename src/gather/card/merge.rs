//! Two declarations of one model, in a README and in `sovereignty.yaml`: all that either says is the card's word. Where
//! they differ neither stands, and the difference is told.

use super::read::Declared;
use crate::facts::{Finding, ItemDraft, Source};
use crate::text::{Code, says};
use crate::vocabulary::{PathId, vocabulary};

/// Adds what the README's block says to what the file says, and reports what the two say differently.
pub(crate) fn under(file: &mut Declared, block: Declared, findings: &mut Vec<Finding>) {
    item(&mut file.root, block.root, "", findings);
    for licence in block.licences {
        match file.licences.iter().find(|own| own.applies_to == licence.applies_to) {
            None => file.licences.push(licence),
            Some(own) if own.ids != licence.ids => {
                let sources = own.sources.iter().chain(&licence.sources).cloned().collect();
                findings.push(differ(licence.applies_to, sources));
                file.licences.push(licence);
            }
            Some(_) => {}
        }
    }
    for cited in block.evidence {
        if !file.evidence.iter().any(|own| own.id == cited.id) {
            file.evidence.push(cited);
        }
    }
}

fn item(file: &mut ItemDraft, block: ItemDraft, name: &str, findings: &mut Vec<Finding>) {
    for (path, theirs) in block.sources {
        let own = file.sources.entry(path).or_default();
        if !own.is_empty() && !same(own, &theirs) {
            findings.push(differ(&shown(path, name), own.iter().chain(&theirs).cloned().collect()));
        }
        own.extend(theirs);
    }
    file.presence.extend(block.presence);
    for (collection, items) in block.children {
        let own = file.children.entry(collection).or_default();
        for (id, theirs) in items {
            item(own.entry(id.clone()).or_default(), theirs, &id, findings);
        }
    }
}

fn same(a: &[Source], b: &[Source]) -> bool {
    a.first().zip(b.first()).is_some_and(|(a, b)| match (&a.value, &b.value) {
        (Some(a), Some(b)) => a.agrees(b),
        (a, b) => a.is_none() && b.is_none(),
    })
}

fn shown(path: PathId, item: &str) -> String {
    let path = vocabulary().entry(path).path;
    if item.is_empty() { path.to_owned() } else { format!("{path} ({item})") }
}

fn differ(what: &str, sources: Vec<Source>) -> Finding {
    // The sources of the file come first.
    let name = |source: Option<&Source>| source.map_or_else(String::new, |source| source.origin.file.clone());
    let (stands, other) = (name(sources.first()), name(sources.last()));
    Finding {
        says: says(
            format!("{other}와(과) {stands}이(가) `{what}`을(를) 다르게 말한다. 어느 쪽도 따르지 않는다 [SG0312]"),
            format!("{other} and {stands} say different things of `{what}`; neither stands [SG0312]"),
        ),
        sources,
        contradiction: true,
        code: Some(Code::CardAgainstItself),
    }
}
