//! What came of verifying, as JSON and as a statement that others can sign: in-toto, with the verification summary of
//! SLSA as its predicate.

use serde_json::{Value, json};

use super::signatures::Signed;
use super::verify::{GradePair, Verified};
use crate::evidence::sha256;
use crate::signing::{Statement, Subject};

/// The kind of statement.
pub const VERIFICATION: &str = "https://slsa.dev/verification_summary/v1";

/// Where the predicate carries what the summary has no place for.
const DETAILS: &str = "https://github.com/sovgrade/sovgrade/verification/v1";

/// The statement. `file` is the name of the archive, `verifier` an address of whoever verified, `day` an RFC 3339 day.
pub fn summary(it: &Verified, file: &str, verifier: &str, day: Option<&str>) -> Statement {
    let subjects = vec![
        Subject { name: file.to_owned(), sha256: it.sha256.clone() },
        Subject { name: it.model.to_string(), sha256: it.manifest.clone() },
    ];
    let mut predicate = json!({
        "verifier": {"id": verifier, "version": {"sovgrade": env!("CARGO_PKG_VERSION")}},
        "resourceUri": format!("pkg:generic/{}", address(&it.model)),
        "policy": policy(&it.grades),
        "inputAttestations": [{"uri": file, "digest": {"sha256": it.sha256}}],
        "verificationResult": if it.passed() { "PASSED" } else { "FAILED" },
        "verifiedLevels": if it.passed() { levels(&it.grades) } else { Vec::new() },
        "slsaVersion": "1.1",
        DETAILS: verified_json(it),
    });
    if let Some(day) = day {
        predicate["timeVerified"] = format!("{day}T00:00:00Z").into();
    }
    Statement { subjects, predicate_type: VERIFICATION.to_owned(), predicate }
}

/// A text as a part of an address: every sign that has a meaning there is written out.
fn address(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    text.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The rules: one by its own digest, several by the digest of their list.
fn policy(grades: &[GradePair]) -> Value {
    let list: Vec<String> = grades.iter().map(|it| format!("{}@{}", it.ruleset[0], it.ruleset[1])).collect();
    let digests: Vec<&str> = grades.iter().map(|it| it.ruleset[2].trim_start_matches("sha256:")).collect();
    let digest = match digests.as_slice() {
        [only] => (*only).to_owned(),
        several => sha256(several.join("\n").as_bytes()),
    };
    json!({"uri": format!("urn:sovgrade:ruleset:{}", address(&list.join(","))), "digest": {"sha256": digest}})
}

/// The grades as levels: `SOVGRADE_T-CLASS_T3`.
fn levels(grades: &[GradePair]) -> Vec<String> {
    let level = |pair: &GradePair| {
        let grade = &pair.verified.as_ref()?.en;
        Some(format!("SOVGRADE_{}_{}", pair.ruleset[0].to_uppercase(), grade.to_uppercase().replace(' ', "_")))
    };
    grades.iter().filter_map(level).collect()
}

/// Everything that came out, as data.
pub fn verified_json(it: &Verified) -> Value {
    let [model, contents] = &it.signatures;
    json!({
        "schema": "sovgrade/verification/1",
        "model": it.model,
        "sha256": it.sha256,
        "manifest": it.manifest,
        "made-by": it.program,
        "passed": it.passed(),
        "findings": it.findings.iter().map(|finding| json!({
            "kind": finding.kind.word(),
            "of": finding.of,
            "text": finding.says,
        })).collect::<Vec<_>>(),
        "signatures": {"model": signed(model), "contents": signed(contents)},
        "evidence-signed": it.evidence_signed.iter().map(|(file, key)| json!({
            "file": file,
            "key": key,
        })).collect::<Vec<_>>(),
        "grades": it.grades.iter().map(|pair| json!({
            "ruleset": {"id": pair.ruleset[0], "version": pair.ruleset[1], "digest": pair.ruleset[2]},
            "handed-in": pair.handed_in.en,
            "verified": pair.verified.as_ref().map(|grade| &grade.en),
            "rests-on": pair.rests,
            "set-aside": pair.set_aside,
        })).collect::<Vec<_>>(),
        "weights-files": it.weights,
        "weights": it.compared.as_ref().map(|compared| json!({
            "blocks-read": compared.read,
            "blocks": compared.of,
            "sees-a-change-of-one-percent": compared.sees_one_in_hundred,
        })),
        "measured-again": it.agreed,
        "other-weights": it.others,
    })
}

fn signed(state: &Signed) -> Value {
    match state {
        Signed::Not => json!({"state": "not-signed"}),
        Signed::Unchecked => json!({"state": "not-checked"}),
        Signed::By(key) => json!({"state": "verified", "key": key}),
        Signed::ByNoneOfThese => json!({"state": "by-none-of-these-keys"}),
        Signed::Broken(why) => json!({"state": "broken", "why": why}),
    }
}
