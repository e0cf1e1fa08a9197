//! What units answer to probes of their own sublayer, one side at a time (method 4.6, the within set).

use std::collections::BTreeMap;

use super::frame::{Frame, probes, thinned};
use super::part::{Group, Part};
use crate::measure::stats::matrix::Matrix;

/// Rows by part.
type Rows = BTreeMap<Part, Matrix>;

/// What the units of a face answer to probes of its own sublayers; a part that has no counterpart is empty.
#[derive(Debug, Default)]
pub(in crate::measure) struct Inside {
    /// Gates of the first half on those of the second.
    pub gates: Matrix,
    pub up_on_gates: Matrix,
    pub value_on_keys: Matrix,
    pub even_keys_on_odd: Matrix,
}

/// The part whose order F2 tests: the gate, or up where there is none.
pub(in crate::measure) fn ordering(frame: &Frame) -> Part {
    if frame.gated { Part::Gate } else { Part::Up }
}

/// Rows of the first half: as many as make whole pairs.
fn first_half(rows: usize) -> usize {
    rows / 4 * 2
}

/// Keys of the even units of each head, and of the odd ones.
pub(in crate::measure) fn even_and_odd(frame: &Frame, rows: usize) -> [Vec<usize>; 2] {
    let units = frame.units(Part::Key, rows);
    let block = frame.block(Group::Rotary).max(1);
    let (even, odd) = (0..rows).partition(|&row| (units[row] % block).is_multiple_of(2));
    [even, odd]
}

impl Inside {
    /// From the rows of each part and the same of length one.
    pub(in crate::measure) fn of(rows: &Rows, directions: &Rows, frame: &Frame) -> Self {
        let mut out = Self::default();
        let some = |rows: Matrix| {
            let kept = thinned(rows.rows, probes(rows.columns));
            if kept.len() < rows.rows { rows.take_rows(kept) } else { rows }
        };
        if let Some(gates) = directions.get(&ordering(frame)) {
            let half = first_half(gates.rows);
            out.gates = gates.take_rows(0..half).times_transposed(&some(gates.take_rows(half..gates.rows)));
        }
        if let (Some(up), Some(gates), true) = (rows.get(&Part::Up), directions.get(&Part::Gate), frame.linear) {
            out.up_on_gates = up.times_transposed(&some(gates.clone()));
        }
        if let Some(value) = rows.get(&Part::Value) {
            let near = [Part::Key, Part::Query].into_iter().filter_map(|part| directions.get(&part));
            let near = near.fold(Matrix::default(), Matrix::stacked);
            if near.rows > 0 {
                out.value_on_keys = value.times_transposed(&some(near));
            }
        }
        if let Some(keys) = directions.get(&Part::Key) {
            let [even, odd] = even_and_odd(frame, keys.rows);
            if !odd.is_empty() {
                out.even_keys_on_odd = keys.take_rows(even).times_transposed(&some(keys.take_rows(odd)));
            }
        }
        out
    }
}
