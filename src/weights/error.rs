//! What can be wrong with a checkpoint.

use std::fmt;

use super::{GgufProblem, TorchProblem};
use crate::text::{Says, says};

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

    /// File, place and what is wrong, in both languages.
    pub fn says(&self) -> Says {
        let (file, problem) = (&self.file, self.problem.says().ko);
        match self.offset {
            Some(offset) => says(format!("{file}, 바이트 {offset}: {problem}"), self),
            None => says(format!("{file}: {problem}"), self),
        }
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
    #[error("{}", .0.en)]
    Io(Says),
    /// A device, a pipe or a directory stands where a file should.
    #[error("this is not a regular file")]
    NotAFile,
    /// What only `PyTorch` files get wrong.
    #[error("{0}")]
    Torch(TorchProblem),
    /// What only GGUF files get wrong.
    #[error("{0}")]
    Gguf(GgufProblem),
    /// A file of a form that is known by name only.
    #[error("this is a file of the form {0}, whose tensors are not read")]
    OtherContent(&'static str),
    /// The directory cannot be used.
    #[error("{}", .0.en)]
    Directory(Box<Says>),
    /// The directory holds no weights at all.
    #[error("there are no weights here: no safetensors file, no PyTorch file and no GGUF file")]
    NoWeights,
    /// There are weights, in a form that is not read.
    #[error("{name:?} is {}, a form that is not read", form.en)]
    OtherForm {
        /// The first such file.
        name: String,
        /// What it is.
        form: Says,
    },
    /// The weights are pointers of Git LFS.
    #[error("{first:?} is a pointer of Git LFS and not the weights themselves: run `git lfs pull`")]
    Pointers {
        /// The first pointer.
        first: String,
        /// How many there are.
        count: usize,
    },
    /// Not one number that could be compared.
    #[error("no number here can be compared: all are missing, zero, infinite or not a number")]
    Barren,
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
    #[error("the header is not what the format prescribes: {}", .0.en)]
    Malformed(Says),
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
    #[error("the index is not what the format prescribes: {}", .0.en)]
    IndexMalformed(Says),
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
    /// Scales that do not fit what they scale.
    #[error("the scales of {0:?} do not divide it into rows or blocks")]
    ScaleShape(String),
    /// The numbers are packed in a way that is not compared.
    #[error("{0:?} is packed in a way whose numbers are not compared")]
    Packed(String),
}

impl Problem {
    /// What is wrong in both languages. What the operating system said is told in own words.
    pub fn says(&self) -> Says {
        says(self.korean(), self)
    }

    /// What to do about it.
    pub fn help(&self) -> Says {
        match self {
            Self::Pointers { .. } => says(
                "`git lfs pull`을 실행하면 포인터 자리에 가중치가 온다",
                "run `git lfs pull`, which puts the weights in the place of their pointers",
            ),
            Self::NoWeights | Self::OtherForm { .. } | Self::Directory(_) => says(
                "safetensors, PyTorch, GGUF 가중치가 있는 디렉터리나 스케치를 가리킨다",
                "point at a directory with safetensors, PyTorch or GGUF weights, or at a sketch",
            ),
            Self::ShardMissing(_) | Self::TensorMissing { .. } | Self::IndexMalformed(_) | Self::ShardName(_) => says(
                "빠진 파일을 다시 내려받거나, 색인이 오래된 것이면 지우거나 모델을 다시 저장해 새로 만든다",
                "download what is missing again, or, if the index is out of date, remove it or make the index again \
                by saving the model anew",
            ),
            Self::Torch(_) | Self::Gguf(_) | Self::OtherContent(_) => says(
                "믿을 수 있는 곳에서 열어 safetensors로 저장하면 읽을 수 있다",
                "opened in a place that you trust and saved as safetensors, it can be read",
            ),
            Self::InTwoFiles { .. } => says(
                "두 파일 가운데 하나를 치우거나 색인을 다시 만든다",
                "take one of the two files away, or make the index again",
            ),
            _ => says(
                "파일을 다시 내려받고, 해시를 원본과 견준다",
                "download the file again, and compare its digest with the original's",
            ),
        }
    }

    fn korean(&self) -> String {
        match self {
            Self::Io(said) => said.ko.clone(),
            Self::NotAFile => "일반 파일이 아니다".to_owned(),
            Self::Torch(problem) => problem.korean(),
            Self::Gguf(problem) => problem.korean(),
            Self::OtherContent(form) => format!("{form} 형식의 파일이며, 텐서를 읽지 않는다"),
            Self::Directory(said) => said.ko.clone(),
            Self::NoWeights => "여기에 가중치가 없다. safetensors, PyTorch, GGUF 파일이 하나도 없다".to_owned(),
            Self::OtherForm { name, form } => format!("{name:?}의 형식은 {}이며, 읽지 않는 형식이다", form.ko),
            Self::Pointers { first, .. } => {
                format!("{first:?}은(는) Git LFS 포인터일 뿐 가중치가 아니다. `git lfs pull`을 실행한다")
            }
            Self::Barren => {
                "비교할 수 있는 수가 하나도 없다. 모두 비어 있거나 0이거나 무한대이거나 수가 아니다".to_owned()
            }
            Self::TooShort(bytes) => {
                format!("파일이 {bytes} B이다. safetensors 파일은 머리말의 길이를 적은 8 B로 시작한다")
            }
            Self::HeaderBeyondEnd { claimed, left } => {
                format!("머리말이 {claimed} B라고 하지만 남은 것은 {left} B뿐이다")
            }
            Self::HeaderTooLong { claimed, limit } => format!("머리말이 {claimed} B라고 한다. {limit} B까지만 읽는다"),
            Self::Malformed(why) => format!("머리말이 형식에 맞지 않는다: {}", why.ko),
            Self::DuplicateName(name) => format!("이름이 {name:?}인 텐서가 둘이다"),
            Self::TooManyTensors(limit) => format!("텐서가 {limit}개보다 많다"),
            Self::NameLength(bytes) => {
                format!("텐서 이름이 {bytes} B이다. 1 B에서 {} B까지 읽는다", super::MAX_NAME_BYTES)
            }
            Self::NameControl(name) => format!("텐서 이름 {name:?}에 제어 문자가 있다"),
            Self::Rank { name, rank } => format!("{name:?}은(는) {rank}차원이다. {}차원까지 읽는다", super::MAX_RANK),
            Self::Overflow(name) => format!("{name:?}의 모양을 곱하면 64비트로 셀 수 있는 수를 넘는다"),
            Self::SizeMismatch { name, needed, span } => {
                format!("{name:?}은(는) 형식과 모양대로라면 {needed} B인데, 적힌 위치는 {span} B를 차지한다")
            }
            Self::PartialByte(name) => format!("{name:?}은(는) 바이트를 다 채우지 못한다"),
            Self::Reversed(name) => format!("{name:?}의 끝 위치가 시작 위치보다 앞이다"),
            Self::Overlap(name) => format!("{name:?}이(가) 앞의 텐서와 겹친다"),
            Self::Hole { name, bytes } => format!("{name:?} 앞의 {bytes} B는 어느 텐서의 것도 아니다"),
            Self::BeyondEnd { name, bytes } => format!("{name:?}이(가) 파일 끝을 {bytes} B 넘어간다"),
            Self::Trailing(bytes) => format!("마지막 텐서 뒤의 {bytes} B는 어느 텐서의 것도 아니다"),
            Self::IndexMalformed(why) => format!("색인이 형식에 맞지 않는다: {}", why.ko),
            Self::IndexTooLong(bytes) => {
                format!("색인이 {bytes} B이다. {} B까지만 읽는다", super::MAX_HEADER_BYTES)
            }
            Self::ShardName(name) => format!("색인이 가리키는 {name:?}은(는) 모델 디렉터리 안의 파일 이름이 아니다"),
            Self::ShardMissing(name) => format!("색인이 가리키는 파일 {name:?}이(가) 없다"),
            Self::TensorMissing { tensor, shard } => {
                format!("색인은 {tensor:?}이(가) {shard:?}에 있다고 하지만 없다")
            }
            Self::InTwoFiles { tensor, first, second } => format!("{tensor:?}이(가) {first:?}에도 {second:?}에도 있다"),
            Self::Changed => "읽는 동안 파일이 바뀌었다".to_owned(),
            Self::ScaleShape(name) => format!("{name:?}의 배율이 행이나 블록과 맞지 않는다"),
            Self::Packed(name) => format!("{name:?}은(는) 수를 견주지 않는 묶음 형식이다"),
        }
    }
}
