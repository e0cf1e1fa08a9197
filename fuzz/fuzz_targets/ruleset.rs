//! A whole ruleset: ruleset.yaml, terms.yaml and criteria, parted by lines that say `=== NAME`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::desk::inline_dossier;
use sovgrade::grade::{Options, grade};
use sovgrade::rules::{OddNames, RulesetFiles, load};
use sovgrade::text::{Aliases, SourceFile, parse_yaml};

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n=== ");
    let file = |part: &str| {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        SourceFile::new(format!("rules/fuzz/{name}"), body)
    };
    let files = RulesetFiles {
        folder: "fuzz".to_owned(),
        ruleset: SourceFile::new("rules/fuzz/ruleset.yaml", parts.next().unwrap_or_default()),
        terms: parts.next().map(file),
        facts: None,
        criteria: parts.take(8).map(file).collect(),
        cases: Vec::new(),
        allow: None,
        references: None,
        named: Some("fuzz".to_owned()),
        odd: OddNames::default(),
    };
    match load(&files) {
        Err(problems) => {
            assert!(problems.has_errors(), "a refusal says why");
            sovgrade_fuzz::show(problems);
        }
        Ok((rules, warnings)) => {
            sovgrade_fuzz::show(warnings);
            let facts = SourceFile::new("facts.yaml", FACTS);
            let node = parse_yaml(&facts, Aliases::Refuse).expect("valid");
            let dossier = inline_dossier("fuzz", &node, &facts, &rules.own).expect("valid");
            grade(&rules, &dossier, &Options::default());
        }
    }
});

const FACTS: &str = "facts: {maker.jurisdiction: KR}\nitems: {component: [{id: a, initialisation: random-init, link: [{id: \
                     x, relation: shared}]}, {id: b}], dataset: [{id: d, token-share: 40 %}]}\ncomplete: [component]\n";
