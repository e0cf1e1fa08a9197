//! Whether a conclusion that was read back is one that its own figures bear: of an interrupted run, or of a part of
//! one.

use crate::evidence::{LinkEvidence, Relation, TestResult};
use crate::measure::search::budget::LEVEL;

/// Families whose chance is known exactly, as evidence names them.
const EXACT: [&str; 9] = ["identity", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8"];

/// Whether a kept conclusion is one that its own figures bear, since anybody may have written into the folder. No trace
/// stands beside no exact family beyond the level of one look, and beside no control that rang; reuse needs two figures
/// whose chances together are below the level of a run.
pub(in crate::measure) fn is_borne(link: &LinkEvidence, ln_level: f64) -> bool {
    let level = ln_level / std::f64::consts::LN_10;
    let loud = |test: &TestResult| {
        EXACT.contains(&test.family.as_str()) && test.skipped.is_none() && test.log10_p.is_some_and(|p| p <= level)
    };
    let parts = || link.components.iter();
    match link.relation {
        Relation::NoTrace => {
            link.controls.iter().all(|control| control.passed)
                && parts().all(|part| part.relation != Relation::Shared && !part.tests.iter().any(loud))
        }
        Relation::Shared => {
            let mut chances: Vec<f64> = parts().flat_map(|part| &part.tests).filter_map(|test| test.log10_p).collect();
            chances.sort_by(f64::total_cmp);
            chances.iter().take(2).sum::<f64>() <= LEVEL.log10()
        }
        Relation::Undecided | Relation::NoCounterpart | Relation::Beside => true,
    }
}
