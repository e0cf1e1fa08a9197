//! What a matrix of a layer does, and what its rows are rows of.

/// A matrix of a layer by what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::measure) enum Part {
    Query,
    Key,
    Value,
    Output,
    Gate,
    Up,
    Down,
}

/// What a row of a part is a row of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::measure) enum Group {
    /// A neuron of an expert: its rows of gate, up and down.
    Neuron,
    /// A value channel of a key-value head: its row of value, and of output in all query heads of the group.
    Value,
    /// A rotary pair, or a channel where nothing is turned: rows of key, and of query in all query heads of the group.
    Rotary,
}

impl Part {
    pub(in crate::measure) const ALL: [Self; 7] =
        [Self::Query, Self::Key, Self::Value, Self::Output, Self::Gate, Self::Up, Self::Down];

    pub(in crate::measure) fn group(self) -> Group {
        match self {
            Self::Gate | Self::Up | Self::Down => Group::Neuron,
            Self::Value | Self::Output => Group::Value,
            Self::Query | Self::Key => Group::Rotary,
        }
    }

    /// Whether it writes to the stream, so that its columns stand for channels that others read.
    pub(in crate::measure) fn writes(self) -> bool {
        matches!(self, Self::Output | Self::Down)
    }

    /// Whether there is a block of rows for each query head.
    pub(in crate::measure) fn is_of_queries(self) -> bool {
        matches!(self, Self::Query | Self::Output)
    }
}

impl Group {
    pub(in crate::measure) const ALL: [Self; 3] = [Self::Neuron, Self::Value, Self::Rotary];

    pub(in crate::measure) fn parts(self) -> &'static [Part] {
        match self {
            Self::Neuron => &[Part::Gate, Part::Up, Part::Down],
            Self::Value => &[Part::Value, Part::Output],
            Self::Rotary => &[Part::Key, Part::Query],
        }
    }
}
