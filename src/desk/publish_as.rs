//! A page's blocks as Markdown, and as one HTML file that needs nothing else.

use std::fmt::Write as _;

use super::publish::{Block, Span};
use crate::text::Lang;
use crate::text::escape::{link, markdown as md, markdown_block, markdown_code, markdown_link, markup};

/// The page as Markdown.
pub fn page_markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Heading(level, text, name) => {
                if *level > 1 {
                    let _ = writeln!(out, "<a id=\"{}\"></a>\n", markup(name));
                }
                let _ = writeln!(out, "{} {}\n", "#".repeat(usize::from(*level)), md(text));
            }
            Block::Text(spans) => {
                let _ = writeln!(out, "{}\n", md_spans(spans));
            }
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(out, "- {}", md_spans(item));
                }
                out.push('\n');
            }
            Block::Table(head, rows) => {
                let titles: Vec<String> = head.iter().map(|cell| md(cell)).collect();
                let _ = writeln!(out, "| {} |\n|{}", titles.join(" | "), "---|".repeat(head.len()));
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| md_spans(cell)).collect();
                    let _ = writeln!(out, "| {} |", cells.join(" | "));
                }
                out.push('\n');
            }
            Block::Code(text) => {
                let _ = writeln!(out, "{}\n", markdown_block("yaml", text));
            }
        }
    }
    out.trim_end().to_owned() + "\n"
}

fn md_spans(spans: &[Span]) -> String {
    let each = spans.iter().map(|span| match span {
        Span::Plain(text) => spaced(text, md),
        // The blank behind a bold word must stand outside the stars.
        Span::Strong(text) => format!("**{}**{}", md(text.trim_end()), &text[text.trim_end().len()..]),
        Span::Code(text) => markdown_code(text),
        Span::Link(text, name) => format!("[{}](#{name})", md(text)),
        Span::Address(text, url) => markdown_link(text, url),
    });
    each.collect::<String>().trim_end().to_owned()
}

/// A text written by `write`, between the blanks that it began and ended with.
fn spaced(text: &str, write: fn(&str) -> String) -> String {
    let blank = |is: bool| if is { " " } else { "" };
    if text.trim().is_empty() {
        return blank(!text.is_empty()).to_owned();
    }
    let (before, after) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    format!("{}{}{}", blank(before), write(text), blank(after))
}

const STYLE: &str = "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif;\
color:#1a1a1a;background:#fff;word-break:keep-all;overflow-wrap:anywhere}\
h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{margin-top:2rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}\
pre{background:#f4f4f4;padding:.7rem;overflow-x:auto}code{background:#f4f4f4}pre code{background:none}\
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}pre,code{background:#262626}a{color:#8ab4f8}}\
@media print{body{max-width:none;margin:0}}";

/// The page as HTML.
pub fn page_html(blocks: &[Block], lang: Lang) -> String {
    let title = blocks.iter().find_map(|block| match block {
        Block::Heading(1, text, _) => Some(markup(text)),
        _ => None,
    });
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n",
        lang.code(),
        title.unwrap_or_default()
    );
    for block in blocks {
        match block {
            Block::Heading(level, text, name) => {
                let _ = writeln!(out, "<h{level} id=\"{}\">{}</h{level}>", markup(name), markup(text));
            }
            Block::Text(spans) => {
                let _ = writeln!(out, "<p>{}</p>", html_spans(spans));
            }
            Block::List(items) => {
                let items: String = items.iter().map(|item| format!("<li>{}</li>\n", html_spans(item))).collect();
                let _ = writeln!(out, "<ul>\n{items}</ul>");
            }
            Block::Table(head, rows) => {
                let head: String = head.iter().map(|cell| format!("<th scope=\"col\">{}</th>", markup(cell))).collect();
                let row = |row: &Vec<Vec<Span>>| {
                    let cells: String = row.iter().map(|cell| format!("<td>{}</td>", html_spans(cell))).collect();
                    format!("<tr>{cells}</tr>\n")
                };
                let rows: String = rows.iter().map(row).collect();
                let _ = writeln!(out, "<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>");
            }
            Block::Code(text) => {
                let _ = writeln!(out, "<pre><code>{}</code></pre>", markup(text));
            }
        }
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn html_spans(spans: &[Span]) -> String {
    let each = spans.iter().map(|span| match span {
        Span::Plain(text) => markup(text),
        Span::Strong(text) => format!("<strong>{}</strong>", markup(text)),
        Span::Code(text) => format!("<code>{}</code>", markup(text)),
        Span::Link(text, name) => format!("<a href=\"#{}\">{}</a>", markup(name), markup(text)),
        Span::Address(text, url) => match link(url) {
            Some(url) => format!("<a href=\"{}\">{}</a>", markup(&url), markup(text)),
            None => markup(text),
        },
    });
    each.collect()
}
