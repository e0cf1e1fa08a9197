//! Who is believed when (docs/belief.md), as laws over made-up cards and evidence, read as files are read and graded by
//! the embedded rulesets.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::Config;
use sovgrade::facts::{Assurance, View};
use sovgrade::gather::{Handed, Vouch, gather_handed};
use sovgrade::grade::{Options, Outcome, Standing, Truth, grade};
use sovgrade::rules::{Ruleset, RulesetFiles, embedded, load};

/// Lines of a declaration, each of which may be there.
const LINES: [&str; 10] = [
    "relation: finetune\n",
    "release: {weights_held: yes, own_tuning: yes}\n",
    "release: {weights_held: no}\n",
    "complete: [components, licences]\n",
    "developer: {name: Example Lab, jurisdiction: \"KR\"}\n",
    "training: {operator: Example Lab, whole_process_by_maker: yes}\n",
    "data: {curated_by_maker: yes}\n",
    "architecture: {relation: scaled, novelty: none, rights: {kind: open-licence}}\n",
    "evidence: [{id: p, kind: paper, url: \"https://example.org/p\", describes: [components, release, data]}]\n",
    "evidence: [{id: p, kind: paper, url: \"x\", describes: [components, release, data, training, architecture]}]\n",
];

const STARTS: [&str; 4] = ["random-init", "adapted", "from-reference", "undisclosed"];
const ADAPTATIONS: [&str; 5] = ["[]", "[fine-tuning]", "[pruning]", "[merge]", "[partial-transfer]"];
const REFERENCES: [&str; 4] = [
    "",
    ", references: [{model: far/base-7b}]",
    ", references: [{model: lab/base-7b, same_maker: yes, root: random-init}]",
    ", references_complete: yes",
];
const FRONTS: [&str; 4] = [
    "license: mit\n",
    "base_model: far/base-7b\n",
    "base_model: [far/base-7b, lab/m]\nbase_model_relation: merge\n",
    "tags: [merge]\n",
];
/// Names that folders may have, some of them those of models that cards name.
const FOLDERS: [&str; 5] = ["m", "base-7b", "far", "qwen2.5-7b", "model 1"];

/// A declaration: no key twice.
fn card() -> impl Strategy<Value = String> {
    let lines = proptest::sample::subsequence(LINES.to_vec(), 0..LINES.len());
    let part = (
        proptest::sample::select(&STARTS[..]),
        proptest::sample::select(&ADAPTATIONS[..]),
        proptest::sample::select(&REFERENCES[..]),
    );
    (lines, proptest::option::of(part)).prop_map(|(lines, part)| {
        let mut text = "schema: sovereignty/1\n".to_owned();
        for line in lines {
            let key = line.split(':').next().unwrap();
            if !text.lines().any(|own| own.starts_with(&format!("{key}:"))) {
                text.push_str(line);
            }
        }
        if let Some((start, adaptation, references)) = part {
            text.push_str(&format!(
                "components:\n- {{id: text, role: text, weight_bearing: yes, core: yes, initialisation: {start}, adaptation: {adaptation}{references}}}\n"
            ));
        }
        text
    })
}

/// Facts that a document or an assessor may state.
const STATED: [&str; 7] = [
    r#""fact": "model.weights-held", "value": true"#,
    r#""fact": "model.weights-held", "value": false"#,
    r#""fact": "data.curated-by-maker", "value": true"#,
    r#""fact": "component.initialisation", "item": "text", "value": "random-init""#,
    r#""fact": "component.adaptation", "item": "text", "value": ["merge"]"#,
    r#""fact": "link.relation", "item": "text/far/base-7b", "value": "shared""#,
    r#""fact": "link.same-maker", "item": "text/lab/base-7b", "value": true"#,
];
const ADDRESSES: [&str; 3] = ["", r#", "url": "javascript:x""#, r#", "url": "https://example.org/d""#];
const LINKS: [&str; 4] = [
    r#""relation": "no-trace", "components": [{"id": "text", "relation": "no-trace", "coverage": 1, "tests": [{"family": "f2", "log10-p": -0.1}]}]"#,
    r#""relation": "shared", "components": [{"id": "text", "relation": "shared", "tests": [{"family": "f2", "log10-p": -50}],
        "explanations": {"from-reference": {"state": "stated"}, "common-start": {"state": "excluded"}}}]"#,
    r#""relation": "shared", "components": [{"id": "text", "relation": "shared", "tests": [{"family": "new", "statistic": 1}]}]"#,
    r#""relation": "undecided""#,
];

/// An evidence file that is bound to nothing, and whether a document of it has an address.
fn evidence() -> impl Strategy<Value = (String, bool)> {
    let stated = (proptest::sample::select(&STATED[..]), proptest::sample::select(&ADDRESSES[..]));
    let documented = proptest::collection::vec(stated.clone(), 0..3);
    let attested = proptest::collection::vec(proptest::sample::select(&STATED[..]), 0..2);
    let links = proptest::collection::vec(proptest::sample::select(&LINKS[..]), 0..3);
    (documented, attested, links, any::<bool>()).prop_map(|(documented, attested, links, old)| {
        let addressed = documented.iter().any(|(_, address)| address.contains("https"));
        let documented: Vec<String> = documented
            .iter()
            .map(|(fact, address)| format!(r#"{{{fact}, "source": {{"title": "t"{address}}}}}"#))
            .collect();
        let attested: Vec<String> = attested
            .iter()
            .map(|fact| format!(r#"{{{fact}, "source": {{"title": "t", "publisher": "b", "date": "2026-01-02", "record": "1"}}}}"#))
            .collect();
        let links: Vec<String> = links
            .iter()
            .enumerate()
            .map(|(at, link)| format!(r#"{{"reference": {{"id": "far/model-{at}"}}, {link}}}"#))
            .collect();
        let subject = if old { r#""files": [{"name": "absent.safetensors", "bytes": 1}]"# } else { r#""files": []"# };
        let text = format!(
            r#"{{"schema": "sovgrade/evidence/2", "subject": {{"id": "m", {subject}}}, "links": [{}], "documented": [{}], "attested": [{}]}}"#,
            links.join(", "),
            documented.join(", "),
            attested.join(", ")
        );
        (text, addressed)
    })
}

fn rulesets() -> Vec<Ruleset> {
    let one = |id: &str| load(&RulesetFiles::embedded(embedded().iter().find(|it| it.id == id).unwrap())).unwrap().0;
    ["t-class", "msit-independence", "eu-seal"].map(one).into()
}

/// A model in a folder of this name.
fn model(home: &Path, folder: &str, front: &str, readme: Option<&str>, file: &str) -> PathBuf {
    let at = home.join(folder);
    std::fs::create_dir_all(&at).unwrap();
    let block = readme.map_or_else(String::new, |block| {
        let lines: String = block.lines().map(|line| format!("  {line}\n")).collect();
        format!("sovereignty:\n{lines}")
    });
    std::fs::write(at.join("README.md"), format!("---\n{front}{block}---\n# m\n")).unwrap();
    std::fs::write(at.join("sovereignty.yaml"), file).unwrap();
    std::fs::write(at.join("config.json"), "{}").unwrap();
    at
}

/// Every criterion of every ruleset, with what it needs; none where the files are refused.
fn standings(rules: &[Ruleset], at: &Path, handed: &Handed<'_>) -> Option<Vec<(Assurance, Standing)>> {
    let dossier = gather_handed(at, handed).ok()?.dossier;
    let of = |rules: &Ruleset| {
        let grading = grade(rules, &dossier, &Options::default());
        rules.criteria.iter().zip(grading.criteria).map(|(it, result)| (it.needs, result.standing)).collect::<Vec<_>>()
    };
    Some(rules.iter().flat_map(of).collect())
}

fn assured(standing: Standing) -> Truth {
    standing.truth.get(View::Assured)
}

fn config() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    Config { cases, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    /// What a folder is called says nothing.
    #[test]
    fn the_folders_name_never_matters(file in card(), front in proptest::sample::select(&FRONTS[..]), pair in proptest::sample::subsequence(FOLDERS.to_vec(), 2)) {
        let (rules, home) = (rulesets(), tempfile::tempdir().unwrap());
        let [one, other] = [pair[0], pair[1]].map(|name| model(home.path(), name, front, None, &file));
        let of = |at: &Path| standings(&rules, at, &Handed::default());
        prop_assert_eq!(of(&one), of(&other));
    }

    /// README and `sovereignty.yaml` are one card: it does not matter what stands in which.
    #[test]
    fn it_does_not_matter_which_file_says_it(a in card(), b in card()) {
        let (rules, home) = (rulesets(), tempfile::tempdir().unwrap());
        let one = model(home.path(), "one", "", Some(&a), &b);
        let other = model(home.path(), "other", "", Some(&b), &a);
        let of = |at: &Path| standings(&rules, at, &Handed::default());
        prop_assert_eq!(of(&one), of(&other));
    }

    /// A second declaration lifts nothing that needs more than a word, and takes back no admission of the first unless
    /// it says otherwise in public, which leaves it open.
    #[test]
    fn a_second_card_lifts_nothing(a in card(), b in card()) {
        prop_assume!(!a.contains("https") && !b.contains("https"));
        let (rules, home) = (rulesets(), tempfile::tempdir().unwrap());
        let one = model(home.path(), "one", "", None, &a);
        let both = model(home.path(), "both", "", Some(&b), &a);
        let of = |at: &Path| standings(&rules, at, &Handed::default());
        let (Some(old), Some(new)) = (of(&one), of(&both)) else { return Ok(()) };
        for ((needs, old), (_, new)) in old.into_iter().zip(new).filter(|((needs, _), _)| *needs > Assurance::Declared) {
            prop_assert!(assured(new) != Truth::True || assured(old) == Truth::True, "needs {needs:?}");
        }
    }

    /// Evidence that nobody vouches for shows nothing above what a document is worth, accuses nobody and clears nobody;
    /// and if it is bound to nothing, a vouch makes no measurement and no audit of it.
    #[test]
    fn evidence_that_is_bound_to_nothing_shows_nothing((text, addressed) in evidence(), file in card(), front in proptest::sample::select(&FRONTS[..])) {
        let (rules, home) = (rulesets(), tempfile::tempdir().unwrap());
        let at = model(home.path(), "m", front, None, &file);
        let path = home.path().join("e.json");
        std::fs::write(&path, &text).unwrap();
        let files = [path.clone()];
        let vouched = [Vouch { file: path, entry: None }];
        let Some(old) = standings(&rules, &at, &Handed::default()) else { return Ok(()) };
        let report = Handed { evidence: &files, ..Handed::default() };
        let Some(reported) = standings(&rules, &at, &report) else { return Ok(()) };
        for (at, ((needs, old), (_, new))) in old.iter().zip(&reported).enumerate() {
            let counts = *needs <= Assurance::Documented && addressed || *needs == Assurance::Declared;
            prop_assert!(counts || assured(*new) != Truth::True || assured(*old) == Truth::True, "{at} needs {needs:?}");
            prop_assert!(assured(*new) != Truth::False || assured(*old) == Truth::False, "{at} is accused by a report");
            prop_assert!(assured(*old) != Truth::False || assured(*new) != Truth::True, "{at} is cleared by a report");
            let contradicted = |standing: &Standing| standing.outcome() == Outcome::Contradicted;
            prop_assert!(!contradicted(new) || contradicted(old), "{at} is contradicted by a report");
        }
        let vouch = Handed { vouched: &vouched, ..Handed::default() };
        let Some(vouched) = standings(&rules, &at, &vouch) else { return Ok(()) };
        for (at, ((needs, old), (_, new))) in old.iter().zip(&vouched).enumerate().filter(|_| !addressed) {
            let word = *needs == Assurance::Declared;
            prop_assert!(word || assured(*new) != Truth::True || assured(*old) == Truth::True, "{at} needs {needs:?} by a vouch");
        }
    }
}
