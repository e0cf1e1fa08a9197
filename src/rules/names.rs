//! Names of files in a ruleset's folder: which are read, which are left lying by other programs, and which are meant to
//! be read and are not, because an editor or a file manager gave them another name.

use std::path::Path;

use super::files::MAX_FILES;
use crate::text::{Code, Diagnostic, Diagnostics, FileName, Says, SourceFile, Span, closest, is_left_behind, says};

/// Files at the top of a ruleset, without their ending.
const TOP: [&str; 5] = ["ruleset", "terms", "facts", "references", "allow"];

/// Folders of a ruleset.
const FOLDERS: [&str; 2] = ["criteria", "cases"];

/// What people call these folders.
const CALLED: [(&str, &str); 6] = [
    ("criterion", "criteria"),
    ("criterias", "criteria"),
    ("기준", "criteria"),
    ("case", "cases"),
    ("사례", "cases"),
    ("tests", "cases"),
];

/// Files that lie in a folder and were meant otherwise.
#[derive(Debug, Clone, Default)]
pub struct OddNames {
    /// What is to be said of them.
    pub problems: Diagnostics,
    /// Criteria that would be there under another name: their uses are not reported beside it.
    pub unread: Vec<String>,
    /// Whether the terms are there under another name.
    pub terms: bool,
}

impl OddNames {
    fn report(&mut self, error: bool, shown: &str, message: Says, help: Says) {
        let file = SourceFile::nameless(shown);
        let problem = if error { Diagnostic::error } else { Diagnostic::warning };
        self.problems.push(problem(Code::OddFileName, &file, Span::default(), message).help(help));
    }

    fn other_name(&mut self, error: bool, shown: &str, meant: &str) {
        self.report(
            error,
            shown,
            says(format!("`{shown}`: 이 이름으로는 읽지 않는다"), format!("`{shown}` is not read under this name")),
            says(
                format!("이름을 `{meant}`(으)로 바꾼다. 필요 없으면 지운다"),
                format!("rename it to `{meant}`, or remove it if it is not needed"),
            ),
        );
    }

    fn copy(&mut self, error: bool, shown: &str) {
        self.report(
            error,
            shown,
            says(
                format!("`{shown}`: 파일 관리자가 만든 복사본으로 보인다. 읽지 않는다"),
                format!("`{shown}` looks like a copy that a file manager made, and is not read"),
            ),
            says(
                "필요 없으면 지운다. 새 기준이나 사례이면 파일에 빈칸과 괄호가 없는 새 이름을 붙이고 `id:`도 그 이름으로 고친다",
                "remove it if it is not needed; for a new criterion or case, give the file a name of its own without blanks and brackets, and the same `id:`",
            ),
        );
    }

    fn inside(&mut self, shown: &str) {
        self.report(
            false,
            shown,
            says(
                format!("`{shown}`: 이 폴더 안의 파일은 읽지 않는다"),
                format!("`{shown}`: the files inside this folder are not read"),
            ),
            says("파일을 한 단계 위로 옮기거나 폴더를 지운다", "move its files one level up, or remove the folder"),
        );
    }
}

/// Whether a file begins as the files of a ruleset do.
fn holds_rules(path: &Path) -> bool {
    use std::io::Read;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).map(|file| file.take(500).read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes);
    read.is_ok() && text.lines().any(|line| line.starts_with("format:") || line.starts_with("id:"))
}

/// The names in a folder, sorted, with whether each is a folder itself; none if it is not there.
fn entries(folder: &Path) -> Vec<(String, bool)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<(String, bool)> = entries
        .take(MAX_FILES + 1)
        .filter_map(Result::ok)
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir()))
        .collect();
    names.sort();
    names
}

/// Names of the YAML files of `criteria` or `cases`, sorted; what is odd about others goes to `odd`. `None` if there
/// are more names than are looked at.
pub(super) fn listed(folder: &Path, part: &str, shown: &str, odd: &mut OddNames) -> Option<Vec<String>> {
    let entries = entries(folder);
    if entries.len() > MAX_FILES {
        return None;
    }
    let criteria = part == "criteria";
    let has =
        |stem: &str| entries.iter().any(|(name, _)| *name == format!("{stem}.yaml") || *name == format!("{stem}.yml"));
    let mut read = Vec::new();
    for (name, is_folder) in &entries {
        let shown = format!("{shown}/{name}");
        if *is_folder && FileName::of(name) != FileName::Read {
            let judged = |(name, _): &(String, bool)| FileName::of(name) == FileName::Read;
            if !is_left_behind(name) && self::entries(&folder.join(name)).iter().any(judged) {
                odd.inside(&shown);
            }
            continue;
        }
        match FileName::of(name) {
            FileName::Read => read.push(name.clone()),
            FileName::Foreign => {}
            FileName::Copy(_) => odd.copy(criteria, &shown),
            FileName::Meant(stem) => {
                let missing = !has(&stem);
                odd.other_name(missing && criteria, &shown, &format!("{stem}.yaml"));
                odd.unread.extend(Some(stem).filter(|_| missing && criteria));
            }
            FileName::Perhaps(stem) => {
                if !has(&stem) && holds_rules(&folder.join(name)) {
                    odd.other_name(criteria, &shown, &format!("{stem}.yaml"));
                    odd.unread.extend(Some(stem).filter(|_| criteria));
                }
            }
        }
    }
    Some(read)
}

/// What is odd about the names at the top of a ruleset's folder.
pub(super) fn at_top(folder: &Path, shown: &str, odd: &mut OddNames) {
    let entries = entries(folder);
    let has = |name: &str| entries.iter().any(|(other, _)| other == name);
    for (name, is_folder) in &entries {
        let path = format!("{shown}/{name}");
        if is_left_behind(name) {
            continue;
        }
        if *is_folder {
            let lower = name.to_lowercase();
            let called = CALLED.iter().find(|(called, _)| *called == lower).map(|(_, folder)| *folder);
            let meant = FOLDERS.into_iter().find(|folder| *folder == lower && folder != name).or(called);
            let holds = self::entries(&folder.join(name)).iter().any(|(name, _)| FileName::of(name) == FileName::Read);
            if let Some(meant) = meant.filter(|_| holds) {
                odd.other_name(!has(meant), &path, meant);
            }
            continue;
        }
        let (stem, copy) = match FileName::of(name) {
            FileName::Read => (name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned(), false),
            FileName::Copy(stem) => (stem, true),
            FileName::Meant(stem) => (stem, false),
            FileName::Perhaps(stem) if TOP.contains(&stem.to_lowercase().as_str()) => (stem, false),
            FileName::Perhaps(_) | FileName::Foreign => continue,
        };
        let lower = stem.to_lowercase();
        let known = TOP.into_iter().find(|top| *top == lower);
        let meant = known.map(|top| format!("{top}.yaml"));
        match meant {
            Some(meant) if meant == *name => {}
            Some(_) if copy => odd.copy(false, &path),
            Some(meant) => {
                odd.other_name(!has(&meant), &path, &meant);
                odd.terms |= known == Some("terms") && !has(&meant);
            }
            None => stray(&stem, &path, !has("terms.yaml"), odd),
        }
    }
}

/// A YAML file at the top that is none of those that are read.
fn stray(stem: &str, shown: &str, no_terms: bool, odd: &mut OddNames) {
    let near = closest(stem, TOP);
    let terms = no_terms && near == Some("terms");
    odd.terms |= terms;
    let near = near.map(|top| format!("{top}.yaml"));
    let help = near.map_or_else(
        || {
            says(
                "기준이면 criteria/에, 사례이면 cases/에 둔다. 필요 없으면 지운다",
                "put it into criteria/ if it is a criterion, into cases/ if it is a case; else remove it",
            )
        },
        |name| says(format!("`{name}`을(를) 뜻했는가?"), format!("did you mean `{name}`?")),
    );
    let message = says(
        format!("`{shown}`: 이 자리에서는 이 이름의 파일을 읽지 않는다"),
        format!("`{shown}`: no file of this name is read here"),
    );
    odd.report(terms, shown, message, help);
}

/// The file that lies there in place of `ruleset.yaml`.
pub(super) fn instead_of_ruleset(folder: &Path) -> Option<String> {
    let meant = |name: &str| match FileName::of(name) {
        FileName::Read => name.rsplit_once('.').map(|(stem, _)| stem.to_owned()),
        FileName::Copy(stem) | FileName::Meant(stem) | FileName::Perhaps(stem) => Some(stem),
        FileName::Foreign => None,
    };
    let found = entries(folder).into_iter().find(|(name, is_folder)| {
        let stem = meant(name).map(|stem| stem.to_lowercase());
        !is_folder && stem.is_some_and(|stem| matches!(stem.as_str(), "ruleset" | "rulesets" | "rule-set" | "rules"))
    });
    found.map(|(name, _)| name)
}
