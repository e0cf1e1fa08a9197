//! Texts that nobody wrote, or wrote in another place: one that is the same in two languages, one that stands in the
//! place of another language, one that `rules new` laid out to be replaced.

use std::sync::LazyLock;

use super::checks::{Finding, Scope, warn};
use super::template::sample_texts;
use crate::text::{Aliases, Code, Node, NodeKind, SourceFile, Span, parse_yaml, says};

/// Texts that are letter for letter the same in two languages: most often one was not translated.
pub(super) fn texts(scope: &Scope<'_>, found: &mut Vec<Finding>) {
    let files = std::iter::once(&scope.files.ruleset).chain(&scope.files.terms).chain(&scope.files.criteria);
    for file in files {
        let Ok(root) = parse_yaml(file, Aliases::Refuse) else { continue };
        let stem = file.name().rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml");
        same_texts(&root, stem, file, &scope.rules.languages, found);
        samples(&root, stem, file, found);
    }
}

fn same_texts(node: &Node, way: &str, file: &SourceFile, languages: &[String], found: &mut Vec<Finding>) {
    match &node.kind {
        NodeKind::Scalar { .. } => {}
        NodeKind::List(items) => {
            for (at, item) in items.iter().enumerate() {
                same_texts(item, &format!("{way}.{}", at + 1), file, languages, found);
            }
        }
        NodeKind::Map(entries) => {
            let texts: Vec<(&str, &Node)> = entries
                .iter()
                .filter_map(|(key, value)| {
                    let code = key.text()?;
                    languages.iter().any(|l| l == code).then_some((code, value))
                })
                .collect();
            other_language(&texts, way, file, found);
            for (at, (code, value)) in texts.iter().enumerate() {
                let text = value.text().unwrap_or_default().trim();
                let same = |other: &&(&str, &Node)| other.1.text().map(str::trim) == Some(text);
                // A name, a number or an abbreviation may well be the same everywhere.
                if let Some((other, _)) = texts[..at].iter().find(same)
                    && text.contains(' ')
                    && text.chars().any(char::is_alphabetic)
                {
                    let first = file.slice(value.span).lines().next().unwrap_or_default().len();
                    let start = value.span.start as usize;
                    found.push(warn(
                        Code::SameText,
                        way,
                        file,
                        Span::new(start, start + first),
                        says(
                            format!("`{other}`과(와) `{code}`의 글이 같다"),
                            format!("the texts in `{other}` and `{code}` are the same"),
                        ),
                        says("한쪽을 옮긴다", "translate one of the two"),
                    ));
                }
            }
            for (key, value) in entries {
                same_texts(value, &format!("{way}.{}", key.text().unwrap_or_default()), file, languages, found);
            }
        }
    }
}

/// A kind of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Hangul,
    Latin,
    Kana,
    Han,
    Cyrillic,
    Arabic,
}

fn script(c: char) -> Option<Script> {
    match c {
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}' => Some(Script::Hangul),
        '\u{3040}'..='\u{30ff}' => Some(Script::Kana),
        '\u{3400}'..='\u{9fff}' => Some(Script::Han),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        '\u{600}'..='\u{6ff}' => Some(Script::Arabic),
        c if c.is_alphabetic() && (c.is_ascii() || ('\u{c0}'..='\u{24f}').contains(&c)) => Some(Script::Latin),
        _ => None,
    }
}

/// The letters that a language is written in; nothing for languages that are not told apart here.
fn scripts_of(language: &str) -> &'static [Script] {
    match language.split('-').next().unwrap_or_default() {
        "ko" => &[Script::Hangul],
        "ja" => &[Script::Kana, Script::Han],
        "zh" => &[Script::Han],
        "ru" | "uk" | "bg" | "be" | "mk" => &[Script::Cyrillic],
        "ar" | "fa" | "ur" => &[Script::Arabic],
        "en" | "de" | "fr" | "es" | "it" | "pt" | "nl" | "pl" | "cs" | "da" | "sv" | "no" | "nb" | "nn" | "fi"
        | "hu" | "id" | "ms" | "tr" | "vi" | "ro" => &[Script::Latin],
        _ => &[],
    }
}

/// Whether a text is written in none of the letters of its language, and is no name or code that stays as it is: a name
/// of Latin letters is one word, or has no word that begins with a small letter.
fn is_elsewhere(language: &str, text: &str) -> bool {
    let own = scripts_of(language);
    if own.is_empty() {
        return false;
    }
    let letters =
        |wanted: &dyn Fn(Script) -> bool| text.chars().filter_map(script).filter(|script| wanted(*script)).count();
    let (mine, others) = (letters(&|script| own.contains(&script)), letters(&|script| !own.contains(&script)));
    if own == [Script::Latin] {
        return others > mine && others > 1;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let said = |word: &&str| {
        word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase() || b".,;:?!'".contains(&byte))
    };
    mine == 0
        && others > 0
        && words.len() > 1
        && (words.iter().any(said) || letters(&|script| script != Script::Latin) > 0)
}

/// Texts that stand in the place of another language.
fn other_language(texts: &[(&str, &Node)], way: &str, file: &SourceFile, found: &mut Vec<Finding>) {
    let wrong: Vec<&(&str, &Node)> =
        texts.iter().filter(|(code, value)| value.text().is_some_and(|text| is_elsewhere(code, text))).collect();
    let Some((code, value)) = wrong.first() else { return };
    let same =
        |other: &&(&str, &Node)| other.0 != *code && other.1.text().map(str::trim) == value.text().map(str::trim);
    if wrong.len() == 1 && texts.iter().any(|other| same(&other)) {
        return; // that it was not translated is said already
    }
    let (message, help) = if wrong.len() > 1 {
        (
            says("글들이 서로 다른 언어의 자리에 있다", "these texts stand in each other's place"),
            says("언어마다 그 언어의 글을 적는다", "put each text under its own language"),
        )
    } else {
        (
            says(
                format!("`{code}` 자리의 글이 다른 언어로 적혀 있다"),
                format!("the text under `{code}` is in another language"),
            ),
            says(format!("`{code}`의 글로 옮겨 적는다"), format!("write it in `{code}`")),
        )
    };
    let span = file.first_line(value.span);
    found.push(warn(Code::OtherLanguage, way, file, span, message, help));
}

/// Marks that people leave where a text is still to come.
const MARKS: [&str; 16] = [
    "TODO",
    "TBD",
    "FIXME",
    "XXX",
    "TBA",
    "...",
    "…",
    "???",
    "작성 예정",
    "작성 중",
    "작성중",
    "추후 작성",
    "추후 기재",
    "미작성",
    "(내용)",
    "lorem ipsum",
];

/// Whether a text only marks its place.
fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_lowercase();
    MARKS.iter().any(|mark| {
        let mark = mark.to_lowercase();
        lower == mark
            || mark.chars().next().is_some_and(char::is_alphabetic) && lower.starts_with(&mark) && {
                lower[mark.len()..].starts_with(|c: char| !c.is_alphanumeric())
            }
    })
}

/// The first text of a file that `rules new` laid out, or that marks a place.
fn samples(root: &Node, stem: &str, file: &SourceFile, found: &mut Vec<Finding>) {
    static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(sample_texts);
    let mut places: Vec<&Node> = Vec::new();
    let mut left = vec![root];
    while let Some(node) = left.pop() {
        match &node.kind {
            NodeKind::Scalar { text, .. } => {
                if is_mark(text) || SAMPLES.iter().any(|sample| sample == text.trim()) {
                    places.push(node);
                }
            }
            NodeKind::List(items) => left.extend(items.iter().rev()),
            NodeKind::Map(entries) => left.extend(entries.iter().rev().map(|(_, value)| value)),
        }
    }
    let Some(first) = places.first() else { return };
    let text = first.text().unwrap_or_default();
    let (ko, en) = match places.len() {
        1 => (String::new(), String::new()),
        n => (format!(". 이 파일에 {}곳 더 있다", n - 1), format!("; this file has {} more", n - 1)),
    };
    found.push(warn(
        Code::PlaceholderLeft,
        stem,
        file,
        file.first_line(first.span),
        says(
            format!("고치지 않은 견본 글이다: `{text}`{ko}"),
            format!("this is a sample text that was not replaced: `{text}`{en}"),
        ),
        says("뜻하는 글로 바꾼다", "replace it with what is meant"),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_from_a_name() {
        for (language, text) in [
            ("ko", "Weights at hand"),
            ("en", "가중치 보유"),
            ("ko", "Does the maker have the weights?"),
            ("ja", "가중치 보유"),
        ] {
            assert!(is_elsewhere(language, text), "{language}: {text}");
        }
        for (language, text) in [
            ("ko", "가중치 보유"),
            ("ko", "Apache License 2.0"),
            ("ko", "T-Class"),
            ("ko", "MIT"),
            ("ko", "pre-training"),
            ("ko", "30 %"),
            ("en", "The term 소버린 is Korean"),
            ("en", "T4-1"),
            ("ko", "GPU 시간"),
            ("xx", "whatever it is"),
        ] {
            assert!(!is_elsewhere(language, text), "{language}: {text}");
        }
    }

    #[test]
    fn marks_are_told_from_texts() {
        for text in ["TODO", "TODO: write", "...", "작성 예정", "tbd."] {
            assert!(is_mark(text), "{text}");
        }
        for text in ["Todos los modelos", "and so on ...", "제3조"] {
            assert!(!is_mark(text), "{text}");
        }
    }
}
