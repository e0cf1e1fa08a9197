//! The index of a model in several `PyTorch` files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::{Model, form_writers};

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    let tensor = |name: &str| form_writers::Given {
        name: name.to_owned(),
        storage: "FloatStorage",
        width: 4,
        shape: vec![2, 2],
        bytes: vec![0; 16],
    };
    MODEL.with(|model| {
        model.clear();
        for (at, name) in [(1, "model.embed_tokens.weight"), (2, "lm_head.weight")] {
            let file = form_writers::torch_of(&[tensor(name)]);
            model.write(&format!("pytorch_model-0000{at}-of-00002.bin"), &file);
        }
        model.write("pytorch_model.bin.index.json", bytes).grade();
    });
});
