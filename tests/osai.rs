//! Every file of the European Open Source AI Index that describes a model becomes a card, its defects are reported, and
//! the card says what the index says. The samples lie beside the repository; without them the test says so and passes.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use sovgrade::import::{Imported, osai};
use sovgrade::text::{Diagnostics, Lang, read_text};

fn corpus() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("SOVGRADE_SHARED").map(PathBuf::from);
    named.unwrap_or_else(|| own.join("../shared")).join("corpora/osai")
}

fn import(corpus: &Path, name: &str) -> Result<Imported, Diagnostics> {
    let file = read_text(&corpus.join(name), name, 1 << 20).unwrap();
    osai(&file)
}

fn told(problems: Diagnostics) -> Vec<String> {
    problems.sorted().iter().map(|problem| problem.message.get(Lang::En).to_owned()).collect()
}

fn files(corpus: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for part in ["models", "models-14", "legacy"] {
        for entry in std::fs::read_dir(corpus.join(part)).unwrap() {
            files.push(format!("{part}/{}", entry.unwrap().file_name().to_string_lossy()));
        }
    }
    files.sort();
    files
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn every_file_that_describes_a_model_becomes_a_card() {
    let corpus = corpus();
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(corpus.join("expected.json")).unwrap()).unwrap();
    let (mut refused, mut defects) = (Vec::new(), 0);
    let cards = tempfile::tempdir().unwrap();
    let all = files(&corpus);
    for name in &all {
        let Ok(Imported { card, warnings }) = import(&corpus, name) else {
            refused.push(name.clone());
            continue;
        };
        defects += told(warnings).len();
        let path = cards.path().join(name.replace(['/', ' '], "-"));
        std::fs::write(&path, &card).unwrap();
        let gathered = sovgrade::gather::gather(&path, &[]);
        assert!(gathered.is_ok(), "{name}: the card cannot be read");
        let card: Value = serde_yaml::from_str(&card).unwrap();
        let wanted = expected[name]["sum"].as_f64().or_else(|| expected[name]["openness"].as_f64()).unwrap();
        assert!((sum(&card) - wanted).abs() < 1e-9, "{name}: {} for {wanted}", sum(&card));
    }
    println!("{} of {} files became cards, {defects} defects reported", all.len() - refused.len(), all.len());
    // The one file without a name describes no model, and says so itself.
    assert_eq!(refused, ["legacy/text-generation-webui.yaml"]);
}

/// The index's own sum over a card: 1 for open, a half for partly open.
fn sum(card: &Value) -> f64 {
    let worth = |artefact: &Value| match artefact["openness"].as_str() {
        Some("open") => 1.0,
        Some("partial") => 0.5,
        _ => 0.0,
    };
    card["artefacts"].as_array().unwrap().iter().map(worth).sum()
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn known_defects_are_reported() {
    let corpus = corpus();
    let known = [
        ("models/GANSynth.yaml", "`endmodel license` is not a key of this format; it is kept unread"),
        ("models/GANSynth.yaml", "`endmodellicense` is missing"),
        ("models/koala.yaml", "`datasources_endmodel` is not a key of this format; it is kept unread"),
        ("models-14/koala.yaml", "`datasources_endmodel` is not a key of this format; it is kept unread"),
        ("models/Zephyr.yaml", "`licenses` has no `link`"),
        ("models/TildeOpen.yaml", "`endmodelname` is empty"),
        ("models/DynamiCrafter.yaml", "`endmodellicense` is empty"),
        ("models/InternLM.yaml", "the file is called `InternLM` and describes `Intern-S1`"),
        ("models-14/AnimateDiff-Lightning.yaml", "hhttps://"),
    ];
    for (name, wanted) in known {
        if !corpus.join(name).is_file() {
            println!("{name} is not among the samples");
            continue;
        }
        let problems = told(import(&corpus, name).unwrap().warnings);
        assert!(problems.iter().any(|text| text.contains(wanted)), "{name}: {wanted} not in {problems:#?}");
    }
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn open_without_a_link_is_reported_each_time() {
    let corpus = corpus();
    let (mut judgements, mut models) = (0, 0);
    for name in files(&corpus).iter().filter(|name| name.starts_with("models/")) {
        let problems = told(import(&corpus, name).unwrap().warnings);
        let here = problems.iter().filter(|text| text.contains("no link shows it")).count();
        judgements += here;
        models += usize::from(here > 0);
    }
    println!("{judgements} judgements in {models} files are open without a link");
    assert!(judgements >= 47 && models >= 22);
}
