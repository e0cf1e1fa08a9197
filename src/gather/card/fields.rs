//! The table of the card's fields: the one definition that reading, schema and manual follow.

use super::fields_of_use::{
    ANSWERS, ARTEFACTS, CERTIFICATES, DELIVERY, MARKET, NOTICES, OPERATION, SUPPLY_PARTS, SUPPORT, TRAINING,
    TRANSPARENCY,
};
use super::shape::{Field, Items, Shape, fact, field, note};
use crate::vocabulary::Kind;

/// The value of `schema`.
pub(super) const FORMAT: &str = "sovereignty/1";

/// All fields of the block.
pub(super) const CARD: &[Field] = &[
    field("schema", Shape::Format, "Format and version: `sovereignty/1`.", "형식과 버전: `sovereignty/1`."),
    field(
        "statement_date",
        Shape::Note(Kind::Date),
        "Day of the statement; the date of everything in the block without an evidence entry of its own.",
        "진술한 날. 따로 증거 항목이 없는 모든 값의 날짜가 된다.",
    ),
    note("model_id", "What the model is called: `owner/name`.", "모델의 이름: `owner/name`."),
    field(
        "written_by",
        Shape::Note(Kind::Text),
        "`maker`, or `other` where somebody else than the maker wrote the card from public sources.",
        "`maker`, 또는 제작자가 아닌 쪽이 공개 자료로 쓴 카드이면 `other`.",
    ),
    field("developer", Shape::Map(DEVELOPER), "Who answers for the model.", "모델에 책임을 지는 쪽."),
    fact("relation", "model.relation"),
    field("release", Shape::Map(RELEASE), "What was handed in and published.", "제출하고 공개한 것."),
    field(
        "complete",
        Shape::Complete(&[
            ("components", "components.complete"),
            ("datasets", "datasets.complete"),
            ("teachers", "teachers.complete"),
            ("licences", "licences.complete"),
            ("dependencies", "dependencies.complete"),
            ("artefacts", "artefacts.complete"),
            ("answers", "answers.complete"),
            ("supply_parts", "supply-parts.complete"),
            ("certificates", "certificates.complete"),
        ]),
        "Lists of this block that leave nothing out.",
        "이 블록에서 빠진 것이 없는 목록.",
    ),
    field(
        "components",
        Shape::Items(&COMPONENTS),
        "One entry for each part with weights.",
        "가중치를 가진 부분마다 한 항목.",
    ),
    field("tokenizer", Shape::Map(TOKENIZER), "The tokenizer.", "토크나이저."),
    field("datasets", Shape::Items(&DATASETS), "What the model was trained on.", "학습에 쓴 데이터."),
    field("teachers", Shape::Items(&TEACHERS), "Models whose outputs were trained on.", "출력을 학습에 쓴 모델."),
    field("data", Shape::Map(DATA), "The training data as a whole.", "학습 데이터 전체."),
    field("architecture", Shape::Map(ARCHITECTURE), "The design of the network.", "신경망의 설계."),
    field("training", Shape::Map(TRAINING), "Who trained it, where, on what.", "누가 어디서 무엇으로 학습했는지."),
    field("operation", Shape::Map(OPERATION), "Where and how it runs.", "어디서 어떻게 운영하는지."),
    field("licensing", Shape::Map(LICENSING), "Licences of the parts of the release.", "공개물 각 부분의 라이선스."),
    field(
        "notices",
        Shape::Map(NOTICES),
        "Duties towards the authors of what was used.",
        "사용한 것의 저작자에 대한 의무.",
    ),
    field("transparency", Shape::Map(TRANSPARENCY), "Who can see what.", "누가 무엇을 볼 수 있는지."),
    field(
        "artefacts",
        Shape::Items(&ARTEFACTS),
        "What the release holds: code, data, documents.",
        "공개물에 든 것: 코드, 데이터, 문서.",
    ),
    field("answers", Shape::Items(&ANSWERS), "Answers to a questionnaire.", "질문지에 대한 답."),
    field(
        "supply_parts",
        Shape::Items(&SUPPLY_PARTS),
        "Parts, products and subcontractors that the service is built from.",
        "서비스를 이루는 부품, 제품, 하도급자.",
    ),
    field(
        "certificates",
        Shape::Items(&CERTIFICATES),
        "Certificates and audit reports; an empty list says none.",
        "인증서와 감사 보고서. 빈 목록은 없다는 뜻이다.",
    ),
    field(
        "facts",
        Shape::Paths,
        "Facts at the model by their path in the vocabulary, for what has no field of its own, and those that \
        rulesets bring along by their namespace: {namespace: {key: value}}.",
        "따로 필드가 없는 사실을 어휘의 경로로 적는 곳. 규칙 모음이 가져온 사실은 그 이름 공간 아래에 적는다: {이름 공간: {키: 값}}.",
    ),
    field(
        "evidence",
        Shape::Evidence,
        "Documents and files that what is stated rests on.",
        "진술을 뒷받침하는 문서와 파일.",
    ),
    field(
        "contacts",
        Shape::Given("maker.contact-given"),
        "Whom to ask: name or role, address.",
        "문의할 곳: 이름이나 역할, 주소.",
    ),
    field(
        "affirmation",
        Shape::Given("maker.statement-affirmed"),
        "Who affirms the statement, and when.",
        "진술을 확인하는 사람과 날짜.",
    ),
    field("support", Shape::Map(SUPPORT), "How long the model is cared for.", "모델을 얼마나 오래 돌보는지."),
    field("delivery", Shape::Map(DELIVERY), "What comes with the model.", "모델과 함께 내는 것."),
    field("market", Shape::Map(MARKET), "How the model comes to the market.", "모델을 시장에 내놓는 방식."),
];

/// Facts of an entry by the namespaces of rulesets.
pub(super) const fn own_facts(collection: &'static str) -> Field {
    field(
        "facts",
        Shape::Own(collection),
        "Facts that rulesets bring along, by their namespace: {namespace: {key: value}}.",
        "규칙 모음이 가져온 사실을 그 이름 공간 아래에 적는 곳: {이름 공간: {키: 값}}.",
    )
}

/// Ids of evidence entries, in any mapping.
pub(super) const IDS: Field = field(
    "evidence",
    Shape::EvidenceIds,
    "Ids of entries of `evidence` that describe this.",
    "이것을 설명하는 `evidence` 항목의 id.",
);

const DEVELOPER: &[Field] = &[
    fact("name", "maker.name"),
    fact("jurisdiction", "maker.jurisdiction"),
    fact("controlled_from", "maker.controlled-from"),
    fact("largest_holder_jurisdiction", "maker.largest-holder-jurisdiction"),
    fact("foreign_share", "maker.foreign-share"),
    fact("responsible_person", "maker.responsible-person"),
    field(
        "contributors",
        Shape::Free,
        "Others who took part: name, jurisdiction, role.",
        "참여한 다른 기관: 이름, 국가, 역할.",
    ),
    IDS,
];

const RELEASE: &[Field] = &[
    fact("form", "model.form"),
    fact("date", "model.released"),
    fact("weights_held", "model.weights-held"),
    fact("weights_published", "model.weights-published"),
    fact("own_tuning", "model.own-tuning"),
    fact("parameters", "model.parameters"),
    fact("active_parameters", "model.active-parameters"),
    fact("context", "model.context"),
    IDS,
];

const COMPONENTS: Items = Items {
    collection: "component",
    id: "id",
    model: false,
    implied: &[],
    empty_completes: None,
    at_model: true,
    names: None,
    fields: &[
        note("id", "A short name, used once.", "한 번만 쓰는 짧은 이름.").must(),
        fact("role", "component.role"),
        field(
            "matches",
            Shape::Note(Kind::Texts),
            "Where it is found: pointers into config.json (`/vision_config`) or beginnings of tensor names.",
            "찾을 수 있는 곳: config.json 안의 포인터(`/vision_config`)나 텐서 이름의 앞부분.",
        ),
        fact("params", "component.parameters"),
        fact("initialisation", "component.initialisation"),
        fact("adaptation", "component.adaptation"),
        field(
            "references",
            Shape::Items(&REFERENCES),
            "Models whose weights it started from.",
            "가중치의 출발점이 된 모델.",
        ),
        fact("references_complete", "component.links-complete"),
        field(
            "trained_by",
            Shape::TrainedBy("component.trained-by-maker"),
            "Organisations that trained it.",
            "학습한 기관.",
        ),
        fact("frozen_during_training", "component.frozen"),
        fact("weight_bearing", "component.weight-bearing"),
        fact("core", "component.core"),
        fact("updatable", "component.updatable"),
        fact("foreign_share", "component.foreign-share"),
        fact("licence", "component.licence"),
        note("licence_file", "File with the licence's text.", "라이선스 조문이 있는 파일."),
        own_facts("component"),
        IDS,
    ],
};

const REFERENCES: Items = Items {
    collection: "link",
    id: "model",
    model: true,
    implied: &[
        ("link.relation", "shared"),
        ("link.trained-weights-shared", "true"),
        ("link.direction", "from-reference"),
    ],
    empty_completes: None,
    at_model: false,
    names: None,
    fields: &[
        fact("model", "link.reference").must(),
        note("revision", "Revision of the reference.", "대조 모델의 리비전."),
        fact("holder", "link.holder"),
        fact("jurisdiction", "link.jurisdiction"),
        fact("licence", "link.licence"),
        note("licence_file", "File with the licence's text.", "라이선스 조문이 있는 파일."),
        fact("kind", "link.reference-kind"),
        fact("same_maker", "link.same-maker"),
        fact("same_legal_entity", "link.same-legal-entity"),
        fact("root", "link.root"),
        fact("share", "link.share"),
        fact("released", "link.reference-released"),
        fact("changes", "link.changes"),
        own_facts("link"),
        IDS,
    ],
};

const TOKENIZER: &[Field] = &[
    fact("origin", "tokenizer.origin"),
    field(
        "references",
        Shape::Rows(TOKENIZER_REFERENCE),
        "Models whose tokenizer was taken.",
        "토크나이저를 가져온 모델.",
    ),
    note("trained_by", "Who trained it.", "학습한 쪽."),
    fact("vocab_size", "tokenizer.vocabulary-size"),
    field("corpus", Shape::Note(Kind::Texts), "Ids of the datasets it was trained on.", "학습에 쓴 데이터셋의 id."),
    fact("languages", "tokenizer.languages"),
    IDS,
];

const TOKENIZER_REFERENCE: &[Field] = &[
    fact("model", "tokenizer.reference").must(),
    note("revision", "Revision of the reference.", "대조 모델의 리비전."),
    note("holder", "Who holds the rights in it.", "권리를 가진 쪽."),
    field("jurisdiction", Shape::Note(Kind::Country), "The holder's country.", "보유자의 국가."),
    field("licence", Shape::Licence("tokenizer", true), "Its licence.", "라이선스."),
    note("licence_file", "File with the licence's text.", "라이선스 조문이 있는 파일."),
    note("kind", "Whether its weights are published.", "가중치가 공개되어 있는지."),
    field("same_maker", Shape::Note(Kind::Flag), "Made by the same maker.", "같은 제작자가 만들었는지."),
];

const DATASETS: Items = Items {
    collection: "dataset",
    id: "id",
    model: false,
    implied: &[],
    empty_completes: None,
    at_model: true,
    names: None,
    fields: &[
        note("id", "A short name or Hub id, used once.", "한 번만 쓰는 짧은 이름이나 허브 id.").must(),
        fact("stage", "dataset.stages"),
        fact("source_type", "dataset.source-type"),
        fact("origin", "dataset.origin"),
        field("holder", Shape::FactOrMap("dataset.holder", HOLDER), "Who holds the data.", "데이터를 보유한 쪽."),
        fact("licence", "dataset.licence"),
        fact("token_share", "dataset.token-share"),
        fact("tokens", "dataset.tokens"),
        field("collected", Shape::Map(COLLECTED), "From when to when: {from, to}.", "수집 기간: {from, to}."),
        fact("home_share", "dataset.home-share"),
        field("synthetic_from", Shape::Items(&WRITERS), "Models that wrote it.", "데이터를 쓴 모델."),
        fact("stored_in", "dataset.stored-in"),
        fact("processed_in", "dataset.processed-in"),
        fact("modalities", "dataset.modalities"),
        fact("languages", "dataset.languages"),
        fact("generation_method", "dataset.generation-method"),
        fact("issued", "dataset.issued"),
        fact("classification", "dataset.classification"),
        fact("consent", "dataset.consent"),
        fact("privacy_enhancing", "dataset.privacy-enhancing"),
        fact("crawlers", "dataset.crawlers"),
        fact("opt_outs_respected", "dataset.opt-outs-respected"),
        fact("control", "dataset.control"),
        fact("url", "dataset.url"),
        own_facts("dataset"),
        IDS,
    ],
};

const COLLECTED: &[Field] = &[fact("from", "dataset.collected-from"), fact("to", "dataset.collected-until")];

const HOLDER: &[Field] = &[fact("name", "dataset.holder"), fact("jurisdiction", "dataset.holder-jurisdiction")];

const TEACHERS: Items = Items {
    collection: "teacher",
    id: "model",
    model: true,
    implied: &[],
    empty_completes: Some("teachers.complete"),
    at_model: true,
    names: None,
    fields: &[
        fact("model", "teacher.model").must(),
        note("revision", "Revision of the model.", "모델의 리비전."),
        fact("same_maker", "teacher.same-maker"),
        fact("holder", "teacher.holder"),
        fact("jurisdiction", "teacher.jurisdiction"),
        field("licence", Shape::Licence("teacher", true), "Its licence or terms.", "라이선스나 이용 조건."),
        note("licence_file", "File with the licence's text.", "라이선스 조문이 있는 파일."),
        fact("kind", "teacher.kind"),
        own_facts("teacher"),
        IDS,
    ],
};

/// An empty list of models that wrote one dataset says nothing of the teachers of the others.
const WRITERS: Items = Items { empty_completes: None, names: Some("dataset.generated-by"), ..TEACHERS };

const DATA: &[Field] = &[
    fact("curated_by_maker", "data.curated-by-maker"),
    fact("owned_or_licensed", "data.owned-or-licensed"),
    fact("synthetic_share", "data.synthetic-share"),
    fact("distilled_share", "data.distilled-share"),
    fact("home_language_share", "data.home-language-share"),
    fact("summary_published", "data.summary-published"),
    fact("cutoff", "data.cutoff"),
    IDS,
];

const ARCHITECTURE: &[Field] = &[
    field("origin", Shape::Map(DESIGN), "The design that it started from.", "출발점이 된 설계."),
    fact("relation", "architecture.relation"),
    field("modified", Shape::Note(Kind::Texts), "What was changed, in short texts.", "바꾼 것을 짧게 적은 글."),
    fact("custom_code", "architecture.custom-code"),
    note("code_location", "Address or path of the code.", "코드의 주소나 경로."),
    field(
        "rights",
        Shape::FactOrMap("architecture.rights", RIGHTS),
        "By what right it is used and changed.",
        "쓰고 바꾸는 근거.",
    ),
    fact("novelty", "architecture.novelty"),
    fact("graph_changes", "architecture.graph-changes"),
    fact("numbers_changed", "architecture.numbers-changed"),
    fact("all_keys_identical", "architecture.all-keys-identical"),
    fact("class_origin", "architecture.class-origin"),
    fact("custom_code_at_release", "architecture.custom-code-at-release"),
    fact("own_class_at_release", "architecture.own-class-at-release"),
    IDS,
];

const DESIGN: &[Field] = &[
    note("name", "Name of the design.", "설계의 이름."),
    note("holder", "Who holds the rights in it.", "권리를 가진 쪽."),
    fact("jurisdiction", "architecture.origin-jurisdiction"),
    note("reference", "Model or paper that has it.", "그 설계가 있는 모델이나 논문."),
    IDS,
];

const RIGHTS: &[Field] = &[
    fact("kind", "architecture.rights"),
    field("licence", Shape::Licence("code", true), "Licence that gives the right.", "권리를 주는 라이선스."),
    note("licence_file", "File with the licence's text.", "라이선스 조문이 있는 파일."),
    IDS,
];

const LICENSING: &[Field] = &[
    field("weights", Shape::Licence("weights", false), "Licence of the weights.", "가중치의 라이선스."),
    field("code", Shape::Licence("code", false), "Licence of the code.", "코드의 라이선스."),
    field("data", Shape::Licence("data", false), "Licence of the data.", "데이터의 라이선스."),
    field("documents", Shape::Licence("documents", false), "Licence of the documents.", "문서의 라이선스."),
    fact("notices", "notices.files"),
    IDS,
];

/// What stands in a mapping of `licensing`.
pub(super) const LICENCE: &[Field] = &[
    field(
        "licence",
        Shape::Note(Kind::Texts),
        "Hub id, SPDX expression or LicenseRef.",
        "허브 id, SPDX 식, LicenseRef.",
    )
    .must(),
    note("licence_file", "File with the text.", "조문이 있는 파일."),
    field("additional_terms", Shape::Note(Kind::Texts), "Files with further terms.", "그 밖의 조건이 있는 파일."),
    IDS,
];

/// What stands in an entry of `evidence`.
pub(super) const EVIDENCE: &[Field] = &[
    note("id", "A short name, used once.", "한 번만 쓰는 짧은 이름.").must(),
    note("kind", "What it is.", "무엇인지.").must(),
    note("url", "Its address.", "주소."),
    note("path", "Its file in this directory.", "이 디렉터리 안의 파일."),
    note("title", "Its title.", "제목."),
    note("publisher", "Who published it.", "낸 쪽."),
    note("by", "`maker`, or `other` where somebody else says it.", "`maker`, 또는 다른 쪽이 말한 것이면 `other`."),
    note("sha256", "Digest of the file.", "파일의 해시."),
    field("created", Shape::Note(Kind::Date), "Its day.", "날짜."),
    field(
        "describes",
        Shape::Note(Kind::Texts),
        "Places of this block, with `/`; a place covers all below it.",
        "이 블록의 자리를 `/`로 적는다. 그 아래를 모두 포함한다.",
    ),
    field("confidential", Shape::Note(Kind::Flag), "Whether it is shown only on request.", "요청해야 볼 수 있는지."),
];

/// The kinds of evidence.
pub(super) const EVIDENCE_KINDS: &[&str] = &[
    "training-log",
    "checkpoint",
    "config",
    "code-repo",
    "paper",
    "contract",
    "licence-text",
    "data-card",
    "tokenizer-training",
    "signature",
    "audit-report",
    "model-card",
    "press",
    "registry",
    "other",
];
