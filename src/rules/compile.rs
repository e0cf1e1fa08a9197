//! From the text of a test to nodes: every name is resolved, every operator checked against the fact's kind.

use std::collections::HashMap;

use super::expr::{Bound, Constant, Expr, NodeId, Op, Over, Place, Quantifier, Ranged, Slot, Test};
use crate::facts::{Style, Value};
use crate::text::{Code, Diagnostic, Fields, Node, Reader, Says, SourceFile, Span, says};
use crate::vocabulary::{CollectionId, Kind, PathId, Scope, Unit, vocabulary};

/// Keys that make a node what it is.
const HEADS: [&str; 12] =
    ["fact", "all", "any", "not", "every", "some", "none", "count", "share", "term", "criterion", "reading"];

/// Operators of a fact.
const OPERATORS: [&str; 10] =
    ["is", "is-not", "in", "not-in", "contains", "at-least", "at-most", "more-than", "less-than", "known"];

/// Nodes of one ruleset at most, those of terms checked by themselves included: terms are unfolded where they are used,
/// and could unfold without end.
const MAX_NODES: usize = 300_000;

/// Deepest nesting with all terms unfolded. A file nests at most `MAX_DEPTH` deep, but terms use terms. Each level binds at
/// most two items, and the index of a bound item is a byte.
const MAX_UNFOLDED_DEPTH: usize = 100;

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
    /// All files.
    pub(super) files: Vec<SourceFile>,
}

/// Compiles tests into one arena.
#[derive(Debug)]
pub(super) struct Compiler<'n> {
    names: &'n Names,
    /// Where the compiled nodes go.
    pub(super) expr: Expr,
    bound: Vec<CollectionId>,
    unfolding: Vec<(&'static str, usize)>,
    /// Nodes so far, with those that were thrown away.
    work: usize,
    depth: usize,
    /// A limit was passed and reported; nothing more is compiled.
    full: bool,
}

impl<'n> Compiler<'n> {
    pub(super) fn new(names: &'n Names) -> Self {
        Self { names, expr: Expr::default(), bound: Vec::new(), unfolding: Vec::new(), work: 0, depth: 0, full: false }
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
        self.node(node, file, reader)
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
        self.expr.nodes.truncate(kept.0);
        self.expr.children.truncate(kept.1);
    }

    fn node(&mut self, node: &Node, file: u16, reader: &mut Reader) -> Option<NodeId> {
        self.work += 1;
        self.depth += 1;
        let id = if self.within_limits(node, reader) { self.op(node, file, reader) } else { None };
        self.depth -= 1;
        id
    }

    /// Whether one more node may be compiled; the first that may not is reported.
    fn within_limits(&mut self, node: &Node, reader: &mut Reader) -> bool {
        let (code, message) = if self.work > MAX_NODES {
            let ko = format!("용어를 모두 풀면 마디가 {MAX_NODES}개를 넘는다");
            (Code::TooManyNodes, says(ko, format!("with its terms unfolded this comes to more than {MAX_NODES} nodes")))
        } else if self.depth > MAX_UNFOLDED_DEPTH {
            let ko = format!("용어를 모두 풀면 {MAX_UNFOLDED_DEPTH}단계보다 깊다");
            let en = format!("with its terms unfolded this is nested deeper than {MAX_UNFOLDED_DEPTH} levels");
            (Code::TooDeep, says(ko, en))
        } else {
            return !self.full;
        };
        if !std::mem::replace(&mut self.full, true) {
            reader.error(code, node.span, message);
        }
        false
    }

    fn op(&mut self, node: &Node, file: u16, reader: &mut Reader) -> Option<NodeId> {
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
                    reader.error(Code::WrongType, list.span, says("빈 목록이다", "this list is empty"));
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

    fn head_problem(&self, node: &Node, fields: &Fields<'_>, heads: &[&str], reader: &mut Reader) {
        let file = reader.file.clone();
        let problem = if heads.is_empty() {
            let first = fields.rest().find_map(|(key, _)| key.text().map(|text| (key.span, text)));
            let (span, written) = first.map_or((node.span, ""), |(span, text)| (span, text));
            Diagnostic::error(
                Code::NoHead,
                &file,
                span,
                says("이 마디가 무엇을 묻는지 알 수 없다", "this node does not say what it asks"),
            )
            .did_you_mean(written, HEADS)
        } else {
            let list = heads.join("`, `");
            Diagnostic::error(
                Code::NoHead,
                &file,
                first_line(&file, node.span),
                says(
                    format!("한 마디에 머리 키가 여럿이다: `{list}`"),
                    format!("one node has several heads: `{list}`"),
                ),
            )
            .help(says("`all:` 아래에 따로 적는다", "put each in a node of its own under `all:`"))
        };
        reader.report(problem);
    }

    fn fact(&mut self, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Op> {
        let node = fields.node("fact")?;
        let slot = self.path(node, reader);
        let present: Vec<&'static str> = OPERATORS.into_iter().filter(|op| fields.has(op)).collect();
        let [operator] = present[..] else {
            let values: Vec<_> = present.iter().filter_map(|op| fields.entry(op)).collect();
            if values.is_empty() {
                let unknown = fields.rest().find_map(|(key, _)| {
                    let text = key.text()?;
                    crate::text::closest(text, OPERATORS).map(|word| (key.span, text.to_owned(), word))
                });
                if let Some((span, text, _)) = unknown {
                    fields.take_rest();
                    let file = reader.file.clone();
                    let message = says(format!("`{text}`은(는) 연산이 아니다"), format!("`{text}` is not an operator"));
                    reader.report(
                        Diagnostic::error(Code::UnknownKey, &file, span, message).did_you_mean(&text, OPERATORS),
                    );
                    return None;
                }
            }
            let span = values.last().map_or(node.span, |(key, _)| key.span);
            let file = reader.file.clone();
            reader.report(
                Diagnostic::error(
                    Code::NoOperator,
                    &file,
                    span,
                    says(
                        format!("사실 하나에 연산이 {}개 있다: 하나여야 한다", values.len()),
                        format!("a fact is compared in exactly one way; here are {}", values.len()),
                    ),
                )
                .help(says("`is: 값`처럼 연산 하나를 적는다", "write one operator, such as `is: VALUE`")),
            );
            return None;
        };
        let (key, value) = fields.entry(operator)?;
        let slot = slot?;
        let kind = vocabulary().entry(slot.path).kind;
        let test = self.test(kind, operator, key.span, value, reader)?;
        Some(Op::Fact(slot, test))
    }

    fn test(&self, kind: Kind, operator: &str, key: Span, value: &Node, reader: &mut Reader) -> Option<Test> {
        let element = match kind {
            Kind::Words(words) => Kind::Word(words),
            Kind::Texts => Kind::Text,
            Kind::Countries => Kind::Country,
            other => other,
        };
        let ordered = matches!(kind, Kind::Number(_) | Kind::Date);
        let fits = match operator {
            "known" => true,
            "contains" => kind.is_set(),
            "at-least" | "at-most" | "more-than" | "less-than" => ordered,
            "is" | "is-not" => true,
            _ => kind != Kind::Flag,
        };
        if !fits {
            let name = kind.name();
            let legal: Vec<&str> = match kind {
                Kind::Flag => vec!["is", "is-not", "known"],
                _ if ordered => vec!["at-least", "at-most", "more-than", "less-than", "is", "in", "known"],
                _ if kind.is_set() => vec!["contains", "in", "not-in", "is", "known"],
                _ => vec!["is", "is-not", "in", "not-in", "known"],
            };
            let list = legal.iter().map(|op| format!("`{op}`")).collect::<Vec<_>>().join(", ");
            let file = reader.file.clone();
            reader.report(
                Diagnostic::error(
                    Code::OperatorDoesNotFit,
                    &file,
                    key,
                    says(
                        format!("`{operator}`은(는) 이 사실에 맞지 않는다: 값이 {}이다", name.ko),
                        format!("`{operator}` does not fit this fact, whose value is {}", name.en),
                    ),
                )
                .help(says(format!("쓸 수 있는 연산: {list}"), format!("operators that fit: {list}"))),
            );
            return None;
        }
        let one = |kind: Kind, node: &Node, reader: &mut Reader| self.constant(kind, node, reader);
        Some(match operator {
            "known" => Test::Known(reader.flag(value)?),
            "is" => Test::Is(one(kind, value, reader)?),
            "is-not" => Test::IsNot(one(kind, value, reader)?),
            "contains" => Test::Contains(one(element, value, reader)?),
            "at-least" => Test::AtLeast(Value::decode(kind, value, Style::Rule, reader)?),
            "at-most" => Test::AtMost(Value::decode(kind, value, Style::Rule, reader)?),
            "more-than" => Test::MoreThan(Value::decode(kind, value, Style::Rule, reader)?),
            "less-than" => Test::LessThan(Value::decode(kind, value, Style::Rule, reader)?),
            _ => {
                let list: Vec<Constant> =
                    reader.list(value)?.iter().filter_map(|item| one(element, item, reader)).collect();
                if operator == "in" { Test::In(list.into()) } else { Test::NotIn(list.into()) }
            }
        })
    }

    fn constant(&self, kind: Kind, node: &Node, reader: &mut Reader) -> Option<Constant> {
        match (kind, node.text()) {
            (Kind::Country, Some("home")) => Some(Constant::Home),
            (Kind::Text, Some("home-language")) => Some(Constant::HomeLanguage),
            _ => Value::decode(kind, node, Style::Rule, reader).map(Constant::Value),
        }
    }

    /// Resolves a path where it stands.
    fn path(&self, node: &Node, reader: &mut Reader) -> Option<Slot> {
        let text = reader.text(node)?;
        let Some(path) = vocabulary().path(text) else {
            let legal = vocabulary().entries().map(|(_, entry)| entry.path);
            let file = reader.file.clone();
            let mut problem = Diagnostic::error(
                Code::UnknownFact,
                &file,
                node.span,
                says(format!("`{text}`(이)라는 사실은 없다"), format!("there is no fact `{text}`")),
            );
            problem = match crate::text::closest(text, legal) {
                Some(word) => problem.did_you_mean(text, [word]),
                None => problem.help(says("사실의 목록은 docs/facts.md에 있다", "docs/facts.md lists every fact")),
            };
            reader.report(problem);
            return None;
        };
        let slot = self.slot(path);
        if slot.is_none() {
            let owner = owner_of(path);
            let file = reader.file.clone();
            reader.report(
                Diagnostic::error(
                    Code::FactOutOfReach,
                    &file,
                    node.span,
                    says(
                        format!("`{text}`은(는) `{owner}` 하나하나의 사실인데, 어느 `{owner}`인지 정해지지 않았다"),
                        format!("`{text}` belongs to each `{owner}`, and no `{owner}` is meant here"),
                    ),
                )
                .help(says(
                    format!("`every: {owner}`, `some: {owner}`, `none: {owner}` 안에 넣는다"),
                    format!("put it inside `every: {owner}`, `some: {owner}` or `none: {owner}`"),
                )),
            );
        }
        slot
    }

    fn slot(&self, path: PathId) -> Option<Slot> {
        let item = match vocabulary().scope(path) {
            Scope::Model => None,
            Scope::Item(collection) => {
                Some(u8::try_from(self.bound.iter().rposition(|bound| *bound == collection)?).ok()?)
            }
        };
        let slot = u16::try_from(vocabulary().slot(path)).unwrap_or(u16::MAX);
        Some(Slot { path, slot, item })
    }

    /// Reads collection, `of`, `where`, `holds` and binds the item for them.
    fn ranged(
        &mut self,
        head: &'static str,
        fields: &mut Fields<'_>,
        file: u16,
        reader: &mut Reader,
    ) -> Option<Ranged> {
        let node = fields.node(head)?;
        let name = reader.text(node)?;
        let Some(collection) = vocabulary().collection(name) else {
            let legal: Vec<&str> = vocabulary().collections().map(|(_, c)| c.name).collect();
            let source = reader.file.clone();
            let message = says(format!("`{name}`(이)라는 모음은 없다"), format!("there is no collection `{name}`"));
            reader.report(
                Diagnostic::error(Code::UnknownCollection, &source, node.span, message).did_you_mean(name, legal),
            );
            return None;
        };
        let entry = vocabulary().collection_of(collection);
        let parent = entry.parent.and_then(|parent| vocabulary().collection(parent));
        let depth = parent.and_then(|parent| self.bound.iter().rposition(|bound| *bound == parent));
        if let Some(of) = fields.node("of") {
            let text = reader.text(of)?;
            if entry.parent != Some(text) || depth.is_none() {
                let source = reader.file.clone();
                let message = says(
                    format!("여기에는 `{name}`을(를) 가진 `{text}`이(가) 정해져 있지 않다"),
                    format!("no `{text}` that owns a `{name}` is meant here"),
                );
                reader.report(Diagnostic::error(Code::FactOutOfReach, &source, of.span, message));
                return None;
            }
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
        let complete = self.slot(vocabulary().must(entry.complete));
        self.bound.push(collection);
        let filter = fields.node("where").map(|part| self.node(part, file, reader));
        let holds = fields.node("holds").map(|part| self.node(part, file, reader));
        self.bound.truncate(before);
        if filter == Some(None) || holds == Some(None) {
            return None;
        }
        Some(Ranged { collection, over, complete: complete?, filter: filter.flatten(), holds: holds.flatten() })
    }

    fn quantified(
        &mut self,
        head: &'static str,
        fields: &mut Fields<'_>,
        file: u16,
        reader: &mut Reader,
    ) -> Option<Op> {
        let empty_met = match (head, fields.node("empty")) {
            (_, None) => false,
            ("every", Some(node)) => reader.word(node, &["met"]).is_some(),
            (_, Some(node)) => {
                reader.error(
                    Code::OperatorDoesNotFit,
                    node.span,
                    says("`empty`는 `every`에만 쓴다", "`empty` goes with `every` only"),
                );
                false
            }
        };
        if head == "every" && !fields.has("holds") {
            fields.must("holds");
        }
        let ranged = self.ranged(head, fields, file, reader)?;
        let quantifier = match head {
            "every" => Quantifier::Every { empty_met },
            "some" => Quantifier::Some,
            _ => Quantifier::None,
        };
        Some(Op::Quantified(quantifier, ranged))
    }

    fn count(&mut self, fields: &mut Fields<'_>, file: u16, reader: &mut Reader) -> Option<Op> {
        let bound = self.bound_of(fields, Unit::Count, reader);
        let ranged = self.ranged("count", fields, file, reader);
        Some(Op::Count(bound?, ranged?))
    }

    fn share(&mut self, fields: &mut Fields<'_>, file: u16, reader: &mut Reader) -> Option<Op> {
        let bound = self.bound_of(fields, Unit::Percent, reader);
        let by = fields.must("by");
        let ranged = self.ranged("share", fields, file, reader);
        let by = by.and_then(|node| {
            let collection = ranged?.collection;
            self.bound.push(collection);
            let slot = self.path(node, reader);
            self.bound.pop();
            let slot = slot?;
            if !matches!(vocabulary().entry(slot.path).kind, Kind::Number(_)) {
                let message = says("`by`에는 수인 사실이 와야 한다", "`by` takes a fact that is a number");
                reader.error(Code::OperatorDoesNotFit, node.span, message);
                return None;
            }
            Some(slot)
        });
        Some(Op::Share(bound?, by?, ranged?))
    }

    fn bound_of(&self, fields: &mut Fields<'_>, unit: Unit, reader: &mut Reader) -> Option<Bound> {
        let given = ["at-least", "at-most", "more-than", "less-than"].iter().any(|key| fields.has(key));
        let mut number = |key: &'static str| {
            let node = fields.node(key)?;
            match Value::decode(Kind::Number(unit), node, Style::Rule, reader) {
                Some(Value::Number(number)) => Some(number),
                _ => None,
            }
        };
        let bound = Bound {
            at_least: number("at-least"),
            at_most: number("at-most"),
            more_than: number("more-than"),
            less_than: number("less-than"),
        };
        let none = Bound { at_least: None, at_most: None, more_than: None, less_than: None };
        if !given {
            let file = reader.file.clone();
            let span = first_line(&file, fields.span);
            reader.report(
                Diagnostic::error(
                    Code::NoBound,
                    &file,
                    span,
                    says("얼마여야 하는지가 없다", "it is not said how many"),
                )
                .help(says("`at-least:`나 `at-most:`를 적는다", "add `at-least:` or `at-most:`")),
            );
        }
        (bound != none).then_some(bound)
    }

    fn term(&mut self, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Op> {
        let node = fields.node("term")?;
        let id = reader.text(node)?;
        let names = self.names;
        let Some(at) = names.terms.iter().position(|(name, _)| name == id) else {
            let message = says(format!("`{id}`(이)라는 용어는 없다"), format!("there is no term `{id}`"));
            self.unknown(Code::UnknownTerm, node, message, names.terms.iter().map(|(n, _)| n.as_str()), reader);
            return None;
        };
        let named = &names.terms[at].1;
        if let Some(scope) = named.scope
            && !self.bound.contains(&scope)
        {
            let owner = vocabulary().collection_of(scope).name;
            let file = reader.file.clone();
            let message = says(
                format!("용어 `{id}`은(는) `{owner}` 하나에 관한 말인데, 어느 `{owner}`인지 정해지지 않았다"),
                format!("the term `{id}` speaks of one `{owner}`, and no `{owner}` is meant here"),
            );
            reader.report(Diagnostic::error(Code::FactOutOfReach, &file, node.span, message));
            return None;
        }
        let inner = self.unfold("term", at, named, node.span, id, reader)?;
        Some(Op::Term(u16::try_from(at).ok()?, inner))
    }

    fn criterion(&mut self, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Op> {
        let node = fields.node("criterion")?;
        let id = reader.text(node)?;
        let names = self.names;
        let Some(at) = names.criteria.iter().position(|(name, _)| name == id) else {
            let message = says(format!("`{id}`(이)라는 기준은 없다"), format!("there is no criterion `{id}`"));
            self.unknown(Code::UnknownCriterion, node, message, names.criteria.iter().map(|(n, _)| n.as_str()), reader);
            return None;
        };
        let bound = std::mem::take(&mut self.bound);
        let inner = self.unfold("criterion", at, &names.criteria[at].1, node.span, id, reader);
        self.bound = bound;
        Some(Op::Criterion(u16::try_from(at).ok()?, inner?))
    }

    /// Compiles a named piece in place. What is wrong inside it is reported where it stands, not at each use.
    fn unfold(
        &mut self,
        kind: &'static str,
        at: usize,
        named: &Named,
        span: Span,
        id: &str,
        reader: &mut Reader,
    ) -> Option<NodeId> {
        if self.unfolding.contains(&(kind, at)) {
            let file = reader.file.clone();
            let message =
                says(format!("`{id}`이(가) 돌고 돌아 자기 자신을 쓴다"), format!("`{id}` comes back to itself"));
            reader.report(
                Diagnostic::error(Code::Cycle, &file, span, message)
                    .help(says("한쪽에서 다른 쪽을 부르지 않게 한다", "let one of the two stand without the other")),
            );
            return None;
        }
        self.unfolding.push((kind, at));
        let mut inner = Reader::new(self.names.files[usize::from(named.file)].clone());
        let result = self.node(&named.test, named.file, &mut inner);
        self.unfolding.pop();
        // What passes a limit does so only as often as it is used, so its own check has not said so.
        for problem in inner.problems.iter().filter(|p| matches!(p.code, Code::TooManyNodes | Code::TooDeep)) {
            reader.report(problem.clone());
        }
        let deeper = inner.problems.iter().any(|p| p.code == Code::Cycle);
        if deeper && self.unfolding.len() <= 1 {
            let file = reader.file.clone();
            let message = says(
                format!("`{id}`이(가) 순환하는 정의를 쓴다"),
                format!("`{id}` rests on definitions that go in a circle"),
            );
            reader.report(Diagnostic::error(Code::Cycle, &file, span, message));
        }
        result
    }

    fn unknown<'a>(
        &self,
        code: Code,
        node: &Node,
        message: Says,
        legal: impl Iterator<Item = &'a str>,
        reader: &mut Reader,
    ) {
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
            let message = says(format!("`{id}`(이)라는 해석은 없다"), format!("there is no reading `{id}`"));
            self.unknown(Code::UnknownReading, node, message, names.readings.iter().map(|(n, _)| n.as_str()), reader);
            return None;
        };
        let wanted = &names.readings[at].1;
        let mut given: HashMap<&str, &Node> = HashMap::new();
        for (key, value) in reader.map(options?)?.take_rest() {
            let name = key.text().unwrap_or_default();
            if !wanted.iter().any(|option| option == name) {
                let message = says(
                    format!("해석 `{id}`에 `{name}`(이)라는 선택지는 없다"),
                    format!("the reading `{id}` has no option `{name}`"),
                );
                self.unknown(Code::UnknownOption, key, message, wanted.iter().map(String::as_str), reader);
            }
            given.insert(name, value);
        }
        let mut children = Vec::with_capacity(wanted.len());
        for option in wanted {
            let Some(part) = given.get(option.as_str()) else {
                let message = says(
                    format!("해석 `{id}`의 선택지 `{option}`에 대한 답이 없다"),
                    format!("nothing is said for option `{option}` of the reading `{id}`"),
                );
                reader.error(Code::UnknownOption, node.span, message);
                return None;
            };
            children.push(self.node(part, file, reader)?);
        }
        Some(Op::Reading(u16::try_from(at).ok()?, self.expr.list(&children)))
    }
}

fn owner_of(path: PathId) -> &'static str {
    match vocabulary().scope(path) {
        Scope::Item(collection) => vocabulary().collection_of(collection).name,
        Scope::Model => "model",
    }
}

/// The first line of a span: a report should not underline a whole page.
fn first_line(file: &SourceFile, span: Span) -> Span {
    let text = file.slice(span);
    let length = text.find('\n').unwrap_or(text.len());
    Span::new(span.start as usize, span.start as usize + length.max(1))
}
