//! Signing: who vouches for a file when nobody sits beside it.
//!
//! In: keys as PEM files, statements, signatures as other tools write them (Sigstore bundles around DSSE envelopes).
//! Out: envelopes, and which key of those handed in made one. A signature shows that the holder of a key signed these
//! bytes; what the bytes say is as true as before. No certificate, no transparency log and no clock is asked.
//! Foreign crates live in one file each: p256 and ed25519-dalek in `key.rs`, base64 in `envelope.rs`.

mod envelope;
mod key;
mod statement;

pub use envelope::{Envelope, EnvelopeFault, MAX_ENVELOPE_BYTES};
pub use key::{KeyFault, PrivateKey, PublicKey};
pub use statement::{Statement, StatementFault, Subject};

pub(crate) use statement::is_sha256;

use std::path::{Path, PathBuf};

/// Where the signature of a file is looked for: beside it, its name with `.sig` behind it.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}
