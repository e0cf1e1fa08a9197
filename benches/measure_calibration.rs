//! Prints how each family's `z` is spread over pairs that share everything but a random element of the group.
//! `cargo bench --bench measure_calibration -- [PAIRS] [SEED]` writes the table of `docs/measure-calibration.md` to
//! stdout.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

#[allow(dead_code, reason = "shared with tests, which use other parts")]
#[path = "../tests/toy/mod.rs"]
mod toy;

use std::path::PathBuf;

use sovgrade::measure::{NullSample, draw_between, draw_conditions, draw_null, draw_strata};
use toy::{Language, Net, Shape, Training, train};

/// Upper shares of the standard normal law, two-sided, and their `z`.
const TAILS: [(f64, f64); 4] = [(0.05, 1.960), (0.01, 2.576), (0.001, 3.291), (0.0001, 3.891)];

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let pairs = usize::try_from(numbers.next().unwrap_or(20_000)).unwrap_or(20_000);
    let seed = numbers.next().unwrap_or(1);
    let samples = draw_null(pairs, seed);
    println!("{pairs} pairs, seed {seed}.\n");
    print(&samples);
    print_strata(pairs, seed);
    print_trained(seed);
    println!("\n## When a family must be silent\n");
    println!(
        "Strangers again, 1,000 pairs for each row, that have in common only what the missing symmetry lets two trainings share \
         (`src/measure/run/conditions.rs` says how each is drawn). `z` is taken as if nothing were checked; 0 and 1 would be right.\n"
    );
    println!(
        "| family | condition | mean of z | sd of z | what the code does | mean and sd then |\n|---|---|---|---|---|---|"
    );
    for sample in draw_conditions(1_000, seed) {
        let (mean, deviation) = sample.unchecked;
        let then = sample.checked.map_or("silent".to_owned(), |(mean, sd)| format!("{mean:+.2}, {sd:.2}"));
        let instead = sample.instead.map_or("nothing".to_owned(), |why| why.en);
        println!("| {} | {} | {mean:+.2} | {deviation:.2} | {instead} | {then} |", sample.family, sample.condition.en);
    }
}

/// What needs no basis of the stream, over strangers of every make.
fn print_strata(pairs: usize, seed: u64) {
    let each = (pairs / 10).max(100);
    println!("\n## What needs no basis of the stream, over strangers of every make\n");
    println!(
        "{each} pairs for each make, both sides drawn apart and then treated alike: *full* numbers; a *deterministic* start (an identity of four \
         times the largest number); a quarter of the units *zeroed*, *padded* with one constant, or *tied* to others; numbers of three values \
         (*quantised*). A family that its preconditions silence is not counted, so *pairs* says how often it spoke. Two locks take the larger \
         of two deviations, and matching pays for its choice, so theirs may be below one.\n"
    );
    println!(
        "| make, kind and family | pairs | mean | sd | largest abs z | beyond 1.960 | 2.576 | 3.291 | least p | 0.1 % | 1 % | 50 % | 99 % | 99.9 % |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for sample in draw_strata(each, seed) {
        let n = sample.values.len() as f64;
        let mean = sample.values.iter().sum::<f64>() / n;
        let deviation = (sample.values.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n).sqrt();
        let largest = sample.values.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
        let beyond = |at: f64| 100.0 * sample.values.iter().filter(|z| z.abs() > at).count() as f64 / n;
        let quantile = |per_mille: usize| sample.values[(sample.values.len() - 1) * per_mille / 1000];
        println!(
            "| {} | {n} | {mean:+.3} | {deviation:.3} | {largest:.2} | {:.2} % | {:.2} % | {:.2} % | {:.1e} | {:+.2} | {:+.2} | {:+.2} | {:+.2} | {:+.2} |",
            sample.family,
            beyond(TAILS[0].1),
            beyond(TAILS[1].1),
            beyond(TAILS[2].1),
            sample.least_ln_p.exp(),
            quantile(1),
            quantile(10),
            quantile(500),
            quantile(990),
            quantile(999)
        );
    }
}

fn print(samples: &[NullSample]) {
    println!(
        "| family | mean | sd | largest abs z | beyond 1.960 (want 5 %) | 2.576 (1 %) | 3.291 (0.1 %) | 3.891 (0.01 %) | least p |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for sample in samples.iter().filter(|sample| sample.family != "f1-places") {
        let n = sample.values.len() as f64;
        let mean = sample.values.iter().sum::<f64>() / n;
        let deviation = (sample.values.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n).sqrt();
        let largest = sample.values.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
        let beyond: Vec<String> = TAILS
            .iter()
            .map(|(_, at)| {
                format!("{:.3} %", 100.0 * sample.values.iter().filter(|z| z.abs() > *at).count() as f64 / n)
            })
            .collect();
        println!(
            "| {} | {mean:+.3} | {deviation:.3} | {largest:.2} | {} | {:.1e} |",
            sample.family,
            beyond.join(" | "),
            sample.least_ln_p.exp()
        );
    }
    println!("\nQuantiles of z, family by family (normal: -3.090, -2.326, -1.282, 0, 1.282, 2.326, 3.090):\n");
    println!("| family | 0.1 % | 1 % | 10 % | 50 % | 90 % | 99 % | 99.9 % |");
    println!("|---|---|---|---|---|---|---|---|");
    for sample in samples.iter().filter(|sample| sample.family != "f1-places") {
        let at = |per_mille: usize| sample.values[(sample.values.len() - 1) * per_mille / 1000];
        let row: Vec<String> =
            [1, 10, 100, 500, 900, 990, 999].iter().map(|share| format!("{:+.3}", at(*share))).collect();
        println!("| {} | {} |", sample.family, row.join(" | "));
    }
    if let Some(places) = samples.iter().find(|sample| sample.family == "f1-places") {
        let n = places.values.len() as f64;
        println!(
            "\nFixed points of f1-places (bound on P(K >= k) is 1/k!):\n\n| k | share of pairs with K >= k | bound |\n|---|---|---|"
        );
        let mut bound = 1.0;
        for k in 1..=8 {
            bound /= f64::from(k);
            let share = places.values.iter().filter(|value| **value >= f64::from(k)).count() as f64 / n;
            println!("| {k} | {share:.5} | {bound:.5} |");
        }
    }
}

/// Networks of one shape, taught the same text in the same order at the same rates: all that tells them apart is their
/// start.
const SHAPE: Shape = Shape { tokens: 64, width: 24, layers: 2, heads: 3, neurons: 40 };
/// So many make 20,100 pairs.
const NETWORKS: u64 = 201;

fn print_trained(seed: u64) {
    let root = tempfile::tempdir().expect("a scratch folder can be made");
    let language = Language { tokens: SHAPE.tokens, seed };
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let train_some = |first: u64| -> Vec<(PathBuf, f32)> {
        let own = (first..NETWORKS).step_by(usize::try_from(cores).unwrap_or(1));
        own.map(|number| {
            let mut net = Net::fresh(SHAPE, seed.wrapping_mul(1_000_003) + number);
            let loss = train(&mut net, Training { language, steps: 200, rate: 6e-3, seed, teacher: None });
            (net.write(root.path(), &format!("net-{number}")), loss)
        })
        .collect()
    };
    let trained: Vec<(PathBuf, f32)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|first| scope.spawn(move || train_some(first))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a network is trained")).collect()
    });
    let loss = trained.iter().map(|(_, loss)| loss).sum::<f32>() / trained.len() as f32;
    let models: Vec<PathBuf> = trained.into_iter().map(|(path, _)| path).collect();
    let samples = draw_between(&models).expect("networks that were just written are read");
    println!("\n## Trained networks\n");
    println!(
        "{NETWORKS} networks of {} layers, width {}, trained here from starts of their own on the same text in the same order (200 steps, mean loss {loss:.2}, \
         {:.2} for guessing), each against each: {} pairs. All that two of them share is what they were taught.\n",
        SHAPE.layers,
        SHAPE.width,
        (SHAPE.tokens as f32).ln(),
        NETWORKS * (NETWORKS - 1) / 2
    );
    print(&samples);
}
