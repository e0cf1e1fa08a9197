//! What can be seen to be wrong only once the whole ruleset is there.

use std::collections::HashSet;

use super::expr::{Bound, Constant, Expr, Limit, NodeId, Op, Slot, Test};
use super::model::{Criterion, Rung, Scale};
use crate::facts::Value;
use crate::text::{Code, Diagnostic, Diagnostics, Severity, SourceFile, says};
use crate::vocabulary::{Kind, Unit, vocabulary};

/// A ruleset as far as it could be read: some tests may not have been compiled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole<'r> {
    /// The scale.
    pub(super) scale: &'r Scale,
    /// The criteria, sorted by id.
    pub(super) criteria: &'r [Criterion],
    /// Whether the test of each criterion stands in `expr`.
    pub(super) compiled: &'r [bool],
    /// The tests.
    pub(super) expr: &'r Expr,
    /// The files, ruleset.yaml first.
    pub(super) files: &'r [SourceFile],
}

/// Checks what concerns several files at once.
pub(super) fn check(whole: &Whole<'_>, problems: &mut Diagnostics) {
    let told = never_holds(whole, problems);
    if let Scale::Ladder(rungs) = whole.scale {
        unreachable_rung(whole, rungs, &told, problems);
    }
    let empty = match whole.scale {
        Scale::Ladder(rungs) => rungs.is_empty(),
        Scale::Gate(axes) => axes.is_empty(),
        Scale::Scorecard(card) => card.objectives.is_empty(),
    };
    // A scale that could not be read in part does not say what it would have used.
    let unread = problems.iter().any(|it| it.severity == Severity::Error && it.file.name() == whole.files[0].name());
    if !empty && !unread {
        unused_criteria(whole, problems);
    }
}

/// A rung cannot be reached if one of its criteria, or of those below, can never be met. The lowest is reported.
fn unreachable_rung(whole: &Whole<'_>, rungs: &[Rung], told: &HashSet<usize>, problems: &mut Diagnostics) {
    let mut required: Vec<usize> = Vec::new();
    for rung in rungs {
        required.extend(&rung.requires);
        let never = required.iter().copied().find(|&at| {
            let criterion = &whole.criteria[at];
            // A criterion that need not apply does not stand in the way.
            whole.compiled[at]
                && criterion.applies.is_none()
                && !told.contains(&at)
                && (never_true(whole.expr, criterion.test) || excludes(whole, &required, criterion.test))
        });
        let Some(criterion) = never.map(|at| &whole.criteria[at]) else { continue };
        let (id, name) = (&rung.id, &criterion.id);
        problems.push(
            Diagnostic::error(
                Code::UnreachableRung,
                &whole.files[0],
                rung.id_span,
                says(
                    format!("단계 `{id}`에는 어떤 모델도 닿을 수 없다: 기준 `{name}`의 시험이 참이 될 수 없다"),
                    format!("no model can reach the rung `{id}`: the criterion `{name}` can never be met"),
                ),
            )
            .help(says(
                format!("기준 `{name}`의 시험을 고치거나, 단계에서 뺀다"),
                format!("change the test of `{name}`, or take it out of the rung"),
            )),
        );
        return;
    }
}

/// Comparisons that no model can meet: each once, where it stands, however often its term is used. Gives the criteria
/// that hold one. A term may be meant never to hold (`not: {term: ...}`); a comparison is not.
fn never_holds(whole: &Whole<'_>, problems: &mut Diagnostics) -> HashSet<usize> {
    let (mut seen, mut told) = (HashSet::new(), HashSet::new());
    for (at, criterion) in whole.criteria.iter().enumerate() {
        if !whole.compiled[at] {
            continue;
        }
        let mut found = Vec::new();
        impossible(whole.expr, criterion.test, true, &mut found);
        if let Some(applies) = criterion.applies {
            impossible(whole.expr, applies, true, &mut found);
        }
        for node in found {
            let place = whole.expr.node(node).place;
            if seen.insert(place) {
                let whole_test = never_true(whole.expr, criterion.test);
                let severity = if whole_test { Severity::Error } else { Severity::Warning };
                problems.push(Diagnostic { severity, ..cannot_hold(whole, node) });
            }
            if never_true(whole.expr, criterion.test) {
                told.insert(at);
            }
        }
    }
    told
}

/// The narrowest nodes that are never true. What stands under a `not` may well be never true.
fn impossible(expr: &Expr, id: NodeId, plain: bool, found: &mut Vec<NodeId>) {
    let never = plain && never_true(expr, id);
    let before = found.len();
    match &expr.node(id).op {
        Op::All(range) | Op::Any(range) | Op::Reading(_, range) => {
            let parts = expr.children(*range);
            for part in parts {
                impossible(expr, *part, plain, found);
            }
        }
        Op::Not(inner) => impossible(expr, *inner, !plain, found),
        Op::Term(_, inner) | Op::Criterion(_, inner) => impossible(expr, *inner, plain, found),
        Op::Quantified(_, ranged) | Op::Count(_, ranged) | Op::Share(_, _, ranged) => {
            ranged.filter.into_iter().for_each(|part| impossible(expr, part, true, found));
            ranged.holds.into_iter().for_each(|part| impossible(expr, part, true, found));
        }
        Op::Fact(..) => {}
    }
    let compares = match &expr.node(id).op {
        Op::Fact(..) | Op::Count(..) | Op::Share(..) => true,
        Op::All(range) => clash(expr, expr.children(*range)),
        _ => false,
    };
    if never && compares && found.len() == before {
        found.push(id);
    }
}

fn cannot_hold(whole: &Whole<'_>, node: NodeId) -> Diagnostic {
    let place = whole.expr.node(node).place;
    let file = &whole.files[usize::from(place.file)];
    let (ko, en) = match &whole.expr.node(node).op {
        Op::Fact(_, Test::In(_)) => ("목록이 비어 있어", "the list is empty, so that"),
        Op::Fact(..) | Op::Count(..) | Op::Share(..) => {
            ("이 경계 안에 드는 값이 없어", "no value lies within this bound, so that")
        }
        _ => ("함께 만족할 수 없는 조건이 있어", "its conditions exclude each other, so that"),
    };
    let message =
        says(format!("{ko} 어떤 모델도 이 조건을 만족할 수 없다"), format!("{en} no model can meet this condition"));
    if matches!(&whole.expr.node(node).op, Op::Fact(_, Test::In(_))) {
        let help = says("값을 하나 이상 적는다: `in: [값]`", "write at least one value: `in: [VALUE]`");
        return Diagnostic::error(Code::NeverTrue, file, file.first_line(place.span), message).help(help);
    }
    let help = says(
        "비교하는 값과 연산을 확인한다: 비율은 0 %에서 100 %까지이고, 세는 수는 0보다 작을 수 없다",
        "check value and operator: a share lies between 0 % and 100 %, and nothing counted is below zero",
    );
    Diagnostic::error(Code::NeverTrue, file, file.first_line(place.span), message).help(help)
}

/// Whether a test is the opposite of a test that is required at the same time: `not: {criterion: x}` beside `x`.
fn excludes(whole: &Whole<'_>, required: &[usize], test: NodeId) -> bool {
    let Op::Not(inner) = whole.expr.node(test).op else { return false };
    let Op::Criterion(at, _) = whole.expr.node(inner).op else { return false };
    required.contains(&usize::from(at))
}

/// Whether a test is never true, whatever the facts are and whichever reading is chosen.
fn never_true(expr: &Expr, id: NodeId) -> bool {
    match &expr.node(id).op {
        Op::All(range) => {
            let parts = expr.children(*range);
            parts.iter().any(|part| never_true(expr, *part)) || clash(expr, parts)
        }
        Op::Any(range) | Op::Reading(_, range) => expr.children(*range).iter().all(|part| never_true(expr, *part)),
        Op::Not(inner) => never_false(expr, *inner),
        Op::Fact(slot, test) => outside(slot, test),
        Op::Term(_, inner) | Op::Criterion(_, inner) => never_true(expr, *inner),
        Op::Count(bound, _) => empty(bound, 0.0, f64::INFINITY),
        Op::Share(bound, ..) => empty(bound, 0.0, 100.0),
        Op::Quantified(..) => false,
    }
}

/// Whether no value that the fact can have meets the comparison.
fn outside(slot: &Slot, test: &Test) -> bool {
    let most = match vocabulary().entry(slot.path).kind {
        Kind::Number(Unit::Percent) => 100.0,
        Kind::Number(_) => f64::INFINITY,
        _ => return matches!(test, Test::In(list) if list.is_empty()),
    };
    let number = test.limit().and_then(Limit::number);
    match (test, number) {
        (Test::AtLeast(_), Some(least)) => least > most,
        (Test::MoreThan(_), Some(least)) => least >= most,
        (Test::AtMost(_), Some(highest)) => highest < 0.0,
        (Test::LessThan(_), Some(highest)) => highest <= 0.0,
        (Test::In(list), _) => list.is_empty(),
        _ => false,
    }
}

/// Whether a test is never false, whatever the facts are and whichever reading is chosen.
fn never_false(expr: &Expr, id: NodeId) -> bool {
    match &expr.node(id).op {
        Op::All(range) | Op::Reading(_, range) => expr.children(*range).iter().all(|part| never_false(expr, *part)),
        Op::Any(range) => {
            let parts = expr.children(*range);
            parts.iter().any(|part| never_false(expr, *part)) || exhaust(expr, parts)
        }
        Op::Not(inner) => never_true(expr, *inner),
        Op::Term(_, inner) | Op::Criterion(_, inner) => never_false(expr, *inner),
        Op::Fact(..) | Op::Quantified(..) | Op::Count(..) | Op::Share(..) => false,
    }
}

/// Whether no number from `least` to `most` is within the bounds.
fn empty(bound: &Bound, least: f64, most: f64) -> bool {
    let low = bound.at_least.unwrap_or(least).max(bound.more_than.unwrap_or(least));
    let high = bound.at_most.unwrap_or(most).min(bound.less_than.unwrap_or(most));
    low > high || low > most || high < least || (low >= high && !bound.admits(low))
}

/// A fact with what it is compared with.
type Compared<'e> = (&'e Slot, &'e Test);

/// The comparisons among the parts, and among the negated parts.
fn comparisons<'e>(expr: &'e Expr, parts: &[NodeId]) -> (Vec<Compared<'e>>, Vec<Compared<'e>>) {
    let (mut plain, mut negated) = (Vec::new(), Vec::new());
    for part in parts {
        match &expr.node(*part).op {
            Op::Fact(slot, test) => plain.push((slot, test)),
            Op::Not(inner) => {
                if let Op::Fact(slot, test) = &expr.node(*inner).op {
                    negated.push((slot, test));
                }
            }
            _ => {}
        }
    }
    (plain, negated)
}

/// Whether two parts cannot be true at once: one fact with two values, or a test beside its own opposite.
fn clash(expr: &Expr, parts: &[NodeId]) -> bool {
    let (plain, negated) = comparisons(expr, parts);
    let pairs = plain.iter().enumerate().flat_map(|(at, a)| plain[..at].iter().map(move |b| (a, b)));
    pairs.into_iter().any(|((slot, a), (other, b))| slot == other && (apart(a, b) || apart(b, a)))
        || plain.iter().any(|one| negated.contains(one))
}

/// Whether one of two parts is always true: a test beside its own opposite.
fn exhaust(expr: &Expr, parts: &[NodeId]) -> bool {
    let (plain, negated) = comparisons(expr, parts);
    // Only `known` is never unknown.
    plain.iter().any(|one| matches!(one.1, Test::Known(_)) && negated.contains(one))
        || plain.iter().any(|(slot, a)| {
            plain.iter().any(|(other, b)| slot == other && matches!((a, b), (Test::Known(true), Test::Known(false))))
        })
}

/// Whether no value meets both comparisons.
fn apart(a: &Test, b: &Test) -> bool {
    match (a, b) {
        (Test::Is(Constant::Value(one)), Test::Is(Constant::Value(other))) => one != other,
        (Test::Is(one), Test::IsNot(other)) => one == other,
        (Test::Is(Constant::Value(one)), Test::In(list)) => {
            !matches!(one, Value::Words(_) | Value::Texts(_) | Value::Countries(_))
                && list.iter().all(|c| matches!(c, Constant::Value(other) if other != one))
        }
        (Test::Is(one), Test::NotIn(list)) => list.contains(one),
        (Test::Known(false), other) => !matches!(other, Test::Known(false)),
        (Test::AtLeast(low) | Test::MoreThan(low), Test::AtMost(high) | Test::LessThan(high)) => {
            low.number().zip(high.number()).is_some_and(|(low, high)| {
                low > high || (low >= high && !matches!((a, b), (Test::AtLeast(_), Test::AtMost(_))))
            })
        }
        _ => false,
    }
}

/// A criterion that decides nothing is a finding, not a mistake: it may be reported for information.
fn unused_criteria(whole: &Whole<'_>, problems: &mut Diagnostics) {
    let mut used = vec![false; whole.criteria.len()];
    let mut mark = |list: &[usize]| list.iter().for_each(|&at| used[at] = true);
    match whole.scale {
        Scale::Ladder(rungs) => rungs.iter().for_each(|rung| {
            mark(&rung.requires);
            mark(&rung.wants);
        }),
        Scale::Gate(axes) => axes.iter().for_each(|axis| {
            mark(&axis.requires);
            mark(&axis.wants);
        }),
        Scale::Scorecard(card) => {
            card.objectives.iter().for_each(|o| o.criteria.iter().for_each(|(at, _)| mark(&[*at])));
            card.floors.iter().for_each(|floor| mark(&floor.requires));
        }
    }
    for node in &whole.expr.nodes {
        if let Op::Criterion(at, _) = node.op {
            used[usize::from(at)] = true;
        }
    }
    // A file with a mistake in it may not say what it should: its id may be the mistake.
    let wrong: HashSet<String> =
        problems.iter().filter(|it| it.severity == Severity::Error).map(|it| it.file.name().to_owned()).collect();
    for (criterion, used) in whole.criteria.iter().zip(used) {
        if !used && !wrong.contains(whole.files[criterion.file].name()) {
            let id = &criterion.id;
            problems.push(
                Diagnostic::warning(
                    Code::UnusedCriterion,
                    &whole.files[criterion.file],
                    criterion.id_span,
                    says(
                        format!("기준 `{id}`이(가) 아무것도 정하지 않는다: 어느 단계, 축, 목표도 쓰지 않는다"),
                        format!("the criterion `{id}` decides nothing: no rung, axis or objective uses it"),
                    ),
                )
                .help(says(
                    "ruleset.yaml의 `requires`에 넣거나 파일을 지운다",
                    "name it under `requires` in ruleset.yaml, or remove its file",
                )),
            );
        }
    }
}
