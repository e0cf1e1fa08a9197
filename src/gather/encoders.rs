//! Public encoders that models take over, by the `model_type` that names them.
//! Source: model types of the transformers library and the cards of the encoders' publishers.

/// A public encoder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Encoder {
    /// How `model_type` begins.
    prefix: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// How names of its releases contain it, in lower case.
    names: &'static [&'static str],
}

const ENCODERS: &[Encoder] = &[
    Encoder { prefix: "clip_vision", name: "CLIP", names: &["clip"] },
    Encoder { prefix: "siglip2", name: "SigLIP 2", names: &["siglip"] },
    Encoder { prefix: "siglip", name: "SigLIP", names: &["siglip"] },
    Encoder { prefix: "dinov3", name: "DINOv3", names: &["dinov3"] },
    Encoder { prefix: "dinov2", name: "DINOv2", names: &["dinov2"] },
    Encoder { prefix: "intern_vit", name: "InternViT", names: &["internvit", "internvl"] },
    Encoder { prefix: "internvl_vision", name: "InternViT", names: &["internvit", "internvl"] },
    Encoder { prefix: "qwen3_vl", name: "Qwen3-VL", names: &["qwen3-vl", "qwen3-omni"] },
    Encoder { prefix: "qwen2_5_vl", name: "Qwen2.5-VL", names: &["qwen2.5-vl", "qwen2.5-omni"] },
    Encoder { prefix: "qwen2_vl", name: "Qwen2-VL", names: &["qwen2-vl"] },
    Encoder { prefix: "qwen2_5_omni", name: "Qwen2.5-Omni", names: &["qwen2.5-omni"] },
    Encoder { prefix: "qwen2_audio", name: "Qwen2-Audio", names: &["qwen2-audio", "whisper"] },
    Encoder { prefix: "moonvit", name: "MoonViT", names: &["moonvit", "kimi-vl"] },
    Encoder { prefix: "pixtral", name: "Pixtral", names: &["pixtral"] },
    Encoder { prefix: "whisper", name: "Whisper", names: &["whisper"] },
    Encoder { prefix: "wav2vec2", name: "wav2vec 2.0", names: &["wav2vec"] },
    Encoder { prefix: "hubert", name: "HuBERT", names: &["hubert"] },
    Encoder { prefix: "wavlm", name: "WavLM", names: &["wavlm"] },
];

/// The encoder that a `model_type` names.
pub(super) fn encoder(model_type: &str) -> Option<&'static Encoder> {
    let lower = model_type.to_lowercase().replace('-', "_");
    ENCODERS.iter().find(|encoder| lower.starts_with(encoder.prefix))
}

impl Encoder {
    /// Whether the name of a reference is one of this encoder's releases.
    pub(super) fn is_named_in(&self, reference: &str) -> bool {
        let lower = reference.to_lowercase().replace('_', "-");
        self.names.iter().any(|name| lower.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_releases_find_their_encoder() {
        assert_eq!(encoder("siglip2_vision_model").map(|e| e.name), Some("SigLIP 2"));
        assert_eq!(encoder("qwen2_5_vl").map(|e| e.name), Some("Qwen2.5-VL"));
        assert!(encoder("llama").is_none());
        assert!(encoder("qwen2_5_vl").is_some_and(|e| e.is_named_in("Qwen/Qwen2.5-VL-7B-Instruct")));
    }
}
