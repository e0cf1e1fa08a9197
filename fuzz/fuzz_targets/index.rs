//! The index of a sharded checkpoint.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::{Model, checkpoint};

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    MODEL.with(|model| {
        model
            .write("model-00001-of-00001.safetensors", &checkpoint())
            .write("model.safetensors.index.json", bytes)
            .grade();
    });
});
