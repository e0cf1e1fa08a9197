//! The claims that a card and the texts beside the weights make.

use super::{Claim, Kind};
use crate::evidence::Relation;
use crate::facts::{Dossier, Fact, Item, Source};
use crate::vocabulary::vocabulary;

/// The claims of the maker of a model, each reference once for each component.
///
/// A reference that a file only names, without saying that weights came from it, is no claim.
pub fn claims_of(dossier: &Dossier) -> Vec<Claim> {
    let link = vocabulary().must_collection("link");
    let mut claims = Vec::new();
    for component in dossier.named("component") {
        for item in component.children(link) {
            let stated = stated(item, "link.relation", Relation::Shared.word());
            let away = said_of(item, "link.direction").is_some_and(|word| word == "to-reference");
            let Some(source) = stated.filter(|_| !away) else { continue };
            claims.push(Claim {
                reference: item.id.clone(),
                kind: kind(dossier, component, item),
                component: meant(dossier, component),
                digests: Vec::new(),
                origin: source.origin.clone(),
            });
        }
    }
    claims
}

/// The component, unless the card knows only one: what is said of that one is said of the model.
fn meant(dossier: &Dossier, component: &Item) -> Option<(String, String)> {
    let several = dossier.named("component").iter().filter(|item| item.from_card).count() > 1;
    (several && component.from_card).then(|| {
        let role = said_of(component, "component.role").unwrap_or_default();
        (component.id.clone(), role)
    })
}

/// What the maker says was done, the most particular word first.
fn kind(dossier: &Dossier, component: &Item, link: &Item) -> Kind {
    const STEPS: [(&str, Kind); 7] = [
        ("distillation", Kind::Taught),
        ("partial-transfer", Kind::Part),
        ("merge", Kind::Merge),
        ("quantisation", Kind::Quantized),
        ("adapter", Kind::Adapter),
        ("fine-tuning", Kind::Finetune),
        ("continued-pretraining", Kind::Finetune),
    ];
    let teachers = dossier.named("teacher").iter();
    let named = |item: &Item| item.id.eq_ignore_ascii_case(&link.id);
    if teachers.filter(|item| item.from_card).any(named) {
        return Kind::Taught;
    }
    let steps = said_of(component, "component.adaptation").unwrap_or_default();
    let steps: Vec<&str> = steps.split(", ").collect();
    if let Some((_, kind)) = STEPS.iter().find(|(word, _)| steps.contains(word)) {
        return *kind;
    }
    let relation = said(dossier.fact(vocabulary().must("model.relation")), "model.relation").unwrap_or_default();
    match relation.as_str() {
        "finetune" => Kind::Finetune,
        "quantized" => Kind::Quantized,
        "merge" => Kind::Merge,
        "adapter" => Kind::Adapter,
        _ => Kind::Base,
    }
}

fn fact<'i>(item: &'i Item, path: &str) -> &'i Fact {
    item.fact(vocabulary().must(path))
}

/// The maker's sources of a fact.
fn of_maker(fact: &Fact) -> impl Iterator<Item = &Source> {
    fact.sources().iter().filter(|source| source.counts() && source.speaker.is_maker())
}

/// The maker's source that says a word.
fn stated<'i>(item: &'i Item, path: &str, word: &str) -> Option<&'i Source> {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    of_maker(fact(item, path)).find(|source| source.value.as_ref().is_some_and(|value| value.written(kind) == word))
}

/// What the maker says, in the words of cards; nothing where it says different things.
fn said(fact: &Fact, path: &str) -> Option<String> {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    let mut all: Vec<String> = of_maker(fact).filter_map(|source| Some(source.value.as_ref()?.written(kind))).collect();
    all.sort();
    all.dedup();
    (all.len() == 1).then(|| all.remove(0))
}

/// The same of an item.
fn said_of(item: &Item, path: &str) -> Option<String> {
    said(fact(item, path), path)
}
