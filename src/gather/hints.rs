//! Hints of lineage: what files say about the models that this one was made from. Each is the maker's
//! word and opens a link with what it says; that no hint is there proves nothing.

use super::components::Components;
use super::config::stated;
use super::reference;
use crate::facts::{Draft, Finding, Source, Speaker, Value};
use crate::text::{Node, SourceFile, says};
use crate::vocabulary::vocabulary;

/// A reference that a file names.
#[derive(Debug, Clone)]
pub(super) struct Hint {
    /// The reference.
    pub reference: String,
    /// What the file says of the weights: a word of `component.initialisation`, or nothing where it only names.
    pub starts: Option<&'static str>,
    /// What was done to them: a word of `component.adaptation`.
    pub adaptation: Option<&'static str>,
    /// How they were reused: a word of `link.changes`.
    pub kind: Option<&'static str>,
    /// The kind of part that it speaks of, where it names one.
    pub part: Option<&'static str>,
    /// Where it stands.
    pub source: Source,
}

/// What a relation as the Hub has it says of the weights.
pub(super) fn hint_of_relation(reference: String, relation: Option<&str>, source: Source) -> Hint {
    let (starts, adaptation, kind) = match relation {
        Some("quantized") => ("from-reference", Some("quantisation"), Some("quantised")),
        Some("merge") => ("adapted", Some("merge"), Some("merged")),
        Some("adapter") => ("adapted", Some("adapter"), None),
        Some("finetune") => ("adapted", Some("fine-tuning"), Some("trained-further")),
        _ => ("adapted", None, None),
    };
    Hint { reference, starts: Some(starts), adaptation, kind, part: None, source }
}

/// `adapter_config.json`: the weights are low-rank factors beside another model's, so something was trained, and
/// little.
pub(super) fn adapter(file: &SourceFile, root: &Node, draft: &mut Draft) -> Vec<Hint> {
    let relation = stated(file, Value::Flag(true), root.span);
    draft.root.add_word("model.relation", "adapter", &relation);
    draft.root.add("model.own-tuning", stated(file, Value::Flag(true), root.span));
    let Some(base) = root.get("base_model_name_or_path").filter(|n| !n.is_null()) else { return Vec::new() };
    let named = base.text().map(reference::models).unwrap_or_default();
    let hint = |reference: String| {
        let source = stated(file, Value::text(reference.as_str()), base.span);
        hint_of_relation(reference, Some("adapter"), source)
    };
    named.into_iter().map(hint).collect()
}

/// `quantize_config.json` and the like: what a quantising tool was given. The name may be that of the result itself, so
/// it is named, and no more.
pub(super) fn quantiser(file: &SourceFile, root: &Node) -> Vec<Hint> {
    let keys = ["model_name_or_path", "base_model_name_or_path", "model_path"];
    let Some(node) = keys.iter().find_map(|key| root.get(key)).filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let Some(reference) = node.text().and_then(reference::repository) else { return Vec::new() };
    let source = stated(file, Value::text(reference.as_str()), node.span);
    vec![Hint { reference, starts: None, adaptation: None, kind: None, part: None, source }]
}

/// Tags of the front matter, as words about the whole model. The text below it is prose, and admits nothing.
pub(super) fn tags(file: &SourceFile, front: Option<&Node>, draft: &mut Draft) {
    let tags = front.and_then(|node| node.get("tags")).and_then(Node::list).unwrap_or_default();
    for (words, relation) in [(&["merge", "mergekit"][..], "merge"), (&["peft", "lora", "adapter"][..], "adapter")] {
        if let Some(tag) = tags.iter().find(|tag| tag.text().is_some_and(|text| words.contains(&text))) {
            let source = stated(file, Value::Flag(true), tag.span).by(Speaker::Card);
            draft.root.add_word("model.relation", relation, &source);
        }
    }
}

/// Opens the links that the hints name.
///
/// A reference that the card lists for a component is that component's; any other belongs to the text backbone, or to
/// the only component there is.
/// `own` is what the model is called, where the one who grades knows it: no model is its own ancestor. The name of a
/// folder says nothing.
pub(super) fn open_links(hints: &[Hint], own: Option<&str>, components: &mut Components, draft: &mut Draft) {
    for hint in hints {
        if hint.reference.is_empty() || own.is_some_and(|own| own.eq_ignore_ascii_case(&hint.reference)) {
            continue;
        }
        for component in owners(hint, components, draft) {
            open(hint, &component, draft);
        }
        if hint.starts.is_none() {
            draft.findings.push(named_only(hint));
        }
    }
}

fn owners(hint: &Hint, components: &mut Components, draft: &Draft) -> Vec<String> {
    if let Some(kind) = hint.part {
        let id = components.of_kind(kind).map_or_else(|| kind.to_owned(), |known| known.id.clone());
        components.learn(&id, super::components::role_of_kind(kind), "");
        return vec![id];
    }
    let reference = hint.reference.as_str();
    let (collection, link) = (vocabulary().must_collection("component"), vocabulary().must_collection("link"));
    let items = draft.root.children.get(&collection);
    let listed: Vec<String> = items
        .into_iter()
        .flatten()
        .filter(|(_, item)| item.children.get(&link).is_some_and(|links| links.contains_key(reference)))
        .map(|(id, _)| id.clone())
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    let only = items.filter(|items| items.len() == 1).and_then(|items| items.keys().next());
    let id = match components.of_kind("text") {
        Some(text) => text.id.clone(),
        None => only.cloned().unwrap_or_else(|| "text".to_owned()),
    };
    if only.is_none() {
        components.learn(&id, "text", "/");
    }
    vec![id]
}

fn open(hint: &Hint, component: &str, draft: &mut Draft) {
    let item = draft.root.item("component", component, &hint.source);
    let role = vocabulary().must("component.role");
    let kind = hint.part.unwrap_or("text");
    if !item.sources.contains_key(&role) && (component == kind) {
        item.add_word("component.role", super::components::role_of_kind(kind), &hint.source);
    }
    if let Some(word) = hint.starts {
        // The card's own word for a start from another model is as good as the hint's: both admit the same.
        let start = vocabulary().must("component.initialisation");
        let kind = vocabulary().entry(start).kind;
        let admitted = item
            .sources
            .get(&start)
            .into_iter()
            .flatten()
            .any(|source| ["from-reference", "adapted"].iter().any(|word| source.value == Value::word(kind, word)));
        if !admitted {
            item.add_word("component.initialisation", word, &hint.source);
        }
    }
    let adaptation = vocabulary().must("component.adaptation");
    if let Some(word) = hint.adaptation.filter(|_| !item.sources.contains_key(&adaptation)) {
        item.add_word("component.adaptation", word, &hint.source);
    }
    let link = item.item("link", &hint.reference, &hint.source);
    link.add("link.reference", Source { value: Some(Value::text(hint.reference.as_str())), ..hint.source.clone() });
    if hint.starts.is_some() {
        link.add_word("link.relation", "shared", &hint.source);
        link.add_word("link.direction", "from-reference", &hint.source);
        let trained = Source { value: Some(Value::Flag(true)), ..hint.source.clone() };
        link.add("link.trained-weights-shared", trained);
    }
    let kinds = vocabulary().must("link.changes");
    if let Some(word) = hint.kind.filter(|_| !link.sources.contains_key(&kinds)) {
        link.add_word("link.changes", word, &hint.source);
    }
}

fn named_only(hint: &Hint) -> Finding {
    let name = &hint.reference;
    Finding {
        says: says(
            format!("설정이 `{name}`에서 읽어 온 것으로 적혀 있다. 가중치도 거기서 왔는지는 밝혀야 안다"),
            format!("the config says it was loaded from `{name}`; whether the weights come from there has to be said"),
        ),
        sources: vec![hint.source.clone()],
        contradiction: false,
        code: None,
    }
}
