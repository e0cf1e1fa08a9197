//! `grade` over many models: gathered and graded on every core, shown as one table. A model that cannot be read is
//! reported and has a line of its own; the others are graded.

use std::path::{Path, PathBuf};

use super::against::Beside;
use super::every::each_model;
use super::screen::Screen;
use crate::explain::story;
use crate::facts::Dossier;
use crate::grade::{Options, Question, grade, verdict};
use crate::report::{Assessment, Row, assessment, markdown};
use crate::rules::Ruleset;
use crate::text::{Diagnostics, Severity, shown_path};

/// More models than this are shown as a table alone.
pub(super) const FLEET: usize = 24;

/// What is asked of each model of a fleet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) rules: &'a Ruleset,
    pub(super) options: &'a Options,
    /// What is handed in beside each model, and the references that it is measured against.
    pub(super) beside: &'a Beside,
    /// Whether the whole assessment is wanted as JSON.
    pub(super) json: bool,
    /// Whether it is wanted as Markdown.
    pub(super) markdown: bool,
}

/// One model of a fleet, graded or not.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) row: Row,
    pub(super) json: Option<serde_json::Value>,
    pub(super) markdown: Option<String>,
    problems: Diagnostics,
}

/// Grades every model, in the order of the paths.
pub(super) fn members(models: &[PathBuf], task: &Task<'_>, screen: &Screen) -> Vec<Member> {
    each_model(models, screen, |model| member(model, task, screen))
}

/// Shows what was wrong with members; only mistakes, for a fleet has warnings without end.
pub(super) fn report(members: &mut [Member], screen: &Screen) -> bool {
    let mut problems = Diagnostics::default();
    for member in members.iter_mut().filter(|member| member.row.error.is_some()) {
        problems.extend(std::mem::take(&mut member.problems));
    }
    let broken = !problems.is_empty();
    if broken {
        screen.problems(problems);
    }
    broken
}

fn member(path: &Path, task: &Task<'_>, screen: &Screen) -> Member {
    let shown = shown_path(path);
    match task.beside.gathered(task.rules, path) {
        Ok(found) => graded(shown, &found.dossier, task, screen),
        Err(problems) => {
            let error = problems.iter().find(|problem| problem.severity == Severity::Error);
            let error = error.map_or_else(String::new, |problem| problem.code.id().to_owned());
            let row = Row { model: shown.clone(), path: shown, grade: None, contradictions: 0, error: Some(error) };
            Member { row, json: None, markdown: None, problems }
        }
    }
}

fn graded(path: String, dossier: &Dossier, task: &Task<'_>, screen: &Screen) -> Member {
    let rules = task.rules;
    let contradictions = dossier.each_fact().iter().filter(|(_, _, fact)| !fact.sides().is_empty()).count()
        + dossier.findings.iter().filter(|finding| finding.contradiction).count();
    let row = |grade| Row { path, model: dossier.id.clone(), grade: Some(grade), contradictions, error: None };
    if !task.json && !task.markdown {
        let readings = task.options.readings.clone().unwrap_or_else(|| rules.default_readings());
        let home = task.options.home.or(rules.home);
        let question = Question { home, as_of: task.options.as_of, ..Question::of(rules, dossier, &readings) };
        let row = row(verdict(&question, false).grade);
        return Member { row, json: None, markdown: None, problems: Diagnostics::default() };
    }
    let grading = grade(rules, dossier, task.options);
    let story = story(rules, dossier, &grading, screen.lang);
    let it = Assessment { rules, dossier, grading: &grading, story: &story };
    let json = task.json.then(|| assessment(&it));
    let markdown = task.markdown.then(|| markdown(&it));
    Member { row: row(grading.grade.clone()), json, markdown, problems: Diagnostics::default() }
}
