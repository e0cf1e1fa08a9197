//! The sovereignty block, graded and reported.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::Model;

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    MODEL.with(|model| model.write("sovereignty.yaml", bytes).grade_file("sovereignty.yaml"));
});
