//! Words that cards used before, read as what is said now.

use crate::text::{Code, Diagnostic, Node, NodeKind, Reader, says};

/// What a reference's changes were called, and how each is said now. A word without another told where weights came
/// from, or why, and not what was changed; `restructured` did not tell whether layers were added or cut.
const CHANGES: &[(&str, Option<&str>)] = &[
    ("fine-tuned", Some("trained-further")),
    ("continued", Some("trained-further")),
    ("identical", None),
    ("restructured", None),
    ("transplanted", None),
    ("disguised", None),
];

/// A list of changes with the older words said anew, each with a warning.
pub(super) fn changes(node: &Node, reader: &mut Reader) -> Node {
    match &node.kind {
        NodeKind::List(items) => {
            let kept = items.iter().filter_map(|item| change(item, reader)).collect();
            Node { kind: NodeKind::List(kept), ..node.clone() }
        }
        NodeKind::Scalar { .. } => {
            change(node, reader).unwrap_or_else(|| Node { kind: NodeKind::List(Vec::new()), ..node.clone() })
        }
        NodeKind::Map(_) => node.clone(),
    }
}

fn change(node: &Node, reader: &mut Reader) -> Option<Node> {
    let older = node.text().and_then(|text| CHANGES.iter().find(|(word, _)| *word == text));
    let Some((word, now)) = older else { return Some(node.clone()) };
    let help = match now {
        Some(now) => says(format!("`{now}`으로 적는다"), format!("write `{now}`")),
        None => says(
            "무엇을 바꾸었는지 적는다: `layers-added`, `layers-cut`, `units-cut`, `channels-cut` 따위",
            "say what was changed: `layers-added`, `layers-cut`, `units-cut`, `channels-cut` and the like",
        ),
    };
    let message =
        says(format!("`{word}`은(는) 이제 쓰지 않는 말이다"), format!("`{word}` is no longer a word for a change"));
    let file = reader.file.clone();
    reader.report(Diagnostic::warning(Code::ValueNotAllowed, &file, node.span, message).help(help));
    let text = (*now)?.to_owned();
    Some(Node { kind: NodeKind::Scalar { text, plain: true }, ..node.clone() })
}
