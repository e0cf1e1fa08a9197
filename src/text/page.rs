//! The manual's page of a diagnostic in one language: what is wrong, an example of it and of what is right, and what
//! the program says. The pages hold both languages, one behind the other.

use super::code::Code;
use super::lang::Lang;

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// Lines of an example.
    Lines(Vec<String>),
}

fn is_korean(text: &str) -> bool {
    text.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c))
}

/// The page of a code in one language, without its title.
pub(crate) fn page_of(code: Code, lang: Lang) -> Vec<Part> {
    let page = PAGES.iter().find(|(id, _)| *id == code.id()).map_or("", |(_, page)| page);
    let mut parts = Vec::new();
    let mut lines = page.lines().skip(1);
    let mut said = false;
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            let (ko, en) = heading.split_once(" · ").unwrap_or((heading, heading));
            said = en.starts_with("What the program");
            parts.push(Part::Heading(if lang == Lang::Ko { ko } else { en }.to_owned()));
        } else if line.starts_with("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            parts.push(Part::Lines(if said {
                spoken(&block, lang)
            } else {
                block.iter().map(|l| (*l).to_owned()).collect()
            }));
        } else if !line.trim().is_empty() && is_korean(line) == (lang == Lang::Ko) {
            parts.push(Part::Paragraph(line.to_owned()));
        }
    }
    parts
}

/// What the program says in one language, of a block that holds what it says in both.
fn spoken(block: &[&str], lang: Lang) -> Vec<String> {
    let mut kept = Vec::new();
    if block.iter().any(|line| line.starts_with("SG")) {
        // As on a screen: a report begins with its code.
        let starts: Vec<usize> =
            (0..block.len()).filter(|at| block[*at].starts_with("SG")).chain([block.len()]).collect();
        for pair in starts.windows(2) {
            let report = &block[pair[0]..pair[1]];
            if report.iter().any(|line| is_korean(line)) == (lang == Lang::Ko) {
                kept.extend(report.iter().map(|line| (*line).to_owned()));
            }
        }
        return kept;
    }
    // Under each place the Korean message and its advice, then the English.
    let mut messages = 0;
    for line in block {
        if !line.starts_with(' ') {
            messages = 0;
            kept.push((*line).to_owned());
            continue;
        }
        messages += usize::from(!line.trim_start().starts_with('→'));
        if (messages == 1) == (lang == Lang::Ko) {
            kept.push((*line).to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_in_each_language() {
        for &code in Code::ALL {
            for lang in Lang::ALL {
                let parts = page_of(code, lang);
                let texts: Vec<&String> = parts
                    .iter()
                    .filter_map(|part| if let Part::Paragraph(text) = part { Some(text) } else { None })
                    .collect();
                assert!(!texts.is_empty(), "{} {lang:?}", code.id());
                assert!(texts.iter().all(|text| is_korean(text) == (lang == Lang::Ko)), "{} {lang:?}", code.id());
                let Some(Part::Lines(said)) = parts.last() else { panic!("{}: says nothing", code.id()) };
                assert!(!said.is_empty(), "{} {lang:?}", code.id());
            }
        }
    }
}
