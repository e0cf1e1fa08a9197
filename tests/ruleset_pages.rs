//! The page on the files of a ruleset names every key of every file, once, in both languages; its tables are made from
//! the schemas. `SOVGRADE_BLESS=1 cargo test --test ruleset_pages` writes them anew.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value};
use sovgrade::rules::{SchemaKind, schema};
use sovgrade::vocabulary::OwnFacts;

/// A page, whether it is the Korean one, and the heads of its tables.
const PAGES: [(&str, bool, &str); 2] = [
    ("docs/ruleset-files.md", false, "| key | must be there | meaning |"),
    ("docs/ko/ruleset-files.md", true, "| 키 | 꼭 적는가 | 뜻 |"),
];

/// Rows are collected by key, so that a key that stands in several ways of writing is one row.
type Rows = Vec<(String, bool, String)>;

fn resolved<'s>(schema: &'s Value, root: &'s Value) -> &'s Value {
    let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/")) else {
        return schema;
    };
    // A text, an id, a test: each is explained once, above the tables.
    if matches!(name, "local" | "id" | "node") || name.starts_with("like-") { schema } else { &root["$defs"][name] }
}

fn object(schema: &Value) -> Option<&Map<String, Value>> {
    schema.as_object()
}

fn walk(schema: &Value, root: &Value, above: &str, rows: &mut Rows) {
    let schema = resolved(schema, root);
    for way in ["anyOf", "oneOf"] {
        for part in schema.get(way).and_then(Value::as_array).into_iter().flatten() {
            walk(part, root, above, rows);
        }
    }
    if let Some(items) = schema.get("items") {
        walk(items, root, &format!("{}[].", above.trim_end_matches('.')), rows);
    }
    if let Some(rest) = schema.get("additionalProperties").filter(|rest| rest.is_object()) {
        walk(rest, root, &format!("{above}NAME."), rows);
    }
    let must: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, field) in schema.get("properties").and_then(object).into_iter().flatten() {
        let name = format!("{above}{key}");
        if key.contains('.') || rows.iter().any(|(other, ..)| *other == name) {
            continue; // a fact of the vocabulary, which has a page of its own
        }
        let inner = resolved(field, root);
        let said = |of: &Value| of.get("description").and_then(Value::as_str).map(str::to_owned);
        rows.push((
            name.clone(),
            must.contains(&key.as_str()),
            said(field).or_else(|| said(inner)).unwrap_or_default(),
        ));
        walk(field, root, &format!("{name}."), rows);
    }
}

fn rows_of(kind: SchemaKind) -> Rows {
    let schema = schema(kind, OwnFacts::none());
    let mut rows = Rows::new();
    walk(&schema, &schema, "", &mut rows);
    if kind == SchemaKind::Case {
        // The facts of a case are those of the vocabulary.
        rows.retain(|(name, ..)| !name.starts_with("facts.") && !name.starts_with("items."));
    }
    rows
}

fn table(kind: SchemaKind, korean: bool, head: &str) -> String {
    let mut out = format!("\n{head}\n|---|---|---|\n");
    for (name, must, text) in rows_of(kind) {
        let (en, ko) = text.split_once(" / ").unwrap_or((&text, &text));
        let must = match (must, korean) {
            (true, true) => "예",
            (true, false) => "yes",
            (false, _) => "",
        };
        let meaning = if korean { ko } else { en }.replace('|', "\\|");
        let _ = writeln!(out, "| `{name}` | {must} | {meaning} |");
    }
    out.push('\n');
    out
}

#[test]
fn the_tables_of_keys_are_those_of_the_schemas() {
    for (page, korean, head) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let mut text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{page}: {e}"));
        for (kind, word) in SchemaKind::ALL {
            let (begin, end) = (format!("<!-- begin: {word} -->\n"), format!("<!-- end: {word} -->"));
            let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{page}: no {begin}"));
            let (old, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{page}: no {end}"));
            let new = table(kind, korean, head);
            let fresh = old == new;
            if !fresh {
                assert!(
                    std::env::var_os("SOVGRADE_BLESS").is_some(),
                    "{page}: the keys of {word} are stale; SOVGRADE_BLESS=1 cargo test --test ruleset_pages"
                );
            }
            text = format!("{before}{begin}{new}{end}{after}");
        }
        std::fs::write(&path, text).unwrap_or_else(|e| panic!("{page}: {e}"));
    }
}

#[test]
fn every_key_says_what_it_means_in_both_languages() {
    let mut lacking = BTreeMap::new();
    for (kind, word) in SchemaKind::ALL {
        for (name, _, text) in rows_of(kind) {
            let korean = text.split_once(" / ").is_some_and(|(_, ko)| ko.chars().any(|c| ('가'..='힣').contains(&c)));
            if !korean {
                lacking.insert(format!("{word}: {name}"), text);
            }
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}
