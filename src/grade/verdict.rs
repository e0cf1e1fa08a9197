//! A grade without its trace: what is asked thousands of times when rules are compared, mutated or read otherwise.

use super::choice::best;
use super::evaluate::Question;
use super::grading::{ComponentGrade, components};
use super::outcome::Standing;
use super::progress::{self, RungProgress};
use super::scale::{self, Grade};
use super::sensitivity::standings;
use super::trace::Trace;

/// Every criterion's standing, and the grade that they give.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every criterion, in the order of the ruleset.
    pub standings: Vec<Standing>,
    /// The grade.
    pub grade: Grade,
    /// How far each rung is covered, where everything was asked for.
    pub progress: Vec<RungProgress>,
    /// Each weight-bearing component alone, where everything was asked for.
    pub components: Vec<ComponentGrade>,
}

/// Grades; `full` asks for progress and for each component alone too. The `needs` of the question is that of each
/// criterion.
pub fn verdict(question: &Question<'_>, full: bool) -> Verdict {
    let standings = standings(question);
    let grade = scale::grade(question, &standings);
    let (progress, components) = if full {
        (progress::of(&question.rules.scale, &standings), components(question))
    } else {
        (Vec::new(), Vec::new())
    };
    Verdict { standings, grade, progress, components }
}

/// One criterion in every view. Its steps are written over what stands in `trace`.
pub fn standing(question: &Question<'_>, criterion: usize, trace: &mut Trace) -> Standing {
    best(question, criterion, trace).standing
}

/// The grade that standings give on the scale of the question's rules.
pub fn overall(question: &Question<'_>, standings: &[Standing]) -> Grade {
    scale::on_scale(question, standings)
}
