//! Where a config says that it and its parts were loaded from.

use super::config::{Config, MAX_DEPTH, kind_of_key, stated};
use super::reference::repository;
use crate::facts::Value;
use crate::text::{Node, SourceFile};

/// `_name_or_path` of the config and of its parts, where it names a repository, be it by the path of
/// a cache, and no other path of a machine.
pub(super) fn loaded_from(file: &SourceFile, root: &Node, config: &mut Config) {
    let mut stack = vec![(root, None, 0)];
    while let Some((node, kind, depth)) = stack.pop() {
        if let Some(named) = node.get("_name_or_path").or_else(|| node.get("name_or_path"))
            && let Some(id) = named.text().and_then(repository)
        {
            let source = stated(file, Value::text(id.as_str()), named.span);
            config.loaded_from.push((kind, id, source));
        }
        if depth < MAX_DEPTH {
            let inner = node.map().into_iter().flatten().filter(|(_, value)| value.map().is_some());
            stack.extend(inner.map(|(key, value)| (value, key.text().and_then(kind_of_key).or(kind), depth + 1)));
        }
    }
    config.loaded_from.sort_by(|a, b| a.1.cmp(&b.1).then(a.2.origin.at.cmp(&b.2.origin.at)));
}

/// Keys under which a config names the repository that a tower's weights are loaded from.
const TOWERS: [(&str, &str); 5] = [
    ("mm_vision_tower", "vision"),
    ("vision_tower", "vision"),
    ("mm_audio_tower", "audio"),
    ("audio_tower", "audio"),
    ("speech_encoder", "audio"),
];

/// Towers whose weights are loaded from a repository of their own.
pub(super) fn towers(file: &SourceFile, root: &Node, config: &mut Config) {
    for (key, kind) in TOWERS {
        let Some(node) = root.get(key) else { continue };
        if let Some(id) = node.text().and_then(repository) {
            let source = stated(file, Value::text(id.as_str()), node.span);
            config.towers.push((kind, id, source));
        }
    }
}

/// First parts of paths of machines that look like owners.
const LOCAL: [&str; 12] = [
    "checkpoint",
    "checkpoints",
    "ckpt",
    "ckpts",
    "data",
    "home",
    "models",
    "model",
    "mnt",
    "output",
    "outputs",
    "tmp",
];

/// Whether a text names a repository of the Hub: `owner/name`, and no path of a machine.
pub(super) fn is_repository(text: &str) -> bool {
    let mut parts = text.split('/');
    let (Some(owner), Some(name), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    let legal = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '~'])
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    legal(owner) && legal(name) && !is_local_folder(owner)
}

/// Whether the first part of a path is a folder that machines have, and no owner of repositories.
pub(super) fn is_local_folder(part: &str) -> bool {
    LOCAL.contains(&part.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_told_from_paths() {
        assert!(is_repository("Qwen/Qwen2.5-7B"));
        for path in ["/data/x", "./x/y", "x", "a/b/c", "checkpoints/step_9", "~/m", "C:\\a/b"] {
            assert!(!is_repository(path), "{path}");
        }
    }
}
