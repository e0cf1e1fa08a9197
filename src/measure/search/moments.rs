//! Neurons of wide layers in another order, in no basis and without a table (method 4.11): matched by what they answer
//! to sums over their own layer, tested by the signs of up.
//!
//! A sum over all neurons of a layer does not depend on their order, and turns with the stream. What a neuron answers
//! to such sums, and how long its rows are, therefore stays what it is under any order and any basis; of up the size
//! alone is read, so that a flip of (up, down) leaves the match as it is and F3 exact. Each step costs the size of the
//! layer, where a Gram matrix costs its neurons squared; layers of large models are read in blocks and never held.

use rayon::prelude::*;

use crate::measure::families::agreement::Agreement;
use crate::measure::families::units::{frame, without_row_means};
use crate::measure::model::feed_forward::Gates;
use crate::measure::search::matched::{nearness, signs_of_up, standardise};
use crate::measure::search::wide::Wide;
use crate::measure::stats::assignment::best_pairs;
use crate::measure::stats::matrix::{Matrix, dot, narrow};
use crate::measure::stats::mixed::mixed;
use crate::measure::stats::tail::SignSum;

/// Neurons of the reference that are looked for.
const SOUGHT: usize = 512;
/// Neurons that are read at once.
const BLOCK: usize = 512;
/// Part of the mean square that is added before a logarithm: a neuron of zeros is short, and no outlier.
const FLOOR: f64 = 1e-3;
/// A direction is new if more than this of it lies outside those before it.
const NEW: f64 = 1e-4;

/// The neurons of one layer. Rows are asked for by number; none where reading fails.
pub(in crate::measure) trait Neurons: Sync {
    fn count(&self) -> usize;
    /// Channels of the stream.
    fn width(&self) -> usize;
    /// Gates of some neurons and the rows beside them.
    fn rows(&self, which: &[usize]) -> Option<[Matrix; 2]>;
}

/// Neurons that are held.
pub(in crate::measure) struct Held([Matrix; 2]);

impl Held {
    pub(in crate::measure) fn of(gate_and_up: [Matrix; 2]) -> Self {
        Self(gate_and_up)
    }
}

impl Neurons for Held {
    fn count(&self) -> usize {
        self.0[0].rows
    }

    fn width(&self) -> usize {
        self.0[0].columns
    }

    fn rows(&self, which: &[usize]) -> Option<[Matrix; 2]> {
        Some(self.0.each_ref().map(|part| part.take_rows(which.iter().copied())))
    }
}

/// Neurons in a file. `centred`: the norm before them takes off the mean.
pub(in crate::measure) struct InFile<'a, 'b> {
    pub gates: Gates<'a, 'b>,
    /// Where a failure of reading is kept: it is the run's failure and no silence.
    pub files: &'b Wide<'b>,
    pub centred: bool,
}

impl Neurons for InFile<'_, '_> {
    fn count(&self) -> usize {
        self.gates.count()
    }

    fn width(&self) -> usize {
        self.gates.width()
    }

    fn rows(&self, which: &[usize]) -> Option<[Matrix; 2]> {
        let rows = self.files.kept(self.gates.rows(which))?;
        Some(rows.map(|part| if self.centred { without_row_means(part) } else { part }))
    }
}

/// The candidate with the reference planted in it at a correlation, its neurons in another order.
pub(in crate::measure) struct Planted<'a> {
    pub reference: &'a dyn Neurons,
    pub candidate: &'a dyn Neurons,
    pub rho: f64,
}

impl Planted<'_> {
    /// The reference's neuron in each of the first places, by a step that shares no divisor with their number.
    fn from(at: usize, both: usize) -> usize {
        let step = (1..=both).map(|more| both * 5 / 13 + more).find(|step| divisor(*step, both) == 1).unwrap_or(1);
        at * step % both
    }
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

impl Neurons for Planted<'_> {
    fn count(&self) -> usize {
        self.candidate.count()
    }

    fn width(&self) -> usize {
        self.candidate.width()
    }

    fn rows(&self, which: &[usize]) -> Option<[Matrix; 2]> {
        let own = self.candidate.rows(which)?;
        let both = self.reference.count().min(self.candidate.count());
        let (places, from): (Vec<usize>, Vec<usize>) = which
            .iter()
            .enumerate()
            .filter(|(_, unit)| **unit < both)
            .map(|(place, &unit)| (place, Self::from(unit, both)))
            .unzip();
        let planted = self.reference.rows(&from)?;
        let mut parts = own.into_iter().zip(planted).map(|(mut own, planted)| {
            let mixed = mixed(&planted, &own.take_rows(places.iter().copied()), self.rho);
            for (row, &place) in places.iter().enumerate() {
                own.data[place * own.columns..(place + 1) * own.columns].copy_from_slice(mixed.row(row));
            }
            own
        });
        Some([parts.next()?, parts.next()?])
    }
}

/// What tells the neurons of a layer: a row of features for each.
#[derive(Debug, Clone)]
pub(in crate::measure) struct Described(Matrix);

/// Squared length of gate and of up, and the size of their cosine, of each neuron of a block.
fn sizes([gate, up]: &[Matrix; 2]) -> Vec<[f64; 3]> {
    let of_row = |row: usize| {
        let (g, u) = (gate.row(row), up.row(row));
        let (long, wide) = (dot(g, g), dot(u, u));
        [long, wide, (dot(g, u) / (long * wide).sqrt().max(f64::MIN_POSITIVE)).abs()]
    };
    (0..gate.rows).map(of_row).collect()
}

/// Rows of 64 bits that are added up block by block, in the order of the blocks.
struct Sums {
    columns: usize,
    data: Vec<f64>,
}

impl Sums {
    fn zero(rows: usize, columns: usize) -> Self {
        Self { columns, data: vec![0.0; rows * columns] }
    }

    fn of(rows: &Matrix) -> Self {
        Self { columns: rows.columns, data: rows.data.iter().map(|&value| f64::from(value)).collect() }
    }

    fn below(mut self, more: Self) -> Self {
        self.data.extend(more.data);
        self
    }

    fn add(&mut self, more: &Matrix) {
        self.data.iter_mut().zip(&more.data).for_each(|(sum, &value)| *sum += f64::from(value));
    }

    /// The same directions, each without those before it, of length one; what is not new is zero.
    fn directions(mut self) -> Matrix {
        let d = self.columns.max(1);
        let length = |row: &[f64]| row.iter().map(|value| value * value).sum::<f64>().sqrt();
        for row in self.data.chunks_exact_mut(d) {
            let long = length(row).max(f64::MIN_POSITIVE);
            for value in row {
                *value /= long;
            }
        }
        for row in 0..self.data.len() / d {
            let (before, rest) = self.data.split_at_mut(row * d);
            let row = &mut rest[..d];
            for other in before.chunks_exact(d) {
                let along: f64 = row.iter().zip(other).map(|(x, y)| x * y).sum();
                row.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
            }
            let left = length(row);
            for value in row {
                *value = if left > NEW { *value / left } else { 0.0 };
            }
        }
        let data: Vec<f32> = self.data.into_iter().map(narrow).collect();
        Matrix::new(data.len() / d, d, data)
    }
}

/// Lengths of the neurons' rows and their cosines, and directions that no order of neurons changes.
struct Layer {
    sizes: Vec<[f64; 3]>,
    means: [f64; 3],
    directions: Matrix,
}

impl Layer {
    fn of(neurons: &dyn Neurons, blocks: &[Vec<usize>]) -> Option<Self> {
        let (count, d) = (neurons.count(), neurons.width());
        let weighed = |block: &Vec<usize>| {
            let rows = neurons.rows(block)?;
            let sizes = sizes(&rows);
            let weights = [0, 1, 2, 3].map(|of| sizes.iter().map(move |own| if of == 0 { 1.0 } else { own[of - 1] }));
            let data = weights.into_iter().flatten().map(narrow).collect();
            Some((Matrix::new(4, block.len(), data).times(&rows[0]), sizes))
        };
        let found: Vec<(Matrix, Vec<[f64; 3]>)> = blocks.par_iter().map(weighed).collect::<Option<_>>()?;
        let mut sums = Sums::zero(4, d);
        let mut sizes: Vec<[f64; 3]> = Vec::with_capacity(count);
        for (sum, own) in found {
            sums.add(&sum);
            sizes.extend(own);
        }
        let means = [0, 1, 2].map(|of: usize| sizes.iter().map(|own| own[of]).sum::<f64>() / count.max(1) as f64);
        let plain = sums.data[..d].to_vec();
        for (at, mean) in means.iter().enumerate() {
            let row = &mut sums.data[(at + 1) * d..(at + 2) * d];
            row.iter_mut().zip(&plain).for_each(|(value, sum)| *value -= mean * sum);
        }
        let first = sums.directions();
        // What the layer answers to these, carried back: gates' gates and ups' ups, which no sign of up changes.
        let carried = |block: &Vec<usize>| {
            let rows = neurons.rows(block)?;
            let [gates, ups] = rows.map(|part| part.times_transposed(&first).transposed().times(&part));
            Some(gates.stacked(&ups))
        };
        let mut back = Sums::zero(2 * first.rows, d);
        for sum in blocks.par_iter().map(carried).collect::<Option<Vec<Matrix>>>()? {
            back.add(&sum);
        }
        Some(Self { sizes, means, directions: Sums::of(&first).below(back).directions() })
    }
}

impl Described {
    pub(in crate::measure) fn of(neurons: &dyn Neurons) -> Option<Self> {
        let count = neurons.count();
        let blocks: Vec<Vec<usize>> =
            (0..count).step_by(BLOCK).map(|first| (first..(first + BLOCK).min(count)).collect()).collect();
        let Layer { sizes, means, directions } = Layer::of(neurons, &blocks)?;
        let told = |block: &Vec<usize>| {
            let [gate, up] = neurons.rows(block)?;
            let answers = gate.into_unit_rows().times_transposed(&directions);
            let mut sizes = up.into_unit_rows().times_transposed(&directions);
            sizes.data.iter_mut().for_each(|value| *value = value.abs());
            Some((answers, sizes))
        };
        let found: Vec<(Matrix, Matrix)> = blocks.par_iter().map(told).collect::<Option<_>>()?;
        let mut columns: Vec<Vec<f64>> = (0..2)
            .map(|of| sizes.iter().map(|own| (own[of] + FLOOR * means[of] + f64::MIN_POSITIVE).ln()).collect())
            .collect();
        columns.push(sizes.iter().map(|own| own[2]).collect());
        for at in 0..directions.rows {
            let of = |pick: fn(&(Matrix, Matrix)) -> &Matrix| -> Vec<f64> {
                let rows = found.iter().flat_map(|pair| (0..pick(pair).rows).map(move |row| pick(pair).at(row, at)));
                rows.map(f64::from).collect()
            };
            columns.push(of(|pair| &pair.0));
            columns.push(of(|pair| &pair.1));
        }
        for column in &mut columns {
            standardise(column, 1.0);
        }
        let data = (0..count).flat_map(|row| columns.iter().map(move |column| narrow(column[row]))).collect();
        Some(Self(Matrix::new(count, columns.len(), data)))
    }
}

/// F3 on the neurons of the reference that were found again, and their gates on both sides.
pub(in crate::measure) fn test(
    (a, told): (&dyn Neurons, &Described),
    (b, here): (&dyn Neurons, &Described),
) -> Option<(SignSum, [Matrix; 2])> {
    let sought = frame::thinned(a.count(), SOUGHT);
    let pairs = best_pairs(&nearness(&told.0.take_rows(sought.iter().copied()), &here.0));
    let (rows, to): (Vec<usize>, Vec<usize>) =
        pairs.iter().zip(sought).filter_map(|(to, row)| Some((row, (*to)?))).unzip();
    if rows.is_empty() {
        return Some((SignSum::default(), Default::default()));
    }
    let (a, b) = (a.rows(&rows)?, b.rows(&to)?);
    let sum = signs_of_up(&a, &b);
    let ([a, _], [b, _]) = (a, b);
    Some((sum, [a, b]))
}

/// Neurons that are found in one place by their first rows and by their second, each alone; signs of the second do not
/// enter.
pub(in crate::measure) fn agreement(a: &dyn Neurons, b: &dyn Neurons) -> Option<Agreement> {
    let sought = frame::thinned(a.count(), SOUGHT);
    let places = |part: usize| {
        let one = |neurons: &dyn Neurons| Described::of(&One { of: neurons, part });
        let (there, here) = (one(a)?, one(b)?);
        Some(best_pairs(&nearness(&there.0.take_rows(sought.iter().copied()), &here.0)))
    };
    let (first, second) = (places(0)?, places(1)?);
    let both = first.iter().zip(&second).filter(|(x, y)| x.is_some() && x == y).count();
    Some(Agreement { up: both, down: both, of: sought.len(), matchings: 1 })
}

/// One of the two rows of each neuron, twice: what is told of it is told of this row alone.
struct One<'a> {
    of: &'a dyn Neurons,
    part: usize,
}

impl Neurons for One<'_> {
    fn count(&self) -> usize {
        self.of.count()
    }

    fn width(&self) -> usize {
        self.of.width()
    }

    fn rows(&self, which: &[usize]) -> Option<[Matrix; 2]> {
        let rows = self.of.rows(which)?;
        Some([rows[self.part].clone(), rows[self.part].clone()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::stats::test_matrices::random;

    fn layer(seed: u64) -> Held {
        Held::of([random(700, 256, seed), random(700, 256, seed + 1)])
    }

    fn z(a: &Held, b: &dyn Neurons) -> f64 {
        let told = (Described::of(a).expect("held"), Described::of(b).expect("held"));
        test((a, &told.0), (b, &told.1)).expect("held").0.z()
    }

    /// No order, no turn of the stream and no noise hides the neurons of a copy; a stranger has none of them.
    #[test]
    fn planted_neurons_are_found_in_any_order_and_basis() {
        let (a, b) = (layer(1), layer(3));
        assert!(z(&a, &b).abs() < 4.0, "{}", z(&a, &b));
        assert!(z(&a, &Planted { reference: &a, candidate: &b, rho: 0.95 }) > 12.0);
        let turn = crate::measure::families::basis::nearest_rotation(&random(600, 256, 5), &random(600, 256, 6));
        let planted = Planted { reference: &a, candidate: &b, rho: 0.95 };
        let all: Vec<usize> = (0..planted.count()).collect();
        let turned = Held::of(planted.rows(&all).expect("held").map(|part| part.times(&turn)));
        assert!(z(&a, &turned) > 12.0, "{}", z(&a, &turned));
    }

    /// F3 is exact because a match reads no sign of up: flipped signs leave it as it is and turn the sum round.
    #[test]
    fn a_flip_of_up_changes_the_sum_and_not_the_match() {
        let (a, b) = (layer(7), layer(9));
        let planted = Planted { reference: &a, candidate: &b, rho: 0.95 };
        let all: Vec<usize> = (0..planted.count()).collect();
        let [gate, up] = planted.rows(&all).expect("held");
        let mut flipped = up.clone();
        flipped.data.iter_mut().for_each(|value| *value = -*value);
        let (plain, turned) = (z(&a, &Held::of([gate.clone(), up])), z(&a, &Held::of([gate, flipped])));
        assert!(plain > 12.0 && (plain + turned).abs() < 1e-3, "{plain} {turned}");
    }
}
