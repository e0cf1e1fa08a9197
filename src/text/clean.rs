//! Text of strangers made safe to show: where it enters, characters that a terminal or a reader would obey are
//! written out, and characters that nobody sees are removed from identifiers.

use super::tree::{Node, NodeKind};

/// Longest text that enters a fact; what is longer is cut and marked.
const MAX_CHARS: usize = 2_000;

/// The text without line breaks, with control and direction characters written as `\u{1b}`.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars().take(MAX_CHARS) {
        match c {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if c.is_control() || is_direction(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    if text.trim().chars().nth(MAX_CHARS).is_some() {
        out.push('…');
    }
    out
}

/// The text made safe between the tags of HTML or XML, and in attributes: control characters but line breaks and tabs are replaced.
pub(crate) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// An identifier: cleaned, and without characters that have no width.
pub(crate) fn identifier(text: &str) -> String {
    clean(text).chars().filter(|c| !is_invisible(*c)).collect::<String>().trim().to_owned()
}

/// A model's name as links use it: without the Hub's address, revision and invisible characters.
pub(crate) fn model_id(text: &str) -> String {
    let id = identifier(text);
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

/// Whether a character is one that nobody sees.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Characters that turn the direction of what follows.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The tree with every text cleaned, and YAML's merge keys (`<<`) resolved.
pub(crate) fn clean_tree(node: Node) -> Node {
    let kind = match node.kind {
        NodeKind::Scalar { text, plain } => NodeKind::Scalar { text: identifier(&text), plain },
        NodeKind::List(items) => NodeKind::List(items.into_iter().map(clean_tree).collect()),
        NodeKind::Map(entries) => {
            let mut own: Vec<(Node, Node)> = Vec::with_capacity(entries.len());
            let mut merged = Vec::new();
            for (key, value) in entries {
                let (key, value) = (clean_tree(key), clean_tree(value));
                if key.text() == Some("<<") { merged.push(value) } else { own.push((key, value)) }
            }
            for value in merged {
                let maps = match value.kind {
                    NodeKind::Map(entries) => vec![entries],
                    NodeKind::List(items) => items.into_iter().filter_map(|n| n.map().cloned()).collect(),
                    NodeKind::Scalar { .. } => Vec::new(),
                };
                for (key, value) in maps.into_iter().flatten() {
                    if !own.iter().any(|(k, _)| k.text() == key.text()) {
                        own.push((key, value));
                    }
                }
            }
            NodeKind::Map(own)
        }
    };
    Node { span: node.span, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(clean("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb c");
        assert_eq!(clean("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(identifier(" mit\u{200b} "), "mit");
        assert!(clean(&"x".repeat(9_000)).chars().count() <= MAX_CHARS + 1);
    }

    #[test]
    fn models_are_named_one_way() {
        for text in ["a/b", "a/b@0f3c", "https://huggingface.co/a/b", "https://huggingface.co/a/b/tree/main", " a/b/ "]
        {
            assert_eq!(model_id(text), "a/b", "{text}");
        }
        assert_eq!(model_id("https://example.org/m@1"), "https://example.org/m@1");
    }
}
