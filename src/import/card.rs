//! What importers share: reading a file, and writing a card.

use serde_json::{Map, Value};

use super::Imported;
use crate::text::{
    Aliases, Code, Diagnostic, Diagnostics, Node, NodeKind, Reader, Says, SourceFile, Span, clean_tree, parse_json,
    parse_yaml, says, write_yaml,
};

/// A file that is being imported.
#[derive(Debug)]
pub(super) struct Import {
    /// Its tree, with every text cleaned.
    pub(super) root: Node,
    /// Where what is odd goes.
    reader: Reader,
    /// The card's fields so far.
    card: Map<String, Value>,
}

impl Import {
    /// Reads the file as a tree.
    pub(super) fn open(file: &SourceFile) -> Result<Self, Diagnostics> {
        let root = clean_tree(parse_yaml(file, Aliases::Copy)?);
        Ok(Self { root, reader: Reader::new(file.clone()), card: Map::new() })
    }

    /// Reads a file of JSON as a tree.
    pub(super) fn open_json(file: &SourceFile) -> Result<Self, Diagnostics> {
        let root = clean_tree(parse_json(file)?);
        Ok(Self { root, reader: Reader::new(file.clone()), card: Map::new() })
    }

    /// Sets a field of the card.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.card.insert(key.to_owned(), value.into());
    }

    /// Something that was kept although it is odd.
    pub(super) fn odd(&mut self, span: Span, message: Says) {
        let help = says("원본을 고치고 다시 가져온다", "correct the source and import it again");
        self.reader
            .report(Diagnostic::warning(Code::ImportDefect, &self.reader.file.clone(), span, message).help(help));
    }

    /// A word that is not known, with the known ones that look like it.
    pub(super) fn unknown(&mut self, span: Span, message: Says, written: &str, legal: &[&str]) {
        let problem = Diagnostic::warning(Code::KeptUnread, &self.reader.file, span, message);
        self.reader.report_near(problem, written, legal.iter().copied());
    }

    /// Something kept as it is written, with what it probably means.
    pub(super) fn perhaps(&mut self, span: Span, message: Says, meant: Option<&str>) {
        let help = match meant {
            Some(meant) => says(format!("`{meant}`을(를) 뜻했는가?"), format!("did you mean `{meant}`?")),
            None => says("SPDX 식별자가 있으면 그것을 적는다", "give the SPDX id, if there is one"),
        };
        self.reader.report(Diagnostic::warning(Code::KeptUnread, &self.reader.file.clone(), span, message).help(help));
    }

    /// A key that the format does not have.
    pub(super) fn unknown_key(&mut self, key: &Node, legal: &[&str]) {
        let written = key.text().unwrap_or_default().to_owned();
        let message = says(
            format!("`{written}`은(는) 이 형식에 없는 키이다. 읽지 않고 남겨 둔다"),
            format!("`{written}` is not a key of this format; it is kept unread"),
        );
        self.unknown(key.span, message, &written, legal);
    }

    /// The card.
    pub(super) fn finish(self, head: &str) -> Imported {
        let yaml = write_yaml(&Value::Object(self.card));
        Imported { card: format!("{head}{yaml}"), warnings: self.reader.problems }
    }
}

/// A file that describes no model.
pub(super) fn no_model(file: &SourceFile, span: Span, message: Says, help: Says) -> Diagnostics {
    Diagnostic::error(Code::NotImportable, file, span, message).help(help).into()
}

/// The text of a node that says something.
pub(super) fn said(node: Option<&Node>) -> Option<&str> {
    node.filter(|node| !node.is_null()).and_then(Node::text).filter(|text| !text.is_empty())
}

/// A node as a value: texts stay texts, whatever they look like.
pub(super) fn kept(node: &Node) -> Value {
    match &node.kind {
        _ if node.is_null() => Value::Null,
        NodeKind::Scalar { text, .. } => text.clone().into(),
        NodeKind::List(items) => items.iter().map(kept).collect(),
        NodeKind::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.text().unwrap_or_default().to_owned(), kept(value)))
            .collect::<Map<String, Value>>()
            .into(),
    }
}

/// The place where a node begins.
pub(super) fn line(node: &Node) -> Span {
    Span::new(node.span.start as usize, node.span.start as usize + 1)
}

/// Whether a text is an address on the web.
pub(super) fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.contains('.') && !rest.contains(char::is_whitespace))
}
