//! Notices: short texts that name a licence and are not its text, as in `Released under the MIT License` or the notice
//! that the Apache licence asks for.
//!
//! A notice may add terms of its own ("for research only"), so nothing is taken for one by what it contains, only by
//! containing nothing else: apart from notices known by their digest, every word must be one of a list that can neither
//! grant nor forbid.

use std::collections::BTreeSet;

use super::catalogue::Catalogue;
use super::entry::Licence;
use super::expression::parse;
use super::normalise::{digest, line, lines};

/// Bytes of the longest notice. The longest known, that of the GPL, has 700.
const LONGEST_NOTICE: usize = 4_000;

/// Paragraphs of a notice; every run of them may be one that is known.
const MOST_PARAGRAPHS: usize = 12;

/// Words of the longest name of a licence.
const LONGEST_NAME: usize = 12;

/// Words that neither grant nor forbid anything.
const HARMLESS: &[&str] = &[
    "a",
    "all",
    "an",
    "and",
    "are",
    "as",
    "at",
    "available",
    "be",
    "by",
    "can",
    "checkpoint",
    "checkpoints",
    "code",
    "conditions",
    "copy",
    "covered",
    "data",
    "dataset",
    "datasets",
    "detail",
    "details",
    "distributed",
    "documentation",
    "dual",
    "either",
    "file",
    "files",
    "following",
    "for",
    "found",
    "full",
    "governed",
    "here",
    "identifier",
    "in",
    "included",
    "information",
    "is",
    "it",
    "its",
    "library",
    "licence",
    "licenced",
    "licences",
    "license",
    "licensed",
    "licenses",
    "made",
    "model",
    "models",
    "more",
    "of",
    "on",
    "open",
    "or",
    "our",
    "package",
    "program",
    "project",
    "provided",
    "published",
    "read",
    "refer",
    "released",
    "repo",
    "repository",
    "root",
    "see",
    "software",
    "source",
    "spdx",
    "subject",
    "terms",
    "text",
    "that",
    "the",
    "their",
    "these",
    "this",
    "to",
    "txt",
    "md",
    "under",
    "view",
    "visit",
    "we",
    "weights",
    "with",
    "work",
];

impl Catalogue {
    /// The licences that a text names, if it does nothing else but naming the work, which is called by `names`.
    pub(super) fn named_by_notice(&self, text: &str, names: &[String]) -> Vec<&Licence> {
        if text.len() > LONGEST_NOTICE {
            return Vec::new();
        }
        let mut named = Named { catalogue: self, licences: Vec::new(), own: own_words(names) };
        if named.all(text) { named.licences } else { Vec::new() }
    }
}

/// What is named so far.
struct Named<'c> {
    catalogue: &'c Catalogue,
    licences: Vec<&'c Licence>,
    /// Words of the work's own name.
    own: BTreeSet<String>,
}

impl<'c> Named<'c> {
    /// Whether the whole text names licences and does nothing else.
    fn all(&mut self, text: &str) -> bool {
        let paragraphs = paragraphs(text);
        if paragraphs.len() > MOST_PARAGRAPHS {
            return false;
        }
        let mut at = 0;
        while at < paragraphs.len() {
            let known = (at..paragraphs.len())
                .rev()
                .find_map(|last| Some((last, self.catalogue.by_notice(&digest(&paragraphs[at..=last].join("\n")))?)));
            if let Some((last, licence)) = known {
                self.add(licence);
                at = last + 1;
            } else if self.sentence(&paragraphs[at]) {
                at += 1;
            } else {
                return false;
            }
        }
        !self.licences.is_empty()
    }

    /// Whether a paragraph is made of names and words without force.
    fn sentence(&mut self, paragraph: &str) -> bool {
        let mut rest = String::new();
        for written in lines(paragraph) {
            match written.split_once("spdx-license-identifier:") {
                Some((before, expression)) => {
                    rest.push_str(before);
                    if !self.expression(expression.trim()) {
                        return false;
                    }
                }
                None => rest.push_str(&written),
            }
            rest.push(' ');
        }
        let words: Vec<&str> = rest.split_whitespace().collect();
        let mut at = 0;
        while at < words.len() {
            if let Some((length, licence)) = self.name(&words[at..]) {
                self.add(licence);
                at += length;
            } else if is_address(words[at]) || self.is_harmless(words[at]) {
                at += 1;
            } else {
                return false;
            }
        }
        true
    }

    /// The licence whose name stands here, and how many words it has; the longest name wins.
    fn name(&self, words: &[&str]) -> Option<(usize, &'c Licence)> {
        let most = words.len().min(LONGEST_NAME);
        (1..=most).rev().find_map(|length| {
            let name = words[..length].join(" ");
            let name = name.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
            // "the" alone begins a sentence, and a name begins with a word of its own.
            let begins = !matches!(words[0], "the" | "a" | "licence" | "license" | "version");
            let licence = self.catalogue.by_words(name).filter(|_| begins)?;
            Some((length, licence))
        })
    }

    /// `SPDX-License-Identifier: MIT OR Apache-2.0`: all that it names must be known.
    fn expression(&mut self, text: &str) -> bool {
        let Ok(expression) = parse(text) else { return false };
        for name in expression.names() {
            match self.catalogue.by_name(name) {
                Some(licence) => self.add(licence),
                None => return false,
            }
        }
        true
    }

    fn is_harmless(&self, word: &str) -> bool {
        parts(word).all(|part| HARMLESS.contains(&part) || self.own.contains(part))
    }

    fn add(&mut self, licence: &'c Licence) {
        if !self.licences.iter().any(|other| other.id == licence.id) {
            self.licences.push(licence);
        }
    }
}

/// The paragraphs of a text; those that only say whose copyright it is are left out.
fn paragraphs(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for written in text.lines() {
        if line(written).is_empty() {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            last.push_str(written);
            last.push('\n');
        }
    }
    all.retain(|paragraph| lines(paragraph).next().is_some());
    all
}

fn is_address(word: &str) -> bool {
    let word = word.trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']'));
    word.starts_with("https://") && word.len() < 200
}

/// Words of a name that are none of a name where terms stand.
const FORCE: [&str; 22] = [
    "academic",
    "academics",
    "commercial",
    "educational",
    "evaluation",
    "except",
    "excluding",
    "forbidden",
    "internal",
    "no",
    "non",
    "noncommercial",
    "not",
    "only",
    "permission",
    "personal",
    "private",
    "prohibited",
    "research",
    "restricted",
    "use",
    "without",
];

/// The words that a work's names consist of, in the form of a notice's lines.
fn own_words(names: &[String]) -> BTreeSet<String> {
    let words = names.iter().flat_map(|name| parts(&line(name)).map(str::to_owned).collect::<Vec<_>>());
    words.filter(|word| !FORCE.contains(&word.as_str())).collect()
}

fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}
