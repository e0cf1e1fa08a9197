//! A submission, and the signatures that may lie in one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::bundle::{Archive, Asked, verify};
use sovgrade::measure::Progress;
use sovgrade::signing::{Envelope, PublicKey, Statement};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::read(bytes) {
        let _ = Statement::read(&envelope.payload);
    }
    let _ = PublicKey::from_pem(&String::from_utf8_lossy(bytes));
    if let Ok(archive) = Archive::read(bytes.to_vec()) {
        let asked = Asked {
            archive: &archive,
            model: None,
            sample: None,
            earlier: None,
            measured: &[],
            keys: &[],
            vouched: &[],
            progress: &Progress::default(),
        };
        let _ = verify(&asked);
    }
});
