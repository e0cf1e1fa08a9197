//! From a fact back to the field of the card that says it, for "write this line".

use super::fields::CARD;
use super::shape::{Field, Shape};
use crate::vocabulary::vocabulary;

/// The field that says a fact: `components[].initialisation`; none for facts that no card can say.
///
/// Facts at the model that have no field of their own are said under `facts:`, and so are those of rulesets.
pub fn field_of(path: &str) -> Option<String> {
    if vocabulary().path(path).is_some() { find(CARD, "", path) } else { own_field_of(path) }
}

/// How the card lists the items of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryForm {
    /// The key that names an entry.
    pub id: &'static str,
    /// Whether an empty list says by itself that there are none.
    pub none_is_said: bool,
}

/// How the card lists the items of a collection, where it has a list for them.
pub fn entry_of(collection: &str) -> Option<EntryForm> {
    fn find(fields: &'static [Field], collection: &str) -> Option<EntryForm> {
        fields.iter().find_map(|field| match field.shape {
            Shape::Items(items) if items.collection == collection => {
                Some(EntryForm { id: items.id, none_is_said: items.empty_completes.is_some() })
            }
            Shape::Items(items) => find(items.fields, collection),
            Shape::Map(below) | Shape::FactOrMap(_, below) => find(below, collection),
            _ => None,
        })
    }
    find(CARD, collection)
}

/// Whether what stands in a fact's field is for people, and only that something stands there counts.
pub fn is_free(path: &str) -> bool {
    fn find(fields: &'static [Field], path: &str) -> bool {
        fields.iter().any(|field| match field.shape {
            Shape::Given(fact) => fact == path,
            Shape::Map(below) | Shape::FactOrMap(_, below) => find(below, path),
            _ => false,
        })
    }
    find(CARD, path)
}

/// The key that names an entry of the list in which a fact's field consists, where the fact is the names of a list.
pub fn list_of_names(path: &str) -> Option<&'static str> {
    fn find(fields: &'static [Field], path: &str) -> Option<&'static str> {
        fields.iter().find_map(|field| match field.shape {
            Shape::Items(items) if items.names == Some(path) => Some(items.id),
            Shape::Items(items) => find(items.fields, path),
            _ => None,
        })
    }
    find(CARD, path)
}

/// Whether a fact's field holds names, and the fact follows from whose they are.
pub fn is_of_names(path: &str) -> bool {
    fn find(fields: &'static [Field], path: &str) -> bool {
        fields.iter().any(|field| match field.shape {
            Shape::TrainedBy(fact) => fact == path,
            Shape::Map(below) | Shape::FactOrMap(_, below) => find(below, path),
            Shape::Items(items) => find(items.fields, path),
            _ => false,
        })
    }
    find(CARD, path)
}

/// `facts.NAMESPACE.KEY`, `facts.NAMESPACE.LIST[].KEY`, or `datasets[].facts.NAMESPACE.KEY`.
fn own_field_of(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('.').collect();
    match parts[..] {
        [collection, namespace, key] if vocabulary().collection(collection).is_some() => {
            Some(format!("{}.{namespace}.{key}", find_own(CARD, "", collection)?))
        }
        [namespace, list, key] => Some(format!("facts.{namespace}.{list}[].{key}")),
        [namespace, key] => Some(format!("facts.{namespace}.{key}")),
        _ => None,
    }
}

/// The field of a collection's entries that holds facts of rulesets.
fn find_own(fields: &'static [Field], before: &str, collection: &str) -> Option<String> {
    fields.iter().find_map(|field| {
        let here = if before.is_empty() { field.key.to_owned() } else { format!("{before}.{}", field.key) };
        match field.shape {
            Shape::Own(of) if of == collection => Some(here),
            Shape::Map(below) => find_own(below, &here, collection),
            Shape::Items(items) => find_own(items.fields, &format!("{here}[]"), collection),
            _ => None,
        }
    })
}

fn find(fields: &'static [Field], before: &str, path: &str) -> Option<String> {
    fields.iter().find_map(|field| {
        let here = if before.is_empty() { field.key.to_owned() } else { format!("{before}.{}", field.key) };
        match field.shape {
            Shape::Fact(fact) if fact == path => Some(here),
            Shape::FactOrMap(fact, below) => {
                if fact == path {
                    Some(here)
                } else {
                    find(below, &here, path)
                }
            }
            Shape::TrainedBy(fact) | Shape::Given(fact) if fact == path => Some(here),
            Shape::Map(below) => find(below, &here, path),
            Shape::Rows(below) => find(below, &format!("{here}[]"), path),
            Shape::Items(items) if items.names == Some(path) => Some(here),
            Shape::Items(items) => find(items.fields, &format!("{here}[]"), path),
            Shape::Complete(list) => {
                list.iter().find(|(_, fact)| *fact == path).map(|(name, _)| format!("{here}: [{name}]"))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_rules_ask_about_can_be_written_and_called_complete() {
        for (id, collection) in vocabulary().collections() {
            let complete = vocabulary().entry(vocabulary().complete(id)).path;
            let field = field_of(complete);
            assert!(field.is_some(), "no card can say that `{}` leaves nothing out", collection.name);
            // Licences stand where what they cover stands.
            assert!(entry_of(collection.name).is_some() || collection.name == "licence", "{}", collection.name);
        }
    }

    #[test]
    fn facts_lead_back_to_their_fields() {
        assert_eq!(field_of("component.initialisation").as_deref(), Some("components[].initialisation"));
        assert_eq!(field_of("components.complete").as_deref(), Some("complete: [components]"));
        assert_eq!(field_of("architecture.novelty").as_deref(), Some("architecture.novelty"));
        assert_eq!(field_of("link.layers"), None);
        assert_eq!(field_of("some-office.sbom").as_deref(), Some("facts.some-office.sbom"));
        assert_eq!(field_of("some-office.supplier.country").as_deref(), Some("facts.some-office.supplier[].country"));
        assert_eq!(field_of("dataset.some-office.share").as_deref(), Some("datasets[].facts.some-office.share"));
        assert_eq!(
            field_of("link.some-office.share").as_deref(),
            Some("components[].references[].facts.some-office.share")
        );
    }
}
