//! The policy desk: a ruleset written, tried on its cases, compared and published.
//!
//! In: the files of a ruleset, `cases/*.yaml` and `allow.yaml` among them. Out: what came out otherwise than a case
//! expects, what the cases prove and leave open, and findings. Nothing here decides a grade.

mod allow;
mod case;
mod inline;
mod mutant;
mod nodes;
mod run;
mod survey;
mod trial;
mod trial_report;
mod checks;

pub use allow::{Allowance, Allowances};
pub use case::{Case, CaseModel, Expected, read_case};
pub use inline::inline_dossier;
pub use mutant::{Mutant, Target, line_of, mutants};
pub use nodes::{FileNode, file_nodes};
pub use run::{Difference, Subject, compare, differences, in_view, readings_of};
pub use survey::{Coverage, Mutation, Proved, coverage, mutation};
pub use checks::{Finding, Scope, findings, over_models};
pub use trial_report::{CaseResult, MutationResult, Suite, trials_human, trials_json, trials_junit};
pub use trial::{Trial, matches, trials};
