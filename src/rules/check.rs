//! What can be seen to be wrong only once the whole ruleset is there.

use super::expr::{Expr, NodeId, Op, Test};
use super::model::{Ruleset, Scale};
use crate::text::{Code, Diagnostic, Diagnostics, Span, says};

/// Checks a ruleset whose parts are all well formed.
pub(super) fn check(ruleset: &Ruleset, problems: &mut Diagnostics) {
    unreachable_rungs(ruleset, problems);
    unused_criteria(ruleset, problems);
}

/// A rung cannot be reached if one of its criteria, or of those below, can never be met.
fn unreachable_rungs(ruleset: &Ruleset, problems: &mut Diagnostics) {
    let Scale::Ladder(rungs) = &ruleset.scale else { return };
    let file = &ruleset.files[0];
    let mut below: Vec<usize> = Vec::new();
    for rung in rungs {
        below.extend(&rung.requires);
        let never = below
            .iter()
            .map(|&at| &ruleset.criteria[at])
            .find(|c| never_true(&ruleset.expr, c.test) || excludes(ruleset, &below, c.test));
        if let Some(criterion) = never {
            let at = file.text().find(&format!("id: {}", rung.id)).unwrap_or(0);
            let span = Span::new(at, at + 4 + rung.id.len());
            let (id, name) = (&rung.id, &criterion.id);
            problems.push(
                Diagnostic::error(
                    Code::UnreachableRung,
                    file,
                    span,
                    says(
                        format!("단계 `{id}`에는 아무 모델도 닿을 수 없다: 기준 `{name}`이(가) 충족될 수 없다"),
                        format!("no model can reach the rung `{id}`: the criterion `{name}` can never be met"),
                    ),
                )
                .help(says(
                    "그 기준의 시험을 고치거나, 단계에서 뺀다",
                    "change that criterion's test, or take it out of the rung",
                )),
            );
            return;
        }
    }
}

/// Whether a test is the opposite of a test that is required at the same time: `not: {criterion: x}` beside `x`.
fn excludes(ruleset: &Ruleset, required: &[usize], test: NodeId) -> bool {
    let Op::Not(inner) = ruleset.expr.node(test).op else { return false };
    let Op::Criterion(at, _) = ruleset.expr.node(inner).op else { return false };
    required.contains(&usize::from(at))
}

/// Whether a test is false whatever the facts are: a fact that would need two values at once, an empty choice.
fn never_true(expr: &Expr, id: NodeId) -> bool {
    match &expr.node(id).op {
        Op::All(range) => {
            let parts = expr.children(*range);
            parts.iter().any(|part| never_true(expr, *part)) || clash(expr, parts)
        }
        Op::Any(range) => expr.children(*range).iter().all(|part| never_true(expr, *part)),
        Op::Fact(_, Test::In(list)) => list.is_empty(),
        Op::Term(_, inner) | Op::Criterion(_, inner) => never_true(expr, *inner),
        Op::Reading(_, range) => expr.children(*range).iter().all(|part| never_true(expr, *part)),
        Op::Share(bound, ..) => {
            bound.at_least.is_some_and(|b| b > 100.0) || bound.more_than.is_some_and(|b| b >= 100.0)
        }
        _ => false,
    }
}

/// Whether two parts ask one fact for two different values.
fn clash(expr: &Expr, parts: &[NodeId]) -> bool {
    let wanted: Vec<_> = parts
        .iter()
        .filter_map(|part| match &expr.node(*part).op {
            Op::Fact(slot, Test::Is(constant)) => Some((slot, constant)),
            _ => None,
        })
        .collect();
    wanted.iter().enumerate().any(|(at, (slot, constant))| {
        wanted[..at].iter().any(|(other, value)| {
            other.path == slot.path && other.item == slot.item && value != constant && both_values(value, constant)
        })
    })
}

fn both_values(a: &super::expr::Constant, b: &super::expr::Constant) -> bool {
    use super::expr::Constant::Value;
    matches!((a, b), (Value(_), Value(_)))
}

/// A criterion that decides nothing is a finding, not a mistake: it may be reported for information.
fn unused_criteria(ruleset: &Ruleset, problems: &mut Diagnostics) {
    let mut used = vec![false; ruleset.criteria.len()];
    let mut mark = |list: &[usize]| list.iter().for_each(|&at| used[at] = true);
    match &ruleset.scale {
        Scale::Ladder(rungs) => rungs.iter().for_each(|rung| mark(&rung.requires)),
        Scale::Gate(axes) => axes.iter().for_each(|axis| {
            mark(&axis.requires);
            mark(&axis.wants);
        }),
        Scale::Scorecard(card) => {
            card.objectives.iter().for_each(|o| o.criteria.iter().for_each(|(at, _)| mark(&[*at])));
            card.floors.iter().for_each(|floor| mark(&floor.requires));
        }
    }
    for node in &ruleset.expr.nodes {
        if let Op::Criterion(at, _) = node.op {
            used[usize::from(at)] = true;
        }
    }
    for (criterion, used) in ruleset.criteria.iter().zip(used) {
        if !used {
            let file = &ruleset.files[criterion.file];
            let at = file.text().find("id:").unwrap_or(0);
            let end = file.text()[at..].find('\n').map_or(file.text().len(), |n| at + n);
            let id = &criterion.id;
            problems.push(Diagnostic::warning(
                Code::UnusedCriterion,
                file,
                Span::new(at, end),
                says(
                    format!("기준 `{id}`은(는) 어느 단계에서도 쓰이지 않는다"),
                    format!("no rung uses the criterion `{id}`"),
                ),
            ));
        }
    }
}
