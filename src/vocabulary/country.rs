//! Countries as ISO 3166-1 alpha-2 codes, groups of them, and the languages of those that a ruleset may call home.

use std::fmt;

use super::country_codes::{ALSO, COUNTRIES, EEA_BESIDE_EU, EU};

/// A country code of two upper-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads the form of a code such as `KR`. Lower case is not accepted: the Hub writes languages in lower case.
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

    /// Whether the code stands for a country or territory, or is one of those that ISO 3166-1 leaves to its users
    /// (`XK`, `ZZ`): a card that names a territory of its own is not ours to refuse.
    pub fn is_one(&self) -> bool {
        let users = matches!(&self.0, b"AA" | b"ZZ" | [b'Q', b'M'..=b'Z'] | [b'X', _]);
        users || COUNTRIES.iter().any(|(code, ..)| *code == self.code())
    }

    /// The country that a text means: a code in another case, a name in Korean or English, a code of another register.
    pub fn meant(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'', '.']);
        let lower = text.to_lowercase();
        let bare = lower.strip_prefix("the ").unwrap_or(&lower);
        if let Some(code) = ALSO.iter().find(|(name, _)| *name == lower || *name == bare).map(|(_, code)| *code) {
            return Self::parse(code);
        }
        if let Some(country) = Self::parse(&text.to_uppercase()).filter(Self::is_one) {
            return Some(country);
        }
        let named =
            |(_, en, ko): &&(&str, &str, &str)| en.to_lowercase() == bare || *ko == text || ko.replace(' ', "") == text;
        if let Some((code, ..)) = COUNTRIES.iter().find(named) {
            return Self::parse(code);
        }
        let names = COUNTRIES.iter().flat_map(|(_, en, ko)| [*en, *ko]).filter(|name| name.chars().count() > 3);
        let near = crate::text::closest(text, names).filter(|_| text.chars().count() > 3)?;
        COUNTRIES.iter().find(|(_, en, ko)| *en == near || *ko == near).and_then(|(code, ..)| Self::parse(code))
    }

    /// What it is called, in Korean and English; its code where it has no name here.
    pub fn names(&self) -> (&str, &str) {
        let found = COUNTRIES.iter().find(|(code, ..)| *code == self.code());
        found.map_or((self.code(), self.code()), |(_, en, ko)| (ko, en))
    }
}

/// A group of countries that rules may name among countries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// The European Union.
    Eu,
    /// The European Economic Area: the Union with Iceland, Liechtenstein and Norway.
    Eea,
}

impl Group {
    /// All, with their words.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Eu, "EU"), (Self::Eea, "EEA")];

    /// The group of a word of rules.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, word)| *word == text).map(|(group, _)| *group)
    }

    /// The group that a text means.
    pub fn meant(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "eu" | "european union" | "유럽연합" | "유럽 연합" | "europe" | "유럽" => Some(Self::Eu),
            "eea" | "european economic area" | "유럽경제지역" | "유럽 경제 지역" => Some(Self::Eea),
            _ => None,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(group, _)| *group == self).map_or("", |(_, word)| word)
    }

    /// Whether a country belongs to it.
    pub fn holds(self, country: Country) -> bool {
        let code = country.code();
        EU.contains(&code) || self == Self::Eea && EEA_BESIDE_EU.contains(&code)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
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
        for code in ["UK", "EU", "EL", "SU", "EN"] {
            assert!(Country::parse(code).is_some_and(|country| !country.is_one()), "{code}");
        }
        for code in ["KR", "GB", "NO", "XK", "XX"] {
            assert!(Country::parse(code).is_some_and(|country| country.is_one()), "{code}");
        }
        assert_eq!(Country::parse("NO").map(home_languages), Some(["no", "nb", "nn"].as_slice()));
    }

    #[test]
    fn a_country_is_meant_by_many_names() {
        for (text, code) in [
            ("UK", "GB"),
            ("kr", "KR"),
            ("한국", "KR"),
            ("대한민국", "KR"),
            ("South Korea", "KR"),
            ("Korea", "KR"),
            ("USA", "US"),
            ("미국", "US"),
            ("Taiwan", "TW"),
            ("EL", "GR"),
            ("Germany", "DE"),
            ("Germny", "DE"),
            ("the Netherlands", "NL"),
            ("일본", "JP"),
            ("JPN", "JP"),
            ("kor", "KR"),
            ("사우디 아라비아", "SA"),
        ] {
            assert_eq!(Country::meant(text).map(|c| c.to_string()).as_deref(), Some(code), "{text}");
        }
        for text in ["Atlantis", "home", "", "나라"] {
            assert_eq!(Country::meant(text), None, "{text}");
        }
    }

    #[test]
    fn codes_stand_once_and_groups_are_countries() {
        for (code, ..) in COUNTRIES {
            assert_eq!(COUNTRIES.iter().filter(|(other, ..)| other == code).count(), 1, "{code}");
        }
        for (_, code) in ALSO {
            assert!(Country::parse(code).is_some_and(|country| country.is_one()), "{code}");
        }
        for code in EU.iter().chain(&EEA_BESIDE_EU) {
            assert!(Country::parse(code).is_some_and(|country| country.is_one()), "{code}");
        }
        let country = |code| Country::parse(code).expect("a code");
        assert!(Group::Eu.holds(country("DE")) && Group::Eea.holds(country("DE")));
        assert!(!Group::Eu.holds(country("NO")) && Group::Eea.holds(country("NO")));
        assert!(!Group::Eea.holds(country("GB")) && !Group::Eea.holds(country("CH")));
    }
}
