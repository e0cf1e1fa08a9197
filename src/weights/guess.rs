//! Roles of tensors under names that no table knows, from the words they are made of.
//!
//! Makers invent names but rarely words: a query is called `q`, `wq` or `query` by nearly all. A guess is a hint like
//! every name: shapes decide later whether it can be.

use super::roles::{Fusion, Halves, Role};

/// Words that say that the words after them are about attention, or about the feed-forward part.
const ATTENTION: &[&str] = &["attn", "attention", "att", "selfattn", "mha", "sa", "gqa"];
const FEED_FORWARD: &[&str] =
    &["mlp", "ffn", "ff", "feed", "forward", "feedforward", "expert", "experts", "moe", "glu", "swiglu"];

/// Words by role, within attention.
const IN_ATTENTION: &[(&[&str], Role)] = &[
    (&["qkv", "wqkv", "inproj", "pack"], Role::QueryKeyValue(Fusion::Blocks)),
    (&["q", "wq", "query", "queries", "qproj", "toq"], Role::Query),
    (&["k", "wk", "key", "keys", "kproj", "tok"], Role::Key),
    (&["v", "wv", "value", "values", "vproj", "tov"], Role::Value),
    (&["o", "wo", "out", "output", "oproj", "proj", "dense", "outproj"], Role::Output),
];
/// Words by role, within the feed-forward part.
const IN_FEED_FORWARD: &[(&[&str], Role)] = &[
    (&["router", "gating"], Role::Router),
    (&["gateup", "wgu"], Role::GateUp(Halves::GateFirst)),
    (&["gate", "wg", "w1", "g"], Role::Gate),
    (&["up", "wu", "w3", "in", "fc", "fc1", "inner", "wi", "lin1", "dense1", "expand"], Role::Up),
    (&["down", "wd", "w2", "out", "output", "proj", "fc2", "outer", "wo", "lin2", "dense2", "contract"], Role::Down),
];
/// Words by role, outside the layers.
const AT_THE_ENDS: &[(&[&str], Role)] = &[
    (&["pos", "position", "positions", "positional"], Role::PositionEmbedding),
    (&["patch", "patches", "patchify"], Role::PatchEmbedding),
    (&["cls"], Role::ClassToken),
    (&["head", "unembed", "unembedding", "logits", "lmhead", "output"], Role::Head),
    (&["embed", "embedding", "embeddings", "emb", "tokens", "word", "vocab", "wte"], Role::TokenEmbedding),
];

/// The role by words. `in_layer` says whether the tensor stands in a numbered layer.
pub(super) fn role_by_words(name: &str, in_layer: bool) -> Role {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if let Some(norm) = words
        .iter()
        .find(|word| word.contains("norm") || word.as_str() == "ln" || word.as_str() == "ln1" || word.as_str() == "ln2")
    {
        return norm_role(&words, norm, in_layer);
    }
    if !in_layer {
        return AT_THE_ENDS.iter().find(|(list, _)| has(list)).map_or(Role::Unknown, |row| row.1);
    }
    let joined = joined(&words);
    let last = |table: &[(&[&str], Role)]| {
        joined
            .iter()
            .rev()
            .find_map(|word| table.iter().find(|(list, _)| list.contains(&word.as_str())).map(|row| row.1))
    };
    let moe_gate = has(&["moe"]) && !has(&["expert", "experts"]) && words.last().is_some_and(|word| word == "gate");
    match (has(ATTENTION), has(FEED_FORWARD)) {
        _ if moe_gate => Role::Router,
        (true, _) => last(IN_ATTENTION).unwrap_or(Role::Unknown),
        (_, true) => last(IN_FEED_FORWARD).unwrap_or(Role::Unknown),
        _ => match last(&IN_ATTENTION[..4]) {
            Some(role) => role,
            None => last(IN_FEED_FORWARD).or_else(|| last(IN_ATTENTION)).unwrap_or(Role::Unknown),
        },
    }
}

fn norm_role(words: &[String], norm: &str, in_layer: bool) -> Role {
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if !in_layer {
        return Role::FinalNorm;
    }
    if has(&["q", "k", "query", "key"]) {
        return Role::OtherNorm;
    }
    if norm.ends_with('1')
        || has(&["1", "a"])
        || has(ATTENTION)
        || has(&["pre", "input", "before", "first"]) && !has(FEED_FORWARD)
    {
        return if has(&["post"]) { Role::FeedForwardNorm } else { Role::AttentionNorm };
    }
    if norm.ends_with('2') || has(&["2", "b"]) || has(FEED_FORWARD) || has(&["post", "after", "second"]) {
        return Role::FeedForwardNorm;
    }
    Role::OtherNorm
}

/// The words of a name in lower case: split at dots, underscores, hyphens and capitals; `weight` and `bias` left out.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // The number of a layer is no word; the one behind a word (`ln_1`) tells it from others.
    let segments = name.split('.').filter(|segment| !segment.bytes().all(|byte| byte.is_ascii_digit()));
    for part in segments.flat_map(|segment| segment.split(['_', '-', '/'])) {
        let mut word = String::new();
        let mut before_lower = false;
        for letter in part.chars() {
            if letter.is_uppercase() && before_lower && !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            before_lower = letter.is_lowercase();
            word.extend(letter.to_lowercase());
        }
        if !word.is_empty() {
            out.push(word);
        }
    }
    out.retain(|word| word != "weight" && word != "bias");
    out
}

/// The words, and each two neighbours as one (`gate_up`, `in_proj`), in the order of their ends.
fn joined(words: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate() {
        out.push(word.clone());
        if at > 0 {
            out.push(format!("{}{word}", words[at - 1]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_names() {
        for (name, role) in [
            ("decoder.blocks.3.att.wq.weight", Role::Query),
            ("net.layer.0.selfAttn.toV.weight", Role::Value),
            ("net.layer.0.attention.out.weight", Role::Output),
            ("trunk.7.ffn.gate_up.weight", Role::GateUp(Halves::GateFirst)),
            ("trunk.7.ffn.w_up.weight", Role::Up),
            ("trunk.7.ffn.w_down.weight", Role::Down),
            ("trunk.7.moe.gate.weight", Role::Router),
            ("trunk.7.moe.experts.2.gate.weight", Role::Gate),
            ("trunk.7.norm_attn.weight", Role::AttentionNorm),
            ("trunk.7.ffn_norm.weight", Role::FeedForwardNorm),
            ("trunk.7.attn.in_proj.weight", Role::QueryKeyValue(Fusion::Blocks)),
            ("trunk.1.sandwich_norm.weight", Role::OtherNorm),
        ] {
            assert_eq!(role_by_words(name, true), role, "{name}");
        }
        assert_eq!(role_by_words("trunk.embeddings.weight", false), Role::TokenEmbedding);
        assert_eq!(role_by_words("unembed.weight", false), Role::Head);
        assert_eq!(role_by_words("trunk.final_norm.weight", false), Role::FinalNorm);
    }
}
