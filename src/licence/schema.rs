//! The JSON Schema of licence files, made from the clauses and the words of the vocabulary, so that an editor offers
//! them. What one key asks of another (a known clause has a source) is in the schema where JSON Schema can say it.

use serde_json::{Map, Value, json};

use super::clause::{ClauseName, words_of};
use super::entry::ReadDepth;
use crate::vocabulary::vocabulary;

/// The schema of `licences/*.yaml`.
pub fn licence_schema() -> Value {
    let text = |ko: &str, en: &str| json!({"type": "string", "minLength": 1, "description": format!("{en}\n{ko}")});
    let texts = |ko: &str, en: &str| json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true, "description": format!("{en}\n{ko}")});
    let mut clauses = Map::new();
    for &name in ClauseName::ALL {
        clauses.insert(name.key().to_owned(), clause(name));
    }
    let names: Vec<&str> = ClauseName::ALL.iter().map(|name| name.key()).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sovgrade licence",
        "description": "One licence: how it is recognised, and what its clauses say.\n라이선스 하나: 무엇으로 알아보는지, 조항마다 무엇을 말하는지.",
        "type": "object",
        "additionalProperties": false,
        "required": ["format", "id", "title", "hub-ids", "license-names", "aliases", "spdx", "publisher",
            "governing-law", "text", "read"],
        "if": {"not": {"properties": {"read": {"const": "not-read"}}}},
        "then": {"required": ["clauses"]},
        "properties": {
            "format": {"const": 1, "description": "Version of the format.\n형식의 판."},
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]*$", "description": "Its id, also the name of the file.\n식별자이자 파일의 이름."},
            "title": text("사람들이 부르는 이름.", "What people call it."),
            "hub-ids": texts("이 라이선스만 가리키는 Hub의 식별자.", "Ids of the Hub that mean this licence and no other."),
            "license-names": texts("Hub의 `license_name` 값. 여러 라이선스가 함께 쓸 수 있다.", "Values of the Hub's `license_name`; several licences may share one."),
            "aliases": texts("이 라이선스만 가리키는 다른 이름.", "Other names that mean this licence and no other."),
            "spdx": text("SPDX 표현. 목록에 없으면 `LicenseRef-`로 시작한다.", "SPDX expression, with `LicenseRef-` where the SPDX list has none."),
            "publisher": text("조문을 펴낸 곳. 없으면 `none`.", "Who published the text; `none` for texts that belong to nobody."),
            "governing-law": {
                "type": "string",
                "pattern": "^([A-Z]{2}|none|unknown)$",
                "description": "Country of the governing law; `none` where the text names none, `unknown` where nobody read it.\n준거법의 국가. 조문에 없으면 `none`, 읽지 않았으면 `unknown`.",
            },
            "governing-law-at": text("준거법 조항과 관할.", "Clause of the governing law, with state and forum."),
            "date": {
                "type": ["string", "integer"],
                "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
                "description": "Date of the version, as precise as it is known.\n이 판의 날짜. 아는 만큼만 적는다.",
            },
            "text": known_text(&text, &texts),
            "read": {
                "enum": ReadDepth::words(),
                "description": "How much of the text was read for this file.\n이 파일을 쓰려고 조문을 얼마나 읽었는지.",
            },
            "clauses": {
                "type": "object",
                "additionalProperties": false,
                "required": names,
                "properties": clauses,
                "description": "Every clause that matters for sovereignty; may be left out where nothing of the text was read.\n주권에 영향을 주는 모든 조항. 조문을 읽지 않았으면 적지 않아도 된다.",
            },
            "notes": {"type": "array", "items": {"$ref": "#/$defs/says"}, "description": "What a reader must know besides.\n그 밖에 알아야 할 것."},
            "used-by": {
                "type": "array",
                "description": "Models that are known to carry it.\n이 라이선스가 붙은 모델.",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["models", "holder", "source"],
                    "properties": {
                        "models": texts("모델의 이름.", "Their names."),
                        "holder": text("만든 곳.", "Who made them."),
                        "source": text("그렇게 적힌 곳.", "Where that is said."),
                        "second-hand": {"$ref": "#/$defs/second-hand"},
                    },
                },
            },
        },
        "$defs": {
            "says": {
                "type": "object",
                "additionalProperties": false,
                "required": ["ko", "en"],
                "properties": {"ko": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
            },
            "digest": {
                "type": "object",
                "additionalProperties": false,
                "required": ["sha256", "of"],
                "properties": {
                    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    "of": text("어느 사본인지.", "Which copy it was computed from."),
                },
            },
            "second-hand": {
                "type": "boolean",
                "description": "Read only in somebody else's summary.\n다른 사람의 요약으로만 읽었다.",
            },
        },
    })
}

fn known_text(text: &impl Fn(&str, &str) -> Value, texts: &impl Fn(&str, &str) -> Value) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["url", "title-lines", "digests"],
        "description": "The text itself.\n조문.",
        "properties": {
            "url": text("읽을 수 있는 곳.", "Where it can be read."),
            "title-lines": texts("사본임을 드러내는 제목 줄.", "Lines by which a copy shows what it claims to be."),
            "date-lines": texts("이 판을 다른 판과 가르는 줄.", "Lines near the title that tell this version from others."),
            "digests": {
                "type": "array",
                "description": "Digests of known copies, of the normalised text.\n알려진 사본의 정규화한 조문의 다이제스트.",
                "items": {"$ref": "#/$defs/digest"},
            },
            "notices": {
                "type": "array",
                "description": "Digests of the usual notice that names the licence without being its text.\n조문 대신 라이선스의 이름을 대는 통상의 고지문의 다이제스트.",
                "items": {"$ref": "#/$defs/digest"},
            },
        },
    })
}

fn clause(name: ClauseName) -> Value {
    let meaning = vocabulary().entry(vocabulary().must(name.path())).meaning;
    let threshold = name == ClauseName::CommercialThreshold;
    let mut words = if threshold { vec!["none"] } else { words_of(name) };
    words.push("unknown");
    let mut properties = json!({
        "value": {"enum": words},
        "at": {"type": "string", "description": "Where in the licence.\n조항의 자리."},
        "condition": {"$ref": "#/$defs/says"},
        "countries": {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}, "description": "The excluded territories.\n제외되는 지역."},
        "silent": {"type": "boolean", "description": "The text was read and says nothing on the point.\n조문을 읽었고 그 점에 관해 말이 없다."},
        "second-hand": {"$ref": "#/$defs/second-hand"},
        "source": {"type": "string", "description": "Where it was read; required unless `unknown`.\n읽은 곳. `unknown`이 아니면 반드시 적는다."},
        "sides": {
            "type": "array",
            "description": "Both sides of a contradiction, at most one line quoted each.\n모순되는 두 조항. 원문은 한 줄까지만 옮긴다.",
            "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["says", "at", "words"],
                "properties": {"says": {"enum": words_of(name)}, "at": {"type": "string"}, "words": {"type": "string"}},
            },
        },
    });
    if threshold {
        properties["number"] = json!({"type": "string", "description": "Users a month, as in `10 M users`.\n월간 이용자 수. `10 M users`처럼 적는다."});
    }
    let value_is = |word: &str| json!({"properties": {"value": {"const": word}}, "required": ["value"]});
    json!({
        "type": "object",
        "description": format!("{}\n{}", meaning.en, meaning.ko),
        "additionalProperties": false,
        "properties": properties,
        "anyOf": if threshold { json!([{"required": ["value"]}, {"required": ["number"]}]) } else { json!([{"required": ["value"]}]) },
        "allOf": [
            {
                "if": {"not": value_is("unknown")},
                "then": {"required": ["source"], "anyOf": [{"required": ["at"]}, {"required": ["silent"]}]},
            },
            {"if": value_is("conditional"), "then": {"required": ["condition"]}},
            {"if": value_is("contradictory"), "then": {"required": ["sides"], "properties": {"sides": {"minItems": 2}}}},
        ],
    })
}
