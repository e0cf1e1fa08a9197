//! Tokenizer files: the vocabulary is counted, so its size is measured; where the tokenizer came from they do not say.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::directory::Directory;
use crate::facts::{Draft, Finding, Origin, PassedOver, Source, Value};
use crate::text::{
    Code, Diagnostic, Diagnostics, Says, SourceFile, Span, Untrusted, clean, clean_tree, json_why, not_utf8,
    parse_python_json, says, why_not,
};

/// Largest tokenizer file that is read; the largest public one has 34 MB.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// How a vocabulary is counted.
type Count = fn(&[u8]) -> Result<Counted, Says>;

/// Tokenizer files by how they end, the one that says most first.
const FILES: [(&str, Count); 6] = [
    ("tokenizer.json", count_json),
    ("tokenizer.model", count_pieces),
    ("spiece.model", count_pieces),
    ("sentencepiece.bpe.model", count_pieces),
    ("vocab.json", count_vocab),
    ("vocab.txt", count_lines),
];

/// Tokenizers whose vocabulary is not counted, by how their names end.
const UNCOUNTED: [&str; 3] = [".tiktoken", "tekken.json", "tokenizer.bin"];

/// Counts the vocabulary in the first tokenizer file that can be read, and looks at what the others name.
pub(super) fn read(directory: &mut Directory, draft: &mut Draft, problems: &mut Diagnostics) {
    pointers(directory, draft, problems);
    for (name, count) in FILES {
        let Some(entry) = directory.get(name).cloned().filter(|_| !directory.is_pointer(name)) else { continue };
        let counted = bytes(&entry).and_then(|bytes| Ok((count(&bytes)?, crate::evidence::sha256(&bytes))));
        match counted {
            Ok((counted, digest)) => {
                directory.inputs.push(crate::facts::Input { name: name.to_owned(), sha256: Some(digest) });
                draft.root.add("tokenizer.vocabulary-size", counted.source(name));
                break;
            }
            Err(why) => {
                let [ko, en] = [&why.ko, &why.en].map(|why| Untrusted::prose(why));
                let message = says(
                    format!("`{name}`의 어휘를 세지 못했다: {ko}"),
                    format!("the vocabulary of `{name}` was not counted: {en}"),
                );
                draft.limits.push(message.clone());
                problems.push(Diagnostic::warning(Code::Syntax, &SourceFile::nameless(name), Span::default(), message));
            }
        }
    }
    uncounted(directory, draft);
    settings(directory, draft, problems);
}

/// Names tokenizers that no rule here counts.
fn uncounted(directory: &Directory, draft: &mut Draft) {
    let names = directory.folder.names().filter(|name| !name.contains('/'));
    let found = names.filter(|name| UNCOUNTED.iter().any(|end| name.to_lowercase().ends_with(end)));
    draft.passed_over.extend(found.map(|name| PassedOver {
        name: clean(name),
        why: says("토크나이저인데 어휘를 세지 않았다", "it is a tokenizer whose vocabulary was not counted"),
    }));
}

/// Tokenizer files that were not fetched are said, though another one may be counted in their place.
fn pointers(directory: &mut Directory, draft: &mut Draft, problems: &mut Diagnostics) {
    for (name, _) in FILES {
        if !directory.is_pointer(name) {
            continue;
        }
        if let Some(Err(problem)) = directory.read(name) {
            draft.limits.push(problem.message.clone());
            problems.push(problem);
        }
    }
}

/// `tokenizer_config.json`: code of other repositories, and the name it was loaded from.
fn settings(directory: &mut Directory, draft: &mut Draft, problems: &mut Diagnostics) {
    let Some(read) = directory.read("tokenizer_config.json") else { return };
    let (root, file) = match read.and_then(|file| Ok((parse_python_json(&file)?, file))) {
        Ok(((root, warning), file)) => {
            if let Some(warning) = warning {
                draft.limits.push(warning.message.clone());
                problems.push(warning);
            }
            (clean_tree(root), file)
        }
        Err(mut problem) => {
            let why = &problem.message;
            draft.limits.push(says(
                format!("`tokenizer_config.json`을 읽지 못해 빼고 보았다: {}", why.ko),
                format!("`tokenizer_config.json` could not be read and was left out: {}", why.en),
            ));
            problem.severity = crate::text::Severity::Warning;
            problems.push(problem);
            return;
        }
    };
    if let Some(map) = root.get("auto_map") {
        super::config::third_party_code(&file, map, draft);
    }
    if let Some(node) = root.get("name_or_path")
        && let Some(name) = node.text().and_then(super::reference::repository)
    {
        draft.findings.push(Finding {
            says: says(
                format!("토크나이저 설정은 `{name}`에서 읽어 온 것으로 적혀 있다"),
                format!("the tokenizer's settings say that it was loaded from `{name}`"),
            ),
            sources: vec![super::config::stated(&file, Value::text(name.as_str()), node.span)],
            contradiction: false,
            code: None,
        });
    }
}

/// The size of a vocabulary, and the file it was counted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    /// Entries, added tokens included.
    pub entries: u64,
    /// Kind of model, as tokenizer.json names it.
    pub kind: Option<String>,
}

impl Counted {
    /// The source of `tokenizer.vocabulary-size`.
    pub(super) fn source(&self, file: &str) -> Source {
        #[expect(clippy::cast_precision_loss, reason = "a count of entries of a file of 64 MiB")]
        let entries = self.entries as f64;
        Source::measured(Value::Number(entries), Origin { file: file.to_owned(), ..Origin::default() })
    }
}

/// Counts the vocabulary of a `tokenizer.json`.
pub(super) fn count_json(bytes: &[u8]) -> Result<Counted, Says> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        added_tokens: Vec<Added>,
        model: Model,
    }
    #[derive(Deserialize)]
    struct Added {
        id: u64,
    }
    #[derive(Deserialize)]
    struct Model {
        #[serde(default, rename = "type")]
        kind: Option<Untrusted>,
        vocab: Entries,
    }
    let file: File = json(bytes)?;
    let first_free = file.model.vocab.highest.map_or(file.model.vocab.count, |id| id.saturating_add(1));
    let mut extra: Vec<u64> = file.added_tokens.iter().map(|added| added.id).filter(|id| *id >= first_free).collect();
    extra.sort_unstable();
    extra.dedup();
    let kind = file.model.kind.map(Untrusted::into_string);
    Ok(Counted { entries: file.model.vocab.count + extra.len() as u64, kind })
}

/// Counts a vocab.json: a mapping of tokens to ids.
pub(super) fn count_vocab(bytes: &[u8]) -> Result<Counted, Says> {
    let entries: Entries = json(bytes)?;
    Ok(Counted { entries: entries.count, kind: None })
}

/// Counts a vocab.txt: a token on each line, the last of which may lack its end.
pub(super) fn count_lines(bytes: &[u8]) -> Result<Counted, Says> {
    if let Some(why) = not_utf8(bytes) {
        return Err(why);
    }
    let text = String::from_utf8_lossy(bytes);
    let entries = text.split_terminator('\n').count();
    if entries == 0 {
        return Err(says("토큰이 하나도 없다", "no token is in it"));
    }
    Ok(Counted { entries: entries as u64, kind: None })
}

/// Counts the pieces of a `SentencePiece` model: a protocol buffer whose field 1 repeats once a piece.
pub(super) fn count_pieces(bytes: &[u8]) -> Result<Counted, Says> {
    let broken = || says("SentencePiece 모델이 아니다", "it is no SentencePiece model");
    let (mut at, mut pieces) = (0usize, 0u64);
    while at < bytes.len() {
        let tag = varint(bytes, &mut at).ok_or_else(broken)?;
        let skip = match tag & 7 {
            0 => varint(bytes, &mut at).map(|_| 0),
            1 => Some(8),
            2 => varint(bytes, &mut at),
            5 => Some(4),
            _ => None,
        };
        let skip = usize::try_from(skip.ok_or_else(broken)?).map_err(|_| broken())?;
        at = at.checked_add(skip).filter(|end| *end <= bytes.len()).ok_or_else(broken)?;
        pieces += u64::from(tag >> 3 == 1 && tag & 7 == 2);
    }
    if pieces == 0 { Err(broken()) } else { Ok(Counted { entries: pieces, kind: Some("SentencePiece".to_owned()) }) }
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn bytes(entry: &crate::files::Entry) -> Result<Vec<u8>, Says> {
    if entry.bytes > MAX_BYTES {
        let size = entry.bytes;
        return Err(says(
            format!("크기가 {size}바이트이다. {MAX_BYTES}바이트까지만 읽는다"),
            format!("it has {size} bytes; at most {MAX_BYTES} are read"),
        ));
    }
    std::fs::read(&entry.path).map_err(|error| why_not(&error))
}

/// What JSON says in a fixed form; or that it is no text at all, or why the form is another.
fn json<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, Says> {
    match not_utf8(bytes) {
        Some(why) => Err(why),
        None => serde_json::from_slice(bytes).map_err(|error| json_why(&error)),
    }
}

/// A vocabulary that is counted and not kept: a mapping of tokens to ids, or a list of pieces.
struct Entries {
    count: u64,
    highest: Option<u64>,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Count;
        impl<'de> Visitor<'de> for Count {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vocabulary: a mapping of tokens to ids, or a list of pieces")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Entries { count: 0, highest: None };
                while let Some((_, id)) = map.next_entry::<IgnoredAny, u64>()? {
                    entries.count += 1;
                    entries.highest = entries.highest.max(Some(id));
                }
                Ok(entries)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries, A::Error> {
                let mut entries = Entries { count: 0, highest: None };
                while list.next_element::<IgnoredAny>()?.is_some() {
                    entries.count += 1;
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_any(Count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vocabularies_are_counted() {
        let text = br#"{"added_tokens":[{"id":0,"content":"<s>"},{"id":3,"content":"<x>"},{"id":3}],
            "model":{"type":"BPE","vocab":{"<s>":0,"a":1,"b":2},"merges":[]}}"#;
        assert_eq!(count_json(text), Ok(Counted { entries: 4, kind: Some("BPE".to_owned()) }));
        let unigram = br#"{"model":{"type":"Unigram","vocab":[["a",0.0],["b",-1.0]]}}"#;
        assert_eq!(count_json(unigram).map(|c| c.entries), Ok(2));
        assert_eq!(count_vocab(br#"{"a":0,"b":1}"#).map(|c| c.entries), Ok(2));
        for text in ["a\nb\n", "a\nb", "[PAD]\r\n##b\r\n"] {
            assert_eq!(count_lines(text.as_bytes()).map(|c| c.entries), Ok(2), "{text:?}");
        }
        assert!(count_lines(b"").is_err() && count_lines(&[0xff, 0xfe]).is_err());
        assert_eq!(count_pieces(&[0x0a, 1, b'x', 0x0a, 2, b'y', b'z', 0x12, 0]).map(|c| c.entries), Ok(2));
    }

    #[test]
    fn broken_files_are_refused() {
        for bytes in [&b""[..], b"[]", b"{", br#"{"model":{}}"#, br#"{"model":{"vocab":{"a":"b"}}}"#] {
            assert!(count_json(bytes).is_err(), "{bytes:?}");
        }
        let deep = format!(r#"{{"model":{{"vocab":[{}]}}}}"#, "[".repeat(100_000));
        assert!(count_json(deep.as_bytes()).is_err());
        for bytes in [&[][..], &[0xff; 40], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], &[0x0a, 9, 1]] {
            assert!(count_pieces(bytes).is_err(), "{bytes:?}");
        }
    }
}
