//! `rules test`: the cases of rulesets are run, and what they leave open is shown.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args::TestRules;
use super::output::{Target, deliver, may_write, targets};
use super::rules::find;
use super::screen::Screen;
use super::watch::again_and_again;
use crate::desk::{
    Acceptance, Allowances, CaseResult, MutationResult, Subject, Suite, Trial, accept, compare, coverage, mutation,
    readings_of, trials, trials_human, trials_json, trials_junit,
};
use crate::explain::criterion_line;
use crate::grade::{Options, grade};
use crate::report::to_text;
use crate::rules::{Ruleset, RulesetFiles, load};
use crate::text::{Diagnostics, Lang, shown_path};

const FORMATS: [&str; 3] = ["human", "json", "junit"];

pub(super) fn run(options: &TestRules, screen: &Screen) -> Exit {
    let targets = match targets(&options.formats, &FORMATS) {
        Ok(targets) => targets,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let read = options.rulesets.iter().map(Path::new);
    if !may_write(targets.iter().filter_map(|target| target.file.as_ref()), read, screen) {
        return Exit::Unusable;
    }
    if !options.watch {
        return once(options, &targets, screen);
    }
    let folders: Vec<PathBuf> = options.rulesets.iter().map(PathBuf::from).collect();
    if let Some(name) = folders.iter().find(|folder| !folder.is_dir()) {
        let name = shown_path(name);
        screen.note(&match screen.lang {
            Lang::Ko => format!("`{name}`: 폴더만 지켜볼 수 있다. 내장된 규칙 모음은 바뀌지 않는다"),
            Lang::En => format!("`{name}`: only a folder can be watched; an embedded ruleset does not change"),
        });
        return Exit::Unusable;
    }
    again_and_again(&folders, screen, || {
        once(options, &targets, screen);
    })
}

/// Runs the cases of every ruleset and shows what came of them.
fn once(options: &TestRules, targets: &[Target], screen: &Screen) -> Exit {
    let mut exit = Exit::Done;
    let mut loaded: Vec<(RulesetFiles, Ruleset)> = Vec::new();
    for name in &options.rulesets {
        match find(name).and_then(|files| load(&files).map(|(rules, _)| (files, rules))) {
            Ok(both) => loaded.push(both),
            Err(problems) => {
                screen.problems(problems);
                exit = Exit::Unusable;
            }
        }
    }
    let mut suites = Vec::new();
    for (files, rules) in &loaded {
        let (suite, problems, answer) = suite(files, rules, options, screen);
        if !problems.is_empty() {
            screen.problems(problems);
        }
        exit = exit.max(answer);
        suites.push(suite);
    }
    for target in targets {
        let text = match target.word {
            "json" => to_text(&trials_json(&suites, screen.lang)),
            "junit" => trials_junit(&suites, screen.lang),
            _ => {
                let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
                for suite in &suites {
                    trials_human(suite, &mut canvas, screen.lang);
                }
                canvas.finish()
            }
        };
        if !deliver(target.file.as_deref(), &text, screen) {
            exit = Exit::Unusable;
        }
    }
    exit
}

/// Writes what came out into the cases that expect otherwise. Those of the program itself are not written.
fn accept_all(files: &RulesetFiles, suite: &mut Suite<'_>, trials: &[Trial], because: &str, screen: &Screen) -> Exit {
    if files.named.is_none() {
        screen.note(
            screen.say("내장된 규칙 모음의 사례는 고칠 수 없다", "cases of an embedded ruleset cannot be rewritten"),
        );
        return Exit::Unusable;
    }
    let mut exit = Exit::Done;
    for (result, trial) in suite.results.iter_mut().zip(trials) {
        if result.differences.is_empty() {
            continue;
        }
        let differences: Vec<_> = result.differences.iter().map(|(difference, _)| difference).collect();
        let acceptance = accept(trial, suite.rules, &differences, because);
        exit = exit.max(match acceptance {
            Acceptance::Accepted => Exit::Done,
            Acceptance::ByHand(_) => Exit::No,
            Acceptance::Failed(_) => Exit::Unusable,
        });
        result.acceptance = Some(acceptance);
    }
    exit
}

fn suite<'r>(
    files: &RulesetFiles,
    rules: &'r Ruleset,
    options: &TestRules,
    screen: &Screen,
) -> (Suite<'r>, Diagnostics, Exit) {
    let (trials, mut problems) = trials(files, rules, options.only.as_deref());
    let mut exit = if problems.has_errors() { Exit::Unusable } else { Exit::Done };
    let matched = files.cases.iter().filter(|file| options.only.as_deref().is_none_or(|only| names(file, only)));
    let unreadable = matched.count().saturating_sub(trials.len());
    let results: Vec<CaseResult> = trials.iter().map(|trial| result(rules, trial, screen)).collect();
    let mut suite = Suite { rules, results, unreadable, coverage: None, mutation: None };
    if suite.results.is_empty() && unreadable == 0 {
        let name = &rules.id;
        screen.note(&match screen.lang {
            Lang::Ko => format!("{name}: 맞는 사례가 없다"),
            Lang::En => format!("{name}: no case matches"),
        });
        exit = exit.max(Exit::No);
    }
    if suite.failed() > 0 {
        exit = exit.max(match &options.accept {
            Some(because) => accept_all(files, &mut suite, &trials, because, screen),
            None => Exit::No,
        });
    }
    if options.coverage {
        suite.coverage = Some(coverage(rules, &trials));
    }
    if options.mutate {
        match Allowances::read(files, &rules.languages) {
            Ok(mut allowances) => {
                let found = mutants(rules, &trials, &mut allowances);
                let unused = allowances.unused(&allowances.mutants);
                if !found.survivors.is_empty() || !unused.is_empty() {
                    exit = exit.max(Exit::No);
                }
                problems.extend(unused);
                suite.mutation = Some(found);
            }
            Err(found) => {
                problems.extend(found);
                exit = Exit::Unusable;
            }
        }
    }
    (suite, problems, exit)
}

fn names(file: &crate::text::SourceFile, only: &str) -> bool {
    let name = file.name().rsplit('/').next().unwrap_or_default();
    crate::desk::matches(name.trim_end_matches(".yaml"), only)
}

fn mutants(rules: &Ruleset, trials: &[Trial], allowances: &mut Allowances) -> MutationResult {
    let found = mutation(rules, trials);
    let mut result =
        MutationResult { tried: found.tried, equal: found.equal, survivors: Vec::new(), allowed: Vec::new() };
    for mutant in found.survivors {
        match allowances.mutant(&mutant.id).cloned() {
            Some(because) => result.allowed.push((mutant, because)),
            None => result.survivors.push(mutant),
        }
    }
    result
}

/// Runs a case. What came out otherwise is explained from a full grading.
fn result(rules: &Ruleset, trial: &Trial, screen: &Screen) -> CaseResult {
    let (_, differences) = compare(&trial.case, rules, &trial.dossier);
    let mut explained = Vec::new();
    if !differences.is_empty() {
        let options =
            Options { readings: Some(readings_of(&trial.case, rules)), home: trial.case.home, as_of: trial.case.as_of };
        let grading = grade(rules, &trial.dossier, &options);
        for difference in differences {
            let reasons = match difference.subject {
                Subject::Outcome(at) => criterion_line(rules, &trial.dossier, &grading, at, screen.lang).reasons,
                Subject::Assured(at) => criterion_line(rules, &trial.dossier, &grading, at, screen.lang).lacking,
                _ => Vec::new(),
            };
            explained.push((difference, reasons.into_iter().map(|reason| reason.text).collect()));
        }
    }
    CaseResult {
        name: trial.case.name.clone(),
        file: trial.file.name().to_owned(),
        differences: explained,
        acceptance: None,
    }
}
