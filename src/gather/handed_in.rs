//! What was handed in beside a model: evidence files, and what the one who grades vouches for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Handed;
use crate::evidence::{self, Hand, ReadEvidence, names_an_entry};
use crate::facts::{About, Input, Vouched};
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, clean, read_text, says};

/// Reads all of it, in the order of the names: how files were listed on the command line must not show.
pub(super) fn read(handed: &Handed<'_>) -> (Vec<ReadEvidence>, Diagnostics) {
    let mut hands: BTreeMap<&PathBuf, Hand> = handed.evidence.iter().map(|path| (path, Hand::Report)).collect();
    for vouch in handed.vouched {
        let hand = hands.entry(&vouch.file).or_default();
        *hand = match (std::mem::take(hand), &vouch.entry) {
            // A vouch for the whole file covers every entry.
            (Hand::Vouched(entries), _) if entries.is_empty() => Hand::Vouched(entries),
            (_, None) => Hand::Vouched(Vec::new()),
            (Hand::Vouched(mut entries), Some(entry)) => {
                entries.push(entry.clone());
                entries.sort();
                entries.dedup();
                Hand::Vouched(entries)
            }
            (_, Some(entry)) => Hand::Vouched(vec![entry.clone()]),
        };
    }
    let (mut all, mut problems) = (Vec::new(), Diagnostics::default());
    for (path, hand) in hands {
        match one(path, hand, handed.below) {
            Ok(file) => all.push(file),
            Err(wrong) => problems.extend(wrong),
        }
    }
    for file in handed.measured {
        match evidence::measured(file) {
            Ok(file) => all.push(file),
            Err(wrong) => problems.extend(wrong),
        }
    }
    (all, problems)
}

fn one(path: &Path, hand: Hand, below: Option<&Path>) -> Result<ReadEvidence, Diagnostics> {
    let shown = below.and_then(|below| path.strip_prefix(below).ok()).unwrap_or(path);
    let name = clean(&shown.to_string_lossy());
    let file = evidence::read(&read_text(path, &name, evidence::MAX_BYTES)?)?;
    if let Hand::Vouched(entries) = &hand {
        let it = &file.file;
        let lengths = [it.links.len(), it.documented.len(), it.attested.len()];
        let unknown = entries.iter().find(|entry| !names_an_entry(entry, lengths, it.trail.is_some()));
        if let Some(entry) = unknown {
            return Err(no_such_entry(&name, entry).into());
        }
    }
    Ok(ReadEvidence { hand, ..file })
}

fn no_such_entry(file: &str, entry: &str) -> Diagnostic {
    let entry = clean(entry);
    let message = says(format!("`{file}`에 `{entry}`(이)라는 항목이 없다"), format!("`{file}` has no entry `{entry}`"));
    let help = says(
        "`links/0`, `documented/0`, `attested/0`처럼 목록과 0부터 센 번호를 적거나 `trail`을 적는다",
        "name a list and a number counted from 0, as in `links/0`, `documented/0` or `attested/0`, or `trail`",
    );
    Diagnostic::error(Code::BadOption, &SourceFile::nameless(file), Span::default(), message).help(help)
}

/// Notes what was vouched for, and what could be.
pub(super) fn note(read: &ReadEvidence, sha256: String, about: &mut About) {
    let file = read.source.name().to_owned();
    let bound = read.bound == evidence::Bound::All;
    if bound && read.file.subject.through.is_none() {
        let digests = read.file.subject.files.iter().filter(|file| file.sha256.is_some());
        about.digested.extend(digests.map(|file| Input { name: clean(&file.name), sha256: file.sha256.clone() }));
    }
    match &read.hand {
        Hand::Run => {}
        Hand::Report => about.reports.push(file),
        Hand::Vouched(entries) if entries.is_empty() => {
            about.vouched.push(Vouched { file, entry: None, sha256, bound });
        }
        Hand::Vouched(entries) => about.vouched.extend(entries.iter().map(|entry| Vouched {
            file: file.clone(),
            entry: Some(entry.clone()),
            sha256: sha256.clone(),
            bound,
        })),
    }
}
