//! The difference of two rulesets: for people, as a page with a table of amendments, as JSON.

use serde_json::{Value, json};

use super::amendments::{Amendment, Kind};
use super::diff_table::{Row, marked, rows};
use super::page::{Block, Span, inline, plain};
use super::shifts::{ModelShift, Shift, Under, truth_says};
use crate::explain::span_days;
use crate::report::{Canvas, Tone};
use crate::text::Lang;

/// Two rulesets compared.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// The old rules, as they are read.
    pub old: Under<'a>,
    /// The new rules, as they are read.
    pub new: Under<'a>,
    /// What changed.
    pub amendments: Vec<Amendment>,
    /// What it does to models.
    pub models: Vec<ModelShift>,
}

/// Writes the comparison for people: of each provision the lines that are gone and those that are new.
pub fn diff_human(it: &Comparison<'_>, canvas: &mut Canvas, lang: Lang) {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    canvas.line(&head(it));
    if it.amendments.is_empty() {
        canvas.paragraph(0, "", say("바뀐 것이 없다.", "Nothing changed."));
    }
    for row in rows(it, lang) {
        let tone = match row.kind {
            Kind::Added => Tone::Good,
            Kind::Repealed => Tone::Bad,
            Kind::Amended => Tone::Open,
            Kind::Reworded => Tone::Faint,
        };
        canvas.blank();
        let kind = canvas.paint(row.kind.says().get(lang), tone);
        let title = if row.title.is_empty() { String::new() } else { format!(" ({})", row.title) };
        canvas.line(&format!("{} `{}`{title}: {kind}", row.provision, row.id));
        for remark in &row.remarks {
            canvas.paragraph(2, "", remark);
        }
        for part in &row.parts {
            canvas.paragraph(2, "", &format!("{}:", part.label));
            let gone = part.old.iter().filter(|line| !part.new.contains(line)).map(|line| ("- ", line, Tone::Bad));
            let fresh = part.new.iter().filter(|line| !part.old.contains(line)).map(|line| ("+ ", line, Tone::Good));
            let mut said = std::collections::HashSet::new();
            for (sign, line, tone) in gone.chain(fresh).filter(|(sign, line, _)| said.insert((*sign, *line))) {
                let sign = canvas.paint(sign, tone);
                canvas.paragraph(4, &sign, line);
            }
        }
    }
    if it.models.is_empty() {
        return;
    }
    let moved: Vec<&ModelShift> = it.models.iter().filter(|model| !model.shifts.is_empty()).collect();
    canvas.heading(say("등급이 달라지는 모델", "Models whose grade changes"));
    let (n, all) = (moved.len(), it.models.len());
    let line = match lang {
        Lang::Ko => format!("모델 {all}개 가운데 {n}개"),
        Lang::En => format!("{n} of {all} models"),
    };
    canvas.paragraph(2, "", &line);
    canvas.paragraph(2, "", &read(it, lang));
    for model in moved {
        canvas.line(&format!("  {}", model.model));
        for shift in &model.shifts {
            let arrow = if canvas.is_plain() { "->" } else { "→" };
            let line = format!("{}: {} {arrow} {}", view_says(shift.view, lang), shift.old, shift.new);
            canvas.paragraph(4, "", &format!("{line}. {}", because(shift, lang)));
        }
    }
}

fn head(it: &Comparison<'_>) -> String {
    let (old, new) = (it.old.rules, it.new.rules);
    format!("{} {} / {} {}", old.id, old.version, new.id, new.version)
}

/// Under which readings the models were graded.
fn read(it: &Comparison<'_>, lang: Lang) -> String {
    let (old, new) = (it.old.chosen(), it.new.chosen());
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let list = |chosen: &[(&str, &str)]| {
        let each: Vec<String> = chosen.iter().map(|(id, option)| format!("`{id}={option}`")).collect();
        if each.is_empty() { say("기본값", "the defaults").to_owned() } else { each.join(", ") }
    };
    match (old == new, lang) {
        (true, Lang::Ko) => format!("해석: {}.", list(&old)),
        (true, Lang::En) => format!("Readings: {}.", list(&old)),
        (false, Lang::Ko) => format!("해석: 현행 {}, 개정안 {}.", list(&old), list(&new)),
        (false, Lang::En) => format!("Readings: old {}, new {}.", list(&old), list(&new)),
    }
}

/// What a view is called.
fn view_says(view: &str, lang: Lang) -> &'static str {
    match (view, lang) {
        ("as-declared", Lang::Ko) => "카드 기재",
        ("claimed", Lang::Ko) => "주장",
        ("assured", Lang::Ko) => "확인",
        (_, Lang::Ko) => "도달 가능",
        ("as-declared", Lang::En) => "as declared",
        ("claimed", Lang::En) => "claimed",
        ("assured", Lang::En) => "assured",
        (_, Lang::En) => "attainable",
    }
}

fn because(shift: &Shift, lang: Lang) -> String {
    if shift.because.is_empty() {
        let text = match lang {
            Lang::Ko => "척도가 바뀌었기 때문이다.",
            Lang::En => "The scale itself changed.",
        };
        return text.to_owned();
    }
    let each: Vec<String> = shift
        .because
        .iter()
        .map(|cause| {
            let (old, new) = (truth_says(cause.old), truth_says(cause.new));
            format!("`{}` ({} → {})", cause.criterion, old.get(lang), new.get(lang))
        })
        .collect();
    match lang {
        Lang::Ko => format!("까닭: {}.", each.join(", ")),
        Lang::En => format!("Because of {}.", each.join(", ")),
    }
}

/// The comparison as a page: the table of old and new provisions, and the models.
pub fn diff_page(it: &Comparison<'_>, lang: Lang) -> Vec<Block> {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let title = it.new.rules.title.get(lang);
    let heading = match lang {
        Lang::Ko => format!("{title} 신구 대비표"),
        Lang::En => format!("{title}: table of amendments"),
    };
    let mut blocks = vec![Block::Heading(1, heading, "top".to_owned())];
    let version = |under: &Under<'_>| {
        let rules = under.rules;
        let date = rules.history.first().filter(|release| release.version == rules.version);
        let date = date.map_or_else(String::new, |release| format!(", {}", release.date));
        vec![Span::Code(rules.id.clone()), Span::Plain(format!(" {}{date}", rules.version))]
    };
    let pair = |name: &str, value| vec![vec![Span::Strong(name.to_owned())], value];
    let mut pairs =
        vec![pair(say("현행", "Current"), version(&it.old)), pair(say("개정안", "Amended"), version(&it.new))];
    if let Some(span) = it.new.rules.in_force {
        pairs.push(pair(say("시행", "In force"), plain(span_days(span.from, span.until, lang))));
    }
    blocks.push(Block::Table(Vec::new(), pairs));
    if it.amendments.is_empty() {
        blocks.push(Block::Text(plain(say("바뀐 것이 없다.", "Nothing changed."))));
    } else {
        let head = [say("조항", "Provision"), say("현행", "Current"), say("개정안", "Amended"), say("비고", "Remarks")];
        let rows = rows(it, lang).into_iter().map(|row| cells(&row, lang)).collect();
        blocks.push(Block::Sides(head.map(str::to_owned).to_vec(), rows));
    }
    if it.models.is_empty() {
        return blocks;
    }
    let title = say("등급이 달라지는 모델", "Models whose grade changes");
    blocks.push(Block::Heading(2, title.to_owned(), "models".to_owned()));
    blocks.push(Block::Text(inline(&read(it, lang))));
    let head = [
        say("모델", "model"),
        say("관점", "view"),
        say("현행", "current"),
        say("개정안", "amended"),
        say("까닭", "why"),
    ];
    let of = |model: &ModelShift| -> Vec<Vec<Vec<Span>>> {
        let each = model.shifts.iter().map(|shift| {
            let [name, old, new] = [&model.model, &shift.old, &shift.new].map(|text| plain(text.as_str()));
            vec![name, plain(view_says(shift.view, lang)), old, new, inline(&because(shift, lang))]
        });
        each.collect()
    };
    let rows: Vec<Vec<Vec<Span>>> = it.models.iter().flat_map(of).collect();
    if rows.is_empty() {
        blocks.push(Block::Text(plain(say("없다.", "None."))));
    } else {
        blocks.push(Block::Table(head.map(str::to_owned).to_vec(), rows));
    }
    blocks
}

/// A provision as a row of the table.
fn cells(row: &Row, lang: Lang) -> Vec<Vec<Span>> {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let mut name = vec![Span::Plain(format!("{} ", row.provision)), Span::Code(row.id.clone())];
    if !row.title.is_empty() {
        name.extend([Span::Break, Span::Plain(row.title.clone())]);
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for part in &row.parts {
        let (before, after) = marked(part);
        for (cell, spans) in [(&mut old, before), (&mut new, after)] {
            let missing = spans.is_empty();
            if !cell.is_empty() {
                cell.push(Span::Break);
            }
            cell.push(Span::Strong(format!("{}: ", part.label)));
            cell.extend(spans);
            if missing {
                cell.push(Span::Plain(say("(없음)", "(none)").to_owned()));
            }
        }
    }
    match row.kind {
        Kind::Added => old = plain(say("(신설)", "(new)")),
        Kind::Repealed => new = plain(say("(삭제)", "(repealed)")),
        Kind::Amended | Kind::Reworded if row.more => {
            old.extend([Span::Break, Span::Plain(say("(그 밖은 생략)", "(the rest is left out)").to_owned())]);
            new.extend([Span::Break, Span::Plain(say("(그 밖은 현행과 같음)", "(the rest is unchanged)").to_owned())]);
        }
        Kind::Amended | Kind::Reworded => {}
    }
    let mut remarks = vec![Span::Strong(row.kind.says().get(lang).to_owned())];
    for remark in &row.remarks {
        remarks.extend([Span::Break, Span::Plain(remark.clone())]);
    }
    vec![name, old, new, remarks]
}

/// The comparison as data.
pub fn diff_json(it: &Comparison<'_>) -> Value {
    let side = |under: &Under<'_>| {
        let Under { rules, readings, .. } = under;
        let readings: serde_json::Map<String, Value> = rules
            .readings
            .iter()
            .zip(readings)
            .map(|(reading, option)| (reading.id.clone(), reading.options[*option].id.clone().into()))
            .collect();
        json!({"id": rules.id, "version": rules.version, "digest": rules.digest, "readings": readings})
    };
    json!({
        "schema": "sovgrade/ruleset-diff/1",
        "old": side(&it.old),
        "new": side(&it.new),
        "amendments": it.amendments.iter().map(|amendment| json!({
            "provision": amendment.provision.word(),
            "id": amendment.id,
            "change": amendment.kind.word(),
            "parts": amendment.parts.iter().map(|part| json!({
                "at": part.way,
                "old": part.old,
                "new": part.new,
                "wording": part.wording,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "models": it.models.iter().map(|model| json!({
            "id": model.model,
            "shifts": model.shifts.iter().map(|shift| json!({
                "view": shift.view,
                "old": shift.old,
                "new": shift.new,
                "because": shift.because.iter().map(|cause| json!({
                    "criterion": cause.criterion,
                    "old": truth_says(cause.old).en,
                    "new": truth_says(cause.new).en,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}
