//! What files and comparisons show, against the table that `rules check` goes by: nothing more, nothing less.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use sovgrade::facts::{Assurance, shown};
use sovgrade::gather::{Handed, Vouch, gather_handed};
use sovgrade::vocabulary::vocabulary;

type Shown = BTreeSet<(&'static str, &'static str)>;

/// Adds what gathering a model brings forth between a document and an attestation.
/// What is measured is vouched for: else it is a report.
fn add(model: &Path, evidence: PathBuf, found: &mut Shown) {
    let vouched = [Vouch { file: evidence, entry: None }];
    let handed = Handed { vouched: &vouched, ..Handed::default() };
    let gathered = gather_handed(model, &handed).unwrap_or_else(|problems| panic!("{}: {problems:?}", model.display()));
    for (path, _, fact) in gathered.dossier.each_fact() {
        for source in fact.sources() {
            if matches!(source.assurance, Assurance::Corroborated | Assurance::Measured) {
                found.insert((vocabulary().entry(path).path, source.assurance.word()));
            }
        }
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn the_table_of_what_can_be_shown_is_what_gathering_and_measuring_bring_forth() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let scratch = tempfile::tempdir().unwrap();
    let mut found = Shown::new();
    for (name, references) in [
        ("a-ft", vec!["llama-a", "llama-b"]),
        ("from-a-layers", vec!["llama-a"]),
        ("llava-text-e", vec!["llama-e", "siglip-b"]),
        ("llama-c", vec!["llama-a"]),
    ] {
        // The zoo's own card says nothing of a start; this one claims what the look for the opposite can support.
        let model = scratch.path().join(name);
        std::fs::create_dir_all(&model).unwrap();
        for entry in std::fs::read_dir(zoo.join(name)).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, model.join(path.file_name().unwrap())).unwrap();
        }
        let card = "schema: sovereignty/1\ncomponents:\n  - {id: text, role: text, initialisation: random-init, references_complete: true}\n";
        std::fs::write(model.join("sovereignty.yaml"), card).unwrap();
        std::fs::write(model.join("LICENSE"), spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == "MIT").unwrap().1)
            .unwrap();
        let evidence = scratch.path().join(format!("{name}.json"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
        command.arg("measure").arg(&model).arg("--against");
        command.args(references.iter().map(|reference| zoo.join(reference))).arg("-o").arg(&evidence);
        assert_eq!(command.output().unwrap().status.code(), Some(0), "{name}");
        add(&model, evidence, &mut found);
    }
    let table: Shown =
        shown().iter().flat_map(|(path, steps)| steps.iter().map(move |step| (*path, step.word()))).collect();
    let more: Vec<_> = found.difference(&table).collect();
    let less: Vec<_> = table.difference(&found).collect();
    assert!(
        more.is_empty() && less.is_empty(),
        "shown and not in the table: {more:?}; in the table and never shown: {less:?}"
    );
}
