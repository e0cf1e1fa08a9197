//! The two languages of the program.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::particle::settled;
use super::untrusted::Untrusted;

/// A language of the program's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Korean.
    Ko,
    /// English.
    En,
}

impl Lang {
    /// Both, in the order of the files.
    pub const ALL: [Self; 2] = [Self::Ko, Self::En];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

/// The same text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Says {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// A text as a file has it: whoever wrote the file is a stranger.
#[derive(Deserialize)]
struct Written {
    ko: String,
    en: String,
}

impl From<Written> for Says {
    fn from(written: Written) -> Self {
        let [ko, en] = [written.ko, written.en].map(|text| Untrusted::prose(&text).into_string());
        Self { ko, en }
    }
}

impl Says {
    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }
}

/// Builds a [`Says`] from Korean and English. Particles that the Korean leaves open, as in `{name}이(가)`, are settled.
pub fn says(ko: impl fmt::Display, en: impl fmt::Display) -> Says {
    Says { ko: settled(ko.to_string()), en: en.to_string() }
}
