//! F1': places of residual channels, on a table of tokens, pixels or positions (weight-evidence 3.0, 3.1).
//!
//! - **Group**: permute residual channels everywhere; it leaves RMS- and layer-normed networks as they are.
//! - **Statistic**: each channel of A is pointed to the channel of B whose column resembles it most, by the size of the cosine; `K` counts those
//!   pointed to their own number.
//! - **Null**: `P(K >= k) <= 1/k!` for any such rule, whatever the width. Signs do not enter, so F1 stays exact beside it.
//! - **Not valid** with a fixed positional code on the stream, which singles channels out.

use super::matrix::Matrix;

/// Channels that find themselves.
pub(super) fn fixed_points(reference: &Matrix, candidate: &Matrix) -> usize {
    if reference.columns != candidate.columns || reference.rows != candidate.rows || reference.rows < 2 {
        return 0;
    }
    let cosines = reference.transposed().row_cosines(&candidate.transposed());
    (0..cosines.rows)
        .filter(|&channel| {
            let own = cosines.at(channel, channel).abs();
            own > 0.0
                && cosines.row(channel).iter().enumerate().all(|(other, value)| other == channel || value.abs() < own)
        })
        .count()
}
