//! All licences, and the ways from a name or a digest to one.
//!
//! Reading every data file takes longer than a grade should, so names and digests are found in the index of `files.rs`
//! and a data file is read when its licence is asked for. A test holds the index equal to the files.

use std::sync::{LazyLock, OnceLock};

use super::entry::Licence;
use super::files::INDEX;

/// One data file with all by which its licence is found.
#[derive(Debug)]
pub(super) struct Indexed {
    /// The id.
    pub(super) id: &'static str,
    /// The data file.
    pub(super) file: &'static str,
    /// Names that mean this licence and no other, in canonical form.
    pub(super) names: &'static [&'static str],
    /// Values of `license_name`, in canonical form; several licences may share one.
    pub(super) license_names: &'static [&'static str],
    /// Digests of its text.
    pub(super) digests: &'static [&'static str],
}

/// All licences with their names and digests.
#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    index: &'static Indexed,
    licence: OnceLock<Option<Licence>>,
}

impl Entry {
    /// The licence; nothing if its file has mistakes, which the tests of this room forbid.
    fn licence(&self) -> Option<&Licence> {
        self.licence.get_or_init(|| Licence::read(self.index.id, self.index.file).ok()).as_ref()
    }
}

/// The embedded catalogue.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        let entry = |index| Entry { index, licence: OnceLock::new() };
        Catalogue { entries: INDEX.iter().map(entry).collect() }
    });
    &CATALOGUE
}

impl Catalogue {
    /// Every licence, in the order of ids.
    pub fn licences(&self) -> impl Iterator<Item = &Licence> {
        self.entries.iter().filter_map(Entry::licence)
    }

    /// Every id, in order; for lists and suggestions.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|entry| entry.index.id)
    }

    /// The licence with this id.
    pub fn by_id(&self, id: &str) -> Option<&Licence> {
        self.find(|index| index.id == id)
    }

    /// The licence that this name means and no other: an id of ours or of the Hub, an alias, an SPDX id or a
    /// `LicenseRef-`. Upper and lower case, spaces and underscores do not matter.
    pub fn by_name(&self, name: &str) -> Option<&Licence> {
        let name = canonical(name);
        self.find(|index| index.names.contains(&name.as_str()))
    }

    /// Every licence that goes by this `license_name`.
    pub fn by_license_name(&self, name: &str) -> Vec<&Licence> {
        let name = canonical(name);
        let shares = |entry: &&Entry| entry.index.license_names.contains(&name.as_str());
        self.entries.iter().filter(shares).filter_map(Entry::licence).collect()
    }

    /// The licence whose text has this digest.
    pub fn by_digest(&self, sha256: &str) -> Option<&Licence> {
        self.find(|index| index.digests.contains(&sha256))
    }

    /// The licence whose text stands at this address.
    pub fn by_url(&self, url: &str) -> Option<&Licence> {
        let url = url.trim().trim_end_matches('/');
        self.licences().find(|licence| licence.text.url.trim_end_matches('/').eq_ignore_ascii_case(url))
    }

    fn find(&self, wanted: impl Fn(&Indexed) -> bool) -> Option<&Licence> {
        self.entries.iter().find(|entry| wanted(entry.index))?.licence()
    }
}

/// The form in which names are compared: lower case, a hyphen for spaces and underscores, nothing invisible.
pub(super) fn canonical(name: &str) -> String {
    let visible: String = name.chars().filter(|c| !matches!(c, '\u{200B}'..='\u{200D}' | '\u{FEFF}')).collect();
    let lower = visible.to_lowercase();
    let words = lower.split(|c: char| c.is_whitespace() || c == '_').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
