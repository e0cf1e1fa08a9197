//! Texts whose world is closed: what a fact of kind text may hold where it may not hold any text.

/// What texts a fact holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Codes of languages.
    Language,
    /// Ids of licences.
    Licence,
}

/// The facts whose texts are of a closed world.
const DOMAINS: &[(&str, Domain)] = &[
    ("model.languages", Domain::Language),
    ("tokenizer.languages", Domain::Language),
    ("dataset.languages", Domain::Language),
    ("licence.id", Domain::Licence),
];

/// The closed world of a fact's texts, where they have one.
pub fn domain(path: &str) -> Option<Domain> {
    DOMAINS.iter().find(|(of, _)| *of == path).map(|(_, domain)| *domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{Kind, vocabulary};

    #[test]
    fn domains_are_of_facts_that_hold_texts() {
        for (path, _) in DOMAINS {
            let kind = vocabulary().entry(vocabulary().must(path)).kind;
            assert!(matches!(kind, Kind::Text | Kind::Texts), "{path}");
        }
    }
}
