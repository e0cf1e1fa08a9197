//! What a card says under the namespaces of rulesets: `facts: {kr-procure: {sbom: yes}}`, at the model and in the
//! entries of its lists.

use super::evidence::Route;
use super::read::{Walk, absorb};
use crate::facts::{ItemDraft, Value};
use crate::text::{Code, Diagnostic, Names, Node, says};
use crate::vocabulary::{CollectionId, Scope, vocabulary};

impl Walk<'_> {
    /// Facts in an entry of a list, by namespaces. Those of another ruleset are its own matter.
    pub(super) fn own_facts(&mut self, collection: &str, node: &Node, item: &mut ItemDraft, route: &Route) {
        let Some(entries) = node.map() else {
            self.reader.wrong_type(node, "키와 값의 모음", "a mapping");
            return;
        };
        let Some(scope) = vocabulary().collection(collection).map(Scope::Item) else { return };
        for (key, values) in entries {
            let namespace = key.text().unwrap_or_default();
            if namespace == self.own.namespace {
                let prefix = format!("{collection}.{namespace}.");
                self.namespace(&prefix, scope, values, item, &route.step(namespace));
            }
        }
    }

    /// Facts of one namespace. `prefix` is what stands before each key in the path of its fact.
    pub(super) fn namespace(&mut self, prefix: &str, scope: Scope, node: &Node, item: &mut ItemDraft, route: &Route) {
        let Some(entries) = node.map() else {
            self.reader.wrong_type(node, "키와 값의 모음", "a mapping");
            return;
        };
        for (key, value) in entries {
            let written = key.text().unwrap_or_default();
            let name = format!("{prefix}{}", dashed(written));
            let route = route.step(written);
            self.citations.visit(&route.at);
            if let Some(id) = self.own.path(&name).filter(|id| vocabulary().scope(*id) == scope) {
                if !value.is_null() {
                    self.fact_of(id, value, item, &route);
                }
            } else if let Some(id) = self.own.collection(&name).filter(|_| scope == Scope::Model) {
                self.own_items(id, &name, value, item, &route);
            } else if !written.starts_with("x-") {
                let problem = Diagnostic::warning(
                    Code::UnknownFact,
                    &self.reader.file,
                    key.span,
                    says(
                        format!("`{name}`은(는) 이 규칙 모음에 없는 사실이다. 읽지 않는다"),
                        format!("`{name}` is not a fact of this ruleset, and is not read"),
                    ),
                );
                let known = self.own.declared().filter(|id| vocabulary().scope(*id) == scope);
                let known = known.filter_map(|id| vocabulary().entry(id).path.strip_prefix(prefix));
                let lists = self.own.declared_collections().filter(|_| scope == Scope::Model);
                let lists = lists.filter_map(|id| vocabulary().collection_of(id).name.strip_prefix(prefix));
                self.reader.report_near(problem, written, known.chain(lists));
            }
        }
    }

    /// A list of a ruleset's own: every entry has an `id`.
    fn own_items(&mut self, collection: CollectionId, name: &str, node: &Node, owner: &mut ItemDraft, route: &Route) {
        if Value::is_undisclosed(node) {
            return;
        }
        let prefix = format!("{name}.");
        let mut names = Names::default();
        for entry in self.entries_of(node) {
            let Some(mut fields) = self.reader.map(entry) else { continue };
            let id = fields.must("id").and_then(|node| Some((self.reader.text(node)?.to_owned(), node.span)));
            fields.take_rest();
            fields.done(&mut self.reader);
            let Some((id, span)) = id else { continue };
            if !self.is_new(&mut names, &id, span) {
                continue;
            }
            let route = route.step(&id);
            let entries = entry.map().into_iter().flatten();
            let facts = entries.filter(|(key, _)| key.text() != Some("id")).cloned().collect();
            let facts = Node { span: entry.span, kind: crate::text::NodeKind::Map(facts) };
            let mut item = ItemDraft::default();
            self.namespace(&prefix, Scope::Item(collection), &facts, &mut item, &route);
            let by = self.presence(entry.span, &route);
            absorb(owner.item_of(collection, &id, &by), item);
        }
    }
}

/// Cards write keys in the Hub's `snake_case`, rulesets in `kebab-case`: either spelling will do.
fn dashed(key: &str) -> String {
    key.replace('_', "-")
}
