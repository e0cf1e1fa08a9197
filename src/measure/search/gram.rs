//! Neurons in another order, in no basis and without a table (method 4.11): matched by the Gram matrix of
//! their gates, tested by the signs of up.
//!
//! The match reads gates and sizes of products with up alone, so that a flip of (up, down) leaves it as it is and flips
//! what is summed: F3 stays exact, and choosing among matches costs nothing. Choosing the loudest layer of the
//! reference, or expert of it, for each of the candidate's is paid for.

use rayon::prelude::*;

use crate::measure::families::units::Stack;
use crate::measure::search::matched::{Block, Cell, Matched, NOTHING, RINGS, nearness, signs_of_up, standardise};
use crate::measure::stats::assignment::best_pairs;
use crate::measure::stats::matrix::{Matrix, dot, narrow};

/// Rounds of matching by what is matched already; it is still long before.
const ROUNDS: usize = 12;
/// Cubes of numbers of neurons, over all rounds, that one pair of towers may cost.
const MOST_WORK: f64 = 2e10;

/// All blocks against all, if the work allows; else those of layers that `map` puts beside each other, and after the
/// first only if that one rings.
pub(in crate::measure) fn match_and_test(a: &Stack, b: &Stack, map: &[(usize, usize)]) -> Matched {
    let (blocks_a, blocks_b) = (Block::all(a), Block::all(b));
    let all: Vec<(usize, usize)> = (0..blocks_b.len()).flat_map(|j| (0..blocks_a.len()).map(move |i| (i, j))).collect();
    let work = |&(i, j): &(usize, usize)| (blocks_a[i].neurons.max(blocks_b[j].neurons) as f64).powi(3) * ROUNDS as f64;
    let signature = |stack: &Stack, block: &Block| {
        let [gate, up] = block.rows(stack);
        Signature::of(&gate, &up)
    };
    let mut out = Matched::default();
    let mut found: Vec<Cell> = Vec::new();
    if all.iter().map(work).sum::<f64>() <= MOST_WORK {
        let x: Vec<Signature> = blocks_a.par_iter().map(|block| signature(a, block)).collect();
        let y: Vec<Signature> = blocks_b.par_iter().map(|block| signature(b, block)).collect();
        out.tried = all.len();
        found = all.par_iter().map(|&(i, j)| test((a, blocks_a[i], &x[i]), (b, blocks_b[j], &y[j]))).collect();
    } else {
        let mut left = MOST_WORK;
        let beside = |layers: &(usize, usize)| {
            let of = |blocks: &[Block], layer: usize| -> Vec<usize> {
                (0..blocks.len()).filter(|&at| blocks[at].layer == layer).collect()
            };
            of(&blocks_a, layers.0).into_iter().zip(of(&blocks_b, layers.1)).collect::<Vec<_>>()
        };
        for pair in map.iter().flat_map(beside) {
            let quiet = found.first().is_some_and(|first| first.sum.z() < RINGS);
            if quiet || (left < work(&pair) && !found.is_empty()) || work(&pair) > MOST_WORK {
                break;
            }
            left -= work(&pair);
            let (i, j) = (blocks_a[pair.0], blocks_b[pair.1]);
            found.push(test((a, i, &signature(a, &i)), (b, j, &signature(b, &j))));
            out.tried += 1;
        }
    }
    out.keep_loudest(&found);
    out
}

/// What tells a neuron without its place: features, and products that no sign of up changes.
struct Signature {
    features: Matrix,
    /// Cosines of gates with gates, sizes of those of up with up and of gates with up; nothing on the diagonal.
    gates: Matrix,
    ups: Matrix,
    gates_on_ups: Matrix,
}

fn without_diagonal(mut products: Matrix) -> Matrix {
    for at in 0..products.rows {
        products.data[at * products.columns + at] = 0.0;
    }
    products
}

fn sizes(mut products: Matrix) -> Matrix {
    products.data.iter_mut().for_each(|value| *value = value.abs());
    products
}

/// Sum over a row of a power of its numbers.
fn moment(rows: &Matrix, row: usize, power: i32) -> f64 {
    rows.row(row).iter().map(|&value| f64::from(value).powi(power)).sum()
}

impl Signature {
    fn of(gate: &Matrix, up: &Matrix) -> Self {
        let (g, v) = (gate.unit_rows(), up.unit_rows());
        let crossed = sizes(g.times_transposed(&v));
        let own: Vec<f64> = (0..crossed.rows).map(|at| f64::from(crossed.at(at, at))).collect();
        let gates = without_diagonal(g.times_transposed(&g));
        let ups = without_diagonal(sizes(v.times_transposed(&v)));
        let gates_on_ups = without_diagonal(crossed);
        let features = features(gate, &own, (&gates, &ups, &gates_on_ups));
        Self { features, gates, ups, gates_on_ups }
    }
}

/// Standardised features of each neuron; lengths and own products weigh twice.
fn features(gate: &Matrix, own: &[f64], (gates, ups, crossed): (&Matrix, &Matrix, &Matrix)) -> Matrix {
    let n = gate.rows;
    let all = |of: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..n).map(of).collect() };
    let mut length = all(&|row| (dot(gate.row(row), gate.row(row)).sqrt() + NOTHING).ln());
    let mean = length.iter().sum::<f64>() / n.max(1) as f64;
    for value in &mut length {
        *value -= mean;
    }
    let second = gates.times_transposed(gates);
    let turned = crossed.transposed();
    let weighed = |rows: &Matrix, row: usize, power: i32| -> f64 {
        rows.row(row).iter().zip(&length).map(|(&value, length)| f64::from(value).powi(power) * length).sum()
    };
    let squares = all(&|row| moment(gates, row, 2));
    let mut columns = vec![
        length.clone(),
        all(&|row| (squares[row] + 1e-9).ln()),
        all(&|row| moment(gates, row, 3) / (squares[row].powi(3) + NOTHING).sqrt()),
        all(&|row| (moment(gates, row, 4) + NOTHING).ln()),
        all(&|row| dot(second.row(row), gates.row(row)) / (squares[row] + NOTHING)),
        all(&|row| dot(second.row(row), second.row(row)).sqrt()),
        all(&|row| weighed(gates, row, 2) / (squares[row] + 1e-9)),
        all(&|row| weighed(gates, row, 1)),
    ];
    let mut sorted = gates.clone();
    sorted.data.chunks_exact_mut(n.max(1)).for_each(|row| row.sort_by(f32::total_cmp));
    columns.extend([0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98].map(|at| all(&|row| quantile(sorted.row(row), at))));
    let own_at = columns.len();
    columns.extend([
        own.to_vec(),
        all(&|row| (moment(ups, row, 2) + 1e-9).ln()),
        all(&|row| (moment(crossed, row, 2) + 1e-9).ln()),
        all(&|row| (moment(&turned, row, 2) + 1e-9).ln()),
        all(&|row| (moment(ups, row, 4) + NOTHING).ln()),
        all(&|row| (moment(crossed, row, 4) + NOTHING).ln()),
        all(&|row| weighed(crossed, row, 2) / (moment(crossed, row, 2) + 1e-9)),
    ]);
    for (at, column) in columns.iter_mut().enumerate() {
        standardise(column, if at == 0 || at == own_at { 2.0 } else { 1.0 });
    }
    let data = (0..n).flat_map(|row| columns.iter().map(move |column| narrow(column[row]))).collect();
    Matrix::new(n, columns.len(), data)
}

/// Of numbers in order, with what lies between two of them.
fn quantile(sorted: &[f32], share: f64) -> f64 {
    let place = share * (sorted.len().saturating_sub(1)) as f64;
    let whole = place.floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a row")]
    let low = whole as usize;
    let at = |index: usize| sorted.get(index).or(sorted.last()).map_or(0.0, |&value| f64::from(value));
    at(low) + (place - whole) * (at(low + 1) - at(low))
}

/// For each neuron of A the one of B.
fn matched(a: &Signature, b: &Signature) -> Vec<Option<usize>> {
    let score = nearness(&a.features, &b.features);
    let mut pairs = best_pairs(&score);
    for _ in 0..ROUNDS {
        let (ok, to): (Vec<usize>, Vec<usize>) =
            pairs.iter().enumerate().filter_map(|(at, to)| Some((at, (*to)?))).unzip();
        let next = best_pairs(&likeness(a, b, (&ok, &to)));
        if next == pairs {
            break;
        }
        pairs = next;
    }
    pairs
}

/// How alike neurons are by their products with those that are matched.
fn likeness(a: &Signature, b: &Signature, (ok, to): (&[usize], &[usize])) -> Matrix {
    let product = |x: Matrix, y: Matrix, centred: bool| {
        let ready = |rows: Matrix| {
            let rows = if centred { crate::measure::families::units::without_row_means(rows) } else { rows };
            rows.into_unit_rows()
        };
        ready(x).times_transposed(&ready(y))
    };
    let mut score = product(a.gates.take_columns(ok), b.gates.take_columns(to), false);
    let turned = [a.gates_on_ups.take_rows(ok.iter().copied()), b.gates_on_ups.take_rows(to.iter().copied())];
    let [x, y] = turned.map(|rows| rows.transposed());
    for more in [
        product(a.ups.take_columns(ok), b.ups.take_columns(to), true),
        product(a.gates_on_ups.take_columns(ok), b.gates_on_ups.take_columns(to), true),
        product(x, y, true),
    ] {
        score.data.iter_mut().zip(&more.data).for_each(|(value, more)| *value += more / 2.0);
    }
    score
}

/// F3 on what was matched: up on gates, duplicates as one.
fn test((a, i, x): (&Stack, Block, &Signature), (b, j, y): (&Stack, Block, &Signature)) -> Cell {
    let pairs = matched(x, y);
    let (rows, to): (Vec<usize>, Vec<usize>) =
        pairs.iter().enumerate().filter_map(|(at, to)| Some((at, (*to)?))).unzip();
    let side = |stack: &Stack, block: Block, rows: &[usize]| {
        block.rows(stack).map(|part| part.take_rows(rows.iter().copied()))
    };
    let sum = signs_of_up(&side(a, i, &rows), &side(b, j, &to));
    Cell { reference: i.layer, candidate: j.layer, sum }
}
