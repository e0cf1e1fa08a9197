//! `card new`: the card of a model, begun or added to.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::Exit;
use super::args::NewCard;
use super::output::{may_write, write};
use super::rules::usable;
use super::screen::Screen;
use crate::card::{Draft, Facts, Interview, Sheet, Turn, draft, draft_with, stand_in};
use crate::desk::gathered_for;
use crate::explain::{Question, join, questions};
use crate::facts::Dossier;
use crate::gather::{Handed, gather_handed};
use crate::grade::{Options, grade};
use crate::rules::Ruleset;
use crate::text::{Diagnostics, Lang, SourceFile, shown_path};

pub(super) fn run(options: &NewCard, screen: &Screen) -> Exit {
    let mut rules = Vec::new();
    for name in &options.rules {
        let Some(ruleset) = usable(name, screen) else { return Exit::Unusable };
        rules.push(ruleset);
    }
    let model = [options.model.as_path()];
    if !may_write(options.output.as_ref(), model, screen) {
        return Exit::Unusable;
    }
    match begun(options, &rules, screen) {
        Ok(Some(draft)) => finished(options, &draft, screen),
        Ok(None) => {
            screen.note(screen.say("아무것도 쓰지 않았다", "nothing was written"));
            Exit::Done
        }
        Err(problems) => {
            screen.problems(problems);
            Exit::Unusable
        }
    }
}

/// What rulesets ask of a model, with the model's facts as the first of them reads them.
pub(super) fn asked(
    model: &Path,
    id: Option<&str>,
    card: Option<&SourceFile>,
    rules: &[Ruleset],
    lang: Lang,
) -> Result<(Dossier, Vec<Question>, Diagnostics), Diagnostics> {
    let mut all: Vec<Question> = Vec::new();
    let mut first = None;
    for ruleset in rules {
        let gathered = gathered_for(ruleset, model, &Handed { id, card, ..Handed::default() })?;
        let grading = grade(ruleset, &gathered.dossier, &Options::default());
        for question in questions(ruleset, &gathered.dossier, &grading, lang) {
            join(&mut all, question);
        }
        first.get_or_insert((gathered.dossier, gathered.warnings));
    }
    match first {
        Some((dossier, warnings)) => Ok((dossier, all, warnings)),
        None => gather_handed(model, &Handed { id, card, ..Handed::default() })
            .map(|gathered| (gathered.dossier, all, gathered.warnings)),
    }
}

fn begun(options: &NewCard, rules: &[Ruleset], screen: &Screen) -> Result<Option<Draft>, Diagnostics> {
    let (model, lang, id) = (options.model.as_path(), screen.lang, options.id.as_deref());
    let (dossier, questions, _) = asked(model, id, stand_in(model).as_ref(), rules, lang)?;
    if options.interview {
        return interviewed(options, rules, (dossier, questions), screen);
    }
    draft(&Facts { model, dossier: &dossier, questions: &questions, unknown: &[], lang }).map(Some)
}

/// Asks until no answer opens a further question. Nothing comes back from who leaves.
fn interviewed(
    options: &NewCard,
    rules: &[Ruleset],
    (mut dossier, mut questions): (Dossier, Vec<Question>),
    screen: &Screen,
) -> Result<Option<Draft>, Diagnostics> {
    let (model, lang, id) = (options.model.as_path(), screen.lang, options.id.as_deref());
    let mut lines = std::io::stdin().lock().lines();
    let (mut answers, mut unknown, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    screen.note(Interview::help(lang));
    loop {
        let new: Vec<&Question> = questions.iter().filter(|question| !seen.contains(&question.field)).collect();
        let mut interview = Interview::new(new.iter().copied(), lang);
        seen.extend(new.iter().map(|question| question.field.clone()));
        let stays = conversed(&mut interview, &mut lines, screen);
        let Some(more) = stays else { return Ok(None) };
        answers.extend(interview.answers());
        unknown.extend(interview.unknown());
        let facts = Facts { model, dossier: &dossier, questions: &questions, unknown: &unknown, lang };
        let made = draft_with(&facts, &answers)?;
        if interview.is_empty() || !more {
            return Ok(Some(made));
        }
        // With what was answered further questions may open.
        let card = SourceFile::new(made.home.name(), made.text.as_str());
        (dossier, questions, _) = asked(model, id, Some(&card), rules, lang)?;
    }
}

/// Asks all questions of a round; whether more lines may follow, or nothing where whoever is asked leaves.
fn conversed(
    interview: &mut Interview<'_>,
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
    screen: &Screen,
) -> Option<bool> {
    while let Some(prompt) = interview.prompt() {
        screen.ask(&prompt);
        let Some(Ok(line)) = lines.next() else { return Some(false) };
        match interview.take(&line) {
            Turn::Next => {}
            Turn::Again(why) => screen.note(&why),
            Turn::Left => return None,
        }
    }
    Some(true)
}

/// Writes a draft where it was asked for, or shows the card alone.
fn finished(options: &NewCard, draft: &Draft, screen: &Screen) -> Exit {
    let target: Option<&PathBuf> = if options.write { Some(&draft.home.path) } else { options.output.as_ref() };
    let Some(target) = target else {
        screen.print(&draft.card());
        told(draft, None, screen);
        return Exit::Done;
    };
    let same = draft.text == draft.home.file.text() && draft.home.sheet != Sheet::New;
    let is_there = options.write && same;
    if !is_there && !write(target, &draft.home.bytes(&draft.text), screen) {
        return Exit::Unusable;
    }
    told(draft, Some((target, same)), screen);
    Exit::Done
}

fn told(draft: &Draft, written: Option<(&PathBuf, bool)>, screen: &Screen) {
    let asked = draft.asked;
    let text = match (written, screen.lang) {
        (Some((path, true)), Lang::Ko) => format!("{}: 더할 것이 없다", shown_path(path)),
        (Some((path, true)), Lang::En) => format!("{}: nothing is new", shown_path(path)),
        (Some((path, false)), Lang::Ko) => format!("{}에 적었다. 새 물음 {asked}개", shown_path(path)),
        (Some((path, false)), Lang::En) => format!("{} is written; {asked} new questions", shown_path(path)),
        (None, Lang::Ko) => format!("새 물음 {asked}개. `--write`는 {}에 적는다", shown_path(&draft.home.path)),
        (None, Lang::En) => format!("{asked} new questions; `--write` puts this into {}", shown_path(&draft.home.path)),
    };
    screen.note(&text);
    if draft.home.passed_by {
        screen.note(screen.say(
            "README.md의 머리말에는 적지 않고 파일을 따로 둔다: 링크이거나, 줄로 나뉘어 있지 않다",
            "the front matter of README.md stays as it is: it is a link, or does not stand in lines",
        ));
    }
}
