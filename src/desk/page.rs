//! A page as blocks, so that Markdown and HTML, in one language or in two side by side, are written from one.

use crate::explain::{Clause, Piece, Voice};
use crate::rules::Ruleset;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading with its level and the name that links lead to.
    Heading(u8, String, String),
    /// A paragraph.
    Text(Vec<Span>),
    /// A paragraph that must not be overlooked.
    Notice(Vec<Span>),
    /// A list; an item may hold another.
    List(Vec<Item>),
    /// A numbered list.
    Numbered(Vec<Item>),
    /// A table: its head, then its rows. A table of two columns without a head pairs a name with its value.
    Table(Vec<String>, Vec<Vec<Vec<Span>>>),
    /// A table whose second and third columns are two texts side by side.
    Sides(Vec<String>, Vec<Vec<Vec<Span>>>),
    /// Lines of a file.
    Code(String),
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// What it says.
    pub spans: Vec<Span>,
    /// The items below it.
    pub below: Vec<Self>,
}

impl Item {
    /// An item with nothing below it.
    pub fn of(spans: Vec<Span>) -> Self {
        Self { spans, below: Vec::new() }
    }

    /// Its words, and those of all below it, for comparing.
    pub fn words(&self) -> String {
        let own: String = self.spans.iter().map(Span::words).collect();
        self.below.iter().fold(own, |text, item| format!("{text}\n{}", item.words()))
    }
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Plain(String),
    /// Words that matter.
    Strong(String),
    /// A word of a file.
    Code(String),
    /// Words that lead to a heading of this page, by its name.
    Link(String, String),
    /// Words that lead to an address.
    Address(String, String),
    /// Words that are gone from a new text.
    Gone(String),
    /// Words that are new in it.
    Fresh(String),
    /// A new line.
    Break,
}

impl Span {
    /// Its words.
    pub fn words(&self) -> &str {
        match self {
            Self::Plain(text)
            | Self::Strong(text)
            | Self::Code(text)
            | Self::Link(text, _)
            | Self::Address(text, _)
            | Self::Gone(text)
            | Self::Fresh(text) => text,
            Self::Break => " ",
        }
    }
}

/// A text of the ruleset: what stands between backticks is a word of a file.
pub(super) fn inline(text: &str) -> Vec<Span> {
    let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    parts
        .map(|(at, part)| if at % 2 == 1 { Span::Code(part.to_owned()) } else { Span::Plain(part.to_owned()) })
        .collect()
}

/// Words alone.
pub(super) fn plain(text: impl Into<String>) -> Vec<Span> {
    vec![Span::Plain(text.into())]
}

/// The name that links to a criterion lead to.
pub(super) fn criterion_name(id: &str) -> String {
    format!("criterion-{id}")
}

/// The name that links to a term lead to.
pub(super) fn term_name(id: &str) -> String {
    format!("term-{id}")
}

/// The name that links to a reading lead to.
pub(super) fn reading_name(id: &str) -> String {
    format!("reading-{id}")
}

/// A test in words as an item, its definitions, criteria and readings linked.
pub(super) fn item_of(clause: &Clause, rules: &Ruleset, voice: Voice) -> Item {
    let mut spans: Vec<Span> = Vec::new();
    for piece in &clause.text {
        let words = voice.pieces(rules, std::slice::from_ref(piece));
        match piece {
            Piece::Words(_) => match spans.last_mut() {
                Some(Span::Plain(before)) => before.push_str(&words),
                _ => spans.push(Span::Plain(words)),
            },
            Piece::Term(at) => spans.push(Span::Link(words, term_name(&rules.terms[*at].id))),
            Piece::Criterion(at) => spans.push(Span::Link(words, criterion_name(&rules.criteria[*at].id))),
            Piece::Reading(at) => spans.push(Span::Link(words, reading_name(&rules.readings[*at].id))),
        }
    }
    if let Some(Span::Plain(first)) = spans.first_mut() {
        let mut chars = first.chars();
        *first = chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect());
    }
    let end = if clause.parts.is_empty() { "." } else { ":" };
    match spans.last_mut() {
        Some(Span::Plain(last)) if last.ends_with(['.', ':']) => {}
        Some(Span::Plain(last)) => last.push_str(end),
        _ => spans.push(Span::Plain(end.to_owned())),
    }
    Item { spans, below: clause.parts.iter().map(|part| item_of(part, rules, voice)).collect() }
}
