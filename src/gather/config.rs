//! config.json: the maker's word on what the model is built of. Typed sub-configs are components; `auto_map` is code
//! that loading would execute; `_name_or_path` and the types of public encoders are hints of lineage.

use super::components::Components;
use super::encoders::{Encoder, encoder};
use super::origin::{loaded_from, towers};
use crate::facts::{Draft, Finding, Origin, Source, Speaker, Value};
use crate::text::{Code, Diagnostic, Node, SourceFile, Span, says};
use crate::vocabulary::vocabulary;

/// Depth to which sub-configs are walked; the deepest public model needs three.
pub(super) const MAX_DEPTH: usize = 6;

/// A sub-config that stands for a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// JSON pointer into config.json; empty for the root.
    pub pointer: String,
    /// Kind, as `components.rs` has it.
    pub kind: &'static str,
    /// Its `model_type`.
    pub model_type: Option<String>,
    /// Where its type stands, or where it begins.
    pub span: Span,
}

/// What config.json said that other files are compared with.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// `model_type`, or empty.
    pub family: String,
    /// Whether `auto_map` is there.
    pub auto_map: Option<Span>,
    /// Repositories named as the origin of the config or of a part of it: the kind of the part, the repository, its
    /// place.
    pub loaded_from: Vec<(Option<&'static str>, String, Source)>,
    /// Towers that are loaded from a repository of their own: kind, repository, place.
    pub towers: Vec<(&'static str, String, Source)>,
    /// What the rows of the table are rounded up to, where that is stated.
    pub padded_to: Option<u64>,
    /// The context length to which positions are stated to be stretched.
    pub stretched: Option<f64>,
    /// Whether the weights are stated to be quantised.
    pub quantised: bool,
    /// Parts whose type is that of a public encoder: the component, the encoder, where the type stands.
    pub encoders: Vec<(String, &'static Encoder, Source)>,
}

/// Kinds by the key of a sub-config.
const KEYS: &[(&str, &str)] = &[
    ("text_config", "text"),
    ("language_config", "text"),
    ("llm_config", "text"),
    ("vlm_config", "text"),
    ("vision_config", "vision"),
    ("vision_tower_config", "vision"),
    ("vit_config", "vision"),
    ("image_config", "vision"),
    ("video_config", "vision"),
    ("audio_config", "audio"),
    ("audio_encoder_config", "audio"),
    ("speech_config", "audio"),
    ("asr_config", "audio"),
    ("projector_config", "projector"),
    ("qformer_config", "projector"),
    ("perceiver_config", "projector"),
    ("talker_config", "speech"),
    ("token2wav_config", "speech"),
    ("code2wav_config", "vocoder"),
    ("vocoder_config", "vocoder"),
    ("bigvgan_config", "vocoder"),
    ("dit_config", "diffusion"),
    ("codec_config", "audio-tokenizer"),
];

/// The kind of the part that a key of a config describes, where it is another than the text.
pub(super) fn kind_of_key(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(name, _)| *name == key).map(|(_, kind)| *kind).filter(|kind| *kind != "text")
}

/// Mappings that describe no component.
fn is_no_part(key: &str) -> bool {
    key.starts_with("rope_")
        || matches!(key, "quantization_config" | "generation_config" | "auto_map" | "compression_config")
}

/// The components that a config names.
pub(super) fn parts(root: &Node) -> Vec<Part> {
    let mut found = Vec::new();
    walk(root, "", 0, &mut found);
    let text = found.iter().any(|part| part.kind == "text");
    let (kind, layers) = root_kind(root);
    if layers && !(text && kind == "text") {
        found.insert(0, part(root, String::new(), kind));
    }
    found
}

/// What a config without sub-configs stands for, and whether it describes layers of its own.
fn root_kind(root: &Node) -> (&'static str, bool) {
    let has = |keys: &[&str]| keys.iter().any(|key| root.get(key).is_some());
    let layers =
        has(&["num_hidden_layers", "n_layer", "n_layers", "num_layers", "depth", "hidden_size", "n_embd", "d_model"]);
    let kind = match (has(&["vocab_size"]), has(&["patch_size"]), has(&["num_mel_bins"])) {
        (false, true, _) => "vision",
        (false, false, true) => "audio",
        _ => "text",
    };
    (kind, layers)
}

fn walk(node: &Node, pointer: &str, depth: usize, found: &mut Vec<Part>) {
    if depth >= MAX_DEPTH {
        return;
    }
    for (key, value) in node.map().into_iter().flatten() {
        let (Some(key), true) = (key.text(), value.map().is_some()) else { continue };
        let typed = value.get("model_type").is_some() || value.get("architectures").is_some();
        if is_no_part(key) || !(key.ends_with("_config") || typed) {
            continue;
        }
        let pointer = format!("{pointer}/{key}");
        let before = found.len();
        walk(value, &pointer, depth + 1, found);
        let kind = KEYS.iter().find(|(name, _)| *name == key).map_or("other", |(_, kind)| kind);
        let holds_parts = found.len() > before;
        if !(holds_parts && kind == "other") && value.map().is_some_and(|map| !map.is_empty()) {
            found.push(part(value, pointer, kind));
        }
    }
}

fn part(node: &Node, pointer: String, kind: &'static str) -> Part {
    let named = node.get("model_type").filter(|n| !n.is_null());
    Part {
        pointer,
        kind,
        model_type: named.and_then(Node::text).map(str::to_owned),
        span: named.map_or(Span::new(node.span.start as usize, node.span.start as usize + 1), |n| n.span),
    }
}

/// Reads config.json into the draft.
///
/// # Errors
/// It is no mapping.
pub(super) fn read(
    file: &SourceFile,
    root: &Node,
    components: &mut Components,
    draft: &mut Draft,
) -> Result<Config, Diagnostic> {
    if root.map().is_none() {
        return Err(Diagnostic::error(
            Code::NotAMapping,
            file,
            root.span,
            says("config.json이 키와 값의 모음이 아니다", "config.json is not a mapping of keys to values"),
        )
        .help(says("모델의 config.json을 넣는다", "put the model's own config.json there")));
    }
    let says_so = |value: Value, span: Span| stated(file, value, span);
    let mut config = Config::default();
    let text = |key: &str| root.get(key).filter(|n| !n.is_null()).and_then(|n| Some((n.text()?, n.span)));
    if let Some((family, span)) = text("model_type") {
        family.clone_into(&mut config.family);
        draft.root.add("architecture.model-type", says_so(Value::text(family), span));
    }
    let inner = |key: &str| number(root.get(key).or_else(|| root.at(&["text_config", key])));
    if let Some((entries, span)) = inner("vocab_size") {
        draft.root.add("tokenizer.vocabulary-size", says_so(Value::Number(entries), span));
    }
    if let Some((tokens, span)) = inner("max_position_embeddings") {
        draft.root.add("model.context", says_so(Value::Number(tokens), span));
    }
    config.stretched = super::window::stretched(root);
    let multiple = root.get("pad_vocab_size_multiple").and_then(Node::text);
    config.padded_to = multiple.and_then(|text| text.parse().ok()).filter(|by| (1..1 << 20).contains(by));
    auto_map(file, root, &mut config, draft);
    quantisation(file, root, &mut config, draft);
    loaded_from(file, root, &mut config);
    towers(file, root, &mut config);
    for part in parts(root) {
        component(file, &part, components, &mut config, draft);
    }
    Ok(config)
}

fn number(node: Option<&Node>) -> Option<(f64, Span)> {
    let node = node?;
    let number = node.text()?.parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0)?;
    Some((number, node.span))
}

/// A value of config.json: the maker's word, outside the card.
pub(super) fn stated(file: &SourceFile, value: Value, span: Span) -> Source {
    let origin = Origin { file: file.name().to_owned(), at: Some(file.position(span.start)), ..Origin::default() };
    Source::declared(value, origin).by(Speaker::Beside)
}

/// `auto_map` names code that loading executes; `owner/repo--module.Class` takes it from another repository.
fn auto_map(file: &SourceFile, root: &Node, config: &mut Config, draft: &mut Draft) {
    let Some((_, map)) = root.entry("auto_map").filter(|(_, map)| map.map().is_some_and(|m| !m.is_empty())) else {
        return;
    };
    config.auto_map = Some(map.span);
    draft.root.add("architecture.custom-code", stated(file, Value::Flag(true), map.span));
    third_party_code(file, map, draft);
}

/// `owner/repo--module.Class` takes code from another repository. What several files name is one list.
pub(super) fn third_party_code(file: &SourceFile, map: &Node, draft: &mut Draft) {
    let repositories = repositories(map);
    if repositories.is_empty() {
        return;
    }
    draft.findings.push(runs_code_of(file, &repositories, map.span));
    let path = vocabulary().must("architecture.third-party-code");
    let named = draft.root.sources.entry(path).or_default();
    match named.iter_mut().find_map(|source| source.value.as_mut()) {
        Some(Value::Texts(all)) => {
            let all = all.iter().cloned().chain(repositories.into_iter().map(Into::into));
            let all = Value::texts(all);
            for source in named.iter_mut() {
                source.value = Some(all.clone());
            }
        }
        _ => named.push(stated(file, Value::texts(repositories), map.span)),
    }
}

/// That loading the model runs another repository's code is told whatever a ruleset asks.
fn runs_code_of(file: &SourceFile, repositories: &[String], span: Span) -> Finding {
    let named = repositories.join(", ");
    let name = file.name();
    Finding {
        says: says(
            format!("{name}의 `auto_map`은 모델을 읽을 때 다른 저장소의 코드를 실행하게 한다: {named}"),
            format!("`auto_map` of {name} makes loading the model run code from another repository: {named}"),
        ),
        sources: vec![stated(file, Value::texts(repositories.iter().map(String::as_str)), span)],
        contradiction: false,
        code: None,
    }
}

/// Other repositories whose code an `auto_map` executes.
fn repositories(map: &Node) -> Vec<String> {
    let mut found = Vec::new();
    for (_, value) in map.map().into_iter().flatten() {
        let items = value.list().unwrap_or(std::slice::from_ref(value));
        found.extend(
            items.iter().filter_map(|n| n.text()?.split_once("--")).map(|(repository, _)| repository.to_owned()),
        );
    }
    found.sort();
    found.dedup();
    found
}

fn quantisation(file: &SourceFile, root: &Node, config: &mut Config, draft: &mut Draft) {
    let Some(block) = root.get("quantization_config").filter(|n| n.map().is_some_and(|m| !m.is_empty())) else {
        return;
    };
    config.quantised = true;
    let method = block.get("quant_method").and_then(Node::text).unwrap_or("?");
    draft.findings.push(Finding {
        says: says(
            format!("가중치가 양자화되어 있다({method}). 양자화하기 전의 모델이 따로 있을 수 있다"),
            format!("the weights are quantised ({method}); there may be a model that they were quantised from"),
        ),
        sources: vec![stated(file, Value::text(method), block.span)],
        contradiction: false,
        code: None,
    });
}

fn component(file: &SourceFile, part: &Part, components: &mut Components, config: &mut Config, draft: &mut Draft) {
    let declared = components.at_pointer(&part.pointer).or_else(|| components.of_kind(part.kind)).cloned();
    let here = stated(file, Value::text(part.model_type.as_deref().unwrap_or("?")), part.span);
    let role = super::components::role_of_kind(part.kind);
    let id = if let Some(known) = declared {
        known.id
    } else {
        if components.any() {
            unmatched(part, &here, draft);
        }
        let id = match part.kind {
            "other" => part.pointer.rsplit('/').next().unwrap_or("other").trim_end_matches("_config").to_owned(),
            kind => kind.to_owned(),
        };
        components.learn(&id, role, &part.pointer);
        id
    };
    let item = draft.root.item("component", &id, &here);
    let role_path = vocabulary().must("component.role");
    if !item.sources.contains_key(&role_path) {
        item.add_word("component.role", role, &here);
    }
    if let Some(model_type) = &part.model_type {
        item.add("component.architecture", stated(file, Value::text(model_type.as_str()), part.span));
        if let Some(encoder) = encoder(model_type).filter(|_| matches!(part.kind, "vision" | "audio")) {
            config.encoders.push((id, encoder, here));
        }
    }
}

/// Rule C3: a component of config.json that the card does not declare.
fn unmatched(part: &Part, here: &Source, draft: &mut Draft) {
    let pointer = if part.pointer.is_empty() { "/" } else { &part.pointer };
    draft.findings.push(Finding {
        says: says(
            format!("config.json의 `{pointer}`에 있는 구성요소가 카드에 없다 [C3]"),
            format!("the card does not declare the component at `{pointer}` of config.json [C3]"),
        ),
        sources: vec![here.clone()],
        contradiction: true,
        code: None,
    });
}

/// A type that names a public encoder says whose design it is; that the weights come from there it does not say.
/// A component whose links answer for this family (declared, or measured against it) is not asked again.
pub(super) fn hint_at_encoders(config: &Config, draft: &mut Draft) {
    for (id, encoder, here) in &config.encoders {
        let by = here.clone();
        let component = draft.root.item("component", id, here);
        let links = component.children.entry(vocabulary().must_collection("link")).or_default();
        if links.keys().any(|link| encoder.is_named_in(link)) {
            continue;
        }
        let link = component.item("link", encoder.name, &by);
        link.add("link.reference", Source { value: Some(Value::text(encoder.name)), ..by });
        let name = encoder.name;
        draft.findings.push(Finding {
            says: says(
                format!("구성요소 `{id}`의 유형은 공개된 인코더 {name}의 것이다. 가중치도 거기서 왔는지는 밝혀야 안다"),
                format!(
                    "the type of component `{id}` is that of the public encoder {name}; whether its weights come \
                     from there has to be said"
                ),
            ),
            sources: vec![here.clone()],
            contradiction: false,
            code: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::parse_json;

    fn parts_of(text: &str) -> Vec<(String, &'static str)> {
        let node = parse_json(&SourceFile::new("config.json", text)).expect("valid");
        parts(&node).into_iter().map(|part| (part.pointer, part.kind)).collect()
    }

    #[test]
    fn sub_configs_are_components() {
        assert_eq!(parts_of(r#"{"model_type":"llama","hidden_size":8,"vocab_size":9}"#), [(String::new(), "text")]);
        assert_eq!(
            parts_of(r#"{"model_type":"siglip_vision_model","hidden_size":8,"patch_size":14}"#),
            [(String::new(), "vision")]
        );
        let omni = r#"{"thinker_config":{"text_config":{"model_type":"a"},"vision_config":{"model_type":"b"},"model_type":"t"},
            "talker_config":{"model_type":"c"},"quantization_config":{"quant_method":"fp8"},"rope_scaling":{"model_type":"x"}}"#;
        assert_eq!(
            parts_of(omni),
            [
                ("/thinker_config/text_config".to_owned(), "text"),
                ("/thinker_config/vision_config".to_owned(), "vision"),
                ("/talker_config".to_owned(), "speech"),
            ]
        );
        assert_eq!(
            parts_of(r#"{"vision_config":{"model_type":"siglip_vision_model"},"hidden_size":8,"vocab_size":2}"#),
            [(String::new(), "text"), ("/vision_config".to_owned(), "vision"),]
        );
    }
}
