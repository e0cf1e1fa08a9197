//! In-toto statements: what is said (a predicate) of which bytes (subjects, by digest).

use serde_json::{Map, Value, json};

use crate::text::{Says, Untrusted, says};

/// The type of every statement.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";

/// Most subjects of a statement, as many as a model may have files.
const MAX_SUBJECTS: usize = 20_000;

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name, as it stands there: it is compared and never shown.
    pub name: String,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// Which kind of thing it says.
    pub predicate_type: String,
    /// What it says.
    pub predicate: Value,
}

/// Why bytes are no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// No JSON, or a part is missing.
    #[error("it is no in-toto statement")]
    NoStatement,
    /// Of another version.
    #[error("it is a statement of another type: {0}")]
    OtherType(Untrusted),
    /// A subject has no SHA-256.
    #[error("a subject has no SHA-256 digest")]
    NoDigest,
    /// Too many subjects.
    #[error("it names more than {MAX_SUBJECTS} subjects")]
    TooMany,
}

impl StatementFault {
    /// In both languages.
    pub fn says(&self) -> Says {
        match self {
            Self::NoStatement => says("in-toto 진술이 아니다", "it is no in-toto statement"),
            Self::OtherType(word) => {
                says(format!("다른 형식의 진술이다: `{word}`"), format!("it is a statement of another type: `{word}`"))
            }
            Self::NoDigest => says("SHA-256 해시가 없는 대상이 있다", "a subject has no SHA-256 digest"),
            Self::TooMany => {
                says(format!("대상이 {MAX_SUBJECTS}개를 넘는다"), format!("it names more than {MAX_SUBJECTS} subjects"))
            }
        }
    }
}

/// Whether a text is a SHA-256 in lower-case hexadecimal.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

impl Statement {
    /// As JSON, in the order of keys that the specification shows.
    pub fn to_json(&self) -> Value {
        json!({
            "_type": STATEMENT,
            "subject": self.subjects.iter().map(|subject| json!({
                "name": subject.name,
                "digest": {"sha256": subject.sha256},
            })).collect::<Vec<_>>(),
            "predicateType": self.predicate_type,
            "predicate": self.predicate,
        })
    }

    /// Reads a statement.
    ///
    /// # Errors
    /// It is none, or of another version.
    pub fn read(bytes: &[u8]) -> Result<Self, StatementFault> {
        let mut whole: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| StatementFault::NoStatement)?;
        let word = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        match word(whole.get("_type")) {
            Some(kind) if kind == STATEMENT => {}
            Some(other) => return Err(StatementFault::OtherType(Untrusted::new(&other))),
            None => return Err(StatementFault::NoStatement),
        }
        let list = whole.get("subject").and_then(Value::as_array).ok_or(StatementFault::NoStatement)?;
        if list.len() > MAX_SUBJECTS {
            return Err(StatementFault::TooMany);
        }
        let mut subjects = Vec::with_capacity(list.len());
        for one in list {
            let name = word(one.get("name")).unwrap_or_default();
            let sha256 = word(one.get("digest").and_then(|digest| digest.get("sha256")));
            let sha256 = sha256.filter(|text| is_sha256(text)).ok_or(StatementFault::NoDigest)?;
            subjects.push(Subject { name, sha256 });
        }
        let predicate_type = word(whole.get("predicateType")).ok_or(StatementFault::NoStatement)?;
        let predicate = whole.remove("predicate").unwrap_or(Value::Null);
        Ok(Self { subjects, predicate_type, predicate })
    }

    /// Whether it is about bytes of this digest.
    pub fn is_about(&self, sha256: &str) -> bool {
        self.subjects.iter().any(|subject| subject.sha256 == sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_comes_back() {
        let written = Statement {
            subjects: vec![Subject { name: "a".into(), sha256: "0".repeat(64) }],
            predicate_type: "https://example.org/p".into(),
            predicate: json!({"k": 1}),
        };
        let read = Statement::read(written.to_json().to_string().as_bytes()).expect("a statement");
        assert_eq!(read, written);
        assert!(read.is_about(&"0".repeat(64)) && !read.is_about(&"1".repeat(64)));
    }

    #[test]
    fn what_is_no_statement_is_told() {
        for text in ["", "[]", "{}", r#"{"_type": "https://in-toto.io/Statement/v1"}"#] {
            assert_eq!(Statement::read(text.as_bytes()), Err(StatementFault::NoStatement), "{text}");
        }
        let short = r#"{"_type": "https://in-toto.io/Statement/v1", "predicateType": "p",
            "subject": [{"name": "a", "digest": {"sha256": "AB"}}]}"#;
        assert_eq!(Statement::read(short.as_bytes()), Err(StatementFault::NoDigest));
        let old = r#"{"_type": "https://in-toto.io/Statement/v0.1"}"#;
        assert!(matches!(Statement::read(old.as_bytes()), Err(StatementFault::OtherType(_))));
    }
}
