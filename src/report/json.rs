//! The assessment as JSON, `sovgrade/assessment/1`: kebab-case keys in a stable order, the same bytes for the same
//! inputs.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Assessment;
use crate::explain::{Asker, Because, CriterionLine, PointsLine, PointsOf, Side, StepLine, grade_words};
use crate::facts::Source;
use crate::grade::{Grade, Interval, LadderGrade, ObjectiveGrade, Outcome, Passed, RungProgress};
use crate::rules::{Remedy, Ruleset, RulesetOrigin, Scale};
use crate::text::{Lang, escape};
use crate::vocabulary::vocabulary;

/// The assessment as a JSON value.
pub fn assessment(it: &Assessment<'_>) -> Value {
    let (rules, grading, story) = (it.rules, it.grading, it.story);
    let lang = story.lang;
    let readings: Map<String, Value> = rules
        .readings
        .iter()
        .zip(&grading.readings)
        .map(|(reading, at)| (reading.id.clone(), reading.options[*at].id.clone().into()))
        .collect();
    json!({
        "schema": "sovgrade/assessment/1",
        "model": {"id": it.dossier.id, "local": it.dossier.about.local, "path-digest": inputs_digest(it)},
        "card": {"written-by": if it.dossier.about.written_by_other { "other" } else { "maker" }},
        "ruleset": {"id": rules.id, "version": rules.version, "digest": rules.digest, "origin": origin(rules),
            "status": rules.status.word(), "in-force": in_force(it)},
        "vouched": it.dossier.about.vouched.iter().map(|vouch| json!({
            "file": vouch.file,
            "entry": vouch.entry,
            "sha256": vouch.sha256,
            "bound": vouch.bound,
        })).collect::<Vec<_>>(),
        "passed-over": it.dossier.about.pass_over,
        "reports": it.dossier.about.reports,
        "language": lang.code(),
        "as-of": grading.as_of.map(|date| date.to_string()),
        "home": grading.home.map(|country| country.to_string()),
        "readings": readings,
        "profile": rules.profile(&grading.readings).map(|profile| &profile.id),
        "grade": grade(&grading.grade, rules),
        "progress": grading.progress.iter().map(|rung| progress(rung, rules)).collect::<Vec<_>>(),
        "objectives": grading.objectives.iter().map(|part| objective(it, part)).collect::<Vec<_>>(),
        "floors": story.floors.iter().map(|floor| json!({
            "text": floor.text,
            "open": floor.open.iter().map(|at| rules.criteria[*at].id.clone()).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "headline": story.headline,
        "rests-on": story.rests,
        "measured": measured(it),
        "compared": it.dossier.about.comparisons.iter().map(|compared| json!({
            "component": compared.component,
            "families": compared.families.iter().map(|family| json!({
                "id": family.family,
                "compared": family.done,
                "model": family.model,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "criteria": story.criteria.iter().map(|line| criterion(it, line)).collect::<Vec<_>>(),
        "components": grading.components.iter().map(|alone| json!({
            "id": alone.component,
            "grade": grade(&alone.grade, rules),
        })).collect::<Vec<_>>(),
        "contradictions": story.contradictions.iter().map(|c| json!({
            "text": c.text,
            "facts": c.sides.iter().map(side).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "set-aside": story.set_aside.iter().map(|aside| json!({
            "text": aside.text,
            "because": aside.because,
            "fact": side(&aside.side),
        })).collect::<Vec<_>>(),
        "next": story.rungs.iter().zip(&grading.next).map(|(rung, next)| json!({
            "id": rung_id(rules, next.rung),
            "name": rung.name,
            "blocked-by": rung.blocked_by.iter().map(|at| rules.criteria[*at].id.clone()).collect::<Vec<_>>(),
            "steps": rung.steps.iter().map(step).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "sensitivity": grading.sensitivity.iter().map(|other| json!({
            "reading": rules.readings[other.reading].id,
            "option": rules.readings[other.reading].options[other.option].id,
            "grade": grade(&other.grade, rules),
        })).collect::<Vec<_>>(),
        "noticed": story.notes,
        "limits": story.limits,
        "inputs": it.dossier.inputs.iter().map(|input| json!({
            "name": input.name,
            "sha256": input.sha256,
        })).collect::<Vec<_>>(),
    })
}

/// Where the rules come from.
fn origin(rules: &Ruleset) -> Value {
    match &rules.origin {
        RulesetOrigin::Embedded => "embedded".into(),
        RulesetOrigin::Folder { named, .. } => named.clone().into(),
    }
}

/// The rung up to which a ladder's grade stands without documents that nobody opened.
fn measured(it: &Assessment<'_>) -> Value {
    match (&it.rules.scale, it.grading.measured) {
        (Scale::Ladder(rungs), Some(at)) => rungs[at].id.clone().into(),
        _ => Value::Null,
    }
}

/// A value as one line of JSON.
pub fn to_line(value: &Value) -> String {
    let mut text = escape::json(&value.to_string()).into_owned();
    text.push('\n');
    text
}

/// A value as JSON, indented, ending in a line break; what nobody sees stands as `\u00ad`.
pub fn to_text(value: &impl serde::Serialize) -> String {
    let mut text = escape::json(&serde_json::to_string_pretty(value).unwrap_or_default()).into_owned();
    text.push('\n');
    text
}

/// `sha256:` over names and digests of what was read.
fn inputs_digest(it: &Assessment<'_>) -> String {
    let mut hash = Sha256::new();
    for input in &it.dossier.inputs {
        hash.update(input.name.as_bytes());
        hash.update([0]);
        hash.update(input.sha256.as_deref().unwrap_or("").as_bytes());
        hash.update([0]);
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn grade(grade: &Grade, rules: &Ruleset) -> Value {
    fn views<T>(scale: &str, grade: &LadderGrade<T>, each: impl Fn(&T) -> Value) -> Value {
        json!({
            "scale": scale,
            "as-declared": each(&grade.as_declared),
            "claimed": each(&grade.claimed),
            "assured": each(&grade.assured),
            "attainable": each(&grade.attainable),
        })
    }
    match (grade, &rules.scale) {
        (Grade::Ladder(grade), Scale::Ladder(rungs)) => {
            views("ladder", grade, |at| at.map_or(Value::Null, |at| rungs[at].id.clone().into()))
        }
        (Grade::Gate(whole, axes), Scale::Gate(named)) => {
            let passed = |passed: &Passed| Value::from(passed.word());
            let mut value = views("gate", whole, passed);
            let each: Map<String, Value> = axes
                .iter()
                .map(|axis| {
                    let mut views = views("gate", &axis.passed, passed);
                    if let Some(map) = views.as_object_mut() {
                        map.shift_remove("scale");
                    }
                    (named[axis.axis].id.clone(), views)
                })
                .collect();
            value["axes"] = Value::Object(each);
            value
        }
        (Grade::Scorecard(grade), _) => {
            views("scorecard", grade, |range: &Interval| json!([round(range.low), round(range.high)]))
        }
        _ => {
            let words = grade_words(grade, rules, Lang::En);
            views("unknown", &words, |word| word.clone().into())
        }
    }
}

/// How far a rung is covered, in percent.
fn progress(rung: &RungProgress, rules: &Ruleset) -> Value {
    json!({
        "id": rung_id(rules, rung.rung),
        "as-declared": rung.percent.as_declared,
        "claimed": rung.percent.claimed,
        "assured": rung.percent.assured,
        "attainable": rung.percent.attainable,
    })
}

/// From when until when the rules are in force, and whether they are on the day of the grade, where that is known.
fn in_force(it: &Assessment<'_>) -> Value {
    let Some(span) = it.rules.in_force else { return Value::Null };
    let day = |day: Option<crate::facts::Date>| day.map(|day| day.to_string());
    let covers = it.grading.as_of.map(|day| span.covers(day));
    json!({"from": day(span.from), "until": day(span.until), "covers": covers})
}

/// What an objective brings, in percent of what its points are divided by, and where its points go, in percent of the
/// total.
fn objective(it: &Assessment<'_>, part: &ObjectiveGrade) -> Value {
    let range = |range: &Interval| json!([round(range.low), round(range.high)]);
    let told = it.story.points.iter().find(|told| told.objective == part.objective);
    let lines = told.map_or(&[][..], |told| told.lines.as_slice());
    json!({
        "id": rung_id(it.rules, part.objective),
        "weight": part.weight,
        "as-declared": range(&part.percent.as_declared),
        "claimed": range(&part.percent.claimed),
        "assured": range(&part.percent.assured),
        "attainable": range(&part.percent.attainable),
        "text": told.map_or("", |told| told.text.as_str()),
        "points": lines.iter().map(|line| points(it, line)).collect::<Vec<_>>(),
    })
}

fn points(it: &Assessment<'_>, line: &PointsLine) -> Value {
    let criterion = match line.of {
        PointsOf::Criterion(at) => Some(it.rules.criteria[at].id.clone()),
        PointsOf::Item => None,
    };
    json!({
        "criterion": criterion,
        "text": line.text,
        "lost": round(line.lost),
        "open": round(line.open),
        "reasons": line.reasons.iter().map(because).collect::<Vec<_>>(),
    })
}

/// Six decimals: more is noise of the order of summation.
fn round(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

fn rung_id(rules: &Ruleset, at: usize) -> String {
    match &rules.scale {
        Scale::Ladder(rungs) => rungs[at].id.clone(),
        Scale::Gate(axes) => axes[at].id.clone(),
        Scale::Scorecard(card) => card.objectives[at].id.clone(),
    }
}

fn criterion(it: &Assessment<'_>, line: &CriterionLine) -> Value {
    let lang = it.story.lang;
    let criterion = &it.rules.criteria[line.criterion];
    let mut value = json!({
        "id": criterion.id,
        "title": criterion.title.get(lang),
        "dimension": criterion.dimension,
        "outcome": line.outcome.word(),
        "assured": line.assured,
        "measured": line.measured,
        "needs": criterion.needs.word(),
        "reasons": line.reasons.iter().map(because).collect::<Vec<_>>(),
    });
    if let Some(decided) = &line.decided {
        value["decided-by"] = decided.by.into();
        value["decided"] = decided.text.clone().into();
    }
    if !line.lacking.is_empty() {
        value["lacking"] = line.lacking.iter().map(because).collect();
    }
    value["remedy"] = remedy(&criterion.remedy, line, lang);
    value
}

/// The ruleset's advice that fits the outcome.
fn remedy(remedy: &Remedy, line: &CriterionLine, lang: Lang) -> Value {
    let mut map = Map::new();
    let parts = [
        ("evidence", &remedy.evidence, line.left_open || line.outcome == Outcome::Met && !line.assured),
        ("declare", &remedy.declare, line.outcome == Outcome::Unknown && !line.left_open),
        ("change", &remedy.change, matches!(line.outcome, Outcome::NotMet | Outcome::Contradicted)),
    ];
    for (key, text, fits) in parts {
        if let (Some(text), true) = (text, fits) {
            map.insert(key.to_owned(), text.get(lang).into());
        }
    }
    Value::Object(map)
}

fn because(reason: &Because) -> Value {
    let mut value = json!({"text": reason.text, "facts": reason.sides.iter().map(side).collect::<Vec<_>>()});
    if !reason.parts.is_empty() {
        value["parts"] = reason.parts.iter().map(because).collect();
    }
    value
}

fn side(side: &Side) -> Value {
    let entry = vocabulary().entry(side.path);
    let mut value = json!({"path": entry.path});
    if !side.items.is_empty() {
        value["items"] = side.items.clone().into();
    }
    value["value"] = side.source.value.as_ref().map_or(Value::Null, |v| v.json(entry.kind));
    value["assurance"] = side.source.assurance.word().into();
    value["by"] = side.source.speaker.word().into();
    value["source"] = source(&side.source);
    value
}

pub(super) fn source(source: &Source) -> Value {
    let origin = &source.origin;
    let mut map = Map::new();
    map.insert("file".to_owned(), origin.file.clone().into());
    if let Some(at) = origin.at {
        map.insert("line".to_owned(), at.line.into());
        map.insert("column".to_owned(), at.column.into());
    }
    for (key, text) in [("title", &origin.title), ("url", &origin.url), ("publisher", &origin.publisher)] {
        if let Some(text) = text {
            map.insert(key.to_owned(), text.clone().into());
        }
    }
    if let Some(date) = source.date {
        map.insert("date".to_owned(), date.to_string().into());
    }
    Value::Object(map)
}

fn step(step: &StepLine) -> Value {
    let mut value = match &step.asker {
        Asker::Criterion(id) => json!({"kind": step.kind, "criterion": id, "text": step.text}),
        Asker::Objective(id) => json!({"kind": step.kind, "criterion": null, "objective": id, "text": step.text}),
    };
    if let Some(fact) = step.fact {
        value["fact"] = fact.into();
    }
    if let Some(question) = &step.question {
        value["question"] = question.clone().into();
    }
    value["needs"] = step.needs.into();
    if let Some(write) = &step.write {
        value["write"] = write.clone().into();
    }
    if let Some(references) = &step.against {
        value["command"] = super::command::command("MODEL", references).into();
    }
    if let Some(remedy) = &step.remedy {
        value["remedy"] = remedy.clone().into();
    }
    value
}
