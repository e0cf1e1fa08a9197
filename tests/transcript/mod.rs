//! Pages that show commands are run, and what they show is compared with what the program prints.
//!
//! A comment before a fenced block says what happens with it; a reader of the rendered page does not see it:
//!
//! - `<!-- run -->`: the lines that begin with `$ ` are run one after the other; the other lines are what they print.
//!   `exit 2` after a colon expects that code; `from "TEXT"` and `until "TEXT"` cut what is shown at the lines that
//!   begin so, and `[...]` stands for what was cut off.
//! - `<!-- write: FILE -->`: the block is the whole file.
//! - `<!-- edit: FILE -->`: the block is a diff; its lines with `-` and blanks must stand in the file exactly once.
//!
//! A page runs in a scratch copy of `rules/` and `examples/`, so that it may change them. `SOVGRADE_BLESS=1` writes
//! the output into the page instead of comparing it; a reviewer then reads the difference.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a page. `Err` holds every difference.
pub(crate) fn run(page: &str) -> Result<usize, String> {
    let path = root().join(page);
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{page}: {e}"))?;
    let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
    for folder in ["rules", "examples"] {
        copy(&root().join(folder), &scratch.path().join(folder)).map_err(|e| e.to_string())?;
    }
    let lines: Vec<&str> = text.lines().collect();
    let (mut out, mut differences, mut ran) = (Vec::new(), Vec::new(), 0);
    let mut at = 0;
    while at < lines.len() {
        out.push(lines[at].to_owned());
        let Some(task) = Task::of(lines[at]) else {
            at += 1;
            continue;
        };
        let open = at + 1;
        let fence = lines.get(open).filter(|line| line.starts_with("```"));
        let Some(fence) = fence else { return Err(format!("{page}:{}: no fenced block follows", at + 1)) };
        let length = lines[open + 1..].iter().position(|line| *line == "```");
        let Some(length) = length else { return Err(format!("{page}:{}: the block has no end", open + 1)) };
        let body = &lines[open + 1..=open + length];
        let new = task.perform(body, scratch.path()).map_err(|e| format!("{page}:{}: {e}", at + 1))?;
        ran += 1;
        if new != body {
            differences.push(format!("{page}:{}\n{}", open + 1, difference(body, &new)));
        }
        out.push((*fence).to_owned());
        out.extend(new);
        out.push("```".to_owned());
        at = open + length + 2;
    }
    if std::env::var_os("SOVGRADE_BLESS").is_some() {
        std::fs::write(&path, out.join("\n") + "\n").map_err(|e| e.to_string())?;
        return Ok(ran);
    }
    if differences.is_empty() { Ok(ran) } else { Err(differences.join("\n")) }
}

/// What is done with a block.
#[derive(Debug, Default)]
struct Task {
    file: Option<(bool, String)>,
    exit: i32,
    from: Option<String>,
    until: Option<String>,
}

impl Task {
    fn of(line: &str) -> Option<Self> {
        let inner = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
        let (word, rest) = inner.split_once(':').map_or((inner, ""), |(word, rest)| (word, rest.trim()));
        let quoted = |key: &str| {
            let rest = &rest[rest.find(key)? + key.len()..];
            rest.trim_start().strip_prefix('"')?.split('"').next().map(str::to_owned)
        };
        let exit =
            rest.strip_prefix("exit ").and_then(|rest| rest.split(' ').next()).map_or(Some(0), |n| n.parse().ok());
        match word {
            // A block that is to be run and cannot be understood is no block that passed.
            "run" => Some(Self {
                file: None,
                exit: exit.unwrap_or_else(|| panic!("`{line}` names no exit code")),
                from: quoted("from "),
                until: quoted("until "),
            }),
            "write" => Some(Self { file: Some((true, rest.to_owned())), ..Self::default() }),
            "edit" => Some(Self { file: Some((false, rest.to_owned())), ..Self::default() }),
            _ => None,
        }
    }

    /// Does it; what comes back is the block as it should be.
    fn perform(&self, body: &[&str], scratch: &Path) -> Result<Vec<String>, String> {
        match &self.file {
            Some((true, file)) => write(&scratch.join(file), body)?,
            Some((false, file)) => edit(&scratch.join(file), body)?,
            None => return self.console(body, scratch),
        }
        Ok(body.iter().map(|line| (*line).to_owned()).collect())
    }

    fn console(&self, body: &[&str], scratch: &Path) -> Result<Vec<String>, String> {
        let mut shown = Vec::new();
        for command in body.iter().filter_map(|line| line.strip_prefix("$ ")) {
            shown.push(format!("$ {command}"));
            let (code, output) = shell(command, scratch)?;
            if code != self.exit {
                return Err(format!("`{command}` ends with {code}, not {}\n{output}", self.exit));
            }
            shown.extend(self.cut(&output)?);
        }
        if shown.is_empty() { Err("no line begins with `$ `".to_owned()) } else { Ok(shown) }
    }

    fn cut(&self, output: &str) -> Result<Vec<String>, String> {
        let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
        let find = |text: &String, after: usize| {
            let found = lines.iter().skip(after).position(|line| line.trim_start().starts_with(text.as_str()));
            found.map(|at| at + after).ok_or_else(|| format!("no line begins with `{text}` in\n{output}"))
        };
        let first = self.from.as_ref().map_or(Ok(0), |text| find(text, 0))?;
        let last = self.until.as_ref().map_or(Ok(lines.len()), |text| find(text, first + 1))?;
        let mut shown = Vec::new();
        if first > 0 {
            shown.push("[...]".to_owned());
        }
        shown.extend(lines[first..last].iter().map(|line| (*line).to_owned()));
        while shown.last().is_some_and(String::is_empty) {
            shown.pop();
        }
        if last < lines.len() {
            shown.push("[...]".to_owned());
        }
        Ok(shown)
    }
}

/// Runs a command as a newcomer's shell would, with the program that was just built.
fn shell(command: &str, scratch: &Path) -> Result<(i32, String), String> {
    let command =
        command.replace("cargo run --release --quiet --", "sovgrade").replace("cargo run --release --", "sovgrade");
    let program = Path::new(env!("CARGO_BIN_EXE_sovgrade"));
    let mut folders = vec![program.parent().unwrap_or(program).to_path_buf()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(folders).map_err(|e| e.to_string())?;
    let done = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(scratch)
        .env("PATH", path)
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8")
        .env_remove("SOVGRADE_LANG")
        .output()
        .map_err(|e| e.to_string())?;
    Ok((done.status.code().unwrap_or(-1), String::from_utf8_lossy(&done.stdout).into_owned()))
}

fn write(file: &Path, body: &[&str]) -> Result<(), String> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    }
    std::fs::write(file, body.join("\n") + "\n").map_err(|e| format!("{}: {e}", file.display()))
}

fn edit(file: &Path, body: &[&str]) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let side = |other: char| -> String {
        let kept = body.iter().filter(|line| !line.starts_with(other));
        kept.map(|line| format!("{}\n", line.get(1..).unwrap_or_default())).collect()
    };
    let (old, new) = (side('+'), side('-'));
    if text.matches(&old).count() != 1 {
        return Err(format!("these lines do not stand exactly once in {}:\n{old}", file.display()));
    }
    std::fs::write(file, text.replace(&old, &new)).map_err(|e| e.to_string())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The lines that differ, around the first difference.
fn difference(shown: &[&str], printed: &[String]) -> String {
    let first = shown.iter().zip(printed).position(|(a, b)| a != b).unwrap_or(shown.len().min(printed.len()));
    let around = |lines: Vec<&str>, sign: &str| -> String {
        lines.iter().skip(first).take(6).map(|line| format!("  {sign} {line}\n")).collect()
    };
    let printed = printed.iter().map(String::as_str).collect();
    format!("{}{}", around(shown.to_vec(), "the page:   "), around(printed, "the program:"))
}
