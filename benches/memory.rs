//! The largest input of every kind that is accepted, and the memory that reading it takes: `cargo bench --bench
//! memory`. Each input is made as the table of limits allows it (`docs/limits.md`), the program reads it as a process
//! of its own, and the highest resident size of that process counts. More than 400 MB, or a refusal, ends with exit
//! code 1.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// What no accepted input may exceed, in kB.
const PROMISED_KB: u64 = 400_000;

/// How often a process is looked at: short beside the time that a peak lasts, and the kernel keeps the highest size
/// anyway.
const EVERY: Duration = Duration::from_millis(2);

const CARD: &str = "---\nlicense: mit\n---\n# A model\n";
const MIB: usize = 1 << 20;

/// One kind of input: what it is, how it is made in a folder, and the arguments that read it.
struct Kind {
    what: &'static str,
    make: fn(&Path),
    arguments: &'static [&'static str],
}

const GRADE: &[&str] = &["grade", "m"];

/// Writers of `PyTorch` and GGUF files.
#[path = "../tests/form_writers/mod.rs"]
#[allow(clippy::must_use_candidate, missing_docs)]
mod form_writers;

use form_writers::{Given, gguf, gguf_tensor, gguf_word, torch_of};

const KINDS: &[Kind] = &[
    Kind {
        what: "a README with a short front matter",
        make: |at| put(at, "m/README.md", &filled(CARD, "word ", 8 * MIB)),
        arguments: GRADE,
    },
    Kind {
        what: "a front matter of keys",
        make: |at| {
            put(at, "m/README.md", &format!("---\nlicense: mit\n{}---\n", lines(140_000, |n| format!("{n:x}:\n"))));
        },
        arguments: GRADE,
    },
    Kind {
        what: "a card that is one list",
        make: |at| put(at, "m/sovereignty.yaml", &format!("schema: sovereignty/1\nx-a: [{}]\n", "x,".repeat(490_000))),
        arguments: GRADE,
    },
    Kind {
        what: "a card of components",
        make: |at| {
            let item =
                |n| format!("- {{id: c{n}, role: text, params: 1B, initialisation: random-init, trained_by: [a]}}\n");
            put(at, "m/sovereignty.yaml", &format!("schema: sovereignty/1\ncomponents:\n{}", lines(2_000, item)));
        },
        arguments: GRADE,
    },
    Kind {
        what: "a card whose evidence describes everything",
        make: |at| {
            let entry =
                |n| format!("- {{id: e{n}, kind: paper, url: 'https://example.org/{n}', describes: [components]}}\n");
            let item = |n| format!("- {{id: c{n}, role: text}}\n");
            let (entries, items) = (lines(250, entry), lines(200, item));
            put(at, "m/sovereignty.yaml", &format!("schema: sovereignty/1\nevidence:\n{entries}components:\n{items}"));
        },
        arguments: GRADE,
    },
    Kind {
        what: "anchors and aliases of a card",
        make: |at| {
            let text = format!("x-a: &a [{}]\nx-b: [*a, *a]\n", "x,".repeat(30_000));
            put(at, "m/sovereignty.yaml", &format!("schema: sovereignty/1\n{text}"));
        },
        arguments: GRADE,
    },
    Kind {
        what: "a merge recipe",
        make: |at| {
            put(at, "m/README.md", CARD);
            put(at, "m/mergekit_config.yml", &format!("x: [{}]\n", "abcdefghijklm,".repeat(490_000)));
        },
        arguments: GRADE,
    },
    Kind {
        what: "a config.json",
        make: |at| {
            put(at, "m/README.md", CARD);
            let keys = lines(160_000, |n| format!(",\"k{n:x}\":123456789"));
            put(at, "m/config.json", &format!("{{\"model_type\":\"llama\"{keys}}}"));
        },
        arguments: GRADE,
    },
    Kind {
        what: "a tokenizer.json",
        make: |at| {
            put(at, "m/README.md", CARD);
            let tokens = lines(2_200_000, |n| format!("\"token{n}\":{n},"));
            let text = format!("{{\"added_tokens\":[],\"model\":{{\"type\":\"BPE\",\"vocab\":{{{tokens}\"x\":9}}}}}}");
            put(at, "m/tokenizer.json", &text);
        },
        arguments: GRADE,
    },
    Kind {
        what: "a header of safetensors",
        make: |at| {
            put(at, "m/README.md", CARD);
            let (header, bytes) = header(260_000);
            let mut file = (header.len() as u64).to_le_bytes().to_vec();
            file.extend_from_slice(header.as_bytes());
            file.resize(file.len() + bytes, 0);
            fs::write(at.join("m/model.safetensors"), file).unwrap();
        },
        arguments: GRADE,
    },
    Kind {
        what: "an index of shards",
        make: |at| {
            put(at, "m/README.md", CARD);
            let (header, bytes) = header(190_000);
            let mut file = (header.len() as u64).to_le_bytes().to_vec();
            file.extend_from_slice(header.as_bytes());
            file.resize(file.len() + bytes, 0);
            fs::write(at.join("m/one.safetensors"), file).unwrap();
            let entry = |n| format!("\"model.layers.{n}.self_attn.q_proj.weight\":\"one.safetensors\",");
            let map = lines(190_000, entry);
            let index = format!("{{\"weight_map\":{{{}}}}}", map.trim_end_matches(','));
            put(at, "m/model.safetensors.index.json", &index);
        },
        arguments: GRADE,
    },
    Kind {
        what: "a PyTorch file of tensors",
        make: |at| {
            put(at, "m/README.md", CARD);
            let tensor = |n: usize| Given {
                name: format!("model.layers.{n}.self_attn.q_proj.weight"),
                storage: "FloatStorage",
                width: 4,
                shape: vec![1],
                bytes: vec![0; 4],
            };
            let file = torch_of(&(0..60_000).map(tensor).collect::<Vec<_>>());
            fs::write(at.join("m/pytorch_model.bin"), file).unwrap();
        },
        arguments: GRADE,
    },
    Kind {
        what: "a GGUF file of tensors",
        make: |at| {
            put(at, "m/README.md", CARD);
            let tensor = |n: u64| gguf_tensor(&format!("blk.{n}.attn_q.weight"), &[1], 0, n * 32);
            let tensors: Vec<Vec<u8>> = (0..499_000).map(tensor).collect();
            let file = gguf(&[gguf_word("general.architecture", "llama")], &tensors, &vec![0; 499_000 * 32]);
            fs::write(at.join("m/model.gguf"), file).unwrap();
        },
        arguments: GRADE,
    },
    Kind {
        what: "the facts of a header of safetensors",
        make: |at| {
            let (header, bytes) = header(200_000);
            let mut file = (header.len() as u64).to_le_bytes().to_vec();
            file.extend_from_slice(header.as_bytes());
            file.resize(file.len() + bytes, 1);
            fs::create_dir_all(at.join("m")).unwrap();
            fs::write(at.join("m/model.safetensors"), file).unwrap();
        },
        arguments: &["facts", "m"],
    },
    Kind {
        what: "a directory of files",
        make: |at| {
            put(at, "m/README.md", CARD);
            (0..19_900).for_each(|n| put(at, &format!("m/{n}.json"), "{}"));
        },
        arguments: GRADE,
    },
    Kind {
        what: "evidence of links",
        make: |at| {
            let test = "{\"family\":\"f2\",\"log10-p\":-1.0}";
            let link = |n| {
                format!(
                    "{{\"reference\":{{\"id\":\"a/b{n}\"}},\"relation\":\"no-trace\",\"components\":[{{\"id\":\"text\",\"relation\":\"no-trace\",\"tests\":[{test}]}}]}},"
                )
            };
            let links = lines(19_900, link);
            let links = links.trim_end_matches(',');
            put(at, "m/README.md", CARD);
            let subject = "{\"id\":\"x\",\"files\":[]}";
            put(
                at,
                "e.json",
                &format!("{{\"schema\":\"sovgrade/evidence/2\",\"subject\":{subject},\"links\":[{links}]}}"),
            );
        },
        arguments: &["grade", "m", "--evidence", "e.json"],
    },
    Kind {
        what: "a text of a licence",
        make: |at| {
            put(at, "m/README.md", CARD);
            put(at, "m/LICENSE", &filled("", "word ", MIB));
        },
        arguments: GRADE,
    },
    Kind {
        what: "a file of the Model Openness Framework",
        make: |at| {
            let parts = lines(80_000, |n| format!("  - {{name: x{n}}}\n"));
            put(at, "i.yml", &format!("release:\n  name: a\n  components:\n{parts}"));
        },
        arguments: &["import", "mof", "i.yml"],
    },
    Kind {
        what: "a ruleset of cases",
        make: |at| {
            Command::new(env!("CARGO_BIN_EXE_sovgrade")).args(["rules", "new", "r"]).current_dir(at).output().unwrap();
            let case = fs::read_to_string(at.join("r/cases/held.yaml")).unwrap();
            (0..1_900).for_each(|n| put(at, &format!("r/cases/c{n}.yaml"), &filled(&case, "# text\n", 8_000)));
        },
        arguments: &["rules", "test", "./r"],
    },
];

fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, at| {
        text.push_str(&line(at));
        text
    })
}

/// A text that goes on until it has so many bytes.
fn filled(begin: &str, more: &str, bytes: usize) -> String {
    let left = bytes.saturating_sub(begin.len());
    format!("{begin}{}", more.repeat(left / more.len()))
}

fn put(at: &Path, name: &str, text: &str) {
    fs::create_dir_all(at.join(name).parent().unwrap()).unwrap();
    fs::write(at.join(name), text).unwrap();
}

/// A header of so many tensors of one number each, and the bytes of these.
fn header(tensors: usize) -> (String, usize) {
    let mut text = String::from("{");
    for n in 0..tensors {
        let (comma, begin, end) = (if n == 0 { "" } else { "," }, n * 4, n * 4 + 4);
        let _ = write!(
            text,
            "{comma}\"model.layers.{n}.self_attn.q_proj.weight\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{begin},{end}]}}"
        );
    }
    text.push('}');
    (text, tensors * 4)
}

/// What one run came to.
struct Run {
    code: Option<i32>,
    seconds: f64,
    peak_kb: u64,
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sovgrade"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child: Child = command.spawn().unwrap();
    let mut peak_kb = 0;
    let code = loop {
        peak_kb = peak_kb.max(highest(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        std::thread::sleep(EVERY);
    };
    Run { code, seconds: begun.elapsed().as_secs_f64(), peak_kb }
}

/// The highest resident size of a process so far, in kB.
fn highest(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| if entry.path().is_dir() { bytes_below(&entry.path()) } else { entry.metadata().unwrap().len() })
        .sum()
}

fn main() -> ExitCode {
    println!("| the largest accepted | MB | seconds | peak memory, MB |\n|---|---:|---:|---:|");
    let mut kept = true;
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        (kind.make)(folder.path());
        let megabytes = bytes_below(folder.path()) as f64 / 1e6;
        let Run { code, seconds, peak_kb } = run(folder.path(), kind.arguments);
        let peak = peak_kb as f64 / 1e3;
        println!("| {} | {megabytes:.1} | {seconds:.2} | {peak:.0} |", kind.what);
        if code != Some(0) || peak_kb > PROMISED_KB {
            println!("{}: exit {code:?}, {peak_kb} kB of {PROMISED_KB}", kind.what);
            kept = false;
        }
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
