//! The short form: which model under which rules, what contradicts, what stands in the way, and the grade drawn, last.

use super::Assessment;
use super::canvas::Canvas;
use super::human::short_picture;
use crate::explain::{CriterionLine, PointsLine, PointsOf};
use crate::rules::Scale;
use crate::text::Lang;

/// Criteria that are named as standing in the way; more are counted.
const NAMED: usize = 3;

/// Writes the short form. It fits on a screen; the last lines are the ladder, gate or score.
pub fn brief(it: &Assessment<'_>, canvas: &mut Canvas) {
    let lang = it.story.lang;
    let rules = it.rules;
    let as_of = match (it.grading.as_of, lang) {
        (Some(date), Lang::Ko) => format!(", {date} 기준"),
        (Some(date), Lang::En) => format!(", as of {date}"),
        (None, _) => String::new(),
    };
    canvas.line(&format!("{}: {} ({} {}{as_of})", it.dossier.id, rules.title.get(lang), rules.id, rules.version));
    for line in it.story.force.iter().filter(|line| line.warns) {
        canvas.paragraph(2, "! ", &line.text);
    }
    for line in &it.story.rests {
        canvas.paragraph(2, "", line);
    }
    if let Some(nothing) = &it.story.nothing_known {
        canvas.paragraph(2, "", nothing);
    }
    match (it.story.contradictions.len(), lang) {
        (0, _) => {}
        (n, Lang::Ko) => canvas.paragraph(2, "! ", &format!("모순 {n}건")),
        (1, Lang::En) => canvas.paragraph(2, "! ", "1 contradiction"),
        (n, Lang::En) => canvas.paragraph(2, "! ", &format!("{n} contradictions")),
    }
    for floor in &it.story.floors {
        canvas.paragraph(2, "! ", &floor.text);
    }
    if let Some(text) = in_the_way(it).or_else(|| most_lost(it)) {
        canvas.paragraph(2, "", &text);
    }
    short_picture(it, canvas);
}

/// Where a scorecard has most to gain, by criteria and items.
fn most_lost(it: &Assessment<'_>) -> Option<String> {
    let lang = it.story.lang;
    let mut lines: Vec<&PointsLine> = it.story.points.iter().flat_map(|objective| &objective.lines).collect();
    lines.retain(|line| line.lost + line.open > 0.05);
    lines.sort_by(|a, b| (b.lost + b.open).total_cmp(&(a.lost + a.open)));
    let named: Vec<String> = lines
        .iter()
        .take(NAMED)
        .map(|line| match line.of {
            PointsOf::Criterion(at) => format!("{}: {}", it.rules.criteria[at].title.get(lang), line.text),
            PointsOf::Item => line.text.clone(),
        })
        .collect();
    let more = match (lines.len().saturating_sub(NAMED), lang) {
        (0, _) => String::new(),
        (n, Lang::Ko) => format!(" 외 {n}가지"),
        (n, Lang::En) => format!(" and {n} more"),
    };
    let named = named.join("; ");
    (!named.is_empty()).then(|| match lang {
        Lang::Ko => format!("점수를 가장 많이 잃은 곳: {named}{more}"),
        Lang::En => format!("Most points are missing at: {named}{more}"),
    })
}

/// What stands between the claimed grade and the next, by the titles of its criteria.
fn in_the_way(it: &Assessment<'_>) -> Option<String> {
    let lang = it.story.lang;
    let rung = it.story.rungs.iter().find(|rung| !rung.blocked_by.is_empty())?;
    let title = |at: &usize| {
        let line: &CriterionLine = it.story.criteria.iter().find(|line| line.criterion == *at)?;
        let outcome = line.outcome.says();
        Some(format!("{} ({})", it.rules.criteria[*at].title.get(lang), outcome.get(lang)))
    };
    let named: Vec<String> = rung.blocked_by.iter().take(NAMED).filter_map(title).collect();
    let more = match (rung.blocked_by.len().saturating_sub(NAMED), lang) {
        (0, _) => String::new(),
        (n, Lang::Ko) => format!(" 외 {n}가지"),
        (n, Lang::En) => format!(" and {n} more"),
    };
    let named = named.join(", ");
    Some(match (&it.rules.scale, lang) {
        (Scale::Ladder(_), Lang::Ko) => format!("다음 단계를 막는 것: {named}{more}"),
        (Scale::Ladder(_), Lang::En) => format!("In the way of the next rung: {named}{more}"),
        (_, Lang::Ko) => format!("통과를 막는 것: {named}{more}"),
        (_, Lang::En) => format!("In the way: {named}{more}"),
    })
}
