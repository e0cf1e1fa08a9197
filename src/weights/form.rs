//! The forms in which weights are stored, told by a file's first bytes.

use std::io::{Read, Seek, SeekFrom};

use super::gguf::read_gguf;
use super::torch::{TorchProblem, read_torch};
use super::{Header, Problem, WeightsError, read_header};
use crate::files::Form;
use crate::text::why_not;

/// First bytes, and what they begin. What is not listed is read as safetensors, whose first bytes are a length.
static BEGINNINGS: &[(&[u8], Beginning)] = &[
    (b"PK\x03\x04", Beginning::Form(Form::Torch)),
    (b"PK\x05\x06", Beginning::Form(Form::Torch)),
    (b"GGUF", Beginning::Form(Form::Gguf)),
    // A pickle of protocol 2 to 5, which PyTorch wrote before the zip form.
    (b"\x80\x02", Beginning::OldTorch),
    (b"\x80\x03", Beginning::OldTorch),
    (b"\x80\x04", Beginning::OldTorch),
    (b"\x80\x05", Beginning::OldTorch),
    (b"version https://git-lfs.", Beginning::Other("a pointer of Git LFS")),
    (b"\x89HDF\r\n\x1a\n", Beginning::Other("HDF5")),
    (b"lmgg", Beginning::Other("GGML of llama.cpp before GGUF")),
    (b"fmgg", Beginning::Other("GGML of llama.cpp before GGUF")),
    (b"tjgg", Beginning::Other("GGML of llama.cpp before GGUF")),
    (b"FUGG", Beginning::Other("GGUF in big-endian byte order")),
    (b"\x93NUMPY", Beginning::Other("NumPy")),
    (b"\x1f\x8b", Beginning::Other("gzip")),
    (b"7z\xbc\xaf\x27\x1c", Beginning::Other("7-Zip")),
    (b"\x28\xb5\x2f\xfd", Beginning::Other("Zstandard")),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    Form(Form),
    OldTorch,
    /// A form that is known by name only.
    Other(&'static str),
}

/// Longest of [`BEGINNINGS`].
const LONGEST: u64 = 24;

fn beginning(head: &[u8]) -> Beginning {
    // A safetensors header of 640 to 1408 bytes, say, has a length that begins as a pickle does; `{` tells.
    if head.get(8) == Some(&b'{') && head.get(5..8) == Some(&[0; 3]) {
        return Beginning::Form(Form::Safetensors);
    }
    let known = BEGINNINGS.iter().find(|(bytes, _)| head.starts_with(bytes));
    known.map_or(Beginning::Form(Form::Safetensors), |&(_, beginning)| beginning)
}

/// Reads the tensors of a file of any form that is known, told by its content and not by its name. `source` is a file
/// of `file_bytes` bytes, `file` its name in errors.
pub fn read_weights(file: &str, source: &mut (impl Read + Seek), file_bytes: u64) -> Result<Header, WeightsError> {
    let io = |error: std::io::Error| WeightsError::new(file, 0, Problem::Io(why_not(&error)));
    let mut head = Vec::new();
    source.by_ref().take(LONGEST).read_to_end(&mut head).map_err(io)?;
    source.seek(SeekFrom::Start(0)).map_err(io)?;
    match beginning(&head) {
        Beginning::Form(Form::Torch) => read_torch(file, source, file_bytes),
        Beginning::Form(Form::Gguf) => read_gguf(file, source, file_bytes),
        Beginning::Form(Form::Safetensors | Form::Other(_)) => read_header(file, source, file_bytes),
        Beginning::OldTorch => Err(WeightsError::new(file, 0, TorchProblem::OldForm.into())),
        Beginning::Other(word) => Err(WeightsError::new(file, 0, Problem::OtherContent(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_told_by_its_first_bytes() {
        for (head, expected) in [
            (&b"PK\x03\x04\0\0\0\0\0\0"[..], Beginning::Form(Form::Torch)),
            (b"GGUF\x03\0\0\0", Beginning::Form(Form::Gguf)),
            (b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9", Beginning::OldTorch),
            // 640 bytes of header.
            (b"\x80\x02\0\0\0\0\0\0{\"a\"", Beginning::Form(Form::Safetensors)),
            (b"\x10\0\0\0\0\0\0\0{", Beginning::Form(Form::Safetensors)),
            (b"", Beginning::Form(Form::Safetensors)),
        ] {
            assert_eq!(beginning(head), expected, "{head:?}");
        }
        assert!(BEGINNINGS.iter().all(|(bytes, _)| bytes.len() as u64 <= LONGEST));
    }
}
