//! YAML to a tree, with aliases refused and copied.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::text::{Aliases, SourceFile, parse_yaml};

fuzz_target!(|text: &str| {
    let file = SourceFile::new("fuzz.yaml", text);
    for aliases in [Aliases::Refuse, Aliases::Copy] {
        if let Err(problem) = parse_yaml(&file, aliases) {
            sovgrade_fuzz::show(problem.into());
        }
    }
});
