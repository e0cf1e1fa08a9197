//! Number formats of weight files, and how their bytes become `f32`.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::Ggml;

/// A number format, by the name that a safetensors header gives it, or one of ggml's in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(non_camel_case_types, missing_docs, reason = "the header's own words")]
pub enum Dtype {
    BOOL,
    F4,
    F6_E2M3,
    F6_E3M2,
    U8,
    I8,
    F8_E5M2,
    F8_E4M3,
    F8_E8M0,
    F8_E4M3FNUZ,
    F8_E5M2FNUZ,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    C64,
    F64,
    I64,
    U64,
    Ggml(Ggml),
}

/// The words of a safetensors header.
static PLAIN: &[(&str, Dtype)] = &[
    ("BOOL", Dtype::BOOL),
    ("F4", Dtype::F4),
    ("F6_E2M3", Dtype::F6_E2M3),
    ("F6_E3M2", Dtype::F6_E3M2),
    ("U8", Dtype::U8),
    ("I8", Dtype::I8),
    ("F8_E5M2", Dtype::F8_E5M2),
    ("F8_E4M3", Dtype::F8_E4M3),
    ("F8_E8M0", Dtype::F8_E8M0),
    ("F8_E4M3FNUZ", Dtype::F8_E4M3FNUZ),
    ("F8_E5M2FNUZ", Dtype::F8_E5M2FNUZ),
    ("I16", Dtype::I16),
    ("U16", Dtype::U16),
    ("F16", Dtype::F16),
    ("BF16", Dtype::BF16),
    ("I32", Dtype::I32),
    ("U32", Dtype::U32),
    ("F32", Dtype::F32),
    ("C64", Dtype::C64),
    ("F64", Dtype::F64),
    ("I64", Dtype::I64),
    ("U64", Dtype::U64),
];

impl Dtype {
    /// The format that a word of a safetensors header stands for.
    pub fn plain(word: &str) -> Option<Self> {
        PLAIN.iter().find(|(known, _)| *known == word).map(|&(_, dtype)| dtype)
    }

    /// Reads a word of a safetensors header, and no other.
    pub(super) fn deserialize_plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::plain(&word).ok_or_else(|| {
            let known: Vec<&str> = PLAIN.iter().map(|(word, _)| *word).collect();
            D::Error::custom(format_args!("unknown number format {word:?}, expected one of {}", known.join(", ")))
        })
    }

    /// Numbers and bytes of the least part that is read alone: eight numbers of some bits, one number, or a block.
    pub fn block(self) -> (u64, u64) {
        match self {
            Self::Ggml(format) => format.block(),
            _ if self.bits() < 8 => (8, self.bits()),
            _ => (1, self.bits() / 8),
        }
    }

    /// Bytes of so many numbers; none where they do not fill whole bytes or blocks, or are too many to count.
    pub fn bytes_of(self, numbers: u64) -> Option<u64> {
        match self {
            Self::Ggml(format) => {
                let (count, bytes) = format.block();
                if numbers.is_multiple_of(count) { (numbers / count).checked_mul(bytes) } else { None }
            }
            _ => numbers.checked_mul(self.bits()).filter(|bits| bits % 8 == 0).map(|bits| bits / 8),
        }
    }

    /// Whether numbers are stored in blocks with scales of their own, so that rows are read and not single numbers.
    pub fn is_block(self) -> bool {
        matches!(self, Self::Ggml(_))
    }

    /// Size of one number in bits, rounded up where a block shares some.
    pub fn bits(self) -> u64 {
        match self {
            Self::Ggml(format) => {
                let (numbers, bytes) = format.block();
                (bytes * 8).div_ceil(numbers)
            }
            Self::F4 => 4,
            Self::F6_E2M3 | Self::F6_E3M2 => 6,
            Self::BOOL
            | Self::U8
            | Self::I8
            | Self::F8_E5M2
            | Self::F8_E4M3
            | Self::F8_E8M0
            | Self::F8_E4M3FNUZ
            | Self::F8_E5M2FNUZ => 8,
            Self::I16 | Self::U16 | Self::F16 | Self::BF16 => 16,
            Self::I32 | Self::U32 | Self::F32 => 32,
            Self::C64 | Self::F64 | Self::I64 | Self::U64 => 64,
        }
    }

    /// The header's word for it, or ggml's.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ggml(format) => format.word(),
            _ => PLAIN.iter().find(|(_, dtype)| *dtype == self).map_or("", |(word, _)| word),
        }
    }

    /// Whether one stored number is one real number that can be compared (with its scale where it has one).
    pub fn is_comparable(self) -> bool {
        match self {
            Self::Ggml(format) => format.is_read(),
            _ => {
                matches!(
                    self,
                    Self::F64 | Self::F32 | Self::F16 | Self::BF16 | Self::F8_E4M3 | Self::F8_E5M2 | Self::I8
                )
            }
        }
    }

    /// Whether a number takes one byte, and so may have a scale beside it.
    pub fn is_eight_bit(self) -> bool {
        !self.is_block() && self.bits() == 8
    }

    /// Decodes little-endian `bytes`, which are whole numbers or blocks, onto the end of `out`; false if the format
    /// holds neither numbers that can be compared nor scales.
    pub fn decode(self, bytes: &[u8], out: &mut Vec<f32>) -> bool {
        let start = out.len();
        let (numbers, size) = self.block();
        out.resize(
            start + bytes.len() / usize::try_from(size).unwrap_or(1) * usize::try_from(numbers).unwrap_or(1),
            0.0,
        );
        let known = self.decode_into(bytes, &mut out[start..]);
        if !known {
            out.truncate(start);
        }
        known
    }

    /// Decodes little-endian `bytes` into `out`, which holds as many numbers; false if the format is not comparable.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a loop of its caller, for each format")]
    pub fn decode_into(self, bytes: &[u8], out: &mut [f32]) -> bool {
        match self {
            Self::BF16 => {
                for (value, &pair) in out.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f32::from_bits(u32::from(u16::from_le_bytes(pair)) << 16);
                }
            }
            Self::F16 => {
                for (value, &pair) in out.iter_mut().zip(bytes.as_chunks().0) {
                    *value = half_to_f32(u16::from_le_bytes(pair));
                }
            }
            Self::F32 => {
                for (value, &four) in out.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f32::from_le_bytes(four);
                }
            }
            #[expect(clippy::cast_possible_truncation, reason = "all comparisons are made in f32")]
            Self::F64 => {
                for (value, &eight) in out.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f64::from_le_bytes(eight) as f32;
                }
            }
            Self::I8 => {
                for (value, &byte) in out.iter_mut().zip(bytes) {
                    *value = f32::from(byte.cast_signed());
                }
            }
            Self::F8_E4M3 => {
                for (value, &byte) in out.iter_mut().zip(bytes) {
                    *value = E4M3[usize::from(byte)];
                }
            }
            Self::F8_E5M2 => {
                for (value, &byte) in out.iter_mut().zip(bytes) {
                    *value = half_to_f32(u16::from(byte) << 8);
                }
            }
            Self::F8_E8M0 => {
                for (value, &byte) in out.iter_mut().zip(bytes) {
                    *value = power_of_two(byte);
                }
            }
            Self::Ggml(format) => return format.decode(bytes, out),
            _ => return false,
        }
        true
    }
}

impl Serialize for Dtype {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Dtype {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = Self::plain(&word).or_else(|| Ggml::of_word(&word).map(Self::Ggml));
        known.ok_or_else(|| D::Error::custom(format_args!("unknown number format {word:?}")))
    }
}

/// A scale of eight exponent bits, `2^(byte - 127)`; 255 is no number. The least is subnormal in `f32`.
fn power_of_two(byte: u8) -> f32 {
    match byte {
        0 => f32::from_bits(0x0040_0000),
        255 => f32::NAN,
        _ => f32::from_bits(u32::from(byte) << 23),
    }
}

/// The bits of the nearest number that `bf16` holds, to even where two are as near; what is too large becomes infinite.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of the innermost loop of its caller")]
pub fn bf16_bits(value: f32) -> u16 {
    let bits = value.to_bits();
    (bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

/// IEEE half precision to single; `F8_E5M2` is its upper byte.
pub(super) fn half_to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits) & 0x3ff;
    match exponent {
        // 2^-24 times the fraction is exact in f32.
        #[expect(clippy::cast_precision_loss, reason = "ten bits fit")]
        0 => f32::from_bits((fraction as f32 * f32::from_bits(0x3380_0000)).to_bits() | sign),
        0x1f => f32::from_bits(sign | 0x7f80_0000 | (fraction << 13)),
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}

/// All 256 values of 8-bit floats with four exponent bits, bias 7, no infinities, 0x7f and 0xff not a number
/// (method 3.1).
static E4M3: [f32; 256] = e4m3_table();

const fn e4m3_table() -> [f32; 256] {
    let mut table = [0.0; 256];
    let mut byte = 0_u32;
    while byte < 256 {
        let sign = (byte >> 7) << 31;
        let exponent = (byte >> 3) & 0xf;
        let fraction = byte & 7;
        table[byte as usize] = if exponent == 0xf && fraction == 7 {
            f32::NAN
        } else if exponent == 0 {
            // fraction * 2^-9
            let magnitude = (fraction as f32) / 512.0;
            if sign == 0 { magnitude } else { -magnitude }
        } else {
            f32::from_bits(sign | ((exponent + 120) << 23) | (fraction << 20))
        };
        byte += 1;
    }
    table
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "decoding is exact")]
mod tests {
    use super::*;

    fn one(dtype: Dtype, bytes: &[u8]) -> f32 {
        let mut out = Vec::new();
        assert!(dtype.decode(bytes, &mut out));
        out[0]
    }

    #[test]
    fn known_values_of_each_format() {
        assert_eq!(one(Dtype::BF16, &0x3fc0_u16.to_le_bytes()), 1.5);
        assert_eq!(one(Dtype::F16, &0x3c00_u16.to_le_bytes()), 1.0);
        assert_eq!(one(Dtype::F16, &0xc500_u16.to_le_bytes()), -5.0);
        assert_eq!(one(Dtype::F16, &0x0001_u16.to_le_bytes()), 2.0_f32.powi(-24));
        assert_eq!(one(Dtype::F16, &0x8001_u16.to_le_bytes()), -(2.0_f32.powi(-24)));
        assert_eq!(one(Dtype::F16, &0x7bff_u16.to_le_bytes()), 65504.0);
        assert!(one(Dtype::F16, &0x7e00_u16.to_le_bytes()).is_nan());
        assert_eq!(one(Dtype::F8_E4M3, &[0x7e]), 448.0);
        assert_eq!(one(Dtype::F8_E4M3, &[0x01]), 2.0_f32.powi(-9));
        assert_eq!(one(Dtype::F8_E4M3, &[0xb8]), -1.0);
        assert!(one(Dtype::F8_E4M3, &[0xff]).is_nan());
        assert_eq!(one(Dtype::F8_E5M2, &[0x3c]), 1.0);
        assert_eq!(one(Dtype::F8_E5M2, &[0x7c]), f32::INFINITY);
        assert_eq!(one(Dtype::I8, &[0x80]), -128.0);
        assert_eq!(one(Dtype::F8_E8M0, &[127]), 1.0);
        assert_eq!(one(Dtype::F8_E8M0, &[0]), 2.0_f32.powi(-127));
        assert_eq!(one(Dtype::F8_E8M0, &[254]), 2.0_f32.powi(127));
        assert_eq!(one(Dtype::F64, &0.5_f64.to_le_bytes()), 0.5);
    }
}
