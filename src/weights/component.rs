//! Which part of a model a tensor belongs to, told from its name and from what else is there.

use serde::{Deserialize, Serialize};

use super::guess::role_by_words;
use super::roles::{Role, role_of, self_named};

/// Parts of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// The layers that process text.
    Text,
    /// The layers that process pictures.
    Vision,
    /// The layers that process sound.
    Audio,
    /// Between a tower and the text backbone.
    Projector,
    /// Tables of tokens and positions before the text backbone.
    Embedding,
    /// From the text backbone to tokens.
    Head,
    /// Low-rank factors beside another model's weights.
    Adapter,
}

impl ComponentKind {
    /// The component's id in evidence files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Vision => "vision",
            Self::Audio => "audio",
            Self::Projector => "projector",
            Self::Embedding => "embedding",
            Self::Head => "head",
            Self::Adapter => "adapter",
        }
    }
}

/// What a name says about a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Placement {
    /// The part it belongs to.
    pub component: ComponentKind,
    /// Its stack of layers: the place in [`Checkpoint::stacks`](super::Checkpoint::stacks).
    pub stack: Option<u32>,
    /// Its layer, counted in its stack.
    pub layer: Option<u32>,
    /// Its expert, where the layer has several.
    pub expert: Option<u32>,
    /// What it does.
    pub role: Role,
    /// Whether it is the bias beside the matrix of that role.
    pub is_bias: bool,
}

/// Parameters of one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentCount {
    /// The component.
    pub kind: ComponentKind,
    /// Numbers that were trained; packed ones are counted unpacked, scales and computed tables are not counted.
    pub parameters: u64,
    /// Tensors of it, scales and computed tables included.
    pub tensors: u64,
}

/// A tower's or a bridge's name in a path segment, by the part it stands for. The first that is found decides, so
/// bridges inside a tower come first.
static SEGMENTS: &[(&str, ComponentKind)] = &[
    ("multi_modal_projector", ComponentKind::Projector),
    ("multimodal_projector", ComponentKind::Projector),
    ("mm_projector", ComponentKind::Projector),
    ("mm_proj", ComponentKind::Projector),
    ("vision_proj", ComponentKind::Projector),
    ("visual_projection", ComponentKind::Projector),
    ("audio_projector", ComponentKind::Projector),
    ("projector", ComponentKind::Projector),
    ("connector", ComponentKind::Projector),
    ("resampler", ComponentKind::Projector),
    ("abstractor", ComponentKind::Projector),
    ("aligner", ComponentKind::Projector),
    ("merger", ComponentKind::Projector),
    ("deepstack_merger_list", ComponentKind::Projector),
    ("mlp1", ComponentKind::Projector),
    ("audio_tower", ComponentKind::Audio),
    ("audio_model", ComponentKind::Audio),
    ("audio_encoder", ComponentKind::Audio),
    ("speech_encoder", ComponentKind::Audio),
    ("audio", ComponentKind::Audio),
    ("vision_tower", ComponentKind::Vision),
    ("vision_model", ComponentKind::Vision),
    ("vision_encoder", ComponentKind::Vision),
    ("image_encoder", ComponentKind::Vision),
    ("visual", ComponentKind::Vision),
    ("vision", ComponentKind::Vision),
    ("vit", ComponentKind::Vision),
];

/// How names of the towers begin that llama.cpp keeps in a file of their own, by the part. The first that fits decides.
static TOWERS: &[(&str, ComponentKind)] = &[
    ("mm.", ComponentKind::Projector),
    ("resampler.", ComponentKind::Projector),
    ("v.", ComponentKind::Vision),
    ("a.", ComponentKind::Audio),
];

/// The architecture that such a file names.
const TOWERS_FAMILY: &str = "clip";

/// Families (`model_type`) that are nothing but a tower for sound.
static AUDIO: &[&str] = &[
    "wav2vec2",
    "wav2vec2-bert",
    "wav2vec2-conformer",
    "hubert",
    "wavlm",
    "unispeech",
    "unispeech-sat",
    "data2vec-audio",
    "sew",
    "audio-spectrogram-transformer",
];

/// Whether nothing but a vision tower is here: pictures come in, no tokens do, and no segment need say so.
pub(super) fn is_bare_vision<'a>(names: impl Iterator<Item = &'a str>, family: &str) -> bool {
    let mut patches = false;
    for name in names {
        match place(name, family, false).role {
            Role::PatchEmbedding => patches = true,
            Role::TokenEmbedding => return false,
            _ => {}
        }
    }
    patches
}

/// Reads a name. `family` is config.json's `model_type`, `bare_vision` what [`is_bare_vision`] found.
pub(super) fn place(name: &str, family: &str, bare_vision: bool) -> Placement {
    let segments: Vec<&str> = name.split('.').collect();
    let apart = TOWERS.iter().find(|(start, _)| family == TOWERS_FAMILY && name.starts_with(start));
    let tower = apart.or_else(|| SEGMENTS.iter().find(|(word, _)| segments.contains(word))).map(|&(_, kind)| kind);
    let (layer, expert) = numbers(&segments);
    let own = self_named(name);
    let name = own.as_deref().unwrap_or(name);
    let role = match role_of(name, family) {
        Role::Unknown if tower != Some(ComponentKind::Projector) => role_by_words(name, layer.is_some()),
        // The last norm of a layer is that of its feed-forward part.
        Role::FinalNorm if layer.is_some() => Role::FeedForwardNorm,
        known => known,
    };
    let sound = AUDIO.contains(&family) || family == "whisper" && segments.contains(&"encoder");
    let component = match (tower, role) {
        (_, Role::LowRank) => ComponentKind::Adapter,
        (Some(kind), _) => kind,
        _ if bare_vision => ComponentKind::Vision,
        _ if sound => ComponentKind::Audio,
        (None, Role::TokenEmbedding | Role::PositionEmbedding | Role::TypeEmbedding) => ComponentKind::Embedding,
        (None, Role::Head | Role::Classifier) => ComponentKind::Head,
        (None, Role::Unknown) if layer.is_none() && matches!(segments.first(), Some(&"output")) => ComponentKind::Head,
        _ => ComponentKind::Text,
    };
    let role = match (component, role) {
        (ComponentKind::Projector, Role::Scale | Role::Packed | Role::Buffer) => role,
        (ComponentKind::Projector, _) => Role::Projector,
        (ComponentKind::Head, Role::Unknown) => Role::Head,
        _ => role,
    };
    Placement { component, stack: None, layer, expert, role, is_bias: name.rsplit(['.', '_']).next() == Some("bias") }
}

/// Layer and expert: the first number of the path, and the number after `experts`.
fn numbers(segments: &[&str]) -> (Option<u32>, Option<u32>) {
    let expert_at = segments.iter().position(|&segment| segment == "experts");
    let number = |at: usize| segments.get(at).and_then(|segment| numbered(segment)).map(|(_, number)| number);
    let layer = (0..segments.len()).filter(|&at| expert_at.is_none_or(|expert| at < expert)).find_map(number);
    (layer, expert_at.and_then(|at| number(at + 1)))
}

/// The number of a segment, and the word before it: `12`, or `layer_12`, `block12`, `h12`.
pub(super) fn numbered(segment: &str) -> Option<(&str, u32)> {
    let digits = segment.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let word = segment.strip_suffix(digits)?.trim_end_matches('_');
    if matches!(word, "" | "layer" | "layers" | "block" | "blocks" | "h" | "l") {
        Some((word, digits.parse().ok()?))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_layers_and_experts() {
        let vision = place("vision_tower.vision_model.encoder.layers.2.self_attn.q_proj.weight", "llava", false);
        assert_eq!((vision.component, vision.layer, vision.role), (ComponentKind::Vision, Some(2), Role::Query));
        let bridge = place("visual.merger.mlp.0.weight", "qwen2_vl", false);
        assert_eq!((bridge.component, bridge.role), (ComponentKind::Projector, Role::Projector));
        let expert = place("model.layers.1.mlp.experts.5.up_proj.weight", "qwen3_moe", false);
        assert_eq!((expert.layer, expert.expert, expert.role), (Some(1), Some(5), Role::Up));
        let head = place("output.weight", "internlm2", false);
        assert_eq!((head.component, head.role), (ComponentKind::Head, Role::Head));
        for (name, component) in [
            ("v.blk.0.attn_q.weight", ComponentKind::Vision),
            ("v.patch_embd.weight", ComponentKind::Vision),
            ("a.blk.1.ffn_up.weight", ComponentKind::Audio),
            ("mm.0.weight", ComponentKind::Projector),
            ("mm.a.mlp.1.weight", ComponentKind::Projector),
        ] {
            assert_eq!(place(name, "clip", true).component, component, "{name}");
            assert_ne!(place("mm.0.weight", "llama", false).component, ComponentKind::Projector);
        }
        assert_eq!(
            place("language_model.model.embed_tokens.weight", "llava", false).component,
            ComponentKind::Embedding
        );
    }
}
