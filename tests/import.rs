//! What a stranger may put into a file to be imported: it becomes a card, or an error with a sentence, and never a
//! panic.
#![allow(clippy::unwrap_used, missing_docs)]

use sovgrade::import::{Imported, ancestors, cyclonedx, mof, osai};
use sovgrade::text::{Diagnostics, Lang, SourceFile};

type Import = fn(&SourceFile) -> Result<Imported, Diagnostics>;

/// Messages, whether the file became a card or not.
fn told(import: Import, text: &str) -> (Option<String>, Vec<String>) {
    let (card, problems) = match import(&SourceFile::new("a-model.yml", text)) {
        Ok(Imported { card, warnings }) => (Some(card), warnings),
        Err(problems) => (None, problems),
    };
    let list = problems.sorted();
    for problem in &list {
        assert!(problem.help.is_some(), "{}", problem.message.en);
        assert_ne!(problem.message.get(Lang::Ko), problem.message.get(Lang::En));
    }
    (card, list.iter().map(|problem| problem.message.get(Lang::En).to_owned()).collect())
}

const ODD: [&str; 12] = [
    "[]",
    "release: []",
    "release: {components: {}}",
    "release: {components: [a, [b], {name: [c]}, {name: null}, {}]}",
    "release: {license: [], components: [{name: Datasets, license: [MIT]}, {name: Datasets, license: {a: b}}]}",
    "release: {license: {data: MIT, distribution: {name: {a: b}}}, components: [{name: Datasets}]}",
    "release: {name: [], date: [], producer: {}, components: [{name: Datasets, component_path: [1]}]}",
    "system: {name: A, link: [], type: {}, releasedate: [1]}",
    "system: {name: A}\norg: []\npaper: open\ncode: {class: [], link: {a: b}, notes: []}",
    "project: {name: A, license: {}}\nllmdata: {class: Open, link: [null, '', [x]]}",
    "system: {name: \"a\\u202eb\\u001b[2J\", endmodellicense: \"\\u202e\"}",
    "release: {components: [{name: \"\\u202eDatasets\", license: \"MIT\\u200b\"}]}",
];

#[test]
fn odd_files_become_cards_or_errors() {
    for import in [mof as Import, osai as Import] {
        for text in ODD {
            let (card, problems) = told(import, text);
            assert!(card.is_some() || !problems.is_empty(), "{text}");
            let Some(card) = card else { continue };
            assert!(!card.contains(['\u{202e}', '\u{1b}']), "{text}: {card}");
            let temp = tempfile::tempdir().unwrap();
            let path = temp.path().join("card.yaml");
            std::fs::write(&path, card).unwrap();
            assert!(sovgrade::gather::gather(&path, &[]).is_ok(), "{text}: the card cannot be read");
        }
    }
}

#[test]
fn files_of_the_other_format_are_refused() {
    let (card, problems) = told(mof, "system: {name: A}");
    assert_eq!((card, problems.len()), (None, 1));
    let (card, problems) = told(osai, "release: {name: A}");
    assert_eq!((card, problems.len()), (None, 1));
}

/// Own entry, content type, whole release; an explicit nothing stops the search.
#[test]
fn licences_are_inherited_in_order() {
    let text = "release:\n  license: {data: {name: CDLA-Permissive-2.0}, distribution: {name: MIT}}\n  components:\n  \
        - {name: Datasets}\n  - {name: Training code}\n  - {name: Model card, license: ''}\n  \
        - {name: Data card, license: unlicensed}\n  - {name: Evaluation data, license: null}\n  \
        - {name: Technical report, license: Apache-2.0}\n";
    let (card, problems) = told(mof, text);
    assert!(problems.is_empty(), "{problems:?}");
    let card: serde_json::Value = serde_yaml::from_str(&card.unwrap()).unwrap();
    let found = |id: &str| {
        let artefact = card["artefacts"].as_array().unwrap().iter().find(|artefact| artefact["id"] == id).unwrap();
        (artefact["licence_from"].as_str().unwrap().to_owned(), artefact["licence"].as_str().map(str::to_owned))
    };
    let some = |from: &str, licence: &str| (from.to_owned(), Some(licence.to_owned()));
    assert_eq!(found("datasets"), some("content-type", "CDLA-Permissive-2.0"));
    assert_eq!(found("training-code"), some("distribution", "MIT"));
    assert_eq!(found("model-card"), ("own".to_owned(), None));
    assert_eq!(found("data-card"), ("own".to_owned(), None));
    assert_eq!(found("evaluation-data"), some("content-type", "CDLA-Permissive-2.0"));
    assert_eq!(found("technical-report"), some("own", "Apache-2.0"));
}

const ODD_BILLS: [&str; 14] = [
    "",
    "{",
    "[]",
    "null",
    r#"{"bomFormat": ["CycloneDX"]}"#,
    r#"{"bomFormat": "CycloneDX", "metadata": {"component": []}, "components": {}}"#,
    r#"{"bomFormat": "CycloneDX", "specVersion": 1.6, "metadata": {"component": {"type": "machine-learning-model"}}}"#,
    r#"{"bomFormat": "CycloneDX", "specVersion": "9.9", "metadata": {"timestamp": "yesterday", "component":
        {"type": "machine-learning-model", "name": [], "group": {}, "purl": 3, "licenses": [[], {}, {"license": []}],
        "manufacturer": "x", "no-such-key": {"a": [1]}}}}"#,
    r#"{"bomFormat": "CycloneDX", "metadata": {"component": {"type": "machine-learning-model", "name": "m",
        "pedigree": {"ancestors": {"name": "a"}}, "modelCard": {"modelParameters": {"datasets": [1, [], {"ref": "none"},
        {"name": "d"}, {"name": "d"}, {"name": null}]}}}}}"#,
    r#"{"bomFormat": "CycloneDX", "metadata": {"component": {"type": "machine-learning-model", "name": "m",
        "pedigree": {"ancestors": [1, {}, {"name": ""}, {"name": "a/b", "hashes": [1, {"alg": "SHA-256", "content": "zz"}],
        "properties": [1, {"name": "base_model_relation", "value": "theft"}]}]}}}}"#,
    "{\"bomFormat\": \"CycloneDX\", \"metadata\": {\"component\": {\"type\": \"machine-learning-model\", \"name\": \
        \"a\\u202eb\\u001b[2J\\u0000\"}}}",
    r#"{"bomFormat": "CycloneDX", "components": [{"type": "machine-learning-model", "name": "m"}]}"#,
    r#"{"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "m"}]}"#,
    r#"{"bomFormat": "CycloneDX", "metadata": {"component": {"type": "machine-learning-model", "name": "m",
        "purl": "pkg:huggingface/..%2F..%2Fetc/passwd", "licenses": [{"expression": "MIT OR ("}]}}}"#,
];

#[test]
fn odd_bills_of_materials_become_cards_or_errors() {
    for text in ODD_BILLS {
        let (card, problems) = told(cyclonedx, text);
        assert!(card.is_some() || !problems.is_empty(), "{text}");
        let claims = ancestors(&SourceFile::new("bom.json", text));
        assert_eq!(claims.is_ok(), card.is_some(), "{text}");
        let Some(card) = card else { continue };
        assert!(!card.contains(['\u{202e}', '\u{1b}']), "{text}: {card}");
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("card.yaml");
        std::fs::write(&path, &card).unwrap();
        if let Err(problems) = sovgrade::gather::gather(&path, &[]) {
            panic!(
                "{text}: {card}\n{:?}",
                problems.sorted().iter().map(|it| it.message.en.clone()).collect::<Vec<_>>()
            );
        }
    }
}

/// What stands in a bill of materials becomes fields, and no link of weights comes of an ancestor.
#[test]
fn a_bill_of_materials_invents_nothing() {
    let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"timestamp": "2026-02-03T04:05:06Z",
        "component": {"type": "machine-learning-model", "group": "lab", "name": "m", "manufacturer": {"name": "Lab"},
        "supplier": {"name": "Reseller"}, "licenses": [{"license": {"id": "Apache-2.0"}}], "pedigree": {"ancestors":
        [{"type": "machine-learning-model", "name": "x", "purl": "pkg:huggingface/a/b@1"}]}, "modelCard":
        {"modelParameters": {"datasets": [{"ref": "d"}]}}}}, "components": [{"type": "data", "bom-ref": "d", "name": "corpus",
        "data": [{"type": "dataset", "governance": {"owners": [{"organization": {"name": "Holder"}}]}}]}]}"#;
    let (card, problems) = told(cyclonedx, text);
    assert!(problems.is_empty(), "{problems:?}");
    let card: serde_json::Value = serde_yaml::from_str(&card.unwrap()).unwrap();
    assert_eq!(card["model_id"], "lab/m");
    assert_eq!(card["statement_date"], "2026-02-03");
    assert_eq!(card["developer"], serde_json::json!({"name": "Lab"}));
    assert_eq!(card["licensing"]["weights"]["licence"], "Apache-2.0");
    assert_eq!(card["datasets"], serde_json::json!([{"id": "corpus", "holder": "Holder"}]));
    assert_eq!(card["facts"]["model.base-models"], serde_json::json!(["a/b"]));
    assert!(card.get("components").is_none() && card.get("complete").is_none());
    assert_eq!(card["x-cyclonedx"]["component"]["supplier"]["name"], "Reseller");
}
