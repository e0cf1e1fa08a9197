//! Units of two layers: the one place where they are chosen, put against each other and counted (method
//! 5.4).
//!
//! In: two towers and a map of their layers. Out: pairs of layers with what corresponds in them, and sums over units. A
//! unit that is zero or constant on a side in every role takes no part. Units that are duplicates on one side change
//! sign and place together, so their summands are added before they are squared; so are those of layers that are
//! duplicates, or are mapped twice. A swap pair inside one set of duplicates counts nothing.

mod face;
pub(in crate::measure) mod frame;
mod inside;
mod labels;
mod pair;
mod part;
mod plate;
mod stack;
mod sums;

pub(in crate::measure) use face::{near_pairs, side_by_side};
pub(in crate::measure) use frame::copies;
pub(in crate::measure) use inside::{even_and_odd, ordering};
pub(in crate::measure) use labels::components;
pub(in crate::measure) use pair::{Beside, Swap, difference, laid};
pub(in crate::measure) use part::{Group, Part};
pub(in crate::measure) use plate::{Keep, Plate, without_row_means};
pub(in crate::measure) use stack::Stack;
pub(in crate::measure) use sums::{Summand, Sums, Where};
