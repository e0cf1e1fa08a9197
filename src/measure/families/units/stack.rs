//! The layers of one tower, whole or cut to a part of their units that indices alone choose.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use super::face::Face;
use super::frame::Frame;
use super::labels::components;
use super::part::Part;
use super::plate::{Keep, Plate};
use crate::measure::model::shape::Tower;
use crate::weights::Rotary;

/// Layers of one tower.
#[derive(Debug)]
pub(in crate::measure) struct Stack {
    pub plates: Vec<Plate>,
    pub rotary: Rotary,
    /// The branch beside the gate is known to be linear.
    pub linear_up: bool,
    pub width: usize,
    /// Layers that are duplicates of each other have one number.
    twins: OnceLock<Vec<usize>>,
    faces: Mutex<BTreeMap<(usize, Frame), Arc<Face>>>,
}

impl Stack {
    /// A tower with its gains folded in, as it was read.
    pub(in crate::measure) fn of(tower: &Tower) -> Self {
        Self::with(tower.layers.iter().map(|layer| Plate::of(layer, tower)).collect(), tower)
    }

    /// A tower as its files have it.
    pub(in crate::measure) fn unfolded(tower: &Tower) -> Self {
        Self::with(tower.layers.iter().map(|layer| Plate::unfolded(layer, tower)).collect(), tower)
    }

    fn with(plates: Vec<Plate>, tower: &Tower) -> Self {
        let Tower { traits, width, .. } = tower;
        Self::new(plates, traits.rotary, traits.linear_up == Some(true), *width)
    }

    pub(in crate::measure) fn new(plates: Vec<Plate>, rotary: Rotary, linear_up: bool, width: usize) -> Self {
        Self { plates, rotary, linear_up, width, twins: OnceLock::new(), faces: Mutex::default() }
    }

    pub(in crate::measure) fn depth(&self) -> usize {
        self.plates.len()
    }

    /// The width of its heads; 0 where none is known.
    pub(in crate::measure) fn head_width(&self) -> usize {
        self.plates.iter().map(|plate| plate.head_width).max().unwrap_or(0)
    }

    /// Whether a layer has a gate with a linear branch beside it.
    pub(in crate::measure) fn has_linear_gates(&self) -> bool {
        self.linear_up && self.plates.iter().any(|plate| plate.parts.contains_key(&Part::Gate))
    }

    /// A part of the units of every layer.
    pub(in crate::measure) fn kept(&self, keep: Keep) -> Self {
        let plates = self.plates.iter().map(|plate| plate.kept(keep, self.rotary)).collect();
        Self::new(plates, self.rotary, self.linear_up, self.width)
    }

    /// For each layer the number of its duplicates: the first of them.
    pub(in crate::measure) fn twins(&self) -> &[usize] {
        self.twins.get_or_init(|| {
            let same = |i: usize, j: usize| self.plates[i].is_twin(&self.plates[j]);
            let pairs = (0..self.depth()).flat_map(|j| (0..j).map(move |i| (i, j))).filter(|&(i, j)| same(i, j));
            components(self.depth(), pairs)
        })
    }

    /// One layer cut to a frame, made once.
    pub(in crate::measure) fn face(&self, layer: usize, frame: &Frame) -> Arc<Face> {
        let known = |faces: &BTreeMap<_, Arc<Face>>| faces.get(&(layer, *frame)).cloned();
        if let Some(face) = self.faces.lock().ok().and_then(|faces| known(&faces)) {
            return face;
        }
        let face = Arc::new(Face::of(&self.plates[layer], frame));
        if let Ok(mut faces) = self.faces.lock() {
            faces.insert((layer, *frame), Arc::clone(&face));
        }
        face
    }
}
