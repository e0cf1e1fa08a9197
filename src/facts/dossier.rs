//! The dossier: all facts of one model, settled and ready to be asked.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::assurance::Assurance;
use super::choice::{Alternative, Choices};
use super::date::Date;
use super::fact::Fact;
use super::family::Comparison;
use super::source::{Source, Speaker};
use super::value::Value;
use super::view::{View, ViewSet};
use super::weigh::{ByNeeds, views_of_one};
use crate::text::{Code, Says};
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
    /// What kind of mistake of a card it is, where it is one.
    pub code: Option<Code>,
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

/// An entry of evidence that the one who grades vouches for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vouched {
    /// The file, as it was given on the command line.
    pub file: String,
    /// The entry: `links/0`; `None` for the whole file.
    pub entry: Option<String>,
    /// SHA-256 of the file, so that it is known what was vouched for.
    pub sha256: String,
    /// Whether the file is bound to the weights that lie here.
    pub bound: bool,
}

/// A reference that was taken for the model of a link by the last part of its name alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByName {
    /// What the reference is called: the name of a folder.
    pub local: String,
    /// The model of the link.
    pub link: String,
    /// Whether the card says that this model is the maker's own.
    pub own: bool,
}

/// One item of a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its id: `vision`, `Qwen/Qwen2.5-VL-7B`.
    pub id: String,
    /// The collection that it is of.
    pub collection: CollectionId,
    /// Whether the card names it.
    pub from_card: bool,
    /// The views in which it is surely there, for each `needs`.
    sure: ByNeeds,
    /// The views in which it is surely not: nobody names it there.
    absent: ViewSet,
    /// What sentences call it, where its id says too little.
    pub called: Option<Says>,
    /// The alternatives under which it stands; empty where it stands whatever is chosen.
    pub alternatives: Vec<Alternative>,
    /// Its facts by slot.
    pub facts: Vec<Fact>,
    /// Its facts that rulesets brought along, by path.
    own: OwnValues,
    /// Items of collections that it owns.
    pub children: Vec<(CollectionId, Vec<Self>)>,
}

impl Item {
    /// A fact of the item.
    pub fn fact(&self, path: PathId) -> &Fact {
        self.fact_at(path, vocabulary().slot(path))
    }

    /// A fact whose slot is known.
    pub fn fact_at(&self, path: PathId, slot: u16) -> &Fact {
        self.facts.get(usize::from(slot)).unwrap_or_else(|| self.own.of(path))
    }

    /// The views in which it is surely there, where a criterion needs this much.
    pub fn sure(&self, needs: Assurance) -> ViewSet {
        self.sure[needs as usize]
    }

    /// The views in which it is surely not there.
    pub fn absent(&self) -> ViewSet {
        self.absent
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
    /// Facts at the model that rulesets brought along, by path.
    own: OwnValues,
    /// Items of each collection without a parent, by collection id; empty vectors for the others.
    pub collections: Vec<Vec<Item>>,
    /// Items of collections that rulesets brought along.
    own_items: BTreeMap<CollectionId, Vec<Item>>,
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
    /// What else there is to know of how it came about.
    pub about: About,
}

/// How a dossier came about: who the model is, who wrote its card, who vouched for what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// The model's id is only the name of a folder or of a file.
    pub local: bool,
    /// The card says that somebody else than the maker wrote it.
    pub written_by_other: bool,
    /// What the one who grades vouches for.
    pub vouched: Vec<Vouched>,
    /// Entries that nobody vouches for, each as it could be vouched for: `FILE#ENTRY`. They would count for more.
    pub reports: Vec<String>,
    /// Those of these files for which a vouch was tried and would change the grade.
    pub worth_vouching: Vec<String>,
    /// Weights files that the one who grades passes over.
    pub pass_over: Vec<String>,
    /// Evidence that was handed in, by the names under which it is listed among the inputs.
    pub handed: Vec<String>,
    /// Files of the model whose digests this run computed, or compared and found to agree.
    pub digested: Vec<Input>,
    /// Documents that the maker names and nobody opened, by their addresses.
    pub documents: Vec<String>,
    /// How far components were compared with the families that a ruleset asks for.
    pub comparisons: Vec<Comparison>,
    /// References that were joined to links by name alone.
    pub by_name: Vec<ByName>,
    /// The same facts with those references kept apart, where that could matter.
    pub apart: Option<Box<Dossier>>,
}

impl Dossier {
    /// A fact at the model.
    pub fn fact(&self, path: PathId) -> &Fact {
        self.fact_at(path, vocabulary().slot(path))
    }

    /// A fact at the model whose slot is known.
    pub fn fact_at(&self, path: PathId, slot: u16) -> &Fact {
        self.facts.get(usize::from(slot)).unwrap_or_else(|| self.own.of(path))
    }

    /// The items of a collection without a parent.
    pub fn items(&self, id: CollectionId) -> &[Item] {
        let own = || self.own_items.get(&id).map_or(&[][..], Vec::as_slice);
        self.collections.get(usize::from(id.0)).map_or_else(own, Vec::as_slice)
    }

    /// Every collection without a parent, with its items.
    pub fn lists(&self) -> impl Iterator<Item = (CollectionId, &[Item])> {
        let known = vocabulary().collections().map(|(id, _)| id).zip(&self.collections);
        known.chain(self.own_items.iter().map(|(id, items)| (*id, items))).map(|(id, items)| (id, items.as_slice()))
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
        all.extend(self.own.0.iter().map(|(path, fact)| (*path, Vec::new(), fact)));
        for (id, items) in self.lists() {
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
    all.extend(item.own.0.iter().map(|(path, fact)| (*path, owners.clone(), fact)));
    for (child, items) in &item.children {
        for item in items {
            each_item_fact(*child, item, owners, all);
        }
    }
    owners.pop();
}

/// Facts that rulesets brought along, by path. Most models have none.
#[derive(Debug, Clone, Default, PartialEq)]
struct OwnValues(BTreeMap<PathId, Fact>);

impl OwnValues {
    fn of(&self, path: PathId) -> &Fact {
        static UNSAID: LazyLock<Fact> = LazyLock::new(Fact::default);
        self.0.get(&path).unwrap_or(&UNSAID)
    }
}

/// An item while its sources are collected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemDraft {
    /// Sources by path.
    pub sources: BTreeMap<PathId, Vec<Source>>,
    /// Who says that it exists, and how far that is believed.
    pub presence: Vec<(Speaker, Assurance)>,
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
    /// See [`Dossier::about`].
    pub about: About,
}

impl ItemDraft {
    /// Adds a source of a fact.
    pub fn add(&mut self, path: &str, source: Source) {
        self.add_to(vocabulary().must(path), source);
    }

    /// The same by the fact's id.
    pub fn add_to(&mut self, path: PathId, source: Source) {
        self.sources.entry(path).or_default().push(source);
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
        self.item_of(vocabulary().must_collection(collection), id, by)
    }

    /// The same by the collection's id.
    pub fn item_of(&mut self, collection: CollectionId, id: &str, by: &Source) -> &mut Self {
        let items = self.children.entry(collection).or_default();
        let item = items.entry(id.to_owned()).or_default();
        item.presence.push((by.speaker, by.weight()));
        item
    }

    fn settle_facts(&mut self, scope: Scope) -> (Vec<Fact>, OwnValues) {
        let mut facts = vec![Fact::default(); vocabulary().width(scope)];
        let mut own = OwnValues::default();
        for (path, sources) in std::mem::take(&mut self.sources) {
            match facts.get_mut(usize::from(vocabulary().slot(path))) {
                Some(place) => *place = Fact::settle(sources),
                None => {
                    own.0.insert(path, Fact::settle(sources));
                }
            }
        }
        (facts, own)
    }

    /// `closed` if somebody whose word counts for more than a report says that nothing is missing from the list.
    fn settle(mut self, id: String, collection: CollectionId, closed: bool) -> Item {
        // What is said about a part names it, and what is measured about one shows that it is there.
        let said = self.sources.values().flatten().filter(|s| s.counts() && s.value.is_some());
        let named: Vec<(Speaker, Assurance)> =
            self.presence.iter().copied().chain(said.map(|s| (s.speaker, s.weight()))).collect();
        let from_card = self.presence.iter().any(|(speaker, _)| *speaker == Speaker::Card);
        let (sure, absent) = existence(&named, from_card, closed);
        let children = std::mem::take(&mut self.children);
        let children = children.into_iter().map(|(id, items)| (id, settle_items(id, items, self.closes(id)))).collect();
        let (facts, own) = self.settle_facts(Scope::Item(collection));
        Item {
            id,
            collection,
            from_card,
            sure,
            absent,
            called: self.called,
            alternatives: self.alternatives,
            facts,
            own,
            children,
        }
    }

    /// Whether the maker, or what this run read, says that a list of this item is complete.
    fn closes(&self, collection: CollectionId) -> bool {
        let path = vocabulary().complete(collection);
        let sources = self.sources.get(&path).into_iter().flatten();
        let mut counting = sources.filter(|source| source.counts() && source.speaker != Speaker::Report);
        counting.any(|source| source.value == Some(Value::Flag(true)))
    }
}

/// In which views an item is surely there, and in which it is surely not. One that is named only below what is needed
/// may be there; so may one that only a report names beside a list that the maker calls complete.
fn existence(named: &[(Speaker, Assurance)], from_card: bool, closed: bool) -> (ByNeeds, ViewSet) {
    let mut sure = ByNeeds::default();
    for (views, needs) in sure.iter_mut().zip(Assurance::ALL) {
        for (speaker, weight) in named {
            let solid = matches!(speaker, Speaker::Vouched | Speaker::File | Speaker::Run);
            *views |= views_of_one(*speaker, solid, *weight >= needs);
        }
        if closed && named.iter().all(|(speaker, _)| *speaker == Speaker::Report) {
            *views &= !View::Claimed.bit();
        }
        if !from_card {
            *views &= !View::Declared.bit();
        }
    }
    let mut absent = if from_card { 0 } else { View::Declared.bit() };
    if named.iter().all(|(speaker, _)| *speaker == Speaker::Report) {
        let unreported = [View::ClaimedUnreported, View::AssuredUnreported, View::AdmittedUnreported];
        absent |= unreported.iter().fold(0, |views, view| views | view.bit());
    }
    (sure, absent)
}

fn settle_items(collection: CollectionId, items: BTreeMap<String, ItemDraft>, closed: bool) -> Vec<Item> {
    items.into_iter().map(|(id, item)| item.settle(id, collection, closed)).collect()
}

impl Draft {
    /// Settles all facts.
    pub fn settle(mut self) -> Dossier {
        let newest = newest_date(&self.root);
        let mut collections = vec![Vec::new(); vocabulary().collections().count()];
        let mut own_items = BTreeMap::new();
        for (id, items) in std::mem::take(&mut self.root.children) {
            let items = settle_items(id, items, self.root.closes(id));
            match collections.get_mut(usize::from(id.0)) {
                Some(place) => *place = items,
                None => {
                    own_items.insert(id, items);
                }
            }
        }
        let (facts, own) = self.root.settle_facts(Scope::Model);
        self.inputs.sort();
        self.inputs.dedup();
        Dossier {
            id: self.id,
            facts,
            own,
            collections,
            own_items,
            choices: self.choices,
            findings: self.findings,
            limits: self.limits,
            inputs: self.inputs,
            accounts: self.accounts,
            passed_over: self.passed_over,
            newest,
            about: self.about,
        }
    }
}

fn newest_date(item: &ItemDraft) -> Option<Date> {
    let own = item.sources.values().flatten().filter_map(|source| source.date).max();
    let below = item.children.values().flat_map(BTreeMap::values).filter_map(newest_date).max();
    own.max(below)
}
