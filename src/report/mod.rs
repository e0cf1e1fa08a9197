//! Reports: a [`Story`] as text for people and as data for programs, one file a format.
//!
//! In: rules, dossier, grading, story. Out: a string. Nothing is decided here.

mod annotations;
mod blocked;
mod brief;
mod canvas;
mod claims;
mod command;
mod cyclonedx;
mod evidence;
mod evidence_details;
mod facts;
mod findings;
mod fleet;
mod human;
mod json;
mod junit;
mod licence;
mod markdown;
mod picture;
mod sarif;
mod sarif_findings;
mod schema;
mod screening;
mod several;

pub use annotations::annotations;
pub use brief::brief;
pub use canvas::{Canvas, Tone, width_of};
pub(crate) use canvas::{own_colours, padded};
pub use claims::{claims_json, claims_page};
pub use cyclonedx::{CYCLONEDX_VERSION, cyclonedx};
pub use evidence::evidence_page;
pub use facts::{facts_json, facts_page};
pub use findings::{Findings, findings_json, findings_page};
pub use fleet::{Column, Row, fleet_csv, fleet_human, sort_rows};
pub use human::{Detail, criterion_page, human};
pub use json::{assessment, to_line, to_text};
pub use junit::junit;
pub use licence::{licence_name, licence_page, licence_table};
pub use markdown::markdown;
pub use sarif::{Located, sarif};
pub use sarif_findings::sarif_findings;
pub use schema::assessment_schema;
pub use screening::screening_page;
pub use several::several;

use crate::explain::Story;
use crate::facts::Dossier;
use crate::grade::Grading;
use crate::rules::Ruleset;

/// One graded model, with everything that a report shows of it.
#[derive(Debug, Clone, Copy)]
pub struct Assessment<'a> {
    /// The rules.
    pub rules: &'a Ruleset,
    /// The facts.
    pub dossier: &'a Dossier,
    /// The result.
    pub grading: &'a Grading,
    /// The result in words.
    pub story: &'a Story,
}

impl Assessment<'_> {
    /// A text in which files that were handed in stand by their names alone, without where they lie.
    pub(crate) fn without_paths(&self, text: &str) -> String {
        let handed = self.dossier.about.handed.iter();
        handed.fold(text.to_owned(), |text, file| match file.rsplit_once(['/', '\\']) {
            Some((_, name)) => text.replace(file.as_str(), name),
            None => text,
        })
    }
}
