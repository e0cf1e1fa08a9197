//! Headers of safetensors files: which parts are there, how many parameters they have, in which number formats.
//! These are measured, since the file is the thing. No weight is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::components::{Components, role_of_kind};
use super::directory::Directory;
use crate::evidence::pointer;
use crate::facts::{Assurance, Draft, Finding, Input, Origin, Source, Value};
use crate::text::{Code, Diagnostic, Says, SourceFile, Span, clean, says};
use crate::vocabulary::vocabulary;
use crate::weights::{Checkpoint, ComponentKind, WeightsError};

/// Weights in forms that are not read.
const OTHER_FORMS: [&str; 7] = [".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".msgpack"];

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

/// Reads the headers into the draft.
///
/// # Errors
/// A file that is no safetensors file, or an index that names other files than there are.
pub(super) fn read(
    root: &Path,
    directory: &Directory,
    family: &str,
    components: &mut Components,
    draft: &mut Draft,
) -> Result<Weights, Diagnostic> {
    let files: Vec<&str> = directory.ending(".safetensors").collect();
    let pointers: Vec<&str> = files.iter().copied().filter(|name| is_pointer(directory, name)).collect();
    let others: Vec<&str> =
        OTHER_FORMS.iter().flat_map(|end| directory.ending(end)).filter(|n| is_weights(n)).collect();
    if let Some(first) = pointers.first() {
        draft.limits.push(says(
            format!("가중치 파일 {}개가 Git LFS 포인터라 가중치를 읽지 못했다(`{first}` 등)", pointers.len()),
            format!(
                "{} weights files are Git LFS pointers; the weights were not read (`{first}`, ...)",
                pointers.len()
            ),
        ));
        return Ok(Weights::default());
    }
    let full = || files.iter().chain(&others).copied().find(|name| !is_pointer(directory, name) && !is_adapter(name));
    match full() {
        Some(first) => held(first, files.iter().any(|name| !name.contains('/')), draft),
        None if !files.is_empty() || !others.is_empty() => draft.limits.push(says(
            "어댑터만 있다. 함께 쓰는 기반 모델의 가중치는 이 디렉터리에 없다",
            "there is only an adapter: the weights of the base that it runs on are not in this directory",
        )),
        None => {}
    }
    if let Some(first) = others.first().filter(|_| files.is_empty()) {
        draft.limits.push(says(
            format!("`{first}` 같은 가중치는 읽지 않는다. safetensors로 바꾸면 셀 수 있다"),
            format!("weights such as `{first}` are not read; as safetensors they could be counted"),
        ));
        return Ok(Weights::default());
    }
    // An index says that weights are here: what it names must be, and must be inside the directory.
    let indexed = directory.has("model.safetensors.index.json");
    let Some(first) = files.first().copied().or(indexed.then_some("model.safetensors.index.json")) else {
        return Ok(Weights::default());
    };
    if !indexed && !files.iter().any(|name| !name.contains('/')) {
        draft.limits.push(says(
            format!("가중치가 하위 폴더에만 있어(`{first}`) 구성요소별로 세지 않았다"),
            format!("the weights lie in folders only (`{first}`) and were not counted by component"),
        ));
        return Ok(Weights::default());
    }
    let checkpoint = Checkpoint::open(root, family).map_err(|error| bad_weights(&error))?;
    let read: BTreeSet<&str> = checkpoint.files.iter().map(|file| file.name.as_str()).collect();
    let unread: Vec<&str> = files
        .into_iter()
        .filter(|name| !read.contains(name))
        .chain(others.into_iter().filter(|n| !is_copy(n)))
        .collect();
    if let Some(first) = unread.first() {
        draft.limits.push(says(
            format!("세지 않은 가중치 파일이 {}개 있다(`{first}` 등)", unread.len()),
            format!("weights files that were not counted: {} (`{first}`, ...)", unread.len()),
        ));
    }
    Ok(count(&checkpoint, unread.is_empty(), components, draft))
}

fn is_pointer(directory: &Directory, name: &str) -> bool {
    directory.files.get(name).is_some_and(|entry| pointer(&entry.path, entry.bytes).is_some())
}

/// Not every `.bin` holds weights: trainers and pipelines keep states and word tables under that ending.
pub(super) fn is_weights(name: &str) -> bool {
    const STATES: [&str; 3] = ["optimizer", "scheduler", "rng_state"];
    const NAMED: [&str; 7] = ["model", "weight", "consolidated", "checkpoint", "ckpt", "ggml", "projector"];
    let last = name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let state = STATES.iter().any(|word| last.starts_with(word));
    !state && (last.strip_suffix(".bin").is_none() || NAMED.iter().any(|word| last.contains(word)))
}

/// Low-rank factors that need another model's weights beside them.
fn is_adapter(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|last| last.starts_with("adapter_model."))
}

/// Whether a file in another form is, by its name, the same model again: the Hub's directories keep several forms.
fn is_copy(name: &str) -> bool {
    const AGAIN: [&str; 5] = ["pytorch_model", "tf_model.", "flax_model.", "rust_model.", "openvino_model"];
    let last = name.rsplit('/').next().unwrap_or_default();
    AGAIN.iter().any(|start| last.starts_with(start))
        || [".onnx", ".gguf"].iter().any(|end| last.ends_with(end))
        || name.starts_with("original/")
}

/// A file that is opened is the thing; one that only has the right ending is a name that somebody gave it.
fn held(file: &str, opened: bool, draft: &mut Draft) {
    let source = measured(Value::Flag(true), file, None);
    let known = if opened { Assurance::Measured } else { Assurance::Declared };
    draft.root.add("model.weights-held", source.clone().at(known));
    draft.root.add_word("model.form", "directory", &source);
}

fn measured(value: Value, file: &str, how: Option<Says>) -> Source {
    Source::measured(value, Origin { file: file.to_owned(), how, ..Origin::default() })
}

/// `whole`: every weights file of the directory is in the checkpoint.
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
    if whole {
        complete(checkpoint, &sums, draft);
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

/// Every tensor belongs to a component, so the list of components with weights has no gap, unless low-rank factors
/// point at a base that is not here or a component is known that has no tensors.
fn complete(checkpoint: &Checkpoint, sums: &BTreeMap<String, Sum>, draft: &mut Draft) {
    let adapter = checkpoint.tensors.iter().any(|t| t.placement.component == ComponentKind::Adapter);
    let items = draft.root.children.get(&vocabulary().must_collection("component"));
    let absent = items.into_iter().flatten().any(|(id, _)| !sums.contains_key(id));
    let Some(sum) = sums.values().next().filter(|_| !adapter && !absent) else { return };
    let how = says(
        "디렉터리의 모든 텐서가 이 구성요소들에 속한다",
        "every tensor of the directory belongs to one of these components",
    );
    draft.root.add("components.complete", measured(Value::Flag(true), &sum.file, Some(how)));
}

fn bad_weights(error: &WeightsError) -> Diagnostic {
    let name = clean(error.file.rsplit('/').next().unwrap_or_default());
    let at = error.offset.map(|n| n.to_string());
    let problem = error.problem.says();
    let (problem_ko, problem_en) = (clean(&problem.ko), clean(&problem.en));
    let (ko, en) = match at {
        Some(at) => (format!("{at}번째 바이트: "), format!("byte {at}: ")),
        None => (String::new(), String::new()),
    };
    Diagnostic::error(
        Code::BadWeights,
        &SourceFile::nameless(&name),
        Span::default(),
        says(
            format!("`{name}`을 가중치로 읽을 수 없다. {ko}{problem_ko}"),
            format!("`{name}` cannot be read as weights. {en}{problem_en}"),
        ),
    )
    .help(says(
        "파일을 다시 내려받고, 해시를 원본과 견준다",
        "download the file again, and compare its digest with the original's",
    ))
}
