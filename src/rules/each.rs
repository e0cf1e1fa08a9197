//! What the language says of listed items alone, and points of an objective that come from items: so many points for
//! each item of which something holds.
//!
//! A questionnaire gives points by answer, and the answers are items. `each` names the collection, `worth` what brings
//! points; an item brings the points of every line that holds of it.

use super::compile::{Compiler, Names};
use super::expr::{Expr, NodeId, Ranged};
use crate::facts::{Assurance, Style, Value};
use crate::text::{Code, Diagnostic, Fields, Node, Reader, says};
use crate::vocabulary::{Kind, Unit};

/// Something that a reading may decide.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice<T> {
    /// It is fixed.
    Fixed(T),
    /// One value an option of the reading, by index.
    Read(usize, Vec<T>),
}

impl<T> Choice<T> {
    /// The value under the chosen options.
    pub fn under(&self, readings: &[usize]) -> &T {
        match self {
            Self::Fixed(value) => value,
            Self::Read(reading, values) => &values[readings[*reading]],
        }
    }
}

/// Points for items.
#[derive(Debug, Clone, PartialEq)]
pub struct Each {
    /// The items.
    pub ranged: Ranged,
    /// Whether the listed items are all, even if the list may be incomplete.
    pub ignore_unlisted: Choice<bool>,
    /// The assurance that facts need to bring assured points.
    pub needs: Assurance,
    /// What must hold of an item, and the points that it brings.
    pub worth: Vec<(NodeId, f64)>,
}

/// Reads a value, or one value for each option of a reading.
pub(super) fn choice<T>(
    node: &Node,
    readings: &[(String, Vec<String>)],
    reader: &mut Reader,
    read: fn(&Node, &mut Reader) -> Option<T>,
) -> Option<Choice<T>> {
    if node.map().is_none() {
        return read(node, reader).map(Choice::Fixed);
    }
    let mut fields = reader.map(node)?;
    let id_node = fields.must("reading");
    let options = fields.must("options");
    fields.done(reader);
    let (id_node, options) = (id_node?, options?);
    let id = reader.text(id_node)?.to_owned();
    let file = reader.file.clone();
    let Some(at) = readings.iter().position(|(name, _)| *name == id) else {
        let message = says(format!("`{id}`: 이런 해석은 없다"), format!("there is no reading `{id}`"));
        let legal = readings.iter().map(|(name, _)| name.as_str());
        reader.report(Diagnostic::error(Code::UnknownReading, &file, id_node.span, message).did_you_mean(&id, legal));
        return None;
    };
    let wanted = &readings[at].1;
    let mut values: Vec<Option<T>> = wanted.iter().map(|_| None).collect();
    for (key, value) in reader.map(options)?.take_rest() {
        let name = key.text().unwrap_or_default();
        match wanted.iter().position(|option| option == name) {
            Some(option) => values[option] = Some(read(value, reader)?),
            None => {
                let message = says(
                    format!("해석 `{id}`에 `{name}`(이)라는 선택지는 없다"),
                    format!("the reading `{id}` has no option `{name}`"),
                );
                let legal = wanted.iter().map(String::as_str);
                reader
                    .report(Diagnostic::error(Code::UnknownOption, &file, key.span, message).did_you_mean(name, legal));
            }
        }
    }
    for (option, value) in wanted.iter().zip(&values) {
        if value.is_none() {
            let message = says(
                format!("해석 `{id}`의 선택지 `{option}`에 대한 값이 없다"),
                format!("nothing is said for option `{option}` of the reading `{id}`"),
            );
            reader.error(Code::UnknownOption, id_node.span, message);
        }
    }
    Some(Choice::Read(at, values.into_iter().collect::<Option<Vec<T>>>()?))
}

/// A number of percent.
pub(super) fn percent(node: &Node, reader: &mut Reader) -> Option<f64> {
    number(node, Unit::Percent, reader)
}

fn number(node: &Node, unit: Unit, reader: &mut Reader) -> Option<f64> {
    match Value::decode(Kind::Number(unit), node, Style::Rule, reader) {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    }
}

impl<'n> Compiler<'n> {
    /// The same compiler with nodes that are there already, for what stands in the scale.
    pub(super) fn resume(names: &'n Names, expr: Expr) -> Self {
        let mut compiler = Self::new(names);
        compiler.expr = expr;
        compiler
    }

    /// Reads the items of a scale: collection and `where`.
    pub(super) fn items(&mut self, head: &'static str, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Ranged> {
        self.bound.clear();
        self.unfolding.clear();
        self.ranged(head, fields, 0, reader)
    }

    /// Compiles a node of a scale, with the items that are bound.
    pub(super) fn inner(&mut self, node: &Node, reader: &mut Reader) -> Option<NodeId> {
        let id = self.node(node, 0, reader);
        self.report_size(node, reader);
        id
    }

    /// Reads `unlisted: ignore`. Where an empty list would speak for the model it may not be used: silence would
    /// lift a grade.
    pub(super) fn listed_only(head: &str, fields: &mut Fields<'_>, reader: &mut Reader) -> bool {
        let Some(node) = fields.node("unlisted") else { return false };
        let at_most = fields.has("at-most") || fields.has("less-than");
        if head == "none" || head == "share" || at_most {
            let source = reader.file.clone();
            let message = says(
                format!("`unlisted`는 `{head}`에 쓸 수 없다: 적지 않은 것이 모델에 이롭게 된다"),
                format!("`unlisted` cannot stand beside `{head}` here: silence would speak for the model"),
            );
            reader.report(Diagnostic::error(Code::OperatorDoesNotFit, &source, node.span, message).help(says(
                "`every`와 `not`으로 적거나 `unlisted`를 지운다",
                "write it with `every` and `not`, or drop `unlisted`",
            )));
            return false;
        }
        reader.word(node, &["ignore"]).is_some()
    }

    /// Compiles `each`, which stands in the scale and so in the first file.
    pub(super) fn each(
        &mut self,
        node: &Node,
        readings: &[(String, Vec<String>)],
        reader: &mut Reader,
    ) -> Option<Each> {
        let mut fields = reader.map(node)?;
        let steps: Vec<&str> = Assurance::ALL.iter().map(|step| step.word()).collect();
        let needs = fields.must("needs").and_then(|node| reader.word(node, &steps));
        let unlisted = fields.node("unlisted").map(|node| choice(node, readings, reader, unlisted));
        let worth = fields.must("worth");
        let ranged = self.items("each", &mut fields, reader);
        let worth = ranged.and_then(|ranged| {
            self.bound.push(ranged.collection);
            let list = self.worth(worth?, reader);
            self.bound.clear();
            Some(list)
        });
        fields.done(reader);
        let ignore_unlisted = unlisted.unwrap_or(Some(Choice::Fixed(false)))?;
        Some(Each { ranged: ranged?, ignore_unlisted, needs: Assurance::ALL[needs?], worth: worth? })
    }

    fn worth(&mut self, node: &Node, reader: &mut Reader) -> Vec<(NodeId, f64)> {
        let mut list = Vec::new();
        for item in reader.list(node).unwrap_or_default() {
            let Some(mut fields): Option<Fields<'_>> = reader.map(item) else { continue };
            let points = fields.must("points").and_then(|node| number(node, Unit::Points, reader));
            let holds = fields.must("holds").and_then(|node| self.inner(node, reader));
            fields.done(reader);
            list.extend(holds.zip(points));
        }
        list
    }
}

/// `ignore`, or `open`: what is not listed may still be there.
fn unlisted(node: &Node, reader: &mut Reader) -> Option<bool> {
    reader.word(node, &["open", "ignore"]).map(|at| at == 1)
}
