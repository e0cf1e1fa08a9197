//! `rules diff`: what changed between two rulesets, and what it does to models.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args::{DiffRules, Reading};
use super::every::each_model;
use super::grade;
use super::output::{deliver, may_write, targets};
use super::rules::find;
use super::screen::Screen;
use crate::desk::{
    Comparison, ModelShift, Under, amendments, diff_human, diff_json, diff_page, gathered_alike, gathered_for,
    page_html, page_markdown, shift,
};
use crate::gather::Handed;
use crate::report::to_text;
use crate::rules::{Ruleset, load};
use crate::text::Diagnostics;

const FORMATS: [&str; 4] = ["human", "markdown", "html", "json"];

pub(super) fn run(options: &DiffRules, screen: &Screen) -> Exit {
    let targets = match targets(&options.formats, &FORMATS) {
        Ok(targets) => targets,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let sides = [&options.old, &options.new].map(Path::new);
    let read = options.models.iter().chain(&options.evidence).map(PathBuf::as_path).chain(sides);
    if !may_write(targets.iter().filter_map(|target| target.file.as_ref()), read, screen) {
        return Exit::Unusable;
    }
    let mut sides = Vec::new();
    for name in [&options.old, &options.new] {
        match find(name).and_then(|files| load(&files).map(|(rules, _)| (files, rules))) {
            Ok(side) => sides.push(side),
            Err(problems) => screen.problems(problems),
        }
    }
    let [(old_files, old), (new_files, new)] = &sides[..] else { return Exit::Unusable };
    let mut problems = Diagnostics::default();
    let (old, new) = sides_read(old, new, options, &mut problems);
    if problems.has_errors() {
        screen.problems(problems);
        return Exit::Unusable;
    }
    let mut exit = Exit::Done;
    let mut models = Vec::new();
    for model in each_model(&options.models, screen, |path| shifted(path, &old, &new, &options.evidence)) {
        match model {
            Ok(shift) => models.push(shift),
            Err(problems) => {
                screen.problems(problems);
                exit = Exit::Unusable;
            }
        }
    }
    let it = Comparison { old, new, amendments: amendments(old_files, new_files), models };
    for target in &targets {
        let text = match target.word {
            "json" => to_text(&diff_json(&it)),
            "markdown" => page_markdown(&diff_page(&it, screen.lang)),
            "html" => page_html(&diff_page(&it, screen.lang), screen.lang),
            _ => {
                let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
                diff_human(&it, &mut canvas, screen.lang);
                canvas.finish()
            }
        };
        if !deliver(target.file.as_deref(), &text, screen) {
            exit = Exit::Unusable;
        }
    }
    exit
}

/// A model under both. Each side gathers it with its own facts; once where both ask the same.
fn shifted(model: &Path, old: &Under<'_>, new: &Under<'_>, evidence: &[PathBuf]) -> Result<ModelShift, Diagnostics> {
    let handed = Handed { evidence, ..Handed::default() };
    let before = gathered_for(old.rules, model, &handed)?.dossier;
    if gathered_alike(old.rules, new.rules) {
        return Ok(shift(old, new, [&before, &before]));
    }
    let after = gathered_for(new.rules, model, &handed)?.dossier;
    Ok(shift(old, new, [&before, &after]))
}

/// How each side is read. A reading that one side alone has is chosen there; one that neither has is a mistake.
fn sides_read<'r>(
    old: &'r Ruleset,
    new: &'r Ruleset,
    options: &DiffRules,
    problems: &mut Diagnostics,
) -> (Under<'r>, Under<'r>) {
    let has = |rules: &Ruleset, text: &String| {
        let id = text.split_once('=').map_or(text.as_str(), |(id, _)| id);
        rules.readings.iter().any(|reading| reading.id == id)
    };
    let (known, strange): (Vec<&String>, Vec<&String>) =
        options.readings.iter().partition(|text| has(old, text) || has(new, text));
    let mut under = |rules: &'r Ruleset, also: &[&String], home: Option<&String>| {
        let own = known.iter().filter(|text| has(rules, text)).chain(also).map(|text| (*text).clone()).collect();
        let reading = Reading { readings: own, home: home.cloned(), ..Reading::default() };
        let chosen = grade::options(rules, &reading, problems);
        let readings = chosen.readings.unwrap_or_else(|| rules.default_readings());
        Under { rules, readings, home: chosen.home.or(rules.home) }
    };
    // What neither side has, and a home that is no country, are told once, of the new side.
    let new = under(new, &strange, options.home.as_ref());
    let mut old = under(old, &[], None);
    old.home = if options.home.is_some() { new.home } else { old.home };
    (old, new)
}
