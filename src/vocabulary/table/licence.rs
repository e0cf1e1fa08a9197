//! Licences with their clauses, as facts.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Collection, Entry, Filler, Kind, Unit, Word};

pub(super) const COLLECTION: Collection = Collection {
    name: "licence",
    parent: None,
    complete: "licences.complete",
    label: b("licence", "라이선스"),
    meaning: b(
        "A licence that applies to the model or to something it is made of.",
        "모델이나 그 재료에 적용되는 라이선스.",
    ),
};

const APPLIES_TO: &[Word] = &[
    w("weights", "the weights", "가중치"),
    w("code", "the code", "코드"),
    w("data", "the data", "데이터"),
    w("documents", "the documents", "문서"),
    w("component", "a component that comes from a reference", "대조 모델에서 온 구성요소"),
    w("tokenizer", "the tokenizer", "토크나이저"),
    w("teacher", "a teacher whose outputs were trained on", "출력을 학습에 쓴 교사 모델"),
];

const CLAUSE: &[Word] = &[
    w("yes", "yes", "예"),
    w("no", "no", "아니오"),
    w("conditional", "under a condition", "조건부"),
    w("contradictory", "contradictory in the text itself", "조문끼리 모순"),
];

const OWNERS: &[Word] = &[
    w("user", "the one who made them", "만든 쪽"),
    w("licensor", "the licensor", "허락한 쪽"),
    w("silent", "not settled by the text", "조문에 없음"),
];

const LICENCE: &[Filler] = &[Filler::Licence, Filler::Card, Filler::FrontMatter];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "licences.complete",
        Kind::Flag,
        b("licences all listed", "라이선스 목록의 완전성"),
        b("Every licence that applies is listed.", "적용되는 라이선스가 모두 적혀 있다."),
        CARD,
    ),
    fact(
        "licence.id",
        Kind::Text,
        b("licence", "라이선스"),
        b(
            "Identifier of the licence, as the project's licence data names it.",
            "프로젝트의 라이선스 자료에 있는 식별자.",
        ),
        LICENCE,
    ),
    fact(
        "licence.applies-to",
        Kind::Word(APPLIES_TO),
        b("what it applies to", "적용 대상"),
        b("What the licence covers.", "라이선스가 미치는 대상."),
        LICENCE,
    ),
    fact(
        "licence.inherited",
        Kind::Flag,
        b("carried along from a reference", "대조 모델에서 따라옴"),
        b(
            "The licence is another maker's and comes along with what was taken over.",
            "다른 제작자의 라이선스가 가져온 것과 함께 따라온다.",
        ),
        LICENCE,
    ),
    fact(
        "licence.osi-approved",
        Kind::Flag,
        b("approved by the OSI", "OSI 승인"),
        b(
            "The Open Source Initiative approved the licence, as the SPDX list says.",
            "SPDX 목록에 따르면 오픈소스 이니셔티브(OSI)가 승인한 라이선스이다.",
        ),
        &[Filler::Licence, Filler::Card, Filler::Evidence],
    ),
    fact(
        "licence.text-known",
        Kind::Flag,
        b("text known by digest", "조문의 해시 일치"),
        b(
            "The licence text in the directory has the digest of the known text.",
            "디렉터리의 라이선스 조문이 알려진 조문의 해시와 같다.",
        ),
        LICENCE,
    ),
    fact(
        "licence.governing-law",
        Kind::Country,
        b("governing law", "준거법"),
        b("Country whose law governs the licence.", "라이선스의 준거법 국가."),
        LICENCE,
    ),
    fact(
        "licence.commercial-use",
        Kind::Word(CLAUSE),
        b("commercial use allowed", "상업적 이용 허용"),
        b("Commercial use is allowed.", "상업적으로 이용할 수 있다."),
        LICENCE,
    ),
    fact(
        "licence.commercial-threshold",
        Kind::Number(Unit::Users),
        b("users above which another licence is needed", "별도 허락이 필요한 이용자 수"),
        b("Monthly users above which a separate licence is needed.", "이를 넘으면 별도 허락이 필요한 월 이용자 수."),
        LICENCE,
    ),
    fact(
        "licence.modification",
        Kind::Word(CLAUSE),
        b("modification allowed", "수정 허용"),
        b("The licensed work may be modified.", "대상을 수정할 수 있다."),
        LICENCE,
    ),
    fact(
        "licence.redistribution",
        Kind::Word(CLAUSE),
        b("redistribution allowed", "재배포 허용"),
        b("The work may be passed on.", "대상을 다시 배포할 수 있다."),
        LICENCE,
    ),
    fact(
        "licence.derivative-naming",
        Kind::Word(CLAUSE),
        b("naming duty for derivatives", "파생물 이름 의무"),
        b("Derived models must carry a given name.", "파생 모델이 정해진 이름을 달아야 한다."),
        LICENCE,
    ),
    fact(
        "licence.attribution",
        Kind::Word(CLAUSE),
        b("notice duty", "고지 의무"),
        b("Authors must be named or a notice kept.", "저작자를 밝히거나 고지를 유지해야 한다."),
        LICENCE,
    ),
    fact(
        "licence.output-restriction",
        Kind::Word(CLAUSE),
        b("outputs restricted", "출력물 이용 제한"),
        b("What may be done with outputs is restricted.", "출력물로 할 수 있는 일이 제한된다."),
        LICENCE,
    ),
    fact(
        "licence.field-of-use",
        Kind::Word(CLAUSE),
        b("purposes restricted", "용도 제한"),
        b(
            "Certain purposes are forbidden, in the text or in a use policy.",
            "조문이나 이용 정책이 일정한 용도를 금지한다.",
        ),
        LICENCE,
    ),
    fact(
        "licence.revocable",
        Kind::Word(CLAUSE),
        b("revocable at will", "임의 철회 가능"),
        b("The licensor may end the grant without a breach.", "위반이 없어도 허락한 쪽이 끝낼 수 있다."),
        LICENCE,
    ),
    fact(
        "licence.ends-on-breach",
        Kind::Word(CLAUSE),
        b("ends on breach", "위반 시 종료"),
        b("The licensor may end the grant after a breach.", "위반이 있으면 허락한 쪽이 끝낼 수 있다."),
        LICENCE,
    ),
    fact(
        "licence.unilaterally-updatable",
        Kind::Word(CLAUSE),
        b("terms can be changed by the licensor alone", "일방적 조건 변경"),
        b("The licensor alone may change the terms.", "허락한 쪽이 혼자 조건을 바꿀 수 있다."),
        LICENCE,
    ),
    fact(
        "licence.remote-restriction",
        Kind::Word(CLAUSE),
        b("use can be restricted remotely", "원격 제한"),
        b(
            "The licensor reserves the right to restrict use, remotely or otherwise.",
            "허락한 쪽이 원격 등으로 이용을 제한할 권리를 둔다.",
        ),
        LICENCE,
    ),
    fact(
        "licence.geographic-exclusion",
        Kind::Word(CLAUSE),
        b("territories excluded", "지역 제외"),
        b("The licence does not apply in certain territories.", "일부 지역에는 라이선스가 적용되지 않는다."),
        LICENCE,
    ),
    fact(
        "licence.excluded-territories",
        Kind::Countries,
        b("excluded territories", "제외 지역"),
        b("Countries in which the licence does not apply.", "라이선스가 적용되지 않는 국가."),
        LICENCE,
    ),
    fact(
        "licence.derivatives-owned-by",
        Kind::Word(OWNERS),
        b("owner of derivatives", "파생물의 소유자"),
        b("Who owns changes to the work.", "대상을 바꾼 결과의 소유자."),
        LICENCE,
    ),
    fact(
        "licence.patent-grant",
        Kind::Word(CLAUSE),
        b("patents granted", "특허 허락"),
        b("The licence covers the licensor's patents.", "허락한 쪽의 특허도 허락한다."),
        LICENCE,
    ),
    fact(
        "licence.ends-on-litigation",
        Kind::Word(CLAUSE),
        b("ends on litigation", "소송 시 종료"),
        b("The grant ends when the user sues.", "이용자가 소송을 내면 끝난다."),
        LICENCE,
    ),
    fact(
        "notices.references-named",
        Kind::Flag,
        b("references named", "출처 표기"),
        b("The models and code that were built on are named.", "바탕이 된 모델과 코드를 밝혔다."),
        CARD,
    ),
    fact(
        "notices.licences-followed",
        Kind::Flag,
        b("licence policies followed", "라이선스 정책 준수"),
        b("The licence policies of the open source used are followed.", "사용한 오픈소스의 라이선스 정책을 지켰다."),
        CARD,
    ),
];
