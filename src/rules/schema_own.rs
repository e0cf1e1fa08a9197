//! The schema of facts.yaml.

use serde_json::{Value, json};

use super::own;
use super::schema::{b, described, format, id_ref, local_ref, mapping};
use crate::vocabulary::{OwnFacts, Unit, vocabulary};

/// The names of facts and collections that a ruleset may bring along, where it is not known which ruleset it is: under
/// a root that is none of the vocabulary's, or under a namespace inside a collection of it.
pub(super) fn some_path() -> String {
    let mut roots: Vec<&str> = vocabulary().entries().filter_map(|(_, entry)| entry.path.split('.').next()).collect();
    roots.sort_unstable();
    roots.dedup();
    let lists: Vec<&str> = vocabulary().collections().map(|(_, collection)| collection.name).collect();
    let word = "[A-Za-z0-9][A-Za-z0-9_-]*";
    let (roots, lists) = (roots.join("|"), lists.join("|"));
    format!(r"^((?!({roots})\.){word}(\.{word}){{1,2}}|({lists})\.{word}\.{word})$")
}

fn of_some_ruleset() -> Value {
    let text = b("A fact of a ruleset's own, from its facts.yaml", "규칙 모음이 facts.yaml로 가져온 사실");
    described(json!({ "pattern": some_path() }), text)
}

/// A list of paths, with those of an unknown ruleset where `own` declares nothing.
pub(super) fn paths(mut paths: Vec<Value>, own: &OwnFacts) -> Value {
    paths.extend(own.is_empty().then(of_some_ruleset));
    json!({ "oneOf": paths })
}

/// Keys that stand for facts of an unknown ruleset, in a case.
pub(super) fn keys(own: &OwnFacts, keys: &[&str]) -> Value {
    let mut patterns = json!({ "^x-": true });
    if own.is_empty() {
        for key in keys {
            patterns[*key] = true.into();
        }
    }
    patterns
}

/// A map from names to what stands under them.
fn named(of: &Value) -> Value {
    json!({ "type": "object", "propertyNames": { "$ref": "#/$defs/id" }, "additionalProperties": of })
}

pub(super) fn word_list() -> Value {
    let words = named(&json!({ "$ref": "#/$defs/local" }));
    described(words, b("Words with what a sentence says for each", "낱말과, 문장에서 그것을 부르는 말"))
}

/// One fact of `facts.yaml`; at the top of the file it may belong to a collection of the vocabulary.
pub(super) fn own_fact(at_top: bool) -> Value {
    let owners: Vec<&str> = vocabulary().collections().map(|(_, collection)| collection.name).collect();
    let mut fact = mapping(
        &["kind", "label", "meaning"],
        [
            ("kind", described(json!({ "enum": own::KINDS }), b("Kind of its value", "값의 종류"))),
            ("unit", described(json!({ "enum": Unit::ALL.map(Unit::word) }), b("Unit of a number", "수의 단위"))),
            (
                "words",
                described(
                    json!({ "anyOf": [{ "$ref": "#/$defs/id" }, { "$ref": "#/$defs/word-list" }] }),
                    b("The words, or the name of a list under `words`", "낱말들, 또는 `words` 아래 목록의 이름"),
                ),
            ),
            ("label", local_ref("A short name for sentences", "문장에 쓰는 짧은 이름")),
            ("meaning", local_ref("What it means, one sentence", "뜻을 적은 한 문장")),
            ("question", local_ref("What the maker is asked", "제작자에게 묻는 말")),
        ],
    );
    if at_top {
        let of = described(
            json!({ "enum": owners }),
            b("Whose fact it is, else the model's", "누구의 사실인지. 없으면 모델"),
        );
        fact["properties"]["of"] = of;
    }
    fact
}

pub(super) fn facts_file() -> Value {
    let collection = mapping(
        &["label", "meaning", "facts"],
        [
            ("label", local_ref("What one of its items is called", "항목 하나를 부르는 이름")),
            ("meaning", local_ref("What its items are", "항목이 무엇인지")),
            (
                "facts",
                described(
                    named(&json!({ "$ref": "#/$defs/fact-of-collection" })),
                    b("Facts of its items", "항목의 사실"),
                ),
            ),
        ],
    );
    let text = json!({ "$ref": "#/$defs/local" });
    mapping(
        &["format"],
        [
            ("format", format()),
            (
                "namespace",
                id_ref(
                    "First part of every path; the ruleset's id unless it says",
                    "모든 경로의 첫 부분. 없으면 규칙 모음의 id",
                ),
            ),
            ("dimensions", described(named(&text), b("What criteria may be about", "기준이 다루는 영역"))),
            ("words", described(named(&json!({ "$ref": "#/$defs/word-list" })), b("Lists of words", "낱말 목록"))),
            ("facts", described(named(&json!({ "$ref": "#/$defs/fact" })), b("Facts", "사실"))),
            ("collections", described(named(&collection), b("Lists of items", "항목의 목록"))),
        ],
    )
}
