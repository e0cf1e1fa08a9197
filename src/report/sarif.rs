//! Findings as SARIF 2.1.0, which code hosts show beside the lines.

use serde_json::{Value, json};

use super::findings::Findings;
use crate::text::{Code, Diagnostic, Severity};

/// Where the pages of the codes stand.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/diagnostics");

/// The log of one run. Columns count characters.
pub fn sarif(it: &Findings<'_>) -> Value {
    let mut codes: Vec<Code> = it.list.iter().map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "sovgrade",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": codes.iter().map(|code| rule(it, *code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": true}],
            "results": it.list.iter().map(|finding| result(it, finding, &codes)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(it: &Findings<'_>, code: Code) -> Value {
    json!({
        "id": code.id(),
        "name": format!("{code:?}"),
        "shortDescription": {"text": code.title().get(it.lang)},
        "helpUri": format!("{PAGES}/{}.md", code.id()),
    })
}

fn result(it: &Findings<'_>, finding: &Diagnostic, codes: &[Code]) -> Value {
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!("\n{}", help.get(it.lang)));
    let mut place = json!({"artifactLocation": {"uri": address(&it.path(finding))}});
    if !finding.file.text().is_empty() {
        let (start, end) = (finding.file.position(finding.span.start), finding.file.position(finding.span.end));
        place["region"] = json!({
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        });
    }
    json!({
        "ruleId": finding.code.id(),
        "ruleIndex": codes.iter().position(|code| *code == finding.code),
        "kind": if finding.code == Code::OpenQuestion { "open" } else { "fail" },
        "level": match (finding.code, finding.severity) {
            // What is not `fail` has no level.
            (Code::OpenQuestion, _) => "none",
            (_, Severity::Error) => "error",
            (_, Severity::Warning) => "warning",
        },
        "message": {"text": format!("{}{help}", finding.message.get(it.lang))},
        "locations": [{"physicalLocation": place}],
    })
}

/// A path as an address: every byte that is no plain part of one percent-encoded.
fn address(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
