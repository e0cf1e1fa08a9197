//! The JSON Schema of the assessment. The report is built field by field (`json.rs`), so its schema is written beside
//! it; a test holds every shipped example's assessment to it, with no key allowed that is not here.

use serde_json::{Value, json};

use crate::facts::{Assurance, Speaker};
use crate::grade::Outcome;
use crate::rules::Status;

/// The schema of what `grade --format json` prints for one model.
pub fn assessment_schema() -> Value {
    let words = |list: Vec<&'static str>| json!({"enum": list});
    let outcomes = words(Outcome::ALL.iter().map(|outcome| outcome.word()).collect());
    let steps = words(Assurance::ALL.iter().map(|step| step.word()).collect());
    let percent = json!({"type": "number", "minimum": 0, "maximum": 100});
    let day = json!({"type": ["string", "null"], "format": "date"});
    let range = json!({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2});
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sovgrade assessment",
        "description": "The whole result of grading one model.\n한 모델을 평가한 결과 전체.",
        "type": "object",
        "additionalProperties": false,
        "required": ["schema", "model", "ruleset", "language", "readings", "profile", "grade", "progress", "objectives", "floors", "headline", "criteria", "components",
            "contradictions", "set-aside", "next", "sensitivity", "noticed", "limits", "inputs", "card", "vouched", "passed-over",
            "reports", "rests-on", "measured", "compared"],
        "properties": {
            "schema": {"const": "sovgrade/assessment/1"},
            "model": object(&json!({
                "id": {"type": "string"}, "local": {"type": "boolean"}, "path-digest": {"$ref": "#/$defs/digest"},
            })),
            "ruleset": object(&json!({
                "id": {"type": "string"}, "version": {"type": "string"}, "digest": {"$ref": "#/$defs/digest"},
                "origin": {"type": "string"}, "status": {"enum": Status::ALL.map(|(_, word)| word)},
                "in-force": {"anyOf": [{"type": "null"}, object(&json!({
                    "from": day, "until": day, "covers": {"type": ["boolean", "null"]},
                }))]},
            })),
            "language": {"enum": ["ko", "en"]},
            "as-of": {"type": ["string", "null"], "format": "date"},
            "home": {"type": ["string", "null"], "pattern": "^[A-Z]{2}$"},
            "readings": {"type": "object", "additionalProperties": {"type": "string"}},
            "profile": {"type": ["string", "null"]},
            "grade": {"$ref": "#/$defs/grade"},
            "progress": list(&object(&json!({
                "id": {"type": "string"}, "as-declared": percent, "claimed": percent, "assured": percent,
                "attainable": percent,
            }))),
            "objectives": list(&object(&json!({
                "id": {"type": "string"}, "weight": {"type": "number"}, "as-declared": range, "claimed": range,
                "assured": range, "attainable": range, "text": {"type": "string"},
                "points": list(&object(&json!({
                    "criterion": {"type": ["string", "null"]}, "text": {"type": "string"}, "lost": {"type": "number"},
                    "open": {"type": "number"}, "reasons": list(&json!({"$ref": "#/$defs/reason"})),
                }))),
            }))),
            "floors": list(&object(&json!({"text": {"type": "string"}, "open": list(&json!({"type": "string"}))}))),
            "headline": {"type": "string"},
            "criteria": {"type": "array", "items": {"$ref": "#/$defs/criterion"}},
            "components": list(&object(&json!({"id": {"type": "string"}, "grade": {"$ref": "#/$defs/grade"}}))),
            "contradictions": list(&json!({"$ref": "#/$defs/reason"})),
            "set-aside": list(&object(&json!({
                "text": {"type": "string"}, "because": {"type": "string"}, "fact": {"$ref": "#/$defs/fact"},
            }))),
            "next": list(&object(&json!({
                "id": {"type": "string"}, "name": {"type": "string"}, "blocked-by": list(&json!({"type": "string"})),
                "steps": list(&json!({"$ref": "#/$defs/step"})),
            }))),
            "sensitivity": list(&object(&json!({
                "reading": {"type": "string"}, "option": {"type": "string"}, "grade": {"$ref": "#/$defs/grade"},
            }))),
            "facts": {"type": "object", "required": ["schema", "model", "counted", "read", "passed-over", "facts", "limits"]},
            "what-if": {"type": "object", "required": ["tried", "complete", "readings", "thresholds"]},
            "noticed": list(&json!({"type": "string"})),
            "limits": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "inputs": list(&object(&json!({
                "name": {"type": "string"}, "sha256": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"},
            }))),
        },
        "$defs": {
            "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
            "view": {
                "description": "A rung, `pass`/`fail`/`undetermined`, or an interval of percent.",
                "anyOf": [{"type": ["string", "null"]}, {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}],
            },
            "grade": {
                "type": "object",
                "additionalProperties": false,
                "required": ["scale", "as-declared", "claimed", "assured", "attainable"],
                "properties": {
                    "scale": {"enum": ["ladder", "gate", "scorecard"]},
                    "as-declared": {"$ref": "#/$defs/view"},
                    "claimed": {"$ref": "#/$defs/view"},
                    "assured": {"$ref": "#/$defs/view"},
                    "attainable": {"$ref": "#/$defs/view"},
                    "axes": {"type": "object"},
                },
            },
            "criterion": {
                "type": "object",
                "additionalProperties": false,
                "required": ["id", "title", "dimension", "outcome", "assured", "measured", "needs", "reasons", "remedy"],
                "properties": {
                    "id": {"type": "string"},
                    "title": {"type": "string"},
                    "dimension": {"type": "string"},
                    "outcome": outcomes,
                    "assured": {"type": "boolean"},
                    "measured": {"type": "boolean"},
                    "decided-by": {"enum": ["proof", "card", "both", "report"]},
                    "decided": {"type": "string"},
                    "needs": steps,
                    "reasons": list(&json!({"$ref": "#/$defs/reason"})),
                    "lacking": list(&json!({"$ref": "#/$defs/reason"})),
                    "remedy": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
            "reason": {
                "type": "object",
                "additionalProperties": false,
                "required": ["text", "facts"],
                "properties": {
                    "text": {"type": "string"},
                    "facts": list(&json!({"$ref": "#/$defs/fact"})),
                    "parts": list(&json!({"$ref": "#/$defs/reason"})),
                },
            },
            "fact": {
                "type": "object",
                "additionalProperties": false,
                "required": ["path", "value", "assurance", "by", "source"],
                "properties": {
                    "path": {"type": "string"},
                    "items": list(&json!({"type": "string"})),
                    "value": {},
                    "assurance": steps,
                    "by": {"enum": Speaker::ALL.map(Speaker::word)},
                    "source": {
                        "type": "object",
                        "additionalProperties": false,
                        "required": ["file"],
                        "properties": {
                            "file": {"type": "string"},
                            "line": {"type": "integer", "minimum": 1},
                            "column": {"type": "integer", "minimum": 1},
                            "title": {"type": "string"},
                            "url": {"type": "string"},
                            "publisher": {"type": "string"},
                            "date": {"type": "string", "format": "date"},
                        },
                    },
                },
            },
            "step": {
                "type": "object",
                "additionalProperties": false,
                "required": ["kind", "criterion", "text", "needs"],
                "properties": {
                    "kind": {"enum": ["supply-evidence", "declare", "declare-complete", "declare-with-evidence", "list", "settle",
                        "change"]},
                    "criterion": {"type": ["string", "null"]},
                    "objective": {"type": "string"},
                    "text": {"type": "string"},
                    "question": {"type": "string"},
                    "fact": {"type": "string"},
                    "needs": steps,
                    "write": {"type": "string"},
                    "command": {"type": "string"},
                    "remedy": {"type": "string"},
                },
            },
        },
    });
    if let (Some(own), Value::Object(more)) = (schema["properties"].as_object_mut(), of_belief()) {
        own.extend(more);
    }
    schema
}

/// What a report says of who is believed: who wrote the card, who vouched, what the grade rests on.
fn of_belief() -> Value {
    json!({
            "card": object(&json!({"written-by": {"enum": ["maker", "other"]}})),
            "vouched": list(&object(&json!({
                "file": {"type": "string"}, "entry": {"type": ["string", "null"]},
                "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "bound": {"type": "boolean"},
            }))),
            "passed-over": list(&json!({"type": "string"})),
            "reports": list(&json!({"type": "string"})),
            "rests-on": list(&json!({"type": "string"})),
            "measured": {"type": ["string", "null"]},
            "compared": list(&object(&json!({
                "component": {"type": "string"},
                "families": list(&object(&json!({
                    "id": {"type": "string"}, "compared": {"type": "boolean"}, "model": {"type": "string"},
                }))),
            }))),
    })
}

/// An object all of whose keys must be there.
fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(serde_json::Map::keys).collect();
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

fn list(items: &Value) -> Value {
    json!({"type": "array", "items": items})
}
