//! What is promised about speed, as ratios taken in one run: `cargo bench --bench speed`.
//!
//! Each line names what it is compared with, so that the figure means the same on a slow machine. Rows that are
//! measured against each other take turns, and the best turn of each counts.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use sovgrade::explain::story;
use sovgrade::facts::Assurance;
use sovgrade::gather::gather;
use sovgrade::grade::{Options, Question, criteria, grade};
use sovgrade::rules::{Ruleset, RulesetFiles, embedded, load};
use sovgrade::text::{Aliases, Lang, SourceFile, parse_yaml};

const EXAMPLE: &str = "examples/solar-open-100b";

/// A row: what is measured, and what it does once.
struct Row<'r> {
    name: &'static str,
    run: Box<dyn FnMut() + 'r>,
    nanoseconds: f64,
}

fn row<'r>(name: &'static str, run: impl FnMut() + 'r) -> Row<'r> {
    Row { name, run: Box::new(run), nanoseconds: f64::INFINITY }
}

/// Measures rows in turns and prints each beside the first.
fn table(title: &str, turns: u32, mut rows: Vec<Row<'_>>) -> Vec<f64> {
    for _ in 0..turns {
        for row in &mut rows {
            let before = Instant::now();
            (row.run)();
            row.nanoseconds = row.nanoseconds.min(before.elapsed().as_secs_f64() * 1e9);
        }
    }
    let first = rows[0].nanoseconds;
    println!("\n| {title} | time | beside the first |\n|---|---:|---:|");
    for row in &rows {
        println!("| {} | {} | {:.2} |", row.name, shown(row.nanoseconds), row.nanoseconds / first);
    }
    rows.iter().map(|row| row.nanoseconds).collect()
}

fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e4 => format!("{n:.0} ns"),
        n if n < 1e7 => format!("{:.1} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn ladder() -> RulesetFiles {
    RulesetFiles::embedded(embedded().iter().find(|rules| rules.id == "t-class").unwrap())
}

fn loaded(files: &RulesetFiles) -> Ruleset {
    load(files).unwrap_or_else(|problems| panic!("{problems:?}")).0
}

/// The ladder with its criteria copied under other names until there are `count`.
fn many(count: usize) -> RulesetFiles {
    let mut files = ladder();
    let own = files.criteria.clone();
    let mut copies = Vec::new();
    for number in 0..count.saturating_sub(own.len()) {
        let file = &own[number % own.len()];
        let stem = file.name().rsplit('/').next().unwrap().trim_end_matches(".yaml");
        let name = format!("{stem}-copy-{number}");
        let text = file.text().replacen(&format!("id: {stem}"), &format!("id: {name}"), 1);
        copies.push(SourceFile::new(format!("rules/t-class/criteria/{name}.yaml"), text));
    }
    files.criteria.extend(copies);
    files
}

fn texts(files: &RulesetFiles) -> Vec<SourceFile> {
    std::iter::once(&files.ruleset).chain(&files.terms).chain(&files.criteria).cloned().collect()
}

fn loading() {
    let files = ladder();
    let all = texts(&files);
    let bytes: usize = all.iter().map(|file| file.text().len()).sum();
    let big = many(500);
    println!("\nt-class: {} criteria, {} kB of YAML", files.criteria.len(), bytes / 1000);
    let times = table(
        "loading t-class",
        40,
        vec![
            row("YAML of its files to trees", || {
                for file in &all {
                    black_box(parse_yaml(file, Aliases::Refuse).unwrap());
                }
            }),
            row("loaded: decoded, checked, compiled", || drop(black_box(loaded(&files)))),
            row("500 criteria loaded", || drop(black_box(loaded(&big)))),
        ],
    );
    let each = |nanoseconds: f64, files: &RulesetFiles| nanoseconds / files.criteria.len() as f64;
    println!("\nOne criterion of 500 costs {:.2} times one of t-class.", each(times[2], &big) / each(times[1], &files));
}

fn grading() {
    let rules = loaded(&ladder());
    let gathered = gather(&root().join(EXAMPLE), &[]).unwrap_or_else(|problems| panic!("{problems:?}"));
    let dossier = &gathered.dossier;
    let options = Options::default();
    let readings = rules.default_readings();
    let home = rules.home;
    let question = Question {
        rules: &rules,
        dossier,
        readings: &readings,
        home,
        as_of: None,
        only: None,
        choice: None,
        needs: Assurance::Declared,
    };
    let mut results = Vec::new();
    let grading = grade(&rules, dossier, &options);
    table(
        "grading a gathered model by t-class",
        300,
        vec![
            row("every criterion, four views, full trace", || criteria(&question, &mut results)),
            row("the grade, with other readings and next steps", || drop(black_box(grade(&rules, dossier, &options)))),
            row("the explanation in Korean", || drop(black_box(story(&rules, dossier, &grading, Lang::Ko)))),
        ],
    );
}

fn gathering() {
    let model = root().join(EXAMPLE);
    let evidence = files_below(&model.join("evidence"));
    table(
        "gathering an example",
        100,
        vec![
            row("its files read", || {
                for file in files_below(&model) {
                    black_box(std::fs::read(file).unwrap());
                }
            }),
            row("gathered", || drop(black_box(gather(&model, &[])))),
            row("gathered with its evidence", || drop(black_box(gather(&model, &evidence)))),
        ],
    );
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// Whole processes, as a user starts them.
fn process() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
        command.current_dir(root()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().unwrap().success(), "{arguments:?}");
    };
    let times = table(
        "a whole process",
        60,
        vec![
            row("true(1)", || assert!(Command::new("true").status().unwrap().success())),
            row("sovgrade --version", || run(&["--version"])),
            row("sovgrade grade EXAMPLE", || run(&["grade", EXAMPLE])),
            row("sovgrade grade EXAMPLE --format json", || run(&["grade", EXAMPLE, "--format", "json"])),
        ],
    );
    let mut line = String::new();
    let _ = write!(line, "\nA cold `sovgrade grade EXAMPLE` takes {} (promised: under 10 ms).", shown(times[2]));
    println!("{line}");
}

fn main() {
    loading();
    grading();
    gathering();
    process();
}
