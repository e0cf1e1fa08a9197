//! The header of a safetensors file: alone, with lengths that lie, and as the checkpoint of a model.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::weights::read_header;
use sovgrade_fuzz::Model;

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    let real = bytes.len() as u64;
    for claimed in [real, real.saturating_add(1 << 40), real / 2] {
        match read_header("fuzz.safetensors", &mut &bytes[..], claimed) {
            Err(problem) => assert!(!problem.to_string().is_empty()),
            Ok(header) => {
                for tensor in &header.tensors {
                    assert!(tensor.begin <= tensor.end && tensor.end <= claimed, "a tensor lies in the file");
                }
            }
        }
    }
    MODEL.with(|model| model.write("model.safetensors", bytes).grade());
});
