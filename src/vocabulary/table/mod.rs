//! The table itself, one file a subject. Order is the order of the manual.

mod architecture;
mod component;
mod data;
mod licence;
mod link;
mod model;
mod openness;
mod operation;
mod service;
mod training;

use super::kind::{Bilingual, Kind, Word};
use super::lookup::{Collection, Entry, Filler};

/// All entries, part by part.
pub(super) const ENTRIES: &[&[Entry]] = &[
    model::ENTRIES,
    component::ENTRIES,
    link::ENTRIES,
    architecture::ENTRIES,
    training::ENTRIES,
    data::ENTRIES,
    licence::ENTRIES,
    operation::ENTRIES,
    openness::ENTRIES,
    service::ENTRIES,
];

/// All collections.
pub(super) const COLLECTIONS: &[Collection] = &[
    component::COLLECTION,
    link::COLLECTION,
    data::DATASETS,
    data::TEACHERS,
    licence::COLLECTION,
    operation::DEPENDENCIES,
    openness::COLLECTION,
    service::ANSWERS,
    service::SUPPLY_PARTS,
    service::CERTIFICATES,
];

const fn b(en: &'static str, ko: &'static str) -> Bilingual {
    Bilingual { en, ko }
}

const fn w(id: &'static str, en: &'static str, ko: &'static str) -> Word {
    Word { id, says: b(en, ko) }
}

const fn fact(
    path: &'static str,
    kind: Kind,
    label: Bilingual,
    meaning: Bilingual,
    filled_by: &'static [Filler],
) -> Entry {
    Entry { path, kind, label, meaning, question: None, filled_by }
}

/// Filled by the card, or by documents and attestations in evidence files.
const CARD: &[Filler] = &[Filler::Card, Filler::Evidence];
