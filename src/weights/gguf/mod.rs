//! GGUF, the form of llama.cpp: values by key, then the names, shapes, formats and places of tensors, then their
//! numbers.
//!
//! A shape is written with the length of a row first; here it is turned round, so that rows come first as in all other
//! forms. Values that are long, the vocabulary above all, are stepped over and take no memory.

mod error;
mod family;
mod ggml;
mod holds;

use std::collections::HashSet;
use std::io::{BufReader, Read, Seek, SeekFrom};

pub use error::GgufProblem;
pub(super) use family::{config, pairs};
pub use ggml::Ggml;
pub use holds::Holds;
pub(super) use holds::{holds, split};

use super::{
    Dtype, Header, HeaderTensor, MAX_HEADER_BYTES, MAX_NAME_BYTES, MAX_RANK, MAX_TENSORS, Problem, WeightsError,
};
use crate::files::Form;
use crate::text::{Untrusted, why_not};

/// Most values by key.
pub const MAX_KEYS: u64 = 65_536;
/// Most bytes before the numbers, the vocabulary included.
pub const MAX_GGUF_HEAD_BYTES: u64 = 256 << 20;
/// Longest text that is kept as a value, in bytes.
const MAX_KEPT_TEXT: u64 = 1024;
/// Most bytes of kept keys and values together.
const MAX_KEPT: usize = 1 << 20;
/// Place of the numbers, in bytes, where the file does not say.
const ALIGNMENT: u64 = 32;

/// Reads the values and tensors of a GGUF file of version 2 or 3. `source` is a file of `file_bytes` bytes, `file` its
/// name in errors. Short values stand in [`Header::metadata`] as text; arrays and long texts are not kept.
pub fn read_gguf(file: &str, source: &mut (impl Read + Seek), file_bytes: u64) -> Result<Header, WeightsError> {
    let mut head = Head { source: BufReader::new(source), at: 0, end: file_bytes };
    let read = head.values().and_then(|(count, metadata)| {
        let alignment = alignment(&metadata)?;
        let tensors = head.tensors(count)?;
        Ok((metadata, alignment, tensors))
    });
    let (metadata, alignment, raw) = read.map_err(|problem| WeightsError::new(file, head.at, problem))?;
    let data_start = head.at.next_multiple_of(alignment);
    let tensors = placed(raw, data_start, alignment, file_bytes)
        .map_err(|(offset, problem)| WeightsError::new(file, offset, problem))?;
    let (tied, passed_over) = (Vec::new(), Vec::new());
    Ok(Header { form: Form::Gguf, data_start, tensors, metadata, tied, passed_over })
}

/// The alignment that the values state.
fn alignment(metadata: &[(String, String)]) -> Result<u64, Problem> {
    let stated = metadata.iter().find(|(key, _)| key == "general.alignment");
    let number = stated.map_or(Some(ALIGNMENT), |(_, value)| value.parse().ok()).unwrap_or(0);
    if number.is_power_of_two() && (8..=65_536).contains(&number) {
        Ok(number)
    } else {
        Err(GgufProblem::Alignment(number).into())
    }
}

/// A tensor as the file lists it; its offset counts from the beginning of the numbers.
struct Raw {
    name: String,
    shape: Vec<u64>,
    dtype: Dtype,
    offset: u64,
}

/// Checks that tensors lie in the file without overlap, and with no more between them than the alignment needs.
fn placed(
    raw: Vec<Raw>,
    data_start: u64,
    alignment: u64,
    file_bytes: u64,
) -> Result<Vec<HeaderTensor>, (u64, Problem)> {
    let mut tensors = Vec::with_capacity(raw.len());
    for Raw { name, shape, dtype, offset } in raw {
        let fail = |problem: Problem| Err((data_start.saturating_add(offset), problem));
        let elements = shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side));
        let Some(elements) = elements else { return fail(Problem::Overflow(name)) };
        let (row, block) = (shape.last().copied().unwrap_or(1), dtype.block().0);
        if !row.is_multiple_of(block) {
            return fail(GgufProblem::Block { name, row, word: dtype.word(), block }.into());
        }
        if !offset.is_multiple_of(alignment) {
            return fail(GgufProblem::Unaligned(name).into());
        }
        let begin = data_start.checked_add(offset);
        let end = dtype.bytes_of(elements).zip(begin).and_then(|(bytes, begin)| begin.checked_add(bytes));
        let (Some(begin), Some(end)) = (begin, end) else { return fail(Problem::Overflow(name)) };
        tensors.push(HeaderTensor { name, dtype, shape, begin, end, elements });
    }
    tensors.sort_by(|a, b| (a.begin, a.end, &a.name).cmp(&(b.begin, b.end, &b.name)));
    let mut reached = data_start;
    for tensor in &tensors {
        let (begin, name) = (tensor.begin, || tensor.name.clone());
        if begin < reached {
            return Err((begin, Problem::Overlap(name())));
        }
        if begin - reached >= alignment {
            return Err((reached, Problem::Hole { name: name(), bytes: begin - reached }));
        }
        if tensor.end > file_bytes {
            return Err((begin, Problem::BeyondEnd { name: name(), bytes: tensor.end - file_bytes }));
        }
        reached = tensor.end;
    }
    if file_bytes.saturating_sub(reached) >= alignment {
        return Err((reached, Problem::Trailing(file_bytes - reached)));
    }
    Ok(tensors)
}

/// The part before the numbers, read from its beginning on.
struct Head<R> {
    source: R,
    /// Where it stands.
    at: u64,
    /// Length of the file.
    end: u64,
}

impl<R: Read + Seek> Head<R> {
    /// Magic, version, counts and values: the number of tensors, and the values that are kept.
    fn values(&mut self) -> Result<(u64, Vec<(String, String)>), Problem> {
        self.bytes(4)?;
        let version = self.u32()?;
        match version {
            2 | 3 => {}
            _ if matches!(version.swap_bytes(), 1..=3) => return Err(GgufProblem::BigEndian.into()),
            _ => return Err(GgufProblem::Version(version).into()),
        }
        let (tensors, count) = (self.u64()?, self.u64()?);
        if tensors > MAX_TENSORS as u64 {
            return Err(Problem::TooManyTensors(MAX_TENSORS));
        }
        if count > MAX_KEYS {
            return Err(GgufProblem::TooManyKeys(count).into());
        }
        let (mut seen, mut kept, mut size) = (HashSet::new(), Vec::new(), 0);
        for _ in 0..count {
            let key = self.name().map_err(|problem| match problem {
                Problem::NameLength(bytes) => GgufProblem::KeyLength(bytes as u64).into(),
                other => other,
            })?;
            if !seen.insert(key.clone()) {
                return Err(GgufProblem::KeyTwice(key).into());
            }
            let number = self.u32()?;
            if let Some(value) = self.value(&key, number)? {
                size += key.len() + value.len();
                if size <= MAX_KEPT || key == "general.alignment" {
                    kept.push((key, value));
                }
            }
        }
        Ok((tensors, kept))
    }

    /// A value of a type, as text where it is short.
    fn value(&mut self, key: &str, number: u32) -> Result<Option<String>, Problem> {
        let unknown = || GgufProblem::ValueType { key: key.to_owned(), number };
        match number {
            8 => {
                let length = self.u64()?;
                if length > MAX_KEPT_TEXT {
                    self.skip(length)?;
                    return Ok(None);
                }
                let bytes = self.bytes(length)?;
                Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
            }
            9 => {
                let (inner, count) = (self.u32()?, self.u64()?);
                match inner {
                    8 => {
                        for _ in 0..count {
                            let length = self.u64()?;
                            self.skip(length)?;
                        }
                    }
                    9 => return Err(GgufProblem::Nested(key.to_owned()).into()),
                    _ => {
                        let width = width(inner).ok_or_else(unknown)?;
                        self.skip(count.checked_mul(width).ok_or(GgufProblem::EndsEarly)?)?;
                    }
                }
                Ok(None)
            }
            _ => {
                let bytes = self.bytes(width(number).ok_or_else(unknown)?)?;
                Ok(Some(shown(number, &bytes)))
            }
        }
    }

    /// The list of tensors.
    fn tensors(&mut self, count: u64) -> Result<Vec<Raw>, Problem> {
        let (mut raw, mut seen, mut names) = (Vec::new(), HashSet::new(), 0);
        for _ in 0..count {
            let name = self.name()?;
            names += name.len() as u64;
            if names > MAX_HEADER_BYTES {
                return Err(GgufProblem::HeadTooLong(MAX_HEADER_BYTES).into());
            }
            if name.chars().any(char::is_control) {
                return Err(Problem::NameControl(Untrusted::new(&name).into_string()));
            }
            if !seen.insert(name.clone()) {
                return Err(Problem::DuplicateName(name));
            }
            let rank = self.u32()? as usize;
            if rank > MAX_RANK {
                return Err(Problem::Rank { name, rank });
            }
            let mut shape = (0..rank).map(|_| self.u64()).collect::<Result<Vec<u64>, Problem>>()?;
            shape.reverse();
            let number = self.u32()?;
            let dtype = format(number).ok_or_else(|| GgufProblem::Format { name: name.clone(), number })?;
            raw.push(Raw { name, shape, dtype, offset: self.u64()? });
        }
        Ok(raw)
    }

    fn name(&mut self) -> Result<String, Problem> {
        let length = self.u64()?;
        if length == 0 || length > MAX_NAME_BYTES as u64 {
            return Err(Problem::NameLength(usize::try_from(length).unwrap_or(usize::MAX)));
        }
        String::from_utf8(self.bytes(length)?).map_err(|_| GgufProblem::NotText.into())
    }

    fn u32(&mut self) -> Result<u32, Problem> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn u64(&mut self) -> Result<u64, Problem> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// So many bytes, of which there are few.
    fn bytes(&mut self, count: u64) -> Result<Vec<u8>, Problem> {
        let mut bytes = vec![0; usize::try_from(count).map_err(|_| GgufProblem::EndsEarly)?];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Problem> {
        self.step(bytes.len() as u64)?;
        self.source.read_exact(bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Problem::Changed,
            _ => Problem::Io(why_not(&error)),
        })
    }

    /// Steps over bytes without reading them.
    fn skip(&mut self, count: u64) -> Result<(), Problem> {
        self.step(count)?;
        let far = i64::try_from(count).map_err(|_| GgufProblem::EndsEarly)?;
        self.source.seek(SeekFrom::Current(far)).map_err(|error| Problem::Io(why_not(&error)))?;
        Ok(())
    }

    fn step(&mut self, count: u64) -> Result<(), Problem> {
        let to = self.at.checked_add(count).filter(|to| *to <= self.end).ok_or(GgufProblem::EndsEarly)?;
        if to > MAX_GGUF_HEAD_BYTES {
            return Err(GgufProblem::HeadTooLong(MAX_GGUF_HEAD_BYTES).into());
        }
        self.at = to;
        Ok(())
    }
}

/// Bytes of a value of a type that has a fixed size.
fn width(number: u32) -> Option<u64> {
    match number {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// A number or a truth value as text.
fn shown(number: u32, bytes: &[u8]) -> String {
    let mut whole = [0; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    let unsigned = u64::from_le_bytes(whole);
    let spare = 64 - 8 * u32::try_from(bytes.len()).unwrap_or(8);
    match number {
        1 | 3 | 5 | 11 => ((unsigned << spare).cast_signed() >> spare).to_string(),
        6 => f32::from_le_bytes([whole[0], whole[1], whole[2], whole[3]]).to_string(),
        7 => (unsigned != 0).to_string(),
        12 => f64::from_le_bytes(whole).to_string(),
        _ => unsigned.to_string(),
    }
}

/// The number format of a number in a file.
fn format(number: u32) -> Option<Dtype> {
    Some(match number {
        0 => Dtype::F32,
        1 => Dtype::F16,
        24 => Dtype::I8,
        25 => Dtype::I16,
        26 => Dtype::I32,
        27 => Dtype::I64,
        28 => Dtype::F64,
        30 => Dtype::BF16,
        _ => Dtype::Ggml(Ggml::of_number(number)?),
    })
}
