//! `card check`: everything that is wrong with a card.

use std::path::PathBuf;

use super::Exit;
use super::args::{CheckCard, SeverityWord};
use super::card_new::asked;
use super::output::{Target, deliver, may_write, targets, write};
use super::rules::usable;
use super::screen::Screen;
use crate::card::{Checked, check, home, mended};
use crate::report::{Findings, annotations, findings_json, findings_page, junit, sarif_findings, to_text};
use crate::rules::Ruleset;
use crate::text::{Code, Diagnostics, Lang, Severity, clean, shown_path};

const FORMATS: [&str; 5] = ["human", "json", "sarif", "junit", "github"];

pub(super) fn run(options: &CheckCard, screen: &Screen) -> Exit {
    let targets = match targets(&options.formats, &FORMATS) {
        Ok(targets) => targets,
        Err(problems) => return unusable(problems, screen),
    };
    if !may_write(targets.iter().filter_map(|target| target.file.as_ref()), [options.model.as_path()], screen) {
        return Exit::Unusable;
    }
    let mut rules = Vec::new();
    for name in &options.rules {
        let Some(ruleset) = usable(name, screen) else { return Exit::Unusable };
        rules.push(ruleset);
    }
    let looked = match looked(options, &rules, screen.lang) {
        Ok(checked) => checked,
        Err(problems) => return unusable(problems, screen),
    };
    let checked = match options.fix.then(|| mend(options, &looked, screen)) {
        None | Some(Ok(false)) => looked,
        Some(Ok(true)) => match self::looked(options, &rules, screen.lang) {
            Ok(checked) => checked,
            Err(problems) => return unusable(problems, screen),
        },
        Some(Err(exit)) => return exit,
    };
    told(options, &targets, &checked, screen)
}

fn unusable(problems: Diagnostics, screen: &Screen) -> Exit {
    screen.problems(problems);
    Exit::Unusable
}

fn looked(options: &CheckCard, rules: &[Ruleset], lang: Lang) -> Result<Checked, Diagnostics> {
    check(&options.model, asked(&options.model, None, None, rules, lang))
}

/// Writes what has one right form; whether anything was written.
fn mend(options: &CheckCard, looked: &Checked, screen: &Screen) -> Result<bool, Exit> {
    let Ok(home) = home(&options.model) else { return Ok(false) };
    let mut any = false;
    for (file, text, number) in mended(&home, &looked.findings) {
        let path = if file.name() == home.name() { home.path.clone() } else { home.path.with_file_name(file.name()) };
        if path.is_symlink() {
            screen.note(&match screen.lang {
                Lang::Ko => format!("{}: 링크라서 고치지 않았다", shown_path(&path)),
                Lang::En => format!("{} is a link and was not mended", shown_path(&path)),
            });
            continue;
        }
        let marked = std::fs::metadata(&path).is_ok_and(|meta| meta.len() == file.text().len() as u64 + 3);
        let bytes = [if marked { "\u{feff}" } else { "" }.as_bytes(), text.as_bytes()].concat();
        if !write(&path, &bytes, screen) {
            return Err(Exit::Unusable);
        }
        any = true;
        screen.note(&match screen.lang {
            Lang::Ko => format!("{}: {number}곳을 고쳤다", shown_path(&path)),
            Lang::En => format!("{}: {number} mended", shown_path(&path)),
        });
    }
    Ok(any)
}

fn told(options: &CheckCard, targets: &[Target], checked: &Checked, screen: &Screen) -> Exit {
    let name = clean(&options.model.to_string_lossy());
    let base: PathBuf = if options.model.is_dir() { options.model.clone() } else { PathBuf::new() };
    let base = clean(&base.to_string_lossy());
    let it = Findings { name: &name, base: &base, list: &checked.findings, lang: screen.lang };
    let mut exit = Exit::Done;
    for target in targets {
        let text = match target.word {
            "json" => to_text(&findings_json(&it)),
            "sarif" => to_text(&sarif_findings(&it)),
            "junit" => junit(&it),
            "github" => annotations(&it),
            _ => {
                let mut canvas = if target.file.is_some() { screen.canvas_for_file() } else { screen.canvas() };
                findings_page(&it, &mut canvas);
                canvas.finish()
            }
        };
        if !deliver(target.file.as_deref(), &text, screen) {
            exit = Exit::Unusable;
        }
    }
    if !checked.whole {
        screen.note(screen.say(
            "카드를 읽을 수 없어 다른 파일과 맞는지, 물음이 남았는지는 보지 못했다",
            "the card cannot be read: whether it agrees with other files, and what is open, was not looked at",
        ));
    }
    let counts = |severity: Severity| severity == Severity::Error || options.severity == SeverityWord::Warning;
    let found = checked.findings.iter().any(|it| counts(it.severity) && it.code != Code::OpenQuestion)
        || options.severity == SeverityWord::Warning && checked.open > 0;
    if exit == Exit::Done && found { Exit::No } else { exit }
}
