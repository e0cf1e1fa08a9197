//! Headers of weights files: which parts are there, how many parameters they have, in which number formats.
//! These are measured, since the file is the thing. No weight is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::components::{Components, role_of_kind};
use super::directory::Directory;
use super::parts;
use crate::facts::{Draft, Finding, Input, Origin, Source, Value};
use crate::files::{Folder, Form, form_of, is_weights, row_of};
use crate::text::{Code, Diagnostic, Diagnostics, Says, SourceFile, Span, clean, says};
use crate::vocabulary::vocabulary;
use crate::weights::{
    Checkpoint, Choice, ComponentKind, Config, Problem, WeightsError, chosen, part_folders, pointers,
};

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

/// Reads the headers into the draft: of the weights in the directory itself, and of the parts in folders of their own.
///
/// # Errors
/// A safetensors file that is none, or an index that names other files than there are.
pub(super) fn read(
    directory: &Directory,
    components: &mut Components,
    draft: &mut Draft,
    problems: &mut Diagnostics,
) -> Weights {
    let folder = &directory.folder;
    let mut seen = Seen { folder, read: Vec::new(), refused: false };
    let main = chosen(folder, "").and_then(|choice| seen.open(choice, draft, problems));
    let mut others = Vec::new();
    for part in part_folders(folder) {
        if let Some(checkpoint) = chosen(folder, &part.prefix).and_then(|choice| seen.open(choice, draft, problems)) {
            others.push((part, checkpoint));
        }
    }
    let all: Vec<&Checkpoint> = main.iter().chain(others.iter().map(|(_, checkpoint)| checkpoint)).collect();
    held(&all, draft);
    let unread = unread(folder, &all, draft);
    if seen.refused {
        return Weights::default();
    }
    let counted =
        main.as_ref().map(|checkpoint| count(checkpoint, unread.is_empty() && others.is_empty(), components, draft));
    let counted = counted.unwrap_or_default();
    if others.is_empty() {
        return counted;
    }
    parts::count(&others, components, draft);
    let parameters = unread.is_empty().then(|| all.iter().map(|checkpoint| checkpoint.parameters()).sum::<u64>());
    if let Some(parameters) = parameters {
        let file = all.first().and_then(|checkpoint| checkpoint.files.first()).map_or("", |file| file.name.as_str());
        let how = says("하위 폴더의 가중치를 모두 더했다", "the weights of all folders are added up");
        draft.root.add("model.parameters", measured(Value::Number(parameters as f64), &clean(file), Some(how)));
    }
    Weights { parameters }
}

/// What was opened so far.
struct Seen<'d> {
    folder: &'d Arc<Folder>,
    read: Vec<String>,
    /// Something that had to be read could not be: nothing is counted.
    refused: bool,
}

impl Seen<'_> {
    /// Reads the headers of one part. Weights that cannot be read stop the grade if they are safetensors, since a loader would
    /// stop too; other forms are named.
    fn open(&mut self, choice: Choice, draft: &mut Draft, problems: &mut Diagnostics) -> Option<Checkpoint> {
        let first = choice.files.first().or(choice.index.as_ref()).cloned().unwrap_or_default();
        let safetensors = form_of(first.trim_end_matches(".index.json")) == Some(Form::Safetensors);
        let family = Config::of_part(self.folder, &choice.part).family().to_owned();
        match Checkpoint::read(self.folder, choice, &family) {
            Ok(checkpoint) => {
                self.read.extend(checkpoint.files.iter().map(|file| file.name.clone()));
                return Some(checkpoint);
            }
            Err(WeightsError { problem: Problem::Pointers { .. }, .. }) => not_fetched(self.folder, draft, problems),
            Err(error) if safetensors => {
                self.refused = true;
                problems.push(bad_weights(&error));
            }
            Err(error) => {
                let (name, why) = (clean(&error.file), error.problem.says());
                let (ko, en) = (clean(&why.ko), clean(&why.en));
                let message = says(
                    format!("가중치 파일 `{name}`을(를) 읽지 못했다: {ko}"),
                    format!("the weights file `{name}` was not read: {en}"),
                );
                draft.limits.push(message.clone());
                let file = SourceFile::nameless(&name);
                problems.push(
                    Diagnostic::warning(Code::WeightsNotRead, &file, Span::default(), message)
                        .help(error.problem.help()),
                );
            }
        }
        None
    }
}

/// Pointers stand where weights should: said once, with the one cure.
fn not_fetched(folder: &Folder, draft: &mut Draft, problems: &mut Diagnostics) {
    let pointers = pointers(folder);
    let (count, first) = (pointers.len(), clean(pointers.first().copied().unwrap_or_default()));
    let message = says(
        format!(
            "가중치 파일 {count}개가 Git LFS 포인터라 가중치를 읽지 못했다(`{first}` 등). `git lfs pull`을 실행한다"
        ),
        format!(
            "{count} weights files are Git LFS pointers, and the weights were not read (`{first}`, ...): run `git lfs pull`"
        ),
    );
    if draft.limits.contains(&message) {
        return;
    }
    draft.limits.push(message.clone());
    problems.push(Diagnostic::warning(Code::NotFetched, &SourceFile::nameless(&first), Span::default(), message).help(
        says(
            "`git lfs pull`을 실행하면 포인터 자리에 파일이 온다",
            "run `git lfs pull`, which puts the files in the place of their pointers",
        ),
    ));
}

/// Weights are held if a file was opened and holds numbers of the model itself.
fn held(all: &[&Checkpoint], draft: &mut Draft) {
    let full = |checkpoint: &&&Checkpoint| {
        let own = |count: &crate::weights::ComponentCount| count.kind != ComponentKind::Adapter && count.parameters > 0;
        checkpoint.components().iter().any(own)
    };
    if let Some(file) = all.iter().find(full).and_then(|checkpoint| checkpoint.files.first()) {
        let source = measured(Value::Flag(true), &clean(&file.name), None);
        draft.root.add("model.weights-held", source.clone());
        draft.root.add_word("model.form", "directory", &source);
    } else if !all.is_empty() {
        draft.limits.push(says(
            "어댑터만 있다. 함께 쓰는 기반 모델의 가중치는 이 디렉터리에 없다",
            "there is only an adapter: the weights of the base that it runs on are not in this directory",
        ));
    }
}

/// Files named in one sentence about what was not read.
const NAMED: usize = 6;

/// Names every file that looks like weights and was not read, and gives those that may hold something else than what was read.
fn unread<'f>(folder: &'f Folder, all: &[&Checkpoint], draft: &mut Draft) -> Vec<&'f str> {
    let read: BTreeSet<&str> =
        all.iter().flat_map(|checkpoint| checkpoint.files.iter().map(|file| file.name.as_str())).collect();
    let pointers: BTreeSet<&str> = pointers(folder).into_iter().collect();
    let unread: Vec<&str> =
        crate::weights::unread(folder, &read).into_iter().filter(|name| !pointers.contains(name)).collect();
    let odd: Vec<&str> =
        folder.passed_over().iter().map(|entry| entry.name.as_str()).filter(|n| is_weights(n)).collect();
    let (mut ko, mut en) = (Vec::new(), Vec::new());
    for name in unread.iter().chain(&odd).take(NAMED) {
        let form = row_of(name).map_or_else(|| says("", ""), crate::files::FormRow::says);
        let shown = clean(name);
        ko.push(format!("`{shown}`({})", form.ko));
        en.push(format!("`{shown}` ({})", form.en));
    }
    let more = (unread.len() + odd.len()).saturating_sub(NAMED);
    if more > 0 {
        ko.push(format!("그 밖의 {more}개"));
        en.push(format!("{more} more"));
    }
    if !ko.is_empty() {
        draft.limits.push(says(
            format!("읽지 않은 가중치 파일: {}. 그 안에 무엇이 있는지 모른다", ko.join(", ")),
            format!("weights files that were not read: {}; what they hold is not known", en.join(", ")),
        ));
    }
    unread
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
    let help = error.problem.help();
    Diagnostic::error(
        Code::BadWeights,
        &SourceFile::nameless(&name),
        Span::default(),
        says(
            format!("`{name}`을 가중치로 읽을 수 없다. {ko}{problem_ko}"),
            format!("`{name}` cannot be read as weights. {en}{problem_en}"),
        ),
    )
    .help(help)
}
