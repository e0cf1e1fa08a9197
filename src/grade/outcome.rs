//! Outcomes of criteria.

use super::truth::{Truth, View, Views};
use crate::text::{Says, says};

/// The outcome of a criterion (`docs/grades.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// The question is answered with yes.
    Met,
    /// The question is answered with no.
    NotMet,
    /// The facts do not decide.
    Unknown,
    /// The question does not arise.
    NotApplicable,
    /// The facts say no, and the card alone says yes.
    Contradicted,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 5] = [Self::Met, Self::NotMet, Self::Unknown, Self::NotApplicable, Self::Contradicted];

    /// The word of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
            Self::Contradicted => "contradicted",
        }
    }

    /// The outcome of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// The word of a sentence.
    pub fn says(self) -> Says {
        match self {
            Self::Met => says("충족", "met"),
            Self::NotMet => says("미충족", "not met"),
            Self::Unknown => says("알 수 없음", "unknown"),
            Self::NotApplicable => says("해당 없음", "not applicable"),
            Self::Contradicted => says("모순", "contradicted"),
        }
    }
}

/// A criterion's truth in every view, with what "not applicable" makes of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// True: met. False: not met. Void: not applicable.
    pub truth: Views,
}

impl Standing {
    /// Joins whether the criterion applies with what its test says.
    pub fn new(applies: Option<Views>, test: Views) -> Self {
        let Some(applies) = applies else { return Self { truth: test } };
        let applies = applies.or_false();
        Self {
            truth: Views::of(|view| match (applies.get(view), test.get(view)) {
                (Truth::False | Truth::Void, _) => Truth::Void,
                (Truth::True, test) => test,
                (Truth::Unknown, Truth::Void) => Truth::Void,
                (Truth::Unknown, _) => Truth::Unknown,
            }),
        }
    }

    /// The outcome.
    pub fn outcome(self) -> Outcome {
        match (self.truth.get(View::Claimed), self.truth.get(View::Declared)) {
            (Truth::True, _) => Outcome::Met,
            (Truth::False, Truth::True) => Outcome::Contradicted,
            (Truth::False, _) => Outcome::NotMet,
            (Truth::Unknown, _) => Outcome::Unknown,
            (Truth::Void, _) => Outcome::NotApplicable,
        }
    }

    /// Whether the outcome stands on facts of the assurance that the criterion needs.
    pub fn assured(self) -> bool {
        let claimed = self.truth.get(View::Claimed);
        claimed != Truth::Unknown && self.truth.get(View::Assured) == claimed
    }
}
