//! Which units are one: the least index of each set of units that are joined, directly or by others.

/// Numbers that point to the least number that they are joined with.
#[derive(Debug, Clone)]
pub(in crate::measure) struct Joined(Vec<usize>);

impl Joined {
    pub(in crate::measure) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    pub(in crate::measure) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.least(one), self.least(other));
        self.0[one.max(other)] = one.min(other);
    }

    pub(in crate::measure) fn least(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }
}

/// The least index of each of `count` nodes' component.
pub(in crate::measure) fn components(count: usize, joins: impl IntoIterator<Item = (usize, usize)>) -> Vec<usize> {
    let mut all = Joined::new(count);
    for (one, other) in joins {
        all.join(one, other);
    }
    (0..count).map(|at| all.least(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_all_that_hang_together() {
        assert_eq!(components(6, [(4, 5), (1, 4), (0, 3)]), [0, 1, 2, 0, 1, 1]);
    }
}
