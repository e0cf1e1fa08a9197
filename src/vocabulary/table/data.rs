//! Training data, data sets, and teachers whose answers were learned from.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Collection, Entry, Kind, Unit, Word};

pub(super) const DATASETS: Collection = Collection {
    name: "dataset",
    parent: None,
    complete: "datasets.complete",
    label: b("dataset", "데이터셋"),
    meaning: b("A body of data used for training.", "학습에 쓴 데이터 묶음."),
};

pub(super) const TEACHERS: Collection = Collection {
    name: "teacher",
    parent: None,
    complete: "teachers.complete",
    label: b("teacher", "교사 모델"),
    meaning: b("A model whose outputs were trained on.", "그 출력을 학습에 쓴 모델."),
};

const STAGES: &[Word] = &[
    w("pretraining", "pre-training", "사전학습"),
    w("midtraining", "mid-training", "중간학습"),
    w("sft", "supervised fine-tuning", "지도 미세조정"),
    w("preference", "preference tuning", "선호 조정"),
    w("rl", "reinforcement learning", "강화학습"),
    w("tokenizer", "tokenizer training", "토크나이저 학습"),
    w("evaluation", "evaluation", "평가"),
];

const SOURCE_TYPES: &[Word] = &[
    w("public", "public data", "공개 데이터"),
    w("licensed", "licensed data", "허락받은 데이터"),
    w("private-third-party", "a third party's private data", "제삼자의 비공개 데이터"),
    w("crawled", "crawled data", "수집한 웹 데이터"),
    w("user", "users' data", "이용자 데이터"),
    w("synthetic", "synthetic data", "합성 데이터"),
    w("own", "own data", "자체 데이터"),
    w("other", "other data", "기타 데이터"),
];

const CONTROLS: &[Word] = &[
    w("exclusive", "exclusive", "단독"),
    w("shared", "shared", "공유"),
    w("revocable-by-others", "revocable by others", "다른 쪽이 철회 가능"),
];

const TEACHER_KINDS: &[Word] =
    &[w("open-weight", "published weights", "공개 가중치"), w("closed-api", "a closed service", "비공개 서비스")];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "data.curated-by-maker",
        Kind::Flag,
        b("data collected and processed by the maker", "데이터의 자체 수집·가공"),
        b(
            "The maker itself collected, filtered and processed the training data, from whatever lawful source.",
            "출처가 무엇이든 적법하게, 제작자가 학습 데이터를 직접 모으고 거르고 가공했다.",
        ),
        CARD,
    ),
    fact(
        "data.owned-or-licensed",
        Kind::Flag,
        b("data owned or licensed", "데이터의 소유 또는 사용 허락"),
        b(
            "The maker owns all training data or has a licence for it.",
            "제작자가 모든 학습 데이터를 소유하거나 사용 허락을 받았다.",
        ),
        CARD,
    ),
    fact(
        "data.synthetic-share",
        Kind::Number(Unit::Percent),
        b("synthetic share", "합성 데이터 비율"),
        b("Share of training tokens that a model wrote.", "모델이 쓴 학습 토큰의 비율."),
        CARD,
    ),
    fact(
        "data.distilled-share",
        Kind::Number(Unit::Percent),
        b("distilled share", "증류 데이터 비율"),
        b(
            "Share of training tokens or targets that come from another maker's model.",
            "다른 제작자의 모델에서 나온 학습 토큰이나 목표의 비율.",
        ),
        CARD,
    ),
    fact(
        "data.home-language-share",
        Kind::Number(Unit::Percent),
        b("share in the home language", "자국어 비율"),
        b("Share of training tokens in the maker's national language.", "제작자 자국어로 된 학습 토큰의 비율."),
        CARD,
    ),
    fact(
        "data.summary-published",
        Kind::Flag,
        b("summary of training data published", "학습 데이터 요약 공개"),
        b("A public summary of the training content exists.", "학습 내용의 공개 요약이 있다."),
        CARD,
    ),
    fact(
        "data.cutoff",
        Kind::Date,
        b("data cut-off", "데이터 기준일"),
        b("Latest date of the training data.", "학습 데이터의 마지막 날짜."),
        CARD,
    ),
    fact(
        "datasets.complete",
        Kind::Flag,
        b("datasets all listed", "데이터셋 목록의 완전성"),
        b("The list of datasets is complete.", "데이터셋 목록에 빠진 것이 없다."),
        CARD,
    ),
    fact(
        "dataset.stages",
        Kind::Words(STAGES),
        b("stages", "쓰인 단계"),
        b("Stages of training that used the data.", "데이터를 쓴 학습 단계."),
        CARD,
    ),
    fact(
        "dataset.source-type",
        Kind::Word(SOURCE_TYPES),
        b("source type", "출처 유형"),
        b("Where the data comes from.", "데이터가 어디서 왔는지."),
        CARD,
    ),
    fact(
        "dataset.origin",
        Kind::Countries,
        b("origin", "원산지"),
        b("Countries in which the data was collected or created.", "데이터를 모으거나 만든 국가."),
        CARD,
    ),
    fact("dataset.holder", Kind::Text, b("holder", "보유자"), b("Who holds the data.", "데이터를 보유한 쪽."), CARD),
    fact(
        "dataset.holder-jurisdiction",
        Kind::Country,
        b("holder's country", "보유자의 국가"),
        b("Country of the data's holder.", "데이터 보유자의 국가."),
        CARD,
    ),
    fact(
        "dataset.licence",
        Kind::Text,
        b("licence of the data", "데이터의 라이선스"),
        b("Licence under which the data is used.", "데이터를 쓰는 근거 라이선스."),
        CARD,
    ),
    fact(
        "dataset.token-share",
        Kind::Number(Unit::Percent),
        b("share of tokens", "토큰 비율"),
        b("Share of the training tokens.", "학습 토큰 가운데 차지하는 비율."),
        CARD,
    ),
    fact(
        "dataset.tokens",
        Kind::Number(Unit::Tokens),
        b("tokens", "토큰 수"),
        b("Tokens of the dataset.", "데이터셋의 토큰 수."),
        CARD,
    ),
    fact(
        "dataset.stored-in",
        Kind::Countries,
        b("stored in", "보관 국가"),
        b("Countries in which the data is stored.", "데이터를 보관하는 국가."),
        CARD,
    ),
    fact(
        "dataset.processed-in",
        Kind::Countries,
        b("processed in", "가공 국가"),
        b("Countries in which the data is processed.", "데이터를 가공하는 국가."),
        CARD,
    ),
    fact(
        "dataset.control",
        Kind::Word(CONTROLS),
        b("control", "통제"),
        b("Who controls the data.", "데이터를 누가 통제하는지."),
        CARD,
    ),
    fact(
        "teachers.complete",
        Kind::Flag,
        b("teachers all listed", "교사 모델 목록의 완전성"),
        b("The list of teachers is complete.", "교사 모델 목록에 빠진 것이 없다."),
        CARD,
    ),
    fact(
        "teacher.model",
        Kind::Text,
        b("teacher", "교사 모델"),
        b("The model whose outputs were trained on.", "그 출력을 학습에 쓴 모델."),
        CARD,
    ),
    fact(
        "teacher.same-maker",
        Kind::Flag,
        b("teacher made by the same maker", "같은 제작자의 교사 모델"),
        b("The teacher is the maker's own model.", "교사 모델이 제작자 자신의 모델이다."),
        CARD,
    ),
    fact(
        "teacher.holder",
        Kind::Text,
        b("teacher's holder", "교사 모델의 보유자"),
        b("Who holds the teacher.", "교사 모델을 보유한 쪽."),
        CARD,
    ),
    fact(
        "teacher.jurisdiction",
        Kind::Country,
        b("teacher's country", "교사 모델의 국가"),
        b("Country of the teacher's holder.", "교사 모델 보유자의 국가."),
        CARD,
    ),
    fact(
        "teacher.kind",
        Kind::Word(TEACHER_KINDS),
        b("kind of teacher", "교사 모델의 종류"),
        b("Whether the teacher's weights are published.", "교사 모델의 가중치가 공개되어 있는지."),
        CARD,
    ),
];
