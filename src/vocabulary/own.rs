//! Facts that a ruleset brings along, beside those of the table.
//!
//! A declaration is kept for as long as the program runs, once: two rulesets that declare the same share it, and two
//! that declare the same path otherwise have two facts, each known by its own id. So an id leads to its entry anywhere
//! in the program, while a *name* is looked up in the words of the ruleset at hand ([`OwnFacts`]).

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, RwLock};

use super::kind::{Bilingual, Kind, Word};
use super::lookup::{Collection, CollectionId, Entry, Filler, PathId, Scope, vocabulary};
use super::unit::Unit;

/// A text in both languages, as a file declares it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Texts {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

/// The kind of a declared fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DeclaredKind {
    /// A kind without words.
    Plain(PlainKind),
    /// A number in a unit.
    Number(Unit),
    /// One of these words, each with what a sentence says for it.
    Word(Vec<(String, Texts)>),
    /// Several of these words.
    Words(Vec<(String, Texts)>),
}

/// A kind that is known by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlainKind {
    /// `true` or `false`.
    Flag,
    /// Free text.
    Text,
    /// Several free texts.
    Texts,
    /// A day.
    Date,
    /// One country.
    Country,
    /// Several countries.
    Countries,
}

/// A fact as a ruleset declares it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeclaredFact {
    /// The whole path: `kr-procure.sbom`, `dataset.kr-procure.domestic-share`.
    pub path: String,
    /// Where it lives.
    pub scope: Scope,
    /// Its kind.
    pub kind: DeclaredKind,
    /// A short name for sentences.
    pub label: Texts,
    /// What it means, one sentence.
    pub meaning: Texts,
    /// What the maker is asked, where the ruleset says it.
    pub question: Option<Texts>,
}

/// A flat collection as a ruleset declares it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeclaredCollection {
    /// The name as rules write it: `kr-procure.supplier`.
    pub name: String,
    /// Singular, for sentences.
    pub label: Texts,
    /// What its items are.
    pub meaning: Texts,
}

/// The words of one ruleset: what it declares itself, before those of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnFacts {
    /// The first part of its paths; empty where a ruleset declares nothing.
    pub namespace: String,
    /// What its criteria may be about, beside the words that every ruleset has.
    pub dimensions: Vec<String>,
    paths: BTreeMap<String, PathId>,
    collections: BTreeMap<String, CollectionId>,
}

impl Default for &OwnFacts {
    fn default() -> Self {
        OwnFacts::none()
    }
}

/// The program keeps no more declarations than ids can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl OwnFacts {
    /// No words but those of the table.
    pub fn none() -> &'static Self {
        static NONE: LazyLock<OwnFacts> = LazyLock::new(OwnFacts::default);
        &NONE
    }

    /// The words of a namespace, with nothing declared yet.
    pub fn of(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), ..Self::default() }
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.collections.is_empty()
    }

    /// Declares a fact.
    ///
    /// # Errors
    /// If the program has no id left.
    pub fn declare(&mut self, fact: DeclaredFact) -> Result<PathId, TooMany> {
        let path = fact.path.clone();
        let id = keep_fact(fact)?;
        self.paths.insert(path, id);
        Ok(id)
    }

    /// Declares a collection, and with it the fact that says whether its list is complete.
    ///
    /// # Errors
    /// If the program has no id left.
    pub fn declare_collection(&mut self, collection: DeclaredCollection) -> Result<CollectionId, TooMany> {
        let complete = complete_of(&collection);
        let name = collection.name.clone();
        let path = self.declare(complete)?;
        let id = keep_collection(collection, path)?;
        self.collections.insert(name, id);
        Ok(id)
    }

    /// The id of a path, declared here or in the table.
    pub fn path(&self, path: &str) -> Option<PathId> {
        self.paths.get(path).copied().or_else(|| vocabulary().path(path))
    }

    /// The id of a collection, declared here or in the table.
    pub fn collection(&self, name: &str) -> Option<CollectionId> {
        self.collections.get(name).copied().or_else(|| vocabulary().collection(name))
    }

    /// The facts that are declared here, by path.
    pub fn declared(&self) -> impl Iterator<Item = PathId> {
        self.paths.values().copied()
    }

    /// The collections that are declared here, by name.
    pub fn declared_collections(&self) -> impl Iterator<Item = CollectionId> {
        self.collections.values().copied()
    }

    /// Every fact that can be asked for: those of the table, then those declared here.
    pub fn entries(&self) -> impl Iterator<Item = (PathId, &'static Entry)> {
        vocabulary().entries().chain(self.declared().map(|id| (id, vocabulary().entry(id))))
    }

    /// Every collection that can be asked for.
    pub fn collections(&self) -> impl Iterator<Item = (CollectionId, &'static Collection)> {
        vocabulary().collections().chain(self.declared_collections().map(|id| (id, vocabulary().collection_of(id))))
    }

    /// The names of all collections.
    pub fn collection_names(&self) -> Vec<&'static str> {
        self.collections().map(|(_, collection)| collection.name).collect()
    }
}

/// The fact that says whether the list of a collection is complete.
fn complete_of(collection: &DeclaredCollection) -> DeclaredFact {
    let DeclaredCollection { name, label, .. } = collection;
    DeclaredFact {
        path: format!("{name}-complete"),
        scope: Scope::Model,
        kind: DeclaredKind::Plain(PlainKind::Flag),
        label: Texts {
            en: format!("The list of {} is complete", label.en),
            ko: format!("목록이 완전함({})", label.ko),
        },
        meaning: Texts {
            en: format!("Nothing is missing from the list of {}.", label.en),
            ko: format!("목록에 빠진 것이 없다: {}.", label.ko),
        },
        question: None,
    }
}

/// A declared fact as the rest of the program sees it.
#[derive(Debug)]
pub(super) struct KeptFact {
    pub(super) entry: Entry,
    pub(super) scope: Scope,
}

/// A declared collection as the rest of the program sees it.
#[derive(Debug)]
pub(super) struct KeptCollection {
    pub(super) collection: Collection,
    pub(super) complete: PathId,
}

#[derive(Debug, Default)]
struct Kept {
    facts: Vec<&'static KeptFact>,
    fact_of: HashMap<DeclaredFact, PathId>,
    collections: Vec<&'static KeptCollection>,
    collection_of: HashMap<DeclaredCollection, CollectionId>,
}

static KEPT: LazyLock<RwLock<Kept>> = LazyLock::new(RwLock::default);

/// What was kept. A thread that panicked while it added something left the lists as they were: each is pushed to last.
fn kept() -> std::sync::RwLockReadGuard<'static, Kept> {
    KEPT.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn keeping() -> std::sync::RwLockWriteGuard<'static, Kept> {
    KEPT.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The fact at a place behind those of the table.
pub(super) fn fact_at(place: usize) -> &'static KeptFact {
    kept().facts[place]
}

/// The collection at a place behind those of the table.
pub(super) fn collection_at(place: usize) -> &'static KeptCollection {
    kept().collections[place]
}

/// The place of the collection of whose list a fact says whether it is complete.
pub(super) fn collection_completed_by(complete: PathId) -> Option<usize> {
    kept().collections.iter().position(|kept| kept.complete == complete)
}

fn keep_fact(fact: DeclaredFact) -> Result<PathId, TooMany> {
    let mut kept = keeping();
    if let Some(id) = kept.fact_of.get(&fact) {
        return Ok(*id);
    }
    let id = u16::try_from(vocabulary().entries().len() + kept.facts.len()).map(PathId).map_err(|_| TooMany)?;
    let entry = Entry {
        path: forever(&fact.path),
        kind: fact.kind.kept(),
        label: fact.label.kept(),
        meaning: fact.meaning.kept(),
        question: fact.question.as_ref().map(Texts::kept),
        filled_by: &[Filler::Card, Filler::Evidence],
    };
    kept.facts.push(Box::leak(Box::new(KeptFact { entry, scope: fact.scope })));
    kept.fact_of.insert(fact, id);
    Ok(id)
}

fn keep_collection(declared: DeclaredCollection, complete: PathId) -> Result<CollectionId, TooMany> {
    let mut kept = keeping();
    if let Some(id) = kept.collection_of.get(&declared) {
        return Ok(*id);
    }
    let at = vocabulary().collections().len() + kept.collections.len();
    let id = u16::try_from(at).map(CollectionId).map_err(|_| TooMany)?;
    let collection = Collection {
        name: forever(&declared.name),
        parent: None,
        complete: forever(&format!("{}-complete", declared.name)),
        label: declared.label.kept(),
        meaning: declared.meaning.kept(),
    };
    kept.collections.push(Box::leak(Box::new(KeptCollection { collection, complete })));
    kept.collection_of.insert(declared, id);
    Ok(id)
}

fn forever(text: &str) -> &'static str {
    Box::leak(text.into())
}

impl Texts {
    fn kept(&self) -> Bilingual {
        Bilingual { en: forever(&self.en), ko: forever(&self.ko) }
    }
}

impl DeclaredKind {
    fn kept(&self) -> Kind {
        let words = |list: &[(String, Texts)]| -> &'static [Word] {
            let words: Vec<Word> = list.iter().map(|(id, says)| Word { id: forever(id), says: says.kept() }).collect();
            Box::leak(words.into())
        };
        match self {
            Self::Plain(PlainKind::Flag) => Kind::Flag,
            Self::Plain(PlainKind::Text) => Kind::Text,
            Self::Plain(PlainKind::Texts) => Kind::Texts,
            Self::Plain(PlainKind::Date) => Kind::Date,
            Self::Plain(PlainKind::Country) => Kind::Country,
            Self::Plain(PlainKind::Countries) => Kind::Countries,
            Self::Number(unit) => Kind::Number(*unit),
            Self::Word(list) => Kind::Word(words(list)),
            Self::Words(list) => Kind::Words(words(list)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(path: &str, en: &str) -> DeclaredFact {
        DeclaredFact {
            path: path.to_owned(),
            scope: Scope::Model,
            kind: DeclaredKind::Word(vec![("a".to_owned(), Texts::default())]),
            label: Texts { en: en.to_owned(), ko: en.to_owned() },
            meaning: Texts::default(),
            question: None,
        }
    }

    #[test]
    fn equal_declarations_are_one_fact_and_different_ones_are_two() {
        let (mut one, mut two) = (OwnFacts::of("own-test"), OwnFacts::of("own-test"));
        let first = one.declare(fact("own-test.a", "first")).expect("an id");
        assert_eq!(two.declare(fact("own-test.a", "first")), Ok(first));
        let other = two.declare(fact("own-test.a", "second")).expect("an id");
        assert_ne!(first, other);
        assert_eq!((one.path("own-test.a"), two.path("own-test.a")), (Some(first), Some(other)));
        assert_eq!(vocabulary().entry(other).label.en, "second");
        assert_eq!(vocabulary().entry(first).kind.words().len(), 1);
        assert_eq!(vocabulary().path("own-test.a"), None, "a name is known to its ruleset alone");
    }

    #[test]
    fn a_collection_brings_the_fact_that_says_whether_it_is_complete() {
        let mut own = OwnFacts::of("own-list");
        let declared = DeclaredCollection {
            name: "own-list.supplier".to_owned(),
            label: Texts::default(),
            meaning: Texts::default(),
        };
        let id = own.declare_collection(declared).expect("an id");
        assert_eq!(own.collection("own-list.supplier"), Some(id));
        assert_eq!(Some(vocabulary().complete(id)), own.path("own-list.supplier-complete"));
        assert!(own.collection_names().contains(&"component"));
    }
}
