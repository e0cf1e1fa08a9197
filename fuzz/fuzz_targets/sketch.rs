//! A sketch, with a manifest and tensors that lie.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = sovgrade::measure::check_sketch(data);
});
