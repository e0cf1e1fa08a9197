//! How two models lie beside each other: what the pass over whole files goes by.

use std::collections::BTreeMap;

use crate::measure::families::f2_neuron_swaps::{copies_inside, objection};
use crate::measure::model::shape::Tower;
use crate::measure::search::grid::copied_layers;
use crate::measure::stats::pair::Pair;
use crate::weights::{ComponentKind, Traits};

/// Where the layers of one of the candidate's stacks stand in the reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::measure) struct StackMap {
    /// The reference's stack.
    pub reference: u32,
    /// The reference's layer for each of the candidate's, by number.
    pub layers: BTreeMap<u32, u32>,
}

/// By the candidate's stacks. One that is not named stands against the stack of the same name, layer by layer.
pub(in crate::measure) type LayerMaps = BTreeMap<u32, StackMap>;

/// The residual stream of one component, as far as it tells what the units of a matrix are.
#[derive(Debug, Clone, Copy)]
pub(in crate::measure) struct Stream {
    pub width: usize,
    /// Matrices are stored `in x out`.
    pub turned: bool,
    pub traits: Traits,
    /// Channels of one head.
    pub head_width: Option<usize>,
    /// Whether the candidate's experts, or parts of its neurons, began alike, so that a swap of neurons is no symmetry.
    pub swaps_allowed: bool,
}

/// How two models lie beside each other, as far as the ladder has told.
#[derive(Debug, Default)]
pub(in crate::measure) struct Alignment {
    /// By the candidate's stacks.
    pub towers: BTreeMap<u32, AlignedTower>,
    /// Components whose rows do not stand in the same places.
    pub without: Vec<ComponentKind>,
}

/// How one tower of the candidate lies beside one of the reference.
#[derive(Debug)]
pub(in crate::measure) struct AlignedTower {
    /// The candidate's id.
    pub id: String,
    pub map: StackMap,
    pub stream: Stream,
    /// The candidate's layers that began as copies of others.
    pub copies: Vec<u32>,
}

impl Alignment {
    /// Takes in one pair: `found` pairs the candidate's layers with the reference's as places in their towers, where
    /// they were found as named. Others stay in place where both towers are equally deep.
    pub(in crate::measure) fn add(
        &mut self,
        Pair { reference, candidate }: Pair<&Tower>,
        found: impl Iterator<Item = (usize, usize)>,
    ) {
        let (Some(own), Some(other)) = (candidate.stack, reference.stack) else { return };
        let number = |tower: &Tower, at: usize| tower.layers[at].number;
        let mut layers: BTreeMap<u32, u32> = BTreeMap::new();
        if reference.layers.len() == candidate.layers.len() {
            layers.extend((0..candidate.layers.len()).map(|at| (number(candidate, at), number(reference, at))));
        }
        layers.extend(found.map(|(here, there)| (number(candidate, here), number(reference, there))));
        let head_width = candidate.layers.iter().find_map(|layer| layer.attention.as_ref()).map(|part| part.whole_head);
        let swaps_allowed = !candidate.layers.iter().any(|layer| copies_inside(layer) || objection(layer).is_some());
        let stream = Stream {
            width: candidate.extent.width,
            turned: candidate.turned,
            traits: candidate.traits,
            head_width,
            swaps_allowed,
        };
        let copies = copied_layers(candidate).into_iter().enumerate().filter(|(_, copy)| copy.feed_forward);
        let aligned = AlignedTower {
            id: candidate.id.clone(),
            map: StackMap { reference: other, layers },
            stream,
            copies: copies.map(|(at, _)| number(candidate, at)).collect(),
        };
        self.towers.insert(own, aligned);
    }
}
