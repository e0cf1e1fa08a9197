//! What a card says under the namespaces of rulesets: `facts: {kr-procure: {sbom: yes}}`, at the model and in the
//! entries of its lists.

use super::evidence::Route;
use super::lookup::field_of;
use super::read::{Walk, absorb};
use crate::facts::{ItemDraft, Value};
use crate::text::{Code, Diagnostic, Names, Node, says};
use crate::vocabulary::{CollectionId, OwnFacts, Scope, fact_meant, vocabulary};

/// Longest value that a line repeats.
const LONGEST_SHOWN: usize = 80;

impl Walk<'_> {
    /// Facts in an entry of a list, by namespaces. Those of another ruleset are its own matter.
    pub(super) fn own_facts(&mut self, collection: &str, node: &Node, item: &mut ItemDraft, route: &Route) {
        let Some(entries) = node.map() else {
            self.reader.not_keys(node);
            return;
        };
        let Some(scope) = vocabulary().collection(collection).map(Scope::Item) else { return };
        for (key, values) in entries {
            let written = key.text().unwrap_or_default();
            if self.is_own_namespace(written) {
                let prefix = format!("{collection}.{}.", self.own.namespace);
                self.namespace(&prefix, scope, values, item, &route.step(written));
            } else {
                self.root_for_a_namespace(key, values);
            }
        }
    }

    /// Whether a key is the namespace of the ruleset at hand, in the spelling of either.
    pub(super) fn is_own_namespace(&self, written: &str) -> bool {
        !self.own.is_empty() && dashed(written) == dashed(&self.own.namespace)
    }

    /// Reports a key that is no namespace but the beginning of the program's own facts: what stands under it is read as
    /// nobody's.
    pub(super) fn root_for_a_namespace(&mut self, key: &Node, values: &Node) {
        let written = key.text().unwrap_or_default();
        let root = dashed(written);
        let begins = |path: &str| path.split('.').next() == Some(root.as_str());
        if !vocabulary().entries().any(|(_, entry)| begins(entry.path)) {
            return;
        }
        let message = says(
            format!(
                "`{written}`은(는) 프로그램에 든 사실들의 첫마디이지 규칙 모음의 이름 공간이 아니다. 그 아래는 읽지 않는다"
            ),
            format!(
                "`{written}` begins the names of the program's own facts and is no namespace of a ruleset; what stands \
                under it is not read"
            ),
        );
        let problem = Diagnostic::error(Code::UnknownFact, &self.reader.file, key.span, message);
        let lines: Vec<String> = values
            .map()
            .into_iter()
            .flatten()
            .filter_map(|(below, value)| self.as_field(&root, below, value))
            .collect();
        let help = if lines.is_empty() {
            says(
                format!(
                    "`sovgrade facts {root}`가 보이는 사실을 `facts: {{{root}.…: 값}}`처럼 점으로 이어 한 줄에 적는다"
                ),
                format!(
                    "`sovgrade facts {root}` lists these facts; write one a line with dots: `facts: {{{root}.…: value}}`"
                ),
            )
        } else {
            let lines = lines.join("`, `");
            says(format!("`{lines}`(으)로 적는다"), format!("write `{lines}`"))
        };
        self.reader.report(problem.help(help));
    }

    /// The line that says a fact of the program in its own place of a card, for a key below the first part of its name.
    fn as_field(&self, root: &str, key: &Node, value: &Node) -> Option<String> {
        let path = format!("{root}.{}", dashed(key.text()?));
        let meant = fact_meant(&path, OwnFacts::none())?;
        let value = value.text().filter(|text| text.len() <= LONGEST_SHOWN).unwrap_or("...");
        let at_model = vocabulary().path(meant).is_some_and(|id| vocabulary().scope(id) == Scope::Model);
        match field_of(meant) {
            Some(field) if field.contains(": [") => Some(field),
            Some(field) => Some(format!("{field}: {value}")),
            None => at_model.then(|| format!("facts: {{{meant}: {value}}}")),
        }
    }

    /// Facts of one namespace. `prefix` is what stands before each key in the path of its fact.
    pub(super) fn namespace(&mut self, prefix: &str, scope: Scope, node: &Node, item: &mut ItemDraft, route: &Route) {
        let Some(entries) = node.map() else {
            self.reader.not_keys(node);
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
