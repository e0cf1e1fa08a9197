//! Headers of weights files: which parts are there, how many parameters they have, in which number formats.
//! These are measured, since the file is the thing. No weight is read.

use std::collections::{BTreeMap, BTreeSet};

use super::components::{Components, role_of_kind};
use super::opened::Opened;
use super::parts;
use crate::facts::{Draft, Finding, Input, Origin, Source, Value};
use crate::text::{Says, clean, says};
use crate::vocabulary::vocabulary;
use crate::weights::{Checkpoint, ComponentCount, ComponentKind};

/// What the headers say that other files are compared with.
#[derive(Debug, Default)]
pub(super) struct Weights {
    /// Parameters of all tensors.
    pub parameters: Option<u64>,
}

/// What one component's tensors come to.
#[derive(Default)]
struct Sum {
    parameters: u64,
    formats: BTreeSet<&'static str>,
    role: &'static str,
    file: String,
}

/// Counts what was opened into the draft: the weights in the directory itself, and the parts in folders of their own.
pub(super) fn read(opened: &Opened, components: &mut Components, draft: &mut Draft) -> Weights {
    held(opened, draft);
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
    let parameters = opened.counted().then(|| opened.all().map(Checkpoint::parameters).sum::<u64>());
    if let Some(parameters) = parameters {
        let how = says("하위 폴더의 가중치까지 모두 더했다", "the weights of all folders are added up");
        draft.root.add("model.parameters", measured(Value::Number(parameters as f64), &opened.first_file(), Some(how)));
    }
    Weights { parameters }
}

/// Weights are held if a file was opened and holds numbers of the model itself.
fn held(opened: &Opened, draft: &mut Draft) {
    let own = |count: &ComponentCount| count.kind != ComponentKind::Adapter && count.parameters > 0;
    let full = |checkpoint: &&Checkpoint| checkpoint.components().iter().any(own);
    if let Some(file) = opened.all().find(full).and_then(|checkpoint| checkpoint.files.first()) {
        let source = measured(Value::Flag(true), &clean(&file.name), None);
        draft.root.add("model.weights-held", source.clone());
        draft.root.add_word("model.form", "directory", &source);
    } else if opened.all().next().is_some() {
        draft.limits.push(says(
            "어댑터만 있다. 함께 쓰는 기반 모델의 가중치는 이 디렉터리에 없다",
            "there is only an adapter: the weights of the base that it runs on are not in this directory",
        ));
    }
}

fn measured(value: Value, file: &str, how: Option<Says>) -> Source {
    Source::measured(value, Origin { file: file.to_owned(), how, ..Origin::default() })
}

/// `whole`: nothing lies beside the checkpoint that may belong to it.
fn count(checkpoint: &Checkpoint, whole: bool, components: &mut Components, draft: &mut Draft) -> Weights {
    for file in &checkpoint.files {
        draft.inputs.push(Input { name: clean(&file.name), sha256: None });
    }
    let kinds: BTreeSet<ComponentKind> = checkpoint.tensors.iter().map(|t| t.placement.component).collect();
    let core = core_kind(&kinds);
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for tensor in &checkpoint.tensors {
        let kind = match tensor.placement.component {
            // A head or an embedding beside a vision tower alone is the tower's.
            ComponentKind::Embedding | ComponentKind::Head if core != ComponentKind::Text => core,
            kind => kind,
        };
        let id = components.at_tensor(&tensor.name).map_or_else(|| components.id_of_kind(kind.id()), |k| k.id.clone());
        let sum = sums.entry(id.clone()).or_default();
        sum.parameters += tensor.parameters();
        sum.formats.insert(tensor.dtype.word());
        if sum.file.is_empty() {
            sum.file = clean(&checkpoint.files[tensor.file].name);
            let folded =
                id == components.id_of_kind("text") && matches!(kind, ComponentKind::Embedding | ComponentKind::Head);
            sum.role = role_of_kind(if folded { "text" } else { kind.id() });
        }
    }
    let packed = checkpoint.packed().next().is_some();
    let how = packed.then(|| {
        says("묶인 가중치는 4비트로 보고 풀어서 센다", "packed weights are counted unpacked, at four bits each")
    });
    for (id, sum) in &sums {
        let source = |value| measured(value, &sum.file, how.clone());
        let item = draft.root.item("component", id, &source(Value::Flag(true)));
        item.add("component.parameters", source(Value::Number(sum.parameters as f64)));
        item.add("component.number-formats", source(Value::texts(sum.formats.iter().copied())));
        item.add("component.weight-bearing", source(Value::Flag(sum.parameters > 0)));
        if !item.sources.contains_key(&vocabulary().must("component.role")) {
            item.add_word("component.role", sum.role, &source(Value::Flag(true)));
        }
        if components.any() && !components.known().iter().any(|known| known.id == *id) {
            draft.findings.push(Finding {
                says: says(
                    format!("카드에 없는 구성요소 `{id}`의 텐서가 `{}`에 있다 [C3]", sum.file),
                    format!(
                        "`{}` holds tensors of the component `{id}`, which the card does not declare [C3]",
                        sum.file
                    ),
                ),
                sources: vec![source(Value::Number(sum.parameters as f64))],
                contradiction: true,
            });
        }
        components.learn(id, sum.role, "");
    }
    let parameters = checkpoint.parameters();
    if let Some(sum) = sums.values().next().filter(|_| whole && !kinds.contains(&ComponentKind::Adapter)) {
        draft.root.add("model.parameters", measured(Value::Number(parameters as f64), &sum.file, how));
    }
    if !checkpoint.unlisted.is_empty() {
        let n = checkpoint.unlisted.len();
        draft.limits.push(says(
            format!("색인에 없는 텐서 {n}개는 세지 않았다"),
            format!("{n} tensors that the index does not list were not counted"),
        ));
    }
    Weights { parameters: whole.then_some(parameters) }
}

/// What the other parts are parts of: the text backbone, or else the first tower.
fn core_kind(kinds: &BTreeSet<ComponentKind>) -> ComponentKind {
    let order = [ComponentKind::Text, ComponentKind::Vision, ComponentKind::Audio];
    order.into_iter().find(|kind| kinds.contains(kind)).unwrap_or(ComponentKind::Text)
}
