//! What the headers of weights come to: parameters by component, what they were counted as, and whether they are the
//! model's weights at all.
//!
//! A number is stated where every tensor behind it was counted (`weights/tally.rs`); else there is none, and a limit
//! says which tensors stand in its way.

use std::collections::{BTreeMap, BTreeSet};

use super::components::{Components, role_of_kind};
use super::further;
use crate::facts::{Account, Draft, Finding, Input, Origin, PassedOver, Source, Value};
use crate::text::{Says, clean, says};
use crate::vocabulary::vocabulary;
use crate::weights::{Checkpoint, ComponentKind, Doubt, Holds, Lacking, Packing, Role, Tally, Tensor};

/// What the headers say that other files are compared with.
#[derive(Debug, Default)]
pub(super) struct Weights {
    /// Parameters of all tensors, if all were counted.
    pub parameters: Option<u64>,
    /// Rows of the tables of tokens.
    pub tables: BTreeSet<u64>,
    /// Parameters of layers that predict further tokens, by component.
    pub further: BTreeMap<String, further::Further>,
}

/// What one component's tensors come to.
struct Sum {
    parameters: Option<u64>,
    formats: BTreeSet<&'static str>,
    role: &'static str,
    file: String,
}

/// What a checkpoint is to the model.
enum Holding<'c> {
    /// Numbers that it runs on.
    Weights,
    /// Factors alone.
    Adapter,
    /// Towers alone, of a model that lies elsewhere.
    Towers,
    /// Files of a set of which others are missing.
    Part,
    /// Something else than a model, as the file says itself.
    Else,
    /// Tensors without a number, of which this is one.
    Hollow(&'c str, usize),
    /// No matrix.
    Nothing,
}

/// Weights are held if a file was opened and holds the numbers that the model runs on.
pub(super) fn held(all: &[&Checkpoint], draft: &mut Draft) {
    for checkpoint in all {
        let Some(file) = checkpoint.files.first() else { continue };
        match holding(checkpoint) {
            Holding::Weights => {
                let source = measured(Value::Flag(true), &clean(&file.name), None);
                draft.root.add("model.weights-held", source.clone());
                draft.root.add_word("model.form", "directory", &source);
                return;
            }
            Holding::Adapter => draft.limits.push(says(
                "어댑터만 있다. 함께 쓰는 기반 모델의 가중치는 이 디렉터리에 없다",
                "there is only an adapter: the weights of the base that it runs on are not in this directory",
            )),
            Holding::Towers => draft.limits.push(says(
                "그림이나 소리를 읽는 부분만 있다. 함께 쓰는 모델의 가중치는 이 디렉터리에 없다",
                "there are only the towers for pictures or sound: the weights of the model that they belong to are not in \
                 this directory",
            )),
            // Said with the count.
            Holding::Part => {}
            Holding::Else => {
                let name = clean(&file.name);
                draft.passed_over.push(PassedOver {
                    name: name.clone(),
                    why: says("모델의 가중치가 아니라고 적혀 있다", "it states that it holds no weights of a model"),
                });
                draft.limits.push(says(
                    format!("`{name}`에는 모델의 가중치가 없다고 그 파일에 적혀 있다"),
                    format!("`{name}` states itself that it holds no weights of a model"),
                ));
            }
            Holding::Hollow(first, count) => {
                let first = clean(first);
                draft.limits.push(says(
                    format!("텐서 {count}개에 수가 하나도 없다(`{first}` 등). 가중치가 그 파일에 들어 있지 않다"),
                    format!("{count} tensors hold no number (`{first}`, ...): the weights are not in that file"),
                ));
            }
            Holding::Nothing => {
                let name = clean(&file.name);
                draft.limits.push(says(
                    format!("`{name}`에 가중치 행렬이 없다"),
                    format!("`{name}` holds no matrix of weights"),
                ));
            }
        }
    }
}

fn holding(checkpoint: &Checkpoint) -> Holding<'_> {
    let mut hollow = checkpoint.tensors.iter().filter(|tensor| tensor.elements == 0 && tensor.tally == Tally::Stored);
    if let Some(first) = hollow.next() {
        return Holding::Hollow(&first.name, 1 + hollow.count());
    }
    match (checkpoint.holds, &checkpoint.lacking) {
        (Holds::Towers, _) => return Holding::Towers,
        (Holds::Else, _) => return Holding::Else,
        (_, Some(Lacking::Files { .. })) => return Holding::Part,
        _ if is_adapter(checkpoint) => return Holding::Adapter,
        _ => {}
    }
    if checkpoint.tensors.iter().any(is_matrix) { Holding::Weights } else { Holding::Nothing }
}

/// A matrix of numbers that a model runs on.
fn is_matrix(tensor: &Tensor) -> bool {
    tensor.shape.len() >= 2 && tensor.counted() != Some(0) && tensor.placement.role != Role::LowRank
}

/// Whether a checkpoint is what was trained beside another model's weights: by the name that tools give to it, by its
/// own word, or by its factors. Tools save tables that they trained whole beside the factors; the layers are what the
/// base would have to hold.
pub(super) fn is_adapter(checkpoint: &Checkpoint) -> bool {
    let factor = |tensor: &Tensor| tensor.placement.role == Role::LowRank;
    let layers = || checkpoint.tensors.iter().any(|tensor| is_matrix(tensor) && tensor.placement.layer.is_some());
    checkpoint.holds == Holds::Adapter
        || checkpoint.files.iter().any(|file| crate::weights::is_adapter(&file.name))
        || checkpoint.tensors.iter().any(factor) && !layers()
}

pub(super) fn measured(value: Value, file: &str, how: Option<Says>) -> Source {
    Source::measured(value, Origin { file: file.to_owned(), how, ..Origin::default() })
}

/// States what a checkpoint comes to. `whole`: every weights file of the directory is in it.
pub(super) fn count(checkpoint: &Checkpoint, whole: bool, components: &mut Components, draft: &mut Draft) -> Weights {
    let kinds: BTreeSet<ComponentKind> = checkpoint.tensors.iter().map(|t| t.placement.component).collect();
    let owners = owners(checkpoint, &kinds, components);
    record(checkpoint, &owners, draft);
    let sums = sums(checkpoint, &owners, components);
    let how = how(checkpoint);
    for (id, sum) in &sums {
        state(id, sum, how.as_ref(), components, draft);
    }
    let parameters = checkpoint.counted().filter(|_| whole && has_numbers(checkpoint));
    if let (Some(sum), Some(parameters)) = (sums.values().next(), parameters)
        && !kinds.contains(&ComponentKind::Adapter)
        && !is_adapter(checkpoint)
    {
        draft.root.add("model.parameters", measured(Value::Number(parameters as f64), &sum.file, how));
    }
    Weights { parameters, tables: tables(checkpoint), further: further::parameters(checkpoint, &owners) }
}

/// Puts on record what was read and counted as what, and what was not counted. `owners` has the component of each
/// tensor.
pub(super) fn record(checkpoint: &Checkpoint, owners: &[String], draft: &mut Draft) {
    for file in &checkpoint.files {
        draft.inputs.push(Input { name: clean(&file.name), sha256: None });
    }
    draft.passed_over.extend(checkpoint.passed_over.iter().map(|name| PassedOver {
        name: clean(name),
        why: says("모델이 아닌 것의 텐서다", "its tensors are of something else than the model"),
    }));
    draft.accounts.extend(accounts(checkpoint, owners));
    limits(checkpoint, draft);
}

/// Whether no tensor of a checkpoint is hollow, so that what it holds is all that it should.
pub(super) fn has_numbers(checkpoint: &Checkpoint) -> bool {
    !matches!(holding(checkpoint), Holding::Hollow(..) | Holding::Nothing | Holding::Else | Holding::Part)
}

/// The kind of a component that is an adapter, and its role.
const ADAPTER: &str = "adapter";

/// The component of each tensor.
fn owners(checkpoint: &Checkpoint, kinds: &BTreeSet<ComponentKind>, components: &Components) -> Vec<String> {
    let core = core_kind(kinds);
    let adapter = is_adapter(checkpoint);
    let owner = |tensor: &Tensor| {
        if adapter {
            let own = components.at_tensor(&tensor.name).filter(|known| known.role.as_deref() == Some(ADAPTER));
            return own.map_or_else(|| components.id_of_kind(ADAPTER), |known| known.id.clone());
        }
        let kind = match tensor.placement.component {
            // A head or an embedding beside a vision tower alone is the tower's.
            ComponentKind::Embedding | ComponentKind::Head if core != ComponentKind::Text => core,
            kind => kind,
        };
        components.at_tensor(&tensor.name).map_or_else(|| components.id_of_kind(kind.id()), |known| known.id.clone())
    };
    checkpoint.tensors.iter().map(owner).collect()
}

fn sums(checkpoint: &Checkpoint, owners: &[String], components: &Components) -> BTreeMap<String, Sum> {
    let kinds: BTreeSet<ComponentKind> = checkpoint.tensors.iter().map(|t| t.placement.component).collect();
    let core = core_kind(&kinds);
    let (adapter, whole) = (is_adapter(checkpoint), checkpoint.lacking.is_none());
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for (tensor, id) in checkpoint.tensors.iter().zip(owners) {
        let sum = sums.entry(id.clone()).or_insert_with(|| {
            let table = matches!(tensor.placement.component, ComponentKind::Embedding | ComponentKind::Head);
            let kind = if table && core != ComponentKind::Text { core } else { tensor.placement.component };
            let folded = table && kind != core && *id == components.id_of_kind("text");
            let kind = if adapter { ComponentKind::Adapter } else { kind };
            Sum {
                parameters: whole.then_some(0),
                formats: BTreeSet::new(),
                role: role_of_kind(if folded && !adapter { "text" } else { kind.id() }),
                file: clean(&checkpoint.files[tensor.file].name),
            }
        });
        sum.parameters = sum.parameters.zip(tensor.counted()).map(|(all, more)| all + more);
        sum.formats.insert(tensor.dtype.word());
    }
    sums
}

/// Puts what a component comes to into the draft.
fn state(id: &str, sum: &Sum, how: Option<&Says>, components: &mut Components, draft: &mut Draft) {
    let source = |value| measured(value, &sum.file, how.cloned());
    let item = draft.root.item("component", id, &source(Value::Flag(true)));
    if let Some(parameters) = sum.parameters {
        item.add("component.parameters", source(Value::Number(parameters as f64)));
    }
    item.add("component.number-formats", source(Value::texts(sum.formats.iter().copied())));
    item.add("component.weight-bearing", source(Value::Flag(sum.parameters != Some(0))));
    if !item.sources.contains_key(&vocabulary().must("component.role")) {
        item.add_word("component.role", sum.role, &source(Value::Flag(true)));
    }
    if components.any() && !components.known().iter().any(|known| known.id == *id) {
        draft.findings.push(Finding {
            says: says(
                format!("카드에 없는 구성요소 `{id}`의 텐서가 `{}`에 있다 [C3]", sum.file),
                format!("`{}` holds tensors of the component `{id}`, which the card does not declare [C3]", sum.file),
            ),
            sources: vec![source(Value::texts(sum.formats.iter().copied()))],
            contradiction: true,
            code: None,
        });
    }
    components.learn(id, sum.role, "");
}

/// How the count follows from what is stored, where that is not plain.
fn how(checkpoint: &Checkpoint) -> Option<Says> {
    let any = |wanted: fn(&Tally) -> bool| checkpoint.tensors.iter().any(|tensor| wanted(&tensor.tally));
    let (mut ko, mut en) = (Vec::new(), Vec::new());
    for (there, tally) in [
        (any(|tally| matches!(tally, Tally::Packed(_))), Tally::Packed(0)),
        (any(|tally| *tally == Tally::Again), Tally::Again),
    ] {
        if there {
            let way = way(tally, &checkpoint.packing);
            ko.push(way.ko);
            en.push(way.en);
        }
    }
    (!ko.is_empty()).then(|| says(ko.join("; "), en.join("; ")))
}

/// What tensors were counted as.
fn way(tally: Tally, packing: &Packing) -> Says {
    let (file, method) = (packing.file, clean(packing.method.as_deref().unwrap_or_default()));
    let name = packing.scheme.map_or("", |scheme| scheme.name);
    match tally {
        Tally::Stored => says("저장된 수 하나를 하나로 센다", "one for each stored number"),
        Tally::Packed(_) => says(
            format!("묶인 수는 {file}에 적힌 {name} 방식대로 풀어서 센다"),
            format!("packed numbers are counted unpacked, by the scheme that {file} states ({name})"),
        ),
        Tally::Beside => {
            says("척도, 영점, 순서는 세지 않는다", "scales, zeros and orders of packed numbers are not counted")
        }
        Tally::Computed => {
            says("계산해 둔 값은 세지 않는다", "values that are computed and not trained are not counted")
        }
        Tally::Again => says(
            "출력층은 임베딩과 같은 표라고 config.json에 적혀 있어(`tie_word_embeddings`) 한 번만 센다",
            "the head is the table of tokens again, as config.json states (`tie_word_embeddings`), and is counted once",
        ),
        Tally::Unknown(Doubt::Unstated) => says(
            "수를 묶은 방식이 어느 파일에도 적혀 있지 않아 세지 않는다",
            "no file states how the numbers are packed; they are not counted",
        ),
        Tally::Unknown(Doubt::UnknownMethod) => says(
            format!("{file}에 적힌 방식 `{method}`은(는) 세는 법을 모르므로 세지 않는다"),
            format!("{file} states the method `{method}`, whose count is not known; they are not counted"),
        ),
        Tally::Unknown(Doubt::Misfit) => says(
            format!("{file}에 적힌 방식 `{method}`의 설정이 텐서의 모양과 맞지 않아 세지 않는다"),
            format!(
                "what {file} states of the method `{method}` does not fit the tensors' shapes; they are not counted"
            ),
        ),
    }
}

/// What was counted: for each file, component and way one line.
fn accounts(checkpoint: &Checkpoint, owners: &[String]) -> Vec<Account> {
    let mut lines: BTreeMap<(usize, &str, Tally), (u64, Option<u64>)> = BTreeMap::new();
    for (tensor, owner) in checkpoint.tensors.iter().zip(owners) {
        let kind = if let Tally::Packed(_) = tensor.tally { Tally::Packed(0) } else { tensor.tally };
        let line = lines.entry((tensor.file, owner, kind)).or_insert((0, Some(0)));
        line.0 += 1;
        line.1 = line.1.zip(tensor.counted()).map(|(all, more)| all + more);
    }
    let account = |((file, owner, tally), (tensors, parameters)): ((usize, &str, Tally), (u64, Option<u64>))| Account {
        file: clean(&checkpoint.files[file].name),
        component: owner.to_owned(),
        how: way(tally, &checkpoint.packing),
        tensors,
        parameters,
    };
    lines.into_iter().map(account).collect()
}

/// Tensors that are named in one sentence.
const NAMED: usize = 3;

fn limits(checkpoint: &Checkpoint, draft: &mut Draft) {
    let mut unknown: BTreeMap<Doubt, Vec<&str>> = BTreeMap::new();
    for tensor in checkpoint.unknown() {
        if let Tally::Unknown(doubt) = tensor.tally {
            unknown.entry(doubt).or_default().push(&tensor.name);
        }
    }
    for (doubt, names) in unknown {
        let way = way(Tally::Unknown(doubt), &checkpoint.packing);
        let (count, first) = (names.len(), names.iter().take(NAMED).map(|name| format!("`{}`", clean(name))));
        let first = first.collect::<Vec<_>>().join(", ");
        draft.limits.push(says(
            format!("묶인 텐서 {count}개({first}): {}. 파라미터 수를 말하지 않는다", way.ko),
            format!("{count} packed tensors ({first}): {}; no number of parameters is given", way.en),
        ));
    }
    draft.limits.extend(checkpoint.lacking.as_ref().map(missing));
    if !checkpoint.unlisted.is_empty() {
        let n = checkpoint.unlisted.len();
        draft.limits.push(says(
            format!("색인에 없는 텐서 {n}개는 세지 않았다"),
            format!("{n} tensors that the index does not list were not counted"),
        ));
    }
}

/// Why the files that were read are not known to be all.
fn missing(lacking: &Lacking) -> Says {
    match lacking {
        Lacking::Files { name, of, here } => {
            let name = clean(name);
            says(
                format!(
                    "`{name}`은(는) 파일 {of}개 가운데 하나인데 {here}개만 있다. 나머지에 무엇이 있는지 몰라 파라미터 \
                     수를 말하지 않는다"
                ),
                format!(
                    "`{name}` is one of {of} files, of which {here} are here; what the others hold is not known, and no \
                     number of parameters is given"
                ),
            )
        }
        Lacking::Beside { name, other } => {
            let (name, other) = (clean(name), clean(other));
            says(
                format!(
                    "`{name}`을(를) 읽었고, 그 옆의 `{other}`에 같은 모델의 나머지가 있을 수 있어 파라미터 수를 말하지 \
                     않는다"
                ),
                format!(
                    "`{name}` was read, and `{other}` beside it may hold the rest of the same model; no number of \
                     parameters is given"
                ),
            )
        }
    }
}

fn tables(checkpoint: &Checkpoint) -> BTreeSet<u64> {
    let table = |tensor: &&Tensor| {
        tensor.placement.role == Role::TokenEmbedding && tensor.shape.len() == 2 && tensor.counted() != Some(0)
    };
    checkpoint.tensors.iter().filter(table).filter_map(|tensor| tensor.shape.first().copied()).collect()
}

/// What the other parts are parts of: the text backbone, or else the first tower.
fn core_kind(kinds: &BTreeSet<ComponentKind>) -> ComponentKind {
    let order = [ComponentKind::Text, ComponentKind::Vision, ComponentKind::Audio];
    order.into_iter().find(|kind| kinds.contains(kind)).unwrap_or(ComponentKind::Text)
}
