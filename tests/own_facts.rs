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

/// Every command that puts a model to a ruleset knows the ruleset's own facts: what decides here is such a fact alone.
#[test]
fn every_command_gathers_them() {
    let (rules, model) = (here("kr-office"), here("model"));
    let twin = tempfile::tempdir().unwrap();
    copy(Path::new(&model), twin.path());
    let twin = twin.path().to_string_lossy().into_owned();
    let asked: Vec<(&str, Vec<&str>, &str)> = vec![
        ("grade", vec!["grade", &model, "--rules", &rules], "kr-office.sbom|bill of materials (SBOM) was handed in"),
        ("brief", vec!["grade", &model, "--rules", &rules, "--brief"], "Supply claimed: fail"),
        (
            "several",
            vec!["grade", &model, "--rules", "t-class", "--rules", &rules],
            "bill of materials (SBOM) was handed in",
        ),
        ("fleet", vec!["grade", &model, &twin, "--rules", &rules, "--format", "csv"], "fail"),
        ("what-if", vec!["grade", &model, "--rules", &rules, "--what-if"], "bill of materials (SBOM) was handed in"),
        ("explain", vec!["explain", "sbom", &model, "--rules", &rules], "bill of materials (SBOM) was handed in"),
        ("facts", vec!["facts", &model, "--rules", &rules], "kr-office.sbom"),
        (
            "check",
            vec!["rules", "check", &rules, "--models", &model, &twin],
            "the criterion `sbom` comes out as \"met\"",
        ),
    ];
    let mut faults = Vec::new();
    for (name, arguments, wanted) in asked {
        let output = sovgrade(&[&arguments[..], &["--lang", "en"]].concat());
        let (out, err) = text(&output);
        if output.status.code() == Some(2) || !wanted.split('|').any(|one| format!("{out} {err}").contains(one)) {
            faults.push(format!("{name}: no `{wanted}`: {out} {err}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// An amendment of facts is graded with the facts of each side.
#[test]
fn each_side_of_a_difference_gathers_its_own() {
    let rules = here("kr-office");
    let facts = std::fs::read_to_string(format!("{rules}/facts.yaml")).unwrap();
    // The namespace moves: a card that fills the old one says nothing to the new rules.
    let folder = with("facts.yaml", &facts.replace("format: 1\n", "format: 1\nnamespace: kr-agency\n"));
    let new = folder.path().join("kr-office");
    for part in ["criteria", "cases"] {
        for entry in std::fs::read_dir(new.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replace("kr-office.", "kr-agency.")).unwrap();
        }
    }
    let card = "schema: sovereignty/1\nmodel_id: acme/one\ncomplete: [datasets]\ndatasets:\n  - id: web\n    facts: \
                {kr-office: {domestic_share: 60 %}}\nfacts:\n  kr-office: {sbom: yes, patch_cycle: monthly, supplier: \
                [{id: a, country: KR}], supplier-complete: yes}\n";
    let model = folder.path().join("sovereignty.yaml");
    std::fs::write(&model, card).unwrap();
    let output =
        sovgrade(&["rules", "diff", &rules, &new.to_string_lossy(), &model.to_string_lossy(), "--format", "json"]);
    let (out, err) = text(&output);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{out} {err}"));
    let shifts = json["models"][0]["shifts"].to_string();
    assert!(shifts.contains("\"pass\"") && shifts.contains("\"undetermined\""), "{json:#}");
}

/// What a card says under the first part of the program's own facts, as if that were a namespace, is told.
#[test]
fn a_root_of_the_vocabulary_is_no_namespace() {
    let roots: std::collections::BTreeSet<&str> =
        sovgrade::vocabulary::vocabulary().entries().filter_map(|(_, entry)| entry.path.split('.').next()).collect();
    let found = |card: &str| {
        let file = SourceFile::new("sovereignty.yaml", card);
        match sovgrade::gather::gather_text(&file) {
            Ok(gathered) => gathered.warnings,
            Err(problems) => problems,
        }
        .sorted()
    };
    for root in &roots {
        for card in [
            format!("schema: sovereignty/1\nfacts:\n  {root}: {{anything: yes}}\n"),
            format!("schema: sovereignty/1\ndatasets:\n  - id: web\n    facts: {{{root}: {{anything: yes}}}}\n"),
        ] {
            let problems = found(&card);
            let [problem] = &problems[..] else { panic!("{card}: {problems:?}") };
            assert_eq!(problem.code, Code::UnknownFact, "{card}");
            let help = problem.help.as_ref().unwrap();
            assert!(problem.message.en.contains(root) && !help.en.is_empty() && !help.ko.is_empty(), "{card}");
        }
    }
    let written = |card: &str| found(card)[0].help.clone().unwrap().en;
    let card = |inside: &str| format!("schema: sovereignty/1\nfacts:\n  {inside}\n");
    assert_eq!(written(&card("model: {weights-held: yes}")), "write `release.weights_held: yes`");
    assert_eq!(written(&card("data: {synthetic_share: 10 %}")), "write `data.synthetic_share: 10 %`");
    assert!(written(&card("component: {initialisation: random-init}")).contains("components[].initialisation"));
    // Another ruleset's namespace is its own matter.
    assert!(found(&card("some-office: {sbom: yes}")).is_empty());
}

#[test]
fn a_namespace_may_be_written_as_cards_write_keys() {
    let folder = tempfile::tempdir().unwrap();
    let card = folder.path().join("sovereignty.yaml");
    std::fs::write(&card, "schema: sovereignty/1\nfacts: {kr_office: {patch_cycle: monthly}}\n").unwrap();
    let output = sovgrade(&["grade", &card.to_string_lossy(), "--rules", &here("kr-office"), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let patched = json["criteria"].as_array().unwrap().iter().find(|it| it["id"] == "patched").unwrap();
    assert_eq!(patched["outcome"], "met", "{}", text(&output).1);
}

#[test]
fn their_labels_are_found_and_suggested() {
    let rules = here("kr-office");
    for (word, lang) in [("자재명세서", "ko"), ("bill of materials", "en"), ("보안 패치", "ko")] {
        let plain = sovgrade(&["facts", word, "--lang", lang]);
        let with = sovgrade(&["facts", word, "--rules", &rules, "--lang", lang]);
        assert!(!text(&plain).0.contains("kr-office."), "{word}");
        assert!(text(&with).0.contains("kr-office."), "{word}: {:?}", text(&with));
    }
    let criterion = std::fs::read_to_string(format!("{rules}/criteria/sbom.yaml")).unwrap();
    for (written, wanted) in [
        ("test: { fact: 자재명세서 제출, is: true }", "kr-office.sbom"),
        ("test: { fact: bill of materials handed in, is: true }", "kr-office.sbom"),
        ("test: 자재명세서 제출 = 예", "{ fact: kr-office.sbom, is: true }"),
        ("test: Bill of materials handed in is true", "{ fact: kr-office.sbom, is: true }"),
    ] {
        let old = criterion.lines().find(|line| line.starts_with("test:")).unwrap();
        let folder = with("criteria/sbom.yaml", &criterion.replace(old, written));
        let output = sovgrade(&["rules", "check", &folder.path().join("kr-office").to_string_lossy(), "--lang", "en"]);
        let (_, problems) = text(&output);
        assert!(output.status.code() == Some(2) && problems.contains(&format!("`{wanted}`")), "{written}: {problems}");
    }
}

/// What is accepted was written where the case lies, whatever the folder is called and however the file ends its lines,
/// and passes when it is read back; what was not is said, and nothing else is changed.
#[test]
fn an_acceptance_is_written_where_the_case_lies() {
    let text = std::fs::read_to_string(format!("{}/criteria/patched.yaml", here("kr-office"))).unwrap();
    let amended = text.replace("in: [monthly]", "in: [yearly]");
    let slow = std::fs::read_to_string(format!("{}/cases/slow-patches.yaml", here("kr-office"))).unwrap();
    // A folder that is shown by another name than it has: one with a sign that nobody sees.
    for folder in ["plain", "with\u{200b}zero", "한글 폴더", "a\u{202e}b"] {
        let temp = tempfile::tempdir().unwrap();
        let rules = temp.path().join(folder).join("kr-office");
        copy(Path::new(&here("kr-office")), &rules);
        std::fs::write(rules.join("criteria/patched.yaml"), &amended).unwrap();
        let case = rules.join("cases/slow-patches.yaml");
        std::fs::write(&case, format!("\u{feff}{}", slow.replace('\n', "\r\n"))).unwrap();
        let output = sovgrade(&["rules", "test", &rules.to_string_lossy(), "--accept", "a reason", "--lang", "en"]);
        let (out, err) = self::text(&output);
        assert_eq!(output.status.code(), Some(0), "{folder}: {out} {err}");
        assert!(out.contains("rewritten with the new answers") && out.contains("read back, it passes"), "{out}");
        let written = std::fs::read_to_string(&case).unwrap();
        assert!(written.starts_with('\u{feff}') && written.contains("patched: met"), "{written}");
        assert_eq!(written.matches('\n').count(), written.matches("\r\n").count(), "{written:?}");
        assert_eq!(sovgrade(&["rules", "test", &rules.to_string_lossy()]).status.code(), Some(0), "{folder}");
    }
}

#[test]
fn what_is_mended_by_hand_is_left_as_it_is_and_said() {
    let text = std::fs::read_to_string(format!("{}/criteria/patched.yaml", here("kr-office"))).unwrap();
    let folder = with("criteria/patched.yaml", &text.replace("in: [monthly]", "in: [yearly]"));
    let rules = folder.path().join("kr-office");
    let case = rules.join("cases/slow-patches.yaml");
    let by_hand = std::fs::read_to_string(&case).unwrap().replace("expect:\n", "expect:\n  not-assured: [patched]\n");
    std::fs::write(&case, &by_hand).unwrap();
    for lang in ["ko", "en"] {
        let output = sovgrade(&["rules", "test", &rules.to_string_lossy(), "--accept", "a reason", "--lang", lang]);
        let (out, err) = self::text(&output);
        assert_eq!(output.status.code(), Some(1), "{out} {err}");
        assert!(out.contains("not-assured") && out.contains(if lang == "ko" { "손으로" } else { "by hand" }), "{out}");
        assert_eq!(std::fs::read_to_string(&case).unwrap(), by_hand);
    }
}
