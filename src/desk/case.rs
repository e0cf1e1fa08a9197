//! A worked case: facts, inline or of a directory, and the outcomes that they must have.

use super::inline::inline_dossier;
use crate::facts::{Date, Style, Value};
use crate::grade::Outcome;
use crate::rules::{LocalText, Ruleset, Scale, chosen, format, local};
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, Node, Reader, SourceFile, parse_yaml, says};
use crate::vocabulary::{Country, Kind};

/// Where a case's facts come from.
#[derive(Debug, Clone, PartialEq)]
pub enum CaseModel {
    /// A directory, below the case's own folder, with evidence files below the same.
    Directory {
        /// The directory.
        path: String,
        /// Evidence files.
        evidence: Vec<String>,
    },
    /// Facts in the case itself.
    Inline(Node),
}

/// What a case expects.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expected {
    /// View (`as-declared`, `claimed`, `assured`, `attainable`) with the rung, `pass`/`fail`/`undetermined` or total.
    pub grade: Vec<(String, String)>,
    /// Rung with how far it is covered in the claimed view, as in `92.86 %`.
    pub progress: Vec<(String, String)>,
    /// Axis with `pass`, `fail` or `undetermined`, in the claimed view.
    pub axes: Vec<(String, String)>,
    /// Criterion (by index) with its outcome.
    pub outcomes: Vec<(usize, Outcome)>,
    /// Criteria whose outcome must be assured.
    pub assured: Vec<usize>,
    /// Criteria whose outcome must not be assured.
    pub not_assured: Vec<usize>,
    /// Component with its claimed rung when it is alone in scope.
    pub components: Vec<(String, String)>,
}

impl Expected {
    /// Whether progress or single components are expected, which cost more to find.
    pub fn asks_everything(&self) -> bool {
        !self.progress.is_empty() || !self.components.is_empty()
    }
}

/// A worked case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Name of its file without the ending.
    pub name: String,
    /// What it teaches.
    pub title: LocalText,
    /// The facts.
    pub model: CaseModel,
    /// What "domestic" means in it.
    pub home: Option<Country>,
    /// The day as of which it is graded.
    pub as_of: Option<Date>,
    /// Index of a reading with the index of the option chosen.
    pub readings: Vec<(usize, usize)>,
    /// What must come out.
    pub expected: Expected,
}

/// Keys of a case that hold its inline facts.
pub(super) const INLINE: [&str; 3] = ["facts", "items", "complete"];

/// Keys of a case with the place where each belongs.
const PLACES: &[(&str, &str, &str)] = &[
    ("grade", "`grade`: `expect` 안에 둔다", "`grade` belongs inside `expect`"),
    ("axes", "`axes`: `expect` 안에 둔다", "`axes` belongs inside `expect`"),
    ("outcomes", "`outcomes`: `expect` 안에 둔다", "`outcomes` belongs inside `expect`"),
    ("assured", "`assured`: `expect`나 그 안의 `grade`에 둔다", "`assured` belongs inside `expect`, or its `grade`"),
    ("claimed", "`claimed`: `expect`의 `grade` 안에 둔다", "`claimed` belongs inside the `grade` of `expect`"),
    ("attainable", "`attainable`: `expect`의 `grade` 안에 둔다", "`attainable` belongs inside the `grade` of `expect`"),
    (
        "as-declared",
        "`as-declared`: `expect`의 `grade` 안에 둔다",
        "`as-declared` belongs inside the `grade` of `expect`",
    ),
    ("component", "`component`: `items` 안에 둔다", "`component` belongs inside `items`"),
    ("dataset", "`dataset`: `items` 안에 둔다", "`dataset` belongs inside `items`"),
];

/// Reads a case of a ruleset.
///
/// # Errors
/// Every mistake of the file.
pub fn read_case(file: &SourceFile, rules: &Ruleset) -> Result<Case, Diagnostics> {
    let root = parse_yaml(file, Aliases::Refuse)?;
    let mut reader = Reader::new(file.clone());
    reader.elsewhere = PLACES;
    let case = case(&root, file, rules, &mut reader);
    if let Some(Case { model: CaseModel::Inline(facts), name, .. }) = &case
        && let Err(problems) = inline_dossier(name, facts, file, &rules.own)
    {
        reader.problems.extend(problems);
    }
    match case {
        Some(case) if !reader.problems.has_errors() => Ok(case),
        _ => Err(reader.problems),
    }
}

fn case(root: &Node, file: &SourceFile, rules: &Ruleset, reader: &mut Reader) -> Option<Case> {
    let mut fields = reader.map(root)?;
    if !format(&mut fields, reader) {
        return None;
    }
    let title = fields.must("title").and_then(|node| local(node, &rules.languages, reader)).unwrap_or_default();
    let directory: Option<String> = fields.optional("directory", reader);
    let evidence: Vec<String> = fields.optional("evidence", reader).unwrap_or_default();
    let inline: Vec<(Node, Node)> = INLINE.iter().filter_map(|key| fields.entry(key).cloned()).collect();
    let home = fields.node("home").and_then(|node| match Value::decode(Kind::Country, node, Style::Rule, reader) {
        Some(Value::Country(country)) => Some(country),
        _ => None,
    });
    let as_of = fields.node("as-of").and_then(|node| match Value::decode(Kind::Date, node, Style::Rule, reader) {
        Some(Value::Date(date)) => Some(date),
        _ => None,
    });
    let readings = readings(fields.node("profile"), fields.node("readings"), rules, reader);
    let expected = fields.must("expect").and_then(|node| expected(node, rules, reader)).unwrap_or_default();
    fields.done(reader);
    let model = match directory {
        Some(path) => CaseModel::Directory { path, evidence },
        None => CaseModel::Inline(Node { span: root.span, kind: crate::text::NodeKind::Map(inline) }),
    };
    let name = file.name().rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml").to_owned();
    Some(Case { name, title, model, home, as_of, readings, expected })
}

/// The readings of a profile, then those that the case names itself.
fn readings(profile: Option<&Node>, node: Option<&Node>, rules: &Ruleset, reader: &mut Reader) -> Vec<(usize, usize)> {
    let names: Vec<&str> = rules.profiles.iter().map(|profile| profile.id.as_str()).collect();
    let profile = profile.and_then(|node| reader.word(node, &names)).map(|at| &rules.profiles[at]);
    let mut all = profile.map(|profile| profile.readings.clone()).unwrap_or_default();
    for (reading, option) in node.map(|node| chosen(node, &rules.readings, reader)).unwrap_or_default() {
        all.retain(|(other, _)| *other != reading);
        all.push((reading, option));
    }
    all
}

fn expected(node: &Node, rules: &Ruleset, reader: &mut Reader) -> Option<Expected> {
    let mut fields = reader.map(node)?;
    if let Some(grade) = node.get("grade") {
        grades(grade, rules, reader);
    }
    let mut pairs = |key: &'static str, reader: &mut Reader| -> Vec<(String, String)> {
        let Some(mut map) = fields.node(key).and_then(|node| reader.map(node)) else { return Vec::new() };
        map.take_rest()
            .iter()
            .filter_map(|(key, value)| Some((reader.text(key)?.to_owned(), reader.text(value)?.to_owned())))
            .collect()
    };
    let grade = pairs("grade", reader);
    let progress = pairs("progress", reader);
    let axes = pairs("axes", reader);
    let components = pairs("components", reader);
    let mut outcomes = Vec::new();
    if let Some(mut map) = fields.node("outcomes").and_then(|node| reader.map(node)) {
        let words: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
        for (key, value) in map.take_rest() {
            if let (Some(at), Some(word)) = (criterion(key, rules, reader), reader.word(value, &words)) {
                outcomes.push((at, Outcome::ALL[word]));
            }
        }
    }
    let mut named = |key: &'static str, reader: &mut Reader| -> Vec<usize> {
        let list = fields.node(key).and_then(|node| reader.list(node)).unwrap_or_default();
        list.iter().filter_map(|item| criterion(item, rules, reader)).collect()
    };
    let (assured, not_assured) = (named("assured", reader), named("not-assured", reader));
    fields.done(reader);
    Some(Expected { grade, progress, axes, outcomes, assured, not_assured, components })
}

/// Views that there are not, and grades that the scale does not have: no model would ever be as the case expects.
fn grades(node: &Node, rules: &Ruleset, reader: &mut Reader) {
    const VIEWS: [&str; 4] = ["as-declared", "claimed", "assured", "attainable"];
    let steps: Vec<&str> = match &rules.scale {
        Scale::Ladder(rungs) => rungs.iter().map(|rung| rung.id.as_str()).chain(["none"]).collect(),
        Scale::Gate(_) => vec!["pass", "fail", "undetermined"],
        Scale::Scorecard(_) => Vec::new(),
    };
    for (key, value) in node.map().into_iter().flatten() {
        reader.word(key, &VIEWS);
        if let Some(text) = value.text().filter(|text| !steps.is_empty() && !steps.contains(text)) {
            let message =
                says(format!("`{text}`: 이 척도에 없는 등급이다"), format!("`{text}` is no grade of this scale"));
            let problem = Diagnostic::error(Code::ValueNotAllowed, &reader.file, value.span, message);
            reader.report_near(problem, text, steps.iter().copied());
        }
    }
}

fn criterion(node: &Node, rules: &Ruleset, reader: &mut Reader) -> Option<usize> {
    let id = reader.text(node)?;
    let at = rules.criteria.iter().position(|criterion| criterion.id == id);
    if at.is_none() {
        let file = reader.file.clone();
        let message = says(format!("`{id}`: 이런 기준은 없다"), format!("there is no criterion `{id}`"));
        let legal = rules.criteria.iter().map(|c| c.id.as_str());
        reader.report(Diagnostic::error(Code::UnknownCriterion, &file, node.span, message).did_you_mean(id, legal));
    }
    at
}
