//! Names of one collection that a reader could not tell apart. The only file that knows Unicode's table of characters
//! that look alike (UTS 39).

use std::collections::{BTreeMap, HashSet};

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use super::sight::is_hidden;
use super::untrusted::identifier;

/// What is wrong with a further name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clash {
    /// It is there already.
    Same,
    /// It looks like another, which is given.
    Alike(String),
}

/// The names of one collection, to which one after the other is added.
///
/// Two names in ASCII are two names (`l1` and `ll`, `v0` and `vO`): whoever chose them sees them on every keyboard. A
/// name with other letters is refused where it looks like one that is there: a Cyrillic `а` for a Latin one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// By what is seen: the first name in ASCII, and the first with other letters.
    seen: BTreeMap<String, [Option<String>; 2]>,
    /// By what is seen where hidden characters and blanks at the ends are left away.
    bare: BTreeMap<String, String>,
    all: HashSet<String>,
}

impl Names {
    /// Adds a name, or says what is wrong with it.
    pub(crate) fn add(&mut self, name: &str) -> Result<(), Clash> {
        if !self.all.insert(name.to_owned()) {
            return Err(Clash::Same);
        }
        let seen = identifier(name);
        if let Some(first) = self.bare.get(&seen) {
            return Err(Clash::Alike(first.clone()));
        }
        let looks: String = skeleton(&seen.nfkc().collect::<String>()).collect();
        self.bare.insert(seen, name.to_owned());
        let [ascii, other] = self.seen.entry(looks).or_default();
        let clash = if name.is_ascii() { other.clone() } else { ascii.clone().or_else(|| other.clone()) };
        let own = if name.is_ascii() { ascii } else { other };
        own.get_or_insert_with(|| name.to_owned());
        clash.map_or(Ok(()), |name| Err(Clash::Alike(name)))
    }
}

/// A name with every character written out that is not plainly what it looks like.
pub(crate) fn spelled(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        let itself = || skeleton(c.encode_utf8(&mut [0; 4])).nfc().eq([c]);
        if c.is_ascii_graphic() || c.is_alphanumeric() && !is_hidden(c) && itself() {
            out.push(c);
        } else {
            out.extend(c.escape_unicode());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clash(names: &[&str]) -> Option<Clash> {
        let mut all = Names::default();
        names.iter().find_map(|name| all.add(name).err())
    }

    #[test]
    fn names_that_look_alike_clash() {
        for pair in [
            ["a", "a\u{ad}"],
            ["a", "a\t"],
            ["text", "t\u{435}xt"],
            ["t\u{435}xt", "text"],
            ["vision", "ｖision"],
            ["e\u{301}", "\u{e9}"],
        ] {
            assert_eq!(clash(&pair), Some(Clash::Alike(pair[0].to_owned())), "{pair:?}");
        }
        assert_eq!(clash(&["가", "가"]), Some(Clash::Same));
    }

    #[test]
    fn a_name_is_spelled() {
        assert_eq!(spelled("t\u{435}xt 가\u{ad}"), "t\\u{435}xt\\u{20}가\\u{ad}");
    }

    #[test]
    fn honest_names_do_not() {
        assert_eq!(clash(&["l1", "ll", "v0", "vO", "text", "vision", "가중치", "시각", "언어", "rn", "m"]), None);
    }
}
