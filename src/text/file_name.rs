//! What the name of a file says: whether a person meant it to be read, or a program put it there for itself.
//!
//! Editors and file managers change names without showing it: Notepad adds `.txt`, a file manager writes ` - 복사본` or
//! ` (1)` behind a copy, an office program leaves `~$...` while it has a file open.

use std::path::Path;

/// What the name of a file says of a file that a person writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileName {
    /// The file is read.
    Read,
    /// Another program put it there for itself.
    Foreign,
    /// A file manager made a copy: of the file of this name.
    Copy(String),
    /// It is meant to be `X.yaml`.
    Meant(String),
    /// It may be meant to be `X.yaml`.
    Perhaps(String),
}

/// Whether a program left a file of this name for itself: an office program, an editor, a file manager, a system.
pub(crate) fn is_left_behind(name: &str) -> bool {
    const NAMES: [&str; 5] = ["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx"];
    const ENDS: [&str; 14] =
        [".swp", ".swo", ".swx", ".bak", ".tmp", ".temp", ".orig", ".rej", ".old", ".lock", ".part", ".lnk", "~", "#"];
    let lower = name.to_lowercase();
    name.starts_with(['.', '~', '#']) || NAMES.contains(&lower.as_str()) || ENDS.iter().any(|end| lower.ends_with(end))
}

/// The name of which a file manager made a copy: `x - 복사본`, `x - Copy (2)`, `x (1)`, `x copy`, `복사본 x`, `x의 사본`.
fn original(stem: &str) -> Option<&str> {
    const ENDS: [&str; 12] = [
        " - 복사본",
        " - 사본",
        "의 사본",
        " 복사본",
        " 사본",
        "-복사본",
        "_복사본",
        " - copy",
        " copy",
        " - kopie",
        " - copie",
        " - 副本",
    ];
    const STARTS: [&str; 4] = ["복사본 ", "사본 - ", "copy of ", "kopie von "];
    let numbered = stem.trim_end().strip_suffix(')').and_then(|rest| {
        let (before, number) = rest.rsplit_once('(')?;
        (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| before.trim_end())
    });
    let counted =
        stem.rsplit_once(' ').filter(|(_, n)| n.bytes().all(|b| b.is_ascii_digit())).map(|(before, _)| before);
    let cut = |stem: &'_ str| -> Option<usize> {
        let lower = stem.to_lowercase();
        (lower.len() == stem.len()).then_some(())?;
        ENDS.iter().find(|end| lower.ends_with(**end)).map(|end| stem.len() - end.len())
    };
    for name in [Some(stem), numbered, counted].into_iter().flatten() {
        if let Some(end) = cut(name) {
            return Some(name[..end].trim_end());
        }
    }
    let lower = stem.to_lowercase();
    let start = STARTS.iter().find(|start| lower.starts_with(**start)).filter(|_| lower.len() == stem.len());
    start.map(|start| stem[start.len()..].trim_start()).or(numbered)
}

impl FileName {
    /// Judges a name.
    pub(crate) fn of(name: &str) -> Self {
        if is_left_behind(name) {
            return FileName::Foreign;
        }
        let lower = name.to_lowercase();
        if let Some(stem) = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")) {
            return original(stem).map_or(FileName::Read, |name| FileName::Copy(name.to_owned()));
        }
        if let Some(at) = [".yaml", ".yml"].iter().find_map(|end| lower.find(end)).filter(|_| lower.len() == name.len())
        {
            return FileName::Meant(name[..at].to_owned());
        }
        let ending = Path::new(&lower).extension().and_then(|end| end.to_str()).unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        match ending {
            "yam" | "ymal" | "yaml_" | "yalm" | "yml_" => FileName::Meant(stem.to_owned()),
            "txt" | "json" | "rtf" => FileName::Perhaps(stem.to_owned()),
            _ => FileName::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for name in ["a.yaml", "weights-held.yml", "t4-1.yaml", "v1.2.yaml"] {
            assert_eq!(FileName::of(name), FileName::Read, "{name}");
        }
        for name in [
            "~$a.yaml",
            ".a.yaml.swp",
            ".DS_Store",
            "Thumbs.db",
            "desktop.ini",
            "a.yaml.bak",
            "a.yaml~",
            "._a.yaml",
            "README.md",
            ".~lock.a.yaml#",
            "a.yaml.orig",
            "notes.docx",
        ] {
            assert_eq!(FileName::of(name), FileName::Foreign, "{name}");
        }
        for name in [
            "a - 복사본.yaml",
            "a - Copy.yaml",
            "a (1).yaml",
            "a(2).yml",
            "a copy.yaml",
            "a copy 2.yaml",
            "복사본 a.yaml",
            "Copy of a.yaml",
            "a의 사본.yaml",
            "a - 복사본 (3).yaml",
            "a - Copy (2).yaml",
        ] {
            assert_eq!(FileName::of(name), FileName::Copy("a".to_owned()), "{name}");
        }
        for name in ["a.yaml.txt", "a.YAML", "a.Yml", "a.yml.txt", "a.yaml (1)", "a.yaml - 복사본", "a.yam"] {
            assert_eq!(FileName::of(name), FileName::Meant("a".to_owned()), "{name}");
        }
        assert_eq!(FileName::of("a.txt"), FileName::Perhaps("a".to_owned()));
    }
}
