//! One directory: which files are there, within limits, without following links out of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cache;
use super::form::is_weights;
use crate::text::{Clash, Code, Diagnostic, Diagnostics, Names, Says, SourceFile, Span, clean, says, spelled};

/// Entries of a directory that are looked at. The largest public model has fewer than 2 000.
pub const MAX_FILES: usize = 20_000;

/// Directories below the model's directory that are entered: pipelines keep their parts in folders.
pub const MAX_FOLDERS_DEEP: usize = 4;

/// Folders that programs keep for themselves; they hold nothing of the model.
const BOOKKEEPING: [&str; 8] =
    [".git", ".cache", ".hg", ".svn", ".ipynb_checkpoints", "__pycache__", "__MACOSX", ".venv"];

/// Names of cards that say nothing of the model.
const EVERY_CARD: [&str; 3] = ["README.md", "sovereignty.yaml", "sovereignty.yml"];

/// One regular file of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it is, links resolved.
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
    /// Its SHA-256, where that is known without reading it ([`Folder::know`]).
    pub sha256: Option<String>,
}

/// What a model is called, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The repository that a folder of the Hub's cache is named after.
    Repository(String),
    /// The name of the folder, which says nothing.
    Local(String),
}

impl Identity {
    /// The name, either way.
    pub fn text(&self) -> &str {
        match self {
            Self::Repository(text) | Self::Local(text) => text,
        }
    }
}

/// An entry that was not taken, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its name below the directory.
    pub name: String,
    /// Why.
    pub why: Says,
}

/// A model's directory: the files below it by raw name, with `/`. Every one of them is a regular file within the
/// boundary.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    identity: Identity,
    files: BTreeMap<String, Entry>,
    passed_over: Vec<PassedOver>,
    problems: Diagnostics,
}

impl Folder {
    /// Lists a directory that can be used.
    ///
    /// # Errors
    /// Those of [`Folder::list`] and of [`Folder::usable`].
    pub fn open(path: &Path) -> Result<Self, Diagnostics> {
        Self::list(path)?.usable()
    }

    /// Lists a directory. What is wrong with single files is kept with it, so that it can be said together with what is
    /// wrong in them.
    ///
    /// # Errors
    /// It cannot be listed, or holds too many files.
    pub fn list(path: &Path) -> Result<Self, Diagnostics> {
        let shown = clean(&path.to_string_lossy());
        let root = path.canonicalize().map_err(|error| unreadable(&shown, &error))?;
        let in_cache = cache::around(&root);
        let boundary = in_cache.as_ref().map_or_else(|| root.clone(), |found| found.model.clone());
        let in_cache_folder = in_cache.is_some();
        let own = root.file_name().map_or_else(|| "model".to_owned(), |name| clean(&name.to_string_lossy()));
        let identity = match in_cache.and_then(|found| found.repository) {
            Some(repository) => Identity::Repository(clean(&repository)),
            None => Identity::Local(own),
        };
        let mut walk = Walk {
            boundary,
            in_cache: in_cache_folder,
            files: BTreeMap::new(),
            passed: Vec::new(),
            problems: Diagnostics::default(),
            seen: 0,
        };
        walk.enter(&root, "", 0)?;
        walk.problems.extend(alike(walk.files.keys()));
        walk.passed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { root, identity, files: walk.files, passed_over: walk.passed, problems: walk.problems })
    }

    /// A single file as a directory of one, and its name there.
    ///
    /// # Errors
    /// The file cannot be looked at.
    pub fn of_one(path: &Path) -> Result<(Self, String), Diagnostics> {
        let shown = clean(&path.to_string_lossy());
        let real = path.canonicalize().map_err(|error| unreadable(&shown, &error))?;
        let bytes = real.metadata().map_err(|error| unreadable(&shown, &error))?.len();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let root = real.parent().unwrap_or(&real).to_owned();
        let files = BTreeMap::from([(name.clone(), Entry { path: path.to_owned(), bytes, sha256: None })]);
        // A card is called by its own name, unless that is the name that every card has.
        let folder_of = || root.file_name().map(|name| name.to_string_lossy().into_owned());
        let own = Some(name.clone()).filter(|name| !EVERY_CARD.contains(&name.as_str())).or_else(folder_of);
        let own = own.map_or_else(|| "model".to_owned(), |name| clean(&name));
        let folder = Self {
            root,
            identity: Identity::Local(own),
            files,
            passed_over: Vec::new(),
            problems: Diagnostics::default(),
        };
        Ok((folder, name))
    }

    /// No file at all: a card that stands in no file.
    pub fn empty() -> Self {
        Self {
            root: PathBuf::new(),
            identity: Identity::Local("model".to_owned()),
            files: BTreeMap::new(),
            passed_over: Vec::new(),
            problems: Diagnostics::default(),
        }
    }

    /// The directory, links resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the model is called.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// A file by its name below the directory.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.files.get(name)
    }

    /// Whether a file is there.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Takes digests of files as known, by their names: files that were digested before, or of which only a part stands
    /// there.
    pub fn know(&mut self, digests: &BTreeMap<String, String>) {
        for (name, digest) in digests {
            if let Some(entry) = self.files.get_mut(name) {
                entry.sha256 = Some(digest.clone());
            }
        }
    }

    /// All files, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.files.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What was not taken, by name.
    pub fn passed_over(&self) -> &[PassedOver] {
        &self.passed_over
    }

    /// What is wrong with single files, whether it forbids something or not.
    pub fn problems(&self) -> &Diagnostics {
        &self.problems
    }

    /// The directory, if nothing forbids to use it.
    ///
    /// # Errors
    /// Two names that look alike; a file that would be read and leads out, or is no regular file.
    pub fn usable(self) -> Result<Self, Diagnostics> {
        if self.problems.has_errors() { Err(self.problems) } else { Ok(self) }
    }
}

/// A listing under way.
struct Walk {
    boundary: PathBuf,
    in_cache: bool,
    files: BTreeMap<String, Entry>,
    passed: Vec<PassedOver>,
    problems: Diagnostics,
    seen: usize,
}

impl Walk {
    fn enter(&mut self, at: &Path, prefix: &str, depth: usize) -> Result<(), Diagnostics> {
        let shown = if prefix.is_empty() { "." } else { prefix };
        let listing = std::fs::read_dir(at).map_err(|error| unreadable(shown, &error))?;
        for entry in listing {
            let entry = entry.map_err(|error| unreadable(shown, &error))?;
            self.seen += 1;
            if self.seen > MAX_FILES {
                return Err(too_many().into());
            }
            let kind = entry.file_type().map_err(|error| unreadable(shown, &error))?;
            let raw = entry.file_name();
            let Some(own) = raw.to_str() else {
                self.pass(
                    format!("{prefix}{}", raw.to_string_lossy()),
                    says("이름이 UTF-8이 아니다", "its name is not UTF-8"),
                );
                continue;
            };
            let name = format!("{prefix}{own}");
            if kind.is_symlink() {
                self.link(&entry.path(), name);
            } else if kind.is_file() {
                let bytes = entry.metadata().map_err(|error| unreadable(&name, &error))?.len();
                self.files.insert(name, Entry { path: entry.path(), bytes, sha256: None });
            } else if !kind.is_dir() {
                self.special(name);
            } else if BOOKKEEPING.contains(&own) {
                self.pass(
                    name,
                    says("다른 프로그램이 제 일에 쓰는 폴더이다", "a folder that another program keeps for itself"),
                );
            } else if depth == MAX_FOLDERS_DEEP {
                let (ko, en) =
                    (format!("{MAX_FOLDERS_DEEP}단계보다 깊다"), format!("deeper than {MAX_FOLDERS_DEEP} levels"));
                self.pass(name, says(ko, en));
            } else {
                self.enter(&entry.path(), &format!("{name}/"), depth + 1)?;
            }
        }
        Ok(())
    }

    /// A link to a file within the boundary is that file; any other is reported.
    fn link(&mut self, path: &Path, name: String) {
        let target = path.canonicalize().ok();
        match target.as_ref().map(|target| (target.starts_with(&self.boundary), target.metadata())) {
            Some((true, Ok(meta))) if meta.is_file() => {
                let path = target.unwrap_or_default();
                self.files.insert(name, Entry { path, bytes: meta.len(), sha256: None });
            }
            Some((true, Ok(meta))) if meta.is_dir() => {
                self.pass(name, says("폴더를 가리키는 링크이다", "a link to a folder"));
            }
            Some((true, Ok(_))) => self.special(name),
            Some((false, _)) => {
                self.leaves(name, ("모델 디렉터리 밖을 가리킨다", "points out of the model's directory"));
            }
            _ => self.leaves(name, ("가리키는 파일이 없다", "points at nothing")),
        }
    }

    fn leaves(&mut self, name: String, (ko, en): (&str, &str)) {
        let shown = clean(&name);
        let message = says(format!("링크 `{shown}`이(가) {ko}"), format!("the link `{shown}` {en}"));
        let help = if self.in_cache {
            says(
                "모델을 다시 내려받는다. 캐시의 파일이 빠져 있다",
                "download the model again: a file of the cache is missing",
            )
        } else {
            says(
                "링크 대신 파일을 넣는다. `cp -rL`이 링크를 따라가며 복사한다",
                "put the file there instead: `cp -rL` copies what links point at",
            )
        };
        let make = if is_read(&name) { Diagnostic::error } else { Diagnostic::warning };
        let file = SourceFile::nameless(&shown);
        self.problems.push(make(Code::LinkLeavesDirectory, &file, Span::default(), message).help(help));
        self.pass(name, says(format!("링크가 {ko}"), format!("a link that {en}")));
    }

    /// Pipes, sockets and devices: opening one may wait for ever or do something.
    fn special(&mut self, name: String) {
        let shown = clean(&name);
        let why = says("보통 파일이 아니다", "not a regular file");
        let message = says(
            format!("`{shown}`은(는) 보통 파일이 아니라서 열지 않았다"),
            format!("`{shown}` is not a regular file, and it was not opened"),
        );
        let help = says("파일을 그 자리에 넣거나 치운다", "put a file in its place, or take it away");
        let make = if is_read(&name) { Diagnostic::error } else { Diagnostic::warning };
        let file = SourceFile::nameless(&shown);
        self.problems.push(make(Code::Unreadable, &file, Span::default(), message).help(help));
        self.pass(name, why);
    }

    fn pass(&mut self, name: String, why: Says) {
        self.passed.push(PassedOver { name, why });
    }
}

/// Whether a file of this name would be read, so that nothing else in its place may be passed over.
fn is_read(name: &str) -> bool {
    const READ: [&str; 7] = ["README.md", ".json", ".yaml", ".yml", ".txt", ".model", "LICENSE"];
    is_weights(name) || READ.iter().any(|end| name.ends_with(end))
}

/// Names that nobody can tell apart: which of the two a loader takes is not what a reader sees.
fn alike<'n>(names: impl Iterator<Item = &'n String>) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let mut seen = Names::default();
    for name in names {
        let Err(Clash::Alike(first)) = seen.add(name) else { continue };
        let (a, b) = (spelled(&first), spelled(name));
        let message = says(
            format!("두 파일의 이름이 똑같아 보인다: {a}, {b}"),
            format!("two files have names that look alike: {a} and {b}"),
        );
        let help = says(
            "하나를 지우거나 이름을 바꾼다. 어느 것을 읽어야 하는지 알 수 없다",
            "remove or rename one: which of them is meant cannot be told",
        );
        let file = SourceFile::nameless(&clean(name));
        problems.push(Diagnostic::error(Code::NamesAlike, &file, Span::default(), message).help(help));
    }
    problems
}

pub(super) fn unreadable(name: &str, error: &std::io::Error) -> Diagnostics {
    let name = clean(name);
    let why = crate::text::why_not(error);
    Diagnostic::error(
        Code::Unreadable,
        &SourceFile::nameless(&name),
        Span::default(),
        says(format!("`{name}`을(를) 읽을 수 없다: {}", why.ko), format!("`{name}` cannot be read: {}", why.en)),
    )
    .help(says("경로와 권한을 확인한다", "check the path and the permissions"))
    .into()
}

fn too_many() -> Diagnostic {
    Diagnostic::error(
        Code::TooManyFiles,
        &SourceFile::nameless("."),
        Span::default(),
        says(format!("파일이 {MAX_FILES}개를 넘는다"), format!("there are more than {MAX_FILES} files")),
    )
    .help(says("모델 하나의 디렉터리를 가리킨다", "point at the directory of one model"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(names: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        for name in names {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, "x").expect("written");
        }
        root
    }

    #[cfg(unix)]
    #[test]
    fn names_that_differ_by_what_nobody_sees_are_refused() {
        let hidden = [" ", "\t", "\n", "\u{a0}", "\u{200b}", "\u{2060}", "\u{feff}", "\u{3000}"];
        for hidden in hidden {
            for (a, b) in [("model.safetensors", format!("model.safetensors{hidden}")), ("a b", format!("a b{hidden}"))]
            {
                let root = with(&[a, &b]);
                let problems = Folder::open(root.path()).expect_err("refused");
                assert!(problems.iter().any(|problem| problem.code == Code::NamesAlike), "{hidden:?}");
            }
            let one = format!("model.safetensors{hidden}");
            let root = with(&[&one]);
            assert!(Folder::open(root.path()).expect("listed").has(&one), "names stay raw: {hidden:?}");
        }
    }

    #[test]
    fn folders_are_entered_and_bookkeeping_is_not() {
        let root = with(&["a", "b/c", ".git/config", ".cache/x", "1/2/3/4/five", "1/2/3/4/5/six"]);
        let folder = Folder::open(root.path()).expect("listed");
        assert_eq!(folder.names().collect::<Vec<_>>(), ["1/2/3/4/five", "a", "b/c"]);
        let passed: Vec<&str> = folder.passed_over().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(passed, [".cache", ".git", "1/2/3/4/5"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_within_the_boundary() {
        use std::os::unix::fs::symlink;
        let root = with(&["inside/a.json", "outside/b.json"]);
        let inside = root.path().join("inside");
        symlink("a.json", inside.join("README.md")).expect("linked");
        assert!(Folder::open(&inside).expect("listed").has("README.md"));
        symlink("../outside", inside.join("folder")).expect("linked");
        assert!(Folder::open(&inside).is_ok(), "a link out that nobody would read is a warning");
        symlink("../outside/b.json", inside.join("config.json")).expect("linked");
        assert!(Folder::open(&inside).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_snapshot_reaches_its_own_blobs_and_no_other_model() {
        use std::os::unix::fs::symlink;
        let root = with(&["models--o--m/blobs/1", "models--o--other/blobs/2", "models--o--m/snapshots/r/x.txt"]);
        let snapshot = root.path().join("models--o--m/snapshots/r");
        symlink("../../blobs/1", snapshot.join("config.json")).expect("linked");
        let folder = Folder::open(&snapshot).expect("listed");
        assert!(folder.has("config.json"));
        assert_eq!(folder.identity(), &Identity::Repository("o/m".to_owned()));
        symlink("../../../models--o--other/blobs/2", snapshot.join("tokenizer.json")).expect("linked");
        assert!(Folder::open(&snapshot).is_err());
    }
}
