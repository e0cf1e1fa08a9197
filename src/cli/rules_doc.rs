//! `rules doc`: a ruleset as a page to be published.

use std::path::Path;

use super::Exit;
use super::args::DocRules;
use super::output::{deliver, may_write, targets};
use super::rules::find;
use super::screen::Screen;
use crate::desk::{page, page_html, page_markdown, read_case, side_by_side_html, side_by_side_markdown};
use crate::rules::load;
use crate::text::Lang;

const FORMATS: [&str; 2] = ["markdown", "html"];

pub(super) fn run(options: &DocRules, screen: &Screen) -> Exit {
    let loaded = targets(&options.formats, &FORMATS).and_then(|targets| {
        let files = find(&options.ruleset)?;
        let (rules, _) = load(&files)?;
        Ok((targets, files, rules))
    });
    let (targets, files, rules) = match loaded {
        Ok(loaded) => loaded,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    let read = [Path::new(&options.ruleset)];
    if !may_write(targets.iter().filter_map(|target| target.file.as_ref()), read, screen) {
        return Exit::Unusable;
    }
    let mut exit = Exit::Done;
    let mut cases = Vec::new();
    for file in &files.cases {
        match read_case(file, &rules) {
            Ok(case) => cases.push(case),
            Err(problems) => {
                screen.problems(problems);
                exit = Exit::Unusable;
            }
        }
    }
    let blocks = page(&rules, &cases, screen.lang);
    let other = if screen.lang == Lang::Ko { Lang::En } else { Lang::Ko };
    let beside = options.side_by_side.then(|| page(&rules, &cases, other));
    for target in &targets {
        let text = match (target.word, &beside) {
            ("html", None) => page_html(&blocks, screen.lang),
            ("html", Some(beside)) => side_by_side_html(&blocks, beside, [screen.lang, other]),
            (_, None) => page_markdown(&blocks),
            (_, Some(beside)) => side_by_side_markdown(&blocks, beside),
        };
        if !deliver(target.file.as_deref(), &text, screen) {
            exit = Exit::Unusable;
        }
    }
    exit
}
