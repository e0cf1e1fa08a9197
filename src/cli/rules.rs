//! `rules list` and `rules check`, and how other commands find a ruleset.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args::{Check, Rules, RulesCommand, SeverityWord};
use super::every::each_model;
use super::screen::Screen;
use crate::desk::{Allowances, Scope, at_revision, findings, gathered_for, is_revision, over_models, trials};
use crate::facts::Dossier;
use crate::gather::Handed;
use crate::rules::{Ruleset, RulesetFiles, Scale, embedded, load};
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, says};

pub(super) fn run(options: &Rules, screen: &Screen) -> Exit {
    match &options.command {
        RulesCommand::List => list(screen),
        RulesCommand::Check(options) => check(options, screen),
        RulesCommand::Doc(options) => super::rules_doc::run(options, screen),
        RulesCommand::New(options) => super::rules_new::run(options, screen),
        RulesCommand::Test(options) => super::rules_test::run(options, screen),
        RulesCommand::Diff(options) => super::rules_diff::run(options, screen),
    }
}

/// The files of an embedded ruleset, of a folder, or of a folder at a revision of git.
pub(super) fn find(name: &str) -> Result<RulesetFiles, Diagnostics> {
    find_with(name, RulesetFiles::read)
}

/// The same; a folder is read as told.
fn find_with(name: &str, read: fn(&Path) -> Result<RulesetFiles, Diagnostics>) -> Result<RulesetFiles, Diagnostics> {
    if let Some(ruleset) = embedded().iter().find(|ruleset| ruleset.id == name) {
        return Ok(RulesetFiles::embedded(ruleset));
    }
    let path = Path::new(name);
    if path.is_dir() {
        return read(path);
    }
    if is_revision(name) {
        return at_revision(name);
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

/// The files of a ruleset that a grade asks for.
pub(super) fn find_rules(name: &str) -> Result<RulesetFiles, Diagnostics> {
    find_with(name, RulesetFiles::read_rules)
}

/// A ruleset that can be used. Its mistakes are shown and end the run; its warnings belong to `rules check`.
pub(super) fn usable(name: &str, screen: &Screen) -> Option<Ruleset> {
    match find_rules(name).and_then(|files| load(&files)) {
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
    let mut told = Diagnostics::default();
    for name in &options.rulesets {
        let checked = find(name).and_then(|files| {
            let (rules, warnings) = load(&files)?;
            Ok((files, rules, warnings))
        });
        match checked {
            Ok((files, rules, warnings)) => {
                let (models, unread) = models_for(&rules, &options.models, screen);
                if unread.has_errors() {
                    exit = Exit::Unusable;
                }
                tell_once(unread, &mut told, screen);
                let answer = findings_of(name, &files, &rules, &models, warnings, screen);
                exit = exit.max(match answer {
                    Exit::No if options.severity == SeverityWord::Error => Exit::Done,
                    answer => answer,
                });
            }
            Err(problems) => {
                screen.problems(problems);
                exit = Exit::Unusable;
            }
        }
    }
    exit
}

/// The models as a ruleset asks for them, and what is wrong with those that cannot be read.
fn models_for(rules: &Ruleset, models: &[PathBuf], screen: &Screen) -> (Vec<Dossier>, Diagnostics) {
    let (mut read, mut problems) = (Vec::new(), Diagnostics::default());
    for gathered in each_model(models, screen, |path| gathered_for(rules, path, &Handed::default())) {
        match gathered {
            Ok(gathered) => read.push(gathered.dossier),
            Err(found) => problems.extend(found),
        }
    }
    (read, problems)
}

/// Shows what was not told before: a card that cannot be read is read for every ruleset.
pub(super) fn tell_once(mut problems: Diagnostics, told: &mut Diagnostics, screen: &Screen) {
    problems.without_those_of(told);
    if !problems.is_empty() {
        told.extend(problems.clone());
        screen.problems(problems);
    }
}

/// Shows what is to be said about a ruleset that can be used.
fn findings_of(
    name: &str,
    files: &RulesetFiles,
    rules: &Ruleset,
    models: &[Dossier],
    mut problems: Diagnostics,
    screen: &Screen,
) -> Exit {
    let (trials, broken) = trials(files, rules, None);
    let unread = broken.has_errors();
    problems.extend(broken);
    let mut allowed = 0;
    match Allowances::read(files, &rules.languages) {
        Ok(mut allowances) => {
            let scope = Scope { files, rules, trials: &trials };
            let (mut found, passed_over) = findings(&scope, over_models(rules, models), &mut allowances);
            if unread {
                found.without(Code::OutcomeWithoutCase); // a case that could not be read may show it
            }
            problems.extend(found);
            allowed = passed_over;
        }
        Err(found) => problems.extend(found),
    }
    let (unusable, found) = (problems.has_errors(), problems.iter().count());
    if found > 0 {
        screen.problems(problems);
    }
    let n = rules.criteria.len();
    let also = match (allowed, screen.lang) {
        (0, _) => String::new(),
        (n, crate::text::Lang::Ko) => format!(", 허용 {n}건"),
        (n, crate::text::Lang::En) => format!(", {n} allowed"),
    };
    screen.print(&match (screen.lang, unusable) {
        (crate::text::Lang::Ko, false) => format!("{name}: 쓸 수 있다 (기준 {n}개, 지적 {found}건{also})\n"),
        (crate::text::Lang::En, false) => format!("{name}: can be used ({n} criteria, {found} findings{also})\n"),
        (crate::text::Lang::Ko, true) => format!("{name}: 사례나 allow.yaml을 쓸 수 없다\n"),
        (crate::text::Lang::En, true) => format!("{name}: its cases or its allow.yaml cannot be used\n"),
    });
    match (unusable, found) {
        (true, _) => Exit::Unusable,
        (false, 0) => Exit::Done,
        (false, _) => Exit::No,
    }
}
