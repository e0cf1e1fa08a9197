//! A `PyTorch` file: its zip archive as it comes, and its `data.pkl` alone within an archive that is whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::{Model, form_writers, holds};

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    holds(bytes);
    let whole = form_writers::torch(bytes, &[vec![0; 24], vec![0; 4]]);
    holds(&whole);
    MODEL.with(|model| {
        model.clear();
        model.write("pytorch_model.bin", &whole).grade();
    });
});
