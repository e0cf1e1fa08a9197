//! `PyTorch` and GGUF files: against the packages that write them, against those who lie, and in measuring.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../form_writers/mod.rs"]
mod form_writers;
mod hostile;
mod laws;
mod measured;
mod samples;

use std::path::{Path, PathBuf};

use sovgrade::weights::{Header, WeightsError, read_weights};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/form_samples").join(name)
}

fn read(bytes: &[u8]) -> Result<Header, WeightsError> {
    read_weights("m", &mut std::io::Cursor::new(bytes), bytes.len() as u64)
}
