//! The few numbers of config.json that say how tensors divide into heads. They are hints: shapes overrule them.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// config.json, or nothing.
#[derive(Debug, Clone, Default)]
pub struct Config(Value);

/// The longest config.json that is read, in bytes.
const MAX_CONFIG_BYTES: u64 = 4 << 20;

impl Config {
    /// Reads `config.json` of a directory; a missing or broken one gives an empty config.
    pub fn read(directory: &Path) -> Self {
        let path = directory.join("config.json");
        let small = fs::metadata(&path).is_ok_and(|entry| entry.is_file() && entry.len() <= MAX_CONFIG_BYTES);
        let text = if small { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        Self(serde_json::from_str(&text).unwrap_or_default())
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
        keys.iter()
            .find_map(|&key| self.0.get(key).filter(|part| part.is_object()))
            .map_or_else(|| self.clone(), |part| Self(part.clone()))
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
