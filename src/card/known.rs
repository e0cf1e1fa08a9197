//! What the files of a model already say, as far as a card may repeat it.
//!
//! A card speaks for the maker. Only what was read off the files, and what the maker itself says in the front matter or
//! in config.json without drawing a conclusion, is stated. Where a model comes from is a hint, whoever names it.

use super::home::Home;
use super::plan::{Note, Plan};
use super::scalar;
use crate::explain::Way;
use crate::facts::{Dossier, Item, Source, Speaker};
use crate::gather::field_of;
use crate::text::{Lang, Node, SourceFile, clean, says};
use crate::vocabulary::vocabulary;

/// Facts of the model that a card repeats where files say them.
const OF_MODEL: [&str; 4] =
    ["model.parameters", "model.active-parameters", "model.context", "tokenizer.vocabulary-size"];

/// Facts of a component that a card repeats.
const OF_COMPONENT: [&str; 2] = ["component.role", "component.parameters"];

/// Facts that a file only hints at: they are held out as comments.
const HINTS: [&str; 1] = ["model.relation"];

/// Names of one key that are taken over from a front matter.
const MOST: usize = 200;

/// One run over a model's files.
pub(super) struct Known<'k> {
    pub(super) dossier: &'k Dossier,
    pub(super) home: &'k Home,
    pub(super) lang: Lang,
}

impl Known<'_> {
    /// Puts what is known into a plan.
    pub(super) fn fill(&self, plan: &mut Plan) {
        let key = |key: &str| Way::Key(key.to_owned());
        if let Some(leaf) = plan.leaf(&[key("schema")]) {
            (leaf.value, leaf.stated) = (Some("sovereignty/1".to_owned()), true);
        }
        if !self.dossier.about.local {
            let from = says("이 모델의 이름", "what the model is called");
            state(plan, &[key("model_id")], scalar::text(&self.dossier.id), from.get(self.lang));
        }
        for path in OF_MODEL {
            let Some((value, from)) = self.read(path, None) else { continue };
            if let Some(way) = keys_of(path) {
                state(plan, &way, value, &from);
            }
        }
        for component in self.dossier.named("component") {
            self.component(plan, component);
        }
        for path in HINTS {
            self.hint(plan, path);
        }
        if let Some((file, front)) = &self.home.front {
            self.front_matter(plan, file, front);
        }
    }

    /// What a file says of a fact, with the place; nothing where only the card or a hint says it.
    fn read(&self, path: &str, item: Option<&Item>) -> Option<(String, String)> {
        let id = vocabulary().must(path);
        let fact = item.map_or_else(|| self.dossier.fact(id), |item| item.fact(id));
        let source = fact.sources().iter().find(|source| is_read(source))?;
        let value = source.value.as_ref().filter(|value| fact.claimed().is_some_and(|own| own.agrees(value)))?;
        Some((scalar::value(value, vocabulary().entry(id).kind), place(source)))
    }

    fn component(&self, plan: &mut Plan, component: &Item) {
        let way = |id: &str| Way::Item { list: "components".to_owned(), key: "id", id: id.to_owned() };
        let here = way(&component.id);
        let known: Vec<(&str, (String, String))> =
            OF_COMPONENT.iter().filter_map(|path| Some((*path, self.read(path, Some(component))?))).collect();
        // Of a part that only a hint names a card says nothing.
        if let Some(item) = plan.entry(std::slice::from_ref(&here)).filter(|_| !known.is_empty()) {
            item.stated = true;
        }
        for (path, (value, from)) in known {
            let key = if path == "component.role" { "role" } else { "params" };
            state(plan, &[here.clone(), Way::Key(key.to_owned())], value, &from);
        }
        for (collection, links) in &component.children {
            if *collection == vocabulary().must_collection("link") {
                for link in links {
                    self.link(plan, component, link);
                }
            }
        }
    }

    /// A model that some file names as the one that the weights came from.
    fn link(&self, plan: &mut Plan, component: &Item, link: &Item) {
        let named = link.fact(vocabulary().must("link.reference")).sources();
        let places: Vec<String> = named.iter().map(place).collect();
        if places.is_empty() {
            return;
        }
        let way = [
            Way::Item { list: "components".to_owned(), key: "id", id: component.id.clone() },
            Way::Item { list: "references".to_owned(), key: "model", id: link.id.clone() },
        ];
        let text = says(
            format!("{}에 적힌 모델이다. 가중치가 거기서 출발했으면 아래 줄을 살린다.", places.join(", ")),
            format!("{} names it; if the weights started from it, take the lines below over.", places.join(", ")),
        );
        let note = Note {
            mark: format!("~ components[{}].references[{}]", component.id, link.id).replace(" · ", " "),
            tail: String::new(),
            lines: vec![text.get(self.lang).to_owned()],
        };
        if let Some(item) = plan.entry(&way) {
            item.notes.push(note);
        }
    }

    fn hint(&self, plan: &mut Plan, path: &str) {
        let id = vocabulary().must(path);
        let fact = self.dossier.fact(id);
        let Some((source, value)) = fact.standing().and_then(|source| Some((source, source.value.as_ref()?))) else {
            return;
        };
        let Some(way) = keys_of(path) else { return };
        let text = says(
            format!("{}에서 짐작한 것이다. 맞으면 아래 줄을 살린다.", place(source)),
            format!("{} hints at it; if it is so, take the line below over.", place(source)),
        );
        hold_out(plan, &way, scalar::value(value, vocabulary().entry(id).kind), text.get(self.lang));
    }

    fn front_matter(&self, plan: &mut Plan, file: &SourceFile, front: &Node) {
        let texts = |key: &str| -> Vec<(String, String)> {
            let Some(node) = front.get(key).filter(|node| node.map().is_none() && !node.is_null()) else {
                return Vec::new();
            };
            let items = node.list().unwrap_or(std::slice::from_ref(node));
            let named = items.iter().filter(|item| !item.is_null()).take(MOST);
            let from = |node: &Node| format!("{}:{} ({key})", file.name(), file.position(node.span.start).line);
            named
                .filter_map(|node| Some((clean(node.text()?), from(node))))
                .filter(|(text, _)| !text.is_empty())
                .collect()
        };
        let key = |key: &str| Way::Key(key.to_owned());
        // `other` names no licence, and its name is not an id.
        let licences: Vec<(String, String)> =
            texts("license").into_iter().filter(|(id, _)| !matches!(id.as_str(), "other" | "unknown")).collect();
        if let [(id, from)] = licences.as_slice() {
            state(plan, &[key("licensing"), key("weights"), key("licence")], scalar::text(id), from);
        }
        let mut seen = Vec::new();
        for (id, from) in texts("datasets") {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id.clone());
            if let Some(item) = plan.entry(&[Way::Item { list: "datasets".to_owned(), key: "id", id }]) {
                (item.stated, item.from) = (true, from);
            }
        }
        let languages = texts("language");
        if let Some((_, from)) = languages.first() {
            let text = says(
                format!("{from}에 적힌 모델의 언어이다. 토크나이저도 그 말뭉치로 학습했으면 아래 줄을 살린다."),
                format!(
                    "{from} names the model's languages; if the tokenizer was trained on their corpus, take this over."
                ),
            );
            let list = scalar::texts(languages.iter().map(|(language, _)| language.as_str()));
            hold_out(plan, &[key("tokenizer"), key("languages")], list, text.get(self.lang));
        }
    }
}

/// Whether a source is a file that was opened, or config.json, which the maker wrote.
fn is_read(source: &Source) -> bool {
    let config = source.origin.file == "config.json" || source.origin.file.ends_with("/config.json");
    source.counts() && (source.speaker == Speaker::File || source.speaker == Speaker::Beside && config)
}

/// `config.json:5`.
fn place(source: &Source) -> String {
    let line = source.origin.at.map_or_else(String::new, |at| format!(":{}", at.line));
    format!("{}{line}", source.origin.file)
}

/// The keys of a fact of the model.
fn keys_of(path: &str) -> Option<Vec<Way>> {
    Some(field_of(path)?.split('.').map(|key| Way::Key(key.to_owned())).collect())
}

fn state(plan: &mut Plan, way: &[Way], value: String, from: &str) {
    if let Some(leaf) = plan.leaf(way) {
        (leaf.value, leaf.stated) = (Some(value), true);
        from.clone_into(&mut leaf.from);
    }
}

fn hold_out(plan: &mut Plan, way: &[Way], value: String, text: &str) {
    let route = way.iter().map(|step| if let Way::Key(key) = step { key.as_str() } else { "" }).collect::<Vec<_>>();
    let mark = format!("~ {}", route.join("."));
    if let Some(leaf) = plan.leaf(way).filter(|leaf| !leaf.stated) {
        leaf.value = Some(value);
        leaf.notes.push(Note { mark, tail: String::new(), lines: vec![text.to_owned()] });
    }
}
