//! `rules test --watch`: the cases run again whenever a file of a ruleset is saved, until Ctrl-C.
//!
//! Times and sizes of the files are compared a few times a second. A library that is told by the system would bring a
//! dozen crates with it and says nothing on network drives, where offices keep their files; a ruleset is some hundred
//! files, and looking at them costs about a millisecond.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::screen::Screen;
use crate::text::{Lang, shown_path};

/// How often files are looked at.
const EVERY: Duration = Duration::from_millis(300);

/// How long nothing may change before a save counts as whole: editors write in several steps.
const QUIET: Duration = Duration::from_millis(60);

/// What the files of some folders look like: when each was changed, and how long it is.
type Looks = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Runs once, and again at every change. Comes back only if there is nothing to watch.
pub(super) fn again_and_again(folders: &[PathBuf], screen: &Screen, mut run: impl FnMut()) -> ! {
    let mut number = 1;
    let mut before = looks(folders);
    heading(number, &[], screen);
    loop {
        run();
        screen.note(screen.say("저장하기를 기다린다. 끝내려면 Ctrl-C.", "Waiting for a save; Ctrl-C ends."));
        let after = changed(folders, &before);
        let names = differing(&before, &after);
        before = after;
        number += 1;
        heading(number, &names, screen);
    }
}

/// Waits until files look otherwise and have come to rest.
fn changed(folders: &[PathBuf], before: &Looks) -> Looks {
    loop {
        std::thread::sleep(EVERY);
        let mut now = looks(folders);
        if now == *before {
            continue;
        }
        loop {
            std::thread::sleep(QUIET);
            let next = looks(folders);
            if next == now {
                break;
            }
            now = next;
        }
        if now != *before {
            return now;
        }
    }
}

/// The YAML files of rulesets. What cannot be read at this moment is not there at this moment.
fn looks(folders: &[PathBuf]) -> Looks {
    let mut all = Looks::new();
    for folder in folders {
        for part in [folder.clone(), folder.join("criteria"), folder.join("cases")] {
            for entry in std::fs::read_dir(&part).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.extension().is_some_and(|ending| ending == "yaml")
                    && let Ok(about) = entry.metadata()
                {
                    all.insert(path, (about.modified().ok(), about.len()));
                }
            }
        }
    }
    all
}

/// Files that came, went or changed.
fn differing(before: &Looks, after: &Looks) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        after.iter().filter(|(path, looks)| before.get(*path) != Some(looks)).map(|(path, _)| path.clone()).collect();
    names.extend(before.keys().filter(|path| !after.contains_key(*path)).cloned());
    names.sort();
    names
}

/// The line at the head of each run: its number, and what was saved.
fn heading(number: usize, saved: &[PathBuf], screen: &Screen) {
    let name = |path: &PathBuf| shown_path(path);
    let more = saved.len().saturating_sub(1);
    let line = match (screen.lang, saved.first()) {
        (Lang::Ko, None) => format!("{number}번째 실행"),
        (Lang::En, None) => format!("run {number}"),
        (Lang::Ko, Some(first)) if more == 0 => format!("{number}번째 실행. 저장한 파일: {}", name(first)),
        (Lang::En, Some(first)) if more == 0 => format!("run {number}. Saved: {}", name(first)),
        (Lang::Ko, Some(first)) => format!("{number}번째 실행. 저장한 파일: {} 외 {more}개", name(first)),
        (Lang::En, Some(first)) => format!("run {number}. Saved: {} and {more} more", name(first)),
    };
    screen.note(&format!("== {line} =="));
}
