//! What the tensors and the config of a tower tell of its code: the width of its stream, its norms, gates and
//! turns, the channels of a head. What they do
//! not tell is not known.

use std::collections::BTreeSet;

use crate::measure::model::stacks::TowerParts;
use crate::weights::{ComponentKind, NormKind, Role, Rotary, Tensor, Traits, traits_by_shape, traits_of};

/// Keys of a config for the activation, and the ones that are a factor of the other branch where a part is gated.
const ACTIVATION: [&str; 5] =
    ["hidden_act", "hidden_activation", "activation_function", "hidden_dim_act", "activation"];
const GATES: [&str; 11] = [
    "silu",
    "swish",
    "gelu",
    "gelu_new",
    "gelu_fast",
    "gelu_pytorch_tanh",
    "quick_gelu",
    "relu",
    "relu2",
    "sigmoid",
    "tanh",
];

/// Whether a tensor is the gain or the bias of a norm on a stream.
pub(in crate::measure) fn is_norm(tensor: &Tensor) -> bool {
    tensor.shape.len() == 1
        && matches!(
            tensor.placement.role,
            Role::AttentionNorm | Role::FeedForwardNorm | Role::OtherNorm | Role::FinalNorm
        )
        && !is_head_norm(&tensor.name)
}

/// Whether a norm is that of queries or keys.
fn is_head_norm(name: &str) -> bool {
    ["q_norm", "k_norm", "q_layernorm", "k_layernorm", "query_layernorm", "key_layernorm", "q_ln", "k_ln"]
        .iter()
        .any(|word| name.split('.').any(|segment| segment == *word))
        || name.contains("attn_q_norm")
        || name.contains("attn_k_norm")
}

/// Channels of a head, where one vector stands before all queries, or all keys, of a layer: it is as long as a head.
pub(in crate::measure) fn measured_head(tensors: &[&Tensor]) -> Option<usize> {
    let side = |word: &str| {
        let of_it = |tensor: &&&Tensor| {
            tensor.shape.len() == 1
                && !tensor.placement.is_bias
                && is_head_norm(&tensor.name)
                && tensor.name.contains(word)
        };
        tensors.iter().find(of_it).and_then(|tensor| usize::try_from(tensor.elements).ok())
    };
    let rows = tensors.iter().find(|tensor| tensor.placement.role == Role::Output && !tensor.placement.is_bias)?;
    // A norm over all heads together is as long as a side of what follows.
    let (query, key) = (side("q").or_else(|| side("query"))?, side("k").or_else(|| side("key"))?);
    (query == key && rows.shape.iter().all(|&side| side != query as u64)).then_some(query)
}

/// Channels of the stream: of what its norms, the config and the table say, that which most of its matrices have
/// as a side.
pub(in crate::measure) fn stream_width(parts: &TowerParts<'_>, table_width: usize) -> usize {
    let mut said: Vec<usize> = Vec::new();
    let norms = |in_layer: bool| {
        let own =
            parts.tensors.iter().filter(move |tensor| is_norm(tensor) && tensor.placement.layer.is_some() == in_layer);
        own.filter_map(|tensor| usize::try_from(tensor.elements).ok())
    };
    said.extend(norms(true).chain(norms(false)));
    said.extend(parts.config.number(&["hidden_size", "n_embd", "d_model", "embed_dim"]));
    said.push(table_width);
    let mut seen = BTreeSet::new();
    said.retain(|width| *width > 0 && seen.insert(*width));
    let fitting = |width: usize| {
        let matrices =
            parts.tensors.iter().filter(|tensor| tensor.shape.len() > 1 && tensor.placement.role.is_of_a_layer());
        matrices.filter(|tensor| tensor.shape.iter().rev().take(2).any(|&side| side == width as u64)).count()
    };
    // Of equally fitting ones the first that was said.
    said.iter().rev().copied().max_by_key(|&width| fitting(width)).unwrap_or(0)
}

/// What is known of a tower's code: from its family's row, else from its tensors and its config, and no more than
/// these tell.
pub(in crate::measure) fn traits_of_tower(parts: &TowerParts<'_>) -> Traits {
    let has = |wanted: &dyn Fn(Role) -> bool| parts.tensors.iter().any(|tensor| wanted(tensor.placement.role));
    let gated = has(&|role| matches!(role, Role::Gate | Role::GateUp(_)));
    let fused = has(&|role| matches!(role, Role::GateUp(_)));
    let norm_bias = parts.tensors.iter().any(|tensor| is_norm(tensor) && tensor.placement.is_bias);
    let learned = has(&|role| role == Role::PositionEmbedding) || parts.config.has("n_positions");
    let known = traits_of(parts.config.family());
    let mut traits = known.unwrap_or_else(|| traits_by_shape(norm_bias));
    traits.norm = Some(if norm_bias { NormKind::Layer } else { traits.norm.unwrap_or(NormKind::Rms) });
    // The order of the halves of a fused matrix is known by family alone.
    let stated = parts.config.word(&ACTIVATION).is_some_and(|word| GATES.contains(&word)) && !fused;
    traits.linear_up = match (gated, traits.linear_up) {
        (false, _) => Some(false),
        (true, None) if stated => Some(true),
        (true, known) => known,
    };
    traits.gain_lacks_one &= !parts.config.has_whole_gains();
    if parts.cross {
        // What turns queries and keys by position turns those of one stream.
        traits.norm_first = false;
        traits.rotary =
            if known.is_some_and(|traits| traits.rotary == Rotary::None) { Rotary::None } else { Rotary::Unknown };
    }
    if parts.kind == ComponentKind::Vision && !learned && traits.rotary == Rotary::None {
        traits.rotary = Rotary::Unknown;
    }
    traits
}
