//! `rules new`: a ruleset, or a criterion, laid out to be changed.

use super::Exit;
use super::args::NewRules;
use super::screen::Screen;
use crate::desk::{new_criterion, new_ruleset};
use crate::text::{Lang, shown_path};

pub(super) fn run(options: &NewRules, screen: &Screen) -> Exit {
    let made = match &options.criterion {
        Some(id) => new_criterion(&options.folder, id, screen.lang),
        None => new_ruleset(&options.folder, screen.lang),
    };
    let files = match made {
        Ok(files) => files,
        Err(problems) => {
            screen.problems(problems);
            return Exit::Unusable;
        }
    };
    for file in &files {
        screen.print(&format!("{}\n", shown_path(file)));
    }
    let next = match (&options.criterion, screen.lang) {
        (None, Lang::Ko) => "이제 `sovgrade rules test`로 사례를 돌려 본다".to_owned(),
        (None, Lang::En) => "now run its cases with `sovgrade rules test`".to_owned(),
        (Some(id), Lang::Ko) => format!("이제 ruleset.yaml의 단계나 축에서 `requires`에 `{id}`를 넣는다"),
        (Some(id), Lang::En) => format!("now name `{id}` under `requires` of a rung or an axis in ruleset.yaml"),
    };
    screen.note(&next);
    Exit::Done
}
