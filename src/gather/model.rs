//! One model from all its files: which are read, in which order, and how what they say is put together.

use std::path::{Path, PathBuf};

use super::card::{CardFile, Declared, StatedLicence, absorb, read_card};
use crate::text::clean_tree;
use super::directory::Directory;
use super::{front_matter, hub};
use crate::facts::{Draft, Finding, Origin, Source, Value};
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, SourceFile, Span, parse_yaml, says};

/// Reads all files of a model.
pub(super) fn read(path: &Path, evidence: &[PathBuf]) -> Result<(Draft, Diagnostics), Diagnostics> {
    let _ = evidence;
    let meta = std::fs::metadata(path).map_err(|e| no_such_model(path, &e.to_string()))?;
    let mut model = Model { draft: Draft { id: name_of(path), ..Draft::default() }, ..Model::default() };
    if meta.is_dir() {
        model.directory = Directory::open(path)?;
        model.problems.extend(std::mem::take(&mut model.directory.problems));
        model.readme("README.md");
        model.declaration("sovereignty.yaml");
        model.whole_directory(path);
    } else {
        model.bare(path)?;
    }
    model.finish()
}

/// What is known while files are read.
#[derive(Debug, Default)]
struct Model {
    directory: Directory,
    draft: Draft,
    problems: Diagnostics,
    front: Option<CardFile>,
    cards: Vec<Declared>,
    licences: Vec<StatedLicence>,
}

impl Model {
    /// A card without a directory.
    fn bare(&mut self, path: &Path) -> Result<(), Diagnostics> {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
        let entry = super::directory::Entry { path: path.to_path_buf(), bytes };
        self.directory.files.insert(name.clone(), entry);
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
        match end.as_str() {
            "md" | "markdown" => {
                self.readme(&name);
                if self.front.is_none() && !self.problems.has_errors() {
                    return Err(no_front_matter(&name).into());
                }
            }
            "yaml" | "yml" => self.declaration(&name),
            _ => return Err(no_such_model(path, "not a directory, a README.md or a sovereignty.yaml").into()),
        }
        Ok(())
    }

    fn readme(&mut self, name: &str) {
        let Some(read) = self.directory.read(name) else { return };
        let front = read.and_then(|file| Ok((front_matter::read(&file, &mut self.problems)?, file)));
        match front {
            Err(problem) => self.problems.push(problem),
            Ok((None, _)) => {}
            Ok((Some(block), file)) => self.front_matter(CardFile { file, block }),
        }
    }

    fn front_matter(&mut self, front: CardFile) {
        let keys = hub::read(&front);
        self.problems.extend(keys.problems);
        absorb(&mut self.draft.root, keys.root);
        self.licences.extend(keys.licences);
        if let Some(block) = hub::block(&front.block) {
            self.card(CardFile { file: front.file.clone(), block: block.clone() });
        }
        self.front = Some(front);
    }

    /// `sovereignty.yaml`, which may carry the outer key by mistake.
    fn declaration(&mut self, name: &str) {
        let Some(read) = self.directory.read(name) else { return };
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
            self.problems.push(Diagnostic::error(
                Code::NotAMapping,
                &card.file,
                card.block.span,
                says("선언이 키와 값의 모음이 아니다", "the declaration is not a mapping of keys to values"),
            ));
            return;
        }
        let mut declared = read_card(&card);
        self.problems.extend(std::mem::take(&mut declared.problems));
        self.cards.push(declared);
    }

    fn whole_directory(&mut self, path: &Path) {
        let model =
            self.front.is_some() || !self.cards.is_empty() || self.directory.files.keys().any(|n| is_of_a_model(n));
        if !model && !self.problems.has_errors() {
            self.problems.push(empty_directory(path));
        }
    }

    fn finish(mut self) -> Result<(Draft, Diagnostics), Diagnostics> {
        if self.problems.has_errors() {
            return Err(self.problems);
        }
        for card in self.cards {
            absorb(&mut self.draft.root, card.root);
        }
        self.draft.inputs.extend(self.directory.inputs);
        Ok((self.draft, self.problems))
    }
}

/// Whether a file of this name makes its directory a model's.
fn is_of_a_model(name: &str) -> bool {
    const NAMES: [&str; 5] =
        ["config.json", "adapter_config.json", "mergekit_config.yml", "model_index.json", "params.json"];
    const ENDS: [&str; 6] = [".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx"];
    NAMES.contains(&name) || ENDS.iter().any(|end| name.ends_with(end))
}

/// What a model is called: its directory's name.
fn name_of(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let name = |p: &Path| p.file_name().map(|n| crate::text::clean(&n.to_string_lossy()));
    let own = name(&real).unwrap_or_else(|| "model".to_owned());
    let generic = matches!(own.as_str(), "README.md" | "sovereignty.yaml" | "sovereignty.yml");
    if generic { real.parent().and_then(name).unwrap_or(own) } else { own }
}

fn shown(path: &Path) -> String {
    crate::text::clean(&path.to_string_lossy())
}

fn no_such_model(path: &Path, why: &str) -> Diagnostic {
    let name = shown(path);
    Diagnostic::error(
        Code::NoSuchModel,
        &SourceFile::nameless(&name),
        Span::default(),
        says(format!("`{name}`에 모델이 없다: {why}"), format!("there is no model at `{name}`: {why}")),
    )
    .help(says(
        "모델 디렉터리, 머리말이 있는 README.md, 또는 sovereignty.yaml을 가리킨다",
        "point at a model's directory, a README.md with front matter, or a sovereignty.yaml",
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

fn empty_directory(path: &Path) -> Diagnostic {
    let name = shown(path);
    Diagnostic::error(
        Code::EmptyDirectory,
        &SourceFile::nameless(&name),
        Span::default(),
        says(
            format!("`{name}`에는 카드도 config.json도 가중치도 없다"),
            format!("`{name}` holds no card, no config.json and no weights"),
        ),
    )
    .help(says(
        "모델 파일이 있는 디렉터리를 가리키거나, `sovgrade card new`로 카드를 만든다",
        "point at the directory with the model's files, or make a card with `sovgrade card new`",
    ))
}
