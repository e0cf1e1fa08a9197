//! Evaluation: one walk over a test gives its truth in every view and records every step.

use super::tally::{Sums, is_of_whole};
use super::trace::{Step, Trace};
use super::truth::{AllOf, AnyOf, Items, Views};
use crate::facts::{ALL_VIEWS, Assurance, Date, Dossier, Fact, Item, Value, View};
use crate::rules::{Bound, Constant, Each, Empty, Limit, NodeId, Op, Over, Quantifier, Ranged, Ruleset, Slot, Test};
use crate::vocabulary::{CollectionId, Country, Kind, home_languages, vocabulary};

/// Everything that an answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The rules.
    pub rules: &'a Ruleset,
    /// The facts.
    pub dossier: &'a Dossier,
    /// The chosen option of each reading.
    pub readings: &'a [usize],
    /// What "domestic" means.
    pub home: Option<Country>,
    /// The day as of which it is asked; that of the newest source where absent.
    pub as_of: Option<Date>,
    /// Only this component, by index, is in scope; all where absent.
    pub only: Option<usize>,
    /// The scenario of the dossier's choices; where absent, each criterion is put to all of them and the one that
    /// serves it best stands, because whoever uses the model may choose.
    pub choice: Option<usize>,
    /// The assurance that the assured view asks for.
    pub needs: Assurance,
}

impl<'a> Question<'a> {
    /// A ruleset put to a model: the whole of it, with the ruleset's own home, as of the newest source.
    pub fn of(rules: &'a Ruleset, dossier: &'a Dossier, readings: &'a [usize]) -> Self {
        let needs = Assurance::Declared;
        Self { rules, dossier, readings, home: rules.home, as_of: None, only: None, choice: None, needs }
    }
}

/// Evaluates one test. Steps are appended to `trace`; the first is the test's own.
pub fn evaluate(question: &Question<'_>, test: NodeId, trace: &mut Trace) -> Views {
    Walk { question, bound: Vec::with_capacity(4), steps: &mut trace.steps }.node(test)
}

/// Points that items bring, as an interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct ItemPoints {
    /// Points of the lines that surely hold of items that are surely there.
    pub(super) low: f64,
    /// Points of the lines that can hold of items that surely count.
    pub(super) high: f64,
    /// Whether more items may count: some that are listed, or some that are not.
    pub(super) more: bool,
}

/// The points that items bring to an objective, in every view that is shown. Each line is a question of its own.
pub(super) fn points_of_items(question: &Question<'_>, each: &Each) -> [ItemPoints; 3] {
    let question = Question { needs: each.needs, ..*question };
    let complete = question.completeness(&each.ranged, &[]).at_root().surely();
    let ignored = *each.ignore_unlisted.under(question.readings);
    let mut points =
        View::SHOWN.map(|view| ItemPoints { low: 0.0, high: 0.0, more: !ignored && complete & view.bit() == 0 });
    let mut trace = Trace::default();
    for_each_line(&question, each, &mut trace, |_, counts, worth, holds, trace| {
        trace.steps.clear();
        for (view, sum) in View::SHOWN.into_iter().zip(&mut points) {
            let mask = view.bit();
            let can = holds.t & mask != 0;
            if counts.surely() & mask == 0 {
                sum.more |= counts.t & mask != 0 && can;
            } else if can {
                sum.high += worth;
                sum.low += if holds.f & mask == 0 { worth } else { 0.0 };
            }
        }
    });
    points
}

/// Every line of every item that may count in the claimed view: the item's row, whether it surely counts there, the
/// points, whether the line holds, and the trace of that.
pub(super) fn rows_of_items(
    question: &Question<'_>,
    each: &Each,
    mut take: impl FnMut(usize, bool, f64, Views, Trace),
) {
    let claimed = View::Claimed.bit();
    let mut trace = Trace::default();
    for_each_line(question, each, &mut trace, |row, counts, worth, holds, trace| {
        let trace = std::mem::take(trace);
        if counts.t & claimed != 0 {
            take(row, counts.surely() & claimed != 0, worth, holds, trace);
        }
    });
}

/// Puts every line to every item that may count in some view.
fn for_each_line(
    question: &Question<'_>,
    each: &Each,
    trace: &mut Trace,
    mut take: impl FnMut(usize, Views, f64, Views, &mut Trace),
) {
    let any = each.worth.first().map_or(NodeId(0), |(node, _)| *node);
    let mut rows: Vec<(usize, Vec<&Item>, Views)> = Vec::new();
    let mut row = 0;
    Walk { question, bound: Vec::new(), steps: &mut trace.steps }.each(any, &each.ranged, |items, counts, _| {
        if counts.t != 0 {
            rows.push((row, items.to_vec(), counts.at_root()));
        }
        row += 1;
    });
    for (row, mut bound, counts) in rows {
        for (node, worth) in &each.worth {
            trace.steps.clear();
            let mut walk = Walk { question, bound, steps: &mut trace.steps };
            let holds = walk.node(*node);
            bound = walk.bound;
            take(row, counts, *worth, holds.or_false().at_root(), trace);
        }
    }
}

impl<'a> Question<'a> {
    /// The fact of a slot, given the bound items.
    pub fn fact(&self, slot: &Slot, bound: &[&'a Item]) -> &'a Fact {
        match slot.item {
            None => self.dossier.fact_at(slot.path, slot.slot),
            Some(depth) => bound[usize::from(depth)].fact_at(slot.path, slot.slot),
        }
    }

    /// The model's items of a collection that are in scope, and stand under what is chosen.
    pub(super) fn visible(&self, collection: CollectionId) -> impl Iterator<Item = &'a Item> + use<'a> {
        let items = self.dossier.items(collection);
        let items = match self.only {
            Some(only) if collection == vocabulary().must_collection("component") => {
                items.get(only..=only).unwrap_or_default()
            }
            _ => items,
        };
        let (choices, choice) = (&self.dossier.choices, self.choice);
        items.iter().filter(move |item| choice.is_none_or(|scenario| choices.allow(scenario, &item.alternatives)))
    }

    /// Whether the list that a range goes over is complete.
    pub(super) fn completeness(&self, ranged: &Ranged, bound: &[&'a Item]) -> Views {
        if ranged.listed_only {
            return Views::TRUE;
        }
        match ranged.over {
            Over::Model => self.listed(ranged.collection, self.fact(&ranged.complete, bound)),
            Over::Bound(_) => self.flag(self.fact(&ranged.complete, bound)),
            Over::AllOf(parent) => {
                let mut all = AllOf::START;
                let path = vocabulary().must(vocabulary().collection_of(parent).complete);
                all.add(self.listed(parent, self.dossier.fact(path)));
                for owner in self.visible(parent) {
                    all.add(self.flag(owner.fact_at(ranged.complete.path, ranged.complete.slot)));
                }
                all.truth()
            }
        }
    }

    /// A component that is looked at alone is a complete list by itself.
    fn listed(&self, collection: CollectionId, fact: &Fact) -> Views {
        if self.only.is_some() && collection == vocabulary().must_collection("component") {
            return Views::TRUE;
        }
        self.flag(fact)
    }

    /// True in the views in which the fact is true, unknown in the others: nothing follows from "not complete".
    fn flag(&self, fact: &Fact) -> Views {
        let complete = fact.stands().iter().filter(|stand| stand.value == Value::Flag(true));
        Views { t: ALL_VIEWS, f: !complete.fold(0, |views, stand| views | stand.views(self.needs)) }
    }

    /// Whether an item exists: for the card only what it names, for the assured view only what is proved.
    fn exists(&self, item: &Item) -> Views {
        Views { t: !item.absent(), f: !item.sure(self.needs) }
    }

    /// The day as of which the answer holds.
    pub fn day(&self) -> Option<Date> {
        self.as_of.or(self.dossier.newest)
    }

    /// Compares a fact in every view; `other` is the fact that bounds it, where one does.
    pub(super) fn compare(&self, kind: Kind, fact: &Fact, test: &Test, other: Option<&Fact>) -> Views {
        if let Test::Known(wanted) = test {
            // `known` is about the record, not the world: it is never unknown, and each view has its own record.
            let known = fact.known(self.needs);
            return if *wanted { Views { t: known, f: !known } } else { Views { t: !known, f: known } };
        }
        let mut out = Views::VOID;
        let mut seen = 0;
        let mut put = |views: u8, truth: Option<bool>| {
            seen |= views;
            out.put(views, truth);
        };
        for stand in fact.stands() {
            let views = stand.views(self.needs);
            match test.limit() {
                None => put(views, self.test(kind, &stand.value, test, None)),
                Some(Limit::Value(limit)) => put(views, self.test(kind, &stand.value, test, Some(limit))),
                Some(Limit::AsOf) => {
                    let day = self.day().map(Value::Date);
                    put(views, self.test(kind, &stand.value, test, day.as_ref()));
                }
                Some(Limit::Fact(_)) => {
                    for bound in other.into_iter().flat_map(Fact::stands) {
                        let both = views & bound.views(self.needs);
                        put(both, self.test(kind, &stand.value, test, Some(&bound.value)));
                    }
                }
            }
        }
        out.put(!seen, None);
        out
    }

    /// The answer for one value; `None` where it cannot be said, because "home" is not set or the limit is not known.
    fn test(&self, kind: Kind, value: &Value, test: &Test, limit: Option<&Value>) -> Option<bool> {
        Some(match test {
            Test::Is(constant) => self.equals(value, constant)?,
            Test::IsNot(constant) => !self.equals(value, constant)?,
            Test::In(list) => self.among(kind, value, list, Quantifier::Every(Empty::Void))?,
            Test::NotIn(list) => self.among(kind, value, list, Quantifier::None)?,
            Test::Contains(constant) => self.contains(value, constant)?,
            Test::AtLeast(_) => order(value, limit?)? >= 0,
            Test::AtMost(_) => order(value, limit?)? <= 0,
            Test::MoreThan(_) => order(value, limit?)? > 0,
            Test::LessThan(_) => order(value, limit?)? < 0,
            Test::Known(_) => return None,
        })
    }

    fn equals(&self, value: &Value, constant: &Constant) -> Option<bool> {
        match constant {
            Constant::Value(expected) => Some(value == expected),
            Constant::Home => match value {
                Value::Country(country) => Some(*country == self.home?),
                Value::Countries(list) => Some(**list == [self.home?]),
                _ => None,
            },
            Constant::Group(group) => match value {
                Value::Country(country) => Some(group.holds(*country)),
                Value::Countries(list) => Some(!list.is_empty() && list.iter().all(|country| group.holds(*country))),
                _ => None,
            },
            Constant::HomeLanguage => self.contains(value, constant),
        }
    }

    /// Elements of a value among constants: all of them and at least one, or none of them.
    fn among(&self, kind: Kind, value: &Value, list: &[Constant], how: Quantifier) -> Option<bool> {
        let one = |element: &Value| -> Option<bool> {
            let mut unsure = false;
            for constant in list {
                match self.equals(element, constant) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => unsure = true,
                }
            }
            (!unsure).then_some(false)
        };
        let elements: Vec<Value> = match (kind, value) {
            (Kind::Words(_), Value::Words(set)) => set.iter().map(Value::Word).collect(),
            (Kind::Texts, Value::Texts(texts)) => texts.iter().map(|t| Value::Text(t.clone())).collect(),
            (Kind::Countries, Value::Countries(list)) => list.iter().map(|c| Value::Country(*c)).collect(),
            _ => {
                let found = one(value)?;
                return Some(if how == Quantifier::None { !found } else { found });
            }
        };
        let mut any = false;
        for element in &elements {
            let found = one(element)?;
            any = true;
            match how {
                Quantifier::None if found => return Some(false),
                Quantifier::Every(_) if !found => return Some(false),
                _ => {}
            }
        }
        Some(how == Quantifier::None || any)
    }

    fn contains(&self, value: &Value, constant: &Constant) -> Option<bool> {
        Some(match (value, constant) {
            (Value::Words(set), Constant::Value(Value::Word(word))) => set.has(*word),
            (Value::Texts(texts), Constant::Value(Value::Text(text))) => texts.contains(text),
            (Value::Countries(list), Constant::Value(Value::Country(country))) => list.contains(country),
            (Value::Countries(list), Constant::Home) => list.contains(&self.home?),
            (Value::Countries(list), Constant::Group(group)) => list.iter().any(|country| group.holds(*country)),
            (Value::Texts(texts), Constant::HomeLanguage) => {
                let languages = home_languages(self.home?);
                if languages.is_empty() {
                    return None;
                }
                texts.iter().any(|text| languages.contains(&&**text))
            }
            (Value::Text(text), Constant::HomeLanguage) => {
                let languages = home_languages(self.home?);
                if languages.is_empty() {
                    return None;
                }
                languages.contains(&&**text)
            }
            _ => return None,
        })
    }
}

fn order(value: &Value, bound: &Value) -> Option<i8> {
    let ordering = match (value, bound) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b)?,
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => return None,
    };
    Some(ordering as i8)
}

const VIEWS: usize = View::ALL.len();

struct Walk<'q, 'a> {
    question: &'q Question<'a>,
    bound: Vec<&'a Item>,
    steps: &'q mut Vec<Step>,
}

impl<'a> Walk<'_, 'a> {
    fn node(&mut self, id: NodeId) -> Views {
        let at = self.open(id, None);
        let node = self.question.rules.expr.node(id);
        let truth = match &node.op {
            Op::Fact(slot, test) => {
                let fact = self.question.fact(slot, &self.bound);
                let other = test.other().map(|other| self.question.fact(other, &self.bound));
                self.question.compare(vocabulary().entry(slot.path).kind, fact, test, other)
            }
            Op::All(range) => {
                let mut all = AllOf::START;
                for part in self.question.rules.expr.children(*range) {
                    all.add(self.node(*part));
                }
                all.truth()
            }
            Op::Any(range) => {
                let mut any = AnyOf::START;
                for part in self.question.rules.expr.children(*range) {
                    any.add(self.node(*part));
                }
                any.truth()
            }
            Op::Not(inner) => self.node(*inner).opposite(),
            Op::Term(_, inner) => self.node(*inner),
            Op::Criterion(_, inner) => {
                // Another criterion speaks of the whole model: the items bound here are not its own.
                let bound = std::mem::take(&mut self.bound);
                let truth = self.node(*inner);
                self.bound = bound;
                truth
            }
            Op::Reading(reading, range) => {
                let option = self.question.readings[usize::from(*reading)];
                self.node(self.question.rules.expr.children(*range)[option])
            }
            Op::Quantified(quantifier, ranged) => {
                let mut items = Items::START;
                self.each(id, ranged, |_, counts, holds| items.add(counts, holds));
                let complete = self.question.completeness(ranged, &self.bound).surely();
                match quantifier {
                    Quantifier::Every(empty) => items.every(complete, *empty),
                    Quantifier::Some => items.some(complete),
                    Quantifier::None => items.none(complete),
                }
            }
            Op::Count(bound, ranged) => self.count(id, bound, ranged),
            Op::Share(bound, by, ranged) => self.share(id, bound, by, ranged),
        };
        self.close(at, truth)
    }

    fn open(&mut self, node: NodeId, item: Option<u16>) -> usize {
        self.steps.push(Step { node, item, truth: Views::VOID, end: 0 });
        self.steps.len() - 1
    }

    fn close(&mut self, at: usize, truth: Views) -> Views {
        let end = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let step = &mut self.steps[at];
        step.truth = truth;
        step.end = end;
        truth
    }

    /// Binds each item in turn and says whether it counts and whether what must hold does.
    fn each(&mut self, id: NodeId, ranged: &Ranged, mut take: impl FnMut(&[&'a Item], Views, Views)) {
        let mut number = 0u16;
        match ranged.over {
            Over::Model => {
                for item in self.question.visible(ranged.collection) {
                    self.one(id, ranged, item, &mut number, &mut take);
                }
            }
            Over::Bound(depth) => {
                for item in self.bound[usize::from(depth)].children(ranged.collection) {
                    self.one(id, ranged, item, &mut number, &mut take);
                }
            }
            Over::AllOf(parent) => {
                for owner in self.question.visible(parent) {
                    self.bound.push(owner);
                    for item in owner.children(ranged.collection) {
                        self.one(id, ranged, item, &mut number, &mut take);
                    }
                    self.bound.pop();
                }
            }
        }
    }

    fn one(
        &mut self,
        id: NodeId,
        ranged: &Ranged,
        item: &'a Item,
        number: &mut u16,
        take: &mut impl FnMut(&[&'a Item], Views, Views),
    ) {
        let at = self.open(id, Some(*number));
        *number = number.saturating_add(1);
        self.bound.push(item);
        let mut counts = self.question.exists(item);
        if let Some(filter) = ranged.filter {
            let mut both = AllOf::START;
            both.add(counts);
            both.add(self.node(filter).or_false());
            counts = both.truth();
        }
        let holds = ranged.holds.map_or(Views::TRUE, |holds| self.node(holds));
        take(&self.bound, counts, holds);
        self.bound.pop();
        self.close(at, counts);
    }

    fn count(&mut self, id: NodeId, bound: &Bound, ranged: &Ranged) -> Views {
        let (mut low, mut high) = ([0u32; VIEWS], [0u32; VIEWS]);
        self.each(id, ranged, |_, counts, holds| {
            let holds = holds.or_false();
            for (at, view) in View::ALL.into_iter().enumerate() {
                let mask = view.bit();
                low[at] += u32::from(counts.surely() & holds.surely() & mask != 0);
                high[at] += u32::from(counts.t & holds.t & mask != 0);
            }
        });
        let complete = self.question.completeness(ranged, &self.bound).surely();
        between(|at, view| {
            let high = if complete & view.bit() != 0 { f64::from(high[at]) } else { f64::INFINITY };
            bound.over(f64::from(low[at]), high)
        })
    }

    /// The share of the weight of the items that count for which what must hold does, as an interval.
    ///
    /// Where the weight is itself a share in percent of a whole (`dataset.token-share`) and no `where` narrows the
    /// whole, 100 % is the whole, and what an incomplete list leaves out may belong to either side.
    fn share(&mut self, id: NodeId, bound: &Bound, by: &Slot, ranged: &Ranged) -> Views {
        let of_whole = is_of_whole(by.path, ranged);
        let question = *self.question;
        let mut sums = [Sums::default(); VIEWS];
        self.each(id, ranged, |items, counts, holds| {
            let holds = holds.or_false();
            let fact = items[items.len() - 1].fact_at(by.path, by.slot);
            for (at, view) in View::ALL.into_iter().enumerate() {
                let mask = view.bit();
                if counts.t & mask == 0 {
                    continue;
                }
                let weight = match fact.value(view, question.needs) {
                    Some(Value::Number(weight)) => Some(*weight),
                    _ => None,
                };
                sums[at].add(counts.f & mask == 0, holds.t & mask != 0, holds.f & mask != 0, weight);
            }
        });
        let complete = self.question.completeness(ranged, &self.bound).surely();
        let mut views = between(|at, view| {
            let (low, high) = sums[at].percent(complete & view.bit() != 0, of_whole);
            bound.over(low, high)
        });
        if !of_whole {
            for (at, view) in View::ALL.into_iter().enumerate() {
                let mask = view.bit();
                if sums[at].is_empty() && complete & mask != 0 {
                    // A share of nothing: not applicable.
                    views.t &= !mask;
                    views.f &= !mask;
                } else if sums[at].sure <= 0.0 {
                    // It may turn out to be a share of nothing.
                    views.t |= mask;
                    views.f |= mask;
                }
            }
        }
        views
    }
}

/// Builds a truth from "can be true, can be false" in each view.
fn between(each: impl Fn(usize, View) -> (bool, bool)) -> Views {
    let mut views = Views::VOID;
    for (at, view) in View::ALL.into_iter().enumerate() {
        let (t, f) = each(at, view);
        views.t |= if t { view.bit() } else { 0 };
        views.f |= if f { view.bit() } else { 0 };
    }
    views
}
