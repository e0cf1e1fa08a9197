//! F6: exchangeable key-value heads (method 2.10, 4.13).
//!
//! - **Group**: permute key-value heads with their query heads.
//! - **Statistic**: heads `u` and `u' = u + n/2`: `t = S_uu + S_u'u' - S_uu' - S_u'u`, where `S` sums the similarities
//!   of the heads' forms (query with key, value with output). No map of a head's inner space changes a form.
//! - **Null**: swapping two heads in B flips `t`. The forms do not see the signs of F4 and F5, which stay exact beside
//!   it.
//! - **Not valid** with a single head.

use crate::measure::families::correspond::{HeadKey, query_head_similarity};
use crate::measure::model::shape::Attention;
use crate::measure::stats::tail::SignSum;
use crate::weights::Rotary;

pub(in crate::measure) fn test(reference: &Attention, candidate: &Attention, rotary: Rotary) -> SignSum {
    if reference.kv_heads != candidate.kv_heads
        || reference.heads != candidate.heads
        || reference.head_width != candidate.head_width
    {
        return SignSum::default();
    }
    let group = candidate.heads / candidate.kv_heads;
    let forms =
        [HeadKey::QueryKey, HeadKey::ValueOutput].map(|key| query_head_similarity(reference, candidate, key, rotary));
    let similarity = |a: usize, b: usize| -> f64 {
        forms
            .iter()
            .map(|form| (0..group).map(|at| f64::from(form.at(b * group + at, a * group + at))).sum::<f64>())
            .sum()
    };
    let half = candidate.kv_heads / 2;
    SignSum::of(
        (0..half)
            .map(|u| {
                let other = u + half;
                similarity(u, u) + similarity(other, other) - similarity(u, other) - similarity(other, u)
            })
            .collect(),
    )
}
