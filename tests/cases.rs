//! Every worked case of every shipped ruleset comes out as it says.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::Path;

use sovgrade::desk::{CaseModel, compare, inline_dossier, read_case};
use sovgrade::rules::{RulesetFiles, load};
use sovgrade::text::{Diagnostics, Lang, parse_yaml, render};

fn shown(problems: Diagnostics) -> String {
    problems.sorted().iter().map(|p| render(p, Lang::En, false, true, 100)).collect()
}

#[test]
fn every_case_comes_out_as_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut failures = Vec::new();
    let mut run = 0;
    for folder in std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()) {
        if !folder.join("ruleset.yaml").is_file() {
            continue;
        }
        let files = match RulesetFiles::read(&folder) {
            Ok(files) => files,
            Err(problems) => panic!("{}", shown(problems)),
        };
        let rules = match load(&files) {
            Ok((rules, _)) => rules,
            Err(problems) => {
                failures.push(shown(problems));
                continue;
            }
        };
        for file in &files.cases {
            let case = match read_case(file, &rules) {
                Ok(case) => case,
                Err(problems) => {
                    failures.push(shown(problems));
                    continue;
                }
            };
            let CaseModel::Inline(inline) = &case.model else { continue };
            parse_yaml(file, sovgrade::text::Aliases::Refuse).unwrap();
            let dossier = match inline_dossier(&case.name, inline, file, &rules.own) {
                Ok(dossier) => dossier,
                Err(problems) => {
                    failures.push(shown(problems));
                    continue;
                }
            };
            run += 1;
            for difference in compare(&case, &rules, &dossier).1 {
                failures.push(format!(
                    "{}/{}: {}: expected {}, found {}",
                    rules.id, case.name, difference.what, difference.expected, difference.found
                ));
            }
        }
    }
    println!("{run} cases");
    assert!(failures.is_empty(), "{} failures in {run} cases:\n{}", failures.len(), failures.join("\n"));
}
