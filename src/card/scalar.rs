//! Values as YAML that every reader reads alike, in a mapping and in braces.

use crate::facts::Value;
use crate::vocabulary::{Kind, Unit};

/// Words that some reader of YAML takes for a truth value or for nothing.
const TAKEN: [&str; 11] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ""];

/// A text as a scalar: bare where no reader could take it for anything else, else in double quotes.
pub(super) fn text(text: &str) -> String {
    let first = text.chars().next().is_some_and(char::is_alphabetic);
    let plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '/' | '+' | '-'));
    let taken = TAKEN.contains(&text.to_lowercase().as_str());
    let upper = text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase());
    if first && plain && !taken && !upper {
        return text.to_owned();
    }
    // A text of JSON is one of YAML; what nobody sees is written out in both.
    crate::text::escape::json(&serde_json::Value::from(text).to_string()).into_owned()
}

/// Texts as a list in brackets.
pub(super) fn texts<'t>(list: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", list.into_iter().map(text).collect::<Vec<_>>().join(", "))
}

/// A value of a fact as a card writes it.
pub(super) fn value(value: &Value, kind: Kind) -> String {
    match value {
        Value::Flag(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Value::Texts(list) => texts(list.iter().map(AsRef::as_ref)),
        Value::Countries(list) => {
            let each = list.iter().map(|country| text(&country.to_string())).collect::<Vec<_>>();
            format!("[{}]", each.join(", "))
        }
        Value::Words(_) => {
            let words = value.written(kind);
            texts(words.split(", ").filter(|word| !word.is_empty()))
        }
        // A bare number would be a share of one.
        Value::Number(_) if kind == Kind::Number(Unit::Percent) => value.written(kind),
        Value::Number(_) => match value.json(kind) {
            serde_json::Value::Number(number) => number.to_string(),
            _ => value.written(kind),
        },
        Value::Date(day) => format!("\"{day}\""),
        Value::Text(words) => text(words),
        Value::Word(_) | Value::Country(_) => text(&value.written(kind)),
    }
}
