//! Measure: do a candidate's weights come from a reference's? (weight-evidence, design section 6)
//!
//! In: two or more model directories. Out: an [`EvidenceFile`] with a verdict for each component and reference, the tests behind it, the
//! controls beside it and the least reuse that the look would have found.
//! Two honestly independent trainings differ by a random element of a known group of symmetries. Each family of tests is a signed sum over such
//! a group, so its tail is proven and not fitted: one family a file, each with its formula, group and conditions.

mod agreement;
mod assignment;
mod basis;
mod correspond;
#[cfg(test)]
mod explore;
mod f1_channel_places;
mod f1_channel_signs;
mod f2_neuron_swaps;
mod f3_up_down_signs;
mod f4_value_signs;
mod f5_rotary_signs;
mod f6_head_swaps;
mod f7_expert_swaps;
mod f8_latent_signs;
mod family;
mod gains;
mod grid;
mod matrix;
mod model;
mod tail;
#[cfg(test)]
mod test_matrices;
mod token_response;
mod tokens;

use crate::weights::WeightsError;

/// A measurement that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// A model's files could not be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}
