//! Where the points of a scorecard go, in words: what was lost and what is open, by which criterion or item, and why.

use super::reason::{Reason, ReasonKind, responsible};
use super::sentence::{Voice, capital, item_name};
use super::story::{Because, because};
use super::wording::Read;
use crate::facts::{Dossier, Item};
use crate::grade::{Grading, Interval, ItemLine, PointLine, Scored, Truth, View};
use crate::rules::{Ruleset, Scale};
use crate::text::Lang;
use crate::vocabulary::{Kind, vocabulary};

/// Less than this is noise of the order of summation, in percent of the total.
const NOISE: f64 = 0.005;

/// What brings points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointsOf {
    /// A criterion, by index.
    Criterion(usize),
    /// An item.
    Item,
}

/// One criterion or item of an objective.
#[derive(Debug, Clone, PartialEq)]
pub struct PointsLine {
    /// What it is.
    pub of: PointsOf,
    /// How many points it brings or loses, a phrase; of an item a sentence.
    pub text: String,
    /// What is surely lost, in percent of the total, if all that is said holds.
    pub lost: f64,
    /// What is open, in percent of the total.
    pub open: f64,
    /// Of an item: why.
    pub reasons: Vec<Because>,
}

/// One objective with all that brings points to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectiveLine {
    /// Index of the objective.
    pub objective: usize,
    /// What it brings and loses, a sentence.
    pub text: String,
    /// What is lost or open in it, in percent of the total.
    pub missing: f64,
    /// Its criteria and items, in the order of the scorecard.
    pub lines: Vec<PointsLine>,
}

/// A floor that is not surely satisfied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorText {
    /// What it does to the total, a sentence.
    pub text: String,
    /// Its criteria that are not satisfied.
    pub open: Vec<usize>,
}

/// Every objective of a scorecard; nothing for other scales.
pub(super) fn objectives(voice: Voice, rules: &Ruleset, dossier: &Dossier, grading: &Grading) -> Vec<ObjectiveLine> {
    let Scale::Scorecard(card) = &rules.scale else { return Vec::new() };
    let each = grading.objectives.iter();
    each.map(|grade| {
        let at = grade.objective;
        let own = grading.points.iter().filter(|line| line.objective == at);
        let lines: Vec<PointsLine> = own.filter_map(|line| points(voice, rules, dossier, grading, line)).collect();
        let title = card.objectives[at].title.get(voice.lang);
        let (low, high) = (grade.percent.claimed.low.min(100.0), grade.percent.claimed.high.min(100.0));
        let of_total = |percent: f64| percent * grade.weight / 100.0;
        let (lost, open) = (of_total(100.0 - high), of_total(high - low));
        let (mut may_come, mut is_gone) = (0.0, 0.0);
        if card.objectives[at].each.is_some() {
            may_come = open - lines.iter().map(|line| line.open).sum::<f64>();
            is_gone = lost - lines.iter().map(|line| line.lost).sum::<f64>();
        }
        let figures = [of_total(low), grade.weight, lost, open];
        let text = objective_words(voice.lang, title, figures, [may_come, is_gone]);
        ObjectiveLine { objective: at, text, missing: lost + open, lines }
    })
    .collect()
}

/// What an objective brings of its weight, what it has lost, and what is open; of items also how much of that belongs
/// to those that are not listed: what may still come, and what is gone.
fn objective_words(lang: Lang, title: &str, [brings, weight, lost, open]: [f64; 4], unlisted: [f64; 2]) -> String {
    let mut text = match lang {
        Lang::Ko => format!("{title}: 총점 {weight:.1} % 가운데 {brings:.1} %"),
        Lang::En => format!("{title}: {brings:.1} of {weight:.1} % of the total"),
    };
    for (part, ko, en) in [(lost, "잃음", "lost"), (open, "미정", "open")] {
        if part > NOISE {
            text.push_str(&match lang {
                Lang::Ko => format!(", {part:.1} % {ko}"),
                Lang::En => format!(", {part:.1} % {en}"),
            });
        }
    }
    text.push('.');
    let [may_come, is_gone] = unlisted;
    if may_come > NOISE {
        text.push_str(&match lang {
            Lang::Ko => format!(" 목록에 없는 것이 {may_come:.1} %까지 더할 수 있다."),
            Lang::En => format!(" What is not listed may bring up to {may_come:.1} %."),
        });
    }
    if is_gone > NOISE {
        text.push_str(&match lang {
            Lang::Ko => format!(" 그 가운데 {is_gone:.1} %는 목록에 없는 것의 몫이다."),
            Lang::En => format!(" Of that, {is_gone:.1} % belongs to what is not listed."),
        });
    }
    text
}

/// A number of points as one would write it.
fn number(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn points(voice: Voice, rules: &Ruleset, dossier: &Dossier, grading: &Grading, line: &PointLine) -> Option<PointsLine> {
    match &line.scored {
        Scored::Criterion(at) => {
            let Interval { low, high } = line.claimed;
            let (lost, open) = ((line.points - high) * line.each, (high - low) * line.each);
            let text = criterion_words(voice.lang, line, lost > NOISE, open > NOISE);
            Some(PointsLine { of: PointsOf::Criterion(*at), text, lost, open, reasons: Vec::new() })
        }
        Scored::Item(row, lines) => item(voice, rules, dossier, grading, line, *row, lines),
    }
}

fn criterion_words(lang: Lang, line: &PointLine, lost: bool, open: bool) -> String {
    let (points, share) = (number(line.points), line.points * line.each);
    let unshown = line.claimed.low > line.assured.low;
    match (lang, lost, open) {
        (Lang::Ko, true, _) => format!("{points}점 잃음, 총점의 {share:.1} %"),
        (Lang::Ko, _, true) => format!("{points}점 미정, 총점의 {share:.1} %"),
        (Lang::Ko, ..) if unshown => format!("{points}점, 총점의 {share:.1} %, 아직 보이지 않음"),
        (Lang::Ko, ..) => format!("{points}점, 총점의 {share:.1} %"),
        (Lang::En, true, _) => format!("{} lost, {share:.1} % of the total", counted(&points)),
        (Lang::En, _, true) => format!("{} open, {share:.1} % of the total", counted(&points)),
        (Lang::En, ..) if unshown => format!("{}, {share:.1} % of the total, not shown yet", counted(&points)),
        (Lang::En, ..) => format!("{}, {share:.1} % of the total", counted(&points)),
    }
}

fn counted(points: &str) -> String {
    if points == "1" { "1 point".to_owned() } else { format!("{points} points") }
}

/// An item with the lines that could still bring it points. A line that asks for an item of another name is no loss:
/// what a thing is called is nothing that it could change.
fn item(
    voice: Voice,
    rules: &Ruleset,
    dossier: &Dossier,
    grading: &Grading,
    line: &PointLine,
    row: usize,
    lines: &[ItemLine],
) -> Option<PointsLine> {
    let (mut possible, mut brings, mut open, mut reasons): (f64, f64, f64, Vec<Because>) = (0.0, 0.0, 0.0, Vec::new());
    let mut called: Option<String> = None;
    for each in lines {
        let truth = each.holds.get(View::Claimed);
        let (items, tree) = grading.unfold_points(rules, dossier, line.objective, row, each)?;
        called.get_or_insert_with(|| name(&items, voice.lang));
        if truth == Truth::True {
            (possible, brings) = (possible + each.points, brings + each.points);
            continue;
        }
        let question = grading.points_question(rules, dossier);
        let found = responsible(&tree, View::Claimed, &question);
        if found.iter().any(asks_for_another) {
            continue;
        }
        possible += each.points;
        open += if truth == Truth::Unknown { each.points } else { 0.0 };
        let read = Read { rules, readings: &grading.readings };
        for reason in because(voice, read, &found) {
            if !reasons.iter().any(|other| other.text == reason.text) {
                reasons.push(reason);
            }
        }
    }
    let called = capital(&called?);
    let (lost, open) = ((possible - brings - open) * line.each, open * line.each);
    let (of, all) = (number(brings), number(possible));
    let text = match voice.lang {
        Lang::Ko => format!("{called}: {all}점 가운데 {of}점, 총점의 {:.1} %를 놓침", lost + open),
        Lang::En => format!("{called}: {of} of {}, {:.1} % of the total missing", counted(&all), lost + open),
    };
    Some(PointsLine { of: PointsOf::Item, text, lost, open, reasons })
}

fn name(items: &[&Item], lang: Lang) -> String {
    items.last().map_or_else(String::new, |item| item_name(item, lang))
}

/// Whether a line fails because the item is called otherwise.
fn asks_for_another(reason: &Reason<'_>) -> bool {
    match &reason.kind {
        ReasonKind::Fact(slot, ..) => reason.truth == Truth::False && vocabulary().entry(slot.path).kind == Kind::Text,
        _ => false,
    }
}

/// The floors that are not surely satisfied.
pub(super) fn floors(rules: &Ruleset, grading: &Grading, lang: Lang) -> Vec<FloorText> {
    let Scale::Scorecard(card) = &rules.scale else { return Vec::new() };
    let each = grading.floors.iter().map(|line| {
        let floor = &card.floors[line.floor];
        let (title, cap) = (floor.title.get(lang), number(floor.cap));
        let text = match (lang, line.caps) {
            (Lang::Ko, true) => format!("{title}: 채우지 못하여 총점이 {cap} %를 넘지 못한다."),
            (Lang::Ko, false) => format!("{title}: 채우는지 알 수 없다. 채우지 못하면 총점은 {cap} %까지이다."),
            (Lang::En, true) => format!("{title}: it fails, and the total is at most {cap} %."),
            (Lang::En, false) => format!("{title}: it is open. Should it fail, the total is at most {cap} %."),
        };
        FloorText { text, open: line.open.clone() }
    });
    each.collect()
}
