//! What follows from what is said of artefacts: whether the licence that is stated for one was approved by the Open
//! Source Initiative. It is believed as far as the statement of the licence is.

use crate::facts::{Draft, Source, Value};
use crate::licence::osi_approved_in_all;
use crate::vocabulary::vocabulary;

/// Adds the approval to every artefact whose licence is stated by ids of the SPDX list. The id stands before the text
/// from which an index took it.
pub(super) fn approve(draft: &mut Draft) {
    let words = vocabulary();
    let stated = [words.must("artefact.licence-id"), words.must("artefact.licence")];
    let approved = words.must("artefact.osi-approved");
    let items = draft.root.children.get_mut(&words.must_collection("artefact"));
    for item in items.into_iter().flat_map(|items| items.values_mut()) {
        let Some(sources) = stated.iter().find_map(|path| item.sources.get(path)).cloned() else { continue };
        for source in sources {
            let Some(Value::Text(text)) = &source.value else { continue };
            if let Some(answer) = osi_approved_in_all(text) {
                item.add_to(approved, Source { value: Some(Value::Flag(answer)), ..source });
            }
        }
    }
}
