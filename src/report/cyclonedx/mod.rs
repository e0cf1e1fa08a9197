//! CycloneDX 1.6: the model as a component with its licences, digests, datasets and lineage, and the grade as
//! declarations about it. The document is valid under 1.7 too.
//!
//! The same inputs give the same bytes: no clock, no path of a machine, and a serial number made from the content.
//! What is claimed and what is shown stay apart. A model that the maker names as its base is an *ancestor*, whatever
//! was measured. One that only shares weights is a *variant*, which the standard keeps for relations whose direction
//! is not known.

mod component;
mod declarations;
mod lineage;

use serde_json::{Map, Value, json};

use super::Assessment;
use crate::evidence::sha256;

/// The version of the standard that is written.
pub const CYCLONEDX_VERSION: &str = "1.6";

/// The model under one or several rulesets as one document. All assessments are of one model; nothing for none.
pub fn cyclonedx(all: &[Assessment<'_>]) -> Value {
    let Some(first) = all.first() else { return Value::Null };
    let mut bom = Map::new();
    bom.insert("$schema".to_owned(), "http://cyclonedx.org/schema/bom-1.6.schema.json".into());
    bom.insert("bomFormat".to_owned(), "CycloneDX".into());
    bom.insert("specVersion".to_owned(), CYCLONEDX_VERSION.into());
    let mut content = Map::new();
    content.insert("version".to_owned(), 1.into());
    content.insert(
        "metadata".to_owned(),
        json!({
            "tools": {"components": [{
                "type": "application",
                "bom-ref": TOOL,
                "name": "sovgrade",
                "version": env!("CARGO_PKG_VERSION"),
            }]},
            "component": component::model(first),
            "properties": properties(all),
        }),
    );
    set(&mut content, "components", component::datasets(first));
    content.insert("definitions".to_owned(), json!({"standards": declarations::standards(all)}));
    content.insert("declarations".to_owned(), declarations::declarations(all));
    bom.insert("serialNumber".to_owned(), serial(&Value::Object(content.clone())).into());
    bom.extend(content);
    Value::Object(bom)
}

/// What this program is called inside the document.
const TOOL: &str = "tool:sovgrade";

/// A property in the namespace of this program.
fn property(name: &str, value: impl Into<String>) -> Value {
    json!({"name": format!("sovgrade:{name}"), "value": value.into()})
}

/// Sets a list that holds something: the standard's readers take an empty one for a statement.
fn set(map: &mut Map<String, Value>, key: &str, list: Vec<Value>) {
    if !list.is_empty() {
        map.insert(key.to_owned(), list.into());
    }
}

/// A serial number that follows from the content: a UUID of version 8 (RFC 9562, section 5.8) of its SHA-256.
fn serial(content: &Value) -> String {
    let hex = sha256(content.to_string().as_bytes());
    let variant = 0x8 | (hex[16..17].chars().next().and_then(|c| c.to_digit(16)).unwrap_or(0) & 0x3);
    format!("urn:uuid:{}-{}-8{}-{variant:x}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

/// The grades, and what the whole document rests on.
fn properties(all: &[Assessment<'_>]) -> Vec<Value> {
    let mut list = Vec::new();
    for it in all {
        let id = &it.rules.id;
        let mut add = |name: &str, value: &str| list.push(property(&format!("{id}:{name}"), value));
        add("ruleset-digest", &it.rules.digest);
        let grade = &it.story.grade;
        for (view, words) in [
            ("as-declared", &grade.as_declared),
            ("claimed", &grade.claimed),
            ("assured", &grade.assured),
            ("attainable", &grade.attainable),
        ] {
            add(&format!("grade:{view}"), words);
        }
        for (reading, at) in it.rules.readings.iter().zip(&it.grading.readings) {
            add(&format!("reading:{}", reading.id), &reading.options[*at].id);
        }
        if let Some(day) = it.grading.as_of {
            add("as-of", &day.to_string());
        }
        if let Some(home) = it.grading.home {
            add("home", &home.to_string());
        }
        it.story.rests.iter().for_each(|line| add("rests-on", line));
        it.story.limits.iter().for_each(|line| add("limit", &it.without_paths(line)));
    }
    list
}
