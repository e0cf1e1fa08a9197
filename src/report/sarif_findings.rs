//! Findings as SARIF 2.1.0, which code hosts show beside the lines.

use serde_json::{Value, json};

use super::findings::Findings;
use super::sarif::{log, plain, tool, uri};
use crate::text::{Code, Diagnostic, Severity};

/// Where the pages of the codes stand.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/diagnostics");

/// The log of one run. Columns count characters.
pub fn sarif_findings(it: &Findings<'_>) -> Value {
    let mut codes: Vec<Code> = it.list.iter().map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    log(&[json!({
        "tool": tool(&codes.iter().map(|code| rule(it, *code)).collect::<Vec<_>>()),
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": true}],
        "results": it.list.iter().map(|finding| result(it, finding, &codes)).collect::<Vec<_>>(),
    })])
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
    let mut place = json!({"artifactLocation": {"uri": uri(&it.path(finding))}});
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
        "message": {"text": plain(&format!("{}{help}", finding.message.get(it.lang)))},
        "locations": [{"physicalLocation": place}],
    })
}
