//! Every diagnostic has a page, and every page is true: its wrong example gives that diagnostic and no other, at the
//! line and text that the page shows, and its right example gives none.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sovgrade::card::check;
use sovgrade::desk::{Allowances, Scope, findings, over_models, read_case, trials};
use sovgrade::explain::questions;
use sovgrade::gather::gather;
use sovgrade::grade::{Options, grade};
use sovgrade::import::Imported;
use sovgrade::rules::{Ruleset, RulesetFiles, load};
use sovgrade::text::{Code, Diagnostic, Diagnostics, Lang, SourceFile};

const SAID: &str = "## 프로그램이 하는 말 · What the program says";
const WRONG: &str = "## 틀린 예 · Wrong";
const RIGHT: &str = "## 옳은 예 · Right";
const REFRESH: &str = "run `SOVGRADE_BLESS=1 cargo test --test diagnostics`";

/// Codes whose command is not in the program yet. The list must be empty of codes that the source names.
const PENDING: &[Code] = &[];

/// A ruleset without a mistake; the files of an example are laid over it.
const BASE: [(&str, &str); 3] = [
    (
        "ruleset.yaml",
        "format: 1\nid: example\nversion: 1.0.0\ntitle: {ko: 예시, en: Example}\nsource: {title: An example}\nhome: KR\n\
         scale:\n  ladder:\n    - {id: L0, title: {ko: 바닥, en: Ground}, requires: []}\n    \
         - {id: L1, title: {ko: 보유, en: Held}, requires: [open-weights]}\n\
         readings:\n  parts:\n    question: {ko: 어디까지, en: How far}\n    default: core\n    options:\n      \
         core: {title: {ko: 핵심, en: Core}, because: {ko: 짧게, en: Short}}\n      \
         all: {title: {ko: 전체, en: All}, because: {ko: 길게, en: Long}}\n",
    ),
    (
        "terms.yaml",
        "format: 1\nterms:\n  at-hand:\n    title: {ko: 보유, en: At hand}\n    meaning: {ko: 가지고 있다, en: It is held}\n    \
         test: {fact: model.weights-held, is: true}\n  foreign:\n    title: {ko: 남의 것, en: Foreign}\n    \
         meaning: {ko: 남의 모델이다, en: It is not the maker's}\n    scope: link\n    \
         test: {fact: link.same-maker, is: false}\n",
    ),
    (
        "criteria/open-weights.yaml",
        "format: 1\nid: open-weights\ndimension: weights\ntitle: {ko: 가중치, en: Weights}\nquestion: {ko: 있는가?, en: Held?}\n\
         rationale: {ko: 까닭, en: Why}\nneeds: declared\ntest: {term: at-hand}\n",
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> PathBuf {
    root().join("docs/diagnostics")
}

fn bless() -> bool {
    std::env::var_os("SOVGRADE_BLESS").is_some()
}

/// One file, link or command of an example.
#[derive(Debug, PartialEq)]
struct Section {
    kind: String,
    path: String,
    text: String,
}

/// Splits a block at its header lines, `# KIND: PATH`.
fn sections(block: &str) -> Vec<Section> {
    const KINDS: [&str; 12] = [
        "criterion",
        "facts",
        "terms",
        "ruleset",
        "case",
        "allow",
        "card",
        "evidence",
        "model-directory",
        "command",
        "mof",
        "osai",
    ];
    let mut all: Vec<Section> = Vec::new();
    for line in block.lines() {
        let header = line.strip_prefix("# ").and_then(|rest| {
            let (kind, path) = rest.split_once(": ").unwrap_or((rest.trim_end_matches(':'), ""));
            KINDS.contains(&kind).then(|| (kind.to_owned(), path.to_owned()))
        });
        if let Some((kind, path)) = header {
            all.push(Section { kind, path, text: String::new() });
        } else {
            let last = all.last_mut().expect("a block begins with a header such as `# criterion: criteria/x.yaml`");
            last.text.push_str(line);
            last.text.push('\n');
        }
    }
    all
}

/// The fenced block below a heading.
fn block_below<'p>(page: &'p str, heading: &str) -> &'p str {
    let at = page.find(heading).unwrap_or_else(|| panic!("the page lacks `{heading}`"));
    let rest = &page[at..];
    let open = rest.find("```").unwrap();
    let body = &rest[open + rest[open..].find('\n').unwrap() + 1..];
    &body[..body.find("```").unwrap()]
}

/// Writes a file; the words in brackets behind its name say what cannot be shown in a page.
fn place(root: &Path, section: &Section) -> String {
    let (path, how) =
        section.path.split_once(" (").map_or((section.path.as_str(), ""), |(p, how)| (p, how.trim_end_matches(')')));
    let target = root.join(path);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    match how {
        "" => std::fs::write(&target, &section.text).unwrap(),
        "a directory" => std::fs::create_dir_all(&target).unwrap(),
        "not UTF-8" => std::fs::write(&target, [b'a', 0xff, 0xfe]).unwrap(),
        "nested 100 deep" => std::fs::write(&target, format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap(),
        "150 unknown keys" => {
            let keys: String = (0..150).fold(section.text.clone(), |text, at| format!("{text}odd-{at}: 1\n"));
            std::fs::write(&target, keys).unwrap();
        }
        "terms that double 20 times" => {
            let mut text = section.text.clone();
            for at in 0..20 {
                let next = at + 1;
                let _ = writeln!(
                    text,
                    "  t{at}: {{title: {{ko: 가, en: a}}, meaning: {{ko: 가, en: a}}, test: {{all: [{{term: t{next}}}, {{term: t{next}}}]}}}}"
                );
            }
            let _ = writeln!(
                text,
                "  t20: {{title: {{ko: 가, en: a}}, meaning: {{ko: 가, en: a}}, test: {{fact: model.weights-held, is: true}}}}"
            );
            std::fs::write(&target, text).unwrap();
        }
        how if how.ends_with(" bytes") => {
            let size: usize = how.trim_end_matches(" bytes").replace(',', "").parse().unwrap();
            std::fs::write(&target, vec![b'a'; size]).unwrap();
        }
        how if how.ends_with(" files") => {
            let count: usize = how.trim_end_matches(" files").replace(',', "").parse().unwrap();
            std::fs::create_dir_all(&target).unwrap();
            for at in 0..count {
                std::fs::write(target.join(format!("{at}.yaml")), "").unwrap();
            }
        }
        how => {
            let link = how.strip_prefix("link to ").unwrap_or_else(|| panic!("`{how}` is not understood"));
            std::fs::write(root.parent().unwrap().join("elsewhere.txt"), "a secret").unwrap();
            std::os::unix::fs::symlink(link, &target).unwrap();
        }
    }
    path.to_owned()
}

/// What an example gives: those of cards are looked over as `card check` does.
fn run_for(code: Code, block: &str) -> Vec<Diagnostic> {
    if code.id().starts_with("SG06") { run_card(code, &sections(block)) } else { run(block) }
}

/// A card is looked over; the base ruleset asks its one question where the page is about that.
fn run_card(code: Code, sections: &[Section]) -> Vec<Diagnostic> {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("model");
    for section in sections {
        drop(place(&folder, section));
    }
    let base = temp.path().join("example");
    for (path, text) in BASE {
        place(&base, &Section { kind: String::new(), path: path.to_owned(), text: text.to_owned() });
    }
    let rules = load(&RulesetFiles::read(&base).unwrap()).unwrap().0;
    let gathered = gather(&folder, &[]).map(|gathered| {
        let grading = grade(&rules, &gathered.dossier, &Options::default());
        let mut asked = questions(&rules, &gathered.dossier, &grading, Lang::En);
        asked.retain(|_| code == Code::OpenQuestion);
        (gathered.dossier, asked, gathered.warnings)
    });
    let mut findings = check(&folder, gathered).unwrap().findings;
    // What is worth a look in a short example is the matter of one page.
    findings.retain(|finding| code == Code::WorthALook || finding.code != Code::WorthALook);
    findings
}

/// What an example gives, sorted.
fn run(block: &str) -> Vec<Diagnostic> {
    let temp = tempfile::tempdir().unwrap();
    let sections = sections(block);
    let first = sections[0].kind.as_str();
    let problems = match first {
        "criterion" | "facts" | "terms" | "ruleset" | "case" | "allow" => run_ruleset(temp.path(), &sections),
        "card" | "evidence" | "model-directory" => run_model(temp.path(), &sections),
        "mof" => run_import(sovgrade::import::mof, &sections[0]),
        "osai" => run_import(sovgrade::import::osai, &sections[0]),
        other => panic!("`{other}` cannot be run here"),
    };
    problems.sorted()
}

fn run_ruleset(temp: &Path, sections: &[Section]) -> Diagnostics {
    let folder = temp.join("example");
    for (path, text) in BASE {
        place(&folder, &Section { kind: String::new(), path: path.to_owned(), text: text.to_owned() });
    }
    for section in sections {
        if section.path == "ruleset.yaml (missing)" {
            std::fs::remove_file(folder.join("ruleset.yaml")).unwrap();
        } else {
            place(&folder, section);
        }
    }
    let files = match RulesetFiles::read(&folder) {
        Ok(files) => files,
        Err(problems) => return problems,
    };
    match load(&files) {
        Ok((rules, mut warnings)) => {
            for case in &files.cases {
                if let Err(problems) = read_case(case, &rules) {
                    warnings.extend(problems);
                }
            }
            warnings.extend(looked_at(&files, &rules, &folder, sections));
            warnings
        }
        Err(problems) => problems,
    }
}

/// What the desk finds; the cards of an example are the models that it is checked over.
fn looked_at(files: &RulesetFiles, rules: &Ruleset, folder: &Path, sections: &[Section]) -> Diagnostics {
    let cards = sections.iter().filter(|section| section.kind == "card");
    let models: Vec<_> = cards.map(|card| gather(&folder.join(&card.path), &[]).unwrap().dossier).collect();
    let mut allowances = match Allowances::read(files, &rules.languages) {
        Ok(allowances) => allowances,
        Err(problems) => return problems,
    };
    let (trials, _) = trials(files, rules, None);
    findings(&Scope { files, rules, trials: &trials }, over_models(rules, &models), &mut allowances).0
}

/// Leaves out what the desk finds besides: the examples of other pages are short, and have no cases.
fn meant(code: Code, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.into_iter().filter(|it| it.code == code || !it.code.id().starts_with("SG05")).collect()
}

fn run_import(import: fn(&SourceFile) -> Result<Imported, Diagnostics>, section: &Section) -> Diagnostics {
    match import(&SourceFile::new(section.path.as_str(), section.text.as_str())) {
        Ok(imported) => imported.warnings,
        Err(problems) => problems,
    }
}

fn run_model(temp: &Path, sections: &[Section]) -> Diagnostics {
    let folder = temp.join("model");
    std::fs::create_dir_all(&folder).unwrap();
    let mut evidence = Vec::new();
    for section in sections {
        if section.kind == "evidence" {
            evidence.push(temp.join(place(temp, section)));
        } else if section.path != "." {
            place(&folder, section);
        }
    }
    match gather(&folder, &evidence) {
        Ok(gathered) => gathered.warnings,
        Err(problems) => problems,
    }
}

/// Runs the command lines of an example in a directory with its other files; stderr in both languages.
fn run_commands(block: &str) -> BTreeMap<&'static str, (String, Option<i32>)> {
    let temp = tempfile::tempdir().unwrap();
    let sections = sections(block);
    for section in sections.iter().filter(|section| section.kind != "command") {
        place(temp.path(), section);
    }
    let mut said = BTreeMap::new();
    for lang in ["en", "ko"] {
        for line in sections.iter().filter(|s| s.kind == "command").flat_map(|s| s.text.lines()) {
            let words = line.strip_prefix("$ sovgrade ").expect("a command begins with `$ sovgrade`").split(' ');
            let output = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
                .args(words)
                .args(["--plain", "--lang", lang])
                .env_remove("SOVGRADE_LANG")
                .env("COLUMNS", "80")
                .current_dir(temp.path())
                .output()
                .unwrap();
            said.insert(lang, (String::from_utf8(output.stderr).unwrap(), output.status.code()));
        }
    }
    said
}

fn is_command(block: &str) -> bool {
    block.contains("\n$ sovgrade ")
}

/// The file's name without the folder of this run.
fn short(name: &str) -> String {
    let name = name.split_once("/example/").map_or(name, |(_, rest)| rest);
    let name = if name.ends_with("/example") { "." } else { name };
    let name = if name.ends_with("/model") { "." } else { name };
    let name = name.rsplit_once("/evidence").map_or(name.to_owned(), |(_, rest)| format!("evidence{rest}"));
    name.rsplit_once("/model/").map_or(name.clone(), |(_, rest)| rest.to_owned())
}

/// What the program says about a wrong example, as the page shows it.
fn said(code: Code, block: &str) -> String {
    let mut text = String::new();
    if is_command(block) {
        for (lang, (stderr, exit)) in run_commands(block) {
            assert_eq!(exit, Some(2), "{}: {stderr}", code.id());
            let ids: Vec<&str> = stderr.match_indices("SG0").map(|(at, _)| &stderr[at..at + 6]).collect();
            assert!(!ids.is_empty() && ids.iter().all(|id| *id == code.id()), "{} ({lang}): {stderr}", code.id());
            let lines: Vec<&str> = stderr.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
            let _ = writeln!(text, "{}", lines.join("\n"));
        }
        return text;
    }
    let mut problems = meant(code, run_for(code, block));
    if code == Code::TooManyProblems {
        problems.retain(|problem| problem.code == code); // it comes with the problems that are too many
    }
    assert!(!problems.is_empty(), "{}: the wrong example gives nothing", code.id());
    for problem in &problems {
        assert_eq!(problem.code, code, "{}: {}: {}", code.id(), problem.code.id(), problem.message.en);
        let help = problem.help.as_ref().unwrap_or_else(|| panic!("{}: no help: {}", code.id(), problem.message.en));
        for says in [&problem.message, help] {
            assert!(!says.ko.trim().is_empty() && !says.en.trim().is_empty(), "{}", code.id());
            // A question is told in the language of the run.
            assert!(says.ko != says.en || code == Code::OpenQuestion, "{}", code.id());
        }
        let place = if problem.file.text().is_empty() {
            short(problem.file.name())
        } else {
            let at = problem.file.position(problem.span.start);
            let text = problem.file.slice(problem.span);
            assert!(!text.contains('\n'), "{}: more than a line is underlined: {text}", code.id());
            let name = short(problem.file.name());
            if text.is_empty() {
                format!("{name}:{}:{}", at.line, at.column)
            } else {
                format!("{name}:{}:{}: {text}", at.line, at.column)
            }
        };
        let folder = |text: &str| {
            let name = problem.file.name();
            if name.contains('/') { text.replace(name, &short(name)) } else { text.to_owned() }
        };
        let (message, help) = (|lang| folder(problem.message.get(lang)), |lang| folder(help.get(lang)));
        let _ = writeln!(text, "{place}\n  {}\n    → {}", message(Lang::Ko), help(Lang::Ko));
        let _ = writeln!(text, "  {}\n    → {}", message(Lang::En), help(Lang::En));
    }
    text
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let mut names: Vec<String> = std::fs::read_dir(pages())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    let expected: Vec<String> = Code::ALL.iter().map(|code| format!("{}.md", code.id())).collect();
    assert_eq!(names, expected);
    for code in Code::ALL {
        let page = std::fs::read_to_string(pages().join(format!("{}.md", code.id()))).unwrap();
        let title = code.title();
        assert_eq!(page.lines().next(), Some(format!("# {}: {} · {}", code.id(), title.ko, title.en).as_str()));
    }
}

#[test]
fn every_page_is_true() {
    let mut failures = Vec::new();
    for &code in Code::ALL {
        if PENDING.contains(&code) {
            continue;
        }
        let path = pages().join(format!("{}.md", code.id()));
        let page = std::fs::read_to_string(&path).unwrap();
        let checked = std::panic::catch_unwind(|| {
            let said = said(code, block_below(&page, WRONG));
            let right = block_below(&page, RIGHT);
            if is_command(right) {
                for (_, (stderr, exit)) in run_commands(right) {
                    assert_eq!(exit, Some(0), "{}: {stderr}", code.id());
                }
            } else if let Some(problem) = meant(code, run_for(code, right)).first() {
                panic!("{}: the right example gives {}: {}", code.id(), problem.code.id(), problem.message.en);
            }
            said
        });
        match checked {
            Ok(said) => {
                if bless() {
                    let at = page.find(SAID).unwrap();
                    let shown = block_below(&page, SAID);
                    let from = shown.as_ptr() as usize - page.as_ptr() as usize;
                    assert!(from > at);
                    let page = format!("{}{said}{}", &page[..from], &page[from + shown.len()..]);
                    std::fs::write(&path, page).unwrap();
                }
                let page = std::fs::read_to_string(&path).unwrap();
                if block_below(&page, SAID) != said {
                    failures.push(format!("{}: the page is stale: {REFRESH}\n{said}", code.id()));
                }
            }
            Err(why) => {
                let why = why.downcast_ref::<String>().map_or("?", String::as_str);
                failures.push(why.to_owned());
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_pending_is_not_in_the_program() {
    let mut source = String::new();
    let mut left = vec![root().join("src")];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                left.push(entry);
            } else {
                source.push_str(&std::fs::read_to_string(entry).unwrap());
            }
        }
    }
    for code in Code::ALL {
        let named = source.contains(&format!("Code::{code:?}"));
        assert_eq!(named, !PENDING.contains(code), "{code:?}: named in the source: {named}");
    }
}

#[test]
fn the_index_is_fresh() {
    let mut text = String::from(
        "# 진단 · Diagnostics\n\n\
         프로그램이 보고하는 문제의 목록이다. 번호의 뜻은 바뀌지 않는다.\n\n\
         Everything that the program can report. A number never changes its meaning.\n\n\
         | | 한국어 | English |\n|---|---|---|\n",
    );
    for code in Code::ALL {
        let title = code.title();
        let _ = writeln!(text, "| [{0}]({0}.md) | {1} | {2} |", code.id(), title.ko, title.en);
    }
    let path = pages().join("README.md");
    if bless() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).ok().as_ref(),
        Some(&text),
        "docs/diagnostics/README.md is stale: {REFRESH}"
    );
}

/// Ten and more different mistakes, all in one pass (the list of the issue, and some).
#[test]
fn every_mistake_of_a_ruleset_is_found_at_once() {
    let block = "# ruleset: ruleset.yaml
format: 1
id: sample
version: 1.0.0
title: {ko: 예시, en: Example}
source: {title: An example}
scale:
  ladder:
    - {id: L0, title: {ko: 바닥, en: Ground}, requires: []}
    - {id: L0, title: {ko: 보유, en: Held}, requires: [open-weight]}
    - {id: L2, title: {ko: 끝, en: Top}, requires: [never]}
# terms: terms.yaml
format: 1
terms:
  a: {title: {ko: 가, en: a}, meaning: {ko: 가, en: a}, test: {term: b}}
  b: {title: {ko: 나, en: b}, meaning: {ko: 나, en: b}, test: {term: c}}
  c: {title: {ko: 다, en: c}, meaning: {ko: 다, en: c}, test: {not: {term: a}}}
# criterion: criteria/never.yaml
format: 1
id: never
dimension: weights
title: {ko: 없음, en: Never}
question: {ko: 되는가?, en: Can it be?}
rationale: {ko: 까닭, en: Why}
needs: declared
test:
  all:
    - {not: {any: [{fact: model.weights-held, known: true}, {fact: model.weights-held, known: false}]}}
# criterion: criteria/open-weights.yaml
format: one
id: open weights
dimenson: weights
is: true
title: {ko: 가중치}
question: [a]
rationale: {ko: 까닭, en: Why}
needs: certain
test:
  all:
    - {fact: component.rol, is: text}
    - {fact: model.weights-held, at-least: true}
    - {fact: model.weights-held, is: yes}
    - {fact: data.synthetic-share, at-most: 30}
    - {fact: data.synthetic-share, at-most: 30 tokens}
    - {fact: maker.jurisdiction, in: [kr, cn]}
    - {fact: component.role, is: text}
    - {fact: model.weights-held}
    - {term: at-hands}
    - {criterion: nevr}
    - {reading: part, options: {core: {term: nowhere}}}
    - {every: components, holds: {fact: component.initialisation, is: random}}
    - {some: component, where: {fact: component.role, is: txt}, empty: met}
    - {count: dataset}
    - {any: [{fct: model.weights-held}, {all: [], any: []}]}
";
    let found = run(block);
    let mut codes: Vec<&str> = found.iter().map(|problem| problem.code.id()).collect();
    codes.sort_unstable();
    let wanted = [
        Code::UnknownKey,
        Code::KeyAtWrongDepth,
        Code::WrongType,
        Code::ValueNotAllowed,
        Code::NumberWithoutUnit,
        Code::NumberWithOtherUnit,
        Code::NotTrueOrFalse,
        Code::BadId,
        Code::BadCountry,
        Code::UnknownFact,
        Code::OperatorDoesNotFit,
        Code::UnknownTerm,
        Code::UnknownCriterion,
        Code::UnknownReading,
        Code::Cycle,
        Code::DuplicateId,
        Code::UnreachableRung,
        Code::TextMissing,
        Code::IdIsNotFileName,
        Code::NoHead,
        Code::FactOutOfReach,
        Code::UnknownCollection,
        Code::NoOperator,
        Code::NoBound,
    ];
    for code in wanted {
        assert!(codes.contains(&code.id()), "{code:?} was not found in {codes:?}");
    }
    let times = |code: Code| codes.iter().filter(|id| **id == code.id()).count();
    assert_eq!(times(Code::BadCountry), 2, "both elements of a list");
    assert_eq!(times(Code::Cycle), 1, "a circle is one mistake");
    assert_eq!(times(Code::UnknownTerm), 2, "inside an unknown reading too");
    assert_eq!(times(Code::ValueNotAllowed), 3, "inside an unknown collection too: {codes:?}");
}

/// A file that cannot be read is one mistake: the names that it holds are not reported as unknown elsewhere.
#[test]
fn a_broken_file_does_not_make_its_uses_look_wrong() {
    for (path, kind) in [("terms.yaml", "terms"), ("criteria/open-weights.yaml", "criterion")] {
        let found = run(&format!("# {kind}: {path}\nformat: [1\n"));
        assert_eq!(found.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::Syntax], "{path}");
    }
    let newer = run("# terms: terms.yaml\nformat: 9\nterms: {}\n");
    assert_eq!(newer.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::NewerFormat]);
}

/// Terms that call each other one by one must not use up the stack.
#[test]
fn a_long_chain_of_terms_is_refused_and_not_followed() {
    let mut text = String::from("# terms: terms.yaml\nformat: 1\nterms:\n");
    for at in 0..5000 {
        let _ = writeln!(
            text,
            "  t{at}: {{title: {{ko: 가, en: a}}, meaning: {{ko: 가, en: a}}, test: {{term: t{}}}}}",
            at + 1
        );
    }
    text.push_str(
        "  t5000: {title: {ko: 가, en: a}, meaning: {ko: 가, en: a}, test: {fact: model.weights-held, is: true}}\n",
    );
    let found = run(&text);
    assert!(found.iter().any(|problem| problem.code == Code::TooDeep));
}
