//! What a stranger may put into a file to be imported: it becomes a card, or an error with a sentence, and never a
//! panic.
#![allow(clippy::unwrap_used, missing_docs)]

use sovgrade::import::{Imported, mof, osai};
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
