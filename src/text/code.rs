//! The stable ids of diagnostics. A number never changes its meaning; a retired one is never given again.
//! Each has a page `docs/diagnostics/SG....md` with a wrong and a right example, and a test runs both.

use super::lang::{Says, says};

macro_rules! codes {
    ($($name:ident $id:literal $ko:literal $en:literal;)*) => {
        /// What kind of mistake a diagnostic reports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $en] $name,)*
        }

        impl Code {
            /// Every code, in the order of the manual.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable id.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What it is called, in both languages.
            pub fn title(self) -> Says {
                match self { $(Self::$name => says($ko, $en),)* }
            }
        }
    };
}

codes! {
    Unreadable "SG0001" "파일을 읽을 수 없음" "A file cannot be read";
    TooLarge "SG0002" "파일이 너무 큼" "A file is too large";
    NotUtf8 "SG0003" "UTF-8이 아님" "A file is not UTF-8";
    Syntax "SG0004" "문법 오류" "A file cannot be parsed";
    EmptyFile "SG0005" "빈 파일" "A file is empty";
    TooDeep "SG0006" "너무 깊은 중첩" "A file is nested too deeply";
    Anchor "SG0007" "앵커, 별칭, 태그" "An anchor, alias or tag";
    TooManyProblems "SG0008" "문제가 너무 많음" "Too many problems in one file";
    HiddenCharacter "SG0009" "보이지 않는 문자" "A character that nobody sees";
    LookAlike "SG0010" "닮았을 뿐인 글자" "A sign that only looks like the right one";
    CutByHash "SG0011" "` #` 뒤에서 잘린 글" "A text cut off by ` #`";
    OddFileName "SG0012" "읽지 않는 이름의 파일" "A file whose name keeps it from being read";

    UnknownKey "SG0101" "모르는 키" "An unknown key";
    KeyAtWrongDepth "SG0102" "키의 자리가 다름" "A key at the wrong depth";
    WrongType "SG0103" "값의 형태가 다름" "A value of the wrong type";
    MissingKey "SG0104" "키가 빠짐" "A key is missing";
    DuplicateKey "SG0105" "같은 키가 두 번" "A key appears twice";
    ValueNotAllowed "SG0106" "허용되지 않는 값" "A value that is not allowed";
    NumberWithoutUnit "SG0107" "단위가 없는 수" "A number without its unit";
    NumberWithOtherUnit "SG0108" "단위가 다른 수" "A number with another unit";
    NotTrueOrFalse "SG0109" "참, 거짓의 표기" "A truth value spelled otherwise";
    NewerFormat "SG0110" "더 새로운 형식" "A newer format";
    BadId "SG0111" "쓸 수 없는 식별자" "An id that cannot be used";
    BadDate "SG0112" "날짜가 아님" "Not a date";
    BadCountry "SG0113" "국가 코드가 아님" "Not a country code";
    NotFinite "SG0114" "유한하지 않은 수" "A number that is not finite";
    BadLanguage "SG0115" "언어 코드가 아님" "Not a language code";
    BadVersion "SG0116" "판 번호가 아님" "Not a version";
    BadLicence "SG0117" "라이선스 식별자가 아님" "Not the id of a licence";

    UnknownFact "SG0201" "모르는 사실" "An unknown fact";
    OperatorDoesNotFit "SG0202" "사실에 맞지 않는 연산" "An operator that does not fit the fact";
    UnknownTerm "SG0203" "모르는 용어" "An unknown term";
    UnknownCriterion "SG0204" "모르는 기준" "An unknown criterion";
    UnknownReading "SG0205" "모르는 해석" "An unknown reading";
    Cycle "SG0206" "순환" "A cycle";
    DuplicateId "SG0207" "같은 식별자가 두 번" "An id is used twice";
    UnreachableRung "SG0208" "닿을 수 없는 단계" "A rung that cannot be reached";
    TextMissing "SG0209" "빠진 언어" "A text is missing in a language";
    IdIsNotFileName "SG0210" "식별자와 파일 이름이 다름" "An id that is not its file's name";
    NoHead "SG0211" "머리 키가 없거나 여럿" "A node without exactly one head";
    FactOutOfReach "SG0212" "항목 밖에서 쓴 사실" "A fact of an item outside its collection";
    UnknownCollection "SG0213" "모르는 모음" "An unknown collection";
    UnknownOption "SG0214" "모르는 선택지" "An unknown option";
    BadScale "SG0215" "척도가 하나가 아님" "Not exactly one scale";
    NoOperator "SG0216" "연산이 하나가 아님" "A comparison without exactly one operator";
    RulesetIncomplete "SG0217" "규칙 모음의 파일이 빠짐" "A file of a ruleset is missing";
    NoBound "SG0218" "경계가 없는 세기" "A count or share without a bound";
    TooManyNodes "SG0219" "너무 큰 규칙" "A rule that unfolds to too many nodes";
    UnusedCriterion "SG0220" "쓰이지 않는 기준" "A criterion that no rung uses";
    OutsideRuleset "SG0221" "폴더 밖의 파일" "A file outside the ruleset's folder";
    NeverTrue "SG0222" "참이 될 수 없는 조건" "A condition that can never hold";
    WeightsOff "SG0223" "100 %가 아닌 가중치의 합" "Weights that do not add up to 100 %";

    EmptyDirectory "SG0301" "모델이 없는 디렉터리" "A directory without a model";
    FrontMatterSuspect "SG0302" "머리말로 보기 어려움" "A front matter that looks like prose";
    NotAMapping "SG0303" "키와 값의 모음이 아님" "Not a mapping";
    BadWeights "SG0304" "가중치 파일 오류" "A weights file cannot be read";
    EvidenceOfAnotherModel "SG0305" "다른 모델의 증거" "Evidence of another model";
    LinkLeavesDirectory "SG0306" "디렉터리 밖을 가리킴" "A path that leaves the directory";
    NoSuchModel "SG0307" "모델을 찾을 수 없음" "No such model";
    NoSuchRuleset "SG0308" "규칙 모음을 찾을 수 없음" "No such ruleset";
    TooManyFiles "SG0309" "파일이 너무 많음" "Too many files";
    NoSuchLicence "SG0310" "라이선스를 찾을 수 없음" "No such licence";
    BadOption "SG0311" "쓸 수 없는 명령줄 값" "An argument that cannot be used";
    NamesAlike "SG0312" "똑같아 보이는 이름" "Names that look alike";
    NotFetched "SG0313" "받지 않은 큰 파일" "A large file that was not fetched";
    WeightsNotRead "SG0314" "읽지 못한 가중치 파일" "A weights file that was not read";

    NotImportable "SG0401" "가져올 수 없는 파일" "A file that describes no model";
    KeptUnread "SG0402" "읽지 않고 남겨 둔 것" "Something that was kept unread";
    ImportDefect "SG0403" "가져온 파일의 흠" "A defect of an imported file";
    WouldOverwrite "SG0404" "이미 있는 파일" "A file that is there already";

    OutcomeWithoutCase "SG0501" "사례가 없는 판정" "An outcome that no case shows";
    UnusedTerm "SG0502" "쓰이지 않는 용어" "A term that nobody uses";
    UnusedReading "SG0503" "쓰이지 않는 해석" "A reading that nobody uses";
    RungsAlike "SG0504" "구별되지 않는 단계" "Rungs that cannot be told apart";
    CitationWithoutPlace "SG0505" "자리가 없는 인용" "A citation without a place";
    SameText "SG0506" "두 언어에서 같은 글" "A text that is the same in two languages";
    AlwaysTheSame "SG0507" "언제나 같은 판정" "A criterion that never decides";
    AllowanceNotNeeded "SG0508" "필요 없는 허용" "An allowance that is not needed";
    AssuranceOutOfReach "SG0509" "이를 수 없는 확인 수준" "An assurance out of reach";
    PlaceholderLeft "SG0510" "고치지 않은 견본 글" "A sample text that was not replaced";
    OtherLanguage "SG0511" "다른 언어로 적힌 글" "A text in another language";
    UnusedFact "SG0520" "쓰이지 않는 사실" "A fact that no test asks for";

    CardAgainstItself "SG0601" "카드의 말이 서로 어긋남" "A card that contradicts itself";
    CardAgainstHint "SG0602" "카드가 다른 파일의 말과 어긋남" "A card that contradicts what another file names";
    CardAgainstFiles "SG0603" "카드가 파일과 어긋남" "A card that contradicts the files";
    OriginNotNamed "SG0604" "무엇에서 왔는지 적지 않음" "An origin that is not named";
    SharesOff "SG0605" "1이 아닌 비율의 합" "Shares that do not add up";
    NothingShows "SG0606" "보여 주는 것이 없음" "A statement that nothing shows";
    FileNotThere "SG0607" "카드가 말하는 파일이 없음" "A file that the card names and that is not there";
    NotInBaseModel "SG0608" "`base_model`에 없는 대조 모델" "A reference that `base_model` does not name";
    OpenQuestion "SG0609" "답하지 않은 물음" "A question that is open";
    NotOnTheHub "SG0610" "허브에 없는 라이선스 식별자" "A licence id that the Hub does not have";
    HubKeyType "SG0611" "허브의 키에 다른 형태의 값" "A key of the Hub with another kind of value";
    ReadAsTruth "SG0612" "참, 거짓으로 읽히는 낱말" "A word that is read as a truth value";
    OtherLicence "SG0613" "이름 없는 기타 라이선스" "`license: other` without a name and a link";
    WorthALook "SG0614" "살펴볼 것" "Something worth a look";

    BadKey "SG0701" "쓸 수 없는 열쇠" "A key that cannot be used";
    BadSignature "SG0702" "확인되지 않는 서명" "A signature that does not verify";
    BadBundle "SG0703" "제출물이 아닌 파일" "A file that is no submission";
    NotBundled "SG0704" "제출물로 묶을 수 없음" "A model that cannot be bundled";
}

impl Code {
    /// The code of an id such as `SG0101`.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id() == id)
    }
}
