//! Feed-forward parts as they lie in a file: gate, up and down by themselves, or the first two in one tensor.
//!
//! [`Gates`] reads gates and the branch beside them neuron by neuron as they are asked for: a layer of a large model is
//! never held whole.

use crate::measure::MeasureError;
use crate::measure::model::lost::Lost;
use crate::measure::model::plan::spread;
use crate::measure::model::shape::FeedForward;
use crate::measure::model::stored::Stored;
use crate::measure::model::tower::{Parts, TowerReader, Vectors};
use crate::measure::stats::matrix::Matrix;
use crate::weights::{Halves, Role};

impl<'a> TowerReader<'a> {
    /// A feed-forward part with the number of its neurons in the file.
    pub(super) fn feed_forward(
        &self,
        expert: Option<u32>,
        parts: &Parts<'_>,
        vectors: &Vectors,
        gain: Option<&[f32]>,
        lost: &mut Lost,
    ) -> Result<Option<(FeedForward, usize)>, MeasureError> {
        let Some(Branches { gate, up, down, neurons }) = self.branches(expert, parts) else { return Ok(None) };
        let units = spread(neurons, self.sample.neurons);
        let gate = gate.map(|gate| self.read_branch(&gate, &units, gain, lost)).transpose()?;
        let up = self.read_branch(&up, &units, gain, lost)?;
        let down = self.read_units(&down, &units, false, None, lost)?;
        let bias = vectors.get(&(expert, Role::Up, true)).map_or(&[][..], Vec::as_slice);
        let up_bias = units.iter().filter_map(|&unit| bias.get(unit).copied()).collect();
        let fits = [&up, &down].into_iter().chain(&gate).all(|matrix| matrix.columns == self.channels.len());
        Ok(fits.then_some((FeedForward { gate, up, down, up_bias }, neurons)))
    }

    /// Where a feed-forward part is read from; none where its matrices do not fit together.
    fn branches<'b>(&self, expert: Option<u32>, parts: &Parts<'b>) -> Option<Branches<'b>> {
        let get = |role: Role| parts.get(&(expert, role)).copied();
        let down = get(Role::Down)?;
        let neurons = self.writing(&down).0;
        let fused = [Halves::GateFirst, Halves::Interleaved]
            .into_iter()
            .find_map(|halves| Some((halves, get(Role::GateUp(halves))?)));
        let count = |stored: &Stored<'_>| self.reading(stored).0;
        if let Some((halves, stored)) = fused {
            let half = |place: fn(usize, usize) -> usize| Branch { stored, place, neurons };
            let (gate, up): (fn(usize, usize) -> usize, fn(usize, usize) -> usize) = match halves {
                Halves::GateFirst => (|unit, _| unit, |unit, neurons| neurons + unit),
                Halves::Interleaved => (|unit, _| 2 * unit, |unit, _| 2 * unit + 1),
            };
            return (count(&stored) == 2 * neurons).then(|| Branches {
                gate: Some(half(gate)),
                up: half(up),
                down,
                neurons,
            });
        }
        let own = |stored: Stored<'b>| Branch { stored, place: |unit, _| unit, neurons };
        let up = get(Role::Up).filter(|up| count(up) == neurons)?;
        let gate = get(Role::Gate);
        let fits = gate.as_ref().is_none_or(|gate| count(gate) == neurons);
        fits.then(|| Branches { gate: gate.map(own), up: own(up), down, neurons })
    }

    /// Some neurons of a branch that reads the stream.
    fn read_branch(
        &self,
        branch: &Branch<'_>,
        units: &[usize],
        gain: Option<&[f32]>,
        lost: &mut Lost,
    ) -> Result<Matrix, MeasureError> {
        let rows: Vec<usize> = units.iter().map(|&unit| (branch.place)(unit, branch.neurons)).collect();
        self.read_units(&branch.stored, &rows, true, gain, lost)
    }
}

/// Where the parts of a feed-forward part are read from.
struct Branches<'a> {
    gate: Option<Branch<'a>>,
    up: Branch<'a>,
    down: Stored<'a>,
    neurons: usize,
}

/// A matrix with a row for each neuron, by itself or as a half of one that is fused.
struct Branch<'a> {
    stored: Stored<'a>,
    /// The row of a neuron, of so many.
    place: fn(usize, usize) -> usize,
    neurons: usize,
}

/// A matrix of neurons that reads the stream, or one that writes to it.
enum Side<'a> {
    Reads(Branch<'a>),
    Writes(Stored<'a>),
}

/// The neurons of one layer, those of all its experts in a row: gates with the branch beside each, or, where there are
/// no gates, what reads the stream with what writes to it.
pub(in crate::measure) struct Gates<'a, 'b> {
    reader: &'b TowerReader<'a>,
    pub gated: bool,
    experts: Vec<[Side<'a>; 2]>,
    /// Of each expert.
    neurons: usize,
    gain: Option<Vec<f32>>,
}

impl<'a, 'b> Gates<'a, 'b> {
    /// Those of a layer by its number; none where it has none, or experts of several makes.
    pub(in crate::measure) fn of(reader: &'b TowerReader<'a>, number: u32) -> Result<Option<Self>, MeasureError> {
        let (tensors, mut lost) = (reader.tensors_of(number), Lost::default());
        let parts = reader.matrices(&tensors, &mut lost);
        let (vectors, _) = reader.vectors(&tensors, &mut lost)?;
        let [_, gain] = reader.gains(&vectors, &tensors);
        let downs = parts.keys().filter(|(_, role)| *role == Role::Down).map(|&(expert, _)| expert);
        let (mut experts, mut make) = (Vec::new(), None);
        for expert in downs {
            let Some(Branches { gate, up, down, neurons }) = reader.branches(expert, &parts) else { return Ok(None) };
            let own = (neurons, gate.is_some());
            if *make.get_or_insert(own) != own {
                return Ok(None);
            }
            experts.push(match gate {
                Some(gate) => [Side::Reads(gate), Side::Reads(up)],
                None => [Side::Reads(up), Side::Writes(down)],
            });
        }
        Ok(make.map(|(neurons, gated)| Self { reader, gated, experts, neurons, gain }))
    }

    /// Of all experts.
    pub(in crate::measure) fn count(&self) -> usize {
        self.experts.len() * self.neurons
    }

    /// Channels of the stream.
    pub(in crate::measure) fn width(&self) -> usize {
        self.reader.channels.len()
    }

    /// Both rows of some neurons, in the order asked; those that cannot be used are zero.
    pub(in crate::measure) fn rows(&self, which: &[usize]) -> Result<[Matrix; 2], MeasureError> {
        let mut out: [Matrix; 2] = Default::default();
        let mut at = 0;
        while at < which.len() {
            let expert = which[at] / self.neurons;
            let run = which[at..].iter().take_while(|&&unit| unit / self.neurons == expert).count();
            let units: Vec<usize> = which[at..at + run].iter().map(|unit| unit % self.neurons).collect();
            for (rows, side) in out.iter_mut().zip(&self.experts[expert]) {
                let (lost, gain) = (&mut Lost::default(), self.gain.as_deref());
                let read = match side {
                    Side::Reads(branch) => self.reader.read_branch(branch, &units, gain, lost)?,
                    Side::Writes(stored) => self.reader.read_units(stored, &units, false, None, lost)?,
                };
                let read = if read.columns == self.width() { read } else { Matrix::zero(run, self.width()) };
                *rows = std::mem::take(rows).stacked(&read);
            }
            at += run;
        }
        Ok(out)
    }
}
