//! SARIF 2.1.0: one result for each criterion that is not met, unknown or contradicted, at the card's line, for the
//! tools that show findings beside a change.
//!
//! A criterion is no defect: a ladder goes on above every model. So only what contradicts the card is an error, what
//! keeps the model from the next rung a warning, any other *not met* a note, and *unknown* an open question.

use serde_json::{Map, Value, json};

use super::Assessment;
use crate::explain::{Because, CriterionLine, Side};
use crate::facts::Source;
use crate::grade::Outcome;
use crate::text::Lang;

/// An assessment with where its model lies, for readers who know the file from there.
#[derive(Debug, Clone, Copy)]
pub struct Located<'a> {
    /// The assessment.
    pub it: Assessment<'a>,
    /// The model's folder as a relative path with `/`, where it lies below the folder of the run; `None` where it does
    /// not, and files are then named from the model's own folder.
    pub folder: Option<&'a str>,
}

/// The name of the model's own folder, where it lies elsewhere.
const BASE: &str = "MODEL";

/// A log with one run for each assessment.
pub fn sarif(all: &[Located<'_>]) -> Value {
    log(&all.iter().map(run).collect::<Vec<_>>())
}

/// A log of runs.
pub(super) fn log(runs: &[Value]) -> Value {
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    })
}

/// The program, with the rules that results are about.
pub(super) fn tool(rules: &[Value]) -> Value {
    json!({"driver": {
        "name": "sovgrade",
        "version": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules,
    }})
}

/// A text as a message: marks that SARIF takes for a link or a place-holder stand for themselves.
pub(super) fn plain(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]").replace('{', "{{").replace('}', "}}")
}

fn run(located: &Located<'_>) -> Value {
    let it = &located.it;
    let lines: Vec<&CriterionLine> = it.story.criteria.iter().filter(|line| told(line.outcome)).collect();
    let mut run = Map::new();
    run.insert("tool".to_owned(), tool(&lines.iter().map(|line| rule(it, line)).collect::<Vec<_>>()));
    // A category of its own, so that several models or rulesets can be uploaded beside each other.
    let category = format!("sovgrade/{}/{}/", it.rules.id, it.dossier.id);
    run.insert("automationDetails".to_owned(), json!({ "id": category }));
    run.insert("columnKind".to_owned(), "unicodeCodePoints".into());
    run.insert("language".to_owned(), it.story.lang.code().into());
    if located.folder.is_none() {
        let text = match it.story.lang {
            Lang::Ko => "모델의 폴더",
            Lang::En => "the folder of the model",
        };
        run.insert("originalUriBaseIds".to_owned(), json!({ BASE: {"description": {"text": text}} }));
    }
    let results: Vec<Value> = lines.iter().enumerate().map(|(at, line)| result(located, at, line)).collect();
    run.insert("results".to_owned(), results.into());
    let grade = &it.story.grade;
    run.insert(
        "properties".to_owned(),
        json!({
            "model": it.dossier.id,
            "ruleset": it.rules.id,
            "ruleset-version": it.rules.version,
            "ruleset-digest": it.rules.digest,
            "headline": it.story.headline,
            "grade": {
                "as-declared": grade.as_declared,
                "claimed": grade.claimed,
                "assured": grade.assured,
                "attainable": grade.attainable,
            },
        }),
    );
    Value::Object(run)
}

fn told(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::NotMet | Outcome::Unknown | Outcome::Contradicted)
}

fn rule(it: &Assessment<'_>, line: &CriterionLine) -> Value {
    let lang = it.story.lang;
    let criterion = &it.rules.criteria[line.criterion];
    json!({
        "id": rule_id(it, line),
        "name": criterion.id,
        "shortDescription": {"text": criterion.title.get(lang)},
        "fullDescription": {"text": criterion.question.get(lang)},
        "help": {"text": criterion.rationale.get(lang)},
        "properties": {"dimension": criterion.dimension, "needs": criterion.needs.word()},
    })
}

fn rule_id(it: &Assessment<'_>, line: &CriterionLine) -> String {
    format!("{}/{}", it.rules.id, it.rules.criteria[line.criterion].id)
}

fn result(located: &Located<'_>, at: usize, line: &CriterionLine) -> Value {
    let it = &located.it;
    // The first of the higher rungs, or of the axes that are not passed: what is in the way of it comes first.
    let next = it.story.rungs.iter().find(|rung| !rung.blocked_by.is_empty());
    let in_the_way = next.is_some_and(|rung| rung.blocked_by.contains(&line.criterion));
    let (kind, level) = match line.outcome {
        Outcome::Contradicted => ("fail", "error"),
        Outcome::NotMet if in_the_way => ("fail", "warning"),
        Outcome::NotMet => ("fail", "note"),
        _ => ("open", "none"),
    };
    let sides: Vec<&Side> = line.reasons.iter().flat_map(all_sides).collect();
    let mut places: Vec<Value> = Vec::new();
    for side in sides {
        let place = place(located, &side.source);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let main = if places.is_empty() { json!(card(located)) } else { places.remove(0) };
    let mut map = Map::new();
    map.insert("ruleId".to_owned(), rule_id(it, line).into());
    map.insert("ruleIndex".to_owned(), at.into());
    map.insert("kind".to_owned(), kind.into());
    map.insert("level".to_owned(), level.into());
    map.insert("message".to_owned(), json!({"text": message(it, line)}));
    map.insert("locations".to_owned(), json!([main]));
    if !places.is_empty() {
        let related = places.into_iter().enumerate().map(|(at, mut place)| {
            place["id"] = (at + 1).into();
            place
        });
        map.insert("relatedLocations".to_owned(), related.collect());
    }
    let same = format!("{}@{}", rule_id(it, line), it.dossier.id);
    map.insert("partialFingerprints".to_owned(), json!({"criterionOfModel/v1": same}));
    map.insert("properties".to_owned(), json!({"outcome": line.outcome.word(), "assured": line.assured}));
    Value::Object(map)
}

/// What came out, why, and what would change it.
fn message(it: &Assessment<'_>, line: &CriterionLine) -> String {
    let lang = it.story.lang;
    let criterion = &it.rules.criteria[line.criterion];
    let mut parts = vec![format!("{}: {}.", criterion.title.get(lang), line.outcome.says().get(lang))];
    parts.extend(line.decided.iter().map(|decided| decided.text.clone()));
    parts.extend(line.reasons.iter().map(|reason| reason.text.clone()));
    let remedy = match line.outcome {
        Outcome::Unknown => &criterion.remedy.declare,
        _ => &criterion.remedy.change,
    };
    parts.extend(remedy.iter().map(|text| text.get(lang).to_owned()));
    plain(&parts.join(" "))
}

fn all_sides(reason: &Because) -> Vec<&Side> {
    reason.sides.iter().chain(reason.parts.iter().flat_map(all_sides)).collect()
}

/// Where a source stands. What stands in no file of the model (a licence's data, a document) is told of the card.
fn place(located: &Located<'_>, source: &Source) -> Value {
    let dossier = located.it.dossier;
    let file = source.origin.file.as_str();
    let own =
        dossier.inputs.iter().any(|input| input.name == file) && !dossier.about.handed.iter().any(|it| it == file);
    if !own {
        return card(located);
    }
    let at = source.origin.at.map(|at| (at.line, at.column));
    located_at(located, file, at)
}

/// The card, where no line says more: the block's file, or what there is in its place.
fn card(located: &Located<'_>) -> Value {
    let dossier = located.it.dossier;
    let own = || dossier.inputs.iter().filter(|input| !dossier.about.handed.contains(&input.name));
    let named = |name: &str| own().find(|input| input.name == name);
    let names = ["README.md", "sovereignty.yaml", "sovereignty.yml"];
    let found = names.iter().find_map(|name| named(name)).or_else(|| own().next());
    located_at(located, found.map_or("README.md", |input| input.name.as_str()), None)
}

fn located_at(located: &Located<'_>, file: &str, at: Option<(u32, u32)>) -> Value {
    let mut artifact = Map::new();
    match located.folder {
        Some(folder) => {
            let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
            artifact.insert("uri".to_owned(), uri(&path).into());
        }
        None => {
            artifact.insert("uri".to_owned(), uri(file).into());
            artifact.insert("uriBaseId".to_owned(), BASE.into());
        }
    }
    let region = match at {
        Some((line, column)) => json!({"startLine": line, "startColumn": column}),
        None => json!({"startLine": 1}),
    };
    json!({"physicalLocation": {"artifactLocation": artifact, "region": region}})
}

/// A relative path as a reference (RFC 3986): every byte that is no part of a path is percent-encoded, and so is a
/// colon, which would end a scheme.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
