//! JSON Schemas (draft 2020-12) of the files of a ruleset, for editors, made from the vocabulary and from the lists
//! of the compiler. What an editor accepts and what the loader accepts come from the same tables.

use serde_json::{Map, Value, json};

use super::load::FORMAT;
use super::model::{Dimension, Status};
use super::schema_node::{definition_of, kinds, node, number, value};
use crate::facts::{Assurance, Speaker};
use crate::text::Says;
use crate::vocabulary::{Bilingual, Collection, Entry, Kind, Scope, Unit, vocabulary};

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
}

impl SchemaKind {
    /// Every kind with its word.
    pub const ALL: [(Self, &str); 6] = [
        (Self::Ruleset, "ruleset"),
        (Self::Terms, "terms"),
        (Self::Criterion, "criterion"),
        (Self::Case, "case"),
        (Self::Allow, "allow"),
        (Self::References, "references"),
    ];

    /// The word of a kind.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// The schema of a kind of file.
pub fn schema(kind: SchemaKind) -> Value {
    let (title, mut body) = match kind {
        SchemaKind::Ruleset => (b("A ruleset", "규칙 모음"), ruleset()),
        SchemaKind::Terms => (b("The defined words of a ruleset", "규칙 모음의 용어 정의"), terms()),
        SchemaKind::Criterion => (b("A criterion", "기준"), criterion()),
        SchemaKind::Case => (b("A worked case", "풀어 둔 사례"), case()),
        SchemaKind::Allow => {
            (b("What the checks of the desk pass over, and why", "점검이 넘어갈 것과 그 까닭"), allow())
        }
        SchemaKind::References => {
            (b("Families of reference models to compare with", "견줄 대조 모델의 계열"), references())
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
        SchemaKind::Ruleset | SchemaKind::Terms | SchemaKind::Criterion => {
            definitions.insert("id".into(), id());
            definitions.insert("node".into(), node());
        }
        SchemaKind::Case => {
            definitions.insert("assurance".into(), json!({ "enum": Assurance::ALL.map(Assurance::word) }));
            for (kind, paths) in kinds() {
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
fn mapping<const N: usize>(required: &[&str], keys: [(&str, Value); N]) -> Value {
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

fn local_ref(en: &'static str, ko: &'static str) -> Value {
    described(json!({ "$ref": "#/$defs/local" }), b(en, ko))
}

fn id_ref(en: &'static str, ko: &'static str) -> Value {
    described(json!({ "$ref": "#/$defs/id" }), b(en, ko))
}

pub(super) fn node_ref(en: &'static str, ko: &'static str) -> Value {
    described(json!({ "$ref": "#/$defs/node" }), b(en, ko))
}

fn format() -> Value {
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

fn needs() -> Value {
    let steps: Vec<Value> = Assurance::ALL
        .iter()
        .map(|step| json!({ "const": step.word(), "description": both_of(&step.says()) }))
        .collect();
    described(
        json!({ "oneOf": steps }),
        b("The assurance that the answer needs to stand on its own", "답이 스스로 서는 데 필요한 확인 수준"),
    )
}

fn criterion() -> Value {
    let dimensions: Vec<&str> = Dimension::ALL.iter().map(|(_, word)| *word).collect();
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
            ("dimension", described(json!({ "enum": dimensions }), b("What it is about", "무엇에 관한 것인가"))),
            ("title", local_ref("A short name", "짧은 이름")),
            ("question", local_ref("The question, answered with yes or no", "예나 아니요로 답하는 질문")),
            ("rationale", local_ref("Why the question is asked", "묻는 까닭")),
            ("cites", described(list_of(cite), b("Where the standard says so", "표준의 근거"))),
            ("needs", needs()),
            ("applies", node_ref("Whether the question arises at all", "질문이 해당하는 조건")),
            ("test", node_ref("When the answer is yes", "답이 예가 되는 조건")),
            ("remedy", described(remedy, b("What would move the outcome", "판정을 바꿀 수 있는 것"))),
        ],
    )
}

fn terms() -> Value {
    let scopes: Vec<Value> = vocabulary()
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
        [("format", format()), ("terms", json!({ "type": "object", "additionalProperties": term }))],
    )
}

fn ruleset() -> Value {
    let ids = |en, ko| described(list_of(json!({ "$ref": "#/$defs/id" })), b(en, ko));
    let source = |required: &[&str]| {
        let id = id_ref("The name by which criteria cite it", "기준이 근거로 적는 이름");
        let keys = [("title", scalar()), ("url", scalar()), ("licence", scalar()), ("retrieved", scalar())];
        let [title, url, licence, retrieved] = keys;
        mapping(required, [("id", id), title, url, licence, retrieved])
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
            ("options", json!({ "type": "object", "additionalProperties": option, "minProperties": 1 })),
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
        [("version", scalar()), ("date", scalar()), ("changes", local_ref("What changed", "바뀐 것"))],
    );
    let readings = json!({ "type": "object", "additionalProperties": reading });
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
            ("scale", scale(&ids)),
            ("readings", described(readings, b("Choices where the standard is open", "표준이 열어 둔 선택"))),
            ("decisions", described(list_of(decision), b("What is settled without a choice", "선택 없이 정한 것"))),
            ("notes", described(list_of(note), b("Statements that are no criterion", "기준이 아닌 문장"))),
            ("history", described(list_of(release), b("Versions, newest first", "판의 기록, 새것부터"))),
        ],
    )
}

fn scale(ids: &impl Fn(&'static str, &'static str) -> Value) -> Value {
    let requires = || ids("Criteria that decide", "판정을 정하는 기준");
    let wants = || ids("Criteria that are reported and do not decide", "보여 주기만 하고 정하지 않는 기준");
    let points = |unit, en, ko| described(number(unit), b(en, ko));
    let rung = mapping(
        &["id", "title", "requires"],
        [
            ("id", id_ref("The rung", "단계")),
            ("level", described(scalar(), b("The level that several rungs share", "여러 단계가 함께 드는 등급"))),
            ("title", local_ref("Its name", "이름")),
            ("requires", requires()),
            ("wants", wants()),
        ],
    );
    let axis = mapping(
        &["id", "title", "requires"],
        [
            ("id", id_ref("The axis", "축")),
            ("title", local_ref("Its name", "이름")),
            ("requires", requires()),
            ("wants", wants()),
        ],
    );
    let scored = mapping(
        &["criterion", "points"],
        [
            ("criterion", id_ref("A criterion", "기준")),
            ("points", points(Unit::Points, "Points if it is met", "충족하면 얻는 점수")),
        ],
    );
    let read = |value: Value| {
        let options = json!({ "type": "object", "additionalProperties": value.clone() });
        let by_reading =
            mapping(&["reading", "options"], [("reading", id_ref("A reading", "해석")), ("options", options)]);
        json!({ "anyOf": [value, by_reading] })
    };
    let worth = mapping(
        &["points", "holds"],
        [
            ("points", points(Unit::Points, "Points that the item brings", "항목이 얻는 점수")),
            ("holds", node_ref("What must hold of the item", "항목에 무엇이 성립해야 하는가")),
        ],
    );
    let each = mapping(
        &["each", "needs", "worth"],
        [
            ("each", described(super::schema_node::collections(), b("The items", "항목"))),
            ("where", node_ref("Which items count", "어느 항목이 드는가")),
            ("unlisted", read(json!({ "enum": ["open", "ignore"] }))),
            ("needs", json!({ "enum": Assurance::ALL.map(Assurance::word) })),
            ("worth", list_of(worth)),
        ],
    );
    let objective = mapping(
        &["id", "title", "weight"],
        [
            ("id", id_ref("The objective", "목표")),
            ("title", local_ref("Its name", "이름")),
            (
                "weight",
                read(points(
                    Unit::Percent,
                    "Its part of the total, or one for each option of a reading",
                    "총점에서 차지하는 몫, 또는 해석의 선택지마다 하나씩",
                )),
            ),
            ("out-of", points(Unit::Points, "What its points are divided by", "점수를 나누는 수")),
            ("criteria", list_of(scored)),
            ("each", described(each, b("Points for items", "항목마다 얻는 점수"))),
        ],
    );
    let floor = mapping(
        &["title", "requires", "cap"],
        [
            ("title", local_ref("Its name", "이름")),
            ("requires", requires()),
            (
                "cap",
                points(
                    Unit::Percent,
                    "The most that the total can be without them",
                    "이것 없이 얻을 수 있는 최고 총점",
                ),
            ),
        ],
    );
    let card = mapping(
        &["objectives"],
        [
            ("objectives", list_of(objective)),
            ("floors", list_of(floor)),
            ("not-applicable", json!({ "enum": ["leave-out", "zero"] })),
        ],
    );
    let some = |mut list: Value| {
        list["minItems"] = 1.into();
        list
    };
    let mut scale = mapping(
        &[],
        [
            ("ladder", described(some(list_of(rung)), b("Rungs, the lowest first", "단계, 낮은 것부터"))),
            ("gate", described(some(list_of(axis)), b("Axes, each passed or failed", "통과하거나 못 하는 축"))),
            ("scorecard", described(card, b("Weighted objectives with floors", "가중 목표와 하한"))),
        ],
    );
    scale["minProperties"] = 1.into();
    scale["maxProperties"] = 1.into();
    described(scale, b("How outcomes become a grade", "판정이 등급이 되는 방식"))
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
    let kinds = kinds();
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
            ("mutants", list_of(mapping(&["id", "because"], [("id", mutant), ("because", because())]))),
            (
                "findings",
                list_of(mapping(&["id", "of", "because"], [("id", code), ("of", of), ("because", because())])),
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
    let file = mapping(&["name", "sha256"], [("name", scalar()), ("sha256", digest)]);
    let model = mapping(
        &["id"],
        [
            ("id", described(scalar(), b("Its id: owner/name", "이름: owner/name"))),
            ("released", described(value(Kind::Date), b("The day its weights were published", "가중치를 공개한 날"))),
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
    mapping(&["format", "families"], [("format", format()), ("families", list_of(family))])
}

fn case() -> Value {
    let mut facts = Map::new();
    for (id, entry) in vocabulary().entries() {
        if vocabulary().scope(id) == Scope::Model {
            facts.insert(entry.path.to_owned(), sourced_ref(entry));
        }
    }
    let mut items = Map::new();
    for (_, collection) in vocabulary().collections().filter(|(_, collection)| collection.parent.is_none()) {
        items.insert(collection.name.to_owned(), item_list(collection));
    }
    let names: Vec<&str> = vocabulary().collections().map(|(_, collection)| collection.name).collect();
    let complete = json!({ "anyOf": [
        { "enum": names },
        mapping(&["of"], [("of", json!({ "enum": names })), ("assurance", json!({ "$ref": "#/$defs/assurance" }))]),
    ] });
    let words = |of: Value| json!({ "type": "object", "additionalProperties": of });
    let passed = json!({ "enum": ["pass", "fail", "undetermined"] });

    let expect = mapping(
        &[],
        [
            ("grade", mapping(&[], ["as-declared", "claimed", "assured", "attainable"].map(|view| (view, scalar())))),
            ("progress", words(scalar())),
            ("axes", words(passed)),
            ("components", words(scalar())),
            ("outcomes", words(json!({ "enum": OUTCOMES }))),
            ("assured", list_of(scalar())),
            ("not-assured", list_of(scalar())),
        ],
    );
    mapping(
        &["format", "title", "expect"],
        [
            ("format", format()),
            ("title", local_ref("What the case teaches", "사례가 보여 주는 것")),
            ("directory", described(scalar(), b("A model directory, seen from here", "이 파일에서 본 모델 폴더"))),
            ("evidence", described(list_of(scalar()), b("Evidence files, seen from here", "이 파일에서 본 증거 파일"))),
            ("facts", described(closed(&[], &facts), b("Facts of the model", "모델의 사실"))),
            ("items", described(closed(&[], &items), b("Items of collections", "모음의 항목"))),
            ("complete", described(list_of(complete), b("Collections that leave nothing out", "빠진 것이 없는 모음"))),
            ("home", home()),
            ("as-of", described(value(Kind::Date), b("The day as of which it is graded", "등급의 기준일"))),
            ("readings", described(words(scalar()), b("Chosen options", "고른 선택지"))),
            ("expect", described(expect, b("What must come out", "나와야 하는 결과"))),
        ],
    )
}

/// The words of outcomes. They belong to `grade`, which stands above this room; a test holds the two together.
pub const OUTCOMES: [&str; 5] = ["met", "not-met", "unknown", "not-applicable", "contradicted"];

fn item_list(collection: &Collection) -> Value {
    let mut keys = Map::new();
    keys.insert("id".into(), described(scalar(), b("The item", "항목")));
    keys.insert("assurance".into(), json!({ "$ref": "#/$defs/assurance" }));
    let prefix = format!("{}.", collection.name);
    for (_, entry) in vocabulary().entries() {
        if let Some(short) = entry.path.strip_prefix(&prefix) {
            keys.insert(short.to_owned(), sourced_ref(entry));
        }
    }
    for (_, child) in vocabulary().collections().filter(|(_, child)| child.parent == Some(collection.name)) {
        keys.insert(child.name.to_owned(), item_list(child));
    }
    described(list_of(closed(&["id"], &keys)), collection.meaning)
}
