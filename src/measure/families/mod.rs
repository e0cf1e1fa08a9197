//! The families of tests: one group of symmetries a file, each with its formula, its group and when it must be silent.
//!
//! In: two layers or two tables, and which of their units correspond. Out: signed sums whose tail is proven, or counts.
//! A family is one file and one line of the table in [`family`]; whoever lists, pays for or names families reads that
//! table.

pub(in crate::measure) mod agreement;
pub(in crate::measure) mod basis;
pub(in crate::measure) mod beside;
pub(in crate::measure) mod correspond;
pub(in crate::measure) mod equal_numbers;
pub(in crate::measure) mod f1_channel_places;
pub(in crate::measure) mod f1_channel_signs;
pub(in crate::measure) mod f1_reordered_rows;
pub(in crate::measure) mod f2_neuron_swaps;
pub(in crate::measure) mod f3_up_down_signs;
pub(in crate::measure) mod f4_value_signs;
pub(in crate::measure) mod f5_rotary_signs;
pub(in crate::measure) mod f6_head_swaps;
pub(in crate::measure) mod f7_expert_swaps;
pub(in crate::measure) mod f8_latent_signs;
pub(in crate::measure) mod family;
pub(in crate::measure) mod gains;
pub(in crate::measure) mod moved_together;
pub(in crate::measure) mod own_layers;
pub(in crate::measure) mod patterns;
pub(in crate::measure) mod pooler;
pub(in crate::measure) mod repeated;
pub(in crate::measure) mod responses;
pub(in crate::measure) mod shared_change;
pub(in crate::measure) mod tables;
pub(in crate::measure) mod token_response;
pub(in crate::measure) mod units;
pub(in crate::measure) mod virtual_weights;
