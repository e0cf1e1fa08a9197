//! Which statements of a maker are against its own interest, and are therefore believed without proof.
//!
//! A value belongs here only if it can lower the maker's grade and can never raise it: an admission. A number is never
//! an admission, since a small one may hide a larger.

use crate::facts::Value;
use crate::vocabulary::{PathId, vocabulary};

/// What of a fact is an admission.
enum Admits {
    /// Saying anything at all.
    Anything,
    /// These words.
    Words(&'static [&'static str]),
    /// This truth value.
    Is(bool),
}

use Admits::{Anything, Is, Words};

/// The admissions, in the order of the vocabulary.
const ADMISSIONS: &[(&str, Admits)] = &[
    ("model.relation", Words(&["finetune", "adapter", "merge", "quantized", "wrapper"])),
    ("model.form", Words(&["service"])),
    ("model.weights-held", Is(false)),
    ("model.weights-published", Is(false)),
    ("model.own-tuning", Is(false)),
    ("model.base-models", Anything),
    ("components.complete", Is(false)),
    ("component.initialisation", Words(&["from-reference", "adapted"])),
    ("component.adaptation", Anything),
    ("component.trained-by-maker", Is(false)),
    ("component.frozen", Is(true)),
    ("component.updatable", Is(false)),
    ("component.links-complete", Is(false)),
    ("link.reference", Anything),
    ("link.relation", Words(&["shared"])),
    ("link.changes", Anything),
    ("link.trained-weights-shared", Is(true)),
    ("link.direction", Words(&["from-reference"])),
    ("link.same-maker", Is(false)),
    ("link.same-legal-entity", Is(false)),
    ("link.root", Words(&["foreign"])),
    ("architecture.relation", Words(&["identical"])),
    ("architecture.novelty", Words(&["none"])),
    ("architecture.numbers-changed", Is(false)),
    ("architecture.all-keys-identical", Is(true)),
    ("architecture.class-origin", Words(&["library"])),
    ("architecture.rights", Words(&["licensed-no-modify"])),
    ("architecture.third-party-code", Anything),
    ("tokenizer.origin", Words(&["extended", "foreign"])),
    ("tokenizer.reference", Anything),
    ("training.whole-process-by-maker", Is(false)),
    ("training.own-methods", Is(false)),
    ("training.code-available", Words(&["no"])),
    ("training.logs-available", Words(&["no"])),
    ("training.logs-from-step-zero", Is(false)),
    ("training.checkpoints-available", Words(&["no"])),
    ("data.curated-by-maker", Is(false)),
    ("data.owned-or-licensed", Is(false)),
    ("data.summary-published", Is(false)),
    ("datasets.complete", Is(false)),
    ("dataset.control", Words(&["revocable-by-others"])),
    ("teachers.complete", Is(false)),
    ("teacher.model", Anything),
    ("teacher.same-maker", Is(false)),
    ("licences.complete", Is(false)),
    ("notices.references-named", Is(false)),
    ("notices.licences-followed", Is(false)),
    ("operation.serving", Words(&["third-party-api"])),
    ("operation.offline", Is(false)),
    ("operation.survives-supplier-outage", Is(false)),
    ("operation.remote-kill", Is(true)),
    ("operation.upgrade-any-time", Is(false)),
    ("operation.control-in-any-situation", Is(false)),
    ("dependencies.complete", Is(false)),
    ("dependency.service", Anything),
    ("dependency.affiliated", Is(false)),
    ("transparency.open-to-verifiers", Is(false)),
    ("transparency.open-to-users", Is(false)),
    ("transparency.technical-report", Is(false)),
];

/// Whether a maker that states this value of its own model speaks against its own interest.
pub(crate) fn is_against_interest(path: PathId, value: &Value) -> bool {
    let entry = vocabulary().entry(path);
    let Some((_, admits)) = ADMISSIONS.iter().find(|(name, _)| *name == entry.path) else { return false };
    match (admits, value) {
        (Anything, Value::Words(set)) => set.0 != 0,
        (Anything, Value::Texts(texts)) => !texts.is_empty(),
        (Anything, _) => true,
        (Is(truth), Value::Flag(flag)) => truth == flag,
        (Words(words), Value::Word(_)) => words.iter().any(|id| Value::word(entry.kind, id).as_ref() == Some(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Kind;

    #[test]
    fn every_admission_names_a_fact_and_its_words() {
        for (path, admits) in ADMISSIONS {
            let kind = vocabulary().entry(vocabulary().must(path)).kind;
            match admits {
                Anything => assert!(!matches!(kind, Kind::Number(_)), "{path}: a number is no admission"),
                Is(_) => assert_eq!(kind, Kind::Flag, "{path}"),
                Words(words) => {
                    for word in *words {
                        assert!(kind.words().iter().any(|w| w.id == *word), "{path}: {word}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_could_raise_a_grade_is_no_admission() {
        let path = vocabulary().must("component.initialisation");
        let kind = vocabulary().entry(path).kind;
        let value = |id| Value::word(kind, id).expect("a word of the list");
        assert!(is_against_interest(path, &value("adapted")));
        assert!(!is_against_interest(path, &value("random-init")));
    }
}
