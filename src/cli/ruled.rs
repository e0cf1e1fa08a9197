//! The rulesets of one run, each with how it is read and what is handed in beside the models. Several rulesets may be
//! asked of the same models at once; a reading or a profile is
//! chosen in each that has it.

use super::against::{Beside, Reference};
use super::args::Reading;
use super::grade::options;
use super::rules::usable;
use super::screen::Screen;
use crate::grade::Options;
use crate::rules::Ruleset;
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, says};

/// One ruleset of a run.
#[derive(Debug)]
pub(super) struct Ruled {
    /// The rules.
    pub(super) rules: Ruleset,
    /// How they are read.
    pub(super) options: Options,
    /// What is handed in beside each model, and the references that it is measured against.
    pub(super) beside: Beside,
}

/// Every ruleset that was named. What is wrong was shown, and nothing comes back, if one of them cannot be used.
pub(super) fn ruled(asked: &Reading, against: &[Reference], screen: &Screen) -> Option<Vec<Ruled>> {
    let names = &asked.rules;
    let mut loaded = Vec::new();
    for name in names {
        loaded.push(usable(name, screen)?);
    }
    let mut problems = Diagnostics::default();
    for (at, rules) in loaded.iter().enumerate() {
        if loaded[..at].iter().any(|other| other.digest == rules.digest) {
            let name = &names[at];
            let message =
                says(format!("규칙 모음 `{name}`을(를) 두 번 적었다"), format!("the ruleset `{name}` is named twice"));
            problems.push(Diagnostic::error(Code::BadOption, &SourceFile::nameless(name), Span::default(), message));
        }
    }
    // What no ruleset has is told once, of the first.
    let has = |rules: &Ruleset, text: &str| {
        let id = text.split_once('=').map_or(text, |(id, _)| id);
        rules.readings.iter().any(|reading| reading.id == id)
    };
    let strange = |text: &String| !loaded.iter().any(|rules| has(rules, text));
    let has_profile = |rules: &Ruleset, id: &str| rules.profiles.iter().any(|profile| profile.id == id);
    let strange_profile = |id: &str| !loaded.iter().any(|rules| has_profile(rules, id));
    let mut read = Vec::new();
    for (at, rules) in loaded.iter().enumerate() {
        let wanted = |text: &&String| has(rules, text) || at == 0 && strange(text);
        let readings = asked.readings.iter().filter(wanted).cloned().collect();
        let (home, as_of) = (asked.home.clone(), asked.as_of.clone());
        let named = asked.profile.clone();
        let profile = named.filter(|id| has_profile(rules, id) || at == 0 && strange_profile(id));
        let reading = Reading { readings, profile, home, as_of, ..Reading::default() };
        // A home or a day that is none is told once too.
        let mut own = Diagnostics::default();
        read.push(options(rules, &reading, &mut own));
        if at == 0 || !problems.has_errors() {
            problems.extend(own);
        }
    }
    if problems.has_errors() {
        screen.problems(problems);
        return None;
    }
    let mut list = Vec::new();
    for (rules, options) in loaded.into_iter().zip(read) {
        match Beside::of(asked, against, options.as_of) {
            Ok(beside) => list.push(Ruled { rules, options, beside }),
            Err(problems) => {
                screen.problems(problems);
                return None;
            }
        }
    }
    Some(list)
}
