//! What an interrupted run left, changed by a stranger: one file of the folder is replaced.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sovgrade::measure::{Options, measure};
use sovgrade_fuzz::checkpoint_of;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, rest)) = bytes.split_first() else { return };
    let Ok(root) = tempfile::tempdir() else { return };
    let (candidate, reference, state) = (root.path().join("m"), root.path().join("r"), root.path().join("state"));
    for (folder, seed) in [(&candidate, 1), (&reference, 2)] {
        std::fs::create_dir_all(folder).expect("a folder in memory");
        std::fs::write(folder.join("model.safetensors"), checkpoint_of(seed)).expect("a file in memory");
    }
    let options = Options { resume: Some(state.clone()), digests: false, ..Options::default() };
    let run = || measure(&candidate, &[reference.clone()], &options);
    assert!(run().is_ok(), "a run of its own is not refused");
    let mut files: Vec<_> = std::fs::read_dir(&state).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    if files.is_empty() {
        return;
    }
    std::fs::write(&files[usize::from(*which) % files.len()], rest).expect("a file in memory");
    if let Err(problem) = run() {
        assert!(!problem.to_string().is_empty());
    }
});
