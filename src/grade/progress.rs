//! How far each rung of a ladder is covered.
//!
//! The progress of a rung is the share of criteria that are met among those that it and the rungs below require and
//! that apply, in percent; it is 0 while a rung below is not reached, and 100 exactly where the rung itself is. A
//! criterion that does not apply leaves numerator and denominator, so a ruleset that lets one document stand for two
//! says so with `applies`. Progress decides nothing: it tells a maker how much is left.

use super::outcome::Standing;
use super::scale::{LadderGrade, Reach, highest};
use super::truth::Truth;
use crate::rules::{Rung, Scale};

/// How far one rung is covered.
#[derive(Debug, Clone, PartialEq)]
pub struct RungProgress {
    /// Index of the rung.
    pub rung: usize,
    /// In percent, 0 to 100.
    pub percent: LadderGrade<f64>,
}

/// The progress of every rung.
pub(super) fn of(scale: &Scale, standings: &[Standing]) -> Vec<RungProgress> {
    let Scale::Ladder(rungs) = scale else { return Vec::new() };
    (0..rungs.len())
        .map(|at| RungProgress { rung: at, percent: LadderGrade::of(|reach| percent(rungs, at, standings, reach)) })
        .collect()
}

fn percent(rungs: &[Rung], at: usize, standings: &[Standing], reach: Reach) -> f64 {
    let reached = highest(rungs, standings, reach).map_or(0, |top| top + 1);
    if reached != at {
        return if reached > at { 100.0 } else { 0.0 };
    }
    let truths = |rungs: &[Rung]| -> Vec<Truth> {
        rungs.iter().flat_map(|rung| &rung.requires).map(|&at| reach.truth(standings[at])).collect()
    };
    if truths(&rungs[at..=at]).iter().all(|truth| *truth == Truth::Void) {
        return 0.0;
    }
    let counted = truths(&rungs[..=at]);
    let met = counted.iter().filter(|truth| **truth == Truth::True).count();
    let applying = counted.iter().filter(|truth| **truth != Truth::Void).count();
    met as f64 / applying as f64 * 100.0
}
