//! What of a tower is not compared.

use crate::measure::model::stored::Stored;
use crate::text::{Says, clean, says};

/// What of a tower is not compared, as it turns up while it is read.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Each with why, in its order and once.
    pub(super) said: Vec<Says>,
    /// Trained numbers.
    pub(super) numbers: f64,
}

impl Lost {
    pub(super) fn say(&mut self, what: Says) {
        if !self.said.contains(&what) {
            self.said.push(what);
        }
    }

    /// A tensor with numbers that are none: `broken` of the `rows` units that were read.
    pub(super) fn broken(&mut self, stored: &Stored<'_>, broken: usize, rows: usize) {
        let name = clean(stored.name());
        // What is left out as a whole is counted with its part.
        if broken < rows {
            self.numbers += stored.numbers() as f64 * broken as f64 / rows as f64;
        }
        self.say(says(
            format!("{name} (단위 {rows}개 가운데 {broken}개에 무한대이거나 수가 아닌 값이 있다)"),
            format!("{name} ({broken} of {rows} units hold what is infinite or not a number)"),
        ));
    }
}
