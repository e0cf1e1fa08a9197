//! Gathering, through the library: directories that people hand in, and directories that they should not.

use std::path::Path;

use sovgrade::facts::{Assurance, Dossier, Fact, Item, Value};
use sovgrade::gather::{Gathered, gather};
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
    problems.iter().map(|p| format!("{} {}: {}\n", p.code.id(), p.file.name(), p.message.en)).collect()
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
    assert_eq!((source.assurance, source.against_interest), (Assurance::Declared, false));
    assert_eq!(source.date.map(|d| d.to_string()).as_deref(), Some("2026-03-01"));
    let vision = item(dossier, "component", "vision");
    assert!(fact(vision, "component.initialisation").assured(Assurance::Audited).is_some(), "an admission");
    let links = vision.children(vocabulary().must_collection("link"));
    assert_eq!(links[0].id, "faraway/vit");
    assert_eq!(of(&links[0], "link.verdict"), "derived");
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
    assert_eq!(of(&vision.children(link)[0], "link.verdict"), "?");
    let text = item(dossier, "component", "text");
    assert_eq!(text.children(link)[0].id, "faraway/base-7b");
    assert_eq!(of(text, "component.initialisation"), "?");
}

#[test]
fn what_a_card_hides_config_shows() {
    let card = "schema: sovereignty/1\ndeveloper: {name: A, jurisdiction: KR}\ncomponents:\n- {id: core, role: text, initialisation: random-init}\narchitecture: {custom_code: no}\n";
    let gathered = good(&[("sovereignty.yaml", card), ("config.json", CONFIG)]);
    let said: String = gathered.dossier.findings.iter().map(|f| format!("{}\n", f.says.en)).collect();
    assert!(said.contains("does not declare the component at `/vision_config`"), "{said}");
    assert!(said.contains("[C7]"), "{said}");
    item(&gathered.dossier, "component", "core");
    assert_eq!(gathered.dossier.named("component").len(), 2);
}

#[test]
fn the_file_stands_before_the_block() {
    let readme = "---\nbase_model: faraway/base\nsovereignty:\n  developer: {name: A, jurisdiction: \"US\"}\n  components:\n  - {id: text, role: text, initialisation: random-init}\n---\n";
    let file = "schema: sovereignty/1\ndeveloper: {jurisdiction: \"KR\"}\n";
    let gathered = good(&[("README.md", readme), ("sovereignty.yaml", file)]);
    let dossier = &gathered.dossier;
    assert_eq!((at_model(dossier, "maker.jurisdiction"), at_model(dossier, "maker.name")), ("KR".into(), "A".into()));
    let said: String = dossier.findings.iter().map(|f| format!("{}\n", f.says.en)).collect();
    assert!(said.contains("[SG0312]") && said.contains("[C5]"), "{said}");
    let text = item(dossier, "component", "text");
    assert_eq!(of(text, "component.initialisation"), "adapted", "an admission stands against a claim");
    assert_eq!(fact(text, "component.initialisation").contradicted().count(), 1);
}

fn evidence(subject: &str, links: &str) -> String {
    format!(
        r#"{{"schema": "sovgrade/evidence/1", "subject": {subject}, "links": [{links}], "documented": [], "attested": []}}"#
    )
}

fn with_evidence(files: &[(&str, &str)], text: &str) -> Result<Gathered, Diagnostics> {
    let dir = directory(files);
    let other = directory(&[("e.json", text)]);
    gather(dir.path(), &[other.path().join("e.json")])
}

const TESTS: &str = r#"[{"family": "f1", "z": 1.0}, {"family": "f2", "z": 0.5}]"#;

#[test]
fn evidence_speaks_of_links() {
    let card = "schema: sovereignty/1\ncomponents:\n- {id: core, role: text, initialisation: random-init}\n- {id: eyes, role: vision-encoder, initialisation: random-init}\n";
    let files = [("sovereignty.yaml", card), ("config.json", "{}")];
    let subject = r#"{"id": "m", "files": [{"name": "config.json", "bytes": 2}]}"#;
    let links = format!(
        r#"{{"reference": {{"id": "far/away", "jurisdiction": "US", "same-maker": false}}, "verdict": "derived", "components": [
          {{"id": "text", "verdict": "independent", "tests": {TESTS}}}, {{"id": "embedding", "verdict": "independent", "tests": {TESTS}}},
          {{"id": "vision", "verdict": "derived", "kinds": ["identical"], "share": 1, "layers": [0, 1], "tests": {TESTS}}}]}}"#
    );
    let gathered = with_evidence(&files, &evidence(subject, &links)).unwrap_or_else(|p| panic!("{}", all(&p)));
    let dossier = &gathered.dossier;
    assert_eq!(dossier.named("component").len(), 2);
    let core = item(dossier, "component", "core");
    assert!(fact(core, "component.initialisation").assured(Assurance::Corroborated).is_some());
    assert!(fact(core, "component.links-complete").assured(Assurance::Corroborated).is_some());
    let eyes = item(dossier, "component", "eyes");
    assert_eq!(of(eyes, "component.initialisation"), "from-reference");
    assert_eq!(fact(eyes, "component.initialisation").contradicted().count(), 1);
    let link = &eyes.children(vocabulary().must_collection("link"))[0];
    assert_eq!((of(link, "link.share"), of(link, "link.layers")), ("100 %".to_owned(), "2".to_owned()));
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
    let links = r#"{"reference": {"id": "glm"}, "verdict": "derived", "source": {"title": "Claim"}, "components": [
        {"id": "text", "verdict": "derived", "tests": [{"family": "raw-cosine-norm-gains", "statistic": 0.99}]}]}"#;
    let gathered = with_evidence(&[("sovereignty.yaml", card)], &evidence(r#"{"id": "m"}"#, links))
        .unwrap_or_else(|p| panic!("{}", all(&p)));
    let text = item(&gathered.dossier, "component", "text");
    assert_eq!(of(text, "component.initialisation"), "random-init");
    assert!(text.children(vocabulary().must_collection("link")).is_empty());
    let finding = gathered.dossier.findings.iter().find(|f| f.says.en.contains("carries no verdict")).expect("told");
    assert!(finding.sources[0].set_aside.is_some() && finding.says.en.contains("norm gains"));
}

#[test]
fn documents_and_attestations_state_facts() {
    let text = r#"{"schema": "sovgrade/evidence/1", "subject": {"id": "m"},
      "documented": [{"fact": "component.initialisation", "item": "vision", "value": "adapted", "source": {"title": "News", "url": "https://example.org", "date": "2026-01-02"}},
                     {"fact": "link.verdict", "item": "vision/Q/V", "value": "derived", "source": {"title": "News"}}],
      "attested": [{"fact": "maker.jurisdiction", "value": "KR", "source": {"title": "Audit", "publisher": "Body", "date": "2026-01-03", "record": "7"}}]}"#;
    let gathered = with_evidence(&[("config.json", "{}")], text).unwrap_or_else(|p| panic!("{}", all(&p)));
    let maker = gathered.dossier.fact(vocabulary().must("maker.jurisdiction"));
    assert!(maker.assured(Assurance::Audited).is_some());
    let vision = item(&gathered.dossier, "component", "vision");
    assert_eq!(fact(vision, "component.initialisation").standing().map(|s| s.assurance), Some(Assurance::Documented));
    assert_eq!(gathered.dossier.newest.map(|d| d.to_string()).as_deref(), Some("2026-01-03"));
    let wrong = text.replace("maker.jurisdiction", "maker.jurisdicton").replace("\"record\": \"7\"", "\"url\": \"u\"");
    let problems = with_evidence(&[("config.json", "{}")], &wrong).expect_err("mistakes");
    assert_eq!(codes(&problems), [Code::MissingKey, Code::UnknownFact]);
}

#[test]
fn every_model_of_the_zoo_is_gathered() {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/zoo");
    let Ok(models) = std::fs::read_dir(&zoo) else {
        println!("skipped: the zoo is not here");
        return;
    };
    let mut seen = 0;
    for model in models.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir()) {
        let gathered = gather(&model, &[]).unwrap_or_else(|p| panic!("{}: {}", model.display(), all(&p)));
        let dossier = gathered.dossier;
        assert_eq!(at_model(&dossier, "model.weights-held"), "true", "{}", model.display());
        assert_ne!(at_model(&dossier, "model.parameters"), "?", "{}", model.display());
        assert_eq!(at_model(&dossier, "maker.jurisdiction"), "?", "nothing is invented");
        seen += 1;
    }
    assert!(seen > 50, "only {seen} models");
}
