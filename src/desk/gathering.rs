//! The one place where a model is gathered for a ruleset: with the facts that the ruleset brings along, and with the
//! families of reference models that it knows. Whatever puts a model to a ruleset gathers it here, so that no command
//! knows a fact that another does not.

use std::path::Path;

use crate::gather::{Gathered, Handed, gather_handed};
use crate::rules::Ruleset;
use crate::text::Diagnostics;

/// The facts of a model as a ruleset asks for them, with what is handed in beside the model.
///
/// # Errors
/// Those of [`gather_handed`].
pub fn gathered_for(rules: &Ruleset, model: &Path, handed: &Handed<'_>) -> Result<Gathered, Diagnostics> {
    gather_handed(model, &Handed { families: &rules.families, own: &rules.own, ..*handed })
}

/// Whether two rulesets ask the same of gathering: a model that was gathered for one was gathered for the other.
pub fn gathered_alike(one: &Ruleset, other: &Ruleset) -> bool {
    one.own == other.own && one.families == other.families
}
