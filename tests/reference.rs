//! Pages that a program can make are made by a program: the list of facts, and the tables of the rule language.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sovgrade::rules::{OPERATORS, heads, operators_of};
use sovgrade::vocabulary::{Bilingual, Entry, Filler, Kind, Scope, Unit, vocabulary};

const REFRESH: &str = "run `SOVGRADE_BLESS=1 cargo test --test reference`";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn bless() -> bool {
    std::env::var_os("SOVGRADE_BLESS").is_some()
}

fn both(text: Bilingual) -> String {
    format!("{}<br>{}", text.ko, text.en)
}

fn filler(filler: Filler) -> &'static str {
    match filler {
        Filler::Card => "카드 card",
        Filler::FrontMatter => "머리말 front matter",
        Filler::Config => "config.json",
        Filler::Tensors => "가중치 파일 weights",
        Filler::Tokenizer => "토크나이저 tokenizer",
        Filler::Licence => "라이선스 licence",
        Filler::Hints => "흔적 hints",
        Filler::Evidence => "증거 evidence",
        Filler::Import => "가져오기 import",
    }
}

/// Kind, unit and allowed words of a fact.
fn kind(entry: &Entry) -> String {
    let name = both(entry.kind.name());
    match entry.kind {
        Kind::Number(unit) if unit.symbol().is_empty() => name,
        Kind::Number(unit) => format!("{name}<br>`{}`", unit.symbol()),
        kind if !kind.words().is_empty() => {
            let words: Vec<String> =
                kind.words().iter().map(|word| format!("`{}` {} · {}", word.id, word.says.ko, word.says.en)).collect();
            format!("{name}<br>{}", words.join("<br>"))
        }
        _ => name,
    }
}

fn row(text: &mut String, entry: &Entry) {
    let fillers: Vec<&str> = entry.filled_by.iter().map(|&by| filler(by)).collect();
    let _ =
        writeln!(text, "| `{}` | {} | {} | {} |", entry.path, both(entry.meaning), kind(entry), fillers.join("<br>"));
}

const HEAD: &str = "| 경로 path | 뜻 meaning | 값 value | 채우는 곳 filled by |\n|---|---|---|---|\n";

fn facts() -> String {
    let table = vocabulary();
    let count = table.entries().count();
    let mut text = format!(
        "# 사실의 목록 · Facts\n\n\
         규칙이 물을 수 있는 사실 {count}개의 목록이다. 어휘 표(`src/vocabulary/table/`)에서 만들어지며 손으로 고치지 않는다.\n\
         쓰는 법은 [규칙 언어](rule-language.md)에 있다.\n\n\
         The {count} facts that a rule can ask about. The page is made from the table in `src/vocabulary/table/`;\n\
         nothing in it is written by hand. [The rule language](rule-language.md) says how to use them.\n\n\
         ## 모델 · The model\n\n{HEAD}"
    );
    for (id, entry) in table.entries() {
        if table.scope(id) == Scope::Model {
            row(&mut text, entry);
        }
    }
    for (id, collection) in table.collections() {
        let (ko, en) = (collection.label.ko, collection.label.en);
        let _ = write!(
            text,
            "\n## {ko} · `{}`\n\n{} {}\n\n",
            collection.name, collection.meaning.ko, collection.meaning.en
        );
        let _ = match collection.parent {
            Some(parent) => writeln!(
                text,
                "`{parent}`에 딸린 모음이다. 목록의 완전성은 `{0}`이 말한다.\n\
                 Each {en} belongs to a `{parent}`; `{0}` says whether the list is complete.\n",
                collection.complete
            ),
            None => writeln!(
                text,
                "목록의 완전성은 `{0}`이 말한다.\n`{0}` says whether the list is complete.\n",
                collection.complete
            ),
        };
        text.push_str(HEAD);
        for (path, entry) in table.entries() {
            if table.scope(path) == Scope::Item(id) {
                row(&mut text, entry);
            }
        }
    }
    text
}

#[test]
fn the_list_of_facts_is_fresh() {
    let (path, text) = (docs().join("facts.md"), facts());
    if bless() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).ok().as_ref(), Some(&text), "docs/facts.md is stale: {REFRESH}");
}

fn table_of_heads() -> String {
    let mut text = String::from("| 머리 head | 뜻 meaning | 곁에 오는 키 keys beside it |\n|---|---|---|\n");
    for (head, beside, meaning) in heads() {
        let beside = if head == "fact" { &["연산 하나 · one operator"][..] } else { beside };
        let keys: Vec<String> =
            beside.iter().map(|key| if head == "fact" { (*key).to_owned() } else { format!("`{key}`") }).collect();
        let _ = writeln!(text, "| `{head}` | {} | {} |", both(meaning), keys.join(", "));
    }
    text
}

fn table_of_operators() -> String {
    let kinds = [
        Kind::Flag,
        Kind::Word(&[]),
        Kind::Text,
        Kind::Country,
        Kind::Number(Unit::Count),
        Kind::Date,
        Kind::Words(&[]),
        Kind::Texts,
        Kind::Countries,
    ];
    let mut text = String::from("| |");
    for operator in OPERATORS {
        let _ = write!(text, " `{operator}` |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(OPERATORS.len()));
    text.push('\n');
    for kind in kinds {
        let _ = write!(text, "| {} |", both(kind.name()));
        for operator in OPERATORS {
            text.push_str(if operators_of(kind).contains(&operator) { " ✓ |" } else { " |" });
        }
        text.push('\n');
    }
    text
}

fn table_of_units() -> String {
    let mut text = String::from("| 단위 unit | 한국어로 in Korean |\n|---|---|\n");
    for unit in Unit::ALL.into_iter().filter(|unit| !unit.symbol().is_empty()) {
        let _ = writeln!(text, "| `{}` | `{}` |", unit.symbol(), unit.symbol_ko());
    }
    text
}

#[test]
fn the_tables_of_the_language_are_fresh() {
    let path = docs().join("rule-language.md");
    let mut page = std::fs::read_to_string(&path).unwrap();
    let old = page.clone();
    for (name, table) in [("heads", table_of_heads()), ("operators", table_of_operators()), ("units", table_of_units())]
    {
        let (open, close) = (format!("<!-- {name}: made by tests/docs.rs -->\n"), format!("<!-- end of {name} -->"));
        let from = page.find(&open).unwrap_or_else(|| panic!("`{open}` is missing")) + open.len();
        let to = page.find(&close).unwrap_or_else(|| panic!("`{close}` is missing"));
        page.replace_range(from..to, &format!("\n{table}\n"));
    }
    if bless() {
        std::fs::write(&path, &page).unwrap();
    } else {
        assert_eq!(old, page, "docs/rule-language.md is stale: {REFRESH}");
    }
}

/// The examples of the page are criteria that the loader accepts.
#[test]
fn the_examples_of_the_language_can_be_loaded() {
    use sovgrade::rules::{OddNames, RulesetFiles, load};
    use sovgrade::text::SourceFile;
    let page = std::fs::read_to_string(docs().join("rule-language.md")).unwrap();
    let text = "{ko: 가, en: a}";
    let mut tests = Vec::new();
    for block in page.split("```yaml\n").skip(1) {
        tests.push(block.split("```").next().unwrap().to_owned());
    }
    assert!(tests.len() >= 5, "{}", tests.len());
    let criteria: Vec<SourceFile> = tests
        .iter()
        .enumerate()
        .map(|(at, test)| {
            let body: String = test.lines().fold(String::new(), |body, line| body + "  " + line + "\n");
            let text = format!(
                "format: 1\nid: c{at}\ndimension: data\ntitle: {text}\nquestion: {text}\nrationale: {text}\nneeds: declared\ntest:\n{body}"
            );
            SourceFile::new(format!("page/criteria/c{at}.yaml"), text)
        })
        .collect();
    let ids: Vec<String> = (0..tests.len()).map(|at| format!("c{at}")).collect();
    let ruleset = format!(
        "format: 1\nid: page\nversion: 1.0.0\ntitle: {text}\nsource: {{title: a}}\nhome: KR\nscale:\n  gate:\n    \
         - {{id: a, title: {text}, requires: [{}]}}\nreadings:\n  closed-models:\n    question: {text}\n    default: held\n    \
         options:\n      held: {{title: {text}, because: {text}}}\n      published: {{title: {text}, because: {text}}}\n",
        ids.join(", ")
    );
    let terms = format!(
        "format: 1\nterms:\n  foreign:\n    title: {text}\n    meaning: {text}\n    scope: link\n    \
         test: {{fact: link.same-maker, is: false}}\n"
    );
    let files = RulesetFiles {
        folder: "page".into(),
        ruleset: SourceFile::new("page/ruleset.yaml", ruleset),
        terms: Some(SourceFile::new("page/terms.yaml", terms)),
        facts: None,
        criteria,
        cases: Vec::new(),
        allow: None,
        references: None,
        named: Some("made".into()),
        odd: OddNames::default(),
    };
    if let Err(problems) = load(&files) {
        let all: Vec<String> =
            problems.sorted().iter().map(|p| format!("{}: {}: {}", p.file.name(), p.code.id(), p.message.en)).collect();
        panic!("{}", all.join("\n"));
    }
}
