//! What kind of value a fact has.

use super::unit::Unit;

/// The same text in both languages of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: &'static str,
    /// Korean.
    pub ko: &'static str,
}

/// One allowed word of a fact, with the words that a sentence uses for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The word as it is written in rules and cards.
    pub id: &'static str,
    /// How a sentence says it.
    pub says: Bilingual,
}

/// The kind of a fact's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// One word of a closed list.
    Word(&'static [Word]),
    /// Several words of a closed list, in no order.
    Words(&'static [Word]),
    /// Free text, compared letter by letter.
    Text,
    /// Several free texts, in no order.
    Texts,
    /// A number in a unit.
    Number(Unit),
    /// A day, `YYYY-MM-DD`.
    Date,
    /// One country, ISO 3166-1 alpha-2.
    Country,
    /// Several countries, in no order.
    Countries,
}

impl Kind {
    /// The allowed words, empty where the list is not closed.
    pub fn words(self) -> &'static [Word] {
        match self {
            Self::Word(words) | Self::Words(words) => words,
            _ => &[],
        }
    }

    /// Whether a value holds several elements.
    pub fn is_set(self) -> bool {
        matches!(self, Self::Words(_) | Self::Texts | Self::Countries)
    }

    /// The kind in words, for messages and the manual.
    pub fn name(self) -> Bilingual {
        match self {
            Self::Flag => Bilingual { en: "true or false", ko: "참 또는 거짓" },
            Self::Word(_) => Bilingual { en: "a word from a list", ko: "정해진 낱말 하나" },
            Self::Words(_) => Bilingual { en: "words from a list", ko: "정해진 낱말 여럿" },
            Self::Text => Bilingual { en: "text", ko: "글자" },
            Self::Texts => Bilingual { en: "texts", ko: "글자 여럿" },
            Self::Number(_) => Bilingual { en: "a number", ko: "수" },
            Self::Date => Bilingual { en: "a date", ko: "날짜" },
            Self::Country => Bilingual { en: "a country", ko: "국가" },
            Self::Countries => Bilingual { en: "countries", ko: "국가 여럿" },
        }
    }
}
