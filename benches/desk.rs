//! What is promised of the policy desk, as whole processes: `cargo bench --bench desk`.
//!
//! Five hundred criteria over a thousand cards, and a fleet of ten thousand cards, each in under two seconds. Each row
//! stands beside the plainest thing of its kind, reading the same files; a promise that is not kept ends with exit 1.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

/// What every row is promised to stay below, in seconds.
const PROMISED: f64 = 2.0;

/// How often each row is measured; the best turn counts.
const TURNS: usize = 5;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The cards: every maker says something else, so that grades differ.
fn cards(folder: &Path, count: usize) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).unwrap();
    let pick = |at: usize, words: &[&str]| words[at % words.len()].to_owned();
    (0..count)
        .map(|at| {
            let card = format!(
                "---\nlicense: {}\nsovereignty:\n  schema: sovereignty/1\n  \
                 developer: {{name: Maker {at}, jurisdiction: \"{}\"}}\n  \
                 release: {{form: directory, weights_held: {}, own_tuning: true}}\n  components:\n    \
                 - {{id: text, role: text, weight_bearing: true, core: true, initialisation: {}}}\n    \
                 - {{id: vision, role: vision-encoder, weight_bearing: true, initialisation: {}}}\n  \
                 complete: [components, datasets]\n  \
                 architecture: {{relation: native, novelty: {}, rights: open-licence}}\n  \
                 tokenizer: {{origin: {}, languages: [ko, en]}}\n  \
                 data: {{curated_by_maker: {}, distilled_share: 0.{:02}}}\n---\n# Model {at}\n\nA card.\n",
                pick(at, &["apache-2.0", "mit", "gemma", "llama3.1"]),
                pick(at / 2, &["KR", "US", "FR"]),
                at % 5 != 0,
                pick(at / 3, &["random-init", "from-reference", "random-init"]),
                pick(at / 7, &["random-init", "from-reference"]),
                pick(at / 5, &["none", "published-technique", "new-arrangement"]),
                pick(at / 11, &["own", "foreign"]),
                at % 3 != 0,
                at % 100,
            );
            let path = folder.join(format!("m{at:05}.md"));
            std::fs::write(&path, card).unwrap();
            path
        })
        .collect()
}

/// The ladder with those of its criteria that a rung requires copied under other names until there are `count`, all
/// required by its highest rung, and with its cases.
fn ruleset(folder: &Path, count: usize) {
    let from = root().join("rules/t-class");
    for part in ["criteria", "cases"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
        for entry in std::fs::read_dir(from.join(part)).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.join(part).join(path.file_name().unwrap())).unwrap();
        }
    }
    for name in ["terms.yaml", "allow.yaml"] {
        std::fs::copy(from.join(name), folder.join(name)).unwrap();
    }
    let text = std::fs::read_to_string(from.join("ruleset.yaml")).unwrap();
    let (ladder, rest) = text.split_once("\nreadings:").unwrap();
    let required: Vec<&str> = ladder.lines().filter_map(|line| line.strip_prefix("        - ")).collect();
    let have = std::fs::read_dir(from.join("criteria")).unwrap().count();
    let mut copies = String::new();
    for number in 0..count - have {
        let id = required[number % required.len()];
        let name = format!("{id}-copy-{number}");
        let criterion = std::fs::read_to_string(from.join(format!("criteria/{id}.yaml"))).unwrap();
        let criterion = criterion.replacen(&format!("\nid: {id}\n"), &format!("\nid: {name}\n"), 1);
        std::fs::write(folder.join(format!("criteria/{name}.yaml")), criterion).unwrap();
        copies.push_str(&format!("        - {name}\n"));
    }
    std::fs::write(folder.join("ruleset.yaml"), format!("{}\n{copies}readings:{rest}", ladder.trim_end())).unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The seconds of the best turn, and the least that the processes it started computed on all cores together: on a busy
/// machine the first grows and the second does not. Nothing where the system does not tell.
fn best(mut run: impl FnMut()) -> (f64, Option<f64>) {
    let (mut seconds, mut computed) = (f64::INFINITY, None);
    for _ in 0..TURNS {
        let (before, spent) = (Instant::now(), children());
        run();
        seconds = seconds.min(before.elapsed().as_secs_f64());
        let now = children().zip(spent).map(|(after, before)| after - before);
        computed = match (computed, now) {
            (Some(least), Some(now)) => Some(f64::min(least, now)),
            (least, now) => least.or(now),
        };
    }
    (seconds, computed)
}

/// Seconds that ended child processes have computed, as Linux counts them, in hundredths.
fn children() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

/// Reading the files, one after the other.
fn plain(paths: &[PathBuf]) -> f64 {
    let read = || {
        for path in paths {
            black_box(std::fs::read(path).unwrap());
        }
    };
    best(read).0
}

/// A whole process, which must end as expected.
fn process(folder: &Path, arguments: &[&str], models: &[PathBuf]) -> (f64, Option<f64>) {
    best(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
        let output = command.current_dir(folder).args(arguments).args(models).stdout(Stdio::null()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{}", told.chars().take(2000).collect::<String>());
    })
}

fn main() -> ExitCode {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let thousand = cards(&folder.join("thousand"), 1_000);
    let fleet = cards(&folder.join("fleet"), 10_000);
    ruleset(&folder.join("old/t-class"), 500);
    ruleset(&folder.join("new/t-class"), 500);
    let amended = folder.join("new/t-class/criteria/raw-data.yaml");
    let text = std::fs::read_to_string(&amended).unwrap();
    std::fs::write(&amended, text.replace("at-most: 50 %", "at-most: 40 %")).unwrap();

    let rules = plain(&files(&folder.join("old")));
    let models = plain(&thousand);
    let rows = [
        (
            "rules check, 500 criteria, 1,000 cards",
            process(folder, &["rules", "check", "old/t-class", "--models"], &thousand),
            rules + models,
        ),
        ("rules test, 500 criteria", process(folder, &["rules", "test", "old/t-class"], &[]), rules),
        (
            "rules diff, 500 criteria, 1,000 cards",
            process(folder, &["rules", "diff", "old/t-class", "new/t-class"], &thousand),
            2.0 * rules + models,
        ),
        ("grade, 10,000 cards", process(folder, &["grade"], &fleet), plain(&fleet)),
    ];
    println!(
        "| a whole process | time | computing, all cores | reading its files | times that |\n|---|---:|---:|---:|---:|"
    );
    for (name, (seconds, computed), files) in rows {
        let computed = computed.map_or_else(|| "?".to_owned(), |seconds| format!("{:.0} ms", seconds * 1e3));
        println!("| {name} | {:.0} ms | {computed} | {:.0} ms | {:.0} |", seconds * 1e3, files * 1e3, seconds / files);
    }
    let slow = rows.iter().filter(|(_, (seconds, _), _)| *seconds >= PROMISED);
    let broken: Vec<&str> = slow.map(|(name, ..)| *name).collect();
    if broken.is_empty() {
        println!("\nEach stays below the {PROMISED} s that are promised.");
        return ExitCode::SUCCESS;
    }
    println!("\nNot below {PROMISED} s: {}", broken.join("; "));
    ExitCode::FAILURE
}
