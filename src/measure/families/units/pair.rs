//! Units of two layers side by side: which correspond, which are dead, which are there twice, which may be swapped.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::face::Face;
use super::frame::{Frame, copies};
use super::labels::{Joined, components};
use super::part::{Group, Part};
use super::stack::Stack;
use super::sums::{Summand, Where};
use crate::measure::stats::matrix::{Matrix, cosine};

/// Two neighbouring units that may be swapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct Swap {
    pub first: usize,
    pub second: usize,
    /// Pairs that touch one set of duplicates have one number.
    pub label: usize,
}

/// Two layers, cut to what both have.
#[derive(Debug)]
pub(in crate::measure) struct Beside {
    /// Layer of the reference, of the candidate.
    pub key: (usize, usize),
    /// Its place in the layer map.
    place: usize,
    /// Pairs whose layers are duplicates have one number.
    tied: usize,
    pub frame: Frame,
    pub a: Arc<Face>,
    pub b: Arc<Face>,
    labels: BTreeMap<Group, Vec<usize>>,
    live: BTreeMap<Group, Vec<bool>>,
}

impl Beside {
    pub(in crate::measure) fn of(a: &Stack, b: &Stack, key: (usize, usize)) -> Self {
        let law = [a, b].map(|stack| (stack.rotary, stack.linear_up));
        let frame = Frame::of(&a.plates[key.0], &b.plates[key.1], law);
        let (x, y) = (a.face(key.0, &frame), b.face(key.1, &frame));
        let (mut labels, mut live) = (BTreeMap::new(), BTreeMap::new());
        for group in Group::ALL {
            if let (Some(here), Some(there)) = (x.live.get(&group), y.live.get(&group)) {
                let near = x.near[&group].iter().chain(&y.near[&group]).copied();
                labels.insert(group, components(here.len().min(there.len()), near));
                live.insert(group, here.iter().zip(there).map(|(x, y)| *x && *y).collect());
            }
        }
        Self { key, place: 0, tied: 0, frame, a: x, b: y, labels, live }
    }

    /// Where its summands come from.
    pub(in crate::measure) fn place(&self) -> Where {
        Where { place: self.place, tied: self.tied, tag: 0 }
    }

    /// The rows of a part on both sides.
    pub(in crate::measure) fn rows(&self, part: Part) -> Option<(&Matrix, &Matrix)> {
        Some((self.a.parts.get(&part)?, self.b.parts.get(&part)?))
    }

    /// The same with rows of length one.
    pub(in crate::measure) fn directions(&self, part: Part) -> Option<(&Matrix, &Matrix)> {
        Some((self.a.directions.get(&part)?, self.b.directions.get(&part)?))
    }

    /// The unit of each row of a part.
    pub(in crate::measure) fn units(&self, part: Part) -> Vec<usize> {
        self.frame.units(part, self.a.parts.get(&part).map_or(0, |rows| rows.rows))
    }

    /// The number of a unit's set of duplicates.
    pub(in crate::measure) fn label(&self, group: Group, unit: usize) -> usize {
        self.labels[&group][unit]
    }

    /// Units of a group.
    pub(in crate::measure) fn count(&self, group: Group) -> usize {
        self.labels.get(&group).map_or(0, Vec::len)
    }

    pub(in crate::measure) fn is_live(&self, group: Group, unit: usize) -> bool {
        self.live[&group][unit]
    }

    /// Neighbouring live units of one expert or head, but for pairs inside one set of duplicates.
    pub(in crate::measure) fn swaps(&self, group: Group) -> Vec<Swap> {
        let (Some(live), Some(labels)) = (self.live.get(&group), self.labels.get(&group)) else { return Vec::new() };
        let width = self.frame.block(group).max(1);
        let mut pairs = Vec::new();
        for start in (0..live.len()).step_by(width) {
            let block: Vec<usize> = (start..live.len().min(start + width)).filter(|&unit| live[unit]).collect();
            pairs.extend(block.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        }
        pairs.retain(|&(first, second)| labels[first] != labels[second]);
        let mut joined = Joined::new(live.len());
        for &(first, second) in &pairs {
            joined.join(labels[first], labels[second]);
        }
        let swap = |(first, second): (usize, usize)| Swap { first, second, label: joined.least(labels[first]) };
        pairs.into_iter().map(swap).collect()
    }

    /// Cosines of corresponding rows of features of a part, of live units.
    pub(in crate::measure) fn signs(&self, part: Part, features: (&Matrix, &Matrix)) -> Vec<Summand> {
        self.signs_of(part.group(), self.units(part), features)
    }

    /// The same where the unit of each row is given.
    pub(in crate::measure) fn signs_of(
        &self,
        group: Group,
        units: impl IntoIterator<Item = usize>,
        features: (&Matrix, &Matrix),
    ) -> Vec<Summand> {
        let summand = |(row, unit): (usize, usize)| Summand {
            label: self.label(group, unit),
            t: cosine(features.0.row(row), features.1.row(row)),
        };
        units.into_iter().enumerate().filter(|&(_, unit)| self.is_live(group, unit)).map(summand).collect()
    }

    /// Cosines of the differences of neighbours' rows of features.
    pub(in crate::measure) fn swapped(&self, part: Part, features: (&Matrix, &Matrix)) -> Vec<Summand> {
        self.swapped_of(part, &self.swaps(part.group()), features)
    }

    /// The same of swaps that are given.
    pub(in crate::measure) fn swapped_of(
        &self,
        part: Part,
        swaps: &[Swap],
        features: (&Matrix, &Matrix),
    ) -> Vec<Summand> {
        let mut out = Vec::new();
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for copy in copies(&self.units(part)) {
            for swap in swaps {
                let (i, j) = (copy[swap.first], copy[swap.second]);
                if i.max(j) < features.0.rows {
                    difference(features.0, (i, j), &mut x);
                    difference(features.1, (i, j), &mut y);
                    out.push(Summand { label: swap.label, t: cosine(&x, &y) });
                }
            }
        }
        out
    }
}

/// Row `i` without row `j`.
pub(in crate::measure) fn difference(rows: &Matrix, (i, j): (usize, usize), out: &mut Vec<f32>) {
    out.clear();
    out.extend(rows.row(i).iter().zip(rows.row(j)).map(|(x, y)| x - y));
}

/// The layers of a map side by side.
pub(in crate::measure) fn laid(a: &Stack, b: &Stack, map: &[(usize, usize)]) -> Vec<Beside> {
    let (x, y) = (a.twins(), b.twins());
    let tied = |&(i, j): &(usize, usize), &(k, l): &(usize, usize)| x[i] == x[k] || y[j] == y[l];
    let joins = (0..map.len()).flat_map(|q| (0..q).map(move |p| (p, q))).filter(|&(p, q)| tied(&map[p], &map[q]));
    let groups = components(map.len(), joins);
    map.iter()
        .zip(groups)
        .enumerate()
        .map(|(place, (&key, tied))| Beside { place, tied, ..Beside::of(a, b, key) })
        .collect()
}
