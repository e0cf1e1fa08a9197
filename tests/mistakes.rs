//! Mistakes that people who are no programmers make, kind by kind. Each kind is a law of the language (which sign, which
//! word, which name), and its cases are made from tables: every sign in every place, every name of a country, every way
//! to write a day. Each case says where the finding stands, what it must say in both languages, and that it is one.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use sovgrade::desk::{Allowances, Scope, findings, trials};
use sovgrade::gather::gather;
use sovgrade::rules::{RulesetFiles, load};
use sovgrade::text::{Diagnostic, Diagnostics, Severity};

const RULESET: &str = "\
format: 1
id: mine
version: 1.1.0
title: { ko: 보유 지침, en: Guideline on holding }
source:
  title: The guideline
  retrieved: 2026-11-24
home: KR
languages: [ko, en]
history:
  - version: 1.1.0
    date: 2026-11-24
    changes: { ko: 비율을 더함, en: Adds the share }
  - version: 1.0.0
    date: 2026-09-01
    changes: { ko: 처음 펴냄, en: First edition }
scale:
  ladder:
    - id: L0
      title: { ko: 바닥, en: The ground }
      requires: []
    - id: L1
      title: { ko: 보유, en: Weights held }
      requires:
        - weights-held
        - at-home
";

const TERMS: &str = "\
format: 1
terms:
  at-hand:
    title:
      ko: 가중치 보유
      en: Weights at hand
    meaning:
      ko: 가중치 파일을 가지고 있다.
      en: The file with the weights is held.
    test: { fact: model.weights-held, is: true }
";

const HELD: &str = "\
format: 1
id: weights-held
dimension: weights
title:
  ko: 가중치 보유
  en: Weights at hand
question:
  ko: 가중치를 가지고 있는가?
  en: Are the weights held?
rationale:
  ko: 가중치가 없으면 서비스가 멈춘다.
  en: Without the weights the service stops.
cites:
  - { source: guideline, at: \"제3조\" }
needs: documented
test: { term: at-hand }
";

const HOME: &str = "\
format: 1
id: at-home
dimension: data
title: { ko: 국내 학습, en: Trained at home }
question: { ko: 국내에서 학습했는가?, en: Was it trained at home? }
rationale: { ko: 국내 법이 지킨다., en: The law at home protects it. }
cites: [{ source: guideline, at: \"제4조\" }]
needs: documented
test: { fact: data.synthetic-share, at-most: 30 % }
";

const CARD: &str = "\
schema: sovereignty/1
statement_date: 2026-11-24
developer:
  name: Example Lab
  jurisdiction: \"KR\"
relation: from-scratch
release:
  form: directory
  weights_held: yes
  parameters: 7B
complete: [components]
components:
  - id: text
    role: text
    initialisation: random-init
    trained_by: [Example Lab]
";

const WHERE_HELD: &str = "criteria/weights-held.yaml";
const WHERE_HOME: &str = "criteria/at-home.yaml";

/// Words of a parser, which no message may hold.
const JARGON: [&str; 14] = [
    "simple key",
    "mapping values",
    "while scanning",
    "while parsing",
    "plain scalar",
    "unexpected",
    "block mapping",
    "flow mapping",
    "flow sequence",
    "unknown anchor",
    "expected ':'",
    "invalid token",
    "could not find",
    "os error",
];

/// A folder with a ruleset or a model, and what is wrong in it.
struct Case {
    name: String,
    /// Files with their bytes, laid over the base; `None` takes one away.
    files: Vec<(String, Option<Vec<u8>>)>,
    card: bool,
}

impl Case {
    fn of(name: impl Into<String>) -> Self {
        Self { name: name.into(), files: Vec::new(), card: false }
    }

    fn with(mut self, file: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((file.to_owned(), Some(bytes.into())));
        self
    }

    fn without(mut self, file: &str) -> Self {
        self.files.push((file.to_owned(), None));
        self
    }

    fn found(&self) -> Vec<Diagnostic> {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("mine");
        let base: &[(&str, &str)] = if self.card {
            &[("sovereignty.yaml", CARD), ("README.md", "---\nlicense: apache-2.0\nlanguage: [ko, en]\n---\n")]
        } else {
            &[("ruleset.yaml", RULESET), ("terms.yaml", TERMS), (WHERE_HELD, HELD), (WHERE_HOME, HOME)]
        };
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        for (name, text) in base {
            write(name, text.as_bytes());
        }
        for (name, bytes) in &self.files {
            match bytes {
                Some(bytes) => write(name, bytes),
                None => std::fs::remove_file(folder.join(name)).unwrap(),
            }
        }
        if self.card { of_card(&folder) } else { of_rules(&folder) }.sorted()
    }

    /// The one finding, with its line and what it says; whatever else is there is a fault.
    fn one(&self, faults: &mut Vec<String>) -> Option<(String, u32, String, String)> {
        let found = self.found();
        let list =
            || found.iter().map(|it| format!("{} {}", it.code.id(), it.message.en)).collect::<Vec<_>>().join("; ");
        let [problem] = &found[..] else {
            faults.push(format!("{}: {} findings: {}", self.name, found.len(), list()));
            return None;
        };
        let help = problem.help.clone().unwrap_or_default();
        let (ko, en) =
            (format!("{} → {}", problem.message.ko, help.ko), format!("{} → {}", problem.message.en, help.en));
        let jargon = JARGON.iter().find(|word| [&ko, &en].iter().any(|text| text.to_lowercase().contains(**word)));
        if let Some(word) = jargon {
            faults.push(format!("{}: says `{word}`: {en}", self.name));
        }
        let korean = |text: &str| text.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c));
        if !korean(&problem.message.ko) || !korean(&help.ko) || help.en.is_empty() {
            faults.push(format!("{}: not in both languages: {ko} / {en}", self.name));
        }
        let line = if problem.file.text().is_empty() { 0 } else { problem.file.position(problem.span.start).line };
        Some((problem.code.id().to_owned(), line, ko, en))
    }
}

fn of_rules(folder: &Path) -> Diagnostics {
    let files = match RulesetFiles::read(folder) {
        Ok(files) => files,
        Err(problems) => return problems,
    };
    match load(&files) {
        Err(problems) => problems,
        Ok((rules, mut warnings)) => {
            let (trials, broken) = trials(&files, &rules, None);
            warnings.extend(broken);
            let mut allowances = Allowances::read(&files, &rules.languages).unwrap();
            let scope = Scope { files: &files, rules: &rules, trials: &trials };
            let (found, _) = findings(&scope, Vec::new(), &mut allowances);
            // The base has no cases, which every criterion is told.
            for finding in found.sorted().into_iter().filter(|it| it.code.id() != "SG0501") {
                warnings.push(finding);
            }
            warnings
        }
    }
}

fn of_card(folder: &Path) -> Diagnostics {
    gather(folder, &[]).map_or_else(|problems| problems, |gathered| gathered.warnings)
}

/// The text with one piece replaced, and the line where that is.
fn edit(text: &str, old: &str, new: &str) -> (String, u32) {
    assert_eq!(text.matches(old).count(), 1, "`{old}` stands {} times", text.matches(old).count());
    let at = text.find(old).unwrap();
    let same: usize = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let line = text[..at + same].matches('\n').count() + 1;
    (text.replacen(old, new, 1), u32::try_from(line).unwrap())
}

/// One row of a table: a file, what was there, what was written, the code, and words that both languages must hold (a
/// bar stands between alternatives; `=` before one asks for it in both).
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a [&'a str], &'a [&'a str]);

fn text_of(file: &str) -> &'static str {
    match file {
        "ruleset.yaml" => RULESET,
        "terms.yaml" => TERMS,
        "sovereignty.yaml" => CARD,
        WHERE_HELD => HELD,
        _ => HOME,
    }
}

fn holds(text: &str, words: &str) -> bool {
    words.split('|').any(|word| text.contains(word))
}

fn hold(rows: &[Row<'_>]) {
    let mut faults = Vec::new();
    for (file, old, new, code, ko, en) in rows {
        let (text, line) = edit(text_of(file), old, new);
        let mut case = Case::of(format!("{file}: {new:?}")).with(file, text);
        case.card = *file == "sovereignty.yaml";
        check(&case, code, Some(line), ko, en, &mut faults);
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

fn check(case: &Case, code: &str, line: Option<u32>, ko: &[&str], en: &[&str], faults: &mut Vec<String>) {
    let Some((found, at, says_ko, says_en)) = case.one(faults) else { return };
    if found != code {
        faults.push(format!("{}: {found}, should be {code}: {says_en}", case.name));
    }
    if line.is_some_and(|line| line != at) {
        faults.push(format!("{}: at line {at}, should be {}", case.name, line.unwrap_or_default()));
    }
    for (words, text) in ko.iter().map(|words| (words, &says_ko)).chain(en.iter().map(|words| (words, &says_en))) {
        if !holds(text, words) {
            faults.push(format!("{}: does not say `{words}`: {text}", case.name));
        }
    }
}

fn accepted(cases: &[Case]) {
    let faults: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let found = case.found();
            let list: Vec<&str> = found.iter().map(|it| it.message.en.as_str()).collect();
            (!found.is_empty()).then(|| format!("{}: {}", case.name, list.join("; ")))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_base_is_right() {
    let card = Case { card: true, ..Case::of("card") };
    accepted(&[Case::of("rules"), card]);
}

/// A sign that only looks right is named with its number, wherever a sign or a word of the language should stand.
#[test]
fn signs_that_only_look_right_are_named_where_they_stand() {
    let mut faults = Vec::new();
    let signs: &[(&str, &[char])] = &[
        // Where a colon should stand.
        ("dimension{}weights", &['：', '﹕', '︰', '∶']),
        // Where a blank should stand, behind a colon.
        ("dimension:{}weights", &['\u{a0}', '\u{3000}', '\u{2003}', '\u{202f}', '\u{2009}']),
        // Behind, before and around a word.
        ("dimension: weights{}", &['\u{a0}', '\u{3000}', '，', '”', '’']),
        ("dimension: {}weights", &['“', '‘', '「', '＂']),
        ("dimension: wei{}ghts", &['－', '—', '–', '‐', '＿']),
        // In a key.
        ("dimen{}sion: weights", &['\u{a0}', '－', '＿', '．', '‑']),
        ("{}dimension: weights", &['\u{3000}', '\u{a0}', '“', '－']),
    ];
    for (pattern, list) in signs {
        for sign in *list {
            let (text, line) = edit(HELD, "dimension: weights", &pattern.replace("{}", &sign.to_string()));
            let line =
                text.lines().position(|line| line.contains(*sign)).map_or(line, |at| u32::try_from(at + 1).unwrap());
            let case = Case::of(format!("{pattern} {sign:?}")).with(WHERE_HELD, text);
            let number = format!("U+{:04X}", u32::from(*sign));
            check(&case, "SG0010", Some(line), &[&number], &[&number], &mut faults);
        }
    }
    let flow: &[(&str, &str, &[char])] = &[
        ("{ fact: data", "{ fact{} data", &['：']),
        ("share, at-most", "share{} at-most", &['，', '、']),
        ("fact: data", "fact:{}data", &['\u{a0}', '\u{3000}']),
        ("test: { fact", "test: {}fact", &['｛', '（']),
    ];
    for (old, new, list) in flow {
        for sign in *list {
            let (text, line) = edit(HOME, old, &new.replace("{}", &sign.to_string()));
            let case = Case::of(format!("{new} {sign:?}")).with(WHERE_HOME, text);
            let number = format!("U+{:04X}", u32::from(*sign));
            check(&case, "SG0010", Some(line), &[&number], &[&number], &mut faults);
        }
    }
    for (old, new) in [
        ("[ko, en]", "[ko，en]"),
        ("[ko, en]", "［ko, en］"),
        ("        - weights-held", "        － weights-held"),
        ("        - weights-held", "        – weights-held"),
        ("        - weights-held", "        -\u{a0}weights-held"),
        ("        - weights-held", "        - weights—held"),
        ("id: mine", "id: “mine”"),
    ] {
        let (text, line) = edit(RULESET, old, new);
        let case = Case::of(new).with("ruleset.yaml", text);
        check(&case, "SG0010", Some(line), &["U+"], &["U+"], &mut faults);
    }
    for (old, new) in [
        ("relation: from-scratch", "relation： from-scratch"),
        ("relation: from-scratch", "relation:\u{a0}from-scratch"),
        ("relation: from-scratch", "relation: “from-scratch”"),
        ("relation: from-scratch", "relation: from-scra\u{200b}tch"),
        ("  parameters: 7B", "  parameters： 7B"),
        ("complete: [components]", "complete: ［components］"),
    ] {
        let (text, line) = edit(CARD, old, new);
        let case = Case { card: true, ..Case::of(new).with("sovereignty.yaml", text) };
        check(&case, "SG0010", Some(line), &["U+"], &["U+"], &mut faults);
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// In sentences any sign may stand, and what is harmless stays so.
#[test]
fn sentences_and_harmless_habits_are_left_alone() {
    let edited = |file: &str, old: &str, new: &str| {
        let (text, _) = edit(text_of(file), old, new);
        Case { card: file == "sovereignty.yaml", ..Case::of(format!("{file}: {new:?}")).with(file, text) }
    };
    let held = |new: &str| edited(WHERE_HELD, "ko: 가중치가 없으면 서비스가 멈춘다.", new);
    let mut cases: Vec<Case> = [
        "ko: 가중치（공개：전체，일부）가 없으면 “서비스”가 멈춘다.",
        "ko: 가중치가\u{a0}없으면 30\u{a0}% 멈춘다 － 그렇다.",
        "ko: C#과 F#으로 적은 글이다. # 설명",
        "ko: \"까닭: 가중치가 없으면 #1이 멈춘다.\"",
        "ko: '가중치가 없으면: 멈춘다'",
        "ko: >-\n    가중치가 없으면: 멈춘다 #1",
        "ko: 시각 10:30에 멈춘다. https://example.org/#a",
    ]
    .iter()
    .map(|new| held(new))
    .collect();
    for (old, new) in [
        ("dimension: weights", "dimension:\tweights"),
        ("dimension: weights", "dimension: weights\t# a comment"),
        ("dimension: weights", "dimension: weights # one of eight"),
        ("dimension: weights", "\"dimension\": 'weights'"),
        ("format: 1\n", "---\nformat: 1\n"),
        ("format: 1\n", "\u{feff}format: 1\n"),
    ] {
        cases.push(edited(WHERE_HELD, old, new));
    }
    cases.push(Case::of("windows line ends").with(WHERE_HELD, HELD.replace('\n', "\r\n")));
    cases.push(Case::of("no line end").with(WHERE_HELD, HELD.trim_end()));
    cases.push(Case::of("yml").without(WHERE_HELD).with("criteria/weights-held.yml", HELD));
    for new in ["30％", "\"30 %\"", "30 퍼센트", "30 percent", "30%", "３０ %"] {
        cases.push(edited(WHERE_HOME, "30 %", new));
    }
    for new in [
        "{ fact: training.location, in: [KR, NO, SE] }",
        "{ fact: training.location, in: [EU] }",
        "{ fact: training.location, not-in: [EEA, GB] }",
        "{ fact: model.languages, contains: ko }",
        "{ fact: model.languages, in: [zh-Hant, pt-BR, yue] }",
        "{ some: licence, holds: { fact: licence.id, in: [Apache-2.0, MIT, apache-2.0, EUPL-1.2] } }",
        "{ fact: model.parameters, at-least: 10억 파라미터 }",
        "{ fact: model.parameters, at-least: \"1,000,000,000 parameters\" }",
        "{ fact: model.released, at-least: 2026-11-24 }",
    ] {
        cases.push(edited(WHERE_HOME, "{ fact: data.synthetic-share, at-most: 30 % }", new));
    }
    for name in [
        "~$at-home.yaml",
        ".at-home.yaml.swp",
        "at-home.yaml.bak",
        "at-home.yaml~",
        "Thumbs.db",
        ".DS_Store",
        "desktop.ini",
        "._at-home.yaml",
        "README.md",
        "memo.docx",
        "at-home.yaml.orig",
        ".~lock.at-home.yaml#",
    ] {
        cases.push(Case::of(name).with(&format!("criteria/{name}"), vec![0, 1, 2]));
    }
    for (old, new) in [
        ("  name: Example Lab", "  name: Example Lab # the legal entity"),
        ("  name: Example Lab", "  name: &n Example Lab"),
        ("parameters: 7B", "parameters: 70억"),
        ("parameters: 7B", "parameters: 7,000,000,000"),
        ("initialisation: random-init", "initialization: random-init"),
    ] {
        cases.push(edited("sovereignty.yaml", old, new));
    }
    accepted(&cases);
}

/// What a parser cannot go on from is told by what a hand did.
#[test]
fn what_cannot_be_read_is_told_by_what_was_done() {
    const R: &str = "ruleset.yaml";
    const H: &str = WHERE_HELD;
    const KO: &str = "  ko: 가중치 보유\n";
    hold(&[
        (H, "\n  en: Weights at hand", "\n\ten: Weights at hand", "SG0004", &["탭"], &["tab"]),
        (H, "\n  en: Weights at hand", "\n \ten: Weights at hand", "SG0004", &["탭"], &["tab"]),
        (H, "needs: documented", "<<<<<<< HEAD\nneeds: documented", "SG0004", &["충돌"], &["merge"]),
        (H, "needs: documented", ">>>>>>> branch\nneeds: documented", "SG0004", &["충돌"], &["merge"]),
        (H, "needs: documented", "=======\nneeds: documented", "SG0004", &["충돌"], &["merge"]),
        (H, "needs: documented", "@@ -1,2 +1,2 @@\nneeds: documented", "SG0004", &["diff"], &["diff"]),
        (H, "needs: documented", "needs documented", "SG0004", &["쌍점"], &["colon"]),
        (H, "needs: documented", "needs:documented", "SG0004", &["빈칸", "`needs: documented`"], &["blank"]),
        (H, "\n  en: Weights", "\n  en:Weights", "SG0004", &["빈칸"], &["blank"]),
        (H, "\n  en: Weights", "\n    en: Weights", "SG0004", &["들여쓰기"], &["indent"]),
        (H, KO, "  ko: 까닭: 보유\n", "SG0004", &["쌍점", "따옴표"], &["quotes"]),
        (H, KO, "  ko: \"가중치\"를 가진다\n", "SG0004", &["닫는 따옴표", "작은따옴표"], &["quote"]),
        (H, KO, "  ko: '가중치'를 가진다\n", "SG0004", &["닫는 따옴표", "큰따옴표"], &["quote"]),
        (H, KO, "  ko: \"가중치\n", "SG0004", &["닫히지"], &["not closed"]),
        (H, KO, "  ko: [중요] 가중치\n", "SG0004", &["괄호"], &["bracket"]),
        (H, KO, "  ko: @가중치\n", "SG0004", &["`@`"], &["`@`"]),
        (H, KO, "  ko: `가중치\n", "SG0004", &["역따옴표"], &["backtick"]),
        (H, KO, "  ko: %가중치\n", "SG0004", &["`%`"], &["`%`"]),
        (H, KO, "  ko: *가중치*\n", "SG0004", &["`*`"], &["`*`"]),
        (H, KO, "  ko: > 30 %\n", "SG0004", &["`>`"], &["`>`"]),
        (H, KO, "  ko: - 가중치\n", "SG0004", &["목록"], &["list"]),
        (H, KO, "  ko: \"C:\\weights\"\n", "SG0004", &["\\"], &["\\"]),
        (R, "[ko, en]", "[ko, en", "SG0004", &["괄호"], &["bracket"]),
        (R, "{ ko: 보유, en: Weights held }", "{ ko: 보유, en: Weights held", "SG0004", &["괄호"], &["bracket"]),
        (R, "        - weights-held", "        -weights-held", "SG0004", &["빈칸"], &["blank"]),
        (R, "\n        - at-home", "\n        -at-home", "SG0004", &["`- at-home`"], &["`- at-home`"]),
        (R, "\n        - at-home", "\n          at-home", "SG0004", &["`- at-home`"], &["`- at-home`"]),
        ("sovereignty.yaml", "  name: Example Lab", "  name: Example: Lab", "SG0004", &["따옴표"], &["quotes"]),
        ("sovereignty.yaml", "\n  weights_held", "\n\tweights_held", "SG0004", &["탭"], &["tab"]),
    ]);
}

/// What ` #` cuts off a text is a finding; what it cuts off a word is a comment.
#[test]
fn texts_that_a_hash_cuts_are_told() {
    let words: (&[&str], &[&str]) = (&["#", "따옴표"], &["#", "quotes"]);
    let rows: Vec<Row<'_>> = [
        (WHERE_HELD, "ko: 가중치가 없으면 서비스가", "ko: 기준 #1 서비스가"),
        (WHERE_HELD, "en: Without the weights the service", "en: See # 4 of the service"),
        (WHERE_HELD, "en: Weights at hand", "en: #1 Weights at hand"),
        ("ruleset.yaml", "title: The guideline", "title: The guideline #3"),
        ("ruleset.yaml", "{ ko: 처음 펴냄, en", "{ ko: 처음 #1 펴냄, en"),
        ("sovereignty.yaml", "  name: Example Lab", "  name: Example #1 Lab"),
    ]
    .into_iter()
    .map(|(file, old, new)| (file, old, new, "SG0011", words.0, words.1))
    .collect();
    hold(&rows);
}

/// Encodings have names, and names of files are told apart.
#[test]
fn encodings_and_names_of_files_are_told() {
    let mut faults = Vec::new();
    let utf16 = |text: &str, little: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    // 가중치 in CP949; a text of Western Europe in Windows-1252.
    let cp949 = HELD.lines().filter(|line| line.is_ascii()).collect::<Vec<_>>().join("\n").into_bytes();
    let cp949 = [b"  ko: \xb0\xa1\xc1\xdf\xc4\xa1 \xba\xb8\xc0\xaf\n".to_vec(), cp949].concat();
    let western = b"title:\n  en: Mod\xe8le \x93held\x94 \n".to_vec();
    for (name, bytes) in [
        ("UTF-16 LE", utf16(HELD, true, true)),
        ("UTF-16 LE", utf16(HELD, true, false)),
        ("UTF-16 BE", utf16(HELD, false, true)),
        ("UTF-16 BE", utf16(HELD, false, false)),
        ("CP949", cp949),
        ("Windows-1252", western),
    ] {
        let case = Case::of(name).with(WHERE_HELD, bytes.clone());
        check(&case, "SG0003", None, &[name, "UTF-8"], &[name, "UTF-8"], &mut faults);
        let case = Case { card: true, ..Case::of(name).with("sovereignty.yaml", bytes) };
        check(&case, "SG0003", None, &[name, "UTF-8"], &[name, "UTF-8"], &mut faults);
    }
    for name in ["at-home.yaml.txt", "at-home.YAML", "at-home.yml.txt", "at-home.yaml (1)", "at-home.txt"] {
        let case = Case::of(name).without(WHERE_HOME).with(&format!("criteria/{name}"), HOME);
        check(&case, "SG0012", None, &[name, "`at-home.yaml`"], &[name, "`at-home.yaml`"], &mut faults);
    }
    for name in [
        "at-home - 복사본.yaml",
        "at-home - Copy.yaml",
        "at-home (1).yaml",
        "at-home copy.yaml",
        "Copy of at-home.yaml",
        "at-home의 사본.yaml",
    ] {
        let case = Case::of(name).with(&format!("criteria/{name}"), HOME);
        check(&case, "SG0012", None, &[name, "복사본"], &[name, "copy"], &mut faults);
    }
    for (gone, name, meant) in [
        ("terms.yaml", "terms.yml", "`terms.yaml`"),
        ("terms.yaml", "terms.yaml.txt", "`terms.yaml`"),
        ("terms.yaml", "term.yaml", "`terms.yaml`"),
    ] {
        let case = Case::of(name).without(gone).with(name, TERMS);
        check(&case, "SG0012", None, &[name, meant], &[name, meant], &mut faults);
    }
    for name in ["ruleset.yml", "ruleset.yaml.txt", "Ruleset.yaml", "ruleset (1).yaml"] {
        let case = Case::of(name).without("ruleset.yaml").with(name, RULESET);
        check(&case, "SG0217", None, &[name], &[name], &mut faults);
    }
    let case = Case::of("a folder").with("criteria/새 폴더/x.yaml", HOME);
    check(&case, "SG0012", None, &["새 폴더"], &["새 폴더"], &mut faults);
    for name in ["sovereignty.yaml.txt", "Sovereignty.yaml", "sovereignity.yaml", "sovereignty - 복사본.yaml"] {
        let case = Case { card: true, ..Case::of(name).without("sovereignty.yaml").with(name, CARD) };
        check(&case, "SG0012", None, &[name], &[name], &mut faults);
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// A test of the criterion on the share, written otherwise.
fn tests(rows: &[(&str, &str, &str)]) {
    let all: Vec<(String, [&str; 1], [&str; 1], &str)> =
        rows.iter().map(|(test, code, words)| ((*test).to_owned(), [*words], [*words], *code)).collect();
    let rows: Vec<Row<'_>> = all
        .iter()
        .map(|(test, ko, en, code)| {
            (WHERE_HOME, "{ fact: data.synthetic-share, at-most: 30 % }", test.as_str(), *code, &ko[..], &en[..])
        })
        .collect();
    hold(&rows);
}

#[test]
fn numbers_and_bounds_are_told_with_the_line_to_write() {
    let fact = "{ fact: data.synthetic-share, ";
    let of = |rest: &str| format!("{fact}{rest} }}");
    let rows: Vec<(String, &str, &str)> = [
        ("at-most: 30", "SG0107", "30 %"),
        ("at-most: \"30,5 %\"", "SG0103", "30.5 %"),
        ("at-most: 30,5 %", "SG0101", "30.5 %"),
        ("at-most: 130 %", "SG0106", "100 %"),
        ("at-most: -5 %", "SG0106", "30 %"),
        ("more-than: 100 %", "SG0222", "100 %"),
        ("less-than: 0 %", "SG0222", "0 %"),
        ("in: []", "SG0222", "in:"),
        ("at-most: 10~20 %", "SG0108", "all:"),
        ("at-most: 10-20 %", "SG0108", "all:"),
        ("is: 10 이상 20 이하", "SG0108", "all:"),
        ("at-most: 30 % 이하", "SG0108", "`at-most: 30 %`"),
        ("is: \">= 30 %\"", "SG0103", "`at-least: 30 %`"),
        ("is: \"≤ 30 %\"", "SG0103", "`at-most: 30 %`"),
        ("at-least: 10 %, at-most: 30 %", "SG0216", "all:"),
    ]
    .iter()
    .map(|(rest, code, words)| (of(rest), *code, *words))
    .collect();
    let rows: Vec<(&str, &str, &str)> = rows.iter().map(|(test, code, words)| (test.as_str(), *code, *words)).collect();
    tests(&rows);
    tests(&[
        ("{ fact: model.parameters, at-least: 1,000,000,000 parameters }", "SG0101", "1000000000"),
        (
            "{ all: [{ fact: data.synthetic-share, at-least: 50 % }, { fact: data.synthetic-share, at-most: 30 % }] }",
            "SG0222",
            "%",
        ),
        ("{ fact: model.released, at-least: 2026.11.30 }", "SG0112", "`2026-11-30`"),
        ("{ fact: model.released, at-least: 2026년 11월 30일 }", "SG0112", "`2026-11-30`"),
        ("{ fact: model.released, at-least: 30/11/2026 }", "SG0112", "`2026-11-30`"),
    ]);
}

#[test]
fn words_of_everyday_find_their_words() {
    let operators: Vec<(String, &str, String)> = [
        ("이하", "at-most"),
        ("이상", "at-least"),
        ("초과", "more-than"),
        ("미만", "less-than"),
        ("\"<=\"", "at-most"),
        ("\"≥\"", "at-least"),
        ("\">\"", "more-than"),
        ("\"<\"", "less-than"),
        ("max", "at-most"),
        ("at_most", "at-most"),
        ("atMost", "at-most"),
        ("\"at most\"", "at-most"),
        ("AT-MOST", "at-most"),
        ("최대", "at-most"),
        ("\"=\"", "is"),
    ]
    .iter()
    .map(|(word, meant)| (format!("{{ fact: data.synthetic-share, {word}: 30 % }}"), "SG0101", format!("`{meant}`")))
    .collect();
    let rows: Vec<(&str, &str, &str)> =
        operators.iter().map(|(test, code, words)| (test.as_str(), *code, words.as_str())).collect();
    tests(&rows);
    let facts: Vec<String> = [
        "data.synthetic_share",
        "data.syntheticShare",
        "data.synthetic share",
        "synthetic-share",
        "합성 데이터 비율",
        "합성데이터비율",
        "합성 데이터 비율이",
        "share of synthetic data",
        "Data.Synthetic-Share",
    ]
    .iter()
    .map(|fact| format!("{{ fact: {fact}, at-most: 30 % }}"))
    .collect();
    tests(&facts.iter().map(|test| (test.as_str(), "SG0201", "data.synthetic-share")).collect::<Vec<_>>());
    let node = "`{ fact: data.synthetic-share, at-most: 30 % }`";
    tests(&[
        ("data.synthetic-share <= 30 %", "SG0103", node),
        ("data.synthetic-share at-most 30 %", "SG0103", node),
        ("합성 데이터 비율이 30 % 이하", "SG0103", node),
        ("\"{ fact: data.synthetic-share, at-most: 30 % }\"", "SG0103", node),
        ("{ fact: data.synthetic-share <= 30 % }", "SG0201", node),
        ("at-hand", "SG0103", "`{ term: at-hand }`"),
        ("[{ fact: data.synthetic-share, at-most: 30 % }]", "SG0103", "`all:`"),
        ("{ 사실: data.synthetic-share, at-most: 30 % }", "SG0211", "`fact`"),
        ("{ and: [{ fact: data.synthetic-share, at-most: 30 % }] }", "SG0211", "`all`"),
        ("{ every: 데이터셋, holds: { fact: dataset.origin, in: [KR] } }", "SG0213", "`dataset`"),
    ]);
    let keys: Vec<Row<'_>> = [
        ("title:", "제목:", "`title`"),
        ("question:", "질문:", "`question`"),
        ("rationale:", "이유:", "`rationale`"),
        ("cites:", "근거:", "`cites`"),
        ("needs:", "확인 수준:", "`needs`"),
        ("test:", "시험:", "`test`"),
        ("cites:", "cite:", "`cites`"),
        ("needs:", "need:", "`needs`"),
        ("title:", "Titles:", "`title`"),
    ]
    .iter()
    .map(|(old, new, words)| {
        let words = std::slice::from_ref(words);
        (WHERE_HELD, *old, *new, "SG0101", words, words)
    })
    .collect();
    hold(&keys);
    let truths: Vec<Row<'_>> = [
        ("예", "`true`"),
        ("yes", "`true`"),
        ("O", "`true`"),
        ("있음", "`true`"),
        ("네", "`true`"),
        ("아니오", "`false`"),
        ("no", "`false`"),
        ("X", "`false`"),
        ("없음", "`false`"),
    ]
    .iter()
    .map(|(word, words)| {
        let words = std::slice::from_ref(words);
        ("terms.yaml", "true", *word, "SG0109", words, words)
    })
    .collect();
    hold(&truths);
}

#[test]
fn worlds_that_are_closed_stay_closed() {
    const R: &str = "ruleset.yaml";
    let mut rows: Vec<(String, &str, String)> = Vec::new();
    for (word, code) in [
        ("UK", "GB"),
        ("kr", "KR"),
        ("한국", "KR"),
        ("대한민국", "KR"),
        ("South Korea", "KR"),
        ("Korea", "KR"),
        ("USA", "US"),
        ("Taiwan", "TW"),
        ("일본", "JP"),
        ("KOR", "KR"),
    ] {
        rows.push((format!("{{ fact: training.location, in: [{word}] }}"), "SG0113", format!("`{code}`")));
    }
    for (word, code) in
        [("Korean", "ko"), ("kr", "ko"), ("한국어", "ko"), ("jp", "ja"), ("EN", "en"), ("English", "en")]
    {
        rows.push((format!("{{ fact: model.languages, contains: {word} }}"), "SG0115", format!("`{code}`")));
    }
    for (word, said) in [("Apache License 2.0", "apache-2.0"), ("MIT OR Apache-2.0", "in: [")] {
        rows.push((
            format!("{{ some: licence, holds: {{ fact: licence.id, is: {word} }} }}"),
            "SG0117",
            said.to_owned(),
        ));
    }
    tests(&rows.iter().map(|(test, code, words)| (test.as_str(), *code, words.as_str())).collect::<Vec<_>>());
    hold(&[
        (R, "home: KR", "home: EU", "SG0113", &["EU", "국가"], &["EU", "countr"]),
        (R, "home: KR", "home: UK", "SG0113", &["`GB`"], &["`GB`"]),
        (R, "[ko, en]", "[kr, en]", "SG0115", &["`ko`"], &["`ko`"]),
        (R, "[ko, en]", "[]", "SG0115", &["언어"], &["language"]),
        (R, "version: 1.1.0\ntitle", "version: v1.1.0\ntitle", "SG0116", &["`1.1.0`"], &["`1.1.0`"]),
        (R, "version: 1.1.0\ntitle", "version: 1.2.0\ntitle", "SG0116", &["history"], &["history"]),
        (R, "date: 2026-11-24", "date: 2026.11.24.", "SG0112", &["`2026-11-24`"], &["`2026-11-24`"]),
        (R, "date: 2026-11-24", "date: 2026년 13월 45일", "SG0112", &["날짜"], &["day"]),
        (R, "retrieved: 2026-11-24", "retrieved: 어제", "SG0112", &["날짜"], &["day"]),
        (WHERE_HELD, "ko: 가중치를 가지고 있는가?", "ko: Are they held by the maker?", "SG0511", &["`ko`"], &["`ko`"]),
        (WHERE_HELD, "en: Weights at hand", "en: 가중치가 손에 있음", "SG0511", &["`en`"], &["`en`"]),
        (WHERE_HELD, "ko: 가중치 보유", "ko: TODO", "SG0510", &["TODO"], &["TODO"]),
        (WHERE_HELD, "en: Weights at hand", "en: A new criterion", "SG0510", &["A new"], &["A new"]),
        ("sovereignty.yaml", "\"KR\"", "UK", "SG0113", &["`GB`"], &["`GB`"]),
        ("sovereignty.yaml", "2026-11-24", "2026.11.24.", "SG0112", &["`2026-11-24`"], &["`2026-11-24`"]),
        ("sovereignty.yaml", "[components]", "[components, teachers]", "SG0104", &["teachers: []"], &["teachers: []"]),
        ("sovereignty.yaml", "random-init", "무작위 초기화", "SG0106", &["`random-init`"], &["`random-init`"]),
        ("sovereignty.yaml", "relation:", "관계:", "SG0101", &["`relation`"], &["`relation`"]),
    ]);
}

/// A language that the ruleset does not name is told once, however many texts are in it.
#[test]
fn one_cause_is_told_once() {
    let mut faults = Vec::new();
    let (text, _) = edit(RULESET, "[ko, en]", "[ko]");
    let case = Case::of("[ko]").with("ruleset.yaml", text);
    check(&case, "SG0115", None, &["`en`", "languages"], &["`en`", "languages"], &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    hold(&[
        ("terms.yaml", "terms:\n", "용어:\n", "SG0101", &["`terms`"], &["`terms`"]),
        ("terms.yaml", "  at-hand:", "  at hand:", "SG0111", &["`-`"], &["`-`"]),
        ("ruleset.yaml", "  ladder:", "  단계:", "SG0101", &["`ladder`"], &["`ladder`"]),
        ("ruleset.yaml", "        - at-home", "        - at_home", "SG0204", &["`at-home`"], &["`at-home`"]),
        ("ruleset.yaml", "        - at-home", "        - at-home을", "SG0204", &["`at-home`"], &["`at-home`"]),
        (
            WHERE_HELD,
            "id: weights-held",
            "id: weights_held",
            "SG0210",
            &["`id: weights-held`"],
            &["`id: weights-held`"],
        ),
        (WHERE_HELD, "  en: Weights at hand", "  english: Weights at hand", "SG0101", &["`en`"], &["`en`"]),
        (WHERE_HELD, "  ko: 가중치 보유", "  kr: 가중치 보유", "SG0101", &["`ko`"], &["`ko`"]),
        (WHERE_HELD, "needs: documented\n", "needs: documented\nneeds: declared\n", "SG0105", &["두 번"], &["twice"]),
        (WHERE_HOME, "ko: 국내 법이 지킨다.", "ko: 국내 법, 곧 우리 법이", "SG0101", &["쉼표"], &["comma"]),
    ]);
}

#[test]
fn weights_of_a_scorecard_are_added_up() {
    let scorecard = |weights: [&str; 2]| {
        let (head, _) = RULESET.split_once("scale:").unwrap();
        let of = |at: usize, id: &str| {
            format!(
                "      - id: o{at}\n        title: {{ ko: 목표, en: Objective }}\n        weight: {}\n        criteria: [{{ criterion: {id}, points: 1 points }}]\n",
                weights[at]
            )
        };
        format!("{head}scale:\n  scorecard:\n    objectives:\n{}{}", of(0, "weights-held"), of(1, "at-home"))
    };
    let mut faults = Vec::new();
    for (weights, sum) in [(["60 %", "60 %"], "120 %"), (["60 %", "30 %"], "90 %"), (["33.3 %", "33.3 %"], "66.6 %")] {
        let case = Case::of(sum).with("ruleset.yaml", scorecard(weights));
        check(&case, "SG0223", None, &[sum, "100 %"], &[sum, "100 %"], &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    accepted(&[
        Case::of("100").with("ruleset.yaml", scorecard(["60 %", "40 %"])),
        Case::of("rounded").with("ruleset.yaml", scorecard(["66.7 %", "33.3 %"])),
    ]);
}

/// Only `known` is never unknown: no case can show it so, and none is asked for.
#[test]
fn no_case_is_asked_for_that_cannot_be() {
    let (text, _) =
        edit(HOME, "{ fact: data.synthetic-share, at-most: 30 % }", "{ fact: data.synthetic-share, known: true }");
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("mine");
    std::fs::create_dir_all(folder.join("criteria")).unwrap();
    for (name, text) in
        [("ruleset.yaml", RULESET), ("terms.yaml", TERMS), (WHERE_HELD, HELD), (WHERE_HOME, text.as_str())]
    {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let files = RulesetFiles::read(&folder).unwrap();
    let (rules, warnings) = load(&files).unwrap();
    assert!(!warnings.iter().any(|it| it.severity == Severity::Error));
    let (trials, _) = trials(&files, &rules, None);
    let scope = Scope { files: &files, rules: &rules, trials: &trials };
    let mut allowances = Allowances::read(&files, &rules.languages).unwrap();
    let (found, _) = findings(&scope, Vec::new(), &mut allowances);
    let asked: Vec<String> =
        found.sorted().into_iter().filter(|it| it.code.id() == "SG0501").map(|it| it.message.en).collect();
    assert!(asked.iter().any(|it| it.contains("`at-home`") && it.contains("`met`")), "{asked:?}");
    assert!(!asked.iter().any(|it| it.contains("`at-home`") && it.contains("`unknown`")), "{asked:?}");
    assert!(asked.iter().any(|it| it.contains("`weights-held`") && it.contains("`unknown`")), "{asked:?}");
}

#[test]
fn further_habits_of_a_hand_are_told_by_what_it_did() {
    const AND: &str = "data.synthetic-share <= 30 % and model.weights-held is true";
    const ALL: &str =
        "{ all: [{ fact: data.synthetic-share, at-most: 30 % }, { fact: model.weights-held, is: true }] }";
    let share = "{ fact: data.synthetic-share, at-most: 30 % }";
    let url = "  url: 홈페이지 참조\n  retrieved: 2026-11-24\nhome";
    let root = "relation: from-scratch\nfacts: {model: {weights-held: yes}}\n";
    let why = "  ko: 가중치가 없으면 서비스가 멈춘다.";
    hold(&[
        (WHERE_HELD, why, "  ko: “가중치가 없으면 서비스가 멈춘다.”", "SG0010", &["따옴표"], &["quotes"]),
        (WHERE_HELD, why, "  ko: ‘가중치가 없으면 서비스가 멈춘다’", "SG0010", &["따옴표"], &["quotes"]),
        ("sovereignty.yaml", "name: Example Lab", "name: “Example Lab”", "SG0010", &["따옴표"], &["quotes"]),
        (WHERE_HOME, "at-most: 30 %", "at-most: 0.3", "SG0107", &["`30 %`"], &["`30 %`"]),
        (WHERE_HOME, "at-most: 30 %", "= 30 %", "SG0101", &["`is: 30 %`"], &["`is: 30 %`"]),
        (WHERE_HOME, "at-most: 30 %", "<= 30 %", "SG0101", &["`at-most: 30 %`"], &["`at-most: 30 %`"]),
        (WHERE_HOME, share, "( fact: data.synthetic-share, at-most: 30 % )", "SG0010", &["중괄호", share], &["braces"]),
        (WHERE_HOME, share, AND, "SG0103", &[ALL], &[ALL]),
        ("ruleset.yaml", "        - at-home", "        • at-home", "SG0010", &["`- at-home`"], &["`- at-home`"]),
        ("ruleset.yaml", "        - at-home", "        ㆍ at-home", "SG0010", &["`- at-home`"], &["`- at-home`"]),
        ("ruleset.yaml", "        - at-home", "        * at-home", "SG0010", &["`- at-home`"], &["`- at-home`"]),
        ("ruleset.yaml", "        - at-home", "        - 국내 학습", "SG0204", &["`at-home`"], &["`at-home`"]),
        ("ruleset.yaml", "        - at-home", "        - Trained at home", "SG0204", &["`at-home`"], &["`at-home`"]),
        ("ruleset.yaml", "version: 1.1.0\ntitle", "version: 1.1\ntitle", "SG0116", &["`1.1.0`"], &["`1.1.0`"]),
        ("ruleset.yaml", "  retrieved: 2026-11-24\nhome", url, "SG0106", &["https://"], &["https://"]),
        ("sovereignty.yaml", "role: text", "role: language", "SG0106", &["`text`"], &["`text`"]),
        ("sovereignty.yaml", "random-init", "from scratch", "SG0106", &["`random-init`"], &["`random-init`"]),
        ("sovereignty.yaml", "weights_held: yes", "weights_held: 미정", "SG0109", &["지운다"], &["leave the line out"]),
        (
            "sovereignty.yaml",
            "relation: from-scratch\n",
            root,
            "SG0201",
            &["release.weights_held: yes"],
            &["release.weights_held: yes"],
        ),
    ]);
    for fence in ["—--", "———", "–––", "---—"] {
        let text = format!("{fence}\nlicense: apache-2.0\n---\n");
        let mut case = Case::of(fence).with("README.md", text);
        case.card = true;
        let found = case.found();
        assert!(found.iter().any(|problem| problem.code.id() == "SG0302"), "{fence}: {found:?}");
    }
}

/// A text in an encoding that is not read. `@` stands for a word that ASCII has no letters for.
fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    let word: &[u8] = match encoding {
        "CP949" => b"\xb0\xa1\xc1\xdf\xc4\xa1",
        _ => b"Mod\xe8le\x92s",
    };
    match encoding {
        "UTF-16 LE" => text.replace('@', "가중치").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16 BE" => text.replace('@', "가중치").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "UTF-32" => text.replace('@', "가중치").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        _ => {
            let parts: Vec<&[u8]> = text.split('@').map(str::as_bytes).collect();
            parts.join(word)
        }
    }
}

/// Whatever reads a text says by its bytes how it was saved, in both languages: cards, settings, terms, tokenizers,
/// indexes and rules alike.
#[test]
fn every_reader_tells_the_encoding_of_what_it_reads() {
    let files = [
        ("README.md", "---\nlicense: apache-2.0\n---\n# @\n"),
        ("sovereignty.yaml", "schema: sovereignty/1\ndeveloper:\n  name: @\n"),
        ("config.json", "{\"model_type\": \"llama\", \"note\": \"@\"}"),
        ("adapter_config.json", "{\"peft_type\": \"LORA\", \"note\": \"@\"}"),
        ("tokenizer_config.json", "{\"note\": \"@\"}"),
        ("tokenizer.json", "{\"model\": {\"vocab\": {\"@\": 0}}}"),
        ("vocab.json", "{\"@\": 0}"),
        ("vocab.txt", "the\nof\nand\n@\n"),
        ("mergekit_config.yml", "merge_method: ties\nmodels:\n  - model: @\n"),
        ("model.safetensors.index.json", "{\"weight_map\": {\"@\": \"model-00001.safetensors\"}}"),
        ("LICENSE", "Apache License\n@\n"),
        ("ruleset.yaml", "format: 1\nid: @\n"),
        ("terms.yaml", "format: 1\nterms:\n  a: @\n"),
        (WHERE_HELD, "format: 1\nid: weights-held\ntitle: { ko: @, en: x }\n"),
    ];
    let mut faults = Vec::new();
    for (file, text) in files {
        for encoding in ["UTF-16 LE", "UTF-16 BE", "UTF-32", "CP949", "Windows-1252"] {
            let mut case = Case::of("an encoding").with(file, encoded(text, encoding));
            case.card = !matches!(file, "ruleset.yaml" | "terms.yaml") && file != WHERE_HELD;
            let found = case.found();
            let told = |it: &Diagnostic| it.message.ko.contains(encoding) && it.message.en.contains(encoding);
            if !found.iter().any(told) {
                let said: Vec<&str> = found.iter().map(|it| it.message.en.as_str()).collect();
                faults.push(format!("{file} in {encoding}: {said:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether a Korean text holds words of another program: two small Latin words beside each other, outside of what is quoted.
fn has_an_english_core(text: &str) -> bool {
    let bare: String = text.split('`').step_by(2).collect::<Vec<_>>().join("|");
    let small = |word: &&str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let words: Vec<&str> = bare.split(' ').collect();
    words.windows(2).any(|pair| pair.iter().all(small))
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(400))]

    /// Whatever one keystroke breaks, no message in Korean passes on the words of a parser, of YAML or of JSON.
    #[test]
    fn no_message_in_korean_has_an_english_core(
        which in 0usize..5,
        place in 0usize..10_000,
        sign in proptest::sample::select(vec![
            ":", ": ", "-", "- ", "{", "}", "[", "]", "\"", "'", "\t", "*", "&", "!", "|", ">", "%", "@", "`", "#", " #", "\n", "  ", ",",
            "?", "\\", "~", "<<: ", "---\n", "...\n", "\u{0}", "\u{feff}", "\u{85}", "\r", "null", "Infinity", "//", "/*", "1e999", "\\u12",
        ]),
        drop in 0usize..3,
    ) {
        const CONFIG: &str = "{\"model_type\": \"llama\", \"hidden_size\": 64, \"rope\": {\"a\": [1, 2.5, null, true]}, \"name\": \"x\"}";
        let (file, text) = [
            ("ruleset.yaml", RULESET), (WHERE_HELD, HELD), ("sovereignty.yaml", CARD), ("config.json", CONFIG), ("tokenizer.json", CONFIG),
        ][which];
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[place % places.len()];
        let rest: String = text[at..].chars().skip(drop).collect();
        let mut case = Case::of("a keystroke").with(file, format!("{}{sign}{rest}", &text[..at]));
        case.card = which > 1;
        for problem in case.found() {
            let help = problem.help.clone().unwrap_or_default();
            for said in [&problem.message.ko, &help.ko] {
                proptest::prop_assert!(!has_an_english_core(said), "{said}");
            }
        }
    }
}
