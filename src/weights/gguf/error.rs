//! What can be wrong with a GGUF file.

use crate::weights::Problem;

/// The kinds of wrong that only GGUF files have, each said in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GgufProblem {
    /// A version that is not read.
    #[error("this is GGUF of version {0}; versions 2 and 3 are read. Convert it anew with a current llama.cpp")]
    Version(u32),
    /// Numbers in another order of bytes.
    #[error("this GGUF file is in big-endian byte order; only little-endian ones are read")]
    BigEndian,
    /// The file ends within its head.
    #[error("the file ends within its list of values or tensors")]
    EndsEarly,
    /// The head is longer than this program reads.
    #[error("the list of values and tensors takes more than {0} bytes, which is the most that is read")]
    HeadTooLong(u64),
    /// More values than are read.
    #[error("the file states {0} values; at most {limit} are read", limit = super::MAX_KEYS)]
    TooManyKeys(u64),
    /// A key that is none.
    #[error("a key has {0} bytes; 1 to {limit} are read", limit = crate::weights::MAX_NAME_BYTES)]
    KeyLength(u64),
    /// A text that is none.
    #[error("a key or a tensor's name is not UTF-8")]
    NotText,
    /// A key twice.
    #[error("the key {0:?} stands twice")]
    KeyTwice(String),
    /// A value of a type that the format does not have.
    #[error("the value of {key:?} has the type {number}, which the format does not have")]
    ValueType {
        /// The key.
        key: String,
        /// The type's number.
        number: u32,
    },
    /// Arrays in arrays.
    #[error("the value of {0:?} is an array of arrays, which is not read")]
    Nested(String),
    /// An alignment that is none.
    #[error("general.alignment is {0}; it must be a power of two from 8 to 65536")]
    Alignment(u64),
    /// A number format that is not known.
    #[error("{name:?} has the number format {number} of ggml, which is not known or was taken back")]
    Format {
        /// The tensor.
        name: String,
        /// The format's number.
        number: u32,
    },
    /// Rows that are not whole blocks.
    #[error("a row of {name:?} has {row} numbers, but {word} stores {block} at a time")]
    Block {
        /// The tensor.
        name: String,
        /// Length of its rows.
        row: u64,
        /// The format.
        word: &'static str,
        /// Numbers of a block.
        block: u64,
    },
    /// A place that is not aligned.
    #[error("{0:?} does not begin at a multiple of the alignment")]
    Unaligned(String),
}

impl From<GgufProblem> for Problem {
    fn from(problem: GgufProblem) -> Self {
        Self::Gguf(problem)
    }
}

impl GgufProblem {
    /// What is wrong, in Korean.
    pub(in crate::weights) fn korean(&self) -> String {
        match self {
            Self::Version(version) => {
                format!("GGUF 판 {version}이다. 판 2와 3을 읽는다. 최신 llama.cpp로 다시 변환한다")
            }
            Self::BigEndian => "빅 엔디언 바이트 순서의 GGUF 파일이다. 리틀 엔디언만 읽는다".to_owned(),
            Self::EndsEarly => "값과 텐서의 목록 안에서 파일이 끝난다".to_owned(),
            Self::HeadTooLong(limit) => format!("값과 텐서의 목록이 {limit} B를 넘는다. 거기까지만 읽는다"),
            Self::TooManyKeys(count) => format!("값이 {count}개라고 한다. {}개까지만 읽는다", super::MAX_KEYS),
            Self::KeyLength(bytes) => {
                format!("키가 {bytes} B이다. 1 B에서 {} B까지 읽는다", crate::weights::MAX_NAME_BYTES)
            }
            Self::NotText => "키나 텐서 이름이 UTF-8이 아니다".to_owned(),
            Self::KeyTwice(key) => format!("키 {key:?}이(가) 두 번 나온다"),
            Self::ValueType { key, number } => format!("{key:?}의 값이 형식에 없는 유형 {number}이다"),
            Self::Nested(key) => format!("{key:?}의 값이 배열의 배열이며, 읽지 않는다"),
            Self::Alignment(number) => {
                format!("general.alignment가 {number}이다. 8에서 65536까지의 2의 거듭제곱이어야 한다")
            }
            Self::Format { name, number } => {
                format!("{name:?}의 ggml 수 형식 {number}은(는) 알 수 없거나 폐지된 것이다")
            }
            Self::Block { name, row, word, block } => {
                format!("{name:?}의 행에는 수가 {row}개인데 {word}은(는) {block}개씩 저장한다")
            }
            Self::Unaligned(name) => format!("{name:?}이(가) 정렬 단위의 배수에서 시작하지 않는다"),
        }
    }
}
