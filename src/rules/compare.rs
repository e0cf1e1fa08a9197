//! Comparing a fact: its path is resolved where it stands, its operator and value checked against its kind.

use super::closed::closed;
use super::compile::Compiler;
use super::expr::{Bound, Constant, Limit, Op, Slot, Test};
use super::phrase::phrase;
use crate::facts::{Style, Value};
use crate::text::{Code, Diagnostic, Fields, Node, Reader, Span, says};
use crate::vocabulary::{Group, Kind, PathId, Scope, Unit, fact_meant, vocabulary};

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
            if slot.is_none() && present.is_empty() {
                fields.take_rest(); // a fact that is none, most often a whole sentence, was reported
                return None;
            }
            self.not_one_operator(node, &present, fields, reader);
            return None;
        };
        let (key, value) = fields.entry(operator)?;
        let slot = slot?;
        let test = self.test(slot.path, operator, key.span, value, reader)?;
        Some(Op::Fact(slot, test))
    }

    /// Says what is wrong where a fact is compared in no way, in several, or in one that there is not.
    fn not_one_operator(&self, fact: &Node, present: &[&'static str], fields: &mut Fields<'_>, reader: &mut Reader) {
        let path = fact.text().unwrap_or_default().to_owned();
        let file = reader.file.clone();
        let values: Vec<_> = present.iter().filter_map(|op| fields.entry(op)).collect();
        let other = fields.rest().next();
        if values.is_empty()
            && let Some((key, _)) = other
            && let Some(text) = key.text()
            && !reader.elsewhere.iter().any(|(name, ..)| *name == text)
        {
            fields.take_rest();
            let message = says(format!("`{text}`: 이런 연산은 없다"), format!("`{text}` is not an operator"));
            let problem = Diagnostic::error(Code::UnknownKey, &file, key.span, message);
            reader.report(problem.did_you_mean(text, OPERATORS));
            return;
        }
        let span = values.last().map_or(fact.span, |(key, _)| key.span);
        let message = says(
            format!("사실 하나에 연산이 {}개 있다: 하나여야 한다", values.len()),
            format!("a fact is compared in exactly one way; here are {}", values.len()),
        );
        let each = |(key, value): &&(Node, Node)| {
            let value = file.slice(value.span);
            format!("{{ fact: {path}, {}: {value} }}", key.text().unwrap_or_default())
        };
        let help = if values.is_empty() {
            says("`is: 값`처럼 연산 하나를 적는다", "write one operator, such as `is: VALUE`")
        } else {
            let list = format!("all: [{}]", values.iter().map(each).collect::<Vec<_>>().join(", "));
            says(
                format!("비교마다 마디를 따로 둔다: `{list}`"),
                format!("give each comparison a node of its own: `{list}`"),
            )
        };
        reader.report(Diagnostic::error(Code::NoOperator, &file, span, message).help(help));
    }

    fn test(&self, path: PathId, operator: &str, key: Span, value: &Node, reader: &mut Reader) -> Option<Test> {
        let kind = vocabulary().entry(path).kind;
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
        if element == Kind::Country
            && let Some(text) = value.text()
            && Group::meant(text).is_some()
            && matches!(operator, "is" | "is-not" | "contains")
        {
            Value::decode(Kind::Country, value, Style::Rule, reader); // says where a group may stand
            return None;
        }
        let one = |kind: Kind, node: &Node, reader: &mut Reader| Self::constant(path, kind, node, reader);
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
                let items = reader.list(value)?;
                let list: Vec<Constant> =
                    items.iter().filter_map(|item| Self::among(path, element, item, reader)).collect();
                if list.len() < items.len() {
                    return None; // what could not be read was reported, and an empty list is another mistake
                }
                if operator == "in" { Test::In(list.into()) } else { Test::NotIn(list.into()) }
            }
        })
    }

    /// What bounds a number or a day: a constant, `{ fact: PATH }`, or for a day `as-of`.
    fn limit(&self, kind: Kind, node: &Node, reader: &mut Reader) -> Option<Limit> {
        if kind == Kind::Date && node.text() == Some(AS_OF) {
            return Some(Limit::AsOf);
        }
        if let (Kind::Date, Some("as_of" | "As-of" | "as of" | "today" | "now" | "오늘" | "기준일")) =
            (kind, node.text())
        {
            return Self::other_word(node, AS_OF, Code::BadDate, reader);
        }
        if node.map().is_none() {
            return Value::decode(kind, node, Style::Rule, reader).map(Limit::Value);
        }
        if node.get("fact").is_none() {
            reader.wrong_type(node, "수나 날짜, 또는 `{ fact: 경로 }`", "a number, a day, or `{ fact: PATH }`");
            return None;
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

    /// One of a list: of countries, a group too.
    fn among(path: PathId, kind: Kind, node: &Node, reader: &mut Reader) -> Option<Constant> {
        let group = node.text().filter(|_| kind == Kind::Country).and_then(Group::meant);
        let Some(group) = group else { return Self::constant(path, kind, node, reader) };
        let (word, text) = (group.word(), node.text().unwrap_or_default());
        if Group::parse(text).is_none() {
            let message = says(format!("`{text}`: 국가 코드가 아니다"), format!("`{text}` is not a country code"));
            let help =
                says(format!("국가의 묶음은 `{word}`로 적는다"), format!("write the group of countries as `{word}`"));
            reader.report(Diagnostic::error(Code::BadCountry, &reader.file, node.span, message).help(help));
            return None;
        }
        Some(Constant::Group(group))
    }

    /// A word of everyday for one of the words that stand for a value.
    fn other_word<T>(node: &Node, word: &str, code: Code, reader: &mut Reader) -> Option<T> {
        let text = node.text().unwrap_or_default();
        let message = says(format!("`{text}`: 여기에 쓸 수 없는 말이다"), format!("`{text}` cannot stand here"));
        let help = says(format!("`{word}`(으)로 적는다"), format!("write `{word}`"));
        reader.report(Diagnostic::error(code, &reader.file, node.span, message).help(help));
        None
    }

    fn constant(path: PathId, kind: Kind, node: &Node, reader: &mut Reader) -> Option<Constant> {
        match (kind, node.text()) {
            (Kind::Country, Some("Home" | "HOME" | "자국" | "국내" | "본국" | "domestic")) => {
                Self::other_word(node, "home", Code::BadCountry, reader)
            }
            (Kind::Country, Some("home")) => Some(Constant::Home),
            (Kind::Text, Some("home-language")) => Some(Constant::HomeLanguage),
            _ => {
                let value = Value::decode(kind, node, Style::Rule, reader)?;
                closed(path, value, node, reader).map(Constant::Value)
            }
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
            let file = reader.file.clone();
            let message = says(format!("`{text}`: 이런 사실은 없다"), format!("there is no fact `{text}`"));
            let problem = Diagnostic::error(Code::UnknownFact, &file, node.span, message);
            let help = match (phrase(text, own), fact_meant(text, own)) {
                (Some(line), _) => says(format!("`{line}`로 적는다"), format!("write `{line}`")),
                (None, Some(path)) => says(format!("`{path}`을(를) 뜻했는가?"), format!("did you mean `{path}`?")),
                (None, None) => says(
                    "사실의 목록은 `sovgrade facts`와 docs/facts.md에 있다",
                    "`sovgrade facts` and docs/facts.md list every fact",
                ),
            };
            reader.report(problem.help(help));
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
