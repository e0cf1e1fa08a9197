//! How far a source can be trusted.

use crate::text::{Says, says};

/// The five steps of assurance, lowest first (`docs/grades.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Assurance {
    /// The maker's word.
    Declared,
    /// A public document by someone else, or a technical report, named by address.
    Documented,
    /// Someone looked for the opposite and did not find it, with what was covered.
    Corroborated,
    /// Read off the files, or found by a test with a stated error.
    Measured,
    /// Attested by an assessor, with body, date and record.
    Audited,
}

impl Assurance {
    /// All steps, lowest first.
    pub const ALL: [Self; 5] = [Self::Declared, Self::Documented, Self::Corroborated, Self::Measured, Self::Audited];

    /// The word of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Documented => "documented",
            Self::Corroborated => "corroborated",
            Self::Measured => "measured",
            Self::Audited => "audited",
        }
    }

    /// The step of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// The word of a sentence.
    pub fn says(self) -> Says {
        match self {
            Self::Declared => says("선언", "declared"),
            Self::Documented => says("문서 확인", "documented"),
            Self::Corroborated => says("반증 탐색", "corroborated"),
            Self::Measured => says("측정", "measured"),
            Self::Audited => says("감사", "audited"),
        }
    }
}
