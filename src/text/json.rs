//! JSON text to a [`Node`] tree. The only file that knows the JSON parser with ranges.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::lang::says;
use super::limits::MAX_DEPTH;
use super::source::{SourceFile, Span};
use super::tree::{Node, NodeKind};

/// Reads one JSON text, strictly: no comments, no trailing commas.
///
/// # Errors
/// One diagnostic with its place.
pub fn parse_json(file: &SourceFile) -> Result<Node, Diagnostic> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
    };
    let collect = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
    let parsed = parse_to_ast(file.text(), &collect, &strict).map_err(|error| {
        let range = error.range();
        let why = error.kind().to_string();
        Diagnostic::error(
            Code::Syntax,
            file,
            Span::new(range.start, range.end.max(range.start + 1)),
            says(format!("JSON으로 읽을 수 없다: {why}"), format!("this is not JSON: {why}")),
        )
        .help(says(
            "쉼표와 괄호, 큰따옴표를 확인한다. 주석과 끝 쉼표는 쓸 수 없다",
            "check commas, brackets and double quotes; comments and trailing commas are not JSON",
        ))
    })?;
    let Some(value) = parsed.value else {
        return Err(Diagnostic::error(
            Code::EmptyFile,
            file,
            Span::default(),
            says("내용이 없다", "there is nothing in it"),
        )
        .help(says("내용을 적거나 파일을 지운다", "write something, or remove the file")));
    };
    let root = convert(file, value, 0)?;
    strictly(file)?;
    Ok(root)
}

/// The parser with ranges lets control characters stand in strings; a second one, which does not, has the last word.
fn strictly(file: &SourceFile) -> Result<(), Diagnostic> {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(file.text()) else { return Ok(()) };
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
    let before: usize = file.text().split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = before + error.column().saturating_sub(1).min(file.line(line).len());
    let why = error.to_string();
    let message = says(format!("JSON으로 읽을 수 없다: {why}"), format!("this is not JSON: {why}"));
    Err(Diagnostic::error(Code::Syntax, file, Span::new(at, at + 1), message))
}

fn convert(file: &SourceFile, value: Value<'_>, depth: usize) -> Result<Node, Diagnostic> {
    let span = Span::new(value.start(), value.end());
    if depth > MAX_DEPTH {
        return Err(Diagnostic::error(
            Code::TooDeep,
            file,
            span,
            says(format!("{MAX_DEPTH}단계보다 깊다"), format!("nested deeper than {MAX_DEPTH} levels")),
        )
        .help(says("나누어 적는다", "write it in parts")));
    }
    let plain = |text: &str| NodeKind::Scalar { text: text.to_owned(), plain: true };
    let kind = match value {
        Value::StringLit(text) => NodeKind::Scalar { text: text.value.into_owned(), plain: false },
        Value::NumberLit(number) => plain(number.value),
        Value::BooleanLit(truth) => plain(if truth.value { "true" } else { "false" }),
        Value::NullKeyword(_) => plain("null"),
        Value::Array(array) => NodeKind::List(
            array.elements.into_iter().map(|item| convert(file, item, depth + 1)).collect::<Result<_, _>>()?,
        ),
        Value::Object(object) => NodeKind::Map(
            object
                .properties
                .into_iter()
                .map(|property| {
                    let span = Span::new(property.name.start(), property.name.end());
                    let text = match property.name {
                        ObjectPropName::String(name) => name.value.into_owned(),
                        ObjectPropName::Word(name) => name.value.to_owned(),
                    };
                    let key = Node { span, kind: NodeKind::Scalar { text, plain: false } };
                    Ok((key, convert(file, property.value, depth + 1)?))
                })
                .collect::<Result<_, _>>()?,
        ),
    };
    Ok(Node { span, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_places_are_read() {
        let text = r#"{"a": {"b": [1, true, null, "가"]}}"#;
        let node = parse_json(&SourceFile::new("t.json", text)).expect("valid");
        let list = node.at(&["a", "b"]).and_then(Node::list).expect("list");
        assert_eq!(list[3].text(), Some("가"));
        assert_eq!(&text[list[3].span.range()], "\"가\"");
        assert!(list[2].is_null());
    }

    #[test]
    fn hostile_texts_are_refused() {
        for text in
            ["", "{", "[1,]", "[\"a\tb\"]", "{\"a\u{1}\": 1}", "{'a':1}", "{\"a\":1}{", "// c\n1", &"[".repeat(200_000)]
        {
            assert!(parse_json(&SourceFile::new("t.json", text)).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }
}
