//! Which tensors of a checkpoint make which tower: one for each stack of layers that has attention or a feed-
//! forward part.
//!
//! Encoder and decoder, stages, two eyes and further prediction layers are towers of their own, and so is the
//! attention of a decoder's layers that asks
//! the encoder. What stands outside all layers goes to the tower whose name it shares most of.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::{Says, clean, says};
use crate::weights::{Checkpoint, ComponentKind, Config, Stack, Tensor};

/// Most towers of one kind. A stage is rarely followed by more than three others; each tower is put against each
/// of the reference, so time grows with the
/// square.
const MOST_TOWERS: usize = 8;
/// Longest id of a tower, in characters: it stands in tables.
const LONGEST_ID: usize = 48;

/// The components that are towers, each with the keys of its part of a config.
pub(in crate::measure) const TOWERS: [(ComponentKind, &[&str]); 3] = [
    (ComponentKind::Text, &["text_config", "llm_config", "language_config"]),
    (ComponentKind::Vision, &["vision_config", "visual", "vit_config"]),
    (ComponentKind::Audio, &["audio_config"]),
];

/// The tensors of one tower.
#[derive(Debug, Clone)]
pub(in crate::measure) struct TowerParts<'a> {
    /// Its name in evidence: `text`, or `text-decoder` where there are several of the kind.
    pub id: String,
    pub kind: ComponentKind,
    /// Its place in [`Checkpoint::stacks`]; none where names tell no layers.
    pub stack: Option<u32>,
    /// What the names of its layers begin with.
    pub prefix: String,
    /// The second attention of layers, which asks another stream.
    pub cross: bool,
    /// What the config says of it.
    pub config: Config,
    pub tensors: Vec<&'a Tensor>,
}

/// All towers of a checkpoint, and what belongs to none.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "the towers, beside what belongs to none")]
pub(in crate::measure) struct Towers<'a> {
    pub towers: Vec<TowerParts<'a>>,
    /// Trained numbers of stacks that no test can look at, by kind.
    pub not_compared: BTreeMap<ComponentKind, u64>,
    /// There are more towers than are compared.
    pub too_many: bool,
    pub left_out: Vec<Says>,
}

impl<'a> Towers<'a> {
    /// The towers of the tensors that can be compared.
    pub(in crate::measure) fn of(checkpoint: &Checkpoint, parts: &BTreeMap<ComponentKind, Vec<&'a Tensor>>) -> Self {
        let mut out = Self::default();
        let config = checkpoint.config();
        let has_text = parts.get(&ComponentKind::Text).is_some_and(|tensors| tensors.iter().any(|it| is_telling(it)));
        for (kind, keys) in TOWERS {
            let Some(tensors) = parts.get(&kind) else { continue };
            let stated = stated(&config, keys, kind == ComponentKind::Text || !has_text);
            out.add(kind, &stated, &checkpoint.stacks, tensors);
        }
        out
    }

    fn add(&mut self, kind: ComponentKind, config: &Config, stacks: &[Stack], tensors: &[&'a Tensor]) {
        let mut by_stack: BTreeMap<Option<u32>, Vec<&Tensor>> = BTreeMap::new();
        for &tensor in tensors {
            by_stack.entry(tensor.placement.stack).or_default().push(tensor);
        }
        let outside = by_stack.remove(&None).unwrap_or_default();
        let (mut telling, others): (Vec<_>, Vec<_>) =
            by_stack.into_iter().partition(|(_, tensors)| tensors.iter().any(|tensor| is_telling(tensor)));
        telling.sort_by_key(|(_, tensors)| std::cmp::Reverse(parameters(tensors)));
        let beyond = telling.split_off(telling.len().min(MOST_TOWERS));
        telling.sort_by_key(|(stack, _)| *stack);
        if !beyond.is_empty() {
            self.too_many = true;
            let (id, count) = (kind.id(), MOST_TOWERS + beyond.len());
            self.left_out.push(says(
                format!("{id}: 층 묶음 {count}개 가운데 가장 큰 {MOST_TOWERS}개만 견주었다"),
                format!("{id}: of {count} stacks of layers only the {MOST_TOWERS} largest were compared"),
            ));
        }
        for (stack, tensors) in others.into_iter().chain(beyond) {
            *self.not_compared.entry(kind).or_default() += parameters(&tensors);
            let name = stack.and_then(|at| stacks.get(at as usize)).map_or_else(String::new, |it| clean(&it.prefix));
            if tensors.iter().any(|tensor| tensor.shape.len() > 1) {
                self.left_out.push(says(
                    format!("{name} (주의도 피드포워드도 아닌 층)"),
                    format!("{name} (layers without attention and feed-forward part)"),
                ));
            }
        }
        let found: Vec<Stack> =
            telling.iter().filter_map(|(stack, _)| stacks.get(stack.unwrap_or(u32::MAX) as usize).cloned()).collect();
        let first = self.towers.len();
        for (((stack, tensors), own), id) in telling.into_iter().zip(&found).zip(ids(kind, &found)) {
            self.towers.push(TowerParts {
                id,
                kind,
                stack,
                prefix: own.prefix.clone(),
                cross: own.cross,
                config: half(config, &own.prefix),
                tensors,
            });
        }
        if self.towers.len() == first && !outside.is_empty() {
            let (id, config) = (kind.id().to_owned(), config.clone());
            let tensors = Vec::new();
            self.towers.push(TowerParts {
                id,
                kind,
                stack: None,
                prefix: String::new(),
                cross: false,
                config,
                tensors,
            });
        }
        for tensor in outside {
            if let Some(at) = home(&tensor.name, &self.towers[first..]) {
                self.towers[first + at].tensors.push(tensor);
            }
        }
        for tower in &mut self.towers[first..] {
            tower.tensors.sort_by(|a, b| a.name.cmp(&b.name));
        }
    }

    /// The tower whose stream the head reads: a decoder, else the largest tower of text.
    pub(in crate::measure) fn before_head(&self) -> Option<&TowerParts<'a>> {
        let text = || self.towers.iter().filter(|tower| tower.kind == ComponentKind::Text && !tower.cross);
        text().find(|tower| tower.is_side("decoder")).or_else(|| text().max_by_key(|tower| parameters(&tower.tensors)))
    }
}

impl TowerParts<'_> {
    /// Whether its name says that it is this side (`encoder`, `decoder`) of a model.
    pub(in crate::measure) fn is_side(&self, side: &str) -> bool {
        self.prefix.split('.').any(|segment| segment == side)
    }

    /// Number of its layers.
    pub(in crate::measure) fn depth(&self) -> usize {
        self.tensors.iter().filter_map(|tensor| tensor.placement.layer).collect::<BTreeSet<_>>().len()
    }
}

/// A matrix that some family reads.
fn is_telling(tensor: &Tensor) -> bool {
    let placement = tensor.placement;
    placement.layer.is_some() && !placement.is_bias && tensor.shape.len() > 1 && placement.role.is_of_a_layer()
}

fn parameters(tensors: &[&Tensor]) -> u64 {
    tensors.iter().map(|tensor| tensor.parameters()).sum()
}

/// What a config says of the towers of a kind: the part about them, or the whole, where it can only mean them.
/// What it says of text it does not say of an eye.
fn stated(config: &Config, keys: &[&str], alone: bool) -> Config {
    let part = config.nested(keys);
    let both_sides = || config.has("encoder_attention_heads") || config.has("encoder_layers");
    part.unwrap_or_else(|| if alone || both_sides() { config.clone() } else { Config::default() })
}

/// The half of a config about encoder or decoder, if it has halves.
fn half(config: &Config, prefix: &str) -> Config {
    let side = ["encoder", "decoder"].into_iter().find(|side| prefix.split('.').any(|segment| segment == *side));
    side.and_then(|side| config.nested(&[side])).unwrap_or_else(|| config.clone())
}

/// Of several towers the one that a tensor outside all layers belongs to: the one that it shares most words of
/// its name with; of these the one with fewest
/// others.
fn home(name: &str, towers: &[TowerParts<'_>]) -> Option<usize> {
    let words: BTreeSet<&str> = name.split('.').collect();
    let likeness = |tower: &TowerParts<'_>| {
        let own: BTreeSet<&str> = tower.prefix.split('.').collect();
        (words.intersection(&own).count(), std::cmp::Reverse(own.len()), !tower.cross)
    };
    (0..towers.len()).rev().max_by_key(|&at| likeness(&towers[at]))
}

/// Ids of the towers of one kind: its word, and where there are several the shortest part of each prefix that
/// tells it from the others. The attention of a decoder that asks the encoder is a part of the decoder's tower:
/// `text-decoder/cross`.
pub(in crate::measure) fn ids(kind: ComponentKind, stacks: &[Stack]) -> Vec<String> {
    if stacks.len() == 1 {
        return vec![kind.id().to_owned()];
    }
    let paths: Vec<Vec<&str>> = stacks.iter().map(|stack| stack.prefix.split('.').collect()).collect();
    let same = paths.iter().all(|path| *path == paths[0]);
    let shortest = paths.iter().map(Vec::len).min().unwrap_or(0);
    let common = |segment: &dyn Fn(&[&str]) -> String| {
        paths.iter().map(|path| segment(path)).collect::<BTreeSet<_>>().len() == 1
    };
    let before = (0..shortest).take_while(|&at| common(&|path| path[at].to_owned())).count();
    let after = (1..=shortest - before.min(shortest))
        .take_while(|&at| common(&|path| path[path.len() - at].to_owned()))
        .count();
    let mut taken = BTreeSet::new();
    let named = paths.iter().zip(stacks).map(|(path, stack)| {
        let cross = if stack.cross { "/cross" } else { "" };
        let told = path.get(before..path.len() - after).filter(|told| !told.is_empty());
        let last = || path.last().filter(|last| !last.is_empty()).map_or("layers", |last| *last).to_owned();
        let told = told.map_or_else(last, |told| told.join("."));
        let told = if told.is_empty() { last() } else { told };
        let told: String = clean(&told).chars().take(LONGEST_ID).collect();
        // Of one decoder alone nothing has to be told.
        let base = if same { kind.id().to_owned() } else { format!("{}-{told}", kind.id()) } + cross;
        let again = |number: &usize| if *number == 1 { base.clone() } else { format!("{base}-{number}") };
        let id = (1..=taken.len() + 1)
            .find(|number| !taken.contains(&again(number)))
            .map_or_else(|| base.clone(), |number| again(&number));
        taken.insert(id.clone());
        id
    });
    named.collect()
}

/// The kind of a tower by its id; none of an id of something else.
pub(in crate::measure) fn kind_of(id: &str) -> Option<ComponentKind> {
    let stem = id.split(['-', '/']).next().unwrap_or(id);
    TOWERS.iter().map(|tower| tower.0).find(|kind| kind.id() == stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(prefixes: &[(&str, bool)]) -> Vec<String> {
        let stack = |&(prefix, cross): &(&str, bool)| Stack {
            component: ComponentKind::Text,
            prefix: prefix.to_owned(),
            cross,
        };
        ids(ComponentKind::Text, &prefixes.iter().map(stack).collect::<Vec<_>>())
    }

    #[test]
    fn ids_tell_what_differs() {
        assert_eq!(named(&[("model.layers", false)]), ["text"]);
        assert_eq!(
            named(&[("model.decoder.layers", false), ("model.decoder.layers", true), ("model.encoder.layers", false)]),
            ["text-decoder", "text-decoder/cross", "text-encoder"]
        );
        assert_eq!(named(&[("net.stage1.block", false), ("net.stage2.block", false)]), ["text-stage1", "text-stage2"]);
        assert_eq!(named(&[("model.layers", false), ("model.aux.layers", false)]), ["text-layers", "text-aux"]);
        assert_eq!(named(&[("h", false), ("h", true)]), ["text", "text/cross"]);
        assert_eq!(named(&[("", false), ("h", false)]), ["text-layers", "text-h"]);
    }

    #[test]
    fn ids_differ_whatever_the_prefixes() {
        let long = "x".repeat(200);
        let prefixes = ["a\u{7}.b", "a\u{8}.b", &format!("{long}1"), &format!("{long}2"), "b.b", "a.b.b"];
        let found = named(&prefixes.map(|prefix| (prefix, false)));
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), prefixes.len(), "{found:?}");
        assert!(found.iter().all(|id| kind_of(id) == Some(ComponentKind::Text) && !id.chars().any(char::is_control)));
    }
}
