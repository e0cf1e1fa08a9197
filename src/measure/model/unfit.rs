//! What is left out before anything is read, so that a file that lies costs nothing: tensors without numbers, and
//! tensors of a size that no model has.
//!
//! Tests read rows of a matrix by a plan, but vectors, tables of positions and routers whole; the bounds below keep
//! both within the memory that a run may take, and lie far beyond anything that is met (the widest vocabularies have a
//! quarter of a million rows).

use crate::measure::model::shape::Model;
use crate::text::{Says, says};
use crate::weights::{Checkpoint, Role, Tensor};

/// Longest side of a matrix.
const LONGEST_SIDE: u64 = 1 << 24;
/// Most matrices in one tensor.
const MOST_EXPERTS: u64 = 1 << 16;
/// Most numbers of a tensor that is read whole.
const MOST_WHOLE: u64 = 1 << 25;

/// Why a tensor is not read, if it is not.
pub(in crate::measure) fn objection(tensor: &Tensor) -> Option<Says> {
    let name = &tensor.name;
    if tensor.elements == 0 {
        return Some(says(format!("{name} (담긴 수가 없다)"), format!("{name} (it holds no numbers)")));
    }
    let whole = tensor.shape.len() < 2 || matches!(tensor.placement.role, Role::PositionEmbedding | Role::Router);
    let longest = tensor.shape.iter().copied().max().unwrap_or(1);
    let experts = if tensor.shape.len() == 3 { tensor.shape[0] } else { 1 };
    (whole && tensor.elements > MOST_WHOLE || longest > LONGEST_SIDE || experts > MOST_EXPERTS).then(|| {
        says(
            format!("{name} (수 {}개: 이런 크기의 모델은 없다)", tensor.elements),
            format!("{name} ({} numbers: no model has this size)", tensor.elements),
        )
    })
}

/// Whether a checkpoint gave not one number that could be compared, though nothing in it is of a kind that is known not
/// to be, or of a role that is not known: then there is nothing to measure, which is not the same as having measured
/// and found nothing.
pub(in crate::measure) fn is_barren(model: &Model, checkpoint: &Checkpoint) -> bool {
    let numbers = |matrix: &crate::measure::stats::matrix::Matrix| matrix.data.iter().any(|value| *value != 0.0);
    let held = model.embedding.iter().chain(&model.head).any(numbers)
        || model.projector.values().chain(model.head_layers.values()).any(numbers)
        || model.towers.iter().flat_map(|tower| &tower.layers).any(|layer| {
            layer.attention.iter().any(|part| numbers(&part.query) || numbers(&part.value))
                || layer.experts.iter().any(|part| numbers(&part.up) || numbers(&part.down))
                || layer.latents.iter().any(|(into, _)| numbers(into))
        });
    let of_another_kind = |tensor: &Tensor| {
        tensor.elements > 0
            && (tensor.placement.role == Role::Unknown && tensor.shape.len() > 1
                || matches!(tensor.placement.role, Role::Packed | Role::LowRank)
                || !tensor.dtype.is_comparable() && !matches!(tensor.placement.role, Role::Buffer | Role::Scale))
    };
    !held && !checkpoint.tensors.iter().any(of_another_kind)
}
