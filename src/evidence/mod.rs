//! Evidence: facts that were measured, documented or attested elsewhere, in a file of their own.
//!
//! In: an evidence file and the model's directory. Out: sources for facts, each with its assurance; a refusal where
//! the digests say that the evidence is about other files.

mod file;

pub use file::{
    ComponentEvidence, Control, Document, EvidenceFile, FileDigest, LinkEvidence, Power, ReferenceModel, ReuseKind,
    SCHEMA, StatedFact, Subject, TestResult, Verdict, schema,
};
