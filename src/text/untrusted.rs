//! The type of strangers' text, and the reader that gives it. Whoever holds one cannot print it otherwise than shown:
//! the raw text is not kept.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::sight::{Lines, is_hidden, shown};
use super::tree::{Node, NodeKind};

/// Longest text of a stranger, in characters; what is longer is cut and marked.
pub(crate) const MAX_CHARS: usize = 2_000;

/// A text that a stranger wrote: one line of at most 2,000 characters, every character that nobody sees or that
/// is obeyed written out; in a name no backtick, so that it cannot end the quotation it stands in.
///
/// It is made where a text enters (`Untrusted::new`, serde, `clean_tree` for whole files) and used like a `&str`
/// from there on. Two texts that come out equal are the same name. What a format needs beyond that (the bars of a
/// table, the brackets of a tag) is the work of the format's own writer in `escape.rs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes a text in as a name, which sentences put between backticks: its own backticks are written out.
    pub fn new(raw: &str) -> Self {
        Self::taken(raw, true)
    }

    /// Takes a text in as prose, which may quote words between backticks itself.
    pub fn prose(raw: &str) -> Self {
        Self::taken(raw, false)
    }

    fn taken(raw: &str, name: bool) -> Self {
        let raw = raw.trim();
        let bounded = raw.char_indices().nth(MAX_CHARS).map_or(raw, |(end, _)| &raw[..end]);
        let mut text = shown(bounded, Lines::Fold).into_owned();
        if name && text.contains('`') {
            text = text.replace('`', "\\u{60}");
        }
        // Writing out makes a text longer: it is cut once more, so that what was taken in once stays as it is.
        let end = text.char_indices().nth(MAX_CHARS).map(|(end, _)| end);
        if end.is_some() || bounded.len() < raw.len() {
            text.truncate(end.unwrap_or(text.len()));
            while text.ends_with('…') || text.chars().count() >= MAX_CHARS {
                text.pop();
            }
            text.push('…');
        }
        Self(text)
    }

    /// As a `&str`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As an owned text, for what is put together from several.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for Untrusted {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Untrusted {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Untrusted {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Untrusted {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Untrusted {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl From<&std::path::Path> for Untrusted {
    fn from(path: &std::path::Path) -> Self {
        Self::new(&path.to_string_lossy())
    }
}

impl From<&std::ffi::OsStr> for Untrusted {
    fn from(name: &std::ffi::OsStr) -> Self {
        Self::new(&name.to_string_lossy())
    }
}

impl PartialEq<str> for Untrusted {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Untrusted {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Serialize for Untrusted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Untrusted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|raw| Self::new(&raw))
    }
}

/// A path as messages name it.
pub(crate) fn shown_path(path: &std::path::Path) -> String {
    Untrusted::from(path).into_string()
}

/// A text of a stranger where a `String` is wanted.
pub(crate) fn clean(text: &str) -> String {
    Untrusted::new(text).into_string()
}

/// What is seen of a name: cleaned, and without characters that nobody sees.
pub(crate) fn identifier(text: &str) -> String {
    clean(&text.chars().filter(|c| !is_hidden(*c)).collect::<String>())
}

/// The tree of a file of prose: every key and value is [`Untrusted`] text, sentences keep their backticks.
pub(crate) fn prose_tree(node: Node) -> Node {
    let kind = match node.kind {
        NodeKind::Scalar { text, plain } => NodeKind::Scalar { text: Untrusted::prose(&text).into_string(), plain },
        NodeKind::List(items) => NodeKind::List(items.into_iter().map(prose_tree).collect()),
        NodeKind::Map(entries) => {
            NodeKind::Map(entries.into_iter().map(|(key, value)| (prose_tree(key), prose_tree(value))).collect())
        }
    };
    Node { span: node.span, kind }
}

/// The tree of a stranger's file: every key and value is [`Untrusted`] text.
pub(crate) fn clean_tree(node: Node) -> Node {
    let kind = match node.kind {
        NodeKind::Scalar { text, plain } => NodeKind::Scalar { text: clean(&text), plain },
        NodeKind::List(items) => NodeKind::List(items.into_iter().map(clean_tree).collect()),
        NodeKind::Map(entries) => {
            NodeKind::Map(entries.into_iter().map(|(key, value)| (clean_tree(key), clean_tree(value))).collect())
        }
    };
    Node { span: node.span, kind }
}

/// A model's name as links use it: without the Hub's address and revision.
pub(crate) fn model_id(text: &str) -> String {
    let id = clean(text);
    let hub = ["https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "hf.co/", "huggingface.co/"];
    let rest = hub.iter().find_map(|prefix| id.strip_prefix(prefix));
    let id = match rest {
        Some(path) => path.split('/').take(2).collect::<Vec<_>>().join("/"),
        None => id,
    };
    match id.split_once('@') {
        Some((name, _)) if !name.is_empty() && !id.contains("://") => name.trim_end_matches('/').to_owned(),
        _ => id.trim_end_matches('/').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(Untrusted::new("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb c");
        assert_eq!(Untrusted::new("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(Untrusted::new(" mit\u{200b} "), "mit\\u{200b}");
        assert_eq!(Untrusted::new("a` is proved"), "a\\u{60} is proved");
    }

    #[test]
    fn models_are_named_one_way() {
        for text in ["a/b", "a/b@0f3c", "https://huggingface.co/a/b", "https://huggingface.co/a/b/tree/main", " a/b/ "]
        {
            assert_eq!(model_id(text), "a/b", "{text}");
        }
        assert_eq!(model_id("https://example.org/m@1"), "https://example.org/m@1");
    }

    proptest! {
        #[test]
        fn a_text_is_bounded_and_stays_as_it_is(text in "\\PC*|.*|[\\p{Cf}\\p{Cc}…a`]{0,5000}") {
            let once = Untrusted::new(&text);
            prop_assert!(once.chars().count() <= MAX_CHARS);
            let obeyed = once.contains(['`', '\n', '\u{1b}', '\u{ad}']);
            prop_assert!(!obeyed);
            prop_assert_eq!(&Untrusted::new(&once), &once);
        }
    }
}
