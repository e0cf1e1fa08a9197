//! The JSON Schema of the card, made from the table of its fields and from the vocabulary, for editors.

use serde_json::{Map, Value, json};

use super::fields::{CARD, EVIDENCE, EVIDENCE_KINDS, FORMAT, LICENCE};
use super::shape::{Field, Shape, american};
use crate::vocabulary::{Entry, Kind, Scope, vocabulary};

/// The schema of `sovereignty.yaml`, and of the `sovereignty:` block.
pub fn card_schema() -> Value {
    let mut schema = object(CARD);
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

fn object(fields: &'static [Field]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let shape = described(field);
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

fn described(field: &Field) -> Value {
    let mut schema = shape(field);
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

fn shape(field: &Field) -> Value {
    match field.shape {
        Shape::Fact(path) => or_undisclosed(&kind(entry(path).kind)),
        Shape::Note(_) if field.key == "kind" && field.must => json!({ "enum": EVIDENCE_KINDS }),
        Shape::Note(_) if field.key == "by" => json!({ "enum": ["maker", "other"] }),
        Shape::Note(of) => or_undisclosed(&kind(of)),
        Shape::Free => json!({}),
        Shape::Map(fields) => object(fields),
        Shape::FactOrMap(path, fields) => {
            json!({ "anyOf": [or_undisclosed(&kind(entry(path).kind)), object(fields)] })
        }
        Shape::Rows(fields) => one_or_more(&object(fields)),
        Shape::Items(items) => {
            json!({ "anyOf": [{ "type": "array", "items": object(items.fields) }, { "const": "undisclosed" }] })
        }
        Shape::Complete(lists) => {
            one_or_more(&json!({ "enum": lists.iter().map(|(name, _)| *name).collect::<Vec<_>>() }))
        }
        Shape::TrainedBy(_) => or_undisclosed(&kind(Kind::Texts)),
        Shape::EvidenceIds => one_or_more(&json!({ "type": "string" })),
        Shape::Paths => paths(),
        Shape::Licence(..) => json!({ "anyOf": [or_undisclosed(&kind(Kind::Texts)), object(LICENCE)] }),
        Shape::Evidence => json!({ "type": "array", "items": object(EVIDENCE) }),
        Shape::Format => json!({ "const": FORMAT }),
    }
}

fn paths() -> Value {
    let mut properties = Map::new();
    for (id, entry) in vocabulary().entries() {
        if vocabulary().scope(id) == Scope::Model {
            let mut schema = or_undisclosed(&kind(entry.kind));
            schema["description"] = format!("{}\n{}", entry.meaning.en, entry.meaning.ko).into();
            properties.insert(entry.path.to_owned(), schema);
        }
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
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
        let schema = card_schema();
        assert_eq!(schema["properties"]["schema"]["const"], FORMAT);
        let component = &schema["properties"]["components"]["anyOf"][0]["items"];
        assert_eq!(component["required"], json!(["id"]));
        assert!(
            component["properties"]["initialization"].is_object() && component["properties"]["licence"].is_object()
        );
        assert_eq!(component["additionalProperties"], false);
    }
}
