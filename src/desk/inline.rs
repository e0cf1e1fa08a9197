//! Facts written into a case, to a dossier.

use crate::facts::{
    Assurance, Dossier, Draft, ItemDraft, Origin, Source, Speaker, Style, Value, directions, imply_no_family,
};
use crate::rules::closed;
use crate::text::{Code, Diagnostic, Diagnostics, Node, NodeKind, Reader, SourceFile, Span, says};
use crate::vocabulary::{OwnFacts, Scope, vocabulary};

/// The dossier of a case's inline facts; `own` are those that its ruleset brings along.
///
/// # Errors
/// Every mistake among the facts.
pub fn inline_dossier(name: &str, inline: &Node, file: &SourceFile, own: &OwnFacts) -> Result<Dossier, Diagnostics> {
    let mut reader = Reader::new(file.clone());
    let mut draft = Draft { id: name.to_owned(), ..Draft::default() };
    if let Some(facts) = inline.get("facts")
        && let Some(mut fields) = reader.map(facts)
    {
        for (key, value) in fields.take_rest() {
            fact(&mut draft.root, (Scope::Model, ""), (key, value), own, &mut reader);
        }
    }
    if let Some(items) = inline.get("items")
        && let Some(mut fields) = reader.map(items)
    {
        for (key, value) in fields.take_rest() {
            collection(&mut draft.root, key, value, own, &mut reader);
        }
    }
    for item in inline.get("complete").and_then(Node::list).unwrap_or_default() {
        complete(&mut draft.root, item, own, &mut reader);
    }
    if reader.problems.has_errors() {
        return Err(reader.problems);
    }
    directions(&mut draft);
    imply_no_family(&mut draft.root);
    Ok(draft.settle())
}

fn collection(owner: &mut ItemDraft, key: &Node, list: &Node, own: &OwnFacts, reader: &mut Reader) {
    let name = key.text().unwrap_or_default();
    let Some(id) = own.collection(name) else {
        let file = reader.file.clone();
        let message = says(format!("`{name}`: 이런 모음은 없다"), format!("there is no collection `{name}`"));
        let legal = own.collection_names();
        reader.report(Diagnostic::error(Code::UnknownCollection, &file, key.span, message).did_you_mean(name, legal));
        return;
    };
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for entry in reader.list(list).unwrap_or_default() {
        if let Some(id) = entry.get("id")
            && let Some(text) = id.text()
        {
            if let Some((_, first)) = seen.iter().find(|(name, _)| *name == text) {
                let file = reader.file.clone();
                let message =
                    says(format!("식별자 `{text}`을(를) 두 번 쓴다"), format!("the id `{text}` is used twice"));
                let problem = Diagnostic::error(Code::DuplicateId, &file, id.span, message)
                    .help(says("둘 가운데 하나를 바꾸거나 합친다", "change one of the two, or join them"))
                    .related(*first, says("처음 쓴 곳", "first here"));
                reader.report(problem);
            }
            seen.push((text, id.span));
        }
        let Some(mut fields) = reader.map(entry) else { continue };
        let Some(item_id) = fields.required::<String>("id", reader) else {
            fields.take_rest();
            fields.done(reader);
            continue;
        };
        let assurance = fields.node("assurance").and_then(|node| assurance(node, reader));
        let mut presence = source(None, assurance.unwrap_or(Assurance::Declared), None, entry, reader);
        if assurance == Some(Assurance::Declared) || assurance.is_none() && card_names(entry) {
            presence.speaker = Speaker::Card;
        } else if presence.speaker == Speaker::Card {
            presence.speaker = Speaker::Report;
        }
        let item = owner.item_of(id, &item_id, &presence);
        for (key, value) in fields.take_rest() {
            let text = key.text().unwrap_or_default();
            if vocabulary().collection(text).is_some_and(|c| vocabulary().collection_of(c).parent == Some(name)) {
                collection(item, key, value, own, reader);
            } else {
                fact(item, (Scope::Item(id), name), (key, value), own, reader);
            }
        }
    }
}

/// Whether the card names an item: it says something of it, or nobody does. What only measurements and documents
/// speak of is not the card's.
fn card_names(entry: &Node) -> bool {
    let values = || entry.map().into_iter().flatten().filter(|(key, _)| key.text() != Some("id")).map(|(_, v)| v);
    let declared = |value: &Node| value.get("assurance").is_none_or(|step| step.text() == Some("declared"));
    values().next().is_none()
        || values().any(|value| match value.list() {
            Some(list) => list.is_empty() || list.iter().any(declared),
            None => declared(value),
        })
}

/// Adds the sources of one fact: a value, `{value, assurance, by}`, or a list of those.
fn fact(
    owner: &mut ItemDraft,
    (scope, collection): (Scope, &str),
    (key, value): (&Node, &Node),
    own: &OwnFacts,
    reader: &mut Reader,
) {
    let written = key.text().unwrap_or_default();
    let full = if collection.is_empty() || written.starts_with(&format!("{collection}.")) {
        written.to_owned()
    } else {
        format!("{collection}.{written}")
    };
    let path = own.path(&full).filter(|path| vocabulary().scope(*path) == scope);
    let Some(path) = path else {
        let file = reader.file.clone();
        let message = says(format!("`{full}`: 이런 사실은 없다"), format!("there is no fact `{full}`"));
        let legal = own.entries().filter(|(id, _)| vocabulary().scope(*id) == scope).map(|(_, e)| e.path);
        reader.report(Diagnostic::error(Code::UnknownFact, &file, key.span, message).did_you_mean(&full, legal));
        return;
    };
    let several = match &value.kind {
        NodeKind::List(items) if items.iter().all(|item| item.get("value").is_some()) && !items.is_empty() => {
            items.iter().collect()
        }
        _ => vec![value],
    };
    let kind = vocabulary().entry(path).kind;
    for one in several {
        let (node, step, by) = match one.get("value") {
            Some(node) => {
                let Some(mut fields) = reader.map(one) else { continue };
                fields.node("value");
                let step = fields.node("assurance").and_then(|node| assurance(node, reader));
                let by = fields.node("by").and_then(|node| speaker(node, reader));
                fields.done(reader);
                (node, step.unwrap_or(Assurance::Declared), by)
            }
            None => (one, Assurance::Declared, None),
        };
        let read = if Value::is_undisclosed(node) { None } else { Value::decode(kind, node, Style::Rule, reader) };
        let read = read.and_then(|value| closed(path, value, node, reader));
        if read.is_some() || Value::is_undisclosed(node) {
            let source = source(read, step, by, node, reader);
            owner.sources.entry(path).or_default().push(source);
        }
    }
}

fn assurance(node: &Node, reader: &mut Reader) -> Option<Assurance> {
    let words: Vec<&str> = Assurance::ALL.iter().map(|step| step.word()).collect();
    reader.word(node, &words).map(|at| Assurance::ALL[at])
}

fn speaker(node: &Node, reader: &mut Reader) -> Option<Speaker> {
    let words: Vec<&str> = Speaker::ALL.iter().map(|speaker| speaker.word()).collect();
    reader.word(node, &words).map(|at| Speaker::ALL[at])
}

/// Where a case does not say who speaks, it is whoever speaks with such an assurance as a rule: the card up to a
/// document, this run up to a measurement, an assessor who is vouched for beyond it.
fn source(value: Option<Value>, step: Assurance, by: Option<Speaker>, node: &Node, reader: &Reader) -> Source {
    let at = reader.file.position(node.span.start);
    let origin = Origin { file: reader.file.name().to_owned(), at: Some(at), ..Origin::default() };
    let usual = match step {
        Assurance::Declared | Assurance::Documented => Speaker::Card,
        Assurance::Corroborated | Assurance::Measured => Speaker::Run,
        Assurance::Audited => Speaker::Vouched,
    };
    Source { value, assurance: step, speaker: by.unwrap_or(usual), opened: false, origin, date: None, set_aside: None }
}

/// Declares a collection complete; `link` for every component.
fn complete(root: &mut ItemDraft, node: &Node, own: &OwnFacts, reader: &mut Reader) {
    let (name_node, step) = match node.get("of") {
        Some(name) => (name, node.get("assurance").and_then(|n| assurance(n, reader)).unwrap_or(Assurance::Declared)),
        None => (node, Assurance::Declared),
    };
    let Some(name) = reader.text(name_node) else { return };
    let Some(id) = own.collection(name) else {
        let file = reader.file.clone();
        let message = says(format!("`{name}`: 이런 모음은 없다"), format!("there is no collection `{name}`"));
        let legal = own.collection_names();
        reader.report(
            Diagnostic::error(Code::UnknownCollection, &file, name_node.span, message).did_you_mean(name, legal),
        );
        return;
    };
    let entry = vocabulary().collection_of(id);
    let statement = source(Some(Value::Flag(true)), step, None, node, reader);
    match entry.parent.and_then(|parent| vocabulary().collection(parent)) {
        None => root.add_to(vocabulary().complete(id), statement),
        Some(parent) => {
            for owner in root.children.entry(parent).or_default().values_mut() {
                owner.add_to(vocabulary().complete(id), statement.clone());
            }
        }
    }
}
