//! An amendment moves what cases expect: the new answers are written into their files, with the reason and with what
//! stood there, and every other byte stays. What was written is read back, and only what then passes is accepted.

use std::fmt::Write as _;

use super::run::{Difference, Subject, compare};
use super::trial::Trial;
use crate::rules::Ruleset;
use crate::text::{
    Aliases, MAX_TEXT_BYTES, Node, Says, SourceFile, Span, parse_yaml, read_text, says, why_not, write_whole,
};

/// The note in which a case keeps why its answers were changed. Keys that begin with `x-` are not read.
const NOTE: &str = "x-accepted";

/// A mark that editors of some systems put before a text, and that is no part of it.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// What came of accepting what a case came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptance {
    /// It was written, read back, and passes.
    Accepted,
    /// Nothing was written: the case is to be mended by hand, and why.
    ByHand(Says),
    /// It could not be written, or what was read back is not what was written.
    Failed(Says),
}

impl Acceptance {
    /// What came of it, a sentence.
    pub fn says(&self) -> Says {
        match self {
            Self::Accepted => says(
                "나온 답을 까닭과 함께 사례에 적었고, 다시 읽으니 통과한다",
                "the new answers were written into the case with the reason; read back, it passes",
            ),
            Self::ByHand(why) => {
                says(format!("아무것도 적지 않았다. {}", why.ko), format!("nothing was written: {}", why.en))
            }
            Self::Failed(why) => {
                says(format!("사례에 적지 못했다: {}", why.ko), format!("the case could not be written: {}", why.en))
            }
        }
    }
}

/// Writes what came out into a case that expects otherwise, where the case lies.
pub fn accept(trial: &Trial, rules: &Ruleset, differences: &[&Difference], because: &str) -> Acceptance {
    let Some(path) = trial.file.path() else {
        return Acceptance::ByHand(says("디스크에 있는 파일이 아니다", "it is no file on a disk"));
    };
    let Some(text) = accepted(&trial.file, rules, differences, because) else {
        return Acceptance::ByHand(says(
            "`assured`와 `not-assured` 목록은 손으로 고친다",
            "the lists `assured` and `not-assured` are mended by hand",
        ));
    };
    if !passes(&trial.file.with_text(text.as_str()), rules) {
        return Acceptance::ByHand(says(
            "나온 결과를 적어 넣어도 통과하지 못한다",
            "with what came out in its place it still does not pass",
        ));
    }
    match written(path, trial.file.text(), &text) {
        Err(why) => Acceptance::Failed(why),
        Ok(()) => match read_text(path, trial.file.name(), MAX_TEXT_BYTES) {
            Ok(file) if file.text() == text && passes(&file, rules) => Acceptance::Accepted,
            Ok(_) => Acceptance::Failed(says("다시 읽으니 적은 것과 다르다", "read back, it is not what was written")),
            Err(problem) => Acceptance::Failed(problem.message),
        },
    }
}

/// Replaces a file that still holds what was read of it; a mark before the text stays.
fn written(path: &std::path::Path, old: &str, new: &str) -> Result<(), Says> {
    let there = std::fs::read(path).map_err(|error| why_not(&error))?;
    let (mark, text) = there.strip_prefix(MARK).map_or((&[][..], &there[..]), |rest| (MARK, rest));
    if text != old.as_bytes() {
        return Err(says("그사이에 바뀌었다", "it was changed meanwhile"));
    }
    write_whole(path, &[mark, new.as_bytes()].concat()).map_err(|error| why_not(&error))
}

fn passes(file: &SourceFile, rules: &Ruleset) -> bool {
    Trial::of(file, rules).is_ok_and(|trial| compare(&trial.case, rules, &trial.dossier).1.is_empty())
}

/// The text of a case's file with what came out in place of what it expected; `None` where an answer cannot be put in
/// place of another, as in the lists of what is assured, which the writer mends by hand.
fn accepted(file: &SourceFile, rules: &Ruleset, differences: &[&Difference], because: &str) -> Option<String> {
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

/// The note stands at the end, or goes on where it stands.
fn with_note(mut text: String, root: &Node, rules: &Ruleset, differences: &[&Difference], because: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !text.ends_with('\n') {
        text.push_str(end);
    }
    let mut note = format!("  - version: {}\n    because: {}\n    was:\n", scalar(&rules.version), quoted(because));
    for difference in differences {
        let _ = writeln!(note, "      - {}", quoted(&format!("{}: {}", difference.what, difference.expected)));
    }
    let entries = root.map().map_or(&[][..], Vec::as_slice);
    let at = match entries.iter().position(|(key, _)| key.text() == Some(NOTE)) {
        None => {
            note = format!("{NOTE}:\n{note}");
            text.len()
        }
        Some(at) => {
            entries.get(at + 1).and_then(|(next, _)| next.text()).map_or(text.len(), |next| before(&text, next))
        }
    };
    text.insert_str(at, &note.replace('\n', end));
    text
}

/// Where the lines begin that belong to a key at the margin: its own, and comments and blank lines right above it.
fn before(text: &str, key: &str) -> usize {
    let (mut at, mut begins) = (0, 0);
    for line in text.split_inclusive('\n') {
        if line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')) {
            return begins;
        }
        at += line.len();
        if !(line.starts_with('#') || line.trim().is_empty()) {
            begins = at;
        }
    }
    text.len()
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

    #[test]
    fn what_cannot_be_written_is_said_and_nothing_is_called_accepted() {
        let embedded = embedded().iter().find(|it| it.id == "msit-independence").expect("a ruleset");
        let (rules, _) = load(&RulesetFiles::embedded(embedded)).expect("rules");
        let text =
            RulesetFiles::embedded(embedded).cases[0].text().replace(": not-met", ": met").replace(": fail", ": pass");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("case.yaml");
        let accepted_after = |meanwhile: &dyn Fn()| {
            std::fs::write(&path, &text).expect("written");
            let trial =
                Trial::of(&read_text(&path, "case.yaml", MAX_TEXT_BYTES).expect("read"), &rules).expect("a case");
            let (_, differences) = compare(&trial.case, &rules, &trial.dossier);
            let differences: Vec<&Difference> = differences.iter().collect();
            assert!(!differences.is_empty(), "the case was broken");
            meanwhile();
            accept(&trial, &rules, &differences, "a reason")
        };
        assert_eq!(accepted_after(&|| {}), Acceptance::Accepted);
        let changed = accepted_after(&|| std::fs::write(&path, "another").expect("written"));
        assert!(matches!(changed, Acceptance::Failed(_)), "{changed:?}");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "another");
        let gone = accepted_after(&|| std::fs::remove_file(&path).expect("removed"));
        assert!(matches!(&gone, Acceptance::Failed(why) if why.en.contains("no such file")), "{gone:?}");
        let nowhere = Trial::of(&SourceFile::new("case.yaml", text.as_str()), &rules).expect("a case");
        let (_, differences) = compare(&nowhere.case, &rules, &nowhere.dossier);
        let differences: Vec<&Difference> = differences.iter().collect();
        assert!(matches!(accept(&nowhere, &rules, &differences, "x"), Acceptance::ByHand(_)));
    }

    #[test]
    fn a_note_goes_on_where_it_stands() {
        let text = "a: 1\nx-accepted:\n  - version: 1\n# of b\nb: 2\n";
        assert_eq!(before(text, "b"), text.find("# of b").expect("there"));
        assert_eq!(before(text, "a"), 0);
    }
}
