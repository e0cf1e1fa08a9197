//! What comes out when a model is looked up in a folder of sketches: `sovgrade/screening/1`, the data.

use schemars::JsonSchema;
use serde::Serialize;

use super::file::{EvidenceFile, Level, LinkEvidence, SCHEMA, Subject, Words};

/// The value of `schema`.
pub const SCREENING_SCHEMA: &str = "sovgrade/screening/1";

/// What came out for one sketch.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Screened {
    /// File in the folder.
    pub file: String,
    /// The model's id, as the sketch says it.
    pub id: String,
    /// What was found.
    pub outcome: Outcome,
}

/// What was found of one sketch.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was loud in the first look, and this came out of the whole ladder.
    Whole(Box<LinkEvidence>),
    /// It was not loud in the first look.
    Quiet(FirstLook),
    /// It has no tower whose shapes can be compared.
    NotComparable,
}

/// The power of a first look that heard nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FirstLook {
    /// Least correlation of a whole tower in place that two families would have found, where there are two.
    pub least_correlation: Option<f64>,
}

/// A sketch that could not be used.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Unusable {
    /// File in the folder.
    pub file: String,
    /// What is wrong.
    pub why: Words,
}

/// What came out of a folder.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Screening {
    /// `sovgrade/screening/1`.
    pub schema: String,
    /// The model that was looked up.
    pub subject: Subject,
    /// Files of the folder that were taken for sketches.
    pub sketches: usize,
    /// The level of the whole folder, and what it is divided by.
    pub level: Level,
    /// What the first look looks at, and what it does not.
    pub first_look: Words,
    /// One entry a usable sketch, the gravest first.
    pub screened: Vec<Screened>,
    /// Sketches that could not be used.
    pub unusable: Vec<Unusable>,
}

impl Screening {
    /// The links that were looked at whole, as evidence.
    pub fn evidence(&self) -> EvidenceFile {
        let links = self.screened.iter().filter_map(|entry| match &entry.outcome {
            Outcome::Whole(link) => Some((**link).clone()),
            Outcome::Quiet(_) | Outcome::NotComparable => None,
        });
        EvidenceFile {
            schema: SCHEMA.to_owned(),
            run: None,
            subject: self.subject.clone(),
            links: links.collect(),
            documented: Vec::new(),
            attested: Vec::new(),
            level: Some(self.level),
            mixtures: Vec::new(),
            trail: None,
            shard: None,
            limits: vec![self.first_look.clone()],
        }
    }
}

/// The JSON Schema of a screening (draft 2020-12), from the types above.
pub fn screening_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Screening).to_value();
    schema["properties"]["schema"]["const"] = SCREENING_SCHEMA.into();
    schema
}
