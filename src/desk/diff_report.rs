//! The difference of two rulesets: for people, as a table of amendments in Markdown, as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::amendments::{Amendment, Kind, Part};
use super::shifts::{ModelShift, Shift, Under, truth_says};
use crate::report::{Canvas, Tone};
use crate::text::Lang;
use crate::text::escape::{markdown as md, markdown_code as code};

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

/// Writes the comparison for people.
pub fn diff_human(it: &Comparison<'_>, canvas: &mut Canvas, lang: Lang) {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    canvas.line(&head(it));
    if it.amendments.is_empty() {
        canvas.paragraph(0, "", say("바뀐 것이 없다.", "Nothing changed."));
    }
    for amendment in &it.amendments {
        let tone = match amendment.kind {
            Kind::Added => Tone::Good,
            Kind::Repealed => Tone::Bad,
            Kind::Amended => Tone::Open,
            Kind::Reworded => Tone::Faint,
        };
        canvas.blank();
        let kind = canvas.paint(amendment.kind.says().get(lang), tone);
        canvas.line(&format!("{} `{}`: {kind}", amendment.provision.says().get(lang), amendment.id));
        for part in &amendment.parts {
            if matches!(amendment.kind, Kind::Amended | Kind::Reworded) {
                canvas.paragraph(2, "", &named(part, lang));
            }
            for (sign, text, tone) in [("- ", &part.old, Tone::Bad), ("+ ", &part.new, Tone::Good)] {
                if let Some(text) = text {
                    let sign = canvas.paint(sign, tone);
                    canvas.paragraph(4, &sign, text);
                }
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

fn named(part: &Part, lang: Lang) -> String {
    if part.way.is_empty() || part.what.get(lang) == part.way {
        return format!("{}:", part.what.get(lang));
    }
    format!("{} ({}):", part.what.get(lang), part.way)
}

/// What a view is called.
fn view_says(view: &str, lang: Lang) -> &'static str {
    match (view, lang) {
        ("as-declared", Lang::Ko) => "카드의 말",
        ("claimed", Lang::Ko) => "주장됨",
        ("assured", Lang::Ko) => "확인됨",
        (_, Lang::Ko) => "가능한 최고",
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

/// The comparison as Markdown: the table of old and new provisions, and the models.
pub fn diff_markdown(it: &Comparison<'_>, lang: Lang) -> String {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let mut out = format!("# {}: {}\n\n", say("신구 대비표", "Table of amendments"), md(&head(it)));
    if it.amendments.is_empty() {
        let _ = writeln!(out, "{}\n", say("바뀐 것이 없다.", "Nothing changed."));
    } else {
        let (provision, kind, old, new) =
            (say("조항", "provision"), say("구분", "change"), say("현행", "current"), say("개정안", "amended"));
        let _ = writeln!(out, "| {provision} | {kind} | {old} | {new} |\n|---|---|---|---|");
        for amendment in &it.amendments {
            let name = format!("{} {}", amendment.provision.says().get(lang), code(&amendment.id));
            for part in &amendment.parts {
                let what = if part.way.is_empty() { String::new() } else { format!("<br>{}", md(part.what.get(lang))) };
                let cell = |text: &Option<String>| match text {
                    Some(text) => code(text),
                    None => say("(없음)", "(none)").to_owned(),
                };
                let kind = amendment.kind.says();
                let _ =
                    writeln!(out, "| {name}{what} | {} | {} | {} |", kind.get(lang), cell(&part.old), cell(&part.new));
            }
        }
        out.push('\n');
    }
    if it.models.is_empty() {
        return out;
    }
    let _ = writeln!(out, "## {}\n", say("등급이 달라지는 모델", "Models whose grade changes"));
    let _ = writeln!(out, "{}\n", md(&read(it, lang)));
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} |\n|---|---|---|---|---|",
        say("모델", "model"),
        say("관점", "view"),
        say("현행", "current"),
        say("개정안", "amended"),
        say("까닭", "why")
    );
    for model in &it.models {
        for shift in &model.shifts {
            let [name, old, new] = [&model.model, &shift.old, &shift.new].map(|text| md(text));
            let view = view_says(shift.view, lang);
            let _ = writeln!(out, "| {name} | {view} | {old} | {new} | {} |", md(&because(shift, lang)));
        }
    }
    out
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
