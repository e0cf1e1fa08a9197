//! YAML text to a [`Node`] tree. The only file that knows the YAML parser.

use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StrInput, options};

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::lang::{Says, says};
use super::limits::{MAX_DEPTH, MAX_VALUES, too_many_values};
use super::lookalike::unseen;
use super::sight::is_hidden;
use super::slips::{Slip, in_key, merge_marks};
use super::source::{SourceFile, Span};
use super::stops::{Stop, cause};
use super::tree::{Map, Node, NodeKind};

/// What aliases may add to one file, in nodes and in bytes of text, so that an alias bomb ends: few aliases of one long
/// text weigh as much as many of a short one.
const MAX_ALIASED_NODES: usize = 100_000;
const MAX_ALIASED_BYTES: usize = 4 << 20;

/// What to do with anchors and aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aliases {
    /// Refuse them, and characters that nobody sees: files of this project need none.
    Refuse,
    /// Copy what they point at, up to a limit: model cards of strangers use them.
    Copy,
}

/// Reads one YAML document.
///
/// # Errors
/// One diagnostic with its place: YAML cannot be picked up again after a syntax error.
pub fn parse_yaml(file: &SourceFile, aliases: Aliases) -> Result<Node, Diagnostic> {
    if aliases == Aliases::Refuse {
        // In comments too: what a reviewer does not see is not reviewed.
        refuse_hidden(file, file.text(), |at, length| Span::new(at, at + length))?;
    }
    parse_block(file, file.text(), 0, aliases)
}

/// Reads every document of a file that a tool dumped: anchors are copied, and tags (`!!python/object:...`), which only
/// the tool understands, are passed over. Nothing is made from a tag.
///
/// # Errors
/// One diagnostic with its place.
pub(crate) fn parse_dump(file: &SourceFile) -> Result<Vec<Node>, Diagnostic> {
    let mut tree = Builder::new(file, file.text(), 0, Aliases::Copy);
    tree.tags = Tags::PassOver;
    let mut documents = Vec::new();
    loop {
        match tree.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd, _) => {}
            (event, span) => documents.push(tree.node(event, span, 0)?),
        }
    }
}

/// Reads the YAML block `text` that begins at byte `offset` of `file`.
pub(crate) fn parse_block(file: &SourceFile, text: &str, offset: usize, aliases: Aliases) -> Result<Node, Diagnostic> {
    Builder::new(file, text, offset, aliases).document()
}

/// What to do with tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tags {
    Refuse,
    PassOver,
}

fn limits() -> granit_parser::Options {
    options! { strict_indentation: true, flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH }
}

/// The anchors that some alias names: only their nodes are kept to be copied, for a node can lie inside of sixty others
/// that all have anchors.
fn named_by_aliases(text: &str, aliases: Aliases) -> HashSet<usize> {
    if aliases == Aliases::Refuse || !text.contains('*') || !text.contains('&') {
        return HashSet::new();
    }
    let mut events = Parser::new_from_str_with_options(text, limits());
    let mut named = HashSet::new();
    while let Some(Ok((event, _))) = events.next_event() {
        match event {
            Event::Alias(id) => {
                named.insert(id);
            }
            Event::StreamEnd => break,
            _ => {}
        }
    }
    named
}

struct Builder<'a> {
    events: Parser<'a, StrInput<'a>>,
    file: &'a SourceFile,
    text: &'a str,
    offset: usize,
    aliases: Aliases,
    tags: Tags,
    /// Anchors that aliases name.
    named: HashSet<usize>,
    /// Their nodes, and what these weigh together: each will be copied at least once.
    anchored: HashMap<usize, (Node, Size)>,
    kept: Size,
    copied: Size,
    /// Values read so far.
    values: usize,
}

impl<'a> Builder<'a> {
    fn new(file: &'a SourceFile, text: &'a str, offset: usize, aliases: Aliases) -> Self {
        Self {
            events: Parser::new_from_str_with_options(text, limits()),
            named: named_by_aliases(text, aliases),
            kept: Size::default(),
            values: 0,
            file,
            text,
            offset,
            aliases,
            tags: Tags::Refuse,
            anchored: HashMap::new(),
            copied: Size::default(),
        }
    }

    fn document(&mut self) -> Result<Node, Diagnostic> {
        if let Some(marks) = merge_marks(self.text) {
            return Err(self.slip(marks));
        }
        let node = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd | Event::DocumentEnd, _) => {
                    return Err(Diagnostic::error(
                        Code::EmptyFile,
                        self.file,
                        Span::new(self.offset, self.offset),
                        says("내용이 없다", "there is nothing in it"),
                    )
                    .help(says("내용을 적거나 파일을 지운다", "write something, or remove the file")));
                }
                (event, span) => break self.node(event, span, 0)?,
            }
        };
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(node),
                (Event::DocumentStart(..), span) => {
                    return Err(self.syntax(
                        span,
                        says("두 번째 문서가 시작된다", "a second document begins here"),
                        Some(says("문서마다 파일을 따로 둔다", "keep one document a file")),
                    ));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.events.next_event() {
            Some(Ok((event, at))) => {
                let span = at
                    .byte_range()
                    .map_or_else(Span::default, |range| Span::new(range.start + self.offset, range.end + self.offset));
                Ok((event, span))
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
                if *error.kind() == ErrorKind::RecursionLimitExceeded {
                    return Err(self.too_deep(Span::new(at + self.offset, at + self.offset)));
                }
                Err(self.slip(cause(self.text, at, stop(error.kind()))))
            }
            None => Err(self.syntax(
                Span::new(self.offset + self.text.len(), self.offset + self.text.len()),
                says("문서가 중간에 끝난다", "the document ends in the middle"),
                None,
            )),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        self.values += 1;
        if self.values + self.copied.nodes > MAX_VALUES {
            return Err(too_many_values(self.file, span));
        }
        let anchor = event.anchor_id();
        if self.aliases == Aliases::Refuse && (anchor.is_some() || event.is_alias()) {
            return Err(Diagnostic::error(
                Code::Anchor,
                self.file,
                span,
                says("앵커(`&`)와 별칭(`*`)은 쓸 수 없다", "anchors (`&`) and aliases (`*`) are not accepted here"),
            )
            .help(says("값을 그대로 적거나 따옴표로 묶는다", "write the value out, or put it in quotes")));
        }
        let start = span.start;
        let node = match event {
            Event::Scalar(text, style, _, tag) => {
                self.refuse_tag(tag.is_some(), span)?;
                let plain = style == ScalarStyle::Plain;
                if self.aliases == Aliases::Refuse {
                    refuse_hidden(self.file, &text, |_, _| self.file.first_line(span))?;
                }
                Node { span, kind: NodeKind::Scalar { text: text.into_owned(), plain } }
            }
            Event::SequenceStart(_, _, tag) => {
                self.refuse_tag(tag.is_some(), span)?;
                let mut items = Vec::new();
                let end = loop {
                    match self.next()? {
                        (Event::SequenceEnd, end) => break end.end,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                };
                Node { span: self.trimmed(start, end), kind: NodeKind::List(items) }
            }
            Event::MappingStart(_, _, tag) => {
                self.refuse_tag(tag.is_some(), span)?;
                let mut entries: Map = Vec::new();
                let end = loop {
                    match self.next()? {
                        (Event::MappingEnd, end) => break end.end,
                        (event, span) => {
                            let key = self.node(event, span, depth + 1)?;
                            self.refuse_merge(&key)?;
                            self.refuse_lookalike(&key)?;
                            let (event, span) = self.next()?;
                            entries.push((key, self.node(event, span, depth + 1)?));
                        }
                    }
                };
                Node { span: self.trimmed(start, end), kind: NodeKind::Map(entries) }
            }
            Event::Alias(id) => return self.copy(id, span, depth),
            _ => {
                return Err(self.slip(cause(self.text, span.start as usize - self.offset, Stop::Other)));
            }
        };
        if let Some(id) = anchor.filter(|id| self.named.contains(id)) {
            let left = MAX_ALIASED_NODES.saturating_sub(self.kept.nodes);
            let size = Size::of(&node, left);
            self.kept.add(size);
            self.within_limits(self.kept, span)?;
            self.anchored.insert(id, (node.clone(), size));
        }
        Ok(node)
    }

    /// `<<` takes over the keys of another mapping: a feature of YAML 1.1 that no file read here needs, and that
    /// readers disagree on.
    fn refuse_merge(&self, key: &Node) -> Result<(), Diagnostic> {
        let NodeKind::Scalar { text, plain: true } = &key.kind else { return Ok(()) };
        if text != "<<" {
            return Ok(());
        }
        let message = says("키를 합치는 `<<`는 쓸 수 없다", "merge keys (`<<`) are not accepted here");
        Err(Diagnostic::error(Code::Anchor, self.file, key.span, message)
            .help(says("합칠 키를 그대로 적는다", "write the keys out that it would take over")))
    }

    /// A key is a word of the language, or an id: a sign in it that only looks right made it another word, and what
    /// stands below it belongs to nothing. Cards of strangers may have keys of their own.
    fn refuse_lookalike(&self, key: &Node) -> Result<(), Diagnostic> {
        if self.aliases == Aliases::Copy {
            return Ok(());
        }
        let written = self.file.slice(key.span);
        match in_key(written) {
            Some(slip) => Err(self.slip(slip.moved(key.span.start as usize - self.offset))),
            None => Ok(()),
        }
    }

    fn within_limits(&self, size: Size, span: Span) -> Result<(), Diagnostic> {
        if size.nodes <= MAX_ALIASED_NODES && size.bytes <= MAX_ALIASED_BYTES {
            return Ok(());
        }
        Err(Diagnostic::error(
            Code::Anchor,
            self.file,
            span,
            says(
                format!("별칭을 풀면 값이 {MAX_ALIASED_NODES}개나 {MAX_ALIASED_BYTES}바이트를 넘는다"),
                format!("the aliases unfold to more than {MAX_ALIASED_NODES} values or {MAX_ALIASED_BYTES} bytes"),
            ),
        )
        .help(says("값을 그대로 적는다", "write the values out")))
    }

    fn too_deep(&self, span: Span) -> Diagnostic {
        Diagnostic::error(
            Code::TooDeep,
            self.file,
            span,
            says(format!("{MAX_DEPTH}단계보다 깊다"), format!("nested deeper than {MAX_DEPTH} levels")),
        )
        .help(says("나누어 적는다", "write it in parts"))
    }

    fn refuse_tag(&self, tagged: bool, span: Span) -> Result<(), Diagnostic> {
        if !tagged || self.tags == Tags::PassOver {
            return Ok(());
        }
        Err(Diagnostic::error(
            Code::Anchor,
            self.file,
            span,
            says("태그(`!...`)는 쓸 수 없다", "tags (`!...`) are not accepted here"),
        )
        .help(says("값을 그대로 적거나 따옴표로 묶는다", "write the value out, or put it in quotes")))
    }

    fn copy(&mut self, id: usize, span: Span, depth: usize) -> Result<Node, Diagnostic> {
        let Some((node, size)) = self.anchored.get(&id) else {
            return Err(self.syntax(span, says("정의되지 않은 별칭이다", "this alias points at nothing"), None));
        };
        if depth + size.depth > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        self.copied.add(*size);
        self.within_limits(self.copied, span)?;
        Ok(Node { span, kind: node.kind.clone() })
    }

    /// A block collection's end event sits on the next token; step back over the white space between.
    fn trimmed(&self, start: u32, end: u32) -> Span {
        let (from, to) = (start as usize - self.offset, (end as usize - self.offset).min(self.text.len()));
        let length = self.text.get(from..to).map_or(0, |text| text.trim_end().len());
        Span::new(start as usize, start as usize + length)
    }

    /// What a hand did, where it did so.
    fn slip(&self, slip: Slip) -> Diagnostic {
        let span = Span::new(slip.start + self.offset, slip.end + self.offset);
        Diagnostic::error(slip.code, self.file, span, slip.message).help(slip.help)
    }

    fn syntax(&self, span: Span, message: Says, help: Option<Says>) -> Diagnostic {
        let diagnostic = Diagnostic::error(Code::Syntax, self.file, span, message);
        match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

/// Refuses a text that holds a character which nobody sees or which is obeyed; `place` makes a span of where it stands.
fn refuse_hidden(file: &SourceFile, text: &str, place: impl Fn(usize, usize) -> Span) -> Result<(), Diagnostic> {
    let line_end = |at: usize, c: char| c == '\r' && text[at + 1..].starts_with('\n');
    let hidden = |&(at, c): &(usize, char)| is_hidden(c) || c == '\r' && !line_end(at, c);
    let Some((at, c)) = text.char_indices().find(hidden) else { return Ok(()) };
    let name = unseen(c);
    Err(Diagnostic::error(
        Code::HiddenCharacter,
        file,
        place(at, c.len_utf8()),
        says(
            format!("눈에 보이지 않는 문자가 있다: {}", name.ko),
            format!("a character that nobody sees stands here: {}", name.en),
        ),
    )
    .help(says(
        "지운다. 기준을 검토하는 사람은 글이 보이는 대로라고 믿을 수 있어야 한다",
        "remove it; who reviews rules must be able to trust what they see",
    )))
}

/// How much a node weighs, and how deep it is.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

impl Size {
    /// Nodes beyond `most` are not looked at: it is too much then, however much more.
    fn of(node: &Node, most: usize) -> Self {
        let mut size = Self { nodes: 1, bytes: 0, depth: 0 };
        let mut inside = |part: &Node| {
            if size.nodes <= most {
                let part = Self::of(part, most - size.nodes);
                size.add(part);
                size.depth = size.depth.max(part.depth + 1);
            }
        };
        match &node.kind {
            NodeKind::Scalar { text, .. } => size.bytes = text.len(),
            NodeKind::List(items) => items.iter().for_each(inside),
            NodeKind::Map(entries) => entries.iter().for_each(|(key, value)| {
                inside(key);
                inside(value);
            }),
        }
        size
    }

    fn add(&mut self, other: Self) {
        self.nodes += other.nodes;
        self.bytes += other.bytes;
    }
}

/// What stopped the parser, in fewer kinds than it has.
fn stop(kind: &ErrorKind) -> Stop {
    use ErrorKind as Kind;
    match kind {
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar
        | Kind::InvalidBlockEntryWhitespace
        | Kind::InvalidMappingValueWhitespace => Stop::Tab,
        Kind::InvalidIndentation
        | Kind::ExpectedBlockMappingKey
        | Kind::InvalidBlockScalarIndent
        | Kind::InvalidFlowScalarIndent
        | Kind::MappingKeyNotAllowed => Stop::Indent,
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => Stop::NoColon,
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => Stop::Colon,
        Kind::UnclosedQuotedScalar | Kind::InvalidQuotedScalarIndent | Kind::DocumentIndicatorInQuotedScalar => {
            Stop::Quote
        }
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => Stop::AfterQuote,
        Kind::UnclosedFlowCollection { .. }
        | Kind::MismatchedFlowCollectionEnd { .. }
        | Kind::MisplacedFlowCollectionEnd => Stop::Bracket,
        Kind::ExpectedFlowMappingSeparator
        | Kind::ExpectedFlowSequenceSeparator
        | Kind::FlowMappingValueAdjacentCollection
        | Kind::BlockEntryInFlowCollection
        | Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofImplicitFlowMapping => Stop::InBracket,
        Kind::UnexpectedCharacter { .. }
        | Kind::UnknownAnchor
        | Kind::MissingAnchorOrAliasName
        | Kind::UndeclaredTagHandle
        | Kind::InvalidGlobalTagCharacter
        | Kind::InvalidTagTerminator
        | Kind::MissingTagUri
        | Kind::ExpectedTagBang
        | Kind::ExpectedTagDirectiveBang
        | Kind::InvalidBlockScalarHeader
        | Kind::ZeroBlockScalarIndent
        | Kind::MissingDirectiveName
        | Kind::InvalidDirectiveName
        | Kind::InvalidDirectiveTerminator
        | Kind::MissingDocumentEndBeforeDirective
        | Kind::ExpectedDocumentStart
        | Kind::ExpectedWhitespace
        | Kind::PlainScalarStartsWithDashFlowIndicator => Stop::Sign,
        Kind::BlockSequenceEntryNotAllowed => Stop::Dash,
        Kind::ExpectedBlockSequenceEntry => Stop::NoDash,
        Kind::CommentInterceptedScalar | Kind::CommentNotSeparated => Stop::Comment,
        Kind::UnknownQuotedScalarEscape
        | Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidUnicodeEscape
        | Kind::UnpairedLowSurrogate
        | Kind::MissingLowSurrogate => Stop::Escape,
        Kind::UnexpectedEof | Kind::UnexpectedEofBlockMapping | Kind::UnexpectedEofBlockSequence => Stop::End,
        _ => Stop::Other,
    }
}

/// Writes a value as YAML, its keys in their own order.
pub(crate) fn write_yaml(value: &serde_json::Value) -> String {
    serde_yaml::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Node, Diagnostic> {
        parse_yaml(&SourceFile::new("t.yaml", text), Aliases::Refuse)
    }

    #[test]
    fn every_node_knows_its_bytes() {
        let text = "id: 가중치 # 설명\nlist:\n  - {a: 1}\n  - 'b'\n";
        let node = parse(text).expect("valid");
        let id = node.get("id").expect("id");
        assert_eq!(&text[id.span.range()], "가중치");
        let list = node.get("list").expect("list");
        assert_eq!(&text[list.span.range()], "- {a: 1}\n  - 'b'");
        assert_eq!(&text[list.list().expect("list")[0].span.range()], "{a: 1}");
    }

    #[test]
    fn hostile_texts_end_quickly() {
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
        assert!(parse(bomb).is_err());
        assert!(parse_yaml(&SourceFile::new("t", bomb), Aliases::Copy).is_err());
        let wide = format!("a: &a {}\nb: [{}]\n", "y".repeat(100_000), "*a,".repeat(1_000));
        assert!(parse_yaml(&SourceFile::new("t", wide), Aliases::Copy).is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"- ".repeat(100_000)).is_err());
        assert!(parse("").is_err() && parse("# only a comment\n").is_err());
        assert!(parse("a: !!python/object x\n").is_err());
        assert!(parse("a: 1\n---\nb: 2\n").is_err());
    }

    fn card(text: &str) -> Result<Node, Diagnostic> {
        parse_yaml(&SourceFile::new("t", text), Aliases::Copy)
    }

    #[test]
    fn an_anchor_costs_what_its_aliases_copy() {
        let nested: String = (0..60).map(|n| format!("&a{n} [")).collect();
        let wide = format!("x: {nested}{}{}\n", "x,".repeat(100_000), "]".repeat(60));
        assert!(card(&wide).is_ok());
        assert_eq!(card(&format!("{wide}y: *a0\n")).expect_err("too much").code, Code::Anchor);
        assert!(card("a: &a {b: [c]}\nd: *a\ne: *a\n").is_ok_and(|node| node.at(&["e", "b"]).is_some()));
        // What lies deep and is named deep would be deeper than anything that is written.
        let mut deep = String::new();
        for n in 0..4 {
            let inner = if n == 0 { "x".to_owned() } else { format!("*a{}", n - 1) };
            deep.push_str(&format!("a{n}: &a{n} {}{inner}{}\n", "[".repeat(30), "]".repeat(30)));
        }
        assert_eq!(card(&deep).expect_err("too deep").code, Code::TooDeep);
    }

    #[test]
    fn merge_keys_are_no_part_of_any_file() {
        for text in ["a: {<<: {b: c}}\n", "d: &d {e: f}\ng:\n  <<: *d\n", "- <<: [{a: b}, {c: d}]\n"] {
            assert_eq!(card(text).expect_err(text).code, Code::Anchor, "{text}");
        }
        assert!(card("'<<': a quoted key is a key\n").is_ok());
    }

    #[test]
    fn values_are_counted() {
        let list = |n: usize| format!("[{}]", "x,".repeat(n));
        assert!(card(&list(MAX_VALUES - 1)).is_ok());
        assert_eq!(card(&list(MAX_VALUES)).expect_err("too many").code, Code::TooLarge);
    }

    #[test]
    fn dumps_of_tools_are_read_document_by_document() {
        let text = "!!python/object:a.B\nx: !!python/tuple [1, &k 2]\ny: !local {z: *k}\n---\n- !<tag:x> a\n...\n---\n";
        let documents = parse_dump(&SourceFile::new("t", text)).expect("valid");
        assert_eq!(documents[0].at(&["y", "z"]).and_then(Node::text), Some("2"));
        assert_eq!(documents[1].list().and_then(|list| list[0].text()), Some("a"));
        assert!(parse_dump(&SourceFile::new("t", "# nothing\n")).is_ok_and(|all| all.is_empty()));
        assert!(parse_dump(&SourceFile::new("t", "a: [")).is_err());
        assert!(parse_dump(&SourceFile::new("t", "a: *nothing\n")).is_err());
    }

    #[test]
    fn a_tab_is_called_a_tab() {
        let problem = parse("a:\n\tb: 1\n").expect_err("tab");
        assert!(problem.message.en.contains("tab"), "{}", problem.message.en);
    }

    #[test]
    fn the_second_opinion_agrees() {
        let text = "a: [1, 2]\nb: {c: d, e: 'f'}\ng: |\n  h\n  i\n";
        let theirs: serde_yaml::Value = serde_yaml::from_str(text).expect("valid");
        let ours = parse(text).expect("valid");
        assert_eq!(ours.get("g").and_then(Node::text), theirs["g"].as_str());
        assert_eq!(ours.at(&["b", "c"]).and_then(Node::text), theirs["b"]["c"].as_str());
    }
}
