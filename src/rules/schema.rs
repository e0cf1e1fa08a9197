//! JSON Schemas (draft 2020-12) of the files of a ruleset, for editors, made from the vocabulary and from the lists
//! of the compiler. What an editor accepts and what the loader accepts come from the same tables.

use serde_json::{Map, Value, json};

use super::load::FORMAT;
use super::model::{DIMENSIONS, Status};
use super::schema_node::{definition_of, kinds, node, value};
use super::{schema_own, schema_scale};
use crate::facts::{Assurance, Speaker};
use crate::text::Says;
use crate::vocabulary::{Bilingual, Collection, Entry, Kind, OwnFacts, Scope, vocabulary};

/// A kind of file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaKind {
    /// ruleset.yaml.
    Ruleset,
    /// terms.yaml.
    Terms,
    /// criteria/*.yaml.
    Criterion,
    /// cases/*.yaml.
    Case,
    /// allow.yaml.
    Allow,
    /// references.yaml.
    References,
    /// facts.yaml.
    Facts,
}

impl SchemaKind {
    /// Every kind with its word.
    pub const ALL: [(Self, &str); 7] = [
        (Self::Ruleset, "ruleset"),
        (Self::Terms, "terms"),
        (Self::Criterion, "criterion"),
        (Self::Case, "case"),
        (Self::Allow, "allow"),
        (Self::References, "references"),
        (Self::Facts, "facts"),
    ];

    /// The word of a kind.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// The schema of a kind of file; `own` are the facts that a ruleset brings along.
pub fn schema(kind: SchemaKind, own: &OwnFacts) -> Value {
    let (title, mut body) = match kind {
        SchemaKind::Ruleset => (b("A ruleset", "규칙 모음"), ruleset()),
        SchemaKind::Terms => (b("The defined words of a ruleset", "규칙 모음의 용어 정의"), terms(own)),
        SchemaKind::Criterion => (b("A criterion", "기준"), criterion(own)),
        SchemaKind::Case => (b("A worked case", "풀어 둔 사례"), case(own)),
        SchemaKind::Allow => {
            (b("What the checks of the desk pass over, and why", "점검이 넘어갈 것과 그 까닭"), allow())
        }
        SchemaKind::References => {
            (b("Families of reference models to compare with", "견줄 대조 모델의 계열"), references())
        }
        SchemaKind::Facts => {
            (b("Facts that a ruleset brings along", "규칙 모음이 가져온 사실"), schema_own::facts_file())
        }
    };
    let mut whole = Map::new();
    whole.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    whole.insert("title".into(), both(title).into());
    if let Value::Object(body) = &mut body {
        whole.append(body);
    }
    let mut definitions = Map::new();
    definitions.insert("local".into(), local());
    match kind {
        SchemaKind::Allow | SchemaKind::References => {}
        SchemaKind::Facts => {
            definitions.insert("id".into(), id());
            definitions.insert("fact".into(), schema_own::own_fact(true));
            definitions.insert("fact-of-collection".into(), schema_own::own_fact(false));
            definitions.insert("word-list".into(), schema_own::word_list());
        }
        SchemaKind::Ruleset | SchemaKind::Terms | SchemaKind::Criterion => {
            definitions.insert("id".into(), id());
            definitions.insert("node".into(), node(own));
        }
        SchemaKind::Case => {
            definitions.insert("id".into(), id());
            definitions.insert("assurance".into(), json!({ "enum": Assurance::ALL.map(Assurance::word) }));
            for (kind, paths) in kinds(own) {
                definitions.insert(definition_of(&paths), sourced(kind));
            }
        }
    }
    whole.insert("$defs".into(), definitions.into());
    whole.into()
}

pub(super) const fn b(en: &'static str, ko: &'static str) -> Bilingual {
    Bilingual { en, ko }
}

/// One description in both languages: an editor shows it as it is.
pub(super) fn both(text: Bilingual) -> String {
    format!("{} / {}", text.en, text.ko)
}

fn both_of(text: &Says) -> String {
    format!("{} / {}", text.en, text.ko)
}

/// The schema with a description.
pub(super) fn described(mut schema: Value, text: Bilingual) -> Value {
    schema["description"] = both(text).into();
    schema
}

/// A mapping with these keys and no others, except notes of one's own (`x-...`).
pub(super) fn mapping<const N: usize>(required: &[&str], keys: [(&str, Value); N]) -> Value {
    let keys: Map<String, Value> = keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    closed(required, &keys)
}

fn closed(required: &[&str], keys: &Map<String, Value>) -> Value {
    json!({
        "type": "object",
        "required": required,
        "properties": keys,
        "patternProperties": { "^x-": true },
        "additionalProperties": false,
    })
}

pub(super) fn list_of(item: Value) -> Value {
    let mut schema = json!({ "type": "array" });
    schema["items"] = item;
    schema
}

/// Anything that is read as text: YAML calls `2.0` a number and `true` a truth value.
pub(super) fn scalar() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

pub(super) fn local_ref(en: &'static str, ko: &'static str) -> Value {
    described(json!({ "$ref": "#/$defs/local" }), b(en, ko))
}

pub(super) fn id_ref(en: &'static str, ko: &'static str) -> Value {
    described(json!({ "$ref": "#/$defs/id" }), b(en, ko))
}

pub(super) fn node_ref(en: &'static str, ko: &'static str) -> Value {
    described(json!({ "$ref": "#/$defs/node" }), b(en, ko))
}

pub(super) fn format() -> Value {
    described(
        json!({ "type": "integer", "minimum": 1, "maximum": FORMAT }),
        b("The format of the file", "파일의 형식 번호"),
    )
}

fn home() -> Value {
    described(country(), b("The country that `home` means", "`home`이 뜻하는 나라"))
}

pub(super) fn country() -> Value {
    json!({ "type": "string", "pattern": "^[A-Z]{2}$" })
}

fn local() -> Value {
    json!({
        "description": both(b("A text in the languages of the ruleset", "규칙 모음의 언어로 적은 글")),
        "type": "object",
        "properties": { "ko": { "type": "string" }, "en": { "type": "string" } },
        "additionalProperties": { "type": "string" },
        "minProperties": 1,
    })
}

fn id() -> Value {
    json!({ "type": ["string", "number"], "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "maxLength": 80 })
}

pub(super) fn needs() -> Value {
    let steps: Vec<Value> = Assurance::ALL
        .iter()
        .map(|step| json!({ "const": step.word(), "description": both_of(&step.says()) }))
        .collect();
    described(
        json!({ "oneOf": steps }),
        b("The assurance that the answer needs to stand on its own", "답이 스스로 서는 데 필요한 확인 수준"),
    )
}

fn criterion(own: &OwnFacts) -> Value {
    let words: Vec<&str> = DIMENSIONS.into_iter().chain(own.dimensions.iter().map(String::as_str)).collect();
    // What a ruleset calls otherwise is known with that ruleset alone.
    let mut dimensions = vec![json!({ "enum": words })];
    dimensions.extend(own.is_empty().then(|| json!({ "$ref": "#/$defs/id" })));
    let cite = mapping(
        &["source"],
        [
            ("source", described(scalar(), b("The document", "문서"))),
            ("at", described(scalar(), b("The passage", "문서 안의 자리"))),
        ],
    );
    let remedy = mapping(
        &[],
        [
            ("evidence", local_ref("Evidence that would prove the claim", "주장을 뒷받침할 증거")),
            ("declare", local_ref("What to declare where nothing is known", "모르는 것을 없앨 선언")),
            ("change", local_ref("What to change about the model", "모델에서 바꿀 것")),
        ],
    );
    mapping(
        &["format", "id", "dimension", "title", "question", "rationale", "needs", "test"],
        [
            ("format", format()),
            ("id", id_ref("The name of the file without its ending", "확장자를 뺀 파일 이름")),
            ("dimension", described(json!({ "anyOf": dimensions }), b("What it is about", "무엇에 관한 것인가"))),
            ("title", local_ref("A short name", "짧은 이름")),
            ("question", local_ref("The question, answered with yes or no", "예나 아니요로 답하는 질문")),
            ("rationale", local_ref("Why the question is asked", "묻는 까닭")),
            ("cites", described(list_of(cite), b("Where the standard says so", "표준의 근거"))),
            ("needs", needs()),
            ("applies", node_ref("Whether the question arises at all", "질문이 해당하는 조건")),
            (
                "not-applicable",
                local_ref(
                    "Said in the head of a report where it does not arise",
                    "해당하지 않을 때 보고서 머리에 적을 말",
                ),
            ),
            ("test", node_ref("When the answer is yes", "답이 예가 되는 조건")),
            ("remedy", described(remedy, b("What would move the outcome", "판정을 바꿀 수 있는 것"))),
        ],
    )
}

fn terms(own: &OwnFacts) -> Value {
    let scopes: Vec<Value> = own
        .collections()
        .map(|(_, collection)| json!({ "const": collection.name, "description": both(collection.meaning) }))
        .chain(std::iter::once(json!({ "const": "model", "description": both(b("The whole model", "모델 전체")) })))
        .collect();
    let term = mapping(
        &["title", "meaning", "test"],
        [
            ("title", local_ref("The word", "용어")),
            ("meaning", local_ref("What it means", "뜻")),
            (
                "scope",
                described(
                    json!({ "oneOf": scopes }),
                    b("The collection whose items it speaks of", "어느 모음의 항목에 관한 말인가"),
                ),
            ),
            ("test", node_ref("When it holds", "성립하는 조건")),
        ],
    );
    mapping(
        &["format", "terms"],
        [
            ("format", format()),
            (
                "terms",
                described(json!({ "type": "object", "additionalProperties": term }), b("Defined words", "용어 정의")),
            ),
        ],
    )
}

fn ruleset() -> Value {
    let ids = |en, ko| described(list_of(json!({ "$ref": "#/$defs/id" })), b(en, ko));
    let source = |required: &[&str]| {
        mapping(
            required,
            [
                ("id", id_ref("The name by which criteria cite it", "기준이 근거로 적는 이름")),
                ("title", described(scalar(), b("Its title", "제목"))),
                ("url", described(scalar(), b("Its address", "주소"))),
                ("licence", described(scalar(), b("Licence of its text", "글의 라이선스"))),
                ("retrieved", described(scalar(), b("The day it was read", "읽은 날"))),
            ],
        )
    };
    let day = |en, ko| described(json!({ "type": "string", "format": "date" }), b(en, ko));
    let in_force = mapping(&[], [("from", day("The first day", "첫날")), ("until", day("The last day", "마지막 날"))]);
    let statuses = Status::ALL.map(|(_, word)| word);
    let option = mapping(
        &["title", "because"],
        [
            ("title", local_ref("The choice", "선택")),
            ("because", local_ref("Why one might choose it", "이렇게 읽는 까닭")),
        ],
    );
    let reading = mapping(
        &["question", "default", "options"],
        [
            ("question", local_ref("What is open", "열려 있는 물음")),
            ("default", id_ref("The option that holds unless another is chosen", "따로 고르지 않을 때의 선택지")),
            (
                "options",
                described(
                    json!({ "type": "object", "additionalProperties": option, "minProperties": 1 }),
                    b("What can be chosen", "고를 수 있는 것"),
                ),
            ),
            ("settles", described(list_of(scalar()), b("Passages that it settles", "이 해석이 푸는 대목"))),
        ],
    );
    let decision = mapping(
        &["id", "about", "decision", "because"],
        [
            ("id", described(scalar(), b("The passage", "대목"))),
            ("about", local_ref("What is open", "열려 있는 물음")),
            ("decision", local_ref("What was decided", "정한 것")),
            ("because", local_ref("Why", "까닭")),
        ],
    );
    let note = mapping(
        &["of", "because"],
        [
            (
                "of",
                described(scalar(), b("A statement of the standard that is no criterion", "기준이 아닌 표준의 문장")),
            ),
            ("because", local_ref("Why it is none", "기준이 아닌 까닭")),
        ],
    );
    let release = mapping(
        &["version", "date", "changes"],
        [
            ("version", described(scalar(), b("The version", "판"))),
            ("date", described(scalar(), b("Its day", "날짜"))),
            ("changes", local_ref("What changed", "바뀐 것")),
        ],
    );
    let readings = json!({ "type": "object", "additionalProperties": reading });
    let profile = mapping(
        &["title", "because", "readings"],
        [
            ("title", local_ref("A short name", "짧은 이름")),
            ("because", local_ref("Who reads the standard so, and why", "누가 왜 그렇게 읽는지")),
            (
                "readings",
                described(
                    json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/id" } }),
                    b(
                        "Readings with the option of each; the others keep their default",
                        "해석과 고른 선택지. 나머지는 기본값이다",
                    ),
                ),
            ),
        ],
    );
    mapping(
        &["format", "id", "version", "title", "source", "scale"],
        [
            ("format", format()),
            ("id", id_ref("The name of the folder", "폴더 이름")),
            ("version", described(scalar(), b("The version", "판"))),
            ("title", local_ref("The title", "제목")),
            ("source", described(source(&["title"]), b("The standard that it follows", "따르는 표준"))),
            (
                "sources",
                described(
                    list_of(source(&["id", "title"])),
                    b("Further documents that criteria cite", "기준이 근거로 드는 그 밖의 문서"),
                ),
            ),
            ("publisher", local_ref("Who publishes it", "펴낸 곳")),
            ("contact", described(scalar(), b("Where questions go", "문의할 곳"))),
            (
                "status",
                described(
                    json!({ "enum": statuses }),
                    b("`draft` while it may still change", "아직 바뀔 수 있으면 `draft`"),
                ),
            ),
            ("in-force", described(in_force, b("The days on which it is in force", "시행하는 날들"))),
            ("home", home()),
            ("languages", described(list_of(json!({ "type": "string" })), b("Languages of its texts", "글의 언어"))),
            ("scale", schema_scale::scale(&ids)),
            ("readings", described(readings, b("Choices where the standard is open", "표준이 열어 둔 선택"))),
            (
                "profiles",
                described(
                    json!({ "type": "object", "additionalProperties": profile }),
                    b("Named bundles of readings", "이름을 붙인 해석 묶음"),
                ),
            ),
            ("decisions", described(list_of(decision), b("What is settled without a choice", "선택 없이 정한 것"))),
            ("notes", described(list_of(note), b("Statements that are no criterion", "기준이 아닌 문장"))),
            ("history", described(list_of(release), b("Versions, newest first", "판의 기록, 새것부터"))),
        ],
    )
}

/// A fact of a case: a value, a value with its assurance, or several sources.
fn sourced(kind: Kind) -> Value {
    let plain = json!({ "anyOf": [value(kind), { "const": "undisclosed" }] });
    let one = json!({
        "type": "object",
        "required": ["value"],
        "properties": {
            "value": plain,
            "assurance": { "$ref": "#/$defs/assurance" },
            "by": { "enum": Speaker::ALL.map(Speaker::word) },
        },
        "additionalProperties": false,
    });
    json!({ "anyOf": [plain, one, { "type": "array", "items": one, "minItems": 1 }] })
}

/// A reference to the schema of a fact's kind, with the fact's own meaning.
fn sourced_ref(entry: &Entry) -> Value {
    let kinds = kinds(OwnFacts::none());
    let paths = kinds.iter().find(|(kind, _)| *kind == entry.kind).map_or(&[][..], |(_, paths)| paths);
    described(json!({ "$ref": format!("#/$defs/{}", definition_of(paths)) }), entry.meaning)
}

fn allow() -> Value {
    let because = || local_ref("Why it is allowed", "허용하는 까닭");
    let mutant = described(scalar(), b("Id that `rules test --mutate` shows", "`rules test --mutate`가 보이는 식별자"));
    let code =
        described(json!({ "type": "string", "pattern": "^SG[0-9]{4}$" }), b("Id of the finding", "점검 결과의 번호"));
    let of = described(scalar(), b("What the finding is about", "무엇에 관한 것인지"));
    mapping(
        &["format"],
        [
            ("format", format()),
            (
                "mutants",
                described(
                    list_of(mapping(&["id", "because"], [("id", mutant), ("because", because())])),
                    b("Mutants that no case need catch", "사례가 잡지 않아도 되는 변형"),
                ),
            ),
            (
                "findings",
                described(
                    list_of(mapping(&["id", "of", "because"], [("id", code), ("of", of), ("because", because())])),
                    b("Findings that are passed over", "넘어갈 점검 결과"),
                ),
            ),
        ],
    )
}

fn references() -> Value {
    let roles = match vocabulary().entry(vocabulary().must("component.role")).kind {
        Kind::Word(words) => words.iter().map(|word| word.id).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let digest = json!({ "type": "string", "pattern": "^[0-9a-fA-F]{64}$" });
    let digest = described(digest, b("Its digest", "해시"));
    let file = mapping(&["name", "sha256"], [("name", described(scalar(), b("Its name", "이름"))), ("sha256", digest)]);
    let model = mapping(
        &["id"],
        [
            ("id", described(scalar(), b("Its id: owner/name", "이름: owner/name"))),
            ("released", described(value(Kind::Date), b("The day its weights were published", "가중치를 공개한 날"))),
            ("source", described(scalar(), b("Where that day was read", "그날을 읽은 출처"))),
            ("files", described(list_of(file), b("Its weights files by digest", "해시로 적은 가중치 파일"))),
        ],
    );
    let required = json!({ "enum": [true, false, "yes", "no"] });
    let family = mapping(
        &["id", "roles", "models"],
        [
            ("id", described(scalar(), b("A short name, used once", "한 번만 쓰는 짧은 이름"))),
            ("roles", described(list_of(json!({ "enum": roles })), b("Roles its models have", "모델이 가진 역할"))),
            ("required", described(required, b("Whether a comparison is asked for", "견주기를 요구하는지"))),
            ("models", described(list_of(model), b("Its models", "그 계열의 모델"))),
        ],
    );
    let families = described(list_of(family), b("Families of reference models", "대조 모델의 계열"));
    mapping(&["format", "families"], [("format", format()), ("families", families)])
}

fn case(own: &OwnFacts) -> Value {
    let mut facts = Map::new();
    for (id, entry) in own.entries() {
        if vocabulary().scope(id) == Scope::Model {
            facts.insert(entry.path.to_owned(), sourced_ref(entry));
        }
    }
    let mut items = Map::new();
    for (_, collection) in own.collections().filter(|(_, collection)| collection.parent.is_none()) {
        items.insert(collection.name.to_owned(), item_list(collection, own));
    }
    let names = own.collection_names();
    let mut ways = vec![json!({ "enum": names })];
    ways.extend(own.is_empty().then(|| json!({ "type": "string", "pattern": schema_own::some_path() })));
    let names = json!({ "anyOf": ways });
    let complete = json!({ "anyOf": [
        names,
        mapping(
            &["of"],
            [
                ("of", described(names.clone(), b("The collection", "모음"))),
                (
                    "assurance",
                    described(json!({ "$ref": "#/$defs/assurance" }), b("How far that is known", "확인 수준")),
                ),
            ],
        ),
    ] });
    let words = |of: Value| json!({ "type": "object", "additionalProperties": of });
    let passed = json!({ "enum": ["pass", "fail", "undetermined"] });

    let views = [
        ("as-declared", described(scalar(), b("By the card alone", "카드만 볼 때"))),
        ("claimed", described(scalar(), b("By all facts", "모든 사실로"))),
        ("assured", described(scalar(), b("By what is assured", "확인된 것으로"))),
        ("attainable", described(scalar(), b("With unknown taken as met", "모름을 충족으로 칠 때"))),
    ];
    let (mut facts, mut items) = (closed(&[], &facts), closed(&[], &items));
    let some_path = schema_own::some_path();
    facts["patternProperties"] = schema_own::keys(own, &[&some_path]);
    items["patternProperties"] = schema_own::keys(own, &[&some_path]);
    let expect = mapping(
        &[],
        [
            ("grade", described(mapping(&[], views), b("The grade by view", "눈마다의 등급"))),
            ("progress", described(words(scalar()), b("How far a rung is covered", "단계마다 채운 비율"))),
            ("axes", described(words(passed), b("Axes of a gate, as claimed", "관문의 축, 주장 기준"))),
            (
                "components",
                described(
                    words(scalar()),
                    b("The claimed rung of a component alone", "구성요소만 볼 때 주장되는 단계"),
                ),
            ),
            (
                "outcomes",
                described(words(json!({ "enum": OUTCOMES })), b("Criteria with their outcomes", "기준과 판정")),
            ),
            ("assured", described(list_of(scalar()), b("Criteria that are assured", "확인되어야 하는 기준"))),
            (
                "not-assured",
                described(list_of(scalar()), b("Criteria that are not assured", "확인되지 않아야 하는 기준")),
            ),
        ],
    );
    mapping(
        &["format", "title", "expect"],
        [
            ("format", format()),
            ("title", local_ref("What the case teaches", "사례가 보여 주는 것")),
            ("directory", described(scalar(), b("A model directory, seen from here", "이 파일에서 본 모델 폴더"))),
            ("evidence", described(list_of(scalar()), b("Evidence files, seen from here", "이 파일에서 본 증거 파일"))),
            ("facts", described(facts, b("Facts of the model", "모델의 사실"))),
            ("items", described(items, b("Items of collections", "모음의 항목"))),
            ("complete", described(list_of(complete), b("Collections that leave nothing out", "빠진 것이 없는 모음"))),
            ("home", home()),
            ("as-of", described(value(Kind::Date), b("The day as of which it is graded", "등급의 기준일"))),
            ("profile", id_ref("A named bundle of readings", "해석 묶음의 이름")),
            ("readings", described(words(scalar()), b("Chosen options", "고른 선택지"))),
            ("expect", described(expect, b("What must come out", "나와야 하는 결과"))),
        ],
    )
}

/// The words of outcomes. They belong to `grade`, which stands above this room; a test holds the two together.
pub const OUTCOMES: [&str; 5] = ["met", "not-met", "unknown", "not-applicable", "contradicted"];

fn item_list(collection: &Collection, own: &OwnFacts) -> Value {
    let mut keys = Map::new();
    keys.insert("id".into(), described(scalar(), b("The item", "항목")));
    keys.insert("assurance".into(), json!({ "$ref": "#/$defs/assurance" }));
    let prefix = format!("{}.", collection.name);
    for (_, entry) in own.entries() {
        if let Some(short) = entry.path.strip_prefix(&prefix) {
            keys.insert(short.to_owned(), sourced_ref(entry));
        }
    }
    for (_, child) in vocabulary().collections().filter(|(_, child)| child.parent == Some(collection.name)) {
        keys.insert(child.name.to_owned(), item_list(child, own));
    }
    let mut item = closed(&["id"], &keys);
    item["patternProperties"] = schema_own::keys(own, &[r"^[A-Za-z0-9][A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$"]);
    described(list_of(item), collection.meaning)
}
