//! Rules: a ruleset is a folder of YAML files; one criterion is one file named by its id.
//!
//! In: a folder, or the name of a ruleset that is embedded in the program. Out: a checked [`Ruleset`] whose tests are
//! compiled to an arena of nodes with every name resolved, or all mistakes of all files at once.
//! Nothing about any particular standard is known here.

mod change;
mod check;
mod closed;
mod compare;
mod compile;
mod cycles;
mod decode;
mod each;
mod embedded;
mod expr;
mod files;
mod heads;
mod load;
mod model;
mod names;
mod own;
mod phrase;
mod profiles;
mod references;
mod scale;
mod schema;
mod schema_node;
mod schema_own;
mod schema_scale;

pub use change::{Change, Nudge, Undo};
pub(crate) use closed::closed;
pub use compare::{OPERATORS, operators_of};
pub(crate) use decode::local;
pub use each::{Choice, Each};
pub use embedded::{Embedded, embedded};
pub use expr::{
    Bound, Constant, Empty, Expr, ExprNode, Limit, NodeId, Op, Over, Place, Quantifier, Ranged, Slot, Test,
};
pub use files::RulesetFiles;
pub(crate) use files::{MAX_FILES, MAX_RULESET_BYTES};
pub(crate) use load::format;
pub use load::{FORMAT, load};
pub use model::{
    Axis, Citation, Criterion, DIMENSIONS, Decision, Floor, InForce, LocalText, NotApplicable, Note, Objective,
    Profile, Reading, ReadingOption, Release, Remedy, Ruleset, RulesetOrigin, Rung, Scale, Scorecard, SourceInfo,
    Status, Term,
};
pub use names::OddNames;
pub(crate) use profiles::chosen;
pub use schema::{OUTCOMES, SchemaKind, schema};
pub use schema_node::heads;
