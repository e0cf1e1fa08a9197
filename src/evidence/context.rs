//! What stands beside the weights and never decides: configs, vocabularies, how shared tokens lie, norm gains (method
//! 11.7).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scalar::{each, number, present, whole};
use crate::text::{Decode, Fields, Node, Reader};

/// Likenesses beside the weights. Shown and explained, never part of a verdict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Context {
    /// config.json, field by field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigContext>,
    /// The vocabularies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<VocabularyContext>,
    /// How the embeddings of shared tokens lie to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_geometry: Option<GeometryContext>,
    /// The norm gains, with the wrong answer and the right one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gains: Option<GainsContext>,
}

/// Two config files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigContext {
    /// Fields that both have.
    pub fields: u64,
    /// Fields that both have with the same value that several public models have too.
    #[serde(default)]
    pub common: Vec<String>,
    /// Fields with the same value that is not known to be common.
    #[serde(default)]
    pub not_known_common: Vec<String>,
    /// Fields with different values.
    #[serde(default)]
    pub different: Vec<String>,
}

/// Two vocabularies, as token strings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct VocabularyContext {
    /// Strings of the candidate.
    pub candidate: u64,
    /// Strings of the reference.
    pub reference: u64,
    /// Strings that both have.
    pub shared: u64,
    /// Of these, those with the same number.
    pub same_id: u64,
    /// Merges that both have, where both tell theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_merges: Option<u64>,
    /// Rank correlation of the order of the merges that both have (Spearman).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_rank_correlation: Option<f64>,
}

/// How the embeddings of shared tokens lie to each other, in no basis at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GeometryContext {
    /// Shared tokens that were compared.
    pub tokens: u64,
    /// Unbiased linear CKA: one for the same table in any rotation; strangers of one language are above zero too.
    pub similarity: f64,
}

/// Norm gains of corresponding layers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GainsContext {
    /// Their cosine as they stand: near one between any two models, so no sign of anything.
    pub raw_cosine: f64,
    /// Their correlation with the means taken off.
    pub centred: f64,
    /// The same layer by layer, where it was published so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerGains>,
}

/// One gain vector of one layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LayerGains {
    /// The tensor's name without its layer.
    pub tensor: String,
    /// The layer.
    pub layer: u64,
    /// Cosine as they stand.
    pub raw_cosine: f64,
    /// Correlation with the means taken off.
    pub centred: f64,
    /// Cosine after one side was shuffled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shuffled: Option<f64>,
}

fn part<T: Decode>(node: Option<&Node>, reader: &mut Reader) -> Option<T> {
    present(node).and_then(|node| T::decode(node, reader))
}

fn count(fields: &mut Fields<'_>, key: &'static str, reader: &mut Reader) -> Option<u64> {
    fields.must(key).and_then(|node| whole(node, reader))
}

fn figure(fields: &mut Fields<'_>, key: &'static str, reader: &mut Reader) -> Option<f64> {
    fields.must(key).and_then(|node| number(Some(node), reader))
}

impl Decode for Context {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let read = Self {
            config: part(fields.node("config"), reader),
            vocabulary: part(fields.node("vocabulary"), reader),
            token_geometry: part(fields.node("token-geometry"), reader),
            gains: part(fields.node("gains"), reader),
        };
        fields.done(reader);
        Some(read)
    }
}

impl Decode for ConfigContext {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let number = count(&mut fields, "fields", reader);
        let read = Self {
            fields: 0,
            common: fields.optional("common", reader).unwrap_or_default(),
            not_known_common: fields.optional("not-known-common", reader).unwrap_or_default(),
            different: fields.optional("different", reader).unwrap_or_default(),
        };
        fields.done(reader);
        Some(Self { fields: number?, ..read })
    }
}

impl Decode for VocabularyContext {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let counts = ["candidate", "reference", "shared", "same-id"].map(|key| count(&mut fields, key, reader));
        let shared_merges = present(fields.node("shared-merges")).and_then(|node| whole(node, reader));
        let merge_rank_correlation = number(fields.node("merge-rank-correlation"), reader);
        fields.done(reader);
        let [candidate, reference, shared, same_id] = counts;
        Some(Self {
            candidate: candidate?,
            reference: reference?,
            shared: shared?,
            same_id: same_id?,
            shared_merges,
            merge_rank_correlation,
        })
    }
}

impl Decode for GeometryContext {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let (tokens, similarity) = (count(&mut fields, "tokens", reader), figure(&mut fields, "similarity", reader));
        fields.done(reader);
        Some(Self { tokens: tokens?, similarity: similarity? })
    }
}

impl Decode for GainsContext {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let raw_cosine = figure(&mut fields, "raw-cosine", reader);
        let centred = figure(&mut fields, "centred", reader);
        let layers =
            each(fields.node("layers"), reader).iter().filter_map(|node| Decode::decode(node, reader)).collect();
        fields.done(reader);
        Some(Self { raw_cosine: raw_cosine?, centred: centred?, layers })
    }
}

impl Decode for LayerGains {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let (tensor, layer) = (fields.required("tensor", reader), count(&mut fields, "layer", reader));
        let (raw, centred) = (figure(&mut fields, "raw-cosine", reader), figure(&mut fields, "centred", reader));
        let shuffled = number(fields.node("shuffled"), reader);
        fields.done(reader);
        Some(Self { tensor: tensor?, layer: layer?, raw_cosine: raw?, centred: centred?, shuffled })
    }
}
