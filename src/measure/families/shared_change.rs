//! How much of what training did to one model is in the other (method 8.3): the bound S.
//!
//! - **Law**: for any random start `W0` of any scale, `|W - W0|^2 >= D^2 = min_c |s - c s0|^2` less twice the largest
//!   residual of a draw (Mirsky 1960), where `s` are the singular values of `W` as stored and `s0` those of a start.
//!   The *strict* null takes the least `D` of five laws: orthogonal, normal, normal with the matrix's own lengths of
//!   rows and columns, its own numbers shuffled.
//! - **Statistic**: `S = 1 - |A - B|^2 / (2 D_A D_B)`, B scaled to A by one factor, or (fitted) by one a row and
//!   column. Displacements from a common start have a cosine of S at least.
//! - **Silent** where a start is neither independent nor orthogonal (a part that rings on patterns, copied experts),
//!   where `D` is 0 on a side, where shapes differ, and where a matrix is too large to be drawn against.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::measure::families::units::{Group, Part, Stack};
use crate::measure::stats::chance::Chance;
use crate::measure::stats::matrix::{Matrix, dot, narrow};
use crate::measure::stats::singular::singular_values;

/// Draws of each law.
const DRAWS: usize = 24;
/// Rounds of scaling rows and columns to the lengths of a matrix.
const ROUNDS: usize = 8;
/// Longest shorter side of a matrix that is drawn against: the work grows with its cube.
pub(in crate::measure) const LONGEST_SIDE: usize = 512;
/// Cubes of shorter sides, over all draws, that a pair of towers may cost; beyond it some of the matrices are taken,
/// evenly.
const MOST_WORK: f64 = 1.5e11;
/// Matrices of which singular values are taken for one pair: a side, the other, and that one fitted.
const DRAWN_AGAINST: usize = 3;

/// Why a matrix says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum Unsaid {
    /// Both sides ring on a public pattern in this part.
    Patterns,
    /// Layers of experts, which may be copies of each other.
    Experts,
    /// Shapes differ.
    Shapes,
    /// Longer on its shorter side than [`LONGEST_SIDE`].
    TooLarge,
    /// Left out of a sample of the matrices.
    NotSampled,
}

/// One matrix of both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct OfMatrix {
    pub reference: usize,
    pub candidate: usize,
    pub part: Part,
    /// None: a side shows no change from a random start.
    pub s: Option<f64>,
    pub fitted: Option<f64>,
    /// `D` over the length of the matrix, of the reference and of the candidate.
    pub moved: [f64; 2],
}

/// What was found over all matrices.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::measure) struct SharedChange {
    pub s: Option<f64>,
    pub fitted: Option<f64>,
    pub matrices: Vec<OfMatrix>,
    /// Matrices that say nothing, by why.
    pub unsaid: BTreeMap<Unsaid, usize>,
}

/// Sums behind a bound.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sums {
    /// `D^2` of both sides.
    moved: [f64; 2],
    /// `|A - B|^2`.
    apart: f64,
}

impl Sums {
    fn bound(self) -> Option<f64> {
        let scale = (self.moved[0] * self.moved[1]).sqrt();
        (scale > 0.0).then(|| 1.0 - self.apart / (2.0 * scale))
    }

    fn with(self, other: Self) -> Self {
        Self { moved: [0, 1].map(|side| self.moved[side] + other.moved[side]), apart: self.apart + other.apart }
    }
}

/// One matrix of both stacks.
#[derive(Clone, Copy)]
struct Both<'s> {
    reference: usize,
    candidate: usize,
    part: Part,
    a: &'s Matrix,
    b: &'s Matrix,
}

/// Over unfolded stacks whose layers lie beside each other as `map` says; parts that `rings` names are silent.
pub(in crate::measure) fn of(
    (a, b): (&Stack, &Stack),
    map: &[(usize, usize)],
    rings: impl Fn(Part) -> bool,
    seed: u64,
) -> SharedChange {
    let mut out = SharedChange::default();
    let mut pairs = Vec::new();
    for &(reference, candidate) in map {
        let (x, y) = (&a.plates[reference], &b.plates[candidate]);
        for (&part, a) in &x.parts {
            let Some(b) = y.parts.get(&part) else { continue };
            let silent = objection(part, (a, b), x.experts.max(y.experts) > 1, &rings);
            match silent {
                Some(why) => *out.unsaid.entry(why).or_default() += 1,
                None if dot(&a.data, &a.data) > 0.0 && dot(&b.data, &b.data) > 0.0 => {
                    pairs.push(Both { reference, candidate, part, a, b });
                }
                None => {}
            }
        }
    }
    let taken = sampled(&pairs);
    if taken.len() < pairs.len() {
        out.unsaid.insert(Unsaid::NotSampled, pairs.len() - taken.len());
    }
    let mut shapes: Vec<(usize, usize)> = taken.iter().map(|both| (both.a.rows, both.a.columns)).collect();
    shapes.sort_unstable();
    shapes.dedup();
    let plain: BTreeMap<(usize, usize), Law> =
        shapes.into_par_iter().map(|shape| (shape, Law::plain(shape, seed))).collect();
    let found: Vec<(OfMatrix, [Sums; 2])> = taken.par_iter().map(|both| both.change(&plain, seed)).collect();
    let totals = found.iter().fold([Sums::default(); 2], |all, one| [0, 1].map(|at| all[at].with(one.1[at])));
    out.matrices = found.into_iter().map(|one| one.0).collect();
    [out.s, out.fitted] = totals.map(Sums::bound);
    out
}

fn objection(part: Part, (a, b): (&Matrix, &Matrix), experts: bool, rings: impl Fn(Part) -> bool) -> Option<Unsaid> {
    if rings(part) {
        Some(Unsaid::Patterns)
    } else if experts && part.group() == Group::Neuron {
        Some(Unsaid::Experts)
    } else if (a.rows, a.columns) != (b.rows, b.columns) {
        Some(Unsaid::Shapes)
    } else {
        (a.rows.min(a.columns) > LONGEST_SIDE).then_some(Unsaid::TooLarge)
    }
}

/// As many of the matrices as the work allows, evenly.
fn sampled<'s>(pairs: &[Both<'s>]) -> Vec<Both<'s>> {
    let cube = |both: &Both<'_>| (both.a.rows.min(both.a.columns) as f64).powi(3);
    let work: f64 = pairs.iter().map(cube).sum::<f64>() * (2 * DRAWS * DRAWN_AGAINST) as f64;
    let mut carried = 0.0;
    let share = (MOST_WORK / work.max(1.0)).min(1.0);
    let taken = pairs.iter().filter(|_| {
        carried += share;
        let takes = carried >= 1.0 - 1e-9;
        carried -= if takes { 1.0 } else { 0.0 };
        takes
    });
    taken.copied().collect()
}

impl Both<'_> {
    fn change(&self, plain: &BTreeMap<(usize, usize), Law>, seed: u64) -> (OfMatrix, [Sums; 2]) {
        let Self { a, b, .. } = self;
        let law = &plain[&(a.rows, a.columns)];
        let length = |matrix: &Matrix| dot(&matrix.data, &matrix.data);
        // A common factor changes nothing of what share of a matrix was moved.
        let moved_a = moved(a, law, seed);
        // What was drawn for one side is drawn for another that is the same to the last bit.
        let of = |other: &Matrix| if other == *a { moved_a } else { moved(other, law, seed) };
        let moved_b = of(b);
        let along = dot(&a.data, &b.data);
        let scaled = scaled_by(b, if along > 0.0 { along / length(b) } else { 1.0 });
        let fitted = fitted(a, b);
        let sums = |moved_b: f64, b: &Matrix| Sums {
            moved: [moved_a * length(a), moved_b * length(b)],
            apart: a.data.iter().zip(&b.data).map(|(x, y)| (f64::from(*x) - f64::from(*y)).powi(2)).sum(),
        };
        let both = [sums(moved_b, &scaled), sums(if b == a { moved_a } else { of(&fitted) }, &fitted)];
        let found = OfMatrix {
            reference: self.reference,
            candidate: self.candidate,
            part: self.part,
            s: both[0].bound(),
            fitted: both[1].bound(),
            moved: [moved_a.sqrt(), moved_b.sqrt()],
        };
        (found, both)
    }
}

fn scaled_by(matrix: &Matrix, factor: f64) -> Matrix {
    let data = matrix.data.iter().map(|&value| narrow(f64::from(value) * factor)).collect();
    Matrix::new(matrix.rows, matrix.columns, data)
}

/// B with a factor for each column and then for each row, by least squares.
fn fitted(a: &Matrix, b: &Matrix) -> Matrix {
    let by_rows = |a: &Matrix, mut b: Matrix| {
        let columns = b.columns.max(1);
        for (x, y) in a.data.chunks_exact(columns).zip(b.data.chunks_exact_mut(columns)) {
            let factor = dot(x, y) / (dot(y, y) + 1e-12);
            for value in y {
                *value = narrow(f64::from(*value) * factor);
            }
        }
        b
    };
    by_rows(a, by_rows(&a.transposed(), b.transposed()).transposed())
}

/// Mean singular values of a law's draws, and the largest residual of a draw.
struct Law {
    mean: Vec<f64>,
    worst: f64,
}

impl Law {
    fn of(draws: &[Vec<f64>]) -> Self {
        let count = draws.len().max(1) as f64;
        let sides = draws.first().map_or(0, Vec::len);
        let mean: Vec<f64> = (0..sides).map(|at| draws.iter().map(|one| one[at]).sum::<f64>() / count).collect();
        let worst = draws.iter().map(|one| residual(one, &mean)).fold(0.0, f64::max);
        Self { mean, worst }
    }

    fn plain((rows, columns): (usize, usize), seed: u64) -> Self {
        let mut chance = Chance::new(seed ^ ((rows as u64) << 32 | columns as u64));
        let draws: Vec<Vec<f64>> = (0..DRAWS).map(|_| singular_values(&normal(rows, columns, &mut chance))).collect();
        Self::of(&draws)
    }
}

fn normal(rows: usize, columns: usize, chance: &mut Chance) -> Matrix {
    Matrix::new(rows, columns, (0..rows * columns).map(|_| narrow(chance.normal())).collect())
}

/// `min_c |s - c s0|^2 / |s|^2`.
fn residual(s: &[f64], s0: &[f64]) -> f64 {
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let (own, scale) = (product(s, s), product(s0, s0));
    if own <= 0.0 || scale <= 0.0 {
        return 0.0;
    }
    let c = product(s, s0) / scale;
    s.iter().zip(s0).map(|(x, y)| (x - c * y).powi(2)).sum::<f64>() / own
}

/// `D^2 / |W|^2`: the least squared distance from any random start.
fn moved(matrix: &Matrix, plain: &Law, seed: u64) -> f64 {
    let s = singular_values(matrix);
    let flat = vec![1.0; s.len()];
    let mut least = residual(&s, &flat).min(residual(&s, &plain.mean) - 2.0 * plain.worst);
    // What is below nothing already stays so.
    for (number, draw) in [with_its_lengths, shuffled].into_iter().enumerate() {
        if least > 0.0 {
            let mut chance = Chance::new(seed ^ ((number as u64 + 1) << 60) ^ matrix.data.len() as u64);
            let draws: Vec<Vec<f64>> = (0..DRAWS).map(|_| singular_values(&draw(matrix, &mut chance))).collect();
            let law = Law::of(&draws);
            least = least.min(residual(&s, &law.mean) - 2.0 * law.worst);
        }
    }
    least.max(0.0)
}

/// Normal numbers, scaled until rows and columns are as long as those of a matrix.
fn with_its_lengths(matrix: &Matrix, chance: &mut Chance) -> Matrix {
    let lengths = |matrix: &Matrix| -> Vec<f64> {
        (0..matrix.rows).map(|row| dot(matrix.row(row), matrix.row(row)).sqrt()).collect()
    };
    let scale = |mut drawn: Matrix, wanted: &[f64]| {
        let columns = drawn.columns.max(1);
        for (row, wanted) in drawn.data.chunks_exact_mut(columns).zip(wanted) {
            let factor = wanted / (dot(row, row).sqrt() + 1e-30);
            for value in row {
                *value = narrow(f64::from(*value) * factor);
            }
        }
        drawn
    };
    let (rows, columns) = (lengths(matrix), lengths(&matrix.transposed()));
    let drawn = normal(matrix.rows, matrix.columns, chance);
    (0..ROUNDS).fold(drawn, |drawn, _| scale(scale(drawn, &rows).transposed(), &columns).transposed())
}

/// A matrix's own numbers in another order.
fn shuffled(matrix: &Matrix, chance: &mut Chance) -> Matrix {
    let order = chance.order(matrix.data.len());
    Matrix::new(matrix.rows, matrix.columns, order.into_iter().map(|at| matrix.data[at]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::test_matrices::random;

    /// A start that training moved by a share of its length, in a few directions.
    fn trained(start: &Matrix, share: f64, seed: u64) -> Matrix {
        let few = 6;
        let change = random(start.rows, few, seed).times(&random(few, start.columns, seed + 1));
        let factor = share * (dot(&start.data, &start.data) / dot(&change.data, &change.data)).sqrt();
        let moved = |(x, y): (&f32, &f32)| narrow(f64::from(*x) + factor * f64::from(*y));
        Matrix::new(start.rows, start.columns, start.data.iter().zip(&change.data).map(moved).collect())
    }

    fn bound(a: &Matrix, b: &Matrix) -> Option<f64> {
        let law = Law::plain((a.rows, a.columns), 1);
        let both = Both { reference: 0, candidate: 0, part: Part::Query, a, b };
        both.change(&BTreeMap::from([((a.rows, a.columns), law)]), 1).0.s
    }

    #[test]
    fn a_child_shares_what_its_parent_was_taught_and_a_sibling_from_the_same_start_does_not() {
        let start = random(72, 48, 1);
        let parent = trained(&start, 0.5, 10);
        let child = bound(&parent, &trained(&parent, 0.02, 20));
        assert!(child.is_some_and(|s| s > 0.5), "{child:?}");
        let sibling = bound(&parent, &trained(&start, 0.5, 30));
        assert!(sibling.is_none_or(|s| s < 0.0), "{sibling:?}");
        assert!(bound(&parent, &trained(&random(72, 48, 2), 0.5, 40)).is_none_or(|s| s < 0.0));
        assert_eq!(bound(&start, &trained(&start, 0.001, 50)), None, "nothing was taught");
    }

    #[test]
    fn only_the_strict_null_is_quiet_about_starts_with_rows_of_unlike_lengths() {
        let mut start = random(72, 48, 3);
        let factors = random(72, 1, 4);
        for (row, factor) in start.data.chunks_exact_mut(48).zip(&factors.data) {
            for value in row {
                *value *= (1.4 * factor).exp();
            }
        }
        let law = Law::plain((72, 48), 1);
        let s = singular_values(&start);
        assert!(residual(&s, &law.mean) - 2.0 * law.worst > 0.05, "plain normal starts do not look like this");
        assert!(moved(&start, &law, 1) < 1e-3);
    }
}
