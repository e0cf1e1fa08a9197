//! What `rules new` lays out: a small ruleset that passes its own checks and tests, with comments that say what each
//! part is for, and a criterion with its cases.

use std::path::{Path, PathBuf};

use crate::text::{
    Aliases, Code, Diagnostic, Diagnostics, Lang, SourceFile, Span, parse_yaml, says, shown_path, why_not, write_new,
};

/// A ruleset: names below the folder, with their texts.
const RULESET: &[(&str, &str)] = &[
    ("ruleset.yaml", include_str!("templates/ruleset.yaml")),
    ("terms.yaml", include_str!("templates/terms.yaml")),
    ("criteria/weights-held.yaml", include_str!("templates/criteria/weights-held.yaml")),
    ("cases/held.yaml", include_str!("templates/cases/held.yaml")),
    ("cases/held-only-said.yaml", include_str!("templates/cases/held-only-said.yaml")),
    ("cases/not-held.yaml", include_str!("templates/cases/not-held.yaml")),
    ("cases/nobody-says.yaml", include_str!("templates/cases/nobody-says.yaml")),
    ("cases/published-required.yaml", include_str!("templates/cases/published-required.yaml")),
];

/// A criterion with its cases; `{{id}}` stands for its id, in names too.
const CRITERION: &[(&str, &str)] = &[
    ("criteria/{{id}}.yaml", include_str!("templates/criteria/new.yaml")),
    ("cases/{{id}}-met.yaml", include_str!("templates/cases/new-met.yaml")),
    ("cases/{{id}}-only-said.yaml", include_str!("templates/cases/new-only-said.yaml")),
    ("cases/{{id}}-not-met.yaml", include_str!("templates/cases/new-not-met.yaml")),
    ("cases/{{id}}-unknown.yaml", include_str!("templates/cases/new-unknown.yaml")),
];

/// Keys of what is laid out whose texts are there to be replaced, and those under which they stand.
const SAMPLES: [(&str, &[&str]); 2] =
    [(RULESET[0].1, &["title", "publisher", "source"]), (CRITERION[0].1, &["title", "question", "rationale"])];

/// Texts of a new ruleset and of a new criterion that are there to be replaced.
pub(super) fn sample_texts() -> Vec<String> {
    let mut texts = Vec::new();
    for (text, keys) in SAMPLES {
        let file = SourceFile::new("new.yaml", text.replace("{{id}}", "id"));
        let Ok(root) = parse_yaml(&file, Aliases::Refuse) else { continue };
        let parts = keys.iter().filter_map(|key| root.get(key)?.map()).flatten();
        texts.extend(parts.filter_map(|(_, value)| value.text()).map(str::to_owned));
    }
    texts
}

/// Lays out a ruleset in a folder, which is made. The comments are in one language, the texts in both.
///
/// # Errors
/// The folder's name cannot be an id, a file is there already, or one cannot be written.
pub fn new_ruleset(folder: &Path, lang: Lang) -> Result<Vec<PathBuf>, Diagnostics> {
    let id = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    lay_out(folder, &id, RULESET, lang)
}

/// Adds a criterion with its cases to the ruleset of a folder.
///
/// # Errors
/// There is no ruleset, the id cannot be one, a file is there already, or one cannot be written.
pub fn new_criterion(folder: &Path, id: &str, lang: Lang) -> Result<Vec<PathBuf>, Diagnostics> {
    if !folder.join("ruleset.yaml").is_file() {
        let shown = shown_path(folder);
        let message = says(format!("`{shown}`에 ruleset.yaml이 없다"), format!("`{shown}` has no ruleset.yaml"));
        let file = SourceFile::nameless(&shown);
        return Err(Diagnostic::error(Code::RulesetIncomplete, &file, Span::default(), message)
            .help(says("`sovgrade rules new 폴더`로 먼저 만든다", "lay one out first: `sovgrade rules new FOLDER`"))
            .into());
    }
    lay_out(folder, id, CRITERION, lang)
}

fn lay_out(folder: &Path, id: &str, files: &[(&str, &str)], lang: Lang) -> Result<Vec<PathBuf>, Diagnostics> {
    let good = id.len() <= 80
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !good {
        let message = says(format!("`{id}`: 식별자로 쓸 수 없다"), format!("`{id}` cannot be used as an id"));
        return Err(Diagnostic::error(Code::BadId, &SourceFile::nameless(id), Span::default(), message)
            .help(says(
                "영문자, 숫자, `-`, `_`, `.`만 쓰고 영문자나 숫자로 시작한다",
                "use letters, digits, `-`, `_` and `.`, and begin with a letter or digit",
            ))
            .into());
    }
    let shown = shown_path(folder);
    let fill = |text: &str| text.replace("{{id}}", id).replace("{{folder}}", &shown);
    let texts: Vec<(PathBuf, String)> =
        files.iter().map(|(name, text)| (folder.join(fill(name)), in_language(&fill(text), lang))).collect();
    let mut problems = Diagnostics::default();
    for (path, _) in texts.iter().filter(|(path, _)| path.exists()) {
        let name = shown_path(path);
        let message = says(format!("`{name}`이(가) 이미 있다"), format!("`{name}` is there already"));
        problems.push(
            Diagnostic::error(Code::BadOption, &SourceFile::nameless(&name), Span::default(), message)
                .help(says("다른 이름을 쓰거나 그 파일을 옮긴다", "use another name, or move the file")),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    for (at, (path, text)) in texts.iter().enumerate() {
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = folder.and_then(|()| write_new(path, text.as_bytes())) {
            // What was laid out so far would be taken for a ruleset, and hinder the next try.
            for (done, _) in &texts[..at] {
                let _ = std::fs::remove_file(done);
            }
            let name = shown_path(path);
            let why = why_not(&error);
            let message =
                says(format!("`{name}`에 쓸 수 없다: {}", why.ko), format!("`{name}` cannot be written: {}", why.en));
            return Err(
                Diagnostic::error(Code::Unreadable, &SourceFile::nameless(&name), Span::default(), message).into()
            );
        }
    }
    Ok(texts.into_iter().map(|(path, _)| path).collect())
}

/// Keeps the comments of one language: `#ko: ...` and `#en: ...` become `# ...`, or go.
fn in_language(text: &str, lang: Lang) -> String {
    let other = if lang == Lang::Ko { "#en:" } else { "#ko:" };
    let own = format!("#{}:", lang.code());
    text.lines()
        .filter(|line| !line.trim_start().starts_with(other))
        .map(|line| format!("{}\n", line.replacen(&own, "#", 1)))
        .collect()
}
