//! A page's blocks as Markdown, and as one HTML file that needs nothing else; in one language, or in two side by side.

use std::fmt::Write as _;

use super::page::{Block, Item, Span};
use crate::text::Lang;
use crate::text::escape::{link, markdown as md, markdown_block, markdown_code, markdown_link, markup};

/// The page as Markdown.
pub fn page_markdown(blocks: &[Block]) -> String {
    let out: String = blocks.iter().map(|block| md_block(block, true)).collect();
    out.trim_end().to_owned() + "\n"
}

/// Two pages of the same blocks as Markdown, block after block, the first language before the second.
pub fn side_by_side_markdown(first: &[Block], second: &[Block]) -> String {
    let mut out = String::new();
    for (a, b) in first.iter().zip(second) {
        out.push_str(&md_block(a, true));
        if a != b {
            // One heading leads to one place, so the second has no name; a list of contents is needed once.
            out.push_str(&md_block(b, false));
        }
    }
    out.trim_end().to_owned() + "\n"
}

fn md_block(block: &Block, named: bool) -> String {
    let mut out = String::new();
    match block {
        Block::Heading(level, text, name) => {
            if *level > 1 && named {
                let _ = writeln!(out, "<a id=\"{}\"></a>\n", markup(name));
            }
            let _ = writeln!(out, "{} {}\n", "#".repeat(usize::from(*level)), md(text));
        }
        Block::Text(spans) => {
            let _ = writeln!(out, "{}\n", md_spans(spans));
        }
        Block::Notice(spans) => {
            let _ = writeln!(out, "> **{}**\n", md_spans(spans));
        }
        Block::List(items) => {
            md_list(items, "", "- ", &mut out);
            out.push('\n');
        }
        Block::Numbered(items) => {
            md_list(items, "", "1. ", &mut out);
            out.push('\n');
        }
        Block::Table(head, rows) | Block::Sides(head, rows) => {
            let columns = rows.first().map_or(head.len(), Vec::len);
            let titles: Vec<String> =
                if head.is_empty() { vec![String::new(); columns] } else { head.iter().map(|cell| md(cell)).collect() };
            let _ = writeln!(out, "| {} |\n|{}", titles.join(" | "), "---|".repeat(columns));
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
    out
}

fn md_list(items: &[Item], indent: &str, mark: &str, out: &mut String) {
    for item in items {
        let _ = writeln!(out, "{indent}{mark}{}", md_spans(&item.spans));
        md_list(&item.below, &format!("{indent}{}", " ".repeat(mark.len())), "- ", out);
    }
}

fn md_spans(spans: &[Span]) -> String {
    let each = spans.iter().map(|span| match span {
        Span::Plain(text) => spaced(text, md),
        // The blank behind a bold word must stand outside the stars.
        Span::Strong(text) => marked(text, "**", "**"),
        Span::Code(text) => markdown_code(text),
        Span::Link(text, name) => format!("[{}](#{name})", md(text)),
        Span::Address(text, url) => markdown_link(text, url),
        Span::Gone(text) => marked(text, "<del>", "</del>"),
        Span::Fresh(text) => marked(text, "<ins>", "</ins>"),
        Span::Break => "<br>".to_owned(),
    });
    each.collect::<String>().trim_end().to_owned()
}

/// A text between marks, the blanks that it begins and ends with outside them.
fn marked(text: &str, open: &str, close: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let before = &text[..text.len() - text.trim_start().len()];
    let after = &text[text.trim_end().len()..];
    format!("{before}{open}{}{close}{after}", md(inner))
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

/// On a screen, on a phone, and on A4: what is long is wrapped, nothing is cut off, a heading stays with its text.
const STYLE: &str = "\
:root{--line:#c8c8c8;--soft:#f5f5f5;--link:#0b57d0}\
body{max-width:50rem;margin:2rem auto;padding:0 1.2rem;font:1rem/1.65 system-ui,'Noto Sans KR','Malgun Gothic',sans-serif;\
color:#1a1a1a;background:#fff;word-break:keep-all;overflow-wrap:anywhere}\
body.pair{max-width:84rem}\
h1{font-size:1.8rem;line-height:1.3}h2{margin-top:3rem;border-bottom:2px solid var(--line);padding-bottom:.2rem}\
h3{margin-top:2.2rem;background:var(--soft);padding:.25rem .6rem}h4{margin:2rem 0 .4rem;font-size:1.08rem}\
p{margin:.45rem 0}ul,ol{margin:.3rem 0;padding-left:1.4rem}li{margin:.15rem 0}a{color:var(--link)}\
.notice{border:2px solid #b3261e;color:#b3261e;font-weight:bold;padding:.5rem .8rem}\
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.8rem 0}\
th,td{border:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top;overflow-wrap:break-word}\
td a,td code{overflow-wrap:anywhere}\
th{background:var(--soft)}table.pairs td:first-child{width:9rem;background:var(--soft)}\
table.sides{table-layout:fixed}table.sides th:first-child{width:14%}table.sides th:last-child{width:17%}\
pre{background:var(--soft);padding:.7rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.86rem;line-height:1.45}\
code{background:var(--soft);font-size:.9em}pre code{background:none;font-size:1em}del{color:#b3261e}ins{color:#0b6b2e}\
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 2rem}.two>div{min-width:0}\
@media(max-width:40rem){body{margin:1rem auto;padding:0 .9rem}h1{font-size:1.45rem}th,td{padding:.3rem .4rem;font-size:.92rem}\
table.sides{min-width:40rem}.two{grid-template-columns:1fr}.two>div+div>h2,.two>div+div>h3,.two>div+div>h4{margin-top:.3rem}table.pairs td:first-child{width:6rem}}\
@media screen and (prefers-color-scheme:dark){:root{--line:#4a4a4a;--soft:#262626;--link:#8ab4f8}\
body{color:#e6e6e6;background:#161616}.notice,del{color:#f2b8b5;border-color:#f2b8b5}ins{color:#8fd9a8}}\
@page{size:A4;margin:18mm 16mm 20mm;@bottom-center{content:counter(page) ' / ' counter(pages);font-size:9pt}}\
@media print{body,body.pair{max-width:none;margin:0;padding:0;font-size:10pt;line-height:1.5}\
.table{overflow:visible}h1,h2,h3,h4,p:has(+ul),p:has(+ol),p:has(+.table),p:has(+pre){break-after:avoid}\
li:not(:has(ul)),pre{break-inside:avoid}table:not(.sides) tr{break-inside:avoid}.two:not(:has(ul,table)){break-inside:avoid}thead{display:table-header-group}\
p{orphans:2;widows:2}a{color:inherit;text-decoration:none}a[href^='http']::after{content:' <' attr(href) '>';font-size:.85em}\
.two{gap:0 6mm}body.draft::before{content:attr(data-mark);position:fixed;top:40%;left:10%;font-size:110pt;\
transform:rotate(-30deg);opacity:.08;font-weight:bold}}";

/// The page as HTML.
pub fn page_html(blocks: &[Block], lang: Lang) -> String {
    let body: String = blocks.iter().map(|block| html_block(block, true)).collect();
    document(blocks, lang, "", &body)
}

/// Two pages of the same blocks as HTML, block beside block.
pub fn side_by_side_html(first: &[Block], second: &[Block], langs: [Lang; 2]) -> String {
    let mut body = String::new();
    let mut rest = (first, second);
    while let ((a, b), n) = (rest, together(rest.0))
        && n > 0
        && n <= b.len()
    {
        let ((a, left), (b, right)) = (a.split_at(n), b.split_at(n));
        let html = |blocks: &[Block], named| blocks.iter().map(|block| html_block(block, named)).collect::<String>();
        if a == b {
            body.push_str(&html(a, true));
        } else {
            let [one, other] = langs.map(Lang::code);
            let (first, second) = (html(a, true), html(b, false));
            let _ = writeln!(
                body,
                "<div class=\"two\"><div lang=\"{one}\">\n{first}</div><div lang=\"{other}\">\n{second}</div></div>"
            );
        }
        rest = (left, right);
    }
    document(first, langs[0], "pair", &body)
}

/// How many of the next blocks stay together: a label with the list below it.
fn together(blocks: &[Block]) -> usize {
    match blocks {
        [Block::Text(_), Block::List(_) | Block::Numbered(_), ..] => 2,
        [] => 0,
        _ => 1,
    }
}

fn document(blocks: &[Block], lang: Lang, class: &str, body: &str) -> String {
    let title = blocks.iter().find_map(|block| match block {
        Block::Heading(1, text, _) => Some(markup(text)),
        _ => None,
    });
    // Two texts beside each other need more room.
    let wide = blocks.iter().any(|block| matches!(block, Block::Sides(..)));
    let class = if wide { "pair" } else { class };
    let draft = blocks.iter().any(|block| matches!(block, Block::Notice(_)));
    let mark = if lang == Lang::Ko { "초안" } else { "DRAFT" };
    let class = if draft { format!("{class} draft") } else { class.to_owned() };
    let class = class.trim();
    let attributes = match (class.is_empty(), draft) {
        (true, _) => String::new(),
        (false, false) => format!(" class=\"{class}\""),
        (false, true) => format!(" class=\"{class}\" data-mark=\"{mark}\""),
    };
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body{attributes}>\n{body}</body>\n</html>\n",
        lang.code(),
        title.unwrap_or_default()
    )
}

fn html_block(block: &Block, named: bool) -> String {
    let mut out = String::new();
    match block {
        Block::Heading(level, text, name) => {
            let id = if named { format!(" id=\"{}\"", markup(name)) } else { String::new() };
            let _ = writeln!(out, "<h{level}{id}>{}</h{level}>", markup(text));
        }
        Block::Text(spans) => {
            let _ = writeln!(out, "<p>{}</p>", html_spans(spans));
        }
        Block::Notice(spans) => {
            let _ = writeln!(out, "<p class=\"notice\">{}</p>", html_spans(spans));
        }
        Block::List(items) => html_list(items, "ul", &mut out),
        Block::Numbered(items) => html_list(items, "ol", &mut out),
        Block::Table(head, rows) | Block::Sides(head, rows) => {
            let sides = matches!(block, Block::Sides(..));
            let head: String = head.iter().map(|cell| format!("<th scope=\"col\">{}</th>", markup(cell))).collect();
            let row = |row: &Vec<Vec<Span>>| {
                let cells: String = row.iter().map(|cell| format!("<td>{}</td>", html_spans(cell))).collect();
                format!("<tr>{cells}</tr>\n")
            };
            let rows: String = rows.iter().map(row).collect();
            let (class, head) = match (head.is_empty(), sides) {
                (true, _) => (" class=\"pairs\"", String::new()),
                (_, sides) => {
                    let class = if sides { " class=\"sides\"" } else { "" };
                    (class, format!("<thead><tr>{head}</tr></thead>\n"))
                }
            };
            let _ = writeln!(out, "<div class=\"table\"><table{class}>\n{head}<tbody>\n{rows}</tbody>\n</table></div>");
        }
        Block::Code(text) => {
            let _ = writeln!(out, "<pre><code>{}</code></pre>", markup(text));
        }
    }
    out
}

fn html_list(items: &[Item], tag: &str, out: &mut String) {
    let _ = writeln!(out, "<{tag}>");
    for item in items {
        let _ = write!(out, "<li>{}", html_spans(&item.spans));
        if !item.below.is_empty() {
            out.push('\n');
            html_list(&item.below, "ul", out);
        }
        let _ = writeln!(out, "</li>");
    }
    let _ = writeln!(out, "</{tag}>");
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
        Span::Gone(text) => format!("<del>{}</del>", markup(text)),
        Span::Fresh(text) => format!("<ins>{}</ins>", markup(text)),
        Span::Break => "<br>".to_owned(),
    });
    each.collect()
}
