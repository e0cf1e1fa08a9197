//! Which readings would change the grade.

use super::evaluate::Question;
use super::outcome::Standing;
use super::scale::{self, Grade};
use super::trace::Trace;
use super::verdict::standing;

/// What another option of a reading would make of the grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// Index of the reading.
    pub reading: usize,
    /// Index of the other option.
    pub option: usize,
    /// The grade under it.
    pub grade: Grade,
}

/// The standings of all criteria, without keeping the trace.
pub(super) fn standings(question: &Question<'_>) -> Vec<Standing> {
    let mut trace = Trace::default();
    (0..question.rules.criteria.len()).map(|at| standing(question, at, &mut trace)).collect()
}

/// Every single change of a reading that changes the grade.
pub fn sensitivity(question: &Question<'_>, grade: &Grade) -> Vec<Sensitivity> {
    let mut list = Vec::new();
    for (reading, entry) in question.rules.readings.iter().enumerate() {
        for option in 0..entry.options.len() {
            if option == question.readings[reading] {
                continue;
            }
            let mut readings = question.readings.to_vec();
            readings[reading] = option;
            let other = Question { readings: &readings, ..*question };
            let changed = scale::grade(&other, &standings(&other));
            if changed != *grade {
                list.push(Sensitivity { reading, option, grade: changed });
            }
        }
    }
    list
}
