//! The scale of a ruleset: ladder, gate or scorecard, with the criteria that it names.

use super::compile::{Compiler, Names};
use super::decode::{PLACES, id, local, local_of};
use super::each::{Choice, choice, percent};
use super::expr::Expr;
use super::model::{Axis, Floor, NotApplicable, Objective, Rung, Scale, Scorecard};
use crate::facts::{Style, Value};
use crate::text::{Aliases, Code, Diagnostic, Diagnostics, Node, Reader, SourceFile, Span, parse_yaml, says};
use crate::vocabulary::{Kind, Unit};

/// Reads lists of criterion ids, points and weights of the scale.
struct ScaleReader<'r> {
    known: Known<'r>,
    compiler: Compiler<'r>,
    reader: Reader,
}

/// What the scale may name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'r> {
    /// The criteria, sorted.
    pub(super) ids: &'r [&'r str],
    /// Every name of the ruleset.
    pub(super) names: &'r Names,
    /// The languages of the ruleset.
    pub(super) languages: &'r [String],
}

/// Reads the scale of a ruleset; what it asks of items is compiled beside the tests.
pub(super) fn read_scale(
    node: &Node,
    known: Known<'_>,
    expr: Expr,
    file: &SourceFile,
    problems: &mut Diagnostics,
) -> (Option<Scale>, Expr) {
    let mut reader = Reader::new(file.clone());
    reader.elsewhere = PLACES;
    let mut scale = ScaleReader { known, compiler: Compiler::resume(known.names, expr), reader };
    let result = scale.scale(node);
    problems.extend(scale.reader.problems);
    (result, scale.compiler.expr)
}

impl ScaleReader<'_> {
    fn scale(&mut self, node: &Node) -> Option<Scale> {
        let mut fields = self.reader.map(node)?;
        let parts = (fields.node("ladder"), fields.node("gate"), fields.node("scorecard"));
        let other = parts == (None, None, None) && fields.rest().next().is_some();
        fields.done(&mut self.reader);
        if other {
            return None; // the key that is none of the three was reported
        }
        match parts {
            (Some(ladder), None, None) => Some(Scale::Ladder(self.each(ladder, Self::rung))),
            (None, Some(gate), None) => Some(Scale::Gate(self.each(gate, Self::axis))),
            (None, None, Some(card)) => self.scorecard(card).map(Scale::Scorecard),
            _ => {
                let message = says(
                    "`ladder`, `gate`, `scorecard` 가운데 하나만 있어야 한다",
                    "exactly one of `ladder`, `gate` and `scorecard` must stand here",
                );
                let file = self.reader.file.clone();
                let help = says(
                    "하나만 남기고, 다른 척도는 다른 규칙 모음에 둔다",
                    "keep one; another scale belongs into another ruleset",
                );
                self.reader
                    .report(Diagnostic::error(Code::BadScale, &file, file.first_line(node.span), message).help(help));
                None
            }
        }
    }

    fn each<T>(&mut self, node: &Node, read: fn(&mut Self, &Node) -> Option<T>) -> Vec<T> {
        let items = self.reader.list(node).unwrap_or_default();
        if items.is_empty() && node.list().is_some() {
            let file = self.reader.file.clone();
            let message = says("척도가 비어 있다", "this scale is empty");
            let help = says("단계나 축, 목표를 하나 이상 적는다", "write at least one rung, axis or objective");
            self.reader.report(Diagnostic::error(Code::BadScale, &file, node.span, message).help(help));
        }
        let mut seen: Vec<(String, Span)> = Vec::new();
        for item in items {
            if let Some(id) = item.get("id")
                && let Some(text) = id.text()
            {
                if let Some((_, first)) = seen.iter().find(|(name, _)| name == text) {
                    let file = self.reader.file.clone();
                    let message =
                        says(format!("식별자 `{text}`을(를) 두 번 쓴다"), format!("the id `{text}` is used twice"));
                    let problem = Diagnostic::error(Code::DuplicateId, &file, id.span, message)
                        .help(says("둘 가운데 하나를 바꾼다", "change one of the two"))
                        .related(*first, says("처음 쓴 곳", "first here"));
                    self.reader.report(problem);
                }
                seen.push((text.to_owned(), id.span));
            }
        }
        items.iter().filter_map(|item| read(self, item)).collect()
    }

    fn rung(&mut self, node: &Node) -> Option<Rung> {
        let mut fields = self.reader.map(node)?;
        let id_node = fields.must("id");
        let name = id_node.and_then(|node| id(node, &mut self.reader));
        let level = fields.optional("level", &mut self.reader);
        let title = local_of(&mut fields, "title", self.known.languages, &mut self.reader);
        let mut said = |key| fields.node(key).and_then(|node| local(node, self.known.languages, &mut self.reader));
        let (zone, line) = (said("zone"), said("line"));
        let requires = self.ids(fields.must("requires"));
        let wants = self.ids(fields.node("wants"));
        fields.done(&mut self.reader);
        // A rung whose id is wrong still uses its criteria.
        Some(Rung { id: name.unwrap_or_default(), id_span: id_node?.span, level, zone, line, title, requires, wants })
    }

    fn axis(&mut self, node: &Node) -> Option<Axis> {
        let mut fields = self.reader.map(node)?;
        let name = fields.must("id").and_then(|node| id(node, &mut self.reader));
        let title = local_of(&mut fields, "title", self.known.languages, &mut self.reader);
        let requires = self.ids(fields.must("requires"));
        let wants = self.ids(fields.node("wants"));
        fields.done(&mut self.reader);
        Some(Axis { id: name?, title, requires, wants })
    }

    fn scorecard(&mut self, node: &Node) -> Option<Scorecard> {
        let mut fields = self.reader.map(node)?;
        let list = fields.must("objectives");
        let objectives = list.map(|node| self.each(node, Self::objective)).unwrap_or_default();
        if let Some(items) = list.and_then(Node::list)
            && items.len() == objectives.len()
        {
            self.weights(items, &objectives);
        }
        let floors = fields.node("floors").map(|node| {
            let items = self.reader.list(node).unwrap_or_default();
            items.iter().filter_map(|item| self.floor(item)).collect()
        });
        let not_applicable = match fields.node("not-applicable") {
            None => Some(0),
            Some(node) => self.reader.word(node, &["leave-out", "zero"]),
        };
        fields.done(&mut self.reader);
        Some(Scorecard {
            objectives,
            floors: floors.unwrap_or_default(),
            not_applicable: if not_applicable == Some(1) { NotApplicable::Zero } else { NotApplicable::LeaveOut },
        })
    }

    fn objective(&mut self, node: &Node) -> Option<Objective> {
        let mut fields = self.reader.map(node)?;
        let name = fields.must("id").and_then(|node| id(node, &mut self.reader));
        let title = local_of(&mut fields, "title", self.known.languages, &mut self.reader);
        let readings = &self.known.names.readings;
        let weight = fields.must("weight").and_then(|node| choice(node, readings, &mut self.reader, percent));
        let each_node = fields.node("each");
        let each = each_node.and_then(|node| self.compiler.each(node, readings, &mut self.reader));
        // What items may bring has no sum of its own, so it must be said what the points are divided by.
        let out_of = if each_node.is_some() { fields.must("out-of") } else { fields.node("out-of") };
        let out_of = out_of.and_then(|node| self.number(Some(node), Unit::Points));
        let list = if each_node.is_some() { fields.node("criteria") } else { fields.must("criteria") };
        let list = list.and_then(|node| self.reader.list(node)).unwrap_or_default();
        let criteria = list.iter().filter_map(|item| self.points(item)).collect();
        fields.done(&mut self.reader);
        Some(Objective { id: name?, title, weight: weight?, out_of, criteria, each })
    }

    /// The weights add up to the whole under every option of the readings that decide them.
    fn weights(&mut self, items: &[Node], objectives: &[Objective]) {
        let readings = &self.known.names.readings;
        let decided =
            |reading: &usize| objectives.iter().any(|it| matches!(it.weight, Choice::Read(by, _) if by == *reading));
        let mut options: Vec<Vec<usize>> = vec![vec![0; readings.len()]];
        for reading in (0..readings.len()).filter(decided) {
            let more = 1..readings[reading].1.len();
            options.extend(
                more.map(|option| (0..readings.len()).map(|at| if at == reading { option } else { 0 }).collect()),
            );
        }
        for chosen in options {
            let weights: Vec<f64> = objectives.iter().map(|objective| *objective.weight.under(&chosen)).collect();
            let sum: f64 = weights.iter().sum();
            if objectives.is_empty() || (sum - 100.0).abs() <= rounding(&weights) {
                continue;
            }
            let shown = |number: f64| Value::Number(number).written(Kind::Number(Unit::Percent));
            let all = weights.iter().map(|weight| shown(*weight)).collect::<Vec<_>>().join(" + ");
            let sum = shown((sum * 1e6).round() / 1e6);
            let node = items[0].entry("weight").map_or(&items[0], |(key, _)| key);
            let message = says(
                format!("목표의 가중치를 더하면 {sum}이다: 100 %여야 한다"),
                format!("the weights of the objectives add up to {sum}; they must be 100 %"),
            );
            let help = says(format!("가중치를 고친다: {all} = {sum}"), format!("change the weights: {all} = {sum}"));
            let file = self.reader.file.clone();
            self.reader.report(Diagnostic::error(Code::WeightsOff, &file, node.span, message).help(help));
            return;
        }
    }

    fn points(&mut self, node: &Node) -> Option<(usize, f64)> {
        let mut fields = self.reader.map(node)?;
        let at = fields.must("criterion").and_then(|node| self.criterion(node));
        let points = self.number(fields.must("points"), Unit::Points);
        fields.done(&mut self.reader);
        Some((at?, points?))
    }

    fn floor(&mut self, node: &Node) -> Option<Floor> {
        let mut fields = self.reader.map(node)?;
        let title = local_of(&mut fields, "title", self.known.languages, &mut self.reader);
        let requires = self.ids(fields.must("requires"));
        let cap = self.number(fields.must("cap"), Unit::Percent);
        fields.done(&mut self.reader);
        Some(Floor { title, requires, cap: cap? })
    }

    fn number(&mut self, node: Option<&Node>, unit: Unit) -> Option<f64> {
        match Value::decode(Kind::Number(unit), node?, Style::Rule, &mut self.reader) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    fn ids(&mut self, node: Option<&Node>) -> Vec<usize> {
        let Some(list) = node.and_then(|node| self.reader.list(node)) else { return Vec::new() };
        list.iter().filter_map(|item| self.criterion(item)).collect()
    }

    /// The id of the criterion whose file has a text for its title, in any language.
    fn titled(&self, text: &str) -> Option<String> {
        let has_title = |root: &Node| {
            let titles = root.get("title")?.map()?;
            titles
                .iter()
                .any(|(_, title)| title.text() == Some(text))
                .then(|| root.get("id")?.text().map(str::to_owned))?
        };
        let files = self.known.names.files.iter().filter(|file| file.name().contains("criteria/"));
        let mut roots =
            files.filter(|file| file.text().contains(text)).filter_map(|file| parse_yaml(file, Aliases::Refuse).ok());
        roots.find_map(|root| has_title(&root))
    }

    fn criterion(&mut self, node: &Node) -> Option<usize> {
        let text = self.reader.text(node)?;
        let at = self.known.ids.iter().position(|id| *id == text);
        if at.is_none() && self.reader.problems.is_full() {
            self.reader.error(Code::UnknownCriterion, node.span, says("", ""));
        } else if at.is_none() && !self.known.names.unread.criteria.iter().any(|name| name == text) {
            let file = self.reader.file.clone();
            let message = says(format!("`{text}`: 이런 기준은 없다"), format!("there is no criterion `{text}`"));
            let problem = Diagnostic::error(Code::UnknownCriterion, &file, node.span, message);
            self.reader.report(match self.titled(text) {
                Some(id) => problem.help(says(format!("`{id}`로 적는다"), format!("write `{id}`"))),
                None => problem.did_you_mean(text, self.known.ids.iter().copied()),
            });
        }
        at
    }
}

/// How far the sum of weights may be from the whole because each was rounded: whole numbers are meant as they are
/// written; of others each is off by at most half of its last digit.
fn rounding(weights: &[f64]) -> f64 {
    let digits = |weight: &f64| {
        (0..6).find(|n| (weight * 10f64.powi(*n) - (weight * 10f64.powi(*n)).round()).abs() < 1e-6).unwrap_or(6)
    };
    match weights.iter().map(digits).max() {
        None | Some(0) => 1e-9,
        Some(most) => 0.5 * 10f64.powi(-most) * f64::from(u32::try_from(weights.len()).unwrap_or(u32::MAX)) + 1e-9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_may_be_off_by_what_rounding_took() {
        for (weights, wanted) in [
            (vec![20.0; 5], true),
            (vec![20.0, 20.0, 20.0, 20.0, 19.0], false),
            (vec![33.3, 33.3, 33.4], true),
            (vec![33.33; 3], true),
            (vec![33.3; 3], true),
            (vec![33.0; 3], false),
            (vec![12.5; 8], true),
            (vec![12.5; 7], false),
            (vec![100.0], true),
        ] {
            let sum: f64 = weights.iter().sum();
            assert_eq!((sum - 100.0).abs() <= rounding(&weights), wanted, "{weights:?}");
        }
    }
}
