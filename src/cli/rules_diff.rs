//! `rules diff`: what changed between two rulesets, and what it does to models.

use super::Exit;
use super::args::DiffRules;
use super::output::{deliver, targets};
use super::rules::find;
use super::screen::Screen;
use crate::desk::{Comparison, amendments, diff_human, diff_json, diff_markdown, shift};
use crate::gather::gather;
use crate::report::to_text;
use crate::rules::load;

const FORMATS: [&str; 3] = ["human", "markdown", "json"];

pub(super) fn run(options: &DiffRules, screen: &Screen) -> Exit {
    let targets = match targets(&options.formats, &FORMATS) {
        Ok(targets) => targets,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let mut sides = Vec::new();
    for name in [&options.old, &options.new] {
        match find(name).and_then(|files| load(&files).map(|(rules, _)| (files, rules))) {
            Ok(side) => sides.push(side),
            Err(problems) => screen.problems(problems),
        }
    }
    let [(old_files, old), (new_files, new)] = &sides[..] else { return Exit::Unusable };
    let mut exit = Exit::Done;
    let mut models = Vec::new();
    for path in &options.models {
        match gather(path, &options.evidence) {
            Ok(gathered) => models.push(shift(old, new, &gathered.dossier, None)),
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
            "markdown" => diff_markdown(&it, screen.lang),
            _ => {
                let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
                diff_human(&it, &mut canvas, screen.lang);
                canvas.finish()
            }
        };
        if !deliver(target, &text, screen) {
            exit = Exit::Unusable;
        }
    }
    exit
}
