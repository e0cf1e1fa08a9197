//! Files in which others describe models: whatever becomes a card can be read and graded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::import::{ancestors, cyclonedx, mof, osai};
use sovgrade::text::SourceFile;
use sovgrade_fuzz::{Model, show};

fuzz_target!(|bytes: &[u8]| {
    thread_local!(static MODEL: Model = Model::default());
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let file = SourceFile::new("a-model.yml", text);
    for import in [mof, osai, cyclonedx] {
        match import(&file) {
            Ok(imported) => {
                show(imported.warnings);
                let card = imported.card;
                MODEL.with(|model| model.write("sovereignty.yaml", card.as_bytes()).grade_file("sovereignty.yaml"));
            }
            Err(problems) => show(problems),
        }
    }
    let _ = ancestors(&file);
});
