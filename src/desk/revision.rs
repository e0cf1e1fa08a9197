//! A ruleset as it stood at a revision of git: `REV:folder`. git is asked as a child process; nothing is checked out.
//!
//! A repository can be anybody's, and its configuration can name programs to be run. So git never sees it: it is given
//! a directory of its own that borrows the repository's objects and names and holds a configuration of ours, and it is
//! asked only for what needs no filter, hook or network: `ls-tree` and `cat-file`.

use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use crate::rules::{MAX_FILES, MAX_RULESET_BYTES, RulesetFiles};
use crate::text::{
    Code, Diagnostic, Diagnostics, MAX_TEXT_BYTES, Says, Scratch, SourceFile, Span, clean, not_utf8, says, why_not,
};

/// Longest answer to `ls-tree`: more than the names of as many files as a folder of a ruleset may have.
const MAX_LISTING: u64 = (MAX_FILES as u64) * 1024;

/// Parts of a repository that hold objects and names, and no configuration.
const BORROWED: [&str; 6] = ["objects", "refs", "logs", "packed-refs", "shallow", "reftable"];

/// The folders of a ruleset.
const FOLDERS: [&str; 2] = ["criteria", "cases"];

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
    read(text).map_err(|why| {
        let (text, ko, en) = (clean(text), clean(&why.ko), clean(&why.en));
        let message =
            says(format!("git에서 `{text}`을(를) 읽을 수 없다: {ko}"), format!("git cannot give `{text}`: {en}"));
        Diagnostic::error(Code::NoSuchRuleset, &SourceFile::nameless(&text), Span::default(), message)
            .help(says("`HEAD~1:rules/이름`처럼 적는다", "write it as in `HEAD~1:rules/name`"))
            .into()
    })
}

fn read(text: &str) -> Result<RulesetFiles, Says> {
    let (revision, folder) = text.split_once(':').unwrap_or((text, ""));
    let repository = Repository::around(&std::env::current_dir().map_err(|error| why_not(&error))?)?;
    let folder = repository.inside(folder)?;
    let root = repository.list(&format!("{revision}:{folder}"))?;
    let mut files: Vec<(String, Entry)> = named_yaml("", &root);
    for part in FOLDERS {
        let below = root.iter().find(|(name, entry)| name == part && entry.bytes.is_none());
        if let Some((_, entry)) = below {
            files.extend(named_yaml(&format!("{part}/"), &repository.list(&entry.object)?));
        }
    }
    if files.len() > MAX_FILES {
        return Err(says(format!("파일이 {MAX_FILES}개를 넘는다"), format!("more than {MAX_FILES} files")));
    }
    let bytes: u64 = files.iter().filter_map(|(_, entry)| entry.bytes).sum();
    if bytes > MAX_RULESET_BYTES || files.iter().any(|(_, entry)| entry.bytes > Some(MAX_TEXT_BYTES)) {
        return Err(says(
            format!("{bytes}바이트로, 규칙 모음으로는 너무 크다"),
            format!("{bytes} bytes, too large for a ruleset"),
        ));
    }
    let texts = repository.contents(&files)?;
    let files = files.into_iter().map(|(name, _)| name).zip(texts).collect();
    let id = folder.rsplit('/').next().unwrap_or(&folder);
    RulesetFiles::from_texts(id, text, files).ok_or_else(|| says("ruleset.yaml이 없다", "no ruleset.yaml"))
}

/// What `ls-tree` says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    object: String,
    /// Size of a regular file; none of a folder, a link or another repository.
    bytes: Option<u64>,
}

/// The regular YAML files of a listing, with the folder before their names.
fn named_yaml(folder: &str, listing: &[(String, Entry)]) -> Vec<(String, Entry)> {
    let is_yaml = |name: &str| Path::new(name).extension().is_some_and(|end| end == "yaml");
    let ours = listing.iter().filter(|(name, entry)| entry.bytes.is_some() && is_yaml(name));
    ours.map(|(name, entry)| (format!("{folder}{name}"), entry.clone())).collect()
}

/// A repository, seen through a directory of ours.
struct Repository {
    ours: Scratch,
    /// The folder that the repository is of.
    top: PathBuf,
    /// Where the program runs.
    here: PathBuf,
}

impl Repository {
    /// The repository that a folder belongs to.
    fn around(here: &Path) -> Result<Self, Says> {
        let (top, own) = here
            .ancestors()
            .find_map(|folder| Some((folder.to_owned(), git_directory(folder)?)))
            .ok_or_else(|| says("git 저장소가 아니다", "not a git repository"))?;
        let common = match small_text(&own.join("commondir")) {
            Some(other) => own.join(other.trim()),
            None => own.clone(),
        };
        let ours = Scratch::new().map_err(|error| why_not(&error))?;
        let borrow = || -> std::io::Result<()> {
            for part in BORROWED.iter().filter(|part| common.join(part).exists()) {
                borrow(&common.join(part).canonicalize()?, &ours.path().join(part))?;
            }
            std::fs::write(ours.path().join("HEAD"), small_text(&own.join("HEAD")).unwrap_or_default())?;
            std::fs::write(ours.path().join("config"), configuration(&common))
        };
        borrow().map_err(|error| why_not(&error))?;
        Ok(Self { ours, top, here: here.to_owned() })
    }

    /// A folder as the repository calls it.
    fn inside(&self, folder: &str) -> Result<String, Says> {
        let outside =
            || says(format!("{folder}은(는) 저장소 밖에 있다"), format!("{folder} lies outside the repository"));
        let mut parts: Vec<&str> = Vec::new();
        let below = self.here.strip_prefix(&self.top).map_err(|_| outside())?;
        for part in below.components().chain(Path::new(folder).components()) {
            match part {
                Component::Normal(name) => parts.push(name.to_str().ok_or_else(outside)?),
                Component::CurDir => {}
                Component::ParentDir => {
                    parts.pop().ok_or_else(outside)?;
                }
                Component::RootDir | Component::Prefix(_) => return Err(outside()),
            }
        }
        Ok(parts.join("/"))
    }

    fn git(&self) -> Command {
        let mut git = Command::new("git");
        git.args(["--no-pager", "--no-replace-objects", "-c", "core.hooksPath=/dev/null"]);
        git.args(["-c", "core.fsmonitor=false", "-c", "protocol.allow=never"]);
        for (name, value) in [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_ALLOW_PROTOCOL", "none"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_OPTIONAL_LOCKS", "0"),
        ] {
            git.env(name, value);
        }
        for name in ["GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"] {
            git.env_remove(name);
        }
        git.env("GIT_DIR", self.ours.path()).env_remove("GIT_WORK_TREE").current_dir(self.ours.path());
        git.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
        git
    }

    /// What stands in a folder, by name.
    fn list(&self, tree: &str) -> Result<Vec<(String, Entry)>, Says> {
        let mut git = self.git();
        git.args(["ls-tree", "-z", "-l", "--full-tree", "--end-of-options", tree]);
        let listing = answer(git, Vec::new(), MAX_LISTING)?;
        let entries = listing.split(|byte| *byte == 0).filter(|line| !line.is_empty()).filter_map(entry);
        Ok(entries.filter(|(name, _)| !name.contains('\n')).collect())
    }

    /// The contents of several files, asked for in one run of git.
    fn contents(&self, files: &[(String, Entry)]) -> Result<Vec<String>, Says> {
        let mut git = self.git();
        git.args(["cat-file", "--batch"]).stdin(Stdio::piped());
        let asked: String = files.iter().map(|(_, entry)| format!("{}\n", entry.object)).collect();
        let heads = 128 * files.len() as u64;
        let output = answer(git, asked.into_bytes(), MAX_RULESET_BYTES + heads)?;
        let mut rest = output.as_slice();
        let mut texts = Vec::with_capacity(files.len());
        for (name, _) in files {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(ended)?;
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let size: usize =
                head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(|| says(head.clone(), head))?;
            rest = &rest[end + 1..];
            let body = rest.get(..size).ok_or_else(ended)?;
            if let Some(why) = not_utf8(body) {
                return Err(says(format!("`{name}`: {}", why.ko), format!("`{name}` {}", why.en)));
            }
            texts.push(String::from_utf8_lossy(body).into_owned());
            rest = rest.get(size + 1..).unwrap_or_default();
        }
        Ok(texts)
    }
}

/// git ended before it had answered.
fn ended() -> Says {
    says("git이 도중에 끝났다", "git ended early")
}

/// Runs git and takes what it answers, up to a limit.
fn answer(mut git: Command, asked: Vec<u8>, most: u64) -> Result<Vec<u8>, Says> {
    let mut child = git.spawn().map_err(|error| why_not(&error))?;
    let stdin = child.stdin.take();
    // git answers while it is still being asked, and complains while it answers.
    let asking = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&asked)));
    let stderr = child.stderr.take();
    let complaining = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.map(|stderr| stderr.take(10_000).read_to_end(&mut text));
        text
    });
    let mut output = Vec::new();
    let read = child.stdout.take().map(|stdout| stdout.take(most + 1).read_to_end(&mut output));
    if output.len() as u64 > most || matches!(read, Some(Err(_))) {
        let _ = child.kill();
        let _ = child.wait();
        return Err(says("너무 크다", "too large"));
    }
    let done = child.wait().map_err(|error| why_not(&error))?;
    let _ = asking.join();
    let complaint = complaining.join().unwrap_or_default();
    if done.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&complaint).trim().to_owned();
    Err(says(format!("git의 말: {said}"), said))
}

/// A line of `ls-tree -l`: mode, kind, object, size, and the name after a tab.
fn entry(line: &[u8]) -> Option<(String, Entry)> {
    let (about, name) = std::str::from_utf8(line).ok()?.split_once('\t')?;
    let mut words = about.split_ascii_whitespace();
    let (mode, _, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let bytes = mode.starts_with("100").then(|| size.parse().ok()).flatten();
    (mode.starts_with("100") || mode == "040000").then(|| (name.to_owned(), Entry { object: object.to_owned(), bytes }))
}

/// The directory in which git keeps what belongs to a folder: `.git`, what a file `.git` names, or the folder itself.
fn git_directory(folder: &Path) -> Option<PathBuf> {
    let own = folder.join(".git");
    if own.is_dir() {
        return Some(own);
    }
    if let Some(text) = small_text(&own) {
        return Some(folder.join(text.trim().strip_prefix("gitdir:")?.trim()));
    }
    let bare = folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir();
    bare.then(|| folder.to_owned())
}

/// Our configuration: nothing but what tells how objects and names are stored.
fn configuration(common: &Path) -> String {
    let theirs = small_text(&common.join("config")).unwrap_or_default().to_lowercase();
    let plain: String = theirs.split_whitespace().collect();
    let mut extensions = String::new();
    if plain.contains("objectformat=sha256") {
        extensions.push_str("\tobjectFormat = sha256\n");
    }
    if common.join("reftable").is_dir() {
        extensions.push_str("\trefStorage = reftable\n");
    }
    let version = usize::from(!extensions.is_empty());
    format!("[core]\n\trepositoryFormatVersion = {version}\n\tbare = true\n[extensions]\n{extensions}")
}

/// The text of a small regular file.
fn small_text(path: &Path) -> Option<String> {
    let about = path.metadata().ok()?;
    if !about.is_file() || about.len() > 1 << 20 {
        return None;
    }
    std::fs::read_to_string(path).ok()
}

#[cfg(unix)]
fn borrow(theirs: &Path, ours: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(theirs, ours)
}

#[cfg(windows)]
fn borrow(theirs: &Path, ours: &Path) -> std::io::Result<()> {
    use std::os::windows::fs::{symlink_dir, symlink_file};
    if theirs.is_dir() { symlink_dir(theirs, ours) } else { symlink_file(theirs, ours) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_listing_regular_files_and_folders_count() {
        let file = entry(b"100644 blob 0123abcd      17\truleset.yaml").expect("a file");
        assert_eq!(file, ("ruleset.yaml".to_owned(), Entry { object: "0123abcd".to_owned(), bytes: Some(17) }));
        let folder = entry(b"040000 tree 0123abcd       -\tcriteria").expect("a folder");
        assert_eq!(folder.1.bytes, None);
        for line in
            [&b"120000 blob 0123abcd       9\tlink.yaml"[..], b"160000 commit 01 -\tmodule", b"x", b"\t", b"\xff"]
        {
            assert_eq!(entry(line), None);
        }
    }
}
