//! Files that hint at lineage; the first byte chooses which.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::Model;

const NAMES: [&str; 6] = [
    "adapter_config.json",
    "mergekit_config.yml",
    "mergekit_config.yaml",
    "generation_config.json",
    "mergekit_moe_config.yml",
    "quantize_config.json",
];

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    let Some((first, rest)) = bytes.split_first() else { return };
    MODEL.with(|model| {
        model.clear();
        model.write("config.json", b"{}").write(NAMES[usize::from(*first) % NAMES.len()], rest).grade();
    });
});
