//! What is open to whoever uses the model ("A or B"): a criterion is asked once under each scenario of the dossier's
//! choices, and the one that serves it best stands. All tests of one criterion see the same scenario, so no clause of
//! one licence is ever joined with a clause of another that was not chosen; and a grade is that of one scenario.

use super::evaluate::{Question, evaluate};
use super::outcome::Standing;
use super::trace::Trace;
use super::truth::Truth;
use crate::facts::View;

/// A criterion under the scenario that serves it best.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    /// Its standing.
    pub(super) standing: Standing,
    /// Step of the trace at which the test begins.
    pub(super) test_step: usize,
    /// The scenario.
    pub(super) choice: usize,
}

impl<'a> Question<'a> {
    /// One question for each scenario that is open.
    pub(super) fn scenarios(self) -> impl ExactSizeIterator<Item = Self> + use<'a> {
        let (first, end) = match self.choice {
            Some(fixed) => (fixed, fixed + 1),
            None => (0, self.dossier.choices.scenarios()),
        };
        (first..end).map(move |choice| Self { choice: Some(choice), ..self })
    }
}

/// Asks a criterion; the steps of the best scenario are written over what stands in `trace`. Of equals the first.
pub(super) fn best(question: &Question<'_>, criterion: usize, trace: &mut Trace) -> Best {
    let mut scenarios = question.scenarios();
    let first = scenarios.next().unwrap_or(*question);
    let mut best = one(&first, criterion, trace);
    let mut other_trace = Trace::default();
    for scenario in scenarios {
        let other = one(&scenario, criterion, &mut other_trace);
        if merit(other.standing) > merit(best.standing) {
            best = other;
            std::mem::swap(trace, &mut other_trace);
        }
    }
    best
}

fn one(question: &Question<'_>, criterion: usize, trace: &mut Trace) -> Best {
    let entry = &question.rules.criteria[criterion];
    let question = Question { needs: entry.needs, ..*question };
    trace.steps.clear();
    let applies = entry.applies.map(|node| evaluate(&question, node, trace));
    let test_step = trace.steps.len();
    let standing = Standing::new(applies, evaluate(&question, entry.test, trace));
    Best { standing, test_step, choice: question.choice.unwrap_or(0) }
}

/// How well a scenario serves: what is proved first. What is assured is also claimed, so no order of these two views
/// would choose otherwise.
fn merit(standing: Standing) -> [u8; 3] {
    [View::Assured, View::Claimed, View::Declared].map(|view| match standing.truth.get(view) {
        Truth::True => 3,
        Truth::Void => 2,
        Truth::Unknown => 1,
        Truth::False => 0,
    })
}
