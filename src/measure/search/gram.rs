//! Neurons in another order, in no basis and without a table (method 4.11): matched by the Gram matrix of
//! their gates, tested by the signs of up.
//!
//! The match reads gates and sizes of products with up alone, so that a flip of (up, down) leaves it as it is and flips
//! what is summed: F3 stays exact, and choosing among matches costs nothing. Choosing the loudest layer of the
//! reference for each of the candidate's is paid for.

use rayon::prelude::*;

use crate::measure::families::units::{Part, Stack, components, near_pairs};
use crate::measure::stats::assignment::best_pairs;
use crate::measure::stats::matrix::{Matrix, cosine, dot, narrow};
use crate::measure::stats::tail::SignSum;

/// Rounds of matching by what is matched already; it is still long before.
const ROUNDS: usize = 12;
/// Cubes of numbers of neurons, over all rounds, that one pair of towers may cost.
const MOST_WORK: f64 = 2e10;
/// A layer rings from here on: where work is short, others are looked at only then.
const RINGS: f64 = 4.0;
/// What stands in for nothing in a logarithm or a quotient.
const NOTHING: f64 = 1e-12;

/// What one layer of the candidate shows against one of the reference.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct Cell {
    pub reference: usize,
    pub candidate: usize,
    pub sum: SignSum,
}

/// What was found, and among how many pairs of layers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::measure) struct Matched {
    /// For each layer of the candidate the loudest of the reference.
    pub cells: Vec<Cell>,
    pub tried: usize,
}

/// Gate and up of a layer, if both are there.
fn gated(stack: &Stack, layer: usize) -> Option<(&Matrix, &Matrix)> {
    let parts = &stack.plates[layer].parts;
    Some((parts.get(&Part::Gate)?, parts.get(&Part::Up)?))
}

/// All layers against all, if the work allows; else those that `map` puts beside each other, and after the first only
/// if that one rings.
pub(in crate::measure) fn match_and_test(a: &Stack, b: &Stack, map: &[(usize, usize)]) -> Matched {
    let size = |stack: &Stack, layer: usize| gated(stack, layer).map_or(0.0, |(gate, _)| gate.rows as f64);
    let work = |&(i, j): &(usize, usize)| size(a, i).max(size(b, j)).powi(3) * ROUNDS as f64;
    let all: Vec<(usize, usize)> =
        (0..b.depth()).flat_map(|j| (0..a.depth()).map(move |i| (i, j))).filter(|pair| work(pair) > 0.0).collect();
    let signatures = |stack: &Stack| -> Vec<Option<Signature>> {
        let one = |layer: usize| gated(stack, layer).map(|(gate, up)| Signature::of(gate, up));
        (0..stack.depth()).into_par_iter().map(one).collect()
    };
    let mut out = Matched::default();
    let mut found: Vec<Cell> = Vec::new();
    if all.iter().map(work).sum::<f64>() <= MOST_WORK {
        let (x, y) = (signatures(a), signatures(b));
        out.tried = all.len();
        let cell = |&(i, j): &(usize, usize)| Some(test((a, i, x[i].as_ref()?), (b, j, y[j].as_ref()?)));
        found = all.par_iter().filter_map(cell).collect();
    } else {
        let mut left = MOST_WORK;
        for pair in map.iter().filter(|&pair| size(a, pair.0) > 0.0 && size(b, pair.1) > 0.0) {
            let quiet = found.first().is_some_and(|first| first.sum.z() < RINGS);
            if quiet || (left < work(pair) && !found.is_empty()) || work(pair) > MOST_WORK {
                break;
            }
            left -= work(pair);
            let (Some((gate, up)), Some((other_gate, other_up))) = (gated(a, pair.0), gated(b, pair.1)) else { break };
            let (x, y) = (Signature::of(gate, up), Signature::of(other_gate, other_up));
            found.push(test((a, pair.0, &x), (b, pair.1, &y)));
            out.tried += 1;
        }
    }
    for layer in 0..b.depth() {
        let of_layer = found.iter().filter(|cell| cell.candidate == layer);
        let louder = |best: Cell, next: &Cell| if next.sum.z() > best.sum.z() { next.clone() } else { best };
        out.cells.extend(of_layer.fold(None, |best, next| Some(best.map_or(next.clone(), |best| louder(best, next)))));
    }
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

/// The median taken off, in deviations, times a weight.
fn standardise(column: &mut [f64], weight: f64) {
    let mut sorted = column.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len().max(1);
    let median =
        f64::midpoint(sorted.get((n - 1) / 2).copied().unwrap_or(0.0), sorted.get(n / 2).copied().unwrap_or(0.0));
    let mean = column.iter().sum::<f64>() / n as f64;
    let spread = (column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n as f64).sqrt() + 1e-9;
    for value in column {
        *value = weight * (*value - median) / spread;
    }
}

/// For each neuron of A the one of B.
fn matched(a: &Signature, b: &Signature) -> Vec<Option<usize>> {
    let length = |rows: &Matrix, row: usize| dot(rows.row(row), rows.row(row));
    let mut score = a.features.times_transposed(&b.features);
    let own: Vec<f64> = (0..b.features.rows).map(|row| length(&b.features, row)).collect();
    for (row, values) in score.data.chunks_exact_mut(own.len().max(1)).enumerate() {
        let here = length(&a.features, row);
        for (value, there) in values.iter_mut().zip(&own) {
            *value = narrow(2.0 * f64::from(*value) - here - there);
        }
    }
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
fn test((a, i, x): (&Stack, usize, &Signature), (b, j, y): (&Stack, usize, &Signature)) -> Cell {
    let pairs = matched(x, y);
    let (rows, to): (Vec<usize>, Vec<usize>) =
        pairs.iter().enumerate().filter_map(|(at, to)| Some((at, (*to)?))).unzip();
    let side = |stack: &Stack, layer: usize, rows: &[usize]| {
        gated(stack, layer).map(|both| {
            let take = |part: &Matrix| part.take_rows(rows.iter().copied());
            [take(both.0), take(both.1)]
        })
    };
    let (Some(a), Some(b)) = (side(a, i, &rows), side(b, j, &to)) else {
        return Cell { reference: i, candidate: j, sum: SignSum::default() };
    };
    let answers = [&a, &b].map(|[gate, up]| up.times_transposed(&gate.unit_rows()));
    let near = [near_pairs(&a), near_pairs(&b)].concat();
    let labels = components(rows.len(), near);
    let mut terms = vec![0.0; rows.len()];
    for (row, label) in labels.into_iter().enumerate() {
        terms[label] += cosine(answers[0].row(row), answers[1].row(row));
    }
    terms.retain(|t| t.abs() > NOTHING);
    Cell { reference: i, candidate: j, sum: SignSum::of(terms) }
}
