//! Choices that are open to whoever uses the model: of "A or B" one licence holds, and all its clauses together.
//!
//! An item that stands only under certain alternatives says so; a *scenario* fixes every choice of a dossier at once.
//! Which scenario is taken is decided where a question is asked, because it depends on the question.

/// One way to decide one choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alternative {
    /// Index of the choice.
    pub choice: u16,
    /// Index of the alternative.
    pub which: u16,
}

/// The choices of a dossier: how many alternatives each has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    sizes: Vec<u16>,
}

impl Choices {
    /// Scenarios of one dossier at most: every criterion is asked once in each. Six choices between two.
    pub const MOST_SCENARIOS: usize = 64;

    /// Opens a choice among so many alternatives; `None` if there would be too many scenarios.
    pub fn open(&mut self, alternatives: usize) -> Option<u16> {
        let size = u16::try_from(alternatives).ok().filter(|size| *size > 1)?;
        let fits = self.scenarios().checked_mul(alternatives).is_some_and(|all| all <= Self::MOST_SCENARIOS);
        let choice = u16::try_from(self.sizes.len()).ok().filter(|_| fits)?;
        self.sizes.push(size);
        Some(choice)
    }

    /// How many scenarios there are; one where nothing is to be chosen.
    pub fn scenarios(&self) -> usize {
        self.sizes.iter().map(|size| usize::from(*size)).product()
    }

    /// Whether a scenario decides a choice so.
    pub fn picks(&self, scenario: usize, alternative: Alternative) -> bool {
        let (before, rest) = self.sizes.split_at(usize::from(alternative.choice).min(self.sizes.len()));
        let Some(size) = rest.first() else { return false };
        let step: usize = before.iter().map(|size| usize::from(*size)).product();
        scenario / step % usize::from(*size) == usize::from(alternative.which)
    }

    /// Whether what stands under these alternatives stands in a scenario; what stands under none stands always.
    pub fn allow(&self, scenario: usize, alternatives: &[Alternative]) -> bool {
        alternatives.is_empty() || alternatives.iter().any(|alternative| self.picks(scenario, *alternative))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_decides_every_choice_and_no_two_are_alike() {
        let mut choices = Choices::default();
        assert_eq!((choices.scenarios(), choices.open(1)), (1, None));
        let sizes = [2, 3, 4];
        for (at, size) in sizes.into_iter().enumerate() {
            assert_eq!(choices.open(size).map(usize::from), Some(at));
        }
        let decided: std::collections::BTreeSet<Vec<u16>> = (0..choices.scenarios())
            .map(|scenario| {
                let one = |choice: u16| {
                    let picked: Vec<u16> =
                        (0..4).filter(|which| choices.picks(scenario, Alternative { choice, which: *which })).collect();
                    assert_eq!(picked.len(), 1);
                    picked[0]
                };
                (0..3).map(one).collect()
            })
            .collect();
        assert_eq!(decided.len(), 24);
        assert_eq!(choices.open(3), None, "there would be 72 scenarios");
        assert!(choices.open(2).is_some());
    }
}
