//! The two sides of a comparison.

/// A reference and a candidate, or what is known of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct Pair<T> {
    /// The model that is compared with.
    pub reference: T,
    /// The model that is looked at.
    pub candidate: T,
}
