//! Strong Kleene truth with a fourth value for what does not apply, in every view of the facts at once.
//!
//! A truth is two bits a view: can be true, can be false. Both set: unknown. None set: not applicable. With one byte
//! for all views of each, `all`, `any` and `not` are a few machine instructions whatever the number of views.
//! Every connective is monotone in information: filling in an unknown never turns true into false or back.

use crate::facts::{ALL_VIEWS, View};
use crate::rules::Empty;

/// A truth in one view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// True.
    True,
    /// False.
    False,
    /// Not known.
    Unknown,
    /// Not applicable.
    Void,
}

impl From<bool> for Truth {
    fn from(is: bool) -> Self {
        if is { Self::True } else { Self::False }
    }
}

impl Truth {
    /// The opposite; what is unknown or void stays so.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            other => other,
        }
    }
}

/// A truth in every view: bit sets of the views in which it can be true, and in which it can be false.
/// Nothing said yet (`default`) is not applicable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Views {
    /// Views in which it can be true.
    pub(super) t: u8,
    /// Views in which it can be false.
    pub(super) f: u8,
}

impl Views {
    /// True in every view.
    pub const TRUE: Self = Self { t: ALL_VIEWS, f: 0 };
    /// False in every view.
    pub const FALSE: Self = Self { t: 0, f: ALL_VIEWS };
    /// Unknown in every view.
    pub const UNKNOWN: Self = Self { t: ALL_VIEWS, f: ALL_VIEWS };
    /// Not applicable in every view.
    pub const VOID: Self = Self { t: 0, f: 0 };

    /// The truth in one view.
    pub fn get(self, view: View) -> Truth {
        let bit = view as u8;
        match (self.t & bit != 0, self.f & bit != 0) {
            (true, false) => Truth::True,
            (false, true) => Truth::False,
            (true, true) => Truth::Unknown,
            (false, false) => Truth::Void,
        }
    }

    /// Adds views with a truth to those that are there.
    pub(super) fn put(&mut self, views: u8, truth: Option<bool>) {
        self.t |= if truth == Some(false) { 0 } else { views };
        self.f |= if truth == Some(true) { 0 } else { views };
    }

    /// The truth in one view replaced by another.
    fn with(self, view: View, truth: Truth) -> Self {
        let bit = view.bit();
        let (t, f) = match truth {
            Truth::True => (bit, 0),
            Truth::False => (0, bit),
            Truth::Unknown => (bit, bit),
            Truth::Void => (0, 0),
        };
        Self { t: self.t & !bit | t, f: self.f & !bit | f }
    }

    /// What stands at the root of a question, where the assured answer is made from several views.
    ///
    /// *True* needs the facts at or above `needs` to say so, the card not to deny it, and all facts together to say so
    /// too. *False* needs those facts or the card to say so, statements that nobody vouches for left out. What was
    /// measured is what is assured without documents that nobody opened.
    pub(super) fn at_root(self) -> Self {
        let claimed = self.get(View::Claimed);
        let denied =
            [View::AssuredUnreported, View::AdmittedUnreported].into_iter().any(|view| self.get(view) == Truth::False);
        let same = self.get(View::Assured) == claimed && self.get(View::Admitted) != Truth::False;
        let assured = match claimed {
            Truth::False | Truth::Unknown if denied => Truth::False,
            Truth::True | Truth::Void if same => claimed,
            _ => Truth::Unknown,
        };
        let measured = if self.get(View::Measured) == assured { assured } else { Truth::Unknown };
        self.with(View::Assured, assured).with(View::Measured, measured)
    }

    /// Views in which it applies.
    pub(super) fn applies(self) -> u8 {
        self.t | self.f
    }

    /// Views in which it is surely true.
    pub(super) fn surely(self) -> u8 {
        self.t & !self.f
    }

    /// The opposite.
    #[must_use]
    pub fn opposite(self) -> Self {
        Self { t: self.f, f: self.t }
    }

    /// Where it does not apply: false. For conditions, where "does not apply" means "does not count".
    #[must_use]
    pub fn or_false(self) -> Self {
        Self { t: self.t, f: self.f | (ALL_VIEWS & !self.applies()) }
    }
}

/// `all` while its parts come in: parts that do not apply are passed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct AllOf {
    t: u8,
    f: u8,
    some: u8,
}

impl AllOf {
    pub(super) const START: Self = Self { t: ALL_VIEWS, f: 0, some: 0 };

    pub(super) fn add(&mut self, part: Views) {
        let applies = part.applies();
        self.t &= part.t | !applies;
        self.f |= part.f;
        self.some |= applies;
    }

    pub(super) fn truth(self) -> Views {
        Views { t: self.t & self.some, f: self.f }
    }
}

/// `any` while its parts come in.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnyOf {
    t: u8,
    f: u8,
    some: u8,
}

impl AnyOf {
    pub(super) const START: Self = Self { t: 0, f: ALL_VIEWS, some: 0 };

    pub(super) fn add(&mut self, part: Views) {
        let applies = part.applies();
        self.t |= part.t;
        self.f &= part.f | !applies;
        self.some |= applies;
    }

    pub(super) fn truth(self) -> Views {
        Views { t: self.t, f: self.f & self.some }
    }
}

/// A quantifier while its items come in.
///
/// For each view the sets of possible results are collected: some item can fail, all can pass, all can be absent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items {
    /// Views in which an item can count and fail.
    can_fail: u8,
    /// Views in which every item can be absent or pass.
    can_all_pass: u8,
    /// Views in which an item can count and pass.
    can_one_pass: u8,
    /// Views in which an item surely counts and passes.
    one_passes: u8,
    /// Views in which every item can be absent.
    can_be_empty: u8,
    /// Views in which every item can be absent or fail.
    can_all_fail: u8,
}

impl Items {
    pub(super) const START: Self = Self {
        can_fail: 0,
        can_all_pass: ALL_VIEWS,
        can_one_pass: 0,
        one_passes: 0,
        can_be_empty: ALL_VIEWS,
        can_all_fail: ALL_VIEWS,
    };

    /// Adds an item: whether it counts, and whether what must hold does. An item for which that does not apply does
    /// not count.
    pub(super) fn add(&mut self, counts: Views, holds: Views) {
        let void = ALL_VIEWS & !holds.applies();
        let counts = Views { t: counts.t & !void, f: counts.f | void };
        self.can_fail |= counts.t & holds.f;
        self.can_all_pass &= counts.f | holds.t;
        self.can_one_pass |= counts.t & holds.t;
        self.one_passes |= counts.surely() & holds.surely();
        self.can_be_empty &= counts.f;
        self.can_all_fail &= counts.f | holds.f;
    }

    /// `every`: not applicable over what is surely empty, or what the rule says of it.
    /// `complete` is the set of views in which the list is complete.
    pub(super) fn every(self, complete: u8, of_empty: Empty) -> Views {
        let open = ALL_VIEWS & !complete;
        let mut t = self.can_all_pass & (self.can_one_pass | open);
        let mut f = self.can_fail | open;
        let mut empty = self.can_be_empty;
        match of_empty {
            Empty::Void => {}
            Empty::Met => t |= std::mem::take(&mut empty),
            Empty::NotMet => f |= std::mem::take(&mut empty),
        }
        let mixed = empty & (t | f);
        Views { t: t | mixed, f: f | mixed }
    }

    /// `some`: a witness is enough, and over an incomplete list there may be one.
    pub(super) fn some(self, complete: u8) -> Views {
        let open = ALL_VIEWS & !complete;
        Views { t: self.can_one_pass | open, f: self.can_all_fail & !self.one_passes }
    }

    /// `none`.
    pub(super) fn none(self, complete: u8) -> Views {
        self.some(complete).opposite()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: [Views; 4] = [Views::TRUE, Views::FALSE, Views::UNKNOWN, Views::VOID];

    fn all(parts: &[Views]) -> Truth {
        let mut all = AllOf::START;
        for part in parts {
            all.add(*part);
        }
        all.truth().get(View::Claimed)
    }

    fn any(parts: &[Views]) -> Truth {
        let mut any = AnyOf::START;
        for part in parts {
            any.add(*part);
        }
        any.truth().get(View::Claimed)
    }

    #[test]
    fn kleene_tables() {
        use Truth::{False, True, Unknown, Void};
        let truth = |views: Views| views.get(View::Claimed);
        for a in FOUR {
            for b in FOUR {
                let expected = match (truth(a), truth(b)) {
                    (Void, other) | (other, Void) => other,
                    (False, _) | (_, False) => False,
                    (Unknown, _) | (_, Unknown) => Unknown,
                    (True, True) => True,
                };
                assert_eq!(all(&[a, b]), expected);
                let dual = any(&[a.opposite(), b.opposite()]).negated();
                assert_eq!(all(&[a, b]), dual, "De Morgan for {a:?}, {b:?}");
                assert_eq!(all(&[a, b]), all(&[b, a]));
            }
            assert_eq!(a.opposite().opposite(), a);
        }
        assert_eq!((all(&[]), any(&[])), (Void, Void));
    }

    #[test]
    fn quantifiers_over_complete_and_incomplete_lists() {
        use Truth::{False, True, Unknown, Void};
        let run = |items: &[(Views, Views)]| {
            let mut all = Items::START;
            for (counts, holds) in items {
                all.add(*counts, *holds);
            }
            all
        };
        let claimed = |views: Views| views.get(View::Claimed);
        let (yes, no, maybe) = (Views::TRUE, Views::FALSE, Views::UNKNOWN);
        assert_eq!(claimed(run(&[]).every(ALL_VIEWS, Empty::Void)), Void);
        assert_eq!(claimed(run(&[]).every(ALL_VIEWS, Empty::Met)), True);
        assert_eq!(claimed(run(&[]).every(ALL_VIEWS, Empty::NotMet)), False);
        assert_eq!(claimed(run(&[(yes, yes)]).every(ALL_VIEWS, Empty::NotMet)), True);
        assert_eq!(claimed(run(&[(maybe, yes)]).every(ALL_VIEWS, Empty::NotMet)), Unknown);
        assert_eq!(claimed(run(&[]).every(0, Empty::Void)), Unknown);
        assert_eq!(claimed(run(&[]).some(ALL_VIEWS)), False);
        assert_eq!(claimed(run(&[]).none(ALL_VIEWS)), True);
        assert_eq!(claimed(run(&[]).none(0)), Unknown);
        assert_eq!(claimed(run(&[(yes, yes), (yes, yes)]).every(ALL_VIEWS, Empty::Void)), True);
        assert_eq!(claimed(run(&[(yes, yes), (maybe, no)]).every(ALL_VIEWS, Empty::Void)), Unknown);
        assert_eq!(claimed(run(&[(yes, yes), (maybe, yes)]).every(ALL_VIEWS, Empty::Void)), True);
        assert_eq!(claimed(run(&[(yes, yes)]).every(0, Empty::Void)), Unknown);
        assert_eq!(claimed(run(&[(yes, no)]).every(0, Empty::Void)), False);
        assert_eq!(claimed(run(&[(yes, yes)]).some(0)), True);
        assert_eq!(claimed(run(&[(yes, yes)]).none(0)), False);
        assert_eq!(claimed(run(&[(no, no)]).every(ALL_VIEWS, Empty::Void)), Void);
        assert_eq!(claimed(run(&[(yes, Views::VOID)]).every(ALL_VIEWS, Empty::Void)), Void);
        assert_eq!(claimed(run(&[(yes, no), (yes, maybe)]).some(ALL_VIEWS)), Unknown);
    }
}
