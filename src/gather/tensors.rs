//! Headers of weights files: which parts are there, how many parameters they have, in which number formats.
//! These are measured, since the file is the thing. No weight is read.

use super::components::Components;
use super::counts::{Weights, count, held, measured};
use super::opened::Opened;
use super::parts;
use crate::facts::{Draft, Value};
use crate::text::says;
use crate::weights::Checkpoint;

/// Counts what was opened into the draft: the weights in the directory itself, and the parts in folders of their own.
pub(super) fn read(opened: &Opened, components: &mut Components, draft: &mut Draft) -> Weights {
    held(&opened.all().collect::<Vec<_>>(), draft);
    if opened.refused {
        return Weights::default();
    }
    let alone = opened.parts.is_empty();
    let mut counted = Weights::default();
    if let Some(main) = &opened.main {
        counted = count(main, alone && opened.counted(), components, draft);
    }
    if alone {
        return counted;
    }
    parts::count(&opened.parts, components, draft);
    let all = opened.all().map(Checkpoint::counted).sum::<Option<u64>>();
    let parameters = all.filter(|_| opened.counted());
    if let Some(parameters) = parameters {
        let how = says("하위 폴더의 가중치까지 모두 더했다", "the weights of all folders are added up");
        draft.root.add("model.parameters", measured(Value::Number(parameters as f64), &opened.first_file(), Some(how)));
    }
    Weights { parameters, ..counted }
}
