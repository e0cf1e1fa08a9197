//! Evidence of format 1, read as what others report.
//!
//! | what it says | what is read |
//! |---|---|
//! | `derived`, `same-init` | `shared`, with every explanation open |
//! | `independent`, `inconclusive` | `undecided`: no class of change was covered by name |
//!
//! Its kinds of reuse become changes where they say what was changed; motives and places are dropped. Its power was not
//! measured per class, and is dropped.

use crate::text::{Map, Node, NodeKind};

/// Verdicts of format 1 and the relations that they are read as.
const RELATIONS: &[(&str, &str)] =
    &[("derived", "shared"), ("same-init", "shared"), ("independent", "undecided"), ("inconclusive", "undecided")];

/// Kinds of reuse of format 1 and the changes that they say.
const CHANGES: &[(&str, Option<&str>)] = &[
    ("identical", None),
    ("cast", Some("cast")),
    ("quantised", Some("quantised")),
    ("fine-tuned", Some("trained-further")),
    ("continued", Some("trained-further")),
    ("merged", Some("merged")),
    ("restructured", None),
    ("transplanted", None),
    ("disguised", None),
];

/// Ways in which a basis was told, and how they are told now.
const BASES: &[(&str, &str)] = &[("signed-permutation", "reordered-and-flipped"), ("rotation", "rotated")];

/// Paths of facts that were called otherwise.
const PATHS: &[(&str, &str)] = &[("link.verdict", "link.relation"), ("link.kinds", "link.changes")];

/// The file's tree as format 2 has it.
pub(super) fn raised(root: &Node) -> Node {
    edited(root, |key, value| match key {
        "links" => Some(("links", each(value, link))),
        "trail" => Some(("trail", edited(value, trail))),
        "documented" | "attested" => {
            Some((if key == "documented" { "documented" } else { "attested" }, each(value, fact)))
        }
        _ => kept(key, value),
    })
}

/// Entries of a mapping, each kept, changed or dropped. A key that is kept as it is needs no name.
type Edit = Option<(&'static str, Node)>;

const SAME: &str = "";

#[expect(clippy::unnecessary_wraps, reason = "one of the edits, of which others drop an entry")]
fn kept(_: &str, value: &Node) -> Edit {
    Some((SAME, value.clone()))
}

fn edited(node: &Node, edit: impl Fn(&str, &Node) -> Edit) -> Node {
    let Some(entries) = node.map() else { return node.clone() };
    let map: Map = entries
        .iter()
        .filter_map(|(key, value)| {
            let (name, value) = edit(key.text().unwrap_or_default(), value)?;
            Some((if name == SAME { key.clone() } else { scalar(key, name) }, value))
        })
        .collect();
    Node { kind: NodeKind::Map(map), ..node.clone() }
}

fn each(node: &Node, edit: impl Fn(&str, &Node) -> Edit + Copy) -> Node {
    let Some(items) = node.list() else { return node.clone() };
    Node { kind: NodeKind::List(items.iter().map(|item| edited(item, edit)).collect()), ..node.clone() }
}

fn scalar(like: &Node, text: &str) -> Node {
    Node { kind: NodeKind::Scalar { text: text.to_owned(), plain: false }, ..like.clone() }
}

fn link(key: &str, value: &Node) -> Edit {
    match key {
        "power" => None,
        "components" => Some(("components", each(value, link))),
        "parts" => Some(("parts", each(value, part))),
        "verdict" => Some(("relation", word(value, RELATIONS))),
        "kinds" => Some(("changes", changes(value))),
        _ => kept(key, value),
    }
}

fn part(key: &str, value: &Node) -> Edit {
    if key == "basis" { Some(("basis", word(value, BASES))) } else { kept(key, value) }
}

fn trail(key: &str, value: &Node) -> Edit {
    if key == "checks" { Some(("checks", each(value, check))) } else { kept(key, value) }
}

fn check(key: &str, value: &Node) -> Edit {
    if key == "verdict" { Some(("relation", word(value, RELATIONS))) } else { kept(key, value) }
}

fn fact(key: &str, value: &Node) -> Edit {
    match key {
        "fact" => Some(("fact", word(value, PATHS))),
        "value" if value.text().is_some() => Some(("value", word(value, RELATIONS))),
        _ => kept(key, value),
    }
}

/// The word as it is said now; one that is in no table is kept, to be reported.
fn word(node: &Node, table: &[(&str, &str)]) -> Node {
    let now = node.text().and_then(|text| table.iter().find(|(old, _)| *old == text));
    now.map_or_else(|| node.clone(), |(_, new)| scalar(node, new))
}

fn changes(node: &Node) -> Node {
    let Some(items) = node.list() else { return node.clone() };
    let said = items.iter().filter_map(|item| {
        match item.text().and_then(|text| CHANGES.iter().find(|(old, _)| *old == text)) {
            Some((_, now)) => now.map(|now| scalar(item, now)),
            None => Some(item.clone()),
        }
    });
    Node { kind: NodeKind::List(said.collect()), ..node.clone() }
}
