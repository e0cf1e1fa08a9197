//! What the evidence file says beyond verdicts: mixtures of several references, low-rank adapters, rows of
//! vocabularies, checkpoint trails.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::{Document, Subject, TestResult, Words};
use super::seen::Relation;

/// One component of the subject as a mixture of several references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mixture {
    /// The component's id.
    pub component: String,
    /// What kind of mixture it is.
    pub kind: MixtureKind,
    /// How much of each reference; empty where the references are too alike to be told apart.
    #[serde(default)]
    pub coefficients: Vec<Coefficient>,
    /// Share of what sets the subject apart from its nearest reference that the mixture explains, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2: Option<f64>,
    /// What the mixture leaves over, tensor by tensor, in units of the last place of the subject's number format (root
    /// mean square). Rounding alone leaves 0.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual_ulp: Option<f64>,
    /// Coefficients by layers, where they are not the same everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<MixturePart>,
    /// The tests behind the kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<TestResult>,
}

/// How several references were put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MixtureKind {
    /// A weighted mean: the coefficients add up to one.
    Linear,
    /// A mean along the arc: the coefficients add up to what the angle between the references asks for.
    Slerp,
    /// Differences from a common ancestor, scaled and added.
    TaskArithmetic,
    /// The same after trimming small differences and settling their signs.
    Ties,
    /// The same after dropping differences at random and enlarging the others.
    Dare,
    /// Other coefficients in other layers, or layers taken whole.
    LayerWise,
    /// Mixed from references that are no kin, and trained on.
    TrainedAfter,
    /// Lies between references that are kin of each other. Steps of one training look so too: no merge is shown.
    Between,
    /// The references are too alike for their shares to be told.
    NotIdentified,
}

impl MixtureKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Linear,
        Self::Slerp,
        Self::TaskArithmetic,
        Self::Ties,
        Self::Dare,
        Self::LayerWise,
        Self::TrainedAfter,
        Self::Between,
        Self::NotIdentified,
    ];

    /// The word of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Slerp => "slerp",
            Self::TaskArithmetic => "task-arithmetic",
            Self::Ties => "ties",
            Self::Dare => "dare",
            Self::LayerWise => "layer-wise",
            Self::TrainedAfter => "trained-after",
            Self::Between => "between",
            Self::NotIdentified => "not-identified",
        }
    }

    /// Whether it shows that models were merged.
    pub fn is_merge(self) -> bool {
        !matches!(self, Self::Between | Self::NotIdentified)
    }
}

/// The coefficient of one reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Coefficient {
    /// The reference.
    pub id: String,
    /// Its coefficient, over all tensors.
    pub value: f64,
    /// Standard error, by leaving out a tensor at a time.
    pub se: f64,
}

/// Coefficients of a run of layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MixturePart {
    /// `attention`, `feed-forward` or `all`.
    pub part: String,
    /// First layer of the run.
    pub first: u32,
    /// Last layer of the run.
    pub last: u32,
    /// Coefficients at the first layer, in the order of the references.
    pub from: Vec<f64>,
    /// Coefficients at the last layer; the same as `from` in a run without change.
    pub to: Vec<f64>,
}

/// The difference from a reference is that of a merged low-rank adapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Adapter {
    /// The largest rank among the changed tensors.
    pub rank: u32,
    /// Roles of the changed tensors: `query`, `value`, `up`, ...
    pub roles: Vec<String>,
    /// Layers in which all these roles changed.
    pub layers: Vec<u32>,
    /// Tensors that changed.
    pub changed: u64,
    /// Tensors whose every number is the reference's.
    pub untouched: u64,
    /// Least share, over the changed tensors, of the squared change beyond rounding that the rank holds, 0 to 1.
    pub explained: f64,
    /// Whether it was merged into the weights, or lies beside them as factors of its own.
    #[serde(default = "merged")]
    pub merged: bool,
}

fn merged() -> bool {
    true
}

/// What became of the rows of a table of tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TableRows {
    /// `embedding` or `head`.
    pub table: String,
    /// Rows of the subject's table that were looked at.
    pub rows: u64,
    /// Rows whose token the reference has as well.
    pub shared: u64,
    /// Of these, rows that keep the reference's direction beyond chance.
    pub copied: u64,
    /// Of these, rows that are the reference's to the last digit; a head's with the last norm's gain folded in.
    pub identical: u64,
    /// Rows whose token the reference does not have.
    pub new: u64,
    /// Of these, rows whose token splits into the reference's tokens, so that their mean could be compared.
    pub composed: u64,
    /// Of these, rows that are like the mean of the rows of those tokens beyond chance.
    pub from_means: u64,
    /// Least cosine that counts as beyond chance.
    pub least_cosine: f64,
}

/// A claimed path from initial weights to the release, put to the test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Trail {
    /// Whether every check passed.
    pub passed: bool,
    /// The checkpoints from the first to the last.
    pub checkpoints: Vec<Subject>,
    /// The checks, in the order of the path.
    pub checks: Vec<TrailCheck>,
    /// The components of the subject that the path is about.
    #[serde(default)]
    pub components: Vec<String>,
    /// The assessor who ran it, with day and record. Absent: anybody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<Document>,
}

/// One check of a trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TrailCheck {
    /// What was checked.
    pub check: TrailQuestion,
    /// The checkpoint that it is about.
    pub at: String,
    /// The other side: the checkpoint before, or a reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// Whether it passed.
    pub passed: bool,
    /// What was seen between the two sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// What failed, by tensor or in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Words>,
    /// The figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<TestResult>,
}

/// The questions of a trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrailQuestion {
    /// Do the first checkpoint's matrices look like fresh random numbers, and its gains and biases like constants?
    RandomStart,
    /// Is the first checkpoint free of every reference?
    ForeignStart,
    /// Does a checkpoint descend from the one before?
    Step,
    /// Do the checkpoints lie in the order that was given, none of them twice?
    Order,
    /// Is the last checkpoint the release?
    Release,
}

impl TrailQuestion {
    /// All questions.
    pub const ALL: [Self; 5] = [Self::RandomStart, Self::ForeignStart, Self::Step, Self::Order, Self::Release];

    /// The word of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::RandomStart => "random-start",
            Self::ForeignStart => "foreign-start",
            Self::Step => "step",
            Self::Order => "order",
            Self::Release => "release",
        }
    }
}
