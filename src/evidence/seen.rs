//! The words of what was seen: relations, explanations, changes, and the classes of change that were looked for.
//!
//! Each enum is one table of words, for the file, the vocabulary and the pages; no word comes from a type's name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::Words;

/// What was seen between weights and a reference. It tells neither who came first nor by which way numbers were shared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Numbers are shared beyond any chance.
    Shared,
    /// Every standard class of change was looked for, in every layer and role, and sharing above the stated bounds
    /// would have been found.
    NoTrace,
    /// All else.
    #[default]
    Undecided,
    /// Of a component alone: the reference cannot have given it.
    NoCounterpart,
    /// Of a component alone: it is too small to be needed; shown, and not counted.
    Beside,
}

impl Relation {
    /// All, those of a link first.
    pub const ALL: [Self; 5] = [Self::Shared, Self::NoTrace, Self::Undecided, Self::NoCounterpart, Self::Beside];
    /// So many of [`Relation::ALL`] may be said of a link.
    pub const OF_LINKS: usize = 3;

    /// The word of the file and of the vocabulary.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::NoTrace => "no-trace",
            Self::Undecided => "undecided",
            Self::NoCounterpart => "no-counterpart",
            Self::Beside => "beside",
        }
    }
}

/// What can explain that numbers are shared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Explanations {
    /// The subject's numbers were taken from the reference.
    #[serde(default)]
    pub from_reference: Explanation,
    /// The reference's numbers were taken from the subject.
    #[serde(default)]
    pub to_reference: Explanation,
    /// Both were taken from a third model, or from a public table.
    #[serde(default)]
    pub common_source: Explanation,
    /// Both began with the same random numbers and were trained apart.
    #[serde(default)]
    pub common_start: Explanation,
}

impl Explanations {
    /// Each with its word.
    pub fn each(&self) -> [(&'static str, &Explanation); 4] {
        [
            ("from-reference", &self.from_reference),
            ("to-reference", &self.to_reference),
            ("common-source", &self.common_source),
            ("common-start", &self.common_start),
        ]
    }
}

/// What is known of one explanation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Explanation {
    /// Whether it is left open.
    pub state: ExplanationState,
    /// The test that excludes it, or who states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Words>,
}

/// How an explanation stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExplanationState {
    /// Nothing speaks against it.
    #[default]
    Open,
    /// A named test excludes it.
    Excluded,
    /// A card or a document states it.
    Stated,
}

impl ExplanationState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Excluded, Self::Stated];

    /// The word of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Excluded => "excluded",
            Self::Stated => "stated",
        }
    }
}

/// What was changed between two models that share numbers, in neutral words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The channels of the stream stand in another order.
    ChannelsReordered,
    /// The subject lacks channels of the reference.
    ChannelsCut,
    /// The subject has channels more.
    ChannelsAdded,
    /// The stream is expressed in another basis.
    ChannelsRotated,
    /// Neurons, heads or experts stand in another order.
    UnitsReordered,
    /// The subject lacks units of the reference.
    UnitsCut,
    /// The subject has units more.
    UnitsAdded,
    /// Layers stand in another order.
    LayersReordered,
    /// The subject lacks layers of the reference.
    LayersCut,
    /// The subject has layers more, or layers repeated.
    LayersAdded,
    /// Signs of channels or units are flipped.
    SignsFlipped,
    /// Rows or columns are scaled against each other.
    Rescaled,
    /// The numbers are rounded to fewer bits.
    Quantised,
    /// The numbers are stored in another format.
    Cast,
    /// The table of tokens belongs to another vocabulary.
    VocabularyReplaced,
    /// Numbers of several references are mixed.
    Merged,
    /// The numbers moved as training moves them.
    TrainedFurther,
}

impl Change {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::ChannelsReordered,
        Self::ChannelsCut,
        Self::ChannelsAdded,
        Self::ChannelsRotated,
        Self::UnitsReordered,
        Self::UnitsCut,
        Self::UnitsAdded,
        Self::LayersReordered,
        Self::LayersCut,
        Self::LayersAdded,
        Self::SignsFlipped,
        Self::Rescaled,
        Self::Quantised,
        Self::Cast,
        Self::VocabularyReplaced,
        Self::Merged,
        Self::TrainedFurther,
    ];

    /// The word of the file and of the vocabulary.
    pub fn word(self) -> &'static str {
        match self {
            Self::ChannelsReordered => "channels-reordered",
            Self::ChannelsCut => "channels-cut",
            Self::ChannelsAdded => "channels-added",
            Self::ChannelsRotated => "channels-rotated",
            Self::UnitsReordered => "units-reordered",
            Self::UnitsCut => "units-cut",
            Self::UnitsAdded => "units-added",
            Self::LayersReordered => "layers-reordered",
            Self::LayersCut => "layers-cut",
            Self::LayersAdded => "layers-added",
            Self::SignsFlipped => "signs-flipped",
            Self::Rescaled => "rescaled",
            Self::Quantised => "quantised",
            Self::Cast => "cast",
            Self::VocabularyReplaced => "vocabulary-replaced",
            Self::Merged => "merged",
            Self::TrainedFurther => "trained-further",
        }
    }
}

impl Change {
    /// Whether a network computes the same after it, so that it may be found in a copy that does what the first one
    /// does.
    pub fn keeps_the_function(self) -> bool {
        matches!(
            self,
            Self::ChannelsReordered
                | Self::ChannelsRotated
                | Self::UnitsReordered
                | Self::SignsFlipped
                | Self::Rescaled
        )
    }

    /// Whether it moves the channels of the stream, so that columns stand for other channels.
    pub fn moves_channels(self) -> bool {
        matches!(
            self,
            Self::ChannelsReordered
                | Self::ChannelsRotated
                | Self::ChannelsCut
                | Self::ChannelsAdded
                | Self::SignsFlipped
        )
    }
}

/// A class of change that a run looks for: what a copy may have gone through and still be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeClass {
    /// Other number formats, quantisation, pruning; layers moved, dropped or repeated.
    InPlace,
    /// Neurons, heads or experts in another order.
    UnitsReordered,
    /// Channels in another order or with other signs.
    ChannelsReordered,
    /// The stream rotated as a whole.
    ChannelsRotated,
    /// The stream narrowed or widened.
    ChannelsCutOrAdded,
    /// Units in another order, and another basis beside.
    UnitsReorderedInAnotherBasis,
    /// Each sublayer rotated by itself.
    RotatedPerSublayer,
    /// Signs of channels and units flipped as well.
    AllSignsFlipped,
    /// Taught by outputs.
    Distilled,
    /// Rows of a table in another order than their tokens.
    RowsReordered,
}

impl ChangeClass {
    /// All of them; the standard ones first.
    pub const ALL: [Self; 10] = [
        Self::InPlace,
        Self::UnitsReordered,
        Self::ChannelsReordered,
        Self::ChannelsRotated,
        Self::ChannelsCutOrAdded,
        Self::UnitsReorderedInAnotherBasis,
        Self::RotatedPerSublayer,
        Self::AllSignsFlipped,
        Self::Distilled,
        Self::RowsReordered,
    ];
    /// So many of [`ChangeClass::ALL`] must be covered before anything is without a trace.
    pub const STANDARD: usize = 6;

    /// The word of the file and of the vocabulary.
    pub fn word(self) -> &'static str {
        match self {
            Self::InPlace => "in-place",
            Self::UnitsReordered => "units-reordered",
            Self::ChannelsReordered => "channels-reordered",
            Self::ChannelsRotated => "channels-rotated",
            Self::ChannelsCutOrAdded => "channels-cut-or-added",
            Self::UnitsReorderedInAnotherBasis => "units-reordered-in-another-basis",
            Self::RotatedPerSublayer => "rotated-per-sublayer",
            Self::AllSignsFlipped => "all-signs-flipped",
            Self::Distilled => "distilled",
            Self::RowsReordered => "rows-reordered",
        }
    }
}

/// A class of change that was looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LookedFor {
    /// The class.
    pub change: ChangeClass,
    /// Whether that holds with a new vocabulary too.
    #[serde(default)]
    pub with_new_vocabulary: bool,
    /// Least correlation that would have been found, 0 to 1; absent where the shapes exclude the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_correlation: Option<f64>,
    /// Least share of the layers that would have been found at that correlation, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_share: Option<f64>,
    /// What became of the plant of this run.
    pub planted: Planted,
    /// The kind of look that would have found it, or why the shapes exclude the class.
    pub by: String,
}

/// What became of a plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Planted {
    /// It was found.
    Found,
    /// It was not: the class is not covered.
    Missed,
    /// The shapes exclude the class, so nothing was planted.
    CannotBe,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Found, Self::Missed, Self::CannotBe];

    /// The word of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missed => "missed",
            Self::CannotBe => "cannot-be",
        }
    }
}

/// A class of change that was not looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NotLookedFor {
    /// The class.
    pub change: ChangeClass,
    /// Why not.
    pub why: Words,
}
