//! The tables of fields in the manual's pages on the card are those of the card's schema.
//! `SOVGRADE_BLESS=1 cargo test --test card_page` writes them anew.
#![allow(missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value};
use sovgrade::gather::card_schema;

/// A page, whether it is the second language, and the heads of its tables.
const PAGES: [(&str, bool, &str); 2] =
    [("docs/card.md", false, "| field | value | meaning |"), ("docs/ko/card.md", true, "| 필드 | 값 | 뜻 |")];

/// What a list of mappings is called in either language.
const LISTS: [&str; 2] = ["list of mappings", "모음의 목록"];

const BEGIN: &str = "<!-- begin: fields -->\n";
const END: &str = "<!-- end: fields -->";

/// The properties of a mapping, or of the mappings of a list.
fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    let inside = |key: &str| schema.get(key).and_then(properties);
    let one_of = || schema.get("anyOf")?.as_array()?.iter().find_map(properties);
    schema.get("properties").and_then(Value::as_object).or_else(|| inside("items")).or_else(one_of)
}

/// Whether a key is the American spelling of another key beside it.
fn is_american(key: &str, all: &Map<String, Value>) -> bool {
    let british = key.replace("license", "licence").replace("initialization", "initialisation");
    british != key && all.contains_key(&british)
}

/// What can stand in a field.
fn values(schema: &Value, korean: bool) -> String {
    let say = |en: &str, ko: &str| if korean { ko.to_owned() } else { en.to_owned() };
    let list = |inner: &str| say(&format!("list: {inner}"), &format!("목록: {inner}"));
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let flag = words.iter().any(|word| word == "yes");
        let words: Vec<String> = words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return if flag { "`yes`, `no`".to_owned() } else { words.join(", ") };
    }
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return format!("`{word}`");
    }
    if let Some(parts) = schema.get("anyOf").and_then(Value::as_array) {
        let undisclosed = |part: &&Value| part.get("const").is_none_or(|word| word != "undisclosed");
        let not_null = |part: &&Value| part.get("type").is_none_or(|word| word != "null");
        let kept: Vec<&Value> = parts.iter().filter(undisclosed).filter(not_null).collect();
        let lists = kept.iter().find(|part| part.get("items").is_some());
        return lists.or_else(|| kept.last()).map_or_else(String::new, |part| values(part, korean));
    }
    if properties(schema).is_some() {
        let list = schema.get("items").is_some();
        return if list { say(LISTS[0], LISTS[1]) } else { say("mapping", "모음") };
    }
    if let Some(inner) = schema.get("items") {
        return list(&values(inner, korean));
    }
    let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
    let kind = schema.get("type").map(ToString::to_string).unwrap_or_default();
    match (pattern, kind.as_str()) {
        (pattern, _) if pattern.contains("[A-Z]{2}") => say("country, as in `\"KR\"`", "국가, 예: `\"KR\"`"),
        (pattern, _) if pattern.contains("[0-9]{4}") || pattern.contains("\\d{4}") => say("date", "날짜"),
        (_, kind) if kind.starts_with("[\"number\"") || kind == "\"number\"" => say("number", "수"),
        (_, kind) if kind.contains("string") => say("text", "글"),
        _ => say("anything", "무엇이든"),
    }
}

/// Rows for a mapping and for what stands in it.
fn rows(schema: &Value, above: &str, korean: bool, out: &mut String) {
    let Some(all) = properties(schema) else { return };
    for (key, field) in all {
        if is_american(key, all) || (key == "evidence" && !above.is_empty()) {
            continue;
        }
        let kind = values(field, korean);
        let name = format!("{above}{key}");
        let text = field.get("description").and_then(Value::as_str).unwrap_or_default();
        let (en, ko) = text.split_once('\n').unwrap_or((text, text));
        let meaning = if korean { ko } else { en }.replace('|', "\\|").replace('\n', " ");
        let _ = writeln!(out, "| `{name}` | {kind} | {meaning} |");
        let inner = if LISTS.contains(&kind.as_str()) { format!("{name}[].") } else { format!("{name}.") };
        // `facts` may hold every path of the vocabulary, which has a page of its own.
        if name != "facts" {
            rows(field, &inner, korean, out);
        }
    }
}

#[test]
fn the_tables_of_fields_are_those_of_the_schema() {
    for (page, korean, head) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{page}: {e}"));
        let mut table = format!("\n{head}\n|---|---|---|\n");
        rows(&card_schema(sovgrade::vocabulary::OwnFacts::none()), "", korean, &mut table);
        table.push('\n');
        let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{page}: no {BEGIN}"));
        let (old, after) = rest.split_once(END).unwrap_or_else(|| panic!("{page}: no {END}"));
        if std::env::var_os("SOVGRADE_BLESS").is_some() {
            let new = format!("{before}{BEGIN}{table}{END}{after}");
            std::fs::write(&path, new).unwrap_or_else(|e| panic!("{page}: {e}"));
        } else {
            assert!(old == table, "{page}: the table of fields is stale; SOVGRADE_BLESS=1 cargo test --test card_page");
        }
    }
}
