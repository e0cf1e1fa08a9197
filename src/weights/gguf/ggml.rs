//! The number formats of ggml that are stored in blocks: their sizes, and the numbers of the simplest.
//!
//! A block holds so many numbers in so many bytes; the rows of a tensor are whole blocks. Sizes and formulas are those
//! of ggml's `ggml-common.h` and `ggml-quants.c`; the tests hold them against the `gguf` package of its authors.

use crate::weights::dtype::half_to_f32;

/// A format in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(non_camel_case_types, missing_docs, reason = "ggml's own words")]
pub enum Ggml {
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q8_1,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    Q8_K,
    IQ2_XXS,
    IQ2_XS,
    IQ3_XXS,
    IQ1_S,
    IQ4_NL,
    IQ3_S,
    IQ2_S,
    IQ4_XS,
    IQ1_M,
    TQ1_0,
    TQ2_0,
    MXFP4,
    NVFP4,
    Q1_0,
}

/// A row of the table: the format's number in a file, the format, its word, numbers and bytes of a block.
type Row = (u32, Ggml, &'static str, u64, u64);

/// All formats in blocks. Numbers that are missing here are plain formats, or were taken back by ggml.
static FORMATS: &[Row] = &[
    (2, Ggml::Q4_0, "Q4_0", 32, 18),
    (3, Ggml::Q4_1, "Q4_1", 32, 20),
    (6, Ggml::Q5_0, "Q5_0", 32, 22),
    (7, Ggml::Q5_1, "Q5_1", 32, 24),
    (8, Ggml::Q8_0, "Q8_0", 32, 34),
    (9, Ggml::Q8_1, "Q8_1", 32, 36),
    (10, Ggml::Q2_K, "Q2_K", 256, 84),
    (11, Ggml::Q3_K, "Q3_K", 256, 110),
    (12, Ggml::Q4_K, "Q4_K", 256, 144),
    (13, Ggml::Q5_K, "Q5_K", 256, 176),
    (14, Ggml::Q6_K, "Q6_K", 256, 210),
    (15, Ggml::Q8_K, "Q8_K", 256, 292),
    (16, Ggml::IQ2_XXS, "IQ2_XXS", 256, 66),
    (17, Ggml::IQ2_XS, "IQ2_XS", 256, 74),
    (18, Ggml::IQ3_XXS, "IQ3_XXS", 256, 98),
    (19, Ggml::IQ1_S, "IQ1_S", 256, 50),
    (20, Ggml::IQ4_NL, "IQ4_NL", 32, 18),
    (21, Ggml::IQ3_S, "IQ3_S", 256, 110),
    (22, Ggml::IQ2_S, "IQ2_S", 256, 82),
    (23, Ggml::IQ4_XS, "IQ4_XS", 256, 136),
    (29, Ggml::IQ1_M, "IQ1_M", 256, 56),
    (34, Ggml::TQ1_0, "TQ1_0", 256, 54),
    (35, Ggml::TQ2_0, "TQ2_0", 256, 66),
    (39, Ggml::MXFP4, "MXFP4", 32, 17),
    (40, Ggml::NVFP4, "NVFP4", 64, 36),
    (41, Ggml::Q1_0, "Q1_0", 128, 18),
];

impl Ggml {
    /// The format of a number in a file.
    pub(super) fn of_number(number: u32) -> Option<Self> {
        FORMATS.iter().find(|row| row.0 == number).map(|row| row.1)
    }

    /// The format of a word.
    pub(in crate::weights) fn of_word(word: &str) -> Option<Self> {
        FORMATS.iter().find(|row| row.2 == word).map(|row| row.1)
    }

    fn row(self) -> &'static Row {
        // Every format has a row; a test counts them.
        FORMATS.iter().find(|row| row.1 == self).unwrap_or(&FORMATS[0])
    }

    /// ggml's word for it.
    pub fn word(self) -> &'static str {
        self.row().2
    }

    /// Numbers and bytes of one block.
    pub fn block(self) -> (u64, u64) {
        let row = self.row();
        (row.3, row.4)
    }

    /// Whether its numbers are read.
    pub fn is_read(self) -> bool {
        matches!(self, Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0)
    }

    /// The numbers of whole blocks; false for formats whose numbers are not read.
    pub(in crate::weights) fn decode(self, bytes: &[u8], out: &mut [f32]) -> bool {
        if !self.is_read() {
            return false;
        }
        let size = usize::try_from(self.block().1).unwrap_or(usize::MAX);
        let (blocks, _) = out.as_chunks_mut::<32>();
        for (values, block) in blocks.iter_mut().zip(bytes.chunks_exact(size)) {
            self.decode_block(block, values);
        }
        true
    }

    /// Scale, then least value where there is one, then fifth bits where there are some, then the numbers.
    fn decode_block(self, block: &[u8], values: &mut [f32; 32]) {
        let half = |at: usize| half_to_f32(u16::from_le_bytes([block[at], block[at + 1]]));
        let scale = half(0);
        if self == Self::Q8_0 {
            for (value, &byte) in values.iter_mut().zip(&block[2..]) {
                *value = f32::from(byte.cast_signed()) * scale;
            }
            return;
        }
        let (least, middle) = match self {
            Self::Q4_1 | Self::Q5_1 => (Some(half(2)), 0),
            Self::Q5_0 => (None, 16),
            _ => (None, 8),
        };
        let after = if least.is_some() { 4 } else { 2 };
        let (fifth, low) = match self {
            Self::Q5_0 | Self::Q5_1 => {
                let bits = u32::from_le_bytes([block[after], block[after + 1], block[after + 2], block[after + 3]]);
                (bits, &block[after + 4..])
            }
            _ => (0, &block[after..]),
        };
        for (at, value) in values.iter_mut().enumerate() {
            let byte = low[at % 16];
            let four = if at < 16 { byte & 0xf } else { byte >> 4 };
            let whole = four | ((fifth >> at & 1) as u8) << 4;
            let number = f32::from(i16::from(whole) - middle) * scale;
            *value = least.map_or(number, |least| number + least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_given_once() {
        for row in FORMATS {
            assert_eq!(Ggml::of_number(row.0), Some(row.1));
            assert_eq!(Ggml::of_word(row.2), Some(row.1));
            assert_eq!((row.1.word(), row.1.block()), (row.2, (row.3, row.4)));
            assert_eq!(format!("{:?}", row.1), row.2, "the row of each format is its own");
        }
    }
}
