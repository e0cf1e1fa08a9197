//! The table of limits (`docs/limits.md`) names the constants of the code: what is read here is the source itself, so a
//! number that is changed there and not in the manual fails. `SOVGRADE_BLESS=1` writes the tables anew.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A limit: file and constant, what it is of (English, Korean), and what happens beyond it.
type Limit = (&'static str, &'static str, &'static str, &'static str, Beyond);

#[derive(Clone, Copy)]
enum Beyond {
    /// The file is refused: exit code 2.
    Refused,
    /// A warning says so, and the rest is graded.
    Warned,
    /// The rest is counted, and the count is shown.
    Counted,
    /// What is longer is cut, and marked.
    Cut,
    /// It is not looked at, and the report says so.
    Named,
}

use Beyond::{Counted, Cut, Named, Refused, Warned};

impl Beyond {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Refused => ("refused", "거절한다"),
            Warned => ("a warning; the rest is graded", "경고하고 나머지를 평가한다"),
            Counted => ("only counted", "수만 센다"),
            Cut => ("cut, and marked", "자르고 표시한다"),
            Named => ("not looked at, and named as such", "보지 않고, 보지 않았다고 적는다"),
        }
    }
}

const LIMITS: &[Limit] = &[
    ("src/text/limits.rs", "MAX_TEXT_BYTES", "bytes of a text file", "텍스트 파일의 바이트", Refused),
    ("src/text/limits.rs", "MAX_VALUES", "values of a YAML or JSON file", "YAML이나 JSON 파일 하나의 값", Refused),
    ("src/text/limits.rs", "MAX_DEPTH", "levels of a YAML or JSON file", "YAML이나 JSON 파일의 중첩 단계", Refused),
    ("src/text/yaml.rs", "MAX_ALIASED_NODES", "values that aliases of YAML unfold to", "YAML 별칭을 푼 값", Refused),
    ("src/text/yaml.rs", "MAX_ALIASED_BYTES", "bytes that aliases of YAML unfold to", "YAML 별칭을 푼 바이트", Refused),
    ("src/text/limits.rs", "MAX_PROBLEMS", "problems shown of a file", "파일 하나에서 보이는 문제", Counted),
    ("src/text/limits.rs", "MAX_PROBLEMS_IN_ALL", "problems shown of a run", "한 번 실행해 보이는 문제", Counted),
    ("src/text/untrusted.rs", "MAX_CHARS", "characters of a text that enters a fact", "사실에 들어가는 글의 글자", Cut),
    ("src/files/folder.rs", "MAX_FILES", "entries of a model's directory", "모델 디렉터리의 항목", Refused),
    ("src/files/folder.rs", "MAX_FOLDERS_DEEP", "folders below each other", "폴더 안의 폴더 단계", Named),
    ("src/gather/front_matter.rs", "MAX_BLOCK_BYTES", "bytes of a front matter", "머리말의 바이트", Refused),
    ("src/gather/model.rs", "MAX_CARD_BYTES", "bytes of sovereignty.yaml", "sovereignty.yaml의 바이트", Refused),
    (
        "src/gather/hub.rs",
        "MAX_NAMED",
        "base models, or licences, of a front matter",
        "머리말의 원본 모델이나 라이선스",
        Refused,
    ),
    ("src/gather/card/evidence.rs", "MAX_SOURCES", "sources of all values of a card", "카드의 값에 딸린 출처", Refused),
    ("src/gather/tokenizer.rs", "MAX_BYTES", "bytes of a tokenizer file", "토크나이저 파일의 바이트", Warned),
    ("src/evidence/decode.rs", "MAX_BYTES", "bytes of an evidence file", "증거 파일의 바이트", Refused),
    ("src/evidence/decode.rs", "MAX_SUBJECT_FILES", "files that evidence is about", "증거가 말하는 파일", Refused),
    (
        "src/evidence/facts.rs",
        "MAX_LINKS",
        "links of all evidence, counted for each component",
        "증거의 계보 관계, 구성요소마다 셈",
        Refused,
    ),
    (
        "src/weights/header.rs",
        "MAX_HEADER_BYTES",
        "bytes of a header of safetensors, or of an index",
        "safetensors 헤더나 색인의 바이트",
        Refused,
    ),
    ("src/weights/header.rs", "MAX_TENSORS", "tensors of a file", "파일 하나의 텐서", Refused),
    ("src/weights/header.rs", "MAX_NAME_BYTES", "bytes of a tensor's name", "텐서 이름의 바이트", Refused),
    ("src/weights/header.rs", "MAX_RANK", "dimensions of a tensor", "텐서의 차원", Refused),
    ("src/measure/sketch/read.rs", "MAX_BYTES", "bytes of a sketch", "스케치의 바이트", Refused),
    ("src/rules/files.rs", "MAX_FILES", "criteria, or cases, of a ruleset", "규칙 모음의 기준이나 사례", Refused),
    (
        "src/rules/files.rs",
        "MAX_RULESET_BYTES",
        "bytes of all files of a ruleset",
        "규칙 모음의 파일을 합한 바이트",
        Refused,
    ),
    ("src/rules/load.rs", "MAX_TERMS", "terms of a ruleset", "규칙 모음의 용어", Refused),
    (
        "src/rules/compile.rs",
        "MAX_NODES",
        "nodes that the tests of a ruleset unfold to",
        "규칙 모음의 시험을 푼 마디",
        Refused,
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The value of a constant as its source has it: a number, or a number shifted.
fn value_of(file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let mark = format!("const {name}: ");
    let line = text.lines().find(|line| line.contains(&mark)).unwrap_or_else(|| panic!("{file} has no {name}"));
    let expression = line.split_once("= ").unwrap().1.trim_end_matches(';');
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().unwrap_or_else(|_| panic!("{file}: {line}"));
    match expression.split_once("<<") {
        Some((base, shift)) => number(base) << number(shift),
        None => number(expression),
    }
}

/// A number as people read it: powers of two of bytes as MiB.
fn shown(value: u64, what: &str) -> String {
    if what.starts_with("bytes") && value.is_multiple_of(1 << 20) {
        return format!("{} MiB", value >> 20);
    }
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

fn table(korean: bool) -> String {
    let mut text = String::from(if korean {
        "| 무엇 | 한도 | 넘으면 |\n|---|---:|---|\n"
    } else {
        "| of what | limit | beyond it |\n|---|---:|---|\n"
    });
    for (file, name, en, ko, beyond) in LIMITS {
        let value = shown(value_of(file, name), en);
        let (what, words) = if korean { (ko, beyond.words().1) } else { (en, beyond.words().0) };
        text.push_str(&format!("| {what} | {value} | {words} |\n"));
    }
    text
}

const MARKS: (&str, &str) = ("<!-- limits -->\n", "<!-- end -->\n");

fn check(page: &Path, korean: bool) {
    let text = fs::read_to_string(page).unwrap();
    let (before, rest) = text.split_once(MARKS.0).unwrap();
    let (_, after) = rest.split_once(MARKS.1).unwrap();
    let wanted = format!("{before}{}{}{}{after}", MARKS.0, table(korean), MARKS.1);
    if text == wanted {
        return;
    }
    assert!(std::env::var_os("SOVGRADE_BLESS").is_some(), "{} is stale", page.display());
    fs::write(page, wanted).unwrap();
}

#[test]
fn the_tables_name_the_numbers_of_the_code() {
    check(&root().join("docs/limits.md"), false);
    check(&root().join("docs/ko/limits.md"), true);
}

#[test]
fn a_limit_stands_there_once() {
    let mut seen = BTreeSet::new();
    for (file, name, ..) in LIMITS {
        assert!(seen.insert((file, name)), "{file}: {name}");
    }
}
