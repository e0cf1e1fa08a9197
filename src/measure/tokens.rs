//! Token strings of a model, so that rows of two embeddings can be paired by what they stand for (weight-evidence 3.8).

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The longest tokenizer file that is read, in bytes.
const MAX_TOKENIZER_BYTES: u64 = 64 << 20;

/// Row of the embedding by token, the token as the bytes it stands for; a leading space is part of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens(pub HashMap<Vec<u8>, usize>);

impl Tokens {
    /// From `tokenizer.json`, else `vocab.json`, else `vocab.txt`; none if there is none that can be read.
    pub(super) fn read(directory: &Path) -> Option<Self> {
        let text = |name: &str| {
            let path = directory.join(name);
            let fits = fs::metadata(&path).is_ok_and(|entry| entry.is_file() && entry.len() <= MAX_TOKENIZER_BYTES);
            if fits { fs::read_to_string(path).ok() } else { None }
        };
        let json = |name: &str| text(name).and_then(|text| serde_json::from_str::<Value>(&text).ok());
        if let Some(whole) = json("tokenizer.json")
            && let Some(vocab) = whole.get("model").and_then(|model| model.get("vocab"))
        {
            let mut read = Self::of_pairs(pairs(vocab))?;
            // Tokens that were added beside the vocabulary are written as they stand, not in the letters of its bytes.
            for added in whole.get("added_tokens").and_then(Value::as_array).into_iter().flatten() {
                let id = added.get("id").and_then(Value::as_u64).and_then(|id| usize::try_from(id).ok());
                if let (Some(content), Some(id)) = (added.get("content").and_then(Value::as_str), id) {
                    read.0.entry(content.as_bytes().to_vec()).or_insert(id);
                }
            }
            return Some(read);
        }
        if let Some(vocab) = json("vocab.json") {
            return Self::of_pairs(pairs(&vocab));
        }
        text("vocab.txt")
            .and_then(|text| Self::of_pairs(text.lines().enumerate().map(|(id, line)| (line.to_owned(), id)).collect()))
    }

    fn of_pairs(pairs: Vec<(String, usize)>) -> Option<Self> {
        if pairs.is_empty() {
            return None;
        }
        let byte_level = pairs.iter().any(|(token, _)| token.starts_with('Ġ'));
        let word_piece = pairs.iter().any(|(token, _)| token.starts_with("##"));
        Some(Self(pairs.into_iter().map(|(token, id)| (bytes_of(&token, byte_level, word_piece), id)).collect()))
    }

    /// Rows of tokens that both have, ordered by the row in `other`.
    pub(super) fn shared(&self, other: &Self, rows: usize, other_rows: usize) -> Vec<(usize, usize)> {
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

fn pairs(vocab: &Value) -> Vec<(String, usize)> {
    match vocab {
        Value::Object(map) => {
            map.iter().filter_map(|(token, id)| Some((token.clone(), usize::try_from(id.as_u64()?).ok()?))).collect()
        }
        // Unigram: a list of [piece, score].
        Value::Array(list) => {
            list.iter().enumerate().filter_map(|(id, entry)| Some((entry.get(0)?.as_str()?.to_owned(), id))).collect()
        }
        _ => Vec::new(),
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
    fn one_word_under_three_spellings() {
        assert_eq!(bytes_of("Ġthe", true, false), b" the");
        assert_eq!(bytes_of("▁the", false, false), b" the");
        assert_eq!(bytes_of("the", false, true), b" the");
        assert_eq!(bytes_of("Ċ", true, false), b"\n");
        assert_eq!(bytes_of("<0x0A>", false, false), b"\n");
        assert_eq!(bytes_of("##ing", false, true), b"ing");
    }
}
