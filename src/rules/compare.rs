//! Comparing a fact: its path is resolved where it stands, its operator and value checked against its kind.

use super::compile::Compiler;
use super::expr::{Bound, Constant, Limit, Op, Slot, Test};
use crate::facts::{Style, Value};
use crate::text::{Code, Diagnostic, Fields, Node, Reader, Span, says};
use crate::vocabulary::{CountryGroup, Kind, PathId, Scope, Unit, vocabulary};

/// What stands for the day as of which a grade holds.
pub(super) const AS_OF: &str = "as-of";

/// Operators of a fact.
pub const OPERATORS: [&str; 10] =
    ["is", "is-not", "in", "not-in", "contains", "at-least", "at-most", "more-than", "less-than", "known"];

/// The operators that fit a kind, the most useful first.
pub fn operators_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Flag => &["is", "is-not", "known"],
        Kind::Number(_) | Kind::Date => {
            &["at-least", "at-most", "more-than", "less-than", "is", "is-not", "in", "not-in", "known"]
        }
        Kind::Words(_) | Kind::Texts | Kind::Countries => &["contains", "in", "not-in", "is", "is-not", "known"],
        Kind::Word(_) | Kind::Text | Kind::Country => &["is", "is-not", "in", "not-in", "known"],
    }
}

/// The kind of one element of a kind that holds several.
pub(super) fn element_of(kind: Kind) -> Kind {
    match kind {
        Kind::Words(words) => Kind::Word(words),
        Kind::Texts => Kind::Text,
        Kind::Countries => Kind::Country,
        other => other,
    }
}

impl Compiler<'_> {
    pub(super) fn fact(&mut self, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Op> {
        let node = fields.node("fact")?;
        let slot = self.path(node, reader);
        let present: Vec<&'static str> = OPERATORS.into_iter().filter(|op| fields.has(op)).collect();
        let [operator] = present[..] else {
            let values: Vec<_> = present.iter().filter_map(|op| fields.entry(op)).collect();
            let other = fields.rest().next();
            if values.is_empty()
                && let Some((key, _)) = other
                && let Some(text) = key.text()
                && !reader.elsewhere.iter().any(|(name, ..)| *name == text)
            {
                fields.take_rest();
                let file = reader.file.clone();
                let message = says(format!("`{text}`: 이런 연산은 없다"), format!("`{text}` is not an operator"));
                reader.report(
                    Diagnostic::error(Code::UnknownKey, &file, key.span, message).did_you_mean(text, OPERATORS),
                );
                return None;
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
        let element = element_of(kind);
        let legal = operators_of(kind);
        if !legal.contains(&operator) {
            let name = kind.name();
            let list = legal.iter().map(|op| format!("`{op}`")).collect::<Vec<_>>().join(", ");
            let file = reader.file.clone();
            reader.report(
                Diagnostic::error(
                    Code::OperatorDoesNotFit,
                    &file,
                    key,
                    says(
                        format!("`{operator}`(으)로는 이 사실을 비교할 수 없다: 값의 종류가 '{}'이다", name.ko),
                        format!("`{operator}` does not fit this fact, whose value is {}", name.en),
                    ),
                )
                .help(says(format!("쓸 수 있는 연산: {list}"), format!("operators that fit: {list}"))),
            );
            return None;
        }
        let one = |kind: Kind, node: &Node, reader: &mut Reader| Self::constant(kind, node, reader);
        Some(match operator {
            "known" => Test::Known(reader.flag(value)?),
            "is" => Test::Is(one(kind, value, reader)?),
            "is-not" => Test::IsNot(one(kind, value, reader)?),
            "contains" => Test::Contains(one(element, value, reader)?),
            "at-least" => Test::AtLeast(self.limit(kind, value, reader)?),
            "at-most" => Test::AtMost(self.limit(kind, value, reader)?),
            "more-than" => Test::MoreThan(self.limit(kind, value, reader)?),
            "less-than" => Test::LessThan(self.limit(kind, value, reader)?),
            _ => {
                let list: Vec<Constant> =
                    reader.list(value)?.iter().filter_map(|item| one(element, item, reader)).collect();
                if operator == "in" { Test::In(list.into()) } else { Test::NotIn(list.into()) }
            }
        })
    }

    /// What bounds a number or a day: a constant, `{ fact: PATH }`, or for a day `as-of`.
    fn limit(&self, kind: Kind, node: &Node, reader: &mut Reader) -> Option<Limit> {
        if kind == Kind::Date && node.text() == Some(AS_OF) {
            return Some(Limit::AsOf);
        }
        if node.map().is_none() {
            return Value::decode(kind, node, Style::Rule, reader).map(Limit::Value);
        }
        let mut fields = reader.map(node)?;
        let path = fields.must("fact");
        fields.done(reader);
        let path = path?;
        let slot = self.path(path, reader)?;
        let other = vocabulary().entry(slot.path).kind;
        if other == kind {
            return Some(Limit::Fact(slot));
        }
        let (here, there) = (kind.name(), other.name());
        let alike = self.names.own.entries().filter(|(_, entry)| entry.kind == kind).map(|(_, entry)| entry.path);
        let file = reader.file.clone();
        let message = says(
            format!("종류와 단위가 다른 사실과는 견줄 수 없다: 여기는 '{}', 저쪽은 '{}'이다", here.ko, there.ko),
            format!(
                "a fact is bounded by another of the same kind and unit only; here {}, there {}",
                here.en, there.en
            ),
        );
        reader.report(
            Diagnostic::error(Code::OperatorDoesNotFit, &file, path.span, message)
                .did_you_mean(path.text().unwrap_or_default(), alike),
        );
        None
    }

    fn constant(kind: Kind, node: &Node, reader: &mut Reader) -> Option<Constant> {
        let group = node.text().filter(|_| kind == Kind::Country).and_then(CountryGroup::of);
        if let Some(group) = group {
            return Some(Constant::Group(group));
        }
        match (kind, node.text()) {
            (Kind::Country, Some("home")) => Some(Constant::Home),
            (Kind::Text, Some("home-language")) => Some(Constant::HomeLanguage),
            _ => Value::decode(kind, node, Style::Rule, reader).map(Constant::Value),
        }
    }

    /// Resolves a path where it stands.
    pub(super) fn path(&self, node: &Node, reader: &mut Reader) -> Option<Slot> {
        let text = reader.text(node)?;
        let own = &self.names.own;
        let Some(path) = own.path(text) else {
            if self.names.unread.facts && text.contains('.') {
                return None;
            }
            let legal = own.entries().map(|(_, entry)| entry.path);
            let file = reader.file.clone();
            let mut problem = Diagnostic::error(
                Code::UnknownFact,
                &file,
                node.span,
                says(format!("`{text}`: 이런 사실은 없다"), format!("there is no fact `{text}`")),
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

    pub(super) fn slot(&self, path: PathId) -> Option<Slot> {
        let item = match vocabulary().scope(path) {
            Scope::Model => None,
            Scope::Item(collection) => {
                Some(u8::try_from(self.bound.iter().rposition(|bound| *bound == collection)?).ok()?)
            }
        };
        let slot = vocabulary().slot(path);
        Some(Slot { path, slot, item })
    }
}

fn owner_of(path: PathId) -> &'static str {
    match vocabulary().scope(path) {
        Scope::Item(collection) => vocabulary().collection_of(collection).name,
        Scope::Model => "model",
    }
}

impl Compiler<'_> {
    /// The bounds of a count or a share.
    pub(super) fn bound_of(fields: &mut Fields<'_>, unit: Unit, reader: &mut Reader) -> Option<Bound> {
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
            let span = file.first_line(fields.span);
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
}
