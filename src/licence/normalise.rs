//! The normal form of a licence text, and its digest.
//!
//! Copies of one text differ in wrapping, quotes, Markdown, and whose copyright they name. The normal form drops that
//! and nothing else, so that equal digests mean equal terms. Where a copy might hide terms in what is dropped, the form
//! keeps it: a copyright line that says more than whose copyright it is stays, and the digest differs.

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

/// A copyright line longer than this is taken for terms.
const LONGEST_COPYRIGHT_LINE: usize = 160;

/// A link's label or target longer than this is taken for text.
const LONGEST_LINK_PART: usize = 400;

/// Words that a line which only names a holder has no use for.
const WORDS_OF_TERMS: [&str; 19] = [
    "licens",
    "licenc",
    "permi",
    "must",
    "shall",
    " may ",
    "prohibit",
    "require",
    "condition",
    "restrict",
    "commercial",
    " pay",
    " fee",
    " use",
    " you",
    " not ",
    " is ",
    " are ",
    " only",
];

/// The normal form: NFKC, straight quotes and dashes, no Markdown emphasis, escapes or link targets, no lines that only
/// name a copyright holder, single spaces, lower case, `https` for `http`, no full stop at the very end.
pub fn normalise(text: &str) -> String {
    let mut all = lines(text).collect::<Vec<_>>().join(" ");
    all.truncate(all.trim_end_matches('.').len());
    all
}

/// SHA-256 of the normal form, in lower-case hexadecimal.
pub fn digest(text: &str) -> String {
    Sha256::digest(normalise(text)).iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}

/// The lines of the normal form; empty ones and those that only name a copyright holder are left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().map(line).filter(|line| !line.is_empty() && !names_a_holder(line))
}

/// The normal form of one line.
pub(super) fn line(text: &str) -> String {
    let plain: String = text.nfkc().filter_map(plain_char).collect();
    let plain = without_markdown(plain.trim_start().trim_start_matches('#'));
    plain.to_lowercase().replace("http://", "https://").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain_char(c: char) -> Option<char> {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '`' => Some('\''),
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '«' | '»' => Some('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' => None,
        other => Some(other),
    }
}

/// Removes emphasis and escapes, and keeps the label of a link. Square brackets that are no link stay.
fn without_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '*' => after,
            '_' if after.starts_with('_') => after.trim_start_matches('_'),
            '\\' if after.starts_with(|next: char| next.is_ascii_punctuation()) => {
                out.push_str(&after[..1]);
                &after[1..]
            }
            '[' if let Some((label, behind)) = link(after) => {
                out.push_str(&without_markdown(label));
                behind
            }
            _ => {
                out.push(c);
                after
            }
        };
    }
    out
}

/// Splits `label](target)rest` into label and rest. Only a short way ahead is searched, so that a line of nothing but
/// brackets costs no more than its length.
fn link(text: &str) -> Option<(&str, &str)> {
    let label = until(text, &[']', '['])?;
    let rest = text[label.len()..].strip_prefix("](")?;
    let target = until(rest, &[')', ' '])?;
    let behind = rest[target.len()..].strip_prefix(')')?;
    Some((label, behind))
}

/// What stands before the first of these characters, if one comes soon.
fn until<'t>(text: &'t str, ends: &[char]) -> Option<&'t str> {
    let (at, _) = text.char_indices().take(LONGEST_LINK_PART).find(|(_, c)| ends.contains(c))?;
    Some(&text[..at])
}

/// Whether a line in normal form says whose copyright it is, and no more: a mark, then a year or a placeholder, or two
/// marks. One mark alone is not enough: `(c)` also numbers a clause, and terms may begin with the word copyright.
fn names_a_holder(line: &str) -> bool {
    let mut rest = line;
    let mut marks = 0;
    while let Some(after) = ["copyright", "(c)", "©"].iter().find_map(|mark| rest.strip_prefix(mark)) {
        rest = after.trim_start();
        marks += 1;
    }
    let dated = rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '[' | '<' | '{'));
    let of_a_holder = marks > 1 || (marks == 1 && dated);
    let says_no_more = line.len() <= LONGEST_COPYRIGHT_LINE && !WORDS_OF_TERMS.iter().any(|word| rest.contains(word));
    (of_a_holder && says_no_more) || matches!(line, "all rights reserved" | "all rights reserved.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_one_text_agree() {
        let plain = "Title 1.\n\nThe \"Model\" is - as such - see the site.\n";
        let copy = "## **Title** 1\\.\r\n\r\nCopyright (c) 2025 Somebody Ltd. All rights reserved.\r\n\
                    The “Model” is – as\n  such – see [the site](https://example.org/x).";
        assert_eq!(normalise(plain), "title 1. the \"model\" is - as such - see the site");
        assert_eq!(digest(plain), digest(copy));
    }

    #[test]
    fn terms_are_not_dropped_as_copyright_lines() {
        let base = "Permission is granted.";
        for hidden in [
            "Copyright (c) 2025 X. Commercial use needs a licence.",
            "copyright license to reproduce, prepare derivative works of",
            "Copyright (c) 2025 X. Everybody is to pay.",
            "(c) to distribute copies",
            "© each user pays",
        ] {
            assert_ne!(normalise(base), normalise(&format!("{base}\n{hidden}")), "{hidden}");
        }
        assert_eq!(normalise(base), normalise(&format!("© 2024 Y\nCopyright <year> <owner>\n{base}")));
    }

    #[test]
    fn brackets_that_are_no_link_stay() {
        assert_eq!(normalise("FLUX.1 [dev] (open)"), "flux.1 [dev] (open)");
        assert_eq!(normalise("[a](not a target)"), "[a](not a target)");
    }
}
