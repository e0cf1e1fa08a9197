//! Operation: where the model runs, on what, and on whom it depends.

use super::{CARD, b, fact, w};
use crate::vocabulary::{Collection, Entry, Kind, Word};

pub(super) const DEPENDENCIES: Collection = Collection {
    name: "dependency",
    parent: None,
    complete: "dependencies.complete",
    label: b("dependency", "의존 서비스"),
    meaning: b("A service of another that the model needs to work.", "모델이 작동하는 데 필요한 다른 곳의 서비스."),
};

const SERVING: &[Word] = &[
    w("self-hosted-possible", "anyone can host it", "누구나 직접 운영 가능"),
    w("developer-api-only", "only through the maker's API", "제작자의 API로만 제공"),
    w("third-party-api", "through another's API", "다른 곳의 API로 제공"),
];

pub(super) const ENTRIES: &[Entry] = &[
    fact(
        "operation.serving",
        Kind::Word(SERVING),
        b("how it is served", "제공 방식"),
        b("How users reach the model.", "이용자가 모델에 닿는 길."),
        CARD,
    ),
    fact(
        "operation.offline",
        Kind::Flag,
        b("runs without the internet", "인터넷 없이 작동"),
        b("The model runs on premises without the internet.", "구내에서 인터넷 없이 작동한다."),
        CARD,
    ),
    fact(
        "operation.survives-supplier-outage",
        Kind::Flag,
        b("survives a supplier's outage", "공급자 중단에도 작동"),
        b("The service goes on when a supplier's servers stop.", "공급자의 서버가 멈춰도 서비스가 이어진다."),
        CARD,
    ),
    fact(
        "operation.hosting-location",
        Kind::Countries,
        b("where it is hosted", "운영 장소"),
        b("Countries in which the model is hosted.", "모델을 운영하는 국가."),
        CARD,
    ),
    fact(
        "operation.hosting-jurisdiction",
        Kind::Countries,
        b("countries of the hosts", "운영자의 국가"),
        b("Countries of those who host the model.", "모델을 운영하는 쪽의 국가."),
        CARD,
    ),
    fact(
        "operation.accelerator-origin",
        Kind::Countries,
        b("origin of the serving accelerators", "추론 가속기의 원산국"),
        b(
            "Countries of the vendors of the accelerators that the model runs on in service.",
            "서비스에서 모델이 작동하는 가속기 제조사의 국가.",
        ),
        CARD,
    ),
    fact(
        "operation.remote-kill",
        Kind::Flag,
        b("can be shut off by others", "다른 쪽의 차단 가능"),
        b(
            "Another can shut the model off or restrict it from afar.",
            "다른 쪽이 모델을 멀리서 멈추거나 제한할 수 있다.",
        ),
        CARD,
    ),
    fact(
        "operation.upgrade-any-time",
        Kind::Flag,
        b("can be improved at any time", "언제든 고도화 가능"),
        b("The maker itself can improve the model at any time.", "제작자가 언제든 모델을 개선하고 고도화할 수 있다."),
        CARD,
    ),
    fact(
        "operation.control-in-any-situation",
        Kind::Flag,
        b("under own control in any situation", "어떤 상황에서도 통제"),
        b(
            "Operation and use remain under own control in any situation.",
            "어떤 상황에서도 운영과 활용을 스스로 통제한다.",
        ),
        CARD,
    ),
    fact(
        "dependencies.complete",
        Kind::Flag,
        b("dependencies all listed", "의존 목록의 완전성"),
        b("Every service the model depends on is listed.", "모델이 의존하는 서비스가 모두 적혀 있다."),
        CARD,
    ),
    fact(
        "dependency.service",
        Kind::Text,
        b("service", "서비스"),
        b("The model or service that is called.", "호출하는 모델이나 서비스."),
        CARD,
    ),
    fact(
        "dependency.provider",
        Kind::Text,
        b("provider", "제공자"),
        b("Who provides the service.", "서비스를 제공하는 쪽."),
        CARD,
    ),
    fact(
        "dependency.jurisdiction",
        Kind::Country,
        b("provider's country", "제공자의 국가"),
        b("Country of the provider.", "제공자의 국가."),
        CARD,
    ),
    fact(
        "dependency.affiliated",
        Kind::Flag,
        b("provider belongs to the maker", "계열사 여부"),
        b("The provider is the maker or its affiliate.", "제공자가 제작자이거나 그 계열사이다."),
        CARD,
    ),
    fact(
        "dependency.needed-for",
        Kind::Text,
        b("needed for", "용도"),
        b("What the service is needed for.", "서비스가 필요한 까닭."),
        CARD,
    ),
];
