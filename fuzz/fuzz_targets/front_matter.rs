//! README.md with front matter, as a bare card.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::Model;

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    MODEL.with(|model| model.write("README.md", bytes).grade_file("README.md"));
});
