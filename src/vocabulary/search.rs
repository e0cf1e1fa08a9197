//! Finding a fact by what people call it: its label in Korean or English, a part of its path, a word of its meaning.

use super::lookup::{Entry, PathId, vocabulary};
use super::own::OwnFacts;
use crate::text::closest;

/// A text as labels are compared: without blanks and signs, in small letters.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The facts whose path, label, meaning or words hold every word that was given; those whose path or label does come
/// first. Those of a ruleset are among them.
pub fn search(words: &str, own: &OwnFacts) -> Vec<PathId> {
    let wanted: Vec<String> = words.split_whitespace().map(folded).filter(|word| !word.is_empty()).collect();
    let holds = |text: &str| wanted.iter().all(|word| text.contains(word.as_str()));
    let named = |entry: &Entry| folded(&[entry.path, entry.label.ko, entry.label.en].join(" "));
    let said = |entry: &Entry| {
        let words = entry.kind.words().iter().flat_map(|word| [word.id, word.says.ko, word.says.en]);
        let all: Vec<&str> = [entry.path, entry.label.ko, entry.label.en, entry.meaning.ko, entry.meaning.en]
            .into_iter()
            .chain(words)
            .collect();
        folded(&all.join(" "))
    };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (id, entry) in own.entries() {
        if holds(&named(entry)) {
            first.push(id);
        } else if holds(&said(entry)) {
            second.push(id);
        }
    }
    first.extend(second);
    first
}

/// The facts that a ruleset can ask for, its own first: of two that are called the same, its own is meant.
fn known(own: &OwnFacts) -> impl Iterator<Item = (PathId, &'static Entry)> {
    own.declared().map(|id| (id, vocabulary().entry(id))).chain(vocabulary().entries())
}

/// The fact that a text calls by its label at its beginning, and how much of the text that is: `합성 데이터 비율` of
/// `합성 데이터 비율이 30 % 이하`.
pub fn labelled(text: &str, own: &OwnFacts) -> Option<(&'static str, usize)> {
    let lower = text.to_lowercase();
    let mut found: Option<(&'static str, usize)> = None;
    for (_, entry) in known(own) {
        for label in [entry.label.ko, entry.label.en, entry.path] {
            let label = label.to_lowercase();
            if lower.len() == text.len()
                && lower.starts_with(&label)
                && found.is_none_or(|(_, most)| label.len() > most)
            {
                found = Some((entry.path, label.len()));
            }
        }
    }
    found
}

/// The collection that was meant by a text that is none: its label, its plural, a word like it.
pub fn collection_meant(text: &str, own: &OwnFacts) -> Option<&'static str> {
    let wanted = folded(text);
    let all = || own.collections().map(|(_, collection)| collection);
    let called = all().find(|it| [it.name, it.label.ko, it.label.en].iter().any(|name| folded(name) == wanted));
    called.map(|it| it.name).or_else(|| closest(text, all().map(|it| it.name)))
}

/// The path that was meant by a text that is none, among those that a ruleset knows.
pub fn fact_meant(text: &str, own: &OwnFacts) -> Option<&'static str> {
    let paths = || known(own).map(|(_, entry)| entry.path);
    let wanted = folded(text);
    let spelled = paths().find(|path| folded(path) == wanted);
    let labels = |entry: &Entry| folded(entry.label.ko) == wanted || folded(entry.label.en) == wanted;
    let called = || known(own).find(|(_, entry)| labels(entry)).map(|(_, entry)| entry.path);
    // The last part alone, where only one path ends so.
    let last = || {
        let mut ends = paths().filter(|path| path.rsplit('.').next().is_some_and(|last| folded(last) == wanted));
        ends.next().filter(|_| ends.next().is_none())
    };
    let near_label = || {
        let all = known(own).flat_map(|(_, entry)| [(entry.label.ko, entry.path), (entry.label.en, entry.path)]);
        let list: Vec<(&str, &'static str)> = all.collect();
        let near = closest(text, list.iter().map(|(label, _)| *label))?;
        list.iter().find(|(label, _)| *label == near).map(|(_, path)| *path)
    };
    let particle = || {
        let bare = labelled(text, own).filter(|(_, length)| text.len() - length <= "으로".len())?;
        Some(bare.0)
    };
    // All its words, in any order, name one fact.
    let worded = || {
        let words = text
            .split_whitespace()
            .filter(|word| !matches!(word.to_lowercase().as_str(), "of" | "the" | "in" | "a" | "for"));
        let words = words.collect::<Vec<_>>().join(" ");
        let named = |entry: &Entry| folded(&[entry.path, entry.label.ko, entry.label.en].join(" "));
        let holds = |entry: &Entry| words.split(' ').all(|word| named(entry).contains(&folded(word)));
        let mut found = known(own).filter(|(_, entry)| words.contains(' ') && holds(entry));
        found.next().filter(|_| found.next().is_none()).map(|(_, entry)| entry.path)
    };
    spelled
        .or_else(called)
        .or_else(last)
        .or_else(particle)
        .or_else(|| closest(text, paths()))
        .or_else(worded)
        .or_else(near_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_found_by_every_name_of_it() {
        for text in [
            "data.synthetic_share",
            "data.syntheticShare",
            "data synthetic share",
            "합성 데이터 비율",
            "합성데이터비율",
            "synthetic-share",
            "data.synthetic-shar",
            "합성 데이터 비율이",
        ] {
            assert_eq!(fact_meant(text, OwnFacts::none()), Some("data.synthetic-share"), "{text}");
        }
        assert_eq!(fact_meant("no such thing at all", OwnFacts::none()), None);
    }

    #[test]
    fn a_search_finds_words_of_both_languages() {
        let paths = |words: &str| -> Vec<&str> {
            search(words, OwnFacts::none()).into_iter().map(|id| vocabulary().entry(id).path).collect()
        };
        assert!(paths("합성").contains(&"data.synthetic-share"));
        assert!(paths("synthetic share").first().is_some_and(|path| *path == "data.synthetic-share"));
        assert!(paths("zzzz").is_empty());
    }
}
