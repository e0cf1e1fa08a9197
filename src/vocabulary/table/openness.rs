//! Openness: what a model's release holds, as the Model Openness Framework asks.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Collection, Entry, Filler, Kind, Word};

pub(super) const COLLECTION: Collection = Collection {
    name: "artefact",
    parent: None,
    complete: "artefacts.complete",
    label: b("artefact", "공개물"),
    meaning: b("Something a release may hold, such as training code.", "학습 코드처럼 공개에 포함될 수 있는 것."),
};

const NAMES: &[Word] = &[
    w("datasets", "datasets", "데이터셋"),
    w("data-preprocessing-code", "data preprocessing code", "데이터 전처리 코드"),
    w("model-architecture", "model architecture", "모델 구조"),
    w("model-parameters-final", "final model parameters", "최종 모델 파라미터"),
    w("model-parameters-intermediate", "intermediate model parameters", "중간 모델 파라미터"),
    w("model-metadata", "model metadata", "모델 메타데이터"),
    w("training-code", "training code", "학습 코드"),
    w("inference-code", "inference code", "추론 코드"),
    w("evaluation-code", "evaluation code", "평가 코드"),
    w("evaluation-data", "evaluation data", "평가 데이터"),
    w("evaluation-results", "evaluation results", "평가 결과"),
    w("supporting-libraries-and-tools", "supporting libraries and tools", "지원 라이브러리와 도구"),
    w("model-card", "model card", "모델 카드"),
    w("data-card", "data card", "데이터 카드"),
    w("technical-report", "technical report", "기술 보고서"),
    w("research-paper", "research paper", "연구 논문"),
    w("sample-model-outputs", "sample model outputs", "모델 출력 예시"),
    w("base-model-data", "data of the base model", "기반 모델의 데이터"),
    w("base-model-parameters", "parameters of the base model", "기반 모델의 파라미터"),
    w("code-documentation", "documentation of the code", "코드 문서"),
    w("architecture-documentation", "documentation of hardware and architecture", "장비와 구조 문서"),
    w("preprint", "preprint", "사전 출판본"),
    w("source-code", "source code", "소스 코드"),
    w("package", "software package", "소프트웨어 꾸러미"),
    w("api", "programming interface", "프로그래밍 인터페이스"),
    w("licences", "licences of the release", "공개물의 라이선스"),
    w("model-configuration", "configuration and hyper-parameters", "설정과 하이퍼파라미터"),
    w("optimiser-state", "state of the optimiser", "옵티마이저 상태"),
    w("data-collection-code", "code that collects, selects and filters data", "데이터를 모으고 고르고 거르는 코드"),
    w("labelling-procedure", "description of labelling", "레이블링 방법 설명"),
    w("change-log", "change log", "변경 기록"),
    w("acceptable-use-policy", "acceptable use policy", "이용 방침"),
    w("risk-evaluation", "evaluation of risks", "위험 평가"),
    w("mitigation-evaluation", "evaluation of mitigations", "완화 조치 평가"),
    w("incident-reports", "reports of incidents", "사고 보고"),
    w("other", "something without a name of its own here", "여기에 이름이 없는 것"),
];

const OPENNESS: &[Word] =
    &[w("open", "open", "공개"), w("partial", "partly open", "일부 공개"), w("closed", "closed", "비공개")];

const CONTENT: &[Word] = &[w("code", "code", "코드"), w("data", "data", "데이터"), w("document", "document", "문서")];

const LICENCE_FROM: &[Word] = &[
    w("own", "its own entry", "자체 항목"),
    w("content-type", "the entry for its content type", "내용 유형별 항목"),
    w("distribution", "the entry for the whole release", "공개 전체 항목"),
    w("none", "no entry", "항목 없음"),
];

const IMPORT: &[Filler] = &[Filler::Import, Filler::Card, Filler::Evidence];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "transparency.open-to-verifiers",
        Kind::Flag,
        b("open to verifiers", "검증자에게 공개"),
        b("Those who verify the model are given what they need.", "모델을 검증하는 쪽에 필요한 것을 제공한다."),
        CARD,
    ),
    fact(
        "transparency.open-to-users",
        Kind::Flag,
        b("open to users", "이용자에게 공개"),
        b("Those who use the model can see what it is made of.", "모델을 쓰는 쪽이 무엇으로 만들었는지 볼 수 있다."),
        CARD,
    ),
    fact(
        "transparency.technical-report",
        Kind::Flag,
        b("technical report published", "기술 보고서 공개"),
        b("A technical report is public.", "기술 보고서가 공개되어 있다."),
        CARD,
    ),
    fact(
        "artefacts.complete",
        Kind::Flag,
        b("artefacts all listed", "공개물 목록의 완전성"),
        b("The list of artefacts is complete.", "공개물 목록에 빠진 것이 없다."),
        IMPORT,
    ),
    fact(
        "artefact.name",
        Kind::Word(NAMES),
        b("artefact", "공개물"),
        b("Which artefact it is.", "어떤 공개물인지."),
        IMPORT,
    ),
    fact(
        "artefact.title",
        Kind::Text,
        b("name as written", "적힌 이름"),
        b("What the source calls the artefact.", "출처가 공개물을 부르는 이름."),
        IMPORT,
    ),
    fact(
        "artefact.openness",
        Kind::Word(OPENNESS),
        b("openness", "공개 정도"),
        b("How open an index finds the artefact.", "지수가 매긴 공개 정도."),
        IMPORT,
    ),
    fact(
        "artefact.content",
        Kind::Word(CONTENT),
        b("content type", "내용 유형"),
        b("Whether it is code, data or a document.", "코드, 데이터, 문서 가운데 무엇인지."),
        IMPORT,
    ),
    fact(
        "artefact.present",
        Kind::Flag,
        b("released", "공개 여부"),
        b("The artefact is part of the release.", "공개에 포함되어 있다."),
        IMPORT,
    ),
    fact(
        "artefact.licence",
        Kind::Text,
        b("licence as stated", "적힌 라이선스"),
        b("The licence that is stated for the artefact, after inheritance.", "상속을 적용한 뒤의 공개물 라이선스."),
        IMPORT,
    ),
    fact(
        "artefact.licence-id",
        Kind::Text,
        b("licence id", "라이선스 식별자"),
        b(
            "The stated licence as an id of the SPDX list; unknown where the text is no such id.",
            "적힌 라이선스의 SPDX 식별자. 식별자가 아닌 글이면 알 수 없다.",
        ),
        IMPORT,
    ),
    fact(
        "artefact.osi-approved",
        Kind::Flag,
        b("licence approved by the OSI", "OSI 승인 라이선스"),
        b(
            "The Open Source Initiative approved the artefact's licence, as the SPDX list says of the stated id; of a \
            choice of licences one will do.",
            "공개물의 라이선스는 오픈소스 이니셔티브(OSI)가 승인한 것이다. 적힌 식별자를 SPDX 목록에서 찾으며, 여럿 가운데 \
            고를 수 있으면 하나로 충분하다.",
        ),
        IMPORT,
    ),
    fact(
        "artefact.unlicensed",
        Kind::Flag,
        b("expressly unlicensed", "라이선스 없음 명시"),
        b("The release says that the artefact has no licence.", "공개물에 라이선스가 없다고 적혀 있다."),
        IMPORT,
    ),
    fact(
        "artefact.licence-from",
        Kind::Word(LICENCE_FROM),
        b("where the licence is stated", "라이선스가 적힌 곳"),
        b("Which entry states the artefact's licence.", "어느 항목이 라이선스를 정하는지."),
        IMPORT,
    ),
    fact(
        "artefact.gated",
        Kind::Flag,
        b("gated", "접근 제한"),
        b("The artefact is given only after a form or a contract.", "신청이나 계약 뒤에만 준다."),
        IMPORT,
    ),
    fact(
        "artefact.url",
        Kind::Text,
        b("address", "주소"),
        b("Where the artefact can be found.", "공개물이 있는 곳."),
        IMPORT,
    ),
];
