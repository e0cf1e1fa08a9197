//! What can be wrong with a `PyTorch` file.

use crate::weights::Problem;

/// The kinds of wrong that only `PyTorch` files have, each said in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TorchProblem {
    /// A pickle of the years before the zip form.
    #[error(
        "this is PyTorch's old form, from before its zip form, and is not read; load it in a place that you trust and save it \
         again with torch.save, or convert it to safetensors"
    )]
    OldForm,
    /// A `TorchScript` archive.
    #[error(
        "this is a TorchScript program, which holds code beside its weights; save the state_dict with torch.save, or convert \
         it to safetensors"
    )]
    Script,
    /// A zip file without `data.pkl`.
    #[error("this zip file holds no data.pkl, so torch.save did not write it")]
    NoData,
    /// Several candidates for the one program.
    #[error("this zip file holds several data.pkl, and only one can be meant")]
    TwoPrograms,
    /// No end of the archive's directory.
    #[error("the zip file has no directory at its end: it is cut short, or no zip file")]
    NoDirectory,
    /// Bytes after the archive.
    #[error("the zip file does not end where its directory ends")]
    NotAlone,
    /// The archive breaks a rule of its format.
    #[error("the zip file is not what the format prescribes: {0}")]
    Archive(String),
    /// The directory is longer than this program reads.
    #[error("the zip file's directory has {0} bytes; at most {limit} are read", limit = crate::weights::MAX_HEADER_BYTES)]
    DirectoryTooLong(u64),
    /// A name of an entry that is none.
    #[error(
        "an entry of the zip file is called {0:?}, which is not read: empty, too long, not UTF-8 or with control \
        characters"
    )]
    EntryName(String),
    /// Two entries of one name.
    #[error("two entries of the zip file are called {0:?}")]
    EntryTwice(String),
    /// An entry that is compressed.
    #[error(
        "the entry {0:?} of the zip file is compressed; torch.save stores entries as they are, and no others are read"
    )]
    Compressed(String),
    /// An entry that is encrypted.
    #[error("the entry {0:?} of the zip file is encrypted")]
    Encrypted(String),
    /// An entry of which directory and head say different things.
    #[error("the zip file's directory and the entry {0:?} itself say different things")]
    TwoHeads(String),
    /// An entry that reaches into the directory or beyond the file.
    #[error("the entry {0:?} of the zip file reaches beyond what the file holds of entries")]
    EntryBeyond(String),
    /// Two entries share bytes.
    #[error("the entry {0:?} of the zip file overlaps the one before it")]
    EntriesOverlap(String),
    /// Numbers in another order of bytes.
    #[error("the numbers are stored in the byte order {0:?}; only \"little\" is read")]
    ByteOrder(String),
    /// An entry that is longer than this program reads.
    #[error("data.pkl or byteorder has {claimed} bytes; at most {limit} are read")]
    ProgramTooLong {
        /// Length of the entry.
        claimed: u64,
        /// The limit.
        limit: u64,
    },
    /// A newer protocol.
    #[error("data.pkl is a pickle of protocol {0}, which is not known")]
    Protocol(u8),
    /// An instruction that files of weights have no use for.
    #[error("data.pkl uses the pickle instruction 0x{0:02x}, which files of weights have no use for")]
    Instruction(u8),
    /// A name that is not in the table.
    #[error(
        "data.pkl asks for {0:?}, which is not among the names that weights need, so the file is refused; nothing was run, and \
         torch.load without weights_only would run it"
    )]
    Name(String),
    /// A known name used as what it is not.
    #[error("data.pkl calls {0:?}, which makes no values")]
    Called(String),
    /// Values that do not go together.
    #[error("data.pkl puts values together in a way that no file of weights does")]
    Form,
    /// The program has no end.
    #[error("data.pkl ends before it is complete")]
    EndsEarly,
    /// More values than are read.
    #[error("data.pkl makes more values than are read")]
    TooMuch,
    /// Mappings in mappings.
    #[error("the tensors in data.pkl lie more than {0} levels deep")]
    TooDeep(usize),
    /// The state of an optimiser.
    #[error("this is the state of an optimiser, not the weights of a model")]
    Optimiser,
    /// Not one tensor.
    #[error("data.pkl names no tensor of a model")]
    NoTensors,
    /// Tensors that have no names.
    #[error("data.pkl holds tensors without names, so nobody can say what they are for")]
    NoNames,
    /// Numbers of a tensor that do not lie in a row.
    #[error("the numbers of {0:?} do not lie row after row; call .contiguous() on it and save it again")]
    Strided(String),
    /// A shape that is no row of lengths.
    #[error("the shape of {0:?} is no row of lengths")]
    Shape(String),
    /// A storage that is not there.
    #[error("data.pkl asks for the storage {0:?}, which is not in the zip file")]
    StorageMissing(String),
    /// A storage's name that cannot be read.
    #[error("the storage of {0:?} has a name that is not UTF-8")]
    Key(String),
    /// A storage of another size.
    #[error("the storage {key:?} needs {needed} bytes by what data.pkl says of it, but holds {held}")]
    StorageSize {
        /// Its key.
        key: String,
        /// Bytes by data.pkl.
        needed: u64,
        /// Bytes of the entry.
        held: u64,
    },
    /// One storage said to be two things.
    #[error("data.pkl says two different things of the storage {0:?}")]
    TwoFormats(String),
    /// A tensor that reaches past its storage.
    #[error("{name:?} ends {bytes} bytes after the end of its storage")]
    BeyondStorage {
        /// The tensor.
        name: String,
        /// By how much.
        bytes: u64,
    },
}

impl From<TorchProblem> for Problem {
    fn from(problem: TorchProblem) -> Self {
        Self::Torch(problem)
    }
}

impl TorchProblem {
    /// What is wrong, in Korean.
    pub(in crate::weights) fn korean(&self) -> String {
        match self {
            Self::OldForm => "zip 형식 이전의 옛 PyTorch 형식이며, 읽지 않는다. 믿을 수 있는 곳에서 불러와 \
                torch.save로 다시 저장하거나 safetensors로 바꾼다"
                .to_owned(),
            Self::Script => "가중치와 함께 코드가 담긴 TorchScript 프로그램이다. state_dict를 torch.save로 저장하거나 \
                safetensors로 바꾼다"
                .to_owned(),
            Self::NoData => "zip 파일에 data.pkl이 없으므로 torch.save로 쓴 파일이 아니다".to_owned(),
            Self::TwoPrograms => "zip 파일에 data.pkl이 여럿이라 어느 것인지 알 수 없다".to_owned(),
            Self::NoDirectory => "zip 파일 끝에 목록이 없다. 잘렸거나 zip 파일이 아니다".to_owned(),
            Self::NotAlone => "zip 파일이 목록이 끝나는 곳에서 끝나지 않는다".to_owned(),
            Self::Archive(why) => format!("zip 파일이 형식에 맞지 않는다: {why}"),
            Self::DirectoryTooLong(bytes) => {
                format!("zip 파일의 목록이 {bytes} B이다. {} B까지만 읽는다", crate::weights::MAX_HEADER_BYTES)
            }
            Self::EntryName(name) => format!(
                "zip 파일의 항목 이름 {name:?}은(는) 읽지 않는다. 비었거나 너무 길거나 UTF-8이 아니거나 제어 문자가 있다"
            ),
            Self::EntryTwice(name) => format!("zip 파일에 이름이 {name:?}인 항목이 둘이다"),
            Self::Compressed(name) => format!(
                "zip 파일의 항목 {name:?}이(가) 압축되어 있다. torch.save는 압축하지 않으며, 압축된 것은 읽지 않는다"
            ),
            Self::Encrypted(name) => format!("zip 파일의 항목 {name:?}이(가) 암호화되어 있다"),
            Self::TwoHeads(name) => format!("zip 파일의 목록과 항목 {name:?}에 적힌 내용이 서로 다르다"),
            Self::EntryBeyond(name) => format!("zip 파일의 항목 {name:?}이(가) 항목이 놓일 자리를 넘어간다"),
            Self::EntriesOverlap(name) => format!("zip 파일의 항목 {name:?}이(가) 앞의 항목과 겹친다"),
            Self::ByteOrder(order) => {
                format!("수가 바이트 순서 {order:?}(으)로 저장되어 있다. \"little\"만 읽는다")
            }
            Self::ProgramTooLong { claimed, limit } => {
                format!("data.pkl이나 byteorder가 {claimed} B이다. {limit} B까지만 읽는다")
            }
            Self::Protocol(version) => format!("data.pkl이 알 수 없는 피클 프로토콜 {version}이다"),
            Self::Instruction(code) => {
                format!("data.pkl이 가중치 파일에 쓸 일이 없는 피클 명령 0x{code:02x}을(를) 쓴다")
            }
            Self::Name(name) => format!(
                "data.pkl이 가중치에 필요한 이름이 아닌 {name:?}을(를) 요구하므로 읽지 않는다. 아무것도 실행하지 않았으나, \
                 weights_only 없이 torch.load로 열면 실행된다"
            ),
            Self::Called(name) => format!("data.pkl이 값을 만들지 않는 {name:?}을(를) 부른다"),
            Self::Form => "data.pkl이 가중치 파일에 없는 방식으로 값을 엮는다".to_owned(),
            Self::EndsEarly => "data.pkl이 다 끝나기 전에 끊긴다".to_owned(),
            Self::TooMuch => "data.pkl이 읽을 수 있는 것보다 많은 값을 만든다".to_owned(),
            Self::TooDeep(levels) => format!("data.pkl의 텐서가 {levels}단계보다 깊은 곳에 있다"),
            Self::Optimiser => "모델의 가중치가 아니라 옵티마이저의 상태이다".to_owned(),
            Self::NoTensors => "data.pkl에 모델의 텐서가 하나도 없다".to_owned(),
            Self::NoNames => "data.pkl의 텐서에 이름이 없어 무엇에 쓰이는지 알 수 없다".to_owned(),
            Self::Strided(name) => {
                format!("{name:?}의 수가 행 순서대로 놓여 있지 않다. .contiguous()를 부르고 다시 저장한다")
            }
            Self::Shape(name) => format!("{name:?}의 모양이 길이를 늘어놓은 것이 아니다"),
            Self::StorageMissing(key) => format!("data.pkl이 요구하는 저장소 {key:?}이(가) zip 파일에 없다"),
            Self::Key(name) => format!("{name:?}의 저장소 이름이 UTF-8이 아니다"),
            Self::StorageSize { key, needed, held } => {
                format!("저장소 {key:?}은(는) data.pkl대로라면 {needed} B인데 {held} B가 담겨 있다")
            }
            Self::TwoFormats(key) => format!("data.pkl이 저장소 {key:?}을(를) 두 가지로 말한다"),
            Self::BeyondStorage { name, bytes } => format!("{name:?}이(가) 저장소 끝을 {bytes} B 넘어간다"),
        }
    }
}
