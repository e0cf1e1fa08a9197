//! The dossier: all facts of one model, settled and ready to be asked.

use std::collections::BTreeMap;

use super::assurance::Assurance;
use super::choice::{Alternative, Choices};
use super::fact::Fact;
use super::source::Source;
use super::value::{Date, Value};
use crate::text::Says;
use crate::vocabulary::{CollectionId, PathId, Scope, vocabulary};

/// A file that was read, for the record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// Path below the model's directory, or as given on the command line.
    pub name: String,
    /// SHA-256 in lower-case hexadecimal; absent for weights whose header alone was read.
    pub sha256: Option<String>,
}

/// Something noticed while gathering that is no fact: a duty, an oddity, a thing not looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was noticed.
    pub says: Says,
    /// The sources of both sides, where it is a contradiction.
    pub sources: Vec<Source>,
    /// Whether the sources contradict each other.
    pub contradiction: bool,
}

/// What some tensors of a file were counted as, for the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// File, as a path below the model's directory.
    pub file: String,
    /// Id of the component that they belong to.
    pub component: String,
    /// How they were counted, or why they were not.
    pub how: Says,
    /// How many tensors.
    pub tensors: u64,
    /// Parameters that they come to; `None` if that is not known.
    pub parameters: Option<u64>,
}

/// A file that was passed over, with why.
#[derive(Debug, Clone, PartialEq)]
pub struct PassedOver {
    /// Path below the model's directory.
    pub name: String,
    /// Why it was not read.
    pub why: Says,
}

/// One item of a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its id: `vision`, `Qwen/Qwen2.5-VL-7B`.
    pub id: String,
    /// Whether the card names it.
    pub from_card: bool,
    /// The highest `needs` under which its existence stands.
    pub strength: Assurance,
    /// What sentences call it, where its id says too little.
    pub called: Option<Says>,
    /// The alternatives under which it stands; empty where it stands whatever is chosen.
    pub alternatives: Vec<Alternative>,
    /// Its facts by slot.
    pub facts: Vec<Fact>,
    /// Items of collections that it owns.
    pub children: Vec<(CollectionId, Vec<Self>)>,
}

impl Item {
    /// A fact of the item.
    pub fn fact(&self, path: PathId) -> &Fact {
        &self.facts[vocabulary().slot(path)]
    }

    /// The items of a collection that it owns.
    pub fn children(&self, id: CollectionId) -> &[Self] {
        self.children.iter().find(|(own, _)| *own == id).map_or(&[], |(_, items)| items)
    }
}

/// All facts of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// What the model is called.
    pub id: String,
    /// Facts at the model, by slot.
    pub facts: Vec<Fact>,
    /// Items of each collection without a parent, by collection id; empty vectors for the others.
    pub collections: Vec<Vec<Item>>,
    /// What is open to whoever uses the model.
    pub choices: Choices,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// What was not looked at, or could not be.
    pub limits: Vec<Says>,
    /// What was read.
    pub inputs: Vec<Input>,
    /// What the weights were counted as.
    pub accounts: Vec<Account>,
    /// Files that look as if they mattered and were not read.
    pub passed_over: Vec<PassedOver>,
    /// The newest date among the sources.
    pub newest: Option<Date>,
}

impl Dossier {
    /// A fact at the model.
    pub fn fact(&self, path: PathId) -> &Fact {
        &self.facts[vocabulary().slot(path)]
    }

    /// The items of a collection without a parent.
    pub fn items(&self, id: CollectionId) -> &[Item] {
        &self.collections[usize::from(id.0)]
    }

    /// The items of a collection by name.
    pub fn named(&self, collection: &str) -> &[Item] {
        self.items(vocabulary().must_collection(collection))
    }

    /// Every fact with its path and the item that owns it, in a stable order.
    pub fn each_fact(&self) -> Vec<(PathId, Vec<&Item>, &Fact)> {
        let mut all = Vec::new();
        for (path, _) in vocabulary().entries() {
            if vocabulary().scope(path) == Scope::Model {
                all.push((path, Vec::new(), self.fact(path)));
            }
        }
        for (id, items) in (0u8..).map(CollectionId).zip(&self.collections) {
            for item in items {
                each_item_fact(id, item, &mut Vec::new(), &mut all);
            }
        }
        all
    }
}

fn each_item_fact<'d>(
    id: CollectionId,
    item: &'d Item,
    owners: &mut Vec<&'d Item>,
    all: &mut Vec<(PathId, Vec<&'d Item>, &'d Fact)>,
) {
    owners.push(item);
    for (path, _) in vocabulary().entries() {
        if vocabulary().scope(path) == Scope::Item(id) {
            all.push((path, owners.clone(), item.fact(path)));
        }
    }
    for (child, items) in &item.children {
        for item in items {
            each_item_fact(*child, item, owners, all);
        }
    }
    owners.pop();
}

/// An item while its sources are collected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemDraft {
    /// Sources by path.
    pub sources: BTreeMap<PathId, Vec<Source>>,
    /// Who says that it exists.
    pub presence: Vec<(bool, Assurance)>,
    /// See [`Item::called`].
    pub called: Option<Says>,
    /// See [`Item::alternatives`].
    pub alternatives: Vec<Alternative>,
    /// Items that it owns, by collection and id.
    pub children: BTreeMap<CollectionId, BTreeMap<String, Self>>,
}

/// A dossier while its sources are collected. Nothing depends on the order in which files are read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// What the model is called.
    pub id: String,
    /// The items and the model's own facts.
    pub root: ItemDraft,
    /// See [`Dossier::choices`].
    pub choices: Choices,
    /// See [`Dossier::findings`].
    pub findings: Vec<Finding>,
    /// See [`Dossier::limits`].
    pub limits: Vec<Says>,
    /// See [`Dossier::inputs`].
    pub inputs: Vec<Input>,
    /// See [`Dossier::accounts`].
    pub accounts: Vec<Account>,
    /// See [`Dossier::passed_over`].
    pub passed_over: Vec<PassedOver>,
}

impl ItemDraft {
    /// Adds a source of a fact.
    pub fn add(&mut self, path: &str, source: Source) {
        self.sources.entry(vocabulary().must(path)).or_default().push(source);
    }

    /// Adds a source of a fact whose value is a word of the path's list.
    ///
    /// # Panics
    /// If the word is not in the list: a mistake in this program.
    pub fn add_word(&mut self, path: &str, word: &str, like: &Source) {
        let kind = vocabulary().entry(vocabulary().must(path)).kind;
        let value = Value::word(kind, word).unwrap_or_else(|| panic!("`{word}` is not a word of `{path}`"));
        self.add(path, Source { value: Some(value), ..like.clone() });
    }

    /// The item `id` of a collection, made where it is new; `by` says who names it.
    pub fn item(&mut self, collection: &str, id: &str, by: &Source) -> &mut Self {
        let items = self.children.entry(vocabulary().must_collection(collection)).or_default();
        let item = items.entry(id.to_owned()).or_default();
        item.presence.push((by.from_card, by.weight()));
        item
    }

    fn settle_facts(&mut self, scope: Scope) -> Vec<Fact> {
        let mut facts = vec![Fact::default(); vocabulary().width(scope)];
        for (path, sources) in std::mem::take(&mut self.sources) {
            facts[vocabulary().slot(path)] = Fact::settle(sources);
        }
        facts
    }

    fn settle(mut self, id: String, collection: CollectionId) -> Item {
        // What is measured about a part shows that the part is there.
        let said = self.sources.values().flatten().filter(|s| s.counts() && s.value.is_some()).map(Source::weight);
        let strength = self.presence.iter().map(|(_, s)| *s).chain(said).max().unwrap_or(Assurance::Declared);
        let facts = self.settle_facts(Scope::Item(collection));
        Item {
            id,
            from_card: self.presence.iter().any(|(card, _)| *card),
            strength,
            called: self.called,
            alternatives: self.alternatives,
            facts,
            children: self.children.into_iter().map(|(id, items)| (id, settle_items(id, items))).collect(),
        }
    }
}

fn settle_items(collection: CollectionId, items: BTreeMap<String, ItemDraft>) -> Vec<Item> {
    items.into_iter().map(|(id, item)| item.settle(id, collection)).collect()
}

impl Draft {
    /// Settles all facts.
    pub fn settle(mut self) -> Dossier {
        let newest = newest_date(&self.root);
        let facts = self.root.settle_facts(Scope::Model);
        let mut collections = vec![Vec::new(); vocabulary().collections().count()];
        for (id, items) in self.root.children {
            collections[usize::from(id.0)] = settle_items(id, items);
        }
        self.inputs.sort();
        self.inputs.dedup();
        Dossier {
            id: self.id,
            facts,
            collections,
            choices: self.choices,
            findings: self.findings,
            limits: self.limits,
            inputs: self.inputs,
            accounts: self.accounts,
            passed_over: self.passed_over,
            newest,
        }
    }
}

fn newest_date(item: &ItemDraft) -> Option<Date> {
    let own = item.sources.values().flatten().filter_map(|source| source.date).max();
    let below = item.children.values().flat_map(BTreeMap::values).filter_map(newest_date).max();
    own.max(below)
}
