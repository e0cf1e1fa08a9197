//! The fields of the card about making and running the model: the other half of the table in `fields.rs`.

use super::fields::{IDS, own_facts};
use super::shape::{Field, Items, Shape, fact, field, note};
use crate::vocabulary::Kind;

/// Who trained the model, where, on what.
pub(super) const TRAINING: &[Field] = &[
    field("compute", Shape::Rows(COMPUTE), "Where it ran: one entry a site.", "학습한 곳: 장소마다 한 항목."),
    field("hardware", Shape::Rows(HARDWARE), "On what it ran.", "학습에 쓴 장비."),
    fact("operator", "training.operator"),
    fact("whole_process_by_maker", "training.whole-process-by-maker"),
    fact("own_methods", "training.own-methods"),
    fact("started", "training.started"),
    fact("ended", "training.ended"),
    fact("gpu_hours", "training.gpu-hours"),
    fact("tokens_seen", "training.tokens"),
    fact("compute_flop", "training.compute"),
    fact("modification_share", "training.modification-share"),
    fact("energy", "training.energy"),
    fact("carbon", "training.carbon"),
    fact("water", "training.water"),
    fact("cost_krw", "training.cost-krw"),
    fact("cost_usd", "training.cost-usd"),
    fact("home_compute_share", "training.home-compute-share"),
    field(
        "stages",
        Shape::Given("training.stages-described"),
        "Stages: {name, components, datasets, tokens}.",
        "단계: {name, components, datasets, tokens}.",
    ),
    field("logs", Shape::FactOrMap("training.logs-available", LOGS), "Training logs.", "학습 기록."),
    field(
        "checkpoints",
        Shape::FactOrMap("training.checkpoints-available", CHECKPOINTS),
        "Intermediate checkpoints.",
        "중간 체크포인트.",
    ),
    field("code", Shape::FactOrMap("training.code-available", CODE), "Training code.", "학습 코드."),
    IDS,
];

const COMPUTE: &[Field] = &[
    fact("location", "training.location"),
    note("operator", "Who operated the machines.", "장비를 운영한 쪽."),
    fact("operator_jurisdiction", "training.compute-operator-jurisdiction"),
    fact("kind", "training.compute-kinds"),
];

const HARDWARE: &[Field] = &[
    note("vendor", "Who makes it.", "제조사."),
    note("product", "What it is.", "제품."),
    fact("count", "training.accelerator-count"),
    fact("origin", "training.accelerator-origin"),
];

const LOGS: &[Field] = &[
    fact("available", "training.logs-available"),
    fact("from_step_zero", "training.logs-from-step-zero"),
    fact("kept_months", "training.logs-kept-months"),
    note("url", "Where they are.", "주소."),
    IDS,
];

const CHECKPOINTS: &[Field] = &[
    fact("available", "training.checkpoints-available"),
    fact("count", "training.checkpoint-count"),
    fact("first_step", "training.first-checkpoint-step"),
    note("url", "Where they are.", "주소."),
    IDS,
];

const CODE: &[Field] = &[
    fact("available", "training.code-available"),
    note("url", "Where it is.", "주소."),
    field("licence", Shape::Licence("code", false), "Its licence.", "라이선스."),
    IDS,
];

/// Where and how it runs.
pub(super) const OPERATION: &[Field] = &[
    fact("serving", "operation.serving"),
    field("hosting", Shape::Rows(HOSTING), "Who hosts it, and where.", "누가 어디서 운영하는지."),
    field(
        "api_dependency",
        Shape::Items(&DEPENDENCIES),
        "Services of others that it needs; an empty list says none.",
        "필요한 다른 곳의 서비스. 빈 목록은 없다는 뜻이다.",
    ),
    fact("remote_kill", "operation.remote-kill"),
    field("accelerators", Shape::Rows(ACCELERATORS), "What it runs on in service.", "서비스에서 쓰는 가속기."),
    fact("offline", "operation.offline"),
    fact("survives_supplier_outage", "operation.survives-supplier-outage"),
    fact("upgrade_any_time", "operation.upgrade-any-time"),
    fact("control_in_any_situation", "operation.control-in-any-situation"),
    IDS,
];

const HOSTING: &[Field] = &[
    note("provider", "Who hosts it.", "운영하는 쪽."),
    fact("jurisdiction", "operation.hosting-jurisdiction"),
    fact("location", "operation.hosting-location"),
];

const ACCELERATORS: &[Field] = &[
    note("vendor", "Who makes it.", "제조사."),
    note("product", "What it is.", "제품."),
    fact("count", "operation.accelerator-count"),
    fact("origin", "operation.accelerator-origin"),
];

const DEPENDENCIES: Items = Items {
    collection: "dependency",
    id: "model_or_service",
    model: true,
    implied: &[],
    empty_completes: Some("dependencies.complete"),
    at_model: true,
    names: None,
    fields: &[
        fact("model_or_service", "dependency.service").must(),
        fact("provider", "dependency.provider"),
        fact("jurisdiction", "dependency.jurisdiction"),
        fact("affiliated", "dependency.affiliated"),
        fact("needed_for", "dependency.needed-for"),
        own_facts("dependency"),
        IDS,
    ],
};

/// How long the model is cared for.
pub(super) const SUPPORT: &[Field] =
    &[fact("patch_months", "support.patch-months"), fact("until", "support.until"), IDS];

/// What comes with the model.
pub(super) const DELIVERY: &[Field] = &[
    fact("sbom", "delivery.sbom"),
    fact("sbom_format", "delivery.sbom-format"),
    fact("sbom_lists_libraries", "delivery.sbom-lists-libraries"),
    fact("sbom_signed", "delivery.sbom-signed"),
    fact("weights_signed", "delivery.weights-signed"),
    IDS,
];

/// How the model comes to the market.
pub(super) const MARKET: &[Field] = &[
    fact("monetised", "market.monetised"),
    fact("placed_in", "market.placed-in"),
    fact("placed_on_union_market", "market.placed-on-union-market"),
    fact("systemic_risk_designated", "market.systemic-risk-designated"),
    fact("authorised_representative", "market.authorised-representative"),
    fact("copyright_policy", "market.copyright-policy"),
    fact("opt_outs_respected", "market.opt-outs-respected"),
    fact("acceptable_use_policy", "market.acceptable-use-policy"),
    fact("export_licence_held", "law.export-licence-held"),
    fact("export_licence_until", "law.export-licence-until"),
    IDS,
];

/// Duties towards authors.
pub(super) const NOTICES: &[Field] = &[
    fact("references_named", "notices.references-named"),
    fact("licences_followed", "notices.licences-followed"),
    IDS,
];

/// Who can see what.
pub(super) const TRANSPARENCY: &[Field] = &[
    fact("open_to_verifiers", "transparency.open-to-verifiers"),
    fact("open_to_users", "transparency.open-to-users"),
    fact("technical_report", "transparency.technical-report"),
    IDS,
];

/// What the release holds.
pub(super) const ARTEFACTS: Items = Items {
    collection: "artefact",
    id: "id",
    model: false,
    implied: &[],
    empty_completes: None,
    at_model: true,
    names: None,
    fields: &[
        note("id", "A short name, used once.", "한 번만 쓰는 짧은 이름.").must(),
        fact("name", "artefact.name"),
        fact("title", "artefact.title"),
        fact("content", "artefact.content"),
        fact("present", "artefact.present"),
        fact("openness", "artefact.openness"),
        fact("licence", "artefact.licence"),
        fact("licence_id", "artefact.licence-id"),
        fact("licence_from", "artefact.licence-from"),
        fact("unlicensed", "artefact.unlicensed"),
        fact("gated", "artefact.gated"),
        fact("url", "artefact.url"),
        field("more_urls", Shape::Note(Kind::Texts), "Further addresses.", "그 밖의 주소."),
        own_facts("artefact"),
        IDS,
    ],
};

/// Answers to a questionnaire.
pub(super) const ANSWERS: Items = Items {
    collection: "answer",
    id: "question",
    model: false,
    implied: &[],
    empty_completes: None,
    at_model: true,
    names: None,
    fields: &[
        fact("question", "answer.question").must(),
        fact("objective", "answer.objective"),
        fact("choice", "answer.choice"),
        note("answer", "The answer that was chosen, in words.", "고른 답의 문구."),
        fact("level", "answer.level"),
        fact("points", "answer.points"),
        own_facts("answer"),
        IDS,
    ],
};

/// What a service is built from.
pub(super) const SUPPLY_PARTS: Items = Items {
    collection: "supply-part",
    id: "name",
    model: false,
    implied: &[],
    empty_completes: None,
    at_model: true,
    names: None,
    fields: &[
        fact("name", "supply-part.name").must(),
        fact("origin", "supply-part.origin"),
        fact("critical", "supply-part.critical"),
        fact("disclosure", "supply-part.disclosure"),
        fact("auditable", "supply-part.auditable"),
        fact("alternative_documented", "supply-part.alternative-documented"),
        own_facts("supply-part"),
        IDS,
    ],
};

/// What a body has certified.
pub(super) const CERTIFICATES: Items = Items {
    collection: "certificate",
    id: "scheme",
    model: false,
    implied: &[],
    empty_completes: Some("certificates.complete"),
    at_model: true,
    names: None,
    fields: &[
        fact("scheme", "certificate.scheme").must(),
        fact("level", "certificate.level"),
        fact("valid_until", "certificate.valid-until"),
        own_facts("certificate"),
        IDS,
    ],
};
