//! Signs that look like one of the language and are another: `：` for `:`, a no-break space for a blank, `“` for `"`.
//!
//! Sentences may hold any of them. A key, a word, a number, or the sign between two values may not: to the eye it is
//! right, and it is read as a letter. One table says which sign is meant, and what both are called.

use std::fmt::Write as _;

use super::lang::{Says, says};
use super::particle::{Particle, with_particle};
use super::sight::is_hidden;

/// Signs outside the full-width block of Unicode, each with the ASCII sign that is meant.
const MEANT: &[(&str, char)] = &[
    ("﹕︰∶ː꞉", ':'),
    ("、﹐", ','),
    ("﹪٪", '%'),
    ("–—―−‐‑‒﹣﹘", '-'),
    ("“”„‟″〝〞「」『』«»", '"'),
    ("‘’‚‛′`´", '\''),
    ("【〔﹇", '['),
    ("】〕﹈", ']'),
    ("﹛", '{'),
    ("﹜", '}'),
    ("〜∼˜", '~'),
    ("﹟♯", '#'),
    ("﹤‹", '<'),
    ("﹥›", '>'),
    ("﹦", '='),
    ("。", '.'),
];

/// What signs of ASCII are called.
const NAMES: &[(char, &str, &str)] = &[
    (':', "쌍점", "colon"),
    (',', "쉼표", "comma"),
    ('.', "마침표", "full stop"),
    ('%', "백분율 기호", "percent sign"),
    ('-', "붙임표", "hyphen"),
    ('"', "큰따옴표", "double quote"),
    ('\'', "작은따옴표", "single quote"),
    ('[', "여는 대괄호", "opening bracket"),
    (']', "닫는 대괄호", "closing bracket"),
    ('{', "여는 중괄호", "opening brace"),
    ('}', "닫는 중괄호", "closing brace"),
    ('(', "여는 소괄호", "opening parenthesis"),
    (')', "닫는 소괄호", "closing parenthesis"),
    ('~', "물결표", "tilde"),
    ('!', "느낌표", "exclamation mark"),
    ('?', "물음표", "question mark"),
    ('#', "우물 정자", "hash sign"),
    ('<', "부등호", "less-than sign"),
    ('>', "부등호", "greater-than sign"),
    ('=', "등호", "equals sign"),
    ('+', "더하기표", "plus sign"),
    ('*', "별표", "asterisk"),
    ('/', "빗금", "slash"),
    ('|', "세로줄", "bar"),
    ('&', "앤드 기호", "ampersand"),
    ('_', "밑줄", "underscore"),
    (' ', "빈칸", "blank"),
];

/// Blanks and unseen characters with names of their own.
const UNSEEN: &[(char, &str, &str)] = &[
    ('\u{a0}', "줄바꿈 없는 빈칸", "no-break space"),
    ('\u{202f}', "좁은 줄바꿈 없는 빈칸", "narrow no-break space"),
    ('\u{3000}', "전각 빈칸", "full-width (ideographic) blank"),
    ('\u{200b}', "폭 없는 빈칸", "zero-width space"),
    ('\u{200c}', "폭 없는 비접합자", "zero-width non-joiner"),
    ('\u{200d}', "폭 없는 접합자", "zero-width joiner"),
    ('\u{2060}', "폭 없는 접합자", "word joiner"),
    ('\u{feff}', "바이트 순서 표시", "byte order mark"),
    ('\u{ad}', "보이지 않는 붙임표", "soft hyphen"),
    ('\u{3164}', "한글 채움 문자", "Hangul filler"),
    ('\u{2028}', "줄 나눔 문자", "line separator"),
    ('\u{2029}', "문단 나눔 문자", "paragraph separator"),
    ('\u{85}', "다음 줄 문자", "next-line character"),
    ('\r', "옛 매킨토시의 줄 끝 문자 CR", "line end of old Macintosh files, CR"),
];

/// A sign that is not what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LookAlike {
    /// Where it stands in the text.
    pub(super) at: usize,
    /// The sign.
    pub(super) sign: char,
    /// The sign of ASCII that it looks like; a blank for every blank; `None` where nothing is seen.
    pub(super) meant: Option<char>,
}

/// What a character is to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Itself.
    Itself,
    /// Another.
    Like(char),
    /// Nothing.
    Unseen,
}

fn look(sign: char) -> Look {
    match sign {
        ' '..='~' | '\t' | '\n' | '\r' => Look::Itself,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).map_or(Look::Itself, Look::Like),
        _ if is_hidden(sign) => Look::Unseen,
        _ if sign.is_whitespace() => Look::Like(' '),
        _ => MEANT.iter().find(|(signs, _)| signs.contains(sign)).map_or(Look::Itself, |(_, plain)| Look::Like(*plain)),
    }
}

/// The first sign of a text that is not what it looks like.
pub(super) fn lookalike(text: &str) -> Option<LookAlike> {
    if text.is_ascii() {
        return None;
    }
    text.char_indices().find_map(|(at, sign)| match look(sign) {
        Look::Itself => None,
        Look::Like(plain) => Some(LookAlike { at, sign, meant: Some(plain) }),
        Look::Unseen => Some(LookAlike { at, sign, meant: None }),
    })
}

/// The text as it should have been written: every such sign replaced, what nobody sees left out, quotes around it and
/// blanks at its ends gone.
pub(super) fn plainly(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter_map(|sign| match look(sign) {
            Look::Itself => Some(sign),
            Look::Like(plain) => Some(plain),
            Look::Unseen => None,
        })
        .collect();
    let plain = plain.replace(',', ", ").replace(",  ", ", ");
    let quotes = |c: char| matches!(c, '"' | '\'');
    plain.trim().trim_matches(quotes).trim().to_owned()
}

/// What a sign is called, with its number.
fn name(sign: char, meant: Option<char>) -> Says {
    let code = format!("U+{:04X}", u32::from(sign));
    if let Some((_, ko, en)) = UNSEEN.iter().find(|(c, ..)| *c == sign) {
        return says(format!("{ko}({code})"), format!("{en} ({code})"));
    }
    let wide = matches!(sign, '\u{ff01}'..='\u{ff5e}');
    let called = meant.and_then(|plain| NAMES.iter().find(|(c, ..)| *c == plain));
    match (called, meant) {
        (Some((' ', ..)), _) => says(format!("다른 폭의 빈칸({code})"), format!("blank of another width ({code})")),
        (Some((_, ko, en)), _) if wide => {
            says(format!("전각 {ko} `{sign}`({code})"), format!("full-width {en} `{sign}` ({code})"))
        }
        (Some((_, ko, en)), _) => {
            says(format!("다른 모양의 {ko} `{sign}`({code})"), format!("{en} of another shape, `{sign}` ({code})"))
        }
        (None, Some(_)) if wide => {
            says(format!("전각 글자 `{sign}`({code})"), format!("full-width character `{sign}` ({code})"))
        }
        (None, _) => says(format!("보이지 않는 문자({code})"), format!("character that nobody sees ({code})")),
    }
}

/// What a character that nobody sees is called, with its number.
pub(super) fn unseen(sign: char) -> Says {
    name(sign, None)
}

impl LookAlike {
    /// That it stands here.
    pub(super) fn message(&self) -> Says {
        let name = name(self.sign, self.meant);
        // The particle follows the name, not what stands in brackets behind it.
        let bare = name.ko.split(['(', '`']).next().unwrap_or_default().trim_end();
        let particle = with_particle(bare, Particle::Subject);
        let particle = particle.strip_prefix(bare).unwrap_or("이");
        let article = if name.en.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        says(format!("여기에 {}{particle} 있다", name.ko), format!("{article} {} stands here", name.en))
    }

    /// What to write instead.
    pub(super) fn help(&self) -> Says {
        match self.meant {
            None => says("지운다", "remove it"),
            Some(' ') => says("보통 빈칸으로 바꾼다", "replace it with a plain blank"),
            Some(plain) => {
                let tick = format!("`{plain}`");
                let quotes = matches!(plain, '"' | '\'');
                if quotes {
                    return says(
                        format!("곧은 따옴표 {tick}로 묶는다"),
                        format!("use straight quotes, {tick}, around the whole value"),
                    );
                }
                says(format!("{tick}(으)로 적는다"), format!("write {tick}"))
            }
        }
    }
}

/// How often such signs stand in a text, by what is meant.
pub(super) fn others(text: &str, first: &LookAlike) -> Says {
    let more = text[first.at + first.sign.len_utf8()..].matches(first.sign).count();
    let (mut ko, mut en) = (String::new(), String::new());
    if more > 0 {
        let _ = write!(ko, ". 이 줄에 {more}개 더 있다");
        let _ = write!(en, "; this line has {more} more");
    }
    Says { ko, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_says_what_is_meant() {
        for (sign, plain, ko, en) in [
            ('：', Some(':'), "전각 쌍점", "full-width colon"),
            ('，', Some(','), "전각 쉼표", "full-width comma"),
            ('％', Some('%'), "전각 백분율 기호", "full-width percent"),
            ('ａ', Some('a'), "전각 글자", "full-width character"),
            ('\u{a0}', Some(' '), "줄바꿈 없는 빈칸", "no-break space"),
            ('\u{3000}', Some(' '), "전각 빈칸", "full-width"),
            ('\u{2003}', Some(' '), "다른 폭의 빈칸", "another width"),
            ('\u{200b}', None, "폭 없는 빈칸", "zero-width"),
            ('“', Some('"'), "다른 모양의 큰따옴표", "double quote"),
            ('–', Some('-'), "다른 모양의 붙임표", "hyphen"),
            ('」', Some('"'), "다른 모양의 큰따옴표", "double quote"),
        ] {
            let text = format!("a{sign}b");
            let found = lookalike(&text).expect("found");
            assert_eq!((found.at, found.sign, found.meant), (1, sign, plain));
            let said = found.message();
            assert!(said.ko.contains(ko) && said.en.contains(en), "{said:?}");
            assert!(said.ko.contains(&format!("U+{:04X}", u32::from(sign))));
        }
    }

    #[test]
    fn words_of_both_languages_are_themselves() {
        for text in ["weights-held", "가중치 보유", "naïve", "日本語", "30 %", "é"] {
            assert_eq!(lookalike(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_written_plainly() {
        for (text, plain) in [
            ("weights\u{a0}", "weights"),
            ("ko，en", "ko, en"),
            ("“true”", "true"),
            ("we\u{200b}ights", "weights"),
            ("３０％", "30%"),
            ("ｔｒｕｅ", "true"),
        ] {
            assert_eq!(plainly(text), plain);
        }
    }
}
