//! Which of two models was there first, by the days on which they were released.
//!
//! Weights do not show which way they went. Days do not either, but whoever was released first did not take from what
//! came later. Nothing is concluded where the days are equal, where one is not known, where only a random start may be
//! shared, or where the card says the direction.

use super::date::Date;
use super::dossier::{Draft, ItemDraft};
use super::fact::Fact;
use super::source::{Origin, Source, Speaker};
use super::value::Value;
use crate::text::says;
use crate::vocabulary::vocabulary;

/// The fact that is filled.
const DIRECTION: &str = "link.direction";

/// A day of release with its source.
struct Released {
    day: Date,
    source: Source,
}

/// Adds what the days of release say of the direction of every link over which trained weights are shared.
pub(crate) fn directions(draft: &mut Draft) {
    let Some(subject) = released(&draft.root, "model.released") else { return };
    let (component, link) = (vocabulary().must_collection("component"), vocabulary().must_collection("link"));
    let components = draft.root.children.get_mut(&component).into_iter().flatten();
    for (_, item) in components {
        for (_, entry) in item.children.get_mut(&link).into_iter().flatten() {
            if let Some(source) = by_days(entry, &subject) {
                entry.add_word(DIRECTION, if source.1 { "from-reference" } else { "to-reference" }, &source.0);
            }
        }
    }
}

/// The source of a direction that follows from the days, and whether the reference was first.
fn by_days(entry: &ItemDraft, subject: &Released) -> Option<(Source, bool)> {
    let shared = standing(entry, "link.trained-weights-shared")?;
    let mut said = entry.sources.get(&vocabulary().must(DIRECTION)).into_iter().flatten();
    if shared.value != Some(Value::Flag(true)) || said.any(|source| source.speaker.is_maker()) {
        return None;
    }
    let reference = released(entry, "link.reference-released")?;
    if reference.day == subject.day {
        return None;
    }
    let weaker = [&reference.source, &subject.source].into_iter().min_by_key(|source| source.assurance)?;
    let how = says(
        format!("공개한 날: 대조 모델 {}, 이 모델 {}", reference.day, subject.day),
        format!("by the days of release: the reference {}, this model {}", reference.day, subject.day),
    );
    // It is the card's only if both days are; a report's as soon as one is.
    let speaker = match (reference.source.speaker, subject.source.speaker) {
        (Speaker::Report, _) | (_, Speaker::Report) => Speaker::Report,
        (one, other) if one.is_maker() && !other.is_maker() => other,
        (one, _) => one,
    };
    let origin = Origin { how: Some(how), ..weaker.origin.clone() };
    let source = Source { speaker, origin, ..weaker.clone() };
    Some((source, reference.day < subject.day))
}

fn standing(item: &ItemDraft, path: &str) -> Option<Source> {
    Fact::settle(item.sources.get(&vocabulary().must(path))?.clone()).standing().cloned()
}

fn released(item: &ItemDraft, path: &str) -> Option<Released> {
    let source = standing(item, path)?;
    match source.value {
        Some(Value::Date(day)) => Some(Released { day, source }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Assurance;
    use proptest::prelude::*;

    fn drafted(subject: Option<u8>, reference: Option<u8>, shared: Option<bool>) -> Draft {
        let day = |day: u8| Value::Date(Date::parse(&format!("2025-01-{day:02}")).expect("a day"));
        let said = |value| Source::declared(value, Origin::default());
        let mut draft = Draft::default();
        if let Some(subject) = subject {
            draft.root.add("model.released", said(day(subject)));
        }
        let by = said(Value::Flag(true));
        let link = draft.root.item("component", "text", &by).item("link", "r", &by);
        if let Some(reference) = reference {
            link.add("link.reference-released", said(day(reference)).at(Assurance::Documented));
        }
        if let Some(shared) = shared {
            link.add("link.trained-weights-shared", Source::measured(Value::Flag(shared), Origin::default()));
        }
        draft
    }

    fn direction(draft: Draft) -> Option<(String, Assurance)> {
        let dossier = draft.settle();
        let path = vocabulary().must(DIRECTION);
        let found = dossier.each_fact().into_iter().find(|(at, _, _)| *at == path)?;
        let standing = found.2.standing()?;
        Some((standing.value.as_ref()?.written(vocabulary().entry(path).kind), standing.assurance))
    }

    proptest! {
        #[test]
        fn only_both_days_and_shared_weights_say_anything(
            subject in proptest::option::of(1u8..28),
            reference in proptest::option::of(1u8..28),
            shared in proptest::option::of(any::<bool>()),
        ) {
            let mut draft = drafted(subject, reference, shared);
            directions(&mut draft);
            let wanted = match (subject, reference, shared) {
                (Some(own), Some(other), Some(true)) if own != other => {
                    let word = if other < own { "from-reference" } else { "to-reference" };
                    // The weaker of the two days carries it.
                    Some((word.to_owned(), Assurance::Declared))
                }
                _ => None,
            };
            prop_assert_eq!(direction(draft), wanted);
        }
    }
}
