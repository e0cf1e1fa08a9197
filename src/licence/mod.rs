//! Licences: what each says, and which one a model directory means.
//! A text is known by the digest of its normal form and by nothing less.

mod normalise;

pub use normalise::{digest, normalise};
