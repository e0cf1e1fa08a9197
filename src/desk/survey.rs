//! What the cases of a ruleset prove: outcomes that a case shows, nodes that decide in a case, mutants that a case
//! catches.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::mutant::{Mutant, Target, mutants};
use super::nodes::{FileNode, file_nodes};
use super::run::{differences, readings_of};
use super::trial::Trial;
use crate::grade::{Grade, Outcome, Question, Standing, Trace, Verdict, overall, standing, verdict};
use crate::rules::{Change, Ruleset};

/// A criterion and how many cases expect each outcome of it, in the order of [`Outcome::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Index of the criterion.
    pub criterion: usize,
    /// Cases that name the outcome among those they expect.
    pub cases: [usize; 5],
}

/// What the cases cover.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Every criterion.
    pub proved: Vec<Proved>,
    /// Nodes whose answer, turned round, changes no criterion in any case.
    pub never_decisive: Vec<FileNode>,
    /// Nodes in all.
    pub nodes: usize,
}

/// What came of the mutants.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// How many there are.
    pub tried: usize,
    /// How many more are proved to change nothing, and so are not tried.
    pub equal: usize,
    /// Those that no case catches, in the order of the files.
    pub survivors: Vec<Mutant>,
}

/// A case with what came out of it before anything was changed.
struct Baseline<'t> {
    trial: &'t Trial,
    readings: Vec<usize>,
    verdict: Verdict,
    /// Whether each node of the arena was asked.
    asked: Vec<bool>,
}

impl<'t> Baseline<'t> {
    fn new(rules: &Ruleset, trial: &'t Trial) -> Self {
        let readings = readings_of(&trial.case, rules);
        let question = question(rules, trial, &readings);
        let verdict = verdict(&question, trial.case.expected.asks_everything());
        let mut asked = vec![false; rules.expr.len()];
        let mut trace = Trace::default();
        for criterion in 0..rules.criteria.len() {
            standing(&question, criterion, &mut trace);
            for step in trace.steps() {
                asked[step.node.0 as usize] = true;
            }
        }
        Self { trial, readings, verdict, asked }
    }

    /// Whether a change can make a difference here; what the scale asks of items leaves no trace.
    fn touched(&self, target: &Target, in_scale: bool) -> bool {
        match target {
            Target::Node(copies, _) if !in_scale => copies.iter().any(|id| self.asked[id.0 as usize]),
            Target::Default(reading, _) => !self.trial.case.readings.iter().any(|(at, _)| at == reading),
            _ => true,
        }
    }
}

fn question<'q>(rules: &'q Ruleset, trial: &'q Trial, readings: &'q [usize]) -> Question<'q> {
    let home = trial.case.home.or(rules.home);
    Question { home, as_of: trial.case.as_of, ..Question::of(rules, &trial.dossier, readings) }
}

/// Which outcomes the cases prove, and which nodes never decide anything in them.
pub fn coverage(rules: &Ruleset, trials: &[Trial]) -> Coverage {
    let mut proved: Vec<Proved> =
        (0..rules.criteria.len()).map(|criterion| Proved { criterion, cases: [0; 5] }).collect();
    for trial in trials {
        for (criterion, outcome) in &trial.case.expected.outcomes {
            let column = Outcome::ALL.iter().position(|other| other == outcome).unwrap_or(0);
            proved[*criterion].cases[column] += 1;
        }
    }
    let mut nodes = file_nodes(rules);
    nodes.retain(|node| !rules.expr.changes(node.copies[0]).is_empty()); // what asks nothing decides nothing
    let baselines: Vec<Baseline<'_>> = trials.iter().map(|trial| Baseline::new(rules, trial)).collect();
    let decides = in_parallel(rules, nodes.len(), |rules, at| {
        let target = Target::Node(nodes[at].copies.clone(), Change::Negated);
        let restore = target.make(rules);
        let found = baselines.iter().filter(|case| case.touched(&target, nodes[at].in_scale)).any(|case| {
            let question = question(rules, case.trial, &case.readings);
            if nodes[at].in_scale && overall(&question, &case.verdict.standings) != case.verdict.grade {
                return true;
            }
            let mut trace = Trace::default();
            nodes[at].criteria.iter().any(|&at| standing(&question, at, &mut trace) != case.verdict.standings[at])
        });
        restore.undo(rules);
        found
    });
    let count = nodes.len();
    let never_decisive = nodes.into_iter().zip(decides).filter(|(_, decides)| !decides).map(|(node, _)| node).collect();
    Coverage { proved, never_decisive, nodes: count }
}

/// Tries every mutant on every case until one catches it. A case that fails anyway catches nothing.
pub fn mutation(rules: &Ruleset, trials: &[Trial]) -> Mutation {
    let (all, equal) = mutants(rules);
    let mut baselines: Vec<Baseline<'_>> = trials.iter().map(|trial| Baseline::new(rules, trial)).collect();
    baselines.retain(|case| differences(&case.trial.case.expected, rules, &case.verdict).is_empty());
    let caught = in_parallel(rules, all.len(), |rules, at| {
        let restore = all[at].target.make(rules);
        let caught = baselines.iter().any(|case| catches(rules, case, &all[at]));
        restore.undo(rules);
        caught
    });
    let tried = all.len();
    let survivors = all.into_iter().zip(caught).filter(|(_, caught)| !caught).map(|(mutant, _)| mutant).collect();
    Mutation { tried, equal, survivors }
}

/// Whether a case fails under a mutant. Only what the mutant can change is asked again.
fn catches(rules: &Ruleset, case: &Baseline<'_>, mutant: &Mutant) -> bool {
    if !case.touched(&mutant.target, mutant.in_scale) {
        return false;
    }
    let mut changed = None;
    let readings = match mutant.target {
        Target::Default(reading, option) => {
            let mut readings = case.readings.clone();
            readings[reading] = option;
            changed.insert(readings)
        }
        _ => &case.readings,
    };
    let question = question(rules, case.trial, readings);
    let expected = &case.trial.case.expected;
    if expected.asks_everything() {
        return !differences(expected, rules, &verdict(&question, true)).is_empty();
    }
    let mut standings: Vec<Standing> = case.verdict.standings.clone();
    let mut trace = Trace::default();
    let mut other = mutant.in_scale;
    for &at in &mutant.criteria {
        let now = standing(&question, at, &mut trace);
        other |= now != standings[at];
        standings[at] = now;
    }
    if !other {
        return false;
    }
    let grade: Grade = overall(&question, &standings);
    !differences(expected, rules, &Verdict { standings, grade, progress: Vec::new(), components: Vec::new() })
        .is_empty()
}

/// Does a piece of work for each number below `count`, each thread with a ruleset of its own to change.
fn in_parallel(rules: &Ruleset, count: usize, work: impl Fn(&mut Ruleset, usize) -> bool + Sync) -> Vec<bool> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    let mut results = vec![false; count];
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut own = rules.clone();
                    let mut done = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        if at >= count {
                            return done;
                        }
                        done.push((at, work(&mut own, at)));
                    }
                })
            })
            .collect();
        for thread in running {
            for (at, result) in thread.join().unwrap_or_default() {
                results[at] = result;
            }
        }
    });
    results
}
