//! Several models: a table, then each.

use super::Assessment;
use super::canvas::{Canvas, padded, width_of};
use crate::text::Lang;

/// The table of several models, one line each.
pub fn several(models: &[Assessment<'_>], canvas: &mut Canvas) {
    let Some(first) = models.first() else { return };
    let lang = first.story.lang;
    let heads = match lang {
        Lang::Ko => ["모델", "카드", "주장", "보인 데까지", "가능"],
        Lang::En => ["model", "declared", "claimed", "shown up to", "attainable"],
    };
    let rows: Vec<[String; 5]> = models
        .iter()
        .map(|it| {
            let grade = &it.story.grade;
            [
                it.dossier.id.clone(),
                grade.as_declared.clone(),
                grade.claimed.clone(),
                grade.assured.clone(),
                grade.attainable.clone(),
            ]
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
