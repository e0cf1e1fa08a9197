//! Model files of the European Open Source AI Index, and of its predecessor.
//!
//! A file names a system and judges it along dimensions, each `open`, `partial` or `closed`, with a link and a note. A
//! judgement becomes an artefact with its openness, documented by the index; what is open is present, what is closed
//! is not, and of what is partly open neither is said. Scores are the business of a ruleset.

use serde_json::{Map, Value, json};

use super::Imported;
use super::card::{Import, is_address, kept, line, no_model, said};
use crate::licence::{spdx_hint, spdx_id};
use crate::text::{Diagnostics, Node, SourceFile, Span, says};

/// One of the formats that the index has had.
struct Format {
    /// The key that describes the system.
    system: &'static str,
    /// Keys of the system that must say something: key and meaning.
    must: &'static [&'static str],
    /// Its other keys.
    may: &'static [&'static str],
    /// The key of the system's licence.
    licence: &'static str,
    /// Dimensions in the order of the format, with our word for what is judged.
    dimensions: &'static [(&'static str, &'static str)],
    /// Dimensions that the format has had for a time, and no longer asks for.
    former: &'static [(&'static str, &'static str)],
    /// What the index is called, and where it is.
    title: &'static str,
    url: &'static str,
}

const INDEX: Format = Format {
    system: "system",
    must: &["name", "link", "type", "basemodelname", "endmodelname", "endmodellicense", "releasedate"],
    may: &["performanceclass", "notes"],
    licence: "endmodellicense",
    dimensions: &[
        ("datasources_basemodel", "base-model-data"),
        ("datasources_endmodel", "datasets"),
        ("weights_basemodel", "base-model-parameters"),
        ("weights_endmodel", "model-parameters-final"),
        ("trainingcode", "training-code"),
        ("code", "code-documentation"),
        ("hardware_architecture", "architecture-documentation"),
        ("preprint", "preprint"),
        ("paper", "research-paper"),
        ("modelcard", "model-card"),
        ("datasheet", "data-card"),
        ("licenses", "licences"),
    ],
    former: &[("package", "package"), ("api", "api")],
    title: "European Open Source AI Index",
    url: "https://osai-index.eu",
};

const PREDECESSOR: Format = Format {
    system: "project",
    must: &["name", "link", "llmbase", "rlbase", "license"],
    may: &["notes"],
    licence: "license",
    dimensions: &[
        ("opencode", "source-code"),
        ("llmdata", "base-model-data"),
        ("llmweights", "base-model-parameters"),
        ("rldata", "datasets"),
        ("rlweights", "model-parameters-final"),
        ("license", "licences"),
        ("code", "code-documentation"),
        ("architecture", "architecture-documentation"),
        ("preprint", "preprint"),
        ("paper", "research-paper"),
        ("modelcard", "model-card"),
        ("datasheet", "data-card"),
        ("package", "package"),
        ("api", "api"),
    ],
    former: &[],
    title: "Opening up ChatGPT",
    url: "https://opening-up-chatgpt.github.io",
};

/// Keys of a dimension.
const JUDGEMENT: [&str; 3] = ["class", "link", "notes"];

const CLASSES: [&str; 3] = ["open", "partial", "closed"];

const HEAD: &str = "# Made by `sovgrade import osai`. What has no field of its own is kept under x-osai.\n\
                    # `sovgrade import osai`로 만들었다. 따로 필드가 없는 것은 x-osai에 남겨 둔다.\n";

/// A card from a file of the index.
///
/// # Errors
/// A file that is not YAML, that describes no system, or a system without a name.
pub fn osai(file: &SourceFile) -> Result<Imported, Diagnostics> {
    let mut import = Import::open(file)?;
    let root = import.root.clone();
    let format = [&INDEX, &PREDECESSOR].into_iter().find(|f| root.get(f.system).is_some_and(|s| s.map().is_some()));
    let Some(format) = format else {
        return Err(no_model(
            file,
            line(&root),
            says("지수의 파일이 아니다: `system`이 없다", "this is no file of the index: no `system`"),
            says("지수의 모델 파일을 가리킨다", "point at a model file of the index"),
        ));
    };
    let system = &root.get(format.system).cloned().unwrap_or(root.clone());
    let Some(name) = said(system.get("name")) else {
        return Err(no_model(
            file,
            line(system),
            says("이름이 없어 어느 모델인지 알 수 없다", "the system has no name, so no model is described"),
            says("`name`에 모델의 이름을 적는다", "give the model's name in `name`"),
        ));
    };
    named_like_its_file(&mut import, file, system, name);
    import.set("schema", "sovereignty/1");
    let mut rest = Map::new();
    let about = describe(&mut import, format, system);
    rest.insert(format.system.to_owned(), about.into());
    if let Some(org) = root.get("org") {
        match said(org.get("name")) {
            Some(maker) => import.set("developer", json!({ "name": maker })),
            None => {
                let message = says("`org`에 이름이 없다", "`org` has no name");
                import.odd(line(org), message);
            }
        }
        rest.insert("org".to_owned(), kept(org));
    }
    let licence = said(system.get(format.licence));
    let artefacts = artefacts(&mut import, format, &root, licence, &mut rest);
    if let Some(id) = licence.and_then(spdx_id) {
        import.set("licensing", json!({ "weights": { "licence": id } }));
    }
    import.set("artefacts", artefacts);
    import.set(
        "evidence",
        json!([{
            "id": "index",
            "kind": "registry",
            "title": format.title,
            "url": format.url,
            "by": "other",
            "describes": ["developer", "artefacts", "licensing"],
        }]),
    );
    import.set("x-osai", rest);
    Ok(import.finish(HEAD))
}

/// A file is reused for a newer model of the family: then its name misleads.
fn named_like_its_file(import: &mut Import, file: &SourceFile, system: &Node, name: &str) {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let path = std::path::Path::new(file.name());
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if plain(&stem) != plain(name) {
        let message = says(
            format!("파일 이름은 `{stem}`인데 `{name}`을(를) 설명한다"),
            format!("the file is called `{stem}` and describes `{name}`"),
        );
        let span = system.get("name").map_or_else(|| line(system), |node| node.span);
        import.odd(span, message);
    }
}

/// The system's own keys: all are kept; what is missing, empty or unknown is reported.
fn describe(import: &mut Import, format: &Format, system: &Node) -> Map<String, Value> {
    let mut about = Map::new();
    let known: Vec<&str> = format.must.iter().chain(format.may).copied().collect();
    for (key, value) in system.map().map_or(&[][..], Vec::as_slice) {
        let name = key.text().unwrap_or_default();
        if !known.contains(&name) {
            import.unknown_key(key, &known);
        }
        about.insert(name.to_owned(), kept(value));
    }
    for key in format.must {
        match system.get(key) {
            None => {
                let message = says(format!("`{key}`이(가) 빠졌다"), format!("`{key}` is missing"));
                import.odd(line(system), message);
            }
            Some(node) if said(Some(node)).is_none() => {
                let message = says(format!("`{key}`이(가) 비어 있다"), format!("`{key}` is empty"));
                import.odd(line(node), message);
            }
            Some(node) if *key == "link" => address(import, node),
            Some(node) if *key == "releasedate" => release_date(import, node),
            Some(_) => {}
        }
    }
    about
}

/// The readme of the index asks for `2024 NOV`; its files hold `2024-11`. Neither is a day, so neither is a fact.
fn release_date(import: &mut Import, node: &Node) {
    let text = said(Some(node)).unwrap_or_default();
    let (year, month) = text.split_once(['-', ' ']).unwrap_or((text, ""));
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let message = if digits(year, 4) && (digits(month, 2) || month.len() == 3) {
        says(
            format!("`{text}`에는 날이 없어 공개일로 읽지 않는다"),
            format!("`{text}` names no day, so it is not read as the day of release"),
        )
    } else {
        says(format!("`{text}`: 연월이 아니다"), format!("`{text}` is no year and month"))
    };
    import.odd(node.span, message);
}

fn address(import: &mut Import, node: &Node) {
    let text = said(Some(node)).unwrap_or_default();
    if !is_address(text) {
        let message = says(format!("`{text}`: 웹 주소가 아니다"), format!("`{text}` is no address on the web"));
        import.odd(node.span, message);
    }
}

/// One artefact a dimension; what is no dimension is kept.
fn artefacts(
    import: &mut Import,
    format: &Format,
    root: &Node,
    licence: Option<&str>,
    rest: &mut Map<String, Value>,
) -> Vec<Value> {
    let all: Vec<&str> =
        format.dimensions.iter().chain(format.former).map(|(key, _)| *key).chain([format.system, "org"]).collect();
    for (key, value) in root.map().map_or(&[][..], Vec::as_slice) {
        let name = key.text().unwrap_or_default();
        if !all.contains(&name) {
            import.unknown_key(key, &all);
            rest.insert(name.to_owned(), kept(value));
        }
    }
    let mut list = Vec::new();
    for (key, word) in format.dimensions.iter().chain(format.former) {
        match root.map().and_then(|map| map.iter().find(|(written, _)| written.text() == Some(key))) {
            Some((written, node)) => list.push(judgement(import, written, word, node, licence)),
            None if format.former.iter().any(|(former, _)| former == key) => {}
            None => {
                let message = says(format!("차원 `{key}`이(가) 빠졌다"), format!("the dimension `{key}` is missing"));
                import.odd(line(root), message);
            }
        }
    }
    list
}

fn judgement(import: &mut Import, key: &Node, word: &str, node: &Node, licence: Option<&str>) -> Value {
    let (key, at) = (key.text().unwrap_or_default(), key.span);
    let mut artefact = Map::new();
    artefact.insert("id".to_owned(), key.into());
    artefact.insert("name".to_owned(), word.into());
    let Some(entries) = node.map() else {
        let message = says(format!("`{key}`에 판단이 없다"), format!("`{key}` holds no judgement"));
        import.odd(at, message);
        artefact.insert("x-osai".to_owned(), kept(node));
        return artefact.into();
    };
    let class = class(import, key, at, node);
    if let Some(class) = class {
        artefact.insert("openness".to_owned(), class.into());
        match class {
            "open" => artefact.insert("present".to_owned(), true.into()),
            "closed" => artefact.insert("present".to_owned(), false.into()),
            _ => None,
        };
    }
    if word == "model-parameters-final"
        && let Some(text) = licence
    {
        artefact.insert("licence".to_owned(), text.into());
        if let Some(id) = spdx_id(text) {
            artefact.insert("licence_id".to_owned(), id.into());
        } else {
            let message = says(
                format!("라이선스 `{text}`은(는) SPDX 식별자가 아니다. 적힌 대로 남겨 둔다"),
                format!("the licence `{text}` is no SPDX id; it is kept as it is written"),
            );
            import.perhaps(at, message, spdx_hint(text));
        }
    }
    let all_kept = links(import, key, at, class, node, &mut artefact);
    let mut rest = Map::new();
    for (sub, value) in entries {
        let name = sub.text().unwrap_or_default();
        if !JUDGEMENT.contains(&name) {
            import.unknown_key(sub, &JUDGEMENT);
        }
        if name != "class" && !(name == "link" && all_kept) && !value.is_null() {
            rest.insert(name.to_owned(), kept(value));
        }
    }
    if !rest.is_empty() {
        artefact.insert("x-osai".to_owned(), rest.into());
    }
    artefact.into()
}

/// The class, if it is one of the three.
fn class(import: &mut Import, key: &str, at: Span, node: &Node) -> Option<&'static str> {
    let Some(text) = said(node.get("class")) else {
        let message = says(
            format!("`{key}`에 등급이 없다. 공개 정도를 알 수 없는 것으로 둔다"),
            format!("`{key}` has no class, so how open it is stays unknown"),
        );
        import.odd(at, message);
        return None;
    };
    let found = CLASSES.into_iter().find(|class| *class == text);
    if found.is_none() {
        let (text, span) = (text.to_owned(), node.get("class").map_or(at, |class| class.span));
        let message =
            says(format!("`{text}`은(는) 지수의 등급이 아니다"), format!("`{text}` is no class of the index"));
        import.unknown(span, message, &text, &CLASSES);
    }
    found
}

/// The links of a judgement: one text, a list, or nothing. Says whether all of them became addresses of the artefact.
fn links(
    import: &mut Import,
    key: &str,
    at: Span,
    class: Option<&str>,
    node: &Node,
    artefact: &mut Map<String, Value>,
) -> bool {
    let Some(link) = node.get("link") else {
        let message = says(format!("`{key}`에 `link`가 없다"), format!("`{key}` has no `link`"));
        import.odd(at, message);
        return true;
    };
    let all: Vec<&Node> = match link.list() {
        Some(items) => items.iter().collect(),
        None => vec![link],
    };
    let told: Vec<&Node> = all.into_iter().filter(|node| said(Some(node)).is_some()).collect();
    for node in &told {
        address(import, node);
    }
    let mut urls = told.iter().filter_map(|node| node.text()).filter(|text| is_address(text));
    if let Some(first) = urls.next() {
        artefact.insert("url".to_owned(), first.into());
    }
    let more: Vec<Value> = urls.map(Value::from).collect();
    if !more.is_empty() {
        artefact.insert("more_urls".to_owned(), more.into());
    }
    if told.is_empty() && matches!(class, Some("open" | "partial")) {
        let message = says(
            format!("`{key}`: 공개라고 하면서 근거 주소가 없다"),
            format!("`{key}` is said to be open, and no link shows it"),
        );
        import.odd(at, message);
    }
    told.iter().all(|node| node.text().is_some_and(is_address))
}
