//! The model as a component: who made it, under which licences, of which files, trained on what.

use serde_json::{Map, Value, json};

use super::{lineage, property, set};
use crate::facts::{Fact, Item, Source};
use crate::licence::{catalogue, listed, spdx_id};
use crate::report::Assessment;
use crate::vocabulary::vocabulary;

/// The reference by which the rest of the document names the model.
pub(super) const MODEL: &str = "model";

/// Ids of the SPDX list that the lists of CycloneDX 1.6 and 1.7 do not have; such a licence is named.
pub(super) const NOT_LISTED: [&str; 20] = [
    "BSD-2-Clause-pos-unchanged",
    "BSD-3-Clause-OpenWebUI",
    "BSD-Source-Code-no-disclaimer",
    "BSD-Source-alt-GPL",
    "BSD-ask-to-endorse",
    "Brian-Gladman-3-Clause-no-conversion",
    "Bugroff",
    "CC-BY-NC-3.0-IGO",
    "FDK-MPEG-H",
    "GFDL-1.1-invariants",
    "GFDL-1.1-no-invariants",
    "GFDL-1.2-invariants",
    "GFDL-1.2-no-invariants",
    "GFDL-1.3-invariants",
    "GFDL-1.3-no-invariants",
    "Hippocratic-3.0-core",
    "Informatica",
    "MVT-1.1",
    "NOASSERTION",
    "atc-game",
];

/// The model.
pub(super) fn model(it: &Assessment<'_>) -> Value {
    let dossier = it.dossier;
    let mut map = named(&dossier.id);
    map.insert("bom-ref".to_owned(), MODEL.into());
    if let Some(maker) = claimed(it, "maker.name") {
        map.insert("manufacturer".to_owned(), json!({ "name": maker }));
    }
    set(&mut map, "licenses", licences(it));
    if let Some(pedigree) = lineage::pedigree(it) {
        map.insert("pedigree".to_owned(), pedigree);
    }
    set(&mut map, "components", files(it));
    map.insert("modelCard".to_owned(), card(it));
    set(&mut map, "properties", facts(it));
    Value::Object(map)
}

/// A model by its name: what stands before the stroke of an id is its group.
pub(super) fn named(id: &str) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("type".to_owned(), "machine-learning-model".into());
    match id.split_once('/').filter(|(group, name)| !group.is_empty() && !name.is_empty() && !id.contains("://")) {
        Some((group, name)) => {
            map.insert("group".to_owned(), group.into());
            map.insert("name".to_owned(), name.into());
        }
        None => {
            map.insert("name".to_owned(), if id.is_empty() { "unnamed" } else { id }.into());
        }
    }
    map
}

/// The value of a fact at the model if all that is said holds, as a card writes it.
fn claimed(it: &Assessment<'_>, path: &str) -> Option<String> {
    let id = vocabulary().must(path);
    it.dossier.fact(id).claimed().map(|value| value.written(vocabulary().entry(id).kind))
}

fn of_item<'i>(item: &'i Item, path: &str) -> &'i Fact {
    item.fact(vocabulary().must(path))
}

/// The claimed value of a fact at an item, as a card writes it.
pub(super) fn claimed_of(item: &Item, path: &str) -> Option<String> {
    let id = vocabulary().must(path);
    item.fact(id).claimed().map(|value| value.written(vocabulary().entry(id).kind))
}

/// The licences of the weights. Of a choice between licences one expression is made where SPDX has a name for each.
fn licences(it: &Assessment<'_>) -> Vec<Value> {
    let own = it.dossier.named("licence").iter().filter(|item| {
        let is = |path: &str, word: &str| claimed_of(item, path).is_some_and(|value| value == word);
        is("licence.applies-to", "weights") && !is("licence.inherited", "true") && !is("licence.inherited", "yes")
    });
    let own: Vec<(&Item, String)> = own.filter_map(|item| Some((item, claimed_of(item, "licence.id")?))).collect();
    let ids: Vec<Option<String>> = own.iter().map(|(_, id)| spdx(id)).collect();
    let choice = own.len() > 1 && own.iter().all(|(item, _)| item.alternatives.len() == 1);
    if choice && ids.iter().all(Option::is_some) {
        let mut ids: Vec<String> = ids.into_iter().flatten().collect();
        ids.sort();
        ids.dedup();
        return vec![json!({"expression": ids.join(" OR "), "acknowledgement": "declared"})];
    }
    own.iter()
        .zip(ids)
        .map(|((_, written), id)| {
            let (key, text) = match id.filter(|id| !NOT_LISTED.contains(&id.as_str())) {
                Some(id) => ("id", id),
                None => ("name", written.clone()),
            };
            json!({"license": {key: text, "acknowledgement": "declared"}})
        })
        .collect()
}

/// The id of the SPDX list that a licence's id stands for, where it is one licence of the list.
fn spdx(id: &str) -> Option<String> {
    match catalogue().by_id(id) {
        Some(known) => spdx_id(&known.spdx).map(str::to_owned),
        None => listed(id).map(|(id, _)| id.to_owned()),
    }
}

/// The files that were read or compared by their digests.
fn files(it: &Assessment<'_>) -> Vec<Value> {
    let about = &it.dossier.about;
    let own = it.dossier.inputs.iter().filter(|input| !about.handed.contains(&input.name));
    let mut all: Vec<(&str, &str)> =
        own.chain(&about.digested).filter_map(|input| Some((input.name.as_str(), input.sha256.as_deref()?))).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .map(|(name, sha256)| {
            json!({
                "type": "file",
                "bom-ref": format!("file:{name}"),
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": sha256}],
            })
        })
        .collect()
}

/// What the standard asks of a model and a fact answers.
fn card(it: &Assessment<'_>) -> Value {
    let mut parameters = Map::new();
    if let Some(kind) = claimed(it, "architecture.model-type") {
        parameters.insert("architectureFamily".to_owned(), kind.into());
    }
    let datasets = it.dossier.named("dataset").iter();
    set(&mut parameters, "datasets", datasets.map(|item| json!({"ref": dataset_ref(item)})).collect());
    json!({ "modelParameters": parameters })
}

fn dataset_ref(item: &Item) -> String {
    format!("dataset:{}", item.id)
}

/// The datasets, each as a component of its own.
pub(super) fn datasets(it: &Assessment<'_>) -> Vec<Value> {
    it.dossier.named("dataset").iter().map(dataset).collect()
}

fn dataset(item: &Item) -> Value {
    let mut data = Map::new();
    data.insert("type".to_owned(), "dataset".into());
    data.insert("name".to_owned(), item.id.clone().into());
    if let Some(holder) = claimed_of(item, "dataset.holder") {
        data.insert("governance".to_owned(), json!({"owners": [{"organization": {"name": holder}}]}));
    }
    let own =
        ["source-type", "origin", "stages", "licence", "token-share", "tokens", "stored-in", "processed-in", "url"];
    let properties = own.iter().filter_map(|name| {
        let path = format!("dataset.{name}");
        Some(property(&path, claimed_of(item, &path)?))
    });
    json!({
        "type": "data",
        "bom-ref": dataset_ref(item),
        "name": item.id,
        "data": [data],
        "properties": properties.chain([property("dataset.named-by", named_by(item))]).collect::<Vec<_>>(),
    })
}

/// Who names an item: the card, or others.
fn named_by(item: &Item) -> &'static str {
    if item.from_card { "card" } else { "others" }
}

/// What is known of the model and of each of its parts, with how far it is believed.
fn facts(it: &Assessment<'_>) -> Vec<Value> {
    const MODEL_FACTS: [&str; 8] = [
        "model.form",
        "model.relation",
        "model.parameters",
        "model.active-parameters",
        "model.context",
        "model.released",
        "model.languages",
        "maker.jurisdiction",
    ];
    const PART_FACTS: [&str; 6] = [
        "component.role",
        "component.parameters",
        "component.architecture",
        "component.number-formats",
        "component.initialisation",
        "component.adaptation",
    ];
    let mut list = vec![property("id-is-a-local-name", if it.dossier.about.local { "true" } else { "false" })];
    let mut add = |name: String, path: &str, fact: &Fact| {
        let Some(source) = fact.standing() else { return };
        let kind = vocabulary().entry(vocabulary().must(path)).kind;
        let Some(value) = &source.value else { return };
        list.push(property(&name, value.written(kind)));
        list.push(property(&format!("{name}:assurance"), assurance(source)));
    };
    for path in MODEL_FACTS {
        add(path.to_owned(), path, it.dossier.fact(vocabulary().must(path)));
    }
    for item in it.dossier.named("component") {
        for path in PART_FACTS {
            let name = path.replacen("component.", &format!("component:{}:", item.id), 1);
            add(name, path, of_item(item, path));
        }
    }
    list
}

/// How far a source is believed, and who speaks.
pub(super) fn assurance(source: &Source) -> String {
    format!("{}, {}", source.assurance.word(), source.speaker.word())
}
