//! Where the weights come from: as the maker declares it, and as it was measured, each with how far it is believed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::component::{assurance, claimed_of, named};
use super::{property, set};
use crate::evidence::Relation;
use crate::facts::{Fact, Item, Source};
use crate::report::Assessment;
use crate::text::Lang;
use crate::vocabulary::vocabulary;

/// What is said of one reference, over all components.
#[derive(Debug, Default)]
struct Reference {
    /// The maker names it as the origin of weights.
    declared: bool,
    /// A measurement of this run, or one that is vouched for, says that weights are shared. A report that nobody
    /// vouches for makes no relative.
    shared: bool,
    properties: Vec<Value>,
}

/// Ancestors that the maker declares, and variants that others found; nothing where no reference is named.
pub(super) fn pedigree(it: &Assessment<'_>) -> Option<Value> {
    let mut references: BTreeMap<&str, Reference> = BTreeMap::new();
    for (component, link) in links(it) {
        let reference = references.entry(&link.id).or_default();
        reference.add(component, link);
    }
    let mut pedigree = serde_json::Map::new();
    let of = |kind: &str, wanted: &dyn Fn(&Reference) -> bool| -> Vec<Value> {
        references.iter().filter(|(_, it)| wanted(it)).map(|(id, it)| component(kind, id, it)).collect()
    };
    set(&mut pedigree, "ancestors", of("ancestor", &|it| it.declared));
    set(&mut pedigree, "variants", of("variant", &|it| !it.declared && it.shared));
    // A reference that gave nothing, or that only a report names, stands in no list of the standard.
    let compared = references.iter().filter(|(_, it)| !it.declared && !it.shared);
    let compared: Vec<String> = compared.map(|(id, _)| (*id).to_owned()).collect();
    if !compared.is_empty() {
        pedigree.insert(
            "notes".to_owned(),
            format!("compared or reported, and neither ancestor nor variant: {}", compared.join(", ")).into(),
        );
    }
    (!pedigree.is_empty()).then_some(Value::Object(pedigree))
}

/// Every link with the component that it is of.
pub(super) fn links<'a>(it: &Assessment<'a>) -> impl Iterator<Item = (&'a Item, &'a Item)> {
    let link = vocabulary().must_collection("link");
    it.dossier.named("component").iter().flat_map(move |item| item.children(link).iter().map(move |link| (item, link)))
}

/// How the document names what is said of a reference.
fn component(kind: &str, id: &str, reference: &Reference) -> Value {
    let mut map = named(id);
    map.insert("bom-ref".to_owned(), format!("{kind}:{id}").into());
    map.insert("properties".to_owned(), reference.properties.clone().into());
    Value::Object(map)
}

impl Reference {
    fn add(&mut self, component: &Item, link: &Item) {
        let fact = |path: &str| link.fact(vocabulary().must(path));
        let relation = fact("link.relation");
        let to = fact("link.direction").standing().is_some_and(|it| is(it, "link.direction", "to-reference"));
        self.declared |= shared(relation, true) && !to;
        self.shared |= shared(relation, false);
        let id = &component.id;
        for path in
            ["link.relation", "link.changes", "link.share", "link.coverage", "link.direction", "link.same-maker"]
        {
            let kind = vocabulary().entry(vocabulary().must(path)).kind;
            let name = path.replacen("link.", "", 1);
            for source in fact(path).sources().iter().filter(|source| source.counts()) {
                let Some(value) = &source.value else { continue };
                let who = if source.speaker.is_maker() { "declared" } else { "measured-or-reported" };
                self.put(&format!("{id}:{who}:{name}"), value.written(kind));
                if name == "relation" {
                    self.put(&format!("{id}:{who}:confidence"), assurance(source));
                }
            }
        }
        for path in ["link.holder", "link.licence"] {
            if let Some(value) = claimed_of(link, path) {
                self.put(&path.replacen("link.", "", 1), value);
            }
        }
    }

    /// A property, once.
    fn put(&mut self, name: &str, value: String) {
        let new = property(&format!("lineage:{name}"), value);
        if !self.properties.contains(&new) {
            self.properties.push(new);
        }
    }
}

/// Whether the maker, or a source that words give way to, says that weights are shared.
fn shared(relation: &Fact, maker: bool) -> bool {
    let side = |source: &&Source| source.counts() && if maker { source.speaker.is_maker() } else { source.is_solid() };
    relation.sources().iter().filter(side).any(|source| is(source, "link.relation", Relation::Shared.word()))
}

/// Whether a source of a fact says a word of the fact's list.
fn is(source: &Source, path: &str, word: &str) -> bool {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    source.value.as_ref().is_some_and(|value| value.written(kind) == word)
}

/// The sources that say that the model shares its weights with the reference, and those that say that it does not.
pub(super) fn sides(link: &Item) -> [Vec<&Source>; 2] {
    let relation = link.fact(vocabulary().must("link.relation"));
    [Relation::Shared, Relation::NoTrace].map(|word| {
        let says = |source: &&Source| source.counts() && is(source, "link.relation", word.word());
        relation.sources().iter().filter(says).collect()
    })
}

/// The claim of a reference, in a sentence of the document's language.
pub(super) fn claim(it: &Assessment<'_>, component: &Item, link: &Item) -> String {
    let (part, reference) = (&component.id, &link.id);
    match it.story.lang {
        Lang::Ko => format!("`{part}`의 가중치는 `{reference}`에서 왔다"),
        Lang::En => format!("the weights of `{part}` come from `{reference}`"),
    }
}
