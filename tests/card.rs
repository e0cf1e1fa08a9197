//! `card new` and `card check`: what a maker's desk does to a card, through the binary and as laws. Round trips keep
//! every byte outside of the block; what stands in the block stays; a second run changes nothing; the draft states
//! nothing that was not known; `--next` asks what `card new` asks; findings are valid in every format.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use serde_json::Value;
use sovgrade::card::{Facts, check, draft};
use sovgrade::explain::{questions, story};
use sovgrade::gather::{Handed, gather, gather_handed};
use sovgrade::grade::Outcome;
use sovgrade::grade::{Options, grade};
use sovgrade::rules::{Ruleset, RulesetFiles, embedded, load};
use sovgrade::text::{Code, Lang};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rules(id: &str) -> Ruleset {
    load(&RulesetFiles::embedded(embedded().iter().find(|ruleset| ruleset.id == id).unwrap())).unwrap().0
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .args(arguments)
        .env("COLUMNS", "80")
        .env("SOVGRADE_LANG", "en")
        .output()
        .unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A directory with a config and these files.
fn model(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = r#"{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 300}"#;
    std::fs::write(folder.path().join("config.json"), config).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Front matters as they are met, and the place where the card goes: `true` for the README itself.
const SHAPES: &[(&str, &str, bool)] = &[
    ("plain", "---\nlicense: mit\ntags:\n- a\n---\n# T\n", true),
    ("a list for a scalar", "---\nlicense:\n  - apache-2.0\n  - llama3.1\n---\n# T\n", true),
    ("a scalar for a list", "---\nlanguage: ko\nbase_model: example/base-7b\n---\n# T\n", true),
    ("CRLF", "---\r\nlicense: mit\r\ntags:\r\n- a\r\n---\r\n# T\r\n", true),
    ("CRLF at the fences alone", "---\r\nlicense: mit\n---\r\n# T\n", true),
    ("a leading comment", "<!-- generated -->\n---\nlicense: mit\n---\n# T\n", false),
    ("blank lines before", "\n\n---\nlicense: mit\n---\n# T\n", true),
    ("no front matter", "# T\n\nWords.\n", false),
    ("nothing at all", "", false),
    ("a byte order mark", "\u{feff}---\nlicense: mit\n---\n# T\n", true),
    ("an empty front matter", "---\n\n---\n# T\n", true),
    ("comments alone", "---\n# nothing yet\n---\n# T\n", true),
    ("unknown keys", "---\nlicense: mit\nx_thing: {a: [1, 2]}\nodd key: yes\n---\n# T\n", true),
    ("anchors", "---\ndefaults: &d {split: test}\nmodel-index:\n- {name: x, like: *d}\n---\n# T\n", true),
    ("Korean keys", "---\npretty_name: \"🚀 한솔-7B\"\n설명: 한국어 모델\n---\n# 한솔\n", true),
    ("duplicate keys", "---\nlicense: mit\nlicense: apache-2.0\n---\n# T\n", true),
    (
        "a block at the top",
        "---\nsovereignty:\n  schema: sovereignty/1\n  developer: {name: A}\nlicense: mit\n---\n# T\n",
        true,
    ),
    ("a block at the bottom", "---\nlicense: mit\nsovereignty:\n  developer:\n    name: A # us\n---\n# T\n", true),
    ("a block with nothing in it", "---\nsovereignty:\nlicense: mit\n---\n# T\n", true),
    ("no final line break", "---\nlicense: mit\n---", true),
    ("an end mark of YAML", "---\nlicense: mit\n...\n---\n# T\n", true),
    ("a tab", "---\nlicense:\tmit\n---\n# T\n", true),
    ("comments inside", "---\n# first\nlicense: mit # why\n\n# last\n---\n# T\n", true),
    (
        "a block in braces",
        "---\nlicense: mit\nsovereignty: {schema: sovereignty/1, developer: {name: A}}\n---\n# T\n",
        false,
    ),
    ("a front matter in braces", "---\n{license: mit}\n---\n# T\n", false),
    ("indented keys", "---\n  license: mit\n  tags: [a]\n---\n# T\n", true),
    ("a folded prompt", "---\nextra_gated_prompt: \"### A  \\n\\\n  b \\n\"\nlicense: mit\n---\n# T\n", true),
    ("a literal text at the end", "---\nlicense: mit\nextra_gated_prompt: |\n  One.\n\n  Two.\n---\n# T\n", true),
    (
        "a literal text that keeps its line breaks",
        "---\nlicense: mit\nextra_gated_prompt: |+\n  One.\n\n---\n# T\n",
        true,
    ),
    ("complex keys", "---\nextra_gated_fields:\n  ? I agree\n    to all\n  : checkbox\n---\n# T\n", true),
    ("a rule in the body", "---\nlicense: mit\n---\n# T\n\n---\n\nmore: less\n\n---\n", true),
    (
        "a list of components at the key's column",
        "---\nsovereignty:\n  components:\n  - id: text\n    role: text\n  - id: eyes\n    role: vision-encoder\n---\n# T\n",
        true,
    ),
    ("a list of components in brackets", "---\nsovereignty:\n  components: [{id: text, role: text}]\n---\n# T\n", true),
    ("an alias for the developer", "---\nwho: &w {name: A}\nsovereignty:\n  developer: *w\n---\n# T\n", true),
    ("a blank key", "---\nsovereignty:\n  training:\n  developer:\n    name: A\n---\n# T\n", true),
];

/// Where the card of a model stands after a run, with its text.
fn written(folder: &Path, readme: bool) -> String {
    std::fs::read_to_string(folder.join(if readme { "README.md" } else { "sovereignty.yaml" })).unwrap()
}

/// Whether `new` is `old` with lines put in: every line of `old` that holds something stands in it, in order.
fn only_adds(old: &str, new: &str) -> bool {
    let mut left = new.lines();
    old.lines().filter(|line| !line.is_empty()).all(|line| left.any(|other| other == line))
}

#[test]
fn round_trips_keep_every_byte_that_stood_there() {
    assert!(SHAPES.len() >= 25);
    for (name, readme, into) in SHAPES {
        let folder = model(&[("README.md", readme)]);
        let path = folder.path().to_str().unwrap();
        let first = run(&["card", "new", path, "--write"]);
        assert_eq!(first.status.code(), Some(0), "{name}: {}", said(&first.stderr));
        let now = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
        if *into {
            assert!(now.len() > readme.len() && only_adds(readme, &now), "{name}:\n{now}");
            // Behind the front matter nothing moved, whatever its line ends.
            let tail = readme.rfind("\n---").map_or("", |at| &readme[at..]);
            assert!(now.ends_with(tail), "{name}:\n{now}");
            assert_eq!(now.contains("\r\n"), readme.contains("\r\n"), "{name}");
            assert!(!readme.starts_with('\u{feff}') || now.starts_with('\u{feff}'), "{name}");
        } else {
            assert_eq!(&now, readme, "{name}");
        }
        let card = written(folder.path(), *into);
        assert!(card.contains("schema: sovereignty/1"), "{name}: {card}");
        let again = run(&["card", "new", path, "--write"]);
        assert_eq!(
            written(folder.path(), *into),
            card,
            "{name}: a second run changed something: {}",
            said(&again.stderr)
        );
        assert!(said(&again.stderr).contains("nothing is new"), "{name}: {}", said(&again.stderr));
        let other = run(&["card", "new", path, "--write", "--lang", "ko"]);
        assert_eq!(
            written(folder.path(), *into),
            card,
            "{name}: another language asked again: {}",
            said(&other.stderr)
        );
    }
}

#[test]
fn a_file_of_its_own_grows_as_well() {
    let schema = run(&["schema", "card"]).stdout;
    let schema = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    for sheet in [
        "schema: sovereignty/1\n",
        "developer:\n  name: A",
        "# only a comment\n",
        "",
        "developer: {name: A}\r\ntraining:\r\n  operator: A\r\n",
        "sovereignty:\n  developer:\n    name: A\n",
        "components:\n  - id: text\n    # what is it?\n    role: text\n\n# the end\n",
        "complete: [datasets]\ndatasets: []\n",
    ] {
        let folder = model(&[("README.md", "---\nlicense: mit\n---\n"), ("sovereignty.yaml", sheet)]);
        let path = folder.path().to_str().unwrap();
        let output = run(&["card", "new", path, "--write"]);
        assert_eq!(output.status.code(), Some(0), "{sheet}: {}", said(&output.stderr));
        let now = written(folder.path(), false);
        assert!(only_adds(sheet, &now) && now.len() > sheet.len(), "{sheet}\n---\n{now}");
        gather(folder.path(), &[]).unwrap_or_else(|problems| panic!("{now}\n{problems:?}"));
        for error in schema.iter_errors(&serde_yaml::from_str::<Value>(&now).unwrap()) {
            assert!(sheet.starts_with("sovereignty:"), "{error} at {}:\n{now}", error.instance_path());
        }
        run(&["card", "new", path, "--write"]);
        assert_eq!(written(folder.path(), false), now, "{sheet}");
    }
}

/// A line of a front matter or a block, at some depth.
fn front_matter() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "license: mit",
        "language: [ko, en]",
        "tags:\n- a\n- b",
        "# a comment",
        "",
        "base_model: a/b",
        "datasets:\n- c/d\n- e/f",
        "prompt: |\n  x\n\n  y",
        "prompt2: >-\n  x\n  y",
        "설명: 글 # 끝",
        "model-index:\n- name: x\n  results: []",
    ]);
    let inside = prop::sample::select(vec![
        "schema: sovereignty/1",
        "developer:\n  name: A",
        "developer2: {name: A}",
        "# ours",
        "",
        "components:\n- id: text\n  role: text\n  # deep",
        "components:\n  - id: text\n    initialisation: random-init",
        "training:\n  operator: A\n  hardware:\n  - vendor: V",
        "training:",
        "release: {form: directory}",
        "tokenizer:\n  origin: own\n\n  # later",
        "complete: [components]",
        "datasets: []",
        "evidence:\n- id: r\n  kind: paper\n  url: https://example.org/r\n  describes: [training]",
    ]);
    let ends = prop::sample::select(vec!["\n", "\r\n"]);
    (prop::collection::vec(plain, 0..5), prop::option::of(prop::collection::vec(inside, 0..5)), 0usize..5, ends)
        .prop_map(|(mut lines, block, at, end)| {
            lines.dedup();
            let mut seen = Vec::new();
            lines.retain(|line| {
                let key = line.split(':').next().unwrap_or_default().to_owned();
                let new = !line.contains(':') || !seen.contains(&key);
                seen.push(key);
                new
            });
            let mut all: Vec<String> = lines.into_iter().map(str::to_owned).collect();
            if let Some(block) = block {
                let mut seen = Vec::new();
                let mut text = "sovereignty:".to_owned();
                for part in block {
                    let key = part.split(':').next().unwrap_or_default().to_owned();
                    if part.contains(':') && seen.contains(&key) {
                        continue;
                    }
                    seen.push(key);
                    for line in part.lines() {
                        text.push_str(&format!("\n  {line}"));
                    }
                }
                all.insert(at.min(all.len()), text);
            }
            let text = format!("---\n{}\n---\n# T\n\n---\nbody: 1\n---\n", all.join("\n"));
            text.replace('\n', end)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever stands in a front matter stays, and a second run has nothing to add.
    #[test]
    fn a_card_only_grows(readme in front_matter()) {
        let rules = rules("t-class");
        let folder = model(&[("README.md", &readme)]);
        let drafted = |folder: &Path| {
            let gathered = gather_handed(folder, &Handed { own: &rules.own, ..Handed::default() }).ok()?;
            let grading = grade(&rules, &gathered.dossier, &Options::default());
            let asked = questions(&rules, &gathered.dossier, &grading, Lang::En);
            draft(&Facts { model: folder, dossier: &gathered.dossier, questions: &asked, unknown: &[], lang: Lang::En }).ok()
        };
        if let Some(first) = drafted(folder.path()) {
            prop_assert!(only_adds(first.home.file.text(), &first.text), "{}\n--- became\n{}", readme, first.text);
            std::fs::write(&first.home.path, first.home.bytes(&first.text)).unwrap();
            let now = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
            let body = &readme[readme.find("# T").unwrap()..];
            prop_assert!(now.ends_with(body), "{}", now);
            let second = drafted(folder.path());
            prop_assert!(second.is_some(), "{}", now);
            let second = second.unwrap();
            prop_assert_eq!(&second.text, second.home.file.text(), "from\n{}", readme);
        }
    }
}

/// Every model that is at hand: the examples, and the zoo where it lies beside this repository.
fn models() -> Vec<PathBuf> {
    let folders = [root().join("examples"), root().join("../shared/corpora/zoo")];
    let mut all = Vec::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        all.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.join("README.md").is_file()));
    }
    all.retain(|path| gather(path, &[]).is_ok());
    all.sort();
    all
}

/// A copy whose weights are links, so that nothing large is written.
fn copy(folder: &Path) -> tempfile::TempDir {
    fn into(from: &Path, to: &Path) {
        for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
            let target = to.join(entry.file_name().unwrap());
            if entry.is_dir() {
                std::fs::create_dir(&target).unwrap();
                into(&entry, &target);
            } else {
                std::fs::copy(&entry, &target).unwrap();
                let mut mode = std::fs::metadata(&target).unwrap().permissions();
                std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o644);
                std::fs::set_permissions(&target, mode).unwrap();
            }
        }
    }
    let copy = tempfile::tempdir().unwrap();
    into(folder, copy.path());
    copy
}

/// The grade in every view, as data.
fn grade_of(folder: &Path, rules: &Ruleset) -> (String, Vec<String>) {
    let handed = Handed { own: &rules.own, families: &rules.families, ..Handed::default() };
    let gathered =
        gather_handed(folder, &handed).unwrap_or_else(|problems| panic!("{}: {problems:?}", folder.display()));
    let grading = grade(rules, &gathered.dossier, &Options::default());
    let story = story(rules, &gathered.dossier, &grading, Lang::En);
    let outcomes = grading.criteria.iter().zip(&rules.criteria).map(|(it, c)| format!("{} {:?}", c.id, it.outcome()));
    (format!("{:?}", story.grade), outcomes.collect())
}

#[test]
fn a_draft_states_nothing_that_was_not_known_and_asks_no_more_than_once() {
    let all: Vec<Ruleset> = embedded().iter().map(|it| load(&RulesetFiles::embedded(it)).unwrap().0).collect();
    let (models, mut faults) = (models(), Vec::new());
    assert!(models.len() > 25, "{} models", models.len());
    for folder in &models {
        let before: Vec<_> = all.iter().map(|rules| grade_of(folder, rules)).collect();
        let copy = copy(folder);
        let path = copy.path().to_str().unwrap();
        // The folder's name is no name of a model, so the copy is the same model.
        let output = run(&["card", "new", path, "--write", "--rules", "t-class", "--rules", "msit-independence"]);
        if output.status.code() != Some(0) {
            faults.push(format!("{folder:?}: {}", said(&output.stderr)));
            continue;
        }
        for (rules, before) in all.iter().zip(&before) {
            let after = grade_of(copy.path(), rules);
            if after != *before {
                let differ = before.1.iter().zip(&after.1).filter(|(a, b)| a != b).collect::<Vec<_>>();
                faults.push(format!("{folder:?} {}: {} became {} {differ:?}", rules.id, before.0, after.0));
            }
        }
        let again = run(&["card", "new", path, "--write", "--rules", "t-class", "--rules", "msit-independence"]);
        if !said(&again.stderr).contains("nothing is new") {
            faults.push(format!("{folder:?}: a second run: {}", said(&again.stderr)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_card_new_writes_passes_card_check_but_for_open_questions() {
    let mut faults = Vec::new();
    for folder in models() {
        let rules = [rules("t-class")];
        let found = |folder: &Path| {
            let handed = Handed { own: &rules[0].own, families: &rules[0].families, ..Handed::default() };
            let gathered = gather_handed(folder, &handed).map(|it| (it.dossier, Vec::new(), it.warnings));
            let mut codes: Vec<Code> = check(folder, gathered).unwrap().findings.iter().map(|it| it.code).collect();
            codes.sort();
            codes
        };
        let copy = copy(&folder);
        let before = found(copy.path());
        run(&["card", "new", copy.path().to_str().unwrap(), "--write"]);
        let after = found(copy.path());
        if before != after {
            faults.push(format!("{folder:?}: {before:?} became {after:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// `grade --next` and `card new` speak of the same questions in the same words.
#[test]
fn next_asks_nothing_that_card_new_does_not_ask() {
    let (mut seen, mut faults) = (0, Vec::new());
    for id in ["t-class", "msit-independence", "gpai-open-source", "eu-cada"] {
        let rules = rules(id);
        for folder in models() {
            let handed = Handed { own: &rules.own, families: &rules.families, ..Handed::default() };
            let dossier = gather_handed(&folder, &handed).unwrap().dossier;
            let grading = grade(&rules, &dossier, &Options::default());
            for lang in Lang::ALL {
                let asked = questions(&rules, &dossier, &grading, lang);
                let story = story(&rules, &dossier, &grading, lang);
                let all = || story.rungs.iter().flat_map(|rung| &rung.steps);
                for step in all() {
                    // Of a way that asks for another model, the words alone are no questions.
                    if all().any(|other| other.kind == "change" && other.asker == step.asker) {
                        continue;
                    }
                    let Some(question) = step.question.as_ref().filter(|_| step.write.is_some()) else { continue };
                    seen += 1;
                    if !asked.iter().any(|it| it.text == *question) {
                        faults.push(format!("{id} {folder:?}: {question} ({:?})", step.write));
                    }
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(seen > 200, "{seen}");
}

#[test]
fn a_hint_is_never_the_makers_word() {
    let readme = "---\nlicense: mit\nbase_model: other/base\nbase_model_relation: finetune\nlanguage: ko\n---\n";
    let folder = model(&[("README.md", readme)]);
    let output = run(&["card", "new", folder.path().to_str().unwrap()]);
    let card = said(&output.stdout);
    for line in card.lines().filter(|line| line.contains("other/base") || line.contains("finetune")) {
        assert!(line.trim_start().starts_with('#'), "{line}");
    }
    assert!(card.contains("# - model: other/base") && card.contains("# relation: finetune"), "{card}");
    assert!(card.contains("licence: mit  # README.md:2 (license)"), "{card}");
}

fn interview(folder: &Path, lang: &str, lines: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sovgrade"))
        .args(["card", "new", folder.to_str().unwrap(), "--write", "--interview", "--lang", lang])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn questions_are_asked_one_by_one_with_a_way_back() {
    let folder = model(&[("README.md", "---\nlicense: mit\n---\n")]);
    // The first question of t-class is whether something was trained, the second whether weights are held.
    let output = interview(folder.path(), "en", "maybe\nyes\n<\nno\n?\nundisclosed\n");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    let (card, told) = (written(folder.path(), true), said(&output.stderr));
    assert!(told.contains("answered so far: yes") && told.contains("neither"), "{told}");
    assert!(card.contains("own_tuning: no"), "{told}\n{card}");
    assert!(card.contains("not known to who was asked"), "{card}");
    assert!(card.contains(": undisclosed"), "{card}");
    gather(folder.path(), &[]).unwrap();

    let folder = model(&[("README.md", "---\nlicense: mit\n---\n")]);
    let output = interview(folder.path(), "ko", "예\n\n그만\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(written(folder.path(), true), "---\nlicense: mit\n---\n");
    assert!(said(&output.stderr).contains("아무것도 쓰지 않았다"));
    let output = interview(folder.path(), "ko", "예\n모름\n");
    assert!(written(folder.path(), true).contains("own_tuning: yes"), "{}", said(&output.stderr));
}

/// A card of which every question is answered is left alone.
#[test]
fn a_card_whose_questions_are_answered_gains_nothing() {
    let folder = model(&[("README.md", "---\nlicense: mit\n---\n")]);
    let path = folder.path().to_str().unwrap();
    let mut last = String::new();
    for _ in 0..6 {
        let lines = "undisclosed\n".repeat(60);
        interview(folder.path(), "en", &lines);
        let now = written(folder.path(), true);
        if now == last {
            break;
        }
        last = now;
    }
    let checked = said(&run(&["card", "check", path]).stdout);
    let again = run(&["card", "new", path, "--write"]);
    assert!(said(&again.stderr).contains("nothing is new"), "{}\n{last}", said(&again.stderr));
    assert!(!checked.contains("error SG"), "{checked}");
}

const WRONG: &str = "---
license: Apache-2.0
language: no
tags: text-generation
metrics: [accuracy, yes]
Base-Model: a/b, c/d
sovereignty:
  schema: sovereignty/1
  developer: {name: A, jurisdiction: NO}
  components:
  - id: text
    role: text
    initialisation: random-init
    references: [{model: e/f}]
  evidence:
  - {id: r, kind: paper, url: \"https://example.org/r\", describes: [trainig]}
---
# T
";

#[test]
fn everything_is_found_at_once_and_what_is_certain_is_mended() {
    let folder = model(&[("README.md", WRONG)]);
    let path = folder.path().to_str().unwrap();
    let found = |arguments: &[&str]| -> (Vec<(String, u64)>, Option<i32>) {
        let output = run(&[&["card", "check", path, "--format", "json"], arguments].concat());
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        let list = value["findings"].as_array().unwrap().iter().map(|it| {
            assert!(it["help"].as_str().is_some_and(|help| !help.is_empty()), "{it}");
            (it["code"].as_str().unwrap().to_owned(), it["line"].as_u64().unwrap())
        });
        (list.filter(|(code, _)| code != "SG0609").collect(), output.status.code())
    };
    let (before, exit) = found(&[]);
    assert_eq!(exit, Some(1));
    for (code, line) in [
        ("SG0610", 2),
        ("SG0612", 3),
        ("SG0611", 4),
        ("SG0612", 5),
        ("SG0101", 6),
        ("SG0113", 9),
        ("SG0601", 13),
        ("SG0608", 14),
        ("SG0106", 16),
    ] {
        assert!(before.contains(&(code.to_owned(), line)), "{code} of line {line} is not in {before:?}");
    }
    let (after, exit) = found(&["--fix"]);
    let mended = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
    for line in [
        "license: apache-2.0",
        "language: \"no\"",
        "tags: [text-generation]",
        "metrics: [accuracy, \"yes\"]",
        "base_model: a/b, c/d",
    ] {
        assert!(mended.contains(line), "{line}: {mended}");
    }
    assert!(mended.contains("jurisdiction: \"NO\""), "{mended}");
    // What is a matter of judgement is not touched.
    assert!(after.iter().any(|(code, _)| code == "SG0601") && exit == Some(1), "{after:?}");
    assert!(mended.contains("describes: [trainig]"));
    found(&["--fix"]);
    let mended = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
    assert!(mended.contains("base_model: [a/b, c/d]"), "{mended}");
    found(&["--fix"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("README.md")).unwrap(), mended);
}

#[test]
fn exit_codes_are_kept() {
    let clean = model(&[("README.md", "---\nlicense: mit\n---\n")]);
    let path = clean.path().to_str().unwrap();
    assert_eq!(run(&["card", "check", path]).status.code(), Some(0));
    assert_eq!(run(&["card", "check", path, "--severity", "warning"]).status.code(), Some(1));
    let broken = model(&[("README.md", "---\nlicense: [mit\n---\n")]);
    assert_eq!(run(&["card", "check", broken.path().to_str().unwrap()]).status.code(), Some(1));
    let empty = tempfile::tempdir().unwrap();
    for arguments in [["card", "check"], ["card", "new"]] {
        let empty = run(&[&arguments[..], &[empty.path().to_str().unwrap()]].concat());
        assert_eq!(empty.status.code(), Some(2), "{}", said(&empty.stderr));
        let absent = run(&[&arguments[..], &["/nowhere/at/all"]].concat());
        assert_eq!(absent.status.code(), Some(2));
    }
    assert_eq!(run(&["card", "new", broken.path().to_str().unwrap(), "--write"]).status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(broken.path().join("README.md")).unwrap(), "---\nlicense: [mit\n---\n");
}

/// All ids of the Hub's list, and nothing else.
#[test]
fn every_licence_of_the_hub_passes() {
    let list = include_str!("hub-licences.txt");
    assert_eq!(list.lines().count(), 83);
    let catalogue = sovgrade::licence::catalogue();
    for id in list.lines() {
        assert!(catalogue.is_on_the_hub(id), "{id}");
    }
    for id in ["Apache-2.0", "apache2", "GPL-3.0-only", "llama3.9", ""] {
        assert!(!catalogue.is_on_the_hub(id), "{id}");
    }
}

const HOSTILE: &str = "---\nlicense: \"x\\u001b[31m::error::100%\\n<b>\"\ntags: \"a,b:c%\\r\\n::warning::\"\n---\n";

#[test]
fn findings_are_valid_in_every_format() {
    for readme in [WRONG, HOSTILE] {
        let folder = model(&[("README.md", readme)]);
        let path = folder.path().to_str().unwrap();
        let output = |format: &str| said(&run(&["card", "check", path, "--format", format]).stdout);
        sarif(&serde_json::from_str(&output("sarif")).unwrap());
        let xml = output("junit");
        let tree = roxmltree::Document::parse(&xml).unwrap();
        let suite = tree.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        let count = |name: &str| suite.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
        for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")] {
            assert_eq!(suite.attribute(attribute), Some(count(element).as_str()), "{xml}");
        }
        let lines = output("github");
        for line in lines.lines() {
            let kind = line.strip_prefix("::").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            assert!(["error", "warning", "notice"].contains(&kind), "{line}");
            assert!(line.contains("title=SG0"), "{line}");
        }
        for text in [xml, lines, output("human"), output("json")] {
            assert!(!text.contains('\u{1b}'), "{text}");
        }
    }
}

/// What SARIF 2.1.0 asks of the objects that are written (sections 3.13 to 3.30 of the standard): the required
/// properties, closed sets of words, and no property that the standard does not have.
fn sarif(log: &Value) {
    let only = |value: &Value, allowed: &[&str]| {
        for key in value.as_object().unwrap().keys() {
            assert!(allowed.contains(&key.as_str()), "{key} in {value}");
        }
    };
    only(log, &["$schema", "version", "runs"]);
    assert_eq!(log["version"], "2.1.0");
    for run in log["runs"].as_array().unwrap() {
        only(run, &["tool", "columnKind", "invocations", "results"]);
        assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&run["columnKind"].as_str().unwrap()));
        assert!(run["invocations"][0]["executionSuccessful"].is_boolean());
        let driver = &run["tool"]["driver"];
        only(driver, &["name", "version", "informationUri", "rules"]);
        let rules = driver["rules"].as_array().unwrap();
        for rule in rules {
            only(rule, &["id", "name", "shortDescription", "helpUri"]);
            assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
        }
        for result in run["results"].as_array().unwrap() {
            only(result, &["ruleId", "ruleIndex", "kind", "level", "message", "locations"]);
            let (kind, level) = (result["kind"].as_str().unwrap(), result["level"].as_str().unwrap());
            assert!(["fail", "open"].contains(&kind) && ["none", "warning", "error"].contains(&level));
            assert_eq!(kind != "fail", level == "none");
            assert!(result["message"]["text"].is_string());
            let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[at]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            only(place, &["artifactLocation", "region"]);
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)), "{uri}");
            if let Some(region) = place.get("region") {
                only(region, &["startLine", "startColumn", "endLine", "endColumn"]);
                assert!(region.as_object().unwrap().values().all(|number| number.as_u64().unwrap() >= 1));
            }
        }
    }
}

/// Criteria can ask what a card says of datasets, and the questions come from there.
#[test]
fn criteria_ask_about_datasets() {
    let folder = tempfile::tempdir().unwrap();
    let ruleset = folder.path().join("own-data");
    std::fs::create_dir_all(ruleset.join("criteria")).unwrap();
    std::fs::create_dir_all(ruleset.join("cases")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(ruleset.join(name), text).unwrap();
    write(
        "ruleset.yaml",
        "format: 1\nid: own-data\nversion: 1.0.0\ntitle: {ko: 데이터, en: Data}\nsource: {title: X}\nhome: KR\nscale:\n  ladder:\n    \
         - {id: L0, title: {ko: 가, en: a}, requires: []}\n    - {id: L1, title: {ko: 나, en: b}, requires: [written-by-none]}\n",
    );
    write(
        "criteria/written-by-none.yaml",
        "format: 1\nid: written-by-none\ndimension: data\ntitle: {ko: 가, en: a}\nquestion: {ko: 가?, en: a?}\nrationale: {ko: 가, en: a}\n\
         needs: declared\ntest:\n  every: dataset\n  holds:\n    all:\n      - {fact: dataset.generated-by, is: []}\n      \
         - {fact: dataset.generation-method, contains: primary-user-source}\n      - {fact: dataset.opt-outs-respected, is: true}\n      \
         - {fact: dataset.stored-in, in: [KR]}\n",
    );
    let rules = load(&RulesetFiles::read_rules(&ruleset).unwrap()).unwrap_or_else(|problems| panic!("{problems:?}")).0;
    let graded = |datasets: &str| {
        let card = format!("complete: [datasets]\ndatasets:\n- id: d\n{datasets}");
        let model = model(&[("sovereignty.yaml", &card)]);
        let dossier = gather(model.path(), &[]).unwrap().dossier;
        let grading = grade(&rules, &dossier, &Options::default());
        let asked = questions(&rules, &dossier, &grading, Lang::En);
        let fields: Vec<String> = asked.iter().map(|question| question.field.clone()).collect();
        (grading.criteria[0].outcome(), fields)
    };
    let rest = "  generation_method: primary-user-source\n  opt_outs_respected: yes\n  stored_in: [\"KR\"]\n";
    assert_eq!(graded(&format!("{rest}  synthetic_from: []\n")), (Outcome::Met, Vec::new()));
    assert_eq!(graded(&format!("{rest}  synthetic_from: [{{model: a/b}}]\n")).0, Outcome::NotMet);
    let (outcome, asked) = graded("  modalities: [text]\n");
    assert_eq!(outcome, Outcome::Unknown);
    assert_eq!(
        asked,
        ["synthetic_from", "generation_method", "opt_outs_respected", "stored_in"]
            .map(|key| format!("datasets[d].{key}"))
    );
}
