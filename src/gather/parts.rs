//! Parts of a model that lie in folders of their own: each is a component with weights of its own.

use std::collections::BTreeSet;

use super::components::{Components, role_of_kind};
use super::counts::record;
use crate::facts::{Draft, Origin, Source, Value};
use crate::text::{clean, says};
use crate::vocabulary::vocabulary;
use crate::weights::{Checkpoint, PartFolder};

/// States the facts of each part, under the name of its folder.
pub(super) fn count(parts: &[(PartFolder, Checkpoint)], components: &mut Components, draft: &mut Draft) {
    for (part, checkpoint) in parts {
        let folder = clean(part.prefix.trim_end_matches('/'));
        let id = components.at_tensor(&part.prefix).map_or(folder, |known| known.id.clone());
        let file = checkpoint.files.first().map(|file| clean(&file.name)).unwrap_or_default();
        let how = says("폴더의 이름이 구성요소의 이름이다", "the component is called by the name of its folder");
        let source = |value| {
            let origin = Origin { file: file.clone(), how: Some(how.clone()), ..Origin::default() };
            Source::measured(value, origin)
        };
        let parameters = checkpoint.counted();
        record(checkpoint, &vec![id.clone(); checkpoint.tensors.len()], draft);
        let formats: BTreeSet<&str> = checkpoint.tensors.iter().map(|tensor| tensor.dtype.word()).collect();
        let item = draft.root.item("component", &id, &source(Value::Flag(true)));
        if let Some(parameters) = parameters {
            item.add("component.parameters", source(Value::Number(parameters as f64)));
        }
        item.add("component.number-formats", source(Value::texts(formats)));
        item.add("component.weight-bearing", source(Value::Flag(parameters != Some(0))));
        let role = role_of_kind(part.kind);
        if !item.sources.contains_key(&vocabulary().must("component.role")) {
            item.add_word("component.role", role, &source(Value::Flag(true)));
        }
        components.learn(&id, role, &part.prefix);
    }
}
