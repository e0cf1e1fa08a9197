//! The manifest of a sketch: all that is not numbers. And what can be wrong with a sketch.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::FileDigest;
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::Model;
use crate::text::{Says, Untrusted};
use crate::weights::{ComponentKind, Dtype, Traits};

/// A model as a sketch holds it, with the files that it was made of.
#[derive(Debug, Clone)]
pub(in crate::measure) struct Sketch {
    pub model: Model,
    pub files: Vec<FileDigest>,
}

/// What there is to say about a sketch that was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SketchSummary {
    /// Numbers of the model's weights that it holds.
    pub numbers: u64,
    /// Trained numbers of the model.
    pub of: u64,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Least correlation of a reused tower that a comparison with one other model would find through it, if any.
    pub least_correlation: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Manifest {
    pub schema: Untrusted,
    pub id: Untrusted,
    pub files: Vec<FileDigest>,
    pub sample: Sample,
    pub parameters: u64,
    pub components: BTreeMap<ComponentKind, PartNote>,
    pub config: Value,
    pub vocabulary: usize,
    pub table_width: usize,
    pub strings_known: bool,
    pub towers: Vec<TowerNote>,
    pub projector: BTreeMap<String, (usize, usize)>,
    pub head_layers: BTreeMap<String, (usize, usize)>,
    pub left_out: Vec<Says>,
    #[serde(default)]
    pub not_compared: BTreeMap<ComponentKind, u64>,
    #[serde(default)]
    pub too_many_towers: bool,
    /// Share of the model's numbers that stand in the file.
    pub share: f64,
    /// What a comparison through it would find, in words.
    pub power: Says,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PartNote {
    pub parameters: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Dtype>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct TowerNote {
    /// Its name where it is not the only one of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Untrusted>,
    pub kind: ComponentKind,
    pub traits: Traits,
    /// Channels of the stream in the model, and in the sketch.
    pub width: (usize, usize),
    /// Neurons of the largest part in the model.
    pub neurons: usize,
    pub pixels: usize,
    pub outside: u64,
    #[serde(default)]
    pub not_compared: u64,
    /// Of these, what stands outside the layers.
    #[serde(default)]
    pub passive: u64,
    pub layers: Vec<LayerNote>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LayerNote {
    pub number: u32,
    pub parameters: u64,
    pub feed_forward_parameters: u64,
    /// Query heads, key-value heads and channels of each, as kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heads: Option<(usize, usize, usize)>,
    pub experts: usize,
    pub latents: usize,
    /// Places of vectors that start at a constant.
    pub starts: Vec<String>,
}

/// A sketch that could not be used: which file, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SketchError {
    /// Path as it was asked for.
    pub file: String,
    /// What is wrong.
    pub fault: SketchFault,
}

impl SketchError {
    pub(in crate::measure) fn new(file: &Path, fault: SketchFault) -> Self {
        Self { file: Untrusted::from(file).into_string(), fault }
    }
}

impl fmt::Display for SketchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.file, self.fault)
    }
}

impl std::error::Error for SketchError {}

/// The kinds of wrong, each said in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SketchFault {
    /// The operating system refused.
    #[error("{}", .0.en)]
    Io(Says),
    /// A pipe, a device or a folder.
    #[error("it is not a regular file")]
    NotAFile,
    /// Longer than a sketch may be.
    #[error("it has {0} bytes, more than a sketch may have")]
    TooLong(u64),
    /// Not a safetensors file.
    #[error("{0}")]
    Container(String),
    /// A safetensors file without a manifest.
    #[error("this is no sketch: its metadata has no `sovgrade-sketch`")]
    NoManifest,
    /// The manifest breaks its own rules.
    #[error("its manifest is broken: {0}")]
    Manifest(String),
    /// A tensor breaks them.
    #[error("its tensor `{0}` is missing, or not as the manifest says")]
    Tensor(String),
    /// A number that is none.
    #[error("its tensor `{0}` holds infinite numbers, or what is no number")]
    NotFinite(String),
    /// A sketch was asked of a sketch.
    #[error("a sketch is made of a model directory, and this is a sketch")]
    SketchOfASketch,
}

impl SketchFault {
    /// The same in Korean.
    pub fn korean(&self) -> String {
        match self {
            Self::Io(why) => why.ko.clone(),
            Self::NotAFile => "보통 파일이 아니다".to_owned(),
            Self::TooLong(bytes) => format!("{bytes}바이트로, 스케치의 한도보다 길다"),
            Self::Container(why) => format!("safetensors 파일이 아니다: {why}"),
            Self::NoManifest => "스케치가 아니다: 메타데이터에 `sovgrade-sketch`가 없다".to_owned(),
            Self::Manifest(why) => format!("목록이 깨졌다: {why}"),
            Self::Tensor(name) => format!("텐서 `{name}`이 없거나 목록과 다르다"),
            Self::NotFinite(name) => format!("텐서 `{name}`에 무한대나 수가 아닌 값이 있다"),
            Self::SketchOfASketch => "스케치는 모델 디렉터리에서 만드는데, 이것은 이미 스케치다".to_owned(),
        }
    }
}
