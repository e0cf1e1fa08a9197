//! allow.yaml of a ruleset: what the desk's checks may pass over, each with a reason. An allowance that nothing needs
//! is itself a finding.
//!
//! ```yaml
//! format: 1
//! mutants:
//!   - id: own-data/test.all.1/negated
//!     because: { ko: ..., en: ... }
//! findings:
//!   - id: SG0501
//!     of: own-data
//!     because: { ko: ..., en: ... }
//! ```

use crate::rules::{LocalText, RulesetFiles, format, local};
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, Node, Reader, SourceFile, Span, parse_yaml, says};

/// One allowance.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// Id of the mutant, or of the finding.
    pub id: String,
    /// What a finding is about; empty for mutants.
    pub of: String,
    /// Why it is allowed.
    pub because: LocalText,
    /// Where it stands.
    pub span: Span,
    /// Whether something needed it.
    pub used: bool,
}

/// All allowances of a ruleset.
#[derive(Debug, Clone, Default)]
pub struct Allowances {
    /// Mutants that no case need catch.
    pub mutants: Vec<Allowance>,
    /// Findings that are known and accepted.
    pub findings: Vec<Allowance>,
    file: Option<SourceFile>,
}

impl Allowances {
    /// Reads allow.yaml, where there is one.
    ///
    /// # Errors
    /// Every mistake of the file.
    pub fn read(files: &RulesetFiles, languages: &[String]) -> Result<Self, Diagnostics> {
        let Some(file) = &files.allow else { return Ok(Self::default()) };
        let root = parse_yaml(file, Aliases::Refuse)?;
        let mut reader = Reader::new(file.clone());
        let mut all = Self { file: Some(file.clone()), ..Self::default() };
        if let Some(mut fields) = reader.map(&root) {
            if format(&mut fields, &mut reader) {
                for (key, list) in [("mutants", &mut all.mutants), ("findings", &mut all.findings)] {
                    let items = fields.node(key).and_then(|node| reader.list(node)).unwrap_or_default();
                    list.extend(items.iter().filter_map(|item| allowance(item, key, languages, &mut reader)));
                }
            }
            fields.done(&mut reader);
        }
        if reader.problems.has_errors() { Err(reader.problems) } else { Ok(all) }
    }

    /// Whether a mutant is allowed, with the reason; the allowance counts as used.
    pub fn mutant(&mut self, id: &str) -> Option<&LocalText> {
        take(&mut self.mutants, id, "")
    }

    /// Whether a finding is allowed, with the reason; the allowance counts as used.
    pub fn finding(&mut self, code: Code, of: &str) -> Option<&LocalText> {
        take(&mut self.findings, code.id(), of)
    }

    /// Reports the allowances of a list that nothing needed.
    pub fn unused(&self, list: &[Allowance]) -> Diagnostics {
        let mut problems = Diagnostics::default();
        let Some(file) = &self.file else { return problems };
        for entry in list.iter().filter(|entry| !entry.used) {
            let id = [entry.id.as_str(), entry.of.as_str()].join(" ").trim_end().to_owned();
            let message =
                says(format!("`{id}`: 허용할 것이 더는 없다"), format!("nothing is left that `{id}` would allow"));
            problems.push(
                Diagnostic::warning(Code::AllowanceNotNeeded, file, entry.span, message)
                    .help(says("이 항목을 지운다", "remove this entry")),
            );
        }
        problems
    }
}

fn take<'l>(list: &'l mut [Allowance], id: &str, of: &str) -> Option<&'l LocalText> {
    let entry = list.iter_mut().find(|entry| entry.id == id && entry.of == of)?;
    entry.used = true;
    Some(&entry.because)
}

fn allowance(node: &Node, key: &str, languages: &[String], reader: &mut Reader) -> Option<Allowance> {
    let mut fields = reader.map(node)?;
    let id_node = fields.must("id");
    let id = id_node.and_then(|node| reader.text(node)).map(str::to_owned);
    let of = if key == "findings" { fields.required::<String>("of", reader) } else { Some(String::new()) };
    let because = fields.must("because").and_then(|node| local(node, languages, reader));
    fields.done(reader);
    Some(Allowance { id: id?, of: of?, because: because?, span: id_node?.span, used: false })
}
