//! Which tensors stand in the same place: same component, role and expert, in layers that correspond, with the same
//! shape.

use std::collections::HashMap;

use crate::measure::verdict::alignment::LayerMaps;
use crate::weights::{Checkpoint, ComponentKind, Numbers, Placement, Role, Tensor};

/// Two tensors that are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    pub reference: &'a Tensor,
    pub candidate: &'a Tensor,
    pub rows: usize,
    pub columns: usize,
    /// Experts that one tensor holds; 1 for all others.
    pub parts: usize,
}

/// Bytes of the longest row that is read; what has longer ones is not compared number by number.
const LONGEST_ROW: usize = 8 << 20;

/// The pairs, in the order in which they lie in the candidate's files.
pub(super) fn pairs<'a>(
    reference: &'a Checkpoint,
    candidate: &'a Checkpoint,
    maps: &LayerMaps,
    without: &[ComponentKind],
) -> Vec<Pair<'a>> {
    let mut by_place: HashMap<(Placement, &str), &Tensor> = HashMap::new();
    let mut by_role: HashMap<Placement, Vec<&Tensor>> = HashMap::new();
    for tensor in reference.tensors.iter().filter(|tensor| is_comparable(tensor)) {
        by_place.insert((tensor.placement, tail(&tensor.name)), tensor);
        by_role.entry(tensor.placement).or_default().push(tensor);
    }
    let mut out: Vec<Pair<'_>> = candidate
        .tensors
        .iter()
        .filter(|tensor| is_comparable(tensor) && !without.contains(&tensor.placement.component))
        .filter_map(|tensor| {
            let (stack, layer) = match (tensor.placement.stack, tensor.placement.layer) {
                (Some(stack), Some(layer)) => match maps.get(&stack) {
                    Some(map) => (Some(map.reference), Some(*map.layers.get(&layer)?)),
                    None => (Some(same_stack(reference, candidate, stack)?), Some(layer)),
                },
                outside => outside,
            };
            let place = Placement { stack, layer, ..tensor.placement };
            let alone = || match by_role.get(&place).map(Vec::as_slice) {
                Some(&[only]) if place.role != Role::Unknown => Some(only),
                _ => None,
            };
            let other = by_place.get(&(place, tail(&tensor.name))).copied().or_else(alone)?;
            let (rows, columns) = table(tensor);
            let fits = table(other) == (rows, columns) && rows > 0 && columns > 0 && columns * 8 <= LONGEST_ROW;
            let parts = rows / Numbers::table_shape(tensor).0.clamp(1, rows.max(1));
            let parts = if parts > 1 { Numbers::table_shape(tensor).0 } else { 1 };
            fits.then_some(Pair { reference: other, candidate: tensor, rows, columns, parts })
        })
        .collect();
    out.sort_by_key(|pair| (pair.candidate.file, pair.candidate.begin));
    out
}

/// The reference's stack of the name that one of the candidate's has.
fn same_stack(reference: &Checkpoint, candidate: &Checkpoint, stack: u32) -> Option<u32> {
    let own = candidate.stacks.get(stack as usize)?;
    reference.stacks.binary_search(own).ok().and_then(|at| u32::try_from(at).ok())
}

fn is_comparable(tensor: &Tensor) -> bool {
    tensor.dtype.is_comparable()
        && !matches!(tensor.placement.role, Role::Packed | Role::Scale | Role::Buffer | Role::LowRank)
}

/// A tensor as a table: a vector is one row, and all experts of one tensor stand on top of each other.
fn table(tensor: &Tensor) -> (usize, usize) {
    let (rows, columns) = Numbers::table_shape(tensor);
    match tensor.shape.as_slice() {
        [] | [_] => (1, rows.saturating_mul(columns)),
        [_, inner, last] if tensor.placement.layer.is_some() => {
            let (inner, last) = (usize::try_from(*inner).unwrap_or(0), usize::try_from(*last).unwrap_or(0));
            (rows.saturating_mul(inner), last)
        }
        _ => (rows, columns),
    }
}

/// The name after the number of its layer: what tells two norms of one layer apart.
fn tail(name: &str) -> &str {
    let mut at = 0;
    for segment in name.split('.') {
        at += segment.len() + 1;
        if segment.bytes().all(|byte| byte.is_ascii_digit()) && at <= name.len() {
            return &name[at..];
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_begins_after_the_layer() {
        assert_eq!(tail("model.layers.12.self_attn.q_norm.weight"), "self_attn.q_norm.weight");
        assert_eq!(tail("lm_head.weight"), "lm_head.weight");
        assert_eq!(tail("x.3"), "x.3");
    }
}
