//! Nodes that do not say what they ask: no head, several, or a text in place of a node.

use super::compile::{Compiler, HEADS};
use super::phrase::phrase;
use crate::text::{Code, Diagnostic, Fields, Node, Reader, says};

impl Compiler<'_> {
    /// Reports a test that is written as a text or a list, with the node that it says.
    pub(super) fn is_said(&self, node: &Node, reader: &mut Reader) -> bool {
        let names = self.names;
        let line = match (node.text(), node.list()) {
            (Some(text), _) if names.term(text).is_some() => Some(format!("{{ term: {text} }}")),
            (Some(text), _) if names.criterion(text).is_some() => Some(format!("{{ criterion: {text} }}")),
            (Some(text), _) => phrase(text, &names.own),
            (None, Some(items)) if items.iter().any(|item| item.map().is_some()) => Some("all:".to_owned()),
            _ => None,
        };
        let quoted =
            node.text().map(str::trim).filter(|text| text.starts_with(['{', '[']) && text.ends_with(['}', ']']));
        let Some(line) = line.or_else(|| quoted.map(str::to_owned)) else { return false };
        let file = reader.file.clone();
        let (message, help) = if node.list().is_some() {
            (
                says("마디 하나가 올 자리에 목록이 있다", "a list stands here where one node must"),
                says(
                    "모두 만족해야 하면 `all:`, 하나만 만족해도 되면 `any:` 아래에 둔다",
                    "put it under `all:` if every one must hold, under `any:` if one is enough",
                ),
            )
        } else {
            (
                says("시험이 글로 적혀 있다", "this test is written as a text"),
                says(format!("`{line}`로 적는다"), format!("write `{line}`")),
            )
        };
        let span = file.first_line(node.span);
        reader.report(Diagnostic::error(Code::WrongType, &file, span, message).help(help));
        true
    }

    pub(super) fn head_problem(&self, node: &Node, fields: &Fields<'_>, heads: &[&str], reader: &mut Reader) {
        let file = reader.file.clone();
        let problem = if heads.is_empty() {
            let first = fields.rest().find_map(|(key, _)| key.text().map(|text| (key.span, text)));
            let (span, written) = first.map_or((node.span, ""), |(span, text)| (span, text));
            let problem = Diagnostic::error(
                Code::NoHead,
                &file,
                span,
                says("이 마디가 무엇을 묻는지 알 수 없다", "this node does not say what it asks"),
            );
            let value = fields.rest().next().map(|(_, value)| file.slice(value.span)).unwrap_or_default();
            match crate::vocabulary::labelled(written, &self.names.own).filter(|(_, length)| *length == written.len()) {
                Some((path, _)) if !value.contains('\n') && !value.starts_with(['{', '[']) => {
                    let line = format!("{{ fact: {path}, is: {value} }}");
                    problem.help(says(format!("`{line}`처럼 적는다"), format!("write it as `{line}`")))
                }
                _ if matches!(written, "if" | "when" | "만약" | "then") => problem.help(says(
                    "대상이 되는 조건이면 기준의 `applies:`에, '가이면 나'라는 뜻이면 `any: [{ not: 가 }, 나]`로 적는다",
                    "write a condition of what is asked at all as `applies:` of the criterion, and \"if A then B\" as \
                    `any: [{ not: A }, B]`",
                )),
                _ => problem.did_you_mean(written, HEADS),
            }
        } else {
            let list = heads.join("`, `");
            Diagnostic::error(
                Code::NoHead,
                &file,
                file.first_line(node.span),
                says(
                    format!("한 마디에 머리 키가 여럿이다: `{list}`"),
                    format!("one node has several heads: `{list}`"),
                ),
            )
            .help(says("`all:` 아래에 따로 적는다", "put each in a node of its own under `all:`"))
        };
        reader.report(problem);
    }
}
