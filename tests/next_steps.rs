//! What `--next` says is done in a copy of every example, under every shipped ruleset: the lines that it prints are
//! written into the card, and the copy is graded again. No step that was taken is asked for again, none contradicts the
//! record, and where nothing else was asked for a rung, its criteria are met.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};

use serde_yaml::{Mapping, Value};
use sovgrade::explain::{StepLine, Story, story};
use sovgrade::gather::{Handed, gather_handed};
use sovgrade::grade::{Grading, NextRung, Options, Outcome, Truth, View, grade};
use sovgrade::rules::{Ruleset, RulesetFiles, embedded, load};
use sovgrade::text::Lang;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn shipped() -> Vec<Ruleset> {
    let folders = ["osaid", "gpai-openness", "kr-procure"].map(|name| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/rulesets").join(name);
        RulesetFiles::read_rules(&folder).unwrap()
    });
    let all = embedded().iter().map(RulesetFiles::embedded).chain(folders);
    all.map(|files| load(&files).unwrap().0).collect()
}

fn examples() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut list: Vec<PathBuf> = folders.filter(|path| path.join("README.md").is_file() && has_card(path)).collect();
    list.sort();
    list
}

fn has_card(folder: &Path) -> bool {
    folder.join("sovereignty.yaml").is_file() || text_of(folder, "README.md").starts_with("---")
}

fn text_of(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}

fn evidence_of(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join("evidence")) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The declaration of an example, wherever it stands, and the rest of its front matter.
fn declared(folder: &Path) -> (Mapping, Mapping) {
    let readme = text_of(folder, "README.md");
    let front = readme.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")).map_or("", |(front, _)| front);
    let mut front: Mapping = serde_yaml::from_str(front).unwrap_or_default();
    let block = front.remove("sovereignty").and_then(|block| block.as_mapping().cloned());
    let own = text_of(folder, "sovereignty.yaml");
    let own: Option<Mapping> = (!own.is_empty()).then(|| serde_yaml::from_str(&own).unwrap());
    (own.or(block).unwrap_or_default(), front)
}

/// A step of the way to a field: a key, and the item that is meant where the key holds a list.
fn way(field: &str) -> Vec<(String, Option<String>)> {
    let mut way = Vec::new();
    let mut rest = field;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let (item, after) = match after.strip_prefix('[') {
            // Ids hold dots and strokes, and no bracket.
            Some(inner) => inner.split_once(']').map(|(item, after)| (Some(item.to_owned()), after)).unwrap(),
            None => (None, after),
        };
        way.push((key.to_owned(), item));
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    way
}

/// Fields that hold a fact by themselves or as this key of a mapping.
const OWN_KEY: &[(&str, &str)] = &[("logs", "available"), ("rights", "kind"), ("holder", "name")];

fn set(map: &mut Mapping, way: &[(String, Option<String>)], value: Value) {
    let ((key, item), below) = way.split_first().unwrap();
    let Some(item) = item else {
        if below.is_empty() {
            match map.get_mut(key.as_str()) {
                Some(Value::Mapping(held)) => {
                    let own = OWN_KEY.iter().find(|(field, _)| field == key).map(|(_, own)| *own).unwrap();
                    held.insert(own.into(), value);
                }
                _ => drop(map.insert(key.as_str().into(), value)),
            }
            return;
        }
        let held = map.entry(key.as_str().into()).or_insert_with(|| Mapping::new().into());
        if !held.is_mapping() {
            let own = OWN_KEY.iter().find(|(field, _)| field == key).map(|(_, own)| *own).unwrap();
            *held = Mapping::from_iter([(own.into(), held.clone())]).into();
        }
        return set(held.as_mapping_mut().unwrap(), below, value);
    };
    let list = map.entry(key.as_str().into()).or_insert_with(|| Value::Sequence(Vec::new()));
    let list = list.as_sequence_mut().unwrap();
    let is = |entry: &Value| ["id", "model"].iter().any(|name| entry.get(*name).and_then(Value::as_str) == Some(item));
    if !list.iter().any(|entry| item.is_empty() || is(entry)) {
        let named = if key == "references" { "model" } else { "id" };
        let entry =
            if item.is_empty() { Mapping::new() } else { Mapping::from_iter([(named.into(), item.as_str().into())]) };
        list.push(entry.into());
    }
    for entry in list.iter_mut().filter(|entry| item.is_empty() || is(entry)) {
        set(entry.as_mapping_mut().unwrap(), below, value.clone());
    }
}

/// Writes one line into a declaration.
fn write(map: &mut Mapping, line: &str) {
    let (field, value) = line.split_once(": ").unwrap();
    let value: Value = serde_yaml::from_str(value).unwrap();
    let more = match (field, value) {
        ("complete", Value::Sequence(more)) | (_, Value::Sequence(more)) if !field.contains('.') => more,
        ("facts", Value::Mapping(facts)) => {
            let held = map.entry("facts".into()).or_insert_with(|| Mapping::new().into());
            held.as_mapping_mut().unwrap().extend(facts);
            return;
        }
        (_, value) => return set(map, &way(field), value),
    };
    let held = map.entry(field.into()).or_insert_with(|| Value::Sequence(Vec::new()));
    held.as_sequence_mut().unwrap().extend(more);
}

struct Graded {
    grading: Grading,
    story: Story,
    warnings: usize,
}

fn graded(folder: &Path, evidence: &[PathBuf], rules: &Ruleset) -> Graded {
    let gathered = gather_handed(folder, &Handed { evidence, own: &rules.own, ..Handed::default() })
        .unwrap_or_else(|problems| panic!("{}: {problems:?}", folder.display()));
    let grading = grade(rules, &gathered.dossier, &Options::default());
    let story = story(rules, &gathered.dossier, &grading, Lang::En);
    Graded { grading, story, warnings: gathered.warnings.iter().count() }
}

/// A copy of an example with more lines in its card.
fn copy_with(folder: &Path, lines: &[&str]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_file() {
            std::fs::copy(&entry, copy.path().join(entry.file_name().unwrap())).unwrap();
        }
    }
    let (mut card, front) = declared(folder);
    for line in lines {
        write(&mut card, line);
    }
    std::fs::write(copy.path().join("sovereignty.yaml"), serde_yaml::to_string(&card).unwrap()).unwrap();
    let readme = format!("---\n{}---\n\n# A copy\n", serde_yaml::to_string(&front).unwrap());
    std::fs::write(copy.path().join("README.md"), readme).unwrap();
    copy
}

/// Steps that are taken by writing a line into the card, where the whole line is known.
fn by_a_line(step: &StepLine) -> bool {
    let said = ["declare", "declare-complete", "declare-with-evidence", "list"].contains(&step.kind);
    said && step.write.as_ref().is_some_and(|line| !line.contains("..."))
}

/// Steps after which the claimed outcome is still open: what must be filled in by hand, settled, or built otherwise.
fn leaves_open(step: &StepLine) -> bool {
    step.kind != "supply-evidence" && !by_a_line(step)
}

fn reached(graded: &Graded, next: &NextRung) -> Vec<usize> {
    let truth = |at: usize| graded.grading.criteria[at].standing.truth.get(View::Claimed);
    let open = |at: &usize| !matches!(truth(*at), Truth::True | Truth::Void);
    next.criteria.iter().map(|(at, _)| *at).filter(open).collect()
}

#[test]
fn what_is_said_to_do_moves_the_outcome() {
    let (mut taken, mut whole, mut faults) = (0, 0, Vec::new());
    for rules in shipped() {
        for folder in examples() {
            let evidence = evidence_of(&folder);
            let plain = copy_with(&folder, &[]);
            let before = graded(plain.path(), &evidence, &rules);
            let name = format!("{} {}", rules.id, folder.file_name().unwrap().to_string_lossy());
            for (rung, next) in before.story.rungs.iter().zip(&before.grading.next) {
                let steps: Vec<&StepLine> = rung.steps.iter().filter(|step| by_a_line(step)).collect();
                if steps.is_empty() {
                    continue;
                }
                let lines: Vec<&str> =
                    steps.iter().filter_map(|step| step.write.as_deref()).flat_map(str::lines).collect();
                let copy = copy_with(&folder, &lines);
                let after = graded(copy.path(), &evidence, &rules);
                taken += steps.len();
                let mut fault =
                    |what: String| faults.push(format!("{name} {}: {what}\n  {}", rung.name, lines.join("\n  ")));
                if after.warnings > before.warnings {
                    fault("a line is not read as it was meant".to_owned());
                }
                if after.story.contradictions.len() > before.story.contradictions.len() {
                    fault("a line contradicts the record".to_owned());
                }
                let asked = after.story.rungs.iter().filter(|other| other.name == rung.name).flat_map(|it| &it.steps);
                for again in
                    asked.filter(|again| steps.iter().any(|step| step.kind == again.kind && step.text == again.text))
                {
                    fault(format!("asked again: {}", again.text));
                }
                if rung.steps.iter().any(leaves_open) {
                    continue;
                }
                whole += 1;
                for at in reached(&after, next) {
                    fault(format!("{} is still not met", rules.criteria[at].id));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(taken > 100 && whole > 10, "{taken} steps were taken, {whole} rungs wholly");
}

/// A criterion that is open or refuted is never left without a word on what to do.
#[test]
fn no_open_criterion_is_passed_over() {
    let mut faults = Vec::new();
    for rules in shipped() {
        for folder in examples() {
            let it = graded(&folder, &evidence_of(&folder), &rules);
            for (rung, next) in it.story.rungs.iter().zip(&it.grading.next) {
                let open = next.criteria.iter().any(|(at, _)| it.grading.criteria[*at].outcome() == Outcome::Unknown);
                if open && rung.steps.is_empty() {
                    faults.push(format!("{} {folder:?} {}", rules.id, rung.name));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
