//! What each format makes of a text, so that no text is markup, a formula, a column or a line of its own. Every writer
//! of a format uses these and nothing else; the last door of the program (`sovgrade::text::page`) checks once more.

use std::borrow::Cow;

pub(crate) use super::sight::Lines;
use super::sight::{shown, shown_as};

/// A line for a terminal.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    shown(text, Lines::Fold)
}

/// A finished page of any format but JSON: line breaks and tabs stay, all else that is hidden is written out. Of
/// escape sequences only those in `own` pass.
pub(crate) fn page<'t>(text: &'t str, own: &[String]) -> Cow<'t, str> {
    painted(text, own, Lines::Keep)
}

/// A line in which the colours `own` stand.
pub(crate) fn painted<'t>(text: &'t str, own: &[String], lines: Lines) -> Cow<'t, str> {
    if own.is_empty() || !text.contains('\u{1b}') {
        return shown(text, lines);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&shown(&rest[..at], lines));
        rest = &rest[at..];
        let colour = own.iter().map(String::as_str).find(|colour| rest.starts_with(colour));
        let piece = colour.unwrap_or(&rest[..1]);
        if colour.is_some() {
            out.push_str(piece);
        } else {
            out.push_str("\\u{1b}");
        }
        rest = &rest[piece.len()..];
    }
    out.push_str(&shown(rest, lines));
    Cow::Owned(out)
}

/// A text in Markdown: in a paragraph, a heading, an item of a list or a cell of a table.
pub(crate) fn markdown(text: &str) -> String {
    let text = line(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let after = text[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        match c {
            '\\' | '`' | '*' | '[' | ']' | '|' | '#' | '!' | '~' | '$' => out.extend(['\\', c]),
            '_' if !(before.is_alphanumeric() && after.is_alphanumeric()) => out.push_str("\\_"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Names of people, and addresses that nobody asked for, become links by themselves.
            '@' => out.push_str("&#64;"),
            ':' if after == '/' => out.push_str("&#58;"),
            '.' if out.to_ascii_lowercase().ends_with("www") => out.push_str("&#46;"),
            '-' | '+' | '=' if at == 0 && (after == ' ' || after == c) => out.extend(['\\', c]),
            '.' | ')' if at > 0 && after == ' ' && text[..at].bytes().all(|byte| byte.is_ascii_digit()) => {
                out.extend(['\\', c]);
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// The longest run of backticks.
fn ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A word of a file in Markdown, between backticks. A bar would end the cell of a table even there, so that a word with
/// one is written as text.
pub(crate) fn markdown_code(text: &str) -> String {
    let text = line(text);
    if text.trim().is_empty() || text.contains('|') {
        return markdown(&text);
    }
    let fence = "`".repeat(ticks(&text) + 1);
    let blank = if fence.len() > 1 || text.starts_with(' ') && text.ends_with(' ') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// Lines of a file in Markdown, in a fence that they cannot end.
pub(crate) fn markdown_block(language: &str, text: &str) -> String {
    let fence = "`".repeat((ticks(text) + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", shown(text, Lines::Keep))
}

/// A link in Markdown; the words alone where the address is none that a reader should follow.
pub(crate) fn markdown_link(words: &str, address: &str) -> String {
    match link(address) {
        Some(address) => format!("[{}]({})", markdown(words), address.replace('&', "&amp;")),
        None => markdown(words),
    }
}

/// Schemes that a link may have.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// An address that a link may lead to, every character that is no part of an address percent-encoded; else nothing.
pub(crate) fn link(address: &str) -> Option<String> {
    let address = address.trim();
    let scheme =
        SCHEMES.iter().find(|scheme| address.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)))?;
    let mut out = (*scheme).to_owned();
    for c in address[scheme.len()..].chars() {
        if c.is_ascii_alphanumeric() || "-._~:/?#@!$&*+,;=%".contains(c) {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            out.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    (out.len() > scheme.len()).then_some(out)
}

/// A text between the tags of HTML or XML, and in attributes. Line breaks and tabs stay.
pub(crate) fn markup(text: &str) -> String {
    let text = shown(text, Lines::Keep);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Signs that begin a formula, in both widths.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell of CSV (RFC 4180). A text that a spreadsheet would take for a formula is marked as text.
pub(crate) fn csv_cell(text: &str) -> String {
    let text = line(text);
    let text = text.trim();
    let text = if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', ';', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A text of JSON in which every hidden character stands as `\u00ad`: the same values, and nothing is obeyed.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    shown_as(text, Lines::Keep, |out, c| {
        let mut units = [0; 2];
        out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts that want to be something else.
    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "a",
            " ",
            "\n",
            "\r",
            "|",
            "`",
            "```",
            "\\",
            "<script>",
            "](javascript:alert(1))",
            "[x](http://e.org)",
            "![i](http://e.org/i.png)",
            "www.e.org",
            "https://e.org",
            "@who",
            "#1",
            "=1+1",
            "- ",
            "1. ",
            "> ",
            "---",
            "===",
            "*",
            "_",
            "~~",
            "&lt;",
            "<!--",
            "]]>",
            "\u{1b}[31m",
            "\u{202e}",
            "\u{301}",
            "\"",
            "'",
            "\u{fffe}",
            "가",
            "    ",
            "\t",
            "$x$",
            "<https://e.org>",
            ":",
            "//",
        ]);
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
    }

    /// What a reader of Markdown finds in a page: the events that are no plain text, and all text.
    fn read(page: &str) -> (Vec<String>, String) {
        use pulldown_cmark::{Event, Options, Parser};
        let (mut other, mut text) = (Vec::new(), String::new());
        for event in Parser::new_ext(page, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match event {
                Event::Text(words) | Event::Code(words) => text.push_str(&words),
                event => {
                    other.push(format!("{event:?}").chars().take_while(|c| c.is_alphabetic() || *c == '(').collect());
                }
            }
        }
        (other, text)
    }

    proptest! {
        #[test]
        fn a_text_in_markdown_is_text(text in hostile()) {
            let plain = read("x\n").0;
            let (events, words) = read(&format!("x {}\n", markdown(&text)));
            prop_assert_eq!(&events, &plain, "{}", markdown(&text));
            prop_assert_eq!(words.split_whitespace().collect::<String>(), format!("x {}", line(&text)).split_whitespace().collect::<String>());
            if !line(&text).trim().is_empty() {
                prop_assert_eq!(&read(&format!("{}\n", markdown(&text))).0, &plain, "{}", markdown(&text));
            }
            let table = format!("| a | b |\n|---|---|\n| {} | {} |\n", markdown(&text), markdown_code(&text));
            let same = read("| a | b |\n|---|---|\n| x | y |\n").0;
            prop_assert_eq!(read(&table).0, same, "{}", table);
        }

        #[test]
        fn a_block_ends_where_it_should(text in hostile()) {
            let page = format!("{}\n\nend\n", markdown_block("yaml", &text));
            let same = read("```yaml\nx\n```\n\nend\n").0;
            prop_assert_eq!(read(&page).0, same, "{}", page);
        }

        #[test]
        fn links_lead_where_readers_may_go(words in hostile(), address in hostile()) {
            let address = format!("https://{address}");
            let page = markdown_link(&words, &address);
            let (events, _) = read(&format!("x {page} y\n"));
            let links = events.iter().filter(|event| event.contains("Link")).count();
            prop_assert!(links <= 2 && !events.iter().any(|event| event.contains("Html")), "{page}: {events:?}");
            prop_assert_eq!(link(&format!("javascript:{words}")), None);
        }

        #[test]
        fn markup_is_one_text_node(text in hostile()) {
            let page = format!("<a b=\"{0}\">{0}</a>", markup(&text));
            let tree = roxmltree::Document::parse(&page);
            prop_assert!(tree.is_ok(), "{page}: {tree:?}");
            let tree = tree.expect("parsed");
            prop_assert!(tree.root_element().children().all(|node| node.is_text()));
        }

        #[test]
        fn a_cell_is_one_cell(text in hostile()) {
            let cell = csv_cell(&text);
            let quoted = cell.starts_with('"') && cell.ends_with('"') && cell.len() > 1;
            let value = if quoted { cell[1..cell.len() - 1].replace("\"\"", "\"") } else { cell.clone() };
            prop_assert!(!value.starts_with(FORMULA), "{cell}");
            prop_assert!(!cell.contains(['\n', '\r']) && (quoted || !cell.contains([',', '"'])), "{cell}");
        }

        #[test]
        fn json_keeps_its_values(text in "\\PC*|.*|[\\p{Mn}\\p{Cf}\\p{Cc}a\"` \r\n]*") {
            let written = serde_json::to_string(&text).expect("a string");
            let escaped = json(&written);
            prop_assert_eq!(serde_json::from_str::<String>(&escaped).expect("valid"), text);
            prop_assert_eq!(page(&escaped, &[]), escaped.as_ref());
        }
    }

    #[test]
    fn own_colours_pass_and_no_others() {
        let own = ["\u{1b}[1m".to_owned(), "\u{1b}[0m".to_owned()];
        let text = "\u{1b}[1mx\u{1b}[0m \u{1b}[31my\u{1b}]0;t\u{7}";
        assert_eq!(painted(text, &own, Lines::Fold), "\u{1b}[1mx\u{1b}[0m \\u{1b}[31my\\u{1b}]0;t\\u{7}");
        assert!(!page(text, &[]).contains('\u{1b}'));
    }
}
