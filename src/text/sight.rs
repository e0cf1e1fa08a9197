//! Which characters a reader sees. One that nobody sees, that a terminal or a page obeys, or that draws over its
//! neighbours, is written out as `\u{202e}`. The only file that knows Unicode's categories.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory as Of, UnicodeGeneralCategory};

/// Marks (accents, points) that may stand on one letter. Vietnamese has two, pointed Hebrew four.
const MAX_MARKS: usize = 4;

/// Characters that leave no trace although their category is that of a letter, a mark or a symbol: Unicode's property
/// `Default_Ignorable_Code_Point` as far as the categories do not give it, and signs that are drawn as nothing.
const UNSEEN: &[(char, char)] = &[
    ('\u{034f}', '\u{034f}'),   // combining grapheme joiner
    ('\u{115f}', '\u{1160}'),   // Hangul fillers
    ('\u{17b4}', '\u{17b5}'),   // Khmer inherent vowels
    ('\u{180b}', '\u{180f}'),   // Mongolian variation selectors
    ('\u{2800}', '\u{2800}'),   // blank braille pattern
    ('\u{3164}', '\u{3164}'),   // Hangul filler
    ('\u{fe00}', '\u{fe0f}'),   // variation selectors
    ('\u{ffa0}', '\u{ffa0}'),   // halfwidth Hangul filler
    ('\u{16fe4}', '\u{16fe4}'), // Khitan filler
    ('\u{1d159}', '\u{1d159}'), // a note without a head
    ('\u{e0100}', '\u{e01ef}'), // variation selectors
];

/// How a character comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// As it is.
    Seen,
    /// As a blank: a blank of another width, a tab, the end of a line.
    Blank,
    /// As it is, on the letter before it.
    Mark,
    /// Written out.
    Hidden,
}

fn sight(c: char) -> Sight {
    // ASCII, and the syllables and ideographs that make up most of what is read: no need to look them up.
    if matches!(c, ' '..='~' | '\u{ac00}'..='\u{d7a3}' | '\u{4e00}'..='\u{9fff}') {
        return Sight::Seen;
    }
    if UNSEEN.iter().any(|&(first, last)| (first..=last).contains(&c)) {
        return Sight::Hidden;
    }
    match c.general_category() {
        Of::Control if matches!(c, '\t' | '\n' | '\r') => Sight::Blank,
        Of::SpaceSeparator => Sight::Blank,
        Of::NonspacingMark | Of::EnclosingMark => Sight::Mark,
        Of::Control | Of::Format | Of::LineSeparator | Of::ParagraphSeparator => Sight::Hidden,
        Of::PrivateUse | Of::Surrogate | Of::Unassigned => Sight::Hidden,
        _ => Sight::Seen,
    }
}

/// Whether a character is one that nobody sees or that is obeyed; line breaks, tabs and blanks are not.
pub(crate) fn is_hidden(c: char) -> bool {
    sight(c) == Sight::Hidden
}

/// What [`shown`] does with tabs and the ends of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    /// One line comes of it: they are blanks.
    Fold,
    /// They stay: the text is a page. A carriage return stays before a line feed only.
    Keep,
}

/// The text with every hidden character written out. What was shown once stays as it is.
pub(crate) fn shown(text: &str, lines: Lines) -> Cow<'_, str> {
    shown_as(text, lines, |out, c| out.extend(c.escape_unicode()))
}

/// The same with another way of writing a character out.
pub(crate) fn shown_as(text: &str, lines: Lines, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    let keeps = |byte: u8| matches!(byte, b'\n' | b'\t') && lines == Lines::Keep;
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') || keeps(byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // Marks on the last letter; `None` where the last character carries none.
    let mut marks = None;
    for (at, c) in text.char_indices() {
        let found = match (sight(c), lines) {
            (Sight::Blank, Lines::Keep) if c == '\r' && !text[at + 1..].starts_with('\n') => Sight::Hidden,
            (found, _) => found,
        };
        let carries = !c.is_ascii_punctuation() && c != ' ';
        marks = match (found, marks) {
            (Sight::Seen, _) => carries.then_some(0),
            (Sight::Mark, Some(n)) if n < MAX_MARKS => Some(n + 1),
            (Sight::Blank, _) if lines == Lines::Keep => None,
            (Sight::Blank, _) => {
                out.push(' ');
                marks = None;
                continue;
            }
            (Sight::Mark | Sight::Hidden, _) => {
                write(&mut out, c);
                marks = None;
                continue;
            }
        };
        out.push(c);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_sees_is_written_out() {
        for c in [
            '\0',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2028}',
            '\u{2063}',
            '\u{2069}',
            '\u{206a}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{ffff}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{10ffff}',
        ] {
            assert!(is_hidden(c), "{c:?}");
            assert_eq!(shown(&format!("a{c}b"), Lines::Keep), format!("a{}b", c.escape_unicode()));
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "가나다 — “말”",
            "日本語、。",
            "שלום עולם",
            "مرحبا",
            "Tiếng Việt",
            "हिन्दी",
            "ไทย",
            "😀🎉",
            "naïve e\u{301}",
        ] {
            assert_eq!(shown(text, Lines::Fold), text);
        }
    }

    #[test]
    fn marks_stand_on_letters_and_are_few() {
        assert_eq!(shown("`\u{338}x", Lines::Fold), "`\\u{338}x");
        let tall = shown(&format!("a{}", "\u{301}".repeat(50)), Lines::Fold).into_owned();
        assert_eq!(tall.matches('\u{301}').count(), MAX_MARKS);
    }

    proptest! {
        #[test]
        fn what_is_shown_holds_nothing_hidden_and_stays_as_it_is(text in "\\PC*|.*|[\\p{Mn}\\p{Cf}\\p{Cc}a` \r\n]*") {
            let once = shown(&text, Lines::Fold).into_owned();
            prop_assert!(!once.chars().any(|c| is_hidden(c) || c.is_control()), "{once:?}");
            prop_assert_eq!(shown(&once, Lines::Fold), once.as_str());
            let page = shown(&text, Lines::Keep).into_owned();
            prop_assert!(!page.replace("\r\n", "\n").chars().any(|c| is_hidden(c) || c == '\r'), "{page:?}");
            prop_assert_eq!(shown(&page, Lines::Keep), page.as_str());
        }
    }
}
