//! A signed statement in a file: a DSSE envelope within a Sigstore bundle, as model-signing and cosign write it, or
//! bare.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::key::{PrivateKey, PublicKey};
use crate::text::{Says, says};

/// The type of payload that is signed and read: an in-toto statement.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The form of the bundle around it.
const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Largest signature file that is read, in bytes. One over a model of 20,000 files has 3 million.
pub const MAX_ENVELOPE_BYTES: u64 = 16 << 20;

/// Why a file is no signature that can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeFault {
    /// It is no JSON, or lacks a part.
    #[error("it is no DSSE envelope")]
    NoEnvelope,
    /// Its payload is of another type.
    #[error("what was signed is no in-toto statement")]
    OtherPayload,
    /// It is a Sigstore bundle over a bare file.
    #[error("it signs a file and not a statement")]
    NoStatement,
}

impl EnvelopeFault {
    /// In both languages.
    pub fn says(self) -> Says {
        match self {
            Self::NoEnvelope => says("DSSE 봉투가 아니다", "it is no DSSE envelope"),
            Self::OtherPayload => says("서명된 것이 in-toto 진술이 아니다", "what was signed is no in-toto statement"),
            Self::NoStatement => says(
                "진술이 아니라 파일 자체에 한 서명이다. 진술에 서명한다(cosign에서는 `attest-blob`)",
                "it signs a bare file and not a statement; sign a statement (with cosign: `attest-blob`)",
            ),
        }
    }
}

/// Most signatures of one envelope that are tried.
const MAX_SIGNATURES: usize = 64;

/// A Sigstore bundle as it is written; what else stands in it is passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    message_signature: Option<IgnoredAny>,
    dsse_envelope: Option<Written>,
}

/// An envelope as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    sig: String,
}

/// A payload with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The bytes that were signed: an in-toto statement.
    pub payload: Vec<u8>,
    /// The signatures, each of which may be by another key.
    signatures: Vec<Vec<u8>>,
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(payload: Vec<u8>, key: &PrivateKey) -> Self {
        let signatures = vec![key.sign(&encoded(&payload))];
        Self { payload, signatures }
    }

    /// The first of these keys that made one of the signatures.
    pub fn made_by<'k>(&self, keys: &'k [PublicKey]) -> Option<&'k PublicKey> {
        let bytes = encoded(&self.payload);
        keys.iter().find(|key| self.signatures.iter().any(|signature| key.made(signature, &bytes)))
    }

    /// As a Sigstore bundle without certificate and log. `key` is the public key, which is named by its digest.
    pub fn to_json(&self, key: &PublicKey) -> Value {
        json!({
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": {"publicKey": {"hint": key.fingerprint()}, "tlogEntries": []},
            "dsseEnvelope": {
                "payload": STANDARD.encode(&self.payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": self.signatures.iter().map(|signature| json!({
                    "sig": STANDARD.encode(signature),
                    "keyid": "",
                })).collect::<Vec<_>>(),
            },
        })
    }

    /// Reads a bundle, or a bare envelope.
    ///
    /// # Errors
    /// It is neither, or holds another payload. Whether a signature is true is asked with [`Envelope::made_by`].
    pub fn read(bytes: &[u8]) -> Result<Self, EnvelopeFault> {
        if bytes.len() as u64 > MAX_ENVELOPE_BYTES {
            return Err(EnvelopeFault::NoEnvelope);
        }
        let whole: Bundle = serde_json::from_slice(bytes).map_err(|_| EnvelopeFault::NoEnvelope)?;
        if whole.message_signature.is_some() {
            return Err(EnvelopeFault::NoStatement);
        }
        let written = match whole.dsse_envelope {
            Some(envelope) => envelope,
            None => serde_json::from_slice(bytes).map_err(|_| EnvelopeFault::NoEnvelope)?,
        };
        if written.payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeFault::OtherPayload);
        }
        let decoded = |text: &str| STANDARD.decode(text).map_err(|_| EnvelopeFault::NoEnvelope);
        let signatures = written.signatures.iter().take(MAX_SIGNATURES).map(|one| decoded(&one.sig));
        Ok(Self { payload: decoded(&written.payload)?, signatures: signatures.collect::<Result<_, _>>()? })
    }
}

/// The bytes that are signed in place of the payload (DSSE 1.0, "pre-authentication encoding").
fn encoded(payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(of: u8) -> PrivateKey {
        PrivateKey::p256_from(&[of; 32]).expect("a key")
    }

    #[test]
    fn an_envelope_comes_back_and_names_its_key_among_others() {
        let (mine, other) = (key(3), key(4));
        let written = Envelope::sign(b"{}".to_vec(), &mine).to_json(&mine.public()).to_string();
        let read = Envelope::read(written.as_bytes()).expect("an envelope");
        let keys = [other.public(), mine.public()];
        assert_eq!(read.made_by(&keys), Some(&keys[1]));
        assert_eq!(read.made_by(&keys[..1]), None);
        let changed = Envelope { payload: b"{ }".to_vec(), ..read };
        assert_eq!(changed.made_by(&keys), None);
    }

    #[test]
    fn what_is_no_envelope_is_told() {
        for (text, fault) in [
            ("", EnvelopeFault::NoEnvelope),
            ("[]", EnvelopeFault::NoEnvelope),
            (r#"{"payloadType": "text/plain", "payload": "", "signatures": []}"#, EnvelopeFault::OtherPayload),
            (
                r#"{"payloadType": "application/vnd.in-toto+json", "payload": "*", "signatures": []}"#,
                EnvelopeFault::NoEnvelope,
            ),
            (r#"{"messageSignature": {}}"#, EnvelopeFault::NoStatement),
        ] {
            assert_eq!(Envelope::read(text.as_bytes()).err(), Some(fault), "{text}");
        }
    }
}
