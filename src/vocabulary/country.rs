//! Countries as ISO 3166-1 alpha-2 codes, and the languages of those that a ruleset may call home.

use std::fmt;

use super::kind::Bilingual;

/// A country code of two upper-case letters. Only the form is checked: the register of countries changes, and a
/// card that names a territory of its own is not ours to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code such as `KR`. Lower case is not accepted: the Hub writes languages in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().as_bytes() {
            &[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Some(Self([a, b])),
            _ => None,
        }
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A group of countries that rules name by its own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CountryGroup {
    /// The member states of the European Union.
    Eu,
    /// Those of the European Economic Area.
    Eea,
}

/// The member states of the European Union since February 2020. Source: Article 52 of the Treaty on European Union.
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Who is in the European Economic Area beside them. Source: the EEA Agreement.
const EEA_BESIDE: [&str; 3] = ["IS", "LI", "NO"];

impl CountryGroup {
    /// Every group.
    pub const ALL: [Self; 2] = [Self::Eu, Self::Eea];

    /// The word of the rules.
    pub fn word(self) -> &'static str {
        match self {
            Self::Eu => "EU",
            Self::Eea => "EEA",
        }
    }

    /// The group of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.word() == word)
    }

    /// What a sentence calls it.
    pub fn says(self) -> Bilingual {
        match self {
            Self::Eu => Bilingual { en: "a member state of the EU", ko: "유럽연합(EU) 회원국" },
            Self::Eea => {
                Bilingual { en: "a state of the European Economic Area", ko: "유럽경제지역(EEA) 국가" }
            }
        }
    }

    /// Whether a country is in it.
    pub fn has(self, country: Country) -> bool {
        let code = country.code();
        EU.contains(&code) || self == Self::Eea && EEA_BESIDE.contains(&code)
    }
}

/// Official languages (ISO 639-1) by country, for "a tokenizer built for one's own language".
/// Source: the constitutions or language acts of the states named; a country that is not here has no default and the
/// comparison is unknown.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("AE", &["ar"]),
    ("AT", &["de"]),
    ("BE", &["nl", "fr", "de"]),
    ("BR", &["pt"]),
    ("CA", &["en", "fr"]),
    ("CH", &["de", "fr", "it", "rm"]),
    ("CN", &["zh"]),
    ("DE", &["de"]),
    ("DK", &["da"]),
    ("ES", &["es", "ca", "eu", "gl"]),
    ("FI", &["fi", "sv"]),
    ("FR", &["fr"]),
    ("GB", &["en", "cy"]),
    ("GR", &["el"]),
    ("ID", &["id"]),
    ("IE", &["ga", "en"]),
    ("IL", &["he"]),
    ("IN", &["hi", "en"]),
    ("IT", &["it"]),
    ("JP", &["ja"]),
    ("KR", &["ko"]),
    ("MX", &["es"]),
    ("NL", &["nl"]),
    ("NO", &["no", "nb", "nn"]),
    ("PL", &["pl"]),
    ("PT", &["pt"]),
    ("SA", &["ar"]),
    ("SE", &["sv"]),
    ("SG", &["en", "zh", "ms", "ta"]),
    ("TH", &["th"]),
    ("TR", &["tr"]),
    ("TW", &["zh"]),
    ("US", &["en"]),
    ("VN", &["vi"]),
];

/// The languages of a country, or nothing where this table does not say.
pub fn home_languages(country: Country) -> &'static [&'static str] {
    LANGUAGES.iter().find(|(code, _)| *code == country.code()).map_or(&[], |(_, languages)| languages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_two_capitals() {
        assert_eq!(Country::parse("KR").map(|c| c.to_string()).as_deref(), Some("KR"));
        assert!(Country::parse("kr").is_none() && Country::parse("KOR").is_none());
        assert_eq!(Country::parse("NO").map(home_languages), Some(["no", "nb", "nn"].as_slice()));
    }
}
