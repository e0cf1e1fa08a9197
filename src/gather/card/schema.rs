//! The JSON Schema of the card, made from the table of its fields and from the vocabulary, for editors.

use serde_json::{Map, Value, json};

use super::fields::{CARD, EVIDENCE, EVIDENCE_KINDS, FORMAT, LICENCE};
use super::shape::{Field, Shape, american};
use crate::vocabulary::{Entry, Kind, OwnFacts, Scope, vocabulary};

/// The schema of `sovereignty.yaml`, and of the `sovereignty:` block; `own` are the facts that a ruleset brings along.
pub fn card_schema(own: &OwnFacts) -> Value {
    let mut schema = object(CARD, own);
    let text = "What a maker declares of a model: the `sovereignty:` block of a README, or sovereignty.yaml.";
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sovgrade card",
        "description": text,
    });
    if let (Value::Object(into), Value::Object(head)) = (&mut schema, head) {
        let rest = std::mem::take(into);
        into.extend(head);
        into.extend(rest);
    }
    schema
}

fn object(fields: &'static [Field], own: &OwnFacts) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let shape = described(field, own);
        if let Some(other) = american(field.key) {
            properties.insert(other, shape.clone());
        }
        properties.insert(field.key.to_owned(), shape);
    }
    let must: Vec<&str> = fields.iter().filter(|f| f.must && american(f.key).is_none()).map(|f| f.key).collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
    });
    if !must.is_empty() {
        schema["required"] = must.into();
    }
    schema
}

fn described(field: &Field, own: &OwnFacts) -> Value {
    let mut schema = shape(field, own);
    let entry = match field.shape {
        Shape::Fact(path) => Some(entry(path)),
        _ => None,
    };
    let text = match entry {
        Some(entry) if field.says.en.is_empty() => format!("{}\n{}", entry.meaning.en, entry.meaning.ko),
        _ => format!("{}\n{}", field.says.en, field.says.ko),
    };
    schema["description"] = text.trim().into();
    schema
}

fn shape(field: &Field, own: &OwnFacts) -> Value {
    match field.shape {
        Shape::Fact(path) => or_undisclosed(&kind(entry(path).kind)),
        Shape::Note(_) if field.key == "kind" && field.must => json!({ "enum": EVIDENCE_KINDS }),
        Shape::Note(_) if field.key == "by" => json!({ "enum": ["maker", "other"] }),
        Shape::Note(of) => or_undisclosed(&kind(of)),
        Shape::Free | Shape::Given(_) => json!({}),
        Shape::Map(fields) => {
            // A key with nothing behind it says nothing: a card that was begun has such keys above its questions.
            let mut schema = object(fields, own);
            schema["type"] = json!(["object", "null"]);
            schema
        }
        Shape::FactOrMap(path, fields) => {
            json!({ "anyOf": [or_undisclosed(&kind(entry(path).kind)), object(fields, own)] })
        }
        Shape::Rows(fields) => one_or_more(&object(fields, own)),
        Shape::Items(items) => {
            json!({ "anyOf": [{ "type": "array", "items": object(items.fields, own) }, { "const": "undisclosed" }] })
        }
        Shape::Complete(lists) => {
            one_or_more(&json!({ "enum": lists.iter().map(|(name, _)| *name).collect::<Vec<_>>() }))
        }
        Shape::TrainedBy(_) => or_undisclosed(&kind(Kind::Texts)),
        Shape::EvidenceIds => one_or_more(&json!({ "type": "string" })),
        Shape::Paths => paths(own),
        Shape::Own(collection) => namespaces(collection, own),
        Shape::Licence(..) => json!({ "anyOf": [or_undisclosed(&kind(Kind::Texts)), object(LICENCE, own)] }),
        Shape::Evidence => json!({ "type": "array", "items": object(EVIDENCE, own) }),
        Shape::Format => json!({ "const": FORMAT }),
    }
}

fn paths(own: &OwnFacts) -> Value {
    let mut properties = Map::new();
    for (id, entry) in vocabulary().entries() {
        if vocabulary().scope(id) == Scope::Model {
            properties.insert(entry.path.to_owned(), fact_of(entry));
        }
    }
    let mut namespace = own_properties(own, &format!("{}.", own.namespace), Scope::Model);
    for id in own.declared_collections() {
        let collection = vocabulary().collection_of(id);
        let prefix = format!("{}.", collection.name);
        let mut item = own_properties(own, &prefix, Scope::Item(id));
        item.insert("id".to_owned(), json!({ "type": "string" }));
        let list = json!({
            "type": "array",
            "description": format!("{}\n{}", collection.meaning.en, collection.meaning.ko),
            "items": { "type": "object", "required": ["id"], "properties": item, "additionalProperties": false },
        });
        let key = collection.name.strip_prefix(&format!("{}.", own.namespace)).unwrap_or(collection.name);
        namespace.insert(key.to_owned(), list);
    }
    if !namespace.is_empty() {
        properties.insert(own.namespace.clone(), closed(&namespace));
    }
    // Whatever else stands here is a namespace of another ruleset.
    json!({ "type": "object", "properties": properties, "additionalProperties": { "type": "object" } })
}

/// Facts by namespaces in an entry of a collection: each ruleset knows its own.
fn namespaces(collection: &str, own: &OwnFacts) -> Value {
    let mut properties = Map::new();
    if let Some(id) = vocabulary().collection(collection) {
        let known = own_properties(own, &format!("{collection}.{}.", own.namespace), Scope::Item(id));
        if !known.is_empty() {
            properties.insert(own.namespace.clone(), closed(&known));
        }
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": { "type": "object" } })
}

/// The facts of a scope that a ruleset declares, by what stands behind the prefix of their paths.
fn own_properties(own: &OwnFacts, prefix: &str, scope: Scope) -> Map<String, Value> {
    let declared = own.declared().filter(|id| vocabulary().scope(*id) == scope).map(|id| vocabulary().entry(id));
    declared.filter_map(|entry| Some((entry.path.strip_prefix(prefix)?.to_owned(), fact_of(entry)))).collect()
}

fn fact_of(entry: &Entry) -> Value {
    let mut schema = or_undisclosed(&kind(entry.kind));
    let asked = entry.question.map_or_else(String::new, |text| format!("\n{}\n{}", text.en, text.ko));
    schema["description"] = format!("{}\n{}{asked}", entry.meaning.en, entry.meaning.ko).into();
    schema
}

fn closed(properties: &Map<String, Value>) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
    })
}

fn entry(path: &str) -> &'static Entry {
    vocabulary().entry(vocabulary().must(path))
}

fn one_or_more(of: &Value) -> Value {
    json!({ "anyOf": [of, { "type": "array", "items": of }] })
}

fn or_undisclosed(of: &Value) -> Value {
    json!({ "anyOf": [of, { "const": "undisclosed" }, { "type": "null" }] })
}

fn kind(kind: Kind) -> Value {
    let words = || kind.words().iter().map(|word| word.id).collect::<Vec<_>>();
    match kind {
        Kind::Flag => json!({ "enum": [true, false, "yes", "no"] }),
        Kind::Word(_) if words().contains(&"no") => {
            let mut legal: Vec<Value> = words().into_iter().map(Value::from).collect();
            legal.push(false.into());
            json!({ "enum": legal })
        }
        Kind::Word(_) => json!({ "enum": words() }),
        Kind::Words(_) => one_or_more(&json!({ "enum": words() })),
        Kind::Text => json!({ "type": ["string", "number"] }),
        Kind::Texts => one_or_more(&json!({ "type": ["string", "number"] })),
        Kind::Number(_) => json!({ "type": ["number", "string"] }),
        Kind::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Kind::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        Kind::Countries => one_or_more(&json!({ "type": "string", "pattern": "^[A-Z]{2}$" })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_knows_every_field_and_forbids_others() {
        let schema = card_schema(OwnFacts::none());
        assert_eq!(schema["properties"]["schema"]["const"], FORMAT);
        let component = &schema["properties"]["components"]["anyOf"][0]["items"];
        assert_eq!(component["required"], json!(["id"]));
        assert!(
            component["properties"]["initialization"].is_object() && component["properties"]["licence"].is_object()
        );
        assert_eq!(component["additionalProperties"], false);
    }
}
