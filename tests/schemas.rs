//! The JSON Schemas that editors read: committed, fresh, named in the first line of each shipped file, and in agreement
//! with every shipped file according to a validator that is not ours.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use sovgrade::rules::{SchemaKind, schema};
use sovgrade::vocabulary::OwnFacts;

/// Where the repository is.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every schema with the name of its file.
fn schemas() -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = SchemaKind::ALL
        .into_iter()
        .map(|(kind, word)| (format!("{word}.schema.json"), schema(kind, OwnFacts::none())))
        .collect();
    all.push(("evidence.schema.json".to_owned(), sovgrade::evidence::schema()));
    all.push(("screening.schema.json".to_owned(), sovgrade::evidence::screening_schema()));
    all.push(("licence.schema.json".to_owned(), sovgrade::licence::licence_schema()));
    all.push(("card.schema.json".to_owned(), sovgrade::gather::card_schema(OwnFacts::none())));
    all.push(("assessment.schema.json".to_owned(), sovgrade::report::assessment_schema()));
    all
}

/// Files below a folder with an ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|end| end == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The kind of a file of a ruleset by its place.
fn kind_of(path: &Path) -> &'static str {
    let folder = path.parent().and_then(Path::file_name).unwrap().to_str().unwrap();
    match (folder, path.file_name().unwrap().to_str().unwrap()) {
        ("criteria", _) => "criterion",
        ("cases", _) => "case",
        ("licences", _) => "licence",
        (_, "terms.yaml") => "terms",
        (_, "ruleset.yaml") => "ruleset",
        (_, "allow.yaml") => "allow",
        (_, "references.yaml") => "references",
        (_, "facts.yaml") => "facts",
        other => panic!("{other:?} has no schema"),
    }
}

fn validator(word: &str) -> jsonschema::Validator {
    let name = format!("{word}.schema.json");
    let (_, schema) = schemas().into_iter().find(|(file, _)| *file == name).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

#[test]
fn committed_schemas_are_fresh() {
    let bless = std::env::var_os("SOVGRADE_BLESS").is_some();
    let mut stale = Vec::new();
    for (name, schema) in schemas() {
        let path = root().join("schemas").join(&name);
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if bless {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "{stale:?} in schemas/ are stale: run `SOVGRADE_BLESS=1 cargo test --test schemas`");
}

#[test]
fn every_schema_is_a_valid_schema() {
    for (name, schema) in schemas() {
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
    }
}

#[test]
fn every_shipped_file_names_its_schema() {
    for path in [files(&root().join("rules"), "yaml"), files(&root().join("licences"), "yaml")].concat() {
        let text = std::fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap();
        let named = first.strip_prefix("# yaml-language-server: $schema=").unwrap_or_else(|| {
            panic!("{}: the first line must name the schema, and is `{first}`", path.display());
        });
        let target = path.parent().unwrap().join(named).canonicalize().unwrap();
        let expected = root().join("schemas").join(format!("{}.schema.json", kind_of(&path)));
        assert_eq!(target, expected.canonicalize().unwrap(), "{}", path.display());
    }
}

#[test]
fn every_shipped_file_agrees_with_its_schema() {
    let mut wrong = Vec::new();
    for (_, word) in SchemaKind::ALL {
        let validator = validator(word);
        for path in files(&root().join("rules"), "yaml").into_iter().filter(|path| kind_of(path) == word) {
            let value = yaml(&std::fs::read_to_string(&path).unwrap());
            wrong.extend(
                validator.iter_errors(&value).map(|e| format!("{}: {}: {e}", path.display(), e.instance_path())),
            );
        }
    }
    let licence = validator("licence");
    for path in files(&root().join("licences"), "yaml") {
        let value = yaml(&std::fs::read_to_string(&path).unwrap());
        wrong.extend(licence.iter_errors(&value).map(|e| format!("{}: {}: {e}", path.display(), e.instance_path())));
    }
    let evidence = validator("evidence");
    for path in files(&root().join("examples"), "json") {
        let value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        if value["schema"] == sovgrade::evidence::SCHEMA {
            wrong.extend(
                evidence.iter_errors(&value).map(|e| format!("{}: {}: {e}", path.display(), e.instance_path())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A criterion with this test; everything else in it is right.
fn criterion(test: &str) -> String {
    format!(
        "format: 1\nid: x\ndimension: data\ntitle: {{ko: a, en: a}}\nquestion: {{ko: a, en: a}}\n\
         rationale: {{ko: a, en: a}}\nneeds: declared\ntest: {test}\n"
    )
}

#[test]
fn right_tests_pass() {
    let validator = validator("criterion");
    for test in [
        "{fact: component.role, is: text}", // out of reach here, but that is for the loader to say
        "{fact: maker.jurisdiction, is: home}",
        "{fact: data.synthetic-share, at-most: 30 %}",
        "{all: [{fact: model.weights-held, is: true}, {not: {term: far}}]}",
        "{every: component, where: {fact: component.core, is: true}, holds: {none: link, of: component}, empty: met}",
        "{count: dataset, at-least: 2}",
        "{share: component, by: component.parameters, holds: {fact: component.core, is: true}, more-than: 50 %}",
        "{reading: r, options: {a: {criterion: other}, b: {term: t}}, x-note: mine}",
        "{reading: r, options: {a: {all: []}, b: {term: t}}}", // asks nothing more
    ] {
        let value = yaml(&criterion(test));
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{test}: {errors:?}");
    }
}

#[test]
fn broken_tests_are_refused() {
    let validator = validator("criterion");
    for test in [
        "{fact: maker.country, is: KR}",                                // no such fact
        "{fact: component.role, is: txt}",                              // no such word
        "{fact: model.weights-held, is: yes please}",                   // not true or false
        "{fact: model.weights-held, at-least: true}",                   // does not fit the kind
        "{fact: data.synthetic-share, at-most: 30}",                    // no unit
        "{fact: data.synthetic-share, at-most: 30 tokens}",             // another unit
        "{fact: model.weights-held}",                                   // no operator
        "{fact: model.weights-held, is: true, is-not: false}",          // two operators
        "{fact: model.weights-held, is: true, all: []}",                // two heads
        "{is: true}",                                                   // no head
        "{all: []}",                                                    // asks nothing
        "{reading: r, options: {a: {any: []}, b: {term: t}}}",          // means nothing
        "{every: component}",                                           // nothing must hold
        "{every: components, holds: {fact: component.core, is: true}}", // no such collection
        "{none: link, of: link}",                                       // no owner of links
        "{some: component, empty: met}",                                // `empty` goes with `every`
        "{count: dataset}",                                             // no bound
        "{count: dataset, at-least: 2 %}",                              // a count has no unit
        "{share: component, holds: {fact: component.core, is: true}, at-least: 5 %}", // by what?
        "{share: component, by: maker.name, at-least: 5 %}",            // not a number of an item
        "{reading: r}",                                                 // no options
        "{term: [a]}",
        "{all: {fact: model.weights-held, is: true}}", // not a list
        "{all: []}",
        "[]",
    ] {
        assert!(!validator.is_valid(&yaml(&criterion(test))), "{test} must be refused");
    }
}

#[test]
fn broken_files_are_refused() {
    let right = criterion("{fact: model.weights-held, is: true}");
    for (from, to) in [
        ("format: 1", "format: 2"),
        ("format: 1", "form: 1"),
        ("needs: declared", "needs: proved"),
        ("id: x", "id: ' x'"),
        ("title: {ko: a, en: a}", "title: a"),
        ("needs: declared\n", ""),
    ] {
        assert!(!validator("criterion").is_valid(&yaml(&right.replacen(from, to, 1))), "{to} must be refused");
    }
    let case = "format: 1\ntitle: {ko: a, en: a}\nexpect: {outcomes: {x: met}}\nfacts: {model.weights-held: true}\n";
    assert!(validator("case").is_valid(&yaml(case)));
    for (from, to) in [
        ("met", "fulfilled"),
        ("model.weights-held", "model.weight-held"),
        (": true", ": 3"),
        (": true", ": {value: true, assurance: sure}"),
        ("facts", "fact"),
    ] {
        assert!(!validator("case").is_valid(&yaml(&case.replacen(from, to, 1))), "{to} must be refused");
    }
    let ruleset = "format: 1\nid: r\nversion: 1.0.0\ntitle: {ko: a, en: a}\nsource: {title: t}\n\
                   scale: {ladder: [{id: T0, title: {ko: a, en: a}, requires: []}]}\n";
    assert!(validator("ruleset").is_valid(&yaml(ruleset)));
    for (from, to) in
        [("ladder", "steps"), ("requires: []", "needs: []"), ("}]}", "}], gate: []}"), ("id: r", "home: kr")]
    {
        assert!(!validator("ruleset").is_valid(&yaml(&ruleset.replacen(from, to, 1))), "{to} must be refused");
    }
    let evidence = r#"{"schema":"sovgrade/evidence/2","subject":{"id":"m"},"links":[{"reference":{"id":"r"},"relation":"shared"}]}"#;
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert!(validator("evidence").is_valid(&parse(evidence)));
    for (from, to) in
        [("evidence/2", "evidence/3"), ("shared", "copied"), ("\"id\":\"m\"", "\"name\":\"m\""), ("links", "link")]
    {
        assert!(!validator("evidence").is_valid(&parse(&evidence.replacen(from, to, 1))), "{to} must be refused");
    }
}

#[test]
fn the_words_of_outcomes_are_those_of_grading() {
    let words: Vec<&str> = sovgrade::grade::Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
    assert_eq!(words, sovgrade::rules::OUTCOMES);
}

/// The `sovereignty:` block of an example, from its README or from sovereignty.yaml.
fn card_of(folder: &Path) -> Option<Value> {
    if let Ok(text) = std::fs::read_to_string(folder.join("sovereignty.yaml")) {
        let expected = "# yaml-language-server: $schema=../../schemas/card.schema.json\n";
        assert!(text.starts_with(expected), "{}: the first line names the schema", folder.display());
        return Some(yaml(&text));
    }
    let text = std::fs::read_to_string(folder.join("README.md")).ok()?;
    let front = text.strip_prefix("---\n")?.split("\n---\n").next()?;
    yaml(front).get("sovereignty").cloned()
}

#[test]
fn every_card_of_the_examples_agrees_with_its_schema() {
    let validator = validator("card");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let folder = entry.unwrap().path();
        let Some(card) = card_of(&folder) else { continue };
        seen += 1;
        wrong.extend(validator.iter_errors(&card).map(|e| format!("{}: {}: {e}", folder.display(), e.instance_path())));
    }
    assert!(seen > 15, "the examples have cards: {seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_assessment_of_the_examples_agrees_with_its_schema() {
    use sovgrade::{explain, gather, grade, report, rules, text::Lang};
    let validator = validator("assessment");
    let mut wrong = Vec::new();
    for id in ["t-class", "msit-independence"] {
        let embedded = rules::embedded().iter().find(|ruleset| ruleset.id == id).unwrap();
        let (rules, _) = rules::load(&rules::RulesetFiles::embedded(embedded)).ok().unwrap();
        for entry in std::fs::read_dir(root().join("examples")).unwrap() {
            let folder = entry.unwrap().path();
            let evidence = files(&folder.join("evidence"), "json");
            let Ok(gathered) = gather::gather(&folder, &evidence) else { continue };
            let dossier = gathered.dossier;
            let grading = grade::grade(&rules, &dossier, &grade::Options::default());
            for lang in Lang::ALL {
                let story = explain::story(&rules, &dossier, &grading, lang);
                let it = report::Assessment { rules: &rules, dossier: &dossier, grading: &grading, story: &story };
                let value = report::assessment(&it);
                wrong.extend(
                    validator.iter_errors(&value).map(|e| format!("{}: {}: {e}", folder.display(), e.instance_path())),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_licences_are_refused() {
    let validator = validator("licence");
    let text = std::fs::read_to_string(root().join("licences/apertus.yaml")).unwrap();
    assert!(validator.is_valid(&yaml(&text)));
    for (old, new) in [
        ("format: 1", "format: 2"),
        ("modification: { value: yes", "modification: { value: maybe"), // no such word
        ("modification: { value: yes, at: \"§2\", source: ", "modification: { value: yes, at: \"§2\", x: "), // no source
        ("modification: { value: yes, at: \"§2\", ", "modification: { value: yes, "), // neither place nor silence
        ("  modification: {", "  modifications: {"), // no such clause, and one is missing
        ("    condition:\n      ko: \"Apache의", "    x-note:\n      ko: \"Apache의"), // conditional without a condition
        ("value: none, silent: true", "value: 700 M, silent: true"),                   // a number stands under `number`
    ] {
        assert!(text.contains(old), "{old}");
        assert!(!validator.is_valid(&yaml(&text.replacen(old, new, 1))), "{old} -> {new}");
    }
}
