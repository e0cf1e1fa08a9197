//! `PyTorch` files in zip form (`.bin`, `.pt`, `.pth`), read without executing anything (docs/decisions/0022).
//!
//! `torch.save` writes a zip archive whose entries are stored as they are: `data.pkl` says which tensors there are, and
//! each storage of numbers is an entry of its own, so that a tensor is a range of bytes of the file as in a safetensors
//! file. `data.pkl` is a pickle, a program for a small stack machine that in Python may call anything. Here the machine
//! builds a tree of values, knows the few names that weights need ([`names`]), and calls nothing.

mod archive;
mod error;
mod names;
mod pickle;
mod state;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom};

pub use error::TorchProblem;

use self::archive::{Archive, Span};
use self::pickle::{Pickle, Tensor};
use super::roles::{Role, role_of};
use super::{
    Dtype, Header, HeaderTensor, MAX_HEADER_BYTES, MAX_NAME_BYTES, MAX_RANK, MAX_TENSORS, Problem, Tied, WeightsError,
};
use crate::files::Form;
use crate::text::{Untrusted, why_not};

/// Reads the tensors of a `PyTorch` file in zip form. `source` is a file of `file_bytes` bytes, `file` its name in
/// errors.
///
/// Tensors over the same bytes are one tensor and its names ([`Header::tied`]). Values that are no tensors (epochs,
/// settings) are passed over, and so are the states of optimisers. Numbers themselves are not read, nor are checksums
/// of the archive looked at.
pub fn read_torch(file: &str, source: &mut (impl Read + Seek), file_bytes: u64) -> Result<Header, WeightsError> {
    let fail = |offset: Option<u64>, problem: TorchProblem| WeightsError::new(file, offset, problem.into());
    let archive = Archive::open(source, file_bytes).map_err(|problem| fail(None, problem))?;
    let (folder, program) = data(&archive).map_err(|problem| fail(None, problem))?;
    if let Some(order) = archive.get(&format!("{folder}byteorder")) {
        let order = read(file, source, order, 64)?;
        if order != b"little" {
            return Err(fail(None, TorchProblem::ByteOrder(String::from_utf8_lossy(&order).into_owned())));
        }
    }
    let bytes = read(file, source, program, MAX_HEADER_BYTES)?;
    let pickle = Pickle::read(&bytes).map_err(|(at, problem)| fail(Some(program.begin + at as u64), problem))?;
    let found = state::tensors(&pickle).map_err(|problem| WeightsError::new(file, program.begin, problem))?;
    let mut placing = Placing { archive: &archive, folder: &folder, pickle: &pickle, storages: HashMap::new() };
    let mut seen = HashSet::new();
    let mut tensors = Vec::with_capacity(found.tensors.len());
    for (name, tensor) in found.tensors {
        let tensor = named(&name)
            .and_then(|()| if seen.insert(name.clone()) { Ok(()) } else { Err(Problem::DuplicateName(name.clone())) })
            .and_then(|()| placing.place(name, &tensor))
            .map_err(|problem| WeightsError::new(file, program.begin, problem))?;
        tensors.push(tensor);
    }
    let (tensors, tied) = once(tensors).map_err(|(at, problem)| WeightsError::new(file, at, problem))?;
    let data_start = tensors.first().map_or(file_bytes, |tensor| tensor.begin);
    let metadata = Vec::new();
    Ok(Header { form: Form::Torch, data_start, tensors, metadata, tied, passed_over: found.passed_over })
}

/// The folder of the archive that holds `data.pkl`, with its `/`, and where that lies.
fn data(archive: &Archive) -> Result<(String, Span), TorchProblem> {
    let mut programs = archive.entries().filter_map(|(name, span)| {
        let folder = name.strip_suffix("data.pkl")?;
        (folder.is_empty() || folder.find('/') == Some(folder.len() - 1)).then_some((folder.to_owned(), span))
    });
    let Some((folder, span)) = programs.next() else { return Err(TorchProblem::NoData) };
    if programs.next().is_some() {
        return Err(TorchProblem::TwoPrograms);
    }
    Ok((folder, span))
}

/// The bytes of an entry, of at most `limit` bytes.
fn read(file: &str, source: &mut (impl Read + Seek), span: Span, limit: u64) -> Result<Vec<u8>, WeightsError> {
    let io = |error: std::io::Error| WeightsError::new(file, span.begin, Problem::Io(why_not(&error)));
    let length = span.end - span.begin;
    if length > limit {
        return Err(WeightsError::new(
            file,
            span.begin,
            TorchProblem::ProgramTooLong { claimed: length, limit }.into(),
        ));
    }
    let mut bytes = Vec::new();
    source.seek(SeekFrom::Start(span.begin)).map_err(io)?;
    source.take(length).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(WeightsError::new(file, span.begin, Problem::Changed)) }
}

/// The limits that hold for names in every form.
fn named(name: &str) -> Result<(), Problem> {
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        return Err(Problem::NameLength(name.len()));
    }
    if name.chars().any(char::is_control) {
        return Err(Problem::NameControl(Untrusted::new(name).into_string()));
    }
    Ok(())
}

/// Where tensors lie.
struct Placing<'a> {
    archive: &'a Archive,
    folder: &'a str,
    pickle: &'a Pickle<'a>,
    /// By key: where the storage lies and what the pickle said of it.
    storages: HashMap<&'a str, (Span, Option<Dtype>, u64)>,
}

impl Placing<'_> {
    fn place(&mut self, name: String, tensor: &Tensor) -> Result<HeaderTensor, Problem> {
        let (stored, kind) = self.storage(&name, tensor)?;
        let rank = Pickle::count(tensor.shape).max(Pickle::count(tensor.stride));
        if rank > MAX_RANK {
            return Err(Problem::Rank { name, rank });
        }
        let shape = self.pickle.lengths(tensor.shape).ok_or_else(|| TorchProblem::Shape(name.clone()))?;
        let overflow = || Problem::Overflow(name.clone());
        let elements = shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side));
        let elements = elements.ok_or_else(overflow)?;
        let strides = self.pickle.lengths(tensor.stride).ok_or_else(|| TorchProblem::Shape(name.clone()))?;
        if !is_contiguous(&shape, &strides) {
            return Err(TorchProblem::Strided(name).into());
        }
        let width = kind.bits() / 8;
        let bytes = elements.checked_mul(width).ok_or_else(overflow)?;
        let begin = tensor.offset.checked_mul(width).and_then(|offset| offset.checked_add(stored.begin));
        let begin = begin.ok_or_else(overflow)?;
        let end = begin.checked_add(bytes).ok_or_else(overflow)?;
        if end > stored.end {
            return Err(TorchProblem::BeyondStorage { name, bytes: end - stored.end }.into());
        }
        Ok(HeaderTensor { name, dtype: kind, shape, begin, end, elements })
    }

    /// Where a tensor's storage lies, and its number format.
    fn storage(&mut self, name: &str, tensor: &Tensor) -> Result<(Span, Dtype), Problem> {
        let storage = self.pickle.storage(tensor.storage);
        let key = self.pickle.text(storage.key).ok_or_else(|| TorchProblem::Key(name.to_owned()))?;
        let span = match self.storages.get(key) {
            // One storage has one format and one length, whoever names it.
            Some(&(span, kind, count)) if kind == storage.kind && count == storage.count => span,
            Some(_) => return Err(TorchProblem::TwoFormats(key.to_owned()).into()),
            None => {
                let span = self.archive.get(&format!("{}data/{key}", self.folder));
                let span = span.ok_or_else(|| TorchProblem::StorageMissing(key.to_owned()))?;
                let width = storage.kind.map_or(1, |kind| kind.bits() / 8);
                let (held, needed) = (span.end - span.begin, storage.count.saturating_mul(width));
                if held != needed {
                    return Err(TorchProblem::StorageSize { key: key.to_owned(), needed, held }.into());
                }
                self.storages.insert(key, (span, storage.kind, storage.count));
                span
            }
        };
        match tensor.kind.or(storage.kind) {
            Some(kind) if storage.kind.is_none_or(|stored| stored == kind) => Ok((span, kind)),
            _ => Err(TorchProblem::TwoFormats(key.to_owned()).into()),
        }
    }
}

/// Whether the numbers lie row after row without a gap. Dimensions of one and tensors without numbers may say what they
/// like.
fn is_contiguous(shape: &[u64], strides: &[u64]) -> bool {
    if shape.len() != strides.len() {
        return false;
    }
    let mut step = 1_u64;
    shape.contains(&0)
        || shape.iter().zip(strides).rev().all(|(&side, &stride)| {
            let fits = side == 1 || stride == step;
            step = step.saturating_mul(side);
            fits
        })
}

/// What several names say of the same bytes is counted once: under the table of tokens where one of them is that, else
/// under the name that comes first in the file. Parts of each other's bytes are refused.
fn once(tensors: Vec<HeaderTensor>) -> Result<(Vec<HeaderTensor>, Vec<Tied>), (u64, Problem)> {
    if tensors.len() > MAX_TENSORS {
        return Err((0, Problem::TooManyTensors(MAX_TENSORS)));
    }
    let mut by_place: BTreeMap<(u64, u64), Vec<HeaderTensor>> = BTreeMap::new();
    let mut kept = Vec::new();
    for tensor in tensors {
        if tensor.begin == tensor.end {
            kept.push(tensor);
        } else {
            by_place.entry((tensor.begin, tensor.end)).or_default().push(tensor);
        }
    }
    let mut tied = Vec::new();
    let mut reached = 0;
    for ((begin, end), mut names) in by_place {
        if begin < reached {
            return Err((begin, Problem::Overlap(names.swap_remove(0).name)));
        }
        reached = end;
        let table = names.iter().position(|tensor| role_of(&tensor.name, "") == Role::TokenEmbedding);
        let owner = names.remove(table.unwrap_or(0));
        for other in names {
            if other.dtype != owner.dtype || other.elements != owner.elements {
                return Err((begin, Problem::Overlap(other.name)));
            }
            tied.push(Tied { name: other.name, with: owner.name.clone() });
        }
        kept.push(owner);
    }
    kept.sort_by(|a, b| (a.begin, a.end, &a.name).cmp(&(b.begin, b.end, &b.name)));
    Ok((kept, tied))
}
