//! Findings as `JUnit` XML: a test a finding, and one that passes where nothing was found.

use super::findings::Findings;
use crate::text::{Code, Diagnostic, Severity, escape};

/// The suite of one run.
pub fn junit(it: &Findings<'_>) -> String {
    let failures = it.list.iter().filter(|finding| finding.severity == Severity::Error).count();
    let skipped = it.list.iter().filter(|finding| finding.severity == Severity::Warning).count();
    let tests = it.list.len().max(1);
    let name = escape::markup(it.name);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    out.push_str(&format!(
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n"
    ));
    if it.list.is_empty() {
        out.push_str(&format!("    <testcase classname=\"{name}\" name=\"card\"/>\n"));
    }
    for (at, finding) in it.list.iter().enumerate() {
        out.push_str(&case(it, finding, at, &name));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(it: &Findings<'_>, finding: &Diagnostic, at: usize, class: &str) -> String {
    let line = |text: &str| escape::markup(&escape::line(text));
    let start = finding.file.position(finding.span.start);
    let message = line(finding.message.get(it.lang));
    let help = finding.help.as_ref().map_or_else(String::new, |help| line(help.get(it.lang)));
    let head = format!(
        "    <testcase classname=\"{class}\" name=\"{} {}\" file=\"{}\" line=\"{}\">\n",
        finding.code.id(),
        at + 1,
        line(&it.path(finding)),
        start.line
    );
    let body = match finding.severity {
        Severity::Error => {
            format!("      <failure type=\"{}\" message=\"{message}\">{help}</failure>\n", finding.code.id())
        }
        Severity::Warning => {
            let what = if finding.code == Code::OpenQuestion { "? " } else { "" };
            format!("      <skipped message=\"{what}{message}\"/>\n")
        }
    };
    format!("{head}{body}    </testcase>\n")
}
