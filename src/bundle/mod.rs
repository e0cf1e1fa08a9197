//! The submission: a model's card, evidence, rules and grade in one file that anyone can check.
//!
//! In: a model, what is handed in beside it, rulesets. Out: an [`Archive`] without the weights, which names every file
//! by its digest and keeps of a weights file all bytes that are no numbers; and [`verify`]: what of an archive does not
//! hold, the grade as handed in, and the grade on what the one who verifies vouches for. Both are evaluated from the
//! archive anew: a grade that stands in it is compared and never believed.
//! Foreign crates: rawzip in `archive.rs`.

mod about;
mod again;
mod archive;
mod at_hand;
mod digests;
mod excerpt;
mod fault;
mod lay;
mod make;
mod manifest;
mod page;
mod regrade;
mod signatures;
mod signed_model;
mod summary;
mod sums;
mod verify;

pub use about::{About, EvidenceAbout, FileAbout, Handed, Held, ModelAbout, RulesetAbout, SCHEMA};
pub use archive::{Archive, MAX_BUNDLE_BYTES};
pub use at_hand::weights_digest;
pub use digests::{BLOCK_BYTES, FileDigests, chance, digests, drawn};
pub use fault::BundleFault;
pub use make::{Made, Wanted, make};
pub use manifest::{MODEL_SIGNING, manifest};
pub use page::verified_page;
pub use signatures::Signed;
pub use signed_model::{SignedModel, signed_model};
pub use summary::{VERIFICATION, summary, verified_json};
pub use verify::{Asked, Finding, GradePair, Kind, Sampled, Verified, verify};
