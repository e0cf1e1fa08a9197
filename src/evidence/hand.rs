//! Whose word an evidence file is: how it was handed in, and whether it is about these very files.

use crate::facts::{Assurance, Speaker};

/// How an evidence file came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Hand {
    /// It was measured in this run and stands in no file.
    Run,
    /// It was handed in, and nobody vouches for it.
    #[default]
    Report,
    /// The one who grades vouches for these entries; for the whole file where there are none.
    Vouched(Vec<String>),
}

/// The lists of an evidence file whose entries can be vouched for.
const LISTS: [&str; 3] = ["links", "documented", "attested"];

/// The entry of a list as it is named behind `#`: `links/0`.
pub(crate) fn entry(list: &str, at: usize) -> String {
    format!("{list}/{at}")
}

/// The trail as it is named behind `#`.
pub(crate) const TRAIL: &str = "trail";

/// Whether a text may name an entry, given how many each list has.
pub(crate) fn names_an_entry(text: &str, lengths: [usize; 3], trail: bool) -> bool {
    let of_list = |(list, length): (&str, usize)| (0..length).any(|at| entry(list, at) == text);
    (text == TRAIL && trail) || LISTS.into_iter().zip(lengths).any(of_list)
}

impl Hand {
    /// Whether somebody vouches for an entry.
    pub(crate) fn vouches(&self, entry: &str) -> bool {
        match self {
            Self::Run | Self::Report => false,
            Self::Vouched(entries) => entries.is_empty() || entries.iter().any(|own| own == entry),
        }
    }

    /// Who speaks in an entry.
    pub(crate) fn speaker(&self, entry: &str) -> Speaker {
        match self {
            Self::Run => Speaker::Run,
            _ if self.vouches(entry) => Speaker::Vouched,
            _ => Speaker::Report,
        }
    }
}

/// Whether evidence is bound to the weights that lie here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Bound {
    /// Every weights file is named with a digest that agrees.
    All,
    /// Not so, or not compared.
    #[default]
    No,
}

impl Bound {
    /// The assurance of what was found in weights: its own kind where it is bound to them, else a bare word.
    pub(crate) fn of(self, kind: Assurance) -> Assurance {
        if self == Self::All { kind } else { Assurance::Declared }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vouch_covers_the_entries_that_it_names() {
        let whole = Hand::Vouched(Vec::new());
        let one = Hand::Vouched(vec![entry("links", 1)]);
        assert!(whole.vouches("documented/0") && one.vouches("links/1"));
        assert!(!one.vouches("links/0") && !Hand::Report.vouches("links/0"));
        assert!(names_an_entry("attested/0", [0, 0, 1], false) && names_an_entry("trail", [0; 3], true));
        assert!(!names_an_entry("links/2", [2, 0, 0], false) && !names_an_entry("links", [2, 0, 0], false));
    }
}
