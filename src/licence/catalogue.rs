//! All licences, and the ways from a name or a digest to one.
//!
//! Reading every data file takes longer than a grade should, so names and digests are found in the index of `files.rs`
//! and a data file is read when its licence is asked for. A test holds the index equal to the files.

use std::collections::HashMap;
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
    /// Ids of the Hub.
    pub(super) hub_ids: &'static [&'static str],
    /// Names that mean this licence and no other, in canonical form.
    pub(super) names: &'static [&'static str],
    /// Values of `license_name`, in canonical form; several licences may share one.
    pub(super) license_names: &'static [&'static str],
    /// Digests of its text.
    pub(super) digests: &'static [&'static str],
    /// Where its text can be read.
    pub(super) url: &'static str,
    /// Its title lines in normal form.
    pub(super) titles: &'static [&'static str],
    /// Models that are known to carry it, in lower case.
    pub(super) models: &'static [&'static str],
    /// Digests of notices that name it.
    pub(super) notices: &'static [&'static str],
    /// What people write for it in words, folded; what would mean two licences is left out.
    pub(super) words: &'static [&'static str],
}

/// All licences with their names and digests.
#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
    /// Index of the entry by the words that people write for it.
    words: HashMap<&'static str, usize>,
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
        let each = INDEX.iter().enumerate();
        let words = each.flat_map(|(at, index)| index.words.iter().map(move |words| (*words, at))).collect();
        Catalogue { entries: INDEX.iter().map(entry).collect(), words }
    });
    &CATALOGUE
}

impl Catalogue {
    /// Every licence, in the order of ids.
    pub fn licences(&self) -> impl Iterator<Item = &Licence> {
        self.entries.iter().filter_map(Entry::licence)
    }

    /// Whether the Hub takes an id for a licence of a model: the ids of its own list, as they are written there.
    pub fn is_on_the_hub(&self, id: &str) -> bool {
        matches!(id, "other" | "unknown") || self.entries.iter().any(|entry| entry.index.hub_ids.contains(&id))
    }

    /// The one id that the Hub has for a licence that is named otherwise.
    pub fn hub_id_of(&self, name: &str) -> Option<&'static str> {
        let found = self.by_name(name)?;
        let entry = self.entries.iter().find(|entry| entry.index.id == found.id)?;
        if let [only] = entry.index.hub_ids { Some(only) } else { None }
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

    /// The licence that people mean when they write its name in words, as in `Apache License, Version 2.0`.
    pub fn by_words(&self, words: &str) -> Option<&Licence> {
        let at = *self.words.get(fold(words).as_str())?;
        self.entries[at].licence()
    }

    /// The licence that the usual notice with this digest names.
    pub fn by_notice(&self, sha256: &str) -> Option<&Licence> {
        self.find(|index| index.notices.contains(&sha256))
    }

    /// The id that was probably meant, in the Hub's spelling where the Hub has one.
    pub fn near(&self, written: &str) -> Option<&'static str> {
        let names = self.entries.iter().flat_map(|entry| entry.index.names.iter().copied());
        let written = canonical(written);
        // People slip in the middle of a name; what begins otherwise is another name.
        let alike = |name: &&str| !name.starts_with("licenseref-") && name.chars().next() == written.chars().next();
        let meant = crate::text::closest(&written, names.filter(alike))?;
        let index = self.entries.iter().map(|entry| entry.index).find(|index| index.names.contains(&meant))?;
        Some(if index.hub_ids.contains(&meant) || index.hub_ids.is_empty() { meant } else { index.hub_ids[0] })
    }

    /// The licence whose text stands at this address.
    pub fn by_url(&self, url: &str) -> Option<&Licence> {
        let url = url.trim().trim_end_matches('/');
        self.find(|index| index.url.trim_end_matches('/').eq_ignore_ascii_case(url))
    }

    /// The licence that a model is known to carry. `model` is its id, or its name alone.
    pub fn carried_by(&self, model: &str) -> Option<&Licence> {
        let wanted = model.to_lowercase();
        let name = wanted.rsplit('/').next().unwrap_or_default();
        self.find(|index| index.models.iter().any(|model| *model == wanted || *model == name))
    }

    /// Licences one of whose title lines is among these, which are in normal form.
    pub(super) fn titled(&self, lines: &[String]) -> Vec<&Licence> {
        let shows = |entry: &&Entry| entry.index.titles.iter().any(|title| lines.iter().any(|line| line == title));
        self.entries.iter().filter(shows).filter_map(Entry::licence).collect()
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

/// The form in which names in words are compared: `The Apache License, Version 2.0`, `apache2` and `Apache-2.0` are
/// one.
pub(super) fn fold(name: &str) -> String {
    /// Words that people add or leave out without meaning anything else.
    const FILLERS: [&str; 15] = [
        "the",
        "a",
        "license",
        "licence",
        "licenses",
        "licences",
        "agreement",
        "version",
        "ver",
        "v",
        "international",
        "unported",
        "generic",
        "gnu",
        "only",
    ];
    /// Words that are written as one or as two.
    const JOINED: [(&str, &str); 6] = [
        ("noncommercial", "non commercial"),
        ("sharealike", "share alike"),
        ("noderivatives", "no derivatives"),
        ("noderivs", "no derivatives"),
        ("derivs", "derivatives"),
        ("openrail", "open rail"),
    ];
    let mut spaced = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for c in canonical(name).chars() {
        let inside = c.is_alphanumeric() || c == '+' || (c == '.' && before.is_ascii_digit());
        if inside && before.is_alphabetic() && c.is_ascii_digit() || before.is_ascii_digit() && c.is_alphabetic() {
            spaced.push(' ');
        }
        spaced.push(if inside { c } else { ' ' });
        before = c;
    }
    let word = |word: &str| {
        let word = word.trim_end_matches('.');
        let word = word.strip_suffix(".0").unwrap_or(word);
        JOINED.iter().find(|(one, _)| *one == word).map_or(word, |(_, two)| two).to_owned()
    };
    let words = spaced.split_whitespace().map(word).filter(|word| !FILLERS.contains(&word.as_str()));
    words.collect::<Vec<_>>().join(" ")
}
