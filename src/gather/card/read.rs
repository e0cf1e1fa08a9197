//! Reading a card by the table of its fields: every value becomes sources of facts, every mistake is reported.

use super::evidence::{Citations, Cited, MAX_SOURCES, Route};
use super::fields::CARD;
use super::line;
use super::older;
use super::shape::{Field, Items, Shape};
use crate::facts::{ItemDraft, Source, Style, Value};
use crate::text::model_id;
use crate::text::{Clash, Code, Diagnostic, Diagnostics, Names, Node, Reader, Says, SourceFile, Span, says, spelled};
use crate::vocabulary::{Domain, Kind, OwnFacts, PathId, domain, is_language, language_meant, vocabulary};

/// Items of one list that are read.
const MAX_ITEMS: usize = 2_000;

/// A block with the file it stands in.
#[derive(Debug, Clone)]
pub(crate) struct CardFile {
    /// The file.
    pub file: SourceFile,
    /// The block's mapping, cleaned.
    pub block: Node,
}

/// A licence that the card states for a part of the model.
#[derive(Debug, Clone, Default)]
pub(crate) struct StatedLicence {
    /// Word of `licence.applies-to`.
    pub applies_to: &'static str,
    /// Whether it is another's and comes along with what was taken over.
    pub inherited: bool,
    /// The place in the card: `teachers/a/b/licence`.
    pub place: String,
    /// The ids, as written.
    pub ids: Vec<String>,
    /// The Hub's `license_name`.
    pub name: Option<String>,
    /// The Hub's `license_link`.
    pub link: Option<String>,
    /// File with the text.
    pub file: Option<String>,
    /// Where it is stated.
    pub sources: Vec<Source>,
}

/// What a card declares.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Facts and items.
    pub root: ItemDraft,
    /// Licences of parts.
    pub licences: Vec<StatedLicence>,
    /// Entries of its evidence list.
    pub evidence: Vec<Cited>,
    /// What is wrong or odd.
    pub problems: Diagnostics,
}

/// Reads a card, with what it says under the namespace of a ruleset.
pub(crate) fn read_card(card: &CardFile, own: &OwnFacts) -> Declared {
    let mut reader = Reader::new(card.file.clone());
    let citations = Citations::read(&card.block, &mut reader);
    if let Some(node) = card.block.get("written_by").filter(|node| !node.is_null()) {
        reader.word(node, &["maker", "other"]);
    }
    let maker = card.block.at(&["developer", "name"]).and_then(Node::text).map(str::to_owned);
    let mut walk = Walk { reader, citations, own, maker, at_model: Vec::new(), licences: Vec::new() };
    let mut root = ItemDraft::default();
    walk.mapping(CARD, &card.block, &mut root, &Route::default());
    if walk.citations.is_too_much() {
        let message = says(
            format!("값마다 그것을 설명하는 증거를 세면 모두 {MAX_SOURCES}개를 넘는다"),
            format!("its values have more than {MAX_SOURCES} sources, counting the evidence that describes each"),
        );
        let help = says("`describes`에 적는 자리를 줄인다", "let `describes` name fewer places");
        let problem = Diagnostic::error(Code::TooLarge, &card.file, Span::default(), message).help(help);
        walk.reader.report(problem);
    }
    walk.complete_without_lists(&card.block);
    for (collection, id, by, item) in std::mem::take(&mut walk.at_model) {
        absorb(root.item(collection, &id, &by), item);
    }
    walk.citations.warn_of_idle_places(&mut walk.reader);
    Declared { root, licences: walk.licences, evidence: walk.citations.entries, problems: walk.reader.problems }
}

/// Adds what one draft of an item says to another.
pub(crate) fn absorb(into: &mut ItemDraft, from: ItemDraft) {
    for (path, sources) in from.sources {
        into.sources.entry(path).or_default().extend(sources);
    }
    into.presence.extend(from.presence);
    for (collection, items) in from.children {
        let own = into.children.entry(collection).or_default();
        for (id, item) in items {
            absorb(own.entry(id).or_default(), item);
        }
    }
}

pub(super) struct Walk<'o> {
    pub(super) own: &'o OwnFacts,
    pub(super) reader: Reader,
    pub(super) citations: Citations,
    pub(super) maker: Option<String>,
    at_model: Vec<(&'static str, String, Source, ItemDraft)>,
    pub(super) licences: Vec<StatedLicence>,
}

impl Walk<'_> {
    /// Reads a mapping whose fields speak of `item`.
    pub(super) fn mapping(&mut self, fields: &'static [Field], node: &Node, item: &mut ItemDraft, route: &Route) {
        let Some(entries) = self.known(fields, node) else { return };
        let mut route = route.clone();
        for (field, value) in &entries {
            if matches!(field.shape, Shape::EvidenceIds) {
                route.named = self.evidence_ids(value);
            }
        }
        for (field, value) in entries {
            self.field(field, value, item, &route.step(field.key));
        }
    }

    /// The fields of a mapping that are known and hold something; the last of two equal keys, as the Hub reads it.
    fn known<'n>(&mut self, fields: &'static [Field], node: &'n Node) -> Option<Vec<(&'static Field, &'n Node)>> {
        let Some(entries) = node.map() else {
            self.reader.not_keys_but(node, line::for_element(fields, node));
            return None;
        };
        let mut known: Vec<(&'static Field, &'n Node)> = Vec::new();
        for (key, value) in entries {
            let written = key.text().unwrap_or_default();
            let Some(field) = fields.iter().find(|field| field.is_named(written)) else {
                self.unknown(fields, key, written);
                continue;
            };
            if let Some(at) = known.iter().position(|(other, _)| other.key == field.key) {
                let message = says(
                    format!("키 `{written}`이(가) 두 번 나온다. 나중 것을 읽는다"),
                    format!("the key `{written}` appears twice; the later one is read"),
                );
                let problem = Diagnostic::warning(Code::DuplicateKey, &self.reader.file, key.span, message);
                self.reader.report(problem.help(says("하나를 지운다", "remove one")));
                known.remove(at);
            }
            known.push((field, value));
        }
        for field in fields.iter().filter(|field| field.must) {
            if !known.iter().any(|(other, value)| other.key == field.key && !value.is_null()) {
                let key = field.key;
                let span = self.first_line(node.span);
                let message = says(format!("`{key}`이(가) 빠졌다"), format!("`{key}` is missing here"));
                let problem = Diagnostic::error(Code::MissingKey, &self.reader.file, span, message);
                self.reader.report(problem.help(line::for_missing(key, node)));
            }
        }
        for (key, _) in entries.iter().filter(|(_, value)| value.is_null()) {
            self.reader.cut_off(key.span.end as usize + 1);
        }
        known.retain(|(_, value)| !value.is_null());
        Some(known)
    }

    fn unknown(&mut self, fields: &'static [Field], key: &Node, written: &str) {
        if written.starts_with("x-") {
            return;
        }
        if !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit()) {
            self.cut_number(key, written);
            return;
        }
        let problem = Diagnostic::warning(
            Code::UnknownKey,
            &self.reader.file,
            key.span,
            says(
                format!("`{written}`은(는) 모르는 키이다. 읽지 않는다"),
                format!("`{written}` is not a key that is known here, and is not read"),
            ),
        );
        self.reader.report_near(problem, written, fields.iter().map(|field| field.key));
    }

    /// In braces a comma ends a value: `{parameters: 188,096}` states 188, and a key `096`.
    fn cut_number(&mut self, key: &Node, written: &str) {
        let problem = Diagnostic::error(
            Code::UnknownKey,
            &self.reader.file,
            key.span,
            says(
                format!("`{written}`은(는) 앞의 수에서 쉼표로 잘린 것으로 보인다"),
                format!("`{written}` looks like the end of a number that a comma cut off"),
            ),
        );
        let help = says(
            "중괄호 안의 수는 `\"188,096\"`처럼 따옴표로 묶거나 `188096`처럼 쉼표 없이 적는다",
            "in braces, write a number in quotes, as in `\"188,096\"`, or without commas, as in `188096`",
        );
        self.reader.report(problem.help(help));
    }

    fn field(&mut self, field: &'static Field, node: &Node, item: &mut ItemDraft, route: &Route) {
        self.citations.visit(&route.at);
        match field.shape {
            Shape::Note(kind) => {
                if !Value::is_undisclosed(node) {
                    Value::decode(kind, node, Style::Card, &mut self.reader);
                }
            }
            Shape::Map(fields) if node.map().is_none() => {
                let help = line::for_mapping(field.key, fields, node, false);
                self.reader.not_keys_but(node, Some(help));
            }
            Shape::Map(fields) => self.mapping(fields, node, item, route),
            Shape::FactOrMap(_, fields) if node.map().is_some() => self.mapping(fields, node, item, route),
            Shape::Fact(path) | Shape::FactOrMap(path, _) => self.fact(path, node, item, route),
            Shape::Rows(fields) if node.text().is_some() => {
                let help = line::for_mapping(field.key, fields, node, true);
                self.reader.wrong_shape(node, "목록", "a list", help);
            }
            Shape::Items(items) if node.text().is_some() && !Value::is_undisclosed(node) => {
                let help = line::for_mapping(field.key, items.fields, node, true);
                self.reader.wrong_shape(node, "목록", "a list", help);
            }
            Shape::Rows(fields) => self.rows(fields, node, item, route),
            Shape::Items(items) => self.items(items, node, item, route),
            Shape::Given(path) => self.given(path, node, item, route),
            Shape::Complete(lists) => self.complete(lists, node, item, route),
            Shape::TrainedBy(path) => self.trained_by(path, node, item, route),
            Shape::Paths => self.paths(node, item, route),
            Shape::Own(collection) => self.own_facts(collection, node, item, route),
            Shape::Licence(part, inherited) => self.licence(part, inherited, node, route),
            Shape::Format => self.format(node),
            Shape::Free | Shape::Evidence | Shape::EvidenceIds => {}
        }
    }

    pub(super) fn fact(&mut self, path: &'static str, node: &Node, item: &mut ItemDraft, route: &Route) {
        self.fact_of(vocabulary().must(path), node, item, route);
    }

    /// The same by the fact's id.
    pub(super) fn fact_of(&mut self, id: PathId, node: &Node, item: &mut ItemDraft, route: &Route) {
        let entry = vocabulary().entry(id);
        let value = if Value::is_undisclosed(node) { None } else { self.value(entry.kind, entry.path, node) };
        if value.is_some() || Value::is_undisclosed(node) {
            for source in self.sources(value.as_ref(), node.span, route) {
                item.add_to(id, source);
            }
        }
    }

    fn value(&mut self, kind: Kind, path: &str, node: &Node) -> Option<Value> {
        if matches!(kind, Kind::Country | Kind::Countries) {
            self.unquoted_norway(node);
        }
        if domain(path) == Some(Domain::Language) {
            self.languages(node);
        }
        let anew = (path == "link.changes").then(|| older::changes(node, &mut self.reader));
        let value = Value::decode(kind, anew.as_ref().unwrap_or(node), Style::Card, &mut self.reader)?;
        match (value, path) {
            (Value::Text(name), "link.reference" | "teacher.model" | "dependency.service" | "tokenizer.reference") => {
                Some(Value::text(model_id(&name)))
            }
            (value, _) => Some(value),
        }
    }

    /// A language that is no code is never equal to one.
    fn languages(&mut self, node: &Node) {
        for item in node.list().unwrap_or(std::slice::from_ref(node)) {
            let Some(text) = item.text().filter(|text| !item.is_null() && !is_language(text)) else { continue };
            let message =
                says(format!("`{text}`: 언어 코드가 아니다"), format!("`{text}` is not the code of a language"));
            let help = match language_meant(text) {
                Some(code) => says(format!("`{code}`(으)로 적는다"), format!("did you mean `{code}`?")),
                None => says("`ko`처럼 ISO 639 코드를 적는다", "write an ISO 639 code such as `ko`"),
            };
            let problem = Diagnostic::warning(Code::BadLanguage, &self.reader.file, item.span, message);
            self.reader.report(problem.help(help));
        }
    }

    /// Rule C17: readers of YAML 1.1 take an unquoted `NO` for false.
    fn unquoted_norway(&mut self, node: &Node) {
        use crate::text::NodeKind;
        match &node.kind {
            NodeKind::Scalar { text, plain: true } if matches!(text.as_str(), "NO" | "ON") => {
                let problem = Diagnostic::warning(
                    Code::BadCountry,
                    &self.reader.file,
                    node.span,
                    says(
                        format!("따옴표 없는 `{text}`은(는) YAML 1.1에서 참, 거짓으로 읽힌다"),
                        format!("an unquoted `{text}` is a truth value to readers of YAML 1.1"),
                    ),
                )
                .help(says(format!("`\"{text}\"`로 적는다"), format!("write `\"{text}\"`")))
                .fix(node.span, format!("\"{text}\""));
                self.reader.report(problem);
            }
            NodeKind::List(items) => items.iter().for_each(|item| self.unquoted_norway(item)),
            _ => {}
        }
    }

    pub(super) fn put(&self, item: &mut ItemDraft, path: &str, value: Option<&Value>, span: Span, route: &Route) {
        for source in self.sources(value, span, route) {
            item.add(path, source);
        }
    }

    fn sources(&self, value: Option<&Value>, span: Span, route: &Route) -> Vec<Source> {
        self.citations.sources(&self.reader.file, span, route, value)
    }

    /// Rows give sets: the countries of all sites, the vendors' countries of all devices. A row that lacks what
    /// another has leaves the whole set unknown.
    fn rows(&mut self, fields: &'static [Field], node: &Node, item: &mut ItemDraft, route: &Route) {
        let rows = node.list().unwrap_or(std::slice::from_ref(node));
        let mut drafts = Vec::new();
        for row in rows.iter().take(MAX_ITEMS) {
            let mut draft = ItemDraft::default();
            self.mapping(fields, row, &mut draft, route);
            drafts.push((draft, row));
        }
        for field in fields {
            let Shape::Fact(path) = field.shape else { continue };
            let id = vocabulary().must(path);
            let (mut all, mut gaps, mut silent) = (Vec::new(), Vec::new(), false);
            for (draft, row) in &drafts {
                match draft.sources.get(&id).and_then(|sources| sources.first()) {
                    None => gaps.push(row.span),
                    Some(source) => match &source.value {
                        None => silent = true,
                        Some(value) => all.push(value),
                    },
                }
            }
            let complete = gaps.is_empty() && !drafts.is_empty();
            if silent {
                self.put(item, path, None, node.span, route);
            } else if let Some(value) = united(&all).filter(|_| complete) {
                self.put(item, path, Some(&value), node.span, route);
            } else if let (Some(_), Some(&gap)) = (all.first(), gaps.first()) {
                let (key, span) = (field.key, self.first_line(gap));
                let message = says(
                    format!("이 항목에만 `{key}`이(가) 없어 `{path}`을(를) 알 수 없는 것으로 둔다"),
                    format!("this entry alone lacks `{key}`, so `{path}` stays unknown"),
                );
                self.warn(Code::MissingKey, span, message);
            }
        }
    }

    fn items(&mut self, items: &'static Items, node: &Node, owner: &mut ItemDraft, route: &Route) {
        if Value::is_undisclosed(node) {
            return;
        }
        let empty = node.list().is_some_and(<[Node]>::is_empty);
        if let Some(path) = items.empty_completes.filter(|_| empty) {
            self.put(owner, path, Some(&Value::Flag(true)), node.span, route);
        }
        self.named_at_owner(items, node, owner, route);
        let mut names = Names::default();
        for node in self.entries_of(node) {
            let Some(id_node) = node.get(items.id).filter(|id| !id.is_null()) else {
                self.known(items.fields, node);
                continue;
            };
            let Some(written) = self.reader.text(id_node) else { continue };
            let id = if items.model { model_id(written) } else { written.to_owned() };
            if !self.is_new(&mut names, &id, id_node.span) {
                continue;
            }
            let route = route.step(&id);
            self.citations.visit(&route.at);
            let mut item = ItemDraft::default();
            self.mapping(items.fields, node, &mut item, &route);
            self.imply(items, &mut item, id_node.span, &route);
            let by = self.presence(id_node.span, &route);
            if items.at_model {
                self.at_model.push((items.collection, id.clone(), by, item));
            } else {
                absorb(owner.item(items.collection, &id, &by), item);
            }
        }
    }

    /// The names of a list as a fact of the item that holds the list.
    fn named_at_owner(&self, items: &Items, node: &Node, owner: &mut ItemDraft, route: &Route) {
        let Some(path) = items.names else { return };
        let entries = node.list().unwrap_or_default().iter().take(MAX_ITEMS);
        let named = entries.filter_map(|entry| entry.get(items.id).filter(|id| !id.is_null())?.text());
        let value = Value::texts(named.map(|name| if items.model { model_id(name) } else { name.to_owned() }));
        self.put(owner, path, Some(&value), node.span, route);
    }

    /// The entries of a list, as many as are read.
    pub(super) fn entries_of<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        let list = self.reader.list(node).unwrap_or_default();
        &list[..list.len().min(MAX_ITEMS)]
    }

    /// Whether an entry's name is the first of its kind in the list; what is wrong with it is reported.
    pub(super) fn is_new(&mut self, names: &mut Names, id: &str, span: Span) -> bool {
        let Err((code, message)) = unlike(names, id) else { return true };
        let problem = Diagnostic::error(code, &self.reader.file, span, message);
        self.reader.report(problem.help(says("다른 이름을 붙인다", "give it another name")));
        false
    }

    /// Who says that an item is there.
    pub(super) fn presence(&self, span: Span, route: &Route) -> Source {
        let sources = self.citations.sources(&self.reader.file, span, route, None);
        sources
            .into_iter()
            .max_by_key(|source| source.assurance)
            .unwrap_or_else(|| Source::declared(Value::Flag(true), crate::facts::Origin::default()))
    }

    fn imply(&self, items: &Items, item: &mut ItemDraft, span: Span, route: &Route) {
        for (path, word) in items.implied {
            let value = match vocabulary().entry(vocabulary().must(path)).kind {
                Kind::Flag => Some(Value::Flag(*word == "true")),
                kind => Value::word(kind, word),
            };
            self.put(item, path, value.as_ref(), span, route);
        }
        let (start, links) =
            (vocabulary().must("component.initialisation"), vocabulary().must("component.links-complete"));
        if item.sources.contains_key(&links) {
            return;
        }
        let random = Value::word(vocabulary().entry(start).kind, "random-init");
        let stated = item.sources.get(&start).cloned().unwrap_or_default();
        for source in stated.into_iter().filter(|source| source.value == random) {
            // Weights that started from random numbers started from no other model: nothing is left to be listed.
            item.add("component.links-complete", Source { value: Some(Value::Flag(true)), ..source });
        }
    }

    /// A list that leaves nothing out and is not there would make every question about its items void.
    fn complete_without_lists(&mut self, block: &Node) {
        const LISTS: [&str; 7] =
            ["components", "datasets", "teachers", "artefacts", "answers", "supply_parts", "certificates"];
        let Some(named) = block.get("complete") else { return };
        for word in named.list().unwrap_or(std::slice::from_ref(named)) {
            let Some(list) = LISTS.iter().find(|list| word.text() == Some(**list)) else { continue };
            if block.get(list).is_some_and(|node| !node.is_null()) {
                continue;
            }
            let message = says(
                format!("`{list}`에 빠진 것이 없다고 하는데 `{list}:` 목록이 없다: 하나도 없다는 뜻이 된다"),
                format!(
                    "`{list}` is said to leave nothing out, and there is no list `{list}:`: this says that there are none"
                ),
            );
            let help = says(
                format!("`{list}:`에 모두 적는다. 정말 없으면 `{list}: []`로 적는다"),
                format!("list them under `{list}:`; if there are none, write `{list}: []`"),
            );
            let problem = Diagnostic::warning(Code::MissingKey, &self.reader.file, word.span, message);
            self.reader.report(problem.help(help));
        }
    }

    fn warn(&mut self, code: Code, span: Span, message: Says) {
        let problem = Diagnostic::warning(code, &self.reader.file, span, message);
        self.reader.report(problem);
    }

    fn first_line(&self, span: Span) -> Span {
        let text = self.reader.file.slice(span);
        let start = span.start as usize;
        Span::new(start, start + text.find('\n').unwrap_or(text.len()))
    }
}

/// Adds a name to those of its list; what is wrong with one that cannot be told from another, or that is none.
fn unlike(names: &mut Names, id: &str) -> Result<(), (Code, Says)> {
    if id.is_empty() {
        return Err((Code::DuplicateId, says("이름이 비어 있다", "the name is empty")));
    }
    names.add(id).map_err(|clash| match clash {
        Clash::Same => (Code::DuplicateId, says(format!("`{id}`이(가) 두 번 나온다"), format!("`{id}` appears twice"))),
        Clash::Alike(other) => {
            let (a, b) = (spelled(&other), spelled(id));
            let message =
                says(format!("두 이름이 똑같아 보인다: {a}, {b}"), format!("two names look alike: {a} and {b}"));
            (Code::NamesAlike, message)
        }
    })
}

/// The elements of all; for single texts, those that differ.
fn united(values: &[&Value]) -> Option<Value> {
    let first = *values.first()?;
    let all = values.iter().copied();
    Some(match first {
        Value::Countries(_) => Value::countries(all.flat_map(|value| match value {
            Value::Countries(list) => list.to_vec(),
            _ => Vec::new(),
        })),
        Value::Texts(_) => Value::texts(all.flat_map(|value| match value {
            Value::Texts(list) => list.to_vec(),
            _ => Vec::new(),
        })),
        Value::Words(_) => Value::Words(crate::facts::WordSet(all.fold(0, |sum, value| match value {
            Value::Words(words) => sum | words.0,
            _ => sum,
        }))),
        // Rows count what they name: so many of one kind, so many of another.
        Value::Number(_) => Value::Number(all.map(|value| if let Value::Number(n) = value { *n } else { 0.0 }).sum()),
        Value::Text(_) => {
            let mut seen = std::collections::HashSet::new();
            let texts = all.filter_map(|value| if let Value::Text(text) = value { Some(&**text) } else { None });
            Value::text(texts.filter(|text| seen.insert(*text)).collect::<Vec<_>>().join(", "))
        }
        other => other.clone(),
    })
}
