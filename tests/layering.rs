//! The rooms and the arrows between them (ARCHITECTURE.md): who may use whom, which file alone knows a foreign crate,
//! how long a file may be.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every room with the rooms that it may use. A room stands below those that it uses; nothing points back.
const ROOMS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("vocabulary", &["text"]),
    ("facts", &["text", "vocabulary"]),
    ("licence", &["text", "vocabulary", "facts"]),
    ("rules", &["text", "vocabulary", "facts", "licence"]), // `licence`: the ids that a rule may name
    ("files", &["text"]),
    ("weights", &["text", "files"]),
    ("evidence", &["text", "files", "vocabulary", "facts"]),
    ("measure", &["text", "files", "weights", "evidence"]),
    ("gather", &["text", "files", "vocabulary", "facts", "weights", "licence", "evidence"]),
    ("grade", &["text", "vocabulary", "facts", "rules"]), // knows nothing of files
    ("explain", &["text", "vocabulary", "facts", "rules", "gather", "licence", "grade"]), // `gather`: which line to write
    ("claims", &["text", "vocabulary", "facts", "evidence"]), // knows nothing of how weights are measured
    // It decides nothing.
    ("report", &["text", "vocabulary", "facts", "rules", "licence", "evidence", "claims", "grade", "explain"]),
    ("desk", &["text", "vocabulary", "facts", "rules", "grade", "gather", "explain", "report"]),
    ("signing", &["text", "evidence"]), // `evidence`: the digest
    (
        "bundle",
        &[
            "text",
            "files",
            "vocabulary",
            "facts",
            "rules",
            "weights",
            "evidence",
            "measure", // how far a long reading is
            "gather",
            "grade",
            "explain",
            "report",
            "desk", // how a model is gathered for a ruleset
            "signing",
        ],
    ),
    ("import", &["text", "vocabulary", "facts", "licence", "evidence", "claims"]),
    ("card", &["text", "files", "vocabulary", "facts", "rules", "licence", "gather", "grade", "explain"]),
    (
        "cli",
        &[
            "text",
            "files",
            "vocabulary",
            "facts",
            "rules",
            "weights",
            "licence",
            "evidence",
            "measure",
            "gather",
            "grade",
            "explain",
            "report",
            "desk",
            "claims",
            "card",
            "import",
            "signing",
            "bundle",
        ],
    ),
];

/// The rooms inside `measure`, from the ground up: each may use those before it.
const INSIDE_MEASURE: [&str; 9] =
    ["stats", "model", "families", "search", "verdict", "whole", "sketch", "special", "run"];

/// Foreign crates, each with the only files that know it. One file a crate, so that it can be replaced in an hour.
const CRATES: &[(&str, &[&str])] = &[
    ("granit_parser", &["text/yaml.rs"]),
    ("jsonc_parser", &["text/json.rs"]),
    ("miette", &["text/render.rs"]),
    ("strsim", &["text/suggest.rs"]),
    ("tempfile", &["text/write.rs"]),
    ("spdx", &["licence/expression.rs"]),
    ("unicode_normalization", &["licence/normalise.rs", "text/alike.rs"]),
    ("unicode_properties", &["text/sight.rs"]),
    ("unicode_security", &["text/alike.rs"]),
    (
        "schemars",
        &[
            "evidence/context.rs",
            "evidence/details.rs",
            "evidence/file.rs",
            "evidence/screening.rs",
            "evidence/seen.rs",
        ],
    ),
    ("textwrap", &["report/canvas.rs", "text/render.rs"]), // miette takes its word splitters
    ("anstyle", &["report/canvas.rs"]),
    ("terminal_size", &["cli/screen.rs"]),
    ("clap_mangen", &["cli/schema.rs"]),
    // The command line is one room; its definition, its translation and its completions stand in a file each.
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/args.rs", "cli/schema.rs"]),
    // A digest is two lines where it is needed; a wrapper would hide nothing.
    ("sha2", &["evidence/digest.rs", "licence/normalise.rs", "report/json.rs", "rules/files.rs"]),
    ("memmap2", &["weights/map.rs"]),
    ("rawzip", &["weights/torch/archive.rs", "bundle/archive.rs"]),
    ("rayon", &["measure/", "bundle/digests.rs"]),
    ("p256", &["signing/key.rs"]),
    ("ed25519_dalek", &["signing/key.rs"]),
    ("base64", &["signing/envelope.rs"]),
    ("getrandom", &["cli/sign.rs"]),
    // Writing YAML, and a second opinion in tests.
    ("serde_yaml", &["text/yaml.rs", "licence/tests.rs"]),
];

/// Longest file, in lines. A longer one is two things.
const MAX_LINES: usize = 600;

/// Files that may be longer, with the reason.
const LONGER: &[(&str, &str)] = &[];

/// Names under which anything could be hidden.
const DRAWERS: [&str; 6] = ["utils", "util", "helpers", "helper", "manager", "common"];

/// The only files that may hold `unsafe` code: those that map files.
const UNSAFE: &[&str] = &["weights/map.rs"];

fn src() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file: its path below `src/` and its text.
fn sources() -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut left = vec![src()];
    while let Some(folder) = left.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(src()).unwrap().to_str().unwrap().replace('\\', "/");
                all.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

/// The code of a file without comments, so that a word in prose is no use of anything.
fn code(text: &str) -> String {
    let lines =
        text.lines().map(|line| line.find("//").filter(|&at| !line[..at].contains('"')).map_or(line, |at| &line[..at]));
    lines.collect::<Vec<_>>().join("\n")
}

/// The words that follow `prefix` as paths: `crate::text`, and each of `crate::{text, facts}`.
fn followers<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    let word = |text: &'t str| &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())];
    let mut found = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut fresh) = (0usize, true);
            for (at, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => fresh = true,
                    c if fresh && c.is_alphabetic() => {
                        found.push(word(&group[at..]));
                        fresh = false;
                    }
                    _ => {}
                }
            }
        } else {
            found.push(word(rest));
        }
    }
    found
}

fn names_crate(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + name.len()..];
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':' && c != '.')
            && (after.starts_with("::") || text[..at].ends_with("use ") && after.starts_with([';', ' ']))
    })
}

#[test]
fn rooms_use_only_rooms_below_them() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let Some((room, _)) = file.split_once('/') else { continue };
        let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{file}: `{room}` is not in the table of rooms"));
            continue;
        };
        for used in followers(&code(&text), "crate::") {
            let is_room = ROOMS.iter().any(|(name, _)| *name == used);
            if is_room && used != room && !below.contains(&used) {
                wrong.push(format!("{file}: `{room}` must not use `{used}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_inside_measure_use_only_those_before_them() {
    let place = |room: &str| INSIDE_MEASURE.iter().position(|name| *name == room);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (file, text) in sources() {
        let Some((room, _)) = file.strip_prefix("measure/").and_then(|inside| inside.split_once('/')) else { continue };
        let Some(own) = place(room) else {
            wrong.push(format!("{file}: `{room}` is not in the table of rooms"));
            continue;
        };
        for used in followers(&code(&text), "crate::measure::") {
            let Some(at) = place(used) else { continue };
            seen += 1;
            if at > own {
                wrong.push(format!("{file}: `{room}` must not use `{used}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 100, "{seen} arrows were read");
}

/// Every path that the `use` declarations of a file name, its segments in order: `use a::{b, c::d};` names `a b` and
/// `a c d`.
fn used_paths(text: &str) -> Vec<Vec<String>> {
    fn tree(before: &[String], text: &str, found: &mut Vec<Vec<String>>) {
        let (mut path, mut rest) = (before.to_vec(), text.trim());
        while let Some((word, after)) = rest.split_once("::").filter(|(word, _)| !word.contains('{')) {
            path.push(word.trim().to_owned());
            rest = after.trim();
        }
        let Some(group) = rest.strip_prefix('{').and_then(|group| group.trim_end().strip_suffix('}')) else {
            path.push(rest.split(" as ").next().unwrap_or_default().trim().to_owned());
            found.push(path);
            return;
        };
        let (mut depth, mut from) = (0, 0);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    tree(&path, &group[from..at], found);
                    from = at + 1;
                }
                _ => {}
            }
        }
        if !group[from..].trim().is_empty() {
            tree(&path, &group[from..], found);
        }
    }
    let mut found = Vec::new();
    for (at, _) in text.match_indices("use ") {
        if let Some((declaration, _)) = text[at + 4..].split_once(';') {
            tree(&[], declaration, &mut found);
        }
    }
    found
}

/// The files of `measure` with the files that each uses. A door lists what its room has and is no file of its own;
/// tests may use what they test.
fn arrows_of_files() -> BTreeMap<String, BTreeSet<String>> {
    let all: Vec<(String, String)> = sources().into_iter().filter(|(file, _)| file.starts_with("measure/")).collect();
    let is_door = |file: &str| file.ends_with("mod.rs");
    let segments = |file: &str| -> Vec<String> {
        let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').map(str::to_owned).collect()
    };
    let place: BTreeMap<Vec<String>, &str> = all.iter().map(|(file, _)| (segments(file), file.as_str())).collect();
    let mut arrows = BTreeMap::new();
    for (file, text) in &all {
        if is_door(file) || ["tests.rs", "nulls.rs", "oracle.rs"].iter().any(|end| file.ends_with(end)) {
            continue;
        }
        let text = code(text.split("#[cfg(test)]\nmod ").next().unwrap_or_default());
        let mut used = BTreeSet::new();
        for path in used_paths(&text) {
            let ups = path.iter().take_while(|word| *word == "super").count();
            let target: Vec<String> = match path[0].as_str() {
                "crate" => path[1..].to_vec(),
                "super" => {
                    let own = segments(file);
                    own[..own.len() - ups].iter().chain(&path[ups..]).cloned().collect()
                }
                _ => continue,
            };
            let named = (1..=target.len()).rev().find_map(|length| place.get(&target[..length]));
            used.extend(named.filter(|name| **name != file && !is_door(name)).map(|name| (*name).to_owned()));
        }
        arrows.insert(file.clone(), used);
    }
    arrows
}

#[test]
fn files_of_measure_use_each_other_in_no_circle() {
    let mut left = arrows_of_files();
    let (files, arrows) = (left.len(), left.values().map(BTreeSet::len).sum::<usize>());
    assert!(files > 80 && arrows > 300, "{files} files and {arrows} arrows were read");
    // Take away what uses nothing that is left; a circle stays.
    loop {
        let done: Vec<String> = left.iter().filter(|(_, used)| used.is_empty()).map(|(file, _)| file.clone()).collect();
        if done.is_empty() {
            break;
        }
        for file in &done {
            left.remove(file);
        }
        for used in left.values_mut() {
            used.retain(|file| !done.contains(file));
        }
    }
    assert!(left.is_empty(), "a circle is among these: {left:#?}");
}

#[test]
fn the_table_of_rooms_has_no_circle() {
    for (at, (room, below)) in ROOMS.iter().enumerate() {
        for used in *below {
            let place = ROOMS.iter().position(|(name, _)| name == used);
            assert!(place.is_some_and(|place| place < at), "`{room}` uses `{used}`, which does not stand above it");
        }
    }
}

#[test]
fn a_foreign_crate_is_known_to_one_file() {
    let mut wrong = Vec::new();
    for (file, text) in sources().into_iter().filter(|(file, _)| !file.ends_with("tests.rs")) {
        // What tests alone use is a matter of the tests.
        let text = code(text.split("#[cfg(test)]").next().unwrap_or_default());
        for (name, allowed) in CRATES {
            let may = allowed.iter().any(|place| file == *place || place.ends_with('/') && file.starts_with(place));
            if !may && names_crate(&text, name) {
                wrong.push(format!("{file}: only {allowed:?} may use `{name}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A table that names a file which is gone would allow what nobody meant.
#[test]
fn the_tables_name_files_that_are_there() {
    let all = sources();
    for (name, files) in CRATES {
        for file in *files {
            let there = all.iter().any(|(path, text)| {
                (path == file || file.ends_with('/') && path.starts_with(file)) && names_crate(&code(text), name)
            });
            assert!(there, "{file} does not use `{name}`: take it out of the table");
        }
    }
    for (file, why) in LONGER {
        let lines = all.iter().find(|(path, _)| path == file).map_or(0, |(_, text)| text.lines().count());
        assert!(lines > MAX_LINES && !why.is_empty(), "{file} is not longer than {MAX_LINES} lines");
    }
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(file, text)| text.lines().count() > MAX_LINES && !LONGER.iter().any(|(name, _)| name == file))
        .map(|(file, text)| format!("{file} has {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{}: at most {MAX_LINES}", long.join(", "));
}

#[test]
fn no_file_is_a_drawer() {
    for (file, _) in sources() {
        let stem = Path::new(&file).file_stem().unwrap().to_str().unwrap();
        let folders: Vec<&str> = file.split('/').collect();
        assert!(
            !DRAWERS.contains(&stem) && !folders.iter().any(|part| DRAWERS.contains(part)),
            "{file}: say what is in it"
        );
    }
}

#[test]
fn every_room_says_what_it_is_for() {
    for (file, text) in sources() {
        if file.matches('/').count() == 1 && file.ends_with("/mod.rs") {
            let lines = text.lines().take_while(|line| line.starts_with("//!")).count();
            assert!((2..=16).contains(&lines), "{file} says what the room is for in {lines} lines");
        }
        assert!(text.starts_with("//!"), "{file} does not begin with what it is for");
    }
}

#[test]
fn unsafe_code_stands_in_one_place() {
    for (file, text) in sources() {
        let holds = code(&text).split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
        assert!(!holds || UNSAFE.contains(&file.as_str()), "{file} holds unsafe code");
    }
}

/// Texts of strangers are made harmless in the text room, by their type and by the writers of the formats.
#[test]
fn nobody_escapes_by_hand() {
    const BY_HAND: [&str; 6] =
        [".escape_debug(", ".escape_default(", ".escape_unicode(", ".display()", "\"&lt;\"", "\"\\\\|\""];
    let mut wrong = Vec::new();
    for (file, text) in sources().into_iter().filter(|(file, _)| !file.starts_with("text/")) {
        for means in BY_HAND.iter().filter(|means| code(&text).contains(**means)) {
            wrong.push(format!("{file}: `{means}`: use `text::Untrusted`, `text::shown_path` or `text::escape`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every crate that the package names says in the same line why it is there.
#[test]
fn every_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(src().parent().unwrap().join("Cargo.toml")).unwrap();
    let mut inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && line.contains('=') && !line.starts_with('#') {
            assert!(line.split_once('#').is_some_and(|(_, why)| why.trim().len() > 5), "`{line}` has no reason");
        }
    }
    for asked in ["serde", "serde_yaml", "schemars", "clap", "miette", "safetensors"] {
        assert!(manifest.lines().any(|line| line.starts_with(&format!("{asked} ="))), "{asked}");
    }
}

/// A model is gathered for a ruleset in one place, so that no command misses the ruleset's own facts.
#[test]
fn a_model_is_gathered_for_a_ruleset_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut left = vec![root.clone()];
    let mut found = BTreeSet::new();
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let code: String = std::fs::read_to_string(&path).unwrap_or_default();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            let calls = |line: &str| line.contains("gather_handed(") || line.contains("gather(");
            if !name.starts_with("gather/") && code.into_iter().any(calls) {
                found.insert(name);
            }
        }
    }
    // These ask for no ruleset: `facts MODEL`, a card for which none was chosen, and the claims of a model's card.
    let known = ["cli/card_new.rs", "cli/claims.rs", "cli/facts.rs", "desk/gathering.rs"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(known));
}
