//! Which rows of two layers correspond, by their shapes alone.
//!
//! Of wide layers a part of the units is taken, by their index: [`MOST_UNITS`] of a layer and [`probes`] of those that
//! they are compared by.

use std::collections::BTreeMap;

use super::part::{Group, Part};
use super::plate::Plate;
use crate::weights::Rotary;

/// Units of a group and layer that are taken at most (method 3.10: some 512 reach a correlation of 0.03).
pub(in crate::measure) const MOST_UNITS: usize = 512;
/// Neurons that are taken together, so that neighbours and split mode's quarters stay together.
const BLOCK: usize = 4;

/// Probes that the units of a stream of this width are compared by at most: all of a narrow one; 128 from a width of
/// 2,048 on, so that a role costs the same whatever the width (method 3.10).
pub(in crate::measure) fn probes(width: usize) -> usize {
    ((1 << 18) / width.max(1)).clamp(128, MOST_UNITS)
}

/// At most `most` of `count` indices, evenly.
pub(in crate::measure) fn thinned(count: usize, most: usize) -> Vec<usize> {
    let taken = count.min(most);
    (0..taken).map(|at| at * count / taken.max(1)).collect()
}

/// What two layers have in common, by their shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::measure) struct Frame {
    /// 0 where there are no neurons in common.
    pub experts: usize,
    /// Neurons that both have of an expert, of which some are taken.
    pub neurons: usize,
    /// Both have gates.
    pub gated: bool,
    /// Both are known to have a linear branch beside the gate.
    pub linear: bool,
    /// 0 where heads differ in width or there are none.
    pub head_width: usize,
    pub kv_heads: usize,
    /// Query heads of a key-value head; 0 where these differ, so that query and output have nothing in common.
    pub queries: usize,
    pub turning: Turning,
}

/// Which channels of a head change their sign together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::measure) enum Turning {
    None,
    Halves,
    Interleaved,
    WholeHead,
    /// The sides differ: keys and queries have nothing in common.
    Differs,
}

impl Turning {
    /// Of two sides the coarser, where one is a part of the other.
    fn of(a: Rotary, b: Rotary) -> Self {
        match (a, b) {
            (Rotary::Unknown, _) | (_, Rotary::Unknown) => Self::WholeHead,
            (Rotary::None, Rotary::None) => Self::None,
            (Rotary::Halves, Rotary::Halves) => Self::Halves,
            (Rotary::Interleaved, Rotary::Interleaved) => Self::Interleaved,
            _ => Self::Differs,
        }
    }

    /// Units of a head of so many channels.
    fn units(self, channels: usize) -> usize {
        match self {
            Self::None | Self::Differs => channels,
            Self::Halves | Self::Interleaved => channels / 2,
            Self::WholeHead => 1,
        }
    }

    fn unit(self, channel: usize, channels: usize) -> usize {
        match self {
            Self::None | Self::Differs => channel,
            Self::Halves => channel % (channels / 2).max(1),
            Self::Interleaved => channel / 2,
            Self::WholeHead => 0,
        }
    }
}

impl Frame {
    /// `law` gives the rotary pairing of each side and whether the branch beside its gate is known to be linear.
    pub(in crate::measure) fn of(x: &Plate, y: &Plate, law: [(Rotary, bool); 2]) -> Self {
        let gates = [x, y].map(|plate| plate.parts.contains_key(&Part::Gate));
        let has_neurons = x.experts > 0 && y.experts > 0 && gates[0] == gates[1];
        let same_width = x.head_width == y.head_width && x.head_width > 0;
        let groups = [x, y].map(|plate| plate.heads / plate.kv_heads.max(1));
        let head_width = if same_width { x.head_width } else { 0 };
        let kv_heads = x.kv_heads.min(y.kv_heads).min((MOST_UNITS / head_width.max(1)).max(1));
        Self {
            experts: if has_neurons { x.experts.min(y.experts).min(MOST_UNITS / BLOCK) } else { 0 },
            neurons: x.neurons.min(y.neurons),
            gated: gates[0] && has_neurons,
            linear: gates[0] && has_neurons && law[0].1 && law[1].1,
            head_width,
            kv_heads: if same_width { kv_heads } else { 0 },
            queries: if groups[0] == groups[1] { groups[0] } else { 0 },
            turning: Turning::of(law[0].0, law[1].0),
        }
    }

    /// Neurons of an expert that are taken.
    fn taken(&self) -> Vec<usize> {
        let most = MOST_UNITS / self.experts.max(1) / BLOCK * BLOCK;
        if self.neurons <= most {
            return (0..self.neurons).collect();
        }
        let blocks = thinned(self.neurons / BLOCK, most / BLOCK);
        blocks.into_iter().flat_map(|block| (0..BLOCK).map(move |at| block * BLOCK + at)).collect()
    }

    /// The rows of a plate's part that the other side has too; none if the part has nothing in common.
    pub(in crate::measure) fn rows(&self, part: Part, plate: &Plate) -> Option<Vec<usize>> {
        let matrix = plate.parts.get(&part)?;
        let rows: Vec<usize> = match part.group() {
            Group::Neuron => {
                let fits = self.experts > 0 && matrix.rows == plate.experts * plate.neurons;
                let taken = self.taken();
                let of_expert = |expert: usize| taken.iter().map(move |neuron| expert * plate.neurons + neuron);
                (0..if fits { self.experts } else { 0 }).flat_map(of_expert).collect()
            }
            Group::Rotary if self.turning == Turning::Differs => Vec::new(),
            Group::Rotary | Group::Value => (0..self.kv_heads * self.rows_of_head(part)).collect(),
        };
        (!rows.is_empty() && rows.last().is_some_and(|&row| row < matrix.rows)).then_some(rows)
    }

    /// Rows of a part for one key-value head.
    fn rows_of_head(&self, part: Part) -> usize {
        self.head_width * if part.is_of_queries() { self.queries } else { 1 }
    }

    /// The number of the unit that each of `rows` rows of a part belongs to.
    pub(in crate::measure) fn units(&self, part: Part, rows: usize) -> Vec<usize> {
        let (h, block) = (self.head_width.max(1), self.rows_of_head(part).max(1));
        let turning = self.turning;
        let unit = |row: usize| match part.group() {
            Group::Neuron => row,
            Group::Value => row / block * h + row % h,
            Group::Rotary => row / block * turning.units(h) + turning.unit(row % h, h),
        };
        (0..rows).map(unit).collect()
    }

    /// Units of one expert, or of one head.
    pub(in crate::measure) fn block(&self, group: Group) -> usize {
        match group {
            Group::Neuron => self.taken().len(),
            Group::Value => self.head_width,
            Group::Rotary => self.turning.units(self.head_width),
        }
    }
}

/// For each copy of the units of a part (the query heads of a group, the channels of a pair) the row of every unit.
pub(in crate::measure) fn copies(units: &[usize]) -> Vec<Vec<usize>> {
    let mut rows_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, &unit) in units.iter().enumerate() {
        rows_of.entry(unit).or_default().push(row);
    }
    let most = rows_of.values().map(Vec::len).min().unwrap_or(0);
    (0..most).map(|copy| rows_of.values().map(|rows| rows[copy]).collect()).collect()
}
