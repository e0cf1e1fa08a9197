//! Prints how each family's `z` is spread over pairs that share everything but a random element of the group.
//! `cargo bench --bench measure_calibration -- [PAIRS] [SEED]` writes the table of `docs/measure-calibration.md` to stdout.
#![allow(clippy::print_stdout, reason = "the table is the result")]

use sovgrade::measure::{draw_conditions, draw_null};

/// Upper shares of the standard normal law, two-sided, and their `z`.
const TAILS: [(f64, f64); 4] = [(0.05, 1.960), (0.01, 2.576), (0.001, 3.291), (0.0001, 3.891)];

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let pairs = usize::try_from(numbers.next().unwrap_or(20_000)).unwrap_or(20_000);
    let seed = numbers.next().unwrap_or(1);
    let samples = draw_null(pairs, seed);
    println!("{pairs} pairs, seed {seed}.\n");
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
    println!("\n## When a family must be silent\n");
    println!(
        "Strangers again, 1,000 pairs for each row, that have in common only what the missing symmetry lets two trainings share \
         (`src/measure/conditions.rs` says how each is drawn). `z` is taken as if nothing were checked; 0 and 1 would be right.\n"
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
