//! Links: from a component to a reference that its weights may come from.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Collection, Entry, Filler, Kind, Unit, Word};

pub(super) const COLLECTION: Collection = Collection {
    name: "link",
    parent: Some("component"),
    complete: "component.links-complete",
    label: b("link", "계보 관계"),
    meaning: b(
        "A relation between a component and a reference, as declared, documented or measured.",
        "선언, 문서, 측정으로 알려진 구성요소와 대조 모델 사이의 관계.",
    ),
};

const VERDICTS: &[Word] = &[
    w("derived", "derived from it", "거기에서 파생됨"),
    w("same-init", "sharing only the random start", "무작위 출발점만 공유"),
    w("independent", "independent of it", "그와 무관함"),
    w("inconclusive", "not decided", "판단 불가"),
];

const KINDS: &[Word] = &[
    w("identical", "identical", "동일"),
    w("cast", "cast to another number format", "수 형식 변환"),
    w("quantised", "quantised", "양자화"),
    w("fine-tuned", "fine-tuned", "미세조정"),
    w("continued", "trained further", "이어서 학습"),
    w("merged", "merged", "병합"),
    w("restructured", "restructured", "구조 변경"),
    w("transplanted", "transplanted", "이식"),
    w("disguised", "disguised", "위장"),
];

const REFERENCE_KINDS: &[Word] = &[
    w("open-weight", "published weights", "공개 가중치"),
    w("closed-api", "a closed service", "비공개 서비스"),
    w("own-model", "the maker's own earlier model", "제작자의 이전 모델"),
];

const ROOTS: &[Word] = &[
    w("random-init", "random initialisation", "무작위 초기화"),
    w("foreign", "another maker's weights", "다른 제작자의 가중치"),
];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "component.links-complete",
        Kind::Flag,
        b("links all listed", "계보 목록의 완전성"),
        b(
            "Every reference that the component's weights come from is listed.",
            "구성요소의 가중치가 나온 대조 모델이 모두 적혀 있다.",
        ),
        CARD,
    ),
    fact(
        "link.reference",
        Kind::Text,
        b("reference", "대조 모델"),
        b("The other model.", "비교한 다른 모델."),
        &[Filler::Card, Filler::FrontMatter, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.verdict",
        Kind::Word(VERDICTS),
        b("relation of the weights", "가중치의 관계"),
        b("Whether the component's weights come from the reference.", "구성요소의 가중치가 대조 모델에서 왔는지."),
        &[Filler::Card, Filler::FrontMatter, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.kinds",
        Kind::Words(KINDS),
        b("kind of reuse", "재사용 방식"),
        b("How the weights were reused.", "가중치를 어떻게 재사용했는지."),
        &[Filler::Card, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.share",
        Kind::Number(Unit::Percent),
        b("share reused", "재사용 비율"),
        b(
            "Share of the component's parameters that come from the reference.",
            "구성요소 파라미터 가운데 대조 모델에서 온 비율.",
        ),
        &[Filler::Card, Filler::Evidence],
    ),
    fact(
        "link.layers",
        Kind::Number(Unit::Count),
        b("layers reused", "재사용한 층 수"),
        b("Number of the component's layers that come from the reference.", "대조 모델에서 온 구성요소의 층 수."),
        &[Filler::Evidence],
    ),
    fact(
        "link.same-maker",
        Kind::Flag,
        b("reference made by the same maker", "같은 제작자의 대조 모델"),
        b("The reference is the maker's own earlier model.", "대조 모델이 제작자 자신의 이전 모델이다."),
        CARD,
    ),
    fact(
        "link.same-legal-entity",
        Kind::Flag,
        b("reference made by the same legal entity", "같은 법인의 대조 모델"),
        b(
            "The reference was made by the very same legal entity, not by a parent, an affiliate or a bought company.",
            "대조 모델을 모회사나 계열사, 인수한 회사가 아니라 같은 법인이 만들었다.",
        ),
        CARD,
    ),
    fact(
        "link.root",
        Kind::Word(ROOTS),
        b("what the reference started from", "대조 모델의 출발점"),
        b("What the reference's own weights started from.", "대조 모델 자체의 가중치가 무엇에서 출발했는지."),
        CARD,
    ),
    fact(
        "link.holder",
        Kind::Text,
        b("holder of the reference", "대조 모델의 보유자"),
        b("Who holds the rights in the reference.", "대조 모델의 권리를 가진 쪽."),
        CARD,
    ),
    fact(
        "link.jurisdiction",
        Kind::Country,
        b("holder's country", "보유자의 국가"),
        b("Country of the reference's holder.", "대조 모델 보유자의 국가."),
        CARD,
    ),
    fact(
        "link.reference-kind",
        Kind::Word(REFERENCE_KINDS),
        b("kind of reference", "대조 모델의 종류"),
        b("Whether the reference's weights are published.", "대조 모델의 가중치가 공개되어 있는지."),
        CARD,
    ),
    fact(
        "link.licence",
        Kind::Text,
        b("licence of the reference", "대조 모델의 라이선스"),
        b("Licence under which the reference is used.", "대조 모델을 쓰는 근거 라이선스."),
        CARD,
    ),
];
