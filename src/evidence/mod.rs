//! Evidence: facts that were measured, documented or attested elsewhere, in a file of their own.
//!
//! In: an evidence file and the model's directory. Out: sources for facts, each with its assurance; a refusal where
//! the digests say that the evidence is about other files.

mod admissible;
mod anew;
mod conclude;
mod content;
mod context;
mod decode;
mod decode_details;
mod details;
mod digest;
mod facts;
mod families;
mod file;
mod hand;
mod older;
mod origins;
mod scalar;
mod screening;
mod seen;
mod stated;
mod trails;

pub use admissible::inadmissible;
pub use context::{ConfigContext, Context, GainsContext, GeometryContext, LayerGains, VocabularyContext};
pub use details::{
    Adapter, Coefficient, Mixture, MixtureKind, MixturePart, TableRows, Trail, TrailCheck, TrailQuestion,
};
pub use families::family_name;
pub use file::{
    ComponentEvidence, Control, Document, EvidenceFile, FileDigest, InBoth, Level, LinkEvidence, OLD_SCHEMA,
    PartEvidence, ReferenceModel, RunRecord, SCHEMA, Settings, Shard, StatedFact, Subject, TensorEvidence, TestResult,
    Through, Words, is_address, schema,
};
pub use screening::{FirstLook, Outcome, SCREENING_SCHEMA, Screened, Screening, Unusable, screening_schema};
pub use seen::{
    Change, ChangeClass, Explanation, ExplanationState, Explanations, LookedFor, NotLookedFor, Planted, Relation,
};

use crate::text::{Diagnostics, SourceFile};

/// Reads an evidence file.
///
/// # Errors
/// All mistakes of the file.
pub fn read_evidence(file: &SourceFile) -> Result<EvidenceFile, Diagnostics> {
    read(file).map(|read| read.file)
}

pub(crate) use conclude::Asked;
pub(crate) use content::{Here, compare};
pub(crate) use decode::{MAX_BYTES, ReadEvidence, measured, read};
pub(crate) use digest::{RunningDigest, sha256, sha256_of_file, sha256_of_file_told};
pub(crate) use facts::add;
pub(crate) use hand::{Bound, Hand, names_an_entry};
pub(crate) use origins::Parts;
