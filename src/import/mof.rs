//! Model files of the Model Openness Framework, as its tool writes them.
//!
//! The file lists what a release holds, each part under one of the framework's names, and says which licence applies:
//! the part's own, else that of its content type, else that of the whole release. `license: ""` and `unlicensed` say
//! that there is none, and nothing is inherited then. Which licences count and what a class asks is the ruleset's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Imported;
use super::card::{Import, is_address, kept, line, no_model, said};
use crate::facts::Date;
use crate::licence::{spdx_hint, spdx_id};
use crate::text::{Diagnostics, Node, SourceFile, says};

/// A name of the framework, exactly as it must be written; our word for it; its content type.
const COMPONENTS: [(&str, &str, &str); 17] = [
    ("Datasets", "datasets", "data"),
    ("Data preprocessing code", "data-preprocessing-code", "code"),
    ("Model architecture", "model-architecture", "code"),
    ("Model parameters (Final)", "model-parameters-final", "data"),
    ("Model metadata", "model-metadata", "data"),
    ("Model parameters (Intermediate)", "model-parameters-intermediate", "data"),
    ("Training code", "training-code", "code"),
    ("Inference code", "inference-code", "code"),
    ("Evaluation code", "evaluation-code", "code"),
    ("Evaluation data", "evaluation-data", "data"),
    ("Evaluation results", "evaluation-results", "document"),
    ("Supporting libraries and tools", "supporting-libraries-and-tools", "code"),
    ("Model card", "model-card", "document"),
    ("Data card", "data-card", "document"),
    ("Technical report", "technical-report", "document"),
    ("Research paper", "research-paper", "document"),
    ("Sample model outputs", "sample-model-outputs", "document"),
];

/// Keys of `release` other than `components`.
const RELEASE: [&str; 13] = [
    "name",
    "version",
    "date",
    "license",
    "type",
    "architecture",
    "treatment",
    "origin",
    "producer",
    "contact",
    "repository",
    "huggingface",
    "components",
];

/// Keys of a component.
const COMPONENT: [&str; 5] = ["name", "description", "license", "license_path", "component_path"];

/// What the framework writes where there is no licence.
const UNLICENSED: &str = "unlicensed";

const HEAD: &str = "# Made by `sovgrade import mof`. What has no field of its own is kept under x-mof.\n\
                    # `sovgrade import mof`로 만들었다. 따로 필드가 없는 것은 x-mof에 남겨 둔다.\n";

/// A card from a model file.
///
/// # Errors
/// A file that is not YAML, or that has no `release`.
pub fn mof(file: &SourceFile) -> Result<Imported, Diagnostics> {
    let mut import = Import::open(file)?;
    let root = import.root.clone();
    let Some(release) = root.get("release").filter(|release| release.map().is_some()) else {
        return Err(no_model(
            file,
            line(&root),
            says("MOF 모델 파일이 아니다: `release`가 없다", "this is no model file of the framework: no `release`"),
            says("모델 공개 도구가 내보낸 파일을 가리킨다", "point at a file that the Model Openness Tool exports"),
        ));
    };
    let mut rest = Map::new();
    for (key, value) in root.map().map_or(&[][..], Vec::as_slice) {
        match key.text() {
            Some("release") => {}
            Some("framework") => {
                rest.insert("framework".to_owned(), kept(value));
            }
            _ => {
                import.unknown_key(key, &["framework", "release"]);
                rest.insert(key.text().unwrap_or_default().to_owned(), kept(value));
            }
        }
    }
    head(&mut import, release);
    let mut about = Map::new();
    for (key, value) in release.map().map_or(&[][..], Vec::as_slice) {
        let name = key.text().unwrap_or_default();
        if !RELEASE.contains(&name) {
            import.unknown_key(key, &RELEASE);
        }
        if name != "components" {
            about.insert(name.to_owned(), kept(value));
        }
    }
    rest.insert("release".to_owned(), about.into());
    let (artefacts, superseded) = artefacts(&mut import, release);
    if !superseded.is_empty() {
        rest.insert("superseded".to_owned(), superseded.into());
    }
    import.set("artefacts", artefacts);
    import.set("x-mof", rest);
    Ok(import.finish(HEAD))
}

/// The producer and the day of the release.
fn head(import: &mut Import, release: &Node) {
    import.set("schema", "sovereignty/1");
    if let Some(producer) = said(release.get("producer")) {
        import.set("developer", json!({ "name": producer }));
    }
    let Some(node) = release.get("date") else { return };
    let Some(text) = said(Some(node)) else { return };
    if Date::parse(text).is_some() {
        import.set("release", json!({ "date": text }));
    } else {
        let message = says(
            format!("`{text}`: 있는 날짜가 아니어서 공개일로 읽지 않는다"),
            format!("`{text}` is not a day of the calendar, so it is not read as the day of release"),
        );
        import.odd(node.span, message);
    }
}

/// The parts of the release, and the earlier entries of parts that are listed twice.
fn artefacts(import: &mut Import, release: &Node) -> (Vec<Value>, Vec<Value>) {
    let Some(node) = release.get("components").filter(|node| !node.is_null()) else { return Default::default() };
    let Some(items) = node.list() else {
        let message = says("`components`가 목록이 아니다", "`components` is not a list");
        import.odd(line(node), message);
        return Default::default();
    };
    let (mut list, mut superseded): (Vec<Value>, Vec<Value>) = Default::default();
    let (mut others, mut shown) = (0, BTreeSet::new());
    let mut places = BTreeMap::new();
    for item in items {
        if item.map().is_none() {
            let message = says("이 항목은 키와 값의 모음이 아니다", "this entry is not a mapping");
            import.odd(line(item), message);
            superseded.push(kept(item));
            continue;
        }
        let artefact = artefact(import, item, release, &mut others, &mut shown);
        let id = artefact["id"].as_str().unwrap_or_default().to_owned();
        if let Some(&at) = places.get(&id) {
            let name = said(item.get("name")).unwrap_or_default();
            let message = says(
                format!("`{name}`이(가) 두 번 나온다. 나중 것을 읽고 앞의 것은 남겨 둔다"),
                format!("`{name}` is listed twice: the later entry is read, the earlier one kept"),
            );
            import.odd(line(item), message);
            let before: &mut Value = &mut list[at];
            superseded.push(std::mem::replace(before, artefact));
        } else {
            places.insert(id, list.len());
            list.push(artefact);
        }
    }
    (list, superseded)
}

fn artefact(
    import: &mut Import,
    item: &Node,
    release: &Node,
    others: &mut usize,
    shown: &mut BTreeSet<String>,
) -> Value {
    let title = said(item.get("name")).unwrap_or_default();
    let known = COMPONENTS.iter().find(|(name, ..)| *name == title);
    let mut artefact = Map::new();
    if let Some((_, word, content)) = known {
        artefact.insert("id".to_owned(), (*word).into());
        artefact.insert("name".to_owned(), (*word).into());
        artefact.insert("content".to_owned(), (*content).into());
    } else {
        *others += 1;
        let span = item.get("name").map_or_else(|| line(item), |node| node.span);
        let message = says(
            format!("`{title}`: 이 틀에 없는 구성요소이다. 어느 것인지 정하지 않고 남겨 둔다"),
            format!("`{title}` is no component of the framework; it is kept without saying which one it is"),
        );
        import.unknown(span, message, title, &COMPONENTS.map(|(name, ..)| name));
        artefact.insert("id".to_owned(), format!("other-{others}").into());
        artefact.insert("name".to_owned(), "other".into());
        artefact.insert("title".to_owned(), title.into());
    }
    artefact.insert("present".to_owned(), true.into());
    licence(import, item, release, known.map(|(.., content)| *content), shown, &mut artefact);
    let mut rest = Map::new();
    for (key, value) in item.map().map_or(&[][..], Vec::as_slice) {
        let name = key.text().unwrap_or_default();
        match (name, said(Some(value))) {
            ("name" | "license", _) => {}
            ("component_path", Some(url)) if is_address(url) => {
                artefact.insert("url".to_owned(), url.into());
            }
            _ => {
                if !COMPONENT.contains(&name) {
                    import.unknown_key(key, &COMPONENT);
                }
                if said(Some(value)).is_some() || value.text().is_none() {
                    rest.insert(name.to_owned(), kept(value));
                }
            }
        }
    }
    if !rest.is_empty() {
        artefact.insert("x-mof".to_owned(), rest.into());
    }
    artefact.into()
}

/// The licence that applies, and which entry states it.
fn licence(
    import: &mut Import,
    item: &Node,
    release: &Node,
    content: Option<&str>,
    shown: &mut BTreeSet<String>,
    artefact: &mut Map<String, Value>,
) {
    let (from, node) = match item.get("license").filter(|node| !node.is_null()) {
        Some(own) => ("own", own),
        None => {
            let scopes =
                content.map(|scope| (scope, "content-type")).into_iter().chain([("distribution", "distribution")]);
            let stated = scopes.filter_map(|(scope, from)| {
                let name = release.get("license")?.get(scope)?.get("name")?;
                said(Some(name)).map(|_| (from, name))
            });
            match stated.into_iter().next() {
                Some(found) => found,
                None => {
                    artefact.insert("licence_from".to_owned(), "none".into());
                    return;
                }
            }
        }
    };
    artefact.insert("licence_from".to_owned(), from.into());
    let Some(text) = node.text() else {
        let message = says("라이선스가 글이 아니다", "the licence is not a text");
        import.odd(line(node), message);
        artefact.insert("x-licence".to_owned(), kept(node));
        return;
    };
    if text.is_empty() || text == UNLICENSED {
        artefact.insert("unlicensed".to_owned(), true.into());
        return;
    }
    artefact.insert("licence".to_owned(), text.into());
    if let Some(id) = spdx_id(text) {
        artefact.insert("licence_id".to_owned(), id.into());
    } else if shown.insert(text.to_owned()) {
        let message = says(
            format!("`{text}`은(는) SPDX 식별자가 아니다. 적힌 대로 남겨 둔다"),
            format!("`{text}` is no SPDX id; it is kept as it is written"),
        );
        import.perhaps(node.span, message, spdx_hint(text));
    }
}
