//! Which layers hold what the looks without a basis found.
//!
//! A look pools over layers; of each layer of its map the families of one part are put together, `sum sqrt(k) z /
//! sqrt(sum k)`, and the layer is told at the level of a description. The kind that tells most is taken. No numbers are
//! aligned, so how alike a part is is the mean cosine of its answers, `z / sqrt(k)` where all summands are of one size.

use std::collections::BTreeMap;

use crate::measure::families::basis::BasisKind;
use crate::measure::families::correspond::Arrangement;
use crate::measure::search::looks::{By, Kind, Look, Looks};
use crate::measure::stats::tail::ln_pooled;

/// What one layer of the candidate shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::measure) struct LayerFound {
    /// The candidate's layer, by its place in the tower.
    pub layer: usize,
    /// The reference's layer.
    pub from: usize,
    pub basis: BasisKind,
    pub arrangement: Arrangement,
    pub feed_forward: bool,
    pub attention: bool,
    /// Neurons that were matched stand in the order of the reference's.
    pub in_order: bool,
    /// Aligned correlation of feed-forward part and attention.
    pub correlation: [f64; 2],
}

impl LayerFound {
    /// Mean correlation of the parts that were found.
    pub(in crate::measure) fn likeness(&self) -> f64 {
        let parts = [(self.feed_forward, self.correlation[0]), (self.attention, self.correlation[1])];
        let held: Vec<f64> = parts.iter().filter(|(held, _)| *held).map(|(_, value)| *value).collect();
        held.iter().sum::<f64>() / held.len().max(1) as f64
    }
}

/// What one part of one layer shows over several families.
#[derive(Debug, Clone, Copy, Default)]
struct Pooled {
    sum: f64,
    units: f64,
}

impl Pooled {
    fn add(&mut self, z: f64, units: usize) {
        self.sum += (units as f64).sqrt() * z;
        self.units += units as f64;
    }

    fn z(self) -> f64 {
        if self.units > 0.0 { self.sum / self.units.sqrt() } else { 0.0 }
    }

    fn is_beyond(self, ln_level: f64) -> bool {
        self.z() > 0.0 && ln_pooled(self.z()) <= ln_level
    }

    fn likeness(self) -> f64 {
        if self.units > 0.0 { (self.z() / self.units.sqrt()).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The layers of the candidate that the looks tell, each by the kind that tells most of it.
pub(in crate::measure) fn layers(looks: &Looks, ln_level: f64) -> Vec<LayerFound> {
    let mut best: BTreeMap<usize, LayerFound> = BTreeMap::new();
    for kind in [Kind::Place, Kind::Within, Kind::Tokens, Kind::VirtualSplit] {
        for by in [By::Place, By::Map] {
            let heard: Vec<&Look> =
                looks.looks.iter().filter(|look| look.kind == kind && look.by == by && look.silent.is_none()).collect();
            for found in of_kind(&heard, ln_level) {
                let parts = |one: &LayerFound| u8::from(one.feed_forward) + u8::from(one.attention);
                let better = |known: &LayerFound| (parts(&found), found.likeness()) > (parts(known), known.likeness());
                if best.get(&found.layer).is_none_or(better) {
                    best.insert(found.layer, found);
                }
            }
        }
    }
    for found in by_gates(looks, ln_level) {
        best.entry(found.layer).or_insert(found);
    }
    best.into_values().collect()
}

/// Layers whose neurons were matched by their gates: of attention nothing is told.
fn by_gates(looks: &Looks, ln_level: f64) -> Vec<LayerFound> {
    let heard = looks.looks.iter().filter(|look| look.kind == Kind::Gram && look.silent.is_none());
    let told = heard.flat_map(|look| &look.layers).filter(|layer| layer.z > 0.0 && ln_pooled(layer.z) <= ln_level);
    let found = told.map(|layer| LayerFound {
        layer: layer.candidate,
        from: layer.reference,
        basis: BasisKind::Untold,
        arrangement: Arrangement::Matched,
        feed_forward: true,
        attention: false,
        in_order: false,
        correlation: [(layer.z / (layer.units.max(1) as f64).sqrt()).clamp(0.0, 1.0), 0.0],
    });
    found.collect()
}

fn of_kind(heard: &[&Look], ln_level: f64) -> Vec<LayerFound> {
    let mut cells: BTreeMap<(usize, usize), [Pooled; 2]> = BTreeMap::new();
    for look in heard {
        let part = usize::from(!look.family.is_feed_forward());
        for layer in &look.layers {
            cells.entry((layer.candidate, layer.reference)).or_default()[part].add(layer.z, layer.units);
        }
    }
    // A part that rings over the whole tower is in the layers that its other part told, each of which agrees.
    let everywhere = [true, false].map(|neurons| {
        let of_part = heard.iter().filter(|look| look.family.is_feed_forward() == neurons);
        of_part.clone().any(|look| look.z > 0.0 && look.ln_p <= ln_level)
    });
    let found = cells.into_iter().filter_map(|((layer, from), [neurons, heads])| {
        let alone = [neurons.is_beyond(ln_level), heads.is_beyond(ln_level)];
        let feed_forward = alone[0] || alone[1] && everywhere[0] && neurons.z() > 0.0;
        let attention = alone[1] || alone[0] && everywhere[1] && heads.z() > 0.0;
        (feed_forward || attention).then(|| LayerFound {
            layer,
            from,
            basis: BasisKind::Untold,
            arrangement: Arrangement::InPlace,
            feed_forward,
            attention,
            in_order: true,
            correlation: [neurons.likeness(), heads.likeness()],
        })
    });
    found.collect()
}
