//! What a field of the card can be.

use crate::vocabulary::{Bilingual, Kind};

/// One field of a mapping of the card.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// The key, in the Hub's `snake_case`.
    pub key: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether the mapping means nothing without it.
    pub must: bool,
    /// What it says, for editors and the manual. Empty where the fact's own meaning says it.
    pub says: Bilingual,
}

/// What a field holds, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A value of a fact of the item at hand.
    Fact(&'static str),
    /// A value that is kept in the card for people and fills no fact.
    Note(Kind),
    /// Anything.
    Free,
    /// Anything; that something stands here fills this flag.
    Given(&'static str),
    /// A mapping whose fields speak of the same item.
    Map(&'static [Field]),
    /// A value of a fact, or a mapping whose fields speak of the same item.
    FactOrMap(&'static str, &'static [Field]),
    /// A list of mappings (or one), whose values together are sets of the item at hand.
    Rows(&'static [Field]),
    /// A list of items of a collection.
    Items(&'static Items),
    /// Names of collections that are listed without a gap: each fills the fact named beside it.
    Complete(&'static [(&'static str, &'static str)]),
    /// Organisations that trained the item: fills this flag, by comparison with the maker's name.
    TrainedBy(&'static str),
    /// Values of facts at the model by their path in the vocabulary.
    Paths,
    /// Facts of the item at hand, an item of this collection, by the namespaces of rulesets.
    Own(&'static str),
    /// A licence of this part of the model, as an id or a mapping with more; whether it is another's that comes along.
    Licence(&'static str, bool),
    /// The list of evidence entries.
    Evidence,
    /// Ids of evidence entries that describe the mapping at hand.
    EvidenceIds,
    /// The format and its version.
    Format,
}

/// A list whose elements are items of a collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items {
    /// The collection of the vocabulary.
    pub collection: &'static str,
    /// The key that names an item.
    pub id: &'static str,
    /// Whether the id names a model, so that address and revision are cut off.
    pub model: bool,
    /// The fields of an item.
    pub fields: &'static [Field],
    /// Words that the mere listing says of the item: path and word.
    pub implied: &'static [(&'static str, &'static str)],
    /// The fact that an explicitly empty list fills with `true`: it says that there is none.
    pub empty_completes: Option<&'static str>,
    /// Whether items are put at the model and not at the item at hand.
    pub at_model: bool,
    /// The fact of the item at hand that the names in the list fill.
    pub names: Option<&'static str>,
}

const NOTHING: Bilingual = Bilingual { en: "", ko: "" };

/// A field that fills a fact.
pub(super) const fn fact(key: &'static str, path: &'static str) -> Field {
    Field { key, shape: Shape::Fact(path), must: false, says: NOTHING }
}

/// A field with another shape, and what it says.
pub(super) const fn field(key: &'static str, shape: Shape, en: &'static str, ko: &'static str) -> Field {
    Field { key, shape, must: false, says: Bilingual { en, ko } }
}

/// A text for people.
pub(super) const fn note(key: &'static str, en: &'static str, ko: &'static str) -> Field {
    field(key, Shape::Note(Kind::Text), en, ko)
}

impl Field {
    /// The field as one that must be there.
    pub(super) const fn must(self) -> Self {
        Self { must: true, ..self }
    }

    /// Whether a key names this field: its key, its spelling in American English, or what it was called before.
    pub(super) fn is_named(&self, key: &str) -> bool {
        is_key(key, self.key)
    }
}

/// Whether a key of a card is this one, in either spelling.
pub fn is_key(written: &str, key: &str) -> bool {
    written == key || american(key).as_deref() == Some(written) || older(key) == Some(written)
}

/// What a key was called before, where it was called otherwise.
pub(super) fn older(key: &str) -> Option<&'static str> {
    (key == "changes").then_some("kinds")
}

/// The American spelling of a key, where it differs.
pub(super) fn american(key: &str) -> Option<String> {
    let other = key.replace("licence", "license").replace("initialisation", "initialization");
    (other != key).then_some(other)
}
