//! config.json beside a small checkpoint.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::{Model, checkpoint};

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    MODEL.with(|model| model.write("model.safetensors", &checkpoint()).write("config.json", bytes).grade());
});
