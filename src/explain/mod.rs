//! Explaining: from the trace of a grading to sentences in Korean and English.
//!
//! In: rules, dossier, grading. Out: a [`Story`], which is sentences with the facts they lead back to. There is no
//! second evaluation: every sentence comes from a leaf of the trace.

mod disagreement;
mod force;
mod line;
mod points;
mod question;
mod reason;
mod rests;
mod sentence;
mod step;
mod story;
mod wording;

pub use force::{ForceLine, span_days};
pub use points::{FloorText, ObjectiveLine, PointsLine, PointsOf};
pub use question::{AskedBy, Question, Way, Writes, join, questions};
pub use reason::{Figures, Part, Reason, ReasonKind, responsible};
pub use sentence::{Voice, grade_words, item_name, range_words, shown_words};
pub use step::{Asker, StepLine};
pub use story::{
    Because, Contradiction, CriterionLine, Decided, ReadingLine, RungLine, SetAside, Side, Story, criterion_line, story,
};
pub use wording::{Clause, Piece, Read};
