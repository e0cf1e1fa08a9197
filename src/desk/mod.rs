//! The policy desk: a ruleset written, tried on its cases, compared and published.
//!
//! In: the files of a ruleset, `cases/*.yaml` and `allow.yaml` among them. Out: what came out otherwise than a case
//! expects, what the cases prove and leave open, and findings. Nothing here decides a grade.

mod accept;
mod allow;
mod amendments;
mod assurable;
mod case;
mod checks;
mod diff_report;
mod diff_table;
mod equivalent;
mod gathering;
mod inline;
mod mutant;
mod nodes;
mod page;
mod provision;
mod publish;
mod publish_as;
mod publish_scale;
mod revision;
mod run;
mod shifts;
mod survey;
mod template;
mod texts;
mod trial;
mod trial_report;
mod what_if;
mod what_if_report;

pub use accept::{Acceptance, accept};
pub use allow::{Allowance, Allowances};
pub use amendments::{Amendment, Kind, Part, Provision, amendments, flow};
pub use case::{Case, CaseModel, Expected, read_case};
pub use checks::{Finding, Scope, findings, over_models};
pub use diff_report::{Comparison, diff_human, diff_json, diff_page};
pub use gathering::{gathered_alike, gathered_for};
pub use inline::inline_dossier;
pub use mutant::{Mutant, Target, line_of, mutants};
pub use nodes::{FileNode, file_nodes};
pub use page::{Block, Item, Span};
pub use provision::Clauses;
pub use publish::page;
pub use publish_as::{page_html, page_markdown, side_by_side_html, side_by_side_markdown};
pub use revision::{at_revision, is_revision};
pub use run::{Difference, Subject, compare, differences, in_view, readings_of};
pub use shifts::{Cause, ModelShift, Shift, Under, VIEWS, shift, truth_says};
pub use survey::{Coverage, Mutation, Proved, coverage, mutation};
pub use template::{new_criterion, new_ruleset};
pub use trial::{Trial, matches, trials};
pub use trial_report::{CaseResult, MutationResult, Suite, trials_human, trials_json, trials_junit};
pub use what_if::{Combination, Threshold, WhatIf, what_if};
pub use what_if_report::{what_if_human, what_if_json};
