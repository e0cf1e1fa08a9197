//! The twelve nested criteria of this benchmark in four languages, on the same model, in one run.
//!
//! All engines get what they need beforehand: rules compiled, the model in the form they read. Ours evaluates every
//! node (nothing is cut short), in all views of the facts, and keeps the trace of it; the others answer yes or no and
//! stop at the first item that decides. Times are the best of many rounds that take turns, so that what the
//! neighbours on the machine do falls on all alike.

mod model;
mod peers;

use std::hint::black_box;
use std::time::Instant;

use sovgrade::facts::Assurance;
use sovgrade::grade::{CriterionResult, Options, Outcome, Question, criteria, grade};

/// Rounds in which every engine gets its turn.
const ROUNDS: usize = 60;

/// Least time of one turn.
const TURN_NANOSECONDS: f64 = 3e6;

/// One engine: its name, and a run of all twelve criteria that says how many hold.
struct Engine<'e> {
    name: &'static str,
    run: Box<dyn FnMut() -> usize + 'e>,
    best: f64,
    repeats: u32,
}

impl<'e> Engine<'e> {
    fn new(name: &'static str, run: impl FnMut() -> usize + 'e) -> Self {
        Self { name, run: Box::new(run), best: f64::INFINITY, repeats: 1 }
    }

    fn warm_up(&mut self) {
        let held = (self.run)();
        assert_eq!(held, 12, "{}: all twelve hold", self.name);
        let before = Instant::now();
        for _ in 0..100 {
            black_box((self.run)());
        }
        let each = before.elapsed().as_secs_f64() * 1e9 / 100.0;
        self.repeats = (TURN_NANOSECONDS / each).clamp(1.0, 1e6) as u32;
    }

    fn turn(&mut self) {
        let before = Instant::now();
        for _ in 0..self.repeats {
            black_box((self.run)());
        }
        let each = before.elapsed().as_secs_f64() * 1e9 / f64::from(self.repeats);
        self.best = self.best.min(each);
    }
}

fn main() {
    let rules = model::rules();
    let dossier = model::dossier();
    let input = model::input();
    let options = Options::default();

    let readings = rules.default_readings();
    let question = Question {
        rules: &rules,
        dossier: &dossier,
        readings: &readings,
        home: rules.home,
        as_of: None,
        only: None,
        choice: None,
        needs: Assurance::Declared,
    };
    let met = |results: &[CriterionResult]| results.iter().filter(|r| r.outcome() == Outcome::Met).count();
    let mut results = Vec::new();
    let mut zen = peers::zen(&input);
    let mut rego = peers::rego(&input);
    let mut cel = peers::cel(&input);
    let floor_input = model::floor();
    let mut engines = [
        Engine::new("sovgrade, four views, full trace", || {
            criteria(&question, &mut results);
            met(&results)
        }),
        Engine::new("sovgrade, the whole grading", || met(&grade(&rules, &dossier, &options).criteria)),
        Engine::new("zen-expression", move || zen()),
        Engine::new("regorus, virtual machine", move || rego()),
        Engine::new("cel", move || cel()),
        Engine::new("Rust by hand, yes or no only", || black_box(&floor_input).met()),
    ];
    if std::env::args().nth(1).as_deref() == Some("ours") {
        // For a profiler: ours alone, for some seconds.
        for _ in 0..2_000_000 {
            black_box((engines[0].run)());
        }
        return;
    }
    for engine in &mut engines {
        engine.warm_up();
    }
    for _ in 0..ROUNDS {
        for engine in &mut engines {
            engine.turn();
        }
    }

    let ours = engines[0].best;
    println!("| engine | ns for all twelve | times ours |");
    println!("|---|---:|---:|");
    for engine in &engines {
        println!("| {} | {:.0} | {:.2} |", engine.name, engine.best, engine.best / ours);
    }
    let (zen, rego) = (engines[2].best / ours, engines[3].best / ours);
    println!();
    println!("zen-expression / ours = {zen:.1} (promised: 3), regorus / ours = {rego:.1} (promised: 10)");
    if zen < 3.0 || rego < 10.0 {
        std::process::exit(1);
    }
}
