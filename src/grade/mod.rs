//! Grading: a ruleset's tests over a dossier's facts, in all views at once, with a full trace; outcomes; grades.
//!
//! In: a [`crate::rules::Ruleset`] and a [`crate::facts::Dossier`]. Out: a [`Grading`], which is data.
//! No file is known here, and no sentence is made here.

mod choice;
mod evaluate;
mod grading;
mod next;
mod outcome;
mod points;
mod progress;
mod scale;
mod sensitivity;
mod tally;
mod trace;
mod truth;
mod verdict;

pub use evaluate::{Question, evaluate};
pub use grading::{ComponentGrade, CriterionResult, Grading, Options, criteria, grade};
pub use next::{Move, MoveKind, NextRung, item_moves, moves};
pub use outcome::{Decider, Outcome, Standing};
pub use points::{FloorLine, ItemLine, PointLine, Scored};
pub use progress::RungProgress;
pub use scale::{AxisGrade, Grade, Interval, LadderGrade, ObjectiveGrade, Passed};
pub use sensitivity::{Sensitivity, sensitivity};
pub use tally::{Portion, Tally, tally};
pub use trace::{Other, Step, Trace, TraceNode, What};
pub use truth::{Truth, Views};

pub use crate::facts::View;
pub use verdict::{Verdict, overall, standing, verdict};
