//! Facts that documents state and assessors attest, at the model or at an item.

use super::decode::ReadEvidence;
use crate::facts::{Assurance, Draft, Origin, Source, Speaker, Style, Value, shown_by_nothing};
use crate::text::{Code, Diagnostic, Diagnostics, Node, Reader, SourceFile, Span, clean, model_id, says};
use crate::vocabulary::{Kind, Scope, vocabulary};

/// A fact that a document or an assessor states, at the model or at an item.
pub(super) fn stated(
    read: &ReadEvidence,
    path: &str,
    item: Option<&str>,
    value: &Node,
    source: Source,
    draft: &mut Draft,
    problems: &mut Diagnostics,
) {
    let mut reader = Reader::new(read.source.clone());
    let source = Source {
        origin: Origin { at: Some(read.source.position(value.span.start)), ..source.origin.clone() },
        ..source
    };
    if let Err(problem) = state(&mut reader, path, item, value, &source, draft) {
        reader.report(*problem);
    }
    problems.extend(reader.problems);
}

fn state(
    reader: &mut Reader,
    path: &str,
    item: Option<&str>,
    node: &Node,
    source: &Source,
    draft: &mut Draft,
) -> Result<(), Box<Diagnostic>> {
    let shown = clean(path);
    let wrong = |code, ko: String, en: String| Box::new(Diagnostic::error(code, &reader.file, node.span, says(ko, en)));
    let Some(id) = vocabulary().path(path) else {
        let problem = wrong(
            Code::UnknownFact,
            format!("`{shown}`은(는) 모르는 사실이다"),
            format!("`{shown}` is not a known fact"),
        );
        return Err(Box::new(problem.did_you_mean(path, vocabulary().entries().map(|(_, entry)| entry.path))));
    };
    let entry = vocabulary().entry(id);
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
            let collection = vocabulary().collection_of(collection);
            match (collection.parent, item.split_once('/')) {
                (None, _) => draft.root.item(collection.name, &clean(item), source),
                (Some(parent), Some((owner, own))) => {
                    draft.root.item(parent, &clean(owner), source).item(collection.name, &model_id(own), source)
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
        target.add(entry.path, Source { value: None, ..source.clone() });
    } else if let Some(value) = Value::decode(entry.kind, node, Style::Card, reader) {
        let value = match (value, entry.kind) {
            (Value::Text(text), Kind::Text) => Value::text(clean(&text)),
            (value, _) => value,
        };
        target.add(entry.path, Source { value: Some(value), ..source.clone() });
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
