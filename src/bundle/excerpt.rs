//! What of a weights file is kept in a submission: every byte that is no number of a tensor. From it the file's tensors
//! can be listed and counted anew, and nothing of what the model learnt is given away.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::weights::read_weights;

/// Numbers of a tensor that are kept all the same, in bytes: shapes and sizes that packed weights state of themselves.
const FEW_BYTES: u64 = 64;

/// What is kept of a file whose form is not read, at its beginning and at its end.
const OF_OTHERS: (u64, u64) = (1 << 20, 64 << 10);

/// The ranges that are kept of a file of `bytes` bytes, in order.
///
/// # Errors
/// It cannot be opened.
pub(super) fn kept(path: &Path, name: &str, bytes: u64) -> std::io::Result<Vec<(u64, u64)>> {
    let mut source = BufReader::new(File::open(path)?);
    let Ok(header) = read_weights(name, &mut source, bytes) else {
        let (head, tail) = OF_OTHERS;
        return Ok(if bytes <= head + tail { whole(bytes) } else { vec![(0, head), (bytes - tail, bytes)] });
    };
    let places = header.tensors.iter().map(|tensor| (tensor.begin, tensor.end));
    let mut numbers: Vec<(u64, u64)> = places.filter(|(begin, end)| end - begin > FEW_BYTES).collect();
    numbers.sort_unstable();
    Ok(between(&numbers, bytes))
}

fn whole(bytes: u64) -> Vec<(u64, u64)> {
    if bytes == 0 { Vec::new() } else { vec![(0, bytes)] }
}

/// What lies between ranges, which are in order and may overlap.
fn between(taken: &[(u64, u64)], bytes: u64) -> Vec<(u64, u64)> {
    let (mut kept, mut at) = (Vec::new(), 0);
    for (begin, end) in taken {
        if *begin > at {
            kept.push((at, *begin));
        }
        at = at.max(*end);
    }
    if at < bytes {
        kept.push((at, bytes));
    }
    kept
}

/// The bytes of ranges of a file, one after the other; at most `most`.
///
/// # Errors
/// It cannot be read, or has more.
pub(super) fn read(path: &Path, spans: &[(u64, u64)], most: u64) -> std::io::Result<Vec<u8>> {
    let all: u64 = spans.iter().map(|(begin, end)| end - begin).sum();
    if all > most {
        return Err(std::io::Error::other("too many bytes"));
    }
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    for (begin, end) in spans {
        file.seek(SeekFrom::Start(*begin))?;
        let read = file.by_ref().take(end - begin).read_to_end(&mut bytes)?;
        if read as u64 != end - begin {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_and_what_is_taken_are_the_file() {
        assert_eq!(between(&[(10, 20), (15, 30), (40, 50)], 60), [(0, 10), (30, 40), (50, 60)]);
        assert_eq!(between(&[(0, 60)], 60), []);
        assert_eq!(between(&[], 3), [(0, 3)]);
    }
}
