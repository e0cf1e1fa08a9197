//! A worked case with its inline facts, graded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::desk::{CaseModel, compare, inline_dossier, read_case};
use sovgrade::text::SourceFile;

fuzz_target!(|text: &str| {
    let rules = &*sovgrade_fuzz::RULES;
    let file = SourceFile::new("cases/fuzz.yaml", text);
    match read_case(&file, rules) {
        Err(problems) => sovgrade_fuzz::show(problems),
        Ok(case) => {
            let CaseModel::Inline(facts) = &case.model else { return };
            match inline_dossier("fuzz", facts, &file, &rules.own) {
                Err(problems) => sovgrade_fuzz::show(problems),
                Ok(dossier) => drop(compare(&case, rules, &dossier)),
            }
        }
    }
});
