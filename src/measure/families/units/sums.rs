//! Sums over units: duplicates added before they are squared, ties left out.

use std::collections::BTreeMap;

use crate::measure::families::family::Family;
use crate::measure::stats::tail::SignSum;

/// A summand below this is a tie.
const TIE: f64 = 1e-12;

/// One cosine of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct Summand {
    pub label: usize,
    pub t: f64,
}

/// Where summands come from: a place of the layer map, the number of its layers' duplicates, and which of several kinds
/// of units of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct Where {
    pub place: usize,
    pub tied: usize,
    pub tag: usize,
}

/// Summands by family.
#[derive(Debug, Default, Clone)]
pub(in crate::measure) struct Sums(BTreeMap<Family, Vec<(Where, Summand)>>);

impl Sums {
    pub(in crate::measure) fn add(&mut self, family: Family, at: Where, summands: impl IntoIterator<Item = Summand>) {
        self.0.entry(family).or_default().extend(summands.into_iter().map(|summand| (at, summand)));
    }

    pub(in crate::measure) fn extend(&mut self, other: Self) {
        for (family, summands) in other.0 {
            self.0.entry(family).or_default().extend(summands);
        }
    }

    /// Keeps the families that are wanted.
    pub(in crate::measure) fn keep(&mut self, wanted: impl Fn(Family) -> bool) {
        self.0.retain(|family, _| wanted(*family));
    }

    pub(in crate::measure) fn families(&self) -> impl Iterator<Item = Family> {
        self.0.keys().copied()
    }

    /// The units of a family, each with all its summands added; ties are left out.
    pub(in crate::measure) fn units(&self, family: Family) -> SignSum {
        self.added(family, |_| true)
    }

    /// The same of one place of the layer map.
    pub(in crate::measure) fn units_at(&self, family: Family, place: usize) -> SignSum {
        self.added(family, |at| at.place == place)
    }

    fn added(&self, family: Family, wanted: impl Fn(&Where) -> bool) -> SignSum {
        let mut by_unit: BTreeMap<(usize, usize, usize), f64> = BTreeMap::new();
        for (at, summand) in self.0.get(&family).into_iter().flatten().filter(|(at, _)| wanted(at)) {
            *by_unit.entry((at.tied, at.tag, summand.label)).or_default() += summand.t;
        }
        SignSum::of(by_unit.into_values().filter(|t| t.abs() > TIE).collect())
    }
}
