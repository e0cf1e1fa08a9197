//! The rule for the cards of `examples/` (`CONTRIBUTING.md`, "Add an example"), as far as a program can hold it: every
//! card says when it was last checked and by which sources; no grade that somebody has published feeds a fact; and
//! what decides a rung rests on the maker, its report or its class, and never on a registry or the press alone.
//! The tables of all facts in `docs/example-facts.md` and `docs/ko/example-facts.md` are made here:
//! `SOVGRADE_BLESS=1 cargo test --test cards`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_yaml::Value;
use sovgrade::facts::Source;
use sovgrade::gather::gather;
use sovgrade::text::Lang;
use sovgrade::vocabulary::vocabulary;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every example, by its folder's name.
fn examples() -> Vec<String> {
    let mut found: Vec<String> = std::fs::read_dir(root().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("README.md").is_file() && !path.ends_with("cluster") && !path.ends_with("rulesets"))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    found.sort();
    assert!(found.len() > 20, "{found:?}");
    found
}

fn readme(id: &str) -> String {
    std::fs::read_to_string(root().join("examples").join(id).join("README.md")).unwrap()
}

/// The block of a card, wherever it stands.
fn block(id: &str) -> Value {
    let file = root().join("examples").join(id).join("sovereignty.yaml");
    if let Ok(text) = std::fs::read_to_string(&file) {
        return serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{id}: {e}"));
    }
    let text = readme(id);
    let front = text.strip_prefix("---\n").and_then(|rest| rest.split("\n---\n").next()).unwrap_or_default();
    let front: Value = serde_yaml::from_str(front).unwrap_or_else(|e| panic!("{id}: {e}"));
    front.get("sovereignty").unwrap_or_else(|| panic!("{id}: no block")).clone()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> Vec<&'v Value> {
    value.get(key).and_then(Value::as_sequence).map(|all| all.iter().collect()).unwrap_or_default()
}

/// Whose word a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A page, a repository or a licence of the maker.
    Maker,
    /// A paper or technical report.
    Report,
    /// The code of a library that others run.
    Class,
    /// A statement of the maker that was read in the press.
    MakerInPress,
    /// The press on its own account.
    Press,
    /// A registry of grades.
    Registry,
    /// Anybody else.
    Other,
}

impl Kind {
    fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Maker, Lang::En) => "maker",
            (Self::Maker, Lang::Ko) => "제작사",
            (Self::Report, Lang::En) => "report",
            (Self::Report, Lang::Ko) => "보고서",
            (Self::Class, Lang::En) => "class",
            (Self::Class, Lang::Ko) => "클래스",
            (Self::MakerInPress, Lang::En) => "maker, by the press",
            (Self::MakerInPress, Lang::Ko) => "제작사(언론 인용)",
            (Self::Press, Lang::En) => "press",
            (Self::Press, Lang::Ko) => "언론",
            (Self::Registry, Lang::En) => "registry",
            (Self::Registry, Lang::Ko) => "등록부",
            (Self::Other, Lang::En) => "other",
            (Self::Other, Lang::Ko) => "그 밖",
        }
    }

    /// Of an entry under `evidence` of a card.
    fn of(entry: &Value) -> Self {
        let (other, reported) = (text(entry, "by") == "other", text(entry, "publisher").contains("as reported by"));
        let library = ["huggingface/transformers", "vllm-project/vllm", "ggml-org/llama.cpp"];
        match text(entry, "kind") {
            "registry" => Self::Registry,
            "press" if reported => Self::MakerInPress,
            "press" => Self::Press,
            "paper" => Self::Report,
            "code-repo" if library.iter().any(|name| text(entry, "url").contains(name)) => Self::Class,
            _ if other => Self::Other,
            _ => Self::Maker,
        }
    }

    fn may_decide(self) -> bool {
        matches!(self, Self::Maker | Self::Report | Self::Class | Self::MakerInPress)
    }
}

/// Parts of a card whose value decides a rung of the ladder or an axis of the gate under the default readings.
const DECIDES: [&str; 9] = [
    "release/weights_held",
    "release/own_tuning",
    "training/whole_process_by_maker",
    "data/curated_by_maker",
    "architecture/relation",
    "architecture/novelty",
    "architecture/graph_changes",
    "architecture/numbers_changed",
    "tokenizer/origin",
];

/// Those of one component.
const DECIDES_OF_A_PART: [&str; 3] = ["initialisation", "adaptation", "references"];

/// The deciding parts that a card fills, as its `describes` would name them.
fn deciding(card: &Value) -> Vec<String> {
    let filled = |path: &&&str| path.split('/').try_fold(card, |value, key| value.get(key)).is_some();
    let mut found: Vec<String> = DECIDES.iter().filter(filled).map(|path| (*path).to_owned()).collect();
    for part in list(card, "components") {
        let of = |key: &&&str| part.get(**key).is_some();
        found.extend(DECIDES_OF_A_PART.iter().filter(of).map(|key| format!("components/{}/{key}", text(part, "id"))));
    }
    found
}

/// Whether an entry that names `described` covers `path`.
fn covers(described: &str, path: &str) -> bool {
    path == described || path.strip_prefix(described).is_some_and(|rest| rest.starts_with('/'))
}

#[test]
fn what_decides_a_rung_rests_on_the_maker_its_report_or_its_class() {
    let mut faults = Vec::new();
    for id in examples() {
        let card = block(&id);
        for path in deciding(&card) {
            let of = |entry: &&&Value| {
                list(entry, "describes").iter().any(|told| covers(told.as_str().unwrap_or_default(), &path))
            };
            let entries = list(&card, "evidence");
            let kinds: Vec<Kind> = entries.iter().filter(of).map(|entry| Kind::of(entry)).collect();
            if !kinds.iter().any(|kind| kind.may_decide()) {
                faults.push(format!("{id}: {path} rests on {kinds:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} parts:\n{}", faults.len(), faults.join("\n"));
}

/// Addresses under which somebody has published a grade or a verdict.
fn published() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("tests/examples.expected.yaml")).unwrap();
    let all: Value = serde_yaml::from_str(&text).unwrap();
    let mut found = BTreeSet::new();
    for example in list(&all, "examples") {
        found.extend(list(example, "published").iter().map(|one| text_of(one, "source")));
    }
    assert!(found.len() > 5);
    found
}

fn text_of(value: &Value, key: &str) -> String {
    text(value, key).to_owned()
}

#[test]
fn no_published_grade_feeds_a_fact() {
    let published = published();
    for id in examples() {
        for entry in list(&block(&id), "evidence") {
            assert_ne!(Kind::of(entry), Kind::Registry, "{id}: {}", text(entry, "id"));
            assert!(!published.contains(text(entry, "url")), "{id}: {} is a published grade", text(entry, "url"));
        }
        for (file, text) in evidence(&id) {
            let graded: Vec<_> = published.iter().filter(|address| text.contains(&format!("\"{address}\""))).collect();
            assert!(graded.is_empty(), "{}: {graded:?} are published grades", file.display());
        }
    }
}

fn evidence(id: &str) -> Vec<(PathBuf, String)> {
    let Ok(entries) = std::fs::read_dir(root().join("examples").join(id).join("evidence")) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_card_says_when_it_was_checked_and_by_which_sources() {
    for id in examples() {
        let card = block(&id);
        let checked = card.get("x-checked").unwrap_or_else(|| panic!("{id}: no `x-checked`"));
        let day = text(checked, "on");
        assert!(day.len() == 10 && day <= text(&card, "statement_date"), "{id}: checked on `{day}`");
        let entries = list(&card, "evidence");
        let known: BTreeSet<&str> = entries.iter().map(|entry| text(entry, "id")).collect();
        for source in list(checked, "opened").into_iter().chain(list(checked, "summary-only")) {
            let source = source.as_str().unwrap_or_default();
            assert!(known.contains(source), "{id}: `{source}` under `x-checked` is no entry under `evidence`");
        }
        let page = readme(&id);
        for words in [format!("**Last checked** {day}:"), format!("**마지막 확인** {day}:")] {
            assert!(page.contains(&words), "{id}: the README has no `{words}`");
        }
    }
}

/// Documents of a card by address.
fn documents(id: &str) -> BTreeMap<String, Kind> {
    list(&block(id), "evidence").into_iter().map(|entry| (text_of(entry, "url"), Kind::of(entry))).collect()
}

/// One row: the kind, what it is and the day.
fn told(source: &Source, known: &BTreeMap<String, Kind>, lang: Lang) -> Option<(Kind, String, String)> {
    let origin = &source.origin;
    if origin.file.starts_with("licences/") || !source.counts() {
        return None;
    }
    let day = source.date.as_ref().map(ToString::to_string).unwrap_or_default();
    let plain = |text: &str| text.replace('|', "\\|");
    if let (Some(url), Some(title)) = (&origin.url, &origin.title) {
        let press = origin.publisher.as_deref().is_some_and(|name| name.contains("as reported by"));
        let kind = known.get(url).copied().unwrap_or(if press { Kind::MakerInPress } else { Kind::Other });
        return Some((kind, format!("[{}]({url})", plain(title)), day));
    }
    let file = plain(&origin.file);
    let said = match (origin.file.as_str(), lang) {
        ("README.md" | "sovereignty.yaml", Lang::En) => "the card, no document named".to_owned(),
        ("README.md" | "sovereignty.yaml", Lang::Ko) => "카드(문서를 들지 않음)".to_owned(),
        _ => format!("`{file}`"),
    };
    let config = origin.file.ends_with("config.json");
    Some((if config { Kind::Maker } else { Kind::Other }, said, day))
}

/// The table of one example.
fn table(id: &str, lang: Lang) -> String {
    let folder = root().join("examples").join(id);
    let files: Vec<PathBuf> = evidence(id).into_iter().map(|(path, _)| path).collect();
    let dossier = gather(&folder, &files).unwrap_or_else(|_| panic!("{id}")).dossier;
    let known = documents(id);
    let mut out = match lang {
        Lang::En => "| fact | value | kind | source | date |\n|---|---|---|---|---|\n".to_owned(),
        Lang::Ko => "| 사실 | 값 | 종류 | 출처 | 날짜 |\n|---|---|---|---|---|\n".to_owned(),
    };
    for (path, owners, fact) in dossier.each_fact() {
        let entry = vocabulary().entry(path);
        if entry.path.starts_with("licence.") {
            continue; // the clauses of a licence are those of its own page
        }
        let owner: String = owners.iter().map(|item| format!("{} ", item.id)).collect();
        let mut rows = BTreeSet::new();
        for source in fact.sources() {
            let Some(value) = &source.value else { continue };
            let Some((kind, said, day)) = told(source, &known, lang) else { continue };
            rows.insert((value.says(entry.kind, lang).replace('|', "\\|"), kind, said, day));
        }
        for (value, kind, said, day) in rows {
            let word = kind.word(lang);
            let _ = writeln!(out, "| {owner}`{}` | {value} | {word} | {said} | {day} |", entry.path);
        }
    }
    out
}

const HEAD: [&str; 2] = [
    "# Every fact of every example, with its source\n\n[한국어](ko/example-facts.md)\n\n\
     Made from `examples/` by a test. A fact that two sources tell has two rows; where they differ, neither stands. *Maker*: a\n\
     page, repository or licence of the maker. *Report*: a paper or technical report. *Class*: code of a library that others\n\
     run. *Maker, by the press*: a statement of the maker that was read in the press. *Press* and *other* decide no rung\n\
     alone, and no registry of grades is among the sources. The date is that of the document, else of the card. Clauses of\n\
     licences stand with the [licences](licences.md).\n",
    "# 모든 예시의 모든 사실과 그 출처\n\n[English](../example-facts.md)\n\n\
     `examples/`에서 시험이 만든다. 두 출처가 말하는 사실은 두 줄이고, 서로 다르면 어느 쪽도 서지 않는다. *제작사*는 제작사의\n\
     문서·저장소·라이선스, *보고서*는 논문이나 기술 보고서, *클래스*는 남들도 쓰는 라이브러리의 코드, *제작사(언론 인용)*는 언론이\n\
     전한 제작사의 말이다. *언론*과 *그 밖*은 홀로 단계를 정하지 못하며, 등급을 매긴 등록부는 출처에 없다. 날짜는 문서의 날짜이고,\n\
     없으면 카드의 날짜이다. 라이선스의 조항은 [라이선스](licences.md)에 있다.\n",
];

fn held(page: &Path, wanted: &str) {
    if std::env::var_os("SOVGRADE_BLESS").is_some() {
        std::fs::write(page, wanted).unwrap();
    } else {
        let found = std::fs::read_to_string(page).unwrap_or_default();
        assert!(found == wanted, "{} is stale: SOVGRADE_BLESS=1 cargo test --test cards", page.display());
    }
}

#[test]
fn the_tables_of_all_facts_are_those_of_the_cards() {
    for (page, lang, head) in
        [("docs/example-facts.md", Lang::En, HEAD[0]), ("docs/ko/example-facts.md", Lang::Ko, HEAD[1])]
    {
        let mut wanted = head.to_owned();
        for id in examples() {
            let name = readme(&id).lines().find_map(|line| line.strip_prefix("# ").map(str::to_owned)).unwrap();
            let up = if lang == Lang::Ko { "../../" } else { "../" };
            let _ = writeln!(wanted, "\n## [{name}]({up}examples/{id}/README.md)\n\n{}", table(&id, lang).trim_end());
        }
        held(&root().join(page), &wanted);
    }
}
