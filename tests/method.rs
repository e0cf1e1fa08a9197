//! The method is at home: what the code cites stands in `docs/method`, and nothing is cited that a reader cannot open.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folders whose files may cite the method.
const CITING: [&str; 4] = ["src", "tests", "benches", "docs"];

/// Endings of the files that people write.
const WRITTEN: [&str; 3] = ["rs", "md", "toml"];

/// Documents outside the repository. Each is in two pieces, so that this file does not name it.
const OUTSIDE: [[&str; 2]; 5] = [
    ["weight-", "evidence"],
    ["design ", "section"],
    ["ladder-and-", "cases"],
    ["weight evidence, ", "section"],
    ["formats and licences, ", "section"],
];

/// What stands before the number of a section.
const CITED: &str = "method ";

/// A file of the repository with its lines.
struct Page {
    path: PathBuf,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every written file below `folder`, in the order of their paths.
fn pages(folder: &Path) -> Vec<Page> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map_while(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    let of_path = |path: PathBuf| -> Vec<Page> {
        if path.is_dir() {
            return pages(&path);
        }
        let written = path.extension().is_some_and(|end| WRITTEN.iter().any(|known| end == *known));
        let text = written.then(|| std::fs::read_to_string(&path).ok()).flatten();
        text.map(|text| Page { path, text }).into_iter().collect()
    };
    paths.into_iter().flat_map(of_path).collect()
}

fn citing() -> Vec<Page> {
    CITING.iter().flat_map(|folder| pages(&root().join(folder))).collect()
}

/// The section `N.M` at the beginning of a text, with what follows it.
fn section(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = text[..end].trim_end_matches('.');
    let (chapter, within) = number.split_once('.')?;
    let is_number = |part: &str| !part.is_empty() && part.len() <= 2 && part.chars().all(|c| c.is_ascii_digit());
    (is_number(chapter) && is_number(within)).then(|| (number, &text[number.len()..]))
}

/// The lines of a text as one, without the marks of comments: a sentence may break anywhere.
fn joined(text: &str) -> String {
    let bare = text.lines().map(|line| line.trim().trim_start_matches(['/', '!', '*', '#']).trim_start());
    bare.collect::<Vec<_>>().join(" ")
}

/// All sections that one text cites: `method 4.2`, and those of a list, `method 4.2, 2.13`.
fn citations(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in joined(text).split(CITED).skip(1) {
        let mut next = section(rest);
        while let Some((number, after)) = next {
            found.push(number.to_owned());
            next = [", ", " and "].iter().find_map(|joint| after.strip_prefix(joint)).and_then(section);
        }
    }
    found
}

/// The numbers of all headings `## N.M Title` of the method, with the page that each stands in.
fn headings() -> Vec<(String, PathBuf)> {
    let of_page = |page: Page| -> Vec<(String, PathBuf)> {
        let numbers = page.text.lines().filter_map(|line| section(line.strip_prefix("## ")?).map(|found| found.0));
        numbers.map(|number| (number.to_owned(), page.path.clone())).collect()
    };
    pages(&root().join("docs/method")).into_iter().flat_map(of_page).collect()
}

#[test]
fn a_citation_is_read_as_people_write_it() {
    let read = |text: &str| citations(text).join(" ");
    assert_eq!(read("F2 (method 2.3, 2.6)."), "2.3 2.6");
    assert_eq!(read("//! as (method\n//! 4.10 and 2.13) say"), "4.10 2.13");
    assert_eq!(read("(method 8.6: at the middle -0.14 to 0.05)"), "8.6");
    assert_eq!(read("the method has 3 parts, method 7 none"), "");
}

#[test]
fn every_section_that_is_cited_is_there() {
    let there: BTreeSet<String> = headings().into_iter().map(|(number, _)| number).collect();
    assert!(!there.is_empty(), "docs/method has no sections");
    let this = root().join(file!());
    let missing: Vec<String> = citing()
        .iter()
        .filter(|page| page.path != this)
        .flat_map(|page| citations(&page.text).into_iter().map(|number| (page.path.display(), number)))
        .filter(|(_, number)| !there.contains(number))
        .map(|(path, number)| format!("{path}: {CITED}{number}"))
        .collect();
    assert!(missing.is_empty(), "sections that docs/method lacks:\n{}", missing.join("\n"));
}

#[test]
fn sections_are_numbered_in_order_within_their_chapter() {
    let mut last = String::new();
    let mut place = (0, 0);
    for (number, path) in headings() {
        let (chapter, within) = number.split_once('.').unwrap_or_default();
        let parsed: (usize, usize) = (chapter.parse().unwrap_or(0), within.parse().unwrap_or(0));
        let follows = parsed == (place.0, place.1 + 1) || parsed == (place.0 + 1, 1);
        assert!(follows, "{}: {number} stands after {last}", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        assert!(name.starts_with(&format!("{:02}-", parsed.0)), "{name}: {number} is of another chapter");
        (place, last) = (parsed, number);
    }
}

#[test]
fn nothing_is_cited_that_a_reader_cannot_open() {
    let outside = OUTSIDE.map(|pieces| pieces.concat());
    let cited: Vec<String> = citing()
        .iter()
        .map(|page| (page.path.display(), joined(&page.text)))
        .flat_map(|(path, text)| {
            outside
                .iter()
                .filter(|name| text.contains(name.as_str()))
                .map(|name| format!("{path}: {name}"))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(cited.is_empty(), "documents outside the repository:\n{}", cited.join("\n"));
}
