//! From what somebody typed to a place on this machine.

use std::path::{Path, PathBuf};

use super::cache::{self, Snapshots};
use super::folder::{Folder, unreadable};
use crate::text::{Code, Diagnostic, Diagnostics, Says, SourceFile, Span, clean, says};

/// What an argument means.
#[derive(Debug)]
pub enum Place {
    /// A model's directory, listed; its problems are its own ([`Folder::usable`]).
    Folder(Box<Folder>),
    /// A single file: a card, or a sketch.
    File(PathBuf),
}

/// Finds what an argument names: a directory, a folder of the Hub's cache, a repository that the local cache holds, or
/// a file.
///
/// # Errors
/// Nothing is there, with what to do about it; or the directory cannot be listed ([`Folder::list`]).
pub fn locate(argument: &Path) -> Result<Place, Diagnostics> {
    locate_with(argument, cache::root(|name| std::env::var_os(name).map(PathBuf::from)).as_deref())
}

fn locate_with(argument: &Path, cache_root: Option<&Path>) -> Result<Place, Diagnostics> {
    match std::fs::metadata(argument) {
        Ok(meta) if meta.is_dir() => directory(argument),
        Ok(meta) if meta.is_file() => Ok(Place::File(argument.to_owned())),
        Ok(_) => Err(not_a_file(argument)),
        Err(error) if is_absent(&error) => elsewhere(argument, cache_root),
        Err(error) => Err(unreadable(&argument.to_string_lossy(), &error)),
    }
}

/// Whether nothing is there under this name. A name that the system cannot even look up is no file either.
fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidInput | InvalidFilename)
}

/// A directory; of a cache's folder the snapshot that is meant.
fn directory(path: &Path) -> Result<Place, Diagnostics> {
    let real = path.canonicalize().map_err(|error| unreadable(&path.to_string_lossy(), &error))?;
    let named = real.file_name().is_some_and(|name| name == "snapshots");
    let model = if named { real.parent().unwrap_or(&real) } else { real.as_path() };
    match cache::snapshots(model) {
        None => Ok(Place::Folder(Box::new(Folder::list(path)?))),
        Some(Snapshots::One(snapshot, _)) => Ok(Place::Folder(Box::new(Folder::list(&snapshot)?))),
        Some(Snapshots::None) => Err(refuse(
            Code::EmptyDirectory,
            path,
            &says("캐시에 이 모델의 스냅숏이 없다", "the cache holds no snapshot of this model"),
            says("모델을 다시 내려받는다", "download the model again"),
        )),
        Some(Snapshots::Several(names)) => {
            let shown = names.iter().take(4).map(|name| format!("`snapshots/{}`", clean(name))).collect::<Vec<_>>();
            let (list, count) = (shown.join(", "), names.len());
            Err(refuse(
                Code::NoSuchModel,
                path,
                &says(
                    format!("캐시에 스냅숏이 {count}개 있고, 어느 것이 `main`인지 적혀 있지 않다"),
                    format!("the cache holds {count} snapshots, and nothing says which of them is `main`"),
                ),
                says(format!("하나를 가리킨다: {list}"), format!("point at one: {list}")),
            ))
        }
    }
}

/// Nothing lies there: a repository of the local cache, or what would help.
fn elsewhere(argument: &Path, cache_root: Option<&Path>) -> Result<Place, Diagnostics> {
    let text = argument.to_string_lossy();
    let Some(repository) = repository(&text) else {
        return Err(refuse(
            Code::NoSuchModel,
            argument,
            &says("여기에는 아무것도 없다", "there is nothing here"),
            says(
                "모델 디렉터리, 머리말이 있는 README.md, 또는 sovereignty.yaml을 가리킨다",
                "point at a model's directory, a README.md with front matter, or a sovereignty.yaml",
            ),
        ));
    };
    if let Some(folder) = cache_root.and_then(|root| cache::folder_of(root, &repository)) {
        return directory(&folder);
    }
    let shown = clean(&repository);
    Err(refuse(
        Code::NoSuchModel,
        argument,
        &says(
            "이 컴퓨터에 그런 디렉터리가 없고, 허브의 캐시에도 그런 모델이 없다. 이 프로그램은 아무것도 내려받지 않는다",
            "there is no such directory on this machine and no such model in the Hub's cache; this program downloads \
            nothing",
        ),
        says(
            format!("`hf download {shown}`로 내려받은 뒤 같은 명령을 다시 실행한다"),
            format!("run `hf download {shown}`, which downloads it, and then the same command again"),
        ),
    ))
}

/// The addresses under which the Hub's repositories are met.
const HUB: [&str; 5] = ["huggingface.co/", "www.huggingface.co/", "hf.co/", "hf-mirror.com/", "hub.huggingface.co/"];

/// `owner/name`, or a name alone, of a repository: as it is, or within an address of the Hub.
fn repository(text: &str) -> Option<String> {
    let text = text.trim();
    let bare =
        text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).or_else(|| text.strip_prefix("hf://"));
    let path = match bare {
        Some(rest) => {
            HUB.iter().find_map(|hub| rest.strip_prefix(hub)).or_else(|| text.starts_with("hf://").then_some(rest))?
        }
        None => HUB.iter().find_map(|hub| text.strip_prefix(hub)).unwrap_or(text),
    };
    let in_address = path.len() < text.len();
    let mut parts = path.trim_end_matches('/').split('/');
    let (first, second, more) = (parts.next()?, parts.next(), parts.next());
    let second = second.map(|part| part.split(['@', '?', '#']).next().unwrap_or_default());
    let is_path = !in_address && more.is_some();
    let legal = |part: &str| {
        part.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
            && part.len() <= 96
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let looks_like_a_file = |name: &str| {
        let path = Path::new(name);
        ["md", "yaml", "yml", "json", "sketch"].iter().any(|end| path.extension().is_some_and(|own| own == *end))
            || super::is_weights(name)
    };
    match second {
        _ if is_path || !legal(first) => None,
        Some(second) if legal(second) && !looks_like_a_file(second) => Some(format!("{first}/{second}")),
        None if !looks_like_a_file(first) && !in_address && first.contains(['-', '_']) => Some(first.to_owned()),
        _ => None,
    }
}

fn not_a_file(path: &Path) -> Diagnostics {
    refuse(
        Code::NoSuchModel,
        path,
        &says("보통 파일도 디렉터리도 아니다", "this is not a regular file and not a directory"),
        says("모델 디렉터리를 가리킨다", "point at a model's directory"),
    )
}

fn refuse(code: Code, path: &Path, message: &Says, help: Says) -> Diagnostics {
    let name = clean(&path.to_string_lossy());
    let message = says(format!("`{name}`: {}", message.ko), format!("`{name}`: {}", message.en));
    Diagnostic::error(code, &SourceFile::nameless(&name), Span::default(), message).help(help).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_told_from_paths() {
        for (text, is) in [
            ("example-org/model-7b", "example-org/model-7b"),
            ("https://huggingface.co/example-org/model-7b", "example-org/model-7b"),
            ("https://huggingface.co/example-org/model-7b/tree/main", "example-org/model-7b"),
            ("hf.co/example-org/model-7b/", "example-org/model-7b"),
            ("hf://example-org/model-7b", "example-org/model-7b"),
            ("example-org/model-7b@0f3c", "example-org/model-7b"),
            ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2"),
        ] {
            assert_eq!(repository(text).as_deref(), Some(is), "{text}");
        }
        for text in [
            "/data/model",
            "./a/b",
            "../a",
            "a/b/c",
            "models/x.safetensors",
            "card.md",
            "C:\\a",
            "",
            "~/m",
            "m",
            "https://example.org/a/b",
        ] {
            assert_eq!(repository(text), None, "{text}");
        }
    }

    #[test]
    fn a_repository_is_looked_up_in_the_cache() {
        let cache = tempfile::tempdir().expect("a directory");
        let snapshot = cache.path().join("models--example-org--model-7b/snapshots/0f3c");
        std::fs::create_dir_all(&snapshot).expect("made");
        std::fs::write(snapshot.join("config.json"), "{}").expect("written");
        let there = locate_with(Path::new("example-org/model-7b"), Some(cache.path())).expect("found");
        let Place::Folder(folder) = there else { panic!("a folder") };
        assert_eq!(folder.identity().text(), "example-org/model-7b");
        for folder in [snapshot.clone(), cache.path().join("models--example-org--model-7b"), snapshot.join("..")] {
            let Place::Folder(found) = locate_with(&folder, None).expect("found") else { panic!("a folder") };
            assert_eq!(found.identity().text(), "example-org/model-7b");
            assert!(found.has("config.json"));
        }
        let absent = locate_with(Path::new("example-org/other"), Some(cache.path())).expect_err("absent");
        let help = absent.iter().next().and_then(|problem| problem.help.clone()).expect("help");
        assert!(help.en.contains("hf download example-org/other"), "{}", help.en);
    }
}
