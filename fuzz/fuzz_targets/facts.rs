//! facts.yaml of a ruleset: any text is read, or refused with its places.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::rules::{RulesetFiles, embedded, load};
use sovgrade::text::SourceFile;

fuzz_target!(|text: &str| {
    let Some(some) = embedded().iter().find(|ruleset| ruleset.id == "mof") else { return };
    let mut files = RulesetFiles::embedded(some);
    files.facts = Some(SourceFile::new("facts.yaml", text));
    match load(&files) {
        Ok((_, warnings)) => sovgrade_fuzz::show(warnings),
        Err(problems) => {
            assert!(problems.has_errors(), "a refusal says why");
            sovgrade_fuzz::show(problems);
        }
    }
});
