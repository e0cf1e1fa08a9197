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
