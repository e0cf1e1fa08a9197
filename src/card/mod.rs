//! The maker's desk: the card of a model is begun, asked for and checked.
//!
//! In: a model's files with their dossier, the questions of rulesets, and the text in which the card stands. Out: the
//! same text with more lines in it and no other byte changed, or what is wrong with the card, each finding with its
//! place and what to write.
//! What files already say is filled in with where it came from; what a file only hints at stands as a comment; what
//! nobody has said is a question, in the words of `grade --next`.

mod ask;
mod check;
mod draft;
mod grow;
mod home;
mod hub;
mod known;
mod plan;
mod render;
mod same;
mod scalar;

pub use ask::{Interview, Turn};
pub use check::{Checked, Gathered, check, mended};
pub use draft::{Draft, Facts, draft, draft_with, stand_in};
pub use home::{Home, Sheet, home};
