//! A component's entry, and what a look says, in the words of the evidence.

use crate::evidence::{ComponentEvidence, TestResult};
use crate::measure::stats::tail::SignSum;
use crate::text::Says;

/// A component's entry with the weight of its parameters.
pub(super) struct Entry {
    pub evidence: ComponentEvidence,
    pub parameters: u64,
    /// Of these, those that a family could have spoken about.
    pub compared: u64,
}

pub(super) fn effect(family: &str, statistic: f64, n: u64) -> TestResult {
    TestResult { family: family.to_owned(), statistic: Some(statistic), n: Some(n), ..TestResult::default() }
}

/// A signed sum as a test.
pub(super) fn summed(family: &str, sum: &SignSum) -> TestResult {
    TestResult {
        family: family.to_owned(),
        n: Some(sum.units() as u64),
        agree: Some(sum.agree() as u64),
        z: Some(sum.z()),
        log10_p: Some(sum.ln_p() / std::f64::consts::LN_10),
        ..TestResult::default()
    }
}

pub(super) fn skipped(family: &str, why: &Says) -> TestResult {
    TestResult { family: family.to_owned(), skipped: Some(why.clone().into()), ..TestResult::default() }
}
