//! Whatever a stranger's file holds, reading it costs what its size lets one expect: within a minute of a busy machine
//! and within the memory of `tests/hostile.rs`. What is too much for that is refused by a documented number
//! (`docs/limits.md`).
#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(1);
const MEMORY_KB: u64 = 400_000;

const CARD: &str = "---\nlicense: mit\n---\n# A model\n";

/// `n` lines, each made of its number.
fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, at| {
        text.push_str(&line(at));
        text
    })
}

/// Runs on a folder with these files, within the limits, and wants an answer: done, or a refusal with a code.
fn answers(what: &str, files: &[(&str, String)], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let before = Instant::now();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("ulimit -v {MEMORY_KB}; exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_sovgrade"));
    let done = shell.args(arguments).current_dir(folder.path()).env("SOVGRADE_LANG", "en").output().unwrap();
    assert!(before.elapsed() < PATIENCE, "{what} took {:?}", before.elapsed());
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(matches!(done.status.code(), Some(0 | 2)), "{what}: {:?}\n{}", done.status, &said[..said.len().min(2_000)]);
    if done.status.code() == Some(2) {
        assert!(said.contains("SG0"), "{what}: {said}");
    }
    assert!(said.len() < 1 << 20, "{what}: {} bytes of messages", said.len());
    said
}

fn card(text: &str) -> Vec<(&'static str, String)> {
    vec![("m/sovereignty.yaml", format!("schema: sovereignty/1\n{text}"))]
}

fn front(text: &str) -> Vec<(&'static str, String)> {
    vec![("m/README.md", format!("---\nlicense: mit\n{text}---\n"))]
}

fn beside(name: &'static str, text: String) -> Vec<(&'static str, String)> {
    vec![("m/README.md", CARD.to_owned()), (name, text)]
}

const GRADE: &[&str] = &["grade", "m"];

#[test]
fn cards_of_every_shape() {
    let nested = |items: usize| {
        let open = lines(60, |n| format!("&a{n} ["));
        format!("x-a: {open}{}{}\n", "x,".repeat(items), "]".repeat(60))
    };
    answers("nested anchors", &card(&nested(500_000)), GRADE);
    answers("nested anchors that are named", &card(&(nested(400_000) + "x-b: [*a0, *a59]\n")), GRADE);
    answers("anchors beside each other", &card(&lines(60_000, |n| format!("x-{n}: &a{n} [a]\n"))), GRADE);
    answers("aliases of one text", &card(&format!("x: &a y\nx-b: [{}]\n", "*a,".repeat(300_000))), GRADE);
    answers("keys", &front(&lines(160_000, |n| format!("{n:x}:\n"))), GRADE);
    answers("one key", &front(&"x:\n".repeat(300_000)), GRADE);
    answers("keys of a card", &card(&lines(80_000, |n| format!("k{n:x}: x\n"))), GRADE);
    answers("base models", &front(&format!("base_model:\n{}", lines(70_000, |n| format!("- a/b{n}\n")))), GRADE);
    answers(
        "licences",
        &[("m/README.md", format!("---\nlicense:\n{}---\n", lines(70_000, |n| format!("- l{n}\n"))))],
        GRADE,
    );
    answers("languages", &front(&format!("language:\n{}", lines(70_000, |n| format!("- a{n:x}\n")))), GRADE);
    let components = lines(2_000, |n| format!("- {{id: c{n}, role: text}}\n"));
    answers("components", &card(&format!("components:\n{components}")), GRADE);
    let entry = |n| format!("- {{id: e{n}, kind: paper, url: 'https://example.org/{n}', describes: [components]}}\n");
    answers(
        "evidence that describes everything",
        &card(&format!("evidence:\n{}components:\n{components}", lines(1_000, entry))),
        GRADE,
    );
    let rows = lines(2_000, |n| format!("  - {{vendor: v{n}, origin: KR}}\n"));
    answers("rows", &card(&format!("operation:\n  accelerators:\n{rows}")), GRADE);
    answers(
        "one line",
        &card(&format!("components: [{}]\n", lines(9_000, |n| format!("{{id: c{n}, rule: x}},")))),
        GRADE,
    );
}

#[test]
fn side_files_of_every_shape() {
    let merge = |n| {
        format!("x-c: {{<<: {{{}}}, {}}}\n", lines(n, |k| format!("k{k:x}: 1,")), lines(n, |k| format!("{k:x}: 1,")))
    };
    answers("merge keys", &beside("m/mergekit_config.yml", merge(200_000)), GRADE);
    answers(
        "anchors of a recipe",
        &beside("m/mergekit_config.yml", format!("x: [{}]\n", "&a x,".repeat(900_000))),
        GRADE,
    );
    let models = format!("models:\n{}", lines(200_000, |n| format!("- model: a/b{n}\n")));
    answers("models of a recipe", &beside("m/mergekit_config.yml", models), GRADE);
    let config = |inside: String| format!("{{\"model_type\":\"llama\"{inside}}}");
    answers("keys of a config", &beside("m/config.json", config(lines(230_000, |n| format!(",\"{n:x}\":1")))), GRADE);
    answers(
        "numbers of a config",
        &beside("m/config.json", config(format!(",\"a\":[{}0]", "0,".repeat(4_000_000)))),
        GRADE,
    );
    answers("a long number", &beside("m/config.json", config(format!(",\"a\":{}", "9".repeat(8_000_000)))), GRADE);
    let vocabulary = lines(900_000, |n| format!("\"t{n}\":{n},"));
    let tokenizer = format!("{{\"added_tokens\":[],\"model\":{{\"vocab\":{{{vocabulary}\"x\":900000}}}}}}");
    answers("a vocabulary", &beside("m/tokenizer.json", tokenizer), GRADE);
    answers("words of a licence", &beside("m/LICENSE", "word ".repeat(200_000)), GRADE);
    let map = lines(100_000, |n| format!("\"t{n}\":\"model.safetensors\",")) + "\"x\":\"model.safetensors\"";
    answers("an index", &beside("m/model.safetensors.index.json", format!("{{\"weight_map\":{{{map}}}}}")), GRADE);
}

#[test]
fn evidence_of_every_shape() {
    let evidence = |files: &str, inside: &str| {
        format!("{{\"schema\":\"sovgrade/evidence/2\",\"subject\":{{\"id\":\"x\",\"files\":[{files}]}}{inside}}}")
    };
    let run =
        |what: &str, text: String| answers(what, &beside("e.json", text), &["grade", "m", "--evidence", "e.json"]);
    for relation in ["no-trace", "shared", "undecided"] {
        let link = |n| format!("{{\"reference\":{{\"id\":\"a/b{n}\"}},\"relation\":\"{relation}\"}},");
        let links = lines(20_000, link);
        run(relation, evidence("", &format!(",\"links\":[{}]", links.trim_end_matches(','))));
    }
    let digest = "0".repeat(64);
    let file = |name: String| format!("{{\"name\":\"{name}\",\"bytes\":{},\"sha256\":\"{digest}\"}},", CARD.len());
    let same = lines(60_000, |_| file("README.md".to_owned()));
    let said = run("one file named again and again", evidence(same.trim_end_matches(','), ""));
    assert!(said.contains("named twice"), "{}", &said[..said.len().min(500)]);
    let many = lines(100_000, |n| file(format!("f{n}")));
    run("many files", evidence(many.trim_end_matches(','), ""));
    let fact = |n| {
        format!("{{\"fact\":\"component.role\",\"item\":\"c{n}\",\"value\":\"text\",\"source\":{{\"title\":\"t\"}}}},")
    };
    let facts = lines(20_000, fact);
    run("facts", evidence("", &format!(",\"documented\":[{}]", facts.trim_end_matches(','))));
}

#[test]
fn imports_of_every_shape() {
    let release = |parts: String| format!("release:\n  name: a\n  components:\n{parts}");
    let import = |what: &str, kind: &str, text: String| answers(what, &[("i.yml", text)], &["import", kind, "i.yml"]);
    import("unknown parts", "mof", release(lines(40_000, |n| format!("  - {{name: x{n}}}\n"))));
    import("the same unknown part", "mof", release("  - {name: x}\n".repeat(40_000)));
    import("the same part", "mof", release("  - {name: Datasets}\n".repeat(40_000)));
    import("licences", "mof", release(lines(40_000, |n| format!("  - {{name: x{n}, license: l{n}}}\n"))));
    import(
        "dimensions",
        "osai",
        format!("system: {{name: i}}\n{}", lines(40_000, |n| format!("k{n}: {{class: open}}\n"))),
    );
    let links = lines(100_000, |n| format!("x{n},"));
    import("links", "osai", format!("system: {{name: i}}\nweights_endmodel: {{class: open, link: [{links}]}}\n"));
}

#[test]
fn rulesets_of_every_shape() {
    let ruleset = "format: 1\nid: r\nversion: 1.0.0\ntitle: {ko: 가, en: a}\nsource: {title: a}\nscale: {ladder: []}\n";
    let mut files = vec![("r/ruleset.yaml".to_owned(), ruleset.to_owned())];
    for n in 0..60 {
        files.push((format!("r/cases/z{n}.yaml"), format!("#{}\n", "x".repeat((8 << 20) - 10))));
    }
    files.push(("m/README.md".to_owned(), CARD.to_owned()));
    let named: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    answers("large cases that no grading asks for", &named, &["grade", "m", "--rules", "./r"]);
    let said = answers("large cases", &named, &["rules", "test", "./r"]);
    assert!(said.contains("bytes together"), "{said}");
    let mut text = String::from("format: 1\nterms:\n");
    for n in 0..100_000 {
        let _ = writeln!(text, "  t{n}: {{}}");
    }
    let terms = [("r/ruleset.yaml", ruleset.to_owned()), ("r/terms.yaml", text), ("m/README.md", CARD.to_owned())];
    answers("terms", &terms, &["grade", "m", "--rules", "./r"]);
}

/// Seconds of processor time, of the program and the system for it, that a run on these files takes; the least of three,
/// since other work on the machine only adds to it.
fn processor_seconds(what: &str, files: &[(&str, String)], arguments: &[&str]) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let once = || {
        let mut shell = Command::new("sh");
        // `times` prints the time of the shell on one line and that of its children on the next.
        shell.arg("-c").arg("\"$0\" \"$@\" > out 2>&1; echo $? ; times").arg(env!("CARGO_BIN_EXE_sovgrade"));
        let done = shell.args(arguments).current_dir(folder.path()).env("SOVGRADE_LANG", "en").output().unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(matches!(lines[0], "0" | "2"), "{what}: {text}");
        let seconds = |time: &str| {
            let (minutes, seconds) = time.trim_end_matches('s').split_once('m').unwrap();
            minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
        };
        lines[2].split_whitespace().map(seconds).sum::<f64>()
    };
    (0..3).map(|_| once()).fold(f64::INFINITY, f64::min)
}

/// An input of a size: what it is, its files, the arguments of the run, and the smaller of two sizes.
type Sized = (&'static str, fn(usize) -> Vec<(&'static str, String)>, &'static [&'static str], usize);

/// How much larger the larger input is.
const TIMES: usize = 4;

/// Half way between four times the work and sixteen times, on the scale of factors: what grows with the size stays below, what
/// grows with its square comes above.
const MOST: f64 = 8.0;

/// Below this many seconds a run is the start of a process and the ticks of its clock.
const START: f64 = 0.05;

fn named_files(text: &str) -> String {
    format!(
        "{{\"schema\":\"sovgrade/evidence/2\",\"subject\":{{\"id\":\"x\",\"files\":[{}]}}}}",
        text.trim_end_matches(',')
    )
}

/// The inputs whose cost once grew faster than their size, and their like.
const GROWING: &[Sized] = &[
    (
        "nested anchors",
        |n| {
            let open = lines(60, |at| format!("&a{at} ["));
            card(&format!("x-a: {open}{}{}\n", "x,".repeat(n), "]".repeat(60)))
        },
        GRADE,
        110_000,
    ),
    ("keys of a front matter", |n| front(&lines(n, |at| format!("{at:x}:\n"))), GRADE, 30_000),
    ("keys of a card", |n| card(&lines(n, |at| format!("k{at:x}: x\n"))), GRADE, 20_000),
    (
        "components of a card",
        |n| card(&format!("components:\n{}", lines(n, |at| format!("- {{id: c{at}, role: text}}\n")))),
        GRADE,
        500,
    ),
    (
        "merge keys",
        |n| {
            let own = lines(n, |at| format!("{at:x}: 1,"));
            beside(
                "m/mergekit_config.yml",
                format!("x-c: {{<<: {{{}}}, {own}}}\n", lines(n, |at| format!("k{at:x}: 1,"))),
            )
        },
        GRADE,
        40_000,
    ),
    (
        "models of a recipe",
        |n| beside("m/mergekit_config.yml", format!("models:\n{}", lines(n, |at| format!("- model: a/b{at}\n")))),
        GRADE,
        5_000,
    ),
    (
        "unknown parts of an import",
        |n| {
            vec![(
                "i.yml",
                format!("release:\n  name: a\n  components:\n{}", lines(n, |at| format!("  - {{name: x{at}}}\n"))),
            )]
        },
        &["import", "mof", "i.yml"],
        10_000,
    ),
    (
        "dimensions of an import",
        |n| vec![("i.yml", format!("system: {{name: i}}\n{}", lines(n, |at| format!("k{at}: {{class: open}}\n"))))],
        &["import", "osai", "i.yml"],
        10_000,
    ),
    (
        "links of evidence",
        |n| {
            let links = lines(n, |at| format!("{{\"reference\":{{\"id\":\"a/b{at}\"}},\"relation\":\"undecided\"}},"));
            let whole = named_files("");
            let end = format!(",\"links\":[{}]}}", links.trim_end_matches(','));
            beside("e.json", format!("{}{end}", whole.strip_suffix('}').unwrap()))
        },
        &["grade", "m", "--evidence", "e.json"],
        5_000,
    ),
    (
        "one file named again and again",
        |n| {
            let digest = "0".repeat(64);
            beside(
                "e.json",
                named_files(&lines(n, |_| format!("{{\"name\":\"README.md\",\"bytes\":1,\"sha256\":\"{digest}\"}},"))),
            )
        },
        &["grade", "m", "--evidence", "e.json"],
        20_000,
    ),
    (
        "tokens of a vocabulary",
        |n| {
            let vocabulary = lines(n, |at| format!("\"t{at}\":{at},"));
            beside(
                "m/tokenizer.json",
                format!("{{\"added_tokens\":[],\"model\":{{\"vocab\":{{{vocabulary}\"x\":{n}}}}}}}"),
            )
        },
        GRADE,
        100_000,
    ),
    (
        "terms of a ruleset",
        |n| {
            let ruleset =
                "format: 1\nid: r\nversion: 1.0.0\ntitle: {ko: 가, en: a}\nsource: {title: a}\nscale: {ladder: []}\n";
            let terms = format!("format: 1\nterms:\n{}", lines(n, |at| format!("  t{at}: {{}}\n")));
            vec![("r/ruleset.yaml", ruleset.to_owned()), ("r/terms.yaml", terms), ("m/README.md", CARD.to_owned())]
        },
        &["rules", "check", "./r"],
        490,
    ),
];

#[test]
fn work_grows_with_the_size_and_not_with_its_square() {
    let mut table = String::new();
    let mut steep = Vec::new();
    for (what, files, arguments, size) in GROWING {
        let [small, large] = [*size, size * TIMES].map(|size| processor_seconds(what, &files(size), arguments));
        let ratio = large / small.max(START);
        let _ = writeln!(table, "{what}: {small:.2} s at {size}, {large:.2} s at {TIMES} times: {ratio:.1}");
        if ratio > MOST {
            steep.push(*what);
        }
    }
    assert!(steep.is_empty(), "{steep:?}\n{table}");
}
