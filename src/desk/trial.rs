//! The cases of a ruleset made ready to be run: read, their facts gathered.

use std::path::{Path, PathBuf};

use super::case::{Case, CaseModel, read_case};
use super::inline::inline_dossier;
use crate::facts::Dossier;
use crate::gather::gather;
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
        match read_case(file, rules).and_then(|case| Ok((dossier(&case, file)?, case))) {
            Ok((dossier, case)) => list.push(Trial { case, file: file.clone(), dossier }),
            Err(found) => problems.extend(found),
        }
    }
    (list, problems)
}

/// The name of a case: that of its file without the ending.
fn name_of(file: &SourceFile) -> &str {
    file.name().rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml")
}

fn dossier(case: &Case, file: &SourceFile) -> Result<Dossier, Diagnostics> {
    match &case.model {
        CaseModel::Inline(facts) => inline_dossier(&case.name, facts, file),
        CaseModel::Directory { path, evidence } => {
            let folder = Path::new(file.name()).parent().unwrap_or(Path::new(""));
            let model = folder.join(path);
            if !model.exists() {
                let message = says(
                    format!("사례의 모델 `{path}`이(가) 사례의 폴더에서 찾은 자리에 없다"),
                    format!("the model `{path}` of this case is not where the case's folder puts it"),
                );
                let at = file.text().find(path.as_str()).unwrap_or(0);
                let span = Span::new(at, at + path.len());
                return Err(Diagnostic::error(Code::NoSuchModel, file, span, message).into());
            }
            let evidence: Vec<PathBuf> = evidence.iter().map(|part| folder.join(part)).collect();
            gather(&model, &evidence).map(|gathered| gathered.dossier)
        }
    }
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
