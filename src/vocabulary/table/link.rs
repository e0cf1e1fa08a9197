//! Links: from a component to a reference that it may share its weights with.

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

const RELATIONS: &[Word] = &[
    w("shared", "sharing its weights with it", "가중치를 공유함"),
    w("no-trace", "without a trace of it", "흔적 없음"),
    w("undecided", "not decided", "판단하지 않음"),
];

const CHANGES: &[Word] = &[
    w("channels-reordered", "channels in another order", "채널 순서 바뀜"),
    w("channels-cut", "channels cut", "채널 잘라냄"),
    w("channels-added", "channels added", "채널 늘림"),
    w("channels-rotated", "stream rotated", "채널 공간 회전"),
    w("units-reordered", "units in another order", "뉴런·헤드 순서 바뀜"),
    w("units-cut", "units cut", "뉴런·헤드 잘라냄"),
    w("units-added", "units added", "뉴런·헤드 늘림"),
    w("layers-reordered", "layers in another order", "층 순서 바뀜"),
    w("layers-cut", "layers cut", "층 잘라냄"),
    w("layers-added", "layers added", "층 늘림"),
    w("signs-flipped", "signs flipped", "부호 뒤집음"),
    w("rescaled", "rescaled", "크기 조정"),
    w("quantised", "quantised", "양자화"),
    w("cast", "cast to another number format", "수 형식 변환"),
    w("vocabulary-replaced", "vocabulary replaced", "어휘 교체"),
    w("merged", "merged", "병합"),
    w("trained-further", "trained further", "추가 학습"),
];

const DIRECTIONS: &[Word] = &[
    w("from-reference", "from the reference to this model", "대조 모델에서 이 모델로"),
    w("to-reference", "from this model to the reference", "이 모델에서 대조 모델로"),
    w("common-source", "both from a third", "둘 다 제삼의 것에서"),
];

const CLASSES: &[Word] = &[
    w("in-place", "in place, cast, quantised, layers moved", "제자리(수 형식 변환, 양자화, 층 이동 포함)"),
    w("units-reordered", "units in another order", "뉴런·헤드 순서 바꿈"),
    w("channels-reordered", "channels in another order or with other signs", "채널 순서나 부호 바꿈"),
    w("channels-rotated", "stream rotated as a whole", "채널 공간 전체 회전"),
    w("channels-cut-or-added", "stream narrowed or widened", "채널 줄이거나 늘림"),
    w(
        "units-reordered-in-another-basis",
        "units in another order and in another basis",
        "뉴런·헤드 순서와 기저를 함께 바꿈",
    ),
    w("rotated-per-sublayer", "each sublayer rotated by itself", "하위 층마다 따로 회전"),
    w("all-signs-flipped", "all signs flipped as well", "부호를 모두 함께 뒤집음"),
    w("distilled", "taught by outputs", "출력으로 가르침(증류)"),
    w("rows-reordered", "rows of a table in another order than their tokens", "표의 줄을 토큰과 다른 순서로 바꿈"),
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
        "component.no-trace-of-families",
        Kind::Flag,
        b("no trace of the families that are asked for", "요구한 모델 계열의 흔적 없음"),
        b(
            "The component has no trace of any model family with which the ruleset asks for a comparison, beside the \
            links that are listed.",
            "적힌 계보 관계 말고는 규칙 모음이 견주라고 한 어느 모델 계열의 흔적도 구성요소에 없다.",
        ),
        &[Filler::Evidence],
    ),
    fact(
        "link.reference",
        Kind::Text,
        b("reference", "대조 모델"),
        b("The other model.", "비교한 다른 모델."),
        &[Filler::Card, Filler::FrontMatter, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.relation",
        Kind::Word(RELATIONS),
        b("relation of the weights", "가중치의 관계"),
        b(
            "Whether the component shares its weights with the reference.",
            "구성요소가 대조 모델과 가중치를 공유하는지.",
        ),
        &[Filler::Card, Filler::FrontMatter, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.changes",
        Kind::Words(CHANGES),
        b("changes", "바뀐 점"),
        b(
            "What was changed between the reference and the component.",
            "대조 모델과 구성요소 사이에서 무엇이 바뀌었는지.",
        ),
        &[Filler::Card, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.share",
        Kind::Number(Unit::Percent),
        b("share in common", "공유 비율"),
        b(
            "Share of the component's parameters that it has in common with the reference.",
            "구성요소 파라미터 가운데 대조 모델과 공유하는 비율.",
        ),
        &[Filler::Card, Filler::Evidence],
    ),
    fact(
        "link.layers",
        Kind::Number(Unit::Count),
        b("layers in common", "공유하는 층 수"),
        b(
            "Number of the component's layers that it has in common with the reference.",
            "대조 모델과 공유하는 구성요소의 층 수.",
        ),
        &[Filler::Evidence],
    ),
    fact(
        "link.trained-weights-shared",
        Kind::Flag,
        b("trained weights shared", "학습된 가중치의 공유"),
        b(
            "Trained weights are shared with the reference, and not only the random numbers that both began with.",
            "출발점의 무작위 수뿐 아니라 학습된 가중치도 대조 모델과 공유한다.",
        ),
        &[Filler::Card, Filler::FrontMatter, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.direction",
        Kind::Word(DIRECTIONS),
        b("which way the weights went", "가중치가 옮겨 간 방향"),
        b(
            "Which way the shared weights went, as cards, documents and days of release say; weights do not show it.",
            "공유하는 가중치가 어느 쪽에서 어느 쪽으로 갔는지. 카드, 문서, 공개한 날이 말하며 가중치로는 알 수 없다.",
        ),
        &[Filler::Card, Filler::FrontMatter, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "link.reference-released",
        Kind::Date,
        b("release of the reference", "대조 모델의 공개일"),
        b("Day on which the reference was released.", "대조 모델을 공개한 날."),
        CARD,
    ),
    fact(
        "link.common-source-own",
        Kind::Flag,
        b("common source is the maker's own", "제작자 자신의 공통 원천"),
        b(
            "The model that both come from is the maker's own, trained from random initialisation.",
            "두 모델이 함께 나온 모델은 제작자가 무작위 초기화에서 학습시킨 자기 모델이다.",
        ),
        &[Filler::Evidence],
    ),
    fact(
        "link.coverage",
        Kind::Number(Unit::Percent),
        b("share looked at", "살펴본 비율"),
        b(
            "Share of the component's parameters that a test could have spoken about.",
            "구성요소 파라미터 가운데 검정이 말할 수 있었던 비율.",
        ),
        &[Filler::Evidence],
    ),
    fact(
        "link.looked-for",
        Kind::Words(CLASSES),
        b("changes looked for", "찾아본 변경"),
        b(
            "Classes of change under which sharing would have been found.",
            "그렇게 바뀌었더라도 공유를 찾았을 변경의 종류.",
        ),
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
