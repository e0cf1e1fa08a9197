//! The Hub's cache: `models--ORG--NAME/{refs,blobs,snapshots/REV}`, where a snapshot's files are links into `blobs`.

use std::path::{Path, PathBuf};

/// The beginning of the name of a model's folder in the cache.
const MODEL: &str = "models--";

/// Longest name of a revision that is read from `refs`, in bytes; a commit has forty.
const MAX_REVISION_BYTES: u64 = 128;

/// The repository that a folder of the cache is named after: `models--ORG--NAME` is `ORG/NAME`.
pub fn repository_of(folder: &str) -> Option<String> {
    let rest = folder.strip_prefix(MODEL).filter(|rest| !rest.is_empty())?;
    Some(match rest.split_once("--") {
        Some((owner, name)) => format!("{owner}/{name}"),
        None => rest.to_owned(),
    })
}

/// Where a directory lies in a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InCache {
    /// The model's folder, `models--ORG--NAME`: links may lead anywhere in it.
    pub model: PathBuf,
    /// `ORG/NAME`, if the directory is a whole snapshot.
    pub repository: Option<String>,
}

/// Looks whether a directory (as the system resolves it) is a snapshot of a cache or lies in one.
pub(super) fn around(real: &Path) -> Option<InCache> {
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    real.ancestors().find_map(|snapshot| {
        let snapshots = snapshot.parent().filter(|parent| name(parent).as_deref() == Some("snapshots"))?;
        let model = snapshots.parent()?;
        let repository = repository_of(&name(model)?)?;
        Some(InCache { model: model.to_owned(), repository: (snapshot == real).then_some(repository) })
    })
}

/// What a folder of a cache holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Snapshots {
    /// The one to read: what `main` names, or the only one there is; with the number of all.
    One(PathBuf, usize),
    /// Several, and nothing says which; their names, sorted.
    Several(Vec<String>),
    /// None: nothing was fetched.
    None,
}

/// The snapshots of `models--ORG--NAME`, or `None` if the directory is no such folder.
pub(super) fn snapshots(real: &Path) -> Option<Snapshots> {
    repository_of(real.file_name()?.to_str()?)?;
    let folder = real.join("snapshots");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .ok()?
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Some(match (main(real).filter(|main| names.contains(main)), names.as_slice()) {
        (Some(main), _) => Snapshots::One(folder.join(main), names.len()),
        (None, [only]) => Snapshots::One(folder.join(only), 1),
        (None, []) => Snapshots::None,
        (None, _) => Snapshots::Several(names),
    })
}

/// The revision that `refs/main` names.
fn main(model: &Path) -> Option<String> {
    let path = model.join("refs").join("main");
    let short = std::fs::metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_REVISION_BYTES);
    let text = if short { std::fs::read_to_string(path).ok()? } else { return None };
    let name = text.trim();
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| name.to_owned())
}

/// The folder of the cache on this machine, by the variables that the Hub's own library obeys, in its order.
pub(super) fn root(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|path| !path.as_os_str().is_empty());
    set("HF_HUB_CACHE")
        .or_else(|| set("HUGGINGFACE_HUB_CACHE"))
        .or_else(|| Some(set("HF_HOME")?.join("hub")))
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("huggingface").join("hub")))
        .or_else(|| Some(set("HOME").or_else(|| set("USERPROFILE"))?.join(".cache").join("huggingface").join("hub")))
}

/// The folder of a repository in a cache, if it is there.
pub(super) fn folder_of(root: &Path, repository: &str) -> Option<PathBuf> {
    let folder = root.join(format!("{MODEL}{}", repository.replace('/', "--")));
    folder.is_dir().then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_cache_name_their_repository() {
        assert_eq!(repository_of("models--example-org--model-7b").as_deref(), Some("example-org/model-7b"));
        assert_eq!(repository_of("models--model").as_deref(), Some("model"));
        for other in ["datasets--a--b", "models--", "model", "models-a-b"] {
            assert_eq!(repository_of(other), None, "{other}");
        }
    }

    #[test]
    fn the_cache_is_found_by_the_same_variables_as_the_hubs_library() {
        let with = |set: &'static [(&str, &str)]| {
            root(|name| set.iter().find(|row| row.0 == name).map(|row| PathBuf::from(row.1)))
        };
        assert_eq!(with(&[("HOME", "h")]), Some(["h", ".cache", "huggingface", "hub"].iter().collect()));
        assert_eq!(with(&[("HOME", "h"), ("XDG_CACHE_HOME", "x")]), Some(["x", "huggingface", "hub"].iter().collect()));
        assert_eq!(with(&[("HOME", "h"), ("HF_HOME", "f")]), Some(["f", "hub"].iter().collect()));
        assert_eq!(with(&[("HF_HUB_CACHE", "c"), ("HF_HOME", "f")]), Some(PathBuf::from("c")));
        assert_eq!(with(&[("HF_HUB_CACHE", ""), ("HF_HOME", "f")]), Some(["f", "hub"].iter().collect()));
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn main_decides_among_snapshots() {
        let root = tempfile::tempdir().expect("a directory");
        let model = root.path().join("models--a--b");
        let make = |name: &str| std::fs::create_dir_all(model.join("snapshots").join(name)).expect("made");
        assert_eq!(snapshots(&model), None);
        std::fs::create_dir_all(model.join("snapshots")).expect("made");
        assert_eq!(snapshots(&model), Some(Snapshots::None));
        make("aa");
        assert_eq!(snapshots(&model), Some(Snapshots::One(model.join("snapshots").join("aa"), 1)));
        make("bb");
        assert_eq!(snapshots(&model), Some(Snapshots::Several(vec!["aa".to_owned(), "bb".to_owned()])));
        std::fs::create_dir_all(model.join("refs")).expect("made");
        std::fs::write(model.join("refs").join("main"), "bb\n").expect("written");
        assert_eq!(snapshots(&model), Some(Snapshots::One(model.join("snapshots").join("bb"), 2)));
        std::fs::write(model.join("refs").join("main"), "../../../etc").expect("written");
        assert!(matches!(snapshots(&model), Some(Snapshots::Several(_))));
    }
}
