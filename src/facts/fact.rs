//! A fact with its sources, and how they are settled.

use super::assurance::Assurance;
use super::source::Source;
use super::value::Value;

/// Why a fact has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyUnknown {
    /// Nobody says anything.
    Undeclared,
    /// The maker says that it will not tell.
    Undisclosed,
    /// Sources of equal assurance say different things.
    Conflict,
    /// Every source was set aside.
    SetAside,
    /// It was looked into, and what was found leaves it open.
    LeftOpen,
}

/// What the sources of a fact come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Index of the source that stands, taking all sources.
    pub claimed: Option<u16>,
    /// Index of the source that stands, taking the card alone.
    pub declared: Option<u16>,
    /// The highest `needs` that the value that stands meets; a value against the speaker's interest meets every one.
    pub strength: Assurance,
    /// Why nothing stands, where nothing does.
    pub unknown: WhyUnknown,
}

const UNDECLARED: Settled =
    Settled { claimed: None, declared: None, strength: Assurance::Declared, unknown: WhyUnknown::Undeclared };

/// A value at a path, or unknown with a reason, and all its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    sources: Vec<Source>,
    settled: Settled,
    /// The values that stand, beside each other: grading asks for nothing else, and a source is 250 bytes wide.
    claimed: Option<Value>,
    declared: Option<Value>,
}

impl Default for Fact {
    fn default() -> Self {
        Self { sources: Vec::new(), settled: UNDECLARED, claimed: None, declared: None }
    }
}

impl Fact {
    /// Settles sources: the highest assurance wins; within it a value against the speaker's interest wins; different
    /// values that remain leave the fact unknown, both sides kept.
    ///
    /// The order of the sources does not matter: they are sorted first.
    pub fn settle(mut sources: Vec<Source>) -> Self {
        sources.sort_by(|a, b| {
            b.assurance
                .cmp(&a.assurance)
                .then(b.against_interest.cmp(&a.against_interest))
                .then_with(|| a.origin.file.cmp(&b.origin.file))
                .then(a.origin.at.cmp(&b.origin.at))
                .then_with(|| a.origin.url.cmp(&b.origin.url))
                .then_with(|| a.value.as_ref().map(Value::sort_key).cmp(&b.value.as_ref().map(Value::sort_key)))
                .then(b.from_card.cmp(&a.from_card))
                .then_with(|| a.origin.title.cmp(&b.origin.title))
                .then_with(|| a.origin.publisher.cmp(&b.origin.publisher))
                .then(a.date.cmp(&b.date))
                .then(a.set_aside.is_some().cmp(&b.set_aside.is_some()))
        });
        let (claimed, unknown) = winner(&sources, Source::counts);
        let (declared, _) = winner(&sources, |source| source.counts() && source.from_card);
        let strength = claimed.map_or(Assurance::Declared, |at| strength(&sources, at));
        let narrow = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        let value = |at: Option<usize>| at.and_then(|at| sources[at].value.clone());
        Self {
            claimed: value(claimed),
            declared: value(declared),
            settled: Settled { claimed: claimed.map(narrow), declared: declared.map(narrow), strength, unknown },
            sources,
        }
    }

    /// All sources, the strongest first.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What they come to.
    pub fn settled(&self) -> Settled {
        self.settled
    }

    /// The value that stands, taking all sources.
    pub fn claimed(&self) -> Option<&Value> {
        self.claimed.as_ref()
    }

    /// The value that stands, taking the card alone.
    pub fn declared(&self) -> Option<&Value> {
        self.declared.as_ref()
    }

    /// The value that stands if it meets `needs`.
    pub fn assured(&self, needs: Assurance) -> Option<&Value> {
        (self.settled.strength >= needs).then(|| self.claimed()).flatten()
    }

    /// The source that stands.
    pub fn standing(&self) -> Option<&Source> {
        self.settled.claimed.map(|at| &self.sources[usize::from(at)])
    }

    /// The card's sources whose value lost to a different one.
    pub fn contradicted(&self) -> impl Iterator<Item = &Source> {
        let standing = self.standing().and_then(|source| source.value.as_ref());
        self.sources.iter().filter(move |source| {
            source.counts()
                && source.from_card
                && standing.zip(source.value.as_ref()).is_some_and(|(a, b)| !a.agrees(b))
        })
    }
}

/// The source that stands among those that `take` lets in. `sources` are sorted, the strongest first.
fn winner(sources: &[Source], take: impl Fn(&Source) -> bool) -> (Option<usize>, WhyUnknown) {
    let mut speaking = sources.iter().enumerate().filter(|(_, s)| take(s) && s.value.is_some());
    let Some((first, top)) = speaking.next() else {
        let silent = sources.iter().any(&take);
        let aside = sources.iter().any(|s| s.set_aside.is_some());
        let open = sources.iter().any(Source::leaves_open);
        let why = match (silent, aside) {
            (true, _) => WhyUnknown::Undisclosed,
            (false, true) if open => WhyUnknown::LeftOpen,
            (false, true) => WhyUnknown::SetAside,
            (false, false) => WhyUnknown::Undeclared,
        };
        return (None, why);
    };
    let peers = speaking
        .take_while(|(_, s)| s.assurance == top.assurance && s.against_interest == top.against_interest)
        .all(|(_, s)| s.value.as_ref().zip(top.value.as_ref()).is_some_and(|(a, b)| a.agrees(b)));
    if peers { (Some(first), WhyUnknown::Undeclared) } else { (None, WhyUnknown::Conflict) }
}

fn strength(sources: &[Source], at: usize) -> Assurance {
    let standing = &sources[at];
    let admitted = sources.iter().any(|s| {
        s.counts()
            && s.against_interest
            && s.value.as_ref().zip(standing.value.as_ref()).is_some_and(|(a, b)| a.agrees(b))
    });
    if admitted { Assurance::Audited } else { standing.assurance }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Origin;

    fn card(value: bool) -> Source {
        Source::declared(Value::Flag(value), Origin::default())
    }

    #[test]
    fn the_highest_assurance_wins_and_the_loser_is_kept() {
        let fact = Fact::settle(vec![card(true), Source::measured(Value::Flag(false), Origin::default())]);
        assert_eq!(fact.claimed(), Some(&Value::Flag(false)));
        assert_eq!(fact.declared(), Some(&Value::Flag(true)));
        assert_eq!(fact.contradicted().count(), 1);
        assert_eq!(fact.assured(Assurance::Audited), None);
        assert_eq!(fact.assured(Assurance::Measured), Some(&Value::Flag(false)));
    }

    #[test]
    fn equals_that_differ_leave_the_fact_unknown() {
        let fact = Fact::settle(vec![card(true), card(false)]);
        assert_eq!((fact.claimed(), fact.settled().unknown), (None, WhyUnknown::Conflict));
    }

    #[test]
    fn a_value_against_interest_needs_no_proof() {
        let fact = Fact::settle(vec![card(true), card(false).against_interest()]);
        assert_eq!(fact.claimed(), Some(&Value::Flag(false)));
        assert_eq!(fact.assured(Assurance::Audited), Some(&Value::Flag(false)));
    }

    #[test]
    fn what_is_set_aside_does_not_count() {
        let mut source = Source::measured(Value::Flag(false), Origin::default());
        source.set_aside = Some(crate::text::says("근거가 될 수 없다", "not admissible"));
        let fact = Fact::settle(vec![card(true), source.clone()]);
        assert_eq!(fact.claimed(), Some(&Value::Flag(true)));
        assert_eq!(Fact::settle(vec![source]).settled().unknown, WhyUnknown::SetAside);
    }
}
