//! Architecture and tokenizer.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Entry, Filler, Kind, Unit, Word};

const RELATIONS: &[Word] = &[
    w("identical", "identical to the ancestor's", "원본과 동일"),
    w("scaled", "the ancestor's with other dimensions", "원본의 크기만 변경"),
    w("modified", "the ancestor's with structural changes", "원본의 구조를 변경"),
    w("native", "designed by the maker", "제작자가 설계"),
];

const NOVELTIES: &[Word] = &[
    w("none", "nothing beyond the ancestor's graph", "원본 계산 그래프와 같음"),
    w("published-technique", "published techniques grafted on", "공개된 기법을 접목"),
    w("new-arrangement", "a block arrangement found in no reference family", "알려진 계열에 없는 블록 배치"),
];

const GRAPH_CHANGES: &[Word] = &[
    w("attention-kind", "another kind of attention", "어텐션 종류 변경"),
    w("norm-position", "moved normalisation", "정규화 위치 변경"),
    w("norm-formula", "another normalisation formula", "정규화 수식 변경"),
    w("activation", "another activation", "활성화 함수 변경"),
    w("position-encoding", "another position encoding", "위치 부호화 변경"),
    w("shared-layers", "shared layers", "공유 층 추가"),
    w("expert-routing", "another expert routing", "전문가 라우팅 변경"),
    w("layers-removed", "layers removed by design", "설계 단계의 층 제거"),
    w("block-arrangement", "another arrangement of the block", "블록 배치 변경"),
    w("prediction-heads", "added prediction heads", "예측 헤드 추가"),
    w("scaling-rule", "another scaling rule", "스케일링 규칙 변경"),
];

const RIGHTS: &[Word] = &[
    w("own", "own", "자체 보유"),
    w("open-licence", "under an open licence", "공개 라이선스"),
    w("licensed-may-modify", "licensed, may be modified", "사용 허락, 수정 가능"),
    w("licensed-no-modify", "licensed, may not be modified", "사용 허락, 수정 불가"),
];

const CLASS_ORIGINS: &[Word] = &[
    w("own", "written by the maker", "제작자가 작성"),
    w("subclass", "assembled from another model's classes", "다른 모델의 클래스를 조립"),
    w("library", "another model's class as it is", "다른 모델의 클래스를 그대로 사용"),
];

const TOKENIZER_ORIGINS: &[Word] = &[
    w("own", "trained from zero by the maker", "제작자가 처음부터 학습"),
    w("extended", "another's, extended", "다른 것을 확장"),
    w("foreign", "another's, taken over", "다른 것을 그대로 사용"),
    w("none", "none", "없음"),
];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "architecture.relation",
        Kind::Word(RELATIONS),
        b("relation to the ancestor design", "원본 설계와의 관계"),
        b("How the design relates to the one it started from.", "설계가 출발점이 된 설계와 어떤 관계인지."),
        CARD,
    ),
    fact(
        "architecture.novelty",
        Kind::Word(NOVELTIES),
        b("novelty of the graph", "계산 그래프의 새로움"),
        b(
            "Whether the computational graph differs from every known reference family.",
            "계산 그래프가 알려진 모든 계열과 다른지.",
        ),
        CARD,
    ),
    fact(
        "architecture.graph-changes",
        Kind::Words(GRAPH_CHANGES),
        b("changes to the graph", "계산 그래프의 변경"),
        b("What was changed in the ancestor's computational graph.", "원본 계산 그래프에서 바꾼 것."),
        CARD,
    ),
    fact(
        "architecture.numbers-changed",
        Kind::Flag,
        b("structural numbers changed", "구조 수치 변경"),
        b(
            "Layers, width, heads or experts differ from every ancestor of the same class.",
            "층, 폭, 헤드, 전문가 수가 같은 클래스의 어느 원본과도 다르다.",
        ),
        CARD,
    ),
    fact(
        "architecture.all-keys-identical",
        Kind::Flag,
        b("config identical in every key", "config의 모든 값 동일"),
        b("Every key of config.json equals the ancestor's.", "config.json의 모든 값이 원본과 같다."),
        CARD,
    ),
    fact(
        "architecture.class-origin",
        Kind::Word(CLASS_ORIGINS),
        b("origin of the model class", "모델 클래스의 출처"),
        b("Who wrote the code of the model class.", "모델 클래스의 코드를 쓴 쪽."),
        CARD,
    ),
    fact(
        "architecture.custom-code",
        Kind::Flag,
        b("needs custom code now", "지금 별도 코드 필요"),
        b(
            "The repository as given does not load without its own code (`trust_remote_code`).",
            "제출된 저장소는 자체 코드(`trust_remote_code`) 없이 불러올 수 없다.",
        ),
        &[Filler::Card, Filler::Config, Filler::Evidence],
    ),
    fact(
        "architecture.custom-code-at-release",
        Kind::Flag,
        b("needed custom code at release", "공개 당시 별도 코드 필요"),
        b(
            "At release the model did not load without its own code.",
            "공개 당시 모델은 자체 코드 없이 불러올 수 없었다.",
        ),
        CARD,
    ),
    fact(
        "architecture.own-class-at-release",
        Kind::Flag,
        b("own class at release or later", "자체 클래스 보유"),
        b(
            "The model has a class of the maker's own, in its repository or merged upstream under its own \
            `model_type`.",
            "모델이 저장소 안에, 또는 자체 `model_type`으로 상위 라이브러리에 병합된 제작자의 클래스를 가진다.",
        ),
        CARD,
    ),
    fact(
        "architecture.third-party-code",
        Kind::Texts,
        b("code from other repositories", "다른 저장소의 코드"),
        b("Repositories whose code `auto_map` executes.", "`auto_map`이 실행하는 다른 저장소."),
        &[Filler::Config],
    ),
    fact(
        "architecture.model-type",
        Kind::Text,
        b("model type", "모델 유형"),
        b("The `model_type` of config.json.", "config.json의 `model_type`."),
        &[Filler::Config],
    ),
    fact(
        "architecture.rights",
        Kind::Word(RIGHTS),
        b("rights in the architecture", "구조에 대한 권리"),
        b("By what right the maker uses and changes the architecture.", "제작자가 구조를 쓰고 바꾸는 근거."),
        CARD,
    ),
    fact(
        "architecture.origin-jurisdiction",
        Kind::Country,
        b("country of the ancestor design", "원본 설계의 국가"),
        b("Country of the holder of the design it started from.", "출발점이 된 설계 보유자의 국가."),
        CARD,
    ),
    fact(
        "tokenizer.origin",
        Kind::Word(TOKENIZER_ORIGINS),
        b("origin of the tokenizer", "토크나이저의 출처"),
        b("Whether the tokenizer was trained from zero by the maker.", "제작자가 토크나이저를 처음부터 학습했는지."),
        CARD,
    ),
    fact(
        "tokenizer.languages",
        Kind::Texts,
        b("languages the tokenizer is built for", "토크나이저의 대상 언어"),
        b(
            "Languages whose corpus the tokenizer was trained on and centres on, as ISO 639 codes.",
            "토크나이저가 중심에 두고 학습한 말뭉치의 언어(ISO 639 코드).",
        ),
        CARD,
    ),
    fact(
        "tokenizer.vocabulary-size",
        Kind::Number(Unit::Entries),
        b("vocabulary size", "어휘 크기"),
        b("Entries of the tokenizer's vocabulary.", "토크나이저 어휘의 항목 수."),
        &[Filler::Card, Filler::Config, Filler::Tokenizer],
    ),
    fact(
        "tokenizer.reference",
        Kind::Text,
        b("tokenizer taken from", "토크나이저의 원본"),
        b("The model whose tokenizer was taken over or extended.", "그대로 쓰거나 확장한 토크나이저의 원본 모델."),
        CARD,
    ),
];
