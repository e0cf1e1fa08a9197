//! The table with its index: from a path to its entry, from a collection to its facts.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::kind::{Bilingual, Kind};
use super::{own, table};

/// Index of an entry in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathId(pub(crate) u16);

/// Index of a collection in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CollectionId(pub(crate) u16);

impl PathId {
    /// Its position in the manual.
    pub fn index(self) -> u16 {
        self.0
    }
}

impl CollectionId {
    /// Its position among the collections.
    pub fn index(self) -> u16 {
        self.0
    }
}

/// The slot of facts that have none: those that a ruleset brought along are looked up.
pub const NO_SLOT: u16 = u16::MAX;

/// Where a fact lives: at the model itself, or at each item of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// At the model.
    Model,
    /// At each item of this collection.
    Item(CollectionId),
}

/// Which files can fill a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filler {
    /// The `sovereignty:` block or `sovereignty.yaml`.
    Card,
    /// The Hub's front matter.
    FrontMatter,
    /// config.json and its nested configs.
    Config,
    /// safetensors headers.
    Tensors,
    /// Tokenizer files.
    Tokenizer,
    /// LICENSE, NOTICE and the licence data.
    Licence,
    /// Adapter and merge files, names of directories.
    Hints,
    /// Evidence files.
    Evidence,
    /// An imported file of another framework.
    Import,
}

/// One fact of the vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The path as rules write it: `component.initialisation`.
    pub path: &'static str,
    /// Kind of the value, with unit or allowed words.
    pub kind: Kind,
    /// A short name for sentences.
    pub label: Bilingual,
    /// What it means, one sentence.
    pub meaning: Bilingual,
    /// What the maker is asked, where a ruleset says it.
    pub question: Option<Bilingual>,
    /// Which files can fill it.
    pub filled_by: &'static [Filler],
}

/// A list of items that quantifiers range over.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// The name as rules write it, singular: `component`.
    pub name: &'static str,
    /// The collection whose items own these items.
    pub parent: Option<&'static str>,
    /// The fact that says whether the list is complete.
    pub complete: &'static str,
    /// Singular, for sentences.
    pub label: Bilingual,
    /// What its items are.
    pub meaning: Bilingual,
}

/// The table and its indexes.
#[derive(Debug)]
pub struct Vocabulary {
    entries: Vec<Entry>,
    scopes: Vec<Scope>,
    slots: Vec<u16>,
    by_path: HashMap<&'static str, PathId>,
    /// Number of facts at the model, then at an item of each collection.
    model_width: usize,
    item_widths: Vec<usize>,
}

/// The vocabulary of this version of the program.
pub fn vocabulary() -> &'static Vocabulary {
    static TABLE: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::index);
    &TABLE
}

impl Vocabulary {
    fn index() -> Self {
        let entries: Vec<Entry> = table::ENTRIES.iter().flat_map(|part| part.iter().copied()).collect();
        let mut scopes = Vec::with_capacity(entries.len());
        let mut slots = Vec::with_capacity(entries.len());
        let mut by_path = HashMap::with_capacity(entries.len());
        let mut model_width = 0usize;
        let mut item_widths = vec![0usize; table::COLLECTIONS.len()];
        for (at, entry) in entries.iter().enumerate() {
            let first = entry.path.split('.').next().unwrap_or_default();
            let scope = (0u16..)
                .zip(table::COLLECTIONS)
                .find(|(_, collection)| collection.name == first)
                .map_or(Scope::Model, |(id, _)| Scope::Item(CollectionId(id)));
            let width = match scope {
                Scope::Model => &mut model_width,
                Scope::Item(CollectionId(id)) => &mut item_widths[usize::from(id)],
            };
            slots.push(u16::try_from(*width).unwrap_or(u16::MAX));
            *width += 1;
            scopes.push(scope);
            by_path.insert(entry.path, PathId(narrow(at)));
        }
        Self { entries, scopes, slots, by_path, model_width, item_widths }
    }

    /// Every entry of the table with its id, in the order of the manual.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (PathId, &Entry)> {
        self.entries.iter().enumerate().map(|(at, entry)| (PathId(narrow(at)), entry))
    }

    /// Every collection of the table with its id.
    pub fn collections(&self) -> impl ExactSizeIterator<Item = (CollectionId, &'static Collection)> {
        table::COLLECTIONS.iter().enumerate().map(|(at, collection)| (CollectionId(narrow(at)), collection))
    }

    /// Whether a ruleset brought the fact along.
    pub fn is_own(&self, id: PathId) -> bool {
        usize::from(id.0) >= self.entries.len()
    }

    /// The id of a path.
    pub fn path(&self, path: &str) -> Option<PathId> {
        self.by_path.get(path).copied()
    }

    /// The id of a path that the code names itself.
    ///
    /// # Panics
    /// If the path is not in the table: a mistake in this program, found by any test that runs the line.
    pub fn must(&self, path: &str) -> PathId {
        self.path(path).unwrap_or_else(|| panic!("`{path}` is not in the vocabulary"))
    }

    /// The entry of an id.
    pub fn entry(&self, id: PathId) -> &Entry {
        let at = usize::from(id.0);
        self.entries.get(at).unwrap_or_else(|| &own::fact_at(at - self.entries.len()).entry)
    }

    /// Where the fact lives.
    pub fn scope(&self, id: PathId) -> Scope {
        let at = usize::from(id.0);
        self.scopes.get(at).copied().unwrap_or_else(|| own::fact_at(at - self.entries.len()).scope)
    }

    /// Position of a fact of the table among the facts of its scope; [`NO_SLOT`] for one that a ruleset brought along.
    pub fn slot(&self, id: PathId) -> u16 {
        self.slots.get(usize::from(id.0)).copied().unwrap_or(NO_SLOT)
    }

    /// The number of facts that the table has for a scope.
    pub fn width(&self, scope: Scope) -> usize {
        match scope {
            Scope::Model => self.model_width,
            Scope::Item(CollectionId(id)) => self.item_widths.get(usize::from(id)).copied().unwrap_or(0),
        }
    }

    /// The id of a collection.
    pub fn collection(&self, name: &str) -> Option<CollectionId> {
        self.collections().find(|(_, collection)| collection.name == name).map(|(id, _)| id)
    }

    /// The id of a collection that the code names itself.
    ///
    /// # Panics
    /// If the collection is not in the table.
    pub fn must_collection(&self, name: &str) -> CollectionId {
        self.collection(name).unwrap_or_else(|| panic!("`{name}` is not a collection"))
    }

    /// The collection of an id.
    pub fn collection_of(&self, id: CollectionId) -> &'static Collection {
        let at = usize::from(id.0);
        let known = table::COLLECTIONS.get(at);
        known.unwrap_or_else(|| &own::collection_at(at - table::COLLECTIONS.len()).collection)
    }

    /// The collection of whose list a fact says whether it is complete.
    pub fn completed_by(&self, id: PathId) -> Option<CollectionId> {
        let path = self.entry(id).path;
        if self.is_own(id) {
            return own::collection_completed_by(id)
                .map(|place| CollectionId(narrow(table::COLLECTIONS.len() + place)));
        }
        self.collections().find(|(_, collection)| collection.complete == path).map(|(id, _)| id)
    }

    /// The fact that says whether the list of a collection is complete.
    pub fn complete(&self, id: CollectionId) -> PathId {
        let at = usize::from(id.0);
        match table::COLLECTIONS.get(at) {
            Some(collection) => self.must(collection.complete),
            None => own::collection_at(at - table::COLLECTIONS.len()).complete,
        }
    }
}

fn narrow(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_unique_and_every_text_is_there() {
        let table = vocabulary();
        assert_eq!(table.by_path.len(), table.entries.len(), "two entries share a path");
        for (_, entry) in table.entries() {
            let texts = [entry.label.en, entry.label.ko, entry.meaning.en, entry.meaning.ko];
            assert!(texts.iter().all(|t| !t.is_empty()), "{} lacks a text", entry.path);
            assert!(!entry.filled_by.is_empty(), "nothing can fill {}", entry.path);
            for word in entry.kind.words() {
                assert!(!word.says.en.is_empty() && !word.says.ko.is_empty(), "{}: {}", entry.path, word.id);
            }
            assert!(entry.kind.words().len() <= 64, "{} has too many words for one set", entry.path);
        }
    }

    #[test]
    fn a_nested_collection_names_an_existing_parent() {
        let table = vocabulary();
        for (_, collection) in table.collections() {
            if let Some(parent) = collection.parent {
                assert!(table.collection(parent).is_some(), "{parent}");
            }
            assert!(table.path(collection.complete).is_some(), "{}", collection.complete);
        }
    }
}
