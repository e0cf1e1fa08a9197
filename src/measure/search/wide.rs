//! Shuffled units of models of which only a sample is held: every layer of the candidate is read once more, all of its
//! units on some channels, and the reference's few are looked for among them.
//!
//! Matching and tests are those of whole models (`grid`): neurons by gate, heads by query and key or by value and
//! output, then the signs of what did not choose. They stay exact, because a matching may use any of the reference's
//! units: the signs of the candidate's are as fair as before. One layer is held at a time, some tens of megabytes.
//!
//! Layers stand against those in their own place, and against all others where that takes no longer than some seconds.

use std::sync::{Mutex, PoisonError};

use crate::measure::MeasureError;
use crate::measure::families::basis::BasisKind;
use crate::measure::families::correspond::Arrangement;
use crate::measure::model::load::{parts_of, table_width};
use crate::measure::model::plan::{Sample, spread};
use crate::measure::model::shape::{FeedForward, Layer, Tower};
use crate::measure::model::stacks::Towers;
use crate::measure::model::tower::TowerReader;
use crate::measure::search::grid::{Cell, Copied, Grid};
use crate::weights::{Checkpoint, Numbers};

/// Channels on which units are looked for. The largest of eleven thousand chance cosines on 256 channels is about `4.1
/// / sqrt 256 = 0.26` (method 4.10), four deviations below 0.5: a unit that still correlates by half is told from all
/// others.
const CHANNELS: usize = 256;
/// Most experts of a layer that are read; what goes to one part of the reference may be any of them.
const EXPERTS: usize = 8;
/// Most numbers of the feed-forward part of one layer that are held, and of cosines of its units: 36 MB beside what the
/// sample takes.
const MOST_HELD: usize = 9_000_000;
/// Most work, in multiplications, that looking for layers in other places may take: some seconds for each basis.
const MOST_WORK: f64 = 3e10;

/// A model's files, to be read layer by layer.
pub(in crate::measure) struct Wide<'a> {
    towers: Towers<'a>,
    table_width: usize,
    numbers: Numbers<'a>,
    /// What is held of the model without them.
    sample: Sample,
    failed: Mutex<Option<MeasureError>>,
}

impl<'a> Wide<'a> {
    pub(in crate::measure) fn of(checkpoint: &'a Checkpoint, sample: Sample) -> Self {
        let parts = parts_of(checkpoint, &mut Vec::new());
        Self {
            towers: Towers::of(checkpoint, &parts),
            table_width: table_width(&parts),
            numbers: Numbers::of(checkpoint),
            sample,
            failed: Mutex::default(),
        }
    }

    /// What reading met with, if it failed.
    pub(in crate::measure) fn outcome(self) -> Result<(), MeasureError> {
        self.failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// The grid of matched cells between the reference's sample, already carried into `basis`, and all units of the
    /// candidate, of which `held` is the sample.
    pub(in crate::measure) fn grid(
        &self,
        reference: &[Layer],
        held: &Tower,
        basis: BasisKind,
        copies: &[Copied],
        gates_used: bool,
    ) -> Option<Grid> {
        let across = MOST_HELD / (3 * held.extent.neurons).max(1);
        let columns = self.sample.columns.min(CHANNELS).min(across);
        let wide = Sample {
            neurons: usize::MAX,
            experts: (across / columns.max(1)).clamp(1, EXPERTS),
            heads: usize::MAX,
            routes: 0,
            columns,
            ..self.sample
        };
        let channels = spread(held.width, wide.columns_of(held.extent.width));
        let layers: Vec<Layer> = reference.iter().map(|layer| on(layer, &channels)).collect();
        let units = layers.iter().flat_map(|layer| &layer.experts).map(FeedForward::neurons).max().unwrap_or(0);
        if channels.is_empty() || held.extent.neurons.saturating_mul(units) > MOST_HELD {
            return None;
        }
        let all = self.is_cheap(&layers, held, channels.len());
        if !all && layers.len() != held.layers.len() {
            return None;
        }
        let mut grid: Option<Grid> = None;
        for (at, layer) in held.layers.iter().enumerate() {
            let layer = self.layer(&held.id, wide, layer.number)?;
            let one = Tower { width: channels.len(), ..held.of_layers(vec![layer]) };
            let against = if all { layers.as_slice() } else { std::slice::from_ref(&layers[at]) };
            let found = Grid::of(against, &one, basis, Arrangement::Matched, copies, gates_used);
            let mut row = found.cells.into_iter().next()?;
            if !all {
                let mut elsewhere: Vec<Cell> = layers.iter().map(|_| Cell::default()).collect();
                elsewhere[at] = row.pop()?;
                row = elsewhere;
            }
            match &mut grid {
                Some(grid) => {
                    grid.cells.push(row);
                    grid.skipped.extend(found.skipped);
                }
                None => grid = Some(Grid { cells: vec![row], ..found }),
            }
        }
        grid
    }

    /// Whether every layer can be put against every one.
    fn is_cheap(&self, layers: &[Layer], held: &Tower, channels: usize) -> bool {
        let units: f64 = layers.iter().flat_map(|layer| &layer.experts).map(|part| part.neurons() as f64).sum();
        3.0 * units * (held.layers.len() * held.extent.neurons * channels) as f64 <= MOST_WORK
    }

    fn layer(&self, id: &str, sample: Sample, number: u32) -> Option<Layer> {
        let parts = self.towers.towers.iter().find(|tower| tower.id == id)?;
        self.kept(TowerReader::new(parts, self.table_width, (&self.numbers, sample)).one(number))
    }

    /// A reader of all units of a tower on all channels.
    pub(in crate::measure) fn reader(&self, tower: &Tower) -> Option<TowerReader<'_>> {
        let parts = self.towers.towers.iter().find(|parts| parts.id == tower.id)?;
        Some(TowerReader::new(parts, self.table_width, (&self.numbers, Sample::WHOLE)))
    }

    /// A layer of a tower with all its units on all channels; none where it is too large to be held.
    pub(in crate::measure) fn whole_layer(&self, tower: &Tower, at: usize) -> Option<Layer> {
        let layer = &tower.layers[at];
        (layer.parameters <= MOST_HELD as u64).then(|| self.kept(self.reader(tower)?.one(layer.number))).flatten()
    }

    /// What was read; a failure is kept for the end of the run.
    pub(in crate::measure) fn kept<T>(&self, read: Result<T, MeasureError>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                None
            }
        }
    }
}

/// A layer on some of its channels.
fn on(layer: &Layer, channels: &[usize]) -> Layer {
    let mut out = layer.clone();
    if let Some(part) = &mut out.attention {
        for matrix in [&mut part.query, &mut part.key, &mut part.value, &mut part.output] {
            *matrix = matrix.take_columns(channels);
        }
    }
    for part in &mut out.experts {
        for matrix in [&mut part.up, &mut part.down].into_iter().chain(&mut part.gate) {
            *matrix = matrix.take_columns(channels);
        }
    }
    out.router = None;
    out.latents.clear();
    out
}
