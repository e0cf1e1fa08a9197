//! The files of a ruleset, from a folder or from the program itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::embedded::{Embedded, embedded};
use super::model::RulesetOrigin;
use super::names::{self, OddNames};
use crate::text::{Code, Diagnostic, Diagnostics, MAX_TEXT_BYTES, SourceFile, Span, read_text, says, shown_path};

/// Most criteria, or cases, of one ruleset. The largest known standard has 48 criteria.
pub(crate) const MAX_FILES: usize = 2_000;

/// Most bytes of one ruleset, all of its files together. The largest known has half a megabyte.
pub(crate) const MAX_RULESET_BYTES: u64 = 16 << 20;

/// The files of one ruleset, sorted by name.
#[derive(Debug, Clone)]
pub struct RulesetFiles {
    /// Name of the folder.
    pub folder: String,
    /// ruleset.yaml.
    pub ruleset: SourceFile,
    /// terms.yaml, where there is one.
    pub terms: Option<SourceFile>,
    /// facts.yaml, where there is one.
    pub facts: Option<SourceFile>,
    /// criteria/*.yaml.
    pub criteria: Vec<SourceFile>,
    /// cases/*.yaml.
    pub cases: Vec<SourceFile>,
    /// allow.yaml, where there is one: what the desk's checks may pass over, and why.
    pub allow: Option<SourceFile>,
    /// references.yaml, where there is one.
    pub references: Option<SourceFile>,
    /// The folder as it was named; `None` for a ruleset that is part of the program.
    pub named: Option<String>,
    /// Files beside them that are not read for their names.
    pub odd: OddNames,
}

impl RulesetFiles {
    /// Reads a folder.
    ///
    /// # Errors
    /// All files that are missing, unreadable, too large or too many.
    pub fn read(folder: &Path) -> Result<Self, Diagnostics> {
        Self::read_parts(folder, &["criteria", "cases"])
    }

    /// Reads a folder without its cases, which no grading asks for.
    ///
    /// # Errors
    /// As [`RulesetFiles::read`].
    pub fn read_rules(folder: &Path) -> Result<Self, Diagnostics> {
        Self::read_parts(folder, &["criteria"])
    }

    fn read_parts(folder: &Path, parts: &[&str]) -> Result<Self, Diagnostics> {
        let shown = shown_path(folder);
        let name = |part: &str| format!("{}/{part}", shown.trim_end_matches('/'));
        if !folder.join("ruleset.yaml").is_file() {
            return Err(without_ruleset(folder, &shown).into());
        }
        let mut odd = OddNames::default();
        names::at_top(folder, shown.trim_end_matches('/'), &mut odd);
        let mut problems = Diagnostics::default();
        let mut lists = BTreeMap::new();
        for part in parts {
            let listed = names::listed(&folder.join(part), part, &name(part), &mut odd);
            lists.insert(
                *part,
                listed.unwrap_or_else(|| {
                    problems.push(too_many(&name(part)));
                    Vec::new()
                }),
            );
        }
        let mut left = MAX_RULESET_BYTES;
        let home = folder.canonicalize().ok();
        let mut read = |part: &str| {
            let path = folder.join(part);
            let target = path.canonicalize().ok();
            if target.zip(home.as_ref()).is_some_and(|(target, home)| !target.starts_with(home)) {
                problems.push(outside(&name(part)));
                return None;
            }
            if path.metadata().is_ok_and(|about| about.is_file() && about.len() > left) {
                if left > 0 {
                    problems.push(too_large(&shown));
                }
                left = 0;
                return None;
            }
            let file = read_text(&path, &name(part), MAX_TEXT_BYTES).map_err(|p| problems.push(p)).ok()?;
            left = left.saturating_sub(file.text().len() as u64);
            Some(file)
        };
        let ruleset = read("ruleset.yaml");
        let terms = if folder.join("terms.yaml").exists() { read("terms.yaml") } else { None };
        let facts = if folder.join("facts.yaml").exists() { read("facts.yaml") } else { None };
        let allow = if folder.join("allow.yaml").exists() { read("allow.yaml") } else { None };
        let references = if folder.join("references.yaml").exists() { read("references.yaml") } else { None };
        let named = Some(shown.clone());
        let mut read_all = |part: &str| -> Vec<SourceFile> {
            let names = lists.remove(part).unwrap_or_default();
            names.iter().filter_map(|file| read(&format!("{part}/{file}"))).collect()
        };
        let (criteria, cases) = (read_all("criteria"), read_all("cases"));
        let folder = folder
            .canonicalize()
            .ok()
            .and_then(|full| full.file_name().map(|n| n.to_string_lossy().into_owned()))
            .unwrap_or(shown);
        match ruleset {
            Some(ruleset) if problems.is_empty() => {
                Ok(Self { folder, ruleset, terms, facts, criteria, cases, allow, references, named, odd })
            }
            _ => Err(problems),
        }
    }

    /// The files of an embedded ruleset.
    pub fn embedded(ruleset: &Embedded) -> Self {
        let file = |part: &str| {
            ruleset
                .files
                .iter()
                .find(|(name, _)| *name == part)
                .map(|(name, text)| SourceFile::new(format!("rules/{}/{name}", ruleset.id), *text))
        };
        let below = |part: &str| {
            ruleset
                .files
                .iter()
                .filter(|(name, _)| name.starts_with(part))
                .map(|(name, text)| SourceFile::new(format!("rules/{}/{name}", ruleset.id), *text))
                .collect()
        };
        Self {
            folder: ruleset.id.to_owned(),
            ruleset: file("ruleset.yaml").unwrap_or_else(|| SourceFile::nameless("ruleset.yaml")),
            terms: file("terms.yaml"),
            facts: file("facts.yaml"),
            criteria: below("criteria/"),
            cases: below("cases/"),
            allow: file("allow.yaml"),
            references: file("references.yaml"),
            named: None,
            odd: OddNames::default(),
        }
    }

    /// The files of a ruleset that were read elsewhere: names below its folder with their texts. `shown` is what
    /// messages call the folder. `None` if there is no ruleset.yaml among them.
    pub fn from_texts(folder: &str, shown: &str, files: Vec<(String, String)>) -> Option<Self> {
        let mut read = Self {
            folder: folder.to_owned(),
            ruleset: SourceFile::nameless(shown),
            terms: None,
            facts: None,
            criteria: Vec::new(),
            cases: Vec::new(),
            allow: None,
            references: None,
            named: Some(shown.to_owned()),
            odd: OddNames::default(),
        };
        let mut found = false;
        for (name, text) in files {
            let file = SourceFile::new(format!("{shown}/{name}"), text);
            match (name.as_str(), name.split_once('/')) {
                ("ruleset.yaml", _) => {
                    read.ruleset = file;
                    found = true;
                }
                ("terms.yaml", _) => read.terms = Some(file),
                ("facts.yaml", _) => read.facts = Some(file),
                ("allow.yaml", _) => read.allow = Some(file),
                ("references.yaml", _) => read.references = Some(file),
                (_, Some(("criteria", rest))) if !rest.contains('/') => read.criteria.push(file),
                (_, Some(("cases", rest))) if !rest.contains('/') => read.cases.push(file),
                _ => {}
            }
        }
        found.then_some(read)
    }

    /// The files that decide, by their names below the folder, with their texts.
    pub fn texts(&self) -> impl Iterator<Item = (String, &str)> {
        let named = |file: &SourceFile| file.name().rsplit('/').next().unwrap_or_default().to_owned();
        let top = [Some(&self.ruleset), self.terms.as_ref(), self.facts.as_ref(), self.references.as_ref()];
        let top = top.into_iter().flatten().map(move |file| (named(file), file.text()));
        top.chain(self.criteria.iter().map(move |file| (format!("criteria/{}", named(file)), file.text())))
    }

    /// Where they come from.
    pub(super) fn origin(&self, id: &str) -> RulesetOrigin {
        let Some(named) = self.named.clone() else { return RulesetOrigin::Embedded };
        let same = embedded().iter().find(|it| it.id == id).map(|it| Self::embedded(it).digest() == self.digest());
        RulesetOrigin::Folder { named, same_as_embedded: same }
    }

    /// `sha256:` over names and contents of the files that decide: ruleset, terms, facts, criteria and references.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let first = std::iter::once(&self.ruleset).chain(&self.terms).chain(&self.facts);
        for file in first.chain(&self.criteria).chain(&self.references) {
            let name = file.name().rsplit('/').next().unwrap_or_default();
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
            hash.update((file.text().len() as u64).to_le_bytes());
            hash.update(file.text());
        }
        let mut digest = String::from("sha256:");
        for byte in hash.finalize() {
            let _ = write!(digest, "{byte:02x}");
        }
        digest
    }
}

fn too_many(shown: &str) -> Diagnostic {
    Diagnostic::error(
        Code::TooManyFiles,
        &SourceFile::nameless(shown),
        Span::default(),
        says(
            format!("`{shown}`의 파일이 {MAX_FILES}개를 넘는다"),
            format!("`{shown}` holds more than {MAX_FILES} files"),
        ),
    )
    .help(says("파일을 여러 규칙 모음으로 나눈다", "split them over several rulesets"))
}

/// A folder without ruleset.yaml, and what lies there in its place.
fn without_ruleset(folder: &Path, shown: &str) -> Diagnostic {
    let (message, help) = match names::instead_of_ruleset(folder) {
        Some(name) => (
            says(
                format!("`{shown}`에 ruleset.yaml이 없고 `{name}`이(가) 있다"),
                format!("`{shown}` has no ruleset.yaml; what lies there is `{name}`"),
            ),
            says(format!("`{name}`의 이름을 `ruleset.yaml`로 바꾼다"), format!("rename `{name}` to `ruleset.yaml`")),
        ),
        None => (
            says(format!("`{shown}`에 ruleset.yaml이 없다"), format!("`{shown}` has no ruleset.yaml")),
            says(
                "ruleset.yaml이 든 폴더를 준다. 새로 만들려면 `sovgrade rules new`를 쓴다",
                "name the folder that holds ruleset.yaml; `sovgrade rules new` begins one",
            ),
        ),
    };
    Diagnostic::error(Code::RulesetIncomplete, &SourceFile::nameless(shown), Span::default(), message).help(help)
}

fn too_large(shown: &str) -> Diagnostic {
    let most = MAX_RULESET_BYTES;
    let message = says(
        format!("`{shown}`의 파일을 모두 합하면 {most}바이트를 넘는다"),
        format!("the files of `{shown}` have more than {most} bytes together"),
    );
    Diagnostic::error(Code::TooLarge, &SourceFile::nameless(shown), Span::default(), message)
        .help(says("파일을 여러 규칙 모음으로 나눈다", "split them over several rulesets"))
}

/// A ruleset that is passed on must carry all that it says.
fn outside(name: &str) -> Diagnostic {
    let message = says(
        format!("`{name}`: 규칙 모음의 폴더 밖에 있는 파일로 가는 링크이다"),
        format!("`{name}` is a link to a file outside the ruleset's folder"),
    );
    let help = says("링크 대신 파일을 넣는다", "put the file itself there");
    Diagnostic::error(Code::OutsideRuleset, &SourceFile::nameless(name), Span::default(), message).help(help)
}
