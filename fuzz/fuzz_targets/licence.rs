//! LICENSE texts beside a card that names a licence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade_fuzz::Model;

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    const CARD: &[u8] = b"---\nlicense: other\nlicense_name: mit\nlicense_link: LICENSE\n---\n";
    MODEL.with(|model| model.write("README.md", CARD).write("LICENSE", bytes).grade());
});
