//! Headers of weights files: which parts are there, how many parameters they have, in which number formats.
//! These are measured, since the file is the thing. No weight is read.

use super::components::Components;
use super::counts::{Weights, count, held, measured};
use super::opened::Opened;
use super::parts;
use crate::facts::{Draft, Value};
use crate::text::says;
use crate::weights::{Checkpoint, Holds};

/// Counts what was opened into the draft: the weights in the directory itself, and the parts in folders of their own.
pub(super) fn read(opened: &Opened, components: &mut Components, draft: &mut Draft) -> Weights {
    held(&opened.all().collect::<Vec<_>>(), draft);
    if opened.refused {
        return Weights::default();
    }
    let (alone, mut counted) = (opened.parts.is_empty() && opened.towers.is_none(), Weights::default());
    if let Some(main) = opened.main.as_ref().filter(|main| main.holds != Holds::Else) {
        let whole = alone && opened.counted() && main.holds != Holds::Towers;
        counted = count(main, whole, components, draft);
    }
    if let Some(towers) = &opened.towers {
        count(towers, false, components, draft);
    }
    if alone {
        return counted;
    }
    parts::count(&opened.parts, components, draft);
    let all = opened.all().map(Checkpoint::counted).sum::<Option<u64>>();
    let parameters = all.filter(|_| opened.counted());
    if let Some(parameters) = parameters {
        let how =
            says("함께 쓰는 파일의 가중치를 모두 더했다", "the weights of all files that go together are added up");
        draft.root.add("model.parameters", measured(Value::Number(parameters as f64), &opened.first_file(), Some(how)));
    }
    Weights { parameters, ..counted }
}
