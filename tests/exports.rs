//! CycloneDX and SARIF: what stands in the documents, whatever stood in the card. The official schemas are asked by
//! `tools/interop.py`, which needs the Python index.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sovgrade(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade")).current_dir(folder).args(arguments).output().unwrap()
}

fn text(folder: &Path, arguments: &[&str]) -> String {
    let done = sovgrade(folder, arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn value(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(folder, arguments)).unwrap()
}

fn examples() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let cards = folders.filter(|path| path.join("README.md").exists() && !path.ends_with("cluster"));
    let mut names: Vec<String> = cards
        .filter(|path| !path.ends_with("rulesets"))
        .map(|path| format!("examples/{}", path.file_name().unwrap().to_str().unwrap()))
        .collect();
    names.sort();
    assert!(names.len() > 20);
    names
}

/// Every object of a document, with the key that it stands under.
fn objects<'v>(value: &'v Value, key: &'v str, found: &mut Vec<(&'v str, &'v serde_json::Map<String, Value>)>) {
    match value {
        Value::Object(map) => {
            found.push((key, map));
            map.iter().for_each(|(key, value)| objects(value, key, found));
        }
        Value::Array(list) => list.iter().for_each(|value| objects(value, key, found)),
        _ => {}
    }
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Every reference inside a document leads somewhere, and no two things have one name.
fn is_whole(bom: &Value) {
    let mut all = Vec::new();
    objects(bom, "", &mut all);
    let refs: Vec<&str> = all.iter().filter_map(|(_, map)| map.get("bom-ref")?.as_str()).collect();
    let unique: BTreeSet<&str> = refs.iter().copied().collect();
    assert_eq!(refs.len(), unique.len(), "a name stands twice");
    let lists = ["claims", "counterClaims", "evidence", "counterEvidence", "requirements"];
    for (_, map) in &all {
        let single = ["target", "assessor", "requirement", "ref"].iter().filter_map(|key| map.get(*key));
        let several = lists.iter().filter_map(|key| map.get(*key)?.as_array()).flatten();
        for reference in single.chain(several).filter_map(Value::as_str) {
            assert!(unique.contains(reference), "{reference} leads nowhere");
        }
    }
    for (key, map) in &all {
        if *key == "properties" && map.contains_key("name") {
            assert!(map["name"].as_str().unwrap().starts_with("sovgrade:") && map["value"].is_string());
        }
        assert!(!map.contains_key("timestamp") && !map.contains_key("created"), "no clock");
    }
}

#[test]
fn every_example_becomes_a_whole_document() {
    for model in examples() {
        let both = ["--rules", "t-class", "--rules", "msit-independence"];
        let bom = value(&root(), &[&["grade", &model, "--format", "cyclonedx"][..], &both].concat());
        is_whole(&bom);
        let grade = value(&root(), &[&["grade", &model, "--format", "json"][..], &both].concat());
        assert_eq!(list(&bom["definitions"], "standards").len(), 2);
        for (at, assessment) in grade.as_array().unwrap().iter().enumerate() {
            let map = list(&bom["declarations"]["attestations"][at], "map");
            let criteria = list(assessment, "criteria");
            assert_eq!(map.len(), criteria.len());
            for (entry, criterion) in map.iter().zip(criteria) {
                let wanted = match criterion["outcome"].as_str().unwrap() {
                    "met" => Some(1),
                    "not-met" | "contradicted" => Some(0),
                    _ => None,
                };
                assert_eq!(entry["conformance"].get("score").and_then(Value::as_i64), wanted);
                // The program has steps of assurance and no number for how sure it is.
                assert!(entry["confidence"].get("score").is_none());
                assert!(wanted != Some(1) || list(entry, "claims").len() == 1);
                assert_eq!(list(entry, "counterClaims").len(), usize::from(wanted == Some(0)));
            }
        }
    }
}

#[test]
fn the_same_model_gives_the_same_bytes_wherever_it_lies() {
    let temp = tempfile::tempdir().unwrap();
    let secret = temp.path().join("a-private-place/solar-10.7b");
    std::fs::create_dir_all(&secret).unwrap();
    for file in std::fs::read_dir(root().join("examples/solar-10.7b")).unwrap().map(|entry| entry.unwrap().path()) {
        std::fs::copy(&file, secret.join(file.file_name().unwrap())).unwrap();
    }
    let evidence = temp.path().join("a-private-place/report.json");
    std::fs::write(
        &evidence,
        r#"{"schema": "sovgrade/evidence/2", "subject": {"id": "solar-10.7b"}, "documented": [{"fact": "training.location",
        "value": ["KR"], "source": {"title": "A report", "url": "https://example.org/report"}}]}"#,
    )
    .unwrap();
    let evidence = evidence.to_str().unwrap();
    for format in ["cyclonedx", "sarif"] {
        let here = text(&root(), &["grade", "examples/solar-10.7b", "--format", format]);
        let again = text(&root(), &["grade", "examples/solar-10.7b", "--format", format]);
        let there = text(temp.path(), &["grade", secret.to_str().unwrap(), "--format", format]);
        assert_eq!(here, again);
        assert!(!there.contains("a-private-place"), "{format}");
        if format == "cyclonedx" {
            assert_eq!(here, there);
        }
        let handed = ["grade", secret.to_str().unwrap(), "--evidence", evidence, "--format", format];
        let handed = text(temp.path(), &handed);
        assert!(!handed.contains("a-private-place"), "{format}");
        if format == "cyclonedx" {
            let serial = |text: &str| serde_json::from_str::<Value>(text).unwrap()["serialNumber"].clone();
            assert_ne!(serial(&handed), serial(&here), "another content has another number");
            let whole = serial(&here);
            let (number, parts) = (whole.as_str().unwrap(), whole.as_str().unwrap().split('-').collect::<Vec<_>>());
            assert!(number.starts_with("urn:uuid:") && parts[2].starts_with('8') && "89ab".contains(&parts[3][..1]));
        }
    }
}

#[test]
fn lineage_is_an_ancestor_as_declared_and_a_variant_as_measured() {
    let temp = tempfile::tempdir().unwrap();
    let model = temp.path().join("m");
    std::fs::create_dir(&model).unwrap();
    std::fs::write(
        model.join("README.md"),
        "---\nlicense: apache-2.0\nbase_model: lab/base\nbase_model_relation: finetune\n---\n",
    )
    .unwrap();
    let bom = value(temp.path(), &["grade", "m", "--format", "cyclonedx"]);
    let model = &bom["metadata"]["component"];
    assert_eq!(model["type"], "machine-learning-model");
    assert_eq!(model["licenses"][0]["license"]["id"], "Apache-2.0");
    let ancestor = &model["pedigree"]["ancestors"][0];
    assert_eq!((&ancestor["group"], &ancestor["name"]), (&"lab".into(), &"base".into()));
    assert!(model["pedigree"].get("variants").is_none());
    let claims = list(&bom["declarations"], "claims");
    assert!(claims.iter().any(|claim| claim["bom-ref"] == "claim:lineage:text:lab/base"));
    let readme = list(model, "components").iter().find(|file| file["name"] == "README.md").unwrap();
    assert_eq!(readme["hashes"][0]["content"].as_str().unwrap().len(), 64);
    // It comes back as what it was.
    let file = temp.path().join("bom.json");
    std::fs::write(&file, bom.to_string()).unwrap();
    let claims = sovgrade::import::ancestors(&sovgrade::text::SourceFile::new("bom.json", bom.to_string())).unwrap();
    assert_eq!((claims.len(), claims[0].reference.as_str()), (1, "lab/base"));
    assert_eq!(claims[0].kind, sovgrade::claims::Kind::Base);
    let card = text(temp.path(), &["import", "cyclonedx", "bom.json"]);
    assert!(card.contains("model.base-models:") && card.contains("- lab/base"), "{card}");
    std::fs::write(temp.path().join("card.yaml"), card).unwrap();
    let back = value(temp.path(), &["grade", "card.yaml", "--format", "cyclonedx"]);
    assert_eq!(back["metadata"]["component"]["licenses"], bom["metadata"]["component"]["licenses"]);
}

#[test]
fn what_a_stranger_wrote_is_text_and_nothing_else() {
    let temp = tempfile::tempdir().unwrap();
    let card = "schema: sovereignty/1\nmodel_id: \"a\\u202e/<b>\\u001b[2J\"\ndeveloper: {name: \"L\\\"}],\\u0007 {0} [x](y)\"}\n\
        components:\n- {id: \"t[0]\", role: text, initialisation: adapted, references: [{model: \"urn:cdx:x/../..\"}]}\n";
    std::fs::write(temp.path().join("sovereignty.yaml"), card).unwrap();
    for format in ["cyclonedx", "sarif"] {
        let text = text(temp.path(), &["grade", ".", "--format", format]);
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{7}']), "{format}");
        let value: Value = serde_json::from_str(&text).unwrap();
        if format == "cyclonedx" {
            is_whole(&value);
        }
    }
}

#[test]
fn sarif_tells_what_is_open_at_a_line_that_is_there() {
    for model in examples() {
        let log = value(&root(), &["grade", &model, "--format", "sarif"]);
        let grade = value(&root(), &["grade", &model, "--format", "json"]);
        let run = &log["runs"][0];
        let outcomes: BTreeMap<String, &str> = list(&grade, "criteria")
            .iter()
            .map(|it| (format!("t-class/{}", it["id"].as_str().unwrap()), it["outcome"].as_str().unwrap()))
            .filter(|(_, outcome)| ["not-met", "unknown", "contradicted"].contains(outcome))
            .collect();
        let results = list(run, "results");
        assert_eq!(results.len(), outcomes.len());
        for result in results {
            let id = result["ruleId"].as_str().unwrap();
            let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][at]["id"], id);
            let pair = (result["kind"].as_str().unwrap(), result["level"].as_str().unwrap());
            let legal: &[(&str, &str)] = match outcomes[id] {
                "contradicted" => &[("fail", "error")],
                "not-met" => &[("fail", "warning"), ("fail", "note")],
                _ => &[("open", "none")],
            };
            assert!(legal.contains(&pair), "{id}: {pair:?}");
            for place in list(result, "locations").iter().chain(list(result, "relatedLocations")) {
                let place = &place["physicalLocation"];
                let uri = place["artifactLocation"]["uri"].as_str().unwrap();
                assert!(uri.starts_with(&model), "{uri}");
                let lines = std::fs::read_to_string(root().join(uri)).unwrap().lines().count();
                let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
                assert!((1..=lines).contains(&line), "{uri}");
            }
        }
    }
}

#[test]
fn one_document_describes_one_model() {
    let two = ["grade", "examples/solar-10.7b", "examples/kanana", "--format", "cyclonedx"];
    assert_eq!(sovgrade(&root(), &two).status.code(), Some(2));
    let table = ["grade", "examples/solar-10.7b", "--format", "sarif", "--format", "csv"];
    assert_eq!(sovgrade(&root(), &table).status.code(), Some(2));
    // Several models are several runs, each with a category of its own.
    let log = value(&root(), &["grade", "examples/solar-10.7b", "examples/kanana", "--format", "sarif"]);
    let ids: Vec<&Value> = list(&log, "runs").iter().map(|run| &run["automationDetails"]["id"]).collect();
    assert_eq!(ids, ["sovgrade/t-class/solar-10.7b/", "sovgrade/t-class/kanana/"]);
}
