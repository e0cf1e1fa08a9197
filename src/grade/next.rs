//! Next steps: for each higher rung the cheapest set of leaves to move, and how.

use super::evaluate::Question;
use super::grading::{CriterionResult, Grading};
use super::points::Scored;
use super::scale::{Grade, ObjectiveGrade};
use super::trace::{TraceNode, What};
use super::truth::{Truth, Views};
use crate::facts::{Assurance, Dossier, Fact, Item, Source, Speaker, Value, View};
use crate::rules::{Bound, Empty, Quantifier, Ranged, Ruleset, Scale, Slot, Test};
use crate::vocabulary::{Kind, vocabulary};

/// How a leaf is moved, the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MoveKind {
    /// It is claimed and lacks the assurance: supply evidence.
    Evidence,
    /// It is unknown, and saying it would do.
    Declare,
    /// It is unknown, and saying it would not do: declare it and supply evidence.
    DeclareWithEvidence,
    /// A list must be declared complete; where it is, evidence is asked as of any fact.
    Complete,
    /// Something must be added to a list.
    List,
    /// Words were set aside, or sources differ that are not the card's alone: another word decides nothing.
    Settle,
    /// It is false: change the model.
    Change,
}

impl MoveKind {
    /// What it costs beside the others: evidence for what is already true is cheapest, another model dearest. Only
    /// the order matters; the gaps make many small moves dearer than one of the same kind, and never as dear as a
    /// change. That a list is complete is said in the same breath as its items, so it costs nothing. Among plans of one
    /// cost the first stands: the author of a rule names the plain way first.
    fn cost(self) -> u32 {
        match self {
            Self::Complete => 0,
            Self::Evidence => 1,
            Self::Declare | Self::List => 2,
            Self::DeclareWithEvidence | Self::Settle => 4,
            Self::Change => 1_000,
        }
    }

    /// The word of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Evidence => "supply-evidence",
            Self::Declare => "declare",
            Self::DeclareWithEvidence => "declare-with-evidence",
            Self::Complete => "declare-complete",
            Self::List => "list",
            Self::Settle => "settle",
            Self::Change => "change",
        }
    }
}

/// One leaf to move.
#[derive(Debug, Clone)]
pub struct Move<'a> {
    /// How.
    pub kind: MoveKind,
    /// Index of the criterion it is for; none where it is for the points of items.
    pub criterion: Option<usize>,
    /// The fact, with the test it must pass, or fail if `wanted` is false.
    pub leaf: Option<(&'a Slot, &'a Test)>,
    /// What the test must come to.
    pub wanted: bool,
    /// The items in question, the outermost first.
    pub items: Vec<&'a Item>,
    /// For a list that is to be declared complete or added to: its completeness fact.
    pub complete: Option<&'a Slot>,
    /// For a list that is to be added to: what the item must be.
    pub looked_for: Option<&'a Ranged>,
}

/// What one higher rung asks for, as criteria that are not yet assured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRung {
    /// Index of the rung (ladder), axis (gate) or objective (scorecard).
    pub rung: usize,
    /// Criteria that are to be moved, with what they lack.
    pub criteria: Vec<(usize, Truth)>,
}

/// The rungs above the assured one, each with its criteria, and those of the rungs between, that are not assured.
/// Of a scorecard, the objectives that do not bring all of their points.
pub(super) fn next_rungs(
    question: &Question<'_>,
    results: &[CriterionResult],
    grade: &Grade,
    objectives: &[ObjectiveGrade],
) -> Vec<NextRung> {
    let of_items = |at: usize| objectives.iter().any(|it| it.objective == at && it.percent.assured.low < 100.0);
    let lacking = |requires: &[usize]| -> Vec<(usize, Truth)> {
        requires
            .iter()
            .filter(|&&at| !matches!(results[at].standing.truth.get(View::Assured), Truth::True | Truth::Void))
            .map(|&at| (at, results[at].standing.truth.get(View::Claimed)))
            .collect()
    };
    match (&question.rules.scale, grade) {
        (Scale::Ladder(rungs), Grade::Ladder(reached)) => {
            let first = reached.assured.map_or(0, |at| at + 1);
            let mut below: Vec<(usize, Truth)> = Vec::new();
            let mut list = Vec::new();
            for (rung, entry) in rungs.iter().enumerate().skip(first) {
                for missing in lacking(&entry.requires) {
                    if !below.contains(&missing) {
                        below.push(missing);
                    }
                }
                list.push(NextRung { rung, criteria: below.clone() });
            }
            list
        }
        (Scale::Gate(axes), _) => axes
            .iter()
            .enumerate()
            .map(|(rung, axis)| NextRung { rung, criteria: lacking(&axis.requires) })
            .filter(|next| !next.criteria.is_empty())
            .collect(),
        (Scale::Scorecard(card), _) => card
            .objectives
            .iter()
            .enumerate()
            .map(|(rung, objective)| {
                let scored: Vec<usize> = objective.criteria.iter().map(|(at, _)| *at).collect();
                (objective, NextRung { rung, criteria: lacking(&scored) })
            })
            .filter(|(objective, next)| !next.criteria.is_empty() || objective.each.is_some() && of_items(next.rung))
            .map(|(_, next)| next)
            .collect(),
        _ => Vec::new(),
    }
}

/// The cheapest leaves to move so that a criterion's test comes out true in the assured view.
/// `needs` is the criterion's.
pub fn moves<'a>(root: &TraceNode<'a>, criterion: usize, needs: Assurance) -> Vec<Move<'a>> {
    let mut found = Planner { criterion: Some(criterion), needs }.plan(root, true).unwrap_or_default();
    found.sort_by_key(|step| step.kind);
    found
}

/// The cheapest leaves to move so that the items of an objective bring it the points that they do not; and, where items
/// that are not listed could bring some, that they be listed.
pub fn item_moves<'a>(
    grading: &'a Grading,
    rules: &'a Ruleset,
    dossier: &'a Dossier,
    objective: usize,
) -> Vec<Move<'a>> {
    let Scale::Scorecard(card) = &rules.scale else { return Vec::new() };
    let (of, out_of) = (&card.objectives[objective].each, card.objectives[objective].out_of);
    let Some(each) = of else { return Vec::new() };
    let planner = Planner { criterion: None, needs: each.needs };
    let mut found: Vec<Move<'a>> = Vec::new();
    for line in grading.points.iter().filter(|line| line.objective == objective) {
        let Scored::Item(row, lines) = &line.scored else { continue };
        for line in lines {
            let Some((_, tree)) = grading.unfold_points(rules, dossier, objective, *row, line) else { continue };
            let plan = planner.plan(&tree, true).unwrap_or_default();
            // What an item is called is nothing that it could change: such a line is meant for another.
            if plan.iter().any(renames) {
                continue;
            }
            for step in plan {
                match found.iter_mut().find(|other| goes_further(other, &step)) {
                    Some(other) => *other = step,
                    None => found.push(step),
                }
            }
        }
    }
    // Items that are not listed bring points where these are divided by a number of the ruleset's own, or while the
    // list is open.
    let listed = dossier.fact(each.ranged.complete.path).claimed() == Some(&Value::Flag(true));
    if !listed && (out_of.is_some() || !each.ignore_unlisted.under(&grading.readings)) {
        found.push(Move {
            kind: MoveKind::List,
            criterion: None,
            leaf: None,
            wanted: true,
            items: Vec::new(),
            complete: Some(&each.ranged.complete),
            looked_for: Some(&each.ranged),
        });
    }
    found
}

/// Whether a step would call something by another name.
fn renames(step: &Move<'_>) -> bool {
    let text = |slot: &Slot| vocabulary().entry(slot.path).kind == Kind::Text;
    step.kind == MoveKind::Change && step.leaf.is_some_and(|(slot, _)| text(slot))
}

/// Whether a step asks more of the same fact than one before it: the lines of an item rise.
fn goes_further(before: &Move<'_>, step: &Move<'_>) -> bool {
    let same_items = before.items.len() == step.items.len()
        && before.items.iter().zip(&step.items).all(|(a, b)| std::ptr::eq(*a, *b));
    let same_leaf = match (before.leaf, step.leaf) {
        (Some((a, one)), Some((b, other))) => {
            a.path == b.path && std::mem::discriminant(one) == std::mem::discriminant(other)
        }
        (None, None) => before.complete.map(|slot| slot.path) == step.complete.map(|slot| slot.path),
        _ => false,
    };
    before.kind == step.kind && before.wanted == step.wanted && same_items && same_leaf
}

/// What is asked of a fact that bounds another and is not known: that it be said.
static KNOWN: Test = Test::Known(true);

struct Planner {
    criterion: Option<usize>,
    needs: Assurance,
}

type Plan<'a> = Option<Vec<Move<'a>>>;

fn cost(plan: &[Move<'_>]) -> u32 {
    plan.iter().map(|step| step.kind.cost()).sum()
}

fn cheapest<'a>(plans: impl Iterator<Item = Plan<'a>>) -> Plan<'a> {
    plans.flatten().min_by_key(|plan| cost(plan))
}

fn together<'a>(plans: impl Iterator<Item = Plan<'a>>) -> Plan<'a> {
    plans.collect::<Option<Vec<_>>>().map(|list| list.into_iter().flatten().collect())
}

impl Planner {
    /// The cheapest moves that make `node` come out as `wanted`; `None` if no move of leaves can.
    fn plan<'a>(&self, node: &TraceNode<'a>, wanted: bool) -> Plan<'a> {
        let goal = if wanted { Truth::True } else { Truth::False };
        // What is so on record below what is needed may be otherwise on the whole record: that is no step of the way.
        if node.get(View::Assured) == goal && node.get(View::Claimed) != goal.negated() {
            return Some(Vec::new());
        }
        match (&node.what, wanted) {
            (What::Fact(slot, test, fact, Some(other)), _) if node.get(View::Claimed) != goal.negated() => {
                let own = self.open(fact).map(|kind| self.leaf(kind, slot, test, wanted, node));
                let bound = self.open(other.fact).map(|kind| self.leaf(kind, other.slot, &KNOWN, true, node));
                Some(own.into_iter().chain(bound).collect())
            }
            // Nobody is asked to make unknown what is known.
            (What::Fact(_, Test::Known(known), ..), _) if *known != wanted => None,
            (What::Fact(slot, test, fact, _), _) => {
                let kind = match node.get(View::Claimed) {
                    truth if truth == goal => MoveKind::Evidence,
                    Truth::Unknown => self.say(fact),
                    _ if matches!(test, Test::Known(_)) => self.say(fact),
                    _ => MoveKind::Change,
                };
                Some(vec![self.leaf(kind, slot, test, wanted, node)])
            }
            (What::All, true) | (What::Any, false) => {
                together(self.applicable(node).map(|part| self.plan(part, wanted)))
            }
            (What::All, false) | (What::Any, true) => {
                cheapest(self.applicable(node).map(|part| self.plan(part, wanted)))
            }
            (What::Not, _) => self.plan(node.parts.first()?, !wanted),
            (What::Term(_) | What::Criterion(_) | What::Reading(..), _) => self.plan(node.parts.first()?, wanted),
            (What::Quantified(quantifier, ranged, complete), _) => {
                let for_all = match (quantifier, wanted) {
                    (Quantifier::Every { .. }, true) | (Quantifier::Some, false) | (Quantifier::None, true) => true,
                    (Quantifier::Every { .. }, false) | (Quantifier::Some, true) | (Quantifier::None, false) => false,
                };
                let holds = matches!(quantifier, Quantifier::Every { .. }) == for_all;
                let nothing = || node.parts.iter().all(|item| item.get(View::Claimed) == Truth::False);
                if wanted && matches!(quantifier, Quantifier::Every(Empty::NotMet)) && nothing() {
                    // A list in which nothing counts does not hold by being complete.
                    return Some(self.add(ranged, node));
                }
                if for_all {
                    let mut plan = together(node.parts.iter().map(|item| self.item(item, holds)))?;
                    if complete.get(View::Assured) != Truth::True {
                        let said = complete.get(View::Claimed) == Truth::True;
                        let kind = if said { MoveKind::Evidence } else { MoveKind::Complete };
                        plan.push(self.list(kind, &ranged.complete, node));
                    }
                    Some(plan)
                } else {
                    // Where only what is listed counts, another item is not made into the one that is missing. Where the
                    // list is open, one that is not listed yet may be added, if it is there.
                    let may_count =
                        |item: &&TraceNode<'a>| !ranged.listed_only || item.get(View::Claimed) != Truth::False;
                    let moved = cheapest(node.parts.iter().filter(may_count).map(|item| self.member(item, holds)));
                    let open = ranged.listed_only || complete.get(View::Claimed) != Truth::True;
                    let may_add = open && (wanted || moved.is_none());
                    let dear = moved.as_ref().is_none_or(|plan| plan.iter().any(|step| step.kind == MoveKind::Change));
                    if may_add && dear { Some(self.add(ranged, node)) } else { moved }
                }
            }
            (What::Count(bound, ranged, complete) | What::Share(bound, _, ranged, complete), _) => {
                self.figures(node, bound, ranged, *complete, wanted)
            }
            (What::Item(_), _) => None,
        }
    }

    /// How a fact that is not known is made known. A word is worth asking for only where it would decide: not where
    /// words were set aside, and not where others than the card say different things.
    fn say(&self, fact: &Fact) -> MoveKind {
        let of_card = |source: &Source| source.speaker == Speaker::Card || source.value.is_none();
        let would_do = fact.sources().iter().all(|source| source.set_aside.is_none() && of_card(source));
        match (would_do, self.needs) {
            (false, _) => MoveKind::Settle,
            (true, Assurance::Declared) => MoveKind::Declare,
            (true, _) => MoveKind::DeclareWithEvidence,
        }
    }

    /// How a fact that is compared with another is to be moved: it is not known, or not sure enough.
    fn open(&self, fact: &Fact) -> Option<MoveKind> {
        match fact.claimed() {
            None => Some(self.say(fact)),
            Some(_) => fact.assured(self.needs).is_none().then_some(MoveKind::Evidence),
        }
    }

    /// A count or a share: its items are moved towards the bound, what they weigh is said, and the list is completed.
    fn figures<'a>(
        &self,
        node: &TraceNode<'a>,
        bound: &Bound,
        ranged: &'a Ranged,
        complete: Views,
        wanted: bool,
    ) -> Plan<'a> {
        let more = (bound.at_least.is_some() || bound.more_than.is_some()) == wanted;
        let counting = || node.parts.iter().filter(|item| item.get(View::Claimed) != Truth::False);
        let refuted = node.get(View::Claimed) == Truth::from(!wanted);
        let mut plan: Vec<Move<'a>> = Vec::new();
        for item in counting() {
            let unknown = |part: &TraceNode<'a>| part.get(View::Claimed) == Truth::Unknown;
            let open = unknown(item) || item.parts.last().is_some_and(unknown);
            let stands = item.parts.last().is_none_or(|part| part.get(View::Claimed) == Truth::from(more));
            // What is settled and on the other side is changed only where nothing else can do.
            if open || stands || refuted {
                plan.extend(self.item(item, more)?);
            }
            if let (What::Share(_, by, ..), Some(own)) = (&node.what, item.items.last())
                && own.fact(by.path).claimed().is_none()
            {
                let kind = self.say(own.fact(by.path));
                plan.push(self.weight(kind, by, item));
            }
        }
        if counting().next().is_none() && more {
            return Some(self.add(ranged, node));
        }
        if complete.get(View::Assured) != Truth::True && !refuted {
            let said = complete.get(View::Claimed) == Truth::True;
            let kind = if said { MoveKind::Evidence } else { MoveKind::Complete };
            plan.push(self.list(kind, &ranged.complete, node));
        }
        Some(plan)
    }

    fn applicable<'n, 'a>(&self, node: &'n TraceNode<'a>) -> impl Iterator<Item = &'n TraceNode<'a>> + use<'n, 'a> {
        node.parts.iter().filter(|part| part.get(View::Claimed) != Truth::Void)
    }

    fn leaf<'a>(&self, kind: MoveKind, slot: &'a Slot, test: &'a Test, wanted: bool, node: &TraceNode<'a>) -> Move<'a> {
        let items = slot.item.map_or_else(Vec::new, |depth| node.items[..=usize::from(depth)].to_vec());
        Move {
            kind,
            criterion: self.criterion,
            leaf: Some((slot, test)),
            wanted,
            items,
            complete: None,
            looked_for: None,
        }
    }

    /// What an item of a share weighs.
    fn weight<'a>(&self, kind: MoveKind, by: &'a Slot, item: &TraceNode<'a>) -> Move<'a> {
        let items = item.items.clone();
        let leaf = Some((by, &KNOWN));
        Move { kind, criterion: self.criterion, leaf, wanted: true, items, complete: None, looked_for: None }
    }

    fn list<'a>(&self, kind: MoveKind, complete: &'a Slot, node: &TraceNode<'a>) -> Move<'a> {
        let items = node.items.clone();
        let complete = Some(complete);
        Move { kind, criterion: self.criterion, leaf: None, wanted: true, items, complete, looked_for: None }
    }

    /// An item is added that counts and of which the rest holds.
    fn add<'a>(&self, ranged: &'a Ranged, node: &TraceNode<'a>) -> Vec<Move<'a>> {
        vec![Move { looked_for: Some(ranged), ..self.list(MoveKind::List, &ranged.complete, node) }]
    }

    /// An item of "for all": either it does not count, or what must hold does.
    fn item<'a>(&self, item: &TraceNode<'a>, holds: bool) -> Plan<'a> {
        if item.get(View::Claimed) == Truth::False {
            return Some(Vec::new());
        }
        // Whether an item counts may be open, and is then to be said. That it does not is never advised of one that does.
        let open = item.parts.len() > 1 && item.parts[0].get(View::Claimed) == Truth::Unknown;
        let excluded = open.then(|| self.plan(&item.parts[0], false)).flatten();
        let kept = item.parts.last().and_then(|part| self.plan(part, holds));
        cheapest([kept, excluded].into_iter())
    }

    /// An item of "there is one": it counts, and what must hold does.
    fn member<'a>(&self, item: &TraceNode<'a>, holds: bool) -> Plan<'a> {
        let counted = if item.parts.len() > 1 { self.plan(&item.parts[0], true) } else { Some(Vec::new()) };
        let kept = item.parts.last().map_or(Some(Vec::new()), |part| self.plan(part, holds));
        together([counted, kept].into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Origin;
    use crate::text::says;

    #[test]
    fn a_word_is_asked_for_only_where_it_would_decide() {
        let planner = |needs| Planner { criterion: Some(0), needs };
        let card = |truth| Source::declared(Value::Flag(truth), Origin::default());
        let asked = |sources: Vec<Source>| planner(Assurance::Documented).say(&Fact::settle(sources));
        assert_eq!(asked(Vec::new()), MoveKind::DeclareWithEvidence);
        assert_eq!(planner(Assurance::Declared).say(&Fact::default()), MoveKind::Declare);
        // Two places of one card that differ are made to agree by another word.
        assert_eq!(asked(vec![card(true), card(false)]), MoveKind::DeclareWithEvidence);
        // After a failed trail the word was given and set aside; a report against the card is settled by evidence.
        let aside = Source {
            set_aside: Some(says("시험을 지나지 못했다", "it did not stand the test")), ..card(true)
        };
        assert_eq!(asked(vec![aside]), MoveKind::Settle);
        let report = card(false).by(Speaker::Report).at(Assurance::Documented);
        assert_eq!(asked(vec![card(true), report]), MoveKind::Settle);
    }
}
