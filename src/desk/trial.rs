//! The cases of a ruleset made ready to be run: read, their facts gathered.

use std::path::{Path, PathBuf};

use super::case::{Case, CaseModel, read_case};
use super::gathering::gathered_for;
use super::inline::inline_dossier;
use crate::facts::Dossier;
use crate::gather::Handed;
use crate::rules::{Ruleset, RulesetFiles};
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, says};

/// A case with the facts of its model.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The case.
    pub case: Case,
    /// Its file.
    pub file: SourceFile,
    /// The facts.
    pub dossier: Dossier,
}

impl Trial {
    /// Reads a case and gathers the facts of its model.
    ///
    /// # Errors
    /// What is wrong with the case or with its model.
    pub fn of(file: &SourceFile, rules: &Ruleset) -> Result<Self, Diagnostics> {
        let case = read_case(file, rules)?;
        Ok(Self { dossier: dossier(&case, file, rules)?, case, file: file.clone() })
    }
}

/// Whether a name is meant by a pattern: `*` stands for anything; without it the pattern may stand anywhere.
pub fn matches(name: &str, pattern: &str) -> bool {
    if !pattern.contains('*') {
        return name.contains(pattern);
    }
    let parts: Vec<&str> = pattern.split('*').collect();
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    let Some(mut rest) = name.strip_prefix(first).filter(|rest| rest.len() >= last.len()) else { return false };
    for part in &parts[1..parts.len() - 1] {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Reads the cases whose names a pattern means. A case that cannot be read is reported, the others are there.
pub fn trials(files: &RulesetFiles, rules: &Ruleset, only: Option<&str>) -> (Vec<Trial>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let mut list = Vec::new();
    for file in &files.cases {
        if only.is_some_and(|pattern| !matches(name_of(file), pattern)) {
            continue;
        }
        match Trial::of(file, rules) {
            Ok(trial) => list.push(trial),
            Err(found) => problems.extend(found),
        }
    }
    (list, problems)
}

/// The name of a case: that of its file without the ending.
fn name_of(file: &SourceFile) -> &str {
    file.name().rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml")
}

fn dossier(case: &Case, file: &SourceFile, rules: &Ruleset) -> Result<Dossier, Diagnostics> {
    match &case.model {
        CaseModel::Inline(facts) => inline_dossier(&case.name, facts, file, &rules.own),
        CaseModel::Directory { path, evidence } => {
            let model = below(path, file)?;
            let evidence: Vec<PathBuf> = evidence.iter().map(|part| below(part, file)).collect::<Result<_, _>>()?;
            let handed = Handed { evidence: &evidence, as_of: case.as_of, ..Handed::default() };
            gathered_for(rules, &model, &handed).map(|gathered| gathered.dossier)
        }
    }
}

/// What a case names, seen from its own folder: it must lie in the ruleset's folder, links followed, so that a ruleset
/// from elsewhere reads nothing but itself.
fn below(named: &str, case: &SourceFile) -> Result<PathBuf, Diagnostic> {
    let folder = case.path().unwrap_or(Path::new(case.name())).parent().unwrap_or(Path::new(""));
    let refused = |code, ko: &str, en: &str| {
        let at = case.text().find(named).unwrap_or(0);
        let message =
            says(format!("사례가 읽는 `{named}`이(가) {ko}"), format!("`{named}`, which this case reads, {en}"));
        Diagnostic::error(code, case, Span::new(at, at + named.len()), message)
    };
    let path = folder.join(named);
    let places = path.canonicalize().and_then(|real| Ok((real, folder.join("..").canonicalize()?)));
    let Ok((real, ruleset)) = places else {
        let (ko, en) = ("사례의 폴더에서 본 자리에 없다", "is not where the case's folder puts it");
        return Err(refused(Code::NoSuchModel, ko, en));
    };
    if real.starts_with(&ruleset) {
        return Ok(path);
    }
    let (ko, en) = ("규칙 모음의 폴더 밖에 있다", "lies outside the ruleset's folder");
    Err(refused(Code::OutsideRuleset, ko, en)
        .help(says("규칙 모음의 폴더 안에 넣는다", "put it into the ruleset's folder")))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_mean_names() {
        assert!(matches("native-design", "design"));
        assert!(matches("native-design", "native-*"));
        assert!(matches("native-design", "*-design"));
        assert!(matches("native-design", "n*e-d*n"));
        assert!(!matches("native-design", "design*"));
        assert!(!matches("ab", "ab*b"));
    }
}
