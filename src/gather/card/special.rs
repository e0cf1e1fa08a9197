//! Fields of a card whose meaning is more than one value of one fact.

use super::evidence::Route;
use super::fields::{FORMAT, LICENCE};
use super::read::{StatedLicence, Walk};
use crate::facts::{ItemDraft, Value};
use crate::licence::{Spelling, catalogue};
use crate::text::{Code, Diagnostic, Node, SourceFile, Span, says};
use crate::vocabulary::{Scope, vocabulary};

/// What to write for a licence that is not written by its id.
pub(crate) fn licence_spelling(file: &SourceFile, written: &str, span: Span) -> Option<Diagnostic> {
    let warning = |message| Diagnostic::warning(Code::ValueNotAllowed, file, span, message);
    let no_id = || {
        warning(says(
            format!("`{written}`은(는) 알려진 라이선스의 식별자가 아니다"),
            format!("`{written}` is not the id of a licence that is known"),
        ))
    };
    Some(match catalogue().spelling(written) {
        Spelling::Exact => return None,
        Spelling::Words(id) => {
            no_id().help(says(format!("`{id}`(으)로 적는다"), format!("write `{id}`"))).fix(span, id.as_str())
        }
        Spelling::Near(id) => no_id().help(says(format!("`{id}`을(를) 뜻했는가?"), format!("did you mean `{id}`?"))),
        Spelling::Unknown => no_id().help(says(
            "Hub나 SPDX의 식별자를 적는다. 없으면 `license: other`와 `license_name`, `license_link`를 적는다",
            "write an id of the Hub or of SPDX; where there is none, `license: other` with `license_name` and \
            `license_link`",
        )),
    })
}

impl Walk<'_> {
    pub(super) fn complete(
        &mut self,
        lists: &'static [(&'static str, &'static str)],
        node: &Node,
        item: &mut ItemDraft,
        route: &Route,
    ) {
        let names: Vec<&str> = lists.iter().map(|(name, _)| *name).collect();
        for word in node.list().unwrap_or(std::slice::from_ref(node)) {
            if let Some(at) = self.reader.word(word, &names) {
                self.put(item, lists[at].1, Some(&Value::Flag(true)), word.span, route);
            }
        }
    }

    /// Whether something stands in a field that is kept for people.
    pub(super) fn given(&mut self, path: &'static str, node: &Node, item: &mut ItemDraft, route: &Route) {
        let empty = node.list().is_some_and(<[Node]>::is_empty) || node.map().is_some_and(Vec::is_empty);
        let value = (!Value::is_undisclosed(node)).then_some(Value::Flag(!empty));
        self.put(item, path, value.as_ref(), node.span, route);
    }

    pub(super) fn trained_by(&mut self, path: &'static str, node: &Node, item: &mut ItemDraft, route: &Route) {
        if Value::is_undisclosed(node) {
            self.put(item, path, None, node.span, route);
            return;
        }
        let names = node.list().unwrap_or(std::slice::from_ref(node));
        let texts: Vec<String> = names.iter().filter_map(|n| self.reader.text(n)).map(str::to_lowercase).collect();
        let Some(maker) = self.maker.as_ref().map(|name| name.to_lowercase()) else { return };
        if texts.len() == names.len() && !texts.is_empty() {
            let own = texts.contains(&maker);
            self.put(item, path, Some(&Value::Flag(own)), node.span, route);
        }
    }

    pub(super) fn paths(&mut self, node: &Node, item: &mut ItemDraft, route: &Route) {
        let Some(entries) = node.map() else {
            self.reader.not_keys(node);
            return;
        };
        for (key, value) in entries {
            let written = key.text().unwrap_or_default();
            let Some(id) = vocabulary().path(written) else {
                // A mapping is a namespace: that of the ruleset at hand, or of another, which is its own matter.
                if self.is_own_namespace(written) {
                    let prefix = format!("{}.", self.own.namespace);
                    self.namespace(&prefix, Scope::Model, value, item, &route.step(written));
                    continue;
                }
                if value.map().is_some() {
                    self.root_for_a_namespace(key, value);
                    continue;
                }
                let at_model = vocabulary()
                    .entries()
                    .filter(|(id, _)| vocabulary().scope(*id) == Scope::Model)
                    .map(|(_, entry)| entry.path);
                let problem = Diagnostic::error(
                    Code::UnknownFact,
                    &self.reader.file,
                    key.span,
                    says(format!("`{written}`은(는) 모르는 사실이다"), format!("`{written}` is not a known fact")),
                );
                self.reader.report_near(problem, written, at_model);
                continue;
            };
            if vocabulary().scope(id) != Scope::Model {
                let message = says(
                    format!("`{written}`은(는) 항목의 사실이라 여기에 쓸 수 없다"),
                    format!("`{written}` is a fact of an item and cannot stand here"),
                );
                self.reader.error(Code::FactOutOfReach, key.span, message);
                continue;
            }
            if !value.is_null() {
                self.fact(vocabulary().entry(id).path, value, item, &route.step(written));
            }
        }
    }

    pub(super) fn licence(&mut self, part: &'static str, inherited: bool, node: &Node, route: &Route) {
        if Value::is_undisclosed(node) {
            return;
        }
        let (stated, file) = if node.map().is_some() {
            self.mapping(LICENCE, node, &mut ItemDraft::default(), route);
            let Some(stated) = node.get("licence").or_else(|| node.get("license")) else { return };
            (stated, node.get("licence_file").or_else(|| node.get("license_file")).and_then(Node::text))
        } else {
            (node, None)
        };
        if Value::is_undisclosed(stated) || stated.is_null() {
            return;
        }
        let items = stated.list().unwrap_or(std::slice::from_ref(stated));
        let ids: Vec<String> = items.iter().filter_map(|n| self.reader.text(n)).map(str::to_owned).collect();
        // Makers have licences of their own, and name them here as they like: only a slip is worth a warning.
        let slips = ids.iter().zip(items).filter(|(id, _)| catalogue().spelling(id) != Spelling::Unknown);
        for (id, item) in slips {
            if let Some(problem) = licence_spelling(&self.reader.file, id, item.span) {
                self.reader.report(problem);
            }
        }
        let value = ids.first().map(|id| Value::text(id.as_str()));
        let sources = self.citations.sources(&self.reader.file, stated.span, route, value.as_ref());
        if !ids.is_empty() {
            self.licences.push(StatedLicence {
                applies_to: part,
                inherited,
                place: route.at.clone(),
                ids,
                file: file.map(str::to_owned),
                sources,
                ..StatedLicence::default()
            });
        }
    }

    pub(super) fn format(&mut self, node: &Node) {
        let Some(text) = self.reader.text(node) else { return };
        if text == FORMAT {
            return;
        }
        let newer = text.strip_prefix("sovereignty/").and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n > 1);
        let code = if newer { Code::NewerFormat } else { Code::ValueNotAllowed };
        let problem = Diagnostic::error(
            code,
            &self.reader.file,
            node.span,
            says(format!("`{text}` 형식은 읽을 수 없다"), format!("the format `{text}` cannot be read")),
        )
        .help(says(format!("이 프로그램은 `{FORMAT}`을 읽는다"), format!("this program reads `{FORMAT}`")));
        self.reader.report(problem);
    }

    pub(super) fn evidence_ids(&mut self, node: &Node) -> Vec<String> {
        let ids = node.list().unwrap_or(std::slice::from_ref(node));
        let mut named = Vec::new();
        for id in ids {
            let Some(text) = self.reader.text(id) else { continue };
            if self.citations.has(text) {
                named.push(text.to_owned());
            } else {
                let known: Vec<&str> = self.citations.entries.iter().map(|entry| entry.id.as_str()).collect();
                let problem = Diagnostic::error(
                    Code::ValueNotAllowed,
                    &self.reader.file,
                    id.span,
                    says(
                        format!("`evidence` 목록에 `{text}`이(가) 없다"),
                        format!("there is no `{text}` in the `evidence` list"),
                    ),
                );
                self.reader.report_near(problem, text, known);
            }
        }
        named
    }
}
