//! For every sample of the Model Openness Framework, imported and graded through the binary, class and progress are
//! what the framework's own tool gives. The samples lie beside the repository; without them the test says so and
//! passes.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn corpus() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("SOVGRADE_SHARED").map(PathBuf::from);
    named.unwrap_or_else(|| own.join("../shared")).join("corpora/mof")
}

fn sovgrade(arguments: &[&str], files: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(["--lang", "en"]).args(arguments).args(files).output().unwrap()
}

fn samples(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "yml"));
    files.sort();
    files
}

/// Grades every card of a folder; by file stem.
fn graded(cards: &Path, samples: &[PathBuf]) -> Vec<(String, Value)> {
    let stems: Vec<String> = samples.iter().map(|p| p.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let files: Vec<PathBuf> = stems.iter().map(|stem| cards.join(format!("{stem}.yaml"))).collect();
    let output = sovgrade(&["grade", "--rules", "mof", "--format", "jsonl"], &files);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let all: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(all.len(), stems.len());
    stems.into_iter().zip(all).collect()
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn class_and_progress_are_those_of_the_tool() {
    let corpus = corpus();
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(corpus.join("expected.json")).unwrap()).unwrap();
    let cards = tempfile::tempdir().unwrap();
    let (mut equal, mut differ) = (0, Vec::new());
    for part in ["models", "edge"] {
        let samples = samples(&corpus.join(part));
        let folder = cards.path().join(part);
        let imported = sovgrade(&["import", "mof", "--out", &folder.to_string_lossy()], &samples);
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        for (sample, (stem, assessment)) in samples.iter().zip(graded(&folder, &samples)) {
            let name = format!("{part}/{}", sample.file_name().unwrap().to_string_lossy());
            let wanted = &expected[&name];
            let differences = differences(wanted, &assessment);
            if differences.is_empty() {
                equal += 1;
            } else {
                differ.push(format!("{stem}: {}", differences.join(", ")));
            }
        }
    }
    println!("{equal} of {} samples are equal", equal + differ.len());
    assert!(differ.is_empty(), "{} of {} differ:\n{}", differ.len(), equal + differ.len(), differ.join("\n"));
    assert_eq!(equal, expected.as_object().unwrap().len());
}

const RUNGS: [(&str, &str); 3] = [("3", "class-iii"), ("2", "class-ii"), ("1", "class-i")];

fn differences(wanted: &Value, found: &Value) -> Vec<String> {
    let mut list = Vec::new();
    let class = wanted["class"].as_u64().unwrap().to_string();
    let rung = RUNGS.iter().find(|(number, _)| *number == class).map_or("unclassified", |(_, rung)| *rung);
    if found["grade"]["claimed"] != rung {
        list.push(format!("class {} for {rung}", found["grade"]["claimed"]));
    }
    for (number, rung) in RUNGS {
        let wanted = wanted["progress"][number].as_f64().unwrap();
        let progress = found["progress"].as_array().unwrap();
        let found = progress.iter().find(|p| p["id"] == rung).and_then(|p| p["claimed"].as_f64()).unwrap();
        if (found - wanted).abs() > 1e-9 {
            list.push(format!("{rung} {found} for {wanted}"));
        }
    }
    // The warning that does not change the class: named wherever the tool names a component, and nowhere else.
    let warns = !wanted["not_type_appropriate"].as_array().unwrap().is_empty();
    let named = found["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .any(|criterion| criterion["id"] == "licences-fit-their-content" && criterion["outcome"] == "not-met");
    if warns != named {
        list.push(format!("warned {named} for {warns}"));
    }
    list
}
