//! The part of the schemas that describes a test: heads, operators, facts, and what their values look like.

use serde_json::{Map, Value, json};

use super::compare::{AS_OF, OPERATORS, element_of, operators_of};
use super::compile::{EMPTY, HEADS};
use super::schema::{b, both, country, described, list_of, node_ref, scalar};
use super::schema_own::paths;
use crate::vocabulary::{Bilingual, Group, Kind, OwnFacts, Scope, Unit, vocabulary};

/// What each head asks, and the keys that stand beside it.
const HEAD_KEYS: [(&str, &[&str], Bilingual); 12] = [
    ("fact", &OPERATORS, b("Compares a fact", "사실을 견준다")),
    ("all", &[], b("True if every part is", "모두 참일 때 참")),
    ("any", &[], b("True if a part is", "하나라도 참일 때 참")),
    ("not", &[], b("The opposite", "반대")),
    ("every", &["of", "where", "holds", "empty", "unlisted"], b("Every item", "모든 항목이")),
    ("some", &["of", "where", "holds", "unlisted"], b("At least one item", "어떤 항목이")),
    ("none", &["of", "where", "holds"], b("No item", "아무 항목도 아니다")),
    (
        "count",
        &["of", "where", "holds", "unlisted", "at-least", "at-most", "more-than", "less-than"],
        b("How many items", "항목의 수"),
    ),
    (
        "share",
        &["of", "by", "where", "holds", "at-least", "at-most", "more-than", "less-than"],
        b("Which share of the items, by a number of theirs", "항목이 차지하는 비율, 항목의 수로 잰다"),
    ),
    ("term", &[], b("A defined word", "정의된 용어")),
    ("criterion", &[], b("Another criterion", "다른 기준")),
    ("reading", &["options"], b("The chosen option of a reading", "해석에서 고른 선택지")),
];

/// The heads with the keys beside them and what they ask, for the manual.
pub fn heads() -> impl Iterator<Item = (&'static str, &'static [&'static str], Bilingual)> {
    HEADS.into_iter().filter_map(|head| HEAD_KEYS.iter().find(|(name, ..)| *name == head).copied())
}

/// A node of a test. The keys are offered flat, so that an editor completes them; conditions say what fits what.
pub(super) fn node(own: &OwnFacts) -> Value {
    let part = || json!({ "$ref": "#/$defs/node" });
    let any_value = json!({});
    let mut keys = Map::new();
    for (head, _, text) in heads() {
        let value = match head {
            "fact" => facts(own),
            "all" | "any" => json!({ "type": "array", "items": part(), "minItems": 1 }),
            "not" => part(),
            "every" | "some" | "none" | "count" | "share" => collections(own),
            _ => json!({ "$ref": "#/$defs/id" }),
        };
        keys.insert(head.to_owned(), described(value, text));
    }
    for operator in OPERATORS {
        keys.insert(operator.to_owned(), any_value.clone());
    }
    let parents: Vec<&str> = vocabulary().collections().filter_map(|(_, collection)| collection.parent).collect();
    keys.insert("of".into(), described(json!({ "enum": unique(parents) }), b("Whose items", "누구의 항목인가")));
    keys.insert("where".into(), node_ref("Which items count", "어느 항목이 드는가"));
    keys.insert("holds".into(), node_ref("What must hold of them", "무엇이 성립해야 하는가"));
    keys.insert(
        "empty".into(),
        described(
            json!({ "enum": EMPTY }),
            b("What an empty list counts as; without it, not applicable", "빈 목록을 무엇으로 볼지. 없으면 해당 없음"),
        ),
    );
    keys.insert(
        "unlisted".into(),
        described(
            json!({ "const": "ignore" }),
            b(
                "Speak of the listed items alone, whether or not the list is complete",
                "목록이 완전하지 않아도 적힌 항목만 본다",
            ),
        ),
    );
    let numbers = own
        .entries()
        .filter(|(id, entry)| matches!(entry.kind, Kind::Number(_)) && vocabulary().scope(*id) != Scope::Model);
    let weights: Vec<Value> = numbers.map(|(_, entry)| one_path(entry.path, entry.meaning)).collect();
    keys.insert("by".into(), described(paths(weights, own), b("The number that weighs an item", "항목을 재는 수")));
    let nothing = json!({
        "type": "object",
        "properties": { "all": { "type": "array", "maxItems": 0 } },
        "required": ["all"],
        "additionalProperties": false,
    });
    keys.insert(
        "options".into(),
        described(
            json!({ "type": "object", "additionalProperties": { "anyOf": [part(), nothing] } }),
            b(
                "A node for each option of the reading; `all: []` asks nothing more",
                "해석의 선택지마다 하나씩. `all: []`는 더 묻지 않는다",
            ),
        ),
    );
    let mut rules: Vec<Value> = Vec::new();
    for (head, beside, _) in heads() {
        rules.push(head_rule(head, beside));
    }
    rules.extend(kind_rules(own));
    json!({
        "description": both(b("A test: one head with what belongs to it", "시험: 머리 키 하나와 거기에 딸린 것")),
        "type": "object",
        "properties": keys,
        "patternProperties": { "^x-": true },
        "additionalProperties": false,
        "oneOf": HEADS.map(|head| json!({ "required": [head] })),
        "allOf": rules,
    })
}

/// With this head only these keys.
fn head_rule(head: &str, beside: &[&str]) -> Value {
    let mut then = json!({ "propertyNames": { "anyOf": [
        { "enum": std::iter::once(head).chain(beside.iter().copied()).collect::<Vec<_>>() },
        { "pattern": "^x-" },
    ] } });
    let bounds = ["at-least", "at-most", "more-than", "less-than"];
    match head {
        "fact" => then["oneOf"] = OPERATORS.map(|operator| json!({ "required": [operator] })).to_vec().into(),
        "every" => then["required"] = json!(["holds"]),
        "reading" => then["required"] = json!(["options"]),
        "count" | "share" => {
            then["anyOf"] = bounds.map(|bound| json!({ "required": [bound] })).to_vec().into();
            let unit = if head == "count" { Unit::Count } else { Unit::Percent };
            then["properties"] = Map::from_iter(bounds.map(|bound| (bound.to_owned(), number(unit)))).into();
            if head == "share" {
                then["required"] = json!(["by"]);
            }
        }
        _ => {}
    }
    json!({ "if": { "required": [head] }, "then": then })
}

/// Every kind with the paths that have it.
pub(super) fn kinds(own: &OwnFacts) -> Vec<(Kind, Vec<&'static str>)> {
    let mut kinds: Vec<(Kind, Vec<&'static str>)> = Vec::new();
    for (_, entry) in own.entries() {
        match kinds.iter_mut().find(|(kind, _)| *kind == entry.kind) {
            Some((_, paths)) => paths.push(entry.path),
            None => kinds.push((entry.kind, vec![entry.path])),
        }
    }
    kinds
}

/// The name under which the schema of a kind is kept: that of the first path that has it.
pub(super) fn definition_of(paths: &[&str]) -> String {
    format!("like-{}", paths.first().copied().unwrap_or_default())
}

/// For the facts of each kind: which operators fit, and what their values look like.
fn kind_rules(own: &OwnFacts) -> Vec<Value> {
    kinds(own)
        .into_iter()
        .map(|(kind, paths)| {
            let mut values = Map::new();
            for &operator in operators_of(kind) {
                values.insert(operator.to_owned(), operand(kind, operator, own));
            }
            let names: Vec<&str> = std::iter::once("fact").chain(operators_of(kind).iter().copied()).collect();
            json!({
                "if": { "properties": { "fact": { "enum": paths } }, "required": ["fact"] },
                "then": {
                    "propertyNames": { "anyOf": [{ "enum": names }, { "pattern": "^x-" }] },
                    "properties": values,
                },
            })
        })
        .collect()
}

/// What stands behind an operator of a fact of this kind.
fn operand(kind: Kind, operator: &str, own: &OwnFacts) -> Value {
    let element = || constant(element_of(kind));
    match operator {
        "known" => json!({ "type": "boolean" }),
        "contains" => element(),
        "in" | "not-in" => list_of(element()),
        "at-least" | "at-most" | "more-than" | "less-than" => limit(kind, own),
        _ if kind.is_set() => list_of(constant(element_of(kind))),
        _ => constant(kind),
    }
}

/// What bounds a number or a day: a constant, another fact of the same kind and unit, or for a day the day of the
/// grade.
fn limit(kind: Kind, own: &OwnFacts) -> Value {
    let alike = own.entries().filter(|(_, entry)| entry.kind == kind);
    let paths: Vec<Value> = alike.map(|(_, entry)| one_path(entry.path, entry.meaning)).collect();
    let mut ways = vec![
        constant(kind),
        json!({
            "type": "object",
            "properties": { "fact": { "oneOf": paths } },
            "required": ["fact"],
            "additionalProperties": false,
            "description": both(b("Another fact of the same kind and unit", "종류와 단위가 같은 다른 사실")),
        }),
    ];
    if kind == Kind::Date {
        ways.push(json!({
            "const": AS_OF,
            "description": both(b("The day as of which the grade holds", "등급의 기준일")),
        }));
    }
    json!({ "anyOf": ways })
}

/// A value in a rule, or one of the words that stand for the home country and its languages.
fn constant(kind: Kind) -> Value {
    match kind {
        Kind::Country => json!({ "anyOf": [
            { "const": "home", "description": both(b("The home country", "규칙이 국내로 보는 나라")) },
            { "enum": Group::ALL.map(|(_, word)| word), "description": both(b("A group of countries", "나라의 묶음")) },
            country(),
        ] }),
        Kind::Text => json!({ "anyOf": [
            { "const": "home-language", "description": both(b("A language of the home country", "그 나라의 언어")) },
            scalar(),
        ] }),
        other => value(other),
    }
}

/// A value of a kind as rules and cases write it.
pub(super) fn value(kind: Kind) -> Value {
    match kind {
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Word(words) => json!({ "oneOf": words.iter().map(|word| {
            json!({ "const": word.id, "description": both(word.says) })
        }).collect::<Vec<_>>() }),
        Kind::Text => scalar(),
        Kind::Number(unit) => number(unit),
        Kind::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Kind::Country => country(),
        Kind::Words(_) | Kind::Texts | Kind::Countries => list_of(value(element_of(kind))),
    }
}

/// A number with its unit: text where there is a unit, a plain number where there is none.
pub(super) fn number(unit: Unit) -> Value {
    let digits = r"^[+-]?[0-9][0-9_]*(\.[0-9_]*)?([eE][+-]?[0-9]+)?";
    if unit.symbol().is_empty() {
        return json!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": format!("{digits} ?[KMBT]?$") }] });
    }
    let symbols = [unit.symbol(), unit.symbol_ko()].join("|");
    json!({
        "type": "string",
        "pattern": format!("{digits} *([KMBT] )? *({symbols})$"),
        "description": format!("12 {} / 12 {}", unit.symbol(), unit.symbol_ko()),
    })
}

fn one_path(path: &str, meaning: Bilingual) -> Value {
    json!({ "const": path, "description": both(meaning) })
}

fn facts(own: &OwnFacts) -> Value {
    paths(own.entries().map(|(_, entry)| one_path(entry.path, entry.meaning)).collect(), own)
}

pub(super) fn collections(own: &OwnFacts) -> Value {
    paths(own.collections().map(|(_, collection)| one_path(collection.name, collection.meaning)).collect(), own)
}

fn unique(mut words: Vec<&str>) -> Vec<&str> {
    words.sort_unstable();
    words.dedup();
    words
}
