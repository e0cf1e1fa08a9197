//! What a tensor is for, told from its name: the table of names by architecture family (method 3.3).
//!
//! A row says: a tensor whose name ends in these segments has this role. Rows that hold only for some families
//! name them and stand before the general row. Names are hints: shapes decide in `measure`, and a tensor that no row
//! knows is `Unknown`, never dropped.

/// What a tensor does in its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A row for each token of the vocabulary.
    TokenEmbedding,
    /// A row for each position.
    PositionEmbedding,
    /// A row for each segment type.
    TypeEmbedding,
    /// Weights of heads by distance.
    RelativePositions,
    /// From a table narrower than the stream to the stream.
    TableToStream,
    /// From pixels or sound to the stream.
    PatchEmbedding,
    /// The learned first token of a vision tower.
    ClassToken,
    /// From the stream to tokens.
    Head,
    /// From the stream to classes.
    Classifier,
    /// Attention: what asks.
    Query,
    /// Attention: what is asked.
    Key,
    /// Attention: what is carried.
    Value,
    /// Attention: back to the stream.
    Output,
    /// Query, key and value in one tensor.
    QueryKeyValue(Fusion),
    /// Latent attention: stream to query latent.
    QueryDown,
    /// Latent attention: query latent to heads.
    QueryUp,
    /// Latent attention: stream to key and value latent, with the shared rotary key.
    KeyValueDown,
    /// Latent attention: latent to heads.
    KeyValueUp,
    /// Feed-forward: the branch through the activation.
    Gate,
    /// Feed-forward: the linear branch, or the only one.
    Up,
    /// Feed-forward: back to the stream.
    Down,
    /// Gate and up in one tensor.
    GateUp(Halves),
    /// Chooses experts.
    Router,
    /// Weighs the expert that all tokens share.
    SharedGate,
    /// Gain of the norm before attention.
    AttentionNorm,
    /// Gain of the norm before the feed-forward part.
    FeedForwardNorm,
    /// Gain of the last norm.
    FinalNorm,
    /// Gain of any other norm.
    OtherNorm,
    /// Between a vision or audio tower and the text backbone.
    Projector,
    /// Low-rank factor of an adapter.
    LowRank,
    /// Scale of quantised numbers.
    Scale,
    /// Numbers packed several to a word.
    Packed,
    /// Computed, not trained: rotary tables, masks, position ids, sinusoids.
    Buffer,
    /// No row knows it.
    Unknown,
}

impl Role {
    /// Its word in files and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::TokenEmbedding => "token-embedding",
            Self::PositionEmbedding => "position-embedding",
            Self::TypeEmbedding => "type-embedding",
            Self::RelativePositions => "relative-positions",
            Self::TableToStream => "table-to-stream",
            Self::PatchEmbedding => "patch-embedding",
            Self::ClassToken => "class-token",
            Self::Head => "head",
            Self::Classifier => "classifier",
            Self::Query => "query",
            Self::Key => "key",
            Self::Value => "value",
            Self::Output => "output",
            Self::QueryKeyValue(_) => "query-key-value",
            Self::QueryDown => "query-down",
            Self::QueryUp => "query-up",
            Self::KeyValueDown => "key-value-down",
            Self::KeyValueUp => "key-value-up",
            Self::Gate => "gate",
            Self::Up => "up",
            Self::Down => "down",
            Self::GateUp(_) => "gate-up",
            Self::Router => "router",
            Self::SharedGate => "shared-gate",
            Self::AttentionNorm => "attention-norm",
            Self::FeedForwardNorm => "feed-forward-norm",
            Self::FinalNorm => "final-norm",
            Self::OtherNorm => "other-norm",
            Self::Projector => "projector",
            Self::LowRank => "low-rank",
            Self::Scale => "scale",
            Self::Packed => "packed",
            Self::Buffer => "buffer",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a layer has at most one matrix of this role, or one for each expert.
    pub fn is_of_a_layer(self) -> bool {
        self.is_of_attention() || self.is_of_latents() || self.is_of_feed_forward()
    }

    /// A matrix of attention by heads.
    pub fn is_of_attention(self) -> bool {
        matches!(self, Self::Query | Self::Key | Self::Value | Self::Output | Self::QueryKeyValue(_))
    }

    /// A matrix of latent attention.
    pub fn is_of_latents(self) -> bool {
        matches!(self, Self::QueryDown | Self::QueryUp | Self::KeyValueDown | Self::KeyValueUp)
    }

    /// A matrix of a feed-forward part.
    pub fn is_of_feed_forward(self) -> bool {
        matches!(self, Self::Gate | Self::Up | Self::Down | Self::GateUp(_))
    }
}

/// How query, key and value lie in one tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fusion {
    /// All queries, then all keys, then all values.
    Blocks,
    /// For each key-value head: its queries, its key, its value.
    Grouped,
}

/// How gate and up lie in one tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Halves {
    /// Gate first, then up.
    GateFirst,
    /// Row by row in turn.
    Interleaved,
}

/// A row: the ending of a name, the role, and the families (`model_type`) that it holds for; none means all.
type Row = (&'static str, Role, &'static [&'static str]);

/// The table. Endings are matched at dots, after `.weight` or `.bias` is taken off; the first row that fits decides.
pub static NAMES: &[Row] = &[
    // Computed tensors.
    ("inv_freq", Role::Buffer, &[]),
    ("rotary_emb.cos_cached", Role::Buffer, &[]),
    ("rotary_emb.sin_cached", Role::Buffer, &[]),
    ("position_ids", Role::Buffer, &[]),
    ("masked_bias", Role::Buffer, &[]),
    ("num_batches_tracked", Role::Buffer, &[]),
    ("running_mean", Role::Buffer, &[]),
    ("running_var", Role::Buffer, &[]),
    ("original_inv_freq", Role::Buffer, &[]),
    ("cos_cached", Role::Buffer, &[]),
    ("sin_cached", Role::Buffer, &[]),
    ("freqs_cis", Role::Buffer, &[]),
    ("relative_position_index", Role::Buffer, &[]),
    ("relative_coords_table", Role::Buffer, &[]),
    ("causal_mask", Role::Buffer, &[]),
    ("embed_positions", Role::Buffer, &["xglm", "whisper-encoder", "sinusoidal", "m2m_100", "marian"]),
    // Tables and their surroundings.
    ("embed_tokens", Role::TokenEmbedding, &[]),
    ("tok_embeddings", Role::TokenEmbedding, &[]),
    ("word_embeddings", Role::TokenEmbedding, &[]),
    ("token_embedding", Role::TokenEmbedding, &[]),
    ("wte", Role::TokenEmbedding, &[]),
    ("embed_in", Role::TokenEmbedding, &[]),
    ("shared", Role::TokenEmbedding, &[]),
    ("embed_positions", Role::PositionEmbedding, &[]),
    ("position_embeddings", Role::PositionEmbedding, &[]),
    ("position_embedding", Role::PositionEmbedding, &[]),
    ("positional_embedding", Role::PositionEmbedding, &[]),
    ("pos_embed", Role::PositionEmbedding, &[]),
    ("wpe", Role::PositionEmbedding, &[]),
    ("token_type_embeddings", Role::TypeEmbedding, &[]),
    ("embedding_hidden_mapping_in", Role::TableToStream, &[]),
    ("embeddings_project", Role::TableToStream, &[]),
    ("patch_embeddings.projection", Role::PatchEmbedding, &[]),
    ("patch_embedding", Role::PatchEmbedding, &[]),
    ("patch_embed.proj", Role::PatchEmbedding, &[]),
    ("patchifier.proj", Role::PatchEmbedding, &[]),
    ("visual.conv1", Role::PatchEmbedding, &[]),
    ("conv1", Role::PatchEmbedding, &[]),
    ("cls_token", Role::ClassToken, &[]),
    ("class_embedding", Role::ClassToken, &[]),
    ("lm_head", Role::Head, &[]),
    ("embed_out", Role::Head, &[]),
    ("output_layer", Role::Head, &[]),
    ("proj_out", Role::Head, &["whisper"]),
    ("cls.predictions.decoder", Role::Head, &[]),
    ("cls.predictions.transform.dense", Role::Head, &[]),
    ("cls.predictions.transform.LayerNorm", Role::Head, &[]),
    ("cls.predictions", Role::Head, &[]),
    ("predictions", Role::Head, &["albert", "electra"]),
    ("predictions.decoder", Role::Head, &["albert", "electra"]),
    ("predictions.dense", Role::Head, &["albert", "electra"]),
    ("predictions.LayerNorm", Role::Head, &["albert", "electra"]),
    ("classifier", Role::Classifier, &[]),
    ("score", Role::Classifier, &[]),
    // Attention.
    ("self_attn.q_proj", Role::Query, &[]),
    ("self_attn.k_proj", Role::Key, &[]),
    ("self_attn.v_proj", Role::Value, &[]),
    ("self_attn.o_proj", Role::Output, &[]),
    ("self_attn.out_proj", Role::Output, &[]),
    ("self_attn.dense", Role::Output, &[]),
    ("self_attn.qkv_proj", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("self_attn.W_pack", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("self_attn.q_a_proj", Role::QueryDown, &[]),
    ("self_attn.q_b_proj", Role::QueryUp, &[]),
    ("self_attn.kv_a_proj_with_mqa", Role::KeyValueDown, &[]),
    ("self_attn.kv_b_proj", Role::KeyValueUp, &[]),
    ("self_attn.q_norm", Role::OtherNorm, &[]),
    ("self_attn.k_norm", Role::OtherNorm, &[]),
    ("SelfAttention.q", Role::Query, &[]),
    ("SelfAttention.k", Role::Key, &[]),
    ("SelfAttention.v", Role::Value, &[]),
    ("SelfAttention.o", Role::Output, &[]),
    ("SelfAttention.relative_attention_bias", Role::RelativePositions, &[]),
    ("attention.self.query", Role::Query, &[]),
    ("attention.self.key", Role::Key, &[]),
    ("attention.self.value", Role::Value, &[]),
    ("attention.output.dense", Role::Output, &[]),
    ("attention.output.LayerNorm", Role::OtherNorm, &[]),
    ("attention.attention.query", Role::Query, &[]),
    ("attention.attention.key", Role::Key, &[]),
    ("attention.attention.value", Role::Value, &[]),
    ("attention.query_key_value", Role::QueryKeyValue(Fusion::Grouped), &[]),
    ("self_attention.query_key_value", Role::QueryKeyValue(Fusion::Blocks), &["chatglm", "glm", "glm4"]),
    ("self_attention.query_key_value", Role::QueryKeyValue(Fusion::Grouped), &[]),
    ("attention.dense", Role::Output, &[]),
    ("self_attention.dense", Role::Output, &[]),
    ("attention.wqkv", Role::QueryKeyValue(Fusion::Grouped), &[]),
    ("attention.wq", Role::Query, &[]),
    ("attention.wk", Role::Key, &[]),
    ("attention.wv", Role::Value, &[]),
    ("attention.wo", Role::Output, &[]),
    ("attn.c_attn", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("attn.Wqkv", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("attn.qkv", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("attn.in_proj_weight", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("attn.in_proj_bias", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("attn.c_proj", Role::Output, &[]),
    ("attn.out_proj", Role::Output, &[]),
    ("attn.proj", Role::Output, &[]),
    ("attn.dense", Role::Output, &[]),
    ("attn.q_proj", Role::Query, &[]),
    ("attn.k_proj", Role::Key, &[]),
    ("attn.v_proj", Role::Value, &[]),
    ("attn.o_proj", Role::Output, &[]),
    ("attn.wq", Role::Query, &[]),
    ("attn.wk", Role::Key, &[]),
    ("attn.wv", Role::Value, &[]),
    ("attn.wo", Role::Output, &[]),
    // Feed-forward.
    ("gate_proj", Role::Gate, &[]),
    ("up_proj", Role::Up, &[]),
    ("down_proj", Role::Down, &[]),
    ("gate_up_proj", Role::GateUp(Halves::Interleaved), &["gpt_oss"]),
    ("gate_up_proj", Role::GateUp(Halves::GateFirst), &[]),
    ("shared_expert_gate", Role::SharedGate, &[]),
    ("block_sparse_moe.gate", Role::Router, &[]),
    ("feed_forward.gate", Role::Router, &[]),
    ("mlp.gate", Role::Router, &[]),
    ("mlp.router", Role::Router, &[]),
    ("router", Role::Router, &[]),
    ("e_score_correction_bias", Role::Router, &[]),
    ("feed_forward.w1", Role::Gate, &[]),
    ("feed_forward.w3", Role::Up, &[]),
    ("feed_forward.w2", Role::Down, &[]),
    ("mlp.w1", Role::Up, &["qwen"]),
    ("mlp.w2", Role::Gate, &["qwen"]),
    ("w1", Role::Gate, &[]),
    ("w3", Role::Up, &[]),
    ("w2", Role::Down, &[]),
    ("mlp.c_gate", Role::Gate, &[]),
    ("mlp.c_fc_0", Role::Gate, &["exaone"]),
    ("mlp.c_fc_1", Role::Up, &["exaone"]),
    ("mlp.c_fc", Role::Up, &[]),
    ("mlp.c_proj", Role::Down, &[]),
    ("mlp.dense_h_to_4h", Role::GateUp(Halves::GateFirst), &["chatglm", "glm", "glm4"]),
    ("mlp.dense_h_to_4h", Role::Up, &[]),
    ("mlp.dense_4h_to_h", Role::Down, &[]),
    ("mlp.fc1", Role::Up, &[]),
    ("mlp.fc2", Role::Down, &[]),
    ("fc1", Role::Up, &[]),
    ("fc2", Role::Down, &[]),
    ("DenseReluDense.wi_0", Role::Gate, &[]),
    ("DenseReluDense.wi_1", Role::Up, &[]),
    ("DenseReluDense.wi", Role::Up, &[]),
    ("DenseReluDense.wo", Role::Down, &[]),
    ("ffn", Role::Up, &["albert"]),
    ("ffn_output", Role::Down, &["albert"]),
    ("feed_forward.intermediate_dense", Role::Up, &[]),
    ("feed_forward.output_dense", Role::Down, &[]),
    ("ffn.up_proj", Role::Up, &[]),
    ("ffn.down_proj", Role::Down, &[]),
    ("intermediate.dense", Role::Up, &[]),
    ("output.dense", Role::Down, &[]),
    // Norms.
    ("input_layernorm", Role::AttentionNorm, &[]),
    ("attention_norm", Role::AttentionNorm, &[]),
    ("ln_1", Role::AttentionNorm, &[]),
    ("layernorm_before", Role::AttentionNorm, &[]),
    ("layer_norm1", Role::AttentionNorm, &[]),
    ("norm1", Role::AttentionNorm, &[]),
    ("norm_1", Role::AttentionNorm, &[]),
    ("self_attn_layer_norm", Role::AttentionNorm, &[]),
    ("pre_feedforward_layernorm", Role::FeedForwardNorm, &[]),
    ("layer.0.layer_norm", Role::AttentionNorm, &["t5", "mt5", "umt5", "longt5"]),
    ("layer.1.layer_norm", Role::OtherNorm, &["t5", "mt5", "umt5", "longt5"]),
    ("layer.2.layer_norm", Role::FeedForwardNorm, &["t5", "mt5", "umt5", "longt5"]),
    ("post_attention_layernorm", Role::OtherNorm, &["gemma2", "gemma3", "gemma3_text", "exaone4", "olmo2", "olmo3"]),
    ("post_attention_layernorm", Role::FeedForwardNorm, &[]),
    ("ffn_norm", Role::FeedForwardNorm, &[]),
    ("ln_2", Role::FeedForwardNorm, &[]),
    ("layernorm_after", Role::FeedForwardNorm, &[]),
    ("layer_norm2", Role::FeedForwardNorm, &[]),
    ("norm2", Role::FeedForwardNorm, &[]),
    ("norm_2", Role::FeedForwardNorm, &[]),
    ("full_layer_layer_norm", Role::OtherNorm, &["albert"]),
    ("final_layer_norm", Role::FinalNorm, &[]),
    ("model.norm", Role::FinalNorm, &[]),
    ("transformer.ln_f", Role::FinalNorm, &[]),
    ("ln_f", Role::FinalNorm, &[]),
    ("post_layernorm", Role::FinalNorm, &[]),
    ("layernorm", Role::FinalNorm, &[]),
    ("output.LayerNorm", Role::OtherNorm, &[]),
    ("LayerNorm", Role::OtherNorm, &[]),
];

/// Names that llama.cpp gives in GGUF files, the same for all families. Gate and up of some families lie in one tensor.
static GGUF_NAMES: &[Row] = &[
    ("rope_freqs", Role::Buffer, &[]),
    ("rope_factors_long", Role::Buffer, &[]),
    ("rope_factors_short", Role::Buffer, &[]),
    ("attn_rot_embd", Role::Buffer, &[]),
    ("token_embd", Role::TokenEmbedding, &[]),
    ("position_embd", Role::PositionEmbedding, &[]),
    ("token_types", Role::TypeEmbedding, &[]),
    ("token_embd_norm", Role::OtherNorm, &[]),
    ("patch_embd", Role::PatchEmbedding, &[]),
    ("output_norm", Role::FinalNorm, &[]),
    ("attn_q", Role::Query, &[]),
    ("attn_k", Role::Key, &[]),
    ("attn_v", Role::Value, &[]),
    ("attn_output", Role::Output, &[]),
    ("attn_qkv", Role::QueryKeyValue(Fusion::Blocks), &[]),
    ("attn_q_a", Role::QueryDown, &[]),
    ("attn_q_b", Role::QueryUp, &[]),
    ("attn_kv_a_mqa", Role::KeyValueDown, &[]),
    ("attn_kv_b", Role::KeyValueUp, &[]),
    ("attn_norm", Role::AttentionNorm, &[]),
    ("attn_q_norm", Role::OtherNorm, &[]),
    ("attn_k_norm", Role::OtherNorm, &[]),
    ("attn_q_a_norm", Role::OtherNorm, &[]),
    ("attn_kv_a_norm", Role::OtherNorm, &[]),
    ("attn_sub_norm", Role::OtherNorm, &[]),
    ("attn_output_norm", Role::OtherNorm, &[]),
    ("layer_output_norm", Role::OtherNorm, &[]),
    ("post_attention_norm", Role::OtherNorm, &[]),
    ("post_ffw_norm", Role::OtherNorm, &[]),
    ("ffn_sub_norm", Role::OtherNorm, &[]),
    ("ffn_gate_inp", Role::Router, &[]),
    ("ffn_gate_inp_shexp", Role::SharedGate, &[]),
    ("exp_probs_b", Role::Router, &[]),
    ("ffn_gate", Role::Gate, &[]),
    ("ffn_gate_exps", Role::Gate, &[]),
    ("ffn_gate_shexp", Role::Gate, &[]),
    ("ffn_up", Role::GateUp(Halves::GateFirst), &["phi3", "chatglm", "glm", "glm4"]),
    ("ffn_up", Role::Up, &[]),
    ("ffn_up_exps", Role::Up, &[]),
    ("ffn_up_shexp", Role::Up, &[]),
    ("ffn_gate_up_exps", Role::GateUp(Halves::GateFirst), &[]),
    ("ffn_down", Role::Down, &[]),
    ("ffn_down_exps", Role::Down, &[]),
    ("ffn_down_shexp", Role::Down, &[]),
];

/// Endings of companions that belong to the tensor before the dot.
static SCALES: &[&str] = &[
    "weight_scale",
    "weight_scale_inv",
    "weight_scale_2",
    "weight_global_scale",
    "SCB",
    "scales",
    "input_scale",
    "input_scale_ub",
    "input_global_scale",
    "output_scale",
    "activation_scale",
    "pre_quant_scale",
    "q_scale",
    "k_scale",
    "v_scale",
    "prob_output_scale",
];
/// Parts of names that tools for adapters give to factors.
static FACTORS: &[&str] =
    &[".lora_", "_lora.", "lora_embedding", ".hada_w", ".lokr_w", ".ia3_l", ".oft_r", ".boft_r", ".vera_lambda"];
/// Endings of codes.
static CODES: &[&str] = &["qweight", "weight_packed", "q_weight", "trellis", "W_q", "_weight_qdata"];
/// Endings of what unpacks them and is no scale.
static UNPACKING: &[&str] = &[
    "qzeros",
    "scaled_zeros",
    "g_idx",
    "weight_shape",
    "weight_zero_point",
    "weight_g_idx",
    "weight_format",
    "absmax",
    "quant_map",
    "nested_absmax",
    "nested_quant_map",
    "bitsandbytes__nf4",
    "bitsandbytes__fp4",
    "q_scale_max",
    "q_groups",
    "q_group_map",
    "q_invperm",
    "q_perm",
];

/// Whether a name is that of a scale beside quantised numbers.
pub(super) fn is_scale(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    SCALES.contains(&last) || ["_scales", "_proj_scale", "_scale_inv"].iter().any(|ending| last.ends_with(ending))
}

/// Whether a name is that of numbers packed several to a word, or of what unpacks them.
pub(super) fn is_packed(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    CODES.contains(&last) || UNPACKING.contains(&last) || last.ends_with("_blocks") || last == "blocks"
}

/// Whether a name is that of something that only unpacks codes.
pub(super) fn unpacks(name: &str) -> bool {
    UNPACKING.contains(&name.rsplit('.').next().unwrap_or(name))
}

/// Names of an attention that asks another stream, each with the name of the one that asks its own.
static CROSS: &[(&str, &str)] = &[
    ("encoder_attn", "self_attn"),
    ("encoder_attn_layer_norm", "self_attn_layer_norm"),
    ("EncDecAttention", "SelfAttention"),
    ("crossattention", "attention"),
    ("cross_attn", "self_attn"),
    ("cross_attention", "self_attention"),
    ("cross_attn_layer_norm", "self_attn_layer_norm"),
    ("context_attn", "self_attn"),
    ("encdec_attn", "self_attn"),
    ("multihead_attn", "self_attn"),
    ("cross_attn_q", "attn_q"),
    ("cross_attn_k", "attn_k"),
    ("cross_attn_v", "attn_v"),
    ("cross_attn_o", "attn_output"),
    ("cross_attn_norm", "attn_norm"),
];

/// Of a tensor of an attention that asks another stream: the name that it would have if it asked its own.
pub(super) fn self_named(name: &str) -> Option<String> {
    let own = |segment: &str| CROSS.iter().find(|row| row.0 == segment).map(|row| row.1);
    name.split('.').any(|segment| own(segment).is_some()).then(|| {
        let named: Vec<&str> = name.split('.').map(|segment| own(segment).unwrap_or(segment)).collect();
        named.join(".")
    })
}

/// The role by the table. `family` is config.json's `model_type` (of the tower concerned).
pub(super) fn role_of(name: &str, family: &str) -> Role {
    if is_scale(name) {
        return Role::Scale;
    }
    if is_packed(name) {
        return Role::Packed;
    }
    if FACTORS.iter().any(|word| name.contains(word)) {
        return Role::LowRank;
    }
    let bare = bare(name);
    NAMES
        .iter()
        .chain(GGUF_NAMES)
        .find(|(ending, _, families)| ends_at_dot(bare, ending) && (families.is_empty() || families.contains(&family)))
        .map_or(Role::Unknown, |&(_, role, _)| role)
}

/// A tensor's name without `.weight` or `.bias`.
pub(super) fn bare(name: &str) -> &str {
    name.strip_suffix(".weight").or_else(|| name.strip_suffix(".bias")).unwrap_or(name)
}

fn ends_at_dot(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_several_families() {
        for (name, family, role) in [
            ("model.layers.3.self_attn.q_proj.weight", "llama", Role::Query),
            ("model.layers.3.mlp.gate.weight", "deepseek_v3", Role::Router),
            ("model.layers.3.mlp.experts.7.gate_proj.weight", "deepseek_v3", Role::Gate),
            ("model.layers.0.block_sparse_moe.experts.1.w3.weight", "mixtral", Role::Up),
            ("transformer.h.0.mlp.w1.weight", "qwen", Role::Up),
            ("transformer.h.0.attn.c_attn.bias", "gpt2", Role::QueryKeyValue(Fusion::Blocks)),
            ("gpt_neox.layers.0.attention.query_key_value.weight", "gpt_neox", Role::QueryKeyValue(Fusion::Grouped)),
            (
                "transformer.encoder.layers.0.self_attention.query_key_value.weight",
                "chatglm",
                Role::QueryKeyValue(Fusion::Blocks),
            ),
            ("model.layers.0.self_attn.q_proj.weight_scale_inv", "deepseek_v3", Role::Scale),
            ("model.layers.0.mlp.experts.gate_up_proj_scale_inv", "qwen3_moe", Role::Scale),
            ("model.layers.0.feed_forward.experts.down_proj_scale", "llama4", Role::Scale),
            ("logit_scale", "clip", Role::Unknown),
            ("model.layers.0.self_attn.q_proj.qweight", "llama", Role::Packed),
            ("bert.encoder.layer.0.output.dense.weight", "bert", Role::Down),
            ("bert.encoder.layer.0.attention.output.dense.weight", "bert", Role::Output),
            ("model.layers.0.self_attn.rotary_emb.inv_freq", "llama", Role::Buffer),
            ("blk.3.attn_q.weight", "llama", Role::Query),
            ("blk.3.attn_output.weight", "llama", Role::Output),
            ("blk.3.ffn_gate_inp.weight", "qwen3_moe", Role::Router),
            ("blk.3.ffn_down_exps.weight", "qwen3_moe", Role::Down),
            ("blk.3.ffn_up.weight", "phi3", Role::GateUp(Halves::GateFirst)),
            ("blk.3.ffn_up.weight", "llama", Role::Up),
            ("blk.3.ffn_norm.weight", "llama", Role::FeedForwardNorm),
            ("blk.3.post_ffw_norm.weight", "gemma2", Role::OtherNorm),
            ("output_norm.weight", "llama", Role::FinalNorm),
            ("token_embd.weight", "llama", Role::TokenEmbedding),
            ("rope_freqs.weight", "llama", Role::Buffer),
            ("something.else", "llama", Role::Unknown),
            ("decoder.block.1.layer.0.SelfAttention.q.weight", "t5", Role::Query),
            ("decoder.block.1.layer.2.DenseReluDense.wi_0.weight", "mt5", Role::Gate),
            ("decoder.block.1.layer.2.DenseReluDense.wi_1.weight", "mt5", Role::Up),
            ("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", "t5", Role::RelativePositions),
            ("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight", "albert", Role::Up),
            ("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn_output.weight", "albert", Role::Down),
            ("model.layers.0.mlp.shared_expert_gate.weight", "qwen2_moe", Role::SharedGate),
            ("model.shared.weight", "m2m_100", Role::TokenEmbedding),
            ("electra.embeddings_project.weight", "electra", Role::TableToStream),
            ("predictions.decoder.weight", "albert", Role::Head),
            ("wav2vec2.encoder.layers.0.feed_forward.intermediate_dense.weight", "wav2vec2", Role::Up),
        ] {
            assert_eq!(role_of(name, family), role, "{name}");
        }
    }
}
