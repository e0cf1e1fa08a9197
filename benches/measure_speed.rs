//! What measuring costs beside a plain read of the same bytes: `cargo bench --bench measure_speed -- [GIGABYTES]
//! [FOLDER]`.
//!
//! A synthetic pair of bf16 checkpoints in shards is written (4 GB each unless told otherwise or the disk has less
//! room), every method goes over both with a warm page cache, each after a plain read, and the median of three counts.
//! Seconds of the processor (of all cores together) stand beside, because on a machine with other work only they mean
//! something. Memory is the highest resident size of the process that did it. The pair has what a Llama has, so that
//! every family of tests has work to do; the numpy and torch scripts of the shared folder (`tools/zoo/speed_peers.py`:
//! one correlation, nothing else) read the very same files, where python has them (`SOVGRADE_PYTHON` names one). Files
//! are removed at the end.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sovgrade::measure::{Options, Progress, Step, measure};

/// Width of the stream, neurons and rows of the token tables, layers: a fifth of the size of one layer lies in
/// attention.
const WIDTH: usize = 4096;
const NEURONS: usize = 11_008;
const TOKENS: usize = 32_000;
const KEYS: usize = 1024;
const SHARDS: usize = 4;
const REPEAT: usize = 3;
const BLOCK: usize = 8 << 20;

type Tensor = (String, Vec<usize>);

/// The tensors of a Llama of about so many bytes, in the order of their layers.
fn tensors(bytes: f64) -> Vec<Tensor> {
    let layer = 2 * WIDTH * WIDTH + 2 * KEYS * WIDTH + 3 * NEURONS * WIDTH;
    let small = bytes < 1.5e9;
    let tokens = if small { TOKENS / 8 } else { TOKENS };
    let layers = ((bytes / 2.0 - 2.0 * (tokens * WIDTH) as f64) / layer as f64).round().max(1.0) as usize;
    let mut out = vec![("model.embed_tokens.weight".to_owned(), vec![tokens, WIDTH])];
    for at in 0..layers {
        let mut put =
            |leaf: &str, shape: &[usize]| out.push((format!("model.layers.{at}.{leaf}.weight"), shape.to_vec()));
        put("input_layernorm", &[WIDTH]);
        put("mlp.down_proj", &[WIDTH, NEURONS]);
        put("mlp.gate_proj", &[NEURONS, WIDTH]);
        put("mlp.up_proj", &[NEURONS, WIDTH]);
        put("post_attention_layernorm", &[WIDTH]);
        put("self_attn.k_proj", &[KEYS, WIDTH]);
        put("self_attn.o_proj", &[WIDTH, WIDTH]);
        put("self_attn.q_proj", &[WIDTH, WIDTH]);
        put("self_attn.v_proj", &[KEYS, WIDTH]);
    }
    out.push(("model.norm.weight".to_owned(), vec![WIDTH]));
    out.push(("lm_head.weight".to_owned(), vec![tokens, WIDTH]));
    out
}

/// Roughly normal numbers: sums of twelve draws.
fn normal(count: usize) -> Vec<f32> {
    let mut state = 1_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32
    };
    (0..count).map(|_| (0..12).map(|_| draw()).sum::<f32>() - 6.0).collect()
}

/// Writes one model: `0.02 x` with other `x` for each tensor, plus a tenth of that of other numbers in the candidate;
/// gains about one.
fn write(directory: &Path, tensors: &[Tensor], numbers: &[f32], change: f32) {
    fs::create_dir_all(directory).unwrap();
    let config = format!(
        r#"{{"model_type": "llama", "hidden_size": {WIDTH}, "num_attention_heads": 32, "num_key_value_heads": {}, "head_dim": 128}}"#,
        KEYS / 128
    );
    fs::write(directory.join("config.json"), config).unwrap();
    let size = |tensor: &Tensor| tensor.1.iter().product::<usize>();
    let whole: usize = tensors.iter().map(size).sum();
    let (mut before, mut shards) = (0, vec![Vec::new(); SHARDS]);
    for (at, tensor) in tensors.iter().enumerate() {
        shards[(before * SHARDS / whole).min(SHARDS - 1)].push(at);
        before += size(tensor);
    }
    let mut index = Vec::new();
    for (number, shard) in shards.iter().enumerate() {
        let name = format!("model-{:05}-of-{SHARDS:05}.safetensors", number + 1);
        let (mut header, mut begin) = (String::new(), 0);
        for &at in shard {
            let (tensor, shape) = &tensors[at];
            let end = begin + 2 * size(&tensors[at]);
            let comma = if header.is_empty() { "" } else { "," };
            write!(header, r#"{comma}"{tensor}":{{"dtype":"BF16","shape":{shape:?},"data_offsets":[{begin},{end}]}}"#)
                .unwrap();
            index.push(format!(r#""{tensor}":"{name}""#));
            begin = end;
        }
        let mut file = BufWriter::with_capacity(BLOCK, File::create(directory.join(&name)).unwrap());
        let header = format!("{{{header}}}");
        file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
        file.write_all(header.as_bytes()).unwrap();
        for &at in shard {
            let (gain, count) = (tensors[at].1.len() == 1, size(&tensors[at]));
            let (mut place, mut other) = (17_771 * at % numbers.len(), (40_009 * at + 1) % numbers.len());
            let mut bytes = Vec::with_capacity(BLOCK);
            for done in 0..count {
                let value = 0.02 * numbers[place] + change * numbers[other];
                let rounded = (if gain { 1.0 + value } else { value }).to_bits() + 0x8000;
                bytes.extend_from_slice(&((rounded >> 16) as u16).to_le_bytes());
                place = if place + 1 == numbers.len() { 0 } else { place + 1 };
                other = if other + 1 == numbers.len() { 0 } else { other + 1 };
                if bytes.len() == BLOCK || done + 1 == count {
                    file.write_all(&bytes).unwrap();
                    bytes.clear();
                }
            }
        }
        file.flush().unwrap();
    }
    fs::write(directory.join("model.safetensors.index.json"), format!(r#"{{"weight_map":{{{}}}}}"#, index.join(",")))
        .unwrap();
}

fn shards(folders: &[PathBuf; 2]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in folders {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        all.extend(files.filter(|path| path.extension().is_some_and(|end| end == "safetensors")));
    }
    all.sort();
    all
}

fn plain_read(files: &[PathBuf]) {
    let mut buffer = vec![0; BLOCK];
    for path in files {
        let mut file = File::open(path).unwrap();
        while file.read(&mut buffer).unwrap() > 0 {}
    }
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
struct Cost {
    seconds: f64,
    /// Of all cores together, where the system tells it.
    processor: Option<f64>,
    /// Highest resident size in MB.
    memory: Option<f64>,
}

/// Seconds of the processor that a process took so far; the kernel counts in hundredths.
fn processor(process: &str) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may hold spaces; user and system time are the 12th and 13th field after it.
    let mut fields = text.rsplit(')').next()?.split_whitespace().skip(11);
    Some((fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?) / 100.0)
}

/// Runs a process to its end. None where it failed.
fn watched(command: &mut Command) -> Option<Cost> {
    let before = Instant::now();
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let id = child.id().to_string();
    let (mut memory, mut taken) = (None, None);
    loop {
        let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        memory = kilobytes.map(|size| size / 1024.0).or(memory);
        taken = processor(&id).filter(|seconds| *seconds > 0.0).or(taken);
        if let Some(end) = child.try_wait().unwrap() {
            // Exit code 1 would be an answer too; a verdict is not what is timed.
            let cost = Cost { seconds: before.elapsed().as_secs_f64(), processor: taken, memory };
            return end.code().is_some_and(|code| code < 2).then_some(cost);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

struct Bench {
    files: Vec<PathBuf>,
    gigabytes: f64,
    /// Seconds of plain reads, of which the median is what others are compared with.
    plain: Vec<f64>,
}

impl Bench {
    fn read(&mut self) -> Cost {
        let (before, worked) = (Instant::now(), processor("self"));
        plain_read(&self.files);
        let seconds = before.elapsed().as_secs_f64();
        self.plain.push(seconds);
        let processor = processor("self").zip(worked).map(|(now, then)| now - then);
        Cost { seconds, processor, memory: None }
    }

    fn row(&mut self, name: &str, mut run: impl FnMut() -> Option<Cost>) {
        let mut costs = Vec::new();
        for _ in 0..REPEAT {
            self.read();
            match run() {
                Some(cost) => costs.push(cost),
                None => return println!("| {name} | failed | | | | |"),
            }
        }
        self.print(name, costs);
    }

    fn print(&self, name: &str, mut costs: Vec<Cost>) {
        costs.sort_by(|x, y| x.seconds.total_cmp(&y.seconds));
        let middle = costs[costs.len() / 2];
        let shown = |value: Option<f64>, unit: &str, places: usize| {
            value.map_or_else(String::new, |value| format!("{value:.places$}{unit}"))
        };
        let highest = costs.iter().filter_map(|cost| cost.memory).reduce(f64::max);
        println!(
            "| {name} | {:.2} | {:.2} | {:.2} | {} | {} |",
            middle.seconds,
            self.gigabytes / middle.seconds,
            median(&self.plain) / middle.seconds,
            shown(middle.processor, "", 2),
            shown(highest, " MB", 0)
        );
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Gigabytes that the disk of a folder has free, where `df` tells.
fn free(folder: &Path) -> Option<f64> {
    let told = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8(told.stdout).ok()?;
    Some(text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<f64>().ok()? / 1e6)
}

/// A python with numpy, torch and safetensors, and the folder of the peers' script.
fn python() -> Option<(String, PathBuf)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("SOVGRADE_SHARED").map_or(beside, PathBuf::from);
    let folder = shared.join("tools/zoo");
    let python = std::env::var("SOVGRADE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let tried = Command::new(&python)
        .args(["-c", "import numpy, torch, safetensors"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    (folder.join("speed_peers.py").is_file() && tried).then_some((python, folder))
}

/// The peer's own clock, so that starting python and loading torch is not counted against it.
const PEER: &str = "
import os, pathlib, resource, sys, time
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import speed_peers, torch
torch.set_num_threads(os.cpu_count() or 1)
folders = [pathlib.Path(x) for x in sys.argv[4:]]
for _ in range(int(sys.argv[3])):
    speed_peers.plain_read(folders)
    seconds, worked = time.perf_counter(), time.process_time()
    getattr(speed_peers, sys.argv[2])(folders)
    print(time.perf_counter() - seconds, time.process_time() - worked, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
";

fn peer(bench: &Bench, name: &str, (python, folder): &(String, PathBuf), function: &str, folders: &[PathBuf; 2]) {
    let mut command = Command::new(python);
    command.args(["-c", PEER]).arg(folder).args([function, &REPEAT.to_string()]).args(folders).stderr(Stdio::null());
    let told = command.output().unwrap();
    let costs: Vec<Cost> = String::from_utf8_lossy(&told.stdout)
        .lines()
        .filter_map(|line| {
            let mut figures = line.split_whitespace().map_while(|word| word.parse::<f64>().ok());
            Some(Cost { seconds: figures.next()?, processor: figures.next(), memory: figures.next() })
        })
        .collect();
    if costs.len() == REPEAT {
        bench.print(name, costs);
    } else {
        println!("| {name} | failed | | | | |");
    }
}

/// The pass alone, in this process: from where the sample is told to where both models are read.
fn one_pass(folders: &[PathBuf; 2], digests: bool) -> Cost {
    let marks: Arc<Mutex<[Option<Instant>; 2]>> = Arc::default();
    let heard = Arc::clone(&marks);
    let progress = Progress::to(move |step| {
        let now = Some(Instant::now());
        let mut marks = heard.lock().unwrap();
        match step {
            Step::Whole => marks[0] = now,
            Step::Read(_) if marks[0].is_some() => marks[1] = now,
            _ => {}
        }
    });
    let options = Options { digests, progress, ..Options::default() };
    measure(&folders[0], &folders[1..], &options).unwrap();
    let [Some(begun), Some(ended)] = *marks.lock().unwrap() else { panic!("the pass was not told") };
    Cost { seconds: (ended - begun).as_secs_f64(), processor: None, memory: None }
}

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let asked: f64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(4.0);
    let scratch = words.next().map_or_else(std::env::temp_dir, PathBuf::from);
    // Two models, and room to spare.
    let gigabytes = free(&scratch).map_or(asked, |free| asked.min(free / 3.0));
    let directory = tempfile::tempdir_in(&scratch).unwrap();
    let folders = ["candidate", "reference"].map(|name| directory.path().join(name));
    let (tensors, numbers) = (tensors(gigabytes * 1e9), normal((1 << 20) + 7));
    write(&folders[0], &tensors, &numbers, 0.002);
    write(&folders[1], &tensors, &numbers, 0.0);
    let files = shards(&folders);
    let bytes: u64 = files.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{:.2} GB in two models, {cores} cores\n", bytes as f64 / 1e9);
    println!(
        "| method | seconds (median of {REPEAT}) | GB/s | of plain read | seconds of the processor | highest memory |\n|---|---:|---:|---:|---:|---:|"
    );
    let mut bench = Bench { files, gigabytes: bytes as f64 / 1e9, plain: Vec::new() };
    bench.read();
    bench.plain.clear();
    let costs = (0..REPEAT).map(|_| bench.read()).collect();
    bench.print("plain read, blocks of 8 MB", costs);
    let program = env!("CARGO_BIN_EXE_sovgrade");
    let help = Command::new(program).args(["measure", "--help"]).output().unwrap().stdout;
    let help = String::from_utf8_lossy(&help).into_owned();
    let out = directory.path().join("evidence.json");
    for (name, flags) in [
        ("`sovgrade measure --no-digest`", &["--no-digest"][..]),
        ("`sovgrade measure`", &[]),
        ("`sovgrade measure --quick --no-digest`", &["--quick", "--no-digest"]),
    ] {
        if flags.iter().all(|flag| help.contains(flag)) {
            bench.row(name, || {
                let mut command = Command::new(program);
                watched(
                    command
                        .arg("measure")
                        .arg(&folders[0])
                        .arg("--against")
                        .arg(&folders[1])
                        .args(flags)
                        .arg("-o")
                        .arg(&out),
                )
            });
        }
    }
    for (name, digests) in [
        ("its one pass over all numbers, without digests", false),
        ("its one pass over all numbers, with digests", true),
    ] {
        bench.row(name, || Some(one_pass(&folders, digests)));
    }
    if Command::new("sha256sum").arg("--version").stdout(Stdio::null()).status().is_ok() {
        let files = bench.files.clone();
        bench.row("sha256sum, a process for each model", || {
            let before = Instant::now();
            let halves = files.split_at(files.len() / 2);
            let mut running: Vec<Child> = [halves.0, halves.1]
                .map(|files| Command::new("sha256sum").args(files).stdout(Stdio::null()).spawn().unwrap())
                .into();
            let fine = running.iter_mut().all(|child| child.wait().unwrap().success());
            fine.then(|| Cost { seconds: before.elapsed().as_secs_f64(), processor: None, memory: None })
        });
    }
    match python() {
        Some(python) => {
            peer(&bench, "numpy, one correlation, plain", &python, "numpy_plain", &folders);
            peer(&bench, "numpy, one correlation, tuned", &python, "numpy_tuned", &folders);
            peer(&bench, "torch, one correlation, tuned", &python, "torch_tuned", &folders);
        }
        None => println!("\nPeers left out: no python with numpy and torch, or no shared folder."),
    }
    println!("\nThe plain read took {:.2} s in the middle of {} times.", median(&bench.plain), bench.plain.len());
}
