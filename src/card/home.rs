//! Where the card of a model stands: in the front matter of its README, or in a file of its own.

use std::path::{Path, PathBuf};

use crate::files::{Place, locate};
use crate::gather::{front_matter, front_matter_span};
use crate::text::{Aliases, Code, Diagnostics, MAX_TEXT_BYTES, Node, SourceFile, Span, parse_yaml, read_text};

/// The text in which a card stands, or will.
#[derive(Debug, Clone)]
pub struct Home {
    /// The file.
    pub path: PathBuf,
    /// What the file is.
    pub sheet: Sheet,
    /// Its text, without a byte order mark.
    pub file: SourceFile,
    /// It begins with a byte order mark.
    pub marked: bool,
    /// The front matter of the README, wherever the card stands.
    pub front: Option<(SourceFile, Node)>,
    /// The README has a front matter in which the card cannot be written, or none.
    pub passed_by: bool,
}

/// What the file with a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// A README with front matter, whose YAML has this span.
    Readme(Span),
    /// A `sovereignty.yaml` that is there.
    Own,
    /// A `sovereignty.yaml` that is not there yet.
    New,
}

/// Names of a file of its own, the one that stands first.
pub(super) const OWN: [&str; 2] = ["sovereignty.yaml", "sovereignty.yml"];

/// Finds where the card of a model stands. A README that is a link, as in the Hub's cache, is not written to: what it
/// points at belongs to the cache.
///
/// # Errors
/// There is no model, or a file cannot be read.
pub fn home(model: &Path) -> Result<Home, Diagnostics> {
    match locate(model)? {
        Place::File(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            of_file(&path, &name)
        }
        Place::Folder(folder) => {
            let root = folder.root().to_owned();
            let front = folder.get("README.md").and_then(|entry| front_of(&entry.path));
            if let Some(name) = OWN.iter().find(|name| folder.has(name)) {
                let mut home = of_file(&root.join(name), name)?;
                home.front = front;
                return Ok(home);
            }
            let readme = root.join("README.md");
            if front.is_some() && !readme.is_symlink() {
                return of_file(&readme, "README.md");
            }
            let name = OWN[0];
            let file = SourceFile::new(name, "");
            Ok(Home {
                path: root.join(name),
                sheet: Sheet::New,
                file,
                marked: false,
                passed_by: front.is_some(),
                front,
            })
        }
    }
}

/// The same with the card in a file of its own beside the README.
pub(super) fn beside(home: &Home) -> Home {
    let path = home.path.with_file_name(OWN[0]);
    let file = SourceFile::new(OWN[0], "");
    Home { path, sheet: Sheet::New, file, marked: false, front: home.front.clone(), passed_by: true }
}

fn of_file(path: &Path, name: &str) -> Result<Home, Diagnostics> {
    let file = read_text(path, name, MAX_TEXT_BYTES)?;
    let marked = std::fs::metadata(path).is_ok_and(|meta| meta.len() == file.text().len() as u64 + 3);
    let is_readme =
        !["yaml", "yml"].iter().any(|end| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(end)));
    let front = if is_readme { front_in(&file)? } else { None };
    let sheet = match front_matter_span(file.text()) {
        Some(span) if is_readme => Sheet::Readme(span),
        _ => Sheet::Own,
    };
    let front = front.map(|node| (file.clone(), node));
    Ok(Home { path: path.to_owned(), sheet, file, marked, front, passed_by: false })
}

fn front_in(file: &SourceFile) -> Result<Option<Node>, Diagnostics> {
    front_matter(file).0.map_err(Diagnostics::from)
}

fn front_of(path: &Path) -> Option<(SourceFile, Node)> {
    let file = read_text(path, "README.md", MAX_TEXT_BYTES).ok()?;
    let node = front_matter(&file).0.ok()??;
    Some((file, node))
}

/// The tree in which a card stands: the whole text, or the front matter; nothing where it is empty.
pub(super) fn tree(file: &SourceFile, sheet: Sheet) -> Result<Option<Node>, Diagnostics> {
    if let Sheet::Readme(_) = sheet {
        return front_in(file);
    }
    match parse_yaml(file, Aliases::Copy) {
        Ok(node) => Ok(Some(node).filter(|node| !node.is_null())),
        Err(problem) if problem.code == Code::EmptyFile => Ok(None),
        Err(problem) => Err(problem.into()),
    }
}

impl Home {
    /// What messages call the file.
    pub fn name(&self) -> &str {
        self.file.name()
    }

    /// The mapping with the card, in a tree of this home.
    pub(super) fn block<'n>(&self, tree: &'n Node) -> Option<&'n Node> {
        match self.sheet {
            Sheet::Readme(_) => tree.get("sovereignty").filter(|node| node.map().is_some()),
            // A file of its own may carry the outer key by mistake.
            Sheet::Own | Sheet::New => {
                let outer = tree.map().filter(|map| map.len() == 1).and_then(|_| tree.get("sovereignty"));
                outer.or(Some(tree)).filter(|node| node.map().is_some())
            }
        }
    }

    /// The bytes of the file with another text.
    pub fn bytes(&self, text: &str) -> Vec<u8> {
        let mark: &[u8] = if self.marked { "\u{feff}".as_bytes() } else { b"" };
        [mark, text.as_bytes()].concat()
    }
}
