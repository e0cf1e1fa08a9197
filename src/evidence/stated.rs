//! Facts that documents state and assessors attest, at the model or at an item.

use super::decode::ReadEvidence;
use super::file::StatedFact;
use crate::facts::{Assurance, Draft, Origin, Source, Speaker, Style, Value, shown_by_nothing};
use crate::text::{
    Code, Diagnostic, Diagnostics, Node, Reader, Says, SourceFile, Span, clean, closest, model_id, says,
};
use crate::vocabulary::{Kind, OwnFacts, PathId, Scope, vocabulary};

/// A fact that a document or an assessor states, at the model or at an item.
pub(super) fn stated(
    read: &ReadEvidence,
    said: &StatedFact,
    value: &Node,
    source: Source,
    words: &OwnFacts,
    draft: &mut Draft,
    problems: &mut Diagnostics,
) {
    let Some(id) = words.path(&said.fact) else {
        let problem = unknown(&read.source, &said.fact, value.span, words);
        match problem {
            Ok(problem) => problems.push(problem),
            Err(limit) => draft.limits.push(limit),
        }
        return;
    };
    let mut reader = Reader::new(read.source.clone());
    let source = Source {
        origin: Origin { at: Some(read.source.position(value.span.start)), ..source.origin.clone() },
        ..source
    };
    if let Err(problem) = state(&mut reader, id, said.item.as_deref(), value, &source, draft) {
        reader.report(*problem);
    }
    problems.extend(reader.problems);
}

/// What is wrong with a path that is not known; or, if it lies in a namespace of which this ruleset knows nothing, that
/// it was left alone.
fn unknown(file: &SourceFile, path: &str, span: Span, words: &OwnFacts) -> Result<Diagnostic, Says> {
    let shown = clean(path);
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let known = |root: &str| words.entries().any(|(_, entry)| entry.path.split('.').next() == Some(root));
    let namespace = if vocabulary().collection(first).is_some() {
        parts.next().filter(|_| parts.next().is_some())
    } else {
        Some(first)
    };
    let of_another = namespace.is_some_and(|name| path.contains('.') && !known(name) && name != words.namespace);
    if of_another && closest(path, words.entries().map(|(_, entry)| entry.path)).is_none() {
        return Err(says(
            format!("증거가 `{shown}`에 관해 말하지만, 이 규칙 모음은 그 사실을 모른다"),
            format!("evidence speaks of `{shown}`, which is no fact of this ruleset"),
        ));
    }
    let message = says(format!("`{shown}`은(는) 모르는 사실이다"), format!("`{shown}` is not a known fact"));
    let problem = Diagnostic::error(Code::UnknownFact, file, span, message);
    Ok(problem.did_you_mean(path, words.entries().map(|(_, entry)| entry.path)))
}

fn state(
    reader: &mut Reader,
    id: PathId,
    item: Option<&str>,
    node: &Node,
    source: &Source,
    draft: &mut Draft,
) -> Result<(), Box<Diagnostic>> {
    let entry = vocabulary().entry(id);
    let shown = clean(entry.path);
    let wrong = |code, ko: String, en: String| Box::new(Diagnostic::error(code, &reader.file, node.span, says(ko, en)));
    // A document that was opened is the best there is for what neither files nor weights can show.
    let opened =
        source.speaker == Speaker::Vouched && source.assurance >= Assurance::Documented && shown_by_nothing(id);
    let source = &Source { opened, ..source.clone() };
    let target = match (vocabulary().scope(id), item) {
        (Scope::Model, None) => &mut draft.root,
        (Scope::Model, Some(_)) => {
            let ko = format!("`{shown}`은(는) 모델의 사실이라 `item`이 없어야 한다");
            return Err(wrong(
                Code::FactOutOfReach,
                ko,
                format!("`{shown}` is a fact of the model and takes no `item`"),
            ));
        }
        (Scope::Item(_), None) => {
            let ko = format!("`{shown}`은(는) 항목의 사실이라 `item`으로 어느 항목인지 적어야 한다");
            return Err(wrong(
                Code::FactOutOfReach,
                ko,
                format!("`{shown}` is a fact of an item; `item` must say which"),
            ));
        }
        (Scope::Item(collection), Some(item)) => {
            let about = vocabulary().collection_of(collection);
            match (about.parent, item.split_once('/')) {
                (None, _) => draft.root.item_of(collection, &clean(item), source),
                (Some(parent), Some((owner, own))) => {
                    draft.root.item(parent, &clean(owner), source).item_of(collection, &model_id(own), source)
                }
                (Some(parent), None) => {
                    let ko = format!("`{parent}`의 id와 `/`를 앞에 붙여야 한다");
                    return Err(wrong(
                        Code::BadId,
                        ko,
                        format!("the id of its `{parent}` and `/` must stand before it"),
                    ));
                }
            }
        }
    };
    if Value::is_undisclosed(node) {
        target.add_to(id, Source { value: None, ..source.clone() });
    } else if let Some(value) = Value::decode(entry.kind, node, Style::Card, reader) {
        let value = match (value, entry.kind) {
            (Value::Text(text), Kind::Text) => Value::text(clean(&text)),
            (value, _) => value,
        };
        target.add_to(id, Source { value: Some(value), ..source.clone() });
    }
    Ok(())
}

/// An attestation by nobody, on no day, or without a record.
pub(super) fn unattested(file: &SourceFile, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::MissingKey,
        file,
        span,
        says(
            "확인한 기관(`publisher`), 날짜(`date`), 기록 번호(`record`)가 모두 있어야 한다",
            "an attestation needs its body (`publisher`), its day (`date`) and its record (`record`)",
        ),
    )
}
