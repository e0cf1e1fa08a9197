//! The header of one safetensors file (method 3.1, 3.9).
//!
//! Eight bytes give the header's length, then JSON gives each tensor's type, shape and place; the places must cover the
//! rest of the file without hole or overlap. Limits are narrower than the format's own, so that a hostile
//! file costs little: see the constants.

use std::collections::HashSet;
use std::fmt;
use std::io::Read as _;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::{Dtype, Problem, WeightsError};
use crate::files::Form;
use crate::text::{Untrusted, json_why, says, why_not};

/// Longest header that is read, in bytes.
pub const MAX_HEADER_BYTES: u64 = 32 << 20;
/// Most tensors in one file.
pub const MAX_TENSORS: usize = 500_000;
/// Longest tensor name, in bytes.
pub const MAX_NAME_BYTES: usize = 1024;
/// Most dimensions of a tensor.
pub const MAX_RANK: usize = 16;

/// What a file says of its tensors, where it keeps the rules of its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The form of the file.
    pub form: Form,
    /// Where the numbers begin, in bytes from the file's start.
    pub data_start: u64,
    /// The tensors in the order of their places.
    pub tensors: Vec<HeaderTensor>,
    /// What else the file says, in its order: `__metadata__` of a safetensors file, the short values of a GGUF file.
    pub metadata: Vec<(String, String)>,
    /// Further names of tensors that stand in `tensors` under another name. They add no numbers.
    pub tied: Vec<Tied>,
    /// Parts of the file that hold tensors of something else than the model, such as the state of an optimiser.
    pub passed_over: Vec<String>,
}

/// A name for the numbers of another tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tied {
    /// The further name.
    pub name: String,
    /// The name under which the numbers are listed.
    pub with: String,
}

/// One tensor of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderTensor {
    /// Its name.
    pub name: String,
    /// Number format.
    pub dtype: Dtype,
    /// Dimensions.
    pub shape: Vec<u64>,
    /// First byte, from the file's start.
    pub begin: u64,
    /// One after the last byte, from the file's start.
    pub end: u64,
    /// Number of elements.
    pub elements: u64,
}

/// Reads a header from `source`, which is a file of `file_bytes` bytes. `file` is its name in errors.
pub fn read_header(file: &str, source: &mut impl std::io::Read, file_bytes: u64) -> Result<Header, WeightsError> {
    let fail = |offset: u64, problem| WeightsError::new(file, offset, problem);
    let io = |offset: u64, error: std::io::Error| fail(offset, Problem::Io(why_not(&error)));
    if file_bytes < 8 {
        return Err(fail(0, Problem::TooShort(file_bytes)));
    }
    let mut length = [0; 8];
    source.read_exact(&mut length).map_err(|error| io(0, error))?;
    let claimed = u64::from_le_bytes(length);
    let left = file_bytes - 8;
    if claimed > left {
        return Err(fail(0, Problem::HeaderBeyondEnd { claimed, left }));
    }
    if claimed > MAX_HEADER_BYTES {
        return Err(fail(0, Problem::HeaderTooLong { claimed, limit: MAX_HEADER_BYTES }));
    }
    let mut json = Vec::new();
    source.take(claimed).read_to_end(&mut json).map_err(|error| io(8, error))?;
    if json.len() as u64 != claimed {
        return Err(fail(8, Problem::Changed));
    }
    if json.first() != Some(&b'{') {
        return Err(fail(8, Problem::Malformed(says("`{`로 시작해야 한다", "it must begin with {"))));
    }
    let text = std::str::from_utf8(&json).map_err(|error| {
        fail(8 + error.valid_up_to() as u64, Problem::Malformed(says("UTF-8이 아니다", "it is not UTF-8")))
    })?;
    let raw: RawHeader = serde_json::from_str(text).map_err(|error| {
        let at = byte_of(text, error.line(), error.column());
        fail(8 + at, problem_of(&error))
    })?;
    let data_start = 8 + claimed;
    let tensors = placed(file, raw.tensors, data_start, file_bytes)?;
    let (tied, passed_over) = (Vec::new(), Vec::new());
    Ok(Header { form: Form::Safetensors, data_start, tensors, metadata: raw.metadata, tied, passed_over })
}

/// Checks each tensor by itself, then that together they cover the data without hole or overlap.
fn placed(
    file: &str,
    raw: Vec<(String, RawTensor)>,
    data_start: u64,
    file_bytes: u64,
) -> Result<Vec<HeaderTensor>, WeightsError> {
    let fail = |offset: u64, problem| Err(WeightsError::new(file, offset, problem));
    let mut tensors = Vec::with_capacity(raw.len());
    for (name, RawTensor { dtype, shape, data_offsets: (begin, end) }) in raw {
        if shape.len() > MAX_RANK {
            return fail(8, Problem::Rank { name, rank: shape.len() });
        }
        let Some(elements) = shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side)) else {
            return fail(8, Problem::Overflow(name));
        };
        let Some(bits) = elements.checked_mul(dtype.bits()) else { return fail(8, Problem::Overflow(name)) };
        if bits % 8 != 0 {
            return fail(8, Problem::PartialByte(name));
        }
        let Some(span) = end.checked_sub(begin) else { return fail(8, Problem::Reversed(name)) };
        if span != bits / 8 {
            return fail(8, Problem::SizeMismatch { name, needed: bits / 8, span });
        }
        let (Some(begin), Some(end)) = (begin.checked_add(data_start), end.checked_add(data_start)) else {
            return fail(8, Problem::Overflow(name));
        };
        tensors.push(HeaderTensor { name, dtype, shape, begin, end, elements });
    }
    tensors.sort_by(|a, b| (a.begin, a.end, &a.name).cmp(&(b.begin, b.end, &b.name)));
    let mut reached = data_start;
    for tensor in &tensors {
        let name = || tensor.name.clone();
        if tensor.begin < reached {
            return fail(tensor.begin, Problem::Overlap(name()));
        }
        if tensor.begin > reached {
            return fail(reached, Problem::Hole { name: name(), bytes: tensor.begin - reached });
        }
        if tensor.end > file_bytes {
            return fail(tensor.begin, Problem::BeyondEnd { name: name(), bytes: tensor.end - file_bytes });
        }
        reached = tensor.end;
    }
    if reached < file_bytes {
        return fail(reached, Problem::Trailing(file_bytes - reached));
    }
    Ok(tensors)
}

/// Byte offset of a line and column (both from 1, as `serde_json` counts) in `text`.
fn byte_of(text: &str, line: usize, column: usize) -> u64 {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)) as u64
}

/// Errors raised below carry their kind behind a mark, because serde knows only sentences.
fn problem_of(error: &serde_json::Error) -> Problem {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(sentence, _)| sentence);
    match said.split_once('\u{1}') {
        Some(("duplicate", name)) => Problem::DuplicateName(name.to_owned()),
        Some(("many", _)) => Problem::TooManyTensors(MAX_TENSORS),
        Some(("length", length)) => Problem::NameLength(length.parse().unwrap_or(0)),
        Some(("control", name)) => Problem::NameControl(name.to_owned()),
        _ => Problem::Malformed(json_why(error)),
    }
}

struct RawHeader {
    tensors: Vec<(String, RawTensor)>,
    metadata: Vec<(String, String)>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTensor {
    #[serde(deserialize_with = "Dtype::deserialize_plain")]
    dtype: Dtype,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl<'de> Deserialize<'de> for RawHeader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = RawHeader;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of tensors")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawHeader, A::Error> {
                let mut header = RawHeader { tensors: Vec::new(), metadata: Vec::new() };
                let mut seen = HashSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name.is_empty() || name.len() > MAX_NAME_BYTES {
                        return Err(A::Error::custom(format_args!("length\u{1}{}", name.len())));
                    }
                    if name.chars().any(char::is_control) {
                        return Err(A::Error::custom(format_args!("control\u{1}{}", Untrusted::new(&name))));
                    }
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom(format_args!("duplicate\u{1}{name}")));
                    }
                    if header.tensors.len() == MAX_TENSORS {
                        return Err(A::Error::custom("many\u{1}"));
                    }
                    if name == "__metadata__" {
                        header.metadata = map.next_value::<Metadata>()?.0;
                    } else {
                        header.tensors.push((name, map.next_value()?));
                    }
                }
                Ok(header)
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// `__metadata__`: strings by name; a value of another type is left out rather than refused, because it places nothing.
struct Metadata(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Metadata;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of strings")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
                #[derive(serde::Deserialize)]
                #[serde(untagged)]
                enum Text {
                    Known(String),
                    Other(IgnoredAny),
                }
                let mut pairs = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Text>()? {
                    if let Text::Known(value) = value {
                        pairs.push((name, value));
                    }
                }
                Ok(Metadata(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(json: &str, data: usize) -> Vec<u8> {
        let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(json.as_bytes());
        bytes.resize(bytes.len() + data, 0);
        bytes
    }

    fn problem(bytes: &[u8]) -> Problem {
        read_header("m", &mut &bytes[..], bytes.len() as u64).expect_err("refused").problem
    }

    #[test]
    fn a_plain_header_is_read_in_the_order_of_places() {
        let json = r#"{"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"__metadata__":{"format":"pt"},
            "a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]},"z":{"dtype":"U8","shape":[2,0],"data_offsets":[4,4]},
            "c":{"dtype":"I8","shape":[1,2],"data_offsets":[2,4]}}   "#;
        let bytes = file(json, 12);
        let header = read_header("m", &mut &bytes[..], bytes.len() as u64).expect("read");
        let names: Vec<_> = header.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        assert_eq!(names, ["a", "c", "z", "b"]);
        assert_eq!(header.metadata, [("format".to_owned(), "pt".to_owned())]);
        assert_eq!(header.tensors[0].elements, 1);
    }

    #[test]
    fn each_broken_rule_has_its_own_words() {
        let t = |offsets: &str, shape: &str| {
            format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#)
        };
        assert!(matches!(problem(b"abc"), Problem::TooShort(3)));
        assert!(matches!(problem(&u64::MAX.to_le_bytes()), Problem::HeaderBeyondEnd { .. }));
        assert!(matches!(problem(&file(" {}", 0)), Problem::Malformed(_)));
        assert!(matches!(problem(&file("\u{feff}{}", 0)), Problem::Malformed(_)));
        assert!(matches!(problem(&file("[]", 0)), Problem::Malformed(_)));
        assert!(matches!(problem(&file(&t("[0,4]", "[2]"), 4)), Problem::SizeMismatch { .. }));
        assert!(matches!(problem(&file(&t("[4,0]", "[1]"), 4)), Problem::Reversed(_)));
        assert!(matches!(problem(&file(&t("[4,8]", "[1]"), 8)), Problem::Hole { .. }));
        assert!(matches!(problem(&file(&t("[0,4]", "[1]"), 3)), Problem::BeyondEnd { .. }));
        assert!(matches!(problem(&file(&t("[0,4]", "[1]"), 5)), Problem::Trailing(1)));
        assert!(matches!(problem(&file(&t("[0,4]", "[1.0]"), 4)), Problem::Malformed(_)));
        assert!(matches!(problem(&file(&t("[0,4]", "[-1]"), 4)), Problem::Malformed(_)));
        assert!(matches!(problem(&file(&t("[0,4]", "[1099511627776,1099511627776]"), 4)), Problem::Overflow(_)));
        assert!(matches!(problem(&file(&t("[0,4]", &format!("[{}1]", "1,".repeat(20))), 4)), Problem::Rank { .. }));
        let twice = r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#;
        assert_eq!(problem(&file(twice, 2)), Problem::DuplicateName("a".to_owned()));
        let over = r#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#;
        assert!(matches!(problem(&file(over, 3)), Problem::Overlap(_)));
        let half = r#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#;
        assert!(matches!(problem(&file(half, 1)), Problem::PartialByte(_)));
        let control = r#"{"a\u0007":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#;
        assert!(matches!(problem(&file(control, 1)), Problem::NameControl(_)));
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        assert!(matches!(problem(&file(&deep, 0)), Problem::Malformed(_)));
    }

    #[test]
    fn an_error_points_at_its_byte() {
        let bytes = file("{\"a\": @}", 0);
        let error = read_header("m", &mut &bytes[..], bytes.len() as u64).expect_err("refused");
        assert_eq!(error.offset, Some(8 + 6));
    }
}
