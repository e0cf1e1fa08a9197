//! Many models at once: one line each, sorted, a histogram by rung, and CSV for a spreadsheet.

use std::fmt::Write as _;

use super::canvas::{Canvas, padded, width_of};
use crate::explain::grade_words;
use crate::grade::{Grade, LadderGrade, Passed};
use crate::rules::{Ruleset, Scale};
use crate::text::Lang;
use crate::text::escape::csv_cell as cell;

/// One model of a fleet.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The path it was read from.
    pub path: String,
    /// What it is called; the path where it could not be read.
    pub model: String,
    /// Its grade; absent where it could not be read.
    pub grade: Option<Grade>,
    /// Contradictions that were found.
    pub contradictions: usize,
    /// The id of the mistake that forbids a grade.
    pub error: Option<String>,
}

/// What rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The name.
    Model,
    /// The grade in a view, by its place among `as-declared`, `claimed`, `assured`, `attainable`; the best first.
    View(usize),
}

/// The four views in the order of columns.
fn each<T: Clone>(grade: &LadderGrade<T>) -> [T; 4] {
    [grade.as_declared.clone(), grade.claimed.clone(), grade.assured.clone(), grade.attainable.clone()]
}

/// How good a grade is in each view; a higher number is better. A total is taken at its least.
fn keys(grade: &Grade) -> [f64; 4] {
    match grade {
        Grade::Ladder(grade) => each(grade).map(|at| at.map_or(-1.0, |at| at as f64)),
        Grade::Gate(grade, _) => each(grade).map(|passed| match passed {
            Passed::Pass => 2.0,
            Passed::Undetermined => 1.0,
            Passed::Fail => 0.0,
        }),
        Grade::Scorecard(grade) => each(grade).map(|range| range.low),
    }
}

/// Sorts rows; those without a grade come last, and equals keep their order.
pub fn sort_rows(rows: &mut [Row], column: Column) {
    match column {
        Column::Model => rows.sort_by(|a, b| a.model.cmp(&b.model)),
        Column::View(view) => {
            let key = |row: &Row| row.grade.as_ref().map_or(f64::NEG_INFINITY, |grade| keys(grade)[view]);
            rows.sort_by(|a, b| key(b).total_cmp(&key(a)));
        }
    }
}

/// Writes the table and the histogram.
pub fn fleet_human(rows: &[Row], rules: &Ruleset, canvas: &mut Canvas, lang: Lang) {
    let heads = match lang {
        Lang::Ko => ["모델", "카드", "주장", "보인 데까지", "가능"],
        Lang::En => ["model", "declared", "claimed", "shown up to", "attainable"],
    };
    let lines: Vec<[String; 5]> = rows
        .iter()
        .filter_map(|row| {
            let [declared, claimed, assured, attainable] = each(&grade_words(row.grade.as_ref()?, rules, lang));
            Some([row.model.clone(), declared, claimed, assured, attainable])
        })
        .collect();
    let width = |column: usize| lines.iter().map(|line| width_of(&line[column])).chain([width_of(heads[column])]).max();
    let widths: Vec<usize> = (0..heads.len()).map(|column| width(column).unwrap_or(0)).collect();
    let line = |cells: &[&str]| {
        cells.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect::<Vec<_>>().join("  ")
    };
    canvas.line(&line(&heads));
    let rule = if canvas.is_plain() { "-" } else { "─" };
    canvas.line(&widths.iter().map(|width| rule.repeat(*width)).collect::<Vec<_>>().join("  "));
    for cells in &lines {
        canvas.line(&line(&cells.each_ref().map(String::as_str)));
    }
    let failed = rows.iter().filter(|row| row.grade.is_none()).count();
    histogram(rows, rules, canvas, lang);
    canvas.blank();
    canvas.line(&match (lang, failed) {
        (Lang::Ko, 0) => format!("모델 {}개", rows.len()),
        (Lang::Ko, n) => format!("모델 {}개, 그 밖에 채점할 수 없는 것 {n}개", rows.len() - n),
        (Lang::En, 0) => format!("{} models", rows.len()),
        (Lang::En, n) => format!("{} models, and {n} that could not be graded", rows.len() - n),
    });
}

/// Widest bar.
const BAR: usize = 24;

/// How many models come to each rung, as claimed and as assured.
fn histogram(rows: &[Row], rules: &Ruleset, canvas: &mut Canvas, lang: Lang) {
    let bins = bins(rules, lang);
    let graded: Vec<[f64; 4]> = rows.iter().filter_map(|row| row.grade.as_ref()).map(keys).collect();
    let count =
        |view: usize, low: f64, high: f64| graded.iter().filter(|keys| keys[view] >= low && keys[view] < high).count();
    let counted: Vec<(String, usize, usize)> =
        bins.iter().map(|(name, low, high)| (name.clone(), count(1, *low, *high), count(2, *low, *high))).collect();
    let most = counted.iter().map(|(_, claimed, assured)| *claimed.max(assured)).max().unwrap_or(0).max(1);
    let width = counted.iter().map(|(name, ..)| width_of(name)).max().unwrap_or(0);
    let digits = most.to_string().len();
    let sign = if canvas.is_plain() { "#" } else { "█" };
    let (claimed, assured) = if lang == Lang::Ko { ("주장", "보인 데까지") } else { ("claimed", "shown up to") };
    canvas.blank();
    let column = digits + 1 + BAR;
    canvas.line(&format!("{}  {}  {assured}", " ".repeat(width), padded(claimed, column)));
    for (name, claimed, assured) in counted {
        let bar = |n: usize| sign.repeat((n * BAR).div_ceil(most));
        let left = format!("{claimed:>digits$} {}", bar(claimed));
        let right = format!("{assured:>digits$} {}", bar(assured));
        canvas.line(&format!("{}  {}  {right}", padded(&name, width), padded(&left, column)));
    }
}

/// The steps of a scale with the keys that fall into each, the best first.
fn bins(rules: &Ruleset, lang: Lang) -> Vec<(String, f64, f64)> {
    let say = |ko: &str, en: &str| if lang == Lang::Ko { ko.to_owned() } else { en.to_owned() };
    match &rules.scale {
        Scale::Ladder(rungs) => {
            let mut bins: Vec<(String, f64, f64)> = rungs
                .iter()
                .enumerate()
                .rev()
                .map(|(at, rung)| (rung.id.clone(), at as f64, at as f64 + 1.0))
                .collect();
            bins.push((say("없음", "none"), -1.0, 0.0));
            bins
        }
        Scale::Gate(_) => vec![
            (say("통과", "pass"), 2.0, 3.0),
            (say("미정", "undetermined"), 1.0, 2.0),
            (say("탈락", "fail"), 0.0, 1.0),
        ],
        Scale::Scorecard(_) => (0..10)
            .rev()
            .map(|ten| {
                let (low, high) = (f64::from(ten) * 10.0, f64::from(ten) * 10.0 + 10.0);
                (format!("{low}-{high} %"), low, if ten == 9 { f64::INFINITY } else { high })
            })
            .collect(),
    }
}

/// The rows as CSV (RFC 4180) with English words, so that they are the same whatever the language.
pub fn fleet_csv(rows: &[Row], rules: &Ruleset) -> String {
    let axes: Vec<&str> = match &rules.scale {
        Scale::Gate(axes) => axes.iter().map(|axis| axis.id.as_str()).collect(),
        _ => Vec::new(),
    };
    let mut out = String::from("path,model,as-declared,claimed,assured,attainable,contradictions,error");
    for axis in &axes {
        let _ = write!(out, ",{}-claimed,{}-assured", cell(axis), cell(axis));
    }
    out.push_str("\r\n");
    for row in rows {
        let words = row.grade.as_ref().map_or_else(<[String; 4]>::default, |g| each(&grade_words(g, rules, Lang::En)));
        let mut cells = vec![cell(&row.path), cell(&row.model)];
        cells.extend(words.iter().map(|word| cell(word)));
        cells.push(row.contradictions.to_string());
        cells.push(cell(row.error.as_deref().unwrap_or_default()));
        if let Some(Grade::Gate(_, graded)) = &row.grade {
            for axis in graded {
                cells.push(axis.passed.claimed.word().to_owned());
                cells.push(axis.passed.assured.word().to_owned());
            }
        } else {
            cells.extend(axes.iter().flat_map(|_| [String::new(), String::new()]));
        }
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}
