//! A model's folder in the Hub's cache: files, folders and links of any name, at any place, leading anywhere.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use sovgrade::files::{Place, locate};
use sovgrade_fuzz::{checkpoint, grade_path, show};

/// Where entries are put, and what links point at.
const PLACES: [&str; 8] = [
    "snapshots/0f3c",
    "snapshots/0f3c/unet",
    "snapshots/beef",
    "snapshots",
    "blobs",
    "refs",
    "",
    "snapshots/0f3c/0_Transformer",
];
const NAMES: [&str; 12] = [
    "model.safetensors",
    "config.json",
    "README.md",
    "main",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "model_index.json",
    "modules.json",
    "adapter_config.json",
    "model.safetensors ",
    "aa",
    "bb",
];
const TARGETS: [&str; 7] = ["../../blobs/aa", "../blobs/aa", "/etc/passwd", "..", "nowhere", "../../../other", "/dev/zero"];

fuzz_target!(|bytes: &[u8]| {
    let Ok(root) = tempfile::tempdir() else { return };
    let model = root.path().join("models--a--b");
    let at = |list: &[&'static str], byte: u8| list[usize::from(byte) % list.len()];
    for entry in bytes.chunks_exact(4).take(24) {
        let folder = model.join(at(&PLACES, entry[0]));
        if std::fs::create_dir_all(&folder).is_err() {
            continue;
        }
        let name = match std::str::from_utf8(&entry[1..2]) {
            Ok(own) if entry[3] & 0x80 != 0 && !matches!(own, "/" | "." | "\0") => format!("{own}.safetensors"),
            _ => at(&NAMES, entry[1]).to_owned(),
        };
        let path = folder.join(name);
        let _ = match entry[2] % 5 {
            0 => std::fs::write(&path, checkpoint()),
            1 => std::fs::write(&path, "0f3c\n"),
            2 => std::fs::write(&path, "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 9\n"),
            3 => std::os::unix::fs::symlink(at(&TARGETS, entry[3]), &path),
            _ => std::fs::create_dir(&path),
        };
    }
    let look = |path: &Path| match locate(path) {
        Ok(Place::Folder(folder)) => {
            let inside = |entry: &Path| entry.starts_with(root.path().canonicalize().unwrap_or_default());
            assert!(folder.files().all(|(_, entry)| inside(&entry.path)), "no file outside of the boundary is listed");
            grade_path(path);
        }
        Ok(Place::File(_)) => {}
        Err(problems) => show(problems),
    };
    look(&model);
    look(&model.join("snapshots/0f3c"));
});
