//! What would move a grade: as a table for people, and as data.

use serde_json::{Map, Value as Json, json};

use super::run::in_view;
use super::shifts::VIEWS;
use super::what_if::{Combination, Threshold, WhatIf};
use crate::explain::grade_words;
use crate::facts::Value;
use crate::grade::Grade;
use crate::report::{Canvas, padded, width_of};
use crate::rules::{Op, Ruleset};
use crate::text::Lang;
use crate::vocabulary::{Kind, Unit, vocabulary};

/// Combinations shown of one grade; the JSON has all.
const SHOWN: usize = 3;

/// Writes the table.
pub fn what_if_human(it: &WhatIf, rules: &Ruleset, canvas: &mut Canvas, lang: Lang) {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    canvas.heading(say("달리 해석하면 (작은 변경부터)", "Were it read otherwise (smallest change first)"));
    if it.combinations.is_empty() {
        canvas.paragraph(2, "", say("어떻게 해석해도 등급이 같다.", "No reading changes the grade."));
    } else {
        let heads = match lang {
            Lang::Ko => ["주장", "확인", "도달 가능"],
            Lang::En => ["claimed", "assured", "attainable"],
        };
        let row = |grade: &Grade| {
            let words = grade_words(grade, rules, lang);
            [words.claimed, words.assured, words.attainable]
        };
        let mut rows = vec![(row(&it.grade), say("(지금)", "(now)").to_owned())];
        for one in &it.combinations {
            let cells = row(&one.grade);
            if rows.iter().filter(|(other, _)| *other == cells).count() < SHOWN {
                rows.push((cells, changes(one, rules)));
            }
        }
        let width = |at: usize| {
            rows.iter().map(|(cells, _)| width_of(&cells[at])).chain([width_of(heads[at])]).max().unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2)];
        let cells = |texts: [&str; 3]| {
            texts.iter().zip(widths).map(|(text, width)| padded(text, width)).collect::<Vec<_>>().join("  ")
        };
        canvas.line(&format!("  {}  {}", cells(heads), say("해석", "readings")));
        for (texts, what) in &rows {
            let left = cells(texts.each_ref().map(String::as_str));
            canvas.paragraph(2, &format!("{left}  "), what);
        }
        let more = it.combinations.len() + 1 - rows.len();
        if more > 0 {
            let text = match lang {
                Lang::Ko => format!("같은 등급을 주는 다른 조합이 {more}가지 더 있다."),
                Lang::En => format!("{more} more combinations give one of these grades."),
            };
            canvas.paragraph(2, "", &text);
        }
    }
    let tried = it.tried;
    let text = match (lang, it.complete) {
        (Lang::Ko, true) => format!("조합 {tried}가지를 모두 매겨 보았다."),
        (Lang::Ko, false) => {
            format!("적게 바꾸는 조합부터 {tried}가지를 매겨 보았다. 더 많이 바꾸는 조합은 보지 않았다.")
        }
        (Lang::En, true) => format!("All {tried} combinations were graded."),
        (Lang::En, false) => format!("{tried} combinations were graded, the smallest first; larger ones were not."),
    };
    canvas.paragraph(2, "", &text);
    canvas.heading(say("문턱을 옮기면 (가까운 것부터)", "Were a threshold moved (nearest first)"));
    if it.thresholds.is_empty() {
        let text = say(
            "모델의 값 가까이에는 등급을 바꿀 문턱이 없다.",
            "No threshold near the model's values would change the grade.",
        );
        canvas.paragraph(2, "", text);
    }
    for one in &it.thresholds {
        canvas.paragraph(2, "- ", &threshold_says(one, rules, lang));
    }
}

/// `reading=option, reading=option`.
fn changes(one: &Combination, rules: &Ruleset) -> String {
    let each = one.changes.iter().map(|(reading, option)| {
        let reading = &rules.readings[*reading];
        format!("{}={}", reading.id, reading.options[*option].id)
    });
    each.collect::<Vec<_>>().join(", ")
}

fn threshold_says(one: &Threshold, rules: &Ruleset, lang: Lang) -> String {
    let (kind, name) = match &rules.expr.node(one.copy).op {
        Op::Fact(slot, _) => {
            let entry = vocabulary().entry(slot.path);
            (entry.kind, if lang == Lang::Ko { entry.label.ko } else { entry.label.en }.to_owned())
        }
        Op::Share(_, by, _) => {
            let entry = vocabulary().entry(by.path);
            let label = if lang == Lang::Ko { entry.label.ko } else { entry.label.en };
            let name = match lang {
                Lang::Ko => format!("{label} 비율"),
                Lang::En => format!("share by {label}"),
            };
            (Kind::Number(Unit::Percent), name)
        }
        _ => (Kind::Number(Unit::Count), if lang == Lang::Ko { "수" } else { "count" }.to_owned()),
    };
    let number = |number: f64| Value::Number(number).says(kind, lang);
    let (now, then) = (number(one.now), number(one.then));
    let words = grade_words(&one.grade, rules, lang);
    let file = &rules.files[usize::from(one.place.file)];
    let at = format!("{}:{}", file.name(), file.position(one.place.span.start).line);
    match (lang, one.beyond) {
        (Lang::Ko, false) => {
            format!("{name}: 문턱 {now} → {then}. 주장 {}, 확인 {} ({at})", words.claimed, words.assured)
        }
        (Lang::Ko, true) => {
            format!("{name}: 문턱 {now} → {then}, 그 값은 빼고. 주장 {}, 확인 {} ({at})", words.claimed, words.assured)
        }
        (Lang::En, false) => {
            format!("{name}: threshold {now} → {then}: claimed {}, assured {} ({at})", words.claimed, words.assured)
        }
        (Lang::En, true) => format!(
            "{name}: threshold {now} → just beyond {then}: claimed {}, assured {} ({at})",
            words.claimed, words.assured
        ),
    }
}

/// What would move the grade, as data.
pub fn what_if_json(it: &WhatIf, rules: &Ruleset) -> Json {
    let grade = |grade: &Grade| -> Map<String, Json> {
        VIEWS.iter().map(|view| ((*view).to_owned(), in_view(grade, rules, view).into())).collect()
    };
    json!({
        "tried": it.tried,
        "complete": it.complete,
        "readings": it.combinations.iter().map(|one| json!({
            "changes": one.changes.iter().map(|(reading, option)| {
                let reading = &rules.readings[*reading];
                (reading.id.clone(), reading.options[*option].id.clone().into())
            }).collect::<Map<String, Json>>(),
            "grade": grade(&one.grade),
        })).collect::<Vec<_>>(),
        "thresholds": it.thresholds.iter().map(|one| json!({
            "node": one.node,
            "now": one.now,
            "then": one.then,
            "beyond": one.beyond,
            "grade": grade(&one.grade),
        })).collect::<Vec<_>>(),
    })
}
