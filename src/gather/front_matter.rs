//! The front matter of a README, split as the Hub splits it.
//!
//! The Hub's client uses the expression `^(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(\r\n|\n|$))`; the
//! second group is the YAML. [`split`] is that expression by hand, so that every byte keeps its place in the file.

use std::collections::HashMap;

use crate::text::clean_tree;
use crate::text::{
    Aliases, Code, Diagnostic, Diagnostics, Node, NodeKind, SourceFile, Span, letters_apart, parse_block, says,
};

/// Largest block; gated prompts have some 10 kB.
const MAX_BLOCK_BYTES: usize = 1 << 20;

/// Keys that the Hub, its client or its users put at the top of a model card.
const KNOWN_KEYS: [&str; 38] = [
    "license",
    "license_name",
    "license_link",
    "language",
    "library_name",
    "tags",
    "datasets",
    "buckets",
    "metrics",
    "base_model",
    "base_models",
    "base_model_sources",
    "base_model_relation",
    "new_version",
    "pipeline_tag",
    "model-index",
    "model_name",
    "co2_eq_emissions",
    "extra_gated_prompt",
    "extra_gated_fields",
    "extra_gated_heading",
    "extra_gated_description",
    "extra_gated_button_content",
    "inference",
    "widget",
    "thumbnail",
    "instance_prompt",
    "quantized_by",
    "model_creator",
    "model_type",
    "prompt_template",
    "arxiv",
    "sovereignty",
    "pretty_name",
    "license_details",
    "title",
    "version",
    "eval_results",
];

/// The bytes of the YAML block of a README, if the Hub sees one.
pub(super) fn split(text: &str) -> Option<Span> {
    let start = text.find(|c: char| !is_space(c))?;
    let fence = text[start..].strip_prefix("---")?;
    let body = start + 3 + line_break(fence)?;
    let mut at = body;
    while let Some(offset) = text[at..].find(['\r', '\n']) {
        let end = at + offset;
        let after = end + line_break(&text[end..])?;
        if closes(&text[after..]) {
            return Some(Span::new(body, end));
        }
        // `\r\n` is one break or, for the expression, two: the line feed alone is tried as well and closes the same.
        at = after;
    }
    None
}

/// White space to both Python and JavaScript, as far as they agree, without a byte order mark.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{3000}')
}

fn line_break(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    }
}

/// Whether a line that begins here is a closing fence.
fn closes(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("---") else { return false };
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n")
}

/// The front matter of a README: its mapping, or `None` where the Hub sees none or prose was taken for one.
///
/// # Errors
/// The block is too large, no YAML, or no mapping.
pub(super) fn read(file: &SourceFile, problems: &mut Diagnostics) -> Result<Option<Node>, Diagnostic> {
    let text = file.text();
    let Some(span) = split(text) else {
        warn_hidden(file, problems);
        return Ok(None);
    };
    let block = &text[span.range()];
    if block.len() > MAX_BLOCK_BYTES {
        return Err(Diagnostic::error(
            Code::TooLarge,
            file,
            Span::new(span.start as usize, span.start as usize),
            says(
                format!("머리말이 {}바이트로, 읽을 수 있는 크기 {MAX_BLOCK_BYTES}바이트를 넘는다", block.len()),
                format!("the front matter has {} bytes; at most {MAX_BLOCK_BYTES} are read", block.len()),
            ),
        )
        .help(says("긴 글은 본문으로 옮긴다", "move long texts into the body")));
    }
    let prose = looks_like_prose(block);
    let node = match parse_block(file, block, span.start as usize, Aliases::Copy) {
        Ok(node) => clean_tree(node),
        Err(problem) if problem.code == Code::EmptyFile => return Ok(Some(empty(span))),
        Err(_) if prose => return Ok(suspect(file, span, problems)),
        Err(problem) => return Err(better(problem, block)),
    };
    let known = node.map().is_some_and(|map| map.iter().any(|(key, _)| key.text().is_some_and(is_known)));
    if prose && !known {
        return Ok(suspect(file, span, problems));
    }
    if node.is_null() {
        return Ok(Some(empty(span)));
    }
    let Some(entries) = node.map() else {
        return Err(not_a_mapping(file, &node));
    };
    warn_twice(file, entries, problems);
    warn_misspelt(file, entries, problems);
    Ok(Some(node))
}

fn is_known(key: &str) -> bool {
    KNOWN_KEYS.contains(&key)
}

fn empty(span: Span) -> Node {
    Node { span: Span::new(span.start as usize, span.start as usize), kind: NodeKind::Map(Vec::new()) }
}

/// A Markdown heading, and no line that begins with a key of a model card: a body between two rules.
fn looks_like_prose(block: &str) -> bool {
    block.lines().any(|line| line.starts_with("# ") || line.starts_with("## "))
        && !block.lines().any(|line| line.split_once(':').is_some_and(|(key, _)| is_known(key.trim_end())))
}

fn suspect(file: &SourceFile, span: Span, problems: &mut Diagnostics) -> Option<Node> {
    let first = file.slice(span).lines().next().map_or(0, str::len);
    problems.push(
        Diagnostic::warning(
            Code::FrontMatterSuspect,
            file,
            Span::new(span.start as usize, span.start as usize + first),
            says(
                "두 `---` 줄 사이의 본문이 머리말로 읽힌다. 머리말이 없는 것으로 본다",
                "what stands between the two `---` lines is prose; it is not taken for a front matter",
            ),
        )
        .help(says("머리말이라면 `license:` 같은 키를 적는다", "a front matter has keys such as `license:`")),
    );
    None
}

/// Whether a line was meant as a fence: hyphens, or what word processors make of them.
fn is_fence(line: &str) -> bool {
    const LONG: [char; 9] = ['–', '—', '―', '−', '‐', '‑', '‒', '－', 'ー'];
    line.starts_with("---") || line.contains(LONG) && line.chars().all(|c| c == '-' || LONG.contains(&c))
}

/// A block that stands behind other text is none to the Hub; that is worth saying.
fn warn_hidden(file: &SourceFile, problems: &mut Diagnostics) {
    let mut inside = false;
    let mut at = 0;
    for line in file.text().split_inclusive('\n').take(200) {
        let bare = line.trim();
        if is_fence(bare) {
            inside = true;
        } else if inside && bare.split_once(':').is_some_and(|(key, _)| is_known(key)) {
            problems.push(
                Diagnostic::warning(
                    Code::FrontMatterSuspect,
                    file,
                    Span::new(at, at + line.trim_end().len()),
                    says(
                        "머리말처럼 보이지만 허브는 이것을 머리말로 읽지 않는다",
                        "this looks like a front matter and is none to the Hub",
                    ),
                )
                .help(says(
                    "파일은 `---`만 있는 줄로 시작하고, 머리말은 `---`만 있는 줄로 끝나야 한다",
                    "the file must begin with a line `---` and nothing else on it, and the block end with another",
                )),
            );
            return;
        }
        at += line.len();
    }
}

fn warn_twice(file: &SourceFile, entries: &[(Node, Node)], problems: &mut Diagnostics) {
    let mut seen = HashMap::new();
    for (key, _) in entries {
        let Some(text) = key.text() else { continue };
        let first = *seen.entry(text).or_insert(key.span);
        if first != key.span {
            problems.push(
                Diagnostic::warning(
                    Code::DuplicateKey,
                    file,
                    key.span,
                    says(
                        format!("키 `{text}`이(가) 두 번 나온다. 허브처럼 나중 것을 읽는다"),
                        format!("the key `{text}` appears twice; the later one is read, as the Hub does"),
                    ),
                )
                .related(first, says("처음 나온 곳", "first here"))
                .help(says("하나를 지운다", "remove one")),
            );
        }
    }
}

/// Keys that decide what is graded. One that is nearly one of them was meant to be it, and the Hub reads neither.
const DECIDING: [&str; 10] = [
    "license",
    "license_name",
    "license_link",
    "language",
    "base_model",
    "base_model_relation",
    "base_models",
    "base_model_sources",
    "finetuned_from",
    "sovereignty",
];

/// The deciding key that a key was meant to be: the same but for capitals, marks, an `s` at the end, a British `c`, or
/// one letter.
fn meant(key: &str) -> Option<&'static str> {
    /// No key is so long; a longer text is not compared.
    const LONGEST: usize = 40;
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "").replace("licence", "license");
    if is_known(key) || DECIDING.contains(&key) || key.len() > LONGEST {
        return None;
    }
    let key = plain(key);
    let near = |known: &&&str, far: usize| {
        let known = plain(known);
        if key.len().abs_diff(known.len()) > 2 {
            return false;
        }
        let several = (key.trim_end_matches('s'), known.trim_end_matches('s'));
        letters_apart(&key, &known) <= far || letters_apart(several.0, several.1) <= far
    };
    let same = DECIDING.iter().find(|known| near(known, 0));
    same.or_else(|| DECIDING.iter().find(|known| near(known, 1))).copied()
}

fn warn_misspelt(file: &SourceFile, entries: &[(Node, Node)], problems: &mut Diagnostics) {
    for (key, _) in entries {
        let Some((text, meant)) = key.text().and_then(|text| Some((text, meant(text)?))) else { continue };
        problems.push(mended_key(
            entries,
            key,
            text,
            meant,
            Diagnostic::warning(
                Code::UnknownKey,
                file,
                key.span,
                says(
                    format!("`{text}`은(는) 허브가 아는 키가 아니어서 읽지 않는다"),
                    format!("`{text}` is not a key that the Hub knows, and is not read"),
                ),
            )
            .help(says(format!("`{meant}`로 적는다"), format!("write `{meant}`"))),
        ));
    }
}

/// A key that differs from the one that is meant by capitals and marks alone, or by a British `c`, is mended where that
/// one is not there.
fn mended_key(entries: &[(Node, Node)], key: &Node, written: &str, meant: &str, problem: Diagnostic) -> Diagnostic {
    let plain = written.to_lowercase().replace(['-', '_', ' '], "").replace("licence", "license");
    let there = entries.iter().any(|(other, _)| other.text() == Some(meant));
    if plain == meant.replace('_', "") && !there { problem.fix(key.span, meant) } else { problem }
}

fn not_a_mapping(file: &SourceFile, node: &Node) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::NotAMapping,
        file,
        node.span,
        says("머리말이 키와 값의 모음이 아니다", "the front matter is not a mapping of keys to values"),
    );
    let text = file.slice(node.span);
    let help = if text.contains('\u{a0}') {
        says(
            "`:` 뒤의 줄바꿈 없는 빈칸을 보통 빈칸으로 바꾼다",
            "replace the no-break space after `:` with a plain one",
        )
    } else if text.contains('：') {
        says("전각 `：`을 `: `로 바꾼다", "replace the fullwidth `：` with `: `")
    } else {
        says("`license: apache-2.0`처럼 키와 값을 적는다", "write keys and values, as in `license: apache-2.0`")
    };
    problem.help(help)
}

/// A comment of HTML in the block is the most common thing that breaks one.
fn better(problem: Diagnostic, block: &str) -> Diagnostic {
    if block.contains("<!--") {
        return problem.help(says("`<!-- -->` 대신 `#`로 설명을 단다", "write comments with `#`, not `<!-- -->`"));
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Option<&str> {
        split(text).map(|span| &text[span.range()])
    }

    #[test]
    fn a_key_that_was_meant_to_decide_is_told_and_others_are_left_alone() {
        for known in DECIDING {
            let capital = known[..1].to_uppercase() + &known[1..];
            for written in [known.replace('_', "-"), known.to_uppercase(), capital, known[..known.len() - 1].to_owned()]
            {
                assert!(meant(&written).is_some() || written == known || is_known(&written), "{written}");
            }
            assert_eq!(meant(known), None, "{known}");
        }
        for (written, wanted) in [
            ("licence", "license"),
            ("licenses", "license"),
            ("License", "license"),
            ("baseModel", "base_model"),
            ("fine_tuned_from", "finetuned_from"),
            ("languages", "language"),
            ("licnse_name", "license_name"),
        ] {
            assert_eq!(meant(written), Some(wanted), "{written}");
        }
        for other in KNOWN_KEYS.into_iter().chain(["author", "model_id", "parent_model", "x", "model", "lang", "name"])
        {
            assert_eq!(meant(other), None, "{other}");
        }
    }

    #[test]
    fn the_hubs_expression_is_followed() {
        for (text, wanted) in [
            ("---\na: 1\n---\nbody", Some("a: 1")),
            ("---\r\na: 1\r\n---\r\nbody", Some("a: 1")),
            ("---\r\na: 1\n---\nbody", Some("a: 1")),
            ("---\ra: 1\r---\rbody", None),
            ("---\ra: 1\r---", Some("a: 1")),
            ("\n  \n---\na: 1\n---\n", Some("a: 1")),
            ("\u{85}---\na: 1\n---\n", None),
            ("\u{a0}---\na: 1\n---\n", Some("a: 1")),
            ("<!-- x -->\n---\na: 1\n---\n", None),
            ("--- \na: 1\n---\n", None),
            ("--- # x\na: 1\n---\n", None),
            ("---\na: 1\n--- \t\nbody", Some("a: 1")),
            ("---\na: 1\n ---\n----\nb: 2\n---\n", Some("a: 1\n ---\n----\nb: 2")),
            ("---\na: 1\n...\nbody\n---\n", Some("a: 1\n...\nbody")),
            ("---\n---\nbody", None),
            ("---\n---\n# T\n\n---\nmore", Some("---\n# T\n")),
            ("---\n\n---\n", Some("")),
            ("---\n# only\n---\n", Some("# only")),
            ("---\na: 1\n", None),
            ("---\na: |\n  x\n  ---\n  y\n---\n", Some("a: |\n  x\n  ---\n  y")),
            ("", None),
            ("---", None),
        ] {
            assert_eq!(block(text), wanted, "{text:?}");
        }
    }

    fn front(text: &str) -> (Result<Option<Node>, Diagnostic>, Diagnostics) {
        let mut problems = Diagnostics::default();
        let read = read(&SourceFile::new("README.md", text), &mut problems);
        (read, problems)
    }

    #[test]
    fn places_are_those_of_the_readme() {
        let text = "---\nlicense: mit\nsovereignty:\n  schema: x\n---\n";
        let (read, _) = front(text);
        let node = read.expect("valid").expect("a block");
        let value = node.at(&["sovereignty", "schema"]).expect("schema");
        assert_eq!(SourceFile::new("README.md", text).position(value.span.start).line, 4);
    }

    #[test]
    fn prose_between_rules_is_no_front_matter() {
        for text in
            ["---\n# Welcome\nNote: not metadata\n---\n", "---\n---\n# Title\n\n---\nmore", "---\n# A\nb: c: d\n---\n"]
        {
            let (read, problems) = front(text);
            assert!(read.expect("no error").is_none(), "{text}");
            assert!(problems.iter().any(|p| p.code == Code::FrontMatterSuspect), "{text}");
        }
        let (_, problems) = front("<!-- generated -->\n---\nlicense: mit\n---\n");
        assert!(problems.iter().any(|p| p.code == Code::FrontMatterSuspect));
    }

    #[test]
    fn shapes_from_the_wild_are_read() {
        for text in [
            "---\ndefaults: &d {split: test}\nmodel-index:\n- {like: *d, type: toy}\n---\n",
            "---\nextra_gated_fields:\n  ? I confirm that\n    all is well\n  : checkbox\n---\n",
            "---\nextra_gated_prompt: \"### A  \\n\\\n  b \\n\"\n---\n",
            "---\npretty_name: \"🚀 한솔-7B\"\n설명: 한국어 모델\n---\n",
            "---\nlicense: mit\nlicense: apache-2.0\n---\n",
            "---\n# nothing\n---\n",
        ] {
            assert!(matches!(front(text), (Ok(Some(_)), _)), "{text}");
        }
        let (read, _) = front("---\ndefaults: &d {split: test}\nx: *d\n---\n");
        let node = read.expect("valid").expect("a block");
        assert_eq!(node.at(&["x", "split"]).and_then(Node::text), Some("test"));
    }

    #[test]
    fn what_is_no_yaml_is_an_error_with_its_place() {
        for (text, code) in [
            ("---\ntags:\n\t- a\n---\n", Code::Syntax),
            ("---\nlicense: mit\n<!-- x -->\ntags: [a]\n---\n", Code::Syntax),
            ("---\nlicense:\u{a0}mit\n---\n", Code::NotAMapping),
            ("---\n- a\n---\n", Code::NotAMapping),
            ("---\nd: &d {license: mit}\n<<: *d\n---\n", Code::Anchor),
            ("---\nlicense: mit\n...\n# Title\nWords.\n---\n", Code::Syntax),
        ] {
            let (read, _) = front(text);
            assert_eq!(read.expect_err(text).code, code, "{text}");
        }
    }
}
