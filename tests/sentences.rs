//! Every sentence that a report can make of the worked cases of every shipped ruleset, in both languages, each once.
//!
//! The lists in `snapshots/` are there to be read as a reader would: what sounds wrong in one report is found here beside
//! all of its kind. `SOVGRADE_BLESS=1 cargo test --test sentences` writes them anew.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

use sovgrade::desk::{readings_of, trials};
use sovgrade::explain::{Because, Story, story};
use sovgrade::grade::{Options, grade};
use sovgrade::rules::{RulesetFiles, embedded, load};
use sovgrade::text::Lang;

/// Rulesets of every scale: a ladder, gates, scorecards, and facts of their own.
fn shipped() -> Vec<RulesetFiles> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["osaid", "gpai-openness", "kr-procure"]
        .map(|name| RulesetFiles::read(&root.join("examples/rulesets").join(name)).unwrap());
    embedded().iter().map(RulesetFiles::embedded).chain(folders).collect()
}

/// A sentence without what is only of one case: numbers become `0`, so that one of each kind is left.
fn kind(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = false;
    for c in text.chars() {
        let digit = c.is_ascii_digit();
        if !(digit && digits) {
            out.push(if digit { '0' } else { c });
        }
        digits = digit;
    }
    out
}

fn reasons(list: &[Because], all: &mut BTreeSet<String>) {
    for because in list {
        all.insert(kind(&because.text));
        reasons(&because.parts, all);
    }
}

fn sentences(it: &Story, all: &mut BTreeSet<String>) {
    let mut texts: Vec<&str> = vec![&it.headline];
    texts.extend(it.rests.iter().chain(&it.notes).chain(&it.limits).chain(&it.nothing_known).map(String::as_str));
    texts.extend(it.force.iter().map(|line| line.text.as_str()));
    texts.extend(it.contradictions.iter().map(|line| line.text.as_str()));
    texts.extend(it.set_aside.iter().flat_map(|aside| [aside.text.as_str(), aside.because.as_str()]));
    texts.extend(it.floors.iter().map(|floor| floor.text.as_str()));
    texts.extend(it.criteria.iter().filter_map(|line| Some(line.decided.as_ref()?.text.as_str())));
    texts.extend(it.rungs.iter().flat_map(|rung| &rung.steps).map(|step| step.text.as_str()));
    texts.extend(it.points.iter().map(|objective| objective.text.as_str()));
    texts.extend(it.points.iter().flat_map(|objective| &objective.lines).map(|line| line.text.as_str()));
    all.extend(texts.into_iter().map(kind));
    for line in &it.criteria {
        reasons(&line.reasons, all);
        reasons(&line.lacking, all);
    }
    it.points.iter().flat_map(|objective| &objective.lines).for_each(|line| reasons(&line.reasons, all));
}

fn written(lang: Lang) -> String {
    let mut text = String::new();
    for files in shipped() {
        let (rules, _) = load(&files).unwrap();
        let (all, problems) = trials(&files, &rules, None);
        assert!(!problems.has_errors(), "{}", rules.id);
        let mut found = BTreeSet::new();
        for trial in &all {
            let readings = Some(readings_of(&trial.case, &rules));
            let options = Options { readings, home: trial.case.home, as_of: trial.case.as_of };
            let grading = grade(&rules, &trial.dossier, &options);
            sentences(&story(&rules, &trial.dossier, &grading, lang), &mut found);
        }
        text.push_str(&format!("== {}\n\n", rules.id));
        for sentence in found {
            text.push_str(&sentence);
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_sentences_are_those_that_were_read() {
    for lang in [Lang::Ko, Lang::En] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/sentences.{}.txt", lang.code()));
        let now = written(lang);
        if std::env::var_os("SOVGRADE_BLESS").is_some() {
            std::fs::write(&path, &now).unwrap();
            continue;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (kept.lines().collect(), now.lines().collect());
        let gone: Vec<&&str> = old.difference(&new).take(20).collect();
        let come: Vec<&&str> = new.difference(&old).take(20).collect();
        assert!(kept == now, "{}: gone {gone:#?}\ncome {come:#?}", path.display());
    }
}
