//! The page on "from scratch" and its pictures: the text beside each picture is the picture's own, in both languages, and
//! the figures that the page quotes are those of the example's evidence.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::PathBuf;

use serde_json::Value;

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn between<'t>(text: &'t str, open: &str, close: &str) -> &'t str {
    let from = text.find(open).unwrap() + open.len();
    &text[from..from + text[from..].find(close).unwrap()]
}

const PAGES: [(&str, &str, &str); 2] =
    [("docs/from-scratch.md", "en", "pictures"), ("docs/ko/from-scratch.md", "ko", "../pictures")];

#[test]
fn every_picture_has_its_own_words_beside_it() {
    for (page, lang, folder) in PAGES {
        let text = read(page);
        for name in ["plan", "start", "weights", "answers"] {
            let file = format!("from-scratch-{name}.{lang}.svg");
            let picture = read(&format!("docs/pictures/{file}"));
            let title = between(&picture, "<title id=\"t\">", "</title>");
            let told = between(&picture, "<desc id=\"d\">", "</desc>");
            let wanted = format!("![{title}: {told}]({folder}/{file})");
            assert!(text.contains(&wanted), "{page}: {wanted}");
        }
    }
}

/// The raw cosines of one kind of norm, layer by layer.
fn raw(evidence: &Value, tensor: &str, found: &mut Vec<f64>) {
    match evidence {
        Value::Object(map) if map.get("tensor").and_then(Value::as_str) == Some(tensor) => {
            found.push(map["raw-cosine"].as_f64().unwrap());
        }
        Value::Object(map) => map.values().for_each(|value| raw(value, tensor, found)),
        Value::Array(all) => all.iter().for_each(|value| raw(value, tensor, found)),
        _ => {}
    }
}

#[test]
fn the_page_quotes_the_figures_of_the_example() {
    let evidence: Value = serde_json::from_str(&read("examples/solar-open-100b/evidence/layers.json")).unwrap();
    let (mut input, mut other) = (Vec::new(), Vec::new());
    raw(&evidence, "input_layernorm", &mut input);
    raw(&evidence, "post_attention_layernorm", &mut other);
    assert_eq!((input.len(), other.len()), (46, 46));
    let least = |of: &[f64]| of.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |of: &[f64]| of.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let quoted = [
        format!("{:.2}", input[0]),
        format!("{:.2}", input[1]),
        format!("{:.2}", input[2]),
        format!("{:.2}", least(&input[3..])),
        format!("{:.3}", most(&input)),
        format!("{:.2}", least(&other)),
        format!("{:.3}", most(&other)),
    ];
    for page in ["docs/from-scratch.md", "docs/ko/from-scratch.md", "docs/evidence.md", "docs/ko/evidence.md"] {
        let text = read(page);
        for figure in &quoted {
            assert!(text.contains(figure), "{page}: {figure}");
        }
    }
}

/// The two words of every Korean search lead to the page and to the glossary.
#[test]
fn the_words_that_people_search_for_are_there() {
    for page in ["docs/ko/from-scratch.md", "docs/ko/glossary.md", "docs/ko/README.md", "README.ko.md"] {
        let text = read(page);
        for word in ["프롬 스크래치", "독파모"] {
            assert!(text.contains(word), "{page}: {word}");
        }
    }
}
