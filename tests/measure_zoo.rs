//! Lineage of the zoo's models, scored by the zoo's own scorer.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use sovgrade::measure::{Options, measure};

/// The folder of corpora beside the repository, or none.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("SOVGRADE_SHARED").map_or(beside, PathBuf::from);
    path.is_dir().then_some(path)
}

#[test]
fn no_pair_of_the_zoo_is_answered_wrongly() {
    let Some(shared) = shared() else {
        eprintln!("skipped: there is no shared folder beside the repository");
        return;
    };
    let zoo = std::env::var_os("SOVGRADE_ZOO").map_or_else(|| shared.join("corpora/zoo"), PathBuf::from);
    let (scorer, lineage) = (shared.join("tools/lineage_score.py"), zoo.join("lineage.json"));
    let pairs = std::env::var("SOVGRADE_PAIRS").unwrap_or_else(|_| "250".to_owned());
    let listed = Command::new("python3").arg(&scorer).arg(&lineage).args(["--list-pairs", "--pairs", &pairs]).output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        eprintln!("skipped: the scorer needs python3");
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let answers = directory.path().join("answers.jsonl");
    let kept = std::env::var_os("SOVGRADE_ANSWERS").map(PathBuf::from);
    let mut file = std::fs::File::create(&answers).unwrap();
    let mut full = kept.as_ref().map(|path| std::fs::File::create(path).unwrap());
    for line in listed.lines() {
        let (candidate, reference) = line.split_once('\t').unwrap();
        let options = Options { digests: false, ..Options::default() };
        let evidence = measure(&zoo.join(candidate), &[zoo.join(reference)], &options).unwrap();
        let link = &evidence.links[0];
        let found: Vec<_> = link.components.iter().filter(|part| matches!(part.verdict.word(), "derived" | "same-init")).collect();
        let layers: serde_json::Map<String, serde_json::Value> =
            found.iter().filter(|part| !part.layers.is_empty()).map(|part| (part.id.clone(), json!(part.layers))).collect();
        let ids: Vec<&str> = found.iter().map(|part| part.id.as_str()).collect();
        let answer = json!({"candidate": candidate, "reference": reference, "verdict": link.verdict.word(), "components": ids, "layers": layers, "share": link.share});
        writeln!(file, "{answer}").unwrap();
        if let Some(full) = &mut full {
            writeln!(full, "{}", serde_json::to_string(link).unwrap().replacen('{', &format!("{{\"candidate\":\"{candidate}\","), 1)).unwrap();
        }
    }
    let scored = Command::new("python3").arg(&scorer).arg(&lineage).arg(&answers).args(["--show-errors", "--pairs", &pairs]).output().unwrap();
    eprintln!("{}{}", String::from_utf8_lossy(&scored.stdout), String::from_utf8_lossy(&scored.stderr));
    assert!(scored.status.success(), "a pair was answered wrongly");
}
