//! What can be wrong with a checkpoint.

use std::fmt;

/// A checkpoint that could not be used: which file, where in it, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightsError {
    /// Path as it was asked for.
    pub file: String,
    /// Byte offset in the file, where one is known.
    pub offset: Option<u64>,
    /// What is wrong.
    pub problem: Problem,
}

impl WeightsError {
    pub(crate) fn new(file: impl Into<String>, offset: impl Into<Option<u64>>, problem: Problem) -> Self {
        Self { file: file.into(), offset: offset.into(), problem }
    }
}

impl fmt::Display for WeightsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(out, "{}, byte {offset}: {}", self.file, self.problem),
            None => write!(out, "{}: {}", self.file, self.problem),
        }
    }
}

impl std::error::Error for WeightsError {}

/// The kinds of wrong, each said in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The operating system refused.
    #[error("{0}")]
    Io(String),
    /// A device, a pipe or a directory stands where a file should.
    #[error("this is not a regular file")]
    NotAFile,
    /// The path leads out of the model's directory.
    #[error("this leads out of the model's directory, so it is not read")]
    Outside,
    /// The directory holds no safetensors file.
    #[error("there is no safetensors file here")]
    NoWeights,
    /// The file has fewer than eight bytes.
    #[error("the file has {0} bytes; a safetensors file begins with eight that say how long its header is")]
    TooShort(u64),
    /// The header claims to be longer than the rest of the file.
    #[error("the header claims {claimed} bytes, but only {left} follow")]
    HeaderBeyondEnd {
        /// Length that the first eight bytes state.
        claimed: u64,
        /// Bytes after them.
        left: u64,
    },
    /// The header is longer than this program reads.
    #[error("the header claims {claimed} bytes; at most {limit} are read")]
    HeaderTooLong {
        /// Length that the first eight bytes state.
        claimed: u64,
        /// The limit.
        limit: u64,
    },
    /// The header is not JSON of the expected form.
    #[error("the header is not what the format prescribes: {0}")]
    Malformed(String),
    /// Two tensors have one name.
    #[error("two tensors are called {0:?}")]
    DuplicateName(String),
    /// More tensors than are read.
    #[error("there are more than {0} tensors")]
    TooManyTensors(usize),
    /// A name that is longer than is read, or empty.
    #[error("a tensor's name has {0} bytes; 1 to {limit} are read", limit = super::MAX_NAME_BYTES)]
    NameLength(usize),
    /// A control character in a name.
    #[error("the tensor name {0:?} holds a control character")]
    NameControl(String),
    /// A shape with too many dimensions.
    #[error("{name:?} has {rank} dimensions; at most {limit} are read", limit = super::MAX_RANK)]
    Rank {
        /// The tensor.
        name: String,
        /// Its number of dimensions.
        rank: usize,
    },
    /// A shape whose number of elements is beyond 64 bits.
    #[error("the shape of {0:?} multiplies to more numbers than 64 bits can count")]
    Overflow(String),
    /// The offsets do not give the number of bytes that type and shape need.
    #[error("{name:?} needs {needed} bytes by type and shape, but its offsets span {span}")]
    SizeMismatch {
        /// The tensor.
        name: String,
        /// Bytes by type and shape.
        needed: u64,
        /// Bytes by offsets.
        span: u64,
    },
    /// A number of elements that does not fill whole bytes.
    #[error("{0:?} does not fill whole bytes")]
    PartialByte(String),
    /// End before begin.
    #[error("the offsets of {0:?} end before they begin")]
    Reversed(String),
    /// A tensor overlaps another.
    #[error("{0:?} overlaps the tensor before it")]
    Overlap(String),
    /// Bytes that belong to no tensor.
    #[error("{bytes} bytes before {name:?} belong to no tensor")]
    Hole {
        /// The tensor after the hole.
        name: String,
        /// Its size.
        bytes: u64,
    },
    /// A tensor reaches past the end of the file.
    #[error("{name:?} ends {bytes} bytes after the end of the file")]
    BeyondEnd {
        /// The tensor.
        name: String,
        /// By how much.
        bytes: u64,
    },
    /// Bytes after the last tensor.
    #[error("{0} bytes after the last tensor belong to none")]
    Trailing(u64),
    /// The index is not JSON of the expected form.
    #[error("the index is not what the format prescribes: {0}")]
    IndexMalformed(String),
    /// The index is longer than this program reads.
    #[error("the index has {0} bytes; at most {limit} are read", limit = super::MAX_HEADER_BYTES)]
    IndexTooLong(u64),
    /// A shard's name is no plain file name.
    #[error("the index names {0:?}, which is no plain file name in the model's directory")]
    ShardName(String),
    /// A shard is missing.
    #[error("the index names the file {0:?}, which is not there")]
    ShardMissing(String),
    /// A tensor is not in the shard that the index names.
    #[error("the index says that {tensor:?} is in {shard:?}; it is not")]
    TensorMissing {
        /// The tensor.
        tensor: String,
        /// The shard.
        shard: String,
    },
    /// One tensor in two files.
    #[error("{tensor:?} is in {first:?} and in {second:?}")]
    InTwoFiles {
        /// The tensor.
        tensor: String,
        /// First file.
        first: String,
        /// Second file.
        second: String,
    },
    /// The file changed while it was read.
    #[error("the file changed while it was read")]
    Changed,
    /// The numbers are packed in a way that is not compared.
    #[error("{0:?} is packed in a way whose numbers are not compared")]
    Packed(String),
}
