//! The manual is held to the program: every link leads somewhere, and every command that a page shows is run.
//! `SOVGRADE_BLESS=1 cargo test --test docs` writes the output of the commands anew.
#![cfg(unix)]
#![allow(missing_docs)]

mod transcript;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Every page of the repository, as a path below its root.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&transcript::root(), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for path in entries.map_while(Result::ok).map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            collect(&path, found);
        } else if name.ends_with(".md") {
            found.push(path.strip_prefix(transcript::root()).unwrap_or(&path).to_path_buf());
        }
    }
}

fn text(page: &Path) -> String {
    std::fs::read_to_string(transcript::root().join(page)).unwrap_or_else(|e| panic!("{}: {e}", page.display()))
}

/// The lines outside fenced blocks and front matter.
fn prose(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.first() == Some(&"---") {
        let end = lines.iter().skip(1).position(|line| *line == "---").map_or(0, |at| at + 2);
        lines.drain(..end);
    }
    lines.retain(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    lines
}

/// Where the links of a page lead, without code spans.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for rest in plain.split("](").skip(1) {
            if let Some(target) = rest.split(')').next() {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// The anchors of a page's headings, as the usual renderers name them.
fn anchors(text: &str) -> HashSet<String> {
    let heading = |line: &&str| line.starts_with('#');
    let name = |line: &str| -> String {
        let letters = line.trim_start_matches('#').trim().to_lowercase();
        let kept = letters.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    let made = |line: &str| line.strip_prefix("<a id=\"")?.split('"').next().map(str::to_owned);
    let own = prose(text).into_iter().filter_map(made);
    prose(text).into_iter().filter(heading).map(name).chain(own).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        for link in links(&text(&page)) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { page.clone() } else { page.with_file_name("").join(file) };
            let there = transcript::root().join(&target).exists();
            let known = anchor.is_empty() || !file_is_page(&target) || anchors(&text(&target)).contains(anchor);
            if !there || !known {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

fn file_is_page(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "md")
}

#[test]
fn what_the_pages_show_is_what_the_program_prints() {
    let shows = |page: &PathBuf| text(page).lines().any(|line| line.starts_with("<!-- run"));
    let readme = |page: &PathBuf| page.to_string_lossy().starts_with("README");
    let pages: Vec<PathBuf> = pages().into_iter().filter(|page| !readme(page) && shows(page)).collect();
    let problems: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> =
            pages.iter().map(|page| scope.spawn(|| transcript::run(&page.to_string_lossy()).err())).collect();
        running.into_iter().filter_map(|page| page.join().unwrap_or_else(|_| Some("panicked".to_owned()))).collect()
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn files_and_functions_that_a_page_names_are_there() {
    let mut missing = Vec::new();
    for page in pages().iter().filter(|page| page.components().count() == 1 || page.starts_with("docs")) {
        for line in prose(&text(page)) {
            let spans: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
            let is_file = |span: &&&str| span.starts_with("src/") || span.starts_with("tests/");
            let Some(file) = spans.iter().find(is_file) else { continue };
            let path = transcript::root().join(file);
            let code = if path.is_file() { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
            if !path.exists() {
                missing.push(format!("{}: {file}", page.display()));
            }
            let functions = spans.iter().filter_map(|span| span.strip_suffix("()"));
            for name in functions.filter(|name| !code.contains(&format!("fn {name}"))) {
                missing.push(format!("{}: {file} has no function {name}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_page_of_the_manual_is_in_its_index() {
    for (folder, index) in
        [("docs", "docs/README.md"), ("docs/ko", "docs/ko/README.md"), ("docs/decisions", "docs/decisions/README.md")]
    {
        let listed: HashSet<String> = links(&text(Path::new(index))).into_iter().collect();
        for page in pages().iter().filter(|page| page.parent() == Some(Path::new(folder))) {
            let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
            assert!(name == "README.md" || listed.contains(&name), "{index} does not list {name}");
        }
    }
}
