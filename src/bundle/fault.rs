//! Why something is no submission, or cannot become one.

use crate::text::{Says, Untrusted, says};

/// Why a file is no submission, or a model cannot be made one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// No zip file, or a part of one.
    #[error("it is no zip archive")]
    NoArchive,
    /// Bytes that the archive of these members would not have, from this place on.
    #[error("it is not the archive of its members from byte {0} on")]
    OtherBytes(u64),
    /// A name that leads elsewhere, looks like another, or cannot be shown.
    #[error("a member of this name is not taken: {0}")]
    Name(Untrusted),
    /// Too many members.
    #[error("it holds too many members")]
    TooMany,
    /// Too many bytes.
    #[error("it would hold {0} bytes; at most {most} are taken", most = super::MAX_BUNDLE_BYTES)]
    TooLarge(u64),
    /// A member that every submission has is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A member that cannot be read, with why.
    #[error("`{0}` cannot be read: {en}", en = .1.en)]
    Unreadable(Untrusted, Box<Says>),
    /// A later format.
    #[error("it is of a format that this version does not read: {0}")]
    Format(Untrusted),
}

impl BundleFault {
    /// In both languages.
    pub fn says(&self) -> Says {
        match self {
            Self::NoArchive => says("zip 파일이 아니거나 일부가 잘린 것이다", "it is no zip file, or a part of one"),
            Self::OtherBytes(at) => says(
                format!("{at}번째 바이트부터 `sovgrade bundle`이 쓴 것과 다르다"),
                format!("from byte {at} on it is not as `sovgrade bundle` writes it"),
            ),
            Self::Name(name) => says(
                format!("`{name}`: 다른 곳을 가리키거나 다른 이름과 혼동될 수 있는 이름은 받지 않는다"),
                format!("`{name}`: a name that leads elsewhere, or looks like another, is not taken"),
            ),
            Self::TooMany => says("담긴 파일이 너무 많다", "it holds too many files"),
            Self::TooLarge(bytes) => says(
                format!("가중치를 뺀 크기가 {bytes}바이트이다. {}바이트까지만 담는다", super::MAX_BUNDLE_BYTES),
                format!("without the weights it has {bytes} bytes; at most {} are taken", super::MAX_BUNDLE_BYTES),
            ),
            Self::Missing(name) => says(format!("`{name}`이(가) 없다"), format!("`{name}` is missing")),
            Self::Unreadable(name, why) => {
                says(format!("`{name}`을(를) 읽을 수 없다: {}", why.ko), format!("`{name}` cannot be read: {}", why.en))
            }
            Self::Format(word) => says(
                format!("이 판이 읽지 못하는 형식이다: `{word}`"),
                format!("it is of a format that this version does not read: `{word}`"),
            ),
        }
    }
}
