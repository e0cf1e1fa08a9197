//! Bills of materials of CycloneDX, as JSON: the model component to a card, and its ancestors to claims.
//!
//! The model is `metadata.component`, or the only component of type `machine-learning-model`. An ancestor is something
//! that the model is *derived from*, in whatever way: the card names it as a base and says nothing of weights. What
//! the standard says of a supplier is kept and not read, for a supplier may be who passes a model on.

use serde_json::{Map, Value, json};

use super::Imported;
use super::card::{Import, is_address, kept, line, no_model, said};
use crate::claims::{Claim, Kind};
use crate::facts::{Date, Origin};
use crate::text::{Diagnostics, Node, SourceFile, model_id, says};

/// Versions of the standard that have model components.
const VERSIONS: [&str; 3] = ["1.5", "1.6", "1.7"];

const MODEL: &str = "machine-learning-model";

/// Keys of a component in versions 1.5 to 1.7.
const COMPONENT: [&str; 32] = [
    "type",
    "mime-type",
    "bom-ref",
    "supplier",
    "manufacturer",
    "authors",
    "author",
    "publisher",
    "group",
    "name",
    "version",
    "versionRange",
    "description",
    "scope",
    "isExternal",
    "hashes",
    "licenses",
    "copyright",
    "patentAssertions",
    "cpe",
    "purl",
    "omniborId",
    "swhid",
    "swid",
    "modified",
    "pedigree",
    "externalReferences",
    "components",
    "evidence",
    "modelCard",
    "data",
    "properties",
];

/// Datasets and ancestors that are read of one file.
const MOST: usize = 256;

const HEAD: &str = "# Made by `sovgrade import cyclonedx`. What has no field of its own is kept under x-cyclonedx.\n\
                    # `sovgrade import cyclonedx`로 만들었다. 따로 필드가 없는 것은 x-cyclonedx에 남겨 둔다.\n";

/// A card from a bill of materials.
///
/// # Errors
/// A file that is not JSON, not of CycloneDX, or describes no model, or several.
pub fn cyclonedx(file: &SourceFile) -> Result<Imported, Diagnostics> {
    let mut import = Import::open_json(file)?;
    let root = import.root.clone();
    let model = model(file, &root)?;
    version(&mut import, &root);
    import.set("schema", "sovereignty/1");
    let day = said(root.at(&["metadata", "timestamp"])).and_then(|text| text.get(..10));
    if let Some(day) = day.filter(|day| Date::parse(day).is_some()) {
        import.set("statement_date", day);
    }
    if !id(model).is_empty() && !is_local(model) {
        import.set("model_id", id(model));
    }
    if let Some(maker) = said(model.at(&["manufacturer", "name"])) {
        import.set("developer", json!({ "name": maker }));
    }
    licences(&mut import, model);
    datasets(&mut import, &root, model);
    let bases: Vec<String> = named_ancestors(model).map(id).collect();
    if !bases.is_empty() {
        import.set("facts", json!({ "model.base-models": bases }));
    }
    rest(&mut import, &root, model);
    Ok(import.finish(HEAD))
}

/// What a bill of materials claims of the lineage of its model: its ancestors, with the digests that they carry.
///
/// # Errors
/// Those of [`cyclonedx`].
pub fn ancestors(file: &SourceFile) -> Result<Vec<Claim>, Diagnostics> {
    let root = Import::open_json(file)?.root;
    let model = model(file, &root)?;
    Ok(named_ancestors(model).map(|ancestor| claim(file, model, ancestor)).collect())
}

fn claim(file: &SourceFile, model: &Node, ancestor: &Node) -> Claim {
    let hashes = ancestor.get("hashes").and_then(Node::list).unwrap_or_default().iter();
    let files = ancestor.get("components").and_then(Node::list).unwrap_or_default().iter();
    let of_files = files.filter_map(|file| file.get("hashes")?.list()).flatten();
    let sha256 = |hash: &Node| {
        let digest = said(hash.get("content"))?;
        let legal = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        (legal && said(hash.get("alg"))? == "SHA-256").then(|| digest.to_lowercase())
    };
    let at = file.position(line(ancestor).start);
    Claim {
        reference: id(ancestor),
        kind: kind(model, ancestor),
        component: None,
        digests: hashes.chain(of_files).filter_map(sha256).take(MOST).collect(),
        origin: Origin { file: file.name().to_owned(), at: Some(at), ..Origin::default() },
    }
}

/// How the model comes from an ancestor. The standard has no word for it, so properties are asked: a relation of the
/// Hub under its own name, or what this program wrote of a card that says that weights were taken.
fn kind(model: &Node, ancestor: &Node) -> Kind {
    const RELATIONS: [(&str, Kind); 4] = [
        ("finetune", Kind::Finetune),
        ("quantized", Kind::Quantized),
        ("merge", Kind::Merge),
        ("adapter", Kind::Adapter),
    ];
    let properties = |node: &Node| -> Vec<(String, String)> {
        let list = node.get("properties").and_then(Node::list).unwrap_or_default().iter();
        let pair = |it: &Node| Some((said(it.get("name"))?.to_owned(), said(it.get("value"))?.to_owned()));
        list.filter_map(pair).collect()
    };
    let (of_model, of_ancestor) = (properties(model), properties(ancestor));
    let relation = |(name, value): &(String, String)| {
        let name = name.rsplit(':').next().unwrap_or_default();
        let known = RELATIONS.iter().find(|(word, _)| word == value);
        known.filter(|_| name == "base_model_relation").map(|(_, kind)| *kind)
    };
    if let Some(kind) = of_ancestor.iter().chain(&of_model).find_map(relation) {
        return kind;
    }
    let ours = |(name, value): &(String, String)| {
        name.starts_with("sovgrade:lineage:") && name.ends_with(":declared:relation") && value == "shared"
    };
    if of_ancestor.iter().any(ours) { Kind::Base } else { Kind::Ancestor }
}

/// The component that is the model.
fn model<'n>(file: &SourceFile, root: &'n Node) -> Result<&'n Node, Diagnostics> {
    if said(root.get("bomFormat")) != Some("CycloneDX") {
        return Err(no_model(
            file,
            line(root),
            says(
                "CycloneDX 문서가 아니다: `bomFormat`이 `CycloneDX`가 아니다",
                "this is no document of CycloneDX: `bomFormat` is not `CycloneDX`",
            ),
            says("JSON으로 쓴 CycloneDX 파일을 가리킨다", "point at a file of CycloneDX in JSON"),
        ));
    }
    let is_model = |node: &&Node| said(node.get("type")) == Some(MODEL);
    if let Some(subject) = root.at(&["metadata", "component"]).filter(is_model) {
        return Ok(subject);
    }
    let components = root.get("components").and_then(Node::list).unwrap_or_default();
    let mut models = components.iter().filter(is_model);
    match (models.next(), models.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(no_model(
            file,
            line(root),
            says(
                "이 문서는 모델을 설명하지 않는다: `machine-learning-model` 구성요소가 없다",
                "this document describes no model: it has no component of type `machine-learning-model`",
            ),
            says("모델의 AIBOM을 가리킨다", "point at the bill of materials of a model"),
        )),
        (Some(_), Some(second)) => Err(no_model(
            file,
            line(second),
            says(
                "모델이 여럿인데 `metadata.component`는 그 가운데 하나가 아니다",
                "there are several models, and `metadata.component` is none of them",
            ),
            says(
                "설명하는 모델을 `metadata.component`에 둔 문서를 쓴다",
                "use a document that has its model as `metadata.component`",
            ),
        )),
    }
}

fn version(import: &mut Import, root: &Node) {
    let Some(node) = root.get("specVersion") else { return };
    let written = node.text().unwrap_or_default().to_owned();
    if !VERSIONS.contains(&written.as_str()) {
        let message = says(
            format!("CycloneDX `{written}`: 아는 판이 아니다. 아는 만큼 읽는다"),
            format!("CycloneDX `{written}` is not a version that is known; what is known of it is read"),
        );
        import.unknown(node.span, message, &written, &VERSIONS);
    }
}

/// What a component is called: by the Hub's address of it (purl), else by its group and name.
fn id(component: &Node) -> String {
    if let Some(id) = said(component.get("purl")).and_then(hub_id) {
        return id;
    }
    let name = said(component.get("name")).unwrap_or_default();
    match said(component.get("group")) {
        Some(group) if !name.contains('/') => model_id(&format!("{group}/{name}")),
        _ => model_id(name),
    }
}

/// Whether this program wrote that the model's name is that of a folder, which names no model.
fn is_local(model: &Node) -> bool {
    let mut properties = model.get("properties").and_then(Node::list).unwrap_or_default().iter();
    properties
        .any(|it| said(it.get("name")) == Some("sovgrade:id-is-a-local-name") && said(it.get("value")) == Some("true"))
}

/// `pkg:huggingface/owner/name@revision` as `owner/name`.
fn hub_id(purl: &str) -> Option<String> {
    let path = purl.strip_prefix("pkg:huggingface/")?.split(['@', '?', '#']).next()?;
    let id = path.replace("%2F", "/").replace("%2f", "/");
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    id.split('/').all(plain).then(|| model_id(&id))
}

/// The licence of the weights, where the document names one that a card can name.
fn licences(import: &mut Import, model: &Node) {
    let list = model.get("licenses").and_then(Node::list).unwrap_or_default();
    let text = |node: &Node| {
        let licence = node.get("license");
        let own = licence.and_then(|licence| said(licence.get("id")).or_else(|| said(licence.get("name"))));
        own.or_else(|| said(node.get("expression"))).map(str::to_owned)
    };
    let named: Vec<String> = list.iter().filter_map(text).take(MOST).collect();
    match named.as_slice() {
        [] => {}
        [one] => import.set("licensing", json!({"weights": {"licence": one}})),
        several => import.set("licensing", json!({"weights": {"licence": several}})),
    }
}

/// The datasets that the model card names, by reference or in their place.
fn datasets(import: &mut Import, root: &Node, model: &Node) {
    let named = model.at(&["modelCard", "modelParameters", "datasets"]).and_then(Node::list).unwrap_or_default();
    let components = root.get("components").and_then(Node::list).unwrap_or_default();
    let by_ref = |wanted: &str| components.iter().find(|it| said(it.get("bom-ref")) == Some(wanted));
    let mut list: Vec<Value> = Vec::new();
    for node in named.iter().take(MOST) {
        let wanted = said(node.get("ref"));
        let Some(found) = wanted.map_or(Some(node), by_ref) else {
            let wanted = wanted.unwrap_or_default();
            let message = says(
                format!("데이터셋 `{wanted}`이(가) 이 문서에 없다"),
                format!("the dataset `{wanted}` is not in this document"),
            );
            import.odd(node.span, message);
            continue;
        };
        let Some(name) = said(found.get("name")) else { continue };
        if list.iter().any(|other| other["id"] == name) {
            continue;
        }
        let mut dataset = Map::new();
        dataset.insert("id".to_owned(), name.into());
        let data = found.get("data").and_then(Node::list).and_then(|list| list.first()).unwrap_or(found);
        let owner = data.at(&["governance", "owners"]).and_then(Node::list).and_then(|owners| owners.first());
        if let Some(holder) = owner.and_then(|owner| said(owner.at(&["organization", "name"]))) {
            dataset.insert("holder".to_owned(), holder.into());
        }
        if let Some(url) = said(data.at(&["contents", "url"])).filter(|url| is_address(url)) {
            dataset.insert("url".to_owned(), url.into());
        }
        list.push(dataset.into());
    }
    if !list.is_empty() {
        import.set("datasets", list);
    }
}

/// The ancestors that have a name.
fn named_ancestors(model: &Node) -> impl Iterator<Item = &Node> {
    let list = model.at(&["pedigree", "ancestors"]).and_then(Node::list).unwrap_or_default();
    list.iter().filter(|ancestor| !id(ancestor).is_empty()).take(MOST)
}

/// What was not read, kept as it stands.
fn rest(import: &mut Import, root: &Node, model: &Node) {
    let mut kept_keys = Map::new();
    for key in ["specVersion", "serialNumber", "version"] {
        if let Some(value) = root.get(key) {
            kept_keys.insert(key.to_owned(), kept(value));
        }
    }
    let mut component = Map::new();
    for (key, value) in model.map().map_or(&[][..], Vec::as_slice) {
        let name = key.text().unwrap_or_default();
        if !COMPONENT.contains(&name) && !matches!(name, "releaseNotes" | "tags" | "signature" | "cryptoProperties") {
            import.unknown_key(key, &COMPONENT);
        }
        component.insert(name.to_owned(), kept(value));
    }
    kept_keys.insert("component".to_owned(), component.into());
    let read = ["bomFormat", "$schema", "specVersion", "serialNumber", "version", "metadata"];
    let others = root.map().map_or(&[][..], Vec::as_slice).iter().filter_map(|(key, _)| key.text());
    let unread: Vec<&str> = others.filter(|key| !read.contains(key)).collect();
    if !unread.is_empty() {
        kept_keys.insert("not-kept".to_owned(), unread.into());
    }
    import.set("x-cyclonedx", kept_keys);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_named_by_the_hub_before_group_and_name() {
        let id_of = |text: &str| {
            let file = SourceFile::new("bom.json", text);
            id(&Import::open_json(&file).map_or_else(|_| panic!("{text}"), |import| import.root))
        };
        for (text, wanted) in [
            (r#"{"name": "m", "group": "a"}"#, "a/m"),
            (r#"{"name": "a/m"}"#, "a/m"),
            (r#"{"name": "x", "purl": "pkg:huggingface/a/m@0f3c"}"#, "a/m"),
            (r#"{"name": "x", "purl": "pkg:huggingface/a%2Fm"}"#, "a/m"),
            (r#"{"name": "x", "purl": "pkg:huggingface/a/%e2%80%ae"}"#, "x"),
            (r#"{"name": "x", "purl": "pkg:pypi/m"}"#, "x"),
            ("{}", ""),
        ] {
            assert_eq!(id_of(text), wanted, "{text}");
        }
    }
}
