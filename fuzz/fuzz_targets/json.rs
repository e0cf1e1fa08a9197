//! JSON to a tree; what we accept, serde_json accepts too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::text::{SourceFile, parse_json};

fuzz_target!(|text: &str| {
    match parse_json(&SourceFile::new("fuzz.json", text)) {
        Err(problem) => sovgrade_fuzz::show(problem.into()),
        Ok(_) => {
            let theirs: Result<serde::de::IgnoredAny, _> = serde_json::from_str(text);
            assert!(theirs.is_ok(), "ours is laxer: {theirs:?}");
        }
    }
});
