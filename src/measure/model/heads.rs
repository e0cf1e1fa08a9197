//! How the rows of an attention divide into heads: told by the config or by shapes, and by nothing else. Where
//! neither tells, or they contradict each
//! other, attention is not compared.

use crate::text::{Says, says};
use crate::weights::{Config, Fusion};

/// Keys of a config for the channels of one head.
const WIDTHS: [&str; 5] = ["head_dim", "v_head_dim", "d_kv", "kv_channels", "attention_head_dim"];
/// Keys for the number of heads, whichever side of a model it is.
const HEADS: [&str; 5] = ["num_attention_heads", "n_head", "num_heads", "attention_heads", "n_heads"];

/// The heads of one layer's attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the words of configs")]
pub(in crate::measure) struct Heads {
    pub heads: usize,
    pub kv_heads: usize,
    /// Channels of one head.
    pub width: usize,
}

/// Why attention cannot be divided into heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::measure) enum HeadFault {
    /// Neither config nor shapes tell.
    Unknown,
    /// What the config says and the shapes contradict each other.
    Contradicted,
    /// Query, key, value and output do not go together.
    Misfit,
}

impl HeadFault {
    /// The sentence for what is left out of a tower.
    pub(in crate::measure) fn says(self, id: &str) -> Says {
        match self {
            Self::Unknown => says(
                format!("{id}의 주의 (머리 수를 설정도 모양도 말해 주지 않는다)"),
                format!("attention of {id} (neither config nor shapes tell its heads)"),
            ),
            Self::Contradicted => says(
                format!("{id}의 주의 (설정이 말하는 머리 수가 모양과 어긋난다)"),
                format!("attention of {id} (the config's heads contradict the shapes)"),
            ),
            Self::Misfit => says(
                format!("{id}의 주의 (질의, 키, 값, 출력의 모양이 서로 맞지 않는다)"),
                format!("attention of {id} (query, key, value and output do not fit together)"),
            ),
        }
    }
}

/// Rows of one attention in its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct Rows {
    /// What output reads: a channel of each query head.
    pub output: usize,
    /// Channels of all keys, and of all values.
    pub keys: usize,
}

/// What is known of heads before the rows of a layer are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::measure) struct Stated {
    pub width: Option<usize>,
    pub heads: Option<usize>,
    pub kv_heads: Option<usize>,
}

impl Stated {
    /// What a config says about the side `own` (`encoder` or `decoder`) of a model; a side's own number of
    /// heads goes before that of the whole.
    pub(in crate::measure) fn of(config: &Config, own: &str) -> Self {
        let side = config.number(&[format!("{own}_attention_heads").as_str()]);
        let kv_heads = if side.is_none() { config.number(&["num_key_value_heads"]) } else { None };
        Self { width: config.number(&WIDTHS), heads: side.or_else(|| config.number(&HEADS)), kv_heads }
    }
}

impl Heads {
    /// Divides `rows` into heads. `measured` are the channels of a head where a vector of the layer shows
    /// them (the gain of a norm on queries or keys).
    pub(in crate::measure) fn of(rows: Rows, measured: Option<usize>, stated: Stated) -> Result<Self, HeadFault> {
        let Rows { output, keys } = rows;
        let by_number = stated
            .heads
            .map(|heads| (heads, if heads > 0 && output.is_multiple_of(heads) { output / heads } else { 0 }));
        let width = match (measured, stated.width, by_number) {
            (Some(width), ..) => width,
            (None, Some(width), Some((heads, _))) if width.checked_mul(heads) != Some(output) => {
                return Err(HeadFault::Contradicted);
            }
            (None, Some(width), _) | (None, None, Some((_, width))) => width,
            (None, None, None) => return Err(HeadFault::Unknown),
        };
        if width == 0 || !output.is_multiple_of(width) || !keys.is_multiple_of(width) {
            return Err(HeadFault::Contradicted);
        }
        let (heads, kv_heads) = (output / width, keys / width);
        if measured.is_none() && stated.kv_heads.is_some_and(|stated| stated != kv_heads) {
            return Err(HeadFault::Contradicted);
        }
        let fits = heads > 0 && kv_heads > 0 && heads.is_multiple_of(kv_heads);
        if fits { Ok(Self { heads, kv_heads, width }) } else { Err(HeadFault::Contradicted) }
    }
}

/// Rows of query, key and value in a fused tensor.
pub(in crate::measure) fn fused_orders(fusion: Fusion, heads: Heads) -> [Vec<usize>; 3] {
    let Heads { heads, kv_heads, width } = heads;
    let (queries, keys) = (heads * width, kv_heads * width);
    match fusion {
        Fusion::Blocks => [
            (0..queries).collect(),
            (queries..queries + keys).collect(),
            (queries + keys..queries + 2 * keys).collect(),
        ],
        Fusion::Grouped => {
            let group = heads / kv_heads * width;
            let stride = group + 2 * width;
            let part = |offset: usize, length: usize| {
                (0..kv_heads).flat_map(|head| (0..length).map(move |row| head * stride + offset + row)).collect()
            };
            [part(0, group), part(group, width), part(group + width, width)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(json: serde_json::Value, side: &str) -> Stated {
        Stated::of(&Config::of(json), side)
    }

    const ROWS: Rows = Rows { output: 64, keys: 32 };

    #[test]
    fn heads_are_told_or_unknown() {
        let both = serde_json::json!({"encoder_attention_heads": 4, "decoder_attention_heads": 8});
        for (rows, measured, said, expected) in [
            (ROWS, None, Stated::default(), Err(HeadFault::Unknown)),
            (ROWS, Some(8), Stated::default(), Ok((8, 4))),
            (ROWS, None, stated(serde_json::json!({"num_attention_heads": 8}), "decoder"), Ok((8, 4))),
            (ROWS, None, stated(serde_json::json!({"head_dim": 16}), "decoder"), Ok((4, 2))),
            (ROWS, None, stated(both.clone(), "encoder"), Ok((4, 2))),
            (ROWS, None, stated(both, "decoder"), Ok((8, 4))),
            // T5 has heads that are together narrower than its stream.
            (
                Rows { output: 384, keys: 384 },
                None,
                stated(serde_json::json!({"d_kv": 64, "num_heads": 6}), "decoder"),
                Ok((6, 6)),
            ),
            (
                ROWS,
                None,
                stated(serde_json::json!({"head_dim": 16, "num_attention_heads": 8}), "decoder"),
                Err(HeadFault::Contradicted),
            ),
            (
                ROWS,
                None,
                stated(serde_json::json!({"num_attention_heads": 7}), "decoder"),
                Err(HeadFault::Contradicted),
            ),
            (
                ROWS,
                None,
                stated(serde_json::json!({"num_attention_heads": 4, "num_key_value_heads": 4}), "decoder"),
                Err(HeadFault::Contradicted),
            ),
            (
                Rows { output: 64, keys: 24 },
                None,
                stated(serde_json::json!({"head_dim": 16}), "decoder"),
                Err(HeadFault::Contradicted),
            ),
        ] {
            let found = Heads::of(rows, measured, said).map(|heads| (heads.heads, heads.kv_heads));
            assert_eq!(found, expected, "{rows:?} {measured:?} {said:?}");
        }
    }

    #[test]
    fn heads_cover_all_rows_whatever_is_stated() {
        for output in 1..48 {
            for keys in 1..48 {
                for width in 0..12 {
                    for heads in 0..12 {
                        let said = Stated {
                            width: Some(width).filter(|it| *it > 0),
                            heads: Some(heads).filter(|it| *it > 0),
                            kv_heads: None,
                        };
                        if let Ok(found) = Heads::of(Rows { output, keys }, None, said) {
                            assert_eq!((found.heads * found.width, found.kv_heads * found.width), (output, keys));
                            assert!(found.heads.is_multiple_of(found.kv_heads));
                            let [query, key, value] = fused_orders(Fusion::Grouped, found);
                            let mut all = [query, key, value].concat();
                            all.sort_unstable();
                            assert!(all.into_iter().eq(0..output + 2 * keys));
                        }
                    }
                }
            }
        }
    }
}
