//! Did you mean: the legal word that was meant by what was written.

use super::everyday::meant;
use super::lookalike::plainly;

/// A word without what only its spelling adds: signs that look like others, capitals, `_` and blanks for `-`, the humps
/// of `camelCase`.
pub(super) fn folded(word: &str) -> String {
    let plain = plainly(word).replace(", ", ",");
    let mut out = String::with_capacity(plain.len());
    let mut before = ' ';
    for c in plain.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
        before = c;
    }
    let joined = out.replace(['_', ' '], "-");
    joined.trim_matches('-').to_owned()
}

/// The legal word that was meant by `written`, if one is near enough to be worth saying.
///
/// Near enough: the same word in another spelling; a word of everyday for it; an edit distance (with swaps) of at most
/// a third of the word, or a Jaro-Winkler similarity of 0.9. A suggestion is advice; nothing is ever read as if it had
/// been followed.
pub fn closest<'a>(written: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// No word of any file is so long; the distance to a text of a megabyte would take minutes.
    const LONGEST: usize = 200;
    if written.len() > LONGEST {
        return None;
    }
    let legal: Vec<&str> = legal.into_iter().filter(|word| *word != written).collect();
    let written = written.trim();
    let folded = folded(written);
    if let Some(same) = legal.iter().find(|word| self::folded(word) == folded) {
        return Some(same);
    }
    if let Some(word) = meant(&folded, &legal).or_else(|| without_particle(&folded, &legal)) {
        return Some(word);
    }
    let allowed = (folded.chars().count() / 3).max(1);
    let mut near: Vec<(usize, f64, &str)> = legal
        .into_iter()
        .map(|word| {
            let candidate = word.to_lowercase();
            let distance = strsim::osa_distance(&folded, &candidate);
            (distance, strsim::jaro_winkler(&folded, &candidate), word)
        })
        .filter(|&(distance, likeness, word)| {
            (distance <= allowed && distance < word.chars().count()) || likeness >= 0.9
        })
        .collect();
    near.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    // Of two that are equally near, as `L1` and `L2` are to `L3`, neither was meant more than the other.
    match near[..] {
        [] => None,
        [one, other, ..] if one.0 == other.0 && one.1.total_cmp(&other.1).is_eq() && one.2 != other.2 => None,
        [one, ..] => Some(one.2),
    }
}

/// A word of Latin letters with a Korean particle written onto it: `weights-held을`.
fn without_particle<'a>(folded: &str, legal: &[&'a str]) -> Option<&'a str> {
    let bare = folded.trim_end_matches(|c: char| !c.is_ascii());
    legal.iter().find(|word| !bare.is_empty() && bare.len() < folded.len() && self::folded(word) == bare).copied()
}

/// How many letters two short words differ by: left out, put in, changed, or swapped.
pub fn letters_apart(one: &str, other: &str) -> usize {
    strsim::osa_distance(one, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_none() {
        let words = ["initialisation", "role", "level"];
        assert_eq!(closest("initialization", words), Some("initialisation"));
        assert_eq!(closest("levl", words), Some("level"));
        assert_eq!(closest("banana", words), None);
        assert_eq!(closest("L3", ["L0", "L1", "L2"]), None, "none is nearer than the others");
        assert_eq!(closest(&"x".repeat(1_000_000), ["x"]), None);
    }

    #[test]
    fn another_spelling_is_the_same_word() {
        for written in [
            "random_init",
            "randomInit",
            "Random Init",
            "random init",
            "random-init\u{a0}",
            "“random-init”",
            "ｒandom-init",
            "random-init을",
        ] {
            assert_eq!(closest(written, ["random", "random-init"]), Some("random-init"), "{written}");
        }
    }
}
