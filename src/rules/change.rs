//! Small changes of compiled tests, each undone as easily as it is made: what mutation testing asks of every node.

use super::expr::{Bound, Empty, Expr, Limit, NodeId, Op, Quantifier, Range, Ranged, Test};
use crate::facts::Value;
use crate::vocabulary::{Kind, vocabulary};

/// One change of one node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// The answer is turned round.
    Negated,
    /// `all` becomes `any`, or the other way round.
    AllForAny,
    /// The quantifier becomes another one.
    Quantified(Quantifier),
    /// `at-least` becomes `more-than`, `at-most` becomes `less-than`, or the other way round.
    Strictness,
    /// The threshold is moved by this factor and summand.
    Threshold(Nudge),
    /// The part at this position is left out of `all` or `any`.
    WithoutPart(usize),
    /// The constant at this position is left out of `in` or `not-in`.
    WithoutConstant(usize),
    /// `where` is left out.
    WithoutFilter,
    /// `holds` is left out.
    WithoutHolds,
}

/// How far a threshold is moved, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nudge {
    /// Up: by one in a hundred, and by one of what is counted in ones.
    Up,
    /// Down.
    Down,
}

/// What takes changes back.
#[derive(Debug)]
pub struct Undo {
    replaced: Vec<(NodeId, Op)>,
    nodes: usize,
    children: usize,
}

impl Nudge {
    /// The threshold, moved. A threshold of zero is moved by one: a hundredth of nothing is nothing.
    fn of(self, number: f64) -> f64 {
        let step = if number == 0.0 { 1.0 } else { number.abs() / 100.0 };
        match self {
            Self::Up => number + step,
            Self::Down => number - step,
        }
    }

    /// The bound of a count, which moves by ones.
    fn of_count(self, number: f64) -> f64 {
        match self {
            Self::Up => number + 1.0,
            Self::Down => number - 1.0,
        }
    }
}

impl Expr {
    /// Every change that makes sense of a node.
    pub fn changes(&self, id: NodeId) -> Vec<Change> {
        let op = &self.node(id).op;
        if matches!(op, Op::All(range) | Op::Any(range) if self.children(*range).is_empty()) {
            return Vec::new(); // asks nothing, and so is its own opposite
        }
        let mut list = vec![Change::Negated];
        match op {
            Op::Fact(_, test) => match test {
                Test::AtLeast(limit) | Test::AtMost(limit) | Test::MoreThan(limit) | Test::LessThan(limit) => {
                    list.push(Change::Strictness);
                    // Only a constant can be moved: another fact, or the day of the grade, stands where it stands.
                    if matches!(limit, Limit::Value(_)) {
                        list.extend([Nudge::Up, Nudge::Down].map(Change::Threshold));
                    }
                }
                Test::In(constants) | Test::NotIn(constants) if constants.len() > 1 => {
                    list.extend((0..constants.len()).map(Change::WithoutConstant));
                }
                _ => {}
            },
            Op::All(range) | Op::Any(range) => {
                let parts = self.children(*range).len();
                if parts > 1 {
                    list.push(Change::AllForAny);
                    list.extend((0..parts).map(Change::WithoutPart));
                }
            }
            Op::Quantified(quantifier, ranged) => {
                list.extend(others(*quantifier).into_iter().map(Change::Quantified));
                without(ranged, &mut list);
            }
            Op::Count(_, ranged) | Op::Share(_, _, ranged) => {
                list.push(Change::Strictness);
                list.extend([Nudge::Up, Nudge::Down].map(Change::Threshold));
                without(ranged, &mut list);
            }
            Op::Not(_) | Op::Term(..) | Op::Criterion(..) | Op::Reading(..) => {}
        }
        list
    }

    /// Makes one change to every node given: the copies that one place of a file has.
    pub fn change(&mut self, ids: &[NodeId], change: Change) -> Undo {
        let mut undo = Undo { replaced: Vec::new(), nodes: self.nodes.len(), children: self.children.len() };
        for &id in ids {
            let old = self.node(id).op.clone();
            let new = self.changed(id, &old, change);
            undo.replaced.push((id, std::mem::replace(&mut self.nodes[id.0 as usize].op, new)));
        }
        undo
    }

    /// The threshold of a comparison, a count or a share, where it has exactly one number.
    pub fn threshold(&self, id: NodeId) -> Option<f64> {
        match &self.node(id).op {
            Op::Fact(_, test) => test.limit()?.number(),
            Op::Count(bound, _) | Op::Share(bound, _, _) => {
                let mut numbers =
                    [bound.at_least, bound.at_most, bound.more_than, bound.less_than].into_iter().flatten();
                let number = numbers.next();
                if numbers.next().is_some() { None } else { number }
            }
            _ => None,
        }
    }

    /// Sets the threshold of every node given; `strict` moves the threshold itself to the other side.
    pub fn set_threshold(&mut self, ids: &[NodeId], number: f64, strict: bool) -> Undo {
        let mut undo = Undo { replaced: Vec::new(), nodes: self.nodes.len(), children: self.children.len() };
        for &id in ids {
            let old = self.node(id).op.clone();
            let mut new = match &old {
                Op::Fact(slot, test) => Op::Fact(*slot, test.against(Limit::Value(Value::Number(number)))),
                Op::Count(bound, ranged) => Op::Count(each(bound, |_| number), *ranged),
                Op::Share(bound, by, ranged) => Op::Share(each(bound, |_| number), *by, *ranged),
                other => other.clone(),
            };
            if strict {
                new = self.changed(id, &new, Change::Strictness);
            }
            undo.replaced.push((id, std::mem::replace(&mut self.nodes[id.0 as usize].op, new)));
        }
        undo
    }

    /// Takes a change back.
    pub fn undo(&mut self, undo: Undo) {
        for (id, op) in undo.replaced {
            self.nodes[id.0 as usize].op = op;
        }
        self.nodes.truncate(undo.nodes);
        self.children.truncate(undo.children);
    }

    fn changed(&mut self, id: NodeId, op: &Op, change: Change) -> Op {
        match (change, op) {
            (Change::Negated, Op::Not(inner)) => self.node(*inner).op.clone(),
            (Change::Negated, op) => {
                let place = self.node(id).place;
                Op::Not(self.push(op.clone(), place))
            }
            (Change::AllForAny, Op::All(range)) => Op::Any(*range),
            (Change::AllForAny, Op::Any(range)) => Op::All(*range),
            (Change::WithoutPart(at), Op::All(range)) => Op::All(self.shorter(*range, at)),
            (Change::WithoutPart(at), Op::Any(range)) => Op::Any(self.shorter(*range, at)),
            (Change::Quantified(quantifier), Op::Quantified(_, ranged)) => Op::Quantified(quantifier, *ranged),
            (Change::WithoutFilter | Change::WithoutHolds, Op::Quantified(quantifier, ranged)) => {
                Op::Quantified(*quantifier, narrower(*ranged, change))
            }
            (Change::WithoutFilter | Change::WithoutHolds, Op::Count(bound, ranged)) => {
                Op::Count(*bound, narrower(*ranged, change))
            }
            (Change::WithoutFilter | Change::WithoutHolds, Op::Share(bound, by, ranged)) => {
                Op::Share(*bound, *by, narrower(*ranged, change))
            }
            (Change::Strictness, Op::Count(bound, ranged)) => Op::Count(stricter(bound), *ranged),
            (Change::Strictness, Op::Share(bound, by, ranged)) => Op::Share(stricter(bound), *by, *ranged),
            (Change::Threshold(nudge), Op::Count(bound, ranged)) => {
                Op::Count(each(bound, |number| nudge.of_count(number)), *ranged)
            }
            (Change::Threshold(nudge), Op::Share(bound, by, ranged)) => {
                Op::Share(each(bound, |number| nudge.of(number)), *by, *ranged)
            }
            (change, Op::Fact(slot, test)) => {
                let counted = matches!(vocabulary().entry(slot.path).kind, Kind::Number(unit) if unit.is_counted());
                Op::Fact(*slot, compared(test, change, counted))
            }
            (_, op) => op.clone(),
        }
    }

    fn shorter(&mut self, range: Range, without: usize) -> Range {
        let mut parts = self.children(range).to_vec();
        parts.remove(without);
        self.list(&parts)
    }
}

fn others(quantifier: Quantifier) -> Vec<Quantifier> {
    match quantifier {
        Quantifier::Every(Empty::Met) => vec![Quantifier::Every(Empty::Void), Quantifier::Some],
        Quantifier::Every(_) => vec![Quantifier::Every(Empty::Met), Quantifier::Some],
        Quantifier::Some | Quantifier::None => vec![Quantifier::Every(Empty::Void)],
    }
}

fn without(ranged: &Ranged, list: &mut Vec<Change>) {
    list.extend(ranged.filter.map(|_| Change::WithoutFilter));
    list.extend(ranged.holds.map(|_| Change::WithoutHolds));
}

fn narrower(mut ranged: Ranged, change: Change) -> Ranged {
    match change {
        Change::WithoutFilter => ranged.filter = None,
        _ => ranged.holds = None,
    }
    ranged
}

fn stricter(bound: &Bound) -> Bound {
    Bound { at_least: bound.more_than, at_most: bound.less_than, more_than: bound.at_least, less_than: bound.at_most }
}

fn each(bound: &Bound, change: impl Fn(f64) -> f64) -> Bound {
    Bound {
        at_least: bound.at_least.map(&change),
        at_most: bound.at_most.map(&change),
        more_than: bound.more_than.map(&change),
        less_than: bound.less_than.map(&change),
    }
}

fn compared(test: &Test, change: Change, counted: bool) -> Test {
    match (change, test) {
        (Change::Strictness, Test::AtLeast(limit)) => Test::MoreThan(limit.clone()),
        (Change::Strictness, Test::MoreThan(limit)) => Test::AtLeast(limit.clone()),
        (Change::Strictness, Test::AtMost(limit)) => Test::LessThan(limit.clone()),
        (Change::Strictness, Test::LessThan(limit)) => Test::AtMost(limit.clone()),
        (Change::Threshold(nudge), test) => match test.limit() {
            Some(Limit::Value(Value::Number(number))) => {
                let moved = if counted { nudge.of_count(*number) } else { nudge.of(*number) };
                test.against(Limit::Value(Value::Number(moved)))
            }
            Some(Limit::Value(Value::Date(day))) => {
                test.against(Limit::Value(Value::Date(day.moved(matches!(nudge, Nudge::Up)))))
            }
            _ => test.clone(),
        },
        (Change::WithoutConstant(at), Test::In(list)) => {
            Test::In(list.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, c)| c.clone()).collect())
        }
        (Change::WithoutConstant(at), Test::NotIn(list)) => {
            Test::NotIn(list.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, c)| c.clone()).collect())
        }
        (_, test) => test.clone(),
    }
}
