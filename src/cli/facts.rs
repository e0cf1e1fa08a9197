//! `facts`: what is known of models, from where, and what it was counted from.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args::Facts;
use super::output::{Target, deliver, may_write, targets};
use super::rules::usable;
use super::screen::Screen;
use crate::desk::gathered_for;
use crate::gather::{Gathered, Handed, gather_handed};
use crate::report::{facts_json, facts_page, to_text};
use crate::rules::Ruleset;
use crate::text::Diagnostics;
use crate::vocabulary::OwnFacts;

/// The words to look for, where no model is named: nothing of that name is there, and nothing looks like a path.
fn words(models: &[PathBuf]) -> Option<String> {
    const ENDS: [&str; 4] = ["md", "yaml", "yml", "json"];
    let is_model = |path: &PathBuf| {
        let ending = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
        path.exists() || path.components().count() > 1 || ENDS.contains(&ending.as_str())
    };
    if models.iter().any(is_model) {
        return None;
    }
    Some(models.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

/// The facts that rules may ask about, in every format that was asked for.
fn listed(words: &str, own: &OwnFacts, targets: &[Target], screen: &Screen) -> Exit {
    let mut exit = Exit::Done;
    for target in targets {
        let (text, found) = super::vocabulary::list(words, own, target.word == "json", screen);
        exit = exit.max(found);
        if !deliver(target.file.as_deref(), &text, screen) {
            exit = Exit::Unusable;
        }
    }
    exit
}

/// The facts of a model, with those of a ruleset where one is named.
fn facts_of(model: &Path, evidence: &[PathBuf], rules: Option<&Ruleset>) -> Result<Gathered, Diagnostics> {
    let handed = Handed { evidence, ..Handed::default() };
    match rules {
        Some(rules) => gathered_for(rules, model, &handed),
        None => gather_handed(model, &handed),
    }
}

pub(super) fn run(arguments: &Facts, screen: &Screen) -> Exit {
    let targets = match targets(&arguments.formats, &["human", "json"]) {
        Ok(targets) => targets,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let rules = match &arguments.rules {
        None => None,
        Some(named) => match usable(named, screen) {
            Some(rules) => Some(rules),
            None => return Exit::Unusable,
        },
    };
    if let Some(words) = words(&arguments.models) {
        let own = rules.as_ref().map_or(OwnFacts::none(), |rules| &rules.own);
        return listed(&words, own, &targets, screen);
    }
    let read = arguments.models.iter().chain(&arguments.evidence).map(PathBuf::as_path);
    if !may_write(targets.iter().filter_map(|target| target.file.as_ref()), read, screen) {
        return Exit::Unusable;
    }
    let mut exit = Exit::Done;
    let mut gathered = Vec::new();
    for model in &arguments.models {
        match facts_of(model, &arguments.evidence, rules.as_ref()) {
            Ok(it) => {
                if !it.warnings.is_empty() {
                    screen.problems(it.warnings);
                }
                gathered.push(it.dossier);
            }
            Err(problems) => {
                screen.problems(problems);
                exit = Exit::Unusable;
            }
        }
    }
    if gathered.is_empty() {
        return exit;
    }
    for target in &targets {
        let text = if target.word == "json" {
            let mut all: Vec<_> = gathered.iter().map(|dossier| facts_json(dossier, screen.lang)).collect();
            if all.len() == 1 { to_text(&all.remove(0)) } else { to_text(&all) }
        } else {
            let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
            for (at, dossier) in gathered.iter().enumerate() {
                if at > 0 {
                    canvas.blank();
                }
                facts_page(dossier, &mut canvas, screen.lang);
            }
            canvas.finish()
        };
        if !deliver(target.file.as_deref(), &text, screen) {
            exit = Exit::Unusable;
        }
    }
    exit
}
