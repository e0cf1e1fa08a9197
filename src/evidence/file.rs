//! The evidence file, `sovgrade/evidence/2`: the data, and nothing but the data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::details::{Adapter, Mixture, TableRows, Trail};
use super::seen::{Change, Explanations, LookedFor, NotLookedFor, Relation};
use crate::text::{Lang, Says};

/// The value of `schema` in a file of this format.
pub const SCHEMA: &str = "sovgrade/evidence/2";
/// The format before it, which is still read: as what others report.
pub const OLD_SCHEMA: &str = "sovgrade/evidence/1";

/// An evidence file: links measured or documented elsewhere, and other facts with their documents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EvidenceFile {
    /// `sovgrade/evidence/2`.
    pub schema: String,
    /// How it was measured; absent for evidence that nobody measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunRecord>,
    /// The model that the evidence is about.
    pub subject: Subject,
    /// Links from the subject's components to references.
    #[serde(default)]
    pub links: Vec<LinkEvidence>,
    /// Facts that a public document states.
    #[serde(default)]
    pub documented: Vec<StatedFact>,
    /// Facts that an assessor attests.
    #[serde(default)]
    pub attested: Vec<StatedFact>,
    /// How sure the whole run is, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Components of the subject as mixtures of several references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixtures: Vec<Mixture>,
    /// A claimed path from initial weights to the subject, put to the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<Trail>,
    /// Which part of a run over many references this is; absent for a whole one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What the whole file cannot show, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Words>,
}

/// What made the file, and with which settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RunRecord {
    /// Name and version of the program.
    pub program: String,
    /// The settings that change what is seen.
    #[serde(default)]
    pub settings: Settings,
    /// References that a first look sorted out before; the level is divided among all of them.
    #[serde(default)]
    pub screened: u64,
}

/// Settings of a run that change what is seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Only a small sample was read.
    #[serde(default)]
    pub quick: bool,
    /// Weights files that were passed over because whoever measured said so.
    #[serde(default)]
    pub passed_over: Vec<String>,
}

/// The chance of a false finding that a run allows itself, and over how many looks it is spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Level {
    /// The chance that a pair that shares nothing is said to share anything, in the whole run.
    pub run: f64,
    /// Looks that share it.
    pub looks: u64,
}

/// One part of a run: every `of`-th reference, from number `part` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Shard {
    /// Its number, from 1 on.
    pub part: u64,
    /// How many parts there are.
    pub of: u64,
    /// References of the whole run.
    pub references: u64,
    /// Digest of what all parts have in common: candidate, references, controls, options.
    pub run: String,
}

/// A model with the files that were read of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Subject {
    /// Hub id or directory name.
    pub id: String,
    /// Files with their digests; empty for evidence that read no file (a newspaper, a report).
    #[serde(default)]
    pub files: Vec<FileDigest>,
    /// What the numbers were read through, where it is not the files: they are then those of the sketch, whose word for
    /// its files is nobody's measurement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Through>,
}

/// What stands between a model and its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// A sketch.
    Sketch,
}

/// One file by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileDigest {
    /// Path below the model's directory, with `/`.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal; absent where digests were switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Whether its numbers were compared. A file that looks like weights is listed whether it was read or not.
    #[serde(default = "is_read")]
    pub read: bool,
    /// Why it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Words>,
}

fn is_read() -> bool {
    true
}

/// A reference, with what is known about its holder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReferenceModel {
    /// Hub id, directory name or free name.
    pub id: String,
    /// Files with their digests.
    #[serde(default)]
    pub files: Vec<FileDigest>,
    /// Who holds the rights in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The holder's country, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Whether the subject's own maker made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_maker: Option<bool>,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Day on which it was released, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
}

/// What is said about one reference.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LinkEvidence {
    /// The reference.
    pub reference: ReferenceModel,
    /// What was seen over all components: `shared`, `no-trace` or `undecided`.
    pub relation: Relation,
    /// Share of the subject's parameters that are shared with the reference, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Share of the subject's parameters that a test could have spoken about, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// Whether it is the nearest of several related references of the run, beyond three standard errors; absent where
    /// none is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<bool>,
    /// What can explain what is shared; present if the relation is `shared`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanations: Option<Explanations>,
    /// What was changed, over all shared components.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// What was seen of each component that was compared, or could not be.
    #[serde(default)]
    pub components: Vec<ComponentEvidence>,
    /// The low-rank adapter that makes the whole difference from the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter: Option<Adapter>,
    /// Which rows of the tables of tokens are shared with the reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableRows>,
    /// Controls that were run beside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    /// Likenesses beside the weights, which decide nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// What of the subject was not compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_compared: Vec<Words>,
    /// What this comparison cannot show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Words>,
    /// The document that states it, for evidence that was published by others. Absent: measured by this program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Document>,
}

/// What was seen of one component.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ComponentEvidence {
    /// The component's id: `text`, `vision`, `projector`, `embedding`, `head`, ...; one of several stacks is
    /// `text-decoder`.
    pub id: String,
    /// What was seen.
    pub relation: Relation,
    /// Share of the component's parameters that are shared with the reference, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Share of the component's parameters that a test could have spoken about, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// The candidate's layers that are shared with the reference.
    #[serde(default)]
    pub layers: Vec<u32>,
    /// Layers that the component has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer_count: Option<u32>,
    /// Parameters that the component has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u64>,
    /// The parts of those layers that are shared, each with what it is and how alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartEvidence>,
    /// What was changed.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// What can explain what is shared; present if the relation is `shared`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanations: Option<Explanations>,
    /// The tests, one entry a family and kind.
    #[serde(default)]
    pub tests: Vec<TestResult>,
    /// The classes of change that were looked for, each with the least that would have been found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_for: Vec<LookedFor>,
    /// The classes of change that were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_looked_for: Vec<NotLookedFor>,
    /// Why the relation is this one, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Words>,
    /// How alike the tensors are that stand in the same place, as they are stored: effect sizes, which decide nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tensors: Vec<TensorEvidence>,
}

/// Tensors of one role in one layer (all experts of a layer together), compared number by number as they are stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TensorEvidence {
    /// What they do: `query`, `key`, `value`, `output`, `gate`, `up`, `down`, `router`, `norm`, `bias`, ...
    pub role: String,
    /// The candidate's layer; absent where they belong to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<u32>,
    /// The reference's layer that it is compared with, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// Numbers that were compared.
    pub numbers: u64,
    /// Correlation after row and column means are taken off.
    pub correlation: f64,
    /// Share of numbers that are equal, 0 to 1, in the coarser of the two formats.
    pub identical: f64,
    /// Share of numbers that would be equal by chance, by how often each value occurs on either side.
    pub chance: f64,
}

/// A part of one of the candidate's layers that is shared with the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PartEvidence {
    /// `feed-forward` or `attention`.
    pub role: String,
    /// The candidate's layer.
    pub layer: u32,
    /// The reference's layer.
    pub from: u32,
    /// Correlation of the numbers once basis and order are aligned, means taken off; absent where no numbers can be
    /// paired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    /// How the reference's channels lie in the candidate's: `as-named`, `reordered`, `flipped`,
    /// `reordered-and-flipped`, `rotated`, or `none` where it was not told.
    pub basis: String,
    /// Whether neurons and heads had to be matched because they are in another order.
    pub matched: bool,
}

/// What one family of tests found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TestResult {
    /// The family: `identity`, `f1` to `f8`, `centred-correlation`, `raw-cosine-norm-gains`, ...
    pub family: String,
    /// The kind of look: `place`, `tokens`, `within`, `virtual`, `gram`, `equal`; absent where there is one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The statistic, in the family's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistic: Option<f64>,
    /// Standard error of the statistic, by leaving out one layer or one block of rows at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Number of independent signs, numbers or pairs that went into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// Standardised statistic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
    /// Decimal logarithm of the p-value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p: Option<f64>,
    /// How many of the `n` agree, where each is one sign, one order or one place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agree: Option<u64>,
    /// Why the family did not speak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Words>,
}

/// A comparison whose answer is known beforehand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Control {
    /// What was compared.
    pub id: String,
    /// Whether the answer came out as it must.
    pub passed: bool,
    /// The figures, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Words>,
}

/// A fact that a document states or an assessor attests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StatedFact {
    /// Path of the vocabulary.
    pub fact: String,
    /// Item of the path's collection: `vision`, or `vision/Qwen/Qwen2.5-VL` for a link of a component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The value.
    pub value: serde_json::Value,
    /// Where it is stated.
    pub source: Document,
}

/// A document, by address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Document {
    /// Title, or what it is.
    pub title: String,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who published or attests it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Day of the statement, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// File number of an attestation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

impl Document {
    /// Whether it is a document that a reader could open: it has a title and an address.
    pub fn is_usable(&self) -> bool {
        !self.title.trim().is_empty() && self.url.as_deref().is_some_and(is_address)
    }
}

/// Whether a text is an address under which somebody can open a document: a page of the web, or a permanent
/// identifier.
pub fn is_address(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_lowercase();
    let rest = ["https://", "http://"].iter().find_map(|start| lower.strip_prefix(start));
    if let Some(rest) = rest {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
        let labels: Vec<&str> = host.split('.').collect();
        let legal = |label: &&str| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
        };
        return labels.len() > 1 && labels.iter().all(legal) && !text.contains(char::is_whitespace);
    }
    ["doi:10.", "arxiv:", "urn:"].iter().any(|start| lower.strip_prefix(start).is_some_and(|rest| rest.len() > 3))
        && !text.contains(char::is_whitespace)
}

/// Sentences of an evidence file: one text for all readers, or one in each language of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Words {
    /// In the language of whoever wrote it.
    Plain(String),
    /// In both.
    Both(InBoth),
}

/// A text in Korean and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InBoth {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The text for a reader of `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match (self, lang) {
            (Self::Plain(text), _) => text,
            (Self::Both(both), Lang::Ko) => &both.ko,
            (Self::Both(both), Lang::En) => &both.en,
        }
    }
}

impl From<Says> for Words {
    fn from(says: Says) -> Self {
        Self::Both(InBoth { ko: says.ko, en: says.en })
    }
}

/// The JSON Schema of an evidence file (draft 2020-12), from the types above.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(EvidenceFile).to_value();
    schema["properties"]["schema"]["const"] = SCHEMA.into();
    schema
}
