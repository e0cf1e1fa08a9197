//! The card's `evidence` list: which documents describe which places of the block, and what that makes of a value.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::fields::{EVIDENCE, EVIDENCE_KINDS};
use super::line;
use super::shape::Shape;
use crate::evidence::is_address;
use crate::facts::{Assurance, Date, Origin, Source, Speaker, Style, Value};
use crate::text::{Code, Diagnostic, Node, Reader, SourceFile, Span, says};
use crate::vocabulary::Kind;

/// Places among which the nearest to a misspelt one is looked for.
const MAX_SUGGESTED: usize = 2_000;

/// Entries of the list that are read.
const MAX_ENTRIES: usize = 1_000;

/// Sources that a card may give its values, every entry that describes a value being one.
pub(crate) const MAX_SOURCES: usize = 200_000;

/// One entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cited {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Address.
    pub url: Option<String>,
    /// File in the directory.
    pub path: Option<String>,
    /// Digest of that file as stated.
    pub sha256: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Publisher.
    pub publisher: Option<String>,
    /// Said by somebody else than the maker.
    pub by_other: bool,
    /// Day.
    pub date: Option<Date>,
    /// Places that it describes.
    pub describes: Vec<String>,
    /// Where each of these words stands.
    describes_at: Vec<Span>,
    /// Where the entry stands.
    pub span: Span,
}

impl Cited {
    /// Whether a value that it describes counts as documented: a report or somebody else's document, by its address.
    pub(in crate::gather) fn documents(&self) -> bool {
        (self.kind == "paper" || self.by_other) && self.url.as_deref().is_some_and(is_address)
    }
}

/// A place in the block: the keys and ids on the way, and the entries that the mappings on the way name.
#[derive(Debug, Clone, Default)]
pub(super) struct Route {
    /// `components/text/initialisation`.
    pub at: String,
    /// Ids of entries.
    pub named: Vec<String>,
}

impl Route {
    /// The place one step further in.
    pub(super) fn step(&self, step: &str) -> Self {
        let at = if self.at.is_empty() { step.to_owned() } else { format!("{}/{step}", self.at) };
        Self { at, named: self.named.clone() }
    }
}

/// The list of a card.
#[derive(Debug, Clone, Default)]
pub(super) struct Citations {
    /// The entries, in their order.
    pub entries: Vec<Cited>,
    /// Date of what no entry describes.
    pub date: Option<Date>,
    /// Every place of the block that holds something.
    visited: BTreeSet<String>,
    /// Entries by the places that they describe.
    described: BTreeMap<String, Vec<usize>>,
    /// Sources given so far.
    given: Cell<usize>,
}

impl Citations {
    /// Reads the list and the statement's date ahead of everything else.
    pub(super) fn read(block: &Node, reader: &mut Reader) -> Self {
        let date = block.get("statement_date").and_then(|node| Date::parse(node.text()?));
        let mut entries: Vec<Cited> = Vec::new();
        let Some(list) = block.get("evidence").filter(|node| !node.is_null()) else {
            return Self { date, ..Self::default() };
        };
        let mut ids = HashSet::new();
        for node in reader.list(list).unwrap_or_default().iter().take(MAX_ENTRIES) {
            let Some(entry) = read_entry(node, reader) else { continue };
            if !ids.insert(entry.id.clone()) {
                let message = says(
                    format!("증거 `{}`이(가) 두 번 나온다", entry.id),
                    format!("the evidence `{}` appears twice", entry.id),
                );
                reader.error(Code::DuplicateId, node.span, message);
                continue;
            }
            entries.push(entry);
        }
        let mut described: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for place in entry.describes.iter().map(|place| place.trim_matches('/')).filter(|place| !place.is_empty()) {
                described.entry(place.to_owned()).or_default().push(at);
            }
        }
        Self { entries, date, described, ..Self::default() }
    }

    /// Remembers that the block holds something at this place.
    pub(super) fn visit(&mut self, place: &str) {
        self.visited.insert(place.to_owned());
    }

    /// A document that covers nothing looks like one that was not needed: every place that holds nothing is told.
    pub(super) fn warn_of_idle_places(&self, reader: &mut Reader) {
        let below = |place: &str| {
            let prefix = format!("{place}/");
            self.visited.range(prefix.clone()..).next().is_some_and(|next| next.starts_with(&prefix))
        };
        for entry in &self.entries {
            for (written, span) in entry.describes.iter().zip(&entry.describes_at) {
                let place = written.trim_matches('/');
                if self.visited.contains(place) || below(place) {
                    continue;
                }
                let message = says(
                    format!("`{written}`: 이 카드에 그런 자리가 없어, `{}`이(가) 뒷받침하는 것이 없다", entry.id),
                    format!("`{written}`: this card has nothing there, so `{}` supports nothing by it", entry.id),
                );
                let problem = Diagnostic::warning(Code::ValueNotAllowed, &reader.file, *span, message);
                // Several places in one text.
                let parts: Vec<&str> = place.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
                if parts.len() > 1 && parts.iter().all(|part| self.visited.contains(*part) || below(part)) {
                    let list = parts.join(", ");
                    reader.report(problem.help(says(format!("`[{list}]`로 적는다"), format!("write `[{list}]`"))));
                    continue;
                }
                let near = self.visited.iter().take(MAX_SUGGESTED).map(String::as_str);
                reader.report_near(problem, place, near);
            }
        }
    }

    /// Whether the card gives its values more sources than are read: then none but the card itself are told.
    pub(super) fn is_too_much(&self) -> bool {
        self.given.get() > MAX_SOURCES
    }

    /// The entries that describe a place, in their order: those that name it, or a place around it, or that it names.
    fn describing(&self, route: &Route) -> Vec<&Cited> {
        let ends = route.at.match_indices('/').map(|(at, _)| at).chain([route.at.len()]);
        let named = ends.filter_map(|end| self.described.get(&route.at[..end])).flatten().copied();
        let mut found: Vec<usize> = named.collect();
        if !route.named.is_empty() {
            let by_id = self.entries.iter().enumerate().filter(|(_, entry)| route.named.contains(&entry.id));
            found.extend(by_id.map(|(at, _)| at));
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|at| &self.entries[at]).collect()
    }

    /// Whether an entry has this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.id == id)
    }

    /// The sources of a value that stands at `span`: one for each entry that describes it, or the bare card.
    pub(super) fn sources(&self, file: &SourceFile, span: Span, route: &Route, value: Option<&Value>) -> Vec<Source> {
        let here = Origin { file: file.name().to_owned(), at: Some(file.position(span.start)), ..Origin::default() };
        let bare = |origin, assurance, date| Source {
            value: value.cloned(),
            assurance,
            speaker: Speaker::Card,
            opened: false,
            origin,
            date,
            set_aside: None,
        };
        let described = self.describing(route);
        self.given.set(self.given.get() + described.len().max(1));
        if self.is_too_much() {
            return vec![bare(here, Assurance::Declared, self.date)];
        }
        let cited: Vec<Source> = described
            .into_iter()
            .map(|entry| {
                let assurance = if entry.documents() { Assurance::Documented } else { Assurance::Declared };
                let title = entry.title.clone().or_else(|| entry.path.clone());
                let origin =
                    Origin { title, url: entry.url.clone(), publisher: entry.publisher.clone(), ..here.clone() };
                bare(origin, assurance, entry.date.or(self.date))
            })
            .collect();
        if cited.is_empty() { vec![bare(here, Assurance::Declared, self.date)] } else { cited }
    }
}

fn read_entry(node: &Node, reader: &mut Reader) -> Option<Cited> {
    if node.map().is_none() {
        reader.not_keys_but(node, line::for_element(EVIDENCE, node));
        return None;
    }
    let text = |key: &str| node.get(key).filter(|n| !n.is_null()).and_then(Node::text).map(str::to_owned);
    let Some(id) = text("id").filter(|id| !id.is_empty()) else {
        let message = says("`id`가 빠졌다", "`id` is missing here");
        let problem = Diagnostic::error(Code::MissingKey, &reader.file, reader.file.first_line(node.span), message);
        reader.report(problem.help(line::for_missing("id", node)));
        return None;
    };
    for (key, value) in node.map().into_iter().flatten() {
        check(key, value, reader);
    }
    let kind = text("kind").unwrap_or_default();
    let list = node.get("describes").filter(|list| !list.is_null());
    let items = list.map_or(&[][..], |list| list.list().unwrap_or(std::slice::from_ref(list)));
    let (describes, describes_at) = items.iter().filter_map(|n| Some((n.text()?.to_owned(), n.span))).unzip();
    Some(Cited {
        id,
        kind,
        url: text("url"),
        path: text("path"),
        sha256: text("sha256"),
        title: text("title"),
        publisher: text("publisher"),
        by_other: text("by").as_deref() == Some("other"),
        date: node.get("created").and_then(|n| Date::parse(n.text()?)),
        describes,
        describes_at,
        span: node.span,
    })
}

fn check(key: &Node, value: &Node, reader: &mut Reader) {
    let written = key.text().unwrap_or_default();
    let known = EVIDENCE.iter().find(|field| field.is_named(written));
    match known.map(|field| (field.key, field.shape)) {
        Some(("kind", _)) => {
            reader.word(value, EVIDENCE_KINDS);
        }
        Some(("by", _)) => {
            reader.word(value, &["maker", "other"]);
        }
        Some((_, Shape::Note(kind))) if !value.is_null() && kind != Kind::Text => {
            Value::decode(kind, value, Style::Card, reader);
        }
        Some(_) => {}
        None if written.starts_with("x-") => {}
        None => reader.report(
            Diagnostic::warning(
                Code::UnknownKey,
                &reader.file.clone(),
                key.span,
                says(
                    format!("`{written}`은(는) 모르는 키이다"),
                    format!("`{written}` is not a key that is known here"),
                ),
            )
            .did_you_mean(written, EVIDENCE.iter().map(|field| field.key)),
        ),
    }
}
