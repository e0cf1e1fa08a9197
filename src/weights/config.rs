//! The few numbers of config.json that say how tensors divide into heads. They are hints: shapes overrule them.

use serde_json::Value;

use crate::files::Folder;
use crate::text::{Node, NodeKind, parse_python_json, read_text};

/// config.json, or nothing.
#[derive(Debug, Clone, Default)]
pub struct Config(Value);

/// The longest config.json that is read, in bytes.
const MAX_CONFIG_BYTES: u64 = 4 << 20;

impl Config {
    /// Reads `config.json` of a listed directory; a missing or broken one gives an empty config.
    pub fn read(folder: &Folder) -> Self {
        Self::of_part(folder, "")
    }

    /// The same of a folder below it, named with its last `/`.
    pub fn of_part(folder: &Folder, part: &str) -> Self {
        Self(Self::json(folder, &format!("{part}config.json")).unwrap_or_default())
    }

    /// A JSON file of a listed directory, if it is there and can be read.
    pub(super) fn json(folder: &Folder, name: &str) -> Option<Value> {
        let file = read_text(&folder.get(name)?.path, name, MAX_CONFIG_BYTES).ok()?;
        parse_python_json(&file).ok().map(|(root, _)| value_of(&root))
    }

    /// A config that was read elsewhere.
    pub fn of(value: Value) -> Self {
        Self(value)
    }

    /// `model_type`, or empty.
    pub fn family(&self) -> &str {
        self.0.get("model_type").and_then(Value::as_str).unwrap_or_default()
    }

    /// The part about one tower: the nested object of the first of `keys` that is there, else the whole.
    #[must_use]
    pub fn part(&self, keys: &[&str]) -> Self {
        self.nested(keys).unwrap_or_else(|| self.clone())
    }

    /// The nested object of the first of `keys` that is there.
    pub fn nested(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().find_map(|&key| self.0.get(key).filter(|part| part.is_object())).map(|part| Self(part.clone()))
    }

    /// The first of several keys that holds a word.
    pub fn word(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|&key| self.0.get(key).and_then(Value::as_str))
    }

    /// The first of several keys that holds a whole number.
    pub fn number(&self, keys: &[&str]) -> Option<usize> {
        keys.iter()
            .find_map(|&key| self.0.get(key).and_then(Value::as_u64))
            .and_then(|number| usize::try_from(number).ok())
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some()
    }

    /// The whole, for comparison field by field.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

/// A tree as a value. A number that JSON does not know, such as Python's `Infinity`, is null.
fn value_of(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Scalar { text, plain: false } => Value::String(text.clone()),
        NodeKind::Scalar { text, plain: true } => serde_json::from_str(text).unwrap_or_default(),
        NodeKind::List(items) => items.iter().map(value_of).collect(),
        NodeKind::Map(entries) => {
            let pairs = entries.iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), value_of(value))));
            Value::Object(pairs.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_not_finite_takes_nothing_else_away() {
        let dir = tempfile::tempdir().expect("a directory");
        let text = r#"{"model_type": "m", "limit": [0.0, Infinity], "heads": NaN, "layers": 4}"#;
        std::fs::write(dir.path().join("config.json"), text).expect("a file");
        let config = Config::read(&Folder::open(dir.path()).expect("listed"));
        assert_eq!((config.family(), config.number(&["heads"]), config.number(&["layers"])), ("m", None, Some(4)));
    }
}
