//! Sums of a least-squares fit, and the fit.

use super::solve::{eigenvalues, inverse};

/// The numbers of a place.
pub(super) struct Block {
    pub rows: usize,
    pub columns: usize,
    pub candidate: Vec<f32>,
    pub references: Vec<Vec<f32>>,
}

/// Above this condition of the scaled normal equations coefficients are not told apart (method 11.1).
const WORST_CONDITION: f64 = 1e8;
/// Differences below this share of the numbers themselves are none: the references are the same.
const LEAST_DIFFERENCE: f64 = 1e-12;

/// Sums of products over one tensor or several.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    /// Of references with each other.
    pub gram: Vec<Vec<f64>>,
    /// Of the candidate with each reference.
    pub cross: Vec<f64>,
    /// Of the candidate with itself.
    pub own: f64,
    pub numbers: f64,
}

impl Sums {
    pub(super) fn empty(references: usize) -> Self {
        Self { gram: vec![vec![0.0; references]; references], cross: vec![0.0; references], own: 0.0, numbers: 0.0 }
    }

    pub(super) fn of(block: &Block) -> Self {
        let mut out = Self::empty(block.references.len());
        for (at, &y) in block.candidate.iter().enumerate() {
            let y = f64::from(y);
            out.own += y * y;
            for (i, x) in block.references.iter().enumerate() {
                let x = f64::from(x[at]);
                out.cross[i] += x * y;
                for (j, other) in block.references.iter().enumerate().take(i + 1) {
                    out.gram[i][j] += x * f64::from(other[at]);
                }
            }
        }
        for i in 0..out.gram.len() {
            for j in 0..i {
                out.gram[j][i] = out.gram[i][j];
            }
        }
        out.numbers = block.candidate.len() as f64;
        out
    }

    fn combined(&self, other: &Self, sign: f64) -> Self {
        let pairs = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x + sign * y).collect::<Vec<f64>>();
        Self {
            gram: self.gram.iter().zip(&other.gram).map(|(a, b)| pairs(a, b)).collect(),
            cross: pairs(&self.cross, &other.cross),
            own: self.own + sign * other.own,
            numbers: self.numbers + sign * other.numbers,
        }
    }

    pub(super) fn with(self, other: &Self) -> Self {
        self.combined(other, 1.0)
    }

    /// Squared distance of two references.
    pub(super) fn apart(&self, a: usize, b: usize) -> f64 {
        (self.gram[a][a] + self.gram[b][b] - 2.0 * self.gram[a][b]).max(0.0)
    }

    /// Squared distance of the candidate from a reference.
    fn distance(&self, reference: usize) -> f64 {
        (self.own + self.gram[reference][reference] - 2.0 * self.cross[reference]).max(0.0)
    }

    /// Squared distance from the nearest reference.
    pub(super) fn nearest(&self) -> f64 {
        (0..self.cross.len()).map(|k| self.distance(k)).fold(f64::INFINITY, f64::min)
    }

    /// The reference that is nearest to all others: the common ancestor, where it is among them.
    pub(super) fn nearest_to_all(&self) -> usize {
        let all = self.cross.len();
        let reach = |k: usize| (0..all).map(|other| self.apart(k, other)).sum::<f64>();
        (0..all).min_by(|&a, &b| reach(a).total_cmp(&reach(b))).unwrap_or(0)
    }

    /// Cosine of two references.
    pub(super) fn cosine(&self, a: usize, b: usize) -> f64 {
        let scale = (self.gram[a][a] * self.gram[b][b]).sqrt();
        if scale > 0.0 { (self.gram[a][b] / scale).clamp(-1.0, 1.0) } else { 0.0 }
    }
}

/// A solved fit.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// One for each reference.
    pub coefficients: Vec<f64>,
    /// In the coding of the module: the sum of all at the ancestor's place.
    pub coded: Vec<f64>,
    /// Standard errors of `coefficients`; empty until they are known.
    pub errors: Vec<f64>,
    /// Sum of squares that is left over.
    pub left: f64,
}

impl Fit {
    /// The fit; none where the references are too alike.
    pub(super) fn of(sums: &Sums, ancestor: usize) -> Option<Self> {
        let n = sums.cross.len();
        // Coded: x_0, and the others less x_0.
        let coded_gram = |i: usize, j: usize| -> f64 {
            let part = |a: usize, b: usize| sums.gram[a][b];
            match (i == ancestor, j == ancestor) {
                (true, true) => part(i, i),
                (true, false) => part(ancestor, j) - part(ancestor, ancestor),
                (false, true) => part(i, ancestor) - part(ancestor, ancestor),
                (false, false) => part(i, j) - part(i, ancestor) - part(ancestor, j) + part(ancestor, ancestor),
            }
        };
        let gram: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| coded_gram(i, j)).collect()).collect();
        let whole = gram[ancestor][ancestor];
        if whole <= 0.0 || (0..n).any(|k| k != ancestor && gram[k][k] <= LEAST_DIFFERENCE * whole) {
            return None;
        }
        let lengths: Vec<f64> = (0..n).map(|k| gram[k][k].sqrt()).collect();
        let scaled: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| gram[i][j] / (lengths[i] * lengths[j])).collect()).collect();
        let values = eigenvalues(&scaled);
        let (most, least) = (values.first()?, values.last()?);
        if *least <= 0.0 || most / least > WORST_CONDITION {
            return None;
        }
        let back = inverse(&scaled)?;
        let cross: Vec<f64> = (0..n)
            .map(|k| {
                let own = if k == ancestor { sums.cross[k] } else { sums.cross[k] - sums.cross[ancestor] };
                own / lengths[k]
            })
            .collect();
        let coded: Vec<f64> = (0..n).map(|i| (0..n).map(|j| back[i][j] * cross[j]).sum::<f64>() / lengths[i]).collect();
        let mut coefficients = coded.clone();
        coefficients[ancestor] = 2.0 * coded[ancestor] - coded.iter().sum::<f64>();
        let explained: f64 = coded.iter().zip(&cross).zip(&lengths).map(|((b, c), l)| b * c * l).sum();
        Some(Self { coefficients, coded, errors: Vec::new(), left: (sums.own - explained).max(0.0) })
    }

    /// Sum of all coefficients.
    pub(super) fn total(&self) -> f64 {
        self.coefficients.iter().sum()
    }
}

/// Standard errors by leaving out a tensor at a time (method 11.1).
pub(super) fn jackknife<'a>(
    total: &Sums,
    tensors: impl Iterator<Item = &'a Sums>,
    ancestor: usize,
    pooled: &Fit,
) -> Vec<f64> {
    let without: Vec<Fit> = tensors.filter_map(|sums| Fit::of(&total.combined(sums, -1.0), ancestor)).collect();
    let count = without.len() as f64;
    if count < 2.0 {
        return vec![f64::INFINITY; pooled.coefficients.len()];
    }
    (0..pooled.coefficients.len())
        .map(|k| {
            let mean = without.iter().map(|fit| fit.coefficients[k]).sum::<f64>() / count;
            let squares: f64 = without.iter().map(|fit| (fit.coefficients[k] - mean).powi(2)).sum();
            ((count - 1.0) / count * squares).sqrt()
        })
        .collect()
}
