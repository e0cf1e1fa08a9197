//! What comparing vocabularies takes of a tokenizer file, read one entry after the other: the whole file as a tree
//! would be twenty times its size.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Tokens, and merges, that are read of one file. The largest public vocabulary has 262 144 tokens and 580 000 merges.
pub(in crate::measure) const MAX_TOKENS: usize = 1_000_000;

/// Tokens with their ids.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::measure) struct Pairs(pub(in crate::measure) Vec<(String, usize)>);

/// The part of `tokenizer.json` that names tokens.
#[derive(Debug, Deserialize)]
pub(in crate::measure) struct TokenFile {
    /// Tokens that stand beside the vocabulary, as they are written.
    #[serde(default)]
    pub(in crate::measure) added_tokens: Vec<Added>,
    pub(in crate::measure) model: Vocabulary,
}

#[derive(Debug, Deserialize)]
pub(in crate::measure) struct Added {
    pub(in crate::measure) id: usize,
    pub(in crate::measure) content: String,
}

#[derive(Debug, Deserialize)]
pub(in crate::measure) struct Vocabulary {
    pub(in crate::measure) vocab: Pairs,
}

/// The part of `tokenizer.json` that lists merges.
#[derive(Debug, Deserialize)]
pub(in crate::measure) struct MergeFile {
    pub(in crate::measure) model: MergeList,
}

#[derive(Debug, Deserialize)]
pub(in crate::measure) struct MergeList {
    pub(in crate::measure) merges: Merges,
}

/// Merges in their order, each as its two parts with a space between.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::measure) struct Merges(pub(in crate::measure) Vec<String>);

fn one_more<T, E: Error>(list: &mut Vec<T>, entry: T) -> Result<(), E> {
    if list.len() == MAX_TOKENS {
        return Err(E::custom("more tokens than are read"));
    }
    list.push(entry);
    Ok(())
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping of tokens to ids, or a list of pieces")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Pairs::default();
                while let Some(entry) = map.next_entry::<String, usize>()? {
                    one_more(&mut pairs.0, entry)?;
                }
                Ok(pairs)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pairs, A::Error> {
                let mut pairs = Pairs::default();
                while let Some((piece, _)) = list.next_element::<(String, IgnoredAny)>()? {
                    let id = pairs.0.len();
                    one_more(&mut pairs.0, (piece, id))?;
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_any(Entries)
    }
}

impl<'de> Deserialize<'de> for Merges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Merge {
            Text(String),
            Parts(String, String),
        }
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Merges;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of merges")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Merges, A::Error> {
                let mut merges = Merges::default();
                while let Some(merge) = list.next_element::<Merge>()? {
                    let text = match merge {
                        Merge::Text(text) => text,
                        Merge::Parts(left, right) => format!("{left} {right}"),
                    };
                    one_more(&mut merges.0, text)?;
                }
                Ok(merges)
            }
        }
        deserializer.deserialize_seq(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_merges_of_every_form_are_read() {
        let text = r#"{"version":"1.0","added_tokens":[{"id":2,"content":"<s>","special":true}],
            "model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b",["b","c"]]}}"#;
        let file: TokenFile = serde_json::from_str(text).expect("read");
        assert_eq!(file.model.vocab.0, [("a".to_owned(), 0), ("b".to_owned(), 1)]);
        assert_eq!((file.added_tokens[0].id, file.added_tokens[0].content.as_str()), (2, "<s>"));
        let merges: MergeFile = serde_json::from_str(text).expect("read");
        assert_eq!(merges.model.merges.0, ["a b", "b c"]);
        let pieces: Pairs = serde_json::from_str(r#"[["x",0.0],["y",-1.5]]"#).expect("read");
        assert_eq!(pieces.0, [("x".to_owned(), 0), ("y".to_owned(), 1)]);
        for wrong in ["{\"a\":\"b\"}", "[1]", "3", "{\"a\":-1}"] {
            assert!(serde_json::from_str::<Pairs>(wrong).is_err(), "{wrong}");
        }
    }
}
