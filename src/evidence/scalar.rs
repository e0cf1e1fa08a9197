//! Single values of an evidence file: numbers, shares, digests, texts that may be absent.

use crate::text::{Code, Decode, Node, NodeKind, Reader, Span, says};

pub(super) fn present(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| !node.is_null())
}

pub(super) fn each<'n>(node: Option<&'n Node>, reader: &mut Reader) -> &'n [Node] {
    node.and_then(|node| reader.list(node)).unwrap_or_default()
}

pub(super) fn text(node: Option<&Node>, reader: &mut Reader) -> Option<String> {
    present(node).and_then(|node| String::decode(node, reader))
}

pub(super) fn whole(node: &Node, reader: &mut Reader) -> Option<u64> {
    let number = node.text().filter(|_| is_plain(node)).and_then(|text| text.parse().ok());
    if number.is_none() {
        reader.wrong_type(node, "0 이상의 정수", "a whole number");
    }
    number
}

pub(super) fn number(node: Option<&Node>, reader: &mut Reader) -> Option<f64> {
    let node = present(node)?;
    let number =
        node.text().filter(|_| is_plain(node)).and_then(|text| text.parse().ok()).filter(|n: &f64| n.is_finite());
    if number.is_none() {
        reader.wrong_type(node, "수", "a number");
    }
    number
}

pub(super) fn share(node: Option<&Node>, reader: &mut Reader) -> Option<f64> {
    let share = number(node, reader)?;
    if (0.0..=1.0).contains(&share) {
        return Some(share);
    }
    let span = node.map_or_else(Span::default, |node| node.span);
    reader.error(
        Code::ValueNotAllowed,
        span,
        says(format!("비율 {share}이(가) 0과 1 사이에 있지 않다"), format!("the share {share} is not between 0 and 1")),
    );
    None
}

pub(super) fn digest(node: &Node, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node)?;
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(text.to_ascii_lowercase());
    }
    reader.error(
        Code::ValueNotAllowed,
        node.span,
        says("SHA-256은 16진수 64자리이다", "a SHA-256 has 64 hexadecimal digits"),
    );
    None
}

pub(super) fn is_plain(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Scalar { plain: true, .. })
}

/// The value as it stands, for those who write the file again.
pub(super) fn json(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.kind {
        NodeKind::Scalar { text, plain: false } => text.as_str().into(),
        NodeKind::Scalar { text, .. } => match text.as_str() {
            "true" => true.into(),
            "false" => false.into(),
            "null" => Value::Null,
            number => number.parse::<serde_json::Number>().map_or(Value::Null, Value::Number),
        },
        NodeKind::List(items) => items.iter().map(json).collect(),
        NodeKind::Map(entries) => {
            Value::Object(entries.iter().filter_map(|(k, v)| Some((k.text()?.to_owned(), json(v)))).collect())
        }
    }
}
