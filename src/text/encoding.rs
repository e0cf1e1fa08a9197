//! In which encoding a text was saved that is not UTF-8, told by its bytes.
//!
//! A name is given only where the bytes speak for it: a byte order mark, the zeros of UTF-16, the pairs of CP949, the
//! lone bytes of Windows-1252. Nothing is decoded: two encodings can give two texts, and a ruleset is one text.

use super::lang::{Says, says};

/// An encoding that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Two bytes a character, the smaller one first.
    Utf16Little,
    /// Two bytes a character, the larger one first.
    Utf16Big,
    /// Four bytes a character.
    Utf32,
    /// What Notepad calls ANSI on a Korean system.
    Cp949,
    /// What Notepad calls ANSI on a Western system.
    Windows1252,
    /// Zeros that no text has.
    Binary,
    /// None that can be told.
    Unknown,
}

/// The encoding of bytes that are not a text in UTF-8; `None` if they are one.
pub(super) fn encoding(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Some(Encoding::Utf32),
        [0xff, 0xfe, ..] => return Some(Encoding::Utf16Little),
        [0xfe, 0xff, ..] => return Some(Encoding::Utf16Big),
        _ => {}
    }
    if bytes.contains(&0) {
        return if is_utf32(bytes) { Some(Encoding::Utf32) } else { with_zeros(bytes) };
    }
    let bad = std::str::from_utf8(bytes).err()?;
    // What is right up to its last bytes was cut off, and is no other encoding.
    if bad.error_len().is_none() && bytes[..bad.valid_up_to()].iter().any(|byte| !byte.is_ascii()) {
        return Some(Encoding::Unknown);
    }
    Some(one_or_two_bytes(bytes))
}

/// Every letter of every script in use has two zeros among its four bytes, and always the same two; so nothing else
/// has.
fn is_utf32(bytes: &[u8]) -> bool {
    let letters = || bytes.as_chunks::<4>().0.iter();
    let all = |zero: fn(&[u8; 4]) -> bool| bytes.len() >= 4 && letters().all(zero);
    bytes.len().is_multiple_of(4) && (all(|it| it[2..] == [0, 0]) || all(|it| it[..2] == [0, 0]))
}

/// A text of a European or Korean file in UTF-16 has its keys in ASCII: every second byte of them is a zero, always on
/// the same side. A few of its letters (가 is U+AC00) have theirs on the other.
fn with_zeros(bytes: &[u8]) -> Option<Encoding> {
    let zeros = |side: usize| bytes.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if second * 8 >= bytes.len() && first * 2 <= second {
        Some(Encoding::Utf16Little)
    } else if first * 8 >= bytes.len() && second * 2 <= first {
        Some(Encoding::Utf16Big)
    } else {
        std::str::from_utf8(bytes).is_err().then_some(Encoding::Binary)
    }
}

/// CP949 writes a Korean syllable as two bytes, the first of 0xB0 to 0xC8 for the common ones and the second above
/// 0xA0; Windows-1252 writes an accented letter or a curly quote as one byte among letters of ASCII.
fn one_or_two_bytes(bytes: &[u8]) -> Encoding {
    let (mut syllables, mut pairs, mut lone, mut odd) = (0, 0, 0, 0);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        at += match (byte, next) {
            (..=0x7f, _) => 1,
            (0xb0..=0xc8, 0xa1..=0xfe) => {
                syllables += 1;
                2
            }
            // Quotes and dashes of Windows-1252 stand behind an accented letter; no second byte of CP949 lies there
            // behind these first ones.
            (0xc7..=0xfe, 0x80..=0xa0) => {
                lone += 2;
                2
            }
            (0x81..=0xfe, 0x81..=0xfe | b'0'..=b'9') => {
                pairs += 1;
                2
            }
            // Rare syllables have a letter behind them; a lone byte is nearer where the rest is Western.
            (0x81..=0xc6, b'A'..=b'Z' | b'a'..=b'z') => {
                odd += 1;
                1
            }
            _ => {
                lone += 1;
                1
            }
        };
    }
    // Chinese encodings have pairs of the same bytes, and as many of others.
    if syllables > 4 * pairs + lone && syllables >= odd {
        Encoding::Cp949
    } else if lone + odd > syllables + pairs {
        Encoding::Windows1252
    } else {
        Encoding::Unknown
    }
}

/// What bytes are that are not a text in UTF-8, a clause behind a name; `None` if they are one.
pub(crate) fn not_utf8(bytes: &[u8]) -> Option<Says> {
    let found = encoding(bytes)?;
    let good = std::str::from_utf8(bytes).map_or_else(|bad| bad.valid_up_to(), str::len);
    Some(found.clause(bytes[..good].split(|byte| *byte == b'\n').count()))
}

impl Encoding {
    /// What a file in this encoding is, behind its name; `line` is where that shows first.
    pub(super) fn message(self, name: &str, line: usize) -> Says {
        let clause = self.clause(line);
        says(format!("`{name}`: {}", clause.ko), format!("`{name}` {}", clause.en))
    }

    fn clause(self, line: usize) -> Says {
        let (ko, en) = match self {
            Self::Utf16Little => ("UTF-16 LE(메모장의 '유니코드')", "UTF-16 LE (\"Unicode\" in Notepad)"),
            Self::Utf16Big => ("UTF-16 BE", "UTF-16 BE"),
            Self::Utf32 => ("UTF-32", "UTF-32"),
            Self::Cp949 => ("CP949(완성형 EUC-KR, 메모장의 'ANSI')", "CP949 (EUC-KR, \"ANSI\" in a Korean Notepad)"),
            Self::Windows1252 => {
                ("Windows-1252(서유럽 메모장의 'ANSI')", "Windows-1252 (\"ANSI\" in a Western Notepad)")
            }
            Self::Binary => {
                return says(
                    "UTF-8로 적은 글이 아니라 이진 파일이다",
                    "is no text in UTF-8: there are bytes in it that no text has",
                );
            }
            Self::Unknown => {
                return says(
                    format!("UTF-8이 아니다. {line}번째 줄에서 처음 드러난다"),
                    format!("is not UTF-8, as line {line} shows first"),
                );
            }
        };
        let (where_ko, where_en) = match self {
            Self::Cp949 | Self::Windows1252 => {
                (format!(". {line}번째 줄에서 처음 드러난다"), format!(", as line {line} shows first"))
            }
            _ => (String::new(), String::new()),
        };
        says(format!("UTF-8이 아니라 {ko}로 저장되어 있다{where_ko}"), format!("is not UTF-8 but {en}{where_en}"))
    }

    /// How to save it again.
    pub(super) fn help(self) -> Says {
        match self {
            Self::Binary => says(
                "맞는 파일인지 확인하고, 글은 UTF-8로 저장한다",
                "check that it is the right file; a text is saved as UTF-8",
            ),
            _ => says(
                "편집기의 '다른 이름으로 저장'에서 인코딩을 UTF-8로 골라 다시 저장한다",
                "save it again as UTF-8: editors ask for the encoding under \"Save as\"",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title:\n  ko: 가중치\n  en: weights\n";

    fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        let units = mark.into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    /// A character as Windows-1252 has it, of those that the tests need.
    fn western(c: char) -> u8 {
        match c {
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '–' => 0x96,
            c => u8::try_from(u32::from(c)).expect("of Latin-1"),
        }
    }

    /// Syllables of Hangul as EUC-KR has them, of those that the tests need.
    const KOREAN: [(&str, [u8; 2]); 10] = [
        ("가", [0xb0, 0xa1]),
        ("중", [0xc1, 0xdf]),
        ("치", [0xc4, 0xa1]),
        ("제", [0xc1, 0xa6]),
        ("작", [0xc0, 0xdb]),
        ("자", [0xc0, 0xda]),
        ("한", [0xc7, 0xd1]),
        ("국", [0xb1, 0xb9]),
        ("모", [0xb8, 0xf0]),
        ("델", [0xb5, 0xa8]),
    ];

    proptest::proptest! {
        /// Whatever is written in the words of a card or a ruleset is told by its bytes, in each encoding.
        #[test]
        fn every_text_is_told(words in proptest::collection::vec((0usize..10, 0usize..10, "[a-z]{1,6}"), 1..40)) {
            let korean: String = words.iter().map(|(a, b, key)| format!("{key}: {}{}\n", KOREAN[*a].0, KOREAN[*b].0)).collect();
            for little in [true, false] {
                let wanted = if little { Encoding::Utf16Little } else { Encoding::Utf16Big };
                assert_eq!(encoding(&utf16(&korean, little, false)), Some(wanted), "{korean}");
            }
            let mut bytes = Vec::new();
            for (a, b, key) in &words {
                bytes.extend([key.as_bytes(), b": ", &KOREAN[*a].1, &KOREAN[*b].1, b"\n"].concat());
            }
            assert_eq!(encoding(&bytes), Some(Encoding::Cp949), "{korean}");
            let marks = ['é', 'ü', '’', '–', '“', '”', 'ñ', 'ç', 'ö', 'à'];
            let western: String = words.iter().map(|(a, _, key)| format!("{key}{}{key} \n", marks[*a])).collect();
            let bytes: Vec<u8> = western.chars().map(self::western).collect();
            assert_eq!(encoding(&bytes), Some(Encoding::Windows1252), "{western}");
            assert_eq!(encoding(korean.as_bytes()), None);
        }
    }

    #[test]
    fn encodings_are_told_by_their_bytes() {
        assert_eq!(encoding(TEXT.as_bytes()), None);
        for mark in [true, false] {
            assert_eq!(encoding(&utf16(TEXT, true, mark)), Some(Encoding::Utf16Little));
            assert_eq!(encoding(&utf16(TEXT, false, mark)), Some(Encoding::Utf16Big));
        }
        // "  ko: 가중치" and "제작자가" in CP949.
        assert_eq!(encoding(b"  ko: \xb0\xa1\xc1\xdf\xc4\xa1\n"), Some(Encoding::Cp949));
        assert_eq!(encoding(b"n: \xc1\xa6\xc0\xdb\xc0\xda\xb0\xa1 \xc7\xd1\xba\xfbAI\n"), Some(Encoding::Cp949));
        // "Modèle", "it’s “held”" in Windows-1252.
        assert_eq!(encoding(b"en: Mod\xe8le\n"), Some(Encoding::Windows1252));
        assert_eq!(encoding(b"en: it\x92s \x93held\x94 \n"), Some(Encoding::Windows1252));
        assert_eq!(
            encoding("{\"x\": \"é”\"}".chars().map(western).collect::<Vec<_>>().as_slice()),
            Some(Encoding::Windows1252)
        );
        for little in [true, false] {
            let bytes =
                TEXT.chars().flat_map(|c| if little { u32::from(c).to_le_bytes() } else { u32::from(c).to_be_bytes() });
            assert_eq!(encoding(&bytes.collect::<Vec<_>>()), Some(Encoding::Utf32));
        }
        assert_eq!(encoding(b"\x00\xffgarbage"), Some(Encoding::Binary));
        assert_eq!(encoding("가".repeat(9).as_bytes().get(..5).unwrap_or_default()), Some(Encoding::Unknown));
    }
}
