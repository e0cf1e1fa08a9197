//! Gathering, through the library: directories that people hand in, and directories that they should not.

#![allow(clippy::print_stdout, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use sovgrade::facts::{Assurance, Dossier, Fact, Item, Speaker, Value, View, WhyUnknown};
use sovgrade::gather::{Gathered, Handed, Vouch, gather, gather_handed};
use sovgrade::text::{Code, Diagnostics, Lang};
use sovgrade::vocabulary::vocabulary;

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    dir
}

fn gathered(files: &[(&str, &str)]) -> Result<Gathered, Diagnostics> {
    let dir = directory(files);
    gather(dir.path(), &[])
}

fn good(files: &[(&str, &str)]) -> Gathered {
    gathered(files).unwrap_or_else(|problems| panic!("{}", all(&problems)))
}

fn all(problems: &Diagnostics) -> String {
    problems.iter().fold(String::new(), |mut out, p| {
        let _ = writeln!(out, "{} {}: {}", p.code.id(), p.file.name(), p.message.en);
        out
    })
}

fn findings(dossier: &Dossier) -> String {
    dossier.findings.iter().map(|f| f.says.en.as_str()).collect::<Vec<_>>().join("\n")
}

fn codes(problems: &Diagnostics) -> Vec<Code> {
    problems.iter().map(|p| p.code).collect()
}

fn said(path: &str, value: Option<&Value>) -> String {
    let kind = vocabulary().entry(vocabulary().must(path)).kind;
    value.map_or_else(|| "?".to_owned(), |value| value.written(kind))
}

fn at_model(dossier: &Dossier, path: &str) -> String {
    said(path, dossier.fact(vocabulary().must(path)).claimed())
}

fn item<'d>(dossier: &'d Dossier, collection: &str, id: &str) -> &'d Item {
    dossier.named(collection).iter().find(|item| item.id == id).unwrap_or_else(|| panic!("no {collection} {id}"))
}

fn fact<'i>(item: &'i Item, path: &str) -> &'i Fact {
    item.fact(vocabulary().must(path))
}

fn of(item: &Item, path: &str) -> String {
    said(path, fact(item, path).claimed())
}

const CARD: &str = "---
license: apache-2.0
language: [ko, no]
sovereignty:
  schema: sovereignty/1
  statement_date: 2026-03-01
  developer: {name: Hansol Lab, jurisdiction: \"KR\"}
  relation: from-scratch
  complete: [components, dependencies]
  components:
  - id: text
    role: text
    params: 7.1B
    initialisation: random-init
    trained_by: [Hansol Lab]
  - id: vision
    role: vision-encoder
    params: 0.4B
    initialization: from-reference
    adaptation: [frozen]
    trained_by: Faraway Inc.
    references:
    - {model: faraway/vit@4f2a, holder: Faraway Inc., jurisdiction: \"US\", licence: apache-2.0, kind: open-weight}
  tokenizer: {origin: own, vocab_size: 131072, languages: ko}
  datasets:
  - {id: web, stage: pretraining, source_type: crawled, origin: undisclosed, token_share: 0.9}
  training:
    compute:
    - {location: \"KR\", operator_jurisdiction: \"KR\", kind: national}
    - {location: \"US\", operator_jurisdiction: \"US\", kind: cloud}
    logs: {available: on-request, from_step_zero: yes}
  operation: {serving: self-hosted-possible, api_dependency: []}
  architecture:
    relation: native
    novelty: new-arrangement
  evidence:
  - {id: report, kind: paper, url: https://example.org/report, title: Report, created: 2026-02-01, describes: [architecture/novelty]}
---
# Hansol
";

#[test]
fn a_card_becomes_facts_with_their_lines() {
    let gathered = good(&[("README.md", CARD)]);
    let dossier = &gathered.dossier;
    assert!(gathered.warnings.is_empty(), "{}", all(&gathered.warnings));
    assert_eq!(at_model(dossier, "maker.jurisdiction"), "KR");
    assert_eq!(at_model(dossier, "model.languages"), "ko, no");
    assert_eq!(at_model(dossier, "training.location"), "KR, US");
    assert_eq!(at_model(dossier, "training.logs-from-step-zero"), "true");
    assert_eq!(at_model(dossier, "dependencies.complete"), "true");
    let text = item(dossier, "component", "text");
    assert_eq!(of(text, "component.initialisation"), "random-init");
    assert_eq!(of(text, "component.links-complete"), "true");
    assert_eq!(of(text, "component.trained-by-maker"), "true");
    assert_eq!(of(text, "component.parameters"), "7100000000 parameters");
    let source = fact(text, "component.initialisation").standing().expect("a source");
    assert_eq!((source.origin.file.as_str(), source.origin.at.map(|at| at.line)), ("README.md", Some(14)));
    assert_eq!((source.assurance, source.speaker), (Assurance::Declared, Speaker::Card));
    assert_eq!(source.date.map(|d| d.to_string()).as_deref(), Some("2026-03-01"));
    let vision = item(dossier, "component", "vision");
    let admitted = fact(vision, "component.initialisation");
    assert!(admitted.assured(Assurance::Documented).is_none(), "a word is no proof");
    assert!(admitted.value(View::Admitted, Assurance::Audited).is_some(), "and it is believed where it denies");
    let links = vision.children(vocabulary().must_collection("link"));
    assert_eq!(links[0].id, "faraway/vit");
    assert_eq!(of(&links[0], "link.relation"), "shared");
    assert_eq!(of(&links[0], "link.direction"), "from-reference", "what a card lists was there first");
    let web = item(dossier, "dataset", "web");
    assert_eq!(of(web, "dataset.origin"), "?");
    assert_eq!(of(web, "dataset.token-share"), "90 %");
    let novelty = dossier.fact(vocabulary().must("architecture.novelty")).standing().expect("a source");
    assert_eq!(novelty.assurance, Assurance::Documented);
    assert_eq!(novelty.origin.url.as_deref(), Some("https://example.org/report"));
    let relation = dossier.fact(vocabulary().must("architecture.relation")).standing().expect("a source");
    assert_eq!(relation.assurance, Assurance::Declared);
}

#[test]
fn every_mistake_of_a_card_is_reported_at_once() {
    let text = "---\nsovereignty:\n  schema: sovereignty/1\n  developper: {name: A}\n  developer: {name: A, jurisdiction: kr}\n  relation: from-scrach\n  components:\n  - role: text\n  - {id: a, params: many, adaptation: [frozzen]}\n  - {id: a}\n  facts: {model.sise: 1, component.role: text}\n---\n";
    let problems = gathered(&[("README.md", text)]).expect_err("mistakes");
    let found = codes(&problems);
    for code in [
        Code::UnknownKey,
        Code::BadCountry,
        Code::ValueNotAllowed,
        Code::MissingKey,
        Code::WrongType,
        Code::DuplicateId,
        Code::UnknownFact,
        Code::FactOutOfReach,
    ] {
        assert!(found.contains(&code), "{code:?} in {}", all(&problems));
    }
    let helps: String = problems.iter().filter_map(|p| p.help.as_ref()).map(|h| h.get(Lang::En).to_owned()).collect();
    assert!(helps.contains("did you mean `from-scratch`?"), "{helps}");
}

#[test]
fn what_is_no_model_is_refused() {
    assert_eq!(codes(&gathered(&[]).expect_err("nothing")), [Code::EmptyDirectory]);
    assert_eq!(codes(&gathered(&[("README.md", "# Just text\n")]).expect_err("prose")), [Code::EmptyDirectory]);
    assert_eq!(codes(&gather(Path::new("no/such/model"), &[]).expect_err("nothing")), [Code::NoSuchModel]);
    let broken = gathered(&[("README.md", "---\nlicense: [a\n---\n")]).expect_err("broken");
    assert_eq!(codes(&broken), [Code::Syntax]);
}

const CONFIG: &str = r#"{"model_type": "llama", "vocab_size": 100, "hidden_size": 8, "max_position_embeddings": 4096,
 "_name_or_path": "faraway/base-7b", "auto_map": {"AutoModel": "other/code--modeling.Model"},
 "vision_config": {"model_type": "siglip_vision_model"}}"#;

#[test]
fn config_names_components_code_and_hints() {
    let gathered = good(&[("config.json", CONFIG)]);
    let dossier = &gathered.dossier;
    assert_eq!(at_model(dossier, "architecture.model-type"), "llama");
    assert_eq!(at_model(dossier, "architecture.custom-code"), "true");
    assert_eq!(at_model(dossier, "architecture.third-party-code"), "other/code");
    assert_eq!(at_model(dossier, "model.context"), "4096 tokens");
    assert_eq!(at_model(dossier, "model.form"), "card");
    let vision = item(dossier, "component", "vision");
    assert_eq!(of(vision, "component.role"), "vision-encoder");
    let link = vocabulary().must_collection("link");
    assert_eq!(vision.children(link)[0].id, "SigLIP");
    assert_eq!(of(&vision.children(link)[0], "link.relation"), "?");
    let text = item(dossier, "component", "text");
    assert_eq!(text.children(link)[0].id, "faraway/base-7b");
    assert_eq!(of(text, "component.initialisation"), "?");
}

#[test]
fn what_a_card_hides_config_shows() {
    let card = "schema: sovereignty/1\ndeveloper: {name: A, jurisdiction: KR}\ncomponents:\n- {id: core, role: text, initialisation: random-init}\narchitecture: {custom_code: no}\n";
    let gathered = good(&[("sovereignty.yaml", card), ("config.json", CONFIG)]);
    let said = findings(&gathered.dossier);
    assert!(said.contains("does not declare the component at `/vision_config`"), "{said}");
    assert!(said.contains("[C7]"), "{said}");
    item(&gathered.dossier, "component", "core");
    assert_eq!(gathered.dossier.named("component").len(), 2);
}

#[test]
fn where_the_file_and_the_block_differ_neither_stands() {
    let readme = "---\nbase_model: faraway/base\nsovereignty:\n  developer: {name: A, jurisdiction: \"US\"}\n  components:\n  - {id: text, role: text, initialisation: random-init}\n---\n";
    let file = "schema: sovereignty/1\ndeveloper: {jurisdiction: \"KR\"}\n";
    let gathered = good(&[("README.md", readme), ("sovereignty.yaml", file)]);
    let dossier = &gathered.dossier;
    assert_eq!((at_model(dossier, "maker.jurisdiction"), at_model(dossier, "maker.name")), ("?".into(), "A".into()));
    assert_eq!(dossier.fact(vocabulary().must("maker.jurisdiction")).sides().len(), 2);
    let said = findings(dossier);
    assert!(said.contains("[SG0312]") && said.contains("[C5]"), "{said}");
    let text = item(dossier, "component", "text");
    assert_eq!(of(text, "component.initialisation"), "?", "the card says two things");
    assert_eq!(fact(text, "component.initialisation").sides().len(), 2);
}

fn evidence(subject: &str, links: &str) -> String {
    format!(
        r#"{{"schema": "sovgrade/evidence/2", "subject": {subject}, "links": [{links}], "documented": [], "attested": []}}"#
    )
}

fn with_evidence(files: &[(&str, &str)], text: &str) -> Result<Gathered, Diagnostics> {
    let dir = directory(files);
    let other = directory(&[("e.json", text)]);
    gather(dir.path(), &[other.path().join("e.json")])
}

/// The same, vouched for by whoever grades.
fn with_vouched(files: &[(&str, &str)], text: &str) -> Result<Gathered, Diagnostics> {
    let dir = directory(files);
    let other = directory(&[("e.json", text)]);
    let vouched = [Vouch { file: other.path().join("e.json"), entry: None }];
    gather_handed(dir.path(), &Handed { vouched: &vouched, ..Handed::default() })
}

/// Weights that a loader would load: one number.
fn one_number() -> String {
    let header = r#"{"model.embed_tokens.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}"#;
    format!("{}\0\0\0\0\0\0\0{header}\0\0\0\0", char::from(u8::try_from(header.len()).expect("short")))
}

/// A subject that is bound to these weights.
fn bound() -> String {
    use sha2::{Digest, Sha256};
    let weights = one_number();
    let digest: String = Sha256::digest(weights.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes = weights.len();
    format!(r#"{{"id": "m", "files": [{{"name": "model.safetensors", "bytes": {bytes}, "sha256": "{digest}"}}]}}"#)
}

/// Tests that found nothing, of a look that would have found each standard class of change.
const TESTS: &str = r#"[{"family": "f1", "log10-p": -1.0}, {"family": "f2", "log10-p": -0.5}], "coverage": 1,
    "looked-for": [{"change": "in-place", "planted": "found", "least-correlation": 0.1, "by": "place"},
      {"change": "units-reordered", "planted": "found", "least-correlation": 0.1, "by": "gram"},
      {"change": "channels-reordered", "planted": "found", "least-correlation": 0.1, "by": "within"},
      {"change": "channels-rotated", "planted": "found", "least-correlation": 0.1, "by": "within"},
      {"change": "channels-cut-or-added", "planted": "cannot-be", "by": "same-width"},
      {"change": "units-reordered-in-another-basis", "planted": "found", "least-correlation": 0.1, "by": "gram"}]"#;

/// Tests that found sharing beyond chance.
const FOUND: &str = r#"[{"family": "f2", "log10-p": -40.0}]"#;

#[test]
fn evidence_speaks_of_links() {
    let card = "schema: sovereignty/1\ncomponents:\n- {id: core, role: text, initialisation: random-init}\n- {id: eyes, role: vision-encoder, initialisation: random-init}\n";
    let weights = one_number();
    let files = [("sovereignty.yaml", card), ("config.json", "{}"), ("model.safetensors", weights.as_str())];
    let subject = bound();
    let links = format!(
        r#"{{"reference": {{"id": "far/away", "jurisdiction": "US", "same-maker": false}}, "relation": "shared", "components": [
          {{"id": "text", "relation": "no-trace", "tests": {TESTS}}}, {{"id": "embedding", "relation": "no-trace", "tests": {TESTS}}},
          {{"id": "projector", "relation": "no-counterpart"}}, {{"id": "adapter", "relation": "beside"}},
          {{"id": "vision", "relation": "shared", "changes": ["cast"], "share": 1, "coverage": 0.5, "layers": [0, 1], "tests": {FOUND},
            "explanations": {{"common-start": {{"state": "excluded"}}}},
            "looked-for": [{{"change": "in-place", "planted": "found", "by": "place"}}, {{"change": "distilled", "planted": "missed", "by": "x"}}]}}]}}"#
    );
    let gathered = with_vouched(&files, &evidence(&subject, &links)).unwrap_or_else(|p| panic!("{}", all(&p)));
    let dossier = &gathered.dossier;
    assert_eq!(dossier.named("component").len(), 2);
    let core = item(dossier, "component", "core");
    assert!(fact(core, "component.initialisation").assured(Assurance::Corroborated).is_some());
    assert!(fact(core, "component.links-complete").assured(Assurance::Corroborated).is_some());
    let eyes = item(dossier, "component", "eyes");
    assert_eq!(
        fact(eyes, "component.initialisation").sources().len(),
        1,
        "what it started from is not for weights to say"
    );
    let link = &eyes.children(vocabulary().must_collection("link"))[0];
    assert_eq!((of(link, "link.share"), of(link, "link.layers")), ("100 %".to_owned(), "2".to_owned()));
    assert_eq!((of(link, "link.coverage"), of(link, "link.looked-for")), ("50 %".to_owned(), "in-place".to_owned()));
    let trained = fact(link, "link.trained-weights-shared");
    assert_eq!(trained.assured(Assurance::Measured), Some(&Value::Flag(true)));
    assert!(fact(link, "link.direction").sources().is_empty(), "weights show no direction");
}

/// One measured link of the text backbone.
fn of_text(relation: &str, more: &str) -> String {
    let tests = if relation == "shared" { FOUND } else { TESTS };
    let part = format!(r#"{{"id": "text", "relation": "{relation}", "tests": {tests}{more}}}"#);
    format!(
        r#"{{"reference": {{"id": "far/{relation}", "released": "2024-05-01"}}, "relation": "{relation}", "components": [{part}]}}"#
    )
}

const CLAIMED: &str = "schema: sovereignty/1\nrelease: {date: 2025-01-01}\ncomponents:\n- {id: text, role: text, initialisation: random-init}\n";
const BOUND: &str = r#"{"id": "m", "files": [{"name": "config.json", "bytes": 2}]}"#;

fn claimed_beside(links: &str) -> Dossier {
    let weights = one_number();
    let files = [("sovereignty.yaml", CLAIMED), ("config.json", "{}"), ("model.safetensors", weights.as_str())];
    with_vouched(&files, &evidence(&bound(), links)).unwrap_or_else(|p| panic!("{}", all(&p))).dossier
}

/// What a vouch does, and what it cannot do.
#[test]
fn a_vouch_counts_for_what_is_bound_and_consistent() {
    let weights = one_number();
    let files = [("sovereignty.yaml", CLAIMED), ("model.safetensors", weights.as_str())];
    let corroborated = |gathered: Gathered| {
        let text = item(&gathered.dossier, "component", "text").clone();
        fact(&text, "component.initialisation").assured(Assurance::Corroborated).is_some()
    };
    let (clean, subject) = (of_text("no-trace", ""), bound());
    let reported = with_evidence(&files, &evidence(&subject, &clean)).unwrap_or_else(|p| panic!("{}", all(&p)));
    assert_eq!(reported.dossier.about.reports.len(), 1);
    assert!(!corroborated(reported), "nobody vouches for it");
    let vouched = |subject: &str, links: &str| {
        with_vouched(&files, &evidence(subject, links)).unwrap_or_else(|p| panic!("{}", all(&p)))
    };
    let good = vouched(&subject, &clean);
    assert!(good.dossier.about.vouched.iter().all(|vouch| vouch.bound && vouch.sha256.len() == 64));
    assert!(corroborated(good));
    // Bound by size, to a file that is not here, or through a sketch: not bound.
    let sized = format!(r#"{{"id": "m", "files": [{{"name": "model.safetensors", "bytes": {}}}]}}"#, weights.len());
    let absent = subject.replace("model.safetensors", "other.safetensors");
    let sketched = subject.replacen("\"id\"", "\"through\": \"sketch\", \"id\"", 1);
    for subject in [&sized, &absent, &sketched] {
        assert!(!corroborated(vouched(subject, &clean)), "{subject}");
    }
    // Its own figures against it.
    for (from, to) in [
        ("\"log10-p\": -1.0", "\"log10-p\": -400.0"),
        ("\"least-correlation\": 0.1, \"by\": \"place\"", "\"least-correlation\": 1.0, \"by\": \"place\""),
        (
            "{\"change\": \"channels-rotated\", \"planted\": \"found\"",
            "{\"change\": \"channels-rotated\", \"planted\": \"missed\"",
        ),
        ("\"f2\"", "\"something-new\""),
        ("\"components\"", "\"controls\": [{\"id\": \"c\", \"passed\": false}], \"components\""),
    ] {
        let mut links = clean.replacen(from, to, 1);
        if to.contains("something-new") {
            links = links.replacen("\"f1\"", to, 1);
        }
        assert_ne!(links, clean, "{from}");
        assert!(!corroborated(vouched(&subject, &links)), "{to}");
    }
}

#[test]
fn what_was_not_decided_adds_no_link_and_bars_corroboration() {
    let text = |dossier: &Dossier| {
        let text = item(dossier, "component", "text");
        let links = text.children(vocabulary().must_collection("link")).len();
        (links, fact(text, "component.initialisation").assured(Assurance::Corroborated).is_some())
    };
    let clean = of_text("no-trace", "");
    assert_eq!(text(&claimed_beside(&clean)), (1, true));
    let open = claimed_beside(&format!("{clean}, {}", of_text("undecided", "")));
    assert_eq!(text(&open), (1, false), "a look that decided nothing stands in the way");
    let told = |word: &str| open.limits.iter().any(|limit| limit.en.contains(word) && !limit.ko.is_empty());
    assert!(told("was not decided") && told("supports nothing while"), "{:?}", open.limits);
    // Decided by another look at the same reference, it does not.
    let settled = format!("{clean}, {}", of_text("undecided", "").replace("far/undecided", "far/no-trace"));
    assert_eq!(text(&claimed_beside(&settled)), (1, true));
}

#[test]
fn a_common_start_that_is_left_open_is_unknown_with_a_reason() {
    let dossier = claimed_beside(&of_text("shared", ""));
    let link = &item(&dossier, "component", "text").children(vocabulary().must_collection("link"))[0];
    let trained = fact(link, "link.trained-weights-shared");
    assert_eq!((trained.claimed(), trained.unknown()), (None, WhyUnknown::LeftOpen));
    assert_eq!(of(link, "link.reference-released"), "2024-05-01");
    assert!(fact(link, "link.direction").sources().is_empty(), "a shared start has no direction");
    let excluded = r#", "explanations": {"common-start": {"state": "excluded"}}"#;
    let dossier = claimed_beside(&of_text("shared", excluded));
    let link = &item(&dossier, "component", "text").children(vocabulary().must_collection("link"))[0];
    assert_eq!(of(link, "link.direction"), "from-reference", "the reference was released first");
    assert!(fact(link, "link.direction").standing().is_some_and(|source| source.assurance == Assurance::Declared));
    let stated = r#", "explanations": {"to-reference": {"state": "stated", "because": "its card"}}"#;
    let dossier = claimed_beside(&of_text("shared", stated));
    let link = &item(&dossier, "component", "text").children(vocabulary().must_collection("link"))[0];
    let direction = fact(link, "link.direction");
    assert_eq!(direction.claimed(), None, "a word against the days of release: unknown, both kept");
    assert_eq!(direction.sources().len(), 2);
}

#[test]
fn the_format_before_is_no_more_than_a_report() {
    let old = |verdict: &str, source: &str| {
        format!(
            r#"{{"schema": "sovgrade/evidence/1", "subject": {BOUND}, "links": [{{"reference": {{"id": "far/away"}}, "verdict": "{verdict}"{source},
                "components": [{{"id": "text", "verdict": "{verdict}", "kinds": ["continued"], "tests": {TESTS}}}]}}]}}"#
        )
    };
    let read = |text: &str| {
        let files = [("sovereignty.yaml", CLAIMED), ("config.json", "{}")];
        with_evidence(&files, text).unwrap_or_else(|p| panic!("{}", all(&p))).dossier
    };
    for verdict in ["derived", "same-init", "independent", "inconclusive"] {
        for (source, least) in [
            ("", Assurance::Declared),
            (r#", "source": {"title": "News"}"#, Assurance::Declared),
            (r#", "source": {"title": "News", "url": "https://example.org/news"}"#, Assurance::Documented),
        ] {
            let dossier = read(&old(verdict, source));
            let text = item(&dossier, "component", "text");
            assert!(fact(text, "component.initialisation").assured(Assurance::Corroborated).is_none(), "{verdict}");
            assert!(dossier.limits.iter().any(|limit| limit.en.contains("read as reported")), "{:?}", dossier.limits);
            let links = text.children(vocabulary().must_collection("link"));
            let shared = ["derived", "same-init"].contains(&verdict);
            assert_eq!(links.len(), usize::from(shared), "{verdict}");
            for link in links {
                assert_eq!(fact(link, "link.relation").standing().map(|source| source.assurance), Some(least));
                assert_eq!(fact(link, "link.trained-weights-shared").unknown(), WhyUnknown::LeftOpen);
            }
        }
    }
}

#[test]
fn evidence_of_other_files_is_refused() {
    let files = [("config.json", "{}")];
    let digest = "0".repeat(64);
    for subject in [
        r#"{"id": "m", "files": [{"name": "config.json", "bytes": 3}]}"#.to_owned(),
        format!(r#"{{"id": "m", "files": [{{"name": "config.json", "bytes": 2, "sha256": "{digest}"}}]}}"#),
    ] {
        let problems = with_evidence(&files, &evidence(&subject, "")).expect_err("other files");
        assert_eq!(codes(&problems), [Code::EvidenceOfAnotherModel]);
    }
    let absent = r#"{"id": "m", "files": [{"name": "model.safetensors", "bytes": 3}]}"#;
    let gathered = with_evidence(&files, &evidence(absent, "")).unwrap_or_else(|p| panic!("{}", all(&p)));
    assert!(gathered.dossier.limits.iter().any(|limit| limit.en.contains("not here")));
}

#[test]
fn an_accusation_by_raw_cosine_is_kept_and_carries_nothing() {
    let card = "schema: sovereignty/1\ncomponents:\n- {id: text, role: text, initialisation: random-init}\n";
    let links = r#"{"reference": {"id": "glm"}, "relation": "shared", "source": {"title": "Claim"}, "components": [
        {"id": "text", "relation": "shared", "tests": [{"family": "raw-cosine-norm-gains", "statistic": 0.99}]}]}"#;
    let gathered = with_evidence(&[("sovereignty.yaml", card)], &evidence(r#"{"id": "m"}"#, links))
        .unwrap_or_else(|p| panic!("{}", all(&p)));
    let text = item(&gathered.dossier, "component", "text");
    assert_eq!(of(text, "component.initialisation"), "random-init");
    assert!(text.children(vocabulary().must_collection("link")).is_empty());
    let told = gathered.dossier.findings.iter().find(|f| f.says.en.contains("`glm`")).expect("told");
    assert!(told.sources[0].set_aside.as_ref().is_some_and(|why| why.en.contains("norm gains")));
}

#[test]
fn documents_and_attestations_state_facts() {
    let text = r#"{"schema": "sovgrade/evidence/2", "subject": {"id": "m"},
      "documented": [{"fact": "component.initialisation", "item": "vision", "value": "adapted", "source": {"title": "News", "url": "https://example.org", "date": "2026-01-02"}},
                     {"fact": "link.relation", "item": "vision/Q/V", "value": "shared", "source": {"title": "News"}}],
      "attested": [{"fact": "maker.jurisdiction", "value": "KR", "source": {"title": "Audit", "publisher": "Body", "date": "2026-01-03", "record": "7"}}]}"#;
    let maker = |gathered: &Gathered| gathered.dossier.fact(vocabulary().must("maker.jurisdiction")).clone();
    let gathered = with_evidence(&[("config.json", "{}")], text).unwrap_or_else(|p| panic!("{}", all(&p)));
    assert!(maker(&gathered).assured(Assurance::Documented).is_none(), "a title without an address, and no vouch");
    let weights = one_number();
    let files = [("model.safetensors", weights.as_str())];
    let bound = text.replace(r#""subject": {"id": "m"}"#, &format!(r#""subject": {}"#, bound()));
    let vouched = with_vouched(&files, &bound).unwrap_or_else(|p| panic!("{}", all(&p)));
    assert!(maker(&vouched).assured(Assurance::Audited).is_some());
    let unbound = with_vouched(&files, text).unwrap_or_else(|p| panic!("{}", all(&p)));
    assert!(maker(&unbound).assured(Assurance::Audited).is_none(), "bound to nothing");
    let vision = item(&gathered.dossier, "component", "vision");
    assert_eq!(fact(vision, "component.initialisation").standing().map(|s| s.assurance), Some(Assurance::Documented));
    assert_eq!(gathered.dossier.newest.map(|d| d.to_string()).as_deref(), Some("2026-01-03"));
    let wrong = text.replace("maker.jurisdiction", "maker.jurisdicton").replace("\"record\": \"7\"", "\"url\": \"u\"");
    let problems = with_evidence(&[("config.json", "{}")], &wrong).expect_err("mistakes");
    assert_eq!(codes(&problems), [Code::MissingKey, Code::UnknownFact]);
}

#[test]
#[cfg_attr(not(corpora), ignore = "the corpora are not beside the repository")]
fn every_model_of_the_zoo_is_gathered() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let models = std::fs::read_dir(&zoo).expect("the zoo");
    let mut seen = 0;
    for model in models.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir()) {
        let gathered = gather(&model, &[]).unwrap_or_else(|p| panic!("{}: {}", model.display(), all(&p)));
        let dossier = gathered.dossier;
        for part in dossier.named("component") {
            assert_ne!(of(part, "component.parameters"), "?", "{} {}", model.display(), part.id);
        }
        let adapter = dossier.named("component").iter().any(|part| part.id == "adapter");
        assert_ne!(at_model(&dossier, "model.parameters") == "?", !adapter, "{}", model.display());
        let held = if adapter { "?" } else { "true" };
        assert_eq!(
            at_model(&dossier, "model.weights-held"),
            held,
            "{}: low-rank factors are no model",
            model.display()
        );
        assert_eq!(at_model(&dossier, "maker.jurisdiction"), "?", "nothing is invented");
        seen += 1;
    }
    assert!(seen > 50, "only {seen} models");
}

fn refused(files: &[(&str, &[u8])], code: Code) {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).expect("a file");
    }
    let problems = gather(dir.path(), &[]).expect_err("refused");
    assert!(codes(&problems).contains(&code), "{code:?} in {}", all(&problems));
}

#[test]
fn hostile_files_are_refused_with_their_reason() {
    let bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nlicense: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n---\n";
    refused(&[("README.md", bomb.as_bytes())], Code::Anchor);
    refused(&[("README.md", format!("---\nlicense: {}\n---\n", "[".repeat(100_000)).as_bytes())], Code::TooDeep);
    refused(&[("README.md", b"---\nlicense: \xff\xfe\n---\n")], Code::NotUtf8);
    refused(
        &[("README.md", format!("---\nlicense: mit\ntext: {}\n---\n", "x".repeat(2 << 20)).as_bytes())],
        Code::TooLarge,
    );
    refused(&[("sovereignty.yaml", &vec![b'#'; 100 << 20])], Code::TooLarge);
    refused(&[("sovereignty.yaml", b"- a\n- b\n")], Code::NotAMapping);
    refused(&[("sovereignty.yaml", b"schema: sovereignty/2\n")], Code::NewerFormat);
    refused(&[("model.safetensors", &[0, 0, 0, 0, 0, 0, 0, 0x80])], Code::BadWeights);
    refused(&[("model.safetensors", b"\x09\0\0\0\0\0\0\0{\"a\":[1]}")], Code::BadWeights);
    let index = br#"{"weight_map": {"a": "../../etc/passwd"}}"#;
    refused(&[("model.safetensors.index.json", index), ("model.safetensors", b"x")], Code::BadWeights);
}

#[test]
fn a_fault_of_a_file_beside_the_model_is_a_warning_and_the_rest_is_graded() {
    let deep = "[".repeat(100_000);
    for (config, code) in [("[1, 2]", Code::NotAMapping), ("{\"a\": ", Code::Syntax), (&deep, Code::Syntax)] {
        for name in ["config.json", "adapter_config.json", "tokenizer_config.json"] {
            if name != "config.json" && code == Code::NotAMapping {
                continue;
            }
            let gathered = good(&[("README.md", CARD), (name, config)]);
            assert!(codes(&gathered.warnings).contains(&code), "{name}: {}", all(&gathered.warnings));
            assert!(limits(&gathered).contains(name), "{name}: {}", limits(&gathered));
        }
    }
}

#[test]
fn nested_blocks_are_refused_quickly() {
    let mut deep = String::from("---\nlicense:\n");
    for depth in 1..400 {
        deep.push_str(&" ".repeat(depth));
        deep.push_str("- a:\n");
    }
    deep.push_str("---\n");
    assert!(gathered(&[("README.md", &deep)]).is_err());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_directory() {
    let outside = directory(&[("README.md", CARD), ("config.json", "{}")]);
    let dir = tempfile::tempdir().expect("a directory");
    for name in ["README.md", "config.json", "sovereignty.yaml"] {
        std::os::unix::fs::symlink(outside.path().join(name), dir.path().join(name)).expect("a link");
    }
    std::os::unix::fs::symlink(dir.path(), dir.path().join("itself")).expect("a link");
    let problems = gather(dir.path(), &[]).expect_err("links");
    assert!(codes(&problems).iter().all(|code| *code == Code::LinkLeavesDirectory), "{}", all(&problems));
    let inside = directory(&[("card.md", CARD)]);
    std::os::unix::fs::symlink("card.md", inside.path().join("README.md")).expect("a link");
    assert!(gather(inside.path(), &[]).is_ok(), "a link inside the directory is a file of it");
}

#[test]
fn pointers_are_called_pointers() {
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 9000\n", "a".repeat(64));
    let files = [("model.safetensors", pointer.as_str()), ("config.json", "{}")];
    let gathered = good(&files);
    assert_eq!(at_model(&gathered.dossier, "model.weights-held"), "?");
    assert!(gathered.dossier.limits.iter().any(|limit| limit.en.contains("Git LFS pointers")));
    let subject = |digit: &str| {
        format!(
            r#"{{"id": "m", "files": [{{"name": "model.safetensors", "bytes": 9000, "sha256": "{}"}}]}}"#,
            digit.repeat(64)
        )
    };
    assert!(with_evidence(&files, &evidence(&subject("a"), "")).is_ok(), "the pointer names the file");
    assert!(with_evidence(&files, &evidence(&subject("b"), "")).is_err());
}

#[test]
fn what_a_terminal_would_obey_does_not_get_in() {
    let card = "---\nlicense: \"mit\\e[31m\"\nsovereignty:\n  developer: {name: \"A\\e]0;x\\a\\u202eB\"}\n---\n";
    let gathered = good(&[("README.md", card), ("config.json", "{\"model_type\": \"a\\u001b[2Jb\"}")]);
    for (path, _, fact) in gathered.dossier.each_fact() {
        for source in fact.sources() {
            let text = source.value.as_ref().map(|v| v.written(vocabulary().entry(path).kind)).unwrap_or_default();
            assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
        }
    }
}

#[test]
fn the_order_of_keys_does_not_matter() {
    let a = "schema: sovereignty/1\ndeveloper: {name: A, jurisdiction: KR}\ncomponents:\n- {id: x, role: text}\n- {id: y, role: head}\n";
    let b = "components:\n- {role: head, id: y}\n- {role: text, id: x}\ndeveloper: {jurisdiction: KR, name: A}\nschema: sovereignty/1\n";
    let values = |text: &str| -> Vec<(String, String)> {
        let dossier = good(&[("sovereignty.yaml", text)]).dossier;
        dossier
            .each_fact()
            .into_iter()
            .map(|(path, items, fact)| {
                let owner = items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>().join("/");
                let path = vocabulary().entry(path).path;
                (format!("{owner}{path}"), said(path, fact.claimed()))
            })
            .collect()
    };
    assert_eq!(values(a), values(b));
}

#[test]
fn a_bare_card_is_a_model() {
    let dir = directory(&[("README.md", CARD), ("plain.md", "# none\n"), ("x.txt", "x")]);
    let gathered = gather(&dir.path().join("README.md"), &[]).unwrap_or_else(|p| panic!("{}", all(&p)));
    assert_eq!(at_model(&gathered.dossier, "model.form"), "card");
    for name in ["plain.md", "x.txt"] {
        let problems = gather(&dir.path().join(name), &[]).expect_err("no card");
        assert_eq!(codes(&problems), [Code::NoSuchModel]);
    }
}

#[test]
fn licences_bring_their_clauses_with_place_and_source() {
    let readme = "---\nlicense: other\nlicense_name: k-exaone\n---\n";
    let card = "schema: sovereignty/1\ndeveloper: {name: A, jurisdiction: \"KR\"}\ncomponents:\n- id: text\n  role: text\n  initialisation: adapted\n  references:\n  - {model: far/base, licence: llama3.1, same_maker: no}\n  - {model: far/other, same_maker: no}\n  - {model: own/old, licence: mit, same_maker: yes}\n";
    let gathered = good(&[("README.md", readme), ("sovereignty.yaml", card)]);
    let dossier = &gathered.dossier;
    let own = item(dossier, "licence", "weights/k-exaone");
    assert_eq!((of(own, "licence.inherited"), of(own, "licence.revocable")), ("false".into(), "contradictory".into()));
    let clause = fact(own, "licence.revocable").standing().expect("a source");
    assert!(clause.origin.url.is_some() && clause.origin.at.is_some(), "a clause has its source and line");
    assert!(clause.origin.title.as_deref().is_some_and(|title| title.contains('§')));
    assert!(findings(dossier).contains("contradict each other: revocable at will"), "{}", findings(dossier));
    let along = item(dossier, "licence", "component/llama3.1");
    assert_eq!(of(along, "licence.inherited"), "true");
    assert_eq!(of(item(dossier, "licence", "component/mit"), "licence.inherited"), "false");
    let unstated = item(dossier, "licence", "component/unstated: far/other");
    assert_eq!((of(unstated, "licence.inherited"), of(unstated, "licence.id")), ("true".into(), "?".into()));
}

#[test]
fn a_text_that_differs_is_not_the_licence_it_names() {
    let readme = "---\nlicense: mit\n---\n";
    let text = "MIT License\n\nPermission is hereby granted to nobody.\n";
    let gathered = good(&[("README.md", readme), ("LICENSE", text)]);
    let licence = &gathered.dossier.named("licence")[0];
    assert_eq!(of(licence, "licence.text-known"), "false");
    assert_eq!(of(licence, "licence.commercial-use"), "?");
    let gathered = good(&[("README.md", readme)]);
    let licence = item(&gathered.dossier, "licence", "weights/mit");
    assert_eq!((of(licence, "licence.text-known"), of(licence, "licence.commercial-use")), ("?".into(), "yes".into()));
}

#[test]
fn adapters_and_merges_name_their_parents() {
    let adapter = r#"{"peft_type": "LORA", "base_model_name_or_path": "far/base"}"#;
    let gathered = good(&[("adapter_config.json", adapter)]);
    assert_eq!(at_model(&gathered.dossier, "model.relation"), "adapter");
    let text = item(&gathered.dossier, "component", "text");
    assert_eq!(
        (of(text, "component.initialisation"), of(text, "component.adaptation")),
        ("adapted".into(), "adapter".into())
    );
    let merge = "merge_method: slerp\nbase_model: far/a\nslices:\n- sources:\n  - {model: far/a, layer_range: [0, 2]}\n  - {model: far/b, layer_range: [0, 2]}\n";
    let gathered = good(&[("mergekit_config.yml", merge)]);
    assert_eq!(at_model(&gathered.dossier, "model.relation"), "merge");
    let text = item(&gathered.dossier, "component", "text");
    let links = text.children(vocabulary().must_collection("link"));
    assert_eq!(links.iter().map(|link| link.id.as_str()).collect::<Vec<_>>(), ["far/a", "far/b"]);
    assert_eq!(of(&links[0], "link.changes"), "merged");
}

#[test]
fn the_hubs_leniency_is_kept() {
    let readme = "---\nlanguage: no\nlicense: [apache-2.0, mit]\nbase_model:\n- far/a@0f3c\n- https://huggingface.co/far/b\nbase_model_relation: merge\ntags: [merge]\nco2_eq_emissions: {emissions: 1, geographical_location: KR}\n---\n# x\n";
    let gathered = good(&[("README.md", readme)]);
    let dossier = &gathered.dossier;
    assert_eq!(at_model(dossier, "model.languages"), "no");
    assert_eq!(at_model(dossier, "model.base-models"), "far/a, far/b");
    assert_eq!(at_model(dossier, "model.relation"), "merge");
    assert_eq!(at_model(dossier, "training.location"), "KR");
    assert_eq!(dossier.named("licence").iter().filter(|l| l.id.starts_with("weights/")).count(), 2);
}

#[test]
fn a_tower_loaded_from_elsewhere_is_an_admission() {
    let config =
        r#"{"model_type": "llava", "hidden_size": 8, "vocab_size": 9, "mm_vision_tower": "openai/clip-vit-large"}"#;
    let gathered = good(&[("config.json", config)]);
    let vision = item(&gathered.dossier, "component", "vision");
    assert_eq!(of(vision, "component.initialisation"), "from-reference");
    assert_eq!(of(vision, "component.role"), "vision-encoder");
    assert_eq!(of(&vision.children(vocabulary().must_collection("link"))[0], "link.relation"), "shared");
}

#[test]
fn a_card_need_not_be_a_file() {
    let readme = sovgrade::text::SourceFile::new("README.md", CARD);
    let gathered = sovgrade::gather::gather_text(&readme).unwrap_or_else(|p| panic!("{}", all(&p)));
    assert_eq!(at_model(&gathered.dossier, "maker.name"), "Hansol Lab");
    let broken = sovgrade::text::SourceFile::new("sovereignty.yaml", "a: [");
    assert!(sovgrade::gather::gather_text(&broken).is_err());
}

/// A safetensors file without its numbers' values: a header, and a hole of the right length.
fn weights(path: &Path, tensors: &[(&str, &str, &[u64])]) {
    let mut at = 0;
    let mut entries = Vec::new();
    for (name, dtype, shape) in tensors {
        let bytes = shape.iter().product::<u64>() * if *dtype == "I64" { 8 } else { 4 };
        entries
            .push(format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{at},{}]}}"#, at + bytes));
        at += bytes;
    }
    let header = format!("{{{}}}", entries.join(","));
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    let total = bytes.len() as u64 + at;
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, bytes).expect("a file");
    std::fs::File::options().write(true).open(path).and_then(|file| file.set_len(total)).expect("a length");
}

fn read(dir: &Path) -> Gathered {
    gather(dir, &[]).unwrap_or_else(|problems| panic!("{}", all(&problems)))
}

fn limits(gathered: &Gathered) -> String {
    gathered.dossier.limits.iter().map(|limit| format!("{}\n", limit.get(Lang::En))).collect()
}

#[test]
fn an_adapter_is_something_trained_and_not_the_weights_it_runs_on() {
    let adapter = r#"{"peft_type": "LORA", "base_model_name_or_path": "far/base"}"#;
    let dir = directory(&[("adapter_config.json", adapter)]);
    let name = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";
    weights(&dir.path().join("adapter_model.safetensors"), &[(name, "F32", &[4, 8])]);
    let gathered = read(dir.path());
    assert_eq!(at_model(&gathered.dossier, "model.weights-held"), "?");
    assert_eq!(at_model(&gathered.dossier, "model.own-tuning"), "true");
    assert!(limits(&gathered).contains("only an adapter"), "{}", limits(&gathered));
    // Beside the base they are.
    weights(&dir.path().join("model.safetensors"), &[("model.embed_tokens.weight", "F32", &[16, 8])]);
    let gathered = read(dir.path());
    assert_eq!(at_model(&gathered.dossier, "model.weights-held"), "true");
    assert_eq!(at_model(&gathered.dossier, "components.complete"), "?", "the factors were not counted");
}

#[test]
fn a_sentence_encoder_is_counted_with_its_layer_in_a_folder() {
    let dir = directory(&[("config.json", r#"{"model_type": "bert", "_name_or_path": "far/base"}"#)]);
    let table: &[(&str, &str, &[u64])] =
        &[("embeddings.position_ids", "I64", &[1, 512]), ("embeddings.word_embeddings.weight", "F32", &[16, 8])];
    weights(&dir.path().join("model.safetensors"), table);
    std::fs::write(dir.path().join("pytorch_model.bin"), "the same again").expect("a file");
    let gathered = read(dir.path());
    assert_eq!(
        at_model(&gathered.dossier, "model.parameters"),
        "128 parameters",
        "positions that are counted are no parameters"
    );
    assert_eq!(at_model(&gathered.dossier, "components.complete"), "?", "nobody knows what the other file holds");
    assert!(limits(&gathered).contains("`pytorch_model.bin`"), "{}", limits(&gathered));
    std::fs::remove_file(dir.path().join("pytorch_model.bin")).expect("removed");
    assert_eq!(at_model(&read(dir.path()).dossier, "components.complete"), "true");
    weights(&dir.path().join("2_Dense/model.safetensors"), &[("linear.weight", "F32", &[8, 8])]);
    let gathered = read(dir.path());
    assert_eq!(at_model(&gathered.dossier, "model.parameters"), "192 parameters");
    assert_eq!(at_model(&gathered.dossier, "components.complete"), "true");
}

#[test]
fn a_word_table_is_no_weight_and_a_folder_of_models_no_model() {
    let spacy = [("meta.json", "{}"), ("vocab/lookups.bin", "words"), ("ner/model", "weights of another kind")];
    assert_eq!(codes(&gathered(&spacy).expect_err("no model")), [Code::EmptyDirectory]);
    assert_eq!(codes(&gathered(&[("lookups.bin", "words")]).expect_err("words")), [Code::EmptyDirectory]);
    let above = [("b/model/1_Pooling/config.json", "{}"), ("b/model/config.json", "{}")];
    let problems = gathered(&above).expect_err("a folder of models");
    assert_eq!(codes(&problems), [Code::EmptyDirectory]);
    let help: Vec<&str> = problems.iter().filter_map(|p| p.help.as_ref()).map(|help| help.get(Lang::En)).collect();
    assert!(help[0].contains("`b/model`"), "{help:?}");
}

#[test]
fn weights_that_are_not_opened_are_not_said_to_be_held() {
    let held = |dossier: &Dossier| {
        let source = dossier.fact(vocabulary().must("model.weights-held")).standing().cloned();
        source.map(|source| source.assurance)
    };
    let dir = directory(&[("craft.pth", "anything"), ("english.pth", "anything")]);
    assert_eq!(held(&read(dir.path()).dossier), None);
    assert!(limits(&read(dir.path())).contains("`craft.pth`"));
    weights(&dir.path().join("model.safetensors"), &[("model.embed_tokens.weight", "F32", &[16, 8])]);
    assert_eq!(held(&read(dir.path()).dossier), Some(Assurance::Measured));
}
