//! sovgrade grades AI models against executable sovereignty criteria and says why.
//!
//! A ruleset is a folder of YAML files. A model is a directory, a card, or the description of a service. Grading
//! gathers the model's facts with their sources, asks every criterion in four views at once (what the maker says, what
//! follows from everything, what is proved, what evidence could still reach), and explains the result from the trace
//! of that one evaluation. `docs/` is the manual; `ARCHITECTURE.md` follows one fact from a line of a card to a
//! sentence.
//!
//! ```
//! use sovgrade::{explain, gather, grade, rules, text::Lang};
//!
//! # fn main() -> Result<(), sovgrade::text::Diagnostics> {
//! let ruleset = rules::embedded().iter().find(|ruleset| ruleset.id == "t-class").expect("it is embedded");
//! let (rules, _warnings) = rules::load(&rules::RulesetFiles::embedded(ruleset))?;
//!
//! let model = std::path::Path::new("examples/solar-open-100b");
//! let dossier = gather::gather(model, &[])?.dossier;
//!
//! let grading = grade::grade(&rules, &dossier, &grade::Options::default());
//! let story = explain::story(&rules, &dossier, &grading, Lang::En);
//! assert_eq!(story.grade.claimed, "T4-2");
//! # Ok(())
//! # }
//! ```

pub mod bundle;
pub mod card;
pub mod claims;
pub mod cli;
pub mod desk;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod files;
pub mod gather;
pub mod grade;
pub mod import;
pub mod licence;
pub mod measure;
pub mod report;
pub mod rules;
pub mod signing;
pub mod text;
pub mod vocabulary;
pub mod weights;
