//! Every threshold of a conclusion, each with where it comes from and what error it has. Levels of chance are not here:
//! they are divided among all looks of a run (`stats/budget.rs`).

/// Least aligned correlation that is called sharing. A large look sees far less, of which nobody can tell how it came
/// about. It withholds findings and makes none.
pub(in crate::measure) const LEAST_EFFECT: f64 = 0.02;
/// Natural logarithm of the chance, one in a million, with which numbers that moved each by itself are called trained
/// further (method 8.11). It chooses a word and no relation.
pub(in crate::measure) const MOVED_TOGETHER: f64 = -13.815_510_557_964_274;
/// Above this share of equal numbers a part is called unchanged. A convention: it chooses a word and no relation.
pub(in crate::measure) const SAME: f64 = 0.999;

/// What was copied together decays together: a table that keeps less than this share of its layers' correlation may
/// merely have learnt to speak to them. A convention that withholds findings: the table must ring by an exact family
/// besides.
pub(in crate::measure) const DECAYS_TOGETHER: f64 = 0.5;
/// A table's copied rows keep a correlation above this beside layers that are shared. A convention that withholds
/// findings, as above.
pub(in crate::measure) const LEAST_TABLE: f64 = 0.1;
/// Beside nothing else, copied rows must be this alike, and rare ones nearly as much as common ones: a student of
/// hidden states has nothing of its teacher in rows that it never met. Conventions that withhold findings.
pub(in crate::measure) const LEAST_TABLE_ALONE: f64 = 0.5;
/// See [`LEAST_TABLE_ALONE`].
pub(in crate::measure) const RARE_KEEP: f64 = 0.9;
/// Correlation of held rows in a basis that others told, from which on "no trace" is not said of a table: strangers
/// reach 0.30 with tied tables (210 pairs, mean 0.006, deviation 0.03), the same table in another basis has 1.00, one
/// public table trained apart 0.76.
pub(in crate::measure) const ALIKE_IN_ANOTHER_BASIS: f64 = 0.5;

/// From this bound on most of what training did to one is in the other. Of 109 pairs of one start trained apart the
/// largest was -15.9.
pub(in crate::measure) const SHARED_CHANGE: f64 = 0.5;

/// Standard errors beyond which one of two related references is named the nearer: of what was found already, so that a
/// wrong word costs no relation.
pub(in crate::measure) const NEARER: f64 = 3.0;

/// Parts below this share of the parameters are shown, and not needed (method 1.5).
pub(in crate::measure) const LEAST_COUNTED: f64 = 0.01;
