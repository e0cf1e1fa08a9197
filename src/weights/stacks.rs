//! Which tensors form one stack of layers: those whose names are the same up to the number of their layer.
//!
//! A name may have several numbers (`layers.0.blocks.1`, `block.0.layer.2`). The first one numbers the layers,
//! unless two matrices would then take one
//! place: then what lies outside is a stage, and the next number decides. Where only feed-forward matrices
//! repeat, the next number tells experts.

use std::collections::{BTreeMap, BTreeSet};

use super::checkpoint::Tensor;
use super::component::{ComponentKind, numbered};
use super::roles::{Role, self_named};

/// A stack of layers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stack {
    /// The part that it belongs to.
    pub component: ComponentKind,
    /// What the names of its tensors begin with, up to the number of the layer: `model.layers`.
    pub prefix: String,
    /// The second attention of its layers, which asks another stream (decoder to encoder).
    pub cross: bool,
}

/// A number in a name, and the name's beginning up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Level {
    prefix: String,
    number: u32,
}

/// The numbers of a name before its experts.
fn levels(name: &str) -> Vec<Level> {
    let mut out = Vec::new();
    let mut before = String::new();
    for segment in name.split('.').take_while(|segment| *segment != "experts") {
        let dot = if before.is_empty() { "" } else { "." };
        if let Some((word, number)) = numbered(segment) {
            let prefix = if word.is_empty() { before.clone() } else { format!("{before}{dot}{word}") };
            out.push(Level { prefix, number });
        }
        before = format!("{before}{dot}{segment}");
    }
    out
}

/// Gives every tensor of a layer its stack, its layer in it and its expert, and lists the stacks in the order of
/// their kinds and prefixes.
pub(super) fn arrange(tensors: &mut [Tensor]) -> Vec<Stack> {
    let names: Vec<Vec<Level>> = tensors.iter().map(|tensor| levels(&tensor.name)).collect();
    let mut places = BTreeMap::new();
    let all = (0..tensors.len()).filter(|&at| !names[at].is_empty()).collect();
    settle(tensors, &names, (all, 0), &mut places);
    let stacks: BTreeSet<Stack> = places.values().cloned().collect();
    let stacks: Vec<Stack> = stacks.into_iter().collect();
    for (at, stack) in places {
        tensors[at].placement.stack = stacks.binary_search(&stack).ok().and_then(|found| u32::try_from(found).ok());
    }
    stacks
}

/// Places the `members`, whose layers are told by the number at `depth` of their names or by one further in.
fn settle(
    tensors: &mut [Tensor],
    names: &[Vec<Level>],
    (members, depth): (Vec<usize>, usize),
    places: &mut BTreeMap<usize, Stack>,
) {
    let mut groups: BTreeMap<Stack, Vec<usize>> = BTreeMap::new();
    for at in members {
        let stack = Stack {
            component: tensors[at].placement.component,
            prefix: names[at][depth].prefix.clone(),
            cross: self_named(&tensors[at].name).is_some(),
        };
        groups.entry(stack).or_default().push(at);
    }
    for (stack, members) in groups {
        let repeated = repeated(tensors, names, &members, depth);
        let experts = !repeated.is_empty() && repeated.iter().all(|role| role.is_of_feed_forward());
        let (inner, here): (Vec<usize>, Vec<usize>) =
            members.into_iter().partition(|&at| !repeated.is_empty() && !experts && names[at].len() > depth + 1);
        for at in here {
            let placement = &mut tensors[at].placement;
            placement.layer = Some(names[at][depth].number);
            if experts && placement.role.is_of_feed_forward() && placement.expert.is_none() {
                placement.expert = names[at].get(depth + 1).map(|level| level.number);
            }
            places.insert(at, stack.clone());
        }
        if !inner.is_empty() {
            settle(tensors, names, (inner, depth + 1), places);
        }
    }
}

/// Roles that several matrices of one layer would have, where a further number tells them apart.
fn repeated(tensors: &[Tensor], names: &[Vec<Level>], members: &[usize], depth: usize) -> BTreeSet<Role> {
    let mut claims: BTreeMap<(u32, Option<u32>, Role), Vec<usize>> = BTreeMap::new();
    for &at in members {
        let placement = tensors[at].placement;
        if tensors[at].shape.len() > 1 && !placement.is_bias && placement.role.is_of_a_layer() {
            let place = (names[at][depth].number, placement.expert, placement.role);
            claims.entry(place).or_default().push(at);
        }
    }
    let told_apart = |claims: &Vec<usize>| {
        let further: BTreeSet<Vec<u32>> =
            claims.iter().map(|&at| names[at].iter().skip(depth + 1).map(|level| level.number).collect()).collect();
        further.len() > 1
    };
    claims.into_iter().filter(|(_, claims)| told_apart(claims)).map(|((_, _, role), _)| role).collect()
}

#[cfg(test)]
mod tests {
    use super::super::component::place;
    use super::*;
    use crate::weights::{Dtype, Tally};

    fn arranged(names: &[&str]) -> (Vec<Stack>, Vec<Tensor>) {
        let tensor = |name: &&str| Tensor {
            name: (*name).to_owned(),
            file: 0,
            dtype: Dtype::F32,
            shape: vec![8, 8],
            begin: 0,
            bytes: 256,
            elements: 64,
            pairs: None,
            placement: place(name, "ours", false),
            tally: Tally::Stored,
        };
        let mut tensors: Vec<Tensor> = names.iter().map(tensor).collect();
        let stacks = arrange(&mut tensors);
        (stacks, tensors)
    }

    fn placed(tensor: &Tensor, stacks: &[Stack]) -> (String, bool, Option<u32>, Option<u32>) {
        let stack = &stacks[tensor.placement.stack.expect("in a stack") as usize];
        (stack.prefix.clone(), stack.cross, tensor.placement.layer, tensor.placement.expert)
    }

    #[test]
    fn stacks_go_by_what_stands_before_the_number() {
        for (names, expected) in [
            (
                ["encoder.layers.3.self_attn.q_proj.weight", "decoder.layers.3.self_attn.q_proj.weight"],
                [("encoder.layers", 3), ("decoder.layers", 3)],
            ),
            (
                ["net.stage1.block0.attn.wq.weight", "net.stage2.block0.attn.wq.weight"],
                [("net.stage1.block", 0), ("net.stage2.block", 0)],
            ),
            (
                ["swin.layers.0.blocks.1.attn.qkv.weight", "swin.layers.0.blocks.0.attn.qkv.weight"],
                [("swin.layers.0.blocks", 1), ("swin.layers.0.blocks", 0)],
            ),
            (
                [
                    "0.bert.encoder.layer.1.attention.self.key.weight",
                    "0.bert.encoder.layer.0.attention.self.key.weight",
                ],
                [("0.bert.encoder.layer", 1), ("0.bert.encoder.layer", 0)],
            ),
        ] {
            let (stacks, tensors) = arranged(&names);
            for (tensor, (prefix, layer)) in tensors.iter().zip(expected) {
                assert_eq!(placed(tensor, &stacks), (prefix.to_owned(), false, Some(layer), None), "{}", tensor.name);
            }
        }
    }

    #[test]
    fn numbers_that_tell_nothing_are_passed_by() {
        let names = ["0.0.blocks.1.attn.wq.weight", "0.0.blocks.0.attn.wq.weight", "0.0.blocks.2.attn.wq.weight"];
        let (stacks, tensors) = arranged(&names);
        for (tensor, layer) in tensors.iter().zip([1, 0, 2]) {
            assert_eq!(placed(tensor, &stacks), ("0.0.blocks".to_owned(), false, Some(layer), None));
        }
    }

    #[test]
    fn parts_of_one_layer_that_are_numbered_stay_in_it() {
        let (stacks, tensors) = arranged(&[
            "decoder.block.4.layer.0.SelfAttention.q.weight",
            "decoder.block.4.layer.1.EncDecAttention.q.weight",
            "decoder.block.4.layer.2.DenseReluDense.wi_0.weight",
        ]);
        let found: Vec<_> = tensors.iter().map(|tensor| placed(tensor, &stacks)).collect();
        let of = |cross| ("decoder.block".to_owned(), cross, Some(4), None);
        assert_eq!(found, [of(false), of(true), of(false)]);
    }

    #[test]
    fn feed_forward_parts_that_repeat_are_experts() {
        let (stacks, tensors) = arranged(&[
            "h.0.attn.wq.weight",
            "h.0.ffn.0.up_proj.weight",
            "h.0.ffn.1.up_proj.weight",
            "h.0.ffn.1.down_proj.weight",
        ]);
        let found: Vec<_> = tensors.iter().map(|tensor| placed(tensor, &stacks)).collect();
        let of = |expert| ("h".to_owned(), false, Some(0), expert);
        assert_eq!(found, [of(None), of(Some(0)), of(Some(1)), of(Some(1))]);
    }
}
