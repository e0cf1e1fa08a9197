//! Residual bases: how the reference's channels lie in the candidate's (method 4.4).
//!
//! A basis is estimated from tables alone (embedding and head over shared token strings, pixels and positions of a
//! vision tower), so families F2 to F5, whose groups leave the tables as they are, keep exact p-values in it (method
//! 4.2).

use std::iter::once_with;

use crate::measure::stats::assignment::best_pairs;
use crate::measure::stats::matrix::{Matrix, dot, narrow};

/// A map from the reference's residual channels to the candidate's.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) enum Basis {
    /// Channel by channel as they stand.
    AsNamed,
    /// For each channel of the candidate the reference's channel and its sign.
    SignedPermutation(Vec<Option<(usize, f32)>>),
    /// Any map that keeps lengths; reference's channels by candidate's.
    Rotation(Matrix),
}

/// Widths above this are not tried with a rotation: its cost grows with the cube.
pub(in crate::measure) const WIDEST_ROTATION: usize = 1024;
/// Widths above this are not tried with a permutation.
const WIDEST_PERMUTATION: usize = 4096;

/// What a basis does to the channels, without saying to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum BasisKind {
    /// Channel by channel as they stand.
    AsNamed,
    /// In another order.
    Reordered,
    /// With other signs.
    Flipped,
    /// In another order and with other signs.
    ReorderedAndFlipped,
    /// Turned.
    Rotated,
    /// Found without any basis.
    Untold,
}

impl BasisKind {
    /// Its word in evidence.
    pub(in crate::measure) fn word(self) -> &'static str {
        match self {
            Self::AsNamed => "as-named",
            Self::Reordered => "reordered",
            Self::Flipped => "flipped",
            Self::ReorderedAndFlipped => "reordered-and-flipped",
            Self::Rotated => "rotated",
            Self::Untold => "none",
        }
    }
}

impl Basis {
    /// What it does to the channels.
    pub(in crate::measure) fn kind(&self) -> BasisKind {
        match self {
            Self::AsNamed => BasisKind::AsNamed,
            Self::SignedPermutation(channels) => {
                // Of streams of unequal widths the channels that are missing stand last on neither side, so order is
                // kept where it rises.
                let told: Vec<(usize, f32)> = channels.iter().flatten().copied().collect();
                let flipped = told.iter().any(|channel| channel.1 < 0.0);
                match (told.is_sorted_by_key(|channel| channel.0), flipped) {
                    (true, false) => BasisKind::AsNamed,
                    (true, true) => BasisKind::Flipped,
                    (false, false) => BasisKind::Reordered,
                    (false, true) => BasisKind::ReorderedAndFlipped,
                }
            }
            Self::Rotation(_) => BasisKind::Rotated,
        }
    }

    /// A matrix of the reference with its columns carried into the candidate's channels.
    pub(in crate::measure) fn carry(&self, reference: &Matrix) -> Matrix {
        match self {
            Self::AsNamed => reference.clone(),
            Self::SignedPermutation(channels) => {
                let mut data = Vec::with_capacity(reference.rows * channels.len());
                for row in 0..reference.rows {
                    let row = reference.row(row);
                    data.extend(channels.iter().map(|channel| channel.map_or(0.0, |(from, sign)| row[from] * sign)));
                }
                Matrix::new(reference.rows, channels.len(), data)
            }
            Self::Rotation(turn) => reference.times(turn),
        }
    }

    /// The bases to try for tables of corresponding rows, the plain one first, each made when it is asked for:
    /// assignments and rotations grow with the cube of the width. Widths may differ.
    pub(in crate::measure) fn candidates<'a>(
        reference: &'a Matrix,
        candidate: &'a Matrix,
        widths: (usize, usize),
    ) -> impl Iterator<Item = Self> + 'a {
        let usable = reference.rows == candidate.rows
            && reference.columns == widths.0
            && candidate.columns == widths.1
            && reference.rows >= 8;
        let permutation = move || {
            let signed = (usable && widths.0.max(widths.1) <= WIDEST_PERMUTATION)
                .then(|| signed_permutation(reference, candidate))?;
            let plain = signed.iter().enumerate().all(|(at, channel)| *channel == Some((at, 1.0)));
            (!plain || widths.0 != widths.1).then_some(Self::SignedPermutation(signed))
        };
        let rotation = move || {
            let fits = widths.0.max(widths.1) <= WIDEST_ROTATION && reference.rows >= widths.0.min(widths.1);
            (usable && fits).then(|| Self::Rotation(nearest_rotation(reference, candidate)))
        };
        let named = (widths.0 == widths.1).then_some(Self::AsNamed);
        named.into_iter().chain(once_with(permutation).flatten()).chain(once_with(rotation).flatten())
    }
}

/// The assignment of channels by the size of their columns' cosine, with its sign.
fn signed_permutation(reference: &Matrix, candidate: &Matrix) -> Vec<Option<(usize, f32)>> {
    let [reference, candidate] = [reference, candidate].map(|table| table.transposed().into_unit_rows());
    let mut sizes = candidate.times_transposed(&reference);
    sizes.data.iter_mut().for_each(|value| *value = value.abs());
    let sign = |channel: usize, from: usize| dot(candidate.row(channel), reference.row(from)) < 0.0;
    best_pairs(&sizes)
        .into_iter()
        .enumerate()
        .map(|(channel, from)| from.map(|from| (from, if sign(channel, from) { -1.0 } else { 1.0 })))
        .collect()
}

/// Orthogonal Procrustes: the orthogonal factor of `reference^T candidate`, by the iteration of Newton and Schulz.
pub(in crate::measure) fn nearest_rotation(reference: &Matrix, candidate: &Matrix) -> Matrix {
    let product = reference.transposed().times_transposed(&candidate.transposed());
    let wide = product.rows < product.columns;
    let mut x = if wide { product.transposed() } else { product };
    let scale = 1.05 * spectral_norm(&x);
    if scale > 0.0 {
        x.data.iter_mut().for_each(|value| *value = narrow(f64::from(*value) / scale));
    }
    for _ in 0..60 {
        let turned = x.transposed();
        let gram = turned.times_transposed(&turned);
        let correction = x.times(&gram);
        let mut moved = 0.0_f64;
        for (value, product) in x.data.iter_mut().zip(&correction.data) {
            let next = 1.5 * *value - 0.5 * product;
            moved = moved.max(f64::from((next - *value).abs()));
            *value = next;
        }
        if moved < 1e-6 {
            break;
        }
    }
    if wide { x.transposed() } else { x }
}

/// The largest singular value by power iteration from a fixed start.
pub(in crate::measure) fn spectral_norm(matrix: &Matrix) -> f64 {
    let turned = matrix.transposed();
    let mut vector = vec![1.0_f32; matrix.columns];
    let mut norm = 0.0;
    for _ in 0..30 {
        let image: Vec<f32> = (0..matrix.rows).map(|row| narrow(dot(matrix.row(row), &vector))).collect();
        let back: Vec<f64> = (0..matrix.columns).map(|column| dot(turned.row(column), &image)).collect();
        let length = back.iter().map(|value| value * value).sum::<f64>().sqrt();
        if length == 0.0 {
            return 0.0;
        }
        norm = length.sqrt();
        vector = back.iter().map(|value| narrow(value / length)).collect();
        // back = M^T M v with |v| = 1 from the second round on, so its length tends to the square of the norm.
    }
    norm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::test_matrices::random;

    #[test]
    fn a_signed_permutation_is_found() {
        let reference = random(40, 6, 1);
        let order = [(3, -1.0), (1, 1.0), (0, -1.0), (5, 1.0), (4, 1.0), (2, -1.0)];
        let planted = Basis::SignedPermutation(order.iter().map(|&entry| Some(entry)).collect());
        let turned = planted.carry(&reference);
        let found: Vec<Basis> = Basis::candidates(&reference, &turned, (6, 6)).collect();
        assert_eq!(found[1], planted);
    }

    #[test]
    fn a_rotation_is_found() {
        let reference = random(80, 5, 2);
        let turn = nearest_rotation(&random(9, 5, 3), &random(9, 5, 4));
        let candidate = reference.times(&turn);
        let found = nearest_rotation(&reference, &candidate);
        assert!(turn.data.iter().zip(&found.data).all(|(a, b)| (a - b).abs() < 1e-3), "{turn:?} {found:?}");
    }
}
