//! JSON text to a [`Node`] tree. The only file that knows the JSON parser with ranges.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::lang::{Says, says};
use super::limits::{MAX_DEPTH, MAX_VALUES, too_many_values};
use super::source::{SourceFile, Span};
use super::tree::{Node, NodeKind};

/// Reads one JSON text, strictly: no comments, no trailing commas.
///
/// # Errors
/// One diagnostic with its place.
pub fn parse_json(file: &SourceFile) -> Result<Node, Diagnostic> {
    parse(file, file.text())
}

/// Words that Python's writer of JSON puts where a number is not finite.
const NOT_FINITE: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Reads JSON as programs in Python write it: `NaN` and `Infinity` stand for numbers. Such a value is read as null,
/// since it says no number, and one warning names the first of them.
///
/// # Errors
/// One diagnostic with its place.
pub(crate) fn parse_python_json(file: &SourceFile) -> Result<(Node, Option<Diagnostic>), Diagnostic> {
    let places = not_finite(file.text());
    let Some(&first) = places.first() else { return Ok((parse_json(file)?, None)) };
    // Read with a number of the same length in place of each word, so that every value keeps its place.
    let mut bytes = file.text().as_bytes().to_vec();
    for place in &places {
        bytes[place.range()].fill(b' ');
        bytes[place.start as usize] = b'0';
    }
    let mut root = parse(file, &String::from_utf8(bytes).unwrap_or_default())?;
    make_null(&mut root, &places);
    let word = file.slice(first);
    let more = places.len() - 1;
    let (more_ko, more_en) = match more {
        0 => (String::new(), String::new()),
        n => (format!(" 이런 값이 {n}개 더 있다."), format!(" There are {n} more of them.")),
    };
    let warning = Diagnostic::warning(
        Code::NotFinite,
        file,
        first,
        says(
            format!("`{word}`은(는) JSON의 수가 아니다. 값을 모르는 것으로 읽는다.{more_ko}"),
            format!("`{word}` is no number of JSON; the value is read as unknown.{more_en}"),
        ),
    )
    .help(says("유한한 수나 `null`을 적는다", "write a finite number or `null`"));
    Ok((root, Some(warning)))
}

/// Where words for numbers that are not finite stand, outside strings, in the order of the text.
fn not_finite(text: &str) -> Vec<Span> {
    let mut places = Vec::new();
    let (mut at, mut quoted) = (0, false);
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' if quoted => 2,
            b'"' => {
                quoted = !quoted;
                1
            }
            b'-' | b'I' | b'N' if !quoted => match NOT_FINITE.iter().find(|word| stands_alone(bytes, at, word)) {
                Some(word) => {
                    places.push(Span::new(at, at + word.len()));
                    word.len()
                }
                None => 1,
            },
            _ => 1,
        };
    }
    places
}

/// Whether a word stands at this place, and no letter or digit beside it.
fn stands_alone(bytes: &[u8], at: usize, word: &str) -> bool {
    let beside =
        |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-' | b'_'));
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    bytes[at..].starts_with(word.as_bytes()) && !beside(before) && !beside(bytes.get(at + word.len()))
}

/// Turns the values at these places into nulls.
fn make_null(node: &mut Node, places: &[Span]) {
    match &mut node.kind {
        NodeKind::Scalar { text, plain } => {
            if let Ok(at) = places.binary_search_by_key(&node.span.start, |place| place.start) {
                (node.span, *plain) = (places[at], true);
                "null".clone_into(text);
            }
        }
        NodeKind::List(items) => items.iter_mut().for_each(|item| make_null(item, places)),
        NodeKind::Map(entries) => entries.iter_mut().for_each(|(_, value)| make_null(value, places)),
    }
}

/// Why a reading of JSON into a fixed form stopped, in the words of this program, and where.
pub(crate) fn json_why(error: &serde_json::Error) -> Says {
    use serde_json::error::Category;
    let said = error.to_string();
    let named = |before: &str| said.split_once(before)?.1.split_once('`').map(|(name, _)| name.to_owned());
    let why = match (error.classify(), named("missing field `"), named("unknown field `")) {
        (_, Some(name), _) => says(format!("`{name}`이(가) 없다"), format!("there is no `{name}`")),
        (_, _, Some(name)) => says(format!("`{name}`(이)라는 키는 없다"), format!("`{name}` is no key of it")),
        (Category::Eof, ..) => says("끝나기 전에 끊겼다", "it ends too early"),
        (Category::Data, ..) => says("값의 꼴이 맞지 않는다", "a value has another form than it must"),
        (Category::Syntax, ..) => says("JSON의 꼴이 아니다", "it is no JSON"),
        (Category::Io, ..) => says("읽을 수 없다", "it cannot be read"),
    };
    match (error.line(), error.column()) {
        (0, _) => why,
        (line, column) => says(
            format!("{} ({line}번째 줄 {column}번째 글자)", why.ko),
            format!("{} (line {line}, column {column})", why.en),
        ),
    }
}

/// Why the parser stopped, in the words of this program.
fn why(kind: &ParseErrorKind) -> Says {
    use ParseErrorKind as Kind;
    match kind {
        Kind::CommentsNotAllowed | Kind::UnterminatedCommentBlock => says("주석이 있다", "there is a comment"),
        Kind::ExpectedColonAfterObjectKey => says("키 뒤에 쌍점이 없다", "there is no colon behind a key"),
        Kind::ExpectedObjectValue => says("키에 값이 없다", "a key has no value"),
        Kind::ExpectedComma => says("값 사이에 쉼표가 없다", "there is no comma between two values"),
        Kind::TrailingCommasNotAllowed => {
            says("닫는 괄호 앞에 쉼표가 있다", "there is a comma before a closing bracket")
        }
        Kind::MultipleRootJsonValues => {
            says("값 하나가 끝난 뒤에 글이 더 있다", "there is more behind the end of the value")
        }
        Kind::SingleQuotedStringsNotAllowed => says("글이 작은따옴표로 묶여 있다", "a text stands in single quotes"),
        Kind::String(_) => says(
            "글의 따옴표가 닫히지 않았거나 `\\`가 잘못되었다",
            "a text is not closed, or holds a `\\` that means nothing",
        ),
        Kind::ExpectedStringObjectProperty | Kind::UnexpectedWord | Kind::UnexpectedTokenInObject => {
            says("큰따옴표가 없는 낱말이 있다", "a word stands without double quotes")
        }
        Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral
        | Kind::HexadecimalNumbersNotAllowed
        | Kind::UnaryPlusNumbersNotAllowed => says("수의 표기가 다르다", "a number is written in another way"),
        Kind::UnexpectedCloseBrace | Kind::UnexpectedCloseBracket => {
            says("여는 괄호와 닫는 괄호가 맞지 않는다", "opening and closing brackets do not match")
        }
        Kind::UnexpectedColon | Kind::UnexpectedComma => {
            says("쌍점이나 쉼표가 값이 올 자리에 있다", "a colon or comma stands where a value must")
        }
        Kind::UnterminatedArray | Kind::UnterminatedObject => {
            says("글이 끝났는데 괄호가 닫히지 않았다", "the text ends and a bracket is not closed")
        }
        _ => says("이 자리에 올 수 없는 글자가 있다", "a sign stands here that cannot"),
    }
}

fn parse(file: &SourceFile, text: &str) -> Result<Node, Diagnostic> {
    if let Some(at) = beyond(text, MAX_VALUES) {
        return Err(too_many_values(file, Span::new(at, at + 1)));
    }
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
    let parsed = parse_to_ast(text, &collect, &strict).map_err(|error| {
        let range = error.range();
        let why = why(error.kind());
        Diagnostic::error(
            Code::Syntax,
            file,
            Span::new(range.start, range.end.max(range.start + 1)),
            says(format!("JSON으로 읽을 수 없다: {}", why.ko), format!("this is not JSON: {}", why.en)),
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
    strictly(file, text)?;
    Ok(root)
}

/// Where a text has more than `most` values, told by its brackets, commas and colons alone: the parser makes a tree of
/// all before anything could be counted.
fn beyond(text: &str, most: usize) -> Option<usize> {
    let (mut values, mut inside, mut escaped) = (1, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b',' | b':' | b'[' | b'{' if !inside => {
                values += 1;
                if values > most {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The parser with ranges lets control characters stand in strings; a second one, which does not, has the last word.
fn strictly(file: &SourceFile, text: &str) -> Result<(), Diagnostic> {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else { return Ok(()) };
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
    let before: usize = file.text().split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = before + error.column().saturating_sub(1).min(file.line(line).len());
    let control = file.text()[at.min(file.text().len())..].chars().next().is_some_and(char::is_control)
        || error.to_string().starts_with("control character");
    let (why, help) = if control {
        (
            says(
                "글 안에 탭이나 줄바꿈 같은 제어 문자가 그대로 있다",
                "a text holds a control character as it is, such as a tab",
            ),
            says("탭은 `\\t`로, 줄바꿈은 `\\n`으로 적는다", "write a tab as `\\t` and a line end as `\\n`"),
        )
    } else {
        (
            json_why(&error),
            says("그 자리의 따옴표와 쉼표, 수를 확인한다", "check quotes, commas and numbers at that place"),
        )
    };
    let message = says(format!("JSON으로 읽을 수 없다: {}", why.ko), format!("this is not JSON: {}", why.en));
    Err(Diagnostic::error(Code::Syntax, file, Span::new(at, at + 1), message).help(help))
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
    fn values_are_counted_before_they_are_read() {
        assert_eq!(beyond(r#"{"a,b": [1, "x\",y", {"c": 2}]}"#, 8), None);
        let most = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert_eq!(parse_json(&SourceFile::new("t.json", most)).expect_err("too many").code, Code::TooLarge);
    }

    #[test]
    fn hostile_texts_are_refused() {
        for text in
            ["", "{", "[1,]", "[\"a\tb\"]", "{\"a\u{1}\": 1}", "{'a':1}", "{\"a\":1}{", "// c\n1", &"[".repeat(200_000)]
        {
            assert!(parse_json(&SourceFile::new("t.json", text)).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn numbers_that_are_not_finite_are_unknown() {
        let text = r#"{"NaN": [0.0, Infinity, -Infinity], "a": NaN, "b\"": "x, NaN, \\", "c": -1, "Infinity": 0}"#;
        let (root, warning) = parse_python_json(&SourceFile::new("t.json", text)).expect("valid");
        let list = root.get("NaN").and_then(Node::list).expect("list");
        assert!(list[1].is_null() && list[2].is_null() && root.get("a").is_some_and(Node::is_null));
        assert_eq!((&text[list[2].span.range()], list[0].text()), ("-Infinity", Some("0.0")));
        assert_eq!(root.get("b\"").and_then(Node::text), Some("x, NaN, \\"));
        assert_eq!(
            (root.get("c").and_then(Node::text), root.get("Infinity").and_then(Node::text)),
            (Some("-1"), Some("0"))
        );
        assert!(warning.is_some_and(|w| w.severity == super::super::diagnostic::Severity::Warning));
        assert!(parse_json(&SourceFile::new("t.json", text)).is_err());
        for wrong in ["NaNo", "{NaN: 1}", "[InfinityInfinity]", "[NaN", "[+Infinity]", "[1NaN]", "[N\"a\"N]", "\"\\"] {
            assert!(parse_python_json(&SourceFile::new("t.json", wrong)).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        /// Where nothing is out of the ordinary, both readers read the same; and no text makes either panic.
        #[test]
        fn what_is_json_is_read_alike(text in "[\\[\\]{}:,\"\\\\ 0-9aNInfty.가-]{0,40}") {
            let file = SourceFile::new("t.json", text.as_str());
            let python = parse_python_json(&file);
            if let Ok(strict) = parse_json(&file) {
                let (root, warning) = python.expect("JSON is JSON");
                proptest::prop_assert!(warning.is_none());
                proptest::prop_assert_eq!(strict, root);
            }
        }
    }
}
