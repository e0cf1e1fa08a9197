//! From the text of a test to nodes: every name is resolved, every operator checked against the fact's kind.

use std::collections::HashMap;

use super::expr::{Empty, Expr, NodeId, Op, Over, Place, Quantifier, Ranged};
use crate::text::{Code, Diagnostic, Fields, Node, Reader, Says, SourceFile, closest, says};
use crate::vocabulary::{CollectionId, Kind, OwnFacts, Scope, Unit, collection_meant, vocabulary};

/// Keys that make a node what it is.
pub(super) const HEADS: [&str; 12] =
    ["fact", "all", "any", "not", "every", "some", "none", "count", "share", "term", "criterion", "reading"];

/// What `empty` may say.
pub(super) const EMPTY: [&str; 2] = ["met", "not-met"];

/// Nodes of one ruleset at most: terms are unfolded where they are used, and could unfold without end.
const MAX_NODES: usize = 200_000;

/// Deepest test with its terms unfolded: a chain of terms must not use up the stack.
const MAX_UNFOLDED_DEPTH: usize = 256;

/// Most items that may be bound at once, one a quantifier. Each multiplies the work by the length of its list.
const MAX_BOUND: usize = 8;

/// A named piece of a ruleset that tests refer to.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Its test, as it was read.
    pub(super) test: Node,
    /// Index of its file.
    pub(super) file: u16,
    /// For a term: the collection whose items it speaks of.
    pub(super) scope: Option<CollectionId>,
}

/// The names that a test may use.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Terms, in the order of their indexes.
    pub(super) terms: Vec<(String, Named)>,
    /// Criteria, in the order of their indexes.
    pub(super) criteria: Vec<(String, Named)>,
    /// Readings with their options.
    pub(super) readings: Vec<(String, Vec<String>)>,
    /// The facts and collections that may be asked for.
    pub(super) own: OwnFacts,
    /// All files.
    pub(super) files: Vec<SourceFile>,
    /// What could not be read at all, so that its names are not known to be wrong.
    pub(super) unread: Unread,
    /// Index of each term, filled by [`Names::index`].
    pub(super) term_at: HashMap<String, usize>,
    /// Index of each criterion.
    pub(super) criterion_at: HashMap<String, usize>,
}

impl Names {
    /// Indexes the terms and criteria, once all of them are there.
    pub(super) fn index(&mut self) {
        let index = |list: &[(String, Named)]| list.iter().enumerate().map(|(at, (n, _))| (n.clone(), at)).collect();
        self.term_at = index(&self.terms);
        self.criterion_at = index(&self.criteria);
    }

    /// The index of a term.
    pub(super) fn term(&self, id: &str) -> Option<usize> {
        self.term_at.get(id).copied()
    }

    /// The index of a criterion.
    pub(super) fn criterion(&self, id: &str) -> Option<usize> {
        self.criterion_at.get(id).copied()
    }
}

/// Parts of a ruleset that could not be read. Uses of their names are not reported: the broken file is.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// ruleset.yaml, with its readings.
    pub(super) ruleset: bool,
    /// terms.yaml.
    pub(super) terms: bool,
    /// facts.yaml.
    pub(super) facts: bool,
    /// Criteria, by the names of their files.
    pub(super) criteria: Vec<String>,
}

/// Why a test cannot be compiled although nothing in it is wrong by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TooLarge {
    Nodes,
    Depth,
    Bound,
}

/// Compiles tests into one arena.
#[derive(Debug)]
pub(super) struct Compiler<'n> {
    pub(super) names: &'n Names,
    /// Where the compiled nodes go.
    pub(super) expr: Expr,
    pub(super) bound: Vec<CollectionId>,
    pub(super) unfolding: Vec<(&'static str, usize)>,
    depth: usize,
    /// Nodes so far, with those that were thrown away.
    work: usize,
    too_large: Option<TooLarge>,
    reported: Vec<TooLarge>,
}

impl<'n> Compiler<'n> {
    pub(super) fn new(names: &'n Names) -> Self {
        Self {
            names,
            expr: Expr::default(),
            bound: Vec::new(),
            unfolding: Vec::new(),
            depth: 0,
            work: 0,
            too_large: None,
            reported: Vec::new(),
        }
    }

    /// Compiles a criterion's node; problems go to the reader of the file it stands in.
    pub(super) fn root(
        &mut self,
        node: &Node,
        file: u16,
        unfolding: Option<usize>,
        reader: &mut Reader,
    ) -> Option<NodeId> {
        self.bound.clear();
        self.unfolding.clear();
        self.unfolding.extend(unfolding.map(|at| ("criterion", at)));
        let id = self.node(node, file, reader);
        self.report_size(node, reader);
        id
    }

    /// Checks a term by itself, in its own scope; the nodes are thrown away.
    pub(super) fn check_term(&mut self, at: usize, reader: &mut Reader) {
        let named = &self.names.terms[at].1;
        self.bound.clear();
        self.unfolding = vec![("term", at)];
        if let Some(scope) = named.scope {
            self.bound.extend(vocabulary().collection_of(scope).parent.and_then(|p| vocabulary().collection(p)));
            self.bound.push(scope);
        }
        let kept = (self.expr.nodes.len(), self.expr.children.len());
        self.node(&named.test, named.file, reader);
        self.report_size(&named.test, reader);
        self.expr.nodes.truncate(kept.0);
        self.expr.children.truncate(kept.1);
    }

    pub(super) fn node(&mut self, node: &Node, file: u16, reader: &mut Reader) -> Option<NodeId> {
        self.work += 1;
        if self.expr.len() > MAX_NODES || self.work > 2 * MAX_NODES {
            self.too_large = Some(TooLarge::Nodes);
            return None;
        }
        if self.depth >= MAX_UNFOLDED_DEPTH {
            self.too_large = Some(TooLarge::Depth);
            return None;
        }
        self.depth += 1;
        let id = self.node_at_depth(node, file, reader);
        self.depth -= 1;
        id
    }

    /// Reports once, at the test that was asked for, that it grew too large somewhere inside its terms.
    pub(super) fn report_size(&mut self, node: &Node, reader: &mut Reader) {
        let Some(what) = self.too_large.take() else { return };
        if self.reported.contains(&what) {
            return; // terms that use a term that is too large are all too large
        }
        self.reported.push(what);
        let file = reader.file.clone();
        let span = file.first_line(node.span);
        let (code, ko, en) = match what {
            TooLarge::Nodes => (
                Code::TooManyNodes,
                format!("용어를 모두 풀면 마디가 {MAX_NODES}개를 넘는다"),
                format!("with its terms unfolded this comes to more than {MAX_NODES} nodes"),
            ),
            TooLarge::Depth => (
                Code::TooDeep,
                format!("용어를 모두 풀면 {MAX_UNFOLDED_DEPTH}단계보다 깊다"),
                format!("with its terms unfolded this nests deeper than {MAX_UNFOLDED_DEPTH} levels"),
            ),
            TooLarge::Bound => (
                Code::TooDeep,
                format!("`every`, `some`, `none`, `count`, `share`가 {MAX_BOUND}겹보다 깊다"),
                format!("`every`, `some`, `none`, `count` and `share` stand more than {MAX_BOUND} deep in each other"),
            ),
        };
        reader.report(Diagnostic::error(code, &file, span, says(ko, en)).help(says(
            "용어가 다른 용어를 여러 번 부르지 않게 나눈다",
            "let terms use each other less often, or split the test",
        )));
    }

    fn node_at_depth(&mut self, node: &Node, file: u16, reader: &mut Reader) -> Option<NodeId> {
        if self.is_said(node, reader) {
            return None;
        }
        let mut fields = reader.map(node)?;
        let heads: Vec<&str> = HEADS.into_iter().filter(|head| fields.has(head)).collect();
        let [head] = heads[..] else {
            self.head_problem(node, &fields, &heads, reader);
            return None;
        };
        let op = match head {
            "fact" => self.fact(&mut fields, reader),
            "all" | "any" => {
                let list = fields.node(if head == "all" { "all" } else { "any" })?;
                let parts: Vec<NodeId> =
                    reader.list(list)?.iter().filter_map(|part| self.node(part, file, reader)).collect();
                if parts.is_empty() && list.list().is_some_and(<[Node]>::is_empty) {
                    let source = reader.file.clone();
                    let message =
                        says(format!("`{head}` 아래의 목록이 비어 있다"), format!("the list under `{head}` is empty"));
                    reader.report(
                        Diagnostic::error(Code::WrongType, &source, list.span, message)
                            .help(says("조건을 하나 이상 적는다", "write at least one condition")),
                    );
                }
                let range = self.expr.list(&parts);
                Some(if head == "all" { Op::All(range) } else { Op::Any(range) })
            }
            "not" => {
                let inner = fields.node("not")?;
                self.node(inner, file, reader).map(Op::Not)
            }
            "every" => self.quantified("every", &mut fields, file, reader),
            "some" => self.quantified("some", &mut fields, file, reader),
            "none" => self.quantified("none", &mut fields, file, reader),
            "count" => self.count(&mut fields, file, reader),
            "share" => self.share(&mut fields, file, reader),
            "term" => self.term(&mut fields, reader),
            "criterion" => self.criterion(&mut fields, reader),
            _ => self.reading(&mut fields, file, reader),
        };
        fields.done(reader);
        Some(self.expr.push(op?, Place { file, span: node.span }))
    }

    /// Reads collection, `of`, `where`, `holds` and binds the item for them.
    pub(super) fn ranged(
        &mut self,
        head: &'static str,
        fields: &mut Fields<'_>,
        file: u16,
        reader: &mut Reader,
    ) -> Option<Ranged> {
        let node = fields.node(head)?;
        let of = fields.node("of");
        let listed_only = Self::listed_only(head, fields, reader);
        let (filter, holds) = (fields.node("where"), fields.node("holds"));
        let name = reader.text(node)?;
        let own = &self.names.own;
        let Some(collection) = own.collection(name) else {
            if self.names.unread.facts {
                return None;
            }
            let legal = own.collection_names();
            let source = reader.file.clone();
            let message = says(format!("`{name}`: 이런 모음은 없다"), format!("there is no collection `{name}`"));
            let word = collection_meant(name, own);
            let meant = word.and_then(|word| own.collection(word));
            let problem = Diagnostic::error(Code::UnknownCollection, &source, node.span, message);
            reader.report(match word {
                Some(word) => {
                    problem.help(says(format!("`{word}`을(를) 뜻했는가?"), format!("did you mean `{word}`?")))
                }
                None => problem.did_you_mean(name, legal),
            });
            // What is wrong inside is found too, if it can be guessed what the items are.
            if let Some(meant) = meant {
                self.bound.push(meant);
                for part in [filter, holds].into_iter().flatten() {
                    self.node(part, file, reader);
                }
                self.bound.pop();
            }
            return None;
        };
        let entry = vocabulary().collection_of(collection);
        let parent = entry.parent.and_then(|parent| vocabulary().collection(parent));
        let depth = parent.and_then(|parent| self.bound.iter().rposition(|bound| *bound == parent));
        if let Some(of) = of {
            Self::owner(of, name, entry.parent, depth, reader);
        }
        if self.bound.len() + 1 + usize::from(parent.is_some() && depth.is_none()) > MAX_BOUND {
            self.too_large = Some(TooLarge::Bound);
            return None;
        }
        let before = self.bound.len();
        let over = match (parent, depth) {
            (None, _) => Over::Model,
            (Some(_), Some(depth)) => Over::Bound(u8::try_from(depth).ok()?),
            (Some(parent), None) => {
                self.bound.push(parent);
                Over::AllOf(parent)
            }
        };
        let complete = self.slot(vocabulary().complete(collection));
        self.bound.push(collection);
        let filter = filter.map(|part| self.node(part, file, reader));
        let holds = holds.map(|part| self.node(part, file, reader));
        self.bound.truncate(before);
        if filter == Some(None) || holds == Some(None) {
            return None;
        }
        let (filter, holds) = (filter.flatten(), holds.flatten());
        Some(Ranged { collection, over, complete: complete?, listed_only, filter, holds })
    }

    /// Checks `of`: it names the owner of the items, which must be bound outside.
    fn owner(of: &Node, name: &str, parent: Option<&'static str>, depth: Option<usize>, reader: &mut Reader) {
        let Some(text) = reader.text(of) else { return };
        if parent == Some(text) && depth.is_some() {
            return;
        }
        let source = reader.file.clone();
        let (message, help) = match parent {
            Some(parent) if parent == text => (
                says(
                    format!("여기에서는 어느 `{text}`의 `{name}`인지 정해지지 않았다"),
                    format!("no `{text}` that owns a `{name}` is meant here"),
                ),
                says(
                    format!("`every: {text}` 안에 넣거나, 모든 `{text}`의 것을 뜻한다면 `of`를 지운다"),
                    format!("put it inside `every: {text}`, or drop `of` if those of every `{text}` are meant"),
                ),
            ),
            Some(parent) => (
                says(
                    format!("`{name}`의 임자는 `{parent}`이다"),
                    format!("a `{name}` belongs to a `{parent}`, not to a `{text}`"),
                ),
                says(format!("`of: {parent}`로 적는다"), format!("write `of: {parent}`")),
            ),
            None => (
                says(
                    format!("`{name}`은(는) 모델에 바로 딸려 있어 `of`가 필요 없다"),
                    format!("a `{name}` belongs to the model itself"),
                ),
                says("`of`를 지운다", "drop `of`"),
            ),
        };
        reader.report(Diagnostic::error(Code::FactOutOfReach, &source, of.span, message).help(help));
    }

    fn quantified(
        &mut self,
        head: &'static str,
        fields: &mut Fields<'_>,
        file: u16,
        reader: &mut Reader,
    ) -> Option<Op> {
        let empty = match (head, fields.node("empty")) {
            (_, None) => Empty::Void,
            ("every", Some(node)) => match reader.word(node, &EMPTY) {
                Some(0) => Empty::Met,
                Some(_) => Empty::NotMet,
                None => Empty::Void,
            },
            (_, Some(node)) => {
                let source = reader.file.clone();
                let message = says(
                    format!("`empty`는 `every`에만 쓴다: `{head}`의 뜻은 빈 목록에서도 정해져 있다"),
                    format!("`empty` goes with `every` only: over an empty list `{head}` is settled anyway"),
                );
                reader.report(
                    Diagnostic::error(Code::OperatorDoesNotFit, &source, node.span, message)
                        .help(says("`empty`를 지운다", "drop `empty`")),
                );
                Empty::Void
            }
        };
        if head == "every" && !fields.has("holds") {
            fields.must("holds");
        }
        let ranged = self.ranged(head, fields, file, reader)?;
        let quantifier = match head {
            "every" => Quantifier::Every(empty),
            "some" => Quantifier::Some,
            _ => Quantifier::None,
        };
        Some(Op::Quantified(quantifier, ranged))
    }

    fn count(&mut self, fields: &mut Fields<'_>, file: u16, reader: &mut Reader) -> Option<Op> {
        let ranged = self.ranged("count", fields, file, reader);
        let bound = Self::bound_of(fields, Unit::Count, reader);
        Some(Op::Count(bound?, ranged?))
    }

    fn share(&mut self, fields: &mut Fields<'_>, file: u16, reader: &mut Reader) -> Option<Op> {
        let bound = Self::bound_of(fields, Unit::Percent, reader);
        let by = fields.must("by");
        let ranged = self.ranged("share", fields, file, reader);
        let by = by.and_then(|node| {
            let collection = ranged?.collection;
            self.bound.push(collection);
            let slot = self.path(node, reader);
            self.bound.pop();
            let slot = slot?;
            if !matches!(vocabulary().entry(slot.path).kind, Kind::Number(_)) {
                let source = reader.file.clone();
                let message = says("`by`에는 수로 된 사실이 와야 한다", "`by` takes a fact that is a number");
                let scope = Scope::Item(collection);
                let numbers: Vec<&str> = self
                    .names
                    .own
                    .entries()
                    .filter(|(id, e)| matches!(e.kind, Kind::Number(_)) && vocabulary().scope(*id) == scope)
                    .map(|(_, e)| e.path)
                    .collect();
                reader.report(
                    Diagnostic::error(Code::OperatorDoesNotFit, &source, node.span, message).did_you_mean("", numbers),
                );
                return None;
            }
            Some(slot)
        });
        Some(Op::Share(bound?, by?, ranged?))
    }

    fn term(&mut self, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Op> {
        let node = fields.node("term")?;
        let id = reader.text(node)?;
        let names = self.names;
        let Some(at) = names.term(id) else {
            if names.unread.terms {
                return None;
            }
            let message = says(format!("`{id}`: 이런 용어는 없다"), format!("there is no term `{id}`"));
            Self::unknown(Code::UnknownTerm, node, message, names.terms.iter().map(|(n, _)| n.as_str()), reader);
            return None;
        };
        let definition = &names.terms[at].1;
        if let Some(scope) = definition.scope
            && !self.bound.contains(&scope)
        {
            let owner = vocabulary().collection_of(scope).name;
            let file = reader.file.clone();
            let message = says(
                format!("용어 `{id}`은(는) `{owner}` 하나에 관한 말인데, 어느 `{owner}`인지 정해지지 않았다"),
                format!("the term `{id}` speaks of one `{owner}`, and no `{owner}` is meant here"),
            );
            reader.report(Diagnostic::error(Code::FactOutOfReach, &file, node.span, message).help(says(
                format!("`every: {owner}`, `some: {owner}`, `none: {owner}` 안에 넣는다"),
                format!("put it inside `every: {owner}`, `some: {owner}` or `none: {owner}`"),
            )));
            return None;
        }
        let inner = self.unfold("term", at, definition)?;
        Some(Op::Term(u16::try_from(at).ok()?, inner))
    }

    fn criterion(&mut self, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Op> {
        let node = fields.node("criterion")?;
        let id = reader.text(node)?;
        let names = self.names;
        let Some(at) = names.criterion(id) else {
            if names.unread.criteria.iter().any(|name| name == id) {
                return None;
            }
            let message = says(format!("`{id}`: 이런 기준은 없다"), format!("there is no criterion `{id}`"));
            Self::unknown(
                Code::UnknownCriterion,
                node,
                message,
                names.criteria.iter().map(|(n, _)| n.as_str()),
                reader,
            );
            return None;
        };
        let bound = std::mem::take(&mut self.bound);
        let inner = self.unfold("criterion", at, &names.criteria[at].1);
        self.bound = bound;
        Some(Op::Criterion(u16::try_from(at).ok()?, inner?))
    }

    /// Compiles a named piece in place. What is wrong inside it is reported where it stands, not at each use; a piece
    /// that comes back to itself was reported before (`cycles.rs`).
    fn unfold(&mut self, kind: &'static str, at: usize, named: &Named) -> Option<NodeId> {
        if self.unfolding.contains(&(kind, at)) {
            return None;
        }
        self.unfolding.push((kind, at));
        let mut elsewhere = Reader::new(self.names.files[usize::from(named.file)].clone());
        let result = self.node(&named.test, named.file, &mut elsewhere);
        self.unfolding.pop();
        result
    }

    fn unknown<'a>(code: Code, node: &Node, message: Says, legal: impl Iterator<Item = &'a str>, reader: &mut Reader) {
        let file = reader.file.clone();
        let written = node.text().unwrap_or_default();
        reader.report(Diagnostic::error(code, &file, node.span, message).did_you_mean(written, legal));
    }

    fn reading(&mut self, fields: &mut Fields<'_>, file: u16, reader: &mut Reader) -> Option<Op> {
        let node = fields.node("reading")?;
        let id = reader.text(node)?;
        let options = fields.must("options");
        let names = self.names;
        let Some(at) = names.readings.iter().position(|(name, _)| name == id) else {
            if !names.unread.ruleset {
                let legal = names.readings.iter().map(|(n, _)| n.as_str());
                let message = says(format!("`{id}`: 이런 해석은 없다"), format!("there is no reading `{id}`"));
                Self::unknown(Code::UnknownReading, node, message, legal, reader);
            }
            for (_, part) in reader.map(options?)?.take_rest() {
                self.node(part, file, reader);
            }
            return None;
        };
        let wanted = &names.readings[at].1;
        let (mut given, mut odd): (HashMap<&str, &Node>, Vec<&str>) = (HashMap::new(), Vec::new());
        for (key, value) in reader.map(options?)?.take_rest() {
            let name = key.text().unwrap_or_default();
            if !wanted.iter().any(|option| option == name) {
                odd.push(name);
                let message = says(
                    format!("해석 `{id}`에 없는 선택지이다: `{name}`"),
                    format!("the reading `{id}` has no option `{name}`"),
                );
                Self::unknown(Code::UnknownOption, key, message, wanted.iter().map(String::as_str), reader);
                self.node(value, file, reader);
            }
            given.insert(name, value);
        }
        let mut children = Vec::with_capacity(wanted.len());
        for option in wanted {
            if let Some(part) = given.get(option.as_str()) {
                children.extend(self.option(part, file, reader));
            } else if !odd.iter().any(|name| closest(name, [option.as_str()]).is_some()) {
                let source = reader.file.clone();
                let message = says(
                    format!("해석 `{id}`의 선택지 `{option}`에 대한 답이 없다"),
                    format!("nothing is said for option `{option}` of the reading `{id}`"),
                );
                reader.report(Diagnostic::error(Code::UnknownOption, &source, node.span, message).help(says(
                    format!("`options` 아래에 `{option}:`을 더한다"),
                    format!("add `{option}:` under `options`"),
                )));
            }
        }
        if children.len() < wanted.len() {
            return None;
        }
        Some(Op::Reading(u16::try_from(at).ok()?, self.expr.list(&children)))
    }

    /// The node of an option. `all: []` asks nothing more, and stands here alone: elsewhere it would be a slip.
    fn option(&mut self, node: &Node, file: u16, reader: &mut Reader) -> Option<NodeId> {
        let nothing = node.map().is_some_and(|entries| entries.len() == 1)
            && node.get("all").and_then(Node::list).is_some_and(<[Node]>::is_empty);
        if nothing {
            let range = self.expr.list(&[]);
            return Some(self.expr.push(Op::All(range), Place { file, span: node.span }));
        }
        self.node(node, file, reader)
    }
}
