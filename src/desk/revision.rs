//! A ruleset as it stood at a revision of git: `REV:folder`. git is asked as a child process; nothing is checked out.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::rules::RulesetFiles;
use crate::text::{Code, Diagnostic, Diagnostics, SourceFile, Span, says};

/// Most bytes that are read from git for one ruleset.
const MAX_BYTES: usize = 256 << 20;

/// Whether a text has the form of a revision with a folder.
pub fn is_revision(text: &str) -> bool {
    text.split_once(':').is_some_and(|(revision, folder)| !revision.is_empty() && !folder.is_empty())
        && !text.starts_with('-')
        && !Path::new(text).exists()
}

/// Reads the files of a ruleset at a revision.
///
/// # Errors
/// What git says, or that there is no ruleset in the folder.
pub fn at_revision(text: &str) -> Result<RulesetFiles, Diagnostics> {
    let refused = |why: &str| -> Diagnostics {
        let message =
            says(format!("git에서 `{text}`을(를) 읽을 수 없다: {why}"), format!("git cannot give `{text}`: {why}"));
        Diagnostic::error(Code::NoSuchRuleset, &SourceFile::nameless(text), Span::default(), message)
            .help(says("`HEAD~1:rules/이름`처럼 적는다", "write it as in `HEAD~1:rules/name`"))
            .into()
    };
    let (revision, folder) = text.split_once(':').unwrap_or((text, ""));
    let folder = folder.trim_end_matches('/');
    let listed = Command::new("git")
        .args(["ls-tree", "-r", "-z", "--name-only", "--end-of-options", revision, "--", &format!("{folder}/")])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| refused(&error.to_string()))?;
    if !listed.status.success() {
        return Err(refused(String::from_utf8_lossy(&listed.stderr).trim()));
    }
    let list = String::from_utf8_lossy(&listed.stdout).into_owned();
    let names: Vec<&str> = list
        .split('\0')
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "yaml") && !name.contains('\n'))
        .collect();
    let texts = contents(revision, &names).map_err(|why| refused(&why))?;
    let below = |name: &str| name.strip_prefix(folder).unwrap_or(name).trim_start_matches('/').to_owned();
    let files = names.iter().map(|name| below(name)).zip(texts).collect();
    let id = folder.rsplit('/').next().unwrap_or(folder);
    RulesetFiles::from_texts(id, text, files).ok_or_else(|| refused("no ruleset.yaml"))
}

/// The contents of several files, asked for in one run of git.
fn contents(revision: &str, names: &[&str]) -> Result<Vec<String>, String> {
    let mut child = Command::new("git")
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let asked: String = names.iter().map(|name| format!("{revision}:./{name}\n")).collect();
    let mut stdin = child.stdin.take().ok_or("no stdin")?;
    // git answers while it is still being asked, so asking has a thread of its own.
    let asking = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = asking.join();
    if output.stdout.len() > MAX_BYTES {
        return Err("too large".to_owned());
    }
    let mut rest = output.stdout.as_slice();
    let mut texts = Vec::with_capacity(names.len());
    for name in names {
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or("git ended early")?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or(head)?;
        rest = &rest[end + 1..];
        let body = rest.get(..size).ok_or("git ended early")?;
        texts.push(String::from_utf8(body.to_vec()).map_err(|_| format!("{name} is not UTF-8"))?);
        rest = rest.get(size + 1..).unwrap_or_default();
    }
    Ok(texts)
}
