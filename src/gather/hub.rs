//! The Hub's own keys of a front matter, as facts: languages, base models and their relation, where training ran,
//! the stated licence.

use super::card::{CardFile, StatedLicence, licence_spelling};
use super::reference;
use crate::facts::{ItemDraft, Origin, Source, Value};
use crate::text::{Code, Diagnostic, Diagnostics, Node, NodeKind, Says, SourceFile, Span, says};
use crate::vocabulary::{is_language, language_meant, vocabulary};

/// Base models, or licences, that are read of one front matter. Each is compared with all that is known of the model.
pub(crate) const MAX_NAMED: usize = 256;

/// What the Hub's keys say.
#[derive(Debug, Default)]
pub(super) struct HubKeys {
    /// Facts at the model.
    pub root: ItemDraft,
    /// Models named as base, each with the place where it is named.
    pub bases: Vec<(String, Source)>,
    /// The relation to them as stated, with its place.
    pub relation: Option<(String, Source)>,
    /// Licences of the weights.
    pub licences: Vec<StatedLicence>,
    /// Keys by which the Hub asks for consent before it gives access.
    pub access: Vec<String>,
    /// Oddities.
    pub problems: Diagnostics,
}

/// Keys that name the models that this one was made from.
const BASES: [&str; 4] = ["base_model", "base_models", "base_model_sources", "finetuned_from"];

/// Keys of a mapping in their place: which of them name the model, and which its relation.
const NAMES: [&str; 10] =
    ["name", "model", "id", "model_id", "model_name", "repo", "repo_id", "base_model", "path", "url"];
const RELATION: [&str; 4] = ["relation", "type", "kind", "base_model_relation"];

/// The relations of the Hub, with other words for them.
const RELATIONS: [(&str, &[&str]); 4] = [
    ("finetune", &["finetuned", "fine-tune", "fine-tuned", "fine-tuning", "sft"]),
    ("adapter", &["lora", "peft"]),
    ("merge", &["merged"]),
    ("quantized", &["quantised", "quantization", "quantisation", "quantize"]),
];

/// The models that a value names, however it names them.
#[derive(Debug, Default)]
struct Named<'n> {
    models: Vec<(String, Span)>,
    relation: Option<(&'static str, Span)>,
    /// Texts that hold several.
    joined: Vec<(&'n str, Span)>,
    /// Places where a model was to be named, and no name was found.
    unread: Vec<Span>,
}

impl<'n> Named<'n> {
    fn read(&mut self, node: &'n Node) {
        match &node.kind {
            NodeKind::Scalar { .. } if node.is_null() => {}
            NodeKind::Scalar { text, .. } => {
                let models = reference::models(text);
                if models.len() > 1 {
                    self.joined.push((text, node.span));
                }
                self.models.extend(models.into_iter().map(|id| (id, node.span)));
            }
            NodeKind::List(items) => items.iter().for_each(|item| self.read(item)),
            NodeKind::Map(entries) => self.mapping(node, entries),
        }
    }

    /// `{name: org/name, relation: finetune}`, or the name itself as the key.
    fn mapping(&mut self, node: &'n Node, entries: &'n [(Node, Node)]) {
        let before = self.models.len();
        let of = |keys: &[&str]| keys.iter().find_map(|key| node.get(key)).filter(|value| !value.is_null());
        if let Some(name) = of(&NAMES) {
            self.read(name);
        } else {
            for (key, value) in entries.iter().filter(|(key, _)| key.text().is_some_and(|text| text.contains('/'))) {
                self.read(key);
                self.related(value);
            }
        }
        if let Some(value) = of(&RELATION) {
            self.related(value);
        }
        if self.models.len() == before && !of(&NAMES).and_then(Node::text).is_some_and(reference::is_none) {
            self.unread.push(node.span);
        }
    }

    fn related(&mut self, node: &Node) {
        let Some(text) = node.text().map(str::to_lowercase) else { return };
        let found = RELATIONS.iter().find(|(word, others)| *word == text || others.contains(&text.as_str()));
        self.relation = found.map(|(word, _)| (*word, node.span)).or(self.relation);
    }
}

/// Keys of the access form that are named; the Hub knows six.
const MOST_ACCESS_KEYS: usize = 12;

/// Reads them.
pub(super) fn read(card: &CardFile) -> HubKeys {
    let mut keys = HubKeys::default();
    keys.languages(card);
    keys.bases(card);
    keys.licence(card);
    keys.emissions(card);
    keys.access = access(card);
    keys
}

/// The texts of a value that may be one, a list, or nothing.
fn texts<'n>(card: &'n CardFile, key: &str) -> Vec<(&'n str, Span)> {
    let Some(node) = card.block.get(key) else { return Vec::new() };
    let items = node.list().unwrap_or(std::slice::from_ref(node));
    items.iter().filter(|n| !n.is_null()).filter_map(|n| Some((n.text()?, n.span))).collect()
}

fn here(file: &SourceFile, span: Span) -> Origin {
    Origin { file: file.name().to_owned(), at: Some(file.position(span.start)), ..Origin::default() }
}

fn declared(card: &CardFile, span: Span, value: Value) -> Source {
    Source::declared(value, here(&card.file, span))
}

impl HubKeys {
    fn warn(&mut self, card: &CardFile, code: Code, span: Span, (ko, en): (String, String), help: Says) {
        self.problems.push(Diagnostic::warning(code, &card.file, span, says(ko, en)).help(help));
    }

    /// The texts of a key under which few are ever named.
    fn few<'n>(&mut self, card: &'n CardFile, key: &str) -> Vec<(&'n str, Span)> {
        let found = texts(card, key);
        if let Some((_, span)) = found.get(MAX_NAMED) {
            self.too_many(card, key, *span);
            return Vec::new();
        }
        found
    }

    fn too_many(&mut self, card: &CardFile, key: &str, span: Span) {
        let message =
            says(format!("`{key}`에 {MAX_NAMED}개가 넘게 적혀 있다"), format!("`{key}` names more than {MAX_NAMED}"));
        let help = says("모델 하나에 해당하는 것만 적는다", "name those of one model only");
        self.problems.push(Diagnostic::error(Code::TooLarge, &card.file, span, message).help(help));
    }

    /// `language: no` is Norwegian, which readers of YAML 1.1 take for false.
    fn languages(&mut self, card: &CardFile) {
        let found = texts(card, "language");
        let Some(&(_, span)) = found.first() else { return };
        let mut languages = Vec::new();
        for (text, span) in found {
            let code = if text.eq_ignore_ascii_case("false") { "no".to_owned() } else { text.to_lowercase() };
            let legal = (2..=16).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if legal {
                // Ids of three letters and words of the Hub's own (`multilingual`, `code`) stay as they are.
                if code.len() != 3
                    && !is_language(&code)
                    && let Some(meant) = language_meant(text)
                {
                    let ko = format!("`{text}`은(는) 언어 코드가 아니다");
                    let en = format!("`{text}` is not the code of a language");
                    let help = says(format!("`{meant}`(으)로 적는다"), format!("did you mean `{meant}`?"));
                    self.warn(card, Code::BadLanguage, span, (ko, en), help);
                }
                languages.push(code);
            } else {
                let (ko, en) =
                    (format!("`{text}`은(는) 언어 코드가 아니다"), format!("`{text}` is not a language code"));
                self.warn(
                    card,
                    Code::ValueNotAllowed,
                    span,
                    (ko, en),
                    says("`ko`처럼 ISO 639 코드를 적는다", "write an ISO 639 code such as `ko`"),
                );
            }
        }
        if !languages.is_empty() {
            self.root.add("model.languages", declared(card, span, Value::texts(languages)));
        }
    }

    fn bases(&mut self, card: &CardFile) {
        let mut spans = Vec::new();
        for key in BASES {
            let Some(node) = card.block.get(key).filter(|node| !node.is_null()) else { continue };
            let mut named = Named::default();
            named.read(node);
            if named.models.len() > MAX_NAMED {
                self.too_many(card, key, named.models[MAX_NAMED].1);
                continue;
            }
            named.unread.iter().for_each(|span| self.unread_base(card, key, *span));
            named.joined.iter().for_each(|(text, span)| self.joined_bases(card, key, text, *span));
            for (id, span) in named.models {
                if self.bases.iter().any(|(other, _)| *other == id) {
                    continue;
                }
                spans.push(span);
                self.bases.push((id.clone(), declared(card, span, Value::text(id))));
            }
            if let Some((word, span)) = named.relation {
                self.relation(card, word, span);
            }
        }
        for (text, span) in texts(card, "tags") {
            self.base_of_tag(card, text, span, &mut spans);
        }
        if let Some(&span) = spans.first() {
            let names = Value::texts(self.bases.iter().map(|(id, _)| id.as_str()));
            self.root.add("model.base-models", declared(card, span, names));
        }
        if let Some((text, span)) = texts(card, "base_model_relation").first().copied() {
            let known = RELATIONS.iter().find(|(word, _)| *word == text).map(|(word, _)| *word);
            match known {
                Some(word) => self.relation(card, word, span),
                None => self.unknown_relation(card, text, span),
            }
        }
    }

    /// `base_model:org/name` and `base_model:finetune:org/name`: the tags that the Hub makes of these keys, where
    /// somebody wrote them by hand.
    fn base_of_tag(&mut self, card: &CardFile, text: &str, span: Span, spans: &mut Vec<Span>) {
        let Some(rest) = text.strip_prefix("base_model:") else { return };
        let relation = rest.split_once(':').and_then(|(word, name)| {
            let known = RELATIONS.iter().find(|(known, _)| *known == word)?;
            Some((known.0, name))
        });
        for id in reference::models(relation.map_or(rest, |(_, name)| name)) {
            if self.bases.len() < MAX_NAMED && !self.bases.iter().any(|(other, _)| *other == id) {
                spans.push(span);
                self.bases.push((id.clone(), declared(card, span, Value::text(id))));
            }
        }
        if let Some((word, _)) = relation.filter(|_| self.relation.is_none()) {
            self.relation(card, word, span);
        }
    }

    fn relation(&mut self, card: &CardFile, word: &'static str, span: Span) {
        let kind = vocabulary().entry(vocabulary().must("model.relation")).kind;
        let Some(value) = Value::word(kind, word) else { return };
        let source = declared(card, span, value);
        self.root.add("model.relation", source.clone());
        self.relation = Some((word.to_owned(), source));
    }

    /// A base that was named and could not be read must not vanish.
    fn unread_base(&mut self, card: &CardFile, key: &str, span: Span) {
        let ko = format!("`{key}`에서 모델 이름을 찾지 못했다");
        let en = format!("no model's name was found in `{key}`");
        let help = says(
            format!("`{key}: org/name`처럼 적고, 여럿이면 목록으로 적는다"),
            format!("write `{key}: org/name`, and several as a list"),
        );
        self.warn(card, Code::WrongType, card.file.first_line(span), (ko, en), help);
    }

    /// Several names in one text are read, and the Hub reads them as one.
    fn joined_bases(&mut self, card: &CardFile, key: &str, text: &str, span: Span) {
        let list = reference::models(text).join(", ");
        let ko = format!("`{key}`의 글 하나에 모델이 여럿 적혀 있다. 여러 모델로 읽는다");
        let en = format!("`{key}` holds several models in one text; they are read as a list");
        let help = says(format!("`{key}: [{list}]`로 적는다"), format!("write `{key}: [{list}]`"));
        let problem = Diagnostic::warning(Code::WrongType, &card.file, span, says(ko, en)).help(help);
        // Inside of a list, the names would become a list in a list.
        let alone = card.block.get(key).is_some_and(|node| node.span == span);
        self.problems.push(if alone { problem.fix(span, format!("[{list}]")) } else { problem });
    }

    fn unknown_relation(&mut self, card: &CardFile, text: &str, span: Span) {
        let ko = format!("`{text}`은(는) 허브가 아는 관계가 아니다");
        let en = format!("`{text}` is not a relation that the Hub knows");
        let help = says(
            "`finetune`, `adapter`, `merge`, `quantized` 가운데 하나를 적는다",
            "write one of `finetune`, `adapter`, `merge` and `quantized`",
        );
        self.warn(card, Code::ValueNotAllowed, span, (ko, en), help);
    }

    /// `license: other` puts the name in `license_name`; a list on a model is odd, and all of it is kept.
    fn licence(&mut self, card: &CardFile) {
        let stated = self.few(card, "license");
        if let Some(node) = card.block.get("license").filter(|node| node.map().is_some()) {
            let ko = "`license`가 키와 값의 모음이라 읽지 않았다".to_owned();
            let en = "`license` is a mapping, and was not read".to_owned();
            let help =
                says("`license: apache-2.0`처럼 식별자만 적는다", "write the id alone, as in `license: apache-2.0`");
            self.warn(card, Code::WrongType, card.file.first_line(node.span), (ko, en), help);
        }
        let name = texts(card, "license_name").first().copied();
        let link = texts(card, "license_link").first().map(|(text, _)| (*text).to_owned());
        if stated.len() > 1 {
            let ko = "모델의 라이선스가 목록이다. 모두 적용되는 것으로 본다".to_owned();
            let en = "the licence of a model is a list; all of it is taken to apply".to_owned();
            self.warn(
                card,
                Code::WrongType,
                stated[0].1,
                (ko, en),
                says("하나만 적거나 SPDX 표현식으로 적는다", "write one, or an SPDX expression"),
            );
        }
        for (text, span) in &stated {
            let other = matches!(text.to_lowercase().as_str(), "other" | "unknown");
            if other && name.is_none() && link.is_none() {
                let ko = format!(
                    "`license: {text}`인데 `license_name`도 `license_link`도 없어 어떤 라이선스인지 알 수 없다"
                );
                let en =
                    format!("`license: {text}` without `license_name` or `license_link` does not say which licence");
                let help = says("`license_name`을 더한다", "add `license_name`");
                self.warn(card, Code::MissingKey, *span, (ko, en), help);
            }
            self.problems.extend(licence_spelling(&card.file, text, *span).map(Diagnostics::from).unwrap_or_default());
            let source = Source::declared(Value::text(*text), here(&card.file, *span));
            self.licences.push(StatedLicence {
                applies_to: "weights",
                ids: vec![(*text).to_owned()],
                name: name.map(|(name, _)| name.to_owned()),
                link: link.clone(),
                sources: vec![source],
                ..StatedLicence::default()
            });
        }
    }

    /// The only standard keys that say where training ran. A place is free text; a country code alone is a country.
    fn emissions(&mut self, card: &CardFile) {
        let Some(node) = card.block.at(&["co2_eq_emissions", "geographical_location"]) else { return };
        let Some(country) = node.text().and_then(crate::vocabulary::Country::parse) else { return };
        let value = Value::countries([country]);
        self.root.add("training.location", declared(card, node.span, value));
    }
}

/// Keys of the form by which access is asked for.
fn access(card: &CardFile) -> Vec<String> {
    let entries = card.block.map().into_iter().flatten();
    let filled = entries.filter(|(_, value)| !value.is_null()).filter_map(|(key, _)| key.text());
    let mut keys: Vec<String> =
        filled.filter(|key| key.starts_with("extra_gated_")).take(MOST_ACCESS_KEYS).map(str::to_owned).collect();
    keys.dedup();
    keys
}

/// The `sovereignty` block of a front matter.
pub(super) fn block(front: &Node) -> Option<&Node> {
    front.get("sovereignty").filter(|node| !node.is_null())
}
