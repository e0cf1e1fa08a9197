//! One model from all its files: which are read, in which order, and how what they say is put together.

use std::path::Path;

use super::card::{CardFile, Declared, StatedLicence, absorb, read_card, under};
use super::components::{Components, role_of_kind};
use super::config::{self, Config};
use super::counts::Weights;
use super::directory::Directory;
use super::hints::{self, Hint};
use super::opened::Opened;
use super::tensors;
use super::{
    Handed, artefacts, consistency, front_matter, further, handed_in, hub, join, recipe, roles, tokenizer, vocabulary,
    window,
};
use crate::evidence;
use crate::facts::{Draft, Input, Source};
use crate::files::{Folder, Identity, Place, is_weights, locate};
use crate::text::{
    Aliases, Code, Diagnostic, Diagnostics, Node, Severity, SourceFile, Span, clean, clean_tree, model_id,
    parse_python_json, parse_yaml, says,
};
use crate::vocabulary::OwnFacts;
use crate::weights::part_folders;

/// Longest heading of a README that is taken for a name, in bytes.
const LONGEST_NAME: usize = 200;

/// Largest `sovereignty.yaml`, as large as a front matter may be; the longest that we wrote has 10 kB.
const MAX_CARD_BYTES: u64 = 1 << 20;

/// Reads all files of a model.
/// `by_name` if a reference may be joined to a link by the last part of its name alone.
pub(super) fn read(path: &Path, handed: &Handed<'_>, by_name: bool) -> Result<(Draft, Diagnostics), Diagnostics> {
    let mut model;
    match locate(path)? {
        Place::Folder(mut folder) => {
            if let Some(digests) = handed.digests {
                folder.know(digests);
            }
            model = Model::of(*folder, handed.own);
            model.problems.extend(model.directory.folder.problems().clone());
            let readme = handed_or(handed, "README.md", |name| model.directory.read(name));
            model.readme(readme);
            // The last stands first.
            for name in ["sovereignty.yml", "sovereignty.yaml"] {
                let card = handed_or(handed, name, |name| model.directory.read_up_to(name, MAX_CARD_BYTES));
                model.declaration(card);
            }
            super::names::odd(&model.directory, &mut model.problems);
            model.refuse_what_is_no_model(path);
            model.declared();
            model.files();
        }
        Place::File(file) => {
            let (folder, name) = Folder::of_one(&file)?;
            model = Model::of(folder, handed.own);
            model.bare(&file, &name, handed)?;
            model.declared();
            model.draft.limits.push(says(
                "카드만 있어 가중치, 설정, 토크나이저를 보지 못했다",
                "there is only a card: weights, config and tokenizer were not looked at",
            ));
        }
    }
    model.named(handed);
    model.evidence(handed, by_name);
    model.conclude()
}

/// A card that was handed in stands in place of the file of its name.
fn handed_or(
    handed: &Handed<'_>,
    name: &str,
    read: impl FnOnce(&str) -> Option<Result<SourceFile, Diagnostic>>,
) -> Option<Result<SourceFile, Diagnostic>> {
    match handed.card.filter(|card| card.name() == name) {
        Some(card) => Some(Ok(card.clone())),
        None => read(name),
    }
}

/// Reads a card that is no file.
pub(super) fn read_text_of_card(card: &SourceFile) -> Result<(Draft, Diagnostics), Diagnostics> {
    let mut model = Model::of(Folder::empty(), OwnFacts::none());
    if Path::new(card.name()).extension().is_some_and(|end| end.eq_ignore_ascii_case("md")) {
        model.readme(Some(Ok(card.clone())));
        if model.front.is_none() && !model.problems.has_errors() {
            return Err(no_front_matter(card.name()).into());
        }
    } else {
        model.declaration(Some(Ok(card.clone())));
    }
    model.declared();
    let handed = Handed::default();
    model.named(&handed);
    model.evidence(&handed, true);
    model.conclude()
}

/// What is known while files are read.
#[derive(Debug)]
struct Model {
    directory: Directory,
    draft: Draft,
    problems: Diagnostics,
    components: Components,
    /// The README, and its front matter.
    readme: Option<SourceFile>,
    front: Option<CardFile>,
    keys: hub::HubKeys,
    /// The cards with what they declare, the one that stands first.
    cards: Vec<(CardFile, Declared)>,
    licences: Vec<StatedLicence>,
    config: Option<Config>,
    weights: Weights,
    hints: Vec<Hint>,
    /// The one who grades, or a folder of the Hub's cache, says what the model is called.
    grader_knows_it: bool,
    /// The facts that the ruleset brings along.
    own: OwnFacts,
}

impl Model {
    /// Nothing was read yet of these files.
    fn of(folder: Folder, own: &OwnFacts) -> Self {
        let mut draft = Draft { id: folder.identity().text().to_owned(), ..Draft::default() };
        draft.about.local = matches!(folder.identity(), Identity::Local(_));
        Self {
            directory: Directory::of(folder),
            draft,
            problems: Diagnostics::default(),
            components: Components::default(),
            readme: None,
            front: None,
            keys: hub::HubKeys::default(),
            cards: Vec::new(),
            licences: Vec::new(),
            config: None,
            weights: Weights::default(),
            hints: Vec::new(),
            grader_knows_it: false,
            own: own.clone(),
        }
    }

    /// A card without a directory.
    fn bare(&mut self, path: &Path, name: &str, handed: &Handed<'_>) -> Result<(), Diagnostics> {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
        match end.as_str() {
            "md" | "markdown" => {
                let read = handed_or(handed, name, |name| self.directory.read(name));
                self.readme(read);
                if self.front.is_none() && !self.problems.has_errors() {
                    return Err(no_front_matter(name).into());
                }
            }
            "yaml" | "yml" => {
                let read = handed_or(handed, name, |name| self.directory.read_up_to(name, MAX_CARD_BYTES));
                self.declaration(read);
            }
            _ => return Err(not_a_card(path).into()),
        }
        Ok(())
    }

    fn readme(&mut self, read: Option<Result<SourceFile, Diagnostic>>) {
        let Some(read) = read else { return };
        let front = read.and_then(|file| Ok((front_matter::read(&file, &mut self.problems)?, file)));
        match front {
            Err(problem) => self.problems.push(problem),
            Ok((None, file)) => self.readme = Some(file),
            Ok((Some(block), file)) => {
                self.readme = Some(file.clone());
                self.front_matter(CardFile { file, block });
            }
        }
    }

    fn front_matter(&mut self, front: CardFile) {
        self.keys = hub::read(&front);
        self.problems.extend(std::mem::take(&mut self.keys.problems));
        absorb(&mut self.draft.root, std::mem::take(&mut self.keys.root));
        self.licences.append(&mut self.keys.licences);
        if let Some(block) = hub::block(&front.block) {
            self.card(CardFile { file: front.file.clone(), block: block.clone() });
        }
        self.front = Some(front);
    }

    /// `sovereignty.yaml`, which may carry the outer key by mistake.
    fn declaration(&mut self, read: Option<Result<SourceFile, Diagnostic>>) {
        let Some(read) = read else { return };
        let parsed = read.and_then(|file| Ok((clean_tree(parse_yaml(&file, Aliases::Copy)?), file)));
        match parsed {
            Err(problem) => self.problems.push(problem),
            Ok((block, file)) => {
                let inner = block.map().filter(|map| map.len() == 1).and_then(|_| block.get("sovereignty")).cloned();
                self.card(CardFile { file, block: inner.unwrap_or(block) });
            }
        }
    }

    fn card(&mut self, card: CardFile) {
        if card.block.map().is_none() {
            self.problems.push(
                Diagnostic::error(
                    Code::NotAMapping,
                    &card.file,
                    card.block.span,
                    says("선언이 키와 값의 모음이 아니다", "the declaration is not a mapping of keys to values"),
                )
                .help(says("`developer:` 같은 키를 적는다", "write keys such as `developer:`")),
            );
            return;
        }
        let mut declared = read_card(&card, &self.own);
        self.problems.extend(std::mem::take(&mut declared.problems));
        self.cards.insert(0, (card, declared));
    }

    fn refuse_what_is_no_model(&mut self, path: &Path) {
        let folder = &self.directory.folder;
        let files = folder.names().any(is_of_a_model) || !part_folders(folder).is_empty();
        if self.front.is_none() && self.cards.is_empty() && !files && !self.problems.has_errors() {
            self.problems.push(empty_directory(path, folder, self.readme.is_some()));
        }
    }

    /// Puts what the cards declare into the draft; the first stands before the second.
    fn declared(&mut self) {
        for (card, _) in self.cards.iter().rev() {
            self.components.add_card(card);
            consistency::card(card, &mut self.draft);
        }
        let mut declared = self.cards.iter_mut().map(|(_, declared)| std::mem::take(declared));
        let Some(mut first) = declared.next() else { return };
        for block in declared {
            under(&mut first, block, &mut self.draft.findings);
        }
        self.licences.append(&mut first.licences);
        absorb(&mut self.draft.root, std::mem::take(&mut first.root));
        if let Some((_, kept)) = self.cards.first_mut() {
            *kept = first;
        }
    }

    /// The files of the directory beside the cards.
    fn files(&mut self) {
        if self.problems.has_errors() {
            return;
        }
        self.config();
        let opened = Opened::of(&self.directory.folder, &mut self.draft, &mut self.problems);
        self.weights = tensors::read(&opened, &mut self.components, &mut self.draft);
        opened.state_completeness(&mut self.draft);
        tokenizer::read(&mut self.directory, &mut self.draft, &mut self.problems);
        let multiple = self.config.as_ref().and_then(|config| config.padded_to);
        vocabulary::reconcile(&self.weights.tables, multiple, &mut self.draft);
        further::reconcile(&self.weights.further, &mut self.draft);
        window::reconcile(self.config.as_ref().and_then(|config| config.stretched), &mut self.draft);
        self.hints();
        let cited = self.cards.first().map(|(_, declared)| declared.evidence.clone()).unwrap_or_default();
        for (at, (card, _)) in self.cards.iter().enumerate() {
            let cited = if at == 0 { cited.as_slice() } else { &[] };
            let (config, weights, directory) = (self.config.as_ref(), &self.weights, &self.directory);
            consistency::with_files(card, cited, config, weights, directory, &mut self.draft);
        }
    }

    /// A JSON file beside the model as a cleaned tree.
    fn json(&mut self, name: &str) -> Option<(SourceFile, Node)> {
        let read = self.directory.read(name)?;
        let parsed = read.and_then(|file| {
            let (root, warning) = parse_python_json(&file)?;
            if let Some(warning) = warning {
                self.draft.limits.push(warning.message.clone());
                self.problems.push(warning);
            }
            Ok((root, file))
        });
        self.beside(name, parsed)
    }

    /// What a file beside the model says, if it can be read. If not, the rest is graded without it, and both the report
    /// and the diagnostics say so.
    fn beside(&mut self, name: &str, parsed: Result<(Node, SourceFile), Diagnostic>) -> Option<(SourceFile, Node)> {
        match parsed {
            Ok((root, file)) => Some((file, clean_tree(root))),
            Err(problem) => {
                self.side_fault(name, problem);
                None
            }
        }
    }

    fn side_fault(&mut self, name: &str, mut problem: Diagnostic) {
        let why = &problem.message;
        self.draft.limits.push(says(
            format!("`{name}`을(를) 읽지 못해 빼고 보았다: {}", why.ko),
            format!("`{name}` could not be read and was left out: {}", why.en),
        ));
        problem.severity = Severity::Warning;
        self.problems.push(problem);
    }

    fn config(&mut self) {
        let Some((file, root)) = self.json("config.json") else { return };
        match config::read(&file, &root, &mut self.components, &mut self.draft) {
            Ok(config) => self.config = Some(config),
            Err(problem) => self.side_fault("config.json", problem),
        }
    }

    fn hints(&mut self) {
        let folders = part_folders(&self.directory.folder);
        let adapters = folders.iter().map(|part| format!("{}adapter_config.json", part.prefix));
        for name in std::iter::once("adapter_config.json".to_owned()).chain(adapters) {
            let Some((file, root)) = self.json(&name) else { continue };
            self.hints.extend(hints::adapter(&file, &root, &mut self.draft));
        }
        for name in ["quantize_config.json", "quant_config.json"] {
            let Some((file, root)) = self.json(name) else { continue };
            self.hints.extend(hints::quantiser(&file, &root));
        }
        let (parents, problems) = recipe::read(&mut self.directory, &mut self.draft);
        self.hints.extend(parents);
        for (name, problem) in problems {
            self.side_fault(&name, problem);
        }
        let Some(config) = &self.config else { return };
        for (part, reference, source) in config.loaded_from.clone() {
            self.hints.push(Hint { reference, starts: None, adaptation: None, kind: None, part, source });
        }
        for (part, reference, source) in config.towers.clone() {
            let starts = Some("from-reference");
            self.hints.push(Hint { reference, starts, adaptation: None, kind: None, part: Some(part), source });
        }
    }

    /// What the model is called: as the one who grades says, as its card says, as a folder of the Hub's cache is named,
    /// or else as its own folder, which says nothing.
    fn named(&mut self, handed: &Handed<'_>) {
        self.grader_knows_it = handed.id.is_some() || !self.draft.about.local;
        let of_card = self.cards.iter().find_map(|(card, _)| card.block.get("model_id")?.text().map(model_id));
        if let Some(id) = handed.id.map(model_id).or(of_card.filter(|id| !id.is_empty())) {
            self.draft.id = clean(&id);
            self.draft.about.local = false;
        }
        let by = self.cards.iter().find_map(|(card, _)| card.block.get("written_by")?.text().map(str::to_owned));
        self.draft.about.written_by_other = by.as_deref() == Some("other");
        self.draft.about.pass_over = handed.pass_over.iter().map(|name| clean(name)).collect();
        for name in handed.pass_over.iter().filter(|name| !self.directory.has(name)) {
            self.problems.push(no_such_weights(name));
        }
        let cited = self.cards.iter().flat_map(|(_, declared)| &declared.evidence);
        let mut documents: Vec<String> =
            cited.filter(|entry| entry.documents()).filter_map(|entry| entry.url.clone()).collect();
        documents.sort();
        documents.dedup();
        self.draft.about.documents = documents;
    }

    fn evidence(&mut self, handed: &Handed<'_>, by_name: bool) {
        if self.problems.has_errors() {
            return;
        }
        self.front_matter_hints();
        let (mut read, problems) = handed_in::read(handed);
        self.problems.extend(problems);
        let none = std::collections::BTreeSet::new();
        let folder = self.directory.folder.clone();
        let passed = folder.passed_over().iter().map(|entry| entry.name.as_str()).filter(|name| is_weights(name));
        let weights = crate::weights::unread(&folder, &none).into_iter().chain(passed).map(str::to_owned).collect();
        let find = |name: &str| folder.get(name).cloned();
        let here = evidence::Here { find: &find, weights, pass_over: handed.pass_over, tried: handed.tried };
        for file in &mut read {
            let digest = evidence::sha256(file.source.text().as_bytes());
            self.draft.inputs.push(Input { name: file.source.name().to_owned(), sha256: Some(digest.clone()) });
            match evidence::compare(file, &here) {
                Ok(limits) => self.draft.limits.extend(limits),
                Err(problems) => problems.into_iter().for_each(|problem| self.problems.push(problem)),
            }
            self.draft.about.handed.push(file.source.name().to_owned());
            handed_in::note(file, digest, &mut self.draft.about);
        }
        if self.problems.has_errors() {
            return;
        }
        join::join(&mut read, handed.families, by_name, &mut self.draft);
        let components = self.components.clone();
        let id_of = |kind: &str| {
            let by_id = components.known().iter().find(|known| known.id == kind);
            by_id.or_else(|| components.of_kind(kind)).map(|known| known.id.clone())
        };
        let parts = evidence::Parts { id_of: &id_of, role_of: role_of_kind };
        let own = self.grader_knows_it.then(|| self.draft.id.clone());
        let asked =
            evidence::Asked { families: handed.families, own: own.as_deref(), as_of: handed.as_of, words: handed.own };
        let problems = evidence::add(&read, &parts, &asked, &mut self.draft);
        self.problems.extend(problems);
        if let Some(config) = &self.config {
            config::hint_at_encoders(config, &mut self.draft);
        }
    }

    /// Base models and tags of the README. Prose admits nothing.
    fn front_matter_hints(&mut self) {
        if let Some(file) = &self.readme {
            let front = self.front.as_ref().map(|front| &front.block);
            hints::tags(file, front, &mut self.draft);
        }
        let relation = self.keys.relation.as_ref().map(|(word, _)| word.as_str());
        let bases: Vec<(String, Source)> = std::mem::take(&mut self.keys.bases);
        for (reference, source) in &bases {
            self.hints.push(hints::hint_of_relation(reference.clone(), relation, source.clone()));
        }
        let cards: Vec<CardFile> = self.cards.iter().map(|(card, _)| card.clone()).collect();
        consistency::base_model(&bases, &cards, &mut self.draft);
        let own = self.grader_knows_it.then(|| self.draft.id.clone());
        hints::open_links(&self.hints, own.as_deref(), &mut self.components, &mut self.draft);
    }

    /// What the model and its maker are called by the files and by the one who grades. A folder's name says nothing.
    fn own_names(&self) -> Vec<String> {
        let id = Some(self.draft.id.clone()).filter(|_| !self.draft.about.local);
        let makers = self.cards.iter().filter_map(|(card, _)| card.block.at(&["developer", "name"])?.text());
        let heading =
            self.readme.as_ref().and_then(|file| file.text().lines().find_map(|line| line.strip_prefix("# ")));
        let all = id.into_iter().chain(makers.chain(heading).map(str::to_owned));
        all.filter(|name| name.len() <= LONGEST_NAME).collect()
    }

    fn conclude(mut self) -> Result<(Draft, Diagnostics), Diagnostics> {
        if self.problems.has_errors() {
            return Err(self.problems);
        }
        let licences = std::mem::take(&mut self.licences);
        let access = std::mem::take(&mut self.keys.access);
        let names = self.own_names();
        super::licence::state(&licences, &access, &names, &mut self.directory, &mut self.draft, &mut self.problems);
        let folder = &self.directory.folder;
        let passed = folder.passed_over().iter().map(|entry| entry.name.as_str());
        let weights = folder.names().chain(passed).any(is_weights);
        roles::follow(weights, &mut self.draft);
        artefacts::approve(&mut self.draft);
        self.draft.limits.push(says(
            "계보의 단서가 없다는 것은 아무것도 증명하지 않는다. 카드가 가리키는 문서는 열어 보지 않았다",
            "that no hint of lineage is there proves nothing; documents that the card points at were not opened",
        ));
        self.draft.inputs.extend(self.directory.inputs);
        Ok((self.draft, self.problems))
    }
}

/// Whether a file of this name makes the directory a model's. What lies in a folder belongs to the folder: a folder of
/// models is no model.
fn is_of_a_model(name: &str) -> bool {
    const NAMES: [&str; 7] = [
        "config.json",
        "adapter_config.json",
        "mergekit_config.yml",
        "model_index.json",
        "modules.json",
        "params.json",
        "model.safetensors.index.json",
    ];
    NAMES.contains(&name) || (!name.contains('/') && is_weights(name))
}

fn shown(path: &Path) -> String {
    clean(&path.to_string_lossy())
}

/// A file that is to be passed over and is not here.
fn no_such_weights(name: &str) -> Diagnostic {
    let name = clean(name);
    let message = says(
        format!("지나치라고 한 파일 `{name}`이(가) 여기 없다"),
        format!("the file `{name}` that is to be passed over is not here"),
    );
    let help = says("모델 디렉터리 안에서의 이름을 적는다", "give its name below the model's directory");
    Diagnostic::error(Code::BadOption, &SourceFile::nameless(&name), Span::default(), message).help(help)
}

fn not_a_card(path: &Path) -> Diagnostic {
    let name = shown(path);
    let weights = is_weights(&name);
    let message = if weights {
        says(
            format!("`{name}`은(는) 가중치 파일 하나이다. 카드와 설정이 함께 있어야 모델이다"),
            format!("`{name}` is a single weights file; a model is graded with its card and config"),
        )
    } else {
        says(
            format!("`{name}`은(는) 카드도 모델 디렉터리도 아니다"),
            format!("`{name}` is not a card and not a model's directory"),
        )
    };
    Diagnostic::error(Code::NoSuchModel, &SourceFile::nameless(&name), Span::default(), message).help(says(
        "모델 디렉터리, 머리말이 있는 README.md, 또는 sovereignty.yaml을 가리킨다",
        "point at the model's directory, a README.md with front matter, or a sovereignty.yaml",
    ))
}

fn no_front_matter(name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::NoSuchModel,
        &SourceFile::nameless(name),
        Span::default(),
        says(format!("`{name}`에 머리말이 없다"), format!("`{name}` has no front matter")),
    )
    .help(says("파일을 `---` 줄로 시작해 머리말을 적는다", "begin the file with a line `---` and a front matter"))
}

/// Directories of models named in one sentence.
const NAMED: usize = 5;

fn empty_directory(path: &Path, folder: &Folder, readme: bool) -> Diagnostic {
    let name = shown(path);
    let mut below: Vec<&str> = folder
        .names()
        .filter_map(|name| name.rsplit_once('/'))
        .filter(|(_, file)| matches!(*file, "config.json" | "adapter_config.json") || is_weights(file))
        .map(|(folder, _)| folder)
        .collect();
    below.sort_by_key(|folder| (folder.matches('/').count(), *folder));
    below.dedup();
    // Parts of a pipeline lie in folders of their own, below the model's.
    let parts: Vec<&str> = below.clone();
    below.retain(|folder| !parts.iter().any(|other| folder.starts_with(&format!("{other}/"))));
    let help = match below.as_slice() {
        [] if readme => says(
            "README.md를 `---` 줄로 시작해 머리말(front matter)을 적거나, `sovereignty.yaml`을 쓴다",
            "README.md has no front matter: begin it with a line `---`, or write a `sovereignty.yaml`",
        ),
        [] => says(
            "모델 파일이 있는 디렉터리를 가리키거나, 거기에 `sovereignty.yaml`을 쓴다",
            "point at the directory with the model's files, or write a `sovereignty.yaml` there",
        ),
        [only] => {
            let only = clean(only);
            says(
                format!("모델은 그 아래 `{only}`에 있는 듯하다. 그 디렉터리를 가리킨다"),
                format!("a model seems to lie below it, in `{only}`: point at that directory"),
            )
        }
        several => {
            let list: Vec<String> = several.iter().take(NAMED).map(|folder| format!("`{}`", clean(folder))).collect();
            let (count, list) = (several.len(), list.join(", "));
            let dots = if count > NAMED { ", ..." } else { "" };
            says(
                format!("그 아래 디렉터리 {count}개에 모델이 있는 듯하다. 그 가운데 하나를 가리킨다: {list}{dots}"),
                format!("{count} directories below it seem to hold a model each: point at one of them: {list}{dots}"),
            )
        }
    };
    Diagnostic::error(
        Code::EmptyDirectory,
        &SourceFile::nameless(&name),
        Span::default(),
        says(
            format!("`{name}`에는 모델이 없다. 카드도 config.json도 가중치도 없다"),
            format!("there is no model in `{name}`: no card, no config.json, no weights"),
        ),
    )
    .help(help)
}
