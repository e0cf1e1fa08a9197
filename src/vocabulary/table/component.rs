//! Components: the parts of a model that have a role.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Collection, Entry, Filler, Kind, Unit, Word};

pub(super) const COLLECTION: Collection = Collection {
    name: "component",
    parent: None,
    complete: "components.complete",
    label: b("component", "구성요소"),
    meaning: b(
        "A part of the model with a role, such as a vision encoder.",
        "비전 인코더처럼 역할이 있는 모델의 부분.",
    ),
};

const ROLES: &[Word] = &[
    w("text", "text backbone", "언어 본체"),
    w("vision-encoder", "vision encoder", "비전 인코더"),
    w("audio-encoder", "audio encoder", "오디오 인코더"),
    w("speech-decoder", "speech decoder", "음성 디코더"),
    w("projector", "projector", "프로젝터"),
    w("embedding", "embedding", "임베딩"),
    w("head", "output head", "출력 헤드"),
    w("adapter", "adapter", "어댑터"),
    w("reward", "reward model", "보상 모델"),
    w("draft", "draft model", "초안 모델"),
    w("router", "router", "라우터"),
    w("diffusion", "diffusion backbone", "확산 본체"),
    w("vocoder", "vocoder", "보코더"),
    w("image-tokenizer", "image tokenizer", "이미지 토크나이저"),
    w("audio-tokenizer", "audio tokenizer", "오디오 토크나이저"),
    w("other", "other part", "기타 부분"),
];

const INITIALISATIONS: &[Word] = &[
    w("random-init", "random initialisation", "무작위 초기화"),
    w("from-reference", "another model's weights", "다른 모델의 가중치"),
    w("adapted", "another model's weights, trained further", "다른 모델의 가중치를 이어서 학습"),
];

const ADAPTATIONS: &[Word] = &[
    w("frozen", "used frozen", "고정한 채 사용"),
    w("continued-pretraining", "continued pre-training", "추가 사전학습"),
    w("fine-tuning", "fine-tuning", "미세조정"),
    w("adapter", "an adapter", "어댑터"),
    w("merge", "merging", "병합"),
    w("depth-up-scaling", "depth up-scaling", "깊이 확장(DUS)"),
    w("expert-upcycling", "expert upcycling", "전문가 업사이클링"),
    w("vocabulary-extension", "vocabulary extension", "어휘 확장"),
    w("vocabulary-replacement", "vocabulary replacement", "어휘 교체"),
    w("pruning", "pruning", "가지치기"),
    w("distillation", "distillation", "증류"),
    w("quantisation", "quantisation", "양자화"),
    w("partial-transfer", "transfer of part of the weights", "가중치 일부 이전"),
];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "components.complete",
        Kind::Flag,
        b("components all listed", "구성요소 목록의 완전성"),
        b("The list of components is complete.", "구성요소 목록에 빠진 것이 없다."),
        &[Filler::Card, Filler::Config, Filler::Tensors, Filler::Evidence],
    ),
    fact(
        "component.role",
        Kind::Word(ROLES),
        b("role", "역할"),
        b("What the component does.", "구성요소가 하는 일."),
        &[Filler::Card, Filler::Config, Filler::Tensors],
    ),
    fact(
        "component.weight-bearing",
        Kind::Flag,
        b("carries weights", "가중치 보유 여부"),
        b("The component has trained weights of its own.", "구성요소가 학습된 가중치를 가진다."),
        &[Filler::Card, Filler::Tensors],
    ),
    fact(
        "component.core",
        Kind::Flag,
        b("language core", "언어 핵심"),
        b(
            "The component belongs to the language core: text backbone, embedding or output head.",
            "구성요소가 언어 핵심(언어 본체, 임베딩, 출력 헤드)에 속한다.",
        ),
        &[Filler::Card, Filler::Config, Filler::Tensors],
    ),
    fact(
        "component.parameters",
        Kind::Number(Unit::Parameters),
        b("parameters", "파라미터 수"),
        b("Parameters of the component.", "구성요소의 파라미터 수."),
        &[Filler::Card, Filler::Tensors],
    ),
    fact(
        "component.architecture",
        Kind::Text,
        b("architecture type", "구조 유형"),
        b("The `model_type` that config.json names for the component.", "config.json이 구성요소에 적은 `model_type`."),
        &[Filler::Config],
    ),
    fact(
        "component.number-formats",
        Kind::Texts,
        b("number formats", "수 형식"),
        b("Number formats of the component's tensors.", "구성요소 텐서의 수 형식."),
        &[Filler::Tensors],
    ),
    fact(
        "component.initialisation",
        Kind::Word(INITIALISATIONS),
        b("initialisation", "초기화 방식"),
        b("What the component's weights started from.", "구성요소의 가중치가 무엇에서 출발했는지."),
        &[Filler::Card, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "component.adaptation",
        Kind::Words(ADAPTATIONS),
        b("what was done to the starting weights", "출발 가중치에 한 일"),
        b("Steps by which weights of a reference became these.", "대조 모델의 가중치가 지금의 것이 된 단계."),
        &[Filler::Card, Filler::Hints, Filler::Evidence],
    ),
    fact(
        "component.trained-by-maker",
        Kind::Flag,
        b("trained by the maker", "제작자의 학습"),
        b("The maker itself trained the component.", "제작자가 구성요소를 직접 학습했다."),
        CARD,
    ),
    fact(
        "component.frozen",
        Kind::Flag,
        b("kept frozen", "고정 상태"),
        b(
            "The component was not updated during the maker's training.",
            "제작자의 학습 동안 구성요소가 갱신되지 않았다.",
        ),
        CARD,
    ),
    fact(
        "component.updatable",
        Kind::Flag,
        b("can be updated by the maker", "제작자의 갱신 가능"),
        b(
            "The maker can train the component's weights at any time.",
            "제작자가 구성요소의 가중치를 언제든 학습할 수 있다.",
        ),
        CARD,
    ),
    fact(
        "component.foreign-share",
        Kind::Number(Unit::Percent),
        b("share of weights taken over", "가져온 가중치의 비율"),
        b(
            "Share of the component's parameters that started from another maker's weights.",
            "구성요소 파라미터 가운데 다른 제작자의 가중치에서 출발한 비율.",
        ),
        CARD,
    ),
    fact(
        "component.licence",
        Kind::Text,
        b("licence of the component", "구성요소의 라이선스"),
        b("Licence under which the component's weights are used.", "구성요소 가중치를 쓰는 근거 라이선스."),
        CARD,
    ),
];
