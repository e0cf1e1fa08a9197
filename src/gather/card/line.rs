//! The line to write where a card has another shape than is read: what was written, in the place where it belongs.

use super::shape::{Field, Shape};
use crate::facts::{Style, Value};
use crate::text::{Node, Reader, Says, SourceFile, says};
use crate::vocabulary::{Kind, vocabulary};

/// Longest value that a line repeats.
const LONGEST: usize = 120;

/// Keys of texts that say what something is called: a lone text is most likely that.
const NAMING: [&str; 5] = ["name", "product", "model", "title", "id"];

/// A text as YAML in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The kind of value that a field takes, if it is a single one.
fn kind_of(field: &Field) -> Option<Kind> {
    match field.shape {
        Shape::Fact(path) | Shape::FactOrMap(path, _) => Some(vocabulary().entry(vocabulary().must(path)).kind),
        Shape::Note(kind) => Some(kind),
        Shape::Licence(..) => Some(Kind::Text),
        _ => None,
    }
}

/// `name: "Example Lab"`: a lone value as the field that it must have been meant for. The field that an entry cannot be
/// without comes first, then those that only certain words, numbers or days fit, then texts.
fn entry(fields: &[Field], node: &Node) -> Option<String> {
    let node = match node.list() {
        Some([only]) => only,
        _ => node,
    };
    let text = node.text().filter(|text| !node.is_null() && text.len() <= LONGEST)?;
    let fits = |kind: Kind| {
        let mut scratch = Reader::new(SourceFile::nameless(""));
        Value::decode(kind, node, Style::Card, &mut scratch).is_some()
    };
    let takes = |field: &&Field| kind_of(field).is_some_and(fits);
    let strict = |field: &&Field| kind_of(field).is_some_and(|kind| !matches!(kind, Kind::Text | Kind::Texts));
    let found = fields.iter().filter(|field| field.must).find(takes);
    let found = found.or_else(|| fields.iter().filter(strict).find(takes));
    let found = found.or_else(|| fields.iter().filter(|field| NAMING.contains(&field.key)).find(takes));
    let found = found.or_else(|| fields.iter().find(takes))?;
    let plain = strict(&found);
    Some(format!("{}: {}", found.key, if plain { text.to_owned() } else { quoted(text) }))
}

/// The line for a value that stands where a mapping belongs; `listed` if a list of mappings does.
pub(super) fn for_mapping(key: &str, fields: &[Field], node: &Node, listed: bool) -> Says {
    let Some(entry) = entry(fields, node) else {
        let keys = fields.iter().take(3).map(|field| format!("`{}:`", field.key)).collect::<Vec<_>>().join(", ");
        return says(
            format!("`{key}:` 아래에 {keys} 같은 키를 줄마다 적는다"),
            format!("below `{key}:`, write keys such as {keys}, one on each line"),
        );
    };
    let line = if listed { format!("{key}: [{{{entry}}}]") } else { format!("{key}: {{{entry}}}") };
    says(format!("`{line}`로 적는다"), format!("write `{line}`"))
}

/// The line for an element of a list that is no mapping.
pub(super) fn for_element(fields: &[Field], node: &Node) -> Option<Says> {
    let entry = entry(fields, node)?;
    Some(says(format!("`- {entry}`로 적는다"), format!("write `- {entry}`")))
}

/// The line that a mapping lacks: the key, with a value that the mapping itself suggests, else an example.
pub(super) fn for_missing(key: &str, node: &Node) -> Says {
    const SIBLINGS: [&str; 7] = ["role", "name", "title", "kind", "source_type", "product", "stage"];
    let word = |key: &&str| {
        let text = node.get(key)?.text()?;
        let short = text.len() <= 40 && !text.is_empty() && !text.contains(char::is_whitespace);
        short.then(|| text.to_owned())
    };
    let value = match key {
        "model" => SIBLINGS[1..3].iter().find_map(word).filter(|name| name.contains('/')),
        _ => SIBLINGS.iter().find_map(word),
    };
    let example = match key {
        "model" => "org/name",
        "licence" => "apache-2.0",
        _ => "main",
    };
    let line = format!("{key}: {}", value.as_deref().unwrap_or(example));
    says(format!("`{line}`처럼 한 줄을 더한다"), format!("add a line such as `{line}`"))
}
