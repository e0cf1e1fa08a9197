//! The vocabulary: every fact that a ruleset may ask about, in one table.
//!
//! In: nothing. Out: [`Entry`] (path, kind, unit, allowed words, meaning in Korean and English, who can fill it),
//! [`Collection`] (components, links, datasets, licences, ...), units, countries.
//! The type checker, the schemas, the editor help and `docs/facts.md` are all made from this table, so a fact that
//! is not here cannot be asked for, and a fact that is here is documented. To add one, add one entry under `table/`.
//! A ruleset brings facts of its own along, in the same form ([`OwnFacts`]).

mod country;
mod country_codes;
mod domain;
mod kind;
mod language;
mod lookup;
mod number;
mod own;
mod search;
mod table;
mod unit;

pub use country::{Country, Group, home_languages};
pub use domain::{Domain, domain};
pub use kind::{Bilingual, Kind, Word};
pub use language::{is_language, language_meant};
pub use lookup::{Collection, CollectionId, Entry, Filler, NO_SLOT, PathId, Scope, Vocabulary, vocabulary};
pub use number::{Measured, NumberError, parse_number, read_number, rounding};
pub use own::{DeclaredCollection, DeclaredFact, DeclaredKind, OwnFacts, PlainKind, Texts, TooMany};
pub use search::{collection_meant, fact_meant, labelled, search};
pub use unit::Unit;
