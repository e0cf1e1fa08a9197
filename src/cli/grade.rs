//! `grade`: models in, reports out.

use std::path::{Component, Path, PathBuf};

use super::Exit;
use super::args::{Grade as Arguments, Reading, SortColumn};
use super::fleet::{FLEET, Task, members, report};
use super::output::{deliver, may_write};
use super::ruled::{Ruled, ruled};
use super::rules::tell_once;
use super::screen::Screen;
use super::vouching::worth_vouching;
use crate::desk::{WhatIf, gathered_for, what_if, what_if_human, what_if_json};
use crate::explain::{Story, story};
use crate::facts::{Date, Dossier};
use crate::grade::{Grade, Grading, LadderGrade, Options, Passed, grade};
use crate::report::{
    Assessment, Column, Detail, Located, Row, assessment, brief, cyclonedx, facts_json, facts_page, fleet_csv,
    fleet_human, human, markdown, sarif, several, sort_rows, to_line, to_text,
};
use crate::rules::{Ruleset, Rung, Scale};
use crate::text::{Code, Diagnostic, Diagnostics, Lang, SourceFile, Span, says};
use crate::vocabulary::Country;

/// A format with the file it goes to, or stdout.
struct Target {
    format: Format,
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Human,
    Json,
    JsonLines,
    Markdown,
    Csv,
    Sarif,
    CycloneDx,
}

const FORMATS: [(&str, Format); 7] = [
    ("human", Format::Human),
    ("json", Format::Json),
    ("jsonl", Format::JsonLines),
    ("markdown", Format::Markdown),
    ("csv", Format::Csv),
    ("sarif", Format::Sarif),
    ("cyclonedx", Format::CycloneDx),
];

struct Graded {
    dossier: Dossier,
    grading: Grading,
    story: Story,
    what_if: Option<WhatIf>,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Exit {
    let Some(all_ruled) = ruled(&arguments.reading, &arguments.against, screen) else { return Exit::Unusable };
    let mut problems = Diagnostics::default();
    let targets = targets(&arguments.formats, &mut problems);
    let required = arguments.require.as_deref().and_then(|text| required_of(text, &all_ruled, &mut problems));
    if problems.has_errors() {
        screen.problems(problems);
        return Exit::Unusable;
    }
    let read = arguments.models.iter().map(PathBuf::as_path);
    let read = read.chain(all_ruled.iter().flat_map(|ruled| ruled.beside.files()));
    let read = read.chain(arguments.reading.rules.iter().map(Path::new));
    if !may_write(targets.iter().filter_map(|target| target.file.as_ref()), read, screen) {
        return Exit::Unusable;
    }
    if !one_by_one(arguments.models.len(), &targets, screen) {
        return Exit::Unusable;
    }
    let table = targets.iter().any(|target| target.format == Format::Csv);
    if arguments.models.len() > FLEET || table {
        let [ruled] = all_ruled.as_slice() else {
            screen.note(&match screen.lang {
                Lang::Ko => format!("모델이 {FLEET}개를 넘거나 csv로 쓸 때는 규칙 모음을 하나만 적는다"),
                Lang::En => format!("for more than {FLEET} models, and for csv, name one ruleset"),
            });
            return Exit::Unusable;
        };
        if arguments.what_if {
            screen.note(&match screen.lang {
                Lang::Ko => {
                    format!("`--what-if`는 표로 보이지 않는다. 모델을 {FLEET}개 이하로 주고 csv가 아닌 형식을 고른다")
                }
                Lang::En => {
                    format!("`--what-if` has no table: give at most {FLEET} models, and a format other than csv")
                }
            });
            return Exit::Unusable;
        }
        return many(arguments, ruled, &targets, required.as_ref().map(|(_, required)| required), screen);
    }
    let mut exit = Exit::Done;
    let (mut graded, mut models) = (Vec::new(), Vec::new());
    for model in &arguments.models {
        let mut told = Diagnostics::default();
        for (at, ruled) in all_ruled.iter().enumerate() {
            match one(model, arguments, ruled, &mut told, screen) {
                Ok(it) => {
                    graded.push((at, it));
                    models.push(model.as_path());
                }
                Err(problems) => {
                    tell_once(problems, &mut told, screen);
                    exit = Exit::Unusable;
                }
            }
        }
    }
    let all: Vec<Assessment<'_>> = graded
        .iter()
        .map(|(at, it)| Assessment {
            rules: &all_ruled[*at].rules,
            dossier: &it.dossier,
            grading: &it.grading,
            story: &it.story,
        })
        .collect();
    let moves: Vec<Option<&WhatIf>> = graded.iter().map(|(_, it)| it.what_if.as_ref()).collect();
    for target in &targets {
        if !write(target, &all, &moves, &models, arguments, screen) {
            exit = Exit::Unusable;
        }
    }
    if let Some((of, required)) = required
        && exit == Exit::Done
        && !graded.iter().filter(|(at, _)| *at == of).all(|(_, it)| required.reached(&it.grading.grade))
    {
        screen.note(screen.say("요구한 단계에 이르지 못했다", "the required rung is not reached"));
        exit = Exit::No;
    }
    exit
}

/// What `--require` asks for, and of which ruleset: where several are asked, `ID=RUNG` says of which.
fn required_of(text: &str, all: &[Ruled], problems: &mut Diagnostics) -> Option<(usize, Required)> {
    let named = text.split_once('=').and_then(|(id, rest)| Some((all.iter().position(|it| it.rules.id == id)?, rest)));
    match (named, all) {
        (Some((at, rest)), _) => Some((at, required(rest, &all[at].rules, problems)?)),
        (None, [only]) => Some((0, required(text, &only.rules, problems)?)),
        (None, _) => {
            let (ko, en) = (
                format!("`{text}`: 규칙 모음이 여럿이면 어느 것의 단계인지 적는다"),
                format!("`{text}`: with several rulesets say of which one the rung is"),
            );
            let legal: Vec<String> = all.iter().map(|it| format!("{}={text}", it.rules.id)).collect();
            let legal: Vec<&str> = legal.iter().map(String::as_str).collect();
            bad(problems, ko, en, text, &legal);
            None
        }
    }
}

/// Many models, or a table of few: each graded for itself, all shown in one table.
fn many(
    arguments: &Arguments,
    ruled: &Ruled,
    targets: &[Target],
    required: Option<&Required>,
    screen: &Screen,
) -> Exit {
    let Ruled { rules, options, beside } = ruled;
    let wanted = |formats: &[Format]| targets.iter().any(|target| formats.contains(&target.format));
    let task = Task {
        rules,
        options,
        beside,
        json: wanted(&[Format::Json, Format::JsonLines]),
        markdown: wanted(&[Format::Markdown]),
    };
    let mut members = members(&arguments.models, &task, screen);
    let mut exit = if report(&mut members, screen) { Exit::Unusable } else { Exit::Done };
    let mut rows: Vec<Row> = members.iter().map(|member| member.row.clone()).collect();
    if let Some(column) = arguments.sort {
        sort_rows(&mut rows, column.into());
    }
    for target in targets {
        let text = match target.format {
            Format::Human => {
                let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
                fleet_human(&rows, rules, &mut canvas, screen.lang);
                canvas.finish()
            }
            // A spreadsheet takes a file without this mark for one of an older character set.
            Format::Csv if target.file.is_some() => format!("\u{feff}{}", fleet_csv(&rows, rules)),
            Format::Csv => fleet_csv(&rows, rules),
            Format::Json => to_text(&members.iter().filter_map(|member| member.json.clone()).collect::<Vec<_>>()),
            Format::JsonLines => members.iter().filter_map(|member| member.json.as_ref()).map(to_line).collect(),
            // Refused before the work begins.
            Format::Sarif | Format::CycloneDx => String::new(),
            Format::Markdown => {
                members.iter().filter_map(|member| member.markdown.clone()).collect::<Vec<_>>().join("\n")
            }
        };
        if !deliver(target.file.as_deref(), &text, screen) {
            exit = Exit::Unusable;
        }
    }
    let reached = |row: &Row| row.grade.as_ref().is_some_and(|grade| required.is_none_or(|it| it.reached(grade)));
    if exit == Exit::Done && !rows.iter().all(reached) {
        screen.note(screen.say("요구한 단계에 이르지 못했다", "the required rung is not reached"));
        exit = Exit::No;
    }
    exit
}

impl From<SortColumn> for Column {
    fn from(column: SortColumn) -> Self {
        match column {
            SortColumn::Model => Self::Model,
            SortColumn::AsDeclared => Self::View(0),
            SortColumn::Claimed => Self::View(1),
            SortColumn::Assured => Self::View(2),
            SortColumn::Attainable => Self::View(3),
        }
    }
}

/// One model under one ruleset; what its files warn of is shown under the first.
fn one(
    model: &Path,
    arguments: &Arguments,
    ruled: &Ruled,
    told: &mut Diagnostics,
    screen: &Screen,
) -> Result<Graded, Diagnostics> {
    let Ruled { rules, options, beside } = ruled;
    let measured = beside.measured_now(model)?;
    let gathered = gathered_for(rules, model, &beside.handed(&measured))?;
    tell_once(gathered.warnings, told, screen);
    let mut dossier = gathered.dossier;
    let grading = grade(rules, &dossier, options);
    if tells_the_way(arguments) {
        dossier.about.worth_vouching = worth_vouching(model, ruled, &measured, &grading.grade);
    }
    let story = story(rules, &dossier, &grading, screen.lang);
    let what_if = arguments.what_if.then(|| what_if(rules, &dossier, options));
    Ok(Graded { dossier, grading, story, what_if })
}

/// Whether what is written is for a reader who may vouch: a whole page, and no table, short form or file for programs.
fn tells_the_way(arguments: &Arguments) -> bool {
    let human = |text: &String| text.split('=').next() == Some("human");
    !arguments.brief && (arguments.formats.is_empty() || arguments.formats.iter().any(human))
}

/// The assessment as JSON, with what would move it and with the facts where that was asked.
fn whole(it: &Assessment<'_>, moves: Option<&WhatIf>, facts: bool) -> serde_json::Value {
    let mut value = assessment(it);
    if facts {
        value["facts"] = facts_json(it.dossier, it.story.lang);
    }
    if let Some(moves) = moves {
        value["what-if"] = what_if_json(moves, it.rules);
    }
    value
}

fn write(
    target: &Target,
    all: &[Assessment<'_>],
    moves: &[Option<&WhatIf>],
    models: &[&Path],
    arguments: &Arguments,
    screen: &Screen,
) -> bool {
    if all.is_empty() {
        return true;
    }
    let text = match target.format {
        Format::Human => {
            let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
            if all.len() > 1 && !arguments.brief {
                several(all, &mut canvas);
            }
            for (at, ((it, moves), model)) in all.iter().zip(moves).zip(models).enumerate() {
                if at > 0 || (all.len() > 1 && !arguments.brief) {
                    canvas.blank();
                    canvas.blank();
                }
                if arguments.brief {
                    brief(it, &mut canvas);
                    continue;
                }
                let name = crate::text::clean(&model.to_string_lossy());
                human(it, &mut canvas, &name, Detail { next: arguments.next, verbose: arguments.verbose });
                if let Some(moves) = moves {
                    what_if_human(moves, it.rules, &mut canvas, screen.lang);
                }
                if arguments.facts {
                    canvas.blank();
                    facts_page(it.dossier, &mut canvas, screen.lang);
                }
            }
            canvas.finish()
        }
        Format::Json => match all {
            [it] => to_text(&whole(it, moves[0], arguments.facts)),
            _ => to_text(
                &all.iter().zip(moves).map(|(it, moves)| whole(it, *moves, arguments.facts)).collect::<Vec<_>>(),
            ),
        },
        Format::JsonLines => {
            all.iter().zip(moves).map(|(it, moves)| to_line(&whole(it, *moves, arguments.facts))).collect()
        }
        Format::Markdown | Format::Csv => all.iter().map(markdown).collect::<Vec<_>>().join("\n"),
        Format::Sarif => {
            let folders: Vec<Option<String>> = models.iter().map(|model| folder_below(model)).collect();
            let located = all.iter().zip(&folders);
            to_text(&sarif(&located.map(|(it, at)| Located { it: *it, folder: at.as_deref() }).collect::<Vec<_>>()))
        }
        Format::CycloneDx => to_text(&cyclonedx(all)),
    };
    deliver(target.file.as_deref(), &text, screen)
}

/// Whether the formats that tell of one model, or of a few, are asked for no more than that.
fn one_by_one(models: usize, targets: &[Target], screen: &Screen) -> bool {
    let asked = |format: Format| targets.iter().any(|target| target.format == format);
    if asked(Format::CycloneDx) && models > 1 {
        screen.note(screen.say(
            "CycloneDX 문서 하나는 모델 하나를 설명한다. 모델을 하나씩 준다",
            "a CycloneDX document describes one model: give one at a time",
        ));
        return false;
    }
    let table = models > FLEET || asked(Format::Csv);
    if table && (asked(Format::Sarif) || asked(Format::CycloneDx)) {
        screen.note(&match screen.lang {
            Lang::Ko => format!("sarif와 cyclonedx는 모델 {FLEET}개까지, csv와 따로 쓴다"),
            Lang::En => format!("sarif and cyclonedx take at most {FLEET} models, and go without csv"),
        });
        return false;
    }
    true
}

/// The folder of a model as a relative path with `/`, where it lies below the folder of the run: readers of SARIF know
/// files from there.
fn folder_below(model: &Path) -> Option<String> {
    let folder = if model.is_file() { model.parent()? } else { model };
    let mut parts = Vec::new();
    for part in folder.components() {
        match part {
            Component::Normal(name) => parts.push(crate::text::clean(&name.to_string_lossy())),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(parts.join("/"))
}

fn bad(problems: &mut Diagnostics, ko: String, en: String, written: &str, legal: &[&str]) {
    let problem = Diagnostic::error(Code::BadOption, &SourceFile::nameless(written), Span::default(), says(ko, en));
    problems.push(problem.did_you_mean(written, legal.iter().copied()));
}

/// Reads `--reading`, `--home` and `--as-of`.
pub(super) fn options(rules: &Ruleset, reading: &Reading, problems: &mut Diagnostics) -> Options {
    let mut readings = match &reading.profile {
        None => rules.default_readings(),
        Some(id) => profile(rules, id, problems),
    };
    for text in &reading.readings {
        let (id, option) = text.split_once('=').unwrap_or((text, ""));
        let Some(at) = rules.readings.iter().position(|entry| entry.id == id) else {
            let legal: Vec<&str> = rules.readings.iter().map(|entry| entry.id.as_str()).collect();
            bad(problems, format!("`{id}`(이)라는 해석은 없다"), format!("there is no reading `{id}`"), id, &legal);
            continue;
        };
        let options = &rules.readings[at].options;
        match options.iter().position(|entry| entry.id == option) {
            Some(option) => readings[at] = option,
            None => {
                let legal: Vec<&str> = options.iter().map(|entry| entry.id.as_str()).collect();
                bad(
                    problems,
                    format!("해석 `{id}`에 `{option}`(이)라는 선택지는 없다"),
                    format!("the reading `{id}` has no option `{option}`"),
                    option,
                    &legal,
                );
            }
        }
    }
    let home = reading.home.as_deref().and_then(|text| {
        let country = Country::parse(text);
        if country.is_none() {
            let upper = text.to_uppercase();
            bad(
                problems,
                format!("`{text}`은(는) 국가 코드가 아니다"),
                format!("`{text}` is not a country code"),
                text,
                &[upper.as_str()],
            );
        }
        country
    });
    let as_of = reading.as_of.as_deref().and_then(|text| {
        let date = Date::parse(text);
        if date.is_none() {
            bad(
                problems,
                format!("`{text}`은(는) 날짜가 아니다"),
                format!("`{text}` is not a date"),
                text,
                &["2026-01-15"],
            );
        }
        date
    });
    Options { readings: Some(readings), home, as_of }
}

/// The options of a profile.
fn profile(rules: &Ruleset, id: &str, problems: &mut Diagnostics) -> Vec<usize> {
    if let Some(profile) = rules.profiles.iter().find(|profile| profile.id == id) {
        return rules.readings_of(profile);
    }
    let legal: Vec<&str> = rules.profiles.iter().map(|profile| profile.id.as_str()).collect();
    let ko = format!("`{id}`(이)라는 해석 묶음(profile)은 없다");
    bad(problems, ko, format!("there is no profile `{id}`"), id, &legal);
    rules.default_readings()
}

fn targets(formats: &[String], problems: &mut Diagnostics) -> Vec<Target> {
    if formats.is_empty() {
        return vec![Target { format: Format::Human, file: None }];
    }
    let mut list = Vec::new();
    for text in formats {
        let (word, file) = text.split_once('=').map_or((text.as_str(), None), |(word, file)| (word, Some(file)));
        match FORMATS.iter().find(|(name, _)| *name == word) {
            Some((_, format)) => list.push(Target { format: *format, file: file.map(PathBuf::from) }),
            None => {
                let legal: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
                bad(
                    problems,
                    format!("`{word}`(이)라는 형식은 없다"),
                    format!("there is no format `{word}`"),
                    word,
                    &legal,
                );
            }
        }
    }
    list
}

/// What `--require` asks for.
enum Required {
    /// At least this rung in a view.
    Rung(&'static str, usize),
    /// The gate passed in a view.
    Pass(&'static str),
    /// At least this total in a view, in percent.
    Total(&'static str, f64),
}

const VIEWS: [&str; 4] = ["as-declared", "claimed", "assured", "attainable"];

fn required(text: &str, rules: &Ruleset, problems: &mut Diagnostics) -> Option<Required> {
    let (view, rung) = text.split_once(':').unwrap_or(("assured", text));
    let Some(view) = VIEWS.into_iter().find(|word| *word == view) else {
        bad(problems, format!("`{view}`(이)라는 관점은 없다"), format!("there is no view `{view}`"), view, &VIEWS);
        return None;
    };
    match &rules.scale {
        Scale::Ladder(rungs) => match rungs.iter().position(|entry| entry.id == rung) {
            Some(at) => Some(Required::Rung(view, at)),
            None => {
                no_such_rung(rung, rungs, problems);
                None
            }
        },
        Scale::Gate(_) if rung == "pass" => Some(Required::Pass(view)),
        Scale::Gate(_) => {
            bad(
                problems,
                format!("관문에는 `{rung}`이(가) 아니라 `pass`를 요구한다"),
                format!("a gate can be asked for `pass`, not for `{rung}`"),
                rung,
                &["pass"],
            );
            None
        }
        Scale::Scorecard(_) => match rung.trim_end_matches('%').trim().parse() {
            Ok(total) => Some(Required::Total(view, total)),
            Err(_) => {
                bad(
                    problems,
                    format!("`{rung}`은(는) 수가 아니다"),
                    format!("`{rung}` is not a number"),
                    rung,
                    &["60"],
                );
                None
            }
        },
    }
}

/// Says that there is no such rung. Who names a level means one of its rungs.
fn no_such_rung(written: &str, rungs: &[Rung], problems: &mut Diagnostics) {
    let of_level = |rung: &&Rung| {
        let starts = rung.id.get(..written.len()).is_some_and(|start| start.eq_ignore_ascii_case(written));
        rung.level.as_deref().is_some_and(|level| level.eq_ignore_ascii_case(written))
            || (!written.is_empty() && starts)
    };
    let meant: Vec<String> = rungs.iter().filter(of_level).map(|rung| format!("`{}`", rung.id)).collect();
    let message = says(format!("`{written}`(이)라는 단계는 없다"), format!("there is no rung `{written}`"));
    let problem = Diagnostic::error(Code::BadOption, &SourceFile::nameless(written), Span::default(), message);
    problems.push(match meant.as_slice() {
        [] => problem.did_you_mean(written, rungs.iter().map(|rung| rung.id.as_str())),
        some => problem.help(says(
            format!("{}을(를) 뜻했는가?", some.join("이나 ")),
            format!("did you mean {}?", some.join(" or ")),
        )),
    });
}

impl Required {
    fn reached(&self, found: &Grade) -> bool {
        fn pick<'g, T>(grade: &'g LadderGrade<T>, view: &str) -> &'g T {
            match view {
                "as-declared" => &grade.as_declared,
                "claimed" => &grade.claimed,
                "attainable" => &grade.attainable,
                _ => &grade.assured,
            }
        }
        match (self, found) {
            (Self::Rung(view, wanted), Grade::Ladder(grade)) => pick(grade, view).is_some_and(|at| at >= *wanted),
            (Self::Pass(view), Grade::Gate(grade, _)) => *pick(grade, view) == Passed::Pass,
            (Self::Total(view, wanted), Grade::Scorecard(grade)) => pick(grade, view).low >= *wanted,
            _ => false,
        }
    }
}
