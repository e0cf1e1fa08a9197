//! How a grade would move: over combinations of readings, the smallest change first, and over thresholds near the
//! model's own values.

use super::nodes::{FileNode, file_nodes};
use crate::facts::{Date, Dossier, Value};
use crate::grade::{Grade, Options, Question, verdict};
use crate::rules::{NodeId, Op, Place, Ruleset, Slot};
use crate::vocabulary::{Country, Scope, vocabulary};

/// Combinations of readings that are graded at most.
const MAX_TRIED: usize = 6_000;
/// Readings that are changed at once at most.
const MAX_CHANGED: usize = 4;

/// A combination of readings with the grade that it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Combination {
    /// Readings with the options chosen, by index.
    pub changes: Vec<(usize, usize)>,
    /// The grade.
    pub grade: Grade,
}

/// A threshold that would change the grade, were it set otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Where it stands.
    pub place: Place,
    /// The node's name.
    pub node: String,
    /// A copy of the node, for its words.
    pub copy: NodeId,
    /// The threshold as it is.
    pub now: f64,
    /// The nearest at which the grade is another.
    pub then: f64,
    /// Whether `then` itself is still on the old side: the threshold must lie beyond it.
    pub beyond: bool,
    /// The grade under it.
    pub grade: Grade,
}

/// Everything that would move the grade.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// The grade as it is.
    pub grade: Grade,
    /// For each other grade, the smallest combinations of readings that give it.
    pub combinations: Vec<Combination>,
    /// Combinations that were graded.
    pub tried: usize,
    /// Whether every combination was tried.
    pub complete: bool,
    /// Thresholds, the one that need move least first.
    pub thresholds: Vec<Threshold>,
}

/// Asks what would move a model's grade.
pub fn what_if(rules: &Ruleset, dossier: &Dossier, options: &Options) -> WhatIf {
    let readings = options.readings.clone().unwrap_or_else(|| rules.default_readings());
    let home = options.home.or(rules.home);
    let asked = Asked { dossier, home, as_of: options.as_of };
    let grade = asked.grade(rules, &readings);
    let (combinations, tried, complete) = combinations(&asked, rules, &readings, &grade);
    let thresholds = thresholds(&asked, rules, &readings, &grade);
    WhatIf { grade, combinations, tried, complete, thresholds }
}

struct Asked<'a> {
    dossier: &'a Dossier,
    home: Option<Country>,
    as_of: Option<Date>,
}

impl Asked<'_> {
    fn grade(&self, rules: &Ruleset, readings: &[usize]) -> Grade {
        let (home, as_of) = (self.home, self.as_of);
        verdict(&Question { home, as_of, ..Question::of(rules, self.dossier, readings) }, false).grade
    }
}

/// Every combination that changes one reading, then two, and so on. One that holds a smaller combination with the same
/// grade says nothing new and is left out.
fn combinations(
    asked: &Asked<'_>,
    rules: &Ruleset,
    readings: &[usize],
    now: &Grade,
) -> (Vec<Combination>, usize, bool) {
    let changes: Vec<(usize, usize)> = rules
        .readings
        .iter()
        .enumerate()
        .flat_map(|(reading, entry)| (0..entry.options.len()).map(move |option| (reading, option)))
        .filter(|(reading, option)| readings[*reading] != *option)
        .collect();
    let mut found: Vec<Combination> = Vec::new();
    let mut tried = 0;
    // Positions in `changes`, rising, no reading twice.
    let mut level: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..rules.readings.len().min(MAX_CHANGED) {
        let mut next = Vec::new();
        for chosen in &level {
            let first = chosen.last().map_or(0, |at| at + 1);
            for at in first..changes.len() {
                if chosen.iter().any(|other| changes[*other].0 == changes[at].0) {
                    continue;
                }
                if tried >= MAX_TRIED {
                    return (found, tried, false);
                }
                let mut positions = chosen.clone();
                positions.push(at);
                let set: Vec<(usize, usize)> = positions.iter().map(|at| changes[*at]).collect();
                let mut other = readings.to_vec();
                for &(reading, option) in &set {
                    other[reading] = option;
                }
                tried += 1;
                let grade = asked.grade(rules, &other);
                let within = |smaller: &Combination| smaller.changes.iter().all(|change| set.contains(change));
                let known = found.iter().any(|smaller| smaller.grade == grade && within(smaller));
                if grade != *now && !known {
                    found.push(Combination { changes: set, grade });
                }
                next.push(positions);
            }
        }
        level = next;
    }
    let complete = rules.readings.len() <= MAX_CHANGED;
    (found, tried, complete)
}

/// For every threshold the nearest value on either side at which the grade is another.
fn thresholds(asked: &Asked<'_>, rules: &Ruleset, readings: &[usize], now: &Grade) -> Vec<Threshold> {
    let mut own = rules.clone();
    let mut found = Vec::new();
    for node in file_nodes(rules) {
        let Some(threshold) = rules.expr.threshold(node.copies[0]) else { continue };
        let mut candidates = candidates(asked, rules, &node, threshold);
        let near = |to: &(f64, bool)| (to.0 - threshold).abs();
        candidates.sort_by(|a, b| near(a).total_cmp(&near(b)));
        for side in [-1.0, 1.0] {
            let there = candidates.iter().filter(|(then, _)| (then - threshold) * side >= 0.0);
            for &(then, beyond) in there {
                let undo = own.expr.set_threshold(&node.copies, then, beyond);
                let grade = asked.grade(&own, readings);
                own.expr.undo(undo);
                if grade != *now {
                    let (place, copy) = (node.place, node.copies[0]);
                    let entry = Threshold { place, node: node.name.clone(), copy, now: threshold, then, beyond, grade };
                    if !found.contains(&entry) {
                        found.push(entry);
                    }
                    break;
                }
            }
        }
    }
    let far = |it: &Threshold| (it.then - it.now).abs() / it.now.abs().max(1.0);
    found.sort_by(|a, b| far(a).total_cmp(&far(b)));
    found
}

/// Most values of one fact that are tried.
const MAX_VALUES: usize = 32;

/// Where a threshold could be set so that its answer is another: at the model's own values and beyond them; for a
/// count or a share at every whole number, for its value is no fact.
fn candidates(asked: &Asked<'_>, rules: &Ruleset, node: &FileNode, threshold: f64) -> Vec<(f64, bool)> {
    match &rules.expr.node(node.copies[0]).op {
        Op::Fact(slot, _) => {
            let mut values = values(asked.dossier, slot);
            values.sort_by(f64::total_cmp);
            values.dedup();
            values.truncate(MAX_VALUES);
            values.into_iter().flat_map(|value| [(value, false), (value, true)]).collect()
        }
        Op::Share(..) => {
            (0..=100u8).map(f64::from).filter(|n| (*n - threshold).abs() > f64::EPSILON).map(|n| (n, false)).collect()
        }
        Op::Count(..) => {
            (1..=8u8).flat_map(|n| [threshold + f64::from(n), threshold - f64::from(n)]).map(|n| (n, false)).collect()
        }
        _ => Vec::new(),
    }
}

/// The numbers that a fact has: at the model, or at any item.
fn values(dossier: &Dossier, slot: &Slot) -> Vec<f64> {
    let number = |value: Option<&Value>| match value {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    match vocabulary().scope(slot.path) {
        Scope::Model => number(dossier.fact(slot.path).claimed()).into_iter().collect(),
        Scope::Item(_) => dossier
            .each_fact()
            .into_iter()
            .filter(|(path, _, _)| *path == slot.path)
            .filter_map(|(_, _, fact)| number(fact.claimed()))
            .collect(),
    }
}
