//! Keys: ECDSA over P-256 with SHA-256, and Ed25519, as PEM.

use std::path::Path;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use p256::ecdsa::signature::{Signer as _, Verifier as _};

use crate::evidence::sha256;
use crate::text::{Code, Diagnostic, Says, SourceFile, Span, read_text, says, shown_path};

/// Largest key file that is read, in bytes. A key has some 250.
const MAX_KEY_BYTES: u64 = 64 << 10;

/// Why a text is no key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// No PEM block of a key stands there.
    #[error("no key in PEM form stands there")]
    NoKey,
    /// It asks for a password.
    #[error("the key is locked with a password")]
    Locked,
    /// A private key stands where a public one is asked for.
    #[error("this is a private key; hand in the public one")]
    Private,
    /// A public key stands where a private one is asked for.
    #[error("this is a public key; signing takes the private one")]
    Public,
    /// A kind that is not read.
    #[error("only ECDSA over P-256 and Ed25519 are read")]
    Kind,
}

impl KeyFault {
    /// In both languages.
    pub fn says(self) -> Says {
        match self {
            Self::NoKey => says("PEM 형식의 열쇠가 아니다", "no key in PEM form stands there"),
            Self::Locked => says("암호로 잠긴 열쇠이다", "the key is locked with a password"),
            Self::Private => says("개인 열쇠이다", "this is a private key"),
            Self::Public => says("공개 열쇠이다", "this is a public key"),
            Self::Kind => {
                says("P-256 ECDSA와 Ed25519 열쇠만 읽는다", "only keys for ECDSA over P-256 and Ed25519 are read")
            }
        }
    }

    /// What to do.
    fn help(self) -> Says {
        match self {
            Self::Locked => says(
                "`openssl pkey -in 열쇠.pem -out 풀린-열쇠.pem`으로 잠금을 푼 사본을 쓴다",
                "use a copy without the password: `openssl pkey -in KEY.pem -out open.pem`",
            ),
            Self::Private => says(
                "`openssl pkey -in 열쇠.pem -pubout -out 공개.pem`으로 공개 열쇠를 만들어 준다",
                "make the public one: `openssl pkey -in KEY.pem -pubout -out public.pem`",
            ),
            Self::Public => says("서명에는 짝이 되는 개인 열쇠를 준다", "sign with the private key that belongs to it"),
            Self::NoKey | Self::Kind => says(
                "`sovgrade key new 이름`이나 `openssl ecparam -name prime256v1 -genkey -noout`으로 만든다",
                "make one with `sovgrade key new NAME`, or with `openssl ecparam -name prime256v1 -genkey -noout`",
            ),
        }
    }
}

/// The labels of PEM blocks, and what each holds.
const LABELS: [(&str, Holds); 5] = [
    ("PUBLIC KEY", Holds::Public),
    ("PRIVATE KEY", Holds::Private),
    ("EC PRIVATE KEY", Holds::Sec1),
    ("ENCRYPTED PRIVATE KEY", Holds::Locked),
    ("RSA PRIVATE KEY", Holds::Other),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Public,
    Private,
    Sec1,
    Locked,
    Other,
}

/// The first block of a key: what it holds, and its lines. Parameters of a curve may stand before it.
fn block(text: &str) -> Result<(Holds, &str), KeyFault> {
    for (label, holds) in LABELS {
        let (open, close) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
        let Some(from) = text.find(&open) else { continue };
        let Some(length) = text[from..].find(&close) else { return Err(KeyFault::NoKey) };
        let inside = &text[from..from + length + close.len()];
        return Ok(if inside.contains("ENCRYPTED") { (Holds::Locked, inside) } else { (holds, inside) });
    }
    Err(KeyFault::NoKey)
}

/// A key that signs.
pub enum PrivateKey {
    /// ECDSA over P-256.
    P256(Box<p256::ecdsa::SigningKey>),
    /// Ed25519.
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

/// Nothing of a private key is ever printed.
impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey of {}", self.public().fingerprint())
    }
}

impl PrivateKey {
    /// Reads a private key: PKCS #8, or the SEC 1 form of OpenSSL's `ecparam -genkey`.
    ///
    /// # Errors
    /// No key, a public or a locked one, or one of another kind.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        match block(text)? {
            (Holds::Public, _) => Err(KeyFault::Public),
            (Holds::Locked, _) => Err(KeyFault::Locked),
            (Holds::Other, _) => Err(KeyFault::Kind),
            (Holds::Sec1, pem) => {
                let key = p256::SecretKey::from_sec1_pem(pem).map_err(|_| KeyFault::Kind)?;
                Ok(Self::P256(Box::new(key.into())))
            }
            (Holds::Private, pem) => p256::ecdsa::SigningKey::from_pkcs8_pem(pem)
                .map(|key| Self::P256(Box::new(key)))
                .or_else(|_| ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map(|key| Self::Ed25519(Box::new(key))))
                .map_err(|_| KeyFault::Kind),
        }
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// It cannot be read, or [`PrivateKey::from_pem`].
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        read(path, Self::from_pem)
    }

    /// The P-256 key whose secret number is these 32 bytes; `None` for the few numbers that are none.
    pub fn p256_from(secret: &[u8; 32]) -> Option<Self> {
        let key = p256::ecdsa::SigningKey::from_slice(secret).ok()?;
        Some(Self::P256(Box::new(key)))
    }

    /// As PKCS #8 in PEM.
    pub fn to_pem(&self) -> String {
        let pem = match self {
            Self::P256(key) => key.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.to_string()),
            Self::Ed25519(key) => key.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.to_string()),
        };
        pem.unwrap_or_default()
    }

    /// The public key that belongs to it.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::P256(key) => PublicKey::P256(Box::new(*key.verifying_key())),
            Self::Ed25519(key) => PublicKey::Ed25519(Box::new(key.verifying_key())),
        }
    }

    /// Signs bytes. The same key and bytes give the same signature (RFC 6979, RFC 8032). ECDSA signatures are in DER.
    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(bytes);
                signature.to_der().as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(bytes).to_bytes().to_vec(),
        }
    }
}

/// A key that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// ECDSA over P-256.
    P256(Box<p256::ecdsa::VerifyingKey>),
    /// Ed25519.
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
}

impl PublicKey {
    /// Reads a public key (`SubjectPublicKeyInfo`).
    ///
    /// # Errors
    /// No key, a private one, or one of another kind.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        match block(text)? {
            (Holds::Private | Holds::Sec1 | Holds::Locked, _) => Err(KeyFault::Private),
            (Holds::Other, _) => Err(KeyFault::Kind),
            (Holds::Public, pem) => p256::ecdsa::VerifyingKey::from_public_key_pem(pem)
                .map(|key| Self::P256(Box::new(key)))
                .or_else(|_| {
                    ed25519_dalek::VerifyingKey::from_public_key_pem(pem).map(|key| Self::Ed25519(Box::new(key)))
                })
                .map_err(|_| KeyFault::Kind),
        }
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// It cannot be read, or [`PublicKey::from_pem`].
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        read(path, Self::from_pem)
    }

    /// In PEM, as every tool writes it.
    pub fn to_pem(&self) -> String {
        let pem = match self {
            Self::P256(key) => key.to_public_key_pem(LineEnding::LF),
            Self::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
        };
        pem.unwrap_or_default()
    }

    /// SHA-256 of the PEM text, in lower-case hexadecimal: how model-signing names a key in a signature.
    pub fn fingerprint(&self) -> String {
        sha256(self.to_pem().as_bytes())
    }

    /// Whether this key made a signature over bytes.
    pub(super) fn made(&self, signature: &[u8], bytes: &[u8]) -> bool {
        match self {
            Self::P256(key) => {
                p256::ecdsa::Signature::from_der(signature).is_ok_and(|signature| key.verify(bytes, &signature).is_ok())
            }
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(bytes, &signature).is_ok()),
        }
    }
}

fn read<K>(path: &Path, parse: impl Fn(&str) -> Result<K, KeyFault>) -> Result<K, Diagnostic> {
    let name = shown_path(path);
    let file = read_text(path, &name, MAX_KEY_BYTES)?;
    parse(file.text()).map_err(|fault| {
        let why = fault.says();
        let message = says(format!("`{name}`: {}", why.ko), format!("`{name}`: {}", why.en));
        Diagnostic::error(Code::BadKey, &SourceFile::nameless(&name), Span::default(), message).help(fault.help())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> [PrivateKey; 2] {
        let p256 = PrivateKey::p256_from(&[7; 32]).expect("a key");
        [p256, PrivateKey::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&[9; 32])))]
    }

    #[test]
    fn a_key_comes_back_from_its_own_text_and_verifies_what_it_signed() {
        for key in keys() {
            let again = PrivateKey::from_pem(&key.to_pem()).expect("private");
            let public = PublicKey::from_pem(&key.public().to_pem()).expect("public");
            assert_eq!(again.public(), public);
            let signature = again.sign(b"bytes");
            assert_eq!(signature, key.sign(b"bytes"), "signing takes no random number");
            assert!(public.made(&signature, b"bytes"));
            assert!(!public.made(&signature, b"bytez"));
            let mut other = signature.clone();
            let last = other.len() - 1;
            other[last] ^= 1;
            assert!(!public.made(&other, b"bytes") && !public.made(&[], b"bytes"));
        }
        let [one, two] = keys();
        assert!(!two.public().made(&one.sign(b"x"), b"x") && !one.public().made(&two.sign(b"x"), b"x"));
    }

    #[test]
    fn the_wrong_half_is_told() {
        for key in keys() {
            assert_eq!(PublicKey::from_pem(&key.to_pem()).err(), Some(KeyFault::Private));
            assert_eq!(PrivateKey::from_pem(&key.public().to_pem()).err(), Some(KeyFault::Public));
        }
        assert_eq!(PublicKey::from_pem("ssh-ed25519 AAAA").err(), Some(KeyFault::NoKey));
        let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        assert_eq!(PrivateKey::from_pem(locked).err(), Some(KeyFault::Locked));
        let empty = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        assert_eq!(PublicKey::from_pem(empty).err(), Some(KeyFault::Kind));
    }

    #[test]
    fn nothing_of_a_private_key_is_printed() {
        let [key, _] = keys();
        assert!(!format!("{key:?}").contains("0707"), "{key:?}");
    }
}
