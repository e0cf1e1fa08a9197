//! The views of the facts, as bits, so that one walk over a test answers in all of them.
//!
//! A reader is shown four: as declared, claimed, assured, attainable. The others are what the assured outcome of a
//! criterion is made from (`docs/belief.md`): what the card says against itself needs no proof, and what nobody vouches
//! for proves nothing against anybody.

/// A view of the facts (`docs/grades.md`). The fourth view that is shown, attainable, is the claimed one with unknown
/// as met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum View {
    /// The card alone.
    Declared = 1,
    /// All facts, settled.
    Claimed = 2,
    /// Facts at or above what the criterion needs. At the root of a criterion: its assured outcome, which the card's
    /// own words may deny.
    Assured = 4,
    /// The same with all that the card says added.
    Admitted = 8,
    /// As `Assured`, without statements that nobody vouches for.
    AssuredUnreported = 16,
    /// As `Admitted`, without statements that nobody vouches for.
    AdmittedUnreported = 32,
    /// As `Claimed`, without statements that nobody vouches for.
    ClaimedUnreported = 64,
    /// As `Assured`, without documents that nobody opened.
    Measured = 128,
}

/// Views as a set of bits.
pub type ViewSet = u8;

/// Every view.
pub const ALL_VIEWS: ViewSet = ViewSet::MAX;

impl View {
    /// All views.
    pub const ALL: [Self; 8] = [
        Self::Declared,
        Self::Claimed,
        Self::Assured,
        Self::Admitted,
        Self::AssuredUnreported,
        Self::AdmittedUnreported,
        Self::ClaimedUnreported,
        Self::Measured,
    ];

    /// Those that a reader is shown.
    pub const SHOWN: [Self; 3] = [Self::Declared, Self::Claimed, Self::Assured];

    /// The set of this view alone.
    pub fn bit(self) -> ViewSet {
        self as ViewSet
    }
}
