//! `*.safetensors.index.json`: which shard holds which tensor.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::{MAX_NAME_BYTES, MAX_TENSORS, Problem, WeightsError};
use crate::text::json_why;

/// Shard by tensor. Names are checked to be plain file names; whether the files are there is not looked at.
pub(super) fn read_index(file: &str, text: &str) -> Result<BTreeMap<String, String>, WeightsError> {
    let index: Index = serde_json::from_str(text)
        .map_err(|error| WeightsError::new(file, None, Problem::IndexMalformed(json_why(&error))))?;
    for shard in index.weight_map.0.values() {
        if !is_plain_name(shard) {
            return Err(WeightsError::new(file, None, Problem::ShardName(shard.clone())));
        }
    }
    Ok(index.weight_map.0)
}

/// One path segment that is neither hidden nor able to lead elsewhere.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME_BYTES
        && !name.starts_with('.')
        && !name.chars().any(|letter| matches!(letter, '/' | '\\' | ':') || letter.is_control())
}

#[derive(serde::Deserialize)]
struct Index {
    weight_map: WeightMap,
    #[serde(rename = "metadata", default)]
    _metadata: IgnoredAny,
}

struct WeightMap(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for WeightMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = WeightMap;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object that names a file for each tensor")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WeightMap, A::Error> {
                let mut files = BTreeMap::new();
                while let Some((tensor, shard)) = map.next_entry::<String, String>()? {
                    if files.len() == MAX_TENSORS {
                        return Err(A::Error::custom("it lists too many tensors"));
                    }
                    if let Some(before) = files.insert(tensor.clone(), shard) {
                        return Err(A::Error::custom(format_args!("it lists {tensor:?} twice, first in {before:?}")));
                    }
                }
                Ok(WeightMap(files))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_outside_the_directory_is_refused() {
        for name in ["../x.safetensors", "/etc/passwd", "a/b", "..", "", "c:x", ".hidden"] {
            let text = format!(r#"{{"weight_map":{{"a":"{name}"}}}}"#);
            assert!(matches!(read_index("i", &text).expect_err("refused").problem, Problem::ShardName(_)), "{name}");
        }
    }

    #[test]
    fn a_tensor_listed_twice_is_refused() {
        let text = r#"{"metadata":{"total_size":1},"weight_map":{"a":"x","\u0061":"y"}}"#;
        assert!(matches!(read_index("i", text).expect_err("refused").problem, Problem::IndexMalformed(_)));
    }
}
