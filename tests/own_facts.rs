//! Facts that a ruleset brings along are like built-in ones: in rules, cases, mutation, cards, evidence, schemas,
//! sentences and next steps, and without a line of Rust.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sovgrade::rules::{RulesetFiles, load};
use sovgrade::text::{Code, Lang, SourceFile};

fn here(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "own_facts", name].iter().collect();
    path.to_string_lossy().into_owned()
}

fn sovgrade(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(arguments).env("NO_COLOR", "1").output().unwrap()
}

fn text(output: &Output) -> (String, String) {
    let flat = |bytes: &[u8]| String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    (flat(&output.stdout), flat(&output.stderr))
}

/// The fixture with one file replaced or added.
fn with(file: &str, content: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("kr-office");
    copy(Path::new(&here("kr-office")), &to);
    std::fs::write(to.join(file), content).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { drop(std::fs::copy(entry.path(), target)) }
    }
}

#[test]
fn the_desk_checks_tests_and_mutates_them() {
    let check = sovgrade(&["rules", "check", &here("kr-office"), "--lang", "en"]);
    assert_eq!((check.status.code(), text(&check).1), (Some(0), String::new()));
    let test = sovgrade(&["rules", "test", &here("kr-office"), "--mutate", "--lang", "en"]);
    let (out, _) = text(&test);
    assert_eq!(test.status.code(), Some(0), "{out}");
    assert!(out.contains("0 not caught"), "{out}");
}

#[test]
fn a_card_fills_them_and_the_report_says_them_in_both_languages() {
    for (lang, said) in [
        (
            "en",
            [
                "A software bill of materials (SBOM) was handed in. (declared: sovereignty.yaml:9)",
                "Country of the supplier: US. Asked for: the home country (KR).",
                "Share of domestic data: 40 %. Asked for: at least 50 %.",
                "facts.kr-office.patch-cycle: ",
            ],
        ),
        (
            "ko",
            [
                "소프트웨어 자재명세서(SBOM)를 제출했다",
                "업체의 국가: US",
                "국내 데이터 비율: 40 %",
                "facts.kr-office.patch-cycle: ",
            ],
        ),
    ] {
        let grade = sovgrade(&["grade", &here("model"), "--rules", &here("kr-office"), "--next", "--lang", lang]);
        let (out, problems) = text(&grade);
        assert_eq!(grade.status.code(), Some(0), "{problems}");
        for sentence in said {
            assert!(out.contains(sentence), "{sentence}\n{out}");
        }
        // A misspelt key of a namespace that is known is told; a namespace of another ruleset is not.
        assert!(problems.contains("kr-office.patch-cicle") && problems.contains("`patch-cycle`"), "{problems}");
        assert!(!problems.contains("other-office"), "{problems}");
    }
}

#[test]
fn to_another_ruleset_a_namespace_says_nothing() {
    let grade = sovgrade(&["grade", &here("model"), "--rules", "t-class", "--lang", "en"]);
    let (out, problems) = text(&grade);
    assert_eq!((grade.status.code(), problems.as_str()), (Some(0), ""));
    assert!(!out.contains("kr-office"), "{out}");
}

#[test]
fn evidence_states_them_and_another_ruleset_passes_over_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evidence.json");
    let source = r#""source": {"title": "A record", "url": "https://example.org/record"}"#;
    let entries = format!(
        r#"{{"schema": "sovgrade/evidence/2", "run": {{"program": "hand"}}, "subject": {{"id": "acme/one", "files": []}}, "links": [],
        "documented": [{{"fact": "kr-office.patch-cycle", "value": "monthly", {source}}},
                       {{"fact": "kr-office.supplier.country", "item": "third", "value": "JP", {source}}}],
        "attested": []}}"#
    );
    std::fs::write(&file, entries).unwrap();
    let file = file.to_string_lossy();
    let grade = |rules: &str| {
        let output = sovgrade(&["grade", &here("model"), "--rules", rules, "--evidence", &file, "--format", "json"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output).1);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let ours = grade(&here("kr-office"));
    let outcome = |id: &str| {
        let all = ours["criteria"].as_array().unwrap();
        all.iter().find(|it| it["id"] == id).unwrap()["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome("patched"), "met");
    assert!(ours.to_string().contains("JP"), "{ours}");
    let theirs = grade("t-class");
    assert!(theirs["limits"].to_string().contains("kr-office.patch-cycle"), "{}", theirs["limits"]);
}

#[test]
fn the_schemas_know_them() {
    let schema = |kind: &str| -> serde_json::Value {
        let output = sovgrade(&["schema", kind, "--rules", &here("kr-office")]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let card = jsonschema::validator_for(&schema("card")).unwrap();
    let says = |key: &str, value: serde_json::Value| serde_json::json!({"facts": {"kr-office": {key: value}, "other": {"x": 1}}});
    assert!(card.is_valid(&says("patch-cycle", "monthly".into())));
    assert!(!card.is_valid(&says("patch-cycle", "daily".into())));
    assert!(!card.is_valid(&says("patch-cicle", "monthly".into())));
    let criterion = jsonschema::validator_for(&schema("criterion")).unwrap();
    let test = |path: &str| {
        serde_json::json!({
            "format": 1, "id": "x", "dimension": "provenance", "title": {"en": "X"}, "question": {"en": "X?"},
            "rationale": {"en": "X."}, "needs": "declared", "test": {"fact": path, "is": true},
        })
    };
    let mut other = test("kr-office.sbom");
    other["dimension"] = "date".into();
    assert!(!criterion.is_valid(&other));
    assert!(criterion.is_valid(&test("kr-office.sbom")) && !criterion.is_valid(&test("kr-office.sbon")));
}

/// What can go wrong in `facts.yaml`, each with the code and the line of its one finding.
#[test]
fn every_mistake_of_the_file_has_its_place() {
    const FACT: &str = "label: {ko: 가, en: A}, meaning: {ko: 가., en: A.}";
    let cases: &[(&str, Code, u32)] = &[
        ("namespace: model\n", Code::BadId, 2),
        ("namespace: a.b\n", Code::BadId, 2),
        ("facts:\n  a: {kind: flog, LABEL}\n", Code::ValueNotAllowed, 3),
        ("facts:\n  a: {kind: number, LABEL}\n", Code::MissingKey, 3),
        ("facts:\n  a: {kind: word, LABEL}\n", Code::MissingKey, 3),
        ("facts:\n  a: {kind: flag, unit: percent, LABEL}\n", Code::OperatorDoesNotFit, 3),
        ("facts:\n  a: {kind: word, words: none-such, LABEL}\n", Code::UnknownOption, 3),
        ("facts:\n  a: {kind: number, unit: furlongs, LABEL}\n", Code::ValueNotAllowed, 3),
        ("facts:\n  a.b: {kind: flag, LABEL}\n", Code::BadId, 3),
        ("facts:\n  A: {kind: flag, LABEL}\n", Code::BadId, 3),
        ("facts:\n  a_b: {kind: flag, LABEL}\n", Code::BadId, 3),
        ("facts:\n  a: {kind: flag, of: datasett, LABEL}\n", Code::ValueNotAllowed, 3),
        ("facts:\n  a: {kind: flag, label: {ko: 가, en: A}}\n", Code::MissingKey, 3),
        ("fact:\n  a: {kind: flag, LABEL}\n", Code::UnknownKey, 2),
        ("collections:\n  a: {label: {ko: 가, en: A}, meaning: {ko: 가., en: A.}}\n", Code::MissingKey, 3),
    ];
    for (body, code, line) in cases {
        let text = format!("format: 1\n{}", body.replace("LABEL", FACT));
        let folder = here("kr-office");
        let mut files = RulesetFiles::read_rules(Path::new(&folder)).unwrap();
        files.facts = Some(SourceFile::new("facts.yaml", text.clone()));
        let problems = load(&files).expect_err("a mistake").sorted();
        let here: Vec<_> = problems.iter().filter(|problem| problem.file.name() == "facts.yaml").collect();
        let found: Vec<_> = here.iter().map(|it| (it.code, it.file.position(it.span.start).line)).collect();
        assert_eq!(
            found,
            [(*code, *line)],
            "{text}\n{}",
            here.iter().map(|it| it.message.get(Lang::En)).collect::<String>()
        );
    }
}

#[test]
fn a_fact_that_no_test_asks_for_is_found() {
    let facts = std::fs::read_to_string(format!("{}/facts.yaml", here("kr-office"))).unwrap();
    let more = "facts:\n  unasked: { kind: flag, label: { ko: 가, en: A }, meaning: { ko: 가., en: A. } }\n";
    let folder = with("facts.yaml", &facts.replacen("facts:\n", more, 1));
    let output = sovgrade(&["rules", "check", &folder.path().join("kr-office").to_string_lossy(), "--lang", "en"]);
    let (_, problems) = text(&output);
    assert!(problems.contains("SG0520") && problems.contains("kr-office.unasked"), "{problems}");
    assert_eq!(problems.matches("SG05").count(), 1, "{problems}");
}

#[test]
fn an_amendment_is_accepted_into_its_cases_with_the_reason() {
    let file = "criteria/patched.yaml";
    let text = std::fs::read_to_string(format!("{}/{file}", here("kr-office"))).unwrap();
    let folder = with(file, &text.replace("in: [monthly]", "in: [yearly]"));
    let rules = folder.path().join("kr-office");
    let rules = rules.to_string_lossy();
    assert_eq!(sovgrade(&["rules", "test", &rules]).status.code(), Some(1));
    let accepted = sovgrade(&["rules", "test", &rules, "--accept", "patches come once a year", "--lang", "en"]);
    assert_eq!(accepted.status.code(), Some(0), "{:?}", self::text(&accepted));
    let again = sovgrade(&["rules", "test", &rules, "--lang", "en"]);
    assert_eq!(again.status.code(), Some(0), "{:?}", self::text(&again));
    let case = std::fs::read_to_string(folder.path().join("kr-office/cases/slow-patches.yaml")).unwrap();
    assert!(case.contains("patched: met") && case.contains("because: \"patches come once a year\""), "{case}");
    assert!(case.contains("was:") && case.contains("patched: not-met"), "{case}");
    // The program's own cases are not written.
    let own = sovgrade(&["rules", "test", "mof", "--accept", "x"]);
    assert!(own.status.success(), "nothing came out otherwise");
}

#[test]
fn a_change_of_a_fact_is_part_of_the_amendment_and_of_the_digest() {
    let facts = std::fs::read_to_string(format!("{}/facts.yaml", here("kr-office"))).unwrap();
    let folder = with("facts.yaml", &facts.replace("en: yearly", "en: once a year"));
    let new = folder.path().join("kr-office");
    let output = sovgrade(&["rules", "diff", &here("kr-office"), &new.to_string_lossy(), "--lang", "en"]);
    let (out, _) = text(&output);
    assert!(out.contains("words/frequency"), "{out}");
    let digest = |path: &Path| RulesetFiles::read(path).unwrap().digest();
    assert_ne!(digest(Path::new(&here("kr-office"))), digest(&new));
}
