//! How far each fact can ever be trusted. Whoever may state a fact can state any: a card declares it, a document states
//! it, an assessor attests it. Between the two ends stand files that are the thing and comparisons of weights, and they
//! show few facts: these. A test holds the table to what gathering and measuring bring forth.

use super::Assurance;
use crate::vocabulary::{CollectionId, PathId, vocabulary};

/// Facts that files or comparisons show, with the assurances that come of it.
const SHOWN: &[(&str, &[Assurance])] = {
    use Assurance::{Corroborated, Measured};
    &[
        // Files that are the thing.
        ("model.form", &[Measured]),
        ("model.parameters", &[Measured]),
        ("model.weights-held", &[Measured]),
        ("components.complete", &[Measured]),
        ("component.core", &[Measured]),
        ("component.number-formats", &[Measured]),
        ("component.parameters", &[Measured]),
        ("tokenizer.vocabulary-size", &[Measured]),
        ("licence.id", &[Measured]),
        ("licence.text-known", &[Measured]),
        // Comparisons of weights: what is found is measured, what is looked for and not found is corroborated.
        ("component.initialisation", &[Corroborated]),
        ("component.links-complete", &[Corroborated]),
        ("component.no-trace-of-families", &[Corroborated]),
        ("component.role", &[Measured]),
        ("component.weight-bearing", &[Measured]),
        ("link.changes", &[Measured]),
        ("link.coverage", &[Corroborated, Measured]),
        ("link.looked-for", &[Corroborated]),
        ("link.trained-weights-shared", &[Measured]),
        ("link.layers", &[Measured]),
        ("link.reference", &[Corroborated, Measured]),
        ("link.share", &[Measured]),
        ("link.relation", &[Corroborated, Measured]),
    ]
};

/// Every fact that files or comparisons show, with the assurances that come of it.
pub fn shown() -> &'static [(&'static str, &'static [Assurance])] {
    SHOWN
}

/// Whether neither files nor weights can show a fact, so that a document which was opened is the best there is.
pub fn shown_by_nothing(path: PathId) -> bool {
    !reaches(path, Assurance::Corroborated)
}

/// Whether a fact can come to this assurance otherwise than by an attestation.
pub fn reaches(path: PathId, needs: Assurance) -> bool {
    needs <= Assurance::Documented || {
        let name = vocabulary().entry(path).path;
        SHOWN.iter().any(|(shown, steps)| *shown == name && steps.iter().any(|step| *step >= needs))
    }
}

/// Whether that a collection has an item can come to this assurance otherwise than by an attestation: whatever shows a
/// fact of an item shows the item.
pub fn items_reach(collection: CollectionId, needs: Assurance) -> bool {
    let name = vocabulary().collection_of(collection).name;
    needs <= Assurance::Documented
        || SHOWN.iter().any(|(path, steps)| {
            path.split_once('.').is_some_and(|(owner, _)| owner == name) && steps.iter().any(|step| *step >= needs)
        })
}
