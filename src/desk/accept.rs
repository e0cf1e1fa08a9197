//! An amendment moves what cases expect: the new answers are written into their files, with the reason and with what
//! stood there, and every other byte stays.

use std::fmt::Write as _;

use super::run::{Difference, Subject};
use crate::rules::Ruleset;
use crate::text::{Aliases, Node, SourceFile, Span, parse_yaml};

/// The note in which a case keeps why its answers were changed. Keys that begin with `x-` are not read.
const NOTE: &str = "x-accepted";

/// The text of a case's file with what came out in place of what it expected; `None` where an answer cannot be put in
/// place of another, as in the lists of what is assured, which the writer mends by hand.
pub fn accepted(file: &SourceFile, rules: &Ruleset, differences: &[&Difference], because: &str) -> Option<String> {
    let root = parse_yaml(file, Aliases::Refuse).ok()?;
    let expect = root.get("expect")?;
    let mut changes: Vec<(Span, &str)> = Vec::new();
    for difference in differences {
        let node = match &difference.subject {
            Subject::Grade(view) => expect.get("grade")?.get(view)?,
            Subject::Axis(axis) => expect.get("axes")?.get(axis)?,
            Subject::Outcome(at) => expect.get("outcomes")?.get(&rules.criteria[*at].id)?,
            Subject::Progress(rung) => expect.get("progress")?.get(rung)?,
            Subject::Component(component) => expect.get("components")?.get(component)?,
            Subject::Assured(_) => return None,
        };
        changes.push((node.span, &difference.found));
    }
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = file.text().to_owned();
    for (span, found) in changes {
        text.replace_range(span.start as usize..span.end as usize, &scalar(found));
    }
    Some(with_note(text, &root, rules, differences, because))
}

/// A value as YAML writes it.
fn scalar(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ' ' | '%'));
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r', '\t'], " "))
}

/// The note stands at the end, or goes on where it stands at the end already.
fn with_note(mut text: String, root: &Node, rules: &Ruleset, differences: &[&Difference], because: &str) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let last = root.map().and_then(|entries| entries.last()).and_then(|(key, _)| key.text());
    if last != Some(NOTE) {
        let _ = writeln!(text, "{NOTE}:");
    }
    let _ = writeln!(text, "  - version: {}\n    because: {}\n    was:", scalar(&rules.version), quoted(because));
    for difference in differences {
        let _ = writeln!(text, "      - {}", quoted(&format!("{}: {}", difference.what, difference.expected)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{compare, trials};
    use crate::rules::{RulesetFiles, embedded, load};

    #[test]
    fn what_was_accepted_passes_and_keeps_what_it_said() {
        let embedded = embedded().iter().find(|it| it.id == "msit-independence").expect("a ruleset");
        let mut files = RulesetFiles::embedded(embedded);
        let (rules, _) = load(&files).expect("rules");
        let broken: Vec<SourceFile> = files
            .cases
            .iter()
            .map(|case| {
                SourceFile::new(case.name(), case.text().replace(": not-met", ": met").replace(": fail", ": pass"))
            })
            .collect();
        files.cases = broken;
        let (all, _) = trials(&files, &rules, None);
        let mut mended = Vec::new();
        for trial in &all {
            let (_, differences) = compare(&trial.case, &rules, &trial.dossier);
            let differences: Vec<&Difference> = differences.iter().collect();
            if differences.is_empty() {
                continue;
            }
            for reason in ["a first \"reason\"", "a second"] {
                let Some(text) = accepted(&trial.file, &rules, &differences, reason) else { continue };
                mended.push(SourceFile::new(trial.file.name(), text));
            }
        }
        assert!(mended.len() > 10, "{} cases were broken", mended.len());
        files.cases = mended;
        let (again, problems) = trials(&files, &rules, None);
        assert!(!problems.has_errors(), "{problems:?}");
        for trial in &again {
            let (_, left) = compare(&trial.case, &rules, &trial.dossier);
            assert_eq!(left, [], "{}", trial.file.text());
            assert!(trial.file.text().contains(NOTE) && trial.file.text().contains("because: \"a "));
        }
    }
}
