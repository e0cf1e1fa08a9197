//! Training: who ran it, where, on what, and what it left behind.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Entry, Filler, Kind, Unit, Word};

const AVAILABILITY: &[Word] = &[
    w("public", "public", "공개"),
    w("on-request", "on request", "요청 시 제공"),
    w("no", "not available", "제공 안 함"),
];

const COMPUTE_KINDS: &[Word] = &[
    w("own", "own machines", "자체 장비"),
    w("national", "national machines", "국가 장비"),
    w("cloud", "rented cloud", "임차 클라우드"),
];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "training.operator",
        Kind::Text,
        b("who ran the training", "학습 수행자"),
        b("The organisation that ran the training.", "학습을 수행한 기관."),
        CARD,
    ),
    fact(
        "training.whole-process-by-maker",
        Kind::Flag,
        b("whole training process run by the maker", "전 과정 자체 수행"),
        b(
            "The maker went through the whole process itself, from model design to pre-training.",
            "모델 설계부터 사전학습까지 전 과정을 제작자가 직접 거쳤다.",
        ),
        CARD,
    ),
    fact(
        "training.own-methods",
        Kind::Flag,
        b("own training methods", "자체 학습 기법"),
        b("The maker used training algorithms or methods of its own.", "제작자가 자체 학습 알고리즘이나 기법을 썼다."),
        CARD,
    ),
    fact(
        "training.tokens",
        Kind::Number(Unit::Tokens),
        b("training tokens", "학습 토큰 수"),
        b("Tokens seen in pre-training.", "사전학습에서 본 토큰 수."),
        CARD,
    ),
    fact(
        "training.compute",
        Kind::Number(Unit::Flop),
        b("training compute", "학습 연산량"),
        b("Floating-point operations of the whole training.", "전체 학습의 부동소수점 연산량."),
        CARD,
    ),
    fact(
        "training.modification-share",
        Kind::Number(Unit::Percent),
        b("compute of the modification", "수정에 쓴 연산 비율"),
        b(
            "Compute of the maker's own training as a share of the original model's.",
            "원래 모델의 학습 연산량에 대한 제작자 학습 연산량의 비율.",
        ),
        CARD,
    ),
    fact(
        "training.gpu-hours",
        Kind::Number(Unit::GpuHours),
        b("GPU hours", "GPU 시간"),
        b("Accelerator hours of the training.", "학습에 쓴 가속기 시간."),
        CARD,
    ),
    fact(
        "training.location",
        Kind::Countries,
        b("where the training ran", "학습 장소"),
        b("Countries in which the training machines stood.", "학습 장비가 있던 국가."),
        &[Filler::Card, Filler::FrontMatter, Filler::Evidence],
    ),
    fact(
        "training.compute-operator-jurisdiction",
        Kind::Countries,
        b("countries of the compute operators", "연산 운영자의 국가"),
        b("Countries of those who operated the training machines.", "학습 장비를 운영한 쪽의 국가."),
        CARD,
    ),
    fact(
        "training.compute-kinds",
        Kind::Words(COMPUTE_KINDS),
        b("kind of compute", "연산 자원의 종류"),
        b("Whose machines the training ran on.", "누구의 장비에서 학습했는지."),
        CARD,
    ),
    fact(
        "training.accelerator-origin",
        Kind::Countries,
        b("origin of the training accelerators", "학습 가속기의 원산국"),
        b("Countries of the vendors of the training accelerators.", "학습 가속기 제조사의 국가."),
        CARD,
    ),
    fact(
        "training.code-available",
        Kind::Word(AVAILABILITY),
        b("training code", "학습 코드"),
        b("Whether the training code can be had.", "학습 코드를 얻을 수 있는지."),
        CARD,
    ),
    fact(
        "training.logs-available",
        Kind::Word(AVAILABILITY),
        b("training logs", "학습 기록"),
        b("Whether the training logs can be had.", "학습 기록을 얻을 수 있는지."),
        CARD,
    ),
    fact(
        "training.logs-from-step-zero",
        Kind::Flag,
        b("logs from step zero", "첫 스텝부터의 기록"),
        b("The training logs begin at the first step.", "학습 기록이 첫 스텝부터 있다."),
        CARD,
    ),
    fact(
        "training.checkpoints-available",
        Kind::Word(AVAILABILITY),
        b("intermediate checkpoints", "중간 체크포인트"),
        b("Whether intermediate checkpoints can be had.", "중간 체크포인트를 얻을 수 있는지."),
        CARD,
    ),
    fact(
        "training.first-checkpoint-step",
        Kind::Number(Unit::Steps),
        b("first checkpoint", "첫 체크포인트"),
        b("Step of the earliest checkpoint that can be had.", "얻을 수 있는 가장 이른 체크포인트의 스텝."),
        CARD,
    ),
];
