//! Token strings of a model, so that rows of two embeddings can be paired by what they stand for (method 4.3).

use std::collections::{HashMap, HashSet};
use std::fs;

use crate::measure::model::vocabulary::{Pairs, TokenFile};
use crate::weights::Checkpoint;

/// The longest tokenizer file that is read, in bytes.
const MAX_TOKENIZER_BYTES: u64 = 64 << 20;

/// Row of the embedding by token, the token as the bytes it stands for; a leading space is part of it.
#[derive(Debug, Clone, Default)]
pub(in crate::measure) struct Tokens(pub HashMap<Vec<u8>, usize>);

/// Rows of a table of `rows` tokens that a sample keeps, in their order: those with the smallest digests of their
/// strings, or of their numbers where strings are not known.
pub(in crate::measure) fn token_rows(tokens: Option<&Tokens>, rows: usize, count: usize) -> Vec<usize> {
    if count >= rows {
        return (0..rows).collect();
    }
    let mut all: Vec<(u64, usize)> = match tokens {
        Some(tokens) => {
            tokens.0.iter().filter(|entry| *entry.1 < rows).map(|(token, &row)| (digest(token), row)).collect()
        }
        None => (0..rows).map(|row| (digest_of_number(row), row)).collect(),
    };
    all.sort_unstable();
    let mut kept: Vec<usize> = all.into_iter().take(count).map(|entry| entry.1).collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// Stands for the string of a row whose string is not known. The first row is in every sample.
pub(in crate::measure) fn digest_of_number(row: usize) -> u64 {
    if row == 0 { 0 } else { digest(&(row as u64).to_le_bytes()) }
}

/// FNV-1a, for a choice that is the same everywhere; nothing is secured by it.
pub(in crate::measure) fn digest(token: &[u8]) -> u64 {
    let hash = token
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // One round of mixing, so that short strings are not ordered by their last byte.
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// A tokenizer file of the part that was read, else of the directory around it.
pub(in crate::measure) fn tokenizer_text(checkpoint: &Checkpoint, name: &str) -> Option<String> {
    let folder = &checkpoint.folder;
    let entry = folder.get(&format!("{}{name}", checkpoint.part)).or_else(|| folder.get(name))?;
    if entry.bytes > MAX_TOKENIZER_BYTES {
        return None;
    }
    fs::read_to_string(&entry.path).ok()
}

impl Tokens {
    /// From `tokenizer.json`, else `vocab.json`, else `vocab.txt`; none if there is none that can be read.
    pub(in crate::measure) fn read(checkpoint: &Checkpoint) -> Option<Self> {
        let text = |name: &str| tokenizer_text(checkpoint, name);
        let file = text("tokenizer.json").and_then(|text| serde_json::from_str::<TokenFile>(&text).ok());
        if let Some(file) = file {
            return Self::of_file(file);
        }
        if let Some(vocab) = text("vocab.json").and_then(|text| serde_json::from_str::<Pairs>(&text).ok()) {
            return Self::of_pairs(vocab.0);
        }
        text("vocab.txt")
            .and_then(|text| Self::of_pairs(text.lines().enumerate().map(|(id, line)| (line.to_owned(), id)).collect()))
    }

    fn of_file(file: TokenFile) -> Option<Self> {
        let mut read = Self::of_pairs(file.model.vocab.0)?;
        // Tokens that were added are written as they stand, not in the letters of the vocabulary's bytes; where it
        // lists them too, a row would stand for two strings.
        let added: HashSet<usize> = file.added_tokens.iter().map(|added| added.id).collect();
        read.0.retain(|_, row| !added.contains(row));
        for added in file.added_tokens {
            read.0.entry(added.content.into_bytes()).or_insert(added.id);
        }
        Some(read)
    }

    fn of_pairs(pairs: Vec<(String, usize)>) -> Option<Self> {
        if pairs.is_empty() {
            return None;
        }
        let byte_level = pairs.iter().any(|(token, _)| token.starts_with('Ġ'));
        let word_piece = pairs.iter().any(|(token, _)| token.starts_with("##"));
        Some(Self(pairs.into_iter().map(|(token, id)| (bytes_of(&token, byte_level, word_piece), id)).collect()))
    }
}

impl Tokens {
    /// Rows of tokens that both have, ordered by the row in `other`.
    pub(in crate::measure) fn shared(&self, other: &Self, rows: usize, other_rows: usize) -> Vec<(usize, usize)> {
        let mut out: Vec<(usize, usize)> = self
            .0
            .iter()
            .filter_map(|(token, &row)| Some((row, *other.0.get(token)?)))
            .filter(|&(row, there)| row < rows && there < other_rows)
            .collect();
        out.sort_by_key(|&(row, there)| (there, row));
        out
    }
}

/// Which rows of a table are held, and by what name they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::measure) struct Rows {
    /// Their numbers in the whole table, rising.
    pub numbers: Vec<usize>,
    /// Digests of the strings that they stand for (0 where there is none), if strings are known.
    pub strings: Option<Vec<u64>>,
}

impl Rows {
    pub(in crate::measure) fn of(numbers: Vec<usize>, tokens: Option<&Tokens>) -> Self {
        let strings = tokens.map(|tokens| {
            let mut all: Vec<(usize, u64)> = tokens.0.iter().map(|(token, &row)| (row, digest(token))).collect();
            all.sort_unstable();
            let of_row = |row: &usize| {
                let at = all.partition_point(|entry| entry.0 < *row);
                all.get(at).filter(|entry| entry.0 == *row).map_or(0, |entry| entry.1)
            };
            numbers.iter().map(of_row).collect()
        });
        Self { numbers, strings }
    }

    /// Places of rows that stand for the same string, else of rows of the same number if the tables may be compared so;
    /// in the order of `other`.
    pub(in crate::measure) fn shared(&self, other: &Self, by_number: bool) -> Option<Vec<(usize, usize)>> {
        let pairs = |here: &[u64], there: &[u64]| -> Vec<(usize, usize)> {
            let known: HashMap<u64, usize> =
                here.iter().enumerate().filter(|entry| *entry.1 != 0).map(|(at, &name)| (name, at)).collect();
            there.iter().enumerate().filter_map(|(at, name)| Some((*known.get(name)?, at))).collect()
        };
        match (&self.strings, &other.strings) {
            (Some(here), Some(there)) => Some(pairs(here, there)),
            _ if by_number => {
                let names = |rows: &Self| -> Vec<u64> { rows.numbers.iter().map(|&row| row as u64 + 1).collect() };
                Some(pairs(&names(self), &names(other)))
            }
            _ => None,
        }
    }

    /// Of the rows of `other` that are held, those whose strings a sample as this one of a table of `vocabulary` rows
    /// would hold if the table had them: of a larger table a sample reaches fewer. None where strings are not known.
    pub(in crate::measure) fn reached(&self, vocabulary: usize, other: &Self) -> Option<usize> {
        let (here, there) = (self.strings.as_ref()?, other.strings.as_ref()?);
        let sampled = self.numbers.len() < vocabulary;
        let reach = here.iter().copied().max().filter(|_| sampled).unwrap_or(u64::MAX);
        Some(there.iter().filter(|name| **name <= reach).count())
    }

    /// Places of the `count` rows that a smaller sample keeps, in their order.
    pub(in crate::measure) fn sampled(&self, count: usize) -> Vec<usize> {
        let names: Vec<u64> = match &self.strings {
            Some(strings) => strings.clone(),
            None => self.numbers.iter().map(|&row| digest_of_number(row)).collect(),
        };
        if count >= names.len() {
            return (0..names.len()).collect();
        }
        let mut all: Vec<usize> = (0..names.len()).filter(|&at| self.strings.is_none() || names[at] != 0).collect();
        all.sort_unstable_by_key(|&at| (names[at], self.numbers[at]));
        all.truncate(count);
        all.sort_unstable();
        all
    }

    pub(in crate::measure) fn take(&self, places: &[usize]) -> Self {
        Self {
            numbers: places.iter().map(|&at| self.numbers[at]).collect(),
            strings: self.strings.as_ref().map(|strings| places.iter().map(|&at| strings[at]).collect()),
        }
    }
}

/// The bytes that a token stands for.
fn bytes_of(token: &str, byte_level: bool, word_piece: bool) -> Vec<u8> {
    if byte_level {
        return token
            .chars()
            .flat_map(|letter| byte_of(letter).map_or_else(|| letter.to_string().into_bytes(), |byte| vec![byte]))
            .collect();
    }
    if word_piece {
        return token
            .strip_prefix("##")
            .map_or_else(|| format!(" {token}").into_bytes(), |rest| rest.as_bytes().to_vec());
    }
    if let Some(byte) = token
        .strip_prefix("<0x")
        .and_then(|rest| rest.strip_suffix('>'))
        .and_then(|hex| u8::from_str_radix(hex, 16).ok())
    {
        return vec![byte];
    }
    token.replace('▁', " ").into_bytes()
}

/// The byte behind a letter of byte-level vocabularies: printable Latin-1 letters stand for themselves, the other
/// bytes for the letters from U+0100 on, in order.
fn byte_of(letter: char) -> Option<u8> {
    let own = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let code = u32::from(letter);
    if let Ok(byte) = u8::try_from(code) {
        return own(byte).then_some(byte);
    }
    let nth = usize::try_from(code.checked_sub(0x100)?).ok()?;
    (0..=255_u8).filter(|&byte| !own(byte)).nth(nth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stands_for_one_string() {
        let text = r###"{"added_tokens": [{"id": 0, "content": "[CLS]"}, {"id": 3, "content": "<new>"}],
            "model": {"type": "WordPiece", "vocab": {"[CLS]": 0, "the": 1, "##s": 2}}}"###;
        let read = Tokens::of_file(serde_json::from_str(text).expect("read")).expect("tokens");
        let mut rows: Vec<(usize, &[u8])> = read.0.iter().map(|(token, &row)| (row, token.as_slice())).collect();
        rows.sort_unstable();
        assert_eq!(rows, [(0, &b"[CLS]"[..]), (1, b" the"), (2, b"s"), (3, b"<new>")]);
    }

    #[test]
    fn of_a_larger_table_a_sample_reaches_fewer_rows() {
        let tokens = |count: usize| Tokens((0..count).map(|at| (format!("t{at}").into_bytes(), at)).collect());
        let held = |count: usize| {
            let tokens = tokens(count);
            Rows::of(token_rows(Some(&tokens), count, 64), Some(&tokens))
        };
        let (large, small) = (held(4096), held(512));
        let both = large.shared(&small, false).expect("strings on both sides").len();
        let reached = large.reached(4096, &small).expect("strings on both sides");
        assert!(both == reached && (2..32).contains(&both), "{both} of {reached}");
        assert_eq!(small.reached(512, &large), Some(64), "the smaller table's sample reaches further");
        assert_eq!(Rows::of((0..8).collect(), None).reached(8, &small), None);
    }

    #[test]
    fn one_word_under_three_spellings() {
        assert_eq!(bytes_of("Ġthe", true, false), b" the");
        assert_eq!(bytes_of("▁the", false, false), b" the");
        assert_eq!(bytes_of("the", false, true), b" the");
        assert_eq!(bytes_of("Ċ", true, false), b"\n");
        assert_eq!(bytes_of("<0x0A>", false, false), b"\n");
        assert_eq!(bytes_of("##ing", false, true), b"ing");
    }
}
