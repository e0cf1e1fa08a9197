//! The licences that a card states, as items with their clauses.

use super::card::StatedLicence;
use crate::facts::{Draft, Source, Value};
use crate::text::clean;

/// Adds an item for each licence that is stated for a part of the model.
pub(super) fn state(stated: &[StatedLicence], draft: &mut Draft) {
    for statement in stated {
        for id in &statement.ids {
            let id = clean(id);
            for source in &statement.sources {
                let item = draft.root.item("licence", &format!("{}/{id}", statement.applies_to), source);
                item.add("licence.id", Source { value: Some(Value::text(id.as_str())), ..source.clone() });
                item.add_word("licence.applies-to", statement.applies_to, source);
            }
        }
    }
}
