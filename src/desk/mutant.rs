//! Mutants: a ruleset with one small mistake made on purpose. A case that fails catches it; a mutant that no case
//! catches shows what the cases leave open.

use super::equivalent::Above;
use super::nodes::{FileNode, below, file_nodes};
use crate::facts::Assurance;
use crate::rules::{Change, Choice, Empty, NodeId, Nudge, Op, Place, Quantifier, Ruleset, Scale, Undo};
use crate::text::{Says, says};

/// What a mutant changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A node, in all its copies.
    Node(Vec<NodeId>, Change),
    /// A criterion asks for another assurance.
    Needs(usize, Assurance),
    /// A criterion applies always.
    Applies(usize),
    /// The scale.
    Scale(ScaleChange),
    /// A reading has another default.
    Default(usize, usize),
}

/// A change of the scale. Steps are rungs, axes, objectives or, behind the objectives, floors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ScaleChange {
    /// The criterion at a position is not required, or gives no points.
    Without(usize, usize),
    /// The criteria of a rung and of the next are exchanged.
    Exchanged(usize),
    /// A wanted criterion is required.
    Promoted(usize, usize),
    /// The weight of an objective, or the cap of a floor, is moved by one in a hundred of the total.
    Weight(usize, Nudge),
    /// The points of a criterion are moved by one in ten.
    Points(usize, usize, Nudge),
    /// What does not apply counts otherwise.
    NotApplicable,
}

/// One mutant.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutant {
    /// Its stable id: where it is and what it does.
    pub id: String,
    /// What it does, in words.
    pub says: Says,
    /// Where it stands.
    pub place: Place,
    /// The criteria whose outcome may change, by index; all where the scale or a reading changes.
    pub criteria: Vec<usize>,
    /// Whether the grade may change though no criterion does.
    pub in_scale: bool,
    /// What it changes.
    pub target: Target,
}

/// Every mutant of a ruleset, in the order of its files, and how many more are proved to change nothing.
pub fn mutants(rules: &Ruleset) -> (Vec<Mutant>, usize) {
    let mut list = Vec::new();
    let mut equal = 0;
    of_scale(rules, &mut list);
    of_readings(rules, &mut list);
    of_criteria(rules, &mut list);
    let above = Above::of(rules);
    for node in file_nodes(rules) {
        equal += of_node(rules, &node, &above, &mut list);
    }
    (list, equal)
}

fn of_node(rules: &Ruleset, node: &FileNode, above: &Above, list: &mut Vec<Mutant>) -> usize {
    let mut equal = 0;
    for change in rules.expr.changes(node.copies[0]) {
        if above.proves(rules, &node.copies, change) {
            equal += 1;
            continue;
        }
        let (word, says) = described(rules, node.copies[0], change);
        list.push(Mutant {
            id: format!("{}/{word}", node.name),
            says,
            place: node.place,
            criteria: node.criteria.clone(),
            in_scale: node.in_scale,
            target: Target::Node(node.copies.clone(), change),
        });
    }
    equal
}

/// The short word of a change for ids, and the change in words.
fn described(rules: &Ruleset, id: NodeId, change: Change) -> (String, Says) {
    let quantifier = |quantifier| match quantifier {
        Quantifier::Every(Empty::Met) => "every-or-empty",
        Quantifier::Every(Empty::NotMet) => "every-and-some",
        Quantifier::Every(Empty::Void) => "every",
        Quantifier::Some => "some",
        Quantifier::None => "none",
    };
    match change {
        Change::Negated => ("negated".to_owned(), says("답을 뒤집으면", "with its answer turned round")),
        Change::AllForAny => match rules.expr.node(id).op {
            Op::All(_) => ("any".to_owned(), says("`all`을 `any`로 바꾸면", "with `any` for `all`")),
            _ => ("all".to_owned(), says("`any`를 `all`로 바꾸면", "with `all` for `any`")),
        },
        Change::Quantified(other) => {
            let word = quantifier(other);
            (word.to_owned(), says(format!("`{word}`(으)로 바꾸면"), format!("with `{word}` for its quantifier")))
        }
        Change::Strictness => (
            "strictness".to_owned(),
            says("경계값을 넣고 빼는 것을 바꾸면", "with its threshold itself on the other side"),
        ),
        Change::Threshold(Nudge::Up) => {
            ("threshold-up".to_owned(), says("문턱을 조금 올리면", "with its threshold a little higher"))
        }
        Change::Threshold(Nudge::Down) => {
            ("threshold-down".to_owned(), says("문턱을 조금 내리면", "with its threshold a little lower"))
        }
        Change::WithoutPart(at) => {
            let part = below(rules, id)[at];
            let place = rules.expr.node(part).place;
            let text = line_of(rules, place);
            let number = at + 1;
            (
                format!("without-{number}"),
                says(format!("{number}번째 조건을 빼면: {text}"), format!("without condition {number}: {text}")),
            )
        }
        Change::WithoutConstant(at) => {
            let number = at + 1;
            (
                format!("without-value-{number}"),
                says(format!("{number}번째 값을 빼면"), format!("without value {number} of its list")),
            )
        }
        Change::WithoutFilter => ("without-where".to_owned(), says("`where`를 빼면", "without `where`")),
        Change::WithoutHolds => ("without-holds".to_owned(), says("`holds`를 빼면", "without `holds`")),
    }
}

/// The first line of what stands at a place.
pub fn line_of(rules: &Ruleset, place: Place) -> String {
    let text = rules.files[usize::from(place.file)].slice(place.span);
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn of_criteria(rules: &Ruleset, list: &mut Vec<Mutant>) {
    for (at, criterion) in rules.criteria.iter().enumerate() {
        let file = u16::try_from(criterion.file).unwrap_or(u16::MAX);
        let place = Place { file, span: criterion.id_span };
        let mut add = |word: String, says: Says, target: Target| {
            list.push(Mutant {
                id: format!("{}/{word}", criterion.id),
                says,
                place,
                criteria: vec![at],
                in_scale: false,
                target,
            });
        };
        let step = Assurance::ALL.iter().position(|step| *step == criterion.needs).unwrap_or(0);
        for next in [step.checked_sub(1), Some(step + 1)].into_iter().flatten() {
            if let Some(needs) = Assurance::ALL.get(next) {
                let word = needs.word();
                let says = says(format!("`needs`를 `{word}`(으)로 바꾸면"), format!("with `needs: {word}`"));
                add(format!("needs-{word}"), says, Target::Needs(at, *needs));
            }
        }
        if criterion.applies.is_some() {
            let says = says("`applies`를 빼면", "without `applies`");
            add("without-applies".to_owned(), says, Target::Applies(at));
        }
    }
}

fn of_readings(rules: &Ruleset, list: &mut Vec<Mutant>) {
    for (at, reading) in rules.readings.iter().enumerate() {
        for (option, entry) in reading.options.iter().enumerate().filter(|(option, _)| *option != reading.default) {
            let id = &entry.id;
            list.push(Mutant {
                id: format!("readings/{}/default-{id}", reading.id),
                says: says(format!("기본 선택지를 `{id}`(으)로 바꾸면"), format!("with `default: {id}`")),
                place: place_of(rules, &reading.id),
                criteria: (0..rules.criteria.len()).collect(),
                in_scale: true,
                target: Target::Default(at, option),
            });
        }
    }
}

/// The line of ruleset.yaml on which a key begins; the file's begin where none does.
fn place_of(rules: &Ruleset, key: &str) -> Place {
    let text = rules.files[0].text();
    let at = text.find(&format!("\n  {key}:")).map_or(0, |at| at + 3);
    Place { file: 0, span: crate::text::Span::new(at, at + key.len()) }
}

fn of_scale(rules: &Ruleset, list: &mut Vec<Mutant>) {
    let mut add = |step: &str, word: String, says: Says, change: ScaleChange| {
        list.push(Mutant {
            id: format!("scale/{step}/{word}"),
            says: crate::text::says(format!("`{step}`: {}", says.ko), format!("`{step}` {}", says.en)),
            place: Place::default(),
            criteria: Vec::new(),
            in_scale: true,
            target: Target::Scale(change),
        });
    };
    let name = |at: usize| rules.criteria[at].id.as_str();
    let without = |id: &str| says(format!("기준 `{id}`을(를) 빼면"), format!("without the criterion `{id}`"));
    let weight = |nudge: Nudge| match nudge {
        Nudge::Up => ("weight-up".to_owned(), says("비중을 올리면", "with more weight")),
        Nudge::Down => ("weight-down".to_owned(), says("비중을 내리면", "with less weight")),
    };
    match &rules.scale {
        Scale::Ladder(rungs) => {
            for (step, rung) in rungs.iter().enumerate() {
                for (at, &criterion) in rung.requires.iter().enumerate() {
                    let id = name(criterion);
                    add(&rung.id, format!("without-{id}"), without(id), ScaleChange::Without(step, at));
                }
                if let Some(next) = rungs.get(step + 1).filter(|next| next.requires != rung.requires) {
                    let other = &next.id;
                    let says = says(format!("`{other}`의 기준과 맞바꾸면"), format!("with the criteria of `{other}`"));
                    add(&rung.id, format!("exchanged-{other}"), says, ScaleChange::Exchanged(step));
                }
            }
        }
        Scale::Gate(axes) => {
            for (step, axis) in axes.iter().enumerate() {
                for (at, &criterion) in axis.requires.iter().enumerate() {
                    let id = name(criterion);
                    add(&axis.id, format!("without-{id}"), without(id), ScaleChange::Without(step, at));
                }
                for (at, &criterion) in axis.wants.iter().enumerate() {
                    let id = name(criterion);
                    let says = says(format!("기준 `{id}`을(를) 필수로 하면"), format!("with `{id}` required"));
                    add(&axis.id, format!("required-{id}"), says, ScaleChange::Promoted(step, at));
                }
            }
        }
        Scale::Scorecard(card) => {
            for (step, objective) in card.objectives.iter().enumerate() {
                for nudge in [Nudge::Up, Nudge::Down] {
                    let (word, says) = weight(nudge);
                    add(&objective.id, word, says, ScaleChange::Weight(step, nudge));
                }
                for (at, &(criterion, _)) in objective.criteria.iter().enumerate() {
                    let id = name(criterion);
                    add(&objective.id, format!("without-{id}"), without(id), ScaleChange::Without(step, at));
                    for nudge in [Nudge::Up, Nudge::Down] {
                        let (word, says) = match nudge {
                            Nudge::Up => {
                                ("up", says(format!("`{id}`의 배점을 올리면"), format!("with more points for `{id}`")))
                            }
                            Nudge::Down => (
                                "down",
                                says(format!("`{id}`의 배점을 내리면"), format!("with fewer points for `{id}`")),
                            ),
                        };
                        add(&objective.id, format!("points-{word}-{id}"), says, ScaleChange::Points(step, at, nudge));
                    }
                }
            }
            for (at, floor) in card.floors.iter().enumerate() {
                let step = card.objectives.len() + at;
                let id = format!("floor-{}", at + 1);
                for (position, &criterion) in floor.requires.iter().enumerate() {
                    let name = name(criterion);
                    add(&id, format!("without-{name}"), without(name), ScaleChange::Without(step, position));
                }
                for nudge in [Nudge::Up, Nudge::Down] {
                    let (word, says) = weight(nudge);
                    add(&id, word, says, ScaleChange::Weight(step, nudge));
                }
            }
            // Points of items are never void: where items alone bring points, nothing counts otherwise.
            if card.objectives.iter().any(|objective| !objective.criteria.is_empty()) {
                let says = says("해당 없는 기준을 달리 세면", "with what does not apply counted otherwise");
                add("scorecard", "not-applicable".to_owned(), says, ScaleChange::NotApplicable);
            }
        }
    }
}

/// What takes a mutant back.
#[derive(Debug)]
pub enum Restore {
    /// Nodes.
    Nodes(Undo),
    /// The assurance of a criterion.
    Needs(usize, Assurance),
    /// Whether a criterion applies.
    Applies(usize, Option<NodeId>),
    /// The scale.
    Scale(Box<Scale>),
    /// The default of a reading.
    Default(usize, usize),
}

impl Target {
    /// Makes the change.
    pub fn make(&self, rules: &mut Ruleset) -> Restore {
        match self {
            Self::Node(copies, change) => Restore::Nodes(rules.expr.change(copies, *change)),
            Self::Needs(at, needs) => Restore::Needs(*at, std::mem::replace(&mut rules.criteria[*at].needs, *needs)),
            Self::Applies(at) => Restore::Applies(*at, rules.criteria[*at].applies.take()),
            Self::Scale(change) => {
                let changed = changed(&rules.scale, *change);
                Restore::Scale(Box::new(std::mem::replace(&mut rules.scale, changed)))
            }
            Self::Default(at, option) => {
                Restore::Default(*at, std::mem::replace(&mut rules.readings[*at].default, *option))
            }
        }
    }
}

impl Restore {
    /// Takes the change back.
    pub fn undo(self, rules: &mut Ruleset) {
        match self {
            Self::Nodes(undo) => rules.expr.undo(undo),
            Self::Needs(at, needs) => rules.criteria[at].needs = needs,
            Self::Applies(at, applies) => rules.criteria[at].applies = applies,
            Self::Scale(scale) => rules.scale = *scale,
            Self::Default(at, option) => rules.readings[at].default = option,
        }
    }
}

fn changed(scale: &Scale, change: ScaleChange) -> Scale {
    let mut scale = scale.clone();
    match (&mut scale, change) {
        (Scale::Ladder(rungs), ScaleChange::Without(step, at)) => {
            rungs[step].requires.remove(at);
        }
        (Scale::Ladder(rungs), ScaleChange::Exchanged(step)) => {
            let (low, high) = rungs.split_at_mut(step + 1);
            std::mem::swap(&mut low[step].requires, &mut high[0].requires);
        }
        (Scale::Gate(axes), ScaleChange::Without(step, at)) => {
            axes[step].requires.remove(at);
        }
        (Scale::Gate(axes), ScaleChange::Promoted(step, at)) => {
            let criterion = axes[step].wants.remove(at);
            axes[step].requires.push(criterion);
        }
        (Scale::Scorecard(card), change) => of_card(card, change),
        _ => {}
    }
    scale
}

fn of_card(card: &mut crate::rules::Scorecard, change: ScaleChange) {
    use crate::rules::NotApplicable;
    let objectives = card.objectives.len();
    let by = |nudge: Nudge, number: f64, step: f64| match nudge {
        Nudge::Up => number + step,
        Nudge::Down => number - step,
    };
    match change {
        ScaleChange::Without(step, at) => match step.checked_sub(objectives) {
            Some(floor) => {
                card.floors[floor].requires.remove(at);
            }
            None => {
                card.objectives[step].criteria.remove(at);
            }
        },
        ScaleChange::Weight(step, nudge) => {
            let numbers: Vec<&mut f64> = match step.checked_sub(objectives) {
                Some(floor) => vec![&mut card.floors[floor].cap],
                None => match &mut card.objectives[step].weight {
                    Choice::Fixed(weight) => vec![weight],
                    Choice::Read(_, weights) => weights.iter_mut().collect(),
                },
            };
            for number in numbers {
                *number = by(nudge, *number, 1.0);
            }
        }
        ScaleChange::Points(step, at, nudge) => {
            let points = &mut card.objectives[step].criteria[at].1;
            *points = by(nudge, *points, *points / 10.0);
        }
        ScaleChange::NotApplicable => {
            card.not_applicable = match card.not_applicable {
                NotApplicable::LeaveOut => NotApplicable::Zero,
                NotApplicable::Zero => NotApplicable::LeaveOut,
            };
        }
        ScaleChange::Exchanged(_) | ScaleChange::Promoted(..) => {}
    }
}
