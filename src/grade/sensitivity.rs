//! Which readings would change the grade.

use super::evaluate::{Question, evaluate};
use super::outcome::Standing;
use super::scale::{self, Grade};
use super::trace::Trace;

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
    question
        .rules
        .criteria
        .iter()
        .map(|criterion| {
            let question = Question { needs: criterion.needs, ..*question };
            trace.steps.clear();
            let applies = criterion.applies.map(|node| evaluate(&question, node, &mut trace));
            Standing::new(applies, evaluate(&question, criterion.test, &mut trace))
        })
        .collect()
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
