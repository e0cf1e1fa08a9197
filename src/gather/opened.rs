//! The weights of a directory as they were opened: which were read, and what lies beside them unread.
//!
//! A file that a loader would load is read, or the grade stops and says why. Any other that looks like weights is
//! named: what it holds is not known, so nothing is called complete beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::counts::{has_numbers, is_adapter};
use crate::facts::{Draft, Origin, PassedOver, Source, Value};
use crate::files::{Folder, Form, form_of, is_weights, row_of};
use crate::text::{Code, Diagnostic, Diagnostics, Says, SourceFile, Span, clean, says};
use crate::vocabulary::vocabulary;
use crate::weights::{
    Checkpoint, Choice, Config, Holds, PartFolder, Problem, WeightsError, chosen, is_kept_beside, is_pipeline, own,
    part_folders, pointers, towers,
};

/// What was opened.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// The weights in the directory itself.
    pub main: Option<Checkpoint>,
    /// Towers that llama.cpp keeps in a file beside the model.
    pub towers: Option<Checkpoint>,
    /// Parts in folders of their own.
    pub parts: Vec<(PartFolder, Checkpoint)>,
    /// Something that had to be read could not be: nothing is counted.
    pub refused: bool,
    /// Files that look like weights and were not read; none of them was shown to be the same again.
    unread: Vec<String>,
    /// The folders of a pipeline were opened, and nothing beside them is a piece of the model.
    pipeline: bool,
}

impl Opened {
    /// Opens the weights of a directory. What is wrong goes among the problems, what was not read among the limits.
    pub(super) fn of(folder: &Arc<Folder>, draft: &mut Draft, problems: &mut Diagnostics) -> Self {
        let mut opened = Self::default();
        let mut teller = Teller { folder, draft, problems };
        opened.pipeline = is_pipeline(folder);
        if let Some(choice) = own(folder) {
            let towers = towers(folder, &choice);
            opened.main = opened.open(choice, &mut teller);
            opened.towers = towers.and_then(|choice| opened.open(choice, &mut teller));
        }
        for part in part_folders(folder) {
            let checkpoint = chosen(folder, &part.prefix).and_then(|choice| opened.open(choice, &mut teller));
            if let Some(checkpoint) = checkpoint {
                opened.parts.push((part, checkpoint));
            }
        }
        if opened.all().next().is_none() && !pointers(folder).is_empty() {
            teller.not_fetched();
        }
        opened.unread = teller.unread(&opened);
        opened
    }

    /// Every part that was read, the main one first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Checkpoint> {
        self.main.iter().chain(&self.towers).chain(self.parts.iter().map(|(_, checkpoint)| checkpoint))
    }

    /// The first file that was read.
    pub(super) fn first_file(&self) -> String {
        self.all().flat_map(|checkpoint| &checkpoint.files).next().map(|file| clean(&file.name)).unwrap_or_default()
    }

    /// Whether what was read is all that a loader would load: nothing lies beside it that may belong to it.
    pub(super) fn counted(&self) -> bool {
        let apart = |name: &str| self.pipeline && !name.contains('/');
        !self.unread.iter().any(|name| may_belong(name) && !apart(name))
    }

    /// Every tensor belongs to a component, so the list of components with weights has no gap, unless something was not
    /// read, low-rank factors point at a base that is not here, or a component is known that has no tensors.
    pub(super) fn state_completeness(&self, draft: &mut Draft) {
        let factors = self.all().any(is_adapter);
        let alone = self.main.as_ref().is_some_and(|main| main.holds == Holds::Towers);
        let part = alone || self.all().any(|read| read.lacking.is_some());
        let weights = vocabulary().must("component.number-formats");
        let items = draft.root.children.get(&vocabulary().must_collection("component"));
        let absent = items.into_iter().flatten().any(|(_, item)| {
            let counted = |source: &Source| source.assurance == crate::facts::Assurance::Measured;
            !item.sources.get(&weights).is_some_and(|sources| sources.iter().any(counted))
        });
        if self.refused
            || factors
            || part
            || absent
            || !self.unread.is_empty()
            || !self.all().all(has_numbers)
            || self.all().next().is_none()
        {
            return;
        }
        let how = says(
            "디렉터리의 모든 텐서가 이 구성요소들에 속한다",
            "every tensor of the directory belongs to one of these components",
        );
        let origin = Origin { file: self.first_file(), how: Some(how), ..Origin::default() };
        draft.root.add("components.complete", Source::measured(Value::Flag(true), origin));
    }

    /// Reads the headers of one part. Weights that cannot be read stop the grade if they are safetensors, since a
    /// loader would stop too; other forms are named.
    fn open(&mut self, choice: Choice, teller: &mut Teller<'_>) -> Option<Checkpoint> {
        let first = choice.files.first().or(choice.index.as_ref()).cloned().unwrap_or_default();
        let safetensors = form_of(first.trim_end_matches(".index.json")) == Some(Form::Safetensors);
        let family = Config::of_part(teller.folder, &choice.part).family().to_owned();
        match Checkpoint::read(teller.folder, choice, &family) {
            Ok(checkpoint) => return Some(checkpoint),
            Err(WeightsError { problem: Problem::Pointers { .. }, .. }) => teller.not_fetched(),
            Err(error) if safetensors => {
                self.refused = true;
                teller.problems.push(bad_weights(&error));
            }
            Err(error) => teller.not_read(&error),
        }
        None
    }
}

/// Whether an unread file may hold a piece of the model that was read, so that the count would lack it. Another form of
/// the same model, or the model at another moment, is no piece of it.
fn may_belong(name: &str) -> bool {
    let apart = name.split_once('/').is_some_and(|(folder, _)| is_kept_beside(folder));
    let last = name.rsplit('/').next().unwrap_or_default();
    let piece = form_of(name) == Some(Form::Safetensors) && !crate::weights::is_adapter(name);
    piece && !apart && !last.starts_with("consolidated")
}

/// Where things are said.
struct Teller<'t> {
    folder: &'t Arc<Folder>,
    draft: &'t mut Draft,
    problems: &'t mut Diagnostics,
}

/// Unread files whose headers are looked at, to see whether they hold the same tensors again.
const MOST_LOOKED_AT: usize = 64;

/// Files named in one sentence about what was not read.
const NAMED: usize = 6;

impl Teller<'_> {
    /// Pointers stand where weights should: said once, with the one cure.
    fn not_fetched(&mut self) {
        let pointers = pointers(self.folder);
        let (count, first) = (pointers.len(), clean(pointers.first().copied().unwrap_or_default()));
        let message = says(
            format!(
                "Git LFS 포인터라서 읽지 못한 가중치 파일이 {count}개 있다(`{first}` 등). `git lfs pull`을 실행한다"
            ),
            format!(
                "weights files that are Git LFS pointers and were not read: {count} (`{first}`, ...); run `git lfs \
                pull`"
            ),
        );
        if self.draft.limits.contains(&message) {
            return;
        }
        self.draft.limits.push(message.clone());
        let help = says(
            "`git lfs pull`을 실행하면 포인터 자리에 파일이 온다",
            "run `git lfs pull`, which puts the files in the place of their pointers",
        );
        let file = SourceFile::nameless(&first);
        self.problems.push(Diagnostic::warning(Code::NotFetched, &file, Span::default(), message).help(help));
    }

    fn not_read(&mut self, error: &WeightsError) {
        let (name, why) = (clean(&error.file), error.problem.says());
        let (ko, en) = (why.ko, why.en);
        let message = says(
            format!("가중치 파일 `{name}`을(를) 읽지 못했다: {ko}"),
            format!("the weights file `{name}` was not read: {en}"),
        );
        self.draft.limits.push(message.clone());
        let file = SourceFile::nameless(&name);
        let problem = Diagnostic::warning(Code::WeightsNotRead, &file, Span::default(), message);
        self.problems.push(problem.help(error.problem.help()));
    }

    /// Names every file that looks like weights and was not read; gives those that were not shown to be the same again.
    fn unread(&mut self, opened: &Opened) -> Vec<String> {
        let read: BTreeSet<&str> =
            opened.all().flat_map(|one| one.files.iter().map(|file| file.name.as_str())).collect();
        let pointers: BTreeSet<&str> = pointers(self.folder).into_iter().collect();
        let unread: Vec<&str> =
            crate::weights::unread(self.folder, &read).into_iter().filter(|name| !pointers.contains(name)).collect();
        let mut looks = MOST_LOOKED_AT;
        let (again, unread): (Vec<&str>, Vec<&str>) = unread.into_iter().partition(|name| {
            looks = looks.saturating_sub(1);
            looks > 0 && opened.all().any(|one| one.holds_again(name))
        });
        let passed = self.folder.passed_over().iter().map(|entry| entry.name.as_str()).filter(|name| is_weights(name));
        let unread: Vec<&str> = unread.into_iter().chain(passed).collect();
        let over = |name: &str, why: Says| PassedOver { name: clean(name), why };
        let not_read = || says("가중치처럼 보이지만 읽지 않았다", "it looks like weights and was not read");
        let same = || says("같은 텐서를 다시 담았다", "it holds the same tensors again");
        let pointer = || says("Git LFS 포인터다", "it is a Git LFS pointer");
        self.draft.passed_over.extend(unread.iter().map(|name| over(name, not_read())));
        self.draft.passed_over.extend(again.iter().map(|name| over(name, same())));
        self.draft.passed_over.extend(pointers.iter().map(|name| over(name, pointer())));
        if let Some((ko, en)) = listed(&unread) {
            self.draft.limits.push(says(
                format!("읽지 않은 가중치 파일: {ko}. 그 안에 무엇이 있는지 모른다"),
                format!("weights files that were not read: {en}; what they hold is not known"),
            ));
        }
        if let Some((ko, en)) = listed(&again) {
            self.draft.limits.push(says(
                format!("이름과 모양이 같은 텐서를 다시 담은 가중치 파일: {ko}. 수는 읽지 않았다"),
                format!(
                    "weights files with tensors of the same names and shapes again: {en}; their numbers were not read"
                ),
            ));
        }
        unread.into_iter().map(str::to_owned).collect()
    }
}

/// Names with the forms of the files, the first few of them.
fn listed(names: &[&str]) -> Option<(String, String)> {
    let (mut ko, mut en) = (Vec::new(), Vec::new());
    for name in names.iter().take(NAMED) {
        let form = row_of(name).map_or_else(|| says("", ""), crate::files::FormRow::says);
        let shown = clean(name);
        ko.push(format!("`{shown}`({})", form.ko));
        en.push(format!("`{shown}` ({})", form.en));
    }
    let more = names.len().saturating_sub(NAMED);
    if more > 0 {
        ko.push(format!("그 밖의 {more}개"));
        en.push(format!("{more} more"));
    }
    (!ko.is_empty()).then(|| (ko.join(", "), en.join(", ")))
}

fn bad_weights(error: &WeightsError) -> Diagnostic {
    let name = clean(error.file.rsplit('/').next().unwrap_or_default());
    let at = error.offset.map(|n| n.to_string());
    let problem = error.problem.says();
    let (problem_ko, problem_en) = (problem.ko, problem.en);
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
