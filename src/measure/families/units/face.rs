//! One layer of one side, cut to what the layer beside it has too: what is dead in it, what is there twice, what its
//! units answer to each other.
//!
//! A layer that is compared with many of one shape is cut once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::frame::{Frame, copies};
use super::inside::Inside;
use super::part::{Group, Part};
use super::plate::{Plate, SAME};
use crate::measure::stats::matrix::Matrix;

/// A row of a matrix whose numbers differ by less than this part of the largest number of the matrix is constant.
const FLAT: f32 = 1e-9;

/// One layer of one side, cut to a frame.
#[derive(Debug)]
pub(in crate::measure) struct Face {
    pub parts: BTreeMap<Part, Matrix>,
    /// The same with rows of length one.
    pub directions: BTreeMap<Part, Matrix>,
    /// Pairs of units of a group that are duplicates.
    pub near: BTreeMap<Group, Vec<(usize, usize)>>,
    /// Whether a unit has a row that is neither zero nor constant.
    pub live: BTreeMap<Group, Vec<bool>>,
    inside: OnceLock<Inside>,
}

impl Face {
    pub(in crate::measure) fn of(plate: &Plate, frame: &Frame) -> Self {
        let cut = |part: Part| frame.rows(part, plate).map(|rows| (part, plate.parts[&part].take_rows(rows)));
        let parts: BTreeMap<Part, Matrix> = Part::ALL.into_iter().filter_map(cut).collect();
        let (mut near, mut live) = (BTreeMap::new(), BTreeMap::new());
        for group in Group::ALL {
            let of_group = group.parts().iter().filter_map(|part| Some((*part, parts.get(part)?)));
            let by_unit: Vec<Matrix> = of_group.map(|(part, rows)| side_by_side(frame, part, rows)).collect();
            if !by_unit.is_empty() {
                near.insert(group, near_pairs(&by_unit));
                live.insert(group, live_units(&by_unit));
            }
        }
        let directions = parts.iter().map(|(part, rows)| (*part, rows.unit_rows())).collect();
        Self { parts, directions, near, live, inside: OnceLock::new() }
    }

    /// What its units answer to probes of its own sublayers.
    pub(in crate::measure) fn inside(&self, frame: &Frame) -> &Inside {
        self.inside.get_or_init(|| Inside::of(&self.parts, &self.directions, frame))
    }
}

/// One row for each unit: its rows laid side by side.
pub(in crate::measure) fn side_by_side(frame: &Frame, part: Part, rows: &Matrix) -> Matrix {
    let copies = copies(&frame.units(part, rows.rows));
    let units = copies.first().map_or(0, Vec::len);
    let mut data = Vec::with_capacity(rows.data.len());
    for unit in 0..units {
        for copy in &copies {
            data.extend_from_slice(rows.row(copy[unit]));
        }
    }
    Matrix::new(units, copies.len() * rows.columns, data)
}

/// Units whose mean cosine over all roles is that of duplicates.
pub(in crate::measure) fn near_pairs(by_unit: &[Matrix]) -> Vec<(usize, usize)> {
    let cosines: Vec<Matrix> = by_unit.iter().map(|rows| rows.row_cosines(rows)).collect();
    let count = by_unit.first().map_or(0, |rows| rows.rows);
    let least = SAME * cosines.len() as f64;
    let alike = |i: usize, j: usize| cosines.iter().map(|all| f64::from(all.at(i, j))).sum::<f64>() > least;
    (0..count).flat_map(|j| (0..j).map(move |i| (i, j))).filter(|&(i, j)| alike(i, j)).collect()
}

fn live_units(by_unit: &[Matrix]) -> Vec<bool> {
    let count = by_unit.first().map_or(0, |rows| rows.rows);
    let most: Vec<f32> =
        by_unit.iter().map(|rows| rows.data.iter().fold(0.0_f32, |most, value| most.max(value.abs()))).collect();
    let varies = |row: &[f32], most: f32| {
        let (low, high) = row.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        high - low > FLAT * most
    };
    (0..count).map(|unit| by_unit.iter().zip(&most).any(|(rows, &most)| varies(rows.row(unit), most))).collect()
}
