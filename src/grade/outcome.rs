//! Outcomes of criteria.

use super::truth::{Truth, Views};
use crate::facts::View;
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
    /// True: met. False: not met. Void: not applicable. The assured truth is that of the criterion's root.
    pub truth: Views,
    /// The same before the assured truth was made from several views.
    seen: Views,
}

/// What decides an assured outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decider {
    /// Facts at or above what the criterion needs.
    Proof,
    /// What the card says against itself, which needs no proof.
    Card,
    /// Both say the same.
    Both,
}

impl Standing {
    /// Joins whether the criterion applies with what its test says.
    pub fn new(applies: Option<Views>, test: Views) -> Self {
        let seen = match applies {
            None => test,
            Some(applies) => {
                let applies = applies.or_false();
                // Where it may apply, the test decides, and stays open if it applies at all.
                let may = applies.t & applies.f & test.applies();
                Views { t: applies.t & (test.t | may), f: applies.t & (test.f | may) }
            }
        };
        Self { truth: seen.at_root(), seen }
    }

    /// The outcome. That the card is contradicted takes more than statements that nobody vouches for.
    pub fn outcome(self) -> Outcome {
        let (claimed, declared) = (self.truth.get(View::Claimed), self.truth.get(View::Declared));
        let unreported = self.truth.get(View::ClaimedUnreported);
        match (claimed, declared) {
            (Truth::True, _) => Outcome::Met,
            (Truth::False, Truth::True) if unreported == Truth::False => Outcome::Contradicted,
            (Truth::False, Truth::True) => Outcome::Unknown,
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

    /// Whether it stands without documents that nobody opened.
    pub fn measured(self) -> bool {
        self.assured() && self.truth.get(View::Measured) == self.truth.get(View::Assured)
    }

    /// What says that the criterion is not met, where that is assured: proof, or the card itself.
    pub fn denied_by(self) -> Option<Decider> {
        let says_no = |view: View| self.seen.get(view) == Truth::False;
        if self.truth.get(View::Assured) != Truth::False {
            return None;
        }
        Some(match (says_no(View::AssuredUnreported), says_no(View::AdmittedUnreported)) {
            (true, true) => Decider::Both,
            (true, false) => Decider::Proof,
            _ => Decider::Card,
        })
    }

    /// Whether proof says that the criterion is met, and the card's own words are what keeps it from being assured.
    pub fn held_back_by_card(self) -> bool {
        self.truth.get(View::Claimed) == Truth::True
            && self.seen.get(View::Assured) == Truth::True
            && self.seen.get(View::Admitted) == Truth::False
    }
}
