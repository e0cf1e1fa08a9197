//! `rules list` and `rules check`, and how other commands find a ruleset.

use std::path::Path;

use super::Exit;
use super::args::{Check, Rules, RulesCommand, SeverityWord};
use super::screen::Screen;
use crate::rules::{Ruleset, RulesetFiles, Scale, embedded, load};
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, says};

pub(super) fn run(options: &Rules, screen: &Screen) -> Exit {
    match &options.command {
        RulesCommand::List => list(screen),
        RulesCommand::Check(options) => check(options, screen),
        RulesCommand::Test(options) => super::rules_test::run(options, screen),
    }
}

/// The files of an embedded ruleset, or of a folder.
pub(super) fn find(name: &str) -> Result<RulesetFiles, Diagnostics> {
    if let Some(ruleset) = embedded().iter().find(|ruleset| ruleset.id == name) {
        return Ok(RulesetFiles::embedded(ruleset));
    }
    let path = Path::new(name);
    if path.is_dir() {
        return RulesetFiles::read(path);
    }
    let ids = embedded().iter().map(|ruleset| ruleset.id);
    Err(Diagnostic::error(
        Code::NoSuchRuleset,
        &SourceFile::nameless(name),
        Span::default(),
        says(format!("규칙 모음 `{name}`을 찾을 수 없다"), format!("there is no ruleset `{name}`")),
    )
    .did_you_mean(name, ids)
    .into())
}

/// A ruleset that can be used. Its mistakes are shown and end the run; its warnings belong to `rules check`.
pub(super) fn usable(name: &str, screen: &Screen) -> Option<Ruleset> {
    match find(name).and_then(|files| load(&files)) {
        Ok((rules, _)) => Some(rules),
        Err(problems) => {
            screen.problems(problems);
            None
        }
    }
}

fn list(screen: &Screen) -> Exit {
    for ruleset in embedded() {
        let Some(rules) = usable(ruleset.id, screen) else { return Exit::Unusable };
        let (ko, en) = match &rules.scale {
            Scale::Ladder(rungs) => (format!("{}단계", rungs.len()), format!("ladder of {} rungs", rungs.len())),
            Scale::Gate(axes) => (format!("관문, {}축", axes.len()), format!("gate of {} axes", axes.len())),
            Scale::Scorecard(card) => (
                format!("점수표, {}목표", card.objectives.len()),
                format!("scorecard of {} objectives", card.objectives.len()),
            ),
        };
        let criteria = rules.criteria.len();
        let readings = rules.readings.len();
        let counts = match screen.lang {
            crate::text::Lang::Ko => format!("{ko}, 기준 {criteria}개, 해석 {readings}개"),
            crate::text::Lang::En => format!("{en}, {criteria} criteria, {readings} readings"),
        };
        screen.print(&format!("{} {}  {}\n    {counts}\n", rules.id, rules.version, rules.title.get(screen.lang)));
    }
    Exit::Done
}

fn check(options: &Check, screen: &Screen) -> Exit {
    let mut exit = Exit::Done;
    for name in &options.rulesets {
        match find(name).and_then(|files| load(&files)) {
            Ok((rules, warnings)) => {
                let found = !warnings.is_empty();
                screen.problems(warnings);
                let line = match screen.lang {
                    crate::text::Lang::Ko => format!("{name}: 쓸 수 있다 (기준 {}개)\n", rules.criteria.len()),
                    crate::text::Lang::En => format!("{name}: can be used ({} criteria)\n", rules.criteria.len()),
                };
                screen.print(&line);
                if found && options.severity == SeverityWord::Warning {
                    exit = exit.max(Exit::No);
                }
            }
            Err(problems) => {
                screen.problems(problems);
                exit = Exit::Unusable;
            }
        }
    }
    exit
}
