//! The families by name, and what each may be counted for.

/// A family of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::measure) enum Family {
    ChannelSigns,
    NeuronSwaps,
    UpDownSigns,
    ValueSigns,
    /// Order of value channels: where their signs are not drawn alike, their places still are.
    ValueSwaps,
    RotarySigns,
    HeadSwaps,
    ExpertSwaps,
    LatentSigns,
    NeuronAgreement,
    TokenResponse,
}

impl Family {
    /// Those of a tower whose null law is proven.
    pub(in crate::measure) const EXACT: [Self; 7] = [
        Self::NeuronSwaps,
        Self::UpDownSigns,
        Self::ValueSigns,
        Self::RotarySigns,
        Self::HeadSwaps,
        Self::ExpertSwaps,
        Self::LatentSigns,
    ];

    /// Its name in evidence.
    pub(in crate::measure) fn id(self) -> &'static str {
        match self {
            Self::ChannelSigns => "f1",
            Self::NeuronSwaps => "f2",
            Self::UpDownSigns => "f3",
            Self::ValueSigns => "f4",
            Self::ValueSwaps => "f4s",
            Self::RotarySigns => "f5",
            Self::HeadSwaps => "f6",
            Self::ExpertSwaps => "f7",
            Self::LatentSigns => "f8",
            Self::NeuronAgreement => "neuron-agreement",
            Self::TokenResponse => "token-response",
        }
    }

    /// Whether its tensors belong to the feed-forward part of a layer.
    pub(in crate::measure) fn is_feed_forward(self) -> bool {
        matches!(
            self,
            Self::NeuronSwaps | Self::UpDownSigns | Self::ExpertSwaps | Self::NeuronAgreement | Self::TokenResponse
        )
    }

    /// Whether its null law is an approximation and not a proof.
    pub(in crate::measure) fn is_approximate(self) -> bool {
        matches!(self, Self::NeuronAgreement | Self::TokenResponse)
    }
}
