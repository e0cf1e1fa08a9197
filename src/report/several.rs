//! Several models, or several rulesets: a table, then each.

use super::Assessment;
use super::canvas::{Canvas, padded, width_of};
use crate::text::Lang;

/// The table of several models, one line each; under several rulesets one line for each of them too.
pub fn several(models: &[Assessment<'_>], canvas: &mut Canvas) {
    let Some(first) = models.first() else { return };
    let lang = first.story.lang;
    let mut heads = match lang {
        Lang::Ko => vec!["모델", "카드", "주장", "보인 데까지", "가능"],
        Lang::En => vec!["model", "declared", "claimed", "shown up to", "attainable"],
    };
    let rulesets = models.iter().any(|it| it.rules.digest != first.rules.digest);
    if rulesets {
        heads.insert(1, if lang == Lang::Ko { "규칙 모음" } else { "ruleset" });
    }
    let rows: Vec<Vec<String>> = models
        .iter()
        .map(|it| {
            let grade = &it.story.grade;
            let ruleset = rulesets.then(|| format!("{} {}", it.rules.id, it.rules.version));
            let views = [&grade.as_declared, &grade.claimed, &grade.assured, &grade.attainable].map(Clone::clone);
            std::iter::once(it.dossier.id.clone()).chain(ruleset).chain(views).collect()
        })
        .collect();
    let widths: Vec<usize> = (0..heads.len())
        .map(|column| rows.iter().map(|row| width_of(&row[column])).chain([width_of(heads[column])]).max().unwrap_or(0))
        .collect();
    let line = |cells: &[&str]| {
        cells.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect::<Vec<_>>().join("  ")
    };
    canvas.line(&line(&heads));
    let rule = if canvas.is_plain() { "-" } else { "─" };
    let rules: Vec<String> = widths.iter().map(|width| rule.repeat(*width)).collect();
    canvas.line(&rules.join("  "));
    for row in &rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        canvas.line(&line(&cells));
    }
}
