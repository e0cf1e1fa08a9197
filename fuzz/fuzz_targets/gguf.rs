//! A GGUF file: alone, and as the checkpoint of a model.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::{Model, holds};

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    holds(bytes);
    MODEL.with(|model| {
        model.clear();
        model.write("model.gguf", bytes).grade();
    });
});
