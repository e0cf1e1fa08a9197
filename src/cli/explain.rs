//! `explain`: one criterion, by itself or for a model.

use super::Exit;
use super::against::Beside;
use super::args::Explain;
use super::grade::options;
use super::rules::usable;
use super::screen::Screen;
use crate::explain::{Clause, Voice, criterion_line, story};
use crate::grade::grade;
use crate::report::{Assessment, Canvas, criterion_page};
use crate::rules::{Criterion, Ruleset};
use crate::text::{Code, Diagnostic, Diagnostics, Part, SourceFile, Span, page_of, says};
use crate::vocabulary::vocabulary;

pub(super) fn run(arguments: &Explain, screen: &Screen) -> Exit {
    let asked = arguments.criterion.trim();
    if arguments.model.is_none() {
        let mut canvas = screen.canvas();
        if let Some(code) = Code::from_id(&asked.to_uppercase()) {
            diagnostic(code, &mut canvas, screen);
            screen.print(&canvas.finish());
            return Exit::Done;
        }
        if let Some(path) = vocabulary().path(asked) {
            super::vocabulary::show(path, &mut canvas, screen);
            screen.print(&canvas.finish());
            return Exit::Done;
        }
    }
    let [rules] = arguments.reading.rules.as_slice() else {
        screen
            .note(screen.say("기준을 설명할 규칙 모음을 하나만 적는다", "name one ruleset to explain a criterion of"));
        return Exit::Unusable;
    };
    let Some(rules) = usable(rules, screen) else { return Exit::Unusable };
    if let Some(path) = rules.own.path(asked).filter(|_| arguments.model.is_none()) {
        let mut canvas = screen.canvas();
        super::vocabulary::show(path, &mut canvas, screen);
        screen.print(&canvas.finish());
        return Exit::Done;
    }
    let mut problems = Diagnostics::default();
    let options = options(&rules, &arguments.reading, &mut problems);
    let id = &arguments.criterion;
    let at = rules.criteria.iter().position(|criterion| criterion.id == *id);
    if at.is_none() {
        let message = says(format!("`{id}`(이)라는 기준은 없다"), format!("there is no criterion `{id}`"));
        let problem = Diagnostic::error(Code::UnknownCriterion, &SourceFile::nameless(id), Span::default(), message);
        problems.push(problem.did_you_mean(id, rules.criteria.iter().map(|c| c.id.as_str())));
    }
    let (Some(at), false) = (at, problems.has_errors()) else {
        screen.problems(problems);
        return Exit::Unusable;
    };
    let mut canvas = screen.canvas();
    question(&rules, &rules.criteria[at], &mut canvas, screen);
    if let Some(model) = &arguments.model {
        let beside = Beside::of(&arguments.reading, &[], options.as_of);
        match beside.and_then(|beside| beside.gathered(&rules, model)) {
            Ok(gathered) => {
                let dossier = gathered.dossier;
                let grading = grade(&rules, &dossier, &options);
                let story = story(&rules, &dossier, &grading, screen.lang);
                let line = criterion_line(&rules, &dossier, &grading, at, screen.lang);
                let it = Assessment { rules: &rules, dossier: &dossier, grading: &grading, story: &story };
                canvas.heading(&dossier.id);
                criterion_page(&it, &line, &mut canvas);
            }
            Err(problems) => {
                screen.problems(problems);
                return Exit::Unusable;
            }
        }
    }
    screen.print(&canvas.finish());
    Exit::Done
}

/// The page of a diagnostic.
fn diagnostic(code: Code, canvas: &mut Canvas, screen: &Screen) {
    canvas.line(&format!("{}: {}", code.id(), code.title().get(screen.lang)));
    for part in page_of(code, screen.lang) {
        match part {
            Part::Heading(text) => canvas.heading(&text),
            Part::Paragraph(text) => {
                canvas.blank();
                canvas.paragraph(0, "", &text);
            }
            Part::Lines(lines) => lines.iter().for_each(|line| canvas.line(&format!("  {line}"))),
        }
    }
}

/// The criterion as its file has it.
fn question(rules: &Ruleset, criterion: &Criterion, canvas: &mut Canvas, screen: &Screen) {
    let lang = screen.lang;
    canvas.line(&format!("{} ({})", criterion.title.get(lang), criterion.id));
    canvas.blank();
    canvas.paragraph(0, "", criterion.question.get(lang));
    canvas.blank();
    canvas.paragraph(0, "", criterion.rationale.get(lang));
    canvas.heading(screen.say("필요한 확인 수준", "Assurance it needs"));
    canvas.paragraph(2, "", criterion.needs.says().get(lang));
    if !criterion.cites.is_empty() {
        canvas.heading(screen.say("근거", "Where the standard says so"));
        for cite in &criterion.cites {
            let at = cite.at.as_deref().map_or_else(String::new, |at| format!(", {at}"));
            canvas.paragraph(2, "- ", &format!("{}{at}", cite.source));
        }
    }
    let voice = Voice { lang, home: rules.home };
    if let Some(applies) = criterion.applies {
        canvas.heading(screen.say("적용 대상", "Applies if"));
        clause(&voice.clause(rules, applies, None), rules, voice, 2, canvas);
    }
    canvas.heading(screen.say("충족 조건", "Met if"));
    clause(&voice.clause(rules, criterion.test, None), rules, voice, 2, canvas);
    canvas.heading(screen.say("시험", "The test"));
    let file = &rules.files[criterion.file];
    let place = rules.expr.node(criterion.test).place;
    let first = file.position(place.span.start).line;
    let last = file.position(place.span.end).line;
    canvas.line(&format!("  {}:{first}", file.name()));
    for line in first..=last {
        canvas.line(&format!("  {}", file.line(line)));
    }
    let remedies = [
        (&criterion.remedy.evidence, screen.say("증거를 내려면", "Evidence that would do")),
        (&criterion.remedy.declare, screen.say("밝히려면", "What to declare")),
        (&criterion.remedy.change, screen.say("바꾸려면", "What to change")),
    ];
    for (text, title) in remedies {
        if let Some(text) = text {
            canvas.heading(title);
            canvas.paragraph(2, "", text.get(lang));
        }
    }
}

/// A test in words, what belongs under a sentence indented.
fn clause(it: &Clause, rules: &Ruleset, voice: Voice, indent: usize, canvas: &mut Canvas) {
    let mark = if indent > 2 { "- " } else { "" };
    canvas.paragraph(indent, mark, &voice.sentence(rules, it));
    it.parts.iter().for_each(|part| clause(part, rules, voice, indent + 2, canvas));
}
