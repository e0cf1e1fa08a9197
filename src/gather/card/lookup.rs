//! From a fact back to the field of the card that says it, for "write this line".

use super::fields::CARD;
use super::shape::{Field, Shape};

/// The field that says a fact: `components[].initialisation`; none for facts that no card can say.
///
/// Facts at the model that have no field of their own are said under `facts:`.
pub fn field_of(path: &str) -> Option<String> {
    find(CARD, "", path)
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
            Shape::TrainedBy(fact) if fact == path => Some(here),
            Shape::Map(below) => find(below, &here, path),
            Shape::Rows(below) => find(below, &format!("{here}[]"), path),
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
    fn facts_lead_back_to_their_fields() {
        assert_eq!(field_of("component.initialisation").as_deref(), Some("components[].initialisation"));
        assert_eq!(field_of("components.complete").as_deref(), Some("complete: [components]"));
        assert_eq!(field_of("architecture.novelty").as_deref(), Some("architecture.novelty"));
        assert_eq!(field_of("link.layers"), None);
    }
}
